"""What a correlation comes to when one of two maps is exchanged for others that are just as smooth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Flipped", "flip_signs", "patterns_by_distance"]

CELLS = 2_000_000
"""So many signs are held at once."""

MEAN_OF_SQUARE = 0.52
"""Mean distance of two points in a square, in its sides."""


def patterns_by_distance(places: Floats) -> tuple[Floats, ...]:
    """Return three sets of patterns, each from smooth to rough, into which any map can be taken apart.

    They are the eigenvectors of the covariance of a map without scale (variances grow as distance), of a
    smoother one (distance to the power 1.6), and of a very smooth one with a scale of two districts. The
    parts of most maps are nearly independent along the patterns of at least one of them.

    Parameters
    ----------
    places
        In metres, shape (n, 2), n >= 2, not all the same.

    Returns
    -------
    tuple of NDArray
        Each of shape (n, n - 1), orthonormal columns with mean 0; not to be written to.
    """
    return _taken_apart(np.ascontiguousarray(places, dtype=np.float64).tobytes())


@lru_cache(maxsize=1)
def _taken_apart(written: bytes) -> tuple[Floats, ...]:
    """Compute them; mostly many indicators are asked of the same places."""
    places = np.frombuffer(written, dtype=np.float64).reshape(-1, 2)
    far = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    mean = far.sum() / (len(far) * (len(far) - 1))
    apart = far / (mean / (MEAN_OF_SQUARE * np.sqrt(len(far))))
    return (
        _patterns(-apart),
        _patterns(-((far / mean) ** 1.6)),
        # With a little of a rough map, as numbers alone do not tell the roughest patterns apart.
        _patterns(np.exp(-((apart / 2) ** 2)) + 1e-3 * np.exp(-apart / 2)),
    )


def _patterns(covariance: Floats) -> Floats:
    """Return the eigenvectors of a centred covariance, the largest variance first, no constant one."""
    middle = covariance - covariance.mean(axis=0)
    middle -= middle.mean(axis=1, keepdims=True)
    # All other variances are at least 0: this one comes first, also where two places are the same.
    constant_apart = middle - np.trace(middle) / len(middle) ** 2
    return np.asarray(np.linalg.eigh(constant_apart)[1][:, :0:-1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Flipped:
    """What exchanging the signs of one map's parts tells.

    Parameters
    ----------
    p
        Share of the exchanged maps with a product at least as large; two-sided.
    lower, upper
        The slopes (second per unit of the first) that a test at 5 % does not refuse.
    effective
        As many independent districts have a correlation that varies as much: 1 + 1 / its variance.
    """

    p: float
    lower: float
    upper: float
    effective: float


def flip_signs(
    x: Floats, y: Floats, patterns: tuple[Floats, ...], *, permutations: int, seed: int, alpha: float = 0.05
) -> Flipped:
    """Test whether two maps go together, given how much either varies along each pattern.

    If a map's parts along the patterns are independent, each is as likely to be the other way round. So the
    signs of all parts are drawn anew, the sizes kept: that makes maps exactly as smooth as the seen one. Of
    several sets of patterns the largest p counts, and the interval that holds all.

    A slope b is refused if y - bx goes together with x. |sum(a(y - bx))| <= |sum(sa(y - bx))| for signs s and
    parts a of x is an interval of b around the estimate; the share of signs whose interval holds b is p of b.

    Parameters
    ----------
    x, y
        Centred values, shape (n,).
    patterns
        As `patterns_by_distance` returns them.
    permutations, seed
        Number of drawn signs and start of the random numbers.
    alpha
        1 less the coverage of the interval.

    References
    ----------
    Wagner & Dray (2015), Generating spatially constrained null models for irregularly spaced data using
    Moran spectral randomization methods, Methods in Ecology and Evolution 6 (the singleton procedure);
    Berger (1982) for the largest p.
    """
    parts = [(vectors.T @ x, vectors.T @ y) for vectors in patterns]
    products = np.column_stack([a * b for a, b in parts])
    squares = np.column_stack([a * a for a, _ in parts])
    seen, own = products.sum(axis=0), squares.sum(axis=0)
    product, square = _drawn(products, squares, permutations, seed)
    p = (1 + (np.abs(product) >= np.abs(seen) * (1 - 1e-9)).sum(axis=0)) / (permutations + 1)
    # Where all signs are the same, every slope is held.
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort([(seen - product) / (own - square), (seen + product) / (own + square)], axis=0)
        ends = np.where(own - np.abs(square) > 1e-9 * own, ends, [[[-np.inf]], [[np.inf]]])
    held = int(alpha * (permutations + 1))
    lower, upper = (
        np.sort(side, axis=0)[held - 1] if held else side.min(axis=0) for side in (ends[0], -ends[1])
    )
    total = own * np.array([(b * b).sum() for _, b in parts])
    return Flipped(
        p=float(p.max()),
        lower=float(lower.min()),
        upper=float(-upper.min()),
        effective=float(min((1 + total / (products**2).sum(axis=0)).min(), len(x))),
    )


def _drawn(products: Floats, squares: Floats, permutations: int, seed: int) -> tuple[Floats, Floats]:
    """Return the sums of both with signs drawn anew, each of shape (permutations, sets of patterns)."""
    rng = np.random.default_rng(seed)
    block = max(1, CELLS // len(products))
    found = []
    for start in range(0, permutations, block):
        shape = (min(block, permutations - start), len(products))
        signs = rng.integers(0, 2, shape, dtype=np.int8) * 2.0 - 1.0
        found.append(signs @ np.hstack([products, squares]))
    both = np.concatenate(found)
    return both[:, : products.shape[1]], both[:, products.shape[1] :]
