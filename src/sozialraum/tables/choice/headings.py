"""Dates in headings, and columns of dates: recognised by what several of them have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sozialraum.tables.dates import (
    QUARTER_WORDS,
    as_period,
    as_serial,
    numbered_part,
    part_of_year,
)
from sozialraum.tables.layout import DATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.dates import Period

__all__ = [
    "date_in",
    "date_of_name",
    "dated_groups",
    "dates_in",
    "is_date_column",
    "is_part_column",
    "of_another_time",
    "unbroken",
]

_CENTURY = "(?:19|20)[0-9]{2}"
_MONTH = "(?:0[1-9]|1[0-2])"
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_PATTERNS = tuple(
    re.compile(rf"(?<![0-9])(?:{pattern})(?![0-9])")
    for pattern in (
        rf"[0-9]{{1,2}}\.\s?[0-9]{{1,2}}\.\s?{_CENTURY}",
        rf"[0-9]{{1,2}}\.\s[A-Za-zä]{{3,9}}\s{_CENTURY}",
        rf"{_CENTURY}-[0-9]{{2}}-[0-9]{{2}}|{_DAY}-{_MONTH}-{_CENTURY}",
        rf"{_CENTURY}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_CENTURY}",
        rf"{_CENTURY}\s?[/_\u2013-]\s?(?:{_CENTURY}|[0-9]{{2}})",
        rf"[A-Za-zä]{{3,9}}\.?[\s-]?{_CENTURY}",
        rf"(?:IV|I{{1,3}})[/ -]{_CENTURY}|[1-4]\.?[\s-]?(?:Quartal|Q)[\s-]?{_CENTURY}",
        rf"[QH][1-4][ /-]?{_CENTURY}|{_CENTURY}[ /-]?[QH][1-4]|[12]\.?\s?Halbjahr\s{_CENTURY}",
        rf"{_MONTH}[/-]{_CENTURY}|{_CENTURY}{_MONTH}",
        _CENTURY,
    )
)
"""From the most precise on; what one of them finds, the ones after it are not asked about."""

_YEARS = re.compile(rf"(?<![0-9])({_CENTURY})(?![0-9])")

_LIMIT = re.compile(
    r"(?:\b|_)(?:(?:auswertung|ausgabe|auszug|datenabzug|abfrage|bericht|druck) (?:vom|am)"
    r"|(?:erstellt|gedruckt|abgerufen|aktualisiert|veröffentlicht|ausgewertet|exportiert|erzeugt)(?: am)?:?"
    r"|(?:druck|erstellungs|abruf|export)datum:?"
    r"|bis|ab|seit|vor|nach|until|since|before|after|from|\w*jahrg(?:ang|änge)|(?:bau|geburts)jahre?"
    r"|geboren(?: in| im jahr)?|kohorten?|errichtet|gebaut|built|born(?: in)?)[\s_]*$",
    re.IGNORECASE,
)
"""Words that make a date one of the paper, or a year a limit of what is counted: no date of the count."""

_EARLIER = re.compile(r"(?<![a-zäöü])(?:vorjahr|vormonat|vorquartal|vj\.)", re.IGNORECASE)
_CHANGE = re.compile(
    r"veränder|zuwachs|(?:zu|ab)nahme|rückgang|entwicklung|differenz|index|basis|ggü|gegenüber|zum vor|chang",
    re.IGNORECASE,
)
"""What compares two times belongs to the later one, whatever its heading names."""

_BROKEN = re.compile(r"(?<=[a-zäöüß])-\s(?=[a-zäöüß])(?!(?:und|oder|bis|sowie|bzw|u|o)\b)")

_NUMBERED = re.compile(rf"[A-Za-zäöü]{_MONTH}[-_]?{_CENTURY}")
"""``tab10_2022``: the tenth table, or October."""

_PART_OF_YEAR = re.compile(
    r"quart|(?<![a-z])(?:(?:q|hj|h|kw)[\s-]?[0-9]{1,2}(?![0-9])|(?:ws|ss|sj|kgj)[\s-]?[0-9])|[0-9][\s.-]?hj|halbj|semester|schulj|kita-?j"
    r"|kindergartenj|woche",
    re.IGNORECASE,
)
"""In the name of a file: its figures stand for another time than a calendar year."""

_DATE_WORDS = re.compile(
    r"jahr|year|time|^j$|^jg$|stichtag|datum|(?:\b|_)date|zeit|monat|month|quartal|period|stand",
    re.IGNORECASE,
)
_NO_DATE = re.compile(r"bau|geburt|alter|jahrgang|im mittel|durchschnitt|zahl|je\b|pro\b", re.IGNORECASE)


def date_in(heading: str) -> tuple[int, int, Period] | None:
    """Return the one date of a heading with its place; None where there is none, or several, or a limit."""
    for pattern in _PATTERNS:
        found = [
            (match.start(), match.end(), period)
            for match in pattern.finditer(heading)
            if (period := as_period(match.group())) is not None
        ]
        if found:
            start, end, period = found[0]
            alone = len(found) == 1 and not _LIMIT.search(heading[:start])
            return (start, end, period) if alone else None
    return None


def dates_in(text: str) -> list[Period]:
    """Return all dates of a title or a file's name, by the most precise pattern that finds any."""
    for pattern in _PATTERNS:
        found = []
        for match in pattern.finditer(text):
            period = as_period(match.group())
            if period is None:
                continue
            if not _LIMIT.search(text[: match.start()]):
                found.append(period)
            # The year within a day of printing is no better than the day.
            text = text[: match.start()] + "~" * len(match.group()) + text[match.end() :]
        if found:
            return found
    return []


