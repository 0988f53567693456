"""Several indicators at once: clusters that coincide, and burdened quarters side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import Problem, SozialraumError
from sozialraum.spatial.engine.alignment import align, as_frame, as_series, pair, standardise
from sozialraum.spatial.engine.inference import adjust, warn_of_reach
from sozialraum.spatial.join_counts import local_join_counts
from sozialraum.spatial.local_moran import local_moran
from sozialraum.spatial.patterns.waves import FEWEST, LARGEST, p_of_correlation, related, waves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Links
    from sozialraum.spatial.join_counts import JoinCounts

    Floats = NDArray[np.float64]

__all__ = ["COLOCATION_LABELS", "burdened_together", "colocation"]

COLOCATION_LABELS = ("high-high", "low-low", "high-low", "low-high", "not significant", "not assessable")
"""First word: a cluster of high or low values of the first indicator; second word: of the second."""


@checked()
def colocation(
    first: pd.Series,
    second: pd.Series,
    graph: Links,
    *,
    permutations: int = 99_999,
    alpha: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """Tell where a cluster of one indicator coincides with a cluster of another.

    "high-low" with need first and provision second is a cluster of need within a cluster of little provision.
    p is the largest of three, as all of them must hold:

    - both clusters stand: the two p-values of local Moran;
    - they do not lie together by chance. Clusters of two smooth maps that have nothing to do with each other
      overlap somewhere in most cities. So either the two maps go together as a whole (the correlation, tested
      by the effective number of districts, from the graph alone), or the place stands
      out in both: if it is among the share q of districts that lie furthest from the mean, themselves and
      their neighbours together, in the one map as in the other, independent maps have q^2 of them, however
      smooth they are. The smaller of both p counts, twice.

    Of the districts of two independent maps 0 to 3 % have p <= 0.05, rough or smooth (autoregression 0 to
    0.95, kernels, gradients; ``docs/raeumliche-statistik.md``); by the clusters alone it would be up to 18 %.
    The price: two maps that fall into the same two halves of a city may do so by chance, and are no finding.

    Parameters
    ----------
    first, second
        Index: district, in any order; a district without either is not assessable.
    graph
        Neighbours on the same districts.
    permutations, alpha, seed
        As in `local_moran`. Beyond 3,000 districts the correlation of the whole maps is not tested.

    Returns
    -------
    pd.DataFrame
        Index of `first`; `p`, `p_adjusted` (Benjamini-Hochberg) and `label`, one of `COLOCATION_LABELS`.

    References
    ----------
    Berger (1982), Multiparameter hypothesis testing and acceptance sampling (intersection-union test);
    Clifford, Richardson & Hémon (1989) and Dutilleul (1993), Modifying the t test for assessing the
    correlation between two spatial processes, Biometrics 49, for the effective number.
    """
    one, two = pair(as_series(first), as_series(second))
    known = one["value"].notna() & two["value"].notna()
    values = pd.DataFrame({"first": one["value"].where(known), "second": two["value"].where(known)})
    found = local_moran(values, graph, permutations=permutations, correction="none", seed=seed).table
    sides = [found[name]["quadrant"].astype(object) for name in ("first", "second")]
    high, low = ([(side == name).to_numpy() for side in sides] for name in ("high-high", "low-low"))
    both = [found[name]["p"].to_numpy() for name in ("first", "second")]
    p = np.maximum(np.maximum(*both), _by_chance(values, graph, ~np.isnan(both[0])))
    # Where one of them is no cluster but an odd one out, nothing coincides.
    cluster = (high[0] | low[0]) & (high[1] | low[1])
    tested = np.where(np.isnan(p), np.nan, np.where(cluster, p, 1.0))
    adjusted = adjust(tested, "benjamini-hochberg")
    warn_of_reach(tested, permutations, alpha, indicator="colocation")
    hit = adjusted <= alpha
    cases = [np.isnan(tested), hit & high[0] & high[1], hit & low[0] & low[1], hit & high[0], hit & low[0]]
    names = [COLOCATION_LABELS[at] for at in (5, 0, 1, 2, 3)]
    label = np.select(cases, names, COLOCATION_LABELS[4])
    fields = {
        "p": tested,
        "p_adjusted": adjusted,
        "label": pd.Categorical(label, categories=list(COLOCATION_LABELS)),
    }
    return pd.DataFrame(fields, index=first.index)


def _by_chance(values: pd.DataFrame, graph: Links, known: NDArray[np.bool_]) -> Floats:
    """Return p of 'two independent maps look as much alike, as a whole or at this place', shape (n,).

    NaN where not `known`.
    """
    p = np.full(len(values), np.nan)
    if not known.any():
        return p
    frame, links = align(values, graph)
    links = links.among(known).standardised()
    maps = [standardise(frame.to_numpy()[known])[:, side] for side in (0, 1)]
    # What a district and its neighbours come to varies the more, the fewer they are.
    spread = np.sqrt(1 + np.bincount(links.focal, links.weight**2, links.districts))
    shares = [_share_as_far((z + links.sums(z)) / spread) for z in maps]
    place = np.maximum(*shares) ** 2
    whole = 1.0
    if links.districts <= LARGEST:
        order = links.order  # over sorted keys, so that the order of rows changes nothing
        number = np.argsort(order)
        vectors = waves(number[links.focal], number[links.neighbor], links.districts)
        x, y = (z[order] for z in maps)
        count = max(related(x, y, vectors), FEWEST)
        whole = p_of_correlation(float(np.clip((x * y).mean(), -1, 1)), count)
    p[known] = np.minimum(1.0, 2 * np.minimum(place, whole)) if links.districts <= LARGEST else place
    return p


def _share_as_far(levels: Floats) -> Floats:
    """Return for each district the share of those that lie at least as far from 0."""
    far = np.round(np.abs(levels), 12)
    return np.asarray(1 - np.searchsorted(np.sort(far), far, side="left") / len(far))


@checked()
def burdened_together(
    values: pd.DataFrame,
    graph: Links,
    *,
    least: int = 2,
    worst: float = 0.2,
    permutations: int = 99_999,
    alpha: float = 0.05,
    seed: int = 0,
) -> JoinCounts:
    """Tell which districts are burdened on several indicators and lie beside others that are.

    A district is burdened on an indicator if it is among the share `worst` with the highest values; several
    means `least` of them. Local join counts then compare how many such neighbours it has with chance.

    Parameters
    ----------
    values
        Index: district; one column per indicator, turned so that high is worse. NaN in one of them leaves a
        district out.
    graph
        Neighbours on the same districts.
    least, worst
        See above.
    permutations, alpha, seed
        As in `local_moran`.

    Returns
    -------
    JoinCounts
        `.table` on the index of `values`; p only for districts that are burdened themselves.

    Raises
    ------
    SozialraumError
        If `least` or `worst` is not possible.

    References
    ----------
    Anselin & Li (2019), Operational local join count statistics for cluster detection (quantiles of several
    variables).
    """
    if not isinstance(values, pd.DataFrame):
        raise SozialraumError(Problem(code="spatial.no_table", values={"type": type(values).__name__}))
    if not 1 <= least <= values.shape[1] or not 0 < worst < 1:
        told = {"name": "least, worst", "value": (least, worst), "allowed": f"1..{values.shape[1]}, 0..1"}
        raise SozialraumError(Problem(code="common.option", values=told))
    values = as_frame(values)
    known = values.notna().all(axis=1)
    limits = values[known].quantile(1 - worst)
    several = (values[known] > limits).sum(axis=1) >= least
    classes = several.map({True: "burdened", False: "other"}).reindex(values.index)
    found = local_join_counts(
        classes.rename("burdened"), graph, permutations=permutations, correction="none", seed=seed
    )
    table = found.table.copy()
    mine = (classes == "burdened").to_numpy()
    table.loc[~mine, ["statistic", "p", "p_error"]] = np.nan
    table["p_adjusted"] = adjust(table["p"].to_numpy(), "benjamini-hochberg")
    p = table["p"].to_numpy()
    warn_of_reach(p, permutations, alpha, indicator="burdened_together", alternative="greater")
    hit = mine & (table["p_adjusted"] <= alpha).to_numpy()
    label = np.where(hit, "together", table["label"].astype(object))
    label = np.where(~hit & np.isin(label, ["together", "apart"]), "not significant", label)
    table["label"] = pd.Categorical(label, categories=list(found.table["label"].cat.categories))
    return type(found)(
        table=table,
        alternative=found.alternative,
        correction="benjamini-hochberg",
        alpha=alpha,
        permutations=permutations,
        seed=seed,
    )
