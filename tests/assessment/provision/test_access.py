"""Floating catchments: by hand, against the package `access`, over bridges, in time."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from shapely import box

from sozialraum.assessment.provision.access import floating_catchment
from sozialraum.assessment.provision.travel import travel_costs
from sozialraum.errors import AlignmentError
from sozialraum.spatial.neighbours.find import neighbours

COSTS = pd.DataFrame({"f": [0.0, 800, 2000], "g": [2000.0, 900, 0]}, index=["a", "b", "c"])


def test_2sfca_by_hand():
    """f serves a and b (100 + 300): 40/400 = .1; g serves b and c (300 + 100): 20/400 = .05."""
    found = floating_catchment(
        COSTS, pd.Series({"f": 40, "g": 20}), pd.Series({"a": 100, "b": 300, "c": 100}), catchment=1000
    )
    assert found.ratios["value"].to_dict() == pytest.approx({"f": 0.1, "g": 0.05})
    assert found.access["value"].to_dict() == pytest.approx({"a": 0.1, "b": 0.15, "c": 0.05})


def test_e2sfca_by_hand():
    """Weights 1 up to 500 m, .5 up to 1000 m: f 40/(100 + .5 300) = .16; g 20/(.5 300 + 100) = .08."""
    found = floating_catchment(
        COSTS,
        pd.Series({"f": 40, "g": 20}),
        pd.Series({"a": 100, "b": 300, "c": 100}),
        bands=((500, 1.0), (1000, 0.5)),
    )
    assert found.access["value"].to_dict() == pytest.approx({"a": 0.16, "b": 0.12, "c": 0.08})


@pytest.mark.parametrize("enhanced", [False, True])
def test_equal_to_the_package_access(enhanced):
    fca = pytest.importorskip("access").fca
    rng = np.random.default_rng(3)
    n, m = 40, 25
    costs = pd.DataFrame(
        rng.uniform(0, 3000, (n, m)), index=[f"d{i}" for i in range(n)], columns=[f"f{i}" for i in range(m)]
    )
    people = pd.Series(rng.integers(50, 900, n), index=costs.index)
    capacity = pd.Series(rng.integers(10, 200, m), index=costs.columns)
    bands = ((600.0, 1.0), (1200.0, 0.6), (1800.0, 0.2)) if enhanced else ()
    ours = floating_catchment(costs, capacity, people, catchment=1800, bands=bands).access["value"]

    def weight(cost):
        if not enhanced:
            return 1.0
        return 1.0 if cost <= 600 else 0.6 if cost <= 1200 else 0.2

    long = costs.rename_axis("origin").melt(var_name="dest", value_name="cost", ignore_index=False)
    theirs = fca.two_stage_fca(
        people.rename_axis("geoid").to_frame("demand"),
        capacity.rename_axis("geoid").to_frame("supply"),
        long.reset_index(),
        max_cost=1800,
        weight_fn=weight,
    )
    pd.testing.assert_series_equal(
        ours, theirs.reindex(ours.index).fillna(0.0), check_names=False, rtol=1e-12
    )


def test_people_times_access_is_the_capacity_that_is_reached():
    rng = np.random.default_rng(1)
    costs = pd.DataFrame(rng.uniform(0, 2000, (30, 12)))
    people = pd.DataFrame(rng.integers(1, 500, (30, 3)), columns=[2020, 2021, 2022])
    capacity = pd.DataFrame(rng.integers(0, 90, (12, 3)), columns=[2020, 2021, 2022])
    found = floating_catchment(costs, capacity, people, catchment=900)
    assert (found.access * people).sum().tolist() == pytest.approx(capacity.sum().tolist())


def test_what_is_not_known_is_not_zero():
    people = pd.Series({"a": 100.0, "b": 300, "c": 100})
    half = floating_catchment(COSTS, pd.Series({"f": 40, "g": np.nan}), people, catchment=1000)
    assert half.access["value"].isna().tolist() == [False, True, True]
    assert half.at_least["value"].to_dict() == pytest.approx({"a": 0.1, "b": 0.1, "c": 0.0})
    crowd = floating_catchment(
        COSTS, pd.Series({"f": 40, "g": 20}), people.mask(people == 300), catchment=1000
    )
    assert crowd.access["value"].isna().all()
    assert crowd.at_least["value"].isna().all()
    closed = floating_catchment(COSTS, pd.Series({"f": 40, "g": 0}), people, catchment=1000)
    assert closed.access["value"].to_dict() == pytest.approx({"a": 0.1, "b": 0.1, "c": 0.0})


def test_a_facility_that_nobody_reaches_is_named():
    found = floating_catchment(
        COSTS, pd.Series({"f": 40, "g": 20}), pd.Series({"a": 100, "b": 0, "c": 0}), catchment=1000
    )
    assert found.idle[["facility_id", "capacity"]].to_numpy().tolist() == [["g", 20]]
    assert found.access["value"].tolist() == pytest.approx([0.4, 0.4, 0.0])


def test_a_reach_of_its_own_per_facility():
    reach = pd.Series({"f": 500.0, "g": 2500.0})
    people = pd.Series({"a": 100, "b": 300, "c": 100})
    found = floating_catchment(COSTS, pd.Series({"f": 40, "g": 20}), people, catchment=reach)
    assert found.access["value"].to_dict() == pytest.approx({"a": 0.4 + 0.04, "b": 0.04, "c": 0.04})
    banded = floating_catchment(
        COSTS, pd.Series({"f": 40, "g": 20}), people, catchment=reach, bands=((0.5, 1.0), (1.0, 0.5))
    )
    assert banded.ratios.loc["g", "value"] == pytest.approx(20 / (0.5 * 100 + 300 + 100))


def test_mismatches_are_told_together():
    with pytest.raises(AlignmentError) as caught:
        floating_catchment(
            COSTS,
            pd.DataFrame({2020: [1, 2]}, index=["f", "h"]),
            pd.DataFrame({2021: [1, 2]}, index=["a", "b"]),
            bands=((900, 1), (500, 0.5)),
        )
    assert [problem.code for problem in caught.value.problems] == [
        "provision.capacity_facility",
        "provision.people_district",
        "provision.people_year",
        "provision.bands",
    ]


def river():
    """Two banks of three squares of 1 km, 300 m of water between them; a bridge joins a and d."""
    cells = {key: box(1000 * at, 0, 1000 * at + 1000, 1000) for at, key in enumerate("abc")}
    cells |= {key: box(1000 * at, 1300, 1000 * at + 1000, 2300) for at, key in enumerate("def")}
    return gpd.GeoDataFrame(
        geometry=list(cells.values()), index=pd.Index(cells, name="district"), crs="EPSG:25832"
    )


def test_the_way_leads_over_the_bridge_not_straight_over_the_river():
    districts = river()
    school = pd.DataFrame({"district": ["f"], "x": [2500.0], "y": [1400.0]}, index=["school"])
    bridge = neighbours(districts, extra=[("a", "d")]).graph
    costs = travel_costs(school, districts, bridge)["school"]
    assert costs["f"] == 0
    assert costs["e"] == pytest.approx(np.hypot(1000, 400))
    # c lies 900 m away as the crow flies; on foot: c, b, a, over the bridge, d, e, school
    assert costs["c"] == pytest.approx(2000 + 1300 + 1000 + np.hypot(1000, 400))
    assert np.isinf(travel_costs(school, districts, neighbours(districts).graph)["school"]["c"])
    near = neighbours(districts, extra=[("a", "d"), ("c", "f")]).graph
    assert travel_costs(school, districts, near)["school"]["c"] == pytest.approx(900)


def test_a_good_school_across_the_border_counts_and_a_school_catchment_does_not():
    districts = river()
    school = pd.DataFrame({"district": ["b"], "x": [1990.0], "y": [500.0]}, index=["school"])
    graph = neighbours(districts).graph
    people = pd.Series(100, index=districts.index)
    costs = travel_costs(school, districts, graph)
    access = floating_catchment(costs, pd.Series({"school": 60}), people, catchment=600).access["value"]
    assert access[["b", "c"]].tolist() == pytest.approx([0.3, 0.3])
    assert access["a"] == 0
    own = travel_costs(school.assign(open_to_all=False), districts, graph)
    access = floating_catchment(own, pd.Series({"school": 60}), people, catchment=600).access["value"]
    assert access.to_dict() == pytest.approx({"a": 0, "b": 0.6, "c": 0, "d": 0, "e": 0, "f": 0})


def test_facilities_without_coordinates_stand_in_the_middle_and_unknown_districts_are_named():
    districts = river()
    graph = neighbours(districts).graph
    place = pd.DataFrame({"district": ["b"]}, index=["x"])
    assert travel_costs(place, districts, graph)["x"]["a"] == pytest.approx(1000)
    with pytest.raises(AlignmentError, match="zz"):
        travel_costs(pd.DataFrame({"district": ["zz"]}, index=["x"]), districts, graph)


def test_436_districts_2000_facilities_5_years_in_time():
    side = 21
    n, m = 436, 2000
    keys = [f"{at:04d}" for at in range(n)]
    cells = [
        box(1000 * (at % side), 1000 * (at // side), 1000 * (at % side + 1), 1000 * (at // side + 1))
        for at in range(n)
    ]
    districts = gpd.GeoDataFrame(geometry=cells, index=pd.Index(keys, name="district"), crs="EPSG:25832")
    links = {
        key: [
            keys[at + step]
            for step in (-side, side, -1, 1)
            if 0 <= at + step < n and (abs(step) > 1 or (at + step) // side == at // side)
        ]
        for at, key in enumerate(keys)
    }
    graph = Graph.from_dicts(links)
    rng = np.random.default_rng(0)
    home = rng.integers(0, n, m)
    places = pd.DataFrame(
        {
            "district": [keys[at] for at in home],
            "x": 1000 * (home % side) + 1000 * rng.random(m),
            "y": 1000 * (home // side) + 1000 * rng.random(m),
        },
        index=[f"f{at}" for at in range(m)],
    )
    years = list(range(2019, 2024))
    capacity = pd.DataFrame(rng.integers(0, 100, (m, 5)), index=places.index, columns=years)
    people = pd.DataFrame(rng.integers(100, 900, (n, 5)), index=districts.index, columns=years)
    begun = time.process_time()
    costs = travel_costs(places, districts, graph)
    found = floating_catchment(costs, capacity, people, catchment=1500, bands=((800, 1.0), (1500, 0.5)))
    assert time.process_time() - begun < 3
    assert found.access.shape == (n, 5)
    assert np.isfinite(found.access.to_numpy()).all()
