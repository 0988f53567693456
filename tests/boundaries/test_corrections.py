"""Keys that are wrong at the source, mended one polygon at a time."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.boundaries.corrections import Correction, Features, apply_corrections

SQUARES = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(4)]
NUMBERS = pd.RangeIndex(1, 5, name="feature")


@pytest.fixture
def features():
    return Features(
        keys=pd.Series(["01", "02", "02", "04"], index=NUMBERS, dtype=object),
        names=pd.Series(["A", "Tor", "Wall", None], index=NUMBERS, dtype=object),
        geometry=gpd.GeoSeries(SQUARES, index=NUMBERS, crs="EPSG:25833"),
    )


def inside(number):
    point = gpd.GeoSeries([SQUARES[number - 1].centroid], crs="EPSG:25833").to_crs("EPSG:4326").iloc[0]
    return (point.x, point.y)


@pytest.mark.parametrize("how", [{"feature": 3}, {"name": "Wall"}, {"name": " Wall\n"}, {"at": inside(3)}])
def test_one_feature_gets_the_new_key(features, how):
    keys, problems = apply_corrections(features, [{"key": "02", "new_key": "03", **how}], file="g.gpkg")

    pd.testing.assert_series_equal(keys, pd.Series(["01", "02", "03", "04"], index=NUMBERS, dtype=object))
    assert features.keys.tolist() == ["01", "02", "02", "04"]
    assert [(problem.code, problem.severity, problem.keys) for problem in problems] == [
        ("boundaries.corrected", "note", ("03",))
    ]
    assert "g.gpkg: Berichtigt, wie angegeben: 02 → 03 (#3 'Wall' [13." in problems[0].text()


def test_keys_can_be_exchanged(features):
    swap = [Correction(key="01", new_key="04"), Correction(key="04", new_key="01")]
    assert apply_corrections(features, swap)[0].tolist() == ["04", "02", "02", "01"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"key": "99", "new_key": "03"}, "Den Schlüssel 99 gibt es nicht (er sollte 03 werden)"),
        ({"key": "02", "new_key": "03"}, "Zu 02 → 03 passen mehrere Objekte: #2 'Tor' [13."),
        ({"key": "02", "new_key": "03", "feature": 4}, "Kein Objekt mit dem Schlüssel 02 passt"),
        ({"key": "02", "new_key": "03", "name": "Graben"}, "Den Schlüssel haben: #2 'Tor' [13."),
        ({"key": "02", "new_key": "03", "at": (52.5, 13.4)}, "`at` (erst Länge, dann Breite)"),
    ],
)
def test_correction_that_does_not_fit_is_an_error(features, entry, message):
    keys, problems = apply_corrections(features, [entry])
    assert keys.tolist() == features.keys.tolist()
    assert [problem.severity for problem in problems] == ["error"]
    assert message in problems[0].text()


def test_two_corrections_of_one_feature_are_an_error(features):
    entries = [{"key": "04", "new_key": "05"}, {"key": "04", "new_key": "06", "feature": 4}]
    keys, problems = apply_corrections(features, entries)
    assert keys.tolist() == ["01", "02", "02", "05"]
    assert problems[0].code == "boundaries.correction_twice"
    assert "dasselbe Objekt #4 [13." in problems[0].text()


def test_places_wait_for_a_reference_system(features):
    placeless = Features(keys=features.keys, names=features.names, geometry=None)
    keys, problems = apply_corrections(placeless, [{"key": "02", "new_key": "03", "at": inside(3)}])
    assert keys.tolist() == features.keys.tolist()
    assert problems == ()
    assert placeless.describe([2]) == "#2 'Tor'"


def test_long_lists_are_counted():
    many = pd.RangeIndex(1, 101)
    features = Features(
        keys=pd.Series("x", index=many, dtype=object),
        names=pd.Series([None] * 100, index=many, dtype=object),
        geometry=None,
    )
    text = features.describe(many)
    assert text.startswith("#1, #2")
    assert text.endswith("#30, … (+70)")
