"""The GeoPackage opens drawn: every district has exactly one class, and fields have names."""

import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest

from sozialraum.publish.gis import latest_results, write_flatgeobuf, write_geojson, write_geopackage
from sozialraum.publish.palettes import CLUSTER_COLOURS
from sozialraum.publish.results.styles import write_qgis_project
from sozialraum.publish.results.symbols import class_rules
from sozialraum.publish.tables import all_tables

SYSTEM_PYTHON = "/usr/bin/python3"

OPEN_IN_QGIS = """
import os
import sys
from qgis.core import QgsApplication, QgsExpression, QgsProject, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])
assert project.crs().isValid()
layers = project.mapLayers().values()
single = QgsVectorLayer(sys.argv[2] + "|layername=districts", "x", "ogr")
assert single.renderer().type() == "RuleRenderer", "no default style"
names = {field.name(): field.alias() for field in single.fields()}
assert names["district"] == "Schlüssel", names
for layer in layers:
    assert layer.isValid(), layer.name()
    if layer.renderer() is None or layer.geometryType() != 2:
        continue
    rules = layer.renderer().rootRule().children()
    for feature in layer.getFeatures():
        context = layer.createExpressionContext()
        context.setFeature(feature)
        hits = [rule.label() for rule in rules if QgsExpression(rule.filterExpression()).evaluate(context)]
        assert len(hits) == 1, (layer.name(), feature["district"], hits)
print("layers", len(layers), flush=True)
# QGIS sometimes falls when it is closed without a window.
os._exit(0)
"""


@pytest.fixture(scope="module")
def written(assessed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gis")
    layers = write_geopackage(assessed, folder / "results.gpkg")
    write_qgis_project(assessed, folder / "results.qgs", "results.gpkg", layers)
    return folder


def styles(folder):
    with closing(sqlite3.connect(folder / "results.gpkg")) as base:
        return base.execute(
            "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()


@pytest.mark.slow
def test_every_layer_has_one_style_that_opens(written, assessed):
    found = styles(written)
    layers = {name for name, _ in pyogrio.list_layers(written / "results.gpkg")} - {"layer_styles"}
    assert layers == {"districts", "sharp_borders", *all_tables(assessed)}
    assert sorted(name for name, *_, default in found if default) == sorted(layers)
    for _, _, _, style, _ in found:
        assert ET.fromstring(style).tag == "qgis"  # noqa: S314 - our own


def test_districts_have_a_style_for_everything_the_map_shows(written):
    titles = [title for name, _, title, _, _ in styles(written) if name == "districts"]
    assert titles[0] == "Soziale Lage"
    for title in ("Kinderarmut (31.12.2017)", "Cluster: Kinderarmut (31.12.2017)", "Dynamik"):
        assert title in titles


def test_colours_are_those_of_the_map(written):
    (style,) = [
        style for _, _, title, style, _ in styles(written) if title.startswith("Cluster: Kinderarmut")
    ]
    root = ET.fromstring(style)  # noqa: S314 - our own
    first = root.find("renderer-v2/symbols/symbol[@name='0']/layer/Option/Option[@name='color']")
    red, green, blue, _ = map(int, first.get("value").split(","))
    assert f"#{red:02x}{green:02x}{blue:02x}" == CLUSTER_COLOURS["high-high"]
    aliases = {alias.get("field"): alias.get("name") for alias in root.iter("alias")}
    assert aliases["poor"] == "Kinderarmut (%)"
    assert aliases["poor_flag"] == "Kinderarmut: Kennzeichen"


def test_classes_leave_no_number_and_no_reason_out(assessed):
    rules = class_rules(assessed, "poor")
    labels = [rule.label for rule in rules]
    assert next(label for label in labels if label[0].isdigit()).startswith("4,0")
    assert {"Geheim gehalten", "Nicht anwendbar", "Keine Angabe"} <= set(labels)
    assert all(bool(rule.brush) != rule.label[0].isdigit() for rule in rules)


def test_other_formats_hold_the_same_districts(assessed, tmp_path):
    write_geojson(assessed, tmp_path / "districts.geojson")
    write_flatgeobuf(assessed, tmp_path / "districts.fgb")
    right = latest_results(assessed)
    flat = gpd.read_file(tmp_path / "districts.fgb").set_index("district").loc[right.index]
    assert flat["poor"].round(9).equals(right["poor"].round(9))
    assert flat.crs == right.crs
    world = gpd.read_file(tmp_path / "districts.geojson").set_index("district")
    assert world.crs.to_epsg() == 4326
    assert list(world.loc[right.index].index) == list(right.index)


@pytest.mark.slow
def test_qgis_opens_project_and_styles(written):
    if shutil.which(SYSTEM_PYTHON) is None:
        pytest.skip("no system Python")
    environment = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(written), "HOME": str(written)}
    probe = subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")
    paths = [str(written / "results.qgs"), str(written / "results.gpkg")]
    command = [SYSTEM_PYTHON, "-c", OPEN_IN_QGIS, *paths]
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
    assert "layers" in found.stdout
