"""What everybody knows: sums and parts, declared or guessed, with a wrong cell or none."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.knowledge import rounded, rounded_away
from sozialraum.disclosure.protect import protect

DATE = "2020-12-31"
WOMEN = [2, 31, 44, 52, 65, 71]
MEN = [5, 36, 41, 59, 60, 83]
PEOPLE = [903, 517, 911, 924, 937, 941]


def by_sex(city, every=None, **more):
    every = [w + m for w, m in zip(WOMEN, MEN, strict=True)] if every is None else every
    counts = {name: {DATE: of} for name, of in (("all", every), ("women", WOMEN), ("men", MEN))}
    counts["people"] = {DATE: PEOPLE}
    return city(counts, {name: (name, "people") for name in ("all", "women", "men")}, **more)


def declared(panel, column, of):
    catalogue = panel.catalogue.assign(
        part_of=[()] * len(panel.catalogue), sum_of=[()] * len(panel.catalogue)
    )
    for name, others in of.items():
        catalogue.at[name, column] = others
    return replace(panel, catalogue=catalogue)


def hidden(release, key):
    rows = release.indicators.loc[key].set_index("indicator")["flag"]
    return set(rows.index[rows == "suppressed"])


@pytest.mark.slow
@pytest.mark.parametrize("say", [True, False])
def test_women_and_men_are_all_whether_or_not_somebody_says_so(city, say):
    panel = by_sex(city)
    panel = declared(panel, "sum_of", {"all": ("women", "men")}) if say else panel
    release = protect(panel)
    assert "women" in hidden(release, "d000")
    assert len(hidden(release, "d000")) >= 2
    assert audit_release(release, panel).safe


@pytest.mark.parametrize("say", [True, False])
def test_one_wrong_cell_elsewhere_does_not_switch_the_knowledge_off(city, say, caplog):
    every = [w + m for w, m in zip(WOMEN, MEN, strict=True)]
    every[4] += 3
    panel = by_sex(city, every)
    panel = declared(panel, "sum_of", {"all": ("women", "men")}) if say else panel
    with caplog.at_level(logging.WARNING):
        release = protect(panel)
    assert len(hidden(release, "d000")) >= 2
    assert say or "83 %" in caplog.text


def test_two_districts_are_enough_for_a_sum_of_large_counts(city):
    counts = {"all": {DATE: [702, 903]}, "women": {DATE: [2, 444]}, "men": {DATE: [700, 459]}}
    counts["people"] = {DATE: [1903, 1517]}
    panel = city(counts, {name: (name, "people") for name in ("all", "women", "men")})
    assert len(hidden(protect(panel), "d000")) >= 2


def test_a_sum_tells_what_the_source_has_hidden(city):
    flags = {("women", DATE): ["suppressed", *["ok"] * 5]}
    counts = {name: {DATE: of} for name, of in (("women", [np.nan, *WOMEN[1:]]), ("men", MEN))}
    counts["all"] = {DATE: [w + m for w, m in zip(WOMEN, MEN, strict=True)]}
    counts["people"] = {DATE: PEOPLE}
    panel = city(counts, {name: (name, "people") for name in ("all", "women", "men")}, flags=flags)
    assert len(hidden(protect(panel), "d000")) >= 2


@pytest.mark.slow
def test_a_part_is_never_more_than_its_whole(city):
    # Long-term is at most 3 of 3 unemployed: what is hidden lies between 0 and 3, and must reach 3.
    counts = {
        "unemployed": {DATE: [3, 4, 60, 70, 80, 90]},
        "longterm": {DATE: [1, 2, 20, 30, 40, 50]},
        "people": {DATE: PEOPLE},
    }
    panel = city(counts, {"unemployed": ("unemployed", "people"), "longterm": ("longterm", "people")})
    loose = audit_release(protect(panel), panel).table
    assert loose["upper"].max() >= 3
    panel = declared(panel, "part_of", {"longterm": ("unemployed",)})
    table = audit_release(protect(panel), panel).table
    assert table["safe"].all()
    shown = protect(panel).indicators
    unemployed = shown[shown["indicator"] == "unemployed"]["numerator"]
    for key, row in table[table["indicator"] == "longterm"].set_index("district").iterrows():
        if not np.isnan(unemployed[key]):
            assert row["upper"] <= unemployed[key]


@pytest.mark.parametrize(("base", "expected"), [(None, (0, 0)), (5, (2, 2)), (10, (5, 4))])
def test_whole_numbers_that_become_the_same_one(base, expected):
    assert rounded_away(base) == expected
    if base:
        numbers = np.arange(200.0)
        below, above = expected
        same = numbers[rounded(numbers, base) == 100]
        assert (same.min(), same.max()) == (100 - below, 100 + above)
