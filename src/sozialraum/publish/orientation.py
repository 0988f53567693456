"""Water, lines and place names by which people find their way on a map; nothing of it is data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import BoundaryError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

__all__ = ["Orientation", "Place", "orientation", "written_shapes"]

DIGITS = 5
"""Of degrees: about a metre."""

TOLERANCE = 5.0
"""Metres by which lines and shores may be simplified."""

MARGIN = 0.1
"""Of the city's size, on each side, that is still shown."""


class Place(TypedDict):
    """A name on the map."""

    name: str
    lon: float
    lat: float


class Orientation(TypedDict):
    """GeoJSON geometries in degrees, and names."""

    areas: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    places: list[Place]


def orientation(frames: Sequence[gpd.GeoDataFrame], districts: gpd.GeoDataFrame) -> Orientation:
    """Cut what serves orientation to the city, simplify it, and make it ready for JSON.

    Parameters
    ----------
    frames
        Polygons are drawn as water, lines as lines, points with a column `name` as names; every other column
        is left out.
    districts
        The city, in a metric CRS.

    Raises
    ------
    BoundaryError
        If a frame has no CRS.
    """
    if any(frame.crs is None for frame in frames):
        raise_problems([Problem(code="atlas.error.orientation_crs")], BoundaryError)
    west, south, east, north = districts.total_bounds
    wide, high = MARGIN * (east - west), MARGIN * (north - south)
    window = (west - wide, south - high, east + wide, north + high)
    import geopandas as gpd  # noqa: PLC0415 - start-up time

    found: Orientation = {"areas": [], "lines": [], "places": []}
    for frame in frames:
        ours = frame.to_crs(districts.crs)
        shapes = np.asarray(ours.geometry.array)
        kinds = shapely.get_dimensions(shapes)
        for kind, dimension in (("areas", 2), ("lines", 1)):
            cut = shapely.clip_by_rect(shapes[kinds == dimension], *window)
            short = shapely.simplify(cut[~shapely.is_empty(cut)], TOLERANCE)
            parts = short[~shapely.is_empty(short) & (shapely.get_dimensions(short) == dimension)]
            found[kind] += written_shapes(gpd.GeoSeries(parts, crs=ours.crs))  # type: ignore[literal-required]  # one of two keys
        if "name" in ours:
            found["places"] += _places(ours[kinds == 0].cx[window[0] : window[2], window[1] : window[3]])
    return found


def written_shapes(shapes: gpd.GeoSeries) -> list[dict[str, Any]]:
    """Write shapes as GeoJSON geometries in degrees, with as many digits as a page needs.

    Parameters
    ----------
    shapes
        In any CRS, which must be known.

    Returns
    -------
    list of dict
        `type` and `coordinates`, in the order of the shapes.
    """
    degrees = shapes.to_crs(4326)
    return [
        {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
        for geometry in (shape.__geo_interface__ for shape in degrees)
    ]


def _rounded(part: Any) -> Any:  # noqa: ANN401 - coordinates in coordinates
    return [_rounded(one) for one in part] if isinstance(part, list | tuple) else round(part, DIGITS)


def _places(points: gpd.GeoDataFrame) -> list[Place]:
    degrees = points.geometry.to_crs(4326)
    names = points["name"]
    return [
        {
            "name": re.sub(r"\s+", " ", str(name)).strip(),
            "lon": round(place.x, DIGITS),
            "lat": round(place.y, DIGITS),
        }
        for name, place in zip(names, degrees, strict=True)
        if pd.notna(name) and place.geom_type == "Point" and not place.is_empty
    ]
