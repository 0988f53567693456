"""The atlas as its reader sees it: in a browser that has no network."""

import json
import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from sozialraum.publish.atlas.write import atlas, write_atlas

pytestmark = pytest.mark.browser


def test_no_request_and_no_error_in_any_combination(reader, watched):
    reader.watch(watched)
    reader.open()
    for indicator in ("poor", "parks", "old"):
        reader.choose(indicator=indicator)
        for view in ("clusters", "values"):
            reader.choose(view=view)
            options = Select(reader.one("#choose-date")).options
            for date in [option.get_attribute("value") for option in options]:
                reader.choose(date=date)
                counts, total = reader.legend()
                assert sum(counts.values()) == total == 12
                assert len(reader.fills()) == 12
                assert all(reader.fills())
    assert reader.errors() == []
    assert reader.requests() <= {"file", "data"}


def test_the_policy_stops_what_a_page_would_fetch(reader, watched):
    reader.watch(watched)
    reader.open()
    reader.script("new Image().src = 'https://example.org/pixel.png'")
    WebDriverWait(reader.driver, 60).until(
        lambda _: (found := reader.errors()) and "Content Security" in found[0]
    )
    messages = [json.loads(entry["message"])["message"] for entry in reader.driver.get_log("performance")]
    failed = [message["params"] for message in messages if message["method"] == "Network.loadingFailed"]
    assert [failure["blockedReason"] for failure in failed] == ["csp"]


def test_a_script_that_the_page_did_not_bring_does_not_run(reader):
    reader.open()
    reader.script("""
        const script = document.createElement("script");
        script.textContent = "window.harmed = 1";
        document.body.append(script);
        const picture = document.createElement("img");
        picture.setAttribute("onerror", "window.harmed = 2");
        picture.src = "data:,";
        document.body.append(picture);
    """)
    WebDriverWait(reader.driver, 60).until(
        lambda _: (found := reader.errors()) and "Content Security" in found[0]
    )
    assert reader.script("return window.harmed === undefined")


def test_it_starts_with_the_newest_date_and_says_what_it_shows(reader):
    reader.open()
    assert reader.text("#map-caption") == "Kinderarmut, 31.12.2017 · Werte in Klassen"
    assert reader.driver.title == "Sozialraumatlas Kleinstadt"
    assert reader.text(".mark.simulated").startswith("Simulierte Daten")
    assert "nichts über einzelne Menschen" in reader.text(".never")


def test_value_classes_are_the_same_at_all_dates(reader):
    reader.open()
    newest = list(reader.legend()[0])
    reader.choose(date="2015-12-31")
    assert list(reader.legend()[0])[:5] == newest[:5]
    assert newest[4] == "4,0 bis 8,2"


def test_flags_have_their_own_entries_and_patterns(reader):
    reader.open()
    counts, _ = reader.legend()
    assert counts["Keine Angabe"] == 0
    assert counts["Geheim gehalten"] == 1
    assert counts["Nicht anwendbar"] == 1
    assert "In 1 Gebiet ist der Wert unsicher" in reader.text("#legend-notes")
    assert reader.fills()[10] == "url(#pattern-suppressed)"
    assert reader.fills()[11] == "url(#pattern-not-applicable)"
    reader.choose(date="2016-12-31")
    assert reader.legend()[0]["Keine Angabe"] == 1
    assert reader.fills()[2] == "url(#pattern-missing)"


def test_clusters_have_fixed_colours_whatever_occurs(reader):
    reader.open("#view=clusters")
    counts, _ = reader.legend()
    assert list(counts)[:6] == [
        "Hoch-Hoch", "Niedrig-Niedrig", "Niedrig-Hoch", "Hoch-Niedrig", "Nicht signifikant", "Ohne Nachbarn",
    ]  # fmt: skip
    assert [counts["Hoch-Hoch"], counts["Ohne Nachbarn"], counts["Geheim gehalten"]] == [3, 1, 1]
    fills = reader.fills()
    assert (fills[0], fills[3], fills[6]) == ("#8e1222", "#5f9bd0", "#a9cbe0")
    assert fills[11] == "url(#pattern-isolated)"
    notes = reader.text("#legend-notes")
    assert "ähnliche Werte häufiger beieinander, als der Zufall es erklärt." in notes
    assert "p < " not in notes
    reader.one("#about-sure summary").click()
    assert "Moran's I = 0,42, p < 0,001, 10 Gebiete" in reader.text("#reading-sure")


