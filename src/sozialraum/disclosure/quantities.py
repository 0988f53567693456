"""Quantities: sums of counted variables, and which of them an indicator's row shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Quantity", "Recipe", "recipe", "recipe_of"]


@dataclass(frozen=True)
class Quantity:
    """A sum of variables, or what is left of one sum without another."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " + ".join(self.plus) + "".join(f" - {name}" for name in self.minus)


@dataclass(frozen=True)
class Recipe:
    """The quantities of an indicator.

    Parameters
    ----------
    numerator
        What is counted.
    denominator
        Of how many; None where a row shows the count alone.
    remainder
        Denominator less numerator; None where the rate is no share.
    """

    numerator: Quantity
    denominator: Quantity | None = None
    remainder: Quantity | None = None


def recipe(indicator: str, catalogue: pd.DataFrame) -> Recipe:
    """Return which quantities an indicator's row shows, by its entry in the catalogue."""
    entry = catalogue.loc[indicator] if indicator in catalogue.index else pd.Series(dtype=object)

    def variables(part: str) -> tuple[str, ...]:
        given = entry.get(part)
        names = tuple(given) if isinstance(given, list | tuple) else ()
        # Without a definition an indicator shares its counts with no other.
        return tuple(sorted(names)) or (f"{indicator}.{part}",)

    ready = entry.get("value")
    if isinstance(ready, str) and ready:
        return Recipe(Quantity((ready,)))
    kind = str(entry.get("kind", "share"))
    if kind == "count":
        return Recipe(Quantity(variables("numerator")))
    return recipe_of(variables("numerator"), variables("denominator"), share=kind == "share")


def recipe_of(numerator: Iterable[str], denominator: Iterable[str], *, share: bool) -> Recipe:
    """Return the recipe of a rate of two sums of variables."""
    above, below = tuple(numerator), tuple(denominator)
    # What numerator and denominator share cancels out of the remainder.
    plus = tuple(name for name in below if name not in above)
    minus = tuple(name for name in above if name not in below)
    rest = Quantity(plus, minus) if plus and share else None
    return Recipe(Quantity(above), Quantity(below), rest)
