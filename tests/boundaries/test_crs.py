"""Reference systems: impossible ones are recognised, and a metric one that suits the place is chosen."""

import struct
import zipfile

import geopandas as gpd
import pytest
from pyproj import CRS
from pyproj.enums import WktVersion
from shapely import box

from sozialraum.boundaries.crs import georeference, metric_crs, propose_crs
from sozialraum.boundaries.layers import read_layer
from sozialraum.boundaries.read import load_districts
from sozialraum.errors import BoundaryError

HAMBURG = gpd.GeoSeries([box(9.9, 53.5, 10.1, 53.6)], crs="EPSG:4326")
BERLIN = gpd.GeoSeries([box(13.2, 52.4, 13.5, 52.6)], crs="EPSG:4326")


def swap(geometry):
    return geometry.map(lambda shape: box(shape.bounds[1], shape.bounds[0], shape.bounds[3], shape.bounds[2]))


def stripped(geometry):
    """Return coordinates without their system."""
    return gpd.GeoSeries(list(geometry))


def told(geometry, **options):
    found, problems = georeference(geometry, file="gebiete.shp", **options)
    assert found is None
    return problems[-1].text()


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (10.0, 53.5, 25832),
        (13.4, 52.5, 25833),
        (-8.0, 53.0, 25829),
        (28.0, 60.0, 25835),
        (-74.0, 40.7, 32618),
        (151.2, -33.9, 32756),
    ],
)
def test_degrees_become_the_zone_of_the_place(lon, lat, epsg):
    found, problems = georeference(gpd.GeoSeries([box(lon, lat, lon + 0.1, lat + 0.1)], crs="EPSG:4326"))
    assert found.crs.to_epsg() == epsg
    assert problems == ()


@pytest.mark.parametrize("epsg", [25832, 31468, 3068, 4647, 27700])
def test_metric_systems_of_surveyors_are_kept(epsg):
    place = box(-0.2, 51.4, 0.0, 51.6) if epsg == 27700 else box(13.2, 52.4, 13.5, 52.6)
    local = gpd.GeoSeries([place], crs="EPSG:4326").to_crs(epsg)
    found, problems = georeference(local)
    assert found.crs.to_epsg() == epsg
    assert found.geom_equals(local).all()
    assert problems == ()


@pytest.mark.parametrize("epsg", [3857, 3035, 4839, 2263])
def test_systems_that_distort_or_count_feet_are_left(epsg):
    place = box(-74.1, 40.6, -73.9, 40.8) if epsg == 2263 else box(13.2, 52.4, 13.5, 52.6)
    bounds = tuple(gpd.GeoSeries([place], crs="EPSG:4326").to_crs(epsg).total_bounds)
    assert metric_crs(CRS.from_epsg(epsg), bounds).to_epsg() == (32618 if epsg == 2263 else 25833)


def test_heights_are_no_obstacle():
    found, problems = georeference(
        BERLIN.to_crs("EPSG:25833").set_crs("EPSG:25833+7837", allow_override=True)
    )
    assert found.crs.to_epsg() == 25833
    assert problems == ()


def test_missing_system_is_asked_for_with_proposals():
    text = told(stripped(BERLIN.to_crs("EPSG:25833")))
    assert "gebiete.shp: Die Datei nennt kein Koordinatensystem." in text
    assert "`crs` ergänzen" in text
    assert "EPSG:25833 (13.35, 52.50)" in text


def test_undefined_local_system_counts_as_missing():
    local = 'LOCAL_CS["Undefined Cartesian SRS",UNIT["metre",1]]'
    geometry = stripped(BERLIN.to_crs("EPSG:25833")).set_crs(local)
    assert "nennt kein Koordinatensystem" in told(geometry)


def test_given_system_stands_in_for_a_missing_one():
    found, problems = georeference(stripped(BERLIN.to_crs("EPSG:25833")), crs="EPSG:25833")
    assert found.crs.to_epsg() == 25833
    assert problems == ()


