"""Documents of one page per thing: sheets of indicators, sheets for a visit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.publish.figures.profile import ProfilePictures
from sozialraum.publish.report.content import Block, Figure, Heading, Paragraph, Section, Table
from sozialraum.publish.report.documents.results import conspicuous_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.facts import Facts

__all__ = ["indicator_sheets", "visit_sheets"]


LINES = 8
"""So many lines stay free on a visit sheet for what is seen."""


def indicator_sheets(facts: Facts) -> Document:
    """Write one page per indicator: definition, computation, source, reading, series."""
    sections = [
        Section(name=name, heading=facts.label(name), blocks=tuple(_indicator(facts, name)), page=True)
        for name in facts.indicators
    ]
    return facts.document("indicators", sections, lists=True, captions=False)


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
    values = {
        "value": facts.value(float(known.iloc[0]), indicator),
        "date": facts.date(date, indicator),
    }
    yield Paragraph(facts.words("indicator.reading", name=facts.name(example), **values))
    yield from _series(facts, indicator, list(map(str, known.index[:3])))


def _series(facts: Facts, indicator: str, highest: list[str]) -> Iterator[Block]:
    rows = facts.analysis.indicators
    ours = rows[(rows["indicator"] == indicator) & rows["value"].notna()]
    dates = sorted(ours["date"].astype(str).unique())
    counts = ours.groupby("date", observed=True)["value"].count()
    # Where only shares were published the city has no value; its middle district has one.
    cities = {date: facts.city(indicator, date) for date in dates}
    head = "city" if any(map(np.isfinite, cities.values())) else "median"
    if head == "median":
        cities = {date: float(ours.loc[ours["date"] == date, "value"].median()) for date in dates}
    yield Table(
        caption=facts.words(
            "indicator.series_median" if head == "median" else "indicator.series",
            label=facts.label(indicator),
        ),
        header=tuple(facts.words(f"city.head.{head}") for head in ("date", head, "known")),
        rows=tuple(
            (
                facts.date(date, indicator),
                facts.value(cities[date], indicator),
                str(int(counts[date])),
            )
            for date in dates
        ),
        numeric=(1, 2),
    )
    if len(dates) > 1:
        label = facts.label(indicator)
        ends = {"first": facts.date(dates[0], indicator), "last": facts.date(dates[-1], indicator)}
        yield Figure(
            caption=facts.words(
                "indicator.line_no_city" if head == "median" else "indicator.line", label=label
            ),
            alt=facts.words("indicator.line_alt", label=label, **ends),
            draw=facts.drawn("line", indicator, districts=highest),
        )


def visit_sheets(facts: Facts) -> Document:
    """Write one page per conspicuous district: its strongest indicators, its neighbours, open questions."""
    keys = facts.analysis.districts.index
    chosen = keys[keys.isin(facts.unfavourable.index)]
    latest = {name: facts.latest(name) for name in facts.indicators}
    pictures = ProfilePictures(facts.plane, latest)
    sections = [
        Section(
            name=str(key),
            heading=facts.name(str(key)),
            blocks=tuple(_visit(facts, str(key), pictures)),
            page=True,
        )
        for key in chosen
    ]
    if not sections:
        words = facts.words("visit.none" if facts.judged else "visit.untested")
        sections = [Section(name="none", heading="", blocks=(Paragraph(words, "lead"),))]
    return facts.document("visits", sections)


def _visit(facts: Facts, key: str, pictures: ProfilePictures) -> Iterator[Block]:
    """Write one sheet, with lines for what is seen on the spot."""
    rows = facts.unfavourable.loc[[key]]
    rows = rows.iloc[rows["distance"].abs().to_numpy().argsort(kind="stable")[::-1]]
    yield Heading(facts.words("visit.strongest"), 2)
    for one in rows.iloc[:3].itertuples():
        yield Paragraph(conspicuous_cell(facts, key, str(one.indicator), str(one.date)), "bullet")
    if len(rows) > 3:
        yield Paragraph(facts.words("visit.more", number=len(rows) - 3))
    name = facts.name(key)
    yield Figure(
        caption=facts.placed(name),
        alt=facts.words("profile.figure_alt", name=name, city=facts.analysis.city),
        draw=partial(pictures.png, key),
    )
    yield Paragraph(_around(facts, key))
    yield Heading(facts.words("visit.questions"), 2)
    for number in (1, 2, 3, 4):
        yield Paragraph(facts.words(f"visit.q{number}"), "number")
    yield Table(
        caption=facts.words("visit.record"),
        header=tuple(facts.words(f"visit.head.{head}") for head in ("seen", "heard", "open")),
        # A blank that keeps its height; a line break within a cell is none in Word and on a page.
        rows=(("\u00a0", "", ""),) * LINES,
        note=facts.words("visit.no_names"),
    )
    yield Paragraph(facts.words("limits.people"), "note")


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
