"""Tables as offices send them: each defect by its name, read right or refused with its place.

Files in `messy/` are written by hand (and one by an old spreadsheet program); the others by this module.
"""

import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from sozialraum.tables.read import load_table

MESSY = Path(__file__).parent / "messy"

OPEN = {"key": "id", "date": 2020}


def csv(*lines, encoding="utf-8", end="\n"):
    return (end.join(lines) + end).encode(encoding)


def xlsx(rows, *, merge=(), formats=(), title="Daten"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    for cell, style in formats:
        sheet[cell].number_format = style
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(rows):
    """Write the smallest OpenDocument spreadsheet: text, numbers, dates, empty cells."""

    def cell(value):
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, dt.date):
            return (
                f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}">'
                f"<text:p>{value}</text:p></table:table-cell>"
            )
        if isinstance(value, (int, float)):
            return (
                f'<table:table-cell office:value-type="float" office:value="{value}">'
                f"<text:p>{value}</text:p></table:table-cell>"
            )
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{urn}:office:1.0" '
        f'xmlns:table="{urn}:table:1.0" xmlns:text="{urn}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Daten">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{urn}:manifest:1.0" '
        f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


# Defect, content (or the name of a file in messy/), options, and what is read: per variable its cells in the
# order of the districts; a text is the flag of a cell without a number, "~5" an unreliable 5.
READ = [
    ("semicolon and decimal comma", csv("id;n", "01;1,5", "02;2"), OPEN, {"n": [1.5, 2]}),
    ("comma and decimal point", csv("id,n", "01,1.5", "02,2"), OPEN, {"n": [1.5, 2]}),
    ("tab", csv("id\tn", "01\t1", "02\t2"), OPEN, {"n": [1, 2]}),
    ("pipe", csv("id|n", "01|1", "02|2"), OPEN, {"n": [1, 2]}),
    ("separator named in the first line", csv("sep=|", "id|a;b", "01|7", "02|8"), OPEN, {"a;b": [7, 8]}),
    ("UTF-8 with BOM", csv("id;ä", "01;1", encoding="utf-8-sig"), OPEN, {"ä": [1]}),
    ("Windows-1252", csv("id;Größe", "01;1", encoding="cp1252"), OPEN, {"Größe": [1]}),
    ("UTF-16 with BOM", csv("id;Größe", "01;1", encoding="utf-16"), OPEN, {"Größe": [1]}),
    ("UTF-16 without BOM", csv("id;Größe", "01;1", encoding="utf-16-le"), OPEN, {"Größe": [1]}),
    ("Windows line ends", csv("id;n", "01;1", "02;2", end="\r\n"), OPEN, {"n": [1, 2]}),
    ("old Macintosh line ends", csv("id;n", "01;1", "02;2", end="\r"), OPEN, {"n": [1, 2]}),
    ("thousands with points, proved", csv("id;n", "01;1.234.567", "02;999"), OPEN, {"n": [1234567, 999]}),
    ("thousands with apostrophes", csv("id;n", "01;1'234", "02;12\u2019345"), OPEN, {"n": [1234, 12345]}),
    ("thousands with narrow blanks", csv("id;n", "01;1\u202f234", "02;5"), OPEN, {"n": [1234, 5]}),
    ("thousands with no-break blanks", csv("id;n", "01;1\u00a0234,5", "02;5"), OPEN, {"n": [1234.5, 5]}),
    ("thousands with commas", csv("id,n", '01,"1,234,567"', "02,5"), OPEN, {"n": [1234567, 5]}),
    ("per cent signs", csv("id;q", "01;12,5 %", "02;0"), OPEN, {"q": [12.5, 0]}),
    ("superscript footnotes", csv("id;n", "01;120¹", "02;130 ²)"), OPEN, {"n": [120, 130]}),
    ("footnotes with brackets", csv("id;n", "01;120 1)", "02;130a)"), OPEN, {"n": [120, 130]}),
    ("starred numbers", csv("id;n", "01;120*", "02;130 **"), OPEN, {"n": [120, 130]}),
    (
        "revised, provisional, estimated",
        csv("id;n", "01;12r", "02;13 p", "03;14s"),
        OPEN,
        {"n": [12, 13, "~14"]},
    ),
    (
        "uncertain numbers in brackets",
        csv("id;n", "01;(12)", "02;( 1.013,5 )"),
        OPEN,
        {"n": ["~12", "~1013.5"]},
    ),
    (
        "every kind of minus",
        csv("id;n", "01;-1", "02;\u22122", "03;\u20133", "04;\u20144", "05;- 5", "06;6-"),
        OPEN,
        {"n": [-1, -2, -3, -4, -5, -6]},
    ),
    (
        "trailing and invisible blanks",
        csv("id;n", "01;5  ", "02;\u00a06", "03;7\u200b"),
        OPEN,
        {"n": [5, 6, 7]},
    ),
    (
        "counts told as small",
        csv("id;n", "01;< 3", "02;unter 5", "03;6"),
        OPEN,
        {"n": ["suppressed", "suppressed", 6]},
    ),
    (
        "no convention: no symbol is a number",
        csv("id;n", "01;-", "02;x", "03;0"),
        OPEN,
        {"n": ["missing", "suppressed", 0]},
    ),
    ("title lines", csv("Tabelle 1: Fälle;", "Stand 31.12.2020;", ";", "id;n", "01;5"), OPEN, {"n": [5]}),
    (
        "title of one cell in a file of two columns",
        csv("Fälle", "", "id;n", "01;5", "02;6"),
        OPEN,
        {"n": [5, 6]},
    ),
    (
        "footnotes",
        csv("id;n", "01;5", "", "1) ohne Heime", "Quelle: Amt; eigene Berechnung"),
        OPEN,
        {"n": [5]},
    ),
    (
        "explained symbols below",
        csv("id;n", "01;5", "02;x", "- = nichts vorhanden;", "x = gesperrt;"),
        OPEN,
        {"n": [5, "suppressed"]},
    ),
    (
        "two header lines",
        csv("id;Fälle;;Quote", ";m;w;", "01;1;2;3", "02;4;5;6"),
        {**OPEN, "variables": {"m": "Fälle m", "w": "Fälle w", "q": "Quote"}},
        {"m": [1, 4], "w": [2, 5], "q": [3, 6]},
    ),
    (
        "four header lines",
        csv("id;Fälle;;", ";Männer;;Frauen", ";unter 25;ab 25;unter 25", ";2019;2019;2019", "01;1;2;3"),
        {**OPEN, "variables": {"a": "Fälle Männer ab 25 2019"}},
        {"a": [2]},
    ),
    (
        "units below the header",
        csv("id;n;q", ";Anzahl;%", "01;5;2", "02;6;3"),
        {**OPEN, "variables": {"n": "n", "q": "q"}},
        {"n": [5, 6], "q": [2, 3]},
    ),
    (
        "column numbers below the header",
        csv("id;a;b;c", "1;2;3;4", "0101;5;6;7"),
        OPEN,
        {"a": [5], "b": [6], "c": [7]},
    ),
    (
        "a district that looks like column numbers",
        csv("id;a;b;c", "1;2;3;4", "2;5;6;7"),
        OPEN,
        {"a": [2, 5], "b": [3, 6], "c": [4, 7]},
    ),
    ("header repeated on each page", csv("id;n", "01;5", "id;n", "02;6"), OPEN, {"n": [5, 6]}),
    (
        "total at the end",
        csv("id;name;n", "01;Nord;50", "02;Süd;60", ";Insgesamt;110"),
        OPEN,
        {"n": [50, 60]},
    ),
    (
        "subtotal called like a district",
        "stadtbezirke.csv",
        {
            "name": "Stadtbezirk/Ortsteil",
            "date": 2017,
            "variables": {"n": "Einwohner insgesamt", "q": "Arbeitslose 1) Quote"},
        },
        {"n": [2500, 3500, 4100, 5000], "q": [6.0, 7.1, 7.3, 8.0]},
    ),
    (
        "dates as headers",
        "zeitreihe_breit.txt",
        {"name": "Ortsteil", "variables": {"n": "Einwohner am {date}"}, "symbols": {"...": "later"}},
        {"n": [1200, 3400, 1250, 3410, 1300, "later"]},
    ),
    (
        "months in words",
        "monate.csv",
        {"key": "Schlüssel", "date_column": "Monat"},
        {"SGB II": [120, 118, 40, 42]},
    ),
    (
        "one file per year, each written otherwise",
        "einwohner_{year}.csv",
        {"key": "id", "date": "{year}-06-30"},
        {"Einwohner": [100, 200, 210, 1110, 2220]},
    ),
    (
        "symbols of DIN 55301",
        "din55301.csv",
        {"key": "Nr", "date": 2001, "convention": "din55301", "variables": {"f": "Fälle", "q": "Anteil"}},
        {"f": [0, "~0", "suppressed", "~17", "later"], "q": [0, 12.5, "unknown", "not applicable", 3.1]},
    ),
    (
        "symbols of the Federal Employment Agency, UTF-16, narrow blanks",
        "arbeitsagentur.csv",
        {"key": "PLR", "date": 2020, "convention": "arbeitsagentur"},
        {
            "Arbeitslose": ["suppressed", 25, 1204, 2311, 17],
            "darunter Frauen": ["suppressed", 0, 610, 998, 9],
        },
    ),
    (
        "old Excel format, header in two lines",
        "einwohner.xls",
        {
            "key": "Schlüssel",
            "date": 2017,
            "variables": {"n": "Einwohner insgesamt", "f": "Einwohner Frauen"},
        },
        {"n": [1200, 3400, 560], "f": [610, 1705, "suppressed"]},
    ),
    (
        "OpenDocument",
        ods(
            [
                ["Titel"],
                [None],
                ["id", "Stand", "n"],
                ["01", dt.date(2017, 6, 30), 5.5],
                ["02", dt.date(2017, 6, 30), 7],
            ]
        ),
        {"key": "id", "date_column": "Stand"},
        {"n": [5.5, 7]},
    ),
    (
        "merged header cells",
        xlsx(
            [["id", "Fälle", None, "Quote"], [None, "m", "w", None], ["01", 1, 2, 3]],
            merge=("A1:A2", "B1:C1", "D1:D2"),
        ),
        {**OPEN, "variables": {"w": "Fälle w", "q": "Quote"}},
        {"w": [2], "q": [3]},
    ),
    (
        "merged keys",
        xlsx([["id", "jahr", "n"], ["01", 2019, 5], [None, 2020, 6], ["02", 2019, 7]], merge=("A2:A3",)),
        {"key": "id", "date_column": "jahr"},
        {"n": [5, 6, 7]},
    ),
    (
        "numbers stored as text among numbers",
        xlsx([["id", "n"], ["01", 5], ["02", "6"], ["03", " 7 "]]),
        OPEN,
        {"n": [5, 6, 7]},
    ),
    (
        "shown as per cent, stored as a fraction",
        xlsx([["id", "q"], ["01", 0.125], ["02", 0.5]], formats=(("B2", "0.0%"), ("B3", "0.0%"))),
        OPEN,
        {"q": [0.125, 0.5]},
    ),
]

