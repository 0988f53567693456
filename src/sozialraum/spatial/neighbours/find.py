"""Who is whose neighbour, and why: a libpysal `Graph` on the districts' own index.

Contiguity is decided by distance, not by shared vertices, so that neighbours across T-junctions,
slivers and gaps up to a stated tolerance are found. Nothing beyond the tolerance is ever linked; it is
reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
import shapely

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import AlignmentError, BoundaryError, Problem, SozialraumError, raise_problems, shorten
from sozialraum.spatial.neighbours.contiguity import (
    CONTACT,
    Contacts,
    closest_outside,
    find_contacts,
    share_border,
    without_crumbs,
)
from sozialraum.spatial.neighbours.links import REASONS, Links, adjacency_of, second_order
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    from libpysal.graph import Graph
    from numpy.typing import NDArray

__all__ = ["METHODS", "Method", "Neighbours", "neighbours"]

METRES = 10.0
"""Distances below this are told in centimetres."""

Method = Literal["queen", "rook", "nearest", "distance", "kernel"]
METHODS: tuple[Method, ...] = get_args(Method)

NEAR_TOLERANCES = 10.0
"""Districts that are not linked are reported if they are no more than this many tolerances apart ..."""

NEAR_METRES = 10.0
"""... or this many metres."""

Pair = tuple[str, str]
"""Keys of two districts."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbours(Shown):
    """Neighbours of all districts, and what a person should know of them.

    Parameters
    ----------
    adjacency
        Weight of each link, index `focal`, `neighbor`, as in libpysal's ``Graph.adjacency``: 1, for
        ``"kernel"`` between 0 and 1. A district without neighbours has itself, with weight 0.
    links
        Columns `focal`, `neighbor`, `reason` ("contiguity", "tolerance", "extra", "nearest", "distance",
        "kernel", "second order"); one row per link and direction, in the order of ``graph.adjacency``.
    isolated
        Districts without any neighbour.
    components
        District to the number of its connected part: 1 is the largest.
    near_misses
        Columns `focal`, `neighbor`, `distance` (metres between the polygons), nearest first, each pair
        once: districts that are not linked although they are at most ten times the tolerance (and 10 m)
        apart, and for each part of the city that hangs together with nothing, what is nearest to it.
    crumbs
        Columns as `near_misses`; districts that touch, but only by a crumb or a strip thinner than a metre,
        while the districts themselves are `distance` apart. They are not linked.
    unused
        Pairs of `removed` that were no neighbours anyway.
    parameters
        Method and options, ready for JSON.
    """

    adjacency: pd.Series
    links: pd.DataFrame
    isolated: tuple[str, ...]
    components: pd.Series
    near_misses: pd.DataFrame
    crumbs: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["focal", "neighbor", "distance"])
    )
    unused: tuple[Pair, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        """The libpysal `Graph`; its ids are the districts' index, in that order.

        Made when it is asked for: importing libpysal's graphs takes two seconds.
        """
        from libpysal.graph import Graph  # noqa: PLC0415 - as said

        return Graph(self.adjacency, is_sorted=True)

    @property
    def unique_ids(self) -> pd.Index:
        """All districts, in their order."""
        return self.components.index

    def problems(self) -> tuple[Problem, ...]:
        """Say what to look at before trusting the neighbours: warnings and notes, never errors."""
        misses, found = self.near_misses, []
        one, other = (self.components.reindex(misses[side]).to_numpy() for side in ("focal", "neighbor"))
        alone = misses[["focal", "neighbor"]].isin(self.isolated).any(axis=1)
        across = pd.Series(one != other, index=misses.index) & ~alone
        parts = self.components[~self.components.index.isin(self.isolated)]
        if self.isolated:
            nearest = _describe(misses[alone])
            found.append(_remark("isolated", "warning", keys=self.isolated, nearest=nearest))
        if (parts != parts.min()).any():
            keys = tuple(parts.index[parts != parts.min()])
            nearest = _describe(misses[across])
            found.append(_remark("components", "warning", keys=keys, parts=parts.nunique(), nearest=nearest))
        close = misses[~alone & ~across]
        if len(close):
            keys = tuple(dict.fromkeys(close[["focal", "neighbor"]].to_numpy().ravel()))
            found.append(_remark("near_miss", "note", keys=keys, nearest=_describe(close)))
        if len(self.crumbs):
            keys = tuple(dict.fromkeys(self.crumbs[["focal", "neighbor"]].to_numpy().ravel()))
            found.append(_remark("crumb", "warning", keys=keys, nearest=_describe(self.crumbs)))
        if self.unused:
            pairs = shorten(map(_write, self.unused))
            found.append(_remark("unused_removal", "warning", pairs=pairs))
        return tuple(found)


def _length(metres: float) -> str:
    """Write a distance so that it reads alike in German and English: no decimals, no thousands."""
    return f"{metres:.0f} m" if metres >= METRES else f"{100 * metres:.0f} cm"


def _describe(misses: pd.DataFrame) -> str:
    pairs = zip(misses["focal"], misses["neighbor"], strict=True)
    return shorten(
        f"{_write(pair)} ({_length(distance)})"
        for pair, distance in zip(pairs, misses["distance"], strict=True)
    )


def _write(pair: Iterable[object]) -> str:
    """Write a pair as the project file wants it, ready to be copied."""
    return "[" + ", ".join(f'"{key}"' for key in pair) + "]"


def _remark(
    name: str, severity: Literal["warning", "note"], keys: tuple[str, ...] = (), **values: object
) -> Problem:
    return Problem(code=f"neighbours.{name}", severity=severity, keys=keys, values=values)


@checked(method=get_args(Method), order=(1, 2))
def neighbours(
    districts: gpd.GeoDataFrame,
    *,
    method: Method = "queen",
    tolerance: float = 1.0,
    order: Literal[1, 2] = 1,
    k: int = 6,
    distance: float | None = None,
    extra: Iterable[Pair] = (),
    removed: Iterable[Pair] = (),
) -> Neighbours:
    """Find the neighbours of every district.

    Parameters
    ----------
    districts
        Index: district key, unique. Polygons in a CRS with metres.
    method
        - ``"queen"``: at most `tolerance` apart; a common corner is enough.
        - ``"rook"``: as queen, and a common stretch of border: boundaries that coincide along a line, or
          more than four tolerances of boundary that lie within the tolerance of the other polygon.
        - ``"nearest"``: the `k` districts with the nearest centroids; of equally near ones those whose
          keys come first. This need not be mutual.
        - ``"distance"``: centroids at most `distance` apart.
        - ``"kernel"``: as distance, with the triangular weight ``1 - d / distance``.
    tolerance
        Metres, for queen and rook: the width of the gaps, slivers and overlaps that the drawing may have.
    order
        2 also links the neighbours of neighbours (not for kernel).
    k
        For nearest: the number of neighbours.
    distance
        Metres, for distance and kernel. None, for distance only: the smallest that leaves none isolated.
    extra
        Pairs of keys that are neighbours although the geometry does not say so: a bridge over the river.
    removed
        Pairs of keys that are no neighbours although the geometry says so: a motorway between them.

    Returns
    -------
    Neighbours
        `.graph` on the index of `districts`, in its order.

    Raises
    ------
    BoundaryError
        If the CRS is missing or not metric, a key is double, a polygon missing; names the keys.
    AlignmentError
        If `extra` or `removed` name districts that do not exist; names them all.
    SozialraumError
        If an option is out of range.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = shapely.box([0, 100, 250], 0, [100, 200, 350], 100)
    >>> city = gpd.GeoDataFrame(geometry=squares, index=["a", "b", "c"], crs="EPSG:25833")
    >>> found = neighbours(city, extra=[("b", "c")])
    >>> found.graph.cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    >>> found.links["reason"].tolist()
    ['contiguity', 'contiguity', 'extra', 'extra']
    """
    options = _Options(method, tolerance, order, k, distance, tuple(extra), tuple(removed))
    _validate(districts, options)
    keys, polygons = districts.index, np.asarray(districts.geometry.array)
    bodies = without_crumbs(polygons)
    contacts, weak = _contacts(polygons, bodies, options)
    gone = _positions(keys, options.removed)
    first = _first_order(polygons, keys, contacts, options)
    first = first.add(
        Links.mutual(len(keys), *_positions(keys, options.extra), reason=REASONS.index("extra"))
    )
    unused = ~(
        first.contains(*gone) | Links.mutual(len(keys), weak.first, weak.second, reason=0).contains(*gone)
    )
    links = first.remove(*gone)
    if order == 2:
        links = second_order(links).remove(*gone)
    components = links.components(keys)
    return Neighbours(
        adjacency=adjacency_of(links, keys),
        links=links.table(keys),
        isolated=tuple(keys[links.cardinalities() == 0]),
        components=components,
        near_misses=_near_misses(bodies, contacts.where(contacts.distance > tolerance), links, components),
        crumbs=_crumbs(keys, weak, first, gone),
        unused=tuple(pair for pair, absent in zip(options.removed, unused, strict=True) if absent),
        parameters=options.parameters(),
    )


@dataclass(frozen=True)
class _Options:
    """The options of `neighbours`, in one piece."""

    method: Method
    tolerance: float
    order: int
    k: int
    distance: float | None
    extra: tuple[Pair, ...]
    removed: tuple[Pair, ...]

    @property
    def contiguity(self) -> bool:
        return self.method in {"queen", "rook"}

    def parameters(self) -> dict[str, Any]:
        """Return the options that had an influence, ready for JSON."""
        used: dict[str, Any] = {"method": self.method}
        if self.contiguity:
            used["tolerance"] = self.tolerance
        if self.method == "nearest":
            used["k"] = self.k
        if self.method in {"distance", "kernel"}:
            used["distance"] = self.distance
        used["order"] = self.order
        used["extra"] = [list(pair) for pair in self.extra]
        used["removed"] = [list(pair) for pair in self.removed]
        return used


def _contacts(polygons: NDArray[Any], bodies: NDArray[Any], options: _Options) -> tuple[Contacts, Contacts]:
    """Find what is near enough to be linked or remarked on; apart from it, what touches by a crumb only."""
    if not options.contiguity:
        return Contacts.none(), Contacts.none()
    found = find_contacts(polygons, max(NEAR_TOLERANCES * options.tolerance, NEAR_METRES))
    linked = np.flatnonzero(found.distance <= options.tolerance)
    apart = shapely.distance(bodies[found.first[linked]], bodies[found.second[linked]])
    far = apart > max(options.tolerance, NEAR_METRES)
    weak = Contacts(first=found.first[linked[far]], second=found.second[linked[far]], distance=apart[far])
    kept = np.ones(len(found.first), dtype=bool)
    kept[linked[far]] = False
    return found.where(kept), weak


def _crumbs(
    keys: pd.Index, weak: Contacts, links: Links, gone: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> pd.DataFrame:
    """List the pairs that touch by a crumb only; what the user has decided on needs no remark."""
    decided = Links.mutual(len(keys), *gone, reason=0).contains(weak.first, weak.second)
    left = weak.where(~(decided | links.contains(weak.first, weak.second)))
    table = pd.DataFrame(
        {"focal": keys.take(left.first), "neighbor": keys.take(left.second), "distance": left.distance}
    )
    return table.sort_values(["focal", "neighbor"], ignore_index=True)


def _first_order(polygons: NDArray[Any], keys: pd.Index, contacts: Contacts, options: _Options) -> Links:
    """Link what the method alone links."""
    if options.contiguity:
        linked = contacts.where(contacts.distance <= options.tolerance)
        if options.method == "rook":
            linked = linked.where(share_border(polygons, linked, options.tolerance))
        gap = linked.distance > CONTACT
        reason = np.where(gap, REASONS.index("tolerance"), REASONS.index("contiguity"))
        return Links.mutual(len(keys), linked.first, linked.second, reason=reason)

    from sozialraum.spatial.neighbours.distances import (  # noqa: PLC0415 - scipy.spatial costs start-up time
        kernel_links,
        nearest_links,
        within_links,
    )

    if options.method == "nearest":
        return nearest_links(polygons, keys, options.k)
    if options.method == "kernel":
        return kernel_links(polygons, options.distance or 0.0)
    return within_links(polygons, options.distance)


def _positions(keys: pd.Index, pairs: tuple[Pair, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Turn pairs of keys into two arrays of positions."""
    places = keys.get_indexer(pd.Index([key for pair in pairs for key in pair], dtype=keys.dtype))
    return places[0::2], places[1::2]


def _near_misses(bodies: NDArray[Any], close: Contacts, links: Links, components: pd.Series) -> pd.DataFrame:
    """List pairs that are close but not linked, and what is nearest to each part of the city."""
    # What touches by a crumb is told apart: here counts how far the districts themselves are.
    ties = closest_outside(bodies, components.to_numpy())
    both = Contacts(
        first=np.append(close.first, ties.first),
        second=np.append(close.second, ties.second),
        distance=np.append(close.distance, ties.distance),
    )
    both = both.where(~links.contains(both.first, both.second))
    keys = components.index
    table = pd.DataFrame(
        {"focal": keys.take(both.first), "neighbor": keys.take(both.second), "distance": both.distance}
    )
    table = table.drop_duplicates(["focal", "neighbor"])
    return table.sort_values(["distance", "focal", "neighbor"], ignore_index=True)


def _validate(districts: gpd.GeoDataFrame, options: _Options) -> None:
    """Raise everything that is wrong with the input, at once."""
    geometry, pairs = _geometry_problems(districts, options), _pair_problems(districts.index, options)
    problems = [*geometry, *pairs, *_option_problems(len(districts), options)]
    error = BoundaryError if geometry else AlignmentError if pairs else SozialraumError
    raise_problems(problems, error)


def _geometry_problems(districts: gpd.GeoDataFrame, options: _Options) -> list[Problem]:
    found = []
    crs = districts.crs
    if crs is None:
        found.append(Problem(code="neighbours.no_crs"))
    elif any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        found.append(Problem(code="neighbours.not_metric", values={"crs": crs.name}))
    keys = districts.index
    double = tuple(map(str, keys[keys.duplicated()].unique()))
    if double:
        found.append(Problem(code="neighbours.duplicate_key", keys=double))
    missing = districts.geometry.isna() | districts.geometry.is_empty
    if missing.any():
        found.append(Problem(code="neighbours.no_geometry", keys=tuple(map(str, keys[missing]))))
    flat = missing | districts.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if options.contiguity and not flat.all():
        found.append(Problem(code="neighbours.not_polygon", keys=tuple(map(str, keys[~flat]))))
    return found


def _pair_problems(keys: pd.Index, options: _Options) -> list[Problem]:
    found = []
    for name, pairs in (("extra", options.extra), ("removed", options.removed)):
        named = pd.Index(list(dict.fromkeys(key for pair in pairs for key in pair)), dtype=object)
        unknown = tuple(map(str, named[~named.isin(keys)]))
        if unknown:
            found.append(Problem(code="neighbours.unknown_key", keys=unknown, values={"option": name}))
        alone = tuple(str(one) for one, other in pairs if one == other)
        if alone:
            found.append(Problem(code="neighbours.own_neighbour", keys=alone, values={"option": name}))
    both = {frozenset(pair) for pair in options.extra} & {frozenset(pair) for pair in options.removed}
    if both:
        pairs_text = shorten(sorted(_write(sorted(map(str, pair))) for pair in both))
        found.append(Problem(code="neighbours.extra_and_removed", values={"pairs": pairs_text}))
    return found


def _option_problems(n: int, options: _Options) -> list[Problem]:
    found = []
    if not 0 <= options.tolerance < np.inf:
        found.append(refused_option("tolerance", options.tolerance, ">= 0"))
    if options.order == 2 and options.method == "kernel":
        found.append(refused_option("order", options.order, "1"))
    if options.method == "nearest" and not 1 <= options.k < n:
        found.append(refused_option("k", options.k, f"1 … {n - 1}"))
    needed = options.method == "kernel"
    if (needed and options.distance is None) or (options.distance is not None and not options.distance > 0):
        found.append(refused_option("distance", options.distance, "> 0"))
    return found
