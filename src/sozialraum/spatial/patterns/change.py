"""Change over time: how clusters move, and how often classes change, beside which neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import Problem, SozialraumError
from sozialraum.spatial.bivariate import local_moran_change
from sozialraum.spatial.engine.alignment import align, as_frame, as_series
from sozialraum.spatial.engine.inference import refuse_permutations
from sozialraum.spatial.local_moran import local_moran
from sozialraum.spatial.patterns.waves import LARGEST, waves
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links

    Floats = NDArray[np.float64]

__all__ = ["Transitions", "cluster_change", "transitions"]

CELLS = 1 << 20
"""Most numbers drawn at one time."""


@checked()
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
    before, after = as_series(before), as_series(after)
    both = as_frame(pd.DataFrame({"before": before, "after": after.reindex(before.index)}))
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
class Transitions(Shown):
    """How often classes change from one date to the next.

    Parameters
    ----------
    counts, shares
        From (rows) to (columns); with neighbours the rows are (what the neighbours are, from).
    p
        Of 'the neighbours make no difference'; NaN without neighbours, or with more than `LARGEST` districts.
    """

    counts: pd.DataFrame
    shares: pd.DataFrame
    p: float


@checked()
def transitions(
    classes: pd.DataFrame,
    order: Sequence[str],
    *,
    graph: Links | None = None,
    permutations: int = 9_999,
    seed: int = 0,
) -> Transitions:
    """Count the changes of class between dates, apart by what the neighbours were (spatial Markov).

    p compares how the steps of districts of one class go with their surroundings with what chance makes of
    it: both are taken apart into patterns from smooth to rough (eigenvectors of the neighbourhood), and those
    of the steps are turned up and down at random. So it keeps how far neighbours move together for whatever
    reason: without a pull of the neighbours 5 % of p are below 0.05, and 9 % if neighbours are shaken
    together (autoregression 0.8), where the usual likelihood ratio test finds 8 and 21 %. Where classes are
    cut out of smooth numbers, surroundings also tell on which side of its class a district lies.

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
    permutations, seed
        Of the random turns behind p.

    References
    ----------
    Rey (2001), Spatial empirics for economic growth and convergence, Geographical Analysis 33; Wagner & Dray
    (2015), Generating spatially constrained null models for irregularly spaced data using Moran spectral
    randomization methods, Methods in Ecology and Evolution 6.

    Examples
    --------
    >>> classes = pd.DataFrame({"2020": ["a", "b", "b"], "2021": ["a", "b", "a"]}, index=["x", "y", "z"])
    >>> transitions(classes, ["a", "b"]).counts.to_numpy().tolist()
    [[1, 0], [1, 1]]
    """
    if not isinstance(classes, pd.DataFrame):
        raise SozialraumError(Problem(code="spatial.no_table", values={"type": type(classes).__name__}))
    refuse_permutations(permutations, seed)
    if isinstance(order, str) or not isinstance(order, Sequence) or len(set(order)) < max(2, len(order)):
        raise SozialraumError(refused_option("order", order, '["low", "middle", "high"]'))
    size = len(order)
    codes = np.stack(
        [pd.Categorical(classes[date], categories=list(order)).codes for date in classes], axis=1
    )
    sides = ["lower", "same", "higher"] if graph is not None else [""]
    links = None if graph is None else align(pd.Series(0.0, index=classes.index), graph)[1]
    around, known = _around(codes, links)
    side = np.digitize(around, [-0.5, 0.5]) if links is not None else np.zeros_like(codes[:, 1:])
    counts = np.zeros((len(sides), size, size), dtype=int)
    np.add.at(counts, (side[known], codes[:, :-1][known], codes[:, 1:][known]), 1)
    rows = pd.Index(list(order), name="from")
    if graph is not None:
        rows = pd.MultiIndex.from_product([sides, list(order)], names=["around", "from"])
    table = pd.DataFrame(counts.reshape(-1, size), index=rows, columns=pd.Index(list(order), name="to"))
    shares = table.div(table.sum(axis=1).where(lambda total: total > 0), axis=0)
    p = float("nan")
    if links is not None and len(codes) <= LARGEST:
        p = _without_pull(codes, np.asarray(side - 1.0), known, links, permutations, seed)
    return Transitions(counts=table, shares=shares, p=p)


def _around(codes: NDArray[np.integer], links: Adjacency | None) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how far the neighbours' mean class lies above each district's, and which steps are known.

    Both of shape (districts, dates - 1); without neighbours the first is 0.
    """
    numbers = np.where(codes >= 0, codes, np.nan).astype(float)[:, :-1]
    around = np.zeros_like(numbers)
    if links is not None:
        for date in range(numbers.shape[1]):
            around[:, date] = links.means(numbers[:, date]) - numbers[:, date]
    known = (codes[:, :-1] >= 0) & (codes[:, 1:] >= 0) & np.isfinite(around)
    return np.nan_to_num(around), known


def _without_pull(
    codes: NDArray[np.integer],
    side: Floats,
    known: NDArray[np.bool_],
    links: Adjacency,
    permutations: int,
    seed: int,
) -> float:
    """Return p of steps that have nothing to do with the surroundings, given the class they start from."""
    one, step = codes[:, :-1], np.diff(codes, axis=1).astype(float)
    pulled, moved = np.where(known, side, 0.0), np.where(known, step, 0.0)
    for origin in np.unique(one[known]):
        mine = known & (one == origin)
        for values in (pulled, moved):
            values[mine] -= values[mine].mean()
    if not pulled.any() or not moved.any():
        return float("nan")
    order = links.order  # over sorted keys, so that the order of rows changes nothing
    place = np.argsort(order)
    vectors = waves(place[links.focal], place[links.neighbor], links.districts)
    parts = ((vectors.T @ pulled[order]) * (vectors.T @ moved[order])).ravel()
    rng = np.random.default_rng(seed)
    block = max(1, CELLS // len(parts))
    far, seen = 0, abs(parts.sum()) * (1 - 1e-9)
    for start in range(0, permutations, block):
        turns = rng.integers(0, 2, (min(block, permutations - start), len(parts))) * 2.0 - 1.0
        far += int((np.abs(turns @ parts) >= seen).sum())
    return (far + 1) / (permutations + 1)
