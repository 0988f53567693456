"""Indicators from counts: shares and ratios with their intervals, flags that travel, and city values."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.distinct import doubled, groups_of, kept, members, numbered
from sozialraum.errors import CatalogueError, Problem, raise_problems, shorten
from sozialraum.indicators.catalogue import check_catalogue
from sozialraum.indicators.effects import effect_from_years
from sozialraum.indicators.people import ESTIMATED
from sozialraum.indicators.periods import check_periods
from sozialraum.panel import CITY_COLUMNS, INDICATOR_COLUMNS, empty_frame
from sozialraum.stats.intervals import byar, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialraum.errors import Severity

    Floats = NDArray[np.float64]

__all__ = ["derive_indicators", "load_indicators"]

SEVERITY = ("ok", "unreliable", "later", "not applicable", "missing", "unknown", "suppressed")
"""Flags from harmless to decisive: a result has the most decisive flag of what it is made of."""

MISSING, VALUED = SEVERITY.index("missing"), SEVERITY.index("unreliable")
"""Position of "missing", and of the last flag that carries a value."""

SUSPICIOUS = 0.01
"""Percentages of which none exceeds 1 % may well be fractions."""

_LOG = logging.getLogger(__name__)


@checked()
def derive_indicators(
    observations: pd.DataFrame, catalogue: pd.DataFrame, districts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive every indicator of the catalogue for every district; see `load_indicators`.

    Raises
    ------
    CatalogueError
        If the catalogue and the figures contradict each other; with every fault at once.
    """
    indicators, city_values, problems = load_indicators(observations, catalogue, districts)
    raise_problems(problems, CatalogueError)
    for problem in problems:
        _LOG.log(logging.WARNING if problem.severity == "warning" else logging.INFO, "%s", problem.text())
    return indicators, city_values


def load_indicators(
    observations: pd.DataFrame, catalogue: pd.DataFrame, districts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Problem, ...]]:
    """Derive every indicator for every district and date, and gather what contradicts itself.

    Parameters
    ----------
    observations
        As `join` returns them: `district` is the key.
    catalogue
        As `read_catalogue` returns it.
    districts
        Its index is the list of districts; each gets a row per indicator and date.

    Returns
    -------
    tuple
        Indicators (index "district", columns `INDICATOR_COLUMNS`, ordered by catalogue, date, district),
        city values (columns `CITY_COLUMNS`) and problems. Where a table's sign says below which number a
        count lies, a further column `at_most` has the largest numerator that this leaves possible. An
        indicator covers the dates that the catalogue
        names, otherwise those at which all its variables have at least one figure. Shares have a Wilson
        interval, ratios Byar's approximation to the exact Poisson interval, both 95 % and of the effective
        number of people where the catalogue has a design effect; ready-made figures and counts alone have
        none. A city value sums numerators and denominators over the districts that have both.
    """
    known = set(observations["variable"].unique())
    problems = [*check_catalogue(catalogue, known), *check_periods(observations, catalogue)]
    store, doubled = _store(observations, districts.index.unique())
    problems += doubled
    parts, city = [], []
    for indicator, entry in catalogue.iterrows():
        recipe = _Recipe.of(str(indicator), entry)
        if not known.issuperset(recipe.variables):
            continue
        dates, found = _dates(recipe, store)
        problems += found
        if dates:
            result = _derive(recipe, store, dates)
            problems += _check(recipe, result, store.districts)
            parts.append(_long(recipe, result, store.districts))
            if store.limits and not recipe.value:
                parts[-1]["at_most"] = store.at_most(recipe.numerator, dates).ravel()
            city.append(_city_values(recipe, result))
    indicators = pd.concat(parts) if parts else empty_frame(INDICATOR_COLUMNS, "district")
    city_values = pd.concat(city, ignore_index=True) if city else empty_frame(CITY_COLUMNS)
    return indicators, city_values, tuple(problems)


@dataclass(frozen=True, kw_only=True)
class _Recipe:
    indicator: str
    kind: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    value: str
    value_unit: str
    dates: tuple[str, ...]
    design_effect: float
    estimated: bool

    @classmethod
    def of(cls, indicator: str, entry: pd.Series) -> _Recipe:
        return cls(
            indicator=indicator,
            kind=entry["kind"],
            numerator=tuple(entry["numerator"]),
            denominator=tuple(entry["denominator"]),
            value=entry["value"],
            value_unit=entry["value_unit"],
            dates=tuple(entry["dates"]),
            design_effect=float(entry.get("design_effect", np.nan)),
            estimated=entry.get("design_effect_source") == ESTIMATED,
        )

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.value,) if self.value else (*self.numerator, *self.denominator)


