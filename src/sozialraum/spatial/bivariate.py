"""Two values at once: need here against provision around, and change between two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import Problem
from sozialraum.spatial.engine.alignment import align, pair, standardise
from sozialraum.spatial.engine.inference import Alternative, Correction, Options, warn
from sozialraum.spatial.local_moran import judge, moran

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sozialraum.spatial.engine.alignment import Links
    from sozialraum.spatial.engine.permutation import Progress
    from sozialraum.spatial.local_moran import LocalMoran

    Values = pd.Series | pd.DataFrame

__all__ = ["local_moran_bivariate", "local_moran_change"]

ALIKE = 0.05
"""Largest p of global Moran's I at which a value counts as smooth."""


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def local_moran_bivariate(
    values: Values,
    around: Values,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> LocalMoran:
    """Tell which districts have unusual neighbours, measured by another value than their own.

    I_i = x_i * (mean of the neighbours' y), both standardised over the districts that have both (ddof 0).
    With need as `values` and provision as `around`, high-low marks need in a place where provision around is
    low, whatever the reason. It says nothing of how x and y go together within a district.

    p tells how often the neighbours' y would look as extreme as they do, if all other districts' y had been
    dealt out by chance. So it judges y alone: where y is smooth in itself, far more than 5 % of the districts
    have p <= 0.05 although x and y have nothing to do with each other (27 % with an autoregression of 0.8,
    39 % with 0.95): do not use it for smooth maps; a warning is given where both are. `colocation` finds
    places where both gather and holds its level there, and `relate` tells whether they go together at all.

    Parameters
    ----------
    values, around
        x and y on the same districts, in any order; two Series, or DataFrames whose columns pair up by name.
        A district without either counts as missing.
    graph, permutations, alternative, correction, alpha, seed, progress
        As in `local_moran`.

    Returns
    -------
    LocalMoran
        As of `local_moran`, index (and columns) of `values`; in quadrant and label the first word is the
        district's x, the second its neighbours' y.

    Raises
    ------
    AlignmentError
        If a district is missing in one of the three inputs; names the keys.
    SozialraumError
        If values are text or infinite, or an option is not possible.

    References
    ----------
    Anselin, Syabri & Smirnov (2002), Visualizing multivariate spatial correlation with dynamically linked
    windows.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> need = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> places = pd.Series([1.0, 1.0, 2.0, 6.0, 8.0, 9.0], index=list("ABCDEF"))
    >>> local_moran_bivariate(need, places, graph, permutations=999).table["quadrant"].tolist()
    ['high-low', 'high-low', 'high-low', 'low-high', 'low-high', 'low-high']
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    own, other = pair(values, around)
    frame, adjacency = align(own, graph)
    both = frame.notna() & other.notna()
    for name, one, two in _smooth(frame.where(both), other.where(both), graph):
        told = {"indicator": name, "first": one, "second": two}
        warn(Problem(code="spatial.both_smooth", severity="warning", values=told))
    return judge(
        frame,
        adjacency,
        own=standardise(frame.where(both).to_numpy()),
        around=standardise(other.where(both).to_numpy()),
        options=options,
        single=isinstance(values, pd.Series),
        progress=progress,
    )


def _smooth(own: pd.DataFrame, other: pd.DataFrame, graph: Links) -> Iterator[tuple[Hashable, float, float]]:
    """Name the columns in which both values resemble their neighbours, with both global Moran's I."""
    one, two = (moran(values, graph, alternative="greater").table for values in (own, other))
    both = ((one["p"] <= ALIKE) & (two["p"] <= ALIKE)).to_numpy()
    statistics = (table["statistic"].to_numpy(dtype=float) for table in (one, two))
    for name, smooth, first, second in zip(own.columns, both, *statistics, strict=True):
        if smooth:
            yield name, float(first), float(second)


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def local_moran_change(
    before: Values,
    after: Values,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> LocalMoran:
    """Tell where a value has risen, or fallen, together with that of the neighbours.

    Local Moran's I of the difference `after` - `before`, standardised over the districts that have both. High
    means a change above the city's mean change, which may still be a fall.

    p tells how often the neighbours' changes would look as extreme as they do, if all other districts'
    changes had been dealt out by chance.

    Parameters
    ----------
    before, after
        The same value at two dates, in the same unit; two Series, or DataFrames whose columns pair up by
        name. For shares the difference is in percentage points.
    graph, permutations, alternative, correction, alpha, seed, progress
        As in `local_moran`.

    Returns
    -------
    LocalMoran
        As of `local_moran`, index (and columns) of `before`.

    Raises
    ------
    AlignmentError
        If a district is missing in one of the three inputs; names the keys.

    References
    ----------
    Anselin (2019), GeoDa workbook, differential local Moran's I.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> before = pd.Series([0.2, 0.3, 0.2, 0.1, 0.2, 0.1], index=list("ABCDEF"))
    >>> after = pd.Series([0.4, 0.5, 0.3, 0.1, 0.1, 0.0], index=list("ABCDEF"))
    >>> local_moran_change(before, after, graph, permutations=999).table["quadrant"].tolist()
    ['high-high', 'high-high', 'high-high', 'low-low', 'low-low', 'low-low']
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    earlier, later = pair(before, after)
    frame, adjacency = align(later - earlier, graph)
    z = standardise(frame.to_numpy())
    single = isinstance(before, pd.Series)
    return judge(frame, adjacency, own=z, around=z, options=options, single=single, progress=progress)
