"""The page for everyone: screen readers, keyboard, any width, any name, any spelling, back and reload."""

import base64
import re
from dataclasses import replace
from importlib.resources import files

import pytest
from page_faults import CLIPPED
from selenium.webdriver.common.keys import Keys

from sozialraum.publish.atlas.write import write_atlas

pytestmark = pytest.mark.browser

SINGLE = ("values", "change", "clusters", "verdict", "borders", "pair")
WHOLE = ("status", "combined", "profile", "dynamic", "attention", "robustness")
STATES = (
    *(f"#view={view}" for view in (*WHOLE, *SINGLE)),
    "#view=status&side=groups",
    "#view=status&side=changes",
    "#view=status&side=charts",
    "#view=clusters&side=charts",
    "#view=status&side=compare&compare=01,02,06",
    "#view=values&beside=date:2015-12-31",
    "#view=status&district=01",
    "#view=values&district=11",
)
BOARD = """
    document.getElementById("open-board").click();
    document.getElementById("board-proposed").click();
    document.querySelectorAll("#board details").forEach((part) => { part.open = true; });
"""
OPEN = "document.querySelectorAll('details').forEach((part) => { part.open = true; });"


@pytest.fixture(scope="module")
def axe():
    return (files("axe_core_python") / "axe.min.js").read_text("utf-8")


