"""A programme on disk, made from the examples of the sheets."""

import csv

import pytest

from sozialraum.programme.sheets.every import SHEETS


def write_folder(folder, rows):
    """Write CSV files; `rows` maps a sheet's id to records by column id, as a person would write them."""
    folder.mkdir(parents=True, exist_ok=True)
    for schema in SHEETS:
        records = rows.get(schema.id)
        if records is None:
            continue
        with (folder / f"{schema.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(column.heading for column in schema.columns)
            for record in records:
                writer.writerow(record.get(column.id, "") for column in schema.columns)
    return folder


@pytest.fixture
def example_rows():
    return {schema.id: [dict(row) for row in schema.examples] for schema in SHEETS}


@pytest.fixture
def programme_folder(tmp_path):
    def write(rows, name="programme"):
        return write_folder(tmp_path / name, rows)

    return write
