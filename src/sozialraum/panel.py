"""`Panel`: the cube district x indicator x date, with the catalogue that explains it.

What an audience may not see leaves a panel (`disclosure.protect`) before anything is computed from it.

Whoever computes something takes the long table here: `row_problems` says what is wrong with its rows,
`matrix` gives one date, `spread` and `wide` give many, `slices` gives the counts one by one. None of them
takes a number for known whose flag says that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from sozialraum.errors import (
    AlignmentError,
    CatalogueError,
    Problem,
    SozialraumError,
    raise_problems,
    require_catalogue,
    require_long,
    shorten,
)
from sozialraum.rows import FLAGS, USABLE, check_rows, numbered_problems, numbered_rows, row_problems
from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from sozialraum.confidential import Rules
    from sozialraum.distinct import Numbers

    Floats = NDArray[np.float64]

__all__ = [
    "CATALOGUE_COLUMNS",
    "CITY_COLUMNS",
    "FLAGS",
    "INDICATOR_COLUMNS",
    "PERIOD_COLUMNS",
    "USABLE",
    "Audience",
    "Panel",
    "Slice",
    "check_rows",
    "date_before",
    "empty_frame",
    "matrix",
    "population_at",
    "row_problems",
    "slices",
    "spread",
    "wide",
]

Audience = Literal["internal", "public"]

INDICATOR_COLUMNS = ("indicator", "date", "value", "numerator", "denominator", "lower", "upper", "flag")
CITY_COLUMNS = ("indicator", "date", "value", "numerator", "denominator", "median", "districts")
PERIOD_COLUMNS = ("indicator", "date", "period", "start")
CATALOGUE_COLUMNS = (
    "label_de",
    "label_en",
    "description_de",
    "description_en",
    "kind",
    "polarity",
    "target_group",
    "theme",
    "source",
    "unit_de",
    "unit_en",
    "factor",
    "decimals",
    "published",
)


def empty_frame(columns: tuple[str, ...], index_name: str | None = None) -> pd.DataFrame:
    """Return a frame without rows that has `columns`."""
    return pd.DataFrame(columns=list(columns), index=pd.Index([], name=index_name, dtype=object))


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """What is known of a city, or what one audience may see of it.

    Parameters
    ----------
    city
        Name of the city as it is shown.
    districts
        Index: district key (text). Columns: `name`, one per parent level (named in `parents`), `geometry`
        in a metric CRS.
    catalogue
        Index: indicator id, in the order of display. Columns: `CATALOGUE_COLUMNS`. A shown number is
        ``value * factor`` with `decimals` digits and the unit (for a share: factor 100, unit "%").
    indicators
        Index: district key. Columns: `INDICATOR_COLUMNS`; one row per district, indicator and date.
        `value` is in its natural unit (a share lies in 0..1), `date` an ISO text such as "2017-12-31",
        `flag` one of `FLAGS`, `lower` and `upper` a 95 % interval. NaN where there is no number. A protected
        cell has the flag ``"suppressed"`` and no number. Internal panels may have a further column `at_most`:
        what a source's own sign ("below 10") leaves possible for a numerator.
    city_values
        One row per indicator and date, columns `CITY_COLUMNS`: the city's own rate from summed counts
        (NaN where only published shares exist), the median of its districts and their number with a value.
    population
        Inhabitants; index: district key, one column per date. None if the project names no such variable.
    periods
        Columns `PERIOD_COLUMNS`: what each date of an indicator stands for, see
        `indicators.periods.indicator_periods`. A date without a row is a reference date.
    parents
        Columns of `districts` that name larger areas, from small to large.
    simulated
        True if the data are invented; every page says so.
    audience
        ``"internal"``: everything, each page marked as not for passing on. ``"public"``: protected.
    rules
        The rules of confidentiality that were applied; None for the internal audience.
    problems
        Warnings and notes of the run; errors never get this far. They may quote single cells, so a public
        panel has none.
    provenance
        Input hashes, versions, ready for JSON.
    """

    city: str
    districts: gpd.GeoDataFrame
    catalogue: pd.DataFrame
    indicators: pd.DataFrame
    city_values: pd.DataFrame = field(default_factory=lambda: empty_frame(CITY_COLUMNS))
    population: pd.DataFrame | None = None
    periods: pd.DataFrame = field(default_factory=lambda: empty_frame(PERIOD_COLUMNS))
    parents: tuple[str, ...] = ()
    language: Language = DEFAULT_LANGUAGE
    simulated: bool = False
    audience: Audience = "internal"
    rules: Rules | None = None
    problems: tuple[Problem, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def disclosure(self) -> dict[str, Any]:
        """The rules of confidentiality ready for JSON; empty for the internal audience."""
        return {} if self.rules is None else self.rules.record()

    def at(self, indicator: str, date: str) -> pd.DataFrame:
        """Return the rows of one indicator and date, index district in the order of `districts`.

        Districts without a row have NaN; all have, if there is no such indicator or date.
        """
        rows = self.indicators
        rows = rows[(rows["indicator"] == indicator) & (rows["date"] == date)]
        return rows.reindex(self.districts.index)


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One indicator at one date, on a given order of districts.

    Parameters
    ----------
    indicator, date
        As in the long table.
    value, numerator, denominator
        Shape (n,), NaN where nothing is known or where the flag says that there is no number.
    counted
        Districts with both counts and a denominator above 0, shape (n,).
    kind
        Of the catalogue: share, ratio, count or value.
    design_effect
        How many persons carry the information of one independent person; 1 where nothing is declared.
    """

    indicator: str
    date: str
    value: Floats
    numerator: Floats
    denominator: Floats
    counted: NDArray[np.bool_]
    kind: str = "share"
    design_effect: float = 1.0

    @property
    def is_share(self) -> bool:
        """Whether it is a share, and counts exist."""
        return self.kind == "share" and bool(self.counted.any())


