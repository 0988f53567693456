"""Keys that a spreadsheet program has spoilt so that nobody can bring them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.tables.columns import Reading

__all__ = ["report_rounded_keys"]

_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


def report_rounded_keys(
    reading: Reading, labels: NDArray[np.object_], position: int, kept: NDArray[np.bool_]
) -> None:
    """Refuse keys such as ``1,10101E+11``: many different keys are written so, and one is as good as another.

    Parameters
    ----------
    reading
        The table; the problem is added to it.
    labels, position
        Keys, one per record, and the place of their column.
    kept
        Which records are districts.
    """
    rounded = np.array([isinstance(label, str) and _ROUNDED.fullmatch(label) is not None for label in labels])
    hit = np.flatnonzero(rounded & kept)
    if len(hit):
        values = {"number": len(hit), "cell": labels[hit[0]]}
        row, column = int(reading.grid.rows[hit[0]]), reading.grid.header[position]
        reading.add("scientific_keys", row=row, column=column, values=values)
