"""What the analysis found: clusters, status, target groups, conspicuous districts, years, borders."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.indicators.target_groups import group_label
from sozialraum.publish.report.content import MAP_WIDTH, Block, Figure, Paragraph, Table
from sozialraum.texts import text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.publish.report.facts import Facts

__all__ = [
    "SQUARE",
    "attention",
    "clusters",
    "conspicuous",
    "conspicuous_cell",
    "groups",
    "mixing",
    "status",
    "trends",
]

SQUARE = 0.75
"""Share of the text's width of a figure that is as high as wide."""

CLUSTERED = ("high-high", "low-low", "low-high", "high-low")


def clusters(facts: Facts) -> Iterator[Block]:
    """Say for each indicator whether high values gather; that they do not is a result, too."""
    found = facts.analysis.clusters
    if found.empty:
        return
    yield Paragraph(facts.words("clusters.reading"))
    quiet = []
    strongest: tuple[int, str, str] = (0, "", "")
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        rows = found[(found["indicator"] == indicator) & (found["date"] == date)]
        if rows.empty:
            continue
        labels = rows["label"].astype(str)
        high, low = (list(rows.index[labels == label]) for label in ("high-high", "low-low"))
        low_is_worse = facts.entry(indicator)["polarity"] == "resource"
        values = {"label": facts.label(indicator), "date": facts.date(date, indicator)}
        if low_is_worse and low:
            told = {**values, "names": facts.names(low), "number": len(low)}
            yield Paragraph(facts.words("clusters.found_low", **told))
        elif high and not low_is_worse:
            yield Paragraph(_gathered(facts, high, values))
        else:
            quiet.append(facts.words("clusters.item_low" if low_is_worse else "clusters.item", **values))
        if labels.isin(CLUSTERED).any():
            yield Figure(
                caption=facts.directed(indicator, facts.words("map.clusters_caption", **values)),
                alt=facts.words("map.clusters_alt", **values, high=len(high), low=len(low)),
                draw=facts.drawn("clusters", indicator, date=date),
                width=MAP_WIDTH,
            )
            strongest = max(strongest, (len(high) + len(low), indicator, date), key=lambda one: one[0])
    if quiet:
        yield Paragraph(facts.words("clusters.none", items="; ".join(quiet)))
    alike = _alike(facts)
    if alike:
        yield Paragraph(facts.words("clusters.alike", items="; ".join(alike)))
    if strongest[1] and facts.analysis.graph is not None:
        yield from _moran(facts, strongest[1], strongest[2])


def _alike(facts: Facts) -> list[str]:
    """Name the indicators without a cluster of the worse values whose neighbours are alike all the same."""
    moran, found = facts.analysis.moran, facts.analysis.clusters
    settings = facts.analysis.statistics
    told = []
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        city = moran[(moran["indicator"] == indicator) & (moran["date"] == date)]
        rows = found[(found["indicator"] == indicator) & (found["date"] == date)]
        worse = "low-low" if facts.entry(indicator)["polarity"] == "resource" else "high-high"
        if city.empty or settings is None or (rows["label"].astype(str) == worse).any():
            continue
        one = city.iloc[0]
        if float(one["statistic"]) > float(one["expected"]) and float(one["p"]) <= settings.alpha:
            shown = figure(float(one["statistic"]), facts.language, decimals=2)
            values = {"label": facts.label(indicator), "date": facts.date(date, indicator), "moran": shown}
            told.append(facts.words("clusters.alike_item", **values))
    return told


def _gathered(facts: Facts, high: list[str], values: dict[str, str]) -> str:
    if len(high) == 1:
        return facts.words("clusters.found_one", **values, names=facts.names(high))
    return facts.words("clusters.found", **values, names=facts.names(high), number=len(high))


