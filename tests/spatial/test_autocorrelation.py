"""Local and global Moran against hand computation, published values and esda."""

from __future__ import annotations

from contextlib import closing
from itertools import permutations as arrangements
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal import examples
from libpysal.graph import Graph
from libpysal.io import open as open_weights

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.local_moran import LABELS, LOCAL_FIELDS, local_moran, moran

SHARED = Path(__file__).parents[3] / "shared" / "data" / "reference"
shared = pytest.mark.shared
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/reference is not there")


@pytest.fixture
def chain(as_graph):
    """Make values and graph of districts in a row; `alone` districts lose their neighbours."""

    def make(values, *, alone=()):
        index = pd.Index([f"{number:02d}" for number in range(len(values))], name="district")
        matrix = np.diag(np.ones(len(values) - 1), 1)
        matrix += matrix.T
        for position in alone:
            matrix[position] = matrix[:, position] = 0
        return pd.Series(values, index=index, name="rate"), as_graph(matrix, index)

    return make


def graph_from_file(path):
    with closing(open_weights(str(path))) as file:
        return Graph.from_W(file.read())


# --- local -------------------------------------------------------------------------------------------------


def test_statistic_is_own_value_times_mean_of_neighbours(chain):
    values, graph = chain([1.0, 2.0, 3.0, 6.0])
    z = (values - 3.0) / np.sqrt(3.5)
    expected = pd.Series([z.iloc[0] * z.iloc[1], 0, 0, 0], index=values.index, name="statistic")
    expected.iloc[1] = z.iloc[1] * (z.iloc[0] + z.iloc[2]) / 2
    expected.iloc[3] = z.iloc[3] * z.iloc[2]
    table = local_moran(values, graph, permutations=99).table
    pd.testing.assert_series_equal(table["statistic"], expected)
    assert tuple(table.columns) == LOCAL_FIELDS
    assert table["quadrant"].tolist() == ["low-low", "low-low", "low-high", "high-low"]
    assert table["label"].cat.categories.tolist() == list(LABELS)


def test_mean_of_local_is_global_without_isolated_districts(grid):
    index, graph = grid(5, 6)
    rng = np.random.default_rng(2)
    values = pd.Series(rng.gamma(2.0, size=30), index=index, name="rate")
    local = local_moran(values, graph, permutations=9).table["statistic"].mean()
    assert local == pytest.approx(moran(values, graph).table.loc["rate", "statistic"], rel=1e-12)


def test_p_of_each_alternative_comes_from_the_counts(chain):
    # The middle of a chain of five has two of four others as neighbours: six pairs, sums known by hand.
    values, graph = chain([4.0, 5.0, 3.0, 0.0, 1.0])
    permutations = 20_000
    p = {
        alternative: local_moran(
            values, graph, permutations=permutations, alternative=alternative, correction="none"
        ).table["p"]
        for alternative in ("two-sided", "greater", "less", "directed")
    }
    # z of the middle is positive (mean 2.6); sums of pairs of 4, 5, 0, 1: 9, 4, 5, 5, 6, 1; observed 5 + 0.
    middle = values.index[2]
    assert p["greater"][middle] == pytest.approx(4 / 6, abs=0.02)
    assert p["less"][middle] == pytest.approx(4 / 6, abs=0.02)
    assert p["directed"][middle] == pytest.approx(4 / 6, abs=0.02)
    assert p["two-sided"][middle] == 1.0
    # The first has a high value beside a high value: only 5 of 5, 3, 0, 1 is as high.
    assert p["greater"].iloc[0] == pytest.approx(1 / 4, abs=0.02)
    assert p["less"].iloc[0] == 1.0
    assert p["two-sided"].iloc[0] == pytest.approx(1 / 2, abs=0.04)
    # The last has a low value beside a low value: I is greater where the neighbour is smaller.
    assert p["greater"].iloc[4] == pytest.approx(1 / 4, abs=0.02)


def test_isolated_district_has_no_p_and_is_no_cluster(chain):
    values, graph = chain([9.0, 8.0, 7.0, 1.0, 2.0, 1.0], alone=(2,))
    row = local_moran(values, graph, permutations=99).table.loc["02"]
    assert row["label"] == row["quadrant"] == "isolated"
    assert row[["statistic", "p", "p_adjusted", "p_error"]].isna().all()


def test_one_missing_value_leaves_the_others_alone(chain):
    values, graph = chain([9.0, 8.0, 7.0, np.nan, 2.0, 1.0, 1.0])
    table = local_moran(values, graph, permutations=999, correction="none").table
    assert table.loc["03", "label"] == "undefined"
    assert table.loc["03", ["statistic", "p"]].isna().all()
    z = (values - values.mean()) / values.std(ddof=0)
    assert table.loc["02", "statistic"] == pytest.approx(z["02"] * z["01"])
    assert table.drop("03")["p"].notna().all()
    assert table["quadrant"].tolist() == ["high-high"] * 3 + ["undefined"] + ["low-low"] * 3


