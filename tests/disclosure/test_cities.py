"""The demo city and a large random one: protected in time, and every suppressed count in doubt."""

import time
from dataclasses import replace

import numpy as np
import pytest

from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.derived import NUMBERS
from sozialraum.disclosure.protect import protect

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def musterstadt(musterstadt_protected):
    return musterstadt_protected[0]


@pytest.fixture(scope="module")
def protected(musterstadt_protected):
    return musterstadt_protected[1:]


def test_musterstadt_is_protected_in_time(musterstadt, protected):
    release, seconds = protected
    assert seconds < 20
    assert len(release.indicators) == len(musterstadt.indicators) == 92 * 12 * 12
    suppressed = release.indicators[release.indicators["flag"] == "suppressed"]
    assert suppressed[NUMBERS].isna().all(axis=None)
    true = musterstadt.indicators
    small = (true["denominator"] > 0) & (
        (true["denominator"] < 100) | ((true["numerator"] > 0) & (true["numerator"] < 3))
    )
    by_rule = small | (true["flag"] == "suppressed")
    more = (release.indicators["flag"] == "suppressed").to_numpy() & ~by_rule.to_numpy()
    assert 0 < more.sum() < 0.04 * len(true)


def test_every_suppressed_count_of_musterstadt_is_in_doubt(musterstadt, protected):
    release, _ = protected
    table = audit_release(release, musterstadt).table
    assert table["safe"].all()
    assert (table["width"] >= 2).all()
    asked = set(zip(*(table[column] for column in ("district", "indicator", "date")), strict=True))
    suppressed = release.indicators[release.indicators["flag"] == "suppressed"]
    denominators = musterstadt.indicators["denominator"].notna().to_numpy()
    assert denominators[(release.indicators["flag"] == "suppressed").to_numpy()].all()
    rows = set(zip(suppressed.index, suppressed["indicator"], suppressed["date"], strict=True))
    assert asked <= rows
    # Zeros are no secret: a row without people is hidden for its denominator alone, and needs no width.
    true = musterstadt.indicators
    keys = zip(true.index, true["indicator"], true["date"], strict=True)
    counts = dict(zip(keys, true["numerator"], strict=True))
    assert {counts[row] for row in rows - asked} <= {0.0}


def test_an_independent_attack_on_musterstadt_finds_the_same_doubt(musterstadt, protected, outsider):
    release, _ = protected
    date = "2020-12-31"
    age_groups = [(("inhabitants_under_15", "inhabitants_15_64", "inhabitants_65_plus"), ("inhabitants",))]
    chosen = musterstadt.districts["stadtbezirk_name"] == "Oststadt"
    part = replace(
        musterstadt,
        districts=musterstadt.districts[chosen],
        indicators=musterstadt.indicators[musterstadt.indicators.index.isin(chosen.index[chosen])],
    )
    shown = release.indicators[release.indicators.index.isin(part.districts.index)]
    known = part.indicators.dropna(subset=["numerator", "denominator"])
    complete = known.groupby("indicator")["date"].apply(lambda dates: (dates == date).sum() == chosen.sum())
    indicators = complete.index[complete]
    part = replace(
        part,
        indicators=part.indicators[part.indicators["indicator"].isin(indicators)],
        catalogue=part.catalogue.loc[[name for name in part.catalogue.index if name in indicators]],
    )
    shown = shown[shown["indicator"].isin(indicators)]
    attack = outsider(part, shown, date, age_groups)
    suppressed = shown[(shown["flag"] == "suppressed") & (shown["date"] == date)]
    assert len(suppressed) > 5
    truth = known[known["date"] == date].set_index("indicator", append=True)["numerator"]
    for key, row in suppressed.iterrows():
        if truth[key, row["indicator"]] == 0:
            # A zero is no secret; it is hidden to protect others.
            continue
        low, high = attack.interval(part.catalogue.loc[row["indicator"], "numerator"], key)
        assert np.floor(high + 1e-6) - np.ceil(low - 1e-6) >= 2, (key, row["indicator"])


def test_a_random_hierarchy_of_500_districts_is_protected_in_time(city):
    rng = np.random.default_rng(2)
    size, dates = 500, [f"{year}-12-31" for year in range(2018, 2022)]
    people = rng.lognormal(np.log(900), 0.8, size).astype(int)
    counts = {}
    for date in dates:
        children = rng.binomial(people, 0.15)
        adults = rng.binomial(people - children, 0.8)
        older = people - children - adults
        jobless = rng.binomial(adults, 0.08)
        numbers = {
            "people": people,
            "children": children,
            "adults": adults,
            "older": older,
            "jobless": jobless,
            "longterm": rng.binomial(jobless, 0.3),
            "supported": rng.binomial(children + adults, 0.1),
            "poor_children": rng.binomial(children, 0.15),
            "poor_older": rng.binomial(older, 0.03),
        }
        for name, of in numbers.items():
            counts.setdefault(name, {})[date] = of
    indicators = {
        "jobless": ("jobless", "adults"),
        "longterm": ("longterm", "adults"),
        "supported": ("supported", "children adults"),
        "child_poverty": ("poor_children", "children"),
        "old_age_poverty": ("poor_older", "older"),
        "older": ("older", "people"),
    }
    quarter = np.arange(size) % 50
    parents = {"quarter": [f"q{n}" for n in quarter], "borough": [f"b{n % 10}" for n in quarter]}
    analysis = city(counts, indicators, parents=parents)
    start = time.process_time()
    release = protect(analysis)
    assert time.process_time() - start < 20
    table = audit_release(release, analysis).table
    assert len(table) > 400
    assert (table["width"] >= 2).all()
