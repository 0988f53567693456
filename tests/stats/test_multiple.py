"""One correction for the whole house: by hand, against scipy, and what the second step asks."""

import numpy as np
import pytest
from scipy import stats

from sozialraum.spatial.engine import inference
from sozialraum.stats.multiple import adjust, second_step


def test_adjusted_by_hand():
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    np.testing.assert_allclose(adjust(p), [0.02, 0.04, np.nan, 0.04, 0.02])
    np.testing.assert_allclose(adjust(p, "bonferroni"), [0.04, 0.16, np.nan, 0.12, 0.02])
    np.testing.assert_allclose(adjust(p, "none"), p)
    both = adjust(np.array([p, [1.0, 1.0, 1.0, 1.0, 0.2]]))
    np.testing.assert_allclose(both, [adjust(p), [1.0, 1.0, 1.0, 1.0, 1.0]])
    np.testing.assert_allclose(adjust(both.T, axis=0), adjust(both).T)
    assert adjust([]).shape == (0,)


@pytest.mark.parametrize(
    ("correction", "method"), [("benjamini-hochberg", "bh"), ("benjamini-yekutieli", "by")]
)
def test_each_family_agrees_with_scipy_whatever_is_missing(correction, method):
    rng = np.random.default_rng(4)
    p = rng.beta(0.5, 3.0, size=(5, 40)).round(2)
    p[rng.random(p.shape) < 0.3] = np.nan
    found = adjust(p, correction)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(p))
    for own, family in zip(found, p, strict=True):
        known = ~np.isnan(family)
        expected = stats.false_discovery_control(family[known], method=method)
        np.testing.assert_allclose(own[known], expected)


def test_the_house_has_one_correction():
    assert inference.adjust is adjust


def test_second_step_by_hand():
    """Three families with tests; Simes p .002, .06 and .9; one passes over all three, so the price is 3."""
    p = [[0.001, 0.5, np.nan], [0.04, 0.04, 0.9], [np.nan, np.nan, np.nan], [0.9, 0.9, 0.9]]
    found = second_step(p)
    np.testing.assert_allclose(found, [[0.006, 1.0, np.nan], [1.0, 1.0, 1.0], [np.nan] * 3, [1.0, 1.0, 1.0]])


def test_the_more_families_are_selected_the_less_each_pays():
    """Two of three pass (Simes p .002 and .02 are .006 and .03 over all): the price is 3/2."""
    found = second_step([[0.001, 0.5], [0.01, 0.5], [0.9, 0.9]])
    np.testing.assert_allclose(found, [[0.003, 0.75], [0.03, 0.75], [1.0, 1.0]])


def test_without_selection_nothing_passes_and_one_family_costs_nothing():
    assert (second_step([[0.5, 0.04], [0.2, 0.3]]) == 1).all()
    np.testing.assert_allclose(second_step([[0.01, 0.04]]), adjust([[0.01, 0.04]]))
    assert second_step(np.empty((0, 3))).shape == (0, 3)


def test_false_findings_averaged_over_selected_profiles_are_at_most_alpha():
    """40 profiles of 6 indicators, 8 with true differences on 2 of them; 600 cities."""
    rng = np.random.default_rng(7)
    true = np.zeros((40, 6), dtype=bool)
    true[:8, :2] = True
    share = []
    for _ in range(600):
        z = rng.normal(size=true.shape) + 4 * true
        found = second_step(2 * stats.norm.sf(np.abs(z))) <= 0.05
        selected = found.any(axis=1)
        false = (found & ~true).sum(axis=1)[selected] / found.sum(axis=1)[selected]
        share.append(false.mean() if selected.any() else 0.0)
    assert np.mean(share) <= 0.05 + 2 * np.std(share) / np.sqrt(600)
