"""Getis-Ord, local Geary, join counts and moments: exactness, missing values, islands."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.geary import GEARY_LABELS, local_geary
from sozialraum.spatial.getis_ord import GETIS_ORD_LABELS, getis_ord
from sozialraum.spatial.join_counts import JOIN_LABELS, local_join_counts
from sozialraum.spatial.local_moran import local_moran
from sozialraum.spatial.moments import local_moran_moments

CALLS = {
    "getis_ord": (getis_ord, GETIS_ORD_LABELS),
    "local_geary": (local_geary, GEARY_LABELS),
    "local_join_counts": (local_join_counts, JOIN_LABELS),
}


@pytest.fixture
def values(grid):
    index, graph = grid(4, 5, alone=(7,))
    rng = np.random.default_rng(21)
    return pd.Series(rng.integers(0, 4, size=20).astype(float), index=index, name="rate"), graph


@pytest.mark.parametrize("name", CALLS)
def test_island_has_no_p_and_a_missing_value_takes_no_part(values, name):
    call, labels = CALLS[name]
    series, graph = values
    series.iloc[3] = np.nan
    table = call(series, graph, permutations=99).table
    pd.testing.assert_index_equal(table.index, series.index)
    assert table["label"].cat.categories.tolist() == list(labels)
    assert table["label"].iloc[[7, 3]].tolist() == ["isolated", "undefined"]
    unjudged = table.index[[3, 7]]
    assert table.loc[unjudged, ["statistic", "p", "p_adjusted", "p_error"]].isna().all(axis=None)
    assert table.drop(unjudged)[["statistic", "p"]].notna().all(axis=None)
    # The district without a value might as well not be there.
    there = graph.subgraph(series.drop("003").index)
    again = call(series.drop("003"), there, permutations=99).table
    pd.testing.assert_frame_equal(table.drop("003"), again)


@pytest.mark.parametrize("name", CALLS)
def test_order_of_rows_and_callers_objects(values, name):
    call, _ = CALLS[name]
    series, graph = values
    before, adjacency = series.copy(), graph.adjacency.copy()
    shuffled = call(series.sample(frac=1, random_state=3), graph, permutations=49_999).table
    straight = call(series, graph, permutations=49_999).table
    pd.testing.assert_index_equal(shuffled.index, series.sample(frac=1, random_state=3).index)
    pd.testing.assert_series_equal(straight["statistic"], shuffled["statistic"].reindex(series.index))
    error = np.hypot(straight["p_error"], shuffled["p_error"]) + 1e-4
    assert (abs(straight["p"] - shuffled["p"]) / error).max() < 4.5
    pd.testing.assert_series_equal(series, before)
    pd.testing.assert_series_equal(graph.adjacency, adjacency)
    with pytest.raises(AlignmentError, match="011"):
        call(series.drop("011"), graph)


@pytest.mark.parametrize("name", CALLS)
def test_values_without_variation_are_undefined(values, name):
    call, _ = CALLS[name]
    series, graph = values
    table = call(series * 0 + 2.0, graph, permutations=99).table
    assert table["p"].isna().all()
    assert table["label"].isin(["undefined", "isolated"]).all()


def test_hot_and_cold_spots(grid):
    index, graph = grid(6, 6)
    heat = pd.Series(np.where(np.arange(36) % 6 < 2, 10.0, 3.0), index=index)
    heat[np.arange(36) % 6 > 3] = 0.0
    result = getis_ord(heat, graph, permutations=9_999)
    label = result.table["label"].to_numpy().reshape(6, 6)
    assert (label[1:-1, 0] == "hot spot").all()
    assert (label[1:-1, 5] == "cold spot").all()
    assert (label[:, 3] == "not significant").all()
    pd.testing.assert_series_equal(
        result.table["p"], getis_ord(heat, graph, star=False, permutations=9_999).table["p"]
    )
    with pytest.raises(SozialraumError, match="000"):
        getis_ord(heat - 100, graph)


def test_getis_ord_of_several_indicators(grid):
    index, graph = grid(4, 5)
    frame = pd.DataFrame(np.random.default_rng(1).gamma(2.0, size=(20, 2)), index=index, columns=["a", "b"])
    table = getis_ord(frame, graph, permutations=99).table
    pd.testing.assert_frame_equal(
        table["b"], getis_ord(frame["b"], graph, permutations=99).table, check_names=False
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_local_geary_agrees_with_full_enumeration(as_graph, weighted):
    rng = np.random.default_rng(31)
    matrix = np.diag(np.ones(8), 1)
    matrix[0, 8] = matrix[2, 6] = 1.0
    matrix += matrix.T
    if weighted:
        matrix *= rng.integers(1, 4, size=matrix.shape)
    frame = pd.DataFrame(rng.integers(0, 4, size=(9, 2)).astype(float), columns=["a", "b"])
    permutations = 40_000
    table = local_geary(
        frame, as_graph(matrix, frame.index), permutations=permutations, alternative="less", correction="none"
    ).table
    z = ((frame - frame.mean()) / frame.std(ddof=0)).to_numpy()
    for district in range(9):
        neighbors = np.flatnonzero(matrix[district])
        weight = matrix[district, neighbors] / matrix[district].sum()
        distance = ((z - z[district]) ** 2).mean(axis=1)
        observed = weight @ distance[neighbors]
        every = np.array(list(itertools.permutations(np.delete(distance, district), len(neighbors))))
        exact = (every @ weight <= observed + 1e-9).mean()
        assert table["statistic"].iloc[district] == pytest.approx(observed)
        error = np.sqrt(exact * (1 - exact) / permutations) + 1 / permutations
        assert abs(table["p"].iloc[district] - exact) < 4.5 * error


def test_local_geary_finds_likeness_in_the_middle_of_the_range(grid):
    index, graph = grid(7, 7)
    values = pd.Series(np.random.default_rng(2).choice([-3.0, 3.0], size=49), index=index)
    values.iloc[[16, 17, 18, 23, 24, 25, 30, 31, 32]] = [0.1, 0.0, 0.1, 0.0, 0.0, 0.1, 0.0, 0.1, 0.0]
    assert local_geary(values, graph, permutations=9_999).table.loc["024", "label"] == "similar"
    assert local_moran(values, graph, permutations=9_999).table.loc["024", "label"] == "not significant"


def test_local_geary_leaves_out_a_constant_column(grid):
    index, graph = grid(4, 5)
    series = pd.Series(np.random.default_rng(3).normal(size=20), index=index, name="a")
    one = local_geary(series, graph, permutations=99).table
    two = local_geary(pd.DataFrame({"a": series, "b": 5.0}), graph, permutations=99).table
    pd.testing.assert_frame_equal(one, two)


def test_classes_together_and_apart(grid):
    index, graph = grid(6, 6)
    classes = pd.Series(np.where(np.arange(36) < 18, "low", "high"), index=index, name="status")
    together = local_join_counts(classes, graph, permutations=9_999).table
    assert (together["label"].to_numpy().reshape(6, 6)[[0, 1, 4, 5], 1:5] == "together").all()
    row, column = divmod(np.arange(36), 6)
    board = pd.Series(np.where((row + column) % 2, "low", "high"), index=index, name="status")
    _, rook = grid(6, 6, queen=False)
    # Four neighbours, all of the other class: chance does that in C(18, 4) of C(35, 4) = 5.8 % of cases.
    options = {"alternative": "less", "alpha": 0.1, "correction": "none"}
    apart = local_join_counts(board, rook, permutations=9_999, **options).table
    assert (apart["statistic"] == 0).all()
    assert (apart["label"].to_numpy().reshape(6, 6)[1:-1, 1:-1] == "apart").all()


def test_classes_may_be_categories_with_none_of_some(grid):
    index, graph = grid(3, 3)
    classes = pd.Series(
        pd.Categorical(["a", "a", "b", "a", None, "b", "a", "b", "b"], categories=["z", "b", "a"]),
        index=index,
    )
    table = local_join_counts(classes, graph, permutations=99).table
    assert table["statistic"].tolist()[:4] == [2.0, 2.0, 1.0, 3.0]
    assert table["neighbors"].tolist()[:4] == [2, 4, 2, 4]
    assert table.loc["004", "label"] == "undefined"


def test_moments_are_those_of_all_arrangements(grid):
    index, graph = grid(2, 4)
    values = pd.Series(np.random.default_rng(6).gamma(1.0, size=8), index=index)
    z = (values - values.mean()) / values.std(ddof=0)
    moments = local_moran_moments(values, graph)
    for district in index:
        count = len(graph[district])
        others = z.drop(district).to_numpy()
        dealt = np.array([np.mean(few) for few in itertools.combinations(others, count)]) * z[district]
        assert moments.loc[district, "expected"] == pytest.approx(dealt.mean())
        assert moments.loc[district, "variance"] == pytest.approx(dealt.var())


def test_moments_of_islands_missing_values_and_tiny_cities(values, as_graph):
    series, graph = values
    series.iloc[3] = np.nan
    moments = local_moran_moments(series, graph)
    assert moments.iloc[[3, 7]].isna().all(axis=None)
    assert moments.drop(["003", "007"])[["statistic", "expected", "variance"]].notna().all(axis=None)
    pair = as_graph(np.array([[0.0, 1.0], [1.0, 0.0]]), ["a", "b"])
    assert local_moran_moments(pd.Series([1.0, 2.0], index=["a", "b"]), pair)["z"].isna().all()
