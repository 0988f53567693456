"""CSV files: what a spreadsheet reads, byte by byte, and the same as pandas writes."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.publish.delimited import write_csv

TABLE = pd.DataFrame(
    {
        "name": ["a;b", 'say "x"', "two\nlines", "=1+1"],
        "share": [0.1, np.nan, 1e-7, -0.0],
        "count": [3, 0, -2, 10**12],
        "flag": [True, False, True, False],
        "mixed": [0.5, "text", None, pd.NA],
        "whole": pd.array([1, None, 3, 4], dtype="Int64"),
    }
)


def written(table, language, tmp_path):
    write_csv(table, tmp_path / "t.csv", language)
    return (tmp_path / "t.csv").read_bytes().decode("utf-8-sig")


def test_german_files_have_semicolons_and_a_decimal_comma(tmp_path):
    assert written(TABLE, "de", tmp_path) == (
        "name;share;count;flag;mixed;whole\n"
        '"a;b";0,1;3;True;0,5;1\n'
        '"say ""x""";;0;False;text;\n'
        '"two\nlines";1e-07;-2;True;;3\n'
        "'=1+1;0;1000000000000;False;;4\n"
    )


def test_english_files_have_commas_and_a_point(tmp_path):
    assert written(TABLE[["name", "share"]], "en", tmp_path) == (
        'name,share\na;b,0.1\n"say ""x""",\n"two\nlines",1e-07\n\'=1+1,0\n'
    )


def test_an_empty_cell_of_a_single_column_stays_a_row(tmp_path):
    assert written(pd.DataFrame({"a": [1.0, np.nan]}), "de", tmp_path) == 'a\n1\n""\n'


def test_a_table_without_rows_has_its_headings(tmp_path):
    assert written(TABLE.iloc[:0], "de", tmp_path) == "name;share;count;flag;mixed;whole\n"


def test_blocks_of_rows_join(tmp_path, monkeypatch):
    monkeypatch.setattr("sozialraum.publish.delimited.ROWS", 3)
    assert written(pd.DataFrame({"a": range(7)}), "de", tmp_path) == "a\n0\n1\n2\n3\n4\n5\n6\n"


@pytest.mark.parametrize("scale", [1e-300, 1e-5, 1.0, 1e15, 1e17])
def test_numbers_keep_their_value_in_the_digits_that_pandas_writes(tmp_path, scale):
    numbers = np.random.default_rng(0).standard_normal(200) * scale
    table = pd.DataFrame({"a": numbers, "b": "x"})
    # Whole numbers have no decimals; else the digits are those of pandas.
    assert written(table, "en", tmp_path) == table.to_csv(index=False, lineterminator="\n").replace(
        ".0,", ","
    )
    assert [float(line.split(",")[0]) for line in written(table, "en", tmp_path).split()[1:]] == list(numbers)


@pytest.mark.parametrize("distinct", [2, 30])
def test_numbers_that_repeat_are_those_that_do_not(tmp_path, monkeypatch, distinct):
    monkeypatch.setattr("sozialraum.publish.delimited.SAMPLE", 4)
    numbers = np.r_[np.tile([0.5, np.nan], 3), np.arange(30) % distinct + 0.25]
    cells = written(pd.DataFrame({"a": numbers, "b": "x"}), "en", tmp_path).splitlines()[1:]
    assert cells == [f"{'' if np.isnan(number) else number},x" for number in numbers]


def test_numbers_around_the_powers_of_ten_keep_their_digits(tmp_path):
    numbers = np.array(
        [0.0, 1e-4, 9.9e-5, 1e-5, 1e15, 1.5e15, 1e16, 1e17, 5e-324, 1.7e308, np.inf, 0.1 + 0.2]
    )
    numbers = np.concatenate([numbers, -numbers, [np.nan]])
    cells = written(pd.DataFrame({"a": numbers, "b": "x"}), "en", tmp_path).splitlines()[1:]
    told = ["" if np.isnan(number) else repr(float(number) + 0.0).removesuffix(".0") for number in numbers]
    assert cells == [f"{cell},x" for cell in told]
