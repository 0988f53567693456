"""Which polygons touch, nearly touch, or only almost: the geometry behind `neighbours`.

Positions, not keys: every function here takes an array of polygons and returns pairs of positions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONTACT",
    "CORNER",
    "Contacts",
    "closest_outside",
    "find_contacts",
    "share_border",
    "without_crumbs",
]

CONTACT = 0.001
"""Metres. A gap below this is arithmetic (a vertex on another's slanted edge), not a gap in the drawing."""

CORNER = 4.0
"""Rook neighbours share more border than this many tolerances; what only meets at a corner shares less.

Where polygons meet at a point, the border of one that lies within the tolerance t of the other is
t / sin(a) + t / sin(b) long, a and b being the angles between them (those from 90 degrees count as 90).
With both at least 30 degrees this is at most 4 t.
"""

CRUMB_AREA = 1_000.0
"""Square metres. A smaller part of a district, under `CRUMB_SHARE` of its area, is a crumb ..."""

CRUMB_SHARE = 0.01
"""... as is what is thinner than `THIN`."""

THIN = 1.0
"""Metres. No quarter is reached through a strip as narrow; it is an error of drawing, or a path."""


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Pairs of positions, each once, the smaller position first.

    Parameters
    ----------
    first, second
        The pair.
    distance
        Metres between the two polygons; 0 where they touch or overlap.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    distance: NDArray[np.float64]

    @classmethod
    def none(cls) -> Contacts:
        """Return no pairs."""
        return cls(first=np.empty(0, np.intp), second=np.empty(0, np.intp), distance=np.empty(0))

    def where(self, chosen: NDArray[np.bool_]) -> Contacts:
        """Return the chosen pairs."""
        return Contacts(first=self.first[chosen], second=self.second[chosen], distance=self.distance[chosen])


def find_contacts(polygons: NDArray[Any], within: float) -> Contacts:
    """Find all pairs of polygons that are at most `within` metres apart.

    Bounding boxes give the candidates. Most of them intersect, which is cheap to tell. Of the others, an
    index of the borders sorts out those that are too far apart; only the rest have their distance computed.

    Parameters
    ----------
    polygons
        Shape (n,), none missing or empty.
    within
        Metres, at least 0.
    """
    low_x, low_y, high_x, high_y = shapely.bounds(polygons).T
    boxes = shapely.box(low_x - within, low_y - within, high_x + within, high_y + within)
    first, second = shapely.STRtree(polygons).query(boxes)
    once = first < second
    first, second = first[once], second[once]
    touching = shapely.intersects(polygons[first], polygons[second])
    chosen = touching.copy()
    chosen[~touching] = _are_within(polygons, first[~touching], second[~touching], within)
    first, second, apart = first[chosen], second[chosen], ~touching[chosen]
    distance = np.zeros(len(first))
    distance[apart] = shapely.distance(polygons[first[apart]], polygons[second[apart]])
    return Contacts(first=first, second=second, distance=distance)


def _are_within(
    polygons: NDArray[Any], first: NDArray[np.intp], second: NDArray[np.intp], within: float
) -> NDArray[np.bool_]:
    """Tell which pairs are at most `within` metres apart."""
    asked = polygons[np.unique(first)]
    # The index of a polygon's borders hangs on the polygon, which is the caller's: leave none behind.
    ours = asked[~shapely.is_prepared(asked)]
    shapely.prepare(ours)
    try:
        return np.asarray(shapely.dwithin(polygons[first], polygons[second], within), dtype=bool)
    finally:
        shapely.destroy_prepared(ours)


def without_crumbs(polygons: NDArray[Any]) -> NDArray[Any]:
    """Return the bodies of the polygons: without crumbs, and without what is thinner than `THIN`.

    A contact is as good as the places that touch. Ten square centimetres that lie inside another district,
    left over by an editor, touch as well as a common street does; their own district may be far away.

    Parameters
    ----------
    polygons
        Shape (n,), in metres. What would vanish altogether stays as it is.
    """
    # Mitred joins give the corners back that the first buffer took.
    options: dict[str, Any] = {"join_style": "mitre", "mitre_limit": 5.0, "quad_segs": 1}
    bodies = shapely.buffer(shapely.buffer(polygons, -THIN / 2, **options), THIN / 2, **options)
    whole = shapely.area(polygons)
    parts, owner = shapely.get_parts(bodies, return_index=True)
    area = shapely.area(parts)
    largest = np.zeros(len(polygons))
    np.maximum.at(largest, owner, area)
    crumb = (area < CRUMB_AREA) & (area < CRUMB_SHARE * whole[owner]) & (area < largest[owner])
    several = np.unique(owner[crumb])
    for position in several:
        bodies[position] = shapely.multipolygons(parts[(owner == position) & ~crumb])
    return np.where(shapely.is_empty(bodies) | shapely.is_missing(bodies), polygons, bodies)


def share_border(polygons: NDArray[Any], contacts: Contacts, tolerance: float) -> NDArray[np.bool_]:
    """Tell which pairs share a stretch of border, not only a corner.

    Either their boundaries coincide along a line, however short; or the part of one's boundary that lies
    within `tolerance` of the other is longer than `CORNER` tolerances. The second sees through gaps,
    slivers and T-junctions.

    Parameters
    ----------
    polygons
        Shape (n,).
    contacts
        Pairs that are at most `tolerance` apart.
    tolerance
        Metres. With 0, only coinciding boundaries count.
    """
    one, other = polygons[contacts.first], polygons[contacts.second]
    shared = shapely.relate_pattern(one, other, "****1****")
    if tolerance > 0:
        open_ = np.flatnonzero(~shared)
        shared[open_] = _facing_border(one[open_], other[open_], tolerance) > CORNER * tolerance
    return np.asarray(shared, dtype=bool)


def _facing_border(one: NDArray[Any], other: NDArray[Any], tolerance: float) -> NDArray[np.float64]:
    """Measure, in metres, how much boundary of either lies within `tolerance` of its partner: the larger."""
    bounds_one, bounds_other = shapely.bounds(one), shapely.bounds(other)
    low = np.maximum(bounds_one[:, :2], bounds_other[:, :2]) - 2 * tolerance
    high = np.minimum(bounds_one[:, 2:], bounds_other[:, 2:]) + 2 * tolerance
    # Nothing outside of this window can be within the tolerance of both, and windows are small.
    window = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])

    def facing(subject: NDArray[Any], partner: NDArray[Any]) -> NDArray[np.float64]:
        reach = shapely.buffer(shapely.intersection(partner, window), tolerance, quad_segs=16)
        line = shapely.intersection(shapely.boundary(subject), window)
        return np.asarray(shapely.length(shapely.intersection(line, reach)), dtype=float)

    return np.maximum(facing(one, other), facing(other, one))


