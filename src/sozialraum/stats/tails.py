"""Tail probabilities of counts, with mid-p, for effective (fractional) numbers of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["tails"]


def tails(
    events: ArrayLike, people: ArrayLike, rate: ArrayLike, *, bounded: ArrayLike = True
) -> tuple[Floats, Floats]:
    """Return how likely chance gives so few, and so many, events at a rate.

    Mid-p: P(X < x) + P(X = x) / 2 and P(X > x) + P(X = x) / 2, X binomial(n, rate) where the rate is bounded
    by 1 (shares), else Poisson(n rate). Effective counts are no whole numbers; the incomplete beta and gamma
    functions carry both distributions on between them.

    Parameters
    ----------
    events, people
        Counts, whole or effective; broadcast against one another.
    rate
        The rate that is to be refuted. Outside of what is possible nothing refutes it: both tails are 1.
    bounded
        True for shares, False for events per person.

    Returns
    -------
    tuple
        Lower tail and upper tail; NaN where a count is missing or impossible.

    References
    ----------
    Lancaster (1961), Significance tests in discrete distributions, JASA 56.

    Examples
    --------
    One head in two throws: half of P = 1/2 and all of P(0) = 1/4.

    >>> [float(tail) for tail in tails(1, 2, 0.5)]
    [0.5, 0.5]
    """
    from scipy.special import betainc, gammainc  # noqa: PLC0415 - loads only where it is used

    parts = (np.asarray(part, dtype=float) for part in (events, people, rate))
    x, n, r, share = np.broadcast_arrays(*parts, np.asarray(bounded, dtype=bool))
    valid = (x >= 0) & (n > 0) & ~(share & (x > n))
    possible = (r > 0) & (~share | (r < 1))
    used = valid & possible
    top = np.where(used, x, 0.0)
    size = np.where(used, n, 1.0)
    chance = np.where(used, r, 0.5)
    one, spare = np.minimum(chance, 1.0), np.maximum(size - top, 0.0)
    # P(X >= x) and P(X > x); no distribution has less than 0 or more than n events.
    binomial = (
        np.where(top > 0, betainc(np.maximum(top, 1e-300), spare + 1, one), 1.0),
        np.where(spare > 0, betainc(top + 1, np.maximum(spare, 1e-300), one), 0.0),
    )
    poisson = (
        np.where(top > 0, gammainc(np.maximum(top, 1e-300), size * chance), 1.0),
        gammainc(top + 1, size * chance),
    )
    reached, passed = (np.where(share, one_, other) for one_, other in zip(binomial, poisson, strict=True))
    upper = (reached + passed) / 2
    nothing = np.where(valid, 1.0, np.nan)
    return np.where(used, 1 - upper, nothing), np.where(used, upper, nothing)
