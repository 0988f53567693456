"""Ranks that published figures claim: 'highest', '3rd', 'lowest (one of nine)', 'dritthöchster Wert'."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialraum.audit.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialraum.audit.published import Figure
    from sozialraum.audit.rounding import Printed, Range

__all__ = ["check_ranks", "is_city", "rank"]

_CITY = re.compile(r"city|total|stadt|gesamtstadt|insgesamt|durchschnitt\w*", re.IGNORECASE)
_HIGH = re.compile(r"highest|h(ö|oe)chst|max", re.IGNORECASE)
_LOW = re.compile(r"lowest|niedrigst|min", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)\s*(?:\.|st|nd|rd|th)", re.IGNORECASE)
_WORDS = {
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "zweit": 2,
    "dritt": 3,
    "viert": 4,
    "fünft": 5,
    "fuenft": 5,
}


def rank(role: str) -> int | None:
    """Return the claimed rank: 1 for the highest, 2 for the second; -1 for the lowest; None if none."""
    number = _NUMBER.match(role.strip())
    word = next((place for name, place in _WORDS.items() if role.casefold().startswith(name)), None)
    place = int(number.group(1)) if number else word or 1
    if _LOW.search(role):
        return -place
    return place if number or word or _HIGH.search(role) else None


def is_city(figure: Figure) -> bool:
    """Tell whether a figure stands for the whole city."""
    return _CITY.fullmatch(figure.role.strip()) is not None


@dataclass(frozen=True)
class _Placed:
    figure: Figure
    rank: int | None
    value: Range

    def should_exceed(self, other: _Placed) -> bool:
        """Tell whether the ranks say that this one is not below the other."""
        if self.rank is None or other.rank is None:
            return False
        same_end = (self.rank > 0) == (other.rank > 0)
        return self.rank < other.rank if same_end else self.rank > 0


def check_ranks(figures: Iterable[Figure]) -> list[Finding]:
    """Find ranks that the figures of one indicator and date contradict, whatever their rounding.

    Where an index or change is printed, the ranks are those of it.
    """
    groups: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for figure in figures:
        ranked = figure.index or figure.change or figure.share
        group = groups[figure.indicator, figure.date]
        group.append(_Placed(figure, None if is_city(figure) else rank(figure.role), ranked.range()))
    return [finding for members in groups.values() for finding in _check_group(members)]


def _check_group(members: list[_Placed]) -> Iterable[Finding]:
    places = [one for one in members if not is_city(one.figure)]
    for one in places:
        for other in places:
            if one.should_exceed(other) and one.value.upper < other.value.lower:
                yield _contradiction("rank", one, other)
    for one in places:
        if one.rank is None:
            continue
        beyond = [other for other in places if other.rank is None and _beyond(one, other)]
        if len(beyond) >= abs(one.rank):
            yield _contradiction("rank_high" if one.rank > 0 else "rank_low", one, beyond[0])
    yield from _check_city(members)


def _beyond(one: _Placed, other: _Placed) -> bool:
    if one.rank is not None and one.rank > 0:
        return other.value.lower > one.value.upper
    return other.value.upper < one.value.lower


def _check_city(members: list[_Placed]) -> Iterable[Finding]:
    """Compare the city with its extremes: a share lies between them, an index need not."""
    for city in members:
        if not is_city(city.figure) or city.figure.index or city.figure.change:
            continue
        for one in members:
            if one.rank == 1 and one.value.upper < city.value.lower:
                yield _contradiction("rank_city_above", one, city)
            if one.rank == -1 and one.value.lower > city.value.upper:
                yield _contradiction("rank_city_below", one, city)


def _contradiction(code: str, one: _Placed, other: _Placed) -> Finding:
    pair = (one.figure, other.figure)
    return Finding(
        kind="rank",
        code=code,
        indicator=one.figure.indicator,
        date=one.figure.date,
        places=tuple(figure.place or figure.key for figure in pair),
        keys=tuple(figure.key for figure in pair if figure.key),
        rows=tuple(figure.row for figure in pair),
        published=_printed(one),
        implied=one.value,
        against=other.value,
        values={
            "place": one.figure.place or one.figure.key,
            "role": one.figure.role,
            "other_place": other.figure.place or other.figure.key,
            "other_role": other.figure.role or "-",
            "other_published": _printed(other),
        },
    )


def _printed(placed: _Placed) -> Printed:
    return placed.figure.index or placed.figure.change or placed.figure.share
