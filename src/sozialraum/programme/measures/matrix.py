"""Which measure serves which goal, and which stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.programme.register import rows_of

if TYPE_CHECKING:
    from sozialraum.programme.register import Programme

__all__ = ["contribution_table", "goal_matrix", "loose_ends", "missing_documentation"]

RAN = ("running", "finished", "aborted")


def goal_matrix(programme: Programme) -> pd.DataFrame:
    """Return measures x goals: the role of each measure for each goal, empty where it has none.

    Returns
    -------
    pd.DataFrame
        Index: measure id, in the order of the sheet; one column per goal id. Cells `main`, `side` or "".
    """
    goals = list(dict.fromkeys(programme["goals"].index))
    measures = programme["measures"].index
    matrix = pd.DataFrame("", index=measures, columns=pd.Index(goals, name="goal_id", dtype=object))
    for row in programme["measure_goals"].to_dict("records"):
        if row["measure_id"] in matrix.index and row["goal_id"] in matrix.columns:
            matrix.loc[row["measure_id"], row["goal_id"]] = row["role"] or "side"
    return matrix


def loose_ends(programme: Programme) -> pd.DataFrame:
    """List goals without measures, measures without goals, and links without an assumption.

    Returns
    -------
    pd.DataFrame
        Columns `kind` (``"goal_without_measure"``, ``"measure_without_goal"``, ``"no_assumption"``), `id`,
        `name`, `owner`.
    """
    links, goals, measures = programme["measure_goals"], programme.goals, programme["measures"]
    rows = [
        ("goal_without_measure", key, goal["text"], goal["owner"])
        for key, goal in rows_of(goals)
        if key not in set(links["goal_id"]) and goal["status"] != "abandoned"
    ]
    rows += [
        ("measure_without_goal", key, measure["name"], measure["lead_office"])
        for key, measure in rows_of(measures)
        if key not in set(links["measure_id"])
    ]
    unexplained = links[links["assumption"].isna()]
    for link in unexplained.to_dict("records"):
        known = link["measure_id"] in measures.index
        name, owner = measures.loc[link["measure_id"], ["name", "lead_office"]] if known else (None, None)
        rows.append(("no_assumption", f"{link['measure_id']} -> {link['goal_id']}", name, owner))
    return pd.DataFrame(rows, columns=["kind", "id", "name", "owner"])


def missing_documentation(programme: Programme, *, year: int | None = None) -> pd.DataFrame:
    """List measures that ran in a year without documentation of that year (M-R3).

    Parameters
    ----------
    programme
        A measure counts as running if its yearly state says so, or if there is no state at all although
        its start and end enclose the year.
    year
        Only this year; all years up to the latest stated one by default.

    Returns
    -------
    pd.DataFrame
        Columns `measure_id`, `name`, `year`, `missing` (``"state"``, ``"document"``, ``"date"``), `owner`.
    """
    measures, states = programme["measures"], programme["measure_years"]
    stated = {
        (row["measure_id"], int(row["year"])): row for row in states.to_dict("records") if row["year"] > 0
    }
    years = [year] if year is not None else sorted({when for _, when in stated})
    rows = []
    for key, measure in rows_of(measures):
        for when in years:
            row = stated.get((str(key), when))
            first = measure["starts"] is not None and measure["starts"] <= f"{when}-12-31"
            last = measure["ends"] is None or measure["ends"] >= f"{when}-01-01"
            if row is None:
                missing = "state" if first and last else None
            elif row["status"] not in RAN:
                missing = None
            else:
                missing = (
                    "document"
                    if row["document"] is None
                    else "date"
                    if row["documented_on"] is None
                    else None
                )
            if missing:
                rows.append((key, measure["name"], when, missing, measure["lead_office"]))
    return pd.DataFrame(rows, columns=["measure_id", "name", "year", "missing", "owner"])


def contribution_table(programme: Programme) -> pd.DataFrame:
    """Put beside each assumption what speaks for it, what against, and what else may explain the change.

    Returns
    -------
    pd.DataFrame
        One row per measure and goal: `measure_id`, `goal_id`, `role`, `assumption`, `evidence`, and the
        entries of `contributions` as `supports`, `contradicts`, `other_explanation`, separated by bars.
        Where numbers cannot decide, this is what a report shows; it never says that a measure caused
        anything.
    """
    found = programme["contributions"]
    table = programme["measure_goals"].copy()
    for kind in ("supports", "contradicts", "other_explanation"):
        texts = [
            " | ".join(
                str(entry["evidence"])
                for entry in found.to_dict("records")
                if (entry["measure_id"], entry["goal_id"], entry["kind"])
                == (link["measure_id"], link["goal_id"], kind)
            )
            for link in table.to_dict("records")
        ]
        table[kind] = pd.Series(texts, index=table.index, dtype=object)
    return table
