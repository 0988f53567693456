"""The smallest inputs of the findings, and their siblings: a wall, a family of tests, whole households."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from sozialraum.assessment.borders.edges import edges
from sozialraum.assessment.profile import summarise
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.verdict import judge, verdicts
from sozialraum.spatial.neighbours.find import neighbours

SIDE = 8
ROW, COLUMN = np.divmod(np.arange(SIDE**2), SIDE)


def city(turned=0.0):
    """64 squares of 500 m, turned by some degrees."""
    shapes = gpd.GeoSeries(shapely.box(COLUMN * 500, ROW * 500, COLUMN * 500 + 500, ROW * 500 + 500))
    keys = [f"{number:02d}" for number in range(SIDE**2)]
    turned_shapes = shapes.rotate(turned, origin=(2000, 2000)).to_numpy()
    return gpd.GeoDataFrame(geometry=turned_shapes, crs=25833, index=keys)


def table(cases, people, name="a", date="2020-12-31"):
    cases, people = np.asarray(cases, dtype=float), np.broadcast_to(people, np.shape(cases)).astype(float)
    index = pd.Index([f"{number:02d}" for number in range(len(cases))], name="district")
    columns = {"indicator": name, "date": date, "value": cases / people, "numerator": cases}
    bounds = {"denominator": people, "lower": np.nan, "upper": np.nan, "flag": "ok"}
    return pd.DataFrame({**columns, **bounds}, index=index)


def catalogue(*names, **columns):
    base = {"kind": "share", "polarity": "disadvantage", "target_group": "all"}
    return pd.DataFrame({**base, **columns}, index=pd.Index(names, name="indicator"))


WALLS = {
    "west and east": (COLUMN < 4, 0.0),
    "north and south": (ROW < 4, 0.0),
    "west and east, turned": (COLUMN < 4, 31.0),
    "steps": (COLUMN + (ROW >= 4) < 4, 0.0),
    "a quarter within the city": ((COLUMN > 1) & (COLUMN < 6) & (ROW > 1) & (ROW < 6), 0.0),
}


@pytest.mark.parametrize("method", ["queen", "rook"])
@pytest.mark.parametrize("name", WALLS)
def test_a_city_cut_in_two_is_not_fluid(name, method):
    poor, turned = WALLS[name]
    districts = city(turned)
    counted = table(np.where(poor, 200, 600), 2000)
    found = edges(counted, districts, neighbours(districts, method=method), permutations=199).city.iloc[0]
    assert found["walls"] == 1
    assert found["claim"] == "rejected"


@pytest.mark.parametrize("method", ["queen", "rook"])
def test_a_slope_is_no_wall(method):
    districts = city()
    counted = table(100 + 60 * COLUMN, 2000)
    found = edges(counted, districts, neighbours(districts, method=method), permutations=199).city.iloc[0]
    assert found["walls"] == 0
    assert found["claim"] == "supported"


def test_other_indicators_change_nothing():
    people, cases = np.full((60, 4), 1000.0), np.full((60, 4), 100.0)
    cases[0, 0], cases[1:30, 1:], cases[30:, 1:] = 125, 200, 40
    beside = judge(cases, people, np.ones(4, bool), Rule())
    alone = judge(cases[:, :1], people[:, :1], np.ones(1, bool), Rule())
    assert beside.p_adjusted[0, 0] == alone.p_adjusted[0, 0]
    assert beside.side[0, 0] == alone.side[0, 0] == 0


def test_dull_indicators_hide_nothing():
    people, cases = np.full((60, 4), 1000.0), np.full((60, 4), 100.0)
    cases[0, 0] = 150
    beside = judge(cases, people, np.ones(4, bool), Rule())
    alone = judge(cases[:, :1], people[:, :1], np.ones(1, bool), Rule())
    assert beside.side[0, 0] == alone.side[0, 0] == 1
    np.testing.assert_array_equal(beside.p_adjusted[:, 0], alone.p_adjusted[:, 0])


def test_an_indicator_with_gaps_or_of_another_kind_changes_nothing():
    rng = np.random.default_rng(3)
    own = table(rng.binomial(1000, 0.1, 60), 1000, "a")
    gaps = table(rng.binomial(1000, 0.2, 60), 1000, "b")
    gaps.loc[gaps.index[:40], ["value", "numerator"]] = np.nan
    incidents = table(rng.poisson(np.where(np.arange(60) < 30, 900, 100)), 1000, "c")
    kinds = catalogue("a", "b", "c").assign(kind=["share", "share", "ratio"])
    together = verdicts(pd.concat([own, gaps, incidents]), kinds)
    alone = verdicts(own, kinds.loc[["a"]])
    pd.testing.assert_frame_equal(together[together["indicator"] == "a"], alone)


def test_an_earlier_date_changes_nothing_and_the_profile_is_stricter():
    rng = np.random.default_rng(4)
    own = table(rng.binomial(1000, np.where(np.arange(60) < 6, 0.17, 0.1)), 1000, "a")
    earlier = table(rng.binomial(1000, np.where(np.arange(60) < 30, 0.3, 0.1)), 1000, date="2018-12-31")
    both = verdicts(pd.concat([own, earlier]), catalogue("a"))
    alone = verdicts(own, catalogue("a"))
    pd.testing.assert_frame_equal(both[both["date"] == "2020-12-31"], alone)
    dull = [table(rng.binomial(1000, 0.1, 60), 1000, name) for name in "bcd"]
    found = verdicts(pd.concat([own, *dull]), catalogue(*"abcd"))
    named = summarise(found)["unfavourable_by"].str.contains("a").sum()
    assert named <= (found[found["indicator"] == "a"]["verdict"] == "conspicuous (unfavourable)").sum()


def households(rng, sizes, many=60, people=4000, rate=0.15):
    """Cases of equal districts in which whole households are in or out."""
    cases = np.zeros(many)
    for size in sizes:
        cases += size * rng.binomial(people // len(sizes) // size, rate, many)
    return cases


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "effect"), [((4,), 4.0), ((1, 2, 5), 8 / 3), ((6,), 6.0), ((2,), 2.0)])
def test_households_make_no_district_conspicuous(sizes, effect):
    rng = np.random.default_rng(1)
    cities = [
        verdicts(table(households(rng, sizes), 4000), catalogue("a", design_effect=[effect]))
        for _ in range(10)
    ]
    assert sum(one["verdict"].str.startswith("conspicuous").any() for one in cities) <= 2


def test_households_make_no_border_sharp():
    rng = np.random.default_rng(2)
    districts = city()
    counted = table(households(rng, (4,), many=SIDE**2, people=400), 400)
    graph = neighbours(districts, method="rook")
    plain = edges(counted, districts, graph, permutations=99).city.iloc[0]
    known = edges(counted, districts, graph, catalogue=catalogue("a", design_effect=[4.0]), permutations=99)
    assert known.city.iloc[0]["sharp"] == 0
    assert known.city.iloc[0]["sharp"] <= plain["sharp"]
