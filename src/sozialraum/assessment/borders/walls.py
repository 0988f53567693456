"""Walls: sharp borders that hang together and part two sides of a city.

A single sharp border can be one odd district. A wall is a run of sharp borders that meet end to end,

- with the higher side on one and the same side all along (no district is high on one border and low on the
  next one), at least `FEWEST` borders, two districts on each side and `DISTRICTS` together,
- that stands out: the mean jump across it is at least `CONTRAST` times the largest jump that the districts
  beside it have, on average, to their other neighbours on their own side (the rougher side counts). A steep
  slope has jumps of its own size behind every jump, a patchwork too; a wall has not,
- in a city whose neighbours resemble each other more than chance: in a random arrangement of unequal
  districts sharp borders meet anyhow.

After Womble (1951) and the social frontiers of Dean et al. (2019), with a rule that can be said in a sentence
in place of a model.

References
----------
Womble (1951), Differential systematics, Science 114; Lu & Carlin (2005), Bayesian areal wombling for
geographical boundary analysis, Geographical Analysis 37; Dean et al. (2019), Frontiers in residential
segregation, Tijdschrift voor economische en sociale geografie 110.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.assessment.borders.lines import CONTACTS, shared_lines
from sozialraum.stats.connected import connected_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from sozialraum.assessment.borders.lines import Contacts

    Floats = NDArray[np.float64]
    Positions = NDArray[np.intp]

__all__ = ["CONTRAST", "DISTRICTS", "FEWEST", "WALL_COLUMNS", "Wall", "find_walls", "tell_walls"]

WALL_COLUMNS = (
    "indicator",
    "date",
    "wall",
    "borders",
    "length",
    "jump",
    "behind",
    "from",
    "to",
    "high",
    "low",
)

FEWEST = 3
DISTRICTS = 5
CONTRAST = 2.0
TOUCH = 2.0
"""Metres between the ends of two borders that still meet."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Wall:
    """One wall.

    Parameters
    ----------
    borders
        Which of the borders given, ascending.
    high, low
        Positions of the districts on either side.
    ends
        The two of `borders` that lie furthest apart.
    jump
        Mean difference across it, in the unit of the values, each border by its length.
    behind
        Mean of the largest differences that its districts have on their own side; the rougher side.
    length
        Metres.
    """

    borders: Positions
    high: Positions
    low: Positions
    ends: tuple[int, int]
    jump: float
    behind: float
    length: float


def find_walls(
    pairs: Positions, difference: Floats, length: Floats, lines: NDArray[np.object_], sharp: Positions
) -> list[Wall]:
    """Find the walls of one indicator and date, the longest first.

    Parameters
    ----------
    pairs
        Districts that share a border, as positions, shape (m, 2).
    difference
        Value of the first minus that of the second, shape (m,); NaN where unknown.
    length
        Metres of each border, shape (m,).
    lines
        The lines of the sharp borders, shape (s,).
    sharp
        Which borders are sharp, shape (s,).
    """
    from shapely import STRtree  # noqa: PLC0415 - start-up time

    if len(sharp) < FEWEST:
        return []
    up = difference[sharp] > 0
    high, low = (np.where(side, pairs[sharp, 0], pairs[sharp, 1]) for side in (up, ~up))
    one, two = STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH)
    fits = (high[one] != low[two]) & (low[one] != high[two])
    runs = _Runs(connected_parts(len(sharp), one[fits], two[fits]), high, low)
    standing = runs.standing(_Beside(pairs, difference), np.abs(difference[sharp]), length[sharp])
    walls = [
        Wall(
            borders=sharp[at],
            high=np.unique(high[at]),
            low=np.unique(low[at]),
            ends=_ends(lines[at], sharp[at]),
            jump=jump,
            behind=behind,
            length=float(length[sharp[at]].sum()),
        )
        for at, jump, behind in standing
    ]
    return sorted(walls, key=lambda wall: -wall.length)


class _Beside:
    """The borders of each district, and the differences across them.

    Parameters
    ----------
    pairs, difference
        As in `find_walls`.
    """

    def __init__(self, pairs: Positions, difference: Floats) -> None:
        mine, theirs = pairs.T.ravel(), pairs[:, ::-1].T.ravel()
        order = np.argsort(mine, kind="stable")
        self._mine, self._theirs = mine[order], theirs[order]
        self._size = np.abs(np.tile(difference, 2)[order])

    def of(self, districts: Positions) -> tuple[Positions, Positions, Floats]:
        """Return, of every border of some districts, whose it is (a place in them), the other, the size."""
        first = np.searchsorted(self._mine, districts, side="left")
        counts = np.searchsorted(self._mine, districts, side="right") - first
        rows = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
        return np.repeat(np.arange(len(districts)), counts), self._theirs[rows], self._size[rows]


