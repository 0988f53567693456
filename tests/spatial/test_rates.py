"""Empirical Bayes rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from esda.smoothing import Empirical_Bayes, Spatial_Empirical_Bayes, assuncao_rate
from libpysal.graph import Graph

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.local_moran import local_moran
from sozialraum.spatial.rates import local_moran_rates, moran_rates, smooth_rates, standardise_rates


@pytest.fixture
def counts(grid):
    index, graph = grid(4, 5)
    rng = np.random.default_rng(12)
    people = pd.Series(rng.integers(50, 5_000, size=20), index=index, name="children")
    events = pd.Series(rng.binomial(people, rng.beta(4, 16, size=20)), index=index, name="children")
    return events, people, graph


def test_smoothed_and_standardised_rates_agree_with_esda(counts):
    events, people, _ = counts
    theirs = Empirical_Bayes(events.to_numpy(), people.to_numpy()).r.ravel()
    pd.testing.assert_series_equal(
        smooth_rates(events, people), pd.Series(theirs, index=events.index, name="children")
    )
    standard = assuncao_rate(events.to_numpy(), people.to_numpy())
    pd.testing.assert_series_equal(
        standardise_rates(events, people), pd.Series(standard, index=events.index, name="children")
    )


def test_rates_of_a_neighbourhood_by_hand():
    """A - B - C in a row, D alone; A's neighbourhood is A and B, B's all three.

    A: b = 34/200, squares = 100 (.04 - .17)^2 + 100 (.30 - .17)^2 = 3.38, a = 3.38/200 - .17/100 = .0152,
    w = .0152 / (.0152 + .0017) = .8994, so .17 + .8994 (.04 - .17) = .0531.
    B: b = 64/300 = .21333, squares = 100 (.04^2 + .3^2 + .3^2) - 300 b^2 = 4.50667, a = .0150222 - .0021333,
    w = .0128889 / .0150222 = .8580, so .21333 + .8580 (.3 - .21333) = .2877.
    C: both neighbours have 30 of 100: no difference, so .3.
    """
    events = pd.Series([4, 30, 30, 1], index=list("ABCD"), name="i")
    people = pd.Series([100, 100, 100, 10], index=list("ABCD"))
    graph = Graph.from_arrays(list("ABBCD"), list("BACBD"), [1, 1, 1, 1, 0])
    found = smooth_rates(events, people, graph)
    expected = pd.Series([0.0530769, 0.2876923, 0.3, np.nan], index=list("ABCD"), name="i")
    pd.testing.assert_series_equal(found, expected, atol=1e-6)
    pd.testing.assert_series_equal(smooth_rates(events[::-1], people, graph), expected[::-1], atol=1e-6)


def test_rates_of_a_neighbourhood_agree_with_esda(counts):
    events, people, graph = counts
    theirs = Spatial_Empirical_Bayes(events.to_numpy(), people.to_numpy(), graph.to_W()).r.ravel()
    expected = pd.Series(theirs, index=events.index, name="children")
    pd.testing.assert_series_equal(smooth_rates(events, people, graph), expected)
    pd.testing.assert_series_equal(smooth_rates(events, people, graph.transform("R")), expected)
    both = smooth_rates(
        pd.DataFrame({"a": events, "b": people}), pd.DataFrame({"b": people, "a": people}), graph
    )
    pd.testing.assert_series_equal(both["a"], expected, check_names=False)
    assert both["b"].tolist() == pytest.approx([1.0] * 20)


def test_a_neighbour_without_people_counts_for_nothing(counts):
    events, people, graph = counts
    gone = events.index[6]
    rest = events.index.drop(gone)
    smaller = Graph.from_adjacency(graph.adjacency.drop(gone, level=0).drop(gone, level=1).reset_index())
    found = smooth_rates(events, people.where(people.index != gone, 0), graph)
    pd.testing.assert_series_equal(found[rest], smooth_rates(events[rest], people[rest], smaller))
    assert np.isnan(found[gone])
    with pytest.raises(AlignmentError, match="graph"):
        smooth_rates(events[rest], people[rest], graph)


def test_rates_pair_by_key(counts):
    events, people, graph = counts
    pd.testing.assert_series_equal(
        smooth_rates(events, people), smooth_rates(events, people.sample(frac=1, random_state=1))
    )
    pd.testing.assert_frame_equal(
        local_moran_rates(events, people[::-1], graph, permutations=99).table,
        local_moran(standardise_rates(events, people), graph, permutations=99).table,
    )


def test_districts_without_people_or_counts_have_no_rate(counts):
    events, people, graph = counts
    events, people = events.astype(float), people.astype(float)
    events.iloc[2], people.iloc[5], people.iloc[7] = np.nan, 0.0, np.nan
    gone = [2, 5, 7]
    rest = [place for place in range(20) if place not in gone]
    smoothed = smooth_rates(events, people)
    assert smoothed.iloc[gone].isna().all()
    pd.testing.assert_series_equal(smoothed.iloc[rest], smooth_rates(events.iloc[rest], people.iloc[rest]))
    label = local_moran_rates(events, people, graph, permutations=99).table["label"]
    assert (label.iloc[gone] == "undefined").all()
    assert moran_rates(events, people, graph).table["districts"].tolist() == [17]


def test_variance_that_sampling_alone_explains_is_taken_as_none():
    people = pd.Series([100.0, 200.0, 50.0])
    events = people * 0.1
    assert smooth_rates(events, people).tolist() == pytest.approx([0.1] * 3)
    assert standardise_rates(events, people).tolist() == pytest.approx([0.0] * 3)
    assert smooth_rates(events * 0, people).tolist() == [0.0] * 3
    assert standardise_rates(events * 0, people).isna().all()


def test_columns_are_rates_of_their_own(counts):
    events, people, graph = counts
    frames = pd.DataFrame({"a": events, "b": events // 2}), pd.DataFrame({"b": people, "a": people})
    pd.testing.assert_series_equal(
        smooth_rates(*frames)["b"], smooth_rates(events // 2, people), check_names=False
    )
    table = local_moran_rates(*frames, graph, permutations=99).table
    single = local_moran_rates(events, people, graph, permutations=99).table
    pd.testing.assert_frame_equal(table["a"], single, check_names=False)


def test_impossible_counts_are_named(counts):
    events, people, graph = counts
    with pytest.raises(SozialraumError, match="003"):
        smooth_rates(events.where(events.index != "003", -1), people)
    with pytest.raises(AlignmentError, match="006"):
        local_moran_rates(events, people.drop("006"), graph)
