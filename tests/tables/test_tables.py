"""Tables are read cell by cell, or refused with file, row, column and what to do."""

import contextlib
import csv
import datetime as dt
import io
import logging
import math
import string
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.errors import TableError
from sozialraum.tables.numbers import as_date
from sozialraum.tables.read import OBSERVATION_COLUMNS, load_table, read_table


@pytest.fixture
def write(tmp_path):
    def write(content, name="tabelle.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    def save(sheets, name="mappe.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return save


def errors(problems):
    return [problem for problem in problems if problem.severity == "error"]


def message(path, **options):
    """Return the German message of a table that cannot be read."""
    options = {"key": "id", "date": 2020, **options}
    with pytest.raises(TableError) as caught:
        read_table(path, **options)
    return str(caught.value)


def values(path, **options):
    options = {"key": "id", "date": 2020, **options}
    observations, problems = load_table(path, **options)
    assert not errors(problems), [problem.text() for problem in problems]
    return observations["value"].tolist()


def test_a_table_becomes_one_observation_per_cell(write):
    path = write("id;name;jahr;leute;quote\n04;Nord;2017;120;1,5\n05;Süd;2018;-;x\n")
    observations = read_table(
        path, key="id", name="name", date_column="jahr", variables={"people": "leute", "rate": "quote"}
    )
    expected = pd.DataFrame(
        {
            "district": ["04", "05", "04", "05"],
            "date": ["2017-12-31", "2018-12-31", "2017-12-31", "2018-12-31"],
            "variable": ["people", "people", "rate", "rate"],
            "value": [120.0, np.nan, 1.5, np.nan],
            "flag": ["ok", "missing", "ok", "suppressed"],
            "source": ["tabelle.csv"] * 4,
            "row": [2, 3, 2, 3],
            "vintage": [""] * 4,
            "name": ["Nord", "Süd", "Nord", "Süd"],
        }
    )
    expected.insert(8, "period", "year")
    expected.insert(9, "start", ["2017-01-01", "2018-01-01"] * 2)
    pd.testing.assert_frame_equal(observations, expected, check_dtype=False)
    assert tuple(observations.columns[:8]) == OBSERVATION_COLUMNS


def test_without_variables_every_numeric_column_is_read_and_the_others_are_named(write):
    path = write("id,klasse,plz,n,leer\n1,hoch,01067,5,-\n2,tief,01069,7,-\n")
    observations, problems = load_table(path, key="id", date=2020)
    assert observations["variable"].unique().tolist() == ["n", "leer"]
    assert observations["flag"].tolist() == ["ok", "ok", "missing", "missing"]
    texts = [problem.text() for problem in problems]
    assert "tabelle.csv: Nicht als Zahlen gelesen: klasse, plz." in texts
    assert any("Als fehlend gelesen (missing): '-', Zahl der Zellen: 2." in text for text in texts)


def test_recognition_is_logged_with_its_evidence(write, caplog):
    path = write("id;a\n1;1,5\n2;3\n")
    with caplog.at_level(logging.INFO):
        read_table(path, key="id", date=2020)
    assert "Dezimalzeichen ',', erkannt an 1 von 2 Zahlen, etwa '1,5'" in caplog.text
    assert "Kodierung utf-8 und Trennzeichen ';'" in caplog.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_recognised(write, encoding):
    observations = read_table(write("name;a\nMühlstraße;1\n", encoding=encoding), name="name", date=2020)
    assert observations["district"].tolist() == ["Mühlstraße"]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_are_recognised(write, separator):
    rows = [["id", "a", "b"], ["1", "10", "20"], ["2", "30", "40"]]
    text = "\n".join(separator.join(row) for row in rows)
    assert values(write(text)) == [10, 30, 20, 40]


def test_decimal_commas_do_not_pass_for_separators(write):
    assert values(write("id;a,b\n1;1,5\n2;2,5\n")) == [1.5, 2.5]


def test_a_quoted_cell_may_hold_separators_and_line_breaks_and_rows_count_as_in_the_editor(write):
    path = write('id,"Zahl\nder Leute",a\r\n"1","5",x y\r\n\r\n"2;3",7,"a,b"\r\n')
    observations = read_table(path, key="id", date=2020, variables={"n": "Zahl der Leute"})
    assert observations["district"].tolist() == ["1", "2;3"]
    assert observations["row"].tolist() == [3, 5]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.5", "2"], [1.5, 2]),
        (["1,5", "1.234"], [1.5, 1234]),
        (["1.234,5", "1.234.567"], [1234.5, 1234567]),
        (["1,234.5", "12"], [1234.5, 12]),
        (["0.123", "4.5678"], [0.123, 4.5678]),
        (["-6e-05", "0.5"], [-6e-05, 0.5]),
        (["1 234", "12\u202f345\u202f678,5"], [1234, 12345678.5]),
        (["1'234", "5"], [1234, 5]),
        (["\u22123", "\u20134", "-5", "+6"], [-3, -4, -5, 6]),
        ([" 7 ", "\u00a08"], [7, 8]),
    ],
)
def test_numbers_are_read_as_written(write, cells, numbers):
    path = write("id|a\n" + "".join(f"k{i}|{cell}\n" for i, cell in enumerate(cells)))
    assert values(path) == numbers


