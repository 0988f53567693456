"""Features from the web, asked of a small server on this machine."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pytest
from shapely import box

from sozialraum.boundaries import services
from sozialraum.boundaries.layers import read_layer
from sozialraum.boundaries.read import load_districts, read_districts
from sozialraum.boundaries.services import fetch_features, is_address, service_kind
from sozialraum.errors import BoundaryError

COUNT = 7


def feature(number):
    west = 13.0 + 0.01 * number
    ring = [[west, 52.5], [west + 0.01, 52.5], [west + 0.01, 52.51], [west, 52.51], [west, 52.5]]
    return {
        "type": "Feature",
        "id": number,
        "properties": {"schl": f"{number:04d}", "name": f"Quartier {number}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def member(number):
    corners = " ".join(f"{y} {x}" for x, y in feature(number)["geometry"]["coordinates"][0])
    return (
        f'<wfs:member><app:quartiere gml:id="q.{number}"><app:schl>{number:04d}</app:schl>'
        f"<app:name>Quartier {number}</app:name><app:geom>"
        f'<gml:Polygon gml:id="p.{number}" srsName="urn:ogc:def:crs:EPSG::4326">'
        f"<gml:exterior><gml:LinearRing><gml:posList>{corners}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        "</app:geom></app:quartiere></wfs:member>"
    )


def collection(numbers, matched, base=""):
    schema = f"http://example.org/app {base}/schema?REQUEST=DescribeFeatureType"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by a server -->\n'
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:app="http://example.org/app" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{schema}" '
        f'numberMatched="{matched}" numberReturned="{len(numbers)}">'
        f"{''.join(member(number) for number in numbers)}</wfs:FeatureCollection>"
    )


CAPABILITIES = """<?xml version="1.0"?>
<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs/2.0" version="2.0.0">
<FeatureTypeList>{}</FeatureTypeList></wfs:WFS_Capabilities>"""
EXCEPTION = """<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:Exception exceptionCode="InvalidParameterValue">
<ows:ExceptionText>Feature type app:orte unknown</ows:ExceptionText>
</ows:Exception></ows:ExceptionReport>"""


class Server:
    """Answers each path with what `routes` says: query -> text or (status, text)."""

    def __init__(self):
        self.routes = {}
        self.asked = []
        self.withheld = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
                outer.asked.append((parts.path, query))
                route = outer.routes.get(parts.path, lambda _: (404, "<h1>Not here</h1>"))
                answer = route(query)
                status, body, *location = answer if isinstance(answer, tuple) else (200, answer)
                content = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                if location:
                    self.send_header("Location", location[0])
                self.send_header("Content-Length", str(len(content) + outer.withheld))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked may have left
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    running = Server()
    yield running
    running.stop()


def serve_oapif(server, *, page=3, total=COUNT, matched=COUNT, name="quartiere"):
    def items(query):
        start = int(query.get("offset", 0))
        found = [feature(number) for number in range(start, min(start + page, total))]
        links = [{"rel": "self", "href": "x"}]
        if start + page < total:
            links.append({"rel": "next", "href": f"items?offset={start + page}"})
        return json.dumps(
            {"type": "FeatureCollection", "features": found, "links": links, "numberMatched": matched}
        )

    server.routes[f"/collections/{name}/items"] = items
    server.routes["/collections"] = lambda _: json.dumps({"collections": [{"id": name}]})
    return f"{server.base}/collections/{name}"


def serve_wfs(server, *, page=3, matched=COUNT, hits=COUNT, names=("app:quartiere",), pages_work=True):
    def answer(query):
        assert query["service"].lower() == "wfs"
        if query["request"] == "GetCapabilities":
            listed = [f"<FeatureType><Name>{name}</Name><Title>T</Title></FeatureType>" for name in names]
            return CAPABILITIES.format("".join(listed))
        if query.get("typenames", query.get("typename")) not in names:
            return EXCEPTION
        if query.get("resulttype") == "hits":
            return collection([], hits)
        start = int(query.get("startindex", 0)) if pages_work else 0
        return collection(range(start, min(start + page, COUNT)), matched, server.base)

    server.routes["/wfs"] = answer
    return f"{server.base}/wfs"


def message(address, **options):
    with pytest.raises(BoundaryError) as caught:
        fetch_features(address, **options)
    return caught.value.text()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://example.org/ogc/collections/x", "oapif"),
        ("https://example.org/collections/x/items?f=json", "oapif"),
        ("OAPIF:https://example.org/ogc", "oapif"),
        ("WFS:https://example.org/ows", "wfs"),
        ("https://example.org/ows?SERVICE=WFS&REQUEST=GetCapabilities", "wfs"),
        ("https://example.org/data/collections.geojson", "file"),
    ],
)
def test_kind_of_an_address(address, kind):
    assert service_kind(address) == kind
    assert is_address(address)


@pytest.mark.parametrize(
    "path", ["districts.gpkg", "C:\\Daten\\districts.gpkg", "./http/x.gpkg", "ftp://x/y"]
)
def test_paths_are_no_addresses(path):
    assert not is_address(path)


@pytest.mark.parametrize("form", ["{0}", "{0}/", "{0}/items", "OAPIF:{0}", "OAPIF:{1}"])
def test_oapif_pages_are_all_read(server, form):
    collection_address = serve_oapif(server)
    districts = read_districts(form.format(collection_address, server.base), key="schl", name="name")

    assert districts.index.tolist() == [f"{number:04d}" for number in range(COUNT)]
    assert districts["name"].iloc[6] == "Quartier 6"
    assert districts.crs.to_epsg() == 25833
    asked = [query for path, query in server.asked if path.endswith("/items")]
    assert asked == [{"limit": "1000"}, {"offset": "3"}, {"offset": "6"}]


def test_oapif_address_keeps_its_own_parameters(server):
    address = serve_oapif(server, page=10)
    fetch_features(f"{address}/items?limit=2&offset=3&token=abc")
    assert server.asked == [("/collections/quartiere/items", {"token": "abc", "limit": "1000"})]


def test_oapif_layers_are_listed(server):
    server.routes["/collections"] = lambda _: json.dumps({"collections": [{"id": "b"}, {"id": "a"}]})
    text = message(f"OAPIF:{server.base}/")
    assert "Der Dienst bietet an: a, b." in text
    assert "`layer`" in text
    serve_oapif(server, name="a")
    assert fetch_features(f"OAPIF:{server.base}/", layer="a").matched == COUNT


def test_oapif_that_withholds_features_is_refused(server):
    text = message(serve_oapif(server, total=5))
    assert "nicht alles geliefert: 5 von 7 Objekten kamen an" in text
    assert "Nichts wurde übernommen" in text


def test_oapif_that_pages_in_circles_is_refused(server):
    page = {"features": [feature(1)], "links": [{"rel": "next", "href": "items?offset=1"}]}
    server.routes["/collections/x/items"] = lambda _: json.dumps(page)
    assert "nicht alles geliefert: 2 von ?" in message(f"{server.base}/collections/x")


@pytest.mark.parametrize(
    ("form", "layer"),
    [
        ("WFS:{0}", None),
        ("WFS:{0}", "app:quartiere"),
        ("{0}?service=WFS", None),
        (
            "{0}?SERVICE=WFS&REQUEST=GetFeature&VERSION=2.0.0&TYPENAMES=app:quartiere&COUNT=2&STARTINDEX=1",
            None,
        ),
    ],
)
def test_wfs_pages_are_all_read(server, form, layer):
    address = form.format(serve_wfs(server))
    districts, problems = load_districts(address, key="schl", name="name", layer=layer)

    assert districts.index.tolist() == [f"{number:04d}" for number in range(COUNT)]
    assert districts.crs.to_epsg() == 25833
    assert districts.to_crs("EPSG:4326").total_bounds.round(6).tolist() == [13.0, 52.5, 13.07, 52.51]
    assert not [problem for problem in problems if problem.severity != "note"]
    # GDAL would fetch the schema that the answer names.
    assert {path for path, _ in server.asked} == {"/wfs"}


def test_wfs_that_does_not_count_is_asked_how_many_there_are(server):
    address = serve_wfs(server, matched="unknown")
    assert fetch_features(f"WFS:{address}").matched == COUNT
    assert read_layer(f"WFS:{address}").frame["schl"].tolist() == [f"{number:04d}" for number in range(COUNT)]


def test_wfs_that_ignores_paging_is_refused(server):
    text = message(f"WFS:{serve_wfs(server, pages_work=False)}")
    assert "nicht alles geliefert: 3 von 7 Objekten kamen an" in text


def test_wfs_layers_are_listed(server):
    text = message(f"WFS:{serve_wfs(server, names=('app:b', 'app:a'))}")
    assert "Der Dienst bietet an: app:a, app:b." in text


def test_wfs_error_is_repeated_in_its_words(server):
    text = message(f"WFS:{serve_wfs(server)}", layer="app:orte")
    assert "Der WFS meldet einen Fehler: Feature type app:orte unknown" in text


def test_old_wfs_is_asked_in_its_way(server):
    address = serve_wfs(server, page=COUNT)
    fetch_features(f"{address}?service=WFS&version=1.1.0&typeName=app:quartiere")
    assert server.asked == [
        ("/wfs", {"service": "WFS", "version": "1.1.0", "request": "GetFeature", "typename": "app:quartiere"})
    ]


def test_wfs_may_answer_in_json(server):
    page = {"type": "FeatureCollection", "features": [feature(1), feature(2)], "totalFeatures": 2}
    server.routes["/wfs"] = lambda _: json.dumps(page)
    found = read_layer(f"{server.base}/wfs?service=WFS&typeNames=a&outputFormat=application/json")
    assert found.frame["schl"].tolist() == ["0001", "0002"]
    assert server.asked[0][1]["outputformat"] == "application/json"


def test_file_on_the_web_and_redirect(server, tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["01", "02"]}, geometry=[box(13, 52, 13.1, 52.1), box(13.1, 52, 13.2, 52.1)]
    )
    path = tmp_path / "q.shp.zip"
    frame.set_crs("EPSG:4326").to_file(path)
    server.routes["/q.zip"] = lambda _: (302, "", f"{server.base}/real.zip")
    server.routes["/real.zip"] = lambda _: (200, path.read_bytes())
    assert read_districts(f"{server.base}/q.zip", key="id").index.tolist() == ["01", "02"]


def test_redirect_out_of_the_web_is_refused(server):
    server.routes["/q.zip"] = lambda _: (302, "", "ftp://127.0.0.1/q.zip")
    assert "nicht erreichbar" in message(f"{server.base}/q.zip")


@pytest.mark.parametrize("address", ["OAPIF:file:///etc/passwd", "WFS:ftp://example.org/wfs", "WFS:x"])
def test_only_the_web_is_asked(address):
    text = message(address)
    assert "beginnt weder mit http:// noch mit https://" in text
    assert address in text


@pytest.mark.parametrize("path", ["/collections/x", "/wfs?service=WFS&typeNames=a", "/q.geojson"])
def test_error_status_is_told(server, path):
    text = message(server.base + path)
    assert f"{server.base}{path}: Der Dienst antwortet mit dem Fehler 404 (Not Found): Not here" in text
    server.routes[urlsplit(path).path] = lambda _: (503, "")
    server.routes["/collections/x/items"] = lambda _: (503, "")
    assert "Fehler 503" in message(server.base + path)


@pytest.mark.parametrize(
    "path", ["/collections/x", "/collections", "/wfs?service=WFS&typeNames=a", "/wfs?service=WFS"]
)
@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><html><style>p{}</style><p>Bitte anmelden</p></html>",
        '{"title": "Bitte anmelden"}',
        "{Bitte anmelden",
    ],
)
def test_wrong_content_is_told(server, path, body):
    for route in ("/collections", "/collections/x/items", "/wfs"):
        server.routes[route] = lambda _: body
    text = message(server.base + path)
    assert "liefert keine Geodaten" in text
    assert "Bitte anmelden" in text
    assert "p{}" not in text


def test_wrong_content_of_a_file_address(server):
    server.routes["/q.geojson"] = lambda _: "<html>Bitte anmelden</html>"
    with pytest.raises(BoundaryError, match="kann nicht als Geodaten gelesen werden"):
        read_layer(f"{server.base}/q.geojson")


@pytest.mark.parametrize("path", ["/collections/x", "/wfs?service=WFS&typeNames=a"])
def test_service_without_features_is_told(server, path):
    server.routes["/collections/x/items"] = lambda _: json.dumps({"features": [], "numberMatched": 0})
    server.routes["/wfs"] = lambda _: collection([], 0)
    assert "Der Dienst liefert keine Objekte" in message(server.base + path)


def test_silent_server_is_left_after_a_while(server):
    told = threading.Event()
    server.routes["/collections/x/items"] = lambda _: str(told.wait(60))
    try:
        # The answer is held back until the caller has left: who waits for it never gets here.
        text = message(f"{server.base}/collections/x", timeout=0.2)
    finally:
        told.set()
    assert "0.2 Sekunden lang nicht geantwortet" in text


def test_closed_port_is_told(server):
    server.stop()
    text = message(f"{server.base}/collections/x")
    assert "Der Dienst ist nicht erreichbar" in text
    assert "HTTPS_PROXY" in text


def test_answer_that_breaks_off_is_told(server):
    server.withheld = 10
    assert "Der Dienst ist nicht erreichbar (IncompleteRead" in message(serve_oapif(server))


def test_endless_paging_is_cut_off(server, monkeypatch):
    serve_oapif(server)
    monkeypatch.setattr(services, "PAGES", 2)
    assert "nicht alles geliefert: 6 von 7" in message(f"{server.base}/collections/quartiere")
