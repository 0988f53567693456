"""The catalogue is taken as it is meant, or refused with indicator, field and what is allowed."""

import numpy as np
import pytest

from sozialraum.errors import CatalogueError
from sozialraum.indicators.catalogue import (
    RECIPE_COLUMNS,
    catalogue,
    check_catalogue,
    load_catalogue,
    read_catalogue,
)
from sozialraum.indicators.target_groups import group_label, group_persons
from sozialraum.panel import CATALOGUE_COLUMNS

GOOD = {"label": "Arbeitslose", "polarity": "disadvantage", "numerator": "a", "denominator": "b"}


def message(**fields):
    entry = {name: value for name, value in {**GOOD, **fields}.items() if value is not ...}
    with pytest.raises(CatalogueError) as caught:
        catalogue({"arbeitslose": entry})
    return str(caught.value)


def test_a_full_entry_arrives_field_by_field(tmp_path):
    path = tmp_path / "katalog.toml"
    path.write_text(
        """
        [unemployed]
        label = { de = "Arbeitslose", en = "Unemployed" }
        description = { de = "Anteil an den Erwerbsfähigen", en = "Share of those able to work" }
        numerator = ["sgb2", "sgb3"]
        denominator = "working_age"
        polarity = "disadvantage"
        target_group = "working_age"
        theme = "Arbeit"
        source = "Statistikamt"
        decimals = 2
        dates = [2017, 2018-06-30, "31.12.2019"]

        [births]
        label = "Geburten"
        polarity = "context"
        kind = "ratio"
        numerator = "births"
        denominator = "women"
        """,
        encoding="utf-8",
    )
    frame = read_catalogue(path)
    assert list(frame.columns) == [*CATALOGUE_COLUMNS, *RECIPE_COLUMNS]
    assert frame.index.tolist() == ["unemployed", "births"]
    assert frame.index.name == "indicator"
    entry = frame.loc["unemployed"].to_dict()
    assert np.isnan([entry.pop(name) for name in ("design_effect", "persons_per_household")]).all()
    assert entry == {
        "label_de": "Arbeitslose",
        "label_en": "Unemployed",
        "description_de": "Anteil an den Erwerbsfähigen",
        "description_en": "Share of those able to work",
        "kind": "share",
        "polarity": "disadvantage",
        "target_group": "working_age",
        "theme": "Arbeit",
        "source": "Statistikamt",
        "unit_de": "%",
        "unit_en": "%",
        "factor": 100.0,
        "decimals": 2,
        "published": False,
        "class_limits": (),
        "numerator": ("sgb2", "sgb3"),
        "denominator": ("working_age",),
        "value": "",
        "value_unit": "",
        "already_public": False,
        "target_group_de": "Menschen im erwerbsfähigen Alter",
        "target_group_en": "People of working age",
        "target_group_persons": (),
        "dates": ("2017-12-31", "2018-06-30", "2019-12-31"),
        "breaks": (),
        "design_effect_source": "",
        "part_of": (),
        "sum_of": (),
    }
    births = frame.loc["births"]
    assert births[["factor", "unit_de", "unit_en", "label_en"]].tolist() == [
        1000.0,
        "je 1.000",
        "per 1,000",
        "Geburten",
    ]


