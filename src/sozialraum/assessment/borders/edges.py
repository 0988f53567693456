"""Fluid transitions or sharp edges between neighbouring districts.

**A border** is a pair of neighbours that share a line, or a link that somebody declared (a bridge); districts
that meet at a corner only have none, so that queen and rook neighbours give the same answer. Its `difference`
of rates has Newcombe's interval (1998, method 10: made of the two Wilson intervals, never outside -1..1) and
Fisher's exact test with mid-p, which hold for small counts. A second test asks whether the difference exceeds
the declared `minimum`, by default five percentage points: in large districts every difference is beyond
chance, so significance alone does not make an edge. Both p are corrected over all testable borders of one
indicator and date (Benjamini & Hochberg 1995). A border is

- `sharp`: larger than `minimum`, beyond chance;
- `distinguishable`: beyond chance, but not shown to be larger than `minimum`;
- `indistinguishable`: chance explains it;
- `not assessable`: a value or a count is missing.

Counts are taken as those of independent households: they enter with their effective number n / phi, phi being
the indicator's design effect in the catalogue.

**Walls** are runs of sharp borders that meet; see `walls`.

**The city.** The mean absolute difference between neighbours is compared with random arrangements of the same
values over the same map. Smaller than chance: transitions are smoother than they would be anyhow. The claim
'transitions are fluid' is

- `rejected`: there is a wall, or more than the share `tolerated` of the testable borders is sharp, or
  neighbours are rougher than chance;
- `supported`: smoother than chance, none of that, at least the share `FEWEST_TESTED` of the borders could be
  tested, jumps of three times the `minimum` would typically have been seen (`detectable`), and two districts
  drawn at random differ by half the `minimum` or more on average;
- `undecided`: none of these. A test that was not made, or could not have found anything, supports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.borders.claim import judge_claim
from sozialraum.assessment.borders.lines import CONTACTS, Contacts, contacts_of, draw_lines, pairs_of
from sozialraum.assessment.borders.sentences import fluidity_sentences
from sozialraum.assessment.borders.walls import WALL_COLUMNS, tell_walls
from sozialraum.keys import sorted_order
from sozialraum.panel import slices
from sozialraum.stats.chance import generator, midp_difference
from sozialraum.stats.effective import effective
from sozialraum.stats.intervals import wilson
from sozialraum.stats.multiple import adjust
from sozialraum.stats.shown import Shown
from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from sozialraum.panel import Slice
    from sozialraum.spatial.engine.alignment import Links

    Floats = NDArray[np.float64]

__all__ = [
    "BORDERS",
    "CITY_EDGE_COLUMNS",
    "CLAIMS",
    "EDGE_COLUMNS",
    "MINIMUM",
    "WALL_COLUMNS",
    "Edges",
    "edges",
]

EDGE_COLUMNS = ("indicator", "date", "difference", "lower", "upper", "p", "p_adjusted", "border")
CITY_EDGE_COLUMNS = (
    "indicator",
    "date",
    "statistic",
    "expected",
    "p_smoother",
    "p_rougher",
    "minimum",
    "detectable",
    "borders",
    "tested",
    "sharp",
    "walls",
    "wall_borders",
    "wall_length",
    "wall_jump",
    "wall_from",
    "wall_to",
    "districts",
    "omitted",
    "claim",
)
BORDERS = ("sharp", "distinguishable", "indistinguishable", "not assessable")
CLAIMS = ("supported", "rejected", "undecided", "not assessable")

MINIMUM = 0.05
"""Least difference of a sharp border: five percentage points."""

ROWS = 1 << 20
"""Most borders, over all indicators and dates, at one time."""

CELLS = 1 << 16
"""Most permuted differences at one time; few enough to stay in the processor's cache."""

FEWEST_BORDERS = 3
"""Fewer borders than this say nothing about a city."""

MANY = 20_000
"""From so many borders on the mean difference of random arrangements is normal; a few tell its spread."""

