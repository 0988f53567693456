"""What GDAL is not given to open, and that nobody is asked over the network."""

import gzip
import io
import socket
import sqlite3
import threading
import zipfile
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest
from shapely import Point, box

from sozialraum.boundaries import formats
from sozialraum.boundaries.layers import read_layer
from sozialraum.errors import BoundaryError

SQUARE = "13 52 13 52.1 13.1 52.1 13.1 52 13 52"
FEATURES = """{"type": "FeatureCollection", CRS "features": [
{"type": "Feature", "properties": {"id": "01", "n": "link"},
"geometry": {"type": "Polygon",
"coordinates": [[[13, 52], [13.1, 52], [13.1, 52.1], [13, 52.1], [13, 52]]]}}]}"""
KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<NetworkLink><Link><href>http://HOST/more.kml</href></Link></NetworkLink>
<Placemark><name>01</name><styleUrl>http://HOST/style.kml#a</styleUrl>
<Polygon><outerBoundaryIs><LinearRing><coordinates>
13,52 13.1,52 13.1,52.1 13,52.1 13,52</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
</Document></kml>"""
GML = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:app="http://HOST/app" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 app:schemaLocation="http://HOST/app http://HOST/decoy.xsd"
 xsi:schemaLocation="http://HOST/app http://HOST/wfs?SERVICE=WFS&amp;REQUEST=DescribeFeatureType">
<wfs:member><app:q gml:id="q.1"><app:id>01</app:id><app:geom>
<gml:Polygon gml:id="p1" srsName="http://HOST/crs/4326"><gml:exterior><gml:LinearRing>
<gml:posList>""" + (
    SQUARE
    + """</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></app:geom></app:q></wfs:member>
</wfs:FeatureCollection>"""
)
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="q"><SrcDataSource>/vsicurl/http://HOST/q.geojson</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
WFS = "<OGRWFSDataSource><URL>http://HOST/wfs</URL></OGRWFSDataSource>"
PIPELINE = '{"type": "gdal_streamed_alg", "command_line": "gdal vector read /vsicurl/http://HOST/q.geojson"}'


@pytest.fixture
def listener():
    """Listen where hostile files point to; give the address and the list of who has called."""
    calls = []
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            calls.append(connection.recv(200))
            connection.close()

    threading.Thread(target=answer, daemon=True).start()
    host = f"127.0.0.1:{server.getsockname()[1]}"
    yield host, calls
    server.close()


@pytest.mark.parametrize("name", ["q.vrt", "q.geojson", "q.gml", "q.dat", "q.gpkg", "q.shp"])
@pytest.mark.parametrize(
    "content", [VRT, WFS, f"<!-- plan -->\n{VRT}", f"<?xml version='1.0'?>\n{WFS}", PIPELINE, f"\n \t{VRT}"]
)
def test_directions_to_elsewhere_are_refused_whatever_the_file_is_called(tmp_path, listener, name, content):
    host, calls = listener
    path = tmp_path / name
    path.write_text(content.replace("HOST", host), encoding="utf-8")
    with pytest.raises(BoundaryError, match=r"verweist auf andere Dateien|nicht zugelassen"):
        read_layer(path)
    assert calls == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["q.gml", "q.dat", "q.xml"])
def test_gml_asks_for_no_schema_not_even_behind_a_decoy(tmp_path, listener, name, encoding):
    host, calls = listener
    path = tmp_path / name
    path.write_bytes(GML.replace("HOST", host).encode(encoding))
    found = read_layer(path)
    assert found.frame["id"].tolist() == ["01"]
    assert calls == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("q.kml", KML), ("q.geojson", FEATURES.replace("CRS", ""))],
)
def test_what_points_outside_in_passing_is_read_without_asking(tmp_path, listener, caplog, name, content):
    host, calls = listener
    path = tmp_path / name
    path.write_text(content.replace("HOST", host), encoding="utf-8")
    assert len(read_layer(path).frame) == 1
    assert calls == []
    # What is not fetched is told.
    assert ("NetworkLink" in caplog.text) == name.endswith("kml")


