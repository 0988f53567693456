"""Bring values and a neighbour graph onto one order of districts, or say why they do not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from weakref import ref

import numpy as np
import pandas as pd

from sozialraum.errors import AlignmentError, Problem, SozialraumError, raise_problems, shorten
from sozialraum.keys import sorted_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from libpysal.graph import Graph
    from libpysal.weights import W
    from numpy.typing import NDArray

    from sozialraum.analysis import Adjacent
    from sozialraum.spatial.neighbours.find import Neighbours

    Links: TypeAlias = Adjacent | Graph | Neighbours | W
    """Whatever says who neighbours whom."""

__all__ = [
    "Adjacency",
    "Table",
    "align",
    "as_adjacent",
    "as_frame",
    "as_graph",
    "as_series",
    "pair",
    "standardise",
]

HUGE = 1e150
"""Squares of larger numbers, and of numbers smaller than its inverse, are beyond what a computer can hold."""

KEYS_NAMED = 5
"""So many keys tell what is wrong; the others are in the problem itself."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """The links of districts with k neighbours each.

    Parameters
    ----------
    districts
        Their positions, ascending, shape (d,).
    neighbors
        Positions of their neighbours, shape (k, d).
    weights
        Shares that add up to 1 for each district, shape (k, d); None if the neighbours of each weigh the
        same.
    """

    districts: NDArray[np.intp]
    neighbors: NDArray[np.intp]
    weights: NDArray[np.float64] | None

    @property
    def size(self) -> int:
        """Number of neighbours, k."""
        return len(self.neighbors)

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted mean over each district's neighbours, shape (d,)."""
        total = np.zeros(len(self.districts))
        for step, neighbors in enumerate(self.neighbors):
            around = values.take(neighbors)
            total += around if self.weights is None else around * self.weights[step]
        return total / self.size if self.weights is None else total


