"""Trends that are none, breaks that are none, and those that are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchmarks.levels.worlds import Table, told

from sozialraum.stats.slopes import break_test, trend_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

YEARS = np.arange(12.0)


def resembling(rng: np.random.Generator, many: int, rho: float) -> Floats:
    """Return stationary series of 12 years, each year resembling the one before."""
    series = rng.standard_normal((many, 12))
    for year in range(1, 12):
        series[:, year] = rho * series[:, year - 1] + np.sqrt(1 - rho**2) * series[:, year]
    return series


def trend_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield false and found trends at p <= 0.05."""
    rng = np.random.default_rng(21)
    for rho in (0.0, 0.5, 0.8):
        shares = []
        for slope in (0.0, 0.3, 0.5, 1.0):
            series = resembling(rng, runs, rho) + slope * YEARS
            shares.append(float((trend_test(series, YEARS).p <= 0.05).mean()))
        yield f"{rho:g}".replace(".", ","), *(told(share, runs) for share in shares)


def break_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield false and found breaks at p <= 0.01; found is a jump by 4 and 8 times the usual change."""
    rng = np.random.default_rng(22)
    for name, draw in (
        ("normal", rng.standard_normal),
        ("Laplace", lambda size: rng.laplace(size=size) / np.sqrt(2)),
        ("t3", lambda size: rng.standard_t(3, size) / np.sqrt(3)),
    ):
        shares = []
        for jump in (0.0, 4.0, 8.0):
            steps = draw((runs, 12))
            steps[:, 6] += jump
            found = break_test(steps.cumsum(axis=1), np.zeros((runs, 12)), seed=0)
            shares.append(float((found.p <= 0.01).mean()))
        yield name, *(told(share, runs) for share in shares)


TABLES = (
    Table(
        "Trends über 12 Jahre: p bis 0,05",
        ("Ähnlichkeit zum Vorjahr", "ohne Trend", "0,3 SD je Jahr", "0,5 SD", "1 SD"),
        trend_rows, 10.0,
    ),
    Table(
        "Brüche: p bis 0,01",
        ("Veränderungen von Jahr zu Jahr", "kein Bruch", "Sprung um 4 übliche Veränderungen", "um 8"),
        break_rows, 10.0,
    ),
)  # fmt: skip
