"""Patterns of a neighbourhood from smooth to rough, into which any map of values can be taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LARGEST", "waves"]

LARGEST = 3_000
"""Up to so many districts the patterns are computed; a matrix of all pairs is taken apart."""


def waves(one: NDArray[np.integer], two: NDArray[np.integer], districts: int) -> Floats:
    """Return the eigenvectors of the Laplacian of a graph, the smoothest first: the constant one.

    Parameters
    ----------
    one, two
        Ends of the links, 0..districts - 1; either direction is enough.
    districts
        Their number.

    Returns
    -------
    NDArray
        Shape (districts, patterns); not to be written to.

    References
    ----------
    Wagner & Dray (2015), Generating spatially constrained null models for irregularly spaced data using Moran
    spectral randomization methods, Methods in Ecology and Evolution 6.

    Examples
    --------
    >>> np.abs(waves(np.array([0]), np.array([1]), 2)).round(3).tolist()
    [[0.707, 0.707], [0.707, 0.707]]
    """
    laplacian = np.zeros((districts, districts))
    laplacian[one, two] = laplacian[two, one] = -1.0
    np.fill_diagonal(laplacian, 0.0)
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    return _RECENT.of(laplacian)


class _Recent:
    """What was taken apart last: mostly many indicators are asked of the same districts."""

    def __init__(self) -> None:
        self._kept: tuple[Floats, Floats] | None = None

    def of(self, laplacian: Floats) -> Floats:
        kept = self._kept
        if kept and np.array_equal(kept[0], laplacian):
            return kept[1]
        vectors: Floats = np.linalg.eigh(laplacian)[1]
        self._kept = (laplacian, vectors)
        return vectors


_RECENT = _Recent()
