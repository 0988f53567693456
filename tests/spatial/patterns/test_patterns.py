"""Statistics of a whole city and of several indicators: against esda, by hand, and their levels."""

from __future__ import annotations

import warnings

import esda
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph
from scipy.stats import kstest

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.bivariate import local_moran_bivariate
from sozialraum.spatial.engine.inference import StatisticsWarning
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.patterns import flips, joint
from sozialraum.spatial.patterns.change import cluster_change, transitions
from sozialraum.spatial.patterns.city_statistics import global_statistics, lee_l, losh
from sozialraum.spatial.patterns.flips import Patterns, flip_signs, patterns_by_distance
from sozialraum.spatial.patterns.joint import burdened_together, colocation
from sozialraum.spatial.patterns.relation import relate
from sozialraum.spatial.patterns.scan import scan_counts

pytestmark = pytest.mark.slow

SIDE = 9


def squares(columns, rows):
    x, y = (place.ravel() for place in np.meshgrid(np.arange(columns) * 100.0, np.arange(rows) * 100.0))
    keys = pd.Index([f"{number:02d}" for number in range(len(x))], name="district")
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 100, y + 100), crs=25833, index=keys)


@pytest.fixture(scope="module")
def city():
    return squares(SIDE, SIDE)


@pytest.fixture(scope="module")
def graph(city):
    return neighbours(city)


@pytest.fixture(scope="module")
def smooth(graph, city):
    """Return a function: random generator to a smooth variable (simultaneous autoregression, 0.8)."""
    dense = graph.graph.transform("R").sparse.todense()
    spread = np.linalg.inv(np.eye(len(city)) - 0.8 * np.asarray(dense))
    return lambda rng: pd.Series(spread @ rng.standard_normal(len(city)), index=city.index)


class TestGlobal:
    def test_esda_computes_what_stands_in_the_table(self, city, graph):
        values = pd.Series(np.random.default_rng(1).random(len(city)), index=city.index)
        found = global_statistics(values.sample(frac=1, random_state=1), graph, permutations=199)
        weights = graph.graph.transform("R").to_W()
        assert found.loc["geary_c", "statistic"] == pytest.approx(
            esda.Geary(values, weights, permutations=0).C
        )
        assert found.loc["getis_ord_g", "statistic"] == pytest.approx(
            esda.G(values.to_numpy(), graph.graph.to_W(), permutations=0).G
        )
        again = global_statistics(values, graph, permutations=199)
        pd.testing.assert_frame_equal(found, again)

    def test_join_counts_of_two_halves(self, city, graph):
        half = pd.Series((np.arange(len(city)) % SIDE < 4).astype(float), index=city.index)
        found = global_statistics(half, graph, permutations=199)
        # queen links within 4 columns of 9: 27 across, 32 along, 48 diagonal
        assert found.loc["join_count", "statistic"] == 27 + 32 + 48
        assert found.loc["join_count", "p"] == pytest.approx(0.01)

    def test_missing_districts_are_left_out_and_the_generator_is_put_back(self, city, graph):
        values = pd.Series(np.random.default_rng(2).random(len(city)), index=city.index)
        values.iloc[3] = np.nan
        np.random.seed(4)  # noqa: NPY002
        expected = np.random.random()  # noqa: NPY002
        np.random.seed(4)  # noqa: NPY002
        found = global_statistics(values, graph, permutations=99)
        assert np.random.random() == expected  # noqa: NPY002
        assert found["districts"].tolist() == [len(city) - 1] * 3
        assert np.isnan(losh(values, graph).loc["03", "statistic"])

    def test_lee_agrees_with_esda(self, city, graph):
        rng = np.random.default_rng(3)
        one, two = (pd.Series(rng.random(len(city)), index=city.index) for _ in range(2))
        theirs = esda.Spatial_Pearson(connectivity=graph.graph.transform("R").sparse, permutations=0)
        theirs.fit(one.to_numpy()[:, None], two.to_numpy()[:, None])
        assert lee_l(one, two.sample(frac=1, random_state=1), graph) == pytest.approx(
            np.asarray(theirs.association_)[0, 1]
        )
        with pytest.raises(AlignmentError):
            lee_l(one, two.iloc[1:], graph)

    def test_the_expected_values_are_those_of_the_textbook(self, city, graph):
        values = pd.Series(np.random.default_rng(20).random(len(city)), index=city.index)
        found = global_statistics(values, graph, permutations=4_999)["expected"]
        theirs = esda.G(values.to_numpy(), graph.graph.to_W(), permutations=0).EG
        assert found["geary_c"] == pytest.approx(1, abs=0.005)
        assert found["getis_ord_g"] == pytest.approx(theirs, rel=0.005)

    def test_p_of_all_arrangements_by_hand(self):
        """A - B - C with 0, 1, 3: Geary's C takes only the values of three middles, each twice in six.

        Squares of differences: middle 1: 1 + 4; middle 0: 1 + 9; middle 3: 4 + 9. Seen: 5, the smallest, as
        often as a third of all: p = 2/3.
        """
        line = Graph.from_arrays(list("ABBC"), list("BACB"), [1, 1, 1, 1])
        found = global_statistics(pd.Series([0.0, 1.0, 3.0], index=list("ABC")), line, permutations=9_999)
        assert found.loc["geary_c", "p"] == pytest.approx(2 / 3, abs=0.02)

    @pytest.mark.slow
    def test_losh_holds_its_level_for_skewed_values(self, city, graph):
        rng = np.random.default_rng(21)
        p = [
            losh(pd.Series(np.exp(rng.standard_normal(81)), index=city.index), graph, permutations=199)["p"]
            for _ in range(25)
        ]
        assert np.mean(np.array(p) <= 0.05) <= 0.065
        assert (
            losh(p[0], graph, permutations=99)["p_adjusted"] >= losh(p[0], graph, permutations=99)["p"]
        ).all()

    def test_losh_is_one_on_average_and_refuses_other_keys(self, city, graph):
        values = pd.Series(np.random.default_rng(5).random(len(city)), index=city.index)
        assert losh(values, graph)["statistic"].mean() == pytest.approx(1, abs=0.15)
        with pytest.raises(AlignmentError):
            losh(values.iloc[1:], graph)


