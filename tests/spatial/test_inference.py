"""p-values, corrections and their level under chance."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.engine.inference import (
    Alternative,
    adjust,
    p_values,
    reach,
    smallest_p,
    standard_error,
)
from sozialraum.spatial.engine.permutation import count_tails
from sozialraum.spatial.local_moran import local_moran


def test_p_values_by_hand():
    lower, upper = np.array([0, 9, 5, 9]), np.array([9, 0, 5, 9])
    assert p_values(lower, upper, 9, "greater").tolist() == [1.0, 0.1, 0.6, 1.0]
    assert p_values(lower, upper, 9, "less").tolist() == [0.1, 1.0, 0.6, 1.0]
    assert p_values(lower, upper, 9, "two-sided").tolist() == [0.2, 0.2, 1.0, 1.0]
    assert p_values(lower, upper, 9, "directed").tolist() == [0.1, 0.1, 0.6, 1.0]


@pytest.mark.parametrize(
    ("correction", "method"), [("benjamini-hochberg", "bh"), ("benjamini-yekutieli", "by")]
)
def test_adjusted_p_agrees_with_scipy(correction, method):
    p = np.random.default_rng(4).beta(0.5, 3.0, size=60).round(2).clip(0.01, 1.0)
    judged = p.copy()
    holes = np.insert(p, [0, 20, 60], np.nan)
    np.testing.assert_allclose(adjust(judged, correction), stats.false_discovery_control(p, method=method))
    adjusted = adjust(holes, correction)
    np.testing.assert_array_equal(np.isnan(adjusted), np.isnan(holes))
    np.testing.assert_allclose(adjusted[~np.isnan(holes)], adjust(p, correction))
    np.testing.assert_array_equal(judged, p)


def test_bonferroni_and_none():
    p = np.array([0.01, np.nan, 0.4, 0.2])
    np.testing.assert_allclose(adjust(p, "bonferroni"), [0.03, np.nan, 1.0, 0.6])
    np.testing.assert_array_equal(adjust(p, "none"), p)
    assert np.isnan(adjust(np.array([np.nan]), "bonferroni")).all()


def test_smallest_p_is_what_the_counts_can_give():
    for alternative in get_args(Alternative):
        low, high = np.array([0]), np.array([99])
        least = min(p_values(low, high, 99, alternative)[0], p_values(high, low, 99, alternative)[0])
        assert smallest_p(99, alternative) == least


def test_result_says_when_permutations_cannot_reach_the_threshold(grid):
    index, graph = grid(5, 8)
    values = pd.Series(np.arange(40.0) ** 2, index=index, name="poverty")
    few = local_moran(values, graph, permutations=999)
    assert [problem.code for problem in few.problems] == ["spatial.reach"]
    needed = few.problems[0].values["needed"]  # noqa: PD011 - no frame
    assert needed == 2 * 40 / 0.05
    assert "poverty" in few.problems[0].text("en")
    assert str(needed) in few.problems[0].text("de")
    assert not local_moran(values, graph, permutations=needed).problems
    assert not local_moran(values, graph, permutations=999, correction="none").problems


@pytest.mark.parametrize("alternative", get_args(Alternative))
@pytest.mark.parametrize("correction", ["bonferroni", "benjamini-hochberg", "benjamini-yekutieli"])
def test_needed_permutations_reach_the_threshold_and_one_in_ten_less_does_not(alternative, correction):
    options = {"alternative": alternative, "correction": correction, "alpha": 0.05}
    (problem,) = reach(37, permutations=9, **options)
    needed = problem.values["needed"]  # noqa: PD011 - no frame
    assert not reach(37, permutations=needed, **options)
    assert reach(37, permutations=int(needed * 0.9), **options)


@pytest.mark.slow
def test_standard_error_is_the_spread_over_seeds(grid):
    index, graph = grid(4, 5)
    values = pd.Series(np.random.default_rng(2).normal(size=20), index=index)
    runs = [local_moran(values, graph, permutations=199, seed=seed).table for seed in range(150)]
    p = np.array([run["p"] for run in runs])
    inside = p.max(axis=0) < 1  # where doubling is cut off at 1 the spread is smaller
    spread, stated = p.std(axis=0)[inside], np.array([run["p_error"] for run in runs]).mean(axis=0)[inside]
    assert inside.sum() > 5
    np.testing.assert_allclose(spread, stated, rtol=0.3)
    assert standard_error(np.array([0.5]), 99, "two-sided")[0] == 2 * np.sqrt(0.25 * 0.75 / 100)


# --- under chance ------------------------------------------------------------------------------------------

CITIES = 400
SIDE = 9


@pytest.fixture(scope="module")
def chance(grid):
    """Tails of nine districts with nothing in common but the city, in many cities without any pattern."""
    index, graph = grid(SIDE, SIDE)
    centres = np.array([row * SIDE + column for row in (1, 4, 7) for column in (1, 4, 7)])

    def tails(kind):
        rng = np.random.default_rng(17)
        shape = (SIDE * SIDE, CITIES)
        values = {
            "normal": rng.normal(size=shape),
            "skewed": rng.lognormal(sigma=1.5, size=shape),
            "ties": rng.poisson(1.0, size=shape).astype(float),
        }[kind]
        frame, adjacency = align(pd.DataFrame(values, index=index), graph)
        found = count_tails(standardise(frame.to_numpy()), adjacency, permutations=3_999, seed=6)
        return found.lower[centres], found.upper[centres]

    return {kind: tails(kind) for kind in ("normal", "skewed", "ties")}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "skewed", "ties"])
@pytest.mark.parametrize("alternative", get_args(Alternative))
def test_share_of_small_p_under_chance_is_the_level(chance, kind, alternative):
    p = p_values(*chance[kind], 3_999, alternative)
    level = 0.1 if alternative == "directed" else 0.05
    low, high = stats.binom.interval(0.999, p.size, level)
    found = (p <= 0.05).sum()
    assert found <= high
    if kind != "ties":  # a tie counts on both sides, so with many ties a test keeps below its level
        assert found >= low


@pytest.mark.slow
@pytest.mark.parametrize("correction", ["benjamini-hochberg", "benjamini-yekutieli", "bonferroni"])
def test_corrections_hold_their_level_under_chance(grid, correction):
    index, graph = grid(6, 6)
    values = pd.DataFrame(np.random.default_rng(3).normal(size=(36, 300)), index=index)
    table = local_moran(values, graph, permutations=1_999, correction=correction).table
    any_found = (table.xs("p_adjusted", axis=1, level="field") <= 0.05).any(axis=0)
    assert any_found.sum() <= stats.binom.ppf(0.999, 300, 0.05)
    uncorrected = (table.xs("p", axis=1, level="field") <= 0.05).any(axis=0)
    assert uncorrected.mean() > 0.5
