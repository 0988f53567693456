"""Each rule by the smallest change to the example sheets that breaks it."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.programme.register import load_programme
from sozialraum.programme.rules.every import check_programme
from sozialraum.programme.rules.known import Known
from sozialraum.programme.rules.note_rules import person_in

CATALOGUE = pd.DataFrame(
    {
        "kind": ["share", "share", "ratio", "value"],
        "polarity": ["disadvantage", "disadvantage", "disadvantage", "context"],
    },
    index=["alg2_bg_2plus_kinder", "uebergewicht_s0", "jgh_verfahren", "mieten"],
)
KEYS = ["0201", "0204", "0303", "0503", "0504", "0505"]
DISTRICTS = gpd.GeoDataFrame(
    {"name": [f"Quartier {key}" for key in KEYS]},
    geometry=[box(1000 * place, 0, 1000 * place + 1000, 1000) for place in range(len(KEYS))],
    index=KEYS,
    crs="EPSG:25832",
)
KNOWN = Known(
    districts=DISTRICTS, catalogue=CATALOGUE, variables=("inhabitants_under_15", "sgb2_children_under_15")
)


BEFORE = set()
"""What the examples themselves break; found once."""


@pytest.fixture
def told(programme_folder, example_rows):
    """Change cells of the examples; return what is told beyond what the examples themselves break."""

    def places(rows, name):
        programme, problems = load_programme(programme_folder(rows, name))
        found = (*problems, *check_programme(programme, KNOWN))
        assert all(problem.text("de") and problem.text("en") for problem in found)
        return {(p.code.removeprefix("programme."), p.severity, p.sheet, p.row, p.column) for p in found}

    def change(*changes):
        if not BEFORE:
            BEFORE.update(places(example_rows, "before"))
        before = BEFORE
        for sheet, number, cells in changes:
            example_rows[sheet][number].update(cells)
        return places(example_rows, "after") - before

    return change


def test_what_the_examples_themselves_break(programme_folder, example_rows):
    programme, _ = load_programme(programme_folder(example_rows))
    found = check_programme(programme, KNOWN)
    told = {(p.code.removeprefix("programme."), p.severity, p.sheet, p.row, p.column) for p in found}
    # As the proposal of the sheets says: M1 breaks M-R1, M2 breaks M-R2 and M-R4.
    assert {place for place in told if place[1] == "error"} == {
        ("start_before_decision", "error", "finanzierung", 2, "Beschluss am"),
        ("no_consent", "error", "massnahmen", 3, "Zustimmung"),
    }
    assert ("measure_without_goal", "warning", "massnahmen", 3, "Kennung") in told
    assert {place[3] for place in told if place[0] == "goal_without_measure"} == {2, 4, 5}
    assert {place[3] for place in told if place[0] == "adopted_without_agreement"} == {4, 5}
    assert {place[3] for place in told if place[0] == "count_needs_share"} == {3, 4, 5}


GOAL = "Zielwert"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "number", "cells", "expected"),
    [
        ("goals", 0, {"indicator": "alg2_bg_2plus"}, ("unknown_id_near", "error", "ziele", 2, "Indikator")),
        ("goals", 1, {"scope": "E002"}, ("no_facility_values", "error", "ziele", 3, "Indikator")),
        (
            "goals",
            1,
            {"indicator_label": ""},
            ("no_indicator_label", "warning", "ziele", 3, "Indikator in Worten"),
        ),
        ("goals", 0, {"quantity": "Anzahl"}, ("points_without_share", "error", "ziele", 2, "Zielform")),
        (
            "goals",
            2,
            {"target_kind": "Prozentpunkte"},
            ("points_without_share", "error", "ziele", 4, "Zielform"),
        ),
        ("goals", 0, {"target": "49"}, ("target_impossible", "error", "ziele", 2, GOAL)),
        ("goals", 0, {"target": "-3"}, ("target_impossible", "error", "ziele", 2, GOAL)),
        (
            "goals",
            0,
            {"target_kind": "auf Wert", "target": "101"},
            ("target_impossible", "error", "ziele", 2, GOAL),
        ),
        ("goals", 0, {"target": "0,5"}, ("share_two_readings", "error", "ziele", 2, GOAL)),
        ("goals", 1, {"target": "-1"}, ("target_impossible", "error", "ziele", 3, GOAL)),
        ("goals", 1, {"target": "2,5"}, ("count_not_whole", "error", "ziele", 3, GOAL)),
        ("goals", 1, {"target": "1/5"}, ("fraction_not_meant", "error", "ziele", 3, GOAL)),
        ("goals", 2, {"target": "5"}, ("not_a_fraction", "error", "ziele", 4, GOAL)),
        ("goals", 2, {"target": "6/5"}, ("not_a_fraction", "error", "ziele", 4, GOAL)),
        (
            "goals",
            1,
            {"target_kind": "mindestens"},
            ("kind_against_direction", "error", "ziele", 3, "Zielform"),
        ),
        ("goals", 0, {"due_period": "2007"}, ("due_before_baseline", "error", "ziele", 2, "Zielzeit")),
        ("goals", 0, {"milestones": "2012=5"}, ("milestone_outside", "error", "ziele", 2, "Meilensteine")),
        (
            "goals",
            0,
            {"milestones": "31.12.2010=5"},
            ("milestone_is_target", "error", "ziele", 2, "Meilensteine"),
        ),
        ("goals", 0, {"direction": "steigern"}, ("against_polarity", "warning", "ziele", 2, "Richtung")),
        (
            "goals",
            0,
            {"agreed_with": ""},
            ("adopted_without_agreement", "note", "ziele", 2, "Abgestimmt mit"),
        ),
        ("goals", 0, {"scope_type": "Stadt"}, ("scope_of_city", "error", "ziele", 2, "Bezug")),
        ("goals", 0, {"scope": "204"}, ("unknown_id_near", "error", "ziele", 2, "Bezug")),
        ("goals", 0, {"scope": ""}, ("scope_missing", "error", "ziele", 2, "Bezug")),
        ("goals", 0, {"version": "2"}, ("wrong_version", "error", "ziele", 2, "Ersetzt")),
        ("goals", 3, {"quantity": "Anteil"}, ("wrong_quantity", "error", "ziele", 5, "Größe")),
        (
            "measures",
            1,
            {"consent_on": "02.05.2010"},
            ("consent_after_start", "error", "massnahmen", 3, "Zustimmung"),
        ),
        ("measures", 0, {"ends": "2008"}, ("ends_before_start", "error", "massnahmen", 2, "Ende")),
        ("measures", 0, {"planned": ""}, ("actual_without_plan", "warning", "massnahme_stand", 2, "Ist")),
        (
            "measures",
            0,
            {"ends": "2011"},
            ("ends_after_due", "warning", "massnahme_ziel", 2, "Maßnahme"),
        ),
        ("measures", 0, {"provider": "A99"}, ("unknown_id_near", "error", "massnahmen", 2, "Träger")),
        (
            "measure_goals",
            0,
            {"assumption": ""},
            ("no_assumption", "note", "massnahme_ziel", 2, "Wirkannahme"),
        ),
        (
            "measure_years",
            0,
            {"documented_on": ""},
            ("no_document", "warning", "massnahme_stand", 2, "Dokumentation vom"),
        ),
        (
            "measure_years",
            0,
            {"year": "2012"},
            ("runs_outside_span", "warning", "massnahme_stand", 2, "Jahr"),
        ),
        (
            "decisions",
            1,
            {"reason": ""},
            ("decision_without_reason", "error", "auswahlentscheidungen", 3, "Begründung"),
        ),
        (
            "decisions",
            0,
            {"proposal": ""},
            ("decision_without_proposal", "error", "auswahlentscheidungen", 2, "Begründung"),
        ),
        (
            "selection_rules",
            1,
            {"indicator": "mieten"},
            ("context_criterion", "error", "auswahlregeln", 3, "Indikator"),
        ),
        ("areas", 1, {"district": "0201"}, ("area_overlap", "error", "programmgebiete", 3, "Gebiet")),
        ("conferences", 1, {"districts": "0503|0599"}, ("unknown_id", "error", "konferenzen", 3, "Gebiete")),
        (
            "conferences",
            0,
            {"next_meeting": "2009", "last_meeting": "2010"},
            ("span_reversed", "error", "konferenzen", 2, "Nächste Sitzung"),
        ),
        ("polls", 0, {"count": "85"}, ("part_above_whole", "error", "bedarfsabfragen", 2, "Anzahl")),
        (
            "facility_values",
            0,
            {"numerator": "23"},
            ("part_above_whole", "error", "einrichtung_werte", 2, "Zähler"),
        ),
        (
            "facilities",
            0,
            {"x": "5000", "y": "500", "crs": "EPSG:25832"},
            ("point_elsewhere", "error", "einrichtungen", 2, "Gebiet"),
        ),
        ("facilities", 0, {"x": "5000"}, ("half_a_point", "error", "einrichtungen", 2, "Nordwert")),
        ("facilities", 0, {"age_to": "2"}, ("span_reversed", "error", "einrichtungen", 2, "Alter bis")),
        (
            "effects",
            0,
            {"registered_on": "01.04.2009"},
            ("registered_late", "warning", "wirkungspruefung", 2, "Festgelegt am"),
        ),
        ("effects", 0, {"pre": "2007-2009"}, ("pre_after_start", "error", "wirkungspruefung", 2, "Vorzeit")),
        (
            "effects",
            0,
            {"comparison_districts": "0204"},
            ("compared_with_itself", "error", "wirkungspruefung", 2, "Vergleichsgebiete"),
        ),
        ("allocations", 0, {"cap": "1000"}, ("span_reversed", "error", "verteilung", 2, "Obergrenze")),
        ("allocations", 0, {"persons": "kinder"}, ("unknown_id", "error", "verteilung", 2, "Personen")),
        (
            "notes",
            0,
            {"text": "Frau Ylmaz fand keinen Platz"},
            ("person_in_text", "warning", "hinweise", 2, "Text"),
        ),
        (
            "notes",
            0,
            {"text": "Herr Meier klagt", "visibility": "öffentlich"},
            ("person_in_text", "error", "hinweise", 2, "Text"),
        ),
        (
            "notes",
            0,
            {"corroborated_by": "N007"},
            ("confirmed_by_nobody", "warning", "hinweise", 2, "Bestätigt durch"),
        ),
        (
            "actors",
            0,
            {"office": "Sabine Muster"},
            ("person_in_text", "warning", "akteure", 2, "Ansprechstelle"),
        ),
    ],
)
def test_a_broken_rule_is_named_with_sheet_row_and_column(told, sheet, number, cells, expected):
    assert expected in told((sheet, number, cells))


@pytest.mark.parametrize(
    ("cells", "broken"),
    [
        ({"decided_on": "01.09.2009"}, True),
        ({"decided_on": "01.08.2009"}, False),
        ({"status": "beschlossen", "decided_on": "02.08.2009"}, True),
        ({"status": "bewilligt"}, False),
        ({"year": "2010"}, True),
        ({"status": "eingestellt"}, False),
    ],
)
def test_a_start_before_the_decision_on_its_money(programme_folder, example_rows, cells, broken):
    example_rows["funding"][0].update(cells)
    programme, _ = load_programme(programme_folder(example_rows))
    codes = {problem.code for problem in check_programme(programme, KNOWN)}
    assert ("programme.start_before_decision" in codes) is broken


def test_a_measure_that_only_the_yearly_state_shows_to_run_needs_its_money_too(
    programme_folder, example_rows
):
    example_rows["measures"][0]["starts"] = ""
    programme, _ = load_programme(programme_folder(example_rows))
    assert "programme.start_before_decision" in {p.code for p in check_programme(programme, KNOWN)}


@pytest.mark.parametrize("empty", ["goals", "measures", "areas", "facilities", "actors"])
def test_a_missing_sheet_is_told_once_for_each_column_that_names_its_rows(
    programme_folder, example_rows, empty
):
    example_rows[empty] = []
    programme, _ = load_programme(programme_folder(example_rows))
    found = [p for p in check_programme(programme, KNOWN) if p.code.startswith("programme.sheet_empty")]
    assert found
    assert all(f"{programme.sheets[empty].sheet}.csv" in problem.text("de") for problem in found)
    references = [problem for problem in found if problem.column != "Bezug"]
    assert len({(problem.sheet, problem.column) for problem in references}) == len(references)


def test_the_id_that_was_meant_is_proposed(programme_folder, example_rows):
    example_rows["goals"][0]["scope"] = "Quartier 0204"
    programme, _ = load_programme(programme_folder(example_rows))
    (found,) = (p for p in check_programme(programme, KNOWN) if p.code == "programme.unknown_id_near")
    assert "'0204'" in found.text()


@pytest.mark.parametrize(
    "text",
    [
        "Familie Kaya hat den Antrag gestellt",
        "Mehmet Y. wartet seit Mai",
        "Lisa M. und andere",
        "die 14-jährige wohnt allein",
        "Rückruf unter 0521 123456",
        "bitte an k.meier@example.org",
        "Streit in der Kreuzstraße 12",
        "Dr. Wagner zieht fort",
    ],
)
def test_what_may_point_to_a_person(text):
    assert person_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Familien ziehen fort, Nachfolge mit weniger Bindung an das Quartier",
        "Kinder von 6 bis 14 brauchen einen Ort",
        "Familie und Beruf lassen sich schwer vereinbaren",
        "An der Kreuzstraße fehlt ein Überweg",
        "Dez. V",
        "Frauen und Männer ab 65",
    ],
)
def test_what_points_to_nobody(text):
    assert person_in(text) is None
