"""District polygons, small enough to sit in a page: simplified together, rounded, packed into text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from sozialraum.publish.atlas.columns import group_lengths, groups

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Shapes", "pack_shapes"]

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
    where another group follows: one character of `columns.ALPHABET` per group.

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
    rings = _Rings.of(degrees.to_numpy(), unit, origin)
    return Shapes(
        packed=tuple(rings.packed(len(districts))),
        digits=digits,
        origin=origin,
        bounds=(bounds[0], bounds[1], bounds[2], bounds[3]),
        tolerance=tolerance,
        vertices=len(rings.points),
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


@dataclass(frozen=True)
class _Rings:
    """The rings of all districts, one behind the other.

    Parameters
    ----------
    points
        Shape (points, 2), whole units from the origin; of a ring without its last point.
    ring
        Of each point; ascending.
    polygon
        Of each ring; ascending.
    district
        Of each polygon, its place; ascending.
    """

    points: npt.NDArray[np.int64]
    ring: npt.NDArray[np.int64]
    polygon: npt.NDArray[np.int64]
    district: npt.NDArray[np.int64]

    @classmethod
    def of(cls, shapes: npt.NDArray[np.object_], unit: float, origin: tuple[int, int]) -> _Rings:
        """Take polygons apart; what is no polygon is left out."""
        polygons, district = shapely.get_parts(shapes, return_index=True)
        solid = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(polygons)
        polygons, district = polygons[solid], district[solid]
        rings, polygon = shapely.get_rings(polygons, return_index=True)
        coordinates, ring = shapely.get_coordinates(rings, return_index=True)
        # The last point of a ring repeats the first.
        closing = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, dtype=bool)
        points = np.rint(coordinates[~closing] * unit).astype(np.int64) - origin
        points, ring = _distinct(points, ring[~closing])
        return cls(points=points, ring=ring, polygon=polygon, district=district)

    def packed(self, districts: int) -> list[str]:
        """Write one text per district."""
        numbers, owner = self._numbers()
        lengths = group_lengths(numbers)
        ends = np.cumsum(np.bincount(owner, weights=lengths, minlength=districts).astype(int)).tolist()
        text = groups(numbers)
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def _numbers(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return what is written, signs in the lowest bit, and the district that each number belongs to."""
        rings_of, polygons_of = np.bincount(self.polygon), np.bincount(self.district)
        points_of = np.bincount(self.ring, minlength=len(self.polygon))
        # A point stands for two steps; each ring, polygon and district begins with a number of its own.
        first_ring = _firsts(self.polygon)
        first_polygon = _firsts(self.district)
        begins_district = np.zeros(len(self.polygon), dtype=bool)
        begins_district[first_ring[first_polygon]] = True
        begins_polygon = np.zeros(len(self.polygon), dtype=bool)
        begins_polygon[first_ring] = True
        size = 1 + begins_polygon + begins_district + 2 * points_of
        start = np.cumsum(size) - size
        numbers = np.zeros(int(size.sum()), dtype=np.int64)
        opens = first_ring[first_polygon]
        numbers[start[opens]] = 2 * polygons_of[self.district[first_polygon]]
        numbers[start[first_ring] + begins_district[first_ring]] = 2 * rings_of
        head = start + begins_polygon + begins_district
        numbers[head] = 2 * points_of
        first_point = np.cumsum(points_of) - points_of
        place = head[self.ring] + 1 + 2 * (np.arange(len(self.points)) - first_point[self.ring])
        steps = np.diff(self.points, axis=0, prepend=self.points[:1])
        # The first point of a district counts from the origin.
        steps[first_point[opens]] = self.points[first_point[opens]]
        signed = np.where(steps < 0, -2 * steps - 1, 2 * steps)
        numbers[place], numbers[place + 1] = signed[:, 0], signed[:, 1]
        return numbers, np.repeat(self.district[self.polygon], size)


def _firsts(sorted_codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where each run of equal codes begins."""
    return np.flatnonzero(np.diff(sorted_codes, prepend=-1))


def _distinct(
    points: npt.NDArray[np.int64], ring: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Leave out points that rounding has moved onto the one before; a ring of which little is left stays."""
    if not len(points):
        return points, ring
    firsts = _firsts(ring)
    before = np.arange(len(ring)) - 1
    before[firsts] = np.append(firsts[1:], len(ring)) - 1
    kept = (points != points[before]).any(axis=1)
    kept |= (np.bincount(ring, weights=kept) <= 2)[ring]
    return points[kept], ring[kept]
