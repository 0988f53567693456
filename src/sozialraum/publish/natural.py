"""Natural limits: classes inside which numbers differ as little as possible (Fisher 1958; Jenks 1977)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["natural_groups"]

MOST = 1_000
"""Distinct numbers that are looked at one by one; more are first put together at quantiles."""


def natural_groups(numbers: npt.NDArray[np.float64], classes: int) -> npt.NDArray[np.float64]:
    """Divide numbers into classes with the least sum of squared distances from the means of their classes.

    The best of all divisions, by dynamic programming over the distinct numbers. mapclassify's FisherJenks
    finds the same, but needs numba to be quick.

    Parameters
    ----------
    numbers
        Any order, no NaN, shape (n,).
    classes
        How many at most.

    Returns
    -------
    ndarray
        The largest number of each class, ascending.

    References
    ----------
    Fisher (1958), On grouping for maximum homogeneity, Journal of the American Statistical Association 53.
    """
    values, counts = np.unique(numbers, return_counts=True)
    if len(values) > MOST:
        places = np.unique(np.quantile(np.arange(len(values)), np.linspace(0, 1, MOST)).astype(int))
        counts = np.add.reduceat(counts, np.r_[0, places[:-1] + 1])
        values = values[places]
    n = len(values)
    if n <= classes:
        return values
    # Sums up to each number; shifted by the mean, so that squares stay small.
    shifted = values - np.average(values, weights=counts)
    weight, total, square = (np.r_[0.0, np.cumsum(counts * shifted**power)] for power in (0, 1, 2))
    # Squared distances inside a class from `first` (a column) to `last` (a row).
    with np.errstate(divide="ignore", invalid="ignore"):
        within = square[1:, None] - square[:-1] - (
            (total[1:, None] - total[:-1]) ** 2 / (weight[1:, None] - weight[:-1])
        )  # fmt: skip
    within[np.arange(n)[:, None] < np.arange(n)] = np.inf
    cost = square[1:] - total[1:] ** 2 / weight[1:]
    start = np.zeros((classes, n), dtype=np.intp)
    for k in range(1, classes - 1):
        # A class that begins with the first number leaves none for the classes before.
        found = cost[:-1] + within[:, 1:]
        start[k] = found.argmin(axis=1) + 1
        cost = np.full(n, np.inf)
        cost[k:] = found[np.arange(k, n), start[k, k:] - 1]
    # The last class ends with the last number.
    start[-1, -1] = (cost[:-1] + within[-1, 1:]).argmin() + 1
    ends = [n - 1]
    for k in range(classes - 1, 0, -1):
        ends.append(start[k, ends[-1]] - 1)
    return values[ends[::-1]]
