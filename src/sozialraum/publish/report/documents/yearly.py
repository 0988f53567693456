"""The yearly report of a programme: what was done, and what is known of its effect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.publish.report.content import MAP_WIDTH, Block, Figure, Heading, Paragraph, Section, Table
from sozialraum.publish.report.documents.plans import funding_table, goal_table
from sozialraum.publish.report.documents.programme_facts import DASH, ProgrammeFacts, tidy
from sozialraum.publish.report.documents.results import SQUARE
from sozialraum.texts import text
from sozialraum.texts.figures import with_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.facts import Facts

__all__ = ["YEARLY", "effects", "money", "progress_sentences", "yearly_report"]

STATES = ("reached", "on_track", "behind", "missed", "not_assessable", "not_comparable")


def yearly_report(facts: Facts) -> Document:
    """Write the programme's report of a year.

    Parameters
    ----------
    facts
        With the programme's result.

    Returns
    -------
    Document
        The sections of `YEARLY`.
    """
    told = ProgrammeFacts(facts)
    sections = [
        Section(name=name, heading=facts.words(f"yearly.section.{name}"), blocks=tuple(write(told)))
        for name, write in YEARLY.items()
    ]
    document = facts.document("programme", sections, lists=True)
    return replace(
        document, title=facts.words("title.programme_year", city=facts.analysis.city, year=told.year)
    )


def _glance(told: ProgrammeFacts) -> Iterator[Block]:
    facts = told.facts
    areas = told.areas
    districts = {key for area in areas for key in area.districts}
    if not areas:
        yield Paragraph(facts.words("plan.no_areas", year=told.year), "lead")
    else:
        names = ", ".join(area.name for area in areas)
        number = "areas" if len(areas) > 1 else "area"
        yield Paragraph(
            facts.words(
                f"yearly.{number}", year=told.year, number=len(areas), districts=len(districts), names=names
            ),
            "lead",
        )
    yield from (Paragraph(words) for words in progress_sentences(told))


def progress_sentences(told: ProgrammeFacts) -> Iterator[str]:
    """Count goals by state and measures by status."""
    facts = told.facts
    goals = told.table("goals")
    if goals.empty:
        yield facts.words("yearly.no_goals")
    else:
        counts = goals["state"].value_counts()
        parts = [
            facts.words(f"yearly.state.{state}", number=int(counts[state]))
            for state in STATES
            if state in counts.index
        ]
        yield facts.words(
            "yearly.goals" if len(goals) > 1 else "yearly.goal", number=len(goals), parts=", ".join(parts)
        )
    ran = told.table("input_output")
    if not ran.empty:
        counts = ran["status"].value_counts()
        parts = [f"{told.word('status', status)}: {int(count)}" for status, count in counts.items()]
        yield facts.words("yearly.measures", number=len(ran), year=told.year, parts=", ".join(parts))


def _areas(told: ProgrammeFacts) -> Iterator[Block]:
    facts = told.facts
    if not told.areas:
        return
    index = facts.index
    rows = []
    for area in told.areas:
        status = DASH
        if index is not None:
            classes = index["status"].reindex(list(area.districts)).dropna().astype(str)
            counts = classes.value_counts()
            status = "; ".join(
                f"{text(f'assessment.status.{name}', facts.language)}: {int(count)}"
                for name, count in counts.items()
            )
        rows.append((area.name, facts.names(area.districts), status))
    yield Table(
        caption=facts.words("yearly.areas_caption", year=told.year),
        header=tuple(
            facts.words(head) for head in ("yearly.head.area", "yearly.head.districts", "status.head")
        ),
        rows=tuple(rows),
        widths=(1.2, 2.6, 2),
    )
    if index is not None:
        keys = [key for area in told.areas for key in area.districts]
        yield Figure(
            caption=facts.words("yearly.map_caption"),
            alt=facts.words("yearly.map_alt", names=facts.names(keys)),
            draw=facts.drawn("status", "all", districts=keys),
            width=MAP_WIDTH,
        )


def _measures(told: ProgrammeFacts) -> Iterator[Block]:
    """Put what went in beside what came out."""
    facts, table = told.facts, told.table("input_output")
    if table.empty:
        yield Paragraph(facts.words("yearly.no_measures", year=told.year))
    else:
        rows = []
        for row in table.to_dict("records"):
            unit = str(row["output"] or "")
            share = row["output_share"]
            rows.append(
                (
                    f"{row['measure_id']}: {row['name']}",
                    told.word("status", row["status"]),
                    told.money(float(row["funded"])),
                    told.money(float(row["spent"])),
                    f"{_count(facts, row['actual'])} {unit}".strip(),
                    facts.words(
                        "yearly.so_far",
                        done=_count(facts, row["actual_so_far"]),
                        planned=_count(facts, row["planned"]),
                    ),
                    with_unit(facts.count(100 * share), "%", facts.language) if np.isfinite(share) else DASH,
                )
            )
        heads = ("measure", "status", "funded", "spent", "actual", "so_far", "share")
        yield Table(
            caption=facts.words("yearly.measures_caption", year=told.year),
            header=tuple(facts.words(f"yearly.head.{head}") for head in heads),
            rows=tuple(rows),
            numeric=(2, 3, 4, 5, 6),
            widths=(2.2, 1.2, 1, 1, 1.3, 1.2, 0.9),
            note=facts.words("yearly.measures_note"),
        )
    missing = told.table("missing_documentation")
    if not missing.empty:
        yield Paragraph(facts.words("yearly.undocumented", names=", ".join(map(str, missing["measure_id"]))))
    lacking = told.table("conferences")
    if not lacking.empty:
        keys = [str(key) for key in lacking.loc[lacking["lacking"].astype(bool), "district"]]
        if keys:
            yield Paragraph(facts.words("plan.conference_lacking", names=facts.names(keys)))


def _count(facts: Facts, value: object) -> str:
    return facts.count(float(value)) if isinstance(value, (int, float)) and np.isfinite(value) else DASH


def money(told: ProgrammeFacts) -> Iterator[Block]:
    """Put the money by measure and by year into tables, and say what is not secured."""
    facts, table = told.facts, told.table("cost_overview")
    if table.empty:
        yield Paragraph(facts.words("money.none"))
        return
    ids = list(map(str, table.loc[table["row"] == "measure", "measure_id"]))
    yield from funding_table(told, ids, facts.words("money.caption"))
    years = table[table["row"] == "year"]
    if len(years) > 1:
        yield Table(
            caption=facts.words("money.years_caption"),
            header=tuple(facts.words(f"money.head.{head}") for head in ("year", "amount", "secured")),
            rows=tuple(
                (
                    str(int(row["year"])),
                    told.money(float(row["amount"])),
                    told.money(float(row["secured_amount"])),
                )
                for row in years.to_dict("records")
            ),
            numeric=(1, 2),
        )
    total = table[table["row"] == "total"].iloc[0]
    gap = float(total["amount"] - total["secured_amount"])
    key = "money.gap" if gap > 0 else "money.secured"
    yield Paragraph(facts.words(key, gap=told.money(gap), amount=told.money(float(total["amount"]))))


def _goals(told: ProgrammeFacts) -> Iterator[Block]:
    facts, goals = told.facts, told.table("goals")
    if goals.empty:
        yield Paragraph(facts.words("yearly.no_goals"))
        return
    yield goal_table(told, goals, facts.words("yearly.goals_caption", year=told.year))
    for _, row in goals.iterrows():
        yield Paragraph(told.goal_sentence(row), "bullet")
    yield Paragraph(facts.words("yearly.goals_note"))


def effects(told: ProgrammeFacts) -> Iterator[Block]:
    """Say what the effect studies carry, and nothing beyond; that there is none is said, too."""
    facts, table = told.facts, told.table("effects")
    if table.empty:
        planned = not told.sheet("effects").empty
        yield Paragraph(facts.words("yearly.effect_internal" if planned else "yearly.effect_none"))
        return
    yield Paragraph(facts.words("yearly.effect_reading"))
    plans = told.sheet("effects")
    remarks = told.table("remarks")
    for row in table.to_dict("records"):
        plan = plans.loc[row["effect_id"]] if row["effect_id"] in plans.index else None
        area = told.place("programme_area", plan["area_id"]) if plan is not None else ""
        yield Heading(
            facts.words(
                "yearly.effect_of", id=row["effect_id"], area=area, indicator=told.indicator(row["indicator"])
            ),
            2,
        )
        yield Paragraph(tidy(str(row["sentence"])))
        registered = facts.words(
            f"yearly.{'registered' if row['registered'] == 'registered' else 'not_registered'}"
        )
        yield Paragraph(registered)
        marks = [
            str(words).partition(": ")[2]
            for words in (remarks["text"] if not remarks.empty else ())
            if f" {row['effect_id']}: " in str(words)
        ]
        yield from (Paragraph(tidy(words), "bullet") for words in marks)


def _contribution(told: ProgrammeFacts) -> Iterator[Block]:
    """Say what speaks for and against each measure's contribution."""
    facts = told.facts
    table = told.table("contribution_standing")
    table = table if not table.empty else told.table("contributions")
    if table.empty:
        return
    rows = []
    for row in table.to_dict("records"):
        other = row.get("other_explanations", row.get("other_explanation", ""))
        rows.append(
            (
                f"{row['measure_id']} → {row['goal_id']}",
                str(row["assumption"] or DASH),
                *(
                    str(words) if isinstance(words, str) and words else DASH
                    for words in (row["supports"], row["contradicts"], other)
                ),
            )
        )
    heads = ("link", "assumption", "supports", "contradicts", "other")
    yield Table(
        caption=facts.words("yearly.contribution_caption"),
        header=tuple(facts.words(f"yearly.head.{head}") for head in heads),
        rows=tuple(rows),
        widths=(0.9, 2, 1.6, 1.6, 1.6),
        note=facts.words("yearly.contribution_note"),
    )


