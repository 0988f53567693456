"""Numbers as a sentence of that language shows them."""

from __future__ import annotations

import math

from sozialraum.texts import DEFAULT_LANGUAGE, Language

__all__ = ["figure"]


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
