"""Does provision follow need? The slope of one on the other, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.spatial.engine.alignment import as_frame
from sozialraum.spatial.patterns.flips import flip_signs, patterns_by_distance
from sozialraum.spatial.patterns.places import places_of
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["DECOUPLING_COLUMNS", "decoupling", "decoupling_sentence"]

DECOUPLING_COLUMNS = ("year", "districts", "slope", "lower", "upper", "correlation", "follows")
LEAST = 10
MOST_DECIMALS = 5
DRAWS = 1_999
"""Signs drawn for the interval that knows of neighbours."""


@checked()
def decoupling(
    need: pd.DataFrame,
    provision: pd.DataFrame,
    *,
    weights: pd.DataFrame | None = None,
    districts: gpd.GeoDataFrame | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Estimate by how much provision is higher where need is one standard deviation higher.

    Least squares of provision on standardised need over the districts of a year. Two intervals are made and
    the wider one counts: that of MacKinnon and White (HC3), which holds where the scatter grows with need;
    and, where the districts' shapes are known, that of `relate`, which holds where neighbours resemble each
    other in need and in provision (between smooth maps that have nothing in common HC3 alone finds
    a slope in more than a quarter of the cases).

    Parameters
    ----------
    need, provision
        Index district, one column per year; districts and years that both have are used.
    weights
        Index district, one column per year (inhabitants), if large districts are to count more.
    districts
        Polygons in a metric CRS with the keys of `need`. Without them the interval is too short where
        neighbours resemble each other.
    confidence
        Of the interval.

    Returns
    -------
    pd.DataFrame
        Columns `DECOUPLING_COLUMNS`, one row per year. `slope` in the unit of provision; `follows`: "yes"
        (interval above 0), "against" (below), "undecided", or "" under 10 districts (with shapes, where
        `districts` are given) or without differences in need or provision.

    References
    ----------
    MacKinnon & White (1985); Wagner & Dray (2015), see `relate`.
    """
    need, provision = as_frame(need), as_frame(provision)
    rows = []
    for year in sorted(set(need.columns) & set(provision.columns)):
        pair = pd.DataFrame({"x": need[year], "y": provision[year]}).astype(float).dropna()
        w = np.ones(len(pair))
        if weights is not None:
            w = weights[year].reindex(pair.index).fillna(0.0).to_numpy(dtype=float)
            pair, w = pair[w > 0], w[w > 0]
        rows.append({"year": year, "districts": len(pair)} | _slope(pair, w, districts, confidence))
    return pd.DataFrame(rows, columns=list(DECOUPLING_COLUMNS))


def _slope(
    pair: pd.DataFrame, w: Floats, districts: gpd.GeoDataFrame | None, confidence: float
) -> dict[str, object]:
    nothing: dict[str, object] = dict.fromkeys(("slope", "lower", "upper", "correlation"), np.nan)
    x, y = pair["x"].to_numpy(), pair["y"].to_numpy()
    if len(pair) < LEAST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return nothing | {"follows": ""}
    from scipy.special import stdtrit  # noqa: PLC0415 - start-up time

    centre = np.average(x, weights=w)
    z = (x - centre) / np.sqrt(np.average((x - centre) ** 2, weights=w))
    design = np.column_stack([np.ones(len(z)), z])
    bread = np.linalg.inv(design.T @ (design * w[:, None]))
    coefficients = bread @ (design.T @ (w * y))
    leverage = w * np.einsum("ia,ab,ib->i", design, bread, design)
    e = (y - design @ coefficients) / (1 - np.minimum(leverage, 0.999))
    scores = design * (w * e)[:, None]
    se = float(np.sqrt((bread @ (scores.T @ scores) @ bread)[1, 1]))
    slope = float(coefficients[1])
    reach = float(stdtrit(len(z) - 2, (1 + confidence) / 2)) * se
    lower, upper = slope - reach, slope + reach
    if districts is not None:
        known = pd.DataFrame({"x": z, "y": y, "w": w}, index=pair.index)
        among = _among_neighbours(known, districts, confidence)
        if among is None:
            return nothing | {"follows": ""}
        lower, upper = min(lower, among[0]), max(upper, among[1])
    return {
        "slope": slope,
        "lower": lower,
        "upper": upper,
        "correlation": float(np.corrcoef(x, y)[0, 1]),
        "follows": "yes" if lower > 0 else "against" if upper < 0 else "undecided",
    }


def _among_neighbours(
    pair: pd.DataFrame, districts: gpd.GeoDataFrame, confidence: float
) -> tuple[float, float] | None:
    """Return the interval of the slope that knows that neighbours resemble each other, over known shapes."""
    shapes = districts.geometry
    known = pair.loc[pair.index.isin(shapes.index[shapes.notna() & ~shapes.is_empty])].sort_index()
    if len(known) < LEAST or not known[["x", "y"]].std().all():
        return None
    places = places_of(districts.loc[known.index], known.index, known.index)
    root = np.sqrt(known["w"].to_numpy() / known["w"].mean())
    x, y = (
        root * (known[side] - np.average(known[side], weights=known["w"])).to_numpy() for side in ("x", "y")
    )
    found = flip_signs(x, y, patterns_by_distance(places), permutations=DRAWS, seed=0, alpha=1 - confidence)
    return found.lower, found.upper


def decoupling_sentence(
    row: pd.Series, language: Language = DEFAULT_LANGUAGE, *, confidence: float = 0.95, decimals: int = 2
) -> str:
    """Say of one year whether provision follows need; empty where that was not assessable."""
    if not row["follows"]:
        return ""
    ends = {name: float(row[name]) for name in ("slope", "lower", "upper")}
    if row["follows"] != "undecided":
        # What is told apart from 0 is not printed as 0.
        while decimals < MOST_DECIMALS and any(end and round(end, decimals) == 0 for end in ends.values()):
            decimals += 1
    values = {name: figure(end, language, decimals=decimals, signed=True) for name, end in ends.items()}
    level = figure(100 * confidence, language, decimals=0)
    return text(f"provision.follows.{row['follows']}", language, confidence=level, **values)
