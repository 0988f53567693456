"""The views of the assessment as their reader sees them."""

import json
import re
from dataclasses import replace
from urllib.parse import urlsplit

import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from sozialraum.analysis import Assessment
from sozialraum.publish.atlas.write import write_atlas

pytestmark = pytest.mark.browser

SINGLE = ("values", "change", "clusters", "verdict", "borders", "pair")
WHOLE = ("status", "combined", "profile", "dynamic", "attention", "robustness")


def test_no_request_and_no_error_in_any_view(viewer, watched):
    viewer.watch(watched)
    viewer.open()
    offered = [option.get_attribute("value") for option in viewer.all("#choose-view option")]
    assert offered == [*WHOLE, *SINGLE]
    for view in (*SINGLE, *WHOLE):
        viewer.choose(view=view)
        counts, total = viewer.legend()
        assert sum(counts.values()) == total == 12, view
        assert len(viewer.fills()) == 12
        assert viewer.text("#map-headline"), view
        viewer.one('#districts-rows button[data-district="1"]').click()
        assert viewer.text("#panel-name") == "Bergheim"
        viewer.keys(Keys.ESCAPE)
    assert viewer.errors() == []
    assert viewer.requests() <= {"file", "data"}


def test_a_page_without_assessment_looks_as_before(reader):
    reader.open("#view=status")
    assert reader.text("#map-caption") == "Kinderarmut, 31.12.2017 · Werte in Klassen"
    assert not reader.one("#choose-edges").is_displayed()
    assert [option.get_attribute("value") for option in reader.all("#choose-view option")] == [
        "values",
        "change",
        "clusters",
        "pair",
    ]
    assert not reader.one("#about-method").is_displayed()


def test_an_assessment_of_nothing_shows_values(viewer, release, tmp_path):
    empty = {name: pd.DataFrame() for name in Assessment.__dataclass_fields__ if name != "settings"}
    viewer.page = write_atlas(replace(release, assessment=Assessment(**empty)), tmp_path / "empty.html")
    viewer.open("#view=robustness&district=01")
    assert viewer.text("#map-caption") == "Kinderarmut, 31.12.2017 · Werte in Klassen"
    assert viewer.errors() == []


def test_verdicts_have_fixed_classes_and_reasons(viewer):
    viewer.open("#view=verdict")
    counts, _ = viewer.legend()
    named = ["auffällig (ungünstiger)", "auffällig (günstiger)", "unauffällig", "nicht entscheidbar"]
    assert list(counts)[:4] == named
    assert [counts[name] for name in named] == [4, 2, 2, 1]
    assert (counts["nicht beurteilbar"], counts["Geheim gehalten"], counts["Nicht anwendbar"]) == (1, 1, 1)
    fills = viewer.fills()
    assert (fills[0], fills[2], fills[3]) == ("#a0431a", "#f4f3ef", "#58a5a6")
    assert (fills[9], fills[10]) == ("url(#pattern-not-assessable)", "url(#pattern-suppressed)")
    offered = viewer.all("#choose-indicator option")
    assert [option.get_attribute("value") for option in offered if option.is_enabled()] == ["poor"]


def test_the_panel_says_why_a_district_is_conspicuous(viewer):
    viewer.open("#view=verdict&district=01")
    panel = viewer.text("#panel")
    for expected in (
        "auffällig (ungünstiger)",
        "Auffällig, ungünstiger: 14,0 Prozentpunkte über der Stadt, Grenze 3,0 Prozentpunkte; durch Zufall",
        "+1,41 Standardabweichungen",
    ):
        assert expected in panel
    assert "p = " not in panel
    viewer.one("#panel details.numbers summary").click()
    assert "p = 0,031" in viewer.text("#panel")
    viewer.open("#view=verdict&district=10")
    assert "Nicht beurteilbar: zu wenige Fälle." in viewer.text("#panel")
    viewer.open("#view=verdict&district=09")
    assert "Nicht entscheidbar: " in viewer.text("#panel")


def test_the_summary_always_says_that_it_is_no_proof(viewer):
    viewer.open("#view=profile")
    counts, _ = viewer.legend()
    assert list(counts.values()) == [4, 0, 0, 1, 2, 1, 1, 3], "one of one is all"
    viewer.paths()[6].click()
    panel = viewer.text("#panel")
    assert "unauffällig bei allen beurteilbaren Merkmalen (1)" in panel
    assert "Es ist kein Urteil über die Mischung" in panel
    viewer.choose(group="children_youth")
    assert viewer.text("#map-caption") == (
        "Kleinstadt, Kinder und Jugendliche, 31.12.2017 · Auffälligkeit über alle Merkmale"
    )


