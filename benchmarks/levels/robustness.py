"""How often the class said to stay in 95 of 100 redrawn years is the class of the true rates.

The worlds that the method was made with (`KNOWN`), and others that it had not seen (`FRESH`): other numbers
and sizes of districts, other indicators, other shapes of the differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.levels.worlds import SIZES, Table, households, long_table, told_ratio

from sozialraum.assessment.index.recipes import preset
from sozialraum.assessment.index.robustness import index_robustness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class World:
    """A kind of city.

    Parameters
    ----------
    name
        For the table.
    sizes
        People of its districts.
    nested
        Whether every second indicator lies within the one before.
    phi, declared
        Design effect of households, and whether the catalogue says so.
    stay
        Share of the cases that are cases still after two years.
    spread
        Standard deviation of the true rates, relative to the rate.
    heavy
        Whether true differences have heavy tails (t with 4 degrees of freedom).
    alike
        Correlation of the indicators' levels.
    base
        Mean rate of each indicator; of a nested one within the other.
    """

    name: str
    sizes: Sequence[int] = tuple(np.repeat([100, 500, 2000, 5000], 23))
    nested: bool = False
    phi: float = 1.0
    declared: bool = True
    stay: float = 0.0
    spread: float = 1 / 3
    heavy: bool = False
    alike: float = 0.64
    base: tuple[float, ...] = (0.10, 0.35, 0.20, 0.15)


NESTED = (0.12, 0.4, 0.15, 0.3)
MANY = tuple(np.geomspace(150, 6_000, 150).astype(int))
FEW = tuple(np.geomspace(400, 12_000, 45).astype(int))

KNOWN = (
    World(name="unabhängige Merkmale"),
    World(name="unabhängige Merkmale, 70 % bleiben zwei Jahre", stay=0.7),
    World(name="verschachtelte Merkmale, 70 % bleiben", nested=True, stay=0.7, base=NESTED),
    World(name="verschachtelt, in Haushalten, 70 % bleiben", nested=True, phi=3.0, stay=0.7, base=NESTED),
    World(
        name="dasselbe, Unterschiede klein", nested=True, phi=3.0, stay=0.7, spread=1 / 6, base=NESTED
    ),
    World(
        name="verschachtelt, Haushalte nicht angegeben",
        nested=True, phi=3.0, stay=0.7, declared=False, base=NESTED,
    ),
)  # fmt: skip

FRESH = (
    World(name="150 Gebiete, 3 unabhängige Merkmale", sizes=MANY, base=(0.08, 0.25, 0.3), alike=0.4),
    World(
        name="45 Gebiete, 6 Merkmale, 50 % bleiben",
        sizes=FEW, stay=0.5, base=(0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
    ),
    World(name="unabhängig, große Ausreißer", heavy=True, spread=0.4),
    World(name="unabhängig, Unterschiede klein", spread=1 / 6),
    World(
        name="150 Gebiete, verschachtelt, 80 % bleiben",
        sizes=MANY, nested=True, stay=0.8, base=(0.2, 0.3, 0.1, 0.5),
    ),
    World(
        name="45 Gebiete, Haushalte (2), 60 % bleiben, große Ausreißer",
        sizes=FEW, nested=True, phi=2.0, stay=0.6, heavy=True, base=(0.2, 0.3, 0.1, 0.5),
    ),
    World(
        name="150 Gebiete, Haushalte (2), Unterschiede klein",
        sizes=MANY, nested=True, phi=2.0, stay=0.7, spread=1 / 6, base=NESTED,
    ),
    World(name="unabhängig, Unterschiede mittel", spread=1 / 4),
    World(
        name="Haushalte (3), Unterschiede groß", nested=True, phi=3.0, stay=0.7, spread=1 / 2, base=NESTED
    ),
    World(name="Haushalte (2), 50 % bleiben", nested=True, phi=2.0, stay=0.5, base=NESTED),
)  # fmt: skip


def robustness_rows(worlds: Sequence[World], seed: int, runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how many classes are said to stay, and which share of them is true."""
    for world in worlds:
        rng = np.random.default_rng(seed)
        found = [one_city(rng, world) for _ in range(runs)]
        cells = [len(world.sizes)] * runs
        row = [world.name]
        for kind in ("status", "dynamic"):
            stated = [int((one[f"same_{kind}"] >= 0.95).sum()) for one in found]
            right = [int((one[f"right_{kind}"] & (one[f"same_{kind}"] >= 0.95)).sum()) for one in found]
            row += [told_ratio(stated, cells), told_ratio(right, stated)]
        yield (*row, told_ratio([int(one["right_rank"].sum()) for one in found], cells))


