"""Columns that say of the figures beside them that they are none: zeros for what is secret or unknown."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import shorten
from sozialraum.tables.choice.rows import cell_texts
from sozialraum.tables.decimal_sign import parse_numbers
from sozialraum.tables.symbols import NUMBER, SMALL, ZERO, is_nothing_said, plain_symbol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.columns import Reading, Series
    from sozialraum.tables.decimal_sign import Signs

__all__ = ["is_status", "report_status"]

_HEADINGS = re.compile(
    r"status|qualit|flag|zeichen|fu(?:ß|ss)note|symbol|marker|markierung|geheim|sperr|[_-]q$|hinweis",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"geheim\w*|gesperrt|anonym\w*|unterdrückt|suppressed|secret|confidential", re.IGNORECASE
)

MANY = 8
"""Different texts that such a column has at most."""


def report_status(
    reading: Reading,
    series: Sequence[Series],
    signs: Signs,
    kept: NDArray[np.bool_],
    meanings: Mapping[str, str],
    *,
    named: Collection[int],
) -> None:
    """Ask about figures beside which a column says that there is none.

    Parameters
    ----------
    reading, series, signs, kept, meanings
        The table, its figures, and the rows that count.
    named
        Positions of columns that the user names: they are looked at already.
    """
    places = {one.position: one for one in series}
    for place, heading in enumerate(reading.grid.header):
        left = [position for position in places if position < place]
        if place in places or place in named or not left or not is_status(heading):
            continue
        texts = cell_texts(reading.grid.columns[place])
        found = dict.fromkeys(texts)
        none = [text for text in found if text and _says_none(text, meanings)]
        if not none or len(found) > MANY:
            continue
        one = places[max(left)]
        numbers = parse_numbers(one.column, signs)[one.column.codes]
        wrong = np.flatnonzero(np.isin(texts, none) & kept & ~np.isnan(numbers))
        if not len(wrong):
            continue
        counts = Counter(texts[wrong])
        others = [text for text in found if text not in none]
        values = {
            "number": len(wrong),
            "signs": shorten(f"'{text}' {number}" for text, number in counts.items()),
            "figures": one.column.header,
            "value": f"{numbers[wrong[0]]:g}",
            "others": ", ".join(f'"{text}"' for text in others),
            "sign": texts[wrong[0]],
            "heading": heading,
        }
        reading.add("status_column", row=int(reading.grid.rows[wrong[0]]), column=heading, values=values)


def is_status(heading: str) -> bool:
    """Tell whether a heading is that of a column that says something about the figures beside it."""
    return _HEADINGS.search(heading) is not None


def _says_none(text: str, meanings: Mapping[str, str]) -> bool:
    plain = plain_symbol(text)
    if plain == "-":
        return False  # 'nothing there' beside a zero is what the zero says
    if plain in meanings:
        return meanings[plain] not in {NUMBER, SMALL, ZERO}
    return plain == "*" or is_nothing_said(text) or _SECRET.fullmatch(text) is not None
