"""The composite index of one date: standardise, combine, scale, classify.

Fitting and scoring are two steps, so that the mean and SD of one date can be applied to another.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.assessable import assessable, unfit
from sozialraum.assessment.index.classes import class_codes
from sozialraum.assessment.index.recipes import DYNAMIC, NOT_ASSESSABLE, STATUS, Recipe, Transformation
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "Columns",
    "Fit",
    "IndexResult",
    "classes_of",
    "codes_of",
    "composite_index",
    "fit_index",
    "fitted_index",
    "score",
    "status_measure",
]

EXPONENTIAL = 23.0
"""Constant of the exponential transformation: a tenth of the districts scores above 50."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What an index takes from the districts that it was standardised on.

    Parameters
    ----------
    location, spread
        Mean and SD (ddof 0) per indicator, in the sense 'more is worse'.
    loadings
        What each transformed indicator is multiplied with; for the first component its direction.
    explained
        Share of variance that the first component explains; NaN for other combinations.
    centre, scale
        Mean and SD of the combined value; 0 and 1 where nothing is scaled.
    sorted_values, sorted_combined, sorted_index
        Ascending, for ranks of later values among these; without rows where the recipe does not rank.
    """

    location: Floats
    spread: Floats
    loadings: Floats
    explained: float
    centre: float
    scale: float
    sorted_values: Floats
    sorted_combined: Floats
    sorted_index: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexResult(Shown):
    """An index at one date.

    Parameters
    ----------
    table
        Index district. `value` (higher is more disadvantage), `rank` (1 is the most disadvantaged),
        `class`, `reason` (why not assessable: "excluded", "few inhabitants", "population unknown",
        "missing value", else "").
    contributions
        Index district, one column per indicator: its weighted, transformed value. Where the recipe sums
        z-values their sum is the index.
    themes
        Index district, one column per theme: the same recipe on the theme's indicators alone.
    loadings
        Per indicator: its weight, or its direction in the first component.
    explained
        Share of variance explained by the first component, else NaN.
    fit
        Mean, SD and ranks, to be used on another date.
    problems
        Warnings: a constant indicator, a loading against its polarity, a population that is not known.
    """

    table: pd.DataFrame
    contributions: pd.DataFrame
    themes: pd.DataFrame
    loadings: pd.Series
    explained: float
    fit: Fit
    problems: tuple[Problem, ...] = ()


def _rank_share(values: Floats, reference: Floats, how: Literal["percentile", "average", "below"]) -> Floats:
    """Place `values` among ascending `reference`: (rank - 1)/(N - 1), mean rank / N, or share at or below."""
    n = len(reference)
    # In ascending order each search begins where the last one ended: the reference stays in the cache.
    order = np.argsort(values)
    ascending = values[order]
    if how == "below":
        found = np.searchsorted(reference, ascending, side="right") / n
    elif how == "percentile":
        found = np.minimum(np.searchsorted(reference, ascending, side="left") / max(n - 1, 1), 1.0)
    else:
        first = np.searchsorted(reference, ascending, side="left")
        last = np.searchsorted(reference, ascending, side="right")
        found = np.minimum((first + last + 1) / 2, n) / n
    shares = np.empty(len(values))
    shares[order] = np.where(np.isnan(ascending), np.nan, found)
    return shares


class Columns:
    """What was worked out of columns of numbers, for variants of an index that share most of them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Floats] = {}

    def apply(self, work: Callable[[Floats], Floats], what: str, values: Floats) -> Floats:
        """Apply `work`, whose name is `what`, to each column; the same numbers are worked on once."""
        found = []
        for column in np.ascontiguousarray(values.T):
            name = (what, hashlib.blake2b(column, digest_size=16).digest())
            if name not in self._known:
                self._known[name] = work(column)
            found.append(self._known[name])
        return np.column_stack(found)


def _transform(values: Floats, fit: Fit, recipe: Recipe) -> Floats:
    if recipe.transformation == "z":
        spread = np.where(fit.spread > 0, fit.spread, np.inf)
        return (values - fit.location) / spread
    return np.column_stack(
        [
            _on_ranks(column, reference, recipe.transformation)
            for column, reference in zip(values.T, fit.sorted_values.T, strict=True)
        ]
    )


