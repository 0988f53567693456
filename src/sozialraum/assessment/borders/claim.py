"""What becomes of the claim that transitions in a city are fluid; `edges` says when it is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["judge_claim"]

FEWEST_TESTED = 0.5
"""Share of the borders that must be testable before transitions are called fluid."""

DETECTABLE = 3.0
"""How many times the minimum a jump may be that tests would have missed in a city called fluid."""

LEAST_SPREAD = 0.5
"""How many times the minimum two districts drawn at random differ at least, in a city called fluid."""


def judge_claim(city: pd.DataFrame, *, minimum: float, tolerated: float, alpha: float) -> NDArray[np.object_]:
    """Say what becomes of the claim; a test that was not made, or had no power, supports nothing.

    Parameters
    ----------
    city
        One row per indicator and date, columns as `CITY_EDGE_COLUMNS` up to `wall_to`; differences as
        fractions.
    minimum, tolerated, alpha
        Least difference of a sharp border (fraction), share of the testable borders that may be sharp, and
        level of both tests against chance together.

    Returns
    -------
    NDArray
        One of `CLAIMS` per row.
    """
    sharp = (city["walls"] > 0) | (city["sharp"] > tolerated * city["tested"])
    able = (city["tested"] > 0) & (city["tested"] >= FEWEST_TESTED * city["borders"])
    able &= city["detectable"] <= DETECTABLE * max(minimum, 0.01)
    # Where districts hardly differ at all, that no jump was found says nothing of transitions.
    able &= city["expected"] >= LEAST_SPREAD * minimum
    cases = [
        city["statistic"].isna(),
        sharp | (city["p_rougher"] <= alpha / 2),
        able & (city["p_smoother"] <= alpha / 2),
    ]
    found = np.select(cases, ["not assessable", "rejected", "supported"], "undecided")
    return found.astype(object)
