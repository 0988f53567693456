"""Levels and power of the spatial statistics.

A city of 9 x 9 squares. Level: p of a city in which there is nothing to find. Power: p of a city with a block
of 3 x 3 squares that lie 1.5 standard deviations higher, or with smooth values (autoregression 0.5).
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from benchmarks.levels.worlds import Table, below, evenness, near, squares

from sozialraum.spatial.geary import local_geary
from sozialraum.spatial.getis_ord import getis_ord
from sozialraum.spatial.join_counts import local_join_counts
from sozialraum.spatial.local_moran import local_moran, moran
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.patterns.change import cluster_change, transitions
from sozialraum.spatial.patterns.city_statistics import global_statistics, losh
from sozialraum.spatial.patterns.joint import burdened_together
from sozialraum.spatial.patterns.scan import scan_counts
from sozialraum.spatial.rates import local_moran_rates, moran_rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIDE = 9
CITY = squares(SIDE)
KEYS = CITY.index
GRAPH = neighbours(CITY)
BLOCK = np.array([row * SIDE + column for row in range(2, 5) for column in range(4, 7)])
SHIFT = 1.5
FEW = 999


@cache
def mixing(rho: float) -> Floats:
    """Return the matrix that makes independent values a simultaneous autoregression."""
    return np.asarray(np.linalg.inv(np.eye(SIDE**2) - rho * near(SIDE)))


@cache
def blurring(reach: float) -> Floats:
    """Return the matrix that averages independent values by distance, in squares."""
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    far = np.hypot(row[:, None] - row, column[:, None] - column)
    return np.asarray(np.exp(-((far / reach) ** 2)))


def noise(rng: np.random.Generator) -> pd.Series:
    """Return skewed values without order."""
    return pd.Series(np.exp(0.5 * rng.standard_normal(SIDE**2)), index=KEYS)


def smooth(rng: np.random.Generator, rho: float = 0.5) -> pd.Series:
    """Return smooth values."""
    return pd.Series(np.exp(0.3 * (mixing(rho) @ rng.standard_normal(SIDE**2))), index=KEYS)


def block(rng: np.random.Generator) -> pd.Series:
    """Return normal values with a high block."""
    values = rng.standard_normal(SIDE**2)
    values[BLOCK] += SHIFT
    # Getis-Ord takes no negative values.
    return pd.Series(values + 10, index=KEYS)


def inside(p: pd.Series) -> Floats:
    """Return p within the block."""
    return np.asarray(p.iloc[BLOCK], dtype=float)


def _global(values: pd.Series, name: str) -> float:
    return float(global_statistics(values, GRAPH, permutations=FEW).loc[name, "p"])


def _halves(values: pd.Series) -> pd.Series:
    return (values > values.median()).astype(float)


def _several(rng: np.random.Generator, apart: float) -> pd.DataFrame:
    values = rng.standard_normal((SIDE**2, 4))
    values[BLOCK] += apart
    return pd.DataFrame(values, index=KEYS)


def _rates(rng: np.random.Generator, apart: float = 0.0) -> tuple[pd.Series, pd.Series]:
    """Return cases and people; the rate is higher in the block by a factor 1 + `apart`."""
    people = pd.Series(rng.integers(100, 3_000, SIDE**2), index=KEYS)
    rate = np.full(SIDE**2, 0.1)
    rate[BLOCK] *= 1 + apart
    return pd.Series(rng.binomial(people, rate), index=KEYS), people


def _walk(rng: np.random.Generator, pull: float) -> pd.DataFrame:
    """Return classes at five dates, smooth at first; with `pull` a district follows its neighbours."""
    state = mixing(0.8) @ rng.standard_normal(SIDE**2)
    state = np.digitize(state, np.quantile(state, [1 / 3, 2 / 3]))
    dates = [state]
    for _ in range(4):
        around = near(SIDE) @ state - state
        up, down = (np.clip(0.15 + pull * side * around, 0.0, 0.45) for side in (1, -1))
        chance = rng.random(SIDE**2)
        state = np.clip(state + (chance < up) - (chance > 1 - down), 0, 2)
        dates.append(state)
    return pd.DataFrame(dict(enumerate(dates)), index=KEYS).replace({0: "a", 1: "b", 2: "c"})


def _shaken(rng: np.random.Generator) -> pd.DataFrame:
    """Return classes that change by the same shares everywhere, but neighbours change together."""
    field = mixing(0.8) @ rng.standard_normal(SIDE**2)
    state = np.digitize(field, np.quantile(field, [1 / 3, 2 / 3]))
    dates = [state]
    for _ in range(4):
        push = mixing(0.8) @ rng.standard_normal(SIDE**2)
        push = push / np.sqrt((mixing(0.8) ** 2).sum(axis=1))
        state = np.clip(state + (push > 1.036) - (push < -1.036), 0, 2)
        dates.append(state)
    return pd.DataFrame(dict(enumerate(dates)), index=KEYS).replace({0: "a", 1: "b", 2: "c"})


def _moving(rng: np.random.Generator, apart: float) -> Floats:
    before, after = (pd.Series(rng.standard_normal(SIDE**2), index=KEYS) for _ in range(2))
    after.iloc[BLOCK] += apart
    found = cluster_change(before, after, GRAPH, permutations=FEW)["p_change"]
    return inside(found) if apart else found.to_numpy()


def _scan(rng: np.random.Generator, apart: float) -> float:
    cases, people = _rates(rng, apart)
    return float(scan_counts(cases, people, CITY, permutations=199)["p"].iloc[0])


def _together(rng: np.random.Generator, apart: float) -> Floats:
    p = burdened_together(_several(rng, apart), GRAPH, permutations=FEW).table["p"]
    return inside(p) if apart else p.to_numpy()


STATISTICS: tuple[tuple[str, Callable[..., Floats | float], Callable[..., Floats | float]], ...] = (
    (
        "Moran global",
        lambda r: float(moran(noise(r), GRAPH).table["p"].iloc[0]),
        lambda r: float(moran(smooth(r), GRAPH).table["p"].iloc[0]),
    ),
    ("Geary C", lambda r: _global(noise(r), "geary_c"), lambda r: _global(smooth(r), "geary_c")),
    ("Getis-Ord G", lambda r: _global(noise(r), "getis_ord_g"), lambda r: _global(smooth(r), "getis_ord_g")),
    (
        "Join counts",
        lambda r: _global(_halves(noise(r)), "join_count"),
        lambda r: _global(_halves(smooth(r)), "join_count"),
    ),
    (
        "Moran lokal",
        lambda r: local_moran(noise(r), GRAPH, permutations=FEW).table["p"].to_numpy(),
        lambda r: inside(local_moran(block(r), GRAPH, permutations=FEW).table["p"]),
    ),
    (
        "Getis-Ord lokal",
        lambda r: getis_ord(noise(r), GRAPH, permutations=FEW).table["p"].to_numpy(),
        lambda r: inside(getis_ord(block(r), GRAPH, permutations=FEW).table["p"]),
    ),
    (
        "Geary lokal",
        lambda r: local_geary(noise(r), GRAPH, permutations=FEW).table["p"].to_numpy(),
        lambda r: inside(local_geary(block(r), GRAPH, permutations=FEW).table["p"]),
    ),
    (
        "Join counts lokal",
        lambda r: local_join_counts(_halves(noise(r)), GRAPH, permutations=FEW).table["p"].to_numpy(),
        lambda r: inside(local_join_counts(_halves(block(r)), GRAPH, permutations=FEW).table["p"]),
    ),
    (
        "LOSH",
        lambda r: losh(pd.Series(r.standard_normal(SIDE**2), index=KEYS), GRAPH, permutations=FEW)[
            "p"
        ].to_numpy(),
        lambda r: inside(losh(_uneven(r), GRAPH, permutations=FEW)["p"]),
    ),
    (
        "LOSH, glatte Werte",
        lambda r: losh(np.log(smooth(r, 0.8)), GRAPH, permutations=FEW)["p"].to_numpy(),
        lambda _: np.nan,
    ),
    (
        "LOSH, schiefe Werte",
        lambda r: losh(noise(r), GRAPH, permutations=FEW)["p"].to_numpy(),
        lambda _: np.nan,
    ),
    (
        "Moran der Raten",
        lambda r: float(moran_rates(*_rates(r), GRAPH).table["p"].iloc[0]),
        lambda r: float(moran_rates(*_rates(r, 0.3), GRAPH).table["p"].iloc[0]),
    ),
    (
        "Moran lokal der Raten",
        lambda r: local_moran_rates(*_rates(r), GRAPH, permutations=FEW).table["p"].to_numpy(),
        lambda r: inside(local_moran_rates(*_rates(r, 0.3), GRAPH, permutations=FEW).table["p"]),
    ),
    ("Mehrfach belastet nebeneinander", lambda r: _together(r, 0.0), lambda r: _together(r, SHIFT)),
    ("Veränderung von Clustern", lambda r: _moving(r, 0.0), lambda r: _moving(r, SHIFT)),
    (
        "Übergänge nach Nachbarschaft",
        lambda r: transitions(_walk(r, 0.0), list("abc"), graph=GRAPH).p,
        lambda r: transitions(_walk(r, 0.2), list("abc"), graph=GRAPH).p,
    ),
    (
        "Übergänge, Nachbarn ändern sich gemeinsam",
        lambda r: transitions(_shaken(r), list("abc"), graph=GRAPH).p,
        lambda _: np.nan,
    ),
    ("Suchfenster (Scan)", lambda r: _scan(r, 0.0), lambda r: _scan(r, 0.3)),
)


def _uneven(rng: np.random.Generator) -> pd.Series:
    values = rng.standard_normal(SIDE**2)
    values[BLOCK] *= 3
    return pd.Series(values, index=KEYS)


def statistic_rows(runs: int, only: str = "") -> Iterator[tuple[str, ...]]:
    """Yield level and power of each statistic."""
    for name, nothing, something in STATISTICS:
        if only and only not in name:
            continue
        rng = np.random.default_rng(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            null = [nothing(rng) for _ in range(runs)]
            power = below([something(rng) for _ in range(max(runs // 2, 2))])[0]
        yield name, *below(null), "-" if power.startswith("nan") else power, *evenness(null)


TABLES = (
    Table(
        "Niveau und Trennschärfe der räumlichen Statistiken",
        (
            "Statistik",
            "p bis 0,05, wo nichts ist",
            "p bis 0,01",
            "p bis 0,05, wo etwas ist",
            "KS: gleichmäßig",
            "KS: zu kleine p",
        ),
        statistic_rows,
    ),
)
