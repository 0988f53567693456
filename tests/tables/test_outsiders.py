"""Faults that an outsider's invented files found, each with siblings that were not among them.

| kind | here |
|---|---|
| a quarter taken for a day or a month | five digits, months under a heading of quarters, half-years |
| figures of another time under the table's date | dates in headings, 'Vorjahr', names of downloads |
| one year's way of writing taken for all | separator, decimal sign, lines above the header, encoding |
| years below repeated headings | behind two columns of labels, dates, months |
| several columns with dates | export, vintage, base year, from and to, finer and coarser, contradicting |
| numbers of another column taken for keys | ranks, counts, levels, old and new keys, neighbours |
| zeros that a column beside them calls secret | status, quality, signs, words |
| first rows taken for headings | signs in place of all figures, figures like years, no header at all |
| dates that a workbook shows as months or years | XLSX, ODS, XLS; headings and columns |
"""

import datetime as dt
import zipfile

import openpyxl
import pytest

from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table

pytestmark = pytest.mark.slow

KEYS = ("01", "02", "03", "04")
NAMES = ("Altstadt", "Brückenau", "Hafen", "Südring")


def dated(path, heading, times):
    lines = [f"{time};{key};{10 * place + int(key)}\n" for place, time in enumerate(times, 1) for key in KEYS]
    path.write_text(f"{heading};Nr;Einwohner\n" + "".join(lines), encoding="utf-8")
    return path


def read(path, heading, **options):
    rows, problems = load_table(
        path, key="Nr", date_column=heading, variables={"people": "Einwohner"}, **options
    )
    return rows, {problem.code for problem in problems if problem.severity == "error"}


@pytest.mark.parametrize(
    ("heading", "times", "days"),
    [
        ("Quartal", ("20221", "20224"), ["2022-03-31", "2022-12-31"]),
        ("Berichtsquartal", ("2022-1", "2022-4"), ["2022-03-31", "2022-12-31"]),
        ("Jahr/Quartal", ("2022/1", "2022/2"), ["2022-03-31", "2022-06-30"]),
        ("Halbjahr", ("20221", "20222"), ["2022-06-30", "2022-12-31"]),
    ],
)
def test_a_year_with_the_number_of_its_part(tmp_path, heading, times, days):
    path = dated(tmp_path / "t.csv", heading, times)
    assert propose_table(path, keys=KEYS).options["date_column"] == heading
    rows, errors = read(path, heading)
    assert errors == set()
    assert sorted(set(rows["date"])) == days
    assert set(rows["period"]) == {"half_year" if heading == "Halbjahr" else "quarter"}


@pytest.mark.parametrize(
    ("heading", "times", "kind", "days"),
    [
        ("Quartal", ("202201", "202204"), "quarter", ["2022-03-31", "2022-12-31"]),
        ("Quartal", ("01/2022", "04/2022"), "quarter", ["2022-03-31", "2022-12-31"]),
        ("Quartal", ("2022-03", "2022-04"), "quarter", ["2022-09-30", "2022-12-31"]),
        ("Halbjahr", ("1/2022", "2/2022"), "half_year", ["2022-06-30", "2022-12-31"]),
    ],
)
def test_a_month_under_a_heading_of_quarters_is_asked_about(tmp_path, heading, times, kind, days):
    path = dated(tmp_path / "t.csv", heading, times)
    assert "tables.date_of_two_kinds" in read(path, heading)[1]
    rows, errors = read(path, heading, period=kind)
    assert errors == set()
    assert sorted(set(rows["date"])) == days
    assert sorted(set(read(path, heading, period="month")[0]["date"])) != days


def test_last_months_of_quarters_are_no_numbers_of_quarters(tmp_path):
    path = dated(tmp_path / "t.csv", "Quartal", ("202203", "202206", "202209", "202212"))
    rows, errors = read(path, "Quartal", period="quarter")
    assert errors == set()
    found = rows[rows["district"] == "01"].set_index("date")[["start", "value"]]
    assert found["start"].to_list() == ["2022-01-01", "2022-04-01", "2022-07-01", "2022-10-01"]
    assert found["value"].to_list() == [11.0, 21.0, 31.0, 41.0]
    # Without a word they are the months that they are written as.
    rows, errors = read(path, "Quartal")
    assert (errors, set(rows["period"])) == (set(), {"month"})


def test_a_month_within_a_quarter_is_none(tmp_path):
    path = dated(tmp_path / "t.csv", "Zeit", ("202205", "202206"))
    assert "tables.bad_date_several" in read(path, "Zeit", period="quarter")[1]


