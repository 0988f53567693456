"""Attribute tables of geodata (GeoJSON, GeoPackage, Shapefile, dBase) as sheets: one layer, one sheet."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import struct
import warnings
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sozialraum.garbled import find_garbled, letters_lost
from sozialraum.tables.sheet import Refused, Sheet, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["is_geodata", "read_geodata"]

SHAPES = {".shp", ".dbf"}
"""Endings of files without a common beginning; the figures of a Shapefile stand in its ``.dbf``."""

BEGIN = 5_000
"""Bytes of a JSON file in which it says what it is."""

_COUNTERS = re.compile(r"(?:ogc_)?fid|objectid|ogc_fid0|gml_id", re.IGNORECASE)
"""Columns by which a program counts its features; they change with every export."""


def is_geodata(path: Path, content: bytes) -> bool:
    """Tell whether a file holds features with attributes.

    Parameters
    ----------
    path, content
        Of the file.
    """
    if content.startswith(b"SQLite format 3"):
        return b"gpkg_contents" in content
    if path.suffix.lower() in SHAPES:
        return b"\0" in content[:100]
    begin = content[:BEGIN].lstrip(b"\xef\xbb\xbf \t\r\n")
    return begin.startswith(b"{") and b'"FeatureCollection"' in begin and b'"features"' in content


def read_geodata(path: Path, content: bytes, layer: str | None, encoding: str | None) -> list[Sheet]:
    """Read the attributes of one layer, or of all.

    Parameters
    ----------
    path, content
        Of the file.
    layer
        Name of one layer; None: all.
    encoding
        In which a Shapefile's texts are written, where it does not say.

    Returns
    -------
    list of Sheet
        Headings in row 1, the first feature in row 2, as an export to a table has them. Geometry, and the
        numbers that programs give to features, are left out.

    Raises
    ------
    Refused
        If the file is damaged or empty, has no such layer, or if its texts were read in a wrong encoding.
    """
    shapes = path.suffix.lower() in SHAPES
    try:
        if shapes:
            layers = {path.stem: _dbase(path, encoding)}
        else:
            layers = _geopackage(path) if content.startswith(b"SQLite") else _geojson(path, content)
    except Refused:
        raise
    except (RuntimeError, ValueError, OSError, UnboundLocalError, RecursionError, sqlite3.Error):
        raise Refused("broken_geodata") from None
    if layer is not None and layer not in layers:
        raise Refused("no_sheet", sheet=layer, sheets=", ".join(layers))
    wanted = layers if layer is None else {layer: layers[layer]}
    filled = {name: rows for name, rows in wanted.items() if len(rows) > 1}
    if not filled:
        raise Refused("empty")
    if encoding is None:
        _doubt([cell for rows in filled.values() for row in rows for cell in row], shapes=shapes)
    return [Sheet(lines=lines_of(dict(enumerate(rows, 1))), name=name) for name, rows in filled.items()]


def _geojson(path: Path, content: bytes) -> dict[str, list[list[object]]]:
    found = json.loads(content.decode("utf-8-sig"))
    features = found.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise Refused("broken_geodata")
    attributes = [one.get("properties") or {} for one in features]
    names = list(dict.fromkeys(str(name) for one in attributes for name in one))
    names = [name for name in names if not _COUNTERS.fullmatch(name)]
    name = found.get("name")
    rows = [[_plain(one.get(name)) for name in names] for one in attributes]
    return {name if isinstance(name, str) and name else path.stem: [[*names], *rows]}


def _geopackage(path: Path) -> dict[str, list[list[object]]]:
    # What a program has open has its newest rows in a file beside it.
    beside = path.with_name(f"{path.name}-wal")
    still = "" if beside.is_file() and beside.stat().st_size else "&immutable=1"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{still}", uri=True)) as base:
        if base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise Refused("broken_geodata")
        kinds = "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
        names = [str(name) for (name,) in base.execute(kinds)]
        return {name: _layer(base, name) for name in names}


def _layer(base: sqlite3.Connection, name: str) -> list[list[object]]:
    quoted = '"' + name.replace('"', '""') + '"'
    found = base.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - the name is quoted
    headings = [str(column[0]) for column in found.description]
    rows = found.fetchall()
    if base.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'").fetchone():
        counted = base.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (name,))
        (number,) = counted.fetchone() or (None,)
        if number is not None and number != len(rows):
            raise Refused("broken_geodata")
    kept = [
        place
        for place, heading in enumerate(headings)
        if not _COUNTERS.fullmatch(heading) and not any(isinstance(row[place], bytes) for row in rows)
    ]
    return [[headings[place] for place in kept], *([_plain(row[place]) for place in kept] for row in rows)]


def _dbase(path: Path, encoding: str | None) -> list[list[object]]:
    import pyogrio  # noqa: PLC0415 - GDAL is loaded where it is needed
    from pyogrio.raw import read  # noqa: PLC0415 - as above

    table = next((path.with_suffix(end) for end in (".dbf", ".DBF") if path.with_suffix(end).is_file()), None)
    head = table.read_bytes() if table is not None else b""
    if table is None or len(head) < 32:
        raise Refused("broken_geodata")
    number, begin, length = struct.unpack_from("<IHH", head, 4)
    # A damaged head would make fewer rows, and nobody would be told.
    if not 0 <= len(head) - begin - number * length <= 1:
        raise Refused("broken_geodata")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on geometry, which is not read
        (layer, _), *_ = pyogrio.list_layers(table)
        meta, _, _, columns = read(table, layer=layer, encoding=encoding, read_geometry=False)
    features = len(columns[0]) if len(columns) else 0
    rows = [[_plain(column[place]) for column in columns] for place in range(features)]
    if letters_lost(head, (cell for row in rows for cell in row)):
        raise Refused("wrong_encoding", encoding=encoding or ".cpg")
    return [[str(field) for field in meta["fields"]], *rows]


def _plain(value: Any) -> object:  # noqa: ANN401 - whatever a feature stores
    """Return what a feature stores as text, number or date; "" where it stores nothing."""
    if hasattr(value, "astype") and value.dtype.kind == "M":
        return "" if str(value) == "NaT" else dt.datetime.fromisoformat(str(value)[:19])
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None or value != value else value  # noqa: PLR0124 - not a number is not itself


def _doubt(cells: Sequence[object], *, shapes: bool) -> None:
    texts = dict.fromkeys(cell for cell in cells if isinstance(cell, str) and not cell.isascii())
    found = find_garbled(list(texts))
    if found is None or found.encoding is None:
        return
    values: dict[str, Any] = {"examples": ", ".join(found.examples), "meant": ", ".join(found.meant)}
    if shapes:
        raise Refused("garbled", encoding=found.encoding, **values)
    raise Refused("garbled_source", **values)