def test_status_relative_and_fixed(viewer):
    viewer.open()
    assert viewer.text("#map-caption") == "Kleinstadt, 31.12.2017 · Soziale Lage (Gesamtindex)", (
        "the first view"
    )
    counts, _ = viewer.legend()
    assert list(counts)[:4] == ["sehr ungünstig", "ungünstig", "mittel", "günstig"]
    assert list(counts.values())[:4] == [1, 2, 5, 2]
    assert "zu wenige Einwohnerinnen und Einwohner" in viewer.text("#legend-table")
    assert viewer.fills()[:2] == ["#701c10", "url(#pattern-unsure-cb742f)"]
    assert viewer.marks() == {
        "Weiß durchbrochen: unsicher": 5, "Gebiet mit Unterstützungsbedarf": 2, "Frühwarnung": 2,
    }  # fmt: skip
    assert len(viewer.all(".leaflet-marks-pane path")) == 2 + 1
    assert "feste" in viewer.text("#legend-notes").lower()
    Select(viewer.one("#base")).select_by_value("fixed")
    assert viewer.legend()[0]["ungünstig"] == 2
    assert viewer.legend()[0]["sehr ungünstig"] == 0
    assert viewer.marks() == {}
    assert "base=fixed" in viewer.driver.current_url


def test_a_target_group_has_its_own_index(viewer):
    viewer.open("#view=status&group=children_youth")
    caption = "Kleinstadt, Kinder und Jugendliche, 31.12.2017 · Soziale Lage (Gesamtindex)"
    assert viewer.text("#map-caption") == caption
    assert viewer.legend()[0]["sehr ungünstig"] == 0
    assert [option.text for option in viewer.all("#choose-date option")] == ["31.12.2017"]
    viewer.choose(view="robustness")
    assert [option.get_attribute("value") for option in viewer.all("#choose-group option")] == ["all"]


def test_dynamic_is_offered_only_where_there_is_one(viewer):
    viewer.open("#view=dynamic&date=2015-12-31")
    assert viewer.text("#map-caption") == "Kleinstadt, 31.12.2017 · Dynamik (Veränderung)"
    counts, _ = viewer.legend()
    assert [counts[f"Dynamik {name}"] for name in ("positiv", "stabil", "negativ")] == [2, 5, 3]
    viewer.choose(view="status")
    viewer.choose(date="2015-12-31")
    viewer.paths()[0].click()
    assert "keine Veränderung bekannt." in viewer.text("#panel")


def test_attention_and_early_warning_are_classes_of_their_own(viewer):
    viewer.open("#view=attention")
    assert list(viewer.legend()[0].values()) == [2, 1, 1, 6, 2]
    assert viewer.fills()[5:7] == ["url(#pattern-early-warning)", "url(#pattern-persistent-early-warning)"]


def test_robustness_in_steps_and_in_words(viewer):
    viewer.open("#view=robustness&district=02")
    counts, _ = viewer.legend()
    assert [counts[name] for name in ("mindestens 95 %", "80 bis unter 95 %", "unter 80 %")] == [5, 3, 2]
    panel = viewer.text("#panel")
    for expected in ("Bleibt in 94,9 % der nachgezogenen Jahre", "„ungünstig“ in 97 von 108 Varianten",
                     "sehr ungünstig 8"):  # fmt: skip
        assert expected in panel
    Select(viewer.one("#against")).select_by_value("variants")
    assert viewer.legend()[0]["unter 80 %"] == 1
    assert viewer.legend()[0]["80 bis unter 95 %"] == 3


def test_a_canvas_shows_the_same_classes(viewer, assessed, tmp_path, monkeypatch):
    monkeypatch.setattr("sozialraum.publish.atlas.page.MANY_DISTRICTS", 5)
    viewer.page = write_atlas(assessed, tmp_path / "canvas.html")
    viewer.open("#view=attention")
    assert viewer.all(".leaflet-overlay-pane canvas")
    assert list(viewer.legend()[0].values()) == [2, 1, 1, 6, 2]
    viewer.choose(view="status")
    assert len(viewer.all(".leaflet-marks-pane path")) == 2 + 1
    assert viewer.errors() == []


