"""Rows and columns are chosen in the project file; nobody edits an office's table."""

import numpy as np
import pytest

from sozialraum.tables.choice.presets import recognise_preset, with_preset
from sozialraum.tables.choice.rows import expand
from sozialraum.tables.read import load_table, table_files

LONG = """Land;Stadt;Merkmal;Nr;Stadtteil;31.12.2022;31.12.2023
x;Probestadt;Arbeitslose;51;Weberviertel;16;14
x;Probestadt;Arbeitslose;52;Brückenau;160;140
x;Probestadt;Einwohner;51;Weberviertel;1600;1400
x;Probestadt;Einwohner;52;Brückenau;1700;1450
"""


@pytest.fixture
def load(tmp_path):
    def load(content, **options):
        path = tmp_path / "t.csv"
        path.write_text(content, encoding="utf-8")
        observations, problems = load_table(path, **options)
        return observations, [problem for problem in problems if problem.severity == "error"]

    return load


def cells(observations):
    return {(row.district, row.variable, row.date): row.value for row in observations.itertuples(index=False)}


def test_where_chooses_the_rows_of_one_kind(load):
    variables = {"alo": "{date}"}
    observations, errors = load(LONG, key="Nr", variables=variables, where={"Merkmal": "Arbeitslose"})
    assert errors == []
    assert cells(observations) == {
        ("51", "alo", "2022-12-31"): 16,
        ("52", "alo", "2022-12-31"): 160,
        ("51", "alo", "2023-12-31"): 14,
        ("52", "alo", "2023-12-31"): 140,
    }


def test_a_long_table_gives_several_variables_with_dates_in_columns(load):
    observations, errors = load(
        LONG,
        key="Nr",
        variable_column="Merkmal",
        value_column="{date}",
        variables={"alo": "Arbeitslose", "people": "Einwohner"},
    )
    assert errors == []
    found = cells(observations)
    assert len(found) == 8
    assert found["52", "people", "2023-12-31"] == 1450
    assert found["51", "alo", "2022-12-31"] == 16


def test_a_long_table_gives_several_variables_with_dates_in_rows(load):
    content = "id;jahr;art;wert\n" + "".join(
        f"{key};{year};{art};{year - 2000 + 10 * i}\n"
        for year in (2019, 2020)
        for i, art in enumerate(("a", "b", "c"))
        for key in ("01", "02")
    )
    observations, errors = load(
        content,
        key="id",
        date_column="jahr",
        variable_column="art",
        value_column="wert",
        variables={"x": "a", "z": "c"},
    )
    assert errors == []
    found = cells(observations)
    assert len(found) == 8
    assert found["01", "z", "2020-12-31"] == 40


def test_a_long_table_without_a_choice_is_told_as_such(load):
    _, errors = load(LONG, key="Nr", variables={"n": "{date}"})
    assert [error.code for error in errors] == ["tables.long_table"]
    assert errors[0].column == "Merkmal"
    assert "where = { Spalte" in errors[0].text()


def test_where_takes_several_texts_numbers_and_patterns(load):
    content = "id;jahr;n\nW1;2019;1\nW2;2020;2\nX1;2020;3\n"
    options = {"key": "id", "date": 2020, "variables": {"n": "n"}}
    assert load(content, **options, where={"id": ["W1", "X1"]})[0]["value"].tolist() == [1, 3]
    assert load(content, **options, where={"jahr": 2020})[0]["value"].tolist() == [2, 3]
    assert load(content, **options, where={"id": "W*", "jahr": 2020})[0]["value"].tolist() == [2]


def test_a_text_that_is_nowhere_is_told_with_what_is_there(load):
    _, errors = load(LONG, key="Nr", variables={"n": "{date}"}, where={"Merkmal": "Arbeitlose"})
    assert [error.code for error in errors] == ["tables.no_such_cell_similar"]
    assert "Gemeint sein könnte 'Arbeitslose'" in errors[0].text()


def test_rows_count_as_the_editor_does(load):
    content = "id;n\n01;1\n02;2\n03;3\nStadt;6\n"
    observations, errors = load(content, key="id", date=2020, variables={"n": "n"}, rows=(2, 4))
    assert errors == []
    assert observations["row"].tolist() == [2, 3, 4]
    _, errors = load(content, key="id", date=2020, variables={"n": "n"}, rows=(20, 40))
    assert [error.code for error in errors] == ["tables.no_rows_chosen"]


