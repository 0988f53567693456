"""Overlaps, gaps and borders that do not match."""

import time

import geopandas as gpd
import numpy as np
import pytest
from shapely import Polygon, box

from sozialraum.boundaries.coverage import check_coverage, find_gaps, find_overlaps, mismatched_edges


def make(**shapes):
    frame = gpd.GeoDataFrame({"name": [f"Quartier {key}" for key in shapes]}, geometry=list(shapes.values()))
    frame.index = list(shapes)
    return frame.set_crs("EPSG:25833")


def codes(problems):
    return [(problem.code.removeprefix("boundaries."), problem.severity) for problem in problems]


def test_districts_that_fit_give_no_report(lattice):
    assert check_coverage(lattice(3, 4)) == ()


def test_overlap_is_told_with_both_keys_and_its_area():
    districts = make(a=box(0, 0, 100, 100), b=box(90, 0, 200, 100), c=box(200, 0, 300, 100))
    overlaps = find_overlaps(districts)

    assert overlaps[["focal", "neighbor", "area"]].to_numpy().tolist() == [["a", "b", 1000.0]]
    assert overlaps.geometry.iloc[0].equals(box(90, 0, 100, 100))
    problems = check_coverage(districts, file="g.gpkg")
    assert codes(problems) == [("overlaps", "warning")]
    assert problems[0].keys == ("a", "b")
    assert (
        "g.gpkg: Gebiete überlappen einander (Paare: 1, zusammen 1000 m²): a / b (1000 m²)"
        in problems[0].text()
    )


@pytest.mark.parametrize("inner", [box(20, 20, 40, 40), box(0, 0, 100, 100), box(0, 0, 40, 100)])
def test_contained_and_equal_polygons_overlap(inner):
    overlaps = find_overlaps(make(a=box(0, 0, 100, 100), b=inner))
    assert overlaps["area"].tolist() == [inner.area]


def test_tiny_overlap_is_a_note():
    districts = make(a=box(0, 0, 100, 100), b=box(99.999, 0, 200, 100))
    assert codes(check_coverage(districts)) == [("overlaps", "note")]


def test_hole_is_noted_and_sliver_is_warned_of():
    ring = Polygon(box(0, 0, 100, 100).exterior, [box(40, 40, 60, 60).exterior])
    cut = Polygon(box(100, 0, 200, 100).exterior, [box(150, 10, 150.5, 90).exterior])
    gaps = find_gaps(make(a=ring, b=cut))

    assert gaps["area"].tolist() == pytest.approx([400, 40])
    assert gaps["width"].tolist() == pytest.approx([2 * 400 / 80, 2 * 40 / 161])
    assert gaps["districts"].tolist() == [("a",), ("b",)]
    problems = check_coverage(make(a=ring, b=cut))
    assert codes(problems) == [("slivers", "warning"), ("holes", "note")]
    assert (
        "schmaler als 1 m (Anzahl: 1; in Klammern die angrenzenden Gebiete): 40 m² (b)" in problems[0].text()
    )
    assert "400 m² (a)" in problems[1].text()


def test_hole_names_all_that_adjoin_it():
    districts = make(
        s=box(0, 0, 300, 100), w=box(0, 100, 100, 200), e=box(200, 100, 300, 200), n=box(0, 200, 300, 300)
    )
    gaps = find_gaps(districts)
    assert gaps["area"].tolist() == [10_000]
    assert gaps["districts"].tolist() == [("s", "w", "e", "n")]


def test_enclave_is_no_hole():
    ring = Polygon(box(0, 0, 100, 100).exterior, [box(40, 40, 60, 60).exterior])
    assert check_coverage(make(a=ring, b=box(40, 40, 60, 60))) == ()


def test_missing_vertices_and_open_gaps_are_noted():
    tee = make(a=box(0, 0, 100, 100), b=box(100, 0, 200, 50), c=box(100, 50, 200, 100))
    assert mismatched_edges(tee).index.tolist() == ["a", "b", "c"]
    assert codes(check_coverage(tee)) == [("edges", "note")]

    apart = make(a=box(0, 0, 100, 100), b=box(100.5, 0, 200, 100))
    assert codes(check_coverage(apart)) == [("edges", "note")]
    assert check_coverage(apart, gap_width=0.1) == ()


def test_polygon_of_the_whole_city_is_recognised(lattice):
    districts = lattice(2, 3)
    districts.loc["XX"] = ["Gesamt", districts.union_all()]
    problems = check_coverage(districts)
    assert codes(problems) == [("covers_others", "warning")]
    assert problems[0].keys == ("XX",)
    assert "XX 'Gesamt'" in problems[0].text()
    assert 'exclude = ["XX"]' in problems[0].text()
    assert "XX 'XX'" in check_coverage(districts.drop(columns="name"))[0].text()


def test_districts_apart_and_a_single_one_are_no_trouble():
    assert check_coverage(make(a=box(0, 0, 1, 1), b=box(500, 0, 501, 1))) == ()
    assert check_coverage(make(a=box(0, 0, 1, 1))) == ()


def test_planted_faults_are_all_found_and_quickly():
    side = 60
    shapes = {
        f"{i:02d}{j:02d}": box(100 * i, 100 * j, 100 * i + 100, 100 * j + 100)
        for i in range(side)
        for j in range(side)
    }
    missing = ["0505", "3040", "5010"]
    for key in missing:
        del shapes[key]
    shapes["2020"] = box(2000, 2000, 2110, 2100)
    districts = make(**shapes)

    start = time.process_time()
    problems = check_coverage(districts)
    assert time.process_time() - start < 5

    assert codes(problems) == [("overlaps", "warning"), ("holes", "note"), ("edges", "note")]
    assert problems[0].keys == ("2020", "2120")
    gaps = find_gaps(districts)
    assert np.allclose(gaps["area"], 10_000)
    assert len(gaps) == len(missing)
    assert all(len(adjoining) == 8 for adjoining in gaps["districts"])
