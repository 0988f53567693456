"""How often intervals, verdicts and statements of robustness are right, where the truth is known.

Usage: python benchmarks/calibration.py [runs per case]

Cities of 92 districts, 23 each of 100, 500, 2,000 and 5,000 people, in which whole households of one to six
receive a benefit or do not. The tables in docs/methoden.md are this script's output; what stands in
brackets is the Monte Carlo standard error.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sozialraum.assessment.index.recipes import preset
from sozialraum.assessment.index.robustness import index_robustness
from sozialraum.assessment.profile import summarise
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.verdict import Judgement, judge, verdicts
from sozialraum.indicators.effects import effect_from_years
from sozialraum.stats.intervals import wilson

Floats = NDArray[np.float64]

SIZES = np.arange(1, 7)
PEOPLE = np.repeat([100, 500, 2000, 5000], 23)
RATE = 0.15
NEW_KEYS = [f"{number:02d}" for number in range(len(PEOPLE))]


def household_mix(phi: float) -> Floats:
    """Return shares of household sizes 1 to 6 that have the design effect phi."""
    low, high = 1e-6, 10.0
    for _ in range(80):
        step = (low + high) / 2
        weight = step**SIZES
        effect = (SIZES**2 * weight).sum() / (SIZES * weight).sum()
        low, high = (step, high) if effect < phi else (low, step)
    return np.asarray(weight / weight.sum())


def draw(rng: np.random.Generator, rates: Floats, phi: float) -> tuple[Floats, Floats]:
    """Draw cases and people of each district, whole households in or out."""
    mix = household_mix(phi)
    households = np.maximum(np.rint(PEOPLE[:, None] * mix / (SIZES * mix).sum()), 0).astype(int)
    cases = (rng.binomial(households, rates[:, None]) * SIZES).sum(axis=1)
    return cases.astype(float), (households * SIZES).sum(axis=1).astype(float)


def told(share: float, runs: float) -> str:
    """Write a share in per cent with its standard error."""
    return f"{100 * share:.1f} ({100 * np.sqrt(max(share * (1 - share), 1e-9) / max(runs, 1)):.1f})"


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
        mix = household_mix(phi)
        households = np.maximum(np.rint(PEOPLE[:, None] * mix / (SIZES * mix).sum()), 0).astype(int)
        people = (households * SIZES).sum(axis=1).astype(float)
        effects, cells, cities = [], 0, 0
        for _ in range(runs):
            cases = _years(rng, households, len(dates))
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


def _years(rng: np.random.Generator, households: NDArray[np.int64], years: int, stay: float = 0.7) -> Floats:
    """Draw a stationary series: of the households in receipt a share stays, others come in."""
    inside = rng.binomial(households, RATE)
    enter = RATE * (1 - stay) / (1 - RATE)
    found = []
    for _ in range(years):
        found.append((inside * SIZES).sum(axis=1))
        inside = rng.binomial(inside, stay) + rng.binomial(households - inside, enter)
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
    """Yield how often a district of 500 people at 22.5 % is found in a city of 15 %."""
    rng = np.random.default_rng(4)
    for phi in (1.0, 2.0, 3.5):
        found = []
        for _ in range(runs):
            rates = np.full(len(PEOPLE), RATE)
            rates[23] = 0.225
            cases, people = draw(rng, rates, phi)
            found.append(_judge(cases, people, phi).side[23, 0] > 0)
        yield f"{phi:g}", told(float(np.mean(found)), runs)


def family_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield false findings on an even indicator beside three that are strongly segregated."""
    rng = np.random.default_rng(5)
    alone = profile = 0
    for _ in range(runs):
        rates = np.full((len(PEOPLE), 4), RATE)
        rates[:, 1:] = np.where(rng.random((len(PEOPLE), 1)) < 0.5, 0.05, 0.30)
        table, catalogue = long_table(
            [rng.binomial(PEOPLE[:, None], rates).astype(float)], ["a", "b", "c", "d"]
        )
        found = verdicts(table, catalogue)
        even = found[found["indicator"] == "a"]
        alone += even["verdict"].str.startswith("conspicuous").any()
        named = summarise(found)[["unfavourable_by", "favourable_by"]].agg(" ".join, axis=1)
        profile += named.str.contains(r"\ba\b").any()
    yield "Karte des gleichmäßigen Merkmals", told(alone / runs, runs)
    yield "Zusammenschau aller vier Merkmale", told(profile / runs, runs)


