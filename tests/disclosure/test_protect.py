import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from sozialraum.analysis import Analysis
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.panel import CITY_COLUMNS, INDICATOR_COLUMNS, Panel

SIDE = 4


def make_panel(numerators, denominators=None, flags=None):
    keys = [f"{number:02d}" for number in range(SIDE * SIDE)]
    cells = [
        box(100 * (n % SIDE), 100 * (n // SIDE), 100 * (n % SIDE) + 100, 100 * (n // SIDE) + 100)
        for n in range(16)
    ]
    index = pd.Index(keys, name="district")
    districts = gpd.GeoDataFrame({"name": keys}, geometry=cells, index=index, crs="EPSG:25832")
    numerator = np.asarray(numerators, float)
    denominator = np.full(16, 1000.0) if denominators is None else np.asarray(denominators, float)
    value = numerator / denominator
    indicators = pd.DataFrame(
        {
            "indicator": "unemployed",
            "date": "2020-12-31",
            "value": value,
            "numerator": numerator,
            "denominator": denominator,
            "lower": value * 0.9,
            "upper": value * 1.1,
            "flag": "ok" if flags is None else flags,
        },
        index=index,
    )[list(INDICATOR_COLUMNS)]
    city = [
        "unemployed",
        "2020-12-31",
        np.nansum(numerator) / np.nansum(denominator),
        np.nansum(numerator),
        np.nansum(denominator),
        np.nanmedian(value),
        16,
    ]
    return Panel(
        city="Testdorf",
        districts=districts,
        catalogue=pd.DataFrame({"label_de": ["Arbeitslose"]}, index=["unemployed"]),
        indicators=indicators,
        city_values=pd.DataFrame([city], columns=list(CITY_COLUMNS)),
    )


def numbers(count=16):
    return np.arange(10, 10 + count)


NUMBERS = ["value", "numerator", "denominator", "lower", "upper"]


@pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (2, True), (3, False)])
def test_counts_of_one_and_two_are_suppressed_for_the_public(count, hidden):
    numerators = numbers()
    numerators[5] = count
    release = protect(make_panel(numerators), audience="public")
    row = release.indicators.loc["05"]
    assert row["flag"] == ("suppressed" if hidden else "ok")
    assert row[NUMBERS].isna().all() == hidden
    others = release.indicators.drop("05")
    suppressed = others["flag"] == "suppressed"
    # The city's total is known: one other district keeps it from being the difference, no more.
    assert suppressed.sum() == hidden
    assert others.loc[suppressed, NUMBERS].isna().all(axis=None)
    assert others.loc[~suppressed, NUMBERS].notna().all(axis=None)


@pytest.mark.parametrize(("count", "hidden"), [(99, True), (100, False)])
def test_no_rate_on_a_small_denominator(count, hidden):
    denominators = np.full(16, 1000)
    denominators[5] = count
    release = protect(make_panel(numbers(), denominators), audience="public")
    assert (release.indicators.loc["05", "flag"] == "suppressed") == hidden
    assert np.isnan(release.indicators.loc["05", "value"]) == hidden


def test_a_cell_that_arrives_suppressed_keeps_no_part_of_it():
    flags = ["ok"] * 15 + ["suppressed"]
    panel = make_panel(numbers(), flags=flags)
    release = protect(panel, audience="public")
    assert release.indicators.loc["15", NUMBERS].isna().all()


def test_internal_shows_everything_and_public_changes_nothing_in_the_analysis():
    numerators = numbers()
    numerators[5] = 1
    panel = make_panel(numerators)
    before = panel.indicators.copy()
    protect(panel, audience="public")
    pd.testing.assert_frame_equal(panel.indicators, before)
    release = protect(panel, audience="internal")
    pd.testing.assert_frame_equal(release.indicators, before)
    assert release.audience == "internal"


def test_what_is_derived_does_not_depend_on_the_suppressed_count():
    one, two = numbers(), numbers()
    one[5], two[5] = 1, 2
    first, second = (protect(make_panel(counts), audience="public") for counts in (one, two))
    pd.testing.assert_frame_equal(first.indicators, second.indicators)
    pd.testing.assert_frame_equal(first.city_values, second.city_values)


def test_the_city_total_does_not_give_the_cell_away():
    numerators = numbers()
    numerators[5] = 2
    release = protect(make_panel(numerators), audience="public")
    city, shown = release.city_values.iloc[0], release.indicators["numerator"].sum()
    assert shown < numerators.sum() - 2
    assert city["numerator"] == shown
    assert city["denominator"] == 14_000
    assert city["value"] == pytest.approx(shown / 14_000)
    assert city["districts"] == 14


def test_nothing_is_withheld_where_nothing_is_small():
    panel = make_panel(numbers())
    release = protect(panel, audience="public")
    pd.testing.assert_frame_equal(release.indicators, panel.indicators, check_dtype=False)
    assert release.city_values.loc[0, "numerator"] == numbers().sum()


def test_rules_can_be_stricter():
    release = protect(make_panel(numbers()), audience="public", rules=Rules(minimum_count=12))
    assert release.indicators.index[release.indicators["flag"] == "suppressed"].tolist() == ["00", "01"]
    assert release.rules.minimum_count == 12


def test_what_was_computed_before_does_not_pass():
    panel = make_panel(numbers())
    computed = Analysis(**vars(panel), moran=pd.DataFrame({"statistic": [0.5]}))
    assert type(protect(computed)) is Panel
    assert type(protect(computed, audience="internal")) is Panel
