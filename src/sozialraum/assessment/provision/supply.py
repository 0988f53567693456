"""What there is in a district: capacity per head, and how much of what is required it covers."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SUPPLY_COLUMNS", "capacity_by_year", "open_in", "supply", "year_of"]

SUPPLY_COLUMNS = (
    "kind",
    "target_group",
    "unit",
    "year",
    "facilities",
    "unknown",
    "capacity",
    "people",
    "per_head",
    "requirement",
    "coverage",
    "occupied",
    "waiting_list",
    "quality",
)
ALL = "all"


def year_of(period: object) -> int | None:
    """Return the year of a period: its own, the starting one of a school year; None if there is none.

    Examples
    --------
    >>> [year_of(period) for period in (2007, "2007-12-31", "31.12.2007", "2007/08", None)]
    [2007, 2007, 2007, 2007, None]
    """
    if period is None or (isinstance(period, float) and math.isnan(period)) or period is pd.NaT:
        return None
    found = re.search(r"(?<!\d)(\d{4})(?!\d)", str(period))
    return int(found.group(1)) if found else None


def open_in(facilities: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Tell for each facility and year whether it was open at some time of it.

    A facility that closed on a 1 January was not open in that year.

    Parameters
    ----------
    facilities
        Index facility; `opened`, `closed`: ISO dates, years or empty (always open).
    years
        Columns of the result.
    """

    def first_year(value: object) -> float:
        year = year_of(value)
        return -math.inf if year is None else year

    def last_year(value: object) -> float:
        year = year_of(value)
        if year is None:
            return math.inf
        return year - 1 if str(value).startswith(f"{year}-01-01") else year

    columns = facilities.reindex(columns=["opened", "closed"])
    start = columns["opened"].map(first_year).to_numpy(dtype=float)
    end = columns["closed"].map(last_year).to_numpy(dtype=float)
    when = np.asarray(years, dtype=float)
    inside = (start[:, None] <= when) & (when <= end[:, None])
    return pd.DataFrame(inside, index=facilities.index, columns=list(years))


def capacity_by_year(
    facilities: pd.DataFrame, facility_years: pd.DataFrame, years: Sequence[int]
) -> pd.DataFrame:
    """Return capacity per facility and year: 0 where closed, NaN where open and not known.

    Parameters
    ----------
    facilities
        Index facility; `opened`, `closed`.
    facility_years
        Columns `facility_id`, `period`, `capacity`; one row per facility, period and unit.
    years
        Wanted years.
    """
    opened = open_in(facilities, years)
    rows = facility_years.assign(year=facility_years["period"].map(year_of))
    given = (
        rows.assign(capacity=pd.to_numeric(rows["capacity"]))
        .pivot_table(index="facility_id", columns="year", values="capacity", aggfunc="last")
        .reindex(index=facilities.index, columns=list(years))
        .astype(float)
    )
    return given.where(opened, 0.0)


