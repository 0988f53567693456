"""`Recipe`: every choice that turns indicators into one index, declared before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from sozialraum.errors import Problem, ProjectError, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

__all__ = [
    "DYNAMIC",
    "NOT_ASSESSABLE",
    "PRESETS",
    "STATUS",
    "Combination",
    "Limit",
    "Recipe",
    "Scale",
    "Standard",
    "Transformation",
    "preset",
    "recipes_by_target_group",
    "unknown_choice",
    "with_polarity",
]

Transformation = Literal["z", "percentile", "exponential"]
Combination = Literal["sum", "mean", "first component"]
Scale = Literal["none", "sd", "percentile"]
Standard = Literal["districts", "population"]

STATUS = ("high", "medium", "low", "very low")
"""Status classes from the least to the most disadvantaged."""
DYNAMIC = ("positive", "stable", "negative")
"""Dynamic classes from falling to rising disadvantage."""
NOT_ASSESSABLE = "not assessable"


@dataclass(frozen=True)
class Limit:
    """The border between two classes, and which of them an index exactly on it belongs to.

    Parameters
    ----------
    value
        Where the border is.
    belongs_to
        ``"lower"``: to the class with the lower index; ``"upper"``: to the class with the higher index.
    """

    value: float
    belongs_to: Literal["lower", "upper"]


BERLIN_STATUS = (Limit(-1.0, "lower"), Limit(1.0, "upper"), Limit(1.5, "lower"))
BERLIN_DYNAMIC = (Limit(-1.0, "lower"), Limit(1.0, "upper"))


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How indicators become an index and classes. A higher index always means more disadvantage.

    Parameters
    ----------
    name
        What the index is called in tables; for target groups the name of the group.
    indicators
        Ids of the indicators of the status index, polarity `disadvantage` or `resource`.
    resources
        Those of the indicators of which more is better; they count with the opposite sign.
    weights
        Weight per indicator; an indicator that is not named weighs 1.
    themes
        Theme to its indicators; each theme also gets an index of its own.
    dynamic_indicators
        Ids of published changes, used as they stand. Empty: the changes of `indicators` over
        `dynamic_years` are computed (percentage points for shares).
    transformation
        ``"z"``: (x - mean) / SD with ddof 0. ``"percentile"``: (rank - 1) / (N - 1).
        ``"exponential"``: -23 ln(1 - R (1 - exp(-100/23))) of the rank share R in (0, 1].
    combination
        Weighted ``"sum"``, weighted ``"mean"``, or ``"first component"`` (principal component).
    scale
        What is done to the combined value: ``"none"``, ``"sd"``: divided by its own SD,
        ``"percentile"``: replaced by its percentile rank.
    standard
        Whose mean and SD: every district counts the same, or every inhabitant (``"population"``).
    smoothing
        Empirical-Bayes smoothed rates instead of raw ones (needs counts).
    status_limits, dynamic_limits
        Borders between the four status and the three dynamic classes, ascending.
    limits_on
        Whether the limits apply to the ``"index"`` or to the ``"share"`` of districts at or below it.
    minimum_population
        Districts with fewer inhabitants are not assessable and count in no mean.
    excluded
        Districts left out by hand, for example outliers.
    dynamic_years
        Length of a period of change.
    base_date
        Date whose mean, SD and limits the fixed-base variant keeps; the earliest if None.
    """

    name: str = "all"
    indicators: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dynamic_indicators: tuple[str, ...] = ()
    transformation: Transformation = "z"
    combination: Combination = "sum"
    scale: Scale = "sd"
    standard: Standard = "districts"
    smoothing: bool = False
    status_limits: tuple[Limit, Limit, Limit] = BERLIN_STATUS
    dynamic_limits: tuple[Limit, Limit] = BERLIN_DYNAMIC
    limits_on: Literal["index", "share"] = "index"
    minimum_population: int = 300
    excluded: tuple[str, ...] = ()
    dynamic_years: int = 2
    base_date: str | None = None

    def __post_init__(self) -> None:
        raise_problems(_faults(self), ProjectError)

    def signs(self, indicators: Iterable[str]) -> list[float]:
        """Give +1 where more means disadvantage, -1 where more is better, in the order asked for."""
        return [-1.0 if indicator in self.resources else 1.0 for indicator in indicators]

    def only(self, members: Iterable[str], *, name: str | None = None) -> Recipe:
        """Return the same method for some of the indicators, or for others."""
        names = tuple(members)
        themes = {theme: tuple(n for n in found if n in names) for theme, found in self.themes.items()}
        return replace(
            self,
            name=self.name if name is None else name,
            indicators=names,
            dynamic_indicators=(),
            resources=tuple(n for n in self.resources if n in names),
            weights={n: weight for n, weight in self.weights.items() if n in names},
            themes={theme: found for theme, found in themes.items() if found},
        )

    def weight(self, indicators: Iterable[str]) -> list[float]:
        """Give the weight of each indicator in the order asked for."""
        return [float(self.weights.get(indicator, 1.0)) for indicator in indicators]


