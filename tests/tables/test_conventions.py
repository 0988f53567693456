"""Tables with random conventions are read back unchanged: sign by sign, line by line around the table."""

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sozialraum.tables.read import load_table

FLAGS = {"din55301": {"-": 0.0, ".": "suppressed", "...": "later", "/": "unknown", "x": "not applicable"}}
TITLES = st.lists(
    st.sampled_from(["Tabelle 3: Einwohner und Quote", "Stand: 31.12.2019", "Amt für Statistik"]), max_size=3
)
NOTES = st.lists(
    st.sampled_from(
        ["Quelle: Amt für Statistik", "1) ohne Personen in Heimen", "x = gesperrt", "* Schätzung"]
    ),
    max_size=3,
)
COUNTS = st.one_of(st.integers(1, 9_999_999), st.sampled_from(["-", ".", "...", "/", "x"]))
SHARES = st.one_of(st.integers(1, 9999), st.sampled_from(["-", ".", "x"]))


@st.composite
def conventions(draw):
    decimal = draw(st.sampled_from([",", "."]))
    separator = draw(st.sampled_from([";", "\t", "|", ","]))
    groups = ["", " ", "\u00a0", "'", "." if decimal == "," else ","]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    # Windows-1252 has an en dash, but no true minus.
    dashes = ["-", "\u2013"] if encoding == "cp1252" else ["-", "\u2013", "\u2212"]
    return {
        "decimal": decimal,
        "separator": separator,
        "thousands": draw(st.sampled_from(groups)),
        "encoding": encoding,
        "newline": draw(st.sampled_from(["\n", "\r\n"])),
        "quote": draw(st.sampled_from(['"', ""])) if separator not in {decimal, ","} else '"',
        "percent": draw(st.sampled_from(["", " %", "%", "\u00a0%"])),
        "mark": draw(st.sampled_from(["", "¹", " 1)", "*", " r"])),
        "minus": draw(st.sampled_from(dashes)),
        "two_lines": draw(st.booleans()),
        "blank": draw(st.sampled_from(["", " ", "\u00a0"])),
    }


def count_text(number, how):
    if isinstance(number, str):
        return (how["minus"] if number == "-" else number) + how["blank"]
    return f"{number:,}".replace(",", how["thousands"]) + how["mark"] + how["blank"]


def share_text(number, how):
    if isinstance(number, str):
        return number
    return f"{number / 100:.2f}".replace(".", how["decimal"]) + how["percent"]


def expected(cells, scale):
    found = [FLAGS["din55301"][cell] if isinstance(cell, str) else cell / scale for cell in cells]
    values = [np.nan if isinstance(cell, str) else cell for cell in found]
    return values, [cell if isinstance(cell, str) else "ok" for cell in found]


OPTIONS = {
    "key": "Nr",
    "name": "Gebiet",
    "date": 2019,
    "convention": "din55301",
    "variables": {"n": "Einwohner", "q": "Quote"},
}
WIDE = {**OPTIONS, "variables": {"n": "Wert Einwohner", "q": "Wert Quote"}}


def check(path, options, rows):
    observations, problems = load_table(path, **options)
    assume(not any(problem.code == "tables.coded_missing" for problem in problems))  # chance makes them, too
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert observations["district"].tolist() == [row[0] for row in rows] * 2
    for variable, position, scale in (("n", 2, 1), ("q", 3, 100)):
        part = observations[observations["variable"] == variable]
        values, flags = expected([row[position] for row in rows], scale)
        np.testing.assert_allclose(part["value"].to_numpy(float), values, rtol=1e-12)
        assert part["flag"].tolist() == flags


@pytest.mark.slow
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    how=conventions(),
    titles=TITLES,
    notes=NOTES,
    figures=st.lists(st.tuples(COUNTS, SHARES), min_size=3, max_size=12),
)
def test_a_text_table_is_read_back_whatever_its_conventions(tmp_path, how, titles, notes, figures):
    rows = [(f"{i:02d}", f"Quartier {i} Ö", n, q) for i, (n, q) in enumerate(figures)]
    # Two shares that prove the decimal sign; a table without any would rightly be a question.
    rows += [("98", "Probe", 7, 1234), ("99", "Probe zwei", 8, 4321)]
    head = [["Nr", "Gebiet", "Wert", ""], ["", "", "Einwohner", "Quote"]]
    lines = head if how["two_lines"] else [["Nr", "Gebiet", "Einwohner", "Quote"]]
    lines = [*lines, *([key, name, count_text(n, how), share_text(q, how)] for key, name, n, q in rows)]
    framed = [[title, "", "", ""] for title in titles] + ([[""] * 4] if titles else [])
    framed += [*lines, [""] * 4, *([note, "", "", ""] for note in notes)]
    text = [how["separator"].join(f"{how['quote']}{cell}{how['quote']}" for cell in line) for line in framed]
    path = tmp_path / "tabelle.csv"
    path.write_bytes((how["newline"].join(text) + how["newline"]).encode(how["encoding"]))
    check(path, WIDE if how["two_lines"] else OPTIONS, rows)


@pytest.mark.slow
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    two_lines=st.booleans(),
    titles=TITLES,
    notes=NOTES,
    figures=st.lists(st.tuples(COUNTS, SHARES), min_size=2, max_size=8),
)
def test_a_workbook_is_read_back_whatever_stands_around_its_table(
    tmp_path, two_lines, titles, notes, figures
):
    rows = [(f"{i:02d}", f"Quartier {i}", n, q) for i, (n, q) in enumerate(figures)]
    book = openpyxl.Workbook()
    sheet = book.active
    for title in titles:
        sheet.append([title])
    if titles:
        sheet.append([])
    if two_lines:
        sheet.append(["Nr", "Gebiet", "Wert", None])
        sheet.append([None, None, "Einwohner", "Quote"])
        first = sheet.max_row - 1
        sheet.merge_cells(start_row=first, end_row=first, start_column=3, end_column=4)
    else:
        sheet.append(["Nr", "Gebiet", "Einwohner", "Quote"])
    for key, name, n, q in rows:
        sheet.append([key, name, n, q if isinstance(q, str) else q / 100])
    sheet.append([])
    for note in notes:
        sheet.append([note])
    path = tmp_path / "mappe.xlsx"
    book.save(path)
    check(path, WIDE if two_lines else OPTIONS, rows)