class TestRelation:
    @pytest.mark.slow
    def test_smooth_independent_maps_are_no_relation(self, city, smooth):
        rng = np.random.default_rng(6)
        p = np.array([relate(smooth(rng), smooth(rng), city, permutations=199).p for _ in range(80)])
        assert (p <= 0.05).mean() <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 80)

    @pytest.mark.slow
    def test_p_of_smooth_independent_maps_is_nowhere_too_small(self):
        """Maps alike over eight squares: p was below 0.35 in 43 % of such pairs, below 0.5 in 59 %."""
        row, column = np.divmod(np.arange(SIDE**2), SIDE)
        far = np.hypot(row[:, None] - row, column[:, None] - column)
        around = np.exp(-far / 8)
        rng = np.random.default_rng(31)
        maps = np.einsum("ij,jkl", np.linalg.cholesky(around), rng.standard_normal((SIDE**2, 2, 150)))
        patterns = patterns_by_distance(np.column_stack([row, column]) * 500.0)
        p = []
        for one, two in (maps - maps.mean(axis=0)).transpose(2, 1, 0):
            p.append(flip_signs(one, two, patterns, permutations=199, seed=0).p)
        assert kstest(p, "uniform", alternative="greater").pvalue > 0.1

    def test_p_and_interval_of_all_signs_by_hand(self):
        """Parts 2, 1 of x and 3, -1 of y: products 6 and -1, squares 4 and 1.

        |6s - t| >= 5 for all four pairs of signs, so that p = 1. Slopes: estimate (6 - 1) / 5 = 1; all signs
        the same hold every slope, which are half of them; so the interval is endless.
        """
        found = flip_signs(
            np.array([2.0, 1.0]),
            np.array([3.0, -1.0]),
            (Patterns(vectors=np.eye(2)),),
            permutations=999,
            seed=0,
        )
        assert found.p == 1
        assert (found.lower, found.upper) == (-np.inf, np.inf)
        assert found.effective == pytest.approx(min(1 + 5 * 10 / 37, 2))

    def test_interval_and_p_agree(self, city, smooth):
        """A slope is in the interval if y less that slope of x does not go together with x at 5 %."""
        rng = np.random.default_rng(32)
        x = smooth(rng)
        y = 0.3 * x + 0.5 * smooth(rng)
        found = relate(x, y, city)
        for end, inward in ((found.slope_lower, 1), (found.slope_upper, -1)):
            p_in, p_out = (relate(x, y - (end + step * 0.02 * inward) * x, city).p for step in (1, -1))
            assert p_in > 0.05 >= p_out
        assert (found.p <= 0.05) == (found.slope_lower > 0 or found.slope_upper < 0)
        assert (
            np.sign([found.lower, found.upper]).tolist()
            == np.sign([found.slope_lower, found.slope_upper]).tolist()
        )

    def test_patterns_are_orthonormal_and_from_smooth_to_rough_also_for_places_twice(self):
        places = np.random.default_rng(33).random((40, 2)) * 1_000
        places[1] = places[0]
        for found in patterns_by_distance(places):
            vectors = found.vectors
            assert found.groups is None
            assert vectors.shape == (40, 39)
            assert np.allclose(vectors.T @ vectors, np.eye(39), atol=1e-9)
            assert np.allclose(vectors.sum(axis=0), 0, atol=1e-7)
            far = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
            roughness = np.einsum("ij,ik,jk->k", far, vectors, vectors)
            assert roughness[:5].mean() < roughness[-5:].mean()

    def test_many_places_have_their_smoothest_patterns_and_groups_for_what_is_left(self):
        rng = np.random.default_rng(35)
        places = rng.random((120, 2)) * 1_000
        x, y = (values - values.mean() for values in rng.standard_normal((2, 120)))
        for found in patterns_by_distance(places, largest=100, smoothest=30):
            assert found.vectors.shape == (120, 29)
            assert np.allclose(found.vectors.T @ found.vectors, np.eye(29), atol=1e-9)
            assert np.allclose(found.vectors.sum(axis=0), 0, atol=1e-7)
            assert set(np.bincount(found.groups)) == {4}
            # Neighbours are together: within a group places are a tenth as far apart as in the city.
            spread = np.mean([np.ptp(places[found.groups == group], axis=0) for group in range(30)])
            assert spread < 250
            parts = found.products(x, y)
            assert len(parts) == 29 + 30
            assert parts.sum() == pytest.approx(x @ y)
            assert (found.products(x, x) >= 0).all()

    def test_few_patterns_of_many_places_tell_what_all_would(self, city, smooth):
        rng = np.random.default_rng(36)
        points = city.representative_point()
        places = np.column_stack([points.x, points.y])
        every, few = patterns_by_distance(places), patterns_by_distance(places, largest=50, smoothest=27)
        p = []
        for share in (0, 0, 0, 0.3, 0.3, 0.6):
            x, y = (smooth(rng).to_numpy() for _ in range(2))
            x, y = x - x.mean(), y + share * x - (y + share * x).mean()
            p.append([flip_signs(x, y, patterns, permutations=999, seed=0).p for patterns in (every, few)])
        one, two = np.array(p).T
        assert np.abs(one - two).mean() < 0.08
        assert np.corrcoef(one, two)[0, 1] > 0.9

    def test_no_matrix_of_all_pairs_is_made_of_many_districts(self, monkeypatch):
        made = []
        far = flips._far
        monkeypatch.setattr(
            flips, "_far", lambda one, two: made.append((len(one), len(two))) or far(one, two)
        )
        patterns_by_distance(np.random.default_rng(37).random((400, 2)), largest=100, smoothest=20)
        assert max(one * two for one, two in made) == 400 * 20

    def test_what_is_the_same_and_what_has_few_districts(self, city):
        x = pd.Series(np.random.default_rng(34).random(len(city)), index=city.index)
        same = relate(x, 3 - 2 * x, city)
        assert (same.correlation, same.lower, same.upper) == pytest.approx((-1, -1, -1))
        assert (same.slope_lower, same.slope_upper) == pytest.approx((-2, -2))
        assert same.p == pytest.approx(1e-4, abs=1e-4)
        few = relate(x.iloc[:6], x.iloc[:6] ** 2, city.iloc[:6])
        assert few.p > 0.03
        assert np.isnan(relate(x.iloc[:4], x.iloc[:4] ** 2, city.iloc[:4]).p)

    def test_a_relation_is_found_and_its_slope_covered(self, city, smooth):
        rng = np.random.default_rng(7)
        x = smooth(rng)
        noise = pd.Series(rng.standard_normal(len(city)), index=city.index)
        found = relate(x, (2 * x + noise).sample(frac=1, random_state=1), city)
        assert found.p < 0.001
        assert found.slope_lower < 2 < found.slope_upper
        assert found.lower < found.correlation < found.upper
        assert found.effective <= found.districts == len(city)
        assert "einzelne Menschen" in found.warning("de")

    @pytest.mark.slow
    def test_two_slopes_through_the_city_are_two_observations(self, city):
        rng = np.random.default_rng(22)
        row, column = np.divmod(np.arange(len(city)), SIDE)
        p = []
        for _ in range(60):
            turn = rng.uniform(0, 2 * np.pi, 2)
            one, two = (
                pd.Series(
                    np.cos(t) * row + np.sin(t) * column + 2 * rng.standard_normal(81), index=city.index
                )
                for t in turn
            )
            p.append(relate(one, two, city, permutations=199).p)
        assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 60)

    def test_districts_in_a_row_and_rows_in_any_order(self, city):
        street = city.iloc[: 3 * SIDE].copy()
        street.geometry = shapely.box(np.arange(27) * 100.0, 0, np.arange(27) * 100.0 + 100, 100)
        rng = np.random.default_rng(23)
        one, two = (pd.Series(rng.random(27), index=street.index) for _ in range(2))
        found = relate(one, two, street)
        again = relate(one[::-1], two, street.sample(frac=1, random_state=1))
        assert found.p == pytest.approx(again.p)
        assert 3 < found.effective <= 27

    def test_nothing_to_relate(self, city):
        constant = pd.Series(1.0, index=city.index)
        assert np.isnan(relate(constant, constant, city).p)


