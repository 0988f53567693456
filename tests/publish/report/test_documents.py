"""Documents read back from their files: numbers, hidden counts, languages, templates, length."""

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hidden import Search, records

from sozialraum.errors import OutputError
from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse
from sozialraum.publish.report.blocks import markdown, read_blocks
from sozialraum.publish.report.content import Heading, Mark, Paragraph, Section, Table
from sozialraum.publish.report.documents.council import council_paper, fitted
from sozialraum.publish.report.facts import Facts
from sozialraum.publish.report.pages import pages
from sozialraum.publish.report.write import possible_kinds, report, section_names, write_report
from sozialraum.publish.results.workbook import write_workbook
from sozialraum.publish.tables import results_table, write_csv

pytestmark = pytest.mark.slow

ASSESSED = {"[statistics]": '[assessment]\nindicators = ["unemployment"]\nresamples = 20\n[statistics]'}
SMALL = {"03;2020;30;": "03;2020;1;"}


_MADE = {}


@pytest.fixture
def analysis(small_city):
    """Twelve districts, two years, one count of 1, for the public; computed once, for it is frozen."""
    if "city" not in _MADE:
        _MADE["city"] = analyse(load_project(small_city(table=SMALL, project=ASSESSED)))
    return _MADE["city"]


@pytest.fixture
def folder(tmp_path):
    """An empty folder for text blocks."""
    (tmp_path / "texte").mkdir()
    return tmp_path / "texte"


