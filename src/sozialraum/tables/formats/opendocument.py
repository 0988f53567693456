"""OpenDocument spreadsheets: the cells of `content.xml`, with merged cells and cells shown as per cent."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["OdsSheet", "read_ods"]

_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("office", "table", "text")
)
WIDEST, LONGEST = 2_000, 200_000
"""Cells of a row and rows of a sheet that are read; empty ones are repeated a million times at the end."""

OdsSheet = tuple[str, list[list[object]], list[tuple[int, int, int, int]], set[tuple[int, int]]]
"""Name, rows, merged cells, and cells shown as per cent; rows and columns count from 1."""


def read_ods(content: bytes, largest: int) -> list[OdsSheet]:
    """Read all sheets.

    Parameters
    ----------
    content
        The file.
    largest
        Bytes of XML that are still unpacked.

    Raises
    ------
    ValueError, zipfile.BadZipFile, ET.ParseError, KeyError
        If the file is damaged or too large.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.getinfo("content.xml").file_size > largest:
            raise ValueError(largest)
        source = archive.read("content.xml")
    # Entities are limited by the parser itself, and so is what may be unpacked.
    root = ET.fromstring(source)  # noqa: S314 - see above
    return [_sheet(table) for table in root.iter(f"{_TABLE}table")]


def _sheet(table: ET.Element) -> OdsSheet:
    rows: list[list[object]] = []
    merged: list[tuple[int, int, int, int]] = []
    percent: set[tuple[int, int]] = set()
    for element in table.iter(f"{_TABLE}table-row"):
        repeated = _number(element, f"{_TABLE}number-rows-repeated")
        cells: list[object] = []
        for cell in _cells(element):
            _note(cell, len(rows) + 1, len(cells) + 1, merged, percent)
            count = _number(cell, f"{_TABLE}number-columns-repeated")
            cells += [_value(cell)] * min(count, WIDEST - len(cells))
        while cells and cells[-1] == "":
            cells.pop()
        if len(rows) + repeated > LONGEST:
            if cells:
                raise ValueError(repeated)
            break
        rows += [cells] * repeated
    return table.get(f"{_TABLE}name", ""), rows, merged, percent


def _cells(row: ET.Element) -> Iterator[ET.Element]:
    wanted = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
    return (cell for cell in row if cell.tag in wanted)


def _number(element: ET.Element, name: str) -> int:
    return max(int(element.get(name, "1")), 1)


def _note(
    cell: ET.Element,
    row: int,
    column: int,
    merged: list[tuple[int, int, int, int]],
    percent: set[tuple[int, int]],
) -> None:
    down = _number(cell, f"{_TABLE}number-rows-spanned")
    right = _number(cell, f"{_TABLE}number-columns-spanned")
    if down > 1 or right > 1:
        merged.append((row, column, row + min(down, LONGEST) - 1, column + min(right, WIDEST) - 1))
    if cell.get(f"{_OFFICE}value-type") == "percentage":
        percent.add((row, column))


def _value(cell: ET.Element) -> object:
    if cell.tag == f"{_TABLE}covered-table-cell":
        return ""
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in {"float", "percentage", "currency"}:
        return float(cell.attrib[f"{_OFFICE}value"])
    if kind == "date":
        written = cell.attrib[f"{_OFFICE}date-value"]
        return dt.date.fromisoformat(written[:10])
    return "\n".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))
