"""A programme's year as CSV, XLSX and GeoPackage."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from sozialraum.files import staged
from sozialraum.programme.sheets.every import SHEETS
from sozialraum.publish.tables import escape_formulas, write_csv
from sozialraum.texts import Language, has_text, text

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.panel import Panel
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["in_words", "programme_layers", "write_programme"]

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""Written as the time of creation, so that the same results give the same bytes."""


def write_programme(result: ProgrammeResult, panel: Panel, directory: Path) -> tuple[Path, ...]:
    """Write a result into `directory`, all or nothing.

    Returns
    -------
    tuple of Path
        `programme_YEAR.xlsx` (headings and words of the reader), `programme_YEAR.gpkg`,
        `programme_YEAR.md` (the sentences), and one CSV per table (ids, for other programs).

    Raises
    ------
    OutputError
        If the folder cannot be written; what was there before is unchanged.
    """
    stem = f"programme_{result.year}"
    names = [f"{stem}.xlsx", f"{stem}.gpkg", f"{stem}.md"]
    names += [f"{stem}_{name}.csv" for name in result.tables]
    with staged(directory) as folder:
        (folder / names[0]).write_bytes(_workbook(result))
        _geopackage(result, panel, folder / names[1])
        (folder / names[2]).write_text(_sentences(result, panel), encoding="utf-8", newline="\n")
        for name, table in result.tables.items():
            write_csv(table, folder / f"{stem}_{name}.csv", result.language)
    return tuple(directory / name for name in names)


def in_words(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return a table with headings and words for people; what has no word keeps its id."""
    shown = table.copy()
    for column in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[column]) or pd.api.types.is_bool_dtype(shown[column]):
            words = _choices().get(str(column), {}) if language == "de" else {}
            cells = [words[cell] if cell in words else _word(cell, language) for cell in shown[column]]
            shown[column] = pd.Series(cells, index=shown.index, dtype=object)
    return shown.rename(columns={column: _heading(str(column), language) for column in shown.columns})


@cache
def _choices() -> dict[str, dict[object, str]]:
    """Return the German words of the drop-down lists by column and id."""
    found: dict[str, dict[object, str]] = {}
    for schema in SHEETS:
        for column in schema.columns:
            for choice in column.choices:
                found.setdefault(column.id, {})[choice.id] = choice.label
    return found


def _word(cell: object, language: Language) -> object:
    if isinstance(cell, bool):
        return text(f"programme_report.word.{'yes' if cell else 'no'}", language)
    if isinstance(cell, (tuple, list)):
        return "|".join(map(str, cell))
    if cell is None or (isinstance(cell, float) and pd.isna(cell)):
        return None
    if isinstance(cell, str) and cell.isidentifier():
        for area in ("programme_report.state", "programme_report.word", "findings.word"):
            if has_text(f"{area}.{cell}"):
                return text(f"{area}.{cell}", language)
    return cell


def _heading(column: str, language: Language) -> str:
    for area in ("programme_report", "findings"):
        key = f"{area}.column.{column}"
        if column.isidentifier() and has_text(key):
            return text(key, language)
    return column


def _workbook(result: ProgrammeResult) -> bytes:
    """Return one sheet per table, the same bytes for the same tables."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only needed here
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415

    book = Workbook()
    book.remove(book.active)
    for name, table in result.tables.items():
        sheet = book.create_sheet(_heading(name, result.language)[:31])
        shown = in_words(table, result.language).apply(escape_formulas)
        sheet.append(list(map(str, shown.columns)))
        for record in shown.itertuples(index=False, name=None):
            sheet.append([None if _unknown(cell) else cell for cell in record])
        for place, column in enumerate(shown.columns, 1):
            head = sheet.cell(row=1, column=place)
            head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
            longest = max([len(str(column)), *(len(str(cell)) for cell in shown.iloc[:200, place - 1])])
            sheet.column_dimensions[get_column_letter(place)].width = min(60, longest + 2)
        sheet.freeze_panes = "B2"
    if not result.tables:
        book.create_sheet(text("programme_report.report.nothing", result.language)[:31])
    book.properties.creator, book.properties.created = "sozialraum", MOMENT
    stream = io.BytesIO()
    book.save(stream)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as source, zipfile.ZipFile(target, "w") as archive:
        for part in source.namelist():
            content = source.read(part)
            if part == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            archive.writestr(zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _unknown(cell: Any) -> bool:  # noqa: ANN401 - cells of every kind
    return cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell))


