"""The workbook: text stays text, numbers are numbers, every sheet and column is explained."""

import io
import re
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sozialraum.publish.results import workbook
from sozialraum.publish.results.spreadsheet import WRAPPED, Column, Sheet, sheet_title, spreadsheet_bytes
from sozialraum.publish.results.workbook import write_workbook
from sozialraum.publish.tables import all_tables, results_table
from sozialraum.tables.read import load_table


def opened(release, tmp_path):
    write_workbook(release, tmp_path / "results.xlsx")
    return openpyxl.load_workbook(tmp_path / "results.xlsx")


def frame(sheet):
    rows = list(sheet.values)
    return pd.DataFrame(rows[1:], columns=rows[0])


@pytest.mark.slow
def test_a_sheet_per_theme_holds_the_numbers_of_the_results(assessed, tmp_path):
    book = opened(assessed, tmp_path)
    assert book.sheetnames[:3] == ["Lesehilfe", "Einkommen", "Umwelt"]
    sheet = frame(book["Einkommen"])
    assert list(sheet.columns[:5]) == ["Schlüssel", "Name", "area", "Letzter Tag", "Zeit"]
    found = sheet[sheet["Zeit"] == "31.12.2017"].set_index("Schlüssel")["Kinderarmut (%)"].astype(float)
    results = results_table(assessed).query("indicator == 'poor' and date == '2017-12-31'")
    right = results.set_index("district")["value"] * 100
    pd.testing.assert_series_equal(found.sort_index(), right.sort_index(), check_names=False)
    # The newest date stands on top.
    assert sheet["Zeit"].iloc[0] == "31.12.2017"


@pytest.mark.slow
def test_keys_are_text_and_what_is_hidden_has_a_reason(assessed, tmp_path):
    book = opened(assessed, tmp_path)
    sheet = book["Einkommen"]
    cell = sheet["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("01", "s", "@")
    rows = frame(sheet)
    hidden = rows[(rows["Schlüssel"] == "11") & (rows["Zeit"] == "31.12.2017")].iloc[0]
    assert hidden["Kinderarmut: Kennzeichen"] == "Geheim gehalten"
    assert hidden["Kinderarmut (%)"] is None or np.isnan(hidden["Kinderarmut (%)"])
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions


@pytest.mark.slow
def test_sheets_and_columns_are_explained(assessed, tmp_path):
    book = opened(assessed, tmp_path)
    guide = [cell for row in book["Lesehilfe"].iter_rows(values_only=True) for cell in row]
    assert [name for name in book.sheetnames[1:] if name not in guide] == []
    assert "Zur Veröffentlichung: kleine Zahlen sind geheim gehalten." in guide
    dictionary = frame(book["Wörterbuch"])
    for sheet in book.sheetnames[1:-2]:
        told = set(dictionary.loc[dictionary["Blatt"] == sheet, "Spalte"])
        for heading in next(book[sheet].iter_rows(max_row=1, values_only=True)):
            own = heading.rpartition(": ")[2] if ": " in heading else heading
            assert own in told or heading.endswith(("(%)", "(m²)")) or heading in told, (sheet, heading)
    assert "Bedeutung" in dictionary
    assert dictionary["Bedeutung"].notna().all()


@pytest.mark.slow
def test_public_sheets_have_no_ranks(assessed, internal_release, tmp_path):
    def headings(release):
        book = opened(release, tmp_path)
        return {cell for sheet in book for cell in next(sheet.iter_rows(max_row=1, values_only=True))}

    assert not {"Rang", "Rank"} & headings(assessed)
    assert "Rank" in headings(internal_release)


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(assessed, tmp_path):
    write_workbook(assessed, tmp_path / "a.xlsx")
    write_workbook(assessed, tmp_path / "b.xlsx", tables=all_tables(assessed))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "'=1"])
def test_no_text_becomes_a_formula(assessed, tmp_path, name):
    districts = assessed.districts.copy()
    districts.loc["01", "name"] = name
    book = opened(replace(assessed, districts=districts), tmp_path)
    cell = book["Einkommen"]["B2"]
    assert (cell.value, cell.data_type) == (name, "s")
    with zipfile.ZipFile(tmp_path / "results.xlsx") as archive:
        assert not any(b"<f>" in archive.read(part) for part in archive.namelist())


