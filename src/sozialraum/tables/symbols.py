"""Signs that stand in a table instead of a number. What they mean depends on the office and on the year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from sozialraum.panel import FLAGS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = [
    "CONVENTIONS",
    "MEANINGS",
    "MISSING",
    "NUMBER",
    "SUPPRESSED",
    "Convention",
    "below_of",
    "is_nothing_said",
    "meanings_of",
    "plain_symbol",
]

MISSING = ("", "-", ".", "...")
SUPPRESSED = ("x", "X", "/", "•")
"""Without a named convention; every cell that was read so is reported."""

Convention = Literal["cautious", "din55301", "din5008", "arbeitsagentur"]

ZERO, SMALL = "zero", "small"
"""Meanings with a value: exactly nothing; more than nothing, but less than half a unit."""

NUMBER = "number"
"""Said of a figure that looks like a code for 'missing' and is none."""

MEANINGS = (ZERO, SMALL, NUMBER, *(flag for flag in FLAGS if flag not in {"ok", "unreliable"}))
"""What a symbol may mean; "unreliable" is said by brackets around a number, or by an "s" behind it."""

_OFFICIAL = {"": "missing", ".": "suppressed", "...": "later", "/": "unknown", "x": "not applicable"}

CONVENTIONS: Mapping[str, Mapping[str, str]] = {
    "cautious": dict.fromkeys(SUPPRESSED, "suppressed") | dict.fromkeys(MISSING, "missing"),
    "din55301": {**_OFFICIAL, "-": ZERO, "0": SMALL, "( )": "unknown"},
    "din5008": {**_OFFICIAL, "-": "missing", "( )": "unknown"},
    "arbeitsagentur": {**_OFFICIAL, "-": ZERO, "*": "suppressed", ".": "unknown"},
}
"""`cautious`: nothing named; no symbol becomes a number.

`din55301` (1978, withdrawn in 2020; statistical offices): ``-`` exactly zero, ``0`` more than nothing but
less than half a unit, ``.`` unknown or secret (taken as secret), ``...`` later, ``/`` not certain enough,
``x`` makes no sense.
`din5008` (newer tables): ``0`` exactly zero, ``-`` no figure, the others alike.
`arbeitsagentur` (Federal Employment Agency): ``*`` secret (counts of 1 and 2 and what gives them away), ``-``
nothing there, ``.`` no record."""

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"))
_BELOW = re.compile(r"(<|\u2264|unter|weniger als)\s?([0-9]{1,3})")
"""Such as ``< 3``: a count that is too small to be told."""


def plain_symbol(cell: str) -> str:
    """Bring typographic variants of one symbol together: any dash, ``…``, ``X``, brackets around nothing."""
    plain = cell if cell.isascii() else cell.translate(_DASHES).replace("\u2026", "...")
    if plain in {"X", "\u00d7", "\u2715"}:
        return "x"
    return "( )" if plain.replace(" ", "") == "()" else plain


def meanings_of(
    convention: str | None = None,
    *,
    missing: Collection[str] | None = None,
    suppressed: Collection[str] | None = None,
    symbols: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the meaning of each symbol of a table.

    Parameters
    ----------
    convention
        One of `CONVENTIONS`; None: "cautious".
    missing, suppressed
        Symbols with these meanings, instead of the convention's.
    symbols
        Further symbols with one of `MEANINGS`; they prevail.

    Returns
    -------
    dict
        Plain symbol (see `plain_symbol`) to meaning; an empty cell is always there.
    """
    found = {plain_symbol(sign): flag for sign, flag in CONVENTIONS[convention or "cautious"].items()}
    for flag, signs in (("suppressed", suppressed), ("missing", missing)):
        if signs is not None:
            found = {sign: meaning for sign, meaning in found.items() if meaning != flag}
            found |= {plain_symbol(sign.strip()): flag for sign in signs}
    found |= {plain_symbol(sign.strip()): meaning for sign, meaning in (symbols or {}).items()}
    return {"": "missing"} | found


_NOTHING_SAID = re.compile(
    r"k\.?\s?a\.?|n\.\s?[vab]\.?|n\.?/a\.?|na|nan|null|none|keine (?:angaben?|daten|werte)|ohne angabe"
    r"|nicht (?:verfügbar|vorhanden|bekannt|ermittelt)|unbekannt|entfällt|fehlt|leer|\(leer\)|missing"
    r"|unknown|not available|-{2,}",
    re.IGNORECASE,
)
"""Words for 'no figure' that no convention knows."""


def is_nothing_said(cell: object) -> bool:
    """Tell whether a cell says in words that there is no figure: ``k. A.``, ``n/a``, ``keine Angabe``."""
    return isinstance(cell, str) and _NOTHING_SAID.fullmatch(cell.strip()) is not None


def is_below(cell: str) -> bool:
    """Tell whether a cell says no more than that its count is small."""
    return _BELOW.fullmatch(cell) is not None


def below_of(cell: object, limit: int | None, flag: str) -> float:
    """Return the largest count that a withheld cell can stand for; NaN if nobody says.

    Parameters
    ----------
    cell
        As written: ``< 3`` says itself what it hides.
    limit
        Counts below this are withheld in the table.
    flag
        What was read in the cell; only "suppressed" hides a count.
    """
    if flag != "suppressed":
        return float("nan")
    found = _BELOW.fullmatch(cell) if isinstance(cell, str) else None
    if found:
        return float(found.group(2)) - (found.group(1) != "\u2264")
    return float("nan") if limit is None else float(limit - 1)
