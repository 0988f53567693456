"""Every statistic that esda has, too, on three real data sets; published values; exact distributions."""

from __future__ import annotations

from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from esda.geary_local import Geary_Local
from esda.geary_local_mv import Geary_Local_MV
from esda.getisord import G_Local
from esda.moran import Moran, Moran_Local, Moran_Local_BV, Moran_Local_Rate
from libpysal import examples
from libpysal.graph import Graph
from libpysal.io import open as open_weights
from scipy import stats

from sozialraum.spatial.bivariate import local_moran_bivariate
from sozialraum.spatial.geary import local_geary
from sozialraum.spatial.getis_ord import getis_ord
from sozialraum.spatial.join_counts import local_join_counts
from sozialraum.spatial.local_moran import local_moran, moran
from sozialraum.spatial.moments import local_moran_moments
from sozialraum.spatial.rates import local_moran_rates, moran_rates

pytestmark = pytest.mark.filterwarnings(
    # esda's own: its default alternative, and divisions in its moments
    "ignore:The alternative hypothesis:DeprecationWarning",
    "ignore::RuntimeWarning:esda.*",
    "ignore::UserWarning:esda.*",
)

PERMUTATIONS = 1_999
OURS = {"permutations": 49_999, "alternative": "directed", "correction": "none"}


def read(shapes, neighbors, first, second):
    table = gpd.read_file(examples.get_path(shapes))
    if neighbors is None:
        graph = Graph.build_contiguity(table, rook=False)
    else:
        with closing(open_weights(examples.get_path(neighbors))) as file:
            graph = Graph.from_W(file.read())
        # Numbers as keys: with text, Geary_Local of esda 2.9 returns the districts in alphabetical order.
        pairs = graph.adjacency.index.codes
        graph = Graph.from_arrays(*(np.asarray(codes) for codes in pairs), graph.adjacency.to_numpy())
    frame = pd.DataFrame(table[[first, second]].to_numpy(dtype=float), columns=[first, second])
    return frame.set_axis(graph.unique_ids), graph


@pytest.fixture(scope="module", params=["columbus", "stl", "sids"])
def city(request):
    return {
        "columbus": lambda: read("columbus.shp", None, "CRIME", "HOVAL"),
        "stl": lambda: read("stl_hom.shp", "stl.gal", "HR8893", "HC8893"),
        "sids": lambda: read("sids2.shp", "sids2.gal", "SIDR74", "NWBIR74"),
    }[request.param]()


def assert_same_p(theirs, table):
    """Both are estimates of one p; theirs by far the rougher."""
    error = np.sqrt(table["p"] * (1 - table["p"]) * (1 / PERMUTATIONS + 1 / OURS["permutations"]))
    assert (abs(theirs - table["p"]) / (error + 1 / PERMUTATIONS)).max() < 4.5


def test_local_moran(city):
    frame, graph = city
    values = frame.iloc[:, 0]
    theirs = Moran_Local(values, graph, permutations=PERMUTATIONS, seed=1)
    ours = local_moran(values, graph, **OURS).table
    n = len(values)
    np.testing.assert_allclose(theirs.Is, ours["statistic"] * (n - 1) / n, rtol=1e-12, atol=1e-14)
    quadrants = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}
    assert ours["quadrant"].tolist() == [quadrants[code] for code in theirs.q]
    assert_same_p(theirs.p_sim, ours)


def test_closed_form_moments(city):
    frame, graph = city
    values = frame.iloc[:, 0]
    theirs = Moran_Local(values, graph, permutations=0)
    ours = local_moran_moments(values, graph)
    scale = (len(values) - 1) / len(values)
    np.testing.assert_allclose(ours["expected"], theirs.EIc, rtol=1e-12)
    np.testing.assert_allclose(ours["variance"], theirs.VIc, rtol=1e-12)
    np.testing.assert_allclose(ours["statistic"], theirs.Is / scale, rtol=1e-10, atol=1e-14)