def closest_outside(polygons: NDArray[Any], component: NDArray[np.intp]) -> Contacts:
    """Find for each component, except the first, the nearest polygon that is not in it.

    Parameters
    ----------
    polygons
        Shape (n,).
    component
        Shape (n,), numbers from 1; 1 is the component that the others would be tied to.
    """
    sizes = np.bincount(component)
    single = np.flatnonzero((sizes[component] == 1) & (component > 1))
    found: list[tuple[Any, Any, Any]] = []
    if single.size:
        (asked, nearest), distance = shapely.STRtree(polygons).query_nearest(
            polygons[single], exclusive=True, return_distance=True, all_matches=False
        )
        found.append((single[asked], nearest, distance))
    several = (number for number in np.flatnonzero(sizes > 1) if number > 1)
    found += [_closest_pair(polygons, component == number) for number in several]
    if not found:
        return Contacts.none()
    one, other, distance = (np.concatenate(part) for part in zip(*found, strict=True))
    pairs, kept = np.unique(np.sort(np.column_stack([one, other]), axis=1), axis=0, return_index=True)
    return Contacts(first=pairs[:, 0], second=pairs[:, 1], distance=distance[kept])


def _closest_pair(polygons: NDArray[Any], inside: NDArray[np.bool_]) -> tuple[Any, Any, Any]:
    """Find the one nearest pair between the polygons `inside` and all others."""
    members, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    (asked, nearest), distance = shapely.STRtree(polygons[others]).query_nearest(
        polygons[members], return_distance=True, all_matches=False
    )
    best = np.argmin(distance)
    return members[asked[[best]]], others[nearest[[best]]], distance[[best]]
