"""Empirical-Bayes smoothed rates beside the raw ones, and how much of the differences is noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import require_catalogue
from sozialraum.indicators.effects import with_effects
from sozialraum.panel import check_rows
from sozialraum.spatial.engine.alignment import align, as_adjacent
from sozialraum.spatial.rates import smooth_locally
from sozialraum.stats.effective import effective
from sozialraum.stats.spread import city_and_variance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links

    Floats = NDArray[np.float64]

__all__ = ["SMOOTHED_COLUMNS", "shrink", "signal", "smooth", "smooth_indicators", "smoothed_rate"]

SMOOTHED_COLUMNS = ("smoothed", "smoothed_lower", "smoothed_upper", "weight", "smoothed_local")


def smooth(events: pd.Series, population: pd.Series, *, confidence: float = 0.95) -> pd.DataFrame:
    """Shrink each district's rate towards the city's, the more the smaller the district.

    With p = e/n, b = Σe/Σn, s² = Σ n(p-b)²/Σn, a = max(0, s² - b/(Σn/m)) over m districts the smoothed
    rate is w p + (1-w) b with w = a/(a + b/n). It is the mean of the Gamma(b²/a + e, b/a + n)
    distribution, whose quantiles give the interval. Without differences beyond chance (a = 0) every
    district gets b and the interval of the city's own rate.

    Parameters
    ----------
    events, population
        Counts on one index; NaN or a population of 0 stays NaN and takes no part.
    confidence
        Coverage of the interval; the uncertainty of a and b themselves is not in it.

    Returns
    -------
    pd.DataFrame
        Index of `events`: `smoothed`, `smoothed_lower`, `smoothed_upper` (rates), `weight` (w: 1 trusts
        the district alone, 0 the city alone).

    References
    ----------
    Marshall (1991); Assunção & Reis (1999).
    """
    e = events.to_numpy(dtype=float)
    n = population.reindex(events.index).to_numpy(dtype=float)
    return pd.DataFrame(_smooth(e, n, confidence), index=events.index, columns=list(SMOOTHED_COLUMNS[:4]))


def _smooth(e: Floats, n: Floats, confidence: float = 0.95) -> Floats:
    """Return the columns of `smooth` for arrays of shape (n,)."""
    found = np.full((len(e), 4), np.nan)
    used = np.isfinite(e) & np.isfinite(n) & (n > 0)
    e, n = e[used], n[used]
    if not len(n) or e.sum() == 0:
        found[used, 0] = found[used, 3] = 0.0
        return found
    from scipy.special import gammaincinv  # noqa: PLC0415 - loads only where it is used

    b, a = city_and_variance(e, n)
    if a > 0:
        shape, rate = b**2 / a + e, b / a + n
    else:
        shape, rate = np.full(len(n), e.sum()), np.full(len(n), n.sum())
    tail = (1 - confidence) / 2
    lower, upper = gammaincinv(shape, tail) / rate, gammaincinv(shape, 1 - tail) / rate
    found[used] = np.column_stack([shrink(e, n), lower, upper, a / (a + b / n)])
    return found


def smoothed_rate(events: pd.Series, population: pd.Series) -> pd.Series:
    """Return column `smoothed` of `smooth` alone, without the cost of its interval."""
    e = events.to_numpy(dtype=float)
    n = population.reindex(events.index).to_numpy(dtype=float)
    used = np.isfinite(e) & np.isfinite(n) & (n > 0)
    rates = np.full(len(e), np.nan)
    if used.any():
        rates[used] = shrink(e[used], n[used]) if e[used].sum() else 0.0
    return pd.Series(rates, index=events.index, name="smoothed")


def shrink(events: Floats, population: Floats) -> Floats:
    """Return the smoothed rates of `smooth` for complete counts, districts along axis 0."""
    b, a = city_and_variance(events, population)
    with np.errstate(invalid="ignore"):
        weight = np.where(b > 0, a / (a + b / population), 0.0)
    smoothed: Floats = weight * events / population + (1 - weight) * b
    return smoothed


@checked()
def smooth_indicators(
    indicators: pd.DataFrame, catalogue: pd.DataFrame, graph: Links | None = None
) -> pd.DataFrame:
    """Add smoothed rates to the long table, beside the raw ones.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district, one row per district, indicator and date.
    catalogue
        Its `kind` tells shares, whose interval ends at 1, from ratios; with its `design_effect` people are
        smoothed as the fewer independent cases that they are.
    graph
        Neighbours; all districts of `indicators` are in it. None: no `smoothed_local`.

    Returns
    -------
    pd.DataFrame
        The same rows in the same order, with `SMOOTHED_COLUMNS` added: those of `smooth`, drawn towards the
        city, and `smoothed_local`, drawn towards the district's neighbourhood (`smooth_rates` with a graph).
        NaN where no counts are.
    """
    check_rows(indicators)
    added = np.full((len(indicators), len(SMOOTHED_COLUMNS)), np.nan)
    shares, effects = _shares(catalogue), with_effects(catalogue, indicators)["design_effect"]
    known = indicators["value"].notna().to_numpy()
    counts = indicators[["numerator", "denominator"]].to_numpy(dtype=float, na_value=np.nan).T
    nearby = None if graph is None else align(_nothing(graph), graph)
    if nearby is not None:
        place = nearby[0].index.get_indexer(indicators.index)
    for key, members in indicators.groupby(["indicator", "date"], sort=False).indices.items():
        indicator, _ = cast("tuple[str, str]", key)
        rows = np.asarray(members, dtype=np.intp)[known[members]]
        e, n = (effective(counted[rows], effects.get(indicator, np.nan)) for counted in counts)
        found = _smooth(e, n)
        if indicator in shares:
            np.minimum(found[:, 2], 1.0, out=found[:, 2])
        added[rows, :4] = found
        if nearby is not None:
            added[rows, 4] = _nearby(e, n, place[rows], nearby[1])
    return indicators.assign(**dict(zip(SMOOTHED_COLUMNS, added.T, strict=True)))


def _nearby(e: Floats, n: Floats, place: NDArray[np.intp], links: Adjacency) -> Floats:
    """Smooth towards the neighbourhood what lies at `place` among the links, -1 for nowhere."""
    events, people = (np.full(links.districts + 1, np.nan) for _ in range(2))
    events[place], people[place] = e, n
    return np.append(smooth_locally(events[:-1], people[:-1], links), np.nan)[place]


@checked()
def signal(indicators: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Compare the differences between districts with what chance alone makes of them.

    The observed variance of the rates (ddof 1) is in expectation the variance of the true rates plus the
    mean sampling variance, p(1-p)/(n-1) for shares and p/n for ratios. What is left is the signal.

    Parameters
    ----------
    indicators
        Long table, index district.
    catalogue
        Its `kind` names the sampling variance, its `design_effect` multiplies it.

    Returns
    -------
    pd.DataFrame
        One row per indicator and date with counts in two or more districts: `indicator`, `date`,
        `districts`, `sd_between` (observed), `sd_noise`, `sd_signal`, `signal_share` (share of the
        variance that is not noise, 0..1).
    """
    check_rows(indicators)
    counted = indicators[
        indicators["value"].notna()
        & indicators["numerator"].notna()
        & (pd.to_numeric(indicators["denominator"]) > 0)
    ]
    rows = []
    shares, effects = _shares(catalogue), with_effects(catalogue, indicators)["design_effect"]
    for (name, date), group in counted.groupby(["indicator", "date"], sort=False):
        if len(group) < 2:
            continue
        n = group["denominator"].to_numpy(dtype=float)
        p = group["numerator"].to_numpy(dtype=float) / n
        phi = float(np.fmax(effects.get(name, 1.0), 1.0))
        noise = phi * float(np.mean(p * (1 - p) / np.maximum(n - 1, 1) if name in shares else p / n))
        between = float(np.var(p, ddof=1))
        left = max(0.0, between - noise)
        rows.append(
            {
                "indicator": name,
                "date": date,
                "districts": len(group),
                "sd_between": np.sqrt(between),
                "sd_noise": np.sqrt(max(noise, 0.0)),
                "sd_signal": np.sqrt(left),
                "signal_share": left / between if between > 0 else np.nan,
            }
        )
    columns = ["indicator", "date", "districts", "sd_between", "sd_noise", "sd_signal", "signal_share"]
    return pd.DataFrame(rows, columns=columns)


def _nothing(graph: Links) -> pd.Series:
    return pd.Series(np.nan, index=as_adjacent(graph).unique_ids)


def _shares(catalogue: pd.DataFrame) -> set[object]:
    require_catalogue(catalogue)
    return set(catalogue.index[catalogue["kind"] == "share"])