class _Runs:
    """Sharp borders that hang together, all runs of a city at one time: there are thousands.

    Parameters
    ----------
    run
        Of each sharp border.
    high, low
        The district on its higher and on its lower side.
    """

    def __init__(self, run: Positions, high: Positions, low: Positions) -> None:
        self._run = run
        self._number = int(run.max(initial=-1)) + 1
        self._width = int(max(high.max(initial=0), low.max(initial=0))) + 1
        # Each district once per run and side, as one whole number.
        self._above, self._below = (np.unique(run * self._width + side) for side in (high, low))

    def standing(
        self, beside: _Beside, size: Floats, length: Floats
    ) -> Iterator[tuple[Positions, float, float]]:
        """Give the borders of each run that is a wall, its jump, and the largest differences behind it."""
        borders = np.bincount(self._run, minlength=self._number)
        above, below = (self._count(side) for side in (self._above, self._below))
        large = (borders >= FEWEST) & (np.minimum(above, below) >= 2) & (above + below >= DISTRICTS)
        weighted = np.bincount(self._run, weights=size * length, minlength=self._number)
        jump = weighted / np.bincount(self._run, weights=length, minlength=self._number)
        behind = np.maximum(
            self._behind(beside, self._above, self._below), self._behind(beside, self._below, self._above)
        )
        rows = np.split(np.argsort(self._run, kind="stable"), np.cumsum(borders)[:-1])
        for number in np.flatnonzero(large & (jump >= CONTRAST * behind)):
            yield rows[number], float(jump[number]), float(behind[number])

    def _count(self, side: Positions) -> Positions:
        return np.bincount(side // self._width, minlength=self._number)

    def _behind(self, beside: _Beside, mine: Positions, theirs: Positions) -> Floats:
        """Return the mean of the largest differences on one side's own ground, of each run; 0 where none."""
        run, district = np.divmod(mine, self._width)
        whose, other, size = beside.of(district)
        own = np.isfinite(size) & ~np.isin(run[whose] * self._width + other, theirs)
        largest = np.full(len(mine), -1.0)
        np.maximum.at(largest, whose[own], size[own])
        known = largest >= 0
        total = np.bincount(run[known], weights=largest[known], minlength=self._number)
        return total / np.maximum(np.bincount(run[known], minlength=self._number), 1)


def _ends(lines: NDArray[np.object_], borders: Positions) -> tuple[int, int]:
    import shapely  # noqa: PLC0415 - start-up time

    middle = shapely.get_coordinates(shapely.centroid(lines))
    # The two ends along the longest direction; all pairs of a wall of thousands would not fit.
    centred = middle - middle.mean(axis=0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    place = centred @ axis
    first, last = sorted((int(borders[place.argmin()]), int(borders[place.argmax()])))
    return first, last


def tell_walls(
    difference: Floats,
    sharp: NDArray[np.bool_],
    pairs: Positions,
    contacts: Contacts,
    districts: gpd.GeoDataFrame,
) -> list[dict[str, object]]:
    """Describe the walls of one indicator and date by `WALL_COLUMNS` without indicator and date.

    Parameters
    ----------
    difference, sharp
        Of each pair, shape (pairs,).
    pairs, contacts
        All pairs of neighbours, and how they meet.
    districts
        In the order of the positions; a column `name` names them, else their keys do.
    """
    shared = np.flatnonzero(contacts.kind == CONTACTS[0])
    some = np.flatnonzero(sharp[shared])
    if len(some) < FEWEST:
        return []
    used = shared[some]
    lines = shared_lines(districts, pairs[used], contacts.some(used))
    found = find_walls(pairs[shared], difference[shared], contacts.length[shared], lines, some)
    names = districts["name"] if "name" in districts else districts.index.to_series()
    told = []
    for number, wall in enumerate(found, start=1):
        ends = [" | ".join(map(str, names.iloc[pairs[shared[end]]])) for end in wall.ends]
        told.append(
            {
                "wall": number,
                "borders": len(wall.borders),
                "length": wall.length,
                "jump": wall.jump,
                "behind": wall.behind,
                "from": ends[0],
                "to": ends[1],
                "high": tuple(map(str, districts.index[wall.high])),
                "low": tuple(map(str, districts.index[wall.low])),
            }
        )
    return told
