"""Single cells: what a text can mean as a date or as a number, and which signs a file's numbers use.

A recognition is made from evidence in the whole file or not at all: `1.234` alone stays a question.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

__all__ = ["NumberColumn", "Signs", "as_date", "number_column", "parse_numbers", "recognise_signs"]

BLANKS = " \u00a0\u202f\u2009'\u2019"
"""Blanks and apostrophes that group digits: blank, no-break blank, narrow and thin blank, two apostrophes."""

MINUS = "-+\u2212\u2013"
"""Hyphen, plus, the true minus and the en dash that offices type instead."""

_EXPONENT = r"(?:[eE][+-][0-9]{1,3})"
_SHAPES = re.compile(
    rf"""[{MINUS}]?(?:
      (?P<open_dot>[1-9][0-9]{{0,2}}\.[0-9]{{3}}(?![0-9.,eE]))
    | (?P<open_comma>[1-9][0-9]{{0,2}},[0-9]{{3}}(?![0-9.,eE]))
    | [0-9]*(?:
          (?P<dot>\.[0-9]+{_EXPONENT}?)
        | (?P<comma>,[0-9]+{_EXPONENT}?)
        | (?P<integer>(?<=[0-9]){_EXPONENT}?)
      )
    | (?P<dot_groups>[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+(?:,[0-9]+)?)
    | (?P<comma_groups>[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?)
    | [1-9][0-9]{{0,2}}(?P<sign>[{BLANKS}])[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*
      (?:(?P<blank_dot>\.[0-9]+)|(?P<blank_comma>,[0-9]+)|(?P<blank>))
    )""",
    re.VERBOSE,
)
_PROOFS = {
    "dot": ".",
    "comma_groups": ".",
    "blank_dot": ".",
    "comma": ",",
    "dot_groups": ",",
    "blank_comma": ",",
}
"""Shape of a cell: the decimal sign that it proves."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00(?::00)?)?")
_GERMAN = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_YEAR = re.compile(r"(1[89]|20|21)[0-9]{2}(?:\.0)?")


def as_date(value: object) -> str | None:
    """Return `value` as an ISO date; a year stands for its last day. None if it is no date.

    Parameters
    ----------
    value
        A date, a number such as 2017, or text: ``2017``, ``2017-12-31``, ``31.12.2017``.
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    written = str(value).strip()
    if _YEAR.fullmatch(written):
        return f"{written[:4]}-12-31"
    iso, german = _ISO.fullmatch(written), _GERMAN.fullmatch(written)
    parts = iso.groups() if iso else german.groups()[::-1] if german else None
    if parts is None:
        return None
    try:
        return dt.date(*map(int, parts)).isoformat()
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class NumberColumn:
    """One column taken apart into its distinct cells.

    Parameters
    ----------
    header
        Name of the column.
    codes
        Per row the position of its cell in `cells`.
    cells
        The distinct cells, texts without outer blanks or numbers.
    shapes
        Per distinct cell: ``"number"`` (is one already), ``"missing"``, ``"suppressed"``, ``"text"``, or how
        its digits are written.
    """

    header: str
    codes: NDArray[np.int64]
    cells: list[object]
    shapes: NDArray[np.object_]

    def count(self, shapes: Collection[str]) -> int:
        """Count the rows whose cell has one of `shapes`."""
        return int(np.isin(self.shapes, list(shapes))[self.codes].sum())

    def first(self, shapes: Collection[str]) -> tuple[int, str] | None:
        """Return position and text of the first cell that has one of `shapes`."""
        found = np.flatnonzero(np.isin(self.shapes, list(shapes))[self.codes])
        return (int(found[0]), str(self.cells[self.codes[found[0]]])) if len(found) else None


def number_column(
    header: str, cells: NDArray[np.object_], missing: Collection[str], suppressed: Collection[str]
) -> NumberColumn:
    """Take a column apart; each distinct cell is looked at once."""
    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    symbols = dict.fromkeys(suppressed, "suppressed") | dict.fromkeys(missing, "missing") | {"": "missing"}
    stripped = [cell.strip() if isinstance(cell, str) else cell for cell in distinct]
    match = _SHAPES.fullmatch
    shapes = [
        symbols.get(cell) or (found.lastgroup if (found := match(cell)) else "text")
        if isinstance(cell, str)
        else _shape(cell)
        for cell in stripped
    ]
    return NumberColumn(
        header=header, codes=codes.astype(np.int64), cells=stripped, shapes=np.array(shapes, dtype=object)
    )


def _shape(cell: object) -> str:
    return "number" if isinstance(cell, (int, float)) and not isinstance(cell, bool) else "text"


@dataclass(frozen=True, kw_only=True)
class Signs:
    """The signs of a file's numbers and what speaks for them.

    Parameters
    ----------
    decimal, thousands
        The decimal sign; every sign that may group digits.
    cells
        Number of cells that prove the decimal sign; 0 if the user named it or no cell needs it.
    total
        Number of cells that are numbers.
    example
        Column, position and text of a proving cell.
    rivals
        As `example`, for a cell that proves the other decimal sign.
    rival_cells
        Number of such cells.
    undecided
        Per column that may mean either: its name, position and text of a cell, and the number of such cells.
    """

    decimal: str
    thousands: str
    cells: int = 0
    total: int = 0
    example: tuple[str, int, str] | None = None
    rivals: tuple[str, int, str] | None = None
    rival_cells: int = 0
    undecided: tuple[tuple[str, int, str, int], ...] = ()


def recognise_signs(columns: Iterable[NumberColumn], decimal: str | None, thousands: str | None) -> Signs:
    """Find the decimal sign that all number columns of a file agree on.

    A column whose only separators may be read both ways (`1.234`) is decided by another column only when
    that proves the separator to group digits; otherwise it is `undecided`.
    """
    if decimal is None and thousands in {".", ","}:
        decimal = "," if thousands == "." else "."
    if decimal is not None:
        return Signs(decimal=decimal, thousands=thousands or _others(decimal))
    columns = list(columns)
    proofs = {sign: _proofs(columns, sign) for sign in ".,"}
    winner, loser = (".", ",") if proofs["."][0] >= proofs[","][0] else (",", ".")
    count, example = proofs[winner]
    open_shapes = {"open_dot", "open_comma"} if not count else {"open_dot" if winner == "." else "open_comma"}
    undecided = () if thousands else tuple(_undecided(columns, open_shapes))
    only_open = sum(column.count({"open_comma"}) for column in columns)
    if thousands and not count and only_open:
        winner = ","
    return Signs(
        decimal=winner,
        thousands=thousands or _others(winner),
        cells=count,
        total=sum(len(column.codes) - column.count({"missing", "suppressed", "text"}) for column in columns),
        example=example,
        rivals=proofs[loser][1],
        rival_cells=proofs[loser][0],
        undecided=undecided,
    )


def _others(decimal: str) -> str:
    return ".,".replace(decimal, "") + BLANKS


def _proofs(columns: list[NumberColumn], sign: str) -> tuple[int, tuple[str, int, str] | None]:
    shapes = {shape for shape, proved in _PROOFS.items() if proved == sign}
    counts = [column.count(shapes) for column in columns]
    for column, count in zip(columns, counts, strict=True):
        first = column.first(shapes) if count else None
        if first is not None:
            return sum(counts), (column.header, *first)
    return 0, None


def _undecided(columns: list[NumberColumn], shapes: set[str]) -> Iterable[tuple[str, int, str, int]]:
    own = {*_PROOFS, "blank"}
    for column in columns:
        first = column.first(shapes)
        if first is not None and not column.count(own):
            yield column.header, *first, column.count(shapes)


def parse_numbers(column: NumberColumn, signs: Signs) -> NDArray[np.float64]:
    """Return the number of each distinct cell; NaN where it is a symbol or no number under these signs."""
    numbers = np.full(len(column.cells), np.nan)
    stored = np.flatnonzero(column.shapes == "number")
    numbers[stored] = [float(column.cells[i]) for i in stored]  # type: ignore[arg-type]  # the shape says so
    readable = np.flatnonzero(np.isin(column.shapes, _readable(signs)))
    if len(readable):
        written = "\n".join(str(column.cells[i]) for i in readable)
        for sign in signs.thousands:
            written = written.replace(sign, "")
        for minus in "\u2212\u2013":
            written = written.replace(minus, "-")
        numbers[readable] = [float(text) for text in written.replace(signs.decimal, ".").split("\n")]
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _readable(signs: Signs) -> list[str]:
    point, comma = signs.decimal == ".", signs.decimal == ","
    blank = signs.thousands in BLANKS or set(BLANKS) <= set(signs.thousands)
    shapes = {
        "integer": True,
        "dot": point,
        "comma": comma,
        "open_dot": point or "." in signs.thousands,
        "open_comma": comma or "," in signs.thousands,
        "dot_groups": comma and "." in signs.thousands,
        "comma_groups": point and "," in signs.thousands,
        "blank": blank,
        "blank_dot": blank and point,
        "blank_comma": blank and comma,
    }
    return [shape for shape, holds in shapes.items() if holds]
