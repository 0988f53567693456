"""Between which numbers each cell lies for an outsider, and between which it has to lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.confidential import Rules
    from sozialraum.disclosure.cells import Cells

__all__ = [
    "Bounds",
    "Demands",
    "demands",
    "floors",
    "known_bounds",
    "primary_rows",
    "rounded",
    "rounded_away",
    "small_cells",
]


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest number per cell."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Demands:
    """What an outsider must be left with, for the cells in `cell`.

    Parameters
    ----------
    cell
        Numbers of cells.
    low, high
        Numbers that both have to be possible.
    strict
        Whether exactly `low` and `high` have to be possible (small counts), or any two numbers as far apart.
    """

    cell: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    strict: NDArray[np.bool_]


def small_cells(cells: Cells, rules: Rules) -> NDArray[np.bool_]:
    """Tell which cells hold a count, or leave a remainder, that is itself too small to be shown."""
    limit = _limits(cells, rules)
    with np.errstate(invalid="ignore"):
        few = (cells.truth > 0) & (cells.truth < limit)
        # A remainder of nothing is meant only where remainders count at all.
        none = (cells.truth == 0) & rules.zeros & (limit > 0) & ~cells.over_part
    found: NDArray[np.bool_] = few | none | cells.assumed
    return found


def _limits(cells: Cells, rules: Rules) -> NDArray[np.float64]:
    """Return per cell the smallest number that is not small.

    What a whole has more than its part is a group of people of its own, counted elsewhere perhaps, and so
    small as counts are; the remainder of a share is so only where the project wants it.
    """
    of_share = cells.holds_remainder & ~cells.over_part
    return np.where(of_share, float(rules.minimum_remainder or 0), float(rules.minimum_count))


def primary_rows(cells: Cells, rules: Rules, *, withheld: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows the primary rule hides.

    Parameters
    ----------
    cells
        The model.
    rules
        Thresholds.
    withheld
        Per row: suppressed for another reason, by the source or as declared confidential.

    Returns
    -------
    numpy.ndarray
        One truth value per row. A count that one row must hide is hidden in all rows that show it.
    """
    small = small_cells(cells, rules)
    empty = _of(cells.denominator, cells.truth) == 0
    denominator = _of(cells.denominator, cells.truth)
    # A denominator that may be rounded to zero gives no rate.
    narrow = (denominator > 0) & (denominator < max(rules.minimum_denominator, rules.rounding or 0))
    hidden = narrow | withheld
    for part in (cells.numerator, cells.denominator, cells.remainder):
        hidden |= (part >= 0) & small[part]
    # Where nobody lives there is nobody to protect, and the page says 'not applicable'.
    hidden &= ~empty | withheld
    secret = small & ~cells.holds_remainder
    # Whole and part shown would tell what is left; the part goes.
    secret[cells.part_of_rest(np.flatnonzero(small & cells.over_part))] = True
    if rules.denominators:
        secret[cells.denominator[narrow]] = True
    shows = cells.denominator >= 0
    while True:
        secret[cells.numerator[hidden]] = True
        more = hidden | ((secret[cells.numerator] | (shows & secret[cells.denominator])) & ~empty)
        if (more == hidden).all():
            return hidden
        hidden = more


