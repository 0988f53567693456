"""One registered examination of a programme area, from the long indicator table to a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, require_fields
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.panel import row_problems, spread
from sozialraum.programme.effect.compare import Comparison, Counts, compare
from sozialraum.programme.effect.naive import Naive, before_after, difference_in_differences
from sozialraum.programme.effect.placebo import linked, parts, ring_of
from sozialraum.programme.effect.power import detectable, power_of
from sozialraum.stats.slopes import dated_years
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from libpysal.graph import Graph

__all__ = ["EFFECT_COLUMNS", "EffectPlan", "EffectStudy", "effect_studies", "effect_study"]

Outcome = Literal["better", "worse", "none", "not assessable"]

EFFECT_COLUMNS = (
    "effect_id",
    "indicator",
    "districts",
    "compared",
    "outcome",
    "effect",
    "lower",
    "upper",
    "p",
    "p_placebo_areas",
    "regression_to_mean",
    "power",
    "detectable",
    "ring_effect",
    "ring_lower",
    "ring_upper",
    "before_after",
    "before_after_p",
    "did",
    "did_p",
    "moves",
    "registered",
    "reason",
    "sentence",
)
LEAST_YEARS = 3
MOVED = 0.05
"""Change of the number of people against the other districts from which population exchange is pointed at."""


@dataclass(frozen=True, kw_only=True)
class EffectPlan:
    """What is fixed before anybody looks at the years after the start.

    Parameters
    ----------
    effect_id
        Its key.
    districts
        The programme area.
    indicator
        Whose counts are examined.
    start
        ISO date of the start of the measures.
    pre, post
        ISO dates of the indicator before and after it.
    better
        Whether lower or higher values are better.
    smallest
        Smallest relevant effect, in the unit of the value (0.05: 5 percentage points of a share).
    ring
        Neighbours of this order are compared with nobody, because an effect may spill over; 0 to 2.
    comparison
        Districts that may serve for comparison; empty: all others.
    excluded
        Districts that are neither treated by this programme nor free of it: other programme areas. They are
        compared with nobody, else one area's success would be the other's failure.
    registered_on
        ISO date on which all this was fixed; None or later than `start`: afterwards.
    """

    effect_id: str
    districts: tuple[str, ...]
    indicator: str
    start: str
    pre: tuple[str, ...]
    post: tuple[str, ...]
    better: Literal["lower", "higher"] = "lower"
    smallest: float = 0.05
    ring: int = 1
    comparison: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    registered_on: str | None = None

    def __post_init__(self) -> None:
        require_fields(self, better=("lower", "higher"))

    @property
    def registered(self) -> bool:
        """Whether it was fixed no later than the day of the start."""
        return self.registered_on is not None and self.registered_on <= self.start


@dataclass(frozen=True, kw_only=True)
class EffectStudy:
    """What was found.

    Parameters
    ----------
    plan
        What was asked.
    table
        One row, columns `EFFECT_COLUMNS` but for the sentence; effects in the unit of the value, above 0
        where the value rose; `lower`, `upper` bound it with `confidence`.
    districts
        Index district: `role` ("programme", "ring", "compared", "left out", "excluded"), `observed` (mean of
        the years after), `predicted`, `residual`.
    naive
        Index "before_after", "did_last", "did_all": `change`, `p` (one-sided, better). Never to be
        published without the table.
    problems
        Notes: districts without counts, an area in several parts, people who moved, fixed afterwards.
    confidence
        Of the interval: two times `alpha` is outside, as the test is one-sided.
    factor
        What the sentence multiplies values with (100: points).
    """

    plan: EffectPlan
    table: pd.DataFrame
    districts: pd.DataFrame
    naive: pd.DataFrame
    problems: tuple[Problem, ...]
    confidence: float = 0.9
    factor: float = 100.0

    def sentence(self, language: Language = DEFAULT_LANGUAGE) -> str:
        """Say in two sentences at most what may be said; never that something was caused."""
        row = self.table.iloc[0]
        # 'Better by 18' has an interval of 7 to 30, whichever way the indicator counts.
        turn = math.copysign(1.0, row["effect"]) if row["outcome"] in {"better", "worse"} else 1.0
        ends = sorted(turn * self.factor * float(row[name]) for name in ("lower", "upper"))
        mixed = row["outcome"] == "none" or ends[0] < 0
        values = {
            name: figure(end, language, signed=mixed)
            for name, end in zip(("lower", "upper"), ends, strict=True)
        }
        values["detectable"] = figure(self.factor * float(row["detectable"]), language)
        values["size"] = figure(abs(self.factor * float(row["effect"])), language)
        values["confidence"] = figure(100 * self.confidence, language, decimals=0)
        unit = "points" if self.factor == 100 else "units"
        values["unit"] = text(f"effect.{unit}", language)
        values["unit_dative"] = text(f"effect.{unit}_dative", language)
        if row["outcome"] == "not assessable":
            return text(f"effect.reason.{row['reason']}", language)
        said = text(f"effect.sentence.{row['outcome']}", language, **values)
        return said if self.plan.registered else f"{said} {text('effect.afterwards', language)}"


@dataclass(frozen=True)
class _Data:
    before: Counts
    after: Counts
    links: list[list[int]]
    treated: list[int]
    around: list[int]
    keys: pd.Index
    left_out: tuple[str, ...] = ()


@checked(kind=("share", "ratio"))
def effect_study(
    indicators: pd.DataFrame,
    graph: Graph,
    plan: EffectPlan,
    *,
    kind: Literal["share", "ratio"] = "share",
    factor: float = 100.0,
    alpha: float = 0.05,
    seed: int = 0,
) -> EffectStudy:
    """Examine whether an area developed better than its history and the other districts led to expect.

    Parameters
    ----------
    indicators
        Long table, index district, with `numerator` and `denominator` of the plan's indicator.
    graph
        Neighbours of the districts.
    plan
        What is examined. Its dates are taken as they are.
    kind
        Of the indicator, from the catalogue: tells the noise of its counts.
    factor
        From the value to what people read.
    alpha
        One-sided level of 'better' (and of 'worse').
    seed
        Of the placebo areas.

    Returns
    -------
    EffectStudy
        Outcome "not assessable" with its reason where the years, the counts or the city do not suffice.

    Raises
    ------
    SozialraumError
        Unknown districts or dates, years on the wrong side of the start, fewer than three years before.

    References
    ----------
    See `compare`; levels and power by simulation in ``docs/wirkung.md``.
    """
    ours = indicators[indicators["indicator"] == plan.indicator]
    _check(plan, ours, graph)
    data, reason = _collect(plan, ours, graph)
    if data is None:
        return _empty(plan, reason, factor=factor, alpha=alpha)
    share = kind == "share"
    found = compare(
        data.before, data.after, data.links, data.treated, around=data.around, share=share, seed=seed
    )
    if not found.df:
        return _empty(plan, "too_few_areas", factor=factor, alpha=alpha, left_out=data.left_out)
    return _write(plan, data, found, share=share, factor=factor, alpha=alpha, seed=seed)


@checked(language=get_args(Language))
def effect_studies(studies: Sequence[EffectStudy], *, language: Language = DEFAULT_LANGUAGE) -> pd.DataFrame:
    """Put several studies into one table with their sentences, columns `EFFECT_COLUMNS`."""
    rows = [study.table.assign(sentence=study.sentence(language)) for study in studies]
    if not rows:
        return pd.DataFrame(columns=list(EFFECT_COLUMNS))
    return pd.concat(rows, ignore_index=True)[list(EFFECT_COLUMNS)]


def _check(plan: EffectPlan, ours: pd.DataFrame, graph: Graph) -> None:
    known, dates = set(graph.unique_ids), set(ours["date"])
    named = (*plan.districts, *plan.comparison, *plan.excluded)
    wrong_side = [date for date in plan.pre if date >= plan.start]
    wrong_side += [date for date in plan.post if date <= plan.start]
    checks = {
        "no_districts": ("",) if not plan.districts else (),
        "unknown_district": tuple(key for key in named if key not in known),
        "both_sides": tuple(sorted(set(plan.districts) & {*plan.comparison, *plan.excluded})),
        "unknown_date": tuple(date for date in (*plan.pre, *plan.post) if date not in dates),
        "wrong_side": tuple(wrong_side),
        "few_years": tuple(plan.pre) or ("–",) if len(set(plan.pre)) < LEAST_YEARS else (),  # noqa: RUF001
        "no_later_year": () if plan.post else ("–",),  # noqa: RUF001
    }
    problems = [
        Problem(code=f"effect.{name}", keys=keys, values={"effect": plan.effect_id, "start": plan.start})
        for name, keys in checks.items()
        if keys
    ]
    raise_problems([*problems, *row_problems(ours)], SozialraumError)


def _collect(plan: EffectPlan, ours: pd.DataFrame, graph: Graph) -> tuple[_Data | None, str]:
    """Take the districts whose counts are complete in all years."""
    dates = sorted(set(plan.pre)) + sorted(set(plan.post))
    order = sorted(graph.unique_ids, key=str)
    wanted = ours[ours["date"].isin(dates) & ours.index.isin(order)]
    found, numbers = spread(wanted, pd.Index(order), ("numerator", "denominator"))
    events, people = (
        pd.DataFrame(rows.T, index=order, columns=found["date"]).reindex(columns=dates)
        for rows in numbers.values()
    )
    complete = (events.notna() & (people > 0)).all(axis=1)
    treated = set(plan.districts)
    # The ring is that of the whole city: a district without counts still has neighbours.
    whole = linked(graph, order)
    ring = {order[at] for at in ring_of(whole, [order.index(key) for key in plan.districts], plan.ring)}
    eligible = (treated | ring | set(plan.comparison or order)) - set(plan.excluded)
    used = [key for key in order if complete[key] and key in eligible]
    if not treated & set(used):
        return None, "no_counts"
    years = dated_years(dates)
    t = len(set(plan.pre))
    cases, crowd = events.loc[used].to_numpy(), people.loc[used].to_numpy()
    return _Data(
        before=Counts(events=cases[:, :t], population=crowd[:, :t], years=years[:t]),
        after=Counts(events=cases[:, t:], population=crowd[:, t:], years=years[t:]),
        links=linked(graph, used),
        treated=[at for at, key in enumerate(used) if key in treated],
        around=[at for at, key in enumerate(used) if key in ring],
        keys=pd.Index(used, name="district"),
        left_out=tuple(key for key in order if key in eligible and not complete[key]),
    ), ""


def _write(
    plan: EffectPlan, data: _Data, found: Comparison, *, share: bool, factor: float, alpha: float, seed: int
) -> EffectStudy:
    from scipy.special import stdtrit  # noqa: PLC0415 - start-up time

    lower_is_better = plan.better == "lower"
    p, other = (found.p_lower, found.p_higher) if lower_is_better else (found.p_higher, found.p_lower)
    reach = float(stdtrit(found.df, 1 - alpha)) * found.scale
    outcome: Outcome = "better" if p <= alpha else "worse" if other <= alpha else "none"
    outside = [at for at in range(len(data.keys)) if at not in {*data.treated, *data.around}]
    naive = _naive(plan, data, outside)
    ring_reach = reach / found.scale * found.ring_se
    moves = _moves(data, outside)
    row = {
        "effect_id": plan.effect_id,
        "indicator": plan.indicator,
        "districts": len(data.treated),
        "compared": len(outside),
        "outcome": outcome,
        "effect": found.effect,
        "lower": found.effect - reach * found.se,
        "upper": found.effect + reach * found.se,
        "p": p,
        "p_placebo_areas": found.p_placebo if lower_is_better else found.p_placebo_higher,
        "regression_to_mean": found.regression_to_mean,
        "power": _power_before(plan, data, share=share, alpha=alpha, seed=seed),
        "detectable": detectable(found.scale * found.se, found.df, alpha=alpha),
        "ring_effect": found.ring_effect,
        "ring_lower": found.ring_effect - ring_reach,
        "ring_upper": found.ring_effect + ring_reach,
        "before_after": naive.loc["before_after", "change"],
        "before_after_p": naive.loc["before_after", "p"],
        "did": naive.loc["did_last", "change"],
        "did_p": naive.loc["did_last", "p"],
        "moves": moves,
        "registered": "registered" if plan.registered else "afterwards",
        "reason": "",
    }
    roles = pd.Series("compared", index=data.keys, dtype=object)
    roles.iloc[data.around], roles.iloc[data.treated] = "ring", "programme"
    districts = pd.DataFrame(
        {
            "role": roles,
            "observed": data.after.rates.mean(axis=1),
            "predicted": found.predicted,
            "residual": data.after.rates.mean(axis=1) - found.predicted,
        }
    )
    others = ["left out"] * len(data.left_out) + ["excluded"] * len(plan.excluded)
    keys = pd.Index([*data.left_out, *plan.excluded], name="district")
    left = pd.DataFrame({"role": others}, index=keys)
    return EffectStudy(
        plan=plan,
        table=pd.DataFrame([row]),
        districts=pd.concat([districts, left.reindex(columns=districts.columns)]),
        naive=naive,
        problems=_notes(plan, data, moves, beyond=found.beyond),
        confidence=1 - 2 * alpha,
        factor=factor,
    )


def _naive(plan: EffectPlan, data: _Data, outside: list[int]) -> pd.DataFrame:
    found = {
        "before_after": before_after(data.before, data.after, data.treated),
        "did_last": difference_in_differences(data.before, data.after, data.treated, outside),
        "did_all": difference_in_differences(data.before, data.after, data.treated, outside, base="all"),
    }

    def p_of(naive: Naive) -> float:
        return naive.p_lower if plan.better == "lower" else naive.p_higher

    columns = {"change": [one.change for one in found.values()], "p": [p_of(one) for one in found.values()]}
    return pd.DataFrame(columns, index=pd.Index(found, name="method"))


def _power_before(plan: EffectPlan, data: _Data, *, share: bool, alpha: float, seed: int) -> float:
    """Power for the smallest relevant effect by what was known before: the last years before as a rehearsal.

    Whether the area stood out in the rehearsal says nothing (its last years are why it was chosen); only
    the width of the interval is used.
    """
    years = data.before.years
    later = min(len(data.after.years), len(years) - LEAST_YEARS)
    if later < 1:
        return np.nan
    cut = len(years) - later
    first, last = (
        Counts(
            events=data.before.events[:, part],
            population=data.before.population[:, part],
            years=years[part],
        )
        for part in (slice(None, cut), slice(cut, None))
    )
    found = compare(first, last, data.links, data.treated, around=data.around, share=share, seed=seed)
    if not found.df:
        return np.nan
    return float(power_of(plan.smallest, found.scale * found.se, found.df, alpha=alpha))


def _moves(data: _Data, outside: list[int]) -> float:
    """Growth of the number of people in the area beyond that of the other districts (0.05: 5 %)."""
    growth = [
        data.after.population[rows].mean(axis=1).sum() / data.before.population[rows].mean(axis=1).sum()
        for rows in (data.treated, outside)
    ]
    return float(growth[0] / growth[1] - 1)


def _notes(plan: EffectPlan, data: _Data, moves: float, *, beyond: bool) -> tuple[Problem, ...]:
    pieces = parts(data.links, data.treated)
    found: list[tuple[str, tuple[str, ...], dict[str, object]]] = []
    if data.left_out:
        found.append(("left_out", data.left_out, {}))
    if len(pieces) > 1:
        found.append(("scattered", tuple(data.keys[data.treated]), {"parts": len(pieces)}))
    if beyond:
        found.append(("beyond", (), {}))
    if abs(moves) > MOVED:
        found.append(("moves", (), {"percent": figure(100 * moves, signed=True)}))
    if not plan.registered:
        found.append(("afterwards_note", (), {}))
    return tuple(
        Problem(
            code=f"effect.{name}", severity="note", keys=keys, values={"effect": plan.effect_id, **values}
        )
        for name, keys, values in found
    )


def _empty(
    plan: EffectPlan, reason: str, *, factor: float, alpha: float, left_out: tuple[str, ...] = ()
) -> EffectStudy:
    row = dict.fromkeys(EFFECT_COLUMNS[:-1], np.nan) | {
        "effect_id": plan.effect_id,
        "indicator": plan.indicator,
        "districts": len(plan.districts),
        "outcome": "not assessable",
        "registered": "registered" if plan.registered else "afterwards",
        "reason": reason,
    }
    columns = ["role", "observed", "predicted", "residual"]
    left = pd.DataFrame({"role": "left out"}, index=pd.Index(left_out, name="district"))
    return EffectStudy(
        plan=plan,
        table=pd.DataFrame([row]),
        districts=left.reindex(columns=columns),
        naive=pd.DataFrame(columns=["change", "p"], index=pd.Index([], name="method")),
        problems=(),
        confidence=1 - 2 * alpha,
        factor=factor,
    )
