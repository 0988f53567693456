"""Local Moran's I without permutations: mean and variance under chance in closed form, for a quick look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.engine.inference import side_by_side

if TYPE_CHECKING:
    from sozialraum.spatial.engine.alignment import Links

__all__ = ["MOMENT_FIELDS", "local_moran_moments"]

MOMENT_FIELDS = ("statistic", "expected", "variance", "z", "p")


@checked()
def local_moran_moments(values: pd.Series | pd.DataFrame, graph: Links) -> pd.DataFrame:
    """Give mean and variance of each local Moran's I under chance, exactly, and a p-value that is not exact.

    With the district's own z_i kept and all others dealt out, m = n - 1:
    E(I_i) = -z_i**2 / m,  Var(I_i) = z_i**2 * n / (n - 2) * (sum of w_ij**2 - 1 / m) * (1 - z_i**2 / m).

    p is two-sided and assumes that I_i is normally distributed. With few neighbours, or skewed values, it is
    not: trust `local_moran` where it matters.

    Parameters
    ----------
    values
        One row per district, one column per indicator. A district with NaN is left out.
    graph
        Neighbours, on the index of `values` in any order; weights are standardised for each district.

    Returns
    -------
    pd.DataFrame
        Index of `values`; `MOMENT_FIELDS`, for a DataFrame under each indicator. NaN without neighbours or
        value.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other; names the keys.

    References
    ----------
    Sokal, Oden & Thomson (1998), Local spatial autocorrelation in a biological model, eqs. A7 and A8.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"))
    >>> local_moran_moments(rates, graph).round(2).loc["A"].tolist()
    [1.24, -0.33, 1.33, 1.36, 0.17]
    """
    from scipy.special import erfc  # noqa: PLC0415 - heavy, and only needed here

    frame, adjacency = align(values, graph)
    z = standardise(frame.to_numpy())
    tables = []
    for own in z.T:
        known = ~np.isnan(own)
        n = int(known.sum())
        others = max(n - 1, 1)
        among = adjacency.among(known)
        squares = np.full(len(own), np.nan)
        reached = np.full(n, np.nan)
        for table in among.tables:
            weights = table.weights
            share = 1.0 / table.size if weights is None else (weights**2).sum(axis=0)
            reached[table.districts] = share
        squares[known] = reached
        statistic = own * adjacency.means(own)
        expected = np.where(np.isnan(squares), np.nan, -(own**2) / others)
        variance = own**2 * n * (squares - 1 / others) * (1 - own**2 / others) / max(n - 2, 1)
        spread = np.sqrt(np.where(variance > 1e-12, variance, np.nan))
        score = (statistic - expected) / spread
        fields = (statistic, expected, variance, score, erfc(np.abs(score) / np.sqrt(2.0)))
        tables.append(pd.DataFrame(dict(zip(MOMENT_FIELDS, fields, strict=True)), index=frame.index))
    return side_by_side(tables, frame.columns, single=isinstance(values, pd.Series))
