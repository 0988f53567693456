"""Ordered samples of distinct districts: the only chance in the engine, reproducible block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Draws", "Exceptions", "draw", "exceptions"]

ELEMENTS_PER_BLOCK = 1 << 20
ROWS_PER_BLOCK = 16_384
FEW_DISTRICTS = 20_000
BYTES_PER_ELEMENT = 64
"""What one drawn district costs at the peak: its number, its sums and its corrections."""


@dataclass(frozen=True, kw_only=True)
class Draws:
    """A plan of draws: P ordered samples of `size` distinct districts out of `districts`, in blocks.

    Parameters
    ----------
    districts, size, permutations, seed
        n, the length of a sample, P and the seed.
    """

    districts: int
    size: int
    permutations: int
    seed: int

    @property
    def rows(self) -> int:
        """Permutations per block; depends on nothing but the task itself."""
        longest = self.size if _by_rank(self.districts, self.size) else self.districts
        return min(max(ELEMENTS_PER_BLOCK // max(longest, 1), 1), ROWS_PER_BLOCK)

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.permutations // self.rows)

    def sample(self, blocks: range) -> NDArray[np.intp]:
        """Draw `blocks`; shape (size, permutations of these blocks), columns are samples."""
        first, stop = blocks.start * self.rows, min(blocks.stop * self.rows, self.permutations)
        sample = np.empty((self.size, stop - first), dtype=np.intp)
        for number in blocks:
            rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
            start = number * self.rows - first
            draw(rng, districts=self.districts, out=sample[:, start : start + self.rows])
        return sample

    def chunks(self, *, memory: int, workers: int, tasks: int = 1) -> Iterator[range]:
        """Cut the blocks into runs that fit the budget and occupy the workers.

        With few districts single blocks are quickest, as they fit the processor's cache; with many, each run
        costs a search for every district.
        """
        affordable = memory // (workers * BYTES_PER_ELEMENT * self.rows * self.size)
        fair = -(-self.blocks * tasks // workers)
        step = max(min(affordable, fair, self.blocks), 1) if self.districts > FEW_DISTRICTS else 1
        for first in range(0, self.blocks, step):
            yield range(first, min(first + step, self.blocks))


def draw(rng: np.random.Generator, *, districts: int, out: NDArray[np.intp]) -> None:
    """Fill the columns of `out` with ordered samples of distinct numbers below `districts`, all alike.

    Short samples are drawn by rank: the j-th number is a rank among those not yet taken, shifted past the
    taken ones in ascending order. Long samples come from a shuffle that stops after as many steps. Nothing is
    rejected.

    Parameters
    ----------
    rng
        Source of chance.
    districts
        How many there are to draw from.
    out
        Shape (length of a sample, samples).
    """
    size, samples = out.shape
    if not _by_rank(districts, size):
        _draw_by_shuffle(rng, districts, out)
        return
    taken = np.empty((size, samples), dtype=np.int32)
    for step in range(size):
        number = rng.integers(districts - step, size=samples, dtype=np.int32)
        for earlier in taken[:step]:
            number += number >= earlier
        out[step] = number
        for earlier in taken[:step]:
            number, earlier[:] = np.maximum(earlier, number), np.minimum(earlier, number)
        taken[step] = number


def _by_rank(districts: int, size: int) -> bool:
    """Tell which way of drawing is quicker; the steps of the first grow with the square of `size`."""
    return size * size <= districts + 25 * size


def _draw_by_shuffle(rng: np.random.Generator, districts: int, out: NDArray[np.intp]) -> None:
    size, samples = out.shape
    deck = np.repeat(np.arange(districts)[:, None], samples, axis=1)
    column = np.arange(samples)
    for step in range(size):
        other = rng.integers(step, districts, size=samples)
        out[step] = deck[other, column]
        deck[other, column] = deck[step]


@dataclass(frozen=True, kw_only=True)
class Exceptions:
    """Those permutations that contain a district among its own first k_i, one entry for each.

    Parameters
    ----------
    district, permutation
        Which district, in which permutation; ordered by the place in the sample where it stands.
    counts
        Number of entries for each place.
    """

    district: NDArray[np.intp]
    permutation: NDArray[np.intp]
    counts: list[int]

    @property
    def place(self) -> NDArray[np.intp]:
        """Where in the sample each stands."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


def exceptions(sample: NDArray[np.intp], cardinalities: NDArray[np.intp]) -> Exceptions:
    """Find in `sample` (size, permutations) every district that stands among its own first k_i."""
    found = [
        np.flatnonzero(cardinalities.take(drawn) > place)
        for place, drawn in enumerate(sample[: cardinalities.max()])
    ]
    return Exceptions(
        district=np.concatenate([drawn.take(at) for drawn, at in zip(sample, found, strict=False)]),
        permutation=np.concatenate(found),
        counts=[len(at) for at in found],
    )
