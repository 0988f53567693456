"""The selection board: a draft beside the proposal, saved as a sheet that the programme reads."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait
from typer.testing import CliRunner

from sozialraum.cli import app
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
    WebDriverWait(viewer.driver, 60).until(lambda _: viewer.script("return window.saved !== null"))
    return bytes(viewer.script("return window.saved"))


def _load(viewer, path):
    viewer.one("#board-file").send_keys(str(path))
    WebDriverWait(viewer.driver, 60).until(lambda _: viewer.text("#board-told"))
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


def _common(viewer):
    return {
        row.find_element("css selector", "th").text: [
            cell.text for cell in row.find_elements("css selector", "td")
        ]
        for row in viewer.all("#board-common tbody tr")
    }


def test_the_draft_tells_what_it_has_in_common(viewer):
    viewer.open("#view=attention")
    viewer.one("#open-board").click()
    viewer.one("#board-proposed").click()
    # 320 and 300 of 1,000 children each; both conspicuous; 01 and 02 share a border.
    assert _common(viewer) == {"Kinderarmut": ["31,0 %", "18,0 %", "2 von 2"]}
    assert "Die Gebiete hängen zusammen." in viewer.text("#board-shared")
    assert "Menschen" not in viewer.text("#board-shared"), "nobody may be counted here"
    Select(viewer.one("#board-add")).select_by_visible_text("Hafen")
    assert "2 getrennte Teile" in viewer.text("#board-shared")
    assert _common(viewer)["Kinderarmut"] == ["22,7 %", "18,0 %", "2 von 3"]


def test_districts_are_found_by_conditions(viewer):
    viewer.open()
    viewer.one("#open-board").click()
    viewer.one(".criteria-box summary").click()
    viewer.one(".criterion-line input").send_keys("28")
    # 05 has 29.0 per cent; 06 has 27.0.
    assert viewer.text("#criteria-told") == "3 Gebiete erfüllen das: Altstadt, Bergheim, Eichhof"
    viewer.one("#criteria-take").click()
    assert "Gebiete im Entwurf: 3" in viewer.text("#board-summary")


def test_the_draft_survives_a_reload_and_can_be_discarded(viewer):
    viewer.open("#district=03")
    viewer.one("#panel-board").click()
    viewer.one("#open-board").click()
    _reason(viewer, 2, "Neubau")
    viewer.one("#board-paper").send_keys("12/2026", Keys.TAB)
    viewer.open("#district=03", forget=False)
    assert viewer.text("#panel-board") == "Aus der Auswahl nehmen"
    viewer.one("#open-board").click()
    assert viewer.one('input[data-reason="2"]').get_property("value") == "Neubau"
    assert viewer.one("#board-paper").get_property("value") == "12/2026"
    viewer.one("#board-clear").click()
    assert "Gebiete im Entwurf: 0" in viewer.text("#board-summary")
    viewer.open("#district=03", forget=False)
    assert viewer.text("#panel-board") == "In die Auswahl"
    assert viewer.errors() == []


def test_a_browser_that_remembers_nothing_has_a_board_all_the_same(viewer):
    forbid = """Object.defineProperty(window, "localStorage",
        { get() { throw new DOMException("no", "SecurityError"); } });"""
    found = viewer.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": forbid})
    try:
        viewer.open("#district=03")
        viewer.one("#panel-board").click()
        assert viewer.text("#panel-board") == "Aus der Auswahl nehmen"
        assert viewer.errors() == []
    finally:
        viewer.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", found)


EARLIER = """Kennung;Gebiet;Jahr;Vorschlag;Entscheidung;Begründung;Datum;Gremium;Vorlage;Gültig ab;Gültig bis
D9;99;2015;aufnehmen;aufnehmen;liegt heute in der Nachbarstadt;14.03.2015;Rat;1/2015;01.04.2015;31.03.2017
D1;01;2015;aufnehmen;aufnehmen;;14.03.2015;Rat;1/2015;01.04.2015;
D2;02;2015;aufnehmen;zurückstellen;Sanierung läuft;14.03.2015;Rat;1/2015;;
"""


def test_what_was_decided_before_is_kept_and_the_programme_accepts_the_sheet(viewer, tmp_path):
    path = tmp_path / "programm" / "auswahlentscheidungen.csv"
    path.parent.mkdir()
    path.write_text(EARLIER, "utf-8-sig")
    viewer.open("#view=attention")
    viewer.one("#open-board").click()
    assert _load(viewer, path) == "Geladen: 2 Gebiete; unbekannt: 1."
    # Nothing was changed: the sheet is what it was, word for word.
    assert _saved(viewer).decode("utf-8-sig").splitlines() == EARLIER.splitlines()
    viewer.script(
        "const day = document.getElementById('board-day'); day.value = '2026-03-02';"
        "day.dispatchEvent(new Event('change'));"
    )
    viewer.one('#board-rows input[data-draft="1"]').click()
    saved = _saved(viewer)
    path.write_bytes(saved)
    lines = saved.decode("utf-8-sig").splitlines()
    assert lines[:4] == EARLIER.splitlines()
    assert lines[4:] == ["E-2026-02;02;2026;aufnehmen;aufnehmen;Sanierung läuft;2026-03-02;Rat;1/2015;;"]
    checked = CliRunner().invoke(app, ["programme", "check", str(path.parent)])
    assert checked.exit_code == 0, checked.output
