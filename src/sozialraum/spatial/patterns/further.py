"""Statistics of esda of every indicator and date of a panel: the city, the surroundings, pairs of maps."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, get_args

import pandas as pd

from sozialraum.analysis import (
    CITY_STATISTIC_COLUMNS,
    PAIR_COLUMNS,
    SURROUNDING_COLUMNS,
    FurtherSettings,
    FurtherStatistics,
)
from sozialraum.arguments import checked
from sozialraum.errors import require_panel
from sozialraum.panel import empty_frame, spread
from sozialraum.spatial.engine.alignment import align, as_graph
from sozialraum.spatial.engine.inference import StatisticsWarning, adjust, reach, refuse_permutations
from sozialraum.spatial.patterns.city_statistics import MEASURES, global_statistics, lee_of_pairs, losh
from sozialraum.stats.multiple import Correction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from libpysal.graph import Graph

    from sozialraum.errors import Problem
    from sozialraum.panel import Panel
    from sozialraum.spatial.engine.alignment import Links

__all__ = ["further_problems", "further_statistics"]

CLASS = "conspicuous (unfavourable)"
"""The verdict whose districts are asked to lie together."""


@checked(correction=get_args(Correction))
def further_statistics(
    panel: Panel,
    neighbours: Links,
    *,
    verdicts: pd.DataFrame | None = None,
    permutations: int = 9_999,
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
) -> FurtherStatistics:
    """Compute what esda offers beside our own engine, for every indicator at every date.

    A value whose flag says that there is none is none. The order of rows and districts changes nothing.

    Parameters
    ----------
    panel
        For the public: what `protect` returns.
    neighbours
        As `neighbours` returns them, or a Graph on the same districts.
    verdicts
        As `verdicts` returns them: join counts tell whether the unfavourably conspicuous districts lie
        together. Without them there are none.
    permutations, seed
        Of the random arrangements.
    correction
        Of the p of `city`: one family per date, with all indicators and measures; and of `surroundings`: one
        family per indicator and date.
    alpha
        What a p is to be compared with; told if the permutations are too few for it.

    Returns
    -------
    FurtherStatistics
        Geary's C, Getis-Ord's G and join counts of the city; LOSH of each district; Lee's L of each two
        indicators. Where there is no number, `reason` says why.

    Raises
    ------
    AlignmentError
        If a district of the panel is not among the neighbours; names the keys.

    Warns
    -----
    StatisticsWarning
        If the permutations are too few for a single district to pass the corrected threshold.

    References
    ----------
    See `global_statistics`, `losh` and `lee_l`.
    """
    refuse_permutations(permutations, seed)
    require_panel(panel)
    settings = FurtherSettings(permutations=permutations, correction=correction, alpha=alpha, seed=seed)
    if panel.indicators.empty:
        return FurtherStatistics(
            city=empty_frame(CITY_STATISTIC_COLUMNS),
            surroundings=empty_frame(SURROUNDING_COLUMNS, "district"),
            pairs=empty_frame(PAIR_COLUMNS),
            settings=settings,
        )
    graph = as_graph(neighbours)
    values = _maps(panel, graph)
    with warnings.catch_warnings():
        # One remark for all maps together is `further_problems`.
        warnings.simplefilter("ignore", StatisticsWarning)
        found = FurtherStatistics(
            city=_city(values, _classes(verdicts, values), graph, settings),
            surroundings=_surroundings(values, graph, settings),
            pairs=_pairs(values, graph),
            settings=settings,
        )
    for problem in further_problems(found):
        warnings.warn(problem.text(), StatisticsWarning, stacklevel=2)
    return found


def further_problems(found: FurtherStatistics) -> tuple[Problem, ...]:
    """Say whether the permutations were too few for a single district to pass the corrected threshold."""
    judged = found.surroundings.groupby(["indicator", "date"], sort=False)["p"].count()
    settings = found.settings
    if judged.empty:
        return ()
    return reach(
        int(judged.max()),
        permutations=settings.permutations,
        alternative="greater",
        correction=settings.correction,
        alpha=settings.alpha,
        indicator="LOSH " + " ".join(map(str, judged.index[int(judged.argmax())])),
    )


def _maps(panel: Panel, graph: Graph) -> pd.DataFrame:
    """Give every indicator and date a column, as the catalogue and time order them."""
    tables, numbers = spread(panel.indicators, graph.unique_ids)
    place = {name: number for number, name in enumerate(panel.catalogue.index)}
    rank = tables["indicator"].map(lambda name: place.get(name, len(place))).astype(int)
    keys = tables.astype(str).assign(rank=rank)
    order = keys.sort_values(["rank", "indicator", "date"]).index.to_numpy()
    columns = pd.MultiIndex.from_frame(tables.iloc[order].astype(str))
    index = graph.unique_ids.rename("district")
    return pd.DataFrame(numbers["value"][order].T, index=index, columns=columns)


def _each(values: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield indicator, date and values of each column."""
    names = (values.columns.get_level_values(level) for level in (0, 1))
    for place, (indicator, date) in enumerate(zip(*names, strict=True)):
        yield str(indicator), str(date), values.iloc[:, place]


