"""Guess from a boundary file what a new project file should say about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.boundaries.corrections import clean_texts
from sozialraum.boundaries.crs import AxisOrder, axes_swapped, extent, propose_crs, stated_crs
from sozialraum.boundaries.layers import read_layer
from sozialraum.errors import Problem
from sozialraum.keys import as_keys

if TYPE_CHECKING:
    from os import PathLike

    import geopandas as gpd

__all__ = ["BoundaryGuess", "guess_columns"]

KEY_WORDS = re.compile(
    r"(^|_)(id|key|nr|no|num|code|ags|rs|ars|kz|lor|plr|schl.*|nummer|kennz.*)($|_)|schl(ue|ü)ssel|schluss",
    re.IGNORECASE,
)
NAME_WORDS = re.compile(
    r"name|title|titel|bez|gen$|ortsteil|stadtteil|quartier|stadtviertel|label|text", re.IGNORECASE
)
TECHNICAL = re.compile(r"^(ogc_)?fid$|objectid|gml_?id|uuid|globalid|shape|oid$", re.IGNORECASE)
"""Columns that programs number themselves; they change with every export."""

MOSTLY = 0.95
"""Share of distinct entries that a key has at least; a file with one doubled key still has a key."""

PARTS = 0.5
"""As `MOSTLY`, where districts may come in several parts, each a row: then key and name repeat together."""


@dataclass(frozen=True, kw_only=True)
class BoundaryGuess:
    """What a boundary file seems to be.

    Parameters
    ----------
    key, name
        Columns; None where none looks like it.
    crs
        The system that the file states, such as ``"EPSG:4326"``; None where it states none.
    proposals
        EPSG codes in which the coordinates would lie in Germany, where the file states no system.
    axis_order
        ``"yx"`` where the coordinates seem exchanged.
    layers
        All layers with geometry; empty for a service whose address says it all.
    layer
        The one that was looked at.
    feature_count
        Number of features.
    columns
        All columns but the geometry.
    reasons
        Notes that say on what each guess rests.
    """

    key: str | None
    name: str | None
    crs: str | None
    proposals: tuple[str, ...]
    axis_order: AxisOrder
    layers: tuple[str, ...]
    layer: str
    feature_count: int
    columns: tuple[str, ...]
    reasons: tuple[Problem, ...]


def guess_columns(
    source: str | PathLike[str], *, layer: str | None = None, encoding: str | None = None
) -> BoundaryGuess:
    """Guess key and name column, reference system and axis order of a boundary file.

    Parameters
    ----------
    source
        Path or address, as for `read_districts`.
    layer
        The layer to look at, where there are several.
    encoding
        In which the texts are written, where the file does not say.

    Raises
    ------
    BoundaryError
        If the source cannot be read, is empty, or has several layers with polygons and none is chosen.
    """
    read = read_layer(source, layer=layer, encoding=encoding)
    frame = read.frame
    columns = [str(column) for column in frame.columns if column != "geometry"]
    keys = {column: _key_score(frame[column], column) for column in columns}
    key = _best(keys)
    names = {column: _name_score(frame[column], column) for column in columns if column != key}
    name = _best(names)
    if key is None and name is not None:
        key = _best({column: _part_score(frame, column, name) for column in columns if column != name})
    crs = stated_crs(frame.geometry)
    bounds = extent(frame.geometry)
    swapped = crs is not None and bounds is not None and axes_swapped(bounds, crs)
    reasons = [_reason(read.file, "guess_key", frame[key], key) if key else _none(read.file, "guess_no_key")]
    if name:
        reasons.append(_reason(read.file, "guess_name", frame[name], name))
    proposals = tuple(propose_crs(bounds)) if crs is None and bounds is not None else ()
    if len(proposals) == 1:
        values: dict[str, object] = {"crs": proposals[0]}
        reasons.append(Problem(code="boundaries.guess_crs", severity="note", file=read.file, values=values))
    if swapped:
        reasons.append(_none(read.file, "guess_axes"))
    return BoundaryGuess(
        key=key,
        name=name,
        crs=None if crs is None else ":".join(crs.to_authority(min_confidence=100) or ()) or crs.to_wkt(),
        proposals=proposals,
        axis_order="yx" if swapped else "xy",
        layers=read.names,
        layer=read.name,
        feature_count=len(frame),
        columns=tuple(columns),
        reasons=tuple(reasons),
    )


def _best(scores: dict[str, float]) -> str | None:
    """Return the column with the highest positive score; the first of equals."""
    positive = {column: score for column, score in scores.items() if score > 0}
    return max(positive, key=lambda column: positive[column]) if positive else None


def _part_score(frame: gpd.GeoDataFrame, column: str, name: str) -> float:
    """Score a column as `_key_score` does, where districts have several rows: one name for each key."""
    labels = pd.DataFrame({"key": as_keys(frame[column]), "name": clean_texts(frame[name])}).dropna()
    pairs = labels.drop_duplicates()
    if pairs["key"].duplicated().any() or pairs["name"].duplicated().any():
        return 0.0
    return _key_score(frame[column], column, PARTS)


def _key_score(values: pd.Series, column: str, distinct: float = MOSTLY) -> float:
    """Score how much a column looks like keys: nearly unique, short, without blanks, of one length."""
    whole = pd.api.types.is_integer_dtype(values) or (
        pd.api.types.is_float_dtype(values) and bool((values.dropna() % 1 == 0).all())
    )
    if not (whole or pd.api.types.is_string_dtype(values) or values.dtype == object):
        return 0.0
    keys = as_keys(values).dropna()
    if len(keys) < max(1, MOSTLY * len(values)) or keys.nunique() < distinct * len(keys):
        return 0.0
    if keys.str.contains(r"\s").mean() > 0.1 or keys.str.len().median() > 40:
        return 0.0
    word = 2.0 if KEY_WORDS.search(column) else 0.0
    digits = float(keys.str.contains(r"\d").mean())
    lengths = float(keys.str.len().value_counts(normalize=True).iloc[0])
    technical = 3.0 if TECHNICAL.search(column) else 0.0
    # Names of places are unique as well, but have no digits and no common length.
    return word + digits + lengths / 2 + (0.0 if whole else 0.5) - technical - 0.75


def _name_score(values: pd.Series, column: str) -> float:
    """Score how much a column looks like names: words, mostly different."""
    if not (pd.api.types.is_string_dtype(values) or values.dtype == object):
        return 0.0
    names = clean_texts(values).dropna()
    if names.empty or TECHNICAL.search(column):
        return 0.0
    words = float(names.str.contains(r"[^\W\d_]{3}").mean())
    distinct = names.nunique() / len(names)
    if words < 0.5 or distinct < 0.5:
        return 0.0
    return words + distinct + (1.0 if NAME_WORDS.search(column) else 0.0) - 1.0


def _reason(file: str, code: str, values: pd.Series, column: str) -> Problem:
    texts = clean_texts(values).dropna()
    shown = {
        "column": column,
        "distinct": texts.nunique(),
        "number": len(values),
        "examples": ", ".join(texts.iloc[:3]),
    }
    return Problem(code=f"boundaries.{code}", severity="note", file=file, values=shown)


def _none(file: str, code: str) -> Problem:
    return Problem(code=f"boundaries.{code}", severity="note", file=file)
