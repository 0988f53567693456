"""More siblings of the faults that trials found; `README.md` beside this file lists them by finding."""

import pytest

from sozialraum.project.newtables import by_year, look_at
from sozialraum.tables.choice.headings import date_of_name
from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table
from sozialraum.texts import text

KEYS = ("01", "02", "03", "04", "05", "06")
NAMES = ("Altstadt", "Brückenau", "Hafen", "Südring", "Am Hang", "Mühlenfeld")


@pytest.fixture
def write(tmp_path):
    def write(*lines, name="t_2022.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def rows(pattern, *columns):
    pairs = enumerate(zip(KEYS, NAMES, strict=True))
    return [
        pattern.format(*(column[i] for column in columns), key=key, name=name) for i, (key, name) in pairs
    ]


def codes(problems, severity="error"):
    return [problem.code.removeprefix("tables.") for problem in problems if problem.severity == severity]


# --- quarters that are sums (1) ---

ADDS_UP = ("3000;1200;700", "1800;700;400", "1200;500;300", "50;60;70", "3;4;5", "8;9;1")


@pytest.mark.parametrize("label", ["{key};{name}", "{key};x", ";{name}", "{key} - {name};x"])
def test_a_district_that_adds_up_is_asked_about_when_a_project_is_made(write, label):
    path = write("Nr;Name;a;b;c", *rows(label + ";{}", ADDS_UP))
    found = propose_table(path, keys=KEYS, names=NAMES)
    if found.options.get("key") or found.options.get("join"):
        assert codes(found.questions) == ["total_district"]
        assert "totals" not in found.options or found.options["totals"] == []


def test_keys_and_years_are_not_compared_with_their_sums(write):
    path = write("Nr;Name;Jahr;a", *rows("{key};{name};2022;1{key}0"), "99;Insgesamt;2022;6210")
    options = {"key": "Nr", "name": "Name", "date_column": "Jahr", "variables": {"a": "a"}}
    _, problems = load_table(path, districts=KEYS, **options)
    (note,) = [problem for problem in problems if problem.code == "tables.total_row"]
    assert (note.values["matching"], note.values["columns"]) == (1, 1)


# --- dates in names of files, series of files (4, 14) ---


@pytest.mark.parametrize(
    ("stem", "end"),
    [
        ("ew_03-2022", "2022-03-31"),
        ("ew_2022_03", "2022-03-31"),
        ("032022_ew", "2022-03-31"),
        ("202203_ew", "2022-03-31"),
        ("ew_maerz2022", "2022-03-31"),
        ("ew_Juni_2022", "2022-06-30"),
        ("stand_30062022", "2022-06-30"),
        ("ew_20220630", "2022-06-30"),
        ("ew_30.06.2022", "2022-06-30"),
        ("ew_2022", "2022-12-31"),
        ("2022_ew_v2", "2022-12-31"),
    ],
)
def test_the_name_of_a_file_is_read_as_precisely_as_it_is_written(write, stem, end):
    assert date_of_name(stem).end == end
    found = propose_table(write("Nr;n", *rows("{key};7"), name=f"{stem}.csv"), keys=KEYS)
    assert found.options["date"] == end
    assert any(problem.code == "tables.date_from_name" for problem in found.evidence)


@pytest.mark.parametrize(
    "stem",
    [
        "ew_Q1_2022",
        "ew_2022Q1",
        "1_quartal_2022",
        "hj1_2022",
        "ew_2022_1hj",
        "schueler_2021_2022",
        "SJ2022",
        "ew_2011-12",
        "stand2020_ew_2022",
        "kw12_2022",
    ],
)
def test_the_name_of_a_file_that_says_another_time_than_a_day_is_asked(write, stem):
    assert date_of_name(stem) is None
    found = propose_table(write("Nr;n", *rows("{key};7"), name=f"{stem}.csv"), keys=KEYS)
    assert codes(found.questions) == ["no_date_option"]


@pytest.mark.parametrize(
    ("names", "series"),
    [
        (["202012_ew.csv", "202112_ew.csv"], "{year}12_ew.csv"),
        (["ew_31122020.csv", "ew_31122021.csv"], "ew_3112{year}.csv"),
        (["ew_20201231.csv", "ew_20211231.csv"], "ew_{year}1231.csv"),
        (["ew_03-2022.csv", "ew_06-2022.csv"], "ew_{month}-{year}.csv"),
        (["ew_2022_03.csv", "ew_2021_12.csv"], "ew_{year}_{month}.csv"),
        (["2020 EW.csv", "2021 EW.csv", "2022 EW.csv"], "{year} EW.csv"),
    ],
)
def test_files_that_differ_in_their_time_alone_are_one_series(tmp_path, names, series):
    assert by_year([tmp_path / name for name in names]) == [tmp_path / series]


def test_a_series_of_one_month_per_year_keeps_its_month(write):
    for year in (2021, 2022):
        write("Nr;n", *rows("{key};{}", range(6)), name=f"ew_{year}-06.csv")
    (series,) = by_year([write("Nr;n", *rows("{key};7"), name=f"ew_{year}-06.csv") for year in (2021, 2022)])
    found = propose_table(series, keys=KEYS)
    assert found.options["date"] == "{year}-06-30"
    figures, problems = load_table(series, key="Nr", date="{year}-06-30", variables=found.variables)
    assert codes(problems) == []
    assert set(figures["date"]) == {"2021-06-30", "2022-06-30"}


# --- long tables (11) ---


def long_rows(*columns):
    kinds = [[]]
    for texts in columns:
        kinds = [[*kind, text] for kind in kinds for text in texts]
    return [
        f"2022;{name};{';'.join(kind)};{100 + 7 * i + j}"
        for i, name in enumerate(NAMES)
        for j, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    "columns",
    [
        {"Geschlecht": ["m", "w"], "Merkmal": ["Einwohner", "Arbeitslose", "Haushalte"]},
        {"Alter": ["0-17", "18+"], "Staat": ["deutsch", "anders", "ohne"]},
        {"Geschlecht": ["m", "w"], "Alter": ["0-17", "18+"], "Staat": ["deutsch", "anders", "ohne"]},
    ],
)
def test_a_column_of_kinds_without_a_sum_is_asked_about(write, columns):
    path = write(f"Jahr;Stadtteil;{';'.join(columns)};Anzahl", *long_rows(*columns.values()))
    found = propose_table(path, names=NAMES)
    assert found.choices == ("where",)
    assert [problem.code for problem in found.asked] == ["tables.where_asked"] * (len(columns) - 1)
    assert not any(problem.code == "tables.rows_chosen" for problem in found.evidence)
    # Unanswered, the table is refused with the columns that leave it open.
    options = {name: value for name, value in found.options.items() if name not in {"join", "where"}}
    _, problems = load_table(path, variables=found.variables, districts=NAMES, **options)
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert error.code == "tables.long_table"
    assert error.column == ", ".join([*found.options["where"]])


def test_a_column_of_kinds_with_a_sum_is_chosen_and_told(write):
    path = write(
        "Jahr;Stadtteil;Geschlecht;Merkmal;Anzahl",
        *long_rows(["insgesamt", "m", "w"], ["Einwohner", "Arbeitslose", "Haushalte", "Kinder"]),
    )
    found = propose_table(path, names=NAMES)
    assert found.asked == ()
    assert found.options["where"] == {"Geschlecht": "insgesamt"}


# --- rows that can only be told by their place (20) ---


def test_larger_areas_under_a_districts_name_are_left_out_by_their_rows(write):
    path = write("Name;n", "Altstadt;3040", *rows("{name};1{key}0"), "Hafen;4000")
    options = {"name": "Name", "date": 2022, "variables": {"n": "n"}}
    _, problems = load_table(path, **options)
    assert codes(problems) == ["duplicate_rows"]
    words = next(problem.text("de") for problem in problems if problem.severity == "error")
    assert "skip_rows" in words
    assert "löschen" not in words
    figures, problems = load_table(path, **options, skip_rows=(2, 9))
    assert codes(problems) == []
    assert figures["value"].tolist() == [1010, 1020, 1030, 1040, 1050, 1060]
    (note,) = [problem for problem in problems if problem.code == "tables.rows_chosen"]
    assert "skip_rows = [2, 9]" in note.text("de")


def test_rows_to_leave_out_that_are_not_there_are_an_error(write):
    path = write("Name;n", *rows("{name};7"))
    _, problems = load_table(path, name="Name", date=2022, variables={"n": "n"}, skip_rows=(40,))
    assert codes(problems) == ["no_such_rows"]


# --- parts of the year beside a column of years (13, 16) ---


@pytest.mark.parametrize(
    ("heading", "cells", "ends"),
    [
        ("Monat", ["3", "12"], ["2022-03-31", "2022-12-31"]),
        ("Berichtsmonat", ["März", "Dez"], ["2022-03-31", "2022-12-31"]),
        ("Quartal", ["1", "4"], ["2022-03-31", "2022-12-31"]),
        ("Quartal", ["1. Quartal", "4. Quartal"], ["2022-03-31", "2022-12-31"]),
        ("Quartal", ["Q1", "Q4"], ["2022-03-31", "2022-12-31"]),
        ("Vierteljahr", ["I", "IV"], ["2022-03-31", "2022-12-31"]),
        ("month", ["06", "09"], ["2022-06-30", "2022-09-30"]),
    ],
)
def test_month_or_quarter_beside_the_year_belongs_to_the_date(write, heading, cells, ends):
    lines = [line for i, cell in enumerate(cells) for line in rows(f"2022;{cell};{{key}};1{{key}}{i}")]
    path = write(f"Jahr;{heading};Nr;Arbeitslose", *lines, name="t.csv")
    found = propose_table(path, keys=KEYS)
    assert found.questions == ()
    assert (found.options["date_column"], found.options["part_column"]) == ("Jahr", heading)
    assert list(found.variables) == ["arbeitslose"]
    options = {name: value for name, value in found.options.items() if name != "join"}
    figures, problems = load_table(path, variables=found.variables, **options)
    assert codes(problems) == []
    assert figures[figures["district"] == "02"].set_index("date")["value"].to_dict() == {
        end: 1020.0 + i for i, end in enumerate(ends)
    }


@pytest.mark.parametrize("cell", ["13", "0", "Foo", "", "Q5"])
def test_what_is_no_part_of_the_year_is_named_with_its_column(write, cell):
    path = write("Jahr;Monat;Nr;n", "2022;6;01;5", f"2022;{cell};02;6", name="t.csv")
    options = {"key": "Nr", "date_column": "Jahr", "part_column": "Monat", "variables": {"n": "n"}}
    (error,) = [one for one in load_table(path, **options)[1] if one.severity == "error"]
    assert (error.code, error.column, error.row) == ("tables.bad_date", "Monat", 3)


# --- messages (21) ---


def test_double_rows_are_three_and_a_count(write):
    lines = [line for _ in range(9) for line in rows("{key};7")]
    _, problems = load_table(write("Nr;n", *lines), key="Nr", date=2022, variables={"n": "n"})
    words = next(problem.text("de") for problem in problems if problem.code == "tables.duplicate_rows")
    assert "01 (2022-12-31): 2, 8, 14, … (+6)" in words
    assert "… (+3)" in words
    assert "04 (" not in words


# --- tables of many more areas (24) ---


def test_a_table_that_names_all_districts_and_many_others_is_theirs(write):
    others = [f"W{number:02d};Wasser {number};7" for number in range(40)]
    found = propose_table(write("Nr;Name;n", *rows("{key};{name};9"), *others), keys=KEYS, names=NAMES)
    assert found.options["key"] == "Nr"


# --- columns that nobody reads are named (5) ---


@pytest.mark.parametrize(
    ("header", "pattern", "left"),
    [
        (
            "Nr;Fläche in ha;Einwohner 2021;Einwohner 2022;Haushalte",
            "{key};12;1000;1010;500",
            {"Fläche in ha", "Haushalte"},
        ),
        ("Nr;Klasse;Bemerkung;Einwohner;Rang", "{key};über 10;alt;1000;3", {"Klasse", "Bemerkung"}),
        (
            "Nr;Quote (Mikrozensus 2019);EW 31.12.2021;EW 31.12.2022",
            "{key};9;8;7",
            {"Quote (Mikrozensus 2019)"},
        ),
        ("Nr;Einwohner;Reserve;Notiz", "{key};1000;;", {"Reserve", "Notiz"}),
        ("Nr;Jahr;Kategorie;n", "{key};2022;klein;7", {"Kategorie"}),
    ],
)
def test_each_heading_is_read_or_left_out_by_name(write, header, pattern, left):
    path = write(header, *rows(pattern), name="t.csv")
    table = look_at(path, None, keys=set(KEYS), names=set(), taken=set())
    assert set(table.left_out) == left


# --- blanks in and around figures (17) ---


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("-\u00a0\u00a023", -23),
        ("- \u202f5", -5),
        ("\u2013   7", -7),
        ("\u2212\t9", -9),
        ("+  5", 5),
        ("  12  ", 12),
        ("\u00a012\u00a0", 12),
        ("1\u00a0204", 1204),
        ("12 %", 12),
        ("12\u202f%", 12),
    ],
)
def test_blanks_of_any_kind_around_a_figure_do_not_matter(write, cell, right):
    path = write("Nr;n", f'01;"{cell}"', "02;7", "03;8")
    found, problems = load_table(path, key="Nr", date=2022, variables={"n": "n"})
    assert [one for one in codes(problems) if one != "percent_mixed"] == []
    assert found["value"].tolist()[0] == right


