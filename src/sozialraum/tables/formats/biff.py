"""XLS workbooks of Excel 97 to 2003, with what their formatting tells a reader."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from sozialraum.tables.formats.number_format import number_format, shown_date
from sozialraum.tables.sheet import Marks, Sheet, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_xls"]

_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5
"""Kinds of cells, as the reader numbers them."""

_WHITE, _AUTOMATIC = 9, 0x7FFF
TINY = 60
"""Height of letters that nobody can read, in twentieths of a point."""

_SUPERSCRIPT = str.maketrans("0123456789)*", "⁰¹²³⁴⁵⁶⁷⁸⁹)*")


def read_xls(content: bytes, choose: Callable[[list[str]], list[str]]) -> list[Sheet]:
    """Read the sheets of a workbook.

    Parameters
    ----------
    content
        The file.
    choose
        Given the names of all sheets, returns those that are wanted.

    Raises
    ------
    Exception
        Whatever the reader raises for a damaged or encrypted file.
    """
    import xlrd  # type: ignore[import-untyped]  # noqa: PLC0415 - only XLS needs it

    book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    return [_sheet(book, book.sheet_by_name(name)) for name in choose(book.sheet_names())]


def _sheet(book: Any, sheet: Any) -> Sheet:  # noqa: ANN401 - the reader ships no types
    marks, percent = Marks(), set[tuple[int, int]]()
    rows: dict[int, list[object]] = {}
    for number in range(sheet.nrows):
        cells = sheet.row(number)
        values = [_value(book, sheet, cell, (number, column)) for column, cell in enumerate(cells)]
        rows[number + 1] = values
        for column, cell in enumerate(cells):
            if values[column] != "":
                _note(book, sheet, cell, (number, column), marks, percent)
    for number, info in sheet.rowinfo_map.items():
        if info.hidden or info.height == 0:
            marks.hidden_rows.add(number + 1)
    for number, info in sheet.colinfo_map.items():
        if info.hidden or info.width == 0:
            marks.hidden_columns.add(number + 1)
    for (row, column), note in sheet.cell_note_map.items():
        marks.comments[row + 1, column + 1] = " ".join(note.text.split())
    merged = tuple((top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    return Sheet(
        lines=lines_of(rows),
        name=sheet.name,
        merged=merged,
        percent=frozenset(percent),
        hidden=sheet.visibility != 0,
        marks=marks,
    )


def _note(
    book: Any,  # noqa: ANN401 - as above
    sheet: Any,  # noqa: ANN401 - as above
    cell: Any,  # noqa: ANN401 - as above
    place: tuple[int, int],
    marks: Marks,
    percent: set[tuple[int, int]],
) -> None:
    """Note what font, background and number format of a cell tell a reader."""
    where = (place[0] + 1, place[1] + 1)
    style = book.xf_list[cell.xf_index]
    font = book.font_list[style.font_index]
    background = style.background
    paper = background.pattern_colour_index if background.fill_pattern else _WHITE
    runs = [book.font_list[index] for _, index in sheet.rich_text_runlist_map.get(place, ())]
    if font.struck_out or any(run.struck_out for run in runs):
        marks.note("struck", where)
    if font.height <= TINY or (font.colour_index == paper and font.colour_index != _AUTOMATIC):
        marks.note("invisible", where)
    marks.looks[where] = f"{paper}|{font.colour_index}|{font.italic}"
    if cell.ctype == _NUMBER:
        shown = number_format(book.format_map[style.format_key].format_str)
        if shown.percent:
            percent.add(where)
        verdict = shown.judge(float(cell.value))
        if verdict:
            marks.note(verdict, where)


def _value(book: Any, sheet: Any, cell: Any, place: tuple[int, int]) -> object:  # noqa: ANN401 - as above
    import xlrd  # noqa: PLC0415 - as above

    if cell.ctype == _DATE:
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return shown_date(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode), code)
    if cell.ctype == _ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#?")
    if cell.ctype == _TEXT:
        return _raised(book, cell.value, sheet.rich_text_runlist_map.get(place, ()))
    return bool(cell.value) if cell.ctype == _BOOLEAN else cell.value


def _raised(book: Any, text: str, runs: Any) -> str:  # noqa: ANN401 - as above
    """Make a raised figure behind a number a footnote mark; no digit of the number."""
    for begin, index in runs:
        plain = text[:begin]
        if book.font_list[index].escapement == 1 and re.fullmatch(r"[-+\d.,\s\u00a0]+", plain):
            return plain + text[begin:].translate(_SUPERSCRIPT)
    return text