@pytest.mark.parametrize("heading", ["Stichtag", "Zeit", "Jahr"])
def test_a_year_and_a_digit_are_no_day_of_the_fifties(tmp_path, heading):
    path = dated(tmp_path / "t.csv", heading, ("20221", "20224"))
    assert "date_column" not in propose_table(path, keys=KEYS).options
    assert "tables.bad_date_several" in read(path, heading)[1]


def columns(path, *headings):
    lines = [
        f"{key};{';'.join(str(100 * place + int(key)) for place in range(len(headings)))}" for key in KEYS
    ]
    path.write_text(";".join(("Nr", *headings)) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "headings", "right", "other"),
    [
        (
            "bericht_2023.csv",
            ("Arbeitslose 2023", "Einwohner 2022"),
            ["Arbeitslose 2023"],
            ["Einwohner 2022"],
        ),
        ("bericht_2023.csv", ("Einwohner", "Einwohner Vorjahr"), ["Einwohner"], ["Einwohner Vorjahr"]),
        (
            "alo_2023-06.csv",
            ("Arbeitslose", "Vormonat", "Vj. (Juni)"),
            ["Arbeitslose"],
            ["Vormonat", "Vj. (Juni)"],
        ),
        (
            "alo_2023-06.csv",
            ("Arbeitslose Juni 2023", "Einwohner 31.12.2022", "SGB II Mai 2023"),
            ["Arbeitslose Juni 2023"],
            ["Einwohner 31.12.2022", "SGB II Mai 2023"],
        ),
        # The same time, in other words; limits, changes and years of construction are no dates of a count.
        ("ew_2023-12-31.csv", ("Einwohner 2023", "Dez 2023", "31.12.2023"), None, []),
        ("ew_2023.csv", ("Veränderung 2022", "Saldo ggü. 2021", "Index 2015 = 100"), None, []),
        ("ew_2023.csv", ("geboren vor 2010", "Baujahr 1990", "seit 2020 hier"), None, []),
        ("ew_2023.csv", ("Veränderung zum Vorjahr", "Bau 1990-2000", "Einwohner"), None, []),
    ],
)
def test_a_heading_of_another_time_is_left_out_by_name(tmp_path, name, headings, right, other):
    found = propose_table(columns(tmp_path / name, *headings), keys=KEYS)
    assert list(found.variables.values()) == (list(headings) if right is None else right)
    told = [note.text() for note in found.evidence if note.code == "tables.headings_of_other_times"]
    assert len(told) == bool(other)
    assert all(heading in told[0] for heading in other)


def test_a_date_that_no_heading_shares_is_asked_for(tmp_path):
    path = columns(tmp_path / "bericht_2023.csv", "Arbeitslose Juni 2022", "Einwohner 2022-12-31")
    found = propose_table(path, keys=KEYS)
    assert len(found.variables) == 2
    assert "date" not in found.options
    assert "tables.no_date_option" in {question.code for question in found.questions}
    codes = {note.code for note in found.evidence}
    assert "tables.heading_dates" in codes
    assert "tables.date_from_name" not in codes


def test_figures_of_the_year_before_alone_are_read_and_doubted(tmp_path):
    path = columns(tmp_path / "bericht_2023.csv", "Vorjahr")
    found = propose_table(path, keys=KEYS)
    assert (list(found.variables.values()), found.options["date"]) == (["Vorjahr"], "2023-12-31")
    assert "tables.heading_of_another_time" in {note.code for note in found.evidence}


def test_a_date_stated_beside_a_heading_of_another_time_is_warned_about(tmp_path):
    path = columns(tmp_path / "t.csv", "Einwohner 2022", "Arbeitslose")
    given = {"key": "Nr", "variables": {"people": "Einwohner 2022", "cases": "Arbeitslose"}}
    for date, codes in (("2023-12-31", ["tables.heading_of_another_time"]), ("2022-06-30", [])):
        rows, problems = load_table(path, date=date, **given)
        assert set(rows["date"]) == {date}
        assert [problem.code for problem in problems if problem.severity == "warning"] == codes


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-02-14_ew_2023.csv", None),
        ("ew_2023_stand_20240214.csv", None),
        ("export 14.02.2024 ew 2022.csv", None),
        ("ew_2023_31122023.csv", "2023-12-31"),
        ("jahresbericht_2023_12_2023.csv", "2023-12-31"),
    ],
)
def test_two_years_in_the_name_of_a_file_are_asked_about(tmp_path, name, day):
    found = propose_table(columns(tmp_path / name, "Einwohner"), keys=KEYS)
    assert found.options.get("date") == day


