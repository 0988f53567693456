"""Cluster areas: the districts of a cluster that hang together, as one place that is followed over years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.panel import check_rows
from sozialraum.spatial.engine.alignment import as_graph
from sozialraum.stats.connected import connected_parts
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph

    from sozialraum.spatial.engine.alignment import Links

__all__ = ["AREA_COLUMNS", "MEMBER_COLUMNS", "ClusterAreas", "cluster_areas"]

AREA_COLUMNS = (
    "indicator",
    "date",
    "area",
    "name",
    "districts",
    "core",
    "km2",
    "inhabitants",
    "mean",
    "members",
    "geometry",
)
MEMBER_COLUMNS = ("indicator", "date", "area", "role")

KEPT = 0.5
"""An area continues an earlier one if they share at least this part of the smaller of the two."""

NAMES = 2
"""An area is named after this many of its core districts."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusterAreas(Shown):
    """Places that form a cluster, and the districts they are made of.

    Parameters
    ----------
    areas
        Columns `AREA_COLUMNS`, in the CRS of the districts. `area` is the number that the place keeps over
        the dates of one indicator. `districts` and `core` count all members and those of the core, `km2` is
        their surface, `inhabitants` their sum (NaN if not given for every member), `mean` their common rate
        (from summed counts where counts exist, else the mean of their values), `members` a tuple of keys.
    members
        Index: district key. Columns `MEMBER_COLUMNS`; `role` is "core" or "ring".
    """

    areas: gpd.GeoDataFrame
    members: pd.DataFrame


@checked()
def cluster_areas(
    clusters: pd.DataFrame,
    graph: Links,
    districts: gpd.GeoDataFrame,
    *,
    label: str = "high-high",
    indicators: pd.DataFrame | None = None,
    population: pd.Series | None = None,
) -> ClusterAreas:
    """Merge the districts of each cluster into areas, and recognise them at the next date.

    The core of an area are districts that carry the `label` and hang together. Its ring are the neighbours
    of the core that lie on the same side of the city's mean, significant or not: what makes a core a core
    is what surrounds it. Cores that share a district of their rings are one area.

    An area keeps its number at a later date if it shares at least half of the districts (of the smaller of
    the two) with what the number last stood for. Where several claim one number, the one with most common
    districts gets it; the others get new ones, as do areas that come up new.

    Parameters
    ----------
    clusters
        Long table of `cluster_table`; index: district key.
    graph
        The neighbours that the clusters were found with, in whatever form.
    districts
        Index: district key. `geometry` in a metric CRS; `name`, if present, names the areas, else the key.
    label
        ``"high-high"`` or ``"low-low"``.
    indicators
        Long table of indicators, for the mean of each area.
    population
        Inhabitants, index: district key. Of the core districts, those with the most give the area its name;
        without it, those with the largest surface.

    Returns
    -------
    ClusterAreas
        `.areas` in the order of indicators and dates, then by number; `.members` likewise.

    Raises
    ------
    AlignmentError
        If `clusters` names districts that the graph or `districts` lacks; names the keys.

    References
    ----------
    Anselin (2020), Local Spatial Autocorrelation, on cluster cores and the clusters around them.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from sozialraum.spatial.neighbours.find import neighbours
    >>> row = gpd.GeoDataFrame(
    ...     {"name": ["Au", "Berg", "Cham", "Dorf"]},
    ...     geometry=shapely.box([0, 1000, 2000, 3000], 0, [1000, 2000, 3000, 4000], 1000),
    ...     index=list("abcd"),
    ...     crs="EPSG:25833",
    ... )
    >>> clusters = pd.DataFrame(
    ...     {
    ...         "indicator": "poverty",
    ...         "date": "2024-12-31",
    ...         "quadrant": ["high-high", "high-high", "high-low", "low-low"],
    ...         "label": ["high-high", "not significant", "not significant", "not significant"],
    ...     },
    ...     index=row.index,
    ... )
    >>> found = cluster_areas(clusters, neighbours(row).graph, row)
    >>> found.areas[["name", "districts", "core", "km2"]].to_dict("records")
    [{'name': 'Au', 'districts': 2, 'core': 1, 'km2': 2.0}]
    >>> found.members["role"].to_dict()
    {'a': 'core', 'b': 'ring'}
    """
    check_rows(clusters)
    graph = as_graph(graph)
    _validate(clusters, graph, districts)
    size = districts.geometry.area if population is None else population.reindex(districts.index)
    links = graph.adjacency[graph.adjacency > 0].index
    found: list[_Area] = []
    for indicator, of_indicator in clusters.groupby("indicator", sort=False, observed=True):
        numbers = _Numbers()
        for date, part in of_indicator.groupby("date", sort=True, observed=True):
            places = _places(part, links, label)
            named = zip(numbers.assign(places), places, strict=True)
            found += sorted((_Area(indicator, date, *pair) for pair in named), key=lambda area: area.number)
    return ClusterAreas(
        areas=_describe(found, districts, size=size, indicators=indicators, population=population),
        members=_list_members(found),
    )


class _Place(NamedTuple):
    """Districts of one area: the core, and core and ring together; both in the order of the table."""

    core: pd.Index
    members: pd.Index


