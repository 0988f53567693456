"""Musterstadt's programme: the four goals, the rules, what the public sees, and seven planted violations."""

import datetime as dt
import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.programme.network.due import due_items
from sozialraum.programme.register import load_programme
from sozialraum.programme.rules.every import check_programme
from sozialraum.programme.run import run_programme
from sozialraum.programme.sheets.workbook import csv_texts, workbook_bytes
from sozialraum.programme.sheets.written import written_rows
from sozialraum.project.file import load_project
from sozialraum.project.programme import check_project_programme, known_of
from sozialraum.publish.programme.workbook import workbook_of
from sozialraum.publish.programme.write import write_programme, write_programme_files

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def city(musterstadt_protected):
    panel, public, _ = musterstadt_protected
    project = load_project(DATA / "project.toml")
    programme, problems = check_project_programme(project, panel)
    return project, panel, public, programme, problems


@pytest.fixture(scope="module")
def results(city):
    _, panel, public, programme, _ = city
    return run_programme(programme, panel, year=2023), run_programme(programme, public, year=2023)


def test_the_files_are_what_the_script_makes(monkeypatch):
    monkeypatch.syspath_prepend(str(DATA))
    import make_programme  # noqa: PLC0415 - beside the data, not installed

    for name, content in csv_texts(make_programme.rows()).items():
        assert (DATA / "programme" / name).read_bytes() == content, name
    sys.modules.pop("make_programme")


def test_only_the_one_missing_documentation_is_wrong(city):
    problems = city[4]
    assert [p for p in problems if p.severity == "error"] == []
    warned = [(p.code, p.sheet, p.row, p.column) for p in problems if p.severity == "warning"]
    assert warned == [("programme.no_document", "massnahme_stand", 13, "Dokumentation")]


def test_the_goals_of_the_document_on_musterstadt(results):
    goals = results[0].tables["goals"].set_index("goal_id")
    assert goals["state"].to_dict() == {
        "Z1": "missed",
        "Z2": "reached",
        "Z3": "missed",
        "Z4": "missed",
        "Z5": "reached",
        "Z6": "missed",
    }
    assert goals.loc["Z4", "target"] == pytest.approx(32)
    assert goals.loc["Z3", "date"] == "2022-12-31"
    # People read names, not ids.
    assert "Kita Kreuzbreite" in goals.loc["Z2", "sentence"]
    assert ", Gleisbogen: erreicht" in goals.loc["Z5", "sentence"]
    # The planted effect is told from chance, the area where nothing worked is not.
    assert bool(goals.loc["Z5", "beyond_chance"])
    assert not bool(goals.loc["Z6", "beyond_chance"])


def test_the_public_sees_no_notes_no_polls_and_nothing_of_single_facilities(results):
    internal, public = (found.tables for found in results)
    assert {"notes", "polls", "note_conflicts"} <= set(internal)
    assert not {
        "notes",
        "polls",
        "note_conflicts",
        "loose_ends",
        "missing_documentation",
        "contributions",
    } & set(public)
    goals = public["goals"].set_index("goal_id")
    assert goals.loc[["Z2", "Z4"], "state"].tolist() == ["not_assessable"] * 2
    figures = ["figure", "baseline", "count_now", "share_now", "attained", "target"]
    assert goals.loc["Z4", figures].isna().all()
    assert "reached" not in public["input_output"]
    assert "notes_per_meeting" not in public["conferences"]


def test_a_stated_baseline_does_not_stand_in_for_a_hidden_figure(city):
    _, _, public, programme, _ = city
    hidden = public.indicators.copy()
    at = (
        (hidden.index == "0201") & (hidden["indicator"] == "child_poverty") & (hidden["date"] == "2018-12-31")
    )
    hidden.loc[at, ["value", "numerator", "denominator", "lower", "upper"]] = np.nan
    hidden.loc[at, "flag"] = "suppressed"
    found = run_programme(programme, replace(public, indicators=hidden), year=2023).tables["goals"]
    row = found.set_index("goal_id").loc["Z1"]
    assert row["state"] == "not_assessable"
    assert np.isnan(row["baseline"])