def test_without_clusters_the_page_says_so(reader):
    reader.open("#indicator=poor&date=2015-12-31&view=clusters")
    assert "keine Cluster berechnet" in reader.text("#legend-notes")
    assert reader.legend()[0]["Nicht bestimmbar"] == 10


def test_a_click_on_the_map_opens_the_district(reader):
    reader.open()
    reader.paths()[0].click()
    panel = reader.text("#panel")
    for expected in (
        "Altstadt", "Mitte · Schlüssel 01", "32,0 %", "30,0 bis 34,0 %", "320 von 1.000",
        "18,0 %",
        "13,5 %", "Hoch-Hoch", "auch die Nachbargebiete haben hohe Werte",
    ):  # fmt: skip
        assert expected in panel
    assert "p < " not in panel, "figures of the test are for those who open them"
    assert "Rang" not in panel, "a public page ranks nobody"
    assert "2015: 30,0" in reader.one("#panel .block:nth-of-type(3) svg").get_attribute("aria-label")
    assert reader.script("return document.activeElement.id") == "panel-name"
    reader.one("#panel details.numbers summary").click()
    assert "p < 0,001" in reader.text("#panel")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("11", "Geheim gehalten"), ("12", "Nicht anwendbar"), ("10", "Der Wert ist unsicher")],
)
def test_a_cell_without_a_sure_value_says_why(reader, key, expected):
    reader.open(f"#district={key}")
    assert expected in reader.text("#panel")
    assert "0,0 %" not in reader.text("#panel .big")


def test_published_shares_are_marked(reader):
    reader.open("#indicator=old&district=03")
    assert "Veröffentlichter Anteil, keine Zählwerte" in reader.text("#panel")


def test_the_texts_beside_the_map_explain_the_figures(reader):
    reader.open("#view=clusters")
    for summary in reader.all(".reading details:not([hidden]) summary"):
        summary.click()
    reading = reader.text(".reading")
    for expected in (
        "99.999 zufälligen Vertauschungen", "zweiseitig", "Benjamini-Hochberg", "höchstens 5 %",
        "Kinder unter 15 Jahren in Familien mit SGB-II-Bezug", "Amt für Statistik", "1.800 von 10.000",
        "Ein Cluster ist ein Muster, keine Ursache", "Zählwerte unter 3", "kinder.csv",
    ):  # fmt: skip
        assert expected in reading


