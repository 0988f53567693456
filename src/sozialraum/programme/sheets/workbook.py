"""The workbook that a social planner edits: drop-down lists, explanations, examples; same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from sozialraum.programme.sheets.every import SHEETS
from sozialraum.programme.sheets.reference import column_help
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no types

    from sozialraum.programme.sheets.model import Column, SheetSchema

__all__ = ["LAST_ROW", "csv_texts", "workbook_bytes"]

LAST_ROW = 2_000
"""Drop-down lists reach down to this row."""

MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""Written as the time of creation, so that the same content gives the same bytes."""

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_HEAD, _REQUIRED, _PAPER = "FFDCE6F1", "FF9DBAD7", "FFF5F5F5"


def workbook_bytes(
    rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None, *, language: Language = DEFAULT_LANGUAGE
) -> bytes:
    """Return the workbook as XLSX.

    Parameters
    ----------
    rows
        Records to write into the sheets: English id of the sheet -> rows as a person would write them, by
        column id (see `written.written_rows`). Default: empty sheets.
    language
        Of headings, lists and explanations.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only needed here

    book = Workbook()
    book.remove(book.active)
    _explain(book.create_sheet(text("programme_sheets.title.explanation", language)), language)
    for schema in SHEETS:
        sheet = book.create_sheet(_name(schema, language))
        _fill(sheet, schema, (rows or {}).get(schema.id, ()), language)
    _examples(book.create_sheet(text("programme_sheets.title.examples", language)), language)
    lists = book.create_sheet(text("programme_sheets.title.lists", language))
    places = _lists(lists, language)
    for schema in SHEETS:
        _validate(book[_name(schema, language)], schema, places, language)
    book.properties.creator = "sozialraum"
    book.properties.created = MOMENT
    stream = io.BytesIO()
    book.save(stream)
    return _repacked(stream.getvalue())


def csv_texts(
    rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None, *, language: Language = DEFAULT_LANGUAGE
) -> dict[str, bytes]:
    """Return the sheets as CSV files by file name, as the office's spreadsheet opens them.

    Parameters
    ----------
    rows, language
        As in `workbook_bytes`.
    """
    import csv  # noqa: PLC0415 - only for this form

    found = {}
    for schema in SHEETS:
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(_heading(column, language) for column in schema.columns)
        for record in (rows or {}).get(schema.id, ()):
            cells = [_localised(column, record.get(column.id, ""), language) for column in schema.columns]
            writer.writerow(f"'{cell}" if cell.startswith(tuple("=+-@")) else cell for cell in cells)
        found[f"{_name(schema, language)}.csv"] = stream.getvalue().encode("utf-8-sig")
    return found


def _repacked(content: bytes) -> bytes:
    """Pack the archive anew without the time of writing."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", part)
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _name(schema: SheetSchema, language: Language) -> str:
    return schema.name if language == "de" else schema.id


def _heading(column: Column, language: Language) -> str:
    return column.heading if language == "de" else column.id


def _put(sheet: Worksheet, row: int, place: int, value: str, **style: Any) -> None:  # noqa: ANN401 - openpyxl's own
    """Write a text that no spreadsheet program takes for a formula."""
    cell = sheet.cell(row=row, column=place)
    cell.value = value
    cell.data_type = "s"
    cell.number_format = "@"
    for name, look in style.items():
        setattr(cell, name, look)


