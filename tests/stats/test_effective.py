"""Households shrink the number of independent cases, and nothing else does."""

import numpy as np
import pytest

from sozialraum.stats.effective import effective, household_effect


def test_hand_computed():
    assert effective([500, 60], 2.5).tolist() == [200.0, 24.0]
    assert effective([[10.0, 10.0]], [2.0, 4.0]).tolist() == [[5.0, 2.5]]


@pytest.mark.parametrize("undeclared", [np.nan, 1.0, 0.4])
def test_persons_are_independent_where_nothing_else_is_declared(undeclared):
    assert effective([7.0, np.nan], undeclared) == pytest.approx([7.0, np.nan], nan_ok=True)


def test_household_effect_of_a_table_is_the_household_of_an_average_person():
    sizes = {1: 50, 2: 30, 3: 15, 4: 5}
    persons = np.repeat([1, 2, 3, 4], [50, 60, 45, 20])
    effect, mean = household_effect(sizes)
    assert effect == pytest.approx(persons.mean())
    assert mean == pytest.approx(175 / 100)
    assert household_effect({4: 9}) == (4.0, 4.0)
    assert household_effect(1.0) == (1.0, 1.0)


def test_variance_of_a_count_of_whole_households_is_that_many_times_larger():
    rng = np.random.default_rng(3)
    sizes = {1: 250, 2: 150, 4: 50}
    count = sum(size * rng.binomial(number, 0.2, 40_000) for size, number in sizes.items())
    people = sum(size * number for size, number in sizes.items())
    ratio = count.var() / (people * 0.2 * 0.8)
    assert ratio == pytest.approx(household_effect(sizes)[0], rel=0.03)
