"""Originals as German offices publish them, each a kind of its own; none of them is in the findings.

| kind (finding) | siblings here |
|---|---|
| codes and keys offered as figures (16) | constant code column, keys without zeros, other headings |
| dates that are no text (13, 14) | serial days, dates in an unnamed column, real dates as headings |
| needlessly refused (12, 13, 17) | currencies, narrow blanks, minus behind the figure, en dash alone |
| two readings (9) | serial days counted from 1904, five digits outside a column of dates |
| layout of a statistics office (11, 15) | GENESIS table, GENESIS flat file, two-line headings with gaps |
"""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table

KEYS = ("01", "02", "03", "04")
NAMES = ("Altstadt", "Brückenau", "Hafen", "Südring")


def proposed(path, keys=KEYS, names=NAMES):
    return propose_table(path, keys=keys, names=names)


def read(path, date=None, keys=KEYS, names=NAMES):
    found = proposed(path, keys, names)
    options = {name: value for name, value in found.options.items() if name != "join"}
    if found.options.get("join") == "name":
        options.pop("key", None)
    if date is not None:
        options["date"] = date
    rows, problems = load_table(path, variables=found.variables, **options)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    return rows


def values(rows, variable):
    ours = rows[rows["variable"] == variable]
    return dict(
        zip(ours["district"], ours["value"].astype(object).where(ours["value"].notna(), None), strict=True)
    )


GENESIS = """\
Tabelle: 12411-01-01-5-B
Bevölkerung nach Geschlecht - Stichtag 31.12. - regionale Ebenen;;;;;
;;;Insgesamt;männlich;weiblich
;;;Anzahl;Anzahl;Anzahl
31.12.2022;01;Altstadt;1204;604;600
31.12.2022;02;  Brückenau;-;.;/
31.12.2022;03;  Hafen;3400;1700;1700
31.12.2022;04;  Südring;x;...;5
__________
(C)opyright Statistisches Bundesamt (Destatis), 2023
Stand: 12.06.2023 / 08:12:31
"""

FLAT = """\
Statistik_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Auspraegung_Code;1_Auspraegung_Label;BEV__Bevoelkerung__Anzahl
12411;Stichtag;31.12.2022;KREISE;01;Altstadt;1204
12411;Stichtag;31.12.2022;KREISE;02;Brückenau;-
12411;Stichtag;31.12.2022;KREISE;03;Hafen;3400
12411;Stichtag;31.12.2022;KREISE;04;Südring;.
"""


def test_a_genesis_table_with_columns_that_have_no_heading(tmp_path):
    path = tmp_path / "12411.csv"
    path.write_text(GENESIS, encoding="utf-8")
    found = proposed(path)
    assert found.options["key"] == "{column 2}"
    assert found.options["date_column"] == "{column 1}"
    rows = read(path)
    assert set(rows["date"]) == {"2022-12-31"}
    assert values(rows, "insgesamt_anzahl") == {"01": 1204.0, "02": None, "03": 3400.0, "04": None}
    assert values(rows, "weiblich_anzahl") == {"01": 600.0, "02": None, "03": 1700.0, "04": 5.0}


def test_a_genesis_flat_file_offers_its_codes_as_no_figure(tmp_path):
    path = tmp_path / "flat.csv"
    path.write_text(FLAT, encoding="utf-8")
    assert list(proposed(path).variables) == ["bev_bevoelkerung_anzahl"]
    assert values(read(path), "bev_bevoelkerung_anzahl") == {
        "01": 1204.0,
        "02": None,
        "03": 3400.0,
        "04": None,
    }


@pytest.mark.parametrize("heading", ["STADTTEIL_NR", "Bezirks-Nr.", "raumid", "Gebietsnummer", "OT Code"])
def test_keys_without_their_zeros_are_no_figures(tmp_path, heading):
    path = tmp_path / "t.csv"
    lines = [f"{int(key)};{name};{1000 + int(key)}" for key, name in zip(KEYS, NAMES, strict=True)]
    path.write_text(f"{heading};Gebiet;Einwohner\n" + "\n".join(lines) + "\n", encoding="utf-8")
    found = proposed(path)
    assert list(found.variables) == ["einwohner"]
    assert found.options["join"] == "name"
    # Without names they are the key, and the join tells what was lost.
    path.write_text(f"{heading};Einwohner\n" + "\n".join(f"{int(key)};5" for key in KEYS), encoding="utf-8")
    assert proposed(path).options["key"] == heading