def matrix(
    indicators: pd.DataFrame, names: Sequence[str], date: str, *, column: str = "value"
) -> pd.DataFrame:
    """Return one entry per district and indicator at `date`.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district, no row double.
    names
        Indicators, the columns of the result in this order.
    date
        ISO text.
    column
        What is wanted: ``"value"``, ``"numerator"``, ``"denominator"``, or ``"flag"``.

    Returns
    -------
    pd.DataFrame
        Index: every district of `indicators`, at whatever date, in order of first appearance; float (text for
        flags), NaN where there is nothing.
    """
    districts = pd.Index(indicators.index.unique(), name="district")
    wanted = pd.Index(dict.fromkeys(names), dtype=object)
    # One date at a time is asked for, often: places in an array are many times quicker than frames.
    line = wanted.get_indexer(pd.Index(indicators["indicator"], dtype=object))
    rows = np.flatnonzero((indicators["date"].to_numpy(dtype=object) == date) & (line >= 0))
    place, line = districts.get_indexer(indicators.index[rows]), line[rows]
    if len(rows) and np.bincount(place * len(wanted) + line).max() > 1:
        check_rows(indicators)
    ours = indicators.iloc[rows]
    cells = ours["flag"].to_numpy(dtype=object) if column == "flag" else _numbers(ours, column).to_numpy()
    found = np.full((len(districts), len(wanted)), np.nan, dtype=object if column == "flag" else float)
    found[place, line] = cells
    return pd.DataFrame(found, index=districts, columns=wanted.tolist(), dtype=found.dtype)


