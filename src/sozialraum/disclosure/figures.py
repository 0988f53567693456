"""Which counts each row shows: its own, or those that follow from a ready-made figure.

Fail closed: a figure that came ready-made (`value` in the catalogue) is a count if its variable is one
anywhere, or if it looks like one; it is a rate of counts if it agrees with one; it is a share of a known
denominator if the product is a whole number nearly everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.disclosure.quantities import Quantity, Recipe, recipe, recipe_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sozialraum.panel import Panel

    Floats = NDArray[np.float64]

__all__ = ["Figures", "figures", "without_counts"]

NEARLY_ALL = 0.7
"""A ready-made figure that agrees with a rate in so many districts is that rate; the others were revised."""

ENOUGH = 3
"""Districts and dates without zero that an agreement rests on, at least."""

ENOUGH_PRODUCTS = 6
"""Likewise for whole products, which come about by accident more easily."""

DIGITS = 6
"""Decimals that figures are looked at with."""

PER = re.compile(r"%|‰|\b(je|pro|per|prozent\w*|percent\w*)\b", re.IGNORECASE)
RATE = re.compile(r"\b(anteil\w*|quote\w*|\w+quoten?|rate|share|percentage)\b", re.IGNORECASE)
"""Units and names of figures that are so many of so many, whatever the catalogue says of their kind."""

FINE = 0.2
"""How far the rounding of a share may move its product with a denominator."""


@dataclass(frozen=True)
class Figures:
    """The counts behind all rows.

    Parameters
    ----------
    recipes
        Per indicator that shows counts, which ones.
    numerator, denominator
        Per row of ``panel.indicators``; NaN where there is none.
    implied
        Per row: the counts follow from a ready-made figure.
    unknown
        Ready-made rates whose counts are not known here, while others may well know how many people there
        are.
    """

    recipes: dict[str, Recipe]
    numerator: Floats
    denominator: Floats
    implied: NDArray[np.bool_]
    unknown: tuple[str, ...] = ()

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Per row: does it show a count."""
        return ~(np.isnan(self.numerator) & np.isnan(self.denominator))


@dataclass(frozen=True)
class _Series:
    """One quantity at every place (district and date), NaN where unknown."""

    quantity: Quantity
    numbers: Floats


def figures(panel: Panel) -> Figures:
    """Find the counts that each row of a panel shows, or gives away.

    Parameters
    ----------
    panel
        With true figures; its catalogue says how each indicator was made.

    Returns
    -------
    Figures
        Rows without counts (a mean rent, an index) have none.
    """
    frame = panel.indicators
    names = frame["indicator"].astype(str).to_numpy()
    above, below = frame["numerator"].to_numpy(float).copy(), frame["denominator"].to_numpy(float).copy()
    implied = np.zeros(len(frame), dtype=bool)
    recipes: dict[str, Recipe] = {}
    ready: list[str] = []
    unknown: list[str] = []
    for name in dict.fromkeys(names):
        rows = names == name
        counted = ~(np.isnan(above[rows]).all() and np.isnan(below[rows]).all())
        if counted or not _has_values(frame, rows):
            recipes[name] = recipe(name, panel.catalogue)
        else:
            ready.append(name)
    place = _places(frame) if ready else np.array([], dtype=np.int64)
    for name in ready:
        rows = np.flatnonzero(names == name)
        value = frame["value"].to_numpy(float)[rows]
        known = list(_known(recipes, names, place, above, below))
        found = _behind(name, value, place[rows], panel.catalogue, known)
        if found is None:
            unknown += [name] if _is_rate(name, panel.catalogue) else []
            continue
        recipes[name], above[rows], below[rows] = found
        implied[rows] = True
    return Figures(recipes, above, below, implied, tuple(unknown))


def without_counts(panel: Panel) -> tuple[str, ...]:
    """Return the ready-made rates that cannot be protected, as nobody here knows their counts.

    A share times the people of a district, which others know, is a count. What the catalogue calls
    `already_public` stands elsewhere anyhow.
    """
    told: pd.Series | dict[str, bool] = panel.catalogue.get("already_public", {})
    return tuple(name for name in figures(panel).unknown if not bool(told.get(name, False)))


def _is_rate(name: str, catalogue: pd.DataFrame) -> bool:
    """Tell whether a figure counts something per something, by its kind or by its words."""
    entry = dict(catalogue.loc[name]) if name in catalogue.index else {}
    if entry.get("kind", "value") in {"share", "ratio"}:
        return True
    units = [str(entry.get(f"unit_{language}") or "") for language in ("de", "en")]
    labels = [str(entry.get(f"label_{language}") or "") for language in ("de", "en")]
    return any(map(PER.search, units)) or any(map(RATE.search, labels))


def _has_values(frame: pd.DataFrame, rows: NDArray[np.bool_]) -> bool:
    return bool(frame["value"].to_numpy(float)[rows].size and frame.loc[rows, "value"].notna().any())


