"""Do the districts fit together? Overlaps, gaps, and borders that do not match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import Problem, Severity, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["check_coverage", "find_gaps", "find_overlaps", "mismatched_edges"]

GAP_WIDTH = 1.0
"""Metres; what is narrower lies between two neighbours by mistake."""

NEGLIGIBLE = 0.01
"""Square metres; overlaps and gaps below it come from rounding and are told as edges that do not match."""

WORTH_A_WARNING = 1.0
"""Square metres; if all overlaps, or all narrow gaps, are smaller, they are noted only."""

LISTED = 30
"""Places that a message lists, the largest first; past it, it counts."""

COVER_SHARE = 0.9
"""A district that others fill to this share, and that reaches over three of them, is no district."""


def check_coverage(
    districts: gpd.GeoDataFrame, *, gap_width: float = GAP_WIDTH, file: str | None = None
) -> tuple[Problem, ...]:
    """Tell where districts overlap, leave gaps, or have borders that do not match.

    Parameters
    ----------
    districts
        Valid polygons in a metric reference system; index: district key.
    gap_width
        Metres. Gaps narrower than this (twice the area over the perimeter) are warned of; wider ones may
        be real (a lake, another municipality) and are noted.
    file
        For messages.

    Returns
    -------
    tuple of Problem
        Warnings and notes, none of severity ``"error"``; empty if everything fits.
    """
    edges = mismatched_edges(districts, gap_width=gap_width)
    overlaps = find_overlaps(districts, edges=edges)
    gaps = find_gaps(districts, edges=edges)
    covering = _covering(districts, overlaps)
    if covering:
        # Beside a polygon of the whole city, no border and no hole inside it means anything.
        names = districts["name"] if "name" in districts else districts.index.to_series()
        named = [f"{key} '{names[key]}'" for key in covering]
        shown = {"districts": shorten(named, LISTED), "example": ", ".join(f'"{key}"' for key in covering)}
        return (_problem("covers_others", file, covering, "warning", shown),)
    problems: list[Problem] = []
    values: dict[str, object]
    if len(overlaps):
        listed = [f"{a} / {b} ({_area(m)})" for a, b, m in overlaps[["focal", "neighbor", "area"]].to_numpy()]
        total = _area(overlaps["area"].sum())
        values = {"places": shorten(listed, LISTED), "number": len(overlaps), "total": total}
        keys = _unique(overlaps["focal"], overlaps["neighbor"])
        problems.append(_problem("overlaps", file, keys, _severity(overlaps), values))
    narrow = gaps["width"] < gap_width
    for code, chosen in (("slivers", gaps[narrow]), ("holes", gaps[~narrow])):
        if len(chosen):
            listed = [f"{_area(m)} ({', '.join(a)})" for m, a in chosen[["area", "districts"]].to_numpy()]
            values = {"places": shorten(listed, LISTED), "number": len(chosen), "width": f"{gap_width:g}"}
            severity = _severity(chosen) if code == "slivers" else "note"
            problems.append(_problem(code, file, _unique(chosen["districts"].explode()), severity, values))
    explained = [key for problem in problems for key in problem.keys]
    rest = edges[~edges.index.isin(explained)]
    if len(rest):
        values = {"length": f"{rest.length.sum():.0f}", "width": f"{gap_width:g}"}
        problems.append(_problem("edges", file, _unique(rest.index.to_series()), "note", values))
    return tuple(problems)


def mismatched_edges(districts: gpd.GeoDataFrame, *, gap_width: float = GAP_WIDTH) -> gpd.GeoSeries:
    """Return the parts of borders that do not match a neighbour's, per district that has any.

    Returns
    -------
    gpd.GeoSeries
        Lines; index: the keys of affected districts only.

    References
    ----------
    GEOS CoverageValidator, by `shapely.coverage_invalid_edges`.
    """
    lines = shapely.coverage_invalid_edges(districts.geometry.to_numpy(), gap_width=gap_width)
    found = ~shapely.is_empty(lines)
    return gpd.GeoSeries(lines[found], index=districts.index[found], crs=districts.crs)


def find_overlaps(districts: gpd.GeoDataFrame, *, edges: gpd.GeoSeries | None = None) -> gpd.GeoDataFrame:
    """Return each pair of districts that share area.

    Parameters
    ----------
    districts
        Valid polygons in a metric reference system; index: district key, unique.
    edges
        Result of `mismatched_edges`, if known: of two polygons that overlap, at least one is in it.

    Returns
    -------
    gpd.GeoDataFrame
        Columns `focal`, `neighbor` (in the order of `districts`), `area` (m²), `geometry`; largest first.
    """
    edges = mismatched_edges(districts) if edges is None else edges
    geometry = districts.geometry.to_numpy()
    affected = np.flatnonzero(districts.index.isin(edges.index))
    left, right = shapely.STRtree(geometry).query(geometry[affected], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([affected[left], right]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    shared = shapely.intersection(geometry[pairs[:, 0]], geometry[pairs[:, 1]])
    found = gpd.GeoDataFrame(
        {
            "focal": districts.index[pairs[:, 0]],
            "neighbor": districts.index[pairs[:, 1]],
            "area": shapely.area(shared),
        },
        geometry=shared,
        crs=districts.crs,
    )
    found = found[found["area"] >= NEGLIGIBLE]
    return found.sort_values(["area", "focal", "neighbor"], ascending=[False, True, True], ignore_index=True)


def find_gaps(districts: gpd.GeoDataFrame, *, edges: gpd.GeoSeries | None = None) -> gpd.GeoDataFrame:
    """Return the holes in the area of all districts together.

    Parameters
    ----------
    districts
        Valid polygons in a metric reference system; index: district key, unique.
    edges
        Result of `mismatched_edges`, if known.

    Returns
    -------
    gpd.GeoDataFrame
        Columns `area` (m²), `width` (m, twice the area over the perimeter), `districts` (tuple of the
        adjoining keys), `geometry`; largest first. Gaps that open to the outside are not holes.
    """
    edges = mismatched_edges(districts) if edges is None else edges
    geometry = districts.geometry.to_numpy()
    rings = shapely.get_rings(shapely.get_parts(_union(geometry, districts.index.isin(edges.index))))
    # A union's rings that run clockwise are holes once all polygons are oriented alike.
    holes = shapely.polygons(rings[~shapely.is_ccw(rings)]) if len(rings) else np.array([], dtype=object)
    hole, district = shapely.STRtree(geometry).query(holes, predicate="intersects")
    keys = [tuple(districts.index[np.sort(district[hole == number])]) for number in range(len(holes))]
    area = shapely.area(holes)
    width = np.divide(2 * area, shapely.length(holes), out=np.zeros_like(area), where=area > 0)
    found = gpd.GeoDataFrame(
        {"area": area, "width": width, "districts": pd.Series(keys, dtype=object)},
        geometry=holes,
        crs=districts.crs,
    )
    found = found[found["area"] >= NEGLIGIBLE]
    return found.sort_values("area", ascending=False, ignore_index=True, kind="stable")


def _union(geometry: NDArray[np.object_], affected: NDArray[np.bool_]) -> shapely.Geometry:
    """Unite quickly: what matches without overlay, the rest by overlay; all rings oriented alike."""
    matching = shapely.coverage_union_all(geometry[~affected])
    united = shapely.union_all([matching, *geometry[affected]]) if affected.any() else matching
    return shapely.orient_polygons(united)


def _covering(districts: gpd.GeoDataFrame, overlaps: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return districts that others fill, such as a polygon of the whole city among its quarters."""
    both = pd.concat(
        [overlaps[["focal", "area"]], overlaps[["neighbor", "area"]].rename(columns={"neighbor": "focal"})]
    )
    sums = both.groupby("focal")["area"].agg(["sum", "size"])
    share = sums["sum"] / districts.geometry.area.reindex(sums.index)
    # A quarter under two such polygons is filled as well; it does not reach over three others.
    return tuple(str(key) for key in sums.index[(share >= COVER_SHARE) & (sums["size"] >= 3)])


def _severity(places: gpd.GeoDataFrame) -> Severity:
    """Warn of what has an area worth a look; the rest is noted."""
    return "warning" if places["area"].max() >= WORTH_A_WARNING else "note"


def _area(square_metres: float) -> str:
    return f"{square_metres:.0f} m²" if square_metres >= 1 else f"{square_metres:.2f} m²"


def _unique(*columns: pd.Series) -> tuple[str, ...]:
    return tuple(str(key) for key in dict.fromkeys(key for column in columns for key in column))


def _problem(
    code: str, file: str | None, keys: tuple[str, ...], severity: Severity, values: Mapping[str, object]
) -> Problem:
    return Problem(code=f"boundaries.{code}", severity=severity, file=file, keys=keys, values=values)
