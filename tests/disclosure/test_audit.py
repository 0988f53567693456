from dataclasses import replace

import numpy as np
import pytest

from sozialraum.disclosure.audit import AUDIT_COLUMNS, audit_release
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.errors import DisclosureError

DATE = "2020-12-31"


@pytest.fixture
def analysis(city):
    counts = {"poor": {DATE: [2, 30, 40, 50, 60]}, "people": {DATE: [900, 500, 900, 900, 900]}}
    return city(counts, {"poor": ("poor", "people")})


def test_the_audit_reports_the_interval_of_each_suppressed_count(analysis):
    release = protect(analysis)
    table = audit_release(release, analysis).table
    assert tuple(table.columns) == AUDIT_COLUMNS
    first, companion = table["district"]
    assert first == "d000"
    # The secret decides who the companion is; together they are known, and neither is zero.
    together = 2 + int(analysis.indicators.loc[companion, "numerator"])
    assert table[["lower", "upper"]].to_numpy().tolist() == [[1, together - 1]] * 2
    assert table["width"].tolist() == [together - 2] * 2
    assert table["needed"].tolist() == [2, 2]
    assert table[["indicator", "date", "part", "count_of"]].drop_duplicates().to_numpy().tolist() == [
        ["poor", DATE, "numerator", "poor"]
    ]
    assert table["safe"].all()


def test_a_quick_audit_finds_intervals_within_the_exact_ones(analysis):
    release = protect(analysis)
    quick, exact = (audit_release(release, analysis, exact=way).table for way in (False, True))
    assert (quick["lower"] >= exact["lower"]).all()
    assert (quick["upper"] <= exact["upper"]).all()
    assert quick["safe"].all()


def test_a_release_with_one_hidden_count_is_refused(analysis):
    release = protect(analysis)
    opened = release.indicators.copy()
    (companion,) = set(release.indicators.index[release.indicators["flag"] == "suppressed"]) - {"d000"}
    opened.loc[companion] = analysis.indicators.loc[companion]
    city = release.city_values.assign(
        numerator=180, denominator=3200, value=180 / 3200, districts=4, median=np.nan
    )
    city["median"] = opened["value"].median()
    for exact in (True, False):
        with pytest.raises(DisclosureError, match="d000: 2") as caught:
            audit_release(replace(release, indicators=opened, city_values=city), analysis, exact=exact)
        assert caught.value.problems[0].code == "disclosure.too_narrow"
        assert caught.value.problems[0].keys == ("d000",)


def codes(release, analysis):
    with pytest.raises(DisclosureError) as caught:
        audit_release(release, analysis)
    return {problem.code.removeprefix("disclosure.") for problem in caught.value.problems}


def test_a_number_left_in_a_suppressed_row_is_found(analysis):
    release = protect(analysis)
    for column in ("value", "numerator", "lower"):
        left = release.indicators.copy()
        left.loc["d000", column] = 0.5
        assert codes(replace(release, indicators=left), analysis) >= {"number_left"}


def test_the_true_city_total_beside_suppressed_counts_is_found(analysis):
    release = protect(analysis)
    assert codes(replace(release, city_values=analysis.city_values), analysis) == {"city_leaks"}


def test_numbers_that_are_not_the_analysiss_are_found(analysis):
    release = protect(analysis)
    wrong = release.indicators.copy()
    wrong.loc["d003", "numerator"] = 51
    assert codes(replace(release, indicators=wrong), analysis) >= {"altered"}


def test_counts_that_two_indicators_tell_differently_are_refused(analysis, city):
    both = city(
        {"poor": {DATE: [5] * 4}, "rich": {DATE: [5] * 4}, "people": {DATE: [500] * 4}},
        {"poor": ("poor", "people"), "rich": ("rich", "people")},
    )
    wrong = both.indicators.copy()
    wrong.loc[(wrong["indicator"] == "rich") & (wrong.index == "d002"), "denominator"] = 501
    with pytest.raises(DisclosureError) as caught:
        protect(replace(both, indicators=wrong))
    assert caught.value.problems[0].code == "disclosure.contradiction"
    assert caught.value.problems[0].keys == ("d002",)
    assert analysis is not both


def test_counts_suppressed_by_the_source_are_protected_as_well(city):
    flags = {("poor", DATE): ["suppressed", "ok", "ok", "ok", "missing"]}
    counts = {"poor": {DATE: [np.nan, 30, 40, 50, np.nan]}, "people": {DATE: [900, 500, 900, 900, 900]}}
    analysis = city(counts, {"poor": ("poor", "people")}, flags=flags)
    release = protect(analysis)
    flags_now = release.indicators["flag"].tolist()
    assert (flags_now[0], flags_now[-1]) == ("suppressed", "missing")
    assert sorted(flags_now[1:-1]) == ["ok", "ok", "suppressed"]
    table = audit_release(release, analysis).table.set_index("district")
    assert table.loc["d000", "upper"] >= 3


def test_input_hashes_are_withheld_where_trying_all_counts_would_find_the_right_one(analysis, city):
    told = replace(analysis, provenance={"inputs": {"poor.csv": "ab" * 32}, "versions": {"numpy": "2"}})
    provenance = protect(told).provenance
    assert provenance == {"inputs": {"poor.csv": "withheld"}, "versions": {"numpy": "2"}}
    assert protect(told, audience="internal").provenance == told.provenance
    open_city = city({"poor": {DATE: [30, 40]}, "people": {DATE: [500, 600]}}, {"poor": ("poor", "people")})
    assert protect(replace(open_city, provenance=told.provenance)).provenance == told.provenance


def test_rounded_counts_make_rounded_rates(analysis):
    release = protect(analysis, rules=Rules(rounding=10))
    shown = release.indicators.dropna(subset=["value"])
    assert set(shown["numerator"]) <= {30, 40, 50, 60}
    assert (shown["value"] == shown["numerator"] / shown["denominator"]).all()
    assert ((shown["lower"] < shown["value"]) & (shown["value"] < shown["upper"])).all()
    # 2 lies between 0 and 32 whatever is shown: rounded neighbours protect it.
    assert release.indicators["flag"].tolist() == ["suppressed", "ok", "ok", "ok", "ok"]
    assert release.city_values["numerator"].tolist() == [180]
