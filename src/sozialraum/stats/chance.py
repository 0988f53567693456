"""What chance alone produces when a group is dealt out over districts of given sizes.

A group of `members` among `total` inhabitants, dealt out at random, puts X of them into a district of `size`
inhabitants; X is hypergeometric. What is linear in such districts (dissimilarity, isolation, entropy) has an
exact expectation, however the districts depend on each other, so nothing has to be simulated.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["generator", "mean_absolute_deviation", "mean_entropy", "midp_difference"]

REACH = 8.0
"""Half width, in standard deviations, of the part of a distribution that is summed; outside lies < 1e-14."""

MANY = 50
"""Expected members from which a series is as good as a sum."""

CELLS = 1 << 20
"""Most cells of a distribution table at one time."""

STEPS = 16
"""Terms of a tail that are added before it is asked which tails are finished."""


def generator(seed: int, *parts: str) -> np.random.Generator:
    """Return random numbers that belong to `seed` and `parts` alone, whatever else is computed."""
    return np.random.default_rng([seed, zlib.crc32("\x1f".join(parts).encode())])


def _log_choose(n: Floats, k: Floats) -> Floats:
    from scipy.special import gammaln  # noqa: PLC0415 - start-up time

    found: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return found


def _probability(total: Floats, members: Floats, size: Floats, count: Floats) -> Floats:
    log = _log_choose(members, count) + _log_choose(total - members, size - count) - _log_choose(total, size)
    return np.asarray(np.exp(log))


def mean_absolute_deviation(total: ArrayLike, members: ArrayLike, size: ArrayLike) -> Floats:
    """Return E|X - E X| of the hypergeometric X, in closed form.

    With ``f(k) = k (total - members - size + k) P(k)``, ``f(k) - f(k + 1) = total (k - E X) P(k)``,
    so the sum over k above the mean telescopes to ``f(k0) / total``, and the deviation is twice that.

    Parameters
    ----------
    total, members, size
        Whole numbers, broadcast against one another; ``members <= total``, ``size <= total``.

    Returns
    -------
    NDArray
        In heads; 0 where nothing can vary.

    References
    ----------
    Diaconis & Zabell (1991), Closed form summation for classical distributions, Statistical Science 6.

    Examples
    --------
    Two of four people are dealt into a place for two: 0, 1 or 2 of them with 1/6, 4/6, 1/6.

    >>> round(float(mean_absolute_deviation(4, 2, 2)), 4)
    0.3333
    """
    whole = (np.asarray(part, dtype=float) for part in (total, members, size))
    n, m, s = np.broadcast_arrays(*whole)
    above = np.floor(s * m / np.where(n > 0, n, 1)) + 1
    possible = (above <= m) & (above <= s) & (n - m - s + above > 0)
    k = np.where(possible, above, np.maximum(0, s + m - n))
    deviation = 2 * k * (n - m - s + k) / np.where(n > 0, n, 1) * _probability(n, m, s, k)
    return np.where(possible, deviation, 0.0)


def mean_entropy(total: float, members: float, size: Floats) -> Floats:
    """Return E[-x ln x] of the share x = X / size, X hypergeometric.

    Summed over the distribution of X. Where 50 or more members are expected, Taylor's series up to the fourth
    central moment takes its place; it differs by less than 1e-4 of what chance takes away from the entropy.

    Parameters
    ----------
    total, members
        Whole numbers.
    size
        Whole numbers above 0, shape (n,).

    Returns
    -------
    NDArray
        Shape (n,), in nats.
    """
    share = members / total
    mean = size * share
    variance = mean * (1 - share) * (total - size) / max(total - 1, 1)
    found = _entropy_series(share, variance, size, (1 - 2 * share) * (total - 2 * size) / max(total - 2, 1))
    spread = np.sqrt(variance)
    low = np.floor(np.maximum(np.maximum(0, size + members - total), mean - REACH * spread - 20))
    high = np.ceil(np.minimum(np.minimum(size, members), mean + REACH * spread + 20))
    few = np.flatnonzero(mean < MANY)
    order = few[np.argsort((high - low)[few], kind="stable")]
    start = 0
    while start < len(order):
        block = order[start:]
        # Districts are sorted by the width of their table, so that a block wastes little of it.
        cells = (high - low + 1)[block] * np.arange(1, len(block) + 1)
        block = block[: max(1, int(np.searchsorted(cells, CELLS)))]
        found[block] = _entropy_block(total, members, size[block], low[block], high[block])
        start += len(block)
    return found


def _entropy_series(share: float, variance: Floats, size: Floats, skew: Floats) -> Floats:
    if share == 0:
        return np.zeros(len(size))
    second, third = variance / size**2, variance * skew / size**3
    series = -share * np.log(share) - second / (2 * share) + third / (6 * share**2)
    return np.asarray(series - 3 * second**2 / (12 * share**3))


def _entropy_block(total: float, members: float, size: Floats, low: Floats, high: Floats) -> Floats:
    steps = np.arange(int((high - low).max()) + 1)
    count = low[:, None] + steps
    inside = count <= high[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (members - count) * (size[:, None] - count)
        ratio /= (count + 1) * (total - members - size[:, None] + count + 1)
        log = np.cumsum(np.log(np.where(inside, ratio, 1.0)), axis=1)
    log = np.concatenate([np.zeros((len(size), 1)), log[:, :-1]], axis=1)
    log[~inside] = -np.inf
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    share = np.where(inside, count / size[:, None], 1.0)
    term = np.where(share > 0, -share * np.log(np.where(share > 0, share, 1.0)), 0.0)
    return np.asarray((weight * term).sum(axis=1) / weight.sum(axis=1))


def midp_difference(
    first: ArrayLike, first_total: ArrayLike, second: ArrayLike, second_total: ArrayLike
) -> Floats:
    """Test whether two shares differ: Fisher's exact test with mid-p, two-sided by doubling.

    Given both sizes and the number of cases together, the cases of the place with the higher share are
    hypergeometric; p is twice the probability of more of them, plus once that of exactly as many. Valid for
    any counts; unlike the plain exact test it is not needlessly conservative for small ones.

    Parameters
    ----------
    first, second
        Cases, whole numbers, shape (m,).
    first_total, second_total
        Inhabitants, shape (m,). Where one is 0 the result is NaN.

    Returns
    -------
    NDArray
        p, shape (m,).

    References
    ----------
    Lancaster (1961), Significance tests in discrete distributions, JASA 56; Hwang & Yang (2001), An
    optimality theory for mid p-values in 2 x 2 contingency tables, Statistica Sinica 11.
    """
    parts = (np.asarray(part, dtype=float) for part in (first, first_total, second, second_total))
    a, n, b, m = np.broadcast_arrays(*parts)
    valid = (n > 0) & (m > 0)
    swap = a * m < b * n
    count, size = np.where(swap, b, a)[valid], np.where(swap, m, n)[valid]
    total, members = (n + m)[valid], (a + b)[valid]
    term = _probability(total, members, size, count)
    tail = term / 2 + _beyond(term, count, size, members, total)
    found = np.full(a.shape, np.nan)
    found[valid] = np.minimum(1.0, 2 * tail)
    return found


def _beyond(term: Floats, count: Floats, size: Floats, members: Floats, total: Floats) -> Floats:
    """Return P(X > count) from ``term = P(X = count)``, adding terms until they vanish."""
    found, rows = np.zeros(len(term)), np.arange(len(term), dtype=np.intp)
    spare = total - members - size
    while rows.size:
        added = np.zeros(len(rows))
        for _ in range(STEPS):
            term = term * (members - count) * (size - count) / ((count + 1) * (spare + count + 1))
            added += term
            count = count + 1
        found[rows] += added
        going = term > 1e-17 * found[rows]
        rows = rows[going]
        term, count, size, members, spare = (part[going] for part in (term, count, size, members, spare))
    return found
