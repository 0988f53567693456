"""The assessment as the atlas page carries it: one digit per district and class, words only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.assessment.assess import settings_of
from sozialraum.assessment.borders.sentences import fluidity_sentences
from sozialraum.assessment.index.classes import NO, WARNINGS, YES
from sozialraum.assessment.index.recipes import DYNAMIC, NOT_ASSESSABLE, STATUS
from sozialraum.assessment.profile import PROFILES
from sozialraum.assessment.rule import REASONS, VERDICTS
from sozialraum.indicators.target_groups import group_label
from sozialraum.publish.atlas.answers import Parts
from sozialraum.publish.atlas.columns import P_DIGITS, Slices, codes, number, numbers, rows_of
from sozialraum.publish.palettes import ASSESSMENT_COLOURS
from sozialraum.texts import LANGUAGES, area_texts, has_text, text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from sozialraum.analysis import Analysis, Assessment
    from sozialraum.publish.atlas.beside import SharpBorders
    from sozialraum.publish.atlas.columns import Cells
    from sozialraum.texts import Language

__all__ = ["AssessedSlices", "assessment_data", "assessment_texts"]

INDEX_REASONS = (
    "excluded",
    "few inhabitants",
    "population unknown",
    "missing value",
    "no change known",
)
"""Why there is no status or dynamic; see `assessment.index.composite`."""

SHOWN_TEXTS = {
    "assessment": (
        "status", "dynamic", "attention", "early_warning", "verdict", "profile", "note", "target_group",
        "told", "chance", "council", "effect_source",
    ),
    "mixing": ("border", "edge", "measure", "note"),
}  # fmt: skip
"""Parts of other areas' texts that the page needs."""

MAIN = "all"
"""Name of the index and of the profile over all indicators."""

VERDICT_COLUMNS = (
    *("verdict", "reason", "city", "difference", "margin", "distance", "design_effect"),
    *("design_effect_source", "p", "p_adjusted"),
)
INDEX_COLUMNS = (
    *("value", "rank", "status", "reason", "fixed_value", "fixed_status", "change", "dynamic"),
    *("dynamic_reason", "attention", "early_warning", "status_periods", "negative_periods"),
)
PROFILE_COLUMNS = ("profile", "assessable", "unfavourable_by", "favourable_by")
"""What the page shows of verdicts, of an index and of profiles at each district."""

STATUS_CLASSES = (*STATUS, NOT_ASSESSABLE)
DYNAMIC_CLASSES = (*DYNAMIC, NOT_ASSESSABLE)
ATTENTION = (YES, NO, NOT_ASSESSABLE)
EARLY_WARNING = (*WARNINGS, NOT_ASSESSABLE)


def assessment_texts(release: Analysis, language: Language) -> dict[str, str]:
    """Return the words for classes and notes, by dotted name that starts with the area; none without need."""
    found = release.assessment
    if found is None:
        return {}
    words = {
        f"{area}.{name}": words
        for area, parts in SHOWN_TEXTS.items()
        for name, words in area_texts(area, language).items()
        if name.split(".")[0] in parts
    }
    # Answers in the council speak of tests and variants; where there are none, they say so.
    alone = words.pop("assessment.council.q7.alone")
    if found.variants.empty:
        words["assessment.council.q7.answer"] = alone
    if not found.verdicts.empty and (found.verdicts["verdict"] != NOT_ASSESSABLE).any():
        words["assessment.council.untested"] = ""
    return words


