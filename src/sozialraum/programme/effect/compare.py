"""From predictions to an effect: outcome on prediction among untreated districts, scaled by placebo areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.programme.effect.history import Components, fit_components, predict
from sozialraum.programme.effect.placebo import parts, placebo_sets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

__all__ = ["Comparison", "Counts", "compare", "noise_of"]

REGRESSORS = 3
LEAST_PLACEBOS = 5


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Cases and people of complete districts in some years.

    Parameters
    ----------
    events, population
        Districts x years.
    years
        Ascending.
    """

    events: Floats
    population: Floats
    years: Floats

    @property
    def rates(self) -> Floats:
        """Cases per person, districts x years."""
        rates: Floats = self.events / self.population
        return rates


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was found for one set of treated districts; rates, not points.

    Parameters
    ----------
    effect
        Weighted mean of the treated districts' residuals; below 0: lower than predicted.
    se
        Standard error without the placebo scale.
    scale
        Factor on `se` from placebo areas, at least 1.
    df
        Degrees of freedom: how many separate areas of this size the city has, less three; below 1 there
        is no test.
    p_lower, p_higher
        One-sided p of a value below (above) the prediction; NaN without a test.
    p_placebo, p_placebo_higher
        Share of placebo areas (this one included) at least as far below (above) the prediction; they overlap,
        so that this is information, not a test.
    regression_to_mean
        Change that was to be expected of the treated districts from their last year on, against the city,
        because extreme years are followed by less extreme ones.
    placebos
        T of each placebo area.
    ring_effect, ring_se
        The same for the districts around, with the same placebo scale; NaN without a ring.
    beyond
        Whether the treated districts' history lies beyond that of every untreated district: their
        prediction is drawn from a line that nobody stands on.
    residuals
        Per district; NaN in the ring. Those of untreated districts are the fit's.
    predicted
        Per district: what the history and the untreated districts lead to expect.
    components
        Of the history.
    """

    effect: float
    se: float
    scale: float
    df: int
    p_lower: float
    p_higher: float
    p_placebo: float
    p_placebo_higher: float
    regression_to_mean: float
    placebos: Floats
    ring_effect: float
    ring_se: float
    beyond: bool
    residuals: Floats
    predicted: Floats
    components: Components


def noise_of(counts: Counts, *, share: bool = True) -> Floats:
    """Return the sampling variance of one year's rate per district, were its cases independent.

    One expected case is added to each district's history, so that no district without cases is certain.
    """
    city = counts.events.sum() / counts.population.sum()
    added = 1 / city if city > 0 else 1.0
    p = (counts.events.sum(axis=1) + 1) / (counts.population.sum(axis=1) + added)
    harmonic = counts.population.shape[1] / (1 / counts.population).sum(axis=1)
    variance = p * (1 - np.minimum(p, 1.0)) if share else p
    return np.asarray(variance / harmonic)


@dataclass(frozen=True)
class _Regression:
    """Weighted least squares on untreated districts, ready to leave sets of them out."""

    design: Floats
    outcome: Floats
    weight: Floats
    variance: Floats
    inverse: Floats
    coefficients: Floats
    residuals: Floats
    used: Ints

    @property
    def left(self) -> float:
        e = self.residuals[self.used]
        return float((self.weight[self.used] * e**2).sum())

    def statistic(self, members: Ints) -> tuple[float, float]:
        """Effect and standard error of districts that the fit has not seen."""
        w = self.weight[members] / self.weight[members].sum()
        z = w @ self.design[members]
        scale = self.left / (len(self.used) - REGRESSORS)
        variance = scale * ((w**2 * self.variance[members]).sum() + z @ self.inverse @ z)
        return float(w @ self.residuals[members]), float(np.sqrt(variance))

    def placebo(self, sets: Ints) -> Floats:
        """T of each set of untreated districts, from the fit without that set."""
        z, w = self.design[sets], self.weight[sets]
        e, k = self.residuals[sets], sets.shape[1]
        hat = np.einsum("sia,ab,sjb,sj->sij", z, self.inverse, z, w)
        outside = np.linalg.solve(np.eye(k) - hat, e[:, :, None])[:, :, 0]
        rss = self.left - (e * w * outside).sum(axis=1)
        scale = np.maximum(rss, 0) / (len(self.used) - REGRESSORS - k)
        gram = np.linalg.inv(self.inverse) - np.einsum("sia,si,sib->sab", z, w, z)
        share = w / w.sum(axis=1, keepdims=True)
        centre = np.einsum("si,sia->sa", share, z)
        model = np.einsum("sa,sab,sb->s", centre, np.linalg.inv(gram), centre)
        se = np.sqrt(scale * ((share**2 * self.variance[sets]).sum(axis=1) + model))
        found: Floats = (share * outside).sum(axis=1) / se
        return found


def _regress(x: Floats, outcome: Floats, variance: Floats, used: Ints) -> _Regression:
    middle = x[used].mean()
    spread = float(x[used].std()) or 1.0
    scaled = (x - middle) / spread
    design = np.column_stack([np.ones(len(x)), scaled, scaled**2])
    weight = 1 / variance
    z, w = design[used], weight[used]
    inverse: Floats = np.linalg.pinv(z.T @ (z * w[:, None]), hermitian=True).astype(np.float64)
    coefficients = inverse @ (z.T @ (w * outcome[used]))
    return _Regression(
        design, outcome, weight, variance, inverse, coefficients, outcome - design @ coefficients, used
    )


def compare(
    before: Counts,
    after: Counts,
    links: list[list[int]],
    treated: Sequence[int],
    *,
    around: Sequence[int] = (),
    share: bool = True,
    draws: int = 4,
    seed: int = 0,
) -> Comparison:
    """Compare treated districts with what their history and the untreated districts lead to expect.

    Steps: deviations from the year's mean in the years before, without the ring; level, drift and design
    effect by likelihood; shrunken prediction; weighted least squares of the later mean on the prediction
    and its square among untreated districts; residuals of the treated against those of contiguous sets of
    untreated districts that were left out of the fit in turn.

    Parameters
    ----------
    before, after
        Complete counts of the same districts in the same order.
    links
        Neighbours by position.
    treated
        Positions.
    around
        Positions of the ring: dropped everywhere, because an effect may spill over into it.
    share
        Sampling variance p(1-p)/n, else p/n.
    draws, seed
        Of `placebo_sets`.

    Returns
    -------
    Comparison
        p by t with ``untreated // k - 3`` degrees of freedom.

    References
    ----------
    Prediction: Marshall (1991) with drift; placebo scale: Conley & Taber (2011) for few treated groups.
    Levels under selection: `docs/wirkung.md`.
    """
    chosen = sorted(treated)
    around = sorted(around)
    everyone = np.arange(len(before.events))
    kept = np.setdiff1d(everyone, around)
    untreated = np.setdiff1d(kept, chosen)
    times = before.years - before.years[0] + 1
    later = after.years - before.years[0] + 1
    deviations = before.rates - before.rates[kept].mean(axis=0)
    noise = noise_of(before, share=share)
    components = fit_components(deviations[kept], noise[kept], times)
    later_noise = noise * before.population.mean(axis=1) / after.population.mean(axis=1)
    expected = predict(deviations, noise, later_noise, times, later, components)
    outcome = after.rates.mean(axis=1)
    fit = _regress(expected.value, outcome, expected.variance, untreated)
    effect, se = fit.statistic(np.array(chosen))
    sizes = [len(part) for part in parts(links, chosen)]
    sets = placebo_sets(links, untreated.tolist(), sizes, draws=draws, seed=seed)
    df = len(untreated) // len(chosen) - REGRESSORS
    enough = df >= 1 and len(sets) >= LEAST_PLACEBOS and len(untreated) > REGRESSORS + len(chosen) + 1
    placebos = fit.placebo(sets) if enough else np.empty(0)
    scale = max(1.0, float(np.mean(placebos**2))) ** 0.5 if enough else np.nan
    statistic = effect / se
    lower, higher = _p(statistic / scale, df) if enough else (np.nan, np.nan)
    ring_effect, ring_se = fit.statistic(np.array(around)) if around else (np.nan, np.nan)
    residuals = fit.residuals.copy()
    residuals[around] = np.nan
    weight = fit.weight[chosen] / fit.weight[chosen].sum()
    moved = weight @ (expected.value[chosen] - deviations[chosen, -1])
    return Comparison(
        effect=effect,
        se=se,
        scale=scale,
        df=df if enough else 0,
        p_lower=lower,
        p_higher=higher,
        p_placebo=_rank(placebos <= statistic) if enough else np.nan,
        p_placebo_higher=_rank(placebos >= statistic) if enough else np.nan,
        regression_to_mean=float(moved),
        placebos=placebos,
        ring_effect=ring_effect,
        ring_se=ring_se * scale,
        beyond=_beyond(weight @ expected.value[chosen], expected.value[untreated]),
        residuals=residuals,
        predicted=fit.design @ fit.coefficients,
        components=components,
    )


def _beyond(treated: float, untreated: Floats) -> bool:
    return bool(treated > untreated.max() or treated < untreated.min())


def _rank(beyond: NDArray[np.bool_]) -> float:
    return float((1 + beyond.sum()) / (1 + len(beyond)))


def _p(statistic: float, df: int) -> tuple[float, float]:
    from scipy.special import stdtr  # noqa: PLC0415 - start-up time

    return float(stdtr(df, statistic)), float(stdtr(df, -statistic))
