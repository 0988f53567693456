"""Numbers that stand for 'no figure': -9999, -1, 999 and their like, whatever the code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import shorten
from sozialraum.tables.decimal_sign import parse_numbers
from sozialraum.tables.numbers import plain_number
from sozialraum.tables.symbols import NUMBER, plain_symbol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.columns import Reading, Series
    from sozialraum.tables.decimal_sign import Signs

__all__ = ["Code", "find_codes", "missing_codes", "report_codes"]

FAR = 10.0
"""A repeated value this many ranges of all the others away from them is no figure of theirs."""

LARGE = 90.0
"""Codes are large: 0, 1, 2 and 12 in a column of small counts may well be right."""

FEWEST = 3
"""Other figures that a column needs before one of its values can be called far out."""

_REPEATED = re.compile(r"-?(?:9{2,}|8{2,}|7{2,})(?:\.(?:9+|8+|7+))?")
_SERIES = re.compile(r"-?(?:9+[6-9]|8{2,}|7{2,}|6{3,}|5{3,})|-66|-55")
"""Codes of one survey beside each other: 997, 998, 999, or -7777, -8888."""
_ALONE = re.compile(r"-(?:9{2,}|8{3,}|7{3,})|9{4,}")
"""What is asked about though it stands in one cell only."""
_SMALL_CODE = re.compile(r"-[1-9]")
"""How codes are chosen: one digit repeated, or a small negative number where everything else is large."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """A value that seems to stand for 'no figure'.

    Parameters
    ----------
    value
        The number.
    cells
        How it is written, each way once.
    columns
        The columns that it stands in.
    records
        Position of its first record, and the number of its cells.
    """

    value: float
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    records: tuple[int, int]


def find_codes(
    series: Sequence[Series], signs: Signs, kept: NDArray[np.bool_], meanings: Mapping[str, str]
) -> list[Code]:
    """Find values that are far from all others and repeated, in one column or in the same rows of several.

    Parameters
    ----------
    series, signs
        The figures.
    kept
        Which records are districts.
    meanings
        Of symbols; a value that is said to be a "number" is none.
    """
    numbers = [parse_numbers(one.column, signs)[one.column.codes] for one in series]
    together = _codes_together([column[kept] for column in numbers])
    suspects = sorted({value for column in numbers for value in _suspects(column[kept])})
    told = {sign for sign, meaning in meanings.items() if meaning == NUMBER}
    found = []
    for value in suspects:
        where = [(one, (column == value) & kept) for one, column in zip(series, numbers, strict=True)]
        where = [(one, hits) for one, hits in where if hits.any()]
        far = [
            (one, hits)
            for (one, hits), column in (((one, hits), numbers[series.index(one)]) for one, hits in where)
            if _is_far(column[kept], value, together)
        ]
        chosen = far or (where if _in_same_rows(value, [hits for _, hits in where]) else [])
        number = sum(int(hits.sum()) for _, hits in chosen)
        if number < 2 and not (chosen and (value in together or _is_alone(value, numbers, kept))):
            continue
        cells = {_written(one, int(i)) for one, hits in chosen for i in np.flatnonzero(hits)}
        if {plain_symbol(cell) for cell in cells} <= told:
            continue
        first = min(int(np.flatnonzero(hits)[0]) for _, hits in chosen)
        columns = tuple(one.column.header for one, _ in chosen)
        found.append(Code(value=value, cells=tuple(sorted(cells)), columns=columns, records=(first, number)))
    return found


def _codes_together(columns: Sequence[NDArray[np.float64]]) -> set[float]:
    """Return several values with the look of one survey's codes that are far from all others of a column."""
    found: set[float] = set()
    for column in columns:
        known = np.unique(column[~np.isnan(column)])
        like = np.array([_SERIES.fullmatch(f"{value:.10g}") is not None for value in known], dtype=bool)
        others, codes = known[~like], known[like]
        if len(others) < FEWEST or len(codes) < 2:
            continue
        spread = float(others.max() - others.min())
        low = others.min() >= 0 and (codes < 0).all() and np.abs(codes).min() >= FAR
        gap = float(np.abs(codes[:, None] - others[None, :]).min())
        if low or (np.abs(codes).min() >= LARGE and gap > spread * FAR):
            found |= {float(code) for code in codes}
    return found


