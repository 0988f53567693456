"""One word for one thing: the social situation is called in sheets and sentences what the page calls it."""

import pandas as pd
import pytest

from sozialraum.programme.selection.rules import describe_value, selection_rules
from sozialraum.programme.sentences import indicator_labels
from sozialraum.texts import LANGUAGES, text

CLASSES = ("high", "medium", "low", "very low")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CLASSES)
def test_a_class_has_one_word_on_page_in_documents_and_in_reasons(name, language):
    word = text(f"assessment.status.{name}", language)
    assert describe_value("status", name, language) == word
    assert "tatus" not in word


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("sehr ungünstig", "very low"),
        ("ungünstig", "low"),
        ("günstig", "high"),
        ("sehr niedrig", "very low"),
        ("Niedrig", "low"),
        ("hoch", "high"),
        ("very unfavourable", "very low"),
        ("very low", "very low"),
    ],
)
def test_sheets_with_the_older_words_are_still_read(written, name):
    row = {"rule_id": "R1", "result": "status", "operator": "equals", "value": written, "role": "required"}
    assert selection_rules(pd.DataFrame([row]), pd.DataFrame({"polarity": []})).rules[0].value == name


def test_names_of_indicators_of_facilities_are_found_in_any_sheet_of_goals():
    columns = ["indicator", "indicator_label"]
    assert indicator_labels(pd.DataFrame(columns=columns)) == {}
    goals = pd.DataFrame([["a", "Wort"], ["b", None], ["c", float("nan")]], columns=columns)
    assert indicator_labels(goals) == {"a": "Wort"}
