"""Where people on site talk to one another, and where nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.programme.register import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sozialraum.programme.register import Programme

__all__ = ["conference_state", "network_gaps", "programme_districts"]

MEETINGS_PER_YEAR = {"monthly": 12, "quarterly": 4, "half_yearly": 2, "yearly": 1}


STATE_COLUMNS = (
    "area_id",
    "conference_ids",
    "exists",
    "planned",
    "meetings",
    "meetings_due",
    "lacking",
    "notes",
    "notes_per_meeting",
)


def programme_districts(programme: Programme, year: int) -> dict[str, str]:
    """Return the districts that belong to a programme area at the end of a year, with the area's id."""
    areas, last = programme["areas"], f"{year}-12-31"
    valid = areas[(areas["since"] <= last) & (areas["until"].isna() | (areas["until"] >= last))]
    return dict(zip(valid["district"], valid["area_id"], strict=True))


def _existing(programme: Programme, year: int) -> pd.DataFrame:
    frame = programme["conferences"]
    begun = frame["since"].isna() | (frame["since"] <= f"{year}-12-31")
    return frame[(frame["status"] == "exists") & begun]


def conference_state(programme: Programme, year: int, districts: Iterable[str]) -> pd.DataFrame:
    """Tell for each district whether a conference exists, and how often it met.

    Parameters
    ----------
    programme
        Conferences, their yearly meetings, programme areas and notes.
    year
        A conference counts from the year of `since` on.
    districts
        All keys.

    Returns
    -------
    pd.DataFrame
        Index: district. `area_id` (None outside the programme), `conference_ids`, `exists`, `planned`
        (to be introduced), `meetings` (NaN where nobody counted), `meetings_due` (by the turn),
        `lacking` (True: in the programme, without a conference), `notes` (of that year),
        `notes_per_meeting` (loud is not needy: NaN without meetings).
    """
    inside = programme_districts(programme, year)
    existing = _existing(programme, year)
    planned = programme["conferences"].query("status == 'to_introduce'")
    counted = programme["conference_years"]
    met = counted[counted["year"] == year].groupby("conference_id")["meetings"].sum(min_count=1).to_dict()
    notes = programme["notes"]
    noted: dict[str, int] = {}
    for _, note in rows_of(notes[notes["date"].str[:4] == str(year)]):
        for district in note["districts"]:
            noted[district] = noted.get(district, 0) + 1
    rows = {}
    for district in districts:
        here = existing[np.array([district in keys for keys in existing["districts"]], dtype=bool)]
        meetings = [met[key] for key in here.index if key in met]
        total = float(np.sum(meetings)) if meetings else np.nan
        rows[district] = (
            inside.get(district),
            "|".join(map(str, here.index)),
            not here.empty,
            any(district in keys for keys in planned["districts"]),
            total,
            sum(MEETINGS_PER_YEAR.get(str(turn), 0) for turn in here["turn"]) or np.nan,
            district in inside and here.empty,
            noted.get(district, 0),
            noted.get(district, 0) / total if total > 0 else np.nan,
        )
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(STATE_COLUMNS))
    return table.rename_axis("district")


def network_gaps(programme: Programme, year: int, high_need: Mapping[str, bool] | pd.Series) -> pd.DataFrame:
    """List districts of high need with nobody on site: no actor, no conference.

    Parameters
    ----------
    programme
        An actor counts where it names the district, and where a facility of its, or a cooperation, is.
    year
        See `conference_state`.
    high_need
        District to whether its need is high, by any declared result.

    Returns
    -------
    pd.DataFrame
        Index: district of high need. `actors`, `cooperations` (numbers), `conference`, `gap` (True: neither
        actor nor conference).
    """
    need = pd.Series(dict(high_need), dtype=bool)
    actors: dict[str, set[str]] = {}
    for key, row in rows_of(programme["actors"]):
        for district in row["districts"]:
            actors.setdefault(district, set()).add(str(key))
    for _, row in rows_of(programme["facilities"]):
        closed = row["closed"] is not None and row["closed"] < f"{year}-01-01"
        if row["district"] is not None and row["provider"] is not None and not closed:
            actors.setdefault(row["district"], set()).add(row["provider"])
    together: dict[str, int] = {}
    for _, row in rows_of(programme["cooperations"]):
        for district in row["districts"] if row["status"] == "running" else ():
            together[district] = together.get(district, 0) + 1
    state = conference_state(programme, year, need.index)
    table = pd.DataFrame(
        {
            "actors": [len(actors.get(district, ())) for district in need.index],
            "cooperations": [together.get(district, 0) for district in need.index],
            "conference": state["exists"].to_numpy(dtype=bool),
        },
        index=pd.Index(need.index, name="district"),
    )[need.to_numpy()]
    return table.assign(gap=(table["actors"] == 0) & ~table["conference"])