def words_of_docx(path):
    """Return the text of a Word file as a reader sees it: paragraphs and cells, fields included."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, flags=re.DOTALL)
    return ["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", one)) for one in paragraphs]


def words_of_pdf(path):
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext (poppler-utils) is not there")
    found = subprocess.run([pdftotext, "-layout", str(path), "-"], capture_output=True, check=True)
    return found.stdout.decode().replace("\u00ad", "")


def shown(value, decimals=1):
    return f"{value:.{decimals}f}".replace(".", ",")


@pytest.mark.slow
def test_every_number_of_a_profile_is_in_results_csv(analysis, tmp_path):
    # Read back from the CSV that an office opens, not from the objects that made the document.
    write_csv(results_table(analysis), tmp_path / "results.csv", "de")
    results = pd.read_csv(tmp_path / "results.csv", sep=";", decimal=",", dtype={"district": str})
    write_report(analysis, tmp_path, kinds=("profiles",), formats=("docx",))
    lines = words_of_docx(tmp_path / "profiles.docx")
    last = results[results["date"] == "2020-12-31"].set_index("district")
    first = results[results["date"] == "2019-12-31"].set_index("district")
    checked = 0
    for key, row in last.iterrows():
        start = max(place for place, line in enumerate(lines) if line == f"Quartier {key} ({key})")
        cells = lines[lines.index("Arbeitslosenanteil", start) :][:6]
        if np.isnan(row["value"]):
            assert cells[1:3] == ["geheim gehalten", "–"]  # noqa: RUF001 - a dash
            continue
        assert cells[1] == f"{shown(100 * row['value'])} %"
        assert cells[2] == f"{shown(100 * row['lower'])} – {shown(100 * row['upper'])}"  # noqa: RUF001 - a range
        moved = 100 * (row["value"] - first.loc[key, "value"])
        told = f"{moved:+.1f} Prozentpunkte".replace(".", ",").replace("-", "−")  # noqa: RUF001 - the minus
        assert cells[4] == ("–" if np.isnan(moved) else told.replace("+0,0", "0,0"))  # noqa: RUF001 - a dash
        checked += 1
    assert checked >= 8


NUMBER = re.compile(r"(?<![\w.,])[−+]?\d{1,3}(?:\.\d{3})*(?:,\d+)? %")  # noqa: RUF001 - the real minus


@pytest.mark.slow
def test_every_percentage_of_the_chapter_is_in_results_csv(analysis, tmp_path):
    pytest.importorskip("typst")
    write_report(analysis, tmp_path, kinds=("chapter",), formats=("docx", "pdf"))
    results = results_table(analysis)
    values = pd.concat([results[name] for name in ("value", "lower", "upper")]).dropna()
    median = results[results["date"] == "2020-12-31"]["value"].median()
    allowed = {f"{shown(100 * value)} %" for value in [*values, *analysis.city_values["value"], median]}
    # Of the method, not of the results: level of the test; and shares of redraws are whole per cent.
    allowed |= {"5 %"}
    for words in (
        "\n".join(words_of_docx(tmp_path / "chapter.docx")),
        words_of_pdf(tmp_path / "chapter.pdf"),
    ):
        found = {match[0] for match in NUMBER.finditer(words)}
        found = {one for one in found if "," in one}
        assert len(found) >= 5
        assert found <= allowed, sorted(found - allowed)


def test_counts_of_the_extremes_are_in_results_csv(analysis):
    table = next(
        block
        for block in report(analysis, "chapter").blocks
        if isinstance(block, Table) and "höchste und niedrigste" in block.caption
    )
    rows = analysis.indicators[analysis.indicators["date"] == "2020-12-31"]
    city = analysis.city_values[analysis.city_values["date"] == "2020-12-31"].iloc[0]
    assert table.rows[0][1:3] == (f"{shown(100 * city['value'])} %", shown(city["numerator"], 0))
    for place, value, count, who in table.rows[1:]:
        key = re.search(r"\((\d\d)\)$", who)[1]
        assert value == f"{shown(100 * rows.loc[key, 'value'])} %", place
        assert count == shown(rows.loc[key, "numerator"], 0), place


@pytest.mark.slow
@pytest.mark.parametrize("form", ["docx", "html"])
def test_no_file_of_a_public_document_holds_a_hidden_count(small_city, tmp_path, form):
    # Two of 98,765 people, a number that occurs nowhere else; then the attacker searches every file.
    rare = {"03;2020;30;1030": "03;2020;2;98765"}
    made = analyse(load_project(small_city(table=rare, project=ASSESSED)))
    hidden = made.indicators[made.indicators["flag"] == "suppressed"]
    assert "03" in hidden.index
    write_report(
        made, tmp_path, kinds=[k for k in possible_kinds(programme=False) if k != "figures"], formats=(form,)
    )
    for path in tmp_path.glob(f"*.{form}"):
        words = " ".join(words_of_docx(path)) if form == "docx" else path.read_text(encoding="utf-8")
        assert "98.765" not in words.replace("\u00a0", ""), path.name
        assert "98765" not in words, path.name


DOCUMENTS = tuple(kind for kind in possible_kinds(programme=False) if kind != "figures")


@pytest.fixture
def known(small_city):
    """The same city as its office knows it."""
    if "internal" not in _MADE:
        project = load_project(small_city(table=SMALL, project=ASSESSED))
        _MADE["internal"] = analyse(project, audience="internal")
    return _MADE["internal"]


@pytest.mark.slow
def test_the_search_for_hidden_figures_finds_nothing_in_public_documents(analysis, known, tmp_path):
    search = Search(known, analysis)
    assert len(search.hidden) >= 2
    write_report(analysis, tmp_path, kinds=DOCUMENTS, formats=("docx",))
    for path in sorted(tmp_path.glob("*.docx")):
        assert records(path), path.name
        assert search.told(path) == [], path.name


@pytest.mark.slow
@pytest.mark.parametrize("form", ["docx", "html"])
def test_the_search_finds_what_an_internal_document_tells(analysis, known, tmp_path, form):
    write_report(known, tmp_path, kinds=("profiles",), formats=(form,))
    search = Search(known, analysis)
    told = {cell[:3] for cell in search.told(tmp_path / f"profiles.{form}")}
    latest = {cell for cell in search.hidden.index if cell[2] == "2020-12-31"}
    assert latest
    assert latest <= told


def test_the_search_finds_nothing_in_a_public_workbook_and_everything_in_an_internal_one(
    analysis, known, tmp_path
):
    search = Search(known, analysis)
    told = {}
    for name, made in (("public", analysis), ("internal", known)):
        write_workbook(made, tmp_path / f"{name}.xlsx")
        assert records(tmp_path / f"{name}.xlsx")
        told[name] = {cell[:3] for cell in search.told(tmp_path / f"{name}.xlsx")}
    assert told["public"] == set()
    # A share of few digits (2,1 %) points to nothing, and is not looked for.
    rows = search.hidden["value"]
    assert set(rows.index[(10_000 * rows % 1).between(1e-6, 1 - 1e-6)]) <= told["internal"]
    assert told["internal"]


@pytest.mark.slow
def test_moving_a_hidden_count_moves_no_public_document(small_city, tmp_path):
    written = []
    for count in (1, 2):
        table = {"03;2020;30;": f"03;2020;{count};"}
        made = analyse(load_project(small_city(tmp_path / "same", table=table, project=ASSESSED)))
        assert made.indicators.loc["03"].set_index("date").loc["2020-12-31", "flag"] == "suppressed"
        folder = tmp_path / f"count{count}"
        write_report(made, folder, kinds=DOCUMENTS, formats=("html",))
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert written[0] == written[1]


@pytest.mark.slow
def test_english_documents_hold_no_german(small_city):
    english = {"city = ": 'language = "en"\ncity = ', **ASSESSED}
    made = analyse(load_project(small_city(table=SMALL, project=english)))
    german = re.compile(
        r"\b(und|der|die|das|nicht|Gebiete?|Stichtag|Abbildung|Tabelle|Quelle|bis|hoch|geheim|ist|sind)\b"
    )
    for kind in possible_kinds(programme=False):
        if kind != "figures":
            words = report(made, kind).text()
            # The city's own words have no translation.
            for own in ("Quartier", "Klein-Musterstadt", "Arbeitslose an allen 15- bis 64-Jährigen"):
                words = words.replace(own, "")

            assert german.findall(words) == [], kind


def docx_template(path):
    """A city's template: A5-like page, a header over two sections, a footer, a look of its own."""
    docx = pytest.importorskip("docx")
    word = docx.Document()
    first = word.sections[0]
    first.header.paragraphs[0].text = "Stadt Beispielhausen"
    first.footer.paragraphs[0].text = "Amt für Statistik"
    word.add_paragraph("Alter Text der Vorlage")
    second = word.add_section()
    second.page_width, second.left_margin, second.right_margin = (
        docx.shared.Mm(150),
        docx.shared.Mm(20),
        docx.shared.Mm(20),
    )
    word.styles["Heading 1"].font.name = "Amtsschrift"
    word.styles.element.remove(word.styles["Caption"].element)
    word.save(path)