class _Area(NamedTuple):
    """A place with its number, at one date of one indicator."""

    indicator: Any
    date: Any
    number: int
    place: _Place


def _validate(clusters: pd.DataFrame, graph: Graph, districts: gpd.GeoDataFrame) -> None:
    lacking = [
        ("panel.unknown_district", clusters.index[~clusters.index.isin(graph.unique_ids)]),
        ("clusters.no_polygon", clusters.index[~clusters.index.isin(districts.index)]),
    ]
    problems = [
        Problem(code=code, keys=tuple(map(str, keys.unique()))) for code, keys in lacking if len(keys)
    ]
    raise_problems(problems, AlignmentError)


def _places(part: pd.DataFrame, links: pd.MultiIndex, label: str) -> list[_Place]:
    """Find the areas of one map, those with most districts first."""
    keys = part.index
    core = (part["label"] == label).to_numpy()
    side = label.partition("-")[0] + "-"
    candidate = part["quadrant"].astype(str).str.startswith(side).to_numpy() | core
    focal, neighbor = (keys.get_indexer(links.get_level_values(level)) for level in ("focal", "neighbor"))
    # A position of -1 is a district of the graph that this map does not show.
    binding = (focal >= 0) & (neighbor >= 0) & core[focal] & candidate[neighbor]
    focal, neighbor = focal[binding], neighbor[binding]
    member = core.copy()
    member[neighbor] = True
    component = connected_parts(len(keys), focal, neighbor)
    positions = pd.Series(np.flatnonzero(member))
    groups = [group.to_numpy() for _, group in positions.groupby(component[member])]
    places = [_Place(core=keys[group[core[group]]], members=keys[group]) for group in groups]
    return sorted(places, key=lambda place: (-len(place.members), min(map(str, place.members))))


class _Numbers:
    """Numbers of the areas of one indicator, and what each last stood for."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[Any]] = {}

    def assign(self, places: list[_Place]) -> list[int]:
        """Give each place the number of the area it continues, or a new one; call in order of dates."""
        now = [frozenset(place.members) for place in places]
        claims = [
            (-len(before & members), -len(before & members) / len(before | members), number, at)
            for number, before in self._known.items()
            for at, members in enumerate(now)
            if len(before & members) >= KEPT * min(len(before), len(members))
        ]
        given: dict[int, int] = {}
        for _, _, number, at in sorted(claims):
            if at not in given and number not in given.values():
                given[at] = number
        for at in range(len(now)):
            given.setdefault(at, max([*self._known, *given.values()], default=0) + 1)
        numbers = [given[at] for at in range(len(now))]
        self._known |= dict(zip(numbers, now, strict=True))
        return numbers


def _describe(
    found: list[_Area],
    districts: gpd.GeoDataFrame,
    *,
    size: pd.Series,
    indicators: pd.DataFrame | None,
    population: pd.Series | None,
) -> gpd.GeoDataFrame:
    """Make the table of areas."""
    import geopandas as gpd  # noqa: PLC0415 - costs start-up time

    names = districts["name"] if "name" in districts else districts.index.to_series()
    rows = []
    for area in found:
        members, core = area.place.members, area.place.core
        outline = districts.geometry.loc[members].union_all()
        rows.append(
            {
                "indicator": area.indicator,
                "date": area.date,
                "area": area.number,
                "name": _name(core, names, size),
                "districts": len(members),
                "core": len(core),
                "km2": outline.area / 1e6,
                "inhabitants": np.nan
                if population is None
                else population.reindex(members).sum(skipna=False),
                "mean": _mean(area, indicators),
                "members": tuple(members),
                "geometry": outline,
            }
        )
    return gpd.GeoDataFrame(rows, columns=list(AREA_COLUMNS), geometry="geometry", crs=districts.crs)


def _name(core: pd.Index, names: pd.Series, size: pd.Series) -> str:
    """Name an area after its largest core districts."""
    order = size.reindex(core).sort_values(ascending=False, kind="stable").index
    shown = " / ".join(str(names.loc[key]) for key in order[:NAMES])
    return shown + (" …" if len(core) > NAMES else "")


def _mean(area: _Area, indicators: pd.DataFrame | None) -> float:
    """Return the common rate of an area: of its summed counts, or else the mean of its districts."""
    if indicators is None:
        return float("nan")
    chosen = (indicators["indicator"] == area.indicator) & (indicators["date"] == area.date)
    rows = indicators[chosen & indicators.index.isin(area.place.members)]
    rows = rows[rows["value"].notna()]
    counts = rows.reindex(columns=["numerator", "denominator"]).astype(float)
    total = counts.sum()
    if len(rows) and counts.notna().all(axis=None) and total["denominator"] > 0:
        return float(total["numerator"] / total["denominator"])
    return float(rows["value"].mean())


def _list_members(found: list[_Area]) -> pd.DataFrame:
    """Make the table of members."""
    rows = [
        (key, area.indicator, area.date, area.number, "core" if key in core else "ring")
        for area in found
        for core in [frozenset(area.place.core)]
        for key in area.place.members
    ]
    return pd.DataFrame(rows, columns=["district", *MEMBER_COLUMNS]).set_index("district")
