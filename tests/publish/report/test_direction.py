"""Documents say which end is worse, claim no more than was tested, and write English as the English do."""

import re
from dataclasses import replace

import numpy as np
import pytest

from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse
from sozialraum.publish.direction import kept_together
from sozialraum.publish.report.content import Figure, Heading, Paragraph, Table
from sozialraum.publish.report.formats.pdf import _floating, typst_source
from sozialraum.publish.report.write import report
from sozialraum.texts.figures import spelled_days, with_unit

ASSESSED = {"[statistics]": '[assessment]\nindicators = ["unemployment"]\nresamples = 20\n[statistics]'}


@pytest.fixture(scope="module")
def analysis(city_in, tmp_path_factory):
    return analyse(load_project(city_in(tmp_path_factory.mktemp("directed"), project=ASSESSED)))


def turned(analysis, label):
    """The same city where a low value is the worse one, and one cluster of a kind."""
    clusters = analysis.clusters.assign(label=["not significant"] * len(analysis.clusters))
    latest = clusters["date"].max()
    first = clusters.index[clusters["date"] == latest][0]
    clusters.loc[(clusters.index == first) & (clusters["date"] == latest), "label"] = label
    return replace(analysis, catalogue=analysis.catalogue.assign(polarity="resource"), clusters=clusters)


def captions(document):
    return [block.caption for block in document.blocks if isinstance(block, Table | Figure)]


def test_a_gathering_of_the_worse_values_is_named_not_of_the_high_ones(analysis):
    words = report(turned(analysis, "low-low"), "chapter").text()
    assert "1 Gebiet mit niedrigem Wert liegt inmitten von Nachbarn mit niedrigen Werten" in words
    words = report(turned(analysis, "high-high"), "chapter").text()
    assert "inmitten von Nachbarn" not in words
    assert re.search(
        r"Keine räumliche Häufung hoher Werte ist nachweisbar bei: .*hier: niedriger Werte", words
    )


def test_captions_and_the_reading_of_the_maps_say_which_end_is_worse(analysis):
    plain, low = report(analysis, "chapter"), report(turned(analysis, "low-low"), "chapter")
    assert not any("ungünstig)" in caption for caption in captions(plain))
    directed = [one for one in captions(low) if one.endswith("(ein niedriger Wert ist ungünstig)")]
    assert len(directed) == 3, "extremes, map, clusters"
    assert "Orange: je dunkler, desto höher der Wert und desto ungünstiger." in plain.text()
    assert "Blaugrün: je dunkler, desto höher der Wert und desto günstiger." in low.text()
    rows = analysis.indicators
    signed = replace(analysis, indicators=rows.assign(value=rows["value"] - rows["value"].median()))
    assert "Braun: über 0 (ungünstig), blau: unter 0 (günstig)." in report(signed, "chapter").text()
    assert any(
        "ungünstig bei" in caption for caption in captions(report(turned(analysis, "low-low"), "profiles"))
    )


def test_without_counts_nothing_is_said_of_the_city_nor_of_trends_and_groups(analysis):
    cities = analysis.city_values.assign(value=np.nan, numerator=np.nan, denominator=np.nan)
    found = analysis.assessment
    verdicts = found.verdicts.assign(verdict="not assessable")
    trends = found.trends.assign(direction="not assessable")
    bare = replace(analysis, city_values=cities, assessment=replace(found, verdicts=verdicts, trends=trends))
    chapter = report(bare, "chapter")
    assert not any(re.search(r"\bStadt\b", caption) for caption in captions(chapter)[1:])
    assert "den Wert der Stadt" not in chapter.text()
    assert not any("Zielgruppe" in caption or "Entwicklung je" in caption for caption in captions(chapter))
    assert "Bei keinem Merkmal lässt sich eine Entwicklung beurteilen" in chapter.text()
    assert not any("Stadt und" in caption for caption in captions(report(bare, "indicators")))


def test_a_long_unit_stands_with_the_name_and_breaks_no_number(analysis):
    pointed = analysis.catalogue.assign(unit_de="Prozentpunkte", unit_en="percentage points")
    table = next(
        block for block in report(replace(analysis, catalogue=pointed), "chapter").blocks
        if isinstance(block, Table)
    )  # fmt: skip
    assert table.rows[0][0].endswith(" (Prozentpunkte)")
    assert not any("Prozent" in cell for row in table.rows for cell in row[1:])


def test_english_has_its_dates_and_its_per_cent_sign(analysis):
    words = report(replace(analysis, language="en"), "chapter").text()
    assert re.search(r"\d%", words)
    assert not re.search(
        r"\d %|\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|Dynamic (?:positive|stable|negative)", words
    )
    assert "31 Dec 2020" in words
    assert [spelled_days("2020-03-04", language) for language in ("de", "en")] == ["04.03.2020", "4 Mar 2020"]
    assert spelled_days("by 31.12.2023 or 2022/23", "en") == "by 31 Dec 2023 or 2022/23"
    assert [with_unit("7", "%", language) for language in ("de", "en")] == ["7 %", "7%"]


def test_no_line_begins_with_a_per_cent_sign(analysis):
    assert kept_together("7,4 % von 12 € und 3 m") == "7,4\u00a0% von 12\u00a0€ und 3 m"
    source = typst_source(report(analysis, "chapter"))
    assert re.search(r"\d\u00a0%", source)
    assert not re.search(r"\d %", source)


def test_a_visit_sheet_has_room_to_write_and_settings_are_written_as_the_project_has_them(analysis):
    first = next(iter(analysis.districts.index))
    verdicts = analysis.assessment.verdicts.copy()
    latest = (verdicts.index == first) & (verdicts["date"] == verdicts["date"].max())
    verdicts.loc[latest, "verdict"] = "conspicuous (unfavourable)"
    found = replace(analysis, assessment=replace(analysis.assessment, verdicts=verdicts))
    sheet = next(block for block in report(found, "visits").blocks if isinstance(block, Table))
    assert len(sheet.rows) >= 8
    assert {row[0] for row in sheet.rows} == {"\u00a0"}, "a cell without a sign has no height"
    rows = [
        row for block in report(analysis, "appendix").blocks if isinstance(block, Table) for row in block.rows
    ]
    assert not {"True", "False"} & {cell for row in rows for cell in row}
    assert not any("[" in row[1] for row in rows)
    assert any(isinstance(block, Paragraph) for block in report(analysis, "appendix").blocks)


def test_no_figure_of_a_page_overtakes_one_that_waits_for_its_foot():
    text, figure, head = Paragraph("a"), Figure(caption="b", alt="c", draw=bytes), Heading("d", 1)
    assert _floating([text, figure, text, figure, head, figure, text]) == {1, 3}
    assert _floating([head, figure, text, figure, text, figure, figure, head]) == {3, 5, 6}
