"""Deliveries: which source owes which period; what arrived, was checked, taken over, or revised."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from sozialraum.errors import OutputError, Problem, ProjectError
from sozialraum.tables.dates import as_date, period_label
from sozialraum.tables.grid import read_grid
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sozialraum.project.file import Project
    from sozialraum.tables.grid import Grid
    from sozialraum.texts import Language

__all__ = ["CHANGES", "Change", "Delivery", "read_deliveries", "report_lines", "write_changes"]

CHANGES = "deliveries-changes.csv"
"""Name of the file beside the project that lists every changed cell."""

SHOWN = 10
"""Changed cells of one revision that a screen shows."""

_FIGURE = r"[-+]?\s*\d[\d.,\s]*"
_DATED = re.compile(r"jahr|monat|quartal|stichtag|datum|stand|year|month|date", re.IGNORECASE)

State = Literal["taken_over", "checked", "arrived", "lost", "overdue", "due", "open"]

_COLUMNS = {
    "source": ("Quelle", "Source"),
    "file": ("Datei", "File"),
    "period": ("Zeitraum", "Period"),
    "due": ("Fällig", "Due"),
    "arrived": ("Eingegangen", "Arrived"),
    "checked": ("Geprüft von", "Checked by"),
    "taken": ("Übernommen", "Taken over"),
    "version": ("Fassung", "Version"),
    "remark": ("Bemerkung", "Remark"),
}
_NEEDED = ("source", "period", "due")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One cell that another version of a delivery changed; "" where there is no such cell."""

    row: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One row of the register, with what follows from it.

    Parameters
    ----------
    source, period, due, version, remark
        As the register writes them; `due` as ISO.
    file
        Name of the file; "" if none is named.
    state
        "taken_over", "checked", "arrived"; "lost" if it is said to have arrived and its file is not there;
        "overdue", "due" within 14 days, "open".
    changes
        Cells that differ from the version before, where both files are there.
    """

    source: str
    file: str
    period: str
    due: str
    version: str
    remark: str
    state: State
    changes: tuple[Change, ...] = ()


def read_deliveries(project: Project, *, today: dt.date) -> tuple[list[Delivery], tuple[Problem, ...]]:
    """Read the register of deliveries and tell the state of each.

    Parameters
    ----------
    project
        Its part ``[deliveries]`` names the register.
    today
        For what is due.

    Returns
    -------
    tuple
        Deliveries in the order of the register; problems: rows without a legible day.

    Raises
    ------
    ProjectError
        If the project has no register, or it cannot be read.
    """
    part = project.content.deliveries
    if part is None:
        raise ProjectError(Problem(code="project.no_deliveries", file=str(project.path)))
    path = project.resolve(part.file)
    grid, problems = read_grid(path, sheet=part.sheet)
    if grid is None:
        raise ProjectError(*problems)
    rows = _rows(grid, part.file)
    found: list[Delivery] = []
    remarks = []
    before: dict[tuple[str, str], str] = {}
    for row, entry in rows:
        due = as_date(entry["due"])
        if due is None:
            remarks.append(Problem(code="project.delivery_day", file=part.file, row=row, column=entry["due"]))
            continue
        there = bool(entry["file"]) and project.resolve(entry["file"]).is_file()
        cell = entry["source"], entry["period"]
        changes = _changes(project, before.get(cell, ""), entry["file"]) if there else ()
        if there:
            before[cell] = entry["file"]
        found.append(
            Delivery(
                **{name: entry[name] for name in ("source", "file", "period", "version", "remark")},
                due=due,
                state=_state(entry, there=there, due=dt.date.fromisoformat(due), today=today),
                changes=changes,
            )
        )
    return found, tuple(remarks)


def _rows(grid: Grid, file: str) -> list[tuple[int, dict[str, str]]]:
    places: dict[str, int] = {}
    for name, headings in _COLUMNS.items():
        fitting = [i for i, heading in enumerate(grid.header) if heading in headings]
        if fitting:
            places[name] = fitting[0]
    lacking = [_COLUMNS[name][0] for name in _NEEDED if name not in places]
    if lacking:
        values = {"columns": ", ".join(lacking), "known": ", ".join(pair[0] for pair in _COLUMNS.values())}
        raise ProjectError(Problem(code="project.delivery_columns", file=file, values=values))

    def cell(name: str, record: int) -> str:
        found = grid.columns[places[name]][record] if name in places else None
        return "" if found is None else str(found).strip()

    return [
        (int(row), {name: cell(name, record) for name in _COLUMNS}) for record, row in enumerate(grid.rows)
    ]


def _state(entry: dict[str, str], *, there: bool, due: dt.date, today: dt.date) -> State:
    if entry["file"] and entry["arrived"] and not there:
        return "lost"
    for column, state in (("taken", "taken_over"), ("checked", "checked"), ("arrived", "arrived")):
        if entry[column]:
            return state  # type: ignore[return-value]  # the pairs above
    if there:
        return "arrived"
    if due < today:
        return "overdue"
    return "due" if due <= today + dt.timedelta(days=14) else "open"


def _changes(project: Project, old: str, new: str) -> tuple[Change, ...]:
    """Compare two versions of a delivery cell by cell; rows are told apart by what is no number in them."""
    if not old or old == new:
        return ()
    tables = []
    for name in (old, new):
        grid, problems = read_grid(project.resolve(name))
        if grid is None:
            raise ProjectError(*problems)
        tables.append(_cells(grid))
    before, after = tables
    places = list(dict.fromkeys([*before, *after]))
    return tuple(
        Change(row=place[0], column=place[1], old=before.get(place, ""), new=after.get(place, ""))
        for place in places
        if before.get(place, "") != after.get(place, "")
    )


def _cells(grid: Grid) -> dict[tuple[str, str], str]:
    """Return the figures by label of their row and heading; a label that occurs again gets a number."""
    frame = pd.DataFrame({i: [_text(cell) for cell in column] for i, column in enumerate(grid.columns)})
    # Years and dates tell rows apart; they are no figures that a revision changes.
    labels = [
        i
        for i, heading in enumerate(grid.header)
        if i == 0 or _DATED.search(heading) or not frame[i].str.fullmatch(_FIGURE).any()
    ]
    names = frame[labels].agg(" / ".join, axis=1)
    again = names.groupby(names).cumcount()
    names = names.where(again == 0, names + " #" + (again + 1).astype(str))
    return {
        (name, heading): value
        for i, heading in enumerate(grid.header)
        if i not in labels
        for name, value in zip(names, frame[i], strict=True)
    }


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def report_lines(deliveries: Sequence[Delivery], language: Language) -> list[str]:
    """Say what is due and what has changed, the most urgent first."""
    order = ("lost", "overdue", "due", "arrived", "checked", "taken_over", "open")
    lines = []
    for delivery in sorted(deliveries, key=lambda one: (order.index(one.state), one.due, one.source)):
        state = text(f"cli.delivery.{delivery.state}", language)
        version = (
            f" ({text('cli.delivery.version', language)} {delivery.version})" if delivery.version else ""
        )
        day = period_label("date", delivery.due, delivery.due, language)
        due = text("cli.delivery.due_on", language, day=day)
        lines.append(
            f"{state}: {delivery.source}, {delivery.period}{version}, {due} {delivery.file}".rstrip()
        )
        shown = delivery.changes[:SHOWN]
        if shown:
            lines.append("  " + text("cli.delivery.revised", language, number=len(delivery.changes)))
            lines += [f"    {one.row}, {one.column}: {one.old or '-'} -> {one.new or '-'}" for one in shown]
        if len(delivery.changes) > len(shown):
            rest = len(delivery.changes) - len(shown)
            lines.append("    " + text("cli.delivery.more", language, number=rest, file=CHANGES))
    return lines


def write_changes(deliveries: Sequence[Delivery], path: Path, language: Language) -> None:
    """Write every changed cell; no file where nothing changed.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    rows = [(one, change) for one in deliveries for change in one.changes]
    if not rows:
        return
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            columns = ("source", "period", "version", "row", "column", "old", "new")
            writer.writerow([text(f"cli.delivery.column.{name}", language) for name in columns])
            for one, change in rows:
                cells = [
                    one.source,
                    one.period,
                    one.version,
                    change.row,
                    change.column,
                    change.old,
                    change.new,
                ]
                writer.writerow([f"'{cell}" if cell[:1] in {"=", "+", "@"} else cell for cell in cells])
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise OutputError(Problem(code="files.not_written", file=str(path), values=values)) from error
