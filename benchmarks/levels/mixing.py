"""How often the interval of the dissimilarity index contains the true one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchmarks.levels.worlds import Table, long_table, told

from sozialraum.assessment.mixing.segregation import segregation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def shares_of(odds: Floats, size: NDArray[np.int_], apart: float, city: float) -> tuple[Floats, float]:
    """Return shares with the dissimilarity `apart`, and that dissimilarity."""
    low, high = 0.0, 12.0
    for _ in range(50):
        middle = (low + high) / 2 if apart else 0.0
        share = 1 / (1 + np.exp(np.log(1 / city - 1) - middle * odds))
        mean = np.average(share, weights=size)
        found = float((size * np.abs(share - mean)).sum() / (2 * size.sum() * mean * (1 - mean)))
        low, high = (low, middle) if found >= apart else (middle, high)
    return share, found


def coverage_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield coverage, and the mean of what is shown and of what is estimated."""
    rng = np.random.default_rng(41)
    for name, size, city in (
        ("60 Gebiete zu 800", np.full(60, 800), 0.2),
        ("60 Gebiete von 60 bis 4.000", np.geomspace(60, 4_000, 60).astype(int), 0.2),
        ("60 Gebiete zu 150", np.full(60, 150), 0.2),
        ("20 Gebiete zu 800", np.full(20, 800), 0.2),
        ("200 Gebiete von 100 bis 5.000, selten (5 %)", np.geomspace(100, 5_000, 200).astype(int), 0.05),
    ):
        for apart in (0.0, 0.1, 0.3, 0.6):
            inside, shown, estimated = [], [], []
            # Other true shares in each ten of the cities.
            for _ in range(max(runs // 10, 1)):
                odds = rng.permutation(rng.standard_normal(len(size)))
                share, true = shares_of(odds, size, apart, city)
                cases = np.column_stack([rng.binomial(size, share) for _ in range(10)])
                found = segregation(long_table([cases], size[:, None])[0])
                found = found[found["measure"] == "dissimilarity"]
                inside += ((found["lower"] <= true + 1e-9) & (found["upper"] >= true - 1e-9)).tolist()
                shown += found["value"].tolist()
                estimated += found["corrected"].tolist()
            number = len(inside)
            yield (
                name,
                f"{apart:g}".replace(".", ","),
                told(float(np.mean(inside)), number),
                *(f"{np.mean(each):.3f}".replace(".", ",") for each in (shown, estimated)),
            )


TABLES = (
    Table(
        "Segregation: wie oft der 95-%-Bereich das wahre D enthält",
        ("Gebiete", "wahres D", "enthalten", "D der Zählung im Mittel", "geschätztes D im Mittel"),
        coverage_rows, 2.0,
    ),
)  # fmt: skip