@pytest.mark.parametrize("cell", ["12 ,5", "1 2", "- - 5", "5 6,0 7"])
def test_blanks_within_a_figure_are_asked_about(write, cell):
    _, problems = load_table(write("Nr;n", f"01;{cell}", "02;7"), key="Nr", date=2022, variables={"n": "n"})
    assert codes(problems) == ["bad_cell"]


# --- columns of years (16) ---


@pytest.mark.parametrize(
    "heading",
    [
        "JAHR_ID",
        "Haushaltsjahr",
        "Bezugsjahr",
        "jahr (31.12.)",
        "time",
        "J",
        "Jg",
        "year_",
        "Auswertungsjahr",
    ],
)
def test_columns_of_years_by_whatever_name_are_dates(write, heading):
    lines = [line for year in (2021, 2022) for line in rows(f"{year};{{key}};7")]
    found = propose_table(write(f"{heading};Nr;Einwohner", *lines, name="t.csv"), keys=KEYS)
    assert found.options["date_column"] == heading
    assert list(found.variables) == ["einwohner"]
    assert found.questions == ()


# --- files that are no tables (18) ---


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("t.xls", b"<html><table><tr><td>Nr</td></tr></table></html>", "HTML"),
        ("t.csv", b"\xef\xbb\xbf<!DOCTYPE html>\n<html>404</html>", "HTML"),
        (
            "t.xls",
            b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "XML",
        ),
        ("t.csv", b"%PDF-1.7\n1 0 obj", "PDF"),
        ("t.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "GZIP"),
        ("t.csv", b'{"type": "FeatureCollection"}', "JSON"),
        ("t.xlsx", b"SQLite format 3\x00", "GeoPackage"),
    ],
)
def test_files_of_another_format_are_named_as_such(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    (error,) = load_table(tmp_path / name, key="Nr", date=2022, variables={"n": "n"})[1]
    assert error.code == "tables.foreign_format"
    assert kind in error.text("de")
    assert ".xlsx" in error.text("de")


@pytest.mark.parametrize("name", ["t_2022.xls", "t_2022.xlsx", "t_2022.ods"])
def test_text_under_the_ending_of_a_workbook_is_read_as_text(write, name):
    found, problems = load_table(
        write("Nr\tn", *rows("{key}\t1{key}"), name=name), key="Nr", date=2022, variables={"n": "n"}
    )
    assert codes(problems) == []
    assert found["value"].tolist() == [101, 102, 103, 104, 105, 106]


@pytest.mark.parametrize(
    ("code", "values", "de", "en"),
    [
        (
            "tables.mark_struck",
            {"number": 1, "places": "'n' 3"},
            "Eine Zelle ist durch",
            "One cell is struck",
        ),
        (
            "tables.rows_chosen",
            {"number": 1, "total": 9, "asked": "x"},
            "Gelesen wird eine von 9",
            "One of 9 rows is",
        ),
        (
            "vintages.no_area",
            {"count": 1, "level": "b", "keys": "01"},
            "Ein Gebiet gehört",
            "One district belongs",
        ),
        ("cases.no_begin", {"number": 1, "rows": "7"}, "Ein Fall hat keinen Beginn", "One case has no"),
    ],
)
def test_one_is_said_as_one(code, values, de, en):
    assert text(code, "de", **values).startswith(de)
    assert text(code, "en", **values).startswith(en)
    several = {name: 2 if value == 1 else value for name, value in values.items()}
    assert not text(code, "de", **several).startswith(de)


def test_a_long_table_is_not_turned_to_see_whether_it_lies_on_its_side(write, monkeypatch):
    """Thousands of rows are no variables: turning them took most of the time of `init`."""
    turned = []
    monkeypatch.setattr("sozialraum.tables.grid.turned", lambda sheet: turned.append(sheet) or sheet)
    lines = [f"{year};Ort {key};{i}" for i in range(200) for key in KEYS for year in (2021, 2022)]
    propose_table(write("Jahr;Gebiet;n", *lines), keys=KEYS, names=NAMES)
    assert turned == []
    propose_table(write("Merkmal;a;b;c;d", "Einwohner;1;2;3;4"), keys=KEYS, names=NAMES)
    assert len(turned) == 1


# --- figures that happen to be keys (12, 16) ---


@pytest.mark.parametrize("figures", [(7, 3, 12, 1, 9, 4), (15, 14, 13, 12, 11, 10)])
@pytest.mark.parametrize("label", ["{key} {name}", "Ortsteil {name}", "{name} ({key})"])
def test_counts_that_are_keys_of_other_districts_assign_nothing(write, figures, label):
    keys = [str(number) for number in range(1, 21)]
    path = write("Gebiet;Vereine", *rows(label + ";{}", figures))
    found = propose_table(path, keys=keys, names=[f"{name} " for name in NAMES])
    assert found.options.get("key") != "Vereine"


@pytest.mark.parametrize("header", ["Jahr;OT;n", "Jahr;Schlüssel;n"])
def test_plain_numbers_that_are_all_the_keys_are_the_keys(write, header):
    lines = [f"{year};{number};7" for year in (2021, 2022) for number in range(1, 21)]
    found = propose_table(write(header, *lines), keys=[str(number) for number in range(1, 21)])
    assert found.options["key"] == header.split(";")[1]