@checked()
def supply(
    facilities: pd.DataFrame,
    facility_years: pd.DataFrame,
    people: Mapping[str, pd.DataFrame],
    *,
    years: Sequence[int],
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List capacity, capacity per head and coverage per district, kind of facility, target group and year.

    Parameters
    ----------
    facilities
        Index facility; `district`, `kind`, `target_group`, `opened`, `closed`.
    facility_years
        Columns `facility_id`, `period`, `capacity`, `unit`, and if known `occupied`, `waiting_list`,
        `quality`.
    people
        Target group to people: index district, one column per year (int). Every district listed here is in
        the result, with 0 facilities where it has none. Groups without people have no `per_head`.
    years
        Wanted years.
    requirements
        Columns `kind`, `target_group`, `per_head`, and if there are several `unit` and `year`: declared by
        the city.

    Returns
    -------
    pd.DataFrame
        Index district, columns `SUPPLY_COLUMNS`. `capacity` is NaN where one of the facilities has none
        that is known (`unknown` counts them); `coverage` is capacity / (people x requirement), 1: met.
        Units are never added up; `quality` is the mean of those known.
    """
    named = facilities.rename_axis("facility_id").reset_index()
    states = facility_years.assign(year=facility_years["period"].map(year_of))
    states = states.reindex(
        columns=["facility_id", "year", "capacity", "unit", "occupied", "waiting_list", "quality"]
    )
    opened = open_in(facilities, years).rename_axis(index="facility_id")
    running = opened.melt(var_name="year", value_name="open", ignore_index=False).reset_index()
    running = running.loc[running["open"], ["facility_id", "year"]].astype({"year": int})
    rows = running.merge(named[["facility_id", "district", "kind", "target_group"]], on="facility_id")
    rows = rows.merge(states, on=["facility_id", "year"], how="left")
    rows["unit"] = rows["unit"].fillna(rows["kind"].map(_usual_units(rows)))
    groups = ["kind", "target_group", "unit"]
    found = [
        _of_group(part, dict(zip(groups, values, strict=True)), people, years, requirements)
        for values, part in rows.groupby(groups, dropna=False, sort=True)
    ]
    if not found:
        return pd.DataFrame(columns=list(SUPPLY_COLUMNS), index=pd.Index([], name="district"))
    return pd.concat(found)[list(SUPPLY_COLUMNS)]


def _usual_units(rows: pd.DataFrame) -> dict[Any, Any]:
    """Return each kind's usual unit: that of a facility without a report, so that it counts as unknown."""
    given = rows.dropna(subset=["unit"])
    return {
        kind: part.mode(dropna=True).sort_values().iloc[0] for kind, part in given.groupby("kind")["unit"]
    }


def _of_group(
    part: pd.DataFrame,
    head: dict[str, Any],
    people: Mapping[str, pd.DataFrame],
    years: Sequence[int],
    requirements: pd.DataFrame | None,
) -> pd.DataFrame:
    numbers = ["capacity", "occupied", "waiting_list", "quality"]
    part = part.assign(**{name: pd.to_numeric(part[name]) for name in numbers})
    part = part.assign(unknown=part["capacity"].isna())
    by = part.groupby(["district", "year"])
    found = pd.DataFrame(
        {
            "facilities": by["facility_id"].nunique(),
            "unknown": by["unknown"].sum(),
            "capacity": by["capacity"].sum(min_count=1),
            "occupied": by["occupied"].sum(min_count=1),
            "waiting_list": by["waiting_list"].sum(min_count=1),
            "quality": by["quality"].mean(),
        }
    )
    group = people.get(str(head["target_group"]))
    everywhere = {key for frame in people.values() for key in frame.index} | set(part["district"])
    grid = pd.MultiIndex.from_product([sorted(everywhere, key=str), list(years)], names=["district", "year"])
    found = found.reindex(grid)
    found[["facilities", "unknown"]] = found[["facilities", "unknown"]].fillna(0).astype(int)
    found["capacity"] = found["capacity"].where(found["facilities"] > 0, 0.0).mask(found["unknown"] > 0)
    if group is None:
        found["people"] = np.nan
    else:
        crowd = group.reindex(index=grid.levels[0], columns=list(years)).astype(float)
        found["people"] = crowd.to_numpy().ravel()
    found["per_head"] = found["capacity"] / found["people"].where(found["people"] > 0)
    found = found.reset_index("year").assign(**head)
    found["requirement"] = _requirement(head, found["year"], requirements)
    found["coverage"] = found["per_head"] / found["requirement"]
    return found


def _requirement(
    head: dict[str, Any], years: pd.Series, requirements: pd.DataFrame | None
) -> pd.Series | float:
    if requirements is None or requirements.empty:
        return np.nan
    ours = requirements[
        (requirements["kind"] == head["kind"])
        & requirements["target_group"].isin([head["target_group"], ALL])
    ]
    if "unit" in ours:
        ours = ours[ours["unit"].isna() | (ours["unit"] == head["unit"])]
    if ours.empty:
        return np.nan
    if "year" not in ours or ours["year"].isna().all():
        return float(ours["per_head"].iloc[-1])
    # A requirement holds from its year on, until the next one.
    dated = ours.assign(year=ours["year"].map(year_of)).sort_values("year")
    at = np.searchsorted(dated["year"].to_numpy(), years.to_numpy(), side="right") - 1
    values = np.where(at >= 0, dated["per_head"].to_numpy(dtype=float)[np.maximum(at, 0)], np.nan)
    return pd.Series(values, index=years.index)