def _places(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Give each row the number of its district and date."""
    district, _ = pd.factorize(frame.index.astype(str).to_numpy(dtype=object), sort=True)
    date, dates = pd.factorize(frame["date"].astype(str).to_numpy(dtype=object), sort=True)
    return np.asarray(district * len(dates) + date, dtype=np.int64)


def _known(
    recipes: dict[str, Recipe],
    names: NDArray[np.object_],
    place: NDArray[np.int64],
    above: Floats,
    below: Floats,
) -> Iterator[_Series]:
    """Give each quantity that is counted so far, at every place."""
    size = int(place.max(initial=-1)) + 1
    series: dict[Quantity, Floats] = {}
    for name, found in recipes.items():
        rows = np.flatnonzero(names == name)
        for quantity, numbers in ((found.numerator, above), (found.denominator, below)):
            if quantity is None:
                continue
            target = series.setdefault(quantity, np.full(size, np.nan))
            there = rows[~np.isnan(numbers[rows])]
            target[place[there]] = numbers[there]
    for quantity, numbers in series.items():
        yield _Series(quantity, numbers)


def _behind(
    name: str, value: Floats, place: NDArray[np.int64], catalogue: pd.DataFrame, known: list[_Series]
) -> tuple[Recipe, Floats, Floats] | None:
    """Return the counts behind one ready-made indicator: recipe, numerators, denominators."""
    entry = dict(catalogue.loc[name]) if name in catalogue.index else {}
    kind = str(entry.get("kind", "value"))
    own = Quantity((str(entry.get("value") or f"{name}.value"),))
    none = np.full(len(value), np.nan)
    is_count = any(series.quantity == own for series in known)
    if kind in {"value", "count"} and (is_count or _looks_counted(value)):
        return Recipe(own), value, none
    share = kind == "share"
    agreed = _as_rate(value, place, known, share=share) or _as_multiple(value, place, known)
    if agreed is not None:
        return agreed
    return _as_product(own, value, place, known) if kind in {"share", "ratio"} else None


def _looks_counted(value: Floats) -> bool:
    """Tell whether figures are whole numbers, none below zero."""
    found = value[~np.isnan(value)]
    return bool(len(found) and (found >= 0).all() and (found == np.floor(found)).all() and (found > 0).any())


def _half_step(value: Floats) -> float:
    """Return how far rounding may have moved figures: half a unit of their last decimal."""
    found = value[~np.isnan(value)]
    for digits in range(DIGITS + 1):
        if np.allclose(found, np.round(found, digits), rtol=0, atol=1e-9):
            return float(0.5 * 10.0**-digits)
    return 0.0


def _factor(value: Floats, expected: Floats, half: float) -> float | None:
    """Return by which factor figures are a multiple of what is expected; None if they are not."""
    usable = (value > 0) & (expected > 0)
    if usable.sum() < ENOUGH or len(np.unique(expected[usable])) < ENOUGH:
        return None
    middle = float(np.median(value[usable] / expected[usable]))
    for factor in (10.0 ** np.round(np.log10(middle)), middle):
        slack = half * 1.01 + 1e-9 * value[usable]
        # The middle is itself known no better than the figures.
        slack = slack if factor != middle else 2 * slack + 1e-6 * value[usable]
        if (np.abs(value[usable] - factor * expected[usable]) <= slack).mean() >= NEARLY_ALL:
            return float(factor)
    return None


def _as_rate(
    value: Floats, place: NDArray[np.int64], known: list[_Series], *, share: bool
) -> tuple[Recipe, Floats, Floats] | None:
    """Return numerator and denominator if figures are, but for a factor, the rate of two known counts."""
    half = _half_step(value)
    for below in known:
        denominator = below.numbers[place]
        for above in known:
            if above is below:
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                expected = above.numbers[place] / denominator
            factor = _factor(value, np.where(np.isfinite(expected), expected, np.nan), half)
            if factor is not None:
                count = above.numbers[place]
                count = np.where(np.isnan(count), np.round(value * denominator / factor), count)
                found = recipe_of(above.quantity.plus, below.quantity.plus, share=share)
                return found, count, denominator
    return None


def _as_multiple(
    value: Floats, place: NDArray[np.int64], known: list[_Series]
) -> tuple[Recipe, Floats, Floats] | None:
    """Return the count that figures are a multiple of, as thousands are."""
    half = _half_step(value)
    for series in known:
        factor = _factor(value, series.numbers[place], half)
        if factor is not None:
            count = series.numbers[place]
            count = np.where(np.isnan(count), np.round(value / factor), count)
            return Recipe(series.quantity), count, np.full(len(value), np.nan)
    return None


def _as_product(
    own: Quantity, value: Floats, place: NDArray[np.int64], known: list[_Series]
) -> tuple[Recipe, Floats, Floats] | None:
    """Return what a ready-made share counts, where its product with a known denominator is whole."""
    half = _half_step(value)
    for series in known:
        product = value * series.numbers[place]
        slack = half * series.numbers[place] + 1e-6
        usable = (product > 0) & (slack < FINE)
        if usable.sum() < max(ENOUGH_PRODUCTS, 0.8 * (product > 0).sum()):
            continue
        if (np.abs(product - np.round(product))[usable] <= slack[usable]).mean() >= NEARLY_ALL:
            found = recipe_of(own.plus, series.quantity.plus, share=True)
            return found, np.round(product), series.numbers[place]
    return None
