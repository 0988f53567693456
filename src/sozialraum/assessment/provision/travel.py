"""How far it is to a facility along the neighbours, over bridges, not straight across the river."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["travel_costs"]


@checked()
def travel_costs(
    facilities: pd.DataFrame, districts: gpd.GeoDataFrame, graph: Graph, *, restricted: str = "open_to_all"
) -> pd.DataFrame:
    """Measure the way from each district to each facility through districts that are neighbours.

    From the district's centre over the centres of neighbouring districts; the last step goes straight to
    the facility, from a neighbour of its district or from the district's own centre. Districts that are
    linked only by a declared bridge are reached over it; without one the way leads round.

    Parameters
    ----------
    facilities
        Index facility; columns `district`, and `x`, `y` in the CRS of `districts` (NaN: the centre of its
        district). A column named by `restricted`, if there is one, is False where only its own district may
        use a facility (school catchment, allocation).
    districts
        Index district; polygons in a CRS with metres.
    graph
        Neighbours with declared bridges, on the same districts.
    restricted
        Name of that column.

    Returns
    -------
    pd.DataFrame
        Index district, columns facilities: metres; 0 within the facility's own district (it is theirs,
        wherever in it it stands), infinite where no way leads.

    Raises
    ------
    AlignmentError
        Districts of facilities that do not exist, or a graph of other districts; names the keys.
    """
    _check(facilities, districts, graph)
    keys = districts.index
    centres = districts.geometry.centroid
    places = np.column_stack([centres.x, centres.y])
    links = graph.adjacency[graph.adjacency > 0].index
    focal, neighbor = (keys.get_indexer(links.get_level_values(level)) for level in (0, 1))
    ways = _ways(places, focal, neighbor)
    home = keys.get_indexer(facilities["district"])
    points = places[home].copy()
    given = facilities.reindex(columns=["x", "y"]).to_numpy(dtype=float)
    known = np.isfinite(given).all(axis=1)
    points[known] = given[known]
    found = ways[:, home] + np.hypot(*(places[home] - points).T)
    for near in _neighbour_columns(focal, neighbor, len(keys)):
        steps = near[home]
        usable = steps >= 0
        last = np.hypot(*(places[steps[usable]] - points[usable]).T)
        found[:, usable] = np.minimum(found[:, usable], ways[:, steps[usable]] + last)
    if restricted in facilities:
        found[:, ~facilities[restricted].astype(bool).to_numpy()] = np.inf
    found[home, np.arange(len(home))] = 0.0
    return pd.DataFrame(found, index=keys, columns=facilities.index)


def _check(facilities: pd.DataFrame, districts: pd.DataFrame, graph: Graph) -> None:
    lacking = {
        "facility_district": pd.Index(facilities["district"]).difference(districts.index),
        "graph_district": districts.index.symmetric_difference(pd.Index(graph.unique_ids)),
        "double_facility": facilities.index[facilities.index.duplicated()],
    }
    raise_problems(
        [
            Problem(code=f"provision.{name}", keys=tuple(map(str, keys.unique())))
            for name, keys in lacking.items()
            if len(keys)
        ],
        AlignmentError,
    )


def _ways(places: Floats, focal: NDArray[np.intp], neighbor: NDArray[np.intp]) -> Floats:
    from scipy.sparse import coo_array  # noqa: PLC0415 - start-up time
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 - likewise

    n = len(places)
    # A length of 0 would be no link in a sparse matrix: two districts may share their centre.
    length = np.maximum(np.hypot(*(places[focal] - places[neighbor]).T), 1e-6)
    found: Floats = dijkstra(coo_array((length, (focal, neighbor)), shape=(n, n)).tocsr(), directed=False)
    return found


def _neighbour_columns(focal: NDArray[np.intp], neighbor: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """List neighbours by position: a row for everybody's first, one for the second, ...; -1: none."""
    order = np.argsort(focal, kind="stable")
    one, other = focal[order], neighbor[order]
    at = np.arange(len(one)) - np.searchsorted(one, one)
    found = np.full((int(at.max(initial=-1)) + 1, n), -1, dtype=np.intp)
    found[at, one] = other
    return found
