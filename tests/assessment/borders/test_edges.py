"""Borders and the claim that transitions are fluid: by hand, on planted cities, and on lines of the map."""

import json
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph
from numpy.testing import assert_allclose

from sozialraum.assessment.borders import edges as module
from sozialraum.assessment.borders.edges import BORDERS, CITY_EDGE_COLUMNS, CLAIMS, EDGE_COLUMNS, edges
from sozialraum.assessment.borders.lines import border_lines
from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.texts import has_text

pytestmark = pytest.mark.slow

DATE = "2020-12-31"


def _chain(keys):
    pairs = list(pairwise(keys))
    focal, neighbor = zip(*pairs, *[(two, one) for one, two in pairs], strict=True)
    return Graph.from_arrays(list(focal), list(neighbor), np.ones(len(focal)))


@pytest.fixture
def row_of_four(lattice):
    return lattice(1, 4)


@pytest.fixture
def city(lattice):
    districts = lattice(6, 8)
    return districts, neighbours(districts).graph


class TestBorders:
    def test_difference_and_interval_of_newcombe(self, counted, row_of_four):
        # Newcombe (1998), table II, example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339
        table = counted("poor", DATE, [56, 48, 48, 48], [70, 80, 80, 80], row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index))).table
        assert list(found.columns) == list(EDGE_COLUMNS)
        assert list(found.index) == [("00", "01"), ("01", "02"), ("02", "03")]
        first = found.loc[("00", "01")]
        assert_allclose(
            first[["difference", "lower", "upper"]].astype(float), [0.2, 0.0524, 0.3339], atol=5e-5
        )
        assert found.loc[("01", "02"), "difference"] == 0
        assert found.loc[("01", "02"), "p"] == 1

    def test_interval_at_the_end_of_the_scale(self, counted, row_of_four):
        # Newcombe (1998), table II, example (h): 10/10 against 0/10, method 10: 0.6075 to 1
        table = counted("poor", DATE, [10, 0, 0, 0], [10, 10, 10, 10], row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index))).table
        assert_allclose(found.loc[("00", "01"), ["lower", "upper"]].astype(float), [0.6075, 1], atol=5e-5)
        assert found.loc[("01", "02"), ["lower", "upper"]].tolist() == pytest.approx(
            [-0.2775, 0.2775], abs=5e-5
        )

    def test_kinds_of_border(self, counted, row_of_four):
        # 10 % | 30 % is a jump, 30 % | 33 % differs for certain, 33 % | 33.1 % does not
        sizes = np.array([20_000] * 4)
        table = counted("poor", DATE, [2_000, 6_000, 6_600, 6_620], sizes, row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index)), minimum=0.1)
        assert found.table["border"].tolist() == list(BORDERS[:3])
        assert list(found.sharp("poor", DATE).index) == [("00", "01")]
        assert found.city["sharp"].tolist() == [1]
        assert found.city["minimum"].tolist() == [0.1]
        # 2 * 1.96 * sqrt of both variances, halved: about 0.8 points beside the minimum
        assert found.city["detectable"].tolist() == pytest.approx([0.109], abs=0.001)

    def test_a_jump_that_may_be_smaller_than_the_minimum_is_not_sharp(self, counted, row_of_four):
        # 10 % | 16 %: beyond chance, but 5 points are within the interval
        table = counted("poor", DATE, [100, 160, 160, 160], [1_000] * 4, row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index))).table
        assert found["border"].tolist() == ["distinguishable", "indistinguishable", "indistinguishable"]

    def test_ten_times_as_many_people_from_ten_times_as_large_households_say_the_same(
        self, counted, row_of_four, catalogue_of
    ):
        small = counted("poor", DATE, [20, 40, 40, 40], [100] * 4, row_of_four.index)
        large = counted("poor", DATE, [200, 400, 400, 400], [1_000] * 4, row_of_four.index)
        graph = _chain(list(row_of_four.index))
        catalogue = catalogue_of({"poor": "need"}, design_effect=10.0)
        pd.testing.assert_frame_equal(
            edges(small, row_of_four, graph).table,
            edges(large, row_of_four, graph, catalogue=catalogue).table,
        )

    def test_the_kind_comes_from_the_catalogue(self, counted, row_of_four, catalogue_of):
        # Places per child: all below 1 by chance, yet no share; nothing is tested as if it were one.
        table = counted("places", DATE, [200, 800, 800, 800], [1_000] * 4, row_of_four.index)
        graph = _chain(list(row_of_four.index))
        ratio = catalogue_of({"places": "provision"}, kind="ratio")
        assert set(edges(table, row_of_four, graph, catalogue=ratio).table["border"]) == {"not assessable"}
        more = counted("places", DATE, [200, 1_100, 800, 800], [1_000] * 4, row_of_four.index)
        assert edges(more, row_of_four, graph, catalogue=ratio).city["statistic"].tolist() == [
            pytest.approx(0.4)
        ]
        with pytest.raises(SozialraumError, match="kind = 'ratio'"):
            edges(more, row_of_four, graph)

    def test_small_counts_make_no_sharp_edge(self, counted, row_of_four):
        table = counted("poor", DATE, [0, 2, 0, 2], [8, 8, 8, 8], row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index)))
        assert set(found.table["border"]) == {"indistinguishable"}

    def test_without_counts_on_one_side_a_border_is_not_assessable(self, counted, row_of_four):
        table = counted("poor", DATE, [500, np.nan, 100, 100], [1_000] * 4, row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index)))
        assert found.table["border"].tolist() == ["not assessable", "not assessable", "indistinguishable"]
        assert found.table["difference"].isna().tolist() == [True, True, False]
        assert found.city[["borders", "tested", "districts", "omitted"]].iloc[0].tolist() == [1, 1, 3, 1]
        assert found.city["claim"].tolist() == ["not assessable"]

    def test_p_is_corrected_within_one_indicator_and_date(self, counted, row_of_four):
        table = counted("poor", DATE, [100, 140, 140, 180], [1_000] * 4, row_of_four.index)
        more = pd.concat([table, table.assign(indicator="old"), table.assign(date="2021-12-31")])
        graph = _chain(list(row_of_four.index))
        alone, together = edges(table, row_of_four, graph), edges(more, row_of_four, graph)
        p = np.sort(alone.table["p"])
        assert np.sort(alone.table["p_adjusted"]) == pytest.approx([3 * p[0], 3 / 2 * p[1], p[2]])
        chosen = together.table[(together.table["indicator"] == "poor") & (together.table["date"] == DATE)]
        pd.testing.assert_frame_equal(chosen, alone.table)
        assert len(together.city) == 3