class TestScan:
    def test_a_planted_place_is_found(self, city):
        people = pd.Series(1_000, index=city.index)
        rate = np.full(len(city), 0.05)
        place = [f"{row * SIDE + column:02d}" for row in range(2, 5) for column in range(2, 5)]
        rate[city.index.isin(place)] = 0.1
        cases = pd.Series(np.random.default_rng(8).binomial(1_000, rate), index=city.index)
        found = scan_counts(cases.sample(frac=1, random_state=1), people, city, permutations=199)
        assert set(found.iloc[0]["keys"]) == set(place)
        assert found.iloc[0]["p"] == pytest.approx(1 / 200)
        assert found.iloc[0]["ratio"] > 1.5

    def test_ratio_of_persons_by_hand(self):
        """Two districts of 10 people, 6 and 2 cases; the window is the first alone.

        Bernoulli: 6 ln .6 + 4 ln .4 + 2 ln .2 + 8 ln .8 - (8 ln .4 + 12 ln .6) = 1.7261.
        Poisson, as soon as one has more cases than people: 12 and 2 cases of 14, 7 expected:
        12 ln (12/7) + 2 ln (2/7) = 3.9624.
        """
        two = squares(2, 1)
        people = pd.Series([10, 10], index=two.index)
        found = scan_counts(pd.Series([6, 2], index=two.index), people, two, permutations=9)
        assert found.iloc[0]["statistic"] == pytest.approx(1.7261, abs=1e-4)
        found = scan_counts(pd.Series([12, 2], index=two.index), people, two, permutations=9)
        assert found.iloc[0]["statistic"] == pytest.approx(3.9624, abs=1e-4)

    @pytest.mark.slow
    def test_level_of_a_frequent_group(self, city):
        """40 % of all people: cases that are dealt out as if anybody could be one twice would hide half."""
        rng = np.random.default_rng(19)
        people = pd.Series(rng.integers(200, 3_000, len(city)), index=city.index)
        p = np.array(
            [
                scan_counts(
                    pd.Series(rng.binomial(people, 0.4), index=city.index), people, city, permutations=99
                ).iloc[0]["p"]
                for _ in range(40)
            ]
        )
        assert 0.3 < p.mean() < 0.7

    @pytest.mark.slow
    def test_level(self, city):
        rng = np.random.default_rng(9)
        people = pd.Series(rng.integers(200, 3_000, len(city)), index=city.index)
        p = [
            scan_counts(
                pd.Series(rng.binomial(people, 0.05), index=city.index), people, city, permutations=99
            ).iloc[0]["p"]
            for _ in range(60)
        ]
        assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 60)

    def test_faults(self, city):
        people = pd.Series(100, index=city.index)
        with pytest.raises(SozialraumError):
            scan_counts(people, people, city, largest=1)
        with pytest.raises(SozialraumError):
            scan_counts(-people, people, city)
        assert scan_counts(people * 0, people, city).empty