def _faults(recipe: Recipe) -> Iterator[Problem]:
    def fault(name: str, keys: Iterable[str] = (), **values: object) -> Problem:
        return Problem(code=f"assessment.{name}", keys=tuple(keys), values={"recipe": recipe.name, **values})

    if not recipe.indicators:
        yield fault("no_indicators")
    double = sorted({name for name in recipe.indicators if recipe.indicators.count(name) > 1})
    if double:
        yield fault("double_indicator", double)
    known = {*recipe.indicators, *recipe.dynamic_indicators}
    named = {
        "weights": set(recipe.weights),
        "resources": set(recipe.resources),
        "themes": {name for theme in recipe.themes.values() for name in theme},
    }
    for part, names in named.items():
        if names - known:
            yield fault("not_in_recipe", sorted(names - known), part=part)
    bad = sorted(name for name, weight in recipe.weights.items() if not 0 < weight < float("inf"))
    if bad:
        yield fault("bad_weight", bad)
    if recipe.combination == "first component" and recipe.weights:
        yield fault("component_weights")
    yield from _choice_faults(recipe)


def _choice_faults(recipe: Recipe) -> Iterator[Problem]:
    for part, value, allowed in (
        ("transformation", recipe.transformation, get_args(Transformation)),
        ("combination", recipe.combination, get_args(Combination)),
        ("scale", recipe.scale, get_args(Scale)),
        ("standard", recipe.standard, get_args(Standard)),
        ("limits_on", recipe.limits_on, ("index", "share")),
    ):
        if value not in allowed:
            yield unknown_choice(recipe.name, part, value, allowed)
    for part, limits, classes in (
        ("status_limits", recipe.status_limits, STATUS),
        ("dynamic_limits", recipe.dynamic_limits, DYNAMIC),
    ):
        borders = [limit.value for limit in limits]
        wanted = len(classes) - 1
        if len(borders) != wanted or borders != sorted(set(borders)):
            shown = {"recipe": recipe.name, "part": part, "wanted": wanted, "value": borders}
            yield Problem(code="assessment.bad_limits", values=shown)


def unknown_choice(recipe: str, part: str, value: object, allowed: Iterable[str]) -> Problem:
    """Report a choice that does not exist, with those that do."""
    values = {"recipe": recipe, "part": part, "value": value, "allowed": ", ".join(allowed)}
    return Problem(code="assessment.unknown_choice", values=values)


