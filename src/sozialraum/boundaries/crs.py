"""Reference systems: can the coordinates be what they are said to be, and which metric system fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from sozialraum.errors import Problem

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "AxisOrder",
    "Bounds",
    "axes_swapped",
    "extent",
    "georeference",
    "metric_crs",
    "propose_crs",
    "stated_crs",
]

AxisOrder = Literal["xy", "yx"]
Bounds = tuple[float, float, float, float]
"""Smallest x, smallest y, largest x, largest y."""

CENTRAL_EUROPE: Bounds = (5.5, 45.5, 17.5, 55.5)
"""Degrees. Coordinates that lie here once x and y are exchanged are taken as exchanged: as they stand they
would lie between the Horn of Africa and the Gulf of Aden."""

EUROPE: Bounds = (-16.1, 34.5, 40.2, 84.7)
"""Degrees; about the area of use of ETRS89 (EPSG:4258)."""

MARGIN: tuple[float, float] = (6.0, 3.0)
"""Degrees of longitude and latitude by which data may leave the stated area of use of their system: states
use one zone for all their land, as Germany's federal data use zone 32 up to the Oder."""

SAME_PLACE = 1e-5
"""Degrees, about a metre: so far apart two descriptions of one system may put a corner."""

KEPT_METHODS = frozenset({"Transverse Mercator", "Cassini-Soldner"})
"""Projections that keep lengths and areas of a city true to a few parts in ten thousand (UTM,
Gauss-Krüger, Soldner)."""

USUAL = (4326, 25832, 25833, 31466, 31467, 31468, 31469, 4647, 5650, 3068, 3035, 3857)
"""EPSG codes that German boundary files come in."""


def georeference(
    geometry: gpd.GeoSeries,
    *,
    crs: str | None = None,
    axis_order: AxisOrder = "xy",
    relevant: pd.Series | None = None,
    file: str | None = None,
) -> tuple[gpd.GeoSeries | None, tuple[Problem, ...]]:
    """Bring geometry into a metric system that suits the place.

    Parameters
    ----------
    geometry
        As read, any reference system or none. Missing geometry stays missing.
    crs
        The system that the coordinates are in; overrides what the file says.
    axis_order
        ``"yx"`` where the file has latitude (or northing) first.
    relevant
        Boolean on the index of `geometry`: False for features that say nothing about the place, such as
        excluded ones at (0, 0).
    file
        For messages.

    Returns
    -------
    geometry, problems
        Geometry is None where the system is unknown or cannot be true (a problem of severity ``"error"``
        says why).
    """
    if axis_order == "yx":
        swapped = shapely.transform(geometry.to_numpy(), lambda xy: xy[:, ::-1])
        geometry = geometry.__class__(swapped, index=geometry.index, crs=geometry.crs)
    problems: list[Problem] = []
    bounds = extent(geometry if relevant is None else geometry[relevant])
    declared = stated_crs(geometry)
    chosen = declared
    if crs is not None:
        chosen = _parse(crs)
        if chosen is None:
            problem = Problem(code="boundaries.crs_unknown", file=file, values={"crs": crs})
            return None, (problem,)
        if declared is not None and not declared.equals(chosen, ignore_axis_order=True):
            labels = {"crs": _label(chosen), "declared": _label(declared)}
            problems.append(
                Problem(code="boundaries.crs_overridden", severity="warning", file=file, values=labels)
            )
    if bounds is None:
        return None, tuple(problems)
    if chosen is None:
        values = _proposals(bounds)
        return None, (*problems, Problem(code=_told("no_crs", values), file=file, values=values))
    doubt = _doubt(bounds, chosen, axis_order, file)
    if doubt is None and crs is None:
        doubt = _altered(bounds, chosen, file)
    if doubt is not None:
        return None, (*problems, doubt)
    placed = geometry.set_crs(chosen, allow_override=True)
    target = metric_crs(chosen, bounds)
    return (placed if target is chosen else placed.to_crs(target)), tuple(problems)


def stated_crs(geometry: gpd.GeoSeries) -> CRS | None:
    """Return the 2D system that a file states; systems called 'undefined', local or broken state nothing."""
    crs: CRS | None = geometry.crs
    if crs is None or not (crs.is_projected or crs.is_geographic) or crs.name.lower().startswith("undefined"):
        return None
    return crs.to_2d() if _works(crs) else None


def _works(crs: CRS) -> bool:
    """Tell whether coordinates can be brought from a system to degrees; damaged texts may name none."""
    plain = _plain(crs)
    try:
        if not plain.is_geographic and plain.geodetic_crs is not None:
            Transformer.from_crs(plain, plain.geodetic_crs, always_xy=True)
    except ProjError:
        return False
    return True


def _parse(crs: str) -> CRS | None:
    """Return a system for maps; None for unknown, geocentric and local ones."""
    try:
        found = CRS.from_user_input(crs).to_2d()
    except CRSError:
        return None
    return found if (found.is_projected or found.is_geographic) and _works(found) else None


