import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from sozialraum.analysis import CITY_COLUMNS, INDICATOR_COLUMNS, Analysis
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.spatial.clusters import cluster_table
from sozialraum.spatial.neighbours.find import neighbours

SIDE = 4
STATISTICS = {
    "permutations": 199,
    "alternative": "two-sided",
    "correction": "none",
    "alpha": 0.05,
    "seed": 1,
}


def make_analysis(numerators, denominators=None, flags=None):
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
    graph = neighbours(districts).graph
    clusters, moran = cluster_table(indicators, graph, **STATISTICS)
    return Analysis(
        city="Testdorf",
        districts=districts,
        catalogue=pd.DataFrame({"label_de": ["Arbeitslose"]}, index=["unemployed"]),
        indicators=indicators,
        city_values=pd.DataFrame([city], columns=list(CITY_COLUMNS)),
        graph=graph,
        clusters=clusters,
        moran=moran,
        parameters={"statistics": STATISTICS},
    )


def numbers(count=16):
    return np.arange(10, 10 + count)


NUMBERS = ["value", "numerator", "denominator", "lower", "upper"]


@pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (2, True), (3, False)])
def test_counts_of_one_and_two_are_suppressed_for_the_public(count, hidden):
    numerators = numbers()
    numerators[5] = count
    release = protect(make_analysis(numerators), audience="public")
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
    release = protect(make_analysis(numbers(), denominators), audience="public")
    assert (release.indicators.loc["05", "flag"] == "suppressed") == hidden
    assert np.isnan(release.indicators.loc["05", "value"]) == hidden


def test_a_cell_that_arrives_suppressed_keeps_no_part_of_it():
    flags = ["ok"] * 15 + ["suppressed"]
    analysis = make_analysis(numbers(), flags=flags)
    release = protect(analysis, audience="public")
    assert release.indicators.loc["15", NUMBERS].isna().all()


def test_internal_shows_everything_and_public_changes_nothing_in_the_analysis():
    numerators = numbers()
    numerators[5] = 1
    analysis = make_analysis(numerators)
    before = analysis.indicators.copy()
    protect(analysis, audience="public")
    pd.testing.assert_frame_equal(analysis.indicators, before)
    release = protect(analysis, audience="internal")
    pd.testing.assert_frame_equal(release.indicators, before)
    assert release.audience == "internal"


def test_what_is_derived_does_not_depend_on_the_suppressed_count():
    one, two = numbers(), numbers()
    one[5], two[5] = 1, 2
    first, second = (protect(make_analysis(counts), audience="public") for counts in (one, two))
    pd.testing.assert_frame_equal(first.indicators, second.indicators)
    pd.testing.assert_frame_equal(first.clusters, second.clusters)
    pd.testing.assert_frame_equal(first.moran, second.moran)
    pd.testing.assert_frame_equal(first.city_values, second.city_values)
    assert first.clusters.loc["05", "label"] == "undefined"
    assert np.isnan(first.clusters.loc["05", "p"])


def test_the_city_total_does_not_give_the_cell_away():
    numerators = numbers()
    numerators[5] = 2
    release = protect(make_analysis(numerators), audience="public")
    city, shown = release.city_values.iloc[0], release.indicators["numerator"].sum()
    assert shown < numerators.sum() - 2
    assert city["numerator"] == shown
    assert city["denominator"] == 14_000
    assert city["value"] == pytest.approx(shown / 14_000)
    assert city["districts"] == 14


def test_nothing_is_withheld_where_nothing_is_small():
    analysis = make_analysis(numbers())
    release = protect(analysis, audience="public")
    pd.testing.assert_frame_equal(release.clusters, analysis.clusters)
    assert release.city_values.loc[0, "numerator"] == numbers().sum()


def test_rules_can_be_stricter():
    release = protect(make_analysis(numbers()), audience="public", rules=Rules(minimum_count=12))
    assert release.indicators.index[release.indicators["flag"] == "suppressed"].tolist() == ["00", "01"]
    assert release.rules["minimum_count"] == 12
