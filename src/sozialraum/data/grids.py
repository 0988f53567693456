"""Files as grids of cells: encoding, separator, sheet. What the cells mean is decided elsewhere."""

from __future__ import annotations

import csv
import io
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from openpyxl.workbook import Workbook  # type: ignore[import-untyped]  # ships no types

__all__ = ["Grid", "header_name", "read_grid"]

SEPARATORS = (";", "\t", "|", ",")
"""In the order in which they are preferred where the file fits several."""

SAMPLE = 50
"""Records by which a separator is recognised."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


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
    sheet
        Name of the sheet, None for text files.
    encoding, separator
        As read; None for XLSX.
    """

    header: tuple[str, ...]
    columns: tuple[NDArray[np.object_], ...]
    rows: NDArray[np.int64]
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None


class _Refused(Exception):  # noqa: N818 - a signal inside this module, never seen outside
    def __init__(
        self, code: str, *, sheet: str | None = None, row: int | None = None, **values: object
    ) -> None:
        self.code, self.sheet, self.row, self.values = f"tables.{code}", sheet, row, values


def header_name(value: object) -> str:
    """Clean a column name: Unicode NFC, line breaks and runs of blanks become one blank."""
    return "" if value is None else " ".join(unicodedata.normalize("NFC", str(value)).split())


