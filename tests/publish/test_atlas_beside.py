"""Smoothed values, walls, how unequal the city is: in the page's data, and as its reader sees them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.support.ui import Select

from sozialraum.assessment.borders.walls import WALL_COLUMNS
from sozialraum.publish.atlas.data import atlas_data
from sozialraum.publish.atlas.write import write_atlas

DATE = "2017-12-31"


@pytest.fixture(scope="module")
def fuller(assessed):
    """The small city with smoothed values (11 and 12 have none), a wall and the city's own figures."""
    found, keys = assessed.assessment, assessed.districts.index
    known = np.arange(12) < 10
    smooth = pd.DataFrame({
        "indicator": "poor", "date": DATE, "smoothed": np.where(known, np.linspace(0.3, 0.12, 12), np.nan),
        "smoothed_lower": np.where(known, np.linspace(0.28, 0.1, 12), np.nan),
        "smoothed_upper": np.where(known, np.linspace(0.33, 0.15, 12), np.nan), "weight": 0.8,
        "smoothed_local": np.where(np.arange(12) < 9, np.linspace(0.25, 0.2, 12), np.nan),
    }, index=keys)  # fmt: skip
    ends = ("Cronenfeld | Dornbusch", "Insel | Dornbusch")
    wall = ("poor", DATE, 1, 2, 1234.0, 0.095, 0.02, *ends, ("03", "09"), ("04",))
    segregation = pd.DataFrame({
        "indicator": "poor", "date": [DATE, DATE, "2016-12-31"], "level": ["district", "area", "district"],
        "measure": "dissimilarity", "group": "poor", "value": 0.3, "expected": 0.02,
        "corrected": [0.275, 0.1, 0.26], "lower": [0.25, 0.05, 0.24], "upper": [0.3, 0.15, 0.29], "areas": 10,
        "districts": 10, "omitted": 2,
    })  # fmt: skip
    inequality = pd.DataFrame({
        "indicator": "poor", "date": [DATE], "measure": "gini", "level": "", "value": 0.3, "share": np.nan,
        "expected": 0.01, "excess": np.nan, "lower": np.nan, "upper": np.nan, "districts": 10, "omitted": 2,
    })  # fmt: skip
    walls = pd.DataFrame([wall], columns=list(WALL_COLUMNS))
    more = {
        "smoothed": smooth.iloc[::-1],
        "walls": walls,
        "segregation": segregation,
        "inequality": inequality,
    }
    return replace(assessed, assessment=replace(found, **more))


def test_the_page_s_data_hold_them(fuller):
    newest = atlas_data(fuller)["indicators"][0]["slices"][-1]
    assert newest["walls"] == [{"borders": [[2, 3], [8, 3]], "length": 1230, "jump": 9.5,
                                "ends": ["Cronenfeld | Dornbusch", "Insel | Dornbusch"]}]  # fmt: skip
    assert newest["measures"] == {
        "dissimilarity": {"value": 0.275, "lower": 0.25, "upper": 0.3, "districts": 10}
    }
    assert {"smoothed", "smoothedLower", "smoothedUpper", "smoothedLocal"} <= newest.keys()


def test_only_sharp_borders_are_drawn_and_a_wall_is_made_of_its_own_sides_alone(fuller):
    found = fuller.assessment
    first = found.edges.iloc[[0]]
    # One that is not sharp, and a sharp one from the wall's higher side to a district that is no part of it.
    soft = first.assign(
        focal="05", neighbor="06", indicator="poor", date=DATE, border="fluid", difference=0.2
    )
    other = first.assign(
        focal="01", neighbor="03", indicator="poor", date=DATE, border="sharp", difference=-0.2
    )
    edges = pd.concat([found.edges, soft, other])
    newest = atlas_data(replace(fuller, assessment=replace(found, edges=edges)))["indicators"][0]["slices"][
        -1
    ]
    before = atlas_data(fuller)["indicators"][0]["slices"][-1]
    assert newest["edges"] == sorted([*before["edges"], [0, 2, -20]])
    assert newest["walls"] == before["walls"]


