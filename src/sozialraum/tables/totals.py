"""Rows that sum up others: told by arithmetic and by their words, so that no sum passes for a district."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

__all__ = ["Total", "find_totals", "is_no_district", "is_total_word"]

CHANCE = 1.5
"""Decimal digits that must agree even where the label suggests a sum: 1 + 2 = 3 may well be chance."""

DIGITS = 9.0
"""Decimal digits that must agree before a row without such a word or name is taken for a sum."""

NEAR = 60
"""Rows above or below that such a row may sum up."""

_WORDS = re.compile(
    r"(?:^|\b)(?:insgesamt|zusammen|summen?|(?:gesamt|zwischen|teil|end)summe|gesamt|gesamt(?:stadt|ergebnis)"
    r"|(?:sub)?total|durchschnitt|mittelwert)(?:\b|$)|^Ø",
    re.IGNORECASE,
)

_OUTSIDE = re.compile(
    r"(?:^|\b)(?:nicht (?:zu(?:zu)?ord(?:en|n)bar|zugeordnet|zuordbar|verortbar|lokalisierbar|verortet)"
    r"|ohne (?:angabe|zuordnung|festen wohnsitz|feste adresse|adresse)|keine (?:angabe|zuordnung)n?|unbekannt"
    r"|unzugeordnet|o\.\s?a\.|k\.\s?a\.|au(?:ß|ss)erhalb|auswärts|auswärtige|not assigned|unknown)(?:\b|$)",
    re.IGNORECASE,
)
"""What could be given no district."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """One row that is a sum.

    Parameters
    ----------
    record
        Its position.
    label
        What it is called.
    parts
        Positions of the rows that it sums up; empty if only its name says that it is a sum.
    matching, columns
        In how many columns the sum is exact, out of those in which all parts are known.
    named
        Whether its label, too, suggests a sum.
    """

    record: int
    label: str
    parts: tuple[int, ...] = ()
    matching: int = 0
    columns: int = 0
    named: bool = True


def is_total_word(label: object) -> bool:
    """Tell whether a label says that its row is a sum."""
    return isinstance(label, str) and _WORDS.search(label) is not None


def is_no_district(label: object) -> bool:
    """Tell whether a label says that its row is a sum, or what could be given no district."""
    return is_total_word(label) or (isinstance(label, str) and _OUTSIDE.search(label) is not None)


def find_totals(
    labels: Sequence[str | None],
    dates: Sequence[object],
    numbers: NDArray[np.float64],
    stated: Collection[str] | None = None,
    *,
    doubled: bool = False,
    asked: NDArray[np.bool_] | None = None,
) -> list[Total]:
    """Find the rows that sum up rows above or below them.

    A row is a candidate if its label says so, or with `doubled` if another row of the same date has the same
    label: a city district is often called like one of its quarters. Any other row is taken for a sum only if
    so many digits agree that chance is out of the question. A column proves nothing where all parts but one
    are zero, and a column of whole numbers that does not add up refutes.

    Parameters
    ----------
    labels, dates
        One per row; rows add up within one date only.
    numbers
        Rows x columns; NaN where there is no number.
    stated
        Labels that have a sum; no others are looked at. None: recognised.
    doubled
        Whether equal labels are candidates; not where rows are told apart by keys.
    asked
        Per column whether its contradiction counts; all by default. Columns that nobody asked for may be
        codes and years.
    """
    asked = np.ones(numbers.shape[1], dtype=bool) if asked is None else asked
    frame = pd.DataFrame({"label": list(labels), "date": list(dates)}, dtype=object)
    found: list[Total] = []
    for _, group in frame.groupby("date", sort=False, dropna=False):
        records = np.sort(group.index.to_numpy())
        own = _Rows(
            labels=[labels[record] for record in records],
            numbers=numbers[records],
            refuting=asked & _are_counts(numbers[records]),
            stated=stated,
            doubled=doubled,
        )
        found += [
            replace(
                total, record=int(records[total.record]), parts=tuple(int(records[i]) for i in total.parts)
            )
            for total in own.totals()
        ]
    return sorted(found, key=lambda total: total.record)


def _are_counts(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which columns hold nothing but whole numbers: only those must add up."""
    known = ~np.isnan(numbers)
    whole = ~known | ((numbers % 1 == 0) & (numbers >= 0))
    return np.asarray(whole.all(axis=0) & known.any(axis=0))


