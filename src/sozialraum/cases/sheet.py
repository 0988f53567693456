"""A confidential sheet as columns of text; what is wrong is told by row and column, never by content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import Problem, TableError, shorten
from sozialraum.keys import as_keys
from sozialraum.tables.dates import as_period
from sozialraum.tables.grid import header_name, read_grid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["days", "read_columns"]

_STAMP = re.compile(r"(?P<day>[\d.-]{8,12})[ T]\d{1,2}:[\d:.]+Z?")
"""A day with the time of entry behind it."""


def read_columns(
    path: Path,
    wanted: Sequence[str],
    *,
    name: str,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> pd.DataFrame:
    """Read the wanted columns of a text file or workbook.

    Parameters
    ----------
    path
        CSV, TXT, XLSX, XLS or ODS.
    wanted
        Headings.
    name
        What the project calls the file, for messages.
    sheet, encoding, separator
        As for tables; None: recognised.

    Returns
    -------
    pd.DataFrame
        Columns `wanted`, text or None; index "row" as the file's editor counts.

    Raises
    ------
    TableError
        If the file cannot be read, or a column is missing or there twice. No cell is repeated.
    """
    if not path.is_file():
        raise TableError(Problem(code="cases.no_file", file=name))
    grid, problems = read_grid(path, list(wanted), sheet=sheet, encoding=encoding, separator=separator)
    if grid is None:
        # The reader's own messages may repeat what stands in the file.
        reasons = [Problem(code="cases.unreadable", file=name, row=problem.row) for problem in problems]
        raise TableError(*reasons)
    found: dict[str, pd.Series] = {}
    faults = []
    index = pd.Index(grid.rows, name="row")
    for column in wanted:
        places = [i for i, heading in enumerate(grid.header) if heading == header_name(column)]
        if len(places) != 1:
            code = "column_double" if places else "no_column"
            faults.append(Problem(code=f"cases.{code}", file=name, column=column))
            continue
        found[column] = as_keys(pd.Series(grid.columns[places[0]], index=index, dtype=object))
    if faults:
        raise TableError(*faults)
    return pd.DataFrame(found, index=index)


def days(column: pd.Series, *, file: str, name: str, birth: bool = False) -> tuple[pd.Series, list[Problem]]:
    """Read a column of days; empty cells stay missing.

    Parameters
    ----------
    column
        Text or None.
    file, name
        What the project calls the file, and the column's heading.
    birth
        Whether these are birthdays: their century must be written, and the year alone (``1984``) will do; it
        is returned as ``1984-00-00``.

    Returns
    -------
    tuple
        ISO texts or None on the index of `column`; and a problem that names the rows that are no days.
    """
    reader = _birthday if birth else _day
    read = column.map(lambda cell: reader(cell.strip()) if isinstance(cell, str) else None)
    wrong = column.notna() & read.isna()
    if not wrong.any():
        return read, []
    values = {"number": int(wrong.sum()), "rows": shorten(column.index[wrong], 10)}
    return read, [Problem(code="cases.no_day", file=file, column=name, values=values)]


def _birthday(cell: str) -> str | None:
    year = re.fullmatch(r"((?:18|19|20)\d\d)(?:\.0)?", cell)
    short = re.fullmatch(r"\d\d?\.\s?\d\d?\.\s?\d\d", cell)
    return f"{year[1]}-00-00" if year else None if short else _day(cell)


def _day(cell: str) -> str | None:
    found = _STAMP.fullmatch(cell)
    day = as_period(found["day"] if found else cell)
    return day.end if day is not None and day.kind == "date" else None
