"""Messages fit a screen; the file has them all."""

import csv

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
