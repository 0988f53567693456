"""What the programme costs, who pays, and what comes out: the overviews that funders ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sozialraum.programme.register import Programme

__all__ = ["cost_overview", "input_output"]


def cost_overview(programme: Programme) -> pd.DataFrame:
    """Return the cost-and-finance overview: one row per measure, year and source, and sums.

    Returns
    -------
    pd.DataFrame
        Columns `measure_id`, `name`, `year`, `source`, `amount`, `posts`, `status`, `secured` (budgeted,
        decided or granted), `share_of_measure` (of the measure's amounts in that year, 0..1), and `row`:
        ``"entry"``, ``"measure"`` (sum over sources and years), ``"year"`` (sum over measures) or
        ``"total"``. Refused money is in no sum. An amount that is not known is not 0: a sum with such an
        entry is marked in `incomplete`.
    """
    funding = programme["funding"].copy()
    names = programme["measures"]["name"].to_dict()
    funding["name"] = funding["measure_id"].map(names)
    funding["secured"] = funding["status"].isin(["budgeted", "decided", "granted"])
    counted = funding[funding["status"] != "refused"]
    per_year = counted.groupby(["measure_id", "year"])["amount"].transform("sum")
    funding["share_of_measure"] = (counted["amount"] / per_year.where(per_year > 0)).reindex(funding.index)
    funding["row"] = "entry"
    parts = [
        funding,
        _sums(counted, "measure_id", "measure", names),
        _sums(counted, "year", "year", names),
        _sums(counted.assign(all=1), "all", "total", names),
    ]
    columns = [
        "row",
        "measure_id",
        "name",
        "year",
        "source",
        "amount",
        "secured_amount",
        "posts",
        "status",
        "secured",
        "share_of_measure",
        "incomplete",
    ]
    filled = [part for part in parts if not part.empty]
    table = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
    return table.reindex(columns=columns)


def _sums(counted: pd.DataFrame, by: str, row: str, names: dict[object, object]) -> pd.DataFrame:
    """Sum amounts and posts; say where one of them is not known."""
    rows = []
    for key, group in counted.groupby(by, sort=True):
        record = {
            "row": row,
            "amount": group["amount"].sum(),
            "secured_amount": group.loc[group["secured"], "amount"].sum(),
            "posts": group["posts"].sum(),
            "incomplete": bool(group["amount"].isna().any()),
        }
        if by == "measure_id":
            record |= {"measure_id": key, "name": names.get(key)}
        if by == "year":
            record["year"] = key
        rows.append(record)
    return pd.DataFrame(rows)


def input_output(programme: Programme, *, year: int | None = None) -> pd.DataFrame:
    """Return inputs beside outputs, one row per measure and year.

    Parameters
    ----------
    programme
        Planned outputs from `measures`, actual ones from `measure_years`, money from `funding`.
    year
        Only this year.

    Returns
    -------
    pd.DataFrame
        Columns `measure_id`, `name`, `year`, `status`, `funded`, `spent`, `posts`, `output`, `unit`,
        `planned` (for the whole measure), `actual`, `actual_so_far`, `output_share` (so far / planned),
        `reached`, `cost_per_unit` (spent / actual).
    """
    states = programme["measure_years"].copy()
    measures = programme["measures"]
    funding = programme["funding"]
    counted = funding[funding["status"] != "refused"]
    money = counted.groupby(["measure_id", "year"])["amount"].sum(min_count=1)
    states = states.sort_values(["measure_id", "year"], kind="stable")
    states["actual_so_far"] = states.groupby("measure_id")["actual"].cumsum()
    for column in ("name", "output", "unit", "planned"):
        states[column] = states["measure_id"].map(measures[column].to_dict())
    states["planned"] = states["planned"].astype(float)
    states["funded"] = [
        float(money.get((measure, when), np.nan))
        for measure, when in zip(states["measure_id"], states["year"], strict=True)
    ]
    states["output_share"] = states["actual_so_far"] / states["planned"].where(states["planned"] > 0)
    states["cost_per_unit"] = states["spent"] / states["actual"].where(states["actual"] > 0)
    if year is not None:
        states = states[states["year"] == year]
    columns = [
        "measure_id",
        "name",
        "year",
        "status",
        "funded",
        "spent",
        "posts",
        "output",
        "unit",
        "planned",
        "actual",
        "actual_so_far",
        "output_share",
        "reached",
        "cost_per_unit",
    ]
    return states.reindex(columns=columns).reset_index(drop=True)
