"""How unequal the districts of a city are in a rate: Gini and Theil, weighted with people.

With rates x_i, people n_i, N in all and the city's rate x (the weighted mean of x_i):

- Gini ``G = sum_i sum_j n_i n_j |x_i - x_j| / (2 N^2 x)``: half the mean difference between the districts of
  two people drawn by lot, in relation to the city's rate,
- Theil ``T = sum (n_i / N) (x_i / x) ln(x_i / x)`` (Theil 1967), which adds up exactly over larger areas g:
  ``T = sum s_g ln(x_g / x) + sum s_g T_g``, with s_g the share of all cases that live in g. The first sum is
  the inequality *between* the areas, the second that *within* them.

Both compare district rates, not people: what they say must not be carried over to persons (text
``mixing.note.ecological_fallacy``). They are no target (text ``mixing.note.never_a_target``).

**Chance and interval.** Where counts exist, `expected` is the measure in a city in which all districts have
the city's rate, the mean of seeded simulations (binomial; Poisson where cases may exceed people); `excess` is
``value - expected``. `lower` and `upper` are a 95 % interval of the excess: its standard error comes from
resampling every district's count, with a normal interval around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.mixing.areas import area_codes
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.keys import sorted_order
from sozialraum.panel import slices
from sozialraum.spatial.engine.alignment import as_frame
from sozialraum.stats.chance import generator
from sozialraum.stats.effective import effective
from sozialraum.stats.intervals import Z95

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialraum.panel import Slice

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

__all__ = ["INEQUALITY_COLUMNS", "gini", "inequality", "theil", "theil_by_area"]

FEWEST_RESAMPLES, RESAMPLED = 40, 400_000
"""Cities of very many districts need fewer resamples: districts resampled in all, and the fewest of each."""

INEQUALITY_COLUMNS = (
    "indicator",
    "date",
    "measure",
    "level",
    "value",
    "share",
    "expected",
    "excess",
    "lower",
    "upper",
    "districts",
    "omitted",
)
CELLS = 1 << 20
"""Most simulated counts at one time."""


@checked()
def inequality(
    indicators: pd.DataFrame,
    *,
    catalogue: pd.DataFrame | None = None,
    districts: pd.DataFrame | None = None,
    parents: Sequence[str] = (),
    population: pd.Series | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure how unequal the districts are in each indicator, and how much of it lies between larger areas.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district. Rates with counts are weighted with their own
        denominator.
    catalogue
        Index: indicator; `kind` and `design_effect`. Without it everything with counts is a share of
        independent persons.
    districts
        Index: district key; columns named in `parents`. Default: the districts of `indicators`.
    parents
        Larger areas; each gives a decomposition of Theil's measure.
    population
        People per district: the weight of values that have no counts (an income, a published share). Without
        it they are not assessable.
    resamples
        Resamples for the interval, and simulations for `expected`; below 2 none.
    seed
        Each indicator and date has its own random numbers from it.

    Returns
    -------
    pd.DataFrame
        Columns `INEQUALITY_COLUMNS`; per indicator and date the measures "gini" and "theil", and for each
        level "theil_between" and "theil_within", which add up to "theil" (`share` is their part of it).
        Districts without a value are left out and counted in `omitted`. NaN where there are fewer than two,
        no case at all or a negative value; expected, excess and interval are NaN without counts.

    Raises
    ------
    AlignmentError
        If a district is unknown or double; names the keys.
    SozialraumError
        If a level does not exist, or a district belongs to no area of it.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"indicator": "poor", "date": "2020-12-31", "value": [0.3, 0.1], "numerator": [30, 10],
    ...      "denominator": [100, 100], "flag": "ok"}, index=["a", "b"])
    >>> inequality(table).set_index("measure")["value"].round(4).to_dict()
    {'gini': 0.25, 'theil': 0.1308}
    """
    keys = pd.Index(indicators.index.unique()) if districts is None else districts.index
    keys = keys.take(sorted_order(keys))
    areas = pd.DataFrame(index=keys) if districts is None else districts.loc[keys]
    levels = [(parent, area_codes(areas, parent)[0]) for parent in parents]
    people = _people(population, keys)
    rows: list[dict[str, object]] = []
    for cell in slices(indicators, keys, catalogue):
        random = generator(seed, cell.indicator, cell.date)
        rows += _rows(cell, people, levels, resamples, random)
    return pd.DataFrame(rows, columns=list(INEQUALITY_COLUMNS))


