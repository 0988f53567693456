"""The start page of a run: what was made, for whom, and what each file holds."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sozialraum.files import staged
from sozialraum.indicators.periods import period_names
from sozialraum.texts import has_text, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialraum.analysis import Analysis

__all__ = ["write_index"]

_TOLD = {
    "results.gpkg": "geopackage",
    "provenance.json": "provenance",
    "programm-ergebnis.xlsx": "programme_workbook",
    "programm-saetze.md": "programme_sentences",
    "results.xlsx": "workbook",
    "results.qgs": "qgis",
    "districts.geojson": "geojson",
    "districts.fgb": "flatgeobuf",
}
"""Files whose stem is not the name of their text."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_LOOK = """
:root { color-scheme: light dark; }
body { font: 17px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.mark { border-left: 4px solid #b5521d; padding-left: .8rem; }
ul { padding: 0; list-style: none; } li { padding: .5rem 0; border-top: 1px solid #8886; }
a { font-weight: 600; }
"""


def write_index(analysis: Analysis, path: str | Path, names: Sequence[str]) -> Path:
    """Write the start page of a run as one HTML file; the same analysis gives the same bytes.

    Parameters
    ----------
    analysis
        What the files show; its audience is named on the page.
    path
        Where the page shall be, beside the files.
    names
        Names of the files in the same folder, in the order in which they shall be told.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        If the file cannot be written; an earlier one stays whole.
    """
    path = Path(path)
    with staged(path.parent) as folder:
        (folder / path.name).write_text(
            "\n".join(_lines(analysis, names)) + "\n", encoding="utf-8", newline="\n"
        )
    return path


def _lines(analysis: Analysis, names: Sequence[str]) -> Iterator[str]:
    language = analysis.language

    def told(key: str, **values: object) -> str:
        return escape(text(f"start.{key}", language, **values))

    title = told("title", city=analysis.city)
    yield f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_LOOK}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
    yield f'<p class="mark">{told(f"audience.{analysis.audience}")}</p>'
    if analysis.simulated:
        yield f'<p class="mark">{told("simulated")}</p>'
    dates = sorted(map(str, analysis.indicators["date"].unique()))
    named = (period_names(analysis.periods, date, language=language)[1] for date in dates)
    yield f"<p>{told('dates', dates=', '.join(named))}</p>"
    yield f"<h2>{told('files')}</h2>\n<ul>"
    for name in names:
        stem = _TOLD.get(name, Path(name).stem)
        keys = (f"start.file.{stem}", f"columns.sheet.{stem}.about")
        words = next((escape(text(key, language)) for key in keys if has_text(key)), "")
        line = f"<br>{words}" if words else ""
        yield f'<li><a href="{escape(quote(name))}">{escape(name)}</a>{line}</li>'
    yield f"</ul>\n<p>{told('never')}</p>\n</main>\n</body>\n</html>"