# Defect, content, options, and words of the message, its place among them.
REFUSED = [
    ("thousands or decimals", "tausender_frage.csv", OPEN, ["Zeile 2, Spalte einwohner", "auf zwei Arten"]),
    (
        "one single proof in a large file",
        csv("id;n;q", *(f"{i:02d};1.{i:03d};{i}" for i in range(1, 12)), "12;7;2,5"),
        OPEN,
        ["Zeile 2, Spalte n", "'1.001' lässt sich auf zwei Arten lesen"],
    ),
    (
        "two decimal signs",
        csv("id;n", "01;1,5", "02;1.55", "03;2,5"),
        OPEN,
        ["Zeile 3, Spalte n", "'1.55' widerspricht"],
    ),
    ("separator inside a cell", "verschoben.csv", OPEN, ["verschoben.csv, Zeile 3", "3 (5)"]),
    ("separator missing", csv("id;n;q", "01;5;6", "027;8", "03;9;1"), OPEN, ["Zeile 3", "3 (2)"]),
    (
        "cells pushed into an empty column",
        csv("id;n;q;", "01;5;;", "02;6;;", "03;;7;;"),
        OPEN,
        ["Zeile 4", "4 (5)"],
    ),
    (
        "line break inside a row",
        csv("id;n;q", "01;5;6", "02;", "7;8", "03;9;1"),
        OPEN,
        ["Zeile 3", "3 (2), 4 (2)"],
    ),
    (
        "content right of the last named column",
        csv("id;n;", "01;5;", "02;6;7"),
        OPEN,
        ["Zeile 3", "rechts von der letzten"],
    ),
    ("quotation marks inside a quoted cell", "anfuehrung.csv", OPEN, ["Zeile 3", "Anführungszeichen"]),
    (
        "two quotation marks that swallow rows",
        csv("id;n;q", '01;"5;6', '02;7;8";', "03;9;1"),
        OPEN,
        ["Zeile 2", "Anführungszeichen"],
    ),
    (
        "broken byte in UTF-8",
        "kaputtes_utf8.csv",
        OPEN,
        ["kaputtes_utf8.csv, Zeile 3", "ein Zeichen beschädigt"],
    ),
    (
        "broken line end",
        csv("id;n", "01;5", "02;6\r03;7", "04;8", end="\r\n"),
        OPEN,
        ["Zeile 3", "Zeilenende"],
    ),
    ("null bytes", csv("id;n", "01;5", "02;\0", "03;6", "04;8"), OPEN, ["Zeile 3", "Nullbytes"]),
    (
        "footnote glued to its number",
        csv("id;n", "01;1231)", "02;130"),
        {**OPEN, "variables": {"n": "n"}},
        ["Zeile 2, Spalte n", "Fußnote"],
    ),
    (
        "some numbers in per cent",
        csv("id;q", "01;12 %", "02;0,13"),
        OPEN,
        ["Zeile 2, Spalte q", "1 von 2", "Zeile 3"],
    ),
    (
        "per cent signs and per cent formats",
        xlsx([["id", "q"], ["01", 0.125], ["02", "50 %"]], formats=(("B2", "0.0%"),)),
        OPEN,
        ["Blatt Daten, Zeile 2, Spalte q", "Prozentzeichen"],
    ),
    ("unknown symbol", csv("id;n", "01;5", "02;k. A."), OPEN, ["Zeile 3, Spalte n", "'k. A.' ist weder"]),
    (
        "number merged over districts",
        xlsx([["id", "n"], ["01", 5], ["02", None]], merge=("B2:B3",)),
        OPEN,
        ["Blatt Daten, Zeile 3, Spalte n", "verbundenen Zellen"],
    ),
    (
        "formula never computed",
        xlsx([["id", "n"], ["01", "=1+1"]]),
        OPEN,
        ["Blatt Daten, Zeile 2", "Zelle B2"],
    ),
    (
        "error value of the spreadsheet",
        xlsx([["id", "n"], ["01", 5], ["02", "#DIV/0!"]]),
        OPEN,
        ["Zeile 3, Spalte n", "#DIV/0!"],
    ),
    ("district twice", csv("id;n", "01;5", "01;6"), OPEN, ["Zeile 2", "01 (2020-12-31): 2, 3"]),
    ("row without a district", csv("id;n", "01;5", ";6"), OPEN, ["Zeile 3, Spalte id", "ohne Schlüssel"]),
    (
        "half a date",
        csv("id;jahr;n", "01;2020;5", "02;20;6"),
        {"key": "id", "date_column": "jahr"},
        ["Zeile 3, Spalte jahr", "kein Stichtag"],
    ),
    (
        "two columns of one date",
        csv("id;2020;31.12.2020", "01;5;6"),
        {"key": "id", "variables": {"n": "{date}"}},
        ["Stichtag 31.12.2020", "'31.12.2020'"],
    ),
    (
        "dates as headers, but no date",
        csv("id;Fälle neu", "01;5"),
        {"key": "id", "variables": {"n": "Fälle {date}"}},
        ["Spalte Fälle {date}", "Vorhanden: id, Fälle neu"],
    ),
    ("year without a file", "fehlt_{year}.csv", {"key": "id"}, ["fehlt_{year}.csv", "keine Datei"]),
    (
        "convention nobody knows",
        csv("id;n", "01;5"),
        {**OPEN, "convention": "din"},
        ["'din' ist unbekannt", "din55301"],
    ),
    (
        "meaning nobody knows",
        csv("id;n", "01;5"),
        {**OPEN, "symbols": {"*": "geheim"}},
        ["'*'", "suppressed"],
    ),
    ("broken OpenDocument", ods([["id", "n"], ["01", 5]])[:300], OPEN, ["ODS-Datei lässt sich nicht lesen"]),
    ("broken XLS", b"\xd0\xcf\x11\xe0" + b"\x01" * 600, OPEN, ["XLS lässt sich nicht lesen"]),
    ("nothing but titles", csv("Tabelle 1", "", "Quelle: Amt"), OPEN, ["Zeile", "keine einzige Datenzeile"]),
]


