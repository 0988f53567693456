"""Outlines of sites (legal perimeters), and which share of a district's people they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.boundaries.layers import read_layer
from sozialraum.errors import SozialraumError
from sozialraum.programme.rules.known import records
from sozialraum.programme.selection.areas import site_shares

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["SHARE_COLUMNS", "all_site_shares", "site_outlines"]

SHARE_COLUMNS = ("site_id", "share", "method", "people_inside", "by_area")
ID_NAMES = ("site_id", "kennung", "Kennung", "id")
"""Columns of a file with several outlines that may name the site."""


def site_outlines(
    programme: Programme, districts: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Read the outlines that the sheet `kulissen` names.

    Parameters
    ----------
    programme
        `file` is beside the workbook, or in the folder of the CSV files. A file of several outlines has a
        column "Kennung" with the site's id.
    districts
        Polygons in the CRS of the result.

    Returns
    -------
    outlines
        Index site id, one (multi)polygon each; sites without a file are left out.
    problems
        Warnings: a file that is missing, cannot be read, has no outline of the site, or none in the city.
    """
    import geopandas as gpd  # noqa: PLC0415 - start-up time

    base = programme.path if programme.path.is_dir() else programme.path.parent
    found, problems = {}, []
    for position, row in records(programme, "sites"):
        if row["file"] is None or row["site_id"] is None:
            continue
        code, reason = "site_elsewhere", ""
        try:
            outline = _outline(base / str(row["file"]), str(row["site_id"]), districts)
        except SozialraumError as error:
            outline, code, reason = None, "site_not_read", error.text("de")
        if outline is not None and districts.intersects(outline).any():
            found[str(row["site_id"])] = outline
            continue
        problems.append(
            programme.problem(
                code, "sites", position, "file", severity="warning", written=row["file"], reason=reason
            )
        )
    frame = gpd.GeoDataFrame(
        {"geometry": gpd.GeoSeries(found, crs=districts.crs)}, geometry="geometry", crs=districts.crs
    )
    return frame.rename_axis("site_id"), tuple(problems)


def _outline(path: Path, site_id: str, districts: gpd.GeoDataFrame) -> BaseGeometry | None:
    """Return the outline of one site in the districts' CRS; None if the file has none of it."""
    frame = read_layer(path).frame
    frame = frame[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    column = next((name for name in ID_NAMES if name in frame), None)
    if column is not None:
        frame = frame[frame[column].astype(str) == site_id]
    if frame.empty or frame.crs is None:
        return None
    outline: BaseGeometry = frame.to_crs(districts.crs).geometry.make_valid().union_all()
    return outline


def all_site_shares(
    programme: Programme, districts: gpd.GeoDataFrame, people: pd.Series
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Tell which share of each district's people lives inside each site, and how that was estimated.

    A share that the sheet `kulisse_gebiete` states (counted, by addresses, estimated) goes before the share
    of the area, which stands beside it.

    Parameters
    ----------
    programme
        Sites, their files and the stated shares.
    districts
        Index district; polygons.
    people
        Index district: inhabitants that the audience may see.

    Returns
    -------
    shares
        Index district, columns `SHARE_COLUMNS`. `method` as in the sheet, or "area".
    outlines, problems
        As from `site_outlines`.
    """
    outlines, problems = site_outlines(programme, districts)
    drawn = site_shares(outlines, districts, people=people) if len(outlines) else None
    found: dict[tuple[str, str], dict[str, object]] = {}
    if drawn is not None:
        for district, row in drawn.iterrows():
            found[str(district), str(row["site_id"])] = {
                "share": row["share"],
                "method": row["method"],
                "by_area": row["share"],
            }
    for _, stated in records(programme, "site_districts"):
        if stated["district"] not in districts.index:
            continue
        place = (str(stated["district"]), str(stated["site_id"]))
        known = found.setdefault(place, {"share": np.nan, "method": None})
        if stated["share"] is not None:
            known |= {"share": stated["share"], "method": stated["share_method"] or "estimated"}
    rows = [
        {
            "district": district,
            "site_id": site,
            **dict(values),
            "people_inside": float(str(values["share"])) * float(people.get(district, np.nan)),
        }
        for (district, site), values in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    table = pd.DataFrame(rows, columns=["district", *SHARE_COLUMNS]).set_index("district")
    return table, outlines, problems
