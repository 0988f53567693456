"""CSV as an office's spreadsheet opens it, written column by column: many times quicker than cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sozialraum.texts import Language

__all__ = ["FORMULA_STARTS", "escape_formula", "write_csv"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

ROWS = 20_000
"""Rows that are put into words at one time."""


def write_csv(table: pd.DataFrame, path: Path, language: Language) -> None:
    """Write a table so that the office's spreadsheet opens it by a double click.

    German: fields separated by semicolons and a decimal comma; English: commas and a point. UTF-8 with a
    byte order mark. Numbers are written with the shortest digits that keep their value, whole ones without
    decimals (274, not 274,0); a text that a spreadsheet would take for a formula gets an apostrophe.
    """
    separator, point = (";", ",") if language == "de" else (",", ".")
    # Headings come from the project file, too: a parent level, an indicator.
    heads = _texts(list(table.columns), separator, point)
    alone = len(heads) == 1
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(separator.join(heads) + "\n")
        for start in range(0, len(table), ROWS):
            part = table.iloc[start : start + ROWS]
            columns = [_cells(part.iloc[:, place], separator, point) for place in range(part.shape[1])]
            if alone:
                # An empty line would not be read as a row.
                columns = [[cell or '""' for cell in columns[0]]]
            file.write("\n".join([*map(separator.join, zip(*columns, strict=True)), ""]))


def escape_formula(cell: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _cells(column: pd.Series, separator: str, point: str) -> list[str]:
    """Put the cells of a column into words."""
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "fiu":
        return _texts(column.tolist(), separator, point)
    if column.dtype.kind != "f":
        return [str(number) for number in column.tolist()]
    told = ["" if cell != cell else repr(cell + 0.0).removesuffix(".0") for cell in column.tolist()]  # noqa: PLR0124 - only NaN
    return told if point == "." else "\n".join(told).replace(".", point).split("\n")


def _texts(cells: Iterable[object], separator: str, point: str) -> list[str]:
    """Put cells of any kind into words; columns of texts repeat few of them, so each is looked at once."""
    known = _Quoted(separator)
    return [known[cell] if isinstance(cell, str) else _other(cell, separator, point) for cell in cells]


class _Quoted(dict[str, str]):
    """Texts as they are written, each looked at once."""

    def __init__(self, separator: str) -> None:
        self.separator = separator

    def __missing__(self, cell: str) -> str:
        self[cell] = _quoted(escape_formula(cell), self.separator)
        return self[cell]


def _other(cell: object, separator: str, point: str) -> str:
    if isinstance(cell, float):
        return _number(float(cell)).replace(".", point)
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    return _quoted(str(cell), separator)


def _number(number: float) -> str:
    return "" if number != number else repr(number + 0.0).removesuffix(".0")  # noqa: PLR0124 - only NaN


def _quoted(cell: str, separator: str) -> str:
    if any(sign in cell for sign in (separator, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell
