"""From what a goal says to the figure it aims at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.programme.sheets.cells import amount
from sozialraum.programme.sheets.periods import period_bounds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["expected_at", "met", "target_figure"]


def target_figure(goal: pd.Series, baseline: float, written: str | None = None) -> float:
    """Return the figure that a goal aims at, in its own quantity (a share as 0..1, a count in cases).

    Parameters
    ----------
    goal
        A row of ``programme["goals"]``.
    baseline
        Figure at the baseline, in the same quantity; NaN where it is not known.
    written
        Another target of the same kind, such as a milestone; the goal's own by default.

    Returns
    -------
    float
        Five children fewer out of 25 by "1/5": 20. NaN where the baseline is needed and not known.
    """
    found = amount(written or goal["target"])
    number = found.number / 100 if found.unit == "%" else found.number
    sign = {"lower": -1.0, "raise": 1.0}.get(goal["direction"], 0.0)
    kind, share = goal["target_kind"], goal["quantity"] == "share"
    if kind == "points":
        return float(baseline + sign * found.number / 100)
    if kind == "fraction":
        return float(baseline * (1 + sign * number))
    return float(found.number / 100) if share else float(found.number)


def met(goal: pd.Series, figure: float, target: float) -> bool:
    """Tell whether a figure meets a target; both in the goal's own quantity."""
    if np.isnan(figure) or np.isnan(target):
        return False
    # The last digit of a sum of shares is no reason to miss a target.
    slack = 1e-9
    if goal["target_kind"] == "at_most":
        return figure <= target + slack
    if goal["target_kind"] == "at_least":
        return figure >= target - slack
    if goal["direction"] == "hold":
        return abs(figure - target) <= slack
    return figure <= target + slack if goal["direction"] == "lower" else figure >= target - slack


def expected_at(goal: pd.Series, baseline: float, date: str) -> tuple[float, str]:
    """Return the figure that a goal should have reached at a date, and by what: milestone or path.

    Parameters
    ----------
    goal
        A row of ``programme["goals"]``.
    baseline
        Figure at the baseline.
    date
        A day, year or school year before the goal is due.

    Returns
    -------
    expected
        A milestone of that very period, else the figure on the straight line from the baseline (or the
        last milestone before) to the next milestone or the target.
    source
        ``"milestone"``, ``"path"`` or ``"target"`` (limits that hold at all times).
    """
    target = target_figure(goal, baseline)
    if goal["direction"] == "hold" or (met(goal, baseline, target) and not goal["milestones"]):
        return target, "target"
    day = period_bounds(date)[1]
    points = [(period_bounds(goal["baseline_period"])[1], baseline)]
    points += [
        (period_bounds(when)[1], target_figure(goal, baseline, much)) for when, much in goal["milestones"]
    ]
    points.append((period_bounds(goal["due_period"])[1], target))
    points.sort(key=lambda point: point[0])
    for when, figure in points[1:-1]:
        if when == day:
            return figure, "milestone"
    days = [np.datetime64(when).astype(float) for when, _ in points]
    return float(np.interp(np.datetime64(day).astype(float), days, [figure for _, figure in points])), "path"
