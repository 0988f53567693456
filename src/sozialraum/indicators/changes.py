"""Changes over time: points, index, annual rate, and what numerator and denominator did to a share."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import CatalogueError, Problem, SozialraumError, raise_problems, require_long, shorten
from sozialraum.indicators.derive import SEVERITY
from sozialraum.keys import closest
from sozialraum.panel import row_problems
from sozialraum.tables.numbers import as_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CHANGE_COLUMNS", "changes", "decompose", "difference_interval", "years_between"]

CHANGE_COLUMNS = (
    "indicator",
    "base_date",
    "date",
    "base_value",
    "value",
    "difference",
    "lower",
    "upper",
    "index",
    "annual_rate",
    "numerator_effect",
    "denominator_effect",
    "flag",
    "break_date",
)


@checked()
def changes(
    indicators: pd.DataFrame,
    *,
    base: str = "previous",
    breaks: Mapping[str, Sequence[object]] | None = None,
) -> pd.DataFrame:
    """Compute how each indicator of each district changed.

    Parameters
    ----------
    indicators
        Long frame as `derive_indicators` returns it (index "district", columns `INDICATOR_COLUMNS`).
    base
        ``"previous"``: each date against the one before it. ``"first"``: against the first date of its
        series. Or a date: every later date against this one.
    breaks
        Indicator to the dates from which on it is defined anew. A break ends a series: there is no change
        across it.

    Returns
    -------
    pd.DataFrame
        Index "district", one row per indicator, pair of dates and district, columns `CHANGE_COLUMNS`:

        - `difference` = value - base_value in the indicator's unit, so that times 100 it is percentage
          POINTS for a share; `lower` and `upper` its 95 % interval (`difference_interval`).
        - `index` = 100 * value / base_value: 100 means unchanged.
        - `annual_rate` = (value / base_value) ** (1 / years) - 1.
        - `numerator_effect` and `denominator_effect` add up to `difference` (`decompose`).
        - `flag`: the more decisive one of both dates; only "ok" and "unreliable" have numbers.
        - `break_date`: where a break lies between the dates. Then the flag is "not applicable" and there is
          no number. Otherwise "".

        NaN where a number cannot be: index and annual rate on a base of 0, effects without counts.

    Raises
    ------
    CatalogueError
        If a break or base names an indicator or date that does not exist, or a cell occurs twice.
    """
    require_long(indicators)
    ended, problems = _breaks(indicators, breaks or {})
    problems += _check(indicators, base)
    raise_problems(problems, CatalogueError)
    districts = indicators.index.unique()
    parts = []
    for name, rows in indicators.groupby("indicator", sort=False):
        indicator = str(name)
        by_date = {str(date): part.reindex(districts) for date, part in rows.groupby("date", sort=True)}
        for start, end, broken in _pairs(list(by_date), base, ended.get(indicator, [])):
            change = _change(by_date[start], by_date[end], years_between(start, end), broken=bool(broken))
            named = {"indicator": indicator, "base_date": start, "date": end, "break_date": broken}
            parts.append(change | {name: np.full(len(districts), told) for name, told in named.items()})
    if not parts:
        return pd.DataFrame(columns=list(CHANGE_COLUMNS), index=districts[:0])
    columns = {name: np.concatenate([part[name] for part in parts]) for name in CHANGE_COLUMNS}
    return pd.DataFrame(columns, index=districts.take(np.tile(np.arange(len(districts)), len(parts))))


def _breaks(
    indicators: pd.DataFrame, breaks: Mapping[str, Sequence[object]]
) -> tuple[dict[str, list[str]], list[Problem]]:
    known = [str(name) for name in indicators["indicator"].unique()]
    problems, found = [], {}
    for indicator, entries in breaks.items():
        if indicator not in known:
            values = {"indicator": indicator, "similar": shorten(closest(indicator, known) or known)}
            problems.append(Problem(code="changes.unknown_indicator", values=values))
        dates = [as_date(entry) for entry in entries]
        problems += [
            Problem(code="changes.bad_date", values={"indicator": indicator, "written": entry})
            for entry, date in zip(entries, dates, strict=True)
            if date is None
        ]
        found[indicator] = sorted(date for date in dates if date is not None)
    return found, problems


def _check(indicators: pd.DataFrame, base: str) -> list[Problem]:
    problems = []
    if base not in {"previous", "first", *indicators["date"].unique()}:
        values = {"base": base, "dates": shorten(sorted(indicators["date"].unique()))}
        problems.append(Problem(code="changes.unknown_base", values=values))
    return [*problems, *row_problems(indicators)]


def _pairs(dates: list[str], base: str, breaks: list[str]) -> list[tuple[str, str, str]]:
    """Return base date, date and the break between them ("" if none) of every change of one indicator."""
    # The series of a date: how many breaks have begun by then.
    series = {date: bisect_right(breaks, date) for date in dates}
    first = {series[date]: date for date in reversed(dates)}
    found = []
    for earlier, date in pairwise(dates):
        start = earlier
        if base == "first" and series[earlier] == series[date]:
            start = first[series[date]]
        elif base not in {"previous", "first"}:
            start = base
        if start in dates and start < date:
            broken = breaks[series[start]] if series[start] < series[date] else ""
            found.append((start, date, broken))
    return found


def _change(then: pd.DataFrame, now: pd.DataFrame, years: float, *, broken: bool) -> dict[str, NDArray[Any]]:
    flags = np.maximum(_severity(then["flag"]), _severity(now["flag"]))
    if broken:
        flags = np.full(len(now), SEVERITY.index("not applicable"))
    valued = flags <= SEVERITY.index("unreliable")

    def numbers(frame: pd.DataFrame, column: str) -> Floats:
        return np.where(valued, frame[column].to_numpy(float), np.nan)

    value, base = numbers(now, "value"), numbers(then, "value")
    ratio = value / np.where(base > 0, base, np.nan)
    lower, upper = difference_interval(
        value,
        numbers(now, "lower"),
        numbers(now, "upper"),
        base,
        numbers(then, "lower"),
        numbers(then, "upper"),
    )
    above, below = decompose(
        numbers(now, "numerator"),
        numbers(now, "denominator"),
        numbers(then, "numerator"),
        numbers(then, "denominator"),
    )
    return {
        "base_value": then["value"].to_numpy(float),
        "value": now["value"].to_numpy(float),
        "difference": value - base,
        "lower": lower,
        "upper": upper,
        "index": 100 * ratio,
        "annual_rate": np.where(ratio >= 0, ratio, np.nan) ** (1 / years) - 1,
        "numerator_effect": above,
        "denominator_effect": below,
        "flag": np.array(SEVERITY, dtype=object)[flags],
    }


def _severity(flags: pd.Series) -> NDArray[np.int64]:
    number, known = pd.factorize(flags)
    # The last one is for those that are missing: their number is -1.
    severity = [SEVERITY.index(flag) for flag in (*known, "missing")]
    return np.array(severity, dtype=np.int64)[number]


def decompose(
    numerator: Floats, denominator: Floats, base_numerator: Floats, base_denominator: Floats
) -> tuple[Floats, Floats]:
    """Split the change of a share into what its numerator and what its denominator did.

    With share a/b at the later and A/B at the earlier date

    - numerator effect = (a - A) * (1/b + 1/B) / 2,
    - denominator effect = (1/b - 1/B) * (a + A) / 2.

    Each effect is the mean of changing this part first and of changing it last. The two add up to
    a/b - A/B exactly, and exchange their signs if the dates are exchanged.

    Parameters
    ----------
    numerator, denominator, base_numerator, base_denominator
        Counts at the later and the earlier date; NaN, or a denominator of 0, gives NaN.

    References
    ----------
    Kitagawa (1955), Journal of the American Statistical Association 50, 1168-1194; Das Gupta (1993),
    Standardization and decomposition of rates.
    """
    now = 1 / np.where(denominator > 0, denominator, np.nan)
    then = 1 / np.where(base_denominator > 0, base_denominator, np.nan)
    above: Floats = (numerator - base_numerator) * (now + then) / 2
    below: Floats = (now - then) * (numerator + base_numerator) / 2
    return above, below


def difference_interval(
    value: Floats, lower: Floats, upper: Floats, base: Floats, base_lower: Floats, base_upper: Floats
) -> tuple[Floats, Floats]:
    """Return the interval of a difference from the intervals of its two parts.

    lower = d - sqrt((value - lower)² + (base_upper - base)²), upper accordingly. With Wilson limits this is
    Newcombe's hybrid score interval for the difference of two shares. It takes the two dates for
    independent; people who are counted at both make it wider than it need be.

    Parameters
    ----------
    value, lower, upper
        Estimates and limits at the later date; NaN gives NaN.
    base, base_lower, base_upper
        The same at the earlier date.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10; Zou & Donner (2008), Statistics in
    Medicine 27, 1693-1702, for other limits.
    """
    difference = value - base
    low: Floats = difference - np.hypot(value - lower, base_upper - base)
    high: Floats = difference + np.hypot(upper - value, base - base_lower)
    return low, high


def _is_day(written: str) -> bool:
    try:
        dt.date.fromisoformat(written)
    except ValueError:
        return False
    return True


def years_between(start: str, end: str) -> float:
    """Return the years between two ISO dates: whole months / 12 where both are the same day or month ends."""
    try:
        first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    except ValueError as error:
        written = next(day for day in (start, end) if not _is_day(day))
        raise SozialraumError(Problem(code="panel.no_day", values={"written": written})) from error
    month_ends = all((date + dt.timedelta(days=1)).day == 1 for date in (first, last))
    if first.day == last.day or month_ends:
        return (12 * (last.year - first.year) + last.month - first.month) / 12
    return (last - first).days / 365.25