@pytest.mark.parametrize(
    "hard", ["a\x00b", "_x0041_", "a & <b>", "Zeile\neins", " blank ", "x" * 40_000, "ä\ufffe"]
)
def test_every_text_can_be_written(hard):
    book = openpyxl.load_workbook(
        io.BytesIO(spreadsheet_bytes([Sheet(title="A", columns=[Column(heading="h", cells=[hard])])]))
    )
    read = book["A"]["A2"].value
    assert read == hard.replace("\x00", "\ufffd").replace("\ufffe", "\ufffd")[:32_767]


@pytest.mark.parametrize(
    ("wanted", "taken", "title"),
    [
        ("Kinder/Jugend: alle?", (), "Kinder Jugend  alle"),
        ("a" * 40, (), "a" * 31),
        ("Index", ("INDEX",), "Index 2"),
        ("a" * 40, ("a" * 31,), "a" * 29 + " 2"),
        ("", (), "-"),
        ("'x'", (), "x"),
        ("History", (), "History 2"),
    ],
)
def test_titles_that_spreadsheet_programs_allow(wanted, taken, title):
    assert sheet_title(wanted, taken) == title


@pytest.mark.slow
def test_what_is_too_long_is_named_and_not_cut(assessed, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "CELLS", 700)
    book = opened(assessed, tmp_path)
    guide = [cell for row in book["Lesehilfe"].iter_rows(values_only=True) for cell in row if cell]
    assert "Einkommen" in book.sheetnames
    (told,) = [line for line in guide if line.startswith("Nicht in dieser Mappe") and "changes.csv" in line]
    assert told.endswith("Veränderungen")
    assert "Veränderungen" not in book.sheetnames


@pytest.mark.slow
def test_our_own_reader_reads_it(assessed, tmp_path):
    write_workbook(assessed, tmp_path / "results.xlsx")
    rows, problems = load_table(
        tmp_path / "results.xlsx",
        sheet="Einkommen",
        key="Schlüssel",
        date_column="Letzter Tag",
        variables={"poor": "Kinderarmut (%)"},
    )
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert rows.query("district == '01' and date == '2017-12-31'")["value"].item() == pytest.approx(32.0)


@pytest.mark.parametrize("dtype", [object, "str"])
def test_a_text_that_is_missing_is_an_empty_cell_and_no_word(dtype):
    cells = pd.Series(["Nord", None, np.nan, ""], dtype=dtype)
    assert workbook._cells(cells, "name") == ["Nord", None, None, ""]


def test_numbers_are_written_with_at_most_15_digits():
    numbers = np.array([0.1 + 0.2, -1 / 3, 1e-4, 9.9e-5, 1e-5, 0.0, -0.0, 274.0, 1e14, 1e15, 2.5e16, 5e-324])
    column = Column(heading="a", cells=np.insert(numbers, 1, np.nan), style="0.0")
    with zipfile.ZipFile(io.BytesIO(spreadsheet_bytes([Sheet(title="a", columns=[column])]))) as book:
        found = re.findall(
            r'<c r="A(\d+)" s="\d+"><v>([^<]*)</v>', book.read("xl/worksheets/sheet1.xml").decode()
        )
    rows = [2, *range(4, len(numbers) + 3)]
    assert found == [(str(row), f"{number:.15g}") for row, number in zip(rows, numbers, strict=True)]


def test_a_long_text_is_wrapped_and_the_first_cell_of_a_row_leads_to_its_sheet():
    number = Column(heading="", cells=[None, 7.0], style="General")
    guide = Sheet(
        title="Übersicht",
        columns=[Column(heading="", cells=["Kopf", "Bob's <Blatt>"]), number],
        headings=False,
        links={2: "Bob's <Blatt>"},
    )
    words = Column(heading="Text", cells=["lang " * 40, None, 3.0], style=WRAPPED, width=60)
    shares = Column(heading="Anteil", cells=np.array([0.5, np.nan, 1]), style="0.000")
    sheets = [guide, Sheet(title="Bob's <Blatt>", columns=[words, shares])]
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet_bytes(sheets)))
    link, other = book["Übersicht"]["A2"], book["Übersicht"]["A1"]
    assert link.hyperlink.location == "'Bob''s <Blatt>'!A1"
    assert link.font.underline == "single"
    assert other.hyperlink is None
    assert other.font.underline is None
    assert (book["Übersicht"]["B2"].value, book["Übersicht"]["B2"].number_format) == (7, "General")
    table = book["Bob's <Blatt>"]
    assert table["A2"].alignment.wrap_text
    assert table["A3"].value is None
    assert (table["A4"].value, table["A4"].number_format) == (3, "General")
    assert (table["B2"].value, table["B2"].number_format) == (0.5, "0.000")
    assert not table["B2"].alignment.wrap_text