def place(tmp_path, content):
    if isinstance(content, str):
        return MESSY / content
    path = tmp_path / "tabelle.dat"
    path.write_bytes(content)
    return path


def shown(observations):
    """Give per variable its cells as the corpus writes them."""
    marks = {"ok": "{:.10g}", "unreliable": "~{:.10g}"}
    return {
        variable: [
            marks.get(flag, flag).format(value)
            for value, flag in zip(rows["value"], rows["flag"], strict=True)
        ]
        for variable, rows in observations.groupby("variable", sort=False)
    }


def test_the_corpus_is_large_enough():
    names = [case[0] for case in (*READ, *REFUSED)]
    assert len(set(names)) == len(names) >= 40


@pytest.mark.parametrize(
    ("content", "options", "expected"), [case[1:] for case in READ], ids=[case[0] for case in READ]
)
def test_a_messy_table_is_read_right(tmp_path, content, options, expected):
    observations, problems = load_table(place(tmp_path, content), **options)
    assert [p.text() for p in problems if p.severity == "error"] == []
    found = shown(observations)
    wanted = {
        variable: [cell if isinstance(cell, str) else f"{cell:.10g}" for cell in cells]
        for variable, cells in expected.items()
    }
    assert {variable: found.get(variable) for variable in wanted} == wanted
    with_number = observations["flag"].isin(["ok", "unreliable"])
    np.testing.assert_array_equal(observations["value"].notna(), with_number)