def _on_ranks(values: Floats, reference: Floats, transformation: Transformation) -> Floats:
    """Transform a column by its places among ascending `reference`."""
    if transformation == "percentile":
        return _rank_share(values, reference, "percentile")
    ranks = _rank_share(values, reference, "average")
    shares: Floats = -EXPONENTIAL * np.log(1 - ranks * (1 - np.exp(-100 / EXPONENTIAL)))
    return shares


def _moments(values: Floats, population: Floats | None) -> tuple[Floats, Floats]:
    """Mean and SD over districts (axis 0), each counting once or as many times as it has inhabitants."""
    mean = np.average(values, axis=0, weights=population)
    spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=population))
    # A column of equal numbers may come out a rounding error away from 0.
    return mean, np.where(spread > 1e-12 * np.abs(values).max(axis=0, initial=0), spread, 0.0)


def fit_index(values: Floats, recipe: Recipe, weights: Floats, population: Floats | None = None) -> Fit:
    """Learn mean, SD, ranks and loadings from complete rows; see `_fitted`."""
    fit, index = fitted_index(values, recipe, weights, population)
    # z-values need no ranks.
    reference = values[:0] if recipe.transformation == "z" else np.sort(values, axis=0)
    return replace(
        fit,
        sorted_values=reference,
        sorted_index=fit.sorted_index if recipe.limits_on == "share" else np.sort(index),
    )


def fitted_index(
    values: Floats,
    recipe: Recipe,
    weights: Floats,
    population: Floats | None = None,
    columns: Columns | None = None,
) -> tuple[Fit, Floats]:
    """Learn from complete rows, and give their own index, too; arguments as in `_fitted`.

    The fit knows the ranks of the index only where the recipe's limits are laid on them, and none of the
    values: those are needed for other districts only.
    """
    fit, transformed = _fitted(values, recipe, weights, population, columns or Columns())
    index = _scaled(transformed, fit, recipe)
    return replace(fit, sorted_index=np.sort(index)) if recipe.limits_on == "share" else fit, index


def _fitted(
    values: Floats,
    recipe: Recipe,
    weights: Floats,
    population: Floats | None,
    columns: Columns,
) -> tuple[Fit, Floats]:
    """Learn all but the ranks of the index; give the transformed values, too.

    Parameters
    ----------
    values
        Assessable districts x indicators, all finite, oriented so that more is worse.
    recipe
        The method.
    weights
        Weight per indicator.
    population
        Inhabitants per district; used if ``recipe.standard == "population"``.
    columns
        What was worked out for other variants.
    """
    people = population if recipe.standard == "population" else None
    location, spread = _moments(values, people)
    start = Fit(
        location=location,
        spread=spread,
        loadings=weights,
        explained=np.nan,
        centre=0.0,
        scale=1.0,
        sorted_values=values[:0],
        sorted_combined=np.empty(0),
        sorted_index=np.empty(0),
    )
    how = recipe.transformation
    transformed = (
        _transform(values, start, recipe)
        if how == "z"
        else columns.apply(lambda column: _on_ranks(column, np.sort(column), how), how, values)
    )
    loadings, explained = weights, np.nan
    if recipe.combination == "mean":
        loadings = weights / weights.sum()
    elif recipe.combination == "first component":
        loadings, explained = _first_component(transformed, people)
    combined = transformed @ loadings
    centre, scale = 0.0, 1.0
    if recipe.scale == "sd":
        mean, sd = _moments(combined[:, None], people)
        # Indicators that cancel out leave nothing but rounding errors of their own size.
        size = float(np.abs(transformed * loadings).max())
        centre, scale = float(mean[0]), float(sd[0]) if sd[0] > 1e-12 * size else 0.0
    fit = replace(
        start,
        loadings=loadings,
        explained=explained,
        centre=centre,
        scale=scale,
        sorted_combined=np.sort(combined) if recipe.scale == "percentile" else np.empty(0),
    )
    return fit, transformed


def _first_component(transformed: Floats, population: Floats | None) -> tuple[Floats, float]:
    """First eigenvector of the covariance; its sign follows the polarity of most indicators.

    Where they cancel out exactly, that of the first indicator decides, so that the result is the same for
    any order of the districts.
    """
    covariance = np.cov(transformed, rowvar=False, aweights=population, ddof=0)
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    first = vectors[:, -1]
    side = first.sum() if abs(first.sum()) > 1e-9 else first[0]
    share = float(values[-1] / values.sum()) if values.sum() else float("nan")
    return first * (1.0 if side >= 0 else -1.0), share