@dataclass(frozen=True, kw_only=True)
class _Store:
    """All observations as arrays over the districts, by variable and date."""

    districts: pd.Index
    numbers: dict[tuple[str, str], Floats]
    flags: dict[tuple[str, str], NDArray[np.int64]]
    limits: dict[tuple[str, str], Floats]

    def at_most(self, variables: Sequence[str], dates: Sequence[str]) -> Floats:
        """Return the largest count that a sign ("below 10") leaves possible, a row per date; else NaN."""
        nothing = np.full(len(self.districts), np.nan)
        known, _ = self.sum(variables, dates)
        parts = [
            [self.limits.get((name, date), self.numbers.get((name, date), nothing)) for date in dates]
            for name in variables
        ]
        return np.where(np.isnan(known), np.sum(parts, axis=0), np.nan)

    def sum(self, variables: Sequence[str], dates: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """Add variables up, one row per date; a sum is known only where every part is."""
        nothing = np.full(len(self.districts), np.nan)
        missing = np.full(len(self.districts), MISSING)
        numbers = [[self.numbers.get((name, date), nothing) for date in dates] for name in variables]
        flags = np.max(
            [[self.flags.get((name, date), missing) for date in dates] for name in variables], axis=0
        )
        return np.where(flags <= VALUED, np.sum(numbers, axis=0), np.nan), flags

    def dates(self, variable: str) -> set[str]:
        return {date for name, date in self.numbers if name == variable}

    def is_blank(self, variable: str, date: str) -> bool:
        return bool((self.flags[variable, date] == MISSING).all())


def _store(observations: pd.DataFrame, districts: pd.Index) -> tuple[_Store, list[Problem]]:
    codes, written = numbered(observations["district"])
    position = np.append(districts.get_indexer(pd.Index(written, dtype=object)), -1)[codes]
    named = observations[["date", "variable"]].notna().all(axis=1).to_numpy()
    known = kept(observations, (position >= 0) & named)
    position = position[(position >= 0) & named]
    cell = ["district", "date", "variable"]
    problems = []
    again = doubled(known, cell)
    double = known[doubled(known, cell, keep=False)] if again.any() else known.iloc[:0]
    if len(double):
        values = {
            "variables": shorten(double["variable"].unique()),
            "dates": shorten(double["date"].unique()),
        }
        keys = tuple(double["district"].unique())
        problems.append(Problem(code="indicators.double", keys=keys, values=values))
    store = _Store(districts=districts, numbers={}, flags={}, limits={})
    known, position = kept(known, ~again), position[~again]
    figures, marks = known["value"].to_numpy(float), _severities(known["flag"])
    below = known["at_most"].to_numpy(float) if "at_most" in known else None
    groups, first = groups_of(known, ["variable", "date"])
    names_dates = zip(known["variable"].iloc[first], known["date"].iloc[first], strict=True)
    for (variable, date), rows in zip(names_dates, members(groups, len(first)), strict=True):
        place = str(variable), str(date)
        numbers = np.full(len(districts), np.nan)
        flags = np.full(len(districts), MISSING)
        numbers[position[rows]] = figures[rows]
        flags[position[rows]] = marks[rows]
        store.numbers[place], store.flags[place] = numbers, flags
        if below is not None and not np.isnan(below[rows]).all():
            limits = numbers.copy()
            limits[position[rows]] = np.where(np.isnan(below[rows]), figures[rows], below[rows])
            store.limits[place] = limits
    return store, problems


def _severities(flags: pd.Series) -> NDArray[np.int64]:
    """Return the place of each flag in `SEVERITY`."""
    codes, known = numbered(flags)
    return np.array([*(SEVERITY.index(flag) for flag in known), MISSING], dtype=np.int64)[codes]


_BLANK: dict[bool, tuple[str, Severity]] = {
    True: ("indicators.no_figures_asked", "warning"),
    False: ("indicators.no_figures", "note"),
}


def _dates(recipe: _Recipe, store: _Store) -> tuple[list[str], list[Problem]]:
    """Choose the dates of an indicator, and say which ones have no figures."""
    each = {variable: store.dates(variable) for variable in recipe.variables}
    common = set.intersection(*each.values())
    if not common:
        listing = "; ".join(f"{name}: {', '.join(sorted(dates))}" for name, dates in each.items())
        values = {"indicator": recipe.indicator, "dates": listing}
        return [], [Problem(code="indicators.no_common_date", values=values)]
    filled = {date for date in common if not any(store.is_blank(name, date) for name in each)}
    blank = sorted(set(recipe.dates or common) - filled)
    problems = []
    if blank:
        code, severity = _BLANK[bool(recipe.dates)]
        values = {"indicator": recipe.indicator, "dates": ", ".join(blank)}
        problems.append(Problem(code=code, severity=severity, values=values))
    return sorted(recipe.dates or filled), problems


@dataclass(frozen=True, kw_only=True)
class _Result:
    """One indicator; the arrays have one row per date and one column per district."""

    dates: list[str]
    value: Floats
    numerator: Floats
    denominator: Floats
    lower: Floats
    upper: Floats
    flags: NDArray[np.int64]


def _derive(recipe: _Recipe, store: _Store, dates: list[str]) -> _Result:
    numerator = denominator = lower = upper = np.full((len(dates), len(store.districts)), np.nan)
    if recipe.value:
        value, flags = store.sum([recipe.value], dates)
        value = value / 100 if recipe.value_unit == "percent" else value
    elif recipe.kind == "count":
        numerator, flags = store.sum(recipe.numerator, dates)
        value = numerator
    else:
        numerator, above = store.sum(recipe.numerator, dates)
        denominator, below = store.sum(recipe.denominator, dates)
        none = denominator == 0
        flags = np.where(none, SEVERITY.index("not applicable"), np.maximum(above, below))
        divisor = np.where(none, np.nan, denominator)
        value = numerator / divisor
        possible = (numerator >= 0) & (divisor > 0) & ((numerator <= divisor) | (recipe.kind == "ratio"))
        interval = wilson if recipe.kind == "share" else byar
        phi = effect_from_years(numerator, denominator, dates) if recipe.estimated else recipe.design_effect
        counts = (np.where(possible, side, np.nan) for side in (numerator, divisor))
        lower, upper = interval(*counts, design_effect=phi)
    return _Result(
        dates=dates,
        value=value,
        numerator=numerator,
        denominator=denominator,
        lower=lower,
        upper=upper,
        flags=flags,
    )


def _long(recipe: _Recipe, result: _Result, districts: pd.Index) -> pd.DataFrame:
    count = len(result.dates)
    columns = {
        "indicator": recipe.indicator,
        "date": np.repeat(np.array(result.dates, dtype=object), len(districts)),
        "value": result.value.ravel(),
        "numerator": result.numerator.ravel(),
        "denominator": result.denominator.ravel(),
        "lower": result.lower.ravel(),
        "upper": result.upper.ravel(),
        "flag": np.array(SEVERITY, dtype=object)[result.flags.ravel()],
    }
    index = pd.Index(np.tile(districts.to_numpy(), count), name="district")
    return pd.DataFrame(columns, index=index)[list(INDICATOR_COLUMNS)]


_WHOLE_DATE = {"all_zero", "looks_like_fraction"}
_DOUBTS = {"not_counts", *_WHOLE_DATE}


def _check(recipe: _Recipe, result: _Result, districts: pd.Index) -> Iterable[Problem]:
    """Report figures that cannot be; each fault once, with all its dates and keys."""
    for code, where in _faults(recipe, result).items():
        if not where.any():
            continue
        values = {
            "indicator": recipe.indicator,
            "dates": ", ".join(np.array(result.dates)[where.any(axis=1)]),
            "numerator": " + ".join(recipe.numerator),
            "denominator": " + ".join(recipe.denominator),
            "value": recipe.value,
        }
        keys = () if code in _WHOLE_DATE else tuple(districts[np.flatnonzero(where.any(axis=0))])
        severity: Severity = "warning" if code in _DOUBTS else "error"
        yield Problem(code=f"indicators.{code}", severity=severity, keys=keys, values=values)


def _faults(recipe: _Recipe, result: _Result) -> dict[str, NDArray[np.bool_]]:
    value, numerator, denominator = result.value, result.numerator, result.denominator
    share, known = recipe.kind == "share", ~np.isnan(value)
    largest = np.where(known, value, -np.inf).max(axis=1, keepdims=True)
    zero = (known <= (value == 0)).all(axis=1, keepdims=True)
    tiny = (largest > 0) & (largest <= SUSPICIOUS) & (recipe.value_unit == "percent")
    return {
        "negative_count": (numerator < 0) | (denominator < 0),
        "above_denominator": (numerator > denominator) & share,
        "share_outside": ((value < 0) | (value > 1)) & (share and bool(recipe.value)),
        "not_counts": (numerator % 1 > 0) | (denominator % 1 > 0),
        "all_zero": known & zero,
        "looks_like_fraction": known & tiny,
    }


def _city_values(recipe: _Recipe, result: _Result) -> pd.DataFrame:
    alone = recipe.kind == "count"
    both = ~np.isnan(result.numerator) & (alone | ~np.isnan(result.denominator))
    some = both.any(axis=1)
    numerator = np.where(some, np.where(both, result.numerator, 0).sum(axis=1), np.nan)
    denominator = np.where(some, np.where(both, result.denominator, 0).sum(axis=1), np.nan)
    values = pd.DataFrame(result.value.T)
    columns = {
        "indicator": recipe.indicator,
        "date": result.dates,
        "value": numerator if alone else numerator / np.where(denominator == 0, np.nan, denominator),
        "numerator": numerator,
        "denominator": denominator,
        "median": values.median().to_numpy(),
        "districts": values.count().to_numpy(),
    }
    return pd.DataFrame(columns)[list(CITY_COLUMNS)]