def _fill(
    sheet: Worksheet, schema: SheetSchema, rows: Sequence[Mapping[str, str]], language: Language
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415

    for place, column in enumerate(schema.columns, 1):
        fill = PatternFill("solid", fgColor=_REQUIRED if column.required else _HEAD)
        _put(
            sheet,
            1,
            place,
            _heading(column, language),
            font=Font(bold=column.required),
            fill=fill,
            alignment=Alignment(vertical="top", wrap_text=True),
        )
        look = sheet.column_dimensions[get_column_letter(place)]
        # Text keeps 1/5, 0204 and 2009/10 as they are typed; spreadsheet programs would make dates of them.
        look.number_format = "@"
        look.width = _width(schema, column, language)
    for number, record in enumerate(rows, 2):
        for place, column in enumerate(schema.columns, 1):
            if record.get(column.id):
                _put(sheet, number, place, _localised(column, record[column.id], language))
    sheet.freeze_panes = "B2"
    _on_paper(sheet)
    sheet.sheet_properties.tabColor = "9DBAD7"


def _on_paper(sheet: Worksheet) -> None:
    """Print across the page, the headings on every sheet of paper."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _localised(column: Column, written: str, language: Language) -> str:
    """Give the word of a drop-down list in the language of the workbook; rows are kept in German."""
    if language == "de":
        return written
    return next((choice.id for choice in column.choices if choice.label == written), written)


def _width(schema: SheetSchema, column: Column, language: Language) -> float:
    cells = [_heading(column, language), *(row.get(column.id, "") for row in schema.examples)]
    return float(min(max(10, *(len(cell) + 2 for cell in cells)), 42))


def _explain(sheet: Worksheet, language: Language) -> None:
    """Say what each sheet and each column is for."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - as above

    lines = text("programme_sheets.title.how", language).strip().split("\n")
    for row, line in enumerate(lines, 1):
        _put(sheet, row, 1, line, font=Font(bold=row == 1, size=14 if row == 1 else 11))
    row = len(lines) + 2
    heads = text("programme_sheets.title.columns", language).split("|")
    top = Alignment(vertical="top", wrap_text=True)
    for place, head in enumerate(heads, 1):
        _put(sheet, row, place, head, font=Font(bold=True), fill=PatternFill("solid", fgColor=_HEAD))
    for schema in SHEETS:
        row += 1
        grey = PatternFill("solid", fgColor=_PAPER)
        _put(sheet, row, 1, _name(schema, language), font=Font(bold=True), fill=grey)
        _put(sheet, row, 2, schema.purpose(language), font=Font(bold=True), fill=grey)
        for column in schema.columns:
            row += 1
            _put(sheet, row, 1, _name(schema, language), alignment=top)
            _put(sheet, row, 2, _heading(column, language), alignment=top)
            if column.required:
                _put(sheet, row, 3, text("programme_sheets.title.yes", language), alignment=top)
            words = column_help(column, language)
            _put(sheet, row, 4, words, alignment=top)
            # Spreadsheet programs do not widen rows of a file that they did not write.
            sheet.row_dimensions[row].height = 15 * (1 + len(words) // 95)
    _on_paper(sheet)
    for letter, width in zip("ABCD", (24, 30, 10, 100), strict=True):
        sheet.column_dimensions[letter].width = width


def _examples(sheet: Worksheet, language: Language) -> None:
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    row = 1
    _put(sheet, row, 1, text("programme_sheets.title.examples_note", language), font=Font(italic=True))
    for schema in SHEETS:
        row += 2
        _put(sheet, row, 1, _name(schema, language), font=Font(bold=True, size=13))
        row += 1
        for place, column in enumerate(schema.columns, 1):
            fill = PatternFill("solid", fgColor=_HEAD)
            _put(sheet, row, place, _heading(column, language), font=Font(bold=True), fill=fill)
        for record in schema.examples:
            row += 1
            for place, column in enumerate(schema.columns, 1):
                if record.get(column.id):
                    _put(sheet, row, place, _localised(column, record[column.id], language))
    for place in range(1, 26):
        sheet.column_dimensions[get_column_letter(place)].width = 20


def _words(column: Column, language: Language) -> tuple[str, ...]:
    if column.kind == "truth":
        return ("ja", "nein") if language == "de" else ("yes", "no")
    return tuple(choice.label if language == "de" else choice.id for choice in column.choices)


def _lists(sheet: Worksheet, language: Language) -> dict[tuple[str, ...], str]:
    """Write each list of words once; return where it stands, as a drop-down list needs it."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    places: dict[tuple[str, ...], str] = {}
    for schema in SHEETS:
        for column in schema.columns:
            words = _words(column, language)
            if not words or words in places:
                continue
            place = len(places) + 1
            letter = get_column_letter(place)
            _put(sheet, 1, place, _heading(column, language))
            for row, word in enumerate(words, 2):
                _put(sheet, row, place, word)
            places[words] = f"'{sheet.title}'!${letter}$2:${letter}${len(words) + 1}"
            sheet.column_dimensions[letter].width = 24
    return places


def _validate(
    sheet: Worksheet, schema: SheetSchema, places: Mapping[tuple[str, ...], str], language: Language
) -> None:
    """Give each column its drop-down list, or at least a word of help."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above
    from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]  # noqa: PLC0415

    others = {other.id: other for other in SHEETS}
    for place, column in enumerate(schema.columns, 1):
        letter = get_column_letter(place)
        words = _words(column, language)
        formula, strict = None, False
        if words:
            formula, strict = places[words], not column.open_choices
        elif column.kind == "key" and column.refers in others and column.refers != schema.id:
            formula = f"'{_name(others[column.refers], language)}'!$A$2:$A${LAST_ROW}"
        rule = DataValidation(
            type="list" if formula else None,
            formula1=formula,
            allow_blank=True,
            showDropDown=False,
            showErrorMessage=strict,
            showInputMessage=True,
            errorStyle="stop",
        )
        rule.promptTitle = _heading(column, language)[:32]
        rule.prompt = column_help(column, language)[:255]
        rule.errorTitle = _heading(column, language)[:32]
        rule.error = text("programme_sheets.title.from_list", language)
        rule.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(rule)
