"""The engine against brute force on the same table of draws, and against full enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sozialraum.spatial.engine import permutation
from sozialraum.spatial.engine.alignment import Adjacency, standardise
from sozialraum.spatial.engine.draws import Draws, draw
from sozialraum.spatial.engine.permutation import TIE, count_tails


def adjacency(matrix):
    focal, neighbor = np.nonzero(matrix)
    return Adjacency(
        districts=len(matrix),
        focal=focal,
        neighbor=neighbor,
        weight=matrix[focal, neighbor],
        order=np.arange(len(matrix)),
    )


def brute_force(values, matrix, permutations, seed):
    """Take every permutation for every district on its own: delete it from the sample, add up, compare."""
    lower, upper = (np.zeros(values.shape, dtype=np.int64) for _ in range(2))
    for column in range(values.shape[1]):
        valid = np.flatnonzero(~np.isnan(values[:, column]))
        z, weights = values[valid, column], matrix[np.ix_(valid, valid)]
        largest = int((weights > 0).sum(axis=1).max(initial=0))
        if not largest:
            continue
        plan = Draws(districts=len(valid), size=largest + 1, permutations=permutations, seed=seed)
        samples = plan.sample(range(plan.blocks)).T
        for position, district in enumerate(valid):
            neighbors = np.flatnonzero(weights[position])
            weight = weights[position, neighbors]
            if not len(weight):
                continue
            weight = weight / weight.sum()
            observed = weight @ z[neighbors]
            for sample in samples:
                others = sample[sample != position][: len(weight)]
                permuted = weight @ z[others]
                lower[district, column] += permuted <= observed + TIE / len(weight)
                upper[district, column] += permuted >= observed - TIE / len(weight)
    return lower, upper


@st.composite
def cities(draw_from):
    n = draw_from(st.integers(2, 9))
    matrix = draw_from(hnp.arrays(float, (n, n), elements=st.sampled_from([0.0, 0.0, 1.0])))
    if draw_from(st.booleans()):
        matrix[0] = 1.0
    if draw_from(st.booleans()):
        matrix[-1] = 0.0
    if draw_from(st.booleans()):
        matrix *= draw_from(hnp.arrays(float, (n, n), elements=st.sampled_from([1.0, 2.0, 3.0])))
    np.fill_diagonal(matrix, 0.0)
    # Rounded: where two sums differ by no more than the tolerance for ties, either count is right.
    some = st.floats(-5, 5).map(lambda number: round(number, 3))
    numbers = st.one_of(st.integers(0, 3).map(float), some, st.just(np.nan))
    columns = draw_from(st.integers(1, 3))
    values = draw_from(hnp.arrays(float, (n, columns), elements=numbers, fill=st.nothing()))
    return matrix, standardise(values)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(cities(), st.integers(1, 40), st.integers(0, 5), st.sampled_from([0, permutation.FEW]))
def test_every_count_equals_brute_force_on_the_same_draws(city, permutations, seed, few):
    matrix, values = city
    with pytest.MonkeyPatch.context() as patched:
        # Few districts are compared with every sum; with 0 the sums are sorted, as for many.
        patched.setattr(permutation, "FEW", few)
        tails = count_tails(values, adjacency(matrix), permutations=permutations, seed=seed)
    lower, upper = brute_force(values, matrix, permutations, seed)
    judged = (upper > 0) | (lower > 0)
    np.testing.assert_array_equal(tails.lower[judged], lower[judged])
    np.testing.assert_array_equal(tails.upper[judged], upper[judged])


@pytest.mark.parametrize("shuffled", [False, True])
def test_both_ways_of_drawing_give_every_ordered_sample_equally_often(shuffled, monkeypatch):
    monkeypatch.setattr("sozialraum.spatial.engine.draws._by_rank", lambda *_: not shuffled)
    rows = 60_000
    sample = np.empty((3, rows), dtype=np.intp)
    draw(np.random.default_rng(5), districts=5, out=sample)
    found, counts = np.unique(sample.T, axis=0, return_counts=True)
    assert found.tolist() == sorted([list(order) for order in itertools.permutations(range(5), 3)])
    expected = rows / 60
    assert ((counts - expected) ** 2 / expected).sum() < 98.3  # chi-squared, 59 degrees: p = 0.001


def test_complete_samples_are_permutations():
    sample = np.empty((300, 7), dtype=np.intp)
    draw(np.random.default_rng(1), districts=300, out=sample)
    np.testing.assert_array_equal(np.sort(sample, axis=0), np.repeat(np.arange(300)[:, None], 7, axis=1))


def lattice(rows, columns):
    place = np.arange(rows * columns)
    row, column = divmod(place, columns)
    near = (abs(row[:, None] - row) <= 1) & (abs(column[:, None] - column) <= 1)
    np.fill_diagonal(near, val=False)
    return near.astype(float)


@pytest.mark.slow
@pytest.mark.parametrize("unequal", [False, True])
def test_workers_and_memory_do_not_change_a_count(unequal):
    rng = np.random.default_rng(3)
    matrix = lattice(6, 7)
    if unequal:
        matrix *= rng.uniform(1, 2, matrix.shape)
    values = rng.normal(size=(42, 3))
    values[4, 1] = np.nan
    links = adjacency(matrix)
    seen = []
    results = [
        count_tails(
            standardise(values),
            links,
            permutations=40_000,
            seed=9,
            workers=workers,
            memory=memory,
            progress=lambda done, total: seen.append((done, total)),
        )
        for workers, memory in ((1, 1 << 30), (2, 1 << 30), (3, 1))
    ]
    for other in results[1:]:
        np.testing.assert_array_equal(results[0].lower, other.lower)
        np.testing.assert_array_equal(results[0].upper, other.upper)
    assert seen[-1] == seen[0][1:] * 2


def test_another_seed_gives_other_counts():
    values = standardise(np.random.default_rng(0).normal(size=(20, 1)))
    links = adjacency(lattice(4, 5))
    one, two = (count_tails(values, links, permutations=500, seed=seed) for seed in (1, 2))
    assert (one.lower != two.lower).any()


@pytest.mark.parametrize("unequal", [False, True])
def test_full_enumeration_of_a_city_of_twelve(unequal):
    rng = np.random.default_rng(11)
    # Unequal weights need every order of the neighbours, so there the city is a lattice of few neighbours.
    matrix = lattice(3, 4)
    if unequal:
        place = np.arange(12)
        corners = abs(place[:, None] % 4 - place % 4) + abs(place[:, None] // 4 - place // 4) > 1
        matrix = np.where(corners, 0.0, matrix * rng.integers(1, 4, matrix.shape))
    values = standardise(rng.integers(0, 6, size=(12, 1)).astype(float))
    permutations = 200_000
    tails = count_tails(values, adjacency(matrix), permutations=permutations, seed=4)
    z = values[:, 0]
    for district in range(12):
        neighbors = np.flatnonzero(matrix[district])
        weight = matrix[district, neighbors] / matrix[district].sum()
        others = np.delete(z, district)
        ways = itertools.permutations if unequal else itertools.combinations
        every = np.array(list(ways(others, len(neighbors))))
        permuted, observed = every @ weight, weight @ z[neighbors]
        for count, exact in (
            (tails.lower, (permuted <= observed + 1e-9).mean()),
            (tails.upper, (permuted >= observed - 1e-9).mean()),
        ):
            error = np.sqrt(exact * (1 - exact) / permutations)
            assert abs(count[district, 0] / permutations - exact) <= 4.5 * error


def test_ties_count_on_both_sides_even_where_rounding_tells_them_apart():
    values = standardise(np.array([[0.1], [0.2], [0.3], [0.3], [0.2], [0.1], [0.7]]))
    matrix = np.zeros((7, 7))
    matrix[6, [0, 2]] = 1.0  # 0.1 + 0.3; 0.2 + 0.2 is the same sum
    tails = count_tails(values, adjacency(matrix), permutations=5_000, seed=1)
    pairs = list(itertools.combinations([1, 2, 3, 3, 2, 1], 2))
    expected = np.mean([sum(pair) <= 4 for pair in pairs]), np.mean([sum(pair) >= 4 for pair in pairs])
    np.testing.assert_allclose((tails.lower[6, 0] / 5_000, tails.upper[6, 0] / 5_000), expected, atol=0.025)
    assert tails.lower[6, 0] + tails.upper[6, 0] > 5_000


def test_an_error_in_the_progress_callback_reaches_the_caller():
    def stop(_done, _total):
        raise KeyboardInterrupt

    values = standardise(np.arange(12.0)[:, None])
    with pytest.raises(KeyboardInterrupt):
        count_tails(values, adjacency(lattice(3, 4)), permutations=100, seed=0, progress=stop)


def test_work_parted_between_two_processes_counts_every_permutation_once(monkeypatch):
    """Each half alone: that a copy answers is tested where copies are."""
    matrix = np.eye(9, k=1) + np.eye(9, k=-1)
    values = standardise(np.random.default_rng(5).normal(size=(9, 3)))
    values[4, 2] = np.nan
    wanted = count_tails(values, adjacency(matrix), permutations=40_000, seed=1, workers=1)
    parts = []
    monkeypatch.setattr(permutation, "MANY", 0)
    monkeypatch.setattr(permutation, "can_copy", lambda: True)
    count = permutation._count
    monkeypatch.setattr(
        permutation, "_count", lambda jobs, **options: parts.append(len(jobs)) or count(jobs, **options)
    )
    found = count_tails(values, adjacency(matrix), permutations=40_000, seed=1)
    assert len(parts) == 2
    assert min(parts) > 0
    assert np.array_equal(found.lower, wanted.lower)
    assert np.array_equal(found.upper, wanted.upper)
