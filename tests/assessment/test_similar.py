"""Similar districts: nearest by hand, missing values, order, and the comparison with their median."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.similar import SIMILAR_COLUMNS, compare_similar, similar_districts
from sozialraum.errors import AlignmentError, SozialraumError

PROFILE = pd.DataFrame(
    {"poor": [0.1, 0.12, 0.4, 0.38], "young": [0.2, 0.3, 0.2, 0.3]},
    index=pd.Index(list("abcd"), name="district"),
)
SIZE = pd.Series({"d": 1000, "c": 1000, "b": 1000, "a": 1000})


def test_nearest_first_and_distance_by_hand():
    found = similar_districts(PROFILE, SIZE, count=2)
    assert list(found.columns) == list(SIMILAR_COLUMNS)
    assert found.loc["a", "similar"].tolist() == ["b", "c"]
    assert found.loc["a", "rank"].tolist() == [1, 2]
    # All are equally large, so two features count; `young` has mean 0.25 and SD 0.05.
    poor = (0.12 - 0.1) / PROFILE["poor"].std(ddof=0)
    assert found.loc["a", "distance"].iloc[0] == pytest.approx(np.sqrt((poor**2 + 2**2) / 2))
    assert found.loc["a", "features"].tolist() == [2, 2]
    assert found.index.name == "district"


def test_size_counts_as_a_logarithm():
    profile = pd.DataFrame({"poor": [0.1, 0.1, 0.1, 0.2]}, index=list("abcd"))
    size = pd.Series({"a": 100, "b": 1_000, "c": 10_000, "d": 1_000})
    found = similar_districts(profile, size, count=2).loc["a"]
    assert found["similar"].tolist()[0] == "b"


def test_a_missing_value_says_less_but_is_no_zero():
    profile = PROFILE.copy()
    profile.loc["d", "poor"] = np.nan
    size = pd.Series({"a": 1000, "b": 2000, "c": 500, "d": 1000})
    found = similar_districts(profile, size, count=3)
    assert found.loc["d", "features"].tolist() == [2, 2, 2]
    assert found.loc["d", "similar"].tolist()[0] == "b"


def test_too_little_known_gives_no_row():
    profile = PROFILE.copy()
    profile.loc["d"] = np.nan
    found = similar_districts(profile, SIZE, count=3)
    assert "d" not in found.index
    assert "d" not in set(found["similar"])
    assert found.loc["a", "similar"].tolist() == ["b", "c"]


def test_equally_near_ones_come_in_the_order_of_the_table():
    profile = pd.DataFrame({"poor": [0.2, 0.1, 0.3]}, index=["m", "z", "a"])
    found = similar_districts(profile, pd.Series(5, index=["a", "m", "z"]), count=2)
    assert found.loc["m", "similar"].tolist() == ["z", "a"]


def test_blocks_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(0)
    profile = pd.DataFrame(rng.random((40, 3)), index=[f"{number:02d}" for number in range(40)])
    size = pd.Series(rng.integers(100, 9000, 40), index=profile.index)
    whole = similar_districts(profile, size)
    monkeypatch.setattr("sozialraum.assessment.similar.CELLS", 100)
    pd.testing.assert_frame_equal(similar_districts(profile, size), whole)


def test_comparison_with_the_median_of_similar_districts():
    found = similar_districts(PROFILE, SIZE, count=2)
    compared = compare_similar(pd.Series({"d": 4.0, "c": np.nan, "b": 2.0, "a": 1.0}), found)
    assert list(compared.index) == ["d", "c", "b", "a"]
    # similar to a: b and c, of which c has no value
    assert compared.loc["a"].tolist() == [1.0, 2.0, -1.0, 1]
    assert np.isnan(compared.loc["c", "difference"])


class TestFaults:
    def test_other_districts(self):
        with pytest.raises(AlignmentError, match="a, x"):
            similar_districts(PROFILE.iloc[:1], pd.Series({"x": 1}))
        with pytest.raises(AlignmentError, match=r": d\."):
            compare_similar(pd.Series({"a": 1.0, "b": 1.0, "c": 1.0}), similar_districts(PROFILE, SIZE))

    def test_options_are_told_together(self):
        with pytest.raises(SozialraumError) as caught:
            similar_districts(PROFILE, SIZE, count=0, least=2)
        assert all("count" in fault.text() or "least" in fault.text() for fault in caught.value.problems)
        assert len(caught.value.problems) == 2

    def test_nothing_to_compare(self):
        with pytest.raises(SozialraumError, match="kein Merkmal"):
            similar_districts(PROFILE * 0 + 1, SIZE)
