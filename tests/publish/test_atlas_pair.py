"""Two indicators in one map: thirds, the darkest corner, who is missing, and what the address keeps."""

import pytest
from selenium.webdriver.support.ui import Select

from sozialraum.publish.palettes import PAIR

pytestmark = pytest.mark.browser

STATE = "#view=pair&indicator=poor&with=parks"


def fields(reader):
    return reader.script("""
        const all = (name) => [...document.querySelectorAll(`#legend-square ${name}`)];
        const counts = all(".count").map((one) => Number(one.textContent));
        return [counts, all("rect").map((one) => one.getAttribute("fill"))];
    """)


def test_thirds_are_counted_in_a_square_and_the_corner_is_dark_where_both_are_unfavourable(viewer):
    viewer.open(STATE)
    counts, colours = fields(viewer)
    # Child poverty upwards: three districts high, three middle, four low.
    # Green space: six low, the others middle.
    assert counts == [3, 0, 0, 1, 2, 0, 2, 2, 0]
    # Little green is unfavourable: the corner 'much poverty, little green' is the darkest.
    assert colours[0] == PAIR[2][2]
    assert colours[8] == PAIR[0][0]
    rows, total = viewer.legend()
    assert total == 12
    assert rows["hoch / niedrig"] == 3
    assert rows["Geheim gehalten"] == 1
    assert sum(rows.values()) == 12


def test_the_headline_says_what_chance_would_give(viewer):
    viewer.open(STATE)
    # 3 of 10 with most poverty, 6 of 10 with least green: 1.8 districts would be both by chance.
    assert viewer.text("#map-headline") == (
        "In 3 Gebieten liegen beide Merkmale im ungünstigen Drittel; ohne Zusammenhang wären es etwa 2."
    )
    viewer.open("#view=pair&indicator=poor&with=old")
    assert "dunkelsten Drittel beider Merkmale" in viewer.text("#map-headline")


def test_an_interval_that_reaches_into_another_third_is_told_as_unsure(viewer):
    viewer.open(STATE)
    # Limits 12 and 27 %, intervals of 2 points either way: 03, 05, 06, 07, 09 and 10 reach across.
    assert viewer.marks()["Weiß durchbrochen: unsicher"] == 6


def test_the_second_indicator_is_chosen_kept_in_the_address_and_never_the_first(viewer):
    viewer.open("#view=pair&indicator=poor")
    options = [option.get_attribute("value") for option in viewer.all("#with option")]
    assert options == ["parks", "old"]
    Select(viewer.one("#with")).select_by_value("old")
    assert "with=old" in viewer.script("return window.location.hash")
    assert "Anteil Älterer" in viewer.text("#map-caption")
    viewer.driver.refresh()
    viewer.until_ready()
    assert viewer.one("#with").get_property("value") == "old"
    viewer.choose(indicator="old")
    assert viewer.one("#with").get_property("value") != "old"
    viewer.choose(view="values")
    assert not viewer.one("#choose-with").is_displayed()


@pytest.mark.parametrize("wanted", ["poor", "<b>", "__proto__", ""])
def test_an_address_that_nobody_wrote_shows_another_pair(viewer, wanted):
    viewer.open(f"#view=pair&indicator=poor&with={wanted}")
    assert viewer.one("#with").get_property("value") == "parks"
    assert viewer.errors() == []
