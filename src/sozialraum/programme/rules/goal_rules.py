"""Rules of goals: Z-R1 to Z-R6, and what a goal says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialraum.programme.rules.known import Known, records
from sozialraum.programme.rules.references import unknown
from sozialraum.programme.sheets.cells import amount
from sozialraum.programme.sheets.model import CATALOGUE
from sozialraum.programme.sheets.periods import period_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["check_goals"]

Row = dict[str, Any]
ACTIVE = {"agreed", "adopted", "changed"}


def check_goals(programme: Programme, known: Known) -> Iterator[Problem]:
    """Check each goal by itself; what needs the figures is checked by `goals.baseline`."""
    inside = {(row["facility_id"], row["indicator"]) for _, row in records(programme, "facility_values")}
    for position, row in records(programme, "goals"):
        yield from _indicator(programme, known, position, row, inside)
        yield from _target(programme, position, row)
        yield from _times(programme, position, row)
        yield from _agreement(programme, position, row)
    yield from _versions(programme)


def _indicator(
    programme: Programme, known: Known, position: int, row: Row, inside: set[tuple[object, object]]
) -> Iterator[Problem]:
    indicator = row["indicator"]
    if indicator is None:
        return
    if row["scope_type"] == "facility":
        if (row["scope"], indicator) not in inside:
            yield programme.problem(
                "no_facility_values", "goals", position, "indicator", written=indicator, scope=row["scope"]
            )
        listed = known.catalogue is None or indicator in known.catalogue.index
        if not listed and row["indicator_label"] is None:
            yield programme.problem(
                "no_indicator_label",
                "goals",
                position,
                "indicator_label",
                severity="warning",
                written=indicator,
            )
        return
    if known.catalogue is None:
        return
    if indicator not in known.catalogue.index:
        yield unknown(programme, known, "goals", position, "indicator", indicator, CATALOGUE)
        return
    kind, polarity = known.catalogue.at[indicator, "kind"], known.catalogue.at[indicator, "polarity"]
    quantity = row["quantity"]
    if quantity is not None and quantity != kind and not (quantity == "count" and kind in {"share", "ratio"}):
        yield programme.problem(
            "wrong_quantity", "goals", position, "quantity", kind=kind, indicator=indicator
        )
    wrong = {"disadvantage": "raise", "resource": "lower"}.get(str(polarity))
    if row["direction"] == wrong:
        yield programme.problem(
            "against_polarity", "goals", position, "direction", severity="warning", indicator=indicator
        )


def _target(programme: Programme, position: int, row: Row) -> Iterator[Problem]:
    kind, quantity, direction = row["target_kind"], row["quantity"], row["direction"]
    if kind == "points" and quantity not in {"share", None}:
        yield programme.problem("points_without_share", "goals", position, "target_kind")
        return
    if (kind, direction) in {("at_most", "raise"), ("at_least", "lower")} or (
        direction == "hold" and kind in {"points", "fraction"}
    ):
        yield programme.problem("kind_against_direction", "goals", position, "target_kind")
    if row["target"] is None or kind is None:
        return
    for column, written in (
        ("target", row["target"]),
        *(("milestones", target) for _, target in row["milestones"]),
    ):
        yield from _size(programme, position, row, column, written)


def _size(programme: Programme, position: int, row: Row, column: str, written: str) -> Iterator[Problem]:
    """Check one target value: the unit of its kind, and whether it can be reached at all."""
    found, kind = amount(written), row["target_kind"]
    if kind == "fraction":
        part = found.number / 100 if found.unit == "%" else found.number
        if found.unit == "" or not 0 < part <= (1 if row["direction"] == "lower" else 10):
            yield programme.problem("not_a_fraction", "goals", position, column, written=written)
        return
    if found.unit == "fraction":
        yield programme.problem("fraction_not_meant", "goals", position, column, written=written)
        return
    if row["quantity"] == "count" and (found.unit == "%" or not found.number.is_integer()):
        yield programme.problem("count_not_whole", "goals", position, column, written=written)
        return
    share = row["quantity"] == "share"
    if found.number < 0 or (share and found.number > 100):
        yield programme.problem("target_impossible", "goals", position, column, written=written)
    elif share and found.unit == "" and 0 < found.number < 1:
        yield programme.problem("share_two_readings", "goals", position, column, written=written)
    elif kind == "points" and found.number == 0:
        yield programme.problem("target_changes_nothing", "goals", position, column, written=written)
    elif share and kind == "points" and row["direction"] == "lower" and row["baseline"] is not None:
        start = amount(row["baseline"])
        if start.unit != "fraction" and found.number > start.number:
            yield programme.problem("target_impossible", "goals", position, column, written=written)


def _times(programme: Programme, position: int, row: Row) -> Iterator[Problem]:
    start, due = row["baseline_period"], row["due_period"]
    if start is None or due is None:
        return
    first, last = period_bounds(start)[1], period_bounds(due)[1]
    if last <= first:
        yield programme.problem("due_before_baseline", "goals", position, "due_period", due=due, start=start)
    for when, target in row["milestones"]:
        end = period_bounds(when)[1]
        if not first < end <= last:
            yield programme.problem("milestone_outside", "goals", position, "milestones", when=when)
        elif end == last and target != row["target"]:
            yield programme.problem("milestone_is_target", "goals", position, "milestones", when=when)


def _agreement(programme: Programme, position: int, row: Row) -> Iterator[Problem]:
    if row["status"] == "adopted" and not row["agreed_with"]:
        yield programme.problem(
            "adopted_without_agreement", "goals", position, "agreed_with", severity="note"
        )
    if row["quantity"] == "count":
        yield programme.problem("count_needs_share", "goals", position, "quantity", severity="note")
    if row["status"] in ACTIVE and row["owner"] is None:
        yield programme.problem("no_owner", "goals", position, "owner", severity="note")


def _versions(programme: Programme) -> Iterator[Problem]:
    """Find versions that replace one that is not there, or that replace none."""
    rows = list(records(programme, "goals"))
    versions = {(row["goal_id"], row["version"]) for _, row in rows}
    for position, row in rows:
        if row["version"] is None:
            continue
        replaced = row["supersedes"]
        missing = replaced is None if row["version"] > 1 else replaced is not None
        if missing or (replaced is not None and (row["goal_id"], replaced) not in versions):
            yield programme.problem(
                "wrong_version", "goals", position, "supersedes", version=f"{row['version']:.0f}"
            )
