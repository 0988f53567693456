"""What the true rates of all districts may be, given their counts: drawn for all indicators together.

Drawing counts again around observed rates adds noise to noise, and treats as independent what is counted from
the same people. Here the noise is taken away first: over all districts the rates vary with the covariance of
the true rates plus that of their sampling errors. What a district's own counts say is weighed against what
is usual in the city, and true rates are drawn from that posterior distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.assessment.smoothing import shrink
from sozialraum.stats.effective import effective
from sozialraum.stats.spread import true_spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Counted", "Posterior", "fit_posterior", "nested_in"]

HOUSEHOLDS = 0.88
"""Correlation of the counts of a group and of all people where whole households are in or out, such as
children and all persons in receipt: sum(s c) / sqrt(sum(s^2) sum(c^2)), households of s with c children."""

SAME_PEOPLE = 0.98
"""From this ratio of denominators on, two indicators are taken to be asked of the same people."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Complete counts of some districts; arrays of shape (districts, indicators).

    Parameters
    ----------
    events, people
        Counts, without gaps.
    bounded, design_effect
        Per indicator: whether it is a share; counted persons per independent case (NaN: 1).
    inside
        Shape (indicators, indicators): True where the row's people are part of the column's.
    """

    events: Floats
    people: Floats
    bounded: NDArray[np.bool_]
    design_effect: Floats
    inside: NDArray[np.bool_]

    @property
    def rates(self) -> Floats:
        """Observed rates."""
        return np.asarray(self.events / self.people)

    def noise(self) -> Floats:
        """Return the sampling covariance of each district's rates, shape (districts, indicators, indicators).

        Rates are shrunken towards the city's for that, so that a lucky 0 of 100 is not taken for certain.
        """
        people = effective(self.people, self.design_effect)
        rates = shrink(effective(self.events, self.design_effect), people)
        per_case = rates * np.where(self.bounded, 1 - rates, 1.0)
        deviation = np.sqrt(np.maximum(per_case, 1e-9) / people)
        return deviation[:, :, None] * deviation[:, None, :] * self._correlation(rates)

    def _correlation(self, rates: Floats) -> Floats:
        """Return how far the errors of two indicators go together, because people are counted in both."""
        n, k = rates.shape
        found = np.broadcast_to(np.eye(k), (n, k, k)).copy()
        phi = np.fmax(self.design_effect, 1.0)
        for part, whole in zip(*np.nonzero(self.inside), strict=True):
            own, all_ = (np.clip(rates[:, i], 1e-6, 1 - 1e-6) for i in (part, whole))
            same = self.people[:, part] >= SAME_PEOPLE * self.people[:, whole]
            odds = own * (1 - all_) / (all_ * (1 - own))
            parts = self.people[:, part] * own * (1 - own) / (self.people[:, whole] * all_ * (1 - all_))
            together = np.sqrt(np.clip(np.where(same, odds, parts), 0.0, 1.0))
            if phi[part] > 1 and phi[whole] > 1:
                together = np.where(same, together, np.maximum(together, HOUSEHOLDS))
            found[:, part, whole] = found[:, whole, part] = np.minimum(together, 0.99)
        return found


def nested_in(names: Sequence[str], part_of: dict[str, tuple[str, ...]]) -> NDArray[np.bool_]:
    """Return which indicators are part of which, through any number of steps.

    Parameters
    ----------
    names
        The indicators in question.
    part_of
        Indicator to the indicators that hold its people, for the whole catalogue.
    """
    found = np.zeros((len(names), len(names)), dtype=bool)
    for row, name in enumerate(names):
        above, open_ = set[str](), [name]
        while open_:
            wider = [outer for inner in open_ for outer in part_of.get(inner, ()) if outer not in above]
            above |= set(wider)
            open_ = wider
        found[row] = [other in above for other in names]
    return found


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Normal distribution of the true rates of each district.

    Parameters
    ----------
    mean
        Shape (districts, dimensions).
    root
        Shape (districts, dimensions, dimensions): a square root of each covariance.
    """

    mean: Floats
    root: Floats

    def draw(self, rng: np.random.Generator, size: int) -> Floats:
        """Draw true rates, shape (size, districts, dimensions)."""
        z = rng.standard_normal((size, *self.mean.shape))
        return np.asarray(self.mean + np.einsum("dij,sdj->sdi", self.root, z))


def fit_posterior(dates: Sequence[Counted]) -> Posterior:
    """Weigh what the counts say against what is usual in the city.

    With x the observed rates (of all dates side by side), S_e their sampling covariance, S_b the weighted
    covariance of x over the districts less the mean of S_e, made positive, and m the weighted mean:
    G = S_b (S_b + S_e)^-1, posterior N(m + G (x - m), S_b - G S_b). Errors of two dates are taken as
    independent; where people stay in receipt the change is surer than that.

    Parameters
    ----------
    dates
        The counts of one date, or of several on the same districts.

    Returns
    -------
    Posterior
        Dimensions: the indicators of the first date, then of the second.

    References
    ----------
    Efron & Morris (1972), Empirical Bayes on vector observations, Biometrika 59, 335-347.
    """
    x = np.concatenate([counted.rates for counted in dates], axis=1)
    parts = [counted.noise() for counted in dates]
    k = parts[0].shape[1]
    error = np.zeros((len(x), x.shape[1], x.shape[1]))
    for number, part in enumerate(parts):
        at = slice(number * k, (number + 1) * k)
        # Declared parts of parts may contradict one another by a little.
        error[:, at, at] = _positive(part)
    variance = np.diagonal(error, axis1=1, axis2=2)
    spread = true_spread(x, variance) ** 2
    weight = 1 / ((spread + variance) / np.maximum(spread + variance.mean(axis=0), 1e-12)).mean(axis=1)
    weight /= weight.sum()
    centre = weight @ x
    apart = x - centre
    total = np.einsum("d,di,dj->ij", weight, apart, apart) / (1 - (weight**2).sum())
    between = _positive(total - np.einsum("d,dij->ij", weight, error))
    gain = between @ np.linalg.inv(between + error + 1e-12 * np.eye(x.shape[1]))
    mean = centre + np.einsum("dij,dj->di", gain, apart)
    left = _positive(between - gain @ between)
    values, vectors = np.linalg.eigh(left)
    return Posterior(mean=mean, root=vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])


def _positive(matrix: Floats) -> Floats:
    """Return the nearest symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + np.swapaxes(matrix, -1, -2)) / 2)
    found = (vectors * np.maximum(values, 0.0)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return np.asarray(found)