def metric_crs(crs: CRS, bounds: Bounds) -> CRS:
    """Choose the metric system to work in.

    A system in metres that is true enough for a city (`KEPT_METHODS`) is kept, so that areas and
    coordinates are those of the city's own survey. Else ETRS89/UTM (EPSG:25828 to 25838) inside Europe,
    WGS84/UTM elsewhere, in the zone of the centre.
    """
    plain = _plain(crs)
    operation = plain.coordinate_operation
    metres = {axis.unit_name for axis in plain.axis_info} == {"metre"}
    if plain.is_projected and metres and operation is not None and operation.method_name in KEPT_METHODS:
        return crs
    west, south, east, north = _degrees(bounds, crs)
    lon, lat = (west + east) / 2, (south + north) / 2
    zone = int((lon + 180) // 6) % 60 + 1
    if EUROPE[0] <= lon <= EUROPE[2] and EUROPE[1] <= lat <= EUROPE[3]:
        return CRS.from_epsg(25800 + zone)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def axes_swapped(bounds: Bounds, crs: CRS) -> bool:
    """Tell whether coordinates make sense in `crs` only once x and y are exchanged."""
    turned = _turned(bounds)
    if crs.is_geographic and _within(turned, CENTRAL_EUROPE):
        return True
    return not _plausible(bounds, crs) and _plausible(turned, crs)


def propose_crs(bounds: Bounds) -> dict[str, tuple[float, float]]:
    """Name the usual systems in which the coordinates would lie in Germany.

    Returns
    -------
    dict
        Code to longitude and latitude of the centre, for example ``{"EPSG:25832": (7.38, 52.52),
        "EPSG:25833": (13.38, 52.52)}``: UTM zones cannot be told apart by their coordinates.
    """
    found = {}
    for code in USUAL:
        crs = CRS.from_epsg(code)
        for turned in (bounds, _turned(bounds)):
            if crs.is_geographic and max(map(abs, turned)) > 180:
                continue
            west, south, east, north = _degrees(turned, crs)
            lon, lat = (west + east) / 2, (south + north) / 2
            area = crs.area_of_use
            spot = (lon, lat, lon, lat)
            if _within(spot, CENTRAL_EUROPE) and area is not None and _within(spot, area.bounds):
                found[f"EPSG:{code}"] = (lon, lat)
                break
    return found


def _doubt(bounds: Bounds, crs: CRS, axis_order: AxisOrder, file: str | None) -> Problem | None:
    """Say why coordinates cannot be in `crs`, if they cannot."""
    largest = max(map(abs, bounds))
    if crs.is_projected and largest <= 180:
        code = "crs_degrees"
    elif crs.is_geographic and largest > 360:
        code = "crs_metres"
    elif axes_swapped(bounds, crs):
        code = "axes_swapped"
    elif not _plausible(bounds, crs):
        code = "crs_outside"
    else:
        return None
    values: dict[str, object] = {
        "crs": _label(crs),
        "bounds": "x {0:.6g} … {2:.6g}, y {1:.6g} … {3:.6g}".format(*bounds),
        "axis_order": "xy" if axis_order == "yx" else "yx",
        "area": crs.area_of_use.name if crs.area_of_use else "?",
        **_proposals(bounds),
    }
    proposed = code in {"crs_metres", "crs_outside"}
    return Problem(code=_told(code, values) if proposed else f"boundaries.{code}", file=file, values=values)


def _altered(bounds: Bounds, crs: CRS, file: str | None) -> Problem | None:
    """Say that a system is called like a known one and puts the districts elsewhere.

    One damaged letter in a ``.prj`` takes a parameter out, and nobody is told: without its false easting a
    city lies 500 km further west.
    """
    plain = _plain(crs)
    if not plain.is_projected or "id" in plain.to_json_dict() or plain.to_authority(min_confidence=70):
        return None
    named = plain.to_authority(min_confidence=25)
    if named is None:
        return None
    known = CRS.from_authority(*named)
    apart = np.subtract(_degrees(bounds, plain), _degrees(bounds, known))
    if np.isfinite(apart).all() and np.abs(apart).max() < SAME_PLACE:
        return None
    values = {"crs": str(plain.name), "named": ":".join(named)}
    return Problem(code="boundaries.crs_altered", file=file, values=values)


def _proposals(bounds: Bounds) -> dict[str, object]:
    places = [f"{code} ({lon:.2f}, {lat:.2f})" for code, (lon, lat) in propose_crs(bounds).items()]
    return {"proposals": "; ".join(places)}


def _told(code: str, values: dict[str, object]) -> str:
    """Return the text's name: it has another one where no usual system can be proposed."""
    return f"boundaries.{code}" if values["proposals"] else f"boundaries.{code}_unlike"


def _plausible(bounds: Bounds, crs: CRS) -> bool:
    """Tell whether coordinates lie in or near the area that `crs` is made for."""
    if crs.is_geographic and not _within(bounds, (-180, -90, 360, 90)):
        return False
    degrees = _degrees(bounds, crs)
    if not np.isfinite(degrees).all():
        return False
    area = crs.area_of_use
    if area is None:
        return True
    west, south, east, north = area.bounds
    east = east + 360 if east < west else east
    return _within(degrees, (west - MARGIN[0], south - MARGIN[1], east + MARGIN[0], north + MARGIN[1]))


def _degrees(bounds: Bounds, crs: CRS) -> Bounds:
    """Return longitudes and latitudes of corners and centre, in the system's own datum."""
    plain = _plain(crs)
    if plain.is_geographic or plain.geodetic_crs is None:
        return bounds
    x = np.array([bounds[0], bounds[2], bounds[0], bounds[2]])
    y = np.array([bounds[1], bounds[1], bounds[3], bounds[3]])
    lon, lat = Transformer.from_crs(plain, plain.geodetic_crs, always_xy=True).transform(x, y)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _plain(crs: CRS) -> CRS:
    """Return the system itself where a datum shift is bound to it."""
    return crs.source_crs if crs.is_bound and crs.source_crs is not None else crs


def extent(geometry: gpd.GeoSeries) -> Bounds | None:
    """Return the extent of all geometry that has finite coordinates."""
    boxes = shapely.bounds(geometry.to_numpy())
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _turned(bounds: Bounds) -> Bounds:
    return bounds[1], bounds[0], bounds[3], bounds[2]


def _within(inner: Bounds, outer: Bounds) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _label(crs: CRS) -> str:
    """Return the short name of a system, such as EPSG:25833."""
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(crs.name)
