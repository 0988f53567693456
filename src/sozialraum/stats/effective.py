"""Effective numbers of cases: people come in households, so n people are fewer than n independent ones.

A benefit is granted to a whole household. If households of sizes s are in or out as a whole, the variance of
a count is that of independent persons times the *design effect* phi = sum(s^2) / sum(s), the size of the
household that an average person lives in. n people carry as much information as n / phi independent ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["DEFAULT_EFFECTS", "effective", "household_effect"]

DEFAULT_EFFECTS: dict[str, float] = {
    "transfers": 3.0,
    "transfers_families": 3.5,
    "nationality": 2.5,
    "older": 1.8,
    "unemployment": 1.5,
    "children": 1.2,
    "independent": 1.0,
}
"""Design effects by subject, for catalogues that choose one by name (``design_effect = "transfers"``).

Computed from constructed household tables, "unemployment" by judgement: a table of the own city is better.
"independent" says openly that persons are taken as independent."""


def effective(count: ArrayLike, design_effect: ArrayLike = 1.0) -> Floats:
    """Return the effective number of independent cases, count / design effect.

    Parameters
    ----------
    count
        Persons: numerators or denominators alike; NaN stays NaN.
    design_effect
        Phi, broadcast against `count`; where it is NaN (not declared) or below 1, 1 is taken: persons are
        then treated as independent, which the caller has to say.

    References
    ----------
    Kish (1965), Survey Sampling, chapter 5; Rao & Scott (1992), A simple method for the analysis of
    clustered binary data, Biometrics 48.

    Examples
    --------
    >>> effective([500, 60], 2.5).tolist()
    [200.0, 24.0]
    """
    phi = np.asarray(design_effect, dtype=float)
    return np.asarray(count, dtype=float) / np.where(phi > 1, phi, 1.0)


def household_effect(persons: float | Mapping[int, float]) -> tuple[float, float]:
    """Return design effect and mean size of households.

    Parameters
    ----------
    persons
        Mean number of persons per household m, or households by size: ``{1: 500, 2: 210, 3: 90}``. A table
        gives sum(s^2) / sum(s) exactly. From the mean alone 2m - 1 is taken, which is right when sizes above
        1 fall off geometrically; with real tables it errs by -6 to +18 %.

    Returns
    -------
    tuple of float
        Design effect and mean.

    Examples
    --------
    >>> household_effect(2.0)
    (3.0, 2.0)
    >>> household_effect({1: 2, 2: 1})
    (1.5, 1.3333333333333333)
    """
    if isinstance(persons, (int, float)):
        return 2 * float(persons) - 1, float(persons)
    sizes = np.array(list(persons), dtype=float)
    households = np.array(list(persons.values()), dtype=float)
    people = float((sizes * households).sum())
    return float((sizes**2 * households).sum()) / people, people / float(households.sum())
