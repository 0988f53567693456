"""One grid read as a table: which columns, which rows, which numbers, and what speaks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import Problem, shorten
from sozialraum.keys import as_keys, closest
from sozialraum.tables.dates import (
    QUARTER_WORDS,
    Period,
    as_period,
    as_periods,
    as_serial,
    part_of_year,
)
from sozialraum.tables.decimal_sign import parse_numbers, readable_shapes
from sozialraum.tables.layout import DATE, find_columns
from sozialraum.tables.numbers import number_column
from sozialraum.tables.symbols import below_of, plain_symbol
from sozialraum.tables.totals import find_totals, is_total_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.dates import PeriodKind
    from sozialraum.tables.decimal_sign import Signs
    from sozialraum.tables.grid import Grid
    from sozialraum.tables.numbers import NumberColumn
    from sozialraum.tables.totals import Total

__all__ = ["LISTED", "Reading", "Series"]

LISTED = 3
"""Unreadable cells of a column that are named; the rest is counted."""


MANY = 12
"""Rows that a message names."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """The figures of one variable in one column; `period` is the column's, None where rows have theirs."""

    variable: str
    column: NumberColumn
    position: int
    period: Period | None = None


class Reading:
    """One grid and the problems found in it so far."""

    def __init__(self, file: str, grid: Grid) -> None:
        self.file, self.grid = file, grid
        self.problems: list[Problem] = []

    def add(self, code: str, **places: object) -> None:
        """Note a problem of this file; `places` are further fields of `Problem`."""
        self.problems.append(
            Problem(code=f"tables.{code}", file=self.file, sheet=self.grid.sheet, **places)  # type: ignore[arg-type]  # fields of Problem
        )

    @property
    def has_errors(self) -> bool:
        """Whether something has been found that forbids to go on."""
        return any(problem.severity == "error" for problem in self.problems)

    # --- columns ---

    def position(self, column: str) -> int:
        """Find a column; one that occurs twice must hold the same cells twice."""
        found = [i for i, _ in find_columns(column, self.grid.header)]
        if not found:
            self._missing(column)
            return -1
        first, *others = found
        for other in others:
            self._compare(column, first, other)
        return first

    def _missing(self, column: str) -> None:
        columns = [header for header in self.grid.header if header]
        similar = closest(column, columns)
        values = {"columns": shorten(columns), "similar": ", ".join(f"'{name}'" for name in similar)}
        code = "missing_column_similar" if similar else "missing_column"
        self.add("missing_date_columns" if DATE in column else code, column=column, values=values)

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

    def series(self, variable: str, column: str, meanings: Mapping[str, str]) -> list[Series]:
        """Take the column of a variable apart; with `DATE` in its name, one column per date."""
        if DATE not in column:
            position = self.position(column)
            return [self._series(variable, position, column, meanings)] if position >= 0 else []
        found: dict[str, int] = {}
        periods: dict[str, Period] = {}
        for position, period in find_columns(column, self.grid.header):
            if period is None:
                continue
            date = period.end
            periods.setdefault(date, period)
            name = self.grid.header[position]
            if date in found and self.grid.header[found[date]] != name:
                values = {"date": date, "one": self.grid.header[found[date]], "two": name}
                self.add("date_twice", column=column, values=values)
            elif date in found:
                self._compare(name, found[date], position)
            else:
                found[date] = position
        if not found:
            self._missing(column)
        return [
            self._series(variable, position, self.grid.header[position], meanings, periods[date])
            for date, position in found.items()
        ]

    def _series(
        self,
        variable: str,
        position: int,
        header: str,
        meanings: Mapping[str, str],
        period: Period | None = None,
    ) -> Series:
        column = number_column(header, self.grid.columns[position], meanings)
        return Series(variable=variable, column=column, position=position, period=period)

    def numeric_series(self, taken: set[int], meanings: Mapping[str, str]) -> list[Series]:
        """Choose every column in which at least half of the filled cells are numbers."""
        chosen: dict[str, Series] = {}
        left_out = []
        for position, header in enumerate(self.grid.header):
            if position in taken or not header or header in chosen:
                continue
            series = self._series(header, position, header, meanings)
            column = series.column
            filled = len(column.codes) - column.count({"symbol"})
            nothing = all(not str(cell).strip() for cell in column.cells)
            if nothing or column.count({"text"}) * 2 > filled or _is_code(column):
                left_out.append(header)
            elif self.position(header) == position:
                chosen[header] = series
        if left_out:
            self.add("left_out", severity="note", values={"columns": shorten(left_out)})
        if not chosen:
            self.add("no_numbers", values={"columns": shorten(filter(None, self.grid.header))})
        return list(chosen.values())

    # --- rows ---

    def labels(self, position: int) -> NDArray[np.object_]:
        """Return the keys or names of all records."""
        return as_keys(pd.Series(self.grid.columns[position])).to_numpy()

    def require_labels(self, labels: NDArray[np.object_], position: int, kept: NDArray[np.bool_]) -> None:
        """Report records without a key or name."""
        without = np.flatnonzero(pd.isna(labels) & kept)
        if len(without):
            rows = shorten(self.grid.rows[without], MANY)
            values = {"rows": rows, "number": len(without)}
            row, column = int(self.grid.rows[without[0]]), self.grid.header[position]
            self.add("no_key", row=row, column=column, values=values)

    def periods(
        self, position: int, kind: PeriodKind | None, start: int | None, part: int | None = None
    ) -> list[Period | None]:
        """Return what a column's cells stand for, one per record.

        With `start`, from that column's day on; with `part`, that column's month or quarter of the year.
        """
        if part is not None:
            quarters = QUARTER_WORDS.search(self.grid.header[part]) is not None
            pairs = zip(self.grid.columns[position], self.grid.columns[part], strict=True)
            return [part_of_year(year, cell, kind, quarters=quarters) for year, cell in pairs]
        own = self._read_periods(position, kind)
        if start is None:
            return own
        first = self._read_periods(start, None)
        return [
            Period(kind=kind or "flow", start=one.start, end=two.end) if one and two else None
            for one, two in zip(first, own, strict=True)
        ]

    def _read_periods(self, position: int, kind: PeriodKind | None) -> list[Period | None]:
        codes, distinct = pd.factorize(self.grid.columns[position], use_na_sentinel=False)
        read = as_periods(list(distinct), self.grid.header[position], kind)
        found = [one or self._serial(cell) for one, cell in zip(read, distinct, strict=True)]
        return [found[code] for code in codes]

    def _serial(self, cell: object) -> Period | None:
        """Read a day written as a number, where the workbook counts its days as most do."""
        return None if self.grid.epoch_1904 else as_serial(cell)

    def check_dates(
        self,
        position: int,
        periods: Sequence[Period | None],
        kept: NDArray[np.bool_],
        kind: PeriodKind | None,
    ) -> None:
        """Report dates that are none or may be two things, and say which periods were read."""
        self.list_cells("bad_date", position, np.flatnonzero([one is None for one in periods] & kept))
        codes, distinct = pd.factorize(self.grid.columns[position], use_na_sentinel=False)
        example: dict[PeriodKind, tuple[object, int, Period]] = {}
        for record, one in enumerate(periods):
            if one is not None and kept[record] and one.kind not in example:
                example[one.kind] = (distinct[codes[record]], record, one)
        for cell in distinct:
            day = self._serial(cell) if as_period(cell) is None else None
            if day is not None:
                values = {"cell": cell, "day": day.end}
                self.add("serial_date", severity="note", column=self.grid.header[position], values=values)
                break
        decided = {one.kind for one in periods if one is not None and not one.other}
        for found, (cell, record, one) in example.items():
            place = {"row": int(self.grid.rows[record]), "column": self.grid.header[position]}
            if one.other and kind is None and found not in decided:
                self.add("date_of_two_kinds", **place, values={"cell": cell, "one": found, "two": one.other})
            elif found not in {"date", "year"} and kind is None:
                values = {"cell": cell, "period": found, "first": one.start, "last": one.end}
                self.add("period_read", severity="note", **place, values=values)

    def without_totals(
        self,
        labels: NDArray[np.object_],
        dates: NDArray[np.object_] | None,
        series: Sequence[Series],
        signs: Signs,
        meanings: Mapping[str, str],
        *,
        stated: Collection[str] | None,
        doubled: bool,
        known: tuple[NDArray[np.object_], Collection[str]],
        naming: Collection[int] = (),
    ) -> NDArray[np.bool_]:
        """Tell which records are kept: not those that sum up others, each of which is reported.

        Parameters
        ----------
        labels, dates
            One per record.
        series, signs, meanings
            The figures asked for, and how the others are to be read.
        stated, doubled
            See `find_totals`.
        known
            What districts are called by, per record, and the districts.
        naming
            Positions of columns that tell rows apart: their figures are names, and add up to nothing.
        """
        words = self._total_words(labels)
        called = [words[i] if label is None else label for i, label in enumerate(labels)]
        stamps = list(dates) if dates is not None else [None] * len(called)
        numbers, asked = self._all_numbers(series, signs, meanings, naming)
        kept = np.ones(len(called), dtype=bool)
        districts, names = set(known[1]), Counter(zip(called, stamps, strict=True))
        for total in find_totals(called, stamps, numbers, stated, doubled=doubled, asked=asked):
            only = names[called[total.record], stamps[total.record]] == 1
            if stated is None and only and known[0][total.record] in districts:
                self._ask_total(total)
                continue
            kept[total.record] = False
            self._report_total(total)
        for label in sorted(set(stated or ()) - set(filter(None, called))):
            self.add("unused_total", severity="warning", values={"label": label})
        return kept

    def _all_numbers(
        self, series: Sequence[Series], signs: Signs, meanings: Mapping[str, str], naming: Collection[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the numbers of every column, also of those that nobody asked for: they, too, add up.

        The second array tells which columns were asked for.
        """
        columns = {one.position: one.column for one in series}
        for position, cells in enumerate(self.grid.columns):
            if position not in columns and position not in naming and self.grid.header[position]:
                columns[position] = number_column(self.grid.header[position], cells, meanings)
        numbers = [parse_numbers(column, signs)[column.codes] for column in columns.values()]
        wanted = {one.position for one in series}
        return np.column_stack(numbers), np.array([position in wanted for position in columns])

    def _total_words(self, labels: NDArray[np.object_]) -> list[str | None]:
        """For records without a label, look for the word 'total' in their other cells."""
        found: list[str | None] = [None] * len(labels)
        for record in np.flatnonzero(pd.isna(labels)):
            cells = (column[record] for column in self.grid.columns)
            found[record] = next((str(cell).strip() for cell in cells if is_total_word(cell)), None)
        return found

    def _ask_total(self, total: Total) -> None:
        """Ask about a district that seems to sum up others; a mere word is no reason to."""
        if not total.parts:
            return
        parts = self.grid.rows[list(total.parts)]
        values = {"label": total.label, "number": len(parts), "rows": f"{parts[0]}-{parts[-1]}"}
        self.add("total_district", row=int(self.grid.rows[total.record]), values=values)

    def _report_total(self, total: Total) -> None:
        parts = self.grid.rows[list(total.parts)]
        values = {
            "label": total.label,
            "matching": total.matching,
            "columns": total.columns,
            "number": len(parts),
            "rows": f"{parts[0]}-{parts[-1]}" if len(parts) else "",
        }
        code = "total_row" if len(parts) else "total_named"
        severity = "note" if len(parts) and total.named else "warning"
        self.add(code, severity=severity, row=int(self.grid.rows[total.record]), values=values)

    def check_duplicates(
        self, districts: NDArray[np.object_], dates: NDArray[np.object_] | None, rows: NDArray[np.int64]
    ) -> None:
        """Report districts that have several rows at one date."""
        frame = pd.DataFrame({"district": districts, "row": rows})
        frame["date"] = "" if dates is None else dates
        pairs = frame.dropna()
        double = pairs[pairs.duplicated(["district", "date"], keep=False)]
        if double.empty:
            return
        listing = [
            f"{district}{f' ({date})' if date else ''}: {shorten(map(str, rows), LISTED)}"
            for (district, date), rows in double.groupby(["district", "date"], sort=False)["row"]
        ]
        self.add(
            "duplicate_rows",
            row=int(double["row"].iloc[0]),
            keys=tuple(double["district"].unique()),
            values={"number": len(listing), "rows": shorten_to(listing[:LISTED], len(listing))},
        )

    # --- figures ---

    def check_figures(self, series: Sequence[Series], signs: Signs, kept: NDArray[np.bool_]) -> None:
        """Report every cell of the kept records that is neither number nor symbol, or has no one meaning."""
        for one in series:
            self._check_merged(one)
            self._check_percent(one, kept)
            if signs.rivals is not None or any(name == one.column.header for name, *_ in signs.undecided):
                continue
            wrong = ~np.isin(one.column.shapes, ["number", "symbol", "glued", *readable_shapes(signs)])
            wrong |= np.isnan(parse_numbers(one.column, signs)) & np.isin(
                one.column.flags, ["ok", "unreliable"]
            )
            for code, where in (("bad_cell", wrong), ("glued_footnote", one.column.shapes == "glued")):
                self.list_cells(code, one.position, np.flatnonzero(where[one.column.codes] & kept))

    def _check_merged(self, one: Series) -> None:
        records = self.grid.spread.get(one.position)
        if records:
            row, column = int(self.grid.rows[records[0]]), one.column.header
            self.add("merged_number", row=row, column=column, values={"number": len(records)})

    def _check_percent(self, one: Series, kept: NDArray[np.bool_]) -> None:
        """Per cent signs must be on all numbers of a column or on none; a zero needs none."""
        column = one.column
        signed = column.percent[column.codes]
        shown = np.zeros(len(signed), dtype=bool)
        shown[self.grid.percent.get(one.position, [])] = True
        numeric = ~np.isin(column.shapes, ["symbol", "text", "glued"])[column.codes] & kept
        nothing = np.array([str(digits).strip("0.,-") == "" for digits in column.digits])[column.codes]
        marked = (signed | shown) & numeric
        plain = numeric & ~marked & ~nothing
        if not marked.any():
            return
        values = {"number": int(marked.sum()), "total": int(numeric.sum())}
        row, header = int(self.grid.rows[np.flatnonzero(marked)[0]]), column.header
        both = (signed & numeric).any() and (shown & numeric).any()
        if plain.any() or both:
            other = np.flatnonzero(plain if plain.any() else shown & numeric)[0]
            values["other"] = int(self.grid.rows[other])
            self.add("percent_mixed", row=row, column=header, values=values)
            return
        code = "percent_format" if (shown & numeric).any() else "percent_sign"
        self.add(code, severity="note", column=header, values=values)

    def observations(
        self,
        series: Sequence[Series],
        signs: Signs,
        districts: NDArray[np.object_],
        periods: Sequence[Period | None] | None,
        kept: NDArray[np.bool_],
        *,
        kinds: NDArray[np.object_] | None = None,
        below: int | None = None,
    ) -> pd.DataFrame:
        """Stack the number columns; one record gives one observation per variable and date.

        Parameters
        ----------
        series, signs, districts, periods, kept
            The figures, and what is known of each record.
        kinds
            Variable per record, in a long table.
        below
            Limit under which this table withholds counts.
        """
        records = [int(record) for record in np.flatnonzero(kept)]
        stamps = [periods[record] for record in records] if periods is not None else None
        parts = []
        for one in series:
            numbers, codes = parse_numbers(one.column, signs), one.column.codes[kept]
            nothing = np.isnan(numbers) & np.isin(one.column.flags, ["ok", "unreliable"])
            flags = np.where(nothing, "unknown", one.column.flags)
            written = zip(one.column.cells, flags, strict=True)
            limits = np.array([below_of(cell, below, flag) for cell, flag in written])
            own = stamps if stamps is not None else [one.period] * len(records)
            parts.append(
                pd.DataFrame(
                    {
                        "district": districts[kept],
                        "date": [stamp and stamp.end for stamp in own],
                        "variable": one.variable if kinds is None else kinds[kept],
                        "value": numbers[codes],
                        "flag": flags[codes],
                        "source": self.file,
                        "row": self.grid.rows[kept],
                        "period": [stamp and stamp.kind for stamp in own],
                        "start": [stamp and stamp.start for stamp in own],
                        "at_most": limits[codes],
                    }
                )
            )
        stacked = pd.concat(parts, ignore_index=True)
        return stacked if stacked["at_most"].notna().any() else stacked.drop(columns="at_most")

    def list_cells(self, code: str, position: int, records: NDArray[np.intp]) -> None:
        """Report the cells of one column together: the first ones with their rows, and how many there are."""
        if not len(records):
            return
        column, cells = self.grid.header[position], self.grid.columns[position]
        shown = [f"'{cells[record]}' ({self.grid.rows[record]})" for record in records[:LISTED]]
        values = {"cell": cells[records[0]], "number": len(records), "cells": shorten_to(shown, len(records))}
        more = "_several" if len(records) > 1 else ""
        self.add(f"{code}{more}", row=int(self.grid.rows[records[0]]), column=column, values=values)


def shorten_to(shown: Sequence[str], number: int) -> str:
    """Join what is shown; say how many more there are."""
    rest = number - len(shown)
    return ", ".join(shown) + (f", … (+{rest})" if rest > 0 else "")


def symbol_counts(series: Iterable[Series], meanings: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Count the symbols read and their meanings; empty cells explain themselves."""
    counts: dict[tuple[str, str], int] = {}
    for one in series:
        column = one.column
        per_cell = np.bincount(column.codes, minlength=len(column.cells))
        for cell, shape, flag, number in zip(
            column.cells, column.shapes, column.flags, per_cell, strict=True
        ):
            if not isinstance(cell, str) or cell == "":
                continue
            meaning = meanings.get(plain_symbol(cell), flag if shape == "symbol" else None)
            if meaning is not None:
                counts[cell, meaning] = counts.get((cell, meaning), 0) + int(number)
    return counts


def _is_code(column: NumberColumn) -> bool:
    """Whole numbers with leading zeros are a code, not an amount."""
    whole = (str(column.cells[i]) for i in np.flatnonzero(column.shapes == "integer"))
    return any(len(cell) > 1 and cell[0] == "0" for cell in whole)
