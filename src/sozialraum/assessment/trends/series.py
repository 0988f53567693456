"""Each district against the city, year by year: control limits, trend, break and persistence.

**Control limits** (funnel plot; Spiegelhalter 2005). Around the city's rate c a district of n people may vary
by chance, and districts differ anyhow. On the scale y = asin(sqrt(share)), where the variance 1/(4n) does not
depend on the share, ``z = (y - y_c) / sqrt(1/(4n) + tau^2)``. The over-dispersion tau^2 is the variance
between districts beyond chance (DerSimonian & Laird 1986), from z values whose outer tenth on either side is
pulled in (winsorised), so that conspicuous districts do not widen the limits that are to find them. A
district is `above` or `below` if |z| exceeds the limit of `level`; limits are given back as rates, always
within 0..1. So `within` means: no more different from the city than districts here usually are. Values
without counts are compared with the median district on their own scale, chance being unknown.

**Trend**, for 5 to 15 yearly values: Theil-Sen's slope, the median of all pairwise slopes. It does not follow
one odd year. Interval and p hold although a year resembles the one before: they are the widest that simulated
series without a trend give whose neighbouring years correlate with 0 to 0.8 (see `slopes.trend_test`). With
12 years and no trend at most 5.5 % of series have p <= 0.05 under correlations of 0, 0.5 and 0.8
(`benchmarks/levels/series.py`). p is corrected over the districts of one indicator, and the direction
follows the corrected p.

**Break**: one change from one date to the next, of the distance to the city, that stands out from the
district's other changes. With changes d_t and their median m, the largest |d_t - m| is divided by the root
mean square of the others and compared with simulated series of the same length, whose independent changes
have heavier tails than the normal distribution (Student's t, 3 degrees of freedom; seeded). In addition it
must exceed three standard errors of the counts, not be undone by the next change, and stand when p is
corrected over the districts. A trend is no break, and neither is one odd year or a wobble of small numbers.

People come in households: standard errors and control limits use the effective number n / phi of the
indicator's design effect in the catalogue. Whether an indicator is a share, and so has limits within 0..1,
comes from the catalogue, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.panel import row_problems, slices
from sozialraum.stats.effective import effective
from sozialraum.stats.multiple import adjust
from sozialraum.stats.slopes import break_test, dated_years, trend_test

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.panel import Slice

    Floats = NDArray[np.float64]

__all__ = [
    "CONTROL_COLUMNS",
    "PERSISTENCE_COLUMNS",
    "STATES",
    "TRENDS",
    "TREND_COLUMNS",
    "control_limits",
    "persistence",
    "trends",
]

CONTROL_COLUMNS = ("indicator", "date", "value", "city", "lower", "upper", "z", "spread", "state")
TREND_COLUMNS = (
    "indicator",
    "years",
    "first",
    "last",
    "slope",
    "lower",
    "upper",
    "p",
    "p_adjusted",
    "direction",
    "relative_slope",
    "relative_lower",
    "relative_upper",
    "relative_p",
    "relative_p_adjusted",
    "relative_direction",
    "break_date",
    "break_change",
    "break_p",
    "break_p_adjusted",
)
PERSISTENCE_COLUMNS = ("indicator", "side", "k", "n", "missing", "last", "persistent")
STATES = ("above", "within", "below", "not assessable")
TRENDS = ("rising", "falling", "unclear", "not assessable")

TRIM = 0.1
"""Part of the z values on either side that is pulled in before the over-dispersion is estimated."""

WINSORISED = 0.6786545589528747
"""Variance that is left of a standard normal sample whose outer tenth on either side is pulled in."""

FEWEST_DISTRICTS = 5

LEVEL = 0.05


@checked()
def control_limits(
    indicators: pd.DataFrame,
    *,
    catalogue: pd.DataFrame | None = None,
    level: float = 0.95,
    overdispersion: bool = True,
) -> pd.DataFrame:
    """Compare every district with the city, at every date.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    catalogue
        Index: indicator; `kind` and `design_effect`. Without it everything with counts is a share of
        independent persons.
    level
        Part of ordinary districts that lies within the limits; 0.998 for alarms only.
    overdispersion
        False allows for chance only (the pure p-chart): in a real city nearly all large districts are then
        outside. Values without counts need it.

    Returns
    -------
    pd.DataFrame
        Index district, columns `CONTROL_COLUMNS`; one row per district, indicator and date. `city` is the
        rate from summed counts (median district without counts), `spread` the over-dispersion tau on the
        scale of the comparison. Without a value, or with a denominator of 0, the state is `not assessable`,
        as it is for all where fewer than 5 districts have a value.

    Raises
    ------
    AlignmentError
        If an indicator has two rows for a district and date.
    SozialraumError
        If `level` is not between 0 and 1.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - start-up time

    if not 0 < level < 1:
        values = {"name": "level", "value": level, "allowed": "0 < level < 1"}
        raise_problems([Problem(code="common.option", values=values)], SozialraumError)
    width = float(ndtri((1 + level) / 2))
    keys = pd.Index(indicators.index.unique(), name=indicators.index.name)
    frames = [_control(cell, keys, width, overdispersion) for cell in slices(indicators, keys, catalogue)]
    empty = pd.DataFrame(columns=list(CONTROL_COLUMNS), index=keys[:0])
    return pd.concat(frames) if frames else empty


