"""Walls where there is one, and where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchmarks.levels.worlds import Table, long_table, squares, told

from sozialraum.assessment.borders.edges import edges
from sozialraum.spatial.neighbours.find import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 2_000


def wall_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield in how many cities a wall is found, and fluid transitions are said to be supported."""
    rng = np.random.default_rng(31)
    for side in (8, 15, 30):
        districts = squares(side)
        column = np.arange(side**2) % side
        ramp = column / (side - 1)
        for name, rate in (
            ("10 % neben 30 %", np.where(column < side // 2, 0.1, 0.3)),
            ("Gefälle von 5 auf 35 %", 0.05 + 0.3 * ramp),
            ("Gefälle von 5 auf 65 %", 0.05 + 0.6 * ramp),
            ("überall 15 %", np.full(side**2, 0.15)),
            ("ungleich ohne Ordnung (SD 5 Punkte)", None),
        ):
            cities = runs if side < 30 else max(runs // 4, 3)
            drawn = [
                rng.binomial(
                    PEOPLE, np.clip(rng.normal(0.15, 0.05, side**2), 0.01, 0.9) if rate is None else rate
                )
                for _ in range(cities)
            ]
            table, _ = long_table([np.column_stack(drawn)], np.int64(PEOPLE))
            shares: list[float] = []
            for method in ("queen", "rook"):
                city = edges(table, districts, neighbours(districts, method=method), permutations=199).city
                shares += [float((city["walls"] > 0).mean()), float((city["claim"] == "supported").mean())]
            yield f"{side} x {side}", name, *(told(share, cities) for share in shares)


TABLES = (
    Table(
        "Wände: Städte, in denen eine gefunden wird, und in denen fließende Übergänge gestützt heißen",
        ("Gebiete", "Stadt", "Wand (queen)", "fließend (queen)", "Wand (rook)", "fließend (rook)"),
        wall_rows, 0.5,
    ),
)  # fmt: skip
