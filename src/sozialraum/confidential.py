"""What the public must not learn: thresholds, and what an outsider is assumed to know already."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sozialraum.arguments import require_fields

__all__ = ["Rules"]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What makes a cell too small for the public, and how well a suppressed count is hidden.

    An outsider is assumed to know the city's totals of every count at every date. Of each suppressed count
    they must not be able to derive an interval narrower than `width`; of a small count (1 up to
    ``minimum_count - 1``) the interval must hold at least 1 to `minimum_count`, so that neither the count nor
    its smallness can be proven.

    Parameters
    ----------
    minimum_count
        Counts from 1 up to one less than this are suppressed (default: 1 and 2).
    minimum_denominator
        No rate is shown on a denominator from 1 up to one less than this; its numerator is suppressed. The
        denominator itself, a number of inhabitants, is confidential only below `minimum_count`.
    minimum_remainder
        Likewise `minimum_count` for the rest, denominator less numerator, of shares (2 of 2 say as much
        as 0 of 2). None leaves the rest out.
    zeros
        Zero counts (and, with `minimum_remainder`, zero rests) are suppressed, too.
    denominators
        Denominators below `minimum_denominator` are confidential, too, wherever they are shown. Hides many
        more rows, as the inhabitants of one age group follow from the others.
    parent_totals
        The outsider also knows the totals of the city's larger areas.
    unpublished_areas
        Names of larger areas whose totals are published nowhere, at least two: an area with one district, or
        with hardly any cases, and another one; else its total is the city's less the others'.
    minimum_width
        Smallest width of the interval, in cases, that an outsider may derive of a suppressed count;
        by default ``minimum_count - 1``.
    rounding
        Counts that are shown are rounded to multiples of this, and rates computed from rounded counts.
    against
        Against whom companions protect. ``"outsider"``: somebody with every total, sum and earlier release;
        as few rows as possible, at secretly drawn prices. ``"method known"``: also somebody who knows the
        method but not the secret; one drawn pattern per group for all dates, at least half of it not small.
        Hides far more, see ``docs/geheimhaltung.md``.
    strict
        Refuse the release if a count cannot be protected, because totals or earlier releases tell too much.
        Otherwise so much is left out around it that this release adds nothing to what they tell, and the
        log says where.
    """

    minimum_count: int = 3
    minimum_denominator: int = 100
    minimum_remainder: int | None = 3
    zeros: bool = False
    denominators: bool = False
    parent_totals: bool = True
    unpublished_areas: tuple[str, ...] = ()
    minimum_width: int | None = None
    rounding: Literal[5, 10] | None = None
    against: Literal["outsider", "method known"] = "outsider"
    strict: bool = False

    def __post_init__(self) -> None:
        # A word that nobody knows would protect against nobody in particular.
        require_fields(self, rounding=(5, 10), against=("outsider", "method known"))

    @property
    def width(self) -> int:
        """Smallest width of an outsider's interval, in cases."""
        return max(1, self.minimum_count - 1) if self.minimum_width is None else self.minimum_width

    def record(self) -> dict[str, Any]:
        """Return all of it ready for JSON."""
        return {**asdict(self), "unpublished_areas": list(self.unpublished_areas)}
