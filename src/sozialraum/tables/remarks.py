"""What was recognised in a table and what speaks for it, told so that `check` can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import shorten
from sozialraum.tables.choice.headings import of_another_time
from sozialraum.tables.columns import symbol_counts
from sozialraum.tables.decimal_sign import parse_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialraum.tables.columns import Reading, Series
    from sozialraum.tables.decimal_sign import Signs

__all__ = ["report_headings", "report_layout", "report_signs", "report_symbols"]

_GROUPED = ("dot_groups", "comma_groups", "blank", "blank_dot", "blank_comma")
SHOWN = 5
"""Lines around a table that are quoted."""


def report_headings(reading: Reading, series: Sequence[Series], date: str | None) -> None:
    """Warn of columns whose headings name another time than the one date of the table."""
    for header in dict.fromkeys(one.column.header for one in series if one.period is None):
        if date is not None and of_another_time(header, date):
            reading.add("heading_of_another_time", severity="warning", column=header, values={"date": date})


def report_signs(
    reading: Reading, series: Sequence[Series], signs: Signs, asked: tuple[str | None, ...]
) -> None:
    """Say how the file's numbers were read and what speaks for it; ask where nothing decides.

    Parameters
    ----------
    asked
        Encoding, separator, decimal sign and thousands sign as the user states them.
    """
    grid = reading.grid
    for column, position, cell, number in signs.undecided:
        row = int(grid.rows[position])
        reading.add("ambiguous", row=row, column=column, values={"cell": cell, "number": number})
    if signs.rivals is not None and signs.example is not None:
        _report_contradiction(reading, signs)
    if grid.separator is not None and None in asked[:2]:
        separator = {"\t": "Tab"}.get(grid.separator, grid.separator)
        values: dict[str, object] = {"encoding": grid.encoding, "separator": separator}
        reading.add("recognised", severity="note", values=values)
    if asked[2] is None and signs.example is not None and signs.rivals is None:
        column, position, cell = signs.example
        values = {"decimal": signs.decimal, "number": signs.cells, "total": signs.total, "cell": cell}
        reading.add("decimal", severity="note", row=int(grid.rows[position]), column=column, values=values)
    if signs.rivals is None:
        _report_thousands(reading, series, signs)


def _report_contradiction(reading: Reading, signs: Signs) -> None:
    (column, position, cell), example = signs.rivals or ("", 0, ""), signs.example or ("", 0, "")
    values = {
        "cell": cell,
        "number": signs.rival_cells,
        "decimal": signs.decimal,
        "cells": signs.cells,
        "example": example[2],
        "example_row": int(reading.grid.rows[example[1]]),
        "example_column": example[0],
    }
    reading.add("two_decimals", row=int(reading.grid.rows[position]), column=column, values=values)


def _report_thousands(reading: Reading, series: Sequence[Series], signs: Signs) -> None:
    """Name for each column one number whose digits were taken for groups, and in how many cells."""
    open_shape = "open_dot" if signs.decimal == "," else "open_comma"
    undecided = {name for name, *_ in signs.undecided}
    for one in series:
        grouped = np.isin(one.column.shapes, [*_GROUPED, open_shape])
        first = one.column.find(grouped)
        if first is None or one.column.header in undecided:
            continue
        record, cell = first
        number = parse_numbers(one.column, signs)[one.column.codes[record]]
        values = {
            "cell": cell,
            "number": f"{number:.10g}",
            "cells": int(grouped[one.column.codes].sum()),
            "total": one.column.numbers,
        }
        reading.add("thousands", severity="note", column=one.column.header, values=values)


def report_symbols(reading: Reading, series: Sequence[Series], meanings: Mapping[str, str]) -> None:
    """Count the symbols that were read, and the marks that numbers carried."""
    for (cell, meaning), number in symbol_counts(series, meanings).items():
        code = f"read_as_{meaning.replace(' ', '_')}"
        reading.add(code, severity="note", values={"cell": cell, "number": number})
    for one in series:
        column = one.column
        uncertain = np.isin(column.flags, ["unreliable"]) & (column.shapes != "number")
        for code, where in (("unreliable", uncertain), ("footnote_marks", column.marked)):
            first = column.find(where)
            if first is not None:
                values = {"cell": first[1], "number": int(where[column.codes].sum())}
                reading.add(code, severity="note", column=column.header, values=values)


def report_layout(reading: Reading) -> None:
    """Say where the table begins and ends, if anything stands around it."""
    grid, layout = reading.grid, reading.grid.layout
    first, last = layout.header_rows
    if layout.titles or first != last or layout.footnotes or layout.skipped:
        values = {"first": first, "last": last, "begin": int(grid.rows[0]), "end": int(grid.rows[-1])}
        reading.add("layout", severity="note", values=values)
    for code, lines in (
        ("titles", layout.titles),
        ("footnotes", layout.footnotes),
        ("skipped", layout.skipped),
    ):
        if lines:
            quoted = shorten([f"'{text[:80]}' ({row})" for row, text in lines], SHOWN)
            reading.add(code, severity="note", row=lines[0][0], values={"lines": quoted})
