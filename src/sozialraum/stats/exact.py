"""Exact tests of a district against the rest of its city, their correction, and their power."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Correction", "adjust", "exact_p", "power_table"]

Correction = Literal["benjamini-hochberg", "bonferroni", "none"]


STEPS = 8
"""Terms added between two looks at which sums are complete; looking costs more than a few terms of 0."""


def exact_p(
    events: ArrayLike,
    population: ArrayLike,
    city_events: ArrayLike,
    city_population: ArrayLike,
    *,
    bounded: ArrayLike = True,
    ceiling: float = 1.0,
) -> Floats:
    """Test whether a district's rate differs from that of the rest of the city, without approximation.

    The district is part of the city. If all of the city had one rate, then, given the city's K events
    among N people, the events x of a district with n people would be a draw without replacement:
    hypergeometric(N, K, n). This is Fisher's exact test of the district against the city without it.
    Where the rate is not bounded by 1 (events per person, Poisson) the same condition gives
    binomial(K, n/N). p = min(1, 2 min(P(X <= x), P(X >= x))).

    Parameters
    ----------
    events, population
        Counts of the districts; any shapes that broadcast. Estimated counts are rounded.
    city_events, city_population
        Counts of the whole city, the districts included.
    bounded
        True for shares (each person is an event or not), False for events per person.
    ceiling
        A p above this is returned as 1, which is quicker; the default computes every p.

    Returns
    -------
    ndarray
        Two-sided p; NaN where a count is missing or impossible.

    References
    ----------
    Fisher (1935); Przyborowski & Wilenski (1940).
    """
    x, n, k, total, share = (
        np.asarray(part)
        for part in np.broadcast_arrays(
            *(
                np.rint(np.asarray(a, dtype=float))
                for a in (events, population, city_events, city_population)
            ),
            np.asarray(bounded, dtype=bool),
        )
    )
    possible = (x >= 0) & (x <= k) & (n > 0) & (n <= total)
    p = np.full(x.shape, np.nan)
    shares = possible & share & (x <= n) & (k <= total) & (k - x <= total - n)
    p[shares] = _hypergeometric(x[shares], n[shares], k[shares], total[shares], ceiling)
    ratios = possible & ~share
    p[ratios] = _poisson(x[ratios], n[ratios], k[ratios], total[ratios])
    return p


def _poisson(x: Floats, n: Floats, k: Floats, total: Floats) -> Floats:
    from scipy.special import betainc  # noqa: PLC0415 - loads only where it is used

    chance = n / total
    # Distribution of the binomial as incomplete beta function; certain at the ends.
    upper = np.where(x > 0, betainc(np.maximum(x, 1), k - x + 1, chance), 1.0)
    lower = np.where(x < k, betainc(np.maximum(k - x, 1), x + 1, 1 - chance), 1.0)
    both: Floats = np.minimum(1.0, 2 * np.minimum(lower, upper))
    return both


def _hypergeometric(x: Floats, n: Floats, k: Floats, total: Floats, ceiling: float) -> Floats:
    """Sum the tail that begins at x and leads away from the expected value.

    Each term follows from the one before; the terms only shrink, so the sum stops once nothing is added.
    Past the last possible count the factor is 0, and the terms stay 0.
    """
    from scipy.special import gammaln  # noqa: PLC0415 - loads only where it is used

    # Fewer events than expected are more non-events than expected: one tail serves for both.
    fewer = x * total < n * k
    x, k = np.where(fewer, n - x, x), np.where(fewer, total - k, k)

    def log_choose(of: Floats, take: Floats) -> Floats:
        found: Floats = gammaln(of + 1) - gammaln(take + 1) - gammaln(of - take + 1)
        return found

    first = np.exp(log_choose(k, x) + log_choose(total - k, n - x) - log_choose(total, n))
    result = np.ones(len(x))
    open_ = np.flatnonzero(2 * first <= ceiling)
    term = first[open_]
    tail = term.copy()
    x, n, k, rest = x[open_], n[open_], k[open_], (total - n - k)[open_]
    while len(open_):
        for _ in range(STEPS):
            term = term * ((k - x) * (n - x) / ((x + 1) * (rest + x + 1)))
            x = x + 1
            tail = tail + term
        over = 2 * tail > ceiling
        done = (term <= 1e-17 * tail) & ~over
        result[open_[done]] = np.minimum(1.0, 2 * tail[done])
        left = ~(done | over)
        open_, term, tail = open_[left], term[left], tail[left]
        x, n, k, rest = x[left], n[left], k[left], rest[left]
    return result


def adjust(p: ArrayLike, *, correction: Correction = "benjamini-hochberg", axis: int = -1) -> Floats:
    """Correct p-values for the number of tests along `axis`; NaN is no test and stays NaN.

    Parameters
    ----------
    p
        Any shape.
    correction
        ``"benjamini-hochberg"``: among those called conspicuous the expected share of false ones is at
        most alpha. ``"bonferroni"``: p times the number of tests. ``"none"``.

    References
    ----------
    Benjamini & Hochberg (1995).
    """
    raw = np.moveaxis(np.asarray(p, dtype=float), axis, -1)
    tests = np.sum(~np.isnan(raw), axis=-1, keepdims=True)
    if correction == "none":
        adjusted = raw.copy()
    elif correction == "bonferroni":
        adjusted = np.minimum(1.0, raw * tests)
    else:
        order = np.argsort(raw, axis=-1)  # NaN last
        ascending = np.take_along_axis(raw, order, axis=-1)
        ranks = np.arange(1, raw.shape[-1] + 1)
        scaled = np.where(np.isnan(ascending), np.inf, ascending * tests / ranks)
        least = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
        adjusted = np.full(raw.shape, np.nan)
        np.put_along_axis(adjusted, order, np.minimum(1.0, least), axis=-1)
        adjusted[np.isnan(raw)] = np.nan
    return np.moveaxis(adjusted, -1, axis)


def power_table(
    denominators: Sequence[int],
    rates: Sequence[float],
    *,
    city_rate: float,
    city_population: int,
    alpha: float = 0.05,
    tests: int = 1,
) -> pd.DataFrame:
    """Compute how likely the exact test tells a district of a given size and rate from the city.

    Parameters
    ----------
    denominators
        Sizes of the district, the rows.
    rates
        True rates of the district, the columns, 0..1.
    city_rate, city_population
        Rate and denominator of the whole city.
    alpha, tests
        The test is made at ``alpha / tests``, the strictest level that a correction for so many tests
        can ask for.

    Returns
    -------
    pd.DataFrame
        Probabilities 0..1: every possible count is tested, and weighted with its binomial probability.
    """
    from scipy.special import gammaln, xlog1py, xlogy  # noqa: PLC0415 - loads only where it is used

    table = pd.DataFrame(
        index=pd.Index(denominators, name="denominator"), columns=pd.Index(rates, name="rate"), dtype=float
    )
    events = round(city_rate * city_population)
    for n in denominators:
        x = np.arange(n + 1, dtype=float)
        found = exact_p(x, n, events, city_population) <= alpha / tests
        ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
        for rate in rates:
            chance = np.exp(ways + xlogy(x, rate) + xlog1py(n - x, -rate))
            table.loc[n, rate] = chance[found].sum()
    return table
