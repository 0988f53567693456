"""From an `Analysis` to what an audience may see.

This is the primary rule: which single cells are too small to be shown. Whatever is derived from a
suppressed cell is derived again from what is left (clusters, Moran's I, the districts' median), so that
nothing in a public release depends on a number that is not in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.disclosure.release import Audience, Release

if TYPE_CHECKING:
    from sozialraum.analysis import Analysis

__all__ = ["Rules", "protect"]

NUMBERS = ["value", "numerator", "denominator", "lower", "upper"]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What makes a cell too small for the public.

    Parameters
    ----------
    minimum_count
        Counts from 1 up to one less than this are suppressed (default: 1 and 2).
    minimum_denominator
        No rate is shown on a denominator from 1 up to one less than this.
    """

    minimum_count: int = 3
    minimum_denominator: int = 100


def protect(analysis: Analysis, *, audience: Audience = "public", rules: Rules | None = None) -> Release:
    """Make the release of an analysis for one audience.

    Parameters
    ----------
    analysis
        The true results; not changed.
    audience
        ``"public"`` applies `rules`; ``"internal"`` shows everything, and pages say so.
    rules
        Thresholds; the defaults are those that German statistics offices commonly use.

    Returns
    -------
    Release
        Frames with the same index and columns as in `analysis`.
    """
    rules = rules or Rules()
    indicators, city_values = analysis.indicators, analysis.city_values
    clusters, moran, problems = analysis.clusters, analysis.moran, analysis.problems
    if audience == "public":
        hidden = too_small(analysis.indicators, rules)
        indicators = _suppress(analysis.indicators, hidden)
        changed = set(_slices(analysis.indicators[hidden]))
        clusters, moran = _derive_again(analysis, indicators, changed)
        city_values = _city_of_shown(analysis.city_values, indicators)
        # Warnings may quote single cells, so only the analysis keeps them.
        problems = ()
    return Release(
        audience=audience,
        city=analysis.city,
        districts=analysis.districts,
        catalogue=analysis.catalogue,
        indicators=indicators,
        city_values=city_values,
        clusters=clusters,
        moran=moran,
        parents=analysis.parents,
        language=analysis.language,
        simulated=analysis.simulated,
        rules=asdict(rules) if audience == "public" else {},
        problems=problems,
        parameters=analysis.parameters,
        provenance=analysis.provenance,
    )


def too_small(indicators: pd.DataFrame, rules: Rules) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which rows break the primary rule.

    Parameters
    ----------
    indicators
        Long frame, see `Analysis`.
    rules
        Thresholds in cases.

    Returns
    -------
    numpy.ndarray
        One truth value per row of `indicators`, in its order.
    """
    numerator = indicators["numerator"].to_numpy(float)
    denominator = indicators["denominator"].to_numpy(float)
    few = [(counts > 0) & (counts < rules.minimum_count) for counts in (numerator, denominator)]
    narrow = (denominator > 0) & (denominator < rules.minimum_denominator)
    hidden: np.ndarray[tuple[int], np.dtype[np.bool_]] = few[0] | few[1] | narrow
    return hidden


def _suppress(indicators: pd.DataFrame, hidden: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pd.DataFrame:
    protected = indicators.copy()
    # Cells that arrived as suppressed lose whatever part of them is known, too.
    blank = hidden | (protected["flag"] == "suppressed").to_numpy()
    for column in NUMBERS:
        protected[column] = protected[column].mask(blank)
    protected["flag"] = protected["flag"].astype(object).mask(blank, "suppressed")
    return protected


def _slices(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["indicator", "date"]])


def _derive_again(
    analysis: Analysis, indicators: pd.DataFrame, changed: set[tuple[str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Replace clusters and Moran's I of the changed indicators and dates by those of the protected values."""
    if analysis.graph is None or analysis.clusters.empty or not changed:
        return analysis.clusters, analysis.moran
    from sozialraum.spatial.clusters import cluster_table  # noqa: PLC0415 - only runs with clusters need it

    redo = _slices(indicators).isin(changed)
    clusters, moran = cluster_table(
        indicators[redo], analysis.graph, **dict(analysis.parameters.get("statistics", {}))
    )
    return _replace(analysis.clusters, clusters, changed), _replace(analysis.moran, moran, changed)


def _replace(old: pd.DataFrame, new: pd.DataFrame, changed: set[tuple[str, str]]) -> pd.DataFrame:
    """Put the new rows where the old rows of the same indicator and date stood."""
    order = {key: position for position, key in enumerate(dict.fromkeys(_slices(old)))}
    both = pd.concat([old[~_slices(old).isin(changed)], new])
    rank = np.array([order[key] for key in _slices(both)])
    return both.iloc[np.argsort(rank, kind="stable")]


def _city_of_shown(city_values: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Sum up the city again from the cells that are shown, where a district of that slice is suppressed.

    The true total less the shown cells would be the suppressed count.
    """
    keys = _slices(city_values)
    partial = keys.isin(set(_slices(indicators[indicators["flag"] == "suppressed"])))
    shown = indicators.groupby(["indicator", "date"], observed=True)
    counts = shown[["numerator", "denominator"]].sum(min_count=1).reindex(keys)
    again = pd.DataFrame(
        {
            "value": (counts["numerator"] / counts["denominator"]).to_numpy(),
            "numerator": counts["numerator"].to_numpy(),
            "denominator": counts["denominator"].to_numpy(),
            "median": shown["value"].median().reindex(keys).to_numpy(),
            "districts": shown["value"].count().reindex(keys).to_numpy(),
        },
        index=city_values.index,
    )
    protected = city_values.copy()
    for column in again:
        protected[column] = protected[column].mask(partial, again[column])
    return protected
