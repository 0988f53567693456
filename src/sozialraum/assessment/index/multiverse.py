"""What if we had chosen otherwise: the index under every combination of declared method choices."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.classes import class_codes
from sozialraum.assessment.index.composite import Columns, composite_index, status_measure
from sozialraum.assessment.index.monitoring import index_values
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE, STATUS, Limit, Recipe
from sozialraum.errors import AlignmentError, Problem, ProjectError, raise_problems
from sozialraum.panel import check_rows, population_at
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Options = Mapping[str, Mapping[str, Any]]
    """Name of an option to the recipe fields that it sets."""

__all__ = ["Multiverse", "declared_choices", "multiverse", "variant_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Multiverse(Shown):
    """One status per district and variant.

    Parameters
    ----------
    shares
        Index district: `status` (of the recipe), `same` (number of variants with this status),
        `variants` (number of variants), and one column per class: share of variants, 0..1.
    variants
        Index: number of the variant, 0 is the recipe itself; one column per choice: the option taken.
    codes
        Shape (districts, variants): place of the status class among `STATUS`, one more where there is none.
    influence
        Index: choice, the most influential first. `moved`: share of assessable districts whose status
        changes when this choice alone changes, averaged over all such pairs of variants.
    alone
        One row per option that the recipe does not take: `choice`, `option`, `moved` (number of
        districts that change when only this is changed in the recipe), `districts` (assessable ones).
    problems
        Warnings: variants that cannot be computed.
    """

    shares: pd.DataFrame
    variants: pd.DataFrame
    codes: NDArray[np.int8]
    influence: pd.DataFrame
    alone: pd.DataFrame
    problems: tuple[Problem, ...] = ()

    @property
    def classes(self) -> pd.DataFrame:
        """Index district, one column per variant: status class."""
        # Made when it is asked for: hundreds of variants of tens of thousands of districts take much room.
        named = np.array([*STATUS, NOT_ASSESSABLE], dtype=object)
        return pd.DataFrame(named[self.codes], index=self.shares.index)


def declared_choices(
    recipe: Recipe, *, counts: bool = False, population: bool = False
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the usual choices around a recipe; the first option of each is the recipe's own.

    Transformation (z-values, percentile ranks, exponential), weights (the recipe's, first component),
    standard (districts, population), smoothing (raw, smoothed), indicators (all, each left out once),
    limits (the recipe's, each a tenth further from or nearer to the middle). Other transformations are
    scaled to SD 1 where the recipe does not say otherwise, so that the limits mean the same.

    Parameters
    ----------
    recipe
        The recipe that the variants depart from.
    counts
        Whether smoothing is possible.
    population
        Whether population weights are possible.
    """
    names = recipe.indicators
    ranks = recipe.limits_on == "share" or recipe.scale == "percentile"
    middle = 0.5 if ranks else 0.0
    scale = recipe.scale if ranks else "sd"

    def others(own: str, *known: str) -> list[str]:
        return [other for other in known if other != own]

    def moved(factor: float) -> dict[str, Any]:
        borders = recipe.status_limits
        return {
            "status_limits": tuple(
                Limit(middle + (border.value - middle) * factor, border.belongs_to) for border in borders
            )
        }

    choices: dict[str, dict[str, dict[str, Any]]] = {
        "transformation": {recipe.transformation: {}}
        | {
            name: {"transformation": name, "scale": scale}
            for name in others(recipe.transformation, "z", "percentile", "exponential")
        },
        "weights": {"declared": {}},
        "limits": {"declared": {}, "wider": moved(1.1), "narrower": moved(0.9)},
    }
    if recipe.combination != "first component":
        choices["weights"]["first component"] = {"combination": "first component", "weights": {}}
    if population:
        choices["standard"] = {recipe.standard: {}} | {
            name: {"standard": name} for name in others(recipe.standard, "districts", "population")
        }
    if counts:
        own, other = ("smoothed", "raw") if recipe.smoothing else ("raw", "smoothed")
        choices["smoothing"] = {own: {}, other: {"smoothing": not recipe.smoothing}}
    if len(names) > 2:
        choices["indicators"] = {"all": {}} | {
            f"without {left}": {"indicators": tuple(name for name in names if name != left)} for left in names
        }
    return choices