def _light(reader, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    reader.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def _violations(reader, axe):
    """Return what axe-core calls serious or critical, and how many of its rules were passed."""
    if not reader.script("return Boolean(window.axe)"):
        reader.script(axe)
    found, passed = reader.driver.execute_async_script("""
        const done = arguments[0];
        axe.run(document, { resultTypes: ["violations"] }).then((found) => done([
            found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
                .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ").slice(0, 300)}`),
            found.passes.length]));
    """)
    assert passed > 20
    return found


@pytest.mark.parametrize(
    ("scheme", "size", "states"),
    [("light", (1366, 768), STATES), ("dark", (390, 844), (*STATES[:1], *STATES[-7:]))],
)
def test_axe_finds_nothing_serious_in_any_state(english, axe, scheme, size, states):
    reader = english
    _light(reader, scheme)
    try:
        found = {}
        reader.open(states[0], size)
        for state in states:
            reader.script("window.location.hash = arguments[0]", state)
            reader.until_shown(state)
            found[state] = _violations(reader, axe)
        reader.script(OPEN)
        found["all that opens"] = _violations(reader, axe)
        reader.script(BOARD)
        found["board"] = _violations(reader, axe)
        assert {state: faults for state, faults in found.items() if faults} == {}
    finally:
        _light(reader, "light")


FOCUS = """
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const box = here.getBoundingClientRect();
    const named = here.getAttribute("aria-label") || here.textContent.trim() || here.title
        || (here.labels && here.labels[0] && here.labels[0].textContent.trim())
        || (here.getAttribute("aria-labelledby") && "labelled");
    const ring = getComputedStyle(here);
    return { id: here.id || here.className || here.tagName, named: Boolean(named),
             seen: box.width > 0 && box.height > 0,
             ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) > 0,
             onScreen: box.right > 0 && box.bottom > 0 && box.left < innerWidth };
"""


def _walk(reader, most=80):
    """Press Tab from the page's start until the focus leaves it; return every stop."""
    stops = []
    reader.script("document.activeElement.blur(); window.scrollTo(0, 0);")
    for _ in range(most):
        reader.driver.switch_to.active_element.send_keys(Keys.TAB)
        stop = reader.script(FOCUS)
        if stop is None or (stops and stop["id"] == stops[0]["id"] == "skip"):
            return stops
        stops.append(stop)
    pytest.fail(f"more than {most} stops: {[stop['id'] for stop in stops[-5:]]}")


@pytest.mark.parametrize("state", ["#view=status", "#view=status&side=groups", "#view=values&district=01"])
def test_every_stop_of_the_tab_key_has_a_name_and_a_ring(viewer, state):
    viewer.open(state)
    stops = _walk(viewer)
    assert [stop["id"] for stop in stops if not (stop["named"] and stop["ring"] and stop["seen"])] == []
    assert stops[0]["id"] == "skip"
    ids = [stop["id"] for stop in stops]
    for expected in ("choose-view", "open-board", "map_atlas"):
        assert expected in ids
    # The map is one stop, and what is chosen before it is looked at comes before it.
    assert sum("leaflet-interactive" in name for name in ids) == 0
    assert ids.index("choose-view") < ids.index("map_atlas")


def test_the_whole_page_works_from_the_first_tab(viewer):
    """A district is found, opened, compared and put into the draft without a pointer or the skip link."""
    viewer.open("#view=status")
    viewer.script("document.activeElement.blur()")

    def tab_to(wanted):
        for _ in range(60):
            viewer.keys(Keys.TAB)
            if viewer.script("return document.activeElement.matches(arguments[0])", wanted):
                return
        pytest.fail(wanted)

    tab_to("#map_atlas")
    viewer.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    assert viewer.one("#panel-name").is_displayed()
    tab_to("#panel-compare")
    viewer.keys(Keys.ENTER)
    assert viewer.text("#panel-compare") == "Aus dem Vergleich nehmen"
    assert viewer.script("return document.activeElement.id") == "panel-compare"
    viewer.script("document.getElementById('panel-board').focus()")
    viewer.keys(Keys.ENTER)
    assert viewer.text("#panel-board") == "Aus der Auswahl nehmen"
    viewer.keys(Keys.ESCAPE)
    assert not viewer.one("#panel").is_displayed()
    viewer.script("document.activeElement.blur(); window.scrollTo(0, 0)")
    tab_to('[data-side="compare"]')
    viewer.keys(Keys.ENTER)
    assert viewer.one("#answer table").is_displayed()
    assert viewer.errors() == []


def _narrowest():
    """Give the widths at which each arrangement of the style sheets has the least room."""
    found = {360}
    for sheet in (files("sozialraum.publish.atlas") / "assets").iterdir():
        if sheet.name.endswith(".css"):
            for query in re.findall(r"@media ([^{]*)", sheet.read_text("utf-8")):
                told = re.findall(r"(min|max)-width: (\d+)px", query)
                found |= {int(width) + (end == "max") for end, width in told}
    return sorted(found)


WIDTHS = sorted({*_narrowest(), 390, 768, 1366, 1920})


def _at_widths(reader, widths, states):
    found = {}
    reader.open(states[0])
    for state in states:
        reader.script("window.location.hash = arguments[0]", state)
        reader.until_shown(state)
        for width in widths:
            metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
            reader.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            faults = reader.script(CLIPPED)
            if faults:
                found[f"{state} at {width}"] = faults
    return found


@pytest.mark.parametrize(("name", "every"), [("assessed", 1), ("en", 3)])
def test_no_control_is_cut_at_any_width(viewer, pages, name, every):
    viewer.page = pages[name]
    states = ("#view=status", "#view=values", "#view=change", "#view=robustness", "#view=pair",
              "#view=status&side=groups",
              "#view=clusters&side=charts", "#view=status&side=compare&compare=01,02,03,04",
              "#view=values&beside=date:2015-12-31", "#view=status&district=01")  # fmt: skip
    assert _at_widths(viewer, WIDTHS[::every], states) == {}


def test_names_of_300_characters_break_nothing(assessed, viewer, tmp_path):
    long = "Donaudampfschifffahrts" * 14
    words = "Quartier an der langen Straße " * 10
    districts = assessed.districts.copy()
    districts["name"] = [long, words, *districts["name"].iloc[2:11], "<b onload='window.harmed = 1'>" * 10]
    districts["area"] = [long] * 6 + [words] * 6
    catalogue = assessed.catalogue.copy()
    catalogue.loc["poor", ["label_de", "theme", "source"]] = long
    catalogue.loc["parks", "label_de"] = words
    viewer.page = write_atlas(
        replace(assessed, districts=districts, catalogue=catalogue, city=words), tmp_path / "long.html"
    )
    states = ("#view=values", "#view=values&district=01", "#view=status&district=12",
              "#view=clusters&side=groups", "#view=values&side=changes", "#view=values&side=charts",
              "#view=status&side=compare&compare=01,02,12",
              "#view=values&beside=date:2015-12-31")  # fmt: skip
    assert _at_widths(viewer, (360, 768, 1440), states) == {}
    assert viewer.script("return window.harmed") is None
    assert viewer.errors() == []


def test_search_knows_other_spellings_typos_keys_and_larger_areas(viewer):
    viewer.open("#view=values")

    def found(wanted):
        search = viewer.one("#districts-search")
        search.clear()
        search.send_keys(wanted)
        return viewer.script(
            "return [...document.querySelectorAll('#districts-rows .name')].map((name) => name.textContent)"
        )

    assert found("jaegerhof") == ["Jägerhof"]
    assert found("jagerhof") == ["Jägerhof"]
    assert found("Jägehof") == ["Jägerhof"]
    assert found("Jäegrhof") == ["Jägerhof"]
    assert found("faehrdorf") == ["Fährdorf"]
    assert found("08") == ["Hafen"]
    assert len(found("nord")) == 6
    assert found("zzzz") == []
    assert "Nichts gefunden" in viewer.text("#districts-shown")


def test_back_forward_and_reload_do_what_a_person_expects(viewer):
    viewer.open("#view=status")
    viewer.one('[data-side="groups"]').click()
    viewer.one('[data-side="charts"]').click()
    viewer.choose(view="values")
    viewer.one('[data-side="list"]').click()
    viewer.one('#districts-rows button[data-district="1"]').click()
    assert viewer.text("#panel-name") == "Bergheim"
    shown = []
    for _ in range(4):
        viewer.driver.back()
        pressed = viewer.text('#side-tabs [aria-pressed="true"]')
        shown.append((viewer.one("#choose-view").get_property("value"), pressed))
    assert shown == [
        ("values", "Liste"),
        ("values", "Diagramme"),
        ("status", "Diagramme"),
        ("status", "Gruppen"),
    ]
    assert not viewer.one("#panel").is_displayed()
    viewer.driver.forward()
    assert viewer.text('#side-tabs [aria-pressed="true"]') == "Diagramme"
    viewer.driver.refresh()
    viewer.until_ready()
    assert viewer.text('#side-tabs [aria-pressed="true"]') == "Diagramme"
    assert viewer.all("#answer .figure")


@pytest.mark.parametrize("state", [
    "#view=status&side=<b>&compare=99,%E0%A4%A&from=x&beside=date:%3Cscript%3E",
    "#view=values&side=groups&compare=01,01,01,01,01,01&beside=indicator:__proto__",
    "#side=constructor&compare=,,,",
])  # fmt: skip
def test_an_address_that_nobody_wrote_harms_nothing(viewer, state):
    viewer.open(state)
    assert viewer.one("#districts-search").is_displayed()
    assert viewer.errors() == []


def _pages(reader, address):
    """Print as a person would, and count the sheets of paper."""
    reader.open(address)
    printed = reader.driver.execute_cdp_cmd(
        "Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True}
    )
    return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))


