"""The index over the years: status, change, attention, persistence, and a base that does not move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.classes import attention, early_warning, runs
from sozialraum.assessment.index.composite import Fit, IndexResult, composite_index
from sozialraum.assessment.index.recipes import DYNAMIC, NOT_ASSESSABLE, Recipe, recipes_by_target_group
from sozialraum.assessment.smoothing import smoothed_rate
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.panel import check_rows, date_before, matrix, population_at
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "INDEX_COLUMNS",
    "NO_CHANGE",
    "Monitoring",
    "index_over_time",
    "index_values",
    "target_group_indices",
]

INDEX_COLUMNS = (
    "index",
    "date",
    "value",
    "rank",
    "status",
    "reason",
    "fixed_value",
    "fixed_status",
    "change",
    "dynamic",
    "dynamic_reason",
    "attention",
    "status_periods",
    "negative_periods",
    "early_warning",
)


NO_CHANGE = "no change known"
"""Why there is no dynamic: no earlier date, or too few districts with a value at both."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Monitoring(Shown):
    """An index at every date.

    Parameters
    ----------
    table
        Index district, columns `INDEX_COLUMNS`, one row per district and date. `value`, `rank`, `status`:
        relative to the date's own districts. `fixed_value`, `fixed_status`: with mean, SD and limits of
        the base date, so that a change of the whole city shows. `change`, `dynamic`: the dynamic index.
        `status_periods`: dates in a row with this status. `negative_periods`: periods in a row with a
        negative dynamic. Further: `attention`, `early_warning`; why there is no status or dynamic.
    status, dynamic
        The full result per date; `dynamic` lacks dates without an earlier one.
    base_date
        Date of the fixed base.
    problems
        Warnings of all dates.
    """

    table: pd.DataFrame
    status: Mapping[str, IndexResult]
    dynamic: Mapping[str, IndexResult]
    base_date: str
    problems: tuple[Problem, ...] = ()


def index_values(
    indicators: pd.DataFrame, names: Sequence[str], date: str, *, smoothing: bool = False
) -> pd.DataFrame:
    """Return the rates at `date`, district by indicator, smoothed if asked.

    Indicators without counts cannot be smoothed and stay as they are.
    """
    values = matrix(indicators, names, date)
    if smoothing:
        events = matrix(indicators, names, date, column="numerator")
        people = matrix(indicators, names, date, column="denominator")
        for name in names:
            found = smoothed_rate(events[name].where(values[name].notna()), people[name])
            values[name] = found.where(found.notna(), values[name])
    return values


@checked()
def index_over_time(
    indicators: pd.DataFrame,
    recipe: Recipe,
    *,
    population: pd.Series | pd.DataFrame | None = None,
    dates: Sequence[str] | None = None,
) -> Monitoring:
    """Compute status, dynamic, attention and persistence at every date.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    recipe
        The method. Without `dynamic_indicators` the change is x(t) - x(t - `dynamic_years`).
    population
        Inhabitants: a Series, or a DataFrame with one column per date; index district.
    dates
        By default every date at which all indicators have rows.

    Raises
    ------
    AlignmentError
        If an indicator is absent, a district has two rows for one indicator and date, there is no date
        at which all indicators have rows, or `recipe.base_date` is none of the dates.
    """
    names = [*recipe.indicators, *recipe.dynamic_indicators]
    check_rows(indicators, indicators=names)
    dates = _dates(indicators, recipe) if dates is None else sorted(dates)
    base = recipe.base_date or (dates[0] if dates else "")
    if base not in dates:
        values = {"recipe": recipe.name, "date": base, "dates": ", ".join(dates)}
        raise_problems([Problem(code="assessment.no_base_date", values=values)], AlignmentError)

    shares = {
        date: index_values(indicators, recipe.indicators, date, smoothing=recipe.smoothing) for date in dates
    }
    people = {date: population_at(population, date, shares[date].index) for date in dates}
    status = _every_date(shares, recipe, people)
    dynamic, remarks = _dynamic(indicators, recipe, shares, people)
    fixed = {date: _fixed(shares[date], recipe, people[date], status[base].fit) for date in dates}
    table = _table(recipe.name, dates, status, dynamic, fixed, recipe.dynamic_years)
    for results in (status, dynamic):
        remarks += [(date, problem) for date, result in results.items() for problem in result.problems]
    problems = _with_dates(remarks, recipe.name)
    return Monitoring(table=table, status=status, dynamic=dynamic, base_date=base, problems=problems)


def target_group_indices(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    recipe: Recipe,
    *,
    population: pd.Series | pd.DataFrame | None = None,
) -> dict[str, Monitoring]:
    """Give each target group an index of its own, from its own indicators on their own denominators.

    Parameters
    ----------
    indicators, population
        As in `index_over_time`.
    catalogue
        Its `target_group` and `polarity` tell which indicator belongs to which group.
    recipe
        The method; see `recipes_by_target_group`.

    Returns
    -------
    dict
        Target group to its index over time. A group none of whose dates has all its indicators is left
        out; indicators without any value leave their group.
    """
    valued = set(indicators.loc[indicators["value"].notna(), "indicator"])
    recipes = recipes_by_target_group(recipe, catalogue[catalogue.index.isin(valued)])
    dates = {group: _dates(indicators, of_group) for group, of_group in recipes.items()}
    return {
        group: index_over_time(indicators, of_group, population=population, dates=dates[group])
        for group, of_group in recipes.items()
        if dates[group]
    }


