"""Counts and values per indicator and date, on one order of districts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import AlignmentError, Problem, SozialraumError, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Cell", "area_codes", "cells", "check_rows"]

USABLE = ("ok", "unreliable")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One indicator at one date, on a given order of districts.

    Parameters
    ----------
    indicator, date
        As in the long table.
    value, numerator, denominator
        Shape (n,), NaN where nothing is known or where the flag says that there is no number.
    counted
        Districts with both counts and a denominator above 0, shape (n,).
    kind
        Of the catalogue: share, ratio, count or value.
    design_effect
        How many persons carry the information of one independent person; 1 where nothing is declared.
    """

    indicator: str
    date: str
    value: NDArray[np.float64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    counted: NDArray[np.bool_]
    kind: str = "share"
    design_effect: float = 1.0

    @property
    def is_share(self) -> bool:
        """Whether it is a share, and counts exist."""
        return self.kind == "share" and bool(self.counted.any())


def check_rows(indicators: pd.DataFrame, districts: pd.Index) -> None:
    """Refuse rows of unknown districts, double rows, and negative counts; all of them at once.

    Raises
    ------
    AlignmentError
        Names the keys.
    """
    unknown = indicators.index.difference(districts)
    problems = (
        [Problem(code="mixing.unknown_district", keys=tuple(map(str, unknown)))] if len(unknown) else []
    )
    ours = indicators[["indicator", "date"]].assign(district=indicators.index)
    doubled = ours[ours.duplicated()]
    for (indicator, date), rows in doubled.groupby(["indicator", "date"], sort=True):
        keys = tuple(sorted(rows["district"].astype(str).unique()))
        problems.append(
            Problem(code="mixing.double_row", keys=keys, values={"indicator": indicator, "date": date})
        )
    for column in ("numerator", "denominator"):
        negative = pd.to_numeric(indicators[column]) < 0
        if negative.any():
            keys = tuple(sorted(set(map(str, indicators.index[negative]))))
            problems.append(Problem(code="mixing.negative_count", keys=keys, values={"column": column}))
    raise_problems(problems, AlignmentError)


def cells(
    indicators: pd.DataFrame, districts: pd.Index, catalogue: pd.DataFrame | None = None
) -> Iterator[Cell]:
    """Give one `Cell` per indicator and date, indicators in order of appearance, dates ascending.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    districts
        The order of the districts; those without a row count as missing.
    catalogue
        Index: indicator; `kind`, and `design_effect` if it has this column. Without it everything with counts
        is a share of independent persons.

    Raises
    ------
    AlignmentError
        If a row is double, a count negative, or a district unknown.
    SozialraumError
        If the catalogue lacks an indicator, or the numerator of a share exceeds its denominator.
    """
    check_rows(indicators, districts)
    kinds, effects = _declared(indicators, catalogue)
    position = districts.get_indexer(indicators.index)
    known = indicators["flag"].isin(USABLE).to_numpy()
    columns = {
        name: np.where(known, pd.to_numeric(indicators[name]).to_numpy(dtype=float, na_value=np.nan), np.nan)
        for name in ("value", "numerator", "denominator")
    }
    names, _ = pd.factorize(indicators["indicator"])
    dates, _ = pd.factorize(indicators["date"], sort=True)
    order = np.lexsort([dates, names])
    last = (np.diff(names[order]) != 0) | (np.diff(dates[order]) != 0)
    for rows in np.split(order, np.flatnonzero(last) + 1) if len(order) else []:
        indicator, date = indicators["indicator"].iloc[rows[0]], indicators["date"].iloc[rows[0]]
        found = {name: np.full(len(districts), np.nan) for name in columns}
        for name, column in columns.items():
            found[name][position[rows]] = column[rows]
        # A comparison with NaN is False, so an unknown count is never taken for a usable one.
        counted = (found["numerator"] >= 0) & (found["denominator"] > 0)
        yield Cell(
            indicator=str(indicator),
            date=str(date),
            counted=counted,
            kind=kinds[indicator],
            design_effect=effects[indicator],
            **found,
        )


def _declared(
    indicators: pd.DataFrame, catalogue: pd.DataFrame | None
) -> tuple[dict[object, str], dict[object, float]]:
    """Return kind and design effect of each indicator; refuse shares that are none."""
    names = list(indicators["indicator"].unique())
    kinds: dict[object, str] = dict.fromkeys(names, "share")
    effects: dict[object, float] = dict.fromkeys(names, 1.0)
    problems = []
    if catalogue is not None:
        absent = tuple(str(name) for name in names if name not in catalogue.index)
        if absent:
            raise SozialraumError(Problem(code="mixing.not_in_catalogue", keys=absent))
        kinds = catalogue["kind"].loc[names].astype(str).to_dict()
        if "design_effect" in catalogue:
            effects = catalogue["design_effect"].loc[names].astype(float).fillna(1.0).to_dict()
    shares = {name for name, kind in kinds.items() if kind == "share"}
    # A published share has no counts; comparisons with NaN are False.
    wrong = (indicators["numerator"] > indicators["denominator"]) & indicators["flag"].isin(USABLE)
    wrong &= indicators["indicator"].isin(shares) & (indicators["denominator"] > 0)
    for (indicator, date), rows in indicators[wrong].groupby(["indicator", "date"], observed=True):
        keys = tuple(sorted(rows.index.astype(str)))
        values = {"indicator": indicator, "date": date}
        problems.append(Problem(code="mixing.not_a_part", keys=keys, values=values))
    raise_problems(problems, SozialraumError)
    return kinds, effects


def area_codes(districts: pd.DataFrame, parent: str) -> tuple[NDArray[np.intp], pd.Index]:
    """Give each district the number of its area at one level.

    Returns
    -------
    tuple
        Number of the area of each district, shape (n,), and the areas' names in the order of the numbers.

    Raises
    ------
    SozialraumError
        If the level does not exist, or a district belongs to no area; names the districts.
    """
    if parent not in districts.columns:
        allowed = ", ".join(str(name) for name in districts.columns if name != "geometry")
        raise SozialraumError(
            Problem(code="mixing.unknown_level", values={"level": parent, "allowed": allowed})
        )
    codes, names = pd.factorize(districts[parent], sort=True)
    if (codes < 0).any():
        keys = tuple(str(key) for key in districts.index[codes < 0])
        raise SozialraumError(Problem(code="mixing.no_area", keys=keys, values={"level": parent}))
    return codes, pd.Index(names, name=parent)
