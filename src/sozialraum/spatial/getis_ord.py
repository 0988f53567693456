"""Getis-Ord G and G*: where high values, or low values, gather."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import Problem, SozialraumError
from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.engine.inference import (
    Alternative,
    Correction,
    LocalResult,
    Options,
    side_by_side,
    two_labels,
    verdict,
)
from sozialraum.spatial.engine.permutation import count_tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links
    from sozialraum.spatial.engine.permutation import Progress

    Floats = NDArray[np.float64]

__all__ = ["GETIS_ORD_LABELS", "GetisOrd", "getis_ord"]

GETIS_ORD_LABELS = ("hot spot", "cold spot", "not significant", "isolated", "undefined")


class GetisOrd(LocalResult):
    """Getis-Ord G or G* of every district and indicator.

    Fields of `table`: `statistic`, `z` (its distance from the expected value in standard deviations under
    randomisation), `p`, `p_adjusted`, `label` (categorical, `GETIS_ORD_LABELS`) and `p_error`.
    """


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def getis_ord(
    values: pd.Series | pd.DataFrame,
    graph: Links,
    *,
    star: bool = True,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> GetisOrd:
    """Tell around which districts high values gather (hot spots), or low ones (cold spots).

    G_i = (sum of the neighbours' x) / (sum of all others' x); G*_i counts the district itself among its
    neighbours and in the total. Every neighbour counts once, whatever its weight in the graph.

    p tells how often the neighbours' sum would be as extreme as it is, if all other values of the city had
    been dealt out by chance while the district keeps its own. As the own value is kept, G and G* have the
    same p.

    Parameters
    ----------
    values
        One row per district, one column per indicator; none negative, else a share of the sum means nothing.
        A district with NaN is left out.
    graph
        Neighbours, on the index of `values` in any order.
    star
        G* instead of G.
    permutations, correction, alpha, seed, progress
        As in `local_moran`.
    alternative
        ``"greater"``: hot spots only; ``"less"``: cold spots only; ``"two-sided"``; ``"directed"``: as in
        `local_moran`.

    Returns
    -------
    GetisOrd
        `.table`: index of `values`; the fields, for a DataFrame under each indicator.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other; names the keys.
    SozialraumError
        If values are negative, text or infinite, or an option is not possible.

    References
    ----------
    Getis & Ord (1992), The analysis of spatial association by use of distance statistics; Ord & Getis (1995).

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> places = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> table = getis_ord(places, graph, permutations=999).table
    >>> table["statistic"].round(3).tolist()
    [0.567, 0.8, 0.6, 0.4, 0.2, 0.1]
    >>> table["z"].round(2).tolist()
    [1.78, 2.16, 0.72, -0.72, -2.16, -1.78]
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    frame, adjacency = align(values, graph)
    _refuse_negative(frame)
    adjacency = adjacency.binary()
    z = standardise(frame.to_numpy())
    tails = count_tails(z, adjacency, permutations=permutations, seed=seed, progress=progress)
    isolated = adjacency.cardinalities == 0
    tables: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for at, column in enumerate(frame.columns):
        judged = ~np.isnan(adjacency.means(z[:, at]))
        lower, upper = tails.lower[:, at], tails.upper[:, at]
        found = verdict(lower, upper, judged, options, indicator=column)
        statistic, score = _statistic(frame.iloc[:, at].to_numpy(), adjacency, star=star)
        known = ~np.isnan(z[:, at])
        fields = {
            "statistic": np.where(judged, statistic, np.nan),
            "z": np.where(judged, score, np.nan),
            "p": found.p,
            "p_adjusted": found.p_adjusted,
            "label": two_labels(upper < lower, found, GETIS_ORD_LABELS, isolated=isolated, known=known),
            "p_error": found.p_error,
        }
        tables.append(pd.DataFrame(fields, index=frame.index))
        problems += found.problems
    table = side_by_side(tables, frame.columns, single=isinstance(values, pd.Series))
    return GetisOrd(table=table, problems=tuple(problems), **asdict(options))


def _refuse_negative(frame: pd.DataFrame) -> None:
    negative = (frame < 0).any(axis=1).to_numpy(dtype=bool)
    if negative.any():
        keys = tuple(str(key) for key in frame.index[negative])
        raise SozialraumError(Problem(code="spatial.negative_count", keys=keys))


def _statistic(x: Floats, adjacency: Adjacency, *, star: bool) -> tuple[Floats, Floats]:
    """Share of the sum and its standard score, as Ord & Getis (1995) give it for binary weights."""
    known = ~np.isnan(x)
    filled = np.where(known, x, 0.0)
    around = adjacency.sums(filled) + (filled if star else 0.0)
    count = adjacency.sums(known.astype(float)) + (1.0 if star else 0.0)
    own = 0.0 if star else filled
    among = known.sum() - (0 if star else 1)
    total = filled.sum() - own
    with np.errstate(divide="ignore", invalid="ignore"):  # no neighbours, or all others equal: no score
        mean = total / among
        variance = ((filled**2).sum() - np.square(own)) / among - mean**2
        score = (around - count * mean) / np.sqrt(variance * count * (among - count) / (among - 1))
        return around / total, np.where(variance > 1e-12 * mean**2, score, np.nan)
