"""The verdict per district, indicator and date: conspicuous, inconspicuous or not assessable.

A district is conspicuous if it lies far enough from the city AND the difference cannot be chance AND it
has enough cases for such a statement. Districts that are inconspicuous on everything that can be assessed
are what social reports call well mixed; that is an indication, not a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.assessment.frames import check_indicators, matrix
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE, unknown_choice
from sozialraum.errors import Problem, ProjectError, raise_problems
from sozialraum.stats.exact import Correction, adjust, exact_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "BURDENED",
    "FAVOURABLE",
    "INCONSPICUOUS",
    "PROFILES",
    "REASONS",
    "VERDICTS",
    "VERDICT_COLUMNS",
    "Judged",
    "Judgement",
    "Rule",
    "judge",
    "judged_counts",
    "summarise",
    "verdicts",
]

BURDENED = "conspicuous (burdened)"
FAVOURABLE = "conspicuous (favourable)"
INCONSPICUOUS = "inconspicuous"
VERDICTS = (BURDENED, FAVOURABLE, INCONSPICUOUS, NOT_ASSESSABLE)
REASONS = (
    "context",
    "no value",
    "unreliable",
    "no counts",
    "impossible counts",
    "one district",
    "few cases",
)
"""Why a district is not assessable on an indicator."""
PROFILES = ("inconspicuous on all", BURDENED, FAVOURABLE, "conspicuous (both)", NOT_ASSESSABLE)
"""What the verdicts on all indicators come to for one district."""
VERDICT_COLUMNS = (
    "indicator",
    "date",
    "verdict",
    "reason",
    "value",
    "city",
    "distance",
    "p",
    "p_adjusted",
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a district is conspicuous on an indicator.

    Parameters
    ----------
    unit, distance
        How far it must lie from the city's rate: ``"sd"``: in standard deviations of the assessable
        districts' rates (ddof 0, each district counts the same); ``"points"``: as a difference in the
        indicator's own unit (0.05 are 5 percentage points); ``"ratio"``: times as high, or as low.
    alpha, correction
        The exact test's p after correction must not exceed alpha. All districts and indicators of a date
        are one family of tests.
    minimum_denominator
        Fewer people, households or whatever is counted: not assessable.
    minimum_expected
        At the city's rate the district must expect at least so many cases and, for shares, so many
        non-cases. Neither minimum looks at the district's own count, so they do not bias the verdict.
    """

    unit: Literal["sd", "points", "ratio"] = "sd"
    distance: float = 1.0
    alpha: float = 0.05
    correction: Correction = "benjamini-hochberg"
    minimum_denominator: int = 100
    minimum_expected: float = 5.0

    def __post_init__(self) -> None:
        problems = [
            unknown_choice("verdict", part, value, allowed)
            for part, value, allowed in (
                ("unit", self.unit, ("sd", "points", "ratio")),
                ("correction", self.correction, get_args(Correction)),
            )
            if value not in allowed
        ]
        for part, number, lowest, highest in (
            ("distance", self.distance, 1.0 if self.unit == "ratio" else 0.0, np.inf),
            ("alpha", self.alpha, 0.0, 1.0),
            ("minimum_denominator", self.minimum_denominator, 0.0, np.inf),
            ("minimum_expected", self.minimum_expected, 0.0, np.inf),
        ):
            if not lowest <= number <= highest:
                shown: dict[str, object] = {
                    "part": part,
                    "value": number,
                    "lowest": lowest,
                    "highest": highest,
                }
                problems.append(Problem(code="assessment.bad_rule", values=shown))
        raise_problems(problems, ProjectError)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What `judge` finds, each an array of shape (..., districts, indicators).

    Parameters
    ----------
    side
        +1 conspicuous above the city, -1 below, 0 inconspicuous or not assessable.
    assessable
        Whether there are enough cases.
    value, distance, p, p_adjusted
        Rates, their distance from the city in the unit of the rule, and the exact test; NaN where not
        assessable.
    city
        Shape (..., 1, indicators): rate of all districts with counts together.
    """

    side: NDArray[np.int8]
    assessable: NDArray[np.bool_]
    value: Floats
    distance: Floats
    p: Floats
    p_adjusted: Floats
    city: Floats


def judge(
    numerator: Floats, denominator: Floats, bounded: NDArray[np.bool_], rule: Rule, *, quick: bool = False
) -> Judgement:
    """Apply `rule` to counts.

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
    quick
        Report p above alpha as 1; the verdicts stay the same.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = numerator / denominator
    counted = np.isfinite(value)
    people = np.where(counted, denominator, 0.0)
    events = np.where(counted, numerator, 0.0).sum(axis=-2, keepdims=True)
    total = people.sum(axis=-2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        city = events / total
        expected = people * np.where(bounded, np.minimum(city, 1 - city), city)
        enough = counted & (denominator >= rule.minimum_denominator) & (expected >= rule.minimum_expected)
        measured = np.where(enough, value, np.nan)
        distance = _distance(measured, city, enough, rule)
    p = np.full(value.shape, np.nan)
    p[enough] = exact_p(
        *(np.broadcast_to(part, value.shape)[enough] for part in (numerator, denominator, events, total)),
        bounded=np.broadcast_to(bounded, value.shape)[enough],
        ceiling=rule.alpha if quick else 1.0,
    )
    family = adjust(p.reshape(*p.shape[:-2], -1), correction=rule.correction).reshape(p.shape)
    if rule.unit == "ratio":
        far = (distance >= rule.distance) | (distance <= 1 / max(rule.distance, 1e-300))
    else:
        far = np.abs(distance) >= rule.distance
    conspicuous = enough & far & (family <= rule.alpha)
    return Judgement(
        side=np.where(conspicuous, np.sign(value - city), 0).astype(np.int8),
        assessable=enough,
        value=value,
        distance=distance,
        p=p,
        p_adjusted=family,
        city=city,
    )


def _distance(measured: Floats, city: Floats, enough: NDArray[np.bool_], rule: Rule) -> Floats:
    if rule.unit == "ratio":
        ratio: Floats = measured / city
        return ratio
    difference: Floats = measured - city
    if rule.unit == "points":
        return difference
    count = enough.sum(axis=-2, keepdims=True)
    filled = np.where(enough, measured, 0.0)
    mean = filled.sum(axis=-2, keepdims=True) / count
    spread = np.sqrt((np.where(enough, measured - mean, 0.0) ** 2).sum(axis=-2, keepdims=True) / count)
    # Equal rates everywhere: nobody is far from anybody.
    in_sd: Floats = np.where(spread > 0, difference / spread, np.where(enough, 0.0, np.nan))
    return in_sd


def verdicts(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    rule: Rule | None = None,
    dates: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Judge every district on every indicator at every date.

    The city's rate is that of all districts with counts together, and each district is compared with
    these without itself (see `exact_p`).

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    catalogue
        Gives `kind` and `polarity`. A context indicator is never conspicuous. An indicator without counts
        (published shares, values) is not assessable: its chance differences cannot be known.
    rule
        By default `Rule()`: at least one SD from the city, 5 % after Benjamini-Hochberg, 100 counted.
    dates
        By default all.

    Returns
    -------
    pd.DataFrame
        Index district, columns `VERDICT_COLUMNS`; one row per district of `indicators`, indicator of the
        catalogue that has rows at the date, and date. `reason` is one of `REASONS` or "".

    Raises
    ------
    AlignmentError
        If a district has two rows for one indicator and date.
    ProjectError
        If an indicator is not in the catalogue.
    """
    rule = rule or Rule()
    names = list(indicators["indicator"].unique())
    check_indicators(indicators, names)
    unknown = tuple(sorted(set(names) - set(catalogue.index)))
    if unknown:
        values = {"recipe": "verdict"}
        raise_problems(
            [Problem(code="assessment.unknown_indicator", keys=unknown, values=values)], ProjectError
        )
    days = sorted(indicators["date"].unique()) if dates is None else dates
    parts = [_at_date(judged_counts(indicators, catalogue, date=date), rule) for date in days]
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

    def verdicts(self, side: NDArray[np.int8], assessable: NDArray[np.bool_]) -> NDArray[np.object_]:
        """Name the verdicts; leading dimensions of `side` and `assessable` are kept."""
        worse = side * self.burden
        found = np.select(
            [~assessable, worse > 0, worse < 0], [NOT_ASSESSABLE, BURDENED, FAVOURABLE], INCONSPICUOUS
        )
        return found.astype(object)


def judged_counts(indicators: pd.DataFrame, catalogue: pd.DataFrame, *, date: str) -> Judged:
    """Gather the counts of one date that the rule may look at, and say why the others are left out."""
    present = set(indicators.loc[indicators["date"] == date, "indicator"])
    names = [name for name in catalogue.index if name in present]
    shown, numerator, denominator = (
        matrix(indicators, names, date, column=column) for column in ("value", "numerator", "denominator")
    )
    context = np.broadcast_to((catalogue.loc[names, "polarity"] == "context").to_numpy(), shown.shape)
    counted = (numerator.notna() & (denominator > 0)).to_numpy()
    unreliable = (_flags(indicators, names, date) == "unreliable").to_numpy()
    share = (catalogue.loc[names, "kind"] == "share").to_numpy()
    impossible = ((numerator < 0) | (share & (numerator > denominator))).to_numpy()
    reason = np.select(
        [context, shown.isna().to_numpy(), unreliable, ~counted, impossible],
        ["context", "no value", "unreliable", "no counts", "impossible counts"],
        "",
    ).astype(object)
    alone = (reason == "").sum(axis=0) < 2
    reason = np.where((reason == "") & alone, "one district", reason)
    return Judged(
        date=date,
        names=names,
        districts=shown.index,
        shown=shown.to_numpy(),
        numerator=numerator.where(reason == "").to_numpy(),
        denominator=denominator.where(reason == "").to_numpy(),
        reason=reason,
        bounded=share,
        burden=np.where(catalogue.loc[names, "polarity"] == "resource", -1, 1),
    )


def _at_date(judged: Judged, rule: Rule) -> pd.DataFrame:
    found = judge(judged.numerator, judged.denominator, judged.bounded, rule)
    reason = np.where((judged.reason == "") & ~found.assessable, "few cases", judged.reason)
    columns = {
        "verdict": judged.verdicts(found.side, found.assessable),
        "reason": reason,
        "value": judged.shown,
        "city": np.broadcast_to(found.city, judged.shown.shape),
        "distance": found.distance,
        "p": found.p,
        "p_adjusted": found.p_adjusted,
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


def _flags(indicators: pd.DataFrame, names: list[str], date: str) -> pd.DataFrame:
    districts = pd.Index(indicators.index.unique(), name="district")
    rows = indicators[indicators["date"] == date]
    return pd.DataFrame(
        {name: rows.loc[rows["indicator"] == name, "flag"].reindex(districts) for name in names},
        index=districts,
    )


def summarise(found: pd.DataFrame, *, groups: pd.Series | None = None) -> pd.DataFrame:
    """Say for each district and date what its verdicts come to.

    Parameters
    ----------
    found
        What `verdicts` returns.
    groups
        Indicator to target group (``catalogue["target_group"]``): then one row per group as well.

    Returns
    -------
    pd.DataFrame
        Index district; `date`, `group` ("all" without `groups`), `profile` (one of `PROFILES`),
        `assessable` (k), `burdened`, `favourable` (numbers of indicators) and `burdened_by`,
        `favourable_by` (their ids, separated by ", "). 'inconspicuous on all' holds for the k assessable
        indicators; with k = 0 the profile is 'not assessable'.
    """
    table = found.assign(
        group="all" if groups is None else found["indicator"].map(groups).astype(object),
        _assessable=found["verdict"] != NOT_ASSESSABLE,
        burdened_by=found["indicator"].where(found["verdict"] == BURDENED),
        favourable_by=found["indicator"].where(found["verdict"] == FAVOURABLE),
    )
    table.index.name = found.index.name or "district"
    keys = [table.index.name, "date", "group"]
    grouped = table.reset_index().groupby(keys, sort=False, dropna=False)
    summary = grouped.agg(
        assessable=("_assessable", "sum"),
        burdened=("burdened_by", "count"),
        favourable=("favourable_by", "count"),
    )
    named = table.reset_index()
    for column in ("burdened_by", "favourable_by"):
        ids = named[named[column].notna()].groupby(keys, sort=False, dropna=False)[column].agg(", ".join)
        summary[column] = ids.reindex(summary.index).fillna("")
    burdened, favourable = summary["burdened"] > 0, summary["favourable"] > 0
    profile = np.select(
        [summary["assessable"] == 0, burdened & favourable, burdened, favourable],
        [PROFILES[4], PROFILES[3], PROFILES[1], PROFILES[2]],
        PROFILES[0],
    )
    summary.insert(0, "profile", profile)
    return summary.reset_index(["date", "group"])