@checked()
def multiverse(
    indicators: pd.DataFrame,
    recipe: Recipe,
    *,
    date: str,
    choices: Mapping[str, Options] | None = None,
    population: pd.Series | pd.DataFrame | None = None,
) -> Multiverse:
    """Compute the status of every district under all combinations of `choices`.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    recipe
        The recipe that the variants depart from.
    date
        ISO text.
    choices
        Choice to option to the fields of `Recipe` that it sets; the first option of each choice is the
        recipe's own. By default `declared_choices`, with what counts and population allow.
    population
        Inhabitants per district; a DataFrame has one column per date.

    Raises
    ------
    ProjectError
        If a choice has no option.
    AlignmentError
        If the recipe itself cannot be computed; see `composite_index`.
    """
    check_rows(indicators, indicators=recipe.indicators)
    people = (
        population_at(population, date, population.index)
        if isinstance(population, pd.DataFrame)
        else population
    )
    ours = indicators[(indicators["date"] == date) & indicators["indicator"].isin(recipe.indicators)]
    if choices is None:
        counts = bool(ours.loc[ours["value"].notna(), ["numerator", "denominator"]].notna().all(axis=None))
        choices = declared_choices(recipe, counts=counts, population=people is not None)
    raise_problems(
        (
            Problem(code="assessment.no_choices", values={"part": choice})
            for choice, options in choices.items()
            if not options
        ),
        ProjectError,
    )
    taken = list(itertools.product(*choices.values()))
    recipes = [
        variant_of(recipe, [choices[choice][option] for choice, option in zip(choices, names, strict=True)])
        for names in taken
    ]
    values = {
        smoothing: index_values(indicators, recipe.indicators, date, smoothing=smoothing)
        for smoothing in {variant.smoothing for variant in recipes}
    }
    if people is not None:
        # Once for all variants: the same index object is not searched again.
        people = people.reindex(values[recipe.smoothing].index).astype(float)
        values = {smoothing: own.set_axis(people.index) for smoothing, own in values.items()}
    # The recipe itself must work; a variant need not: smoothing may leave no differences, for example.
    first = composite_index(values[recipes[0].smoothing], _plain(recipes[0]), population=people, date=date)
    codes = np.full((len(first.table), len(recipes)), len(STATUS), dtype=np.int8)
    districts, problems = first.table.index, []
    measures: dict[str, NDArray[np.float64]] = {}
    columns = Columns()

    def status(variant: Recipe) -> NDArray[np.int8]:
        # Variants that differ in their limits alone share all that comes before them.
        key = repr(replace(variant, status_limits=recipe.status_limits))
        if key not in measures:
            own = values[variant.smoothing]
            measures[key] = status_measure(own, variant, population=people, columns=columns)
        return class_codes(measures[key], variant.status_limits)

    codes[:, 0] = status(recipes[0])
    for number, (names, variant) in enumerate(zip(taken[1:], recipes[1:], strict=True), start=1):
        try:
            codes[:, number] = status(variant)
        except AlignmentError:
            shown = {"variant": ", ".join(f"{c}: {o}" for c, o in zip(choices, names, strict=True))}
            problems.append(Problem(code="assessment.failed_variant", severity="warning", values=shown))
    shape = tuple(len(options) for options in choices.values())
    return Multiverse(
        variants=pd.DataFrame(taken, columns=list(choices), dtype=object).rename_axis("variant"),
        codes=codes,
        shares=_shares(codes, districts),
        influence=_influence(codes, shape, list(choices)),
        alone=_alone(codes, shape, choices),
        problems=tuple(problems),
    )


def _plain(recipe: Recipe) -> Recipe:
    return replace(recipe, themes={})


def variant_of(recipe: Recipe, options: Sequence[Mapping[str, Any]]) -> Recipe:
    """Set the fields of all options; fewer indicators take their weights and themes with them."""
    fields = {name: value for option in options for name, value in option.items()}
    if "indicators" in fields:
        recipe = recipe.only(fields.pop("indicators"))
    if "weights" in fields:
        fields["weights"] = {n: weight for n, weight in fields["weights"].items() if n in recipe.indicators}
    return replace(recipe, **fields)


def _shares(codes: NDArray[np.int8], districts: pd.Index) -> pd.DataFrame:
    named = np.array([*STATUS, NOT_ASSESSABLE], dtype=object)
    own = codes[:, :1]
    table = pd.DataFrame(
        {
            "status": named[own[:, 0]],
            "same": (codes == own).sum(axis=1),
            "variants": codes.shape[1],
        },
        index=districts,
    )
    shares = {name: (codes == code).mean(axis=1) for code, name in enumerate(named)}
    return table.assign(**{str(name): share for name, share in shares.items()})


def _influence(codes: NDArray[np.int8], shape: tuple[int, ...], choices: list[str]) -> pd.DataFrame:
    """Average over all pairs of variants that differ in one choice only."""
    assessable = (codes != len(STATUS)).any(axis=1)
    # Districts last: they lie side by side where two variants are compared.
    cube = np.ascontiguousarray(codes[assessable].T).reshape(*shape, -1)
    moved = {}
    for axis, choice in enumerate(choices):
        options = np.moveaxis(cube, axis, 0)
        pairs = list(itertools.combinations(range(len(options)), 2))
        moved[choice] = (
            float(np.mean([np.mean(options[a] != options[b]) for a, b in pairs])) if pairs else 0.0
        )
    table = pd.DataFrame({"moved": moved}).rename_axis("choice")
    return table.sort_values("moved", ascending=False, kind="stable")


def _alone(codes: NDArray[np.int8], shape: tuple[int, ...], choices: Mapping[str, Options]) -> pd.DataFrame:
    rows = []
    districts = int((codes[:, 0] != len(STATUS)).sum())
    for axis, (choice, options) in enumerate(choices.items()):
        for position, option in enumerate(options):
            if position:
                place = np.ravel_multi_index(
                    tuple(position if other == axis else 0 for other in range(len(shape))), shape
                )
                moved = int((codes[:, place] != codes[:, 0]).sum())
                rows.append((choice, option, moved, districts))
    return pd.DataFrame(rows, columns=["choice", "option", "moved", "districts"])
