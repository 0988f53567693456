"""A confidential sheet as columns of text; what is wrong is told by row and column, never by content."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import Problem, TableError, shorten
from sozialraum.keys import as_keys
from sozialraum.tables.grid import header_name, read_grid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["days", "read_columns"]

_DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)(?:[ T][\d:.]+)?"
    r"|(?P<d2>\d\d?)\.\s?(?P<m2>\d\d?)\.\s?(?P<y2>\d{4})"
)


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


def days(column: pd.Series, *, file: str, name: str) -> tuple[pd.Series, list[Problem]]:
    """Read a column of days; empty cells stay missing.

    Returns
    -------
    tuple
        ISO texts or None on the index of `column`; and a problem that names the rows that are no days.
    """
    read = column.map(lambda cell: _day(cell) if isinstance(cell, str) else None)
    wrong = column.notna() & read.isna()
    if not wrong.any():
        return read, []
    values = {"number": int(wrong.sum()), "rows": shorten(column.index[wrong], 10)}
    return read, [Problem(code="cases.no_day", file=file, column=name, values=values)]


def _day(cell: str) -> str | None:
    found = _DAY.fullmatch(cell.strip())
    if found is None:
        return None
    parts = found.groupdict()
    try:
        day = dt.date(
            int(parts["y"] or parts["y2"]), int(parts["m"] or parts["m2"]), int(parts["d"] or parts["d2"])
        )
    except ValueError:
        return None
    return day.isoformat()
