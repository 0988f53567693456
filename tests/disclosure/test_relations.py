import numpy as np
import pytest

from sozialraum.disclosure.relations import find_relations, null_space

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