def test_figures_that_happen_to_be_keys_stay_figures(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Gebiet;Vereine\nAltstadt;1\nBrückenau;2\nHafen;3\nSüdring;4\n", encoding="utf-8")
    assert list(proposed(path).variables) == ["vereine"]


@pytest.mark.parametrize("cells", [(44926, 44926.0), ("44926", "44926")])
def test_days_that_a_spreadsheet_wrote_as_numbers(tmp_path, cells):
    book = openpyxl.Workbook()
    book.active.append(["Stichtag", "Nr", "Einwohner"])
    for place, key in enumerate(KEYS):
        book.active.append([cells[place % 2], key, 1000 + place])
    book.save(tmp_path / "t.xlsx")
    found = proposed(tmp_path / "t.xlsx")
    assert list(found.variables) == ["einwohner"]
    assert "tables.serial_date" in {problem.code for problem in found.evidence}
    assert set(read(tmp_path / "t.xlsx")["date"]) == {"2022-12-31"}


def test_a_workbook_that_counts_from_1904_is_asked(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - workbooks know no zones
    book.active.append(["Stichtag", "Nr", "Einwohner"])
    for key in KEYS:
        book.active.append([43464, key, 7])
    book.save(tmp_path / "t.xlsx")
    _, problems = load_table(
        tmp_path / "t.xlsx", key="Nr", date_column="Stichtag", variables={"people": "Einwohner"}
    )
    assert "tables.bad_date_several" in {problem.code for problem in problems if problem.severity == "error"}


def test_five_digits_elsewhere_are_amounts(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Nr;2021;2022\n01;44926;44927\n02;5;6\n03;7;8\n04;9;1\n", encoding="utf-8")
    rows = read(path)
    assert rows.query("district == '01' and date == '2021-12-31'")["value"].item() == 44926.0


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (("7,50 €", "8,10 €", "9,99 €", "- €"), (7.5, 8.1, 9.99, None)),
        (("7,50 EUR", "8,10EUR", "9,99 Euro", "."), (7.5, 8.1, 9.99, None)),
        (("1\u202f204", "12\u202f400", "990", "3\u202f377"), (1204, 12400, 990, 3377)),
        (("1'204", "12'400", "990", "3\u2019377"), (1204, 12400, 990, 3377)),
        (("12-", "\u22125", "+7", "\u2013"), (-12, -5, 7, None)),
        (("5,3 %", "4,1 %", "10,0 %", "7,9 %"), (5.3, 4.1, 10, 7.9)),
        (("50", "100p", "150r", "7"), (50, 100, 150, 7)),
    ],
)
def test_figures_as_offices_write_them(tmp_path, cells, right):
    path = tmp_path / "t.csv"
    lines = [f"{key};{cell}" for key, cell in zip(KEYS, cells, strict=True)]
    path.write_text("Nr;Wert\n" + "\n".join(lines) + "\n", encoding="utf-8")
    rows, problems = load_table(path, key="Nr", date="2022-12-31", variables={"wert": "Wert"})
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert values(rows, "wert") == dict(zip(KEYS, right, strict=True))


@pytest.mark.parametrize("cell", ["7 T€", "5 Mio. €", "3 Personen", "4 ha"])
def test_units_that_change_the_figure_are_asked(tmp_path, cell):
    path = tmp_path / "t.csv"
    path.write_text(f"Nr;Wert\n01;{cell}\n02;5\n03;6\n04;7\n", encoding="utf-8")
    _, problems = load_table(path, key="Nr", date="2022-12-31", variables={"wert": "Wert"})
    assert [problem for problem in problems if problem.severity == "error"]


def test_two_line_headings_and_real_dates_as_headings(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Nr;Stadtteil;Einwohner;;Haushalte;\n;;2021;2022;2021;2022\n"
        + "\n".join(f"{key};{name};10;11;5;6" for key, name in zip(KEYS, NAMES, strict=True)),
        encoding="utf-8",
    )
    assert proposed(path).variables == {"einwohner": "Einwohner {date}", "haushalte": "Haushalte {date}"}
    book = openpyxl.Workbook()
    days = [dt.datetime(2021, 12, 31), dt.datetime(2022, 12, 31)]  # noqa: DTZ001 - as above
    book.active.append(["Nr", "Stadtteil", *days])
    for key, name in zip(KEYS, NAMES, strict=True):
        book.active.append([key, name, 10, 11])
    book.save(tmp_path / "t.xlsx")
    rows = read(tmp_path / "t.xlsx")
    assert rows.groupby("date")["value"].sum().to_dict() == {"2021-12-31": 40.0, "2022-12-31": 44.0}
    assert pd.notna(rows["value"]).all()


@pytest.mark.parametrize(
    "rows",
    [
        # Sums of more than the table shows: at the bottom, in between, at the top; nothing but a figure.
        ["Mitte;Altstadt;1000", "Mitte;Hafen;5", "Mitte;;1234"],
        ["Mitte;Altstadt;1000", "Mitte;;1234", "Süd;Hafen;5", "Süd;;77", "Stadt;;1311"],
        ["Stadt;;1311", "Mitte;Altstadt;1000", "Süd;Hafen;5"],
        ["Mitte;Altstadt;1000", "Süd;Hafen;5", ";;1311"],
    ],
)
def test_rows_without_a_district_are_asked_and_left_out_on_request(tmp_path, rows):
    path = tmp_path / "t.csv"
    path.write_text("Bezirk;Stadtteil;Einwohner\n" + "\n".join(rows) + "\n", encoding="utf-8")
    asked = {"name": "Stadtteil", "date": "2022-12-31", "variables": {"people": "Einwohner"}}
    _, problems = load_table(path, **asked)
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert 'empty_district = "leave_out"' in error.text("de")
    found, problems = load_table(path, **asked, empty_district="leave_out")
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert values(found, "people") == {"Altstadt": 1000.0, "Hafen": 5.0}
    (note,) = [problem for problem in problems if problem.code == "tables.left_out_no_key"]
    assert str(sum(";;" in row for row in rows)) in note.text("de")
