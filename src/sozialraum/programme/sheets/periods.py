"""Reference days and periods as the programme's sheets write them, and which date of the data they mean."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import TYPE_CHECKING

from sozialraum.tables.dates import as_date

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["as_period", "matching_date", "period_bounds", "period_year"]

_YEAR = re.compile(r"(1[89]|20|21)[0-9]{2}")
_SPAN = re.compile(
    r"(?:(?:Schul|Kita|Kindergarten)jahr )?((?:1[89]|20|21)[0-9]{2})\s?[/\u2013]\s?((?:[0-9]{2}){1,2})",
    re.IGNORECASE,
)
_MONTH = re.compile(r"([0-9]{1,2})[/.]((?:1[89]|20|21)[0-9]{2})|((?:1[89]|20|21)[0-9]{2})-([0-9]{2})")
_TWO_READINGS = re.compile(r"[0-9]{4}\s?[/-]\s?[0-9]{2}")
"""A month of the year, or a year that begins and one that ends: asked, never guessed."""
_WORD = re.compile(r"([A-Za-zä]{3,9})\.?\s((?:1[89]|20|21)[0-9]{2})")
_QUARTER = re.compile(
    r"(?:(?P<roman>IV|I{1,3})|(?P<number>[1-4])\. Quartal|Q(?P<q>[1-4]))[/ ](?P<year>(?:1[89]|20|21)[0-9]{2})"
    r"|(?P<first>(?:1[89]|20|21)[0-9]{2})-Q(?P<last>[1-4])"
)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
SCHOOL_YEAR_ENDS = (7, 31)
"""A school or day-care year runs from 1 August to 31 July."""


def as_period(value: object) -> str | None:
    """Return a period in one spelling; None if it is none.

    Parameters
    ----------
    value
        A date, a year, or text: ``31.12.2007``, ``2007``, ``2009/10``, ``12/2007``, ``Dez 2007``,
        ``IV/2007``.

    Returns
    -------
    str
        ``"2007-12-31"``, ``"2007"``, ``"2009/10"``, ``"2007-12"`` or ``"2007-Q4"``.
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    written = " ".join(str(value).split())
    if _YEAR.fullmatch(written):
        return written
    found = _school_year(written) or _quarter(written) or _numbered_month(written)
    if found:
        return found
    if _TWO_READINGS.fullmatch(written):
        return None
    day = as_date(written)
    return day[:7] if day and _WORD.fullmatch(written) else day


def _school_year(written: str) -> str | None:
    span = _SPAN.fullmatch(written)
    if span is None:
        return None
    first, last = int(span.group(1)), int(span.group(2))
    return f"{first}/{(first + 1) % 100:02d}" if last in {first + 1, (first + 1) % 100} else None


def _quarter(written: str) -> str | None:
    found = _QUARTER.fullmatch(written)
    if found is None:
        return None
    number = _ROMAN.get(found["roman"] or "") or found["number"] or found["q"] or found["last"]
    return f"{found['year'] or found['first']}-Q{number}"


def _numbered_month(written: str) -> str | None:
    """Read a month; ``2007-08`` may as well mean the school year and is left to be asked for."""
    found = _MONTH.fullmatch(written)
    if found is None:
        return None
    month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
    if found[3] and int(month) == (int(year) + 1) % 100:
        return None
    return _month(int(year), int(month))


def _month(year: int, month: int) -> str | None:
    return f"{year}-{month:02d}" if 1 <= month <= 12 else None


def period_bounds(period: str) -> tuple[str, str]:
    """Return the first and the last day of a period from `as_period`, as ISO dates."""
    year = int(period[:4])
    if "/" in period:
        month, day = SCHOOL_YEAR_ENDS
        return f"{year}-{month + 1:02d}-01", f"{year + 1}-{month:02d}-{day}"
    if "Q" in period:
        first = 3 * int(period[-1]) - 2
        return f"{year}-{first:02d}-01", _last_day(year, first + 2)
    parts = period.split("-")
    if len(parts) == 1:
        return f"{year}-01-01", f"{year}-12-31"
    if len(parts) == 2:
        return f"{period}-01", _last_day(year, int(parts[1]))
    return period, period


def _last_day(year: int, month: int) -> str:
    return f"{year}-{month:02d}-{calendar.monthrange(year, month)[1]}"


def period_year(period: str) -> int:
    """Return the year in which a period ends."""
    return int(period_bounds(period)[1][:4])


def matching_date(period: str, dates: Iterable[str]) -> str | None:
    """Find the date of the data that a period of the sheets means; None if there is none.

    A day means itself. A year, a quarter, a month or a school year means the date that has the same
    spelling or, failing that, the last reference day inside it.
    """
    known = sorted(set(map(str, dates)))
    if period in known:
        return period
    first, last = period_bounds(period)
    if first == last:
        same = [
            date
            for date in known
            if (as_period(date) or "") and period_bounds(as_period(date) or "")[1] == last
        ]
        return same[-1] if same else None
    inside = [date for date in known if first <= date <= last]
    return inside[-1] if inside else None
