from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import libpysal
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph, read_gal
from shapely.geometry import LineString, Point, Polygon, box

from sozialraum.errors import AlignmentError, BoundaryError, SozialraumError
from sozialraum.spatial.neighbours.find import neighbours

METRIC = "EPSG:25833"


def city(polygons: dict[str, object], crs: str | None = METRIC) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        geometry=list(polygons.values()), index=pd.Index(list(polygons), name="district"), crs=crs
    )


def square(x: float, y: float, size: float = 100) -> Polygon:
    return box(x, y, x + size, y + size)


@pytest.fixture
def lattice() -> gpd.GeoDataFrame:
    """a b c
    d e f
    g h i, 100 m each."""
    return city({key: square(100 * (at % 3), -100 * (at // 3)) for at, key in enumerate("abcdefghi")})


def neighbour_sets(found) -> dict[str, str]:
    return {key: "".join(found.graph.neighbors[key]) for key in found.graph.unique_ids}


def reasons(found) -> dict[tuple[str, str], str]:
    return found.links.set_index(["focal", "neighbor"])["reason"].to_dict()


QUEEN = dict(
    zip(
        "abcdefghi", ["bde", "acdef", "bef", "abegh", "abcdfghi", "bcehi", "deh", "degfi", "efh"], strict=True
    )
)
ROOK = dict(zip("abcdefghi", ["bd", "ace", "bf", "aeg", "bdfh", "cei", "dh", "egi", "fh"], strict=True))


@pytest.mark.parametrize(("method", "expected"), [("queen", QUEEN), ("rook", ROOK)])
@pytest.mark.parametrize("tolerance", [0.0, 1.0, 10.0])
def test_lattice_has_the_neighbours_counted_by_hand(lattice, method, expected, tolerance):
    found = neighbours(lattice, method=method, tolerance=tolerance)
    assert {key: set(near) for key, near in neighbour_sets(found).items()} == {
        key: set(near) for key, near in expected.items()
    }
    assert list(found.graph.unique_ids) == list("abcdefghi")
    assert set(found.links["reason"]) == {"contiguity"}
    assert found.isolated == ()
    assert found.components.to_dict() == dict.fromkeys("abcdefghi", 1)


def test_graph_is_what_libpysal_builds(lattice):
    lattice = lattice.loc[list("ihbdacgfe")]
    for method, rook in (("queen", False), ("rook", True)):
        found = neighbours(lattice, method=method).graph
        theirs = Graph.build_contiguity(lattice, rook=rook, strict=True)
        pd.testing.assert_series_equal(found.adjacency, theirs.adjacency, check_index_type=False)
        assert (found.sparse != theirs.sparse).nnz == 0
        assert found.n_components == 1


def test_links_come_in_the_order_of_the_adjacency(lattice):
    found = neighbours(lattice)
    pairs = found.links[["focal", "neighbor"]].to_records(index=False).tolist()
    assert pairs == found.graph.adjacency.index.tolist()


def test_order_of_rows_does_not_change_anyones_neighbours(lattice):
    shuffled = neighbours(lattice.loc[list("ihbdacgfe")])
    assert list(shuffled.graph.unique_ids) == list("ihbdacgfe")
    assert {k: set(v) for k, v in neighbour_sets(shuffled).items()} == {k: set(v) for k, v in QUEEN.items()}
    assert list(shuffled.components.index) == list("ihbdacgfe")


def test_callers_frame_is_unchanged(lattice):
    before = lattice.copy()
    neighbours(lattice, method="rook", extra=[("a", "i")], removed=[("a", "b")])
    pd.testing.assert_frame_equal(pd.DataFrame(lattice), pd.DataFrame(before))
    assert lattice.crs == before.crs


def test_t_junction_without_common_vertex_is_contiguity():
    # The long south side of 'n' meets 's' and 't', whose common corner is no vertex of 'n'.
    found = neighbours(
        city({"n": box(0, 100, 200, 200), "s": square(0, 0), "t": square(100, 0)}), method="rook"
    )
    assert neighbour_sets(found) == {"n": "st", "s": "nt", "t": "ns"}
    assert set(found.links["reason"]) == {"contiguity"}


def test_rounded_t_junction_on_a_slanted_border_is_contiguity_not_tolerance():
    # The corner (33.333, 11.111) is nanometres off the line from (0, 0) to (100, 33.333).
    line = LineString([(0, 0), (100, 33.3333333)])
    corner = line.interpolate(1 / 3, normalized=True)
    above = Polygon([(0, 0), (100, 33.3333333), (100, 100), (0, 100)])
    left = Polygon([(0, 0), (corner.x, corner.y - 1e-7), (40, -50), (0, -50)])
    found = neighbours(city({"above": above, "left": left}))
    assert reasons(found) == {("above", "left"): "contiguity", ("left", "above"): "contiguity"}


@pytest.mark.parametrize("method", ["queen", "rook"])
@pytest.mark.parametrize("shift", [0.9, -0.9])
def test_gap_and_overlap_below_the_tolerance_are_seen_through(method, shift):
    found = neighbours(city({"a": square(0, 0), "b": square(100 + shift, 0)}), method=method, tolerance=1.0)
    reason = "tolerance" if shift > 0 else "contiguity"
    assert reasons(found) == {("a", "b"): reason, ("b", "a"): reason}


def test_gap_beyond_the_tolerance_is_reported_with_its_width_and_not_linked():
    found = neighbours(city({"a": square(0, 0), "b": square(100, 0), "c": square(201.5, 0)}), tolerance=1.0)
    assert found.isolated == ("c",)
    assert found.components.to_dict() == {"a": 1, "b": 1, "c": 2}
    assert found.near_misses.to_dict("records") == [
        {"focal": "b", "neighbor": "c", "distance": pytest.approx(1.5)}
    ]


def test_sliver_triangle_between_two_districts_is_seen_through():
    west = Polygon([(0, 0), (100, 0), (100.8, 100), (0, 100)])
    found = neighbours(city({"west": west, "east": box(101, 0, 200, 100)}), method="rook", tolerance=1.0)
    assert found.graph.n_edges == 2


def test_rook_tells_a_corner_from_a_border_across_a_gap():
    # Three squares around a corner, each 0.5 m from the next: 'c' meets 'a' only at the corner.
    squares = city({"a": square(0, 0), "b": square(100.5, 0), "c": square(100.5, 100.5)})
    rook = neighbours(squares, method="rook", tolerance=1.0)
    assert neighbour_sets(rook) == {"a": "b", "b": "ac", "c": "b"}
    assert neighbour_sets(neighbours(squares, tolerance=1.0)) == {"a": "bc", "b": "ac", "c": "ab"}


def test_rook_keeps_an_exactly_shared_border_shorter_than_the_corner_rule():
    found = neighbours(city({"a": square(0, 0), "b": square(100, 98)}), method="rook", tolerance=1.0)
    assert found.graph.n_edges == 2


def test_enclave_has_its_surrounding_district_as_only_neighbour():
    ring = box(0, 0, 300, 300).difference(box(100, 100, 200, 200))
    found = neighbours(city({"ring": ring, "enclave": square(100, 100)}), method="rook")
    assert neighbour_sets(found) == {"ring": "enclave", "enclave": "ring"}


def test_exclave_links_the_parts_of_a_multipolygon():
    parts = shapely.union_all([square(0, 0), square(500, 0)])
    found = neighbours(city({"a": parts, "b": square(100, 0), "c": square(600, 0)}))
    assert neighbour_sets(found) == {"a": "bc", "b": "a", "c": "a"}


def test_isolated_district_stays_in_the_graph_and_its_nearest_is_named():
    found = neighbours(city({"a": square(0, 0), "island": square(1000, 0), "b": square(100, 0)}))
    assert found.isolated == ("island",)
    assert list(found.graph.unique_ids) == ["a", "island", "b"]
    assert found.graph.cardinalities.to_dict() == {"a": 1, "island": 0, "b": 1}
    assert found.graph.isolates.tolist() == ["island"]
    assert found.near_misses.to_dict("records") == [{"focal": "island", "neighbor": "b", "distance": 800.0}]
    (problem,) = found.problems()
    assert (problem.code, problem.severity, problem.keys) == ("neighbours.isolated", "warning", ("island",))
    assert '["island", "b"] (800 m)' in problem.text("de")


def test_two_parts_of_a_city_are_reported_with_their_shortest_link():
    found = neighbours(
        city(
            {
                "a": square(0, 0),
                "b": square(100, 0),
                "c": square(200, 0),
                "x": square(500, 0),
                "y": square(600, 0),
            }
        )
    )
    assert found.components.to_dict() == {"a": 1, "b": 1, "c": 1, "x": 2, "y": 2}
    (problem,) = found.problems()
    assert (problem.code, problem.keys) == ("neighbours.components", ("x", "y"))
    assert '["c", "x"] (200 m)' in problem.text("en")


def test_near_miss_inside_one_part_is_a_note():
    # 'a' and 'c' are both neighbours of the long 'b', and 5 m from each other.
    found = neighbours(city({"a": square(0, 0), "b": box(0, 100, 300, 200), "c": square(105, 0)}))
    assert found.near_misses.to_dict("records") == [{"focal": "a", "neighbor": "c", "distance": 5.0}]
    (problem,) = found.problems()
    assert (problem.code, problem.severity, problem.keys) == ("neighbours.near_miss", "note", ("a", "c"))


def test_rook_does_not_report_corners_as_near_misses(lattice):
    assert neighbours(lattice, method="rook").near_misses.empty


def test_a_tidy_city_has_nothing_to_report(lattice):
    found = neighbours(lattice)
    assert found.problems() == ()
    assert found.near_misses.empty


def test_extra_link_ties_an_island_to_the_city():
    islands = city({"a": square(0, 0), "b": square(100, 0), "island": square(1000, 0)})
    found = neighbours(islands, extra=[("island", "b"), ("a", "b")])
    assert neighbour_sets(found) == {"a": "b", "b": "aisland", "island": "b"}
    assert reasons(found)["b", "island"] == reasons(found)["island", "b"] == "extra"
    assert reasons(found)["a", "b"] == "contiguity"
    assert found.isolated == ()
    assert found.problems() == ()


def test_removed_link_is_gone_in_both_directions_even_at_second_order(lattice):
    for order in (1, 2):
        found = neighbours(lattice, removed=[("b", "a")], order=order)
        assert not {("a", "b"), ("b", "a")} & set(reasons(found))


def test_removed_pair_that_was_no_link_is_reported(lattice):
    found = neighbours(lattice, removed=[("a", "i"), ("a", "b")])
    assert found.unused == (("a", "i"),)
    (problem,) = found.problems()
    assert problem.code == "neighbours.unused_removal"
    assert '["a", "i"]' in problem.text()


def test_unknown_keys_of_extra_and_removed_are_all_named(lattice):
    with pytest.raises(AlignmentError) as caught:
        neighbours(lattice, extra=[("a", "z"), ("y", "z")], removed=[("q", "b"), ("c", "c")])
    assert [(problem.code, problem.keys) for problem in caught.value.problems] == [
        ("neighbours.unknown_key", ("z", "y")),
        ("neighbours.unknown_key", ("q",)),
        ("neighbours.own_neighbour", ("c",)),
    ]
    assert "'extra'" in str(caught.value)
    assert "z, y" in str(caught.value)
    assert "'removed'" in str(caught.value)


def test_pair_both_extra_and_removed_is_refused(lattice):
    with pytest.raises(AlignmentError, match=r'\["a", "i"\]'):
        neighbours(lattice, extra=[("a", "i")], removed=[("i", "a")])


def test_bad_geometry_is_reported_all_at_once():
    broken = gpd.GeoDataFrame(
        geometry=[square(0, 0), None, Polygon(), Point(0, 0), square(5, 5)],
        index=["a", "b", "c", "d", "a"],
    )
    with pytest.raises(BoundaryError) as caught:
        neighbours(broken)
    assert {p.code: p.keys for p in caught.value.problems} == {
        "neighbours.no_crs": (),
        "neighbours.duplicate_key": ("a",),
        "neighbours.no_geometry": ("b", "c"),
        "neighbours.not_polygon": ("d",),
    }


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2263"])
def test_degrees_and_feet_are_refused(crs):
    with pytest.raises(BoundaryError, match="Meter"):
        neighbours(city({"a": square(0, 0)}, crs=crs))


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"method": "bishop"}, "method"),
        ({"tolerance": -1.0}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
        ({"method": "nearest", "k": 9}, "k"),
        ({"method": "distance", "distance": 0.0}, "distance"),
        ({"method": "kernel"}, "distance"),
        ({"order": 3}, "order"),
        ({"method": "kernel", "distance": 1.0, "order": 2}, "order"),
    ],
)
def test_option_out_of_range_is_named_with_what_is_allowed(lattice, options, name):
    with pytest.raises(SozialraumError) as caught:
        neighbours(lattice, **options)
    (problem,) = caught.value.problems
    assert f" is not possible for {name}. Possible: " in problem.text("en")


def test_single_district_is_isolated_without_a_near_miss():
    found = neighbours(city({"a": square(0, 0)}))
    assert found.isolated == ("a",)
    assert found.near_misses.empty
    assert [problem.code for problem in found.problems()] == ["neighbours.isolated"]


def test_integer_keys_work_as_they_are(lattice):
    numbered = lattice.set_axis(range(10, 19))
    assert neighbours(numbered).graph[10].index.tolist() == [11, 13, 14]


def test_parameters_name_only_what_had_an_influence(lattice):
    assert neighbours(lattice, extra=[("a", "i")]).parameters == {
        "method": "queen",
        "tolerance": 1.0,
        "order": 1,
        "extra": [["a", "i"]],
        "removed": [],
    }
    assert neighbours(lattice, method="nearest", k=2).parameters["k"] == 2


def test_nearest_takes_k_and_breaks_ties_by_key_in_any_row_order(lattice):
    expected = dict(zip("abcdefghi", ["bd", "ac", "bf", "ae", "bd", "ce", "dh", "eg", "fh"], strict=True))
    for order in ("abcdefghi", "ihbdacgfe"):
        found = neighbours(lattice.loc[list(order)], method="nearest", k=2)
        assert {key: set(near) for key, near in neighbour_sets(found).items()} == {
            key: set(near) for key, near in expected.items()
        }
        assert set(found.links["reason"]) == {"nearest"}


def test_nearest_agrees_with_libpysal_where_nothing_is_tied():
    generator = np.random.default_rng(5)
    places = generator.uniform(0, 10_000, (60, 2))
    spread = city({f"{at:02}": square(x, y, 10) for at, (x, y) in enumerate(places)})
    ours = neighbours(spread, method="nearest", k=4).graph
    theirs = Graph.build_knn(spread.set_geometry(spread.centroid), k=4)
    pd.testing.assert_series_equal(
        ours.adjacency, theirs.adjacency, check_dtype=False, check_index_type=False
    )


def test_distance_band_includes_its_limit(lattice):
    found = neighbours(lattice, method="distance", distance=100.0)
    assert {k: set(v) for k, v in neighbour_sets(found).items()} == {k: set(v) for k, v in ROOK.items()}


def test_distance_band_without_a_distance_leaves_no_district_isolated():
    line = city({"a": square(0, 0), "b": square(100, 0), "c": square(400, 0)})
    assert neighbour_sets(neighbours(line, method="distance")) == {"a": "b", "b": "ac", "c": "b"}


def test_kernel_weights_fall_linearly_to_zero():
    line = city({"a": square(0, 0), "b": square(100, 0), "c": square(400, 0)})
    found = neighbours(line, method="kernel", distance=400.0)
    assert found.graph.adjacency.to_dict() == {
        ("a", "b"): 0.75,
        ("b", "a"): 0.75,
        ("b", "c"): 0.25,
        ("c", "b"): 0.25,
    }


def test_kernel_leaves_a_far_district_isolated():
    line = city({"a": square(0, 0), "b": square(100, 0), "c": square(400, 0)})
    found = neighbours(line, method="kernel", distance=200.0)
    assert found.isolated == ("c",)
    assert found.graph.adjacency.to_dict() == {("a", "b"): 0.5, ("b", "a"): 0.5, ("c", "c"): 0.0}


def test_second_order_adds_the_neighbours_of_neighbours():
    row = city({key: square(100 * at, 0) for at, key in enumerate("abcd")})
    found = neighbours(row, order=2)
    assert neighbour_sets(found) == {"a": "bc", "b": "acd", "c": "abd", "d": "bc"}
    assert reasons(found)["a", "c"] == "second order"
    assert reasons(found)["a", "b"] == "contiguity"


def test_second_order_is_libpysals_with_lower_order(lattice):
    found = neighbours(lattice, method="rook", order=2).graph
    theirs = Graph.build_contiguity(lattice, rook=True, strict=True).higher_order(2, lower_order=True)
    assert (found.sparse.astype(bool) != theirs.sparse.astype(bool)).nnz == 0


@pytest.mark.shared
@pytest.mark.parametrize("method", ["queen", "rook"])
def test_berlin_misses_no_neighbour_that_libpysal_finds(method, shared_data):
    areas = gpd.read_file(shared_data / "berlin" / "berlin-lor-planning-areas-until-2020.geojson")
    # One key of the source is double; positions serve here.
    areas = areas[["geometry"]].to_crs(METRIC)
    assert len(areas) == 448
    found = neighbours(areas, method=method)
    theirs = Graph.build_contiguity(areas, rook=method == "rook", strict=True)
    assert found.isolated == ()
    assert found.components.max() == 1
    assert (theirs.sparse.astype(bool) > found.graph.sparse.astype(bool)).nnz == 0
    # Four corners that rounding has pulled apart by less than a millimetre.
    assert found.graph.n_edges - theirs.n_edges == 4


def test_columbus_has_the_neighbours_that_are_published_with_it():
    path = Path(libpysal.examples.get_path("columbus.shp"))
    # The coordinates are in a unit of their own, and without a CRS; no gap is seen through.
    columbus = gpd.read_file(path).set_index("POLYID").set_crs(METRIC, allow_override=True)
    found = neighbours(columbus.set_axis(columbus.index.astype(int)), tolerance=0.0)
    published = read_gal(path.with_suffix(".gal"))
    assert {key: set(near) for key, near in found.graph.neighbors.items()} == {
        int(key): {int(other) for other in near} for key, near in published.neighbors.items()
    }


@pytest.mark.parametrize("seed", range(5))
def test_every_pair_is_judged_as_by_its_distance(seed):
    generator = np.random.default_rng(seed)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(generator.uniform(0, 900, (60, 2))))
    )
    # Shrunk by up to 4 m, some pairs touch, some have a gap below the tolerance, others one above it.
    shrunk = shapely.buffer(cells, -generator.choice([0.0, 0.3, 1.0, 4.0], len(cells)))
    keys = pd.Index([f"{at:02}" for at in generator.permutation(len(shrunk))])
    found = neighbours(gpd.GeoDataFrame(geometry=shrunk, index=keys, crs=METRIC), tolerance=1.0)
    pairs = pd.MultiIndex.from_product([keys, keys])
    distance = pd.Series(
        shapely.distance(np.repeat(shrunk, len(keys)), np.tile(shrunk, len(keys))), index=pairs
    )
    distance = distance[pairs.get_level_values(0) != pairs.get_level_values(1)]
    linked = distance[distance <= 1.0]
    assert set(reasons(found)) == set(linked.index)
    expected = np.where(linked > 0.001, "tolerance", "contiguity")
    assert reasons(found) == dict(zip(linked.index, expected, strict=True))
    near = found.near_misses[found.near_misses["distance"] <= 10.0]
    missed = distance[(distance > 1.0) & (distance <= 10.0)]
    assert {frozenset(pair) for pair in zip(near["focal"], near["neighbor"], strict=True)} == {
        frozenset(pair) for pair in missed.index
    }


