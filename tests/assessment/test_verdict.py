"""Conspicuous or not: the rule by hand, its error under no difference, its eye for a planted cluster."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.verdict import VERDICT_COLUMNS, Rule, summarise, verdicts
from sozialraum.errors import AlignmentError, ProjectError
from sozialraum.stats.exact import exact_p

DATE = "2020-12-31"
KEYS = ["a", "b", "c", "d", "e"]


def of(found, indicator="i"):
    return found.loc[found["indicator"] == indicator, "verdict"].to_dict()


def test_a_verdict_by_hand(counted, catalogue_of):
    table = counted("i", DATE, [400, 100, 110, 90, 10], [1000, 1000, 1000, 1000, 1000], KEYS)
    found = verdicts(table, catalogue_of({"i": "disadvantage"}))
    assert tuple(found.columns) == VERDICT_COLUMNS
    assert list(found.index) == KEYS
    assert of(found) == {
        "a": "conspicuous (burdened)",
        "b": "inconspicuous",
        "c": "inconspicuous",
        "d": "inconspicuous",
        "e": "conspicuous (favourable)"
        if 0.132 / np.std([0.4, 0.1, 0.11, 0.09, 0.01]) >= 1
        else "inconspicuous",
    }
    assert found["city"].tolist() == pytest.approx([710 / 5000] * 5)
    rates = np.array([0.4, 0.1, 0.11, 0.09, 0.01])
    np.testing.assert_allclose(found["distance"], (rates - 0.142) / rates.std())
    np.testing.assert_allclose(found["p"], exact_p([400, 100, 110, 90, 10], 1000, 710, 5000))


def test_distance_test_and_cases_must_all_agree(counted, catalogue_of):
    table = pd.concat(
        [
            # far from the city but small: chance
            counted("small", DATE, [40, 300, 290, 310, 300], [100, 1000, 1000, 1000, 1000], KEYS),
            # certain, but too close to the city to matter
            counted("close", DATE, [31_500, 30_000, 30_000, 30_000, 30_000], 100_000, KEYS),
            # far and striking, but from a handful of people
            counted("few", DATE, [19, 100, 110, 90, 100], [20, 1000, 1000, 1000, 1000], KEYS),
            # rare: the district expects fewer than five cases
            counted("rare", DATE, [9, 12, 11, 13, 10], [100, 4000, 4000, 4000, 4000], KEYS),
        ]
    )
    catalogue = catalogue_of(dict.fromkeys(["small", "close", "few", "rare"], "disadvantage"))
    found = verdicts(table, catalogue, rule=Rule(unit="points", distance=0.05)).loc["a"]
    assert found.set_index("indicator")["verdict"].to_dict() == {
        "small": "inconspicuous",
        "close": "inconspicuous",
        "few": "not assessable",
        "rare": "not assessable",
    }
    assert found.set_index("indicator")["reason"].to_dict() == {
        "small": "",
        "close": "",
        "few": "few cases",
        "rare": "few cases",
    }
    near = verdicts(table, catalogue, rule=Rule(unit="points", distance=0.01))
    assert of(near, "close")["a"] == "conspicuous (burdened)"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(unit="points", distance=0.1), ["burdened", "in", "in"]),
        (Rule(unit="points", distance=0.05), ["burdened", "in", "favourable"]),
        (Rule(unit="ratio", distance=2.0), ["burdened", "in", "favourable"]),
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
    assert worse["a"] == "conspicuous (burdened)"
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
    assert set(summary["profile"]) == {"inconspicuous on all"}
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
        "b": "conspicuous (burdened)",
        **dict.fromkeys("cde", "inconspicuous on all"),
    }
    assert overall.loc["a", ["assessable", "burdened_by", "favourable_by"]].tolist() == [3, "child", "well"]
    groups = summarise(found, groups=catalogue["target_group"]).set_index("group", append=True)["profile"]
    assert groups["a", "children_youth"] == "conspicuous (burdened)"
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
    with pytest.raises(AlignmentError, match=r"mehr als eine Zeile.*: b"):
        verdicts(pd.concat([table, table.loc[["b"]]]), catalogue_of({"i": "disadvantage"}))


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


def test_a_planted_cluster_is_found_and_little_else(simulated):
    """9 of 92 districts at 30 % instead of 15 %, 800 people each."""
    rates = np.full((92, 4), 0.15)
    rates[:9] = 0.30
    hits, false = [], []
    for seed in range(20):
        table, catalogue = simulated(rates, 800, seed=seed)
        found = verdicts(table, catalogue)
        burdened = (found["verdict"] == "conspicuous (burdened)").to_numpy().reshape(92, 4)
        hits.append(burdened[:9].mean())
        false.append(burdened[9:].sum() + found["verdict"].eq("conspicuous (favourable)").sum())
    assert np.mean(hits) > 0.99
    assert np.mean(false) < 0.05 * 36 / 0.95


@pytest.mark.parametrize(
    ("rate", "powers"),
    [
        (0.2, {50: 0.0, 100: 0.008, 500: 0.381, 2000: 0.985}),
        (0.225, {50: 0.0, 100: 0.075, 500: 0.886, 2000: 1.0}),
        (0.3, {50: 0.0, 100: 0.792, 500: 1.0, 2000: 1.0}),
    ],
)
def test_power_of_the_whole_rule(simulated, rate, powers):
    """Nine of 92 districts at a higher rate than 15 %, the others with 1,000 people: how often each is found.

    Districts of 50 are below the minimum and never judged.
    """
    rates = np.full((92, 4), 0.15)
    rates[:9] = rate
    small = np.arange(92)[:, None] < 9
    for people, expected in powers.items():
        found = []
        for seed in range(8):
            table, catalogue = simulated(rates, np.where(small, people, 1000), seed=seed)
            verdict = verdicts(table, catalogue)["verdict"].to_numpy().reshape(92, 4)
            found.append((verdict[:9] == "conspicuous (burdened)").mean())
        error = np.sqrt(expected * (1 - expected) / (8 * 36))
        assert np.mean(found) == pytest.approx(expected, abs=4 * error + 0.01), people
