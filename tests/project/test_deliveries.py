"""The register of deliveries: states by day and file, changed cells of a revision."""

import datetime as dt

import pytest

from sozialraum.errors import ProjectError
from sozialraum.project.deliveries import read_deliveries, report_lines, write_changes
from sozialraum.project.file import load_project

TODAY = dt.date(2024, 3, 1)
REGISTER = """\
Quelle;Datei;Zeitraum;Fällig;Eingegangen;Geprüft von;Übernommen;Fassung;Bemerkung
BA;ba_1.csv;2023-12;01.02.2024;05.02.2024;Amt 50;10.02.2024;1;
BA;ba_2.csv;2023-12;01.02.2024;20.02.2024;;;2;Korrektur
Einwohneramt;ew.csv;2023;28.02.2024;;;;;
Jugendamt;ja.csv;2023;10.03.2024;;;;;
Schulamt;sa.csv;2023;01.06.2024;;;;;
Sozialamt;so.csv;2023;01.02.2024;01.02.2024;;;;
Gesundheit;gs.csv;2023;01.02.2024;;Amt 53;;;
Wohnen;wo.csv;2023;demnächst;;;;;
"""


def prepare(path, register=REGISTER):
    text = path.read_text("utf-8").replace(
        "[catalogue]", '[deliveries]\nfile = "lieferungen.csv"\n[catalogue]'
    )
    path.write_text(text, encoding="utf-8")
    (path.parent / "lieferungen.csv").write_text(register, encoding="utf-8")
    (path.parent / "ba_1.csv").write_text("key;name;a;b\n01;Nord;1;2\n02;Süd;3;4\n", encoding="utf-8")
    (path.parent / "ba_2.csv").write_text(
        "key;name;a;b\n02;Süd;3;5\n03;West;7;8\n01;Nord;1;2\n", encoding="utf-8"
    )
    (path.parent / "gs.csv").write_text("x;y\n1;2\n", encoding="utf-8")
    return load_project(path)


def test_states_follow_from_days_and_files(small_city):
    found, problems = read_deliveries(prepare(small_city()), today=TODAY)
    assert [(one.source, one.state) for one in found] == [
        ("BA", "taken_over"),
        ("BA", "arrived"),
        ("Einwohneramt", "overdue"),
        ("Jugendamt", "due"),
        ("Schulamt", "open"),
        ("Sozialamt", "lost"),
        ("Gesundheit", "checked"),
    ]
    assert [(problem.code, problem.row) for problem in problems] == [("project.delivery_day", 9)]


def test_changed_cells_are_listed_whatever_the_order_of_rows(small_city):
    found, _ = read_deliveries(prepare(small_city()), today=TODAY)
    assert sorted((one.row, one.column, one.old, one.new) for one in found[1].changes) == [
        ("02 / Süd", "b", "4", "5"),
        ("03 / West", "a", "", "7"),
        ("03 / West", "b", "", "8"),
    ]


def test_dates_tell_rows_apart_and_are_no_figures(small_city):
    project = prepare(small_city())
    folder = project.path.parent
    (folder / "ba_1.csv").write_text("key;Stichtag;a\n01;31.12.2022;1\n01;31.12.2023;2\n", encoding="utf-8")
    (folder / "ba_2.csv").write_text("key;Stichtag;a\n01;31.12.2023;3\n01;31.12.2022;1\n", encoding="utf-8")
    found, _ = read_deliveries(project, today=TODAY)
    assert [(one.row, one.column, one.old, one.new) for one in found[1].changes] == [
        ("01 / 31.12.2023", "a", "2", "3")
    ]


def test_most_urgent_comes_first_and_all_changes_are_in_a_file(small_city, tmp_path):
    found, _ = read_deliveries(prepare(small_city()), today=TODAY)
    lines = report_lines(found, "de")
    assert lines[0].startswith("DATEI FEHLT: Sozialamt")
    assert lines[1].startswith("ÜBERFÄLLIG: Einwohneramt, 2023, fällig 28.02.2024")
    assert any("geänderte Zellen: 3" in line for line in lines)
    write_changes(found, tmp_path / "c.csv", "de")
    assert len((tmp_path / "c.csv").read_text("utf-8-sig").splitlines()) == 4


def test_project_without_register_is_told_how_to_have_one(small_city):
    with pytest.raises(ProjectError, match="deliveries"):
        read_deliveries(load_project(small_city()), today=TODAY)
    project = prepare(small_city(), "Quelle;Datei\nBA;x.csv\n")
    with pytest.raises(ProjectError) as caught:
        read_deliveries(project, today=TODAY)
    assert "Zeitraum, Fällig" in caught.value.text("de")
