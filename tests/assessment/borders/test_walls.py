"""Walls by hand: two rows of four districts, high below and low above."""

import numpy as np
import pytest
import shapely

from sozialraum.assessment.borders.walls import find_walls

BELOW, ABOVE = [30.0, 31.0, 30.0, 32.0], [10.0, 10.0, 11.0, 10.0]
BESIDE = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7)]
ACROSS = [(0, 4), (1, 5), (2, 6), (3, 7)]


def walls(values, *, more=()):
    """Look for walls where the borders between the two rows are sharp; `more` are other borders."""
    pairs = np.array([*ACROSS, *BESIDE, *more])
    lines = shapely.linestrings([[(10.0 * x, 1.0), (10.0 * x + 10.0, 1.0)] for x in range(4)])
    difference = np.asarray(values)[pairs[:, 0]] - np.asarray(values)[pairs[:, 1]]
    return find_walls(pairs, difference, np.full(len(pairs), 10.0), lines, np.arange(4))


def test_the_jump_and_what_lies_behind_it():
    (wall,) = walls([*BELOW, *ABOVE])
    assert wall.high.tolist() == [0, 1, 2, 3]
    assert wall.low.tolist() == [4, 5, 6, 7]
    assert wall.jump == pytest.approx((20 + 21 + 19 + 22) / 4)
    # Each district's largest difference on its own side: 1, 1, 2, 2 below and 0, 1, 1, 1 above.
    assert wall.behind == pytest.approx(1.5)
    assert wall.length == 40.0
    assert wall.ends == (0, 3)


def test_a_side_s_other_neighbours_count_as_behind_it():
    # District 8 lies below district 0, and is 9 lower.
    (wall,) = walls([*BELOW, *ABOVE, 21.0], more=[(0, 8)])
    assert wall.behind == pytest.approx((9 + 1 + 2 + 2) / 4)


def test_what_lies_across_the_wall_is_not_behind_it():
    # A fifth border across, not sharp, must count for neither side.
    (wall,) = walls([*BELOW, *ABOVE], more=[(0, 5)])
    assert wall.behind == pytest.approx(1.5)


def test_an_unknown_difference_counts_for_nobody():
    (wall,) = walls([*BELOW, *ABOVE, np.nan], more=[(0, 8)])
    assert wall.behind == pytest.approx(1.5)


def test_a_slope_is_no_wall():
    # The jump of 20.5 is more than the 15 behind it, but not twice as much.
    assert walls([*BELOW, *ABOVE, 15.0, 16.0, 15.0, 17.0], more=[(0, 8), (1, 9), (2, 10), (3, 11)]) == []
