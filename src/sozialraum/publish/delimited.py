"""CSV as an office's spreadsheet opens it, written column by column: many times quicker than cell by cell."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sozialraum.texts import Language

__all__ = ["FORMULA_STARTS", "escape_formula", "shortest", "write_csv"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_RISKY = re.compile('\n[=+@\t-]|["\r]')
"""In texts of which each stands behind a line break: the beginning of a formula, a quotation mark."""

LEAST, MOST = 1e-4, 1e15
"""Between these a number is written without a power of ten."""

SAMPLE = 1_000
"""Numbers that tell whether those of a column repeat."""

ROWS = 20_000
"""Rows that are put into words at one time."""


@checked(language=LANGUAGES)
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
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8 + f"{separator.join(heads)}\n".encode())
        for start in range(0, len(table), ROWS):
            part = table.iloc[start : start + ROWS]
            columns = [_cells(part.iloc[:, place], separator, point) for place in range(part.shape[1])]
            if alone:
                # An empty line would not be read as a row.
                columns = [[cell or '""' for cell in columns[0]]]
            file.write("\n".join([*map(separator.join, zip(*columns, strict=True)), ""]).encode())


def escape_formula(cell: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _cells(column: pd.Series, separator: str, point: str) -> list[str]:
    """Put the cells of a column into words."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
        return _numbers(column.to_numpy(), point)
    # Iterating a column of texts asks for each cell anew; an array of objects is at hand at once.
    cells = column.to_numpy(dtype=object)
    if pd.api.types.infer_dtype(cells, skipna=True) != "string":
        return _texts(cells, separator, point)
    # Columns of texts repeat few of them, so each is looked at once.
    places, known = pd.factorize(cells)
    return _taken([*_safe(known.tolist(), separator), ""], places)


def _numbers(numbers: np.ndarray, point: str) -> list[str]:
    """Put numbers into words all at once, each with the shortest digits that keep its value."""
    if numbers.dtype.kind != "f":
        return list(map(str, numbers.tolist()))
    numbers = numbers + 0.0
    places, known = pd.factorize(numbers[:SAMPLE])
    if len(numbers) > SAMPLE and 2 * len(known) <= SAMPLE:
        places, known = pd.factorize(numbers)
    if 2 * len(known) > len(places):
        return shortest(numbers, point)
    # Limits, probabilities of few draws and whole numbers repeat: each is put into words once.
    return _taken([*shortest(known, point), ""], places)


def _taken(words: list[str], places: np.ndarray) -> list[str]:
    """Return the word at each place; the last for what has none."""
    cells: list[str] = np.array(words, dtype=object)[places].tolist()
    return cells


def shortest(numbers: np.ndarray, point: str) -> list[str]:
    """Put numbers into words, each with the shortest digits that keep its value; what is none stays empty."""
    # A decimal sign is looked for in one long text: whole numbers lose it.
    told = orjson.dumps(np.ascontiguousarray(numbers), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    told = told[1:-1].replace(",", "\n") + "\n"
    told = told.replace(".0\n", "\n").replace("null\n", "\n").replace(".", point)
    cells = told.split("\n")[: len(numbers)]
    size = np.abs(numbers)
    # JSON writes powers of ten in a way of its own, and nothing for what has no end.
    places = np.flatnonzero(((size < LEAST) & (size > 0)) | (size > MOST))
    powers = "".join([f"{number!r}\n" for number in numbers[places].tolist()])
    powers = powers.replace(".0\n", "\n").replace(".", point)
    for place, cell in zip(places.tolist(), powers.splitlines(), strict=True):
        cells[place] = cell
    return cells


def _safe(cells: list[str], separator: str) -> list[str]:
    """Write texts so that no sign of theirs is taken for one of the file's, or for a formula."""
    # Most columns hold nothing of the kind: one look at all of them.
    together = "\n".join(["", *cells])
    breaks = together.count("\n") != len(cells)
    if not breaks and separator not in together and _RISKY.search(together) is None:
        return cells
    return [_quoted(escape_formula(cell), separator) for cell in cells]


def _texts(cells: Iterable[object], separator: str, point: str) -> list[str]:
    """Put cells of any kind into words."""
    return [
        _quoted(escape_formula(cell), separator) if isinstance(cell, str) else _other(cell, separator, point)
        for cell in cells
    ]


def _other(cell: object, separator: str, point: str) -> str:
    if isinstance(cell, float):
        return "" if cell != cell else repr(float(cell) + 0.0).removesuffix(".0").replace(".", point)  # noqa: PLR0124 - only NaN
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    return _quoted(str(cell), separator)


def _quoted(cell: str, separator: str) -> str:
    if separator in cell or '"' in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
