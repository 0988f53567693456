"""Periods of indicators: one rate never mixes kinds of period, and every date has its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.distinct import doubled
from sozialraum.errors import Problem, shorten
from sozialraum.tables.dates import period_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialraum.texts import Language

__all__ = ["PeriodNames", "check_periods", "indicator_periods", "period_names"]

_ALIKE = {"": "date", "year": "date"}
"""Offices write 2017 for a whole year and for its last day alike; the two are told apart by nobody."""


def indicator_periods(observations: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return which period each date of an indicator stands for.

    Parameters
    ----------
    observations
        As `read_table` or `combine` return them.
    catalogue
        As `read_catalogue` returns it.

    Returns
    -------
    pd.DataFrame
        Columns `indicator`, `date` (ISO, the last day), `period` (one of `PERIOD_KINDS`) and `start` (ISO);
        one row per indicator and date. Where counts of several kinds meet, that of the numerator. The names
        that people use are given by `sozialraum.tables.dates.period_label`.
    """
    rows = []
    periods = _periods(observations)
    for indicator, recipe in catalogue.iterrows():
        names = _variables(recipe)
        for date in sorted({date for name, date in periods if name in names}):
            found = [periods[name, date] for name in names if (name, date) in periods]
            period, start = min(found[0])
            rows.append({"indicator": str(indicator), "date": date, "period": period, "start": start})
    return pd.DataFrame(rows, columns=["indicator", "date", "period", "start"])


def period_names(
    periods: pd.DataFrame, date: object, indicator: str | None = None, *, language: Language
) -> tuple[str, str]:
    """Return the kind of period that a date stands for, and how people write it.

    Parameters
    ----------
    periods
        As `indicator_periods` returns them.
    date
        ISO, the last day; what is none (a missing date) has no name.
    indicator
        Whose date it is. None: of all indicators together; where they mean different periods by it, it is
        named as a day.
    language
        Of the words.

    Examples
    --------
    >>> periods = pd.DataFrame(
    ...     {"indicator": ["absence"], "date": "2023-07-31", "period": "school_year", "start": "2022-08-01"}
    ... )
    >>> period_names(periods, "2023-07-31", "absence", language="en")
    ('school_year', 'school year 2022/23')
    >>> period_names(periods, "2023-12-31", "absence", language="de")
    ('date', '31.12.2023')
    """
    return PeriodNames(periods)(date, indicator, language=language)


class PeriodNames:
    """`period_names` for many dates: the periods are gone through once.

    Parameters
    ----------
    periods
        As `indicator_periods` returns them.
    """

    def __init__(self, periods: pd.DataFrame) -> None:
        self._kinds: dict[tuple[str, str | None], set[tuple[str, str]]] = {}
        columns = (periods[name].tolist() for name in ("indicator", "date", "period", "start"))
        for indicator, date, kind, start in zip(*columns, strict=True):
            for whose in (indicator, None):
                self._kinds.setdefault((date, whose), set()).add((kind or "date", start or date))

    def __call__(self, date: object, indicator: str | None = None, *, language: Language) -> tuple[str, str]:
        """Return the kind of period that a date stands for, and how people write it."""
        if not isinstance(date, str) or not date:
            return "", ""
        kinds = self._kinds.get((date, indicator), set())
        ((kind, start),) = kinds if len(kinds) == 1 else {("date", date)}
        return str(kind), period_label(str(kind), str(start), date, language)


def check_periods(observations: pd.DataFrame, catalogue: pd.DataFrame) -> tuple[Problem, ...]:
    """Report indicators whose counts belong to periods of different kinds or lengths at one date.

    Parameters
    ----------
    observations, catalogue
        As for `indicator_periods`.

    Returns
    -------
    tuple
        An error per indicator that mixes periods within a rate, a warning per variable whose dates are not
        all of one kind.
    """
    periods = _periods(observations)
    problems: list[Problem] = []
    for indicator, recipe in catalogue.iterrows():
        names = _variables(recipe)
        mixed: dict[str, str] = {}
        for date in sorted({date for name, date in periods if name in names}):
            each = {name: periods[name, date] for name in names if (name, date) in periods}
            if len(set().union(*map(_compared, each.values()))) > 1:
                mixed[date] = ", ".join(f"{name}: {_words(found)}" for name, found in each.items())
        if mixed:
            values = {
                "indicator": indicator,
                "dates": shorten(mixed, 3),
                "periods": next(iter(mixed.values())),
            }
            problems.append(Problem(code="indicators.mixed_periods", values=values))
    return (*problems, *_changing(periods))


def _changing(periods: dict[tuple[str, str], set[tuple[str, str]]]) -> Iterable[Problem]:
    kinds: dict[str, dict[str, str]] = {}
    for (name, date), found in sorted(periods.items()):
        for kind, _ in found:
            kinds.setdefault(name, {}).setdefault(_ALIKE.get(kind, kind), date)
    for name, each in kinds.items():
        if len(each) > 1:
            listing = ", ".join(f"{kind} ({date})" for kind, date in each.items())
            values = {"variable": name, "periods": listing}
            yield Problem(code="indicators.changing_periods", severity="warning", values=values)


def _periods(observations: pd.DataFrame) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Return kinds and first days by variable and date; empty where nobody says."""
    if "period" not in observations:
        return {}
    columns = ["variable", "date", "period", "start"]
    known = observations.loc[~doubled(observations, columns), columns].dropna()
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for variable, date, period, start in known.itertuples(index=False):
        found.setdefault((str(variable), str(date)), set()).add((str(period), str(start)))
    return found


def _compared(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Bring together what is written alike: a year, and its last day."""
    return {("date", "") if kind in {"date", "year", ""} else (kind, start) for kind, start in found}


def _words(found: set[tuple[str, str]]) -> str:
    return " / ".join(f"{kind} ({start})" for kind, start in sorted(found))


def _variables(recipe: pd.Series) -> tuple[str, ...]:
    value = (recipe["value"],) if recipe["value"] else ()
    return (*recipe["numerator"], *recipe["denominator"], *value)
