"""What a date cell stands for: a day, a month, a school year; and what people call it."""

import pytest

from sozialraum.tables.dates import as_date, as_period, period_label
from sozialraum.tables.read import load_table


@pytest.mark.parametrize(
    ("written", "kind", "start", "end"),
    [
        ("2023", "year", "2023-01-01", "2023-12-31"),
        (2023.0, "year", "2023-01-01", "2023-12-31"),
        ("31.12.23", "date", "2023-12-31", "2023-12-31"),
        ("Stand 31.12.2023", "date", "2023-12-31", "2023-12-31"),
        ("20231231", "date", "2023-12-31", "2023-12-31"),
        ("202302", "month", "2023-02-01", "2023-02-28"),
        (202402, "month", "2024-02-01", "2024-02-29"),
        ("2023-12", "month", "2023-12-01", "2023-12-31"),
        ("12/2023", "month", "2023-12-01", "2023-12-31"),
        ("Dez 23", "month", "2023-12-01", "2023-12-31"),
        ("Mrz. 2023", "month", "2023-03-01", "2023-03-31"),
        ("December 2023", "month", "2023-12-01", "2023-12-31"),
        ("IV/2023", "quarter", "2023-10-01", "2023-12-31"),
        ("2. Quartal 2023", "quarter", "2023-04-01", "2023-06-30"),
        ("2023-Q1", "quarter", "2023-01-01", "2023-03-31"),
        ("1. Halbjahr 2023", "half_year", "2023-01-01", "2023-06-30"),
        ("2023/24", "school_year", "2023-08-01", "2024-07-31"),
        ("1999/2000", "school_year", "1999-08-01", "2000-07-31"),
        ("Schuljahr 2023/24", "school_year", "2023-08-01", "2024-07-31"),
        ("Kita-Jahr 23/24", "kindergarten_year", "2023-08-01", "2024-07-31"),
        ("2019-2021", "window", "2019-01-01", "2021-12-31"),
        ("2009_13", "window", "2009-01-01", "2013-12-31"),
        ("1.1.2023 bis 31.3.2023", "flow", "2023-01-01", "2023-03-31"),
    ],
)
def test_a_cell_is_the_period_that_a_reader_sees(written, kind, start, end):
    found = as_period(written)
    assert (found.kind, found.start, found.end) == (kind, start, end)
    assert as_date(written) == end


@pytest.mark.parametrize(
    "written",
    [
        "bis 2019",
        "ab 2020",
        "1234",
        "13/2023",
        "202313",
        "Bezirk 12",
        "03/04/2023",
        "1 20",
        "23",
        "31.02.2023",
    ],
)
def test_what_is_no_date_or_may_be_two_is_none(written):
    assert as_date(written) is None


@pytest.mark.parametrize(
    ("written", "de", "en"),
    [
        ("2023/24", "Schuljahr 2023/24", "school year 2023/24"),
        ("IV/2023", "IV. Quartal 2023", "Q4 2023"),
        ("202312", "Dezember 2023", "December 2023"),
        ("31.12.2023", "31.12.2023", "2023-12-31"),
        ("2. Halbjahr 2023", "2. Halbjahr 2023", "half-year 2 of 2023"),
        ("2019-2021", "2019 bis 2021", "2019 to 2021"),
        ("Kita-Jahr 2023/24", "Kindergartenjahr 2023/24", "kindergarten year 2023/24"),
    ],
)
def test_a_period_has_a_name_in_both_languages(written, de, en):
    found = as_period(written)
    assert [period_label(found.kind, found.start, found.end, language) for language in ("de", "en")] == [
        de,
        en,
    ]


def read(tmp_path, cells, **options):
    path = tmp_path / "t.csv"
    rows = [f"{number:02d};{cell};{number + 5}" for number, cell in enumerate(cells)]
    path.write_text("\n".join(["id;zeit;n", *rows, ""]), encoding="utf-8")
    return load_table(path, key="id", date_column="zeit", variables={"n": "n"}, **options)


def test_observations_keep_kind_and_first_day(tmp_path):
    observations, _ = read(tmp_path, ["202312", "202401"])
    assert observations[["date", "period", "start"]].to_numpy().tolist() == [
        ["2023-12-31", "month", "2023-12-01"],
        ["2024-01-31", "month", "2024-01-01"],
    ]
    stated, _ = read(tmp_path, ["202312", "202401"], period="date")
    assert stated[["period", "start"]].to_numpy().tolist() == [["date", "2023-12-31"], ["date", "2024-01-31"]]


def test_two_readings_are_asked_unless_the_column_decides(tmp_path):
    _, problems = read(tmp_path, ["2010/11", "2011/12"])
    (question,) = [problem for problem in problems if problem.severity == "error"]
    assert question.code == "tables.date_of_two_kinds"
    assert 'period = "school_year"' in question.text()
    observations, _ = read(tmp_path, ["2010/11", "2012/13"])
    assert observations["date"].tolist() == ["2011-07-31", "2013-07-31"]
    observations, _ = read(tmp_path, ["2010/11", "2011/12"], period="month")
    assert observations["date"].tolist() == ["2010-11-30", "2011-12-31"]
    observations, _ = read(tmp_path, ["1/2023", "2/2023", "5/2023"])
    assert observations["period"].tolist() == ["month"] * 3


def test_rows_may_count_from_one_day_to_another(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id;von;bis;n\n01;01.01.2023;31.03.2023;5\n", encoding="utf-8")
    observations, problems = load_table(
        path, key="id", date_column="bis", from_column="von", variables={"n": "n"}
    )
    assert not [problem for problem in problems if problem.severity == "error"]
    assert observations.loc[0, ["period", "start", "date"]].tolist() == ["flow", "2023-01-01", "2023-03-31"]
