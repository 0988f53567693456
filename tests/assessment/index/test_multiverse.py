"""Other choices, other classes: counted, not argued about."""

import time

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.index.composite import composite_index
from sozialraum.assessment.index.multiverse import declared_choices, multiverse
from sozialraum.assessment.index.recipes import Limit, preset
from sozialraum.assessment.index.robustness import index_robustness
from sozialraum.errors import ProjectError
from sozialraum.panel import matrix

DATE = "2020-12-31"
KEYS = list("abcdef")


@pytest.fixture
def table(counted):
    return pd.concat(
        [
            counted("x", DATE, [10, 12, 14, 16, 30, np.nan], 100, KEYS),
            counted("y", DATE, [30, 16, 14, 12, 10, 10], 100, KEYS),
        ]
    )


def recipe(**choices):
    return preset("berlin_mss", ["x", "y"], minimum_population=0, **choices)


def test_all_combinations_by_hand(table):
    shifted = (Limit(-9.0, "lower"), Limit(8.0, "lower"), Limit(9.0, "lower"))
    choices = {
        "indicators": {"both": {}, "only x": {"indicators": ("x",)}},
        "limits": {"declared": {}, "never": {"status_limits": shifted}},
    }
    found = multiverse(table, recipe(), date=DATE, choices=choices)
    assert found.variants.to_numpy().tolist() == [
        ["both", "declared"],
        ["both", "never"],
        ["only x", "declared"],
        ["only x", "never"],
    ]
    # both: x and y mirror each other, a and e are equally high; only x: e is 1.9 SD above the others
    assert found.classes.loc["e"].tolist() == ["low", "medium", "very low", "medium"]
    assert set(found.classes[1]) == {"medium", "not assessable"}
    assert found.shares.loc["e", ["status", "same", "variants"]].tolist() == ["low", 1, 4]
    assert found.shares.loc["e", ["high", "medium", "low", "very low"]].tolist() == [0, 0.5, 0.25, 0.25]
    # f misses x in all four
    assert found.shares.loc["f", "not assessable"] == 1
    # only this choice changed, averaged over both options of the other
    indicators = (found.classes[0] != found.classes[2]).sum() + (found.classes[1] != found.classes[3]).sum()
    limits = (found.classes[0] != found.classes[1]).sum() + (found.classes[2] != found.classes[3]).sum()
    assert found.influence.loc["indicators", "moved"] == pytest.approx(indicators / 2 / 5)
    assert found.influence.loc["limits", "moved"] == pytest.approx(limits / 2 / 5)
    assert found.influence["moved"].is_monotonic_decreasing
    assert found.alone.to_dict("records") == [
        {
            "choice": "indicators",
            "option": "only x",
            "moved": (found.classes[0] != found.classes[2]).sum(),
            "districts": 5,
        },
        {
            "choice": "limits",
            "option": "never",
            "moved": (found.classes[0] != found.classes[1]).sum(),
            "districts": 5,
        },
    ]


@pytest.mark.slow
def test_variant_0_is_the_recipe_itself(table):
    people = pd.Series(range(400, 1000, 100), index=KEYS)
    wide = matrix(table, ["x", "y"], DATE)
    for name in ("berlin_mss", "z_mean", "percentile_sum", "exponential"):
        one = preset(name, ["x", "y"])
        found = multiverse(table, one, date=DATE, population=people)
        own = composite_index(wide, one, population=people).table["class"]
        pd.testing.assert_series_equal(found.classes[0], own, check_names=False)


def test_a_choice_without_effect_has_no_influence(table):
    same = {"weights": {"declared": {}, "doubled": {"weights": {"x": 2.0, "y": 2.0}}}}
    found = multiverse(table, recipe(), date=DATE, choices=same)
    assert found.influence["moved"].tolist() == [0.0]
    assert found.shares["same"].tolist() == [2] * 6


