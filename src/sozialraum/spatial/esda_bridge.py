"""Results to and from esda, for those who have code around its objects."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.spatial.engine.alignment import align, as_graph
from sozialraum.spatial.engine.inference import Correction, adjust, standard_error
from sozialraum.spatial.local_moran import LABELS, LOCAL_FIELDS, LocalMoran

if TYPE_CHECKING:
    import esda
    from libpysal.graph import Graph
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Links

__all__ = ["from_esda", "restrict", "to_esda"]

ESDA_QUADRANTS = ("high-high", "low-high", "low-low", "high-low")
"""In the order of `Moran_Local.quads`, which holds the number of each."""


@checked(p=("p", "p_adjusted"))
def to_esda(
    values: pd.Series, graph: Links, result: LocalMoran, *, p: Literal["p", "p_adjusted"] = "p"
) -> esda.Moran_Local:
    """Make an `esda.Moran_Local` that carries our p-values, for esda's and splot's methods and plots.

    esda computes what does not depend on chance (its `Is` are (n - 1) / n times ours); `p_sim` and
    `permutations` are ours. There are no simulated values (`sim`, `z_sim`) in it.

    Parameters
    ----------
    values
        What `result` was computed from; index: district key.
    graph
        The same neighbours.
    result
        Of `local_moran(values, graph)`, for one indicator.
    p
        Which p becomes `p_sim`; ``"p_adjusted"`` lets a plot that compares with 0.05 show corrected clusters.

    Returns
    -------
    esda.Moran_Local
        In the order of `values`, without the districts that have no value: esda knows no missing values.
        `p_sim` is NaN for isolated districts.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> from sozialraum.spatial.local_moran import local_moran
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> theirs = to_esda(rates, graph, local_moran(rates, graph, permutations=999))
    >>> theirs.get_cluster_labels(crit_value=1).tolist()
    ['High-High', 'High-High', 'High-High', 'Low-Low', 'Low-Low', 'Low-Low']
    """
    import esda  # noqa: PLC0415 - takes seconds

    align(values, graph)
    known = values.dropna()
    with warnings.catch_warnings():  # esda changes the filters of the whole process
        local = esda.Moran_Local(
            known.to_numpy(dtype=float), restrict(as_graph(graph), known.index), permutations=0
        )
    local.p_sim = result.table[p].loc[known.index].to_numpy(dtype=float)
    local.permutations = result.permutations
    return local


def restrict(graph: Graph, keys: pd.Index) -> Graph:
    """Keep the districts in `keys`, in that order, and the links between them."""
    from libpysal.graph import Graph  # noqa: PLC0415 - takes two seconds

    adjacency = graph.adjacency
    focal, neighbor = (keys.get_indexer(adjacency.index.get_level_values(level)) for level in (0, 1))
    kept = (focal >= 0) & (neighbor >= 0) & (focal != neighbor) & (adjacency.to_numpy() > 0)
    alone = np.setdiff1d(np.arange(len(keys)), focal[kept])
    focal, neighbor = np.append(focal[kept], alone), np.append(neighbor[kept], alone)
    weight = np.append(adjacency.to_numpy(dtype=float)[kept], np.zeros(len(alone)))
    order = np.lexsort([neighbor, focal])
    return Graph.from_arrays(keys.take(focal[order]), keys.take(neighbor[order]), weight[order])


@checked(correction=get_args(Correction))
def from_esda(
    local: esda.Moran_Local,
    *,
    double: bool = False,
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Turn an `esda.Moran_Local` into a table as `local_moran` gives it.

    Parameters
    ----------
    local
        With permutations. Its weights give the district keys; they are a `Graph` or a `W`.
    double
        Double p, up to 1: esda's `p_sim` is the smaller tail alone, our two-sided p is not.
    correction, alpha
        How p is adjusted, and what is significant.

    Returns
    -------
    pd.DataFrame
        Index: ids of the weights. Columns `LOCAL_FIELDS`, as in `LocalMoran.table`. Districts without
        neighbours are ``isolated`` and have no p, whatever esda says of them.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> from sozialraum.spatial.local_moran import local_moran
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> theirs = to_esda(rates, graph, local_moran(rates, graph, permutations=999))
    >>> table = from_esda(theirs)
    >>> table["quadrant"].tolist()
    ['high-high', 'high-high', 'high-high', 'low-low', 'low-low', 'low-low']
    """
    keys, cardinality = _neighbour_counts(local.w)
    statistic = np.asarray(local.Is, dtype=float) * local.n / (local.n - 1)
    isolated = cardinality == 0
    judged = ~isolated & ~np.isnan(statistic)
    tail = np.asarray(local.p_sim, dtype=float)
    p = np.where(judged, np.minimum(tail * (2 if double else 1), 1.0), np.nan)
    names = dict(zip(local.quads, ESDA_QUADRANTS, strict=True))
    quadrant = np.array([names[number] for number in local.q], dtype=object)
    quadrant = np.where(judged, quadrant, np.where(isolated, "isolated", "undefined"))
    adjusted = adjust(p, correction)
    label = np.where(judged & ~(adjusted <= alpha), "not significant", quadrant)
    fields: dict[str, Any] = {
        "statistic": np.where(judged, statistic, np.nan),
        "p": p,
        "p_adjusted": adjusted,
        "quadrant": pd.Categorical(quadrant, categories=list(LABELS)),
        "label": pd.Categorical(label, categories=list(LABELS)),
        "p_error": standard_error(p, local.permutations, "two-sided" if double else "directed"),
    }
    return pd.DataFrame(fields, index=keys)[list(LOCAL_FIELDS)]


def _neighbour_counts(weights: Any) -> tuple[pd.Index, NDArray[np.intp]]:  # noqa: ANN401 - Graph or W
    """Return ids and numbers of neighbours, of a `Graph` or a `W`."""
    if hasattr(weights, "unique_ids"):
        return weights.unique_ids.rename(None), weights.cardinalities.to_numpy()
    keys = pd.Index(weights.id_order)
    return keys, np.array([weights.cardinalities[key] for key in keys])
