"""Mend keys that are wrong at the source, one named polygon at a time."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
from pyproj import Transformer

from sozialraum.errors import Problem, shorten
from sozialraum.keys import as_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

__all__ = ["LISTED", "Correction", "Features", "apply_corrections", "clean_texts"]

LISTED = 30
"""Features that a message describes one by one; past it, it counts."""

WGS84 = "EPSG:4326"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """Gives one feature another key.

    Parameters
    ----------
    key
        The key as it stands in the source.
    new_key
        The key that it should have.
    feature
        Number of the feature in the source, from 1.
    at
        A point inside the feature: longitude and latitude in degrees (WGS 84). It stays true when the
        source is sorted anew, so prefer it to `feature`.
    name
        The feature's name.
    """

    key: str
    new_key: str
    feature: int | None = None
    at: tuple[float, float] | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Features:
    """Features of one layer while they are checked; everything on the same index.

    Parameters
    ----------
    keys
        Text or None; the index is the feature number in the source, from 1.
    names
        Text or None.
    geometry
        In a metric reference system; None while the system is unknown.
    """

    keys: pd.Series
    names: pd.Series
    geometry: gpd.GeoSeries | None

    def describe(self, numbers: Iterable[int]) -> str:
        """List features as ``#number 'name' [lon, lat]`` so that each can be found and named."""
        wanted = list(numbers)
        points = self.points(wanted[:LISTED])
        texts = []
        for number in wanted[:LISTED]:
            name = self.names.get(number)
            parts = [f"#{number}", f"'{name}'" if name else "", points.get(number, "")]
            texts.append(" ".join(part for part in parts if part))
        return shorten([*texts, *wanted[LISTED:]], LISTED)

    def points(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return for each feature a point inside it, as TOML: ``[lon, lat]`` in degrees."""
        if self.geometry is None:
            return {}
        chosen = self.geometry.loc[list(numbers)]
        chosen = chosen[~(chosen.isna() | chosen.is_empty)]
        inside = chosen.representative_point().to_crs(WGS84)
        return {
            int(number): f"[{point.x:.5f}, {point.y:.5f}]"
            for number, point in inside.items()
            if point.is_valid
        }


def clean_texts(values: pd.Series) -> pd.Series:
    """Return texts as they are meant: Unicode NFC, without control characters, single blanks; else None.

    What looks like HTML or a formula stays: it is data, and whoever publishes it escapes it.
    """

    def clean(value: str | None) -> str | None:
        if value is None or (value.isascii() and value.isprintable() and "  " not in value):
            # As almost all are: nothing to mend. `as_keys` has taken the outer blanks.
            return value
        kinds = ((unicodedata.category(character), character) for character in value)
        kept = "".join(
            " " if kind == "Cc" else "" if kind == "Cf" else character for kind, character in kinds
        )
        return " ".join(kept.split()) or None

    texts = as_keys(values).tolist()
    whole = "".join(filter(None, texts))
    if not (whole.isascii() and whole.isprintable() and "  " not in whole):
        texts = [clean(value) for value in texts]
    return pd.Series(texts, index=values.index, name=values.name, dtype=object)


def apply_corrections(
    features: Features, corrections: Iterable[Correction | Mapping[str, Any]], *, file: str | None = None
) -> tuple[pd.Series, tuple[Problem, ...]]:
    """Return the keys with all corrections made, and what did not fit.

    All corrections refer to the keys as they stand in the source, so two keys can be exchanged.

    Returns
    -------
    keys, problems
        A note names the corrections that were made. A correction that fits no feature, several, or one that
        another correction has already changed is an error.
    """
    keys = features.keys
    problems: list[Problem] = []
    done: dict[int, str] = {}
    for entry in corrections:
        correction = entry if isinstance(entry, Correction) else Correction(**entry)
        if correction.at is not None and features.geometry is None:
            continue  # why there is no geometry is told already
        same = features.keys.index[features.keys == correction.key]
        fitting = _fitting(features, same, correction)
        values = {"key": correction.key, "new_key": correction.new_key}
        if len(fitting) != 1:
            code = "correction_several" if len(fitting) else "correction_none"
            # With no feature left over, those that have the key are what the user chose from.
            shown = features.describe(fitting if len(fitting) else same)
            code += "" if len(same) else "_key"
            values["features"] = shown
            problems.append(_problem(code, file, correction.key, values))
        elif (number := int(fitting[0])) in done:
            values["features"] = features.describe([number])
            problems.append(_problem("correction_twice", file, correction.key, values))
        else:
            done[number] = f"{correction.key} → {correction.new_key} ({features.describe([number])})"
            keys = keys.mask(keys.index == number, correction.new_key)
    if done:
        changed = tuple(str(key) for key in keys.loc[list(done)])
        listed = {"changes": "; ".join(done.values())}
        problems.append(
            Problem(code="boundaries.corrected", severity="note", file=file, keys=changed, values=listed)
        )
    return keys, tuple(problems)


def _fitting(features: Features, same: pd.Index, correction: Correction) -> pd.Index:
    """Return the features with the key that also have the number, name and place, where these are given."""
    fitting = same
    if correction.feature is not None:
        fitting = fitting[fitting == correction.feature]
    if correction.name is not None:
        wanted = clean_texts(pd.Series([correction.name], dtype=object)).iloc[0]
        fitting = fitting[(features.names.loc[fitting] == wanted).to_numpy(dtype=bool)]
    if correction.at is not None and features.geometry is not None:
        transformer = Transformer.from_crs(WGS84, features.geometry.crs, always_xy=True)
        point = shapely.Point(transformer.transform(*correction.at))
        fitting = fitting[shapely.intersects(features.geometry.loc[fitting].to_numpy(), point)]
    return fitting


def _problem(code: str, file: str | None, key: str, values: Mapping[str, object]) -> Problem:
    return Problem(code=f"boundaries.{code}", file=file, keys=(key,), values=values)
