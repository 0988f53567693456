"""Patterns of a neighbourhood from smooth to rough, into which any map of values can be taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST", "LARGEST", "p_of_correlation", "related", "waves"]

SAME = 1e-9
"""A pattern that varies less than this is the constant one; a torn neighbourhood has none at its place."""

FEWEST = 3.5
"""Two maps count as at least so many independent districts."""

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


def related(x: Floats, y: Floats, vectors: Floats) -> float:
    """Return as how many independent districts two maps count, 1 + sum(vx) sum(vy) / sum(vx vy).

    vx and vy are the variances along the patterns, each averaged with the ones beside it. All patterns are
    centred but the constant one, so that Dutilleul's centring drops out and the covariances are diagonal.

    Parameters
    ----------
    x, y
        Values, shape (n,).
    vectors
        What `waves` returns.
    """
    n = len(x)
    if np.ptp(vectors[:, 0]) < SAME:
        vectors = vectors[:, 1:]
    along = [_run((vectors.T @ (values - values.mean())) ** 2) for values in (x, y)]
    product = float(along[0] @ along[1])
    return float(min(1 + along[0].sum() * along[1].sum() / product, n)) if product > 0 else float(n)


def _run(variances: Floats) -> Floats:
    """Average each variance with the ones beside it."""
    wider = np.concatenate([variances[:1], variances, variances[-1:]])
    return np.asarray((wider[:-2] + wider[1:-1] + wider[2:]) / 3)


def p_of_correlation(r: float, count: float) -> float:
    """Return the two-sided p of a correlation of `count` independent districts, by the t-test."""
    from scipy.special import stdtr  # noqa: PLC0415 - start-up time

    free = count - 2
    return float(2 * stdtr(free, -abs(r) * np.sqrt(free / max(1 - r * r, 1e-300))))


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
