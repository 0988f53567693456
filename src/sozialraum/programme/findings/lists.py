"""The list from the sheets: facts of all results, rules, holding, areas, decisions, reasons, stability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.programme.selection.areas import programme_areas
from sozialraum.programme.selection.choose import Selection, flicker, select
from sozialraum.programme.selection.decisions import decision_problems, programme_list
from sozialraum.programme.selection.facts import (
    FACT_COLUMNS,
    conference_facts,
    facts,
    monitoring_facts,
    note_facts,
)
from sozialraum.programme.selection.reasons import reason_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from libpysal.graph import Graph

    from sozialraum.analysis import Analysis
    from sozialraum.errors import Problem
    from sozialraum.programme.selection.rules import SelectionRules
    from sozialraum.texts import Language

__all__ = ["Lists", "all_facts", "lists"]

MAIN = "all"


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Selection of all years, and what follows from it.

    Parameters
    ----------
    selection
        See `select`.
    reasons
        Index district: `year`, `reason`.
    areas
        See `programme_areas`.
    restless
        See `flicker`: with the holding rule and without it, column `held`.
    decided
        See `programme_list`; empty where the log has errors.
    problems
        Of the log of decisions.
    """

    selection: Selection
    reasons: pd.DataFrame
    areas: pd.DataFrame
    restless: pd.DataFrame
    decided: pd.DataFrame
    problems: tuple[Problem, ...]


def all_facts(
    analysis: Analysis, sheets: Mapping[str, pd.DataFrame], burden: pd.DataFrame, years: Sequence[int]
) -> pd.DataFrame:
    """Collect what rules may look at.

    Parameters
    ----------
    analysis
        Its assessment, clusters and values: what its audience may see.
    sheets
        "notes", "conferences".
    burden
        From `provide.burden_tables`; of several kinds of facility the worst quadrant counts.
    years
        Years for notes and conferences.

    Returns
    -------
    pd.DataFrame
        Index district, columns `FACT_COLUMNS`; classes that are not assessable are left out.
    """
    keys = [str(key) for key in analysis.districts.index]
    found = []
    assessment = analysis.assessment
    if assessment is not None:
        index = assessment.index
        if not index.empty:
            found.append(monitoring_facts(index[index["index"] == MAIN]))
        if not assessment.verdicts.empty:
            found.append(facts(assessment.verdicts, "verdict", column="verdict", indicator="indicator"))
        profiles = assessment.profiles
        if not profiles.empty:
            overall = profiles[profiles["group"] == MAIN] if "group" in profiles else profiles
            found.append(facts(overall, "profile", column="profile"))
            found.append(facts(overall, "conspicuous_count", column="unfavourable"))
        if "same_status" in assessment.robustness and not index.empty:
            latest = assessment.robustness.assign(date=index["date"].max())
            found.append(facts(latest, "robustness", column="same_status"))
    if not analysis.clusters.empty:
        found.append(facts(analysis.clusters, "cluster", column="label", indicator="indicator"))
    values = analysis.indicators
    found.append(facts(values, "value", indicator="indicator"))
    if not burden.empty:
        order = {name: at for at, name in enumerate(("neither", "provision", "need", "undecided", "both"))}
        known = burden[burden["quadrant"].isin(order)]
        worst = known.assign(_at=known["quadrant"].map(order)).sort_values("_at", kind="stable")
        doubled = worst.set_index("year", append=True).index.duplicated(keep="last")
        found.append(facts(worst[~doubled], "double_disadvantage", column="quadrant"))
    found.append(note_facts(sheets["notes"], keys, years))
    found.append(conference_facts(sheets["conferences"], keys, years))
    return pd.concat([part for part in found if not part.empty])[list(FACT_COLUMNS)]


def lists(
    found: pd.DataFrame,
    rules: SelectionRules,
    graph: Graph,
    *,
    districts: pd.DataFrame,
    labels: Mapping[str, str],
    decisions: pd.DataFrame,
    years: Sequence[int],
    language: Language,
) -> Lists:
    """Select for all years, and say who decided what.

    Parameters
    ----------
    found
        From `all_facts`.
    rules
        From `selection_rules`.
    graph
        Neighbours.
    districts
        Index district; `name`.
    labels
        Indicator to label.
    decisions
        The log of decisions.
    years
        Ascending.
    language
        Of the sentences.
    """
    keys = [str(key) for key in districts.index]
    found = found[found["result"].isin({rule.result for rule in rules.rules})]
    chosen = select(found, rules, districts=keys, years=years)
    loose = select(found, rules, districts=keys, years=years, hold_years=0)
    names = dict(zip(keys, districts["name"].astype(str), strict=True))
    reasons = [
        reason_sentences(chosen, year, names=names, labels=labels, language=language)
        .to_frame("reason")
        .assign(year=year)
        for year in years
    ]
    restless = [flicker(one.lists()).assign(held=held) for one, held in ((loose, False), (chosen, True))]
    log = decisions.dropna(subset=["district", "year", "decision"])
    log = log[log["year"].isin(list(years))]
    problems = decision_problems(chosen, log)
    sound = not any(problem.severity == "error" for problem in problems)
    return Lists(
        selection=chosen,
        reasons=pd.concat(reasons)[["year", "reason"]],
        # A proposal has ids of its own, which no area of the sheets has.
        areas=programme_areas(chosen, graph, prefix="V"),
        restless=pd.concat(restless, ignore_index=True),
        decided=programme_list(chosen, log) if sound else pd.DataFrame(),
        problems=problems,
    )
