"""How much of a list is the method's choice, and how much is the uncertainty of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.assessable import assessable
from sozialraum.assessment.index.composite import Fit, classes_of, fit_index, score
from sozialraum.assessment.index.monitoring import index_values
from sozialraum.assessment.index.multiverse import declared_choices, variant_of
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE, Recipe
from sozialraum.panel import date_before, matrix, population_at
from sozialraum.programme.selection.choose import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from sozialraum.programme.selection.rules import SelectionRules

    Floats = NDArray[np.float64]

__all__ = ["index_draws", "lists_by_variant", "resampled_selection", "variant_lists"]


def lists_by_variant(
    variants: Mapping[str, pd.Series], *, declared: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the lists of several methods with the declared one.

    Parameters
    ----------
    variants
        Method to who is selected (index district, bool).
    declared
        The method that the city has declared.

    Returns
    -------
    by_variant
        Index method: `selected`, `added` and `dropped` (numbers), `added_districts`, `dropped_districts`
        (tuples of keys).
    by_district
        Index district: `selected` (under the declared method), `share` of all methods that select it.
    """
    lists = pd.DataFrame({name: one.astype(bool) for name, one in variants.items()})
    base = lists[declared]
    rows = {}
    for name in lists:
        added = tuple(map(str, lists.index[lists[name] & ~base]))
        dropped = tuple(map(str, lists.index[base & ~lists[name]]))
        rows[name] = (int(lists[name].sum()), len(added), len(dropped), added, dropped)
    columns = ["selected", "added", "dropped", "added_districts", "dropped_districts"]
    by_variant = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("variant")
    return by_variant, pd.DataFrame({"selected": base, "share": lists.mean(axis=1)})


def variant_lists(
    found: pd.DataFrame,
    rules: SelectionRules,
    recipe: Recipe,
    indicators: pd.DataFrame,
    *,
    date: str,
    population: pd.Series | pd.DataFrame | None = None,
    keys: Iterable[str],
) -> dict[str, pd.Series]:
    """Select under the declared method and under each other choice of it alone.

    Parameters
    ----------
    found, rules
        As for `select`.
    recipe
        Of the index behind the status; the choices are those of `multiverse.declared_choices`. The dynamic
        and all other facts stay as found.
    indicators
        Long table, index district.
    date
        ISO text; its year's list is looked at, without holding.
    population
        As for `index_over_time`.
    keys
        All districts.

    Returns
    -------
    dict
        "declared", then "choice: option", to who is selected (index district). A variant that cannot be
        computed is left out.
    """
    year = int(date[:4])
    ours = found[found["result"].isin({rule.result for rule in rules.rules})]
    keys = [str(key) for key in keys]

    def selected(facts: pd.DataFrame) -> pd.Series:
        return select(facts, rules, districts=keys, years=[year], hold_years=0).table["selected"]

    lists = {"declared": selected(ours)}
    others = ours[(ours["result"] != "status") | (ours["year"] != year)]
    counts = matrix(indicators, recipe.indicators, date, column="numerator").notna().any(axis=None)
    choices = declared_choices(recipe, counts=bool(counts), population=population is not None)
    for choice, options in choices.items():
        for option in list(options)[1:]:
            variant = variant_of(recipe, [options[option]])
            values = index_values(indicators, variant.indicators, date, smoothing=variant.smoothing)
            people = population_at(population, date, values.index)
            index, fit = _fit(values, variant, people)
            if fit is None:
                continue
            classes = np.full(len(values), NOT_ASSESSABLE, dtype=object)
            used = np.isfinite(index)
            classes[used] = classes_of(index[used], fit, variant, "status")
            status = pd.Series(classes, index=values.index, dtype=object)
            lists[f"{choice}: {option}"] = selected(pd.concat([others, _facts(status, "status", year)]))
    return lists


