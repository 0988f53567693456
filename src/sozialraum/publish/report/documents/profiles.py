"""Profiles: one page per district."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.publish.figures.profile import ProfilePictures
from sozialraum.publish.report.content import Block, Figure, Paragraph, Section, Table
from sozialraum.texts import has_text, text
from sozialraum.texts.figures import figure, with_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.facts import Facts

__all__ = ["profiles"]

NOTHING = "–"  # noqa: RUF001 - a dash


def profiles(facts: Facts) -> Document:
    """Write one page per district: class of the index, every indicator beside the city, change, verdict."""
    verdicts = _latest_verdicts(facts)
    latest = {name: facts.latest(name) for name in facts.indicators}
    pictures = ProfilePictures(facts.plane, latest)
    before = _before(facts)
    sections = [
        Section(
            name=str(key),
            heading=facts.name(str(key)),
            blocks=tuple(_profile(facts, str(key), verdicts, pictures, before)),
            page=True,
        )
        for key in facts.analysis.districts.index
    ]
    return facts.document("profiles", sections, lists=True, captions=False)


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


def _profile(
    facts: Facts,
    key: str,
    verdicts: dict[tuple[str, str], str],
    pictures: ProfilePictures,
    before: dict[tuple[str, str], float],
) -> Iterator[Block]:
    if facts.index is not None:
        yield Paragraph(_situation(facts, key), "lead")
    name, city = facts.name(key), facts.analysis.city
    yield Figure(
        caption=facts.placed(name),
        alt=facts.words("profile.figure_alt", name=name, city=city),
        draw=partial(pictures.png, key),
    )
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
                _change(facts, indicator, float(row["value"]), before.get((key, indicator))),
                _verdict(facts, indicator, verdicts.get((key, indicator))),
            )
        )
    heads = ("value", "interval", "before", "verdict")
    value, interval, change, verdict = (facts.words(f"profile.head.{head}") for head in heads)
    yield Table(
        caption=facts.words("profile.caption", name=facts.name(key), city=facts.analysis.city),
        header=(
            facts.words("city.head.indicator"),
            value,
            interval,
            facts.words("city.head.city"),
            change,
            verdict,
        ),
        rows=tuple(rows),
        numeric=(1, 2, 3, 4),
        widths=(2, 1.5, 1.3, 0.9, 1.5, 1.5),
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
    # The words of a known dynamic name it themselves.
    lead = "profile.lead_only" if row["dynamic"] == "not assessable" else "profile.lead"
    return facts.words(lead, name=name, **classes)


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


def _before(facts: Facts) -> dict[tuple[str, str], float]:
    """Return each district's value at the date before each indicator's latest one; nothing older."""
    rows = facts.analysis.indicators
    found: dict[tuple[str, str], float] = {}
    for indicator in facts.indicators:
        ours = rows[rows["indicator"] == indicator]
        earlier = ours.loc[ours["date"] < facts.latest(indicator), "date"]
        if earlier.empty:
            continue
        known = ours[(ours["date"] == earlier.max()) & ours["value"].notna()]
        found |= {(str(key), indicator): float(value) for key, value in known["value"].items()}
    return found


def _change(facts: Facts, indicator: str, value: float, before: float | None) -> str:
    """Write the change since the date before: shares in points, whatever else in its own unit."""
    if before is None or math.isnan(value):
        return NOTHING
    entry = facts.entry(indicator)
    moved = (value - before) * float(entry["factor"])
    shown = figure(moved, facts.language, decimals=int(entry["decimals"]), signed=True)
    if entry["kind"] == "share":
        return facts.words("profile.points", change=shown)
    return with_unit(shown, str(entry[f"unit_{facts.language}"]), facts.language)


def _verdict(facts: Facts, indicator: str, verdict: str | None) -> str:
    """Write the verdict; an indicator that only describes has none, which is not 'not assessable'."""
    if facts.entry(indicator)["polarity"] == "context":
        return facts.words("profile.context")
    key = f"assessment.verdict.{verdict}"
    return text(key, facts.language) if verdict and has_text(key) else NOTHING
