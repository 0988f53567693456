"""The test itself: placebo areas, leaving them out, its level where areas were chosen for being extreme."""

import numpy as np
import pytest

from sozialraum.programme.effect.compare import Counts, _regress, compare, noise_of
from sozialraum.programme.effect.naive import before_after, difference_in_differences
from sozialraum.programme.effect.placebo import parts, placebo_sets, ring_of

ROWS, COLUMNS = 8, 10


def lattice_links(rows=ROWS, columns=COLUMNS):
    return [
        [
            other_row * columns + other_column
            for other_row, other_column in (
                (row - 1, column),
                (row + 1, column),
                (row, column - 1),
                (row, column + 1),
            )
            if 0 <= other_row < rows and 0 <= other_column < columns
        ]
        for row in range(rows)
        for column in range(columns)
    ]


LINKS = lattice_links()


def city(rng, *, effect=0.0, shock=0.0, k=4, before=6, after=3, size=1200):
    """Draw a city whose four worst neighbouring districts of the last year before are chosen."""
    m, years = len(LINKS), before + after
    rates = 0.16 + 0.05 * rng.normal(size=(m, 1)) + np.cumsum(0.004 * rng.normal(size=(m, years)), axis=1)
    rates = np.clip(rates, 0.02, 0.6)
    rates[:, before:] *= 1 + shock
    first = rng.binomial(size, rates[:, :before])
    chosen = [int(np.argmax(first[:, -1]))]
    while len(chosen) < k:
        front = {near for at in chosen for near in LINKS[at]} - set(chosen)
        chosen.append(max(front, key=lambda at: first[at, -1]))
    rates[chosen, before:] -= effect
    last = rng.binomial(size, np.clip(rates[:, before:], 0, 1))
    years = np.arange(1.0, years + 1)
    people = np.full((m, before + after), float(size))
    return (
        Counts(events=first.astype(float), population=people[:, :before], years=years[:before]),
        Counts(events=last.astype(float), population=people[:, before:], years=years[before:]),
        sorted(chosen),
    )


def test_parts_and_ring_on_a_row_of_six():
    links = [[1], [0, 2], [1, 3], [2, 4], [3, 5], [4]]
    assert ring_of(links, [2], 1) == [1, 3]
    assert ring_of(links, [2], 2) == [0, 1, 3, 4]
    assert ring_of(links, [2], 0) == []
    assert parts(links, [0, 1, 4]) == [[0, 1], [4]]


def test_placebo_areas_of_a_row_are_all_its_pairs():
    links = [[1], [0, 2], [1, 3], [2, 4], [3, 5], [4]]
    assert placebo_sets(links, [0, 1, 3, 4, 5], [2]).tolist() == [[0, 1], [3, 4], [4, 5]]
    assert placebo_sets(links, [0, 2, 4], [2]).shape == (0, 2)


def test_placebo_areas_hang_together_and_keep_clear():
    around = ring_of(LINKS, [44, 45], 1)
    allowed = sorted(set(range(len(LINKS))) - {44, 45, *around})
    sets = placebo_sets(LINKS, allowed, [4])
    assert len(sets) > 60
    assert set(sets.ravel()) <= set(allowed)
    assert all(len(parts(LINKS, members)) == 1 for members in sets.tolist())
    scattered = placebo_sets(LINKS, allowed, [2, 1])
    assert all(len(set(members)) == 3 for members in scattered.tolist())


def test_leaving_a_set_out_equals_fitting_without_it():
    rng = np.random.default_rng(0)
    x, y, v = rng.normal(size=30), rng.normal(size=30), rng.uniform(0.5, 2, 30)
    whole = _regress(x, y, v, np.arange(30))
    members = np.array([3, 7, 20])
    rest = np.setdiff1d(np.arange(30), members)
    weight, design = 1 / v, whole.design
    z, w = design[rest], weight[rest]
    gram = z.T @ (z * w[:, None])
    beta = np.linalg.solve(gram, z.T @ (w * y[rest]))
    e = y - design @ beta
    scale = (w * e[rest] ** 2).sum() / (27 - 3)
    share = weight[members] / weight[members].sum()
    centre = share @ design[members]
    se = np.sqrt(scale * ((share**2 * v[members]).sum() + centre @ np.linalg.solve(gram, centre)))
    assert whole.placebo(members[None, :])[0] == pytest.approx(share @ e[members] / se)


def test_naive_figures_by_hand():
    years = np.array([1.0, 2])
    people = np.full((4, 2), 100.0)
    before = Counts(
        events=np.array([[20.0, 30], [20, 20], [10, 10], [10, 12]]), population=people, years=years
    )
    after = Counts(
        events=np.array([[20.0], [18], [8], [10]]), population=people[:, :1], years=np.array([3.0])
    )
    assert before_after(before, after, [0]).change == pytest.approx(-0.10)
    assert before_after(before, after, [0], base="all").change == pytest.approx(-0.05)
    assert before_after(before, after, [0]).se == pytest.approx(np.sqrt(0.3 * 0.7 / 100 + 0.2 * 0.8 / 100))
    did = difference_in_differences(before, after, [0], [1, 2, 3])
    assert did.change == pytest.approx(-0.10 + 0.02)
    assert difference_in_differences(before, after, [0], [1, 2, 3], base="all").change == pytest.approx(
        -0.05 - np.mean([-0.02, -0.02, -0.01])
    )


def test_noise_of_a_district_without_cases_is_not_zero():
    counts = Counts(
        events=np.array([[0.0, 0], [10, 10]]), population=np.full((2, 2), 100.0), years=np.arange(2.0)
    )
    # city rate 20/400; one expected case is added to 200 people: (0 + 1) / (200 + 20)
    p = 1 / 220
    assert noise_of(counts)[0] == pytest.approx(p * (1 - p) / 100)


@pytest.mark.slow
def test_level_where_the_worst_are_chosen_and_a_shock_is_proportional():
    """The full table is docs/wirkung.md (benchmarks/effect.py); here a rehearsal of 120 cities."""
    runs = 120
    rng = np.random.default_rng(1)
    said = np.zeros(2)
    moved = []
    for run in range(runs):
        before, after, chosen = city(rng, shock=-0.2)
        around = ring_of(LINKS, chosen, 1)
        others = sorted(set(range(len(LINKS))) - set(chosen) - set(around))
        found = compare(before, after, LINKS, chosen, around=around, draws=1, seed=run)
        said += [
            found.p_lower <= 0.05,
            difference_in_differences(before, after, chosen, others).p_lower <= 0.05,
        ]
        moved.append(found.effect)
    assert said[0] / runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)
    assert said[1] / runs > 0.25  # difference in differences calls the shock a success
    assert abs(np.mean(moved)) < 0.004


def test_a_planted_effect_is_found_and_measured():
    rng = np.random.default_rng(2)
    found = []
    for run in range(25):
        before, after, chosen = city(rng, effect=0.05)
        around = ring_of(LINKS, chosen, 1)
        found.append(compare(before, after, LINKS, chosen, around=around, draws=1, seed=run))
    assert np.mean([one.effect for one in found]) == pytest.approx(-0.05, abs=0.006)
    assert np.mean([one.p_lower <= 0.05 for one in found]) > 0.9
    assert np.mean([one.regression_to_mean for one in found]) < 0


def test_too_few_areas_give_no_test():
    rng = np.random.default_rng(3)
    before, after, chosen = city(rng, k=16)
    found = compare(before, after, LINKS, chosen, around=ring_of(LINKS, chosen, 1))
    assert found.df == 0
    assert np.isnan(found.p_lower)
