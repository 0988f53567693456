"""A programme's year as a workbook to read: one sheet per table, the same bytes for the same results."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.publish.programme.words import heading, in_words
from sozialraum.publish.tables import escape_formulas
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialraum.programme.run import ProgrammeResult

__all__ = ["unknown", "workbook_of"]

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""Written as the time of creation, so that the same results give the same bytes."""


LONG = 1000
"""A table of so many rows is cut to the year reported on; the CSV files hold all years."""


def workbook_of(
    result: ProgrammeResult,
    labels: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
) -> bytes:
    """Return one sheet per table and an overview before them, the same bytes for the same tables.

    Parameters
    ----------
    result
        Its tables, in their order.
    labels
        Indicator to what people call it.
    groups
        The same for target groups of the city's own.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only needed here

    book = Workbook()
    overview = book.active
    overview.title = _say(result, "overview")
    contents = []
    for name, table in result.tables.items():
        cut = _cut(table, result.year)
        sheet = book.create_sheet(heading(name, result.language)[:31])
        shown = in_words(cut, result.language, labels=labels, groups=groups).apply(escape_formulas)
        _fill(sheet, shown)
        contents.append((sheet.title, name, len(cut), len(cut) < len(table)))
    _overview(overview, contents, result)
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


def _say(result: ProgrammeResult, key: str, **values: object) -> str:
    return text(f"programme_report.workbook.{key}", result.language, **values)


def _cut(table: pd.DataFrame, year: int) -> pd.DataFrame:
    if len(table) < LONG or "year" not in table:
        return table
    last = table.loc[table["year"] <= year, "year"].max()
    found: pd.DataFrame = table[table["year"] == last]
    return found


def _overview(sheet: Any, contents: list[tuple[str, str, int, bool]], result: ProgrammeResult) -> None:  # noqa: ANN401 - a sheet of openpyxl, which is not typed
    """List the sheets with links, for whom the workbook is, and where the rest is."""
    from openpyxl.styles import Font  # type: ignore[import-untyped]  # noqa: PLC0415

    sheet.append([text("programme_report.report.title", result.language, city=result.city, year=result.year)])
    sheet.append([text(f"programme_report.report.{result.audience}", result.language)])
    sheet.append([_say(result, "rest")])
    sheet.append([])
    sheet.append([_say(result, name) for name in ("sheet", "rows", "file")])
    for title, name, rows, cut in contents:
        told = _say(result, "cut", rows=rows, year=result.year) if cut else rows
        sheet.append([title, told, f"programm-csv/{name}.csv"])
        link = sheet.cell(row=sheet.max_row, column=1)
        link.hyperlink, link.font = f"#'{title}'!A1", Font(underline="single", color="0563C1")
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[5]:
        cell.font = Font(bold=True)
    for column, width in (("A", 36), ("B", 26), ("C", 44)):
        sheet.column_dimensions[column].width = width
    sheet.page_setup.orientation = "landscape"
    if not contents:
        sheet.append([text("programme_report.report.nothing", result.language)])


def _fill(sheet: Any, shown: pd.DataFrame) -> None:  # noqa: ANN401 - as above
    """Write a table: a head that stays, columns as wide as they need, few digits, landscape."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415

    sheet.append(list(map(str, shown.columns)))
    for record in shown.itertuples(index=False, name=None):
        sheet.append([None if unknown(cell) else cell for cell in record])
    for place, column in enumerate(shown.columns, 1):
        head = sheet.cell(row=1, column=place)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        cells = shown.iloc[:, place - 1]
        broken = pd.api.types.is_float_dtype(cells) and bool((cells.dropna() % 1 != 0).any())
        words = [f"{cell:.3f}" if broken else str(cell) for cell in cells[:200] if not unknown(cell)]
        width = min(60, max([min(len(str(column)), 18), *map(len, words)]) + 2)
        sheet.column_dimensions[get_column_letter(place)].width = width
        if not broken and width < 60:
            continue
        for (cell,) in sheet.iter_rows(min_row=2, min_col=place, max_col=place):
            if broken:
                cell.number_format = "0.000"
            else:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def unknown(cell: Any) -> bool:  # noqa: ANN401 - cells of every kind
    """Tell whether a cell holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell))
