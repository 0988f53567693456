"""Words that people wrote, of every sort, stay words in all documents: they do not run, turn or break."""

import re
import zipfile
from dataclasses import replace
from itertools import cycle

import pandas as pd
import pytest

from sozialraum.publish.direction import straight
from sozialraum.publish.report.facts import Facts
from sozialraum.publish.report.formats.pdf import typst_source
from sozialraum.publish.report.write import KINDS, report, write_report

HOSTILE = (
    "\u202egnurhekmU\u2066 \u05d0\u05d1\u05d2",
    '</p></td><script>alert(1)</script>"; #panic("x") $x$ ]#eval("1") \\',
    "Donaudampfschifffahrts" * 14,
    "=1+1 {{ 7 * 7 }} & \u2028 \x0b]]>",
)
WRITTEN = (
    *(
        "name",
        "text",
        "owner",
        "reason",
        "provider",
        "lead_office",
        "indicator_label",
        "assumption",
        "evidence",
    ),
    *("output", "unit", "paper", "subject", "themes", "agreed_with"),
)
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060606000000005"
    "0001a5f645400000000049454e44ae426082"
)


def poisoned(frame, columns, words):
    """Return a frame in whose columns every text that somebody wrote is hostile."""
    found = frame.copy()
    for column in found.columns.intersection(columns):
        found[column] = [next(words) if isinstance(cell, str) else cell for cell in found[column]]
    return found


@pytest.fixture(scope="module")
def poison(musterstadt_demo):
    run, words = musterstadt_demo["run"], cycle(HOSTILE)
    labels = ["label_de", "description_de", "source", "theme"]
    analysis = replace(
        run.analysis,
        city=HOSTILE[1],
        districts=run.analysis.districts.assign(
            name=[next(words) for _ in run.analysis.districts.index], stadtbezirk_name=HOSTILE[0]
        ),
        catalogue=poisoned(run.analysis.catalogue, labels, words),
    )
    programme = replace(
        run.programme,
        sheets=replace(
            run.programme.sheets,
            sheets={
                name: replace(sheet, frame=poisoned(sheet.frame, WRITTEN, words))
                for name, sheet in run.programme.sheets.sheets.items()
            },
        ),
        tables={
            name: poisoned(table, (*WRITTEN, "sentence"), words)
            for name, table in run.programme.tables.items()
        },
    )
    return analysis, programme


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(Facts, "drawn", lambda *_, **__: lambda: DOT)


ASKED = [kind for kind in KINDS if kind not in ("profiles", "visits")]


@pytest.mark.slow
def test_in_word_and_html_words_stay_words(poison, tmp_path):
    analysis, programme = poison
    write_report(analysis, tmp_path, kinds=ASKED, formats=("docx", "html"), result=programme)
    for kind in ASKED:
        page = (tmp_path / f"{kind}.html").read_text("utf-8")
        assert "<script" not in page, kind
        assert straight(page) == page, kind
        with zipfile.ZipFile(tmp_path / f"{kind}.docx") as archive:
            xml = archive.read("word/document.xml").decode()
        assert "<script" not in xml, kind
        assert "&lt;script&gt;" in xml or "script" not in xml, kind
        assert straight(xml) == xml, kind
        # A name of another script keeps its letters.
        assert "\u05d0\u05d1\u05d2" in xml or kind in ("indicators", "appendix"), kind


def test_in_a_pdf_nothing_runs(poison, tmp_path):
    pytest.importorskip("typst")
    analysis, programme = poison
    for kind in ("plans", "council"):
        source = typst_source(report(analysis, kind, result=programme))
        # Outside of strings there is not one word of theirs.
        outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", source)
        for word in ("panic", "eval", "script", "gnurhekmU", "Donau"):
            assert word not in outside, (kind, word)
        assert straight(source) == source
    write_report(analysis, tmp_path, kinds=("plans",), formats=("pdf",), result=programme)
    assert (tmp_path / "plans.pdf").read_bytes().startswith(b"%PDF")


def test_letters_stay_and_what_turns_them_goes():
    assert straight("a\u202eb\u2066c\u200f") == "abc"
    assert straight("\u05d0\u05d1 – Ä") == "\u05d0\u05d1 – Ä"  # noqa: RUF001 - a dash
    assert pd.Series(HOSTILE).map(straight).str.contains("[\u202a-\u202e]").sum() == 0