def _moran(facts: Facts, indicator: str, date: str) -> Iterator[Block]:
    moran = facts.analysis.moran
    rows = moran[(moran["indicator"] == indicator) & (moran["date"] == date)]
    if rows.empty:
        return
    values = {"label": facts.label(indicator), "date": facts.date(date, indicator)}
    shown = figure(float(rows["statistic"].iloc[0]), facts.language, decimals=2)
    yield Figure(
        caption=facts.words("moran.caption", **values),
        alt=facts.words("moran.alt", **values, moran=shown),
        draw=facts.drawn("moran", indicator, date=date),
        width=SQUARE,
    )


def attention(facts: Facts) -> pd.DataFrame:
    """Return the attention areas of the index of everyone, the least favourable first."""
    index = facts.index
    if index is None:
        return pd.DataFrame(columns=["value", "attention"])
    assessed = index[index["value"].notna()]
    return assessed[assessed["attention"] == "yes"].sort_values("value", ascending=False, kind="stable")


def status(facts: Facts) -> Iterator[Block]:
    """Count the districts by status and dynamic, and list the attention areas."""
    index = facts.index
    if index is None:
        return
    assessed = index[index["value"].notna()]
    date = str(assessed["date"].iloc[0])
    told = facts.date(date)
    statuses = [name for name in ("high", "medium", "low", "very low") if name in set(assessed["status"])]
    dynamics = [
        name
        for name in ("positive", "stable", "negative", "not assessable")
        if name in set(assessed["dynamic"])
    ]
    rows = []
    for name in statuses:
        ours = assessed[assessed["status"] == name]
        counts = [int((ours["dynamic"] == dynamic).sum()) for dynamic in dynamics]
        rows.append((_class(facts, "status", name), *map(facts.count, counts), facts.count(len(ours))))
    yield Table(
        caption=facts.words("status.caption", date=told),
        header=(
            facts.words("status.head"),
            *(_class(facts, "dynamic", dynamic) for dynamic in dynamics),
            facts.words("status.sum"),
        ),
        rows=tuple(rows),
        numeric=tuple(range(1, len(dynamics) + 2)),
        note=facts.words("status.note"),
    )
    yield Figure(
        caption=facts.words("status.map_caption", date=told),
        alt=facts.words(
            "status.map_alt", date=told, number=len(attention(facts)), assessed=facts.count(len(assessed))
        ),
        draw=facts.drawn("status", "all", date=date),
        width=MAP_WIDTH,
    )
    yield Figure(
        caption=facts.words("status.matrix_caption", date=told),
        alt=facts.words("status.matrix_alt", date=told),
        draw=facts.drawn("matrix", "all", date=date),
        width=MAP_WIDTH,
    )
    chosen = attention(facts)
    if len(chosen):
        yield _attention_table(facts, chosen, told)


def _attention_table(facts: Facts, chosen: pd.DataFrame, date: str) -> Table:
    steady = _same_status(facts)
    heads = ["head.district", "head.value", "head", "head.dynamic", "head.since"]
    rows = []
    for key, row in chosen.iterrows():
        cells = [
            facts.name(str(key)),
            figure(float(row["value"]), facts.language, decimals=2),
            _class(facts, "status", str(row["status"])),
            _class(facts, "dynamic", str(row["dynamic"])),
            facts.count(float(row["status_periods"])),
        ]
        if steady is not None:
            share = float(steady.get(key, math.nan))
            cells.append(facts.percent(share))
        rows.append(tuple(cells))
    if steady is not None:
        heads.append("head.steady")
    return Table(
        caption=facts.words("status.attention_caption", date=date),
        header=tuple(facts.words(f"status.{head}") for head in heads),
        rows=tuple(rows),
        numeric=(1, 4, 5) if steady is not None else (1, 4),
        note=facts.words("status.attention_note") if steady is not None else "",
        widths=(2, 1.1, 1.6, 1.5, 1.1, 1.2) if steady is not None else (2, 1.1, 1.6, 1.5, 1.1),
    )


def _same_status(facts: Facts) -> pd.Series | None:
    found = facts.analysis.assessment
    if found is None or found.robustness.empty or "same_status" not in found.robustness:
        return None
    return found.robustness["same_status"].astype(float)


def _class(facts: Facts, kind: str, name: str) -> str:
    return text(f"assessment.{kind}.{name}", facts.language)


