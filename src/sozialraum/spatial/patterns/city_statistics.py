"""Global statistics that esda computes, on districts aligned by key and without those that have no value."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import AlignmentError, Problem
from sozialraum.keys import sorted_order
from sozialraum.spatial.engine.alignment import align, as_graph
from sozialraum.spatial.esda_bridge import restrict

if TYPE_CHECKING:
    from collections.abc import Callable

    from libpysal.graph import Graph

    from sozialraum.spatial.engine.alignment import Links

__all__ = ["global_statistics", "lee_l", "losh"]

FIELDS = ("statistic", "expected", "p", "districts")


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
    Cliff & Ord (1981); Getis & Ord (1992); computed by esda.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> global_statistics(rates, graph, permutations=99).loc["geary_c", "statistic"].round(3).item()
    0.176
    """
    import esda  # noqa: PLC0415 - takes seconds

    known, near = _known(values, graph)
    y = known.to_numpy(dtype=float)
    rows: dict[str, tuple[float, float, float]] = {}

    def add(name: str, make: Callable[[], object], statistic: str, simulated: str) -> None:
        # esda draws from the global generator; its state is put back.
        state = np.random.get_state()  # noqa: NPY002
        np.random.seed(seed)  # noqa: NPY002
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = make()
        np.random.set_state(state)  # noqa: NPY002
        value, drawn = float(getattr(found, statistic)), np.asarray(getattr(found, simulated), dtype=float)
        tail = min((drawn >= value - 1e-12).sum(), (drawn <= value + 1e-12).sum())
        rows[name] = (value, float(drawn.mean()), min(1.0, 2 * (tail + 1) / (len(drawn) + 1)))

    if len(known) > 2 and known.max() > known.min():
        weights = near.to_W()
        add("geary_c", lambda: esda.Geary(y, weights, permutations=permutations), "C", "sim")
        if (y >= 0).all():
            binary = near.transform("B").to_W()
            add("getis_ord_g", lambda: esda.G(y, binary, permutations=permutations), "G", "sim")
        if set(np.unique(y)) == {0.0, 1.0}:
            binary = near.transform("B").to_W()
            add("join_count", lambda: esda.Join_Counts(y, binary, permutations=permutations), "bb", "sim_bb")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(FIELDS[:3]))
    return table.assign(districts=len(known))


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


def losh(values: pd.Series, graph: Links) -> pd.DataFrame:
    """Tell how uneven the surroundings of each district are: local spatial heteroscedasticity.

    Parameters
    ----------
    values
        Index: district; NaN is left out.
    graph
        Neighbours on the same districts.

    Returns
    -------
    pd.DataFrame
        Index of `values`; `statistic` (1 on average; large: a cluster that is uneven inside) and `p` by the
        chi-squared approximation of esda. NaN without value or neighbours.

    References
    ----------
    Ord & Getis (2012), Local spatial heteroscedasticity (LOSH); computed by esda.
    """
    import esda  # noqa: PLC0415 - takes seconds

    known, near = _known(values, graph)
    linked = known.index[near.cardinalities.loc[known.index].to_numpy() > 0]
    table = pd.DataFrame(np.nan, index=values.index, columns=["statistic", "p"])
    if len(linked) > 2 and known.loc[linked].max() > known.loc[linked].min():
        some = restrict(near, linked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = esda.LOSH(connectivity=some.to_W(), inference="chi-square").fit(
                known.loc[linked].to_numpy(dtype=float)
            )
        table.loc[linked, "statistic"] = np.asarray(found.Hi, dtype=float)
        table.loc[linked, "p"] = np.asarray(found.pval, dtype=float)
    return table


def _known(values: pd.Series, graph: Links) -> tuple[pd.Series, Graph]:
    """Return districts with a value in the order of their keys, and the neighbours among them."""
    align(values, graph)
    known = values.iloc[sorted_order(values.index)].dropna()
    return known, restrict(as_graph(graph), known.index).transform("R")
