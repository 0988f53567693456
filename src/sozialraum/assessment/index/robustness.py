"""How well a class, a rank and a verdict stand chance: the year is drawn again, and all is computed anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.assessable import assessable
from sozialraum.assessment.index.classes import NO, YES, attention
from sozialraum.assessment.index.composite import codes_of, fitted_index
from sozialraum.assessment.index.posterior import Counted, draw_rates, nested_in, refits_of
from sozialraum.assessment.index.recipes import DYNAMIC, NOT_ASSESSABLE, STATUS, Recipe
from sozialraum.assessment.rule import VERDICTS, Rule
from sozialraum.assessment.smoothing import shrink
from sozialraum.assessment.verdict import Judged, judged_counts
from sozialraum.errors import AlignmentError, Problem, raise_problems, require_catalogue, shorten
from sozialraum.indicators.effects import with_effects
from sozialraum.panel import check_rows, date_before, matrix, population_at
from sozialraum.stats.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

__all__ = ["IndexRobustness", "index_robustness", "verdict_robustness", "years_redrawn"]

STATUS_NAMES = np.array([*STATUS, NOT_ASSESSABLE], dtype=object)
DYNAMIC_NAMES = np.array([*DYNAMIC, NOT_ASSESSABLE], dtype=object)
ATTENTION_NAMES = np.array([YES, NO, NOT_ASSESSABLE], dtype=object)

CELLS_AT_ONCE = 500_000
"""Resampled cells held in memory at the same time."""

DISTRICTS = 5_000
"""Districts whose ranks are sorted at one time."""

RESAMPLED, FEWEST_RESAMPLES = 3_300_000, 100
"""Cities of very many districts are redrawn less often: districts redrawn in all, and the fewest years."""

DYNAMIC_DOUBT = 1.5
"""By what the share of redrawn years with another dynamic is multiplied: how far true changes differ is known
from two dates only, and the draws take it for known a little too well (`benchmarks/levels/robustness.py`)."""

LEAST_STEADY, MOST_WHERE_UNSTEADY = 0.72, 0.8
"""Where districts keep their dynamic in fewer redrawn years than this on average, most of the city's changes
are chance: how far true ones differ is hardly known then, and high shares come from a lucky estimate of it
(of those from 97 of 100 on, 60 to 90 % were right). No share is above the second value there. Where nearly
all is chance the average is about 0.63."""


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexRobustness(Shown):
    """In how many redrawn years a district has the class that it has.

    Parameters
    ----------
    table
        Index district: `status`, `same_status` (share of redrawn years, 0..1), `rank`, `rank_lower`,
        `rank_upper` (interval of the rank); where an earlier date exists also `dynamic`, `same_dynamic`,
        `attention`, `same_attention`. NaN where not assessable.
    status_shares
        Index district, one column per status class: share of redrawn years.
    resamples
        Number of redrawn years.
    """

    table: pd.DataFrame
    status_shares: pd.DataFrame
    resamples: int


def years_redrawn(resamples: int, districts: int) -> int:
    """Return how many years `index_robustness` draws: fewer in cities of very many districts."""
    return min(resamples, max(FEWEST_RESAMPLES, RESAMPLED // max(districts, 1)))


@checked()
def index_robustness(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    recipe: Recipe,
    *,
    date: str,
    population: pd.Series | pd.DataFrame | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> IndexRobustness:
    """Draw the year again and see how often a district keeps its class and rank.

    True rates of all districts are drawn from what the counts leave possible (`posterior.draw_rates`):
    whole households count as one case where the catalogue has a design effect, indicators that are
    `part_of` one another, or `sum_of`, share their people, and noise is taken away before anything is drawn.
    Of districts said to keep their status in 95 of 100 redrawn years, more than 99 % have the status that
    their true rates give them, and of those said to keep their dynamic about 95 to 98 % (tables in
    ``docs/methoden.md``, with cities that the method was not made with); at 80 of 100 it is fewer than 90 %.
    Where true changes are small, hardly any dynamic is said to stay. With a design effect that is too small
    it is fewer. For the dynamic the share of other outcomes counts `DYNAMIC_DOUBT` times, and in cities where
    changes are mostly chance nothing is said to stay (`LEAST_STEADY`).

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district; numerators and denominators are needed.
    catalogue
        Its `kind` tells shares from ratios; `design_effect`, `part_of` and `sum_of` where it has them.
    recipe
        The method. The set of assessable districts stays as it is in the data.
    date
        ISO text. The dynamic is included if the date `dynamic_years` earlier has counts as well and the
        recipe has no published changes.
    population
        Inhabitants per district; a DataFrame has one column per date.
    resamples, confidence, seed
        Number of draws (fewer in cities of very many districts), coverage of the rank interval, start of the
        random numbers.

    Raises
    ------
    AlignmentError
        If an indicator has values without counts, or fewer than two districts are assessable.

    References
    ----------
    Laird & Louis (1989), Empirical Bayes ranking methods, Journal of Educational Statistics 14; Efron &
    Morris (1972).
    """
    names = recipe.indicators
    check_rows(indicators, indicators=names)
    dates = [date]
    earlier = date_before(date, recipe.dynamic_years, indicators["date"].unique())
    if not recipe.dynamic_indicators and earlier and not _without_counts(indicators, names, earlier):
        dates.append(earlier)
    shares = [matrix(indicators, names, day) for day in dates]
    districts = shares[0].index
    people = population_at(population, date, districts)
    valid = (assessable(shares[0], recipe, people) == "").to_numpy()
    setting = _Setting(
        recipe=recipe,
        valid=valid,
        changed=valid & shares[-1].notna().all(axis=1).to_numpy() & (len(dates) > 1),
        inhabitants=None if people is None else np.asarray(people, dtype=np.float64),
    )
    if valid.sum() < 2:
        title = {"recipe": f"{recipe.name} {date}", "found": int(valid.sum())}
        raise_problems([Problem(code="assessment.too_few_districts", values=title)], AlignmentError)

    effects = with_effects(catalogue, indicators)
    observed = [_counts(indicators, effects, names, day, recipe.name) for day in dates]
    own = setting.evaluate([setting.shown(counts) for counts in observed])
    rng = np.random.default_rng(seed)
    resamples = years_redrawn(resamples, len(districts))
    refits = refits_of(len(districts), resamples)
    least = -(-resamples // refits)
    together = _together(observed, setting)
    found = [
        setting.evaluate([rates[number] for rates in drawn])
        for size in _chunks(resamples, len(districts) * len(names) * len(dates), least=least)
        for drawn in [_draw(observed, together, rng, size, refits=max(1, refits * size // resamples))]
        for number in range(size)
    ]
    tail = (1 - confidence) / 2
    table = pd.DataFrame(
        {
            "status": STATUS_NAMES[own.status],
            "same_status": _same((one.status for one in found), own.status, STATUS_NAMES),
            "rank": own.ranks,
            **_rank_interval([one.ranks for one in found], tail),
        },
        index=districts,
    )
    if setting.changed.sum() > 1:
        own_needs = _attention(own)
        steady = _same((one.dynamic for one in found), own.dynamic, DYNAMIC_NAMES)
        table = table.assign(
            dynamic=DYNAMIC_NAMES[own.dynamic],
            same_dynamic=_doubted(steady),
            attention=ATTENTION_NAMES[own_needs],
            same_attention=_same(map(_attention, found), own_needs, ATTENTION_NAMES),
        )
    shares_of = {
        name: np.where(valid, _share(one.status == code for one in found), np.nan)
        for code, name in enumerate(STATUS)
    }
    return IndexRobustness(
        table=table, status_shares=pd.DataFrame(shares_of, index=districts), resamples=resamples
    )


def _doubted(steady: Floats) -> Floats:
    """Return the shares of redrawn years with the same dynamic, less what is not known of true changes."""
    known = steady[np.isfinite(steady)]
    most = 1.0 if known.size and known.mean() >= LEAST_STEADY else MOST_WHERE_UNSTEADY
    return np.clip(1 - DYNAMIC_DOUBT * (1 - steady), 0.0, most)


def _rank_interval(ranks: Sequence[Floats], tail: float) -> dict[str, Floats]:
    """Return the quantiles of each district's ranks, some districts at a time."""
    parts = [
        np.quantile(
            np.array([one[start : start + DISTRICTS] for one in ranks]), (tail, 1 - tail), axis=0, method=how
        )
        for start in range(0, len(ranks[0]), DISTRICTS)
        for how in ("lower", "higher")
    ]
    return {
        "rank_lower": np.concatenate([low for low, _ in parts[::2]]),
        "rank_upper": np.concatenate([high for _, high in parts[1::2]]),
    }


