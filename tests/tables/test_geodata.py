"""Figures that are delivered as attributes of geodata: the same table, whatever it is wrapped in."""

import json
import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.boundaries.read import load_districts
from sozialraum.errors import BoundaryError
from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table

KEYS = ["01", "02", "03", "04"]
NAMES = ["Altstadt", "Brückenau", "Hafen", "Südring"]
PEOPLE = [1204, 2191, 3178, 4165]
SHARES = [4.5, 0.25, 12.0, 7.125]


def write(path, layer=None, **columns):
    shapes = [box(500_000 + 1000 * i, 5_700_000, 501_000 + 1000 * i, 5_701_000) for i in range(4)]
    attributes = {"nr": KEYS, "name": NAMES, "Einwohner": PEOPLE, "Quote": SHARES, **columns}
    frame = gpd.GeoDataFrame(attributes, geometry=shapes, crs="EPSG:25832")
    frame.to_file(path, **({"layer": layer} if layer else {}))
    return path


def read(path, **options):
    given = {"key": "nr", "date": "2023", "variables": {"people": "Einwohner", "share": "Quote"}, **options}
    rows, problems = load_table(path, **given)
    return rows, [problem.code for problem in problems if problem.severity == "error"]


def values(rows, variable):
    return rows[rows["variable"] == variable].set_index("district")["value"].to_dict()


@pytest.mark.parametrize("name", ["t.geojson", "t.gpkg", "t.shp"])
def test_attributes_are_a_table(tmp_path, name):
    path = write(tmp_path / name)
    rows, errors = read(path)
    assert errors == []
    assert values(rows, "people") == dict(zip(KEYS, map(float, PEOPLE), strict=True))
    assert values(rows, "share") == dict(zip(KEYS, SHARES, strict=True))
    assert rows["row"].unique().tolist() == [2, 3, 4, 5]
    found = propose_table(path, keys=KEYS, names=NAMES)
    assert (found.options["key"], found.options["name"], found.options["sheet"]) == ("nr", "name", "t")
    # Numbers that programs give to features are none of the office's.
    assert dict(found.variables) == {"einwohner": "Einwohner", "quote": "Quote"}


def test_the_table_of_a_shapefile_may_come_alone(tmp_path):
    write(tmp_path / "t.shp")
    right, _ = read(tmp_path / "t.shp")
    (tmp_path / "t.shp").unlink()
    rows, errors = read(tmp_path / "t.dbf")
    assert errors == []
    pd.testing.assert_frame_equal(rows.drop(columns="source"), right.drop(columns="source"))


@pytest.mark.parametrize("name", ["t.geojson", "t.gpkg"])
def test_what_a_feature_does_not_state_is_missing(tmp_path, name):
    people = pd.array([None, *PEOPLE[1:]], dtype="Int64")
    path = write(tmp_path / name, Einwohner=people, stand=pd.Timestamp("2022-12-31"))
    rows, errors = read(path, date=None, date_column="stand")
    assert (errors, set(rows["date"])) == ([], {"2022-12-31"})
    ours = rows[rows["variable"] == "people"].set_index("district")
    assert ours["flag"].to_list() == ["missing", "ok", "ok", "ok"]
    assert ours["value"].isna().to_list() == [True, False, False, False]


def test_words_among_figures_are_asked_about_as_in_any_table(tmp_path):
    path = write(tmp_path / "t.geojson", Einwohner=["1204", "2.191", "x", "4165"])
    assert read(path)[1] == ["tables.ambiguous"]
    assert read(write(tmp_path / "v.geojson", Einwohner=["1204", "rund 2", "x", "5"]))[1] == [
        "tables.bad_cell"
    ]
    assert read(write(tmp_path / "u.geojson", Einwohner=["1204", "(2191)", "x", "4165"]))[1] == []


def test_of_several_layers_one_is_chosen(tmp_path):
    path = write(tmp_path / "t.gpkg", layer="a")
    write(path, layer="b", Einwohner=[1, 2, 3, 4])
    assert read(path)[1] == ["tables.which_sheet"]
    assert values(read(path, sheet="b")[0], "people") == {"01": 1.0, "02": 2.0, "03": 3.0, "04": 4.0}
    assert read(path, sheet="c")[1] == ["tables.no_sheet"]


