"""Changes from which the return to the usual is taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from sozialraum.arguments import checked
from sozialraum.assessment.index.posterior import Counted, shrunken_change
from sozialraum.errors import require_catalogue
from sozialraum.indicators.effects import with_effects
from sozialraum.panel import check_rows
from sozialraum.stats.intervals import Z95

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["CAUTIOUS_COLUMNS", "cautious_changes"]

CAUTIOUS_COLUMNS = ("cautious", "cautious_lower", "cautious_upper")

FEWEST = 10
"""Fewer districts do not tell what is usual."""


@checked()
def cautious_changes(moved: pd.DataFrame, indicators: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Add to each change the likeliest true one: shrunken, with regression to the mean taken out.

    Parameters
    ----------
    moved
        What `indicators.changes.changes` returns.
    indicators
        The long table that it was computed from.
    catalogue
        `kind`, and where it has them `design_effect` and its source.

    Returns
    -------
    pd.DataFrame
        `moved` with `cautious` (in the indicator's own unit; 0.02 are 2 percentage points) and its 95 %
        interval; NaN without counts at both dates, or with fewer than 10 districts that have them.
    """
    check_rows(indicators)
    require_catalogue(catalogue, indicators["indicator"].unique())
    effects = with_effects(catalogue, indicators)
    phi, kinds = effects["design_effect"].to_dict(), effects["kind"].to_dict()
    counts = {
        key: rows[["numerator", "denominator"]].astype(float)
        for key, rows in indicators.groupby(["indicator", "date"], sort=False)
    }
    added = np.full((len(moved), 3), np.nan)
    known = moved["difference"].notna().to_numpy()
    groups = moved.groupby(["indicator", "base_date", "date"], sort=False).indices
    for key, rows in groups.items():
        name, base, date = cast("tuple[str, str, str]", key)
        pair = [counts[name, day].reindex(moved.index[rows]).to_numpy() for day in (date, base)]
        share = kinds[name] == "share"
        used = known[rows] & _usable(pair[0], share=share) & _usable(pair[1], share=share)
        if used.sum() < FEWEST:
            continue
        later, earlier = (_counted(part[used], float(phi[name]), share=share) for part in pair)
        change, deviation = shrunken_change(later, earlier)
        half = Z95 * deviation[:, 0]
        added[rows[used]] = np.column_stack([change[:, 0], change[:, 0] - half, change[:, 0] + half])
    return moved.assign(**dict(zip(CAUTIOUS_COLUMNS, added.T, strict=True)))


def _usable(counts: NDArray[np.float64], *, share: bool) -> NDArray[np.bool_]:
    events, people = counts.T
    return np.asarray((events >= 0) & (people > 0) & ((events <= people) | (not share)))


def _counted(counts: NDArray[np.float64], design_effect: float, *, share: bool) -> Counted:
    return Counted(
        events=counts[:, :1],
        people=counts[:, 1:],
        bounded=np.array([share]),
        design_effect=np.array([design_effect]),
        inside=np.zeros((1, 1), dtype=bool),
    )
