"""Texts and cells that stand for a reference date or a period."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from sozialraum.arguments import checked
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "PERIOD_KINDS",
    "QUARTER_WORDS",
    "Period",
    "PeriodKind",
    "as_date",
    "as_period",
    "as_periods",
    "as_serial",
    "numbered_part",
    "part_of_year",
    "period_label",
]

PeriodKind = Literal[
    "date",
    "month",
    "quarter",
    "half_year",
    "year",
    "school_year",
    "kindergarten_year",
    "window",
    "flow",
]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)
"""Reference date; calendar periods; 1 August to 31 July; several whole years; from one day to another."""

SCHOOL_YEAR_BEGINS = 8
"""Month in which school and kindergarten years begin, by law in all German states."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """What a date cell stands for.

    Parameters
    ----------
    kind
        One of `PERIOD_KINDS`.
    start, end
        First and last day, ISO; equal for a reference date.
    other
        A second reading that the same text allows ("month" for ``2011/12``); "" where there is none.
    """

    kind: PeriodKind
    start: str
    end: str
    other: PeriodKind | Literal[""] = ""


_YEAR4 = r"((?:1[89]|20|21)[0-9]{2})"
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
    | {"sept": 9, "jänner": 1, "maerz": 3, "mrz": 3}
    | _ENGLISH
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_BEFORE = re.compile(
    r"(?:stand|stichtag|datum|am|zum|per|jahr|berichtsjahr|kalenderjahr|berichtsmonat|monat|jahresdurchschnitt"
    r"|jahresmittel|durchschnitt|mittel|Ø)[:.]?\s+",
    re.IGNORECASE,
)
"""Words in front of a date that change nothing about it. 'bis' and 'ab' do."""

_BEHIND = re.compile(
    r"(?:\s?\*{1,3}\)?|\s?[¹²³⁴⁵⁶⁷⁸⁹]+\)?|\s[0-9]\)|\s?\((?:vorläufig|vorl\.|revidiert|geschätzt|endgültig|p|r|s)\))$",
    re.IGNORECASE,
)
"""Marks behind a date: of a footnote, of a figure that is provisional or revised."""


def as_date(value: object) -> str | None:
    """Return `value` as an ISO date; a period stands for its last day. None if it is no date.

    Parameters
    ----------
    value
        Whatever `as_period` knows.
    """
    found = as_period(value)
    return found.end if found is not None else None


@checked(kind=get_args(PeriodKind))
def as_period(value: object, kind: PeriodKind | None = None) -> Period | None:
    """Tell which day or period a cell stands for; None if none.

    Parameters
    ----------
    value
        A date, a number such as 2017 or 202312, or text: ``2017``, ``2017-12-31``, ``31.12.17``,
        ``31. Dezember 2017``, ``Dez 23``, ``2023-12``, ``12/2023``, ``IV/2023``, ``4. Quartal 2023``,
        ``1. Halbjahr 2023``, ``2023/24``, ``Schuljahr 2023/24``, ``Kita-Jahr 2023/24``, ``2019-2021``,
        ``01.01.2023-31.03.2023``.
    kind
        What the user says it is. A period that is said to be a "date" stands for its last day; a text that
        can be read in two ways is read in this one.
    """
    found = _read(value)
    if found is None or kind is None:
        return found
    if kind == "date":
        return Period(kind="date", start=found.end, end=found.end)
    if found.other and found.other == kind:
        return _other(value) or found
    if kind in _PARTS and found.kind == "month":
        # Limits of a month under the name of a quarter would be wrong.
        return _numbered(value, kind) or _ending(found, kind)
    same = {"school_year", "kindergarten_year"}
    if kind in same and found.kind in same:
        return replace(found, kind=kind, other="")
    # A year's or a window's own limits are those of the text; the user only names what it is.
    return replace(found, kind=kind, other="")


SERIALS = (21_186, 80_000)
"""Days as spreadsheets count them from 30 December 1899: 1958 to 2119. Smaller: year and quarter."""


def as_serial(value: object) -> Period | None:
    """Read a day that a spreadsheet wrote as the number it is to it: 44926 is 31.12.2022.

    Only for columns of dates: anywhere else such a number is an amount.

    Examples
    --------
    >>> as_serial(44926).end, as_serial("44926.0").end, as_serial("2022")
    ('2022-12-31', '2022-12-31', None)
    """
    written = str(value).strip().removesuffix(".0")
    if not re.fullmatch(r"[0-9]{5}", written) or not SERIALS[0] <= int(written) <= SERIALS[1]:
        return None
    day = (dt.date(1899, 12, 30) + dt.timedelta(days=int(written))).isoformat()
    return Period(kind="date", start=day, end=day)


def _read(value: object) -> Period | None:
    if isinstance(value, dt.date):
        day = value.isoformat()[:10]
        return Period(kind="date", start=day, end=day)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    written = " ".join(str(value).replace("\u2013", "-").replace("\u2014", "-").split())
    written = _BEFORE.sub("", written, count=1) if _BEFORE.match(written) else written
    written = _BEHIND.sub("", written)
    for pattern, make in _FORMS:
        match = pattern.fullmatch(written)
        found = make(*match.groups()) if match else None
        if found is not None:
            return found
    return None


def _other(value: object) -> Period | None:
    """Return the second reading of a text that has two."""
    written = " ".join(str(value).split())
    pair = re.fullmatch(_YEAR4 + r"[-/_]([0-9]{2})", written)
    return _month(int(pair[1]), int(pair[2])) if pair else _numbered(value, "quarter")


def as_periods(cells: Sequence[object], heading: str, kind: PeriodKind | None = None) -> list[Period | None]:
    """Read the distinct cells of one column: what one of them leaves open, another may decide.

    Parameters
    ----------
    cells, heading
        Distinct; where the heading speaks of quarters, ``202204`` may be one.
    kind
        What the user says they are.

    Examples
    --------
    >>> [one.end for one in as_periods(["202203", "202212"], "Quartal", "quarter")]
    ['2022-03-31', '2022-12-31']
    """
    plain = [as_period(cell) for cell in cells]
    if kind is not None and kind in _PARTS:
        months = [one for one in plain if one is not None and one.kind == "month"]
        if any(int(one.end[5:7]) > _PARTS[kind][0] for one in months):
            # 03, 06, 09, 12: the last months of quarters, and not their numbers.
            return [_ending(one, kind) if one and one.kind == "month" else one for one in plain]
    if kind is not None:
        return [as_period(cell, kind) or numbered_part(cell, heading) for cell in cells]
    found = list(plain)
    for i, (cell, one) in enumerate(zip(cells, plain, strict=True)):
        part = numbered_part(cell, heading)
        if part is not None and (one is None or one.kind == "month"):
            found[i] = part if one is None else replace(one, other=part.kind)
    decided = {one.kind for one in found if one is not None and not one.other}
    # Where one cell of the column leaves no doubt, the others are written in the same way.
    for i, one in enumerate(found):
        if one is not None and one.other and one.kind not in decided:
            found[i] = as_period(cells[i], one.other) if one.other in decided else one
    return found


def numbered_part(cell: object, heading: str) -> Period | None:
    """Read a quarter or half-year by its number, where the heading speaks of them: ``20224``, ``4/2022``."""
    said = next((kind for kind, words in _PART_WORDS.items() if words.search(heading)), None)
    return _numbered(cell, said) if said is not None else None


def _numbered(value: object, kind: PeriodKind) -> Period | None:
    """Read year and number as a part of the year: ``20224``, ``202204``, ``2022-4``, ``04/2022``."""
    written = "".join(str(value).split()).removesuffix(".0")
    for form in (_YEAR4 + r"[-/_]?0?([1-4])", r"0?([1-4])[-/.]" + _YEAR4):
        match = re.fullmatch(form, written)
        if match:
            number, year = sorted(map(int, match.groups()))
            return _half(year, number) if kind == "half_year" else _quarter(year, number)
    return None


def _ending(month: Period, kind: PeriodKind) -> Period | None:
    """Return the part of the year whose last month this is; None if it ends none."""
    last = _PARTS[kind][1]
    year, number = int(month.end[:4]), int(month.end[5:7])
    return None if number % last else _months(kind, year, number - last + 1, number)


_PARTS: dict[PeriodKind, tuple[int, int]] = {"quarter": (4, 3), "half_year": (2, 6)}
"""Parts of a year: how many there are, and how many months they have."""


# --- periods from their parts ---


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        found = dt.date(year, month, day).isoformat()
    except ValueError:
        return None
    return Period(kind="date", start=found, end=found)


def _months(kind: PeriodKind, year: int, first: int, last: int) -> Period:
    end = f"{year:04d}-{last:02d}-{calendar.monthrange(year, last)[1]:02d}"
    return Period(kind=kind, start=f"{year:04d}-{first:02d}-01", end=end)


def _month(year: int, month: int) -> Period | None:
    return _months("month", year, month, month) if 1 <= month <= 12 else None


def _quarter(year: int, quarter: int) -> Period | None:
    return _months("quarter", year, 3 * quarter - 2, 3 * quarter) if 1 <= quarter <= 4 else None


def _half(year: int, half: int) -> Period | None:
    return _months("half_year", year, 6 * half - 5, 6 * half) if 1 <= half <= 2 else None


def _schooling(kind: PeriodKind, first: int, second: int) -> Period | None:
    if second != first + 1:
        return None
    begin = SCHOOL_YEAR_BEGINS
    return Period(kind=kind, start=f"{first}-{begin:02d}-01", end=f"{second}-{begin - 1:02d}-31")


def _window(first: int, last: int) -> Period | None:
    if not first < last <= first + 30:
        return None
    return Period(kind="window", start=f"{first}-01-01", end=f"{last}-12-31")


def _two_digits(written: str, near: int | None = None) -> int:
    """Complete a year of two digits: to the one at or after `near`, else to 1969-2068."""
    number = int(written)
    if len(written) == 4:
        return number
    if near is not None:
        century = near - near % 100
        return century + number + (100 if century + number < near - 50 else 0)
    return 2000 + number if number <= 68 else 1900 + number


def _pair(first: str, sign: str, second: str) -> Period | None:
    """Read two numbers with a sign between them: year and month, school year, or several years."""
    year = int(first)
    last = _two_digits(second, year)
    if last < year and year % 100 == 99 and second == "00":
        last = year + 1
    month = _month(year, int(second)) if len(second) == 2 else None
    if last == year + 1 and (sign == "/" or len(second) == 2):
        schooling = _schooling("school_year", year, last)
        if month is None or schooling is None:
            return schooling
        # A hyphen is how ISO writes a month; a slash is how schools write their year.
        return replace(month, other="school_year") if sign == "-" else replace(schooling, other="month")
    return month or _window(year, last)


def _month_of(name: str) -> int:
    return _MONTH_OF.get(name.lower().strip("."), 0)


def _named(day: str | None, name: str, year: str) -> Period | None:
    month, number = _month_of(name), _two_digits(year)
    if not month:
        return None
    return _day(number, month, int(day)) if day else _month(number, month)


def _numbered_month(month: str, year: str) -> Period | None:
    found = _month(int(year), int(month))
    short = found is not None and len(month) == 1 and int(month) <= 4
    return replace(found, other="quarter") if found is not None and short else found


def _spelled(word: str, first: str, second: str) -> Period | None:
    kind: PeriodKind = "school_year" if word.lower().startswith("s") else "kindergarten_year"
    year = _two_digits(first)
    return _schooling(kind, year, _two_digits(second, year))


def _flow(first: str, last: str) -> Period | None:
    one, two = _read(first.strip()), _read(last.strip())
    if one is None or two is None or {one.kind, two.kind} != {"date"} or one.start > two.end:
        return None
    return Period(kind="flow", start=one.start, end=two.end)


def _quarter_of(quarter: str, year: str) -> Period | None:
    return _quarter(_two_digits(year), _ROMAN.get(quarter.lower()) or int(quarter))


_QUARTER = r"(I{1,3}|IV|[1-4])"
_SCHOOL = r"(Schuljahr|SJ|Kita-?\s?Jahr|KiTa-?jahr|Kindergartenjahr|Kindergarten-Jahr|KGJ|School year)"
_TO = r"\s?(?:-|bis(?: zum)?|to)\s?"

_CLOCK = r"(?: (?:00:00(?::00)?|23:59(?::59)?))?"
"""A day's first or last minute, which databases add."""