def test_sharp_edges_lie_over_the_values(viewer):
    viewer.open("#view=values")
    assert viewer.all(".leaflet-marks-pane path.edge") == []
    viewer.one("#show-edges").click()
    assert viewer.marks() == {"deutlicher Sprung": 3}
    assert "widersprechen der Aussage" in viewer.text("#legend-notes .claim")
    paths = [path.get_attribute("d") for path in viewer.all(".leaflet-marks-pane path.edge")]
    drawn = [path for path in paths if path.count("M") >= 2]
    assert len(drawn) == 2, "both borders that are drawn, casing and core"
    dashed = viewer.all(".leaflet-marks-pane path.edge[stroke-dasharray]")
    assert len([path for path in dashed if len(path.get_attribute("d")) > 5]) == 2, "no common border: a link"
    viewer.paths()[5].click()
    assert "13,0 Prozentpunkte höher als Grünau" in viewer.text("#panel")
    viewer.choose(indicator="parks")
    assert "wurden die Grenzen nicht geprüft" in viewer.text("#legend-notes .claim")


def test_how_classes_are_made_is_told_for_each_view(viewer):
    expected = {
        "verdict": ("das 1-Fache der Streuung zwischen den Gebieten", "höchstens 5 % der Städte irgendwo",
                    "mindestens 100", "Auffällig“ heißt hinschauen"),
        "status": ("besteht aus: Kinderarmut", "mittel bis 1, ungünstig bis 1,5", "weniger als 300",
                   "ausgenommen: 12", "Geld nach Rangplätzen"),
        "robustness": ("1.000-mal", "108 Varianten", "„Gewichte“", "12,3 %"),
    }  # fmt: skip
    for view, sentences in expected.items():
        viewer.open(f"#view={view}")
        viewer.one("#about-method summary").click()
        told = viewer.text("#reading-method")
        assert [sentence for sentence in sentences if sentence not in told] == [], view


def test_the_address_opens_the_same_view(viewer):
    viewer.open("#view=status&group=children_youth&base=fixed&district=02&date=2017-12-31")
    caption = viewer.text("#map-caption")
    assert "mit fester Basis 2017" in caption
    address = "#" + urlsplit(viewer.driver.current_url).fragment
    viewer.open(address)
    assert (viewer.text("#map-caption"), viewer.text("#panel-name")) == (caption, "Bergheim")
    viewer.open("#view=status&group=%3Cimg%3E&base=x&against=y&edges=7&date=1")
    assert viewer.text("#map-caption") == "Kleinstadt, 31.12.2017 · Soziale Lage (Gesamtindex)"
    assert viewer.errors() == []


def test_an_indicator_of_the_whole_picture_leads_to_its_values(viewer):
    viewer.open("#view=status&district=01")
    viewer.one("#panel [data-indicator=parks]").click()
    assert viewer.text("#map-caption") == "Grünfläche je Kopf, 31.12.2017 · Werte in Klassen"
    viewer.choose(view="status")
    assert viewer.text("#map-caption").endswith("Soziale Lage (Gesamtindex)")


def test_views_can_be_chosen_by_keyboard(viewer):
    viewer.open()
    viewer.script("document.getElementById('choose-view').focus()")
    viewer.keys(Keys.ARROW_DOWN)
    assert viewer.text("#map-caption").endswith("Soziale Lage und Richtung")
    assert viewer.script("return document.activeElement.id") == "choose-view"


def test_the_list_tells_what_the_map_shows(viewer):
    viewer.open("#view=status")
    Select(viewer.one("#districts-sort")).select_by_value("value")
    first = viewer.one("#districts-rows button")
    assert viewer.script("return arguments[0].textContent", first) == "Altstadt1,91, sehr ungünstig"
    assert viewer.text("#districts-measure").startswith("Indexwert")
    last = viewer.one('#districts-rows button[data-district="10"]')
    told = viewer.script("return arguments[0].textContent", last)
    assert told.startswith("Kämpennicht beurteilbar")
    assert told.endswith("mindestens ein Merkmal hat keinen Wert")


def test_english_has_no_german_left(english):
    english.open("#view=values&district=02&edges=1")
    for view in (*SINGLE, *WHOLE):
        address = f"#view={view}&district=02&edges=1"
        english.script("window.location.hash = arguments[0]", address)
        english.until_shown(address)
        shown = english.script("""
            document.querySelectorAll("details").forEach((part) => { part.open = true; });
            const record = document.getElementById("reading-record");
            record.hidden = true;
            const parts = ["main", "#map-caption"].map((part) => document.querySelector(part));
            return parts.map((part) => part.innerText).join(" ");
        """)
        assert len(shown) > 1000
        assert not re.search(r"\b(nicht|und|Gebiet|Status über|auffällig|Merkmal\w*)\b", shown), view
    assert english.errors() == []


@pytest.mark.parametrize("view", ["verdict", "status", "robustness"])
def test_a_phone_shows_each_view_without_scrolling_sideways(viewer, view):
    viewer.open(f"#view={view}&edges=1&district=02", size=(390, 844))
    assert viewer.script("return document.documentElement.scrollWidth") <= 390
    assert viewer.one("#side").rect["height"] <= 844 / 2 + 1
    assert viewer.one("#panel").rect["height"] >= 300, "the profile fills the sheet"