def _classes(verdicts: pd.DataFrame | None, values: pd.DataFrame) -> pd.DataFrame | None:
    """Return 1 where a district is unfavourably conspicuous, 0 where another verdict was possible."""
    if verdicts is None:
        return None
    judged = verdicts[verdicts["verdict"] != "not assessable"]
    inside = (judged["verdict"] == CLASS).astype(float)
    tables, numbers = spread(judged.assign(value=inside)[["indicator", "date", "value"]], values.index)
    columns = pd.MultiIndex.from_frame(tables.astype(str))
    classes = pd.DataFrame(numbers["value"].T, index=values.index, columns=columns)
    return classes.reindex(columns=values.columns).where(values.notna())


def _city(
    values: pd.DataFrame, classes: pd.DataFrame | None, graph: Graph, settings: FurtherSettings
) -> pd.DataFrame:
    drawn = {"permutations": settings.permutations, "seed": settings.seed}
    parts = []
    for indicator, date, shown in _each(values):
        found = global_statistics(shown, graph, **drawn).drop(MEASURES[2])
        if classes is not None:
            inside = global_statistics(classes[indicator, date], graph, **drawn)
            found = pd.concat([found, inside.loc[[MEASURES[2]]]])
        parts.append(found.rename_axis("measure").reset_index().assign(indicator=indicator, date=date))
    table = pd.concat(parts, ignore_index=True)
    for _, family in table.groupby("date", sort=False):
        table.loc[family.index, "p_adjusted"] = adjust(family["p"], settings.correction)
    return table[list(CITY_STATISTIC_COLUMNS)]


def _surroundings(values: pd.DataFrame, graph: Graph, settings: FurtherSettings) -> pd.DataFrame:
    parts = []
    for indicator, date, shown in _each(values):
        found = losh(shown, graph, permutations=settings.permutations, seed=settings.seed)
        found["p_adjusted"] = adjust(found["p"], settings.correction)
        parts.append(found.assign(indicator=indicator, date=date)[list(SURROUNDING_COLUMNS)])
    return pd.concat(parts)


def _pairs(values: pd.DataFrame, graph: Graph) -> pd.DataFrame:
    _, links = align(values, graph)
    parts = []
    for date in sorted(set(values.columns.get_level_values("date"))):
        maps = {indicator: shown for indicator, at, shown in _each(values) if at == date}
        found = lee_of_pairs(pd.DataFrame(maps), links)
        named = found.rename(columns={"one": "indicator", "two": "other"})
        parts.append(named.assign(date=date)[list(PAIR_COLUMNS)])
    return pd.concat(parts, ignore_index=True)
