"""Patterns take what an analyst has at hand, or say in words why they cannot; notebooks show tables."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.weights import Queen

import sozialraum as sr

pytestmark = pytest.mark.slow

FEW = {"permutations": 99}


@pytest.fixture(scope="module")
def city():
    x, y = (place.ravel() for place in np.meshgrid(np.arange(6) * 100.0, np.arange(5) * 100.0))
    keys = pd.Index([f"{number:02d}" for number in range(len(x))], name="district")
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 100, y + 100), crs=25833, index=keys)


@pytest.fixture(scope="module")
def values(city):
    rng = np.random.default_rng(0)
    people = rng.integers(100, 900, len(city))
    columns = {"a": rng.random(len(city)), "b": rng.random(len(city)), "people": people}
    return pd.DataFrame({**columns, "cases": rng.binomial(people, 0.1)}, index=city.index)


ONE = {
    "losh": lambda v, g, _: sr.losh(v, g, **FEW),
    "global_statistics": lambda v, g, _: sr.global_statistics(v, g, **FEW),
    "lee_l": lambda v, g, _: sr.lee_l(v, v, g),
    "colocation": lambda v, g, _: sr.colocation(v, v, g, **FEW),
    "cluster_change": lambda v, g, _: sr.cluster_change(v, v, g, **FEW),
    "relate": lambda v, _, city: sr.relate(v, v, city),
    "scan_counts": lambda v, _, city: sr.scan_counts(v.round(), v * 0 + 9, city, permutations=9),
}


@pytest.mark.filterwarnings("ignore::sozialraum.StatisticsWarning")
@pytest.mark.parametrize("name", ONE)
def test_one_indicator_comes_as_series_or_as_a_table_of_one_column(name, city, values):
    found = ONE[name](values[["a"]], sr.neighbours(city), city)
    expected = ONE[name](values["a"], sr.neighbours(city), city)
    if isinstance(found, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
    else:
        assert repr(found) == repr(expected)
    with pytest.raises(sr.SozialraumError, match="nach einem Merkmal"):
        ONE[name](values[["a", "b"]], sr.neighbours(city), city)


@pytest.mark.parametrize(
    "name", ["losh", "global_statistics", "lee_l", "colocation", "cluster_change", "relate"]
)
def test_values_without_districts_are_refused_in_words(name, city, values):
    for bare in (values["a"].to_numpy(), values["a"].tolist()):
        with pytest.raises(sr.SozialraumError, match="ohne Gebietsschlüssel"):
            ONE[name](bare, sr.neighbours(city), city)


@pytest.mark.filterwarnings("ignore::sozialraum.StatisticsWarning")
@pytest.mark.parametrize("name", ["losh", "global_statistics", "lee_l", "colocation", "cluster_change"])
def test_neighbours_of_any_kind_serve_and_what_is_none_is_refused(name, city, values):
    found = ONE[name](values["a"], sr.neighbours(city), city)
    again = ONE[name](values["a"], Queen.from_dataframe(city, use_index=True), city)
    assert repr(found) == repr(again)
    with pytest.raises(sr.SozialraumError, match="welche Gebiete benachbart sind"):
        ONE[name](values["a"], city, city)


@pytest.mark.parametrize("name", ["relate", "scan_counts"])
def test_distances_in_degrees_are_refused(name, city, values):
    with pytest.raises(sr.SozialraumError, match="nicht in Metern"):
        ONE[name](values["a"], None, city.to_crs(4326))
    with pytest.raises(sr.SozialraumError, match="Koordinatensystem"):
        ONE[name](values["a"], None, city.set_crs(None, allow_override=True))
    assert repr(ONE[name](values["a"], None, city.geometry)) == repr(ONE[name](values["a"], None, city))


def test_tables_that_are_none_and_draws_of_nothing_are_refused(city, values):
    graph = sr.neighbours(city)
    for call in (
        lambda: sr.burdened_together(values["a"], graph),
        lambda: sr.burdened_together(values.to_numpy(), graph),
        lambda: sr.transitions(values["a"], ["x"]),
    ):
        with pytest.raises(sr.SozialraumError, match="keine Tabelle"):
            call()
    for call in (sr.losh, sr.global_statistics):
        with pytest.raises(sr.SozialraumError, match="permutations"):
            call(values["a"], graph, permutations=0)


def test_too_few_permutations_for_the_correction_are_told(city, values):
    graph = sr.neighbours(city)
    several = pd.DataFrame({"a": values["a"], "b": values["a"], "c": values["b"]})
    for call in (
        lambda: sr.colocation(values["a"], values["b"], graph, **FEW),
        lambda: sr.losh(values["a"], graph, **FEW),
        lambda: sr.burdened_together(several, graph, worst=0.4, permutations=19),
    ):
        with pytest.warns(sr.StatisticsWarning, match="Permutationen"):
            call()


@pytest.mark.slow
def test_plots_take_what_is_drawn_first_and_the_districts_second(city, values):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    p = values["a"]
    told = [
        [entry.get_text() for entry in axes.get_legend().get_texts()]
        for axes in (sr.plot_p(p, city), sr.plot_p(city, p))
    ]
    assert told[0] == told[1]
    found = sr.neighbours(city)
    assert sr.plot_neighbours(found, city).get_legend() is not None
    matplotlib.pyplot.close("all")


def counted(city):
    """Return a long table of two shares."""
    rng = np.random.default_rng(2)
    people = rng.integers(300, 900, 2 * len(city))
    cases = rng.binomial(people, 0.1)
    columns = {"value": cases / people, "numerator": cases, "denominator": people, "flag": "ok"}
    named = {"indicator": np.repeat(["a", "b"], len(city)), "date": "2020-12-31"}
    return pd.DataFrame({**named, **columns}, index=city.index.append(city.index))


def test_a_notebook_shows_a_table_and_the_settings(city, values):
    graph = sr.neighbours(city)
    shown = sr.moran(values[["a", "b"]], graph)._repr_html_()
    assert "<b>Moran</b>" in shown
    assert "alternative = two-sided" in shown
    assert shown.count("<tr") == 3
    relation = sr.relate(values["a"], values["b"], city)._repr_html_()
    assert "correlation = " in relation
    assert "<table" not in relation
    assert "<b>Neighbours</b>" in graph._repr_html_()
    steady = sr.stability(values["a"], graph, seeds=(0,), alphas=(0.05,), permutations=99)
    assert ".variants (1)" in steady._repr_html_()
    assert steady != sr.stability(values["a"], graph, seeds=(0,), alphas=(0.05,), permutations=99)
    border = sr.edges(counted(city), city, graph, permutations=9)._repr_html_()
    assert "<b>Edges</b>" in border
    assert "indistinguishable" in border
    recipe = sr.preset("z_mean", ["a", "b"])
    many = sr.multiverse(counted(city), recipe, date="2020-12-31")._repr_html_()
    assert "<b>Multiverse</b>" in many
    assert "<th>same</th>" in many