@dataclass(frozen=True, kw_only=True)
class Adjacency:
    """Who neighbours whom, by position, in the order of the values.

    Parameters
    ----------
    districts
        Number of districts, n.
    focal, neighbor
        Positions 0..n-1, one entry per link, shape (links,); `focal` ascends. No district is
        its own neighbour.
    weight
        Positive weights as the graph gives them, shape (links,).
    order
        Positions of the districts in ascending order of their keys, shape (n,); chance deals over this
        order, so that the order of rows changes no p.
    """

    districts: int
    focal: NDArray[np.intp]
    neighbor: NDArray[np.intp]
    weight: NDArray[np.float64]
    order: NDArray[np.intp]

    @cached_property
    def cardinalities(self) -> NDArray[np.intp]:
        """Number of neighbours, shape (n,)."""
        return np.bincount(self.focal, minlength=self.districts)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The same links; districts alike in number of neighbours and in equality of weights together."""
        starts = np.concatenate([[0], np.cumsum(self.cardinalities)])
        same = bool(self.weight.size) and self.weight.min() == self.weight.max()
        found: list[Table] = []
        for count in np.flatnonzero(np.bincount(self.cardinalities)):
            if count:
                found += self._split(
                    np.flatnonzero(self.cardinalities == count), starts, int(count), same=same
                )
        return tuple(found)

    def _split(
        self, districts: NDArray[np.intp], starts: NDArray[np.intp], count: int, *, same: bool
    ) -> Iterator[Table]:
        first = starts[districts]
        neighbors = np.stack([self.neighbor.take(first + step) for step in range(count)])
        if same:
            yield Table(districts=districts, neighbors=neighbors, weights=None)
            return
        weights = np.stack([self.weight.take(first + step) for step in range(count)])
        equal = (np.abs(weights - weights[0]) <= 1e-9 * weights[0]).all(axis=0)
        for kept in (equal, ~equal):
            if kept.any():
                own = weights[:, kept]
                yield Table(
                    districts=districts[kept],
                    neighbors=neighbors[:, kept],
                    weights=None if kept is equal else own / own.sum(axis=0),
                )

    def among(self, valid: NDArray[np.bool_]) -> Adjacency:
        """Keep only `valid` districts, renumbered, and the links between them."""
        if valid.all():
            return self
        kept = valid[self.focal] & valid[self.neighbor]
        number = np.cumsum(valid) - 1
        return Adjacency(
            districts=int(valid.sum()),
            focal=number[self.focal[kept]],
            neighbor=number[self.neighbor[kept]],
            weight=self.weight[kept],
            order=number[self.order[valid[self.order]]],
        )

    def standardised(self) -> Adjacency:
        """Let the weights of each district add up to 1."""
        total = np.bincount(self.focal, weights=self.weight, minlength=self.districts)
        return replace(self, weight=self.weight / total[self.focal])

    def binary(self) -> Adjacency:
        """Let every neighbour weigh 1."""
        return replace(self, weight=np.ones_like(self.weight))

    @cached_property
    def squares(self) -> tuple[float, float]:
        """S1 and S2 of Cliff & Ord: half the squared sums of both directions, and of rows plus columns."""
        n = self.districts
        code = self.focal * n + self.neighbor
        order = np.argsort(code)
        back = self.neighbor * n + self.focal
        found = np.searchsorted(code[order], back).clip(max=len(code) - 1)
        there = order[found]
        reverse = np.where(code[there] == back, self.weight[there], 0.0)
        s1 = float((self.weight**2).sum() + (self.weight * reverse).sum())
        both = np.bincount(self.focal, self.weight, n) + np.bincount(self.neighbor, self.weight, n)
        return s1, float((both**2).sum())

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted sum over each district's neighbours, shape (n,); 0 without neighbours."""
        found = np.bincount(self.focal, self.weight * values.take(self.neighbor), self.districts)
        return found.astype(float, copy=False)

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted mean of those neighbours that have a value, shape (n,).

        NaN if none has one, or if the district itself has none.
        """
        known = ~np.isnan(values)
        means = np.full(self.districts, np.nan)
        if known.all():
            for table in self.tables:
                means[table.districts] = table.means(values)
        else:
            means[known] = self.among(known).means(values[known])
        return means


def as_graph(graph: Links) -> Graph:
    """Return the libpysal `Graph` of neighbours in whatever form they come.

    Raises
    ------
    SozialraumError
        As `as_adjacent`.
    """
    found = as_adjacent(graph)
    # `Neighbours` has one, else it is one.
    return cast("Graph", getattr(found, "graph", found))


def as_adjacent(graph: Links) -> Adjacent:
    """Return neighbours in whatever form they come: Graph, `Neighbours` or libpysal `W`; no Graph is made.

    Raises
    ------
    SozialraumError
        If it is nothing of the kind.
    """
    if hasattr(graph, "adjacency"):
        return graph
    found = getattr(graph, "graph", None)
    if hasattr(found, "adjacency"):
        return cast("Adjacent", found)
    if hasattr(graph, "neighbors") and hasattr(graph, "id_order"):
        return cast("Adjacent", _WEIGHTS.of(graph))
    named = type(graph).__name__
    raise SozialraumError(Problem(code="spatial.no_graph", values={"type": named}))


class _Weights:
    """The `W` that was converted last; libpysal's `W` cannot be changed in place either."""

    def __init__(self) -> None:
        self._kept: tuple[ref[W], Graph] | None = None

    def of(self, weights: W) -> Graph:
        if self._kept and self._kept[0]() is weights:
            return self._kept[1]
        from libpysal.graph import Graph  # noqa: PLC0415 - takes two seconds

        graph = Graph.from_W(weights)
        self._kept = (ref(weights), graph)
        return graph


_WEIGHTS = _Weights()


def as_frame(values: pd.Series | pd.DataFrame) -> pd.DataFrame:
    """Return the values as a float frame.

    Raises
    ------
    SozialraumError
        If they have no index of districts, or hold text or infinite numbers.
    """
    if not isinstance(values, (pd.Series, pd.DataFrame)):
        raise SozialraumError(Problem(code="spatial.no_index", values={"type": type(values).__name__}))
    return _numbers(values.to_frame() if isinstance(values, pd.Series) else values)


