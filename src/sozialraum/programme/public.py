"""The part of a programme's sheets that may be published: what is not named here stays inside.

Everything public is computed from these sheets and from a protected analysis. A sheet or column that is added
to the programme is internal until it is named here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.programme.sheets.every import SHEETS, sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialraum.programme.register import Programme
    from sozialraum.programme.sheets.read import ReadSheet

__all__ = ["PUBLIC_COLUMNS", "public_programme"]

PUBLIC_COLUMNS: Mapping[str, frozenset[str]] = {
    name: frozenset(columns.split())
    for name, columns in {
        # Places that are marked public; occupancy, waiting lists and values of one facility are small counts.
        "facilities": "facility_id name kind district x y crs target_group age_from age_to catchment_m "
        "access_rule opened closed public",
        "facility_years": "facility_id period capacity unit",
        "requirements": "requirement_id kind target_group persons unit per_100_persons source",
        "actors": "actor_id name kind districts themes",
        "cooperations": "cooperation_id from_actor with_actor subject districts target_group since until "
        "status measure_id",
        "conferences": "conference_id districts name status since turn",
        "conference_years": "conference_id year meetings",
        "sites": "site_id name legal_basis since until paper file",
        "site_districts": "site_id district",
        "areas": "area_id name district since until tier site_id",
        # The tool's proposal follows from figures that may be hidden; what was decided, and why, is public.
        "decisions": "decision_id district year decision reason date body paper valid_from valid_until",
        # A stated baseline may be the very count that is hidden in the data.
        "goals": "goal_id version supersedes scope_type scope compensation_level goal_type target_group text "
        "indicator indicator_label quantity direction baseline_period target_kind target due_period "
        "milestones owner agreed_with agreed_on adopted_on paper related status",
        "measures": "measure_id name scope_type scope target_group provider partners lead_office competence "
        "consent_on site_id starts ends output unit planned programmes papers",
        "measure_goals": "measure_id goal_id role assumption evidence",
        "measure_years": "measure_id year status actual spent posts documented_on",
        "funding": "measure_id year source amount posts status decided_on paper",
        "effects": "effect_id area_id indicator treatment_start pre post comparison comparison_districts "
        "match_on ring smallest_effect registered_on reason",
    }.items()
}

ADOPTED = frozenset({"adopted", "changed", "abandoned"})
"""A goal that no body has adopted is a draft, and stays one."""

_PEOPLE = (
    *("person", "kind", "teilnehm", "famil", "haushalt", "jugend", "jung", "schüler", "besuch", "fälle"),
    *("fall", "ratsuch", "bewohn", "senior", "frau", "männ", "mädch", "mensch", "eltern", "mütter", "väter"),
    *("people", "child", "participant", "household", "resident", "pupil", "visitor", "case", "parent"),
)
"""Parts of units that count people: a small group that a measure reached is a small count like any other."""


_SEVERAL = {"keys", "years", "milestones"}


def public_programme(programme: Programme) -> Programme:
    """Take out of a programme what no public file may show or rest on.

    Parameters
    ----------
    programme
        From `read_programme`.

    Returns
    -------
    Programme
        The same sheets; those that are internal have no rows, internal columns are not known. Of facilities
        only those marked public, and only kinds of which all are: half a register would make provision look
        smaller than it is. Of goals those that were adopted.
    """
    sheets = {schema.id: _allowed(programme.sheets[schema.id], schema.id) for schema in SHEETS}
    places = sheets["facilities"].frame
    hidden = set(places.loc[~places["public"].eq(other=True), "kind"])
    shown = places["public"].eq(other=True) & ~places["kind"].isin(hidden)
    sheets["facilities"] = _rows(sheets["facilities"], shown)
    states = sheets["facility_years"].frame
    known = set(places.loc[shown, "facility_id"])
    sheets["facility_years"] = _rows(sheets["facility_years"], states["facility_id"].isin(known))
    goals = sheets["goals"].frame
    sheets["goals"] = _rows(sheets["goals"], goals["status"].isin(ADOPTED))
    sheets["measure_years"] = _without_people(sheets["measure_years"], sheets["measures"].frame)
    return replace(programme, sheets=sheets)


def _allowed(read: ReadSheet, name: str) -> ReadSheet:
    allowed = PUBLIC_COLUMNS.get(name)
    if allowed is None:
        return replace(read, frame=read.frame.iloc[:0], rows=())
    frame = read.frame.copy()
    for column in frame.columns:
        if column not in allowed:
            several = sheet(name)[str(column)].kind in _SEVERAL
            frame[column] = _unknown(frame[column], several=several)
    return replace(read, frame=frame)


def _unknown(column: pd.Series, *, several: bool) -> pd.Series:
    """Return a column of the same type in which nothing is known."""
    if pd.api.types.is_float_dtype(column):
        return pd.Series(np.nan, index=column.index)
    return pd.Series([() if several else None] * len(column), index=column.index, dtype=object)


def _rows(read: ReadSheet, kept: pd.Series) -> ReadSheet:
    inside = kept.to_numpy(dtype=bool)
    rows = tuple(row for row, keep in zip(read.rows, inside, strict=True) if keep)
    return replace(read, frame=read.frame[inside].reset_index(drop=True), rows=rows)


def _without_people(read: ReadSheet, measures: pd.DataFrame) -> ReadSheet:
    units = measures.set_index("measure_id")["unit"].dropna().astype(str).str.lower()
    people = {key for key, unit in units.items() if any(part in unit for part in _PEOPLE)}
    frame = read.frame.copy()
    frame["actual"] = frame["actual"].mask(frame["measure_id"].isin(people))
    return replace(read, frame=frame)
