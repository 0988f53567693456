"""Exact tests against the rest of the city, corrections, power."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, hypergeom

from sozialraum.stats.exact import adjust, exact_p, power_table


def test_three_of_three_by_hand():
    # 4 events among 10 people, a district of 3: P(X = 3) = C(4,3) C(6,0) / C(10,3) = 4/120
    assert exact_p(3, 3, 4, 10) == pytest.approx(2 * 4 / 120)
    # P(X = 0) = C(6,3) / C(10,3) = 20/120
    assert exact_p(0, 3, 4, 10) == pytest.approx(2 * 20 / 120)
    assert exact_p(1, 3, 4, 10) == 1.0


@pytest.mark.parametrize(("total", "events"), [(50, 7), (1000, 300), (100_000, 22_000), (3_500_000, 700_000)])
def test_shares_agree_with_the_hypergeometric_distribution(total, events):
    rng = np.random.default_rng(total)
    n = rng.integers(1, total // 20 + 1, 200)
    x = np.minimum(rng.binomial(n, np.clip(events / total * rng.uniform(0.5, 1.6, 200), 0, 1)), events)
    lower, upper = hypergeom.cdf(x, total, events, n), hypergeom.sf(x - 1, total, events, n)
    np.testing.assert_allclose(
        exact_p(x, n, events, total), np.minimum(1, 2 * np.minimum(lower, upper)), rtol=1e-6, atol=1e-250
    )


def test_every_possible_count_of_a_small_city_agrees():
    for total, events, n in ((6, 2, 3), (12, 11, 5), (9, 0, 4), (9, 9, 4), (20, 10, 20)):
        x = np.arange(max(0, n + events - total), min(n, events) + 1)
        lower, upper = hypergeom.cdf(x, total, events, n), hypergeom.sf(x - 1, total, events, n)
        np.testing.assert_allclose(exact_p(x, n, events, total), np.minimum(1, 2 * np.minimum(lower, upper)))


def test_events_per_person_agree_with_the_binomial_of_the_citys_events():
    x = np.arange(60)
    lower, upper = binom.cdf(x, 300, 0.1), binom.sf(x - 1, 300, 0.1)
    np.testing.assert_allclose(
        exact_p(x, 100, 300, 1000, bounded=False), np.minimum(1, 2 * np.minimum(lower, upper))
    )
    # more events than people is possible here, and nowhere else
    assert np.isfinite(exact_p(150, 100, 300, 1000, bounded=False))
    assert np.isnan(exact_p(150, 100, 300, 1000))


def test_a_ceiling_changes_only_what_lies_above_it():
    rng = np.random.default_rng(1)
    x = rng.binomial(400, 0.2, 500)
    exact = exact_p(x, 400, 20_000, 100_000)
    quick = exact_p(x, 400, 20_000, 100_000, ceiling=0.05)
    np.testing.assert_array_equal(quick[exact <= 0.05], exact[exact <= 0.05])
    assert set(quick[exact > 0.05]) == {1.0}


def test_missing_and_impossible_counts_have_no_p():
    found = exact_p([np.nan, 5, 1, -1], [10, 3, 0, 10], 20, 100)
    assert np.isnan(found).all()


def test_the_test_keeps_its_level_where_nothing_differs():
    rng = np.random.default_rng(3)
    people = rng.integers(20, 2000, 60)
    level = []
    for _ in range(200):
        x = rng.binomial(people, 0.15)
        level.append(exact_p(x, people, x.sum(), people.sum()) <= 0.05)
    assert 0.02 < np.mean(level) <= 0.05


def test_corrections_by_hand():
    p = [0.01, 0.04, np.nan, 0.03, 0.005]
    np.testing.assert_allclose(adjust(p), [0.02, 0.04, np.nan, 0.04, 0.02])
    np.testing.assert_allclose(adjust(p, correction="bonferroni"), [0.04, 0.16, np.nan, 0.12, 0.02])
    np.testing.assert_allclose(adjust(p, correction="none"), p)
    both = adjust(np.array([p, [1.0, 1.0, 1.0, 1.0, 0.2]]))
    np.testing.assert_allclose(both[0], [0.02, 0.04, np.nan, 0.04, 0.02])
    np.testing.assert_allclose(both[1], [1, 1, 1, 1, 1])


def test_power_for_the_sizes_that_districts_have():
    """City of 100,000 with a rate of 20 %; 368 tests (92 districts, 4 indicators), Bonferroni's level."""
    found = power_table(
        [50, 100, 500, 2000],
        [0.2, 0.25, 0.3, 0.4],
        city_rate=0.2,
        city_population=100_000,
        tests=368,
    )
    expected = pd.DataFrame(
        {
            0.2: [0.000, 0.000, 0.000, 0.000],
            0.25: [0.001, 0.005, 0.139, 0.943],
            0.3: [0.012, 0.080, 0.922, 1.000],
            0.4: [0.234, 0.761, 1.000, 1.000],
        },
        index=found.index,
    )
    pd.testing.assert_frame_equal(found, expected, check_names=False, check_column_type=False, atol=6e-4)
    assert list(found.index) == [50, 100, 500, 2000]


def test_power_agrees_with_simulation():
    rng = np.random.default_rng(4)
    x = rng.binomial(100, 0.35, 20_000)
    simulated = np.mean(exact_p(x, 100, 20_000, 100_000) <= 0.05)
    table = power_table([100], [0.35], city_rate=0.2, city_population=100_000)
    assert table.loc[100, 0.35] == pytest.approx(simulated, abs=0.01)