def assessment_data(release: Analysis) -> dict[str, Any] | None:
    """Collect what the views over all indicators show.

    Parameters
    ----------
    release
        What the audience may see.

    Returns
    -------
    dict or None
        Ready for JSON; every text of digits and every list has one entry per district, in the order of
        ``release.districts``. None if nothing was assessed.
    """
    found = release.assessment
    if found is None:
        return None
    keys = release.districts.index
    index = Slices(found.index, keys, INDEX_COLUMNS, by=("index", "date"))
    profiles = Slices(found.profiles, keys, PROFILE_COLUMNS, by=("group", "date"))
    return {
        "words": {
            "verdict": list(VERDICTS),
            "profile": list(PROFILES),
            "status": list(STATUS_CLASSES),
            "dynamic": list(DYNAMIC_CLASSES),
            "attention": list(ATTENTION),
            "warning": list(EARLY_WARNING),
        },
        "reasons": {
            "verdict": [_reason(name, "verdict_reason") for name in _verdict_reasons(found)],
            "index": [_reason(name, "index_reason") for name in _index_reasons(found)],
        },
        "colours": ASSESSMENT_COLOURS,
        "groups": _groups(release, {*index.names(), *profiles.names()}),
        "index": {group: _index(found, index, group, release) for group in index.names()},
        "profiles": {group: _profiles(profiles, group) for group in profiles.names()},
        "robustness": _robustness(found, release),
        "variants": _variants(found, release),
        "influence": _influence(found),
        "method": _method(release),
    }


def _reason_names(frame: pd.DataFrame, columns: Sequence[str], known: Sequence[str]) -> list[str]:
    """List the reasons that occur, the known ones in their order; the empty one stands first."""
    used = {reason for column in columns if column in frame for reason in frame[column].dropna().unique()}
    return ["", *(reason for reason in known if reason in used), *sorted(used - {"", *known})]


def _verdict_reasons(found: Assessment) -> list[str]:
    return _reason_names(found.verdicts, ("reason",), REASONS)


def _index_reasons(found: Assessment) -> list[str]:
    return _reason_names(found.index, ("reason", "dynamic_reason"), INDEX_REASONS)


def _reason(name: str, texts: str) -> dict[str, Any]:
    if not name:
        return {"id": name, "label": dict.fromkeys(LANGUAGES, "")}
    keys = (f"assessment.{texts}.{name}", f"atlas.flag.{name}", f"assessment.status.{NOT_ASSESSABLE}")
    return {"id": name, "label": _both(next(key for key in keys if has_text(key)), name)}


def _both(key: str, otherwise: str) -> dict[str, str]:
    """Return a text in both languages; where there is none, the user's own word."""
    return {language: text(key, language) if has_text(key) else otherwise for language in LANGUAGES}


def _groups(release: Analysis, present: set[str]) -> list[dict[str, Any]]:
    """List 'all' and the target groups that have an index or a profile, in the catalogue's order."""
    ordered = [MAIN, *release.catalogue["target_group"].dropna().unique()]
    names = [*dict.fromkeys(name for name in ordered if name in present)]
    names += sorted(present - set(names))
    return [{"id": name, "label": group_label(release.catalogue, name)} for name in names]


def _index(found: Assessment, index: Slices, group: str, release: Analysis) -> list[dict[str, Any]]:
    """Collect one index, a dict per date."""
    known = _index_reasons(found)
    slices = []
    parts = Parts(found, release.districts.index)
    for date in index.dates(group):
        cells = index.at(group, date)
        slices.append(
            _without_nothing(
                {
                    "date": date,
                    "value": numbers(cells["value"], 2),
                    # A public page holds no table of ranks, not even unseen.
                    "rank": numbers(cells["rank"], 0) if release.audience == "internal" else None,
                    "status": codes(cells["status"], STATUS_CLASSES, NOT_ASSESSABLE),
                    "reason": codes(cells["reason"], known, ""),
                    "fixedValue": numbers(cells["fixed_value"], 2),
                    "fixedStatus": codes(cells["fixed_status"], STATUS_CLASSES, NOT_ASSESSABLE),
                    "change": numbers(cells["change"], 2),
                    "dynamic": codes(cells["dynamic"], DYNAMIC_CLASSES, NOT_ASSESSABLE),
                    "dynamicReason": codes(cells["dynamic_reason"], known, ""),
                    "attention": codes(cells["attention"], ATTENTION, NOT_ASSESSABLE),
                    "warning": codes(cells["early_warning"], EARLY_WARNING, NOT_ASSESSABLE),
                    "statusPeriods": numbers(cells["status_periods"], 0),
                    "negativePeriods": numbers(cells["negative_periods"], 0),
                    "parts": parts.at(group, date),
                }
            )
        )
    return slices


