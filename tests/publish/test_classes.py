"""How numbers are divided into classes: by hand first, then against mapclassify."""

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from mapclassify import FisherJenks

from sozialraum.indicators.catalogue import load_catalogue
from sozialraum.publish.atlas.schemes import schemes
from sozialraum.publish.breaks import class_limits, fixed_limits, natural_limits
from sozialraum.publish.natural import natural_groups
from sozialraum.publish.palettes import DEEPEST, RAMPS, ramp

ENTRY = {"decimals": 1, "polarity": "disadvantage"}


def spread(numbers, limits):
    """Return the sum of squares inside classes."""
    place = np.searchsorted(limits, numbers)
    return sum(((numbers[place == one] - numbers[place == one].mean()) ** 2).sum() for one in set(place))


class TestNatural:
    def test_two_heaps_part_between_them(self):
        assert natural_groups(np.array([1.0, 2, 3, 10, 11, 12]), 2).tolist() == [3, 12]

    def test_many_equal_numbers_weigh_as_many(self):
        # 1 once and 2 a hundred times: 4 stays with 2 only if the hundred did not count.
        numbers = np.array([1.0, *[2.0] * 100, 4.0])
        assert natural_groups(numbers, 2).tolist() == [2, 4]

    def test_no_division_of_small_cities_is_better(self):
        rng = np.random.default_rng(3)
        for _ in range(20):
            numbers = np.unique(np.round(rng.gamma(2, 5, 9), 1))
            found = spread(numbers, natural_groups(numbers, 3))
            others = [spread(numbers, [*cuts, numbers[-1]]) for cuts in combinations(numbers[:-1], 2)]
            assert found == pytest.approx(min(others))

    def test_it_agrees_with_mapclassify(self):
        numbers = np.round(np.random.default_rng(1).gamma(2, 5, 90), 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert natural_groups(numbers, 5).tolist() == FisherJenks(numbers, 5).bins.tolist()

    def test_tens_of_thousands_keep_their_heaps(self):
        rng = np.random.default_rng(0)
        heaps = np.concatenate([rng.normal(middle, 0.1, 10_000) for middle in (1, 5, 9)])
        found = natural_groups(heaps, 3)
        assert ((found > [1, 5, 9]) & (found < [3, 7, 11])).all()

    def test_nothing_has_no_limits(self):
        assert natural_limits(pd.Series([np.nan])) == ()


class TestTopClass:
    def test_an_enormous_top_class_is_divided_where_its_numbers_part(self):
        low = [float(number) for number in range(1, 41)]
        shown = pd.Series([*low, 41, 42, 43, 44, 45, 46, 90, 95, 100])
        limits = class_limits(shown, decimals=0)
        assert limits == (10, 20, 29, 39, 46, 100)
        assert ramp("disadvantage", len(limits)) == (*RAMPS["disadvantage"], DEEPEST["disadvantage"])

    def test_one_odd_district_is_no_class(self):
        shown = pd.Series([*map(float, range(1, 50)), 500])
        assert len(class_limits(shown, decimals=0)) == 5

    def test_an_even_city_keeps_five(self):
        assert len(class_limits(pd.Series(np.arange(1.0, 101)), decimals=0)) == 5


class TestDeclared:
    def test_the_project_s_limits_hold_whatever_occurs(self):
        shown = pd.Series([3.0, 12.0, np.nan])
        assert fixed_limits(shown, (5, 10, 20), decimals=1) == (5, 10, 20, 20.1)
        assert fixed_limits(shown, (5, 10), decimals=1) == (5, 10, 12)

    def test_they_are_shown_first(self):
        shown = pd.Series([3.0, 12.0, 7.0])
        assert [one["id"] for one in schemes(shown, ENTRY)] == ["quantile", "natural"]
        first = schemes(shown, {**ENTRY, "class_limits": (5.0, 10.0)})[0]
        assert (first["id"], first["limits"], first["lowest"]) == ("fixed", [5, 10, 12], 3)
        assert len(first["colours"]) == 3

    @pytest.mark.parametrize(
        ("written", "kept"),
        [("[5, 10.5]", (5.0, 10.5)), ("[10, 5]", None), ("[]", None), ("[1, 2, 3, 4, 5, 6]", None),
         ("5", None), ("[true]", None), ("[inf]", None), ('["5"]', None), ("[5, 5]", None)],
    )  # fmt: skip
    def test_the_catalogue_takes_one_to_five_ascending_numbers(self, tmp_path, written, kept):
        path = tmp_path / "catalogue.toml"
        path.write_text(f'[poor]\nlabel = "Armut"\npolarity = "disadvantage"\nnumerator = "a"\n'
                        f'denominator = "b"\nclass_limits = {written}\n')  # fmt: skip
        frame, problems = load_catalogue(path)
        if kept is None:
            assert [problem.code for problem in problems] == ["catalogue.expected_limits"]
            assert "class_limits" in problems[0].text("de")
        else:
            assert frame.loc["poor", "class_limits"] == kept
