"""Single cells: what a text can mean as a number, with the marks around it, or as a symbol.

A cell is taken apart into its digits and what is written around them: brackets, per cent sign, footnote
marks. Whether `1.234` means thousands is not for a cell to say; see `sozialraum.tables.decimal_sign`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.tables.dates import as_date
from sozialraum.tables.sheet import INVISIBLE
from sozialraum.tables.symbols import NUMBER, SMALL, ZERO, is_below, plain_symbol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

__all__ = ["BLANKS", "NumberColumn", "as_date", "number_column", "plain_number"]

BLANKS = " \u00a0\u202f\u2009\u2007\u2008\u200a'\u2019\u02bc"
"""Blanks and apostrophes that group digits: blank, no-break, narrow, thin and figure blanks, apostrophes."""

MINUS = "-+\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
"""Hyphen, plus, the true minus, and the hyphens and dashes that offices type instead."""

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
PERCENT = r"%|v\.\s?H\.|vH|Prozent"
"""How people write per cent behind a number."""

_MARKED = re.compile(
    rf"""(?P<open>\(\s?)?
    (?:(?P<minus>[{MINUS}])\s*)?
    (?P<digits>[0-9.,](?:[0-9.,{BLANKS}]*[0-9.,])?(?:[eE][+-][0-9]{{1,3}})?)
    (?P<behind>[-\u2212\u2013])?
    (?P<percent>\s?(?:{PERCENT}))?
    (?P<mark>\s?[¹²³⁴⁵⁶⁷⁸⁹⁰]+[)⁾]?|\s?\*{{1,3}}\)?|\s[0-9]{{1,2}}\)|\s?[a-z]\)|\s?[prs])?
    (?P<after>\s?(?:{PERCENT}))?
    (?(open)\s?\))""",
    re.VERBOSE,
)
"""Digits with what may stand around them: brackets, a sign on either side, per cent, a footnote mark."""

_CURRENCY = re.compile(r"\s*(?:€|EUR|Euro)$")

_EVEN = re.compile(r"(?<=[0-9]),(?:-{1,2}|[\u2013\u2014])$")
"""``12,-``: a price without cents."""

_GLUED = re.compile(r"[0-9][0-9.,]*[0-9]\)")
"""``1231)``: 123 with footnote 1, or 1231 with a bracket? Nobody can tell."""

ESTIMATED = "s"
"""Behind a number: estimated. ``p`` (provisional) and ``r`` (revised) leave it as certain as it is."""


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
    digits
        Per distinct cell what is left when signs around the number are taken away.
    shapes
        Per distinct cell: ``"number"`` (is one already), ``"symbol"``, ``"text"``, ``"glued"``, or how its
        digits are written.
    flags
        Per distinct cell one of `FLAGS`; "unknown" for texts.
    percent, marked
        Whether there was a per cent sign, a footnote mark.
    """

    header: str
    codes: NDArray[np.int64]
    cells: list[object]
    digits: list[object]
    shapes: NDArray[np.object_]
    flags: NDArray[np.object_]
    percent: NDArray[np.bool_]
    marked: NDArray[np.bool_]

    def count(self, shapes: Collection[str]) -> int:
        """Count the rows whose cell has one of `shapes`."""
        return int(np.isin(self.shapes, list(shapes))[self.codes].sum())

    def first(self, shapes: Collection[str]) -> tuple[int, str] | None:
        """Return position and text of the first cell that has one of `shapes`."""
        return self.find(np.isin(self.shapes, list(shapes)))

    def find(self, where: NDArray[np.bool_]) -> tuple[int, str] | None:
        """Return position and text of the first cell among those of the distinct cells `where`."""
        found = np.flatnonzero(where[self.codes])
        return (int(found[0]), str(self.cells[self.codes[found[0]]])) if len(found) else None

    @property
    def numbers(self) -> int:
        """Number of cells that are numbers."""
        return len(self.codes) - self.count({"symbol", "text", "glued"})


class _Cell(NamedTuple):
    digits: object
    shape: str
    flag: str = "ok"
    percent: bool = False
    marked: bool = False


def number_column(header: str, cells: NDArray[np.object_], meanings: Mapping[str, str]) -> NumberColumn:
    """Take a column apart; each distinct cell is looked at once.

    Parameters
    ----------
    header
        Its name.
    cells
        One per row.
    meanings
        Of symbols, as `sozialraum.tables.symbols.meanings_of` returns them.
    """
    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    stripped = [_strip(cell) if isinstance(cell, str) else cell for cell in distinct]
    apart = [_take_apart(cell, meanings) for cell in stripped]
    return NumberColumn(
        header=header,
        codes=codes.astype(np.int64),
        cells=stripped,
        digits=[cell.digits for cell in apart],
        shapes=np.array([cell.shape for cell in apart], dtype=object),
        flags=np.array([cell.flag for cell in apart], dtype=object),
        percent=np.array([cell.percent for cell in apart], dtype=bool),
        marked=np.array([cell.marked for cell in apart], dtype=bool),
    )


def plain_number(cell: object) -> str:
    """Write a workbook's number as a person would in the project file."""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def _strip(cell: str) -> str:
    return cell.translate(INVISIBLE).strip()


def _take_apart(cell: object, meanings: Mapping[str, str]) -> _Cell:
    if not isinstance(cell, str):
        return _stored(cell, meanings)
    if not cell[-1:].isdigit():
        # '7,50 €' is 7.5: a currency says nothing that the figure does not.
        cell = _EVEN.sub(",00", _CURRENCY.sub("", cell) or cell)
    meaning = meanings.get(plain_symbol(cell))
    if meaning is not None and meaning != NUMBER:
        return _symbol(meaning)
    shape = _SHAPES.fullmatch(cell)
    if shape:
        return _Cell(cell, shape.lastgroup or "text")
    if is_below(cell):
        return _Cell("", "symbol", "suppressed")
    return _marked(cell)


def _stored(cell: object, meanings: Mapping[str, str]) -> _Cell:
    """Read what a workbook stores as a number, or as something else."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return _Cell(cell, "text", "unknown")
    meaning = meanings.get(plain_number(cell))
    if meaning not in {None, NUMBER, SMALL}:
        return _symbol(str(meaning))
    return _Cell(cell, "number", "unreliable" if cell == 0 and meaning == SMALL else "ok")


def _symbol(meaning: str) -> _Cell:
    if meaning in {ZERO, SMALL}:
        return _Cell(0, "number", "unreliable" if meaning == SMALL else "ok")
    return _Cell("", "symbol", meaning)


def _marked(cell: str) -> _Cell:
    """Take away brackets, per cent sign and footnote mark."""
    found = _MARKED.fullmatch(cell)
    if _GLUED.fullmatch(cell):
        return _Cell(cell, "glued", "unknown")
    if found is None or _is_crooked(found):
        return _Cell(cell, "text", "unknown")
    digits = (found["minus"] or found["behind"] or "") + found["digits"]
    shape = _SHAPES.fullmatch(digits)
    if shape is None:
        return _Cell(cell, "text", "unknown")
    mark = (found["mark"] or "").strip()
    uncertain = bool(found["open"]) or mark == ESTIMATED
    return _Cell(
        digits,
        shape.lastgroup or "text",
        "unreliable" if uncertain else "ok",
        percent=bool(found["percent"] or found["after"]),
        marked=bool(mark),
    )


def _is_crooked(found: re.Match[str]) -> bool:
    """Tell whether a minus or per cent sign stands twice."""
    return bool(found["minus"] and found["behind"]) or bool(found["percent"] and found["after"])
