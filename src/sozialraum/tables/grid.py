"""Files as grids of cells: one header, rectangular columns. What the cells mean is decided elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import Problem, shorten
from sozialraum.tables.formats.geodata import is_geodata, read_geodata
from sozialraum.tables.formats.text import read_text
from sozialraum.tables.formats.workbook import OLE, ZIP, read_workbook
from sozialraum.tables.layout import find_layout, hits
from sozialraum.tables.sheet import Refused, header_name
from sozialraum.tables.turn import around, turned

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sozialraum.tables.layout import Layout
    from sozialraum.tables.sheet import Marks, Sheet

__all__ = ["Grid", "header_name", "read_grid"]

FOREIGN = {
    "PDF": (b"%pdf",),
    "HTML": (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta"),
    "GZIP (.gz)": (b"\x1f\x8b",),
    "7-Zip": (b"7z\xbc\xaf",),
    "RAR": (b"rar!",),
    "RTF": (b"{\\rtf",),
    "SQLite / GeoPackage": (b"sqlite format 3",),
    "Parquet": (b"par1",),
    "SYLK (.slk)": (b"id;p",),
    "DIF": (b"table\r\n0,1", b"table\n0,1"),
}
"""Formats in which files reach an office under the name of a table, and how they begin, in small letters."""

_JSON = re.compile(rb"[{\[]\s*[\"{\[]")

LISTED = 12
"""Rows of the wrong length that are listed."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A rectangular table of cells under a header.

    Parameters
    ----------
    header
        Cleaned names, one per column; "" where the file has none.
    columns
        One array per column: texts, or numbers where the file stores numbers.
    rows
        Per record the row in which it begins, counted from 1 as the file's editor counts.
    layout
        What stands around the table.
    sheet
        Name of the sheet, None for text files.
    encoding, separator
        As read; None for workbooks.
    percent, spread
        Per column the records whose number is shown as per cent, and those whose cell is merged with the
        one above and repeats it.
    marks
        What a workbook's formatting tells a reader; None for text files.
    epoch_1904
        Whether a workbook counts its days from 1904.
    """

    header: tuple[str, ...]
    columns: tuple[NDArray[np.object_], ...]
    rows: NDArray[np.int64]
    layout: Layout
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    percent: dict[int, list[int]] = field(default_factory=dict)
    spread: dict[int, list[int]] = field(default_factory=dict)
    marks: Marks | None = None
    epoch_1904: bool = False

    def only(self, kept: NDArray[np.bool_]) -> Grid:
        """Return the grid with these records alone.

        Parameters
        ----------
        kept
            One per record.
        """
        if kept.all():
            return self
        place = np.cumsum(kept) - 1
        return replace(
            self,
            columns=tuple(column[kept] for column in self.columns),
            rows=self.rows[kept],
            percent=_moved(self.percent, kept, place),
            spread=_moved(self.spread, kept, place),
        )

    def with_columns(self, columns: tuple[NDArray[np.object_], ...]) -> Grid:
        """Return the grid with other cells."""
        return replace(self, columns=columns)


def _moved(
    records: dict[int, list[int]], kept: NDArray[np.bool_], place: NDArray[np.int64]
) -> dict[int, list[int]]:
    found = {column: [int(place[i]) for i in listed if kept[i]] for column, listed in records.items()}
    return {column: listed for column, listed in found.items() if listed}


def read_grid(
    path: Path,
    wanted: Sequence[str] = (),
    *,
    complete: bool = False,
    sheet: str | None = None,
    header_rows: tuple[int, int] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    labels: Collection[str] = (),
    transposed: bool = False,
) -> tuple[Grid | None, tuple[Problem, ...]]:
    """Read a text table, a workbook or attributes as a grid; the kind of file is told from its content.

    Parameters
    ----------
    path
        CSV, TXT, XLSX, XLS or ODS, or geodata, whose attributes are a table.
    wanted
        Column names that must occur; they help to recognise separator, sheet and header.
    complete
        Whether `wanted` lists every column that will be read.
    sheet, header_rows, encoding, separator
        As the user states them; None: recognised.
    labels
        Keys or names of districts; the sheet that has them is the one.
    transposed
        Whether rows and columns change places first.

    Returns
    -------
    tuple
        The grid, or None with the problem that prevents it.
    """
    names = [header_name(name) for name in wanted]
    try:
        sheets = _sheets(path, names, sheet, encoding, separator)
        upright = {one.name: one for one in sheets}
        if transposed:
            sheets = [turned(one) for one in sheets]
        chosen, layout = _choose(sheets, names, set(labels), complete=complete, stated=header_rows)
        if transposed:
            titles, footnotes = around(upright[chosen.name])
            layout = replace(layout, titles=titles + layout.titles, footnotes=footnotes + layout.footnotes)
        others = [str(other.name) for other in sheets if other is not chosen]
        values = {"others": shorten(others)}
        note = Problem(
            code="tables.sheet_chosen", severity="note", file=path.name, sheet=chosen.name, values=values
        )
        hidden = Problem(
            code="tables.sheets_hidden",
            severity="note",
            file=path.name,
            sheet=chosen.name,
            values={"sheets": shorten(chosen.beside)},
        )
        turn = Problem(code="tables.turned", severity="note", file=path.name, sheet=chosen.name)
        asked = ((note, others), (hidden, chosen.beside), (turn, transposed))
        told = [problem for problem, there in asked if there]
        return _grid(chosen, layout), tuple(told)
    except Refused as refused:
        problem = Problem(
            code=refused.code, file=path.name, sheet=refused.sheet, row=refused.row, values=refused.values
        )
        return None, (problem,)


def _sheets(
    path: Path, wanted: Collection[str], sheet: str | None, encoding: str | None, separator: str | None
) -> list[Sheet]:
    content = _content(path)
    if content.startswith((ZIP, OLE)):
        return read_workbook(content, sheet)
    if is_geodata(path, content):
        return read_geodata(path, content, sheet, encoding)
    kind = foreign_format(content)
    if kind is not None:
        raise Refused("foreign_format", format=kind)
    broken = {".xlsx": "broken_xlsx", ".xlsm": "broken_xlsx", ".xls": "broken_xls", ".ods": "broken_ods"}
    if path.suffix.lower() in broken and not _is_plain(content):
        raise Refused(broken[path.suffix.lower()])
    return [read_text(content, wanted, encoding, separator)]


def foreign_format(content: bytes) -> str | None:
    """Name the format of a file that is no table, whatever its ending says.

    Parameters
    ----------
    content
        Of the file; its beginning is enough.
    """
    begin = content[:3].lstrip(b"\xef\xbb\xbf") + content[3:2000]
    plain = begin.lstrip().lower()
    for name, marks in FOREIGN.items():
        if plain.startswith(marks):
            return name
    if _JSON.match(plain):
        return "JSON"
    if plain.startswith((b"<?xml", b"<office:")):
        return "OpenDocument XML (.fods)" if b"opendocument" in plain else "XML"
    return None


def _is_plain(content: bytes) -> bool:
    """Tell text under a workbook's ending, as some systems export it, from a damaged workbook."""
    return not any(byte < 32 and byte not in b"\t\r\n" for byte in content[:100_000])


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise Refused("no_file", path=path) from None
    except OSError as error:
        raise Refused("no_access", path=path, reason=error.strerror or error) from None
    if not content.strip():
        raise Refused("empty")
    return content


