"""Local join counts: where districts of one class lie together, or keep apart."""

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
    two_labels,
    verdict,
)
from sozialraum.spatial.engine.permutation import count_tails

if TYPE_CHECKING:
    from sozialraum.spatial.engine.alignment import Links
    from sozialraum.spatial.engine.permutation import Progress

__all__ = ["JOIN_LABELS", "JoinCounts", "local_join_counts"]

JOIN_LABELS = ("together", "apart", "not significant", "isolated", "undefined")


class JoinCounts(LocalResult):
    """How many neighbours of every district have its class.

    Fields of `table`: `statistic` (the count), `neighbors` (how many have a class at all), `p`, `p_adjusted`,
    `label` (categorical, `JOIN_LABELS`) and `p_error`.
    """


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def local_join_counts(
    classes: pd.Series,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "greater",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> JoinCounts:
    """Tell which districts lie among more districts of their own class than chance explains.

    J_i = number of neighbours with the class of district i; every neighbour counts once.

    p tells how often so many neighbours would have the district's class, if the classes of all other
    districts had been dealt out by chance.

    Parameters
    ----------
    classes
        One class per district, of any type; missing where unknown. A district without a class is left out.
    graph
        Neighbours, on the index of `classes` in any order.
    alternative
        ``"greater"``: together; ``"less"``: apart; ``"two-sided"``; ``"directed"``: as in `local_moran`.
    permutations, correction, alpha, seed, progress
        As in `local_moran`; the correction counts all districts with a class.

    Returns
    -------
    JoinCounts
        `.table`: index of `classes`. All districts are ``undefined`` if they are of one class.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other; names the keys.
    SozialraumError
        If an option is not possible.

    References
    ----------
    Anselin & Li (2019), Operational local join count statistics for cluster detection.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> classes = pd.Series(["low", "low", "low", "high", "high", "low"], index=list("ABCDEF"))
    >>> local_join_counts(classes, graph, permutations=999).table["statistic"].tolist()
    [1.0, 2.0, 1.0, 1.0, 1.0, 0.0]
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    codes, names = pd.factorize(classes)
    known = codes >= 0
    # Without a single class there is one that nobody belongs to.
    names = names if len(names) else pd.Index(["-"])
    members = np.where(known[:, None], codes[:, None] == np.arange(len(names)), np.nan)
    frame, adjacency = align(pd.DataFrame(members, index=classes.index, columns=names.astype(str)), graph)
    adjacency = adjacency.binary()
    z = standardise(frame.to_numpy())
    tails = count_tails(z, adjacency, permutations=permutations, seed=seed, progress=progress)
    neighbors = adjacency.sums(known.astype(float))
    own = np.arange(len(codes)), np.where(known, codes, 0)
    judged = known & (neighbors > 0) & ~np.isnan(z).all(axis=1)
    statistic = np.full(len(codes), np.nan)
    for code in range(len(names)):
        mine = judged & (codes == code)
        statistic[mine] = adjacency.sums((codes == code).astype(float))[mine]
    lower, upper = tails.lower[own], tails.upper[own]
    found = verdict(lower, upper, judged, options, indicator=str(classes.name))
    isolated = adjacency.cardinalities == 0
    fields = {
        "statistic": statistic,
        "neighbors": neighbors.astype(int),
        "p": found.p,
        "p_adjusted": found.p_adjusted,
        "label": two_labels(upper < lower, found, JOIN_LABELS, isolated=isolated, known=known),
        "p_error": found.p_error,
    }
    table = pd.DataFrame(fields, index=classes.index)
    return JoinCounts(table=table, problems=found.problems, **asdict(options))
