"""Before a goal is adopted: is its attainment told from chance, and does chance alone attain it.

Power is exact: every pair of counts is weighted with its probability and tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import SozialraumError, raise_problems
from sozialraum.stats.distributions import (
    beta_binomial_at_most,
    binomial_at_most,
    negative_binomial_at_most,
    poisson_at_most,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Chance", "chance_of_meeting", "power_of_change", "smallest_change"]

Model = Literal["share", "count"]

CUT = 1e-9
"""Counts less probable than this are left out of the sum."""


@checked(model=get_args(Model))
def power_of_change(
    before: float,
    after: float,
    size: float,
    *,
    size_after: float | None = None,
    model: Model = "share",
    alpha: float = 0.05,
) -> float:
    """Return how likely a true change is told from chance by a two-sided test.

    Parameters
    ----------
    before, after
        True rates; of the model ``"share"`` 0..1, of ``"count"`` cases per person.
    size, size_after
        Independent persons at both dates (denominator / design effect); the second is as the first by
        default.
    model
        ``"share"``: binomial counts, pooled score test. ``"count"``: Poisson counts, score test.
    alpha
        Level, two-sided.

    Returns
    -------
    float
        0..1; NaN where a size is not positive.

    Examples
    --------
    >>> round(power_of_change(0.48, 0.38, 125), 2)
    0.36
    """
    _refuse(model, before, after)
    then, now = float(size), float(size if size_after is None else size_after)
    if not (then > 0 and now > 0) or np.isnan(before) or np.isnan(after):
        return float("nan")
    if model == "share":
        then, now = float(round(then)), float(round(now))
    x, weight_x = _counts(before, then, model)
    y, weight_y = _counts(after, now, model)
    told = _score(x[:, None], y[None, :], then, now, model) >= _quantile(1 - alpha / 2)
    return float(weight_x @ told @ weight_y)


def _refuse(model: str, *rates: float) -> None:
    """Refuse a model that is none, and rates that cannot be."""
    most = 1.0 if model == "share" else np.inf
    faults: list[tuple[str, object, str]]
    faults = [] if model in get_args(Model) else [("model", model, ", ".join(get_args(Model)))]
    faults += [("rate", rate, f"0..{most:g}") for rate in rates if rate < 0 or rate > most]
    raise_problems(
        [refused_option(name, value, allowed) for name, value, allowed in faults],
        SozialraumError,
    )


def _quantile(p: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415 - loads only where it is used

    return float(ndtri(p)) - 1e-12


def _counts(rate: float, size: float, model: Model) -> tuple[Floats, Floats]:
    """Return the counts that can occur, and their probabilities."""
    from scipy.special import gammaln, xlog1py, xlogy  # noqa: PLC0415 - loads only where it is used

    mean = rate * size
    spread = np.sqrt(mean * (1 - rate if model == "share" else 1.0))
    low = max(0, int(np.floor(mean - 8 * spread - 10)))
    high = int(np.ceil(mean + 8 * spread + 10))
    x = np.arange(low, min(high, int(size)) + 1 if model == "share" else high + 1, dtype=float)
    if model == "share":
        log = (
            gammaln(size + 1)
            - gammaln(x + 1)
            - gammaln(size - x + 1)
            + xlogy(x, rate)
            + xlog1py(size - x, -rate)
        )
    else:
        log = xlogy(x, mean) - mean - gammaln(x + 1)
    weight = np.exp(log)
    kept = weight > CUT
    return x[kept], weight[kept]


def _score(x: Floats, y: Floats, then: float, now: float, model: Model) -> Floats:
    pooled = (x + y) / (then + now)
    variance = pooled * (1 / then + 1 / now) * (1 - pooled if model == "share" else 1.0)
    difference = np.abs(x / then - y / now)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(variance > 0, difference / np.sqrt(variance), 0.0)
    return found


@checked(model=get_args(Model))
def smallest_change(
    before: float,
    size: float,
    *,
    lower: bool = True,
    power: float = 0.80,
    model: Model = "share",
    alpha: float = 0.05,
) -> float:
    """Return the smallest true change that the test of `power_of_change` tells with the wanted power.

    Parameters
    ----------
    before, size, model, alpha
        As in `power_of_change`.
    lower
        Whether the rate shall fall.
    power
        Wanted probability.

    Returns
    -------
    float
        Difference of the rates, positive, found to a thousandth of the range; NaN where even the largest
        possible change would not do.
    """
    _refuse(model, before)
    widest = before if lower else (1 - before if model == "share" else 4 * before)

    def reached(change: float) -> bool:
        after = before - change if lower else before + change
        return power_of_change(before, after, size, model=model, alpha=alpha) >= power

    if not np.isfinite(widest) or widest <= 0 or not size > 0 or not reached(widest):
        return float("nan")
    low, high = 0.0, float(widest)
    while high - low > 1e-3 * widest:
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


@dataclass(frozen=True, kw_only=True)
class Chance:
    """How likely a goal is met although nothing changes.

    Parameters
    ----------
    noise
        If the true rate is and stays the one observed at the baseline.
    regression
        If the baseline was, as chosen extremes are, partly chance: the true rate lies nearer to the city's
        (empirical Bayes), and stays there. NaN where there is no city to compare with.
    """

    noise: float
    regression: float


@checked(model=get_args(Model))
def chance_of_meeting(
    numerator: float,
    denominator: float,
    limit: float,
    *,
    lower: bool = True,
    prior: tuple[float, float] | None = None,
    model: Model = "share",
) -> Chance:
    """Return the chance of meeting a target without any true change.

    Parameters
    ----------
    numerator, denominator
        Independent cases and persons at the baseline (counts / design effect).
    limit
        Count that meets the target: at most (`lower`) or at least so many cases among `denominator`.
    lower
        Whether the goal is met at or below the limit.
    prior
        Mean rate of the city and variance of the true rates between its districts (Marshall 1991).
    model
        ``"share"`` or ``"count"``.
    """
    _refuse(model, 0.0 if numerator >= 0 or np.isnan(numerator) else numerator)
    if not denominator > 0 or np.isnan(numerator) or np.isnan(limit):
        return Chance(noise=float("nan"), regression=float("nan"))
    size, rate = (
        max(1, round(denominator)),
        min(1.0, numerator / denominator) if model == "share" else numerator / denominator,
    )

    def fixed(chance: float) -> float:
        def at_most(k: float) -> float:
            if model == "share":
                return float(binomial_at_most(k, size, min(chance, 1.0)))
            return poisson_at_most(k, chance * denominator)

        return _at_limit(at_most, limit, lower=lower)

    noise = fixed(rate)
    if prior is None or not prior[0] > 0:
        return Chance(noise=noise, regression=float("nan"))
    city, between = prior
    if between <= 0:
        return Chance(noise=noise, regression=fixed(city))
    if model == "share":
        strength = max(city * (1 - city) / between - 1, 1e-6)
        a, b = city * strength + numerator, (1 - city) * strength + denominator - numerator
        mixed = partial(beta_binomial_at_most, size=size, a=a, b=b)
    else:
        shape, scale = city**2 / between + numerator, city / between + denominator
        mixed = partial(negative_binomial_at_most, shape=shape, chance=scale / (scale + denominator))
    return Chance(noise=noise, regression=_at_limit(mixed, limit, lower=lower))


def _at_limit(at_most: Callable[[float], float], limit: float, *, lower: bool) -> float:
    slack = 1e-9
    if lower:
        return at_most(float(np.floor(limit + slack)))
    return 1.0 - at_most(float(np.ceil(limit - slack)) - 1)