def test_everything_can_be_reached_by_keyboard(reader):
    reader.open()
    reader.one("body").send_keys(Keys.TAB, Keys.ENTER)
    assert reader.script("return document.activeElement.id") == "districts-search"
    reader.keys("grün", Keys.ARROW_DOWN)
    assert reader.script("return document.activeElement.textContent").startswith("Grünau")
    assert reader.script("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    reader.keys(Keys.ENTER)
    assert reader.text("#panel-name") == "Grünau"
    reader.keys(Keys.ESCAPE)
    assert reader.script("return document.activeElement.textContent").startswith("Grünau")
    assert not reader.one("#panel").is_displayed()


def test_arrow_keys_walk_through_the_list_and_point_on_the_map(reader):
    reader.open()
    reader.script("document.getElementById('districts-search').focus()")
    reader.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert reader.script("return document.activeElement.textContent").startswith("Bergheim")
    pointed = [path for path in reader.paths() if path.get_attribute("stroke-width") == "2.5"]
    assert [path.get_attribute("fill") for path in pointed] == ["#7d2614"]


def test_search_finds_other_spellings_and_keys(reader):
    reader.open()
    found = []
    for wanted in ("JAGER-hof", "08"):
        reader.one("#districts-search").clear()
        reader.one("#districts-search").send_keys(wanted)
        found += [row.text for row in reader.all("#districts-rows .name")]
    assert found == ["Jägerhof", "Hafen"]
    assert reader.text("#districts-shown") == "1 von 12 Gebieten"


def test_the_address_opens_the_same_view(reader):
    reader.open()
    reader.choose(date="2015-12-31", view="clusters")
    reader.paths()[1].click()
    address = "#" + urlsplit(reader.driver.current_url).fragment
    assert address == "#indicator=poor&date=2015-12-31&view=clusters&district=02"
    reader.open(address)
    assert reader.text("#panel-name") == "Bergheim"
    assert reader.text("#map-caption") == "Kinderarmut, 31.12.2015 · Räumliche Cluster"
    reader.driver.back()


def test_a_broken_address_shows_something_sensible(reader):
    reader.open("#indicator=%3Cb%3E&date=1&view=x&district=nowhere")
    assert reader.text("#map-caption") == "Kinderarmut, 31.12.2017 · Werte in Klassen"
    assert reader.errors() == []


def test_a_hostile_name_stays_text(release, reader):
    reader.open("#district=12")
    name = re.sub(r"\s+", " ", release.districts.loc["12", "name"]).strip()
    assert re.sub(r"\s+", " ", reader.text("#panel-name")).strip() == name
    assert reader.script("return window.harmed") is None
    assert reader.all("#panel img, #districts-list img") == []
    assert reader.errors() == []


def test_pages_leave_one_name_of_their_own(reader):
    reader.open()
    names = reader.script("""
        const frame = document.createElement('iframe'); document.body.append(frame);
        const known = new Set(Object.getOwnPropertyNames(frame.contentWindow)); frame.remove();
        return Object.getOwnPropertyNames(window).filter((name) => !known.has(name) && isNaN(name));
    """)
    of_the_driver = {"ret_nodes", "se_exportedFunctionSymbol"}
    assert set(names) - of_the_driver == {"Sozialraum", "L", "leaflet", "_leaflet_events"}


def test_the_map_stays_where_it_is_from_view_to_view(viewer):
    # A headline of two lines after one of one line would move the map, and draw all of it anew.
    viewer.open("#view=status", size=(1440, 900))
    found = set()
    for view in ("status", "values", "clusters", "verdict", "change", "robustness"):
        viewer.choose(view=view)
        box = "const box = document.querySelector('.stage').getBoundingClientRect();"
        found.add(tuple(viewer.script(f"{box} return [box.top, box.height]")))
    assert len(found) == 1


def test_english_is_english(english):
    english.open("#district=01&view=values")
    assert english.text(".mark.internal").startswith("Internal – not for passing on")  # noqa: RUF001 - a dash
    assert english.text("#map-caption") == "Child poverty, 31 Dec 2017 · Values in classes"
    assert "32.0%" in english.text("#panel")
    assert english.script("return document.documentElement.lang") == "en"


def test_a_phone_shows_map_and_district_without_scrolling_sideways(reader):
    reader.open("#district=01", size=(390, 844))
    assert reader.script("return document.documentElement.scrollWidth") <= 390
    panel = reader.one("#side").rect
    assert panel["height"] <= 844 / 2 + 1
    mark = reader.script("return document.querySelector('.mark').getBoundingClientRect().top")
    assert mark == 0


def test_a_notebook_shows_the_same_map(release, reader, tmp_path):
    notebook = tmp_path / "notebook.html"
    notebook.write_text(
        f"<!DOCTYPE html><meta charset=utf-8>{atlas(release)._repr_html_()}", encoding="utf-8"
    )
    reader.open()
    reader.page = notebook
    reader.driver.get("about:blank")
    reader.driver.get_log("browser")
    reader.driver.get(notebook.as_uri())
    reader.driver.switch_to.frame(0)
    WebDriverWait(reader.driver, 60).until(lambda _: reader.all("body.ready"))
    reader.paths()[0].click()
    assert reader.text("#panel-name") == "Altstadt"
    reader.driver.switch_to.default_content()
    assert reader.errors() == []


def test_a_canvas_draws_what_svg_draws(release, reader, tmp_path, monkeypatch):
    monkeypatch.setattr("sozialraum.publish.atlas.page.MANY_DISTRICTS", 5)
    reader.page = write_atlas(replace(release, parents=()), tmp_path / "canvas.html")
    reader.open("#view=clusters")
    assert reader.all(".leaflet-overlay-pane canvas")
    reader.choose(view="values")
    assert reader.legend()[0]["Geheim gehalten"] == 1
    assert reader.errors() == []
