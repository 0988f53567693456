"""`Analysis`: a panel and all that was computed from it. It knows none of the floors that compute."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import pandas as pd

from sozialraum.arguments import require_fields
from sozialraum.panel import Panel, empty_frame
from sozialraum.stats.multiple import Correction

if TYPE_CHECKING:
    from collections.abc import Callable

    from libpysal.graph import Graph


__all__ = [
    "CITY_STATISTIC_COLUMNS",
    "CLUSTER_COLUMNS",
    "MORAN_COLUMNS",
    "PAIR_COLUMNS",
    "SURROUNDING_COLUMNS",
    "Adjacent",
    "Analysis",
    "Assessment",
    "ClusterSettings",
    "FurtherSettings",
    "FurtherStatistics",
    "Recorded",
]

CLUSTER_COLUMNS = ("indicator", "date", "statistic", "p", "p_adjusted", "quadrant", "label")
MORAN_COLUMNS = ("indicator", "date", "statistic", "expected", "z", "p", "districts")
CITY_STATISTIC_COLUMNS = (
    *("indicator", "date", "measure", "statistic", "expected", "p", "p_adjusted", "districts", "reason"),
)
SURROUNDING_COLUMNS = ("indicator", "date", "statistic", "p", "p_adjusted", "reason")
PAIR_COLUMNS = ("indicator", "other", "date", "statistic", "districts", "reason")


class Adjacent(Protocol):
    """What a computation needs of neighbours: a libpysal `Graph` has it, and so has `Neighbours`."""

    @property
    def adjacency(self) -> pd.Series:
        """Weight; index `focal`, `neighbor`; a district without neighbours has itself, with weight 0."""

    @property
    def unique_ids(self) -> pd.Index:
        """All districts."""


class Recorded(Protocol):
    """Settings that made a result, and that the result carries: pages and provenance read them from there."""

    def record(self) -> dict[str, Any]:
        """Return them ready for JSON."""


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """How clusters are tested; see `spatial.local_moran.local_moran`."""

    permutations: int = 99_999
    alternative: Literal["two-sided", "greater", "less", "directed"] = "two-sided"
    correction: Correction = "benjamini-hochberg"
    alpha: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        sides = ("two-sided", "greater", "less", "directed")
        require_fields(self, alternative=sides, correction=get_args(Correction))

    def record(self) -> dict[str, Any]:
        """Return them ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class FurtherSettings:
    """How the statistics of esda are tested; see `spatial.patterns.further.further_statistics`."""

    permutations: int = 9_999
    correction: Correction = "benjamini-hochberg"
    alpha: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        require_fields(self, correction=get_args(Correction))

    def record(self) -> dict[str, Any]:
        """Return them ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class FurtherStatistics:
    """What esda computes beside our own engine, of all indicators and dates of a panel.

    Parameters
    ----------
    city
        Columns `CITY_STATISTIC_COLUMNS`; one row per indicator, date and measure: Geary's C, Getis-Ord's G
        and join counts of the conspicuous districts. `p_adjusted`: one family per date.
    surroundings
        Index: district key; columns `SURROUNDING_COLUMNS`: how uneven a district's surroundings are (LOSH).
        `p_adjusted`: one family per indicator and date.
    pairs
        Columns `PAIR_COLUMNS`: how alike the maps of two indicators are (Lee's L), each pair once per date.
    settings
        How they were computed.
    """

    city: pd.DataFrame
    surroundings: pd.DataFrame
    pairs: pd.DataFrame
    settings: FurtherSettings

    def _repr_html_(self) -> str:
        table = self.city.pivot_table(index=["indicator", "date"], columns="measure", values="statistic")
        return str(table.to_html())


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
    walls
        Columns `WALL_COLUMNS` of `assessment.borders.walls`: sharp borders that hang together,
        one row per wall.
    city_edges
        Columns `CITY_EDGE_COLUMNS` of `assessment.borders.edges`; are transitions fluid?
    signal
        One row per indicator and date; is there more than noise? See `assessment.smoothing.signal`.
    smoothed
        Index: district key; `indicator`, `date` and `SMOOTHED_COLUMNS` of `assessment.smoothing`:
        `smoothed` is drawn towards the city, `smoothed_local` towards the neighbourhood.
    control
        Index: district key; columns `CONTROL_COLUMNS` of `assessment.trends.series`: a district and the city.
    trends
        Index: district key; columns `TREND_COLUMNS` of `assessment.trends.series`.
    segregation, inequality
        The city's own figures, one row per indicator, date, level and measure; see
        `assessment.mixing.segregation` and `assessment.mixing.inequality`. Never a target.
    contributions
        Index: district key; `index`, `date`, `indicator`, `contribution`: the weighted, transformed value of
        each indicator in an index; where the recipe sums z-values, their sum is the index.
    settings
        What was asked for: `assessment.assess.Settings`, which `assessment.assess.settings_of` gives back.
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
    walls: pd.DataFrame = field(default_factory=pd.DataFrame)
    smoothed: pd.DataFrame = field(default_factory=pd.DataFrame)
    control: pd.DataFrame = field(default_factory=pd.DataFrame)
    trends: pd.DataFrame = field(default_factory=pd.DataFrame)
    segregation: pd.DataFrame = field(default_factory=pd.DataFrame)
    inequality: pd.DataFrame = field(default_factory=pd.DataFrame)
    contributions: pd.DataFrame = field(default_factory=pd.DataFrame)
    settings: Recorded | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis(Panel):
    """A panel, and what was computed from it: all of it for the panel's audience, and for it alone.

    Parameters
    ----------
    around
        Neighbours on the index of `districts`: `Neighbours` or a libpysal `Graph`. `graph` is another name of
        this argument.
    links
        Columns `focal`, `neighbor`, `reason` ("contiguity", "extra", ...): why two districts are neighbours.
    clusters
        Index: district key. Columns `CLUSTER_COLUMNS`; one row per district, indicator and date.
    moran
        Columns `MORAN_COLUMNS`: global Moran's I, one row per indicator and date.
    assessment
        Index, verdicts and what supports them; None if not asked for.
    statistics
        How the clusters were tested; None where there are none.
    further
        Statistics of esda, with their settings; None if not asked for.
    """

    around: Adjacent | None = None
    links: pd.DataFrame = field(default_factory=lambda: empty_frame(("focal", "neighbor", "reason")))
    clusters: pd.DataFrame = field(default_factory=lambda: empty_frame(CLUSTER_COLUMNS, "district"))
    moran: pd.DataFrame = field(default_factory=lambda: empty_frame(MORAN_COLUMNS))
    assessment: Assessment | None = None
    statistics: ClusterSettings | None = None
    further: FurtherStatistics | None = None

    @property
    def graph(self) -> Graph | None:
        """The neighbours as a libpysal `Graph`; made when it is asked for."""
        return getattr(self.around, "graph", self.around)

    @property
    def parameters(self) -> dict[str, Any]:
        """The settings that made these results, as the results carry them, ready for JSON."""
        asked: dict[str, Recorded | None] = {
            "statistics": self.statistics,
            "further": None if self.further is None else self.further.settings,
            "assessment": None if self.assessment is None else self.assessment.settings,
        }
        around = getattr(self.around, "parameters", None)
        told = {} if not around else {"neighbours": dict(around)}
        return told | {name: made.record() for name, made in asked.items() if made is not None}


_init: Callable[..., None] = Analysis.__init__


@wraps(_init)
def _with_graph(self: Analysis, *, graph: Adjacent | None = None, **parts: Any) -> None:  # noqa: ANN401 - fields
    """Take the neighbours as `graph`, too, the name under which they are read."""
    _init(self, **parts if graph is None else {**parts, "around": graph})


Analysis.__init__ = _with_graph  # type: ignore[method-assign]  # a dataclass writes its own
