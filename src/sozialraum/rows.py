"""What is wrong with the rows of a long table, before anybody computes something from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.distinct import Numbers, numbered
from sozialraum.errors import AlignmentError, Problem, raise_problems, require_long, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FLAGS", "USABLE", "check_rows", "numbered_problems", "numbered_rows", "row_problems"]

FLAGS = ("ok", "missing", "suppressed", "unreliable", "unknown", "not applicable", "later")
"""What is known of a cell. Only "ok" and "unreliable" carry a value."""
USABLE = FLAGS[:1] + FLAGS[3:4]
"""Flags of cells with a number."""


def row_problems(
    rows: pd.DataFrame, *, districts: pd.Index | None = None, indicators: Iterable[str] = ()
) -> list[Problem]:
    """Say what is wrong with the rows of a long table.

    Parameters
    ----------
    rows
        Index district; columns `indicator` and `date`, others are not looked at.
    districts
        Those there are; None looks at none.
    indicators
        Those that must have rows.

    Returns
    -------
    list of Problem
        Figures that are none or beyond counting, unknown flags, indicators without rows, unknown districts,
        and districts with two rows for one indicator and date.

    Raises
    ------
    AlignmentError
        If it is no long table at all; names the columns that are missing.
    """
    return numbered_problems(rows, numbered_rows(rows), districts=districts, indicators=indicators)


def numbered_rows(rows: pd.DataFrame) -> Numbers:
    """Give what the rows of a long table are told apart by as numbers: `indicator`, `date`, `district`."""
    require_long(rows)
    return Numbers({"indicator": rows["indicator"], "date": rows["date"], "district": rows.index})


def numbered_problems(
    rows: pd.DataFrame,
    names: Numbers,
    *,
    districts: pd.Index | None = None,
    indicators: Iterable[str] = (),
) -> list[Problem]:
    """Return what `row_problems` returns, for rows that `numbered_rows` has numbered."""
    problems = _figure_problems(rows)
    absent = sorted(set(indicators).difference(names.of["indicator"][1]))
    if absent:
        problems.append(Problem(code="panel.indicator_absent", keys=tuple(absent)))
    number, those = names.of["district"]
    if districts is not None and not (pd.Index(those).isin(districts).all() and (number >= 0).all()):
        unknown = rows.index[~rows.index.isin(districts)].unique()
        if len(unknown):
            problems.append(Problem(code="panel.unknown_district", keys=tuple(map(str, unknown))))
    again = names.doubled(list(names.of))
    if again.any():
        double = rows.loc[again, ["indicator", "date"]].astype(str)
        keys = tuple(sorted(double.index.astype(str).unique()))
        where = (double["indicator"] + " " + double["date"]).unique()
        problems.append(Problem(code="panel.double_row", keys=keys, values={"where": shorten(sorted(where))}))
    return problems


def _figure_problems(rows: pd.DataFrame) -> list[Problem]:
    problems = []
    for column in (name for name in ("value", "numerator", "denominator") if name in rows):
        numbers = pd.to_numeric(rows[column], errors="coerce").to_numpy(float, na_value=np.nan)
        broken = np.abs(numbers) > 1e15  # up to there a computer counts by ones
        if not pd.api.types.is_numeric_dtype(rows[column]):
            broken |= rows[column].map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)
        if broken.any():
            keys = tuple(sorted(map(str, rows.index[broken].unique())))
            problems.append(Problem(code="panel.no_figure", keys=keys, values={"column": column}))
    flags = numbered(rows["flag"])[1] if "flag" in rows else ()
    unknown = sorted(map(str, set(flags) - set(FLAGS)))
    return problems + [Problem(code="panel.unknown_flag", keys=tuple(unknown))] * bool(unknown)


def check_rows(
    rows: pd.DataFrame, *, districts: pd.Index | None = None, indicators: Iterable[str] = ()
) -> None:
    """Refuse rows that could not be told apart, or that nobody knows; parameters as for `row_problems`.

    Raises
    ------
    AlignmentError
        With everything that is wrong; names indicators and keys.
    """
    raise_problems(row_problems(rows, districts=districts, indicators=indicators), AlignmentError)
