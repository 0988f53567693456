"""Siblings of the faults that trials found, invented afterwards: none of them is in the findings.

| kind (finding) | siblings here |
|---|---|
| quarters that are sums (1) | words of pivot tables, subtotals, averages; sums of a table without a date |
| codes for missing figures (2) | one single code, several codes of one survey, words |
| dates in headings (4) | years of birth, of construction, cohorts |
| decoded text is doubted (6) | the replacement character, the euro of ISO 8859-15 |
| long tables (11) | a table on its side |
| labels (12) | capitals, umlauts written out, 'St.', footnote marks, rounded keys |
| periods (13) | marks behind a year, quarters and months as offices and databases write them |
"""

import openpyxl
import pytest

from sozialraum.tables.dates import as_period
from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table
from sozialraum.tables.totals import is_total_word

KEYS = ("01", "02", "03", "04", "05", "06")
NAMES = ("Altstadt", "Brückenau", "Hafen", "Südring", "Am Hang", "Mühlenfeld")


@pytest.fixture
def write(tmp_path):
    def write(*lines, encoding="utf-8", name="t_2022.csv"):
        path = tmp_path / name
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return path

    return write


def rows(pattern):
    return [pattern.format(key=key, name=name, i=int(key)) for key, name in zip(KEYS, NAMES, strict=True)]


def codes(problems, severity="error"):
    return [problem.code.removeprefix("tables.") for problem in problems if problem.severity == severity]


# --- sums ---


@pytest.mark.parametrize(
    "word",
    [
        "Gesamtergebnis",
        "Zwischensumme Nord",
        "Endsumme",
        "Summen",
        "Subtotal",
        "Durchschnitt",
        "Ø Stadt",
        "Mittelwert",
    ],
)
def test_more_words_for_rows_that_are_no_district(word):
    assert is_total_word(word)


@pytest.mark.parametrize(
    "name", ["Gesamtergebnisallee", "Summter Weg", "Mittelwerth", "Durchschnittsau", "Endsee"]
)
def test_quarters_that_begin_like_such_words(name):
    assert not is_total_word(name)


def test_a_date_that_is_asked_for_hides_no_sum(write):
    path = write(
        "Name;n;m",
        *(f"{name};{1000 + 7 * i};{50 + i}" for i, name in enumerate(NAMES)),
        "Gesamtergebnis;6105;315",
        name="t.csv",
    )
    found = propose_table(path, keys=KEYS, names=NAMES)
    assert codes(found.questions) == ["no_date_option"]
    assert found.options["totals"] == ["Gesamtergebnis"]


def test_a_table_that_could_not_be_read_is_not_said_to_have_no_sums(write):
    assert "totals" not in propose_table(write("Ort;n", "x;1", "y;2"), keys=KEYS).options


# --- codes ---


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (("30,5", "-99", "20,1", "45,2", "41,1", "36"), {1}),
        (("30,5", "9999", "20,1", "45,2", "41,1", "36"), {1}),
        (("3", "999", "4", "998", "2", "1"), {1, 3}),
        (("3,1", "-7777", "4,2", "-8888", "2,2", "3,3"), {1, 3}),
        (("12", "99997", "40", "99998", "99999", "33"), {1, 3, 4}),
        (("12", "-66", "40", "-77", "8", "33"), {1, 3}),
    ],
)
def test_codes_that_stand_alone_or_beside_each_other_are_asked_about(write, cells, missing):
    path = write("Nr;Wert", *(f"{key};{cell}" for key, cell in zip(KEYS, cells, strict=True)))
    options = {"key": "Nr", "date": 2022, "variables": {"w": "Wert"}}
    _, problems = load_table(path, **options)
    assert codes(problems) == ["coded_missing"]
    proposal = propose_table(path, keys=KEYS)
    assert set(proposal.options["missing"]) == {cells[i] for i in missing}
    observations, _ = load_table(path, **options, missing=proposal.options["missing"])
    assert [i for i, flag in enumerate(observations["flag"]) if flag == "missing"] == sorted(missing)