def _every_date(
    shares: Mapping[str, pd.DataFrame], recipe: Recipe, people: Mapping[str, pd.Series | None]
) -> dict[str, IndexResult]:
    """Compute the status at each date; raise what is wrong at any of them, all at once."""
    found: dict[str, IndexResult] = {}
    problems: list[Problem] = []
    for date, values in shares.items():
        try:
            found[date] = composite_index(values, recipe, population=people[date], date=date)
        except AlignmentError as error:
            problems += error.problems
    raise_problems(problems, AlignmentError)
    return found


def _dynamic(
    indicators: pd.DataFrame,
    recipe: Recipe,
    shares: Mapping[str, pd.DataFrame],
    people: Mapping[str, pd.Series | None],
) -> tuple[dict[str, IndexResult], list[tuple[str, Problem]]]:
    """Compute the dynamic where there is an earlier date; a date that allows none is a warning."""
    found: dict[str, IndexResult] = {}
    remarks: list[tuple[str, Problem]] = []
    for date in shares:
        changes = _changes(indicators, recipe, shares, date)
        if changes is None:
            continue
        try:
            found[date] = composite_index(changes, recipe, population=people[date], kind="dynamic", date=date)
        except AlignmentError as error:
            remarks += [(date, replace(problem, severity="warning")) for problem in error.problems]
    return found, remarks


def _dates(indicators: pd.DataFrame, recipe: Recipe) -> list[str]:
    ours = indicators[indicators["indicator"].isin(recipe.indicators) & indicators["value"].notna()]
    counts = ours.groupby("date")["indicator"].nunique()
    return sorted(counts.index[counts == len(recipe.indicators)])


def _changes(
    indicators: pd.DataFrame, recipe: Recipe, shares: Mapping[str, pd.DataFrame], date: str
) -> pd.DataFrame | None:
    if recipe.dynamic_indicators:
        published = matrix(indicators, recipe.dynamic_indicators, date)
        return None if published.isna().all(axis=None) else published
    before = date_before(date, recipe.dynamic_years, shares)
    return None if before is None else shares[date] - shares[before]


def _fixed(values: pd.DataFrame, recipe: Recipe, population: pd.Series | None, fit: Fit) -> pd.DataFrame:
    return composite_index(values, replace(recipe, themes={}), population=population, fit=fit).table


def _table(
    name: str,
    dates: Sequence[str],
    status: Mapping[str, IndexResult],
    dynamic: Mapping[str, IndexResult],
    fixed: Mapping[str, pd.DataFrame],
    years: int,
) -> pd.DataFrame:
    districts = status[dates[0]].table.index
    none = pd.DataFrame({"value": np.nan, "class": NOT_ASSESSABLE, "reason": NO_CHANGE}, index=districts)
    changes = {date: dynamic[date].table if date in dynamic else none for date in dates}
    classes = pd.DataFrame({date: status[date].table["class"] for date in dates})
    directions = pd.DataFrame({date: changes[date]["class"] for date in dates})
    status_periods = runs(classes)
    negative = runs(directions, years=years).where(directions == DYNAMIC[-1], 0)
    parts = []
    for date in dates:
        now, change = status[date].table, changes[date]
        parts.append(
            pd.DataFrame(
                {
                    "index": name,
                    "date": date,
                    "value": now["value"],
                    "rank": now["rank"],
                    "status": now["class"],
                    "reason": now["reason"],
                    "fixed_value": fixed[date]["value"],
                    "fixed_status": fixed[date]["class"],
                    "change": change["value"],
                    "dynamic": change["class"],
                    "dynamic_reason": change["reason"],
                    "attention": attention(now["class"], change["class"]),
                    "status_periods": status_periods[date],
                    "negative_periods": negative[date],
                    "early_warning": early_warning(now["class"], change["class"], negative[date]),
                },
                index=districts,
            )
        )
    return pd.concat(parts)[list(INDEX_COLUMNS)]


def _with_dates(remarks: Iterable[tuple[str, Problem]], name: str) -> tuple[Problem, ...]:
    """Say a remark that holds at several dates once, with all dates."""
    found: dict[tuple[str, tuple[str, ...]], Problem] = {}
    dates: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for date, problem in remarks:
        key = (problem.code, problem.keys)
        found.setdefault(key, problem)
        dates.setdefault(key, set()).add(date)
    return tuple(
        replace(problem, values=dict(problem.values, recipe=f"{name} {', '.join(sorted(dates[key]))}"))
        for key, problem in found.items()
    )