class _Rows:
    """The rows of one date, and which of them have been found to be sums."""

    def __init__(
        self,
        *,
        labels: list[str | None],
        numbers: NDArray[np.float64],
        refuting: NDArray[np.bool_],
        stated: Collection[str] | None,
        doubled: bool,
    ) -> None:
        self.labels, self.numbers, self.refuting, self.stated = labels, numbers, refuting, stated
        counts = Counter(label for label in labels if label is not None)
        self.alone = {label for label, number in counts.items() if number == 1}
        self.words = [i for i, label in enumerate(labels) if label is not None and self._is_word(label)]
        self.double = (
            [i for i, label in enumerate(labels) if label is not None and label not in self.alone]
            if doubled and stated is None
            else []
        )
        if len(self.double) * 2 > len(labels):
            self.double = []  # rows of one district that differ in something else, no sums
        self.reach = len(labels) if len(self.words) < NEAR else NEAR
        self.open = np.ones(len(labels), dtype=bool)
        self.found: dict[int, Total] = {}

    def _is_word(self, label: str) -> bool:
        return label in self.stated if self.stated is not None else is_total_word(label)

    def totals(self) -> list[Total]:
        """Look at inner sums first, so that the city's total adds up districts and not their sums again."""
        before = -1
        while before < len(self.found):
            before = len(self.found)
            if self.stated is None:
                self._unnamed()
            self._named()
        for record in self.words:
            label = str(self.labels[record])
            if record not in self.found and label in self.alone:
                self.found[record] = Total(record=record, label=label)
        return list(self.found.values())

    def _left(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.open)

    def _named(self) -> None:
        named = {*self.words, *self.double} - set(self.found)
        words = set(self.words)
        for record in sorted(named, key=lambda record: float(np.nansum(self.numbers[record]))):
            left = self._left()
            place = int(np.searchsorted(left, record))
            reach = self.reach if record in words else NEAR
            below, above = left[place + 1 :][:reach], left[:place][::-1][:reach]
            orders = [below, above]
            if record in words and self.reach == len(self.labels):
                orders.append(np.delete(left, place))
            matches = [match for order in orders if (match := self._match(record, order))]
            best = max(matches, key=lambda match: match.digits, default=None)
            if best is not None and best.digits >= CHANCE:
                self._keep(record, best, named=True)

    def _keep(self, record: int, match: _Match, *, named: bool) -> None:
        self.open[record] = False
        self.found[record] = Total(
            record=record,
            label=str(self.labels[record]),
            parts=tuple(sorted(match.parts)),
            matching=match.matching,
            columns=match.columns,
            named=named,
        )

    def _match(self, record: int, order: NDArray[np.int64]) -> _Match | None:
        """Find how many of the next rows add up to this one, in at least half of the comparable columns."""
        own = self.numbers[record]
        if len(order) < 2 or not (own > 0).any():
            return None
        parts = self.numbers[order]
        running = np.cumsum(parts, axis=0)
        several = np.cumsum(parts != 0, axis=0) > 1
        equal = _equal(running, own) & (own > 0)
        equal[0] = False
        # A word says itself that the row is a sum; of others every count must add up.
        refuted = np.zeros(len(order), dtype=bool)
        if not is_total_word(self.labels[record]) and self.stated is None:
            both = ~np.isnan(running) & ~np.isnan(own) & self.refuting
            refuted = (both & ~_equal(running, own)).any(axis=1)
        proving = equal & several & ~refuted[:, None]
        length = int(proving.sum(axis=1).argmax())
        matching = int(proving[length].sum())
        comparable = int((~np.isnan(running[length]) & (own > 0) & several[length]).sum())
        if not matching or matching * 2 < comparable:
            return None
        return _Match(
            parts=tuple(int(i) for i in order[: length + 1]),
            matching=matching,
            columns=comparable,
            digits=_digits(own[proving[length]]),
        )

    def _unnamed(self) -> None:
        """Compare every row with the sums of the next rows above and below it, all rows at once."""
        left = self._left()
        numbers = self.numbers[left]
        enough = np.log10(np.where(numbers > 1, numbers, 1.0)).sum(axis=1) >= DIGITS
        if len(left) < 3 or not enough.any():
            return
        hits = np.zeros(len(left), dtype=bool)
        for step in (1, -1):
            hits |= _near(numbers[::step], enough[::step])[::step]
        for place in np.flatnonzero(hits & enough):
            orders = [left[place + 1 :][:NEAR], left[:place][::-1][:NEAR]]
            matches = [match for order in orders if (match := self._match(int(left[place]), order))]
            best = max(matches, key=lambda match: match.digits, default=None)
            if best is not None and best.digits >= DIGITS:
                self._keep(int(left[place]), best, named=False)


def _near(numbers: NDArray[np.float64], enough: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows may be the sum of rows right below them; a quick look that misses none."""
    rows = len(numbers)
    found = np.zeros(rows, dtype=bool)
    running = np.zeros_like(numbers)
    digits = np.log10(np.where(numbers > 1, numbers, 1.0))
    unsettled = np.flatnonzero(enough)
    for step in range(1, min(NEAR, rows - 1) + 1):
        unsettled = unsettled[unsettled + step < rows]
        if not len(unsettled):
            break
        running[unsettled] += numbers[unsettled + step]
        now, own = running[unsettled], numbers[unsettled]
        if step > 1:
            found[unsettled] |= np.where(_equal(now, own), digits[unsettled], 0).sum(axis=1) >= DIGITS
        # A row that every column has overtaken can no longer become the sum of more rows.
        unsettled = unsettled[(now <= own * (1 + 1e-9) + 1e-6).any(axis=1)]
    return found


def _equal(sums: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(sums - own) <= 1e-6 + 1e-9 * np.abs(own))


@dataclass(frozen=True, kw_only=True)
class _Match:
    """Rows that add up to another one, in how many columns, and how many decimal digits agree in all."""

    parts: tuple[int, ...]
    matching: int
    columns: int
    digits: float


def _digits(numbers: NDArray[np.float64]) -> float:
    """Add up the decimal digits before the point."""
    return float(np.log10(numbers[numbers > 1]).sum())
