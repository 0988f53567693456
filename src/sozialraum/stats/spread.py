"""How far true rates differ: what is left of their differences once chance is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["city_and_variance", "true_spread"]

ITERATIONS = 40
"""Newton steps; the sum of squares is convex in the variance, so that each one comes closer from below."""


def true_spread(rates: Floats, variances: Floats) -> Floats:
    """Return the standard deviation of the true rates between districts (Paule-Mandel).

    The variance t solves sum w (p - mean_w)^2 = m - 1 with w = 1 / (v + t); 0 where the rates differ by
    less than chance alone would make them.

    Parameters
    ----------
    rates
        Shape (..., districts, indicators); NaN where unknown.
    variances
        Sampling variances, broadcast against `rates`.

    Returns
    -------
    NDArray
        Shape (..., 1, indicators), in the unit of the rates.

    References
    ----------
    Paule & Mandel (1982), Consensus values and weighting factors, J. Res. NBS 87; DerSimonian & Kacker
    (2007), Random-effects model for meta-analysis of clinical trials, Contemporary Clinical Trials 28.

    Examples
    --------
    Without sampling error it is the ordinary standard deviation (ddof 1).

    >>> float(true_spread(np.array([[0.1], [0.2], [0.3]]), np.full((3, 1), 1e-12))[0, 0].round(6))
    0.1
    """
    known = np.isfinite(rates) & np.isfinite(variances)
    p = np.where(known, rates, 0.0)
    v = np.where(known, np.maximum(variances, 1e-12), 1.0)
    wanted = known.sum(axis=-2, keepdims=True) - 1
    tau2 = np.zeros(wanted.shape)
    for _ in range(ITERATIONS):
        weight = np.where(known, 1 / (v + tau2), 0.0)
        total = np.maximum(weight.sum(axis=-2, keepdims=True), 1e-12)
        squares = np.where(known, p - (weight * p).sum(axis=-2, keepdims=True) / total, 0.0) ** 2
        excess = (weight * squares).sum(axis=-2, keepdims=True) - wanted
        slope = (weight**2 * squares).sum(axis=-2, keepdims=True)
        step = np.where((excess > 1e-10) & (slope > 0), excess / np.maximum(slope, 1e-12), 0.0)
        if not step.any():
            break
        tau2 = tau2 + step
    return np.asarray(np.sqrt(tau2))


def city_and_variance(events: Floats, population: Floats) -> tuple[Floats, Floats]:
    """Return the city's rate b and the variance a of the true rates by the method of moments.

    With p = e/n, b = sum(e)/sum(n) and s^2 = sum(n (p - b)^2) / sum(n) over m districts,
    a = max(0, s^2 - b / (sum(n)/m)).

    Parameters
    ----------
    events, population
        Effective counts, districts along axis 0; NaN where unknown.

    References
    ----------
    Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics
    40, 283-294.
    """
    known = np.isfinite(events) & (population > 0)
    e, n = np.where(known, events, 0.0), np.where(known, population, 0.0)
    people = n.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # a column without any rate has no city rate either
        b = e.sum(axis=0) / people
        rate = np.where(known, e / np.where(known, n, 1.0), b)
        between = (n * (rate - b) ** 2).sum(axis=0) / people
        a = np.maximum(0.0, between - b * known.sum(axis=0) / people)
    return b, a
