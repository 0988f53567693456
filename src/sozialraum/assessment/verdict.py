"""Conspicuous, inconspicuous, undecided: each district on each indicator against a margin around its city.

A share of all people registered has no sampling error, and yet chance: another family moves in, another
contract ends. The question is whether a district's rate would stay away from the city's if such coincidences
fell differently. People come in households, so n people are n / phi independent cases (`stats.effective`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE
from sozialraum.assessment.rule import FAVOURABLE, INCONSPICUOUS, UNDECIDED, UNFAVOURABLE, Rule
from sozialraum.errors import Problem, ProjectError, raise_problems, require_catalogue
from sozialraum.indicators.effects import with_effects
from sozialraum.panel import check_rows, matrix
from sozialraum.stats.effective import effective
from sozialraum.stats.intervals import Z90, byar, wilson
from sozialraum.stats.multiple import adjust
from sozialraum.stats.spread import true_spread
from sozialraum.stats.tails import tails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["VERDICT_COLUMNS", "Judged", "Judgement", "judge", "judged_counts", "verdicts"]

VERDICT_COLUMNS = (
    "indicator",
    "date",
    "verdict",
    "reason",
    "value",
    "city",
    "difference",
    "margin",
    "lower_90",
    "upper_90",
    "distance",
    "expected",
    "design_effect",
    "design_effect_source",
    "p",
    "p_adjusted",
    "p_margin",
    "p_margin_adjusted",
)


FLOOR_SHARE = 0.1
"""The smallest margin is at most this part of the city's rate: 1 point is no small margin around 2 %."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What `judge` finds, each an array of shape (..., districts, indicators).

    Parameters
    ----------
    side
        +1 conspicuous above the city, -1 below, 0 otherwise.
    near
        Whether the 90 % interval lies inside the margin.
    assessable
        Whether there are enough cases.
    value, difference, distance
        Rates, less the city's rate, and that in the unit of the rule.
    margin
        How far from the city the margin lies on the district's side.
    lower, upper
        90 % interval of the rate.
    expected
        Effective cases (for shares: or non-cases, whichever are fewer) expected at the city's rate.
    p, p_adjusted, p_margin, p_margin_adjusted
        Tests against the city's rate and against the margin; NaN where not assessable.
    city
        Shape (..., 1, indicators): rate of all districts with counts together.
    """

    side: NDArray[np.int8]
    near: NDArray[np.bool_]
    assessable: NDArray[np.bool_]
    value: Floats
    difference: Floats
    distance: Floats
    margin: Floats
    lower: Floats
    upper: Floats
    expected: Floats
    p: Floats
    p_adjusted: Floats
    p_margin: Floats
    p_margin_adjusted: Floats
    city: Floats


def judge(
    numerator: Floats,
    denominator: Floats,
    bounded: NDArray[np.bool_],
    rule: Rule,
    *,
    design_effect: Floats | float = 1.0,
    factor: Floats | float = 100.0,
) -> Judgement:
    """Apply `rule` to counts.

    The district is a part of the city it is compared with; its distance from the city's rate varies less
    than its own rate, so a test that takes the city's rate for known errs on the side of caution.

    Parameters
    ----------
    numerator
        Shape (..., districts, indicators); NaN where unknown.
    denominator
        Shape (districts, indicators); NaN where unknown.
    bounded
        Shape (indicators,): True for shares.
    rule
        The rule.
    design_effect, factor
        Shape (indicators,): counted persons per independent case (NaN: 1), and what a rate is multiplied
        with where it is shown.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = numerator / denominator
    counted = np.isfinite(value)
    people = np.where(counted, denominator, 0.0)
    events = np.where(counted, numerator, 0.0).sum(axis=-2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        city = events / people.sum(axis=-2, keepdims=True)
        own = effective(people, design_effect)
        expected = own * np.where(bounded, np.minimum(city, 1 - city), city)
        enough = counted & (denominator >= rule.minimum_denominator) & (expected >= rule.minimum_expected)
        measured = np.where(enough, value, np.nan)
        difference = measured - city
        noise = city * np.where(bounded, 1 - city, 1.0) / own
        spread = true_spread(measured, noise)
    low, high = _margins(city, spread, factor, rule)
    above = difference > 0
    limit = np.where(above, high, low)
    lower, upper = _interval(numerator, denominator, bounded, design_effect, enough)
    chance = tails(own * measured, own, city, bounded=bounded)
    p = np.minimum(1.0, 2 * np.minimum(*chance))
    beyond_limit = tails(own * measured, own, limit, bounded=bounded)
    p_margin = np.where(above, beyond_limit[1], beyond_limit[0])
    p_margin = np.where(np.isnan(measured), np.nan, p_margin)
    p_adjusted, p_margin_adjusted = (adjust(each, rule.correction, axis=-2) for each in (p, p_margin))
    conspicuous = (
        enough
        & np.where(above, measured > high, measured < low)
        & (p_adjusted <= rule.alpha)
        & (p_margin_adjusted <= rule.alpha_margin)
    )
    return Judgement(
        side=np.where(conspicuous, np.sign(difference), 0).astype(np.int8),
        near=enough & ~conspicuous & (lower >= low) & (upper <= high),
        assessable=enough,
        value=value,
        difference=difference,
        distance=_distance(measured, city, spread, rule),
        margin=np.where(enough, np.abs(limit - city), np.nan),
        lower=lower,
        upper=upper,
        expected=np.where(counted, expected, np.nan),
        p=p,
        p_adjusted=p_adjusted,
        p_margin=p_margin,
        p_margin_adjusted=p_margin_adjusted,
        city=city,
    )


def _margins(city: Floats, spread: Floats, factor: Floats | float, rule: Rule) -> tuple[Floats, Floats]:
    """Return the rates between which a district is near the city."""
    if rule.unit == "ratio":
        return city / rule.distance, city * rule.distance
    width = np.broadcast_to(rule.distance, city.shape)
    if rule.unit == "sd":
        floor = np.minimum(rule.floor / np.asarray(factor), FLOOR_SHARE * city)
        width = np.maximum(rule.distance * spread, floor)
    return city - width, city + width


def _interval(
    numerator: Floats,
    denominator: Floats,
    bounded: NDArray[np.bool_],
    design_effect: Floats | float,
    enough: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    above, below = np.where(enough, numerator, np.nan), np.where(enough, denominator, np.nan)
    shares = wilson(np.where(bounded, above, np.nan), below, design_effect=design_effect, z=Z90)
    ratios = byar(np.where(bounded, np.nan, above), below, design_effect=design_effect, z=Z90)
    return np.where(bounded, shares[0], ratios[0]), np.where(bounded, shares[1], ratios[1])


def _distance(measured: Floats, city: Floats, spread: Floats, rule: Rule) -> Floats:
    """Return the distance from the city in the unit of the rule; NaN in SD where districts do not differ."""
    if rule.unit == "ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(measured / city)
    difference: Floats = measured - city
    if rule.unit == "points":
        return difference
    blank = np.full(difference.shape, np.nan)
    in_sd: Floats = np.divide(difference, spread, out=blank, where=spread > 0)
    return in_sd


@checked()
def verdicts(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    rule: Rule | None = None,
    dates: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Judge every district on every indicator at every date.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    catalogue
        Gives `kind`, `polarity`, and where they exist `factor` and `design_effect` with its source. A context
        indicator is never conspicuous. An indicator without counts (published shares, values) is not
        assessable: its chance differences cannot be known.
    rule
        By default `Rule()`: beyond one true SD from the city, 5 % after Benjamini-Hochberg.
    dates
        By default all.

    Returns
    -------
    pd.DataFrame
        Index district, columns `VERDICT_COLUMNS`; one row per district of `indicators`, indicator of the
        catalogue that has rows at the date, and date. `verdict` is one of `VERDICTS`, `reason` one of
        `REASONS` or "". `difference`, `margin`, `lower_90` and `upper_90` are in the indicator's own unit
        (0.03 are 3 percentage points), `expected` is the effective number of cases at the city's rate, and
        `design_effect_source` is "" where people were taken as independent without anybody having said so.

    Raises
    ------
    AlignmentError
        If a district has two rows for one indicator and date.
    ProjectError
        If an indicator is not in the catalogue.
    """
    rule = rule or Rule()
    check_rows(indicators)
    require_catalogue(catalogue)
    names = list(indicators["indicator"].unique())
    unknown = tuple(sorted(set(names) - set(catalogue.index)))
    if unknown:
        values = {"recipe": "verdict"}
        raise_problems(
            [Problem(code="assessment.unknown_indicator", keys=unknown, values=values)], ProjectError
        )
    effects = with_effects(catalogue, indicators)
    days = sorted(indicators["date"].unique()) if dates is None else dates
    parts = [_at_date(judged_counts(indicators, effects, date=date), rule) for date in days]
    return pd.concat(parts) if parts else pd.DataFrame(columns=list(VERDICT_COLUMNS))


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What can be judged at one date; arrays have the shape (districts, indicators).

    Parameters
    ----------
    date, names, districts
        The date, the indicators in the catalogue's order, the index.
    shown, numerator, denominator
        Rates as they are; counts where they may be judged, else NaN.
    reason
        Why not, one of `REASONS`, or "".
    bounded, burden
        Per indicator: whether it is a share; +1 where more is worse, -1 where more is better.
    design_effect, source, factor
        Per indicator, see `judge`.
    """

    date: str
    names: list[str]
    districts: pd.Index
    shown: Floats
    numerator: Floats
    denominator: Floats
    reason: NDArray[np.object_]
    bounded: NDArray[np.bool_]
    burden: NDArray[np.int_]
    design_effect: Floats
    source: NDArray[np.object_]
    factor: Floats

    def judge(self, rule: Rule, numerator: Floats | None = None) -> Judgement:
        """Apply the rule to the counts, or to others in place of the numerators."""
        return judge(
            self.numerator if numerator is None else numerator,
            self.denominator,
            self.bounded,
            rule,
            design_effect=self.design_effect,
            factor=self.factor,
        )

    def verdicts(self, found: Judgement) -> NDArray[np.object_]:
        """Name the verdicts; leading dimensions are kept."""
        worse = found.side * self.burden
        named = np.select(
            [~found.assessable, worse > 0, worse < 0, found.near],
            [NOT_ASSESSABLE, UNFAVOURABLE, FAVOURABLE, INCONSPICUOUS],
            UNDECIDED,
        )
        return named.astype(object)


def judged_counts(indicators: pd.DataFrame, catalogue: pd.DataFrame, *, date: str) -> Judged:
    """Gather the counts of one date that the rule may look at, and say why the others are left out.

    Parameters
    ----------
    indicators
        Long table.
    catalogue
        As `with_effects` returns it.
    date
        ISO text.
    """
    present = set(indicators.loc[indicators["date"] == date, "indicator"].unique())
    names = [name for name in catalogue.index if name in present]
    shown, numerator, denominator = (
        matrix(indicators, names, date, column=column) for column in ("value", "numerator", "denominator")
    )
    ours = catalogue.loc[names]
    context = np.broadcast_to((ours["polarity"] == "context").to_numpy(), shown.shape)
    counted = (numerator.notna() & (denominator > 0)).to_numpy()
    unreliable = (matrix(indicators, names, date, column="flag") == "unreliable").to_numpy()
    share = (ours["kind"] == "share").to_numpy()
    impossible = ((numerator < 0) | (share & (numerator > denominator))).to_numpy()
    reason = np.select(
        [context, shown.isna().to_numpy(), unreliable, ~counted, impossible],
        ["context", "no value", "unreliable", "no counts", "impossible counts"],
        "",
    ).astype(object)
    alone = (reason == "").sum(axis=0) < 2
    reason = np.where((reason == "") & alone, "one district", reason)
    usual = np.where(share, 100.0, 1000.0)
    factor = np.asarray(ours.get("factor", pd.Series(np.nan, index=ours.index)), dtype=np.float64)
    return Judged(
        date=date,
        names=names,
        districts=shown.index,
        shown=shown.to_numpy(),
        numerator=numerator.where(reason == "").to_numpy(),
        denominator=denominator.where(reason == "").to_numpy(),
        reason=reason,
        bounded=share,
        burden=np.where(ours["polarity"] == "resource", -1, 1),
        design_effect=ours["design_effect"].to_numpy(dtype=float),
        source=ours["design_effect_source"].to_numpy(dtype=object),
        factor=np.where(np.isfinite(factor), factor, usual),
    )


def _at_date(judged: Judged, rule: Rule) -> pd.DataFrame:
    found = judged.judge(rule)
    shape = judged.shown.shape
    reason = np.where((judged.reason == "") & ~found.assessable, "few cases", judged.reason)
    columns = {
        "verdict": judged.verdicts(found),
        "reason": reason,
        "value": judged.shown,
        "city": np.broadcast_to(found.city, shape),
        "difference": found.difference,
        "margin": found.margin,
        "lower_90": found.lower,
        "upper_90": found.upper,
        "distance": found.distance,
        "expected": found.expected,
        "design_effect": np.broadcast_to(np.fmax(judged.design_effect, 1.0), shape),
        "design_effect_source": np.broadcast_to(judged.source, shape),
        "p": found.p,
        "p_adjusted": found.p_adjusted,
        "p_margin": found.p_margin,
        "p_margin_adjusted": found.p_margin_adjusted,
    }
    long = pd.DataFrame(
        {
            "indicator": np.tile(np.array(judged.names, dtype=object), len(judged.districts)),
            "date": judged.date,
            **{name: column.ravel() for name, column in columns.items()},
        },
        index=judged.districts.repeat(len(judged.names)),
    )
    return long[list(VERDICT_COLUMNS)]
