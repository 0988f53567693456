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

if TYPE_CHECKING:
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
    from scipy.sparse import coo_array  # noqa: PLC0415 - start-up time
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - start-up time
    from shapely import STRtree  # noqa: PLC0415 - start-up time

    if len(sharp) < FEWEST:
        return []
    up = difference[sharp] > 0
    high, low = (np.where(side, pairs[sharp, 0], pairs[sharp, 1]) for side in (up, ~up))
    one, two = STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH)
    fits = (high[one] != low[two]) & (low[one] != high[two])
    links = coo_array((np.ones(fits.sum()), (one[fits], two[fits])), shape=(len(sharp), len(sharp)))
    _, part = connected_components(links, directed=False)
    beside = _Beside(pairs, difference)
    runs = np.split(np.argsort(part, kind="stable"), np.cumsum(np.bincount(part))[:-1])
    judged = (
        _wall(beside, length, sharp[at], high[at], low[at], lines[at]) for at in runs if len(at) >= FEWEST
    )
    return sorted((wall for wall in judged if wall is not None), key=lambda wall: -wall.length)


class _Beside:
    """The differences between each district and its neighbours.

    Parameters
    ----------
    pairs, difference
        As in `find_walls`.
    """

    def __init__(self, pairs: Positions, difference: Floats) -> None:
        self.difference = difference
        mine, theirs = pairs.T.ravel(), pairs[:, ::-1].T.ravel()
        border = np.tile(np.arange(len(pairs)), 2)
        order = np.argsort(mine, kind="stable")
        self._mine, self._theirs, self._border = mine[order], theirs[order], border[order]

    def behind(self, above: Positions, below: Positions) -> float:
        """Return how large the largest differences on a side's own ground are, on average, the rougher side.

        Only the borders of the wall's own districts are looked at: a city has many walls.
        """
        means = []
        for mine, theirs in ((above, below), (below, above)):
            first = np.searchsorted(self._mine, mine, side="left")
            counts = np.searchsorted(self._mine, mine, side="right") - first
            # The rows of all its districts, one after the other.
            rows = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
            size = np.abs(self.difference[self._border[rows]])
            own = np.isfinite(size) & ~np.isin(self._theirs[rows], theirs)
            if own.any():
                district = np.repeat(np.arange(len(mine)), counts)[own]
                largest = np.zeros(len(mine))
                np.maximum.at(largest, district, size[own])
                means.append(float(largest[np.unique(district)].mean()))
        return max(means, default=0.0)


def _wall(
    beside: _Beside,
    length: Floats,
    borders: Positions,
    high: Positions,
    low: Positions,
    lines: NDArray[np.object_],
) -> Wall | None:
    """Judge one run of borders; None if it is no wall."""
    above, below = np.unique(high), np.unique(low)
    if min(len(above), len(below)) < 2 or len(above) + len(below) < DISTRICTS:
        return None
    jump = float(np.average(np.abs(beside.difference[borders]), weights=length[borders]))
    behind = beside.behind(above, below)
    if jump < CONTRAST * behind:
        return None
    return Wall(
        borders=borders,
        high=above,
        low=below,
        ends=_ends(lines, borders),
        jump=jump,
        behind=behind,
        length=float(length[borders].sum()),
    )


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
