"""Classes, their borders, the matrix, attention, persistence and early warning."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.index.classes import attention, class_codes, early_warning, runs, status_matrix
from sozialraum.assessment.index.recipes import (
    BERLIN_DYNAMIC,
    BERLIN_STATUS,
    DYNAMIC,
    NOT_ASSESSABLE,
    STATUS,
)


def series(**classes):
    return pd.Series(classes, dtype=object)


def test_a_value_on_a_border_goes_where_berlin_puts_it():
    names = np.array([*STATUS, NOT_ASSESSABLE])
    assert names[class_codes([-1.01, -1, -0.99, 0.99, 1, 1.5, 1.51, np.nan], BERLIN_STATUS)].tolist() == [
        "high",
        "high",
        "medium",
        "medium",
        "low",
        "low",
        "very low",
        NOT_ASSESSABLE,
    ]
    names = np.array([*DYNAMIC, NOT_ASSESSABLE])
    found = names[class_codes([-1, 0, 1], BERLIN_DYNAMIC)]
    assert found.tolist() == ["positive", "stable", "negative"]


def test_matrix_counts_all_twelve_cells_also_the_empty_ones():
    status = series(a="low", b="low", c="high", d=NOT_ASSESSABLE)
    dynamic = series(d="stable", c="positive", b="negative", a="negative")
    expected = pd.DataFrame(0, index=list(STATUS), columns=list(DYNAMIC))
    expected.loc["low", "negative"] = 2
    expected.loc["high", "positive"] = 1
    found = status_matrix(status, dynamic)
    assert found.shape == (4, 3)
    pd.testing.assert_frame_equal(found, expected, check_names=False)


@pytest.mark.parametrize(
    ("status", "dynamic", "expected"),
    [
        ("very low", "positive", "yes"),
        ("very low", NOT_ASSESSABLE, "yes"),
        ("low", "negative", "yes"),
        ("low", "stable", "no"),
        ("low", NOT_ASSESSABLE, NOT_ASSESSABLE),
        ("medium", "negative", "no"),
        ("medium", NOT_ASSESSABLE, "no"),
        (NOT_ASSESSABLE, "negative", NOT_ASSESSABLE),
    ],
)
def test_attention_needs_very_low_or_low_and_worsening(status, dynamic, expected):
    found = attention(series(a=status), series(a=dynamic))
    pd.testing.assert_series_equal(found, series(a=expected).rename("attention"))


def test_runs_count_dates_in_a_row_and_start_again_after_a_gap():
    classes = pd.DataFrame(
        {
            "2019-12-31": ["low", "low"],
            "2018-12-31": ["low", NOT_ASSESSABLE],
            "2017-12-31": ["low", "low"],
        },
        index=["a", "b"],
    )
    found = runs(classes)
    expected = pd.DataFrame(
        {"2017-12-31": [1, 1], "2018-12-31": [2, 0], "2019-12-31": [3, 1]}, index=["a", "b"]
    )
    pd.testing.assert_frame_equal(found, expected)


def test_overlapping_periods_do_not_count_twice():
    dates = [f"{year}-12-31" for year in range(2015, 2020)]
    classes = pd.DataFrame([["negative"] * 5], index=["a"], columns=dates)
    assert runs(classes, years=2).loc["a"].tolist() == [1, 1, 2, 2, 3]


def test_early_warning_is_for_medium_status_only():
    status = series(a="medium", b="medium", c="low", d="high", e="medium", f=NOT_ASSESSABLE, g="medium")
    dynamic = series(
        a="negative",
        b="negative",
        c="negative",
        d="negative",
        e="stable",
        f="negative",
        g=NOT_ASSESSABLE,
    )
    periods = pd.Series({"a": 1, "b": 2, "c": 3, "d": 1, "e": 0, "f": 1, "g": 0})
    found = early_warning(status, dynamic, periods)
    assert found.to_dict() == {
        "a": "early warning",
        "b": "persistent early warning",
        "c": "none",
        "d": "none",
        "e": "none",
        "f": NOT_ASSESSABLE,
        "g": NOT_ASSESSABLE,
    }


def test_a_class_that_is_missing_is_not_assessable_and_never_a_no():
    status = pd.Series(["low", "very low", "medium", None, "high"], index=list("abcde"))
    dynamic = pd.Series(["negative", "positive"], index=["b", "e"])
    assert attention(status, dynamic).tolist() == [
        "not assessable",
        "yes",
        "no",
        "not assessable",
        "no",
    ]
    periods = pd.Series([1], index=["b"])
    told = early_warning(status, dynamic, periods)
    assert told.tolist() == ["none", "none", "not assessable", "not assessable", "none"]
    assert runs(pd.DataFrame({"2020": ["low", None], "2021": ["low", None]})).to_numpy().tolist() == [
        [1, 2],
        [0, 0],
    ]
