import numpy as np
import pytest

from sozialraum.disclosure.cells import _with_combined
from sozialraum.disclosure.relations import (
    find_relations,
    guess_relations,
    null_space,
    without_unknown,
)

RNG = np.random.default_rng(0)


def test_the_null_space_is_what_the_matrix_maps_to_zero():
    matrix = np.array([[1.0, 1, 0, -1], [0, 0, 1, -1]])
    basis = null_space(matrix)
    assert basis.shape == (2, 4)
    np.testing.assert_allclose(matrix @ basis.T, 0, atol=1e-12)
    assert null_space(np.eye(3)).shape == (0, 3)


def test_definitions_alone_tell_that_a_sum_is_the_sum_of_its_parts():
    # quantities a, b, a + b over the variables a, b
    relations = find_relations(np.array([[1.0, 0], [0, 1], [1, 1]]), np.empty((0, 3)))
    assert np.abs(relations).tolist() == [[1, 1, 1]]
    assert relations[0][0] == relations[0][1] == -relations[0][2]


def test_a_sum_that_holds_in_all_data_is_found_without_a_definition():
    parts = RNG.integers(0, 500, (100, 3))
    observed = np.c_[parts, parts.sum(axis=1), RNG.integers(0, 500, 100)].astype(float)
    relations = find_relations(np.eye(5), observed)
    assert (relations * relations[:, :1]).tolist() == [[1, 1, 1, -1, 0]]


@pytest.mark.parametrize("broken", [0, 57])
def test_one_exception_is_enough_for_no_rule(broken):
    parts = RNG.integers(0, 500, (100, 2))
    observed = np.c_[parts, parts.sum(axis=1)].astype(float)
    observed[broken, 2] += 1
    assert len(find_relations(np.eye(3), observed)) == 0


def test_few_observations_prove_nothing():
    parts = RNG.integers(0, 500, (8, 2))
    assert len(find_relations(np.eye(3), np.c_[parts, parts.sum(axis=1)].astype(float))) == 0


def test_rare_counts_that_agree_by_accident_are_no_rule():
    observed = np.zeros((100, 3))
    observed[:, 0] = RNG.integers(1, 500, 100)
    observed[3, 1] = observed[3, 2] = 5
    assert len(find_relations(np.eye(3), observed)) == 0


def test_incomplete_observations_are_left_out():
    parts = RNG.integers(0, 500, (100, 2))
    observed = np.c_[parts, parts.sum(axis=1)].astype(float)
    observed[:50, 0] = np.nan
    assert len(find_relations(np.eye(3), observed)) == 1


def test_what_is_unknown_drops_out_of_two_sums():
    # a + b = c and c = d; c is unknown
    relations = np.array([[1.0, 1, -1, 0], [0, 0, 1, -1], [1, 0, 0, -1]])
    combined, used = without_unknown(relations, np.array([False, False, True, False]))
    assert combined.tolist() in ([[1, 1, 0, -1]], [[-1, -1, 0, 1]])
    assert used.tolist() == [[True, True, False]]
    nothing, _ = without_unknown(relations, np.array([False, True, True, False]))
    assert len(nothing) == 0
    nothing, _ = without_unknown(relations[:1], np.array([False, False, True, False]))
    assert len(nothing) == 0


def test_combined_sums_are_used_only_where_what_drops_out_is_unknown():
    # One date, counts a, b, c, d, two districts; c is unknown in the second, and c = d is a guess.
    truth = np.array([[[2.0, 7], [3, 4], [5, np.nan], [5, 11]]])
    relations = np.array([[1.0, 1, -1, 0], [0, 0, 1, -1]])
    found = list(_with_combined(truth, relations, np.array([False, True])))
    assert [(guess, places.tolist()) for _, guess, places in found] == [
        (False, [[True, True]]),
        (True, [[True, True]]),
        (True, [[False, True]]),
    ]
    assert (found[2][0] * found[2][0][0]).tolist() == [1, 1, 0, -1]


def guessed(observed):
    names = [f"q{number}" for number in range(observed.shape[1])]
    found = guess_relations(observed, np.eye(observed.shape[1]), names)
    return {(tuple(np.flatnonzero(one > 0).tolist()), int(np.flatnonzero(one < 0)[0])) for one in found}


def test_sums_are_guessed_where_a_whole_has_fewer_dates_than_its_parts():
    # Three dates of ten districts; the whole is shown at the last one alone, where counts are smallest.
    men, women = RNG.integers(20, 60, (2, 30))
    whole = (men + women).astype(float)
    whole[:20] = np.nan
    other = RNG.integers(500, 900, 30).astype(float)
    other[20:] = RNG.integers(1, 9, 10)
    assert ((0, 1), 2) in guessed(np.c_[men.astype(float), women, whole, other])


def test_sums_are_guessed_where_parts_are_shown_beside_the_smaller_numbers_of_the_whole():
    men, women = RNG.integers(1, 30, (2, 30)).astype(float)
    men[:20], women[:20] = RNG.integers(500, 900, (2, 20))
    whole = men + women
    men[:20] = np.nan
    assert ((0, 1), 2) in guessed(np.c_[men, women, whole])


def test_a_sum_under_two_names_is_guessed_for_both():
    men, women = RNG.integers(5, 60, (2, 20)).astype(float)
    renamed = men + women
    old = renamed.copy()
    old[10:] = np.nan
    found = guessed(np.c_[men, women, renamed, old])
    assert {((0, 1), 2), ((0, 1), 3), ((2,), 3)} <= found


def test_accidents_are_not_guessed():
    assert guessed(RNG.integers(0, 400, (24, 8)).astype(float)) == set()