@dataclass(frozen=True)
class _Outcome:
    """Ranks, and classes as places in `STATUS_NAMES` and `DYNAMIC_NAMES`."""

    ranks: Floats
    status: Codes
    dynamic: Codes


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """What stays the same in all resamples: the method and the districts that can be assessed."""

    recipe: Recipe
    valid: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    inhabitants: Floats | None

    def evaluate(self, rates: Sequence[Floats]) -> _Outcome:
        """Compute ranks and classes of one set of rates, the date itself first, then the earlier one."""
        index, status = self._classes(rates[0], self.valid, "status")
        ascending = np.sort(index[self.valid])
        ranks = 1.0 + self.valid.sum() - np.searchsorted(ascending, index, side="right")
        dynamic = np.full(len(index), len(DYNAMIC), dtype=np.int8)
        if self.changed.sum() > 1:
            dynamic = self._classes(rates[0] - rates[-1], self.changed, "dynamic")[1]
        return _Outcome(np.where(self.valid, ranks, np.nan), status, dynamic)

    def shown(self, counted: Counted) -> Floats:
        """Return the observed rates as the index takes them: raw, or smoothed."""
        if not self.recipe.smoothing:
            return counted.rates
        rates = np.full(counted.events.shape, np.nan)
        for i in range(counted.events.shape[1]):
            known = np.isfinite(counted.events[:, i]) & (counted.people[:, i] > 0)
            rates[known, i] = shrink(counted.events[known, i], counted.people[known, i])
        return rates

    def _classes(
        self, rates: Floats, used: NDArray[np.bool_], kind: Literal["status", "dynamic"]
    ) -> tuple[Floats, Codes]:
        recipe = self.recipe
        oriented = rates[used] * np.array(recipe.signs(recipe.indicators))
        counted = None if self.inhabitants is None else self.inhabitants[used]
        weights = np.array(recipe.weight(recipe.indicators))
        fit, found = fitted_index(oriented, recipe, weights, counted)
        index = np.full(len(rates), np.nan)
        index[used] = found
        return index, codes_of(index, fit, recipe, kind)


