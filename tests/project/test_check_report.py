"""Messages fit a screen; the file has them all."""

import csv

import pytest

from sozialraum.errors import Problem
from sozialraum.project.check_report import LONGEST, screen_messages, write_report


def _alike(number, **places):
    return [
        Problem(
            code="boundaries.layer_missing", file="a.csv", row=i, values={"layer": i, "layers": "x"}, **places
        )
        for i in range(number)
    ]


def test_many_of_one_kind_are_three_and_a_count():
    found = screen_messages([*_alike(29), Problem(code="join.no_observations", severity="note")], "de")
    assert [message.severity for message in found] == ["error"] * 4 + ["note"]
    assert "26 weitere" in found[3].words
    assert len(screen_messages(_alike(4), "de")) == 4


def test_errors_come_first_and_kinds_stay_together():
    note = Problem(code="boundaries.reader_remark", severity="note", values={"remark": "x"})
    found = screen_messages([note, *_alike(1), note], "de")
    assert [message.severity for message in found] == ["error", "note", "note"]


def _series(number, **values):
    return [
        Problem(
            code="tables.recognised",
            severity="note",
            file=f"sgb_{year}.csv",
            values=values | {"separator": ";"},
        )
        for year in range(2010, 2010 + number)
    ]


def test_what_is_said_of_many_files_is_said_once():
    (found,) = screen_messages(_series(10, encoding="cp1252"), "de")
    assert found.words.startswith(
        "sgb_2010.csv, sgb_2011.csv, sgb_2012.csv und 7 weitere Dateien: Gelesen mit"
    )
    (found,) = screen_messages(_series(4, encoding="cp1252"), "en")
    assert found.words.startswith("sgb_2010.csv, sgb_2011.csv, sgb_2012.csv, sgb_2013.csv: Read with")
    (found,) = screen_messages(_series(1, encoding="cp1252"), "en")
    assert found.words.startswith("sgb_2010.csv: Read with")


@pytest.mark.parametrize(
    ("files", "rows", "starts"),
    [
        # Many files have three messages together; few have three each.
        ("abcdefgh", 2, ["a.csv", "b.csv", "c.csv", "… und 13 weitere"]),
        ("ab", 9, [*["a.csv"] * 3, "a.csv: … und 6 weitere", *["b.csv"] * 3, "b.csv: … und 6 weitere"]),
    ],
)
def test_words_of_its_own_for_each_row_are_three_and_a_count(files, rows, starts):
    each = [
        Problem(
            code="boundaries.layer_missing",
            file=f"{name}.csv",
            row=row,
            values={"layer": row, "layers": name},
        )
        for name in files
        for row in range(rows)
    ]
    found = [message.words for message in screen_messages(each, "de")]
    assert all(words.startswith(start) for words, start in zip(found, starts, strict=True))


def test_two_messages_of_a_series_that_differ_are_two():
    found = screen_messages([*_series(9, encoding="cp1252"), *_series(3, encoding="UTF-8")], "de")
    assert len(found) == 2
    assert "cp1252" in found[0].words
    assert "UTF-8" in found[1].words


def test_no_message_is_longer_than_a_screen():
    keys = [f"{number:08d}" for number in range(2_000)]
    problem = Problem(code="boundaries.excluded", keys=tuple(keys), values={"features": " ".join(keys)})
    (message,) = screen_messages([problem], "de")
    assert len(message.words) < LONGEST + 100
    assert "check-report.csv" in message.words


def test_file_has_every_key_and_no_formula(tmp_path):
    keys = tuple(f"{number:08d}" for number in range(2_000))
    problem = Problem(code="join.without_rows", file="=cmd|x", keys=keys, values={"line": "…"})
    write_report([*_alike(29), problem], tmp_path / "r.csv", "en")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == 30
    assert rows[-1]["Districts"].split() == list(keys)
    assert rows[-1]["File"] == "'=cmd|x"
