"""Marks in a workbook that a reader sees and a program would pass by: decided, asked or told.

===================  ===================================================================================
hidden rows          asked (`marks.hidden_rows`); a filter or a fold hides them as well
struck-through       asked (`marks.struck`): figures, and labels with their whole row
invisible            asked (`marks.invisible`): white on white, letters of 3 points, formats like ``;;;``
another number       asked (`marks.format`): ``0" Tsd."``, scaling commas, a sign instead of the number
hidden columns       a warning where they are read
comments             a warning with their words
text boxes           a note with their words
colour, italics      a note with the number of cells that differ from their column
conditional formats  a note: they are not evaluated
===================  ===================================================================================

Hidden sheets are read only by name; merged cells, per cent formats, formulas without a result and error
values are dealt with where cells are read.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import shorten
from sozialraum.tables.layout import find_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.columns import Reading

__all__ = ["apply_marks"]

SHOWN = 3
"""Places that a message names."""

LEAVE_OUT = "leave_out"


def apply_marks(
    reading: Reading, labels: Sequence[str], figures: Sequence[str], answers: Mapping[str, str]
) -> None:
    """Ask about the marks of the rows and columns that are read, or do what the user answered.

    Parameters
    ----------
    reading
        The file; its grid is replaced where something is left out.
    labels
        Columns that tell rows apart.
    figures
        Columns with figures; empty: all others.
    answers
        Mark to "read" or "leave_out".
    """
    if reading.grid.marks is None:
        return
    own = {position for column in labels for position, _ in find_columns(column, reading.grid.header)}
    named = {position for column in figures for position, _ in find_columns(column, reading.grid.header)}
    read = named or {i for i, header in enumerate(reading.grid.header) if header} - own
    _hidden_rows(reading, answers)
    for mark in ("struck", "invisible", "format"):
        _cells(reading, mark, own, read, answers)
    if not reading.has_errors:
        _hidden_columns(reading, own | read)
        _told(reading, own | read, read)


def _hidden_rows(reading: Reading, answers: Mapping[str, str]) -> None:
    grid = reading.grid
    hidden = np.isin(grid.rows, sorted(grid.marks.hidden_rows if grid.marks else ()))
    if not hidden.any():
        return
    rows = shorten(grid.rows[hidden], SHOWN)
    if _ask(reading, "hidden_rows", answers, rows, int(hidden.sum()), int(grid.rows[hidden][0])):
        reading.grid = grid.only(~hidden)


def _ask(reading: Reading, mark: str, answers: Mapping[str, str], places: str, number: int, row: int) -> bool:
    """Ask where nothing is answered; tell whether the marked is to be left out."""
    answer = answers.get(mark)
    values = {"number": number, "places": places}
    if answer is None:
        reading.add(f"mark_{mark}", row=row, values=values)
    elif answer == LEAVE_OUT:
        reading.add(f"mark_{mark}_left_out", severity="note", row=row, values=values)
    return answer == LEAVE_OUT


def _cells(
    reading: Reading, mark: str, labels: set[int], figures: set[int], answers: Mapping[str, str]
) -> None:
    grid = reading.grid
    marked = grid.marks.cells.get(mark, set()) if grid.marks else set()
    record = {int(row): i for i, row in enumerate(grid.rows)}
    hits = [
        (record[row], column - 1)
        for row, column in sorted(marked)
        if row in record and column - 1 in (labels | figures)
    ]
    if not hits:
        return
    places = shorten([f"{_column(reading, column)} {grid.rows[row]}" for row, column in hits], SHOWN)
    if not _ask(reading, mark, answers, places, len(hits), int(grid.rows[hits[0][0]])):
        return
    columns = [column.copy() for column in grid.columns]
    kept = np.ones(len(grid.rows), dtype=bool)
    for row, column in hits:
        if column in labels:
            kept[row] = False
        else:
            columns[column][row] = ""
    reading.grid = grid.with_columns(tuple(columns)).only(kept)


def _column(reading: Reading, position: int) -> str:
    header = reading.grid.header[position] if position < len(reading.grid.header) else ""
    return f"'{header}'" if header else f"{{column {position + 1}}}"


def _hidden_columns(reading: Reading, read: set[int]) -> None:
    hidden = reading.grid.marks.hidden_columns if reading.grid.marks else set()
    names = [_column(reading, column - 1) for column in sorted(hidden) if column - 1 in read]
    if names:
        reading.add("hidden_columns", severity="warning", values={"columns": shorten(names, 5)})


def _told(reading: Reading, read: set[int], figures: set[int]) -> None:
    """Tell comments, text boxes, colours and conditional formats."""
    grid = reading.grid
    if grid.marks is None:
        return
    rows = {int(row): i for i, row in enumerate(grid.rows)}
    first, last = grid.layout.header_rows
    comments = [
        f"{_column(reading, column - 1)} {row}: '{words[:80]}'"
        for (row, column), words in sorted(grid.marks.comments.items())
        if (row in rows or first <= row <= last) and column - 1 in read
    ]
    if comments:
        values = {"number": len(comments), "comments": shorten(comments, SHOWN)}
        reading.add("comments", severity="warning", values=values)
    if grid.marks.boxes:
        quoted = shorten([f"'{words[:120]}'" for words in grid.marks.boxes], SHOWN)
        reading.add("text_boxes", severity="note", values={"texts": quoted})
    if "conditional" in grid.marks.remarks:
        reading.add("conditional_formats", severity="note")
    looks = [(column, _unusual(grid.marks.looks, grid.rows, column + 1)) for column in sorted(figures)]
    unusual = [(column, listed) for column, listed in looks if listed]
    if unusual:
        places = [f"{_column(reading, column)} {row}" for column, listed in unusual for row in listed]
        values = {"number": len(places), "places": shorten(places, SHOWN)}
        reading.add("coloured", severity="note", values=values)


def _unusual(looks: Mapping[tuple[int, int], str], rows: NDArray[np.int64], column: int) -> list[int]:
    """Return the rows whose cell looks unlike most of its column; stripes are no mark."""
    if not looks:
        return []
    own = {int(row): looks.get((int(row), column), "") for row in rows}
    usual, number = Counter(own.values()).most_common(1)[0]
    if number * 2 <= len(own) + 1 or number < 3:
        return []
    return [row for row, look in own.items() if look != usual]