def test_given_system_overrides_with_a_warning():
    wrong = BERLIN.to_crs("EPSG:25833").set_crs("EPSG:4326", allow_override=True)
    found, problems = georeference(wrong, crs="EPSG:25833")
    assert found.crs.to_epsg() == 25833
    assert problems[0].severity == "warning"
    assert (
        "Die Datei nennt das Koordinatensystem EPSG:4326; es gilt das angegebene EPSG:25833"
        in problems[0].text()
    )


def test_unknown_system():
    assert "'EPSG:unsinn' ist unbekannt" in told(BERLIN, crs="EPSG:unsinn")


def test_degrees_cannot_be_metres():
    text = told(stripped(BERLIN), crs="EPSG:25833")
    assert "sind Grad, das System zählt aber Meter" in text
    assert 'crs = "EPSG:4326"' in text


def test_metres_cannot_be_degrees():
    text = told(stripped(BERLIN.to_crs("EPSG:31468")), crs="EPSG:4326")
    assert "sind Meter, das System zählt aber Grad" in text
    assert "EPSG:31468 (13.35, 52.50)" in text


def test_wrong_zone_is_outside():
    text = told(stripped(BERLIN.to_crs("EPSG:31468")), crs="EPSG:31467")
    assert "weit außerhalb des Gebiets, für das es gilt" in text
    assert "EPSG:31468" in text


def test_neighbouring_zone_is_accepted():
    found, _ = georeference(BERLIN.to_crs("EPSG:25832"))
    assert found.crs.to_epsg() == 25832


@pytest.mark.parametrize("epsg", [4326, 4258, 25832, 31467])
def test_exchanged_axes_are_recognised_and_mended(epsg):
    right = HAMBURG.to_crs(epsg)
    wrong = gpd.GeoSeries(swap(right), crs=epsg)

    text = told(wrong)
    assert "Die Koordinaten sind vertauscht" in text
    assert 'axis_order = "yx"' in text

    found, problems = georeference(wrong, axis_order="yx")
    assert found.total_bounds == pytest.approx(georeference(right)[0].total_bounds)
    assert problems == ()


def test_needless_exchange_is_recognised_too():
    assert 'axis_order = "xy"' in told(HAMBURG, axis_order="yx")


def test_the_caller_keeps_his_coordinates():
    before = HAMBURG.copy()
    georeference(HAMBURG, axis_order="yx", crs="EPSG:4258")
    assert HAMBURG.geom_equals_exact(before, 0).all()


def test_proposals_name_code_and_place():
    bounds = tuple(BERLIN.to_crs("EPSG:25833").total_bounds)
    found = propose_crs(bounds)
    assert list(found) == ["EPSG:25832", "EPSG:25833"]
    assert found["EPSG:25832"] == pytest.approx((7.35, 52.5), abs=0.01)
    assert found["EPSG:25833"] == pytest.approx((13.35, 52.5), abs=0.01)
    assert propose_crs((1e9, 1e9, 1e9, 1e9)) == {}


@pytest.mark.parametrize(
    "damage",
    [
        ('PROJECTION["Transverse_Mercator"]', 'PROJECTION["Transverse_Mercat0r"]'),
        ('PROJECTION["Transverse_Mercator"]', 'PROJECTION["Unknown_Way"]'),
        ('"Central_Meridian"', '"Centra\xc1_Meridian"'),
    ],
)
def test_a_reference_system_that_cannot_be_computed_is_asked(tmp_path, damage):
    frame = gpd.GeoDataFrame({"id": ["1"]}, geometry=[box(500_000, 5_700_000, 501_000, 5_701_000)], crs=25832)
    frame.to_file(tmp_path / "a.shp")
    text = (tmp_path / "a.prj").read_text()
    assert damage[0] in text
    (tmp_path / "a.prj").write_bytes(text.replace(*damage).encode("latin-1"))
    try:
        _, problems = load_districts(tmp_path / "a.shp", key="id")
    except BoundaryError as error:
        problems = error.problems
    assert [problem for problem in problems if problem.severity in {"error", "warning"}]


ESRI = WktVersion.WKT1_ESRI


