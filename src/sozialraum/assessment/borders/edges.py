"""Fluid transitions or sharp edges between neighbouring districts.

**A border** is a pair of neighbours. Its `difference` of rates has Newcombe's interval (1998, method 10: made
of the two Wilson intervals, never outside -1..1) and Fisher's exact test with mid-p, which hold for small
counts; p is corrected over all testable borders of one indicator and date (Benjamini & Hochberg 1995). A
border is

- `sharp`: the difference is not explained by chance, and at least as large as `minimum`; by default the mean
  difference between two districts anywhere in the city. In large districts every difference is beyond chance,
  so significance alone does not make an edge;
- `distinguishable`: beyond chance, but smaller;
- `indistinguishable`: chance explains it;
- `not assessable`: a value or a count is missing.

**The city.** The mean absolute difference between neighbours is compared with random arrangements of the same
values over the same map. Smaller than chance: transitions are smoother than they would be anyhow. The claim
'transitions are fluid' is

- `supported`: smoother than chance, and at most the share `tolerated` of the testable borders is sharp,
- `rejected`: rougher than chance, or more sharp borders than tolerated,
- `undecided`: neither; then the data do not carry the claim, nor its opposite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.assessment.borders.lines import draw_lines, pairs_of
from sozialraum.assessment.counts import cells
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.indicators.derive import wilson
from sozialraum.stats.chance import generator, midp_difference
from sozialraum.stats.exact import adjust
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from libpysal.graph import Graph
    from numpy.typing import NDArray

    from sozialraum.assessment.counts import Cell

    Floats = NDArray[np.float64]

__all__ = ["BORDERS", "CITY_EDGE_COLUMNS", "CLAIMS", "EDGE_COLUMNS", "Edges", "edges"]

EDGE_COLUMNS = ("indicator", "date", "difference", "lower", "upper", "p", "p_adjusted", "border")
CITY_EDGE_COLUMNS = (
    "indicator",
    "date",
    "statistic",
    "expected",
    "p_smoother",
    "p_rougher",
    "minimum",
    "borders",
    "tested",
    "sharp",
    "districts",
    "omitted",
    "claim",
)
BORDERS = ("sharp", "distinguishable", "indistinguishable", "not assessable")
CLAIMS = ("supported", "rejected", "undecided", "not assessable")

ROWS = 1 << 20
"""Most borders, over all indicators and dates, at one time."""

CELLS = 1 << 16
"""Most permuted differences at one time; few enough to stay in the processor's cache."""

FEWEST_BORDERS = 3
"""Fewer borders than this say nothing about a city."""


@dataclass(frozen=True, kw_only=True)
class Edges:
    """All borders, and what they say about the city.

    Parameters
    ----------
    table
        Index (`focal`, `neighbor`), `focal` the earlier district; columns `EDGE_COLUMNS`. One row per border,
        indicator and date; `difference` is the rate of focal minus that of neighbor.
    city
        Columns `CITY_EDGE_COLUMNS`, one row per indicator and date.
    lines
        Index (`focal`, `neighbor`): a line for each border, see `borders.border_lines`.
    """

    table: pd.DataFrame
    city: pd.DataFrame
    lines: gpd.GeoDataFrame

    def layer(self, indicator: str, date: str) -> gpd.GeoDataFrame:
        """Return the lines of one indicator and date with the columns of `table`."""
        rows = self.table[(self.table["indicator"] == indicator) & (self.table["date"] == date)]
        return self.lines.join(rows, how="inner")

    def sharp(self, indicator: str, date: str) -> gpd.GeoDataFrame:
        """Return the sharp borders of one indicator and date as lines."""
        layer = self.layer(indicator, date)
        return layer[layer["border"] == "sharp"]

    def statements(self, language: Language = DEFAULT_LANGUAGE) -> pd.Series:
        """Say in plain words, for each row of `city`, whether transitions are fluid."""
        return pd.Series(
            [_state(row, language) for _, row in self.city.iterrows()], index=self.city.index, dtype=object
        )


