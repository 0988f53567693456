"""Values in classes that are the same for all dates of an indicator, so that years can be compared."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLASSES", "class_limits"]

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
