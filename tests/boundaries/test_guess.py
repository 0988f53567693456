"""Guesses for a new project file."""

import geopandas as gpd
import pytest
from shapely import box

from sozialraum.boundaries.read import guess_columns

CELLS = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(4)]
NAMES = ["Am Tor", "Wall", "Nordstadt", "Sieben Hügel"]


@pytest.fixture
def guess(tmp_path):
    def make(columns, shapes=CELLS, crs="EPSG:25833"):
        path = tmp_path / "gebiete.gpkg"
        gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path, layer="gebiete")
        return guess_columns(path)

    return make


@pytest.mark.parametrize(
    ("columns", "key", "name"),
    [
        (
            {"plr_id": ["0101", "0102", "0103", "0201"], "plr_name": NAMES, "area": [1.5, 2.0, 3.0, 4.0]},
            "plr_id",
            "plr_name",
        ),
        (
            {"objectid": [1, 2, 3, 4], "SCHLUESSEL": ["01", "02", "03", "04"], "BEZEICH": NAMES},
            "SCHLUESSEL",
            "BEZEICH",
        ),
        ({"bezirk": ["Nord", "Nord", "Süd", "Süd"], "nr": [1, 2, 3, 10], "gen": NAMES}, "nr", "gen"),
        ({"titel": NAMES, "key": ["XX", "00", "01", "02"]}, "key", "titel"),
        ({"flaeche": [1.25, 2.5, 3.5, 4.5]}, None, None),
    ],
)
def test_key_and_name_are_recognised(guess, columns, key, name):
    found = guess(columns)
    assert (found.key, found.name) == (key, name)
    assert found.columns == tuple(columns)
    assert found.feature_count == 4


def test_guess_says_on_what_it_rests(guess):
    found = guess({"id": ["01", "02", "03", "04"], "name": NAMES})
    texts = [reason.text() for reason in found.reasons]
    assert "Schlüsselspalte 'id': 4 verschiedene Einträge in 4 Objekten, z. B. 01, 02, 03." in texts[0]
    assert "Namensspalte 'name'" in texts[1]
    assert (found.crs, found.axis_order, found.layer, found.layers) == (
        "EPSG:25833",
        "xy",
        "gebiete",
        ("gebiete",),
    )


@pytest.mark.filterwarnings("ignore:'crs' was not provided")  # the file that the test needs
def test_missing_system_is_proposed(guess):
    found = guess({"id": ["01", "02", "03", "04"]}, crs=None)
    assert found.crs is None
    assert found.proposals == ("EPSG:25832", "EPSG:25833")


def test_exchanged_axes_are_seen(guess):
    shapes = [box(51.2 + i, 12.2, 51.3 + i, 12.3) for i in range(4)]
    found = guess({"id": ["01", "02", "03", "04"]}, shapes, "EPSG:4326")
    assert found.axis_order == "yx"
    assert 'axis_order = "yx"' in found.reasons[-1].text()


@pytest.mark.shared
def test_real_files(shared_data):
    berlin = guess_columns(shared_data / "berlin/berlin-lor-planning-areas-until-2020.geojson")
    assert (berlin.key, berlin.name, berlin.crs, berlin.axis_order) == ("id", "name", "EPSG:4326", "xy")
    leipzig = guess_columns(shared_data / "leipzig/leipzig-districts.json")
    assert (leipzig.key, leipzig.name, leipzig.crs, leipzig.axis_order) == ("key", "title", "EPSG:4326", "yx")


@pytest.mark.parametrize("numbers", [[1, 2, 3], [1.0, 2.0, 3.0], [101.0, 102.0, 103.0]])
def test_keys_that_are_stored_as_numbers_are_recognised(tmp_path, numbers):
    """Shapefiles store numbers as decimals; a key was not found among them, and `init` wrote an empty one."""
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(3)]
    city = gpd.GeoDataFrame(
        {"nr": numbers, "name": ["Altstadt", "Hafen", "Südring"]}, geometry=shapes, crs="EPSG:25833"
    )
    city.to_file(tmp_path / "b.gpkg")
    assert guess_columns(tmp_path / "b.gpkg").key == "nr"


NUMBERED = ["01", "02", "03", "04"]


@pytest.mark.parametrize(
    ("keys", "names", "key"),
    [
        (["01", "02", "03", "03"], ["Am Tor", "Wall", "Nordstadt", "Nordstadt"], "gebiet"),
        (["A1", "A1", "B2", "B2"], ["Am Tor", "Am Tor", "Wall", "Wall"], "gebiet"),
        ([11, 11, 12, 13], ["Am Tor", "Am Tor", "Wall", "Sieben Hügel"], "gebiet"),
        # Two names under one key, or two keys of one name: no parts of one district.
        (["01", "01", "02", "03"], ["Am Tor", "Wall", "Wall", "Nordstadt"], None),
        (["01", "02", "03", "04", "04"][1:], ["Am Tor", "Am Tor", "Wall", "Wall"], None),
    ],
)
def test_the_key_of_districts_in_several_parts_is_recognised(guess, keys, names, key):
    found = guess({"gebiet": keys, "name": names})
    assert (found.key, found.name) == (key, "name")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")  # the file that the test needs
def test_the_one_system_that_fits_is_named_as_a_guess(guess):
    shapes = [box(9.1 + i / 9, 51.1, 9.2 + i / 9, 51.2) for i in range(4)]
    found = guess({"id": NUMBERED, "name": NAMES}, shapes, crs=None)
    assert len(found.proposals) == 1
    assert found.proposals[0] in found.reasons[-1].text("en")