@pytest.mark.parametrize(
    ("content", "options", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_table_with_no_one_meaning_is_refused_with_its_place(tmp_path, content, options, words):
    _, problems = load_table(place(tmp_path, content), **options)
    texts = [problem.text() for problem in problems if problem.severity == "error"]
    assert texts
    assert any(all(word in text for word in words) for text in texts), texts
    assert all(problem.text("en") for problem in problems)


def test_what_was_recognised_is_told_with_its_evidence():
    options = {"n": "Einwohner insgesamt", "a": "Einwohner Ausländer", "q": "Arbeitslose 1) Quote"}
    _, problems = load_table(
        MESSY / "stadtbezirke.csv", name="Stadtbezirk/Ortsteil", date=2017, variables=options
    )
    told = "\n".join(problem.text() for problem in problems)
    for words in (
        "Kodierung cp1252 und Trennzeichen ';'",
        "Kopfzeilen in Zeile 4 bis 5, Daten in Zeile 7 bis 13",
        "'6.000' gelesen als 6000: Das Zeichen gruppiert Tausender, in 7 von 7 Zahlen der Spalte",
        "Dezimalzeichen ',', erkannt an 7 von 21 Zahlen, etwa '6,7'",
        "Zeile 7: Summenzeile 'Mitte', nicht als Gebiet gelesen: Sie ist genau die Summe von",
        "vergleichbare Spalten, in denen das stimmt: 3 von 4",
        "Zeile 13: Summenzeile 'Stadt insgesamt'",
        "'Anzahl Anzahl Anzahl %' (6)",
        "'2) Berichtigte Zahl.' (16)",
        "etwa '500 2)', Zahl der Zellen: 1",
    ):
        assert words in told, words