@checked()
def resampled_selection(
    found: pd.DataFrame,
    rules: SelectionRules,
    recipe: Recipe,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    date: str,
    population: pd.Series | pd.DataFrame | None = None,
    resamples: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw the counts behind status and dynamic again, and tell how often a district is selected then.

    Only status and dynamic move; verdicts, clusters and other facts stay as found. Counts are drawn around
    their observed rates, so that the list is a little more restless than it would be under new data.

    Parameters
    ----------
    found
        Facts of all results.
    rules
        From `selection_rules`.
    recipe
        Of the index behind status and dynamic.
    indicators
        Long table with counts, index district.
    catalogue
        Its `kind` tells shares from ratios; its `design_effect`, if there is one, says how many people
        come together: counts are drawn as if of n / design effect cases.
    date
        ISO text; its year's facts are looked at.
    population
        As for `index_over_time`.
    resamples, seed
        Number of draws, start of the random numbers.

    Returns
    -------
    pd.DataFrame
        Index district: `selected` (by the data as they are, holding left out), `share` of draws in which it
        is selected; NaN where an indicator has no counts.
    """
    year = int(date[:4])
    keys = sorted({str(key) for key in found.index})
    # Facts that no rule looks at are carried through every draw for nothing.
    found = found[found["result"].isin({rule.result for rule in rules.rules})]
    base = select(found, rules, districts=keys, years=[year], hold_years=0).table["selected"]
    rng = np.random.default_rng(seed)
    # All draws in one selection: each draw stands for a year of its own, after which nobody is held.
    draws = [-1 - draw for draw in range(resamples)]
    others = found[(found["year"] == year) & ~found["result"].isin(["status", "dynamic"])]
    parts = [others.assign(year=draw) for draw in draws if not others.empty]
    classes = _classes(recipe, indicators, catalogue, date, population, resamples, rng)
    for draw, (status, dynamic) in zip(draws, classes, strict=True):
        parts += [_facts(status, "status", draw), _facts(dynamic, "dynamic", draw)]
    # A rule on another year than the one that is drawn looks at what was found then.
    moved = tuple(replace(rule, year=None) if rule.year == year else rule for rule in rules.rules)
    drawn = pd.concat([found[found["year"] != year], *parts])
    chosen = select(drawn, replace(rules, rules=moved), districts=keys, years=draws, hold_years=0)
    share = chosen.table["selected"].groupby(level=0, sort=False).mean().reindex(base.index)
    counted = matrix(indicators, recipe.indicators, date, column="numerator").notna().all(axis=1)
    return pd.DataFrame(
        {"selected": base, "share": share.where(counted.reindex(share.index, fill_value=False))}
    )


@checked()
def index_draws(
    recipe: Recipe,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    date: str,
    population: pd.Series | pd.DataFrame | None = None,
    resamples: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw the counts behind an index again, and return its values.

    Parameters
    ----------
    recipe, indicators, catalogue, date, population, resamples, seed
        As for `resampled_selection`.

    Returns
    -------
    pd.DataFrame
        Index district, one column per draw; NaN where not assessable.
    """
    rng = np.random.default_rng(seed)
    days = _counts(recipe, indicators, [date])
    people = population_at(population, date, days[0][0].index)
    effects, bounded = _noise(recipe, catalogue)
    columns = []
    for _ in range(resamples):
        rates = _draw(*days[0], effects, bounded, rng)
        columns.append(_fit(rates, recipe, people)[0])
    return pd.DataFrame(np.column_stack(columns), index=days[0][0].index)


def _facts(classes: pd.Series, result: str, year: int) -> pd.DataFrame:
    return pd.DataFrame({"result": result, "indicator": "", "year": year, "value": classes})


def _classes(
    recipe: Recipe,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    date: str,
    population: pd.Series | pd.DataFrame | None,
    resamples: int,
    rng: np.random.Generator,
) -> Iterator[tuple[pd.Series, pd.Series]]:
    earlier = date_before(date, recipe.dynamic_years, indicators["date"].unique())
    counts = _counts(recipe, indicators, [day for day in (date, earlier) if day is not None])
    index = counts[0][0].index
    effects, bounded = _noise(recipe, catalogue)
    people = population_at(population, date, index)
    for _ in range(resamples):
        rates = [_draw(events, size, effects, bounded, rng) for events, size in counts]
        status = _index_classes(rates[0], recipe, people, "status")
        if len(rates) == 2:
            dynamic = _index_classes(rates[0] - rates[1], recipe, people, "dynamic")
        else:
            dynamic = pd.Series(NOT_ASSESSABLE, index=index, dtype=object)
        yield status, dynamic


def _draw(
    events: pd.DataFrame,
    size: pd.DataFrame,
    effects: Floats,
    bounded: NDArray[np.bool_],
    rng: np.random.Generator,
) -> pd.DataFrame:
    e, n = events.to_numpy(), size.to_numpy()
    known = np.isfinite(e) & (n > 0)
    cases = np.where(known, n, 1.0) / effects
    whole = np.maximum(np.rint(cases), 1).astype(np.int64)
    rate = np.where(known, e, 0.0) / np.where(known, n, 1.0)
    drawn = np.where(bounded, rng.binomial(whole, np.minimum(rate, 1.0)), rng.poisson(rate * whole))
    return pd.DataFrame(np.where(known, drawn / whole, np.nan), index=events.index, columns=events.columns)


def _counts(
    recipe: Recipe, indicators: pd.DataFrame, days: list[str]
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    return [
        (
            matrix(indicators, recipe.indicators, day, column="numerator"),
            matrix(indicators, recipe.indicators, day, column="denominator"),
        )
        for day in days
    ]


def _noise(recipe: Recipe, catalogue: pd.DataFrame) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the design effect of each indicator, and whether it is a share."""
    ours = catalogue.reindex(list(recipe.indicators))
    effects = np.ones(len(ours))
    if "design_effect" in ours:
        effects = pd.to_numeric(ours["design_effect"], errors="coerce").fillna(1.0).to_numpy(dtype=float)
    return np.maximum(effects, 1.0), (ours["kind"] == "share").to_numpy()


def _index_classes(
    values: pd.DataFrame, recipe: Recipe, people: pd.Series | None, kind: Literal["status", "dynamic"]
) -> pd.Series:
    index, fit = _fit(values, recipe, people)
    classes = np.full(len(values), NOT_ASSESSABLE, dtype=object)
    if fit is not None:
        used = np.isfinite(index)
        classes[used] = classes_of(index[used], fit, recipe, kind)
    return pd.Series(classes, index=values.index, dtype=object)


def _fit(values: pd.DataFrame, recipe: Recipe, people: pd.Series | None) -> tuple[Floats, Fit | None]:
    used = (assessable(values, recipe, people) == "").to_numpy()
    index = np.full(len(values), np.nan)
    if used.sum() < 2:
        return index, None
    names = list(values.columns)
    oriented = values.to_numpy()[used] * np.array(recipe.signs(names))
    crowd = None if people is None else people.to_numpy(dtype=float)[used]
    fit = fit_index(oriented, recipe, np.array(recipe.weight(names)), crowd)
    index[used] = score(oriented, fit, recipe)
    return index, fit
