"""How unevenly groups live across districts, in time and at several levels, with chance taken out.

Never a target: mixing describes where people live, it is no goal that a measure could pursue (text
``mixing.note.never_a_target``, to be shown beside every figure).

**Measures.** With t_i inhabitants of district i, a share x_im of group m there and x_m in the city, T in all:

- dissimilarity ``D = sum t_i |x_im - x_m| / (2 T sum x_m (1 - x_m))``; for two groups the classic
  ``1/2 sum |a/A - b/B|`` (Duncan & Duncan 1955; several groups: Morgan 1975),
- isolation ``sum (a_i / A) x_i``: the share of their own group that its members have around them (Bell 1954),
- entropy index ``H = 1 - sum t_i E_i / (T E)``, ``E = -sum x ln x`` (Theil & Finizza 1971).

**Spatial versions** (Reardon & O'Sullivan 2004): x_im is the share in the district *and its neighbours*
together, each person counting once; weights t_i and the city's x_m stay. So districts are no islands: a
chessboard of districts counts as less segregated than two halves.

**Chance.** Even people who are dealt out by lot do not spread evenly. `expected` is the exact expectation of
the measure when members are dealt out at random, group and district sizes being given (`chance`, without
simulation; Winship 1977, Carrington & Troske 1997). What has to be taken off is all of that in a city without
segregation, and next to nothing in a strongly segregated one (Allen et al. 2015), so a fixed formula errs in
one of both.

**Estimate and interval** belong together: both state the measure of the probabilities behind the counts,
whatever the size of the districts. Cities are simulated whose shares lie at 0, 15, ... 130 % of their
observed distance from the city's; for each the true measure is known, and mean and spread of the one that
counts show. `corrected` is the true measure at which counts show on average what they show here, `lower` and
`upper` are the 95 % interval of those at which they would not be surprising (the test at every value turned
round). Where people come in households, they are drawn as n / phi independent ones. In simulated cities (20
to 200 districts, equal and very unequal ones, also of 150 people) the interval covers a true D of 0, 0.1, 0.3
and 0.6 in 93 to 99 %, mean 96 % (standard error 1 to 2; `benchmarks/levels/mixing.py`).

References
----------
Allen, Burgess, Davidson & Windmeijer (2015), More reliable inference for the dissimilarity index of
segregation, Econometrics Journal 18.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.mixing.areas import area_codes
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.keys import sorted_order
from sozialraum.panel import slices
from sozialraum.spatial.engine.alignment import align
from sozialraum.stats.chance import generator, mean_absolute_deviation, mean_entropy
from sozialraum.stats.effective import effective

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links

    Floats = NDArray[np.float64]

__all__ = ["MEASURES", "SEGREGATION_COLUMNS", "group_segregation", "segregation"]

SEGREGATION_COLUMNS = (
    "indicator",
    "date",
    "level",
    "measure",
    "group",
    "value",
    "expected",
    "corrected",
    "lower",
    "upper",
    "areas",
    "districts",
    "omitted",
)
MEASURES = (
    "dissimilarity",
    "entropy",
    "isolation",
    "spatial_dissimilarity",
    "spatial_entropy",
    "spatial_isolation",
)
DISTRICT = "district"
"""Name of the level of the districts themselves."""

WIDE, ONE_SIDED = 2.08, 1.75
"""A little more than the normal 1.96 and 1.64: the simulated shares only resemble the true ones."""

CELLS = 1 << 20
"""Most resampled counts at one time."""

STEPS = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3)
"""How far the shares of simulated cities lie from the city's, relative to the observed distance."""

CITIES = 3_000_000
"""Districts drawn for one indicator and date."""

FEWEST_DRAWS = 8