def test_a_map_and_a_profile_are_printed_on_one_page_each(viewer):
    assert _pages(viewer, "#view=status") == 1
    assert _pages(viewer, "#view=status&district=01") == 2
    assert _pages(viewer, "#view=values&district=01&side=charts") == 2


def test_the_print_shows_the_legend_that_a_phone_keeps_closed(viewer):
    viewer.open("#view=status", (390, 844))
    is_open = "return document.getElementById('legend').open"
    assert not viewer.script(is_open)
    seen = viewer.script("""
        const seen = [];
        const legend = document.getElementById("legend");
        for (const name of ["beforeprint", "afterprint"]) {
            window.dispatchEvent(new Event(name));
            seen.push(legend.open);
        }
        return seen;
    """)
    assert seen == [True, False]
    # Even where no event is heard, the style sheet of the print shows what is in it.
    viewer.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    high = viewer.script("return document.getElementById('legend').offsetHeight")
    viewer.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert not viewer.script(is_open)
    assert high > 120
    viewer.open("#view=status")
    viewer.script(
        "window.dispatchEvent(new Event('beforeprint')); window.dispatchEvent(new Event('afterprint'))"
    )
    assert viewer.script(is_open)


def test_a_long_unit_leaves_the_name_of_an_indicator_its_room(assessed, viewer, tmp_path):
    long = assessed.catalogue.assign(unit_de="Prozentpunkte", unit_en="percentage points")
    long.loc["poor", "label_de"] = "Veränderung des Langzeitarbeitslosenanteils"
    viewer.page = write_atlas(replace(assessed, catalogue=long), tmp_path / "units.html")
    for size in ((1024, 768), (390, 844), (1440, 900)):
        viewer.open("#view=status&district=01", size)
        wide = viewer.script(
            "return [...document.querySelectorAll('#panel .others tbody th')].map((name) => name.clientWidth)"
        )
        assert min(wide) >= 85, size
    assert _pages(viewer, "#view=status&district=01") == 2
