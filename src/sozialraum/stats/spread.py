"""How far true rates differ: what is left of their differences once chance is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["city_and_variance", "slope_of_squares", "true_spread"]

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


def slope_of_squares(variance: Floats, squares: Floats) -> tuple[float, float]:
    """Regress squared differences on their sampling variances, with an intercept of at least 0.

    A squared difference varies like its own expectation, so it is weighted with the inverse square of that,
    iterated.

    Parameters
    ----------
    variance, squares
        Shape (n,), positive and without gaps.

    Returns
    -------
    tuple of float
        Slope and its standard error; NaN where the variances do not differ. The slope may be negative.

    Examples
    --------
    >>> slope, _ = slope_of_squares(np.array([1.0, 2.0, 3.0]), np.array([5.0, 7.0, 9.0]))
    >>> round(slope, 6)
    2.0
    """
    slope, rest = float(squares.sum() / variance.sum()), 0.0
    for _ in range(20):
        weight = 1 / np.maximum(rest + slope * variance, 1e-18) ** 2
        total = weight.sum()
        mean_x, mean_y = (weight * variance).sum() / total, (weight * squares).sum() / total
        spread = float((weight * (variance - mean_x) ** 2).sum())
        if spread <= 1e-9 * total * mean_x**2:
            return float("nan"), float("nan")
        # Squares of normal deviations have twice the square of their expectation as variance.
        error = float(np.sqrt(2 / spread))
        slope = float((weight * (variance - mean_x) * (squares - mean_y)).sum() / spread)
        rest = float(mean_y - slope * mean_x)
        if rest < 0:
            rest = 0.0
            slope = float((weight * variance * squares).sum() / (weight * variance**2).sum())
        if slope <= 0:
            break
    return slope, error
