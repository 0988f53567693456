"""True rates drawn from counts: what the counts say, weighed by how much they can say."""

import numpy as np
import pytest

from sozialraum.assessment.index.posterior import Counted, draw_rates, nested_in


def counted(events, people, phi=None, inside=None):
    events = np.asarray(events, dtype=float)
    k = events.shape[1]
    return Counted(
        events=events,
        people=np.broadcast_to(np.asarray(people, dtype=float), events.shape),
        bounded=np.ones(k, dtype=bool),
        design_effect=np.full(k, np.nan) if phi is None else np.asarray(phi, dtype=float),
        inside=np.zeros((k, k), dtype=bool) if inside is None else np.asarray(inside),
    )


def test_noise_by_hand():
    """Without true differences every rate is shrunken to the city's 20 %; 400 people, or 100 households."""
    one = counted([[80, 80], [80, 80]], 400, phi=[1, 4]).noise()
    assert one[:, 0, 0] == pytest.approx(0.2 * 0.8 / 400)
    assert one[:, 1, 1] == pytest.approx(0.2 * 0.8 / 100)
    assert (one[:, 0, 1] == 0).all()


def test_nested_counts_of_the_same_people_go_together_as_in_a_multinomial():
    inside = [[False, True], [False, False]]
    events = np.tile([[30.0, 100.0]], (2, 1))
    noise = counted(events, 1000, inside=inside).noise()[0]
    # Cov(a, b) = n p_a (1 - p_b) where a is within b
    assert noise[0, 1] == pytest.approx(0.03 * 0.9 / 1000)
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(1000, [0.03, 0.07, 0.9], 200_000)
    shares = np.cov(drawn[:, 0], drawn[:, 0] + drawn[:, 1]) / 1000**2
    np.testing.assert_allclose(noise, shares, rtol=0.02)


def test_parts_of_parts_are_found():
    part_of = {"a": ("b",), "b": ("c",), "d": ()}
    found = nested_in(["a", "b", "c", "d"], part_of)
    expected = np.zeros((4, 4), dtype=bool)
    expected[0, 1] = expected[0, 2] = expected[1, 2] = True
    np.testing.assert_array_equal(found, expected)
    # through an indicator that the index does not have
    assert nested_in(["a", "c"], part_of).tolist() == [[False, True], [False, False]]


def test_large_districts_keep_their_rate_and_small_ones_lean_on_the_city():
    rng = np.random.default_rng(3)
    truth = rng.normal(0.2, 0.03, 200).clip(0.05)
    people = np.where(np.arange(200) < 100, 100_000.0, 100.0)[:, None]
    events = rng.binomial(people[:, 0].astype(int), truth)[:, None]
    drawn = draw_rates([counted(events, people)], np.random.default_rng(0), 400)[:, :, 0]
    raw = (events / people)[:, 0]
    np.testing.assert_allclose(drawn[:, :100].mean(axis=0), raw[:100], atol=0.002)
    error = np.abs(drawn.mean(axis=0) - truth)[100:].mean()
    assert error < 0.8 * np.abs(raw - truth)[100:].mean()
    inside = (np.quantile(drawn, 0.05, axis=0) <= truth) & (truth <= np.quantile(drawn, 0.95, axis=0))
    assert inside.mean() == pytest.approx(0.9, abs=0.06)


def test_two_dates_of_the_same_people_make_a_surer_change():
    """Nobody's true rate changed; whoever stays in receipt is no new chance."""
    rng = np.random.default_rng(5)
    people = rng.integers(100, 4000, 150)
    truth = rng.normal(0.2, 0.04, 150).clip(0.05)
    first = rng.binomial(people, truth)
    stay = rng.binomial(first, 0.8) + rng.binomial(people - first, 0.2 * truth / (1 - truth))
    fresh = rng.binomial(people, truth)
    widths = []
    for second in (stay, fresh):
        dates = [counted(events[:, None], people[:, None]) for events in (second, first)]
        drawn = draw_rates(dates, np.random.default_rng(0), 300)
        assert drawn.shape == (300, 150, 2)
        widths.append((drawn[..., 0] - drawn[..., 1]).std(axis=0).mean())
    assert widths[0] < widths[1] < 0.02


@pytest.mark.parametrize("districts", [2, 3, 5])
def test_few_districts_and_many_indicators_can_be_drawn(districts):
    rng = np.random.default_rng(6)
    events = rng.integers(0, 40, (districts, 6)).astype(float)
    drawn = draw_rates([counted(events, 100), counted(events * 0, 100)], np.random.default_rng(0), 50)
    assert np.isfinite(drawn).all()
