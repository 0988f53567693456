"""Figures that contradict each other are named; a consistent city is left in peace."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.indicators.checks import (
    check_copied_rows,
    check_observations,
    check_placeholders,
    check_totals,
)
from sozialraum.tables.read import load_table

DISTRICTS = [f"{i:02d}" for i in range(20)]
YEARS = [f"{year}-12-31" for year in (2015, 2016, 2017, 2018)]


def city(change=lambda figures: figures):
    """Make four years of three variables; growth is chance of the size of a Poisson count."""
    chance = np.random.default_rng(5)
    size = np.linspace(800, 6000, len(DISTRICTS)).round()
    means = {
        "people": size,
        "jobless": size * np.linspace(0.03, 0.2, 20),
        "old": size * np.linspace(0.3, 0.1, 20),
    }
    figures = {
        (variable, year): chance.poisson(mean * 1.02**i).astype(float)
        for variable, mean in means.items()
        for i, year in enumerate(YEARS)
    }
    figures = change(figures)
    parts = [
        pd.DataFrame(
            {
                "district": DISTRICTS,
                "date": year,
                "variable": variable,
                "value": values,
                "flag": "ok",
                "source": f"{year[:4]}.csv",
                "row": range(2, 22),
                "vintage": "",
            }
        )
        for (variable, year), values in figures.items()
    ]
    return pd.concat(parts, ignore_index=True)


def found(change=lambda figures: figures):
    return check_observations(city(change))


def test_a_consistent_city_gives_no_alarm():
    assert found() == ()


def test_last_years_table_under_this_years_date():
    def copy(figures):
        return {**figures, ("jobless", YEARS[2]): figures["jobless", YEARS[1]]}

    (problem,) = found(copy)
    assert (problem.code, problem.severity, problem.file) == ("checks.last_year", "warning", "2017.csv")
    assert (
        "'jobless' hat zum 31.12.2017 in 20 von 20 Gebieten genau dieselbe Zahl wie zum 31.12.2016"
        in problem.text()
    )


def test_the_same_column_under_two_names():
    def copy(figures):
        return {**figures, **{("again", year): figures["old", year] for year in YEARS}}

    problems = found(copy)
    assert [problem.code for problem in problems] == ["checks.same_column"]
    assert "'old'" in problems[0].text()
    assert "'again'" in problems[0].text()


def test_columns_shifted_by_one():
    def shift(figures):
        old = dict(figures)
        return {
            **figures,
            **{("jobless", year): old["people", year] for year in YEARS[2:]},
            **{("old", year): old["jobless", year] for year in YEARS[2:]},
            **{("people", year): old["old", year] * 100 for year in YEARS[2:]},
        }

    codes = {problem.code: problem for problem in found(shift)}
    shifted = codes["checks.shifted"]
    assert "um +1 verschoben" in shifted.text()
    assert "'jobless' = 'people', 'old' = 'jobless'" in shifted.text()


def test_two_columns_swapped():
    def swap(figures):
        last = YEARS[3]
        return {
            **figures,
            ("jobless", last): figures["people", last],
            ("people", last): figures["jobless", last],
        }

    swapped = [problem for problem in found(swap) if problem.code == "checks.swapped"]
    assert len(swapped) == 1
    assert swapped[0].file == "2018.csv"


def test_a_slipped_digit_is_a_spike_with_its_district_and_date():
    def slip(figures):
        values = figures["people", YEARS[1]].copy()
        values[7] *= 10
        return {**figures, ("people", YEARS[1]): values}

    (problem,) = found(slip)
    assert (problem.code, problem.keys) == ("checks.spike", ("07",))
    assert "07 (31.12.2016)" in problem.text()


def test_a_district_that_doubles_for_good_is_a_jump():
    def double(figures):
        changed = {
            ("people", year): np.where(
                np.arange(20) == 3, figures["people", year] * 3, figures["people", year]
            )
            for year in YEARS[2:]
        }
        return {**figures, **changed}

    (problem,) = found(double)
    assert (problem.code, problem.keys) == ("checks.jump", ("03",))


def totals(value, *, area="Stadt", date="2018-12-31"):
    return pd.DataFrame(
        {
            "district": [area],
            "date": [date],
            "variable": ["people"],
            "value": [value],
            "source": ["summen.csv"],
            "row": [9],
        }
    )


@pytest.mark.parametrize(
    ("difference", "noise", "wrong"), [(0, 0, 0), (1, 0, 1), (30, 2, 1), (27, 2, 0), (-27, 2, 0), (5, 0.2, 1)]
)
def test_districts_sum_to_the_city_within_the_noise_of_confidentiality(difference, noise, wrong):
    # 3 * 2 * sqrt(21) = 27.5
    observations = city()
    now = (observations["variable"] == "people") & (observations["date"] == YEARS[3])
    total = observations.loc[now, "value"].sum() - difference
    problems = check_totals(observations, totals(total), dict.fromkeys(DISTRICTS, "Stadt"), noise=noise)
    assert len(problems) == wrong
    for problem in problems:
        assert (problem.code, problem.file, problem.row, problem.keys) == (
            "checks.total",
            "summen.csv",
            9,
            ("Stadt",),
        )
        assert f"Unterschied {difference:+d}" in problem.text()


def test_unknown_parts_only_bound_a_total_from_below():
    observations = city()
    observations.loc[observations["district"] == "04", ["value", "flag"]] = [np.nan, "suppressed"]
    now = (observations["variable"] == "people") & (observations["date"] == YEARS[3])
    known = observations.loc[now, "value"].sum()
    members = dict.fromkeys(DISTRICTS, "Stadt")
    assert check_totals(observations, totals(known + 500), members) == ()
    (problem,) = check_totals(observations, totals(known - 1), members)
    assert problem.code == "checks.total_exceeded"


@pytest.mark.shared
def test_the_columns_of_berlin_2015_are_not_those_of_2013(shared_data):
    tables = [
        load_table(shared_data / "berlin" / f"mss-{year}-planning-areas.csv", key="id", date=year)[0]
        for year in (2013, 2015)
    ]
    swapped = [p for p in check_observations(pd.concat(tables)) if p.code == "checks.swapped"]
    assert len(swapped) == 1
    assert "'k08_urban_apartments' = 'k10_duration_of_residence_over_5_years'" in swapped[0].text()


@pytest.mark.shared
def test_leipzig_2005_has_unemployed_in_the_wrong_districts(shared_data):
    table, _ = load_table(shared_data / "leipzig" / "arbeitslose.csv", name="ortsteil", date_column="jahr")
    texts = [p.text() for p in check_observations(table)]
    assert any("Böhlitz-Ehrenberg (31.12.2005): 511 → 244" in text for text in texts)


def test_rows_of_nothing_but_zeros_are_named_with_the_entry_that_leaves_them_out():
    rows = [
        (key, "2020-12-31", name, 0.0 if key in {"0102", "0104"} else 3.0 + i)
        for i, key in enumerate(("0101", "0102", "0103", "0104", "0105"))
        for name in ("s1", "s3", "d1")
    ]
    frame = pd.DataFrame(rows, columns=["district", "date", "variable", "value"]).assign(source="t.csv")
    (problem,) = check_placeholders(frame)
    assert problem.severity == "warning"
    assert problem.keys == ("0102", "0104")
    assert 'excluded = ["0102", "0104"]' in problem.text()
    (rest,) = check_placeholders(frame, excluded=("0102",))
    assert rest.keys == ("0104",)
    assert check_placeholders(frame, excluded=("0102", "0104")) == ()
    # One zero is a figure, and so is a variable that is zero everywhere.
    one = frame[frame["variable"] == "s1"]
    assert check_placeholders(one) == ()
    assert check_placeholders(pd.concat([one, one.assign(variable="none", value=0.0)])) == ()
    # What is missing elsewhere does not turn a zero into a result.
    part = frame[~((frame["district"] == "0102") & (frame["variable"] == "d1"))]
    assert check_placeholders(part)[0].keys == ("0102", "0104")


def rows_of(figures):
    """Give observations of one date, one district per key of `figures`."""
    return pd.DataFrame(
        [
            {"district": key, "date": YEARS[0], "variable": f"v{i}", "value": float(value), "source": "t.csv"}
            for key, values in figures.items()
            for i, value in enumerate(values)
        ]
    )


OTHERS = {"01": (3000, 120, 310), "02": (2000, 141, 204), "03": (500, 15, 44)}


@pytest.mark.parametrize(
    ("more", "code", "key"),
    [
        ({"04": (2000, 141, 204)}, "copied_rows", "04"),
        ({"04": (1, 1, 1)}, "filled_rows", "04"),
        ({"04": (99.5, 99.5, 99.5)}, "filled_rows", "04"),
        ({"04": (500.0, 15.0, 44.0), "05": (7, 8, 9)}, None, None),
        ({"04": (1, 1, 1), "05": (2, 2, 2)}, None, None),
        ({"04": (0, 0, 0)}, None, None),
        ({"04": (3000, 120, np.nan)}, None, None),
    ],
)
def test_rows_that_are_copied_or_filled_with_one_number(more, code, key):
    problems = check_copied_rows(rows_of(OTHERS | more))
    assert [(problem.code, problem.keys) for problem in problems] == (
        [(f"checks.{code}", (key,))] if code else []
    )


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"01": "Altstadt", "02": "Hafen"}, "02 Hafen = 01 Altstadt"),
        ({"01": "Altstadt"}, "02 = 01 Altstadt"),
        ({"01": "01", "02": "02"}, "02 = 01"),
        (None, "02 = 01"),
    ],
)
def test_names_stand_beside_keys_in_lists(names, words):
    frame = rows_of({"01": [1234, 567, 890], "02": [1234, 567, 890], "03": [17, 4, 9]})
    (problem,) = check_observations(frame, names=names)
    assert f": {words} (" in problem.text("de")