def _is_alone(value: float, columns: Sequence[NDArray[np.float64]], kept: NDArray[np.bool_]) -> bool:
    """Tell whether one cell is enough: -99 where nothing else is negative, 9999 far beyond all others."""
    if not _ALONE.fullmatch(f"{value:.10g}"):
        return False
    for column in columns:
        known = column[kept & ~np.isnan(column)]
        others = known[known != value]
        if len(others) == len(known) or len(others) < FEWEST:
            continue
        if value < 0:
            return bool(others.min() >= 0)
        return bool(value - others.max() > FAR * (others.max() - others.min()))
    return False


def _suspects(column: NDArray[np.float64]) -> set[float]:
    """Return the smallest and largest value of a column, and those with the look of a code."""
    known = column[~np.isnan(column)]
    if not len(known):
        return set()
    return {float(known.min()), float(known.max())} | {
        float(value)
        for value in np.unique(known)
        if _REPEATED.fullmatch(f"{value:.10g}") or _SERIES.fullmatch(f"{value:.10g}")
    }


def _is_far(column: NDArray[np.float64], value: float, together: set[float]) -> bool:
    known = column[~np.isnan(column)]
    if value in together:
        return value in known
    others = np.unique(known[known != value])
    if len(others) < FEWEST:
        return False
    written = f"{value:.10g}"
    if value < 0 <= others.min() and _REPEATED.fullmatch(written):
        return True
    if others.min() >= 3 * abs(value) and _SMALL_CODE.fullmatch(written):
        return True
    spread = float(others.max() - others.min())
    gap = float(np.abs(others - value).min())
    outside = value < others.min() or value > others.max()
    like = _REPEATED.fullmatch(written) is not None
    return outside and abs(value) >= LARGE and gap > spread * (1.0 if like else FAR)


def _in_same_rows(value: float, hits: Sequence[NDArray[np.bool_]]) -> bool:
    """Tell whether a value with the look of a code fills the same rows of several columns."""
    if len(hits) < 2 or not _REPEATED.fullmatch(f"{value:.10g}") or abs(value) < LARGE:
        return False
    rows = np.sum(hits, axis=0)
    return int((rows > 1).sum()) >= 2


def _written(one: Series, record: int) -> str:
    cell = one.column.cells[one.column.codes[record]]
    return cell if isinstance(cell, str) else plain_number(cell)


def missing_codes(series: Sequence[Series], meanings: Mapping[str, str], codes: Sequence[Code]) -> list[str]:
    """Return the signs that this table already uses for 'missing', and the codes."""
    used = {
        plain_symbol(cell)
        for one in series
        for cell in one.column.cells
        if isinstance(cell, str) and cell and meanings.get(plain_symbol(cell)) == "missing"
    }
    return [*sorted(used), *(cell for code in codes for cell in code.cells)]


def report_codes(
    reading: Reading,
    series: Sequence[Series],
    signs: Signs,
    kept: NDArray[np.bool_],
    meanings: Mapping[str, str],
) -> None:
    """Make one error of all codes of a table; it shows the values and the line that declares them."""
    codes = find_codes(series, signs, kept, meanings)
    if not codes:
        return
    cells = [cell for code in codes for cell in code.cells]
    number = ", ".join(f'"{cell}" = "number"' for cell in cells)
    values = {
        "cells": shorten([f"'{cell}'" for cell in cells]),
        "number": sum(code.records[1] for code in codes),
        "columns": shorten(dict.fromkeys(name for code in codes for name in code.columns), 5),
        "line": f"missing = {json.dumps(missing_codes(series, meanings, codes), ensure_ascii=False)}",
        "keep": f"symbols = {{ {number} }}",
    }
    reading.add("coded_missing", row=int(reading.grid.rows[codes[0].records[0]]), values=values)