def lines(separator, decimal, *, above=""):
    rows = (f"{key}{separator}{int(key)}{decimal}5{separator}{100 + int(key)}" for key in KEYS)
    return above + separator.join(("Nr", "Quote", "Größe")) + "\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ((lines(";", "."), "utf-8"), (lines(";", ","), "utf-8")),
        ((lines("\t", ","), "utf-8"), (lines(";", ","), "utf-8")),
        ((lines(",", "."), "utf-8"), (lines(";", ","), "utf-8")),
        ((lines(";", ",", above="Amt für Statistik;;\n\n"), "utf-8"), (lines(";", ","), "utf-8")),
        ((lines(";", ","), "cp1252"), (lines(";", ","), "utf-16")),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_each_file_of_a_series_is_written_in_its_own_way(tmp_path, one, two, turned):
    years = ("2023", "2022") if turned else ("2022", "2023")
    for year, (text, encoding) in zip(years, (one, two), strict=True):
        (tmp_path / f"q_{year}.csv").write_bytes(text.encode(encoding))
    found = propose_table(tmp_path / "q_{year}.csv", keys=KEYS)
    assert found.questions == ()
    rows, problems = load_table(tmp_path / "q_{year}.csv", variables=found.variables, **found.options)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    right = {key: int(key) + 0.5 for key in KEYS}
    for year in years:
        ours = rows[(rows["date"] == f"{year}-12-31") & (rows["variable"] == "quote")]
        assert ours.set_index("district")["value"].to_dict() == right


@pytest.mark.parametrize(
    ("times", "days"),
    [
        (("2021", "2022"), ["2021-12-31", "2022-12-31"]),
        (("30.06.2021", "30.06.2022"), ["2021-06-30", "2022-06-30"]),
        (("Jun 2021", "Jul 2021"), ["2021-06-30", "2021-07-31"]),
    ],
)
@pytest.mark.parametrize("labels", [("Kennziffer",), ("Kennziffer", "Raumeinheit", "Aggregat")])
def test_years_in_a_line_below_repeated_headings(tmp_path, times, days, labels):
    """As INKAR writes them: the line of years was taken for a row of figures."""
    texts = ["", *(f"Nr. {key}" for key in KEYS)]
    head = [";".join((*labels, "Quote", "Quote")), ";" * len(labels) + ";".join(times)]
    body = [
        ";".join((key, *texts[:1] * (len(labels) - 1), f"{int(key)},5", f"{int(key) + 1},5")) for key in KEYS
    ]
    path = tmp_path / "inkar.csv"
    path.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")
    found = propose_table(path, keys=KEYS)
    assert dict(found.variables) == {"quote": "Quote {date}"}
    rows, problems = load_table(path, variables=found.variables, **found.options)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert sorted(set(rows["date"])) == days
    first = rows[rows["date"] == days[0]].set_index("district")["value"].to_dict()
    assert first == {key: int(key) + 0.5 for key in KEYS}


def timed(path, headings, *rows):
    """Write a table with several columns of dates, each of `rows` for all districts."""
    body = [
        f"{';'.join(row)};{key};{10 * place + int(key)}" for place, row in enumerate(rows, 1) for key in KEYS
    ]
    path.write_text("\n".join([f"{headings};Nr;Einwohner", *body]) + "\n", encoding="utf-8")
    return path


def read_as_proposed(path):
    found = propose_table(path, keys=KEYS)
    assert (found.questions, found.asked) == ((), ())
    rows, problems = load_table(path, variables=found.variables, **found.options)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    return found, rows


