"""Design effects of a catalogue: declared, from households, or estimated from the years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import Problem, require_catalogue
from sozialraum.indicators.people import ESTIMATED
from sozialraum.panel import spread
from sozialraum.stats.spread import slope_of_squares

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["NOT_ESTIMABLE", "effect_from_years", "estimate_effect", "independence_assumed", "with_effects"]

NOT_ESTIMABLE = "not estimable"
"""Source where an estimate was asked for and the figures do not allow one: people count as independent."""

RETENTION = 0.7
"""Share of cases that are still cases a year later; of transfers in Germany about 0.7 to 0.8."""

CAUTION = 1.2
"""An estimated effect is multiplied with this; too large an effect is safe and only costs power."""

FEWEST_DISTRICTS = 20
FEWEST_YEARS = 4


def with_effects(catalogue: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the catalogue with a design effect and its source for every indicator.

    Parameters
    ----------
    catalogue
        `design_effect` and `design_effect_source` where it has them; NaN and "" where nothing is declared.
        Where the source is "estimated" and the effect NaN it is estimated from all dates of `indicators`.
    indicators
        Long table.

    Returns
    -------
    pd.DataFrame
        A copy; `design_effect` stays NaN where people are taken as independent.
    """
    require_catalogue(catalogue)
    found = catalogue.copy()
    if "design_effect" not in found:
        found["design_effect"] = np.nan
    if "design_effect_source" not in found:
        found["design_effect_source"] = np.where(found["design_effect"].notna(), "declared", "")
    found["design_effect"] = found["design_effect"].astype(float)
    wanted = found.index[(found["design_effect_source"] == ESTIMATED) & found["design_effect"].isna()]
    for name in wanted:
        effect = estimate_effect(indicators, str(name))
        found.loc[name, "design_effect"] = effect
        if not np.isfinite(effect):
            found.loc[name, "design_effect_source"] = NOT_ESTIMABLE
    return found


def independence_assumed(catalogue: pd.DataFrame) -> Iterator[Problem]:
    """Say of which indicators people are taken as independent without anybody having said so.

    Parameters
    ----------
    catalogue
        As `with_effects` returns it.
    """
    judged = (catalogue["polarity"] != "context") & (catalogue["kind"] != "value")
    if "published" in catalogue:
        judged &= ~catalogue["published"].astype(bool)
    for source, code in (("", "independence_assumed"), (NOT_ESTIMABLE, "effect_not_estimable")):
        names = tuple(map(str, catalogue.index[judged & (catalogue["design_effect_source"] == source)]))
        if names:
            yield Problem(code=f"assessment.{code}", severity="note", keys=names)


def estimate_effect(indicators: pd.DataFrame, name: str) -> float:
    """Estimate how many counted persons make one independent case, from the differences between years.

    Squared differences of a district's share over half the series, the city's own change taken out, are in
    expectation ``phi p(1-p)/n 2(1 - rho^L)`` plus the drift of the true rates; regressed on p(1-p)/n the
    slope tells phi, rho = (r - p)/(1 - p) being what an annual retention r leaves of the same people. r = 0.7
    is assumed. A check rather than a measurement: with 10 years the median lies at 0.82 to 1.08 of the truth
    and 80 % of estimates within 0.66 to 1.34 of it; with 5 years, or without small districts, they are
    worse. The result is multiplied with 1.2, since too small an effect is the dangerous error.

    Parameters
    ----------
    indicators
        Long table; all its dates are used.
    name
        A share with counts.

    Returns
    -------
    float
        At least 1; NaN with fewer than 20 districts or 4 dates, or where the slope is not positive.
    """
    ours = indicators[(indicators["indicator"] == name) & indicators["numerator"].notna()]
    if ours.empty:
        return float("nan")
    dates, numbers = spread(ours, ours.index.unique().sort_values(), ("numerator", "denominator"))
    order = dates["date"].argsort().to_numpy()
    events, people = (found[order] for found in numbers.values())
    return effect_from_years(events, people, list(dates["date"].iloc[order]))


def effect_from_years(events: Floats, people: Floats, dates: Sequence[str]) -> float:
    """Estimate the design effect from counts, one row per date and one column per district.

    Parameters
    ----------
    events, people
        Shape (dates, districts); NaN where unknown.
    dates
        ISO texts, ascending.

    Returns
    -------
    float
        See `estimate_effect`.
    """
    if len(dates) < FEWEST_YEARS:
        return float("nan")
    years = np.array([_year(date) for date in dates])
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where((people > 0) & (events <= people), events / people, np.nan)
        city = np.nansum(events, axis=1, keepdims=True) / np.nansum(people, axis=1, keepdims=True)
    if np.isfinite(rates).any(axis=0).sum() < FEWEST_DISTRICTS or not np.isfinite(city).any():
        return float("nan")
    apart = rates - city
    lag = len(years) // 2
    squared = (apart[lag:] - apart[:-lag]) ** 2
    share = (rates[lag:] + rates[:-lag]) / 2
    own = share * (1 - share) / np.sqrt(people[lag:] * people[:-lag])
    typical = float(np.nanmean(city))
    kept = max((RETENTION - typical) / (1 - typical), 0.0)
    span = np.broadcast_to((years[lag:] - years[:-lag])[:, None], squared.shape)
    x = own * 2 * (1 - kept**span)
    known = np.isfinite(squared) & np.isfinite(x) & (x > 0)
    if not known.any():
        return float("nan")
    slope, _ = slope_of_squares(x[known], squared[known])
    return max(1.0, CAUTION * slope) if slope > 0 else float("nan")


def _year(date: str) -> float:
    return pd.Timestamp(date).toordinal() / 365.25
