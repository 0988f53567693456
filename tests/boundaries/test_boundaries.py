"""District polygons: what comes out, and what is told to a person whose file is faulty."""

import json
import logging
import time

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from sozialraum.boundaries.read import load_districts, read_districts
from sozialraum.errors import BoundaryError

BERLIN = "berlin/berlin-lor-planning-areas-until-2020.geojson"
LEIPZIG = "leipzig/leipzig-districts.json"
SCHLOSSSTRASSE = {"key": "06010102", "new_key": "04030417", "at": [13.29880, 52.51459]}


def cells(count, *, size=1000.0, x=390_000.0, y=5_820_000.0):
    return [box(x + size * i, y, x + size * (i + 1), y + size) for i in range(count)]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes columns and shapes to a file and returns its path."""

    def make(columns, shapes=None, *, crs="EPSG:25833", name="districts.gpkg", **options):
        rows = len(next(iter(columns.values())))
        frame = gpd.GeoDataFrame(columns, geometry=cells(rows) if shapes is None else shapes, crs=crs)
        path = tmp_path / name
        frame.to_file(path, **options)
        return path

    return make


def codes(problems):
    return [problem.code.removeprefix("boundaries.") for problem in problems]


def fault(path, **options):
    """Return the German text of the error that reading raises."""
    with pytest.raises(BoundaryError) as caught:
        read_districts(path, **{"key": "id", **options})
    return caught.value.text("de")


@pytest.mark.parametrize(
    "name", ["districts.gpkg", "districts.geojson", "districts.shp", "districts.shp.zip"]
)
def test_every_format_gives_the_same_districts(write, name):
    crs = "EPSG:4326" if name.endswith("geojson") else "EPSG:25833"
    shapes = gpd.GeoSeries(cells(3), crs="EPSG:25833").to_crs(crs).tolist()
    path = write(
        {"id": ["01", "02", "10"], "nam": ["Ä", "B", "ß"], "bez": ["1"] * 3}, shapes, crs=crs, name=name
    )

    districts, problems = load_districts(path, key="id", name="nam", parents=["bez"])

    expected = pd.DataFrame(
        {"name": ["Ä", "B", "ß"], "bez": ["1"] * 3},
        index=pd.Index(["01", "02", "10"], name="district", dtype=object),
    )
    pd.testing.assert_frame_equal(pd.DataFrame(districts.drop(columns="geometry")), expected)
    assert districts.crs.to_epsg() == 25833
    assert districts.geometry.area.round(-1).tolist() == [1_000_000] * 3
    assert problems == ()


def test_result_is_flat_and_in_the_order_of_the_source(write):
    shapes = [shapely.force_3d(cell, 7.0) for cell in cells(3)]
    districts = read_districts(write({"id": ["c", "a", "b"]}, shapes), key="id")

    assert districts.index.tolist() == ["c", "a", "b"]
    assert not districts.has_z.any()


def test_key_stands_for_a_missing_name(write):
    path = write({"id": ["01", "02"], "nam": ["Mitte", None]})

    districts, problems = load_districts(path, key="id", name="nam")

    assert districts["name"].to_dict() == {"01": "Mitte", "02": "02"}
    assert codes(problems) == ["name_missing"]
    assert problems[0].keys == ("02",)
    assert load_districts(path, key="id")[1] == ()


def test_names_stay_data_but_lose_control_characters(write):
    names = ["<script>alert(1)</script>", "Am\r\n „Tor“\t7", "=A1+\u202eB"]
    districts = read_districts(write({"id": ["1a", "2a", "3a"], "nam": names}), key="id", name="nam")

    assert districts["name"].tolist() == ["<script>alert(1)</script>", "Am „Tor“ 7", "=A1+B"]


def test_missing_file_is_named(tmp_path):
    text = fault(tmp_path / "gibtsnicht.gpkg")
    assert "gibtsnicht.gpkg" in text
    assert "gibt es nicht" in text
    assert "Pfad und Schreibweise prüfen" in text


@pytest.mark.parametrize("name", ["kaputt.geojson", "kaputt.shp", "kaputt.gpkg", "kaputt.zip"])
def test_unreadable_file_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"das sind keine Geodaten")
    text = fault(tmp_path / name)
    assert name in text
    assert "kann nicht als Geodaten gelesen werden" in text
    assert "QGIS" in text


def test_empty_file_and_file_without_features(tmp_path):
    (tmp_path / "leer.geojson").write_bytes(b"")
    (tmp_path / "ohne.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    for name in ("leer.geojson", "ohne.geojson"):
        text = fault(tmp_path / name)
        assert name in text
        assert "enthält keine Gebiete" in text


def test_missing_columns_are_listed_with_the_similar_one(write):
    text = fault(write({"SCHLUESSEL": ["1a", "2a"], "bez": ["x", "y"]}), key="schlüssel", name="qqqq")
    assert "Die Spalte 'schlüssel' (`key`) gibt es nicht. Vorhanden: SCHLUESSEL, bez." in text
    assert "Ist 'SCHLUESSEL' gemeint?" in text
    assert "Die Spalte 'qqqq' (`name`) gibt es nicht" in text
    assert len(text.splitlines()) == 2


def test_missing_parent_column_and_reserved_one(write):
    path = write({"id": ["1a", "2a"], "name": ["x", "y"]})
    text = fault(path, parents=["bezirk", "name"])
    assert "Die Spalte 'bezirk' (`parents`) gibt es nicht" in text
    assert "Die Spalte 'name' kann keine übergeordnete Ebene sein" in text


@pytest.mark.parametrize("column", ["value", "label", "flag", "date", "p", "Cluster", "district"])
def test_columns_that_results_need_are_renamed_where_they_are_read(write, column):
    path = write({"id": ["1a", "2a"], column: ["x", "x"]})
    text = fault(path, parents=[column])
    assert f'rename = {{ {column} = "bezirk" }}' in text
    districts = read_districts(path, key="id", parents=["bezirk"], rename={column: "bezirk"})
    assert districts["bezirk"].tolist() == ["x", "x"]


def test_patterns_exclude_many_keys(write):
    path = write({"id": ["01", "W1", "W27", "02", "*"]})
    districts, problems = load_districts(path, key="id", exclude=["W*", "*"])
    assert districts.index.tolist() == ["01", "02"]
    assert set(problems[0].keys) == {"W1", "W27", "*"}
    assert "unter `exclude`" in fault(path, exclude=["X*"]).lower()


def test_many_excluded_keys_take_no_time(write):
    keys = [f"{number:05d}" for number in range(6_000)]
    path = write({"id": keys}, cells(6_000, size=10.0))
    start = time.process_time()
    districts, _ = load_districts(path, key="id", exclude=keys[1_000:])
    assert len(districts) == 1_000
    assert time.process_time() - start < 5


def test_parent_without_entry_is_reported(write):
    districts, problems = load_districts(
        write({"id": ["1a", "2a"], "bez": ["x", None]}), key="id", parents=["bez"]
    )
    assert codes(problems) == ["parent_missing"]
    assert problems[0].keys == ("2a",)
    assert districts["bez"].isna().tolist() == [False, True]


def test_all_faults_come_in_one_report(write):
    path = write({"id": ["1a", "1a", None, "4a"]}, [*cells(3), Point(390_000, 5_820_000)])
    with pytest.raises(BoundaryError) as caught:
        read_districts(path, key="id", name="fehlt", exclude=["99"])
    assert codes(caught.value.problems) == [
        "column_missing",
        "exclude_unknown",
        "key_missing",
        "duplicate_key",
        "not_polygon",
    ]


def test_numeric_key_warns_of_lost_zeros(write):
    districts, problems = load_districts(write({"id": [4, 5, 10]}), key="id")
    assert districts.index.tolist() == ["4", "5", "10"]
    assert codes(problems) == ["key_number_mixed"]
    text = problems[0].text()
    assert "Die Schlüsselspalte 'id' ist als Zahl gespeichert" in text
    assert "1, 2 Stellen, z. B. 4, 10" in text
    assert "4 statt 04" in text
    assert codes(load_districts(write({"id": [11, 12]}, name="b.gpkg"), key="id")[1]) == ["key_number"]


def test_keys_that_differ_by_zeros_only_are_told(write):
    _, problems = load_districts(write({"id": ["04", "4", "05", "a1"]}), key="id")
    assert codes(problems) == ["key_padding"]
    assert problems[0].keys == ("04", "4")
    assert "04 / 4" in problems[0].text()


def test_missing_key_is_told_with_number_name_and_place(write):
    text = fault(write({"id": ["1a", None, " "], "nam": ["A", "Am Tor", "C"]}), name="nam")
    assert "Objekte ohne Schlüssel (2): #2 'Am Tor' [13.40" in text
    assert "#3 'C'" in text


def test_duplicate_key_says_what_to_write(write):
    text = fault(write({"id": ["01", "02", "02"], "nam": ["A", "B", "C"]}), name="nam")
    assert "Mehrfach vergebene Schlüssel (1): 02: #2 'B' [13." in text
    assert "#3 'C' [13." in text
    assert 'corrections = [{ key = "02", at = [13.' in text
    assert "dissolve = true" in text


def test_dissolve_merges_and_tells_contradictions(write):
    path = write({"id": ["01", "02", "02"], "nam": ["A", None, "C"], "bez": ["x", "y", "z"]})
    districts, problems = load_districts(path, key="id", name="nam", parents=["bez"], dissolve=True)

    assert districts.index.tolist() == ["01", "02"]
    assert districts.geometry.area.tolist() == [1e6, 2e6]
    assert districts["name"].to_dict() == {"01": "A", "02": "C"}
    assert districts["bez"].to_dict() == {"01": "x", "02": "y"}
    assert codes(problems) == ["dissolved", "dissolve_conflict"]
    assert problems[1].keys == ("02",)
    assert "'bez'" in problems[1].text()


def test_exclusion_takes_out_and_tells(write):
    path = write({"id": ["01", "02", "XX"], "nam": ["A", "B", "Gesamt"]}, [*cells(2), Point(0, 0)])
    districts, problems = load_districts(path, key="id", name="nam", exclude=["XX"])

    assert districts.index.tolist() == ["01", "02"]
    assert codes(problems) == ["excluded"]
    assert "XX (#3 'Gesamt'" in problems[0].text()


def test_unknown_exclusion_and_nothing_left(write):
    path = write({"id": ["01", "02"]})
    assert "`exclude` stehen Schlüssel, die es nicht gibt: 1, 03" in fault(path, exclude=["1", "03"])
    assert "bleibt kein Gebiet übrig" in fault(path, exclude=["01", "02"])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (None, "Ohne lesbare Geometrie (1): #2 'B'."),
        (Polygon(), "Ohne lesbare Geometrie (1): #2 'B'."),
        (Point(390_000, 5_820_000), "keine Flächen sind, sondern Point (1): #2 'B' ["),
        (LineString([(390_000, 5_820_000), (390_100, 5_820_000)]), "sondern LineString (1): #2 'B' ["),
    ],
)
def test_what_is_no_polygon_is_named(write, shape, message):
    path = write({"id": ["01", "02", "03"], "nam": ["A", "B", "C"]}, [cells(3)[0], shape, cells(3)[2]])
    text = fault(path, name="nam")
    assert message in text
    assert "unter `exclude` nennen (02)" in text
    assert read_districts(path, key="id", exclude=["02"]).index.tolist() == ["01", "03"]


def test_broken_shape_is_named_and_does_not_hide_the_others(tmp_path):
    ring, broken = [[12, 51], [13, 51], [13, 52], [12, 51]], [[12, 51], [13, 51]]
    features = [
        {
            "type": "Feature",
            "properties": {"id": key},
            "geometry": {"type": "Polygon", "coordinates": [shape]},
        }
        for key, shape in (("01", ring), ("02", broken), ("01", ring))
    ]
    path = tmp_path / "kaputt.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    text = fault(path)
    assert "Ohne lesbare Geometrie (1): #2." in text
    assert "Mehrfach vergebene Schlüssel (1): 01: #1 [" in text
    assert "Das Leseprogramm merkt an: Non closed ring detected" in text


def test_invalid_polygon_is_repaired_and_reported(write):
    x, y = 391_000, 5_820_000
    spike = Polygon(
        [(x, y), (x + 100, y), (x + 100, y + 100), (x + 100, y + 300), (x + 100, y + 100), (x, y + 100)]
    )
    districts, problems = load_districts(write({"id": ["01", "02"]}, [cells(1)[0], spike]), key="id")

    assert districts.is_valid.all()
    assert districts.loc["02", "geometry"].equals(box(x, y, x + 100, y + 100))
    assert problems[0].code == "boundaries.repaired"
    assert problems[0].keys == ("02",)
    assert "02 (Self-intersection, 10000 → 10000 m²)" in problems[0].text()


def test_bow_tie_keeps_both_wings(write):
    x, y = 392_000, 5_820_000
    tie = Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    districts, problems = load_districts(write({"id": ["01", "02"]}, [cells(1)[0], tie]), key="id")

    assert districts.loc["02", "geometry"].area == pytest.approx(5000)
    assert "02 (Self-intersection, 0 → 5000 m²)" in problems[0].text()


def test_polygon_without_area_is_an_error(write):
    x, y = 392_000, 5_820_000
    flat = Polygon([(x, y), (x + 100, y), (x, y)])
    text = fault(write({"id": ["01", "02"]}, [cells(1)[0], flat]))
    assert "nach der Reparatur nichts übrig: #2" in text
    assert "(02)" in text


def test_single_district_is_returned_with_an_error_and_refused_by_read(write):
    path = write({"id": ["01"]})
    districts, problems = load_districts(path, key="id")

    assert districts.index.tolist() == ["01"]
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("boundaries.single_district", "error")
    ]
    text = fault(path)
    assert "nur ein einziges Gebiet (01)" in text
    assert "feinere Gliederung" in text


def test_read_logs_what_load_returns(write, caplog):
    path = write({"id": ["01", "02", "XX"]}, [*cells(2), box(390_500, 5_820_000, 391_000, 5_820_500)])
    with caplog.at_level(logging.INFO, logger="sozialraum.boundaries.read"):
        read_districts(path, key="id", exclude=["XX"])
        read_districts(path, key="id")
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert "Ausgeschlossen, wie angegeben: XX" in caplog.text
    assert "überlappen einander (Paare: 1, zusammen 250000 m²): 01 / XX (250000 m²)" in caplog.text


def test_faults_exist_in_english(write):
    with pytest.raises(BoundaryError) as caught:
        read_districts(write({"id": ["01", "01"]}), key="id")
    assert "Keys that occur more than once (1): 01" in caught.value.text("en")


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.sampled_from(["01", "02", "03", "XX", None]), min_size=1, max_size=7),
    dissolve=st.booleans(),
)
def test_nothing_is_lost_silently(write, keys, dissolve):
    path = write({"id": keys, "nr": list(range(len(keys)))})
    exclude = ["XX"] if "XX" in keys else []
    try:
        districts, _ = load_districts(path, key="id", exclude=exclude, dissolve=dissolve)
    except BoundaryError as error:
        reported = error.text()
        bad = [n for n, key in enumerate(keys, 1) if key is None or (keys.count(key) > 1 and key != "XX")]
        if not dissolve:
            assert all(f"#{number} [" in reported for number in bad)
        assert bad or set(keys) == {"XX"}
    else:
        kept = [key for key in keys if key != "XX"]
        assert None not in keys
        assert districts.index.tolist() == list(dict.fromkeys(kept))
        assert districts.geometry.area.sum() == pytest.approx(1e6 * len(kept))


@pytest.mark.shared
def test_berlin_names_the_doubled_key(shared_data):
    text = fault(shared_data / BERLIN, name="name")
    assert "Mehrfach vergebene Schlüssel (1): 06010102: #124 'Schloßstraße' [13.29880, 52.51459]" in text
    assert "#205 'Schloßstraße' [13.3" in text
    assert 'corrections = [{ key = "06010102", at = [13.29880, 52.51459], new_key = "…" }]' in text


@pytest.mark.shared
def test_berlin_is_complete_once_corrected(shared_data):
    districts, problems = load_districts(
        shared_data / BERLIN, key="id", name="name", corrections=[SCHLOSSSTRASSE]
    )
    assert len(districts) == 448
    assert districts.index.is_unique
    assert districts.index.str.len().unique().tolist() == [8]
    assert districts.crs.to_epsg() == 25833
    assert districts.geometry.area.sum() / 1e6 == pytest.approx(890.7, abs=0.1)
    assert districts.loc[["04030417", "06010102"], "name"].tolist() == ["Schloßstraße"] * 2
    west = districts.geometry.centroid.x
    assert west["04030417"] < west["06010102"]
    assert codes(problems) == ["corrected", "overlaps", "slivers", "edges"]
    assert {problem.severity for problem in problems} == {"note"}


@pytest.mark.shared
def test_leipzig_says_what_to_write(shared_data):
    text = fault(shared_data / LEIPZIG, key="key", name="title")
    assert "Die Koordinaten sind vertauscht: x 51.2381 … 51.448, y 12.2367 … 12.5425 in EPSG:4326" in text
    assert 'In [boundaries] axis_order = "yx" eintragen' in text

    districts, problems = load_districts(shared_data / LEIPZIG, key="key", name="title", axis_order="yx")
    assert codes(problems) == ["covers_others"]
    assert 'exclude = ["XX"]' in problems[0].text()

    districts, problems = load_districts(
        shared_data / LEIPZIG, key="key", name="title", axis_order="yx", exclude=["XX"]
    )
    assert codes(problems) == ["excluded", "edges"]
    assert len(districts) == 63
    assert districts.loc["00", "name"] == "Zentrum"
    assert districts.crs.to_epsg() == 25833
    assert districts.geometry.area.sum() / 1e6 == pytest.approx(297.8, abs=1.0)
    assert isinstance(districts.geometry.iloc[0], (Polygon, MultiPolygon))
