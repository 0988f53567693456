"""Time `neighbours` against libpysal's strict contiguity on one synthetic coverage, and compare the links.

Run: python benchmarks/neighbours.py [polygons]. Both get the same polygons in one process, after a warm-up,
so that neither pays for imports.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from libpysal.graph import Graph

from sozialraum.spatial.neighbours.find import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

SPACING = 500.0
"""Metres between two districts, roughly."""

STEP = 60.0
"""Metres between two vertices of a border."""


def coverage(count: int, seed: int = 0) -> gpd.GeoDataFrame:
    """Make `count` districts without gaps: Voronoi polygons whose borders have vertices as real ones do."""
    side = SPACING * np.sqrt(count)
    points = np.random.default_rng(seed).uniform(0, side, (count, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    cells = cells[shapely.STRtree(cells).query_nearest(shapely.points(points), all_matches=False)[1]]
    # Rounded to millimetres, like data from an office, the borders stay shared.
    detailed = shapely.transform(shapely.segmentize(cells, STEP), lambda xy: np.round(xy, 3))
    keys = [f"{number:07}" for number in range(count)]
    return gpd.GeoDataFrame(geometry=detailed, index=keys, crs="EPSG:25833")


def timed(task: Callable[[], Graph]) -> tuple[float, Graph]:
    """Return the seconds that `task` takes, and its graph."""
    start = time.perf_counter()
    found = task()
    return time.perf_counter() - start, found


def main(count: int = 100_000) -> None:
    """Print seconds, ratio and the number of links that either misses, for `count` polygons."""
    districts = coverage(count)
    vertices = int(shapely.get_num_coordinates(districts.geometry.array).sum())
    print(f"{count} polygons, {vertices} vertices")
    small = districts.head(100)
    for method, rook in (("queen", False), ("rook", True)):
        Graph.build_contiguity(small, rook=rook, strict=True)
        neighbours(small, method=method)
        theirs, reference = timed(lambda rook=rook: Graph.build_contiguity(districts, rook=rook, strict=True))
        ours, graph = timed(lambda method=method: neighbours(districts, method=method).graph)
        missed = (reference.sparse.astype(bool) > graph.sparse.astype(bool)).nnz
        more = (graph.sparse.astype(bool) > reference.sparse.astype(bool)).nnz
        print(
            f"{method}: libpysal {theirs:.1f} s, sozialraum {ours:.1f} s, ratio {theirs / ours:.1f}; "
            f"links {graph.n_edges}, missed {missed}, found in addition {more}"
        )


if __name__ == "__main__":
    main()
