"""Local Geary: do districts resemble their neighbours in several indicators at once."""

from __future__ import annotations

import os
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.engine.draws import Draws
from sozialraum.spatial.engine.inference import (
    Alternative,
    Correction,
    LocalResult,
    Options,
    two_labels,
    verdict,
)
from sozialraum.spatial.engine.permutation import TIE, permuted_means, run_jobs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links
    from sozialraum.spatial.engine.permutation import Progress

    Floats = NDArray[np.float64]

__all__ = ["GEARY_LABELS", "LocalGeary", "local_geary"]

GEARY_LABELS = ("similar", "dissimilar", "not significant", "isolated", "undefined")


class LocalGeary(LocalResult):
    """Local Geary of every district, over all indicators together.

    Fields of `table`: `statistic`, `p`, `p_adjusted`, `label` (categorical, `GEARY_LABELS`) and `p_error`.
    """


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def local_geary(
    values: pd.Series | pd.DataFrame,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> LocalGeary:
    """Tell which districts are like their neighbours, or unlike them, in all indicators taken together.

    c_i = mean over indicators of (weighted mean over neighbours of (z_i - z_j)**2), each indicator
    standardised (ddof 0), weights adding up to 1 for each district. Small: alike; large: unlike. Other than
    Moran's I it also finds likeness in the middle of the range.

    p tells how often the neighbours would be as near to the district, or as far from it, as they are, if all
    other districts had been dealt out by chance, each with all its indicators.

    Parameters
    ----------
    values
        One row per district; the columns of a DataFrame are judged together. A district with a NaN in any of
        them is left out, and so is a column without variation.
    graph
        Neighbours, on the index of `values` in any order.
    alternative
        ``"less"``: smaller than by chance, alike; ``"greater"``: unlike; ``"two-sided"``; ``"directed"``: as
        in `local_moran`.
    permutations, correction, alpha, seed, progress
        As in `local_moran`.

    Returns
    -------
    LocalGeary
        `.table`: index of `values`; one table whatever the number of columns.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other; names the keys.
    SozialraumError
        If values are text or infinite, weights negative, or an option is not possible.

    References
    ----------
    Anselin (1995), eq. 19; Anselin (2019), A local indicator of multivariate spatial association.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.DataFrame({"a": [9.0, 8, 7, 3, 2, 1], "b": [1.0, 1, 2, 5, 6, 6]}, index=list("ABCDEF"))
    >>> local_geary(rates, graph, permutations=999).table["statistic"].round(2).tolist()
    [0.05, 0.1, 0.95, 0.95, 0.1, 0.05]
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    frame, adjacency = align(values, graph)
    known = frame.notna().all(axis=1).to_numpy(dtype=bool)
    z = standardise(frame.to_numpy()[known])
    z = z[:, ~np.isnan(z).any(axis=0)]
    among = adjacency.among(known)
    statistic = np.full(len(frame), np.nan)
    lower, upper = np.zeros((2, len(frame)), dtype=np.int64)
    if z.size and among.tables:
        statistic[known] = _statistic(z, among)
        lower[known], upper[known] = _count(z, among, options, progress)
    found = verdict(lower, upper, ~np.isnan(statistic), options, indicator=", ".join(map(str, frame.columns)))
    isolated = adjacency.cardinalities == 0
    fields = {
        "statistic": statistic,
        "p": found.p,
        "p_adjusted": found.p_adjusted,
        "label": two_labels(
            lower < upper, found, GEARY_LABELS, isolated=isolated, known=known & bool(z.size)
        ),
        "p_error": found.p_error,
    }
    table = pd.DataFrame(fields, index=frame.index)
    return LocalGeary(table=table, problems=found.problems, **asdict(options))


def _features(z: Floats) -> Floats:
    """Shape (columns + 1, n): the values, and the squared length of all of them together."""
    return np.vstack([z.T, (z**2).sum(axis=1)])


def _distances(own: Floats, means: Floats) -> Floats:
    """Mean squared distance from the neighbours without the own square, which no permutation changes.

    Parameters
    ----------
    own
        Shape (columns, d, 1).
    means
        Neighbours' means of the features; shape (columns + 1, d, permutations).
    """
    distances: Floats = means[-1] - 2.0 * (own * means[:-1]).sum(axis=0)
    return distances


def _statistic(z: Floats, adjacency: Adjacency) -> Floats:
    means = np.array([adjacency.means(feature) for feature in _features(z)])[:, :, None]
    statistic: Floats = (_distances(z.T[:, :, None], means)[:, 0] + (z**2).sum(axis=1)) / z.shape[1]
    return statistic


def _count(
    z: Floats, adjacency: Adjacency, options: Options, progress: Progress | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    features = _features(z)
    draws = Draws(
        districts=adjacency.districts,
        size=adjacency.tables[-1].size + 1,
        permutations=options.permutations,
        seed=options.seed,
    )
    lower, upper = np.zeros((2, len(z)), dtype=np.int64)
    lock = Lock()

    def work(_: list[None], chunk: range) -> int:
        sample = adjacency.order.take(draws.sample(chunk))
        for table in adjacency.tables:
            around = np.array([table.means(feature) for feature in features])
            for block, means in permuted_means(features, table, sample):
                own = z[table.districts[block]].T[:, :, None]
                permuted = _distances(own, means)
                observed = _distances(own, around[:, block, None])
                with lock:
                    lower[table.districts[block]] += (permuted <= observed + TIE).sum(axis=1)
                    upper[table.districts[block]] += (permuted >= observed - TIE).sum(axis=1)
        return len(chunk)

    workers = os.cpu_count() or 1
    # Block by block: what a statistic of several indicators keeps at once would not fit a larger budget.
    jobs = [([None], range(number, number + 1)) for number in range(draws.blocks)]
    run_jobs(work, jobs, workers=workers, progress=progress)
    return lower, upper
