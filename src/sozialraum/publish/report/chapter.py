"""The chapter 'Sozialraumanalyse' of a social report; its sentences vary with the results."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sozialraum.publish.figures import as_png, cluster_map, value_map
from sozialraum.publish.report.content import Block, Figure, Heading, Paragraph, Table
from sozialraum.publish.report.facts import Facts
from sozialraum.texts import text
from sozialraum.texts.figures import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialraum.analysis import Analysis
    from sozialraum.publish.report.content import Document

__all__ = ["chapter", "conspicuous_cell", "limits"]


def chapter(analysis: Analysis) -> Document:
    """Write the chapter of an analysis.

    Parameters
    ----------
    analysis
        What the readers may see; every number comes from it.

    Returns
    -------
    Document
        Sections: at a glance, data and method, the city in figures, maps, clusters, status and dynamic,
        conspicuous districts, limits. Those without a result say so, or are left out where not asked for.
    """
    facts = Facts(analysis)
    blocks: list[Block] = []
    for name, section in (
        ("glance", _glance),
        ("data", _data),
        ("city", _city),
        ("maps", _maps),
        ("clusters", _clusters),
        ("status", _status),
        ("conspicuous", _conspicuous),
        ("limits", limits),
    ):
        found = list(section(facts))
        if found:
            blocks += [Heading(facts.words(f"section.{name}")), *found]
    return facts.document("chapter", blocks)


def _glance(facts: Facts) -> Iterator[Block]:
    index = facts.index
    if index is None:
        yield Paragraph(facts.words("glance.no_index"), "lead")
        return
    assessed = index[index["value"].notna()]
    chosen = assessed[assessed["attention"] == "yes"].sort_values("value", ascending=False, kind="stable")
    kind = {0: "none", 1: "one"}.get(len(chosen), "many")
    values = {
        "date": facts.date(str(assessed["date"].iloc[0])),
        "number": len(chosen),
        "assessed": len(assessed),
        "names": facts.names(chosen.index),
    }
    yield Paragraph(facts.words(f"glance.attention_{kind}", **values), "lead")
    steady = _steady(facts, chosen)
    if steady is not None and len(chosen):
        kind = {0: "none", len(chosen): "all"}.get(steady, "some")
        yield Paragraph(facts.words(f"glance.steady_{kind}", number=steady))
    without = int(index["value"].isna().sum())
    if without:
        yield Paragraph(facts.words("glance.not_assessed", number=without))


def _steady(facts: Facts, chosen: pd.DataFrame) -> int | None:
    """Count the attention areas whose status holds in 95 of 100 redraws; None where nothing was redrawn."""
    found = facts.analysis.assessment
    if found is None or found.robustness.empty or "same_status" not in found.robustness:
        return None
    return int((found.robustness["same_status"].reindex(chosen.index) >= 0.95).sum())


def _data(facts: Facts) -> Iterator[Block]:
    analysis = facts.analysis
    first, last = facts.span
    values = {"districts": len(analysis.districts), "indicators": len(facts.indicators)}
    yield Paragraph(facts.words("data.districts", first=facts.date(first), last=facts.date(last), **values))
    yield Paragraph(facts.words("data.shares"))
    cells = len(analysis.indicators)
    hidden = int((analysis.indicators["flag"] == "suppressed").sum())
    missing = int(analysis.indicators["value"].isna().sum()) - hidden
    for key, number in (("data.hidden", hidden), ("data.missing", missing)):
        if number > 0:
            yield Paragraph(facts.words(key, number=facts.count(number), cells=facts.count(cells)))
    settings = analysis.parameters.get("statistics")
    if settings:
        yield Paragraph(
            facts.words(
                "data.clusters",
                permutations=facts.count(settings.get("permutations", 0)),
                alpha=figure(float(settings.get("alpha", 0.05)), facts.language, decimals=2),
                correction=facts.words(f"correction.{settings.get('correction', 'none')}"),
            )
        )


def _city(facts: Facts) -> Iterator[Block]:
    heads = ("indicator", "date", "city", "highest", "lowest", "known")
    rows = []
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        known = facts.rows(indicator, date)["value"].dropna()
        city = facts.value(facts.city(indicator, date), indicator)
        ends = (_extreme(facts, known, indicator, highest=end) for end in (True, False))
        rows.append((facts.label(indicator), facts.date(date), city, *ends, str(len(known))))
    yield Table(
        caption=facts.words("city.caption"),
        header=tuple(facts.words(f"city.head.{head}") for head in heads),
        rows=tuple(rows),
        numeric=(2, 5),
        note=facts.words("city.note"),
        widths=(2.2, 1.2, 1, 2.2, 2.2, 1),
    )


def _extreme(facts: Facts, known: pd.Series, indicator: str, *, highest: bool) -> str:
    """Write the highest or lowest value and who has it; ties are told as ties."""
    entry = facts.entry(indicator)
    shown = (known.astype(float) * float(entry["factor"])).round(int(entry["decimals"]))
    end = shown.max() if highest else shown.min()
    keys = list(shown.index[shown == end])
    who = facts.names(keys)
    if len(keys) > 3:
        who = facts.words("city.tied", number=len(keys), names=", ".join(facts.name(key) for key in keys[:3]))
    return f"{facts.value(float(known[keys[0]]), indicator)}: {who}"


def _maps(facts: Facts) -> Iterator[Block]:
    districts = len(facts.analysis.districts)
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        known = facts.rows(indicator, date)["value"].dropna()
        label, told = facts.label(indicator), facts.date(date)
        ends = {
            "low": facts.value(float(known.min()), indicator),
            "high": facts.value(float(known.max()), indicator),
        }
        yield Figure(
            caption=facts.words("map.caption", label=label, date=told),
            alt=facts.words(
                "map.alt", label=label, date=told, number=len(known), districts=districts, **ends
            ),
            png=as_png(value_map(facts.analysis, indicator, date)),
        )


def _clusters(facts: Facts) -> Iterator[Block]:
    clusters = facts.analysis.clusters
    if clusters.empty:
        return
    yield Paragraph(facts.words("clusters.reading"))
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        rows = clusters[(clusters["indicator"] == indicator) & (clusters["date"] == date)]
        if rows.empty:
            continue
        high, low = (list(rows.index[rows["label"] == label]) for label in ("high-high", "low-low"))
        values = {"label": facts.label(indicator), "date": facts.date(date)}
        kind = {0: "none", 1: "found_one"}.get(len(high), "found")
        if kind == "none":
            yield Paragraph(facts.words("clusters.none", **values))
        else:
            yield Paragraph(
                facts.words(
                    f"clusters.{kind}",
                    **values,
                    names=facts.names(high),
                    **({"number": len(high)} if kind == "found" else {}),
                )
            )
        if high or low:
            yield Figure(
                caption=facts.words("map.clusters_caption", **values),
                alt=facts.words("map.clusters_alt", **values, high=len(high), low=len(low)),
                png=as_png(cluster_map(facts.analysis, indicator, date)),
            )


def _status(facts: Facts) -> Iterator[Block]:
    index = facts.index
    if index is None:
        return
    assessed = index[index["value"].notna()]
    date = facts.date(str(assessed["date"].iloc[0]))
    statuses = [name for name in ("high", "medium", "low", "very low") if name in set(assessed["status"])]
    dynamics = [
        name
        for name in ("positive", "stable", "negative", "not assessable")
        if name in set(assessed["dynamic"])
    ]
    rows = []
    for status in statuses:
        ours = assessed[assessed["status"] == status]
        counts = [int((ours["dynamic"] == dynamic).sum()) for dynamic in dynamics]
        rows.append((_class(facts, "status", status), *map(str, counts), str(len(ours))))
    yield Table(
        caption=facts.words("status.caption", date=date),
        header=(
            facts.words("status.head"),
            *(_class(facts, "dynamic", dynamic) for dynamic in dynamics),
            facts.words("status.sum"),
        ),
        rows=tuple(rows),
        numeric=tuple(range(1, len(dynamics) + 2)),
        note=facts.words("status.note"),
    )
    chosen = assessed[assessed["attention"] == "yes"].sort_values("value", ascending=False, kind="stable")
    if len(chosen):
        yield Table(
            caption=facts.words("status.attention_caption", date=date),
            header=tuple(
                facts.words(f"status.{head}")
                for head in ("head.district", "head.value", "head", "head.dynamic", "head.since")
            ),
            rows=tuple(
                (
                    facts.name(str(key)),
                    figure(float(row["value"]), facts.language, decimals=2),
                    _class(facts, "status", str(row["status"])),
                    _class(facts, "dynamic", str(row["dynamic"])),
                    figure(float(row["status_periods"]), facts.language, decimals=0),
                )
                for key, row in chosen.iterrows()
            ),
            numeric=(1, 4),
        )


def _class(facts: Facts, kind: str, name: str) -> str:
    return text(f"assessment.{kind}.{name}", facts.language)


def _conspicuous(facts: Facts) -> Iterator[Block]:
    if facts.analysis.assessment is None:
        return
    found = facts.unfavourable
    if found.empty:
        yield Paragraph(facts.words("conspicuous.none"))
        yield Paragraph(facts.words("conspicuous.note"), "note")
        return
    last = facts.span[1]
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
    yield Table(
        caption=facts.words("conspicuous.caption", date=facts.date(last)),
        header=(facts.words("status.head.district"), facts.words("conspicuous.head.indicators")),
        rows=rows,
        widths=(1, 3.2),
        note=facts.words("conspicuous.note"),
    )


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


def limits(facts: Facts) -> Iterator[Block]:
    """Say what the document must not be used for."""
    for name in ("people", "cause", "chance", "borders"):
        yield Paragraph(facts.words(f"limits.{name}"))
    if facts.analysis.simulated:
        yield Paragraph(facts.words("limits.simulated"))