@pytest.fixture
def shapefile(tmp_path):
    def write(epsg, damage):
        shapes = [box(13.2 + 0.02 * i, 52.4, 13.22 + 0.02 * i, 52.42) for i in range(3)]
        frame = gpd.GeoDataFrame({"nr": ["01", "02", "03"]}, geometry=shapes, crs="EPSG:4326").to_crs(epsg)
        path = tmp_path / "gebiete.shp"
        frame.to_file(path)
        path.with_suffix(".prj").write_text(damage(CRS.from_epsg(epsg).to_wkt(ESRI)))
        return path

    return write


@pytest.mark.slow
@pytest.mark.parametrize(
    ("epsg", "word", "other"),
    [
        (25833, "False_Easting", "Faxse_Easting"),
        (25833, "Scale_Factor", "Sca_e_Factor"),
        (25833, "Central_Meridian", "Central Meridian!"),
        (25833, "298.257222101", "98.257222101"),
        (31468, "False_Easting", "alse_Easting"),
        (4647, "Scale_Factor", "scale"),
        (3068, "Latitude_Of_Origin", "Latitude"),
    ],
)
def test_a_damaged_description_that_puts_the_city_elsewhere_is_refused(shapefile, epsg, word, other):
    path = shapefile(epsg, lambda text: text.replace(word, other))
    with pytest.raises(BoundaryError) as caught:
        load_districts(path, key="nr")
    assert [problem.code for problem in caught.value.problems] == ["boundaries.crs_altered"]
    assert f'crs = "EPSG:{epsg}"' in caught.value.text("de")
    found, _ = load_districts(path, key="nr", crs=f"EPSG:{epsg}")
    assert len(found) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("Greenwich", "Greenw"),
        lambda text: text.replace("D_ETRS_1989", "D_ETRS_1988"),
        lambda text: text.replace("298.257222101", "298.2572221"),
        lambda text: text.replace("ETRS_1989_UTM_Zone_33N", "Stadtvermessung"),
    ],
)
def test_a_description_that_means_the_same_place_is_taken(shapefile, damage):
    found, _ = load_districts(shapefile(25833, damage), key="nr")
    assert found.to_crs(4326).total_bounds[0] == pytest.approx(13.2, abs=1e-5)


def test_where_no_usual_system_fits_the_message_says_so():
    words = told(stripped(gpd.GeoSeries([box(1e8, 1e8, 1e8 + 5, 1e8 + 5)])))
    assert "?" not in words
    assert "Keines der hierzulande üblichen Systeme" in words


def shorten_index(path, features):
    """Let a Shapefile's index say that it ends after so many features: 100 bytes of head, 8 per feature."""
    index = bytearray(path.with_suffix(".shx").read_bytes())
    index[27] = (100 + 8 * features) // 2
    path.with_suffix(".shx").write_bytes(index)


@pytest.mark.parametrize("features", [0, 1, 2])
def test_an_index_that_is_too_short_hides_no_district(shapefile, features):
    path = shapefile(25833, lambda text: text)
    shorten_index(path, features)
    with pytest.raises(BoundaryError) as caught:
        load_districts(path, key="nr")
    codes = {"boundaries.companions", "boundaries.empty", "boundaries.unreadable"}
    assert caught.value.problems[0].code in codes


def test_the_table_of_a_zipped_shapefile_is_counted_too(shapefile, tmp_path):
    path = shapefile(25833, lambda text: text)
    shorten_index(path, 2)
    with zipfile.ZipFile(tmp_path / "gebiete.zip", "w") as archive:
        for end in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(path.with_suffix(end), f"gebiete{end}")
    with pytest.raises(BoundaryError) as caught:
        load_districts(tmp_path / "gebiete.zip", key="nr")
    assert caught.value.problems[0].code == "boundaries.companions"


def test_deleted_rows_of_a_table_do_not_count(shapefile):
    path = shapefile(25833, lambda text: text)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    begin, length = struct.unpack_from("<HH", table, 8)
    table[begin + length] = ord("*")
    path.with_suffix(".dbf").write_bytes(table)
    assert len(read_layer(path).frame) == 2
