"""A recipe says every choice aloud, and refuses what contradicts itself."""

import pytest

from sozialraum.assessment.index.recipes import (
    PRESETS,
    Limit,
    Recipe,
    preset,
    recipes_by_target_group,
    with_polarity,
)
from sozialraum.errors import ProjectError


def codes(error):
    return {problem.code.partition(".")[2]: problem.keys for problem in error.value.problems}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_valid_recipe(name):
    assert preset(name, ["a", "b"]).indicators == ("a", "b")


def test_all_faults_are_told_at_once():
    with pytest.raises(ProjectError) as error:
        Recipe(
            indicators=("a", "a", "b"),
            weights={"b": 0.0, "c": 1.0},
            combination="first component",
            transformation="log",
            status_limits=(Limit(1, "lower"), Limit(-1, "lower"), Limit(2, "lower")),
        )
    assert codes(error) == {
        "double_indicator": ("a",),
        "not_in_recipe": ("c",),
        "bad_weight": ("b",),
        "component_weights": (),
        "unknown_choice": (),
        "bad_limits": (),
    }
    message = error.value.text("de")
    assert "log" in message
    assert "z, percentile, exponential" in message
    assert "aufsteigende Grenzen" in message


def test_a_recipe_without_indicators_is_refused():
    with pytest.raises(ProjectError, match="keine Indikatoren"):
        Recipe()


def test_an_unknown_preset_names_those_that_exist():
    with pytest.raises(ProjectError, match="berlin_mss, z_mean, percentile_sum, exponential, pca"):
        preset("mss", ["a"])


def test_polarity_comes_from_the_catalogue(catalogue_of):
    catalogue = catalogue_of({"poor": "disadvantage", "income": "resource"})
    found = with_polarity(preset("berlin_mss", ["poor", "income"]), catalogue)
    assert found.resources == ("income",)
    assert found.signs(["income", "poor"]) == [-1.0, 1.0]


def test_context_and_unknown_indicators_are_refused_together(catalogue_of):
    catalogue = catalogue_of({"poor": "disadvantage", "migration": "context"})
    with pytest.raises(ProjectError) as error:
        with_polarity(preset("berlin_mss", ["poor", "migration", "por"]), catalogue)
    assert codes(error) == {"unknown_indicator": ("por",), "context_indicator": ("migration",)}


def test_each_target_group_gets_its_own_indicators(catalogue_of):
    catalogue = catalogue_of(
        {"a": "disadvantage", "b": "resource", "c": "context", "d": "disadvantage", "e": "disadvantage"},
        target_group=["children_youth", "children_youth", "children_youth", "older", "all"],
    )
    recipe = preset("berlin_mss", ["a", "d"], weights={"a": 2.0, "d": 3.0}, minimum_population=50)
    found = recipes_by_target_group(recipe, catalogue)
    assert list(found) == ["children_youth", "older"]
    assert found["children_youth"].indicators == ("a", "b")
    assert found["children_youth"].resources == ("b",)
    assert found["children_youth"].weights == {"a": 2.0}
    assert found["older"].name == "older"
    assert found["older"].minimum_population == 50
