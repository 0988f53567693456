"""Global statistics of esda, on districts aligned by key and without those that have no value."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import AlignmentError, Problem
from sozialraum.keys import sorted_order
from sozialraum.spatial.engine.alignment import align, as_graph, as_series
from sozialraum.spatial.engine.inference import adjust, refuse_permutations, warn_of_reach
from sozialraum.spatial.esda_bridge import restrict

if TYPE_CHECKING:
    from collections.abc import Callable

    from libpysal.graph import Graph
    from libpysal.weights import W
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sozialraum.spatial.engine.alignment import Links

    Floats = NDArray[np.float64]
    Quadratic = Callable[[Floats, csr_array], Floats]

__all__ = ["global_statistics", "lee_l", "losh"]

FIELDS = ("statistic", "expected", "p", "districts")

CELLS = 1 << 20
"""Most values dealt out at one time."""


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
        Index: "geary_c", "getis_ord_g", "join_count"; columns `FIELDS`.

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
    import esda  # noqa: PLC0415 - takes seconds

    refuse_permutations(permutations)
    known, near = _known(values, graph)
    y = known.to_numpy(dtype=float)
    rows: dict[str, tuple[float, float, float]] = {}

    def add(name: str, weights: Graph, statistic: Callable[[W], float], quadratic: Quadratic) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = statistic(weights.to_W())
        drawn = _dealt(y, weights, quadratic, permutations, seed)
        seen = quadratic(y[None], weights.sparse.tocsr())[0]
        # Where all arrangements are equally likely, what is far from usual may lie on either side.
        near_by = 1e-9 * max(1.0, abs(seen))
        tail = min((drawn >= seen - near_by).sum(), (drawn <= seen + near_by).sum())
        expected = float(value * drawn.mean() / seen) if seen else float(drawn.mean())
        rows[name] = (value, expected, min(1.0, 2 * (tail + 1) / (permutations + 1)))

    if len(known) > 2 and known.max() > known.min() and near.n_edges:
        binary = near.transform("B")
        add("geary_c", near, lambda w: esda.Geary(y, w, permutations=0).C, _differences)
        if (y >= 0).all():
            add("getis_ord_g", binary, lambda w: esda.G(y, w, permutations=0).G, _products)
        if set(np.unique(y)) == {0.0, 1.0}:
            add("join_count", binary, lambda w: esda.Join_Counts(y, w, permutations=0).bb, _products)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(FIELDS[:3]))
    return table.assign(districts=len(known))


def _products(values: Floats, weights: csr_array) -> Floats:
    """Return the weighted sum of the products of neighbours, shape (arrangements,)."""
    return np.asarray((values * (weights @ values.T).T).sum(axis=1))


def _differences(values: Floats, weights: csr_array) -> Floats:
    """Return the weighted sum of the squared differences of neighbours, shape (arrangements,)."""
    ends = np.asarray(weights.sum(axis=0)).ravel() + np.asarray(weights.sum(axis=1)).ravel()
    return np.asarray((values**2 * ends).sum(axis=1) - 2 * _products(values, weights))


def _dealt(values: Floats, near: Graph, quadratic: Quadratic, permutations: int, seed: int) -> Floats:
    """Return the statistic, up to constants, of random arrangements of the values."""
    rng = np.random.default_rng(seed)
    weights = near.sparse.tocsr()
    block = max(1, CELLS // len(values))
    sizes = [min(block, permutations - start) for start in range(0, permutations, block)]
    drawn = [quadratic(rng.permuted(np.tile(values, (size, 1)), axis=1), weights) for size in sizes]
    return np.concatenate(drawn)


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
    from scipy.sparse import csr_array  # noqa: PLC0415 - start-up time

    first, second = as_series(first), as_series(second)
    if set(first.index) != set(second.index):
        keys = tuple(map(str, first.index.symmetric_difference(second.index)))
        raise AlignmentError(Problem(code="spatial.not_in_second", keys=keys))
    both = pd.DataFrame({"one": first, "two": second.reindex(first.index)}).dropna()
    frame, links = align(first, graph)
    known = frame.index.isin(both.index)
    among = links.among(known).standardised()
    z = both.reindex(frame.index[known]).to_numpy(dtype=float)
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    shape = (among.districts, among.districts)
    near = csr_array((among.weight, (among.focal, among.neighbor)), shape=shape)
    smooth = near @ z
    return float(among.districts / (near.sum(axis=1) ** 2).sum() * (smooth[:, 0] @ smooth[:, 1]) / len(z))


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
        that is not larger) and `p_adjusted` (Benjamini-Hochberg). NaN without value or neighbours.

    References
    ----------
    Ord & Getis (2012), Local spatial heteroscedasticity (LOSH), Annals of Regional Science 48; the statistic
    is esda's.
    """
    import esda  # noqa: PLC0415 - takes seconds

    refuse_permutations(permutations)
    known, near = _known(values, graph)
    linked = known.index[near.cardinalities.loc[known.index].to_numpy() > 0]
    table = pd.DataFrame(np.nan, index=values.index, columns=["statistic", "p", "p_adjusted"])
    if len(linked) > 2 and known.loc[linked].max() > known.loc[linked].min():
        some = restrict(near, linked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = esda.LOSH(connectivity=some.to_W(), inference=None).fit(known.loc[linked].to_numpy(float))
        table.loc[linked, "statistic"] = np.asarray(found.Hi, dtype=float)
        y, seen = known.loc[linked].to_numpy(float), np.asarray(found.Hi, dtype=float)
        p = _as_uneven(y, seen, some.sparse.tocsr(), permutations, seed)
        table.loc[linked, "p"] = p
        table.loc[linked, "p_adjusted"] = adjust(p, "benjamini-hochberg")
        warn_of_reach(p, permutations, 0.05, indicator="losh", alternative="greater")
    return table


def _as_uneven(values: Floats, statistic: Floats, weights: csr_array, permutations: int, seed: int) -> Floats:
    """Return in which share of arrangements LOSH is as large as it was found, shape (districts,)."""
    rng = np.random.default_rng(seed)
    total = np.asarray(weights.sum(axis=1)).ravel()
    block = max(1, CELLS // len(values))
    larger = np.zeros(len(values))
    for start in range(0, permutations, block):
        size = min(block, permutations - start)
        dealt = rng.permuted(np.tile(values, (size, 1)), axis=1).T
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
