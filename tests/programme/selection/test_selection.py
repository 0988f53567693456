"""Rules on facts, by hand; lists over the years; sentences; areas; sites; decisions."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libpysal.graph import Graph
from shapely import Point, box

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.programme.selection.areas import programme_areas, site_shares
from sozialraum.programme.selection.choose import flicker, hold, select
from sozialraum.programme.selection.decisions import decision_problems, programme_list
from sozialraum.programme.selection.facts import conference_facts, facts, note_facts
from sozialraum.programme.selection.reasons import reason_sentences
from sozialraum.programme.selection.rules import selection_rules

CATALOGUE = pd.DataFrame(
    {"polarity": ["disadvantage", "context"], "kind": "share"},
    index=pd.Index(["sgb2", "migration"], name="indicator"),
)
BERLIN = [
    {"rule_id": "R1", "result": "status", "operator": "at_least", "value": "niedrig", "role": "required"},
    {
        "rule_id": "R2",
        "result": "status",
        "operator": "equals",
        "value": "sehr niedrig",
        "role": "any_of",
        "group": "A",
    },
    {
        "rule_id": "R3",
        "result": "dynamic",
        "operator": "equals",
        "value": "negativ",
        "role": "any_of",
        "group": "A",
    },
]


def rules(*rows):
    return selection_rules(pd.DataFrame(rows), CATALOGUE)


def facts_of(rows):
    frame = pd.DataFrame(rows, columns=["district", "result", "indicator", "year", "value"])
    return frame.set_index("district")


def of_year(year, **results):
    return facts_of(
        [
            (key, result, "", year, value)
            for result, values in results.items()
            for key, value in zip("abcdef", values, strict=False)
        ]
    )


def meets(found, these, keys="abcdef", years=(2020,)):
    return select(found, these, districts=list(keys), years=list(years)).table["meets"].tolist()


def test_very_low_or_low_and_negative():
    found = of_year(
        2020,
        status=["very low", "low", "low", "medium", "not assessable", "low"],
        dynamic=["positive", "negative", "stable", "negative", "negative", "not assessable"],
    )
    assert meets(found, rules(*BERLIN)) == ["yes", "yes", "no", "no", "unknown", "unknown"]


def test_points_k_of_n_and_exclusion_by_hand():
    table = [
        {
            "rule_id": "P1",
            "result": "status",
            "operator": "equals",
            "value": "very low",
            "role": "points",
            "group": "P",
            "points": 2,
            "at_least": 3,
        },
        {
            "rule_id": "P2",
            "result": "conspicuous_count",
            "operator": "at_least",
            "value": "2",
            "role": "points",
            "group": "P",
            "points": 1,
            "at_least": 3,
        },
        {
            "rule_id": "P3",
            "result": "robustness",
            "operator": "at_least",
            "value": "90 %",
            "role": "points",
            "group": "P",
            "points": 1,
            "at_least": 3,
        },
        {"rule_id": "X", "result": "notes", "operator": "at_least", "value": 3, "role": "exclusion"},
    ]
    found = of_year(
        2020,
        status=["very low", "very low", "low", "very low", "low", "very low"],
        conspicuous_count=[2, 1, 4, np.nan, np.nan, 3],
        robustness=[0.5, 0.9, 0.99, 0.2, 0.3, 1.0],
        notes=[0, 0, 0, 0, 0, 3],
    )
    assert meets(found, rules(*table)) == ["yes", "yes", "no", "unknown", "no", "no"]
    points = select(found, rules(*table), districts=list("abcdef"), years=[2020]).table["points"]
    assert points.tolist() == [3, 3, 2, 2, 0, 4]


def test_a_missing_fact_neither_selects_nor_excludes():
    required = {
        "rule_id": "R",
        "result": "persistence",
        "operator": "at_least",
        "value": 2,
        "role": "required",
    }
    exclusion = {
        "rule_id": "X",
        "result": "no_conference",
        "operator": "equals",
        "value": "ja",
        "role": "exclusion",
    }
    found = pd.concat([of_year(2020, persistence=[2, 1, 3]), of_year(2020, no_conference=["no", "no"])])
    assert meets(found, rules(required, exclusion), "abcd") == ["yes", "no", "unknown", "unknown"]


def test_indicator_rules_look_at_their_indicator_only():
    rule = {
        "rule_id": "R",
        "result": "verdict",
        "indicator": "sgb2",
        "operator": "equals",
        "value": "auffällig (ungünstiger)",
        "role": "required",
    }
    found = facts_of(
        [
            ("a", "verdict", "sgb2", 2020, "conspicuous (unfavourable)"),
            ("a", "verdict", "other", 2020, "inconspicuous"),
            ("b", "verdict", "sgb2", 2020, "inconspicuous"),
            ("b", "verdict", "other", 2020, "conspicuous (unfavourable)"),
        ]
    )
    assert meets(found, rules(rule), "ab") == ["yes", "no"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"result": "verdict", "indicator": "migration", "value": "inconspicuous"}, "context_indicator"),
        ({"result": "value", "indicator": "migration", "value": "5"}, "context_indicator"),
        ({"result": "value", "indicator": "sgb", "value": "5"}, "unknown_indicator"),
        ({"result": "verdict", "value": "inconspicuous"}, "indicator_missing"),
        ({"result": "stauts"}, "unknown_word"),
        ({"operator": "is"}, "unknown_word"),
        ({"role": "must"}, "unknown_word"),
        ({"value": "ganz niedrig"}, "unknown_value"),
        ({"result": "notes", "value": "viele"}, "unknown_value"),
        (
            {"result": "cluster", "indicator": "sgb2", "operator": "at_least", "value": "high-high"},
            "no_order",
        ),
        ({"role": "any_of", "group": "A", "at_least": 2}, "group_impossible"),
        ({"role": "exclusion"}, "no_rule"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(change, code):
    row = {"rule_id": "R9", "result": "status", "operator": "equals", "value": "low", "role": "required"}
    with pytest.raises(SozialraumError) as caught:
        rules(row | change)
    assert f"selection.{code}" in [problem.code for problem in caught.value.problems]
    assert "{" not in caught.value.text("de") + caught.value.text("en")


def test_the_documents_own_words_for_a_verdict_are_understood():
    row = {
        "rule_id": "R2",
        "result": "verdict",
        "indicator": "sgb2",
        "operator": "equals",
        "role": "required",
    }
    for word in ("auffällig (belastet)", "auffällig (ungünstiger)", "conspicuous (unfavourable)"):
        assert rules(row | {"value": word}).rules[0].value == "conspicuous (unfavourable)"


def test_all_faults_of_all_rules_are_told_at_once():
    row = {"rule_id": "R1", "result": "status", "operator": "equals", "value": "x", "role": "required"}
    with pytest.raises(SozialraumError) as caught:
        rules(row, row | {"rule_id": "R2", "role": "?"})
    assert len(caught.value.problems) == 3


def test_holding_by_hand():
    answers = np.array([list("yynnnyn"), list("nynynnn"), list("nnnnnnn"), list("yunnnun")], dtype=object)
    answers = np.vectorize({"y": "yes", "n": "no", "u": "unknown"}.get)(answers)
    years = list(range(2010, 2017))
    now, _ = hold(answers, years, 0)
    assert now.astype(int).tolist() == [
        [1, 1, 0, 0, 0, 1, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0],
    ]
    kept, waited = hold(answers, years, 2)
    assert kept.astype(int).tolist() == [
        [1, 1, 1, 1, 0, 1, 1],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0],
    ]
    assert waited[0].tolist() == [0, 0, 1, 2, 0, 0, 1]
    # Calendar years count: a city that looks every second year keeps for one look, not for two.
    assert hold(answers[:1], [2010, 2012, 2014, 2016, 2018, 2020, 2022], 2)[0].astype(int).tolist() == [
        [1, 1, 1, 0, 0, 1, 1]
    ]


def test_flicker_by_hand():
    lists = pd.DataFrame({2020: [True, True, False], 2021: [True, False, True], 2022: [True, True, False]})
    assert flicker(lists).to_numpy().tolist() == [[2020, 2, 0, 0, 0], [2021, 2, 1, 1, 0], [2022, 2, 1, 1, 1]]


@pytest.mark.slow
@given(
    st.lists(st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=5, max_size=5), min_size=1),
    st.integers(0, 4),
)
def test_holding_never_loses_who_meets_the_rules_and_longer_keeps_more(answers, years):
    grid, when = np.array(answers, dtype=object), list(range(5))
    short, long = hold(grid, when, years)[0], hold(grid, when, years + 1)[0]
    assert short[grid == "yes"].all()
    assert (long | ~short).all()
    assert not short[(grid != "yes").cumprod(axis=1).astype(bool)].any()


def selection_over_years(hold_years=1):
    found = pd.concat(
        [
            of_year(2020, status=["very low", "medium", "not assessable"], dynamic=["stable"] * 3),
            of_year(2021, status=["medium", "very low", "medium"], dynamic=["stable"] * 3),
            of_year(2022, status=["medium", "very low", "medium"], dynamic=["stable"] * 3),
        ]
    )
    return select(
        found, rules(*BERLIN), districts=list("abc"), years=[2020, 2021, 2022], hold_years=hold_years
    )


def test_proposals_entries_and_exits():
    table = selection_over_years().table.set_index("year", append=True)
    assert table.loc["a", "proposal"].tolist() == ["include", "keep", "release"]
    assert table.loc["a", "change"].tolist() == ["enters", "", "leaves"]
    assert table.loc["b", "proposal"].tolist() == ["refuse", "include", "keep"]
    assert table.loc["c", "proposal"].tolist() == ["defer", "refuse", "refuse"]
    assert selection_over_years().selected(2021) == ["a", "b"]
    assert selection_over_years(0).selected(2021) == ["b"]


def test_one_sentence_says_why():
    chosen = selection_over_years()
    first = reason_sentences(chosen, 2020, names={"a": "Altstadt", "b": "Bruch", "c": "Camp"})
    assert first["a"] == "Altstadt wird 2020 zur Aufnahme vorgeschlagen: soziale Lage: sehr ungünstig."
    assert "soziale Lage: mittel (verlangt: mindestens ungünstig, sehr ungünstig)" in first["b"]
    assert first["c"].startswith("Camp wird 2020 zurückgestellt")
    second = reason_sentences(chosen, 2021, language="en")
    assert "holding period of 1 year still runs (year 1)" in second["a"]
    assert reason_sentences(chosen, 2022)["a"].startswith("a scheidet 2022")
    assert all(sentence.count(". ") == 0 for sentence in first)


def test_areas_keep_their_ids_when_they_grow_split_and_merge():
    row = Graph.from_dicts(
        {
            key: [other for other in (chr(ord(key) - 1), chr(ord(key) + 1)) if other in "abcdef"]
            for key in "abcdef"
        }
    )
    lists = {2020: "ab ef", 2021: "abcdef", 2022: "ab d f", 2023: "d"}
    found = facts_of(
        [
            (key, "status", "", year, "very low" if key in who else "medium")
            for year, who in lists.items()
            for key in "abcdef"
        ]
    )
    rule = {"rule_id": "R", "result": "status", "operator": "equals", "value": "very low", "role": "required"}
    chosen = select(found, rules(rule), districts=list("abcdef"), years=list(lists))
    areas = programme_areas(chosen, row)

    def of(year):
        part = areas[areas["year"] == year]
        return {area: "".join(sorted(keys)) for area, keys in part.groupby("area_id").groups.items()}

    assert of(2020) == {"PG1": "ab", "PG2": "ef"}
    assert of(2021) == {"PG1": "abcdef"}
    # Of three parts of PG1 the largest goes on; f had been PG2 before and is so again; d is new.
    assert of(2022) == {"PG1": "ab", "PG2": "f", "PG3": "d"}
    assert of(2023) == {"PG3": "d"}


def test_tiers_and_flanking_districts():
    row = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    chosen = selection_over_years()
    found = programme_areas(chosen, row, flanking=1)
    assert found[found["year"] == 2021]["tier"].to_dict() == {"a": "half", "b": "full", "c": "flanking"}


def test_sites_cut_districts_by_people_or_by_area():
    districts = gpd.GeoDataFrame(
        geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(2000, 0, 3000, 1000)],
        index=pd.Index(["a", "b", "c"], name="district"),
        crs="EPSG:25832",
    )
    sites = gpd.GeoDataFrame(geometry=[box(0, 0, 1250, 1000)], index=["KU1"], crs="EPSG:25832")
    people = pd.Series({"a": 800, "b": 400, "c": 100})
    found = site_shares(sites, districts, people=people)
    assert found["share"].to_dict() == pytest.approx({"a": 1.0, "b": 0.25})
    assert found["method"].unique().tolist() == ["area"]
    homes = gpd.GeoDataFrame(
        {"people": [30, 10, 7]},
        geometry=[Point(1100, 500), Point(1900, 500), Point(2500, 5)],
        crs="EPSG:25832",
    )
    found = site_shares(sites, districts, people=people, addresses=homes)
    assert found.loc["b", ["share", "method", "people_inside"]].tolist() == [0.75, "counted", 300]
    assert found.loc["a", "method"] == "area"
    found = site_shares(sites, districts, people=people, addresses=homes[["geometry"]])
    assert found.loc["b", ["share", "method"]].tolist() == [0.5, "addresses"]
    with pytest.raises(AlignmentError):
        site_shares(sites.to_crs(4326), districts, people=people)


def log(*rows):
    columns = ["decision_id", "district", "year", "decision", "reason", "date", "body", "paper"]
    return pd.DataFrame([(*row, "Rat", "1/2020") for row in rows], columns=columns)


def test_the_decision_counts_not_the_proposal():
    chosen = selection_over_years(0)
    decisions = log(
        ("D1", "a", 2020, "defer", "Sanierung läuft", "2020-03-01"),
        ("D2", "a", 2021, "include", "Sanierung beendet", "2021-03-01"),
        ("D3", "b", 2021, "include", None, "2021-03-01"),
        ("D4", "a", 2022, "release", "Ziel erreicht", "2022-05-01"),
    )
    found = programme_list(chosen, decisions).set_index("year", append=True)["inside"]
    assert found["a"].tolist() == [False, True, False]
    assert found["b"].tolist() == [False, True, True]  # nobody decided in 2022: it stays
    assert found["c"].tolist() == [False, False, False]


def test_a_decision_against_the_proposal_needs_its_reason():
    chosen = selection_over_years(0)
    decisions = log(
        ("D1", "a", 2020, "refuse", " ", "2020-03-01"),
        ("D2", "zz", 2020, "include", "x", "2020-03-01"),
        ("D3", "b", 2021, "include", "", "2021-03-01"),
        ("D4", "b", 2021, "keep", "y", "2021-03-01"),
    )
    with pytest.raises(SozialraumError) as caught:
        programme_list(chosen, decisions)
    assert [problem.code for problem in caught.value.problems] == [
        "selection.reason_missing",
        "selection.no_such_proposal",
        "selection.double_decision",
        "selection.double_decision",
    ]
    moved = log(("D1", "a", 2020, "include", "", "2020-03-01")).assign(proposal="refuse")
    assert [problem.severity for problem in decision_problems(chosen, moved)] == ["note"]


def test_facts_from_notes_and_conferences():
    notes = pd.DataFrame(
        {
            "districts": [["a", "b"], ["a", "a"], ["b"]],
            "date": ["2020-05-01", "2020-06-01", "2021-01-01"],
            "direction": ["burdens", "burdens", "relieves"],
        }
    )
    found = note_facts(notes, "ab", [2020, 2021])
    assert found["value"].tolist() == [2, 0, 1, 0]
    meetings = pd.DataFrame(
        {"districts": [["a"], ["b"]], "status": ["exists", "to_introduce"], "since": ["2021-03-01", None]}
    )
    assert conference_facts(meetings, "ab", [2020, 2021])["value"].tolist() == ["yes", "no", "yes", "yes"]
    frame = pd.DataFrame({"date": ["2020-12-31"], "label": ["high-high"], "indicator": ["sgb2"]}, index=["a"])
    assert facts(frame, "cluster", column="label", indicator="indicator").iloc[0].tolist() == [
        "cluster",
        "sgb2",
        2020,
        "high-high",
    ]


def test_a_rule_may_name_its_year():
    rule = {"rule_id": "R", "result": "status", "operator": "equals", "value": "very low", "role": "required"}
    found = pd.concat([of_year(2020, status=["very low", "low"]), of_year(2021, status=["low", "very low"])])
    assert meets(found, rules(rule | {"period": "31.12.2020"}), "ab", (2020, 2021)) == [
        "yes",
        "yes",
        "no",
        "no",
    ]
    assert meets(found, rules(rule), "ab", (2020, 2021)) == ["yes", "no", "no", "yes"]
