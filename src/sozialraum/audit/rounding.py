"""Exact arithmetic on printed figures: what a rounded share and its count leave possible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["Printed", "Range", "Rounding", "Span", "implied_denominator", "implied_shares", "printed"]

Rounding = Literal["half", "cut"]
"""How a figure lost its digits: to the nearest (ties either way), or by cutting them off."""

_FIGURE = re.compile(r"([-\u2212\u2013+]?)(\d+)(?:[.,](\d+))?\s*%?")


@dataclass(frozen=True)
class Range:
    """A closed interval of exact numbers, shown with `digits`.

    An open end, such as that of a cut figure, counts as closed, too: that alarms less.
    """

    lower: Fraction
    upper: Fraction
    digits: int = 2

    def meets(self, other: Range) -> bool:
        """Tell whether the two share a number."""
        return self.lower <= other.upper and other.lower <= self.upper

    def shifted(self, by: int) -> Range:
        """Add a whole number to both ends."""
        return Range(self.lower + by, self.upper + by, self.digits)


@dataclass(frozen=True)
class Printed:
    """A figure as it is printed: a whole number of units of its last digit.

    Parameters
    ----------
    units
        223 for a printed 22.3.
    digits
        Number of digits behind the decimal sign.
    """

    units: int
    digits: int

    @property
    def value(self) -> Fraction:
        """The printed number itself."""
        return Fraction(self.units, 10**self.digits)

    def limits(self, rounding: Rounding = "half") -> tuple[int, int]:
        """Return the ends of what is printed like this, in halves of a unit.

        A tie may have gone either way (half up, half to even, or as binary fractions fall), so both ends
        belong to it.
        """
        twice = 2 * self.units
        if rounding == "half":
            return twice - 1, twice + 1
        return twice - 2 * (twice <= 0), twice + 2 * (twice >= 0)

    def range(self, rounding: Rounding = "half") -> Range:
        """Return every number that is printed like this."""
        lower, upper = self.limits(rounding)
        halves = 2 * 10**self.digits
        return Range(Fraction(lower, halves), Fraction(upper, halves))


def printed(written: str) -> Printed | None:
    """Read a printed figure such as ``22.3``, ``48,0 %`` or ``-1,1``; None if it is none."""
    match = _FIGURE.fullmatch(written.strip())
    if match is None:
        return None
    sign, whole, behind = match.group(1), match.group(2), match.group(3) or ""
    units = int(whole + behind)
    return Printed(units if sign in {"", "+"} else -units, len(behind))


@dataclass(frozen=True)
class Span:
    """Whole numbers from `lower` to `upper`; `upper` None: no limit. Empty if `upper` is below `lower`."""

    lower: int
    upper: int | None

    @property
    def empty(self) -> bool:
        """Tell whether no number is left."""
        return self.upper is not None and self.upper < self.lower

    def meets(self, other: Span) -> bool:
        """Tell whether the two share a number."""
        return not self.common(other).empty

    def common(self, other: Span) -> Span:
        """Return what both leave possible."""
        limits = [span.upper for span in (self, other) if span.upper is not None]
        return Span(max(self.lower, other.lower), min(limits, default=None))

    def gap(self, other: Span) -> Fraction:
        """Return the distance between two disjoint spans relative to the nearer limit; 0 if they meet."""
        common = self.common(other)
        if not common.empty or common.upper is None:
            return Fraction(0)
        return Fraction(common.lower - common.upper, max(common.upper, 1))

    @property
    def width(self) -> Fraction | None:
        """Return the width relative to the lower limit; None if there is no upper limit."""
        return None if self.upper is None else Fraction(self.upper - self.lower, max(self.lower, 1))


def implied_denominator(
    count: int, share: Printed, *, factor: int = 100, bounded: bool = True, rounding: Rounding = "half"
) -> Span:
    """Return the denominators for which `count` out of them is printed as `share`.

    Parameters
    ----------
    count
        The exact numerator.
    share
        The printed figure, ``factor * count / denominator``.
    factor
        100 for per cent.
    bounded
        True if the numerator is a part of the denominator.

    Returns
    -------
    Span
        Empty if no denominator explains the figure.
    """
    low, high = share.limits(rounding)
    least = max(1, count) if bounded else 1
    if high < 0 or (count > 0 and high <= 0):
        return Span(least, least - 1)
    if count == 0:
        return Span(1, None if low <= 0 else 0)
    total = factor * count * 2 * 10**share.digits
    lower, upper = -(-total // high), total // low if low > 0 else None
    if rounding == "cut" and total == lower * high:
        lower += 1  # cutting prints the next figure at the upper end
    return Span(max(least, lower), upper)


def implied_shares(count: int, denominators: Span, *, factor: int = 100, digits: int = 2) -> Range:
    """Return the exact shares that `count` has on these denominators, of which there is at least one."""
    total = factor * count
    lower = Fraction(0) if denominators.upper is None else Fraction(total, denominators.upper)
    return Range(lower, Fraction(total, max(denominators.lower, 1)), digits)
