"""Mixing: hand-computed cities, exact expectations against simulation, Leipzig against published software."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from numpy.testing import assert_allclose
from scipy.stats import hypergeom

from sozialraum.assessment.mixing.segregation import (
    MEASURES,
    SEGREGATION_COLUMNS,
    group_segregation,
    segregation,
)
from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.stats.chance import mean_absolute_deviation, mean_entropy, midp_difference
from sozialraum.texts import LANGUAGES, has_text, text

DATE = "2020-12-31"
KEYS = ["a", "b", "c", "d"]
CHAIN = Graph.from_arrays(
    ["a", "b", "b", "c", "c", "d"], ["b", "a", "c", "b", "d", "c"], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
)


def _value(found, measure, *, level="district", column="value"):
    rows = found[(found["measure"] == measure) & (found["level"] == level)]
    assert len(rows) == 1
    return rows[column].iloc[0]


def _measures(found, column="value"):
    return found[found["level"] == "district"].set_index("measure")[column]


class TestByHand:
    def test_half_and_half_dissimilarity_is_the_classic_formula(self, counted):
        # A = 50, B = 150: 1/2 (|30/50 - 70/150| + |20/50 - 80/150|) = 1/2 (2/15 + 2/15)
        found = segregation(counted("poor", DATE, [30, 20], [100, 100], ["a", "b"]))
        assert _value(found, "dissimilarity") == pytest.approx(2 / 15)
        assert _value(found, "isolation") == pytest.approx(30 / 50 * 0.3 + 20 / 50 * 0.2)

    def test_complete_separation_is_one(self, counted):
        found = segregation(counted("poor", DATE, [100, 0], [100, 300], ["a", "b"]))
        for measure in ("dissimilarity", "entropy", "isolation"):
            assert _value(found, measure) == pytest.approx(1)
            assert _value(found, measure, column="corrected") == pytest.approx(1)

    def test_equal_shares_are_zero_and_the_expectation_is_above(self, counted):
        found = segregation(counted("poor", DATE, [10, 30], [100, 300], ["a", "b"]))
        assert _value(found, "dissimilarity") == pytest.approx(0, abs=1e-15)
        assert _value(found, "entropy") == pytest.approx(0, abs=1e-15)
        assert _value(found, "isolation") == pytest.approx(0.1)
        assert _value(found, "dissimilarity", column="corrected") == pytest.approx(0, abs=1e-12)
        assert _value(found, "dissimilarity", column="lower") == pytest.approx(0, abs=1e-12)

    def test_neighbours_count_with_the_district(self, counted):
        # Around a: 60 of 200; around b: 60 of 300; around c: 60 of 300 ... (60, 0, 0, 0 of 100 each)
        found = segregation(counted("poor", DATE, [60, 0, 0, 0], [100] * 4, KEYS), graph=CHAIN)
        share, city = np.array([60 / 200, 60 / 300, 0, 0]), 60 / 400
        expected = 100 * np.abs(share - city).sum() / (2 * 400 * city * (1 - city))
        assert _value(found, "spatial_dissimilarity") == pytest.approx(expected)
        assert _value(found, "spatial_isolation") == pytest.approx(0.3)

    def test_a_chessboard_is_less_segregated_than_two_halves(self, counted):
        def spatial(cases):
            found = segregation(counted("poor", DATE, cases, [100] * 4, KEYS), graph=CHAIN)
            return _measures(found)

        board, halves = spatial([90, 10, 90, 10]), spatial([90, 90, 10, 10])
        assert board["dissimilarity"] == pytest.approx(halves["dissimilarity"])
        assert board["spatial_dissimilarity"] < halves["spatial_dissimilarity"]

    def test_a_level_sums_its_districts(self, counted):
        table = counted("poor", DATE, [30, 10, 5, 5], [100, 100, 50, 150], KEYS)
        areas = pd.DataFrame({"area": ["n", "n", "s", "s"]}, index=KEYS)
        found = segregation(table, districts=areas, parents=["area"])
        sums = segregation(counted("poor", DATE, [40, 10], [200, 200], ["n", "s"]))
        for column in ("value", "expected"):
            assert _value(found, "dissimilarity", level="area", column=column) == pytest.approx(
                _value(sums, "dissimilarity", column=column)
            )
        assert _value(found, "dissimilarity", level="area", column="areas") == 2
        assert _value(found, "dissimilarity", level="area", column="districts") == 4

    def test_three_groups_by_hand(self):
        counts = pd.DataFrame({"x": [10, 0], "y": [0, 10], "z": [5, 5]}, index=["a", "b"])
        found = group_segregation(counts, date=DATE, name="origin")
        # x_m = 1/3 each, I = 2/3; per district 15 * (1/3 + 1/3 + 0); 2 T I = 2 * 30 * 2/3
        assert _value(found, "dissimilarity") == pytest.approx(20 / 40)
        own = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
        assert _value(found, "entropy") == pytest.approx(1 - own / np.log(3))
        alone = found[found["measure"] == "isolation"].set_index("group")["value"]
        assert alone.to_dict() == pytest.approx({"x": 2 / 3, "y": 2 / 3, "z": 1 / 3})
        assert set(found["indicator"]) == {"origin"}

    def test_two_groups_are_the_same_as_numerator_and_rest(self, counted):
        table = counted("poor", DATE, [30, 10, 5, 5], [100, 100, 50, 150], KEYS)
        counts = pd.DataFrame({"poor": [30, 10, 5, 5], "rest": [70, 90, 45, 145]}, index=KEYS)
        one, two = segregation(table, resamples=0), group_segregation(counts, date=DATE, resamples=0)
        for measure in ("dissimilarity", "entropy"):
            assert _value(one, measure) == pytest.approx(_value(two, measure))
            assert _value(one, measure, column="expected") == pytest.approx(
                _value(two, measure, column="expected")
            )


class TestMissing:
    def test_missing_suppressed_and_empty_districts_are_left_out_and_counted(self, counted):
        table = counted("poor", DATE, [30, 20, np.nan, 7], [100, 100, 100, 50], KEYS)
        table.loc["d", "flag"] = "suppressed"
        table = pd.concat([table, counted("poor", DATE, [0], [9], ["e"]).assign(value=np.nan, denominator=0)])
        found = segregation(table)
        assert _value(found, "dissimilarity") == pytest.approx(2 / 15)
        assert _value(found, "dissimilarity", column="districts") == 2
        assert _value(found, "dissimilarity", column="omitted") == 3

    def test_a_missing_district_is_outside_its_neighbours_surroundings(self, counted):
        whole = segregation(counted("poor", DATE, [60, np.nan, 0, 0], [100] * 4, KEYS), graph=CHAIN)
        assert _value(whole, "spatial_isolation") == pytest.approx(0.6)

    def test_without_counts_there_is_a_row_without_numbers(self, counted):
        table = counted("poor", DATE, [1, 2], [10, 10], ["a", "b"]).assign(numerator=np.nan)
        found = segregation(table)
        assert found["value"].isna().all()
        assert found["corrected"].isna().all()
        assert (found["districts"] == 0).all()
        assert (found["omitted"] == 2).all()

    @pytest.mark.parametrize("cases", [[0, 0], [100, 100]])
    def test_nobody_or_everybody_is_not_assessable(self, counted, cases):
        found = segregation(counted("poor", DATE, cases, [100, 100], ["a", "b"]))
        assert found[["value", "expected", "corrected", "lower", "upper"]].isna().all(axis=None)

    def test_an_empty_table_gives_an_empty_result(self, counted):
        found = segregation(counted("poor", DATE, [1], [10], ["a"]).iloc[:0])
        assert list(found.columns) == list(SEGREGATION_COLUMNS)
        assert found.empty


class TestFaults:
    def test_a_numerator_above_its_denominator_names_the_district(self, counted):
        with pytest.raises(SozialraumError, match=r"'poor'.*31\.12\.2020.*: b\."):
            segregation(counted("poor", DATE, [1, 20], [10, 10], ["a", "b"]))

    def test_faults_of_rows_are_told_together(self, counted):
        table = counted("poor", DATE, [1, 2, -3], [10, 10, 10], ["a", "a", "x"])
        with pytest.raises(AlignmentError) as caught:
            segregation(table, districts=pd.DataFrame(index=["a", "b"]))
        codes = [problem.code for problem in caught.value.problems]
        assert codes == ["panel.unknown_district", "panel.double_row", "panel.negative_count"]

    def test_a_level_must_exist_and_hold_every_district(self, counted):
        table = counted("poor", DATE, [1, 2], [10, 10], ["a", "b"])
        with pytest.raises(SozialraumError, match="'area'"):
            segregation(table, parents=["area"])
        with pytest.raises(SozialraumError, match=r"area.*: b\."):
            segregation(
                table, districts=pd.DataFrame({"area": ["n", None]}, index=["a", "b"]), parents=["area"]
            )

    def test_a_graph_of_other_districts_is_refused(self, counted):
        with pytest.raises(AlignmentError):
            segregation(counted("poor", DATE, [1, 2], [10, 10], ["a", "b"]), graph=CHAIN)

    def test_one_group_is_none(self):
        with pytest.raises(SozialraumError, match="origin"):
            group_segregation(pd.DataFrame({"x": [1]}, index=["a"]), date=DATE, name="origin")


class TestChance:
    def test_mean_absolute_deviation_is_that_of_the_distribution(self):
        for total, members, size in [
            (20, 7, 5),
            (20, 0, 5),
            (20, 20, 5),
            (100, 30, 100),
            (10, 9, 9),
            (7, 1, 1),
        ]:
            k = np.arange(size + 1)
            p = hypergeom(total, members, size).pmf(k)
            expected = (p * np.abs(k - size * members / total)).sum()
            assert mean_absolute_deviation(total, members, size) == pytest.approx(expected, abs=1e-12)

    @pytest.mark.parametrize(("total", "members", "size"), [(20, 7, 5), (5000, 300, 400), (5000, 1500, 900)])
    def test_mean_entropy_by_sum_and_by_series_agree_with_the_distribution(self, total, members, size):
        k = np.arange(size + 1)
        share, p = k / size, hypergeom(total, members, size).pmf(k)
        expected = -(p * share * np.log(np.where(share > 0, share, 1))).sum()
        lost = -members / total * np.log(members / total) - expected
        assert mean_entropy(total, members, np.array([float(size)]))[0] == pytest.approx(
            expected, abs=1e-4 * lost
        )

    @pytest.mark.slow
    def test_expectations_are_the_mean_of_random_allocations(self, counted):
        sizes, cases = np.array([20, 35, 50, 15]), 30
        table = counted("poor", DATE, [10, 5, 10, 5], sizes, KEYS)
        expected = _measures(segregation(table, graph=CHAIN, resamples=0), "expected")
        rng = np.random.default_rng(1)
        drawn = rng.multivariate_hypergeometric(sizes, cases, size=400)
        tables = [counted(f"i{number}", DATE, row, sizes, KEYS) for number, row in enumerate(drawn)]
        found = segregation(pd.concat(tables), graph=CHAIN, resamples=0)
        by_measure = found.groupby("measure")["value"]
        error = (by_measure.mean() - expected) / (by_measure.std() / np.sqrt(len(drawn)))
        assert set(error.index) == set(MEASURES)
        assert error.abs().max() < 3.5

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("sizes", "apart"), [("equal", 0.0), ("equal", 0.3), ("unequal", 0.1), ("unequal", 0.6)]
    )
    def test_the_interval_covers_what_is_behind_the_counts(self, counted, sizes, apart):
        rng = np.random.default_rng(7)
        size = np.full(60, 800) if sizes == "equal" else rng.integers(60, 4_000, size=60)
        odds = rng.standard_normal(60)

        def true(spread):
            share = 1 / (1 + np.exp(1.4 - spread * odds))
            city = np.average(share, weights=size)
            return share, (size * np.abs(share - city)).sum() / (2 * size.sum() * city * (1 - city))

        low, high = 0.0, 12.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (low, middle) if true(middle)[1] >= apart else (middle, high)
        share, uneven = true(low if apart else 0.0)
        assert uneven == pytest.approx(apart, abs=1e-6)
        keys = [f"{number:02d}" for number in range(60)]
        tables = [counted(f"i{at}", DATE, rng.binomial(size, share), size, keys) for at in range(40)]
        found = segregation(pd.concat(tables))
        rows = found[found["measure"] == "dissimilarity"]
        covered = ((rows["lower"] <= uneven + 1e-9) & (rows["upper"] >= uneven - 1e-9)).mean()
        assert covered >= 0.86  # 0.95 less 2.5 standard errors of 40 cities
        # the shown value and its interval belong together
        assert ((rows["lower"] <= rows["corrected"]) & (rows["corrected"] <= rows["upper"])).all()
        if apart:
            assert rows["corrected"].mean() == pytest.approx(apart, abs=0.008)

    def test_households_widen_the_interval(self, counted, catalogue_of):
        keys = [f"{number:02d}" for number in range(30)]
        cases = np.random.default_rng(1).binomial(500, np.linspace(0.1, 0.3, 30))
        table = counted("poor", DATE, cases, [500] * 30, keys)
        single = segregation(table).iloc[0]
        households = segregation(table, catalogue=catalogue_of({"poor": "need"}, design_effect=4.0)).iloc[0]
        assert households["upper"] - households["lower"] > 1.6 * (single["upper"] - single["lower"])
        assert households["corrected"] < single["corrected"]

    def test_what_is_no_share_is_refused(self, counted, catalogue_of):
        table = counted("places", DATE, [20, 30], [100, 100], ["a", "b"])
        with pytest.raises(SozialraumError, match="places"):
            segregation(table, catalogue=catalogue_of({"places": "provision"}, kind="ratio"))

    def test_midp_is_twice_the_smaller_tail(self):
        for first, n, second, m in [(1, 10, 5, 12), (30, 100, 60, 150), (5, 9, 50, 50), (3, 3, 0, 40)]:
            law = hypergeom(n + m, first + second, n)
            tails = law.cdf(first) - law.pmf(first) / 2, law.sf(first) + law.pmf(first) / 2
            assert midp_difference([first], [n], [second], [m])[0] == pytest.approx(2 * min(tails))

    def test_midp_knows_no_difference_and_no_people(self):
        assert_allclose(midp_difference([0, 5, 1], [20, 5, 2], [0, 9, 0], [30, 9, 0]), [1, 1, np.nan])


CITIES = st.lists(st.tuples(st.integers(1, 400), st.floats(0, 1)), min_size=2, max_size=8).map(
    lambda rows: (np.array([size for size, _ in rows]), np.array([round(size * part) for size, part in rows]))
)


def _table(cases, sizes, keys=None):
    columns = {
        "indicator": "i",
        "date": DATE,
        "value": cases / sizes,
        "numerator": cases,
        "denominator": sizes,
    }
    keys = [f"{number}" for number in range(len(sizes))] if keys is None else keys
    return pd.DataFrame({**columns, "flag": "ok"}, index=keys)


class TestInvariants:
    @pytest.mark.slow
    @given(CITIES)
    @settings(max_examples=60, deadline=None)
    def test_measures_stay_between_zero_and_one(self, city):
        sizes, cases = city
        found = segregation(_table(cases, sizes), resamples=0)
        known = found["value"].dropna()
        assert ((known >= -1e-12) & (known <= 1 + 1e-12)).all()
        expected = found["expected"].dropna()
        assert ((expected >= -1e-9) & (expected <= 1 + 1e-12)).all()
        assert len(known) in (0, 3)

    @pytest.mark.slow
    @given(CITIES, st.randoms(use_true_random=False), st.integers(2, 7))
    @settings(max_examples=40, deadline=None)
    def test_order_and_scale_of_districts_do_not_matter(self, city, random, factor):
        sizes, cases = city
        table = _table(cases, sizes)
        order = list(table.index)
        random.shuffle(order)
        value = segregation(table, resamples=0)["value"]
        assert_allclose(segregation(table.loc[order], resamples=0)["value"], value, atol=1e-12)
        assert_allclose(
            segregation(_table(cases * factor, sizes * factor), resamples=0)["value"], value, atol=1e-12
        )


def test_other_indicators_and_dates_do_not_change_a_result(counted):
    one = counted("poor", DATE, [30, 20], [100, 100], ["a", "b"])
    more = pd.concat([counted("old", "2019-12-31", [3, 2], [10, 10], ["a", "b"]), one])
    alone, together = segregation(one, seed=4), segregation(more, seed=4)
    assert list(together["indicator"]) == ["old"] * 3 + ["poor"] * 3
    pd.testing.assert_frame_equal(together.iloc[3:].reset_index(drop=True), alone)


def test_every_measure_has_a_name_and_an_explanation():
    for measure in MEASURES:
        assert has_text(f"mixing.measure.{measure}"), measure
        assert has_text(f"mixing.measure.{measure}.explain"), measure


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fixed_notes_say_what_must_be_said(language):
    assert {"de": "kein Ziel", "en": "neither a goal"}[language] in text(
        "mixing.note.never_a_target", language
    )
    assert {"de": "einzelne Menschen", "en": "single persons"}[language] in text(
        "mixing.note.ecological_fallacy", language
    )


LEIPZIG = {
    # year: (dissimilarity, isolation, entropy) of persons with SGB II, then of foreigners, then D and H of
    # Germans without and with migration background and foreigners: `segregation` 2.5.4 (PySAL) on these files
    2008: (
        (0.234742143434, 0.195967451156, 0.051370685426),
        (0.318166129563, 0.096745081146, 0.083055326548),
        (0.28936758185, 0.067616588423),
    ),
    2015: (
        (0.265715467508, 0.15795795017, 0.060245880593),
        (0.283319156444, 0.135652535642, 0.082795362563),
        (0.250207708634, 0.064038328804),
    ),
    2022: (
        (0.264193602468, 0.115380376761, 0.056612521008),
        (0.241570446276, 0.17260026909, 0.055584020366),
        (0.213096948691, 0.045120888815),
    ),
}


@pytest.mark.shared
@pytest.mark.parametrize("year", LEIPZIG)
def test_leipzig_agrees_with_published_software(shared_data, counted, year):
    def read(file):
        table = pd.read_csv(shared_data / "leipzig" / f"{file}.csv", sep=";")
        return table[table["jahr"] == year].set_index("ortsteil")

    people, households, migrants = read("einwohner"), read("bedarfsgemeinschaften"), read("migranten")
    total, foreign = people["Einwohner insgesamt"], people["Ausländer"]
    poor, keys = households["Leistungsberechtigte"].reindex(people.index), list(people.index)
    date = f"{year}-12-31"
    table = pd.concat(
        [counted("poor", date, poor, total, keys), counted("foreign", date, foreign, total, keys)]
    )
    found = segregation(table, resamples=0)
    for indicator, golden in zip(("poor", "foreign"), LEIPZIG[year][:2], strict=True):
        values = found[found["indicator"] == indicator].set_index("measure")
        assert_allclose(values["value"][["dissimilarity", "isolation", "entropy"]], golden, atol=1e-11)
        assert (values["districts"] == 63).all()
    second = migrants["Deutsche mit Migrationshintergrund"].reindex(people.index)
    groups = pd.DataFrame({"none": total - foreign - second, "second": second, "foreign": foreign})
    values = group_segregation(groups, date=date, resamples=0).drop_duplicates("measure").set_index("measure")
    assert_allclose(values["value"][["dissimilarity", "entropy"]], LEIPZIG[year][2], atol=1e-11)


def test_the_order_of_rows_changes_no_interval(counted):
    keys = [f"{number:02d}" for number in range(12)]
    table = counted("poor", DATE, [3 * number + 5 for number in range(12)], [100] * 12, keys)
    mixed = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(segregation(table), segregation(mixed))