def _together(
    observed: Sequence[Counted], setting: _Setting
) -> list[tuple[NDArray[np.bool_], list[Counted]]]:
    """Return which districts are drawn together, and their counts: those of one date, then those of both."""
    both = setting.changed & (len(observed) > 1 and setting.changed.sum() > 1)
    found = []
    if (setting.valid & ~both).any():
        # Fitted on all assessable districts, so that a few new ones still know what is usual.
        found.append((setting.valid, [_part(observed[0], setting.valid)]))
    if both.any():
        found.append((both, [_part(counted, both) for counted in observed]))
    return found


def _draw(
    observed: Sequence[Counted],
    together: Sequence[tuple[NDArray[np.bool_], list[Counted]]],
    rng: np.random.Generator,
    size: int,
    *,
    refits: int,
) -> list[Floats]:
    """Draw the true rates of each date, shape (size, districts, indicators); NaN where not assessable."""
    shape, most = observed[0].events.shape, np.where(observed[0].bounded, 1.0, np.inf)
    drawn = [np.full((size, *shape), np.nan) for _ in observed]
    for districts, dates in together:
        rates = draw_rates(dates, rng, size, refits=refits)
        for date, own in zip(drawn, np.split(rates, len(dates), axis=-1), strict=False):
            date[:, districts] = own
    return [np.clip(date, 0.0, most, out=date) for date in drawn]


def _part(counted: Counted, rows: NDArray[np.bool_]) -> Counted:
    return replace(counted, events=counted.events[rows], people=counted.people[rows])


def _without_counts(indicators: pd.DataFrame, names: Sequence[str], date: str) -> tuple[str, ...]:
    known, events, people = (
        matrix(indicators, names, date, column=column) for column in ("value", "numerator", "denominator")
    )
    lacking = known.notna() & ~(events.notna() & (people > 0))
    return tuple(name for name in names if lacking[name].any())


def _counts(
    indicators: pd.DataFrame, catalogue: pd.DataFrame, names: Sequence[str], date: str, title: str
) -> Counted:
    values, events, people = (
        matrix(indicators, names, date, column=column) for column in ("value", "numerator", "denominator")
    )
    known = values.notna()
    without = _without_counts(indicators, names, date)
    if without:
        shown = {"recipe": title, "date": date}
        raise_problems([Problem(code="assessment.no_counts", keys=without, values=shown)], AlignmentError)
    require_catalogue(catalogue, names)
    ours = catalogue.loc[list(names)]
    return Counted(
        events=events.where(known).to_numpy(),
        people=people.where(known).to_numpy(),
        bounded=(ours["kind"] == "share").to_numpy(),
        design_effect=ours["design_effect"].to_numpy(dtype=float),
        inside=nested_in(names, _wholes(catalogue)),
    )


