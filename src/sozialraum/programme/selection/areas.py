"""Programme areas: selected districts that hang together, with ids that stay; sites that cut districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.programme.effect.placebo import linked, parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from libpysal.graph import Graph

    from sozialraum.programme.selection.choose import Selection

__all__ = ["AREA_COLUMNS", "SITE_COLUMNS", "TIERS", "programme_areas", "site_shares"]

TIERS = ("full", "half", "flanking")
AREA_COLUMNS = ("year", "area_id", "tier", "meets")
SITE_COLUMNS = ("site_id", "share", "method", "people_inside")
CRUMB = 0.005
"""Part of a district's area below which an overlap with a site is drawing, not intent."""


@checked()
def programme_areas(
    selection: Selection,
    graph: Graph,
    *,
    full_points: float | None = None,
    flanking: int = 0,
    prefix: str = "PG",
) -> pd.DataFrame:
    """Join selected districts that are neighbours to areas, whose ids stay over the years.

    Parameters
    ----------
    selection
        From `select`.
    graph
        Neighbours with declared bridges.
    full_points
        Points from which a district is in the tier ``"full"``; below it ``"half"``. None: "full" for who
        meets the rules, "half" for who is only held.
    flanking
        Districts not selected with at least this many selected neighbours are named ``"flanking"`` of the
        area of most of them; 0: none.
    prefix
        Of the ids.

    Returns
    -------
    pd.DataFrame
        Index district, columns `AREA_COLUMNS`, by year and area. An area keeps the id of the earlier area
        it shares most districts with; of two that claim it, the one with more; others get new ids, and ids
        are never used again.
    """
    keys = sorted({str(key) for key in selection.table.index})
    links = linked(graph, keys)
    known: dict[int, frozenset[int]] = {}
    rows: list[tuple[str, int, str, str, str]] = []
    for year, part in selection.table.groupby("year", sort=True):
        ours = part.reindex(keys)
        inside = np.flatnonzero(ours["selected"].fillna(value=False).astype(bool))
        places = [frozenset(found) for found in parts(links, inside.tolist())]
        numbers = _continue(places, known)
        known |= dict(zip(numbers, places, strict=True))
        area_of = {at: number for number, place in zip(numbers, places, strict=True) for at in place}
        for at, number in area_of.items():
            met, points = str(ours["meets"].iloc[at]), float(ours["points"].iloc[at])
            full = met == "yes" if full_points is None else points >= full_points
            rows.append((keys[at], _int(year), f"{prefix}{number}", "full" if full else "half", met))
        if flanking:
            around = _flanking(links, area_of, flanking)
            rows += [
                (keys[at], _int(year), f"{prefix}{number}", "flanking", str(ours["meets"].iloc[at]))
                for at, number in around.items()
            ]
    found = pd.DataFrame(rows, columns=["district", *AREA_COLUMNS])
    order = found["tier"].map({tier: at for at, tier in enumerate(TIERS)})
    found = found.assign(_tier=order).sort_values(["year", "area_id", "_tier", "district"], kind="stable")
    return found.set_index("district")[list(AREA_COLUMNS)]


def _int(year: object) -> int:
    return int(str(year))


def _continue(places: Sequence[frozenset[int]], known: Mapping[int, frozenset[int]]) -> list[int]:
    claims = sorted(
        (-len(place & before), number, at)
        for at, place in enumerate(places)
        for number, before in known.items()
        if place & before
    )
    given: dict[int, int] = {}
    for _, number, at in claims:
        if at not in given and number not in given.values():
            given[at] = number
    for at in range(len(places)):
        given.setdefault(at, max([0, *known, *given.values()]) + 1)
    return [given[at] for at in range(len(places))]


def _flanking(links: list[list[int]], area_of: dict[int, int], least: int) -> dict[int, int]:
    found = {}
    for at, near in enumerate(links):
        areas = [area_of[other] for other in near if other in area_of]
        if at not in area_of and len(areas) >= least:
            found[at] = min(set(areas), key=lambda number: (-areas.count(number), number))
    return found


@checked()
def site_shares(
    sites: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    people: pd.Series,
    addresses: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Tell which share of a district's people lives inside a legal perimeter that cuts it.

    Parameters
    ----------
    sites
        Index site id; polygons in the CRS of `districts`.
    districts
        Index district.
    people
        Index district: inhabitants.
    addresses
        Points with a column `people`, or without (each counts the same): a far better estimate than the
        area. A district without any address falls back to the area, and says so.

    Returns
    -------
    pd.DataFrame
        Index district, columns `SITE_COLUMNS`, one row per district and site that share more than a crumb
        (0.5 % of the district's area, or people). `method`: "counted" (addresses with people), "addresses"
        or "area".

    Raises
    ------
    AlignmentError
        If the reference systems differ.
    """
    for layer in (sites, addresses):
        if layer is not None and layer.crs != districts.crs:
            values = {"one": str(layer.crs), "other": str(districts.crs)}
            raise_problems([Problem(code="selection.crs_differs", values=values)], AlignmentError)
    by_address = None if addresses is None else _address_shares(sites, districts, addresses)
    rows = []
    for site_id, outline in sites.geometry.items():
        overlap = districts.geometry.intersection(outline).area / districts.geometry.area
        for key in districts.index[districts.intersects(outline)]:
            share, method = float(overlap[key]), "area"
            if by_address is not None and key in by_address.index:
                share = float(by_address.loc[key, site_id])
                method = "counted" if addresses is not None and "people" in addresses else "addresses"
            if share > CRUMB:
                inside = share * float(people.get(key, np.nan))
                rows.append((key, site_id, share, method, inside))
    return pd.DataFrame(rows, columns=["district", *SITE_COLUMNS]).set_index("district")


def _address_shares(
    sites: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame
) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415 - start-up time

    points = addresses.reset_index(drop=True)
    weight = points["people"].astype(float) if "people" in points else pd.Series(1.0, index=points.index)
    outlines = districts.reset_index(names="district")[["district", "geometry"]]
    placed = gpd.sjoin(points[["geometry"]], outlines, predicate="within")
    home = placed[~placed.index.duplicated()]["district"]
    total = weight.reindex(home.index).groupby(home).sum()
    shares = {
        site_id: weight.reindex(home.index)
        .where(points.within(outline).reindex(home.index), 0.0)
        .groupby(home)
        .sum()
        / total
        for site_id, outline in sites.geometry.items()
    }
    return pd.DataFrame(shares)[total > 0]
