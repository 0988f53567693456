"""All sheets, in the order of the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.programme.sheets.goal_sheets import GOAL_SHEETS
from sozialraum.programme.sheets.network_sheets import NETWORK_SHEETS
from sozialraum.programme.sheets.provision_sheets import PROVISION_SHEETS
from sozialraum.programme.sheets.selection_sheets import SELECTION_SHEETS

if TYPE_CHECKING:
    from sozialraum.programme.sheets.model import SheetSchema

__all__ = ["SHEETS", "sheet"]

SHEETS: tuple[SheetSchema, ...] = (*PROVISION_SHEETS, *NETWORK_SHEETS, *SELECTION_SHEETS, *GOAL_SHEETS)


def sheet(name: str) -> SheetSchema:
    """Return the sheet of this English id.

    Raises
    ------
    KeyError
        If there is none.
    """
    for found in SHEETS:
        if found.id == name:
            return found
    raise KeyError(name)
