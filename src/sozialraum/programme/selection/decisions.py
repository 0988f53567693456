"""From proposals to the list: what a body decided, and why where it decided otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import Problem, SozialraumError, raise_problems

if TYPE_CHECKING:
    from sozialraum.programme.selection.choose import Selection

__all__ = ["DECISION_COLUMNS", "decision_problems", "programme_list"]

DECISION_COLUMNS = ("year", "proposal", "decision", "inside", "reason", "date", "body", "paper", "decided")
INSIDE = frozenset({"include", "keep"})
OUTSIDE = frozenset({"refuse", "release"})
"""Whether a district enters or stays depends on what was decided before, not on the rules: both are 'in'."""


def decision_problems(selection: Selection, decisions: pd.DataFrame) -> tuple[Problem, ...]:
    """Find what is wrong with a log of decisions.

    Parameters
    ----------
    selection
        From `select`.
    decisions
        Index decision id, or a column `decision_id`; `district`, `year`, `decision`, `reason`, `date`.
        A column `proposal`, if filled, is compared with the tool's own.

    Returns
    -------
    tuple
        Errors: an unknown district or year, two decisions of one date for one district and year, a
        decision other than the proposal without a reason (in, out, deferred: 'include' where the rules say
        'keep' is no difference). Notes: a proposal that has changed since.
    """
    rows = _rows(decisions)
    proposals = selection.table.set_index("year", append=True)["proposal"]
    found = []
    double = rows.duplicated(["district", "year", "date"], keep=False)
    for position, row in enumerate(rows.to_dict("records")):
        key = (str(row["district"]), int(row["year"]))
        values = {"decision": row["decision_id"], "year": key[1]}
        if key not in proposals.index:
            found.append(Problem(code="selection.no_such_proposal", keys=(key[0],), values=values))
            continue
        if double.iloc[position]:
            found.append(Problem(code="selection.double_decision", keys=(key[0],), values=values))
        proposal = str(proposals[key])
        if not _same(row["decision"], proposal) and not _text(row["reason"]):
            found.append(
                Problem(
                    code="selection.reason_missing",
                    keys=(key[0],),
                    values=values | {"proposal": proposal, "decided": row["decision"]},
                )
            )
        written = _text(row.get("proposal"))
        if written and not _same(written, proposal):
            remark = values | {"proposal": proposal, "written": written}
            found.append(
                Problem(code="selection.proposal_moved", severity="note", keys=(key[0],), values=remark)
            )
    return tuple(found)


@checked()
def programme_list(selection: Selection, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return who is in the programme in each year: the last decision counts, not the proposal.

    A district without a decision of its own keeps the standing of the year before; the tool proposes, it
    does not decide.

    Parameters
    ----------
    selection, decisions
        As for `decision_problems`.

    Returns
    -------
    pd.DataFrame
        Index district, columns `DECISION_COLUMNS`, one row per district and year; `decided` tells years with
        a decision from those that carry the earlier one on. `inside` is True for "include" and "keep", False
        for "release" and "refuse"; "defer" leaves all as it was.

    Raises
    ------
    SozialraumError
        With every error of `decision_problems`.
    """
    raise_problems(decision_problems(selection, decisions), SozialraumError)
    rows = _rows(decisions).sort_values("date", kind="stable")
    last = {(str(row["district"]), int(row["year"])): row for row in rows.to_dict("records")}
    found, inside = [], dict.fromkeys(selection.table.index, False)
    ordered = selection.table[["year", "proposal"]].sort_values("year", kind="stable")
    for key, year, proposal in zip(ordered.index, ordered["year"], ordered["proposal"], strict=True):
        row = last.get((str(key), int(year)))
        if row is not None and row["decision"] != "defer":
            inside[key] = row["decision"] in INSIDE
        given = {name: _text(row[name]) if row else "" for name in ("decision", "reason", "date")}
        more = {name: _text(row.get(name)) if row else "" for name in ("body", "paper")}
        found.append(
            {
                "district": key,
                "year": year,
                "proposal": proposal,
                **given,
                **more,
                "inside": inside[key],
                "decided": row is not None,
            }
        )
    return pd.DataFrame(found, columns=["district", *DECISION_COLUMNS]).set_index("district")


def _same(one: object, other: object) -> bool:
    return one == other or {one, other} <= INSIDE or {one, other} <= OUTSIDE


def _rows(decisions: pd.DataFrame) -> pd.DataFrame:
    frame = decisions
    if "decision_id" not in frame:
        frame = frame.rename_axis("decision_id").reset_index()
    return frame.assign(date=frame["date"].astype(str))


def _text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and pd.isna(cell)):
        return ""
    return str(cell).strip()
