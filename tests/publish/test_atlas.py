"""What the atlas page is made of; how it behaves is tested in a browser beside."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from page_data import atlas_data, column
from shapely.geometry import Polygon, box

from sozialraum.errors import AlignmentError, BoundaryError, OutputError
from sozialraum.panel import empty_frame
from sozialraum.publish.atlas.columns import ALPHABET
from sozialraum.publish.atlas.shapes import pack_shapes
from sozialraum.publish.atlas.write import atlas, write_atlas
from sozialraum.publish.breaks import class_limits
from sozialraum.publish.palettes import CLUSTER_COLOURS, PATTERNS, RAMPS, ramp
from sozialraum.spatial.clusters import LABELS

KEYS = [f"{number:02d}" for number in range(1, 13)]


def scripts():
    folder = Path(str(files("sozialraum.publish.atlas") / "assets"))
    return [(path, path.read_text("utf-8")) for path in sorted(folder.rglob("*.js"))]


@pytest.fixture(scope="module")
def data(release):
    return atlas_data(release)


@pytest.fixture(scope="module")
def html(release):
    return atlas(release).get_root().render()


def _poor(data, date="2017-12-31"):
    indicator = next(found for found in data["indicators"] if found["id"] == "poor")
    return next(found for found in indicator["slices"] if found["date"] == date)


def _unpack(packed):
    """Read `pack_shapes`' format by its description."""
    groups = [ALPHABET.index(character) for character in packed]
    numbers, factor, number = [], 0, 0
    for group in groups:
        number |= (group & 31) << factor
        factor += 5
        if not group & 32:
            numbers.append(-(number + 1) // 2 if number % 2 else number // 2)
            factor, number = 0, 0
    stream = iter(numbers)
    x = y = 0
    polygons = []
    for _ in range(next(stream)):
        rings = []
        for _ in range(next(stream)):
            ring = []
            for _ in range(next(stream)):
                x, y = x + next(stream), y + next(stream)
                ring.append((x, y))
            rings.append(ring)
        polygons.append(rings)
    assert list(stream) == []
    return polygons


def _degrees(shapes, district):
    unit = 10**shapes.digits
    (rings,) = _unpack(shapes.packed[district])
    west, south = shapes.origin
    exterior, *holes = ([((x + west) / unit, (y + south) / unit) for x, y in ring] for ring in rings)
    return Polygon(exterior, holes)


class TestData:
    def test_cells_stand_in_the_order_of_the_districts_whatever_the_order_of_the_rows(self, data):
        assert data["districts"]["keys"] == KEYS
        assert _poor(data)["values"] == [32, 30, 12, 7, 29, 27, 14, 6, 13, 11, None, None]
        assert _poor(data)["numerator"] == [320, 300, 120, 70, 290, 270, 140, 60, 130, 110, None, None]

    def test_flags_and_labels_are_told_by_their_position(self, data):
        flags = [data["flags"][int(digit)] for digit in _poor(data)["flags"]]
        labels = [data["labels"][int(digit)] for digit in _poor(data)["clusters"]]
        assert flags == ["ok"] * 9 + ["unreliable", "suppressed", "not applicable"]
        assert labels[:4] == ["high-high", "high-high", "not significant", "low-low"]
        assert labels[10:] == ["undefined", "isolated"]
        assert tuple(data["labels"]) == LABELS

    def test_a_district_without_a_row_is_missing_not_zero(self, release):
        rows = release.indicators
        without = replace(release, indicators=rows[~((rows.index == "04") & (rows["date"] == "2017-12-31"))])
        poor = _poor(atlas_data(without))
        assert poor["values"][3] is None
        assert atlas_data(without)["flags"][int(poor["flags"][3])] == "missing"

    def test_city_and_moran_are_shown_numbers(self, data):
        assert _poor(data)["city"]["value"] == 18
        assert _poor(data)["city"]["median"] == 13.5
        assert _poor(data)["moran"] == {
            "statistic": 0.4213, "expected": -0.1, "z": 3.1, "p": 0.0004, "districts": 10,
        }  # fmt: skip

    def test_what_is_not_known_is_left_out(self, data):
        old = next(indicator for indicator in data["indicators"] if indicator["id"] == "old")
        assert old["published"] is True
        assert {"numerator", "lower", "clusters", "moran"}.isdisjoint(old["slices"][0])

    def test_numbers_that_a_release_lacks_are_not_in_the_page(self, release, html):
        hidden = release.indicators.loc["11"]
        assert hidden[hidden["flag"] == "suppressed"]["value"].isna().all()
        slices = [found["slices"] for found in json.loads(_embedded(html))["indicators"]]
        assert all(column(found["values"])[10] is None for found in slices[0])

    def test_the_release_is_not_changed(self, release):
        before = release.indicators.copy(deep=True)
        atlas(release)
        pd.testing.assert_frame_equal(release.indicators, before)

    def test_rows_that_belong_nowhere_are_all_named(self, release):
        rows = release.indicators
        strange = pd.concat([rows.rename(index={"01": "99"}), rows[rows.index == "02"]])
        with pytest.raises(AlignmentError) as caught:
            atlas_data(replace(release, indicators=strange))
        assert [(problem.code, problem.keys) for problem in caught.value.problems] == [
            ("atlas.error.strange_key", ("99",)),
            ("atlas.error.doubled_row", ("02",)),
        ]

    def test_an_indicator_without_catalogue_entry_is_named(self, release):
        with pytest.raises(AlignmentError, match="parks"):
            atlas_data(replace(release, catalogue=release.catalogue.drop(index="parks")))

    def test_nothing_to_show_is_said(self, release):
        empty = release.indicators.iloc[:0]
        with pytest.raises(AlignmentError, match="kein Merkmal"):
            atlas_data(replace(release, indicators=empty, clusters=release.clusters.iloc[:0]))

    def test_doubled_districts_and_no_crs_are_both_told(self, release):
        districts = release.districts.rename(index={"02": "01"}).set_crs(None, allow_override=True)
        with pytest.raises(BoundaryError) as caught:
            atlas_data(replace(release, districts=districts))
        codes = [problem.code for problem in caught.value.problems]
        assert codes == ["atlas.error.no_crs", "atlas.error.doubled_district"]

    def test_no_clusters_at_all_is_fine(self, release):
        bare = replace(
            release,
            clusters=empty_frame(tuple(release.clusters.columns), "district"),
            moran=release.moran.iloc[:0],
            city_values=release.city_values.iloc[:0],
        )
        assert "clusters" not in _poor(atlas_data(bare))


class TestClasses:
    def test_five_classes_of_equal_size(self):
        limits = class_limits(pd.Series(np.arange(1.0, 11.0)), decimals=0)
        assert limits == (2, 4, 6, 8, 10)

    def test_a_limit_is_a_number_that_can_be_shown(self):
        limits = class_limits(pd.Series([0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.2, 2.9, 3.7]), decimals=1)
        assert limits == tuple(round(limit, 1) for limit in limits)
        assert limits[-1] == 3.7

    def test_few_distinct_values_are_classes_of_their_own(self):
        assert class_limits(pd.Series([3.0, 1.0, 1.0, np.nan, 3.0]), decimals=0) == (1, 3)

    def test_a_constant_is_one_class_and_nothing_is_none(self):
        assert class_limits(pd.Series([7.0, 7.0]), decimals=0) == (7,)
        assert class_limits(pd.Series([np.nan]), decimals=0) == ()

    def test_many_equal_values_make_fewer_classes(self):
        limits = class_limits(pd.Series([0.0] * 90 + [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]), decimals=0)
        assert limits == (0, 10)


def _luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


class TestPalettes:
    @pytest.mark.parametrize("polarity", RAMPS)
    def test_each_class_is_clearly_darker_than_the_one_before(self, polarity):
        luminance = [_luminance(colour) + 0.05 for colour in RAMPS[polarity]]
        assert all(light / dark > 1.3 for light, dark in pairwise(luminance))

    def test_few_classes_are_far_apart(self):
        colours = RAMPS["resource"]
        assert ramp("resource", 2) == (colours[0], colours[4])
        assert ramp("resource", 3) == (colours[0], colours[2], colours[4])
        assert ramp("resource", 1) == (colours[2],)

    def test_each_label_has_a_colour_or_a_pattern(self):
        assert (*CLUSTER_COLOURS, "isolated", "undefined") == LABELS
        assert {"isolated", "undefined"} <= set(PATTERNS)


class TestShapes:
    def test_shapes_survive_packing(self, release):
        shapes = pack_shapes(release.districts)
        truth = release.districts.to_crs("EPSG:4326").geometry
        for district, shape in enumerate(truth):
            assert _degrees(shapes, district).symmetric_difference(shape).area < 0.01 * shape.area

    def test_holes_and_parts_are_kept_and_no_area_is_no_text(self):
        ring = box(0, 0, 300, 300).difference(box(100, 100, 200, 200))
        two = shapely.union_all([box(400, 0, 500, 100), box(600, 0, 700, 100)])
        frame = gpd.GeoSeries([ring, two, None, Polygon()], crs="EPSG:25832").translate(470_000, 5_760_000)
        shapes = pack_shapes(gpd.GeoDataFrame(geometry=frame))
        rings = [[len(polygon) for polygon in _unpack(packed)] for packed in shapes.packed[:2]]
        assert rings == [[2], [1, 1]]
        assert shapes.packed[2:] == ("", "")

    def test_borders_stay_shared_when_simplified(self):
        x = np.linspace(0, 10_000, 400)
        wave = np.c_[x, 5000 + 0.3 * np.sin(x / 40)]
        lower = Polygon([(0, 0), *wave, (10_000, 0)][::-1])
        upper = Polygon([(0, 10_000), *wave, (10_000, 10_000)])
        frame = gpd.GeoSeries([lower, upper], crs="EPSG:25832").translate(470_000, 5_760_000)
        shapes = pack_shapes(gpd.GeoDataFrame(geometry=frame))
        edges = [{frozenset(pair) for pair in pairwise(ring)} for ((ring,),) in map(_unpack, shapes.packed)]
        assert shapes.vertices < 600
        assert len(edges[0] & edges[1]) > 50

    def test_something_small_is_rounded_finer(self):
        frame = gpd.GeoSeries([box(470_000, 5_760_000, 470_010, 5_760_010)], crs="EPSG:25832")
        assert pack_shapes(gpd.GeoDataFrame(geometry=frame)).digits == 8


def _embedded(html):
    (found,) = re.findall(r'<script type="application/json" id="sozialraum-data">(.*?)</script>', html)
    return found


class TestPage:
    def test_nothing_is_fetched(self, html):
        assert not re.search(r"<(link|img|iframe|object|embed)\b", html)
        assert not re.search(r"<script[^>]+src=|@import|url\((?!#)[^)$]", html)
        assert "sourceMappingURL" not in html
        assert not re.search(r"jsdelivr|cdnjs|jquery|bootstrap|fontawesome", html, re.IGNORECASE)

    def test_the_policy_forbids_the_network(self, html):
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
        assert unescape(policy).startswith("default-src 'none';")
        (allowed,) = re.findall(r"script-src ([^;]*);", unescape(policy))
        scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
        sums = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
        assert allowed.split() == [f"'sha256-{found}'" for found in sums]
        assert len(sums) == 3
        assert "http" not in policy

    def test_tiles_are_fetched_only_on_request(self, release):
        html = atlas(release, tiles=True).get_root().render()
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
        assert "img-src data: https://sgx.geodatenzentrum.de;" in unescape(policy)
        assert html.count("Bundesamt f") == 3, "the two languages and the layer"

    @pytest.mark.slow
    def test_language_title_and_marks(self, release, internal_release):
        german = atlas(release).get_root().render()
        english = atlas(internal_release).get_root().render()
        assert '<html lang="de">' in german
        assert "<title>Sozialraumatlas Kleinstadt</title>" in german
        assert ">Simulierte Daten</strong>" in german
        assert ">Intern" not in german
        assert '<html lang="en">' in english
        assert "<title>Social atlas of Kleinstadt</title>" in english
        assert ">Internal" in english
        assert ">Simulated data" not in english

    def test_a_name_never_becomes_markup_or_a_template(self, release, html):
        name = release.districts.loc["12", "name"]
        assert "<img" not in html
        assert "49" not in json.loads(_embedded(html))["districts"]["names"][11]
        assert json.loads(_embedded(html))["districts"]["names"][11] == name
        assert html.count("</script>") == html.count("<script")

    def test_a_hostile_city_stays_text(self, release):
        html = atlas(replace(release, city="</title><script>alert(1)</script>{{ 7*7 }}")).get_root().render()
        assert "<script>alert" not in html
        assert "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in html

    def test_scripts_cannot_end_their_element(self):
        for path, source in scripts():
            assert "</script" not in source, path
            assert ".innerHTML" not in source, path

    def test_every_text_of_the_scripts_exists(self, assessed):
        source = "".join(source for _, source in scripts())
        used = set(re.findall(r'\btext\(\s*"([\w.]+)"', source))
        assert len(used) > 30
        assert used <= set(atlas_data(assessed)["texts"])

    def test_it_shows_itself_in_a_notebook(self, release):
        shown = atlas(release)._repr_html_()
        assert shown.startswith("<iframe srcdoc=")
        assert "lang=&quot;de&quot;" in shown


class TestWriting:
    def test_the_same_release_gives_the_same_bytes(self, release, tmp_path):
        first, second = (write_atlas(release, tmp_path / name) for name in ("a.html", "b.html"))
        assert first.read_bytes() == second.read_bytes()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]

    def test_rendering_twice_gives_the_same(self, release):
        drawing = atlas(release)
        assert drawing.get_root().render() == drawing.get_root().render()

    def test_a_failed_write_leaves_the_former_page(self, release, tmp_path, monkeypatch):
        path = write_atlas(release, tmp_path / "atlas.html")
        before = path.read_bytes()

        def refuse(*_):
            raise OSError(28, "no space left")

        monkeypatch.setattr("sozialraum.files.os.replace", refuse)
        with pytest.raises(OutputError):
            write_atlas(replace(release, city="Anderswo"), path)
        assert path.read_bytes() == before

    def test_a_small_city_is_a_small_file(self, html):
        assert len(html.encode()) < 600_000
