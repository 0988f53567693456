"""Indicator tables, as offices store them, as one long frame of observations.

Everything is read as text first, so that keys keep their leading zeros and no cell turns into a number, or
into nothing, unseen. What was recognised is reported as a note, what cannot be told is an error.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from sozialraum.errors import Problem, TableError, raise_problems, shorten
from sozialraum.tables.choice.long import report_long
from sozialraum.tables.choice.rows import (
    categories,
    choose_rows,
    expand,
    fill_down,
    leave_unlabelled_out,
)
from sozialraum.tables.columns import Reading, Series
from sozialraum.tables.dates import Period, as_date, as_period
from sozialraum.tables.decimal_sign import recognise_signs
from sozialraum.tables.doubts.codes import report_codes
from sozialraum.tables.doubts.labels import report_rounded_keys
from sozialraum.tables.doubts.marks import apply_marks
from sozialraum.tables.doubts.status import report_status
from sozialraum.tables.grid import read_grid
from sozialraum.tables.layout import DATE
from sozialraum.tables.options import MONTH, YEAR, Options, TableOptions, check_options
from sozialraum.tables.remarks import report_headings, report_layout, report_signs, report_symbols
from sozialraum.tables.symbols import MISSING, SUPPRESSED, meanings_of
from sozialraum.tables.turn import holds_districts, may_lie_on_its_side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from sozialraum.tables.decimal_sign import Signs

__all__ = ["MISSING", "OBSERVATION_COLUMNS", "SUPPRESSED", "YEAR", "load_table", "read_table", "table_files"]

OBSERVATION_COLUMNS = ("district", "date", "variable", "value", "flag", "source", "row", "vintage")
"""Columns that every frame of observations has. `read_table` adds `PERIOD_COLUMNS`."""

PERIOD_COLUMNS = ("period", "start")
"""Kind of period and its first day; `date` is its last."""

_LOG = logging.getLogger(__name__)


def read_table(path: str | Path, **options: Unpack[TableOptions]) -> pd.DataFrame:
    """Read one table of counts or shares; see `load_table` for parameters and result.

    What was recognised is logged.

    Raises
    ------
    TableError
        With every fault of the table at once.
    """
    observations, problems = load_table(path, **options)
    raise_problems(problems, TableError)
    for problem in problems:
        _LOG.log(logging.WARNING if problem.severity == "warning" else logging.INFO, "%s", problem.text())
    return observations


def load_table(path: str | Path, **options: Unpack[TableOptions]) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read one table and gather every fault and every recognition instead of raising.

    Parameters
    ----------
    path
        CSV or TXT (any encoding and separator of `sozialraum.tables.formats.text`), XLSX, XLS or ODS, or the
        attributes of geodata (GeoJSON, GeoPackage, Shapefile; a layer is a sheet). With ``{year}`` (and
        ``{month}``) in the file's name: every such file, each for its time.
    key, name
        Columns with the district's key, or with its name; at least one. With both, rows belong to districts
        by key, and the names help to explain rows that find no district. ``{column 1}`` or ``{column A}`` is
        a column without a heading, by its place.
    date, date_column
        One date for the whole table, or the column that has it. ``2017`` means 2017-12-31; also
        ``2017-06-30`` and ``30.06.2017``. Exactly one of the two, unless the dates stand in the headers or
        the year in the file's name; there `date` may hold ``{year}``, too (``"{year}-06-30"``).
    period, from_column
        What the dates are, one of `PERIOD_KINDS`, where their text leaves it open: "date" for a month that
        stands for its last day. The column with the first day, where rows count from one day to another.
    part_column
        Beside a `date_column` of years, the column with the month or quarter: ``6``, ``Juni``, ``Q2``. Plain
        numbers are months, or quarters where the heading says so.
    variables
        Variable id to column name; of a header in several lines all its words. ``{date}`` in the name stands
        for dates in the headers: ``"Einwohner {date}"``. None: every column that looks numeric, under its
        own name.
    variable_column, value_column
        Of a long table: the column that says what a row counts, and the one with the figures (or, with
        ``{date}``, one per date). `variables` then names texts of `variable_column`.
    where, rows
        Read only rows whose cells hold these texts (column to text or texts, or patterns such as ``W*``);
        only rows from here to there, as the file's editor counts.
    skip_rows
        Rows that are not read, as the file's editor counts: a larger area under a district's name, say.
    transposed
        Whether the districts stand in columns and the variables in rows; rows and columns change places
        before anything else is looked at.
    fill_down
        Columns that write a label once for several rows; ``["*"]``: all that tell rows apart.
    empty_district
        "leave_out": rows without a key or name belong to no district; None: they are an error.
    sheet, header_rows
        Sheet of a workbook, needed only where several fit; first and last row of the header, (0, 0): none.
    totals
        Names of rows that sum up others and are left out. None: recognised by arithmetic and by their words.
    convention
        What symbols mean: one of `sozialraum.tables.symbols.CONVENTIONS`.
    suppressed_below
        Counts below this are withheld in this table: what is suppressed is known to be smaller.
    marks
        What to do with what only the eye sees in a workbook; see `sozialraum.tables.doubts.marks`.
    districts
        Keys (or names) of the districts. A row that is called like one is no sum without being asked.
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
        columns `OBSERVATION_COLUMNS` and `PERIOD_COLUMNS`: `district` is the key or name as written, `date`
        ISO text, `value` float (NaN unless `flag` is "ok" or "unreliable"), `flag` one of `FLAGS`, `source`
        the file's name, `row` as the file's editor counts, `vintage` text ("" if not named). With both `key`
        and `name` there is a column `name`, too, with `published` its ISO date, and where figures are known
        to lie below a limit (``< 3``, `suppressed_below`) a column `at_most` with the largest possible count.
        Empty if the table could not be read.
    """
    request = Options(**options)
    path = Path(path)
    problems = check_options(path.name, request)
    if problems:
        return _empty(), tuple(problems)
    request = replace(
        request,
        meanings=meanings_of(
            request.convention,
            missing=request.missing,
            suppressed=request.suppressed,
            symbols=request.symbols,
        ),
        published=as_date(request.published),
    )
    return _load_files(path, request) if YEAR in path.name else _load_file(path, request)


