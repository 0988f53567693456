"""What the true rates of all districts may be, given their counts: drawn for all indicators together.

Drawing counts again around observed rates adds noise to noise, and treats as independent what is counted from
the same people. Here the noise is taken away first: over all districts the rates vary with the covariance of
the true rates plus that of their sampling errors. What a district's own counts say is weighed against what
is usual in the city, and true rates are drawn from that posterior distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.assessment.smoothing import shrink
from sozialraum.stats.effective import effective
from sozialraum.stats.spread import slope_of_squares, true_spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Counted", "draw_rates", "nested_in", "refits_of", "shrunken_change"]

HOUSEHOLDS = 0.88
"""Correlation of the counts of a group and of all people where whole households are in or out, such as
children and all persons in receipt: sum(s c) / sqrt(sum(s^2) sum(c^2)), households of s with c children."""

SAME_PEOPLE = 0.98
"""From this ratio of denominators on, two indicators are taken to be asked of the same people."""


USUAL_SLOPE = (0.6, 0.3)
"""What is usual for 1 - rho between two dates, and how far it may be off: transfers over two years."""

MOST_PERSISTENT = 0.9

REFITS = 25
"""How often what is usual in the city is estimated anew, over all draws."""

MANY, FEWER_REFITS = 10_000, 10
"""So many districts tell what is usual almost exactly; only the design effect's doubt is left."""

EFFECT_DOUBT = 0.3
"""How far a design effect may be off (standard deviation of its logarithm)."""


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

    @cached_property
    def errors(self) -> Floats:
        """`noise` without the negative eigenvalues that nested indicators may bring in."""
        return _positive(self.noise())

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


def refits_of(districts: int, draws: int) -> int:
    """Return how often what is usual is estimated anew for so many districts and draws."""
    return min(REFITS if districts < MANY else FEWER_REFITS, draws)


