"""A programme's year as a workbook to read: one sheet per table, the same bytes for the same results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.publish.programme.words import heading, in_words
from sozialraum.publish.results.spreadsheet import (
    BOLD,
    PLAIN,
    TEXT,
    TITLE,
    WRAPPED,
    Column,
    Sheet,
    sheet_title,
    spreadsheet_bytes,
)
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialraum.programme.run import ProgrammeResult

__all__ = ["unknown", "workbook_of"]

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
    titles = [_say(result, "overview")]
    contents, sheets = [], []
    for name, table in result.tables.items():
        cut = _cut(table, result.year)
        title = sheet_title(heading(name, result.language), titles)
        titles.append(title)
        shown = in_words(cut, result.language, labels=labels, groups=groups)
        columns = [_column(str(head), shown.iloc[:, place]) for place, head in enumerate(shown.columns)]
        # A table without a column still has its sheet.
        sheets.append(Sheet(title=title, columns=columns or [Column(heading="", cells=[])], frozen=1))
        contents.append((title, name, len(cut), len(cut) < len(table)))
    return spreadsheet_bytes([_overview(titles[0], contents, result), *sheets])


def _say(result: ProgrammeResult, key: str, **values: object) -> str:
    return text(f"programme_report.workbook.{key}", result.language, **values)


def _cut(table: pd.DataFrame, year: int) -> pd.DataFrame:
    if len(table) < LONG or "year" not in table:
        return table
    last = table.loc[table["year"] <= year, "year"].max()
    found: pd.DataFrame = table[table["year"] == last]
    return found


def _overview(title: str, contents: list[tuple[str, str, int, bool]], result: ProgrammeResult) -> Sheet:
    """List the sheets with links, for whom the workbook is, and where the rest is."""
    report = "programme_report.report"
    lines: list[tuple[str | float | None, ...]] = [
        (text(f"{report}.title", result.language, city=result.city, year=result.year), None, None),
        (text(f"{report}.{result.audience}", result.language), None, None),
        (_say(result, "rest"), None, None),
        (None, None, None),
        tuple(_say(result, name) for name in ("sheet", "rows", "file")),
    ]
    links = {}
    for sheet, name, rows, cut in contents:
        told = _say(result, "cut", rows=rows, year=result.year) if cut else rows
        lines.append((sheet, told, f"programm-csv/{name}.csv"))
        links[len(lines)] = sheet
    if not contents:
        lines.append((text(f"{report}.nothing", result.language), None, None))
    columns = [
        Column(heading="", cells=[line[place] for line in lines], style=style, width=width)
        for place, (style, width) in enumerate(((TEXT, 36), (PLAIN, 26), (TEXT, 44)))
    ]
    return Sheet(title=title, columns=columns, headings=False, looks={1: TITLE, 5: BOLD}, links=links)


def _column(head: str, cells: pd.Series) -> Column:
    """Return a column as wide as it needs, of numbers with few digits."""
    broken = pd.api.types.is_float_dtype(cells) and bool((cells.dropna() % 1 != 0).any())
    written = [
        cell if isinstance(cell, str) else None if unknown(cell) else _plain(cell) for cell in cells.tolist()
    ]
    words = [f"{cell:.3f}" if broken else f"{cell}" for cell in written[:200] if cell is not None]
    width = min(60, max([min(len(head), 18), *map(len, words)]) + 2)
    style = "0.000" if broken else WRAPPED if width == 60 else PLAIN
    return Column(heading=head, cells=written, style=style, width=width)


def _plain(cell: object) -> str | float:
    """Return a number or a text; what is neither, as a text."""
    if isinstance(cell, int | float | np.number) and not isinstance(cell, bool) and np.isfinite(cell):
        return float(cell) if isinstance(cell, np.number) else cell
    return str(cell)


def unknown(cell: Any) -> bool:  # noqa: ANN401 - cells of every kind
    """Tell whether a cell holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell))
