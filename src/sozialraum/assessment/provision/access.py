"""Access to provision across the borders of districts: floating catchments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FloatingCatchment", "floating_catchment"]


@dataclass(frozen=True, kw_only=True)
class FloatingCatchment:
    """Capacity per head that people of a district reach, in competition with all others who reach it.

    Parameters
    ----------
    access
        Index district, one column per year: capacity per head; 0 where nothing is in reach, NaN where a
        facility in reach has no known capacity, or people in its reach are not known.
    at_least
        The same from what is known alone: a lower bound, where only capacities are missing; NaN where
        people are missing.
    ratios
        Index facility: capacity per head of all in its reach.
    idle
        Facilities with capacity that nobody reaches, each with its years.
    """

    access: pd.DataFrame
    at_least: pd.DataFrame
    ratios: pd.DataFrame
    idle: pd.DataFrame


@checked()
def floating_catchment(
    costs: pd.DataFrame,
    capacity: pd.DataFrame | pd.Series,
    people: pd.DataFrame | pd.Series,
    *,
    catchment: float | pd.Series = 1500.0,
    bands: Sequence[tuple[float, float]] = (),
) -> FloatingCatchment:
    """Compute 2SFCA, or with `bands` E2SFCA, for all years at once.

    Step one: each facility's capacity is divided by all people in its reach, step two: each district adds
    up these ratios over the facilities in its reach. With bands both steps are weighted by distance.

    Parameters
    ----------
    costs
        Index district, columns facilities: metres, from `travel_costs`.
    capacity
        Index facility, one column per year (a Series is one year). NaN: not known; 0: closed that year.
    people
        Index district, the same years: the target group. NaN: not known.
    catchment
        Reach in metres, for all facilities or for each; a distance equal to it is inside.
    bands
        Pairs of upper distance and weight, ascending; beyond the last nothing is reached. Takes the place
        of `catchment`, in metres, or where `catchment` is a Series as a share of each facility's reach.

    Returns
    -------
    FloatingCatchment
        Index of `costs`; the years of `capacity`.

    Raises
    ------
    AlignmentError
        Facilities, districts or years of one side that the other does not have; bands that do not ascend.

    References
    ----------
    Luo & Wang (2003), 2SFCA; Luo & Qi (2009), E2SFCA. Equal to the package `access` (tests).
    """
    supply, crowd = _frame(capacity), _frame(people)
    _check(costs, supply, crowd, catchment, bands)
    years = supply.columns
    s = supply.reindex(costs.columns).to_numpy(dtype=float)
    p = crowd.reindex(index=costs.index, columns=years).to_numpy(dtype=float)
    weights = _weights(costs.to_numpy(dtype=float), catchment, bands, costs.columns)
    reach = weights.T @ np.nan_to_num(p)
    hidden = (weights.T @ np.isnan(p).astype(float)) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(s == 0, 0.0, s / reach)
    idle = (s > 0) & (reach == 0) & ~hidden
    ratio[idle] = 0.0
    ratio[hidden & (s != 0)] = np.nan
    open_question = (weights > 0).astype(float)
    lost_people = (open_question @ (hidden & (s != 0)).astype(float)) > 0
    lost_supply = (open_question @ np.isnan(s).astype(float)) > 0
    known = weights @ np.nan_to_num(ratio)
    at, when = np.nonzero(idle)

    def framed(values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, index=costs.index, columns=years)

    return FloatingCatchment(
        access=framed(np.where(lost_people | lost_supply, np.nan, known)),
        at_least=framed(np.where(lost_people, np.nan, known)),
        ratios=pd.DataFrame(ratio, index=costs.columns, columns=years),
        idle=pd.DataFrame({"facility_id": costs.columns[at], "year": years[when], "capacity": s[at, when]}),
    )


def _frame(values: pd.DataFrame | pd.Series) -> pd.DataFrame:
    return values.to_frame("value") if isinstance(values, pd.Series) else values


def _weights(
    costs: Floats, catchment: float | pd.Series, bands: Sequence[tuple[float, float]], facilities: pd.Index
) -> Floats:
    reach = (
        catchment.reindex(facilities).to_numpy(dtype=float)
        if isinstance(catchment, pd.Series)
        else np.full(len(facilities), float(catchment))
    )
    if not bands:
        return (costs <= reach).astype(float)
    measured = costs / reach if isinstance(catchment, pd.Series) else costs
    limits = np.array([limit for limit, _ in bands])
    steps = np.array([*(weight for _, weight in bands), 0.0])
    found: Floats = steps[np.searchsorted(limits, measured, side="left")]
    return found


def _check(
    costs: pd.DataFrame,
    supply: pd.DataFrame,
    crowd: pd.DataFrame,
    catchment: float | pd.Series,
    bands: Sequence[tuple[float, float]],
) -> None:
    lacking = {
        "capacity_facility": costs.columns.symmetric_difference(supply.index),
        "people_district": costs.index.difference(crowd.index),
        "people_year": supply.columns.difference(crowd.columns),
        "double_facility": supply.index[supply.index.duplicated()],
    }
    if isinstance(catchment, pd.Series):
        reach = catchment.reindex(costs.columns)
        lacking["no_catchment"] = reach.index[reach.isna() | (reach <= 0)]
    problems = [
        Problem(code=f"provision.{name}", keys=tuple(map(str, keys)))
        for name, keys in lacking.items()
        if len(keys)
    ]
    limits = [limit for limit, _ in bands]
    if limits != sorted(set(limits)) or any(weight < 0 for _, weight in bands):
        problems.append(Problem(code="provision.bands", values={"bands": bands}))
    raise_problems(problems, AlignmentError)
