"""The programme on the page: areas, goals with symbol and word, need beside provision, facilities, notes."""

import pytest
from page_programme import programme
from selenium.webdriver.support.ui import Select

from sozialraum.publish.atlas.write import atlas


def page(release, folder, name):
    drawn = atlas(release)
    root = drawn.get_root()
    root.data = {**root.data, "programme": programme(internal=release.audience == "internal")}
    drawn.save(str(folder / name))
    return folder / name


@pytest.fixture(scope="module")
def written(assessed, internal_release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("programme")
    return {
        "public": page(assessed, folder, "public.html"),
        "internal": page(internal_release, folder, "internal.html"),
    }


@pytest.fixture
def council(reader, written):
    reader.page = written["public"]
    return reader


pytestmark = pytest.mark.browser


def test_the_outline_of_a_site_is_a_layer_that_can_be_switched_on(council):
    council.open("#view=areas")
    label = council.driver.find_element(
        "xpath", "//*[@id='legend-layers']//tr[.//span[starts-with(., 'Kulissen')]]"
    )
    assert label.find_element("css selector", ".number").text == "1"
    assert not council.all(".added-polygon")
    label.find_element("css selector", "input").click()
    drawn = council.one(".added-polygon")
    assert drawn.get_attribute("fill") == "none"
    assert drawn.get_attribute("stroke-dasharray")
    assert "Kulissen" in council.script("return decodeURIComponent(decodeURIComponent(window.location.hash))")
    told = council.script("""
        const line = document.querySelector(".added-polygon");
        const at = line.getPointAtLength(5).matrixTransform(line.getScreenCTM());
        line.dispatchEvent(new MouseEvent("mouseover", { bubbles: true, clientX: at.x, clientY: at.y }));
        return document.querySelector(".tip").innerText;
    """)
    assert told == "Sanierungsgebiet <b>Nord</b>\nRatsbeschluss, 2015\u20132020"


def test_an_area_stands_where_its_worst_goal_stands(council):
    council.open("#view=areas&side=programme")
    counts, total = council.legend()
    assert total == sum(counts.values()) == 12
    assert counts["mindestens ein Ziel verfehlt"] == 2
    assert counts["entschieden, aber kein Programmgebiet"] == 1
    assert [mark.text for mark in council.all(".programme-name")] == ["Gleisbogen\n✗ ✓"]
    told = council.text("#answer")
    for expected in (
        "✗ verfehlt: Ziel Z1",
        "✓ erreicht: Ziel Z2",
        "Ausgang 40 %, jetzt 30 %, Ziel 20 %",
        "Sprachkurs",
        "läuft · Jugendamt · ohne Mittel",
    ):
        assert expected in told.replace("✗verfehlt", "✗ verfehlt").replace("✓erreicht", "✓ erreicht")
    assert council.text("#map-headline").startswith(
        "1 Programmgebiet, Ziele: 2, davon erreicht oder auf Kurs: 1, verfehlt: 1"
    )
    assert council.errors() == []


def test_need_beside_provision_is_a_square_and_pale_where_unsure(council):
    council.open("#view=need")
    assert list(council.legend()[0].values()) == [1, 1, 1, 7, 1, 1]
    assert len(council.all("#legend-square rect")) == 4
    fills = council.fills()
    assert fills[0] == "#701c10"
    assert fills[1] == "url(#pattern-unsure-cb742f)"
    assert len({fills[4], fills[5]} | {"#f3efe4"}) == 3
    assert "2016" in council.text("#map-caption")


def test_a_district_tells_what_is_done_there_in_every_view(council):
    for view in ("areas", "values", "status"):
        council.open(f"#view={view}&district=02")
        told = council.text("#panel")
        assert "Im Programmgebiet Gleisbogen" in told
        assert "Kita Süd · Kita · 25 Plätze" in told
    council.open("#view=areas&district=03")
    assert "Zu klein." in council.text("#panel")


def test_facilities_are_a_layer_that_can_be_switched_on(council):
    council.open("#view=areas")
    assert [label.text for label in council.all("#legend-layers label")] == [
        "Kita",
        "Kulissen (rechtlich festgelegte Gebiete)",
    ]
    assert council.all(".leaflet-added-pane path") == []
    council.one("#layer-0").click()
    assert len(council.all(".leaflet-added-pane path")) == 1


def test_what_people_saw_stays_inside_the_house(council, written):
    assert "Geheime Beobachtung" not in written["public"].read_text("utf-8")
    council.page = written["internal"]
    council.open("#view=areas&district=02&lang=de")
    assert "Begehung · Verkehr: Geheime Beobachtung" in council.text("#panel")
    # Three layers wait behind their head.
    council.one("#legend-layers summary").click()
    assert [label.text for label in council.all("#legend-layers label")][
        -1
    ] == "Beobachtungen vor Ort (intern)"


def test_the_page_s_language_is_the_programme_s_too(council):
    council.open("#view=areas&side=programme&lang=en")
    assert "erreicht (en)" in council.text("#answer")
    assert "Goals" in council.text("#answer")
    # The sheet's own day, as its office writes it, in the page's language.
    assert "31 Dec 2019" in council.text("#answer")
    assert "31.12.2019" not in council.text("#answer")


def test_without_a_programme_its_views_are_not_offered(reader):
    reader.open()
    offered = {option.get_attribute("value") for option in Select(reader.one("#choose-view")).options}
    assert not offered & {"areas", "need"}
