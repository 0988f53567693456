"""Moran's I: whether neighbours resemble each other, over the whole city and around each district."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.engine.inference import (
    Alternative,
    Correction,
    LocalResult,
    Options,
    categories,
    side_by_side,
    verdict,
)
from sozialraum.spatial.engine.permutation import count_tails
from sozialraum.spatial.global_moran import Moran, moran

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.errors import Problem
    from sozialraum.spatial.engine.alignment import Adjacency, Links
    from sozialraum.spatial.engine.permutation import Progress

    Floats = NDArray[np.float64]

__all__ = ["LABELS", "LOCAL_FIELDS", "LocalMoran", "Moran", "judge", "local_moran", "moran"]

LABELS = (
    "high-high",
    "low-low",
    "low-high",
    "high-low",
    "not significant",
    "isolated",
    "undefined",
)
"""What a district can be, in the order of every legend: its own value first, then its neighbours'."""

LOCAL_FIELDS = ("statistic", "p", "p_adjusted", "quadrant", "label", "p_error")

_NOT_SIGNIFICANT, _ISOLATED, _UNDEFINED = (LABELS.index(name) for name in LABELS[4:])


class LocalMoran(LocalResult):
    """Local Moran's I of every district and indicator.

    Fields of `table`: `statistic` (I_i), `p` and `p_adjusted` (before and after `correction`), `quadrant`
    (which quarter of the Moran scatterplot, whatever its significance), `label` (the quadrant of a
    significant district, else why there is none) and `p_error` (Monte Carlo standard error of `p`).
    `quadrant` and `label` are categorical with the categories `LABELS`; `statistic` and `p` are NaN where the
    label is isolated or undefined.
    """


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def local_moran(
    values: pd.Series | pd.DataFrame,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> LocalMoran:
    """Tell which districts resemble their neighbours more, or less, than chance explains.

    I_i = z_i * (mean of the neighbours' z), with z standardised over all districts with a value (ddof 0).
    Weights are standardised for each district, so a binary and a row-standardised graph give the same.

    p tells how often the neighbours would look as extreme as they do, if all other values of the city had
    been dealt out by chance while the district keeps its own.

    Parameters
    ----------
    values
        One row per district, one column per indicator; any unit. NaN means that nothing is known: the
        district is left out of its neighbours' means and out of the chance draws.
    graph
        Neighbours, on the index of `values` in any order.
    permutations
        Chance arrangements to compare with. Corrected thresholds need many.
    alternative
        ``"greater"``: more alike than chance; ``"less"``: less alike; ``"two-sided"``: either;
        ``"directed"``: the smaller tail undoubled, for comparison with esda and GeoDa.
    correction
        How p is adjusted for the number of districts that can be judged, for each indicator on its own.
    alpha
        A district is significant if its adjusted p is at most this.
    seed
        Same seed, same result.
    progress
        Called with the work done and the work in all.

    Returns
    -------
    LocalMoran
        `.table`: index of `values`; `LOCAL_FIELDS`, for a DataFrame under each indicator. The label is
        ``isolated`` for a district without neighbours in the graph, ``undefined`` if it has no value, if none
        of its neighbours has one, or if all values are equal.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other; names the keys.
    SozialraumError
        If values are text or infinite, weights negative, or an option is not possible.

    References
    ----------
    Anselin (1995), Local indicators of spatial association, eq. 12; esda multiplies by (n - 1) / n. Inference
    by conditional permutation, see `permutation`.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> districts = ["A", "B", "C", "D", "E", "F"]
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=districts)
    >>> result = local_moran(rates, graph, permutations=999, correction="none")
    >>> result.table["quadrant"].tolist()
    ['high-high', 'high-high', 'high-high', 'low-low', 'low-low', 'low-low']
    >>> result.table["statistic"].round(2).tolist()
    [1.24, 0.93, 0.1, 0.1, 0.93, 1.24]
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    frame, adjacency = align(values, graph)
    z = standardise(frame.to_numpy())
    single = isinstance(values, pd.Series)
    return judge(frame, adjacency, own=z, around=z, options=options, single=single, progress=progress)


def judge(
    frame: pd.DataFrame,
    adjacency: Adjacency,
    *,
    own: Floats,
    around: Floats,
    options: Options,
    single: bool,
    progress: Progress | None = None,
) -> LocalMoran:
    """Judge the product of each district's own value and its neighbours' mean of another, or the same.

    Parameters
    ----------
    frame
        Its index and columns are those of the result.
    adjacency
        Neighbours in the order of `frame`.
    own, around
        Standardised values, shape (n, columns): the district's, and those of which its neighbours' mean is
        taken. NaN at the same places.
    options
        How to judge.
    single
        Whether the result has the fields alone as columns.
    progress
        As in `local_moran`.
    """
    tails = count_tails(
        around, adjacency, permutations=options.permutations, seed=options.seed, progress=progress
    )
    isolated = adjacency.cardinalities == 0
    tables: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for at, column in enumerate(frame.columns):
        z = own[:, at]
        means = np.where(np.isnan(z), np.nan, adjacency.means(around[:, at]))
        # With a negative value of its own a district's I falls as its neighbours' mean rises; with 0 it is 0.
        lower = np.where(z < 0, tails.upper[:, at], tails.lower[:, at])
        upper = np.where(z < 0, tails.lower[:, at], tails.upper[:, at])
        lower[z == 0] = upper[z == 0] = tails.permutations
        judged = ~np.isnan(means)
        found = verdict(lower, upper, judged, options, indicator=column)
        quadrant = _quadrants(z, means, isolated=isolated)
        label = np.where(judged & ~found.significant, _NOT_SIGNIFICANT, quadrant)
        fields = {
            "statistic": z * means,
            "p": found.p,
            "p_adjusted": found.p_adjusted,
            "quadrant": categories(quadrant, LABELS),
            "label": categories(label, LABELS),
            "p_error": found.p_error,
        }
        tables.append(pd.DataFrame(fields, index=frame.index))
        problems += found.problems
    table = side_by_side(tables, frame.columns, single=single)
    return LocalMoran(table=table, problems=tuple(problems), **asdict(options))


def _quadrants(own: Floats, around: Floats, *, isolated: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Code of each district in `LABELS`; a value at the mean counts as low."""
    # high-high 0, low-low 1, low-high 2, high-low 3
    table = np.array([[1, 2], [3, 0]], dtype=np.int8)
    codes: NDArray[np.int8] = table[(own > 0).astype(int), (around > 0).astype(int)]
    codes[np.isnan(around)] = _UNDEFINED
    codes[isolated & ~np.isnan(own)] = _ISOLATED
    return codes