def _of(cell: NDArray[np.int64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(cell >= 0, truth[cell], np.nan)


def floors(cells: Cells, rules: Rules, hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the smallest number that an outsider has to reckon with in each hidden cell.

    If zeros are always shown, a suppressed count is at least 1, and an outsider may know this rule. It
    does not hold for rates on small denominators, which are hidden whatever the count, nor within a total
    of which a zero is hidden to protect another count.
    """
    lowest = np.where(cells.holds_remainder | rules.zeros, 0.0, np.fmin(cells.truth, 1.0))
    shown = cells.shown_cells(hidden)
    denominator = _of(cells.denominator, cells.truth)
    excused = np.zeros(len(cells.truth), dtype=bool)
    excused[cells.numerator[hidden & (denominator < rules.minimum_denominator)]] = True
    lowest[excused] = 0.0
    mixed = ~shown & ~excused & (cells.truth == 0) & ~cells.holds_remainder & (cells.totals >= 0)
    mixed[cells.numerator[denominator == 0]] = False
    uncertain = np.zeros(cells.equations.shape[0] + 1, dtype=bool)
    uncertain[cells.totals[mixed]] = True
    # The last entry, which cells without a total point to, stays False.
    lowest[uncertain[cells.totals]] = 0.0
    return lowest


def known_bounds(
    cells: Cells, rules: Rules, hidden: NDArray[np.bool_], earlier: Bounds | None = None
) -> Bounds:
    """Return what the release and earlier ones say of each cell, before any equation is used.

    Parameters
    ----------
    cells
        The model.
    rules
        Thresholds and rounding.
    hidden
        Per row.
    earlier
        What earlier releases say.
    """
    shown = cells.shown_cells(hidden)
    low = floors(cells, rules, hidden)
    high = np.full(len(low), np.inf)
    seen = cells.truth[shown]
    below = above = 0
    if rules.rounding is not None:
        seen = rounded(seen, rules.rounding)
        below, above = rounded_away(rules.rounding)
    low[shown], high[shown] = np.maximum(seen - below, 0.0), seen + above
    high = np.where(shown, high, np.minimum(high, np.fmax(cells.ceiling, cells.truth)))
    if earlier is not None:
        low, high = np.maximum(low, earlier.low), np.minimum(high, earlier.high)
    low[np.tile(np.repeat(cells.open, len(cells.districts)), len(cells.dates))] = -np.inf
    none = np.isnan(cells.truth)
    low[none] = high[none] = 0.0
    return Bounds(low, high)


def rounded(counts: NDArray[np.float64], base: int) -> NDArray[np.float64]:
    """Round to the nearest multiple of `base`; halves go up."""
    return np.floor(counts / base + 0.5) * base


def rounded_away(base: int | None) -> tuple[int, int]:
    """Return how much smaller, and larger, a whole number can be than what `rounded` makes of it."""
    return (base // 2, (base - 1) // 2) if base else (0, 0)


def demands(
    cells: Cells,
    rules: Rules,
    hidden: NDArray[np.bool_],
    *,
    primary: NDArray[np.bool_],
    earlier: Bounds | None = None,
) -> Demands:
    """Return how uncertain an outsider must be about each suppressed count.

    Parameters
    ----------
    cells, rules
        The model and the thresholds.
    hidden
        Per row.
    primary
        Per row: hidden by the primary rule. The others are hidden to protect these; what earlier releases
        showed of the others is no secret.
    earlier
        What earlier releases say.
    """
    small = small_cells(cells, rules)
    asked = _asked(cells, rules, hidden, small)
    if earlier is not None:
        secret = _asked(cells, rules, primary, small) | small
        asked &= secret | (earlier.high > earlier.low)
    asked |= cells.over_part & small
    # What an earlier release hid stays a secret, shown by a row of today or not.
    asked |= cells.kept & small
    asked &= ~cells.shown_cells(hidden) & ~np.isnan(cells.truth)
    # A zero is no secret; it may be hidden to protect others, and needs no doubt of its own.
    asked &= small | (cells.truth > 0) | rules.zeros
    cell = np.flatnonzero(asked)
    truth, width = cells.truth[cell], rules.width
    limit = _limits(cells, rules)[cell]
    strict = small[cell]
    lowest = np.minimum(floors(cells, rules, hidden)[cell], truth)
    start = np.where(truth - lowest >= width, truth - width, np.floor(lowest))
    least = np.where(rules.zeros, 0.0, 1.0)
    # No more can be asked than the sign of an authority leaves open.
    most = np.minimum(np.maximum(limit, least + width), np.fmax(cells.ceiling[cell], truth))
    return Demands(
        cell=cell,
        low=np.where(strict, np.minimum(least, truth), start),
        high=np.where(strict, most, start + width),
        strict=strict,
    )


def _asked(
    cells: Cells, rules: Rules, hidden: NDArray[np.bool_], small: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which cells the hidden rows must not give away: numerators, and what else is small in them."""
    asked = np.zeros(len(cells.truth), dtype=bool)
    asked[cells.numerator[hidden]] = True
    below = cells.denominator[hidden & (cells.denominator >= 0)]
    asked[below] |= small[below] | rules.denominators
    rest = cells.remainder[hidden]
    asked[rest[(rest >= 0) & small[rest]]] = True
    return asked