def test_ready_made_shares_are_marked_and_values_are_not():
    share = {"label": "s", "polarity": "disadvantage", "value": "s1", "value_unit": "percent"}
    income = {"label": "i", "polarity": "resource", "kind": "value", "value": "income", "unit": "EUR"}
    frame = catalogue({"s": share, "i": income})
    assert frame["published"].to_dict() == {"s": True, "i": False}
    assert frame["value_unit"].to_dict() == {"s": "percent", "i": "number"}
    assert frame["factor"].to_dict() == {"s": 100.0, "i": 1.0}
    assert frame["unit_de"].to_dict() == {"s": "%", "i": "EUR"}
    assert frame["decimals"].to_dict() == {"s": 1, "i": 1}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"polarity": "schlecht"},
            "polarity = 'schlecht' ist nicht möglich. Erlaubt sind: disadvantage, resource, context.",
        ),
        ({"kind": "rate"}, "Erlaubt sind: share, ratio, count, value."),
        ({"target_group": "kids"}, "children_youth, working_age, older, households, all"),
        ({"nummerator": "a"}, "Ein Feld 'nummerator' gibt es nicht. Gemeint sein könnte 'numerator'"),
        (
            {"label": {"de": "A", "fr": "B"}},
            "[arbeitslose.label]: Ein Feld 'fr' gibt es nicht. Möglich sind: de, en.",
        ),
        ({"label": ...}, "Das Feld label fehlt."),
        ({"label": {}}, "Das Feld label.de fehlt."),
        ({"polarity": ...}, "Das Feld polarity fehlt. Jeder Indikator braucht label und polarity"),
        ({"label": ""}, "label = '' ist kein Text"),
        ({"numerator": 5}, "numerator = '5' nennt keine Variablen"),
        ({"theme": 5}, "theme = '5' ist kein Text"),
        ({"factor": 0}, "factor = '0' ist keine Zahl über 0"),
        ({"factor": float("inf")}, "factor = 'inf' ist keine Zahl über 0"),
        ({"decimals": 9}, "decimals = '9' ist keine ganze Zahl von 0 bis 6"),
        ({"dates": ["2017", "bald"]}, "dates = ['2017', 'bald'] enthält etwas, das kein Stichtag ist"),
        ({"denominator": ...}, "Das Feld denominator fehlt. Ein Anteil braucht numerator und denominator"),
        ({"numerator": ...}, "Das Feld numerator fehlt."),
        ({"value": "s1"}, "value steht neben numerator oder denominator"),
        ({"kind": "value"}, 'kind = "value" besteht nur aus value'),
        ({"value_unit": "percent"}, "value_unit gilt nur für value"),
        (
            {"numerator": ..., "denominator": ..., "value": "s1"},
            'value_unit = "percent" (12,5 heißt 12,5 %) oder value_unit = "fraction"',
        ),
        (
            {"numerator": ..., "denominator": ..., "value": "s1", "kind": "value", "value_unit": "percent"},
            'value_unit = "percent" passt nicht zu kind = "value"',
        ),
    ],
)
def test_faults_name_indicator_field_and_what_is_allowed(fields, expected):
    text = message(**fields)
    assert text.startswith("[arbeitslose")
    assert expected in text


def test_all_faults_of_a_file_are_told_at_once_and_sound_indicators_stay(tmp_path):
    path = tmp_path / "katalog.toml"
    path.write_text(
        'stray = 1\n["ä b"]\n[one]\nlabel = "x"\n[two]\nlabel = "x"\npolarity = "bad"\nfactor = "y"\n'
        '[good]\nlabel = "x"\npolarity = "context"\nnumerator = "a"\ndenominator = "b"\n',
        encoding="utf-8",
    )
    frame, problems = load_catalogue(path)
    assert frame.index.tolist() == ["good"]
    assert {problem.file for problem in problems} == {"katalog.toml"}
    text = "\n".join(problem.text() for problem in problems)
    assert "'stray' steht außerhalb eines Abschnitts" in text
    assert "[ä b] ist als Kennung eines Indikators nicht möglich" in text
    assert "[one]: Das Feld polarity fehlt" in text
    assert "[two]: polarity = 'bad'" in text
    assert "[two]: factor = 'y'" in text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[a]\nlabel = x\n", "katalog.toml, Zeile 2: Der Indikatorkatalog ist kein gültiges TOML"),
        ("[a]\n[b]\n[a]\n", "katalog.toml, Zeile 3: "),
        ("", "katalog.toml: Der Indikatorkatalog enthält keinen Indikator."),
        (None, "katalog.toml: Den Indikatorkatalog gibt es nicht:"),
    ],
)
def test_files_that_are_no_catalogue(tmp_path, content, expected):
    path = tmp_path / "katalog.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(path)
    assert expected in str(caught.value)


