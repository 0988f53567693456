"""Random hierarchies, attacked by an outsider whose equations are written down independently."""

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.errors import DisclosureError

INDICATORS = {
    "unemployed": ("jobless", "adults"),
    "long_term": ("longterm", "adults"),
    "support": ("supported", "children adults"),
    "child_poverty": ("poor_children", "children"),
}
DATE = "2020-12-31"


@st.composite
def populations(draw):
    areas = draw(st.lists(st.integers(2, 5), min_size=1, max_size=3))
    size = sum(areas)

    def counts(low, high):
        return draw(st.lists(st.integers(low, high), min_size=size, max_size=size))

    children, adults = counts(1, 300), counts(1, 900)
    scale = draw(st.sampled_from([2, 6, 40]))

    def part(of):
        return [min(a, b) for a, b in zip(counts(0, scale), of, strict=True)]

    together = [a + b for a, b in zip(children, adults, strict=True)]
    numbers = {
        "jobless": part(adults),
        "longterm": part(adults),
        "supported": part(together),
        "poor_children": part(children),
        "children": children,
        "adults": adults,
    }
    area = [f"area {number}" for number, count in enumerate(areas) for _ in range(count)]
    return {name: {DATE: values} for name, values in numbers.items()}, area


# Shrinking hierarchies takes minutes and tells no more than the first failure.
@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(populations(), st.booleans())
def test_no_suppressed_count_of_a_random_hierarchy_is_known_better_than_the_rule_allows(
    city, outsider, population, with_parents
):
    counts, area = population
    analysis = city(counts, INDICATORS, parents={"area": area} if with_parents else None)
    rules = Rules(minimum_denominator=50, strict=True)
    release, error = attempt(analysis, rules)
    if error is not None:
        assert {problem.code for problem in error.problems[:-1]} == {"disclosure.too_narrow"}
        assert error.problems[-1].code == "disclosure.unprotected"
        assert_hopeless(error, analysis, outsider)
        return
    attack = outsider(analysis, release.indicators, DATE)
    rows = release.indicators[release.indicators["flag"] == "suppressed"]
    for key, row in rows.iloc[:: len(rows) // 12 + 1].iterrows():
        recipe = analysis.catalogue.loc[row["indicator"]]
        true = analysis.indicators.query("indicator == @row.indicator").loc[key]
        low, high = attack.interval(recipe["numerator"], key)
        if true["numerator"] > 0:
            assert np.floor(high + 1e-6) - np.ceil(low - 1e-6) >= 2, (key, row["indicator"])
        if 0 < true["numerator"] < 3:
            assert_doubtful(low, high)
        if 0 < true["denominator"] - true["numerator"] < 3:
            assert_doubtful(*attack.interval(recipe["denominator"], key, minus=recipe["numerator"]))


def attempt(analysis, rules):
    try:
        return protect(analysis, rules=rules), None
    except DisclosureError as error:
        return None, error


def assert_doubtful(low, high):
    assert low <= 1 + 1e-6
    assert high >= 3 - 1e-6


def assert_hopeless(error, analysis, outsider):
    """Even with no number shown, what is known from elsewhere gives at least one of the named counts away."""
    # A district without inhabitants is shown as such; zero counts are, unless they help to hide others in
    # their area, and unless the denominator is too small anyway.
    lowest = dict.fromkeys(product(["children", "adults"], analysis.districts.index), 1)
    area = analysis.districts["area"] if analysis.parents else analysis.districts["name"] != ""
    for indicator, recipe in analysis.catalogue.iterrows():
        rows = analysis.indicators[analysis.indicators["indicator"] == indicator]
        zero = (rows["numerator"] == 0).groupby(area.reindex(rows.index)).transform("any")
        positive = rows.index[~zero & (rows["denominator"] >= 50)]
        lowest |= dict.fromkeys(product(recipe["numerator"], positive), 1)
    attack = outsider(analysis, analysis.indicators.iloc[:0], DATE, lowest=lowest)
    narrow = []
    for problem in error.problems[:-1]:
        plus, _, minus = problem.values["count_of"].partition(" - ")
        for key in problem.keys:
            low, high = attack.interval(tuple(plus.split(" + ")), key, minus=tuple(minus.split()))
            narrow.append(high < 3 or high - low < 2 or low > 1)
    assert any(narrow)


@pytest.mark.slow
@pytest.mark.parametrize("rules", [Rules(rounding=5), Rules(zeros=True), Rules(denominators=True)])
def test_other_rules_keep_their_width_too(city, rules):
    rng = np.random.default_rng(3)
    size = 40
    adults, children = rng.integers(60, 900, size), rng.integers(20, 250, size)
    counts = {
        "adults": adults,
        "children": children,
        "jobless": rng.binomial(adults, 0.05),
        "longterm": rng.binomial(adults, 0.01),
        "supported": rng.binomial(adults + children, 0.1),
        "poor_children": rng.binomial(children, 0.1),
    }
    analysis = city(
        {name: {DATE: numbers} for name, numbers in counts.items()},
        INDICATORS,
        parents={"area": [f"area {number % 5}" for number in range(size)]},
    )
    release = protect(analysis, rules=rules)
    table = audit_release(release, analysis).table
    assert len(table) > 20
    assert table["safe"].all()
    assert (table["width"] >= 2).all()
    if rules.denominators:
        small = analysis.indicators["denominator"] < 100
        assert (release.indicators.loc[small.to_numpy(), "flag"] == "suppressed").all()
        assert "denominator" in set(table["part"])
    if rules.zeros:
        assert not (release.indicators["numerator"] == 0).any()
    if rules.rounding:
        shown = release.indicators.dropna(subset=["value"])
        assert (shown[["numerator", "denominator"]] % 5 == 0).all(axis=None)
        np.testing.assert_allclose(shown["value"], shown["numerator"] / shown["denominator"])
