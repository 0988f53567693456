"""Global statistics of esda, on districts aligned by key and without those that have no value."""

from __future__ import annotations

import warnings
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem
from sozialraum.keys import sorted_order
from sozialraum.spatial.engine.alignment import align, as_graph, as_series
from sozialraum.spatial.engine.inference import (
    adjust,
    refuse_permutations,
    warn_of_none,
    warn_of_reach,
)
from sozialraum.spatial.esda_bridge import restrict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from libpysal.graph import Graph
    from libpysal.weights import W
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sozialraum.spatial.engine.alignment import Adjacency, Links

    Floats = NDArray[np.float64]
    Quadratic = Callable[[Floats, csr_array], Floats]

__all__ = ["MEASURES", "REASONS", "global_statistics", "lee_l", "lee_of_pairs", "losh"]

MEASURES = ("geary_c", "getis_ord_g", "join_count")
FIELDS = ("statistic", "expected", "p", "districts", "reason")

REASONS = (
    "few districts",
    "constant",
    "no neighbours",
    "negative values",
    "not two classes",
    "no value",
)
"""Why there is no number."""

CELLS = 1 << 20
"""Most values dealt out at one time."""


class _Form(NamedTuple):
    """A statistic as a quadratic form of the values: what esda gives is `scale` times the form."""

    statistic: Callable[[], float]
    weights: csr_array
    quadratic: Quadratic
    scale: float


@checked()
def global_statistics(
    values: pd.Series, graph: Links, *, permutations: int = 9_999, seed: int = 0
) -> pd.DataFrame:
    """Give Geary's C, Getis-Ord's G and, for two classes, join counts of the whole city.

    p is one-sided in the direction that was found, doubled up to 1, from random arrangements.

    Parameters
    ----------
    values
        Index: district. NaN is left out. Getis-Ord's G needs values that are not negative; join counts are
        given where the values are 0 and 1 only.
    graph
        Neighbours on the same districts.
    permutations, seed
        Of the random arrangements; over the sorted keys.

    Returns
    -------
    pd.DataFrame
        Index: `MEASURES`; columns `FIELDS`. Where a statistic is NaN, `reason` (one of `REASONS`) says why.

    References
    ----------
    Cliff & Ord (1981); Getis & Ord (1992); the statistics are esda's, the arrangements our own.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> global_statistics(rates, graph, permutations=99).loc["geary_c", "statistic"].round(3).item()
    0.176
    """
    refuse_permutations(permutations, seed)
    known, near = _known(values, graph)
    y = known.to_numpy(dtype=float)
    why = _why_none(y, near)
    table = pd.DataFrame(np.nan, index=list(MEASURES), columns=list(FIELDS[:3]))
    forms = {} if why else _forms(y, near)
    drawn: dict[str, list[Floats]] = {name: [] for name in forms}
    for dealt in _dealt(y, permutations if forms else 0, seed):
        for name, form in forms.items():
            drawn[name].append(form.quadratic(dealt, form.weights))
    for name, form in forms.items():
        found = np.concatenate(drawn[name])
        seen = form.quadratic(y[None], form.weights)[0]
        # Where all arrangements are equally likely, what is far from usual may lie on either side.
        near_by = 1e-9 * max(1.0, abs(seen))
        tail = min((found >= seen - near_by).sum(), (found <= seen + near_by).sum())
        p = min(1.0, 2 * (tail + 1) / (permutations + 1))
        table.loc[name] = (form.statistic(), form.scale * found.mean(), p)
    reasons = [why, why or ("negative values" if (y < 0).any() else "constant"), why or "not two classes"]
    reason = ["" if name in forms else said for name, said in zip(MEASURES, reasons, strict=True)]
    return table.assign(districts=len(known), reason=reason)


def _why_none(values: Floats, near: Graph) -> str:
    """Say why no statistic of the city can be computed; empty where it can."""
    if len(values) < 3:
        return "few districts"
    if values.max() == values.min():
        return "constant"
    return "" if near.n_edges else "no neighbours"


