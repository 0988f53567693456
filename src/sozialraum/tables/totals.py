"""Rows that sum up others: told by arithmetic and by their words, so that no sum passes for a district."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

__all__ = ["Total", "find_totals", "is_total_word"]

CHANCE = 1.5
"""Decimal digits that must agree even where the label suggests a sum: 1 + 2 = 3 may well be chance."""

DIGITS = 9.0
"""Decimal digits that must agree before a row without such a word or name is taken for a sum."""

NEAR = 60
"""Rows above or below that such a row may sum up."""

_WORDS = re.compile(
    r"(?:^|\b)(?:insgesamt|zusammen|summe|gesamtsumme|gesamt|gesamtstadt|total)(?:\b|$)", re.IGNORECASE
)


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


def find_totals(
    labels: Sequence[str | None],
    dates: Sequence[str | None],
    numbers: NDArray[np.float64],
    stated: Collection[str] | None = None,
    *,
    doubled: bool = False,
) -> list[Total]:
    """Find the rows that sum up rows above or below them.

    A row is a candidate if its label says so, or with `doubled` if another row of the same date has the same
    label: a city district is often called like one of its quarters. Any other row is taken for a sum only if
    so many digits agree that chance is out of the question.

    Parameters
    ----------
    labels, dates
        One per row.
    numbers
        Rows x columns; NaN where there is no number.
    stated
        Labels that have a sum; no others are looked at. None: recognised.
    doubled
        Whether equal labels are candidates; not where rows are told apart by keys.
    """
    found: list[Total] = []
    frame = pd.DataFrame({"label": list(labels), "date": list(dates)}, dtype=object)
    for _, group in frame.groupby("date", sort=False, dropna=False):
        records = group.index.to_numpy()
        double = set(group["label"][group["label"].duplicated(keep=False)].dropna())
        candidates = [
            record
            for record, label in zip(records, group["label"], strict=True)
            if label is not None
            if (
                label in stated
                if stated is not None
                else is_total_word(label) or (doubled and label in double)
            )
        ]
        found += _of_one_date(records, candidates, frame["label"], numbers, stated)
    return sorted(found, key=lambda total: total.record)


def _of_one_date(
    records: NDArray[np.int64],
    candidates: Collection[int],
    labels: pd.Series,
    numbers: NDArray[np.float64],
    stated: Collection[str] | None,
) -> list[Total]:
    """Look at inner sums first, so that the city's total adds up districts and not their sums again."""
    found: dict[int, Total] = {}
    records = np.sort(records)
    looked_at = candidates if stated is not None else records
    for record in sorted(map(int, looked_at), key=lambda record: np.nansum(numbers[record])):
        named = record in candidates
        if not named and _digits(numbers[record]) < DIGITS:
            continue
        place = int(np.searchsorted(records, record))
        after = (int(other) for other in records[place + 1 :] if int(other) not in found)
        before = (int(other) for other in records[:place][::-1] if int(other) not in found)
        reach = None if named else NEAR
        below, above = list(islice(after, reach)), list(islice(before, reach))
        orders = [below, above, sorted([*above, *below])] if named else [below, above]
        matches = [match for order in orders if (match := _match(record, order, numbers))]
        best = max(matches, key=lambda match: match.digits, default=None)
        if best is not None and best.digits >= (CHANCE if named else DIGITS):
            found[record] = Total(
                record=record,
                label=str(labels[record]),
                parts=tuple(sorted(best.parts)),
                matching=best.matching,
                columns=best.columns,
                named=named,
            )
    for record in candidates:
        alone = sum(labels[other] == labels[record] for other in records) == 1
        named = is_total_word(labels[record]) or (stated is not None and labels[record] in stated)
        if record not in found and alone and named:
            found[record] = Total(record=record, label=str(labels[record]))
    return list(found.values())


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


def _match(record: int, order: Sequence[int], numbers: NDArray[np.float64]) -> _Match | None:
    """Find how many of the next rows add up to this one, in at least half of the comparable columns."""
    own = numbers[record]
    if len(order) < 2 or not (own > 0).any():
        return None
    running = np.cumsum(numbers[list(order)], axis=0)
    equal = (np.abs(running - own) <= 1e-6 + 1e-9 * np.abs(own)) & (own > 0)
    equal[0] = False
    per_length = equal.sum(axis=1)
    length = int(per_length.argmax())
    matching = int(per_length[length])
    comparable = int((~np.isnan(running[length]) & (own > 0)).sum())
    if not matching or matching * 2 < comparable:
        return None
    digits = _digits(own[equal[length]])
    return _Match(parts=tuple(order[: length + 1]), matching=matching, columns=comparable, digits=digits)