@checked()
def gini(values: pd.Series, weights: pd.Series) -> float:
    """Return the weighted Gini coefficient of `values`, which must not be negative.

    Parameters
    ----------
    values, weights
        The same index in any order; NaN in one of them leaves the district out.

    Returns
    -------
    float
        0 (all equal) to nearly 1; NaN without two districts or with a mean of 0.

    Raises
    ------
    AlignmentError
        If the two do not hold the same districts, or one of them is negative.

    Examples
    --------
    >>> gini(pd.Series({"a": 1.0, "b": 3.0}), pd.Series({"a": 50, "b": 50}))
    0.25
    """
    value, weight = _usable(values, weights)
    return float(_gini(value[None], weight)[0])


@checked()
def theil(values: pd.Series, weights: pd.Series) -> float:
    """Return Theil's weighted T of `values`, which must not be negative; in nats.

    Parameters, NaN and errors are as for `gini`.

    Examples
    --------
    >>> round(theil(pd.Series({"a": 1.0, "b": 3.0}), pd.Series({"a": 50, "b": 50})), 4)
    0.1308
    """
    value, weight = _usable(values, weights)
    return float(_theil(value[None], weight)[0])


@checked()
def theil_by_area(values: pd.Series, weights: pd.Series, areas: pd.Series) -> pd.DataFrame:
    """Say what each larger area contributes to Theil's measure.

    Parameters
    ----------
    values, weights
        As for `gini`.
    areas
        District to area, the same index.

    Returns
    -------
    pd.DataFrame
        Index: area. `districts` used, `people` (share of all weights), `cases` (share s_g of the sum of
        value times weight), `ratio` (its rate to the city's), `between` (``s_g ln(ratio)``), `theil`
        (inequality within it), `within` (``s_g`` times that). Together, `between` and `within` of all areas
        add up to the city's Theil.

    Raises
    ------
    AlignmentError
        If the three do not hold the same districts.
    SozialraumError
        If a district belongs to no area.
    """
    value, weight = _usable(values, weights)
    used = values.index[_known(values, weights.reindex(values.index))]
    _same_districts(values, areas)
    code, names = area_codes(areas.rename("area").to_frame().reindex(used), "area")
    size = len(names)
    people, cases = np.bincount(code, weight, size), np.bincount(code, weight * value, size)
    total = cases.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        share, ratio = cases / total, (cases / people) / (total / people.sum())
        between = np.where(share > 0, share * np.log(np.where(ratio > 0, ratio, 1.0)), 0.0 * share)
    own = np.array([_theil(value[None, code == at], weight[code == at])[0] for at in range(size)])
    # One district alone, or an area without cases, has no inequality of its own to add.
    own = np.where(np.isnan(own) & np.isfinite(share), 0.0, own)
    return pd.DataFrame(
        {
            "districts": np.bincount(code, minlength=size),
            "people": people / people.sum(),
            "cases": share,
            "ratio": ratio,
            "between": between,
            "theil": own,
            "within": share * own,
        },
        index=names,
    )


def _people(population: pd.Series | None, keys: pd.Index) -> Floats:
    if population is None:
        return np.full(len(keys), np.nan)
    missing = keys.difference(population.index)
    problems = []
    if len(missing):
        problems.append(Problem(code="mixing.no_population", keys=tuple(map(str, missing))))
    if not population.index.is_unique:
        doubled = population.index[population.index.duplicated()].unique()
        problems.append(Problem(code="mixing.double_population", keys=tuple(map(str, doubled))))
    raise_problems(problems, AlignmentError)
    return population.reindex(keys).to_numpy(dtype=float, na_value=np.nan)


