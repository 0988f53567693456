"""Selections on the real data of Berlin and Leipzig."""

import pandas as pd
import pytest

from sozialraum.assessment.index.monitoring import index_over_time
from sozialraum.assessment.index.recipes import preset, with_polarity
from sozialraum.programme.selection.choose import flicker, select
from sozialraum.programme.selection.facts import monitoring_facts
from sozialraum.programme.selection.reasons import reason_sentences
from sozialraum.programme.selection.rules import selection_rules
from sozialraum.programme.selection.stability import lists_by_variant, resampled_selection

pytestmark = pytest.mark.shared

RULES = pd.DataFrame(
    [
        ("R1", "status", "at_least", "niedrig", "required", "", 1),
        ("R2", "status", "equals", "sehr niedrig", "any_of", "A", 1),
        ("R3", "dynamic", "equals", "negativ", "any_of", "A", 1),
    ],
    columns=["rule_id", "result", "operator", "value", "role", "group", "at_least"],
)


def test_berlin_very_low_or_low_and_negative(berlin_long):
    indicators, people = berlin_long
    names = [f"s{number}" for number in "1234"]
    recipe = preset("berlin_mss", tuple(names), dynamic_indicators=tuple(f"d{number}" for number in "1234"))
    table = index_over_time(indicators, recipe, population=people).table
    catalogue = pd.DataFrame({"polarity": "disadvantage"}, index=names)
    years = [2013, 2015, 2017]
    chosen = select(
        monitoring_facts(table),
        selection_rules(RULES, catalogue),
        districts=table.index.unique(),
        years=years,
    )
    assert [len(chosen.selected(year)) for year in years] == [51, 43, 44]


@pytest.fixture
def leipzig_selection(leipzig):
    indicators, catalogue, people = leipzig
    recipe = with_polarity(preset("berlin_mss", tuple(catalogue.index)), catalogue)
    found = monitoring_facts(index_over_time(indicators, recipe, population=people).table)
    rules = selection_rules(RULES, catalogue)
    years = list(range(2013, 2023))
    return recipe, found, rules, years


def test_leipzig_2013_2022_with_and_without_holding(leipzig_selection):
    _, found, rules, years = leipzig_selection
    keys = sorted(found.index.unique())
    loose = select(found, rules, districts=keys, years=years, hold_years=0)
    held = select(found, rules, districts=keys, years=years, hold_years=2)
    one, other = flicker(loose.lists()), flicker(held.lists())
    assert one["selected"].tolist() == [8, 7, 7, 6, 9, 9, 7, 6, 6, 4]
    assert other["selected"].tolist() == [8, 8, 8, 7, 9, 11, 11, 10, 7, 6]
    assert (one["entries"].sum(), one["exits"].sum(), one["returns"].sum()) == (6, 10, 2)
    assert (other["entries"].sum(), other["exits"].sum(), other["returns"].sum()) == (4, 6, 0)
    sentences = reason_sentences(loose, 2022)
    assert len(sentences) == 63
    assert "soziale Lage: sehr ungünstig" in sentences["Volkmarsdorf"]


def test_leipzig_what_the_uncertainty_of_the_data_moves(leipzig, leipzig_selection):
    indicators, catalogue, people = leipzig
    recipe, found, rules, _ = leipzig_selection
    shares = resampled_selection(
        found, rules, recipe, indicators, catalogue, date="2022-12-31", population=people, resamples=40
    )
    assert shares.loc["Volkmarsdorf"].tolist() == [True, 1.0]
    assert shares["share"].between(0, 1).all()
    assert ((shares["share"] > 0.05) & (shares["share"] < 0.95)).any()
    assert (shares["share"][shares["selected"]] > 0.5).mean() > 0.7


def test_leipzig_how_the_method_moves_the_list(leipzig, leipzig_selection):
    indicators, catalogue, people = leipzig
    _, _, rules, _ = leipzig_selection
    keys = people.index
    lists = {}
    for name in ("berlin_mss", "percentile_sum", "exponential"):
        recipe = with_polarity(preset(name, tuple(catalogue.index)), catalogue)
        table = index_over_time(indicators, recipe, population=people).table
        chosen = select(monitoring_facts(table), rules, districts=keys, years=[2022])
        lists[name] = chosen.table["selected"]
    by_variant, by_district = lists_by_variant(lists, declared="berlin_mss")
    assert by_variant.loc["berlin_mss", ["added", "dropped"]].tolist() == [0, 0]
    assert by_district.loc["Volkmarsdorf"].tolist() == [True, 1.0]
    assert (
        by_variant["selected"]
        == by_variant.loc["berlin_mss", "selected"] + by_variant["added"] - by_variant["dropped"]
    ).all()
