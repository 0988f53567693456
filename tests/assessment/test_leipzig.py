"""Leipzig 2008-2022 from counts: do the places come out that everybody knows?"""

import pytest

from sozialraum.assessment.index.monitoring import index_over_time, target_group_indices
from sozialraum.assessment.index.recipes import preset, with_polarity
from sozialraum.assessment.index.robustness import index_robustness
from sozialraum.assessment.profile import summarise
from sozialraum.assessment.smoothing import signal
from sozialraum.assessment.verdict import verdicts

pytestmark = pytest.mark.shared

FOCUS = {"Volkmarsdorf", "Neustadt-Neuschönefeld", "Grünau-Nord", "Grünau-Mitte"}
INDICATORS = ("unemployed", "sgb2", "children_sgb2", "lone_parents_sgb2")


def years_of(table, condition):
    return table[condition].groupby(level=0).size().sort_values(ascending=False)


def test_long_standing_focus_areas_come_out_year_by_year(leipzig):
    indicators, catalogue, people = leipzig
    recipe = with_polarity(preset("berlin_mss", INDICATORS), catalogue)
    table = index_over_time(indicators, recipe, population=people).table
    assert table["date"].nunique() == 15
    assert (table["reason"] == "").all()
    years = years_of(table, table["attention"] == "yes").to_dict()
    assert years == {
        "Volkmarsdorf": 15,
        "Grünau-Nord": 15,
        "Neustadt-Neuschönefeld": 14,
        "Schönefeld-Abtnaundorf": 14,
        "Grünau-Mitte": 13,
        "Paunsdorf": 13,
        "Altlindenau": 6,
        "Mockau-Süd": 5,
        "Kleinzschocher": 4,
        "Lindenau": 4,
        "Lausen-Grünau": 2,
        "Schönau": 2,
        "Grünau-Ost": 1,
        "Schönefeld-Ost": 1,
    }
    worst = table[table["rank"] == 1]
    assert set(worst.index) == {"Volkmarsdorf"}
    low_or_worse = table["status"].isin(["low", "very low"])
    assert years_of(table, low_or_worse).loc[sorted(FOCUS)].tolist() == [15, 15, 15, 15]
    # Lindenau rose: very low until 2011, medium since 2014.
    lindenau = table.loc["Lindenau"].set_index("date")["status"]
    assert lindenau["2008-12-31"] == "very low"
    assert set(lindenau["2014-12-31":]) <= {"medium", "high"}


def test_a_fixed_base_shows_that_leipzig_became_better_off(leipzig):
    indicators, catalogue, people = leipzig
    recipe = with_polarity(preset("berlin_mss", INDICATORS), catalogue)
    table = index_over_time(indicators, recipe, population=people).table
    last = table[table["date"] == "2022-12-31"]
    assert last["status"].value_counts().to_dict() == {"medium": 45, "high": 8, "low": 6, "very low": 4}
    assert last["fixed_status"].value_counts().to_dict() == {"high": 31, "medium": 31, "low": 1}


def test_verdicts_from_counts_name_the_same_places(leipzig):
    indicators, catalogue, _ = leipzig
    found = verdicts(indicators, catalogue)
    assert len(found) == 63 * 15 * 4
    assert set(found["reason"]) == {"", "few cases"}
    summary = summarise(found)
    years = years_of(summary, summary["unfavourable"] >= 3)
    assert set(years.index) >= {"Volkmarsdorf", "Grünau-Nord", "Schönefeld-Abtnaundorf", "Grünau-Mitte"}
    assert years.loc[["Volkmarsdorf", "Grünau-Nord"]].tolist() == [15, 15]
    last = summary[summary["date"] == "2022-12-31"]
    assert set(last.index[last["unfavourable"] > 0]) >= FOCUS
    assert (last["profile"] == "inconspicuous on all").sum() < 40


def test_differences_between_ortsteile_are_hardly_noise(leipzig):
    indicators, catalogue, _ = leipzig
    found = signal(indicators, catalogue)
    assert len(found) == 60
    assert found["signal_share"].min() > 0.95
    assert found.groupby("indicator")["signal_share"].min().idxmin() == "lone_parents_sgb2"


def test_classes_of_2017_hold_when_counts_are_drawn_again(leipzig):
    indicators, catalogue, people = leipzig
    recipe = with_polarity(preset("berlin_mss", INDICATORS), catalogue)
    date = "2017-12-31"
    found = index_robustness(
        indicators, catalogue, recipe, date=date, population=people[date], resamples=300
    ).table
    assert found.loc["Volkmarsdorf", ["rank_lower", "rank_upper"]].tolist() == [1, 1]
    assert found.loc[sorted(FOCUS), "same_attention"].min() > 0.98
    # On the border between low and very low.
    assert found.loc["Mockau-Süd", "same_status"] < 0.6


def test_every_target_group_of_leipzig_has_an_index(leipzig):
    indicators, catalogue, people = leipzig
    found = target_group_indices(indicators, catalogue, preset("berlin_mss", INDICATORS), population=people)
    assert list(found) == ["working_age", "households", "children_youth"]
    for monitoring in found.values():
        last = monitoring.table[monitoring.table["date"] == "2022-12-31"]
        assert last.loc["Volkmarsdorf", "status"] == "very low"
