"""Columns of a release as the atlas page carries them: short, in the districts' order, ready for JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.distinct import groups_of, kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Cells = npt.NDArray[Any]

__all__ = [
    "P_DIGITS",
    "SIGNIFICANT_DIGITS",
    "Slices",
    "codes",
    "group_lengths",
    "groups",
    "number",
    "numbers",
    "rows_of",
    "significant",
    "word",
]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LETTERS = np.frombuffer(ALPHABET.encode("ascii"), dtype="S1")
SIGNIFICANT_DIGITS = 5
P_DIGITS = 4
BITS = 5


def codes(column: pd.Series | Cells, words: Sequence[str], otherwise: str) -> str:
    """Write one digit per cell: the position of its word; no word counts as `otherwise`.

    Raises
    ------
    ValueError
        If a cell holds another word, or there are more words than digits: a mistake of ours.
    """
    digits = {word: str(position) for position, word in enumerate(words)}
    places, known = pd.factorize(np.asarray(column, dtype=object))
    if not digits.keys() >= {*known, otherwise} or len(words) > 10:
        raise ValueError({*known, otherwise} - digits.keys(), len(words))
    told = np.array([*map(digits.__getitem__, known), digits[otherwise]], dtype="S1")
    return told[places].tobytes().decode("ascii")


def significant(cells: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round to the digits that a page needs; whole counts stay whole."""
    size = np.floor(np.log10(np.where(cells != 0, np.abs(cells), 1.0)))
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - size)
    return np.where(cells == np.round(cells), cells, np.round(cells * scale) / scale)


def numbers(column: pd.Series | Cells, decimals: int) -> str | None:
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
    known = np.isfinite(cells)
    if not known.any():
        return None
    whole = np.rint(cells[known] * 10.0**decimals).astype(np.int64)
    while decimals and not (whole % 10).any():
        whole, decimals = whole // 10, decimals - 1
    steps = whole.copy()
    steps[1:] -= whole[:-1]
    codes = np.zeros(len(cells), dtype=np.int64)
    codes[known] = np.where(steps < 0, -2 * steps - 1, 2 * steps) + 1
    return f"{decimals}:{groups(codes)}"


def groups(codes: npt.NDArray[np.int64]) -> str:
    """Write whole numbers in groups of five bits, lowest first, a sixth bit where another group follows."""
    most = max(1, -(-int(codes.max(initial=0)).bit_length() // BITS))
    # A row per number, a column per group.
    found, needed = np.zeros((len(codes), most), dtype=np.uint8), np.ones((len(codes), most), dtype=bool)
    for place in range(most):
        rest = codes >> BITS * place
        found[:, place] = (rest & 31) | ((rest > 31) << BITS)
        if place:
            needed[:, place] = rest > 0
    return str(LETTERS[found[needed]].tobytes(), "ascii")


def group_lengths(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many characters `groups` writes for each whole number."""
    lengths = np.ones(len(codes), dtype=np.int64)
    rest = codes >> BITS
    while rest.any():
        lengths += rest > 0
        rest = rest >> BITS
    return lengths


def number(cell: float) -> float | int | None:
    """Return a number ready for JSON; None if it is not finite."""
    if not np.isfinite(cell):
        return None
    return int(cell) if cell == int(cell) else cell


class Slices:
    """Frames taken apart once: what stands at each district, by indicator, or group, and date.

    Parameters
    ----------
    frame
        One row per district and names, the district in its index; or no rows.
    districts
        Give the order of the cells.
    columns
        Those that are asked for; what the frame has not is left out.
    by
        Names of the columns that tell the slices apart.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        districts: pd.Index,
        columns: Sequence[str],
        by: Sequence[str] = ("indicator", "date"),
    ) -> None:
        self._rows: dict[tuple[str, ...], int] = {}
        self._columns: dict[str, Cells] = {}
        if frame.empty:
            return
        places = districts.get_indexer(frame.index)
        frame, places = kept(frame, places >= 0), places[places >= 0]
        groups, first = groups_of(frame, by)
        names = (map(str, frame[column].iloc[first]) for column in by)
        self._rows = {name: row for row, name in enumerate(zip(*names, strict=True))}
        shape, targets = (len(first), len(districts)), groups * len(districts) + places
        for column in columns:
            if column in frame:
                self._columns[column] = _spread(frame[column], shape, targets)

    def at(self, *names: str) -> dict[str, Cells]:
        """Return the cells of each column in the order of the districts; none if there are no such rows."""
        row = self._rows.get(names)
        return {} if row is None else {column: cells[row] for column, cells in self._columns.items()}

    def last(self, *names: str) -> list[str]:
        """Return the last names of those that begin with these, in the order of the rows."""
        return [last for *begin, last in self._rows if tuple(begin) == names]

    def names(self) -> list[str]:
        """Return the first names that occur, in the order of the rows."""
        return list(dict.fromkeys(first for first, *_ in self._rows))

    def dates(self, name: str) -> list[str]:
        """Return the dates of a name, ascending."""
        return sorted(self.last(name))


def _spread(column: pd.Series, shape: tuple[int, int], targets: npt.NDArray[np.intp]) -> Cells:
    """Put cells where they belong in a table of slices and districts; numbers stay numbers."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        cells, spread = column.to_numpy(dtype=float, na_value=np.nan), np.full(shape, np.nan)
    else:
        cells, spread = column.to_numpy(dtype=object), np.full(shape, None, dtype=object)
    spread.reshape(-1)[targets] = cells
    return spread


def rows_of(frame: pd.DataFrame) -> dict[tuple[str, str], dict[Any, Any]]:
    """Return the rows of a frame that has one row per indicator and date, by both."""
    return {(str(row["indicator"]), str(row["date"])): row for row in frame.to_dict("records")}


def word(value: object) -> str:
    """Return a text, an empty one for what is missing, with blanks and line breaks tidied."""
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""
