"""Where each goal stands in a year: reached, on track, behind, missed, or not to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.indicators.changes import difference_interval
from sozialraum.programme.goals.baseline import Start, design_effect, goal_start, indicator_kind, own_quantity
from sozialraum.programme.goals.figures import row_at
from sozialraum.programme.goals.targets import expected_at, met, target_figure
from sozialraum.programme.sheets.periods import period_bounds, period_year
from sozialraum.stats.intervals import byar, wilson

if TYPE_CHECKING:
    from sozialraum.programme.register import Programme

__all__ = ["FOLLOW_UP_COLUMNS", "STATES", "follow_up", "pair_of"]

STATES = ("reached", "on_track", "behind", "missed", "not_assessable", "not_comparable", "not_due")
"""Reached and missed are said at the due date only; before it a goal is on track or behind."""

FOLLOW_UP_COLUMNS = (
    "goal_id",
    "version",
    "scope_type",
    "scope",
    "indicator",
    "quantity",
    "year",
    "date",
    "state",
    "reason",
    "baseline_date",
    "baseline",
    "figure",
    "expected",
    "expected_by",
    "target",
    "attained",
    "attained_lower",
    "attained_upper",
    "beyond_chance",
    "count_before",
    "count_now",
    "share_before",
    "share_now",
    "share_lower",
    "share_upper",
    "change_count",
    "change_points",
    "points_by_cases",
    "points_by_population",
    "expected_cases_same_share",
    "one_sided",
)
ACTIVE = {"agreed", "adopted", "changed"}


@checked()
def follow_up(
    programme: Programme,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    year: int,
) -> pd.DataFrame:
    """Tell where each goal stands at the end of a year.

    Parameters
    ----------
    programme
        Its goals in the version that was in force, see `in_force`.
    indicators, catalogue
        What the audience may see: a protected figure is not assessable, and what it would reveal is not
        computed.
    year
        The figure used is the last one of that year, never a later one.

    Returns
    -------
    pd.DataFrame
        One row per goal, columns `FOLLOW_UP_COLUMNS`. `state` is one of `STATES`. `attained` is the part of
        the way from the baseline to the target (1: all of it) with a 95 % interval from the counts of both
        dates; `beyond_chance` tells whether the change itself is distinguishable from none. Count and
        share stand side by side for every goal: `points_by_cases` and `points_by_population` split the
        change of the share (in points) into what its numerator and its denominator did;
        `expected_cases_same_share` are the cases there would be now had the share stayed. `one_sided` says
        that the two disagree: ``"count_only"`` fewer cases without a smaller share, ``"share_only"`` a
        smaller share without fewer cases.
    """
    rows = [
        _one(str(key), goal, programme, indicators, catalogue, year)
        for key, goal in in_force(programme, year).iterrows()
    ]
    return pd.DataFrame(rows, columns=list(FOLLOW_UP_COLUMNS))


def in_force(programme: Programme, year: int) -> pd.DataFrame:
    """Return for each goal the version that was in force at the end of a year.

    A version counts from the date of its adoption; one without a date from its baseline on. A new version
    does not change what the years before it were measured by.
    """
    goals = programme["goals"]
    goals = goals[goals["status"].isin(ACTIVE | {"abandoned"})]
    since = [
        str(adopted) if adopted is not None else period_bounds(start)[1]
        for adopted, start in zip(goals["adopted_on"], goals["baseline_period"], strict=True)
    ]
    known = goals[np.array([day <= f"{year}-12-31" for day in since], dtype=bool)]
    latest = known.groupby(level=0)["version"].transform("max") == known["version"]
    found = known[latest]
    return found[found["status"] != "abandoned"]


def _one(
    key: str,
    goal: pd.Series,
    programme: Programme,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    year: int,
) -> dict[str, Any]:
    start = goal_start(goal, programme, indicators)
    found: dict[str, Any] = dict.fromkeys(FOLLOW_UP_COLUMNS, np.nan)
    found |= {
        "goal_id": key,
        "version": goal["version"],
        "scope_type": goal["scope_type"],
        "scope": goal["scope"],
        "indicator": goal["indicator"],
        "quantity": goal["quantity"],
        "year": year,
        "date": None,
        "reason": None,
        "baseline_date": start.date,
        "baseline": start.figure,
        "target": target_figure(goal, start.figure),
        "expected_by": None,
        "beyond_chance": None,
        "one_sided": None,
    }
    date = _date_of(goal, start, year)
    if date is None or np.isnan(own_quantity(goal, row_at(start.figures, date))):
        reason = "no_figure" if date is None else str(row_at(start.figures, date)["flag"])
        return found | {"state": "not_assessable", "reason": reason, "date": date}
    now = row_at(start.figures, date)
    found |= {"date": date, "figure": own_quantity(goal, now)}
    if np.isnan(found["target"]):
        return found | {"state": "not_assessable", "reason": "no_baseline"}
    if _broken(goal, start, date, catalogue):
        return found | {"state": "not_comparable", "reason": "break"}
    kind = indicator_kind(catalogue, goal["indicator"])
    effect = design_effect(catalogue, goal["indicator"])
    if start.source == "data" and start.date is not None:
        found |= pair_of(row_at(start.figures, start.date), now, kind=kind, effect=effect)
        found |= _attained(found, goal)
    return found | _state(goal, start, found, date)


def _date_of(goal: pd.Series, start: Start, year: int) -> str | None:
    """Return the last date of a year, never past the due date: what came later belongs to no target."""
    due = period_bounds(goal["due_period"])[1]
    last = min(f"{year}-12-31", due)
    inside = [
        str(date)
        for date in start.figures.index
        if period_year(str(date)) == min(year, int(due[:4])) and period_bounds(str(date))[1] <= last
    ]
    first = period_bounds(goal["baseline_period"])[1]
    later = [date for date in inside if period_bounds(date)[1] > first]
    return later[-1] if later else None


def _broken(goal: pd.Series, start: Start, date: str, catalogue: pd.DataFrame) -> bool:
    """Tell whether the indicator was defined anew between baseline and date."""
    if goal["indicator"] not in catalogue.index or "breaks" not in catalogue:
        return False
    breaks: Any = catalogue["breaks"].loc[goal["indicator"]]
    if not isinstance(breaks, (list, tuple)):
        return False
    first, last = period_bounds(start.date or goal["baseline_period"])[1], period_bounds(date)[1]
    return any(first < period_bounds(str(one))[0 if len(str(one)) == 4 else 1] <= last for one in breaks)


def pair_of(then: pd.Series, now: pd.Series, *, kind: str = "share", effect: float = 1.0) -> dict[str, Any]:
    """Put count and share of two dates side by side, and say what cases and population did to the share.

    Parameters
    ----------
    then, now
        Each with `numerator` and `denominator`.
    kind
        Of the indicator: ``"share"`` (Wilson) or ``"ratio"`` (Byar).
    effect
        Design effect, see `stats.effective`.
    """
    k0, n0, k1, n1 = (
        float(part) for part in (*then[["numerator", "denominator"]], *now[["numerator", "denominator"]])
    )
    if not (n0 > 0 and n1 > 0):
        return {"count_before": k0, "count_now": k1, "change_count": k1 - k0}
    p0, p1 = k0 / n0, k1 / n1
    limits = wilson if kind == "share" and k0 <= n0 and k1 <= n1 else byar
    lower, upper = limits(np.array([k0, k1]), np.array([n0, n1]), design_effect=effect)
    low, high = difference_interval(
        np.array([p1]), lower[1:], upper[1:], np.array([p0]), lower[:1], upper[:1]
    )
    same = p0 * n1
    fewer, smaller = np.sign(k1 - k0), np.sign(p1 - p0)
    return {
        "count_before": k0,
        "count_now": k1,
        "share_before": p0,
        "share_now": p1,
        "share_lower": float(lower[1]),
        "share_upper": float(upper[1]),
        "change_count": k1 - k0,
        "change_points": 100 * (p1 - p0),
        "points_by_cases": 50 * (k1 - k0) * (1 / n0 + 1 / n1),
        "points_by_population": 50 * (k0 + k1) * (1 / n1 - 1 / n0),
        "expected_cases_same_share": same,
        "one_sided": "count_only" if fewer * smaller < 0 or (fewer != 0 and smaller == 0) else None,
        "beyond_chance": bool(low[0] > 0 or high[0] < 0),
        "_low": float(low[0]),
        "_high": float(high[0]),
    }


def _attained(found: dict[str, Any], goal: pd.Series) -> dict[str, Any]:
    """Return the part of the way that is done, with the interval of the change."""
    low, high = found.pop("_low", np.nan), found.pop("_high", np.nan)
    way = found["target"] - found["baseline"]
    if goal["quantity"] == "count":
        low, high = _count_change(found)
    if goal["direction"] == "hold" or not abs(way) > 0 or np.isnan(found["figure"]):
        return {}
    # Without counts nothing was tested, and a missing test is no finding.
    told = None if np.isnan(low) or np.isnan(high) else bool(low > 0 or high < 0)
    if met(goal, found["baseline"], found["target"]):
        # The goal asks for no change: there is no way that could have been gone.
        return {"beyond_chance": told}
    ends = sorted((low / way, high / way))
    return {
        "attained": (found["figure"] - found["baseline"]) / way,
        "attained_lower": ends[0],
        "attained_upper": ends[1],
        "beyond_chance": told,
    }


def _count_change(found: dict[str, Any]) -> tuple[float, float]:
    """Return the interval of a difference of two Poisson counts (Byar's limits, combined)."""
    counts = np.array([found["count_before"], found["count_now"]])
    lower, upper = byar(counts, np.ones(2))
    low, high = difference_interval(counts[1:], lower[1:], upper[1:], counts[:1], lower[:1], upper[:1])
    return float(low[0]), float(high[0])


def _state(goal: pd.Series, start: Start, found: dict[str, Any], date: str) -> dict[str, Any]:
    """Compare the figure with what it should be: at the due date the target, before it the path."""
    due = period_bounds(goal["due_period"])[1]
    if period_bounds(date)[1] >= due:
        good = met(goal, found["figure"], found["target"])
        return {
            "state": "reached" if good else "missed",
            "expected": found["target"],
            "expected_by": "target",
        }
    if found["year"] >= int(due[:4]) and due <= f"{found['year']}-12-31":
        return {"state": "not_assessable", "reason": "no_figure_at_due"}
    expected, source = expected_at(goal, start.figure, date)
    good = met(goal, found["figure"], expected)
    return {"state": "on_track" if good else "behind", "expected": expected, "expected_by": source}
