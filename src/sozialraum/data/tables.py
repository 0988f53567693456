"""Indicator tables, as offices store them, as one long frame of observations.

Everything is read as text first, so that keys keep their leading zeros and no cell turns into a number, or
into nothing, unseen. What was recognised is reported as a note, what cannot be told is an error.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.data.cells import as_date, number_column, parse_numbers, recognise_signs
from sozialraum.data.grids import header_name, read_grid
from sozialraum.errors import Problem, TableError, raise_problems, shorten
from sozialraum.keys import as_keys, closest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from sozialraum.data.cells import NumberColumn, Signs
    from sozialraum.data.grids import Grid

__all__ = ["MISSING", "OBSERVATION_COLUMNS", "SUPPRESSED", "load_table", "read_table"]

OBSERVATION_COLUMNS = ("district", "date", "variable", "value", "flag", "source", "row", "vintage")
MISSING = ("", "-", ".", "...")
SUPPRESSED = ("x", "X", "/", "•")

LISTED = 50
"""Unreadable cells that are listed one by one; one more problem counts the rest."""

_LOG = logging.getLogger(__name__)


def read_table(  # noqa: PLR0913 - each option answers one question that a file may leave open
    path: str | Path,
    *,
    key: str | None = None,
    name: str | None = None,
    date: object = None,
    date_column: str | None = None,
    variables: Mapping[str, str] | None = None,
    sheet: str | None = None,
    missing: Collection[str] = MISSING,
    suppressed: Collection[str] = SUPPRESSED,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    vintage: str | None = None,
) -> pd.DataFrame:
    """Read one table of counts or shares; see `load_table` for parameters and result.

    What was recognised is logged.

    Raises
    ------
    TableError
        With every fault of the table at once.
    """
    observations, problems = load_table(
        path,
        key=key,
        name=name,
        date=date,
        date_column=date_column,
        variables=variables,
        sheet=sheet,
        missing=missing,
        suppressed=suppressed,
        encoding=encoding,
        separator=separator,
        decimal=decimal,
        thousands=thousands,
        vintage=vintage,
    )
    raise_problems(problems, TableError)
    for problem in problems:
        _LOG.log(logging.WARNING if problem.severity == "warning" else logging.INFO, "%s", problem.text())
    return observations


def load_table(  # noqa: PLR0913 - each option answers one question that a file may leave open
    path: str | Path,
    *,
    key: str | None = None,
    name: str | None = None,
    date: object = None,
    date_column: str | None = None,
    variables: Mapping[str, str] | None = None,
    sheet: str | None = None,
    missing: Collection[str] = MISSING,
    suppressed: Collection[str] = SUPPRESSED,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    vintage: str | None = None,
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read one table and gather every fault and every recognition instead of raising.

    Parameters
    ----------
    path
        CSV (any encoding and separator of `sozialraum.data.grids`) or XLSX.
    key, name
        Columns with the district's key, or with its name; at least one. With both, rows belong to districts
        by key, and the names help to explain rows that find no district.
    date, date_column
        One date for the whole table, or the column that has it. ``2017`` means 2017-12-31; also
        ``2017-06-30`` and ``30.06.2017``. Exactly one of the two.
    variables
        Variable id to column name. None: every column that looks numeric, under its own name.
    sheet
        Sheet of an XLSX file; needed only where several fit.
    missing, suppressed
        Cells that stand for "no figure" and "figure withheld". An empty cell is always missing.
    encoding, separator, decimal, thousands
        How the file is written; None: recognised from its content.
    vintage
        The boundary version that the table's keys belong to.

    Returns
    -------
    tuple
        Observations and problems. The observations have one row per district, date and variable and the
        columns `OBSERVATION_COLUMNS`: `district` is the key or name as written, `date` ISO text, `value`
        float (NaN unless `flag` is "ok"), `flag` "ok", "missing" or "suppressed", `source` the file's name,
        `row` as the file's editor counts, `vintage` text ("" if not named). With both `key` and `name`
        there is a column `name`, too. Empty if the table could not be read.
    """
    path = Path(path)
    problems: list[Problem] = _check_options(path.name, key, name, date, date_column)
    wanted = [
        column for column in (key, name, date_column, *(variables or {}).values()) if column is not None
    ]
    if problems:
        return _empty(), tuple(problems)
    grid, problems_of_file = read_grid(
        path, [header_name(column) for column in wanted], sheet=sheet, encoding=encoding, separator=separator
    )
    if grid is None:
        return _empty(), problems_of_file
    table = _Table(path.name, grid)
    positions = {column: table.position(column) for column in wanted}
    if table.problems:
        return _empty(), tuple(table.problems)
    if variables is None:
        columns = table.numeric_columns(set(positions.values()), missing, suppressed)
    else:
        columns = {
            variable: number_column(column, grid.columns[positions[column]], missing, suppressed)
            for variable, column in variables.items()
        }
    signs = recognise_signs(columns.values(), decimal, thousands)
    table.report_recognition(signs, asked=(encoding, separator, decimal))
    districts = table.districts(positions[key or name])  # type: ignore[index]  # one of them is given
    dates = table.dates(positions[date_column]) if date_column is not None else table.one_date(date)
    table.check_duplicates(districts, dates)
    table.report_symbols(columns)
    observations = table.observations(columns, signs, districts, dates, vintage or "")
    if key is not None and name is not None:
        names = as_keys(pd.Series(grid.columns[positions[name]])).to_numpy()
        observations["name"] = np.tile(names, len(columns))
    return observations, tuple(table.problems)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=object) for column in OBSERVATION_COLUMNS}).astype(
        {"value": float, "row": "int64"}
    )