def test_district_whose_neighbours_all_lack_values_is_undefined(chain):
    values, graph = chain([9.0, np.nan, 7.0, 3.0])
    table = local_moran(values, graph, permutations=99).table
    assert table["label"].tolist()[:2] == ["undefined", "undefined"]
    assert table["p"].isna().tolist() == [True, True, False, False]


def test_missing_value_of_an_isolated_district_is_undefined(chain):
    values, graph = chain([9.0, 8.0, np.nan, 1.0, 2.0], alone=(2,))
    assert local_moran(values, graph, permutations=99).table.loc["02", "label"] == "undefined"


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 + 0.1, np.nan])
def test_values_without_variation_are_undefined(chain, constant):
    values, graph = chain([constant] * 7)
    table = local_moran(values, graph, permutations=99).table
    assert (table["label"] == "undefined").all()
    assert table[["statistic", "p", "p_adjusted", "p_error"]].isna().all(axis=None)
    assert moran(values, graph).table[["statistic", "z", "p"]].isna().all(axis=None)


def test_frame_gives_the_tables_of_its_columns_side_by_side(grid):
    index, graph = grid(4, 5)
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(20, 3)), index=index, columns=["a", "b", "c"])
    frame.loc["005", "b"] = np.nan
    table = local_moran(frame, graph, permutations=199, seed=3).table
    assert table.columns.names == ["indicator", "field"]
    for column in frame:
        single = local_moran(frame[column], graph, permutations=199, seed=3).table
        pd.testing.assert_frame_equal(table[column], single, check_names=False)


def test_order_of_rows_does_not_matter(grid):
    index, graph = grid(5, 6)
    rng = np.random.default_rng(8)
    values = pd.Series(rng.normal(size=30), index=index, name="rate")
    order = rng.permutation(30)
    permutations = 99_999
    straight = local_moran(values, graph, permutations=permutations).table
    shuffled = local_moran(values.iloc[order], graph, permutations=permutations).table
    assert shuffled.index.tolist() == index[order].tolist()
    again = shuffled.reindex(index)
    pd.testing.assert_series_equal(straight["statistic"], again["statistic"])
    pd.testing.assert_series_equal(straight["quadrant"], again["quadrant"])
    error = np.hypot(straight["p_error"], again["p_error"]) + 1 / permutations
    assert (abs(straight["p"] - again["p"]) / error).max() < 4.5
    pd.testing.assert_series_equal(
        moran(values, graph).table.loc["rate"], moran(values.iloc[order], graph).table.loc["rate"]
    )


def test_callers_objects_are_unchanged(chain):
    values, graph = chain([9.0, 8.0, np.nan, 1.0, 2.0, 5.0], alone=(4,))
    before, adjacency = values.copy(), graph.adjacency.copy()
    local_moran(values, graph, permutations=99)
    moran(values, graph, permutations=99)
    pd.testing.assert_series_equal(values, before)
    pd.testing.assert_series_equal(graph.adjacency, adjacency)
    assert graph.transformation == "O"


def test_binary_and_row_standardised_graphs_give_the_same(grid):
    index, graph = grid(4, 5)
    rng = np.random.default_rng(9)
    values = pd.Series(rng.normal(size=20), index=index)
    pd.testing.assert_frame_equal(
        local_moran(values, graph, permutations=99).table,
        local_moran(values, graph.transform("R"), permutations=99).table,
    )


def test_weights_that_differ_are_used(chain):
    values, graph = chain([9.0, 8.0, 7.0, 1.0])
    heavy = graph.adjacency.copy()
    heavy.loc[("01", "00")] = 3.0
    table = local_moran(values, Graph(heavy), permutations=99).table
    z = (values - values.mean()) / values.std(ddof=0)
    assert table.loc["01", "statistic"] == pytest.approx(z["01"] * (3 * z["00"] + z["02"]) / 4)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda values: values.drop("01"), "01"),
        (lambda values: pd.concat([values, pd.Series({"99": 1.0})]), "99"),
        (lambda values: pd.concat([values, values.loc[["02"]]]), "02"),
        (lambda values: values.rename({"00": "0"}), "00"),
    ],
)
def test_districts_that_differ_are_named(chain, change, expected):
    values, graph = chain([9.0, 8.0, 7.0, 1.0])
    with pytest.raises(AlignmentError, match=expected):
        local_moran(change(values), graph, permutations=9)


