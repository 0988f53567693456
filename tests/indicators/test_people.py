"""Households, parts and sums: taken as declared, or refused with the remedy."""

import math

import pytest

from sozialraum.errors import CatalogueError
from sozialraum.indicators.catalogue import catalogue, load_catalogue

COUNTED = {"label": "x", "polarity": "disadvantage", "numerator": "a", "denominator": "b"}
VALUE = {"label": "v", "polarity": "context", "kind": "value", "value": "k"}
PUBLISHED = {"label": "p", "polarity": "disadvantage", "value": "s", "value_unit": "percent"}


@pytest.mark.parametrize(
    ("fields", "effect", "source", "mean"),
    [
        ({}, math.nan, "", math.nan),
        ({"design_effect": 2}, 2.0, "declared", math.nan),
        ({"design_effect": 1}, 1.0, "declared", math.nan),
        ({"design_effect": "transfers"}, 3.0, "default: transfers", math.nan),
        ({"design_effect": "estimated"}, math.nan, "estimated", math.nan),
        ({"persons_per_household": 2.25}, 3.5, "persons per household", 2.25),
        # 2 singles and 1 couple: 4 persons, sum of squares 2 + 4.
        ({"persons_per_household": {"1": 2, "2": 1}}, 1.5, "household sizes", 4 / 3),
    ],
)
def test_the_design_effect_and_where_it_is_from(fields, effect, source, mean):
    row = catalogue({"i": {**COUNTED, **fields}}).loc["i"]
    assert row["design_effect"] == pytest.approx(effect, nan_ok=True)
    assert row["design_effect_source"] == source
    assert row["persons_per_household"] == pytest.approx(mean, nan_ok=True)


def test_parts_and_sums_arrive_as_names():
    frame = catalogue(
        {
            "all": {**COUNTED, "sum_of": ["women", "men"]},
            "women": COUNTED,
            "men": {**COUNTED, "part_of": "all"},
        }
    )
    assert frame["sum_of"].to_dict() == {"all": ("women", "men"), "women": (), "men": ()}
    assert frame["part_of"].to_dict() == {"all": (), "women": (), "men": ("all",)}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"design_effect": 0.5}, "design_effect = '0.5' ist keine Zahl ab 1"),
        ({"design_effect": True}, "design_effect = 'True' ist keine Zahl ab 1"),
        ({"design_effect": "transfer"}, "kein bekanntes Thema"),
        ({"design_effect": float("inf")}, "design_effect = 'inf' ist keine Zahl ab 1"),
        ({"persons_per_household": 0.9}, "persons_per_household = '0.9' ist keine Haushaltsgröße"),
        ({"persons_per_household": {"0": 9}}, "ist keine Haushaltsgröße"),
        ({"persons_per_household": {"1": -9}}, "ist keine Haushaltsgröße"),
        ({"persons_per_household": {"gross": 9}}, "ist keine Haushaltsgröße"),
        ({"persons_per_household": {}}, "ist keine Haushaltsgröße"),
        ({"design_effect": 2, "persons_per_household": 2}, "sagen dasselbe zweimal"),
        ({"part_of": "otter"}, "Gemeint sein könnte 'other'"),
        ({"sum_of": ["other", "zzz"]}, "sum_of nennt den Indikator 'zzz', den es in diesem Katalog nicht"),
        ({"sum_of": ["other", "other"]}, "sum_of nennt nur einen Indikator"),
        ({"part_of": 5}, "part_of = '5' nennt keine Indikatoren"),
        ({"part_of": "value"}, "part_of nennt 'value', und dieser Indikator hat keine Fallzahlen"),
        ({"sum_of": ["other", "published"]}, "sum_of nennt 'published', und dieser Indikator"),
        ({"part_of": "i"}, "laufen im Kreis: i -> i"),
    ],
)
def test_what_cannot_be_is_refused(fields, told):
    with pytest.raises(CatalogueError) as caught:
        catalogue({"i": {**COUNTED, **fields}, "other": COUNTED, "value": VALUE, "published": PUBLISHED})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({**PUBLISHED, "design_effect": 3}, "gelten nur für Indikatoren mit Fallzahlen"),
        ({**VALUE, "persons_per_household": 2}, "gelten nur für Indikatoren mit Fallzahlen"),
        ({**PUBLISHED, "part_of": "i"}, "part_of braucht Fallzahlen"),
        ({**VALUE, "sum_of": ["i", "j"]}, "sum_of braucht Fallzahlen"),
    ],
)
def test_people_without_counts_are_refused(entry, told):
    with pytest.raises(CatalogueError) as caught:
        catalogue({"i": COUNTED, "j": COUNTED, "bad": entry})
    assert told in str(caught.value)


def test_a_circle_over_both_kinds_of_relation_is_found():
    entries = {"a": {**COUNTED, "part_of": "b"}, "b": {**COUNTED, "part_of": "c"}, "d": COUNTED}
    catalogue({**entries, "c": COUNTED})
    with pytest.raises(CatalogueError, match="laufen im Kreis"):
        catalogue({**entries, "c": {**COUNTED, "part_of": "a"}})
    # The whole is declared to be a part of one of its own parts.
    with pytest.raises(CatalogueError, match="laufen im Kreis"):
        catalogue({**entries, "c": {**COUNTED, "sum_of": ["b", "d"], "part_of": "d"}})


def test_a_relation_to_an_entry_with_a_fault_of_its_own_is_no_second_fault(tmp_path):
    path = tmp_path / "katalog.toml"
    path.write_text(
        '[i]\nlabel = "x"\npolarity = "context"\nnumerator = "a"\ndenominator = "b"\npart_of = "bad"\n'
        'persons_per_household = { 1 = 2, 2 = 1 }\n[bad]\nlabel = "x"\n',
        encoding="utf-8",
    )
    frame, problems = load_catalogue(path)
    assert [problem.code for problem in problems] == ["catalogue.missing_field"]
    assert frame.loc["i", "design_effect"] == 1.5
