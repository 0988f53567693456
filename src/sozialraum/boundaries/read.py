"""District polygons: read, checked, mended where the user says how, and brought into metres.

Nothing is lost on the way: every feature becomes a district, is excluded by name, is merged on request, or
is named in the one report that is raised.
"""

from __future__ import annotations

import difflib
import fnmatch
import json
import logging
from typing import TYPE_CHECKING, Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.arguments import checked
from sozialraum.boundaries.corrections import LISTED, Correction, Features, apply_corrections, clean_texts
from sozialraum.boundaries.coverage import check_coverage
from sozialraum.boundaries.crs import AxisOrder, georeference
from sozialraum.boundaries.guess import BoundaryGuess, guess_columns
from sozialraum.boundaries.layers import POLYGONS, read_layer
from sozialraum.boundaries.reserved import is_reserved
from sozialraum.errors import BoundaryError, Problem, Severity, raise_problems, shorten
from sozialraum.keys import as_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

__all__ = [
    "BoundaryGuess",
    "Correction",
    "check_coverage",
    "guess_columns",
    "load_districts",
    "read_districts",
]

LOGGER = logging.getLogger(__name__)

FARTHEST = 1e9
"""Coordinates past this are damaged data."""


@checked(axis_order=get_args(AxisOrder))
def read_districts(  # noqa: PLR0913 - the options are the entries of [boundaries] in the project file
    source: str | PathLike[str],
    *,
    key: str,
    name: str | None = None,
    parents: Sequence[str] = (),
    layer: str | None = None,
    crs: str | None = None,
    axis_order: AxisOrder = "xy",
    exclude: Collection[str] = (),
    corrections: Iterable[Correction | Mapping[str, Any]] = (),
    dissolve: bool = False,
    encoding: str | None = None,
    rename: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """Read district polygons and log what was noticed.

    Parameters
    ----------
    source
        Path of a file in any OGR format, or an address (OGC API Features, WFS, file on the web).
    key
        Column with the district keys; taken as text.
    name
        Column with the names; without one, and where it is empty, the key is the name.
    parents
        Columns that name larger areas, from small to large.
    layer
        Layer, collection or feature type, where the source has several.
    crs
        Reference system of the coordinates, such as ``"EPSG:25833"``; overrides what the file says.
    axis_order
        ``"yx"`` where the file has latitude (or northing) first.
    exclude
        Keys (after `corrections`) that are not districts, such as a polygon of the whole city. ``*`` and
        ``?`` stand for any letters and for one letter, where no key is written so.
    corrections
        Keys that are wrong at the source; mappings have the entries of `Correction`.
    dissolve
        Merge polygons that share a key; else they are an error.
    encoding
        In which the texts of the file are written, where it does not say (a shapefile without ``.cpg``).
    rename
        Column to the name by which `key`, `name` and `parents` call it.

    Returns
    -------
    gpd.GeoDataFrame
        Index "district" (text). Columns `name`, `parents` and `geometry` (valid, 2D, metric reference
        system, see `crs.metric_crs`); in the order of the source.

    Raises
    ------
    BoundaryError
        With every fault at once: source, columns, reference system, keys, geometry, corrections; also if
        there is only one district.

    See Also
    --------
    load_districts : the same, with the findings.
    """
    districts, problems = load_districts(
        source,
        key=key,
        name=name,
        parents=parents,
        layer=layer,
        crs=crs,
        axis_order=axis_order,
        exclude=exclude,
        corrections=corrections,
        dissolve=dissolve,
        encoding=encoding,
        rename=rename,
    )
    raise_problems(problems, BoundaryError)
    for problem in problems:
        LOGGER.log(logging.WARNING if problem.severity == "warning" else logging.INFO, "%s", problem.text())
    return districts


def load_districts(  # noqa: PLR0913 - the options are the entries of [boundaries] in the project file
    source: str | PathLike[str],
    *,
    key: str,
    name: str | None = None,
    parents: Sequence[str] = (),
    layer: str | None = None,
    crs: str | None = None,
    axis_order: AxisOrder = "xy",
    exclude: Collection[str] = (),
    corrections: Iterable[Correction | Mapping[str, Any]] = (),
    dissolve: bool = False,
    encoding: str | None = None,
    rename: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Read district polygons; parameters, result and errors as in `read_districts`.

    Returns
    -------
    districts, problems
        Problems are warnings and notes. One is of severity ``"error"`` though the polygons are whole and
        returned: ``boundaries.single_district``, which no analysis of neighbours can use.
    """
    read = read_layer(source, layer=layer, encoding=encoding)
    frame, file = read.frame.rename(columns=dict(rename or {})), read.file
    problems = [*read.problems, *_column_problems(frame, file, key=key, name=name, parents=parents)]
    found: Sequence[Problem]
    keys = as_keys(frame[key]) if key in frame.columns else _texts(frame, None)
    relevant = ~keys.isin(_excluded_keys(keys, exclude)[0])
    geometry, found = georeference(
        frame.geometry, crs=crs, axis_order=axis_order, relevant=relevant, file=file
    )
    problems += found
    if key not in frame.columns:
        raise BoundaryError(*problems)
    features = Features(keys=keys, names=_texts(frame, name), geometry=geometry)
    problems += _number_problems(frame[key], features.keys, file)
    corrected, found = apply_corrections(features, corrections, file=file)
    problems += found
    features = Features(keys=corrected, names=features.names, geometry=geometry)
    features, found = _exclude(features, exclude, file)
    problems += found
    problems += _key_problems(features, file, dissolve=dissolve)
    problems += _shape_problems(features, frame.geometry.loc[features.keys.index], file)
    raise_problems(problems, BoundaryError)
    features, found = _repair(features, file)
    problems += found
    raise_problems(problems, BoundaryError)
    columns = pd.DataFrame({parent: _texts(frame, parent) for parent in parents}, index=frame.index)
    columns.insert(0, "name", _texts(frame, name))
    districts, found = _assemble(features, columns.loc[features.keys.index], file, named=name is not None)
    problems += found
    if len(districts) == 1:
        problems.append(_problem("single_district", file, keys=districts.index))
    problems += check_coverage(districts, file=file)
    return districts, tuple(problems)


def _texts(frame: gpd.GeoDataFrame, column: str | None) -> pd.Series:
    if column is None or column not in frame.columns:
        return pd.Series([None] * len(frame), index=frame.index, dtype=object)
    return clean_texts(frame[column])


def _problem(
    code: str,
    file: str,
    *,
    keys: Iterable[object] = (),
    severity: Severity = "error",
    values: Mapping[str, object] | None = None,
) -> Problem:
    named = tuple(str(key) for key in keys)
    return Problem(code=f"boundaries.{code}", severity=severity, file=file, keys=named, values=values or {})


def _column_problems(
    frame: gpd.GeoDataFrame, file: str, *, key: str, name: str | None, parents: Sequence[str]
) -> list[Problem]:
    """Name the columns that are missing, each with the most similar one that exists."""
    columns = [str(column) for column in frame.columns if column != "geometry"]
    lower = {column.lower(): column for column in columns}
    wanted = {"key": [key], "name": [name] if name is not None else [], "parents": list(parents)}
    problems = []
    for role, column in ((role, column) for role, asked in wanted.items() for column in asked):
        if column in columns:
            continue
        near = difflib.get_close_matches(column.lower(), lower, n=1, cutoff=0.5)
        code = "column_missing_similar" if near else "column_missing"
        similar = lower[near[0]] if near else ""
        values = {"column": column, "role": role, "columns": ", ".join(columns), "similar": similar}
        problems.append(_problem(code, file, values=values))
    reserved = [parent for parent in parents if is_reserved(parent)]
    return problems + [_problem("parent_reserved", file, values={"column": column}) for column in reserved]


def _number_problems(column: pd.Series, keys: pd.Series, file: str) -> list[Problem]:
    """Warn of keys that may have lost leading zeros: numbers, or the same number written in two ways."""
    present = keys.dropna()
    problems = []
    if pd.api.types.is_numeric_dtype(column):
        lengths = sorted(present.str.len().unique())
        examples = [present[present.str.len() == length].iloc[0] for length in lengths]
        code = "key_number_mixed" if len(lengths) > 1 else "key_number"
        values = {
            "column": column.name,
            "examples": ", ".join(examples),
            "lengths": ", ".join(map(str, lengths)),
        }
        problems.append(_problem(code, file, severity="warning", values=values))
    unique = pd.Series(present.unique(), dtype=object)
    digits = unique[unique.str.fullmatch(r"\d+").astype(bool)]
    numbers = digits.str.lstrip("0")
    several = numbers.duplicated(keep=False)
    if several.any():
        double = [list(form) for _, form in digits[several].groupby(numbers[several], sort=False)]
        pairs = {"pairs": shorten([" / ".join(form) for form in double], LISTED)}
        named = [each for form in double for each in form]
        problems.append(_problem("key_padding", file, keys=named, severity="warning", values=pairs))
    return problems


def _excluded_keys(keys: pd.Series, exclude: Collection[str]) -> tuple[set[str], list[str]]:
    """Return the keys that `exclude` means, patterns resolved, and its entries that mean none."""
    present = set(keys.dropna())
    wanted, unknown = set[str](), list[str]()
    for entry in map(str, exclude):
        if entry in present:
            meant = {entry}
        else:
            meant = set(fnmatch.filter(present, entry)) if set(entry) & {"*", "?"} else set()
        wanted |= meant
        unknown += [] if meant else [entry]
    return wanted, unknown


def _exclude(features: Features, exclude: Collection[str], file: str) -> tuple[Features, list[Problem]]:
    """Take out the features with the keys that are not districts."""
    wanted, unknown = _excluded_keys(features.keys, exclude)
    out = features.keys.isin(wanted)
    problems = []
    if unknown:
        problems.append(_problem("exclude_unknown", file, keys=unknown))
    if out.any():
        values = {"features": features.describe(features.keys.index[out])}
        excluded = features.keys[out].unique()
        problems.append(_problem("excluded", file, keys=excluded, severity="note", values=values))
    if out.all():
        problems.append(_problem("nothing_left", file))
    geometry = None if features.geometry is None else features.geometry[~out]
    return Features(keys=features.keys[~out], names=features.names[~out], geometry=geometry), problems


def _key_problems(features: Features, file: str, *, dissolve: bool) -> list[Problem]:
    """Name features without a key, and keys that several features share."""
    keys = features.keys
    problems = []
    missing = keys.index[keys.isna()]
    if len(missing):
        lost = {"features": features.describe(missing), "number": len(missing)}
        problems.append(_problem("key_missing", file, values=lost))
    present = keys.dropna()
    double = present[present.duplicated(keep=False)]
    if not len(double):
        return problems
    numbers = {str(key): list(members.index) for key, members in double.groupby(double, sort=False)}
    if dissolve:
        merged = {"number": len(double)}
        return [*problems, _problem("dissolved", file, keys=numbers, severity="note", values=merged)]
    places = [f"{key}: {features.describe(found)}" for key, found in numbers.items()]
    rest = len(places) - LISTED
    first, found = next(iter(numbers.items()))
    values = {
        "places": "; ".join(places[:LISTED]) + (f"; … (+{rest})" if rest > 0 else ""),
        "example": _correction_toml(features, first, found[0]),
        "number": found[0],
    }
    return [*problems, _problem("duplicate_key", file, keys=numbers, values=values)]


def _correction_toml(features: Features, key: str, number: int) -> str:
    """Return the entry that gives one feature another key, to be completed by the user."""
    point = features.points([number]).get(number)
    place = f"at = {point}" if point else f"feature = {number}"
    quoted = json.dumps(key, ensure_ascii=False)
    return f'corrections = [{{ key = {quoted}, {place}, new_key = "…" }}]'


def _shape_problems(features: Features, raw: gpd.GeoSeries, file: str) -> list[Problem]:
    """Name districts without geometry, and those that are no polygons."""
    extents = shapely.bounds(raw.to_numpy())
    # Missing bounds are NaN; no reference system of this world has coordinates this large.
    with np.errstate(invalid="ignore"):
        finite = (np.abs(extents) < FARTHEST).all(axis=1)
    other = finite & ~np.isin(shapely.get_type_id(raw.to_numpy()), POLYGONS)
    problems = []
    for code, wrong in (("geometry_missing", ~finite), ("not_polygon", other)):
        if not wrong.any():
            continue
        numbers = features.keys.index[wrong]
        types = ", ".join(sorted(set(raw[other].geom_type)))
        values = {"types": types, "features": features.describe(numbers), "number": len(numbers)}
        problems.append(_problem(code, file, keys=features.keys.loc[numbers].dropna(), values=values))
    return problems


def _repair(features: Features, file: str) -> tuple[Features, list[Problem]]:
    """Make invalid polygons valid, and say by how much that changed their area."""
    if features.geometry is None:
        return features, []
    geometry = features.geometry.copy()
    invalid = geometry.index[~shapely.is_valid(geometry.to_numpy())]
    changes, lost = [], []
    for number in invalid:
        before = geometry.loc[number]
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(before, method="structure")))
        after = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
        if after.is_empty:
            lost.append(number)
            continue
        reason = str(shapely.is_valid_reason(before)).split("[", maxsplit=1)[0]
        change = f"{before.area:.0f} → {after.area:.0f} m²"
        changes.append(f"{features.keys.loc[number]} ({reason}, {change})")
        geometry.loc[number] = after
    problems = []
    if changes:
        mended = features.keys.loc[invalid.difference(pd.Index(lost))]
        values = {"changes": shorten(changes, LISTED)}
        problems.append(_problem("repaired", file, keys=mended, severity="warning", values=values))
    if lost:
        values = {"features": features.describe(lost)}
        problems.append(_problem("repair_empty", file, keys=features.keys.loc[lost], values=values))
    return Features(keys=features.keys, names=features.names, geometry=geometry), problems


def _assemble(
    features: Features, columns: pd.DataFrame, file: str, *, named: bool
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Build the result, one row per key; say where merged features contradict each other."""
    keys = features.keys
    problems = []
    order = pd.Index(keys.drop_duplicates(), name="district", dtype=object)
    different = columns.groupby(keys, sort=False).nunique() > 1  # noqa: PD101 - per group, no shortcut exists
    for column in columns.columns[different.any()]:
        values = {"column": column}
        doubtful = different.index[different[column]]
        problems.append(_problem("dissolve_conflict", file, keys=doubtful, severity="warning", values=values))
    shapes = features.geometry.to_numpy() if features.geometry is not None else np.array([])
    if len(order) < len(keys):
        positions = keys.groupby(keys, sort=False).indices
        shapes = [_merged(shapes[positions[key]]) for key in order]
        columns = columns.groupby(keys, sort=False).first()
    for column in columns.columns:
        empty = order[columns[column].isna()]
        if len(empty) and column != "name":
            values = {"column": column}
            problems.append(_problem("parent_missing", file, keys=empty, severity="warning", values=values))
        elif len(empty) and named:
            problems.append(_problem("name_missing", file, keys=empty, severity="note"))
    data = {column: list(columns[column]) for column in columns}
    data["name"] = [key if pd.isna(name) else name for key, name in zip(order, data["name"], strict=True)]
    crs = None if features.geometry is None else features.geometry.crs
    return gpd.GeoDataFrame(data, geometry=list(shapes), index=order, crs=crs), problems


def _merged(shapes: NDArray[np.object_]) -> shapely.Geometry:
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