def test_what_is_not_there_is_not_told(assessed):
    for part in atlas_data(assessed)["indicators"][0]["slices"]:
        assert not {"walls", "measures", "smoothed"} & part.keys()


@pytest.fixture(scope="module")
def page(fuller, tmp_path_factory):
    return write_atlas(fuller, tmp_path_factory.mktemp("beside") / "page.html")


@pytest.fixture
def seen(reader, page):
    reader.page = page
    return reader


pytestmark = pytest.mark.browser


def test_smoothed_values_are_told_beside_the_counted_ones(seen):
    seen.open("#view=smoothed")
    counts, total = seen.legend()
    assert sum(counts.values()) == total == 12
    told = "#districts-rows button[data-district='0'] .value"
    row = seen.script("return document.querySelector(arguments[0]).textContent", told)
    assert row == "30,0\u00a0%"
    Select(seen.one("#towards")).select_by_value("local")
    assert seen.legend()[0]["Ohne Nachbarn"] == 1
    assert "Nachbarschaft" in seen.text("#map-caption")
    assert "towards=local" in seen.driver.current_url
    seen.driver.back()
    assert seen.errors() == []


def test_a_wall_is_drawn_numbered_and_told(seen):
    seen.open("#view=borders")
    assert len(seen.all(".leaflet-marks-pane path.wall")) == 2
    assert [mark.text for mark in seen.all(".wall-name")] == ["1"]
    assert seen.marks()["Wand"] == 1
    assert seen.marks()["deutlicher Sprung"] == 3
    assert (
        seen.text("#map-headline")
        == "An 3 Grenzen springt der Wert deutlich; eine Reihe davon bildet eine Wand."
    )


def test_the_picture_shows_borders_and_walls(seen):
    seen.open("#view=borders")
    drawn = seen.driver.execute_async_script("""
        const done = arguments[0];
        const keep = URL.createObjectURL;
        URL.createObjectURL = (content) => { content.text().then(done); return keep.call(URL, content); };
        document.getElementById("save-svg").click();
    """)
    assert drawn.count('stroke="#1238c8"') == 1
    assert drawn.count('stroke="#16242e" stroke-width="6"') == 1
    for told in ("An 3 Grenzen springt", "Quelle: Amt für Statistik", "Stichtag: 31.12.2017", "Kleinstadt"):
        assert told in drawn


def test_the_city_has_a_figure_with_its_interval(seen):
    seen.open("#view=values&indicator=poor&side=city")
    told = seen.text("#answer")
    assert "27,5" in told
    assert "25,0 bis 30,0" in told
    assert "kein Ziel" in told
    assert len(seen.all("#answer .figure")) == 1, "what has no number is not shown"


def test_classes_can_be_chosen_and_are_in_the_address(seen):
    seen.open("#view=values&indicator=poor")
    before = list(seen.legend()[0])
    options = [option.get_attribute("value") for option in Select(seen.one("#classes")).options]
    assert options == ["quantile", "natural", "quantile-date", "natural-date"]
    Select(seen.one("#classes")).select_by_value("quantile-date")
    assert list(seen.legend()[0]) != before
    assert "nicht vergleichbar" in seen.text("#legend-notes")
    address = seen.driver.current_url.partition("#")[2]
    assert "classes=quantile-date" in address
    seen.open(f"#{address}")
    assert seen.one("#classes").get_attribute("value") == "quantile-date"


def test_a_view_that_could_only_be_empty_is_not_offered(reader):
    reader.open()
    offered = {option.get_attribute("value") for option in Select(reader.one("#choose-view")).options}
    assert not offered & {"smoothed", "borders", "verdict"}
    assert not [tab for tab in reader.all("#side-tabs [data-side=city]") if tab.is_displayed()]
