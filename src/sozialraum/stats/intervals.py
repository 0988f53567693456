"""Intervals of rates; people who come in households count as fewer (see `stats.effective`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.arguments import checked
from sozialraum.errors import Problem, SozialraumError
from sozialraum.stats.effective import effective

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Z90", "Z95", "byar", "wilson"]

Z95 = 1.959963984540054
"""97.5 % quantile of the normal distribution: two-sided 95 % intervals."""

Z90 = 1.6448536269514722
"""95 % quantile: two-sided 90 % intervals, which are two one-sided tests at 5 % (equivalence)."""


def _counts(given: ArrayLike) -> Floats:
    """Return counts as numbers; what is none, or negative, is refused in words.

    Raises
    ------
    SozialraumError
        If a count is no number, or negative.
    """
    try:
        found = given.to_numpy(dtype=float, na_value=np.nan) if hasattr(given, "to_numpy") else given
        counts = np.asarray(found, dtype=float)
    except (TypeError, ValueError) as error:
        raise SozialraumError(Problem(code="panel.no_counts", values={"reason": str(error)})) from error
    if (counts < 0).any():
        smallest = f"{float(np.nanmin(counts)):g}"
        raise SozialraumError(Problem(code="panel.counts_below_zero", values={"smallest": smallest}))
    return counts


@checked()
def wilson(
    numerator: Floats, denominator: Floats, *, design_effect: ArrayLike = 1.0, z: float = Z95
) -> tuple[Floats, Floats]:
    """Return Wilson's interval of shares, by default of 95 %.

    Parameters
    ----------
    numerator, denominator
        Counts with ``0 <= numerator <= denominator`` and ``denominator > 0``; NaN gives NaN.
    design_effect
        Persons that count as one independent case, broadcast; the interval is that of ``n / design_effect``.
    z
        Normal quantile.

    Raises
    ------
    SozialraumError
        If a count is no number, or negative.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    numerator, denominator = _counts(numerator), _counts(denominator)
    share = numerator / denominator
    people = effective(denominator, design_effect)
    shrink = 1 + z**2 / people
    centre = (share + z**2 / (2 * people)) / shrink
    half = z * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2)) / shrink
    lower = np.where(numerator == 0, 0.0, centre - half)
    return lower, np.where(numerator == denominator, 1.0, centre + half)


@checked()
def byar(
    numerator: Floats, denominator: Floats, *, design_effect: ArrayLike = 1.0, z: float = Z95
) -> tuple[Floats, Floats]:
    """Return the interval of ratios by Byar's approximation to the exact Poisson limits, by default of 95 %.

    Parameters
    ----------
    numerator, denominator
        Counts with ``numerator >= 0`` and ``denominator > 0``; NaN gives NaN.
    design_effect, z
        As in `wilson`.

    Raises
    ------
    SozialraumError
        As `wilson`.

    References
    ----------
    Breslow & Day (1987), Statistical Methods in Cancer Research II, eq. 2.13.
    """
    numerator, denominator = _counts(numerator), _counts(denominator)
    cases, people = effective(numerator, design_effect), effective(denominator, design_effect)
    events = np.where(numerator == 0, np.nan, cases)
    lower = events * (1 - 1 / (9 * events) - z / (3 * np.sqrt(events))) ** 3
    upper = (cases + 1) * (1 - 1 / (9 * (cases + 1)) + z / (3 * np.sqrt(cases + 1))) ** 3
    # Below one effective case the cube may leave what is possible.
    return np.where(numerator == 0, 0.0, np.maximum(lower, 0.0)) / people, upper / people
