"""Boundary reforms: counts carried from old districts to new ones, and summed up to larger areas.

Only counts are carried and summed, never rates: derive rates afterwards, from the carried counts.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import JoinError, Problem, raise_problems, shorten
from sozialraum.indicators.derive import SEVERITY
from sozialraum.indicators.reforms.crosswalks import area_crosswalk, check_crosswalk, read_crosswalk

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "aggregate_counts",
    "area_crosswalk",
    "carry_counts",
    "check_crosswalk",
    "check_vintages",
    "read_crosswalk",
]

VALUED = SEVERITY.index("unreliable")
"""Last flag that carries a value."""

METHODS = ("exact", "weights", "area")
"""What a count rests on, from firm to weak."""

NOT_APPLICABLE = SEVERITY.index("not applicable")

_LOG = logging.getLogger(__name__)


@checked()
def carry_counts(
    observations: pd.DataFrame,
    crosswalk: pd.DataFrame,
    *,
    counts: Collection[str],
    old: str,
    new: str,
    districts: Collection[str] | None = None,
) -> pd.DataFrame:
    """Carry counts of the old districts to the new ones.

    Parameters
    ----------
    observations
        As `join` returns them; `vintage` says which districts a row belongs to.
    crosswalk
        As `read_crosswalk` or `area_crosswalk` returns it.
    counts
        The variables that are counts. Every variable of the old vintage must be one: a rate cannot be
        carried, only derived from carried counts.
    old, new
        The two vintages. Rows of the new one stay as they are.
    districts
        Keys of the new districts, to find errors in the crosswalk.

    Returns
    -------
    pd.DataFrame
        Observations of the new vintage only, with two more columns: `estimated` (True where at least one
        old district was split, so that the count rests on weights) and `method` ("exact", "weights" or
        "area"). A new count is the weighted sum of the old ones; it has the most decisive flag among them,
        and a value only if each of them has one. An old district without a row is missing, not 0.

    Raises
    ------
    JoinError
        With every fault: rates, keys that one side does not know, weights, other vintages.
    """
    is_old = observations["vintage"] == old
    source, stays = observations[is_old], observations[~is_old]
    problems = _check_carry(source, stays, counts, old, new)
    expected = source["district"].unique()
    if len(expected):
        checks = check_crosswalk(crosswalk, old_keys=expected, new_keys=districts)
        problems += [_remark(problem) for problem in checks]
    raise_problems(problems, JoinError)
    for problem in problems:
        _LOG.warning("%s", problem.text())
    carried = _carry(source, crosswalk, new)
    kept = _described(stays)
    return pd.concat([carried, kept], ignore_index=True) if len(kept) else carried


def _remark(problem: Problem) -> Problem:
    """Remark, instead of refuse, old districts without a row: nobody may live there."""
    if problem.code != "vintages.unknown_old":
        return problem
    return Problem(
        code="vintages.old_without_row", severity="warning", keys=problem.keys, values=problem.values
    )


def _described(observations: pd.DataFrame) -> pd.DataFrame:
    """Add what `carry_counts` says of each count, where it is not known already."""
    described = observations.copy()
    known: dict[str, bool | str] = {"estimated": False, "method": "exact"}
    for name, value in known.items():
        old = described[name].astype(object) if name in described else pd.Series(value, index=described.index)
        described[name] = old.where(old.notna(), value)
    return described.astype({"estimated": bool})


def _check_carry(
    source: pd.DataFrame, stays: pd.DataFrame, counts: Collection[str], old: str, new: str
) -> list[Problem]:
    problems = []
    rates = sorted(set(source["variable"]) - set(counts))
    if rates:
        problems.append(
            Problem(code="vintages.not_a_count", values={"variables": shorten(rates), "old": old})
        )
    others = sorted(set(stays["vintage"]) - {new})
    if others:
        values = {"others": shorten(f"'{other}'" for other in others), "old": old, "new": new}
        problems.append(Problem(code="vintages.other_vintage", values=values))
    if source.empty:
        vintages = shorten(f"'{vintage}'" for vintage in stays["vintage"].unique()) or "-"
        problems.append(Problem(code="vintages.no_such_vintage", values={"old": old, "vintages": vintages}))
    cells = ["district", "date", "variable"]
    double = source[source.duplicated(cells)]
    if len(double):
        keys = tuple(double["district"].unique())
        problems.append(Problem(code="vintages.double_count", keys=keys))
    return problems


def _carry(source: pd.DataFrame, crosswalk: pd.DataFrame, vintage: str) -> pd.DataFrame:
    # Rounded weights are scaled to 1, so that no case is lost.
    scaled = crosswalk["weight"] / crosswalk.groupby("old")["weight"].transform("sum")
    ways = crosswalk.assign(weight=scaled)[scaled > 0]
    tables = source[["date", "variable"]].drop_duplicates()
    # Every old district of every table, so that one without a row shows as missing.
    grid = tables.merge(ways, how="cross")
    rows = _described(source).rename(columns={"district": "old", "method": "before"})
    cells = grid.merge(rows, how="left", on=["old", "date", "variable"])
    split = cells["weight"] < 1
    before = cells["estimated"].eq(other=True)
    cells = cells.assign(
        district=cells["new"],
        value=cells["value"] * cells["weight"],
        method=cells["method"].where(split, cells["before"].where(before, "exact")),
        estimated=split | before,
    )
    return _summed(cells, vintage)


def _summed(cells: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """Sum cells by district, date and variable; a cell that is not applicable counts nothing."""
    known = cells["flag"].where(cells["flag"].notna(), "missing")
    flags = np.array([SEVERITY.index(flag) for flag in known])
    methods = cells["method"].where(cells["method"].notna(), METHODS[0])
    ranked = cells.assign(
        flag=np.where(flags == NOT_APPLICABLE, -1, flags),
        method=[METHODS.index(method) for method in methods],
    )
    summed = (
        ranked.groupby(["district", "date", "variable"], sort=False)
        .agg(
            value=("value", "sum"),
            flag=("flag", "max"),
            estimated=("estimated", "any"),
            method=("method", "max"),
        )
        .reset_index()
    )
    table = ["date", "variable"]
    sources = cells.groupby(table)["source"].agg(lambda names: shorten(dict.fromkeys(names.dropna())))
    summed["value"] = summed["value"].where(summed["flag"].between(0, VALUED))
    summed["flag"] = [SEVERITY[NOT_APPLICABLE if flag < 0 else flag] for flag in summed["flag"]]
    summed["method"] = [METHODS[rank] for rank in summed["method"]]
    summed["source"] = sources.reindex(pd.MultiIndex.from_frame(summed[table])).to_numpy()
    return summed.assign(row=0, vintage=vintage)


def check_vintages(observations: pd.DataFrame) -> tuple[Problem, ...]:
    """Report each variable whose series mixes districts of different vintages."""
    problems = []
    for variable, rows in observations.groupby("variable", sort=False):
        vintages = rows.groupby("vintage")["date"].agg(lambda dates: shorten(sorted(dates.unique())))
        if len(vintages) > 1:
            listing = "; ".join(f"'{vintage}': {dates}" for vintage, dates in vintages.items())
            values = {"variable": variable, "vintages": listing}
            problems.append(Problem(code="vintages.mixed", values=values))
    return tuple(problems)


@checked()
def aggregate_counts(
    observations: pd.DataFrame, districts: pd.DataFrame, *, counts: Collection[str], level: str | None = None
) -> pd.DataFrame:
    """Sum counts of districts to larger areas, or to the whole city.

    Parameters
    ----------
    observations
        As `join` returns them, of one vintage.
    districts
        Index: district key; has the column `level`.
    counts
        The variables that are counts; every variable must be one.
    level
        Column with the larger area of each district; None: the whole city, under the key "".

    Returns
    -------
    pd.DataFrame
        Observations whose `district` is the larger area, with `estimated` and `method` as `carry_counts`
        has them. A sum has the most decisive flag of its districts and a value only if each of them has
        one; a district without a row is missing, one that is not applicable counts nothing.

    Raises
    ------
    JoinError
        With every fault: rates, mixed vintages, unknown districts, districts without a larger area.
    """
    problems = [*check_vintages(observations)]
    rates = sorted(set(observations["variable"]) - set(counts))
    if rates:
        problems.append(Problem(code="vintages.rate_summed", values={"variables": shorten(rates)}))
    unknown = observations.loc[~observations["district"].isin(districts.index), "district"].unique()
    if len(unknown):
        problems.append(Problem(code="vintages.unknown_district", keys=tuple(unknown)))
    areas = pd.Series("", index=districts.index) if level is None else districts[level]
    if areas.isna().any():
        values = {"level": level}
        keys = tuple(areas.index[areas.isna()])
        problems.append(Problem(code="vintages.no_area", keys=keys, values=values))
    raise_problems(problems, JoinError)
    tables = observations[["date", "variable"]].drop_duplicates()
    grid = tables.merge(areas.rename("area").rename_axis("district").reset_index(), how="cross")
    cells = grid.merge(_described(observations), how="left", on=["district", "date", "variable"])
    vintage = str(observations["vintage"].iloc[0]) if len(observations) else ""
    return _summed(cells.assign(district=cells["area"], estimated=cells["estimated"].eq(other=True)), vintage)