_FORMS: tuple[tuple[re.Pattern[str], Callable[..., Period | None]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), make)
    for pattern, make in (
        (_YEAR4 + r"(?:\.0)?", lambda year: _months("year", int(year), 1, 12)),
        (
            r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T](?:00:00(?::00(?:\.0+)?)?|23:59(?::59)?)Z?)?",
            lambda year, month, day: _day(int(year), int(month), int(day)),
        ),
        (
            r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?['\u2019]?([0-9]{4}|[0-9]{2})" + _CLOCK,
            lambda day, month, year: _day(_two_digits(year), int(month), int(day)),
        ),
        (
            r"(1[3-9]|2[0-9]|3[01])[/-]([0-9]{1,2})[/-]([0-9]{4})",
            lambda day, month, year: _day(int(year), int(month), int(day)),
        ),
        (
            r"([0-9]{1,2})/(1[3-9]|2[0-9]|3[01])/([0-9]{4})",
            lambda month, day, year: _day(int(year), int(month), int(day)),
        ),
        (r"M\s?(0?[1-9]|1[0-2])[/ -]" + _YEAR4, lambda month, year: _month(int(year), int(month))),
        (_YEAR4 + r"-?M(0?[1-9]|1[0-2])", lambda year, month: _month(int(year), int(month))),
        (
            _YEAR4 + r"(0[1-9]|1[0-2])([0-3][0-9])",
            lambda year, month, day: _day(int(year), int(month), int(day)),
        ),
        (_YEAR4 + r"(0[1-9]|1[0-2])(?:\.0)?", lambda year, month: _month(int(year), int(month))),
        (_YEAR4 + r"\s?([-/_])\s?([0-9]{2}|(?:1[89]|20|21)[0-9]{2})", _pair),
        (_YEAR4 + r"\s(?:bis|to)\s" + _YEAR4, lambda one, two: _window(int(one), int(two))),
        (r"([0-9]{1,2})[/.]" + _YEAR4, _numbered_month),
        (r"(0[1-9]|1[0-2])-" + _YEAR4, _numbered_month),
        (
            r"(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])" + _YEAR4,
            lambda day, month, year: _day(int(year), int(month), int(day)),
        ),
        (r"(?:([0-9]{1,2})\.?\s)?([A-Za-zä]{3,9})\.?[\s'\u2019-]{0,2}" + _YEAR4, _named),
        (r"()([A-Za-zä]{3,9})\.?[\s'\u2019-]{1,2}([0-9]{2})", _named),
        (r"(I{1,3}|IV)\.?\s?[/ -]\s?([0-9]{4}|[0-9]{2})", _quarter_of),
        (_QUARTER + r"\.?\s?(?:Quartal|Quart\.|Qu\.|Q\.?|quarter)\s?/?\s?([0-9]{4}|[0-9]{2})", _quarter_of),
        (_YEAR4 + r"Q([1-4])", lambda year, quarter: _quarter_of(quarter, year)),
        (r"Q(?:uartal)?\.?\s?" + _QUARTER + r"[\s/-]\s?([0-9]{4}|[0-9]{2})", _quarter_of),
        (
            _YEAR4 + r"[\s/-]\s?(?:Q(?:uartal)?\.?\s?)?" + _QUARTER + r"(?:\.\s?(?:Quartal|Q))?",
            lambda year, quarter: _quarter_of(quarter, year),
        ),
        (r"([12])\.?\s?(?:Halbjahr|Hj\.?)\s?/?\s?" + _YEAR4, lambda half, year: _half(int(year), int(half))),
        (r"H([12])[\s/-]" + _YEAR4, lambda half, year: _half(int(year), int(half))),
        (_YEAR4 + r"[\s/-]\s?H([12])", lambda year, half: _half(int(year), int(half))),
        (_SCHOOL + r"\s?([0-9]{4}|[0-9]{2})\s?[-/]\s?([0-9]{4}|[0-9]{2})", _spelled),
        (r"([0-9.\-]{6,10})" + _TO + r"([0-9.\-]{6,10})", _flow),
    )
)
"""Forms in the order in which they are tried."""