def test_global_moran(city):
    frame, graph = city
    theirs = Moran(frame.iloc[:, 0], graph, permutations=0)
    ours = moran(frame, graph).table.iloc[0]
    np.testing.assert_allclose(
        ours[["statistic", "expected", "variance_normality", "variance_randomisation", "z"]].astype(float),
        [theirs.I, theirs.EI, theirs.VI_norm, theirs.VI_rand, theirs.z_rand],
        rtol=1e-10,
    )
    assert ours["p"] == pytest.approx(theirs.p_rand, rel=1e-8)


def test_bivariate_local_moran(city):
    frame, graph = city
    first, second = (frame[column] for column in frame)
    theirs = Moran_Local_BV(first, second, graph, permutations=PERMUTATIONS, seed=1)
    ours = local_moran_bivariate(first, second, graph, **OURS).table
    n = len(frame)
    np.testing.assert_allclose(theirs.Is, ours["statistic"] * (n - 1) / n, rtol=1e-10, atol=1e-13)
    assert_same_p(theirs.p_sim, ours)


@pytest.mark.parametrize("star", [False, True])
def test_getis_ord(city, star):
    frame, graph = city
    values = frame.iloc[:, 0]
    theirs = G_Local(values, graph, transform="B", star=star, permutations=PERMUTATIONS, seed=1, n_jobs=1)
    ours = getis_ord(values, graph, star=star, **OURS).table
    np.testing.assert_allclose(ours["statistic"], theirs.Gs, rtol=1e-12)
    np.testing.assert_allclose(ours["z"], theirs.Zs, rtol=1e-9)
    assert_same_p(theirs.p_sim, ours)


@pytest.mark.slow
def test_local_geary(city):
    frame, graph = city
    values = frame.iloc[:, 0]
    theirs = Geary_Local(graph.transform("R"), permutations=PERMUTATIONS, seed=1, n_jobs=1).fit(values)
    ours = local_geary(values, graph, **OURS).table
    np.testing.assert_allclose(ours["statistic"], theirs.localG, rtol=1e-10)
    assert_same_p(theirs.p_sim, ours)


@pytest.mark.slow
def test_local_geary_of_two_indicators(city):
    frame, graph = city
    theirs = Geary_Local_MV(graph.transform("R"), permutations=99).fit([frame[column] for column in frame])
    ours = local_geary(frame, graph, **OURS).table
    np.testing.assert_allclose(ours["statistic"], theirs.localG, rtol=1e-10)


def test_rates_of_north_carolina():
    frame, graph = read("sids2.shp", "sids2.gal", "SID79", "BIR79")
    events, births = frame["SID79"], frame["BIR79"]
    row = moran_rates(events, births, graph).table.iloc[0]
    assert row["statistic"] == pytest.approx(0.16622343552567395, abs=1e-15)
    theirs = Moran_Local_Rate(events, births, graph, permutations=PERMUTATIONS, seed=1)
    ours = local_moran_rates(events, births, graph, **OURS).table
    n = len(events)
    np.testing.assert_allclose(theirs.Is, ours["statistic"] * (n - 1) / n, rtol=1e-10, atol=1e-13)
    assert_same_p(theirs.p_sim, ours)


def test_local_join_counts_follow_the_hypergeometric_distribution(city):
    frame, graph = city
    classes = pd.qcut(frame.iloc[:, 0].rank(method="first"), 3, labels=["low", "middle", "high"])
    ours = local_join_counts(classes, graph, permutations=OURS["permutations"], correction="none").table
    size = classes.map(classes.value_counts()).astype(int)
    exact = stats.hypergeom.sf(ours["statistic"] - 1, len(frame) - 1, size - 1, ours["neighbors"])
    error = np.sqrt(exact * (1 - exact) / OURS["permutations"]) + 2 / OURS["permutations"]
    assert (abs(ours["p"] - exact) / error).max() < 4.5
