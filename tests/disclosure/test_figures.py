"""Every count that a row shows is known to the model, under whatever name and in whatever form it comes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sozialraum.disclosure import protect as protection
from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.figures import figures
from sozialraum.disclosure.protect import Rules, load_protected, protect
from sozialraum.disclosure.quantities import Quantity
from sozialraum.errors import DisclosureError
from sozialraum.indicators.catalogue import catalogue
from sozialraum.indicators.derive import derive_indicators
from sozialraum.panel import Panel

DATE = "2020-12-31"
POOR = [2, 30, 41, 57, 63, 78]
PEOPLE = [903, 517, 911, 924, 937, 941]


@pytest.fixture
def poor(city):
    return city({"poor": {DATE: POOR}, "people": {DATE: PEOPLE}}, {"poor": ("poor", "people")})


def with_ready(panel, value, *, kind="value", variable="other", unit="number"):
    """Add a ready-made indicator to a panel."""
    entry = panel.catalogue.iloc[0].copy()
    entry["kind"], entry["value"], entry["value_unit"] = kind, variable, unit
    entry["numerator"] = entry["denominator"] = ()
    catalogue = pd.concat([panel.catalogue, entry.to_frame("ready").T])
    rows = panel.indicators.iloc[: len(panel.districts)].assign(
        indicator="ready", value=np.asarray(value, float), lower=np.nan, upper=np.nan
    )
    rows[["numerator", "denominator"]] = np.nan
    city = panel.city_values.iloc[:1].assign(
        indicator="ready", value=np.nan, numerator=np.nan, denominator=np.nan, median=rows["value"].median()
    )
    return replace(
        panel,
        catalogue=catalogue,
        indicators=pd.concat([panel.indicators, rows]),
        city_values=pd.concat([panel.city_values, city], ignore_index=True),
    )


def hidden(release, indicator):
    rows = release.indicators[release.indicators["indicator"] == indicator]
    assert rows.loc[rows["flag"] == "suppressed", ["value", "numerator", "lower"]].isna().all(axis=None)
    return set(rows.index[rows["flag"] == "suppressed"])


RATE = np.array(POOR) / np.array(PEOPLE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "kind", "variable", "unit"),
    [
        (POOR, "value", "poor", "number"),
        (POOR, "value", "renamed", "number"),
        (np.array(POOR) / 1000, "value", "in_thousands", "number"),
        (np.round(1000 * RATE, 1), "value", "per_thousand", "number"),
        (RATE, "share", "ready_share", "fraction"),
        (np.round(RATE, 3), "share", "ready_share", "percent"),
        (np.round(RATE, 4), "ratio", "ready_ratio", "fraction"),
    ],
)
def test_a_count_under_a_second_name_is_hidden_with_it(poor, value, kind, variable, unit):
    panel = with_ready(poor, value, kind=kind, variable=variable, unit=unit)
    release = protect(panel)
    assert "d000" in hidden(release, "ready")
    assert hidden(release, "ready") == hidden(release, "poor")
    assert len(hidden(release, "poor")) >= 2
    assert audit_release(release, panel).safe


def test_a_second_name_is_found_although_one_number_was_mistyped(poor):
    value = np.round(1000 * RATE, 2)
    value[4] += 7
    many = with_ready(poor, value, variable="per_thousand")
    assert "d000" in hidden(protect(many), "ready")


def test_a_ready_made_share_of_a_count_that_the_source_hides_gives_it_away(city):
    flags = {("poor", DATE): ["suppressed", *["ok"] * 5]}
    counts = {"poor": {DATE: [np.nan, *POOR[1:]]}, "people": {DATE: PEOPLE}}
    panel = city(counts, {"poor": ("poor", "people")}, flags=flags)
    panel = with_ready(panel, RATE, kind="share", unit="fraction")
    assert figures(panel).numerator.tolist()[6:] == POOR
    assert "d000" in hidden(protect(panel), "ready")


@pytest.mark.slow
def test_a_ready_made_share_of_a_known_denominator_is_a_count(city):
    panel = city(
        {"x": {DATE: [400, 300, 350, 320, 380, 390]}, "people": {DATE: PEOPLE}}, {"x": ("x", "people")}
    )
    share = np.array([2, 11, 13, 17, 19, 23]) / np.array(PEOPLE)
    panel = with_ready(panel, np.round(share, 6), kind="share", variable="rare", unit="fraction")
    found = figures(panel)
    assert found.numerator[6:].tolist() == [2, 11, 13, 17, 19, 23]
    assert found.recipes["ready"].denominator == Quantity(("people",))
    assert "d000" in hidden(protect(panel), "ready")
    assert len(hidden(protect(panel), "ready")) >= 2


@pytest.mark.slow
def test_whole_numbers_are_counts_and_measures_are_not(poor):
    whole = with_ready(poor, [1, 9, 8, 7, 6, 5], variable="cases")
    assert "d000" in hidden(protect(whole), "ready")
    assert len(hidden(protect(whole), "ready")) >= 2
    rent = with_ready(poor, [7.13, 8.41, 6.92, 7.77, 9.01, 8.88], variable="rent")
    assert "ready" not in figures(rent).recipes
    assert hidden(protect(rent), "ready") == set()


@pytest.mark.slow
def test_a_count_alone_is_protected_with_every_other_use_of_its_variable(city):
    counts = {"poor": {DATE: POOR}, "people": {DATE: PEOPLE}}
    panel = city(counts, {"cases": ("poor", ""), "poor": ("poor", "people")}, kinds={"cases": "count"})
    assert panel.indicators.loc["d001", "value"].tolist() == [30, 30 / 517]
    assert panel.city_values["value"].tolist() == [271, 271 / 5133]
    release = protect(panel)
    assert hidden(release, "cases") == hidden(release, "poor") >= {"d000"}
    shown = release.indicators[release.indicators["indicator"] == "cases"]["value"].sum()
    assert release.city_values["value"].iloc[0] == shown < 271
    assert audit_release(release, panel).safe
    assert set(protect(panel, rules=Rules(rounding=10)).indicators.loc["d002", "numerator"]) == {40}


def test_beside_rounded_counts_no_ready_made_figure_tells_them_exactly(poor):
    panel = with_ready(poor, POOR, variable="poor")
    assert len(hidden(protect(panel, rules=Rules(rounding=5)), "ready")) == 6


def ready_made(kind, *, numbers=(0.0121, 0.0234, 0.0311, 0.0405), **entry):
    """Make a panel of one ready-made figure, whose counts nobody here knows."""
    words = {"label": "Ein Merkmal", "polarity": "context", "value": "rent", "kind": kind}
    unit = {"value_unit": "fraction" if kind != "value" else "number"}
    known = catalogue({"x": {**words, **unit, **entry}})
    keys = [f"d{number:03d}" for number in range(len(numbers))]
    districts = pd.DataFrame({"name": keys}, index=pd.Index(keys, name="district"))
    values = {"district": keys, "date": "2020-12-31", "variable": "rent", "value": numbers}
    observations = pd.DataFrame({**values, "flag": "ok", "source": ""})
    indicators, city_values = derive_indicators(observations, known, districts)
    return Panel(
        city="x", districts=districts, catalogue=known, indicators=indicators, city_values=city_values
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("share", {}),
        ("ratio", {}),
        ("value", {"unit": "je 1.000 Haushalte"}),
        ("value", {"unit": "%"}),
        ("value", {"label": "Arbeitslosenquote"}),
        ("value", {"label": {"de": "x", "en": "Unemployment rate"}}),
    ],
)
def test_a_rate_without_counts_is_not_public_unless_it_is_so_already(kind, entry):
    panel = ready_made(kind, **entry)
    release, (told,) = load_protected(panel)
    assert (release.indicators["flag"] == "suppressed").all()
    assert release.indicators["value"].isna().all()
    assert release.city_values[["value", "median"]].isna().all(axis=None)
    assert told.code == "disclosure.no_counts"
    assert "already_public" in told.text("de")
    public, problems = load_protected(ready_made(kind, already_public=True, **entry))
    assert problems == ()
    assert public.indicators["value"].notna().all()


@pytest.mark.parametrize("name", ["suppress", "city_of_shown"])
def test_where_nothing_is_counted_a_number_left_behind_is_found_all_the_same(name, monkeypatch):
    """No attack is needed, but what is hidden has to be gone, from the city's values, too."""

    def left(frame, *_):
        return frame.assign(flag="suppressed") if name == "suppress" else frame

    monkeypatch.setattr(protection, name, left)
    with pytest.raises(DisclosureError) as error:
        load_protected(ready_made("share"))
    told = {"suppress": "disclosure.number_left", "city_of_shown": "disclosure.city_leaks"}
    assert told[name] in [problem.code for problem in error.value.problems]


def test_a_rent_is_no_rate():
    public, problems = load_protected(
        ready_made("value", numbers=(7.12, 8.4, 6.95, 9.01), unit="Euro/m²", label="Miete")
    )
    assert problems == ()
    assert public.indicators["value"].notna().all()
