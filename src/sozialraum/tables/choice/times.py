"""Several columns with dates: which of them says when the rows were counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.tables.dates import as_periods, as_serial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialraum.tables.dates import Period
    from sozialraum.tables.grid import Grid

__all__ = ["TimeColumns", "choose_time", "unread_times"]

_PAPER = re.compile(
    r"aktualis|änder|aender|export|import|abruf|abzug|abfrage|erstell|druck|daten-?_?stand|stand[ _-]der"
    r"|erfass|lade|load|version|öffentl|oeffentl|publi|bearbeit|letzte|gebiets?-?_?stand|basis|gültig|gueltig|valid"
    r"|update|created|modified",
    re.IGNORECASE,
)
"""Days of the paper, of the districts or of a comparison: not those of the count, where there are others."""

_NEVER = re.compile(r"gebiets?-?_?stand|basis|gültig|gueltig|valid", re.IGNORECASE)
"""What is no time of a count, even where no other column has one."""

_FROM = re.compile(r"(?:^|[\W_])(?:von|ab|beginn|anfang|start|from)(?:$|[\W_])", re.IGNORECASE)
_TO = re.compile(r"(?:^|[\W_])(?:bis|ende?|to|until)(?:$|[\W_])", re.IGNORECASE)

_TIMES = re.compile(
    r"(?<![a-zäöü])(?:jahr|stichtag|datum|date|monat|month|quartal|woche|kw|zeitraum|periode?)"
)


@dataclass(frozen=True, kw_only=True)
class TimeColumns:
    """Positions: of the column with the (last) day, of that with the first, and whether both are doubtful."""

    last: int | None = None
    first: int | None = None
    rivals: tuple[int, ...] = ()


def choose_time(grid: Grid, times: Sequence[int]) -> TimeColumns:
    """Choose among columns that all hold dates.

    A day of export or of the districts counts for nothing beside another; two columns 'von' and 'bis' are one
    period; a time that lies within that of the other column in every row is the more precise. What is left
    then contradicts itself, and is asked about.

    Parameters
    ----------
    grid
        The table.
    times
        Positions of columns with dates.
    """
    counted = [place for place in times if not _PAPER.search(grid.header[place])]
    counted = counted or [place for place in times if not _NEVER.search(grid.header[place])]
    if len(counted) < 2:
        return TimeColumns(last=counted[0] if counted else None)
    periods = {place: _periods(grid, place) for place in counted}
    firsts = [place for place in counted if _FROM.search(grid.header[place])]
    lasts = [place for place in counted if _TO.search(grid.header[place])]
    if len(firsts) == len(lasts) == 1 and firsts != lasts:
        pairs = zip(periods[firsts[0]], periods[lasts[0]], strict=True)
        if all(one and two and one.start <= two.end for one, two in pairs):
            return TimeColumns(last=lasts[0], first=firsts[0])
    best = counted[0]
    for other in counted[1:]:
        if _within(periods[other], periods[best]):
            # Of equals the first stays.
            best = best if _within(periods[best], periods[other]) else other
        elif not _within(periods[best], periods[other]):
            return TimeColumns(last=best, rivals=(best, other))
    return TimeColumns(last=best)


def _periods(grid: Grid, place: int) -> list[Period | None]:
    codes, distinct = pd.factorize(grid.columns[place], use_na_sentinel=False)
    read = as_periods(list(distinct), grid.header[place])
    found = [one or as_serial(cell) for one, cell in zip(read, distinct, strict=True)]
    return [found[code] for code in codes]


def _within(inner: list[Period | None], outer: list[Period | None]) -> bool:
    return all(
        one is None or two is None or (two.start <= one.start and one.end <= two.end)
        for one, two in zip(inner, outer, strict=True)
    )


def unread_times(grid: Grid, taken: set[int]) -> list[tuple[int, str]]:
    """Find columns that speak of a time in a way that cannot be read: ``KW 52/2022``, ``01/06/2022``.

    Parameters
    ----------
    grid
        The table.
    taken
        Positions that are known to be something else.

    Returns
    -------
    list
        Position and first cell.
    """
    found = []
    for place, heading in enumerate(grid.header):
        if place in taken or not _TIMES.search(heading.lower()) or _PAPER.search(heading):
            continue
        cells = [str(cell).strip() for cell in dict.fromkeys(grid.columns[place])]
        cells = [cell for cell in cells if cell]
        words = [cell for cell in cells if re.search(r"[0-9]", cell) and not re.fullmatch(r"[0-9.,]+", cell)]
        if cells and len(words) == len(cells) and len(cells) <= len(grid.rows) / 2:
            found.append((place, cells[0]))
    return found
