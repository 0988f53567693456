"""Read one layer of features from a file or an address, in whatever format GDAL knows."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
from shapely.errors import ShapelyError

from sozialraum.boundaries.services import fetch_features, is_address, service_kind
from sozialraum.errors import BoundaryError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

__all__ = ["Layer", "read_layer"]

READ_ERRORS = (RuntimeError, ValueError, OSError, ShapelyError)
"""What pyogrio and shapely raise on broken files; pyogrio's own errors are RuntimeErrors."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer as it was read.

    Parameters
    ----------
    frame
        Features in the order of the source; the index is the feature number, from 1. Geometry is 2D.
    file
        Path or address, for messages.
    name
        The layer that was read; empty for a service whose address says it all.
    names
        All layers with geometry that the source has.
    problems
        Remarks of the reader.
    """

    frame: gpd.GeoDataFrame
    file: str
    name: str
    names: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def read_layer(source: str | PathLike[str], *, layer: str | None = None) -> Layer:
    """Read one layer with all its columns.

    Parameters
    ----------
    source
        Path of a file (any OGR format, zipped shapefiles too), or an address (see `fetch_features`).
    layer
        Name of the layer; may be left out where only one has polygons.

    Raises
    ------
    BoundaryError
        If the source is missing, cannot be read, holds no features, has no such layer or several.
    """
    file = str(source)
    if not is_address(file):
        return _read([_local(file)], file, layer)
    answer = fetch_features(file, layer=layer)
    # A service has chosen its layer already; what it is called inside the answer is its own matter.
    plain = service_kind(file) == "file"
    found = _read([_offline(page) for page in answer.pages], file, layer if plain else None)
    if answer.matched not in {None, len(found.frame)}:
        values = {"received": len(found.frame), "matched": answer.matched}
        raise _error("service_incomplete", file, **values)
    if plain and not found.name.startswith("pyogrio_"):
        return found
    # pyogrio gives documents in memory a name of its own, another one each time.
    return replace(found, name=layer or "", names=(layer,) if layer else ())


def _error(code: str, file: str, **values: object) -> BoundaryError:
    return BoundaryError(Problem(code=f"boundaries.{code}", file=file, values=values))


def _local(file: str) -> str | bytes:
    """Return what pyogrio reads for a path: the path, or for GML the content (see `_offline`)."""
    path = Path(file.removeprefix("zip://").split(".zip!")[0] + (".zip" if ".zip!" in file else ""))
    if not path.exists():
        raise _error("file_missing", file)
    if path.is_file() and path.stat().st_size == 0:
        raise _error("empty", file)
    return _offline(path.read_bytes()) if path.suffix.lower() in {".gml", ".xml"} else file


def _offline(document: bytes) -> bytes:
    """Take from GML the address of its schema: GDAL would fetch it from the web without being asked."""
    return re.sub(rb"""\s[\w.-]+:schemaLocation\s*=\s*("[^"]*"|'[^']*')""", b"", document, count=1)


@contextmanager
def _text_fields() -> Iterator[None]:
    """Let GDAL read the fields of GML without schema as text; it guesses numbers, and 0401 becomes 401."""
    option = "GML_FIELDTYPES"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: "ALWAYS_STRING"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({option: before})


def _read(contents: list[str] | list[bytes] | list[str | bytes], file: str, layer: str | None) -> Layer:
    with warnings.catch_warnings(record=True) as caught, _text_fields():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("always", RuntimeWarning)
        try:
            listed = [(str(name), kind) for name, kind in pyogrio.list_layers(contents[0])]
            position = _choose(listed, layer, file)
            # A shape that cannot be read is None; the checks that follow name the feature.
            frames = [
                pyogrio.read_dataframe(content, layer=position, force_2d=True, on_invalid="ignore")
                for content in contents
            ]
        except BoundaryError:
            raise
        except READ_ERRORS as error:
            raise _error("unreadable", file, reason=_reason(error)) from error
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _error("no_geometry", file, layer=listed[position][0])
    if frame.empty:
        raise _error("empty", file)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="feature")
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    remarks = dict.fromkeys(str(warning.message) for warning in caught)
    return Layer(
        frame=frame,
        file=file,
        name=listed[position][0],
        names=tuple(name for name, kind in listed if kind is not None),
        problems=tuple(
            Problem(code="boundaries.reader_remark", severity="note", file=file, values={"remark": remark})
            for remark in remarks
        ),
    )


def _choose(listed: list[tuple[str, Any]], layer: str | None, file: str) -> int:
    """Return the position of the layer asked for, or of the only one that may hold polygons."""
    names = [name for name, _ in listed]
    if not names:
        raise _error("empty", file)
    if layer is not None:
        if layer not in names:
            raise _error("layer_missing", file, layer=layer, layers=", ".join(names))
        return names.index(layer)
    spatial = [name for name, kind in listed if kind is not None]
    polygons = [name for name, kind in listed if kind is not None and "Polygon" in str(kind)]
    candidates = polygons or spatial
    if not candidates:
        raise _error("no_geometry", file, layer=names[0])
    if len(candidates) > 1:
        raise _error("layer_needed", file, layers=", ".join(candidates))
    return names.index(candidates[0])


def _reason(error: BaseException) -> str:
    """Return the first sentence of a reader's message; what follows are hints for programmers."""
    return str(error).split("; It might help")[0].rstrip(". ")
