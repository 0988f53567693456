"""The whole assessment in one call: index over time, verdicts, their robustness, sharp borders."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sozialraum.analysis import Assessment
from sozialraum.arguments import checked
from sozialraum.assessment.borders.edges import EDGE_COLUMNS, edges
from sozialraum.assessment.index.monitoring import Monitoring, index_over_time, target_group_indices
from sozialraum.assessment.index.multiverse import declared_choices, multiverse
from sozialraum.assessment.index.recipes import Recipe, preset, with_polarity
from sozialraum.assessment.index.robustness import index_robustness
from sozialraum.assessment.mixing.inequality import inequality
from sozialraum.assessment.mixing.segregation import segregation
from sozialraum.assessment.profile import summarise
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.smoothing import SMOOTHED_COLUMNS, signal, smooth_indicators
from sozialraum.assessment.trends.series import control_limits, trends
from sozialraum.assessment.verdict import verdicts
from sozialraum.indicators.effects import independence_assumed, with_effects
from sozialraum.processes import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd
    from libpysal.graph import Graph

    from sozialraum.analysis import Analysis
    from sozialraum.errors import Problem

__all__ = ["Settings", "assess", "declared_settings", "settings_of"]

DECLARED = (
    "indicators",
    "dynamic_indicators",
    "weights",
    "standard",
    "smoothing",
    "minimum_population",
    "excluded",
    "dynamic_years",
    "base_date",
)
"""What a project file may say of a recipe, beside its preset."""

MANY, TOO_MANY = 1_000, 200_000
"""Rows between which a second process is worth its memory."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is assessed, and how.

    Parameters
    ----------
    recipe
        Composite index; None for none.
    rule
        When a district is conspicuous.
    target_groups
        Whether each target group gets an index of its own.
    resamples
        Draws of the bootstrap; 0 for none.
    variants
        Whether other choices of method are tried.
    edges
        Whether sharp borders are looked for.
    seed
        Start of the random numbers.
    preset, population
        Name of the preset that `recipe` departs from, and of the variable that counts the inhabitants: for
        the record.
    """

    recipe: Recipe | None
    rule: Rule
    target_groups: bool = True
    resamples: int = 1000
    variants: bool = True
    edges: bool = True
    seed: int = 0
    preset: str = ""
    population: str | None = None

    def record(self) -> dict[str, Any]:
        """Return them as the `[assessment]` part of a project file says them, ready for JSON."""
        told: dict[str, Any] = {"preset": self.preset, "indicators": []}
        if self.recipe is not None:
            made = asdict(self.recipe)
            told |= {name: made[name] for name in DECLARED}
        own = ("population", "target_groups", "resamples", "variants", "edges", "seed")
        return told | {name: getattr(self, name) for name in own} | {"verdict": asdict(self.rule)}


def settings_of(analysis: Analysis) -> Settings | None:
    """Return the settings that made an analysis's assessment; None where it has none."""
    made = None if analysis.assessment is None else analysis.assessment.settings
    return made if isinstance(made, Settings) else None


def declared_settings(parameters: Mapping[str, Any], catalogue: pd.DataFrame) -> Settings:
    """Make settings from the `[assessment]` part of a project file.

    Parameters
    ----------
    parameters
        `preset` and `indicators` (no indicators: no index), fields of `Recipe`, `verdict` (fields of
        `Rule`), and the other fields of `Settings`.
    catalogue
        Gives the polarity of the indicators.

    Raises
    ------
    ProjectError
        If recipe or rule contradict themselves or the catalogue.
    """
    choices = {name: parameters[name] for name in DECLARED[1:] if name in parameters}
    indicators = parameters.get("indicators", ())
    recipe = preset(parameters["preset"], indicators, **_tupled(choices)) if indicators else None
    shared = {name: parameters[name] for name in ("target_groups", "resamples", "variants", "edges", "seed")}
    return Settings(
        recipe=None if recipe is None else with_polarity(recipe, catalogue),
        rule=Rule(**parameters.get("verdict", {})),
        preset=parameters["preset"],
        population=parameters.get("population"),
        **shared,
    )


def _tupled(choices: Mapping[str, Any]) -> dict[str, Any]:
    """Undo what JSON does to tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in choices.items()}


@checked()
def assess(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    settings: Settings,
    districts: gpd.GeoDataFrame | None = None,
    graph: Graph | None = None,
    population: pd.DataFrame | None = None,
    parents: Sequence[str] = (),
) -> tuple[Assessment, tuple[Problem, ...]]:
    """Assess all districts on all indicators.

    Parameters
    ----------
    indicators
        Long frame, see `Analysis`.
    catalogue
        Kind, polarity and target group of the indicators.
    settings
        What and how.
    districts, graph
        For the borders; without them there are none.
    population
        Inhabitants, one column per date; needed for the index's minimum.
    parents
        Columns of `districts` that name larger areas; mixing is measured on their level, too.

    Returns
    -------
    tuple
        The assessment, and warnings.

    Raises
    ------
    SozialraumError
        If the index cannot be computed at all; see `index_over_time`.
    """
    # Estimated once, so that verdicts, borders, trends and limits count the same households.
    catalogue = with_effects(catalogue, indicators)
    areas = None if districts is None else districts.drop(columns="geometry")

    def drawn() -> _Drawn:
        uneven, unequal = _mixing(indicators, catalogue, areas, parents, graph, settings.seed)
        if settings.recipe is None:
            return _Drawn(uneven, unequal, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), ())
        robust, shares, influence, remarks = _robustness(indicators, catalogue, settings, population)
        return _Drawn(uneven, unequal, robust, shares, influence, remarks)

    with beside(drawn, worth=MANY < len(indicators) < TOO_MANY) as found:
        return _assess(indicators, catalogue, settings, districts, graph, population, found)


class _Drawn(NamedTuple):
    """What rests on draws: half of an assessment's work, and nothing else waits for it."""

    segregation: pd.DataFrame
    inequality: pd.DataFrame
    robustness: pd.DataFrame
    variants: pd.DataFrame
    influence: pd.DataFrame
    problems: tuple[Problem, ...]


