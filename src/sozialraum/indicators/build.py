"""From the observations of all tables to a `Panel`: every check of the project file and of a notebook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import Problem, shorten
from sozialraum.indicators.catalogue import check_catalogue
from sozialraum.indicators.checks import check_observations
from sozialraum.indicators.derive import load_indicators
from sozialraum.indicators.reforms.vintages import check_vintages
from sozialraum.indicators.store import Store, combine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = ["Derived", "check_tables", "derive", "population_of"]

Derived = tuple[pd.DataFrame, pd.DataFrame]
"""Indicators and city values."""


def check_tables(
    tables: Iterable[pd.DataFrame], catalogue: pd.DataFrame | None, variables: Collection[str]
) -> tuple[Store, tuple[Problem, ...]]:
    """Put all tables together, and hold them against the catalogue.

    Parameters
    ----------
    tables
        Observations as `join` returns them.
    catalogue
        As `read_catalogue` returns it; None if it could not be read.
    variables
        Everything that the tables offer, also where no row was left.

    Returns
    -------
    tuple
        The store of observations, and problems: contradicting figures, unknown variables.
    """
    store, problems = combine(tables)
    missing = () if catalogue is None else check_catalogue(catalogue, variables)
    return store, (*problems, *missing)


def derive(
    observations: pd.DataFrame,
    catalogue: pd.DataFrame,
    districts: pd.DataFrame,
    *,
    vintage: str = "",
    excluded: Collection[str] = (),
) -> tuple[Derived, tuple[Problem, ...]]:
    """Check the observations (sums, jumps, doubled tables, boundary versions) and derive all indicators.

    Parameters
    ----------
    observations
        Of a store.
    vintage
        Boundary version of `districts`; observations that name none are of it.
    excluded
        Districts that are left out of index and clusters by name: that they hold nothing is known.

    Returns
    -------
    tuple
        Indicators and city values, and everything that was found on the way.
    """
    names = _names(districts)
    problems = list(check_observations(observations, excluded=excluded, names=names))
    named = observations["vintage"].replace("", vintage)
    problems += check_vintages(observations.assign(vintage=named))
    indicators, city_values, found = load_indicators(observations, catalogue, districts)
    return (indicators, city_values), _named((*problems, *found), names)


def _names(districts: pd.DataFrame) -> dict[str, str]:
    """Return key to name, where there is one."""
    if "name" not in districts:
        return {}
    named = districts["name"].dropna()
    return dict(zip(map(str, named.index), map(str, named), strict=True))


def _named(problems: Sequence[Problem], names: Mapping[str, str]) -> tuple[Problem, ...]:
    """Write the names of districts beside their keys, where a message lists keys alone."""

    def with_name(key: str) -> str:
        name = names.get(key, key)
        return key if name == key else f"{key} {name}"

    listed = [{"keys": shorten(map(with_name, one.keys))} if one.keys else {} for one in problems]
    return tuple(
        replace(one, values={**keys, **one.values})  # noqa: PD011 - no frame: the values of a problem
        for one, keys in zip(problems, listed, strict=True)
    )


def population_of(
    observations: pd.DataFrame, variable: str, districts: pd.DataFrame
) -> tuple[pd.DataFrame | None, tuple[Problem, ...]]:
    """Return the inhabitants, one row per district and one column per date; None if nothing is known."""
    rows = observations[observations["variable"] == variable]
    if rows.empty:
        known = ", ".join(sorted(observations["variable"].unique()))
        return None, (Problem(code="project.no_population", values={"variable": variable, "known": known}),)
    table = rows.pivot_table(index="district", columns="date", values="value")
    return table.reindex(districts.index), ()
