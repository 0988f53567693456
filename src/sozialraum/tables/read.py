"""Indicator tables, as offices store them, as one long frame of observations.

Everything is read as text first, so that keys keep their leading zeros and no cell turns into a number, or
into nothing, unseen. What was recognised is reported as a note, what cannot be told is an error.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import Problem, TableError, raise_problems
from sozialraum.tables.columns import Reading, Series
from sozialraum.tables.dates import as_date
from sozialraum.tables.decimal_sign import recognise_signs
from sozialraum.tables.grid import read_grid
from sozialraum.tables.layout import DATE
from sozialraum.tables.remarks import report_layout, report_signs, report_symbols
from sozialraum.tables.symbols import CONVENTIONS, MEANINGS, MISSING, SUPPRESSED, meanings_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from sozialraum.tables.grid import Grid

__all__ = ["MISSING", "OBSERVATION_COLUMNS", "SUPPRESSED", "YEAR", "load_table", "read_table", "table_files"]

OBSERVATION_COLUMNS = ("district", "date", "variable", "value", "flag", "source", "row", "vintage")

YEAR = "{year}"
"""Stands in a file's name for the year, where each year has its own file."""

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
    header_rows: tuple[int, int] | None = None,
    totals: Collection[str] | None = None,
    convention: str | None = None,
    missing: Collection[str] | None = None,
    suppressed: Collection[str] | None = None,
    symbols: Mapping[str, str] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    vintage: str | None = None,
    published: object = None,
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
        header_rows=header_rows,
        totals=totals,
        convention=convention,
        missing=missing,
        suppressed=suppressed,
        symbols=symbols,
        encoding=encoding,
        separator=separator,
        decimal=decimal,
        thousands=thousands,
        vintage=vintage,
        published=published,
    )
    raise_problems(problems, TableError)
    for problem in problems:
        _LOG.log(logging.WARNING if problem.severity == "warning" else logging.INFO, "%s", problem.text())
    return observations


