"""What a sheet is: its columns, what may stand in them, and an example. Declared once, used everywhere.

The workbook with its drop-down lists, the reading of XLSX and CSV, the checks of single cells and the
reference in the documentation are all made from these declarations.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Literal

from sozialraum.texts import text

if TYPE_CHECKING:
    from sozialraum.texts import Language

__all__ = ["CATALOGUE", "DISTRICTS", "VARIABLES", "Choice", "Column", "Kind", "SheetSchema"]

Kind = Literal[
    "text",
    "key",
    "keys",
    "choice",
    "number",
    "share",
    "whole",
    "year",
    "years",
    "date",
    "period",
    "truth",
    "quantity",
    "milestones",
]
"""What a cell holds. In a validated frame:

========== ===================== ==========================================================================
kind       dtype                 holds
========== ===================== ==========================================================================
text       object                `str` or None
key        object                `str` or None
keys       object                `tuple` of `str`, in the order written; empty where nothing is written
choice     object                the English id of a `Choice`, a text of one's own if `open_choices`, or None
number     float64               NaN where nothing is known
share      float64               0..1; written as per cent
whole      float64               a whole number, or NaN
year       float64               a year, or NaN
years      object                `tuple` of `int`
date       object                ISO text ``"2009-03-12"`` or None; a year stands for its first or last day
period     object                ``"2007"``, ``"2009/10"``, ``"2007-12"`` or a day ``"2007-12-31"``, or None
truth      object                True, False or None
quantity   object                as written, cleaned: ``"10"``, ``"1/5"``, ``"48 %"``; see `cells.amount`
milestones object                `tuple` of (period, quantity)
========== ===================== ==========================================================================
"""

DISTRICTS = "districts"
CATALOGUE = "catalogue"
VARIABLES = "variables"
"""What a column may refer to besides a sheet: keys of the map, indicators and counts of the catalogue."""


@dataclass(frozen=True)
class Choice:
    """One allowed value: its id in code, and the German word that stands in the drop-down list."""

    id: str
    label: str


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    id
        English name, the column of the validated frame.
    heading
        German heading; both are accepted when reading.
    kind
        What its cells hold, see `Kind`.
    required
        Whether an empty cell is an error.
    choices
        Allowed values of a ``"choice"``.
    open_choices
        Whether a text of one's own is accepted beside them.
    refers
        Sheet (or `DISTRICTS`, `CATALOGUE`) whose ids this column names.
    edge
        Of a ``"date"``: the day that a bare year stands for.
    lowest, highest
        Bounds of a number, inclusive.
    """

    id: str
    heading: str
    kind: Kind = "text"
    _: KW_ONLY
    required: bool = False
    choices: tuple[Choice, ...] = ()
    open_choices: bool = False
    refers: str | None = None
    edge: Literal["first", "last"] = "first"
    lowest: float | None = None
    highest: float | None = None

    def label(self, value: object) -> object:
        """Return the German word of a choice; anything else as it is."""
        return next((choice.label for choice in self.choices if choice.id == value), value)


@dataclass(frozen=True, kw_only=True)
class SheetSchema:
    """One sheet.

    Parameters
    ----------
    id
        English name: the name of the frame in `Programme`.
    name
        German name: of the sheet in the workbook and of the CSV file.
    columns
        In the order in which they are written.
    unique
        Columns that together must be given once only.
    index
        Column that becomes the index of the frame; None numbers the rows.
    examples
        Rows as a person would write them, by column id.
    """

    id: str
    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    index: str | None = None
    examples: tuple[dict[str, str], ...] = ()

    def __getitem__(self, column: str) -> Column:
        """Return the column of this id."""
        return next(found for found in self.columns if found.id == column)

    @property
    def ids(self) -> tuple[str, ...]:
        """The columns' ids, in order."""
        return tuple(column.id for column in self.columns)

    def purpose(self, language: Language) -> str:
        """Say in one sentence what the sheet is for."""
        return text(f"programme_sheets.{self.id}", language)