def score(values: Floats, fit: Fit, recipe: Recipe) -> Floats:
    """Return the index of oriented `values`, one per district, on the scale of `fit`."""
    return _scaled(_transform(values, fit, recipe), fit, recipe)


def _scaled(transformed: Floats, fit: Fit, recipe: Recipe) -> Floats:
    combined = transformed @ fit.loadings
    if recipe.scale == "percentile":
        # Sums of the same ranks in another order may differ in the last bits; ties must stay ties.
        return _rank_share(np.round(combined, 12), np.round(fit.sorted_combined, 12), "percentile")
    if fit.scale == 0:
        return np.full(len(combined), np.nan)
    return (combined - fit.centre) / fit.scale


def classes_of(
    index: Floats, fit: Fit, recipe: Recipe, kind: Literal["status", "dynamic"]
) -> NDArray[np.object_]:
    """Return the class of each index value under the limits of the recipe."""
    named = np.array([*(STATUS if kind == "status" else DYNAMIC), NOT_ASSESSABLE], dtype=object)
    return np.asarray(named[codes_of(index, fit, recipe, kind)])


def codes_of(index: Floats, fit: Fit, recipe: Recipe, kind: Literal["status", "dynamic"]) -> NDArray[np.int8]:
    """Return the place of each value's class among the class names, one more where there is no value."""
    measure = _rank_share(index, fit.sorted_index, "below") if recipe.limits_on == "share" else index
    return class_codes(measure, recipe.status_limits if kind == "status" else recipe.dynamic_limits)


@checked(kind=("status", "dynamic"))
def composite_index(
    values: pd.DataFrame,
    recipe: Recipe,
    *,
    population: pd.Series | None = None,
    kind: Literal["status", "dynamic"] = "status",
    fit: Fit | None = None,
    date: str = "",
) -> IndexResult:
    """Combine indicators into one index of disadvantage and sort the districts into classes.

    Parameters
    ----------
    values
        Index district, one column per indicator (any unit: shares or per cent give the same z-values);
        shares for the status, changes for the dynamic. Further columns are ignored.
    recipe
        The method. For ``kind="dynamic"`` its `dynamic_indicators` are used if it has any.
    population
        Inhabitants per district, for the minimum and for ``standard="population"``.
    kind
        Which limits and class names apply.
    fit
        Mean, SD and ranks of another date; by default those of the assessable districts themselves.
    date
        For messages only.

    Returns
    -------
    IndexResult
        On the index of `values`; see there. Preset `berlin_mss`: z = (x - mean)/SD over assessable
        districts (ddof 0), index = Σz / SD(Σz).

    Raises
    ------
    AlignmentError
        If a column is missing, a district occurs twice, fewer than two districts are assessable, the
        population is needed and absent, no indicator differs between districts, or they cancel out.

    References
    ----------
    See `preset`.
    """
    names = list(recipe.indicators)
    if kind == "dynamic" and recipe.dynamic_indicators:
        names = list(recipe.dynamic_indicators)
    title = f"{recipe.name} {date}".strip()
    _check(values, names, recipe, population, title)
    ours = values[names].astype(float)
    people = None if population is None else population.reindex(ours.index).astype(float)
    reason = assessable(ours, recipe, people)
    used = (reason == "").to_numpy()
    if used.sum() < 2:
        raise_problems([_problem("too_few_districts", title, found=int(used.sum()))], AlignmentError)
    oriented = ours.to_numpy() * np.array(recipe.signs(names))
    if fit is None:
        counted = None if people is None else np.asarray(people, dtype=np.float64)[used]
        fit = fit_index(oriented[used], recipe, np.array(recipe.weight(names)), counted)
    unchecked = recipe.minimum_population if population is None else 0
    problems = _remarks(fit, names, minimum_unchecked=unchecked, title=title)
    raise_problems(problems, AlignmentError)

    index = np.full(len(ours), np.nan)
    index[used] = score(oriented[used], fit, recipe)
    contributions = np.full(oriented.shape, np.nan)
    contributions[used] = _transform(oriented[used], fit, recipe) * fit.loadings / fit.scale
    columns = {
        "value": index,
        "rank": pd.Series(index, index=ours.index).rank(ascending=False, method="min"),
        "class": classes_of(index, fit, recipe, kind),
        "reason": reason,
    }
    themes = {
        theme: composite_index(
            values,
            replace(recipe.only(members), themes={}),
            population=population,
            kind=kind,
        ).table["value"]
        for theme, members in recipe.themes.items()
        if set(members) <= set(names)
    }
    return IndexResult(
        table=pd.DataFrame(columns, index=ours.index),
        contributions=pd.DataFrame(contributions, index=ours.index, columns=names),
        themes=pd.DataFrame(themes, index=ours.index),
        loadings=pd.Series(fit.loadings, index=names, name="loading"),
        explained=fit.explained,
        fit=fit,
        problems=problems,
    )


