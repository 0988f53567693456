"""Placed cases to counts per district and date, by declared rules."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialraum.cases.options import CaseCount

__all__ = ["WITHOUT_SPECIAL", "count_cases"]

WITHOUT_SPECIAL = "_ohne_sonderanschriften"
"""Ending of the variable that leaves special addresses (homes, shelters) out."""


def count_cases(
    cases: pd.DataFrame,
    districts: Sequence[str],
    *,
    name: str,
    count: CaseCount,
    date: str,
    with_special: bool,
) -> list[pd.DataFrame]:
    """Count the cases of one rule at one date, with and without special addresses.

    Parameters
    ----------
    cases
        One row per entry: `district`, `special`, `begin`, `end` (ISO or None), `birth`, `case`, `person`, and
        the columns of `count.where`.
    districts
        All keys: where there is no case, the count is 0.
    name
        Variable.
    count
        The rule. In stock ("bestand") is what has begun by the date and has not ended before it; a case of
        the year ("faelle_im_jahr") was open on at least one day of the twelve months up to the date.
    date
        ISO, the last day.
    with_special
        Whether the register knows special addresses at all.

    Returns
    -------
    list of pd.DataFrame
        Columns `district`, `date`, `variable`, `value`, `period`, `start`.
    """
    chosen = cases[_in_time(cases, count.rule, date)]
    for column, allowed in count.where.items():
        chosen = chosen[chosen[column].isin(allowed)]
    if count.age is not None:
        ages = _age(chosen["birth"], date)
        chosen = chosen[ages.between(*count.age)]
    # Whoever moved within the time counts once, where the last entry says.
    chosen = chosen.sort_values("begin", kind="stable", na_position="first")
    chosen = chosen.drop_duplicates("person" if count.persons else "case", keep="last")
    stock = count.rule == "bestand"
    start = date if stock else _year_before(date)
    parts = {name: chosen}
    if with_special:
        parts[name + WITHOUT_SPECIAL] = chosen[chosen["special"] == ""]
    index = pd.Index(districts, name="district")
    return [
        pd.DataFrame(
            {
                "date": date,
                "variable": variable,
                "value": part["district"].value_counts().reindex(index).fillna(0.0).astype(float),
                "period": "date" if stock else "year",
                "start": start,
            },
            index=index,
        ).reset_index()
        for variable, part in parts.items()
    ]


def _in_time(cases: pd.DataFrame, rule: str, date: str) -> pd.Series:
    begin, end = cases["begin"].fillna("0000-00-00"), cases["end"].fillna("9999-99-99")
    first = _year_before(date)
    if rule == "bestand":
        return (begin <= date) & (end >= date)
    if rule == "faelle_im_jahr":
        return (begin <= date) & (end >= first)
    return (begin if rule == "beginn_im_jahr" else end).between(first, date)


def _year_before(date: str) -> str:
    """Return the first of the twelve months' days that end with `date`."""
    following = dt.date.fromisoformat(date) + dt.timedelta(days=1)
    day = 28 if (following.month, following.day) == (2, 29) else following.day
    return following.replace(year=following.year - 1, day=day).isoformat()


def _age(birth: pd.Series, date: str) -> pd.Series:
    """Return completed years at a date; missing where the birthday is."""
    years = birth.str[:4].astype(float)
    not_yet = birth.str[5:] > date[5:]
    return int(date[:4]) - years - not_yet
