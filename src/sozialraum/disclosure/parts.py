"""Which counts are parts, or sums, of others: as the catalogue declares it, and as the data suggest."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.disclosure.quantities import Quantity
from sozialraum.distinct import groups_of, members, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.disclosure.quantities import Recipe
    from sozialraum.disclosure.releases.earlier import EarlierRelease

__all__ = ["declared_sums", "numbers_of", "parts_and_wholes"]

ENOUGH = 3
"""Districts and dates in which a part must not exceed its whole, at least."""

SHARE = 0.1
"""Smaller counts than this part of another one stay below it without being part of it."""

LETTERS = 3
"""Shorter words in the names of variables say nothing."""


def numbers_of(
    frame: pd.DataFrame, recipes: Mapping[str, Recipe], earlier: Sequence[EarlierRelease]
) -> dict[Quantity, NDArray[np.float64]]:
    """Return the numbers of each numerator, and of what earlier releases showed, all in one order."""
    found: dict[Quantity, list[pd.DataFrame]] = {}
    below = {one.denominator for one in recipes.values()}
    for release in earlier:
        for (variables, date), counts in release.counts.items():
            if Quantity(variables) not in below:
                then = pd.DataFrame({"date": date, "key": list(counts), "count": list(counts.values())})
                found.setdefault(Quantity(variables), []).append(then)
    rows = pd.DataFrame({"date": frame["date"].astype(str).array, "key": frame.index.astype(str)})
    rows["count"] = frame["numerator"].to_numpy(float)
    names, distinct = numbered(frame["indicator"])
    for name, places in zip(distinct.tolist(), members(names, len(distinct)), strict=True):
        ours = rows.iloc[places].dropna(subset="count")
        found.setdefault(recipes[str(name)].numerator, []).append(ours)
    tables = [table for of in found.values() for table in of]
    place, first = groups_of(pd.concat([*tables, rows.iloc[:0]]), ["date", "key"])
    numbers, begin = {}, 0
    for quantity, of in found.items():
        numbers[quantity] = np.full(len(first), np.nan)
        for table in of:
            # What is known now counts, not what was known before.
            numbers[quantity][place[begin : begin + len(table)]] = table["count"]
            begin += len(table)
    return numbers


def parts_and_wholes(
    catalogue: pd.DataFrame,
    recipes: Mapping[str, Recipe],
    observed: Mapping[Quantity, NDArray[np.float64]],
    known: set[Quantity],
) -> Iterator[tuple[Quantity, Quantity, bool]]:
    """Give what a whole has more than its part, the part, and whether that is only a guess.

    Parameters
    ----------
    catalogue
        Declares parts in `part_of`.
    recipes
        Of all indicators that are counted.
    observed
        Per count (numerators, and what earlier releases showed) its numbers, all in one order of districts
        and dates; NaN where unknown.
    known
        Quantities that are cells already.
    """
    seen = set(known)
    declared = [(*pair, False) for pair in _declared(catalogue, recipes)]
    guessed = [(*pair, True) for pair in _guessed(recipes, observed)]
    for part, whole, guess in (*declared, *guessed):
        plus = tuple(one for one in whole.plus if one not in part.plus)
        rest = Quantity(plus, tuple(one for one in part.plus if one not in whole.plus))
        if plus and rest.minus and rest not in seen:
            seen.add(rest)
            yield rest, part, guess


def _declared(catalogue: pd.DataFrame, recipes: Mapping[str, Recipe]) -> Iterator[tuple[Quantity, Quantity]]:
    for name in recipes if "part_of" in catalogue else ():
        for whole in _numerators(catalogue["part_of"].get(name), recipes):
            yield recipes[name].numerator, whole


def _guessed(
    recipes: Mapping[str, Recipe], observed: Mapping[Quantity, NDArray[np.float64]]
) -> Iterator[tuple[Quantity, Quantity]]:
    """Guess: what never exceeds another count, of the same people or of a like name, may be part of it."""
    among: dict[Quantity, set[Quantity | None]] = {}
    for one in recipes.values():
        among.setdefault(one.numerator, set()).add(one.denominator)
    for part, few in observed.items():
        for whole, many in observed.items():
            both = ~np.isnan(few) & ~np.isnan(many)
            if part == whole or whole in among.get(part, ()) or both.sum() < ENOUGH:
                continue
            # Counts alone, and what only earlier releases show, may be of anybody.
            people = among.get(part, {None}), among.get(whole, {None})
            akin = None in people[0] | people[1] or people[0] & people[1] or _alike(part, whole)
            below = (few[both] <= many[both]).all()
            if akin and below and few[both].sum() >= SHARE * many[both].sum() > 0:
                yield part, whole


def _alike(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities have a word of their variables in common, or the beginning of one."""
    first, second = ({word for name in each.plus for word in _words(name)} for each in (one, other))
    return any(long.startswith(short) for short, long in (*product(first, second), *product(second, first)))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^0-9a-zäöüß]+", name.lower()) if len(word) >= LETTERS]


def _numerators(names: object, recipes: Mapping[str, Recipe]) -> list[Quantity]:
    """Return the numerators of indicators that the catalogue names, as far as they are counted."""
    listed = names if isinstance(names, list | tuple) else ()
    return [recipes[name].numerator for name in listed if name in recipes]


def declared_sums(
    catalogue: pd.DataFrame, recipes: Mapping[str, Recipe], quantities: Sequence[Quantity]
) -> NDArray[np.float64]:
    """Return the sums that the catalogue declares, one row each: parts count 1, their sum -1."""
    rows = []
    for name in recipes if "sum_of" in catalogue else ():
        listed = catalogue["sum_of"].get(name)
        parts = _numerators(listed, recipes)
        if not isinstance(listed, list | tuple) or not parts or len(parts) != len(listed):
            continue
        row = np.zeros(len(quantities))
        for part in parts:
            row[quantities.index(part)] += 1
        row[quantities.index(recipes[name].numerator)] -= 1
        rows.append(row)
    return np.array(rows).reshape(len(rows), len(quantities))
