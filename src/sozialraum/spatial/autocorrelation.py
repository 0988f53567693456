"""Moran's I: whether neighbours resemble each other, over the whole city and around each district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.spatial.alignment import align, standardise
from sozialraum.spatial.global_moran import Moran, moran
from sozialraum.spatial.inference import (
    Alternative,
    Correction,
    LocalResult,
    adjust,
    check_options,
    p_values,
    reach,
    standard_error,
    wide,
)
from sozialraum.spatial.permutation import Tails, count_tails

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from numpy.typing import NDArray

    from sozialraum.errors import Problem
    from sozialraum.spatial.permutation import Progress

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


def local_moran(
    values: pd.Series | pd.DataFrame,
    graph: Graph,
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
    check_options(alternative=alternative, correction=correction, alpha=alpha, permutations=permutations)
    frame, adjacency = align(values, graph)
    z = standardise(frame.to_numpy())
    tails = count_tails(z, adjacency, permutations=permutations, seed=seed, progress=progress)
    tables, problems = judge(
        z,
        np.column_stack([adjacency.means(column) for column in z.T]),
        tails,
        index=frame.index,
        columns=frame.columns,
        isolated=adjacency.cardinalities == 0,
        alternative=alternative,
        correction=correction,
        alpha=alpha,
    )
    return LocalMoran(
        table=wide(tables, frame.columns, single=isinstance(values, pd.Series)),
        alternative=alternative,
        correction=correction,
        alpha=alpha,
        permutations=permutations,
        seed=seed,
        problems=problems,
    )


def judge(
    own: Floats,
    around: Floats,
    tails: Tails,
    *,
    index: pd.Index,
    columns: pd.Index,
    isolated: NDArray[np.bool_],
    alternative: Alternative,
    correction: Correction,
    alpha: float,
) -> tuple[list[pd.DataFrame], tuple[Problem, ...]]:
    """Make the table of each indicator from a district's own value, its neighbours' mean and the counts.

    Parameters
    ----------
    own, around
        Standardised value of the district and mean of its neighbours; shape (n, columns).
    tails
        Counts of the neighbours' sums.
    index, columns
        Districts and indicators.
    isolated
        Districts without neighbours in the graph; shape (n,).
    alternative, correction, alpha
        As in `local_moran`; the alternative concerns the product of `own` and `around`.

    Returns
    -------
    list of DataFrame, tuple of Problem
        One table with `LOCAL_FIELDS` per indicator, and remarks on the reach of the permutations.
    """
    # With a negative value of its own a district's I falls as its neighbours' sum rises; with 0 it is always
    # 0.
    lower = np.where(own < 0, tails.upper, np.where(own == 0, tails.permutations, tails.lower))
    upper = np.where(own < 0, tails.lower, np.where(own == 0, tails.permutations, tails.upper))
    judged = ~np.isnan(own) & (tails.cardinalities > 0)
    p = np.where(judged, p_values(lower, upper, tails.permutations, alternative), np.nan)
    error = standard_error(p, tails.permutations, alternative)
    statistic = np.where(judged, own * around, np.nan)
    quadrant = _quadrants(own, around, judged=judged, isolated=isolated)
    tables: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for at, column in enumerate(columns):
        adjusted = adjust(p[:, at], correction)
        codes = quadrant[:, at]
        quiet = judged[:, at] & ~(adjusted <= alpha)
        fields = {
            "statistic": statistic[:, at],
            "p": p[:, at],
            "p_adjusted": adjusted,
            "quadrant": _categories(codes),
            "label": _categories(np.where(quiet, _NOT_SIGNIFICANT, codes)),
            "p_error": error[:, at],
        }
        tables.append(pd.DataFrame(fields, index=index))
        problems += reach(
            int(judged[:, at].sum()),
            permutations=tails.permutations,
            alternative=alternative,
            correction=correction,
            alpha=alpha,
            indicator=column,
        )
    return tables, tuple(problems)


def _categories(codes: NDArray[np.integer]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, categories=pd.Index(LABELS))


def _quadrants(
    own: Floats, around: Floats, *, judged: NDArray[np.bool_], isolated: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Code of each district in `LABELS`; a value at the mean counts as low."""
    high, high_around = own > 0, around > 0
    codes = np.where(high, np.where(high_around, 0, 3), np.where(high_around, 2, 1)).astype(np.int8)
    codes[~judged] = _UNDEFINED
    codes[isolated[:, None] & ~np.isnan(own)] = _ISOLATED
    return codes
