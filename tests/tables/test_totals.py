"""Rows that sum up others are told from districts by arithmetic, not by chance."""

import time

import numpy as np
import pytest

from sozialraum.tables.read import load_table
from sozialraum.tables.totals import find_totals, is_total_word


def found(rows, *, stated=None, doubled=True, date="2020-12-31"):
    labels = [row[0] for row in rows]
    numbers = np.array([row[1:] for row in rows], dtype=float)
    totals = find_totals(labels, [date] * len(rows), numbers, stated, doubled=doubled)
    return {total.record: (total.parts, total.matching, total.columns, total.named) for total in totals}


DISTRICTS = [("Nord", 1234, 60), ("Süd", 2345, 70), ("Ost", 3456, 81)]
TOTAL = ("Insgesamt", 7035, 211)


@pytest.mark.parametrize(
    ("rows", "record", "parts"),
    [
        ([*DISTRICTS, TOTAL], 3, (0, 1, 2)),
        ([TOTAL, *DISTRICTS], 0, (1, 2, 3)),
        ([DISTRICTS[0], TOTAL, *DISTRICTS[1:]], 1, (0, 2, 3)),
    ],
)
def test_a_total_is_found_below_above_and_between_its_parts(rows, record, parts):
    assert found(rows) == {record: (parts, 2, 2, True)}


def test_inner_sums_are_not_added_up_again():
    rows = [
        ("Mitte", 3579, 130),
        ("Mitte", 1234, 60),
        ("Neustadt", 2345, 70),
        ("West", 7000, 170),
        ("Ost", 3456, 81),
        ("Hof", 3544, 89),
        ("Stadt insgesamt", 10579, 300),
    ]
    assert {
        record: parts
        for record, (parts, *_) in found(rows, stated=["Mitte", "West", "Stadt insgesamt"]).items()
    } == {0: (1, 2), 3: (4, 5), 6: (1, 2, 4, 5)}


def test_small_numbers_add_up_by_chance_and_prove_nothing():
    assert found([("A", 3, 7), ("A", 1, 3), ("B", 2, 4)]) == {}


def test_equal_keys_are_no_hint_at_a_sum():
    assert found([("A", 3579, 130), ("A", 1234, 60), ("B", 2345, 70)], doubled=False) == {}


def test_without_a_hint_many_digits_must_agree():
    few = [("West", 3579, 130), ("Ost", 1234, 60), ("Hof", 2345, 70)]
    assert found(few) == {}
    many = [(label, n, m, 10 * n + m) for label, n, m in few]
    assert found(many) == {0: ((1, 2), 3, 3, False)}


def test_a_word_is_enough_but_then_without_parts():
    assert found([*DISTRICTS, ("Stadt gesamt", 99, 1)]) == {3: ((), 0, 0, True)}
    assert found([*DISTRICTS, TOTAL], stated=[]) == {}


def test_a_sum_with_an_unknown_part_is_no_proof():
    assert found([("Mitte", 3579), ("Mitte", 1234), ("Neustadt", np.nan)]) == {}


def test_dates_are_added_up_apart():
    rows = [("A", 1000), ("B", 2000), ("Summe", 3000), ("A", 1001), ("B", 2002), ("Summe", 3003)]
    numbers = np.array([[row[1]] for row in rows], dtype=float)
    totals = find_totals([row[0] for row in rows], ["x"] * 3 + ["y"] * 3, numbers)
    assert [(total.record, total.parts) for total in totals] == [(2, (0, 1)), (5, (3, 4))]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Insgesamt", True),
        ("Stadt Leipzig insgesamt", True),
        ("Gesamt", True),
        ("Summe", True),
        ("Gesamtschulviertel", False),
        ("Totalau", False),
        ("Mitte", False),
        (None, False),
    ],
)
def test_words_for_totals(label, expected):
    assert is_total_word(label) is expected


QUARTER = [
    ("Bezirk 5", 71977, 2683, 62942, 1354),
    ("Weberviertel", 4997, 0, 0, 0),
    ("Brückenau", 66980, 2683, 62942, 1354),
    ("Rathaus", 1349, 300, 200, 849),
]


def test_a_quarter_that_repeats_another_row_is_no_sum_of_it_and_zeros():
    assert found(QUARTER) == {}
    assert found(QUARTER[1:]) == {}


@pytest.mark.parametrize("zeros", [1, 2, 5])
def test_zeros_beside_one_equal_row_prove_nothing(zeros):
    empty = [(f"Leer {i}", 0, 0, 0, 0) for i in range(zeros)]
    assert found([("Hafen", 66980, 2683, 62942, 1354), *empty, ("Südring", 66980, 2683, 62942, 1354)]) == {}


def test_one_column_that_does_not_add_up_refutes_a_row_without_a_word():
    rows = [("West", 35790, 13000, 9000), ("Ost", 12340, 6000, 4000), ("Hof", 23450, 7000, 5001)]
    assert found(rows) == {}
    assert found([("Summe", *rows[0][1:]), *rows[1:]]) == {0: ((1, 2), 2, 3, True)}


def test_a_district_is_never_a_sum_without_being_asked(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id;a;b;c\n1;35790;13000;9000\n2;12340;6000;4000\n3;23450;7000;5000\n", encoding="utf-8")
    options = {"key": "id", "date": 2020}
    observations, problems = load_table(path, **options, districts=["1", "2", "3"])
    (question,) = [problem for problem in problems if problem.severity == "error"]
    assert question.code == "tables.total_district"
    assert 'totals = ["1"]' in question.text()
    assert set(observations["district"]) == {"1", "2", "3"}
    observations, problems = load_table(path, **options, districts=["1", "2", "3"], totals=[])
    assert set(observations["district"]) == {"1", "2", "3"}
    assert not [problem for problem in problems if problem.severity == "error"]
    observations, _ = load_table(path, **options, totals=["1"])
    assert set(observations["district"]) == {"2", "3"}


def test_thirty_thousand_rows_take_little_time():
    numbers = np.random.default_rng(1).integers(0, 5000, (30_000, 4)).astype(float)
    begin = time.process_time()
    assert find_totals([str(i) for i in range(30_000)], ["x"] * 30_000, numbers) == []
    assert time.process_time() - begin < 5
