"""Level and power of the effect test where areas were chosen for being extreme.

Usage: python benchmarks/effect.py [runs per world [seed]]; with a seed of one's own the levels only.

Each world draws a city of 96 districts, chooses five that hang together by what it sees of the years
before, and asks whether they developed better although nothing was done. The table in docs/wirkung.md is
this script's output.
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sozialraum.programme.effect.compare import Counts, compare
from sozialraum.programme.effect.naive import before_after, difference_in_differences
from sozialraum.programme.effect.placebo import ring_of

Floats = NDArray[np.float64]

ROWS, COLUMNS = 8, 12
LINKS = [
    [
        (row + down) * COLUMNS + column + right
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
        if (down or right) and 0 <= row + down < ROWS and 0 <= column + right < COLUMNS
    ]
    for row in range(ROWS)
    for column in range(COLUMNS)
]
ALPHA = 0.05


@dataclass(frozen=True)
class World:
    """How a city develops and how its programme area is chosen."""

    name: str
    choose: str = "last year"
    drift: float = 0.004
    shock: float = 0.0
    only_high: bool = False
    size: tuple[float, float] = (2000.0, 0.45)
    design: float = 1.0
    skew: bool = False
    slopes: float = 0.0
    before: int = 7
    after: int = 4
    treated: int = 5


WORLDS = (
    World("selection on the last year"),
    World("selection on the last two years", choose="two years"),
    World("selection on level and rise", choose="level and rise"),
    World("proportional shock of -25 %", shock=-0.25),
    World("only high districts recover", shock=-0.25, only_high=True),
    World("random walk", drift=0.012),
    World("small districts (300-900)", size=(520.0, 0.3)),
    World("households (design effect 4)", design=4.0),
    World(
        "all of it, skewed",
        "level and rise",
        0.006,
        -0.25,
        size=(1500, 0.5),
        design=3,
        skew=True,
        slopes=0.002,
    ),
    World("short history (5 before, 3 after)", before=5, after=3),
    World("eight treated districts", before=8, after=5, treated=8),
)


def smooth(values: Floats) -> Floats:
    """Mix each district with its neighbours, keeping the spread."""
    mixed = np.array([0.5 * values[at] + 0.5 * values[near].mean() for at, near in enumerate(LINKS)])
    return (mixed - mixed.mean()) / mixed.std()


def draw(world: World, rng: np.random.Generator, effect: float = 0.0) -> tuple[Counts, Counts, list[int]]:
    """Return counts before and after, and the chosen districts; `effect` is taken off their later rates."""
    m, years = len(LINKS), world.before + world.after
    level = smooth(rng.normal(size=m))
    base = 0.06 * np.exp(0.75 * level) + 0.04 if world.skew else 0.16 + 0.055 * level
    steps = world.drift * rng.normal(size=(m, years)) + world.slopes * smooth(rng.normal(size=m))[:, None]
    rates = base[:, None] + np.cumsum(steps, axis=1)
    rates = np.clip(rates, 0.02, 0.6)
    if world.shock:
        phase = np.clip((np.arange(years) - world.before + 1) / world.after, 0, 1)
        if world.only_high:
            # Districts above the middle recover, the more the higher they are; the others stay.
            bend = np.clip((rates[:, :1] - np.median(rates[:, 0])) / 0.08, 0, 1.5)
            rates = rates * (1 + world.shock * phase * bend)
        else:
            rates = rates * (1 + world.shock * phase)
    size = np.maximum(np.round(world.size[0] * np.exp(world.size[1] * rng.normal(size=m))), 300)[:, None]
    size = np.repeat(size, years, axis=1)
    n = np.maximum(np.round(size / world.design), 1)
    seen = rng.binomial(n.astype(int)[:, : world.before], rates[:, : world.before]) / n[:, : world.before]
    chosen = choose(seen, world)
    rates[chosen, world.before :] -= effect
    later = rng.binomial(n.astype(int)[:, world.before :], np.clip(rates[:, world.before :], 0, 1))
    later = later / n[:, world.before :]
    time_ = np.arange(1.0, years + 1)
    first, last = size[:, : world.before], size[:, world.before :]
    return (
        Counts(events=seen * first, population=first, years=time_[: world.before]),
        Counts(events=later * last, population=last, years=time_[world.before :]),
        chosen,
    )


def choose(seen: Floats, world: World) -> list[int]:
    """Grow the area from its worst district, always by the worst neighbour."""
    worth = {
        "last year": seen[:, -1],
        "two years": seen[:, -2:].mean(axis=1),
        "level and rise": seen[:, -1] + (seen[:, -1] - seen[:, -3]),
    }[world.choose]
    area = [int(np.argmax(worth))]
    while len(area) < world.treated:
        front = {near for at in area for near in LINKS[at]} - set(area)
        area.append(max(front, key=lambda at: worth[at]))
    return sorted(area)


METHODS = ("before-after", "DiD, last year", "DiD, all years", "recommended")


def trial(
    world: World, rng: np.random.Generator, effect: float = 0.0
) -> tuple[tuple[bool, ...], float, bool]:
    """Return per method whether it says 'better', the recommended effect, and whether its interval holds."""
    before, after, chosen = draw(world, rng, effect)
    around = ring_of(LINKS, chosen, 1)
    others = sorted(set(range(len(LINKS))) - set(chosen) - set(around))
    found = compare(before, after, LINKS, chosen, around=around, draws=2, seed=int(rng.integers(1 << 30)))
    said = (
        before_after(before, after, chosen).p_lower <= ALPHA,
        difference_in_differences(before, after, chosen, others).p_lower <= ALPHA,
        difference_in_differences(before, after, chosen, others, base="all").p_lower <= ALPHA,
        found.p_lower <= ALPHA,
    )
    return said, 100 * found.effect, min(found.p_lower, found.p_higher) * 2 > ALPHA


def world_table(runs: int, seed: int = 7) -> None:
    """Print false 'better' per world and method."""
    print("| World | " + " | ".join(METHODS) + " | bias (points) | two-sided coverage |")
    for number, world in enumerate(WORLDS):
        rng = np.random.default_rng([seed, number])
        trials = [trial(world, rng) for _ in range(runs)]
        said = 100 * np.mean([one[0] for one in trials], axis=0)
        bias = np.mean([one[1] for one in trials])
        held = 100 * np.mean([one[2] for one in trials])
        print(
            f"| {world.name} | " + " | ".join(f"{s:.1f}" for s in said) + f" | {bias:+.2f} | {held:.1f} |",
            flush=True,
        )


def power_table(runs: int) -> None:
    """Print how often a planted effect is found."""
    print("| World | 3 points | 5 points | 10 points | mean estimate of 5 |")
    for number, world in enumerate(
        (
            WORLDS[0],
            WORLDS[3],
            WORLDS[6],
            WORLDS[7],
            WORLDS[8],
            replace(WORLDS[0], name="larger (4,000)", size=(4000, 0.45)),
        )
    ):
        shown, mean = [], 0.0
        for effect in (0.03, 0.05, 0.10):
            rng = np.random.default_rng([11, number, int(effect * 100)])
            trials = [trial(world, rng, effect) for _ in range(runs)]
            shown.append(100 * np.mean([one[0][-1] for one in trials]))
            mean = np.mean([one[1] for one in trials]) if effect == 0.05 else mean
        print(f"| {world.name} | " + " | ".join(f"{s:.0f}" for s in shown) + f" | {mean:+.1f} |", flush=True)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    begun = time.perf_counter()
    if len(sys.argv) > 2:
        world_table(count, int(sys.argv[2]))
    else:
        world_table(count)
        power_table(max(count // 3, 20))
    error = 100 * (0.0475 / count) ** 0.5
    print(f"{time.perf_counter() - begun:.0f} s, {count} runs per world, se at 5 %: {error:.1f}")
