"""Slopes and breaks of many short series at once; a series is a row, a date a column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.stats.multiple import adjust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Breaks", "Slopes", "break_test", "dated_years", "trend_test"]

TAIL = 0.025
"""Error probability on either side of a slope's interval."""

MEMORIES = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Correlations of neighbouring years under which a trend must stand."""

IMPLAUSIBLE = 0.02
"""A correlation is left out if series that have it look as little correlated as this one so rarely."""

SERIES = 10_000
"""Simulated series for each correlation and length."""

TAILS = 3
"""Degrees of freedom of Student's t for changes without a break: heavier than normal, than Laplace too."""

FEWEST_FOR_BREAK = 7
BREAK_LEVEL = 0.01
SIMULATIONS = 20_000
STANDARD_ERRORS = 3.0


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """Theil-Sen slopes per year with 95 % intervals and a two-sided p; each of shape (n,)."""

    slope: Floats
    lower: Floats
    upper: Floats
    p: Floats


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """The largest break of each series; each of shape (n,).

    `position` is the column of the first date after the break, -1 where there is none; `change` the largest
    change, `p` its simulated probability (NaN with too few dates), `p_adjusted` the same corrected for the
    number of series.
    """

    position: NDArray[np.intp]
    change: Floats
    p: Floats
    p_adjusted: Floats


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


def trend_test(values: Floats, years: Floats) -> Slopes:
    """Return Theil-Sen's slope with interval and p that hold although years resemble their neighbours.

    Kendall's S is compared with simulated series without a trend, in which neighbouring years correlate with
    0, 0.2, ... 0.8 (first order autoregression). p is the largest of those under which the series' own first
    autocorrelation, after its straight line is taken out, is not implausibly low (Berger & Boos 1994): few
    dates cannot tell memory from trend, so the doubt counts against the trend. The interval holds all slopes
    that the same test does not reject. Nothing is assumed of the distribution but its order.

    With five or six dates hardly any series can show a trend this way; the slope still tells its size.

    Parameters
    ----------
    values
        Shape (n, dates); NaN where a value is missing: the years around it count as neighbours.
    years
        Shape (dates,), ascending.

    Returns
    -------
    Slopes
        NaN with fewer than two values; p and interval NaN with fewer than 5. The interval is unbounded where
        not even a series that always rises would be enough.

    References
    ----------
    Berger & Boos (1994), P values maximized over a confidence set for the nuisance parameter, JASA 89.
    """
    one, two = np.triu_indices(values.shape[1], 1)
    steps = (values[:, two] - values[:, one]) / (years[two] - years[one])
    known = np.isfinite(values)
    points = known.sum(axis=1)
    score = np.abs(np.nansum(np.sign(steps), axis=1))
    steps = np.sort(steps, axis=1)
    slope, lower, upper, p = (np.full(len(values), np.nan) for _ in range(4))
    for n in np.unique(points[points > 1]):
        rows = np.flatnonzero(points == n)
        size = n * (n - 1) // 2
        slope[rows] = (steps[rows, (size - 1) // 2] + steps[rows, size // 2]) / 2
        if n < FEWEST_FOR_TREND:
            continue
        columns = np.nonzero(known[rows])[1].reshape(len(rows), n)
        series = np.take_along_axis(values[rows], columns, axis=1)
        p[rows], least = _worst_case(series, score[rows], int(n))
        # S at a slope b counts the pairs steeper than b less the others; the interval keeps |S(b)| < least.
        outer = ((size - least) // 2).astype(int)
        inside = outer >= 0
        low, high = steps[rows, np.maximum(outer, 0)], steps[rows, size - 1 - np.maximum(outer, 0)]
        lower[rows], upper[rows] = np.where(inside, low, -np.inf), np.where(inside, high, np.inf)
    return Slopes(slope=slope, lower=lower, upper=upper, p=p)


FEWEST_FOR_TREND = 5


def _worst_case(series: Floats, score: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the largest plausible p of each series, and the least score that would be significant."""
    memory = _autocorrelation(series)
    p, least = np.zeros(len(series)), np.zeros(len(series))
    for rho, (scores, memories) in zip(MEMORIES, _without_trend(n), strict=True):
        rank = np.searchsorted(memories, memory, side="right") / len(memories)
        plausible = (rank >= IMPLAUSIBLE) | (rho == MEMORIES[0])
        rarer = len(scores) - np.searchsorted(scores, score - 0.5)
        p = np.where(plausible, np.maximum(p, (rarer + 1) / (len(scores) + 1)), p)
        least = np.where(plausible, np.maximum(least, _critical(scores, n)), least)
    return p, least


def _critical(scores: Floats, n: int) -> float:
    """Return the least score that at most 5 % of the simulated series reach; past the end if none."""
    size = n * (n - 1) // 2
    for possible in range(size % 2, size + 1, 2):
        if (len(scores) - np.searchsorted(scores, possible - 0.5) + 1) / (len(scores) + 1) <= 2 * TAIL:
            return float(possible)
    return float(size + 2)


def _autocorrelation(series: Floats) -> Floats:
    """Return the first autocorrelation of each row after its straight line is taken out; 0 for a line."""
    time = np.arange(series.shape[1]) - (series.shape[1] - 1) / 2
    rest = series - series.mean(axis=1, keepdims=True)
    rest = rest - np.outer(rest @ time / (time @ time), time)
    power = (rest**2).sum(axis=1)
    straight = power <= 1e-20 * (series**2).sum(axis=1)
    found = (rest[:, 1:] * rest[:, :-1]).sum(axis=1) / np.where(straight, 1.0, power)
    return np.where(straight, 0.0, found)


@cache
def _without_trend(n: int) -> tuple[tuple[Floats, Floats], ...]:
    """Return for each of `MEMORIES` the sorted |S| and autocorrelations of simulated series of n years."""
    random = np.random.default_rng([n, SERIES])
    found = []
    for rho in MEMORIES:
        series = random.standard_normal((SERIES, n))
        for year in range(1, n):
            series[:, year] = rho * series[:, year - 1] + np.sqrt(1 - rho**2) * series[:, year]
        score = np.zeros(SERIES)
        for lag in range(1, n):
            score += np.sign(series[:, lag:] - series[:, :-lag]).sum(axis=1)
        found.append((np.sort(np.abs(score)), np.sort(_autocorrelation(series))))
    return tuple(found)


def break_test(values: Floats, errors: Floats, *, seed: int) -> Breaks:
    """Find the change between two consecutive values that stands out from all others of a series.

    p is at most 1 % for the series alone, and at most 5 % when corrected for all series together. A single
    odd date is no break: the change must not be undone, by half or more, by the next one.

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
    adjusted = adjust(p)
    position[~(adjusted <= 2 * TAIL)] = -1
    return Breaks(position=position, change=change, p=p, p_adjusted=adjusted)


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
    """Return the sorted ratios of simulated series of n values with independent changes of heavy tails.

    Changes in counts of districts have heavier tails than the normal distribution; Student's t with few
    degrees of freedom keeps the level for Laplace's, too. Scatter around a straight line gives smaller
    ratios, so that p is valid for it as well.
    """
    random = np.random.default_rng([seed, n])
    return np.sort(_stands_out(random.standard_t(TAILS, (SIMULATIONS, n)).cumsum(axis=1))[0])