def groups(facts: Facts) -> Iterator[Block]:
    """Say for each target group in how many districts its indicators are conspicuously unfavourable."""
    if facts.analysis.assessment is None or facts.analysis.assessment.verdicts.empty:
        return
    if not facts.judged:
        # Without counts nothing is tested: 'none' beside each group would be a finding.
        return
    found = facts.unfavourable
    judged = [name for name in facts.indicators if facts.entry(name)["polarity"] != "context"]
    by_group: dict[str, list[str]] = {}
    for name in judged:
        by_group.setdefault(str(facts.entry(name)["target_group"]), []).append(name)
    if not by_group:
        return
    rows = []
    for group, names in by_group.items():
        ours = found[found["indicator"].isin(names)]
        keys = facts.analysis.districts.index[facts.analysis.districts.index.isin(ours.index)]
        who = facts.names(keys, most=8) if len(keys) else facts.words("groups.none")
        labels = ", ".join(facts.label(name) for name in names)
        name = group_label(facts.analysis.catalogue, group)[facts.language]
        rows.append((name, labels, facts.count(len(keys)), who))
    yield Paragraph(facts.words("groups.reading"))
    yield Table(
        caption=facts.words("groups.caption", date=facts.date(facts.span[1])),
        header=tuple(
            facts.words(f"groups.head.{head}") for head in ("group", "indicators", "number", "names")
        ),
        rows=tuple(rows),
        numeric=(2,),
        widths=(1.3, 1.8, 0.8, 2.6),
        note=facts.words("conspicuous.note"),
    )


def conspicuous(facts: Facts) -> Iterator[Block]:
    """List the districts with an unfavourable verdict, each with value, interval and the city's value."""
    assessment = facts.analysis.assessment
    if assessment is None or assessment.verdicts.empty:
        return
    if not facts.judged:
        # Without counts nothing is tested; that is not 'nothing was found'.
        yield Paragraph(facts.words("conspicuous.untested"))
        return
    found = facts.unfavourable
    if found.empty:
        yield Paragraph(facts.words("conspicuous.none"))
        yield Paragraph(facts.words("conspicuous.note"), "note")
        return
    order = found.index.value_counts(sort=False).rename("count").rename_axis("district").reset_index()
    order = order.sort_values(["count", "district"], ascending=[False, True])
    rows = tuple(
        (
            facts.name(str(key)),
            "; ".join(
                conspicuous_cell(facts, str(key), str(one.indicator), str(one.date))
                for one in found.loc[[key]].itertuples()
            ),
        )
        for key in order["district"]
    )
    yield Paragraph(facts.words("conspicuous.reading"))
    limits = _limits(facts)
    if limits:
        yield Paragraph(facts.words("conspicuous.limits", items="; ".join(limits)))
    yield Table(
        caption=facts.words("conspicuous.caption", date=facts.date(facts.span[1])),
        header=(facts.words("status.head.district"), facts.words("conspicuous.head.indicators")),
        rows=rows,
        widths=(1, 3.2),
        note=facts.words("conspicuous.note"),
    )
    most = list(map(str, order["district"][:15]))
    yield Figure(
        caption=facts.words("heat.caption", number=len(most)),
        alt=facts.words("heat.alt", names=facts.names(most)),
        draw=facts.drawn("heat", districts=most),
    )
    common = str(found["indicator"].value_counts().index[0])
    values = {"label": facts.label(common), "date": facts.date(facts.latest(common), common)}
    yield Figure(
        caption=facts.words("ranking.caption", **values),
        alt=facts.words("ranking.alt", **values),
        draw=facts.drawn("ranking", common, districts=[key for key in found.index if key in set(most)]),
    )