def test_a_column_without_a_heading_is_named_by_its_place(load):
    content = ";;n\n01;Nord;5\n02;Süd;7\n"
    for key in ("{column 1}", "{column A}"):
        observations, errors = load(content, key=key, name="{column 2}", date=2020, variables={"n": "n"})
        assert errors == []
        assert observations["district"].tolist() == ["01", "02"]
        assert observations["name"].tolist() == ["Nord", "Süd"]


def test_labels_that_stand_once_are_filled_down(load):
    content = "id;jahr;n\n01;2019;5\n;2020;6\n02;2019;7\n;2020;8\n"
    observations, errors = load(content, key="id", date_column="jahr", variables={"n": "n"}, fill_down=["id"])
    assert errors == []
    assert observations["district"].tolist() == ["01", "01", "02", "02"]


def test_patterns_stand_for_what_they_match():
    assert expand(["W*", "X"], ["W1", "W2", "Y"]) == ("W1", "W2", "X")
    assert expand(["*"], ["*", "W"]) == ("*",)
    assert expand(["Z*"], ["W"]) == ("Z*",)
    assert expand(["Z*"], ["W"], optional=["Z*"]) == ()


def test_withheld_counts_keep_their_largest_possible_value(load):
    content = "id;n\n01;*\n02;< 3\n03;11\n04;-\n"
    observations, errors = load(
        content, key="id", date=2020, variables={"n": "n"}, convention="arbeitsagentur", suppressed_below=10
    )
    assert errors == []
    assert observations["flag"].tolist() == ["suppressed", "suppressed", "ok", "ok"]
    np.testing.assert_array_equal(observations["at_most"], [9, 2, np.nan, np.nan])


AGENCY = """Berichtsmonat;AGS;Einheit;Name;BG_insg;BG_AE
202312;09999000;100100011;Weberviertel;41;12
202312;09999000;100100012;Brückenau;*;*
202312;09999000;100100SUM;Summe;97;31
202312;09999000;SUMSUMSUM;Summe;97;31
202312;09999000;keine Angabe;keine Angabe;15;*
"""


def test_the_employment_agencys_layout_needs_no_more_than_its_name(load):
    header = AGENCY.split("\n", maxsplit=1)[0].split(";")
    assert recognise_preset(header) == "ba-akg"
    options = with_preset({"preset": "ba-akg", "variables": {"bg": "BG_insg"}})
    outside = options.pop("without_district")
    del options["preset"]
    observations, errors = load(AGENCY, **options)
    assert errors == []
    kept = observations[~observations["district"].isin(expand(outside, observations["district"]))]
    assert kept["district"].tolist() == ["100100011", "100100012"]
    np.testing.assert_array_equal(kept["value"], [41, np.nan])
    assert kept["at_most"].tolist()[1] == 9
    assert kept["date"].tolist() == ["2023-12-31"] * 2


def test_households_have_one_part_for_all_years(tmp_path):
    for year, number in ((2017, 900), (2018, 910)):
        (tmp_path / f"haushalte_sb_{year}-12.txt").write_text(f"sb;HH;HH_1pers\n01;{number};400\n")
    assert recognise_preset(["sb", "HH", "HH_1pers"]) == "kosis-hh"
    options = with_preset({"preset": "kosis-hh", "variables": {"hh": "HH"}})
    del options["preset"], options["without_district"]
    observations, _ = load_table(tmp_path / "haushalte_sb_{year}-12.txt", **options)
    assert observations[["date", "value", "period"]].to_numpy().tolist() == [
        ["2017-12-31", 900, "date"],
        ["2018-12-31", 910, "date"],
    ]


def test_a_series_may_have_one_file_per_month(tmp_path):
    for stamp in ("2023-12", "2024-01"):
        (tmp_path / f"alo_{stamp}.csv").write_text(f"id;n\n01;{stamp[-2:]}\n")
    assert list(table_files(tmp_path / "alo_{year}-{month}.csv")) == ["2023-12", "2024-01"]
    observations, _ = load_table(tmp_path / "alo_{year}-{month}.csv", key="id", variables={"n": "n"})
    assert observations["date"].tolist() == ["2023-12-31", "2024-01-31"]
    (tmp_path / "x_12_2023.csv").write_text("")
    assert list(table_files(tmp_path / "x_{month}_{year}.csv")) == ["2023-12"]
