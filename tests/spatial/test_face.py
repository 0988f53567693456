"""The order of rows changes nothing; graphs and values of any kind work or are refused in words."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.weights import W

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.bivariate import local_moran_bivariate, local_moran_change
from sozialraum.spatial.clusters import cluster_table
from sozialraum.spatial.engine.inference import StatisticsWarning
from sozialraum.spatial.geary import local_geary
from sozialraum.spatial.getis_ord import getis_ord
from sozialraum.spatial.global_moran import moran
from sozialraum.spatial.join_counts import local_join_counts
from sozialraum.spatial.local_moran import local_moran
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.rates import local_moran_rates


@pytest.fixture(scope="module")
def city():
    x, y = (place.ravel() for place in np.meshgrid(np.arange(7) * 100.0, np.arange(6) * 100.0))
    keys = pd.Index([f"{number:02d}" for number in range(len(x))], name="district")
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 100, y + 100), crs=25833, index=keys)


@pytest.fixture(scope="module")
def rates(city):
    noise = np.random.default_rng(3).normal(size=(len(city), 2))
    table = pd.DataFrame(noise, index=city.index, columns=["a", "b"])
    table.iloc[4, 0] = np.nan
    return table


STATISTICS = {
    "local_moran": lambda v, g: local_moran(v, g, permutations=499).table,
    "getis_ord": lambda v, g: getis_ord(v + 10, g, permutations=499).table,
    "local_geary": lambda v, g: local_geary(v, g, permutations=499).table,
    "bivariate": lambda v, g: local_moran_bivariate(v["a"], v["b"], g, permutations=499).table,
    "change": lambda v, g: local_moran_change(v["a"], v["b"], g, permutations=499).table,
    "joins": lambda v, g: local_join_counts(v["b"] > 0, g, permutations=499).table,
    "rates": lambda v, g: (
        local_moran_rates((v["b"] + 5).round() * 10, v["b"] * 0 + 1000, g, permutations=499).table
    ),
}


@pytest.mark.parametrize("name", STATISTICS)
def test_the_order_of_rows_changes_no_p(name, city, rates):
    graph = neighbours(city).graph
    straight = STATISTICS[name](rates, graph)
    mixed = rates.sample(frac=1, random_state=1)
    again = STATISTICS[name](mixed, graph)
    assert again.index.equals(mixed.index)
    pd.testing.assert_frame_equal(again.loc[straight.index], straight)


def test_the_order_of_the_boundary_file_changes_no_cluster(city, rates):
    long = rates.melt(var_name="indicator", ignore_index=False).assign(date="2020-12-31")
    first, moran_first = cluster_table(long, neighbours(city).graph, permutations=499)
    other = neighbours(city.sample(frac=1, random_state=2)).graph
    second, moran_second = cluster_table(long.sample(frac=1, random_state=3), other, permutations=499)
    keys = ["indicator", "date"]
    ordered = [
        table.rename_axis("district").reset_index().sort_values([*keys, "district"], ignore_index=True)
        for table in (first, second)
    ]
    pd.testing.assert_frame_equal(*ordered)
    columns = sorted(moran_first.columns)
    pd.testing.assert_frame_equal(
        *(table.sort_values(keys, ignore_index=True)[columns] for table in (moran_first, moran_second))
    )


def test_global_moran_by_permutation_does_not_depend_on_rows(city, rates):
    graph = neighbours(city)
    straight, mixed = (
        moran(values, graph, permutations=999).table["p_permutation"]
        for values in (rates, rates.sample(frac=1, random_state=4))
    )
    assert straight.tolist() == mixed.tolist()


def test_integer_keys_are_dealt_in_their_own_order(city, rates):
    whole = city.set_axis(range(len(city)))
    values = rates["a"].set_axis(whole.index)
    straight = local_moran(values, neighbours(whole), permutations=499).table["p"]
    mixed = local_moran(values.sample(frac=1, random_state=5), neighbours(whole), permutations=499).table["p"]
    pd.testing.assert_series_equal(mixed.loc[straight.index], straight)


@pytest.mark.parametrize("name", STATISTICS)
def test_neighbours_and_weights_just_work(name, city, rates):
    found = neighbours(city)
    own = W({key: list(found.graph[key].index) for key in city.index}, silence_warnings=True)
    expected = STATISTICS[name](rates, found.graph)
    pd.testing.assert_frame_equal(STATISTICS[name](rates, found), expected)
    pd.testing.assert_frame_equal(STATISTICS[name](rates, own), expected)


@pytest.mark.parametrize("values", [np.zeros(42), [0.0] * 42, {"00": 1.0}])
def test_values_without_keys_are_refused_in_words(city, values):
    with pytest.raises(SozialraumError) as error:
        local_moran(values, neighbours(city))
    assert "index=districts.index" in error.value.problems[0].text("en")


def test_what_is_no_graph_is_refused_in_words(city, rates):
    with pytest.raises(SozialraumError) as error:
        local_moran(rates, city)
    assert error.value.problems[0].code == "spatial.no_graph"


def test_numbers_against_texts_as_keys_are_told_and_few_keys_named(city, rates):
    whole = rates.set_axis([int(key) + 100 for key in rates.index])
    texts = neighbours(city.set_axis([str(key) for key in whole.index]))
    with pytest.raises(AlignmentError) as error:
        local_moran(whole, texts)
    problem = error.value.problems[0]
    assert problem.code == "spatial.other_type"
    assert "'integer'" in problem.text("en")
    with pytest.raises(AlignmentError) as error:
        local_moran(rates.set_axis([f"x{key}" for key in rates.index]), texts)
    assert all(len(one.text("en")) < 300 for one in error.value.problems)
    assert all(len(one.keys) == len(rates) for one in error.value.problems)


def test_too_few_permutations_warn(city, rates):
    with pytest.warns(StatisticsWarning, match="999"):
        local_moran(rates["b"], neighbours(city), permutations=999)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        local_moran(rates["b"], neighbours(city), permutations=1_999)


def test_results_join_a_map_in_one_call(city, rates):
    found = local_moran(rates, neighbours(city), permutations=99)
    joined = city.join(found.flat())
    assert "a label" in joined
    assert joined["a label"].dtype == "category"
    assert list(found.long().columns[:2]) == ["indicator", "statistic"]
    assert len(found.long()) == 2 * len(city)
    single = local_moran(rates["a"], neighbours(city), permutations=99)
    assert "label" in city.join(single.flat())
    assert "<table" in found._repr_html_()
    assert found != single  # eq=False: two results are equal only if they are one


def test_levels_of_the_columns_keep_their_names(city, rates):
    panel = pd.concat({2020: rates, 2021: rates}, axis=1, names=["year", "indicator"])
    found = local_moran(panel, neighbours(city), permutations=99)
    assert list(found.table.columns.names) == ["year", "indicator", "field"]
    assert list(found.long().columns[:3]) == ["year", "indicator", "statistic"]
