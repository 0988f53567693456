"""What a correlation comes to when one of two maps is exchanged for others that are just as smooth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Flipped", "Patterns", "flip_signs", "patterns_by_distance"]

CELLS = 2_000_000
"""So many signs are held at once."""

LARGEST = 1_500
"""Up to so many places every pattern is computed: time grows with the third power of their number."""

SMOOTHEST = 1_000
"""Of more places so many patterns, the smoothest; what they leave is told apart by place."""

MEAN_OF_SQUARE = 0.52
"""Mean distance of two points in a square, in its sides."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Patterns:
    """Patterns from smooth to rough into which a map is taken apart, and groups of places for what is left.

    Parameters
    ----------
    vectors
        Orthonormal columns with mean 0, shape (places, patterns); not to be written to.
    groups
        Number of the small group that each place belongs to, shape (places,); None where the patterns leave
        nothing.
    """

    vectors: Floats
    groups: NDArray[np.intp] | None = None

    def products(self, x: Floats, y: Floats) -> Floats:
        """Return what each part of two centred maps adds to their product, shape (parts,)."""
        a, b = self.vectors.T @ x, self.vectors.T @ y
        if self.groups is None:
            return np.asarray(a * b)
        left = (x - self.vectors @ a) * (y - self.vectors @ b)
        return np.concatenate([a * b, np.bincount(self.groups, left)])


def patterns_by_distance(
    places: Floats, *, largest: int = LARGEST, smoothest: int = SMOOTHEST
) -> tuple[Patterns, ...]:
    """Return three sets of patterns, each from smooth to rough, into which any map can be taken apart.

    They are the eigenvectors of the covariance of a map without scale (variances grow as distance), of a
    smoother one (distance to the power 1.6), and of a very smooth one with a scale of two districts. The
    parts of most maps are nearly independent along the patterns of at least one of them.

    Of more than `largest` places the `smoothest` patterns are carried over from as many places, spread evenly
    (Nystrom's method); what they leave of a map is rough, and one part per group of neighbouring places. Time
    and memory then grow with the number of places only.

    Parameters
    ----------
    places
        In metres, shape (n, 2), n >= 2, not all the same.
    largest, smoothest
        Up to how many places every pattern is computed, and how many patterns of more.

    Returns
    -------
    tuple of Patterns
        n - 1 patterns each, or `smoothest` - 1 and as many groups as `smoothest`.

    References
    ----------
    Williams & Seeger (2001), Using the Nystrom method to speed up kernel machines, NIPS 13.
    """
    return _taken_apart(np.ascontiguousarray(places, dtype=np.float64).tobytes(), largest, smoothest)


@lru_cache(maxsize=1)
def _taken_apart(written: bytes, largest: int, smoothest: int) -> tuple[Patterns, ...]:
    """Compute them; mostly many indicators are asked of the same places."""
    places = np.frombuffer(written, dtype=np.float64).reshape(-1, 2)
    if len(places) <= largest:
        return tuple(Patterns(vectors=_patterns(of(_far(places, places)))) for of in _covariances(places))
    groups = _grouped(places, smoothest)
    middle = np.stack([np.bincount(groups, side) / np.bincount(groups) for side in places.T], axis=1)
    order = np.lexsort([np.hypot(*(places - middle[groups]).T), groups])
    chosen = places[order[np.searchsorted(groups[order], np.arange(groups.max() + 1))]]
    near, all_near = _far(chosen, chosen), _far(places, chosen)
    # The scale is that of all places: the districts are as large as they are.
    return tuple(
        Patterns(vectors=_carried(of(all_near), _patterns(of(near))), groups=groups)
        for of in _covariances(chosen, len(places))
    )


def _far(one: Floats, two: Floats) -> Floats:
    east, north = (one[:, None] - two[None]).transpose(2, 0, 1)
    return np.asarray(np.hypot(east, north))


def _covariances(places: Floats, number: int | None = None) -> tuple[Callable[[Floats], Floats], ...]:
    """Return what three kinds of maps say about two values, given how far apart they are."""
    far = _far(places, places)
    mean = far.sum() / (len(far) * (len(far) - 1))
    unit = mean / (MEAN_OF_SQUARE * np.sqrt(len(far) if number is None else number))
    return (
        lambda far: -far / unit,
        lambda far: -((far / mean) ** 1.6),
        # With a little of a rough map, as numbers alone do not tell the roughest patterns apart.
        lambda far: np.exp(-((far / unit / 2) ** 2)) + 1e-3 * np.exp(-far / unit / 2),
    )


def _grouped(places: Floats, number: int) -> NDArray[np.intp]:
    """Halve the places, the longer side first, until there are `number` groups of nearly equal size."""
    groups = np.zeros(len(places), dtype=np.intp)
    parts, done = [(np.arange(len(places)), number)], 0
    while parts:
        own, wanted = parts.pop()
        if wanted == 1:
            groups[own] = done
            done += 1
            continue
        side = int(np.ptp(places[own], axis=0).argmax())
        ordered = own[np.lexsort([places[own, 1 - side], places[own, side]])]
        half = wanted // 2
        cut = round(len(own) * half / wanted)
        parts += [(ordered[:cut], half), (ordered[cut:], wanted - half)]
    return groups


def _carried(covariance: Floats, vectors: Floats) -> Floats:
    """Carry patterns over from few places to all, shape (places, patterns), and make them orthonormal."""
    there = covariance @ vectors
    there -= there.mean(axis=0)
    return np.asarray(np.linalg.qr(there)[0])


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
    x: Floats, y: Floats, patterns: tuple[Patterns, ...], *, permutations: int, seed: int, alpha: float = 0.05
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
    products, squares, others = (
        np.column_stack([each.products(*pair) for each in patterns]) for pair in ((x, y), (x, x), (y, y))
    )
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
    total = own * others.sum(axis=0)
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
