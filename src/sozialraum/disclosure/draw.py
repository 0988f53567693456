"""Which rows are hidden beside the small ones: drawn with a secret, so that the choice tells nothing.

A choice that follows from the counts tells about the counts: who knows the method strikes out every table
that would have led to another choice. Against such a person districts are drawn, as many as the number of
small ones demands, the same ones for all dates and releases. Against an outsider who does not go that far,
prices are drawn with which the cheapest protection is sought.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.disclosure.cells import Cells
    from sozialraum.disclosure.releases.earlier import EarlierRelease

__all__ = ["Drawn", "drawn_number", "drawn_prices", "families", "hidden_before"]

LEAST = 4
"""Districts that a pattern has at least, and that a group needs to have a pattern of its own."""


def drawn_number(secret: bytes, *words: str) -> float:
    """Return a number in 0..1 that only the secret explains; the same for the same words."""
    digest = hmac.digest(secret, "\0".join(words).encode(), "sha256")
    return int.from_bytes(digest[:8], "big") / 2.0**64


def drawn_prices(cells: Cells, secret: bytes, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a price in 0..1 for each of some rows, the same for all dates of a quantity in a district."""
    size = len(cells.districts)
    shown = cells.numerator[rows]
    found, number = np.unique(shown % (size * len(cells.quantities)), return_inverse=True)
    drawn = [
        drawn_number(
            secret, "price", str(cells.quantities[place // size]), str(cells.districts[place % size])
        )
        for place in found.tolist()
    ]
    return np.array(drawn, dtype=float)[number]


def families(cells: Cells) -> NDArray[np.int64]:
    """Give each quantity the number of its family: numerators that sums or parts tie have the same one."""
    size = len(cells.districts)
    counted = np.zeros(len(cells.quantities), dtype=bool)
    counted[np.unique((cells.numerator // size) % len(cells.quantities))] = True
    family = np.arange(len(cells.quantities))
    for relation in cells.relations:
        tied = np.flatnonzero((relation != 0) & counted)
        if len(tied) > 1:
            family[np.isin(family, family[tied])] = family[tied].min()
    return family


def hidden_before(cells: Cells, earlier: Sequence[EarlierRelease]) -> Mapping[int, set[str]]:
    """Return per quantity the districts that earlier releases hid at any date."""
    number = {quantity.plus: count for count, quantity in enumerate(cells.quantities) if not quantity.minus}
    found: dict[int, set[str]] = {}
    for release in earlier:
        for (variables, _), of in release.hidden.items():
            if variables in number:
                found.setdefault(number[variables], set()).update(of)
    return found


@dataclass
class _Pattern:
    """The districts of one group, in the order in which they are drawn; the first `size` are hidden."""

    order: list[int]
    size: int


class Drawn:
    """The patterns of all families and groups.

    Parameters
    ----------
    cells
        The model.
    primary
        Per row: hidden by rule.
    may_hide
        Per row.
    secret
        The project's.
    before
        See `hidden_before`.
    """

    def __init__(
        self,
        cells: Cells,
        *,
        primary: NDArray[np.bool_],
        may_hide: NDArray[np.bool_],
        secret: bytes,
        before: Mapping[int, set[str]],
    ) -> None:
        self.cells = cells
        self.may_hide = may_hide
        size = len(cells.districts)
        self.family = families(cells)[(cells.numerator // size) % len(cells.quantities)]
        self.district = cells.numerator % size
        self.group = _merged(cells.groups)
        self.patterns: dict[tuple[int, int], _Pattern] = {}
        kept = _kept(cells, families(cells), before)
        for family in np.unique(self.family).tolist():
            rows = self.family == family
            name = min(str(cells.quantities[one]) for one in np.flatnonzero(families(cells) == family))
            for group in np.unique(self.group).tolist():
                members = np.flatnonzero(self.group == group)
                small = set(self.district[rows & primary].tolist()) & set(members.tolist())
                frozen = kept.get(family, set()) & set(members.tolist())
                if not small and not frozen:
                    continue
                place = min(str(key) for key in cells.districts[members])
                self.patterns[family, group] = _draw(cells, members, small, frozen, (secret, name, place))

    def hidden(self) -> NDArray[np.bool_]:
        """Tell which rows the patterns hide."""
        found = np.zeros(len(self.family), dtype=bool)
        for (family, _), pattern in self.patterns.items():
            chosen = np.array(pattern.order[: pattern.size], dtype=np.int64)
            found |= (self.family == family) & np.isin(self.district, chosen)
        return found & self.may_hide

    def more(self, cell: NDArray[np.int64]) -> bool:
        """Draw one district more per group in which a count is known too well; False if all are drawn."""
        size = len(self.cells.districts)
        grown = False
        asked = np.unique(cell % size)
        quantities = np.unique((cell // size) % len(self.cells.quantities))
        for (family, group), pattern in self.patterns.items():
            here = np.isin(self.group[asked], group).any()
            mine = np.isin(families(self.cells)[quantities], family).any() or _remainders(
                self.cells, quantities, self.family, family
            )
            if here and mine and pattern.size < len(pattern.order):
                pattern.size += 1
                grown = True
        return grown


def _remainders(
    cells: Cells, quantities: NDArray[np.int64], family_of_rows: NDArray[np.int64], family: int
) -> bool:
    """Tell whether a remainder, or a denominator, of a family's rows is among some quantities."""
    rows = family_of_rows == family
    size = len(cells.districts)
    for part in (cells.remainder, cells.denominator):
        of = part[rows & (part >= 0)] // size % len(cells.quantities)
        if np.isin(of, quantities).any():
            return True
    return False


def _merged(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put groups of too few districts together; with the smallest other one if they stay too few."""
    merged = groups.copy()
    names, sizes = np.unique(groups, return_counts=True)
    few = names[sizes < LEAST]
    if not len(few):
        return merged
    merged[np.isin(groups, few)] = few.min()
    if np.isin(groups, few).sum() < LEAST and len(few) < len(names):
        rest = names[sizes >= LEAST]
        merged[merged == few.min()] = rest[np.argmin(sizes[sizes >= LEAST])]
    return merged


def _kept(cells: Cells, family: NDArray[np.int64], before: Mapping[int, set[str]]) -> dict[int, set[int]]:
    place = {str(key): number for number, key in enumerate(cells.districts)}
    found: dict[int, set[int]] = {}
    for quantity, keys in before.items():
        known = {place[key] for key in keys if key in place}
        found.setdefault(int(family[quantity]), set()).update(known)
    return found


def _draw(
    cells: Cells,
    members: NDArray[np.int64],
    small: set[int],
    frozen: set[int],
    words: tuple[bytes, str, str],
) -> _Pattern:
    """Draw a group's pattern: the small ones, and so many others that half of the hidden are others."""
    secret, name, place = words
    drawn = {
        one: drawn_number(secret, "draw", name, place, str(cells.districts[one])) for one in members.tolist()
    }
    first = small | frozen
    rest = sorted((one for one in drawn if one not in first), key=drawn.__getitem__)
    order = [*sorted(first, key=drawn.__getitem__), *rest]
    if frozen:
        # A district that became small later would stand out beside a pattern that is known already.
        return _Pattern(order, len(frozen) if small <= frozen else len(order))
    return _Pattern(order, min(max(LEAST, 2 * len(small), len(small) + 2), len(order)))