def date_of_name(stem: str) -> Period | None:
    """Return the day, month or year of a file's name; None where there is none, or several, or another kind.

    Parameters
    ----------
    stem
        Name without its ending: ``ew_2022-03``, ``einwohner_31122022``, ``032022_ew``.

    Examples
    --------
    >>> date_of_name("ew_2022_03").end, date_of_name("ew_31122022").end
    ('2022-03-31', '2022-12-31')
    >>> date_of_name("ew_Q1_2022") is None, date_of_name("ew_2020_2021") is None
    (True, True)
    """
    numbers = re.sub(r"(?<=[0-9])_(?=[0-9])", "-", stem)
    words = re.sub(rf"(?<![0-9])({_MONTH})({_CENTURY})(?![0-9])", r"\1-\2", numbers).replace("_", " ")
    found = {period.end: period for period in dates_in(words)}
    (period, *more) = found.values() or (None,)
    if (
        period is None
        or more
        or _NUMBERED.search(stem)
        or period.other
        or period.kind not in {"date", "month", "year"}
    ):
        return None
    # A day of download beside the year of the figures: which of them is meant?
    if any(year not in (period.start[:4], period.end[:4]) for year in _YEARS.findall(words)):
        return None
    # '1. Hj 2022': the year alone is less than the name says.
    return None if period.kind != "date" and _PART_OF_YEAR.search(words) else period


def unbroken(heading: str) -> str:
    """Join a word that a heading parts at the end of its line.

    Examples
    --------
    >>> unbroken("Arbeits- lose"), unbroken("Ein- und Zweipersonen- haushalte")
    ('Arbeitslose', 'Ein- und Zweipersonenhaushalte')
    """
    return _BROKEN.sub("", heading)


def of_another_time(heading: str, day: str | None) -> bool:
    """Tell whether a heading says that its figures are of another time than its table's.

    Parameters
    ----------
    heading
        Of a column of figures.
    day
        The table's date, ISO; None where each row has its own.

    Examples
    --------
    >>> of_another_time("Einwohner 2022", "2023-12-31"), of_another_time("Einwohner 2023", "2023-06-30")
    (True, False)
    >>> of_another_time("Vorjahr", None), of_another_time("Veränderung zum Vorjahr", None)
    (True, False)
    """
    if _CHANGE.search(heading):
        return False
    if _EARLIER.search(heading):
        return True
    if day is None:
        return False
    found = date_in(heading)
    # 'Jan' or 'Q1' alone are those of the table's year.
    period = found[2] if found is not None else as_period(f"{heading.rstrip('.')} {day[:4]}")
    if period is None or period.kind not in {"date", "month", "quarter", "half_year", "year"}:
        return False
    return not period.start <= day <= period.end


def dated_groups(headings: Sequence[str]) -> dict[str, list[str]]:
    """Find headings that differ in nothing but their date.

    Returns
    -------
    dict
        Pattern with `DATE` in the place of the date, to its headings; at least two dates each, all of one
        kind.
    """
    groups: dict[str, dict[str, tuple[str, str]]] = {}
    for heading in headings:
        found = date_in(heading)
        if found is not None:
            start, end, period = found
            pattern = heading[:start] + DATE + heading[end:]
            groups.setdefault(pattern, {})[heading] = (period.end, period.kind)
    return {
        pattern: list(members)
        for pattern, members in groups.items()
        if len({end for end, _ in members.values()}) > 1 and len({kind for _, kind in members.values()}) == 1
    }


def is_part_column(heading: str, cells: NDArray) -> bool:  # type: ignore[type-arg]  # objects of any kind
    """Tell whether a column beside the year says which month or quarter of it: 1 to 12, names, 'Q1'.

    Parameters
    ----------
    heading
        Its name; must speak of months or quarters.
    cells
        One per row; all must be parts of a year.
    """
    quarters = QUARTER_WORDS.search(heading) is not None
    if not quarters and not re.search(r"monat|month|\bmon\b", heading, re.IGNORECASE):
        return False
    return all(part_of_year(2000, cell, quarters=quarters) is not None for cell in set(cells))


def is_date_column(heading: str, cells: NDArray, *, bare: bool = False) -> bool:  # type: ignore[type-arg]  # objects of any kind
    """Tell whether a column says when its rows were counted: ``Jahr``, ``jahr_num``, ``StichTagDatJahr``.

    Parameters
    ----------
    heading
        Its name; must speak of a time, and not of an age or a year of construction.
    cells
        One per row; all that are filled must be dates, or days as spreadsheets count them.
    bare
        Whether the column has no heading; then its cells alone must leave no doubt: whole days.
    """
    if not bare and (not _DATE_WORDS.search(heading) or _NO_DATE.search(heading)):
        return False
    filled = [cell for cell in set(cells) if str(cell).strip()]
    found = [
        as_period(cell) or (None if bare else as_serial(cell) or numbered_part(cell, heading))
        for cell in filled
    ]
    if bare:
        return bool(found) and all(one is not None and one.kind == "date" for one in found)
    return bool(found) and all(one is not None for one in found)
