"""Numbers of people behind the sheets, from what the audience may see of the indicators."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.indicators.target_groups import BUILT_IN, group_label, group_persons
from sozialraum.keys import normalise_name

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["date_of_year", "group_counts", "own_groups", "variable_counts", "with_group_ids"]


def own_groups(catalogue: pd.DataFrame) -> dict[str, str]:
    """Return the target groups that the city declares: id, and name in each language, to the id."""
    found: dict[str, str] = {}
    for group in catalogue.get("target_group", pd.Series(dtype=object)).dropna().unique():
        if group not in BUILT_IN:
            names = {str(group), *group_label(catalogue, str(group)).values()}
            found |= dict.fromkeys(map(normalise_name, names), str(group))
    return found


def with_group_ids(sheet: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Replace the name of a target group of the city's own by its id; other sheets stay as they are."""
    if "target_group" not in sheet or not (groups := own_groups(catalogue)):
        return sheet
    written = sheet["target_group"]
    ids = [cell and groups.get(normalise_name(str(cell)), cell) for cell in written]
    return sheet.assign(target_group=pd.Series(ids, index=sheet.index, dtype=object))


def variable_counts(variable: str, indicators: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of a variable per district and year, as numerator or denominator of an indicator.

    Parameters
    ----------
    variable
        Name of a count, as the catalogue uses it.
    indicators
        Long table, protected for its audience; of several dates in a year the last counts.
    catalogue
        Its `numerator` and `denominator` name the variables.

    Returns
    -------
    pd.DataFrame
        Index: all districts of `indicators`, one column per year (int); NaN where not known. No columns if
        no indicator rests on the variable alone.
    """
    districts = pd.Index(indicators.index.unique(), name="district")
    for column in ("denominator", "numerator"):
        if column not in catalogue:
            continue
        names = [name for name, written in catalogue[column].items() if _names(written) == (variable,)]
        rows = indicators[indicators["indicator"].isin(names) & indicators[column].notna()]
        if not rows.empty:
            rows = rows.iloc[np.argsort(rows["date"].to_numpy(dtype=object), kind="stable")]
            year, years = pd.factorize(rows["date"].str[:4].astype(int), sort=True)
            found = np.full((len(districts), len(years)), np.nan)
            # Where a place is given twice the later row stays.
            found[districts.get_indexer(rows.index), year] = rows[column]
            return pd.DataFrame(found, index=districts, columns=pd.Index(years, name="year"))
    return pd.DataFrame(index=districts, columns=pd.Index([], name="year", dtype=int), dtype=float)


def group_counts(group: str, indicators: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return the people of a target group.

    A group of the city's own that declares its `persons` in the catalogue has their sum; else it is the
    largest denominator that an indicator of the group has and no indicator of "all", for "all" the largest of
    any. See `variable_counts`.
    """
    if "denominator" not in catalogue:
        return variable_counts("", indicators, catalogue)
    declared = group_persons(catalogue, group)
    if declared:
        # A sum of which one part is not known is not known: `+` keeps that.
        parts = [variable_counts(variable, indicators, catalogue) for variable in declared]
        return reduce(operator.add, parts)
    ours = catalogue if group == "all" else catalogue[catalogue["target_group"] == group]
    single = ours[ours["denominator"].map(_names).map(len) == 1]
    if group != "all":
        # 'Older people among all' is about older people and counts everybody: that is not their number.
        everybody = {
            _names(written) for written in catalogue.loc[catalogue["target_group"] == "all", "denominator"]
        }
        own = single[~single["denominator"].map(_names).isin(everybody)]
        single = own if len(own) else single
    rows = indicators[indicators["indicator"].isin(single.index)]
    size = rows.groupby("indicator")["denominator"].sum(min_count=1).dropna()
    if size.empty:
        return variable_counts("", indicators, catalogue)
    largest = min(size.index[size == size.max()])
    return variable_counts(_names(single.loc[largest, "denominator"])[0], indicators, catalogue)


def date_of_year(indicators: pd.DataFrame, indicator: str, years: Sequence[int]) -> tuple[str, ...]:
    """Return the last date of each year at which an indicator has rows; years without one stay as text."""
    dates = sorted(indicators.loc[indicators["indicator"] == indicator, "date"].unique())
    last = {date[:4]: date for date in dates}
    return tuple(last.get(str(year), str(year)) for year in years)


def _names(written: object) -> tuple[str, ...]:
    if isinstance(written, str):
        return (written,)
    if isinstance(written, (list, tuple)):
        return tuple(map(str, written))
    return ()
