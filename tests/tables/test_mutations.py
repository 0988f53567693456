"""Damaged files end in a result or a message; in a text table a damaged byte changes its own cell alone."""

import random

import geopandas as gpd
import openpyxl
import pytest
from shapely import box

from sozialraum.boundaries.read import load_districts
from sozialraum.errors import SozialraumError
from sozialraum.tables.read import load_table

NAMES = ["Mühlstraße", "Süd", "Nord-West", "Alt- und Neustadt", "Ödland"]
ROWS = [
    (
        f"{number:04d}",
        f"{NAMES[number % 5]} {number}",
        2017 + number % 2,
        1000 + 37 * number,
        f"{1.5 * number + 0.25:.2f}".replace(".", ","),
        ["-", "x", "12", "7"][number % 4],
    )
    for number in range(30)
]
HEADER = ("schluessel", "name", "jahr", "Einwohner", "Quote", "Fälle")
OPTIONS = {
    "key": "schluessel",
    "name": "name",
    "date_column": "jahr",
    "variables": {"people": "Einwohner", "rate": "Quote", "cases": "Fälle"},
}
STYLES = [
    ("utf-8", ";", "\n", ""),
    ("cp1252", ";", "\r\n", ""),
    ("utf-8-sig", "\t", "\r\n", '"'),
    ("utf-16", "|", "\n", ""),
    ("utf-8", ",", "\n", '"'),
    ("utf-16-le", ";", "\r\n", '"'),
]
MEAN = b";,\t|\"\n\r' .-x0\0\xff"
"""Bytes that do most harm."""


def table(encoding, separator, end, quote):
    lines = [f"Tabelle 1{separator * 5}", ""]
    lines += [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in (HEADER, *ROWS)]
    lines += ["", f"Quelle: Amt für Statistik{separator * 5}"]
    return (end.join(lines) + end).encode(encoding)


def damaged(content, chance, number=1):
    changed = bytearray(content)
    for _ in range(number):
        byte = chance.choice(MEAN) if chance.random() < 0.5 else chance.randrange(256)
        changed[chance.randrange(len(changed))] = byte
    return bytes(changed)


def differing(before, after):
    """Return which cells differ: row of the file, and column."""
    columns = ["district", "name", "date", "value", "flag", "variable"]
    left, right = before[columns].astype(object), after[columns].astype(object)
    unequal = ~((left == right) | (left.isna() & right.isna()))
    return {
        (
            before["row"].iloc[position],
            before["variable"].iloc[position] if column in {"value", "flag"} else column,
        )
        for column in columns
        for position in unequal.index[unequal[column]]
    }


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES, ids=["-".join(map(repr, style)) for style in STYLES])
def test_a_damaged_byte_of_a_text_table_changes_its_own_cell_alone(tmp_path, style):
    content, chance = table(*style), random.Random(11)  # noqa: S311 - a repeatable choice, no secret
    path = tmp_path / "tabelle.csv"
    path.write_bytes(content)
    intact, _ = load_table(path, **OPTIONS)
    assert len(intact) == 3 * len(ROWS)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(60):
        path.write_bytes(damaged(content, chance))
        observations, problems = load_table(path, **OPTIONS)
        if any(problem.severity == "error" for problem in problems):
            assert all(problem.text() and problem.file for problem in problems)
            outcomes["refused"] += 1
            continue
        assert len(observations) == len(intact)
        assert len(differing(intact, observations)) <= 1
        outcomes["read"] += 1
    assert min(outcomes.values()) > 5


@pytest.mark.slow
def test_damaged_workbooks_end_in_a_result_or_a_message(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id", "n", "q"])
    for number in range(20):
        book.active.append([f"{number:02d}", number, number / 7])
    path = tmp_path / "mappe.xlsx"
    book.save(path)
    content, chance = path.read_bytes(), random.Random(12)  # noqa: S311 - as above
    codes = set()
    for _ in range(120):
        path.write_bytes(damaged(content, chance, chance.choice([1, 1, 4])))
        _, problems = load_table(path, key="id", date=2020)
        codes |= {problem.code for problem in problems if problem.severity == "error" and problem.text()}
    assert "tables.broken_xlsx" in codes


def outcome(path):
    try:
        load_districts(path, key="id")
    except SozialraumError as error:
        return "refused" if str(error) else "silent"
    return "read"


@pytest.mark.slow
def test_damaged_geopackages_end_in_a_result_or_a_message(tmp_path):
    squares = [box(500_000 + 1000 * i, 5_700_000, 501_000 + 1000 * i, 5_701_000) for i in range(12)]
    frame = gpd.GeoDataFrame({"id": [f"{i:02d}" for i in range(12)]}, geometry=squares, crs="EPSG:25832")
    path = tmp_path / "gebiete.gpkg"
    frame.to_file(path, driver="GPKG")
    content, chance = path.read_bytes(), random.Random(13)  # noqa: S311 - as above
    filled = [position for position, byte in enumerate(content) if byte]
    outcomes = {"read": 0, "refused": 0}
    for _ in range(80):
        changed = bytearray(content)
        changed[chance.choice(filled)] = chance.randrange(256)
        path.write_bytes(changed)
        outcomes[outcome(path)] += 1
    assert min(outcomes.values()) > 5