def _choose(
    sheets: list[Sheet],
    wanted: Sequence[str],
    labels: Collection[str],
    *,
    complete: bool,
    stated: tuple[int, int] | None,
) -> tuple[Sheet, Layout]:
    """Take the only sheet, or the only one that has every wanted column, or the districts in a column."""
    if len(sheets) == 1:
        return _checked(sheets[0], find_layout(sheets[0], wanted, complete=complete, stated=stated))
    found = []
    for sheet in sheets:
        try:
            layout = find_layout(sheet, wanted, complete=complete, stated=stated)
        except Refused:
            continue
        if hits(wanted, layout.names) == len(wanted) and (wanted or labels):
            found.append((sheet, layout))
    if len(found) != 1 and labels:
        found = [(sheet, layout) for sheet, layout in found if _has_districts(layout, labels)]
    if len(found) != 1:
        names = [sheet.name for sheet, _ in found] or [sheet.name for sheet in sheets]
        raise Refused("which_sheet", sheets=", ".join(map(str, names)), names=[*map(str, names)])
    return _checked(*found[0])


def _has_districts(layout: Layout, labels: Collection[str]) -> bool:
    """Tell whether a column holds at least half of the districts."""
    for position in range(len(layout.names)):
        cells = [line.cells[position] for line in layout.body if position < len(line.cells)]
        written = {str(cell).strip() for cell in cells}
        if len(written & set(labels)) * 2 >= len(labels):
            return True
    return False


