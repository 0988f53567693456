"""Examinations of the sheet `wirkungspruefung`, and the contribution table where numbers cannot decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.programme.effect.study import EffectPlan, EffectStudy, effect_study
from sozialraum.programme.findings.counts import date_of_year

if TYPE_CHECKING:
    from collections.abc import Mapping

    from libpysal.graph import Graph

__all__ = ["CONTRIBUTION_COLUMNS", "contribution_table", "effect_plans", "examine_effects"]

CONTRIBUTION_COLUMNS = (
    "measure_id",
    "goal_id",
    "assumption",
    "delivered",
    "effect",
    "supports",
    "contradicts",
    "other_explanations",
    "standing",
)
DELIVERED = 0.9
"""Part of the planned output from which a measure counts as delivered."""


def effect_plans(
    sheets: Mapping[str, pd.DataFrame], indicators: pd.DataFrame, catalogue: pd.DataFrame
) -> list[EffectPlan]:
    """Read the plans: years become dates of the indicator, areas become their districts at the start.

    Districts of other areas that run at the same time are excluded from the comparison.

    Parameters
    ----------
    sheets
        "effects", "areas".
    indicators, catalogue
        For dates, polarity and factor (the smallest relevant effect is written in points).
    """
    plans = []
    areas = sheets["areas"]
    for name, row in sheets["effects"].iterrows():
        indicator, start = str(row["indicator"]), str(row["treatment_start"])
        own = areas[areas["area_id"] == row["area_id"]]
        current = own[own["until"].isna() | (own["until"] >= start)]
        other = areas[
            (areas["area_id"] != row["area_id"]) & (areas["until"].isna() | (areas["until"] >= start))
        ]
        entry = catalogue.loc[indicator] if indicator in catalogue.index else None
        factor = 100.0 if entry is None else float(str(entry["factor"]))
        resource = entry is not None and entry["polarity"] == "resource"
        smallest = float(row["smallest_effect"]) / factor if pd.notna(row["smallest_effect"]) else 0.05
        plans.append(
            EffectPlan(
                effect_id=str(name),
                districts=tuple(dict.fromkeys(current["district"])),
                indicator=indicator,
                start=start,
                pre=date_of_year(indicators, indicator, row["pre"]),
                post=date_of_year(indicators, indicator, row["post"]),
                better="higher" if resource else "lower",
                smallest=smallest,
                ring=int(row["ring"]) if pd.notna(row["ring"]) else 1,
                comparison=tuple(row["comparison_districts"]) if row["comparison"] == "listed" else (),
                excluded=tuple(sorted(set(other["district"]) - set(current["district"]))),
                registered_on=row["registered_on"],
            )
        )
    return plans


def examine_effects(
    sheets: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    graph: Graph,
    *,
    seed: int = 0,
) -> list[EffectStudy]:
    """Examine every plan of the sheet; see `effect_study`."""
    found = []
    for plan in effect_plans(sheets, indicators, catalogue):
        entry = catalogue.loc[plan.indicator]
        ratio = entry["kind"] == "ratio"
        found.append(
            effect_study(
                indicators,
                graph,
                plan,
                kind="ratio" if ratio else "share",
                factor=float(str(entry["factor"])),
                seed=seed,
            )
        )
    return found


def contribution_table(
    sheets: Mapping[str, pd.DataFrame], studies: list[EffectStudy] | None = None
) -> pd.DataFrame:
    """Put assumption, delivery and evidence for and against side by side, measure by measure and goal.

    Parameters
    ----------
    sheets
        "measure_goals" (with the assumptions), "measures", "measure_years", "contributions" (what people
        wrote: for, against, other explanations), "goals".
    studies
        Effect studies; one counts for a goal of the same indicator whose place it examines.

    Returns
    -------
    pd.DataFrame
        Columns `CONTRIBUTION_COLUMNS`, one row per measure and goal. `delivered` is actual by planned
        output (NaN: not known). `standing`: "no evidence", "supported" (something for, nothing against),
        "mixed", "contradicted"; an output that was not delivered speaks against, and so does a measure
        whose place did not develop better. Never a proof.
    """
    measures, written = sheets["measures"], sheets["contributions"]
    actual = sheets["measure_years"].groupby("measure_id")["actual"].sum(min_count=1)
    goals = sheets["goals"]
    rows = []
    for link in sheets["measure_goals"].to_dict("records"):
        measure, goal = link["measure_id"], link["goal_id"]
        planned = measures["planned"].get(measure, np.nan)
        share = (
            float(actual.get(measure, np.nan)) / float(planned) if pd.notna(planned) and planned else np.nan
        )
        ours = written[(written["measure_id"] == measure) & (written["goal_id"] == goal)]
        said = {kind: list(part["evidence"]) for kind, part in ours.groupby("kind")}
        outcome = _effect_of(goal, goals, sheets["areas"], studies or [])
        supports = len(said.get("supports", [])) + (outcome == "better") + (share >= DELIVERED)
        against = len(said.get("contradicts", [])) + (outcome == "worse") + (share < DELIVERED)
        standing = (
            ("mixed" if against else "supported")
            if supports
            else ("contradicted" if against else "no evidence")
        )
        rows.append(
            {
                "measure_id": measure,
                "goal_id": goal,
                "assumption": link["assumption"],
                "delivered": share,
                "effect": outcome,
                "supports": "; ".join(said.get("supports", [])),
                "contradicts": "; ".join(said.get("contradicts", [])),
                "other_explanations": "; ".join(said.get("other_explanation", [])),
                "standing": standing,
            }
        )
    return pd.DataFrame(rows, columns=list(CONTRIBUTION_COLUMNS))


def _effect_of(goal: str, goals: pd.DataFrame, areas: pd.DataFrame, studies: list[EffectStudy]) -> str:
    """Return the outcome of the study that examines a goal's own place; another area's says nothing of it."""
    if goal not in goals.index:
        return ""
    rows = goals.loc[[goal]]
    last = rows.iloc[-1]
    ours = {str(last["scope"])}
    if last["scope_type"] == "programme_area":
        ours = set(areas.loc[areas["area_id"] == last["scope"], "district"].astype(str))
    for study in studies:
        if study.plan.indicator == last["indicator"] and ours & {*study.plan.districts}:
            return str(study.table.loc[0, "outcome"])
    return ""