def test_conferences_costs_and_documentation(results):
    tables = results[0].tables
    conferences = tables["conferences"].set_index("district")
    assert sorted(conferences.index[conferences["lacking"]]) == ["0503", "0504", "0505"]
    costs = tables["cost_overview"]
    entries = costs[costs["row"] == "entry"]
    for kind in ("measure", "year", "total"):
        assert costs.loc[costs["row"] == kind, "amount"].sum() == pytest.approx(entries["amount"].sum())
    polls = tables["polls"].set_index("poll_id")
    assert np.isnan(polls.loc["B01", "lower"])
    assert 0 < polls.loc["B02", "lower"] < 0.4 < polls.loc["B02", "upper"] < 1
    matrix = tables["matrix"].set_index("measure_id")
    assert matrix.loc["M3", "Z1"] == "main"
    assert matrix.loc["M3", "Z2"] == ""


def test_results_are_written_in_all_forms_and_twice_the_same(tmp_path, city, results):
    _, panel, _, _, _ = city
    first = write_programme(results[0], panel, tmp_path / "a")
    second = write_programme(results[0], panel, tmp_path / "b")
    for one, two in zip(first, second, strict=True):
        if one.suffix != ".gpkg":
            assert one.read_bytes() == two.read_bytes(), one.name
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "a" / "programm.gpkg")}
    wanted = {"programme_areas", "programme_districts", "programme_goals", "programme_cost_overview"}
    assert wanted <= layers
    areas = pyogrio.read_dataframe(tmp_path / "a" / "programm.gpkg", layer="programme_areas")
    assert areas["area_id"].tolist() == ["PG1", "PG2"]
    book = load_workbook(tmp_path / "a" / "programm-ergebnis.xlsx")
    heads = [cell.value for cell in book["Ziele"][1]]
    states = [row[heads.index("Stand")].value for row in book["Ziele"].iter_rows(min_row=2)]
    assert states == ["verfehlt", "erreicht", "verfehlt", "verfehlt", "erreicht", "verfehlt"]


def test_seven_planted_violations_are_named_with_sheet_row_and_column(tmp_path, city):
    project, panel, _, programme, _ = city
    rows = written_rows(programme)
    rows["goals"][0]["indicator"] = "child_povertty"
    rows["goals"][2] |= {"target_kind": "Prozentpunkte", "target": "5"}
    rows["measures"][1]["consent_on"] = ""
    next(row for row in rows["funding"] if row["measure_id"] == "M3")["decided_on"] = "01.06.2020"
    rows["decisions"][6]["reason"] = ""
    rows["conferences"][2]["districts"] = "0503|504"
    rows["facility_values"][0]["numerator"] = "=9"
    path = tmp_path / "programm.xlsx"
    path.write_bytes(workbook_bytes(rows))
    book = load_workbook(path)
    book["einrichtung_werte"]["D2"] = "=4+5"
    book.save(path)
    loaded, problems = load_programme(path)
    found = (*problems, *check_programme(loaded, known_of(project, panel)))
    told = {
        (p.code.removeprefix("programme."), p.sheet, p.row, p.column) for p in found if p.severity == "error"
    }
    money = next(n for n, row in enumerate(rows["funding"], 2) if row["measure_id"] == "M3")
    assert told == {
        ("unknown_id_near", "ziele", 2, "Indikator"),
        ("points_without_share", "ziele", 4, "Zielform"),
        ("no_consent", "massnahmen", 3, "Zustimmung"),
        ("start_before_decision", "finanzierung", money, "Beschluss am"),
        ("decision_without_reason", "auswahlentscheidungen", 8, "Begründung"),
        ("unknown_id_near", "konferenzen", 4, "Gebiete"),
        ("formula", "einrichtung_werte", 2, "Zähler"),
    }


def test_what_is_due_and_who_owes_it(city):
    items = due_items(city[3], dt.date(2023, 10, 15))
    told = {(item["kind"], item["id"]): item for item in items.to_dict("records")}
    assert told["goal", "Z1"]["owner"] == "Sozialdezernat"
    assert told["documentation", "M4"]["overdue"] is True
    assert told["introduce", "SK03"]["owner"] is None
    assert items["due_on"].is_monotonic_increasing
    assert due_items(city[3], dt.date(2023, 10, 15), days=0)["due_on"].max() <= "2023-10-15"