@pytest.mark.slow
def test_a_template_keeps_header_footer_page_and_look(analysis, tmp_path):
    docx = pytest.importorskip("docx")
    docx_template(tmp_path / "vorlage.docx")
    write_report(analysis, tmp_path / "out", formats=("docx",), template=tmp_path / "vorlage.docx")
    written = docx.Document(tmp_path / "out" / "chapter.docx")
    section = written.sections[-1]
    assert section.header.paragraphs[0].text == "Stadt Beispielhausen"
    footer = [paragraph.text for paragraph in section.footer.paragraphs]
    assert footer[0] == "Amt für Statistik"
    assert any("Veröffentlichung" in line for line in footer)
    width = section.page_width - section.left_margin - section.right_margin
    assert max(shape.width for shape in written.inline_shapes) == width
    assert written.styles["Heading 1"].font.name == "Amtsschrift"
    # What the template lacked is added: captions are captions in it, too.
    assert any(paragraph.style.name == "Caption" for paragraph in written.paragraphs)
    assert not any("Alter Text" in paragraph.text for paragraph in written.paragraphs)


@pytest.mark.slow
def test_word_lists_figures_and_tables_and_updates_them(analysis, tmp_path):
    write_report(analysis, tmp_path, formats=("docx",))
    with zipfile.ZipFile(tmp_path / "chapter.docx") as archive:
        xml = archive.read("word/document.xml").decode()
        settings = archive.read("word/settings.xml").decode()
    for field in (r'TOC \o "1-1"', r'TOC \h \z \c "Abbildung"', r'TOC \h \z \c "Tabelle"'):
        assert field in xml
    assert "w:updateFields" in settings
    # The lists' own headings stay out of the contents that Word and LibreOffice make anew.
    lists = re.findall(r'<w:pPr><w:pStyle w:val="TOCHeading"/>.*?</w:pPr>', xml)
    assert len(lists) == 3
    assert all('<w:outlineLvl w:val="9"/>' in one for one in lists)
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors
    assert anchors <= set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="([^"]+)"', xml))
    starts = re.findall(r'w:bookmarkStart w:id="(\d+)"', xml)
    assert len(starts) == len(set(starts))