def _control(cell: Slice, keys: pd.Index, width: float, overdispersion: bool) -> pd.DataFrame:  # noqa: FBT001 - internal
    value, share = cell.value.copy(), cell.is_share
    value[cell.counted] = (cell.numerator / np.where(cell.counted, cell.denominator, 1))[cell.counted]
    usable = cell.counted if share else np.isfinite(value)
    y, variance = np.full(len(keys), np.nan), np.zeros(len(keys))
    city = centre = spread = np.nan
    if usable.sum() >= FEWEST_DISTRICTS:
        if share:
            city = cell.numerator[usable].sum() / cell.denominator[usable].sum()
            y[usable], centre = np.arcsin(np.sqrt(value[usable])), np.arcsin(np.sqrt(city))
            variance[usable] = 1 / (4 * effective(cell.denominator[usable], cell.design_effect))
        else:
            city = centre = np.median(value[usable])
            y[usable] = value[usable]
        spread = np.sqrt(_overdispersion(y[usable], variance[usable], centre)) if overdispersion else 0.0
    scale = np.sqrt(variance + spread**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(scale > 0, (y - centre) / scale, np.nan)
    low, high = centre - width * scale, centre + width * scale
    if share:
        low, high = (np.sin(np.clip(limit, 0, np.pi / 2)) ** 2 for limit in (low, high))
    known = np.isfinite(z)
    states = [STATES[3], STATES[0], STATES[2]]
    return pd.DataFrame(
        {
            "indicator": cell.indicator,
            "date": cell.date,
            "value": value,
            "city": city,
            "lower": np.where(known, low, np.nan),
            "upper": np.where(known, high, np.nan),
            "z": z,
            "spread": spread,
            "state": np.select([~known, z > width, z < -width], states, STATES[1]).astype(object),
        },
        index=keys,
    )


def _overdispersion(y: Floats, variance: Floats, centre: float) -> float:
    """Return the variance between districts beyond chance, from winsorised deviations."""
    if not variance.any():
        return float((_pull_in(y - centre) ** 2).mean() / WINSORISED)
    z = _pull_in((y - centre) / np.sqrt(variance))
    weight = 1 / variance
    free = weight.sum() - (weight**2).sum() / weight.sum()
    return float(max(0.0, ((z**2).sum() / WINSORISED - (len(z) - 1)) / free))


def _pull_in(values: Floats) -> Floats:
    """Winsorise: replace the outermost values on either side by the outermost of the others."""
    ordered, outer = np.sort(values), int(TRIM * len(values))
    return np.clip(values, ordered[outer], ordered[len(values) - 1 - outer])


@checked()
def trends(indicators: pd.DataFrame, *, catalogue: pd.DataFrame | None = None, seed: int = 0) -> pd.DataFrame:
    """Say for each district where an indicator is going, by itself and against the city.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district; dates as ISO text.
    catalogue
        As in `control_limits`.
    seed
        For the critical values of the break.

    Returns
    -------
    pd.DataFrame
        Index district, columns `TREND_COLUMNS`; one row per district and indicator. `slope` is the change per
        year in the unit of `value` (0.01 = one percentage point), with the 95 % interval of this district
        alone; `p_adjusted` is corrected over all districts with the indicator, and `direction`, one of
        `TRENDS`, needs 0.05 of it (not assessable with fewer than 5 dates). `relative_*` is the same for the
        district's distance to the city (its rate minus the city's rate). `break_*` names the first date after
        the largest break and the change of the distance; empty where there is none (from 7 dates on). Missing
        dates stay out of the calculation.

    Raises
    ------
    AlignmentError
        If an indicator has two rows for a district and date.
    SozialraumError
        If a date is no ISO date; names the dates.
    """
    keys = pd.Index(indicators.index.unique(), name=indicators.index.name)
    found = list(slices(indicators, keys, catalogue))
    years = dated_years([cell.date for cell in found])
    frames = []
    for name in dict.fromkeys(cell.indicator for cell in found):
        chosen = [(cell, year) for cell, year in zip(found, years, strict=True) if cell.indicator == name]
        frames.append(
            _trend(name, [cell for cell, _ in chosen], np.array([y for _, y in chosen]), keys, seed)
        )
    empty = pd.DataFrame(columns=list(TREND_COLUMNS), index=keys[:0])
    return pd.concat(frames) if frames else empty


def _trend(name: str, found: list[Slice], years: Floats, keys: pd.Index, seed: int) -> pd.DataFrame:
    value = np.column_stack([_values(cell) for cell in found])
    error = np.column_stack([_error(cell) for cell in found])
    city = np.array([_city(cell) for cell in found])
    distance = value - city
    own, against = trend_test(value, years), trend_test(distance, years)
    adjusted, against_adjusted = adjust(own.p), adjust(against.p)
    known = np.isfinite(value)
    dates = np.array([cell.date for cell in found], dtype=object)
    some = np.asarray(known.any(axis=1))
    first, last = known.argmax(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    jump = break_test(distance, error, seed=seed)
    at = jump.position
    return pd.DataFrame(
        {
            "indicator": name,
            "years": known.sum(axis=1),
            "first": _pick(dates, first, some),
            "last": _pick(dates, last, some),
            "slope": own.slope,
            "lower": own.lower,
            "upper": own.upper,
            "p": own.p,
            "p_adjusted": adjusted,
            "direction": _direction(own.slope, adjusted),
            "relative_slope": against.slope,
            "relative_lower": against.lower,
            "relative_upper": against.upper,
            "relative_p": against.p,
            "relative_p_adjusted": against_adjusted,
            "relative_direction": _direction(against.slope, against_adjusted),
            "break_date": _pick(dates, at, at >= 0),
            "break_change": np.where(at >= 0, jump.change, np.nan),
            "break_p": jump.p,
            "break_p_adjusted": jump.p_adjusted,
        },
        index=keys,
    )


def _values(cell: Slice) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(cell.counted, cell.numerator / cell.denominator, cell.value)


def _error(cell: Slice) -> Floats:
    """Return the standard error of a share; 0 where it is unknown."""
    if not cell.is_share:
        return np.zeros(len(cell.value))
    people = effective(np.where(cell.counted, cell.denominator, np.nan), cell.design_effect)
    # One half more case and non-case keeps the error of 0 % and 100 % above 0 (Agresti & Coull).
    share = (effective(cell.numerator, cell.design_effect) + 0.5) / (people + 1)
    return np.asarray(np.nan_to_num(np.sqrt(share * (1 - share) / people)))


def _city(cell: Slice) -> float:
    if cell.counted.any():
        return float(cell.numerator[cell.counted].sum() / cell.denominator[cell.counted].sum())
    known = cell.value[np.isfinite(cell.value)]
    return float(np.median(known)) if len(known) else np.nan


def _pick(dates: NDArray[np.object_], at: NDArray[np.intp], some: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return the date at each position, None where there is none."""
    found = dates[at]
    found[~some] = None
    return found


def _direction(slope: Floats, p: Floats) -> NDArray[np.object_]:
    cases = [np.isnan(p), (p <= LEVEL) & (slope > 0), (p <= LEVEL) & (slope < 0)]
    return np.select(cases, ["not assessable", "rising", "falling"], "unclear").astype(object)


@checked()
def persistence(
    states: pd.DataFrame,
    *,
    dates: int = 5,
    least: int = 3,
    column: str = "state",
    sides: tuple[str, str] = ("above", "below"),
) -> pd.DataFrame:
    """Count on how many of the last dates a district was on the same conspicuous side.

    Parameters
    ----------
    states
        Result of `control_limits`, or any table of verdicts with index district and the columns `indicator`,
        `date` and `column`. Its entries are those of `sides`, "not assessable", or anything inconspicuous.
    dates
        How many of the last dates of an indicator count.
    least
        From how many dates on the same side it is called persistent.
    column
        Where the state stands.
    sides
        The names of the two conspicuous sides.

    Returns
    -------
    pd.DataFrame
        Index district, columns `PERSISTENCE_COLUMNS`; one row per district and indicator. `side` is the one
        of `sides` on which it was more often (of equally frequent ones the later; empty if it never was), on
        `k` of `n` assessable dates; `missing` of the dates were not assessable or had no row. `last` is the
        state at the last date.

    Raises
    ------
    SozialraumError
        If `dates` or `least` is below 1, or a district has two rows for one indicator and date.
    """
    problems = [
        refused_option(name, value, ">= 1")
        for name, value in (("dates", dates), ("least", least))
        if value < 1
    ]
    raise_problems([*problems, *row_problems(states)], SozialraumError)
    frames = [
        _persistence(str(name), rows, column, dates, least, sides)
        for name, rows in states.groupby("indicator", sort=False, observed=True)
    ]
    empty = pd.DataFrame(columns=list(PERSISTENCE_COLUMNS), index=states.index[:0])
    return pd.concat(frames) if frames else empty


def _persistence(
    name: str, rows: pd.DataFrame, column: str, dates: int, least: int, sides: tuple[str, str]
) -> pd.DataFrame:
    by_date = {date: part[column] for date, part in rows.groupby("date", sort=True, observed=True)}
    state = pd.DataFrame(by_date, index=rows.index.unique()).iloc[:, -dates:].fillna(STATES[3])
    one, two = state == sides[0], state == sides[1]
    often = np.column_stack([one.sum(axis=1), two.sum(axis=1)])
    number = np.arange(1, state.shape[1] + 1)
    later = np.asarray((one * number).max(axis=1) >= (two * number).max(axis=1))
    first = (often[:, 0] > often[:, 1]) | ((often[:, 0] == often[:, 1]) & later)
    k = often.max(axis=1)
    n = (state != STATES[3]).sum(axis=1).to_numpy()
    return pd.DataFrame(
        {
            "indicator": name,
            "side": np.where(k == 0, "", np.where(first, *sides)).astype(object),
            "k": k,
            "n": n,
            "missing": state.shape[1] - n,
            "last": state.iloc[:, -1],
            "persistent": k >= least,
        },
        index=state.index,
    )
