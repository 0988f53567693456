"""Water, lines and place names of a project: cut to the city, without any column but the name."""

import json

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from sozialraum.errors import BoundaryError
from sozialraum.publish.atlas.write import write_atlas
from sozialraum.publish.orientation import orientation


def frames(districts):
    west, south, east, north = districts.total_bounds
    middle = (south + north) / 2
    water = box(west - 10_000, middle - 30, east + 10_000, middle + 30)
    railway = LineString([(west - 50, south), (east, north)])
    far = LineString([(west - 90_000, south), (west - 80_000, south)])
    names = ["Markt </script><script>window.harmed = 1</script>", "Weit weg", None]
    points = [Point(west + 400, south + 400), Point(west - 90_000, south), Point(west, south)]
    shapes = gpd.GeoDataFrame({"secret": ["x"] * 3}, geometry=[water, railway, far], crs=districts.crs)
    places = gpd.GeoDataFrame({"name": names, "secret": "geheim"}, geometry=points, crs=districts.crs)
    return [shapes.to_crs(4326), places]


def test_it_is_cut_to_the_city_and_keeps_no_column_but_the_name(release):
    found = orientation(frames(release.districts), release.districts)
    assert [len(found[part]) for part in ("areas", "lines", "places")] == [1, 1, 1]
    west, _, east, _ = release.districts.to_crs(4326).total_bounds
    across = [x for x, _ in found["areas"][0]["coordinates"][0]]
    assert west - 0.2 * (east - west) < min(across) < west
    assert "geheim" not in json.dumps(found)
    assert found["places"][0]["name"].startswith("Markt")


def test_nothing_is_nothing(release):
    assert orientation([], release.districts) == {"areas": [], "lines": [], "places": []}


def test_a_frame_without_a_system_of_coordinates_is_refused(release):
    with pytest.raises(BoundaryError, match="orientation"):
        orientation([gpd.GeoDataFrame(geometry=[Point(0, 0)])], release.districts)


@pytest.mark.browser
def test_it_lies_on_the_map_and_cannot_be_pointed_at(release, reader, tmp_path):
    reader.page = write_atlas(release, tmp_path / "page.html", orientation=frames(release.districts))
    reader.open("#view=values")
    assert len(reader.all(".leaflet-orientation-pane path.water")) == 1
    assert len(reader.all(".leaflet-orientation-pane path.way")) == 1
    assert [name.text for name in reader.all(".place-name")] == [
        "Markt </script><script>window.harmed = 1</script>"
    ]
    assert reader.script("return window.harmed === undefined")
    pane = reader.one(".leaflet-orientation-pane")
    assert pane.value_of_css_property("pointer-events") == "none"
    reader.paths()[5].click()
    assert reader.one("#panel").is_displayed()
    assert reader.errors() == []
