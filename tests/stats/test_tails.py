"""Tails with mid-p: the exact ones for whole numbers, and in between for effective ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from sozialraum.stats.tails import tails


@given(st.integers(1, 60), st.floats(0.01, 0.99), st.data())
def test_whole_counts_have_the_exact_mid_p(people, rate, data):
    x = data.draw(st.integers(0, people))
    lower, upper = tails(x, people, rate)
    half = binom.pmf(x, people, rate) / 2
    assert upper == pytest.approx(binom.sf(x, people, rate) + half, abs=1e-9)
    assert lower == pytest.approx(binom.cdf(x, people, rate) - half, abs=1e-9)


@given(st.integers(0, 60), st.floats(0.1, 40))
def test_ratios_are_poisson(x, mean):
    lower, upper = tails(x, 100, mean / 100, bounded=False)
    half = poisson.pmf(x, mean) / 2
    assert upper == pytest.approx(poisson.sf(x, mean) + half, abs=1e-9)
    assert lower == pytest.approx(poisson.cdf(x, mean) - half, abs=1e-9)


def test_effective_counts_lie_between_whole_ones():
    x = np.linspace(0, 20, 81)
    for bounded in (True, False):
        upper = tails(x, 20.0, 0.4, bounded=bounded)[1]
        assert (np.diff(upper) < 0).all()


def test_what_is_impossible_or_cannot_be_refuted():
    lower, upper = tails([np.nan, 5, 3, -1, 4, 4], [10, 3, 0, 10, 10, 10], [0.3, 0.3, 0.3, 0.3, -0.1, 1.2])
    assert np.isnan(lower[:4]).all()
    assert np.isnan(upper[:4]).all()
    assert lower[4:].tolist() == upper[4:].tolist() == [1.0, 1.0]