@pytest.mark.parametrize(
    ("headings", "rows", "column", "days"),
    [
        (
            "Datenstand;Jahr",
            [("14.02.2024", "2022"), ("14.02.2024", "2023")],
            "Jahr",
            ["2022-12-31", "2023-12-31"],
        ),
        ("Aktualisierungsdatum;Stichtag", [("2024-02-14", "31.12.2022")], "Stichtag", ["2022-12-31"]),
        ("Stichtag;letzte Änderung Datum", [("31.12.2022", "01.02.2023")], "Stichtag", ["2022-12-31"]),
        ("Exportdatum;Monat", [("2024-02-14", "2023-06")], "Monat", ["2023-06-30"]),
        ("Gebietsstand;Jahr", [("2020", "2022"), ("2020", "2023")], "Jahr", ["2022-12-31", "2023-12-31"]),
        ("Basisjahr;Berichtsjahr", [("2015", "2022")], "Berichtsjahr", ["2022-12-31"]),
        ("gueltig_ab_datum;jahr", [("1999-01-01", "2022")], "jahr", ["2022-12-31"]),
        # The finer one of two that agree, whichever stands first.
        (
            "Jahr;Stichtag",
            [("2022", "30.06.2022"), ("2023", "30.06.2023")],
            "Stichtag",
            ["2022-06-30", "2023-06-30"],
        ),
        (
            "Stichtag;Jahr",
            [("30.06.2022", "2022"), ("30.06.2023", "2023")],
            "Stichtag",
            ["2022-06-30", "2023-06-30"],
        ),
        ("Jahr;Monat", [("2022", "202206"), ("2022", "202212")], "Monat", ["2022-06-30", "2022-12-31"]),
        ("Jahr;Quartal", [("2022", "20221"), ("2022", "20224")], "Quartal", ["2022-03-31", "2022-12-31"]),
    ],
)
def test_of_several_columns_with_dates_that_of_the_count_is_taken(tmp_path, headings, rows, column, days):
    found, read = read_as_proposed(timed(tmp_path / "t.csv", headings, *rows))
    assert found.options["date_column"] == column
    assert "variable_column" not in found.options
    assert dict(found.variables) == {"einwohner": "Einwohner"}
    assert sorted(set(read["date"])) == days
    assert "tables.times_passed" in {note.code for note in found.evidence}
    assert read[read["date"] == days[0]].set_index("district")["value"]["03"] == 13.0


@pytest.mark.parametrize(
    "headings", ["Zeitraum von;Zeitraum bis", "Datum_Beginn;Datum_Ende", "date from;date to"]
)
def test_two_columns_of_one_period(tmp_path, headings):
    rows = [("01.01.2022", "31.03.2022"), ("01.04.2022", "30.06.2022")]
    found, read = read_as_proposed(timed(tmp_path / "t.csv", headings, *rows))
    first, last = headings.split(";")
    assert (found.options["from_column"], found.options["date_column"]) == (first, last)
    assert sorted(set(zip(read["start"], read["date"], strict=True))) == [
        ("2022-01-01", "2022-03-31"),
        ("2022-04-01", "2022-06-30"),
    ]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("Jahr;Stichtag", ("2022", "31.12.2021")),
        ("Berichtsjahr;Schuljahr", ("2022", "2021/22")),
        ("Stand;Jahr", ("14.02.2024", "2022")),
        ("Monat;Quartal", ("2022-06", "2022-Q1")),
    ],
)
def test_columns_with_dates_that_contradict_each_other_are_asked_about(tmp_path, headings, row):
    found = propose_table(timed(tmp_path / "t.csv", headings, row), keys=KEYS)
    assert "tables.which_date" in {question.code for question in found.asked}
    assert found.choices == ("date_column",)
    question = next(one for one in found.asked if one.code == "tables.which_date").text()
    assert all(heading in question for heading in headings.split(";"))


@pytest.mark.parametrize(
    ("heading", "times"),
    [
        ("Woche", ("KW 51/2022", "KW 52/2022")),
        ("Datum", ("01/06/2022", "01/07/2022")),
        ("Monat", ("12/22", "12/23")),
        ("Jahr", ("Ende 2022", "Ende 2023")),
    ],
)
def test_a_time_that_cannot_be_read_is_asked_about_by_its_column(tmp_path, heading, times):
    """It was offered as a kind of figures, and the question about the date did not name it."""
    path = timed(tmp_path / "t.csv", heading, *((time,) for time in times))
    found = propose_table(path, keys=KEYS)
    (question,) = [one for one in found.asked if one.code == "tables.unread_dates"]
    assert heading in question.text("de")
    assert f'"{times[0]}"' in question.text("de")
    assert "where" not in found.options
    # What it proposes is read.
    rows, problems = load_table(
        path, key="Nr", date="2022-12-31", where={heading: times[0]}, variables={"people": "Einwohner"}
    )
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert rows["value"].to_list() == [11.0, 12.0, 13.0, 14.0]


PLAIN = ("1", "2", "3", "4")
ORDER = ("3", "1", "2", "4")


