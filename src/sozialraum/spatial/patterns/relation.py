"""How two indicators go together over districts, with an interval that knows that neighbours are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.keys import sorted_order
from sozialraum.spatial.engine.alignment import as_series, pair
from sozialraum.spatial.patterns.places import places_of
from sozialraum.spatial.patterns.waves import FEWEST, p_of_correlation, related, waves
from sozialraum.stats.shown import Shown
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Relation", "relate"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Relation(Shown):
    """Correlation and slope of two indicators over districts.

    Parameters
    ----------
    correlation, lower, upper
        Pearson's r with a 95 % interval.
    slope, slope_lower, slope_upper
        Change of the second per unit of the first.
    p
        Two-sided, by the t-test with the effective number of districts.
    districts, effective
        How many have both values, and as how many independent ones they count.
    """

    correlation: float
    lower: float
    upper: float
    slope: float
    slope_lower: float
    slope_upper: float
    p: float
    districts: int
    effective: float

    def warning(self, language: Language = DEFAULT_LANGUAGE) -> str:
        """Say that nothing follows for single persons; belongs beside every such figure."""
        return text("mixing.note.ecological_fallacy", language)


def relate(first: pd.Series, second: pd.Series, districts: gpd.GeoDataFrame) -> Relation:
    """Measure how two indicators go together, allowing for the likeness of neighbours.

    Districts that lie near each other are no independent witnesses: with two smooth maps the usual test finds
    a relation in far more than 5 % of the cases where there is none. The t-test is made with the effective
    number of districts M = 1 + tr(BX) tr(BY) / tr(BXBY), where X and Y are the covariances of both, and B
    centres. They are estimated in two ways, by distance, and by smoothness: as the variances of both along
    the eigenvectors of the districts' triangulation, from the smoothest to the roughest. The smaller M
    counts, since each alone finds too much in one kind of map.

    Of pairs of independent maps 1 to 5 % are called related at p <= 0.05, whether rough, smooth
    (autoregression 0.5 to 0.95, distance decay, kernels) or trends across the city; the table is in
    ``docs/raeumliche-statistik.md``. Between smooth maps p is not uniform: right or cautious up to 0.05, too
    small from about 0.2 on. The interval of r covers it in 94 to 98 % of smooth maps, but in 88 %
    of trends across the city: two gradients are two observations, whatever the number of districts.

    Parameters
    ----------
    first, second
        Index: district; NaN in one of them leaves it out. Up to about 3,000 districts: a matrix of all pairs
        is made, and its eigenvectors (some ten seconds).
    districts
        Polygons in a metric CRS with the same keys; distances are between points inside them.

    Raises
    ------
    AlignmentError
        If a district is missing on one side.
    BoundaryError
        If the districts' reference system is not metric.

    References
    ----------
    Clifford, Richardson & Hémon (1989); Dutilleul (1993), Modifying the t test for assessing the correlation
    between two spatial processes, Biometrics 49; Wagner & Dray (2015), Generating spatially constrained null
    models for irregularly spaced data using Moran spectral randomization methods, Methods in Ecology and
    Evolution 6, for the eigenvectors.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - start-up time

    one, two = pair(as_series(first), as_series(second))
    one, two = (side.iloc[sorted_order(one.index)] for side in (one, two))
    both = (one["value"].notna() & two["value"].notna()).to_numpy()
    places = places_of(districts, one.index, one.index[both])
    x, y = one["value"].to_numpy()[both], two["value"].to_numpy()[both]
    n = len(x)
    nothing = dict.fromkeys(
        ("correlation", "lower", "upper", "slope", "slope_lower", "slope_upper", "p"), np.nan
    )
    if n < 5 or not x.std() or not y.std():
        return Relation(**nothing, districts=n, effective=float("nan"))
    r = float(np.corrcoef(x, y)[0, 1])
    count = max(min(_by_distance(x, y, places), _by_smoothness(x, y, places)), FEWEST)
    free = count - 2
    width = 1.959963984540054 / np.sqrt(max(count - 3, 0.5))
    slope = r * y.std() / x.std()
    margin = float(stdtrit(free, 0.975)) * y.std() / x.std() * np.sqrt((1 - r * r) / free)
    return Relation(
        correlation=r,
        lower=float(np.tanh(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15)) - width)),
        upper=float(np.tanh(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15)) + width)),
        slope=float(slope),
        slope_lower=float(slope - margin),
        slope_upper=float(slope + margin),
        p=p_of_correlation(r, count),
        districts=n,
        effective=float(count),
    )


def _by_distance(x: Floats, y: Floats, places: Floats) -> float:
    """Return Dutilleul's effective number of districts, at most their number."""
    n = len(x)
    far = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    upper = np.triu_indices(n, 1)
    bins = int(np.ceil(1 + np.log2(len(upper[0]))))
    limits = np.quantile(far[upper], np.linspace(0, 1, bins + 1)[1:-1])
    group = np.searchsorted(limits, far[upper])
    centred = []
    for values in (x, y):
        z = values - values.mean()
        sizes = np.maximum(np.bincount(group, minlength=bins), 1)
        covariance = np.bincount(group, z[upper[0]] * z[upper[1]], bins) / sizes
        matrix = np.zeros((n, n))
        matrix[upper] = covariance[group]
        matrix = matrix + matrix.T
        np.fill_diagonal(matrix, (z**2).mean())
        middle = matrix - matrix.mean(axis=0)
        centred.append(middle - middle.mean(axis=1, keepdims=True))
    product = float((centred[0] * centred[1].T).sum())
    if product <= 0:
        return float(n)
    return float(min(1 + np.trace(centred[0]) * np.trace(centred[1]) / product, n))


def _by_smoothness(x: Floats, y: Floats, places: Floats) -> float:
    """Return the effective number from the variances along eigenvectors of the triangulation's Laplacian."""
    from scipy.spatial import Delaunay  # noqa: PLC0415 - start-up time

    n = len(x)
    triangles = Delaunay(places - places.mean(axis=0), qhull_options="QJ").simplices
    sides = triangles[:, [0, 1, 2, 1, 2, 0]].reshape(len(triangles), 2, 3)
    return related(x, y, waves(sides[:, 0].ravel(), sides[:, 1].ravel(), n))
