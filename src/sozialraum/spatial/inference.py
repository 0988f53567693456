"""From counts of permutations to p-values, and from many p-values to findings that hold together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.errors import Problem, SozialraumError, raise_problems

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

__all__ = [
    "Alternative",
    "Correction",
    "LocalResult",
    "adjust",
    "check_options",
    "p_values",
    "reach",
    "refused_option",
    "smallest_p",
    "standard_error",
    "wide",
]

Alternative = Literal["two-sided", "greater", "less", "directed"]
Correction = Literal["benjamini-hochberg", "benjamini-yekutieli", "bonferroni", "none"]


@dataclass(frozen=True, kw_only=True)
class LocalResult:
    """What a local statistic says of every district.

    Parameters
    ----------
    table
        Index: that of the values. For a Series the columns are the fields of the statistic; for a DataFrame
        they are pairs (indicator, field), so that ``table[indicator]`` is the table of one indicator.
    alternative, correction, alpha, permutations, seed
        As asked for.
    problems
        Remarks, for example that the permutations cannot reach the corrected threshold.
    """

    table: pd.DataFrame
    alternative: Alternative
    correction: Correction
    alpha: float
    permutations: int
    seed: int
    problems: tuple[Problem, ...] = ()


def check_options(
    *,
    alternative: str = "two-sided",
    correction: str = "none",
    alpha: float = 0.05,
    permutations: int = 1,
    least: int = 1,
) -> None:
    """Raise one SozialraumError that names every option that is not possible."""
    choices = (
        ("alternative", alternative, get_args(Alternative)),
        ("correction", correction, get_args(Correction)),
    )
    faults = [
        refused_option(name, value, ", ".join(allowed))
        for name, value, allowed in choices
        if value not in allowed
    ]
    if not 0 < alpha < 1:
        faults.append(refused_option("alpha", alpha, "0 < alpha < 1"))
    if permutations < least:
        faults.append(refused_option("permutations", permutations, f">= {least}"))
    raise_problems(faults, SozialraumError)


def refused_option(name: str, value: object, allowed: str) -> Problem:
    """Say that an option cannot have this value."""
    return Problem(code="spatial.option", values={"name": name, "value": value, "allowed": allowed})


def p_values(lower: Counts, upper: Counts, permutations: int, alternative: Alternative) -> Floats:
    """Turn counts of permutations at most (`lower`) and at least (`upper`) as large into p-values.

    p = (count + 1) / (P + 1), the observed arrangement being one of those that chance could have dealt.
    ``"two-sided"`` doubles the smaller tail, up to 1; ``"directed"`` is the smaller tail as it is, as esda
    and GeoDa report it, and therefore not a test at its nominal level: under chance twice as many districts
    fall below a threshold.

    Returns
    -------
    NDArray
        The shape of the counts, never above 1.

    References
    ----------
    Phipson & Smyth (2010), on the + 1.
    """
    tails = {"greater": upper, "less": lower}
    count = tails.get(alternative, np.minimum(lower, upper))
    p = np.asarray((count + 1.0) / (permutations + 1.0), dtype=float)
    return np.minimum(2.0 * p, 1.0) if alternative == "two-sided" else p


def standard_error(p: Floats, permutations: int, alternative: Alternative) -> Floats:
    """Return the Monte Carlo standard error of a p-value: how far another seed would move it.

    sqrt(t (1 - t) / (P + 1)) for a tail t; twice that of the halved p for ``"two-sided"``.
    """
    sides = 2.0 if alternative == "two-sided" else 1.0
    tail = p / sides
    error: Floats = sides * np.sqrt(tail * (1.0 - tail) / (permutations + 1.0))
    return error


def adjust(p: Floats, correction: Correction) -> Floats:
    """Adjust the p-values of one indicator for the number of districts that were judged.

    Parameters
    ----------
    p
        Shape (n,); NaN where a district was not judged. It counts for nothing and stays NaN.
    correction
        ``"benjamini-hochberg"`` and ``"benjamini-yekutieli"`` bound the expected share of false findings
        among the findings (the latter under any dependence), ``"bonferroni"`` the chance of a single false
        one.

    References
    ----------
    Benjamini & Hochberg (1995); Benjamini & Yekutieli (2001).
    """
    adjusted = np.full(p.shape, np.nan)
    judged = ~np.isnan(p)
    found = p[judged]
    count = found.size
    if correction == "none" or not count:
        adjusted[judged] = found
    elif correction == "bonferroni":
        adjusted[judged] = np.minimum(found * count, 1.0)
    else:
        factor = count * (_harmonic(count) if correction == "benjamini-yekutieli" else 1.0)
        order = np.argsort(found)
        steps = found[order] * factor / np.arange(1, count + 1)
        ranked = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
        back = np.empty(count)
        back[order] = ranked
        adjusted[judged] = back
    return adjusted


def _harmonic(count: int) -> float:
    return float((1.0 / np.arange(1, count + 1)).sum())


def smallest_p(permutations: int, alternative: Alternative) -> float:
    """Return the smallest p-value that a number of permutations can give."""
    return min((2.0 if alternative == "two-sided" else 1.0) / (permutations + 1.0), 1.0)


def reach(
    assessable: int,
    *,
    permutations: int,
    alternative: Alternative,
    correction: Correction,
    alpha: float,
    indicator: Hashable = "",
) -> tuple[Problem, ...]:
    """Tell if the permutations are too few for one single district to pass the corrected threshold.

    The first step of Benjamini-Hochberg is alpha / m, like Bonferroni's; that of Benjamini-Yekutieli is
    smaller by 1 + 1/2 + ... + 1/m.

    Returns
    -------
    tuple of Problem
        Empty, or one note with the number of permutations that would suffice.
    """
    if correction == "none" or not assessable:
        return ()
    tests = assessable * (_harmonic(assessable) if correction == "benjamini-yekutieli" else 1.0)
    threshold = alpha / tests
    smallest = smallest_p(permutations, alternative)
    if smallest <= threshold:
        return ()
    sides = 2 if alternative == "two-sided" else 1
    values = {
        "permutations": permutations,
        "correction": correction,
        "assessable": assessable,
        "indicator": indicator,
        "smallest": smallest,
        "threshold": threshold,
        # A permutation more than the quotient, which rounding may leave just short of the threshold.
        "needed": int(np.ceil(sides / threshold)),
    }
    return (Problem(code="spatial.reach", severity="note", values=values),)


def wide(tables: Iterable[pd.DataFrame], columns: pd.Index, *, single: bool) -> pd.DataFrame:
    """Set the tables of several indicators side by side; the table of a Series stays as it is.

    Returns
    -------
    pd.DataFrame
        Columns (indicator, field), or the fields alone if `single`.
    """
    found = list(tables)
    if single:
        return found[0]
    if not found:
        return pd.DataFrame()
    return pd.concat(found, axis=1, keys=list(columns), names=["indicator", "field"])
