"""Which sign is the decimal sign of a file, and what speaks for it.

A recognition is made from evidence in the whole file or not at all: `1.234` alone stays a question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.tables.numbers import BLANKS, MINUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.numbers import NumberColumn

__all__ = ["Signs", "parse_numbers", "recognise_signs"]

_PROOFS = {
    "dot": ".",
    "comma_groups": ".",
    "blank_dot": ".",
    "comma": ",",
    "dot_groups": ",",
    "blank_comma": ",",
}
"""Shape of a cell: the decimal sign that it proves."""

LONELY = 20
"""In a file with this many numbers, one single proof is too few: one mistyped cell would change others."""


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
    total = sum(column.numbers for column in columns)
    proofs = {sign: _proofs(columns, sign) for sign in ".,"}
    winner, loser = (".", ",") if proofs["."][0] >= proofs[","][0] else (",", ".")
    count, example = proofs[winner]
    lonely = count == 1 and total >= LONELY
    both = {"open_dot", "open_comma"}
    open_shapes = both if not count or lonely else {"open_dot" if winner == "." else "open_comma"}
    undecided = () if thousands else tuple(_undecided(columns, open_shapes, lonely=lonely))
    only_open = sum(column.count({"open_comma"}) for column in columns)
    if thousands and not count and only_open:
        winner = ","
    return Signs(
        decimal=winner,
        thousands=thousands or _others(winner),
        cells=count,
        total=total,
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


def _undecided(
    columns: list[NumberColumn], shapes: set[str], *, lonely: bool
) -> Iterable[tuple[str, int, str, int]]:
    own = {*_PROOFS, "blank"}
    for column in columns:
        first = column.first(shapes)
        if first is not None and (lonely or not column.count(own)):
            yield column.header, *first, column.count(shapes)


def parse_numbers(column: NumberColumn, signs: Signs) -> NDArray[np.float64]:
    """Return the number of each distinct cell; NaN where it is a symbol or no number under these signs."""
    numbers = np.full(len(column.cells), np.nan)
    stored = np.flatnonzero(column.shapes == "number")
    numbers[stored] = [float(column.digits[i]) for i in stored]  # type: ignore[arg-type]  # the shape says so
    readable = np.flatnonzero(np.isin(column.shapes, readable_shapes(signs)))
    if len(readable):
        written = "\n".join(str(column.digits[i]) for i in readable)
        for sign in signs.thousands:
            written = written.replace(sign, "")
        for minus in MINUS[2:]:
            written = written.replace(minus, "-")
        numbers[readable] = [float(text) for text in written.replace(signs.decimal, ".").split("\n")]
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def readable_shapes(signs: Signs) -> Sequence[str]:
    """List the shapes that are numbers under these signs."""
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
