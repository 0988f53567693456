"""What the verdicts on all indicators come to for one district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE
from sozialraum.assessment.rule import FAVOURABLE, INCONSPICUOUS, UNDECIDED, UNFAVOURABLE
from sozialraum.stats.multiple import second_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["PROFILES", "summarise"]

PROFILES = (
    "inconspicuous on all",
    UNFAVOURABLE,
    FAVOURABLE,
    "conspicuous (both)",
    UNDECIDED,
    NOT_ASSESSABLE,
)
"""What a profile can be."""


@checked()
def summarise(found: pd.DataFrame, *, groups: pd.Series | None = None, alpha: float = 0.05) -> pd.DataFrame:
    """Say for each district and date what its verdicts come to.

    A profile over k indicators is read where it shows something, and that is a selection: a second step
    (`stats.multiple.second_step`, districts as families) asks more of the tests against the city. A verdict
    that does not pass it stays what it is on its own map, and is not counted here.

    Parameters
    ----------
    found
        What `verdicts` returns.
    groups
        Indicator to target group (``catalogue["target_group"]``): then one row per group as well.
    alpha
        Level of the second step.

    Returns
    -------
    pd.DataFrame
        Index district; `date`, `group` ("all" without `groups`), `profile` (one of `PROFILES`),
        `assessable` (k), `unfavourable`, `favourable`, `inconspicuous` and `undecided` (numbers of
        indicators), and `unfavourable_by`, `favourable_by` (their ids, separated by ", ").
        'inconspicuous on all' means that nearness to the city is shown on all k; one that is undecided
        makes the profile 'undecided'.
    """
    district = str(found.index.name or "district")
    table = found.rename_axis(index=district).reset_index()
    table["group"] = "all" if groups is None else table["indicator"].map(groups).astype(object)
    kept = _second_step(table, alpha)
    verdict = table["verdict"]
    table["assessable"] = verdict != NOT_ASSESSABLE
    table["inconspicuous"] = verdict == INCONSPICUOUS
    for name, side in (("unfavourable", UNFAVOURABLE), ("favourable", FAVOURABLE)):
        table[name] = (verdict == side) & kept
    counts = ["assessable", "unfavourable", "favourable", "inconspicuous"]
    together = table.groupby([district, "date", "group"], sort=False, dropna=False)
    summary = together[counts].sum()
    summary["undecided"] = 2 * summary["assessable"] - summary.sum(axis=1)
    row = together.ngroup().to_numpy()
    for name in ("unfavourable", "favourable"):
        ours = table[name].to_numpy()
        summary[f"{name}_by"] = _joined(row[ours], table["indicator"][ours], len(summary))
    worse, better = summary["unfavourable"] > 0, summary["favourable"] > 0
    profile = np.select(
        [summary["assessable"] == 0, worse & better, worse, better, summary["undecided"] > 0],
        [NOT_ASSESSABLE, "conspicuous (both)", UNFAVOURABLE, FAVOURABLE, UNDECIDED],
        "inconspicuous on all",
    )
    summary.insert(0, "profile", profile)
    told: pd.DataFrame = summary.reset_index(["date", "group"])
    return told


def _joined(rows: NDArray[np.intp], names: Iterable[object], size: int) -> list[str]:
    """List for each of `size` rows the names that belong to it."""
    found = [""] * size
    for row, name in zip(rows.tolist(), names, strict=True):
        found[row] += f", {name}" if found[row] else str(name)
    return found


def _second_step(table: pd.DataFrame, alpha: float) -> NDArray[np.bool_]:
    """Tell which rows pass the correction over the profiles of their date and group."""
    kept = np.zeros(len(table), dtype=bool)
    for rows in table.groupby(["date", "group"], sort=False, dropna=False).indices.values():
        part = table.iloc[rows]
        families, _ = pd.factorize(part[table.columns[0]])
        tests, _ = pd.factorize(part["indicator"])
        p = np.full((families.max(initial=-1) + 1, tests.max(initial=-1) + 1), np.nan)
        p[families, tests] = part["p"].to_numpy(dtype=float)
        kept[rows] = (second_step(p, alpha=alpha) <= alpha)[families, tests]
    return kept
