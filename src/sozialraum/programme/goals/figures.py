"""The figures a goal is measured by: of a district, an area, a facility or the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.distinct import members as members_of
from sozialraum.programme.sheets.periods import period_bounds

if TYPE_CHECKING:
    from sozialraum.programme.register import Programme

__all__ = ["FIGURE_COLUMNS", "goal_figures", "row_at"]

FIGURE_COLUMNS = ("value", "numerator", "denominator", "lower", "upper", "flag")


def goal_figures(goal: pd.Series, programme: Programme, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the series of a goal's indicator in its place.

    Parameters
    ----------
    goal
        A row of ``programme["goals"]``.
    programme
        Knows areas and what facilities count themselves.
    indicators
        Long frame, index district: what the audience may see.

    Returns
    -------
    pd.DataFrame
        Index: date (or the period of a facility), in order; columns `FIGURE_COLUMNS`. For an area or the
        city the counts of its districts are summed; where one of them is not known, the sum is not known.
        An area counts the districts it has at the goal's baseline, for all dates: whoever joins later would
        change the figure without anybody's situation changing.
    """
    kind = goal["scope_type"]
    if kind == "facility":
        return _facility(goal, programme)
    rows = indicators[indicators["indicator"] == goal["indicator"]]
    if kind == "district":
        own = rows[rows.index == goal["scope"]].set_index("date")
        figures: pd.DataFrame = own.reindex(columns=list(FIGURE_COLUMNS)).sort_index()
        return figures
    members = indicators.index.unique() if kind == "city" else pd.Index(_members(goal, programme))
    return _sum(rows, members)


def row_at(figures: pd.DataFrame, date: str) -> pd.Series:
    """Return the figures of a date."""
    return figures.iloc[list(figures.index).index(date)]


def _members(goal: pd.Series, programme: Programme) -> list[str]:
    """Return the districts of an area at the goal's baseline; of one that starts later, its first ones."""
    areas = programme["areas"]
    own = areas[areas["area_id"] == goal["scope"]]
    if own.empty:
        return []
    day = max(period_bounds(goal["baseline_period"])[1], str(own["since"].min()))
    valid = own[(own["since"] <= day) & (own["until"].isna() | (own["until"] >= day))]
    return sorted(set(valid["district"]))


def _facility(goal: pd.Series, programme: Programme) -> pd.DataFrame:
    values = programme["facility_values"]
    own = values[(values["facility_id"] == goal["scope"]) & (values["indicator"] == goal["indicator"])]
    frame = own.set_index("period")[["numerator", "denominator"]].rename_axis("date")
    frame["value"] = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    frame["flag"] = np.where(frame["numerator"].isna(), "missing", "ok")
    order = sorted(frame.index, key=lambda period: period_bounds(period)[1])
    figures: pd.DataFrame = frame.reindex(index=order, columns=list(FIGURE_COLUMNS))
    return figures


def _sum(rows: pd.DataFrame, members: pd.Index) -> pd.DataFrame:
    """Sum the counts of the districts, date by date."""
    inside = rows[rows.index.isin(members)]
    value, above, below = (inside[name].to_numpy(float) for name in ("value", "numerator", "denominator"))
    date_of, dates = pd.factorize(inside["date"], sort=True)
    records = {}
    for date, of in zip(dates, members_of(date_of, len(dates)), strict=True):
        # A mere count has no denominator anywhere; a share without one is not known.
        bare = bool(np.isnan(below[of]).all() and (value[of] == above[of]).all())
        known = ~np.isnan(above[of]) & (bare | ~np.isnan(below[of]))
        whole = bool(known.all()) and len(of) == len(members)
        cases, people = np.nansum(above[of]), np.nansum(below[of])
        records[str(date)] = {
            "value": (cases if bare else cases / people if people > 0 else np.nan) if whole else np.nan,
            "numerator": cases if whole else np.nan,
            "denominator": people if whole and not bare else np.nan,
            "lower": np.nan,
            "upper": np.nan,
            "flag": "ok" if whole else "unknown",
        }
    frame = pd.DataFrame.from_dict(records, orient="index", columns=list(FIGURE_COLUMNS))
    return frame.rename_axis("date")