def test_the_command_line_makes_a_workbook_checks_it_and_says_what_is_due(tmp_path):
    runner, path = CliRunner(), tmp_path / "programm.xlsx"
    made = runner.invoke(app, ["programme", "init", str(path), "--examples"])
    assert made.exit_code == 0, made.output
    assert runner.invoke(app, ["programme", "init", str(path)]).exit_code == 1
    checked = runner.invoke(app, ["programme", "check", str(path)])
    assert checked.exit_code == 1
    assert "Blatt massnahmen, Zeile 3, Spalte Zustimmung" in checked.output
    assert "2 Fehler" in checked.output
    due = runner.invoke(app, ["programme", "due", str(path), "--today", "2010-01-02"])
    assert due.exit_code == 0, due.output
    assert not re.search(r"\bnan\b|None", due.output)
    folder = tmp_path / "csv"
    assert runner.invoke(app, ["programme", "init", str(folder), "--csv"]).exit_code == 0
    assert runner.invoke(app, ["programme", "check", str(folder)]).exit_code == 0


def test_many_alike_faults_take_few_lines(tmp_path):
    folder = tmp_path / "csv"
    runner = CliRunner()
    runner.invoke(app, ["programme", "init", str(folder), "--csv"])
    rows = [f"A{n};Name {n};Zirkus" for n in range(100)]
    # An open list takes a word of one's own; a required name that is missing does not pass.
    rows += [f"B{n};;Verein" for n in range(40)]
    (folder / "akteure.csv").write_text("Kennung;Name;Art\n" + "\n".join(rows), encoding="utf-8")
    checked = runner.invoke(app, ["programme", "check", str(folder)])
    assert checked.exit_code == 1
    assert len(checked.output.splitlines()) < 20
    assert "28 weitere" in checked.output
    assert "40 Fehler" in checked.output


def test_empty_sheets_give_empty_results(tmp_path, city):
    _, panel, _, _, _ = city
    path = tmp_path / "programm.xlsx"
    path.write_bytes(workbook_bytes())
    programme, problems = load_programme(path)
    assert problems == ()
    found = run_programme(programme, panel, year=2023)
    assert "goals" not in found.tables
    assert write_programme(found, panel, tmp_path / "out")
    assert due_items(programme, dt.date(2023, 1, 1)).empty


def test_files_begun_by_a_copy_that_was_stopped_are_written_again(tmp_path, city, results):
    _, panel, _, _, _ = city
    once = write_programme_files(results[0], panel, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert write_programme_files(results[0], panel, tmp_path) == once
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_what_is_not_known_is_an_empty_cell_and_no_text_a_formula(results):
    table = pd.DataFrame({"name": ["=1+1", None], "share": [np.nan, 0.25], "count": [0, 7]})
    book = load_workbook(io.BytesIO(workbook_of(replace(results[0], tables={"goals": table}))))
    cells = [[cell.value for cell in row] for row in book["Ziele"].iter_rows(min_row=2)]
    assert cells == [["=1+1", None, 0], [None, 0.25, 7]]
    assert book["Ziele"]["A2"].data_type == "s"
    assert book.worksheets[0]["A6"].hyperlink.location == "'Ziele'!A1"


@pytest.mark.parametrize(
    ("rows", "shown", "told"), [(500, [2023], "500 (nur 2023)"), (400, [2022, 2023], 800)]
)
def test_a_long_table_is_cut_to_the_year_reported_on_and_says_so(results, rows, shown, told):
    cells = [(year, number) for year in (2022, 2023) for number in range(rows)]
    table = pd.DataFrame(cells, columns=["year", "count"])
    book = load_workbook(io.BytesIO(workbook_of(replace(results[0], tables={"goals": table}))))
    assert sorted({row[0].value for row in book["Ziele"].iter_rows(min_row=2)}) == shown
    assert book.worksheets[0]["B6"].value == told
