"""A sheet before anyone knows where its table begins: lines of cells, and the signal that refuses a file."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Line", "Marks", "Refused", "Sheet", "header_name", "lines_of", "plain_cell"]

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""Zero-width characters and the soft hyphen: editors leave them behind, nobody sees them."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One record of a file.

    Parameters
    ----------
    row
        Where it begins, counted from 1 as the file's editor counts.
    cells
        As stored; "" where empty.
    gap
        Whether an empty line, or the start of the file, precedes it.
    """

    row: int
    cells: list[object]
    gap: bool = False

    @property
    def filled(self) -> list[int]:
        """Positions of the cells that hold anything."""
        return [i for i, cell in enumerate(self.cells) if cell != "" and str(cell).strip()]


@dataclass
class Marks:
    """What a workbook's formatting tells a reader; rows and columns count from 1.

    Parameters
    ----------
    hidden_rows, hidden_columns
        Hidden by hand, by a filter, by a fold, or of no height.
    cells
        Kind of mark ("struck", "invisible", "format") to the cells that carry it.
    comments
        Their words by cell.
    boxes
        Words of text boxes that lie on the sheet.
    remarks
        "conditional" where formats depend on values, "filter" where rows are filtered.
    looks
        Background, colour and slope of filled cells that differ from the plain ones.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    cells: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    remarks: set[str] = field(default_factory=set)
    looks: dict[tuple[int, int], str] = field(default_factory=dict)

    def note(self, kind: str, where: tuple[int, int]) -> None:
        """Note a mark of a cell."""
        self.cells.setdefault(kind, set()).add(where)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All lines of one sheet that hold anything.

    Parameters
    ----------
    lines
        From top to bottom.
    name
        Of the sheet; None for text files.
    merged
        Merged cells as first row, first column, last row, last column; rows and columns count from 1.
    percent
        Row and column of numbers that the workbook shows as per cent: 0.12 stands for 12 %.
    encoding, separator
        As read; None for workbooks.
    fault
        Why this sheet cannot be read, should it be the one that is wanted.
    hidden
        Whether the workbook hides it.
    beside
        Hidden sheets of the same workbook that hold anything; they are not read.
    marks
        What its formatting tells a reader; None for text files.
    epoch_1904
        Whether the workbook counts its days from 1904, as old ones of the Macintosh do.
    """

    lines: list[Line]
    name: str | None = None
    merged: tuple[tuple[int, int, int, int], ...] = ()
    percent: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    encoding: str | None = None
    separator: str | None = None
    fault: Refused | None = None
    hidden: bool = False
    beside: tuple[str, ...] = ()
    marks: Marks | None = None
    epoch_1904: bool = False


class Refused(Exception):  # noqa: N818 - a signal between the reading modules, never seen outside
    """A file that cannot be read, with the code of its text and the place of the fault."""

    def __init__(
        self, code: str, *, sheet: str | None = None, row: int | None = None, **values: object
    ) -> None:
        super().__init__(code)
        self.code, self.sheet, self.row, self.values = f"tables.{code}", sheet, row, values


def header_name(value: object) -> str:
    """Clean a column name: Unicode NFC, line breaks and runs of blanks become one blank."""
    if value is None:
        return ""
    if isinstance(value, str) and value.isascii():
        return " ".join(value.split())
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return " ".join(unicodedata.normalize("NFC", str(value)).translate(INVISIBLE).split())


def plain_cell(cell: object) -> object:
    """Return a workbook's cell as text, number or date; whole floats become whole numbers."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return str(cell) if isinstance(cell, bool) else cell


def lines_of(rows: Mapping[int, Sequence[object]]) -> list[Line]:
    """Make lines of one width; rows without content are left out.

    Parameters
    ----------
    rows
        Number of each row, from 1, to its cells.
    """
    found: list[Line] = []
    previous = 0
    for row in sorted(rows):
        plain = [plain_cell(cell) for cell in rows[row]]
        if any(cell != "" and str(cell).strip() for cell in plain):
            found.append(Line(row=row, cells=plain, gap=row != previous + 1 or not found))
            previous = row
    width = max((line.filled[-1] + 1 for line in found), default=0)
    for line in found:
        del line.cells[width:]
        line.cells.extend([""] * (width - len(line.cells)))
    return found