def draw_rates(
    dates: Sequence[Counted], rng: np.random.Generator, size: int, *, refits: int | None = None
) -> Floats:
    """Draw true rates of all districts: what the counts say, weighed against what is usual in the city.

    With x the observed rates (of two dates: their mean and their difference), S_e their sampling covariance,
    S_b the weighted covariance of x over the districts less the mean of S_e, made positive, and m the
    weighted mean: G = S_b (S_b + S_e)^-1, posterior N(m + G (x - m), S_b - G S_b).

    What is usual is not known for certain either: m, S_b and how far cases persist between two dates are
    estimated anew from districts drawn with replacement, `refits` times, each for its part of the draws;
    and a design effect is only known to about a third (`EFFECT_DOUBT`).

    Parameters
    ----------
    dates
        The counts of one date, or of two on the same districts, the later one first.
    rng, size
        Random numbers, and how many draws.
    refits
        How often what is usual is estimated anew for these draws; by default see `refits_of`.

    Returns
    -------
    NDArray
        Shape (size, districts, dimensions): the indicators of the first date, then of the second.

    References
    ----------
    Efron & Morris (1972), Empirical Bayes on vector observations, Biometrika 59, 335-347; Laird & Louis
    (1987), Empirical Bayes confidence intervals based on bootstrap samples, JASA 82, 739-757.
    """
    observed = np.concatenate([counted.rates for counted in dates], axis=1)
    parts = [counted.errors for counted in dates]
    n, dimensions = observed.shape
    turn: Floats = _turn(dimensions // len(dates), both=len(dates) > 1)
    x, back = observed @ turn.T, np.linalg.inv(turn).T
    drawn = np.empty((size, n, dimensions))
    households = bool((np.fmax(dates[0].design_effect, 1.0) > 1).any())
    refits = refits_of(n, size) if refits is None else refits
    for number in range(refits):
        block = slice(number * size // refits, (number + 1) * size // refits)
        rows: NDArray[np.int64] = rng.integers(0, n, size=(n,))
        slope, doubt = _change_slope(dates, parts, rows)
        kept = np.clip(1 - rng.normal(slope, doubt), 0.0, MOST_PERSISTENT)
        error = _errors(parts, float(kept))
        if len(dates) > 1:
            error = turn @ error @ turn.T
        if households:
            error = error * np.exp(rng.normal(0.0, EFFECT_DOUBT))
        centre, between = _between(x[rows], error[rows])
        gain = between @ np.linalg.inv(between + error + 1e-12 * np.eye(dimensions))
        mean = centre + np.einsum("dij,dj->di", gain, x - centre)
        root = _root(between - gain @ between)
        z = rng.standard_normal((block.stop - block.start, n, dimensions))
        found = np.einsum("dij,sdj->sdi", root, z)
        found += mean
        drawn[block] = found @ back if len(dates) > 1 else found
    return drawn


def shrunken_change(later: Counted, earlier: Counted) -> tuple[Floats, Floats]:
    """Return the likeliest true change of each rate, and its standard deviation.

    Whoever lies especially high at one date mostly lies closer to the usual at the next, although nothing
    happened: part of its height was chance. The mean of the posterior distribution of `draw_rates`, with
    what is usual taken as estimated once, has that part taken out.

    Returns
    -------
    tuple of NDArray
        Both of shape (districts, indicators), in the unit of the rates.
    """
    dates = (later, earlier)
    parts = [counted.errors for counted in dates]
    n, k = later.events.shape
    turn: Floats = _turn(k, both=True)
    x = np.concatenate([counted.rates for counted in dates], axis=1) @ turn.T
    slope, _ = _change_slope(dates, parts, np.arange(n))
    error = turn @ _errors(parts, float(np.clip(1 - slope, 0.0, MOST_PERSISTENT))) @ turn.T
    centre, between = _between(x, error)
    gain = between @ np.linalg.inv(between + error + 1e-12 * np.eye(2 * k))
    mean = centre + np.einsum("dij,dj->di", gain, x - centre)
    left = np.diagonal(_positive(between - gain @ between), axis1=1, axis2=2)
    return mean[:, k:], np.sqrt(np.maximum(left[:, k:], 0.0))


def _turn(k: int, *, both: bool) -> Floats:
    """Return the matrix that turns two dates into their mean and their difference."""
    one = np.eye(k)
    return np.block([[one / 2, one / 2], [one, -one]]) if both else one


def _errors(parts: Sequence[Floats], kept: float) -> Floats:
    """Return the sampling covariance over all dates, shape (districts, dimensions, dimensions)."""
    if len(parts) == 1:
        return parts[0]
    scale = [np.sqrt(np.maximum(np.diagonal(part, axis1=1, axis2=2), 1e-18)) for part in parts]
    together = [part / (sd[:, :, None] * sd[:, None, :]) for part, sd in zip(parts, scale, strict=True)]
    cross = kept * (together[0] + together[1]) / 2 * scale[0][:, :, None] * scale[1][:, None, :]
    return np.asarray(np.block([[parts[0], cross], [np.swapaxes(cross, 1, 2), parts[1]]]))


def _change_slope(
    dates: Sequence[Counted], parts: Sequence[Floats], rows: NDArray[np.int64]
) -> tuple[float, float]:
    """Estimate 1 - rho, rho being how far the errors of two dates go together because people stay.

    The squared change of a rate is in expectation the variance of the true changes plus (1 - rho) times the
    sampling variance of both dates. Its slope on that variance tells 1 - rho. Where districts are of much the
    same size there is no slope to be seen, and what is usual decides.

    Returns
    -------
    tuple of float
        1 - rho and its standard error.
    """
    if len(dates) == 1:
        return 1.0, 0.0
    precision, total = 1 / USUAL_SLOPE[1] ** 2, USUAL_SLOPE[0] / USUAL_SLOPE[1] ** 2
    change = (dates[0].rates - dates[1].rates)[rows]
    for i in range(change.shape[1]):
        noise = (parts[0][:, i, i] + parts[1][:, i, i])[rows]
        mean = np.average(change[:, i], weights=1 / noise)
        slope, error = slope_of_squares(noise, (change[:, i] - mean) ** 2)
        if np.isfinite(slope) and error > 0:
            # Indicators share their people: together they count as one and a bit, not as so many.
            weight = 1 / error**2 / np.sqrt(change.shape[1])
            precision, total = precision + weight, total + weight * slope
    return float(total / precision), float(1 / np.sqrt(precision))


def _between(x: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance of the true rates; each dimension is weighted by its own precision."""
    variance = np.diagonal(error, axis1=1, axis2=2)
    weight = 1 / np.maximum(true_spread(x, variance) ** 2 + variance, 1e-18)
    weight = weight / weight.sum(axis=0)
    centre = (weight * x).sum(axis=0)
    root = np.sqrt(weight)
    apart = root * (x - centre)
    left = np.einsum("di,dj->ij", apart, apart) - np.einsum("di,dj,dij->ij", root, root, error)
    # One degree of freedom goes to the mean.
    return centre, _positive(left / (1 - np.einsum("di,di,dj,dj->ij", root, root, root, root)))


def _root(matrix: Floats) -> Floats:
    """Return matrices R with R R' = the symmetric part, shape (districts, dimensions, dimensions).

    Cholesky's is many times quicker than that of eigenvalues; it needs what rounding has not made negative.
    """
    even = (matrix + np.swapaxes(matrix, -1, -2)) / 2
    size = np.diagonal(even, axis1=1, axis2=2)
    tiny = np.maximum(1e-9 * size, 1e-12 * size.max(axis=1, keepdims=True)) + 1e-18
    try:
        return np.linalg.cholesky(even + tiny[:, :, None] * np.eye(even.shape[1]))
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(even)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])


def _positive(matrix: Floats) -> Floats:
    """Return the nearest symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + np.swapaxes(matrix, -1, -2)) / 2)
    found = (vectors * np.maximum(values, 0.0)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return np.asarray(found)
