"""Counts that an authority has suppressed itself: its sign has a meaning, and totals must not undo it."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.cells import build_cells
from sozialraum.disclosure.knowledge import known_bounds
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.indicators.catalogue import catalogue
from sozialraum.indicators.derive import derive_indicators
from sozialraum.panel import Panel

DATE = "2020-12-31"


def town(variables, entries, stars):
    """Make a panel; `stars` is variable -> {district number: largest count that its sign means}."""
    size = len(next(iter(variables.values())))
    keys = [f"d{number:03d}" for number in range(size)]
    districts = pd.DataFrame({"name": keys}, index=pd.Index(keys, name="district"))
    parts = []
    for name, numbers in variables.items():
        part = pd.DataFrame(
            {"district": keys, "date": DATE, "variable": name, "value": np.array(numbers, float)}
        )
        part["flag"], part["source"], part["at_most"] = "ok", "", np.nan
        for place, limit in stars.get(name, {}).items():
            part.loc[place, ["value", "at_most"]] = [np.nan, limit]
            part.loc[place, "flag"] = "suppressed"
        parts.append(part)
    words = {"label": "x", "polarity": "context"}
    known = catalogue({name: {**words, **entry} for name, entry in entries.items()})
    indicators, city_values = derive_indicators(pd.concat(parts), known, districts)
    return Panel(
        city="Testdorf", districts=districts, catalogue=known, indicators=indicators, city_values=city_values
    )


POOR = {"poor": {"numerator": "poor", "denominator": "people"}}


def flags(panel, indicator="poor"):
    rows = panel.indicators[panel.indicators["indicator"] == indicator]
    return [key for key, flag in rows["flag"].items() if flag == "suppressed"]


def test_what_a_sign_leaves_possible_reaches_the_rows_and_no_public_file():
    panel = town({"poor": [5, 30, 40, 50], "people": [900] * 4}, POOR, {"poor": {0: 9}})
    assert panel.indicators["at_most"].tolist()[:1] == [9]
    assert panel.indicators["at_most"].isna().sum() == 3
    assert "at_most" not in protect(panel).indicators


def test_the_total_does_not_tell_what_a_single_star_hides():
    panel = town({"poor": [5, 30, 40, 50], "people": [900] * 4}, POOR, {"poor": {0: 9}})
    assert len(flags(panel)) == 1
    release = protect(panel)
    assert len(flags(release)) == 2
    row = audit_release(release, panel).table.set_index("district").loc["d000"]
    assert (row["lower"], row["upper"]) == (1, 9)


def test_two_stars_do_not_protect_each_other():
    # Both could be 1, and the total would say so.
    panel = town({"poor": [1, 1, 40, 50, 60], "people": [900] * 5}, POOR, {"poor": {0: 9, 1: 9}})
    assert len(flags(protect(panel))) == 3


@pytest.mark.parametrize("limit", [2, 9])
def test_the_sign_of_an_authority_bounds_what_an_outsider_reckons_with(limit):
    panel = town({"poor": [1, 30, 40, 50], "people": [900] * 4}, POOR, {"poor": {0: limit}})
    cells = build_cells(panel, Rules())
    hidden = (panel.indicators["flag"] == "suppressed").to_numpy()[cells.position]
    bounds = known_bounds(cells, Rules(), hidden)
    (cell,) = np.flatnonzero(cells.assumed)
    assert (bounds.low[cell], bounds.high[cell]) == (1, limit)


@pytest.mark.slow
def test_stars_of_men_and_women_are_not_told_by_the_sum_of_both():
    entries = {
        "all": {"numerator": "all", "denominator": "people", "sum_of": ["men", "women"]},
        "men": {"numerator": "men", "denominator": "people"},
        "women": {"numerator": "women", "denominator": "people"},
    }
    counts = {
        "men": [9, 30, 40, 50, 44],
        "women": [8, 25, 41, 52, 33],
        "all": [17, 55, 81, 102, 77],
        "people": [900] * 5,
    }
    panel = town(counts, entries, {"men": {0: 9}, "women": {0: 9}})
    release = protect(panel)
    # 17 of two counts below 10 are 8 and 9: the sum goes, too, and another one beside it.
    assert "d000" in flags(release, "all")
    assert len(flags(release, "all")) > 1
