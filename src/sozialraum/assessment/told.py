"""One sentence per verdict that says why, with its numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sozialraum.assessment.index.recipes import NOT_ASSESSABLE
from sozialraum.assessment.rule import FAVOURABLE, INCONSPICUOUS, UNFAVOURABLE, Rule
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["verdict_sentences"]

_CLASSES = {UNFAVOURABLE: "unfavourable", FAVOURABLE: "favourable", INCONSPICUOUS: "inconspicuous"}


def verdict_sentences(
    found: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    rule: Rule | None = None,
    language: Language = DEFAULT_LANGUAGE,
) -> pd.Series:
    """Say why each verdict is what it is.

    Parameters
    ----------
    found
        What `verdicts` returns.
    catalogue
        `kind`, and where it has them `factor`, `decimals` and the unit.
    rule
        The rule that was applied; by default `Rule()`.
    language
        ``"de"`` or ``"en"``.

    Returns
    -------
    pd.Series
        Text, on the index and in the order of `found`, for example 'Unauffällig: 0,4 Punkte über der Stadt,
        Grenze 3,0 Punkte.'
    """
    rule = rule or Rule()
    units = {
        str(name): _Unit.of(entry, language) for name, entry in catalogue.to_dict(orient="index").items()
    }
    # Lists of cells: hundreds of thousands of rows as dictionaries cost more than their sentences.
    columns = (found[name].to_numpy(dtype=object).tolist() for name in _Verdict._fields)
    told = [
        _sentence(row, units[str(row.indicator)], rule, language)
        for row in map(_Verdict._make, zip(*columns, strict=True))
    ]
    return pd.Series(told, index=found.index, name="told", dtype=object)


class _Verdict(NamedTuple):
    """One row of verdicts, as far as its sentence needs it."""

    indicator: str
    verdict: str
    reason: str
    difference: float
    margin: float
    p_adjusted: float
    expected: float


class _Unit(NamedTuple):
    """How the numbers of an indicator are written."""

    factor: float
    decimals: int
    words: str

    @classmethod
    def of(cls, entry: Mapping[Any, Any], language: Language) -> _Unit:
        known = {field: value for field, value in entry.items() if not _is_nothing(value)}
        share = known["kind"] == "share"
        words = str(known.get(f"unit_{language}", "")).strip()
        return cls(
            factor=float(known.get("factor", 100.0 if share else 1000.0)),
            decimals=int(known.get("decimals", 1)),
            words=text("assessment.told.points", language) if share else words,
        )


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - only NaN does


def _sentence(row: _Verdict, unit: _Unit, rule: Rule, language: Language) -> str:
    if row.verdict == NOT_ASSESSABLE:
        return _without(row, rule, language)
    name = _CLASSES.get(row.verdict) or _undecided(row, rule)
    difference, margin = row.difference * unit.factor, row.margin * unit.factor
    decimals = _telling(abs(difference), margin, unit.decimals)
    return _words(name, round(difference, decimals), round(margin, decimals), unit.words, decimals, language)


MOST_DECIMALS = 4


def _telling(first: float, second: float, decimals: int) -> int:
    """Return so many decimals that a number does not look like the limit that it misses."""
    while decimals < MOST_DECIMALS and first != second and round(first, decimals) == round(second, decimals):
        decimals += 1
    return decimals


@lru_cache(maxsize=4096)
def _words(name: str, difference: float, margin: float, unit: str, decimals: int, language: Language) -> str:
    """Put a verdict into words; thousands of districts share few rounded differences."""
    side = "level" if difference == 0 else "above" if difference > 0 else "below"
    distance = figure(abs(difference), language, decimals=decimals)
    place = text(f"assessment.told.{side}", language, difference=distance, unit=unit)
    limit = figure(margin, language, decimals=decimals)
    return text(f"assessment.told.{name}", language, place=place, margin=f"{limit} {unit}")


def _undecided(row: _Verdict, rule: Rule) -> str:
    """Tell which condition is not met: the interval leaves the margin, chance, or the margin itself."""
    if abs(row.difference) <= row.margin:
        return "undecided_inside"
    return "undecided_margin" if row.p_adjusted <= rule.alpha else "undecided_chance"


def _without(row: _Verdict, rule: Rule, language: Language) -> str:
    if row.reason != "few cases":
        reason = text(f"assessment.verdict_reason.{row.reason}", language)
        return text("assessment.told.not_assessable", language, reason=reason)
    if row.expected >= rule.minimum_expected:
        least = figure(rule.minimum_denominator, language, decimals=0)
        return text("assessment.told.few_people", language, minimum=least)
    decimals = _telling(row.expected, rule.minimum_expected, 0)
    return text(
        "assessment.told.few_cases",
        language,
        expected=figure(row.expected, language, decimals=decimals),
        minimum=figure(rule.minimum_expected, language, decimals=0),
    )