def long_table(
    dates: list[Floats], names: list[str], people: Floats | None = None, **columns: object
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the long table of counts per date, shape (districts, indicators), and a catalogue of shares."""
    size = np.broadcast_to(PEOPLE[:, None] if people is None else people, dates[0].shape).astype(float)
    rows = [
        pd.DataFrame(
            {
                "indicator": name,
                "date": f"{2018 + 2 * number}-12-31",
                "value": cases[:, column] / size[:, column],
                "numerator": cases[:, column],
                "denominator": size[:, column],
                "lower": np.nan,
                "upper": np.nan,
                "flag": "ok",
            },
            index=pd.Index(NEW_KEYS, name="district"),
        )
        for number, cases in enumerate(dates)
        for column, name in enumerate(names)
    ]
    base = {"kind": "share", "polarity": "disadvantage", "target_group": "all"}
    return pd.concat(rows), pd.DataFrame({**base, **columns}, index=pd.Index(names, name="indicator"))


@dataclass(frozen=True)
class World:
    """A kind of city for the robustness of index classes; `stay` of the cases persist over the two years."""

    name: str
    nested: bool = False
    phi: float = 1.0
    stay: float = 0.0
    declared: bool = True
    spread: float = 0.05


WORLDS = (
    World("unabhängige Merkmale"),
    World("unabhängige Merkmale, 70 % bleiben zwei Jahre", stay=0.7),
    World("verschachtelte Merkmale, 70 % bleiben", nested=True, stay=0.7),
    World("verschachtelte Merkmale in Haushalten, 70 % bleiben", nested=True, phi=3.0, stay=0.7),
    World("dasselbe, Unterschiede klein", nested=True, phi=3.0, stay=0.7, spread=0.025),
    World("dasselbe, Haushalte nicht angegeben", nested=True, phi=3.0, stay=0.7, declared=False),
)
TRUE_INDICATORS = ["a", "b", "c", "d"]


def robustness_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how often the class said to stay in 95 of 100 redrawn years is the class of the true rates."""
    for world in WORLDS:
        rng = np.random.default_rng(6)
        right = {"status": [], "dynamic": [], "rank": []}
        stated = {"status": 0, "dynamic": 0}
        for _ in range(runs):
            truth, table, catalogue = _city(rng, world)
            recipe = preset("berlin_mss", TRUE_INDICATORS, minimum_population=0)
            found = index_robustness(table, catalogue, recipe, date="2020-12-31", resamples=300).table
            exact, _ = long_table([np.round(rate * 1e9) for rate in truth], TRUE_INDICATORS, np.float64(1e9))
            true = index_robustness(
                exact, catalogue.iloc[:, :3], recipe, date="2020-12-31", resamples=1
            ).table
            for kind in stated:
                sure = found[f"same_{kind}"] >= 0.95
                stated[kind] += int(sure.sum())
                right[kind] += (found[kind] == true[kind])[sure].tolist()
            right["rank"] += true["rank"].between(found["rank_lower"], found["rank_upper"]).tolist()
        cells = runs * len(PEOPLE)
        yield (
            world.name,
            told(stated["status"] / cells, cells),
            told(float(np.mean(right["status"])), len(right["status"])),
            told(stated["dynamic"] / cells, cells),
            told(float(np.mean(right["dynamic"])), len(right["dynamic"])),
            told(float(np.mean(right["rank"])), len(right["rank"])),
        )


def _city(rng: np.random.Generator, world: World) -> tuple[list[Floats], pd.DataFrame, pd.DataFrame]:
    """Draw true rates and counts at two dates."""
    common = rng.normal(size=(len(PEOPLE), 1))
    own = rng.normal(size=(len(PEOPLE), 4))
    base = np.array([0.10, 0.35, 0.20, 0.15]) if not world.nested else np.array([0.12, 0.4, 0.15, 0.3])
    level = base * np.exp(world.spread / RATE * (0.8 * common + 0.6 * own) - 0.05)
    change = base * world.spread / RATE * 0.35 * rng.normal(size=level.shape)
    truth = [np.clip(level, 0.01, 0.95), np.clip(level + change, 0.01, 0.95)]
    if not world.nested:
        counts = _stay(rng, truth, np.broadcast_to(PEOPLE[:, None], level.shape), world.stay)
        return truth, *long_table(counts, TRUE_INDICATORS)
    return _nested_city(rng, world, truth)


def _stay(rng: np.random.Generator, truth: list[Floats], people: Floats, stay: float) -> list[Floats]:
    """Draw the cases of two dates; a share of the first date's cases are cases still."""
    first = rng.binomial(people.astype(int), truth[0])
    if stay == 0:
        return [first.astype(float), rng.binomial(people.astype(int), truth[1]).astype(float)]
    kept = np.minimum(stay, truth[1] / truth[0])
    enter = np.clip((truth[1] - kept * truth[0]) / (1 - truth[0]), 0, 1)
    second = rng.binomial(first, kept) + rng.binomial(people.astype(int) - first, enter)
    return [first.astype(float), second.astype(float)]


def _nested_city(
    rng: np.random.Generator, world: World, truth: list[Floats]
) -> tuple[list[Floats], pd.DataFrame, pd.DataFrame]:
    """Two pairs: b lies within a, d within c; whole households if phi is above 1.

    The true rates of b and d are those of a and c times a share of their own.
    """
    mix = household_mix(world.phi) if world.phi > 1 else (SIZES == 1).astype(float)
    households = np.rint(PEOPLE[:, None] * mix / (SIZES * mix).sum()).astype(int)
    people = (households * SIZES).sum(axis=1).astype(float)
    rates = [np.column_stack([t[:, 0], t[:, 0] * t[:, 1], t[:, 2], t[:, 2] * t[:, 3]]) for t in truth]
    counts = [np.zeros((len(PEOPLE), 4)) for _ in truth]
    for outer in (0, 2):
        for size, number in zip(SIZES, households.T, strict=True):
            whole = _stay(rng, [r[:, outer] for r in rates], number.astype(float), world.stay)
            for date, (count, share) in enumerate(zip(whole, truth, strict=True)):
                counts[date][:, outer] += size * count
                counts[date][:, outer + 1] += size * rng.binomial(count.astype(int), share[:, outer + 1])
    said = {"part_of": [(), ("a",), (), ("c",)]}
    if world.declared:
        said |= {"design_effect": [world.phi] * 4}
    table, catalogue = long_table(counts, TRUE_INDICATORS, people[:, None], **said)
    return rates, table, catalogue


TABLES = (
    (
        "Urteile (Grenze: eine wahre Standardabweichung, mindestens 1 Punkt)",
        ("Menschen je unabhängigem Fall", "wahre Streuung in Punkten", "auffällige Zellen",
         "Städte mit irgendeiner", "Auffällige, die in Wahrheit innerhalb liegen",
         "Unauffällige, die in Wahrheit außerhalb liegen"),
        verdict_rows, 1.0,
    ),
    (
        "Gleiche Anteile überall, Haushaltsfaktor aus zehn Jahren geschätzt",
        ("Menschen je unabhängigem Fall", "geschätzt, mal 1,2 (80 % der Städte)", "auffällige Zellen",
         "Städte mit irgendeiner"),
        estimated_rows, 1.0,
    ),
    (
        "Unsicherheitsbereich (95 %): wie oft er den wahren Anteil enthält",
        ("Menschen je unabhängigem Fall", "angegeben", "nicht angegeben"),
        interval_rows, 1.0,
    ),
    (
        "22,5 % gegen 15 % bei 500 Menschen: wie oft es gefunden wird",
        ("Menschen je unabhängigem Fall", "auffällig"),
        power_rows, 1.0,
    ),
    (
        "Ein gleichmäßiges Merkmal neben drei stark ungleichen: Städte mit einem falschen Fund",
        ("wo", "Städte"),
        family_rows, 0.5,
    ),
    (
        "„Bleibt in mindestens 95 von 100 nachgezogenen Jahren gleich“: wie oft es die wahre Klasse ist",
        ("Stadt", "Status: so eingestuft", "davon wahr", "Dynamik: so eingestuft", "davon wahr",
         "Rangbereich enthält den wahren Rang"),
        robustness_rows, 0.1,
    ),
)  # fmt: skip


def main(runs: int) -> None:
    """Print every table as Markdown."""
    for title, columns, rows, part in TABLES:
        print(f"\n### {title}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
        for row in rows(max(int(runs * part), 3)):
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
