"""From validated frames back to cells as a person would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.programme.sheets.every import SHEETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialraum.programme.register import Programme
    from sozialraum.programme.sheets.model import Column

__all__ = ["written_cell", "written_rows"]


def written_cell(column: Column, value: object) -> str:
    """Return a value as a person would write it in a German sheet; reading it again gives the same value."""
    if value is None or value == () or (isinstance(value, float) and np.isnan(value)):
        return ""
    return _WRITERS.get(column.kind, _plain)(column, value)


def _plain(_: Column, value: Any) -> str:  # noqa: ANN401 - cells of every kind
    if isinstance(value, tuple):
        return "|".join(map(str, value))
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    shown = repr(round(value, 10)).removesuffix(".0").replace(".", ",")
    # Three digits behind the comma would read like thousands.
    return f"{shown}0" if "," in shown and len(shown.rpartition(",")[2]) == 3 else shown


def _decimal(quantity: str) -> str:
    number, space, percent = quantity.partition(" ")
    return quantity if "/" in number else f"{_number(float(number))}{space}{percent}"


def _day(period: str) -> str:
    parts = period.split("-")
    return ".".join(reversed(parts)) if len(parts) == 3 else period


_WRITERS: dict[str, Callable[[Column, Any], str]] = {
    "choice": lambda column, value: str(column.label(value)),
    "truth": lambda _, value: "ja" if value else "nein",
    "share": lambda _, value: f"{_number(value * 100)} %",
    "date": lambda _, value: _day(value),
    "period": lambda _, value: _day(value),
    "quantity": lambda _, value: _decimal(value),
    "milestones": lambda _, value: "|".join(f"{_day(when)}={_decimal(much)}" for when, much in value),
}


def written_rows(programme: Programme) -> dict[str, list[dict[str, str]]]:
    """Return all rows of a programme as a person would write them: sheet id -> records by column id."""
    return {
        schema.id: [
            {
                column.id: written_cell(column, cell)
                for column, cell in zip(schema.columns, cells, strict=True)
            }
            for cells in programme.sheets[schema.id].frame.itertuples(index=False, name=None)
        ]
        for schema in SHEETS
    }
