"""An attacker that shares no code with the model finds nothing in random cities, over several releases."""

from dataclasses import replace

import numpy as np
import outsider
import pytest

from sozialraum.disclosure.protect import Rules, protect
from sozialraum.disclosure.releases.earlier import published_counts

CITIES = (32, 33, 82, 833, 1132)
"""Some that once leaked or were refused: ready-made shares, dropped parts, wrong guesses, revisions, wholes
that only an earlier release showed, under another name."""


def released(city, level="outsider", rules=None):
    secret, earlier, releases = b"attacker-secret!", [], []
    rules = rules or Rules(against=level)
    for plan in city.plans:
        panel = outsider.panel_of(city, plan)
        release = protect(panel, rules=rules, secret=secret, earlier=tuple(earlier))
        earlier.append(replace(published_counts(release, panel), name=str(len(earlier))))
        releases.append(release)
    return releases


@pytest.mark.slow
@pytest.mark.parametrize("seed", CITIES)
def test_the_attacker_finds_nothing(seed):
    city = outsider.random_city(seed)
    leaks, tried = outsider.find_leaks(city, released(city))
    assert tried > 0
    assert leaks == []


OTHER_RULES = {
    2000: Rules(minimum_count=5, minimum_denominator=30, zeros=True, rounding=5),
    2006: Rules(minimum_count=10, minimum_remainder=None, zeros=True),
    2008: Rules(minimum_count=10, minimum_denominator=10, minimum_remainder=None, rounding=5),
}
"""Some that once leaked, or failed: bounds between whole numbers; what a whole has more than its part."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2000, 2006])
def test_nor_with_other_thresholds_in_whole_numbers(seed):
    rules = OTHER_RULES[seed]
    city = replace(
        outsider.random_city(seed),
        small=rules.minimum_count,
        rest=rules.minimum_remainder,
        zeros=rules.zeros,
        rounding=rules.rounding or 0,
    )
    leaks, tried = outsider.find_leaks(city, released(city, rules=rules), whole=True)
    assert tried > 0
    assert leaks == []


@pytest.mark.slow
def test_a_run_that_once_failed_ends():
    assert released(outsider.random_city(2008), rules=OTHER_RULES[2008])


@pytest.mark.slow
@pytest.mark.parametrize("seed", CITIES[1:3])
def test_nor_where_the_method_is_known(seed):
    city = outsider.random_city(seed)
    leaks, _ = outsider.find_leaks(city, released(city, "method known"))
    assert leaks == []


def test_the_attacker_finds_what_is_there():
    """Without protection, and with small counts alone hidden, totals tell them: the attack is one."""
    city = outsider.random_city(33)
    found = 0
    for part in city.plans[:1]:
        panel = outsider.panel_of(city, part)
        frame = panel.indicators
        few = ((frame["numerator"] > 0) & (frame["numerator"] < 3)).to_numpy()
        blank = frame.assign(flag=np.where(few, "suppressed", frame["flag"]))
        for column in ("value", "numerator", "denominator"):
            blank[column] = blank[column].mask(few)
        one = outsider.with_plans(city, part)
        found += len(outsider.find_leaks(one, [replace(panel, indicators=blank)])[0])
        assert len(outsider.find_leaks(one, [panel])[0]) >= found
    assert found > 0
