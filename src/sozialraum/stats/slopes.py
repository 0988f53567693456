"""Slopes and breaks of many short series at once; a series is a row, a date a column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import Problem, SozialraumError, raise_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Breaks", "Slopes", "break_test", "dated_years", "theil_sen"]

TAIL = 0.025
"""Error probability on either side of a slope's interval."""

FEWEST_FOR_BREAK = 7
BREAK_LEVEL = 0.01
SIMULATIONS = 20_000
STANDARD_ERRORS = 3.0


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """Theil-Sen slopes per year with 95 % intervals and Kendall's exact two-sided p; each of shape (n,)."""

    slope: Floats
    lower: Floats
    upper: Floats
    p: Floats


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """The largest break of each series; each of shape (n,).

    `position` is the column of the first date after the break, -1 where there is none; `change` the largest
    change, `p` its simulated probability (NaN with too few dates).
    """

    position: NDArray[np.intp]
    change: Floats
    p: Floats


def dated_years(dates: Sequence[str]) -> Floats:
    """Turn ISO dates into years with decimals.

    Raises
    ------
    SozialraumError
        Names all texts that are no dates.

    Examples
    --------
    >>> dated_years(["2020-01-01", "2020-07-02"]).tolist()
    [2020.0, 2020.5]
    """
    years, wrong = [], []
    for date in dates:
        try:
            day = dt.date.fromisoformat(date)
        except ValueError:
            wrong.append(date)
            continue
        start, end = dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
        years.append(day.year + (day - start).days / ((end - start).days + 1))
    if wrong:
        problem = Problem(code="mixing.not_a_date", keys=tuple(dict.fromkeys(wrong)))
        raise_problems([problem], SozialraumError)
    return np.array(years, dtype=float)


@cache
def _inversions(n: int) -> Floats:
    """Return P(inversions <= k) of a random order of n things, for k = 0 .. n (n - 1) / 2."""
    counts = np.ones(1)
    for size in range(2, n + 1):
        counts = np.convolve(counts, np.ones(size)) / size
    return np.cumsum(counts)


def theil_sen(values: Floats, years: Floats) -> Slopes:
    """Return the median of all pairwise slopes, with Sen's interval and Kendall's test, both exact.

    Ties among the values make interval and test more cautious, never less.

    Parameters
    ----------
    values
        Shape (n, dates); NaN where a value is missing.
    years
        Shape (dates,), all different.

    Returns
    -------
    Slopes
        NaN with fewer than two values; interval NaN with fewer than 5, which cannot give 95 %.

    References
    ----------
    Sen (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63.
    """
    one, two = np.triu_indices(values.shape[1], 1)
    steps = (values[:, two] - values[:, one]) / (years[two] - years[one])
    pairs = np.isfinite(steps).sum(axis=1)
    points = np.isfinite(values).sum(axis=1)
    sign = np.nansum(np.sign(steps), axis=1)
    steps = np.sort(steps, axis=1)
    slope, lower, upper, p = (np.full(len(values), np.nan) for _ in range(4))
    for n in np.unique(points[points > 1]):
        rows = np.flatnonzero(points == n)
        size = int(pairs[rows[0]])
        below = _inversions(int(n))
        slope[rows] = (steps[rows, (size - 1) // 2] + steps[rows, size // 2]) / 2
        p[rows] = np.minimum(1.0, 2 * below[((size - np.abs(sign[rows])) // 2).astype(int)])
        outer = int(np.searchsorted(below, TAIL, side="right"))
        if outer:
            lower[rows], upper[rows] = steps[rows, outer - 1], steps[rows, size - outer]
    return Slopes(slope=slope, lower=lower, upper=upper, p=p)


def break_test(values: Floats, errors: Floats, *, seed: int) -> Breaks:
    """Find the change between two consecutive values that stands out from all others of a series.

    A single odd date is no break: the change must not be undone, by half or more, by the next one.

    Parameters
    ----------
    values
        Shape (n, dates), dates ascending; missing ones are NaN and are passed over.
    errors
        Standard errors of the values, 0 where unknown.
    seed
        For the reference distribution.
    """
    position = np.full(len(values), -1, dtype=np.intp)
    change, p = np.full(len(values), np.nan), np.full(len(values), np.nan)
    known = np.isfinite(values)
    points = known.sum(axis=1)
    for n in np.unique(points[points >= FEWEST_FOR_BREAK]):
        rows = np.flatnonzero(points == n)
        columns = np.nonzero(known[rows])[1].reshape(len(rows), n)
        series = np.take_along_axis(values[rows], columns, axis=1)
        error = np.take_along_axis(errors[rows], columns, axis=1)
        ratio, largest, stays = _stands_out(series)
        reference = _reference(int(n), seed)
        rarer = len(reference) - np.searchsorted(reference, ratio * (1 - 1e-9), side="left")
        p[rows] = (rarer + 1) / (len(reference) + 1)
        line = np.arange(len(rows))
        change[rows] = series[line, largest + 1] - series[line, largest]
        noise = np.hypot(error[line, largest + 1], error[line, largest])
        found = stays & (p[rows] <= BREAK_LEVEL) & (np.abs(change[rows]) > STANDARD_ERRORS * noise)
        position[rows] = np.where(found, columns[line, largest + 1], -1)
    return Breaks(position=position, change=change, p=p)


def _stands_out(series: Floats) -> tuple[Floats, NDArray[np.intp], NDArray[np.bool_]]:
    """Return the ratio of the largest change to the usual one, where it is, and whether it stays."""
    steps = np.diff(series, axis=1)
    steps = steps - np.median(steps, axis=1, keepdims=True)
    size = np.abs(steps)
    # What rounding leaves of equal steps is no change.
    size[size <= 1e-12 * np.abs(series).max(axis=1, keepdims=True)] = 0.0
    largest = size.argmax(axis=1)
    line = np.arange(len(series))
    top = size[line, largest]
    size[line, largest] = 0.0
    usual = np.sqrt((size**2).sum(axis=1) / (size.shape[1] - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(top > 0, top / usual, 0.0)
    following = np.concatenate([steps, np.zeros((len(series), 1))], axis=1)[line, largest + 1]
    stays = -np.sign(steps[line, largest]) * following < top / 2
    return ratio, largest, stays & (top > 0)


@cache
def _reference(n: int, seed: int) -> Floats:
    """Return the sorted ratios of simulated series of n values with independent normal changes.

    Scatter around a straight line gives smaller ratios, so that p is valid for it, too.
    """
    random = np.random.default_rng([seed, n])
    return np.sort(_stands_out(random.standard_normal((SIMULATIONS, n)).cumsum(axis=1))[0])