def edges(
    indicators: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    graph: Graph,
    *,
    minimum: float | None = None,
    alpha: float = 0.05,
    tolerated: float = 0.1,
    permutations: int = 1_999,
    seed: int = 0,
) -> Edges:
    """Compare every pair of neighbours, and the city with a random arrangement of its values.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district. Only shares with counts can be tested border by
        border; other values take part in the city's statistic only.
    districts
        Index: district key. Polygons in a metric CRS.
    graph
        Neighbours of the same districts; weights do not matter, and one direction is enough.
    minimum
        Least difference of a sharp border, in the unit of `value` (0.05 = five percentage points). None: for
        each indicator and date the mean absolute difference between two districts anywhere.
    alpha
        False discovery rate among borders; error probability of the city's test, two-sided.
    tolerated
        Share of sharp borders up to which transitions may still be called fluid.
    permutations
        Random arrangements; 0 for none (the claim is then judged by its borders alone).
    seed
        Each indicator and date has its own random numbers from it.

    Returns
    -------
    Edges
        `.table`, `.city` and `.lines`.

    Raises
    ------
    AlignmentError
        If graph, districts and indicators do not hold the same districts, or a row is double.
    SozialraumError
        If an option is out of range.
    """
    rule = _Rule(minimum=minimum, alpha=alpha, tolerated=tolerated, permutations=permutations, seed=seed)
    _validate(rule)
    keys = districts.index
    pairs, index = pairs_of(keys, graph)
    found = list(cells(indicators, keys))
    block = max(1, ROWS // max(1, len(pairs)))
    parts = [
        _compare(found[start : start + block], pairs, index, rule) for start in range(0, len(found), block)
    ]
    empty = (
        pd.DataFrame(columns=list(EDGE_COLUMNS), index=index[:0]),
        pd.DataFrame(columns=list(CITY_EDGE_COLUMNS)),
    )
    table, city = zip(*parts, strict=True) if parts else ([empty[0]], [empty[1]])
    return Edges(
        table=pd.concat(table),
        city=pd.concat(city, ignore_index=True),
        lines=draw_lines(districts, pairs, index),
    )


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """The declared options, in one piece."""

    minimum: float | None
    alpha: float
    tolerated: float
    permutations: int
    seed: int


def _compare(
    found: list[Cell], pairs: NDArray[np.intp], index: pd.MultiIndex, rule: _Rule
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the rows of `Edges.table` and `Edges.city` for some indicators and dates."""
    rates = _Rates.of(found)
    names = {"indicator": [cell.indicator for cell in found], "date": [cell.date for cell in found]}
    border = _borders(rates, pairs)
    city = pd.DataFrame(names | _city(rates.rate, pairs, rule.permutations, rule.seed))
    city["minimum"] = city["expected"] if rule.minimum is None else rule.minimum
    kind = _classify(border, city["minimum"].to_numpy(), rule.alpha)
    city["borders"] = city["borders"].astype(int)
    city["tested"] = np.isfinite(border["p"]).sum(axis=1)
    city["sharp"] = (kind == BORDERS[0]).sum(axis=1)
    city["districts"] = np.isfinite(rates.rate).sum(axis=1)
    city["omitted"] = rates.rate.shape[1] - city["districts"]
    city["claim"] = _judge(city, rule.alpha, rule.tolerated)
    spread = {name: np.repeat(np.array(values, dtype=object), len(pairs)) for name, values in names.items()}
    numbers = {name: values.ravel() for name, values in border.items()}
    again = pd.MultiIndex.from_arrays(
        [np.tile(index.get_level_values(side), len(found)) for side in ("focal", "neighbor")],
        names=index.names,
    )
    table = pd.DataFrame(spread | numbers | {"border": kind.ravel()}, index=again)
    return table[list(EDGE_COLUMNS)], city[list(CITY_EDGE_COLUMNS)]


def _validate(rule: _Rule) -> None:
    rules = (
        ("minimum", rule.minimum, rule.minimum is None or rule.minimum >= 0, ">= 0"),
        ("alpha", rule.alpha, 0 < rule.alpha < 1, "0 < alpha < 1"),
        ("tolerated", rule.tolerated, 0 <= rule.tolerated <= 1, "0 <= tolerated <= 1"),
        ("permutations", rule.permutations, rule.permutations >= 0, ">= 0"),
    )
    problems = [
        Problem(code="mixing.option", values={"name": name, "value": value, "allowed": allowed})
        for name, value, good, allowed in rules
        if not good
    ]
    raise_problems(problems, SozialraumError)


@dataclass(frozen=True, kw_only=True)
class _Rates:
    """All indicators and dates, one row each, shape (rows, n): rate, and counts where they can be tested."""

    rate: Floats
    cases: Floats
    people: Floats

    @classmethod
    def of(cls, found: list[Cell]) -> _Rates:
        """Take the rate from counts where they exist, else the value as published."""
        rate, cases, people = (np.full((len(found), len(found[0].value)), np.nan) for _ in range(3))
        for at, cell in enumerate(found):
            counted = cell.counted
            rate[at] = cell.value
            rate[at, counted] = cell.numerator[counted] / cell.denominator[counted]
            if cell.is_share:
                cases[at, counted] = np.round(cell.numerator[counted])
                people[at, counted] = np.round(cell.denominator[counted])
        return cls(rate=rate, cases=cases, people=np.where(people > 0, people, np.nan))


def _borders(rates: _Rates, pairs: NDArray[np.intp]) -> dict[str, Floats]:
    """Difference, interval and p of each border; each of shape (rows, pairs)."""
    first, second = pairs[:, 0], pairs[:, 1]
    low, high = wilson(rates.cases, rates.people)
    share = rates.cases / rates.people
    one, two = share[:, first], share[:, second]
    counts = (counts[:, side] for side in (first, second) for counts in (rates.cases, rates.people))
    p = midp_difference(*counts)
    return {
        "difference": rates.rate[:, first] - rates.rate[:, second],
        "lower": one - two - np.hypot(one - low[:, first], high[:, second] - two),
        "upper": one - two + np.hypot(high[:, first] - one, two - low[:, second]),
        "p": p,
        "p_adjusted": adjust(p),
    }


def _classify(border: Mapping[str, Floats], least: Floats, alpha: float) -> NDArray[np.object_]:
    """Name each border, shape (rows, pairs); `least` has one entry per row."""
    beyond = border["p_adjusted"] <= alpha
    # A mean of differences is rounded; the one border of two districts is as large as its own mean.
    large = np.abs(border["difference"]) >= least[:, None] * (1 - 1e-12)
    cases = [np.isnan(border["p_adjusted"]), beyond & large, beyond]
    return np.select(cases, [BORDERS[3], BORDERS[0], BORDERS[1]], BORDERS[2]).astype(object)


def _city(rates: Floats, pairs: NDArray[np.intp], permutations: int, seed: int) -> dict[str, Floats]:
    """Mean difference between neighbours, against random arrangements of the values; one entry per row."""
    known = np.isfinite(rates)
    names = ("statistic", "expected", "p_smoother", "p_rougher", "borders")
    found = {name: np.full(len(rates), np.nan) for name in names}
    patterns, which = np.unique(known, axis=0, return_inverse=True)
    for at, valid in enumerate(patterns):
        rows = np.flatnonzero(which == at)
        joined = (np.cumsum(valid) - 1)[pairs[valid[pairs].all(axis=1)]]
        found["borders"][rows] = len(joined)
        if len(joined) < FEWEST_BORDERS:
            continue
        values = rates[rows][:, valid].T
        statistic = np.abs(values[joined[:, 0]] - values[joined[:, 1]]).mean(axis=0)
        # Over all arrangements every pair of districts is equally often a pair of neighbours.
        found["expected"][rows] = _mean_difference(values)
        found["statistic"][rows] = statistic
        if permutations:
            smaller, larger = _count(values, joined, statistic, permutations, seed)
            found["p_smoother"][rows] = (smaller + 1) / (permutations + 1)
            found["p_rougher"][rows] = (larger + 1) / (permutations + 1)
    return found


def _mean_difference(values: Floats) -> Floats:
    """Return the mean of |x_i - x_j| over all pairs of different districts; values (n, rows)."""
    n = len(values)
    rank = 2 * np.arange(1, n + 1) - n - 1
    return np.asarray(2 * (rank @ np.sort(values, axis=0)) / (n * (n - 1)))


def _count(
    values: Floats, joined: NDArray[np.intp], statistic: Floats, permutations: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count arrangements at most and at least as rough as the city; ties count on both sides.

    Arrangements depend on the seed and the number of districts alone, so that neither the size of a block nor
    the other indicators change a result.
    """
    random = generator(seed, str(len(values)))
    block = max(1, CELLS // max(len(values), len(joined) * values.shape[1]))
    tie = 1e-9 * statistic
    smaller, larger = (np.zeros(values.shape[1], dtype=np.int64) for _ in range(2))
    for start in range(0, permutations, block):
        size = min(block, permutations - start)
        dealt = random.permuted(np.tile(np.arange(len(values)), (size, 1)), axis=1)
        rough = np.abs(values[dealt[:, joined[:, 0]]] - values[dealt[:, joined[:, 1]]]).mean(axis=1)
        smaller += (rough <= statistic + tie).sum(axis=0)
        larger += (rough >= statistic - tie).sum(axis=0)
    return smaller, larger


def _judge(city: pd.DataFrame, alpha: float, tolerated: float) -> NDArray[np.object_]:
    sharp = city["sharp"] > tolerated * city["tested"]
    cases = [
        city["statistic"].isna(),
        sharp | (city["p_rougher"] <= alpha / 2),
        city["p_smoother"] <= alpha / 2,
    ]
    found = np.select(cases, ["not assessable", "rejected", "supported"], "undecided")
    return found.astype(object)


def _state(row: pd.Series, language: Language) -> str:
    used = text("mixing.used", language, districts=row["districts"], omitted=row["omitted"])
    parts = [text(f"mixing.claim.{row['claim']}", language)]
    if row["claim"] == "not assessable":
        return " ".join([*parts, used])
    if row["expected"] > 0:
        percent = round(100 * row["statistic"] / row["expected"])
        parts.append(text("mixing.claim.mean", language, percent=percent))
    counts = {name: row[name] for name in ("sharp", "tested")}
    parts.append(
        text("mixing.claim.tested" if row["tested"] else "mixing.claim.untested", language, **counts)
    )
    return " ".join([*parts, used])
