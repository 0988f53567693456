"""Pairs of neighbours, and a line on the map for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import AlignmentError, Problem
from sozialraum.spatial.engine.alignment import align

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph
    from numpy.typing import NDArray

__all__ = ["border_lines", "draw_lines", "pairs_of"]

NEAR = 1.0
"""Metres: the width of the gaps that the drawing may have along a border."""


def border_lines(districts: gpd.GeoDataFrame, graph: Graph) -> gpd.GeoDataFrame:
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
        most 1 m away from `neighbor`. ``"connector"``: a straight line between points inside the two
        districts, where they share none (a corner only, or a link over the river).

    Raises
    ------
    AlignmentError
        If graph and districts do not hold the same districts.
    """
    return draw_lines(districts, *pairs_of(districts.index, graph))


def pairs_of(keys: pd.Index, graph: Graph) -> tuple[NDArray[np.intp], pd.MultiIndex]:
    """Return each pair of neighbours once, as positions (pairs, 2) and as keys."""
    _, links = align(pd.Series(0.0, index=keys), graph)
    pairs = np.unique(np.sort(np.column_stack([links.focal, links.neighbor]), axis=1), axis=0)
    index = pd.MultiIndex.from_arrays([keys[pairs[:, 0]], keys[pairs[:, 1]]], names=["focal", "neighbor"])
    return pairs, index


def draw_lines(
    districts: gpd.GeoDataFrame, pairs: NDArray[np.intp], index: pd.MultiIndex
) -> gpd.GeoDataFrame:
    """Draw the line of each pair; as `border_lines`, for pairs that are known already."""
    import geopandas as gpd  # noqa: PLC0415 - start-up time
    import shapely  # noqa: PLC0415 - start-up time

    polygons = np.asarray(districts.geometry.array)
    missing = shapely.is_missing(polygons) | shapely.is_empty(polygons)
    if missing.any():
        keys = tuple(map(str, districts.index[missing]))
        raise AlignmentError(Problem(code="mixing.no_polygon", keys=keys))
    boundaries, wider = shapely.boundary(polygons), shapely.buffer(polygons, NEAR)
    first, second = pairs[:, 0], pairs[:, 1]
    lines = _only_lines(shapely.intersection(boundaries[first], boundaries[second]))
    near = _only_lines(shapely.intersection(boundaries[first], wider[second]))
    # At a common corner alone the wider polygon already cuts out stubs as long as this.
    apart = shapely.length(near) > shapely.length(lines) + 4 * NEAR
    lines[apart] = near[apart]
    straight = shapely.is_empty(lines)
    inside = shapely.get_coordinates(shapely.point_on_surface(polygons))
    ends = np.stack([inside[first], inside[second]], axis=1)
    lines[straight] = shapely.linestrings(ends[straight]) if straight.any() else []
    kind = np.where(straight, "connector", "border")
    return gpd.GeoDataFrame({"kind": kind}, geometry=list(lines), index=index, crs=districts.crs)


def _only_lines(shared: NDArray[np.object_]) -> NDArray[np.object_]:
    """Drop the points of intersections of boundaries, and join the pieces of each."""
    import shapely  # noqa: PLC0415 - start-up time

    parts, owner = shapely.get_parts(shared, return_index=True)
    line = shapely.get_dimensions(parts) == 1
    found = np.full(len(shared), shapely.LineString(), dtype=object)
    for at, pieces in pd.Series(parts[line]).groupby(owner[line]):
        found[at] = shapely.line_merge(shapely.multilinestrings(list(pieces)))
    return found