def _wholes(catalogue: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return for each indicator those that hold its people: declared, or as one of the parts of a sum."""
    found: dict[str, list[str]] = {str(name): [] for name in catalogue.index}
    for name, entry in catalogue.iterrows():
        for outer in _names(entry.get("part_of")):
            found[str(name)].append(outer)
        for part in _names(entry.get("sum_of")):
            found.setdefault(part, []).append(str(name))
    return {name: tuple(outer) for name, outer in found.items()}


def _names(written: object) -> tuple[str, ...]:
    if isinstance(written, str):
        return (written,) if written else ()
    return tuple(map(str, written)) if isinstance(written, (tuple, list)) else ()


@cache
def _needs() -> Codes:
    """Return the place in `ATTENTION_NAMES` of every pair of a status and a dynamic: they are few."""
    pairs = pd.MultiIndex.from_product([STATUS_NAMES, DYNAMIC_NAMES]).to_frame(index=False)
    return np.asarray(pd.Index(ATTENTION_NAMES).get_indexer(attention(pairs[0], pairs[1])), dtype=np.int8)


def _attention(found: _Outcome) -> Codes:
    return np.asarray(_needs()[found.status * np.int8(len(DYNAMIC_NAMES)) + found.dynamic])


def _same(redrawn: Iterable[Codes], own: Codes, names: NDArray[np.object_]) -> Floats:
    return np.where(names[own] == NOT_ASSESSABLE, np.nan, _share(codes == own for codes in redrawn))


def _share(found: Iterable[NDArray[np.bool_]]) -> Floats:
    """Return in which share of the redrawn years something holds, per district."""
    years = list(found)
    return np.asarray(np.sum(years, axis=0) / len(years))


def _chunks(resamples: int, cells: int, *, least: int = 1) -> Iterator[int]:
    size = max(least, CELLS_AT_ONCE // max(cells, 1))
    for start in range(0, resamples, size):
        yield min(size, resamples - start)


@checked()
def verdict_robustness(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    date: str,
    rule: Rule | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw all counts again and see in which share of cases a district keeps its verdict.

    Counts are drawn around the observed ones, which adds noise to noise: a verdict that stays is sound, one
    that changes may still be right.

    Parameters
    ----------
    indicators, catalogue, date, rule
        As in `verdicts`.
    resamples, seed
        As in `index_robustness`.

    Returns
    -------
    pd.DataFrame
        Index district, one row per district and indicator that has counts and is not context:
        `indicator`, `date`, `verdict`, `same_verdict`, and the share of resamples per verdict in the
        columns named as the verdicts (a resample can also lose its assessability). NaN where not assessable.
    """
    rule = rule or Rule()
    check_rows(indicators)
    if date not in set(indicators["date"]):
        values = {"wanted": date, "known": shorten(sorted(map(str, indicators["date"].unique())))}
        raise AlignmentError(Problem(code="indicators.no_such_date", values=values))
    judged = judged_counts(indicators, with_effects(catalogue, indicators), date=date)
    named = np.array(judged.names, dtype=object)
    ours = (judged.reason == "").any(axis=0)
    own = judged.verdicts(judged.judge(rule))
    tally = np.zeros((len(VERDICTS), *own.shape))
    rng = np.random.default_rng(seed)
    for size in _chunks(resamples, own.size):
        found = judged.verdicts(judged.judge(rule, _redrawn(judged, rng, size)))
        tally += [(found == verdict).sum(axis=0) for verdict in VERDICTS]
    shares = np.where(own == NOT_ASSESSABLE, np.nan, tally / resamples)
    same = np.select([own == verdict for verdict in VERDICTS], list(shares), np.nan)
    return pd.DataFrame(
        {
            "indicator": np.tile(named[ours], len(own)),
            "date": date,
            "verdict": own[:, ours].ravel(),
            "same_verdict": same[:, ours].ravel(),
            **{verdict: share[:, ours].ravel() for verdict, share in zip(VERDICTS, shares, strict=True)},
        },
        index=judged.districts.repeat(int(ours.sum())),
    )


def _redrawn(judged: Judged, rng: np.random.Generator, size: int) -> Floats:
    """Draw counts (size, districts, indicators): binomial for shares, else Poisson, of effective cases.

    Half a case is added to each count (and half a non-case for shares), so that 0 of 100 is not taken for
    certain.
    """
    drawn = np.empty((size, *judged.numerator.shape))
    phi = np.fmax(judged.design_effect, 1.0)
    for i, bounded in enumerate(judged.bounded):
        events = np.nan_to_num(judged.numerator[:, i]) / phi[i]
        people = np.nan_to_num(judged.denominator[:, i]) / phi[i]
        shape = (size, len(people))
        if bounded:
            whole = np.maximum(np.rint(people), 0.0)
            rate = np.clip((events + 0.5) / (people + 1), 0.0, 1.0)
            share = rng.binomial(whole.astype(np.int64), rate, shape) / np.maximum(whole, 1.0)
            drawn[..., i] = share * judged.denominator[:, i]
        else:
            drawn[..., i] = rng.poisson(events + 0.5, shape) * phi[i]
    return np.where(np.isfinite(judged.numerator), drawn, np.nan)