@pytest.mark.parametrize(
    "cells",
    [
        ("30", "-9", "20", "-45", "41", "36"),
        ("1200", "999", "800", "1400", "9999", "7300"),
        ("70", "77", "88", "99", "120", "140"),
        ("-12", "-99", "40", "-77", "8", "33"),
        ("96", "97", "98", "99", "95", "94"),
        ("996", "997", "998", "999", "12", "400"),
    ],
)
def test_figures_that_only_look_like_codes_are_left_alone(write, cells):
    path = write("Nr;Wert", *(f"{key};{cell}" for key, cell in zip(KEYS, cells, strict=True)))
    _, problems = load_table(path, key="Nr", date=2022, variables={"w": "Wert"})
    assert codes(problems) == []


@pytest.mark.parametrize(
    "word", ["k. A.", "k.A.", "keine Angabe", "n/a", "n. v.", "nicht verfügbar", "NA", "---"]
)
def test_words_for_no_figure_are_proposed_and_never_read_unasked(write, word):
    path = write("Nr;Wert", "01;5", f"02;{word}", "03;6", f"04;{word}", "05;8", f"06;{word}")
    _, problems = load_table(path, key="Nr", date=2022, variables={"w": "Wert"})
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert f'symbols = {{ "{word}" = "missing" }}' in error.text("de")
    proposal = propose_table(path, keys=KEYS)
    assert proposal.options["symbols"] == {word: "missing"}
    assert proposal.questions == ()
    observations, _ = load_table(
        path, key="Nr", date=2022, variables={"w": "Wert"}, symbols={word: "missing"}
    )
    assert observations["flag"].tolist() == ["ok", "missing"] * 3


# --- headings and dates ---


@pytest.mark.parametrize(
    "heading",
    ["Geburtsjahrgang {}", "Wohnungen Baujahr {}", "geboren {}", "Kohorte {}", "Gebäude errichtet {}"],
)
def test_years_that_are_no_dates_of_a_count_stay_variables(write, heading):
    headings = [heading.format(year) for year in (2010, 2011, 2012)]
    found = propose_table(write(f"Nr;{';'.join(headings)}", *rows("{key};{i};7;9")), keys=KEYS)
    assert list(found.variables.values()) == headings
    assert found.options["date"] == "2022-12-31"


@pytest.mark.parametrize(
    ("cell", "kind", "end"),
    [
        ("2023*", "year", "2023-12-31"),
        ("2023 1)", "year", "2023-12-31"),
        ("2023¹", "year", "2023-12-31"),
        ("2023 (vorläufig)", "year", "2023-12-31"),
        ("Jahresdurchschnitt 2023", "year", "2023-12-31"),
        ("Ø 2019-2021", "window", "2021-12-31"),
        ("4. Q. 2023", "quarter", "2023-12-31"),
        ("2023Q4", "quarter", "2023-12-31"),
        ("2023M06", "month", "2023-06-30"),
        ("M06/2023", "month", "2023-06-30"),
        ("31-12-2023", "date", "2023-12-31"),
        ("12/31/2023", "date", "2023-12-31"),
        ("31.12.'23", "date", "2023-12-31"),
        ("31.12.2023 00:00", "date", "2023-12-31"),
        ("31.12.2023 23:59:59", "date", "2023-12-31"),
        ("2023-12-31T00:00:00Z", "date", "2023-12-31"),
        ("2023-12-31 00:00:00.000", "date", "2023-12-31"),
        ("2023-12-31T23:59:59", "date", "2023-12-31"),
    ],
)
def test_dates_as_offices_and_databases_write_them(cell, kind, end):
    found = as_period(cell)
    assert (found.kind, found.end) == (kind, end)


@pytest.mark.parametrize(
    "cell", ["01/02/2022", "KW 12/2023", "WS 2023/24", "30.6.", "31.02.2023", "2023**** x", "13/13/2023"]
)
def test_dates_that_stay_none(cell):
    assert as_period(cell) is None


# --- letters ---


def test_letters_that_are_lost_are_told_with_their_row(write):
    path = write("Nr;Name;n", "01;Altstadt;5", "02;Br\ufffdckenau;6")
    (question,) = propose_table(path, keys=KEYS, names=NAMES).questions
    assert question.code == "tables.lost_letters"
    assert question.row == 3
    rows_read, problems = load_table(path, key="Nr", date=2022, variables={"n": "n"}, encoding="utf-8")
    assert codes(problems) == []
    assert rows_read["value"].tolist() == [5, 6]