def table_files(path: str | Path) -> dict[str, Path]:
    """Find the files of a table with ``{year}`` (and ``{month}``) in its name.

    Returns
    -------
    dict
        Year, or year and month (``2023-12``), to file, in the order of time. Of a name without ``{year}``: ""
        to the file itself.
    """
    path = Path(path)
    if YEAR not in path.name:
        return {"": path}
    pattern = re.escape(path.name).replace(re.escape(YEAR), "(?P<year>(?:1[89]|20|21)[0-9]{2})", 1)
    pattern = pattern.replace(re.escape(MONTH), "(?P<month>0[1-9]|1[0-2])", 1)
    pattern = pattern.replace(re.escape(YEAR), "(?P=year)").replace(re.escape(MONTH), "(?P=month)")
    folder = path.parent
    found: dict[str, Path] = {}
    for file in folder.iterdir() if folder.is_dir() else ():
        match = re.fullmatch(pattern, file.name)
        if match:
            found["-".join(match.groups())] = file
            if len(match.groups()) == 2 and path.name.index(MONTH) < path.name.index(YEAR):
                found[f"{match['year']}-{match['month']}"] = found.pop("-".join(match.groups()))
    return dict(sorted(found.items()))


def _load_files(path: Path, request: Options) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read one file per year, or per month."""
    files = table_files(path)
    if not files:
        return _empty(), (Problem(code="tables.no_files", file=path.name, values={"path": path}),)
    parts, problems = [], list[Problem]()
    for stamp, file in files.items():
        year, _, month = stamp.partition("-")
        stated = str(request.date) if request.date is not None else stamp
        date = stated.replace(YEAR, year).replace(MONTH, month)
        dated = request.date_column is not None or request.wide
        observations, found = _load_file(file, request if dated else replace(request, date=date))
        parts.append(observations)
        problems += found
    values = {"number": len(files), "years": shorten(files)}
    problems.append(Problem(code="tables.files", severity="note", file=path.name, values=values))
    filled = [part for part in parts if len(part)]
    return (pd.concat(filled, ignore_index=True) if filled else _empty()), tuple(problems)


def _load_file(path: Path, request: Options) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    grid, problems = read_grid(
        path,
        request.columns,
        complete=request.long or request.variables is not None,
        sheet=request.sheet,
        header_rows=request.header_rows,
        encoding=request.encoding,
        separator=request.separator,
        labels=request.districts,
        transposed=request.transposed,
    )
    if grid is None:
        return _empty(), problems
    reading = Reading(path.name, grid)
    reading.problems += problems
    observations = _read(reading, request)
    _doubt_direction(path, reading, request)
    return (_empty() if observations is None else observations), tuple(reading.problems)


def _doubt_direction(path: Path, reading: Reading, request: Options) -> None:
    """Where columns are missing, tell a table with its districts in columns; then they are no columns."""
    missing = any(problem.code.startswith("tables.missing_column") for problem in reading.problems)
    grid = reading.grid
    if not missing or request.transposed or not may_lie_on_its_side(len(grid.rows)):
        return
    if holds_districts(grid.columns, request.districts):
        return
    turned, _ = read_grid(path, sheet=request.sheet, labels=request.districts, transposed=True)
    if turned is not None and holds_districts(turned.columns, request.districts):
        reading.problems = []
        reading.add("transposed", values={"districts": shorten(request.districts, 3)})


def _chosen(reading: Reading, request: Options) -> bool:
    """Keep the rows that are asked for; tell whether there are any."""
    if request.fill_down:
        fill_down(reading, request.fill_down, request.labels)
    choose_rows(reading, request.where, request.rows, request.skip_rows)
    if not reading.has_errors:
        apply_marks(reading, request.labels, request.figures, request.marks or {})
    return not reading.has_errors


def _series(reading: Reading, request: Options, places: Mapping[str, int]) -> list[Series]:
    if request.long:
        return reading.series("", str(request.value_column), request.meanings)
    if request.variables is None:
        taken = {*places.values()}
        return reading.numeric_series(taken, request.meanings) if min(taken, default=0) >= 0 else []
    asked = request.variables.items()
    return [one for variable, column in asked for one in reading.series(variable, column, request.meanings)]


def _read(reading: Reading, request: Options) -> pd.DataFrame | None:
    """Read columns, then rows, then figures; None where a column is missing."""
    places = {column: reading.position(column) for column in request.columns if DATE not in column}
    if reading.has_errors or not _chosen(reading, request):
        return None
    series = _series(reading, request, places)
    kinds = (
        categories(reading, request.variable_column, request.variables)
        if request.variable_column is not None
        else None
    )
    if reading.has_errors or not series:
        return None
    signs = recognise_signs([one.column for one in series], request.decimal, request.thousands)
    report_layout(reading)
    report_headings(reading, series, as_date(request.date))
    report_signs(
        reading, series, signs, (request.encoding, request.separator, request.decimal, request.thousands)
    )
    labels = reading.labels(places[request.key or request.name or ""])
    periods = _periods(reading, request, places, series)
    rows = _Records(
        labels=labels,
        names=labels if request.key is None or request.name is None else reading.labels(places[request.name]),
        periods=periods,
        kinds=kinds,
    )
    naming = {places[column] for column in request.labels}
    kept = _kept(reading, request, rows, series, signs, naming)
    if kept is None:
        return None
    if request.empty_district == "leave_out":
        kept = leave_unlabelled_out(reading, labels, kept)
    reading.require_labels(labels, places[request.key or request.name or ""], kept)
    report_rounded_keys(reading, labels, places[request.key or request.name or ""], kept)
    if request.date_column is not None:
        dated = places[request.part_column or request.date_column]
        reading.check_dates(dated, rows.periods or [], kept, request.period)
    reading.check_duplicates(labels[kept], rows.stamps(kept), reading.grid.rows[kept])
    reading.check_figures(series, signs, kept)
    report_status(reading, series, signs, kept, request.meanings, named=naming)
    report_codes(reading, series, signs, kept, request.meanings)
    report_symbols(reading, series, request.meanings)
    return _observations(reading, request, rows, series, signs, kept)


@dataclass(frozen=True, kw_only=True)
class _Records:
    """What is known of each record beside its figures; periods are None where the headers have them."""

    labels: NDArray[np.object_]
    names: NDArray[np.object_]
    periods: list[Period | None] | None
    kinds: NDArray[np.object_] | None

    @property
    def dates(self) -> NDArray[np.object_] | None:
        if self.periods is None:
            return None
        return np.array([one.end if one is not None else None for one in self.periods], dtype=object)

    def stamps(self, kept: NDArray[np.bool_] | slice = slice(None)) -> NDArray[np.object_] | None:
        """Return what tells rows of one district apart: date, and what they count."""
        dates = self.dates
        if self.kinds is None:
            return None if dates is None else dates[kept]
        own = self.kinds.astype(str) if dates is None else dates.astype(str) + ", " + self.kinds.astype(str)
        return own.astype(object)[kept]


def _kept(
    reading: Reading,
    request: Options,
    rows: _Records,
    series: list[Series],
    signs: Signs,
    naming: Collection[int],
) -> NDArray[np.bool_] | None:
    """Tell which records are read: not those of other variables, and no sums; None for a long table."""
    wanted = np.ones(len(rows.labels), dtype=bool)
    if rows.kinds is not None:
        wanted = np.array([kind is not None for kind in rows.kinds])
    figures = {one.position for one in series}
    if report_long(reading, rows.labels, rows.stamps(), request.districts, figures):
        return None
    stated = request.totals
    if stated:
        stated = expand(stated, [str(name) for name in rows.names])
    kept = reading.without_totals(
        rows.names,
        rows.stamps(),
        series,
        signs,
        request.meanings,
        stated=stated,
        doubled=request.key is None,
        known=(rows.labels, set(request.districts)),
        naming=naming,
    )
    return kept & wanted


def _periods(
    reading: Reading, request: Options, places: Mapping[str, int], series: list[Series]
) -> list[Period | None] | None:
    """Return one period per record; None where the headers have them."""
    if request.date_column is not None:
        start = places[request.from_column] if request.from_column is not None else None
        part = places[request.part_column] if request.part_column is not None else None
        return reading.periods(places[request.date_column], request.period, start, part)
    if any(one.period is not None for one in series):
        return None
    return [as_period(request.date, request.period)] * len(reading.grid.rows)


def _observations(
    reading: Reading,
    request: Options,
    rows: _Records,
    series: list[Series],
    signs: Signs,
    kept: NDArray[np.bool_],
) -> pd.DataFrame:
    observations = reading.observations(
        series, signs, rows.labels, rows.periods, kept, kinds=rows.kinds, below=request.suppressed_below
    )
    observations["vintage"] = request.vintage or ""
    moved = list(PERIOD_COLUMNS)
    observations = observations[[*(c for c in observations if c not in moved), *moved]]
    if request.key is not None and request.name is not None:
        observations["name"] = np.tile(rows.names[kept], len(series))
    if request.published is not None:
        observations["published"] = str(request.published)
    return observations


def _empty() -> pd.DataFrame:
    columns = (*OBSERVATION_COLUMNS, *PERIOD_COLUMNS)
    return pd.DataFrame({column: pd.Series(dtype=object) for column in columns}).astype(
        {"value": float, "row": "int64"}
    )