def _forms(y: Floats, near: Graph) -> dict[str, _Form]:
    """Return the statistics that the values allow, as esda computes them."""
    import esda  # noqa: PLC0415 - takes seconds

    binary = near.transform("B")

    def of(weights: Graph, statistic: Callable[[W], float]) -> Callable[[], float]:
        def compute() -> float:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return float(statistic(weights.to_W()))

        return compute

    rows, ones = near.sparse.tocsr(), binary.sparse.tocsr()
    scale = (len(y) - 1) / (2 * rows.sum() * ((y - y.mean()) ** 2).sum())
    alike = of(near, lambda w: esda.Geary(y, w, permutations=0).C)
    forms = {"geary_c": _Form(alike, rows, _differences, scale)}
    if (y >= 0).all() and (y > 0).sum() > 1:
        pairs = y.sum() ** 2 - (y**2).sum()
        form = _Form(of(binary, lambda w: esda.G(y, w, permutations=0).G), ones, _products, 1 / pairs)
        forms["getis_ord_g"] = form
    if set(np.unique(y)) == {0.0, 1.0}:
        counts = of(binary, lambda w: esda.Join_Counts(y, w, permutations=0).bb)
        forms["join_count"] = _Form(counts, ones, _products, 0.5)
    return forms


def _products(values: Floats, weights: csr_array) -> Floats:
    """Return the weighted sum of the products of neighbours, shape (arrangements,)."""
    return np.asarray((values * (weights @ values.T).T).sum(axis=1))


def _differences(values: Floats, weights: csr_array) -> Floats:
    """Return the weighted sum of the squared differences of neighbours, shape (arrangements,)."""
    ends = np.asarray(weights.sum(axis=0)).ravel() + np.asarray(weights.sum(axis=1)).ravel()
    return np.asarray((values**2 * ends).sum(axis=1) - 2 * _products(values, weights))