def load_table(  # noqa: PLR0913 - as above
    path: str | Path,
    *,
    key: str | None = None,
    name: str | None = None,
    date: object = None,
    date_column: str | None = None,
    variables: Mapping[str, str] | None = None,
    sheet: str | None = None,
    header_rows: tuple[int, int] | None = None,
    totals: Collection[str] | None = None,
    convention: str | None = None,
    missing: Collection[str] | None = None,
    suppressed: Collection[str] | None = None,
    symbols: Mapping[str, str] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    vintage: str | None = None,
    published: object = None,
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read one table and gather every fault and every recognition instead of raising.

    Parameters
    ----------
    path
        CSV or TXT (any encoding and separator of `sozialraum.tables.formats.text`), XLSX, XLS or ODS. With
        ``{year}`` in the file's name: every such file, each for its year.
    key, name
        Columns with the district's key, or with its name; at least one. With both, rows belong to districts
        by key, and the names help to explain rows that find no district.
    date, date_column
        One date for the whole table, or the column that has it. ``2017`` means 2017-12-31; also
        ``2017-06-30`` and ``30.06.2017``. Exactly one of the two, unless the dates stand in the headers or
        the year in the file's name; there `date` may hold ``{year}``, too (``"{year}-06-30"``).
    variables
        Variable id to column name; of a header in several lines all its words. ``{date}`` in the name stands
        for dates in the headers: ``"Einwohner {date}"``. None: every column that looks numeric, under its
        own name.
    sheet, header_rows
        Sheet of a workbook, needed only where several fit; first and last row of the header.
    totals
        Names of rows that sum up others and are left out. None: recognised by arithmetic and by their words.
    convention
        What symbols mean: one of `sozialraum.tables.symbols.CONVENTIONS`.
    missing, suppressed, symbols
        Cells that stand for "no figure" and "figure withheld", instead of the convention's; further symbols
        with their meaning. An empty cell is always missing.
    encoding, separator, decimal, thousands
        How the file is written; None: recognised from its content.
    vintage
        The boundary version that the table's keys belong to.
    published
        When the figures were published; of several for one cell the newest counts, see
        `sozialraum.indicators.store`.

    Returns
    -------
    tuple
        Observations and problems. The observations have one row per district, date and variable and the
        columns `OBSERVATION_COLUMNS`: `district` is the key or name as written, `date` ISO text, `value`
        float (NaN unless `flag` is "ok" or "unreliable"), `flag` one of `FLAGS`, `source` the file's name,
        `row` as the file's editor counts, `vintage` text ("" if not named). With both `key` and `name`
        there is a column `name`, too, and with `published` its ISO date. Empty if the table could not be
        read.
    """
    request = _Request(
        key=key,
        name=name,
        date=date,
        date_column=date_column,
        variables=dict(variables) if variables is not None else None,
        sheet=sheet,
        header_rows=header_rows,
        totals=totals,
        encoding=encoding,
        separator=separator,
        decimal=decimal,
        thousands=thousands,
        vintage=vintage or "",
        published=published,
    )
    path = Path(path)
    problems = _check_options(path.name, request, convention, symbols)
    if problems:
        return _empty(), tuple(problems)
    request = replace(
        request,
        meanings=meanings_of(convention, missing=missing, suppressed=suppressed, symbols=symbols),
        published=as_date(published),
    )
    return _load_files(path, request) if YEAR in path.name else _load_file(path, request)


@dataclass(frozen=True, kw_only=True)
class _Request:
    """The options of `load_table`."""

    key: str | None
    name: str | None
    date: object
    date_column: str | None
    variables: dict[str, str] | None
    sheet: str | None
    header_rows: tuple[int, int] | None
    totals: Collection[str] | None
    encoding: str | None
    separator: str | None
    decimal: str | None
    thousands: str | None
    vintage: str
    published: object
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """All columns that must be there, the key or name first."""
        named = (self.key, self.name, self.date_column, *(self.variables or {}).values())
        return [column for column in named if column is not None]

    @property
    def wide(self) -> bool:
        """Whether dates are headers."""
        return any(DATE in column for column in (self.variables or {}).values())


def table_files(path: str | Path) -> dict[str, Path]:
    """Find the files of a table with ``{year}`` in its name.

    Returns
    -------
    dict
        Year to file, in the order of years. Of a name without ``{year}``: "" to the file itself.
    """
    path = Path(path)
    if YEAR not in path.name:
        return {"": path}
    before, _, after = path.name.partition(YEAR)
    pattern = re.compile(re.escape(before) + r"((?:1[89]|20|21)[0-9]{2})" + re.escape(after))
    folder = path.parent
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    return {found.group(1): folder / name for name in names if (found := pattern.fullmatch(name))}


def _load_files(path: Path, request: _Request) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read one file per year."""
    files = table_files(path)
    if not files:
        return _empty(), (Problem(code="tables.no_files", file=path.name, values={"path": path}),)
    parts, problems = [], list[Problem]()
    for year, file in files.items():
        date = str(request.date).replace(YEAR, year) if request.date is not None else year
        dated = request.date_column is not None or request.wide
        observations, found = _load_file(file, request if dated else replace(request, date=date))
        parts.append(observations)
        problems += found
    values = {"number": len(files), "years": ", ".join(files)}
    problems.append(Problem(code="tables.files", severity="note", file=path.name, values=values))
    filled = [part for part in parts if len(part)]
    return (pd.concat(filled, ignore_index=True) if filled else _empty()), tuple(problems)


def _load_file(path: Path, request: _Request) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    grid, problems = read_grid(
        path,
        request.columns,
        complete=request.variables is not None,
        sheet=request.sheet,
        header_rows=request.header_rows,
        encoding=request.encoding,
        separator=request.separator,
    )
    if grid is None:
        return _empty(), problems
    reading = Reading(path.name, grid)
    observations = _read(reading, request, grid)
    return (_empty() if observations is None else observations), tuple(reading.problems)


def _read(reading: Reading, request: _Request, grid: Grid) -> pd.DataFrame | None:
    """Read columns, then rows, then figures; None where a column is missing."""
    places = {column: reading.position(column) for column in request.columns if DATE not in column}
    if request.variables is None:
        series = reading.numeric_series(set(places.values()), request.meanings) if _all(places) else []
    else:
        asked = request.variables.items()
        series = [
            one for variable, column in asked for one in reading.series(variable, column, request.meanings)
        ]
    if any(problem.severity == "error" for problem in reading.problems) or not series:
        return None
    label = places[request.key or request.name or ""]
    columns = {one.position: one.column for one in series}
    signs = recognise_signs(columns.values(), request.decimal, request.thousands)
    report_layout(reading)
    report_signs(
        reading, series, signs, (request.encoding, request.separator, request.decimal, request.thousands)
    )
    labels = reading.labels(label)
    dates = _dates(reading, request, places, series)
    names = _names(reading, request, places, labels)
    kept = reading.without_totals(
        names,
        dates,
        series,
        signs,
        request.meanings,
        stated=request.totals,
        doubled=request.key is None,
    )
    reading.require_labels(labels, label, kept)
    if request.date_column is not None:
        reading.dates(places[request.date_column], kept)
    reading.check_duplicates(labels[kept], dates[kept] if dates is not None else None, grid.rows[kept])
    reading.check_figures(series, signs, kept)
    report_symbols(reading, series, request.meanings)
    observations = reading.observations(series, signs, labels, dates, kept)
    observations["vintage"] = request.vintage
    if request.key is not None and request.name is not None:
        observations["name"] = np.tile(names[kept], len(series))
    if request.published is not None:
        observations["published"] = str(request.published)
    return observations


def _all(places: Mapping[str, int]) -> bool:
    return min(places.values(), default=0) >= 0


def _names(
    reading: Reading, request: _Request, places: Mapping[str, int], labels: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Return what rows are called: their name where there is one, else their key."""
    if request.key is None or request.name is None:
        return labels
    return reading.labels(places[request.name])


def _dates(
    reading: Reading, request: _Request, places: Mapping[str, int], series: list[Series]
) -> NDArray[np.object_] | None:
    """Return one date per record; None where the headers have them."""
    if request.date_column is not None:
        return reading.dates(places[request.date_column])
    if any(one.date is not None for one in series):
        return None
    return np.full(len(reading.grid.rows), as_date(request.date), dtype=object)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=object) for column in OBSERVATION_COLUMNS}).astype(
        {"value": float, "row": "int64"}
    )


def _check_options(
    file: str, request: _Request, convention: str | None, symbols: Mapping[str, str] | None
) -> list[Problem]:
    date, dated = request.date, request.wide or YEAR in file
    if isinstance(date, str) and YEAR in file:
        date = date.replace(YEAR, "2000")
    asked = (date is not None) + (request.date_column is not None) + request.wide
    published, variables = request.published, (request.variables or {}).values()
    partly = request.wide and not all(DATE in column for column in variables)
    rules: list[tuple[bool, str, dict[str, object]]] = [
        (request.key is None and request.name is None, "no_key_option", {}),
        (not asked and not dated, "no_date_option", {}),
        (asked > 1, "two_date_options", {}),
        (partly, "partly_wide", {"columns": ", ".join(variables)}),
        (date is not None and as_date(date) is None, "bad_date_option", {"date": date}),
        (published is not None and as_date(published) is None, "bad_published", {"date": published}),
    ]
    if convention is not None and convention not in CONVENTIONS:
        values: dict[str, object] = {"written": convention, "allowed": ", ".join(CONVENTIONS)}
        rules.append((True, "bad_convention", values))
    rules += [
        (True, "bad_meaning", {"sign": sign, "written": meaning, "allowed": ", ".join(MEANINGS)})
        for sign, meaning in (symbols or {}).items()
        if meaning not in MEANINGS
    ]
    return [
        Problem(code=f"tables.{code}", file=file, values=values) for broken, code, values in rules if broken
    ]
