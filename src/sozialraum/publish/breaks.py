"""Values in classes that are the same for all dates of an indicator, so that years can be compared."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLASSES", "change_limits", "class_limits"]

CLASSES = 5
"""More classes than this cannot be told apart by their shade."""


def class_limits(shown: pd.Series, *, decimals: int) -> tuple[float, ...]:
    """Divide the numbers as they are shown into at most five classes.

    Quantiles over all districts and dates. Where there are no more distinct numbers than classes, each
    number is a class of its own; where many are equal, there are fewer classes.

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
    numbers = shown.dropna().to_numpy(float)
    distinct = np.unique(numbers)
    if len(distinct) <= CLASSES:
        return tuple(distinct.tolist())
    from mapclassify import Quantiles  # noqa: PLC0415 - slow to import, only needed to draw

    with warnings.catch_warnings():
        # Many equal values make fewer classes, which the legend shows.
        warnings.filterwarnings("ignore", message="Not enough unique values")
        bins = Quantiles(numbers, k=CLASSES).bins
    # A number with these digits is <= a limit exactly if it is <= the limit rounded down to them.
    scale = 10.0**decimals
    limits = np.unique(np.floor(bins * scale + 1e-6) / scale)
    return tuple(limits[limits >= distinct[0]].tolist())


def change_limits(shown: pd.Series, *, decimals: int) -> tuple[float, ...]:
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
    numbers = shown.dropna().to_numpy(float)
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
