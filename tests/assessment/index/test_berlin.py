"""Berlin published its classes: the preset must reproduce every one of them."""

import json

import pandas as pd
import pytest

from sozialraum.assessment.index.classes import attention, status_matrix
from sozialraum.assessment.index.composite import composite_index
from sozialraum.assessment.index.monitoring import index_over_time
from sozialraum.assessment.index.multiverse import multiverse
from sozialraum.assessment.index.recipes import preset

pytestmark = pytest.mark.shared

SHARES = ("s1", "s2", "s3", "s4")
CHANGES = ("d1", "d2", "d3", "d4")
STATUS_DE = {"hoch": "high", "mittel": "medium", "niedrig": "low", "sehr niedrig": "very low"}
DYNAMIC_DE = {"positiv": "positive", "stabil": "stable", "negativ": "negative"}
MSS = preset("berlin_mss", SHARES, dynamic_indicators=CHANGES)


def computed(table):
    people = table["inhabitants"]
    return (
        composite_index(table, MSS, population=people),
        composite_index(table, MSS, population=people, kind="dynamic"),
    )


@pytest.mark.parametrize(("year", "areas", "needy"), [(2013, 434, 51), (2015, 435, 43), (2017, 436, 44)])
def test_every_published_class_is_reproduced(berlin, year, areas, needy):
    table = berlin[year]
    status, dynamic = (found.table["class"] for found in computed(table))
    published_status = table["status_index_class"].map(STATUS_DE)
    published_dynamic = table["dynamic_index_class"].map(DYNAMIC_DE)
    assert (status != "not assessable").sum() == (dynamic != "not assessable").sum() == areas
    assert (status != published_status).sum() == 0
    assert (dynamic != published_dynamic).sum() == 0
    pd.testing.assert_frame_equal(
        status_matrix(status, dynamic), status_matrix(published_status, published_dynamic)
    )
    assert (attention(status, dynamic) == "yes").sum() == needy


@pytest.mark.parametrize(("year", "last_digit"), [(2013, 19), (2015, 51), (2017, 50)])
def test_published_index_values_are_met(berlin, year, last_digit):
    """The fifth digit differs by one here and there: Berlin rounds the z-values before it sums them.

    The columns `z_*` are shifted: from the fifth on they hold the sum, the index, its class, and z of d1.
    """
    table = berlin[year]
    columns = [column for column in table.columns if column.startswith("z_")]
    published = table[columns[5]]
    found = computed(table)[0].table["value"]
    assert (found - published).abs().max() < 1e-5
    assert ((found.round(5) - published).abs() > 5e-6).sum() == last_digit
    assert (computed(table)[0].contributions.sum(axis=1) - found).abs().max() < 1e-9
    if year > 2013:
        shares = table[list(SHARES)]
        z = (shares - shares.mean()) / shares.std(ddof=0)
        assert (z.round(5).to_numpy() == table[columns[:4]].to_numpy()).all()


def test_excluded_areas_are_those_without_a_row(berlin, shared_data):
    """Woods, fair grounds, stadium, freight yards, building sites; and Allende II, named by hand.

    The polygons have 447 keys (06010102 twice, 04030417 absent), so 448 areas with the correction.
    """
    path = shared_data / "berlin" / "berlin-lor-planning-areas-until-2020.geojson"
    keys = [area["properties"]["id"] for area in json.loads(path.read_text("utf-8"))["features"]]
    all_keys = {*keys, "04030417"}
    left_out = {year: all_keys - set(table.index) for year, table in berlin.items()}
    assert (len(keys), len(set(keys))) == (448, 447)
    assert {year: len(areas) for year, areas in left_out.items()} == {2013: 14, 2015: 13, 2017: 12}
    assert left_out[2013] - left_out[2015] == {"09020701"}  # Adlershof West, being built: 508 people in 2015
    assert left_out[2015] - left_out[2017] == {"02020201"}  # Gleisdreieck, being built: 911 people in 2017
    assert left_out[2017] < left_out[2015] < left_out[2013]
    assert min(table["inhabitants"].min() for table in berlin.values()) == 364


def test_over_the_years_relative_and_fixed_base_part(berlin_long):
    indicators, people = berlin_long
    found = index_over_time(indicators, MSS, population=people)
    assert found.problems == ()
    by_date = found.table.groupby("date")
    assert by_date["attention"].apply(lambda column: (column == "yes").sum()).tolist() == [51, 43, 44]

    def very_low(column):
        return by_date[column].apply(lambda classes: (classes == "very low").sum()).tolist()

    assert very_low("status") == [38, 38, 42]
    # By the measure of 2013 the city became better off; the relative index cannot show it.
    assert very_low("fixed_status") == [38, 21, 11]
    last = found.table[found.table["date"] == "2017-12-31"]
    assert (last["early_warning"] == "early warning").sum() == 24
    persistent = last.index[last["early_warning"] == "persistent early warning"]
    assert sorted(persistent) == ["03030716", "04010102", "11020411", "12302107"]
    assert last["negative_periods"].value_counts().to_dict() == {0: 388, 1: 42, 2: 5, 3: 1}


@pytest.mark.parametrize(("year", "moved"), [(2013, 29), (2015, 35), (2017, 34)])
def test_a_population_weighted_standard_moves_a_few_dozen_classes(berlin, year, moved):
    table = berlin[year]
    weighted = preset("berlin_mss", SHARES, standard="population")
    found = composite_index(table, weighted, population=table["inhabitants"]).table["class"]
    assert (found != computed(table)[0].table["class"]).sum() == moved


def test_multiverse_2017_says_which_choice_matters(berlin_long):
    indicators, people = berlin_long
    found = multiverse(indicators, MSS, date="2017-12-31", population=people["2017-12-31"])
    assert len(found.variants) == 180
    assert found.influence["moved"].round(3).to_dict() == {
        "transformation": 0.134,
        "limits": 0.125,
        "standard": 0.082,
        "indicators": 0.055,
        "weights": 0.001,
    }
    assert found.influence.index[0] == "transformation"
    alone = found.alone.set_index("option")["moved"].to_dict()
    assert alone == {
        "percentile": 35,
        "exponential": 46,
        "first component": 0,
        "wider": 34,
        "narrower": 27,
        "population": 34,
        "without s1": 14,
        "without s2": 23,
        "without s3": 14,
        "without s4": 17,
    }
    assert (found.shares["same"] == 180).sum() == 189
    same = (found.shares["same"] / 180).groupby(found.shares["status"]).mean().round(2)
    assert same.to_dict() == {"high": 0.86, "low": 0.70, "medium": 0.94, "very low": 0.78}


@pytest.mark.parametrize(
    ("name", "moved"), [("z_mean", 15), ("percentile_sum", 211), ("exponential", 19), ("pca", 0)]
)
def test_other_presets_on_berlin_2017(berlin, name, moved):
    table = berlin[2017]
    found = composite_index(table, preset(name, SHARES), population=table["inhabitants"])
    assert (found.table["class"] != computed(table)[0].table["class"]).sum() == moved
    if name == "pca":
        assert found.explained == pytest.approx(0.941, abs=5e-4)
        assert found.loadings.round(3).tolist() == [0.509, 0.488, 0.503, 0.5]
