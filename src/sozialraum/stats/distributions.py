"""Distribution functions of whole numbers and of Student's t, without the second that `scipy.stats` loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "beta_binomial_at_most",
    "binomial_at_most",
    "binomial_more",
    "hypergeometric_more",
    "negative_binomial_at_most",
    "poisson_at_most",
    "student_above",
    "student_below",
]


def binomial_at_most(k: ArrayLike, size: ArrayLike, rate: ArrayLike) -> Floats:
    """Return P(X <= k), X binomial; `k` and `size` are whole numbers."""
    from scipy.special import betaincc  # noqa: PLC0415 - loads only where it is used

    return _binomial(betaincc, k, size, rate, below=0.0, above=1.0)


def binomial_more(k: ArrayLike, size: ArrayLike, rate: ArrayLike) -> Floats:
    """Return P(X > k), X binomial; `k` and `size` are whole numbers."""
    from scipy.special import betainc  # noqa: PLC0415 - as above

    return _binomial(betainc, k, size, rate, below=1.0, above=0.0)


def _binomial(
    part: np.ufunc, k: ArrayLike, size: ArrayLike, rate: ArrayLike, *, below: float, above: float
) -> Floats:
    x, n = np.asarray(k, dtype=float), np.asarray(size, dtype=float)
    inside = part(np.maximum(x + 1, 0.5), np.maximum(n - x, 0.5), np.asarray(rate, dtype=float))
    return np.where(x < 0, below, np.where(x >= n, above, inside))


def poisson_at_most(k: float, mean: float) -> float:
    """Return P(X <= k), X Poisson."""
    from scipy.special import gammaincc  # noqa: PLC0415 - as above

    return float(gammaincc(k + 1, mean)) if k >= 0 else 0.0


def negative_binomial_at_most(k: float, shape: float, chance: float) -> float:
    """Return P(X <= k), X the failures before `shape` successes, each with probability `chance`."""
    from scipy.special import betainc  # noqa: PLC0415 - as above

    return float(betainc(shape, k + 1, chance)) if k >= 0 else 0.0


def beta_binomial_at_most(k: float, size: int, a: float, b: float) -> float:
    """Return P(X <= k), X binomial with a rate that is beta(a, b)."""
    from scipy.special import betaln  # noqa: PLC0415 - as above

    if k < 0 or k >= size:
        return float(k >= size)
    x = np.arange(int(k) + 1, dtype=float)
    log = betaln(x + a, size - x + b) - betaln(a, b) - betaln(size - x + 1, x + 1) - np.log(size + 1)
    return float(min(1.0, np.exp(log).sum()))


def hypergeometric_more(k: float, whole: int, marked: int, drawn: int) -> float:
    """Return P(X > k), X the marked among `drawn` of `whole`, of which `marked` are marked."""
    from scipy.special import betaln  # noqa: PLC0415 - as above

    x = np.arange(max(int(k) + 1, drawn + marked - whole, 0), min(marked, drawn) + 1, dtype=float)

    def choices(n: Floats | float, of: Floats | float) -> Floats:
        return np.asarray(-np.log(n + 1) - betaln(n - of + 1, of + 1))

    log = choices(marked, x) + choices(whole - marked, drawn - x) - choices(whole, drawn)
    return float(min(1.0, np.exp(log).sum()))


def student_below(t: float, df: float) -> float:
    """Return P(T <= t); infinite degrees of freedom stand for the normal distribution."""
    from scipy.special import ndtr, stdtr  # noqa: PLC0415 - as above

    return float(ndtr(t) if np.isinf(df) else stdtr(df, t))


def student_above(t: float, df: float) -> float:
    """Return P(T > t)."""
    return student_below(-t, df)
