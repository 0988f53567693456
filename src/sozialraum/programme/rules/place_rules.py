"""Rules of facilities, areas, rules of selection, decisions, allocations and registered effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialraum.programme.rules.known import Known, records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["check_places"]

Row = dict[str, Any]

SPANS = (
    ("facilities", "opened", "closed"),
    ("facilities", "age_from", "age_to"),
    ("cooperations", "since", "until"),
    ("conferences", "since", "last_meeting"),
    ("conferences", "last_meeting", "next_meeting"),
    ("sites", "since", "until"),
    ("areas", "since", "until"),
    ("decisions", "valid_from", "valid_until"),
    ("allocations", "floor", "cap"),
)
"""Sheet, and two columns of which the second must not be smaller."""

PARTS = (
    ("facility_values", "numerator", "denominator"),
    ("block_values", "numerator", "denominator"),
    ("polls", "count", "respondents"),
)
"""Sheet, and two counts of which the first is part of the second."""

NEEDS_INDICATOR = {"verdict", "cluster", "value"}


def check_places(programme: Programme, known: Known) -> Iterator[Problem]:
    """Check what one row says against itself, and rows of one sheet against one another."""
    for name, first, second in SPANS:
        for position, row in records(programme, name):
            if row[first] is not None and row[second] is not None and row[second] < row[first]:
                yield programme.problem("span_reversed", name, position, second, other=_head(name, first))
    for name, part, whole in PARTS:
        for position, row in records(programme, name):
            if row[part] is not None and row[whole] is not None and row[part] > row[whole]:
                yield programme.problem("part_above_whole", name, position, part, other=_head(name, whole))
    yield from _points(programme, known)
    yield from _capacities(programme)
    yield from _areas(programme)
    yield from _criteria(programme, known)
    yield from _decisions(programme)
    yield from _effects(programme)
    for position, row in records(programme, "allocations"):
        if row["key"] == "persons_index" and row["index"] is None:
            yield programme.problem("no_index", "allocations", position, "index")


def _head(name: str, column: str) -> str:
    from sozialraum.programme.sheets.every import sheet  # noqa: PLC0415 - only for a message

    return sheet(name)[column].heading


def _points(programme: Programme, known: Known) -> Iterator[Problem]:
    from shapely import Point  # noqa: PLC0415 - slow to import

    shapes = known.districts if known.districts is not None and "geometry" in known.districts else None
    for position, row in records(programme, "facilities"):
        if (row["x"] is None) != (row["y"] is None):
            yield programme.problem("half_a_point", "facilities", position, "x" if row["x"] is None else "y")
        if row["x"] is None or row["y"] is None or shapes is None or row["district"] not in shapes.index:
            continue
        if row["crs"] is not None and str(row["crs"]).upper() != str(shapes.crs).upper():
            continue
        # A door on the border is no contradiction.
        away = shapes.geometry.loc[row["district"]].distance(Point(row["x"], row["y"]))
        if away > 50:
            yield programme.problem(
                "point_elsewhere",
                "facilities",
                position,
                "district",
                written=row["district"],
                metres=round(away),
            )


def _capacities(programme: Programme) -> Iterator[Problem]:
    spans = {row["facility_id"]: row for _, row in records(programme, "facilities")}
    for position, row in records(programme, "facility_years"):
        place = spans.get(row["facility_id"])
        if row["occupied"] is not None and row["capacity"] is not None and row["occupied"] > row["capacity"]:
            yield programme.problem("over_full", "facility_years", position, "occupied", severity="warning")
        year = str(row["period"])[:4]
        if place and row["period"] and place["closed"] is not None and str(place["closed"])[:4] < year:
            yield programme.problem(
                "closed_already", "facility_years", position, "period", severity="warning"
            )
    for position, row in records(programme, "housing"):
        if row["kind"] == "rent_bound" and row["binding_ends"] is None:
            yield programme.problem("no_binding_end", "housing", position, "binding_ends", severity="warning")


def _areas(programme: Programme) -> Iterator[Problem]:
    """Find a district that belongs to two areas at the same time."""
    seen: dict[object, list[Row]] = {}
    for position, row in records(programme, "areas"):
        if row["district"] is None or row["since"] is None:
            continue
        for other in seen.get(row["district"], []):
            if row["since"] <= (other["until"] or "9999") and other["since"] <= (row["until"] or "9999"):
                yield programme.problem(
                    "area_overlap",
                    "areas",
                    position,
                    "district",
                    written=row["district"],
                    other=other["area_id"],
                )
        seen.setdefault(row["district"], []).append(row)
        if row["share"] is not None and row["site_id"] is None:
            yield programme.problem("share_without_site", "areas", position, "share", severity="warning")


def _criteria(programme: Programme, known: Known) -> Iterator[Problem]:
    for position, row in records(programme, "selection_rules"):
        indicator = row["indicator"]
        if row["result"] in NEEDS_INDICATOR and indicator is None:
            yield programme.problem("rule_needs_indicator", "selection_rules", position, "indicator")
        if row["role"] == "points" and row["points"] is None:
            yield programme.problem("rule_needs_points", "selection_rules", position, "points")
        if row["role"] == "any_of" and row["group"] is None:
            yield programme.problem("rule_needs_group", "selection_rules", position, "group")
        catalogue = known.catalogue
        if (
            catalogue is not None
            and indicator in catalogue.index
            and catalogue.at[indicator, "polarity"] == "context"
        ):
            yield programme.problem(
                "context_criterion", "selection_rules", position, "indicator", written=indicator
            )


def _decisions(programme: Programme) -> Iterator[Problem]:
    """Find decisions against the proposal that give no reason."""
    for position, row in records(programme, "decisions"):
        if row["decision"] is None or row["reason"] is not None or row["decision"] == row["proposal"]:
            continue
        code = "decision_without_reason" if row["proposal"] else "decision_without_proposal"
        yield programme.problem(code, "decisions", position, "reason")


def _effects(programme: Programme) -> Iterator[Problem]:
    inside: dict[object, set[object]] = {}
    for _, row in records(programme, "areas"):
        inside.setdefault(row["area_id"], set()).add(row["district"])
    for position, row in records(programme, "effects"):
        start = row["treatment_start"]
        if start is not None:
            year = int(str(start)[:4])
            if any(pre >= year for pre in row["pre"]):
                yield programme.problem("pre_after_start", "effects", position, "pre", year=year)
            if any(post < year for post in row["post"]):
                yield programme.problem("post_before_start", "effects", position, "post", year=year)
            if row["registered_on"] is not None and row["registered_on"] >= start:
                yield programme.problem(
                    "registered_late", "effects", position, "registered_on", severity="warning"
                )
        if row["comparison"] == "listed" and not row["comparison_districts"]:
            yield programme.problem("no_comparison", "effects", position, "comparison_districts")
        both = inside.get(row["area_id"], set()) & set(row["comparison_districts"])
        if both:
            yield programme.problem(
                "compared_with_itself",
                "effects",
                position,
                "comparison_districts",
                written=", ".join(sorted(map(str, both))),
            )