@pytest.mark.parametrize("heading", ["Miete in €", "Einkommen (€)", "€ je Kopf"])
def test_the_euro_of_iso_8859_15_is_no_sign_for_some_currency(write, heading):
    path = write(f"Nr;{heading}", *rows("{key};{i}00"), encoding="iso-8859-15")
    (question,) = propose_table(path, keys=KEYS).questions
    assert 'encoding = "iso-8859-15"' in question.text("de")
    found, problems = load_table(path, key="Nr", date=2022, variables={"m": heading}, encoding="iso-8859-15")
    assert codes(problems) == []
    assert len(found) == 6


# --- marks and figures ---


def test_a_hidden_sheet_beside_the_one_that_is_read_is_named(tmp_path):
    book = openpyxl.Workbook()
    for row in [["Nr", "n"], *[[key, 1000 + int(key)] for key in KEYS]]:
        book.active.append(row)
    old = book.create_sheet("alt")
    old.append(["Nr", "n"])
    old.append(["01", 7])
    old.sheet_state = "hidden"
    book.save(tmp_path / "t.xlsx")
    found, problems = load_table(tmp_path / "t.xlsx", key="Nr", date=2022, variables={"n": "n"})
    assert found["value"].tolist() == [1001, 1002, 1003, 1004, 1005, 1006]
    (note,) = [problem for problem in problems if problem.code == "tables.sheets_hidden"]
    assert "alt" in note.text("de")


@pytest.mark.parametrize(
    ("cell", "right"), [("12,-", 12), ("12,-- €", 12), ("1.234,-", 1234), ("7,\u2013 EUR", 7)]
)
def test_prices_without_cents(write, cell, right):
    path = write("Nr;Miete", f"01;{cell}", "02;5,50", "03;6,25")
    found, problems = load_table(path, key="Nr", date=2022, variables={"m": "Miete"})
    assert codes(problems) == []
    assert found["value"].tolist() == [right, 5.5, 6.25]


# --- shapes and keys ---


@pytest.mark.parametrize(
    "labels", [NAMES, KEYS, [f"{key} {name}" for key, name in zip(KEYS, NAMES, strict=True)]]
)
def test_a_table_on_its_side_is_told_as_such(write, labels):
    path = write("Merkmal;" + ";".join(labels), "Einwohner;1;2;3;4;5;6", "Arbeitslose;7;8;9;1;2;3")
    options = {"key": "Nr", "date": 2022, "variables": {"n": "Einwohner"}, "districts": labels}
    (problem,) = load_table(path, **options)[1]
    assert problem.code == "tables.transposed"
    assert "transposed = true" in problem.text("de")
    assert labels[0] in problem.text("de")


@pytest.mark.parametrize("labels", [NAMES, KEYS])
def test_a_table_on_its_side_is_turned_when_a_project_is_made(write, labels):
    path = write("Merkmal;" + ";".join(labels), "Einwohner;1;2;3;4;5;6", "Arbeitslose;7;8;9;1;2;3")
    found = propose_table(path, keys=KEYS, names=NAMES)
    assert found.questions == ()
    assert found.options["transposed"] is True
    assert found.variables == {"einwohner": "Einwohner", "arbeitslose": "Arbeitslose"}
    figures, problems = load_table(
        path, key="Merkmal", date=2022, variables=found.variables, transposed=True, districts=labels
    )
    assert codes(problems) == []
    ours = figures[figures["variable"] == "arbeitslose"]
    assert dict(zip(ours["district"], ours["value"], strict=True)) == dict(
        zip(labels, [7, 8, 9, 1, 2, 3], strict=True)
    )
    assert "tables.turned" in {problem.code for problem in problems}


