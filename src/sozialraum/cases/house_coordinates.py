"""The surveying offices' file of house coordinates (HK-DE): no headings, fields by their place."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import Problem, TableError, shorten

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "read_house_coordinates", "zone_of"]

COLUMNS = (
    *("kennung", "oid", "qualitaet", "land", "regierungsbezirk", "kreis", "gemeinde", "gemeindeteil"),
    *("strassenschluessel", "hausnummer", "zusatz", "ost", "nord", "strasse", "plz", "ort", "ortszusatz"),
    "ortsteil",
)
"""Our names of the fields, in the order of the format; later versions add fields behind them."""

_DELETED = "L"
"""First field of a record that tells a house is gone."""

_ZONES = {"31": "EPSG:5649", "32": "EPSG:4647", "33": "EPSG:5650"}
"""First two of the eight digits of an east value: ETRS89/UTM with the zone in front of it."""


def read_house_coordinates(path: Path, *, name: str) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read a file of house coordinates.

    Parameters
    ----------
    path
        Text, UTF-8 or ISO 8859-1, fields separated by semicolons; lines that begin with ``#`` are remarks.
    name
        What the project calls the file.

    Returns
    -------
    tuple
        Columns `COLUMNS`, text or None, index "row" as an editor counts; and a note if houses are marked as
        deleted: they are left out.

    Raises
    ------
    TableError
        If a row has too few fields, or the file is none of this kind. No cell is repeated.

    References
    ----------
    AdV, Datenformatbeschreibung Hauskoordinaten Deutschland (HK-DE), version 4.2.
    """
    if not path.is_file():
        raise TableError(Problem(code="cases.no_file", file=name))
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    rows, places, short = [], [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", quoting=csv.QUOTE_NONE)
    for record in reader:
        if not any(map(str.strip, record)) or record[0].startswith("#"):
            continue
        if len(record) < len(COLUMNS):
            short.append(reader.line_num)
            continue
        rows.append([cell.strip() or None for cell in record[: len(COLUMNS)]])
        places.append(reader.line_num)
    if short or not rows:
        values = {"number": len(short), "rows": shorten(short, 10), "fields": len(COLUMNS)}
        raise TableError(Problem(code="cases.no_house_coordinates", file=name, values=values))
    frame = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.Index(places, name="row"), dtype=object)
    gone = frame["kennung"] == _DELETED
    if not gone.any():
        return frame, ()
    values = {"number": int(gone.sum())}
    note = Problem(code="cases.houses_deleted", severity="note", file=name, values=values)
    return frame[~gone], (note,)


def zone_of(east: pd.Series) -> str | None:
    """Return the reference system that eight-digit east values name by themselves; None if they do not.

    Examples
    --------
    >>> zone_of(pd.Series(["32367213,456", "32367400,1"]))
    'EPSG:4647'
    >>> zone_of(pd.Series(["367213,456"])) is None
    True
    """
    whole = east.dropna().str.partition(",")[0].str.partition(".")[0]
    zones = set(whole.where(whole.str.len() == 8, "").str[:2])
    return _ZONES.get(zones.pop()) if len(zones) == 1 else None
