"""Which counts stand behind a published rate? Every pair of counts is tried."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.audit.published import digits_needed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

__all__ = ["PAIR_COLUMNS", "propose_counts"]

PAIR_COLUMNS = ("rate", "numerator", "denominator", "figures", "wrong", "wrong_if_cut")


@checked()
def propose_counts(
    observations: pd.DataFrame, rates: Collection[str], *, ratios: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Propose numerator and denominator of published rates whose counts are in the same tables.

    Parameters
    ----------
    observations
        As `read_table` returns them; rates and counts are variables.
    rates
        Variables that are published rates; all others are taken for counts.
    ratios
        Rates that are not shares in per cent: their factor (1 for persons per household). Their numerator may
        exceed the denominator.

    Returns
    -------
    pd.DataFrame
        Columns `PAIR_COLUMNS`, one row per rate and ordered pair of counts that meet in at least one cell.
        `wrong`: figures that no rounding of numerator / denominator gives; `wrong_if_cut`: figures that
        cutting the digits off does not give. Per rate the best pair first; a proposal, not a proof.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("a", "poor", 10), ("a", "all", 40), ("a", "rate", 25), ("b", "poor", 2), ("b", "all", 3),
    ...      ("b", "rate", 67)], columns=["district", "variable", "value"]).assign(date="2020-12-31")
    >>> propose_counts(table, ["rate"])[["numerator", "denominator", "wrong"]].values.tolist()
    [['poor', 'all', 0]]
    """
    known = observations[observations["value"].notna()]
    cells = known.drop_duplicates(["district", "date", "variable"])
    table = cells.pivot_table(index=["district", "date"], columns="variable", values="value")
    counts = [name for name in table.columns if name not in set(rates)]
    rows = []
    for rate in rates:
        factor = (ratios or {}).get(rate, 100)
        bounded = rate not in (ratios or {})
        for numerator, denominator in permutations(counts, 2):
            found = table[[rate, numerator, denominator]].dropna()
            found = found[found[denominator] > 0]
            if found.empty or (bounded and (found[numerator] > found[denominator]).any()):
                continue
            wrong, cut = _wrong(found, rate, numerator, denominator, factor)
            rows.append(
                (rate, numerator, denominator, len(found), int(wrong.sum()), int((wrong & cut).sum()))
            )
    pairs = pd.DataFrame(rows, columns=list(PAIR_COLUMNS))
    order = pd.DataFrame(
        {
            "rate": pairs["rate"].map({rate: place for place, rate in enumerate(rates)}),
            "left": pairs[["wrong", "wrong_if_cut"]].min(axis=1) / pairs["figures"],
            "wrong": pairs["wrong"] / pairs["figures"],
            "figures": -pairs["figures"],
        }
    ).sort_values(["rate", "left", "wrong", "figures"], kind="stable")
    return pairs.loc[order.index].reset_index(drop=True)


def _wrong(
    found: pd.DataFrame, rate: str, numerator: str, denominator: str, factor: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which figures rounding, and which cutting, does not explain; in whole numbers, so exactly."""
    unit = 10 ** int(digits_needed(found[rate]).max())
    printed = np.rint(found[rate].to_numpy(float) * unit).astype(np.int64)
    people = np.rint(found[denominator].to_numpy(float)).astype(np.int64)
    exact = 2 * factor * unit * np.rint(found[numerator].to_numpy(float)).astype(np.int64)
    rounded = ((2 * printed - 1) * people <= exact) & (exact <= (2 * printed + 1) * people)
    cut = (2 * printed * people <= exact) & (exact < (2 * printed + 2) * people)
    return ~rounded, ~cut