def test_a_table_on_its_side_keeps_titles_years_and_marks(tmp_path):
    book = openpyxl.Workbook()
    lines = [["Einwohner nach Stadtteilen"], [], ["Jahr", *KEYS], [2020, *range(1000, 1006)]]
    for line in [*lines, [2021, *range(1010, 1016)], ["Quelle: Amt"]]:
        book.active.append(line)
    book.active.column_dimensions["D"].hidden = True
    book.save(tmp_path / "t.xlsx")
    found = propose_table(tmp_path / "t.xlsx", keys=KEYS)
    assert found.variables == {"wert": "{date}"}
    # A hidden column of the file is a hidden row of the table that is read.
    assert codes(found.questions) == ["mark_hidden_rows"]
    figures, problems = load_table(
        tmp_path / "t.xlsx",
        key="Jahr",
        variables={"n": "{date}"},
        transposed=True,
        marks={"hidden_rows": "leave_out"},
    )
    assert codes(problems) == []
    told = " ".join(problem.text("de") for problem in problems)
    assert "Einwohner nach Stadtteilen" in told
    assert "Quelle: Amt" in told
    assert sorted(figures["district"].unique()) == ["01", "02", "04", "05", "06"]
    assert figures[figures["date"] == "2021-12-31"]["value"].tolist() == [1010, 1011, 1013, 1014, 1015]


def test_a_table_on_its_side_with_lines_of_other_lengths_is_refused(write):
    path = write("Merkmal;" + ";".join(NAMES), "Einwohner;1;2;3;4;5", "Arbeitslose;7;8;9;1;2;3")
    _, problems = load_table(path, key="Merkmal", date=2022, variables={"n": "Einwohner"}, transposed=True)
    assert codes(problems) == ["ragged"]


@pytest.mark.parametrize("last", ["Summe", "unbekannt"])
def test_labels_written_once_for_a_block_of_rows_are_repeated(write, last):
    kinds = ("männlich", "weiblich", last)
    lines = [
        f'"{name if not j else ""}";"{kind}";"{1000 * (i + 1) + j}";"{1100 * (i + 1) + j}"'
        for i, name in enumerate(NAMES)
        for j, kind in enumerate(kinds)
    ]
    path = write('"Stadtteil";"Geschlecht";"2021";"2022"', *lines, name="t.csv")
    found = propose_table(path, keys=KEYS, names=NAMES)
    assert found.questions == ()
    assert found.options["fill_down"] == ["Stadtteil"]
    assert found.options["variable_column"] == "Geschlecht"
    options = {name: value for name, value in found.options.items() if name != "join"}
    figures, problems = load_table(path, variables=found.variables, **options)
    assert codes(problems) == []
    ours = figures[(figures["district"] == "Hafen") & (figures["date"] == "2022-12-31")]
    assert ours["value"].tolist() == [3300, 3301, 3302]


def test_labels_with_gaps_of_another_kind_are_asked_about(write):
    lines = ["Altstadt;männlich;1", ";weiblich;2", "Hafen;männlich;3", ";weiblich;4", ";divers;5"]
    found = propose_table(write("Stadtteil;Geschlecht;2021", *lines, name="t.csv"), keys=KEYS, names=NAMES)
    assert "fill_down" not in found.options
    assert found.questions


@pytest.mark.parametrize("cell", ["1,10101E+11", "1.10101E+11", "1E+05"])
def test_rounded_keys_are_refused_with_what_helps(write, cell):
    path = write("Nr;n", f"{cell};5", f"{cell};6", "07;8")
    _, problems = load_table(path, key="Nr", date=2022, variables={"n": "n"})
    (error,) = [problem for problem in problems if problem.code == "tables.scientific_keys"]
    assert error.values["number"] == 2
    assert 'join = "name"' in error.text("de")


@pytest.mark.parametrize("place", ["{column 4}", "{column D}"])
def test_of_two_columns_of_one_name_one_is_named_by_its_place(write, place):
    path = write("Nr;Name;Einwohner;Einwohner", *rows("{key};{name};{i}00;{i}1"))
    _, problems = load_table(path, key="Nr", date=2022, variables={"n": "Einwohner"})
    (error,) = [problem for problem in problems if problem.severity == "error"]
    assert '"{column 4}"' in error.text("de")
    found, problems = load_table(path, key="Nr", date=2022, variables={"n": place})
    assert codes(problems) == []
    assert found["value"].tolist() == [11, 21, 31, 41, 51, 61]