def as_series(values: pd.Series | pd.DataFrame) -> pd.Series:
    """Return the values of the one indicator that is asked for; a frame of one column will do.

    Raises
    ------
    SozialraumError
        If there are several, or they have no index of districts.
    """
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        return values.iloc[:, 0]
    if isinstance(values, pd.DataFrame):
        found = {"count": values.shape[1]}
        raise SozialraumError(Problem(code="spatial.one_column", values=found))
    if not isinstance(values, pd.Series):
        raise SozialraumError(Problem(code="spatial.no_index", values={"type": type(values).__name__}))
    return values


def align(values: pd.Series | pd.DataFrame, graph: Links) -> tuple[pd.DataFrame, Adjacency]:
    """Return the values as a float frame and the graph's links in the order of its rows.

    Parameters
    ----------
    values
        Index: district key. Numbers; NaN where nothing is known.
    graph
        Neighbours of the same districts, in any order: a `Graph`, `Neighbours` or a libpysal `W`. Links of a
        district to itself and links of weight 0 are left out.

    Raises
    ------
    AlignmentError
        If a district occurs twice, or on one side only; names the keys.
    SozialraumError
        If a column holds text or infinite numbers, a weight is negative, or one side is no table or graph.
    """
    frame = as_frame(values)
    graph = as_adjacent(graph)
    if not frame.index.is_unique:
        doubled = frame.index[frame.index.duplicated()].unique()
        raise AlignmentError(_named("spatial.duplicate", doubled))
    adjacency = _RECENT.find(graph, frame.index)
    if adjacency is None:
        adjacency = _links(frame.index, graph)
        _RECENT.keep(graph, frame.index, adjacency)
    return frame, adjacency


class _Recent:
    """The graph that was aligned last: as a rule one graph serves many calls, and a graph never changes."""

    def __init__(self) -> None:
        self._kept: tuple[ref[Adjacent], pd.Index, Adjacency] | None = None

    def find(self, graph: Adjacent, index: pd.Index) -> Adjacency | None:
        kept = self._kept
        return kept[2] if kept and kept[0]() is graph and kept[1].equals(index) else None

    def keep(self, graph: Adjacent, index: pd.Index, adjacency: Adjacency) -> None:
        self._kept = (ref(graph, self._forget), index, adjacency)

    def _forget(self, gone: ref[Adjacent]) -> None:
        if self._kept and self._kept[0] is gone:
            self._kept = None


_RECENT = _Recent()


def _links(index: pd.Index, graph: Adjacent) -> Adjacency:
    pairs: Any = graph.adjacency.index
    focal, neighbor = _positions(index, pairs)
    weight = graph.adjacency.to_numpy(dtype=float)
    if weight.min(initial=0.0) < 0:
        keys = _texts(index[np.unique(focal[weight < 0])])
        raise SozialraumError(Problem(code="spatial.negative_weight", keys=keys))
    kept = (weight != 0) & (focal != neighbor)
    if not kept.all():
        focal, neighbor, weight = focal[kept], neighbor[kept], weight[kept]
    if np.any(focal[1:] < focal[:-1]):
        order = np.argsort(focal, kind="stable")
        focal, neighbor, weight = focal[order], neighbor[order], weight[order]
    return Adjacency(
        districts=len(index), focal=focal, neighbor=neighbor, weight=weight, order=sorted_order(index)
    )


