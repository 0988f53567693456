"""Which documents there are, and in which formats they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.errors import OutputError, Problem, raise_problems
from sozialraum.files import audience_of, staged
from sozialraum.publish.report.appendix import appendix
from sozialraum.publish.report.chapter import chapter
from sozialraum.publish.report.docx import write_docx
from sozialraum.publish.report.html import write_html
from sozialraum.publish.report.pdf import write_pdf
from sozialraum.publish.report.sheets import indicator_sheets, profiles, visit_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from sozialraum.analysis import Analysis
    from sozialraum.publish.report.content import Document

__all__ = ["FORMATS", "KINDS", "report", "write_report"]

KINDS: Mapping[str, Callable[[Analysis], Document]] = {
    "chapter": chapter,
    "profiles": profiles,
    "indicators": indicator_sheets,
    "visits": visit_sheets,
    "appendix": appendix,
}
"""Name of each document and who writes it."""

FORMATS = ("docx", "pdf", "html")


def report(analysis: Analysis, kind: str = "chapter") -> Document:
    """Write one document of an analysis.

    Parameters
    ----------
    analysis
        What its readers may see.
    kind
        One of `KINDS`.

    Raises
    ------
    OutputError
        If there is no such kind.
    """
    raise_problems(_unknown([kind], KINDS), OutputError)
    return KINDS[kind](analysis)


def write_report(
    analysis: Analysis,
    directory: Path,
    *,
    kinds: Iterable[str] = ("chapter",),
    formats: Iterable[str] = ("docx",),
    template: Path | None = None,
) -> tuple[Path, ...]:
    """Write documents of an analysis into a folder, all or none.

    Parameters
    ----------
    analysis
        What its readers may see.
    directory
        The folder; made if it does not exist.
    kinds, formats
        Of `KINDS` and `FORMATS`.
    template
        A .docx of the city, whose look is kept.

    Returns
    -------
    tuple of Path
        ``KIND.FORMAT``, in the order asked for.

    Raises
    ------
    OutputError
        If a kind or format does not exist, the template cannot be read, or the folder cannot be written.
    """
    kinds, formats = list(kinds), list(formats)
    raise_problems([*_unknown(kinds, KINDS), *_unknown(formats, FORMATS)], OutputError)
    # A folder of results says for whom it is; documents for others do not go into it, nor below it.
    for place in (directory, directory.parent):
        found = audience_of(place)
        if found is not None and found != analysis.audience:
            values = {"audience": analysis.audience, "other": found}
            raise OutputError(Problem(code="files.other_audience", file=str(directory), values=values))
    names = []
    with staged(directory) as folder:
        for kind in kinds:
            document = report(analysis, kind)
            for form in formats:
                name = f"{kind}.{form}"
                if form == "docx":
                    write_docx(document, folder / name, template=template)
                else:
                    (write_pdf if form == "pdf" else write_html)(document, folder / name)
                names.append(name)
    return tuple(directory / name for name in names)


def _unknown(written: Iterable[str], allowed: Iterable[str]) -> list[Problem]:
    known = list(allowed)
    return [
        Problem(code="report.unknown_choice", values={"written": name, "allowed": ", ".join(known)})
        for name in written
        if name not in known
    ]
