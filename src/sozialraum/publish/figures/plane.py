"""The districts ready to be drawn many times: paths made once, the dense centre found once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.path import Path

    from sozialraum.analysis import Analysis

__all__ = ["Plane", "Window"]

FINEST = 1 / 1600
"""Part of the city's larger side that is finer than print: vertices closer than it are left out."""


@dataclass(frozen=True)
class Window:
    """A square of the plane, in metres: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    @property
    def side(self) -> float:
        """Width in metres."""
        return self.east - self.west

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it."""
        return self.west < x < self.east and self.south < y < self.north


class Plane:
    """The geometry of an analysis for figures; made once, used by all maps of a document.

    Parameters
    ----------
    analysis
        Its districts; in metres.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.keys: pd.Index = analysis.districts.index
        self.bounds = tuple(map(float, analysis.districts.total_bounds))

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in metres."""
        west, south, east, north = self.bounds
        return east - west, north - south

    @cached_property
    def shapes(self) -> np.ndarray:
        """Polygons without vertices that print cannot show; neighbours keep one border."""
        raw = self.analysis.districts.geometry.to_numpy()
        try:
            # Neighbours are simplified together, so that no gap opens between them.
            return np.asarray(shapely.coverage_simplify(raw, max(self.extent) * FINEST))
        except (AttributeError, shapely.errors.GEOSException):
            return np.asarray(raw)

    @cached_property
    def paths(self) -> list[Path]:
        """One path per district, in the order of `keys`, with its holes."""
        return [_path(shape) for shape in self.shapes]

    @cached_property
    def points(self) -> np.ndarray:
        """A point inside of each district, shape (n, 2)."""
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(self.shapes)))

    @cached_property
    def outlines(self) -> list[tuple[str, Path, tuple[float, float]]]:
        """Name, border and a point inside of each of the largest areas; empty where there are none."""
        parents = self.analysis.parents
        if not parents:
            return []
        names = self.analysis.districts[parents[-1]].astype(str).to_numpy()
        found = []
        for name in sorted(set(names)):
            area = shapely.union_all(self.shapes[names == name])
            point = shapely.point_on_surface(area)
            found.append((name, _path(area), (float(point.x), float(point.y))))
        return found

    @cached_property
    def dense(self) -> Window | None:
        """The part of the city whose districts are too small on paper; None where all can be seen.

        A square of a quarter of the city's larger side. It is shown apart if at least a fifth of the
        districts lie in it, and the middle one of them is smaller than 1/28 of the larger side.
        """
        side = max(self.extent) / 4
        sizes = np.sqrt(shapely.area(self.shapes))
        if len(sizes) < 30 or side == 0:
            return None
        found = max(
            (
                int(np.all(np.abs(self.points - middle) <= side / 2, axis=1).sum()),
                -position,
            )
            for position, middle in enumerate(self.points)
        )
        middle = self.points[-found[1]]
        inside = np.all(np.abs(self.points - middle) <= side / 2, axis=1)
        if inside.sum() < len(sizes) / 5 or np.median(sizes[inside]) > max(self.extent) / 28:
            return None
        x, y = self.points[inside].mean(axis=0)
        return Window(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def _path(shape: Any) -> Path:  # noqa: ANN401 - shapely ships no types
    from matplotlib.path import Path  # noqa: PLC0415 - costs start-up time

    # Holes stay holes where their rings run against the outer one.
    rings: Sequence[Any] = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
    parts = [Path(shapely.get_coordinates(ring), closed=True) for ring in rings]
    return Path.make_compound_path(*parts) if parts else Path(np.empty((0, 2)))
