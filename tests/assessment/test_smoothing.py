"""Smoothed rates beside raw ones; how much of the differences is noise."""

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy.stats import gamma

from sozialraum.assessment.smoothing import shrink, signal, smooth, smooth_indicators
from sozialraum.spatial.rates import smooth_rates

KEYS = ["a", "b", "c"]


def test_smoothing_by_hand():
    events = pd.Series([0.0, 10.0, 50.0], index=KEYS)
    people = pd.Series([10.0, 100.0, 100.0], index=KEYS)
    found = smooth(events, people.loc[["c", "a", "b"]])
    b = 60 / 210
    between = (10 * (0 - b) ** 2 + 100 * (0.1 - b) ** 2 + 100 * (0.5 - b) ** 2) / 210
    a = between - b / 70
    weight = a / (a + b / people)
    expected = weight * events / people + (1 - weight) * b
    pd.testing.assert_series_equal(found["smoothed"], expected, check_names=False)
    pd.testing.assert_series_equal(found["weight"], weight, check_names=False)
    posterior = gamma(b**2 / a + events, scale=1 / (b / a + people))
    np.testing.assert_allclose(found["smoothed"], posterior.mean())
    np.testing.assert_allclose(found["smoothed_lower"], posterior.ppf(0.025))
    np.testing.assert_allclose(found["smoothed_upper"], posterior.ppf(0.975))
    np.testing.assert_allclose(shrink(events.to_numpy(), people.to_numpy()), expected)


def test_without_differences_beyond_chance_everybody_gets_the_citys_rate():
    found = smooth(pd.Series([9.0, 10.0, 11.0], index=KEYS), pd.Series([100.0] * 3, index=KEYS))
    assert found["smoothed"].tolist() == pytest.approx([0.1] * 3)
    assert found["weight"].tolist() == [0, 0, 0]
    assert found["smoothed_lower"].iloc[0] == found["smoothed_lower"].iloc[2]
    assert (found["smoothed_lower"] < 0.1).all()
    assert (found["smoothed_upper"] > 0.1).all()


def test_the_smaller_the_district_the_stronger_the_pull():
    people = pd.Series([20.0, 200.0, 2000.0, 5000.0])
    found = smooth(people * [0.5, 0.5, 0.5, 0.1], people)
    assert found["weight"].is_monotonic_increasing
    assert found["smoothed"].iloc[0] < found["smoothed"].iloc[1] < found["smoothed"].iloc[2] < 0.5


def test_smoothed_columns_stand_beside_the_raw_ones_and_missing_stays_missing(counted, catalogue_of):
    table = pd.concat(
        [
            counted("i", "2020-12-31", [99, np.nan, 10], 100, KEYS),
            counted("i", "2019-12-31", [1, 2, 3], 10, KEYS),
        ]
    )
    kept = table.copy()
    found = smooth_indicators(table, catalogue_of({"i": "disadvantage"}))
    pd.testing.assert_frame_equal(table, kept)
    pd.testing.assert_frame_equal(found[list(table.columns)], table)
    assert found["smoothed"].isna().tolist() == [False, True, False, False, False, False]
    assert found["smoothed_upper"].max() <= 1
    alone = smooth(pd.Series([99.0, 10.0]), pd.Series([100.0, 100.0]))["smoothed"]
    assert found["smoothed"].iloc[[0, 2]].tolist() == pytest.approx(alone.tolist())


def test_a_city_without_events_is_zero_everywhere():
    found = smooth(pd.Series([0.0, 0.0]), pd.Series([10.0, 20.0]))
    assert found["smoothed"].tolist() == [0, 0]


def test_noise_alone_leaves_no_signal(simulated):
    shares = []
    for seed in range(20):
        table, catalogue = simulated(np.full((200, 1), 0.2), 300, seed=seed)
        found = signal(table, catalogue).iloc[0]
        assert found["sd_noise"] == pytest.approx(np.sqrt(0.2 * 0.8 / 300), rel=0.05)
        shares.append(found["signal_share"])
    assert np.mean(shares) < 0.08


def test_a_known_signal_is_found_again(simulated):
    rng = np.random.default_rng(0)
    rates = np.clip(0.3 + 0.05 * rng.standard_normal((2000, 1)), 0, 1)
    table, catalogue = simulated(rates, 200)
    found = signal(table, catalogue).iloc[0]
    assert found["districts"] == 2000
    assert found["sd_signal"] == pytest.approx(0.05, abs=0.004)
    assert found["signal_share"] == pytest.approx(0.05**2 / (0.05**2 + 0.21 / 200), abs=0.05)


def test_the_long_table_has_the_rates_of_the_neighbourhood_too(counted, catalogue_of):
    keys = list("abcd")
    people = pd.Series([100.0, 100.0, 100.0, 10.0], index=keys)
    table = counted("i", "2020-12-31", [4, 30, 30, 1], people, keys)
    graph = Graph.from_arrays(list("abbcd"), list("bacbd"), [1, 1, 1, 1, 0])
    found = smooth_indicators(
        table.sample(frac=1, random_state=0), catalogue_of({"i": "disadvantage"}), graph
    )
    assert found["smoothed_local"].reindex(keys).tolist() == pytest.approx(
        [0.0530769, 0.2876923, 0.3, np.nan], abs=1e-6, nan_ok=True
    )
    assert smooth_indicators(table, catalogue_of({"i": "disadvantage"}))["smoothed_local"].isna().all()
    halved = smooth_indicators(table, catalogue_of({"i": "disadvantage"}).assign(design_effect=2.0), graph)[
        "smoothed_local"
    ].reindex(keys)
    by_hand = smooth_rates(table["numerator"] / 2, people / 2, graph)
    assert halved.tolist() == pytest.approx(by_hand.reindex(keys).tolist(), nan_ok=True)