@pytest.mark.parametrize("kind", ["link", "url", "LINK", "\\u006cink"])
def test_reference_system_behind_an_address_is_refused(tmp_path, listener, kind):
    host, calls = listener
    crs = f'"crs": {{"type": "{kind}", "properties": {{"href": "http://{host}/crs"}}}},'
    path = tmp_path / "q.geojson"
    path.write_text(FEATURES.replace("CRS", crs), encoding="utf-8")
    with pytest.raises(BoundaryError, match="verweist auf andere"):
        read_layer(path)
    assert calls == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xlink.gml", GML.replace("<gml:Polygon", '<gml:Polygon xmlns:xlink="x" xlink:href="http://HOST/p"')),
        ("dtd.gml", GML.replace("<wfs:Fea", '<!DOCTYPE x SYSTEM "http://HOST/x.dtd"><wfs:Fea', 1)),
        ("next.json", FEATURES.replace("CRS", '"links": [{"rel": "next", "href": "http://HOST/next"}],')),
        ("inner.kml", KML.replace("</Document>", "<Folder><NetworkLink/></Folder></Document>")),
        ("table.csv", 'id,WKT\n01,"POLYGON((13 52,13 53,14 53,13 52))"\n'),
    ],
)
def test_siblings_are_read_without_asking(tmp_path, listener, name, content):
    host, calls = listener
    path = tmp_path / name
    path.write_text(content.replace("HOST", host), encoding="utf-8")
    path.with_suffix(".prj").write_text(f"http://{host}/prj", encoding="utf-8")
    assert len(read_layer(path).frame) == 1
    assert calls == []


@pytest.mark.parametrize("name", ["http://HOST/crs", "HTTPS://HOST/crs", "file:///etc/passwd"])
def test_reference_system_named_by_an_address_is_no_wgs84(tmp_path, listener, name):
    host, calls = listener
    crs = f'"crs": {{"type": "name", "properties": {{"name": "{name}"}}}},'.replace("HOST", host)
    path = tmp_path / "q.geojson"
    path.write_text(FEATURES.replace("CRS", crs), encoding="utf-8")
    with pytest.raises(BoundaryError):
        read_layer(path)
    assert calls == []


@pytest.mark.parametrize("content", [VRT, WFS, PIPELINE])
def test_archives_are_looked_into(tmp_path, listener, content):
    host, calls = listener
    path = tmp_path / "q.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("liesmich.txt", "Gebiete")
        archive.writestr("q.geojson", content.replace("HOST", host))
    with pytest.raises(BoundaryError, match="verweist auf andere"):
        read_layer(path)
    assert calls == []


def test_gml_in_an_archive_asks_for_no_schema(tmp_path, listener):
    host, calls = listener
    path = tmp_path / "q.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("q.gml", GML.replace("HOST", host))
    assert read_layer(path).frame["id"].tolist() == ["01"]
    assert calls == []


def test_options_of_gdal_are_as_before(tmp_path):
    path = tmp_path / "q.geojson"
    path.write_text(FEATURES.replace("CRS", ""), encoding="utf-8")
    read_layer(path)
    assert pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY") is None


def test_packed_geojson_is_read(tmp_path):
    path = tmp_path / "q.geojson.gz"
    path.write_bytes(gzip.compress(FEATURES.replace("CRS", "").encode()))
    assert read_layer(path).frame["id"].tolist() == ["01"]
    path.write_bytes(gzip.compress(VRT.encode()))
    with pytest.raises(BoundaryError, match="verweist auf andere"):
        read_layer(path)
    path.write_bytes(gzip.compress(FEATURES.encode())[:-9])
    with pytest.raises(BoundaryError, match="kann nicht als Geodaten gelesen werden"):
        read_layer(path)


def test_bombs_do_not_unfold(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "LARGE", 100_000)
    packed = tmp_path / "q.geojson.gz"
    packed.write_bytes(gzip.compress(b" " * 2_000_000))
    archive = tmp_path / "q.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("q.geojson", " " * 2_000_000)
    for path in (packed, archive):
        with pytest.raises(BoundaryError, match="beim Entpacken größer als erlaubt"):
            read_layer(path)


def _database(path, statement=None):
    gpd.GeoDataFrame({"id": ["01"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:25833").to_file(path, layer="q")
    if statement is not None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
    return path


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT * FROM c",
            "Eine Sicht",
        ),
        ("CREATE VIEW v AS SELECT load_extension('x') FROM q", "Eine Sicht"),
        ("CREATE VIEW v AS SELECT gdal_get_pixel_value('/vsicurl/x', 1, 'pixel', 1, 1) FROM q", "Eine Sicht"),
    ],
)
def test_views_that_do_more_than_select_are_refused(tmp_path, monkeypatch, statement, words):
    monkeypatch.setattr(formats, "VIEW_STEPS", 200)
    with pytest.raises(BoundaryError, match=words):
        read_layer(_database(tmp_path / "q.gpkg", statement))