def _dealt(values: Floats, permutations: int, seed: int) -> Iterator[Floats]:
    """Yield random arrangements of the values, shape (arrangements, districts), a block at a time."""
    rng = np.random.default_rng(seed)
    block = max(1, CELLS // max(1, len(values)))
    for start in range(0, permutations, block):
        size = min(block, permutations - start)
        yield rng.permuted(np.tile(values, (size, 1)), axis=1)


@checked()
def lee_l(first: pd.Series, second: pd.Series, graph: Links) -> float:
    """Return Lee's L: how alike two smoothed maps are, -1 to 1.

    It says how two patterns go together over the city; no p, as that of two smooth maps needs `relate`.

    References
    ----------
    Lee (2001), Developing a bivariate spatial association measure.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> round(lee_l(rates, rates, graph), 3)
    0.881
    """
    first, second = as_series(first), as_series(second)
    if set(first.index) != set(second.index):
        keys = tuple(map(str, first.index.symmetric_difference(second.index)))
        raise AlignmentError(Problem(code="spatial.not_in_second", keys=keys))
    frame, links = align(pd.DataFrame({"one": first, "two": second.reindex(first.index)}), graph)
    found = lee_of_pairs(frame, links).iloc[0]
    if found["reason"]:
        warn_of_none("Lee's L", str(found["reason"]).replace(" ", "_"))
    return float(found["statistic"])


def lee_of_pairs(values: pd.DataFrame, links: Adjacency) -> pd.DataFrame:
    """Compute Lee's L of every two columns, over the districts that have a value in both.

    Parameters
    ----------
    values, links
        As `align` returns them.

    Returns
    -------
    pd.DataFrame
        One row per pair: `one`, `two`, `statistic`, `districts`, `reason` (one of `REASONS` where there is
        no number).
    """
    numbers = values.to_numpy(dtype=float)
    known = ~np.isnan(numbers)
    rows = []
    for one, two in combinations(range(numbers.shape[1]), 2):
        both = known[:, one] & known[:, two]
        statistic, reason = _lee(numbers[both][:, [one, two]], links.among(both).standardised())
        rows.append((values.columns[one], values.columns[two], statistic, int(both.sum()), reason))
    return pd.DataFrame(rows, columns=["one", "two", "statistic", "districts", "reason"])


def _lee(pair: Floats, among: Adjacency) -> tuple[float, str]:
    """Return L of two columns, and why there is none."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - start-up time

    if len(pair) < 3:
        return np.nan, "few districts"
    if (pair.max(axis=0) == pair.min(axis=0)).any():
        return np.nan, "constant"
    shape = (among.districts, among.districts)
    near = csr_array((among.weight, (among.focal, among.neighbor)), shape=shape)
    sums = (near.sum(axis=1) ** 2).sum()
    if not sums:
        return np.nan, "no neighbours"
    smooth = near @ ((pair - pair.mean(axis=0)) / pair.std(axis=0))
    return float((smooth[:, 0] @ smooth[:, 1]) / sums), ""


@checked()
def losh(values: pd.Series, graph: Links, *, permutations: int = 9_999, seed: int = 0) -> pd.DataFrame:
    """Tell how uneven the surroundings of each district are: local spatial heteroscedasticity.

    The mean squared distance of the neighbours' values from their own neighbours' mean, against that of the
    city. p tells how often it would be as large, if the values had been dealt out by chance: 5.0 to 5.3 % of
    p are below 0.05 for normal, skewed and smooth values without uneven places, against 6 to 8 % with
    esda's chi-squared approximation.

    Parameters
    ----------
    values
        Index: district; NaN is left out.
    graph
        Neighbours on the same districts.
    permutations, seed
        Of the random arrangements; over the sorted keys.

    Returns
    -------
    pd.DataFrame
        Index of `values`; `statistic` (1 on average; large: a cluster that is uneven inside), `p` (of one
        that is not larger), `p_adjusted` (Benjamini-Hochberg), and, where they are NaN, `reason` (one of
        `REASONS`).

    References
    ----------
    Ord & Getis (2012), Local spatial heteroscedasticity (LOSH), Annals of Regional Science 48; the statistic
    is esda's.
    """
    refuse_permutations(permutations, seed)
    import esda  # noqa: PLC0415 - takes seconds

    values = as_series(values)
    known, near = _known(values, graph)
    linked = known.index[near.cardinalities.loc[known.index].to_numpy() > 0]
    table = pd.DataFrame(np.nan, index=values.index, columns=["statistic", "p", "p_adjusted"])
    reason = pd.Series("no value", index=values.index, dtype=object)
    reason.loc[known.index] = "no neighbours"
    some = restrict(near, linked)
    y = known.loc[linked].to_numpy(dtype=float)
    reason.loc[linked] = _why_none(y, some)
    if len(linked) and not reason.loc[linked].any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = esda.LOSH(connectivity=some.to_W(), inference=None).fit(y)
        seen = np.asarray(found.Hi, dtype=float)
        table.loc[linked, "statistic"] = seen
        p = _as_uneven(y, seen, some.sparse.tocsr(), permutations, seed)
        table.loc[linked, "p"] = p
        table.loc[linked, "p_adjusted"] = adjust(p, "benjamini-hochberg")
        warn_of_reach(p, permutations, 0.05, indicator="losh", alternative="greater")
    return table.assign(reason=reason)


def _as_uneven(values: Floats, statistic: Floats, weights: csr_array, permutations: int, seed: int) -> Floats:
    """Return in which share of arrangements LOSH is as large as it was found, shape (districts,)."""
    total = np.asarray(weights.sum(axis=1)).ravel()
    larger = np.zeros(len(values))
    for arrangements in _dealt(values, permutations, seed):
        dealt = arrangements.T
        squares = (dealt - (weights @ dealt) / total[:, None]) ** 2
        found = (weights @ squares) / total[:, None] / squares.mean(axis=0)
        larger += (found >= statistic[:, None] * (1 - 1e-9)).sum(axis=1)
    return np.asarray((larger + 1) / (permutations + 1))


def _known(values: pd.Series, graph: Links) -> tuple[pd.Series, Graph]:
    """Return districts with a value in the order of their keys, and the neighbours among them."""
    values = as_series(values)
    align(values, graph)
    known = values.iloc[sorted_order(values.index)].dropna()
    return known, restrict(as_graph(graph), known.index).transform("R")
