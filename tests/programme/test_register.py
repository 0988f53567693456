import numpy as np
import pytest

from sozialraum.programme.register import ProgrammeError, load_programme, read_programme
from sozialraum.programme.sheets.every import SHEETS


def test_the_examples_of_every_sheet_are_read_without_a_fault(programme_folder, example_rows):
    programme, problems = load_programme(programme_folder(example_rows))
    assert problems == ()
    for schema in SHEETS:
        assert len(programme[schema.id]) == len(schema.examples) > 0, schema.id
    goals = programme["goals"]
    assert goals.index.tolist() == ["Z1", "Z2", "Z3", "Z4"]
    assert goals["target"].tolist() == ["10", "0", "1/5", "1/3"]
    assert goals["baseline"].tolist() == ["48 %", None, None, None]
    assert goals["due_period"].tolist() == ["2010-12-31", "2009/10", "2010", "2010-12-31"]
    assert goals["target_kind"].tolist() == ["points", "to_value", "fraction", "fraction"]
    assert goals.at["Z1", "milestones"] == (("2009-12-31", "5"),)
    assert goals.at["Z1", "agreed_with"] == ("Bewohnerschaft", "A07")


def test_what_is_not_known_is_never_zero(programme_folder, example_rows):
    facilities = read_programme(programme_folder(example_rows))["facilities"]
    assert np.isnan(facilities.at["E002", "age_from"])
    assert facilities.at["E002", "opened"] is None
    assert facilities.at["E001", "district"] == "0204"


def test_every_fault_is_told_at_once_with_sheet_row_and_column(programme_folder, example_rows):
    example_rows["goals"][0]["target"] = "viel"
    example_rows["goals"][1]["target_kind"] = "auf den Wert"
    example_rows["facilities"][2]["age_to"] = "1,296"
    with pytest.raises(ProgrammeError) as caught:
        read_programme(programme_folder(example_rows))
    told = {(p.code, p.sheet, p.row, p.column) for p in caught.value.problems}
    assert told == {
        ("programme.bad_quantity", "ziele", 2, "Zielwert"),
        ("programme.bad_choice", "ziele", 3, "Zielform"),
        ("programme.two_readings", "einrichtungen", 4, "Alter bis"),
    }


def test_a_missing_sheet_is_an_empty_frame_with_its_columns(programme_folder, example_rows):
    del example_rows["notes"]
    notes = read_programme(programme_folder(example_rows))["notes"]
    assert notes.empty
    assert "visible_in_data" in notes.columns


def test_the_frames_of_a_programme_cannot_be_changed_from_outside(programme_folder, example_rows):
    programme = read_programme(programme_folder(example_rows))
    goals = programme["goals"]
    goals.loc["Z1", "target"] = "99"
    assert programme["goals"].at["Z1", "target"] == "10"


def test_the_latest_version_of_a_goal_counts_and_the_old_one_stays(programme_folder, example_rows):
    example_rows["goals"].append(
        {**example_rows["goals"][0], "version": "2", "supersedes": "1", "target": "18"}
    )
    programme = read_programme(programme_folder(example_rows))
    assert programme.goals.at["Z1", "target"] == "18"
    assert programme["goals"].loc["Z1", "target"].tolist() == ["10", "18"]


def test_a_double_id_is_named_with_the_first_row(programme_folder, example_rows):
    example_rows["measures"].append(example_rows["measures"][0])
    _, problems = load_programme(programme_folder(example_rows))
    (problem,) = problems
    assert (problem.code, problem.sheet, problem.row) == ("programme.double_id", "massnahmen", 4)
    assert problem.values["first"] == 2
