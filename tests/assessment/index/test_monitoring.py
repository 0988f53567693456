"""Status and change over the years, and a base that does not move."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.index.monitoring import INDEX_COLUMNS, index_over_time, target_group_indices
from sozialraum.assessment.index.recipes import preset
from sozialraum.errors import AlignmentError
from sozialraum.panel import date_before

KEYS = list("abcde")
YEARS = [2016, 2018, 2020]


def dated(year):
    return f"{year}-12-31"


@pytest.fixture
def table(counted):
    """Five districts; e gets worse each time; 2020 all of the city is 10 points worse; d misses 2018."""
    numbers = {
        2016: [100, 110, 120, 130, 125],
        2018: [100, 110, 120, np.nan, 145],
        2020: [200, 210, 220, 230, 275],
    }
    return pd.concat([counted("i", dated(year), numbers[year], 1000, KEYS) for year in YEARS])


@pytest.fixture
def recipe():
    return preset("berlin_mss", ["i"], minimum_population=0)


def at(found, year):
    return found.table[found.table["date"] == dated(year)]


def test_change_is_in_percentage_points_over_the_declared_years(table, recipe):
    found = index_over_time(table, recipe)
    assert tuple(found.table.columns) == INDEX_COLUMNS
    changes = np.array([0.1, 0.1, 0.1, 0.13])
    expected = (changes - changes.mean()) / changes.std()
    last = at(found, 2020)
    assert last.loc[["a", "b", "c", "e"], "change"].tolist() == pytest.approx(expected.tolist())
    assert last["dynamic"].to_dict() == {
        **dict.fromkeys("abc", "stable"),
        "d": "not assessable",
        "e": "negative",
    }
    assert last["dynamic_reason"].to_dict() == {**dict.fromkeys("abce", ""), "d": "missing value"}
    assert set(at(found, 2016)["dynamic_reason"]) == {"no change known"}


def test_negative_periods_and_early_warning_add_up(table, recipe):
    found = index_over_time(table, recipe)
    assert [at(found, year).loc["e", "negative_periods"] for year in YEARS] == [0, 1, 2]
    assert at(found, 2018).loc["e", ["status", "attention"]].tolist() == ["very low", "yes"]
    medium = index_over_time(table, preset("berlin_mss", ["i"], minimum_population=0, excluded=("a",)))
    assert medium.table.loc["a", "reason"].tolist() == ["excluded"] * 3


def test_a_fixed_base_shows_what_standardising_hides(table, recipe):
    found = index_over_time(table, recipe)
    assert found.base_date == dated(2016)
    first, last = at(found, 2016), at(found, 2020)
    pd.testing.assert_series_equal(first["fixed_value"], first["value"], check_names=False)
    assert set(last["fixed_status"]) == {"very low"}
    assert last["status"].tolist() != last["fixed_status"].tolist()
    x = np.array([0.10, 0.11, 0.12, 0.13, 0.125])
    assert last.loc["a", "fixed_value"] == pytest.approx((0.2 - x.mean()) / x.std())
    later = index_over_time(table, preset("berlin_mss", ["i"], minimum_population=0, base_date=dated(2020)))
    assert set(at(later, 2016)["fixed_status"]) == {"high"}


def test_published_changes_are_used_as_they_stand(table, counted):
    changes = counted("d", dated(2020), [1, 2, 3, 4, 90], 100, KEYS)
    both = preset("berlin_mss", ["i"], dynamic_indicators=("d",), minimum_population=0)
    found = index_over_time(pd.concat([table, changes]), both)
    assert at(found, 2020)["dynamic"].tolist() == ["stable"] * 4 + ["negative"]
    assert set(at(found, 2018)["dynamic"]) == {"not assessable"}


def test_smoothing_pulls_the_smallest_district_in(counted):
    table = pd.concat(
        [counted("i", dated(2020), [30, 50, 300, 250, 160], [60, 1000, 2000, 2000, 1000], KEYS)]
    )
    raw = index_over_time(table, preset("berlin_mss", ["i"], minimum_population=0))
    smooth = index_over_time(table, preset("berlin_mss", ["i"], minimum_population=0, smoothing=True))
    assert smooth.table["value"].loc["a"] < raw.table["value"].loc["a"]


def test_population_may_change_over_the_years(table):
    people = pd.DataFrame({dated(year): 1000 for year in YEARS}, index=KEYS)
    people.loc["c", dated(2018)] = 299
    found = index_over_time(table, preset("berlin_mss", ["i"]), population=people)
    assert [at(found, year).loc["c", "reason"] for year in YEARS] == ["", "few inhabitants", ""]
    assert found.problems == ()


def test_remarks_are_told_once_with_all_dates(table):
    found = index_over_time(table, preset("berlin_mss", ["i"]))
    unchecked = [problem for problem in found.problems if problem.code == "assessment.population_unknown"]
    assert len(unchecked) == 1
    assert "all 2016-12-31, 2018-12-31, 2020-12-31" in unchecked[0].text("de")


def test_a_change_that_nobody_has_is_a_warning_not_a_stop(counted, recipe):
    table = pd.concat([counted("i", dated(2018), [1, 2, 3, 4, 5], 10, KEYS)] * 1)
    same = table.assign(date=dated(2020))
    found = index_over_time(pd.concat([table, same]), recipe)
    assert [(p.code, p.severity) for p in found.problems] == [("assessment.all_constant", "warning")]
    assert set(at(found, 2020)["dynamic"]) == {"not assessable"}


def test_what_is_wrong_at_several_dates_is_told_at_once(table):
    with pytest.raises(AlignmentError) as error:
        index_over_time(table, preset("berlin_mss", ["i"], excluded=("a", "b", "c", "d")))
    assert len(error.value.problems) == 3
    with pytest.raises(AlignmentError, match="fehlen: rent"):
        index_over_time(table, preset("berlin_mss", ["rent"]))
    with pytest.raises(AlignmentError, match=r"Basisstichtag „31\.12\.1999“"):
        index_over_time(table, preset("berlin_mss", ["i"], base_date="1999-12-31"))


def test_each_target_group_has_its_own_index(table, counted, catalogue_of):
    older = counted("old", dated(2020), [5, 4, 3, 2, 1], 100, KEYS)
    never = counted("never", dated(2020), [np.nan] * 5, 100, KEYS)
    catalogue = catalogue_of(
        {"i": "disadvantage", "old": "disadvantage", "never": "disadvantage"},
        target_group=["children_youth", "older", "households"],
    )
    found = target_group_indices(
        pd.concat([table, older, never]), catalogue, preset("berlin_mss", ["i"], minimum_population=0)
    )
    assert list(found) == ["children_youth", "older"]
    assert set(found["older"].table["index"]) == {"older"}
    assert found["older"].table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert at(found["children_youth"], 2020)["rank"].tolist() == [5, 4, 3, 2, 1]


def test_the_earlier_date_is_the_same_day_or_the_only_one_of_its_year():
    dates = ["2015-06-30", "2015-12-31", "2016-06-30"]
    assert date_before("2017-12-31", 2, dates) == "2015-12-31"
    assert date_before("2018-12-31", 2, dates) == "2016-06-30"
    assert date_before("2017-01-01", 2, dates) is None
    assert date_before("2020-12-31", 2, dates) is None