def pair(
    first: pd.Series | pd.DataFrame, second: pd.Series | pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two tables as float frames with the districts and columns of the first.

    Parameters
    ----------
    first, second
        Two Series, whatever their names, or two DataFrames whose columns pair up by name.

    Raises
    ------
    AlignmentError
        If a district or column is on one side only, or occurs twice.
    SozialraumError
        If a column holds text or infinite numbers.
    """
    one, two = (
        as_frame(data.rename("value") if isinstance(data, pd.Series) else data) for data in (first, second)
    )
    problems: list[Problem] = []
    for left, right in ((one.index, two.index), (one.columns, two.columns)):
        findings = (
            ("spatial.not_in_second", left.difference(right, sort=False)),
            ("spatial.not_in_first", right.difference(left, sort=False)),
            ("spatial.duplicate", left[left.duplicated()].union(right[right.duplicated()]).unique()),
        )
        problems += [_named(code, found) for code, found in findings if len(found)]
    raise_problems(problems, AlignmentError)
    return one, two.loc[one.index, one.columns]


def standardise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subtract the mean and divide by the population standard deviation (ddof 0), column by column.

    NaN stay NaN and count for nothing. A column whose values are all equal becomes NaN altogether.

    Parameters
    ----------
    values
        Shape (n, columns).

    Returns
    -------
    NDArray
        Shape (n, columns).
    """
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values, 0.0)
    centred -= np.where(known, centred.sum(axis=0) / count, 0.0)
    # The first pass leaves rounding in the mean, which would look like variation in a constant column.
    centred -= np.where(known, centred.sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    largest = np.abs(np.where(known, values, 0.0)).max(axis=0, initial=0.0)
    spread[spread <= 1e-13 * largest] = np.nan
    centred /= spread
    centred[~known] = np.nan
    return centred


def _positions(index: pd.Index, pairs: pd.MultiIndex) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Translate the pairs of districts to positions in `index`, or name the districts that differ."""
    levels, codes = pairs.levels, pairs.codes
    first = _places(index, levels[0])
    second = first if levels[1].equals(levels[0]) else _places(index, levels[1])
    ends = [
        code.astype(np.intp) if place is None else place.take(code.astype(np.intp))
        for place, code in zip((first, second), codes, strict=True)
    ]
    strange = pd.Index([])
    for place, level, end, code in zip((first, second), levels, ends, codes, strict=True):
        # A level may hold districts that no link uses, so it is the links that must be looked at.
        if place is not None and end.min(initial=0) < 0:
            strange = strange.union(level[np.unique(code[end < 0])], sort=False)
    present = np.zeros(len(index) + 1, dtype=bool)
    present[ends[0]] = True
    if len(strange) or not present[:-1].all():
        raise AlignmentError(*_differing(index, index[~present[:-1]], strange, levels[0]))
    return ends[0], ends[1]


def _differing(index: pd.Index, alone: pd.Index, strange: pd.Index, ids: pd.Index) -> list[Problem]:
    """Say that the keys are of two types, if that is all; else which districts are on one side only."""
    if len(alone) == len(index) and set(map(str, index)) & set(map(str, ids)):
        kinds = (pd.api.types.infer_dtype(index), pd.api.types.infer_dtype(ids))
        return [Problem(code="spatial.other_type", values=dict(zip(("values", "graph"), kinds, strict=True)))]
    sides = (("spatial.not_in_graph", alone), ("spatial.not_in_values", strange))
    return [_named(code, missing) for code, missing in sides if len(missing)]


def _named(code: str, keys: pd.Index) -> Problem:
    """Name the first few keys, and say how many there are; all of them are in `Problem.keys`."""
    texts = _texts(keys)
    return Problem(code=code, keys=texts, values={"keys": shorten(texts, KEYS_NAMED)})


def _places(index: pd.Index, level: pd.Index) -> NDArray[np.intp] | None:
    """Position of each of the level's districts in `index`, -1 if it is not there; None if all agree."""
    if index.equals(level):
        return None
    return np.asarray(index.get_indexer(level), dtype=np.intp)


def _texts(keys: pd.Index) -> tuple[str, ...]:
    return tuple(str(key) for key in keys)


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    faults = [
        Problem(code="spatial.not_numeric", column=str(column))
        for column, dtype in frame.dtypes.items()
        if not pd.api.types.is_numeric_dtype(dtype)
    ]
    raise_problems(faults, SozialraumError)
    numbers = frame.astype(float)
    infinite = np.isinf(numbers.to_numpy())
    faults = [
        Problem(code="spatial.not_finite", column=str(column), keys=_texts(frame.index[infinite[:, at]]))
        for at, column in enumerate(frame.columns)
        if infinite[:, at].any()
    ]
    raise_problems(faults, SozialraumError)
    largest = np.nanmax(np.abs(numbers.to_numpy()), axis=0, initial=0.0) if len(numbers) else np.zeros(0)
    extreme = (largest > HUGE) | ((largest > 0) & (largest < 1 / HUGE))
    faults = (
        [
            Problem(code="spatial.extreme", column=str(column), values={"largest": f"{size:.0e}"})
            for column, size in zip(frame.columns[extreme], largest[extreme], strict=True)
        ]
        if extreme.any()
        else []
    )
    raise_problems(faults, SozialraumError)
    return numbers
