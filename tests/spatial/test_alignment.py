"""Values and graph brought onto one order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from sozialraum.errors import AlignmentError
from sozialraum.spatial.engine.alignment import align, pair, standardise


@pytest.fixture
def graph():
    return Graph.from_arrays(list("CCAB"), list("ABCC"), [1.0, 3.0, 1.0, 3.0])


def test_links_follow_the_order_of_the_values(graph):
    values = pd.Series([1, 2, 3], index=list("BCA"))
    frame, adjacency = align(values, graph)
    assert frame.index.tolist() == list("BCA")
    links = zip(adjacency.focal.tolist(), adjacency.neighbor.tolist(), adjacency.weight, strict=True)
    assert sorted(links) == [(0, 1, 3.0), (1, 0, 3.0), (1, 2, 1.0), (2, 1, 1.0)]
    assert (np.diff(adjacency.focal) >= 0).all()
    assert adjacency.means(frame.iloc[:, 0].to_numpy()).tolist() == [2.0, 1.5, 2.0]
    assert adjacency.sums(frame.iloc[:, 0].to_numpy()).tolist() == [6.0, 6.0, 2.0]


def test_own_weight_and_weight_of_zero_are_no_links():
    graph = Graph.from_arrays(list("AABBC"), list("ABABC"), [1.0, 1.0, 1.0, 5.0, 0.0])
    _, adjacency = align(pd.Series([1.0, 2.0, 3.0], index=list("ABC")), graph)
    assert adjacency.cardinalities.tolist() == [1, 1, 0]


def test_districts_that_a_part_of_a_graph_no_longer_has_are_not_asked_for(graph):
    part = Graph(graph.adjacency.drop("A", level="focal").drop("A", level="neighbor"), is_sorted=True)
    frame, adjacency = align(pd.Series([1.0, 2.0], index=list("BC")), part)
    assert frame.index.tolist() == list("BC")
    assert adjacency.cardinalities.tolist() == [1, 1]


def test_every_district_that_differs_is_named_on_its_side(graph):
    with pytest.raises(AlignmentError) as caught:
        align(pd.Series([1.0, 2.0, 3.0], index=list("AXY")), graph)
    found = {problem.code: problem.keys for problem in caught.value.problems}
    assert found == {"spatial.not_in_graph": ("X", "Y"), "spatial.not_in_values": ("C", "B")}


def test_a_graph_seen_before_is_aligned_anew_when_the_order_or_the_graph_changes(graph):
    values = pd.Series([1.0, 2.0, 3.0], index=list("ABC"))
    _, first = align(values, graph)
    assert align(values + 1, graph)[1] is first
    _, turned = align(values[::-1], graph)
    assert turned.cardinalities.tolist() == first.cardinalities[::-1].tolist() == [2, 1, 1]
    _, other = align(values, graph.transform("R"))
    assert other.weight.tolist() == [1.0, 1.0, 0.25, 0.75]
    with pytest.raises(AlignmentError, match="C"):
        align(values.drop("C"), graph)


def test_keys_of_another_type_are_other_keys(graph):
    with pytest.raises(AlignmentError):
        align(pd.Series([1.0, 2.0, 3.0], index=[0, 1, 2]), graph)


def test_missing_neighbours_leave_the_mean(graph):
    _, adjacency = align(pd.Series(0.0, index=list("ABC")), graph)
    means = adjacency.means(np.array([np.nan, 2.0, 5.0]))
    np.testing.assert_array_equal(means, [np.nan, 5.0, 2.0])
    np.testing.assert_array_equal(adjacency.means(np.array([1.0, 2.0, np.nan])), [np.nan] * 3)


def test_standardise_by_hand():
    values = np.array([[1.0, 4.0, 0.1, np.nan], [3.0, np.nan, 0.1, np.nan], [5.0, 8.0, 0.1, np.nan]])
    nan, far = np.nan, np.sqrt(1.5)
    expected = [[-far, -1.0, nan, nan], [0.0, nan, nan, nan], [far, 1.0, nan, nan]]
    np.testing.assert_allclose(standardise(values), expected)


def test_pairs_name_what_only_one_side_has():
    first, second = pd.Series([1.0, 2.0], index=list("AB")), pd.Series([5.0, 4.0, 4.0], index=list("CBB"))
    with pytest.raises(AlignmentError) as caught:
        pair(first, second)
    found = {problem.code: problem.keys for problem in caught.value.problems}
    assert found == {
        "spatial.not_in_second": ("A",),
        "spatial.not_in_first": ("C",),
        "spatial.duplicate": ("B",),
    }
