"""Time local Moran against esda and pygeoda on the same districts, neighbours and values.

Every contender gets what it is quickest with: esda does not keep its simulations, pygeoda uses all
processors. A run that would take longer than the limit is not made; its time is reckoned from the same
contender's shorter run and marked with ~. esda and pygeoda take one indicator at a time, so twelve cost them
twelve calls.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from libpysal.graph import Graph

from sozialraum.spatial.local_moran import local_moran

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (92, 10_000, 100_000)
PERMUTATIONS = (999, 99_999)
INDICATORS = (1, 12)
CONTENDERS = ("esda", "pygeoda complete", "pygeoda lookup-table")


@dataclass
class City:
    """Squares in rows, each with up to eight neighbours; values with and without a pattern."""

    districts: int
    frame: pd.DataFrame = field(init=False)
    graph: Graph = field(init=False)

    def __post_init__(self) -> None:
        rows = int(np.sqrt(self.districts))
        while self.districts % rows:
            rows -= 1
        self.shape = (rows, self.districts // rows)
        place = np.arange(self.districts).reshape(self.shape)
        ends = []
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            left = slice(max(-right, 0), self.shape[1] - max(right, 0))
            across = slice(max(right, 0), self.shape[1] + min(right, 0))
            ends.append((place[: rows - down, left].ravel(), place[down:, across].ravel()))
        focal = np.concatenate([pair[0] for pair in ends] + [pair[1] for pair in ends])
        neighbor = np.concatenate([pair[1] for pair in ends] + [pair[0] for pair in ends])
        order = np.lexsort((neighbor, focal))
        keys = np.array([f"{number:08}" for number in range(self.districts)], dtype=object)
        self.graph = Graph.from_arrays(keys[focal[order]], keys[neighbor[order]], np.ones(len(order)))
        values = np.random.default_rng(1).normal(size=(self.districts, max(INDICATORS)))
        self.frame = pd.DataFrame(values, index=keys)

    def polygons(self) -> gpd.GeoDataFrame:
        """Return the squares themselves, which pygeoda finds its neighbours from."""
        row, column = np.divmod(np.arange(self.districts), self.shape[1])
        return gpd.GeoDataFrame(geometry=shapely.box(column, row, column + 1, row + 1), crs="EPSG:25833")


def timed(task: Callable[[], object], *, repeat: int = 1) -> float:
    """Return the seconds of the quickest of `repeat` runs."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def contenders(city: City) -> dict[str, Callable[[int], object]]:
    """Return for each contender a function of the number of permutations, ready to be timed."""
    from esda.moran import Moran_Local  # noqa: PLC0415 - so that the benchmark of memory does not pay for it

    values = city.frame[0]
    weights = city.graph.transform("R")
    tasks: dict[str, Callable[[int], object]] = {
        "esda": lambda permutations: Moran_Local(
            values, weights, permutations=permutations, keep_simulations=False, seed=1
        )
    }
    if importlib.util.find_spec("pygeoda"):
        import pygeoda  # noqa: PLC0415 - an optional contender

        queen = pygeoda.queen_weights(pygeoda.open(city.polygons()))
        data = values.tolist()
        for method in ("complete", "lookup-table"):
            tasks[f"pygeoda {method}"] = lambda permutations, method=method: pygeoda.local_moran(
                queen,
                data,
                permutations=permutations,
                permutation_method=method,
                cpu_threads=os.cpu_count(),
            )
    return tasks


def compare(limit: float) -> None:
    """Print for each size and number of permutations the seconds of all, and how many times ours.

    "new graph" is our first call with a graph, whose links must be brought into order; the contenders get
    their weights ready made, so it is the next calls that compare.
    """
    warnings.simplefilter("ignore")  # of the contenders
    jit = "with numba" if importlib.util.find_spec("numba") else "without numba"
    sys.stdout.write(f"Seconds, and how many times ours; esda {jit}, {os.cpu_count()} processors\n")
    head = "".join(f"{name:>30}" for name in CONTENDERS)
    sys.stdout.write(
        f"{'districts':>9} {'permutations':>12} {'indicators':>10} {'new graph':>9} {'ours':>9}{head}\n"
    )
    for size in SIZES:
        city = City(size)
        tasks = contenders(city)
        for task in tasks.values():
            task(9)  # compiles, so that what follows is warm
        known: dict[str, float] = {}
        for permutations in PERMUTATIONS:
            theirs, reckoned = {}, {}
            for name, task in tasks.items():
                expected = known.get(name, 0.0) * permutations / PERMUTATIONS[0]
                reckoned[name] = expected > limit
                theirs[name] = expected if reckoned[name] else timed(partial(task, permutations))
                known.setdefault(name, theirs[name])
            for indicators in INDICATORS:
                values = city.frame[0] if indicators == 1 else city.frame
                run = partial(local_moran, values, city.graph, permutations=permutations)
                first = timed(partial(local_moran, values, city.graph.copy(), permutations=permutations))
                ours = timed(run, repeat=5)
                line = f"{size:>9} {permutations:>12} {indicators:>10} {first:>9.4f} {ours:>9.4f}"
                for name in CONTENDERS:
                    seconds = theirs.get(name, np.nan) * indicators
                    # Twelve indicators are twelve times one: reckoned, too.
                    mark = "~" if reckoned.get(name) or indicators > 1 else " "
                    line += f"{mark + f'{seconds:.2f}':>16} {seconds / ours:>11.0f} x"
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


def cold() -> None:
    """Print what the first call in a fresh process costs, imports included."""
    ours = "from sozialraum.spatial.local_moran import local_moran as run; run(city.frame[0], city.graph)"
    esda = "from esda.moran import Moran_Local as run; run(city.frame[0], city.graph, permutations=99_999)"
    sys.stdout.write(
        "First call in a fresh process that has libpysal loaded: 92 districts, 99,999 permutations\n"
    )
    for name, call in (("ours", ours), ("esda", esda)):
        code = (
            "import warnings; warnings.simplefilter('ignore')\n"
            "from benchmarks.local_moran import City\ncity = City(92)\n"
            f"import time; start = time.perf_counter()\n{call}\nprint(time.perf_counter() - start)"
        )
        sys.stdout.write(f"{name:>9} {float(_child(code)):>9.2f}\n")


def memory(districts: int = 1_000_000, permutations: int = 9_999) -> None:
    """Print time and peak memory of one large city, in a process of its own."""
    code = f"from benchmarks.local_moran import measure\nmeasure({districts}, {permutations})"
    found = json.loads(_child(code))
    sys.stdout.write(
        f"{districts} districts x {permutations} permutations: {found['seconds']:.2f} s, "
        f"peak {found['peak']:.2f} GB, of which city and graph {found['before']:.2f} GB\n"
    )


def measure(districts: int, permutations: int) -> None:
    """Run once and print seconds and gigabytes as JSON; for `memory`."""
    city = City(districts)
    city.frame = city.frame[[0]]
    before = _peak()
    seconds = timed(lambda: local_moran(city.frame[0], city.graph, permutations=permutations))
    sys.stdout.write(json.dumps({"seconds": seconds, "before": before, "peak": _peak()}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _child(code: str) -> str:
    finished = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return finished.stdout