def test_thousands_or_decimals_is_a_question_not_a_guess(write):
    path = write("id;leute\n1;1.234\n2;999\n3;2.500\n")
    text = message(path)
    assert "tabelle.csv, Zeile 2, Spalte leute: '1.234' lässt sich auf zwei Arten lesen" in text
    assert "Zahl solcher Zellen: 2" in text
    assert 'decimal = ","' in text
    assert values(path, decimal=",") == [1234, 999, 2500]
    assert values(path, decimal=".") == [1.234, 999, 2.5]
    assert values(path, thousands=".") == [1234, 999, 2500]


@pytest.mark.parametrize(("thousands", "cell"), [(".", "0,125"), (",", "0.125")])
def test_who_declares_the_sign_of_thousands_declares_the_other_for_decimals(write, thousands, cell):
    path = write(f"id|leute|quote\n1|1{thousands}234|{cell}\n2|2{thousands}500|{cell}\n")
    assert values(path, thousands=thousands) == [1234, 2500, 0.125, 0.125]


def test_another_columns_point_does_not_make_thousands_decimals(write):
    path = write("id;leute;quote\n1;1.234;0.5\n2;999;0.25\n")
    assert "Spalte leute: '1.234' lässt sich auf zwei Arten lesen" in message(path)


def test_another_columns_comma_makes_points_group_thousands(write):
    assert values(write("id;leute;quote\n1;1.234;0,5\n2;999;0,25\n")) == [1234, 999, 0.5, 0.25]


def test_two_decimal_signs_in_one_file_are_a_contradiction(write):
    text = message(write("id;a\n1;1,5\n2;2,5\n3;3.5\n"))
    assert "tabelle.csv, Zeile 4, Spalte a: '3.5' widerspricht dem Dezimalzeichen ','" in text
    assert "'1,5' in Zeile 2, Spalte a" in text


def test_every_unreadable_cell_is_listed_at_once(write):
    path = write("id;a;b\n1;5;n. v.\n2;?;7\n")
    text = message(path, variables={"a": "a", "b": "b"})
    assert "tabelle.csv, Zeile 3, Spalte a: '?' ist weder eine Zahl noch ein bekanntes Zeichen." in text
    assert "tabelle.csv, Zeile 2, Spalte b: 'n. v.' ist weder" in text
    assert "missing" in text
    assert values(path, missing=["?", "n. v."])[0] == 5


@pytest.mark.parametrize(
    "cell", ["nan", "inf", "1e+999", "1_000", "0x10", "12a", "1.2.3", "--5", "\u0661", "5 %%"]
)
def test_what_only_a_programmer_calls_a_number_is_none(write, cell):
    assert f"'{cell}' ist weder" in message(write(f"id;a\n1;{cell}\n2;3\n"), variables={"a": "a"})


def test_unreadable_cells_of_a_column_are_one_message(write):
    path = write("id;a\n" + "".join(f"{i};falsch\n" for i in range(60)))
    lines = message(path, variables={"a": "a"}).splitlines()
    (line,) = [line for line in lines if "weder eine Zahl" in line]
    assert "60 Zellen" in line
    assert "'falsch' (2), 'falsch' (3), 'falsch' (4), … (+57)" in line


def test_symbols_become_flags_and_never_zero(write):
    path = write("id;a\n1;-\n2;.\n3;...\n4;x\n5;X\n6;/\n7;•\n8;\n9;0\n")
    observations = read_table(path, key="id", date=2020)
    assert observations["flag"].tolist() == ["missing"] * 3 + ["suppressed"] * 4 + ["missing", "ok"]
    assert observations["value"].dropna().tolist() == [0.0]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2017", "2017-12-31"),
        (2017, "2017-12-31"),
        ("2017-06-30", "2017-06-30"),
        ("30.06.2017", "2017-06-30"),
        ("1.7.2018", "2018-07-01"),
        (dt.date(2017, 6, 30), "2017-06-30"),
        (dt.datetime(2017, 6, 30), "2017-06-30"),  # noqa: DTZ001 - spreadsheets know no time zones
        ("31.02.2017", None),
        ("12/2017", "2017-12-31"),
        ("17", None),
        ("3017", None),
    ],
)
def test_dates(written, date):
    assert as_date(written) == date


