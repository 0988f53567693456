"""Power, smallest change and chance against hand-computed and enumerated values."""

import itertools
import math

import pytest
from scipy.stats import betabinom, binom

from sozialraum.programme.goals.testability import chance_of_meeting, power_of_change, smallest_change


def test_the_goal_of_the_document_would_hardly_be_told_from_chance():
    # 60 of 125 households: 48 % -> 38 %.
    assert power_of_change(0.48, 0.38, 125) == pytest.approx(0.36, abs=0.01)
    needed = smallest_change(0.48, 125)
    assert math.ceil(100 * needed) == 18
    assert power_of_change(0.48, 0.48 - needed, 125) >= 0.80


def test_power_is_the_sum_over_all_pairs_of_counts():
    n, before, after = 7, 0.6, 0.1
    total = 0.0
    for x, y in itertools.product(range(n + 1), repeat=2):
        pooled = (x + y) / (2 * n)
        variance = pooled * (1 - pooled) * 2 / n
        told = variance > 0 and abs(x - y) / n / math.sqrt(variance) >= 1.959964
        total += told * binom.pmf(x, n, before) * binom.pmf(y, n, after)
    assert power_of_change(before, after, n) == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("rate", [0.02, 0.2, 0.48])
@pytest.mark.parametrize("model", ["share", "count"])
def test_without_a_change_the_test_holds_its_level(rate, model):
    assert power_of_change(rate, rate, 125, model=model) <= 0.06


def test_larger_changes_and_larger_districts_are_told_more_often():
    powers = [power_of_change(0.48, 0.48 - change, 125) for change in (0.02, 0.05, 0.10, 0.20)]
    assert powers == sorted(powers)
    assert power_of_change(0.48, 0.38, 500) > power_of_change(0.48, 0.38, 125)


def test_no_change_is_large_enough_in_a_group_of_three():
    assert math.isnan(smallest_change(0.3, 3))
    assert math.isnan(power_of_change(0.3, 0.2, 0))


def test_chance_alone_by_hand():
    # 9 of 22 children; at most 4 would do.
    found = chance_of_meeting(9, 22, 4)
    assert found.noise == pytest.approx(binom.cdf(4, 22, 9 / 22))
    assert math.isnan(found.regression)


def test_a_chosen_extreme_falls_back_by_itself():
    found = chance_of_meeting(60, 125, 0.38 * 125, prior=(0.2, 0.008))
    # Beta with strength 0.2 * 0.8 / 0.008 - 1 = 19: Beta(3.8 + 60, 15.2 + 65)
    assert found.regression == pytest.approx(betabinom.cdf(47, 125, 63.8, 80.2))
    assert found.regression > 10 * found.noise
    raised = chance_of_meeting(5, 125, 20, lower=False, prior=(0.2, 0.008))
    assert raised.regression > raised.noise


def test_without_true_differences_everybody_has_the_rate_of_the_city():
    found = chance_of_meeting(60, 125, 30, prior=(0.2, 0.0))
    assert found.regression == pytest.approx(binom.cdf(30, 125, 0.2))
