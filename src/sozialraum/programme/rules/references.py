"""Ids that name something else: a district, an indicator, a row of another sheet."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from sozialraum.indicators.target_groups import group_label
from sozialraum.keys import closest, normalise_name, padded_matches
from sozialraum.programme.findings.counts import own_groups
from sozialraum.programme.rules.known import Known, records
from sozialraum.programme.sheets.every import SHEETS, sheet
from sozialraum.programme.sheets.model import CATALOGUE, DISTRICTS, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["check_references", "known_ids"]

_PLACES = {DISTRICTS: "Karte", CATALOGUE: "Katalog", VARIABLES: "Projektdatei"}
SCOPE_TARGETS = {"district": DISTRICTS, "programme_area": "areas", "facility": "facilities"}
ID_COLUMNS = {schema.id: schema.index or schema.columns[0].id for schema in SHEETS}


def known_ids(programme: Programme, known: Known, target: str) -> tuple[str, ...] | None:
    """Return what a reference to `target` may name; None where nothing is known to compare with."""
    if target == DISTRICTS:
        return None if known.districts is None else tuple(map(str, known.districts.index))
    if target == CATALOGUE:
        return None if known.catalogue is None else tuple(map(str, known.catalogue.index))
    if target == VARIABLES:
        return known.variables
    cells = programme.sheets[target].frame[ID_COLUMNS[target]]
    return tuple(dict.fromkeys(str(cell) for cell in cells if cell is not None))


def check_references(programme: Programme, known: Known) -> Iterator[Problem]:
    """Find ids that name nothing."""
    for schema in SHEETS:
        for column in schema.columns:
            if column.refers is None:
                continue
            allowed = known_ids(programme, known, column.refers)
            if allowed is None:
                continue
            found = _strangers(programme.sheets[schema.id].frame[column.id], allowed)
            if _is_empty(programme, column.refers):
                # One sentence, not one for each row: the other sheet is missing, not its rows.
                found = islice(found, 1)
            for position, one in found:
                yield unknown(programme, known, schema.id, position, column.id, one, column.refers)
    yield from _scopes(programme, known)
    yield from _confirmations(programme)
    yield from _groups(programme, known)


def _strangers(cells: pd.Series, allowed: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for position, cell in enumerate(cells):
        written = cell if isinstance(cell, tuple) else () if cell is None else (str(cell),)
        yield from ((position, one) for one in written if one not in allowed)


def _is_empty(programme: Programme, target: str) -> bool:
    return target in programme.sheets and programme.sheets[target].frame.empty


def _groups(programme: Programme, known: Known) -> Iterator[Problem]:
    """Find target groups that neither the tool nor the catalogue knows: nothing can be counted for them."""
    if known.catalogue is None:
        return
    own = own_groups(known.catalogue)
    for schema in SHEETS:
        if "target_group" not in schema.ids:
            continue
        column = schema["target_group"]
        ids = {choice.id for choice in column.choices}
        labels = [group_label(known.catalogue, group)["de"] for group in dict.fromkeys(own.values())]
        names = [*(choice.label for choice in column.choices), *labels]
        for position, cell in enumerate(programme.sheets[schema.id].frame["target_group"]):
            if cell is None or cell in ids or normalise_name(str(cell)) in own:
                continue
            proposal = next(iter(closest(str(cell), names, 1)), None)
            yield programme.problem(
                "unknown_group_near" if proposal else "unknown_group",
                schema.id,
                position,
                "target_group",
                severity="warning",
                written=cell,
                proposal=proposal or "",
            )


def unknown(
    programme: Programme, known: Known, name: str, position: int, column: str, written: str, target: str
) -> Problem:
    """Return the problem of an id that names nothing, with the id that was probably meant."""
    allowed = known_ids(programme, known, target) or ()
    proposal = padded_matches([written], allowed).get(written)
    if proposal is None and target == DISTRICTS:
        wanted = normalise_name(written)
        proposal = next((key for place, key in known.names.items() if normalise_name(place) == wanted), None)
    if proposal is None:
        proposal = next(iter(closest(written, allowed, 1)), None)
    code = "unknown_id_near" if proposal else "unknown_id"
    if _is_empty(programme, target):
        code = "sheet_empty"
    listed = [part.strip() for part in re.split("[,;/]", written)]
    if sheet(name)[column].kind == "keys" and len(listed) > 1 and set(listed) <= set(allowed):
        proposal = "|".join(listed)
    where = _PLACES.get(target) or sheet(target).name
    return programme.problem(
        code, name, position, column, written=written, proposal=proposal or "", where=where
    )


def _scopes(programme: Programme, known: Known) -> Iterator[Problem]:
    """Find goals and measures for something that is not there."""
    for name in ("goals", "measures"):
        for position, row in records(programme, name):
            kind, scope = row["scope_type"], row["scope"]
            if kind == "city":
                if scope is not None:
                    yield programme.problem("scope_of_city", name, position, "scope", written=scope)
                continue
            target = SCOPE_TARGETS.get(str(kind))
            if target is None:
                continue
            if scope is None:
                yield programme.problem("scope_missing", name, position, "scope")
                continue
            allowed = known_ids(programme, known, target)
            if allowed is not None and scope not in allowed:
                yield unknown(programme, known, name, position, "scope", str(scope), target)


def _confirmations(programme: Programme) -> Iterator[Problem]:
    """Find notes that are confirmed by nobody known."""
    frames = programme.sheets
    notes = {str(cell) for cell in frames["notes"].frame["note_id"]}
    known = notes | {str(cell) for cell in frames["actors"].frame["actor_id"]}
    for position, row in records(programme, "notes"):
        for one in row["corroborated_by"]:
            if one not in known or one == row["note_id"]:
                yield programme.problem(
                    "confirmed_by_nobody",
                    "notes",
                    position,
                    "corroborated_by",
                    severity="warning",
                    written=one,
                )
