"""Pairs of neighbours: whether they share a border, how long it is, and a line on the map for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem
from sozialraum.spatial.engine.alignment import align

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Links

    Floats = NDArray[np.float64]

__all__ = ["CONTACTS", "Contacts", "border_lines", "contacts_of", "draw_lines", "pairs_of", "shared_lines"]

CONTACTS = ("border", "corner", "connector")

NEAR = 1.0
"""Metres: the width of the gaps that the drawing may have along a border."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contacts:
    """How the districts of each pair meet.

    Parameters
    ----------
    kind
        One of `CONTACTS`, shape (pairs,): a shared line, a point only, or a link over something else.
    length
        Metres of shared line, shape (pairs,).
    clear
        Whether the shared line is made of the equal segments of both drawings, shape (pairs,).
    first
        Number of the first segment of each pair, and one more at the end, shape (pairs + 1,).
    segments
        Coordinates of both ends, shape (segments, 2, 2), pair after pair.
    """

    kind: NDArray[np.object_]
    length: Floats
    clear: NDArray[np.bool_]
    first: NDArray[np.intp]
    segments: Floats

    def some(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Contacts:
        """Return those of some pairs; `chosen` holds places, or a truth value per pair."""
        counts = np.diff(self.first)[chosen]
        rows = np.arange(counts.sum()) + np.repeat(
            self.first[:-1][chosen] - np.cumsum(counts) + counts, counts
        )
        return Contacts(
            kind=self.kind[chosen],
            length=self.length[chosen],
            clear=self.clear[chosen],
            first=np.concatenate([[0], np.cumsum(counts)]),
            segments=self.segments[rows],
        )


@checked()
def border_lines(districts: gpd.GeoDataFrame, graph: Links) -> gpd.GeoDataFrame:
    """Draw a line for each pair of neighbours.

    Parameters
    ----------
    districts
        Index: district key. Polygons in a metric CRS.
    graph
        Neighbours of the same districts.

    Returns
    -------
    geopandas.GeoDataFrame
        Index (`focal`, `neighbor`), each pair once; columns `kind` and `geometry`. ``"border"``: the shared
        part of the boundary; where the drawing leaves gaps, the part of the boundary of `focal` that is at
        most 1 m away from `neighbor`. Where they share none, a straight line between points inside the two
        districts: ``"corner"`` if they touch, ``"connector"`` for a link over something else.

    Raises
    ------
    AlignmentError
        If graph and districts do not hold the same districts.
    """
    pairs, index = pairs_of(districts.index, graph)
    return draw_lines(districts, pairs, index, contacts_of(districts, pairs))


def pairs_of(keys: pd.Index, graph: Links) -> tuple[NDArray[np.intp], pd.MultiIndex]:
    """Return each pair of neighbours once, as positions (pairs, 2) and as keys."""
    _, links = align(pd.Series(0.0, index=keys), graph)
    low, high = np.minimum(links.focal, links.neighbor), np.maximum(links.focal, links.neighbor)
    code = np.unique(low * len(keys) + high)
    pairs = np.column_stack(np.divmod(code, max(len(keys), 1)))
    index = pd.MultiIndex.from_arrays([keys[pairs[:, 0]], keys[pairs[:, 1]]], names=["focal", "neighbor"])
    return pairs, index


def contacts_of(districts: gpd.GeoDataFrame, pairs: NDArray[np.intp]) -> Contacts:
    """Measure the shared line of each pair.

    Where both polygons run through the same points, equal segments are counted, which costs a sort; only for
    pairs of districts that both have segments without a partner are polygons laid over one another.

    Raises
    ------
    AlignmentError
        If a district has no polygon.
    """
    import shapely  # noqa: PLC0415 - start-up time

    polygons = _polygons(districts)
    ends, pair, loose = _equal_segments(shapely.boundary(polygons), pairs)
    metres = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    length = np.bincount(pair, metres, minlength=len(pairs)).astype(float)
    clear = np.asarray(~loose[pairs].all(axis=1))
    unclear = np.flatnonzero(~clear)
    length[unclear] = shapely.length(_overlaid(polygons, pairs[unclear]))
    apart = np.flatnonzero(length == 0)
    touching = shapely.dwithin(polygons[pairs[apart, 0]], polygons[pairs[apart, 1]], NEAR)
    kind = np.full(len(pairs), CONTACTS[0], dtype=object)
    kind[apart] = np.where(touching, CONTACTS[1], CONTACTS[2])
    first = np.searchsorted(pair, np.arange(len(pairs) + 1))
    return Contacts(kind=kind, length=length, clear=clear, first=first, segments=ends)


def draw_lines(
    districts: gpd.GeoDataFrame, pairs: NDArray[np.intp], index: pd.MultiIndex, contacts: Contacts
) -> gpd.GeoDataFrame:
    """Draw the line of each pair; as `border_lines`, for pairs whose contact is known already."""
    import geopandas as gpd  # noqa: PLC0415 - start-up time
    import shapely  # noqa: PLC0415 - start-up time

    polygons = _polygons(districts)
    shared = contacts.kind == CONTACTS[0]
    lines = np.full(len(pairs), None, dtype=object)
    if shared.any():
        lines[shared] = shared_lines(districts, pairs[shared], contacts.some(shared))
    if not shared.all():
        inside = shapely.get_coordinates(shapely.point_on_surface(polygons))
        lines[~shared] = shapely.linestrings(inside[pairs[~shared]])
    return gpd.GeoDataFrame({"kind": contacts.kind}, geometry=list(lines), index=index, crs=districts.crs)


def shared_lines(
    districts: gpd.GeoDataFrame, pairs: NDArray[np.intp], contacts: Contacts
) -> NDArray[np.object_]:
    """Draw the shared line of each pair, all of which share one; shape (pairs,).

    Most lines are put together from the segments that both drawings have; the others are cut out.
    """
    import shapely  # noqa: PLC0415 - start-up time

    lines = np.full(len(pairs), None, dtype=object)
    clear = np.flatnonzero(contacts.clear)
    if len(clear):
        counts = np.diff(contacts.first)
        mine = np.repeat(contacts.clear, counts)
        pieces = shapely.linestrings(contacts.segments[mine])
        owner = np.repeat(np.arange(len(clear)), counts[clear])
        lines[clear] = shapely.line_merge(shapely.multilinestrings(pieces, indices=owner))
    if not contacts.clear.all():
        lines[~contacts.clear] = _overlaid(_polygons(districts), pairs[~contacts.clear])
    return lines


def _polygons(districts: gpd.GeoDataFrame) -> NDArray[np.object_]:
    import shapely  # noqa: PLC0415 - start-up time

    polygons = np.asarray(districts.geometry.array)
    missing = shapely.is_missing(polygons) | shapely.is_empty(polygons)
    if missing.any():
        keys = tuple(map(str, districts.index[missing]))
        raise AlignmentError(Problem(code="mixing.no_polygon", keys=keys))
    return polygons


def _equal_segments(
    boundaries: NDArray[np.object_], pairs: NDArray[np.intp]
) -> tuple[Floats, NDArray[np.intp], NDArray[np.bool_]]:
    """Return the equal segments (ends, and of which pair they are), and which districts have others, too."""
    import shapely  # noqa: PLC0415 - start-up time

    rings, district = shapely.get_parts(boundaries, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    # A point that is drawn twice makes no segment.
    within = (ring[1:] == ring[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    start, end, owner = points[:-1][within], points[1:][within], district[ring[1:][within]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap]
    order = np.lexsort([owner, end[:, 1], end[:, 0], start[:, 1], start[:, 0]])
    start, end, owner = start[order], end[order], owner[order]
    same = np.zeros(len(owner), dtype=bool)
    same[1:] = (start[1:] == start[:-1]).all(axis=1) & (end[1:] == end[:-1]).all(axis=1)
    alone = ~same
    alone[:-1] &= ~same[1:]
    loose = np.zeros(len(boundaries), dtype=bool)
    loose[owner[alone]] = True
    second = np.flatnonzero(same)
    wanted = pairs[:, 0] * len(boundaries) + pairs[:, 1]
    found = owner[second - 1] * len(boundaries) + owner[second]
    place = np.searchsorted(wanted, found).clip(max=max(len(wanted) - 1, 0))
    known = wanted[place] == found if len(wanted) else np.zeros(len(found), dtype=bool)
    order = np.argsort(place[known], kind="stable")
    chosen = second[known][order]
    return np.stack([start[chosen], end[chosen]], axis=1), place[known][order], loose


def _overlaid(polygons: NDArray[np.object_], pairs: NDArray[np.intp]) -> NDArray[np.object_]:
    """Return the shared line of each pair, across small gaps of the drawing too; empty if there is none."""
    import shapely  # noqa: PLC0415 - start-up time

    used, place = np.unique(pairs, return_inverse=True)
    place = place.reshape(pairs.shape)
    boundaries, wider = shapely.boundary(polygons[used]), shapely.buffer(polygons[used], NEAR)
    first, second = place[:, 0], place[:, 1]
    lines = _only_lines(shapely.intersection(boundaries[first], boundaries[second]))
    near = _only_lines(shapely.intersection(boundaries[first], wider[second]))
    # At a common corner alone the wider polygon already cuts out stubs as long as this.
    apart = shapely.length(near) > shapely.length(lines) + 4 * NEAR
    lines[apart] = near[apart]
    return lines


def _only_lines(shared: NDArray[np.object_]) -> NDArray[np.object_]:
    """Drop the points of intersections of boundaries, and join the pieces of each."""
    import shapely  # noqa: PLC0415 - start-up time

    parts, owner = shapely.get_parts(shared, return_index=True)
    line = shapely.get_dimensions(parts) == 1
    found = np.full(len(shared), shapely.LineString(), dtype=object)
    if line.any():
        # Pieces of one collection may be collections themselves.
        pieces, piece = shapely.get_parts(parts[line], return_index=True)
        whose, code = np.unique(owner[line][piece], return_inverse=True)
        found[whose] = shapely.line_merge(shapely.multilinestrings(pieces, indices=code))
    return found
