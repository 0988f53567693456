"""Numbers as a sentence of that language shows them."""

from __future__ import annotations

import math

from sozialraum.texts import DEFAULT_LANGUAGE, Language

__all__ = ["figure", "with_unit"]


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