def _check_options(
    file: str, key: str | None, name: str | None, date: object, date_column: str | None
) -> list[Problem]:
    found = []
    if key is None and name is None:
        found.append(Problem(code="tables.no_key_option", file=file))
    if date is None and date_column is None:
        found.append(Problem(code="tables.no_date_option", file=file))
    if date is not None and date_column is not None:
        found.append(Problem(code="tables.two_date_options", file=file))
    if date is not None and as_date(date) is None:
        found.append(Problem(code="tables.bad_date_option", file=file, values={"date": date}))
    return found


class _Table:
    """One grid and the problems found in it so far."""

    def __init__(self, file: str, grid: Grid) -> None:
        self.file, self.grid = file, grid
        self.problems: list[Problem] = []

    def add(self, code: str, **places: object) -> None:
        self.problems.append(
            Problem(code=f"tables.{code}", file=self.file, sheet=self.grid.sheet, **places)  # type: ignore[arg-type]  # fields of Problem
        )

    def position(self, column: str) -> int:
        """Find a column; one that occurs twice must hold the same cells twice."""
        found = [i for i, header in enumerate(self.grid.header) if header == header_name(column)]
        if not found:
            columns = [header for header in self.grid.header if header]
            similar = closest(column, columns)
            self.add(
                "missing_column_similar" if similar else "missing_column",
                column=column,
                values={"columns": shorten(columns), "similar": ", ".join(f"'{name}'" for name in similar)},
            )
            return -1
        first, *others = found
        for other in others:
            self._compare(column, first, other)
        return first

    def _compare(self, column: str, first: int, other: int) -> None:
        if any(p.column == column and p.code.startswith("tables.column_twice") for p in self.problems):
            return
        different = np.flatnonzero(self.grid.columns[first] != self.grid.columns[other])
        values = {"first": first + 1, "second": other + 1}
        if len(different) == 0:
            self.add("column_twice_equal", severity="note", column=column, values=values)
            return
        row = int(different[0])
        cells = {name: self.grid.columns[i][row] for name, i in (("one", first), ("two", other))}
        self.add(
            "column_twice",
            row=int(self.grid.rows[row]),
            column=column,
            values={**values, **cells, "number": len(different), "total": len(self.grid.rows)},
        )

    def numeric_columns(
        self, taken: set[int], missing: Collection[str], suppressed: Collection[str]
    ) -> dict[str, NumberColumn]:
        """Choose every column in which at least half of the filled cells are numbers."""
        chosen: dict[str, NumberColumn] = {}
        left_out = []
        for position, header in enumerate(self.grid.header):
            if position in taken or not header or header in chosen:
                continue
            column = number_column(header, self.grid.columns[position], missing, suppressed)
            filled = len(column.codes) - column.count({"missing", "suppressed"})
            if column.count({"text"}) * 2 > filled or _is_code(column):
                left_out.append(header)
            elif self.position(header) == position:
                chosen[header] = column
        if left_out:
            values = {"columns": shorten(left_out)}
            self.add("left_out", severity="note", values=values)
        if not chosen:
            self.add("no_numbers", values={"columns": shorten(filter(None, self.grid.header))})
        return chosen

    def report_recognition(self, signs: Signs, asked: tuple[str | None, ...]) -> None:
        """Say how the file was read and what speaks for it; ask where nothing decides."""
        for column, position, cell, number in signs.undecided:
            row = int(self.grid.rows[position])
            self.add("ambiguous", row=row, column=column, values={"cell": cell, "number": number})
        if signs.rivals is not None and signs.example is not None:
            self._report_contradiction(signs)
        if self.grid.separator is not None and None in asked[:2]:
            separator = {"\t": "Tab"}.get(self.grid.separator, self.grid.separator)
            values: dict[str, object] = {"encoding": self.grid.encoding, "separator": separator}
            self.add("recognised", severity="note", values=values)
        if asked[2] is None and signs.example is not None and signs.rivals is None:
            column, position, cell = signs.example
            values = {"decimal": signs.decimal, "number": signs.cells, "total": signs.total, "cell": cell}
            row = int(self.grid.rows[position])
            self.add("decimal", severity="note", row=row, column=column, values=values)

    def _report_contradiction(self, signs: Signs) -> None:
        (column, position, cell), example = signs.rivals or ("", 0, ""), signs.example or ("", 0, "")
        values = {
            "cell": cell,
            "number": signs.rival_cells,
            "decimal": signs.decimal,
            "cells": signs.cells,
            "example": example[2],
            "example_row": int(self.grid.rows[example[1]]),
            "example_column": example[0],
        }
        self.add("two_decimals", row=int(self.grid.rows[position]), column=column, values=values)

    def report_symbols(self, columns: Mapping[str, NumberColumn]) -> None:
        """Count the symbols that were read as missing or suppressed; empty cells explain themselves."""
        counts: dict[tuple[str, str], int] = {}
        for column in columns.values():
            per_cell = np.bincount(column.codes, minlength=len(column.cells))
            for cell, shape, number in zip(column.cells, column.shapes, per_cell, strict=True):
                if shape in {"missing", "suppressed"} and cell != "":
                    counts[str(cell), shape] = counts.get((str(cell), shape), 0) + int(number)
        for (cell, shape), number in counts.items():
            self.add(f"read_as_{shape}", severity="note", values={"cell": cell, "number": number})

    def districts(self, position: int) -> NDArray[np.object_]:
        """Return the keys, one per record; each record needs one."""
        keys = as_keys(pd.Series(self.grid.columns[position])).to_numpy()
        without = np.flatnonzero(pd.isna(keys))
        if len(without):
            rows = shorten(self.grid.rows[without], LISTED)
            values = {"rows": rows, "number": len(without)}
            row, column = int(self.grid.rows[without[0]]), self.grid.header[position]
            self.add("no_key", row=row, column=column, values=values)
        return keys

    def dates(self, position: int) -> NDArray[np.object_]:
        """Return the ISO dates of a column, one per record."""
        codes, distinct = pd.factorize(self.grid.columns[position], use_na_sentinel=False)
        dates = np.array([as_date(cell) for cell in distinct], dtype=object)[codes]
        self._list_cells("bad_date", position, np.flatnonzero(pd.isna(dates)))
        return dates

    def one_date(self, date: object) -> NDArray[np.object_]:
        return np.full(len(self.grid.rows), as_date(date), dtype=object)

    def check_duplicates(self, districts: NDArray[np.object_], dates: NDArray[np.object_]) -> None:
        """Report districts that have several rows at one date."""
        pairs = pd.DataFrame({"district": districts, "date": dates, "row": self.grid.rows}).dropna()
        double = pairs[pairs.duplicated(["district", "date"], keep=False)]
        if double.empty:
            return
        listing = [
            f"{district} ({date}): {', '.join(map(str, rows))}"
            for (district, date), rows in double.groupby(["district", "date"], sort=False)["row"]
        ]
        self.add(
            "duplicate_rows",
            row=int(double["row"].iloc[0]),
            keys=tuple(double["district"].unique()),
            values={"number": len(listing), "rows": "; ".join(listing[:LISTED])},
        )

    def observations(
        self,
        columns: Mapping[str, NumberColumn],
        signs: Signs,
        districts: NDArray[np.object_],
        dates: NDArray[np.object_],
        vintage: str,
    ) -> pd.DataFrame:
        """Stack the number columns; one record gives one observation per variable."""
        values, flags = [], []
        for column in columns.values():
            numbers = parse_numbers(column, signs)
            unreadable = np.isnan(numbers) & ~np.isin(column.shapes, ["missing", "suppressed"])
            kinds = np.where(unreadable, "unknown", np.where(np.isnan(numbers), column.shapes, "ok"))
            position = self.grid.header.index(header_name(column.header))
            if not self._is_undecided(column, signs):
                self._list_cells("bad_cell", position, np.flatnonzero(unreadable[column.codes]))
            values.append(numbers[column.codes])
            flags.append(kinds[column.codes])
        count, length = len(columns), len(districts)
        return pd.DataFrame(
            {
                "district": np.tile(districts, count),
                "date": np.tile(dates, count),
                "variable": np.repeat(np.array(list(columns), dtype=object), length),
                "value": np.concatenate(values) if values else np.array([], dtype=float),
                "flag": np.concatenate(flags) if flags else np.array([], dtype=object),
                "source": np.full(count * length, self.file, dtype=object),
                "row": np.tile(self.grid.rows, count),
                "vintage": np.full(count * length, vintage, dtype=object),
            }
        )

    def _is_undecided(self, column: NumberColumn, signs: Signs) -> bool:
        return signs.rivals is not None or any(name == column.header for name, *_ in signs.undecided)

    def _list_cells(self, code: str, position: int, records: NDArray[np.intp]) -> None:
        column, cells = self.grid.header[position], self.grid.columns[position]
        listed = sum(problem.code == f"tables.{code}" for problem in self.problems)
        for record in records[: max(LISTED - listed, 0)]:
            self.add(code, row=int(self.grid.rows[record]), column=column, values={"cell": cells[record]})
        left = len(records) - max(LISTED - listed, 0)
        if left > 0:
            self.add("more_cells", column=column, values={"number": left})


def _is_code(column: NumberColumn) -> bool:
    """Whole numbers with leading zeros are a code, not an amount."""
    whole = (str(column.cells[i]) for i in np.flatnonzero(column.shapes == "integer"))
    return any(len(cell) > 1 and cell[0] == "0" for cell in whole)
