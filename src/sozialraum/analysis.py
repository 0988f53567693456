"""`Analysis`: the frozen container that a run fills floor by floor. It knows none of the floors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from libpysal.graph import Graph

    from sozialraum.errors import Problem

__all__ = [
    "CATALOGUE_COLUMNS",
    "CITY_COLUMNS",
    "CLUSTER_COLUMNS",
    "FLAGS",
    "INDICATOR_COLUMNS",
    "MORAN_COLUMNS",
    "Analysis",
    "Assessment",
    "empty_frame",
]

FLAGS = ("ok", "missing", "suppressed", "unreliable", "unknown", "not applicable", "later")
"""What is known of a cell. Only "ok" and "unreliable" carry a value."""

INDICATOR_COLUMNS = ("indicator", "date", "value", "numerator", "denominator", "lower", "upper", "flag")
CITY_COLUMNS = ("indicator", "date", "value", "numerator", "denominator", "median", "districts")
CLUSTER_COLUMNS = ("indicator", "date", "statistic", "p", "p_adjusted", "quadrant", "label")
MORAN_COLUMNS = ("indicator", "date", "statistic", "expected", "z", "p", "districts")
CATALOGUE_COLUMNS = (
    "label_de",
    "label_en",
    "description_de",
    "description_en",
    "kind",
    "polarity",
    "target_group",
    "theme",
    "source",
    "unit_de",
    "unit_en",
    "factor",
    "decimals",
    "published",
)


def empty_frame(columns: tuple[str, ...], index_name: str | None = None) -> pd.DataFrame:
    """Return a frame without rows that has `columns`."""
    return pd.DataFrame(columns=list(columns), index=pd.Index([], name=index_name, dtype=object))


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What was concluded from the indicators; each frame is empty where it was not asked for or not possible.

    Parameters
    ----------
    index
        Index: district key; columns `INDEX_COLUMNS` of `assessment.index.monitoring`: one row per district,
        index ("all", or a target group) and date. `status` and `dynamic` are None where there is a `reason`.
    verdicts
        Index: district key; columns `VERDICT_COLUMNS` of `assessment.verdict`: one row per district,
        indicator and date.
    profiles
        Index: district key; what the verdicts of a date come to, see `assessment.verdict.summarise`.
    robustness
        Index: district key; columns of `IndexRobustness.table` (`same_status`, `rank`, `rank_lower`,
        `rank_upper`, ...), at the latest date.
    variants
        Index: district key; columns of `Multiverse.shares` (`status`, `same`, `variants`, a share per class),
        at the latest date.
    influence
        Index: choice of method; column `moved`: share of the districts whose status it changes.
    edges
        One line per pair of neighbours, indicator and date: `focal`, `neighbor`, `EDGE_COLUMNS` of
        `assessment.borders.edges`, geometry in the CRS of the districts. Only sharp borders, unless empty.
    city_edges
        Columns `CITY_EDGE_COLUMNS` of `assessment.borders.edges`; are transitions fluid?
    signal
        One row per indicator and date; is there more than noise? See `assessment.smoothing.signal`.
    smoothed
        Index: district key; `indicator`, `date` and the columns of `assessment.smoothing.smooth`.
    control
        Index: district key; columns `CONTROL_COLUMNS` of `assessment.trends.series`: a district and the city.
    trends
        Index: district key; columns `TREND_COLUMNS` of `assessment.trends.series`.
    segregation, inequality
        The city's own figures, one row per indicator, date, level and measure; see
        `assessment.mixing.segregation` and `assessment.mixing.inequality`. Never a target.
    """

    index: pd.DataFrame
    verdicts: pd.DataFrame
    profiles: pd.DataFrame
    robustness: pd.DataFrame
    variants: pd.DataFrame
    influence: pd.DataFrame
    edges: pd.DataFrame
    city_edges: pd.DataFrame
    signal: pd.DataFrame
    smoothed: pd.DataFrame = field(default_factory=pd.DataFrame)
    control: pd.DataFrame = field(default_factory=pd.DataFrame)
    trends: pd.DataFrame = field(default_factory=pd.DataFrame)
    segregation: pd.DataFrame = field(default_factory=pd.DataFrame)
    inequality: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Everything a run knows, true values included. Publish a `Release` of it, never the analysis itself.

    Parameters
    ----------
    city
        Name of the city as it is shown.
    districts
        Index: district key (text). Columns: `name`, one per parent level (named in `parents`), `geometry`
        in a metric CRS.
    catalogue
        Index: indicator id, in the order of display. Columns: `CATALOGUE_COLUMNS`. A shown number is
        ``value * factor`` with `decimals` digits and the unit (for a share: factor 100, unit "%").
    indicators
        Index: district key. Columns: `INDICATOR_COLUMNS`; one row per district, indicator and date.
        `value` is in its natural unit (a share lies in 0..1), `date` an ISO text such as "2017-12-31",
        `flag` one of `FLAGS`, `lower` and `upper` a 95 % interval. NaN where there is no number.
    city_values
        One row per indicator and date, columns `CITY_COLUMNS`: the city's own rate from summed counts
        (NaN where only published shares exist), the median of its districts and their number with a value.
    graph
        Neighbours on the index of `districts`.
    links
        Columns `focal`, `neighbor`, `reason` ("contiguity", "extra", ...): why two districts are neighbours.
    clusters
        Index: district key. Columns `CLUSTER_COLUMNS`; one row per district, indicator and date.
    moran
        Columns `MORAN_COLUMNS`: global Moran's I, one row per indicator and date.
    population
        Inhabitants; index: district key, one column per date. None if the project names no such variable.
    assessment
        Index, verdicts and what supports them; None if not asked for.
    parents
        Columns of `districts` that name larger areas, from small to large.
    simulated
        True if the data are invented; every page says so.
    problems
        Warnings and notes of the run; errors never get this far.
    parameters
        Methods and their parameters, ready for JSON.
    provenance
        Input hashes, versions, seed, ready for JSON.
    """

    city: str
    districts: gpd.GeoDataFrame
    catalogue: pd.DataFrame
    indicators: pd.DataFrame
    city_values: pd.DataFrame = field(default_factory=lambda: empty_frame(CITY_COLUMNS))
    graph: Graph | None = None
    links: pd.DataFrame = field(default_factory=lambda: empty_frame(("focal", "neighbor", "reason")))
    clusters: pd.DataFrame = field(default_factory=lambda: empty_frame(CLUSTER_COLUMNS, "district"))
    moran: pd.DataFrame = field(default_factory=lambda: empty_frame(MORAN_COLUMNS))
    population: pd.DataFrame | None = None
    assessment: Assessment | None = None
    parents: tuple[str, ...] = ()
    language: Language = DEFAULT_LANGUAGE
    simulated: bool = False
    problems: tuple[Problem, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
