"""The true spread between districts: nothing where there is nothing, and unbiased enough where there is."""

import numpy as np
import pytest

from sozialraum.stats.spread import city_and_variance, true_spread


def test_by_hand():
    rates = np.array([[0.1], [0.2], [0.3]])
    # Equal variances: the sum of squares / (0.0036 + t) = 2, and the sum of squares is 0.02.
    assert true_spread(rates, np.full((3, 1), 0.0036))[0, 0] == pytest.approx(np.sqrt(0.01 - 0.0036))
    assert true_spread(rates, np.full((3, 1), 0.02))[0, 0] == 0
    assert true_spread(rates[:1], np.full((1, 1), 0.001))[0, 0] == 0


def test_unknown_districts_and_leading_dimensions():
    rates = np.array([[0.1, 0.5], [0.2, np.nan], [0.3, 0.7], [np.nan, 0.6]])
    noise = np.full(rates.shape, 1e-12)
    found = true_spread(np.stack([rates, rates * 2]), noise)
    assert found.shape == (2, 1, 2)
    np.testing.assert_allclose(found[:, 0, :], [[0.1, 0.1], [0.2, 0.2]], rtol=1e-6)
    assert np.isfinite(true_spread(np.full((2, 1), np.nan), np.full((2, 1), np.nan))).all()


def test_the_noise_is_taken_away():
    rng = np.random.default_rng(2)
    people = rng.integers(100, 600, 400)[:, None]
    truth = np.clip(rng.normal(0.15, 0.04, (400, 1)), 0.01, None)
    rates = rng.binomial(people, truth) / people
    assert rates.std() > 0.044
    assert true_spread(rates, 0.15 * 0.85 / people)[0, 0] == pytest.approx(truth.std(), rel=0.1)


def test_marshall_by_hand_and_without_what_is_unknown():
    """Rates .1, .3, sizes 100, 100: b .2, s^2 .01, a = .01 - .2 / 100."""
    b, a = city_and_variance(np.array([10.0, 30.0]), np.array([100.0, 100.0]))
    assert (b, a) == (pytest.approx(0.2), pytest.approx(0.008))
    events, people = np.array([10.0, np.nan, 30.0, 5.0]), np.array([100.0, 50.0, 100.0, 0.0])
    assert city_and_variance(events, people) == (pytest.approx(0.2), pytest.approx(0.008))
