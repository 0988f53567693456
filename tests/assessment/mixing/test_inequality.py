"""Gini and Theil: by hand, exact decomposition, chance, and Leipzig against published software."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sozialraum.assessment.mixing.inequality import INEQUALITY_COLUMNS, gini, inequality, theil, theil_by_area
from sozialraum.errors import AlignmentError, SozialraumError

DATE = "2020-12-31"
KEYS = ["a", "b", "c", "d"]
AREAS = pd.DataFrame({"area": ["n", "n", "s", "s"]}, index=KEYS)


def _row(found, measure):
    rows = found[found["measure"] == measure]
    assert len(rows) == 1
    return rows.iloc[0]


class TestByHand:
    def test_gini_of_two_unequal_weights(self):
        # Weights 1/4 and 3/4, values 4 and 0, mean 1: sum over both orders of 3/16 * 4, over 2 * 1
        values, weights = pd.Series({"a": 4.0, "b": 0.0}), pd.Series({"b": 300, "a": 100})
        assert gini(values, weights) == pytest.approx(0.75)

    def test_theil_of_all_cases_in_a_quarter_of_the_people_is_the_log_of_four(self):
        values, weights = pd.Series({"a": 4.0, "b": 0.0}), pd.Series({"a": 100, "b": 300})
        assert theil(values, weights) == pytest.approx(np.log(4))

    def test_equal_values_are_zero(self):
        values, weights = pd.Series({"a": 0.3, "b": 0.3}), pd.Series({"a": 1, "b": 9})
        assert gini(values, weights) == pytest.approx(0, abs=1e-15)
        assert theil(values, weights) == pytest.approx(0, abs=1e-15)

    def test_gini_is_half_the_mean_difference_of_all_pairs(self):
        values = pd.Series([0.3, 0.1, 0.5, 0.2], KEYS)
        weights = pd.Series([10, 40, 20, 30], KEYS)
        pairs = (
            weights.to_numpy()[:, None]
            * weights.to_numpy()
            * np.abs(values.to_numpy()[:, None] - values.to_numpy())
        )
        mean = (values * weights).sum() / 100
        assert gini(values, weights) == pytest.approx(pairs.sum() / (2 * 100**2 * mean))

    def test_between_and_within(self, counted):
        # n: 0.2 and 0.4 -> 0.3; s: 0.1 and 0.1; city 0.2, each district a quarter of the people
        found = inequality(
            counted("poor", DATE, [20, 40, 10, 10], [100] * 4, KEYS), districts=AREAS, parents=["area"]
        )
        between = 0.75 * np.log(1.5) + 0.25 * np.log(0.5)
        within = 0.75 * (1 / 3 * np.log(2 / 3) + 2 / 3 * np.log(4 / 3))
        assert _row(found, "theil_between")["value"] == pytest.approx(between)
        assert _row(found, "theil_within")["value"] == pytest.approx(within)
        assert _row(found, "theil")["value"] == pytest.approx(between + within)
        assert _row(found, "theil_between")["share"] == pytest.approx(between / (between + within))
        assert _row(found, "theil_between")["level"] == "area"

    def test_contributions_of_areas(self):
        values, weights = pd.Series([0.2, 0.4, 0.1, 0.1], KEYS), pd.Series(100, KEYS)
        found = theil_by_area(values, weights, AREAS["area"])
        assert list(found.index) == ["n", "s"]
        assert found["cases"].to_dict() == pytest.approx({"n": 0.75, "s": 0.25})
        assert found["ratio"].to_dict() == pytest.approx({"n": 1.5, "s": 0.5})
        assert found["theil"]["s"] == pytest.approx(0, abs=1e-15)
        assert found[["between", "within"]].sum().sum() == pytest.approx(theil(values, weights))


class TestMissing:
    def test_a_missing_value_is_left_out_and_counted_never_zero(self, counted):
        found = inequality(counted("poor", DATE, [30, np.nan, 10], [100, 100, 100], KEYS[:3]))
        assert _row(found, "gini")["value"] == pytest.approx(0.25)
        assert _row(found, "gini")[["districts", "omitted"]].tolist() == [2, 1]

    def test_values_without_counts_need_people(self, counted):
        table = counted("income", DATE, [1, 3], [1, 1], ["a", "b"])
        table[["numerator", "denominator"]] = np.nan
        without = inequality(table)
        assert without["value"].isna().all()
        assert (without["districts"] == 0).all()
        found = inequality(table, population=pd.Series({"b": 50, "a": 50}))
        assert _row(found, "gini")["value"] == pytest.approx(0.25)
        assert found[["expected", "excess", "lower", "upper"]].isna().all(axis=None)

    def test_one_district_and_no_case_are_not_assessable(self, counted):
        one = inequality(counted("poor", DATE, [3], [10], ["a"]))
        none = inequality(
            counted("poor", DATE, [0, 0], [10, 10], ["a", "b"]),
            districts=AREAS.loc[["a", "b"]],
            parents=["area"],
        )
        assert one["value"].isna().all()
        assert none["value"].isna().all()

    def test_negative_values_are_not_assessable(self, counted):
        table = counted("change", DATE, [1, 3], [1, 1], ["a", "b"]).assign(value=[-1.0, 3.0])
        table[["numerator", "denominator"]] = np.nan
        assert inequality(table, population=pd.Series({"a": 1, "b": 1}))["value"].isna().all()

    def test_an_empty_table_gives_an_empty_result(self, counted):
        found = inequality(counted("poor", DATE, [1], [10], ["a"]).iloc[:0])
        assert list(found.columns) == list(INEQUALITY_COLUMNS)


class TestFaults:
    def test_population_must_cover_all_districts_once(self, counted):
        table = counted("poor", DATE, [1, 3], [10, 10], ["a", "b"])
        with pytest.raises(AlignmentError, match=r": b\."):
            inequality(table, population=pd.Series({"a": 1}))
        with pytest.raises(AlignmentError, match=r": a\."):
            inequality(table, population=pd.Series([1, 2, 3], ["a", "a", "b"]))

    def test_values_and_weights_of_other_districts_are_refused(self):
        with pytest.raises(AlignmentError, match="b, c"):
            gini(pd.Series({"a": 1.0, "b": 1.0}), pd.Series({"a": 1.0, "c": 1.0}))

    def test_a_district_without_area_is_named(self):
        values = pd.Series({"a": 1.0, "b": 1.0})
        with pytest.raises(SozialraumError, match=r": b\."):
            theil_by_area(values, values, pd.Series({"a": "n", "b": None}))


class TestChance:
    def test_a_city_without_differences_has_no_excess(self, counted):
        rng = np.random.default_rng(5)
        sizes, keys = rng.integers(100, 2_000, 80), [f"{number:02d}" for number in range(80)]
        tables = [counted(f"i{at}", DATE, rng.binomial(sizes, 0.1), sizes, keys) for at in range(40)]
        found = inequality(pd.concat(tables), resamples=100)
        for measure in ("gini", "theil"):
            rows = found[found["measure"] == measure]
            assert (rows["value"] > 0).all()
            assert abs(rows["excess"].mean()) < 4 * rows["excess"].std() / np.sqrt(len(rows))
            assert ((rows["lower"] <= 0) & (rows["upper"] >= 0)).mean() > 0.85

    def test_cases_may_exceed_people(self, counted):
        catalogue = pd.DataFrame({"kind": ["ratio"]}, index=["visits"])
        table = counted("visits", DATE, [300, 100], [100, 100], ["a", "b"])
        found = inequality(table, catalogue=catalogue)
        assert _row(found, "gini")["value"] == pytest.approx(0.25)
        assert 0 < _row(found, "gini")["expected"] < 0.1

    def test_same_seed_same_numbers(self, counted):
        table = counted("poor", DATE, [30, 20], [100, 100], ["a", "b"])
        pd.testing.assert_frame_equal(inequality(table, seed=3), inequality(table, seed=3))


CITY = st.lists(
    st.tuples(st.just(0.0) | st.floats(1e-6, 10), st.floats(0.5, 1e4), st.sampled_from("xyz")),
    min_size=2,
    max_size=10,
)


@pytest.mark.slow
@given(CITY, st.floats(0.01, 100), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_invariants(city, factor, random):
    keys = [f"{number}" for number in range(len(city))]
    values, weights, areas = (pd.Series(column, keys) for column in zip(*city, strict=True))
    if (values * weights).sum() < 1e-6:
        return
    whole, unequal = theil(values, weights), gini(values, weights)
    assert -1e-12 <= unequal < 1
    assert -1e-12 <= whole <= np.log(weights.sum() / weights.min()) + 1e-9
    parts = theil_by_area(values, weights, areas)
    assert_allclose(parts["between"].sum() + parts["within"].sum(), whole, atol=1e-9)
    assert_allclose(parts[["people", "cases"]].sum(), 1)
    order = list(keys)
    random.shuffle(order)
    assert_allclose(theil(values[order] * factor, weights * factor), whole, atol=1e-9)
    assert_allclose(gini(values[order] * factor, weights * factor), unequal, atol=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("year", "golden"), [(2008, 0.324208367933), (2015, 0.363383380058), (2022, 0.363480527623)]
)
def test_leipzig_agrees_with_published_software(shared_data, counted, year, golden):
    def read(file, column):
        table = pd.read_csv(shared_data / "leipzig" / f"{file}.csv", sep=";")
        return table[table["jahr"] == year].set_index("ortsteil")[column]

    people = read("einwohner", "Einwohner insgesamt")
    poor = read("bedarfsgemeinschaften", "Leistungsberechtigte").reindex(people.index)
    found = inequality(counted("poor", f"{year}-12-31", poor, people, list(people.index)), resamples=0)
    # The segregation Gini of `segregation` 2.5.4 (PySAL) is scaled by the rest's share as well.
    share = poor.sum() / people.sum()
    assert _row(found, "gini")["value"] == pytest.approx(golden * (1 - share), abs=1e-11)
    assert _row(found, "gini")["districts"] == 63