def test_a_bad_date_is_named(write):
    text = message(write("id;jahr;a\n1;2017;5\n2;17/18;6\n"), date=None, date_column="jahr")
    assert "tabelle.csv, Zeile 3, Spalte jahr: '17/18' ist kein Stichtag." in text
    assert "2017-06-30" in text


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"date": None}, "Der Stichtag der Tabelle fehlt."),
        ({"date": "gestern"}, "date = 'gestern' ist kein Datum"),
        ({"date_column": "id"}, "doppelt angegeben: date und date_column"),
        ({"key": None}, 'key = "Spalte" oder name = "Spalte"'),
    ],
)
def test_missing_and_contradictory_options(write, options, expected):
    assert expected in message(write("id;a\n1;2\n"), **options)


def test_a_missing_column_lists_what_there_is_and_what_is_similar(write):
    text = message(write("id;25 bis unter 55 ahre;b\n1;2;3\n"), variables={"a": "25 bis unter 55 Jahre"})
    assert "tabelle.csv, Spalte 25 bis unter 55 Jahre: Diese Spalte gibt es nicht." in text
    assert "Gemeint sein könnte '25 bis unter 55 ahre'" in text
    assert "Vorhanden: id, 25 bis unter 55 ahre, b." in text


def test_a_column_twice_with_equal_content_is_noted(write):
    observations, problems = load_table(write("id,n,n\n1,5,5\n2,6,6\n"), key="id", date=2020)
    assert observations["value"].tolist() == [5, 6]
    notes = [problem.text() for problem in problems if problem.severity == "note"]
    assert any("Spalte n: Der Spaltenname kommt zweimal vor (als 2. und als 3. Spalte)" in n for n in notes)


def test_a_column_twice_with_other_content_is_refused(write):
    text = message(write("id,n,a,n\n1,5,1,5\n2,6,1,7\n"))
    assert (
        "tabelle.csv, Zeile 3, Spalte n: Der Spaltenname kommt zweimal vor (als 2. und als 4. Spalte)" in text
    )
    assert "in 1 von 2 Zeilen, zuerst '6' gegen '7'" in text
    assert "umbenennen" in text


def test_double_rows_are_named_with_their_rows(write):
    text = message(
        write("id;jahr;a\n7;2019;1\n8;2019;2\n7;2019;3\n7;2020;4\n"), date=None, date_column="jahr"
    )
    assert (
        "tabelle.csv, Zeile 2: Gebiete mit mehreren Zeilen zum selben Stichtag (1): 7 (2019-12-31): 2, 4."
        in text
    )


def test_rows_without_a_key_are_named(write):
    text = message(write("id;a\n1;5\n;6\n"))
    assert "tabelle.csv, Zeile 3, Spalte id: Zeilen ohne Schlüssel oder Namen (1): 3." in text


def test_ragged_rows_are_named(write):
    text = message(write("id;a;b\n1;2;3\n2;3\n3;4;5;6\n4;5;6;\n"), separator=";")
    assert "tabelle.csv, Zeile 3:" in text
    assert "Kopfzeile (3). Anders sind 3, und zwar Zeile 3 (2), 4 (4), 5 (4)" in text


def test_an_unclosed_quotation_mark_swallows_nothing(write):
    text = message(write('id;a;b\n1;2;3\n2;"3;4\n3;4;5\n'), separator=";")
    assert "tabelle.csv, Zeile 3: Ab hier stimmen die Anführungszeichen nicht" in text


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf", b";;;\n"])
def test_an_empty_file(write, content):
    assert message(write(content)).startswith("tabelle.csv: Die Tabelle ist leer.")


def test_a_header_alone(write):
    text = message(write("id;a\n"))
    assert "tabelle.csv, Zeile 1: Unter der Kopfzeile steht keine einzige Datenzeile. Spalten: id, a." in text


def test_a_file_that_is_not_there(tmp_path):
    text = message(tmp_path / "fehlt.csv")
    assert text.startswith("fehlt.csv: Die Datei gibt es nicht:")


def test_a_folder_is_no_file(tmp_path):
    assert "lässt sich nicht öffnen" in message(tmp_path)


