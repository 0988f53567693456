"""Codes for missing figures are asked about, whatever the code; large figures are not."""

import openpyxl
import pytest

from sozialraum.errors import Problem
from sozialraum.tables.read import load_table
from sozialraum.tables.symbols import MEANINGS

TWO = "id;a;b\n01;0,4;12,1\n02;{code};{code}\n03;-1,2;9,7\n04;{code};{code}\n05;2,1;18,0\n"
ONE = "id;a\n01;140\n02;{code}\n03;210\n04;{code}\n05;330\n06;170\n"
ROW = "id;a;b\n01;1400;80\n02;{code};{code}\n03;210;95\n04;{code};{code}\n05;3300;60\n06;170;20\n"


def load(tmp_path, content, **options):
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")
    return load_table(path, key="id", date=2020, **options)


def codes(problems):
    return [problem for problem in problems if problem.code == "tables.coded_missing"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        *((TWO, code) for code in ("-9999", "-999,9", "9999", "1000000", "-88", "12345678")),
        *((ONE, code) for code in ("-1", "-9", "-99", "99999", "-5000", "999999")),
        (ROW, "999"),
    ],
)
def test_a_far_out_value_repeated_is_an_error_with_its_line(tmp_path, content, code):
    text = content.format(code=code)
    _, problems = load(tmp_path, text)
    (problem,) = codes(problems)
    assert problem.severity == "error"
    assert f'missing = ["{code}"]' in problem.text()
    observations, problems = load(tmp_path, text, missing=[code])
    assert codes(problems) == []
    assert not [p for p in problems if p.severity == "error"]
    missing = observations[observations["district"].isin(["02", "04"])]
    assert set(missing["flag"]) == {"missing"}
    assert missing["value"].isna().all()


def test_the_line_keeps_the_signs_that_the_table_already_uses(tmp_path):
    (problem,) = codes(load(tmp_path, TWO.format(code="-9999") + "06;-;3,0\n")[1])
    assert 'missing = ["-", "-9999"]' in problem.text()


def test_a_figure_may_be_said_to_be_one(tmp_path):
    observations, problems = load(tmp_path, ONE.format(code="99999"), symbols={"99999": "number"})
    assert codes(problems) == []
    assert observations["value"].max() == 99999


def test_numbers_of_a_workbook_are_asked_about_and_answered_alike(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "a"], ["01", 1.5], ["02", -9999], ["03", 2.5], ["04", -9999], ["05", 4]):
        book.active.append(row)
    path = tmp_path / "t.xlsx"
    book.save(path)
    (problem,) = codes(load_table(path, key="id", date=2020)[1])
    assert 'missing = ["-9999"]' in problem.text()
    observations, _ = load_table(path, key="id", date=2020, missing=["-9999"])
    assert observations["flag"].tolist() == ["ok", "missing", "ok", "missing", "ok"]


@pytest.mark.parametrize(
    "column",
    [
        [5, 0, 12, -1, -1, 7],
        [0, 0, 0, 0, 12, 12],
        [140, 99, 210, 99, 330, 170],
        [1200, 900, 30000, 800, 950, 700],
        [-23, 5, 7, -9, -9, 4],
        [0.1, 0.2, 0.15, 0.3, 1.0, 1.0],
    ],
)
def test_ordinary_figures_are_left_alone(tmp_path, column):
    rows = [f"{i:02d};{str(value).replace('.', ',')}" for i, value in enumerate(column)]
    assert codes(load(tmp_path, "\n".join(["id;a", *rows, ""]))[1]) == []


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("meaning", MEANINGS)
def test_each_meaning_of_a_symbol_can_be_told(meaning, language):
    told = Problem(code=f"tables.read_as_{meaning.replace(' ', '_')}", values={"cell": "x", "number": 3})
    assert "'x'" in told.text(language)
    assert "3" in told.text(language)
