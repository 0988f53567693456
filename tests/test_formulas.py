"""Formulas that simulations with a tolerance would not hold fast: each number computed by hand."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from sozialraum.assessment.index.robustness import _redrawn
from sozialraum.assessment.mixing.segregation import _expect
from sozialraum.assessment.smoothing import signal
from sozialraum.disclosure.releases.earlier import earlier_bounds
from sozialraum.indicators.reforms.crosswalks import area_crosswalk

KEYS = pd.Index(["a", "b"], name="district")


def test_a_small_new_district_in_a_large_old_one_is_kept_and_a_crumb_of_both_is_not():
    """The part is 0.25 % of the old district and all of the new one; a strip of 5 m is 0.5 % of both."""
    old = gpd.GeoDataFrame(geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)], index=KEYS, crs=25833)
    parts = [box(0, 0, 50, 50), box(0, 0, 1005, 1000) - box(0, 0, 50, 50), box(1005, 0, 2000, 1000)]
    new = gpd.GeoDataFrame(geometry=parts, index=["tiny", "rest", "other"], crs=25833)
    found = area_crosswalk(old, new)
    assert found[["old", "new"]].to_numpy().tolist() == [["a", "rest"], ["a", "tiny"], ["b", "other"]]
    np.testing.assert_allclose(found["weight"], [0.9975, 0.0025, 1.0])


def test_what_chance_makes_of_two_districts_of_two():
    """Two of four people: 0, 1 or 2 of them in a district with 1/6, 4/6, 1/6.

    D is E|x - 1| = 1/3; the mean entropy 4/6 ln 2; isolation 2 E(x^2) / 2 / 2 = 2/3.
    """
    view = SimpleNamespace(areas=None, around=None)
    found = _expect(np.array([[1.0, 1.0], [1.0, 1.0]]), view, 1)
    np.testing.assert_allclose(found, [1 / 3, 1 / 3, 2 / 3])


def test_what_chance_makes_of_two_districts_of_unequal_size():
    """One of four people, one and three places: D = (1/4 . 3/4 + 3/4 . 1/4) . 2 / (2 . 4 . 3/16) = 1/2.

    Isolation: he is alone with 1/4, one of three with 3/4: 1/4 . 1 + 3/4 . 1/3 = 1/2.
    """
    view = SimpleNamespace(areas=None, around=None)
    found = _expect(np.array([[0.0, 1.0], [1.0, 2.0]]), view, 1)
    np.testing.assert_allclose(found[[0, 2]], [1 / 2, 1 / 2])


@pytest.mark.parametrize(
    ("kind", "noise"),
    [("share", (0.09 / 100 + 0.21 / 100) / 2), ("ratio", (0.1 / 101 + 0.3 / 101) / 2)],
)
def test_signal_is_the_variance_between_less_the_mean_noise(kind, noise):
    rows = pd.DataFrame(
        {
            "indicator": "x",
            "date": "2020",
            "value": [0.1, 0.3],
            "numerator": [10.1, 30.3],
            "denominator": 101.0,
        },
        index=KEYS,
    )
    catalogue = pd.DataFrame({"kind": [kind], "design_effect": [1.0]}, index=["x"])
    found = signal(rows, catalogue).iloc[0]
    np.testing.assert_allclose(found["sd_between"] ** 2, 0.02)
    np.testing.assert_allclose(found["sd_noise"] ** 2, noise)
    np.testing.assert_allclose(found["sd_signal"] ** 2, 0.02 - noise)
    np.testing.assert_allclose(found["signal_share"], 1 - noise / 0.02)


@pytest.mark.parametrize(("bounded", "mean"), [(True, 100 * 0.5 / 101), (False, 0.5)])
def test_none_of_a_hundred_is_drawn_around_half_a_case(bounded, mean):
    judged = SimpleNamespace(
        numerator=np.array([[0.0]]),
        denominator=np.array([[100.0]]),
        design_effect=np.array([1.0]),
        bounded=np.array([bounded]),
    )
    drawn = _redrawn(judged, np.random.default_rng(0), 20_000)
    assert drawn.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / 20_000))
    assert set(np.unique(drawn)) >= {0.0, 1.0, 2.0}


@pytest.mark.parametrize(
    ("rounding", "known", "bounds"),
    [
        # As it was; revised by 1: still known; revised by as much as a hidden count needs: free; a stranger.
        (None, {"a": 10, "b": 21, "c": 32, "z": 5}, [(10, 10), (20, 20), (0, np.inf)]),
        # Multiples of 5 tell 2 to either side, of 10 from 5 below to 4 above; what was revised lies inside.
        (5, {"a": 10, "b": 15, "c": 35}, [(8, 12), (0, np.inf), (0, np.inf)]),
        (5, {"a": 5, "b": 25, "c": 35}, [(0, np.inf), (0, np.inf), (0, np.inf)]),
        (5, {"a": 14, "b": 16}, [(10, 16), (14, 20), (0, np.inf)]),
        (10, {"a": 10, "b": 15, "c": 24}, [(5, 14), (10, 20), (19, 30)]),
    ],
)
def test_an_earlier_count_is_known_as_well_as_it_still_holds(rounding, known, bounds):
    place = {"a": 0, "b": 1, "c": 2}
    cells = SimpleNamespace(
        truth=np.array([10.0, 20.0, 30.0]),
        find=lambda _variables, _date, keys: np.array([place.get(key, -1) for key in keys]),
    )
    release = SimpleNamespace(rounding=rounding, counts={("x", "2020"): known})
    found = earlier_bounds(cells, (release,), 2.0)
    assert list(zip(found.low.tolist(), found.high.tolist(), strict=True)) == bounds
