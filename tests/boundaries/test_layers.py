"""Layers of files: chosen when there is no doubt, asked for otherwise."""

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import Point, box

from sozialraum.boundaries.layers import read_layer
from sozialraum.errors import BoundaryError

GML = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:app="http://example.org/app" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://example.org/app http://127.0.0.1:9/wfs?SERVICE=WFS&amp;REQUEST=DescribeFeatureType">
<wfs:member><app:q gml:id="q.1"><app:schl>17</app:schl><app:geom>
<gml:Polygon gml:id="p1" srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing>
<gml:posList>51 12 51 12.1 51.1 12.1 51.1 12 51 12</gml:posList>
</gml:LinearRing></gml:exterior></gml:Polygon></app:geom></app:q></wfs:member>
</wfs:FeatureCollection>"""


@pytest.fixture
def polygons():
    shapes = [box(390_000, 5_820_000, 391_000, 5_821_000), box(391_000, 5_820_000, 392_000, 5_821_000)]
    return gpd.GeoDataFrame({"id": ["01", "02"]}, geometry=shapes, crs="EPSG:25833")


def test_only_layer_with_polygons_is_taken(tmp_path, polygons):
    path = tmp_path / "stadt.gpkg"
    points = gpd.GeoDataFrame(geometry=[Point(0, 0)], crs="EPSG:25833")
    points.to_file(path, layer="haltestellen")
    polygons.to_file(path, layer="quartiere")
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="tabelle")

    found = read_layer(path)

    assert found.name == "quartiere"
    assert found.names == ("haltestellen", "quartiere")
    assert found.frame.index.tolist() == [1, 2]
    assert found.frame["id"].tolist() == ["01", "02"]
    with pytest.raises(BoundaryError, match="Die Ebene 'tabelle' hat keine Geometrie"):
        read_layer(path, layer="tabelle")


def test_several_layers_must_be_chosen_from(tmp_path, polygons):
    path = tmp_path / "stadt.gpkg"
    for layer in ("bezirke", "quartiere"):
        polygons.to_file(path, layer=layer)

    with pytest.raises(BoundaryError, match=r"mehrere Ebenen.*: bezirke, quartiere") as caught:
        read_layer(path)
    assert "`layer`" in str(caught.value)
    with pytest.raises(
        BoundaryError, match=r"Die Ebene 'orte' gibt es nicht\. Vorhanden: bezirke, quartiere"
    ):
        read_layer(path, layer="orte")
    assert read_layer(path, layer="quartiere").name == "quartiere"


def test_gml_keys_stay_text(tmp_path):
    path = tmp_path / "q.gml"
    path.write_text(GML.replace(">17<", ">0017<"), encoding="utf-8")
    plain = tmp_path / "zahl.gml"
    plain.write_text(GML, encoding="utf-8")

    assert read_layer(path).frame["schl"].tolist() == ["0017"]
    found = read_layer(plain)
    assert found.frame["schl"].tolist() == ["17"]
    assert found.frame.total_bounds.tolist() == [12, 51, 12.1, 51.1]
    # GDAL would leave a .gfs file beside the user's data.
    assert sorted(child.name for child in tmp_path.iterdir()) == ["q.gml", "zahl.gml"]
    assert pyogrio.get_gdal_config_option("GML_FIELDTYPES") is None


def test_what_the_reader_remarks_is_kept(tmp_path, polygons):
    path = tmp_path / "seltsam.geojson"
    content = polygons.to_crs("EPSG:4326").to_json().replace('"Polygon"', '"Vieleck"', 1)
    path.write_text(content, encoding="utf-8")

    found = read_layer(path)

    assert found.frame.geometry.isna().tolist() == [True, False]
    assert [(problem.code, problem.severity) for problem in found.problems] == [
        ("boundaries.reader_remark", "note")
    ]
    assert "Unsupported geometry type" in found.problems[0].text()
