"""District polygons, small enough to sit in a page: simplified together, rounded, packed into text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Shapes", "pack_shapes"]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STEPS_ACROSS = 12_000
"""The simplification's tolerance is the city's diagonal divided by this: 5 m in Berlin."""


@dataclass(frozen=True)
class Shapes:
    """Packed polygons.

    Parameters
    ----------
    packed
        One text per district, in the order of the districts; empty where a district has no area.
    digits
        Coordinates are whole numbers of ``10 ** -digits`` degrees.
    origin
        Longitude and latitude that the first point of each district counts from, in these units.
    bounds
        West, south, east, north in degrees (WGS 84).
    tolerance
        Of the simplification, in metres.
    vertices
        How many points are left.
    """

    packed: tuple[str, ...]
    digits: int
    origin: tuple[int, int]
    bounds: tuple[float, float, float, float]
    tolerance: float
    vertices: int


def pack_shapes(districts: gpd.GeoDataFrame) -> Shapes:
    """Simplify the districts so that shared borders stay shared, and pack them as text.

    Each district is a sequence of whole numbers: the number of its polygons; per polygon the number of
    rings; per ring the number of points, then the differences from point to point (longitude, latitude;
    the first of a district from the origin). A ring's last point, which repeats the first, is left out. A
    whole number is written in groups of five bits, lowest first, sign in the lowest bit, with a sixth bit
    where another group follows: one character of `ALPHABET` per group.

    Parameters
    ----------
    districts
        Polygons in a metric CRS.

    Returns
    -------
    Shapes
        In the order of `districts`.
    """
    metric = districts.geometry
    west, south, east, north = metric.total_bounds
    diagonal = math.hypot(east - west, north - south)
    tolerance = diagonal / STEPS_ACROSS if math.isfinite(diagonal) else 0.0
    degrees = gpd.GeoSeries(_simplify(metric.to_numpy(), tolerance), crs=metric.crs).to_crs("EPSG:4326")
    bounds = tuple(float(bound) for bound in degrees.total_bounds)
    digits = _digits(tolerance)
    unit = 10.0**digits
    origin = (round(bounds[0] * unit), round(bounds[1] * unit)) if math.isfinite(bounds[0]) else (0, 0)
    rings = [_rings(shape, unit, origin) for shape in degrees]
    return Shapes(
        packed=tuple(_pack(polygons) for polygons in rings),
        digits=digits,
        origin=origin,
        bounds=(bounds[0], bounds[1], bounds[2], bounds[3]),
        tolerance=tolerance,
        vertices=sum(len(ring) for polygons in rings for polygon in polygons for ring in polygon),
    )


def _digits(tolerance: float) -> int:
    """Round finer than the tolerance: 5 digits are 1.1 m, more for something much smaller than a city."""
    degrees = tolerance / 111_320
    return min(9, max(5, math.ceil(-math.log10(degrees)))) if degrees > 0 else 5


def _simplify(shapes: npt.NDArray[np.object_], tolerance: float) -> npt.NDArray[np.object_]:
    simple = shapes.copy()
    solid = shapely.is_valid(shapes) & ~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) == 2)
    if solid.any() and tolerance > 0:
        simple[solid] = shapely.coverage_simplify(shapes[solid], tolerance)
    vanished = shapely.is_empty(simple) | shapely.is_missing(simple)
    return np.where(vanished, shapes, simple)


def _rings(
    shape: shapely.Geometry | None, unit: float, origin: tuple[int, int]
) -> list[list[npt.NDArray[np.int64]]]:
    """Return polygons, each a list of rings of shape (points, 2) in whole units from the origin."""
    if shape is None:
        return []
    polygons = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon" or polygon.is_empty:
            continue
        exterior, *holes = (
            np.rint(shapely.get_coordinates(ring)[:-1] * unit).astype(np.int64) - origin
            for ring in (polygon.exterior, *polygon.interiors)
        )
        polygons.append([_distinct(exterior), *(hole for ring in holes if len(hole := _distinct(ring)) > 2)])
    return polygons


def _distinct(ring: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Leave out points that rounding has moved onto the one before."""
    kept: npt.NDArray[np.int64] = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    return kept if len(kept) > 2 else ring


def _pack(polygons: list[list[npt.NDArray[np.int64]]]) -> str:
    if not polygons:
        return ""
    numbers = [len(polygons)]
    last = np.zeros(2, dtype=np.int64)
    for polygon in polygons:
        numbers.append(len(polygon))
        for ring in polygon:
            numbers.append(len(ring))
            numbers.extend(np.diff(ring, axis=0, prepend=last[None]).ravel().tolist())
            last = ring[-1]
    return "".join(map(_write, numbers))


def _write(number: int) -> str:
    rest = number << 1 if number >= 0 else ~(number << 1)
    written = ""
    while rest > 31:
        written += ALPHABET[32 | (rest & 31)]
        rest >>= 5
    return written + ALPHABET[rest]
