"""What an earlier release showed, under other names, keys, rules and boundaries."""

from dataclasses import replace

import numpy as np
import pytest

from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.disclosure.releases.earlier import published_counts
from sozialraum.disclosure.releases.recognise import recognised
from sozialraum.errors import DisclosureError

DATE, LATER = "2019-12-31", "2020-12-31"
POOR = [2, 30, 41, 50, 67]
PEOPLE = [901, 512, 933, 944, 875]


def town(city, counts=None, indicators=None, prefix="d", dates=(DATE,)):
    known = counts or {"poor": POOR, "people": PEOPLE}
    counts = {name: dict.fromkeys(dates, numbers) for name, numbers in known.items()}
    return city(counts, indicators or {"poor": ("poor", "people")}, prefix=prefix)


def hidden(release, indicator="poor"):
    rows = release.indicators[release.indicators["indicator"] == indicator]
    return [int(key[-3:]) for key, flag in rows["flag"].items() if flag == "suppressed"]


def kept(release, panel):
    return (replace(published_counts(release, panel), name="first"),)


def secrets():
    return (bytes([number]) * 16 for number in range(60))


def another(analysis, first):
    """Return a secret that would choose other rows, were it not for the first release."""
    return next(one for one in secrets() if hidden(protect(analysis, secret=one)) != hidden(first))


@pytest.mark.slow
def test_a_renamed_variable_is_the_same_count(city):
    analysis = town(city)
    first = protect(analysis)
    renamed = town(city, {"arm": POOR, "people": PEOPLE}, {"poor": ("arm", "people")})
    secret = another(renamed, first)
    assert hidden(protect(renamed, secret=secret, earlier=kept(first, analysis))) == hidden(first)
    (found,) = recognised(kept(first, analysis), renamed)
    assert found.counts[("arm",), DATE] == found.counts[("poor",), DATE]


@pytest.mark.slow
def test_renamed_keys_are_the_same_districts(city):
    analysis = town(city)
    first = protect(analysis)
    renamed = town(city, prefix="q")
    secret = another(renamed, first)
    assert hidden(protect(renamed, secret=secret, earlier=kept(first, analysis))) == hidden(first)


@pytest.mark.slow
def test_a_revised_count_beside_a_hidden_one_keeps_it_hidden(city):
    analysis = town(city)
    first = protect(analysis)
    revised = [count + 3 * (place == 4) for place, count in enumerate(POOR)]
    later = town(city, {"poor": revised, "people": PEOPLE})
    release = protect(later, secret=another(later, first), earlier=kept(first, analysis))
    assert set(hidden(first)) <= set(hidden(release))


@pytest.mark.slow
def test_a_part_that_was_dropped_and_comes_back_gives_nothing_away(city):
    counts = {"all": [12, 40, 41, 52, 60], "men": [11, 21, 20, 30, 29], "women": [1, 19, 21, 22, 31]}
    counts["people"] = PEOPLE
    parts = {name: (name, "people") for name in ("all", "men", "women")}
    before = town(city, counts, {name: parts[name] for name in ("all", "men")})
    first = protect(before)
    # all - men = 1: nobody named the women, and yet they are protected.
    assert 0 in hidden(first, "all") or 0 in hidden(first, "men")
    now = town(city, counts, {name: parts[name] for name in ("all", "women")})
    release = protect(now, earlier=kept(first, before))
    table = audit_release(release, now, earlier=kept(first, before)).table
    assert table["safe"].all()


@pytest.mark.slow
def test_stricter_rules_hide_around_what_is_known_already(city):
    analysis = town(city, {"poor": [4, 30, 41, 50, 67], "people": PEOPLE})
    first = protect(analysis)
    assert hidden(first) == []
    release = protect(analysis, rules=Rules(minimum_count=5), earlier=kept(first, analysis))
    assert hidden(release) == [0, 1, 2, 3, 4]
    with pytest.raises(DisclosureError):
        protect(analysis, rules=Rules(minimum_count=5, strict=True), earlier=kept(first, analysis))


@pytest.mark.slow
def test_other_boundaries_at_a_date_that_is_shown_again_are_refused(city):
    analysis = town(city)
    first = protect(analysis)
    other = [count + 7 for count in POOR]
    cut = town(city, {"poor": other, "people": [count - 30 for count in PEOPLE]}, prefix="x")
    with pytest.raises(DisclosureError) as caught:
        protect(cut, earlier=kept(first, analysis))
    assert caught.value.problems[0].code == "disclosure.other_districts"
    later = town(city, {"poor": other, "people": PEOPLE}, prefix="x", dates=(LATER,))
    assert hidden(protect(later, earlier=kept(first, analysis)))[:0] == []


@pytest.mark.slow
@pytest.mark.parametrize("against", ["outsider", "method known"])
def test_the_same_release_comes_out_of_the_same_secret_and_register(city, against):
    analysis = town(city, dates=(DATE, LATER))
    rules, secret = Rules(against=against), b"0123456789abcdef"
    first = protect(analysis, rules=rules, secret=secret)
    again = protect(analysis, rules=rules, secret=secret)
    assert first.indicators.equals(again.indicators)
    third = protect(analysis, rules=rules, secret=secret, earlier=kept(first, analysis))
    assert first.indicators.equals(third.indicators)


@pytest.mark.slow
def test_one_pattern_serves_all_dates_and_releases(city):
    counts = {"poor": {DATE: [2, 30, 41, 50, 67, 9, 14, 33], LATER: [5, 31, 40, 52, 66, 1, 15, 30]}}
    counts["people"] = dict.fromkeys(counts["poor"], [900] * 8)
    analysis = city(counts, {"poor": ("poor", "people")})
    rules = Rules(against="method known")
    release = protect(analysis, rules=rules, secret=b"x" * 16)
    pattern = [
        set(part.index[part["flag"] == "suppressed"]) for _, part in release.indicators.groupby("date")
    ]
    assert pattern[0] == pattern[1]
    # Small at any date, and so many others that half of the hidden are none of them.
    assert {"d000", "d005"} < pattern[0]
    assert len(pattern[0]) >= 4
    # Another secret leads to other companions.
    others = {tuple(hidden(protect(analysis, rules=rules, secret=secret))) for secret in list(secrets())[:12]}
    assert len(others) > 3
    only = city({name: {DATE: of[DATE]} for name, of in counts.items()}, {"poor": ("poor", "people")})
    first = protect(only, rules=rules, secret=b"x" * 16)
    both = protect(analysis, rules=rules, secret=b"x" * 16, earlier=kept(first, only))
    shown_first = set(first.indicators.index[first.indicators["flag"] == "suppressed"])
    later = both.indicators[both.indicators["date"] == DATE]
    assert shown_first <= set(later.index[later["flag"] == "suppressed"])
    assert np.isnan(later.loc[sorted(shown_first), "value"]).all()