def _checked(sheet: Sheet, layout: Layout) -> tuple[Sheet, Layout]:
    if sheet.fault is not None:
        raise sheet.fault
    return sheet, layout


def _grid(sheet: Sheet, layout: Layout) -> Grid:
    width = len(layout.names)
    if sheet.name is None:
        _check_lengths(sheet, layout)
    cells = [line.cells[:width] + [""] * (width - len(line.cells)) for line in layout.body]
    rows = [line.row for line in layout.body]
    spread = _spread_merged(cells, rows, sheet.merged)
    position = {row: record for record, row in enumerate(rows)}
    percent: dict[int, list[int]] = {}
    for row, column in sorted(sheet.percent):
        if row in position and column <= width:
            percent.setdefault(column - 1, []).append(position[row])
    return Grid(
        header=layout.names,
        columns=tuple(_object_array(column) for column in zip(*cells, strict=True)),
        rows=np.array(rows, dtype=np.int64),
        layout=layout,
        sheet=sheet.name,
        encoding=sheet.encoding,
        separator=sheet.separator,
        percent=percent,
        spread=spread,
        marks=sheet.marks,
        epoch_1904=sheet.epoch_1904,
    )


def _check_lengths(sheet: Sheet, layout: Layout) -> None:
    """Refuse rows of another length than the others: somewhere in them cells have moved.

    Not even a surplus empty cell at the end is let pass, for a stray separator may have pushed it there.
    """
    last = [len(line.cells) for line in sheet.lines if line.row == layout.header_rows[1]]
    lengths = Counter([*last, *(len(line.cells) for line in layout.body)])
    usual = lengths.most_common(1)[0][0]
    expected = max(usual, len(layout.names))
    wrong = [line for line in layout.body if len(line.cells) != expected]
    if wrong:
        listing = ", ".join(f"{line.row} ({len(line.cells)})" for line in wrong[:LISTED])
        rest = f", … (+{len(wrong) - LISTED})" if len(wrong) > LISTED else ""
        raise Refused("ragged", row=wrong[0].row, number=len(wrong), expected=expected, rows=listing + rest)
    _check_surplus(layout)


def _check_surplus(layout: Layout) -> None:
    width = len(layout.names)
    surplus = [line for line in layout.body if any(str(cell).strip() for cell in line.cells[width:])]
    if surplus:
        listing = ", ".join(str(line.row) for line in surplus[:LISTED])
        raise Refused("nameless", row=surplus[0].row, number=len(surplus), expected=width, rows=listing)


def _spread_merged(
    cells: list[list[object]], rows: list[int], merged: Collection[tuple[int, int, int, int]]
) -> dict[int, list[int]]:
    """Repeat the content of cells that are merged downwards, and tell where that was done."""
    position = {row: record for record, row in enumerate(rows)}
    spread: dict[int, list[int]] = {}
    for top, left, bottom, right in merged:
        if left != right or top not in position or left > len(cells[0]):
            continue
        for row in range(top + 1, bottom + 1):
            if row in position:
                cells[position[row]][left - 1] = cells[position[top]][left - 1]
                spread.setdefault(left - 1, []).append(position[row])
    return spread


def _object_array(cells: Sequence[object]) -> NDArray[np.object_]:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array
