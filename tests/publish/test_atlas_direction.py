"""One direction per screen: colours, words and legend agree on which end is worse; and the tabs beside it."""

import re

import pytest

pytestmark = pytest.mark.browser

SAYS = {
    "de": re.compile(r"günstig|Benachteiligung|weder gut noch schlecht|Bedarf|Unterstützung", re.IGNORECASE),
    "en": re.compile(r"favourabl|disadvantage|neither good nor bad|need", re.IGNORECASE),
}
# Address, what the sentence says of the ends, the entry of the worse end, that of the better one.
DIRECTED = [
    ("values&indicator=poor", "Je dunkler, desto größer die Benachteiligung", 0, -1),
    ("change&indicator=poor", "stärkere Zunahme (ungünstig)", "mehr als", "weniger als"),
    ("clusters&indicator=poor", "Rot: hohe Werte liegen beieinander (ungünstig)", "Hoch-", "Niedrig-N"),
    ("verdict&indicator=poor", "Orange: ungünstiger", "auffällig (ung", "auffällig (gün"),
    ("profile", "", "ungünstig bei mehr als zwei", "günstig bei mindestens"),
    ("status", "Je dunkler, desto ungünstiger", "sehr ungünstig", "günstig"),
    ("combined", "Linien: Entwicklung ungünstiger", "sehr ungünstig, Dynamik stabil", "günstig, Dynamik s"),
    ("dynamic", "negativ ungünstiger", "Dynamik negativ", "Dynamik positiv"),
    ("attention", "", "Gebiet mit Unterstützungsbedarf", "kein besonderer"),
    ("pair&indicator=poor&with=old", "wo beide im ungünstigen Drittel", "hoch / mittel", "niedrig / niedrig"),
    ("pair&indicator=parks&with=poor", "wo beide im ungünstigen", "niedrig / mittel", "mittel / niedrig"),
]
READ = """
    return [document.getElementById("legend-colour").textContent,
        [...document.querySelectorAll("#legend-table tbody tr")].map((row) => [
            row.querySelector(".entry").textContent, row.querySelector("rect").getAttribute("fill")])];
"""


def _shown(viewer, address):
    viewer.script("window.location.hash = arguments[0]", address)
    viewer.until_shown(address)
    sentence, rows = viewer.script(READ)
    return sentence, [(label, fill) for label, fill in rows if fill.startswith("#")]


def _light(fill):
    red, green, blue = (int(fill[place : place + 2], 16) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue, red - blue


def _fill(rows, which):
    return (
        rows[which][1]
        if isinstance(which, int)
        else next(fill for name, fill in rows if name.startswith(which))
    )


def test_every_view_says_which_end_is_worse_and_the_colours_agree(viewer):
    viewer.open("#view=status")
    for address, words, worse, better in DIRECTED:
        sentence, rows = _shown(viewer, f"#view={address}")
        assert words in sentence, (address, sentence)
        assert SAYS["de"].search(" ".join([sentence, *(label for label, _ in rows)])), address
        (dark, warm), (pale, cold) = _light(_fill(rows, worse)), _light(_fill(rows, better))
        assert dark < pale, f"{address}: the worse end is the darker one"
        assert warm > 0, f"{address}: and a warm colour"
        assert warm > cold, address
        places = [
            rows.index(next(row for row in rows if row[1] == _fill(rows, end))) for end in (worse, better)
        ]
        assert "pair" in address or places[0] < places[1], f"{address}: the worse end stands on top"


def test_where_high_is_good_low_values_stand_on_top(viewer):
    viewer.open("#view=status")
    _, rows = _shown(viewer, "#view=values&indicator=parks")
    assert [label for label, _ in rows] == ["12", "13 bis 30"]


def test_where_high_is_good_or_neither_the_page_says_so_and_shows_no_red(viewer):
    viewer.open("#view=status")
    for indicator, words in (
        ("parks", "desto mehr ist davon vorhanden (günstig)"),
        ("old", "weder gut noch schlecht"),
    ):
        sentence, rows = _shown(viewer, f"#view=values&indicator={indicator}")
        assert words in sentence
        lights = [_light(fill) for _, fill in rows]
        assert lights == sorted(lights, reverse=indicator == "parks"), "the darker, the higher"
        assert all(warm < 0 for _, warm in sorted(lights)[:-1]), indicator
    # Beside another map each has its own direction, and says it.
    viewer.script("window.location.hash = arguments[0]", "#view=values&indicator=poor&beside=indicator:parks")
    viewer.until_shown("#view=values")
    assert "Benachteiligung" in viewer.text("#legend-colour")
    told = viewer.script("return document.querySelector('.second-legend').textContent")
    assert "desto mehr ist davon vorhanden (günstig)" in told


def test_the_english_page_says_the_same(english):
    english.open("#view=status")
    for address, *_ in DIRECTED:
        sentence, rows = _shown(english, f"#view={address}")
        assert SAYS["en"].search(" ".join([sentence, *(label for label, _ in rows)])), (address, sentence)
        assert not re.search(r"\b(?:in|also|,) 0\b", english.text("#map-headline")), address


def test_seven_tabs_stand_in_one_row_beside_the_map(viewer, english):
    for reader in (viewer, english):
        reader.open("#view=clusters")
        for width in (1280, 1440, 1920):
            metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            reader.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            bottoms, cut, close = reader.script("""
                const nav = document.getElementById("side-tabs");
                nav.classList.add("some", "many");
                const tabs = [...nav.children];
                tabs.forEach((tab) => { tab.hidden = false; });
                const words = tabs.map((tab) => {
                    const range = document.createRange();
                    range.selectNodeContents(tab);
                    return range.getBoundingClientRect();
                });
                const gaps = words.slice(1).map((word, place) => word.left - words[place].right);
                return [new Set(tabs.map((tab) => Math.round(tab.getBoundingClientRect().bottom / 8))).size,
                    nav.scrollWidth - nav.clientWidth, Math.min(...gaps)];
            """)
            assert (bottoms, cut) == (1, 0), width
            assert close >= 3, f"at {width} two names run into each other"


def test_two_maps_on_a_phone_are_large_and_nothing_lies_on_their_buttons(viewer):
    viewer.open("#view=values&indicator=poor&beside=indicator:parks", size=(390, 844))
    sizes, apart = viewer.script("""
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const maps = [...document.querySelectorAll(".stage.two .folium-map")]
            .map((one) => one.getBoundingClientRect());
        const [key, zoom, name] = [".second-legend", ".leaflet-control-zoom", ".map-name.second"].map(box);
        const second = maps[1];
        return [maps.map((one) => [one.width, one.height]), key.top >= zoom.bottom && key.top >= second.top
            && key.top >= name.bottom && name.top >= second.top];
    """)
    assert len(sizes) == 2
    assert all(width >= 380 and height >= 300 for width, height in sizes)
    assert apart, "names and colours of the second map lie on the second map"