@pytest.mark.slow
def test_the_same_document_gives_the_same_bytes(analysis, tmp_path):
    for name in ("one", "two"):
        write_report(analysis, tmp_path / name, kinds=("appendix",), formats=("docx", "html"))
    for form in ("docx", "html"):
        files = [(tmp_path / name / f"appendix.{form}").read_bytes() for name in ("one", "two")]
        assert files[0] == files[1]


def test_a_pdf_is_tagged_with_fonts_inside(analysis, tmp_path):
    pytest.importorskip("typst")
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts (poppler-utils) is not there")
    write_report(analysis, tmp_path, kinds=("appendix",), formats=("pdf",))
    path = str(tmp_path / "appendix.pdf")
    told = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged:\s+yes", told)
    fonts = (
        subprocess.run(["pdffonts", path], capture_output=True, check=True).stdout.decode().splitlines()[2:]
    )
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)


class TestTextBlocks:
    def test_markdown_is_words_and_nothing_else(self):
        found = markdown(
            "# Lage\n\nEin *Satz* mit **Nachdruck**\nund {x} <b>$y$</b>.\n\n- eins\n- zwei", first=2
        )
        assert found[0] == Heading("Lage", 2)
        assert found[1].text == "Ein Satz mit Nachdruck und {x} <b>$y$</b>."
        assert found[1].marks == (Mark(4, 8, "emphasis"), Mark(13, 22, "strong"))
        assert [block.style for block in found[2:]] == ["bullet", "bullet"]

    def test_an_author_replaces_adds_and_frames(self, analysis, folder):
        names = section_names(analysis)
        for name, words in {
            "chapter.glance.md": "Eigene Worte.",
            "chapter.city.before.md": "Davor.",
            "chapter.city.after.md": "Danach.",
            "chapter.foreword.md": "# Vorwort\n\nZum Geleit.",
            "profiles.05.after.md": "Hier steht die neue Schule.",
            "README.md": "nichts",
        }.items():
            (folder / name).write_text(words, encoding="utf-8")
        texts = read_blocks(folder, names)
        chapter = report(analysis, "chapter", texts=texts)
        heads = [block.text for block in chapter.blocks if isinstance(block, Heading)]
        assert heads[:2] == ["Vorwort", "Auf einen Blick"]
        sections = {section.name: section for section in chapter.sections}
        assert [block.text for block in sections["glance"].blocks] == ["Eigene Worte."]
        assert sections["city"].blocks[0] == Paragraph("Davor.")
        assert sections["city"].blocks[-1] == Paragraph("Danach.")
        assert any(isinstance(block, Table) for block in sections["city"].blocks)
        profile = report(analysis, "profiles", texts=texts)
        own = next(section for section in profile.sections if section.name == "05")
        assert own.blocks[-1].text == "Hier steht die neue Schule."

    @pytest.mark.parametrize(
        "name", ["chapter.glanse.md", "kapitel.md", "chapter.glance.txt", "profiles.99.md"]
    )
    def test_a_name_that_is_no_section_is_an_error(self, analysis, folder, name):
        (folder / name).write_text("x", encoding="utf-8")
        with pytest.raises(OutputError, match="Textbaustein"):
            read_blocks(folder, section_names(analysis))

    def test_a_text_whose_section_is_not_there_is_not_lost_silently(self, analysis, folder):
        quiet = next(key for key in analysis.districts.index if key not in _conspicuous(analysis))
        (folder / f"visits.{quiet}.md").write_text("x", encoding="utf-8")
        texts = read_blocks(folder, section_names(analysis))
        with pytest.raises(OutputError, match="fiele weg"):
            report(analysis, "visits", texts=texts)

    @pytest.mark.slow
    def test_hostile_words_stay_words(self, analysis, folder):
        pytest.importorskip("typst")
        hostile = '#panic("x") $x$ ]#eval("1") <script>alert(1)</script> **#read("/etc/passwd")** \\'
        (folder / "chapter.glance.md").write_text(hostile, encoding="utf-8")
        write_report(analysis, folder.parent / "out", formats=("html", "pdf", "docx"), texts=folder)
        assert "<script>" not in (folder.parent / "out" / "chapter.html").read_text(encoding="utf-8")
        assert "#panic" in words_of_pdf(folder.parent / "out" / "chapter.pdf")