def one_city(rng: np.random.Generator, world: World, resamples: int = 300) -> pd.DataFrame:
    """Return what is said of each district, and whether it is true."""
    truth, table, catalogue = city(rng, world)
    names = list(catalogue.index)
    recipe = preset("berlin_mss", names, minimum_population=0)
    found = index_robustness(table, catalogue, recipe, date="2020-12-31", resamples=resamples).table
    exact, _ = long_table([np.round(rate * 1e9) for rate in truth], np.float64(1e9))
    true = index_robustness(exact, catalogue.iloc[:, :3], recipe, date="2020-12-31", resamples=1).table
    return found.assign(
        right_status=found["status"] == true["status"],
        right_dynamic=found["dynamic"] == true["dynamic"],
        right_rank=true["rank"].between(found["rank_lower"], found["rank_upper"]),
    )


def city(rng: np.random.Generator, world: World) -> tuple[list[Floats], pd.DataFrame, pd.DataFrame]:
    """Draw true rates and counts at two dates, the later one last."""
    sizes, k = np.asarray(world.sizes), len(world.base)

    def far(*shape: int) -> Floats:
        return rng.standard_t(4, shape) / np.sqrt(2) if world.heavy else rng.normal(size=shape)

    base = np.asarray(world.base)
    mixed = np.sqrt(world.alike) * far(len(sizes), 1) + np.sqrt(1 - world.alike) * far(len(sizes), k)
    level = base * np.exp(world.spread * mixed - 0.05)
    change = base * world.spread * 0.35 * far(len(sizes), k)
    truth = [np.clip(rates, 0.01, 0.95) for rates in (level, level + change)]
    if not world.nested:
        people = np.broadcast_to(sizes[:, None], level.shape)
        return truth, *long_table(_staying(rng, truth, people, world.stay), people)
    return _nested_city(rng, world, truth)


def _staying(
    rng: np.random.Generator, truth: list[Floats], people: NDArray[np.int_], stay: float
) -> list[Floats]:
    """Draw the cases of two dates; a share of the first date's cases are cases still."""
    first = rng.binomial(people, truth[0])
    if stay == 0:
        return [first, rng.binomial(people, truth[1])]
    kept = np.minimum(stay, truth[1] / truth[0])
    enter = np.clip((truth[1] - kept * truth[0]) / (1 - truth[0]), 0, 1)
    return [first, rng.binomial(first, kept) + rng.binomial(people - first, enter)]


def _nested_city(
    rng: np.random.Generator, world: World, truth: list[Floats]
) -> tuple[list[Floats], pd.DataFrame, pd.DataFrame]:
    """Every second indicator lies within the one before; whole households if phi is above 1.

    The true rate of the inner one is that of the outer one times a share of its own.
    """
    counted = households(np.asarray(world.sizes), world.phi)
    people = (counted * SIZES).sum(axis=1)
    inner = np.arange(1, len(world.base), 2)
    rates = [one.copy() for one in truth]
    for one in rates:
        one[:, inner] *= one[:, inner - 1]
    counts = [np.zeros(one.shape) for one in truth]
    for at in inner:
        for size, number in zip(SIZES, counted.T, strict=True):
            whole = _staying(rng, [one[:, at - 1] for one in truth], number, world.stay)
            for count, cases, share in zip(counts, whole, truth, strict=True):
                count[:, at - 1] += size * cases
                count[:, at] += size * rng.binomial(cases, share[:, at])
    part_of = [(f"i{at - 1}",) if at in inner else () for at in range(len(world.base))]
    said: dict[str, object] = {"part_of": part_of}
    if world.declared and world.phi > 1:
        said["design_effect"] = [world.phi] * len(world.base)
    table, catalogue = long_table(counts, people[:, None], **said)
    return rates, table, catalogue


COLUMNS = (
    "Stadt", "Status: so eingestuft", "davon wahr", "Dynamik: so eingestuft", "davon wahr",
    "Rangbereich enthält den wahren Rang",
)  # fmt: skip
TITLE = "„Bleibt in mindestens 95 von 100 nachgezogenen Jahren gleich“"
TABLES = (
    Table(f"{TITLE}: Städte, an denen das Verfahren entwickelt wurde", COLUMNS,
          partial(robustness_rows, KNOWN, 501), 0.2),
    Table(f"{TITLE}: neue Städte", COLUMNS, partial(robustness_rows, FRESH, 502), 0.2),
)  # fmt: skip
