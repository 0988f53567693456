"""Shrunken predictions: by hand, and against the plain matrix formula."""

import numpy as np
import pytest

from sozialraum.programme.effect.history import Components, fit_components, predict


def test_one_year_without_drift_is_the_shrunken_rate():
    """Level variance 4, noise 12 with design effect 1: a quarter of the deviation stays."""
    found = predict(
        np.array([[8.0]]),
        np.array([12.0]),
        np.array([12.0]),
        np.array([1.0]),
        np.array([2.0]),
        Components(level=4.0, drift=0.0, design=1.0),
    )
    assert found.value.tolist() == pytest.approx([2.0])
    assert found.variance.tolist() == pytest.approx([4 + 12 - 4 * 4 / 16])


def test_prediction_equals_the_matrix_formula():
    times, later = np.array([1.0, 2, 3, 5]), np.array([6.0, 7])
    part = Components(level=2.0, drift=0.3, design=1.7)
    y, noise = np.array([[1.0, 2, 3, 1], [0, -1, 2, -4]]), np.array([0.5, 3.0])
    found = predict(y, noise, noise, times, later, part)
    for row in range(2):
        v = 2.0 + 0.3 * np.minimum.outer(times, times) + 1.7 * noise[row] * np.eye(4)
        c = 2.0 + 0.3 * times
        own = 2.0 + 0.3 * np.minimum.outer(later, later).mean() + 1.7 * noise[row] / 2
        assert found.value[row] == pytest.approx(c @ np.linalg.solve(v, y[row]))
        assert found.variance[row] == pytest.approx(own - c @ np.linalg.solve(v, c))


@pytest.mark.slow
def test_components_are_found_again():
    rng = np.random.default_rng(4)
    districts, years = 3000, 8
    times = np.arange(1.0, years + 1)
    noise = np.full(districts, 2.0)
    y = rng.normal(0, 3, (districts, 1)) + np.cumsum(rng.normal(0, 0.5, (districts, years)), axis=1)
    y = y + rng.normal(0, np.sqrt(2 * 2.0), (districts, years))
    found = fit_components(y, noise, times)
    assert found.level == pytest.approx(9, rel=0.15)
    assert found.drift == pytest.approx(0.25, rel=0.3)
    assert found.design == pytest.approx(2, rel=0.15)


def test_a_city_without_differences_predicts_none():
    found = fit_components(np.zeros((5, 3)), np.ones(5), np.arange(1.0, 4))
    assert found == Components(level=0.0, drift=0.0, design=1.0)
