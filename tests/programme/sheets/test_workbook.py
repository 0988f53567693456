import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from sozialraum.programme.register import load_programme
from sozialraum.programme.sheets.every import SHEETS, sheet
from sozialraum.programme.sheets.reference import sheet_reference
from sozialraum.programme.sheets.workbook import workbook_bytes
from sozialraum.programme.sheets.written import written_rows


@pytest.fixture
def example_book(tmp_path, example_rows):
    path = tmp_path / "programm.xlsx"
    path.write_bytes(workbook_bytes(example_rows))
    return path


@pytest.mark.slow
def test_writing_twice_gives_the_same_bytes(example_rows):
    first = workbook_bytes(example_rows)
    assert first == workbook_bytes(example_rows)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_empty_workbook_is_a_programme_without_rows(tmp_path, language):
    path = tmp_path / "programm.xlsx"
    path.write_bytes(workbook_bytes(language=language))
    programme, problems = load_programme(path)
    assert problems == ()
    assert all(programme[schema.id].empty for schema in SHEETS)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "en"])
def test_workbook_and_csv_say_the_same(tmp_path, example_rows, programme_folder, language):
    path = tmp_path / "programm.xlsx"
    path.write_bytes(workbook_bytes(example_rows, language=language))
    from_book, problems = load_programme(path)
    from_csv, _ = load_programme(programme_folder(example_rows))
    assert problems == ()
    for schema in SHEETS:
        assert from_book[schema.id].equals(from_csv[schema.id]), schema.id


def test_a_fraction_a_leading_zero_and_a_school_year_survive_the_workbook(example_book):
    programme, _ = load_programme(example_book)
    assert programme["goals"]["target"].tolist() == ["10", "0", "1/5", "1/3"]
    assert programme["goals"].at["Z1", "scope"] == "0204"
    assert programme["goals"].at["Z2", "due_period"] == "2009/10"


@pytest.mark.slow
def test_what_is_read_can_be_written_and_read_again(tmp_path, example_book):
    programme, _ = load_programme(example_book)
    again = tmp_path / "again.xlsx"
    again.write_bytes(workbook_bytes(written_rows(programme)))
    reread, _ = load_programme(again)
    for schema in SHEETS:
        assert reread[schema.id].equals(programme[schema.id]), schema.id


@pytest.mark.slow
def test_every_closed_choice_has_a_list_that_holds_exactly_its_words(example_book):
    book = load_workbook(example_book)
    for schema in SHEETS:
        rules = book[schema.name].data_validations.dataValidation
        assert len(rules) == len(schema.columns)
        for column, rule in zip(schema.columns, rules, strict=True):
            if not column.choices:
                continue
            name, _, cells = rule.formula1.partition("!")
            words = [cell.value for (cell,) in book[name.strip("'")][cells.replace("$", "")]]
            assert words == [choice.label for choice in column.choices]
            assert rule.showErrorMessage is not column.open_choices
    assert book["ziele"].freeze_panes == "B2"
    assert book["ziele"].column_dimensions["L"].number_format == "@"


@pytest.mark.slow
def test_a_formula_is_refused_whether_its_result_is_stored_or_not(example_book):
    book = load_workbook(example_book)
    book["ziele"]["P2"] = "=5+5"
    book.save(example_book)
    _, problems = load_programme(example_book)
    (problem,) = problems
    assert (problem.code, problem.sheet, problem.row) == ("programme.formula", "ziele", 2)
    assert problem.column == sheet("goals").columns[15].heading


@pytest.mark.slow
def test_a_date_that_was_a_fraction_is_told(example_book):
    book = load_workbook(example_book)
    book["ziele"]["P4"] = dt.date(2026, 5, 1)
    book.save(example_book)
    _, problems = load_programme(example_book)
    assert [(p.code, p.row, p.column) for p in problems] == [
        ("programme.fraction_became_date", 4, "Zielwert")
    ]


@pytest.mark.slow
def test_a_number_shown_as_per_cent_is_per_cent(example_book):
    book = load_workbook(example_book)
    cell = book["ziele"]["N2"]
    cell.value, cell.number_format = 0.48, "0 %"
    share = book["kulisse_gebiete"]["C2"]
    share.value, share.number_format = 0.4, "0%"
    book.save(example_book)
    programme, problems = load_programme(example_book)
    assert problems == ()
    assert programme["goals"].at["Z1", "baseline"] == "48 %"
    assert programme["site_districts"]["share"].tolist() == [0.4]


def test_the_reference_names_every_heading_and_id():
    reference = sheet_reference("de")
    for schema in SHEETS:
        for column in schema.columns:
            assert f"| {column.heading} | `{column.id}` |" in reference


def test_the_documentation_of_the_sheets_is_the_generated_one():
    page = Path(__file__).parents[3] / "docs" / "programm-blaetter.md"
    assert page.read_text(encoding="utf-8").endswith(sheet_reference("de"))