def test_polygons_are_left_unprepared(lattice):
    apart = lattice.set_geometry(lattice.scale(0.99, 0.99))
    neighbours(apart, tolerance=0.5)
    assert not shapely.is_prepared(apart.geometry.array).any()


def _city_with(extra, *, row=6):
    """Six squares of 1 km in a row; the last one also has the polygon `extra`."""
    squares = [shapely.box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(row)]
    squares[-1] = shapely.union(squares[-1], extra)
    return gpd.GeoDataFrame(geometry=squares, index=list("abcdef")[:row], crs="EPSG:25833")


@pytest.mark.parametrize(
    "crumb",
    [
        shapely.box(500, 500, 500.1, 500.1),
        shapely.box(999.9, 500, 1000.1, 500.2),
        shapely.box(400, 400, 420, 420),
        shapely.box(500, 500, 5500, 500.3),
        shapely.Polygon([(0, 1000), (5000, 1000), (0, 1000.5)]),
    ],
    ids=["in another district", "on a border", "a parcel", "an antenna", "a spike along the border"],
)
@pytest.mark.parametrize("method", ["queen", "rook"])
def test_crumb_is_no_neighbourhood_and_the_pair_is_named(crumb, method):
    found = neighbours(_city_with(crumb), method=method)
    assert found.graph.cardinalities.to_dict() == {"a": 1, "b": 2, "c": 2, "d": 2, "e": 2, "f": 1}
    problem = next(problem for problem in found.problems() if problem.code == "neighbours.crumb")
    assert problem.severity == "warning"
    assert '["a", "f"] (4000 m)' in problem.text()
    assert found.near_misses.empty


