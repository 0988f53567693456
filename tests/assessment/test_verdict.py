"""Conspicuous or not: the rule by hand, its error under no difference, its eye for a planted cluster."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from sozialraum.assessment.profile import summarise
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.verdict import VERDICT_COLUMNS, judge, verdicts
from sozialraum.errors import AlignmentError, ProjectError
from sozialraum.stats.intervals import wilson
from sozialraum.stats.multiple import adjust

DATE = "2020-12-31"
KEYS = ["a", "b", "c", "d", "e"]


def of(found, indicator="i"):
    return found.loc[found["indicator"] == indicator, "verdict"].to_dict()


def test_a_verdict_by_hand(counted, catalogue_of):
    """City 14.2 %; the margin is a fixed 5 points; 1,000 people each, two of them one independent case."""
    table = counted("i", DATE, [400, 100, 140, 190, 10], [1000] * 5, KEYS)
    rule = Rule(unit="points", distance=0.05)
    found = verdicts(table, catalogue_of({"i": "disadvantage"}, design_effect=2.0), rule=rule)
    assert tuple(found.columns) == VERDICT_COLUMNS
    assert list(found.index) == KEYS
    city = 840 / 5000
    assert found["city"].tolist() == pytest.approx([city] * 5)
    assert found["difference"].tolist() == pytest.approx(np.array([0.4, 0.1, 0.14, 0.19, 0.01]) - city)
    assert found["margin"].tolist() == pytest.approx([0.05] * 5)
    assert found["expected"].tolist() == pytest.approx([500 * city] * 5)
    p = binom.sf(200, 500, city) + binom.pmf(200, 500, city) / 2
    assert found.loc["a", "p"] == pytest.approx(2 * p)
    p = binom.cdf(50, 500, city - 0.05) - binom.pmf(50, 500, city - 0.05) / 2
    assert found.loc["b", "p_margin"] == pytest.approx(p)
    np.testing.assert_allclose(found["p_adjusted"], adjust(found["p"]))
    np.testing.assert_allclose(found["p_margin_adjusted"], adjust(found["p_margin"]))
    low, high = wilson(np.array([70.0]), np.array([500.0]), z=1.6448536269514722)
    assert found.loc["c", ["lower_90", "upper_90"]].tolist() == pytest.approx([low[0], high[0]])
    assert of(found) == {
        "a": "conspicuous (unfavourable)",
        "b": "conspicuous (favourable)",  # p_margin is .105, third of five: .176
        "c": "undecided",  # the interval begins 5.3 points below the city
        "d": "undecided",  # inside, but its interval ends 5.2 points above
        "e": "conspicuous (favourable)",
    }
    certain = verdicts(table, catalogue_of({"i": "disadvantage"}), rule=rule)
    assert of(certain)["c"] == "inconspicuous"


def test_margin_chance_and_cases_must_all_agree(counted, catalogue_of):
    table = pd.concat(
        [
            # far from the city but small: chance
            counted("small", DATE, [40, 300, 290, 310, 300], [100, 1000, 1000, 1000, 1000], KEYS),
            # different for sure, but close to the city
            counted("close", DATE, [31_500, 30_000, 30_000, 30_000, 30_000], 100_000, KEYS),
            # far and striking, but from a handful of people
            counted("few", DATE, [19, 100, 110, 90, 100], [20, 1000, 1000, 1000, 1000], KEYS),
            # rare: the district expects fewer than twenty cases
            counted("rare", DATE, [90, 12, 11, 13, 10], [4000] * 5, KEYS),
        ]
    )
    catalogue = catalogue_of(dict.fromkeys(["small", "close", "few", "rare"], "disadvantage"))
    catalogue["design_effect"] = [1.0, 1.0, 1.0, 3.0]
    found = verdicts(table, catalogue, rule=Rule(unit="points", distance=0.05)).loc["a"]
    assert found.set_index("indicator")["verdict"].to_dict() == {
        "small": "undecided",
        "close": "inconspicuous",
        "few": "not assessable",
        "rare": "undecided" if 4000 / 3 * 136 / 20_000 >= 20 else "not assessable",
    }
    assert found.set_index("indicator")["reason"].to_dict() == {
        "small": "",
        "close": "",
        "few": "few cases",
        "rare": "few cases",
    }
    assert found.set_index("indicator")["p"].isna().to_dict() == {
        "small": False,
        "close": False,
        "few": True,
        "rare": True,
    }
    at_the_margin = verdicts(table, catalogue, rule=Rule(unit="points", distance=0.01))
    assert of(at_the_margin, "close")["a"] == "undecided"  # 1.2 points for sure, beyond 1 point not
    near = verdicts(table, catalogue, rule=Rule(unit="points", distance=0.005))
    assert of(near, "close")["a"] == "conspicuous (unfavourable)"


def test_the_margin_in_sd_is_of_true_rates_and_never_tiny(counted, catalogue_of):
    rates = np.array([0.1, 0.15, 0.2, 0.25, 0.3])
    table = counted("i", DATE, rates * 1e6, 1e6, KEYS)
    found = verdicts(table, catalogue_of({"i": "disadvantage"}))
    assert found["margin"].tolist() == pytest.approx([rates.std(ddof=1)] * 5, rel=1e-3)
    assert found["distance"].tolist() == pytest.approx((rates - 0.2) / rates.std(ddof=1), rel=1e-3)
    # Equal rates, and a rare one: a point, at most a tenth of the city's rate.
    for rate, margin in ((0.2, 0.01), (0.02, 0.002)):
        even = verdicts(counted("i", DATE, [rate * 1e6] * 5, 1e6, KEYS), catalogue_of({"i": "disadvantage"}))
        assert even["margin"].tolist() == pytest.approx([margin] * 5)
        assert set(even["verdict"]) == {"inconspicuous"}
    # A ratio per 1,000 has a margin of 1 per 1,000.
    ratio = catalogue_of({"i": "disadvantage"}, kind="ratio", factor=1000.0)
    even = verdicts(counted("i", DATE, [2e5] * 5, 1e6, KEYS), ratio)
    assert even["margin"].tolist() == pytest.approx([0.001] * 5)


def test_silence_is_no_verdict_of_normality(counted, catalogue_of):
    """A district of 100 with 20 % in a city of 10 %: nothing is shown either way."""
    keys = [*KEYS, *"fghij"]
    table = counted("i", DATE, [40, *[200] * 9], [200, *[2000] * 9], keys)
    found = verdicts(table, catalogue_of({"i": "disadvantage"}), rule=Rule(unit="points", distance=0.09))
    assert of(found)["a"] == "undecided"
    assert summarise(found).loc["a", "profile"] == "undecided"
    assert summarise(found).loc["b", "profile"] == "inconspicuous on all"


def test_a_verdict_depends_on_its_own_indicator_alone(counted, catalogue_of):
    """Three strongly segregated indicators beside it change nothing, nor do three dull ones."""
    keys = [f"{number:02d}" for number in range(60)]
    own = counted("a", DATE, [150, *[100] * 59], 1000, keys)
    split = [counted(f"s{k}", DATE, [300] * 30 + [50] * 30, 1000, keys) for k in range(3)]
    dull = [counted(f"d{k}", DATE, [100] * 60, 1000, keys) for k in range(3)]
    alone = verdicts(own, catalogue_of({"a": "disadvantage"}))
    for others in (split, dull):
        table = pd.concat([own, *others])
        names = dict.fromkeys(table["indicator"].unique(), "disadvantage")
        found = verdicts(table, catalogue_of(names))
        pd.testing.assert_frame_equal(found[found["indicator"] == "a"], alone)


def test_households_by_the_smallest_example(counted, catalogue_of):
    """60 districts of 4,000, one rate, households of four: without the design effect chance is a finding."""
    keys = [f"{number:02d}" for number in range(60)]
    households = np.random.default_rng(1).binomial(1000, 0.15, 60)
    table = counted("i", DATE, households * 4, 4000, keys)
    rule = Rule(unit="points", distance=0.002)
    naive = verdicts(table, catalogue_of({"i": "disadvantage"}), rule=rule)["verdict"]
    known = verdicts(table, catalogue_of({"i": "disadvantage"}, design_effect=4.0), rule=rule)["verdict"]
    assert naive.str.startswith("conspicuous").sum() >= 5
    assert set(known) == {"undecided"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # nothing lies more than 10 points below 10 %
        (Rule(unit="points", distance=0.1), ["unfavourable", "in", "in"]),
        (Rule(unit="points", distance=0.05), ["unfavourable", "in", "favourable"]),
        (Rule(unit="ratio", distance=2.0), ["unfavourable", "in", "favourable"]),
        (Rule(unit="ratio", distance=2.5), ["in", "in", "favourable"]),
    ],
)
def test_distance_in_points_and_as_ratio(counted, catalogue_of, rule, expected):
    # city: 300 of 3000; the ratios are 2.2, 0.7 and 0.1
    table = counted("i", DATE, [220, 70, 10], 1000, ["a", "b", "c"])
    found = verdicts(table, catalogue_of({"i": "disadvantage"}), rule=rule)["verdict"]
    names = {"in": "inconspicuous"}
    assert found.tolist() == [names.get(word, f"conspicuous ({word})") for word in expected]


def test_more_of_a_resource_is_favourable(counted, catalogue_of):
    table = counted("i", DATE, [400, 100, 100, 100, 10], 1000, KEYS)
    worse = of(verdicts(table, catalogue_of({"i": "disadvantage"})))
    better = of(verdicts(table, catalogue_of({"i": "resource"})))
    assert worse["a"] == "conspicuous (unfavourable)"
    assert better["a"] == "conspicuous (favourable)"


def test_context_is_never_conspicuous_and_counts_for_nothing(counted, catalogue_of):
    table = pd.concat(
        [
            counted("poor", DATE, [100] * 5, 1000, KEYS),
            counted("migration", DATE, [900, 10, 10, 10, 10], 1000, KEYS),
        ]
    )
    found = verdicts(table, catalogue_of({"poor": "disadvantage", "migration": "context"}))
    context = found[found["indicator"] == "migration"]
    assert set(context["verdict"]) == {"not assessable"}
    assert set(context["reason"]) == {"context"}
    assert context["p"].isna().all()
    summary = summarise(found)
    assert set(summary["profile"]) == {"undecided"}
    assert set(summary["assessable"]) == {1}


def test_what_cannot_be_judged_says_why_and_no_district_is_lost(counted, catalogue_of):
    counts = counted("i", DATE, [100, np.nan, 100, 1100, 100], 1000, KEYS)
    counts.loc["c", "flag"] = "unreliable"
    published = counted("share", DATE, [1, 2, 3, 4], 10, KEYS[:4]).assign(
        numerator=np.nan, denominator=np.nan
    )
    alone = counted("alone", DATE, [200], 1000, ["a"])
    table = pd.concat([counts, published, alone])
    catalogue = catalogue_of(dict.fromkeys(["i", "share", "alone"], "disadvantage"))
    found = verdicts(table, catalogue)
    assert len(found) == 15
    reasons = {name: rows["reason"].to_dict() for name, rows in found.groupby("indicator")}
    assert reasons["i"] == {
        "a": "",
        "b": "no value",
        "c": "unreliable",
        "d": "impossible counts",
        "e": "",
    }
    assert reasons["share"] == {**dict.fromkeys("abcd", "no counts"), "e": "no value"}
    assert reasons["alone"] == {"a": "one district", **dict.fromkeys("bcde", "no value")}
    assert summarise(found).loc["b", "profile"] == "not assessable"
    # nothing that is left out weighs on the city's rate
    assert found.loc[found["indicator"] == "i", "city"].tolist() == pytest.approx([0.1] * 5)


def test_profiles_by_target_group(counted, catalogue_of):
    table = pd.concat(
        [
            counted("child", DATE, [400, 100, 100, 100, 100], 1000, KEYS),
            counted("old", DATE, [100, 400, 100, 100, 100], 1000, KEYS),
            counted("well", DATE, [400, 100, 100, 100, 100], 1000, KEYS),
        ]
    )
    catalogue = catalogue_of(
        {"child": "disadvantage", "old": "disadvantage", "well": "resource"},
        target_group=["children_youth", "older", "older"],
    )
    found = verdicts(table, catalogue)
    overall = summarise(found)
    assert overall["profile"].to_dict() == {
        "a": "conspicuous (both)",
        "b": "conspicuous (unfavourable)",
        **dict.fromkeys("cde", "inconspicuous on all"),
    }
    assert overall.loc["a", ["assessable", "unfavourable_by", "favourable_by"]].tolist() == [
        3,
        "child",
        "well",
    ]
    groups = summarise(found, groups=catalogue["target_group"]).set_index("group", append=True)["profile"]
    assert groups["a", "children_youth"] == "conspicuous (unfavourable)"
    assert groups["a", "older"] == "conspicuous (favourable)"
    assert groups["b", "children_youth"] == "inconspicuous on all"


def test_order_of_rows_changes_nothing_and_the_input_stays(simulated):
    table, catalogue = simulated(np.linspace(0.1, 0.4, 30)[:, None] * [1, 0.5], 300)
    kept = table.copy()
    shuffled = verdicts(table.sample(frac=1, random_state=0), catalogue)
    found = verdicts(table, catalogue)
    pd.testing.assert_frame_equal(
        shuffled.set_index("indicator", append=True).sort_index(),
        found.set_index("indicator", append=True).sort_index(),
    )
    pd.testing.assert_frame_equal(table, kept)


def test_bad_rules_and_tables_are_refused(counted, catalogue_of):
    with pytest.raises(ProjectError) as error:
        Rule(unit="miles", alpha=2, distance=-1)
    assert [problem.code for problem in error.value.problems] == [
        "assessment.unknown_choice",
        "assessment.bad_rule",
        "assessment.bad_rule",
    ]
    table = counted("i", DATE, [1, 2], 10, ["a", "b"])
    with pytest.raises(ProjectError, match="im Katalog fehlen: i"):
        verdicts(table, catalogue_of({"j": "disadvantage"}))
    with pytest.raises(AlignmentError, match=r"mehr als einer Zeile.*: b\."):
        verdicts(pd.concat([table, table.loc[["b"]]]), catalogue_of({"i": "disadvantage"}))


@pytest.mark.slow
def test_a_city_without_differences_has_hardly_any_conspicuous_district(simulated):
    """100 cities, 92 districts, 8 indicators; measured: 7 of 73,600 verdicts, in 7 of 100 cities."""
    rng = np.random.default_rng(5)
    share, cities = [], []
    for seed in range(100):
        sizes = rng.integers(60, 3000, (92, 8))
        table, catalogue = simulated(np.full((92, 8), 0.15), sizes, seed=seed)
        found = verdicts(table, catalogue)["verdict"].str.startswith("conspicuous")
        share.append(found.mean())
        cities.append(found.any())
    assert np.mean(share) <= 0.05 / 92
    # Without any difference the false discovery rate is the chance of any discovery: at most 5 %.
    assert np.mean(cities) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)


@pytest.mark.slow
def test_a_planted_cluster_is_found_and_little_else(simulated):
    """9 of 92 districts at 30 % instead of 15 %, 800 people each."""
    rates = np.full((92, 4), 0.15)
    rates[:9] = 0.30
    hits, false = [], []
    for seed in range(20):
        table, catalogue = simulated(rates, 800, seed=seed)
        found = verdicts(table, catalogue)
        burdened = (found["verdict"] == "conspicuous (unfavourable)").to_numpy().reshape(92, 4)
        hits.append(burdened[:9].mean())
        false.append(burdened[9:].sum() + found["verdict"].eq("conspicuous (favourable)").sum())
    assert np.mean(hits) > 0.99
    assert np.mean(false) < 0.05 * 36 / 0.95


@pytest.mark.slow
@pytest.mark.parametrize(
    ("effect", "powers"),
    [(1.0, {100: 0.0, 500: 0.84, 2000: 1.0}), (2.0, {100: 0.0, 500: 0.40, 2000: 0.98})],
)
def test_power_of_the_whole_rule(simulated, effect, powers):
    """One of 92 districts at 22.5 % instead of 15 %, the others with 2,000 people: how often it is found.

    Districts of 100 expect fewer than 20 cases and are never judged.
    """
    rates = np.full((92, 40), 0.15)
    rates[0] = 0.225
    one = np.arange(92)[:, None] < 1
    for people, expected in powers.items():
        table, catalogue = simulated(rates, np.where(one, people, 2000) // int(effect))
        table[["numerator", "denominator"]] *= effect
        found = verdicts(table, catalogue.assign(design_effect=effect)).loc["000", "verdict"]
        error = np.sqrt(expected * (1 - expected) / 40)
        share = (found == "conspicuous (unfavourable)").mean()
        assert share == pytest.approx(expected, abs=4 * error + 0.02), people


def test_a_district_inside_the_margin_is_never_conspicuous_however_lax_the_test_against_it():
    """10 points above a city at 20 %, far beyond chance, but the margin is 15 points."""
    cases = np.array([[300.0], [200.0], [200.0], [200.0], [100.0]])
    people = np.full((5, 1), 1000.0)
    lax = Rule(unit="points", distance=0.15, alpha_margin=1.0)
    found = judge(cases, people, np.array([True]), lax)
    assert found.p_adjusted[0, 0] < 1e-6
    assert found.side.ravel().tolist() == [0, 0, 0, 0, 0]
    near = judge(cases, people, np.array([True]), Rule(unit="points", distance=0.05, alpha_margin=1.0))
    assert near.side.ravel().tolist() == [1, 0, 0, 0, -1]
