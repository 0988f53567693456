"""The council paper: subject, proposed resolution, reasons; a summary first where the reasons are long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.publish.report.content import Block, Heading, Paragraph, Section
from sozialraum.publish.report.documents.chapter import glance, limits
from sozialraum.publish.report.documents.city import extreme_table
from sozialraum.publish.report.documents.plans import goal_table
from sozialraum.publish.report.documents.programme_facts import ProgrammeFacts
from sozialraum.publish.report.documents.results import attention
from sozialraum.publish.report.documents.yearly import effects, money, progress_sentences
from sozialraum.publish.report.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.facts import Facts

__all__ = ["MOST_PAGES", "REASONS", "SECTIONS", "council_paper", "fitted"]

MOST_PAGES = 3
"""Reasons that are longer begin with a short summary."""

REASONS = ("reasons", "situation", "programme", "progress", "effect", "money", "limits")
SECTIONS = ("subject", "proposal", "summary", *REASONS)
"""Names of all sections, in their order."""


def council_paper(facts: Facts) -> Document:
    """Write the paper with its summary; `fitted` takes that away again where the reasons are short.

    Parameters
    ----------
    facts
        The programme's result makes it a report on the programme; without it, it reports the monitoring.
    """
    told = ProgrammeFacts(facts) if facts.result is not None else None
    write = {
        "subject": _subject,
        "proposal": _proposal,
        "summary": _summary,
        "reasons": _reasons,
        "situation": _situation,
        "programme": _programme,
        "progress": _progress,
        "effect": _effect,
        "money": _money,
        "limits": _limits,
    }
    sections = [
        Section(
            name=name,
            heading=facts.words(f"council.section.{name}"),
            blocks=tuple(write[name](facts, told)),
            level=2 if name in REASONS[1:] else 1,
        )
        for name in SECTIONS
    ]
    return facts.document("council", sections)


def fitted(document: Document, *, kept: bool = False) -> Document:
    """Leave the summary out where the reasons take three pages or less.

    Parameters
    ----------
    document
        Of `council_paper`, with the author's text blocks.
    kept
        Whether an author wrote the summary: then it stays.
    """
    reasons = tuple(section for section in document.sections if section.name in REASONS)
    if kept or pages(replace(document, title="", subtitle="", sections=reasons)) > MOST_PAGES:
        return document
    rest = tuple(section for section in document.sections if section.name != "summary")
    return replace(document, sections=rest)


def _subject(facts: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    key = "council.subject_programme" if told is not None else "council.subject"
    values = {"city": facts.analysis.city, "date": facts.date(facts.span[1])}
    yield Paragraph(facts.words(key, **values, **({"year": told.year} if told is not None else {})), "lead")


def _proposal(facts: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    """Propose what follows from the results, and only that."""
    if told is None:
        yield Paragraph(facts.words("council.note_monitoring", date=facts.date(facts.span[1])), "number")
        chosen = attention(facts)
        if len(chosen):
            key = "council.visit" if len(chosen) > 1 else "council.visit_one"
            yield Paragraph(facts.words(key, names=facts.names(chosen.index, most=len(chosen))), "number")
        yield Paragraph(facts.words("council.report_monitoring"), "number")
        return
    yield Paragraph(facts.words("council.note_programme", year=told.year), "number")
    names = ", ".join(area.name for area in told.areas)
    if names:
        yield Paragraph(facts.words("council.continue", names=names), "number")
    conferences = told.table("conferences")
    if not conferences.empty and told.areas:
        inside = conferences[conferences["area_id"].notna() & conferences["lacking"].astype(bool)]
        if len(inside):
            lacking = facts.names(map(str, inside["district"]))
            yield Paragraph(facts.words("council.conference", names=lacking), "number")
    gap = _gap(told)
    if gap > 0:
        yield Paragraph(facts.words("council.money", amount=told.money(gap)), "number")
    yield Paragraph(facts.words("council.report_programme"), "number")


def _gap(told: ProgrammeFacts) -> float:
    table = told.table("cost_overview")
    if table.empty:
        return 0.0
    total = table[table["row"] == "total"].iloc[0]
    gap = float(total["amount"] - total["secured_amount"])
    return gap if np.isfinite(gap) else 0.0


def _summary(facts: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    """Say the main results in a few sentences, each of them repeated with its reasons below."""
    yield from (
        Paragraph(block.text)
        for block in glance(facts)
        if isinstance(block, Paragraph) and block.style == "lead"
    )
    if told is not None:
        yield from (Paragraph(words) for words in progress_sentences(told))
        table = told.table("effects")
        if table.empty:
            key = "yearly.effect_none" if told.sheet("effects").empty else "yearly.effect_internal"
            yield Paragraph(facts.words(key))
        else:
            counts = table["outcome"].astype(str).value_counts()
            better = int(counts.get("better", 0))
            yield Paragraph(facts.words("council.effects", number=len(table), better=better))


def _reasons(facts: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    key = "council.reasons_programme" if told is not None else "council.reasons"
    yield Paragraph(facts.words(key, city=facts.analysis.city))


def _situation(facts: Facts, _: ProgrammeFacts | None) -> Iterator[Block]:
    yield from glance(facts)
    yield Paragraph(facts.words("extremes.reading" if facts.has_city else "extremes.reading_no_city"))
    for indicator in facts.main_indicators[:5]:
        yield extreme_table(facts, indicator)
    yield Paragraph(facts.words("extremes.note_short"), "note")


def _programme(facts: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    if told is None or not told.areas:
        return
    for area in told.areas:
        key = "plan.lead" if len(area.districts) > 1 else "plan.lead_one"
        words = facts.words(
            key, name=area.name, number=len(area.districts), names=facts.names(area.districts)
        )
        yield Paragraph(words, "bullet")


def _progress(facts: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    if told is None:
        return
    yield from (Paragraph(words) for words in progress_sentences(told))
    goals = told.table("goals")
    if not goals.empty:
        yield goal_table(told, goals, facts.words("yearly.goals_caption", year=told.year))


def _effect(_: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    if told is None:
        return
    # Headings of the studies lie one level below the section's.
    for block in effects(told):
        yield replace(block, level=3) if isinstance(block, Heading) else block


def _money(_: Facts, told: ProgrammeFacts | None) -> Iterator[Block]:
    if told is not None:
        yield from money(told)


def _limits(facts: Facts, _: ProgrammeFacts | None) -> Iterator[Block]:
    yield from limits(facts)
