"""Values in classes that are the same for all dates of an indicator, so that years can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.publish.natural import natural_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    Shown = pd.Series | npt.NDArray[np.float64]

__all__ = ["CLASSES", "change_limits", "class_limits", "fixed_limits", "natural_limits"]

CLASSES = 5
"""More classes than this cannot be told apart by their shade."""

ENORMOUS = 0.5
"""A top class that is wider than this part of the whole range is divided once more."""

FEWEST = 3
"""Numbers that the upper part of a divided class must hold at least."""


def class_limits(shown: Shown, *, decimals: int) -> tuple[float, ...]:
    """Divide the numbers as they are shown into at most five classes.

    Quantiles over all districts and dates. Where there are no more distinct numbers than classes, each
    number is a class of its own; where many are equal, there are fewer classes. A top class that would span
    more than half of all that occurs is divided where its numbers part by themselves: it gets a sixth class.

    Parameters
    ----------
    shown
        Numbers rounded to `decimals`, NaN where there is none.
    decimals
        Digits after the decimal point.

    Returns
    -------
    tuple of float
        Upper limit of each class, ascending, each belonging to its class and itself a number that can be
        shown; empty if there is no number.
    """
    numbers = _known(shown)
    distinct = np.unique(numbers)
    if len(distinct) <= CLASSES:
        return tuple(distinct.tolist())
    # Many equal values make fewer classes, which the legend shows.
    bins = np.unique(np.quantile(numbers, np.arange(1, CLASSES + 1) / CLASSES))
    # A number with these digits is <= a limit exactly if it is <= the limit rounded down to them.
    scale = 10.0**decimals
    limits = np.unique(np.floor(bins * scale + 1e-6) / scale)
    return _divided(limits[limits >= distinct[0]], numbers)


def _known(shown: Shown) -> npt.NDArray[np.float64]:
    cells: npt.NDArray[np.float64] = np.asarray(shown, dtype=float)
    known: npt.NDArray[np.float64] = cells[~np.isnan(cells)]
    return known


def _divided(limits: npt.NDArray[np.float64], numbers: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Divide the top class once more where it is enormous."""
    found = tuple(limits.tolist())
    if len(limits) != CLASSES or limits[-1] - limits[-2] <= ENORMOUS * (limits[-1] - numbers.min()):
        return found
    cut = float(natural_groups(numbers[numbers > limits[-2]], 2)[0])
    return (*found[:-1], cut, found[-1]) if (numbers > cut).sum() >= FEWEST else found


def natural_limits(shown: Shown) -> tuple[float, ...]:
    """Divide the numbers as they are shown where they part by themselves (Fisher 1958; Jenks 1977).

    Returns
    -------
    tuple of float
        As in `class_limits`.
    """
    numbers = _known(shown)
    return tuple(natural_groups(numbers, CLASSES).tolist()) if len(numbers) else ()


def fixed_limits(shown: Shown, declared: Sequence[float], *, decimals: int) -> tuple[float, ...]:
    """Divide the numbers as they are shown at limits that a project declares.

    Parameters
    ----------
    shown
        Numbers rounded to `decimals`, NaN where there is none.
    declared
        Upper limits of all classes but the last, as the numbers are shown; each belongs to the class below.
    decimals
        Digits after the decimal point.

    Returns
    -------
    tuple of float
        As in `class_limits`; the classes do not depend on which numbers occur.
    """
    numbers = _known(shown)
    if not len(numbers):
        return ()
    inner = sorted({round(float(limit), decimals) for limit in declared})
    return (*inner, max(float(numbers.max()), inner[-1] + 10.0**-decimals))


def change_limits(shown: Shown, *, decimals: int) -> tuple[float, ...]:
    """Divide signed numbers into classes of which none mixes falling and rising.

    Up to three classes on each side of 0, at the quantiles of the sizes of all changes, so that a rise and a
    fall of one size have classes of one strength; what is exactly 0 as shown is a class of its own.

    Parameters
    ----------
    shown
        Numbers rounded to `decimals`, NaN where there is none.
    decimals
        Digits after the decimal point.

    Returns
    -------
    tuple of float
        As in `class_limits`; 0 is always among them, and so is the number just below it.
    """
    numbers = _known(shown)
    if not len(numbers):
        return ()
    step = 10.0**-decimals
    sizes = np.abs(numbers[numbers != 0])
    quantiles = np.quantile(sizes, (1 / 3, 2 / 3)) if len(sizes) else np.array([])
    rounded = np.unique(np.ceil(quantiles / step - 1e-6) * step)
    most = max(float(np.abs(numbers).max()), step)
    cuts = [float(cut) for cut in rounded if cut < most]
    rising = [*cuts, most]
    # A class ends with a number that can be shown: just below the cut on the falling side.
    falling = [-cut - step for cut in reversed(cuts)]
    return tuple(round(limit, decimals) for limit in (*falling, -step, 0.0, *rising))
