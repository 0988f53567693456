"""The chapter 'Sozialraumanalyse' of a social report; its sentences vary with the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.assessment.assess import settings_of
from sozialraum.confidential import Rules
from sozialraum.publish.report.content import Block, Paragraph, Section
from sozialraum.publish.report.documents.city import city_table, extremes, maps
from sozialraum.publish.report.documents.results import (
    attention,
    clusters,
    conspicuous,
    groups,
    mixing,
    status,
    trends,
)
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.facts import Facts

__all__ = ["CHAPTER", "chapter", "data_and_method", "glance", "limits"]


def chapter(facts: Facts) -> Document:
    """Write the chapter of an analysis.

    Parameters
    ----------
    facts
        What the readers may see; every number comes from it.

    Returns
    -------
    Document
        The sections of `CHAPTER`. Those without a result say so, or are left out where not asked for.
    """
    sections = [
        Section(name=name, heading=facts.words(f"section.{name}"), blocks=tuple(write(facts)))
        for name, write in CHAPTER.items()
    ]
    return facts.document("chapter", sections, lists=True)


def glance(facts: Facts) -> Iterator[Block]:
    """Say in a few sentences what the index comes to, and how sure that is."""
    index = facts.index
    if index is None:
        yield Paragraph(facts.words("glance.no_index"), "lead")
        return
    assessed = index[index["value"].notna()]
    chosen = attention(facts)
    kind = {0: "none", 1: "one"}.get(len(chosen), "many")
    values = {
        "date": facts.date(str(assessed["date"].iloc[0])),
        "number": len(chosen),
        "assessed": len(assessed),
        "names": facts.names(chosen.index),
    }
    yield Paragraph(facts.words(f"glance.attention_{kind}", **values), "lead")
    unsure = _unsure(facts, chosen)
    if unsure is not None and len(chosen):
        steady = len(chosen) - len(unsure)
        kind = {0: "none", len(chosen): "all"}.get(steady, "some")
        kind = f"{kind}_one" if len(chosen) == 1 else kind
        yield Paragraph(facts.words(f"glance.steady_{kind}", number=steady, names=facts.names(unsure)))
    elif len(chosen):
        yield Paragraph(facts.words("glance.not_redrawn"))
    without = int(index["value"].isna().sum())
    if without:
        yield Paragraph(
            facts.words("glance.not_assessed" if without > 1 else "glance.one_not_assessed", number=without)
        )


def _unsure(facts: Facts, chosen: pd.DataFrame) -> list[str] | None:
    """Name the attention areas whose status holds in fewer than 95 of 100 redraws; None without redraws."""
    found = facts.analysis.assessment
    if found is None or found.robustness.empty or "same_status" not in found.robustness:
        return None
    same = found.robustness["same_status"].reindex(chosen.index).astype(float)
    return [str(key) for key in chosen.index[~(same >= 0.95)]]


def data_and_method(facts: Facts) -> Iterator[Block]:
    """Say what was analysed, what is missing, and how it was tested."""
    analysis = facts.analysis
    first, last = facts.span
    values = {"districts": len(analysis.districts), "indicators": len(facts.indicators)}
    yield Paragraph(facts.words("data.districts", first=facts.date(first), last=facts.date(last), **values))
    counted = analysis.indicators["denominator"].notna().any()
    yield Paragraph(facts.words("data.shares" if counted else "data.published"))
    cells = len(analysis.indicators)
    hidden = int((analysis.indicators["flag"] == "suppressed").sum())
    missing = int(analysis.indicators["value"].isna().sum()) - hidden
    for key, number in ((_hidden_by(facts), hidden), ("data.missing", missing)):
        if number > 0:
            told = {
                "number": facts.count(number),
                "cells": facts.count(cells),
                "most": str(_most_hidden(facts)),
            }
            yield Paragraph(facts.words(key, **told))
    if facts.index is not None:
        yield Paragraph(_index_method(facts))
    settings = analysis.statistics
    if settings is not None:
        yield Paragraph(
            facts.words(
                "data.clusters",
                permutations=facts.count(settings.permutations),
                alpha=figure(100 * settings.alpha, facts.language, decimals=0),
                correction=facts.words(f"correction.{settings.correction}"),
            )
        )
    if facts.analysis.assessment is not None and not facts.analysis.assessment.verdicts.empty:
        yield Paragraph(facts.words("data.verdict"))


def _most_hidden(facts: Facts) -> int:
    """Return the largest count that is hidden for its own sake."""
    return (facts.analysis.rules or Rules()).minimum_count - 1


def _hidden_by(facts: Facts) -> str:
    """Return the sentence on hidden figures: of our own rules, or of those who delivered the data."""
    if facts.analysis.audience == "internal":
        return "data.hidden_by_source"
    return {1: "data.hidden_1", 2: "data.hidden"}.get(_most_hidden(facts), "data.hidden_up_to")


def _index_method(facts: Facts) -> str:
    settings = settings_of(facts.analysis)
    asked = () if settings is None or settings.recipe is None else settings.recipe.indicators
    names = [facts.label(name) for name in asked if name in facts.analysis.catalogue.index]
    return facts.words("data.index", indicators=", ".join(names))


def limits(facts: Facts) -> Iterator[Block]:
    """Say what the document must not be used for."""
    for name in ("people", "cause", "chance", "borders"):
        yield Paragraph(facts.words(f"limits.{name}"))
    if facts.analysis.simulated:
        yield Paragraph(facts.words("limits.simulated"))


CHAPTER: dict[str, Callable[[Facts], Iterator[Block]]] = {
    "glance": glance,
    "data": data_and_method,
    "city": city_table,
    "extremes": extremes,
    "maps": maps,
    "clusters": clusters,
    "status": status,
    "groups": groups,
    "conspicuous": conspicuous,
    "trends": trends,
    "mixing": mixing,
    "limits": limits,
}
"""Name of each section and who writes it; in this order."""
