"""From a `Analysis` to the data that the atlas page carries: small, aligned by district, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from sozialraum.indicators.periods import PeriodNames
from sozialraum.indicators.target_groups import BUILT_IN, group_label
from sozialraum.panel import FLAGS
from sozialraum.publish.atlas.answers import neighbour_pairs, people
from sozialraum.publish.atlas.assessment import AssessedSlices, assessment_data, assessment_texts
from sozialraum.publish.atlas.beside import BesideSlices, SharpBorders
from sozialraum.publish.atlas.check import validate
from sozialraum.publish.atlas.columns import (
    P_DIGITS,
    SIGNIFICANT_DIGITS,
    Slices,
    codes,
    number,
    numbers,
    rows_of,
    significant,
    word,
)
from sozialraum.publish.atlas.schemes import schemes
from sozialraum.publish.atlas.shapes import pack_shapes
from sozialraum.publish.breaks import change_limits
from sozialraum.publish.orientation import orientation
from sozialraum.publish.palettes import (
    BURDENED_SHADES,
    CHANGES,
    CLUSTER_COLOURS,
    COMBINED,
    PAIR,
    PATTERNS,
    change_ramp,
)
from sozialraum.publish.programme.page import programme_data
from sozialraum.spatial.clusters import LABELS
from sozialraum.texts import LANGUAGES, area_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.publish.atlas.contract import AtlasData
    from sozialraum.publish.atlas.shapes import Shapes
    from sozialraum.texts import Language

__all__ = ["atlas_data"]

CELLS = ("value", "lower", "upper", "numerator", "denominator", "flag")
"""What the page shows of an indicator at each district."""


def atlas_data(
    release: Analysis,
    programme: ProgrammeResult | None = None,
    *,
    around: Sequence[gpd.GeoDataFrame] = (),
) -> AtlasData:
    """Collect what the page shows.

    Parameters
    ----------
    release
        What the audience may see.
    programme
        What the same audience may see of the city's programme; see `publish.programme.payload`.
    around
        Water, lines and place names for orientation, see `publish.orientation`.

    Returns
    -------
    AtlasData
        Ready for JSON; every list of cells is in the order of ``release.districts``.

    Raises
    ------
    BoundaryError, AlignmentError
        See `atlas_check.validate`.
    """
    validate(release)
    shapes = pack_shapes(release.districts)
    parts = _Parts(release)
    data = {
        "city": release.city,
        "language": release.language,
        "simulated": release.simulated,
        "internal": release.audience == "internal",
        "texts": {language: _texts(release, language) for language in LANGUAGES},
        "flags": list(FLAGS),
        "labels": list(LABELS),
        "clusterColours": CLUSTER_COLOURS,
        "changeColours": CHANGES,
        "pairColours": PAIR,
        "burdenedShades": BURDENED_SHADES,
        "patterns": {name: pattern._asdict() for name, pattern in (PATTERNS | COMBINED).items()},
        "statistics": {} if release.statistics is None else release.statistics.record(),
        "rules": release.disclosure,
        "record": {"parameters": release.parameters, "provenance": dict(release.provenance)},
        "districts": _districts(release, shapes),
        "people": people(release),
        "neighbours": neighbour_pairs(release),
        "indicators": [
            _indicator(release, parts, indicator)
            for indicator in release.catalogue.index
            if indicator in parts.indicators.names()
        ],
        "assessment": assessment_data(release),
        "layers": [],
        "orientation": orientation(around, release.districts),
        "programme": None if programme is None else programme_data(programme, release),
    }
    # That it holds what the contract says, a test asks of real pages.
    return cast("AtlasData", data)


def _texts(release: Analysis, language: Language) -> dict[str, str]:
    """Return the words of the page, without those for the errors that keep it from being made."""
    texts = area_texts("atlas", language) | area_texts("atlas_answers", language)
    texts |= assessment_texts(release, language)
    groups = set(release.catalogue["target_group"].dropna()) - set(BUILT_IN)
    texts |= {f"group.{group}": group_label(release.catalogue, group)[language] for group in sorted(groups)}
    return {name: words for name, words in texts.items() if not name.startswith("error.")}


def _districts(release: Analysis, shapes: Shapes) -> dict[str, Any]:
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
    places, names = pd.factorize(column.astype(object), sort=False)
    return {"names": [str(name) for name in names], "codes": places.tolist()}


class _Parts:
    """The frames of a release, to be asked for by indicator and date."""

    def __init__(self, release: Analysis) -> None:
        keys = release.districts.index
        self.periods = PeriodNames(release.periods)
        self.indicators = Slices(release.indicators, keys, CELLS)
        self.clusters = Slices(release.clusters, keys, ("label", "p", "p_adjusted"))
        self.city_values = rows_of(release.city_values)
        self.moran = rows_of(release.moran)
        borders = SharpBorders(release)
        self.assessed = AssessedSlices(release, borders)
        self.beside = BesideSlices(release, borders)


def _indicator(release: Analysis, parts: _Parts, indicator: str) -> dict[str, Any]:
    entry: dict[Any, Any] = release.catalogue.loc[indicator].to_dict()
    factor, decimals = float(entry["factor"]), int(entry["decimals"])
    dates = parts.indicators.dates(indicator)
    by_date = {
        date: (parts.indicators.at(indicator, date)["value"] * factor).round(decimals) for date in dates
    }
    shown = np.concatenate(list(by_date.values()))
    # The scale follows the kind of number: a level has one direction, a change has two and a middle.
    signed = bool((shown < 0).any())
    ways = [] if signed else schemes(shown, entry)
    limits = change_limits(shown, decimals=decimals) if signed else ways[0]["limits"] if ways else ()
    colours = change_ramp(entry["polarity"], tuple(limits)) if signed else ways[0]["colours"] if ways else ()
    slices = [
        _period(parts, indicator, date) | _slice(parts, indicator, date, factor, decimals) for date in dates
    ]
    if not signed and len(slices) > 1:
        # Limits of one date alone show more of it, and cannot be compared with other dates.
        for part in slices:
            part["schemes"] = [way for way in schemes(by_date[part["date"]], entry) if way["id"] != "fixed"]
    return {
        "id": indicator,
        "label": {language: word(entry[f"label_{language}"]) or indicator for language in LANGUAGES},
        "description": {language: word(entry[f"description_{language}"]) for language in LANGUAGES},
        "theme": word(entry["theme"]),
        "targetGroup": word(entry["target_group"]),
        "source": word(entry["source"]),
        "unit": {language: word(entry[f"unit_{language}"]) for language in LANGUAGES},
        "kind": entry["kind"],
        "polarity": entry["polarity"],
        "published": bool(entry["published"]),
        "decimals": decimals,
        "lowest": float(np.nanmin(shown)) if limits else None,
        "limits": list(limits),
        "colours": list(colours) if limits else [],
        "signed": signed,
        "schemes": ways,
        "slices": slices,
    }


def _period(parts: _Parts, indicator: str, date: str) -> dict[str, Any]:
    """Say how people write the period that a date is the last day of; a reference date needs no words."""
    names = {language: parts.periods(date, indicator, language=language) for language in LANGUAGES}
    if names["de"][0] == "date":
        return {}
    return {"period": {language: words for language, (_, words) in names.items()}}


def _slice(parts: _Parts, indicator: str, date: str, factor: float, decimals: int) -> dict[str, Any]:
    """Collect one indicator at one date."""
    cells = parts.indicators.at(indicator, date)
    clusters = parts.clusters.at(indicator, date)
    found: dict[str, Any] = {"date": date, "flags": codes(cells["flag"], FLAGS, "missing")}
    for name, column in (("values", "value"), ("lower", "lower"), ("upper", "upper")):
        found[name] = numbers(cells[column] * factor, decimals)
    for column in ("numerator", "denominator"):
        found[column] = numbers(significant(cells[column]), SIGNIFICANT_DIGITS)
    if clusters:
        found["clusters"] = codes(clusters["label"], LABELS, "undefined")
        for name, column in (("p", "p"), ("pAdjusted", "p_adjusted")):
            found[name] = numbers(clusters[column], P_DIGITS)
    found |= parts.assessed.at(indicator, date, factor=factor, decimals=decimals)
    found |= parts.beside.at(indicator, date, factor=factor, decimals=decimals)
    found["city"] = _record(
        parts.city_values.get((indicator, date)), {"value": factor, "median": factor}, decimals
    )
    found["moran"] = _record(parts.moran.get((indicator, date)), {}, P_DIGITS)
    return {name: value for name, value in found.items() if value is not None}


def _record(
    found: dict[Any, Any] | None, factors: dict[str, float], decimals: int
) -> dict[str, float | int | None] | None:
    """Return the numbers of the row of a table that has one row per indicator and date."""
    if found is None:
        return None
    told = {name: float(cell) for name, cell in found.items() if name not in {"indicator", "date"}}
    return {name: number(round(value * factors.get(name, 1.0), decimals)) for name, value in told.items()}