def test_encodings_that_do_not_fit(write):
    path = write("id;a\nM\u00fchle;1\n", encoding="cp1252")
    assert "Zeile 2: Die Zeichen lassen sich nicht lesen als: utf-8." in message(path, encoding="utf-8")
    assert "encoding = 'latein' ist unbekannt" in message(path, encoding="latein")
    assert "separator = ';;' ist nicht möglich" in message(path, encoding="cp1252", separator=";;")
    assert "Nullbytes" in message(write(b"id;a\n1;\x002\n", "null.csv"))


def test_no_number_at_all(write):
    assert "Keine Spalte sieht nach Zahlen aus. Vorhanden: id, a." in message(write("id;a\n1;b\n"))


def test_xlsx_cells_keep_their_type_and_row(workbook):
    rows = [
        ["id", "name", "stand", "n"],
        [4, "Nord", dt.datetime(2017, 6, 30), 12.5],  # noqa: DTZ001 - spreadsheets know no time zones
        [],
        ["05", "Süd", 2018, "x"],
    ]
    observations = read_table(workbook({"Daten": rows}), key="id", date_column="stand", variables={"n": "n"})
    assert observations["district"].tolist() == ["4", "05"]
    assert observations["date"].tolist() == ["2017-06-30", "2018-12-31"]
    assert observations["flag"].tolist() == ["ok", "suppressed"]
    assert observations["value"].tolist()[0] == 12.5
    assert observations["row"].tolist() == [2, 4]


def test_xlsx_problems_name_the_sheet(workbook):
    path = workbook({"Daten": [["id", "n"], ["1", "zwölf"]]})
    text = message(path, variables={"n": "n"})
    assert "mappe.xlsx, Blatt Daten, Zeile 2, Spalte n: 'zwölf' ist weder" in text


def test_the_sheet_that_has_the_columns_is_found_and_others_are_listed(workbook):
    table = [["id", "n"], ["1", 5]]
    path = workbook({"Inhalt": [["Titel"]], "Daten": table, "Leer": []})
    assert values(path) == [5]
    assert "mappe.xlsx, Blatt Datei: Dieses Blatt gibt es nicht. Vorhanden: Inhalt, Daten, Leer." in message(
        path, sheet="Datei"
    )
    both = workbook({"2019": table, "2020": table})
    assert "Mehrere Blätter kommen in Frage: 2019, 2020." in message(both)
    assert values(both, sheet="2020") == [5]


def test_a_formula_without_a_result_is_not_read_as_empty(workbook):
    text = message(workbook({"Daten": [["id", "n"], ["1", 5], ["2", "=B2*2"]]}))
    assert (
        "mappe.xlsx, Blatt Daten, Zeile 3: Formeln ohne gespeichertes Ergebnis (1), zuerst in Zelle B3."
        in text
    )


