"""Which districts an index can be computed for, and why not for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.assessment.index.recipes import Recipe

__all__ = ["assessable", "unfit"]


def assessable(values: pd.DataFrame, recipe: Recipe, population: pd.Series | None) -> pd.Series:
    """Say for each district why it has no index: "" if it has one.

    Parameters
    ----------
    values
        Index district, one column per indicator; a district needs all of them.
    recipe
        Gives `excluded` and `minimum_population`.
    population
        Inhabitants; None if unknown, then the minimum is not checked.
    """
    checks = unfit(values, recipe, population)
    reason = np.select(list(checks.values()), list(checks), default="")
    return pd.Series(reason, index=values.index, name="reason", dtype=object)


def unfit(values: pd.DataFrame, recipe: Recipe, population: pd.Series | None) -> dict[str, NDArray[np.bool_]]:
    """Tell for each reason which districts have no index because of it, the first reason first.

    Parameters
    ----------
    values, recipe, population
        As for `assessable`.

    Returns
    -------
    dict
        Reason to truth values in the order of `values`, shape (n,).
    """
    checks = {"excluded": values.index.isin(recipe.excluded)}
    if population is not None and (recipe.minimum_population > 0 or recipe.standard == "population"):
        people = population.to_numpy(dtype=float, na_value=np.nan)
        checks["population unknown"] = np.isnan(people)
        checks["few inhabitants"] = people < recipe.minimum_population
    checks["missing value"] = np.isnan(values.to_numpy(dtype=float)).any(axis=1)
    return checks
