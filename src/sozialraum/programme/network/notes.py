"""What people said: field notes beside the figures, and polls with what they allow to say. Internal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.assessment.rule import FAVOURABLE, INCONSPICUOUS, UNFAVOURABLE
from sozialraum.programme.register import rows_of
from sozialraum.stats.intervals import wilson

if TYPE_CHECKING:
    from sozialraum.programme.register import Programme

__all__ = ["note_conflicts", "note_summary", "poll_results"]

INDEPENDENT = 2
"""Notes from so many different sources make a conflict."""


def note_summary(programme: Programme, *, year: int | None = None, public: bool = False) -> pd.DataFrame:
    """Count notes by district and theme.

    Parameters
    ----------
    programme
        Its notes; one about several districts counts in each.
    year
        Only notes of this year.
    public
        Only notes that are marked public.

    Returns
    -------
    pd.DataFrame
        One row per district and theme: `district`, `theme`, `notes`, `sources` (different origins),
        `burdens`, `relieves`, `mentions`, `not_in_data` (notes of what no figure shows), `corroborated`.
    """
    notes = programme["notes"]
    if year is not None:
        notes = notes[notes["date"].str[:4] == str(year)]
    if public:
        notes = notes[notes["visibility"] == "public"]
    rows: dict[tuple[str, str], dict[str, object]] = {}
    seen: dict[tuple[str, str], set[str]] = {}
    for _, note in rows_of(notes):
        for district in note["districts"]:
            key = (district, note["theme"] or "")
            row = rows.setdefault(
                key,
                {
                    "notes": 0,
                    "burdens": 0,
                    "relieves": 0,
                    "mentions": 0.0,
                    "not_in_data": 0,
                    "corroborated": 0,
                },
            )
            seen.setdefault(key, set()).add(note["source_role"])
            for name, hit in (
                ("notes", True),
                ("burdens", note["direction"] == "burdens"),
                ("relieves", note["direction"] == "relieves"),
                ("not_in_data", note["visible_in_data"] == "no"),
                ("corroborated", bool(note["corroborated_by"])),
            ):
                row[name] = int(str(row[name])) + int(hit)
            row["mentions"] = float(str(row["mentions"])) + (
                0 if np.isnan(note["mentions"]) else note["mentions"]
            )
    columns = [
        "district",
        "theme",
        "notes",
        "sources",
        "burdens",
        "relieves",
        "mentions",
        "not_in_data",
        "corroborated",
    ]
    records = [
        {"district": district, "theme": theme, "sources": len(seen[district, theme]), **row}
        for (district, theme), row in sorted(rows.items())
    ]
    return pd.DataFrame(records, columns=columns)


def note_conflicts(programme: Programme, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Flag where independent notes and the verdict on an indicator disagree.

    Parameters
    ----------
    programme
        Notes that name an indicator. Independent are notes of different origin, or one that another note
        or an actor confirms.
    verdicts
        Index: district; columns `indicator`, `verdict` (see `assessment.rule.VERDICTS`), one row per
        indicator: the latest.

    Returns
    -------
    pd.DataFrame
        `district`, `indicator`, `direction` of the notes, `verdict`, `notes`, `sources`, `conflict`. A
        conflict is no error of either side: it is a reason to look.
    """
    grouped: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for _, note in rows_of(programme["notes"]):
        if note["indicator"] is None or note["direction"] not in {"burdens", "relieves"}:
            continue
        for district in note["districts"]:
            grouped.setdefault((district, note["indicator"], note["direction"]), []).append(note)
    known = {(str(district), row["indicator"]): str(row["verdict"]) for district, row in rows_of(verdicts)}
    rows = []
    for (district, indicator, direction), notes in sorted(grouped.items()):
        sources = len({note["source_role"] for note in notes}) + sum(
            bool(note["corroborated_by"]) for note in notes
        )
        verdict = known.get((district, indicator))
        rows.append(
            {
                "district": district,
                "indicator": indicator,
                "direction": direction,
                "verdict": verdict,
                "notes": len(notes),
                "sources": sources,
                "conflict": sources >= INDEPENDENT and _disagree(direction, verdict),
            }
        )
    columns = ["district", "indicator", "direction", "verdict", "notes", "sources", "conflict"]
    return pd.DataFrame(rows, columns=columns)


def _disagree(direction: str, verdict: str | None) -> bool:
    if verdict is None:
        return False
    return verdict in ({INCONSPICUOUS, FAVOURABLE} if direction == "burdens" else {UNFAVOURABLE})


def poll_results(programme: Programme) -> pd.DataFrame:
    """Return each answer's share with what the kind of sample allows to say.

    Returns
    -------
    pd.DataFrame
        Columns of the sheet, and `share` (of the respondents), `lower`, `upper` (95 % Wilson, for a random
        sample only), `reading`: ``"sample"`` (an estimate for everyone), ``"census"`` (everybody was
        asked), ``"open"`` (says something about those who took part, about nobody else).
    """
    polls = programme["polls"].reset_index()
    known = polls["respondents"] > 0
    polls["share"] = polls["count"] / polls["respondents"].where(known)
    lower, upper = wilson(
        polls["count"].to_numpy(dtype=float), polls["respondents"].where(known).to_numpy(dtype=float)
    )
    sample = (polls["sampling"] == "random").to_numpy()
    polls["lower"] = np.where(sample, lower, np.nan)
    polls["upper"] = np.where(sample, upper, np.nan)
    polls["reading"] = polls["sampling"].map({"random": "sample", "census": "census", "open": "open"})
    return polls
