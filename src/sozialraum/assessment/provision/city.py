"""A quarter and its city: what it carries for all, and who meets whom in it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EXPOSURE_COLUMNS", "LOAD_COLUMNS", "exposure", "load_shares"]

LOAD_COLUMNS = (
    "load_share",
    "people_share",
    "carries",
    "provision_share",
    "provision_gap",
    "money_share",
    "money_gap",
)
EXPOSURE_COLUMNS = ("group", "other", "value", "city", "ratio")


@checked()
def load_shares(
    load: pd.Series,
    people: pd.Series,
    *,
    provision: pd.Series | None = None,
    money: pd.Series | None = None,
    totals: dict[str, float] | None = None,
) -> pd.DataFrame:
    """Put a quarter's share of the city's load beside its shares of people, provision and money.

    Parameters
    ----------
    load
        Index district: cases (people in receipt, newcomers ...).
    people, provision, money
        Inhabitants, capacity, Euro; index district.
    totals
        The city's totals by name ("load", "people", "provision", "money") where they are known better than
        by adding up. Without one, a single missing district leaves all its shares unknown.

    Returns
    -------
    pd.DataFrame
        Index of `load`, columns `LOAD_COLUMNS`: shares 0..1; `carries` is load share by people share (2:
        twice its part); the gaps are provision (money) share less load share, below 0: gets less than it
        carries.
    """
    parts = {"load": load, "people": people, "provision": provision, "money": money}
    shares = {}
    for name, values in parts.items():
        if values is None:
            shares[name] = pd.Series(np.nan, index=load.index)
            continue
        ours = values.reindex(load.index).astype(float)
        total = (totals or {}).get(name, float(ours.sum(skipna=False)))
        shares[name] = ours / total if total else ours * np.nan
    found = pd.DataFrame({f"{name}_share": share for name, share in shares.items()})
    found["carries"] = found["load_share"] / found["people_share"].where(found["people_share"] > 0)
    for name in ("provision", "money"):
        found[f"{name}_gap"] = found[f"{name}_share"] - found["load_share"]
    return found[list(LOAD_COLUMNS)]


@checked()
def exposure(
    counts: pd.DataFrame, *, groups: Sequence[str] | None = None, total: str | None = None
) -> pd.DataFrame:
    """Measure whom a member of a group has around in the district, on average over the group.

    Exposure of x to y is the mean of the district's share of y over all members of x; of x to itself it is
    isolation (a description of where people live, never a target).

    Parameters
    ----------
    counts
        Index district, one column per group (old and young ...); districts with a missing count are left
        out. Groups need not exclude one another.
    groups
        Columns to compare; default all but `total`.
    total
        Column of all inhabitants; default: the sum of the groups, which then must not overlap.

    Returns
    -------
    pd.DataFrame
        Columns `EXPOSURE_COLUMNS`, one row per ordered pair: `value` (0..1), `city` (the other group's share
        in the city: the value if all lived evenly spread) and their `ratio`.

    Raises
    ------
    AlignmentError
        If a group is larger than the total somewhere; names the districts.

    Examples
    --------
    >>> lived = pd.DataFrame({"old": [90, 10], "young": [10, 90]}, index=["a", "b"])
    >>> exposure(lived).set_index(["group", "other"])["value"].round(2).to_dict()[("old", "young")]
    0.18
    """
    names = list(groups or [name for name in counts.columns if name != total])
    known = counts[[*names, *([total] if total else [])]].astype(float).dropna()
    size = known[total] if total else known[names].sum(axis=1)
    known, size = known[size > 0], size[size > 0]
    too_many = known.index[(known[names].gt(size, axis=0)).any(axis=1)]
    if len(too_many):
        problem = Problem(code="provision.group_too_large", keys=tuple(map(str, too_many)))
        raise_problems([problem], AlignmentError)
    rows = []
    for one, other in product(names, names):
        members = known[one].sum()
        value = float((known[one] * known[other] / size).sum() / members) if members else np.nan
        city = float(known[other].sum() / size.sum()) if len(size) else np.nan
        rows.append((one, other, value, city, value / city if city else np.nan))
    return pd.DataFrame(rows, columns=list(EXPOSURE_COLUMNS))
