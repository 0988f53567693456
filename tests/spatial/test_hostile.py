"""What an expert tries first: constants, nothing, one district, ties, huge figures, texts."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph

import sozialraum as sr

pytestmark = pytest.mark.slow

N = 5
KEYS = pd.Index([f"{number:02d}" for number in range(N * N)], name="district")
DRAWN = pd.Series(np.random.default_rng(0).random(N * N), index=KEYS)
NINE = {"permutations": 9}


def squares(number):
    y, x = np.divmod(np.arange(number), N)
    shapes = shapely.box(100.0 * x, 100.0 * y, 100.0 * x + 100, 100.0 * y + 100)
    return gpd.GeoDataFrame({"name": KEYS[:number]}, geometry=shapes, crs=25832, index=KEYS[:number])


VALUES = {
    "usual": DRAWN,
    "constant": DRAWN * 0 + 3,
    "zero": DRAWN * 0,
    "nothing": DRAWN * np.nan,
    "one value": DRAWN.where(KEYS == "03"),
    "two values": DRAWN.where(KEYS.isin(["03", "04"])),
    "ties": pd.Series(np.arange(N * N) % 2.0, index=KEYS),
    "negative": DRAWN - 5,
    "infinite": DRAWN.where(KEYS != "03", np.inf),
    "huge": DRAWN * 1e300,
    "tiny": DRAWN * 1e-300,
    "outlier": DRAWN.where(KEYS != "03", 1e9),
    "whole": pd.Series(range(N * N), index=KEYS),
    "yes and no": pd.Series([True, False] * 12 + [True], index=KEYS),
    "texts": pd.Series(["a"] * N * N, index=KEYS),
    "numbers as texts": DRAWN.astype(str),
    "nullable": DRAWN.astype("Float64").where(KEYS != "03"),
    "empty": DRAWN.iloc[:0],
}


def other(values):
    return DRAWN.reindex(values.index)


def classes(values):
    steps = pd.DataFrame({"2020": values, "2021": other(values)}).apply(pd.to_numeric, errors="coerce")
    return steps.astype(float).apply(lambda date: pd.cut(date, [-9, 0.5, 9], labels=["low", "high"]))


ASKED = {
    "local_moran": lambda v, g, _: sr.local_moran(v, g, **NINE),
    "moran": lambda v, g, _: sr.moran(v, g),
    "getis_ord": lambda v, g, _: sr.getis_ord(v, g, **NINE),
    "local_geary": lambda v, g, _: sr.local_geary(v, g, **NINE),
    "local_join_counts": lambda v, g, _: sr.local_join_counts(v, g, **NINE),
    "local_moran_moments": lambda v, g, _: sr.local_moran_moments(v, g),
    "global_statistics": lambda v, g, _: sr.global_statistics(v, g, **NINE),
    "losh": lambda v, g, _: sr.losh(v, g, **NINE),
    "lee_l": lambda v, g, _: sr.lee_l(v, other(v), g),
    "local_moran_bivariate": lambda v, g, _: sr.local_moran_bivariate(v, other(v), g, **NINE),
    "local_moran_change": lambda v, g, _: sr.local_moran_change(v, other(v), g, **NINE),
    "colocation": lambda v, g, _: sr.colocation(v, other(v), g, **NINE),
    "cluster_change": lambda v, g, _: sr.cluster_change(v, other(v), g, **NINE),
    "burdened_together": lambda v, g, _: sr.burdened_together(
        pd.DataFrame({"a": v, "b": other(v)}), g, **NINE
    ),
    "transitions": lambda v, g, _: sr.transitions(classes(v), ["low", "high"], graph=g, **NINE),
    "relate": lambda v, _, c: sr.relate(v, other(v), c, **NINE),
    "scan_counts": lambda v, _, c: sr.scan_counts(v, other(v) * 0 + 1_000, c, **NINE),
    "smooth_rates": lambda v, g, _: sr.smooth_rates(v, pd.Series(100, index=v.index), g),
    "moran_rates": lambda v, g, _: sr.moran_rates(v, pd.Series(100, index=v.index), g),
    "local_moran_rates": lambda v, g, _: sr.local_moran_rates(v, pd.Series(100, index=v.index), g, **NINE),
    "decoupling": lambda v, _, c: sr.decoupling(v.to_frame("a"), other(v).to_frame("a"), districts=c),
    "gini": lambda v, _, __: sr.gini(v, pd.Series(100, index=v.index)),
    "theil": lambda v, _, __: sr.theil(v, pd.Series(100, index=v.index)),
}


@pytest.fixture(scope="module")
def worlds():
    """Give neighbours and shapes: a city, weights of any size, an island, one district, two."""
    city, alone = squares(N * N), squares(N * N)
    around = sr.neighbours(city)
    ends = [around.graph.adjacency.index.get_level_values(level) for level in (0, 1)]
    uneven = np.random.default_rng(1).uniform(0.1, 9, len(ends[0]))
    alone.loc["24", "geometry"] = shapely.box(5_000, 5_000, 5_100, 5_100)
    few = {number: squares(number) for number in (1, 2)}
    return {
        "city": (around, city),
        "weights of any size": (Graph.from_arrays(*ends, uneven), city),
        "island": (sr.neighbours(alone), alone),
        **{f"{number} of them": (sr.neighbours(part), part) for number, part in few.items()},
    }


def words_or_numbers(ask, values, graph, city):
    """Return what came out; Python's own warnings are errors here, and so is any other exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sr.StatisticsWarning)
        try:
            return ask(values, graph, city)
        except sr.SozialraumError as error:
            return None if len(str(error)) > 20 else pytest.fail(f"no words: {error}")


