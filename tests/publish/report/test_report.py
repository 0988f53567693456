"""Documents say what results.csv says, vary with the results, and hold nothing hidden."""

import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.borders.sentences import fluidity_sentences
from sozialraum.errors import OutputError
from sozialraum.files import replace_folder
from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse
from sozialraum.publish.report.content import Document, Figure, Heading, Paragraph, Section, Table
from sozialraum.publish.report.facts import Facts
from sozialraum.publish.report.formats.pdf import typst_source
from sozialraum.publish.report.write import possible_kinds, report, write_report

KINDS = [kind for kind in possible_kinds(programme=False) if kind != "figures"]
HOSTILE = '=1+1 "Ä" </p><script>alert(1)</script> #panic("x") $x$'
SMALL = {"03;2020;30;": "03;2020;1;"}
ASSESSED = {"[statistics]": '[assessment]\nindicators = ["unemployment"]\nresamples = 20\n[statistics]'}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Give the folder of the project, which keeps its secret."""
    return tmp_path_factory.mktemp("reported")


@pytest.fixture(scope="module")
def analysis(city_in, city):
    """Twelve districts, two years, one count of 1, for the public."""
    found = analyse(load_project(city_in(city, table=SMALL, project=ASSESSED)))
    assert (found.indicators["flag"] == "suppressed").any()
    return found


def tables(document):
    return [block for block in document.blocks if isinstance(block, Table)]


@pytest.mark.slow
def test_every_kind_is_written_in_every_format(analysis, tmp_path):
    pytest.importorskip("typst")
    files = write_report(analysis, tmp_path, kinds=KINDS, formats=("docx", "html", "pdf"))
    assert [file.name for file in files] == [
        f"{kind}.{form}" for kind in KINDS for form in ("docx", "html", "pdf")
    ]
    assert all(file.stat().st_size > 1000 for file in files)
    assert (tmp_path / "chapter.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.slow
def test_a_target_group_of_ones_own_has_its_name(analysis):
    own = {"target_group": "families", "target_group_de": "Familien", "target_group_en": "families"}
    verdicts = analysis.assessment.verdicts.assign(verdict="conspicuous (unfavourable)")
    found = replace(
        analysis,
        catalogue=analysis.catalogue.assign(**own),
        assessment=replace(analysis.assessment, verdicts=verdicts),
    )
    for kind in KINDS:
        report(found, kind)
    rows = [row for table in tables(report(found, "chapter")) for row in table.rows]
    assert any(row[0] == "Familien" for row in rows)


def test_dates_and_numbers_read_well_where_there_is_one_or_none(analysis):
    rows = [{"claim": "not assessable", "districts": 12, "omitted": omitted} for omitted in (0, 1)]
    told = fluidity_sentences(pd.DataFrame(rows))
    assert told[0].endswith("Grundlage: 12 Gebiete.")
    assert told[1].endswith("ohne verwertbare Angabe und deshalb nicht dabei: 1.")
    assert " 0 ohne" not in report(analysis, "chapter").text()


@pytest.mark.slow
def test_the_profile_says_what_the_results_say(analysis):
    document = report(analysis, "profiles")
    heads = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert heads == [f"Quartier {key} ({key})" for key in analysis.districts.index]
    rows = analysis.indicators[analysis.indicators["date"] == "2020-12-31"]
    for key, table in zip(analysis.districts.index, tables(document), strict=True):
        row = rows.loc[key]
        label, shown, interval, _, _, _ = table.rows[0]
        assert label == "Arbeitslosenanteil"
        if np.isnan(row["value"]):
            assert (shown, interval) == ("geheim gehalten", "–")  # noqa: RUF001 - a dash
        else:
            assert shown == f"{row['value'] * 100:.1f} %".replace(".", ",")
            assert interval.split(" – ")[0] == f"{row['lower'] * 100:.1f}".replace(".", ",")  # noqa: RUF001


@pytest.mark.slow
def test_changes_of_shares_are_percentage_points(analysis):
    cells = [cell for table in tables(report(analysis, "profiles")) for cell in table.rows[0]]
    changes = [cell for cell in cells if "Prozentpunkte" in cell]
    assert changes
    rows = analysis.indicators.set_index("date", append=True)["value"]
    moved = (rows.loc[("11", "2020-12-31")] - rows.loc[("11", "2019-12-31")]) * 100
    assert f"{moved:+.1f} Prozentpunkte".replace(".", ",") in changes


@pytest.mark.slow
def test_no_document_holds_a_hidden_number(analysis, city_in, city):
    # Moving the hidden count changes no word of any document of the same project, with the same secret.
    other = city_in(city, table={"03;2020;30;": "03;2020;2;"}, project=ASSESSED)
    moved = analyse(load_project(other))
    for kind in KINDS:
        if kind != "appendix":
            assert report(analysis, kind).text() == report(moved, kind).text()


@pytest.mark.slow
def test_sentences_follow_the_result(analysis):
    none = report(analysis, "chapter").text()
    assert ("Keine räumliche Häufung hoher Werte ist nachweisbar" in none) == (
        not analysis.clusters.query("date == '2020-12-31' and label == 'high-high'").index.size
    )
    clusters = analysis.clusters.assign(label="not significant")
    quiet = report(replace(analysis, clusters=clusters), "chapter").text()
    assert "Keine räumliche Häufung hoher Werte ist nachweisbar" in quiet
    clusters.loc[clusters.index.isin(["05", "06"]), "label"] = "high-high"
    loud = report(replace(analysis, clusters=clusters), "chapter").text()
    assert "2 Gebiete mit hohen Werten liegen" in loud
    assert "Quartier 05 (05), Quartier 06 (06)" in loud
    bare = report(replace(analysis, assessment=None, clusters=clusters.iloc[:0]), "chapter")
    assert "Ein Gesamtindex wurde nicht berechnet" in bare.text()
    assert "Auffällige Gebiete" not in [block.text for block in bare.blocks if isinstance(block, Heading)]


@pytest.mark.slow
def test_ties_are_told_as_ties(analysis):
    rows = analysis.indicators.copy()
    rows.loc[rows["value"].notna(), "value"] = 0.05
    flat = tables(report(replace(analysis, indicators=rows), "chapter"))[1]
    assert flat.rows[1][0] == "höchster Wert"
    assert re.search(r"\d+ Gebiete, z\. B\. Quartier", flat.rows[1][3])
    assert len(flat.rows) == 2  # one value only: it is not told twice


@pytest.mark.slow
def test_places_are_shared_as_in_sports(analysis):
    rows = analysis.indicators.copy()
    order = ["01", "02", "04", "05", "06", "08"]
    values = dict(zip(order, [0.4, 0.4, 0.3, 0.2, 0.2, 0.1], strict=True))
    counts = dict(zip(order, [40, 44, 30, 20, 20, 10], strict=True))
    last = rows["date"] == "2020-12-31"
    rows["value"] = rows["value"].where(~last, rows.index.map(values))
    rows["numerator"] = rows["numerator"].where(~last, rows.index.map(counts))
    table = tables(report(replace(analysis, indicators=rows), "chapter"))[1]
    assert [row[0] for row in table.rows[1:]] == ["höchster Wert", "dritthöchster Wert", "niedrigster Wert"]
    assert table.rows[1][1:] == ("40,0 %", "40 bis 44", "Quartier 01 (01), Quartier 02 (02)")
    assert table.rows[2][2:] == ("30", "Quartier 04 (04)")
    assert table.rows[3][2:] == ("10", "Quartier 08 (08)")


@pytest.mark.slow
def test_hostile_names_stay_words(analysis, tmp_path):
    districts = analysis.districts.assign(name=HOSTILE)
    hostile = replace(analysis, districts=districts)
    write_report(hostile, tmp_path, kinds=("profiles",), formats=("docx", "html"))
    html = (tmp_path / "profiles.html").read_text(encoding="utf-8")
    assert "<script>" not in html
    assert "default-src 'none'" in html
    with zipfile.ZipFile(tmp_path / "profiles.docx") as archive:
        assert b"<script>" not in archive.read("word/document.xml")
    source = typst_source(report(hostile, "profiles"))
    # Inside strings nothing is code: every mark is quoted.
    assert '\\"x\\"' in source
    assert '#panic("x")' not in source


@pytest.mark.slow
def test_word_has_captions_with_fields_header_rows_and_alternative_texts(analysis, tmp_path):
    write_report(analysis, tmp_path, kinds=("chapter",), formats=("docx",))
    with zipfile.ZipFile(tmp_path / "chapter.docx") as archive:
        xml = archive.read("word/document.xml").decode()
    assert "SEQ Tabelle" in xml
    assert "SEQ Abbildung" in xml
    assert "w:tblHeader" in xml
    assert re.search(r'descr="Karte: Arbeitslosenanteil', xml)
    assert 'w:pStyle w:val="Heading1"' in xml


@pytest.mark.slow
def test_a_template_keeps_its_look_and_loses_its_text(analysis, tmp_path):
    docx = pytest.importorskip("docx")
    template = docx.Document()
    template.add_paragraph("Alter Text der Vorlage")
    template.styles["Heading 1"].font.name = "Amtsschrift"
    template.save(tmp_path / "vorlage.docx")
    write_report(analysis, tmp_path / "out", formats=("docx",), template=tmp_path / "vorlage.docx")
    written = docx.Document(tmp_path / "out" / "chapter.docx")
    assert written.styles["Heading 1"].font.name == "Amtsschrift"
    assert not any("Alter Text" in paragraph.text for paragraph in written.paragraphs)


def test_a_template_that_is_none_is_one_message(analysis, tmp_path):
    (tmp_path / "kaputt.docx").write_text("kein Word")
    with pytest.raises(OutputError, match="Word-Vorlage"):
        write_report(analysis, tmp_path / "out", template=tmp_path / "kaputt.docx")
    assert not list((tmp_path / "out").glob("*.docx"))


@pytest.mark.slow
def test_documents_for_others_do_not_go_into_a_folder_of_results(analysis, tmp_path):
    with replace_folder(tmp_path / "maps", audience="internal") as folder:
        (folder / "atlas.html").write_text("internal")
    for place in (tmp_path / "maps", tmp_path / "maps" / "report"):
        with pytest.raises(OutputError):
            write_report(analysis, place, formats=("html",))
        assert not list(place.glob("*.docx"))


@pytest.mark.slow
def test_unknown_kinds_and_formats_are_refused_at_once(analysis, tmp_path):
    with pytest.raises(OutputError) as caught:
        write_report(analysis, tmp_path / "out", kinds=("kapitel",), formats=("odt",))
    assert len(caught.value.problems) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_context_indicators_are_not_called_unassessable(analysis):
    catalogue = analysis.catalogue.assign(polarity="context")
    cells = [
        table.rows[0][-1] for table in tables(report(replace(analysis, catalogue=catalogue), "profiles"))
    ]
    assert set(cells) == {"nur beschreibend"}


@pytest.mark.slow
def test_a_document_lists_every_word(analysis):
    document = Document(
        title="T",
        subtitle="S",
        language="de",
        audience="A",
        sections=(
            Section(
                name="one", heading="H", blocks=(Paragraph("p"), Figure(caption="c", alt="a", draw=bytes))
            ),
            Section(name="none", heading="nothing below", blocks=()),
        ),
    )
    assert document.text().split("\n") == ["T", "S", "A", "H", "p", "c", "a"]
    with pytest.raises(ValueError, match="2 cells"):
        Table(caption="c", header=("a", "b"), rows=(("x",),))
    assert Facts(analysis).names(analysis.districts.index, most=2).endswith("… (+10)")


def test_neighbours_that_are_alike_without_a_cluster_are_told(analysis):
    clusters = analysis.clusters.assign(label="not significant")
    for p, told in ((0.01, True), (0.4, False)):
        moran = analysis.moran.assign(statistic=0.4, expected=-0.1, p=p)
        words = report(replace(analysis, clusters=clusters, moran=moran), "chapter").text()
        assert ("gleichen sich Nachbarn dort dennoch mehr, als Zufall erklärt" in words) == told
        assert ("Moran-I 0,40" in words) == told
    # Where a cluster is shown, that is what is said.
    found = clusters.copy()
    found.loc[found.index.isin(["05", "06"]), "label"] = "high-high"
    moran = analysis.moran.assign(statistic=0.4, expected=-0.1, p=0.01)
    assert "dennoch" not in report(replace(analysis, clusters=found, moran=moran), "chapter").text()


def test_the_limit_of_a_verdict_is_said(analysis):
    verdicts = analysis.assessment.verdicts.assign(
        verdict="conspicuous (unfavourable)", city=0.1, margin=0.05, difference=0.2
    )
    found = replace(analysis, assessment=replace(analysis.assessment, verdicts=verdicts))
    assert "von der Stadt entfernt ist ein Wert bei: Arbeitslosenanteil über 15,0 %." in report(found).text()
    low = verdicts.assign(difference=-0.2)
    found = replace(analysis, assessment=replace(analysis.assessment, verdicts=low))
    assert "Arbeitslosenanteil unter 5,0 %." in report(found).text()


def test_a_figure_amid_text_goes_to_the_foot_of_a_page_and_no_further_than_its_section():
    figure = Figure(caption="c", alt="a", draw=bytes)
    document = Document(
        title="T",
        subtitle="",
        language="de",
        audience="A",
        sections=(
            Section(name="one", heading="Eins", blocks=(Paragraph("p"), figure, Paragraph("q"), figure)),
            Section(name="two", heading="Zwei", blocks=(figure, Paragraph("r"))),
        ),
    )
    source = typst_source(document)
    # The first stands amid paragraphs; the next waits with it, or would overtake it; that of the next section
    # stays below its heading, and what is kept back is set before that heading.
    assert source.count("placement: bottom") == 2
    assert source.rindex("placement: bottom") < source.index("#place.flush()") < source.index('"Zwei"')


def test_contents_are_enough_where_every_section_has_one_figure(analysis):
    for kind, lists in (("profiles", False), ("indicators", False), ("chapter", True)):
        source = typst_source(report(analysis, kind))
        assert "target: heading.where(level: 1)" in source or kind == "indicators"
        assert ("target: figure.where(kind: table)" in source) == lists, kind


def test_a_city_without_a_value_has_no_empty_row(analysis):
    bare = replace(analysis, city_values=analysis.city_values.assign(value=np.nan, numerator=np.nan))
    assert any(row[0] == "Gesamtstadt" for table in tables(report(analysis)) for row in table.rows)
    assert not any(row[0] == "Gesamtstadt" for table in tables(report(bare)) for row in table.rows)
    heads = [table.header for table in tables(report(bare, "indicators"))]
    assert heads
    assert all("Stadt" not in head for head in heads)


def test_a_resolution_names_every_district(analysis):
    index = analysis.assessment.index.assign(attention="yes", value=1.0)
    found = replace(analysis, assessment=replace(analysis.assessment, index=index))
    proposal = next(section for section in report(found, "council").sections if section.name == "proposal")
    words = " ".join(block.text for block in proposal.blocks)
    assert "(+" not in words
    assert all(f"({key})" in words for key in analysis.districts.index)