@checked()
def segregation(
    indicators: pd.DataFrame,
    *,
    catalogue: pd.DataFrame | None = None,
    districts: pd.DataFrame | None = None,
    parents: Sequence[str] = (),
    graph: Links | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure for each indicator how unevenly its cases live among all others of its denominator.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district; counts of shares. Rows without counts (published,
        missing, suppressed) and denominators of 0 are left out and counted in `omitted`.
    catalogue
        Index: indicator; `kind` (all must be shares) and `design_effect`. Without it people are independent.
    districts
        Index: district key; columns named in `parents`. Default: the districts of `indicators`.
    parents
        Larger areas, measured as well, from the same districts.
    graph
        Neighbours; gives the spatial versions, at the level of districts. Every neighbour counts fully,
        whatever its weight in the graph; a district without neighbours is its own neighbourhood.
    resamples
        Simulated cities for `corrected` and the interval, a quarter of them at each of `STEPS`; 0 for none.
        Cities of very many districts need fewer, which are then taken.
    seed
        Each indicator and date has its own random numbers from it.

    Returns
    -------
    pd.DataFrame
        Columns `SEGREGATION_COLUMNS`; one row per indicator, date, level and measure. `group` is the
        indicator; `value` is what the counts show, `corrected` with `lower` and `upper` what is behind them;
        `areas` is the number of areas compared,
        `districts` that of districts used. NaN where there are fewer than two areas,
        or nobody or everybody belongs to the group.

    Raises
    ------
    SozialraumError
        If a numerator exceeds its denominator (then it is no part of it), or a level is unknown.
    AlignmentError
        If a district is unknown or double, or the graph has other districts; names the keys.

    Examples
    --------
    Two districts of 100; all 50 cases live in one of them.

    >>> table = pd.DataFrame(
    ...     {"indicator": "poor", "date": "2020-12-31", "value": [0.5, 0.0], "numerator": [50, 0],
    ...      "denominator": [100, 100], "flag": "ok"}, index=["a", "b"])
    >>> found = segregation(table).set_index("measure")
    >>> found["value"].round(3).to_dict()
    {'dissimilarity': 0.667, 'entropy': 0.384, 'isolation': 0.5}
    """
    keys = pd.Index(indicators.index.unique()) if districts is None else districts.index
    keys = keys.take(sorted_order(keys))
    links = None if graph is None else align(pd.Series(0.0, index=keys), graph)[1]
    areas = pd.DataFrame(index=keys) if districts is None else districts.loc[keys]
    levels = [(parent, area_codes(areas, parent)[0]) for parent in parents]
    found = list(slices(indicators, keys, catalogue))
    other = tuple(dict.fromkeys(cell.indicator for cell in found if cell.kind != "share"))
    raise_problems([Problem(code="mixing.no_share", keys=other)] if other else [], SozialraumError)
    rows: list[dict[str, object]] = []
    views: dict[bytes, tuple[_View, ...]] = {}
    for cell in found:
        # As a rule the same districts have counts in all indicators and at all dates.
        used = cell.counted.tobytes()
        if used not in views:
            views[used] = _views(cell.counted, links, levels)
        counts: Floats = np.stack([cell.numerator, cell.denominator - cell.numerator])[:, cell.counted]
        city = _City(counts=np.round(counts), omitted=int((~cell.counted).sum()), views=views[used])
        random = generator(seed, cell.indicator, cell.date)
        head = {"indicator": cell.indicator, "date": cell.date}
        rows += [
            head | row
            for row in city.rows(
                groups=(cell.indicator,),
                resamples=resamples,
                random=random,
                design_effect=cell.design_effect,
            )
        ]
    return pd.DataFrame(rows, columns=list(SEGREGATION_COLUMNS))


@checked()
def group_segregation(
    counts: pd.DataFrame,
    *,
    date: str,
    name: str = "groups",
    graph: Links | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure how unevenly several groups live that together are the whole population.

    Parameters
    ----------
    counts
        Index: district key. One column per group, disjoint, heads; NaN anywhere leaves the district out.
    date, name
        What the rows of the result are called (`date`, `indicator`).
    graph, resamples, seed
        As in `segregation`.

    Returns
    -------
    pd.DataFrame
        Columns `SEGREGATION_COLUMNS`; isolation has one row per group, dissimilarity and entropy one for all
        groups together (`group` is empty).

    Raises
    ------
    SozialraumError
        If there are fewer than two groups or a count is negative; names the keys.
    AlignmentError
        If the graph has other districts.
    """
    numbers = counts.astype(float).iloc[sorted_order(counts.index)]
    negative = (numbers < 0).any(axis=1)
    problems = []
    if len(counts.columns) < 2:
        problems.append(Problem(code="mixing.too_few_groups", values={"name": name}))
    if negative.any():
        keys = tuple(map(str, counts.index[negative]))
        problems.append(Problem(code="panel.negative_count", keys=keys, values={"column": name}))
    raise_problems(problems, SozialraumError)
    links = None if graph is None else align(pd.Series(0.0, index=numbers.index), graph)[1]
    used = (numbers.notna().all(axis=1) & (numbers.sum(axis=1) > 0)).to_numpy()
    whole = np.round(numbers.to_numpy()[used].T)
    city = _City(counts=whole, omitted=int((~used).sum()), views=_views(used, links, []))
    groups = tuple(map(str, counts.columns))
    random = generator(seed, name, date)
    head = {"indicator": name, "date": date}
    rows = [head | row for row in city.rows(groups=groups, resamples=resamples, random=random)]
    return pd.DataFrame(rows, columns=list(SEGREGATION_COLUMNS))


@dataclass(frozen=True, kw_only=True)
class _View:
    """One way of looking at the counts: a level, or the districts with their neighbourhoods.

    `areas` (areas x districts) sums districts to the areas that are weighted, `around` to those whose
    composition counts; they differ for the spatial versions only. None stands for the districts themselves.
    """

    level: str
    spatial: bool
    size: int
    areas: object
    around: object


def _views(
    used: NDArray[np.bool_], links: Adjacency | None, levels: Sequence[tuple[str, NDArray[np.intp]]]
) -> tuple[_View, ...]:
    """Prepare the sums that every resample of the districts used needs."""
    from scipy import sparse  # noqa: PLC0415 - start-up time

    n = int(used.sum())
    views = [_View(level=DISTRICT, spatial=False, size=n, areas=None, around=None)]
    if links is not None:
        among = links.among(used)
        ones, pairs = np.ones(among.focal.size), (among.focal, among.neighbor)
        near = sparse.csr_matrix((ones, pairs), shape=(n, n))
        around = (sparse.identity(n, format="csr") + near).tocsr()
        views.append(_View(level=DISTRICT, spatial=True, size=n, areas=None, around=around))
    for parent, codes in levels:
        _, code = np.unique(codes[used], return_inverse=True)
        size = int(code.max(initial=-1)) + 1
        sums = sparse.csr_matrix((np.ones(n), (code, np.arange(n))), shape=(size, n))
        views.append(_View(level=parent, spatial=False, size=size, areas=sums, around=sums))
    return tuple(views)


@dataclass(frozen=True, kw_only=True)
class _City:
    """Whole counts of the districts used, shape (G, n), and how to look at them."""

    counts: Floats
    omitted: int
    views: tuple[_View, ...]

    def rows(
        self,
        *,
        groups: Sequence[str],
        resamples: int,
        random: np.random.Generator,
        design_effect: float = 1.0,
    ) -> Iterator[dict[str, object]]:
        """Give the rows of all views, with the isolation of `groups`: the first columns of the counts."""
        wanted = len(groups)
        expected = [_expect(self.counts, view, wanted) for view in self.views]
        curves = self._curves(expected, resamples, random, design_effect)
        names = ["dissimilarity", "entropy"] + ["isolation"] * wanted
        whose = ["" if len(groups) > 1 else groups[0]] * 2 + list(groups)
        for view, chance, (true, mean, spread) in zip(self.views, expected, curves, strict=True):
            value = _measure(self.counts[:, None], view, wanted)[:, 0]
            for k, (measure, group) in enumerate(zip(names, whose, strict=True)):
                corrected, lower, upper = _turned_round(value[k], true[k], mean[k], spread[k])
                yield {
                    "level": view.level,
                    "measure": f"spatial_{measure}" if view.spatial else measure,
                    "group": group,
                    "value": value[k],
                    "expected": chance[k],
                    "corrected": corrected,
                    "lower": lower,
                    "upper": upper,
                    "areas": view.size,
                    "districts": self.counts.shape[1],
                    "omitted": self.omitted,
                }

    def _curves(
        self, expected: Sequence[Floats], resamples: int, random: np.random.Generator, design_effect: float
    ) -> list[tuple[Floats, Floats, Floats]]:
        """Return for each view the true measures of simulated cities, and mean and spread of shown ones.

        Each of shape (measures, steps).
        """
        if resamples < 2 or not self.counts.size:
            return [(np.full((len(chance), 1), np.nan),) * 3 for chance in expected]
        people = self.counts.sum(axis=0)
        independent = np.maximum(np.round(effective(people, design_effect)), 1.0)
        city = self.counts.sum(axis=1, keepdims=True) / people.sum()
        further = np.array(STEPS)[:, None] * (self.counts / people - city)[:, None]
        shares = np.clip(city[:, None] + further, 0.0, 1.0)
        shares /= shares.sum(axis=0)
        affordable = CITIES // (people.size * len(STEPS))
        draws = int(np.clip(min(resamples // 4, affordable), FEWEST_DRAWS, None))
        wanted = len(expected[0]) - 2
        shown = self._drawn(shares, people, independent, draws, random, wanted)
        curves = []
        for view, chance, measured in zip(self.views, expected, shown, strict=True):
            mean = measured.mean(axis=2)
            if design_effect == 1.0:
                mean[:, 0] = chance  # exact
            # The spread hardly changes from step to step; smoothing makes few draws go further.
            even = np.sqrt(_smoothed(measured.std(axis=2, ddof=1) ** 2))
            curves.append((_measure(people * shares, view, wanted), mean, even))
        return curves

    def _drawn(
        self,
        shares: Floats,
        people: Floats,
        independent: Floats,
        draws: int,
        random: np.random.Generator,
        wanted: int,
    ) -> list[Floats]:
        """Return the measures of drawn cities, for each view of shape (measures, steps, draws)."""
        whole, heads = independent.astype(np.int64), people / independent
        steps = max(1, CELLS // (self.counts.size * draws))
        block = draws if steps > 1 else max(1, CELLS // self.counts.size)
        found: list[list[Floats]] = [[] for _ in self.views]
        for first in range(0, shares.shape[1], steps):
            among = shares[:, first : first + steps, None]
            for start in range(0, draws, block):
                size = (among.shape[1], min(block, draws - start), len(people))
                counts = _dealt(whole, among, size, random).reshape(len(shares), -1, len(people))
                counts *= heads
                for results, view in zip(found, self.views, strict=True):
                    results.append(_measure(counts, view, wanted))
        # Blocks follow one another by step, then by draw.
        return [np.concatenate(parts, axis=1).reshape(2 + wanted, -1, draws) for parts in found]


def _dealt(
    whole: NDArray[np.int64], shares: Floats, size: tuple[int, ...], random: np.random.Generator
) -> Floats:
    """Draw how many of `whole` belong to each group, shape (G, *size)."""
    if len(shares) > 2:
        drawn = random.multinomial(whole, np.moveaxis(shares, 0, -1), size=size)
        return np.ascontiguousarray(np.moveaxis(drawn, -1, 0), dtype=float)
    # The same random numbers, with half as much to carry.
    counts = np.empty((2, *size))
    counts[0] = random.binomial(whole, shares[0], size=size)
    np.subtract(whole, counts[0], out=counts[1])
    return counts


def _smoothed(curve: Floats) -> Floats:
    """Average each step with the ones beside it, shape (measures, steps)."""
    wider = np.concatenate([curve[:, :1], curve, curve[:, -1:]], axis=1)
    return np.asarray((wider[:, :-2] + wider[:, 1:-1] + wider[:, 2:]) / 3)


def _turned_round(value: float, true: Floats, mean: Floats, spread: Floats) -> tuple[float, float, float]:
    """Return the true measures at which `value` is the mean, and nearly too large, and nearly too small."""
    if not np.isfinite(true).all():
        return np.nan, np.nan, np.nan
    # At no segregation at all a measure can only come out too large, so the whole error lies on one side.
    upper_tail = np.where(true > true[0], WIDE, ONE_SIDED) * spread
    true = np.maximum.accumulate(true)
    middle, low, high = (
        float(np.interp(value, np.maximum.accumulate(shown), true))
        for shown in (mean, mean + upper_tail, mean - WIDE * spread)
    )
    return middle, min(low, middle), max(high, middle)


def _sum(matrix: object, counts: Floats) -> Floats:
    """Sum districts to areas: (G, R, n) to (G, R, areas); None stands for the districts themselves."""
    if matrix is None:
        return counts
    summed: Floats = matrix @ counts.reshape(math.prod(counts.shape[:-1]), counts.shape[-1]).T  # type: ignore[operator] # scipy.sparse
    return np.ascontiguousarray(summed.T).reshape(*counts.shape[:2], -1)


def _entropy(shares: Floats) -> Floats:
    """Return the entropy of shares over the first axis, in nats."""
    from scipy.special import xlogy  # noqa: PLC0415 - start-up time

    return np.asarray(-xlogy(shares, shares).sum(axis=0))


def _measure(counts: Floats, view: _View, wanted: int) -> Floats:
    """Return dissimilarity, entropy index, and the isolation of the first `wanted` groups.

    Parameters
    ----------
    counts
        Shape (G, R, n).

    Returns
    -------
    NDArray
        Shape (2 + wanted, R).
    """
    areas = _sum(view.areas, counts)
    if areas.shape[2] < 2:
        return np.full((2 + wanted, counts.shape[1]), np.nan)
    sizes, members = areas.sum(axis=0), areas.sum(axis=2)
    total = members.sum(axis=0)
    city = members / total
    if view.around is view.areas:
        shares = areas / sizes
    else:
        shares = _sum(view.around, counts)
        shares /= shares.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = shares - city[..., None]
        uneven = (sizes * np.abs(apart, out=apart).sum(axis=0)).sum(axis=1)
        dissimilarity = uneven / (2 * total * (city * (1 - city)).sum(axis=0))
        entropy = 1 - (sizes * _entropy(shares)).sum(axis=1) / (total * _entropy(city))
        isolation = (areas[:wanted] * shares[:wanted]).sum(axis=2) / members[:wanted]
    # Nobody, or everybody, in one group leaves nothing to compare; rounding must not invent a number.
    return np.where(city.max(axis=0) < 1, np.stack([dissimilarity, entropy, *isolation]), np.nan)


def _expect(counts: Floats, view: _View, wanted: int) -> Floats:
    """Return what `_measure` is on average under random allocation with the same margins."""
    areas, around = (_sum(sums, counts[:, None])[:, 0] for sums in (view.areas, view.around))
    sizes, near, members = areas.sum(axis=0), around.sum(axis=0), areas.sum(axis=1)
    total = float(members.sum())
    if areas.shape[1] < 2 or members.max() == total:
        return np.full(2 + wanted, np.nan)
    city = members / total
    deviation = mean_absolute_deviation(total, members[:, None], near).sum(axis=0) / near
    dissimilarity = (sizes * deviation).sum() / (2 * total * (city * (1 - city)).sum())
    mixture = np.sum([mean_entropy(total, float(group), near) for group in members], axis=0)
    entropy = 1 - (sizes * mixture).sum() / (total * _entropy(city))
    chance = (city * (1 - city))[:, None] * (total - near) / (total - 1) + (city**2)[:, None] * near
    with np.errstate(invalid="ignore"):
        isolation = (sizes / near * chance).sum(axis=1) / members
    return np.concatenate([[dissimilarity, entropy], isolation[:wanted]])