def spread(
    indicators: pd.DataFrame, districts: pd.Index, columns: Sequence[str] = ("value",)
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Give every indicator at every date a row of numbers, one per district.

    Parameters
    ----------
    indicators
        Long table, index district: `indicator`, `date`, `columns`, and `flag` where it exists.
    districts
        The order of the districts; those without a row count as missing.
    columns
        Which numbers.

    Returns
    -------
    tables : pd.DataFrame
        Columns `indicator` and `date`, in the order in which `indicators` brings them.
    numbers : dict
        Column to its numbers, shape (rows of `tables`, districts), NaN where there is none.

    Raises
    ------
    AlignmentError
        If a district is unknown, or has two rows for one indicator and date; names the keys.
    """
    names = numbered_rows(indicators)
    raise_problems(numbered_problems(indicators, names, districts=districts), AlignmentError)
    return _spread(indicators, names, districts, columns)


def _spread(
    indicators: pd.DataFrame, names: Numbers, districts: pd.Index, columns: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    line, first = names.groups(["indicator", "date"])
    tables = indicators[["indicator", "date"]].iloc[first].reset_index(drop=True)
    place = districts.get_indexer(indicators.index)
    numbers = {}
    for column in columns:
        numbers[column] = np.full((len(tables), len(districts)), np.nan)
        numbers[column][line, place] = _numbers(indicators, column)
    return tables, numbers


def _numbers(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as numbers; NaN where the flag says that there is none."""
    numbers = pd.to_numeric(rows[column]).astype(float)
    return numbers.where(rows["flag"].isin(USABLE)) if "flag" in rows else numbers


def wide(indicators: pd.DataFrame, indicator: str | None = None, date: str | None = None) -> pd.DataFrame:
    """Return the values as one row per district.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    indicator, date
        Keep this indicator, this date; None keeps all.

    Returns
    -------
    pd.DataFrame
        Index district, in the order of `indicators`. Columns: the indicators if a date is given, the dates
        if only an indicator is given, both levels otherwise.

    Raises
    ------
    CatalogueError
        If there is no such indicator or date; names those that exist.
    AlignmentError
        If a district has two rows for one indicator and date.
    """
    chosen = indicators
    require_long(indicators)
    for column, wanted in (("indicator", indicator), ("date", date)):
        if wanted is None:
            continue
        known = chosen[column].unique()
        if wanted not in known:
            values = {"wanted": wanted, "known": shorten(known)}
            raise CatalogueError(Problem(code=f"indicators.no_such_{column}", values=values))
        chosen = chosen[chosen[column] == wanted]
    districts = indicators.index.unique()
    tables, numbers = spread(chosen, districts)
    labels: pd.Index = pd.MultiIndex.from_frame(tables)
    if date is not None:
        labels = pd.Index(tables["indicator"])
    elif indicator is not None:
        labels = pd.Index(tables["date"])
    return pd.DataFrame(numbers["value"].T, index=districts, columns=labels)


def slices(
    indicators: pd.DataFrame, districts: pd.Index, catalogue: pd.DataFrame | None = None
) -> Iterator[Slice]:
    """Give one `Slice` per indicator and date, indicators in order of appearance, dates ascending.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    districts
        The order of the districts; those without a row count as missing.
    catalogue
        Index: indicator; `kind`, and `design_effect` if it has this column. Without it everything with counts
        is a share of independent persons.

    Raises
    ------
    AlignmentError
        If a row is double, a count negative, or a district unknown; all of them at once.
    SozialraumError
        If the catalogue lacks an indicator, or the numerator of a share exceeds its denominator.
    """
    names = numbered_rows(indicators)
    problems = numbered_problems(indicators, names, districts=districts)
    for column in ("numerator", "denominator"):
        negative = pd.to_numeric(indicators[column], errors="coerce") < 0
        if negative.any():
            keys = tuple(sorted(set(map(str, indicators.index[negative]))))
            problems.append(Problem(code="panel.negative_count", keys=keys, values={"column": column}))
    raise_problems(problems, AlignmentError)
    kinds, effects = _declared(indicators, catalogue)
    tables, numbers = _spread(indicators, names, districts, ("value", "numerator", "denominator"))
    order, _ = pd.factorize(tables["indicator"])
    dates, _ = pd.factorize(tables["date"], sort=True)
    for at in np.lexsort([dates, order]):
        indicator, found = tables["indicator"].iloc[at], {name: rows[at] for name, rows in numbers.items()}
        yield Slice(
            indicator=str(indicator),
            date=str(tables["date"].iloc[at]),
            # A comparison with NaN is False, so an unknown count is never taken for a usable one.
            counted=(found["numerator"] >= 0) & (found["denominator"] > 0),
            kind=kinds[indicator],
            design_effect=effects[indicator],
            **found,
        )


def _declared(
    indicators: pd.DataFrame, catalogue: pd.DataFrame | None
) -> tuple[dict[object, str], dict[object, float]]:
    """Return kind and design effect of each indicator; refuse shares that are none."""
    names = list(indicators["indicator"].unique())
    kinds: dict[object, str] = dict.fromkeys(names, "share")
    effects: dict[object, float] = dict.fromkeys(names, 1.0)
    problems = []
    if catalogue is not None:
        require_catalogue(catalogue, names)
        kinds = catalogue["kind"].loc[names].astype(str).to_dict()
        if "design_effect" in catalogue:
            effects = catalogue["design_effect"].loc[names].astype(float).fillna(1.0).to_dict()
    shares = {name for name, kind in kinds.items() if kind == "share"}
    # A published share has no counts; comparisons with NaN are False.
    wrong = (indicators["numerator"] > indicators["denominator"]) & (indicators["denominator"] > 0)
    if wrong.any():
        wrong &= indicators["flag"].isin(USABLE) & indicators["indicator"].isin(shares)
    for (indicator, date), rows in indicators[wrong].groupby(["indicator", "date"], observed=True):
        keys = tuple(sorted(rows.index.astype(str)))
        values = {"indicator": indicator, "date": date}
        problems.append(Problem(code="panel.not_a_part", keys=keys, values=values))
    raise_problems(problems, SozialraumError)
    return kinds, effects


def date_before(date: str, years: int, dates: Iterable[str]) -> str | None:
    """Find the date `years` before `date`: the same day, else the only date of that year.

    Examples
    --------
    >>> date_before("2017-12-31", 2, ["2015-12-31", "2016-12-31", "2017-12-31"])
    '2015-12-31'
    """
    if not date[:4].isdigit():
        raise SozialraumError(Problem(code="panel.no_day", values={"written": date}))
    year = f"{int(date[:4]) - years:04d}"
    candidates = [other for other in dates if other[:4] == year]
    same_day = [other for other in candidates if other[4:] == date[4:]]
    if same_day:
        return same_day[0]
    return candidates[0] if len(candidates) == 1 else None


def population_at(
    population: pd.Series | pd.DataFrame | None, date: str, districts: pd.Index
) -> pd.Series | None:
    """Return the inhabitants at `date`; None where no population was given at all.

    Parameters
    ----------
    population
        A Series (the same at all dates) or a DataFrame with one column per date; index district.
    """
    if population is None:
        return None
    if isinstance(population, pd.Series):
        return population.reindex(districts).astype(float)
    if date not in population.columns:
        return pd.Series(np.nan, index=districts)
    return population[date].reindex(districts).astype(float)
