"""Workbooks damaged at random: ``python tests/programme/mutations.py [number [CPU seconds [first seed]]]``.

A slice of them is in the tests.

Each must end in a programme or in problems that name their place; never in a traceback.
"""

import datetime as dt
import io
import random
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from sozialraum.programme.measures.finance import cost_overview, input_output
from sozialraum.programme.measures.matrix import (
    contribution_table,
    goal_matrix,
    loose_ends,
    missing_documentation,
)
from sozialraum.programme.network.conferences import conference_state, network_gaps
from sozialraum.programme.network.due import due_items
from sozialraum.programme.network.notes import note_summary, poll_results
from sozialraum.programme.public import public_programme
from sozialraum.programme.register import load_programme
from sozialraum.programme.rules.every import check_programme
from sozialraum.programme.sheets.every import SHEETS
from sozialraum.programme.sheets.workbook import workbook_bytes
from sozialraum.programme.sheets.written import written_rows

JUNK = (
    *("", " ", "-", "x", "nan", "None", "NaN", "inf", "-1", "0", "1e999", "1/0", "0/0", "5/1", "1/5", "-1/5"),
    *(
        "101",
        "1.000",
        "=1+1",
        "+49",
        "@SUM(A1)",
        "'=2",
        "\u200b",
        "a" * 6000,
        "|",
        "||",
        "a||b",
        "ja",
        "vielleicht",
    ),
    *(
        "31.02.2009",
        "2009/11",
        "0204",
        "Z1",
        "Z1|Z2",
        "<b>",
        "\x0b",
        "31.12.2009=5|",
        "2009=",
        "=5",
        "2005-2001",
    ),
    *("1899", "99999", "48 %", "0,48", "%"),
    *(0, 1, -1, 3.5, 1e308, 204, 2009, 0.48, True, False),
    *(dt.date(2009, 5, 1), dt.date(1900, 1, 1), dt.time(12, 0)),
)


def damaged_workbook(seed):
    """Return a workbook of the examples with one to four faults, and whether the archive is damaged, too."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    sheets = {
        schema.name: [[column.heading for column in schema.columns]]
        + [[row.get(column.id) for column in schema.columns] for row in schema.examples]
        for schema in SHEETS
    }
    if draw.random() < 0.5:
        _mend(sheets)
    for _ in range(draw.randint(1, 4)):
        _damage(draw, sheets)
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name[:31] or "leer")
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row, 1):
                try:
                    sheet.cell(row=number, column=place, value=cell)
                except IllegalCharacterError:  # a control character, which no workbook can hold
                    continue
    stream = io.BytesIO()
    book.save(stream)
    content = bytearray(stream.getvalue())
    broken = draw.random() < 0.1
    if broken:
        for _ in range(draw.randint(1, 20)):
            content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content), broken


def _mend(sheets):
    """Take the two rules out that the examples themselves break, so that something is computed, too."""
    head = sheets["massnahmen"][0]
    sheets["massnahmen"][2][head.index("Zustimmung")] = "01.04.2010"
    head = sheets["finanzierung"][0]
    sheets["finanzierung"][1][head.index("Beschluss am")] = "01.07.2009"


def _damage(draw, sheets):
    name = draw.choice(list(sheets))
    rows = sheets[name]
    kind = draw.random()
    row = draw.randrange(len(rows)) if rows else 0
    if not rows or not rows[row]:
        return
    place = draw.randrange(len(rows[row]))
    if kind < 0.6:
        body = draw.randrange(1, len(rows)) if len(rows) > 1 else 0
        rows[body][min(place, len(rows[body]) - 1)] = draw.choice(JUNK)
    elif kind < 0.7:
        rows[0][min(place, len(rows[0]) - 1)] = draw.choice([*JUNK[:40], rows[0][0]])
    elif kind < 0.78:
        rows.append(list(rows[row]))
    elif kind < 0.84:
        del rows[row][place]
    elif kind < 0.9:
        rows[row].insert(place, draw.choice(JUNK))
    elif kind < 0.94:
        del sheets[name]
    elif kind < 0.97:
        sheets[name.upper() + draw.choice(("", "x", " ")) if len(sheets) > 1 else name] = sheets.pop(name)
    else:
        rows.insert(draw.randrange(len(rows) + 1), [draw.choice(JUNK) for _ in rows[0]])


def survive(content, folder, *, broken):
    """Read, check and compute; return the number of problems."""
    path = folder / "programm.xlsx"
    path.write_bytes(content)
    programme, problems = load_programme(path)
    problems = (*problems, *check_programme(programme))
    for problem in problems:
        assert problem.text("de")
        assert problem.text("en")
        assert problem.file
        if not broken and problem.severity == "error" and not problem.code.endswith("sheet"):
            assert problem.sheet, problem
            assert problem.row, problem
            assert problem.column, problem
    if not any(problem.severity == "error" for problem in problems):
        for compute in (cost_overview, input_output, goal_matrix, loose_ends, missing_documentation):
            compute(programme)
        for compute in (contribution_table, note_summary, poll_results):
            compute(programme)
        conference_state(programme, 2009, ["0201", "0204"])
        network_gaps(programme, 2009, {"0201": True})
        due_items(programme, dt.date(2010, 1, 1))
        public_programme(programme)
        workbook = written_rows(programme)
        assert workbook_bytes(workbook) if broken else workbook
    return len(problems)


def main(number, seconds=600.0, first=0):
    """Damage and survive `number` workbooks, or as many as `seconds` of CPU allow; print what came out."""
    started, told, done = time.process_time(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + number):
            content, broken = damaged_workbook(seed)
            try:
                told += bool(survive(content, Path(folder), broken=broken))
            except Exception:
                sys.stdout.write(f"seed {seed}\n")
                raise
            done += 1
            if time.process_time() - started > seconds:
                break
    sys.stdout.write(
        f"{done} workbooks, {told} with problems, no traceback, {time.process_time() - started:.0f} s\n"
    )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:4]]
    main(*[*given, *(2000, 1500, 0)[len(given) :]])