def test_harmless_views_and_triggers_are_no_obstacle(tmp_path):
    path = _database(tmp_path / "q.gpkg", "CREATE VIEW v AS SELECT id FROM q")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON q BEGIN DELETE FROM q; END")
    before = path.read_bytes()
    assert read_layer(path, layer="q").frame["id"].tolist() == ["01"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"\x89PNG\r\n", b"Name;Wert\n", b"0\nSECTION"])
def test_other_formats_are_named_as_such(tmp_path, content):
    path = tmp_path / "q.dat"
    path.write_bytes(content)
    with pytest.raises(BoundaryError, match="nicht zugelassen"):
        read_layer(path)


def test_formats_that_offices_use_are_read(tmp_path):
    city = gpd.GeoDataFrame({"id": ["01"]}, geometry=[box(13, 52, 13.1, 52.1)], crs="EPSG:4326")
    for name, driver in (
        ("q.shp", None),
        ("q.fgb", "FlatGeobuf"),
        ("q.tab", "MapInfo File"),
        ("q.gdb", "OpenFileGDB"),
    ):
        city.to_file(tmp_path / name, driver=driver)
        assert read_layer(tmp_path / name).frame["id"].tolist() == ["01"], name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in ("shp", "shx", "dbf", "prj", "cpg"):
            archive.write(tmp_path / f"q.{part}", f"q.{part}")
        archive.writestr("metadaten.xml", "<MD_Metadata/>")
    (tmp_path / "q.zip").write_bytes(packed.getvalue())
    assert read_layer(tmp_path / "q.zip").frame["id"].tolist() == ["01"]


def test_layers_are_chosen_by_what_they_hold(tmp_path):
    path = tmp_path / "stadt.gpkg"
    polygons = gpd.GeoDataFrame({"id": ["01"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:25833")
    polygons.to_file(path, layer="quartiere")
    pyogrio.write_dataframe(polygons, path, layer="grobe", geometry_type="Unknown")
    with pytest.raises(BoundaryError, match=r"mehrere Ebenen.*: quartiere, grobe"):
        read_layer(path)
    other = tmp_path / "andere.gpkg"
    polygons.iloc[:0].to_file(other, layer="leer")
    points = gpd.GeoDataFrame({"id": ["01"]}, geometry=[Point(0, 0)], crs="EPSG:25833")
    pyogrio.write_dataframe(points, other, layer="punkte", geometry_type="Unknown")
    pyogrio.write_dataframe(polygons, other, layer="flaechen", geometry_type="Unknown")
    assert read_layer(other).name == "flaechen"


def _shapefile(path, raw):
    """Write a shapefile without .cpg whose names are these bytes."""
    ascii_names = [f"n{'x' * (len(name) - 2)}{i}" for i, name in enumerate(raw)]
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(len(raw))]
    keys = [f"{i:02d}" for i in range(len(raw))]
    city = gpd.GeoDataFrame({"id": keys, "name": ascii_names}, geometry=shapes, crs="EPSG:25833")
    city.to_file(path)
    path.with_suffix(".cpg").unlink()
    dbf = path.with_suffix(".dbf").read_bytes()
    for placeholder, name in zip(ascii_names, raw, strict=True):
        dbf = dbf.replace(placeholder.encode(), name)
    path.with_suffix(".dbf").write_bytes(dbf)


@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "mac_roman"])
def test_shapefile_in_another_encoding_is_doubted_and_read_as_stated(tmp_path, encoding):
    names = ["Mühle", "Brückenau", "Am Straßenkreuz", "Höfe"]
    path = tmp_path / "q.shp"
    _shapefile(path, [name.encode(encoding) for name in names])
    with pytest.raises(BoundaryError, match=f'encoding = "{encoding}"'):
        read_layer(path)
    assert read_layer(path, encoding=encoding).frame["name"].tolist() == names


def test_latin_shapefile_needs_nothing(tmp_path):
    names = ["Mühle", "Brückenau", "Café Süd"]
    _shapefile(tmp_path / "q.shp", [name.encode("cp1252") for name in names])
    assert read_layer(tmp_path / "q.shp").frame["name"].tolist() == names


def test_texts_damaged_before_they_were_written_are_mended_as_stated(tmp_path):
    path = tmp_path / "q.geojson"
    path.write_text(FEATURES.replace("CRS", "").replace('"link"', '"Br\u00c3\u00bcckenau"'), encoding="utf-8")
    with pytest.raises(BoundaryError, match=r"Gemeint ist wohl: Brückenau\. .*encoding = \"utf-8\""):
        read_layer(path)
    assert read_layer(path, encoding="utf-8").frame["n"].tolist() == ["Brückenau"]
    with pytest.raises(BoundaryError, match="gibt es nicht"):
        read_layer(path, encoding="utf-77")
