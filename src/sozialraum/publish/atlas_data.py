"""From a `Release` to the data that the atlas page carries: small, aligned by district, ready for JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.analysis import FLAGS
from sozialraum.errors import AlignmentError, BoundaryError, Problem, raise_problems
from sozialraum.publish.classes import class_limits
from sozialraum.publish.palettes import CLUSTER_COLOURS, PATTERNS, ramp
from sozialraum.publish.shapes import pack_shapes
from sozialraum.spatial.clusters import LABELS
from sozialraum.texts import area_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.disclosure.release import Release
    from sozialraum.publish.shapes import Shapes
    from sozialraum.texts import Language

__all__ = ["atlas_data", "validate"]

SIGNIFICANT_DIGITS = 5
P_DIGITS = 4


def atlas_data(release: Release) -> dict[str, Any]:
    """Collect what the page shows.

    Parameters
    ----------
    release
        What the audience may see.

    Returns
    -------
    dict
        Ready for JSON; every list of cells is in the order of ``release.districts``.

    Raises
    ------
    BoundaryError, AlignmentError
        See `validate`.
    """
    validate(release)
    shapes = pack_shapes(release.districts)
    return {
        "city": release.city,
        "language": release.language,
        "simulated": release.simulated,
        "internal": release.audience == "internal",
        "texts": _texts(release.language),
        "flags": list(FLAGS),
        "labels": list(LABELS),
        "clusterColours": CLUSTER_COLOURS,
        "patterns": {name: pattern._asdict() for name, pattern in PATTERNS.items()},
        "statistics": dict(release.parameters.get("statistics", {})),
        "rules": dict(release.rules),
        "record": {"parameters": dict(release.parameters), "provenance": dict(release.provenance)},
        "districts": _districts(release, shapes),
        "indicators": [_indicator(release, indicator) for indicator in _shown_indicators(release)],
    }


def _texts(language: Language) -> dict[str, str]:
    """Return the words of the page, without those for the errors that keep it from being made."""
    texts = area_texts("atlas", language)
    return {name: words for name, words in texts.items() if not name.startswith("error.")}


def validate(release: Release) -> None:
    """Refuse a release whose rows could not be told apart or would be lost on the page.

    Raises
    ------
    BoundaryError
        If the districts have no CRS or a key twice.
    AlignmentError
        If a row's key is no district, if there are two rows for one district, indicator and date, or if an
        indicator is not in the catalogue.
    """
    districts = release.districts
    problems = []
    if districts.crs is None:
        problems.append(Problem(code="atlas.error.no_crs"))
    if not districts.index.is_unique:
        doubled = districts.index[districts.index.duplicated()].unique()
        problems.append(Problem(code="atlas.error.doubled_district", keys=tuple(map(str, doubled))))
    raise_problems(problems, BoundaryError)
    for name, frame in (("indicators", release.indicators), ("clusters", release.clusters)):
        strange = frame.index[~frame.index.isin(districts.index)].unique()
        if len(strange):
            values = {"table": name}
            problems.append(
                Problem(code="atlas.error.strange_key", keys=tuple(map(str, strange)), values=values)
            )
        cells = pd.MultiIndex.from_arrays([frame.index, frame["indicator"], frame["date"]])
        doubled = cells[cells.duplicated()].get_level_values(0).unique()
        if len(doubled):
            values = {"table": name}
            problems.append(
                Problem(code="atlas.error.doubled_row", keys=tuple(map(str, doubled)), values=values)
            )
    used = pd.Index(release.indicators["indicator"].unique())
    unknown = used[~used.isin(release.catalogue.index)]
    if len(unknown):
        problems.append(Problem(code="atlas.error.no_entry", keys=tuple(map(str, unknown))))
    if used.empty:
        problems.append(Problem(code="atlas.error.no_indicators"))
    raise_problems(problems, AlignmentError)


def _shown_indicators(release: Release) -> list[str]:
    used = set(release.indicators["indicator"])
    return [indicator for indicator in release.catalogue.index if indicator in used]


def _districts(release: Release, shapes: Shapes) -> dict[str, Any]:
    districts = release.districts
    keys = districts.index.astype(str)
    names = districts["name"] if "name" in districts else pd.Series(keys, index=districts.index)
    names = names.where(names.notna(), pd.Series(keys, index=districts.index))
    return {
        "keys": keys.tolist(),
        "names": names.astype(str).tolist(),
        "parents": [_coded(districts[parent]) for parent in release.parents],
        "shapes": list(shapes.packed),
        "digits": shapes.digits,
        "origin": list(shapes.origin),
        "bounds": [bound if np.isfinite(bound) else 0.0 for bound in shapes.bounds],
        "tolerance": round(shapes.tolerance, 1),
    }


def _coded(column: pd.Series) -> dict[str, Any]:
    codes, names = pd.factorize(column.astype(object), sort=False)
    return {"names": [str(name) for name in names], "codes": codes.tolist()}


def _indicator(release: Release, indicator: str) -> dict[str, Any]:
    entry: dict[Any, Any] = release.catalogue.loc[indicator].to_dict()
    language = release.language
    factor, decimals = float(entry["factor"]), int(entry["decimals"])
    rows = release.indicators[release.indicators["indicator"] == indicator]
    shown = (rows["value"].astype(float) * factor).round(decimals)
    limits = class_limits(shown, decimals=decimals)
    return {
        "id": indicator,
        "label": _word(entry[f"label_{language}"]) or indicator,
        "description": _word(entry[f"description_{language}"]),
        "theme": _word(entry["theme"]),
        "targetGroup": _word(entry["target_group"]),
        "source": _word(entry["source"]),
        "unit": _word(entry[f"unit_{language}"]),
        "kind": entry["kind"],
        "polarity": entry["polarity"],
        "published": bool(entry["published"]),
        "decimals": decimals,
        "lowest": float(shown.min()) if limits else None,
        "limits": list(limits),
        "colours": list(ramp(entry["polarity"], len(limits))) if limits else [],
        "slices": [
            _slice(release, indicator, date, factor, decimals) for date in sorted(rows["date"].unique())
        ],
    }


def _slice(release: Release, indicator: str, date: str, factor: float, decimals: int) -> dict[str, Any]:
    """Collect one indicator at one date."""
    cells = _rows(release.indicators, indicator, date).reindex(release.districts.index)
    clusters = _rows(release.clusters, indicator, date)
    found: dict[str, Any] = {"date": str(date), "flags": _codes(cells["flag"], FLAGS, "missing")}
    for name, column in (("values", "value"), ("lower", "lower"), ("upper", "upper")):
        found[name] = _numbers(cells[column].astype(float) * factor, decimals)
    for column in ("numerator", "denominator"):
        found[column] = _numbers(_significant(cells[column].astype(float)), SIGNIFICANT_DIGITS)
    if len(clusters):
        clusters = clusters.reindex(release.districts.index)
        found["clusters"] = _codes(clusters["label"], LABELS, "undefined")
        for name, column in (("p", "p"), ("pAdjusted", "p_adjusted")):
            found[name] = _numbers(clusters[column].astype(float), P_DIGITS)
    found["city"] = _record(
        release.city_values, indicator, date, {"value": factor, "median": factor}, decimals
    )
    found["moran"] = _record(release.moran, indicator, date, {}, P_DIGITS)
    return {name: value for name, value in found.items() if value is not None}


def _rows(frame: pd.DataFrame, indicator: str, date: str) -> pd.DataFrame:
    return frame[(frame["indicator"] == indicator) & (frame["date"] == date)]


def _codes(column: pd.Series, words: tuple[str, ...], otherwise: str) -> str:
    """Write one digit per district: the position of its word; no word counts as `otherwise`."""
    positions = pd.Index(words).get_indexer(pd.Index(column.astype(object).where(column.notna(), otherwise)))
    if (positions < 0).any():
        raise ValueError(set(column.dropna()) - set(words))
    return "".join(map(str, positions.tolist()))


def _significant(numbers: pd.Series) -> pd.Series:
    """Round to the digits that a page needs; whole counts stay whole."""
    size = np.floor(np.log10(numbers.abs().where(numbers != 0, 1.0)))
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - size)
    rounded = (numbers * scale).round() / scale
    return numbers.where(numbers == numbers.round(), rounded)


def _numbers(numbers: pd.Series, decimals: int) -> list[float | int | None] | None:
    """Return numbers ready for JSON, NaN as None, whole numbers without a point; None if there are none."""
    if not numbers.notna().any():
        return None
    return [_number(number) for number in numbers.round(decimals).tolist()]


def _number(number: float) -> float | int | None:
    if not np.isfinite(number):
        return None
    return int(number) if number == int(number) else number


def _record(
    frame: pd.DataFrame, indicator: str, date: str, factors: dict[str, float], decimals: int
) -> dict[str, float | int | None] | None:
    """Return the numbers of one row of a table that has one row per indicator and date."""
    rows = _rows(frame, indicator, date)
    if rows.empty:
        return None
    row = pd.to_numeric(rows.iloc[0].drop(["indicator", "date"]))
    numbers: Iterator[tuple[str, float]] = ((str(name), float(value)) for name, value in row.items())
    return {name: _number(round(value * factors.get(name, 1.0), decimals)) for name, value in numbers}


def _word(value: object) -> str:
    """Return a text, an empty one for what is missing, with blanks and line breaks tidied."""
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""
