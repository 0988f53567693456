"""The programme on the page: areas, goals with symbol and word, need beside provision, facilities, notes."""

import pytest
from selenium.webdriver.support.ui import Select

from sozialraum.publish.atlas.write import atlas
from sozialraum.publish.programme.payload import QUADRANT_CODES, SYMBOLS

OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[8.569, 51.996], [8.576, 51.996], [8.576, 52.001], [8.569, 52.001], [8.569, 51.996]]],
}
"""Over the middle of the small city."""


def both(words):
    return {"de": words, "en": f"{words} (en)"}


def goal(name, state, area):
    symbol, light = SYMBOLS[state]
    return {
        "id": name,
        "version": 1,
        "title": f"Ziel {name}",
        "scopeType": "district",
        "scope": "01",
        "districts": ["01"],
        "area": area,
        "indicator": "poor",
        "label": both("Kinderarmut"),
        "quantity": "share",
        "baselineDate": None,
        "date": "2017-12-31",
        "due": "2019",
        "baseline": 0.4,
        "figure": 0.3,
        "target": 0.2,
        "attained": 0.5,
        "lower": None,
        "upper": None,
        "beyondChance": None,
        "state": state,
        "word": both({"missed": "verfehlt", "reached": "erreicht"}[state]),
        "symbol": symbol,
        "light": light,
        "shown": {
            name: both(told)
            for name, told in (
                ("baseline", "40 %"),
                ("figure", "30 %"),
                ("expected", "25 %"),
                ("target", "20 %"),
            )
        },
        "sentence": both("Ein Satz."),
        "owner": None,
        "measures": ["M1"],
    }


def decision(district, decided):
    return {
        "district": district,
        "year": 2016,
        "decision": decided,
        "word": both("zurückstellen"),
        "reason": "Zu klein.",
        "date": None,
        "body": None,
        "paper": None,
        "sentence": both("Zurückgestellt."),
        "why": None,
    }


def programme(*, internal):
    quadrants = ["both", "need", "provision", "neither", "undecided", "not_assessable", *["neither"] * 6]
    note = {
        "id": "N1",
        "date": "2017-05-01",
        "districts": ["02"],
        "role": both("Begehung"),
        "theme": "Verkehr",
        "kind": both("Bedarf"),
        "text": "Geheime Beobachtung",
        "direction": None,
        "visible": None,
    }
    return {
        "year": 2017,
        "internal": internal,
        "symbols": {
            state: {"symbol": symbol, "light": light, "word": both(state)}
            for state, (symbol, light) in SYMBOLS.items()
        },
        "quadrants": [
            {"id": name, "word": both(f"Feld {name}"), "told": both("Erklärt.")} for name in QUADRANT_CODES
        ],
        "areas": [
            {
                "id": "PG1",
                "name": "Gleisbogen",
                "districts": ["01", "02"],
                "tiers": {},
                "since": "2015-01-01",
                "until": None,
                "site": None,
                "sentence": both("Aufgenommen."),
            }
        ],
        "decisions": [decision("03", "defer")],
        "goals": [goal("Z1", "missed", "PG1"), goal("Z2", "reached", "PG1")],
        "measures": [
            {
                "id": "M1",
                "title": "Sprachkurs",
                "scopeType": "city",
                "scope": None,
                "districts": [],
                "status": "running",
                "word": both("läuft"),
                "lead": "Jugendamt",
                "starts": None,
                "ends": None,
                "goals": ["Z1"],
                "funding": {"state": "none", "word": both("ohne Mittel"), "amount": None, "secured": None},
            }
        ],
        "need": [
            {
                "id": "day_care:children",
                "kind": both("Kita"),
                "group": both("Kinder"),
                "year": 2016,
                "quadrants": "".join(str(QUADRANT_CODES.index(name)) for name in quadrants),
                "sure": [99, 60, *[None] * 10],
                "need": [1.0] * 12,
                "provision": [0.1] * 12,
            }
        ],
        "facilities": [
            {
                "id": "E1",
                "name": "Kita Süd",
                "kind": "day_care",
                "word": both("Kita"),
                "district": "02",
                "capacity": 25.0,
                "unit": both("Plätze"),
                "year": 2017,
                "lon": 8.57,
                "lat": 51.45,
                "exact": False,
            },
        ],
        "conferences": [],
        "gaps": [],
        "sites": [
            {
                "id": "KU1",
                "name": "Sanierungsgebiet <b>Nord</b>",
                "basis": both("Ratsbeschluss"),
                "since": "2015",
                "until": "2020-12-31",
                "districts": [],
                "outline": OUTLINE,
            },
            {
                "id": "KU2",
                "name": "Ohne Linie",
                "basis": None,
                "since": None,
                "until": None,
                "districts": [],
                "outline": None,
            },
        ],
        "notes": [note] if internal else [],
    }


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


def test_without_a_programme_its_views_are_not_offered(reader):
    reader.open()
    offered = {option.get_attribute("value") for option in Select(reader.one("#choose-view")).options}
    assert not offered & {"areas", "need"}
