"""Workbooks (XLSX, XLS, ODS) as sheets; tells merged cells, cells shown as per cent, unsaved formulas."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from sozialraum.tables.formats.opendocument import read_ods
from sozialraum.tables.sheet import Line, Refused, Sheet, plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.workbook import Workbook  # type: ignore[import-untyped]  # ships no types

__all__ = ["OLE", "ZIP", "read_workbook"]

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
"""How files begin: XLSX and ODS are ZIP archives, XLS and protected workbooks OLE containers."""

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_PERCENT_STYLE = re.compile(rb'numFmtId="(?:9|10)"|formatCode="[^"]*%')
_XLS_NUMBER, _XLS_DATE, _XLS_BOOLEAN, _XLS_ERROR = 2, 3, 4, 5
"""Kinds of cells, as the XLS reader numbers them."""

_LARGEST = 300 * 2**20
"""Bytes of a sheet's XML that are still unpacked; more is a damaged or malicious archive."""


def read_workbook(content: bytes, sheet: str | None) -> list[Sheet]:
    """Read one named sheet, or all sheets that hold anything.

    Raises
    ------
    Refused
        If the workbook is protected, damaged, empty, or has no such sheet.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on styles and validations that we do not read
            if content.startswith(OLE):
                return _read_xls(content, sheet)
            if _is_opendocument(content):
                return _read_ods(content, sheet)
            return _read_xlsx(content, sheet)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook fails in a dozen ways inside zip, XML and openpyxl
        raise Refused("broken_xlsx") from None


def _is_opendocument(content: bytes) -> bool:
    return (
        b"mimetypeapplication/vnd.oasis.opendocument" in content[:200] or b"content.xml" in content[-20_000:]
    )


def _choose(names: Sequence[str], sheet: str | None) -> Sequence[str]:
    if sheet is None:
        return names
    if sheet not in names:
        raise Refused("no_sheet", sheet=sheet, sheets=", ".join(names))
    return [sheet]


def _filled(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Keep the sheets with content; of nothing but empty ones, say so."""
    found = list(sheets)
    filled = [sheet for sheet in found if sheet.lines]
    if not filled:
        faults = [sheet.fault for sheet in found if sheet.fault is not None]
        raise faults[0] if faults else Refused("empty", sheet=found[0].name if found else None)
    return filled


def _as_lines(rows: Iterable[Sequence[object]]) -> list[Line]:
    """Give the rows their numbers and one width; rows without content are left out."""
    found: list[Line] = []
    gap = True
    for row, cells in enumerate(rows, 1):
        plain = [plain_cell(cell) for cell in cells]
        if any(cell != "" and str(cell).strip() for cell in plain):
            found.append(Line(row=row, cells=plain, gap=gap))
            gap = False
        else:
            gap = True
    width = max((max(line.filled) + 1 for line in found), default=0)
    for line in found:
        del line.cells[width:]
        line.cells.extend([""] * (width - len(line.cells)))
    return found


def _read_ods(content: bytes, sheet: str | None) -> list[Sheet]:
    try:
        found = {name: (rows, merged, percent) for name, rows, merged, percent in read_ods(content, _LARGEST)}
    except Exception:  # noqa: BLE001 - a broken file fails in a dozen ways inside zip and XML
        raise Refused("broken_ods") from None
    return _filled(
        Sheet(
            lines=_as_lines(found[name][0]),
            name=name,
            merged=tuple(found[name][1]),
            percent=frozenset(found[name][2]),
        )
        for name in _choose(list(found), sheet)
    )


def _read_xls(content: bytes, sheet: str | None) -> list[Sheet]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("password")
    import xlrd  # type: ignore[import-untyped]  # noqa: PLC0415 - only XLS needs it

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        names = _choose(book.sheet_names(), sheet)
        return _filled([_xls_sheet(book, book.sheet_by_name(name)) for name in names])
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - a broken file fails in a dozen ways inside the reader
        raise Refused("password" if "encrypted" in str(error).lower() else "broken_xls") from None


