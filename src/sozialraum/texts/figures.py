"""Numbers as a sentence of that language shows them."""

from __future__ import annotations

import math
import re

from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

__all__ = ["figure", "spelled_days", "with_unit"]

_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_GERMAN = re.compile(r"\b(\d\d)\.(\d\d)\.(\d{4})\b")


def figure(
    value: float, language: Language = DEFAULT_LANGUAGE, *, decimals: int = 1, signed: bool = False
) -> str:
    """Write a number with the decimal sign and minus of running text; a dash where there is none.

    Examples
    --------
    >>> figure(1234.56), figure(0.5, "en", signed=True), figure(-0.01)
    ('1.234,6', '+0.5', '0,0')
    """
    if not math.isfinite(value):
        return "–"  # noqa: RUF001 - a dash, as tables print it
    rounded = round(value, decimals) + 0.0
    written = f"{rounded:{'+' if signed and rounded else ''},.{decimals}f}".replace("-", "−")  # noqa: RUF001 - the real minus
    if language == "de":
        written = written.translate(str.maketrans(",.", ".,"))
    return written


def with_unit(written: str, unit: str, language: Language = DEFAULT_LANGUAGE) -> str:
    """Put a unit behind a written number: English sets the per cent sign close to it.

    Examples
    --------
    >>> with_unit("7,4", "%"), with_unit("7.4", "%", "en"), with_unit("12", "m²", "en"), with_unit("3", "")
    ('7,4 %', '7.4%', '12 m²', '3')
    """
    return f"{written}{'' if language == 'en' and unit == '%' else ' '}{unit}".strip()


def spelled_days(words: str, language: Language = DEFAULT_LANGUAGE) -> str:
    """Write the days inside a text, ISO or as German sheets have them, as running text of a language does.

    Examples
    --------
    >>> spelled_days("2023-12-31"), spelled_days("by 31.12.2023", "en"), spelled_days("2019-03-04", "en")
    ('31.12.2023', 'by 31 Dec 2023', '4 Mar 2019')
    """
    if language == "de":
        return _ISO.sub(r"\3.\2.\1", words)
    months = text("periods.months", language).split()

    def day(year: str, month: str, number: str) -> str:
        return f"{int(number)} {months[(int(month) - 1) % 12][:3]} {year}"

    words = _ISO.sub(lambda found: day(*found.groups()), words)
    return _GERMAN.sub(lambda found: day(*reversed(found.groups())), words)