def _conspicuous(analysis):
    rows = analysis.assessment.verdicts
    return set(rows.index[rows["verdict"].astype(str) == "conspicuous (unfavourable)"])


class TestCouncilPaper:
    def names(self, document):
        return [section.name for section in document.sections]

    def test_short_reasons_have_no_summary(self, analysis):
        paper = report(analysis, "council")
        assert "summary" not in self.names(paper)
        assert self.names(paper)[:3] == ["subject", "proposal", "reasons"]

    def test_long_reasons_begin_with_one(self, analysis, folder):
        (folder / "council.situation.after.md").write_text(
            "\n\n".join(["Viel Text. " * 60] * 40), encoding="utf-8"
        )
        texts = read_blocks(folder, section_names(analysis))
        paper = report(analysis, "council", texts=texts)
        assert self.names(paper).index("summary") < self.names(paper).index("reasons")
        summary = next(section for section in paper.sections if section.name == "summary")
        assert summary.blocks

    def test_the_border_is_three_pages(self, analysis):
        whole = council_paper(Facts(analysis))

        def with_lines(number):
            more = Section(name="money", heading="", blocks=tuple(Paragraph("Satz.") for _ in range(number)))
            kept = [section for section in whole.sections if section.name not in ("money", "situation")]
            return replace(whole, sections=(*kept, more))

        def length(document):
            reasons = [one for one in document.sections if one.name not in ("subject", "proposal", "summary")]
            return pages(replace(document, title="", subtitle="", sections=tuple(reasons)))

        short, long = with_lines(30), with_lines(200)
        assert length(short) <= 3 < length(long)
        assert "summary" not in self.names(fitted(short))
        assert "summary" in self.names(fitted(long))


def test_documents_of_a_programme_need_one(analysis, tmp_path):
    for kind in ("plans", "programme"):
        with pytest.raises(OutputError, match="braucht ein Programm"):
            write_report(analysis, tmp_path / "out", kinds=(kind,))
    assert not list((tmp_path / "out").glob("*.docx"))


def test_nothing_tested_is_not_nothing_found(analysis):
    found = analysis.assessment.verdicts.assign(verdict="not assessable")
    untested = replace(analysis, assessment=replace(analysis.assessment, verdicts=found))
    words = report(untested, "chapter").text()
    assert "Ohne Fallzahlen lässt sich nicht prüfen" in words
    assert "Kein Gebiet unterscheidet sich" not in words
    assert "Ohne Fallzahlen" in report(untested, "visits").text()
