"""Action plans: a programme area's situation (part 1), its goals and measures (part 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.publish.report.content import MAP_WIDTH, Block, Figure, Heading, Paragraph, Section, Table
from sozialraum.publish.report.documents.programme_facts import DASH, ProgrammeFacts, tidy
from sozialraum.publish.report.documents.results import conspicuous_cell
from sozialraum.texts import text
from sozialraum.texts.figures import figure, with_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.documents.programme_facts import Area
    from sozialraum.publish.report.facts import Facts

__all__ = ["action_plans", "funding_table", "goal_table", "measure_table"]

ABREAST = 3
"""Districts side by side in a table; of more of them there are several tables."""


def action_plans(facts: Facts) -> Document:
    """Write one plan per programme area, each on pages of its own.

    Parameters
    ----------
    facts
        With the programme's result.
    """
    told = ProgrammeFacts(facts)
    sections = [
        Section(
            name=area.id,
            heading=facts.words("plan.heading", name=area.name),
            blocks=(*_situation(told, area), *_goals_and_measures(told, area)),
            page=True,
        )
        for area in told.areas
    ]
    if not sections:
        nothing = Paragraph(facts.words("plan.no_areas", year=told.year), "lead")
        sections = [Section(name="none", heading="", blocks=(nothing,))]
    return facts.document("plans", sections, lists=len(sections) > 1)


def _situation(told: ProgrammeFacts, area: Area) -> Iterator[Block]:
    facts = told.facts
    yield Heading(facts.words("plan.part_1"), 2)
    number = "lead" if len(area.districts) > 1 else "lead_one"
    yield Paragraph(
        facts.words(
            f"plan.{number}", name=area.name, number=len(area.districts), names=facts.names(area.districts)
        ),
        "lead",
    )
    yield from _decisions(told, area)
    yield from _index(facts, area)
    known = [key for key in area.districts if key in facts.analysis.districts.index]
    for start in range(0, len(known), ABREAST):
        yield _indicators(facts, known[start : start + ABREAST], area)
    yield from _verdicts(facts, known)
    yield from _clustered(facts, known)
    yield from _provision(told, area)
    yield from _network(told, area)
    yield from _notes(told, area)


def _decisions(told: ProgrammeFacts, area: Area) -> Iterator[Block]:
    """Name the decisions that took the districts in, each once."""
    facts, table = told.facts, told.table("decisions")
    if table.empty:
        return
    ours = table[table["district"].isin(area.districts)]
    said: dict[str, list[str]] = {}
    for row in ours.to_dict("records"):
        values = {
            "decision": told.word("decision", row["decision"]),
            "body": told.word("body", row["body"]) or facts.words("plan.no_body"),
            "date": facts.date(str(row["date"])) if isinstance(row["date"], str) else str(int(row["year"])),
            "paper": row["paper"] if isinstance(row["paper"], str) else facts.words("plan.no_paper"),
        }
        words = facts.words("plan.decision", **values)
        if isinstance(row["reason"], str) and row["reason"]:
            words += " " + facts.words("plan.reason", reason=row["reason"].rstrip("."))
        said.setdefault(words, []).append(str(row["district"]))
    for words, keys in said.items():
        yield Paragraph(f"{facts.names(keys)}: {words}")


def _index(facts: Facts, area: Area) -> Iterator[Block]:
    index = facts.index
    if index is None:
        return
    rows: list[tuple[str, ...]] = []
    for key in (key for key in area.districts if key in index.index):
        row: dict[Any, Any] = index.loc[key].to_dict()
        if pd.isna(row["value"]):
            reason = str(row["reason"] or "missing value")
            words = text(f"assessment.index_reason.{reason}", facts.language)
            rows.append((facts.name(key), DASH, words, DASH, DASH))
            continue
        classes = (text(f"assessment.{kind}.{row[kind]}", facts.language) for kind in ("status", "dynamic"))
        value = figure(float(row["value"]), facts.language, decimals=2)
        rows.append((facts.name(key), value, *classes, facts.count(float(row["status_periods"]))))
    if not rows:
        return
    date = facts.date(str(index["date"].dropna().iloc[0]))
    heads = ("head.district", "head.value", "head", "head.dynamic", "head.since")
    yield Table(
        caption=facts.words("plan.index_caption", name=area.name, date=date),
        header=tuple(facts.words(f"status.{head}") for head in heads),
        rows=tuple(rows),
        numeric=(1, 4),
        note=facts.words("status.note"),
        widths=(2, 1, 1.8, 1.6, 1.2),
    )
    yield Figure(
        caption=facts.words("plan.map_caption", name=area.name),
        alt=facts.words("plan.map_alt", name=area.name, names=facts.names(area.districts)),
        draw=facts.drawn("status", "all", districts=area.districts),
        width=MAP_WIDTH,
    )


def _indicators(facts: Facts, keys: Sequence[str], area: Area) -> Table:
    rows = []
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        cells = [_value(facts, key, indicator, date) for key in keys]
        rows.append((facts.label(indicator), facts.value(facts.city(indicator, date), indicator), *cells))
    return Table(
        caption=facts.words("plan.indicators_caption", name=area.name, date=facts.date(facts.span[1])),
        header=(
            facts.words("city.head.indicator"),
            facts.analysis.city,
            *(facts.plain_name(key) for key in keys),
        ),
        rows=tuple(rows),
        numeric=tuple(range(1, 2 + len(keys))),
        widths=(2.2, 1.1, *(1.5 for _ in keys)),
        note=facts.words("plan.indicators_note"),
    )


def _value(facts: Facts, key: str, indicator: str, date: str) -> str:
    row: dict[str, Any] = facts.cell(key, indicator, date)
    if pd.isna(row["value"]):
        flag = row["flag"] if isinstance(row["flag"], str) else "missing"
        return facts.words(f"flag.{flag.replace(' ', '_')}")
    shown = facts.value(float(row["value"]), indicator)
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return shown
    low, high = (facts.value(float(row[end]), indicator, unit=False) for end in ("lower", "upper"))
    return facts.words("plan.interval", value=shown, low=low, high=high)


def _verdicts(facts: Facts, keys: Sequence[str]) -> Iterator[Block]:
    """Say where the districts are conspicuously unfavourable; only what the verdict says."""
    if not facts.judged:
        return
    found = facts.unfavourable
    yield Heading(facts.words("plan.conspicuous"), 3)
    if not found.index.isin(keys).any():
        yield Paragraph(facts.words("plan.none_conspicuous"))
        return
    for key in keys:
        if key not in found.index:
            yield Paragraph(facts.words("plan.not_conspicuous", name=facts.name(key)), "bullet")
            continue
        cells = "; ".join(
            conspicuous_cell(facts, key, str(one.indicator), str(one.date))
            for one in found.loc[[key]].itertuples()
        )
        yield Paragraph(facts.words("plan.is_conspicuous", name=facts.name(key), cells=cells), "bullet")


def _clustered(facts: Facts, keys: Sequence[str]) -> Iterator[Block]:
    found = facts.analysis.clusters
    if found.empty:
        return
    said = []
    for indicator in facts.indicators:
        if facts.entry(indicator)["polarity"] == "context":
            continue
        rows = found[(found["indicator"] == indicator) & (found["date"] == facts.latest(indicator))]
        # Of a resource the low values are the unfavourable ones.
        label = "low-low" if facts.entry(indicator)["polarity"] == "resource" else "high-high"
        inside = [key for key in keys if key in rows.index and str(rows.loc[key, "label"]) == label]
        if inside:
            said.append(f"{facts.label(indicator)}: {facts.names(inside)}")
    key = "plan.clustered" if said else "plan.not_clustered"
    yield Paragraph(facts.words(key, items="; ".join(said)))


def _provision(told: ProgrammeFacts, area: Area) -> Iterator[Block]:
    """Put need beside provision, where the sheets say something of it."""
    facts, table = told.facts, told.table("double_disadvantage")
    if table.empty:
        return
    ours = table[(table["year"] == told.year) & table["district"].isin(area.districts)]
    ours = ours[ours["provision"].notna()]
    if ours.empty:
        return
    rows = tuple(
        (
            facts.name(str(row["district"])),
            told.word("kind", row["kind"]),
            with_unit(facts.count(100 * row["provision"]), "%", facts.language),
            facts.words(f"plan.quadrant.{row['quadrant']}"),
        )
        for row in ours.to_dict("records")
    )
    yield Table(
        caption=facts.words("plan.provision_caption", name=area.name, year=told.year),
        header=tuple(facts.words(f"plan.provision.{head}") for head in ("district", "kind", "share", "both")),
        rows=rows,
        numeric=(2,),
        note=facts.words("plan.provision_note"),
    )


def _network(told: ProgrammeFacts, area: Area) -> Iterator[Block]:
    facts = told.facts
    conferences = told.table("conferences")
    if not conferences.empty:
        ours = conferences[conferences["district"].isin(area.districts)]
        lacking = [str(key) for key in ours.loc[ours["lacking"].astype(bool), "district"]]
        planned = [str(key) for key in ours.loc[ours["planned"].astype(bool), "district"]]
        if lacking:
            words = facts.words("plan.conference_lacking", names=facts.names(lacking))
            if set(lacking) <= set(planned):
                words += " " + facts.words("plan.conference_planned")
            yield Paragraph(words)
        elif len(ours):
            yield Paragraph(facts.words("plan.conference_exists"))
    gaps = told.table("network_gaps")
    if not gaps.empty:
        ours = gaps[gaps["district"].isin(area.districts)]
        for row in ours.to_dict("records"):
            values = {"name": facts.name(str(row["district"])), "actors": int(row["actors"])}
            yield Paragraph(
                facts.words("plan.network", **values, cooperations=int(row["cooperations"])), "bullet"
            )


def _notes(told: ProgrammeFacts, area: Area) -> Iterator[Block]:
    """Say what people on the spot have told; internal results have it."""
    table = told.table("notes")
    if table.empty:
        return
    for row in table[table["district"].isin(area.districts)].to_dict("records"):
        values = {"name": told.facts.name(str(row["district"])), "theme": row["theme"]}
        yield Paragraph(
            told.facts.words("plan.notes", **values, notes=int(row["notes"]), sources=int(row["sources"])),
            "bullet",
        )


def _goals_and_measures(told: ProgrammeFacts, area: Area) -> Iterator[Block]:
    facts = told.facts
    yield Heading(facts.words("plan.part_2"), 2)
    goals = told.table("goals")
    ours = (
        goals[[told.is_in(area, row["scope_type"], row["scope"]) for _, row in goals.iterrows()]]
        if len(goals)
        else goals
    )
    if ours.empty:
        yield Paragraph(facts.words("plan.no_goals"))
    else:
        yield goal_table(told, ours, facts.words("plan.goals_caption", name=area.name))
        yield Heading(facts.words("plan.standing", year=told.year), 3)
        for _, row in ours.iterrows():
            yield Paragraph(told.goal_sentence(row), "bullet")
        yield from _testability(told, list(ours["goal_id"]))
    measures = told.sheet("measures")
    inside = [told.is_in(area, row["scope_type"], row["scope"]) for _, row in measures.iterrows()]
    mine = measures[np.array(inside, dtype=bool)]
    if mine.empty:
        yield Paragraph(facts.words("plan.no_measures"))
    else:
        yield measure_table(told, mine, facts.words("plan.measures_caption", name=area.name))
        yield from _assumptions(told, list(mine.index))
        yield from funding_table(
            told, list(map(str, mine.index)), facts.words("plan.funding_caption", name=area.name)
        )
    yield from _open_ends(told, list(ours["goal_id"]) if len(ours) else [], list(map(str, mine.index)))


def goal_table(told: ProgrammeFacts, goals: pd.DataFrame, caption: str) -> Table:
    """Put goals with baseline, target and state into a table.

    Parameters
    ----------
    told
        The programme.
    goals
        Rows of the result's table ``goals``.
    caption
        Of the table.
    """
    facts = told.facts
    rows = []
    for _, row in goals.iterrows():
        sheet_row = told.goal(str(row["goal_id"]), row["version"])
        base = told.goal_figure(float(row["baseline"]), row)
        start = told.written("baseline_period", sheet_row["baseline_period"])
        now = told.goal_figure(float(row["figure"]), row)
        rows.append(
            (
                f"{row['goal_id']}: {row['text']} ({told.place(str(row['scope_type']), row['scope'])})",
                told.indicator(row["indicator"]),
                facts.words("plan.at", value=base, date=start) if start else base,
                facts.words(
                    "plan.until",
                    value=told.goal_figure(float(row["target"]), row),
                    date=told.written("due_period", sheet_row["due_period"]),
                ),
                now,
                text(f"programme_report.state.{row['state']}", facts.language),
                str(sheet_row["owner"] or ""),
            )
        )
    heads = ("goal", "indicator", "baseline", "target", "now", "state", "owner")
    return Table(
        caption=caption,
        header=tuple(facts.words(f"plan.head.{head}") for head in heads),
        rows=tuple(rows),
        numeric=(2, 3, 4),
        widths=(2.3, 1.5, 1.3, 1.3, 0.9, 1.1, 1.3),
        note=facts.words("plan.goals_note"),
    )


def _testability(told: ProgrammeFacts, ids: Sequence[str]) -> Iterator[Block]:
    """Say of each goal whether reaching it would stand out from chance."""
    table = told.table("testability")
    if table.empty:
        return
    ours = table[table["goal_id"].isin(ids)]
    if len(ours):
        yield Heading(told.facts.words("plan.testability"), 3)
        for goal, sentence in zip(ours["goal_id"], ours["sentence"], strict=True):
            yield Paragraph(f"{goal}: {tidy(str(sentence))}", "bullet")


def measure_table(told: ProgrammeFacts, measures: pd.DataFrame, caption: str) -> Table:
    """Put measures with their goals, who does them and when into a table.

    Parameters
    ----------
    told
        The programme.
    measures
        Rows of the sheet ``measures``, by id.
    caption
        Of the table.
    """
    facts = told.facts
    links = told.sheet("measure_goals")
    rows = []
    for key, row in measures.iterrows():
        goals = links.loc[links["measure_id"] == key, "goal_id"]
        who = told.actors([row["provider"], *(row["partners"] or ())])
        times = (
            facts.date(str(day)) if isinstance(day, str) else facts.words("plan.open")
            for day in (row["starts"], row["ends"])
        )
        planned = float(row["planned"]) if row["planned"] is not None else np.nan
        output = str(row["output"] or "")
        amount = (
            facts.words("plan.output", output=output, planned=facts.count(planned))
            if np.isfinite(planned)
            else output
        )
        rows.append(
            (
                f"{key}: {row['name']}",
                ", ".join(map(str, goals)) or DASH,
                "; ".join(part for part in (who, str(row["lead_office"] or "")) if part),
                facts.words("plan.from_to", start=next(times), end=next(times)),
                amount,
            )
        )
    return Table(
        caption=caption,
        header=tuple(
            facts.words(f"plan.head.{head}") for head in ("measure", "goals", "who", "when", "output")
        ),
        rows=tuple(rows),
        widths=(2.2, 0.7, 2, 1.5, 1.4),
    )


def _assumptions(told: ProgrammeFacts, ids: Sequence[object]) -> Iterator[Block]:
    links = told.sheet("measure_goals")
    ours = links[links["measure_id"].isin(ids)]
    said = [row for row in ours.to_dict("records") if isinstance(row["assumption"], str)]
    if said:
        yield Paragraph(told.facts.words("plan.assumptions"))
    for row in said:
        values = {"measure": row["measure_id"], "goal": row["goal_id"], "assumption": row["assumption"]}
        words = told.facts.words("plan.assumption", **values)
        if isinstance(row["evidence"], str):
            words += " " + told.facts.words("plan.evidence", evidence=row["evidence"])
        yield Paragraph(words, "bullet")


def funding_table(told: ProgrammeFacts, ids: Sequence[str], caption: str) -> Iterator[Table]:
    """Put the money of measures into a table: all of it, and what is secured; none where none is written."""
    facts, table = told.facts, told.table("cost_overview")
    if table.empty:
        return
    ours = table[(table["row"] == "measure") & table["measure_id"].isin(ids)]
    if ours.empty:
        return
    rows: list[tuple[str, ...]] = [
        (
            f"{row['measure_id']}: {row['name']}",
            told.money(float(row["amount"])),
            told.money(float(row["secured_amount"])),
            facts.words("money.incomplete") if row["incomplete"] else "",
        )
        for row in ours.to_dict("records")
    ]
    sums = (told.money(float(ours[name].sum())) for name in ("amount", "secured_amount"))
    incomplete = facts.words("money.incomplete") if ours["incomplete"].any() else ""
    rows.append((facts.words("money.sum"), *sums, incomplete))
    yield Table(
        caption=caption,
        header=tuple(
            facts.words(f"money.head.{head}") for head in ("measure", "amount", "secured", "remark")
        ),
        rows=tuple(rows),
        numeric=(1, 2),
        widths=(3, 1.3, 1.3, 1.4),
    )


def _open_ends(told: ProgrammeFacts, goals: Sequence[str], measures: Sequence[str]) -> Iterator[Block]:
    """List what has still to be decided or done."""
    facts = told.facts
    links = told.sheet("measure_goals")
    said = []
    without = [goal for goal in goals if goal not in set(links["goal_id"])]
    if without:
        said.append(facts.words("plan.open_goal", goals=", ".join(without)))
    aimless = [measure for measure in measures if measure not in set(links["measure_id"])]
    if aimless:
        said.append(facts.words("plan.open_measure", measures=", ".join(aimless)))
    table = told.table("testability")
    if not table.empty:
        # What is not known (None) is not called weak.
        known = np.array([not bool(cell) and cell is not None for cell in table["testable"]], dtype=bool)
        weak = table.loc[table["goal_id"].isin(goals) & known, "goal_id"]
        if len(weak):
            said.append(facts.words("plan.open_weak", goals=", ".join(weak)))
    costs = told.table("cost_overview")
    if not costs.empty:
        ours = costs[(costs["row"] == "measure") & costs["measure_id"].isin(measures)]
        gap = float((ours["amount"] - ours["secured_amount"]).sum())
        if gap > 0:
            said.append(facts.words("plan.open_money", amount=told.money(gap)))
    if said:
        yield Heading(facts.words("plan.open_ends"), 3)
        yield from (Paragraph(words, "bullet") for words in said)
