"""Read one layer of features from a file or an address, in whatever format GDAL knows."""

from __future__ import annotations

import codecs
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.errors import ShapelyError

from sozialraum.boundaries.companions import check_companions
from sozialraum.boundaries.formats import admit, admit_document, closed_network
from sozialraum.boundaries.services import fetch_features, is_address, service_kind
from sozialraum.errors import BoundaryError, Problem
from sozialraum.garbled import find_garbled, reread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

__all__ = ["Layer", "read_layer"]

READ_ERRORS = (RuntimeError, ValueError, OSError, ShapelyError, UnboundLocalError)
"""What pyogrio and shapely raise on broken files; pyogrio's own errors are RuntimeErrors, but a reference
system that is no UTF-8 makes it trip over a variable of its own."""

POLYGONS = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


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


def read_layer(
    source: str | PathLike[str], *, layer: str | None = None, encoding: str | None = None
) -> Layer:
    """Read one layer with all its columns.

    Parameters
    ----------
    source
        Path of a file (any OGR format, zipped shapefiles too), or an address (see `fetch_features`).
    layer
        Name of the layer; may be left out where only one has polygons.
    encoding
        In which the texts are written, where the file does not say, or says something else.

    Raises
    ------
    BoundaryError
        If the source is missing, cannot be read, is of no admitted format (see `formats`), holds no
        features, has no such layer or several, or if its texts were read in a wrong encoding.
    """
    file = str(source)
    if not is_address(file):
        found = _read([_local(file)], file, layer, encoding)
        check_companions(file, found.frame)
        return found
    answer = fetch_features(file, layer=layer)
    # A service has chosen its layer already; what it is called inside the answer is its own matter.
    plain = service_kind(file) == "file"
    pages = [admit_document(page, file) for page in answer.pages]
    found = _read(pages, file, layer if plain else None, encoding)
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
    """Return what pyogrio reads for a path: the path, or for GML the content (see `formats.admit`)."""
    path = Path(file.removeprefix("zip://").split(".zip!")[0] + (".zip" if ".zip!" in file else ""))
    if not path.exists():
        raise _error("file_missing", file)
    if path.is_file() and path.stat().st_size == 0:
        raise _error("empty", file)
    try:
        return admit(path, file)
    except OSError as error:
        raise _error("unreadable", file, reason=error.strerror or str(error)) from error


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


Source = list[str] | list[bytes] | list[str | bytes]


def _read(contents: Source, file: str, layer: str | None, encoding: str | None) -> Layer:
    with warnings.catch_warnings(record=True) as caught, _text_fields(), closed_network():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("always", RuntimeWarning)
        try:
            listed = [(str(name), kind) for name, kind in pyogrio.list_layers(contents[0])]
            position = _choose(contents[0], listed, layer, file)
            frames = [_frame(content, position, encoding) for content in contents]
        except BoundaryError:
            raise
        except LookupError as error:
            raise _error("unknown_encoding", file, encoding=encoding) from error
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
    frame, doubts = _doubt_texts(frame, file, encoding)
    return Layer(
        frame=frame,
        file=file,
        name=listed[position][0],
        names=tuple(name for name, kind in listed if kind is not None),
        problems=(
            *doubts,
            *(
                Problem(
                    code="boundaries.reader_remark", severity="note", file=file, values={"remark": remark}
                )
                for remark in remarks
            ),
        ),
    )


def _frame(content: str | bytes, position: int, encoding: str | None) -> gpd.GeoDataFrame:
    """Read one layer; a shape that cannot be read is None, and the checks that follow name the feature."""
    options: dict[str, Any] = {"layer": position, "force_2d": True, "on_invalid": "ignore"}
    if encoding is None:
        return pyogrio.read_dataframe(content, **options)
    codecs.lookup(encoding)
    try:
        return pyogrio.read_dataframe(content, encoding=encoding, **options)
    except UnicodeDecodeError:
        # GDAL does not know every encoding; the texts are then read anew, see `_doubt_texts`.
        return pyogrio.read_dataframe(content, **options)


def _doubt_texts(
    frame: gpd.GeoDataFrame, file: str, encoding: str | None
) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Doubt the texts and headings of a layer; read them anew where an encoding is stated but was not used.

    Formats such as GeoPackage state their encoding themselves; where their texts were damaged before they
    were written, the stated encoding undoes that.
    """
    words = [column for column in frame.columns if column != "geometry" and frame[column].dtype == object]
    words += [column for column in frame.select_dtypes("string").columns if column not in words]
    texts = [str(column) for column in frame.columns]
    texts += [text for column in words for text in frame[column].tolist() if isinstance(text, str)]
    found = find_garbled(texts)
    if found is None:
        return frame, ()
    if encoding is not None and found.encoding is not None and _same(found.encoding, encoding):
        for column in words:
            frame[column] = [
                reread(text, encoding) if isinstance(text, str) else text for text in frame[column]
            ]
        return frame.rename(columns={column: reread(str(column), encoding) for column in frame.columns}), ()
    values = {
        "examples": ", ".join(map(repr, found.examples)),
        "meant": ", ".join(found.meant),
        "encoding": found.encoding,
    }
    if found.encoding is not None:
        raise BoundaryError(Problem(code="boundaries.garbled", file=file, values=values))
    return frame, (Problem(code="boundaries.doubtful_text", severity="warning", file=file, values=values),)


def _same(one: str, other: str) -> bool:
    return one.replace("-", "").lower() == other.replace("-", "").lower()


def _choose(content: str | bytes, listed: list[tuple[str, Any]], layer: str | None, file: str) -> int:
    """Return the position of the layer asked for, or of the only one that holds polygons."""
    names = [name for name, _ in listed]
    if not names:
        raise _error("empty", file)
    if layer is not None:
        if layer not in names:
            raise _error("layer_missing", file, layer=layer, layers=", ".join(names))
        return names.index(layer)
    spatial = [position for position, (_, kind) in enumerate(listed) if kind is not None]
    if not spatial:
        raise _error("no_geometry", file, layer=names[0])
    if len(spatial) > 1:
        # What a layer is declared to hold is one thing, what it holds another.
        spatial = [position for position in spatial if _holds_polygons(content, position)] or spatial
    if len(spatial) > 1:
        raise _error("layer_needed", file, layers=", ".join(names[position] for position in spatial))
    return spatial[0]


def _holds_polygons(content: str | bytes, position: int) -> bool:
    shapes = pyogrio.raw.read(content, layer=position, columns=[])[2]
    kinds = shapely.get_type_id(shapely.from_wkb(shapes, on_invalid="ignore"))
    return bool(np.isin(kinds, POLYGONS).any())


def _reason(error: BaseException) -> str:
    """Return the first sentence of a reader's message; what follows are hints for programmers."""
    return str(error).split("; It might help")[0].rstrip(". ")
