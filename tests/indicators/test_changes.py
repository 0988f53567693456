"""Changes of indicators over time: values, intervals, flags, breaks, and the index they stand on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.errors import CatalogueError
from sozialraum.indicators.changes import CHANGE_COLUMNS, changes, decompose, years_between
from sozialraum.stats.intervals import wilson

KEYS = pd.Index(["01", "02", "03"], name="district")
DATES = ("2005-12-31", "2007-12-31", "2008-12-31")


def indicators(counts, *, indicator="poor", flags=None, keys=KEYS):
    """Make the long frame from {date: [(numerator, denominator), ...]}."""
    parts = []
    for date, pairs in counts.items():
        numerator, denominator = np.array(pairs, dtype=float).T
        lower, upper = wilson(numerator, denominator)
        columns = {
            "indicator": indicator,
            "date": date,
            "value": numerator / denominator,
            "numerator": numerator,
            "denominator": denominator,
            "lower": lower,
            "upper": upper,
            "flag": (flags or {}).get(date, "ok"),
        }
        parts.append(pd.DataFrame(columns, index=keys))
    return pd.concat(parts)


THREE = {
    "2005-12-31": [(20, 100), (10, 200), (0, 50)],
    "2007-12-31": [(30, 100), (10, 100), (5, 50)],
    "2008-12-31": [(30, 120), (20, 100), (0, 50)],
}


def test_points_index_and_annual_rate_of_each_pair_of_dates():
    result = changes(indicators(THREE))
    assert tuple(result.columns) == CHANGE_COLUMNS
    assert result.index.tolist() == ["01", "02", "03"] * 2
    assert result.index.name == "district"
    first = result[result["date"] == "2007-12-31"]
    np.testing.assert_allclose(first["difference"], [0.1, 0.05, 0.1])
    np.testing.assert_allclose(first["index"], [150, 200, np.nan])
    np.testing.assert_allclose(first["annual_rate"], [1.5**0.5 - 1, 2**0.5 - 1, np.nan])
    last = result[result["date"] == "2008-12-31"]
    assert last["base_date"].unique().tolist() == ["2007-12-31"]
    np.testing.assert_allclose(last["index"], [100 * 0.25 / 0.3, 200, 0])
    np.testing.assert_allclose(last["annual_rate"], [0.25 / 0.3 - 1, 1, -1])


def test_base_dates():
    frame = indicators(THREE)
    pairs = [tuple(pair) for pair in changes(frame, base="first")[["base_date", "date"]].to_numpy()]
    assert dict.fromkeys(pairs) == dict.fromkeys([(DATES[0], DATES[1]), (DATES[0], DATES[2])])
    later = changes(frame, base="2007-12-31")
    assert later["date"].unique().tolist() == ["2008-12-31"]


def test_what_numerator_and_denominator_did_adds_up():
    result = changes(indicators(THREE), base="first")
    total = result["numerator_effect"] + result["denominator_effect"]
    pd.testing.assert_series_equal(total, result["difference"], check_names=False)
    # 10 of 200 became 10 of 100: the numerator did nothing.
    second = result[result["date"] == "2007-12-31"].loc["02"]
    assert second["numerator_effect"] == 0
    assert second["denominator_effect"] == pytest.approx(0.05)
    # 20 of 100 became 30 of 120: 10 * (1/100 + 1/120) / 2 and (1/120 - 1/100) * 50 / 2
    first = result[result["date"] == "2008-12-31"].loc["01"]
    assert first["numerator_effect"] == pytest.approx(10 * (1 / 100 + 1 / 120) / 2)
    assert first["denominator_effect"] == pytest.approx((1 / 120 - 1 / 100) * 25)


COUNT = st.integers(1, 10**6)


@given(COUNT, COUNT, COUNT, COUNT)
def test_the_split_is_exact_and_symmetric_in_time(a, b, earlier_a, earlier_b):
    numbers = [np.array([float(number)]) for number in (a, b, earlier_a, earlier_b)]
    above, below = decompose(*numbers)
    assert above + below == pytest.approx(a / b - earlier_a / earlier_b, rel=1e-9, abs=1e-9 * max(a / b, 1))
    back_above, back_below = decompose(*numbers[2:], *numbers[:2])
    assert (back_above, back_below) == (pytest.approx(-above), pytest.approx(-below))


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ],
)
def test_intervals_are_those_that_newcombe_published(later, earlier, expected):
    frame = indicators({"2005-12-31": [earlier], "2006-12-31": [later]}, keys=KEYS[:1])
    result = changes(frame).iloc[0]
    assert (round(result["lower"], 4), round(result["upper"], 4)) == expected


def test_no_change_across_a_break():
    frame = indicators(THREE)
    result = changes(frame, breaks={"poor": ["2007"]})
    across = result[result["date"] == "2007-12-31"]
    assert across["flag"].unique().tolist() == ["not applicable"]
    assert across["break_date"].unique().tolist() == ["2007-12-31"]
    numbers = [
        "difference",
        "lower",
        "upper",
        "index",
        "annual_rate",
        "numerator_effect",
        "denominator_effect",
    ]
    assert across[numbers].isna().all(axis=None)
    after = result[result["date"] == "2008-12-31"]
    assert after["break_date"].unique().tolist() == [""]
    assert after["difference"].notna().all()


def test_a_break_starts_a_new_base():
    frame = indicators({**THREE, "2009-12-31": THREE["2005-12-31"]})
    result = changes(frame, base="first", breaks={"poor": ["2008-01-01"]})
    pairs = result.drop_duplicates("date")[["base_date", "date", "break_date"]].to_numpy().tolist()
    assert pairs == [
        ["2005-12-31", "2007-12-31", ""],
        ["2007-12-31", "2008-12-31", "2008-01-01"],
        ["2008-12-31", "2009-12-31", ""],
    ]
    fixed = changes(frame, base="2005-12-31", breaks={"poor": ["2008-01-01"]})
    assert fixed.drop_duplicates("date")["break_date"].tolist() == ["", "2008-01-01", "2008-01-01"]


def test_flags_travel_and_only_valued_flags_have_numbers():
    frame = indicators(THREE, flags={"2007-12-31": ["unreliable", "suppressed", "ok"]})
    frame.loc[frame["flag"] == "suppressed", ["value", "numerator", "denominator", "lower", "upper"]] = np.nan
    result = changes(frame)
    assert result["flag"].tolist() == ["unreliable", "suppressed", "ok"] * 2
    assert result["difference"].isna().tolist() == [False, True, False] * 2


def test_districts_are_aligned_by_key_and_a_missing_row_is_missing():
    frame = indicators(THREE)
    before = frame.copy()
    mixed = frame.sample(frac=1, random_state=1)
    straight, shuffled = changes(frame), changes(mixed)
    for date in DATES[1:]:
        one, two = (result[result["date"] == date].sort_index() for result in (straight, shuffled))
        pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(frame, before)
    lost = frame[(frame["date"] != "2007-12-31") | (frame.index != "02")]
    result = changes(lost)
    assert result.loc["02", "flag"].tolist() == ["missing", "missing"]
    assert result.loc["01", "flag"].tolist() == ["ok", "ok"]


def test_figures_without_counts_have_a_difference_but_no_interval_and_no_effects():
    frame = indicators(THREE).assign(numerator=np.nan, denominator=np.nan, lower=np.nan, upper=np.nan)
    result = changes(frame)
    assert result["difference"].notna().all()
    assert result[["lower", "upper", "numerator_effect", "denominator_effect"]].isna().all(axis=None)


def test_one_date_has_no_change():
    result = changes(indicators({"2005-12-31": THREE["2005-12-31"]}))
    assert len(result) == 0
    assert tuple(result.columns) == CHANGE_COLUMNS


def test_years_between_dates():
    assert years_between("2005-12-31", "2007-12-31") == 2
    assert years_between("2005-06-30", "2005-12-31") == 0.5
    assert years_between("2004-02-29", "2005-02-28") == 1
    assert years_between("2005-01-01", "2005-01-31") == pytest.approx(30 / 365.25)


def test_every_wrong_entry_is_reported_at_once():
    frame = indicators(THREE)
    with pytest.raises(CatalogueError) as error:
        changes(pd.concat([frame, frame.loc[["02"]]]), base="2006", breaks={"pour": ["soon"]})
    codes = [problem.code for problem in error.value.problems]
    assert codes == [
        "changes.unknown_indicator",
        "changes.bad_date",
        "changes.unknown_base",
        "panel.double_row",
    ]
    assert error.value.problems[-1].keys == ("02",)
    assert "poor" in error.value.text("en")
