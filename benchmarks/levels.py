"""Reproduce the levels of the statistics: ``python -m benchmarks.levels [--cities 200]``.

Every row is a share of simulated cities or series with its Monte Carlo standard error.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.assessment.borders.edges import edges
from sozialraum.assessment.mixing.segregation import segregation
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.patterns.joint import colocation
from sozialraum.spatial.patterns.relation import relate
from sozialraum.spatial.patterns.scan import scan_counts
from sozialraum.stats.slopes import break_test, trend_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Row = tuple[str, float, int]


def squares(side: int) -> gpd.GeoDataFrame:
    """Return a city of side x side squares."""
    x, y = (place.ravel() for place in np.meshgrid(np.arange(side) * 500.0, np.arange(side) * 500.0))
    keys = [f"{number:04d}" for number in range(side**2)]
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 500, y + 500), crs=25833, index=keys)


def counts(cases: NDArray[np.int_], people: NDArray[np.int_], name: str, keys: pd.Index) -> pd.DataFrame:
    """Return the rows of one indicator."""
    columns = {"indicator": name, "date": "2020-12-31", "value": cases / people, "numerator": cases}
    return pd.DataFrame({**columns, "denominator": people, "flag": "ok"}, index=keys)


def trends_and_breaks(rng: np.random.Generator) -> Iterator[Row]:
    """Count false trends at p <= 0.05 and false breaks at p <= 0.01, 12 years."""
    many, years = 4_000, np.arange(12.0)
    for rho in (0.0, 0.5, 0.8):
        series = rng.standard_normal((many, 12))
        for year in range(1, 12):
            series[:, year] = rho * series[:, year - 1] + np.sqrt(1 - rho**2) * series[:, year]
        yield f"trend, no trend, rho {rho}", float((trend_test(series, years).p <= 0.05).mean()), many
    for slope in (0.3, 0.5, 1.0):
        series = rng.standard_normal((many, 12)) + slope * years
        name = f"trend, slope {slope} SD a year (power)"
        yield name, float((trend_test(series, years).p <= 0.05).mean()), many
    for name, steps in (
        ("normal", rng.standard_normal((many, 12))),
        ("Laplace", rng.laplace(size=(many, 12))),
        ("t3", rng.standard_t(3, (many, 12))),
    ):
        found = break_test(steps.cumsum(axis=1), np.zeros((many, 12)), seed=0)
        yield f"break, no break, {name} changes", float((found.p <= 0.01).mean()), many


def walls(rng: np.random.Generator, cities: int) -> Iterator[Row]:
    """Count cities in which a wall is found."""
    for side in (8, 30):
        districts = squares(side)
        column = np.arange(side**2) % side
        people = np.full(side**2, 2_000)
        for name, rate in (
            ("10 % | 30 %", np.where(column < side // 2, 0.1, 0.3)),
            ("gradient 5 to 35 %", 0.05 + 0.3 * column / (side - 1)),
            ("gradient 5 to 65 %", 0.05 + 0.6 * column / (side - 1)),
            ("equal", np.full(side**2, 0.15)),
            ("unequal without order", None),
        ):
            tables = []
            for number in range(cities):
                own = np.clip(rng.normal(0.15, 0.05, side**2), 0.01, 0.9) if rate is None else rate
                tables.append(counts(rng.binomial(people, own), people, f"i{number}", districts.index))
            for method in ("queen", "rook"):
                graph = neighbours(districts, method=method)
                found = edges(pd.concat(tables), districts, graph, permutations=199).city
                yield f"wall, {side} x {side}, {name}, {method}", float((found["walls"] > 0).mean()), cities


def coverage(rng: np.random.Generator, cities: int) -> Iterator[Row]:
    """Count intervals that cover the true dissimilarity."""
    odds = rng.standard_normal(60)
    for name, size in (("equal", np.full(60, 800)), ("unequal", rng.integers(60, 4_000, size=60))):
        for apart in (0.0, 0.1, 0.3, 0.6):
            share, true = _shares(odds, size, apart)
            keys = pd.Index([f"{number:02d}" for number in range(60)])
            tables = [counts(rng.binomial(size, share), size, f"i{number}", keys) for number in range(cities)]
            found = segregation(pd.concat(tables))
            found = found[found["measure"] == "dissimilarity"]
            inside = (found["lower"] <= true + 1e-9) & (found["upper"] >= true - 1e-9)
            yield f"D = {apart} covered, {name} sizes", float(inside.mean()), cities


def _shares(
    odds: NDArray[np.float64], size: NDArray[np.int_], apart: float
) -> tuple[NDArray[np.float64], float]:
    low, high = 0.0, 12.0
    for _ in range(50):
        middle = (low + high) / 2 if apart else 0.0
        share = 1 / (1 + np.exp(1.4 - middle * odds))
        city = np.average(share, weights=size)
        found = float((size * np.abs(share - city)).sum() / (2 * size.sum() * city * (1 - city)))
        low, high = (low, middle) if found >= apart else (middle, high)
    return share, found


def patterns(rng: np.random.Generator, cities: int) -> Iterator[Row]:
    """Count findings in smooth maps that have nothing to do with each other, and in even cities."""
    districts = squares(9)
    graph = neighbours(districts)
    near = np.asarray(graph.graph.transform("R").sparse.todense())
    spread = np.linalg.inv(np.eye(81) - 0.8 * near)

    def smooth() -> pd.Series:
        return pd.Series(spread @ rng.standard_normal(81), index=districts.index)

    related = [relate(smooth(), smooth(), districts).p <= 0.05 for _ in range(cities)]
    yield "relation of two smooth independent maps", float(np.mean(related)), cities
    x = [smooth() for _ in range(cities)]
    with_noise = [
        relate(one, one + pd.Series(2 * rng.standard_normal(81), index=one.index), districts).p for one in x
    ]
    yield "relation, half of the variance (power)", float(np.mean(np.array(with_noise) <= 0.05)), cities
    hits = [
        (colocation(smooth(), smooth(), graph, permutations=9_999)["p_adjusted"] <= 0.05).mean()
        for _ in range(max(cities // 4, 1))
    ]
    yield "districts in coinciding clusters, smooth independent maps", float(np.mean(hits)), len(hits)
    people = pd.Series(rng.integers(200, 3_000, 81), index=districts.index)
    even = [
        scan_counts(
            pd.Series(rng.binomial(people, 0.05), index=people.index), people, districts, permutations=99
        ).iloc[0]["p"]
        for _ in range(cities)
    ]
    yield "scan, even city", float(np.mean(np.array(even) <= 0.05)), cities


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.levels", description=__doc__)
    parser.add_argument("--cities", type=int, default=200, help="simulated cities of each kind")
    cities = parser.parse_args().cities
    rng = np.random.default_rng(0)
    for part in (
        trends_and_breaks(rng),
        walls(rng, cities),
        coverage(rng, cities),
        patterns(rng, cities),
    ):
        for name, share, number in part:
            error = np.sqrt(max(share * (1 - share), 1e-9) / number)
            sys.stdout.write(f"{name:<62} {share:.3f} (se {error:.3f})\n")


if __name__ == "__main__":
    main()
