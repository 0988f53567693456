"""Columns of a release as the atlas page carries them: short, in the districts' order, ready for JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["P_DIGITS", "SIGNIFICANT_DIGITS", "Slices", "codes", "number", "numbers", "significant", "word"]

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
    told = [cell if isinstance(cell, str) else otherwise for cell in column.tolist()]
    if not digits.keys() >= set(told) or len(words) > 10:
        raise ValueError(set(told) - digits.keys(), len(words))
    return "".join(map(digits.__getitem__, told))


def significant(column: pd.Series) -> pd.Series:
    """Round to the digits that a page needs; whole counts stay whole."""
    size = np.floor(np.log10(column.abs().where(column != 0, 1.0)))
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - size)
    rounded = (column * scale).round() / scale
    return column.where(column == column.round(), rounded)


def numbers(column: pd.Series, decimals: int) -> list[float | int | None] | None:
    """Return numbers ready for JSON, NaN as None, whole numbers without a point; None if there are none."""
    cells = column.to_numpy(float)
    if np.isnan(cells).all():
        return None
    return [number(cell) for cell in cells.round(decimals).tolist()]


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
