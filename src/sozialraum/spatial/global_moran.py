"""Global Moran's I with its moments under chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, refused_choice, refused_option
from sozialraum.errors import SozialraumError, raise_problems
from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.engine.inference import Alternative, p_values
from sozialraum.spatial.engine.permutation import TIE
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links

    Floats = NDArray[np.float64]

__all__ = ["Moran", "moran"]

FIELDS = (
    "statistic",
    "expected",
    "variance_normality",
    "variance_randomisation",
    "z",
    "p",
    "p_permutation",
    "districts",
)

SHUFFLED_AT_ONCE = 1 << 20
"""Values dealt out in one block of permutations; depends on nothing else, so neither do the numbers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Moran(Shown):
    """Global Moran's I of one or more indicators.

    Parameters
    ----------
    table
        One row per indicator. Columns: `statistic` (I), `expected`, `variance_normality`,
        `variance_randomisation`, `z` and `p` (normal approximation with the variance under randomisation),
        `p_permutation` (NaN without permutations) and `districts` (how many have a value).
    alternative, transform, permutations, seed
        As asked for.
    """

    table: pd.DataFrame
    alternative: Alternative
    transform: Literal["R", "B"]
    permutations: int
    seed: int


@checked(transform=("R", "B"), alternative=get_args(Alternative))
def moran(
    values: pd.Series | pd.DataFrame,
    graph: Links,
    *,
    transform: Literal["R", "B"] = "R",
    alternative: Alternative = "two-sided",
    permutations: int = 0,
    seed: int = 0,
) -> Moran:
    """Tell whether neighbouring districts resemble each other, over the city as a whole.

    I = (n / S0) * (sum over links of w_ij z_i z_j) / (sum of z_i squared), z = deviation from the mean, S0 =
    sum of all weights. Moments under normality and under randomisation are exact; n counts districts without
    neighbours, too.

    p tells how often chance alone would give an I as far from its expected value, if the values of the city
    were dealt out anew among all its districts.

    Parameters
    ----------
    values
        One row per district, one column per indicator. A district with NaN is left out.
    graph
        Neighbours, on the index of `values` in any order.
    transform
        ``"R"``: each district's weights add up to 1; ``"B"``: every neighbour weighs 1.
    alternative
        As in `local_moran`.
    permutations
        Chance arrangements for `p_permutation`; 0: none, the analytic p only.
    seed
        Same seed, same result.

    Returns
    -------
    Moran
        `.table`: one row per indicator. NaN if all values are equal or there are no neighbours.

    Raises
    ------
    AlignmentError
        If a district of one side is missing on the other; names the keys.

    References
    ----------
    Cliff & Ord (1981), Spatial processes, pp. 42-46.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.Series([9.0, 8.0, 7.0, 3.0, 2.0, 1.0], index=list("ABCDEF"), name="rate")
    >>> moran(rates, graph).table[["statistic", "expected", "p"]].round(3).values.tolist()
    [[0.759, -0.2, 0.031]]
    """
    faults = [
        *refused_choice("alternative", alternative, get_args(Alternative)),
        *refused_choice("transform", transform, ("R", "B")),
    ]
    if permutations < 0:
        faults.append(refused_option("permutations", permutations, ">= 0"))
    raise_problems(faults, SozialraumError)
    frame, adjacency = align(values, graph)
    z = standardise(frame.to_numpy())
    rows, before, weighted = [], None, adjacency
    for at in range(z.shape[1]):
        valid = ~np.isnan(z[:, at])
        if before is None or not np.array_equal(valid, before):
            # Most maps have gaps in the same districts.
            among, before = adjacency.among(valid), valid
            weighted = among.standardised() if transform == "R" else among.binary()
        rows.append(_moran(z[valid, at], weighted, alternative, permutations, seed))
    return Moran(
        table=pd.DataFrame(rows, index=frame.columns),
        alternative=alternative,
        transform=transform,
        permutations=permutations,
        seed=seed,
    )


def _moran(
    z: Floats, adjacency: Adjacency, alternative: Alternative, permutations: int, seed: int
) -> dict[str, float]:
    n = len(z)
    total = float(adjacency.weight.sum())
    if n < 2 or not total:
        return {**dict.fromkeys(FIELDS[:-1], math.nan), "districts": n}
    statistic = float(z @ adjacency.sums(z)) / total
    expected = -1.0 / (n - 1)
    normality, randomisation = _moments(z, adjacency)
    score = (statistic - expected) / math.sqrt(randomisation) if randomisation > 0 else math.nan
    return {
        "statistic": statistic,
        "expected": expected,
        "variance_normality": normality,
        "variance_randomisation": randomisation,
        "z": score,
        "p": _normal_p(score, alternative),
        "p_permutation": _permuted_p(z, adjacency, alternative, permutations, seed)
        if permutations
        else math.nan,
        "districts": n,
    }


def _moments(z: Floats, adjacency: Adjacency) -> tuple[float, float]:
    """Variance of I under normality and under randomisation; NaN where it does not exist."""
    n = adjacency.districts
    s0 = float(adjacency.weight.sum())
    s1, s2 = adjacency.squares
    expected = 1.0 / (n - 1)
    normality = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected**2
    if n < 4:
        return normality, math.nan
    kurtosis = float((z**4).mean() / (z**2).mean() ** 2)
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    randomisation = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return normality, randomisation


def _normal_p(score: float, alternative: Alternative) -> float:
    above, below = (0.5 * math.erfc(sign * score / math.sqrt(2.0)) for sign in (1, -1))
    tails = {"greater": above, "less": below, "directed": min(above, below)}
    return tails.get(alternative, 2.0 * min(above, below))


def _permuted_p(
    z: Floats, adjacency: Adjacency, alternative: Alternative, permutations: int, seed: int
) -> float:
    """Deal all values out anew and compare; the sum of w z z tells all, as n, S0 and the variance stay."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - heavy, and only needed here

    n = len(z)
    matrix = csr_array((adjacency.weight, (adjacency.focal, adjacency.neighbor)), shape=(n, n))
    observed = z @ (matrix @ z)
    tie = TIE * adjacency.weight.sum()
    at_least = at_most = 0
    rows = max(SHUFFLED_AT_ONCE // n, 1)
    for number in range(-(-permutations // rows)):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        count = min(rows, permutations - number * rows)
        by_key = rng.permuted(np.broadcast_to(z[adjacency.order, None], (n, count)), axis=0)
        dealt = np.empty_like(by_key)
        dealt[adjacency.order] = by_key
        products = np.einsum("ij,ij->j", dealt, matrix @ dealt)
        at_least += int((products >= observed - tie).sum())
        at_most += int((products <= observed + tie).sum())
    counts = np.array([at_most]), np.array([at_least])
    return float(p_values(*counts, permutations, alternative)[0])
