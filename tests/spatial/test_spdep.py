"""The statistics against figures of R's spdep 1.2-7, made by benchmarks/spdep_oracle.R.

Its permutation p is no oracle: localmoran_perm draws neighbours with replacement, so its p-values are too
large (Columbus, fifth district: 0.33, without replacement 0.295).
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal import examples
from libpysal.graph import Graph
from libpysal.io import open as open_weights

from sozialraum.spatial.bivariate import local_moran_bivariate
from sozialraum.spatial.geary import local_geary
from sozialraum.spatial.getis_ord import getis_ord
from sozialraum.spatial.local_moran import moran
from sozialraum.spatial.moments import local_moran_moments
from sozialraum.spatial.rates import moran_rates, smooth_rates

REFERENCE = Path(__file__).parent / "reference"


def read(shapes, neighbors):
    table = gpd.read_file(examples.get_path(shapes))
    with closing(open_weights(examples.get_path(neighbors))) as file:
        graph = Graph.from_W(file.read())
    return table.set_axis(graph.unique_ids), graph


def spdep(name, index=None):
    table = pd.read_csv(REFERENCE / f"spdep_{name}.csv", skipinitialspace=True, index_col=0)
    return table if index is None else table.set_axis(index)


def assert_agree(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    pd.testing.assert_index_equal(ours.index, theirs.index)


@pytest.fixture(scope="module")
def columbus():
    table, graph = read("columbus.shp", "columbus.gal")
    return table, graph, spdep("columbus", table.index)


def test_local_moran_and_its_moments(columbus):
    table, graph, theirs = columbus
    ours = local_moran_moments(table["CRIME"], graph)
    for name in ("expected", "variance", "z"):
        assert_agree(ours[name], theirs[f"moran_{name}"])
    assert_agree(ours["statistic"], theirs["moran"])


def test_bivariate_local_moran(columbus):
    table, graph, theirs = columbus
    ours = local_moran_bivariate(table["CRIME"], table["HOVAL"], graph, permutations=9).table
    n = len(table)
    # spdep standardises by the sample's standard deviation, twice
    assert_agree(ours["statistic"] * (n - 1) / n, theirs["bivariate"])


@pytest.mark.parametrize(("star", "column"), [(False, "g"), (True, "g_star")])
def test_getis_ord(columbus, star, column):
    table, graph, theirs = columbus
    ours = getis_ord(table["CRIME"], graph, star=star, permutations=9).table
    assert_agree(ours["statistic"], theirs[column])
    assert_agree(ours["z"], theirs[f"{column}_z"])


def test_local_geary(columbus):
    table, graph, theirs = columbus
    n = len(table)
    one = local_geary(table["CRIME"], graph, permutations=9).table["statistic"]
    two = local_geary(table[["CRIME", "HOVAL"]], graph, permutations=9).table["statistic"]
    # spdep standardises by the sample's standard deviation
    assert_agree(one * (n - 1) / n, theirs["geary"])
    assert_agree(two * (n - 1) / n, theirs["geary_two"])


def test_global_moran(columbus):
    table, graph, _ = columbus
    theirs = spdep("city")["value"]
    ours = moran(table["CRIME"], graph, alternative="greater").table.loc["CRIME"]
    for name in ("expected", "variance_randomisation", "variance_normality", "z"):
        assert ours[name] == pytest.approx(theirs[name], rel=1e-10)
    assert ours["statistic"] == pytest.approx(theirs["moran"], rel=1e-10)
    assert ours["p"] == pytest.approx(theirs["p_greater"], rel=1e-7)


def test_rates():
    table, graph = read("sids2.shp", "sids2.gal")
    ours = smooth_rates(table["SID79"], table["BIR79"])
    assert_agree(ours, spdep("sids", table.index)["smoothed"])
    statistic = moran_rates(table["SID79"], table["BIR79"], graph).table["statistic"].iloc[0]
    assert statistic == pytest.approx(spdep("city").loc["sids_eb_moran", "value"], rel=1e-9)
