"""Clusters of all indicators and dates at once: long table of indicators in, long table of labels out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.analysis import CLUSTER_COLUMNS, MORAN_COLUMNS, ClusterSettings
from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, require_panel, shorten
from sozialraum.panel import INDICATOR_COLUMNS, empty_frame, spread
from sozialraum.spatial.engine.alignment import as_adjacent, as_graph
from sozialraum.spatial.engine.inference import Alternative, Correction, StatisticsWarning, reach
from sozialraum.spatial.local_moran import LABELS, LOCAL_FIELDS, local_moran, moran

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from sozialraum.panel import Panel
    from sozialraum.spatial.engine.alignment import Links
    from sozialraum.spatial.engine.permutation import Progress

__all__ = ["LABELS", "Clusters", "cluster_problems", "cluster_table", "clusters"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Clusters:
    """Clusters of all indicators and dates of a panel, with the settings that made them.

    Parameters
    ----------
    table
        Index: district key. Columns `CLUSTER_COLUMNS`; one row per district, indicator and date.
    moran
        Columns `MORAN_COLUMNS`: global Moran's I, one row per indicator and date.
    graph
        The neighbours.
    settings
        How they were tested.
    """

    table: pd.DataFrame
    moran: pd.DataFrame
    graph: Graph
    settings: ClusterSettings

    def at(self, indicator: str, date: str) -> pd.DataFrame:
        """Return the rows of one indicator and date, ready to be joined to the districts.

        Raises
        ------
        AlignmentError
            If there is no such indicator and date; names those that exist.
        """
        rows = self.table[(self.table["indicator"] == indicator) & (self.table["date"] == date)]
        if rows.empty:
            known = self.table[SLICE].drop_duplicates().astype(str).agg(" ".join, axis=1)
            values = {"wanted": f"{indicator} {date}", "known": shorten(known, 20)}
            raise AlignmentError(Problem(code="clusters.no_such_slice", values=values))
        return rows

    def _repr_html_(self) -> str:
        counts = self.table.pivot_table(index=SLICE, columns="label", values="quadrant", aggfunc="size")
        return str(counts.fillna(0).astype(int).to_html())


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def clusters(
    panel: Panel,
    neighbours: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
) -> Clusters:
    """Find the clusters of every indicator of a panel at every date; see `cluster_table`.

    Parameters
    ----------
    panel
        For the public: what `protect` returns.
    neighbours
        As `neighbours` returns them, or a Graph on the same districts.
    permutations, alternative, correction, alpha, seed
        As in `local_moran`.

    Warns
    -----
    UserWarning
        If the permutations are too few for a single district to pass the corrected threshold.
    """
    require_panel(panel)
    graph = as_graph(neighbours)
    settings = ClusterSettings(
        permutations=permutations, alternative=alternative, correction=correction, alpha=alpha, seed=seed
    )
    table, moran_table = cluster_table(panel.indicators, graph, **settings.record())
    for problem in cluster_problems(table, settings):
        warnings.warn(problem.text(), StatisticsWarning, stacklevel=2)
    return Clusters(table=table, moran=moran_table, graph=graph, settings=settings)


SLICE = list(INDICATOR_COLUMNS[:2])
"""What tells one map from another: indicator and date."""


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def cluster_table(
    indicators: pd.DataFrame,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the clusters of every indicator at every date, in one go.

    All indicators and dates are compared with the same chance arrangements of the districts, so that labels
    of two dates do not differ by the luck of the draw. Each indicator and date is corrected for multiple
    testing on its own.

    Parameters
    ----------
    indicators
        Long table, index: district key; columns `indicator`, `date`, `value`, and `flag` where there is one:
        a value whose flag says that there is none is none. Others are not looked at.
        A district of the graph that has no row counts as one without a value.
    graph
        Neighbours.
    permutations, alternative, correction, alpha, seed, progress
        As in `local_moran`.

    Returns
    -------
    clusters : pd.DataFrame
        Index: district key, in the order of the graph. Columns `CLUSTER_COLUMNS`; one row per district,
        indicator and date, in the order in which `indicators` brings them. `p` is the chance of neighbours
        that look as extreme, were all other values of the city dealt out anew.
    moran : pd.DataFrame
        Columns `MORAN_COLUMNS`: global Moran's I of each indicator and date, its expected value, z and
        analytic p, and the number of districts with a value.

    Raises
    ------
    AlignmentError
        If a district is not in the graph, or has two rows for one indicator and date; names the keys.

    References
    ----------
    See `local_moran` and `moran`.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> rates = pd.DataFrame(
    ...     {"indicator": "poverty", "date": "2024-12-31", "value": [0.9, 0.8, 0.7, 0.3, 0.2]},
    ...     index=list("ABCDE"),
    ... )
    >>> clusters, city = cluster_table(rates, graph, permutations=999)
    >>> clusters["quadrant"].tolist()
    ['high-high', 'high-high', 'high-low', 'low-low', 'low-low', 'undefined']
    >>> city["districts"].tolist()
    [5]
    """
    if indicators.empty:
        return empty_frame(CLUSTER_COLUMNS, "district"), empty_frame(MORAN_COLUMNS)
    graph = as_adjacent(graph)
    maps, numbers = spread(indicators, graph.unique_ids)
    values = pd.DataFrame(
        np.ascontiguousarray(numbers["value"].T),
        index=graph.unique_ids.rename("district"),
        # The names appear in the remarks of `local_moran`; a date holds no blank, so no two are alike.
        columns=(maps["indicator"].astype(str) + " " + maps["date"].astype(str)).to_list(),
    )
    with warnings.catch_warnings():
        # One remark for all maps together is `cluster_problems`; a warning for each would bury it.
        warnings.simplefilter("ignore", StatisticsWarning)
        local = local_moran(
            values,
            graph,
            permutations=permutations,
            alternative=alternative,
            correction=correction,
            alpha=alpha,
            seed=seed,
            progress=progress,
        ).table
    city = moran(values, graph, alternative=alternative).table.reset_index(drop=True)
    return _one_below_another(local, maps), pd.concat([maps, city], axis=1)[list(MORAN_COLUMNS)]


