"""Neighbours by the distance between centroids: nearest, within a distance, weighted by a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from sozialraum.spatial.neighbours.links import REASONS, Links

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["kernel_links", "nearest_links", "within_links"]

SAME = 1e-6
"""Metres. Distances that differ by less are equal, whatever the arithmetic says."""


def nearest_links(polygons: NDArray[Any], keys: pd.Index, k: int) -> Links:
    """Link each district to the `k` with the nearest centroids; equally near ones in the order of `keys`.

    The order of the rows has no influence.

    Parameters
    ----------
    polygons
        Shape (n,), n > k.
    keys
        Shape (n,), aligned with `polygons`.
    """
    points = shapely.get_coordinates(shapely.centroid(polygons))
    tree = KDTree(points)
    reach = np.asarray(tree.query(points, k=[k + 1])[0]).ravel() + SAME
    found = tree.query_ball_point(points, reach)
    focal = np.repeat(np.arange(len(points)), [len(near) for near in found])
    neighbor = np.concatenate(found).astype(np.intp)
    focal, neighbor = focal[focal != neighbor], neighbor[focal != neighbor]
    distance = np.round(np.linalg.norm(points[focal] - points[neighbor], axis=1) / SAME)
    rank = pd.Series(keys.astype(str)).rank(method="first").to_numpy()
    order = np.lexsort([rank[neighbor], distance, focal])
    start = np.searchsorted(focal[order], np.arange(len(points)))
    place = np.arange(len(order)) - start[focal[order]]
    chosen = order[place < k]
    return Links.sort(len(points), focal[chosen], neighbor[chosen], reason=REASONS.index("nearest"))


def within_links(polygons: NDArray[Any], distance: float | None) -> Links:
    """Link districts whose centroids are at most `distance` metres apart.

    None takes the smallest distance that leaves no district isolated.
    """
    points = shapely.get_coordinates(shapely.centroid(polygons))
    tree = KDTree(points)
    if distance is None:
        distance = float(np.max(tree.query(points, k=[2])[0])) + SAME
    pairs = tree.query_pairs(distance, output_type="ndarray")
    return Links.mutual(len(points), pairs[:, 0], pairs[:, 1], reason=REASONS.index("distance"))


def kernel_links(polygons: NDArray[Any], distance: float) -> Links:
    """Link districts whose centroids are less than `distance` metres apart, with weight 1 - d / distance."""
    points = shapely.get_coordinates(shapely.centroid(polygons))
    pairs = KDTree(points).query_pairs(distance, output_type="ndarray")
    weight = 1 - np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1) / distance
    pairs, weight = pairs[weight > 0], weight[weight > 0]
    return Links.sort(
        len(points),
        np.append(pairs[:, 0], pairs[:, 1]),
        np.append(pairs[:, 1], pairs[:, 0]),
        weight=np.append(weight, weight),
        reason=REASONS.index("kernel"),
    )
