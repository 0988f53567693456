"""The selection board: a draft beside the proposal, saved as a sheet that the programme reads."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from sozialraum.programme.register import read_programme

pytestmark = pytest.mark.browser

CATCH = """
window.saved = null;
URL.createObjectURL = (blob) => { blob.arrayBuffer().then((got) => {
    window.saved = Array.from(new Uint8Array(got)); }); return "#"; };
"""


def _saved(viewer):
    viewer.script(CATCH)
    viewer.one("#board-save").click()
    WebDriverWait(viewer.driver, 5).until(lambda _: viewer.script("return window.saved !== null"))
    return bytes(viewer.script("return window.saved"))


def _load(viewer, path):
    viewer.one("#board-file").send_keys(str(path))
    WebDriverWait(viewer.driver, 5).until(lambda _: viewer.text("#board-told"))
    return viewer.text("#board-told")


def _reason(viewer, place, told):
    viewer.one(f'#board-rows input[data-reason="{place}"]').send_keys(told)


def test_the_draft_is_saved_as_the_programme_reads_it_and_loaded_again(viewer, tmp_path):
    viewer.open("#view=attention&district=03")
    assert viewer.text("#panel-board") == "In die Auswahl"
    viewer.one("#panel-board").click()
    assert viewer.text("#panel-board") == "Aus der Auswahl nehmen"
    viewer.one("#open-board").click()
    # 01 and 02 need attention; 03 does not, but is in the draft: three differences, no reason yet.
    assert "Gebiete im Entwurf: 1" in viewer.text("#board-summary")
    assert "ohne Begründung: 3" in viewer.text("#board-summary")
    viewer.one("#board-proposed").click()
    assert "Gebiete im Entwurf: 3" in viewer.text("#board-summary")
    assert "31.12.2017: 2" in viewer.text("#board-summary")
    assert "ohne Begründung: 1" in viewer.text("#board-summary")
    _reason(viewer, 2, '-1+1; "Bahn"')
    assert "ohne Begründung" not in viewer.text("#board-summary")
    viewer.one('#board-rows input[data-draft="1"]').click()
    assert "ohne Begründung: 1" in viewer.text("#board-summary")
    _reason(viewer, 1, "läuft aus")
    Select(viewer.one("#board-body")).select_by_value("Ausschuss")
    content = _saved(viewer)
    assert content.startswith(b"\xef\xbb\xbfKennung;Gebiet;Jahr;Vorschlag;Entscheidung;")
    assert b";\"'-1+1; " in content
    path = tmp_path / "auswahlentscheidungen.csv"
    path.write_bytes(content)
    rows = read_programme(path)["decisions"].set_index("district")
    assert rows["decision"].to_dict() == {"01": "include", "02": "refuse", "03": "include"}
    assert rows["proposal"].to_dict() == {"01": "include", "02": "include", "03": "refuse"}
    assert rows.loc["03", "reason"] == '-1+1; "Bahn"'
    assert set(rows["body"]) == {"committee"}
    viewer.open("#view=attention")
    viewer.one("#open-board").click()
    assert _load(viewer, path) == "Geladen: 3 Gebiete; unbekannt: 0."
    assert _saved(viewer) == content
    assert viewer.errors() == []


def test_a_foreign_file_changes_nothing(viewer, tmp_path):
    viewer.open("#district=03")
    viewer.one("#panel-board").click()
    viewer.one("#open-board").click()
    foreign = tmp_path / "a.csv"
    foreign.write_text("a;b\n1;2\n", "utf-8")
    assert "nichts wurde geändert" in _load(viewer, foreign)
    assert "Gebiete im Entwurf: 1" in viewer.text("#board-summary")


def test_escape_closes_the_board_and_leaves_the_profile(viewer):
    viewer.open("#district=03")
    viewer.one("#open-board").send_keys(Keys.ENTER)
    assert viewer.one("#board").is_displayed()
    viewer.keys(Keys.ESCAPE)
    assert not viewer.one("#board").is_displayed()
    assert viewer.one("#panel").is_displayed()


def test_a_formula_is_not_saved_as_a_reason(viewer):
    viewer.open()
    viewer.one("#open-board").click()
    _reason(viewer, 0, "=1+1")
    viewer.script(CATCH)
    viewer.one("#board-save").click()
    assert viewer.script("return window.saved") is None
    assert viewer.script("return document.querySelector('[data-reason=\"0\"]').validity.patternMismatch")