def _rows(
    cell: Slice,
    people: Floats,
    levels: Sequence[tuple[str, Codes]],
    resamples: int,
    random: np.random.Generator,
) -> list[dict[str, object]]:
    if cell.counted.any():
        used = cell.counted
        weight, cases = cell.denominator[used], cell.numerator[used]
        value = cases / weight
    else:
        used = np.isfinite(cell.value) & (people > 0)
        weight, value, cases = people[used], cell.value[used], None
    inside = [(level, np.unique(codes[used], return_inverse=True)[1]) for level, codes in levels]
    found = _measures(value[None], weight, inside)[:, 0]
    expected = error = np.full(len(found), np.nan)
    if cases is not None and resamples > 1 and len(cases):
        resamples = min(resamples, max(FEWEST_RESAMPLES, RESAMPLED // len(cases)))
        common = np.full(len(cases), cases.sum() / weight.sum())
        drawn = _Drawn(people=weight, independent=effective(weight, cell.design_effect), share=cell.is_share)
        expected = _simulate(common, drawn, inside, resamples, random).mean(axis=1)
        error = _simulate(value, drawn, inside, resamples, random).std(axis=1, ddof=1)
    names = [("gini", ""), ("theil", "")]
    names += [(name, level) for level, _ in inside for name in ("theil_between", "theil_within")]
    excess = found - expected
    return [
        {
            "indicator": cell.indicator,
            "date": cell.date,
            "measure": measure,
            "level": level,
            "value": found[at],
            "share": found[at] / found[1] if level and found[1] > 0 else np.nan,
            "expected": expected[at],
            "excess": excess[at],
            "lower": excess[at] - Z95 * error[at],
            "upper": excess[at] + Z95 * error[at],
            "districts": int(used.sum()),
            "omitted": int((~used).sum()),
        }
        for at, (measure, level) in enumerate(names)
    ]


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """Whose counts are drawn: people, and how many independent ones they amount to; shape (n,)."""

    people: Floats
    independent: Floats
    share: bool


def _simulate(
    rate: Floats,
    drawn: _Drawn,
    inside: Sequence[tuple[str, Codes]],
    resamples: int,
    random: np.random.Generator,
) -> Floats:
    """Return the measures of simulated counts, shape (measures, resamples), in blocks."""
    block, found = max(1, CELLS // len(rate)), []
    whole = np.maximum(np.round(drawn.independent), 1.0)
    for start in range(0, resamples, block):
        shape = (min(block, resamples - start), len(rate))
        if drawn.share:
            shares = random.binomial(whole.astype(np.int64), rate, size=shape) / whole
        else:
            shares = random.poisson(rate * drawn.independent, size=shape) / drawn.independent
        found.append(_measures(shares, drawn.people, inside))
    return np.concatenate(found, axis=1)


def _measures(values: Floats, weight: Floats, inside: Sequence[tuple[str, Codes]]) -> Floats:
    """Return Gini, Theil, and for each level Theil between and within; values (R, n) to (measures, R)."""
    whole = _theil(values, weight)
    found = [_gini(values, weight), whole]
    for _, code in inside:
        sums = np.zeros((len(code), int(code.max(initial=-1)) + 1))
        sums[np.arange(len(code)), code] = 1.0
        people, cases = weight @ sums, (values * weight) @ sums
        between = np.where(np.isnan(whole), np.nan, _theil(cases / people, people, least=1))
        found += [between, whole - between]
    return np.stack(found)


def _gini(values: Floats, weight: Floats) -> Floats:
    """Return the Gini of each row of values (R, n), in n log n."""
    if not _comparable(values, weight):
        return np.full(len(values), np.nan)
    # Equal values may come in any order: together they count the same.
    order = np.argsort(values, axis=1)
    value, share = np.take_along_axis(values, order, axis=1), (weight / weight.sum())[order]
    # Of all pairs the sum of |x_i - x_j| is twice that over sorted ones: each x times (below - above).
    middle = np.cumsum(share, axis=1) - share / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (2 * (share * value * middle).sum(axis=1)) / (share * value).sum(axis=1) - 1
    return np.where((value < 0).any(axis=1), np.nan, found)


def _theil(values: Floats, weight: Floats, *, least: int = 2) -> Floats:
    """Return Theil's T of each row of values (R, n)."""
    from scipy.special import xlogy  # noqa: PLC0415 - start-up time

    if not _comparable(values, weight, least=least):
        return np.full(len(values), np.nan)
    share = weight / weight.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = values / (values @ share)[:, None]
        found = xlogy(ratio, ratio) @ share
    return np.where((values < 0).any(axis=1), np.nan, found)


def _comparable(values: Floats, weight: Floats, *, least: int = 2) -> bool:
    return values.shape[1] >= least and bool(weight.sum() > 0)


def _same_districts(values: pd.Series, other: pd.Series) -> None:
    differing = values.index.symmetric_difference(other.index)
    doubled = values.index[values.index.duplicated()].union(other.index[other.index.duplicated()])
    keys = tuple(map(str, differing.union(doubled).unique()))
    if keys:
        raise AlignmentError(Problem(code="mixing.other_districts", keys=keys))


def _known(values: pd.Series, weights: pd.Series) -> NDArray[np.bool_]:
    return np.asarray(values.notna() & (weights > 0))


def _usable(values: pd.Series, weights: pd.Series) -> tuple[Floats, Floats]:
    _same_districts(values, weights)
    values, weights = as_frame(values).iloc[:, 0], as_frame(weights.reindex(values.index)).iloc[:, 0]
    negative = (values < 0) | (weights < 0)
    if negative.any():
        keys = tuple(sorted(map(str, values.index[negative])))
        raise AlignmentError(Problem(code="mixing.negative", keys=keys))
    known = _known(values, weights)
    return values.to_numpy(dtype=float)[known], weights.to_numpy(dtype=float)[known]