def test_declared_choices_take_what_the_data_allow():
    plain = declared_choices(preset("berlin_mss", ["x", "y", "z"]))
    assert list(plain) == ["transformation", "weights", "limits", "indicators"]
    assert list(plain["indicators"]) == ["all", "without x", "without y", "without z"]
    assert all(next(iter(options.values())) == {} for options in plain.values())
    full = declared_choices(preset("berlin_mss", ["x", "y"]), counts=True, population=True)
    assert set(full) == {"transformation", "weights", "limits", "standard", "smoothing"}
    shares = declared_choices(preset("exponential", ["x", "y"]))["limits"]["wider"]["status_limits"]
    assert [limit.value for limit in shares] == pytest.approx([0.17, 0.83, 0.94])


def test_smoothing_is_a_choice_where_counts_are(table):
    assert "smoothing" in multiverse(table, recipe(), date=DATE).variants
    published = table.assign(numerator=np.nan, denominator=np.nan)
    assert "smoothing" not in multiverse(published, recipe(), date=DATE).variants


def test_a_variant_that_cannot_be_computed_is_told_and_counts_for_nobody(table):
    mirrored = {"weights": {"x": 2.0, "y": 1.0}}
    choices = {"weights": {"declared": {}, "equal": {"weights": {"x": 1.0, "y": 1.0}}}}
    x = table.loc[table["indicator"] == "x", "value"]
    mirror = table.assign(value=[*x, *(0.5 - x)])
    found = multiverse(mirror, recipe(**mirrored), date=DATE, choices=choices)
    assert [problem.code for problem in found.problems] == ["assessment.failed_variant"]
    assert "weights: equal" in found.problems[0].text("de")
    assert set(found.classes[1]) == {"not assessable"}
    assert found.shares.loc["a", "same"] == 1


def test_a_choice_without_options_is_refused(table):
    with pytest.raises(ProjectError, match="„limits“ keine Wahl"):
        multiverse(table, recipe(), date=DATE, choices={"limits": {}})


def test_108_variants_of_436_districts_take_under_5_seconds(simulated):
    """Processor time; measured 1.1 s."""
    rng = np.random.default_rng(8)
    rates = np.clip(
        0.2 + 0.05 * rng.standard_normal((436, 1)) + 0.02 * rng.standard_normal((436, 5)), 0.01, 0.9
    )
    table, _ = simulated(rates, 2000)
    start = time.process_time()
    found = multiverse(
        table, preset("berlin_mss", [f"i{i}" for i in range(5)], minimum_population=0), date=DATE
    )
    taken = time.process_time() - start
    assert len(found.variants) == 3 * 2 * 3 * 2 * 6
    assert taken / len(found.variants) * 100 < 5


@pytest.mark.slow
def test_population_of_every_date_is_taken_at_the_date():
    """`Panel.population` has one column per date; it goes where a Series goes."""
    rng = np.random.default_rng(3)
    keys = [f"{number:02d}" for number in range(20)]
    cases = rng.integers(20, 200, (2, 20))
    frames = [
        pd.DataFrame(
            {
                "indicator": name,
                "date": "2023-12-31",
                "value": cases[number] / 1000,
                "numerator": cases[number].astype(float),
                "denominator": 1000.0,
                "lower": np.nan,
                "upper": np.nan,
                "flag": "ok",
            },
            index=pd.Index(keys, name="district"),
        )
        for number, name in enumerate(("a", "b"))
    ]
    indicators = pd.concat(frames)
    recipe = preset("z_mean", ["a", "b"], minimum_population=300)
    people = pd.Series([200.0, *[1000.0] * 19], index=keys)
    by_date = pd.DataFrame({"2022-12-31": 100.0, "2023-12-31": people})
    one, other = (
        multiverse(indicators, recipe, date="2023-12-31", population=given) for given in (people, by_date)
    )
    pd.testing.assert_frame_equal(one.classes, other.classes)
    catalogue = pd.DataFrame(
        {"kind": "share", "polarity": "disadvantage", "part_of": [(), ()], "sum_of": [(), ()]},
        index=["a", "b"],
    )
    first, second = (
        index_robustness(indicators, catalogue, recipe, date="2023-12-31", population=given, resamples=50)
        for given in (people, by_date)
    )
    pd.testing.assert_frame_equal(first.table, second.table)
