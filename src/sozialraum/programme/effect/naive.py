"""The figures that everybody would compute, beside the honest one, to show why they mislead.

Districts chosen for being extreme become less extreme without any programme; and a change of the whole city
moves high rates by more points. Both look like success in a comparison of before and after, and the second
also in a difference in differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sozialraum.stats.distributions import student_above, student_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialraum.programme.effect.compare import Counts

__all__ = ["Naive", "before_after", "difference_in_differences"]

Base = Literal["last", "all"]


@dataclass(frozen=True, kw_only=True)
class Naive:
    """A change and what its own formula says of it.

    Parameters
    ----------
    change
        Rates, not points; below 0: fell (more than elsewhere).
    se
        By the binomial formula (before-after), or from the spread between districts.
    p_lower, p_higher
        One-sided.
    """

    change: float
    se: float
    p_lower: float
    p_higher: float


def _result(change: float, se: float, df: float = np.inf) -> Naive:
    statistic = change / se if se > 0 else np.nan
    return Naive(
        change=change, se=se, p_lower=student_below(statistic, df), p_higher=student_above(statistic, df)
    )


def before_after(before: Counts, after: Counts, treated: Sequence[int], *, base: Base = "last") -> Naive:
    """Compare the treated districts' common rate before and after, as if nothing else changed."""
    rows = list(treated)
    years = slice(-1, None) if base == "last" else slice(None)
    e0, n0 = before.events[rows, years].sum(), before.population[rows, years].sum()
    e1, n1 = after.events[rows].sum(), after.population[rows].sum()
    p0, p1 = e0 / n0, e1 / n1
    # The same people are counted every year: a year's size, not the years' sum, is what is independent.
    se = np.sqrt(
        p0 * (1 - min(p0, 1)) / before.population[rows, -1].sum()
        + p1 * (1 - min(p1, 1)) / after.population[rows].mean(axis=1).sum()
    )
    return _result(float(p1 - p0), float(se))


def difference_in_differences(
    before: Counts, after: Counts, treated: Sequence[int], untreated: Sequence[int], *, base: Base = "last"
) -> Naive:
    """Compare the treated districts' mean change with the untreated ones' (Welch's t)."""
    start = before.rates[:, -1] if base == "last" else before.rates.mean(axis=1)
    change = after.rates.mean(axis=1) - start
    one, other = change[list(treated)], change[list(untreated)]
    spread = float(other.var(ddof=1))
    own = float(one.var(ddof=1)) if len(one) > 1 else spread
    a, b = own / len(one), spread / len(other)
    df = (a + b) ** 2 / (a**2 / max(len(one) - 1, 1) + b**2 / (len(other) - 1)) if a + b > 0 else np.inf
    return _result(float(one.mean() - other.mean()), float(np.sqrt(a + b)), df)