def _limits(facts: Facts) -> list[str]:
    """Say of each indicator that has a verdict here from which value on a district can be conspicuous."""
    told = []
    rows = facts.unfavourable
    for indicator in facts.indicators:
        ours = rows[rows["indicator"] == indicator]
        if ours.empty:
            continue
        one = ours.iloc[0]
        up = float(one["difference"]) > 0
        limit = float(one["city"]) + (1 if up else -1) * float(one["margin"])
        name = "conspicuous.limits_item" if up else "conspicuous.limits_item_low"
        told.append(facts.words(name, label=facts.label(indicator), limit=facts.value(limit, indicator)))
    return told


def conspicuous_cell(facts: Facts, key: str, indicator: str, date: str) -> str:
    """Write one district's value with its interval beside the city's."""
    row = facts.cell(key, indicator, date)
    values = {
        "label": facts.label(indicator),
        "value": facts.value(float(row["value"]), indicator),
        "city": facts.value(facts.city(indicator, date), indicator),
    }
    lower, upper = float(row["lower"]), float(row["upper"])
    if math.isfinite(lower) and math.isfinite(upper):
        ends = {"lower": facts.value(lower, indicator, unit=False), "upper": facts.value(upper, indicator)}
        return facts.words("conspicuous.cell", **values, **ends)
    return facts.words("conspicuous.cell_plain", **values)


def trends(facts: Facts) -> Iterator[Block]:
    """Count in how many districts the years show a rise or a fall, and draw the years of one indicator."""
    found = facts.analysis.assessment
    if found is None or found.trends.empty:
        return
    rows = []
    for indicator in facts.indicators:
        ours = found.trends[found.trends["indicator"] == indicator]
        if ours.empty:
            continue
        counts = ours["direction"].value_counts()
        first, last = str(ours["first"].min()), str(ours["last"].max())
        numbers = [int(counts.get(name, 0)) for name in ("rising", "falling", "unclear", "not assessable")]
        years = facts.words("trends.years", first=first[:4], last=last[:4])
        rows.append((facts.label(indicator), years, *map(facts.count, numbers)))
    if not rows:
        return
    if (found.trends["direction"] == "not assessable").all():
        yield Paragraph(facts.words("trends.none"))
    else:
        yield from _trend_table(facts, tuple(rows))
    main = next(iter(facts.main_indicators), "")
    if main and len(facts.dates(main)) > 1:
        dates = facts.dates(main)
        values = {
            "label": facts.label(main),
            "first": facts.date(dates[0], main),
            "last": facts.date(dates[-1], main),
        }
        yield Figure(
            caption=facts.words("trends.line" if facts.has_city else "trends.line_no_city", **values),
            alt=facts.words("trends.line_alt", **values),
            draw=facts.drawn("line", main),
        )


def _trend_table(facts: Facts, rows: tuple[tuple[str, ...], ...]) -> Iterator[Block]:
    heads = ("rising", "falling", "unclear", "not_assessable")
    yield Paragraph(facts.words("trends.reading"))
    yield Table(
        caption=facts.words("trends.caption"),
        header=(
            facts.words("city.head.indicator"),
            facts.words("trends.head.years"),
            *(facts.words(f"trends.head.{head}") for head in heads),
        ),
        rows=rows,
        numeric=(2, 3, 4, 5),
        widths=(2.4, 1.3, 0.9, 0.9, 1.2, 1.3),
        note=facts.words("trends.note"),
    )


def mixing(facts: Facts) -> Iterator[Block]:
    """Say for the indicators of the index whether transitions between neighbours are fluid."""
    from sozialraum.assessment.borders.sentences import fluidity_sentences  # noqa: PLC0415 - only here

    found = facts.analysis.assessment
    if found is None or found.city_edges.empty:
        return
    city = found.city_edges
    told = fluidity_sentences(city, facts.language)
    written = False
    for indicator in facts.main_indicators:
        date = facts.latest(indicator)
        ours = (city["indicator"] == indicator) & (city["date"] == date)
        if ours.any():
            label = facts.words("mixing.of", label=facts.label(indicator), date=facts.date(date, indicator))
            yield Paragraph(f"{label} {facts.quoted(str(told[ours].iloc[0]))}")
            written = True
    if written:
        yield Paragraph(text("mixing.note.never_a_target", facts.language), "note")
