"""Columns of a release as the atlas page carries them: short, in the districts' order, ready for JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = [
    "P_DIGITS",
    "SIGNIFICANT_DIGITS",
    "Slices",
    "codes",
    "group_lengths",
    "groups",
    "number",
    "numbers",
    "significant",
    "word",
]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LETTERS = np.frombuffer(ALPHABET.encode("ascii"), dtype="S1")
SIGNIFICANT_DIGITS = 5
P_DIGITS = 4


def codes(column: pd.Series, words: Sequence[str], otherwise: str) -> str:
    """Write one digit per cell: the position of its word; no word counts as `otherwise`.

    Raises
    ------
    ValueError
        If a cell holds another word, or there are more words than digits: a mistake of ours.
    """
    digits = {word: str(position) for position, word in enumerate(words)}
    places, known = pd.factorize(column.to_numpy(dtype=object))
    if not digits.keys() >= {*known, otherwise} or len(words) > 10:
        raise ValueError({*known, otherwise} - digits.keys(), len(words))
    told = np.array([*map(digits.__getitem__, known), digits[otherwise]], dtype="S1")
    return told[places].tobytes().decode("ascii")


def significant(column: pd.Series) -> npt.NDArray[np.float64]:
    """Round to the digits that a page needs; whole counts stay whole."""
    cells = column.to_numpy(float)
    size = np.floor(np.log10(np.where(cells != 0, np.abs(cells), 1.0)))
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - size)
    return np.where(cells == np.round(cells), cells, np.round(cells * scale) / scale)


def numbers(column: pd.Series | npt.NDArray[np.float64], decimals: int) -> str | None:
    """Pack numbers into a text that the page unpacks when it needs them (`core/columns.js`).

    A number is a whole one of the unit ``10 ** -decimals``, told as its difference from the number before it,
    sign in the lowest bit, plus one; 0 is a cell without a number. Whole numbers are written in groups of
    five bits like the points of a shape, see `pack_shapes`.

    Returns
    -------
    str or None
        The digits, a colon, the cells; None if there is not one number.
    """
    cells = np.asarray(column, dtype=float)
    empty = ~np.isfinite(cells)
    if empty.all():
        return None
    whole = np.rint(np.where(empty, 0.0, cells) * 10.0**decimals).astype(np.int64)
    while decimals and not (whole % 10).any():
        whole, decimals = whole // 10, decimals - 1
    steps = np.diff(whole[~empty], prepend=0)
    codes = np.zeros(len(cells), dtype=np.int64)
    codes[~empty] = np.where(steps < 0, -2 * steps - 1, 2 * steps) + 1
    return f"{decimals}:{groups(codes)}"


def groups(codes: npt.NDArray[np.int64]) -> str:
    """Write whole numbers in groups of five bits, lowest first, a sixth bit where another group follows."""
    lengths = group_lengths(codes)
    ends = np.cumsum(lengths)
    begins, found = ends - lengths, np.zeros(int(lengths.sum()), dtype=np.int8)
    for place in range(int(lengths.max(initial=0))):
        # Fewer numbers from group to group reach so far.
        longer = lengths > place
        begins, codes, lengths = begins[longer], codes[longer], lengths[longer]
        found[begins + place] = (codes & 31) | np.where(lengths > place + 1, 32, 0)
        codes = codes >> 5
    return LETTERS[found].tobytes().decode("ascii")


def group_lengths(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many characters `groups` writes for each whole number."""
    lengths = np.ones(len(codes), dtype=np.int64)
    rest = codes >> 5
    while rest.any():
        lengths += rest > 0
        rest = rest >> 5
    return lengths


def number(cell: float) -> float | int | None:
    """Return a number ready for JSON; None if it is not finite."""
    if not np.isfinite(cell):
        return None
    return int(cell) if cell == int(cell) else cell


class Slices:
    """Frames taken apart once: which rows belong to an indicator, or a group, at a date.

    Parameters
    ----------
    frame
        Has the columns `by` and `date`, or no rows.
    by
        Name of the other column.
    """

    def __init__(self, frame: pd.DataFrame, by: str = "indicator") -> None:
        self._nothing = frame.iloc[:0]
        groups = () if frame.empty else frame.groupby([by, "date"], sort=False)
        self._parts: dict[tuple[str, str], pd.DataFrame] = {
            (str(name), str(date)): part for (name, date), part in groups
        }

    def at(self, name: str, date: str) -> pd.DataFrame:
        """Return the rows of a name at a date, none if there are none."""
        return self._parts.get((name, date), self._nothing)

    def names(self) -> list[str]:
        """Return the names that occur, in the order of the rows."""
        return list(dict.fromkeys(name for name, _ in self._parts))

    def dates(self, name: str) -> list[str]:
        """Return the dates of a name, ascending."""
        return sorted(date for found, date in self._parts if found == name)


def word(value: object) -> str:
    """Return a text, an empty one for what is missing, with blanks and line breaks tidied."""
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""