def _xls_sheet(book: Any, sheet: Any) -> Sheet:  # noqa: ANN401 - the reader ships no types
    rows = [[_xls_cell(book, cell) for cell in sheet.row(number)] for number in range(sheet.nrows)]
    merged = tuple((top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    formats = book.format_map
    percent = frozenset(
        (row + 1, column + 1)
        for row in range(sheet.nrows)
        for column, cell in enumerate(sheet.row(row))
        if cell.ctype == _XLS_NUMBER and "%" in formats[book.xf_list[cell.xf_index].format_key].format_str
    )
    return Sheet(lines=_as_lines(rows), name=sheet.name, merged=merged, percent=percent)


def _xls_cell(book: Any, cell: Any) -> object:  # noqa: ANN401 - as above
    import xlrd  # noqa: PLC0415 - as above

    if cell.ctype == _XLS_DATE:
        return xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)
    if cell.ctype == _XLS_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#?")
    return bool(cell.value) if cell.ctype == _XLS_BOOLEAN else cell.value


def _read_xlsx(content: bytes, sheet: str | None) -> list[Sheet]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only XLSX needs it

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(part.file_size > _LARGEST for part in archive.infolist()):
            raise Refused("broken_xlsx")
        sources = {
            name: archive.read(name)
            for name in archive.namelist()
            if name == "xl/styles.xml" or (name.startswith("xl/worksheets/") and name.endswith(".xml"))
        }
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    formulas = None
    if any(b"<f" in source for source in sources.values()):
        formulas = load_workbook(io.BytesIO(content), read_only=True)
    styled = bool(_PERCENT_STYLE.search(sources.get("xl/styles.xml", b"")))
    names = _choose([found.title for found in book.worksheets], sheet)
    found = []
    for name in names:
        rows = _values(book, name)
        fault = _unsaved(_values(formulas, name), rows, name) if formulas is not None else None
        found.append(
            Sheet(
                lines=_as_lines(rows),
                name=name,
                fault=fault,
                merged=_merged(sources, book, name),
                percent=_percent(book, name) if styled else frozenset(),
            )
        )
    return _filled(found)


def _values(book: Workbook, name: str) -> list[tuple[object, ...]]:
    sheet = book[name]
    sheet.reset_dimensions()  # a wrong stated size would cut columns off
    return list(sheet.iter_rows(values_only=True))


def _percent(book: Workbook, name: str) -> frozenset[tuple[int, int]]:
    cells = (cell for row in book[name].iter_rows() for cell in row)
    return frozenset(
        (cell.row, cell.column)
        for cell in cells
        if isinstance(cell.value, (int, float)) and "%" in (cell.number_format or "")
    )


def _merged(sources: dict[str, bytes], book: Workbook, name: str) -> tuple[tuple[int, int, int, int], ...]:
    from openpyxl.utils import column_index_from_string  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    path = book[name]._worksheet_path  # noqa: SLF001 - the streaming reader tells merged cells nowhere else
    found = _MERGED.findall(sources.get(path.lstrip("/"), b""))
    return tuple(
        (
            int(top),
            column_index_from_string(left.decode()),
            int(bottom),
            column_index_from_string(right.decode()),
        )
        for left, top, right, bottom in found
    )


def _unsaved(
    formulas: list[tuple[object, ...]], values: list[tuple[object, ...]], name: str
) -> Refused | None:
    """Find formulas whose result was never stored: read as they are, they would pass for empty cells."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    unsaved = [
        (row, column)
        for row, (cells, results) in enumerate(zip(formulas, values, strict=False), 1)
        for column, (cell, result) in enumerate(zip(cells, results, strict=False), 1)
        if result is None and isinstance(cell, str) and cell.startswith("=")
    ]
    if not unsaved:
        return None
    row, column = unsaved[0]
    place = f"{get_column_letter(column)}{row}"
    return Refused("formula", sheet=name, row=row, cell=place, number=len(unsaved))
