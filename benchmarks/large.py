"""Time the stages of large areas: ``python -m benchmarks.large [--sizes 3300,33000]``.

Squares with seven shares of which each has a smooth part; every figure is measured, none reckoned.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.assessment.borders.edges import edges
from sozialraum.assessment.index.multiverse import declared_choices, multiverse
from sozialraum.assessment.index.recipes import preset, with_polarity
from sozialraum.assessment.mixing.inequality import inequality
from sozialraum.assessment.mixing.segregation import segregation
from sozialraum.assessment.trends.series import control_limits, trends
from sozialraum.publish.tables import write_csv
from sozialraum.spatial.clusters import cluster_table
from sozialraum.spatial.neighbours.find import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = tuple("abcdefg")
DATE = "2024-12-31"


def city(size: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Return districts, counts in the long form, and a catalogue."""
    rows = int(np.sqrt(size))
    place = np.arange(rows * (size // rows))
    y, x = np.divmod(place, size // rows)
    keys = pd.Index([f"{number:06d}" for number in place], name="district")
    squares = shapely.box(x * 500.0, y * 500.0, x * 500.0 + 500, y * 500.0 + 500)
    districts = gpd.GeoDataFrame({"name": keys}, geometry=squares, crs=25833, index=keys)
    rng = np.random.default_rng(0)
    people = rng.integers(500, 3_000, len(place))
    parts = []
    for number, name in enumerate(NAMES):
        rate = 0.15 + 0.05 * np.sin(x / 9 + number) + 0.04 * rng.standard_normal(len(place))
        cases = rng.binomial(people, rate.clip(0.01, 0.9))
        columns = {"indicator": name, "date": DATE, "value": cases / people, "numerator": cases}
        parts.append(pd.DataFrame({**columns, "denominator": people, "flag": "ok"}, index=keys))
    base = {"kind": "share", "polarity": "need", "target_group": "all"}
    return districts, pd.concat(parts), pd.DataFrame(base, index=pd.Index(NAMES, name="indicator"))


def measure(size: int) -> dict[str, float]:
    """Return the processor seconds of each stage."""
    districts, table, catalogue = city(size)
    spent: dict[str, float] = {}

    def stage(name: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        found = work()
        spent[name] = time.process_time() - start
        return found

    found = neighbours(districts)
    stage("neighbours", lambda: neighbours(districts))
    stage("clusters (99,999 permutations)", lambda: cluster_table(table, found))
    stage("borders", lambda: edges(table, districts, found, catalogue=catalogue))
    recipe = with_polarity(preset("berlin_mss", NAMES), catalogue)
    choices = declared_choices(recipe, counts=True)
    stage("index variants", lambda: multiverse(table, recipe, date=DATE, choices=choices))
    stage("control limits", lambda: control_limits(table, catalogue=catalogue))
    stage("trends", lambda: trends(table, catalogue=catalogue))
    stage("segregation", lambda: segregation(table, catalogue=catalogue))
    stage("inequality", lambda: inequality(table, catalogue=catalogue))
    with tempfile.TemporaryDirectory() as folder:
        written = table.reset_index()
        stage("CSV", lambda: write_csv(written, Path(folder) / "results.csv", "de"))
    return spent


def main() -> None:
    """Print a table of stages by size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--sizes", default="3300,33000", help="numbers of districts, separated by commas")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    table = pd.DataFrame({size: measure(size) for size in sizes})
    table.loc["all"] = table.sum()
    if len(sizes) > 1:
        table["ratio"] = table[sizes[-1]] / table[sizes[0]]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{table.round(2).to_string()}\npeak memory: {memory:.0f} MB\n")


if __name__ == "__main__":
    main()
