"""Intervals on effective numbers: those of as many independent people, and right as often as they say."""

import numpy as np
import pytest
from scipy.stats import chi2

from sozialraum.stats.intervals import Z90, byar, wilson


def test_a_design_effect_is_an_interval_of_fewer_people():
    cases, people = np.array([60.0, 0.0, 400.0]), np.array([400.0, 400.0, 400.0])
    np.testing.assert_allclose(wilson(cases, people, design_effect=4), wilson(cases / 4, people / 4))
    np.testing.assert_allclose(byar(cases, people, design_effect=4), byar(cases / 4, people / 4))
    np.testing.assert_allclose(wilson(cases, people, design_effect=np.nan), wilson(cases, people))


def test_ninety_per_cent_lie_inside_ninety_five():
    cases, people = np.array([30.0]), np.array([200.0])
    for interval in (wilson, byar):
        (low, high), (lower, upper) = interval(cases, people, z=Z90), interval(cases, people)
        assert lower < low < 0.15 < high < upper


def test_byar_stays_possible_below_one_effective_case():
    lower, upper = byar(np.array([1.0, 2.0]), np.array([300.0, 300.0]), design_effect=3.5)
    assert (lower >= 0).all()
    assert (upper > lower).all()
    exact = chi2.ppf(0.975, 2 * (10 + 1)) / 2 / 1000
    assert byar(np.array([10.0]), np.array([1000.0]))[1][0] == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize(("known", "lowest", "highest"), [(True, 0.93, 0.97), (False, 0.0, 0.80)])
def test_coverage_when_whole_households_draw_a_benefit(known, lowest, highest):
    """Households of 1 to 6; the interval covers as it says with the design effect, and 70 % without."""
    rng = np.random.default_rng(11)
    number = np.array([120, 90, 60, 60, 30, 15])
    sizes = np.arange(1, 7)
    phi = (sizes**2 * number).sum() / (sizes * number).sum()
    people = float((sizes * number).sum())
    cases = (rng.binomial(number, 0.15, (4000, 6)) * sizes).sum(axis=1).astype(float)
    lower, upper = wilson(cases, np.full(4000, people), design_effect=phi if known else 1.0)
    coverage = ((lower <= 0.15) & (upper >= 0.15)).mean()
    assert lowest <= coverage <= highest