def _selection(told: ProgrammeFacts) -> Iterator[Block]:
    """Say whom the rules propose; that is a proposal, the council decides."""
    facts, table = told.facts, told.table("selection")
    if table.empty:
        return
    now = table[
        (table["year"] == told.year) & (table["selected"].astype(bool) | (table["change"].fillna("") != ""))
    ]
    yield Paragraph(facts.words("yearly.selection_reading"))
    if now.empty:
        yield Paragraph(facts.words("yearly.selection_none", year=told.year))
    for reason in now["reason"]:
        yield Paragraph(tidy(str(reason)), "bullet")
    inside = {key for area in told.areas for key in area.districts}
    proposed = set(
        table.loc[(table["year"] == told.year) & table["selected"].astype(bool), "district"].astype(str)
    )
    for key, keys in (("outside", proposed - inside), ("leaving", inside - proposed)):
        if keys:
            yield Paragraph(facts.words(f"yearly.selection_{key}", names=facts.names(sorted(keys))))


def _need(told: ProgrammeFacts) -> Iterator[Block]:
    """Say whether provision follows need."""
    facts, table = told.facts, told.table("decoupling")
    if table.empty:
        return
    now = table[(table["year"] == told.year) & (table["sentence"].fillna("") != "")]
    for row in now.to_dict("records"):
        kind = told.word("kind", row["kind"])
        kind = kind[:1].upper() + kind[1:]
        yield Paragraph(f"{kind}: {tidy(str(row['sentence']))}")
        if not told.table("double_disadvantage").empty:
            yield Figure(
                caption=facts.words("yearly.provision_caption", kind=kind, year=told.year),
                alt=facts.words("yearly.provision_alt", kind=kind, year=told.year),
                draw=facts.drawn("provision", str(row["kind"])),
                width=SQUARE,
            )


def _limits(told: ProgrammeFacts) -> Iterator[Block]:
    facts = told.facts
    for name in ("attainment", "chance", "moves"):
        yield Paragraph(facts.words(f"yearly.limit.{name}"))
    yield Paragraph(facts.words("limits.people"))
    if facts.analysis.simulated:
        yield Paragraph(facts.words("limits.simulated"))


YEARLY: dict[str, Callable[[ProgrammeFacts], Iterator[Block]]] = {
    "glance": _glance,
    "areas": _areas,
    "measures": _measures,
    "money": money,
    "goals": _goals,
    "effect": effects,
    "contribution": _contribution,
    "selection": _selection,
    "need": _need,
    "limits": _limits,
}
"""Name of each section and who writes it; implementation first, then effect."""
