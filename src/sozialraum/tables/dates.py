"""Texts and cells that stand for a date."""

from __future__ import annotations

import calendar
import datetime as dt
import re

__all__ = ["as_date"]

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00(?::00)?)?")
_GERMAN = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_YEAR = re.compile(r"(1[89]|20|21)[0-9]{2}(?:\.0)?")
_WORDS = re.compile(r"(?:([0-9]{1,2})\.?\s)?([A-Za-zä]{3,9})\.?\s((?:1[89]|20|21)[0-9]{2})")
_MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_NAMES = (
    *("januar", "februar", "märz", "april", "mai", "juni", "juli"),
    *("august", "september", "oktober", "november", "dezember"),
)
_ENGLISH = {"march": 3, "mar": 3, "may": 5, "october": 10, "oct": 10, "december": 12, "dec": 12} | {
    "january": 1,
    "february": 2,
    "june": 6,
    "july": 7,
}
_MONTH_OF = (
    {name: number for number, name in enumerate(_NAMES, 1)}
    | {name: number for number, name in enumerate(_MONTHS, 1)}
    | {"sept": 9}
    | _ENGLISH
)


def as_date(value: object) -> str | None:
    """Return `value` as an ISO date; a year or a month stands for its last day. None if it is no date.

    Parameters
    ----------
    value
        A date, a number such as 2017, or text: ``2017``, ``2017-12-31``, ``31.12.2017``,
        ``31. Dezember 2017``, ``Dezember 2017``.
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    written = str(value).strip()
    if _YEAR.fullmatch(written):
        return f"{written[:4]}-12-31"
    iso, german = _ISO.fullmatch(written), _GERMAN.fullmatch(written)
    parts = iso.groups() if iso else german.groups()[::-1] if german else None
    if parts is None:
        return _from_words(written)
    return _checked(*map(int, parts))


def _from_words(written: str) -> str | None:
    found = _WORDS.fullmatch(written)
    month = _MONTH_OF.get(found.group(2).lower()) if found else None
    if found is None or month is None:
        return None
    year = int(found.group(3))
    day = int(found.group(1)) if found.group(1) else calendar.monthrange(year, month)[1]
    return _checked(year, month, day)


def _checked(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
