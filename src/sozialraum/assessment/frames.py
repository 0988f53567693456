"""From the long indicator table to matrices, district by indicator, at one date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import AlignmentError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["check_indicators", "date_before", "matrix", "population_at"]


def check_indicators(indicators: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse a long table that lacks an indicator or says something twice.

    Raises
    ------
    AlignmentError
        Names every missing indicator and every district that has two rows for one indicator and date.
    """
    problems = []
    absent = sorted(set(names) - set(indicators["indicator"]))
    if absent:
        problems.append(Problem(code="assessment.indicator_absent", keys=tuple(absent)))
    ours = indicators[["indicator", "date"]].assign(district=indicators.index)
    double = ours[ours.duplicated()]
    for (indicator, date), rows in double.groupby(["indicator", "date"], sort=True):
        values = {"indicator": indicator, "date": date}
        keys = tuple(sorted(rows["district"].astype(str).unique()))
        problems.append(Problem(code="assessment.double_row", keys=keys, values=values))
    raise_problems(problems, AlignmentError)


def matrix(
    indicators: pd.DataFrame, names: Sequence[str], date: str, *, column: str = "value"
) -> pd.DataFrame:
    """Return one number per district and indicator at `date`.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    names
        Indicators, the columns of the result in this order.
    date
        ISO text.
    column
        Which number: ``"value"``, ``"numerator"``, ``"denominator"``.

    Returns
    -------
    pd.DataFrame
        Index: every district of `indicators`, at whatever date, in order of first appearance; float, NaN
        where there is no number.
    """
    districts = pd.Index(indicators.index.unique(), name="district")
    at_date = indicators[indicators["date"] == date]
    found = {
        name: pd.to_numeric(rows[column]).astype(float)
        for name, rows in at_date.groupby("indicator", sort=False)
        if name in names
    }
    return pd.DataFrame(
        {name: found[name].reindex(districts) if name in found else np.nan for name in names},
        index=districts,
        dtype=float,
    )


def date_before(date: str, years: int, dates: Iterable[str]) -> str | None:
    """Find the date `years` before `date`: the same day, else the only date of that year.

    Examples
    --------
    >>> date_before("2017-12-31", 2, ["2015-12-31", "2016-12-31", "2017-12-31"])
    '2015-12-31'
    """
    year = f"{int(date[:4]) - years:04d}"
    candidates = [other for other in dates if other[:4] == year]
    same_day = [other for other in candidates if other[4:] == date[4:]]
    if same_day:
        return same_day[0]
    return candidates[0] if len(candidates) == 1 else None


def population_at(
    population: pd.Series | pd.DataFrame | None, date: str, districts: pd.Index
) -> pd.Series | None:
    """Return the inhabitants at `date`; None where no population was given at all.

    Parameters
    ----------
    population
        A Series (the same at all dates) or a DataFrame with one column per date; index district.
    """
    if population is None:
        return None
    if isinstance(population, pd.Series):
        return population.reindex(districts).astype(float)
    if date not in population.columns:
        return pd.Series(np.nan, index=districts)
    return population[date].reindex(districts).astype(float)
