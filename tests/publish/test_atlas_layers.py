"""What an analyst adds with folium: a layer of the page, with its entry and switch, without a network."""

import json
import re

import folium
import geopandas as gpd
import pytest
from folium.plugins import HeatMap, MarkerCluster
from shapely.geometry import Point

from sozialraum.errors import OutputError
from sozialraum.publish.atlas.layers import added_layers
from sozialraum.publish.atlas.write import atlas

HOSTILE = "</script><img src=x onerror='window.harmed = 1'> `${window.harmed = 1}`"
AT = (51.45, 8.55)


def layers(drawn):
    written = re.search(r'id="sozialraum-data">(.*?)</script>', drawn.get_root().render()).group(1)
    return json.loads(written)["layers"]


def stops():
    names = ["Markt", HOSTILE]
    points = [Point(8.55, 51.45), Point(8.56, 51.46)]
    return gpd.GeoDataFrame({"name": names, "lines": [3, None]}, geometry=points, crs=4326)


class TestReading:
    def test_geojson_keeps_geometry_style_and_told_fields(self, release):
        drawn = atlas(release)
        folium.GeoJson(
            stops().to_crs(25832), name="Haltestellen", show=False,
            style_function=lambda feature: {"color": "#c00" if feature["properties"]["lines"] else "#00c"},
            tooltip=folium.GeoJsonTooltip(["name", "lines"], ["Halt:", "Linien:"]),
        ).add_to(drawn)  # fmt: skip
        (layer,) = layers(drawn)
        assert (layer["name"], layer["shown"], len(layer["looks"])) == ("Haltestellen", False, 2)
        first, second = layer["features"]
        assert first["geometry"] == {"type": "Point", "coordinates": [8.55, 51.45]}
        assert [layer["looks"][one["look"]]["color"] for one in (first, second)] == ["#c00", "#00c"]
        assert first["tip"] == "Halt: Markt\nLinien: 3.0"
        assert second["tip"].startswith("Halt: </script><img")
        assert second["tip"].endswith("\nLinien:")

    def test_a_group_is_one_layer_and_what_has_none_another(self, release):
        drawn = atlas(release)
        group = folium.FeatureGroup("Treffpunkte").add_to(drawn)
        folium.Marker(AT, tooltip="<b>Club</b> &amp; Café", icon=folium.Icon(color="green")).add_to(group)
        folium.CircleMarker(
            AT, radius=9, color="#123456", fill=True, fill_opacity=0.5, popup="Zentrum"
        ).add_to(group)
        folium.PolyLine([AT, (51.46, 8.56)], dash_array="4 4").add_to(drawn)
        folium.Polygon([AT, (51.46, 8.56), (51.46, 8.55)]).add_to(drawn)
        folium.Circle(AT, radius=500).add_to(drawn)
        folium.LayerControl().add_to(drawn)
        places, rest = layers(drawn)
        assert [places["name"], rest["name"]] == ["Treffpunkte", "Hinzugefügt"]
        assert [one["tip"] for one in places["features"]] == ["Club & Café", "Zentrum"]
        looks = [places["looks"][one["look"]] for one in places["features"]]
        assert (looks[0]["fillColor"], looks[1]["radius"], looks[1]["fillOpacity"]) == ("green", 9, 0.5)
        assert [one["geometry"]["type"] for one in rest["features"]] == ["LineString", "Polygon", "Point"]
        assert rest["features"][0]["geometry"]["coordinates"] == [[8.55, 51.45], [8.56, 51.46]]
        assert rest["looks"][rest["features"][2]["look"]]["metres"] == 500

    def test_nothing_added_is_no_layer(self, release):
        assert layers(atlas(release)) == []
        assert added_layers([folium.FeatureGroup("leer")], otherwise="x") == []

    def test_the_same_additions_give_the_same_bytes(self, release):
        pages = []
        for _ in range(2):
            drawn = atlas(release)
            folium.Marker(AT, tooltip="Markt").add_to(drawn)
            pages.append(drawn.get_root().render())
        assert pages[0] == pages[1] == drawn.get_root().render()

    def test_the_page_names_no_address_of_a_script(self, release):
        drawn = atlas(release)
        folium.Marker(AT, icon=folium.Icon(), popup="Markt").add_to(drawn)
        html = drawn.get_root().render()
        assert "<script src" not in html
        assert "cdn." not in html

    @pytest.mark.parametrize(
        "layer",
        [HeatMap([AT]), MarkerCluster(), folium.TileLayer(),
         folium.FeatureGroup("x").add_child(MarkerCluster())],
    )  # fmt: skip
    def test_what_needs_a_network_is_refused_where_it_is_added(self, release, layer):
        with pytest.raises(OutputError, match="GeoJson, Marker"):
            layer.add_to(atlas(release))

    def test_a_group_that_is_filled_later_is_read_later(self, release):
        drawn = atlas(release)
        group = folium.FeatureGroup("x").add_to(drawn)
        HeatMap([AT]).add_to(group)
        with pytest.raises(OutputError, match="HeatMap"):
            drawn.get_root().render()


@pytest.mark.browser
def test_a_reader_sees_switches_and_reads_the_layer(release, tmp_path, reader, watched):
    reader.watch(watched)
    drawn = atlas(release)
    folium.GeoJson(stops(), name=f"Halt {HOSTILE}", tooltip=folium.GeoJsonTooltip(["name"])).add_to(drawn)
    folium.PolyLine([AT, (51.46, 8.56)], tooltip="Linie 5").add_to(drawn)
    drawn.save(str(tmp_path / "map.html"))
    reader.page = tmp_path / "map.html"
    reader.open("#view=values")
    assert len(reader.all(".leaflet-added-pane path")) == 3
    assert [row.text for row in reader.all("#legend-layers tbody .number")] == ["2", "1"]
    reader.one("#layer-0").click()
    assert len(reader.all(".leaflet-added-pane path")) == 1
    # What is switched off stays off when the page is loaded again, and a copied link tells it.
    assert "layers=Hinzugef" in reader.script("return window.location.hash")
    reader.driver.refresh()
    reader.until_ready()
    assert [box.is_selected() for box in reader.all("#legend-layers input")] == [False, True]
    assert len(reader.all(".leaflet-added-pane path")) == 1
    reader.one("#layer-1").click()
    assert "layers=&" in reader.script("return `${window.location.hash}&`")
    assert reader.all(".leaflet-added-pane path") == []
    for number in (0, 1):
        reader.one(f"#layer-{number}").click()
    assert "layers=" not in reader.script("return window.location.hash")
    tip = reader.script("""
        const path = document.querySelectorAll(".leaflet-added-pane path.added-point")[1];
        const box = path.getBoundingClientRect();
        const at = { bubbles: true, clientX: box.x + 3, clientY: box.y + 3 };
        path.dispatchEvent(new MouseEvent("mouseover", at));
        return document.querySelector(".tip").textContent;
    """)
    assert HOSTILE in tip
    assert len(reader.fills()) == 12
    assert reader.script("return [window.harmed === undefined, document.querySelectorAll('img').length]") == [
        True,
        0,
    ]
    assert reader.errors() == []
    assert reader.requests() <= {"file", "data"}