def test_what_lies_nearest_to_an_island_is_measured_without_its_crumbs():
    island = shapely.union(shapely.box(9000, 0, 10_000, 1000), shapely.box(500, 500, 500.1, 500.1))
    city = _city_with(shapely.box(5000, 0, 6000, 1000))
    city.loc["f", "geometry"] = island
    near = neighbours(city).near_misses
    assert near[["focal", "neighbor", "distance"]].to_numpy().tolist() == [["e", "f", 4000.0]]


def test_exclave_of_some_size_is_no_crumb():
    found = neighbours(_city_with(shapely.box(400, 400, 500, 500)))
    assert "f" in found.graph["a"].index
    assert found.crumbs.empty


def test_decision_on_a_crumb_is_the_users():
    city = _city_with(shapely.box(500, 500, 500.1, 500.1))
    kept = neighbours(city, extra=[("a", "f")])
    assert "f" in kept.graph["a"].index
    cut = neighbours(city, removed=[("a", "f")])
    for found in (kept, cut):
        assert found.problems() == ()


def test_island_of_crumbs_keeps_its_shape():
    small = [shapely.box(0, 0, 0.4, 100), shapely.box(0.4, 0, 0.8, 100)]
    city = gpd.GeoDataFrame(geometry=small, index=["a", "b"], crs="EPSG:25833")
    assert neighbours(city).graph.cardinalities.tolist() == [1, 1]
