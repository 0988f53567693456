"""What is due in the next days, and who owes it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.programme.measures.matrix import missing_documentation
from sozialraum.programme.register import rows_of
from sozialraum.programme.sheets.every import sheet
from sozialraum.programme.sheets.periods import period_bounds
from sozialraum.programme.sheets.written import written_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.programme.register import Programme

__all__ = ["DUE_COLUMNS", "due_items"]

DUE_COLUMNS = ("due_on", "overdue", "kind", "id", "what", "owner")
Item = tuple[str | None, str, object, object, object]


def due_items(programme: Programme, today: dt.date, *, days: int = 90) -> pd.DataFrame:
    """List what is due within some days, and what is overdue.

    Parameters
    ----------
    programme
        Everything with a date: goals and milestones, meetings, notes to look at again, documentation,
        consents, decisions about money, ends of measures, sites and decisions, tests of effect.
    today
        The day to count from.
    days
        How far to look ahead.

    Returns
    -------
    pd.DataFrame
        Columns `DUE_COLUMNS`, the longest overdue first. `owner` is an office or an actor's name; None
        where the sheets name nobody.
    """
    last = (today + dt.timedelta(days=days)).isoformat()
    items = [
        (due, due < today.isoformat(), kind, key, what, owner)
        for due, kind, key, what, owner in _all(programme, today)
        if due is not None and due <= last
    ]
    items.sort(key=_order)
    table = pd.DataFrame(items, columns=list(DUE_COLUMNS)).astype(object)
    # Whoever is not named is None, whatever pandas makes of a column of names.
    return table.where(table.notna(), None)


def _order(item: tuple[str, bool, str, object, object, object]) -> tuple[str, str, str]:
    return item[0], item[2], str(item[3])


def _all(programme: Programme, today: dt.date) -> Iterator[Item]:
    yield from _goals(programme, today)
    yield from _measures(programme, today)
    yield from _meetings(programme, today)
    for key, row in rows_of(programme["notes"]):
        kind = written_cell(sheet("notes")["kind"], row["kind"])
        yield row["due"], "note", key, row["theme"] or kind, None
    for key, row in rows_of(programme["effects"]):
        if row["post"]:
            yield f"{max(row['post']) + 1}-12-31", "effect", key, row["indicator"], None


def _goals(programme: Programme, today: dt.date) -> Iterator[Item]:
    """Milestones and due dates; what lies more than a year back was followed up and is not due any more."""
    old = (today - dt.timedelta(days=365)).isoformat()
    for key, goal in rows_of(programme.goals):
        if goal["status"] == "abandoned":
            continue
        for when, _ in goal["milestones"]:
            day = period_bounds(when)[1]
            if day >= old:
                yield day, "milestone", key, goal["text"], goal["owner"]
        day = period_bounds(goal["due_period"])[1]
        if day >= old:
            yield day, "goal", key, goal["text"], goal["owner"]


def _measures(programme: Programme, today: dt.date) -> Iterator[Item]:
    measures = programme["measures"]
    for key, row in rows_of(measures):
        if row["competence"] == "other" and row["consent_on"] is None:
            yield row["starts"] or today.isoformat(), "consent", key, row["name"], row["lead_office"]
        if row["ends"] is not None and row["ends"] >= today.isoformat():
            yield row["ends"], "measure_ends", key, row["name"], row["lead_office"]
    for money in programme["funding"].to_dict("records"):
        if (
            money["status"] == "proviso"
            and money["decided_on"] is None
            and money["measure_id"] in measures.index
        ):
            measure = measures.loc[money["measure_id"]]
            start = measure["starts"] or f"{money['year']:.0f}-01-01"
            yield start, "money", money["measure_id"], measure["name"], measure["lead_office"]
    for gap in missing_documentation(programme).to_dict("records"):
        if gap["year"] < today.year:
            yield f"{gap['year'] + 1}-03-31", "documentation", gap["measure_id"], gap["name"], gap["owner"]


def _meetings(programme: Programme, today: dt.date) -> Iterator[Item]:
    names = programme["actors"]["name"].to_dict()
    for key, row in rows_of(programme["conferences"]):
        if row["status"] == "to_introduce":
            yield today.isoformat(), "introduce", key, row["name"], names.get(row["moderator"])
        elif row["next_meeting"] is not None:
            yield row["next_meeting"], "meeting", key, row["name"], names.get(row["moderator"])
    for key, row in rows_of(programme["sites"]):
        if row["until"] is not None and row["until"] >= today.isoformat():
            yield row["until"], "site_ends", key, row["name"], None
    for key, row in rows_of(programme["decisions"]):
        if row["valid_until"] is not None and row["valid_until"] >= today.isoformat():
            yield row["valid_until"], "decision_ends", key, row["district"], row["body"]