def table(path, headings, *cells):
    lines = [";".join(row) for row in zip(*cells, strict=True)]
    path.write_text(headings + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


FIGURES = ("101", "102", "103", "104")


@pytest.mark.parametrize(
    ("headings", "cells", "keys", "option", "column"),
    [
        ("Rang;Gebiet;Einwohner", (ORDER, PLAIN, FIGURES), PLAIN, "key", "Gebiet"),
        ("Position;Nr;Einwohner", (ORDER, PLAIN, FIGURES), PLAIN, "key", "Nr"),
        ("lfd. Nr.;Stadtteil;Einwohner", (ORDER, NAMES, FIGURES), PLAIN, "name", "Stadtteil"),
        ("Stadtteil;Kitas;Einwohner", (NAMES, ORDER, FIGURES), PLAIN, "name", "Stadtteil"),
        (
            "BezirkNr;StadtteilNr;Einwohner",
            (("01", "01", "02", "02"), KEYS, FIGURES),
            KEYS,
            "key",
            "StadtteilNr",
        ),
        ("fid;stadtteil;Einwohner", (ORDER, PLAIN, FIGURES), PLAIN, "key", "stadtteil"),
        ("OBJECTID;Stadtteil;Einwohner", (ORDER, NAMES, FIGURES), PLAIN, "name", "Stadtteil"),
        ("Unnamed: 0;Gebiet;Einwohner", (ORDER, PLAIN, FIGURES), PLAIN, "key", "Gebiet"),
        ("Gebiet;Code;Einwohner", (KEYS, KEYS, FIGURES), KEYS, "key", "Code"),
        ("Einwohner;Platz;Schlüssel", (FIGURES, ORDER, PLAIN), PLAIN, "key", "Schlüssel"),
    ],
)
def test_ranks_counts_and_levels_are_no_keys(tmp_path, headings, cells, keys, option, column):
    found = propose_table(table(tmp_path / "t_2022.csv", headings, *cells), keys=keys, names=NAMES)
    assert found.asked == ()
    assert found.options[option] == column
    assert (found.options.get("join") == "name") == (option == "name")
    assert "Einwohner" in found.variables.values()


@pytest.mark.parametrize(
    ("headings", "cells", "code"),
    [
        ("Nr_alt;Nr_neu;Einwohner", (ORDER, PLAIN, FIGURES), "which_key"),
        ("Schlüssel;Schlüssel 2021;Einwohner", (KEYS, KEYS[::-1], FIGURES), "which_key"),
        ("von;nach;Umzüge", (NAMES, NAMES[::-1], FIGURES), "which_name"),
        ("Stadtteil;Partner-Stadtteil;Einwohner", (NAMES, NAMES[::-1], FIGURES), "which_name"),
    ],
)
def test_two_columns_of_districts_are_asked_about(tmp_path, headings, cells, code):
    keys = PLAIN if PLAIN in cells else KEYS
    path = table(tmp_path / "t_2022.csv", headings, *cells)
    found = propose_table(path, keys=() if code == "which_name" else keys, names=NAMES)
    assert [question.code for question in found.asked] == [f"tables.{code}"]
    assert found.choices == (code.removeprefix("which_"),)
    assert all(heading in found.asked[0].text("en") for heading in headings.split(";")[:2])


@pytest.mark.parametrize(
    ("heading", "signs"),
    [
        ("Einwohner_Status", ("x", "e", "e", "e")),
        ("value_q", ("/", "e", "e", "p")),
        ("Zeichen", (".", "", "-", "")),
        ("Fußnote", ("geheim", "", "", "")),
        ("Hinweis", ("k. A.", "", "r", "s")),
        ("Flag", ("*", "", "", "")),
    ],
)
def test_a_zero_that_a_column_beside_it_calls_none_is_asked_about(tmp_path, heading, signs):
    path = table(tmp_path / "t.csv", f"Nr;Einwohner;{heading}", KEYS, ("0", "12", "0", "14"), signs)
    given = {"key": "Nr", "date": "2022", "variables": {"people": "Einwohner"}}
    _, problems = load_table(path, **given)
    (asked,) = [problem for problem in problems if problem.severity == "error"]
    assert asked.code == "tables.status_column"
    assert f"'{signs[0]}' 1" in asked.text("de")
    # Both answers that it names are ways out.
    others = list(dict.fromkeys(signs[1:]))
    assert ", ".join(f'"{sign}"' for sign in others) in asked.text("de")
    rows, problems = load_table(path, where={heading: others}, **given)
    assert [problem.code for problem in problems if problem.severity == "error"] == []
    assert rows["district"].to_list() == ["02", "03", "04"]
    rows, problems = load_table(path, symbols={signs[0]: "number"}, **given)
    assert [problem.code for problem in problems if problem.severity == "error"] == []
    assert rows["value"].to_list() == [0.0, 12.0, 0.0, 14.0]


@pytest.mark.parametrize(
    ("heading", "signs", "figures"),
    [
        ("Status", ("e", "p", "r", "s"), FIGURES),
        ("Zeichen", ("-", "-", "", ""), ("0", "0", "3", "4")),
        ("Fußnote", ("1", "2", "", ""), FIGURES),
        # The cell itself says that there is no figure.
        ("value_q", ("x", "e", "e", "e"), ("x", "12", "13", "14")),
        ("Bemerkung", ("x", "", "", ""), FIGURES),
    ],
)
def test_marks_that_leave_a_figure_a_figure_are_no_question(tmp_path, heading, signs, figures):
    path = table(tmp_path / "t.csv", f"Nr;Einwohner;{heading}", KEYS, figures, signs)
    _, problems = load_table(path, key="Nr", date="2022", variables={"people": "Einwohner"})
    assert "tables.status_column" not in {problem.code for problem in problems}


@pytest.mark.parametrize("heading", ["Jan", "Feb.", "Juni", "Q1", "1. Quartal", "1. Halbjahr"])
def test_a_part_of_the_year_alone_is_another_time_than_its_last_day(tmp_path, heading):
    found = propose_table(columns(tmp_path / "zuz_2022.csv", heading, "Zuzüge"), keys=KEYS)
    assert list(found.variables.values()) == ["Zuzüge"]


@pytest.mark.parametrize(
    ("head", "one", "two", "variables"),
    [
        (["Gebiet;Einwohner"], ("1950",), ("1204",), 1),
        (["Gebiet;Einwohner"], ("1950",), ("2020",), 1),
        (["Gebiet;Einwohner"], ("x",), ("1204",), 1),
        (["Gebiet;Einwohner;Haushalte"], ("1950", "1850"), ("2020", "x"), 2),
        (["Gebiet;Einwohner;Haushalte"], ("k. A.", "-"), ("< 3", "..."), 2),
        (["Einwohner nach Gebieten;", "", "Gebiet;Einwohner"], ("1950",), ("2020",), 1),
        (["Gebiet;2021;2022"], ("1950", "1960"), ("2020", "2021"), 1),
        (["Gebiet;2021;2022"], ("12", "13"), ("2020", "2021"), 1),
        (
            ["Gebiet;Einwohner;;Haushalte;", "Name;2021;2022;2021;2022"],
            ("1950", "1960", "1970", "1980"),
            None,
            2,
        ),
    ],
)
def test_first_rows_of_signs_or_of_figures_like_years_are_no_headings(tmp_path, head, one, two, variables):
    """The first districts became the header, and `init` acknowledged that they had no rows."""
    two = two or one
    rows = [one, two, ("345", "456", "567", "678")[: len(one)], ("999", "888", "777", "666")[: len(one)]]
    body = [f"{name};{';'.join(row)}" for name, row in zip(NAMES, rows, strict=True)]
    path = tmp_path / "t_2022.csv"
    path.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")
    found = propose_table(path, names=NAMES)
    assert len(found.variables) == variables
    read, problems = load_table(
        path,
        variables=found.variables,
        **{name: value for name, value in found.options.items() if name not in {"join", "key"}},
    )
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert list(dict.fromkeys(read["district"])) == list(NAMES)
    first = read[read["district"] == NAMES[0]]["value"].to_list()
    assert [value for value in first if value == value] == [float(cell) for cell in one if cell.isdigit()]  # noqa: PLR0124 - NaN


@pytest.mark.parametrize(
    ("code", "days", "kind"),
    [
        ("mmm yy", ["2022-06-30", "2022-07-31"], "month"),
        ("mm/yyyy", ["2022-06-30", "2022-07-31"], "month"),
        ("[$-407]mmmm\\ yyyy;@", ["2022-06-30", "2022-07-31"], "month"),
        ("dd.mm.yyyy", ["2022-06-01", "2022-07-01"], "date"),
        ("d. mmm yy", ["2022-06-01", "2022-07-01"], "date"),
    ],
)
@pytest.mark.parametrize("where", ["heading", "column"])
def test_a_first_day_that_is_shown_as_a_month_is_the_month(tmp_path, code, days, kind, where):
    rows, times = [*KEYS], (dt.datetime(2022, 6, 1), dt.datetime(2022, 7, 1))  # noqa: DTZ001 - workbooks know no zones
    book = openpyxl.Workbook()
    sheet = book.active
    if where == "heading":
        sheet.append(["Nr", *times])
        for key in rows:
            sheet.append([key, 5, 6])
        cells = [sheet["B1"], sheet["C1"]]
    else:
        sheet.append(["Monat", "Nr", "Einwohner"])
        for time in times:
            for key in rows:
                sheet.append([time, key, 5])
        cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    for cell in cells:
        cell.number_format = code
    book.save(tmp_path / "t.xlsx")
    _, read = read_as_proposed(tmp_path / "t.xlsx")
    assert sorted(set(read["date"])) == days
    assert set(read["period"]) == {kind}


def test_a_first_of_january_that_is_shown_as_a_year_is_the_year(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Jahr", "Nr", "Einwohner"])
    for key in KEYS:
        book.active.append([dt.date(2022, 1, 1), key, 5])
        book.active.cell(book.active.max_row, 1).number_format = "yyyy"
    book.active["A3"] = dt.date(2022, 12, 31)
    book.active["A3"].number_format = "yyyy"
    book.save(tmp_path / "t.xlsx")
    _, read = read_as_proposed(tmp_path / "t.xlsx")
    # What is stored more precisely than it is shown stays as it is.
    assert set(read["date"]) == {"2022-12-31"}


def test_an_opendocument_month_is_the_month(tmp_path):
    spaces = "urn:oasis:names:tc:opendocument:xmlns"
    style = (
        '<number:date-style style:name="N1"><number:month number:textual="true"/><number:text> </number:text>'
        '<number:year/></number:date-style><style:style style:name="c1" style:family="table-cell" '
        'style:data-style-name="N1"/>'
    )
    day = '<table:table-cell table:style-name="c1" office:value-type="date" office:date-value="2022-06-01">'
    head = "".join(
        f"<table:table-cell><text:p>{word}</text:p></table:table-cell>" for word in ("Monat", "Nr", "x")
    )
    rows = "".join(
        f"<table:table-row>{day}<text:p>Juni 2022</text:p></table:table-cell>"
        f"<table:table-cell><text:p>{key}</text:p></table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'
        "</table:table-row>"
        for key in KEYS
    )
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{spaces}:office:1.0" xmlns:table='
        f'"{spaces}:table:1.0" xmlns:text="{spaces}:text:1.0" xmlns:style="{spaces}:style:1.0" xmlns:number='
        f'"{spaces}:datastyle:1.0"><office:automatic-styles>{style}</office:automatic-styles><office:body>'
        f'<office:spreadsheet><table:table table:name="a"><table:table-row>{head}</table:table-row>{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    _, read = read_as_proposed(tmp_path / "t.ods")
    assert set(read["date"]) == {"2022-06-30"}


@pytest.mark.parametrize(
    ("cells", "key", "name", "variables"),
    [
        ((KEYS, NAMES, FIGURES), "{column 1}", "{column 2}", ["{column 3}"]),
        ((NAMES, FIGURES, FIGURES[::-1]), None, "{column 1}", ["{column 2}", "{column 3}"]),
        ((FIGURES, KEYS), "{column 2}", None, ["{column 1}"]),
        ((("31.12.2022",) * 4, KEYS, FIGURES), "{column 2}", None, ["{column 3}"]),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_without_a_header_loses_no_district(tmp_path, cells, key, name, variables, ending):
    path = tmp_path / f"t_2022.{ending}"
    if ending == "csv":
        path.write_text("".join(";".join(row) + "\n" for row in zip(*cells, strict=True)), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in zip(*cells, strict=True):
            book.active.append([int(cell) if cell in FIGURES else cell for cell in row])
        book.save(path)
    found = propose_table(path, keys=KEYS, names=NAMES)
    assert (found.options.get("key"), found.options.get("name")) == (key, name)
    assert (found.options["header_rows"], list(found.variables.values())) == ((0, 0), variables)
    assert "tables.no_header" in {note.code for note in found.evidence}
    options = {option: value for option, value in found.options.items() if option != "join"}
    rows, problems = load_table(path, variables=found.variables, **options)
    assert [problem.text() for problem in problems if problem.severity == "error"] == []
    assert rows["district"].nunique() == len(KEYS)
    assert set(rows["date"]) == {"2022-12-31"}


@pytest.mark.parametrize("head", ["Altstadt;2021", "Altstadt;Einwohner", "Gebiet;1204"])
def test_a_heading_that_is_like_a_row_stays_a_heading(tmp_path, head):
    body = "".join(f"{name};{1204 + place}\n" for place, name in enumerate(NAMES))
    (tmp_path / "t.csv").write_text(f"{head}\n{body}", encoding="utf-8")
    found = propose_table(tmp_path / "t.csv", names=NAMES)
    assert found.options["header_rows"] == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_line_ends_that_are_all_doubled_are_read(tmp_path, encoding):
    lines = ["Gebiet;Einwohner", *(f"{name};{100 + place}" for place, name in enumerate(NAMES)), ""]
    path = tmp_path / "t.csv"
    path.write_bytes("\r\r\n".join(lines).encode(encoding))
    rows, problems = load_table(path, name="Gebiet", date="2022", variables={"people": "Einwohner"})
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert rows["district"].to_list() == list(NAMES)
    assert rows["row"].to_list() == [2, 3, 4, 5]
    # One of many is damage.
    path.write_bytes("\r\n".join(lines).replace("\r\n", "\r\r\n", 1).encode(encoding))
    _, problems = load_table(path, name="Gebiet", date="2022", variables={"people": "Einwohner"})
    assert [problem.code for problem in problems] == ["tables.line_end"]


def test_words_parted_at_the_end_of_a_line_are_joined_in_names(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Nr", "Ein-\nwohner", "Arbeits-\nlose", "Ein- und Zwei-\npersonenhaushalte"])
    for key in KEYS:
        book.active.append([key, 100, 7, 9])
    book.save(tmp_path / "t_2022.xlsx")
    found = propose_table(tmp_path / "t_2022.xlsx", keys=KEYS)
    assert list(found.variables) == ["einwohner", "arbeitslose", "ein_und_zweipersonenhaushalte"]
    rows, problems = load_table(tmp_path / "t_2022.xlsx", variables=found.variables, **found.options)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert len(rows) == 12


@pytest.mark.parametrize("year", ["201³", "²022", "2022²²", "①②③④⑤"])
def test_raised_and_circled_figures_are_no_years_and_no_traceback(tmp_path, year):
    """Python calls '³' a digit, and makes no number of it."""
    path = dated(tmp_path / "t.csv", "Jahr", ("2021", year))
    _, errors = read(path, "Jahr")
    assert errors <= {"tables.bad_date", "tables.bad_date_several"}
    propose_table(path, keys=KEYS)


@pytest.mark.parametrize(
    ("texts", "alike"),
    [
        (("Arbeitslose", "arbeitslose"), True),
        (("Personen in BG", "Personen  in-BG"), True),
        (("SGB II", "SGBII"), True),
        (("Arbeitslose", "Arbeitslose insgesamt"), False),
        (("SGB II", "SGB III"), False),
    ],
)
def test_one_quantity_in_two_spellings_is_told(tmp_path, texts, alike):
    """Each spelling became a variable of its own, without half of the districts."""
    lines = [f"{key};{texts[place % 2]};{10 + place}" for place, key in enumerate(KEYS)]
    lines += [f"{key};Einwohner;{100 + place}" for place, key in enumerate(KEYS)]
    (tmp_path / "t.csv").write_text("Nr;Merkmal;Wert\n" + "\n".join(lines), encoding="utf-8")
    given = {"key": "Nr", "date": "2022", "variable_column": "Merkmal", "value_column": "Wert"}
    _, problems = load_table(tmp_path / "t.csv", variables={"a": texts[0], "b": "Einwohner"}, **given)
    told = [problem.text("de") for problem in problems if problem.code == "tables.categories_alike"]
    assert len(told) == alike
    assert all(f"'{' '.join(text.split())}' 2" in told[0] for text in texts if told)
    _, problems = load_table(tmp_path / "t.csv", variables={"b": "Einwohner"}, **given)
    assert "tables.categories_alike" not in {problem.code for problem in problems}


@pytest.mark.parametrize(
    ("heading", "figures"),
    [
        ("Jahreseinkommen", ("1901", "1950", "2001", "1899")),
        ("Jahresmiete", ("2001", "2002", "2003", "2004")),
        ("Jahr der letzten Sanierung", ("1990", "2001", "1985", "1990")),
    ],
)
def test_figures_like_years_that_differ_by_district_are_no_dates(tmp_path, heading, figures):
    path = table(tmp_path / "t_2022.csv", f"Nr;{heading};Einwohner", KEYS, figures, FIGURES)
    found, rows = read_as_proposed(path)
    assert list(found.variables.values()) == [heading, "Einwohner"]
    assert set(rows["date"]) == {"2022-12-31"}
    assert rows[rows["variable"] == "einwohner"]["value"].to_list() == [101.0, 102.0, 103.0, 104.0]
    # One date for all, or for some rows each, is one.
    path = table(tmp_path / "u.csv", f"Nr;{heading};Einwohner", KEYS, ("2001",) * 4, FIGURES)
    assert propose_table(path, keys=KEYS).options["date_column"] == heading
