"""One cell: digits, what stands around them, symbols and their meaning by convention."""

import numpy as np
import pytest

from sozialraum.tables.dates import as_date
from sozialraum.tables.decimal_sign import parse_numbers, recognise_signs
from sozialraum.tables.numbers import number_column
from sozialraum.tables.read import load_table
from sozialraum.tables.symbols import CONVENTIONS, meanings_of, plain_symbol


def read(cell, **how):
    column = number_column("n", np.array([cell], dtype=object), meanings_of(**how))
    number = parse_numbers(column, recognise_signs([column], ",", None))[0]
    return (None if np.isnan(number) else number), column.flags[0]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,5", 1234.5),
        ("1\u2007234", 1234),
        ("12 345 678", 12345678),
        ("1\u2019234", 1234),
        ("-5", -5),
        ("\u22125", -5),
        ("\u20135", -5),
        ("\u20145", -5),
        ("\u20105", -5),
        ("- 5", -5),
        ("5-", -5),
        ("+5", 5),
        ("12,5 %", 12.5),
        ("12,5%", 12.5),
        ("12,5 % ¹", 12.5),
        ("5 1)", 5),
        ("5 12)", 5),
        ("1 234 1)", 1234),
        ("5*", 5),
        ("5 ***", 5),
        ("5³", 5),
        ("5 b)", 5),
        ("5r", 5),
        ("5 p", 5),
        (7, 7),
        (7.5, 7.5),
    ],
)
def test_numbers_with_what_stands_around_them(cell, number):
    assert read(cell) == (number, "ok")


@pytest.mark.parametrize("cell", ["(5)", "( 5 )", "5s"])
def test_uncertain_numbers_keep_their_value(cell):
    assert read(cell) == (5, "unreliable")


@pytest.mark.parametrize(
    "cell",
    ["(5", "5)", "5 % %", "-5-", "12 34", "1 2345", "5 ab", "1.23.4", "1231)", "5 1", "%", "(", "5****"],
)
def test_what_may_mean_anything_means_nothing(cell):
    assert read(cell) == (None, "unknown")


@pytest.mark.parametrize(
    ("convention", "meanings"),
    [
        (
            None,
            {
                "-": (None, "missing"),
                "0": (0, "ok"),
                ".": (None, "missing"),
                "x": (None, "suppressed"),
                "/": (None, "suppressed"),
            },
        ),
        (
            "din55301",
            {
                "-": (0, "ok"),
                "0": (0, "unreliable"),
                ".": (None, "suppressed"),
                "...": (None, "later"),
                "/": (None, "unknown"),
                "x": (None, "not applicable"),
                "()": (None, "unknown"),
                "": (None, "missing"),
            },
        ),
        ("din5008", {"-": (None, "missing"), "0": (0, "ok"), "x": (None, "not applicable")}),
        (
            "arbeitsagentur",
            {"*": (None, "suppressed"), "-": (0, "ok"), "0": (0, "ok"), ".": (None, "unknown")},
        ),
    ],
)
def test_symbols_mean_what_their_convention_says(convention, meanings):
    assert {cell: read(cell, convention=convention) for cell in meanings} == meanings


def test_a_stored_zero_follows_the_convention_too():
    assert read(0, convention="din55301") == (0, "unreliable")
    assert read(0, convention="din5008") == (0, "ok")


def test_the_projects_own_symbols_prevail():
    assert read("-", convention="din55301", missing=["-"]) == (None, "missing")
    assert read("k. A.", symbols={"k. A.": "unknown"}) == (None, "unknown")
    assert read("*", symbols={"*": "zero"}) == (0, "ok")
    assert read("x", suppressed=["#"]) == (None, "unknown")
    assert read("#", suppressed=["#"]) == (None, "suppressed")


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("\u2013", "-"),
        ("—", "-"),
        ("\u2212", "-"),
        ("…", "..."),
        ("X", "x"),
        ("\u00d7", "x"),
        ("()", "( )"),
        ("( )", "( )"),
    ],
)
def test_typographic_variants_are_one_symbol(cell, plain):
    assert plain_symbol(cell) == plain


@pytest.mark.parametrize("cell", ["<3", "< 3", "≤ 2", "unter 5", "weniger als 3"])
@pytest.mark.parametrize("convention", list(CONVENTIONS))
def test_a_count_told_as_small_is_withheld(cell, convention):
    assert read(cell, convention=convention) == (None, "suppressed")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Dezember 2017", "2017-12-31"),
        ("Feb. 2020", "2020-02-29"),
        ("31. März 2018", "2018-03-31"),
        ("1 May 2019", "2019-05-01"),
        ("31. Februar 2018", None),
        ("Montag 2018", None),
        ("Dezember", None),
    ],
)
def test_months_in_words(written, date):
    assert as_date(written) == date


@pytest.mark.parametrize("written", ["-  23", "-\u00a0\u00a023", "\u2212   23", "23-", "- 23"])
def test_blanks_behind_a_minus_do_not_matter(tmp_path, written):
    path = tmp_path / "t.csv"
    path.write_text(f"id;n\n1;{written}\n2;5\n", encoding="utf-8")
    observations, problems = load_table(path, key="id", date=2020)
    assert not [problem for problem in problems if problem.severity == "error"]
    assert observations["value"].tolist() == [-23, 5]