QUARTER_WORDS = re.compile(r"quart|qu\b|\bq\b|vierteljahr", re.IGNORECASE)
"""Headings whose numbers are quarters."""

_PART_WORDS: dict[PeriodKind, re.Pattern[str]] = {
    "quarter": QUARTER_WORDS,
    "half_year": re.compile(r"halbj|\bhj\b", re.IGNORECASE),
}

_PART = re.compile(
    r"(?:Q|Qu\.?|Quartal)?\s?([0-9]{1,2}|I{1,3}|IV)(?:\.0)?\.?\s?(?:Q|Qu|Quartal)?\.?", re.IGNORECASE
)


@lru_cache(maxsize=1000)
def part_of_year(
    year: object, part: object, kind: PeriodKind | None = None, *, quarters: bool = False
) -> Period | None:
    """Read year and month, or year and quarter, that stand in two cells; None if they are none.

    Parameters
    ----------
    year, part
        The cells: ``2022`` beside ``6``, ``Juni``, ``Q2`` or ``2. Quartal``.
    kind
        What the user says it is, as for `as_period`.
    quarters
        Whether plain numbers are quarters.

    Examples
    --------
    >>> part_of_year(2022, "Juni").end, part_of_year("2022", 2, quarters=True).end, part_of_year(2022, "13")
    ('2022-06-30', '2022-06-30', None)
    """
    whole = _read(year)
    written = str(part).strip()
    match = _PART.fullmatch(written)
    if whole is None or whole.kind != "year":
        return None
    number = int(whole.end[:4])
    if match is None:
        found = _month(number, _month_of(written))
    elif quarters or not match[1].isdigit() or not written.removesuffix(".0").strip(".").isdigit():
        found = _quarter_of(match[1].lstrip("0"), str(number)) if match[1].strip("0") else None
    else:
        found = _month(number, int(match[1]))
    if found is None or kind is None:
        return found
    return (
        Period(kind="date", start=found.end, end=found.end) if kind == "date" else replace(found, kind=kind)
    )


@checked(language=get_args(Language))
def period_label(kind: str, start: str, end: str, language: Language = DEFAULT_LANGUAGE) -> str:
    """Say a period as people write it: 'Schuljahr 2022/23', 'IV. Quartal 2023', 'Dezember 2023'.

    Parameters
    ----------
    kind
        One of `PERIOD_KINDS`; "" counts as "date".
    start, end
        First and last day, ISO.
    language
        Of the words.
    """
    first, last = (dt.date.fromisoformat(day) for day in (start or end, end))
    months = text("periods.months", language).split()
    number: object = last.month // 6
    if kind == "quarter":
        number = text("periods.quarters", language).split()[(last.month - 1) // 3]
    values = {
        "day": text("periods.day", language, day=last.day, month=last.month, year=last.year),
        "first": text("periods.day", language, day=first.day, month=first.month, year=first.year),
        "month": months[last.month - 1],
        "number": number,
        "year": last.year,
        "begin": first.year,
        "short": f"{last.year % 100:02d}",
    }
    return text(f"periods.{kind or 'date'}", language, **values)
