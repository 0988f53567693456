from __future__ import annotations

import warnings

import esda
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from sozialraum.spatial.esda_bridge import from_esda, to_esda
from sozialraum.spatial.local_moran import LABELS, LOCAL_FIELDS, local_moran
from sozialraum.spatial.neighbours.find import neighbours


def esda_local(values, weights, **options) -> esda.Moran_Local:
    with warnings.catch_warnings():
        # It announces a change of p, and divides by zero for districts without neighbours.
        warnings.simplefilter("ignore")
        return esda.Moran_Local(values, weights, permutations=99, **options)


@pytest.fixture
def graph(lattice) -> Graph:
    return neighbours(lattice(4, 5)).graph


@pytest.fixture
def values(graph) -> pd.Series:
    slope = np.linspace(0, 3, 20) + np.random.default_rng(2).normal(0, 1, 20)
    return pd.Series(slope, index=graph.unique_ids)


def test_esda_object_carries_our_p_in_its_own_order(values, graph):
    shuffled = values.iloc[::-1]
    result = local_moran(values, graph, permutations=499)
    theirs = to_esda(shuffled, graph, result)
    assert isinstance(theirs, esda.Moran_Local)
    assert theirs.w.unique_ids.tolist() == shuffled.index.tolist()
    np.testing.assert_array_equal(theirs.p_sim, result.table["p"].loc[shuffled.index])
    np.testing.assert_allclose(theirs.Is, result.table["statistic"].loc[shuffled.index] * 19 / 20)
    assert theirs.permutations == 499


def test_esdas_labels_with_our_corrected_p_are_our_labels(values, graph):
    result = local_moran(values, graph, permutations=999, alpha=0.3)
    theirs = to_esda(values, graph, result, p="p_adjusted").get_cluster_labels(crit_value=0.3)
    ours = result.table["label"].astype(str)
    assert ours.nunique() > 2
    assert [name.lower().replace("insignificant", "not significant") for name in theirs] == ours.tolist()


def test_districts_without_a_value_are_left_out(values, graph):
    values = values.mask(values.index == "07")
    result = local_moran(values, graph, permutations=99)
    theirs = to_esda(values, graph, result)
    assert "07" not in theirs.w.unique_ids
    assert theirs.n == 19
    kept = result.table.drop(index="07")
    np.testing.assert_allclose(theirs.Is, kept["statistic"] * 18 / 19)


def test_there_and_back_is_the_same_table(values, graph):
    result = local_moran(values, graph, permutations=999, alternative="directed")
    back = from_esda(to_esda(values, graph, result))
    pd.testing.assert_frame_equal(back, result.table, check_names=False)


@pytest.mark.parametrize("geoda_quads", [False, True])
def test_esdas_result_becomes_our_table(values, graph, geoda_quads):
    theirs = esda_local(values, graph, seed=1, geoda_quads=geoda_quads)
    table = from_esda(theirs, correction="none")
    ours = local_moran(values, graph, permutations=9).table
    assert tuple(table.columns) == LOCAL_FIELDS
    assert table.index.tolist() == values.index.tolist()
    np.testing.assert_allclose(table["statistic"], ours["statistic"])
    assert table["quadrant"].tolist() == ours["quadrant"].tolist()
    np.testing.assert_array_equal(table["p"], theirs.p_sim)
    assert (table["label"] == "not significant").tolist() == (theirs.p_sim > 0.05).tolist()


def test_doubled_p_never_exceeds_one(values, graph):
    theirs = esda_local(values, graph, seed=1)
    theirs.p_sim = np.linspace(0.01, 0.9, 20)
    table = from_esda(theirs, double=True)
    np.testing.assert_allclose(table["p"], np.minimum(2 * theirs.p_sim, 1))


def test_weights_object_of_old_gives_its_ids(values, graph):
    theirs = esda_local(values, graph.to_W(), seed=1)
    assert from_esda(theirs).index.tolist() == values.index.tolist()


def test_district_without_neighbours_is_isolated_whatever_esda_says():
    lonely = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"], "x": []})
    theirs = esda_local([1.0, 2.0, 3.0, 9.0], lonely, seed=1)
    table = from_esda(theirs)
    assert table.loc["x", "label"] == "isolated"
    assert table.loc["x", ["statistic", "p", "p_adjusted"]].isna().all()
    assert table["label"].cat.categories.tolist() == list(LABELS)


def test_isolated_district_has_no_p_in_esda(lattice):
    lattice_graph = neighbours(lattice(2, 2), removed=[("00", "01"), ("00", "02"), ("00", "03")]).graph
    values = pd.Series([5.0, 1.0, 2.0, 4.0], index=lattice_graph.unique_ids)
    theirs = to_esda(values, lattice_graph, local_moran(values, lattice_graph, permutations=99))
    assert np.isnan(theirs.p_sim).tolist() == [True, False, False, False]
