"""Whether the parts of a Shapefile speak of as many features: its index alone says how many are read."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.errors import BoundaryError, Problem
from sozialraum.garbled import letters_lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["check_companions"]

DELETED = ord("*")
"""First byte of a row that was deleted and is still there."""

HEAD = 32
"""Bytes of a table's head that tell how many rows of which length follow."""


def check_companions(file: str, features: pd.DataFrame) -> None:
    """Compare the features read from a Shapefile with the rows of its table, and their letters.

    Parameters
    ----------
    file
        The path as given; anything but a ``.shp`` or a ZIP with one table is let pass.
    features
        As read.

    Raises
    ------
    BoundaryError
        If the table has another number of rows: one damaged byte of the index (.shx) makes GDAL read
        2 of 12 districts without a word. Or if the table has umlauts, and the features have none.
    """
    table = next(_tables(Path(file.removeprefix("zip://"))), None)
    rows = _rows(table) if table is not None else None
    if rows is not None and rows != len(features):
        values = {"rows": rows, "features": len(features)}
        raise BoundaryError(Problem(code="boundaries.companions", file=file, values=values))
    texts = (cell for column in features.columns for cell in features[column] if isinstance(cell, str))
    if table is not None and letters_lost(table, texts):
        raise BoundaryError(Problem(code="boundaries.letters_lost", file=file))


def _tables(path: Path) -> Iterator[bytes]:
    suffix = path.suffix.lower()
    if suffix == ".shp":
        found = (path.with_suffix(end) for end in (".dbf", ".DBF"))
        yield from (one.read_bytes() for one in found if one.is_file())
    elif suffix == ".zip" and path.is_file():
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
            tables = [name for name in members if name.lower().endswith(".dbf")]
            shapes = [name for name in members if name.lower().endswith(".shp")]
            if len(tables) == len(shapes) == 1:
                yield archive.read(tables[0])


def _rows(table: bytes) -> int | None:
    """Count the rows of a dBASE table that are not deleted; None if its head is no such head."""
    if len(table) < HEAD:
        return None
    number, begin, length = struct.unpack_from("<IHH", table, 4)
    if begin < HEAD or length < 1:
        return None
    flags = table[begin : begin + number * length : length]
    return int(number) - flags.count(DELETED)