def test_input_that_cannot_be_judged_is_refused_in_one_report(chain):
    values, graph = chain([9.0, np.inf, 7.0, 1.0])
    with pytest.raises(SozialraumError, match="01"):
        local_moran(values, graph)
    with pytest.raises(SozialraumError, match="rate"):
        local_moran(values.astype(str), graph)
    with pytest.raises(SozialraumError) as caught:
        local_moran(values, graph, alternative="both", correction="fdr", alpha=5, permutations=-1)
    assert caught.value.text("en").count("is not possible for") == 4
    with pytest.raises(SozialraumError, match="R, B"):
        moran(values, graph, transform="V")
    negative = graph.adjacency.copy()
    negative.iloc[0] = -1.0
    with pytest.raises(SozialraumError, match="00"):
        local_moran(values.replace(np.inf, 1.0), Graph(negative))


def test_nullable_and_whole_number_columns_are_read(chain):
    values, graph = chain([9, 8, 7, 1, 3])
    whole = local_moran(values, graph, permutations=99).table
    pd.testing.assert_frame_equal(whole, local_moran(values.astype(float), graph, permutations=99).table)
    nullable = values.astype("Int64")
    nullable.iloc[1] = pd.NA
    assert local_moran(nullable, graph, permutations=99).table.loc["01", "label"] == "undefined"


# --- global ------------------------------------------------------------------------------------------------


def test_moments_of_a_lattice(grid):
    index, graph = grid(3, 3, queen=False)
    values = pd.Series(np.arange(1.0, 10.0), index=index, name="value")
    row = moran(values, graph, transform="B").table.loc["value"]
    assert row["variance_randomisation"] == pytest.approx(0.059687500000000004, abs=1e-15)
    assert row["variance_normality"] == pytest.approx(0.053125, abs=1e-15)
    assert row["expected"] == -1 / 8


def test_permutation_p_of_global_moran_agrees_with_full_enumeration(chain):
    values, graph = chain([4.0, 4.0, 3.0, 0.0, 1.0, 0.0])
    matrix = graph.transform("R").sparse.toarray()
    z = (values - values.mean()).to_numpy()
    every = np.array(list(arrangements(z)))
    products = np.einsum("pi,ij,pj->p", every, matrix, every)
    exact = (products >= z @ matrix @ z - 1e-9).mean()
    row = moran(values, graph, permutations=50_000, alternative="greater").table.loc["rate"]
    assert row["p_permutation"] == pytest.approx(exact, abs=4.5 * np.sqrt(exact * (1 - exact) / 50_000))


def test_missing_values_leave_the_population_of_global_moran(chain):
    values, graph = chain([9.0, 8.0, 7.0, 3.0, 2.0, np.nan])
    shorter, rest = chain([9.0, 8.0, 7.0, 3.0, 2.0])
    pd.testing.assert_frame_equal(moran(values, graph).table, moran(shorter, rest).table)


# --- published values and esda -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def columbus():
    return gpd.read_file(examples.get_path("columbus.shp"))


def test_columbus_as_spdep_prints_it(columbus):
    graph = Graph.build_contiguity(columbus, rook=False)
    row = moran(columbus["CRIME"], graph, alternative="greater").table.loc["CRIME"]
    assert round(row["statistic"], 9) == 0.500188557
    assert round(row["variance_randomisation"], 9) == 0.008689289
    assert round(row["z"], 4) == 5.5894


@shared
@needs_shared
def test_columbus_with_the_neighbours_of_spdata():
    graph = graph_from_file(SHARED / "columbus" / "columbus_spData.gal")
    table = gpd.read_file(SHARED / "columbus" / "columbus.shp").set_index("POLYID")
    table.index = [str(int(key)) for key in table.index]
    row = moran(table["CRIME"], graph).table.loc["CRIME"]
    assert round(row["statistic"], 9) == 0.485770914
    assert round(row["variance_normality"], 9) == 0.008860962


def numbered(series, graph):
    return pd.Series(np.asarray(series, dtype=float), index=graph.unique_ids, name=series.name)


def test_homicides_around_st_louis():
    data = gpd.read_file(examples.get_path("stl_hom.shp"))
    graph = graph_from_file(examples.get_path("stl.gal"))
    row = moran(numbered(data["HR8893"], graph), graph).table.loc["HR8893"]
    assert row["statistic"] == pytest.approx(0.24365582621771659, abs=1e-15)


def test_sudden_infant_deaths_in_north_carolina():
    data = gpd.read_file(examples.get_path("sids2.shp"))
    graph = graph_from_file(examples.get_path("sids2.gal"))
    row = moran(numbered(data["SIDR74"], graph), graph).table.loc["SIDR74"]
    assert row["statistic"] == pytest.approx(0.24772519320480135, abs=1e-15)
