"""The city in figures: each indicator's value, its highest and lowest districts, its map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.publish.report.content import MAP_WIDTH, Block, Figure, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialraum.publish.report.facts import Facts

__all__ = ["city_table", "extreme_table", "extremes", "maps"]

SHORT_UNIT = 8
"""A unit of so many letters fits beside a number of a narrow column."""

NAMED_TIES = 3
"""So many districts of one value are named; of more of them, these are examples."""

PLACES = 3
"""The highest, second and third highest value."""


def city_table(facts: Facts) -> Iterator[Block]:
    """Put the city's values of all indicators into one table."""
    rows = []
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        known = facts.rows(indicator, date)["value"].dropna()
        unit = str(facts.entry(indicator)[f"unit_{facts.language}"])
        # A long unit would break each number of a narrow column: it stands with the name.
        label, short = facts.label(indicator), len(unit) <= SHORT_UNIT
        values = (facts.city(indicator, date), known.min(), known.median(), known.max())
        told = (facts.value(float(value), indicator, unit=short) for value in values)
        rows.append(
            (
                label if short else f"{label} ({unit})",
                facts.date(date, indicator),
                *told,
                facts.count(len(known)),
            )
        )
    heads = ("indicator", "date", "city", "lowest", "median", "highest", "known")
    yield Table(
        caption=facts.words("city.caption"),
        header=tuple(facts.words(f"city.head.{head}") for head in heads),
        rows=tuple(rows),
        numeric=(2, 3, 4, 5, 6),
        note=facts.words("city.note" if facts.has_city else "city.note_no_city"),
        widths=(2.6, 1.2, 1, 1, 1, 1, 1),
    )


def extremes(facts: Facts) -> Iterator[Block]:
    """Print a table per indicator: city, highest values in order, lowest value; ties are told as ties."""
    yield Paragraph(facts.words("extremes.reading" if facts.has_city else "extremes.reading_no_city"))
    for indicator in facts.indicators:
        yield extreme_table(facts, indicator)
    yield Paragraph(facts.words("extremes.note"), "note")


def extreme_table(facts: Facts, indicator: str) -> Table:
    """Print city, three highest values and the lowest one of an indicator at its latest date."""
    date = facts.latest(indicator)
    found = facts.rows(indicator, date)
    known = found[found["value"].notna()]
    entry = facts.entry(indicator)
    # Two values that are printed alike are a tie, whatever stands behind the last digit.
    shown = (known["value"].astype(float) * float(entry["factor"])).round(int(entry["decimals"])) + 0.0
    counted = bool(known["numerator"].notna().any())
    with_city = bool(np.isfinite(facts.city(indicator, date)))
    rows = [_city_row(facts, indicator, date)] if with_city else []
    levels = sorted(shown.unique(), reverse=True)
    place = 1
    for level in levels[:-1] if len(levels) > 1 else levels:
        if place > PLACES:
            break
        tied = shown.index[shown == level]
        rows.append(_row(facts, indicator, known.loc[tied], facts.words(f"extremes.place_{place}")))
        place += len(tied)
    if len(levels) > 1:
        tied = shown.index[shown == levels[-1]]
        rows.append(_row(facts, indicator, known.loc[tied], facts.words("extremes.lowest")))
    heads = ("place", "value", *(("count",) if counted else ()), "district")
    return Table(
        caption=facts.directed(
            indicator,
            facts.words(
                "extremes.caption" if with_city else "extremes.caption_no_city",
                label=facts.label(indicator),
                date=facts.date(date, indicator),
            ),
        ),
        header=tuple(facts.words(f"extremes.head.{head}") for head in heads),
        rows=tuple(row if counted else (row[0], row[1], row[3]) for row in rows),
        numeric=(1, 2) if counted else (1,),
        widths=(1.6, 1, 1, 2.6) if counted else (1.6, 1, 3),
    )


def _city_row(facts: Facts, indicator: str, date: str) -> tuple[str, str, str, str]:
    count = facts.city_count(indicator, date)
    shown = facts.count(count) if np.isfinite(count) else ""
    return (facts.words("extremes.city"), facts.value(facts.city(indicator, date), indicator), shown, "")


def _row(facts: Facts, indicator: str, tied: pd.DataFrame, place: str) -> tuple[str, str, str, str]:
    """Write one place of the order; those who share it are counted, and named as far as there is room."""
    value = facts.value(float(tied["value"].iloc[0]), indicator)
    counts = tied["numerator"].astype(float)
    if counts.isna().any():
        absolute = ""
    elif counts.min() == counts.max():
        absolute = facts.count(counts.iloc[0])
    else:
        ends = {"low": facts.count(counts.min()), "high": facts.count(counts.max())}
        absolute = facts.words("extremes.range", **ends)
    names = facts.names(tied.index, most=len(tied))
    if len(tied) > NAMED_TIES:
        some = ", ".join(facts.name(key) for key in tied.index[:NAMED_TIES])
        names = facts.words("extremes.tied", number=len(tied), names=some)
    return place, value, absolute, names


def maps(facts: Facts) -> Iterator[Block]:
    """Show a map per indicator, and the small maps of all years of the first one."""
    districts = len(facts.analysis.districts)
    if facts.indicators:
        yield Paragraph(" ".join([facts.words("map.reading"), *_colours(facts)]))
    for indicator in facts.indicators:
        date = facts.latest(indicator)
        known = facts.rows(indicator, date)["value"].dropna()
        label, told = facts.label(indicator), facts.date(date, indicator)
        ends = {
            "low": facts.value(float(known.min()), indicator),
            "high": facts.value(float(known.max()), indicator),
        }
        yield Figure(
            caption=facts.directed(indicator, facts.words("map.caption", label=label, date=told)),
            alt=facts.words(
                "map.alt", label=label, date=told, number=len(known), districts=districts, **ends
            ),
            draw=facts.drawn("values", indicator, date=date),
            width=MAP_WIDTH,
        )
    yield from _years(facts)


def _colours(facts: Facts) -> list[str]:
    """Say of each colour that occurs which end is worse; one below and above 0 has two colours."""
    found = []
    for indicator in facts.indicators:
        rows = facts.analysis.indicators
        values = rows.loc[rows["indicator"] == indicator, "value"]
        sign = "signed." if (values < 0).any() and (values > 0).any() else ""
        found.append(f"map.colour.{sign}{facts.entry(indicator)['polarity']}")
    return [facts.words(key) for key in dict.fromkeys(found)]


def _years(facts: Facts) -> Iterator[Block]:
    several = [name for name in facts.main_indicators if len(facts.dates(name)) > 1]
    if not several:
        return
    indicator = several[0]
    dates = facts.dates(indicator)
    label = facts.label(indicator)
    ends = {"first": facts.date(dates[0], indicator), "last": facts.date(dates[-1], indicator)}
    yield Heading(facts.words("section.years"), 2)
    yield Figure(
        caption=facts.words("map.years_caption", label=label, **ends),
        alt=facts.words("map.years_alt", label=label, **ends),
        draw=facts.drawn("multiples", indicator),
    )
