"""One sentence per verdict that says why, with its numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE
from sozialraum.assessment.rule import FAVOURABLE, INCONSPICUOUS, UNFAVOURABLE, Rule
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["verdict_sentences"]

_CLASSES = {UNFAVOURABLE: "unfavourable", FAVOURABLE: "favourable", INCONSPICUOUS: "inconspicuous"}


@checked(language=get_args(Language))
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
    told = np.full(len(found), None, dtype=object)
    judged = (found["verdict"] != NOT_ASSESSABLE).to_numpy()
    for name, rows in found.reset_index(drop=True).groupby("indicator", sort=False).indices.items():
        ours = np.asarray(rows)[judged[rows]]
        told[ours] = _sentences(found.take(ours), units[str(name)], rule, language)
    without = found[~judged]
    rows_without = zip(
        without["reason"].to_numpy(dtype=object), without["expected"].to_numpy(float), strict=True
    )
    told[~judged] = [
        _without(str(reason), float(expected), rule, language) for reason, expected in rows_without
    ]
    return pd.Series(told, index=found.index, name="told", dtype=object)


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


def _sentences(found: pd.DataFrame, unit: _Unit, rule: Rule, language: Language) -> NDArray[np.object_]:
    """Put verdicts on one indicator into words; thousands of districts share few rounded differences."""
    difference, margin, p = (found[name].to_numpy(float) for name in ("difference", "margin", "p_adjusted"))
    verdict = found["verdict"].to_numpy(dtype=object)
    names = np.select(
        [verdict == side for side in _CLASSES],
        list(_CLASSES.values()),
        _undecided(difference, margin, p, rule),
    )
    difference, margin = difference * unit.factor, margin * unit.factor
    decimals = _telling(np.abs(difference), margin, unit.decimals)
    shown = pd.DataFrame(
        {
            "name": names,
            "difference": _rounded(difference, decimals),
            "margin": _rounded(margin, decimals),
            "decimals": decimals,
        }
    )
    different = shown.drop_duplicates()
    codes = shown.groupby(list(shown), sort=False, dropna=False).ngroup().to_numpy()
    words = [
        _words(name, difference, margin, decimals, unit.words, language)
        for name, difference, margin, decimals in different.itertuples(index=False, name=None)
    ]
    return np.array(words, dtype=object)[codes]


MOST_DECIMALS = 4


def _telling(first: Floats, second: Floats, decimals: int) -> NDArray[np.int64]:
    """Return so many decimals that no number looks like the limit that it misses, shape (n,)."""
    found = np.full(len(first), decimals)
    for more in range(decimals, MOST_DECIMALS):
        here = np.full(len(first), more)
        alike = (first != second) & (_rounded(first, here) == _rounded(second, here))
        found[(found == more) & alike] = more + 1
    return found


def _rounded(numbers: Floats, decimals: NDArray[np.int64]) -> Floats:
    """Round each number to its own decimals, as `round` does."""
    scaled = numbers * 10.0**decimals
    found: Floats = np.rint(scaled) / 10.0**decimals
    # Half-way between two, the digits behind those that multiplying has kept decide.
    for place in np.flatnonzero(np.abs(np.abs(scaled - np.floor(scaled)) - 0.5) < 1e-6):
        found[place] = round(float(numbers[place]), int(decimals[place]))
    return found


def _words(name: str, difference: float, margin: float, decimals: int, unit: str, language: Language) -> str:
    side = "level" if difference == 0 else "above" if difference > 0 else "below"
    distance = figure(abs(difference), language, decimals=decimals)
    place = text(f"assessment.told.{side}", language, difference=distance, unit=unit)
    limit = figure(margin, language, decimals=decimals)
    return text(f"assessment.told.{name}", language, place=place, margin=f"{limit} {unit}")


def _undecided(difference: Floats, margin: Floats, p: Floats, rule: Rule) -> NDArray[np.str_]:
    """Tell which condition is not met: the interval leaves the margin, chance, or the margin itself."""
    outside = np.where(p <= rule.alpha, "undecided_margin", "undecided_chance")
    return np.where(np.abs(difference) <= margin, "undecided_inside", outside)


@lru_cache(maxsize=4096)
def _without(reason: str, expected: float, rule: Rule, language: Language) -> str:
    if reason != "few cases":
        told = text(f"assessment.verdict_reason.{reason}", language)
        return text("assessment.told.not_assessable", language, reason=told)
    if expected >= rule.minimum_expected:
        people = figure(rule.minimum_denominator, language, decimals=0)
        return text("assessment.told.few_people", language, minimum=people)
    least, decimals = rule.minimum_expected, 0
    while decimals < MOST_DECIMALS and round(expected, decimals) == round(least, decimals):
        decimals += 1
    return text(
        "assessment.told.few_cases",
        language,
        expected=figure(expected, language, decimals=decimals),
        minimum=figure(least, language, decimals=0),
    )
