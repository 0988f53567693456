"""What a number format shows instead of the number that is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["NumberFormat", "number_format", "shown_date"]

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<sep>;)|(?P<plain>.)', re.DOTALL
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_SCALE = re.compile(
    r"\b(?:tsd|tausend|thousand|hundert|mio|million(?:en)?|mrd|milliarden?|billion|teur|k)\b|t\s?€",
    re.IGNORECASE,
)
"""Words that say that the number stands for a multiple of itself."""


@dataclass(frozen=True, kw_only=True)
class _Section:
    """One part of a format: what it writes around the digits, and for which numbers."""

    literal: str
    digits: str
    condition: tuple[str, float] | None
    percent: bool
    general: bool

    @property
    def scaled(self) -> bool:
        return self.digits.endswith(",") or bool(_SCALE.search(self.literal))

    @property
    def shows(self) -> bool:
        return self.general or any(sign in self.digits for sign in "0#?")


@dataclass(frozen=True, kw_only=True)
class NumberFormat:
    """A format taken apart."""

    sections: tuple[_Section, ...]

    @property
    def percent(self) -> bool:
        """Whether numbers are shown as a hundred times what is stored."""
        return any(section.percent for section in self.sections)

    @property
    def harmless(self) -> bool:
        """Whether every number is shown as it is stored, but for rounding."""
        return len(self.sections) == 1 and not any(self._judge(value) for value in (-1.0, 0.0, 1.0))

    def judge(self, value: float) -> str:
        """Tell what a reader sees of a stored number.

        Returns
        -------
        str
            "" (the number), "invisible" (nothing), "format" (something else: a sign, another unit, another
            number, the number in brackets).
        """
        return self._judge(value)

    def _judge(self, value: float) -> str:
        section = self._section(value)
        literal = section.literal.strip()
        if not section.shows:
            if not literal:
                return "invisible"
            return "" if value == 0 else "format"
        if value == 0 and not section.general and not set(section.digits) & {"0", "?"} and not literal:
            return "invisible"
        lost_sign = value < 0 and section is not self.sections[0] and not set(literal) & set("-\u2212(\u2013")
        changed = bool(re.search(r"[0-9<>*\u2264]", literal))
        bracketed = value > 0 and "(" in literal and ")" in literal and not re.search(r"\w", literal)
        return "format" if section.scaled or changed or lost_sign or bracketed else ""

    def _section(self, value: float) -> _Section:
        stated = [section for section in self.sections if section.condition is not None]
        for section in stated:
            if _fulfils(value, section.condition):
                return section
        rest = [section for section in self.sections if section.condition is None] or list(self.sections)
        if stated:
            return rest[0]
        if value < 0 and len(rest) > 1:
            return rest[1]
        return rest[2] if value == 0 and len(rest) > 2 else rest[0]


def _fulfils(value: float, condition: tuple[str, float] | None) -> bool:
    if condition is None:
        return False
    sign, limit = condition
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[sign]


@lru_cache(maxsize=512)
def number_format(code: str) -> NumberFormat:
    """Take an Excel format such as ``#,##0.0" Tsd.";-0;;@`` apart."""
    parts: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token["sep"] is not None:
            parts.append([])
        else:
            parts[-1].append(token)
    return NumberFormat(sections=tuple(_parse(part) for part in parts[:3]))


def _parse(tokens: list[re.Match[str]]) -> _Section:
    literal, digits, condition = "", "", None
    words = "".join(token["plain"] or "" for token in tokens)
    general = bool(re.search(r"general|standard|@", words, re.IGNORECASE))
    for token in tokens:
        bracket = token["bracket"]
        if bracket is not None:
            found = _CONDITION.fullmatch(bracket)
            condition = (found[1], float(found[2])) if found else condition
            literal += bracket[1:].split("-")[0] if bracket.startswith("$") else ""
            continue
        literal += token["quoted"] or token["escaped"] or ""
        plain = token["plain"]
        if plain is None:
            continue
        if plain in "0#?.,/":
            digits += plain
        elif plain != "%" and not general:
            literal += plain
    return _Section(
        literal=re.sub(r"[eE][+-]?$", "", literal),
        digits=digits.strip("."),
        condition=condition,
        percent="%" in words,
        general=general,
    )


def shown_date(day: dt.date, code: str) -> dt.date | str:
    """Return a date as a reader sees it: a first day that is shown as month or year is that month or year.

    Parameters
    ----------
    day
        As stored.
    code
        Of the format.

    Examples
    --------
    >>> import datetime as dt
    >>> shown_date(dt.date(2022, 6, 1), "mmm yy"), shown_date(dt.date(2022, 1, 1), "yyyy")
    ('06/2022', '2022')
    >>> shown_date(dt.date(2022, 6, 1), "dd.mm.yyyy"), shown_date(dt.date(2022, 6, 30), "yyyy")
    (datetime.date(2022, 6, 1), datetime.date(2022, 6, 30))
    """
    letters = "".join(token["plain"] or "" for token in _TOKEN.finditer(code.partition(";")[0])).lower()
    if day.day != 1 or set(letters) & set("dth") or not set(letters) & set("yj"):
        return day
    if "m" in letters:
        return f"{day.month:02d}/{day.year}"
    return str(day.year) if day.month == 1 else day