PRESETS: Mapping[str, Mapping[str, Any]] = {
    # Monitoring Soziale Stadtentwicklung Berlin: sum of z divided by its own SD.
    "berlin_mss": {},
    # Mean number of standard deviations above the city's average district.
    "z_mean": {"combination": "mean", "scale": "none"},
    # CDC/ATSDR Social Vulnerability Index: percentile ranks summed and ranked again, quarters as classes.
    "percentile_sum": {
        "transformation": "percentile",
        "scale": "percentile",
        "status_limits": (Limit(0.25, "lower"), Limit(0.5, "lower"), Limit(0.75, "lower")),
        "dynamic_limits": (Limit(0.1, "lower"), Limit(0.9, "lower")),
    },
    # English Indices of Deprivation: ranks on an exponential scale, tenths as classes.
    "exponential": {
        "transformation": "exponential",
        "combination": "mean",
        "scale": "none",
        "limits_on": "share",
        "status_limits": (Limit(0.2, "lower"), Limit(0.8, "lower"), Limit(0.9, "lower")),
        "dynamic_limits": (Limit(0.1, "lower"), Limit(0.9, "lower")),
    },
    "pca": {"combination": "first component"},
}
"""What each preset sets beside the defaults of `Recipe`."""


def preset(name: str, indicators: Iterable[str], **choices: Any) -> Recipe:  # noqa: ANN401 - fields of Recipe
    """Return the recipe of a published method for one's own indicators.

    Parameters
    ----------
    name
        ``"berlin_mss"``, ``"z_mean"``, ``"percentile_sum"``, ``"exponential"`` or ``"pca"``.
    indicators
        Ids of the indicators.
    **choices
        Fields of `Recipe` that are to differ from the preset.

    Raises
    ------
    ProjectError
        If there is no such preset, or the choices contradict each other.

    References
    ----------
    Senatsverwaltung für Stadtentwicklung Berlin, Monitoring Soziale Stadtentwicklung 2017; CDC/ATSDR SVI
    2022 documentation; Ministry of Housing, Communities and Local Government, English Indices of
    Deprivation 2019, technical report, appendix E.
    """
    if name not in PRESETS:
        raise ProjectError(unknown_choice(name, "preset", name, PRESETS))
    return Recipe(**{"indicators": tuple(indicators), **PRESETS[name], **choices})


def with_polarity(recipe: Recipe, catalogue: pd.DataFrame) -> Recipe:
    """Return `recipe` with `resources` filled from the catalogue's polarity.

    Raises
    ------
    ProjectError
        If an indicator is not in the catalogue, or is a context indicator: such a figure describes a
        district, it does not say whether it is well or badly off.
    """
    wanted = [*recipe.indicators, *recipe.dynamic_indicators]
    unknown = sorted(set(wanted) - set(catalogue.index))
    polarity = catalogue["polarity"]
    context = [name for name in wanted if name not in unknown and polarity[name] == "context"]
    named = (("unknown_indicator", unknown), ("context_indicator", context))
    values = {"recipe": recipe.name}
    raise_problems(
        (Problem(code=f"assessment.{code}", keys=tuple(keys), values=values) for code, keys in named if keys),
        ProjectError,
    )
    return replace(recipe, resources=tuple(name for name in wanted if polarity[name] == "resource"))


def recipes_by_target_group(recipe: Recipe, catalogue: pd.DataFrame) -> dict[str, Recipe]:
    """Split a recipe into one per target group, for an index of its own on its own denominators.

    Parameters
    ----------
    recipe
        The method; its indicators are replaced.
    catalogue
        `Analysis.catalogue`. Each group takes all its indicators that are not context.

    Returns
    -------
    dict
        Target group to recipe, in the order in which the catalogue first names the groups; weights and
        themes are kept for the indicators that remain. The group "all" is left out: it is no group.
    """
    ours = catalogue[(catalogue["polarity"] != "context") & (catalogue["target_group"] != "all")]
    found: dict[str, Recipe] = {}
    for group in ours["target_group"].unique():
        names = tuple(str(name) for name in ours.index[ours["target_group"] == group])
        found[str(group)] = with_polarity(recipe.only(names, name=str(group)), catalogue)
    return found
