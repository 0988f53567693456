"""Tables that lie on their side: the districts are columns, and each row is a variable."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sozialraum.tables.sheet import Line, Marks, Refused, Sheet, header_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["around", "holds_districts", "may_lie_on_its_side", "turned"]


FEWEST = 3
"""Districts that a column must name ..."""

ENOUGH = 0.5
"""... and share of its texts that they are, before it is taken for theirs."""

MOST_LINES = 500
"""Variables that a table on its side has at most; turning a long table would take minutes for nothing."""

Texts = tuple[tuple[int, str], ...]
"""Row and words."""


def around(sheet: Sheet) -> tuple[Texts, Texts]:
    """Return the lines above and below a table on its side, which `turned` leaves out: those of one cell."""
    wide = [line.row for line in sheet.lines if len(line.filled) > 1]
    alone = [
        (line.row, header_name(line.cells[line.filled[0]])) for line in sheet.lines if len(line.filled) == 1
    ]
    first = wide[0] if wide else 0
    return tuple(one for one in alone if one[0] < first), tuple(one for one in alone if one[0] >= first)


def turned(sheet: Sheet) -> Sheet:
    """Exchange rows and columns of a sheet, with all that is known of its cells.

    Lines with one filled cell are titles and notes; as columns they would be variables without figures, and
    stay out (see `around`). A row of the result counts as the column of the file that it was.

    Raises
    ------
    Refused
        If a line of a text file has not as many cells as the others: cells have moved.
    """
    lines = [line for line in sheet.lines if len(line.filled) > 1]
    if not lines:
        return sheet
    width = max(len(line.cells) for line in lines)
    usual = Counter(len(line.cells) for line in lines).most_common(1)[0][0]
    wrong = [line.row for line in lines if len(line.cells) != usual]
    if sheet.name is None and wrong:
        listing = ", ".join(map(str, wrong[:12]))
        raise Refused("ragged", row=wrong[0], number=len(wrong), expected=usual, rows=listing)
    columns = [[line.cells[i] if i < len(line.cells) else "" for line in lines] for i in range(width)]
    filled = [(i, cells) for i, cells in enumerate(columns) if any(str(cell).strip() for cell in cells)]
    place = {line.row: i for i, line in enumerate(lines, 1)}
    return replace(
        sheet,
        lines=[
            Line(row=i + 1, cells=cells, gap=not n or filled[n - 1][0] != i - 1)
            for n, (i, cells) in enumerate(filled)
        ],
        merged=tuple(
            (left, place[top], right, place[bottom])
            for top, left, bottom, right in sheet.merged
            if top in place and bottom in place
        ),
        percent=frozenset(_moved(sheet.percent, place)),
        marks=None if sheet.marks is None else _marks(sheet.marks, place),
    )


def may_lie_on_its_side(rows: int) -> bool:
    """Tell whether a table has as few rows as one on its side would."""
    return rows <= MOST_LINES


def holds_districts(columns: Iterable[NDArray[np.object_]], districts: Collection[str]) -> bool:
    """Tell whether one of the columns names districts.

    Parameters
    ----------
    columns
        Of a table, one array each.
    districts
        Keys or names.
    """
    known = set(districts)
    cells = ({str(cell).strip() for cell in column} for column in columns)
    return any(len(found & known) >= max(FEWEST, ENOUGH * len(found)) for found in cells)


def _moved(cells: Iterable[tuple[int, int]], place: dict[int, int]) -> set[tuple[int, int]]:
    return {(column, place[row]) for row, column in cells if row in place}


def _marks(marks: Marks, place: dict[int, int]) -> Marks:
    return Marks(
        hidden_rows=set(marks.hidden_columns),
        hidden_columns={place[row] for row in marks.hidden_rows if row in place},
        cells={kind: _moved(cells, place) for kind, cells in marks.cells.items()},
        comments={(c, place[r]): words for (r, c), words in marks.comments.items() if r in place},
        boxes=marks.boxes,
        remarks=marks.remarks,
        looks={(c, place[r]): look for (r, c), look in marks.looks.items() if r in place},
    )
