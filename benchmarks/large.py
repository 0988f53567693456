"""Time the stages of a whole run of a large area: ``python -m benchmarks.large [--sizes 3300,33000]``.

A project folder is made and run as ``sozialraum run`` runs it, each size in a process of its own: squares
with seven shares of which each has a smooth part, one date, an index with its variants, borders and walls.
Every figure is measured, none reckoned.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = tuple("abcdefghijkl")
USUAL = 7
DATE = "2024-12-31"

STAGES = {
    "districts": ("project.inputs", "load_districts"),
    "tables": ("project.inputs", "load_table"),
    "joining": ("project.inputs", "load_join"),
    "checking rows": ("project.inputs", "check_tables"),
    "rates": ("project.inputs", "derive"),
    "neighbours": ("project.inputs", "neighbours"),
    "protecting": ("project.flow", "load_protected"),
    "clusters": ("spatial.clusters", "cluster_table"),
    "index": ("assessment.assess", "_index"),
    "verdicts": ("assessment.assess", "verdicts"),
    "profiles": ("assessment.assess", "summarise"),
    "redrawn index": ("assessment.assess", "index_robustness"),
    "index variants": ("assessment.assess", "multiverse"),
    "borders, walls": ("assessment.assess", "edges"),
    "smoothing": ("assessment.assess", "_smoothed"),
    "control limits": ("assessment.assess", "control_limits"),
    "trends": ("assessment.assess", "trends"),
    "segregation": ("assessment.assess", "segregation"),
    "inequality": ("assessment.assess", "inequality"),
    "map data": ("publish.atlas.data", "atlas_data"),
    "map": ("publish.atlas.page", "page"),
    "GeoPackage": ("publish.results.write", "write_geopackage"),
    "tables of results": ("publish.results.write", "all_tables"),
    "CSV": ("publish.results.write", "write_csv"),
    "workbook": ("publish.results.write", "write_workbook"),
    "QGIS project": ("publish.results.write", "write_qgis_project"),
    "data package": ("publish.results.write", "write_data_package"),
    "provenance": ("publish.provenance", "write_provenance"),
}
"""Stage to the function that does it, and the module that calls it."""

PROJECT = """\
city = "Large"
simulated = true
audience = "{audience}"
[boundaries]
file = "districts.gpkg"
key = "key"
name = "name"
[[tables]]
file = "counts.csv"
key = "key"
date = "{date}"
symbols = {{ "99" = "number" }}
[tables.variables]
{variables}
[assessment]
indicators = [{indicators}]
population = "people"
[output]
directory = "maps"
{shares}
"""

SHARE = """
[indicators.{name}]
label.de = "{name}"
label.en = "{name}"
numerator = "{name}"
denominator = "people"
kind = "share"
polarity = "disadvantage"
"""


def make_project(
    folder: Path, size: int, audience: str, *, shares: int = USUAL, assessed: bool = True
) -> Path:
    """Write districts, counts and the project file; return the project file."""
    names = NAMES[:shares]
    rows = int(np.sqrt(size))
    place = np.arange(rows * (size // rows))
    y, x = np.divmod(place, size // rows)
    keys = [f"{number:06d}" for number in place]
    east, north = 300_000 + 500.0 * x, 5_700_000 + 500.0 * y
    squares = shapely.box(east, north, east + 500, north + 500)
    districts = gpd.GeoDataFrame({"key": keys, "name": keys}, geometry=squares, crs=25833)
    districts.to_file(folder / "districts.gpkg", driver="GPKG", engine="pyogrio")
    rng = np.random.default_rng(0)
    people = rng.integers(1_000, 3_000, len(place))
    counts = {"key": keys, "people": people}
    for number, name in enumerate(names):
        rate = 0.15 + 0.05 * np.sin(x / 9 + number) + 0.04 * rng.standard_normal(len(place))
        counts[name] = rng.binomial(people, rate.clip(0.01, 0.9))
    pd.DataFrame(counts).to_csv(folder / "counts.csv", index=False)
    words = {
        "audience": audience,
        "date": DATE,
        "variables": "\n".join(f'{name} = "{name}"' for name in ("people", *names)),
        "indicators": ", ".join(f'"{name}"' for name in names),
        "shares": "".join(SHARE.format(name=name) for name in names),
    }
    text = PROJECT.format(**words)
    if not assessed:
        begin, end = text.index("[assessment]"), text.index("[output]")
        text = text[:begin] + text[end:]
    (folder / "project.toml").write_text(text, "utf-8")
    return folder / "project.toml"


def _timed(work: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    @wraps(work)
    def run(*args: object, **kwargs: object) -> object:
        before, start = sum(spent.values()), time.process_time()
        found = work(*args, **kwargs)
        # A stage inside a stage is counted once, as its own.
        inside = sum(spent.values()) - before
        spent[stage] = spent.get(stage, 0.0) + time.process_time() - start - inside
        return found

    return run


def measure(size: int, audience: str, shares: int, *, assessed: bool) -> dict[str, float]:
    """Run a project of `size` districts; return the processor seconds of each stage, and MB at the most."""
    spent: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        path = make_project(Path(name), size, audience, shares=shares, assessed=assessed)
        start = time.process_time()
        for stage, (module, function) in STAGES.items():
            room = importlib.import_module(f"sozialraum.{module}")
            setattr(room, function, _timed(getattr(room, function), stage, spent))
        flow = importlib.import_module("sozialraum.project.flow")
        file = importlib.import_module("sozialraum.project.file")
        flow.run(file.load_project(path))
        whole = time.process_time() - start
    spent["all else, imports"] = whole - sum(spent.values())
    return {**spent, "whole run": whole, "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    """Print a table of stages by size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--sizes", default="3300,33000", help="numbers of districts, separated by commas")
    parser.add_argument("--audience", default="internal", choices=["internal", "public"])
    parser.add_argument("--shares", type=int, default=USUAL, help=f"number of indicators, up to {len(NAMES)}")
    parser.add_argument(
        "--plain", action="store_true", help="without assessment: rates, clusters, map, tables"
    )
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        found = measure(asked.one, asked.audience, asked.shares, assessed=not asked.plain)
        sys.stdout.write(json.dumps(found))
        return
    found = {}
    for size in asked.sizes.split(","):
        # A process of its own: what one size leaves in memory would count for the next.
        command = [sys.executable, "-m", "benchmarks.large", "--one", size, "--audience", asked.audience]
        command += ["--shares", str(asked.shares), *(["--plain"] if asked.plain else [])]
        # Nor may a second process do what is to be measured here.
        alone = {**os.environ, "SOZIALRAUM_ONE_PROCESS": "1"}
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=alone).stdout
        found[int(size)] = json.loads(told.splitlines()[-1])
    table = pd.DataFrame(found)
    if len(found) > 1:
        table["ratio"] = table[max(found)] / table[min(found)]
    sys.stdout.write(f"{table.round(2).to_string()}\n")


if __name__ == "__main__":
    main()
