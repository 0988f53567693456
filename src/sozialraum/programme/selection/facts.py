"""What rules may look at, in one long table: district, year, result, indicator, value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FACT_COLUMNS", "conference_facts", "facts", "monitoring_facts", "note_facts"]

FACT_COLUMNS = ("result", "indicator", "year", "value")


def facts(
    values: pd.DataFrame, result: str, *, column: str = "value", indicator: str | None = None
) -> pd.DataFrame:
    """Turn a column of a result into facts.

    Parameters
    ----------
    values
        Index district; `date` (ISO text) or `year`, and `column`.
    result
        One of `rules.RESULTS`.
    column
        Holds the class or number.
    indicator
        Column that names the indicator; None for results without one.

    Returns
    -------
    pd.DataFrame
        Index district, columns `FACT_COLUMNS`.
    """
    year = values["year"] if "year" in values else values["date"].str[:4]
    return pd.DataFrame(
        {
            "result": result,
            "indicator": "" if indicator is None else values[indicator].astype(str).to_numpy(),
            "year": year.astype(int).to_numpy(),
            "value": values[column].astype(object).to_numpy(),
        },
        index=pd.Index(values.index, name="district"),
    )


@checked()
def monitoring_facts(table: pd.DataFrame) -> pd.DataFrame:
    """Take status, dynamic and persistence (dates in a row with this status) from an index over time.

    Parameters
    ----------
    table
        `assessment.index.monitoring.Monitoring.table`, of one index.
    """
    columns = {"status": "status", "dynamic": "dynamic", "persistence": "status_periods"}
    return pd.concat([facts(table, result, column=column) for result, column in columns.items()])


def note_facts(notes: pd.DataFrame, districts: Iterable[str], years: Iterable[int]) -> pd.DataFrame:
    """Count the notes that say 'burdened' per district and year; 0 where there are none.

    Parameters
    ----------
    notes
        `districts` (list of keys), `date` (ISO text), `direction`.
    districts, years
        Rows of the result.
    """
    keys, wanted = list(districts), list(years)
    ours = notes[notes["direction"] == "burdens"]
    counts: dict[tuple[str, int], int] = {}
    for places, date in zip(ours["districts"], ours["date"], strict=True):
        year = int(str(date)[:4])
        for place in dict.fromkeys(places):
            counts[str(place), year] = counts.get((str(place), year), 0) + 1
    rows = [(key, year, counts.get((key, year), 0)) for key in keys for year in wanted]
    frame = pd.DataFrame(rows, columns=["district", "year", "value"]).set_index("district")
    return facts(frame, "notes")


def conference_facts(
    conferences: pd.DataFrame, districts: Iterable[str], years: Iterable[int]
) -> pd.DataFrame:
    """Tell where no district conference existed in a year: "yes" means there was none.

    Parameters
    ----------
    conferences
        `districts` (list of keys), `status` ("exists", "to_introduce", "dormant"), `since` (ISO text; empty:
        not known, taken as always).
    """
    keys, wanted = list(districts), list(years)
    there: set[tuple[str, int]] = set()
    ours = conferences[conferences["status"] == "exists"]
    for places, since in zip(ours["districts"], ours["since"], strict=True):
        start = int(str(since)[:4]) if str(since)[:4].isdecimal() else min(wanted, default=0)
        there |= {(str(place), year) for place in places for year in wanted if year >= start}
    rows = [(key, year, "no" if (key, year) in there else "yes") for key in keys for year in wanted]
    frame = pd.DataFrame(rows, columns=["district", "year", "value"]).set_index("district")
    return facts(frame, "no_conference")
