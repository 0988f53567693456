"""The index by hand: z-values, ranks, weights, what is left out, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.assessment.index.composite import composite_index
from sozialraum.assessment.index.recipes import preset
from sozialraum.errors import AlignmentError

KEYS = ["01", "02", "03"]
SMALL = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 2.0, 5.0]}, index=pd.Index(KEYS, name="district"))


def recipe(name="berlin_mss", indicators=("x", "y"), **choices):
    return preset(name, indicators, minimum_population=0, **choices)


def check(found, expected, keys=KEYS):
    pd.testing.assert_series_equal(
        found, pd.Series(expected, index=pd.Index(keys, name="district"), dtype=float), check_names=False
    )


def test_berlin_by_hand():
    # z(x) = -√1.5, 0, √1.5; z(y) = -√½, -√½, √2; their sums over the SD of the sums
    z = np.array([[-np.sqrt(1.5), -np.sqrt(0.5)], [0.0, -np.sqrt(0.5)], [np.sqrt(1.5), np.sqrt(2.0)]])
    sums = z.sum(axis=1)
    found = composite_index(SMALL, recipe())
    check(found.table["value"], sums / np.sqrt(np.mean(sums**2)))
    check(found.table["value"], [-1.0, -0.366025403784, 1.366025403784])
    check(found.table["rank"], [3.0, 2.0, 1.0])
    assert found.table["class"].tolist()[1:] == ["medium", "low"]
    assert found.table["reason"].tolist() == ["", "", ""]
    check(found.contributions.sum(axis=1), found.table["value"].tolist())


def test_more_of_a_resource_is_less_disadvantage():
    reversed_y = SMALL.assign(y=-SMALL["y"])
    found = composite_index(reversed_y, recipe(resources=("y",)))
    check(found.table["value"], composite_index(SMALL, recipe()).table["value"].tolist())


def test_percent_or_share_makes_no_difference():
    found = composite_index(SMALL / 100, recipe())
    check(found.table["value"], composite_index(SMALL, recipe()).table["value"].tolist())


def test_a_weight_of_two_counts_twice():
    doubled = SMALL.assign(again=SMALL["x"])
    found = composite_index(SMALL, recipe(weights={"x": 2.0}))
    expected = composite_index(doubled, recipe(indicators=("x", "y", "again")))
    check(found.table["value"], expected.table["value"].tolist())


def test_z_mean_is_the_mean_number_of_standard_deviations():
    found = composite_index(SMALL, recipe("z_mean", weights={"x": 3.0}))
    z_x, z_y = np.sqrt(1.5), np.array([-np.sqrt(0.5), -np.sqrt(0.5), np.sqrt(2.0)])
    check(found.table["value"], (3 * np.array([-z_x, 0, z_x]) + z_y) / 4)


def test_population_as_standard_weights_mean_and_sd():
    people = pd.Series([100.0, 100.0, 800.0], index=KEYS)
    found = composite_index(SMALL[["x"]], recipe(indicators=("x",), standard="population"), population=people)
    mean, sd = 2.7, np.sqrt(0.1 * 1.7**2 + 0.1 * 0.7**2 + 0.8 * 0.3**2)
    check(found.table["value"], (np.array([1, 2, 3]) - mean) / sd)


def test_percentile_sum_ranks_ties_alike_and_gives_themes():
    values = pd.DataFrame({"x": [1.0, 2.0, 2.0, 3.0], "y": [4.0, 3.0, 2.0, 1.0]}, index=list("abcd"))
    found = composite_index(values, recipe("percentile_sum", themes={"one": ("x",), "two": ("y",)}))
    # ranks of x: 0, 1/3, 1/3, 1; of y: 1, 2/3, 1/3, 0; sums 1, 1, 2/3, 1; of their ranks: 1/3, 1/3, 0, 1/3
    assert found.table["value"].tolist() == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])
    assert found.themes["one"].tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1])
    assert found.themes["two"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])


def test_exponential_scores_run_to_100_and_a_tenth_is_above_50():
    values = pd.DataFrame({"x": np.arange(1000.0)}, index=[f"{i:03d}" for i in range(1000)])
    found = composite_index(values, recipe("exponential", ("x",))).table
    assert found["value"].max() == pytest.approx(100)
    assert found["value"].iloc[499] == pytest.approx(15.6467, abs=1e-4)  # R = 0.5
    assert (found["value"] > 50).sum() == 103
    assert found["class"].value_counts().to_dict() == {
        "medium": 600,
        "high": 200,
        "low": 100,
        "very low": 100,
    }


def test_first_component_follows_the_polarity_and_tells_its_share():
    x = np.array([1.0, 2.0, 3.0, 7.0])
    values = pd.DataFrame({"x": x, "income": -2 * x}, index=list("abcd"))
    found = composite_index(values, recipe("pca", ("x", "income"), resources=("income",)))
    assert found.explained == pytest.approx(1.0)
    assert found.loadings.tolist() == pytest.approx([np.sqrt(0.5)] * 2)
    assert found.table["rank"].tolist() == [4, 3, 2, 1]


def test_a_loading_against_its_polarity_is_reported():
    rng = np.random.default_rng(0)
    x = rng.normal(size=50)
    values = pd.DataFrame({"x": x, "y": x + rng.normal(size=50) / 9, "odd": -x + rng.normal(size=50)})
    found = composite_index(values, recipe("pca", ("x", "y", "odd")))
    assert [(p.code, p.keys, p.severity) for p in found.problems] == [
        ("assessment.loading_against_polarity", ("odd",), "warning")
    ]


def test_what_is_not_assessable_moves_no_mean_and_says_why():
    more = pd.concat(
        [
            pd.DataFrame(
                {"x": [np.nan, 99.0, 99.0, 99.0], "y": [1.0, 99.0, 99.0, 99.0]},
                index=["04", "05", "06", "07"],
            ),
            SMALL,
        ]
    )
    people = pd.Series({"01": 300, "02": 500, "03": 500, "04": 500, "05": 299, "06": 500, "07": np.nan})
    found = composite_index(more, preset("berlin_mss", ("x", "y"), excluded=("06",)), population=people).table
    check(found["value"].loc[KEYS], [-1.0, -0.366025403784, 1.366025403784])
    assert found["reason"].to_dict() == {
        "01": "",
        "02": "",
        "03": "",
        "04": "missing value",
        "05": "few inhabitants",
        "06": "excluded",
        "07": "population unknown",
    }
    assert set(found.loc[["04", "05", "06", "07"], "class"]) == {"not assessable"}
    assert found.loc[["04", "05", "06", "07"], ["value", "rank"]].isna().all(axis=None)


def test_a_minimum_that_cannot_be_checked_is_reported():
    found = composite_index(SMALL, preset("berlin_mss", ("x", "y")))
    assert [problem.code for problem in found.problems] == ["assessment.population_unknown"]
    assert "300" in found.problems[0].text("de")


def test_another_dates_mean_and_sd_show_what_happens_to_the_whole_city():
    base = composite_index(SMALL, recipe())
    worse = composite_index(SMALL + 1, recipe(), fit=base.fit).table["value"]
    assert (worse > base.table["value"]).all()
    z_shift = 1 / np.sqrt(2 / 3) + 1 / np.sqrt(2)
    check(worse - base.table["value"], [z_shift / base.fit.scale] * 3)
    check(composite_index(SMALL + 1, recipe()).table["value"], base.table["value"].tolist())


@pytest.mark.parametrize("name", ["percentile_sum", "exponential", "pca"])
def test_other_recipes_can_keep_a_base_too(name):
    base = composite_index(SMALL, recipe(name))
    same = composite_index(SMALL, recipe(name), fit=base.fit)
    check(same.table["value"], base.table["value"].tolist())
    worse = composite_index(SMALL + 9, recipe(name), fit=base.fit).table["value"]
    assert (worse >= base.table["value"]).all()
    assert worse.gt(base.table["value"]).any()


def test_a_constant_indicator_contributes_nothing_and_is_reported():
    found = composite_index(SMALL.assign(c=0.1), recipe(indicators=("x", "y", "c")))
    check(found.table["value"], [-1.0, -0.366025403784, 1.366025403784])
    assert [(p.code, p.keys) for p in found.problems] == [("assessment.constant_indicator", ("c",))]


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (SMALL, {"indicators": ("x", "income", "rent")}, "income, rent"),
        (SMALL.iloc[:1], {}, "Nur 1 Gebiet ist"),
        (pd.concat([SMALL, SMALL.iloc[:1]]), {}, "mehrfach vor: 01"),
        (SMALL.assign(x=1.0, y=2.0), {}, "Kein Indikator unterscheidet sich"),
        (SMALL.assign(y=-SMALL["x"]), {}, "heben sich in jedem Gebiet gegenseitig auf: x, y"),
        (SMALL, {"standard": "population"}, "Einwohnerzahlen fehlen"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_a_reason(values, options, message):
    with pytest.raises(AlignmentError, match=message):
        composite_index(values, recipe(**options))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    numbers=st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=12, unique_by=lambda t: t[0]
    ),
    order=st.randoms(use_true_random=False),
    # Not pca: two indicators without any correlation have no first component.
    name=st.sampled_from(["berlin_mss", "z_mean", "percentile_sum", "exponential"]),
)
def test_order_of_rows_changes_nothing_and_the_input_stays(numbers, order, name):
    values = pd.DataFrame(numbers, columns=["x", "y"], index=[f"k{i}" for i in range(len(numbers))])
    kept = values.copy()
    shuffled = list(values.index)
    order.shuffle(shuffled)
    found = composite_index(values, recipe(name)).table["value"]
    other = composite_index(values.loc[shuffled], recipe(name)).table["value"]
    assert list(other.index) == shuffled
    pd.testing.assert_series_equal(other.loc[values.index], found)
    pd.testing.assert_frame_equal(values, kept)
