"""Intervals and verdicts where whole households receive a benefit or do not.

Cities of 92 districts, 23 each of 100, 500, 2,000 and 5,000 people, mean rate 15 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchmarks.levels.worlds import SIZES, Table, households, long_table, told

from sozialraum.assessment.profile import summarise
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.verdict import Judgement, judge, verdicts
from sozialraum.indicators.effects import effect_from_years
from sozialraum.stats.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PEOPLE = np.repeat([100, 500, 2000, 5000], 23)
RATE = 0.15


def draw(rng: np.random.Generator, rates: Floats, phi: float) -> tuple[Floats, Floats]:
    """Draw cases and people of each district, whole households in or out."""
    counted = households(PEOPLE, phi)
    cases = (rng.binomial(counted, rates[:, None]) * SIZES).sum(axis=1)
    return cases.astype(float), (counted * SIZES).sum(axis=1).astype(float)


def verdict_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield levels and false findings of the verdicts."""
    rng = np.random.default_rng(1)
    for phi in (1.0, 2.0, 3.5):
        for spread in (0.0, 0.03, 0.06):
            cells = cities = flagged = inside = near = outside = 0
            for _ in range(runs):
                rates = np.clip(rng.normal(RATE, spread, len(PEOPLE)), 0.005, 0.9)
                cases, people = draw(rng, rates, phi)
                found = _judge(cases, people, phi)
                far = np.abs(rates - (rates * people).sum() / people.sum()) > max(rates.std(ddof=1), 0.01)
                side, close = found.side[:, 0] != 0, found.near[:, 0]
                cells, cities = cells + side.sum(), cities + side.any()
                flagged, inside = flagged + side.sum(), inside + (side & ~far).sum()
                near, outside = near + close.sum(), outside + (close & far).sum()
            yield (
                f"{phi:g}",
                f"{100 * spread:g}",
                told(cells / (runs * len(PEOPLE)), runs * len(PEOPLE)),
                told(cities / runs, runs) if spread == 0 else "-",
                told(inside / flagged, flagged) if spread and flagged else "-",
                told(outside / near, near) if near else "-",
            )


def _judge(cases: Floats, people: Floats, phi: float) -> Judgement:
    return judge(cases[:, None], people[:, None], np.array([True]), Rule(), design_effect=np.array([phi]))


def estimated_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield what an effect estimated from ten years does to equal rates; 70 % of households stay a year."""
    rng = np.random.default_rng(2)
    dates = [f"{year}-12-31" for year in range(2011, 2021)]
    for phi in (1.0, 2.0, 3.5):
        counted = households(PEOPLE, phi)
        people = (counted * SIZES).sum(axis=1).astype(float)
        effects, cells, cities = [], 0, 0
        for _ in range(runs):
            cases = _years(rng, counted, len(dates))
            effect = effect_from_years(cases, np.broadcast_to(people, cases.shape), dates)
            found = _judge(cases[-1], people, effect)
            effects.append(effect)
            cells, cities = cells + (found.side != 0).sum(), cities + (found.side != 0).any()
        low, middle, high = np.nanquantile(effects, [0.1, 0.5, 0.9])
        yield (
            f"{phi:g}",
            f"{middle:.2f} ({low:.2f} bis {high:.2f})",
            told(cells / (runs * len(PEOPLE)), runs * len(PEOPLE)),
            told(cities / runs, runs),
        )


def _years(rng: np.random.Generator, counted: NDArray[np.int64], years: int, stay: float = 0.7) -> Floats:
    """Draw a stationary series: of the households in receipt a share stays, others come in."""
    inside = rng.binomial(counted, RATE)
    enter = RATE * (1 - stay) / (1 - RATE)
    found = []
    for _ in range(years):
        found.append((inside * SIZES).sum(axis=1))
        inside = rng.binomial(inside, stay) + rng.binomial(counted - inside, enter)
    return np.asarray(found, dtype=float)


def interval_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield the coverage of Wilson's 95 % interval."""
    rng = np.random.default_rng(3)
    for phi in (1.0, 2.0, 3.5):
        inside = {"known": [], "ignored": []}
        for _ in range(runs):
            cases, people = draw(rng, np.full(len(PEOPLE), RATE), phi)
            for name, effect in (("known", phi), ("ignored", 1.0)):
                lower, upper = wilson(cases, people, design_effect=effect)
                inside[name].append((lower <= RATE) & (upper >= RATE))
        yield (f"{phi:g}", *(told(np.mean(each), np.size(each)) for each in inside.values()))


def power_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how often a district of 500 people at 22.5 % is found in a city of 15 %, and as if phi were 1."""
    rng = np.random.default_rng(4)
    for phi in (1.0, 2.0, 3.5):
        found, naive = [], []
        for _ in range(runs):
            rates = np.full(len(PEOPLE), RATE)
            rates[23] = 0.225
            cases, people = draw(rng, rates, phi)
            found.append(_judge(cases, people, phi).side[23, 0] > 0)
            naive.append(_judge(cases, people, 1.0).side[23, 0] > 0)
        yield f"{phi:g}", told(float(np.mean(naive)), runs), told(float(np.mean(found)), runs)


def family_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield false findings on an even indicator beside three that are strongly segregated."""
    rng = np.random.default_rng(5)
    alone = profile = 0
    for _ in range(runs):
        rates = np.full((len(PEOPLE), 4), RATE)
        rates[:, 1:] = np.where(rng.random((len(PEOPLE), 1)) < 0.5, 0.05, 0.30)
        cases = rng.binomial(PEOPLE[:, None], rates).astype(float)
        table, catalogue = long_table([cases], PEOPLE[:, None])
        found = verdicts(table, catalogue)
        even = found[found["indicator"] == "i0"]
        alone += even["verdict"].str.startswith("conspicuous").any()
        named = summarise(found)[["unfavourable_by", "favourable_by"]].agg(" ".join, axis=1)
        profile += named.str.contains(r"\bi0\b").any()
    yield "Karte des gleichmäßigen Merkmals", told(alone / runs, runs)
    yield "Zusammenschau aller vier Merkmale", told(profile / runs, runs)


TABLES = (
    Table(
        "Urteile (Grenze: eine wahre Standardabweichung, mindestens 1 Punkt)",
        ("Menschen je unabhängigem Fall", "wahre Streuung in Punkten", "auffällige Zellen",
         "Städte mit irgendeiner", "Auffällige, die in Wahrheit innerhalb liegen",
         "Unauffällige, die in Wahrheit außerhalb liegen"),
        verdict_rows, 2.0,
    ),
    Table(
        "Gleiche Anteile überall, Haushaltsfaktor aus zehn Jahren geschätzt",
        ("Menschen je unabhängigem Fall", "geschätzt, mal 1,2 (80 % der Städte)", "auffällige Zellen",
         "Städte mit irgendeiner"),
        estimated_rows, 2.0,
    ),
    Table(
        "Unsicherheitsbereich (95 %): wie oft er den wahren Anteil enthält",
        ("Menschen je unabhängigem Fall", "angegeben", "nicht angegeben"),
        interval_rows, 2.0,
    ),
    Table(
        "22,5 % gegen 15 % bei 500 Menschen: wie oft es gefunden wird",
        ("Menschen je unabhängigem Fall", "auffällig, Haushalte nicht angegeben", "angegeben"),
        power_rows, 2.0,
    ),
    Table(
        "Ein gleichmäßiges Merkmal neben drei stark ungleichen: Städte mit einem falschen Fund",
        ("wo", "Städte"),
        family_rows, 1.0,
    ),
)  # fmt: skip
