"""What the page needs to answer: people, neighbours, contributions; checked against hand-computed columns."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from sozialraum.assessment.index.composite import composite_index
from sozialraum.assessment.index.recipes import preset
from sozialraum.publish.atlas.answers import Parts, neighbour_pairs, people

from .conftest import DATES, KEYS

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _unpacked(packed):
    """Read a packed column as `core/columns.js` does."""
    digits, _, cells = packed.partition(":")
    found, last, code, factor = [], 0, 0, 1
    for letter in cells:
        group = ALPHABET.index(letter)
        code += (group & 31) * factor
        factor *= 32
        if group & 32:
            continue
        if code == 0:
            found.append(None)
        else:
            step = code - 1
            last += -(step + 1) // 2 if step % 2 else step // 2
            found.append(last / 10 ** int(digits))
        code, factor = 0, 1
    return found


def _population(counts, date=DATES[2]):
    return pd.DataFrame({date: counts}, index=pd.Index(KEYS, name="district"), dtype=float)


class TestPeople:
    def test_an_internal_page_tells_all_that_is_known(self, internal_release):
        counts = [*range(1000, 1011), np.nan]
        told = people(replace(internal_release, population=_population(counts)))
        assert list(told) == [DATES[2]]
        assert _unpacked(told[DATES[2]]) == [*map(float, range(1000, 1011)), None]

    def test_a_public_page_tells_only_people_that_stand_on_it_already(self, release):
        # Districts 11 and 12 show no denominator of 'poor'; the others show 1,000 each.
        told = people(replace(release, population=_population([1000.0] * 10 + [17.0, 23.0])))
        assert _unpacked(told[DATES[2]]) == [1000.0] * 10 + [None, None]

    @pytest.mark.parametrize("place", [0, 9])
    def test_a_denominator_that_differs_anywhere_is_not_the_population(self, release, place):
        counts = [1000.0] * 12
        counts[place] = 1001.0
        assert people(replace(release, population=_population(counts))) == {}

    def test_another_date_tells_nothing(self, release):
        assert people(replace(release, population=_population([1000.0] * 12, date="2018-12-31"))) == {}

    def test_rounded_denominators_are_not_the_population(self, release):
        assert people(replace(release, population=_population([1003.0] * 12))) == {}

    def test_without_a_population_there_are_no_people(self, release):
        assert people(release) == {}


class TestNeighbours:
    def test_each_pair_stands_once_in_the_districts_order(self, release):
        graph = Graph.from_arrays(["03", "01", "02", "01"], ["01", "03", "02", "02"], [1, 1, 0, 1])
        first, second = neighbour_pairs(replace(release, graph=graph))
        assert list(zip(_unpacked(first), _unpacked(second), strict=True)) == [(0, 1), (0, 2)]

    def test_no_graph_no_pairs(self, release):
        assert neighbour_pairs(release) is None


class TestContributions:
    def test_they_are_in_the_districts_order_and_two_digits(self, assessed):
        rows = pd.DataFrame(
            {"index": "all", "date": DATES[2], "indicator": "poor", "contribution": [0.123, -1.456]},
            index=pd.Index(["02", "01"], name="district"),
        )
        parts = Parts(replace(assessed.assessment, contributions=rows), assessed.districts.index)
        found = parts.at("all", DATES[2])
        assert list(found) == ["poor"]
        assert _unpacked(found["poor"]) == [-1.46, 0.12, *[None] * 10]
        assert parts.at("all", DATES[0]) is None

    def test_z_values_add_up_to_the_index(self):
        values = pd.DataFrame({"a": [1.0, 2.0, 6.0], "b": [3.0, 1.0, 2.0]}, index=["x", "y", "z"])
        found = composite_index(values, preset("berlin_mss", ("a", "b")))
        pd.testing.assert_series_equal(
            found.contributions.sum(axis=1), found.table["value"], check_names=False
        )