def _one_below_another(local: pd.DataFrame, maps: pd.DataFrame) -> pd.DataFrame:
    """Turn the fields of all maps side by side into one long table."""
    named = {name: maps[name].repeat(len(local)).array for name in SLICE}
    index = local.index.append([local.index] * (len(maps) - 1))
    fields = local.columns.get_level_values(-1)
    # Names of two levels would be taken apart for each column.
    plain = local.set_axis(range(local.shape[1]), axis=1)
    parts = {
        name: [plain.iloc[:, at] for at in np.flatnonzero(fields == name).tolist()] for name in LOCAL_FIELDS
    }
    found = {name: pd.concat(columns, ignore_index=True).array for name, columns in parts.items()}
    return pd.DataFrame(named | found, index=index)[list(CLUSTER_COLUMNS)]


def cluster_problems(
    clusters: pd.DataFrame,
    settings: ClusterSettings,
) -> tuple[Problem, ...]:
    """Say whether the permutations were too few for a single district to pass the corrected threshold.

    Parameters
    ----------
    clusters
        As `cluster_table` returns it.
    settings
        How they were tested.

    Returns
    -------
    tuple of Problem
        Empty, or one note for the indicator with the most districts that can be judged.

    Examples
    --------
    >>> clusters = pd.DataFrame({"indicator": "poverty", "date": "2024", "p": [0.02] * 50})
    >>> [problem.code for problem in cluster_problems(clusters, ClusterSettings(permutations=999))]
    ['spatial.reach']
    """
    judged = clusters.groupby(SLICE, sort=False, observed=True)["p"].count()
    if judged.empty:
        return ()
    most = int(judged.argmax())
    return reach(
        int(judged.iloc[most]),
        permutations=settings.permutations,
        alternative=settings.alternative,
        correction=settings.correction,
        alpha=settings.alpha,
        indicator=" ".join(str(name) for name in judged.index.to_list()[most]),
    )