class TestClaim:
    def test_a_gradient_is_fluid(self, counted, city):
        districts, graph = city
        column = np.arange(48) % 8
        rng = np.random.default_rng(0)
        table = counted(
            "poor", DATE, rng.binomial(2_000, 0.05 + 0.02 * column), [2_000] * 48, districts.index
        )
        found = edges(table, districts, graph)
        row = found.city.iloc[0]
        assert row["claim"] == "supported"
        assert row["p_smoother"] == pytest.approx(1 / 2_000)
        assert row["statistic"] < 0.6 * row["expected"]
        assert "stützen" in found.statements().iloc[0]
        assert "support" in found.statements("en").iloc[0]

    def test_a_gradient_too_slight_for_a_jump_supports_nothing(self, counted, city):
        districts, graph = city
        slope = np.arange(48) % 8
        table = counted(
            "poor", DATE, np.round(20_000 * (0.01 + 0.005 * slope)), [20_000] * 48, districts.index
        )
        row = edges(table, districts, graph).city.iloc[0]
        # Two at random differ by 1.3 points; no border could reach the minimum of 5.
        assert row["expected"] < 0.025
        assert row["p_smoother"] == pytest.approx(1 / 2_000)
        assert row["claim"] == "undecided"
        finer = edges(table, districts, graph, minimum=0.01).city.iloc[0]
        assert finer["claim"] == "supported"

    def test_a_chessboard_is_not(self, counted, city):
        districts, _ = city
        number = np.arange(48)
        rate = np.where((number // 8 + number) % 2 == 0, 0.1, 0.3)
        rook = neighbours(districts, method="rook").graph
        found = edges(counted("poor", DATE, 2_000 * rate, [2_000] * 48, districts.index), districts, rook)
        row = found.city.iloc[0]
        assert row["claim"] == "rejected"
        assert row["p_rougher"] == pytest.approx(1 / 2_000)
        assert row["sharp"] == row["tested"] == 82
        assert "82 von 82" in found.statements().iloc[0]

    @pytest.mark.slow
    @pytest.mark.parametrize("side", [8, 17, 30])
    def test_a_wall_through_the_city_is_found_named_and_sized(self, counted, lattice, side):
        districts = lattice(side, side)
        column = np.arange(side**2) % side
        rng = np.random.default_rng(side)
        people = 2_000
        cases = rng.binomial(people, np.where(column < side // 2, 0.1, 0.3))
        table = counted("poor", DATE, cases, [people] * side**2, districts.index)
        both = {
            method: edges(table, districts, neighbours(districts, method=method), permutations=199)
            for method in ("queen", "rook")
        }
        pd.testing.assert_frame_equal(both["queen"].city, both["rook"].city)
        pd.testing.assert_frame_equal(both["queen"].table, both["rook"].table)
        found = both["rook"]
        assert found.city["claim"].tolist() == ["rejected"]
        wall = found.walls.iloc[0]
        assert len(found.walls) == 1
        assert wall["borders"] == side
        assert wall["length"] == pytest.approx(1_000 * side)
        assert wall["jump"] == pytest.approx(0.2, abs=0.02)
        # from the first row of districts to the last one
        first, last = side // 2 - 1, side * (side - 1) + side // 2 - 1
        keys = list(districts.index)
        assert {wall["from"], wall["to"]} == {
            f"Quartier {keys[first]} | Quartier {keys[first + 1]}",
            f"Quartier {keys[last]} | Quartier {keys[last + 1]}",
        }
        assert set(wall["low"]) == {keys[at] for at in range(side**2) if column[at] == side // 2 - 1}
        for told in (found.statements().iloc[0], found.statements("en").iloc[0]):
            assert wall["from"] in told
            assert f"{side} " in told
        assert "Wand" in found.statements().iloc[0]

    def test_without_names_a_wall_is_named_by_keys(self, counted, city):
        districts, graph = city
        rate = np.where(np.arange(48) % 8 < 4, 0.1, 0.3)
        table = counted("poor", DATE, 2_000 * rate, [2_000] * 48, districts.index)
        found = edges(table, districts[["geometry"]], graph)
        assert "03 | 04" in found.statements().iloc[0]

    @pytest.mark.slow
    @pytest.mark.parametrize("steepness", [0.2, 0.6])
    def test_a_slope_is_no_wall_however_steep(self, counted, lattice, steepness):
        districts = lattice(8, 8)
        rng = np.random.default_rng(1)
        rate = 0.05 + steepness * (np.arange(64) % 8) / 7
        tables = [
            counted(f"i{at}", DATE, rng.binomial(2_000, rate), [2_000] * 64, districts.index)
            for at in range(40)
        ]
        found = edges(pd.concat(tables), districts, neighbours(districts), permutations=199)
        assert (found.city["walls"] > 0).mean() <= 0.05

    @pytest.mark.parametrize("kind", ["equal", "unequal", "two values"])
    def test_a_city_without_order_has_no_wall(self, counted, lattice, kind):
        districts = lattice(8, 8)
        rng = np.random.default_rng(2)
        rates = {
            "equal": lambda: np.full(64, 0.15),
            "unequal": lambda: np.clip(rng.normal(0.15, 0.05, 64), 0.01, 0.9),
            "two values": lambda: rng.permutation(np.repeat([0.1, 0.3], 32)),
        }
        tables = [
            counted(f"i{at}", DATE, rng.binomial(2_000, rates[kind]()), [2_000] * 64, districts.index)
            for at in range(80)
        ]
        found = edges(pd.concat(tables), districts, neighbours(districts), permutations=199)
        assert (found.city["walls"] > 0).mean() <= 0.05

    def test_one_odd_district_is_no_wall(self, counted, city):
        districts, graph = city
        rate = np.full(48, 0.1)
        rate[20] = 0.4
        found = edges(counted("poor", DATE, 2_000 * rate, [2_000] * 48, districts.index), districts, graph)
        assert found.city[["sharp", "walls"]].iloc[0].tolist() == [4, 0]

    def test_a_wall_of_small_districts_that_no_test_can_see_supports_nothing(self, counted, city):
        districts, graph = city
        rate = np.where(np.arange(48) % 8 < 4, 0.1, 0.3)
        found = edges(counted("poor", DATE, 30 * rate, [30] * 48, districts.index), districts, graph)
        assert found.city["sharp"].tolist() == [0]
        assert found.city["p_smoother"].iloc[0] < 0.001
        assert found.city["claim"].tolist() == ["undecided"]

    def test_a_city_without_differences_decides_nothing(self, counted, city):
        districts, graph = city
        rng = np.random.default_rng(11)
        table = counted("poor", DATE, rng.binomial(300, 0.1, 48), [300] * 48, districts.index)
        assert edges(table, districts, graph).city["claim"].tolist() == ["undecided"]

    def test_published_values_without_counts_are_judged_as_a_whole(self, counted, city):
        districts, graph = city
        table = counted("poor", DATE, np.arange(48) % 8, [100] * 48, districts.index)
        table[["numerator", "denominator"]] = np.nan
        found = edges(table, districts, graph)
        assert set(found.table["border"]) == {"not assessable"}
        # Smooth, but no border was tested: a test that was not made is not a passed test.
        assert found.city["p_smoother"].iloc[0] < 0.001
        assert found.city["claim"].tolist() == ["undecided"]
        told = found.statements().iloc[0]
        assert "keine Fallzahlen" in told
        assert "mehr, als Zufall erklärt" in told

    def test_a_few_tested_borders_do_not_speak_for_the_others(self, counted, city):
        districts, graph = city
        column = np.arange(48) % 8
        table = counted("poor", DATE, 100 + 40 * column, [2_000] * 48, districts.index)
        table.loc[table.index[10:], ["numerator", "denominator"]] = np.nan
        row = edges(table, districts, graph).city.iloc[0]
        assert 0 < row["tested"] < row["borders"] / 2
        assert row["claim"] == "undecided"

    def test_p_agrees_with_all_arrangements(self, counted, row_of_four):
        # 24 arrangements of 1, 2, 4, 8 on a chain; the sum of steps is smallest (7) for the sorted ones only.
        table = counted("poor", DATE, [1, 2, 4, 8], [10] * 4, row_of_four.index)
        row = edges(table, row_of_four, _chain(list(row_of_four.index)), permutations=9_999).city.iloc[0]
        assert row["statistic"] == pytest.approx(0.7 / 3)
        assert row["expected"] == pytest.approx((0.1 + 0.3 + 0.7 + 0.2 + 0.6 + 0.4) / 6)
        assert row["p_smoother"] == pytest.approx(2 / 24, abs=0.01)
        assert row["p_rougher"] == 1

    def test_level_under_chance_is_held(self, counted, city):
        districts, graph = city
        rng = np.random.default_rng(2)
        sizes = [100_000] * 48
        tables = [
            counted(f"i{at}", DATE, np.round(1e5 * rng.random(48)), sizes, districts.index)
            for at in range(200)
        ]
        found = edges(pd.concat(tables), districts, graph, permutations=499).city
        assert 0 < (found["p_smoother"] <= 0.05).mean() < 0.1
        assert 0 < (found["p_rougher"] <= 0.05).mean() < 0.1

    def test_blocks_and_other_indicators_do_not_change_p(self, counted, city, monkeypatch):
        districts, graph = city
        rng = np.random.default_rng(4)
        table = counted("poor", DATE, rng.binomial(300, 0.1, 48), [300] * 48, districts.index)
        other = counted("old", DATE, rng.binomial(300, 0.3, 48), [300] * 48, districts.index)
        alone = edges(table, districts, graph, permutations=99).city
        monkeypatch.setattr(module, "CELLS", 500)
        both = edges(pd.concat([other, table]), districts, graph, permutations=99).city
        pd.testing.assert_frame_equal(both.iloc[[1]].reset_index(drop=True), alone)


class TestLines:
    def test_shared_boundary_and_connector(self, lattice):
        districts = lattice(2, 2)
        lines = border_lines(districts, neighbours(districts).graph)
        assert list(lines.index) == [
            ("00", "01"),
            ("00", "02"),
            ("00", "03"),
            ("01", "02"),
            ("01", "03"),
            ("02", "03"),
        ]
        assert lines["kind"].tolist() == ["border", "border", "corner", "corner", "border", "border"]
        assert_allclose(lines.length[lines["kind"] == "border"], 1000)
        assert lines.loc[("00", "01"), "geometry"].bounds == (501_000, 5_700_000, 501_000, 5_701_000)
        assert_allclose(shapely.get_coordinates(lines.loc[("00", "03"), "geometry"])[0], [500_500, 5_700_500])
        assert lines.crs == districts.crs

    def test_a_gap_in_the_drawing_still_has_a_border(self, lattice):
        districts = lattice(1, 2)
        districts.loc["01", "geometry"] = shapely.box(501_000.4, 5_700_000, 502_000, 5_701_000)
        lines = border_lines(districts, neighbours(districts).graph)
        assert lines["kind"].tolist() == ["border"]
        assert lines.length.iloc[0] == pytest.approx(1000, abs=3)

    def test_a_bridge_is_a_connector(self, lattice):
        districts = lattice(1, 3).drop("01")
        graph = neighbours(districts, extra=[("00", "02")]).graph
        assert border_lines(districts, graph)["kind"].tolist() == ["connector"]

    def test_layer_joins_lines_and_results(self, counted, row_of_four):
        table = counted("poor", DATE, [1, 2, 4, 8], [10] * 4, row_of_four.index)
        found = edges(table, row_of_four, _chain(list(row_of_four.index)))
        layer = found.layer("poor", DATE)
        assert layer.geom_type.tolist() == ["LineString"] * 3
        assert layer["difference"].tolist() == pytest.approx([-0.1, -0.2, -0.4])
        assert layer.crs == row_of_four.crs

    def test_a_district_without_polygon_is_named(self, row_of_four):
        districts = row_of_four.copy()
        districts.loc["02", "geometry"] = None
        with pytest.raises(AlignmentError, match=r": 02\."):
            border_lines(districts, _chain(list(districts.index)))


class TestInput:
    def test_options_are_told_together(self, counted, row_of_four):
        table = counted("poor", DATE, [1, 2, 4, 8], [10] * 4, row_of_four.index)
        with pytest.raises(SozialraumError) as caught:
            edges(table, row_of_four, _chain(list(row_of_four.index)), minimum=-1, alpha=0, tolerated=2)
        assert len(caught.value.problems) == 3

    def test_an_empty_table_gives_empty_results(self, counted, row_of_four):
        table = counted("poor", DATE, [1, 2, 4, 8], [10] * 4, row_of_four.index).iloc[:0]
        found = edges(table, row_of_four, _chain(list(row_of_four.index)))
        assert found.table.empty
        assert list(found.city.columns) == list(CITY_EDGE_COLUMNS)
        assert len(found.lines) == 3

    def test_a_city_without_neighbours_is_not_assessable(self, counted, lattice):
        districts = lattice(1, 3).drop("01")
        table = counted("poor", DATE, [10, 20], [100, 100], districts.index)
        found = edges(table, districts, neighbours(districts).graph)
        assert found.table.empty
        assert found.lines.empty
        assert found.city["claim"].tolist() == ["not assessable"]
        assert "nicht beurteilbar" in found.statements().iloc[0]

    def test_nothing_of_the_caller_is_changed(self, counted, city):
        districts, graph = city
        table = counted("poor", DATE, np.arange(48), [300] * 48, districts.index)
        before = table.copy(), districts.copy(), graph.adjacency.copy()
        edges(table, districts, graph, permutations=9)
        pd.testing.assert_frame_equal(table, before[0])
        pd.testing.assert_frame_equal(districts, before[1])
        pd.testing.assert_series_equal(graph.adjacency, before[2])

    def test_order_of_districts_does_not_matter(self, counted, city):
        districts, graph = city
        rng = np.random.default_rng(4)
        table = counted("poor", DATE, rng.binomial(300, rng.random(48)), [300] * 48, districts.index)
        one = edges(table, districts, graph, permutations=0).table
        two = edges(table.sample(frac=1, random_state=1), districts, graph, permutations=0).table
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("kind", "names"), [("border", BORDERS), ("claim", CLAIMS), ("edge", ("border", "corner", "connector"))]
)
def test_everything_that_can_come_out_has_a_text(kind, names):
    assert [name for name in names if not has_text(f"mixing.{kind}.{name}")] == []


@pytest.mark.shared
def test_leipzig_is_smoother_than_chance_yet_has_sharp_edges(shared_data, counted):
    def read(file, column):
        table = pd.read_csv(shared_data / "leipzig" / f"{file}.csv", sep=";")
        return table[table["jahr"] == 2022].set_index("ortsteil")[column]

    source = json.loads((shared_data / "leipzig" / "leipzig-districts.json").read_text("utf-8"))
    shapes = {
        part["properties"]["title"]: shapely.transform(
            shapely.geometry.shape(part["geometry"]), lambda points: points[:, ::-1]
        )
        for part in source["features"]
        if part["properties"]["key"] != "XX"
    }
    districts = gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=4326).to_crs(25833)
    people = read("einwohner", "Einwohner insgesamt")
    poor = read("bedarfsgemeinschaften", "Leistungsberechtigte").reindex(people.index)
    table = counted("sgb2", "2022-12-31", poor, people, list(people.index))
    found = edges(table, districts, neighbours(districts).graph)
    row = found.city.iloc[0]
    assert row[["borders", "tested", "sharp", "districts"]].tolist() == [157, 157, 45, 63]
    assert row["statistic"] == pytest.approx(0.045397, abs=1e-6)
    assert row["expected"] == pytest.approx(0.055802, abs=1e-6)
    assert row["p_smoother"] < 0.005
    assert row["claim"] == "rejected"
    sharp = found.sharp("sgb2", "2022-12-31")
    assert ("Volkmarsdorf", "Zentrum-Ost") in sharp.index
    assert sharp.index.isin([("Grünau-Mitte", "Grünau-Siedlung")]).any()
