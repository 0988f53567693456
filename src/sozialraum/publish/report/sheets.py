"""Documents of one page per thing: profiles of districts, sheets of indicators, sheets for a visit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.publish.figures import as_png, time_line
from sozialraum.publish.report.chapter import conspicuous_cell
from sozialraum.publish.report.content import Block, Figure, Heading, PageBreak, Paragraph, Table
from sozialraum.publish.report.facts import Facts
from sozialraum.texts import has_text, text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.analysis import Analysis
    from sozialraum.publish.report.content import Document

__all__ = ["indicator_sheets", "profiles", "visit_sheets"]


NOTHING = "–"  # noqa: RUF001 - a dash


def profiles(analysis: Analysis) -> Document:
    """Write one page per district: class of the index, every indicator beside the city, change, verdict."""
    facts = Facts(analysis)
    verdicts = _latest_verdicts(facts)
    blocks: list[Block] = []
    for key in analysis.districts.index:
        blocks += [PageBreak(), Heading(facts.name(key)), *_profile(facts, str(key), verdicts)]
    return facts.document("profiles", blocks)


def _latest_verdicts(facts: Facts) -> dict[tuple[str, str], str]:
    found = facts.analysis.assessment
    if found is None or found.verdicts.empty:
        return {}
    rows = found.verdicts
    rows = rows[
        rows["date"] == rows["indicator"].map({name: facts.latest(name) for name in facts.indicators})
    ]
    return {
        (str(key), str(indicator)): str(verdict)
        for key, indicator, verdict in zip(rows.index, rows["indicator"], rows["verdict"], strict=True)
    }


def _profile(facts: Facts, key: str, verdicts: dict[tuple[str, str], str]) -> Iterator[Block]:
    if facts.index is not None:
        yield Paragraph(_situation(facts, key), "lead")
    rows = []
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        row = facts.cell(key, indicator, date)
        rows.append(
            (
                facts.label(indicator),
                _shown(facts, row, indicator),
                _interval(facts, row, indicator),
                facts.value(facts.city(indicator, date), indicator),
                _change(facts, key, indicator, date, float(row["value"])),
                _verdict(facts, indicator, verdicts.get((key, indicator))),
            )
        )
    heads = ("value", "interval", "before", "verdict")
    value, interval, before, verdict = (facts.words(f"profile.head.{head}") for head in heads)
    yield Table(
        caption=facts.words("profile.caption", name=facts.name(key), city=facts.analysis.city),
        header=(
            facts.words("city.head.indicator"),
            value,
            interval,
            facts.words("city.head.city"),
            before,
            verdict,
        ),
        rows=tuple(rows),
        numeric=(1, 2, 3, 4),
        widths=(2, 1.2, 1.3, 1, 1.6, 1.6),
        note=facts.words("limits.people"),
    )


def _situation(facts: Facts, key: str) -> str:
    assert facts.index is not None  # noqa: S101 - the caller has asked
    row: dict[Any, Any] = facts.index.loc[key].to_dict()
    name = facts.name(key)
    if pd.isna(row["value"]):
        reason = str(row["reason"] or "missing value")
        key_of = f"assessment.index_reason.{reason}"
        words = text(key_of, facts.language) if has_text(key_of) else reason
        return facts.words("profile.no_status", name=name, reason=words.rstrip("."))
    classes = {kind: text(f"assessment.{kind}.{row[kind]}", facts.language) for kind in ("status", "dynamic")}
    return facts.words("profile.lead", name=name, **classes)


def _shown(facts: Facts, row: dict[str, Any], indicator: str) -> str:
    """Write a value, or why there is none."""
    if pd.notna(row["value"]):
        return facts.value(float(row["value"]), indicator)
    flag = row["flag"] if isinstance(row["flag"], str) else "missing"
    key = f"flag.{flag.replace(' ', '_')}"
    return facts.words(key) if has_text(f"report.{key}") else NOTHING


def _interval(facts: Facts, row: dict[str, Any], indicator: str) -> str:
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return NOTHING
    low, high = (facts.value(float(row[end]), indicator, unit=False) for end in ("lower", "upper"))
    return f"{low} – {high}"  # noqa: RUF001 - a range


def _change(facts: Facts, key: str, indicator: str, date: str, value: float) -> str:
    """Write the change since the date before: shares in points, whatever else in its own unit."""
    rows = facts.analysis.indicators
    ours = rows[(rows["indicator"] == indicator) & (rows.index == key) & (rows["date"] < date)]
    before = ours[ours["value"].notna()].sort_values("date")
    if (
        before.empty
        or math.isnan(value)
        or str(before["date"].iloc[-1]) != _date_before(facts, indicator, date)
    ):
        return NOTHING
    entry = facts.entry(indicator)
    moved = (value - float(before["value"].iloc[-1])) * float(entry["factor"])
    shown = figure(moved, facts.language, decimals=int(entry["decimals"]), signed=True)
    if entry["kind"] == "share":
        return facts.words("profile.points", change=shown)
    return f"{shown} {entry[f'unit_{facts.language}']}".strip()


def _date_before(facts: Facts, indicator: str, date: str) -> str | None:
    rows = facts.analysis.indicators
    dates = rows.loc[(rows["indicator"] == indicator) & (rows["date"] < date), "date"]
    return str(dates.max()) if len(dates) else None


def _verdict(facts: Facts, indicator: str, verdict: str | None) -> str:
    """Write the verdict; an indicator that only describes has none, which is not 'not assessable'."""
    if facts.entry(indicator)["polarity"] == "context":
        return facts.words("profile.context")
    key = f"assessment.verdict.{verdict}"
    return text(key, facts.language) if verdict and has_text(key) else NOTHING


def indicator_sheets(analysis: Analysis) -> Document:
    """Write one page per indicator: definition, computation, source, reading, series."""
    facts = Facts(analysis)
    blocks: list[Block] = []
    for indicator in facts.indicators:
        blocks += [PageBreak(), Heading(facts.label(indicator)), *_indicator(facts, indicator)]
    return facts.document("indicators", blocks)


def _indicator(facts: Facts, indicator: str) -> Iterator[Block]:
    entry = facts.entry(indicator)
    description = str(entry[f"description_{facts.language}"] or "")
    if description:
        yield Paragraph(facts.words("indicator.definition", description=description))
    above, below = (entry.get(part, ()) for part in ("numerator", "denominator"))
    if isinstance(above, tuple) and above and isinstance(below, tuple):
        parts = {"numerator": " + ".join(above), "denominator": " + ".join(below)}
        yield Paragraph(facts.words("indicator.counts", **parts))
    else:
        yield Paragraph(facts.words("indicator.ready"))
    yield Paragraph(facts.words(f"indicator.polarity.{entry['polarity']}"))
    if entry["source"]:
        yield Paragraph(facts.words("source", source=str(entry["source"])))
    date = facts.latest(indicator)
    known = facts.rows(indicator, date)["value"].dropna().sort_values(ascending=False, kind="stable")
    example = str(known.index[0])
    values = {"value": facts.value(float(known.iloc[0]), indicator, unit=False), "date": facts.date(date)}
    unit = str(entry[f"unit_{facts.language}"])
    yield Paragraph(
        facts.words("indicator.reading", name=facts.name(example), unit=unit, **values).replace(" .", ".")
    )
    yield from _series(facts, indicator, list(map(str, known.index[:3])))


def _series(facts: Facts, indicator: str, highest: list[str]) -> Iterator[Block]:
    rows = facts.analysis.indicators
    ours = rows[(rows["indicator"] == indicator) & rows["value"].notna()]
    dates = sorted(ours["date"].astype(str).unique())
    counts = ours.groupby("date", observed=True)["value"].count()
    yield Table(
        caption=facts.words("indicator.series", label=facts.label(indicator)),
        header=tuple(facts.words(f"city.head.{head}") for head in ("date", "city", "known")),
        rows=tuple(
            (facts.date(date), facts.value(facts.city(indicator, date), indicator), str(int(counts[date])))
            for date in dates
        ),
        numeric=(1, 2),
    )
    if len(dates) > 1:
        label = facts.label(indicator)
        ends = {"first": facts.date(dates[0]), "last": facts.date(dates[-1])}
        named = {key: facts.name(key) for key in highest}
        yield Figure(
            caption=facts.words("indicator.line", label=label),
            alt=facts.words("indicator.line_alt", label=label, **ends),
            png=as_png(time_line(facts.analysis, indicator, named), dpi=200),
        )


def visit_sheets(analysis: Analysis) -> Document:
    """Write one page per conspicuous district: its strongest indicators, its neighbours, open questions."""
    facts = Facts(analysis)
    found = facts.unfavourable
    blocks: list[Block] = []
    for key in analysis.districts.index[analysis.districts.index.isin(found.index)]:
        rows = found.loc[[key]]
        rows = rows.iloc[rows["distance"].abs().to_numpy().argsort(kind="stable")[::-1]]
        blocks += [PageBreak(), Heading(facts.name(str(key))), Heading(facts.words("visit.strongest"), 2)]
        blocks += [
            Paragraph(conspicuous_cell(facts, str(key), str(one.indicator), str(one.date)))
            for one in rows.iloc[:3].itertuples()
        ]
        blocks += [Paragraph(_around(facts, str(key))), Heading(facts.words("visit.questions"), 2)]
        blocks += [Paragraph(facts.words(f"visit.q{number}")) for number in (1, 2, 3, 4)]
        blocks.append(Paragraph(facts.words("limits.people"), "note"))
    return facts.document("visits", blocks or [Paragraph(facts.words("visit.none"))])


def _around(facts: Facts, key: str) -> str:
    graph = facts.analysis.graph
    if graph is None:
        return facts.words("visit.no_neighbours")
    around = sorted(str(other) for other in graph[key].index if other != key)
    return (
        facts.words("visit.neighbours", names=facts.names(around))
        if around
        else facts.words("visit.no_neighbours")
    )
