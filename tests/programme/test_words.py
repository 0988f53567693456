"""What a councillor reads of the programme: sentences, dates, words instead of ids."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sozialraum.assessment.borders.sentences import fluidity_sentences
from sozialraum.cli import app
from sozialraum.errors import Problem
from sozialraum.programme.sentences import figure_words, goal_sentence
from sozialraum.project.check_report import summary
from sozialraum.publish.programme.words import in_words

PANEL = SimpleNamespace(
    districts=pd.DataFrame({"name": ["Südring"]}, index=["01"]),
    catalogue=pd.DataFrame({"factor": [100.0], "unit_de": ["%"], "unit_en": ["%"]}, index=["poor"]),
)
GOAL = pd.Series(
    {
        "text": "Weniger Armut",
        "quantity": "share",
        "direction": "lower",
        "target_kind": "to_value",
        "due_period": "2023-12-31",
    }
)
ROW = {
    "goal_id": "Z1",
    "scope": "01",
    "indicator": "poor",
    "state": "behind",
    "reason": None,
    "baseline": 0.4,
    "target": 0.3,
    "expected": 0.35,
    "share_before": 0.4,
    "share_now": 0.42,
    "count_before": 40.0,
    "count_now": 44.0,
    "attained": -0.2,
    "attained_lower": -0.7,
    "attained_upper": 0.3,
    "beyond_chance": False,
    "one_sided": None,
}


def said(**changes):
    return goal_sentence(pd.Series({**ROW, **changes}, dtype=object), GOAL, PANEL, "de")


def test_a_goal_that_moves_away_is_not_told_as_part_of_the_way():
    told = said()
    assert "Ziel: 30,0 % bis 31.12.2023; bis jetzt wären 35,0 % zu erwarten." in told
    assert "Anteil von 40,0 % auf 42,0 %, Anzahl von 40 auf 44." in told
    assert "vom Ziel entfernt, um 20 % des Weges (vom Weg geschafft: 95 %-Bereich \u221270 bis 30 %)" in told
    assert "->" not in told


@pytest.mark.parametrize(
    ("attained", "word"), [(0.5, "geschafft: 50 %"), (0.0, "geschafft: 0 %"), (-0.001, "geschafft: 0 %")]
)
def test_a_goal_on_its_way_says_how_far(attained, word):
    assert word in said(attained=attained)


def test_an_interval_that_is_not_known_is_dashes():
    assert "95 %-Bereich \u2013 bis \u2013 %" in said(
        attained=0.5, attained_lower=np.nan, attained_upper=np.nan
    )


@pytest.mark.parametrize("expected", [np.nan, 0.3])
def test_what_is_not_expected_or_is_the_target_itself_is_left_out(expected):
    told = said(expected=expected)
    assert "Ziel: 30,0 % bis 31.12.2023." in told
    assert "erwarten" not in told


def test_a_figure_that_is_not_known_is_a_dash():
    assert figure_words(np.nan, GOAL, pd.Series(ROW), PANEL, "de") == "\u2013"


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 1, 8), "Kein Fehler, 1 Warnung, 8 Hinweise."),
        ((1, 0, 1), "1 Fehler, keine Warnung, 1 Hinweis."),
        ((3, 2, 0), "3 Fehler, 2 Warnungen, kein Hinweis."),
        ((0, 0, 0), "Keine Probleme gefunden."),
    ],
)
def test_numbers_of_problems_are_counted_as_people_do(counts, words):
    assert summary(dict(zip(("error", "warning", "note"), counts, strict=True)), "de") == words


def test_days_are_german_in_german_messages_and_cells_stay_as_written():
    problem = Problem(
        code="programme.due_before_baseline", values={"due": "2009-12-31", "start": "2010-01-01"}
    )
    assert "31.12.2009" in problem.text("de")
    assert "2009-12-31" in problem.text("en")
    assert "'2009-12-31'" in Problem(code="programme.bad_number", values={"written": "2009-12-31"}).text("de")


def test_a_citys_own_groups_and_the_variants_of_the_method_have_words():
    table = pd.DataFrame(
        {
            "target_group": ["lone_parents", "all", "households"],
            "variant": ["limits: wider", "indicators: without poor", "declared"],
        }
    )
    shown = in_words(table, "de", labels={"poor": "Kinderarmut"}, groups={"lone_parents": "Alleinerziehende"})
    assert shown.iloc[:, 0].tolist()[0] == "Alleinerziehende"
    assert "households" not in shown.iloc[:, 0].tolist()
    assert shown.iloc[:, 1].tolist() == [
        "Klassengrenzen: weiter auseinander",
        "Indikatoren: ohne Kinderarmut",
        "wie vereinbart",
    ]


@pytest.mark.parametrize(
    ("omitted", "words"),
    [(0, "Grundlage: 60 Gebiete."), (1, "nicht dabei: 1."), (4, "nicht dabei: 4.")],
)
def test_nothing_is_said_of_districts_where_none_is_left_out(omitted, words):
    city = pd.DataFrame({"claim": ["not assessable"], "districts": [60], "omitted": [omitted]})
    assert words in fluidity_sentences(city)[0]


SHEET = "Kennung;Gebiet;Jahr;Vorschlag;Entscheidung;Begründung;Datum;Gremium\n"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("D1;0201;2022;aufnehmen;ablehnen;;15.03.2022;Rat", "Begründung"),
        ("D1;0201;zweiundzwanzig;aufnehmen;aufnehmen;hoher Bedarf;15.03.2022;Rat", "kein Jahr"),
        ("D1;0201;2022;aufnehmen;vielleicht;hoher Bedarf;15.03.2022;Rat", "steht nicht zur Wahl"),
        ("D1;0201;2022;aufnehmen;aufnehmen;hoher Bedarf;31.02.2022;Rat", "kein Datum"),
    ],
)
def test_a_council_offices_own_file_is_checked_with_row_and_column(tmp_path, row, word):
    path = tmp_path / "auswahlentscheidungen.csv"
    path.write_text(SHEET + row + "\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["programme", "check", str(path)])
    assert told.exit_code == 1
    assert word in told.output
    assert "Zeile 2, Spalte" in told.output
