"""Where districts lie, for statistics that go by distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import BoundaryError, Problem
from sozialraum.spatial.engine.alignment import pair

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["places_of"]


def places_of(
    districts: gpd.GeoDataFrame | gpd.GeoSeries, expected: pd.Index, keys: pd.Index
) -> NDArray[np.float64]:
    """Return a point inside of each district of `keys`, in metres, shape (keys, 2).

    Parameters
    ----------
    districts
        Index: the keys of `expected`, in any order.
    expected, keys
        All districts there must be, and those whose places are asked for.

    Raises
    ------
    AlignmentError
        If a district is missing on one side.
    BoundaryError
        If the districts have no reference system, or one in degrees: distances would be wrong.
    """
    shapes = getattr(districts, "geometry", None)
    if shapes is None:
        kind = {"type": type(districts).__name__}
        raise BoundaryError(Problem(code="spatial.no_districts", values=kind))
    crs = shapes.crs
    if crs is None:
        raise BoundaryError(Problem(code="neighbours.no_crs"))
    if any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        raise BoundaryError(Problem(code="neighbours.not_metric", values={"crs": crs.name}))
    pair(pd.Series(0.0, index=expected), pd.Series(0.0, index=shapes.index))
    points = shapes.loc[keys].representative_point()
    return np.column_stack([points.x, points.y])