def status_measure(
    values: pd.DataFrame,
    recipe: Recipe,
    *,
    population: pd.Series | None = None,
    columns: Columns | None = None,
) -> Floats:
    """Return what the status limits are laid on, as `composite_index` finds it, and no more.

    For many variants of a recipe: no table, no ranks, no contributions.

    Parameters
    ----------
    values, recipe, population
        As in `composite_index`.
    columns
        Handed from variant to variant, what they share is worked out once.

    Returns
    -------
    NDArray
        Index value or share of ranks, NaN where not assessable; in the order of `values`.

    Raises
    ------
    AlignmentError
        As `composite_index`.
    """
    names = list(recipe.indicators)
    _check(values, names, recipe, population, recipe.name)
    ours = values[names].astype(float)
    people = None if population is None else population.reindex(ours.index).astype(float)
    used = ~np.any(list(unfit(ours, recipe, people).values()), axis=0)
    if used.sum() < 2:
        found = _problem("too_few_districts", recipe.name, found=int(used.sum()))
        raise_problems([found], AlignmentError)
    oriented = (ours.to_numpy() * np.array(recipe.signs(names)))[used]
    counted = None if people is None else np.asarray(people, dtype=np.float64)[used]
    fit, values_of = fitted_index(oriented, recipe, np.array(recipe.weight(names)), counted, columns)
    raise_problems(_remarks(fit, names, minimum_unchecked=0, title=recipe.name), AlignmentError)
    index = np.full(len(ours), np.nan)
    index[used] = values_of
    return _rank_share(index, fit.sorted_index, "below") if recipe.limits_on == "share" else index


def _problem(code: str, title: str, keys: tuple[str, ...] = (), **values: object) -> Problem:
    return Problem(code=f"assessment.{code}", keys=keys, values={"recipe": title, **values})


def _check(
    values: pd.DataFrame, names: list[str], recipe: Recipe, population: pd.Series | None, title: str
) -> None:
    problems = []
    absent = tuple(sorted(set(names) - set(values.columns)))
    if absent:
        problems.append(Problem(code="panel.indicator_absent", keys=absent))
    for index in (values.index, None if population is None else population.index):
        if index is not None and index.has_duplicates:
            double = tuple(map(str, index[index.duplicated()].unique()))
            problems.append(_problem("double_district", title, double))
    if population is None and recipe.standard == "population":
        problems.append(_problem("population_needed", title))
    raise_problems(problems, AlignmentError)


def _remarks(fit: Fit, names: list[str], *, minimum_unchecked: int, title: str) -> tuple[Problem, ...]:
    found = []
    constant = tuple(name for name, spread in zip(names, fit.spread, strict=True) if spread == 0)
    if len(constant) == len(names):
        found.append(_problem("all_constant", title, constant))
    elif fit.scale == 0:
        found.append(_problem("cancelling_indicators", title, tuple(names)))
    elif constant:
        found.append(replace(_problem("constant_indicator", title, constant), severity="warning"))
    against = tuple(name for name, loading in zip(names, fit.loadings, strict=True) if loading < 0)
    if against:
        found.append(replace(_problem("loading_against_polarity", title, against), severity="warning"))
    if minimum_unchecked > 0:
        remark = _problem("population_unknown", title, minimum=minimum_unchecked)
        found.append(replace(remark, severity="warning"))
    return tuple(found)