def _mixing(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    areas: pd.DataFrame | None,
    parents: Sequence[str],
    graph: Graph | None,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure how unevenly people and indicators lie over the city."""
    shares = indicators[indicators["indicator"].isin(catalogue.index[catalogue["kind"] == "share"])]
    given: dict[str, Any] = {"catalogue": catalogue, "districts": areas, "parents": parents, "seed": seed}
    return segregation(shares, graph=graph, **given), inequality(indicators, **given)


def _assess(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    settings: Settings,
    districts: gpd.GeoDataFrame | None,
    graph: Graph | None,
    population: pd.DataFrame | None,
    drawn: Callable[[], _Drawn],
) -> tuple[Assessment, tuple[Problem, ...]]:
    index, contributions, problems = _index(indicators, catalogue, settings, population)
    problems += tuple(independence_assumed(catalogue))
    judged = verdicts(indicators, catalogue, rule=settings.rule)
    overall = summarise(judged, alpha=settings.rule.alpha)
    by_group = summarise(judged, groups=catalogue["target_group"], alpha=settings.rule.alpha)
    profiles = pd.concat([overall, by_group[by_group["group"] != "all"]])
    lines, city, walls = pd.DataFrame(), pd.DataFrame(), pd.DataFrame()
    if settings.edges and districts is not None and graph is not None:
        found = edges(indicators, districts, graph, catalogue=catalogue, seed=settings.seed)
        lines = found.sharp()[["geometry", *EDGE_COLUMNS]].reset_index()
        city, walls = found.city, found.walls
    found_smoothed = _smoothed(indicators, catalogue, graph)
    control = control_limits(indicators, catalogue=catalogue)
    found_trends = trends(indicators, catalogue=catalogue, seed=settings.seed)
    apart = drawn()
    problems += apart.problems
    return Assessment(
        index=index,
        verdicts=judged,
        profiles=profiles,
        robustness=apart.robustness,
        variants=apart.variants,
        influence=apart.influence,
        edges=lines,
        city_edges=city,
        walls=walls,
        signal=signal(indicators, catalogue),
        smoothed=found_smoothed,
        control=control,
        trends=found_trends,
        segregation=apart.segregation,
        inequality=apart.inequality,
        contributions=contributions,
        settings=settings,
    ), problems


def _smoothed(indicators: pd.DataFrame, catalogue: pd.DataFrame, graph: Graph | None) -> pd.DataFrame:
    return smooth_indicators(indicators, catalogue, graph)[["indicator", "date", *SMOOTHED_COLUMNS]]


def _index(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    settings: Settings,
    population: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Problem, ...]]:
    if settings.recipe is None:
        return pd.DataFrame(), pd.DataFrame(), ()
    results = [index_over_time(indicators, settings.recipe, population=population)]
    if settings.target_groups:
        groups = target_group_indices(indicators, catalogue, settings.recipe, population=population)
        results += groups.values()
    problems = tuple(problem for result in results for problem in result.problems)
    parts = pd.concat([_contributions(result) for result in results])
    return pd.concat([result.table for result in results]), parts, problems


def _contributions(result: Monitoring) -> pd.DataFrame:
    """Lay what each indicator contributes to an index one below the other, a row per date and district."""
    name = result.table["index"].iloc[0]
    frames = [
        pd.DataFrame({"index": name, "date": date, "indicator": indicator, "contribution": values})
        for date, found in result.status.items()
        for indicator, values in found.contributions.items()
    ]
    return pd.concat(frames)


def _robustness(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    settings: Settings,
    population: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, tuple[Problem, ...]]:
    """Resample and vary the latest date that has all indicators; published shares cannot be resampled."""
    recipe = settings.recipe
    assert recipe is not None  # noqa: S101 - the caller has asked
    ours = indicators[indicators["indicator"].isin(recipe.indicators)]
    complete = ours.groupby("date")["indicator"].nunique()
    date = str(complete.index[complete == len(recipe.indicators)].max())
    latest = ours[(ours["date"] == date) & ours["value"].notna()]
    counted = bool(latest["numerator"].notna().all())
    people = None if population is None or date not in population else population[date]
    robust = pd.DataFrame()
    if counted and settings.resamples:
        robust = index_robustness(
            indicators,
            catalogue,
            recipe,
            date=date,
            population=people,
            resamples=settings.resamples,
            seed=settings.seed,
        ).table
    if not settings.variants:
        return robust, pd.DataFrame(), pd.DataFrame(), ()
    choices = declared_choices(recipe, counts=counted, population=people is not None)
    found = multiverse(indicators, recipe, date=date, choices=choices, population=people)
    return robust, found.shares, found.influence, found.problems