def _profiles(profiles: Slices, group: str) -> list[dict[str, Any]]:
    """Collect what the verdicts of a group come to, a dict per date."""
    slices = []
    for date in profiles.dates(group):
        cells = profiles.at(group, date)
        slices.append(
            {
                "date": date,
                "profile": codes(cells["profile"], PROFILES, NOT_ASSESSABLE),
                "assessable": numbers(cells["assessable"], 0),
                "unfavourableBy": _coded(cells["unfavourable_by"]),
                "favourableBy": _coded(cells["favourable_by"]),
            }
        )
    return slices


def _robustness(found: Assessment, release: Analysis) -> dict[str, Any] | None:
    """Collect shares of resamples with the same class (thousandths, never rounded up) and rank intervals."""
    if found.robustness.empty:
        return None
    cells = found.robustness.reindex(release.districts.index)
    told: dict[str, Any] = {"status": codes(cells["status"], STATUS_CLASSES, NOT_ASSESSABLE)}
    for name, column in (
        ("same", "same_status"),
        ("sameDynamic", "same_dynamic"),
        ("sameAttention", "same_attention"),
    ):
        if column in cells:
            told[name] = numbers((cells[column].astype(float) * 1000 + 1e-6) // 1, 0)
    if release.audience == "internal":
        for name, column in (("rank", "rank"), ("lower", "rank_lower"), ("upper", "rank_upper")):
            told[name] = numbers(cells[column], 0)
    return _without_nothing(told)


def _variants(found: Assessment, release: Analysis) -> dict[str, Any] | None:
    """Collect in how many variants each district has which class."""
    if found.variants.empty:
        return None
    cells = found.variants.reindex(release.districts.index)
    count = int(found.variants["variants"].max())
    return {
        "status": codes(cells["status"], STATUS_CLASSES, NOT_ASSESSABLE),
        "count": count,
        "same": numbers(cells["same"], 0),
        "classes": [
            numbers(cells[name].astype(float) * count, 0) if name in cells else None
            for name in STATUS_CLASSES
        ],
    }


def _influence(found: Assessment) -> list[list[Any]]:
    """List the choices of method with the share of districts, in percent, that each of them moves."""
    if found.influence.empty:
        return []
    return [
        [str(choice), number(round(100 * float(moved), 1))]
        for choice, moved in found.influence["moved"].items()
    ]


def _named(release: Analysis, indicator: str, language: Language) -> str:
    found = release.catalogue[f"label_{language}"].get(indicator)
    return found if isinstance(found, str) and found else indicator


def _method(release: Analysis) -> dict[str, Any]:
    """Collect rules and thresholds for the texts beside the map."""
    settings = settings_of(release)
    recipe = None if settings is None else settings.recipe
    indicators = [
        {language: _named(release, name, language) for language in LANGUAGES}
        for name in (() if recipe is None else recipe.indicators)
    ]
    told: dict[str, Any] = {"indicators": indicators}
    if recipe is not None:
        told["limitsOn"] = recipe.limits_on
        told["statusLimits"] = [limit.value for limit in recipe.status_limits]
        told["dynamicLimits"] = [limit.value for limit in recipe.dynamic_limits]
    return told


class AssessedSlices:
    """Verdicts and borders, to be asked for by indicator and date.

    Parameters
    ----------
    release
        What the audience may see.
    borders
        Its sharp borders.
    """

    def __init__(self, release: Analysis, borders: SharpBorders) -> None:
        found = release.assessment
        nothing = pd.DataFrame()
        keys = release.districts.index
        self._language = release.language
        self._verdicts = Slices(nothing if found is None else found.verdicts, keys, VERDICT_COLUMNS)
        self._borders = borders
        city = nothing if found is None else found.city_edges
        self._city = rows_of(
            city.assign(**{language: fluidity_sentences(city, language) for language in LANGUAGES})
        )
        self._reasons = [] if found is None else _verdict_reasons(found)
        settings = settings_of(release)
        self._in_points = settings is not None and settings.rule.unit == "points"

    def at(self, indicator: str, date: str, *, factor: float, decimals: int) -> dict[str, Any]:
        """Collect what is known of one indicator at one date.

        Parameters
        ----------
        indicator, date
            Which.
        factor, decimals
            How the indicator's numbers are shown.

        Returns
        -------
        dict
            Ready for JSON; empty where nothing was assessed.
        """
        told = self._judged(indicator, date, factor)
        city = self._city.get((indicator, date))
        if city is not None:
            told["claim"] = str(city["claim"])
            told["claimTold"] = {language: city[language] for language in LANGUAGES}
            told["edges"] = self._sharp(indicator, date, factor, decimals)
        return told

    def _judged(self, indicator: str, date: str, factor: float) -> dict[str, Any]:
        cells = self._verdicts.at(indicator, date)
        if not cells:
            return {}
        distance = cells["distance"] * (factor if self._in_points else 1.0)
        margin, above = cells["margin"], cells["difference"] > 0
        verdicts = codes(cells["verdict"], VERDICTS, NOT_ASSESSABLE)
        return _without_nothing(
            {
                # Whether there is anything to see: a map on which nothing is assessable answers nothing.
                "judged": True if set(verdicts) - {str(VERDICTS.index(NOT_ASSESSABLE))} else None,
                "verdicts": verdicts,
                "verdictReasons": codes(cells["reason"], self._reasons, ""),
                "distance": numbers(distance, 2),
                "effectTold": self._effect(cells),
                "verdictCity": _first(cells["city"], factor),
                "margin": _first(margin[above], factor),
                "marginBelow": _first(margin[~above], factor),
                "verdictP": numbers(cells["p"], P_DIGITS),
                "verdictPAdjusted": numbers(cells["p_adjusted"], P_DIGITS),
            }
        )

    def _effect(self, cells: dict[str, Cells]) -> str | None:
        """Say how many counted people make one case, and where that number is from; None without verdicts."""
        known = np.flatnonzero(~np.isnan(cells["p"]))
        if not len(known):
            return None
        effect = float(cells["design_effect"][known[0]])
        source = str(cells["design_effect_source"][known[0]])
        language = self._language
        name = f"assessment.effect_source.{source.split(':', maxsplit=1)[0]}"
        if not source or not has_text(name):
            return text("assessment.note.independent", language)
        told = text(name, language)
        return text("assessment.note.households", language, effect=figure(effect, language), source=told)

    def _sharp(
        self, indicator: str, date: str, factor: float, decimals: int
    ) -> list[list[float | int | None]]:
        """List the sharp borders: the places of both districts, and the first's value less the second's."""
        sharp = self._borders.at(indicator, date)
        if sharp is None:
            return []
        difference = (sharp.difference * factor).round(decimals).tolist()
        sides = sharp.focal.tolist(), sharp.neighbor.tolist()
        return sorted([a, b, number(found)] for a, b, found in zip(*sides, difference, strict=True))


def _first(cells: npt.NDArray[np.float64], factor: float) -> float | int | None:
    """Return what is the same for all districts of an indicator and date; None where nothing is known."""
    known = cells[~np.isnan(cells)]
    return number(round(float(known[0]) * factor, 4)) if len(known) else None


def _coded(column: Cells) -> dict[str, Any]:
    """Write texts that many districts share once, and a number per district that names one of them."""
    places, names = pd.factorize(np.where(pd.isna(column), "", column), sort=True)
    return {"names": list(names), "codes": numbers(places, 0)}


def _without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
