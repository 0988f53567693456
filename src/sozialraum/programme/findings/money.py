"""Allocations of the sheet `verteilung`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import Problem, SozialraumError
from sozialraum.programme.allocation import (
    ALLOCATION_COLUMNS,
    AllocationPlan,
    allocate,
    allocation_interval,
    compare_allocations,
)
from sozialraum.programme.findings.counts import variable_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["MONEY_COLUMNS", "allocation_table"]

MONEY_COLUMNS = (
    "allocation_id",
    "pot",
    "year",
    "basis",
    *ALLOCATION_COLUMNS,
    "equal",
    "by_class",
    "last_year",
    "share_lower",
    "share_upper",
)
CLASS_WEIGHTS: Mapping[str, float] = {"very low": 2.0, "low": 1.5, "medium": 1.0, "high": 0.5}
"""What cities usually do, for comparison only."""


def allocation_table(
    allocations: pd.DataFrame,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    index: pd.DataFrame,
    *,
    drawn: Callable[[str, int], pd.DataFrame | None] = lambda _name, _year: None,
    seed: int = 0,
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Divide every pot of the sheet.

    Parameters
    ----------
    allocations
        Index allocation id; columns of the sheet. Within the holding period (`hold_years`) of an earlier
        allocation of the same pot its year's need counts on (`basis`), so that shares stand still.
    indicators, catalogue
        Persons in need; of a hidden count nothing can be divided, which is an error for the pot, not 0.
    index
        `Assessment.index`; the pot's index is "index_" and a target group, or empty for "all".
    drawn
        Gives the redrawn values of an index (its name, the year; index district, one column per draw), or
        None where there are none.
    seed
        Start of the random numbers.

    Returns
    -------
    table
        Index district, columns `MONEY_COLUMNS`; `share_lower` and `share_upper` bound the share of the pot
        (before rounding) in nine of ten redrawn data.
    problems
        Pots that could not be divided (severity "warning" for each), and notes.
    """
    found, problems = [], []
    basis: dict[str, int] = {}
    before: dict[str, pd.Series] = {}
    for name, row in allocations.sort_values("year", kind="stable").iterrows():
        pot, year = str(row["pot"]), int(row["year"])
        held = int(row["hold_years"]) if pd.notna(row["hold_years"]) else 0
        start = basis.get(pot)
        basis[pot] = start if start is not None and year - start < held else year
        try:
            one, notes = _one(row, basis[pot], indicators, catalogue, index, before.get(pot))
            one = one.join(_interval(row, basis[pot], indicators, catalogue, index, one, drawn, seed))
        except SozialraumError as error:
            problems += [_at(problem, str(name), "warning") for problem in error.problems]
            continue
        before[pot] = one["amount"]
        found.append(one.assign(allocation_id=str(name), pot=pot, year=year, basis=basis[pot]))
        problems += [_at(problem, str(name), "note") for problem in notes]
    columns = list(MONEY_COLUMNS)
    table = pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)
    return table.rename_axis("district"), tuple(problems)


def _at(problem: Problem, name: str, severity: str) -> Problem:
    return Problem(
        code=problem.code,
        severity="warning" if severity == "warning" else "note",
        sheet="verteilung",
        keys=problem.keys,
        values=dict(problem.values) | {"allocation": name},
    )


def _one(
    row: pd.Series,
    year: int,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    index: pd.DataFrame,
    before: pd.Series | None,
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    counts = variable_counts(str(row["persons"]), indicators, catalogue)
    known = [int(str(when)) for when in counts.columns if int(str(when)) <= year]
    if not known:
        raise SozialraumError(Problem(code="allocation.no_year", values={"year": year}))
    persons = counts[max(known)]
    ours, classes = _index_at(index, str(row["index"] or ""), year)
    weighted = row["key"] == "persons_index"
    result = allocate(persons, ours if weighted else None, _plan(row, weighted=weighted))
    compared = compare_allocations(result, classes=classes, class_weights=CLASS_WEIGHTS, last_year=before)
    return result.table.join(compared[["equal", "by_class", "last_year"]]), result.problems


def _interval(
    row: pd.Series,
    year: int,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    index: pd.DataFrame,
    divided: pd.DataFrame,
    drawn: Callable[[str, int], pd.DataFrame | None],
    seed: int,
) -> pd.DataFrame:
    """Bound the shares by redrawn data; persons that are a full count stay as they are."""
    persons = divided["persons"].astype(float)
    weighted = row["key"] == "persons_index"
    ours: pd.Series | pd.DataFrame | None = None
    if weighted:
        draws = drawn(str(row["index"] or ""), year)
        ours = _index_at(index, str(row["index"] or ""), year)[0] if draws is None else draws
    crowd = _people_behind(str(row["persons"]), year, indicators, catalogue)
    known = persons.notna()
    if isinstance(ours, pd.DataFrame):
        known &= ours.notna().all(axis=1).reindex(persons.index, fill_value=False)
    elif ours is not None:
        known &= ours.reindex(persons.index).notna()
    ours = None if ours is None else ours.reindex(persons.index[known])
    bounds = allocation_interval(
        persons[known],
        persons[known] if crowd is None else crowd.reindex(persons.index[known]).fillna(persons[known]),
        ours,
        _plan(row, weighted=weighted),
        seed=seed,
    )
    return bounds[["lower", "upper"]].add_prefix("share_").reindex(divided.index)


def _people_behind(
    variable: str, year: int, indicators: pd.DataFrame, catalogue: pd.DataFrame
) -> pd.Series | None:
    """Return of how many a count is, where it is the numerator of a share; None for a full count."""
    for name, written in catalogue.get("numerator", pd.Series(dtype=object)).items():
        if written in (variable, (variable,)) and catalogue["kind"][str(name)] == "share":
            rows = indicators[(indicators["indicator"] == name) & (indicators["date"] <= f"{year}-12-31")]
            last: pd.Series = rows[rows["date"] == rows["date"].max()]["denominator"]
            return last.astype(float)
    return None


def _plan(row: pd.Series, *, weighted: bool) -> AllocationPlan:
    return AllocationPlan(
        amount=float(row["amount"]),
        base=0.2 if weighted else 1.0,
        floor=_number(row["floor"]),
        cap=_number(row["cap"]),
        rounding=_number(row["rounding"]) or 0.01,
    )


def _number(cell: object) -> float | None:
    return None if pd.isna(cell) else float(str(cell))  # type: ignore[call-overload]  # one cell


def _index_at(index: pd.DataFrame, name: str, year: int) -> tuple[pd.Series, pd.Series]:
    empty = pd.Series(dtype=float)
    if index.empty:
        return empty, empty
    group = name.removeprefix("index_") or "all"
    ours = index[index["index"] == (group if group in set(index["index"]) else "all")]
    past = ours[ours["date"].str[:4].astype(int) <= year]
    last = past[past["date"] == past["date"].max()]
    return last["value"].astype(float), last["status"]
