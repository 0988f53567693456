"""How two indicators go together over districts, with an interval that knows that neighbours are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.arguments import checked
from sozialraum.keys import sorted_order
from sozialraum.spatial.engine.alignment import as_series, pair
from sozialraum.spatial.engine.inference import refuse_permutations, warn_of_none
from sozialraum.spatial.patterns.flips import flip_signs, patterns_by_distance
from sozialraum.spatial.patterns.places import places_of
from sozialraum.stats.shown import Shown
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Relation", "relate"]

FEWEST_DISTRICTS = 5
"""With fewer nothing is measured."""


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
        Two-sided, against maps that are as smooth and have nothing to do with each other.
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


@checked()
def relate(
    first: pd.Series,
    second: pd.Series,
    districts: gpd.GeoDataFrame,
    *,
    permutations: int = 9_999,
    seed: int = 0,
) -> Relation:
    """Measure how two indicators go together, allowing for the likeness of neighbours.

    Districts that lie near each other are no independent witnesses: with two smooth maps the usual test finds
    a relation in far more than 5 % of the cases where there is none. Here both maps are taken apart into
    patterns from smooth to rough, and the signs of the parts are drawn anew: that makes maps which are as
    smooth as the seen ones, and have nothing to do with each other. It is done with three sets of patterns
    (`flips.patterns_by_distance`); the largest p counts, and the widest interval.

    Of pairs of independent maps 2 to 6 % have p <= 0.05, whether rough or smooth (autoregression 0.5 to 0.95,
    distance decay, kernels) or trends across the city; p is uniform or too large, nowhere too small. Not so
    where a map is striped (alike four times as far in one direction as across it) or has a single hot spot:
    there it is 6 to 9 %. The interval of the slope covers it in 94 to 99 %; that of r belongs to it, with
    the spread of the first and of what it does not explain taken as seen. The tables are in
    ``docs/raeumliche-statistik.md``.

    Parameters
    ----------
    first, second
        Index: district; NaN in one of them leaves it out. Of more than 1,500 districts the 1,000 smoothest
        patterns are computed, and what they leave has a sign per group of neighbours: 5,000 districts take
        five seconds, 20,000 twenty, and further pairs on the same districts less than one.
    districts
        Polygons in a metric CRS with the same keys; distances are between points inside them.
    permutations, seed
        Number of drawn signs (the smallest p is 1 / (permutations + 1)), start of the random numbers.

    Raises
    ------
    AlignmentError
        If a district is missing on one side.
    BoundaryError
        If the districts' reference system is not metric.

    Warns
    -----
    StatisticsWarning
        If fewer than five districts have both values, or one of them is the same everywhere; all is NaN.

    References
    ----------
    Wagner & Dray (2015), Generating spatially constrained null models for irregularly spaced data using
    Moran spectral randomization methods, Methods in Ecology and Evolution 6; Clifford, Richardson & Hémon
    (1989) for the effective number.
    """
    refuse_permutations(permutations, seed)
    one, two = pair(as_series(first), as_series(second))
    one, two = (side.iloc[sorted_order(one.index)] for side in (one, two))
    both = (one["value"].notna() & two["value"].notna()).to_numpy()
    places = places_of(districts, one.index, one.index[both])
    n = int(both.sum())
    shown = [side["value"].to_numpy()[both] for side in (one, two)]
    if n < FEWEST_DISTRICTS or not all(np.ptp(values) for values in shown):
        warn_of_none("relate", "constant" if n >= FEWEST_DISTRICTS else "few_districts_of_five")
        nothing = dict.fromkeys(
            ("correlation", "lower", "upper", "slope", "slope_lower", "slope_upper", "p"), np.nan
        )
        return Relation(**nothing, districts=n, effective=float("nan"))
    x, y = (values - values.mean() for values in shown)
    found = flip_signs(x, y, patterns_by_distance(places), permutations=permutations, seed=seed)
    r, ratio = float(np.corrcoef(x, y)[0, 1]), float(x.std() / y.std())
    slope = r / ratio
    rest = 1 - min(r * r, 1.0)

    def correlation(of: float) -> float:
        """Return the correlation that a slope comes to, beside what x does not explain of y."""
        if np.isinf(of) or not rest:
            return float(np.sign(of))
        explained = of * ratio
        return float(explained / np.sqrt(explained**2 + rest))

    return Relation(
        correlation=r,
        lower=correlation(found.lower),
        upper=correlation(found.upper),
        slope=float(slope),
        slope_lower=found.lower,
        slope_upper=found.upper,
        p=found.p,
        districts=n,
        effective=found.effective,
    )
