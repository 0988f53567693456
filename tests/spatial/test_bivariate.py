"""Two values at once, and change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import AlignmentError
from sozialraum.spatial.bivariate import local_moran_bivariate, local_moran_change
from sozialraum.spatial.local_moran import local_moran


@pytest.fixture
def two(grid):
    index, graph = grid(4, 5)
    rng = np.random.default_rng(5)
    need = pd.Series(rng.normal(size=20), index=index, name="need")
    return need, pd.Series(rng.gamma(2.0, size=20), index=index, name="places"), graph


def test_bivariate_of_a_value_with_itself_is_local_moran(two):
    need, _, graph = two
    both = local_moran_bivariate(need, need, graph, permutations=199)
    pd.testing.assert_frame_equal(both.table, local_moran(need, graph, permutations=199).table)


def test_bivariate_pairs_by_key_not_by_row(two):
    need, places, graph = two
    straight = local_moran_bivariate(need, places, graph, permutations=199).table
    reversed_rows = local_moran_bivariate(need, places[::-1], graph, permutations=199).table
    pd.testing.assert_frame_equal(straight, reversed_rows)


def test_bivariate_statistic_and_p_by_hand(two):
    need, places, graph = two
    x, y = ((values - values.mean()) / values.std(ddof=0) for values in (need, places))
    means = pd.Series(graph.transform("R").sparse @ y.to_numpy(), index=y.index)
    table = local_moran_bivariate(
        need, places, graph, permutations=4_999, alternative="greater", correction="none"
    ).table
    pd.testing.assert_series_equal(table["statistic"], x * means, check_names=False)
    corner = y.index[0]  # three neighbours
    rng = np.random.default_rng(1)
    others = y.drop(corner).to_numpy()
    dealt = np.array([x[corner] * rng.choice(others, 3, replace=False).mean() for _ in range(4_999)])
    expected = (dealt >= table.loc[corner, "statistic"]).mean()
    assert table.loc[corner, "p"] == pytest.approx(expected, abs=0.03)


def test_district_that_lacks_either_value_takes_no_part(two):
    need, places, graph = two
    first, second = need.copy(), places.copy()
    first.iloc[3] = second.iloc[8] = np.nan
    table = local_moran_bivariate(first, second, graph, permutations=99).table
    assert table["label"].eq("undefined").to_numpy().nonzero()[0].tolist() == [3, 8]
    emptied = need.copy(), places.copy()
    for values in emptied:
        values.iloc[[3, 8]] = np.nan
    again = local_moran_bivariate(*emptied, graph, permutations=99).table
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize("which", [0, 1])
def test_value_without_variation_leaves_nothing_to_judge(two, which):
    need, places, graph = two
    values = [need, places]
    values[which] = values[which] * 0 + 3.0
    table = local_moran_bivariate(*values, graph, permutations=99).table
    assert (table["label"] == "undefined").all()
    assert table[["statistic", "p"]].isna().all(axis=None)


def test_frames_pair_up_by_column(two):
    need, places, graph = two
    first = pd.DataFrame({"a": need, "b": places})
    second = pd.DataFrame({"b": need, "a": places})
    table = local_moran_bivariate(first, second, graph, permutations=99).table
    pd.testing.assert_frame_equal(
        table["b"], local_moran_bivariate(places, need, graph, permutations=99).table, check_names=False
    )
    with pytest.raises(AlignmentError, match="c"):
        local_moran_bivariate(first, second.rename(columns={"a": "c"}), graph)


def test_change_is_local_moran_of_the_difference(two):
    before, after, graph = two
    table = local_moran_change(before, after[::-1], graph, permutations=199).table
    expected = local_moran(after - before, graph, permutations=199).table
    pd.testing.assert_frame_equal(table, expected)
    with pytest.raises(AlignmentError, match="004"):
        local_moran_change(before, after.drop("004"), graph)
