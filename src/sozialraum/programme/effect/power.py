"""What a comparison can find at all, before anybody hopes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import SozialraumError, raise_problems

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["detectable", "power_of"]

FARTHEST = 30.0
"""Standard errors up to which scipy computes the noncentral t distribution; far beyond it cannot."""


def power_of(effect: ArrayLike, se: float, df: int, *, alpha: float = 0.05) -> Floats:
    """Return the probability that a true effect of this size in the good direction is found.

    Parameters
    ----------
    effect
        True effects, sizes without sign, in the unit of `se`.
    se
        Standard error, placebo scale included.
    df
        Degrees of freedom of the test.
    alpha
        One-sided level.

    Returns
    -------
    NDArray
        By the noncentral t distribution; `alpha` for an effect of 0.
    """
    from scipy.special import gammaincinv, nctdtr, ndtr, stdtrit  # noqa: PLC0415 - start-up time

    size = np.maximum(np.abs(np.asarray(effect, dtype=float)) / se, 1e-9)
    limit = stdtrit(df, 1 - alpha)
    found = 1 - nctdtr(df, np.minimum(size, FARTHEST), limit)
    # Beyond, chance matters in the estimated error alone: the mean over its quantiles.
    spread = np.sqrt(gammaincinv(df / 2, (np.arange(2_000) + 0.5) / 2_000) * 2 / df)
    far = ndtr(size[..., None] - limit * spread).mean(axis=-1)
    return np.asarray(np.where(size > FARTHEST, far, found), dtype=float)


@checked()
def detectable(se: float, df: int, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest effect that is found with this probability."""
    from scipy.optimize import brentq  # noqa: PLC0415 - start-up time

    asked = (
        ("se", se, "> 0", se > 0),
        ("df", df, ">= 1", df >= 1),
        ("power", power, "0 < power < 1", 0 < power < 1),
        ("alpha", alpha, "0 < alpha < 1", 0 < alpha < 1),
    )
    faults = [
        refused_option(name, value, allowed) for name, value, allowed, possible in asked if not possible
    ]
    raise_problems(faults, SozialraumError)
    return float(se * brentq(lambda size: float(power_of(size, 1.0, df, alpha=alpha)) - power, 1e-6, 200.0))
