"""A workbook or a folder of CSV files -> frames of the declared sheets, and every fault of every cell.

Texts are taken as they are written; a formula is a fault, never evaluated.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.errors import Problem
from sozialraum.keys import closest, normalise_name
from sozialraum.programme.sheets.cells import UNSEEN, CellFault, empty_value, parse_cell
from sozialraum.programme.sheets.every import SHEETS
from sozialraum.tables.formats.text import read_text
from sozialraum.tables.formats.workbook import ZIP, read_workbook
from sozialraum.tables.sheet import Refused, header_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sozialraum.programme.sheets.model import Column, SheetSchema
    from sozialraum.tables.sheet import Line, Sheet

__all__ = ["HELP_SHEETS", "ReadSheet", "read_sheets"]

HELP_SHEETS = ("Erläuterung", "Beispiele", "Listen", "Explanation", "Examples", "Lists")
"""Sheets that `write` adds for people; they hold no data."""

NUMERIC = {"number", "share", "whole", "year"}
WORKBOOKS = (".xlsx", ".xls", ".ods", ".xlsm")


@dataclass(frozen=True, kw_only=True)
class ReadSheet:
    """One sheet as read.

    Parameters
    ----------
    frame
        One row per row of the sheet, one column per declared column; see `model.Kind`.
    rows
        Row of the file of each row of the frame.
    broken
        Row of the file and column id of cells that could not be read; they count as unknown.
    file, sheet
        Where it was.
    """

    frame: pd.DataFrame
    rows: tuple[int, ...] = ()
    broken: frozenset[tuple[int, str]] = frozenset()
    file: str | None = None
    sheet: str | None = None


@dataclass
class _Found:
    """A sheet of the file before it is read."""

    file: str
    name: str
    lines: list[Line]
    percent: frozenset[tuple[int, int]] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    problems: list[Problem] = field(default_factory=list)


def read_sheets(path: Path) -> tuple[dict[str, ReadSheet], tuple[Problem, ...]]:
    """Read all sheets of a programme.

    Parameters
    ----------
    path
        A workbook (XLSX, XLS, ODS), or a folder with one CSV file per sheet.

    Returns
    -------
    sheets
        By English id, every declared sheet; one that is not there is empty.
    problems
        Every fault with sheet, row and column.
    """
    problems: list[Problem] = []
    found = _find(path, problems)
    sheets: dict[str, ReadSheet] = {}
    names = {normalise_name(name): schema for schema in SHEETS for name in (schema.id, schema.name)}
    for one in found:
        schema = names.get(normalise_name(one.name))
        if schema is None:
            problems += _unknown_sheet(one)
        elif schema.id in sheets:
            problems.append(Problem(code="programme.double_sheet", file=one.file, sheet=one.name))
        else:
            sheets[schema.id] = _read_one(one, schema, problems)
    for schema in SHEETS:
        if schema.id not in sheets:
            sheets[schema.id] = ReadSheet(frame=_frame(schema, []), file=path.name, sheet=schema.name)
    return sheets, tuple(problems)


def _find(path: Path, problems: list[Problem]) -> list[_Found]:
    if path.is_dir():
        books = [file for file in sorted(path.iterdir()) if file.suffix.lower() in WORKBOOKS]
        books = [file for file in books if not file.name.startswith(("~", "."))]
        tables = [file for file in sorted(path.iterdir()) if file.suffix.lower() == ".csv"]
        if books and tables:
            names = ", ".join(file.name for file in (*books, *tables[:3]))
            problems.append(Problem(code="programme.two_sources", file=path.name, values={"files": names}))
        elif len(books) > 1:
            names = ", ".join(file.name for file in books)
            problems.append(Problem(code="programme.two_sources", file=path.name, values={"files": names}))
        elif not books and not tables:
            problems.append(Problem(code="programme.empty_folder", file=path.name))
        if books and not tables:
            return _workbook(books[0], problems)
        return [one for file in tables for one in _text_file(file, problems)]
    if path.suffix.lower() == ".csv":
        return _text_file(path, problems)
    return _workbook(path, problems)


def _content(path: Path, problems: list[Problem]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        problems.append(Problem(code="programme.not_readable", file=path.name, values={"reason": reason}))
        return None


def _text_file(path: Path, problems: list[Problem]) -> list[_Found]:
    content = _content(path, problems)
    if content is None:
        return []
    own = [
        one
        for one in SHEETS
        if normalise_name(path.stem) in {normalise_name(one.id), normalise_name(one.name)}
    ]
    columns = [column for schema in own or SHEETS for column in schema.columns]
    wanted = [name for column in columns for name in (column.id, column.heading)]
    try:
        read = read_text(content, wanted, None, None)
    except Refused as refused:
        problems.append(_refused(refused, path))
        return []
    return [_Found(path.name, path.stem, read.lines)]


def _refused(refused: Refused, path: Path) -> Problem:
    return Problem(
        code=refused.code, file=path.name, sheet=refused.sheet, row=refused.row, values=refused.values
    )


def _workbook(path: Path, problems: list[Problem]) -> list[_Found]:
    content = _content(path, problems)
    if content is None:
        return []
    try:
        read: Sequence[Sheet] = read_workbook(content, None)
    except Refused as refused:
        problems.append(_refused(refused, path))
        return []
    formulas = _formulas(content)
    return [
        _Found(path.name, one.name or "", one.lines, one.percent, frozenset(formulas.get(one.name or "", ())))
        for one in read
    ]


def _formulas(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Find the formulas of an XLSX: their stored results would pass for what somebody typed."""
    if not content.startswith(ZIP):
        return {}
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only XLSX needs it

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(re.search(rb"<(?:\w+:)?f[ >/]", archive.read(name)) for name in parts):
            return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on styles and validations that we do not read
        book: Any = load_workbook(io.BytesIO(content), read_only=True)
        return {
            sheet.title: {
                (cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            }
            for sheet in book.worksheets
        }


def _unknown_sheet(found: _Found) -> list[Problem]:
    if found.name in HELP_SHEETS or not found.lines:
        return []
    near = closest(found.name, [name for schema in SHEETS for name in (schema.name, schema.id)], 1)
    code = "unknown_sheet" if near else "other_sheet"
    german = {schema.id: schema.name for schema in SHEETS}
    values = {
        "proposal": german.get(near[0], near[0]) if near else "",
        "allowed": ", ".join(schema.name for schema in SHEETS),
    }
    return [
        Problem(
            code=f"programme.{code}",
            severity="error" if near else "warning",
            file=found.file,
            sheet=found.name,
            values=values,
        )
    ]


def _read_one(found: _Found, schema: SheetSchema, problems: list[Problem]) -> ReadSheet:
    if not found.lines:
        return ReadSheet(frame=_frame(schema, []), file=found.file, sheet=found.name)
    head, *lines = found.lines
    places = _headings(found, head, lines, schema, problems)
    records: list[dict[str, object]] = []
    broken: set[tuple[int, str]] = set()
    for line in lines:
        record = {column.id: empty_value(column.kind) for column in schema.columns}
        for column, place in places.items():
            value, fault = _cell(found, line, place, column)
            if fault is not None:
                problems.append(fault)
                broken.add((line.row, column.id))
            elif value is not None:
                record[column.id] = value
        records.append(record)
    return ReadSheet(
        frame=_frame(schema, records),
        rows=tuple(line.row for line in lines),
        broken=frozenset(broken),
        file=found.file,
        sheet=found.name,
    )


def _headings(
    found: _Found, head: Line, lines: Iterable[Line], schema: SheetSchema, problems: list[Problem]
) -> dict[Column, int]:
    """Find each column; a heading that the sheet does not know is a fault with a proposal."""
    spellings = {
        normalise_name(name): column for column in schema.columns for name in (column.heading, column.id)
    }
    places: dict[Column, int] = {}
    names = [header_name(cell) for cell in head.cells]
    for place, name in enumerate(names):
        if not name:
            continue
        column = spellings.get(normalise_name(name))
        at = {"file": found.file, "sheet": found.name, "row": head.row, "column": name}
        if column is None:
            near = closest(name, [one.heading for one in schema.columns if one not in places], 1)
            allowed = ", ".join(one.heading for one in schema.columns)
            code = "unknown_column_near" if near else "unknown_column"
            values: dict[str, object] = {"proposal": near[0] if near else "", "allowed": allowed}
            problems.append(Problem(code=f"programme.{code}", values=values, **at))  # type: ignore[arg-type]  # at holds places only
        elif column in places:
            problems.append(Problem(code="programme.double_column", **at))  # type: ignore[arg-type]  # as above
        else:
            places[column] = place
    problems += _lost_cells(found, names, lines)
    for column in schema.columns:
        if column.required and column not in places:
            problems.append(
                Problem(
                    code="programme.missing_column",
                    file=found.file,
                    sheet=found.name,
                    row=head.row,
                    column=column.heading,
                )
            )
    return places


def _lost_cells(found: _Found, names: Sequence[str], lines: Iterable[Line]) -> Iterable[Problem]:
    """Name cells that stand below no heading: nobody could tell what they mean."""
    for line in lines:
        for place in line.filled:
            if place >= len(names) or not names[place]:
                yield Problem(
                    code="programme.no_heading",
                    file=found.file,
                    sheet=found.name,
                    row=line.row,
                    column=_letter(place),
                    values={"written": str(line.cells[place])[:60]},
                )


def _letter(place: int) -> str:
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(found: _Found, line: Line, place: int, column: Column) -> tuple[object, Problem | None]:
    """Return the value of a cell (None if it is empty), or its fault."""
    cell = line.cells[place] if place < len(line.cells) else ""

    def fault(code: str, **values: object) -> Problem:
        return Problem(
            code=f"programme.{code}",
            file=found.file,
            sheet=found.name,
            row=line.row,
            column=column.heading,
            values=values,
        )

    if isinstance(cell, str):
        # Our own CSV files carry an apostrophe before what a spreadsheet would compute.
        cell = cell[1:] if re.match(r"'[=+\-@\t\r]", cell) else cell
        cell = cell.translate(UNSEEN)
        formula = cell.lstrip().startswith("=")
    else:
        formula = False
    if formula or (line.row, place + 1) in found.formulas:
        return None, fault("formula", written=str(cell)[:60])
    if cell == "" or not str(cell).strip():
        return None, fault("required") if column.required else None
    try:
        return parse_cell(column, cell, percent=(line.row, place + 1) in found.percent), None
    except CellFault as signal:
        return None, fault(signal.code, **{name: _short(value) for name, value in signal.values.items()})


def _short(value: object) -> object:
    return value if not isinstance(value, str) or len(value) <= 400 else f"{value[:400]}…"


def _frame(schema: SheetSchema, records: list[dict[str, object]]) -> pd.DataFrame:
    """Return the records as a frame with the declared dtypes."""
    columns, index = {}, pd.RangeIndex(len(records))
    for column in schema.columns:
        cells = [record[column.id] for record in records]
        if column.kind in NUMERIC:
            columns[column.id] = pd.Series(np.array(cells, dtype=np.float64), index=index)
        else:
            # Filled one by one: numpy would make a table of tuples of one length.
            values = np.empty(len(cells), dtype=object)
            for position, cell in enumerate(cells):
                values[position] = cell
            columns[column.id] = pd.Series(values, index=index, dtype=object)
    return pd.DataFrame(columns, index=index, columns=list(schema.ids))
