"""One rate never mixes kinds of period in silence."""

import pandas as pd
import pytest

from sozialraum.indicators.catalogue import catalogue
from sozialraum.indicators.derive import load_indicators
from sozialraum.indicators.periods import check_periods, indicator_periods

RATE = {"rate": {"label": "Quote", "polarity": "disadvantage", "numerator": "a", "denominator": "b"}}


def counts(above, below):
    """Return 5 of 100 in two districts; `above` and `below` are kind and first day of the periods."""
    return pd.DataFrame(
        [
            (key, "2023-12-31", name, value, "ok", "t.csv", 2, "", *period)
            for key in ("01", "02")
            for name, value, period in (("a", 5.0, above), ("b", 100.0, below))
        ],
        columns=[
            "district",
            "date",
            "variable",
            "value",
            "flag",
            "source",
            "row",
            "vintage",
            "period",
            "start",
        ],
    )


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (("month", "2023-12-01"), ("date", "2023-12-31")),
        (("quarter", "2023-10-01"), ("year", "2023-01-01")),
        (("window", "2021-01-01"), ("year", "2023-01-01")),
        (("flow", "2023-01-01"), ("flow", "2023-07-01")),
        (("month", "2023-12-01"), ("quarter", "2023-10-01")),
    ],
)
def test_counts_of_different_periods_are_refused(above, below):
    districts = pd.DataFrame(index=pd.Index(["01", "02"], name="district"))
    *_, problems = load_indicators(counts(above, below), catalogue(RATE), districts)
    (problem,) = [problem for problem in problems if problem.code == "indicators.mixed_periods"]
    assert problem.severity == "error"
    assert 'period = "date"' in problem.text()


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (("month", "2023-12-01"), ("month", "2023-12-01")),
        (("year", "2023-01-01"), ("date", "2023-12-31")),
        (("flow", "2023-01-01"), ("flow", "2023-01-01")),
    ],
)
def test_counts_of_one_period_are_one_rate(above, below):
    assert check_periods(counts(above, below), catalogue(RATE)) == ()


def test_the_period_of_an_indicator_is_known():
    found = indicator_periods(counts(("month", "2023-12-01"), ("month", "2023-12-01")), catalogue(RATE))
    assert found.to_numpy().tolist() == [["rate", "2023-12-31", "month", "2023-12-01"]]


def test_a_series_that_changes_its_kind_of_period_is_doubted():
    earlier = counts(("month", "2022-12-01"), ("month", "2022-12-01")).assign(date="2022-12-31")
    later = counts(("year", "2023-01-01"), ("year", "2023-01-01"))
    problems = check_periods(pd.concat([earlier, later]), catalogue(RATE))
    assert {problem.code for problem in problems} == {"indicators.changing_periods"}
    assert len(problems) == 2