class TestJoint:
    @pytest.mark.slow
    @pytest.mark.parametrize("rho", [0.8, 0.95])
    def test_smooth_independent_maps_coincide_rarely(self, city, graph, rho):
        """Share of districts with p <= 0.05; 7 and 18 % by the clusters alone."""
        rng = np.random.default_rng(10)
        dense = np.asarray(graph.graph.transform("R").sparse.todense())
        spread = np.linalg.inv(np.eye(len(city)) - rho * dense)
        shares = []
        for _ in range(40):
            one, two = (
                pd.Series(spread @ rng.standard_normal(len(city)), index=city.index) for _ in range(2)
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", StatisticsWarning)
                shares.append((colocation(one, two, graph, permutations=499)["p"] <= 0.05).mean())
        assert np.mean(shares) <= 0.06

    def test_the_share_that_lies_as_far_from_the_mean_counts_ties(self):
        assert joint._share_as_far(np.array([3.0, -2.0, 1.0, -1.0])).tolist() == [0.25, 0.5, 1.0, 1.0]

    def test_a_place_that_stands_out_in_both_maps_has_the_square_of_its_share(self, city, graph, monkeypatch):
        """Of 81 districts the highest corner of one map is also that of the other: (1 / 81)^2."""
        rng = np.random.default_rng(3)
        values = pd.DataFrame(rng.standard_normal((len(city), 2)), index=city.index)
        values.loc[["00", "01", "09", "10"]] += 20
        everywhere = np.ones(len(city), dtype=bool)
        both = joint._by_chance(values, graph, everywhere)
        monkeypatch.setattr(joint, "LARGEST", 10)
        place = pd.Series(joint._by_chance(values, graph, everywhere), index=city.index)
        assert place.min() == pytest.approx(1 / 81**2)
        assert place.idxmin() == "00"
        # As a whole the maps go together, too: then that p holds for every district.
        assert np.unique(both).size < np.unique(place).size
        assert both.max() <= 1

    def test_the_order_of_rows_changes_no_p(self, graph, smooth):
        one, two = smooth(np.random.default_rng(4)), smooth(np.random.default_rng(5))
        found = colocation(one, two, graph, permutations=9_999)
        again = colocation(
            one.sample(frac=1, random_state=1), two.sample(frac=1, random_state=2), graph, permutations=9_999
        )
        pd.testing.assert_frame_equal(again.loc[found.index], found)

    def test_a_city_in_two_parts_is_no_trouble(self, city):
        """Its neighbourhood has two constant patterns; none is left out unseen."""
        between = list(zip(city.index[3::SIDE], city.index[4::SIDE], strict=True))
        torn = neighbours(city, method="rook", removed=between)
        corner = ["00", "01", "09", "10"]
        rng = np.random.default_rng(6)
        values = pd.DataFrame(rng.standard_normal((len(city), 2)), index=city.index)
        values.loc[corner] += 5
        found = colocation(values[0], values[1], torn, permutations=9_999)
        assert found["p"].between(0, 1).all()
        assert found.loc[corner, "p"].max() <= 0.05
        assert found["p"].idxmin() in corner

    def test_the_bivariate_map_says_that_it_does_not_hold_for_smooth_maps(self, city, graph, smooth):
        rng = np.random.default_rng(15)
        with pytest.warns(StatisticsWarning, match="colocation"):
            local_moran_bivariate(smooth(rng), smooth(rng), graph, permutations=1_999)
        rough = pd.Series(rng.standard_normal(len(city)), index=city.index)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            local_moran_bivariate(rough, smooth(rng), graph, permutations=99_999)

    def test_need_within_little_provision_is_found(self, city, graph):
        column = np.arange(len(city)) % SIDE
        rng = np.random.default_rng(11)
        need = pd.Series(np.where(column < 4, 3.0, 0.0) + rng.random(len(city)), index=city.index)
        provision = pd.Series(np.where(column < 4, 0.0, 3.0) + rng.random(len(city)), index=city.index)
        provision.iloc[80] = np.nan
        found = colocation(need, provision, graph, permutations=9_999)
        assert found.loc["37", "label"] == "high-low"
        assert found.loc["43", "label"] == "low-high"
        assert found.loc["80", "label"] == "not assessable"

    def test_several_burdens_side_by_side(self, city, graph):
        rng = np.random.default_rng(12)
        values = pd.DataFrame(rng.random((len(city), 3)), index=city.index, columns=list("abc"))
        corner = [f"{row * SIDE + column:02d}" for row in range(3) for column in range(3)]
        values.loc[corner, ["a", "b"]] += 1
        table = burdened_together(values, graph, permutations=9_999).table
        assert table.loc["10", "statistic"] >= 8
        assert table.loc["10", "label"] == "together"
        assert np.isnan(table.loc["60", "p"])
        with pytest.raises(SozialraumError):
            burdened_together(values, graph, least=4)


class TestChange:
    def test_a_new_cluster_is_told(self, city, graph):
        rng = np.random.default_rng(13)
        before = pd.Series(rng.random(len(city)), index=city.index)
        corner = [f"{row * SIDE + column:02d}" for row in range(4) for column in range(4)]
        after = before.copy()
        after.loc[corner] += 3
        found = cluster_change(before, after.sample(frac=1, random_state=1), graph, permutations=9_999)
        assert found.loc["10", "change"] == "new cluster"
        assert found.loc["10", "own"] > 0
        assert found.loc["10", "p_change_adjusted"] < 0.05
        back = cluster_change(after, before, graph, permutations=9_999)
        assert back.loc["10", "change"] == "cluster left"

    def test_transitions_by_hand(self, city, graph):
        half = np.where(np.arange(len(city)) % SIDE < 4, "a", "b")
        classes = pd.DataFrame({"2020": half, "2021": "b"}, index=city.index)
        found = transitions(classes, ["a", "b"], graph=graph)
        assert found.counts.to_numpy().sum() == len(city)
        assert found.counts.loc[("same", "a"), "b"] == 4 * SIDE
        assert found.shares.loc[("same", "a"), "b"] == 1
        assert found.shares.loc[("lower", "a")].isna().all()

    @pytest.mark.slow
    def test_neighbours_that_make_no_difference(self, city, graph):
        rng = np.random.default_rng(14)
        p = []
        for _ in range(60):
            classes = pd.DataFrame(rng.choice(["a", "b"], (len(city), 4)), index=city.index)
            p.append(transitions(classes, ["a", "b"], graph=graph, permutations=499).p)
        assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 60)

    @pytest.mark.slow
    def test_neighbours_that_move_together_are_no_pull(self, city, graph, smooth):
        """Every class changes by the same shares; only, neighbours do so together."""
        rng = np.random.default_rng(16)
        p = []
        for _ in range(60):
            state = np.digitize(smooth(rng), [-0.5, 0.5])
            dates = [state]
            for _ in range(4):
                push = smooth(rng)
                state = np.clip(state + (push > push.std()) - (push < -push.std()), 0, 2)
                dates.append(state)
            classes = pd.DataFrame(dict(enumerate(dates)), index=city.index)
            p.append(transitions(classes, [0, 1, 2], graph=graph, permutations=499).p)
        assert np.mean(np.array(p) <= 0.05) <= 0.16

    def test_a_pull_is_found_in_any_order_of_rows(self, city, graph):
        """At each date a district takes the class of the district to its left."""
        rng = np.random.default_rng(17)
        state = rng.integers(0, 2, len(city))
        dates = [state]
        for _ in range(3):
            state = np.where(
                rng.random(len(city)) < 0.5, np.roll(state.reshape(SIDE, SIDE), 1, 1).ravel(), state
            )
            dates.append(state)
        classes = pd.DataFrame(dict(enumerate(dates)), index=city.index).replace({0: "a", 1: "b"})
        found = transitions(classes, ["a", "b"], graph=graph)
        assert found.p < 0.01
        assert transitions(classes.sample(frac=1, random_state=1), ["a", "b"], graph=graph).p == found.p
        assert np.isnan(transitions(classes.replace("b", "a"), ["a", "b"], graph=graph).p)
