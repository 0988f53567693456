"""Long tables: find the column that names what each row counts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import shorten
from sozialraum.tables.choice.rows import cell_texts
from sozialraum.tables.totals import is_total_word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sozialraum.tables.columns import Reading
    from sozialraum.tables.grid import Grid

__all__ = ["LongShape", "find_level", "find_long", "report_long"]

MOSTLY = 0.5
"""From this share of rows on that share district and date with another row, a table is a long one."""


@dataclass(frozen=True, kw_only=True)
class LongShape:
    """How a long table is to be read.

    Parameters
    ----------
    variable
        Position of the column that names what is counted.
    kinds
        Its texts.
    where
        Further columns, with the text that is chosen and the others that there are.
    """

    variable: int
    kinds: tuple[str, ...]
    where: dict[str, tuple[str, tuple[str, ...]]]


def find_long(
    grid: Grid, label: int, dates: Sequence[int], districts: Collection[str], figures: Sequence[int]
) -> LongShape | None:
    """Tell whether rows of one district and date differ in one to three other columns.

    Parameters
    ----------
    grid
        The table.
    label, dates
        Positions of the column with the district and of those with date and part of the year, if there are.
    districts
        Keys or names; rows of others are not looked at. Empty: all rows.
    figures
        Positions of the columns with numbers; they name nothing.
    """
    frame = pd.DataFrame({"label": cell_texts(grid.columns[label])})
    for place in dates:
        frame[f"date {place}"] = cell_texts(grid.columns[place])
    known = frame[frame["label"].isin(set(districts))] if districts else frame[frame["label"] != ""]
    if len(known) < 4 or known.duplicated(keep=False).mean() <= MOSTLY:
        return None
    taken = {label, *dates, *figures}
    texts = {
        position: pd.Series(cell_texts(column))[known.index]
        for position, column in enumerate(grid.columns)
        if position not in taken and grid.header[position]
    }
    texts = {position: column for position, column in texts.items() if 1 < column.nunique() <= len(known) / 2}
    for size in (1, 2, 3):
        for chosen in combinations(texts, size):
            apart = known.assign(**{str(position): texts[position] for position in chosen})
            if not apart.duplicated().any():
                return _shape(grid, {position: texts[position] for position in chosen})
    return None


def find_level(
    grid: Grid, label: int, dates: Sequence[int], districts: Collection[str], figures: Sequence[int]
) -> tuple[str, str] | None:
    """Find the text of one column that leaves each district one row, where larger areas share their keys.

    Parameters
    ----------
    grid, label, dates, districts, figures
        As for `find_long`.

    Returns
    -------
    tuple or None
        Column and text; None where no district has two rows, or none or several texts would do.
    """
    frame = pd.DataFrame({"label": cell_texts(grid.columns[label])})
    for place in dates:
        frame[f"date {place}"] = cell_texts(grid.columns[place])
    known = frame[frame["label"].isin(set(districts))]
    if not known.duplicated().any():
        return None
    found = []
    for position, column in enumerate(grid.columns):
        if position in {label, *dates, *figures} or not grid.header[position]:
            continue
        texts = pd.Series(cell_texts(column))[known.index]
        for text in texts.unique():
            rows = known[texts == text]
            if text and not rows.duplicated().any() and len(rows) == len(known.drop_duplicates()):
                found.append((grid.header[position], text))
    return found[0] if len(found) == 1 else None


def _shape(grid: Grid, chosen: dict[int, pd.Series]) -> LongShape:
    """Take the column with most texts for the variable; of others the sum, else the first text."""
    kinds = {position: tuple(dict.fromkeys(column)) for position, column in chosen.items()}
    variable = max(kinds, key=lambda position: len(kinds[position]))
    where = {}
    for position, texts in kinds.items():
        if position != variable:
            first = next((text for text in texts if is_total_word(text)), texts[0])
            where[grid.header[position]] = (first, tuple(text for text in texts if text != first))
    return LongShape(variable=variable, kinds=kinds[variable], where=where)


def report_long(
    reading: Reading,
    labels: NDArray[np.object_],
    stamps: NDArray[np.object_] | None,
    districts: Collection[str],
    figures: Collection[int],
) -> bool:
    """Report a table with several rows per district and date, and the columns that tell them apart.

    Parameters
    ----------
    reading
        Of the table; takes the problem.
    labels, stamps
        Per record its district and, where rows have one, its date.
    districts
        Rows of others are not looked at, unless all are.
    figures
        Positions of the columns that are read as numbers.
    """
    frame = pd.DataFrame({"label": labels, "stamp": "" if stamps is None else stamps})
    known = frame[frame["label"].isin(set(districts))]
    known = (known if len(known) else frame).dropna()
    double = known.duplicated(keep=False)
    if len(known) < 4 or double.mean() <= MOSTLY or known[double].groupby(["label", "stamp"]).ngroups < 2:
        return False
    texts = {
        header: [str(cell) for cell in reading.grid.columns[position][known.index]]
        for position, header in enumerate(reading.grid.header)
        if header and position not in figures
    }
    few = [header for header, cells in texts.items() if 1 < len(set(cells)) <= len(cells) / 2]
    for columns in (chosen for size in (1, 2, 3) for chosen in combinations(few, size)):
        if not known.assign(**{f"cell {name}": texts[name] for name in columns}).duplicated().any():
            listed = "; ".join(shorten(dict.fromkeys(texts[name])) for name in columns)
            values = {"number": int(double.sum()), "texts": listed}
            reading.add("long_table", column=", ".join(columns), values=values)
            return True
    return False
