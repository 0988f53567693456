"""Control limits, trend, break and persistence: by hand, under chance, and with planted changes."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import theilslopes

from sozialraum.assessment.trends.series import (
    CONTROL_COLUMNS,
    PERSISTENCE_COLUMNS,
    STATES,
    TREND_COLUMNS,
    TRENDS,
    control_limits,
    persistence,
    trends,
)
from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.stats.slopes import break_test, dated_years, trend_test
from sozialraum.texts import has_text

DATE = "2020-12-31"
KEYS = list("abcdefgh")


def _years(first, count):
    return [f"{year}-12-31" for year in range(first, first + count)]


def _series(counted, rows, *, people=10_000, first=2010, indicator="poor"):
    """Rows: one list of shares per district; NaN is missing."""
    shares = np.array(rows, dtype=float)
    keys = [f"{number:02d}" for number in range(len(shares))]
    tables = [
        counted(indicator, date, np.round(people * shares[:, at]), np.full(len(shares), people), keys)
        for at, date in enumerate(_years(first, shares.shape[1]))
    ]
    return pd.concat(tables)


class TestControlLimits:
    def test_pure_chance_by_hand(self, counted):
        table = counted("poor", DATE, [10, 10, 10, 10, 30], [100] * 5, KEYS[:5])
        found = control_limits(table, overdispersion=False)
        assert list(found.columns) == list(CONTROL_COLUMNS)
        assert found["city"].tolist() == pytest.approx([0.14] * 5)
        z = (np.arcsin(np.sqrt(0.3)) - np.arcsin(np.sqrt(0.14))) * np.sqrt(4 * 100)
        assert found.loc["e", "z"] == pytest.approx(z)
        assert found.loc["e", "state"] == "above"
        assert found.loc["a", "state"] == "within"
        upper = np.sin(np.arcsin(np.sqrt(0.14)) + 1.959963985 / 20) ** 2
        assert found.loc["a", "upper"] == pytest.approx(upper)
        assert (found["spread"] == 0).all()

    def test_about_one_district_in_twenty_is_outside_by_chance(self, counted):
        rng = np.random.default_rng(0)
        sizes, keys = rng.integers(200, 3_000, 400), [f"{number:03d}" for number in range(400)]
        alone = control_limits(counted("poor", DATE, rng.binomial(sizes, 0.1), sizes, keys))
        assert 0.02 < (alone["state"] != "within").mean() < 0.09
        rates = np.sin(np.arcsin(np.sqrt(0.15)) + 0.08 * rng.standard_normal(400)) ** 2
        spread = control_limits(counted("poor", DATE, rng.binomial(sizes, rates), sizes, keys))
        assert spread["spread"].iloc[0] == pytest.approx(0.08, abs=0.01)
        assert 0.02 < (spread["state"] != "within").mean() < 0.09
        strict = control_limits(
            counted("poor", DATE, rng.binomial(sizes, rates), sizes, keys), overdispersion=False
        )
        assert (strict["state"] != "within").mean() > 0.5

    def test_one_conspicuous_district_does_not_hide_itself(self, counted):
        rng = np.random.default_rng(1)
        sizes = np.full(30, 1_000)
        rates = np.r_[0.5, 0.5, np.full(28, 0.1)]
        keys = [f"{number:02d}" for number in range(30)]
        found = control_limits(counted("poor", DATE, rng.binomial(sizes, rates), sizes, keys), level=0.998)
        assert found.index[found["state"] == "above"].tolist() == ["00", "01"]

    def test_limits_stay_within_zero_and_one(self, counted):
        found = control_limits(counted("poor", DATE, [0, 0, 0, 1, 0], [20, 5, 9, 8, 3], KEYS[:5]))
        assert (found["lower"] >= 0).all()
        assert (found["upper"] <= 1).all()
        assert (found["lower"] <= found["city"]).all()

    def test_missing_suppressed_and_zero_denominators_are_not_assessable(self, counted):
        table = counted("poor", DATE, [10, 12, 9, 11, 10, np.nan, 5, 2], [100] * 8, KEYS)
        table.loc["g", "flag"] = "suppressed"
        table.loc["h", ["numerator", "denominator", "value"]] = [0, 0, np.nan]
        found = control_limits(table)
        assert found["state"].tolist() == ["within"] * 5 + ["not assessable"] * 3
        assert found.loc[["f", "g", "h"], ["value", "z", "lower", "upper"]].isna().all(axis=None)
        assert found["city"].iloc[0] == pytest.approx(52 / 500)

    def test_fewer_than_five_districts_are_not_assessable(self, counted):
        found = control_limits(counted("poor", DATE, [10, 50, 20, 30], [100] * 4, KEYS[:4]))
        assert set(found["state"]) == {"not assessable"}
        assert found["value"].tolist() == [0.1, 0.5, 0.2, 0.3]

    def test_values_without_counts_are_compared_with_the_median(self, counted):
        table = counted("income", DATE, np.arange(8), [1] * 8, KEYS)
        table["value"] = [1000.0, 1010, 990, 1005, 995, 1000, 1000, 5000]
        table[["numerator", "denominator"]] = np.nan
        found = control_limits(table)
        assert found["city"].iloc[0] == 1000
        assert found["state"].tolist() == ["within"] * 7 + ["above"]

    def test_equal_districts_show_no_deviation(self, counted):
        table = counted("income", DATE, [3] * 6, [1] * 6, KEYS[:6])
        table[["numerator", "denominator"]] = np.nan
        assert set(control_limits(table)["state"]) == {"not assessable"}

    def test_wrong_level(self, counted):
        with pytest.raises(SozialraumError, match="level"):
            control_limits(counted("poor", DATE, [1], [10], ["a"]), level=95)


class TestTrendTest:
    @pytest.mark.parametrize("dates", [8, 9])
    def test_the_slope_is_that_of_scipy(self, dates):
        """28 pairs have two slopes in the middle, and so have 36."""
        values, years = np.random.default_rng(0).standard_normal((6, dates)), np.arange(float(dates))
        found = trend_test(values, years).slope
        assert found.tolist() == pytest.approx([theilslopes(row, years).slope for row in values])

    def test_missing_years_are_passed_over_and_an_odd_one_does_not_matter(self):
        values = np.array([[0.0, np.nan, 2.0, 3.0, np.nan, 5.0, 6.0]])
        assert trend_test(values, np.arange(7.0)).slope[0] == 1
        odd = 0.5 * np.arange(10.0)[None] + 0.01 * np.random.default_rng(1).standard_normal((1, 10))
        odd[0, 4] += 100
        assert trend_test(odd, np.arange(10.0)).slope[0] == pytest.approx(0.5, abs=0.02)

    @pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
    def test_memory_is_no_trend(self, rho):
        rng = np.random.default_rng(4)
        series = rng.standard_normal((3_000, 12))
        for year in range(1, 12):
            series[:, year] = rho * series[:, year - 1] + np.sqrt(1 - rho**2) * series[:, year]
        found = trend_test(series, np.arange(12.0))
        assert (found.p <= 0.05).mean() <= 0.06
        assert ((found.lower > 0) | (found.upper < 0)).mean() <= 0.06

    def test_interval_and_p_agree(self):
        series = np.random.default_rng(5).standard_normal((500, 12)) + 0.25 * np.arange(12)
        found = trend_test(series, np.arange(12.0))
        assert (((found.lower > 0) | (found.upper < 0)) == (found.p <= 0.05)).all()
        assert (found.lower <= found.slope).all()
        assert (found.slope <= found.upper).all()

    def test_a_clear_trend_is_found_and_heavy_tails_do_no_harm(self):
        rng = np.random.default_rng(6)
        steep = np.arange(12) + rng.standard_normal((500, 12))
        assert (trend_test(steep, np.arange(12.0)).p <= 0.05).mean() > 0.95
        wild = rng.standard_t(2, (2_000, 12))
        assert (trend_test(wild, np.arange(12.0)).p <= 0.05).mean() <= 0.06

    def test_few_dates_leave_the_slope_open(self):
        found = trend_test(np.arange(5.0)[None], np.arange(5.0))
        assert found.slope[0] == 1
        assert (found.lower[0], found.upper[0]) == (-np.inf, np.inf)

    def test_missing_and_constant_series(self):
        values = np.stack([np.full(8, 0.3), np.full(8, np.nan)])
        found = trend_test(values, np.arange(8.0))
        assert (found.slope[0], found.lower[0], found.upper[0], found.p[0]) == (0, 0, 0, 1)
        assert np.isnan(found.p[1])


class TestBreak:
    @pytest.mark.parametrize("tails", ["normal", "laplace", "t3"])
    def test_heavy_tails_are_no_breaks(self, tails):
        rng = np.random.default_rng(8)
        draw = {
            "normal": rng.standard_normal,
            "laplace": lambda shape: rng.laplace(size=shape),
            "t3": lambda shape: rng.standard_t(3, shape),
        }
        values = draw[tails]((6_000, 12)).cumsum(axis=1)
        found = break_test(values, np.zeros(values.shape), seed=0)
        assert (found.p <= 0.01).mean() <= 0.02
        assert (found.position >= 0).mean() <= 0.005

    def test_a_step_is_found_at_its_first_date(self):
        rng = np.random.default_rng(0)
        values = 0.02 * rng.standard_normal((1, 12)) + np.where(np.arange(12) < 7, 0.0, 1.0)
        found = break_test(values, np.zeros((1, 12)), seed=0)
        assert found.position.tolist() == [7]
        assert found.change[0] == pytest.approx(1, abs=0.1)
        assert found.p[0] < 0.001

    def test_trend_and_one_odd_year_are_no_break(self):
        rng = np.random.default_rng(0)
        noise = 0.02 * rng.standard_normal((2, 12))
        noise[0] += 0.5 * np.arange(12)
        noise[1, 5] += 1.0
        assert break_test(noise, np.zeros((2, 12)), seed=0).position.tolist() == [-1, -1]

    def test_a_constant_series_is_no_break(self):
        found = break_test(np.full((1, 9), 0.1) + 0.1 * np.arange(9), np.zeros((1, 9)), seed=0)
        assert found.position.tolist() == [-1]

    def test_a_wobble_of_small_numbers_is_no_break(self):
        values = np.array([[0.1, 0.1001, 0.1, 0.1001, 0.1, 0.1001, 0.13, 0.1301, 0.13, 0.1301]])
        small, large = np.full(values.shape, 0.02), np.full(values.shape, 0.001)
        assert break_test(values, small, seed=0).position.tolist() == [-1]
        assert break_test(values, large, seed=0).position.tolist() == [6]

    @pytest.mark.parametrize("walk", [False, True])
    def test_false_alarms_stay_rare(self, walk):
        values = np.random.default_rng(5).standard_normal((4_000, 12))
        values = values.cumsum(axis=1) if walk else values
        assert (break_test(values, np.zeros(values.shape), seed=0).position >= 0).mean() < 0.016

    def test_missing_dates_are_passed_over_and_six_are_too_few(self):
        step = np.where(np.arange(12) < 7, 0.0, 1.0) + 0.01 * np.tile([0, 1, 0.5], 4)
        values = np.stack([step, step])
        values[0, [3, 7]] = np.nan
        values[1, :6] = np.nan
        found = break_test(values, np.zeros(values.shape), seed=0)
        assert found.position.tolist() == [8, -1]
        assert np.isnan(found.p[1])


class TestTrends:
    def test_directions_by_itself_and_against_the_city(self, counted):
        year = np.arange(8)
        wobble = 0.001 * np.array([0, 1, 0, 1, 1, 0, 1, 0])
        rows = [0.1 + 0.01 * year, 0.3 - 0.01 * year, 0.2 + wobble]
        found = trends(_series(counted, rows))
        assert list(found.columns) == list(TREND_COLUMNS)
        assert list(found.index) == ["00", "01", "02"]
        assert found["direction"].tolist() == ["rising", "falling", "unclear"]
        assert_allclose(found["slope"][:2], [0.01, -0.01], rtol=5e-3)
        assert found["relative_direction"].tolist() == ["rising", "falling", "unclear"]
        assert found["years"].tolist() == [8, 8, 8]
        assert (found["first"].iloc[0], found["last"].iloc[0]) == ("2010-12-31", "2017-12-31")

    def test_a_city_wide_rise_is_no_relative_trend(self, counted):
        rng = np.random.default_rng(2)
        rows = 0.1 + 0.02 * np.arange(9) + 0.002 * rng.standard_normal((6, 9))
        found = trends(_series(counted, rows))
        assert set(found["direction"]) == {"rising"}
        assert (found["relative_direction"] == "unclear").sum() >= 5
        assert found["relative_slope"].abs().max() < 0.001

    def test_missing_years_are_not_zero(self, counted):
        rows = np.array([0.3 + 0.01 * np.arange(8), np.full(8, 0.2)])
        rows[0, [2, 6]] = np.nan
        found = trends(_series(counted, rows))
        assert found.loc["00", "years"] == 6
        assert found.loc["00", "slope"] == pytest.approx(0.01, rel=0.02)
        # Six years that always rise may still be memory: a trend is not shown.
        assert found.loc["00", "direction"] == "unclear"

    def test_too_few_years_are_not_assessable(self, counted):
        found = trends(_series(counted, [[0.1, 0.2, 0.3, 0.4], [0.1] * 4]))
        assert set(found["direction"]) == {"not assessable"}
        assert found["slope"].iloc[0] == pytest.approx(0.1, rel=0.01)

    def test_a_break_is_dated(self, counted):
        rng = np.random.default_rng(3)
        rows = 0.2 + 0.002 * rng.standard_normal((20, 12))
        rows[4, 7:] += 0.1
        found = trends(_series(counted, rows))
        assert found.loc["04", "break_date"] == "2017-12-31"
        assert found.loc["04", "break_change"] == pytest.approx(0.095, abs=0.01)
        assert found["break_date"].notna().sum() == 1
        assert found["break_change"].notna().sum() == 1

    def test_a_district_never_known_has_no_dates(self, counted):
        found = trends(_series(counted, [[0.1] * 6, [np.nan] * 6]))
        assert found.loc["01", "years"] == 0
        assert pd.isna(found.loc["01", "first"])
        assert found.loc["01", "direction"] == "not assessable"

    def test_dates_must_be_dates(self, counted):
        table = pd.concat(
            [counted("poor", "2020", [1], [10], ["a"]), counted("poor", "Mai", [1], [10], ["a"])]
        )
        with pytest.raises(SozialraumError, match="2020, Mai"):
            trends(table)

    def test_years_with_decimals(self):
        assert dated_years(["2019-01-01", "2019-12-31"]).tolist() == pytest.approx([2019, 2019 + 364 / 365])


def _states(rows):
    frames = [
        pd.DataFrame(
            {"indicator": "poor", "date": date, "state": states},
            index=pd.Index(KEYS[: len(states)], name="district"),
        )
        for date, states in rows.items()
    ]
    return pd.concat(frames)


class TestPersistence:
    def test_side_and_number_of_the_last_dates(self):
        states = _states(
            {
                "2016-12-31": ["above", "above", "within"],
                "2017-12-31": ["above", "below", "within"],
                "2018-12-31": ["above", "not assessable", "within"],
                "2019-12-31": ["within", "above", "within"],
                "2020-12-31": ["above", "below", "within"],
            }
        )
        found = persistence(states, dates=4)
        assert list(found.columns) == list(PERSISTENCE_COLUMNS)
        assert found["side"].tolist() == ["above", "below", ""]
        assert found["k"].tolist() == [3, 2, 0]
        assert found["n"].tolist() == [4, 3, 4]
        assert found["missing"].tolist() == [0, 1, 0]
        assert found["last"].tolist() == ["above", "below", "within"]
        assert found["persistent"].tolist() == [True, False, False]

    def test_of_equally_frequent_sides_the_later_counts(self):
        states = _states({"2019-12-31": ["below", "above"], "2020-12-31": ["above", "below"]})
        assert persistence(states)["side"].tolist() == ["above", "below"]

    def test_a_date_without_row_is_missing_not_inconspicuous(self):
        states = _states({"2019-12-31": ["above", "above"], "2020-12-31": ["above"]})
        found = persistence(states)
        assert found.loc["b", ["k", "n", "missing", "last"]].tolist() == [1, 1, 1, "not assessable"]

    def test_from_control_limits(self, counted):
        rows = np.full((20, 6), 0.1)
        rows[3] = 0.4
        rows += 0.005 * np.random.default_rng(0).standard_normal(rows.shape)
        found = persistence(control_limits(_series(counted, rows), level=0.998))
        assert found.index[found["persistent"]].tolist() == ["03"]
        assert found.loc["03", ["side", "k", "n"]].tolist() == ["above", 5, 5]

    def test_verdicts_of_other_names(self):
        states = _states({"2019-12-31": ["bad", "good"], "2020-12-31": ["bad", "fine"]})
        found = persistence(
            states.rename(columns={"state": "verdict"}), column="verdict", sides=("bad", "good")
        )
        assert found["side"].tolist() == ["bad", "good"]
        assert found["k"].tolist() == [2, 1]

    def test_rows_keep_their_order(self):
        states = _states({"2019-12-31": ["above", "below"], "2020-12-31": ["above", "below"]})
        assert persistence(states.iloc[::-1]).index.tolist() == ["b", "a"]

    def test_faults(self):
        with pytest.raises(SozialraumError, match="dates"):
            persistence(_states({"2019-12-31": ["above"]}), dates=0)
        double = _states({"2019-12-31": ["above"]})
        with pytest.raises(SozialraumError, match=r": a\."):
            persistence(pd.concat([double, double]))


class TestKinds:
    """A ratio stays a ratio when one other district passes 100."""

    def test_control_limits_of_a_ratio_do_not_flip(self, counted, catalogue_of):
        catalogue = catalogue_of({"places": "provision"}, kind="ratio")
        people, cases = [1_000] * 8, [400, 450, 380, 420, 410, 390, 430, 700]
        below = control_limits(counted("places", DATE, cases, people, KEYS[:8]), catalogue=catalogue)
        above = control_limits(
            counted("places", DATE, [*cases[:-1], 1_010], people, KEYS[:8]), catalogue=catalogue
        )
        columns = ["city", "state"]
        assert below["city"].iloc[0] == pytest.approx(0.415)  # the median district, not the summed counts
        pd.testing.assert_frame_equal(below[columns].iloc[:7], above[columns].iloc[:7])

    def test_a_share_above_one_is_refused_not_reread(self, counted):
        table = counted("poor", DATE, [400, 1_100], [1_000, 1_000], KEYS[:2])
        for function in (control_limits, trends):
            with pytest.raises(SozialraumError, match="poor"):
                function(table)

    def test_limits_are_wider_where_people_come_in_households(self, counted, catalogue_of):
        table = counted("poor", DATE, [100, 120, 90, 110, 105, 95], [1_000] * 6, KEYS[:6])
        single = control_limits(table, overdispersion=False)
        households = control_limits(
            table, catalogue=catalogue_of({"poor": "need"}, design_effect=4.0), overdispersion=False
        )
        assert (households["z"] / single["z"]).tolist() == pytest.approx([0.5] * 6)


def test_a_double_row_is_refused(counted):
    table = counted("poor", DATE, [1, 2], [10, 10], ["a", "a"])
    for function in (control_limits, trends):
        with pytest.raises(AlignmentError, match=r": a\."):
            function(table)


@pytest.mark.parametrize(("kind", "names"), [("state", STATES), ("trend", TRENDS)])
def test_everything_that_can_come_out_has_a_text(kind, names):
    assert [name for name in names if not has_text(f"mixing.{kind}.{name}")] == []


@pytest.mark.shared
def test_leipzig_focus_areas_stay_above_the_city(shared_data, counted):
    people = pd.read_csv(shared_data / "leipzig" / "einwohner.csv", sep=";").set_index(["jahr", "ortsteil"])
    poor = pd.read_csv(shared_data / "leipzig" / "bedarfsgemeinschaften.csv", sep=";").set_index(
        ["jahr", "ortsteil"]
    )
    tables = []
    for year in range(2008, 2023):
        total = people["Einwohner insgesamt"].loc[year]
        cases = poor["Leistungsberechtigte"].loc[year].reindex(total.index)
        tables.append(counted("sgb2", f"{year}-12-31", cases, total, list(total.index)))
    table = pd.concat(tables)
    limits = control_limits(table)
    found = persistence(limits, dates=15, least=10)
    assert found.index[found["persistent"] & (found["side"] == "above")].tolist() == ["Volkmarsdorf"]
    assert found.loc["Volkmarsdorf", ["k", "n", "missing"]].tolist() == [15, 15, 0]
    highest = limits[limits["date"] == "2022-12-31"]["z"].nlargest(5).index
    assert set(highest) == {
        "Volkmarsdorf", "Grünau-Mitte", "Grünau-Nord", "Paunsdorf", "Neustadt-Neuschönefeld"
    }  # fmt: skip
    trend = trends(table)
    assert trend["direction"].value_counts().to_dict() == {"falling": 54, "unclear": 9}
    assert trend["relative_direction"].value_counts().to_dict() == {
        "rising": 23,
        "falling": 11,
        "unclear": 29,
    }
    # The refugee accommodation of 2016 stands out most, but not among 63 districts tested.
    assert trend["break_p"].idxmin() == "Grünau-Nord"
    assert trend["break_date"].isna().all()
