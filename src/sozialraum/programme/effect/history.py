"""What the years before tell of the years after: a shrunken prediction from all of them.

A district's deviation from the year's mean is a lasting level, a drift that adds up (random walk), and the
noise of its counts. Whoever selects districts looks at these years only; given them, the selection says
nothing more, so that regression to the mean is inside the prediction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Components", "Prediction", "fit_components", "predict"]

LEVEL = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.1])
"""Level variance, as a share of the variance observed."""
DRIFT = np.array([0.0, 0.0005, 0.0015, 0.004, 0.01, 0.02, 0.04, 0.08, 0.15])
"""Variance of a year's drift, as a share of the variance observed."""
DESIGN = np.array([1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0])
"""Design effects: how much noisier than single persons the counts are."""
FINER = np.array([0.6, 0.75, 0.87, 1.0, 1.15, 1.33, 1.6])
"""Second grid, as multiples of the best point of the first."""


@dataclass(frozen=True, kw_only=True)
class Components:
    """What differences between districts and years are made of.

    Parameters
    ----------
    level
        Variance of lasting differences.
    drift
        Variance that each year adds.
    design
        Factor on the sampling variance of independent cases; at least 1.
    """

    level: float
    drift: float
    design: float


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Expected deviation of the later mean, per district.

    Parameters
    ----------
    value
        Deviation from the mean of the later years, in the unit of the rates; shape (districts,).
    variance
        Predictive variance of the later mean around it.
    """

    value: Floats
    variance: Floats


def fit_components(deviations: Floats, noise: Floats, times: Floats) -> Components:
    """Find level, drift and design effect by likelihood, on a grid and a finer one around its best point.

    Parameters
    ----------
    deviations
        Districts x years: rates minus the year's mean.
    noise
        Sampling variance of a year's rate per district if its cases were independent.
    times
        Years from the first on, starting at 1.

    Returns
    -------
    Components
        The most likely ones. Covariance per district: ``level + drift * min(s, t)``, plus
        ``design * noise`` on the diagonal; of one shape for all, so that one eigenvector basis serves all.
    """
    observed = float(np.mean(deviations**2))
    if observed == 0:
        return Components(level=0.0, drift=0.0, design=1.0)
    best = _search(deviations, noise, times, LEVEL * observed, DRIFT * observed, DESIGN)
    level = np.unique(np.append(best[0] * FINER, 0.0)) if best[0] else np.array([0.0, 0.03, 0.06]) * observed
    drift = np.unique(np.append(best[1] * FINER, 0.0)) if best[1] else np.array([0.0, 2e-4]) * observed
    design = np.unique(np.maximum(best[2] * FINER, 1.0))
    level_, drift_, design_ = _search(deviations, noise, times, level, drift, design)
    return Components(level=level_, drift=drift_, design=design_)


def _search(
    deviations: Floats, noise: Floats, times: Floats, level: Floats, drift: Floats, design: Floats
) -> tuple[float, float, float]:
    walk = np.minimum.outer(times, times)
    pairs = np.array([(one, other) for one in level for other in drift])
    matrices = pairs[:, :1, None] + pairs[:, 1:, None] * walk
    values, vectors = np.linalg.eigh(matrices)
    values = np.maximum(values, 0.0)
    # pairs x districts x years: the squared deviations in each pair's own directions
    squared = np.einsum("pts,dt->pds", vectors, deviations) ** 2
    fits = np.empty((len(pairs), len(design)))
    for at, factor in enumerate(design):
        variance = values[:, None, :] + np.maximum(factor * noise, 1e-15)[None, :, None]
        fits[:, at] = -0.5 * (np.log(variance) + squared / variance).sum(axis=(1, 2))
    pair, factor_at = divmod(int(np.argmax(fits)), len(design))
    return float(pairs[pair, 0]), float(pairs[pair, 1]), float(design[factor_at])


def predict(
    deviations: Floats,
    noise: Floats,
    later_noise: Floats,
    times: Floats,
    later: Floats,
    components: Components,
) -> Prediction:
    """Predict the mean deviation of the later years from all earlier ones.

    Parameters
    ----------
    deviations, noise, times
        As for `fit_components`.
    later_noise
        Sampling variance of one later year's rate, independent cases.
    later
        The later years, counted as `times`; all after them.
    components
        From `fit_components`.

    Returns
    -------
    Prediction
        ``x = c' V^-1 y`` and ``var(later mean) - c' V^-1 c`` with c the covariance of the later mean with
        the earlier years.
    """
    walk = np.minimum.outer(times, times)
    base = components.level + components.drift * walk
    values, vectors = np.linalg.eigh(base)
    inverse = 1 / (np.maximum(values, 0.0) + np.maximum(components.design * noise, 1e-15)[:, None])
    covariance = vectors.T @ (components.level + components.drift * times)
    turned = deviations @ vectors
    value = (covariance * inverse * turned).sum(axis=1)
    lasting = components.level + components.drift * float(np.minimum.outer(later, later).mean())
    own = lasting + components.design * later_noise / len(later)
    variance = own - (covariance**2 * inverse).sum(axis=1)
    return Prediction(value=value, variance=np.maximum(variance, 1e-12))