def test_a_wrong_stated_size_cuts_nothing_off(workbook):
    path = workbook({"Daten": [["id", "n"], ["1", 5]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'ref="A1:B2"', b'ref="A1:A1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert b'ref="A1:A1"' in parts[sheet]
    assert values(path) == [5]


def test_a_broken_workbook(workbook, write):
    content = workbook({"Daten": [["id", "n"], ["1", 5]]}).read_bytes()
    assert "lässt sich nicht lesen" in message(write(content[: len(content) // 2], "halb.xlsx"))
    assert "lässt sich nicht lesen" in message(write(b"id;n\n1;5\n\x03", "text.xlsx"))
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert "lässt sich nicht lesen" in message(write(empty.getvalue(), "leer.xlsx"))


def test_protected_and_old_workbooks(write):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
    locked = write(ole + "EncryptedPackage".encode("utf-16-le"), "geheim.xlsx")
    assert "geheim.xlsx: Die Arbeitsmappe ist mit einem Kennwort geschützt." in message(locked)
    assert "im alten Format XLS lässt sich nicht lesen" in message(write(ole, "alt.xls"))


def test_vintage_travels_with_each_row(write):
    observations = read_table(write("id;a\n1;2\n"), key="id", date=2020, vintage="2020")
    assert observations["vintage"].tolist() == ["2020"]


NAMES = st.text(string.ascii_letters + "äöüÄÖÜß -", min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**9).map(float),
    st.decimals(-10_000, 10_000, places=2).map(float),
    st.none(),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(NAMES, min_size=1, max_size=8, unique_by=lambda name: " ".join(name.split())),
    data=st.data(),
    separator=st.sampled_from([";", "\t", "|", ","]),
    decimal=st.sampled_from([",", "."]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read_back_unchanged(tmp_path, names, data, separator, decimal, encoding, newline):
    numbers = data.draw(st.lists(NUMBERS, min_size=len(names), max_size=len(names)))
    written = ["-" if number is None else f"{number:.2f}".replace(".", decimal) for number in numbers]
    quote = '"' if separator == decimal else ""
    rows = [f"{name}{separator}{quote}{cell}{quote}" for name, cell in zip(names, written, strict=True)]
    path = tmp_path / "zufall.csv"
    path.write_bytes(newline.join([f"Name{separator}Zahl", *rows, ""]).encode(encoding))
    observations, problems = load_table(path, name="Name", date=2020, variables={"n": "Zahl"})
    # Chance makes codes and nonsense words, too.
    chance = {"tables.coded_missing", "tables.garbled", "tables.garbled_source"}
    assume(not any(problem.code in chance for problem in problems))
    assert not errors(problems), [problem.text() for problem in problems]
    assert observations["district"].tolist() == names
    expected = [np.nan if number is None else number for number in numbers]
    np.testing.assert_array_equal(observations["value"], expected)
    assert observations["row"].tolist() == list(range(2, len(names) + 2))


@pytest.mark.shared
def test_berlin_2017_arrives_complete(shared_data):
    path = shared_data / "berlin" / "mss-2017-planning-areas.csv"
    observations = read_table(path, key="id", date=2017)
    assert observations["district"].nunique() == 436
    assert observations["variable"].nunique() == 30
    people = observations.loc[observations["variable"] == "inhabitants", "value"]
    raw = pd.read_csv(path, dtype=str)
    assert people.sum() == raw["inhabitants"].astype(float).sum()
    single_parents = observations[observations["variable"] == "k02_single_parent_households"]
    assert set(single_parents["flag"]) == {"missing"}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "column", "number", "total"),
    [
        ("einwohner", "Einwohner insgesamt", 1512, 12_948_909),
        ("arbeitslose", "Arbeitslose insgesamt", 1449, 732_583),
        ("arbeitslose", "Langzeitarbeitslose", 1323, 239_505),
        ("bedarfsgemeinschaften", "25 bis unter 55 ahre", 945, 504_243),
        ("bedarfsgemeinschaften", "Personen in Bedarfsgemeinschaften", 945, 1_024_715),
        ("migranten", "Migranten", 1008, 1_190_812),
    ],
)
def test_every_leipzig_count_arrives(shared_data, table, column, number, total):
    observations = read_table(shared_data / "leipzig" / f"{table}.csv", name="ortsteil", date_column="jahr")
    counts = observations.loc[observations["variable"] == column, "value"]
    assert counts.notna().sum() == number
    assert counts.sum() == total


def plain_sums(path, separator):
    """Count and add up every column with nothing but the csv module; columns of words are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=separator)
    found = {}
    for name, *cells in zip(header, *rows, strict=True):
        filled = [cell for cell in cells if cell not in {"", "-"}]
        if name not in {"id", "name", "ortsteil", "jahr", *found}:
            with contextlib.suppress(ValueError):
                found[name] = (len(filled), math.fsum(map(float, filled)))
    return found


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "columns", "cells", "total"),
    [
        ("leipzig/einwohner.csv", 5, 7560, 38_846_727),
        ("leipzig/arbeitslose.csv", 17, 15_813, 2_643_698),
        ("leipzig/bedarfsgemeinschaften.csv", 19, 17_955, 6_129_128),
        ("leipzig/migranten.csv", 8, 8064, 3_036_005),
        ("leipzig/altersstruktur.csv", 3, 4536, 144_806),
        ("leipzig/einkommen.csv", 2, 756, 1_255_171),
        ("berlin/mss-2013-planning-areas.csv", 30, 13_020, None),
        ("berlin/mss-2015-planning-areas.csv", 30, 13_050, None),
        ("berlin/mss-2017-planning-areas.csv", 30, 12_644, None),
    ],
)
def test_every_column_of_the_raw_files_arrives(shared_data, table, columns, cells, total):
    leipzig = table.startswith("leipzig")
    options = {"name": "ortsteil", "date_column": "jahr"} if leipzig else {"key": "id", "date": 2017}
    observations = read_table(shared_data / table, **options)
    numbers = observations.dropna(subset="value").groupby("variable")["value"]
    found = pd.DataFrame({"cells": numbers.count(), "total": numbers.agg(math.fsum)})
    raw = {
        name: counts
        for name, counts in plain_sums(shared_data / table, ";" if leipzig else ",").items()
        if counts[0]
    }
    assert set(found.index) == set(raw)
    for name, (number, expected) in raw.items():
        assert found.loc[name].tolist() == [number, pytest.approx(expected, rel=1e-12)]
    assert observations["variable"].nunique() == columns
    assert found["cells"].sum() == cells
    assert total is None or found["total"].sum() == total
