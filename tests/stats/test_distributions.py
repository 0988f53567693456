"""By hand for a coin and an urn, then against scipy.stats, which is too slow to load in a run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sozialraum.stats.distributions import (
    beta_binomial_at_most,
    binomial_at_most,
    binomial_more,
    hypergeometric_more,
    negative_binomial_at_most,
    poisson_at_most,
    student_above,
    student_below,
)

COUNTS = st.integers(-2, 70)


def test_by_hand():
    # Two throws of a coin; two of four balls, of which two are marked; a uniform rate makes all counts alike.
    assert binomial_at_most([-1, 0, 1, 2, 3], 2, 0.5) == pytest.approx([0, 0.25, 0.75, 1, 1])
    assert binomial_more([-1, 0, 1, 2, 3], 2, 0.5) == pytest.approx([1, 0.75, 0.25, 0, 0])
    assert hypergeometric_more(0, 4, 2, 2) == pytest.approx(5 / 6)
    assert hypergeometric_more(1, 4, 2, 2) == pytest.approx(1 / 6)
    assert beta_binomial_at_most(3, 9, 1, 1) == pytest.approx(0.4)
    assert negative_binomial_at_most(1, 1, 0.5) == pytest.approx(0.75)
    assert poisson_at_most(0, 1) == pytest.approx(np.exp(-1))
    assert student_below(1, 1) == pytest.approx(0.75)
    assert student_above(1.959964, np.inf) == pytest.approx(0.025)
    assert np.isnan(student_below(np.nan, 5))


@pytest.mark.slow
@given(COUNTS, st.integers(1, 60), st.floats(0, 1))
def test_binomial(k, size, rate):
    assert binomial_at_most(k, size, rate) == pytest.approx(stats.binom.cdf(k, size, rate), abs=1e-12)
    assert binomial_more(k, size, rate) == pytest.approx(stats.binom.sf(k, size, rate), abs=1e-12)


@given(COUNTS, st.integers(1, 60), st.floats(0.01, 50), st.floats(0.01, 50))
def test_mixed(k, size, a, b):
    assert beta_binomial_at_most(k, size, a, b) == pytest.approx(stats.betabinom.cdf(k, size, a, b), abs=1e-9)
    assert poisson_at_most(k, a) == pytest.approx(stats.poisson.cdf(k, a), abs=1e-12)
    chance = b / 51
    assert negative_binomial_at_most(k, a, chance) == pytest.approx(stats.nbinom.cdf(k, a, chance), abs=1e-9)


@given(COUNTS, st.integers(1, 60), st.data())
def test_urn(k, whole, data):
    marked, drawn = (data.draw(st.integers(0, whole)) for _ in range(2))
    expected = stats.hypergeom.sf(k, whole, marked, drawn)
    assert hypergeometric_more(k, whole, marked, drawn) == pytest.approx(expected, abs=1e-9)


@given(st.floats(-30, 30), st.floats(1, 200))
def test_student(t, df):
    assert student_below(t, df) == pytest.approx(stats.t.cdf(t, df), abs=1e-9)
    assert student_above(t, df) == pytest.approx(stats.t.sf(t, df), abs=1e-9)
