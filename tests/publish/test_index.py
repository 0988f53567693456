"""The start page of a run names its files, says for whom they are, and is harmless."""

import re
from dataclasses import replace

from sozialraum.publish.index import write_index
from sozialraum.publish.tables import all_tables

NAMES = ["atlas.html", "results.gpkg", "results.csv", "provenance.json"]


def test_it_links_every_file_once_and_says_what_it_holds(assessed, tmp_path):
    names = [*NAMES, *(f"{name}.csv" for name in all_tables(assessed) if name != "results")]
    page = write_index(assessed, tmp_path / "index.html", names).read_text("utf-8")
    assert re.findall(r'href="([^"]+)"', page) == names
    assert page.count("<br>") == len(names)
    assert "Sozialraummonitoring Kleinstadt" in page
    assert "Zur Veröffentlichung" in page
    assert "Simulierte Daten" in page
    assert "Zeitangaben: 31.12.2015, 31.12.2016, 31.12.2017" in page


def test_internal_pages_say_so_in_their_language(internal_release, tmp_path):
    page = write_index(internal_release, tmp_path / "index.html", NAMES).read_text("utf-8")
    assert '<html lang="en">' in page
    assert "not for passing on" in page
    assert "For publication" not in page
    assert "Simulated" not in page


def test_names_are_text_and_unknown_files_have_no_line(release, tmp_path):
    hostile = replace(release, city="<script>alert(1)</script>")
    page = write_index(hostile, tmp_path / "index.html", ['a"b&c #1.csv']).read_text("utf-8")
    assert "<script" not in page
    assert 'href="a%22b%26c%20%231.csv"' in page
    assert "<br>" not in page


def test_the_same_analysis_gives_the_same_bytes(release, tmp_path):
    first = write_index(release, tmp_path / "a.html", NAMES).read_bytes()
    assert write_index(release, tmp_path / "b.html", NAMES).read_bytes() == first
