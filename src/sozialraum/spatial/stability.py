"""How much of a cluster is method: the same question, asked in several defensible ways."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.spatial.engine.inference import Alternative, Correction, StatisticsWarning
from sozialraum.spatial.local_moran import LABELS, local_moran
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from sozialraum.spatial.engine.alignment import Links

__all__ = ["VARIANT_COLUMNS", "Stability", "stability"]

VARIANT_COLUMNS = ("neighbours", "values", "seed", "alpha", "districts", "judged")

QUADRANTS = LABELS[:4]


@dataclass(frozen=True, kw_only=True, eq=False)
class Stability(Shown):
    """In which share of the variants each district belongs to a cluster.

    Parameters
    ----------
    table
        Index: that of the values. Columns: `share` (0..1, of the variants in which the district could be
        judged; NaN if in none) and `judged` (the number of those variants).
    variants
        One row per variant, columns `VARIANT_COLUMNS`: what was chosen, how many districts are then in the
        cluster, and how many could be judged. Shows which choice moves the result.
    label
        The label that was counted.
    """

    table: pd.DataFrame
    variants: pd.DataFrame
    label: str


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def stability(
    values: pd.Series | pd.DataFrame,
    graphs: Links | Mapping[str, Links],
    *,
    label: str = "high-high",
    seeds: Sequence[int] = (0, 1, 2),
    alphas: Sequence[float] = (0.01, 0.05, 0.1),
    permutations: int = 9_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
) -> Stability:
    """Repeat local Moran for every combination of choices, and count for each district.

    A district whose share is near 1 belongs to the cluster whatever one chooses; near 0.5, the choice
    decides, and a report should say so.

    Parameters
    ----------
    values
        One row per district. Each column is one way to measure the same thing: raw and smoothed rates, two
        years, two definitions.
    graphs
        Name to neighbours: queen, rook, nearest, second order. All have the districts of `values`.
    label
        One of the first four `LABELS`.
    seeds
        Each gives other chance arrangements; they differ only for districts near a threshold.
    alphas
        Thresholds of the adjusted p.
    permutations, alternative, correction
        As in `local_moran`.

    Returns
    -------
    Stability
        `.table` on the index of `values`.

    Raises
    ------
    AlignmentError
        If a graph and the values do not cover the same districts; names the keys.
    SozialraumError
        If an option is not possible, or there is no variant.

    Notes
    -----
    p is the chance of neighbours that look as extreme, were all other values dealt out anew; see
    `local_moran`. The shares are no probabilities: the variants are chosen, not drawn.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, shapely
    >>> from sozialraum.spatial.neighbours.find import neighbours
    >>> x, y = (place.ravel() for place in np.meshgrid(np.arange(10) * 100.0, np.arange(10) * 100.0))
    >>> city = gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 100, y + 100), crs="EPSG:25833")
    >>> rates = pd.Series(np.where((x < 300) & (y < 300), 0.4, 0.1), index=city.index)
    >>> graphs = {name: neighbours(city, method=name).graph for name in ("queen", "rook")}
    >>> found = stability(rates, graphs, seeds=[0], alphas=[0.01, 0.05])
    >>> found.table["share"].loc[[0, 11, 2, 99]].tolist()
    [0.5, 0.75, 0.0, 0.0]
    """
    choices = values.to_frame("values") if isinstance(values, pd.Series) else values
    named = graphs if isinstance(graphs, Mapping) else {"graph": graphs}
    counts = {"values": choices.shape[1], "graphs": len(named), "seeds": len(seeds), "alphas": len(alphas)}
    _validate(label, counts, alphas)
    hits, judged = np.zeros(len(choices)), np.zeros(len(choices))
    rows: list[tuple[Hashable, ...]] = []
    for (name, graph), seed in product(named.items(), seeds):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", StatisticsWarning)  # of each variant, at a threshold not its own
            result = local_moran(
                choices,
                graph,
                permutations=permutations,
                alternative=alternative,
                correction=correction,
                seed=seed,
            )
        for column, alpha in product(choices.columns, alphas):
            p = result.table[column]["p_adjusted"].to_numpy()
            inside = (result.table[column]["quadrant"] == label).to_numpy() & (p <= alpha)
            able = ~np.isnan(p)
            hits += inside
            judged += able
            rows.append((name, column, seed, alpha, int(inside.sum()), int(able.sum())))
    share = np.divide(hits, judged, out=np.full(len(hits), np.nan), where=judged > 0)
    table = pd.DataFrame({"share": share, "judged": judged.astype(int)}, index=choices.index)
    variants = pd.DataFrame(rows, columns=list(VARIANT_COLUMNS))
    return Stability(table=table, variants=variants, label=label)


def _validate(label: str, counts: Mapping[str, int], alphas: Sequence[float]) -> None:
    problems: list[Problem] = []
    if label not in QUADRANTS:
        problems.append(refused_option("label", label, ", ".join(QUADRANTS)))
    problems += [refused_option(name, "[]", ">= 1") for name, count in counts.items() if not count]
    problems += [refused_option("alphas", alpha, "0 < alpha < 1") for alpha in alphas if not 0 < alpha < 1]
    raise_problems(problems, SozialraumError)
