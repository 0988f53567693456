"""Faults that an outsider's invented files found, each with siblings that were not among them.

| kind | here |
|---|---|
| a quarter taken for a day or a month | five digits, months under a heading of quarters, half-years |
"""

import pytest

from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table

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