def read_grid(
    path: Path,
    wanted: Collection[str] = (),
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> tuple[Grid | None, tuple[Problem, ...]]:
    """Read a CSV or XLSX file as a grid; the kind of file is told from its content.

    Parameters
    ----------
    path
        The file.
    wanted
        Column names that must occur; they help to recognise separator and sheet.

    Returns
    -------
    tuple
        The grid, or None with the problem that prevents it.
    """
    try:
        content = _content(path)
        if content.startswith(_ZIP):
            return _read_xlsx(content, wanted, sheet), ()
        if content.startswith(_OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in content
            raise _Refused("password" if locked else "old_excel")  # noqa: TRY301 - all refusals end below
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            raise _Refused("broken_xlsx")  # noqa: TRY301 - all refusals end below
        return _read_csv(content, wanted, encoding, separator), ()
    except _Refused as refused:
        problem = Problem(
            code=refused.code, file=path.name, sheet=refused.sheet, row=refused.row, values=refused.values
        )
        return None, (problem,)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _Refused("no_file", path=path) from None
    except OSError as error:
        raise _Refused("no_access", path=path, reason=error.strerror or error) from None
    if not content.strip():
        raise _Refused("empty")
    return content


def _read_csv(content: bytes, wanted: Collection[str], encoding: str | None, separator: str | None) -> Grid:
    encoding, text = _decode(content, encoding)
    if "\0" in text:
        raise _Refused("binary")
    if not text.strip(" \r\n" + "".join(SEPARATORS)):
        raise _Refused("empty")
    if separator is None:
        separator = _recognise_separator(text, wanted)
    elif len(separator) != 1 or separator in '"\r\n':
        raise _Refused("bad_separator", separator=separator)
    (first, header), *records = _records(text, separator) or [(1, [])]
    return _grid(first, header, records, encoding=encoding, separator=separator)


def _decode(content: bytes, encoding: str | None) -> tuple[str, str]:
    candidates = [encoding] if encoding else _candidates(content)
    for candidate in candidates:
        try:
            return candidate, content.decode(candidate).removeprefix("\ufeff")
        except LookupError:
            raise _Refused("unknown_encoding", encoding=candidate) from None
        except UnicodeError as error:
            start = getattr(error, "start", 0)
    raise _Refused("wrong_encoding", row=content[:start].count(b"\n") + 1, encoding=", ".join(candidates))


def _candidates(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    head = content[:2000]
    zeros = head.count(0)
    if zeros > len(head) // 4:
        return ["utf-16-le" if head[1::2].count(0) > zeros // 2 else "utf-16-be"]
    return ["utf-8", "cp1252"]


def _records(text: str, separator: str, limit: int | None = None) -> list[tuple[int, list[str]]]:
    """Return the row where each record begins and its cells; records without content are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, row = [], 1
    try:
        for record in islice(reader, limit):
            if any(map(str.strip, record)):
                found.append((row, record))
            row = reader.line_num + 1
    except csv.Error:
        raise _Refused("broken_quotes", row=row) from None
    return found


def _recognise_separator(text: str, wanted: Collection[str]) -> str:
    def fit(separator: str) -> tuple[int, bool, float]:
        try:
            records = [record for _, record in _records(text, separator, SAMPLE)]
        except _Refused:
            return 0, False, 0.0
        if not records:
            return 0, False, 0.0
        header = [header_name(cell) for cell in records[0]]
        alike = sum(len(record) == len(header) for record in records) / len(records)
        return len(set(wanted).intersection(header)), len(header) > 1, alike

    return max(SEPARATORS, key=fit)


def _grid(
    first: int,
    header: Sequence[object],
    records: list[tuple[int, list[object]]] | list[tuple[int, list[str]]],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> Grid:
    names = [header_name(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    width = len(names)
    if not width:
        raise _Refused("empty", sheet=sheet)
    if not records:
        raise _Refused("header_only", sheet=sheet, row=first, columns=", ".join(filter(None, names)))
    ragged = [
        (row, len(cells))
        for row, cells in records
        if len(cells) != width
        and (len(cells) < width or any(cell not in {"", None} for cell in cells[width:]))
    ]
    if ragged:
        listing = ", ".join(f"{row} ({count})" for row, count in ragged[:SAMPLE])
        rest = f", … (+{len(ragged) - SAMPLE})" if len(ragged) > SAMPLE else ""
        raise _Refused(
            "ragged", sheet=sheet, row=ragged[0][0], number=len(ragged), expected=width, rows=listing + rest
        )
    columns = zip(*(cells[:width] for _, cells in records), strict=True)
    return Grid(
        header=tuple(names),
        columns=tuple(_object_array(column) for column in columns),
        rows=np.array([row for row, _ in records], dtype=np.int64),
        sheet=sheet,
        encoding=encoding,
        separator=separator,
    )


def _object_array(cells: Sequence[object]) -> NDArray[np.object_]:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def _read_xlsx(content: bytes, wanted: Collection[str], sheet: str | None) -> Grid:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only XLSX needs it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on styles and validations that we do not read
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            name, lines = _choose_sheet(book, wanted, sheet)
            unsaved = _unsaved_formulas(content, name, lines) if _has_formulas(content) else []
    except _Refused:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook fails in a dozen ways inside zip, XML and openpyxl
        raise _Refused("broken_xlsx") from None
    if unsaved:
        row, letter = unsaved[0]
        raise _Refused("formula", sheet=name, row=row, cell=f"{letter}{row}", number=len(unsaved))
    found = [
        (row, cells) for row, cells in enumerate(lines, 1) if any(cell not in {"", None} for cell in cells)
    ]
    if not found:
        raise _Refused("empty", sheet=name)
    width = max(len(cells) for _, cells in found)
    padded = [
        (row, [_xlsx_cell(cell) for cell in cells] + [""] * (width - len(cells))) for row, cells in found
    ]
    return _grid(*padded[0], padded[1:], sheet=name)


def _xlsx_cell(cell: object) -> object:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return str(cell) if isinstance(cell, bool) else cell


def _choose_sheet(
    book: Workbook, wanted: Collection[str], sheet: str | None
) -> tuple[str, list[list[object]]]:
    names = [found.title for found in book.worksheets]
    if sheet is not None and sheet not in names:
        raise _Refused("no_sheet", sheet=sheet, sheets=", ".join(names))
    lines = {name: _lines(book, name) for name in ([sheet] if sheet is not None else names)}
    filled = {name: found for name, found in lines.items() if any(map(any, found))} or lines
    if len(filled) > 1:
        fitting = [name for name, found in filled.items() if set(wanted) <= _header(found)]
        if not wanted or len(fitting) != 1:
            raise _Refused("which_sheet", sheets=", ".join(filled))
        return fitting[0], filled[fitting[0]]
    return next(iter(filled.items()))


def _header(lines: list[list[object]]) -> set[str]:
    return {header_name(cell) for cell in next((cells for cells in lines if any(cells)), [])}


def _lines(book: Workbook, name: str) -> list[list[object]]:
    sheet = book[name]
    sheet.reset_dimensions()  # a wrong stated size would cut columns off
    return [list(cells) for cells in sheet.iter_rows(values_only=True)]


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in names if name.endswith(".xml"))


def _unsaved_formulas(content: bytes, name: str, lines: list[list[object]]) -> list[tuple[int, str]]:
    """Find formulas whose result was never stored: read as they are, they would pass for empty cells."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow, only XLSX needs it
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    formulas = _lines(load_workbook(io.BytesIO(content), read_only=True), name)

    def unsaved() -> Iterable[tuple[int, str]]:
        for row, (cells, values) in enumerate(zip(formulas, lines, strict=False), 1):
            for column, (cell, value) in enumerate(zip(cells, values, strict=False), 1):
                if value is None and isinstance(cell, str) and cell.startswith("="):
                    yield row, get_column_letter(column)

    return list(unsaved())
