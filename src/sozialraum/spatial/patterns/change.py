"""Change over time: how clusters move, and how often classes change, beside which neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.spatial.bivariate import local_moran_change
from sozialraum.spatial.engine.alignment import align
from sozialraum.spatial.local_moran import local_moran

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialraum.spatial.engine.alignment import Links

__all__ = ["Transitions", "cluster_change", "transitions"]


def cluster_change(
    before: pd.Series, after: pd.Series, graph: Links, *, permutations: int = 99_999, seed: int = 0
) -> pd.DataFrame:
    """Tell how each district and its neighbours have moved between two dates (directional LISA).

    Parameters
    ----------
    before, after
        The same indicator at two dates; index: district.
    graph
        Neighbours on the same districts.
    permutations, seed
        As in `local_moran`; both dates see the same chance arrangements.

    Returns
    -------
    pd.DataFrame
        Index of `before`; `label_before`, `label_after` (of `local_moran`), `change` ("new cluster", "cluster
        left", "cluster stays", "other cluster", "none", "not assessable"), `own` and `around` (movement of
        the district and of its neighbours' mean, in standard deviations against the city), `p_change` and
        `p_change_adjusted` (local Moran of the differences: did neighbours move together?).

    References
    ----------
    Rey, Murray & Anselin (2011), Visualizing regional income distribution dynamics, Letters in Spatial and
    Resource Sciences 4.
    """
    both = pd.DataFrame({"before": before, "after": after.reindex(before.index)})
    known = both.notna().all(axis=1)
    both = both.where(known)
    found = local_moran(both, graph, permutations=permutations, seed=seed).table
    moved = local_moran_change(before, after, graph, permutations=permutations, seed=seed).table
    _, links = align(both, graph)
    z = ((both - both.mean()) / both.std(ddof=0)).to_numpy()
    own = z[:, 1] - z[:, 0]
    labels = [found[date]["label"].astype(object).to_numpy() for date in ("before", "after")]
    inside = [np.isin(label, ["high-high", "low-low", "high-low", "low-high"]) for label in labels]
    open_question = np.isin(labels[0], ["undefined", "isolated"]) | np.isin(
        labels[1], ["undefined", "isolated"]
    )
    cases = [
        open_question,
        inside[0] & inside[1] & (labels[0] == labels[1]),
        inside[0] & inside[1],
        inside[1],
        inside[0],
    ]
    names = ["not assessable", "cluster stays", "other cluster", "new cluster", "cluster left"]
    return pd.DataFrame(
        {
            "label_before": labels[0],
            "label_after": labels[1],
            "change": np.select(cases, names, "none"),
            "own": own,
            "around": links.means(own),
            "p_change": moved["p"],
            "p_change_adjusted": moved["p_adjusted"],
        },
        index=before.index,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Transitions:
    """How often classes change from one date to the next.

    Parameters
    ----------
    counts, shares
        From (rows) to (columns); with neighbours the rows are (what the neighbours are, from).
    p
        Of 'the neighbours make no difference': likelihood ratio test; NaN without neighbours. Districts count
        as independent, which neighbours are not: read it as a hint.
    """

    counts: pd.DataFrame
    shares: pd.DataFrame
    p: float


def transitions(classes: pd.DataFrame, order: Sequence[str], *, graph: Links | None = None) -> Transitions:
    """Count the changes of class between dates, apart by what the neighbours were (spatial Markov).

    Parameters
    ----------
    classes
        Index: district; one column per date, ascending; names of classes. Others than those of `order` count
        as not assessable.
    order
        The classes from low to high.
    graph
        Neighbours; a district's surroundings are "lower", "same" or "higher" than its own class by their mean
        class at the first of both dates. None: one table for all.

    References
    ----------
    Rey (2001), Spatial empirics for economic growth and convergence; Bickenbach & Bode (2003) for the test.

    Examples
    --------
    >>> classes = pd.DataFrame({"2020": ["a", "b", "b"], "2021": ["a", "b", "a"]}, index=["x", "y", "z"])
    >>> transitions(classes, ["a", "b"]).counts.to_numpy().tolist()
    [[1, 0], [1, 1]]
    """
    size = len(order)
    codes = np.stack(
        [pd.Categorical(classes[date], categories=list(order)).codes for date in classes], axis=1
    )
    numbers = np.where(codes >= 0, codes, np.nan).astype(float)
    sides = ["lower", "same", "higher"] if graph is not None else [""]
    counts = np.zeros((len(sides), size, size), dtype=int)
    links = None if graph is None else align(pd.Series(0.0, index=classes.index), graph)[1]
    for date in range(codes.shape[1] - 1):
        one, two = codes[:, date], codes[:, date + 1]
        valid = (one >= 0) & (two >= 0)
        side = np.zeros(len(one), dtype=int)
        if links is not None:
            around = links.means(numbers[:, date]) - numbers[:, date]
            valid &= np.isfinite(around)
            side = np.digitize(np.nan_to_num(around), [-0.5, 0.5])
        np.add.at(counts, (side[valid], one[valid], two[valid]), 1)
    rows = pd.Index(list(order), name="from")
    if graph is not None:
        rows = pd.MultiIndex.from_product([sides, list(order)], names=["around", "from"])
    table = pd.DataFrame(counts.reshape(-1, size), index=rows, columns=pd.Index(list(order), name="to"))
    shares = table.div(table.sum(axis=1).where(lambda total: total > 0), axis=0)
    return Transitions(counts=table, shares=shares, p=_homogeneous(counts) if graph is not None else np.nan)


def _homogeneous(counts: np.ndarray[tuple[int, int, int], np.dtype[np.int_]]) -> float:
    """Return p of equal transition shares whatever is around."""
    from scipy.special import gammaincc, xlogy  # noqa: PLC0415 - start-up time

    pooled = counts.sum(axis=0)
    statistic, free = 0.0, 0
    for origin in range(counts.shape[1]):
        layers = counts[:, origin][counts[:, origin].sum(axis=1) > 0]
        reached = pooled[origin] > 0
        if len(layers) < 2 or reached.sum() < 2:
            continue
        share = pooled[origin] / pooled[origin].sum()
        due = layers.sum(axis=1, keepdims=True) * share
        statistic += 2 * float(xlogy(layers, np.where(layers > 0, layers / np.maximum(due, 1e-300), 1)).sum())
        free += (len(layers) - 1) * (int(reached.sum()) - 1)
    return float(gammaincc(free / 2, statistic / 2)) if free else float("nan")