def test_a_printed_page_holds_the_whole_legend_source_and_method(viewer):
    viewer.open("#view=values&indicator=poor", size=(1040, 720))
    viewer.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    legend, stage, foot = (viewer.one(part).rect for part in ("#legend", ".stage", "#print-foot"))
    told = viewer.text("#print-foot")
    shown = [part.is_displayed() for part in viewer.all(".controls, .reading, #districts-list, .tools")]
    viewer.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert len(shown) >= 4
    assert not any(shown)
    assert legend["y"] >= stage["y"]
    assert legend["y"] + legend["height"] <= stage["y"] + stage["height"]
    assert foot["y"] >= stage["y"] + stage["height"]
    assert "Quelle: Amt für Statistik" in told
    assert "Nicht geeignet" in told


def test_text_has_enough_contrast(viewer):
    """WCAG AA: 4.5 to 1 for what is written in the new controls and notes."""
    viewer.open("#view=status")
    colours = viewer.script("""
        const solid = (node) => {
            for (let at = node; at; at = at.parentElement) {
                const found = getComputedStyle(at).backgroundColor;
                if (found !== "rgba(0, 0, 0, 0)") return found;
            }
            return "rgb(255, 255, 255)";
        };
        const marked = document.querySelectorAll(".field > span, .legend .detail, #legend-notes p, .plain");
        const shown = [...marked].filter((node) => node.offsetParent && node.textContent.trim());
        return JSON.stringify(shown.map((node) => [getComputedStyle(node).color, solid(node)]));
    """)
    for ink, paper in json.loads(colours):
        light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def _luminance(colour):
    parts = re.findall(r"[\d.]+", colour)[:3]
    whole = 1 if colour.startswith("color(") else 255
    channels = [float(part) / whole for part in parts]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_headlines_are_right_for_none_one_and_many(viewer):
    viewer.open("#view=values")
    told = viewer.script("""
        const { texts } = JSON.parse(document.getElementById("sozialraum-data").textContent);
        const headlines = Object.entries(texts.de).filter(([key]) => key.startsWith("headline."));
        return headlines.map(([_, told]) => told);
    """)
    # A number of things is never written beside a fixed plural.
    assert [one for one in told if re.search(r"\{\w+\} (Gebiete\b|Gebieten|Wände|Grenzen)", one)] == [
        "{count} Gebiete"  # said of two and more only, see districtsTold
    ]
    viewer.choose(view="clusters")
    assert viewer.text("#map-headline").startswith(
        "In 3 Gebieten liegen hohe Werte beieinander, in 2 niedrige."
    )


def test_the_headline_of_a_change_counts_only_what_chance_does_not_explain(assessed, viewer, tmp_path):
    # By a point a year, intervals of two points either way: nothing is sure, and no district is called risen.
    viewer.open("#view=change&indicator=poor&since=2016-12-31")
    assert viewer.text("#map-headline") == (
        "Seit 31.12.2016: in keinem Gebiet über den Zufall hinaus gestiegen, in keinem gesunken; "
        "in 9 Gebieten kann die Veränderung Zufall sein."
    )
    # Three districts move far enough: 01 and 02 up by ten points, 05 down by ten.
    rows = assessed.indicators.copy()
    last = (rows["indicator"] == "poor") & (rows["date"] == "2017-12-31")
    for key, points in (("01", 0.1), ("02", 0.1), ("05", -0.1)):
        rows.loc[last & (rows.index == key), ["value", "lower", "upper"]] += points
    viewer.page = write_atlas(replace(assessed, indicators=rows), tmp_path / "moved.html")
    viewer.open("#view=change&indicator=poor&since=2016-12-31")
    assert viewer.text("#map-headline") == (
        "Seit 31.12.2016: in 2 Gebieten über den Zufall hinaus gestiegen, in einem gesunken; "
        "in 6 Gebieten kann die Veränderung Zufall sein."
    )
    assert viewer.marks()["Weiß durchbrochen: unsicher"] == 6
    # Without intervals nothing can be told apart, and the headline claims no certainty.
    bare = rows.assign(lower=float("nan"), upper=float("nan"))
    viewer.page = write_atlas(replace(assessed, indicators=bare), tmp_path / "bare.html")
    viewer.open("#view=change&indicator=poor&since=2016-12-31")
    assert viewer.text("#map-headline") == "Seit 31.12.2016: in 8 Gebieten gestiegen, in einem gesunken."
