"""Housing as provision: rent-bound flats, and when their bindings end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.provision.supply import year_of
from sozialraum.errors import AlignmentError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HOUSING_COLUMNS", "bound_flats", "losing"]

HOUSING_COLUMNS = ("year", "bound", "ended", "unknown", "lost", "lost_most", "per_household")


@checked()
def bound_flats(
    dwellings: pd.DataFrame,
    *,
    start: int,
    years: Sequence[int],
    households: pd.Series | None = None,
) -> pd.DataFrame:
    """Count rent-bound flats that are left per district and year, if no new ones come.

    Parameters
    ----------
    dwellings
        One row per building or block of flats: `district`, `dwellings` (number), `binding_ends` (year or
        date; empty: not known). A binding that ends in a year is gone at the end of that year.
    start
        Year at whose end counting begins: flats whose binding had ended by then are left out.
    years
        Years to look at, from `start` on.
    households
        Index district, for flats per household.

    Returns
    -------
    pd.DataFrame
        Index district, columns `HOUSING_COLUMNS`, one row per district and year. `bound` flats left,
        `ended` since `start`, `unknown` without a known end (counted as bound); `lost` is the share of the
        flats of `start` that ended for certain, `lost_most` the share if those unknown ended too.

    Raises
    ------
    AlignmentError
        Numbers of flats that are missing or below 0.
    """
    count = pd.to_numeric(dwellings["dwellings"], errors="coerce")
    wrong = dwellings.loc[~(count >= 0), "district"]
    if len(wrong):
        problem = Problem(code="provision.dwellings", keys=tuple(map(str, wrong.unique())))
        raise_problems([problem], AlignmentError)
    ends = dwellings["binding_ends"].map(year_of).astype(float)
    rows = pd.DataFrame(
        {"district": dwellings["district"].to_numpy(), "count": count.to_numpy(), "ends": ends.to_numpy()}
    )
    rows = rows[rows["ends"].isna() | (rows["ends"] > start)]
    keys = rows["district"].unique()
    if households is not None:
        keys = households.index.union(pd.Index(keys)).to_numpy()

    def total(which: pd.Series) -> pd.Series:
        return rows[which].groupby("district")["count"].sum().reindex(keys, fill_value=0).astype(float)

    first, unknown = total(rows["count"] >= 0), total(rows["ends"].isna())
    parts = []
    for year in years:
        ended = total(rows["ends"] <= year)
        frame = pd.DataFrame({"year": year, "bound": first - ended, "ended": ended, "unknown": unknown})
        frame["lost"] = ended / first.where(first > 0)
        frame["lost_most"] = (ended + unknown) / first.where(first > 0)
        left = np.nan if households is None else households.reindex(frame.index).where(lambda n: n > 0)
        parts.append(frame.assign(per_household=frame["bound"] / left))
    return pd.concat(parts).rename_axis("district")[list(HOUSING_COLUMNS)]


@checked()
def losing(flats: pd.DataFrame, *, by: int, share: float = 0.2) -> pd.DataFrame:
    """List the districts that lose at least `share` of their bound flats by a year: 'a fifth by 2030?'.

    Parameters
    ----------
    flats
        From `bound_flats`, with the year `by`.
    by
        Year.
    share
        0.2: a fifth.

    Returns
    -------
    pd.DataFrame
        Index district, most first: `lost`, `lost_most`, `ended`, `certain` (False: only if bindings whose
        end is not known end too).
    """
    # One flat of five is exactly a fifth, whatever floating point makes of it.
    limit = share - 1e-12
    rows = flats[(flats["year"] == by) & (flats["lost_most"] >= limit)]
    found = rows[["lost", "lost_most", "ended"]].assign(certain=rows["lost"] >= limit)
    return found.sort_values(["certain", "lost"], ascending=False, kind="stable")