def test_a_catalogue_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "katalog.toml"
    path.write_bytes("[a]\nlabel = 'Mühe'\n".encode("cp1252"))
    with pytest.raises(CatalogueError, match="als UTF-8 speichern"):
        read_catalogue(path)


def test_variables_that_no_table_has_are_named_with_what_is_similar():
    frame = catalogue({"arbeitslose": GOOD, "s": {**GOOD, "numerator": "arbeitslose_insgesamt"}})
    problems = check_catalogue(frame, ["a", "arbeitslose_gesamt"])
    texts = [problem.text() for problem in problems]
    assert len(texts) == 3
    assert "[arbeitslose]: denominator nennt die Variable 'b', die keine Tabelle enthält." in texts[0]
    assert "[s]: numerator nennt die Variable 'arbeitslose_insgesamt'" in texts[1]
    assert "Gemeint sein könnte 'arbeitslose_gesamt'. Vorhanden sind: a, arbeitslose_gesamt." in texts[1]
    assert check_catalogue(frame.loc[["arbeitslose"]], ["a", "b"]) == ()


def test_a_city_declares_target_groups_of_its_own():
    entry = {"label": "Alleinerziehende", "polarity": "disadvantage", "numerator": "a", "denominator": "b"}
    groups = {"families": {"label": {"de": "Familien", "en": "Families"}, "persons": ["b", "c"]}}
    frame = catalogue({"target_groups": groups, "lone": entry | {"target_group": "families"}, "all": entry})
    assert list(frame.index) == ["lone", "all"]
    assert frame.loc["lone", ["target_group", "target_group_de", "target_group_en"]].tolist() == [
        "families",
        "Familien",
        "Families",
    ]
    assert group_persons(frame, "families") == ("b", "c")
    assert group_persons(frame, "all") == ()
    assert group_label(frame, "families") == {"de": "Familien", "en": "Families"}
    assert group_label(frame, "unheard")["de"] == "unheard"


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ({"older": {"label": "Alte"}}, "target_groups.older"),
        ({"f f": {"label": "Familien"}}, "target_groups.f f"),
        ({"families": {}}, "label"),
        ({"families": {"label": "Familien", "people": "b"}}, "people"),
        ({"families": {"label": "Familien", "persons": 3}}, "persons"),
    ],
)
def test_faults_of_target_groups_are_told(groups, told):
    entry = {"label": "A", "polarity": "disadvantage", "numerator": "a", "denominator": "b"}
    with pytest.raises(CatalogueError) as caught:
        catalogue({"target_groups": groups, "lone": entry})
    assert told in caught.value.text("de")


def test_a_group_that_nobody_declared_says_where_to_declare_it():
    entry = {"label": "A", "polarity": "disadvantage", "numerator": "a", "denominator": "b"}
    with pytest.raises(CatalogueError) as caught:
        catalogue({"lone": entry | {"target_group": "familien"}})
    assert "[target_groups.NAME]" in caught.value.text("de")
    # An indicator may have the reserved name.
    assert list(catalogue({"target_groups": entry}).index) == ["target_groups"]


@pytest.mark.parametrize("label", [{"en": "Poverty"}, {"de": "Poverty"}, "Poverty"])
def test_a_label_in_one_language_is_enough(label):
    entry = {"label": label, "polarity": "disadvantage", "numerator": "a", "denominator": "b"}
    found = catalogue({"poverty": entry}).loc["poverty"]
    assert (found["label_de"], found["label_en"]) == ("Poverty", "Poverty")


def test_a_label_in_no_language_is_an_error():
    with pytest.raises(CatalogueError):
        catalogue(
            {"poverty": {"label": {}, "polarity": "disadvantage", "numerator": "a", "denominator": "b"}}
        )


@pytest.mark.parametrize("name", ["geometry", "District", "key", "fid", "name"])
def test_an_indicator_with_the_name_of_a_column_of_the_districts_is_refused(name):
    """One column per indicator stands beside the districts' own: 'geometry' ended in a traceback."""
    with pytest.raises(CatalogueError) as caught:
        catalogue({name: GOOD})
    assert [problem.code for problem in caught.value.problems] == ["catalogue.reserved_id"]