ARRANGEMENTS = 99
"""Random arrangements in such cities."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Edges(Shown):
    """All borders, and what they say about the city.

    Parameters
    ----------
    table
        Index (`focal`, `neighbor`), `focal` the district that comes first in order of keys; columns
        `EDGE_COLUMNS`. One row per border, indicator and date; `difference` is the rate of focal minus that
        of neighbor.
    city
        Columns `CITY_EDGE_COLUMNS`, one row per indicator and date; `wall_*` tell of the longest wall,
        `detectable` is the jump that half of the tests would have seen.
    walls
        Columns `WALL_COLUMNS`, one row per wall, the longest first: number of borders, metres, mean jump, the
        largest jump behind it, the borders at both ends, and the districts on either side.
    """

    table: pd.DataFrame
    city: pd.DataFrame
    walls: pd.DataFrame
    districts: gpd.GeoDataFrame
    pairs: NDArray[np.intp]
    index: pd.MultiIndex
    contacts: Contacts

    @cached_property
    def lines(self) -> gpd.GeoDataFrame:
        """A line for each border, index (`focal`, `neighbor`); see `lines.border_lines`."""
        return draw_lines(self.districts, self.pairs, self.index, self.contacts)

    def layer(self, indicator: str, date: str) -> gpd.GeoDataFrame:
        """Return the lines of one indicator and date with the columns of `table`."""
        rows = self.table[(self.table["indicator"] == indicator) & (self.table["date"] == date)]
        return self.lines.join(rows, how="inner")

    def sharp(self, indicator: str | None = None, date: str | None = None) -> gpd.GeoDataFrame:
        """Return the sharp borders as lines, of one indicator and date or of all."""
        rows = self.table[self.table["border"] == BORDERS[0]]
        if indicator is not None:
            rows = rows[rows["indicator"] == indicator]
        if date is not None:
            rows = rows[rows["date"] == date]
        used = self.index.isin(rows.index.unique())
        lines = draw_lines(self.districts, self.pairs[used], self.index[used], self.contacts.some(used))
        return lines.join(rows, how="inner")

    def statements(self, language: Language = DEFAULT_LANGUAGE) -> pd.Series:
        """Say in plain words, for each row of `city`, whether transitions are fluid."""
        return fluidity_sentences(self.city, language)


@checked()
def edges(
    indicators: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    graph: Links,
    *,
    catalogue: pd.DataFrame | None = None,
    minimum: float = MINIMUM,
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
        Index: district key. Polygons in a metric CRS; a column `name` names the ends of walls.
    graph
        Neighbours of the same districts; weights do not matter, and one direction is enough.
    catalogue
        Index: indicator; `kind` and, where people come in households, `design_effect`. Without it every
        indicator with counts is a share of independent persons.
    minimum
        A sharp border is larger than this, in the unit of a share (0.05 = five percentage points).
    alpha
        False discovery rate among borders; error probability of the city's test, two-sided.
    tolerated
        Share of sharp borders up to which transitions may still be called fluid.
    permutations
        Random arrangements; 0 for none (the claim is then never `supported`). In cities with very many
        borders p comes from the normal distribution with the spread of 99 arrangements.
    seed
        Each number of districts has its own random numbers from it.

    Returns
    -------
    Edges
        `.table`, `.city`, `.walls` and `.lines`.

    Raises
    ------
    AlignmentError
        If graph, districts and indicators do not hold the same districts, or a row is double.
    SozialraumError
        If an option is out of range.
    """
    rule = _Rule(minimum=minimum, alpha=alpha, tolerated=tolerated, permutations=permutations, seed=seed)
    districts = districts.iloc[sorted_order(districts.index)]
    keys = districts.index
    pairs, index = pairs_of(keys, graph)
    contacts = contacts_of(districts, pairs)
    met = contacts.kind != CONTACTS[1]
    pairs, index = pairs[met], index[met]
    contacts = contacts.some(met)
    found = list(slices(indicators, keys, catalogue))
    block = max(1, ROWS // max(1, len(pairs)))
    city_map = _Map(districts=districts, pairs=pairs, index=index, contacts=contacts)
    parts = [_compare(found[start : start + block], city_map, rule) for start in range(0, len(found), block)]
    empty = (
        pd.DataFrame(columns=list(EDGE_COLUMNS), index=index[:0]),
        pd.DataFrame(columns=list(CITY_EDGE_COLUMNS)),
        pd.DataFrame(columns=list(WALL_COLUMNS)),
    )
    table, city, walls = zip(*parts, strict=True) if parts else ([part] for part in empty)
    standing = [part for part in walls if len(part)]
    return Edges(
        table=pd.concat(table),
        city=pd.concat(city, ignore_index=True),
        walls=pd.concat(standing, ignore_index=True) if standing else empty[2],
        districts=districts,
        pairs=pairs,
        index=index,
        contacts=contacts,
    )


@dataclass(frozen=True, kw_only=True)
class _Map:
    """Districts in the order of their keys, and their borders."""

    districts: gpd.GeoDataFrame
    pairs: NDArray[np.intp]
    index: pd.MultiIndex
    contacts: Contacts


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """The declared options, in one piece."""

    minimum: float
    alpha: float
    tolerated: float
    permutations: int
    seed: int


def _compare(
    found: list[Slice], city_map: _Map, rule: _Rule
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Make the rows of `Edges.table`, `Edges.city` and `Edges.walls` for some indicators and dates."""
    pairs, index = city_map.pairs, city_map.index
    rates = _Rates.of(found)
    names = {"indicator": [cell.indicator for cell in found], "date": [cell.date for cell in found]}
    border = _borders(rates, pairs, rule.minimum)
    city = pd.DataFrame(names | _city(rates.rate, pairs, rule.permutations, rule.seed))
    kind = _classify(border, rule.alpha)
    tested = np.isfinite(border["p"])
    city["minimum"] = rule.minimum
    city["detectable"] = [
        rule.minimum + float(np.median(half[some])) if some.any() else np.nan
        for half, some in zip((border["upper"] - border["lower"]) / 2, tested, strict=True)
    ]
    city["borders"] = city["borders"].astype(int)
    city["tested"] = tested.sum(axis=1)
    city["sharp"] = (kind == BORDERS[0]).sum(axis=1)
    city["districts"] = np.isfinite(rates.rate).sum(axis=1)
    city["omitted"] = rates.rate.shape[1] - city["districts"]
    smoother = (city["p_smoother"] <= rule.alpha / 2).to_numpy()
    sharp = (kind == BORDERS[0]) & (city_map.contacts.kind == CONTACTS[0]) & smoother[:, None]
    walls = [
        tell_walls(border["difference"][at], row, pairs, city_map.contacts, city_map.districts)
        for at, row in enumerate(sharp)
    ]
    longest = [rows[0] if rows else {} for rows in walls]
    city["walls"] = [len(rows) for rows in walls]
    for name, nothing in (("borders", 0), ("length", 0.0), ("jump", np.nan), ("from", ""), ("to", "")):
        told = [wall.get(name, nothing) for wall in longest]
        city[f"wall_{name}"] = pd.Series(told, index=city.index)
    options = {"minimum": rule.minimum, "tolerated": rule.tolerated, "alpha": rule.alpha}
    city["claim"] = judge_claim(city, **options)
    spread = {name: np.repeat(np.array(values, dtype=object), len(pairs)) for name, values in names.items()}
    numbers = {name: border[name].ravel() for name in EDGE_COLUMNS[2:7]}
    again = pd.MultiIndex.from_arrays(
        [np.tile(index.get_level_values(side), len(found)) for side in ("focal", "neighbor")],
        names=index.names,
    )
    table = pd.DataFrame(spread | numbers | {"border": kind.ravel()}, index=again)
    named = [
        {"indicator": cell.indicator, "date": cell.date, **wall}
        for cell, rows in zip(found, walls, strict=True)
        for wall in rows
    ]
    standing = pd.DataFrame(named, columns=list(WALL_COLUMNS))
    return table[list(EDGE_COLUMNS)], city[list(CITY_EDGE_COLUMNS)], standing


@dataclass(frozen=True, kw_only=True)
class _Rates:
    """All indicators and dates, one row each, shape (rows, n): rate, and counts where they can be tested."""

    rate: Floats
    cases: Floats
    people: Floats

    @classmethod
    def of(cls, found: list[Slice]) -> _Rates:
        """Take the rate from counts where they exist, else the value as published."""
        rate, cases, people = (np.full((len(found), len(found[0].value)), np.nan) for _ in range(3))
        for at, cell in enumerate(found):
            counted = cell.counted
            rate[at] = cell.value
            rate[at, counted] = cell.numerator[counted] / cell.denominator[counted]
            if cell.is_share:
                cases[at, counted] = effective(cell.numerator[counted], cell.design_effect)
                people[at, counted] = effective(cell.denominator[counted], cell.design_effect)
        return cls(rate=rate, cases=cases, people=np.where(people > 0, people, np.nan))


def _borders(rates: _Rates, pairs: NDArray[np.intp], minimum: float) -> dict[str, Floats]:
    """Difference, interval and p of each border; each of shape (rows, pairs)."""
    first, second = pairs[:, 0], pairs[:, 1]
    low, high = wilson(rates.cases, rates.people)
    share = rates.cases / rates.people
    one, two = share[:, first], share[:, second]
    # The exact test counts heads; effective numbers are rounded so that no rate leaves 0..1.
    people = np.maximum(np.round(rates.people), 1)
    cases = np.round(share * people)
    counts = (counts[:, side] for side in (first, second) for counts in (cases, people))
    p = midp_difference(*counts)
    beyond = _beyond_minimum(cases, people, pairs, minimum)
    return {
        "difference": rates.rate[:, first] - rates.rate[:, second],
        "lower": one - two - np.hypot(one - low[:, first], high[:, second] - two),
        "upper": one - two + np.hypot(high[:, first] - one, two - low[:, second]),
        "p": p,
        "p_adjusted": adjust(p),
        "beyond_adjusted": adjust(np.fmax(p, beyond)),
    }


def _beyond_minimum(cases: Floats, people: Floats, pairs: NDArray[np.intp], minimum: float) -> Floats:
    """P of 'the true difference is at most `minimum`', one-sided, shape (rows, pairs).

    Normal, with one case and one non-case added on each side of a border, which keeps the error of 0 % and
    100 % above 0 (Agresti & Caffo 2000).
    """
    from scipy.special import ndtr  # noqa: PLC0415 - start-up time

    share, n = (cases + 1) / (people + 2), people + 2
    one, two = pairs[:, 0], pairs[:, 1]
    noise = share * (1 - share) / n
    error = np.sqrt(noise[:, one] + noise[:, two])
    return np.asarray(ndtr((minimum - np.abs(share[:, one] - share[:, two])) / error))


def _classify(border: Mapping[str, Floats], alpha: float) -> NDArray[np.object_]:
    """Name each border, shape (rows, pairs)."""
    cases = [
        np.isnan(border["p_adjusted"]),
        border["beyond_adjusted"] <= alpha,
        border["p_adjusted"] <= alpha,
    ]
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
        if permutations and len(joined) >= MANY:
            smoother, rougher = _normal(values, joined, statistic, seed)
            found["p_smoother"][rows], found["p_rougher"][rows] = smoother, rougher
        elif permutations:
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


def _normal(values: Floats, joined: NDArray[np.intp], statistic: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return p of 'as smooth' and 'as rough' from mean (exact) and spread of a few arrangements."""
    from scipy.special import ndtr  # noqa: PLC0415 - start-up time

    random = generator(seed, str(len(values)))
    rough = np.empty((ARRANGEMENTS, values.shape[1]))
    for number in range(ARRANGEMENTS):
        dealt = values[random.permutation(len(values))]
        rough[number] = np.abs(dealt[joined[:, 0]] - dealt[joined[:, 1]]).mean(axis=0)
    spread = rough.std(axis=0, ddof=1)
    score = np.divide(
        statistic - _mean_difference(values), spread, out=np.zeros_like(statistic), where=spread > 0
    )
    return np.asarray(ndtr(score)), np.asarray(ndtr(-score))
