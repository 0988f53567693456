"""Rules of measures, money and documentation: M-R1 to M-R7."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialraum.programme.rules.known import records
from sozialraum.programme.sheets.periods import period_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["check_measures", "missing_documents"]

Row = dict[str, Any]
BINDING = {"proviso", "decided", "granted"}
"""States of money whose decision has a date before which nothing starts."""


def check_measures(programme: Programme) -> Iterator[Problem]:
    """Check each measure, its funding, its years and its goals."""
    funding: dict[object, list[tuple[int, Row]]] = {}
    for position, row in records(programme, "funding"):
        funding.setdefault(row["measure_id"], []).append((position, row))
    years = [row for _, row in records(programme, "measure_years")]
    for position, row in records(programme, "measures"):
        yield from _money_first(programme, row, funding.get(row["measure_id"], []), years)
        yield from _consent(programme, position, row)
        if row["starts"] and row["ends"] and row["ends"] < row["starts"]:
            yield programme.problem("ends_before_start", "measures", position, "ends")
    yield from missing_documents(programme)
    yield from _links(programme)
    yield from _outputs(programme)


def _money_first(
    programme: Programme, row: Row, funding: list[tuple[int, Row]], years: list[Row]
) -> Iterator[Problem]:
    """M-R1: what needs additional money starts after the decision about it."""
    started = row["starts"]
    ran = sorted(
        year["year"]
        for year in years
        if year["measure_id"] == row["measure_id"] and year["status"] in {"running", "finished"}
    )
    if started is None and ran and ran[0]:
        started = f"{ran[0]:.0f}-12-31"
    for position, money in funding:
        begins = (
            started
            if money["year"] is None or started is None
            else max(started, f"{money['year']:.0f}-01-01")
        )
        if begins is None:
            continue
        decided, status = money["decided_on"], money["status"]
        place = {"measure": row["measure_id"], "begins": begins}
        early = decided is not None and begins < decided
        if (status == "proviso" and decided is None) or (status in BINDING and early):
            yield programme.problem("start_before_decision", "funding", position, "decided_on", **place)
        elif status == "refused" and ran and money["year"] in ran:
            yield programme.problem(
                "runs_without_money", "funding", position, "status", severity="warning", **place
            )


def _consent(programme: Programme, position: int, row: Row) -> Iterator[Problem]:
    """M-R2: another department's consent has a date, before the start."""
    if row["competence"] != "other":
        return
    consent = row["consent_on"]
    if consent is None:
        yield programme.problem("no_consent", "measures", position, "consent_on", measure=row["measure_id"])
    elif row["starts"] is not None and row["starts"] < consent:
        yield programme.problem(
            "consent_after_start", "measures", position, "consent_on", measure=row["measure_id"]
        )


def missing_documents(programme: Programme) -> Iterator[Problem]:
    """M-R3: a measure that ran in a year without documentation of that year."""
    for position, row in records(programme, "measure_years"):
        if row["status"] not in {"running", "finished", "aborted"}:
            continue
        if row["document"] is None or row["documented_on"] is None:
            column = "document" if row["document"] is None else "documented_on"
            yield programme.problem(
                "no_document",
                "measure_years",
                position,
                column,
                severity="warning",
                measure=row["measure_id"],
                year=f"{row['year']:.0f}" if row["year"] is not None else "?",
            )


def _links(programme: Programme) -> Iterator[Problem]:
    """M-R4: measures and goals need one another."""
    links = list(records(programme, "measure_goals"))
    served = {row["goal_id"] for _, row in links}
    serving = {row["measure_id"] for _, row in links}
    for position, row in records(programme, "measures"):
        if row["measure_id"] not in serving:
            yield programme.problem(
                "measure_without_goal",
                "measures",
                position,
                "measure_id",
                severity="warning",
                measure=row["measure_id"],
            )
    goals = _latest_goals(programme)
    for goal, (position, row) in goals.items():
        if goal not in served and row["status"] != "abandoned":
            yield programme.problem(
                "goal_without_measure", "goals", position, "goal_id", severity="warning", goal=goal
            )
    yield from _reasons(programme, links, goals)


def _latest_goals(programme: Programme) -> dict[object, tuple[int, Row]]:
    goals: dict[object, tuple[int, Row]] = {}
    for position, row in records(programme, "goals"):
        known = goals.get(row["goal_id"])
        if known is None or (row["version"] or 0) >= (known[1]["version"] or 0):
            goals[row["goal_id"]] = position, row
    return goals


def _reasons(
    programme: Programme, links: list[tuple[int, Row]], goals: dict[object, tuple[int, Row]]
) -> Iterator[Problem]:
    """M-R6 and M-R7: a measure ends before its goal is due, and somebody says why it should work."""
    measures = {row["measure_id"]: row for _, row in records(programme, "measures")}
    for position, row in links:
        measure, (_, aim) = measures.get(row["measure_id"]), goals.get(row["goal_id"], (0, None))
        if measure and aim and measure["ends"] and aim["due_period"]:
            due = period_bounds(aim["due_period"])[1]
            if measure["ends"] > due:
                yield programme.problem(
                    "ends_after_due",
                    "measure_goals",
                    position,
                    "measure_id",
                    severity="warning",
                    measure=row["measure_id"],
                    ends=measure["ends"],
                    goal=row["goal_id"],
                    due=due,
                )
        if row["assumption"] is None:
            yield programme.problem(
                "no_assumption",
                "measure_goals",
                position,
                "assumption",
                severity="note",
                measure=row["measure_id"],
            )


def _outputs(programme: Programme) -> Iterator[Problem]:
    """M-R5: an output without a plan; years in which the measure was not there."""
    measures = {row["measure_id"]: row for _, row in records(programme, "measures")}
    for position, row in records(programme, "measure_years"):
        measure = measures.get(row["measure_id"])
        if measure is None or row["year"] is None:
            continue
        if row["actual"] is not None and measure["planned"] is None:
            yield programme.problem(
                "actual_without_plan",
                "measure_years",
                position,
                "actual",
                severity="warning",
                measure=row["measure_id"],
            )
        first, last = f"{row['year']:.0f}-01-01", f"{row['year']:.0f}-12-31"
        early = measure["starts"] is not None and last < measure["starts"]
        late = measure["ends"] is not None and measure["ends"] < first
        if row["status"] == "running" and (early or late):
            yield programme.problem(
                "runs_outside_span",
                "measure_years",
                position,
                "year",
                severity="warning",
                measure=row["measure_id"],
                year=f"{row['year']:.0f}",
            )
