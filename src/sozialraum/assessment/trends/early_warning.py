"""Was the early warning any good? Of the quarters flagged, how many were low years later, against chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE
from sozialraum.stats.distributions import hypergeometric_more

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WARNING_COLUMNS", "warning_record"]

WARNING_COLUMNS = (
    "year",
    "later",
    "flagged",
    "low_later",
    "share",
    "eligible",
    "expected",
    "expected_share",
    "gain",
    "missed",
    "p",
)
LOW = ("low", "very low")
WARNED = ("early warning", "persistent early warning")


@checked()
def warning_record(
    monitoring: pd.DataFrame, *, after: int = 4, years: Iterable[int] | None = None
) -> pd.DataFrame:
    """Compare flagged districts with others of the same status that were not flagged.

    A warning is given to districts of medium status with a negative dynamic. Chance is what befell all
    districts of medium status (flagged or not): a warning that hits no more often than those is worth
    nothing, however often it hits.

    Parameters
    ----------
    monitoring
        Index district; `date`, `status`, `early_warning` (`Monitoring.table`, one index).
    after
        Years between warning and outcome.
    years
        Years of the warnings; by default all whose later year is there. Years in which nobody could be
        warned (no dynamic known) are left out.

    Returns
    -------
    pd.DataFrame
        Columns `WARNING_COLUMNS`, one row per year, and a last one with `year` 0 for all together (without
        p: the same district in several years is no new evidence). `low_later` of the `flagged`; `expected`
        if as many had been drawn by chance from the `eligible`; `gain` is `share` less `expected_share`;
        `missed`: eligible, not flagged, low later. `p`: one-sided, hypergeometric. Districts not assessable
        in either year are left out.
    """
    table = monitoring.assign(_year=monitoring["date"].str[:4].astype(int))
    status = table.set_index("_year", append=True)["status"].unstack("_year")  # noqa: PD010 - pairs are unique
    warned = table.set_index("_year", append=True)["early_warning"].unstack("_year")  # noqa: PD010 - likewise
    there = {int(str(year)) for year in status.columns}
    wanted = sorted(there if years is None else there & set(years))
    rows = [
        _record(status[year], warned[year], status[year + after], year, year + after)
        for year in wanted
        if year + after in there
    ]
    found = pd.DataFrame([row for row in rows if row["eligible"]], columns=list(WARNING_COLUMNS))
    if len(found) > 1:
        total = found[["flagged", "low_later", "eligible", "expected", "missed"]].sum()
        whole = {"year": 0, "later": 0, "p": np.nan} | total.to_dict() | _shares(total)
        found.loc[len(found)] = [whole[name] for name in WARNING_COLUMNS]
    counts = ["year", "later", "flagged", "low_later", "eligible", "missed"]
    return found.astype(dict.fromkeys(counts, int))


def _record(
    status: pd.Series, warned: pd.Series, outcome: pd.Series, year: int, later: int
) -> dict[str, float]:
    known = outcome.notna() & (outcome != NOT_ASSESSABLE) & warned.notna() & (warned != NOT_ASSESSABLE)
    eligible = known & (status == "medium")
    flagged, low = eligible & warned.isin(WARNED), eligible & outcome.isin(LOW)
    n, k, hits = int(eligible.sum()), int(flagged.sum()), int((flagged & low).sum())
    expected = k * int(low.sum()) / n if n else np.nan
    row = {"flagged": k, "low_later": hits, "eligible": n, "expected": expected}
    return {
        "year": year,
        "later": later,
        **row,
        **_shares(pd.Series(row, dtype=float)),
        "missed": int((low & ~flagged).sum()),
        "p": hypergeometric_more(hits - 1, n, int(low.sum()), k) if k else np.nan,
    }


def _shares(row: pd.Series) -> dict[str, float]:
    flagged = float(row["flagged"])
    share = float(row["low_later"]) / flagged if flagged else np.nan
    chance = float(row["expected"]) / flagged if flagged else np.nan
    return {"share": share, "expected_share": chance, "gain": share - chance}