def programme_layers(result: ProgrammeResult, panel: Panel) -> dict[str, gpd.GeoDataFrame]:
    """Return what a map shows of a programme.

    Returns
    -------
    dict
        `programme_areas`: one polygon per area (`area_id`, `area_name`, `districts`). `districts`: every
        district with `area_id`, `conference` and the number of its goals by state.
    """
    layers = {}
    areas = result.tables.get("area_districts")
    shapes = panel.districts[["name", "geometry"]]
    if areas is not None:
        known = areas[areas["district"].isin(shapes.index)]
        frame = gpd.GeoDataFrame(
            known[["area_id", "area_name", "district"]],
            geometry=shapes.geometry.loc[known["district"]].to_numpy(),
            crs=panel.districts.crs,
        )
        layers["programme_areas"] = frame.dissolve(
            by="area_id", aggfunc={"area_name": "first", "district": "|".join}, as_index=False
        ).rename(columns={"district": "districts"})
    state = shapes.copy()
    conferences = result.tables.get("conferences")
    if conferences is not None:
        by_district = conferences.set_index("district")
        state["area_id"] = by_district["area_id"].reindex(state.index)
        state["conference"] = by_district["exists"].reindex(state.index)
    goals = result.tables.get("goals")
    if goals is not None:
        local = goals[goals["scope_type"] == "district"]
        counts = pd.crosstab(local["scope"], local["state"]).reindex(state.index).fillna(0).astype(int)
        state = state.join(counts.add_prefix("goals_"))
    layers["districts"] = state.reset_index()
    return layers


def _geopackage(result: ProgrammeResult, panel: Panel, path: Path) -> None:
    layers = programme_layers(result, panel)
    for name, layer in layers.items():
        layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    with warnings.catch_warnings():
        # pyogrio remarks that a table without geometry has no CRS, which is what is meant.
        warnings.simplefilter("ignore", UserWarning)
        import pyogrio  # noqa: PLC0415 - costs half a second, only this output needs it

        for name, table in result.tables.items():
            flat = table.copy()
            for column in flat.columns:
                if pd.api.types.is_numeric_dtype(flat[column]):
                    continue
                flat[column] = [
                    "|".join(map(str, cell))
                    if isinstance(cell, (tuple, list))
                    else None
                    if _unknown(cell)
                    else str(cell)
                    for cell in flat[column]
                ]
            own = f"{name}_table" if name in layers else name
            pyogrio.write_dataframe(flat, path, layer=own, driver="GPKG", append=True)


def _sentences(result: ProgrammeResult, panel: Panel) -> str:
    """Return the sentences of the year as Markdown, for a report's author to take from."""
    say, words = "programme_report.report", result.language
    lines = [f"# {text(f'{say}.title', words, city=panel.city, year=result.year)}", ""]
    if panel.simulated:
        lines += [text(f"{say}.simulated", words), ""]
    lines += [text(f"{say}.{result.audience}", words), ""]
    for name in ("goals", "testability"):
        table = result.tables.get(name)
        if table is None:
            continue
        lines += [f"## {_heading(name, words)}", ""]
        lines += [
            f"- {row['sentence'] if name == 'goals' else row['goal_id'] + ': ' + row['sentence']}"
            for _, row in table.iterrows()
        ]
        lines.append("")
    for name, part in _findings(result).items():
        lines += [f"## {_heading(name, words)}", "", *(f"- {sentence}" for sentence in part), ""]
    return "\n".join(lines)


def _findings(result: ProgrammeResult) -> dict[str, list[str]]:
    """Return the year's sentences on need and provision, the list and effects; internal results have them."""
    found: dict[str, list[str]] = {}
    slopes = result.tables.get("decoupling")
    if slopes is not None:
        now = slopes[(slopes["year"] == result.year) & (slopes["sentence"] != "")]
        kinds = in_words(now[["kind"]], result.language).iloc[:, 0]
        found["decoupling"] = [f"{kind}: {said}" for kind, said in zip(kinds, now["sentence"], strict=True)]
    chosen = result.tables.get("selection")
    if chosen is not None:
        now = chosen[(chosen["year"] == result.year) & (chosen["selected"] | (chosen["change"] != ""))]
        found["selection"] = list(now["reason"])
    effects = result.tables.get("effects")
    if effects is not None:
        found["effects"] = [
            f"{name}: {said}" for name, said in zip(effects["effect_id"], effects["sentence"], strict=True)
        ]
    return {name: sentences for name, sentences in found.items() if sentences}