@pytest.mark.parametrize("name", ASKED)
def test_whatever_is_handed_in_gives_numbers_or_words(name, worlds):
    for world, (graph, city) in worlds.items():
        for kind, values in VALUES.items():
            if world == "city" or kind in {"usual", "constant", "ties"}:
                words_or_numbers(
                    ASKED[name], values.reindex(city.index) if world != "city" else values, graph, city
                )


@pytest.mark.parametrize("kind", ["infinite", "huge", "tiny", "texts"])
@pytest.mark.parametrize("name", ["local_moran", "global_statistics", "relate", "decoupling", "gini"])
def test_what_is_no_usable_number_is_refused(name, kind, worlds):
    assert words_or_numbers(ASKED[name], VALUES[kind], *worlds["city"]) is None


def test_what_cannot_be_compared_is_warned_of(worlds):
    graph, city = worlds["city"]
    for name in ("relate", "lee_l"):
        with pytest.warns(sr.StatisticsWarning, match="alle Werte gleich"):
            ASKED[name](VALUES["constant"], graph, city)
    with pytest.warns(sr.StatisticsWarning, match="weniger als fünf Gebiete"):
        ASKED["relate"](VALUES["two values"], graph, city)


def test_shares_are_no_cases(worlds):
    with pytest.raises(sr.SozialraumError, match="keine ganzen Zahlen"):
        sr.scan_counts(DRAWN, DRAWN * 0 + 1_000, worlds["city"][1])


@pytest.mark.parametrize("order", ["low", ["low"], ["low", "low"], squares(2)])
def test_classes_need_an_order(order):
    with pytest.raises(sr.SozialraumError, match="order"):
        sr.transitions(classes(DRAWN), order)


def test_a_table_of_another_form_is_told_what_it_lacks(worlds):
    graph, city = worlds["city"]
    wide = pd.DataFrame({"poverty": DRAWN})
    for ask in (
        lambda: sr.cluster_table(wide, graph, **NINE),
        lambda: sr.cluster_areas(wide, graph.graph, city),
        lambda: sr.cluster_areas(DRAWN, graph, city),
    ):
        with pytest.raises(sr.SozialraumError, match="keine lange Tabelle"):
            ask()


@pytest.mark.parametrize("interval", [sr.wilson, sr.byar])
def test_intervals_of_what_is_no_count_are_refused(interval):
    people = pd.Series([100, 100])
    with pytest.raises(sr.SozialraumError, match="kleiner als 0"):
        interval(pd.Series([-1, 3]), people)
    with pytest.raises(sr.SozialraumError, match="müssen Zahlen sein"):
        interval(pd.Series(["a", "b"]), people)
    found = interval(pd.Series([pd.NA, 3], dtype="Int64"), people)
    assert np.isnan(found[0][0])
    assert found[0][1] < 0.03 < found[1][1]


@pytest.mark.parametrize("measure", [sr.gini, sr.theil])
def test_negative_values_have_no_inequality(measure):
    with pytest.raises(sr.SozialraumError, match="00"):
        measure(DRAWN - 0.9 * (KEYS == "00"), DRAWN * 0 + 1)
