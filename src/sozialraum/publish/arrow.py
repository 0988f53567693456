"""Tables handed to GDAL in one piece: as columns in Arrow's form, several times quicker than cell by cell."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence, Sized
    from pathlib import Path

    from nanoarrow.c_array import CArray
    from numpy.typing import NDArray

__all__ = ["append_layer"]

GROUPING = {
    frozenset({"Point", "MultiPoint"}): ("MultiPoint", shapely.multipoints),
    frozenset({"LineString", "MultiLineString"}): ("MultiLineString", shapely.multilinestrings),
    frozenset({"Polygon", "MultiPolygon"}): ("MultiPolygon", shapely.multipolygons),
}
"""Kinds that one layer cannot hold beside each other, to the kind that holds both and what makes it."""

ROWS = 100_000
"""Rows that are handed over at one time."""


def append_layer(table: pd.DataFrame, path: Path, layer: str) -> None:
    """Add a table to a GeoPackage, made where there is none; with its geometry, if it has one.

    Parameters
    ----------
    table
        Any number of rows; the index is not written. Columns hold numbers, truth values or texts, each with
        gaps or without; cells of any other kind are written as text. At most one column is geometry.
    path
        The file.
    layer
        A new one.
    """
    import pyogrio  # noqa: PLC0415 - costs half a second, only this output needs it
    from nanoarrow import c_array_from_buffers, struct  # noqa: PLC0415
    from nanoarrow.c_array_stream import CArrayStream  # noqa: PLC0415

    table, shapes = _with_shapes(table)
    for start in range(0, max(len(table), 1), ROWS):
        part = table.iloc[start : start + ROWS]
        columns = {
            str(name): _column(cells, shapes=name == shapes["geometry_name"]) for name, cells in part.items()
        }
        fields = struct({name: column.schema for name, column in columns.items()})
        rows = c_array_from_buffers(fields, len(part), [None], children=list(columns.values()))
        stream = CArrayStream.from_c_arrays([rows], rows.schema)
        with warnings.catch_warnings():
            # pyogrio remarks that a table without geometry has no CRS, which is what is meant.
            warnings.simplefilter("ignore", UserWarning)
            pyogrio.write_arrow(stream, path, layer=layer, driver="GPKG", append=path.exists(), **shapes)


def _with_shapes(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str | None]]:
    """Give the geometry as bytes; tell pyogrio where it is, of which kind, in which reference system."""
    if not isinstance(table, gpd.GeoDataFrame):
        return table, {"geometry_name": None, "geometry_type": None}
    shapes, kind = _of_one_kind(table.geometry.to_numpy())
    name, code = table.geometry.name, None if table.crs is None else table.crs.to_epsg()
    crs = None if table.crs is None else f"EPSG:{code}" if code else table.crs.to_wkt("WKT1_GDAL")
    with_bytes = pd.DataFrame(table).assign(**{name: pd.Series(shapely.to_wkb(shapes), index=table.index)})
    return with_bytes, {"geometry_name": name, "geometry_type": kind, "crs": crs}


def _of_one_kind(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], str]:
    """Make groups of shapes that stand alone where others are groups; name the kind of all."""
    kinds = frozenset(shape.geom_type for shape in shapes if shape is not None)
    if kinds not in GROUPING:
        return shapes, next(iter(kinds)) if len(kinds) == 1 else "Unknown"
    kind, group = GROUPING[kinds]
    parts, owner = shapely.get_parts(shapes, return_index=True)
    grouped = np.full(len(shapes), None, dtype=object)
    group(parts, indices=owner, out=grouped)
    return grouped, kind


def _column(values: pd.Series, *, shapes: bool) -> CArray:
    """Put a column into Arrow's form; shapes are bytes."""
    import nanoarrow  # noqa: PLC0415 - only this output needs it

    missing = values.isna().to_numpy()

    def made(kind: object, *content: NDArray[Any] | bytes) -> CArray:
        known = None if not missing.any() else np.packbits(~missing, bitorder="little")
        return nanoarrow.c_array_from_buffers(kind, len(values), [known, *content])

    if pd.api.types.is_bool_dtype(values.dtype):
        truth = values.to_numpy(dtype=bool, na_value=False)
        return made(nanoarrow.bool_(), np.packbits(truth, bitorder="little"))
    if pd.api.types.is_integer_dtype(values.dtype):
        return made(nanoarrow.int64(), np.ascontiguousarray(values.to_numpy(np.int64, na_value=0)))
    if pd.api.types.is_float_dtype(values.dtype):
        return made(nanoarrow.float64(), np.ascontiguousarray(values.to_numpy(np.float64, na_value=np.nan)))
    cells = values.to_numpy(dtype=object)
    if shapes:
        known = np.where(missing, b"", cells).tolist()
        return made(nanoarrow.binary(), _begins(known), b"".join(known))
    texts = (np.where(missing, "", cells) if missing.any() else cells).tolist()
    if pd.api.types.infer_dtype(texts, skipna=False) != "string":
        texts = list(map(str, texts))
    # All are turned into bytes at once; where one ends, a sign tells that no text holds.
    whole = "\0".join([*texts, ""]).encode()
    ends = np.flatnonzero(np.frombuffer(whole, dtype=np.uint8) == 0)
    if len(ends) != len(texts):
        written = [text.encode() for text in texts]
        return made(nanoarrow.string(), _begins(written), b"".join(written))
    begins = np.r_[0, ends - np.arange(len(ends))].astype(np.int32)
    return made(nanoarrow.string(), begins, whole.replace(b"\0", b""))


def _begins(cells: Sequence[Sized]) -> NDArray[np.int32]:
    """Return where each cell begins where all lie one behind the other, and where the last ends."""
    begins = np.zeros(len(cells) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, cells), dtype=np.int64, count=len(cells)), out=begins[1:])
    return begins