@pytest.mark.parametrize("stated", [None, "utf-8"])
def test_texts_of_a_shapefile_that_does_not_say_its_encoding(tmp_path, stated):
    path = write(tmp_path / "t.shp")
    (tmp_path / "t.cpg").unlink()
    rows, errors = read(path, encoding=stated, name="name")
    assert errors == ([] if stated else ["tables.garbled"])
    if stated:
        assert rows["name"].unique().tolist() == NAMES


@pytest.mark.parametrize("wrong", ["UTF-7", "US-ASCII", "ISO-2022-JP"])
def test_an_encoding_that_loses_letters_is_refused(tmp_path, wrong):
    """GDAL leaves such letters out, and tells a process once."""
    path = write(tmp_path / "t.shp")
    (tmp_path / "t.cpg").write_text(wrong)
    for _ in range(2):
        assert read(path)[1] in (["tables.wrong_encoding"], ["tables.garbled"])
        with pytest.raises(BoundaryError):
            load_districts(path, key="nr", name="name")
    assert read(path, encoding="utf-8")[1] == []
    assert list(load_districts(path, key="nr", name="name", encoding="utf-8")[0]["name"]) == NAMES


def test_a_table_without_umlauts_may_say_any_encoding(tmp_path):
    path = write(tmp_path / "t.shp", name=["Alt", "Neu", "Ost", "West"])
    (tmp_path / "t.cpg").write_text("US-ASCII")
    assert read(path)[1] == []
    assert len(load_districts(path, key="nr", name="name")[0]) == 4


def cut(path):
    """Say in the head of a dBASE table that it has one row less."""
    content = bytearray(path.with_suffix(".dbf").read_bytes())
    content[4] -= 1
    path.with_suffix(".dbf").write_bytes(content)


def lose(path):
    base = sqlite3.connect(path)
    base.execute("UPDATE gpkg_ogr_contents SET feature_count = 5")
    base.commit()
    base.close()


def truncate(path):
    path.write_bytes(path.read_bytes()[:-40])


def bare(path):
    path.with_suffix(".dbf").unlink()


@pytest.mark.parametrize(
    ("name", "damage"), [("t.shp", cut), ("t.gpkg", lose), ("t.geojson", truncate), ("t.shp", bare)]
)
def test_rows_that_are_lost_are_not_lost_in_silence(tmp_path, name, damage):
    path = write(tmp_path / name)
    damage(path)
    assert read(path)[1] == ["tables.broken_geodata"]


def test_a_table_without_columns_is_no_traceback(tmp_path):
    """One byte at the place of the first column ends the list of columns."""
    path = write(tmp_path / "t.shp")
    content = bytearray(path.with_suffix(".dbf").read_bytes())
    content[32] = 0x0D
    path.with_suffix(".dbf").write_bytes(content)
    assert read(path)[1] == ["tables.empty"]


@pytest.mark.parametrize("text", ['{\n "type": "Topology"}', '[\n{"nr": "01"}]', '[["nr"], ["01"]]'])
def test_other_json_is_named_as_such(tmp_path, text):
    """Its first quotation mark was taken for a damaged one."""
    (tmp_path / "t.json").write_text(text, "utf-8")
    _, problems = load_table(tmp_path / "t.json", key="nr", date="2023")
    assert [problem.code for problem in problems] == ["tables.foreign_format"]
    assert "JSON" in problems[0].text()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("t.parquet", b"PAR1\x15\x04", "Parquet"),
        ("t.slk", b"ID;PCALCOOO32\nB;Y2;X2\nC;Y1;X1;K1\n", "SYLK"),
        ("t.dif", b'TABLE\n0,1\n"EXCEL"\nVECTORS\n0,2\n', "DIF"),
    ],
)
def test_more_formats_that_are_no_table(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    _, problems = load_table(tmp_path / name, key="nr", date="2023")
    assert [problem.code for problem in problems] == ["tables.foreign_format"]
    assert kind in problems[0].text()


def test_nested_attributes_are_text(tmp_path):
    features = [
        {"type": "Feature", "geometry": None, "properties": {"nr": key, "Einwohner": 7, "mehr": {"a": [1]}}}
        for key in KEYS
    ]
    path = tmp_path / "t.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    assert dict(propose_table(path, keys=KEYS).variables) == {"einwohner": "Einwohner"}
