"""XLSX written directly: many cells in little time, and the same bytes for the same content.

A cell of text is a text whatever it begins with: '=', '+', '-' and '@' never make a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from sozialraum.publish.delimited import shortest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Cells = Sequence[str | float | None] | NDArray[np.float64]

__all__ = ["DATE_FORMATS", "MOST_ROWS", "Column", "Sheet", "sheet_title", "spreadsheet_bytes"]

MOST_ROWS = 1_048_576
"""Rows of a sheet, its heading among them."""

LONGEST = 32_767
"""Letters of a cell."""

DATE_FORMATS = {"de": "dd.mm.yyyy", "en": "yyyy\\-mm\\-dd"}

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
LEVEL = 4
"""Of compression: 6 takes twice the time for a tenth less."""

ROWS = 5_000
"""Rows that are put into words at one time."""

DIGITS, TINY = 15, 1e-290
"""Digits of a written number, and numbers so near 0 that a double may have fewer."""

ROW = "\0"
"""Stands for the number of a row until the row is whole."""

_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

TEXT, HEADING, BOLD, TITLE = "@", "heading", "bold", "title"
WRAPPED, LINK = "wrapped", "link"

PLAIN = "General"
"""The spreadsheet programs' own number format."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    heading
        In the first row; "" for a sheet without headings.
    cells
        Texts, finite numbers, or None; or an array of numbers, NaN where there is none.
    style
        A number format of the spreadsheet ("0.0", "#,##0"), or `TEXT`, or `WRAPPED` for long texts.
    width
        In letters.
    """

    heading: str
    cells: Cells
    style: str = TEXT
    width: float = 12.0


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet.

    Parameters
    ----------
    title
        Unique, see `sheet_title`.
    columns
        Of equal length.
    frozen
        So many columns at the left stay when the sheet is moved.
    headings
        Whether there is a row of headings, which then stays, too, and filters.
    looks
        Row (from 1) to `BOLD` or `TITLE`, where a row is written larger.
    links
        Row (from 1) to the title of the sheet to which its first cell leads; only without headings.
    """

    title: str
    columns: Sequence[Column]
    frozen: int = 0
    headings: bool = True
    looks: dict[int, str] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)


def sheet_title(wanted: str, taken: Sequence[str]) -> str:
    """Return a title that spreadsheet programs allow and that none of `taken` has.

    Examples
    --------
    >>> sheet_title("Arbeit/Soziales: [alle]", ())
    'Arbeit Soziales  alle'
    >>> sheet_title("Index", ["Index"])
    'Index 2'
    """
    plain = _NOT_IN_TITLE.sub(" ", wanted).strip(" '")[:31].rstrip(" '") or "-"
    known = {title.casefold() for title in taken}
    title, number = plain, 2
    while title.casefold() in known or title.casefold() in {"history", "verlauf"}:
        title = f"{plain[: 30 - len(str(number))].rstrip()} {number}"
        number += 1
    return title


class _Styles:
    """Number formats and looks that are used, in the order in which they occur."""

    def __init__(self) -> None:
        self.formats: list[str] = []

    def number(self, style: str) -> int:
        fixed = {TEXT: 0, HEADING: 1, BOLD: 2, TITLE: 3}
        if style in fixed:
            return fixed[style]
        if style not in self.formats:
            self.formats.append(style)
        return len(fixed) + self.formats.index(style)

    def part(self) -> str:
        numbers = [place for place, style in enumerate(self.formats) if style not in {WRAPPED, LINK}]
        formats = "".join(
            f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(self.formats[place])}/>'
            for place in numbers
        )
        wrap = '<alignment vertical="top" wrapText="1"/>'
        looks = {
            WRAPPED: '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" '
            f'applyNumberFormat="1" applyAlignment="1">{wrap}</xf>',
            LINK: '<xf numFmtId="49" fontId="3" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
        }
        own = "".join(
            looks.get(style)
            or f'<xf numFmtId="{164 + place}" fontId="0" fillId="0" borderId="0" xfId="0" '
            'applyNumberFormat="1"/>'
            for place, style in enumerate(self.formats)
        )
        fixed = (
            '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" '
            'applyNumberFormat="1"/>'
            '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" '
            f'applyAlignment="1">{wrap}</xf>'
            '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
            '<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        )
        face = '<name val="Calibri"/><family val="2"/>'
        linked = [f'<font><u/><sz val="11"/><color rgb="FF0563C1"/>{face}</font>'] * (LINK in self.formats)
        count = len(self.formats)
        return (
            f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
            + (f'<numFmts count="{len(numbers)}">{formats}</numFmts>' if numbers else "")
            + f'<fonts count="{3 + len(linked)}"><font><sz val="11"/>{face}</font>'
            f'<font><b/><sz val="11"/>{face}</font><font><b/><sz val="15"/>{face}</font>'
            f"{''.join(linked)}</fonts>"
            '<fills count="3"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill>'
            '<fill><patternFill patternType="solid"><fgColor rgb="FFDCE6F1"/></patternFill></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{4 + count}">{fixed}{own}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Standard" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        )


class _Words(dict[Any, str]):
    """What is written for the cells of a column, `ROW` in the place of the row; for each text once.

    Parameters
    ----------
    strings
        Of the workbook.
    letter
        Of the column.
    number, text
        Styles of its numbers and of its texts.
    """

    def __init__(self, strings: _Strings, letter: str, number: int, text: int) -> None:
        super().__init__({None: "", "": ""})
        self.strings = strings
        self.begin, self.end = f'<c r="{letter}{ROW}" s="{number}"><v>', "</v></c>"
        self.text = f'<c r="{letter}{ROW}" s="{text}" t="s"><v>'

    def __missing__(self, cell: str | float) -> str:
        if not isinstance(cell, str):
            return f"{self.begin}{cell:.15g}{self.end}"
        told = self[cell] = f"{self.text}{self.strings.place(cell)}{self.end}"
        return told

    def of(self, cells: Cells) -> list[str]:
        """Return cells as they are written; an empty text for an empty one."""
        if not isinstance(cells, np.ndarray):
            return list(map(self.__getitem__, cells))
        known = np.isfinite(cells)
        numbers = cells[known]
        told = shortest(numbers, ".")
        # The shortest digits are those wanted, unless there are more of them, or a double has fewer near 0.
        long = np.fromiter(map(len, told), dtype=np.int64, count=len(told)) > DIGITS
        for place in np.flatnonzero(long | ((np.abs(numbers) < TINY) & (numbers != 0))):
            told[place] = f"{numbers[place]:.15g}"
        words = np.full(len(cells), "", dtype=object)
        if told:
            between = f"{self.end}\n{self.begin}"
            words[known] = f"{self.begin}{between.join(told)}{self.end}".split("\n")
        found: list[str] = words.tolist()
        return found


class _Strings:
    """Texts, each kept once."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def part(self) -> str:
        written = "".join(f'<si><t xml:space="preserve">{_plain(text)}</t></si>' for text in self.places)
        return f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(self.places)}">{written}</sst>'


def _plain(text: str) -> str:
    """Write a text so that it is read back as it is; what XML cannot hold becomes a sign for it."""
    return escape(_CODED.sub("_x005F_", _NOT_XML.sub("\ufffd", text[:LONGEST]))).replace("\r", "_x000D_")


def _letters(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def spreadsheet_bytes(sheets: Sequence[Sheet], *, creator: str = "sozialraum") -> bytes:
    """Return a workbook; the same sheets give the same bytes.

    Parameters
    ----------
    sheets
        In order; the first is open when the file is opened.
    creator
        In the file's properties.
    """
    strings, styles = _Strings(), _Styles()
    first = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml"), core=True),
        "docProps/core.xml": (
            f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>'
            f"{escape(creator)}</dc:creator></cp:coreProperties>"
        ),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            *(("worksheet", f"worksheets/sheet{place}.xml") for place in range(1, len(sheets) + 1)),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:

        def add(name: str, parts: Iterable[str]) -> None:
            # The time of writing would make two equal workbooks differ.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - no public name before 3.13
            with archive.open(entry, "w") as file:
                for part in parts:
                    file.write(part.encode())

        for name, part in first.items():
            add(name, [part])
        # One block of rows after the other: unpacked, a large workbook takes ten times the room.
        for place, sheet in enumerate(sheets):
            add(f"xl/worksheets/sheet{place + 1}.xml", _sheet(sheet, strings, styles, first=place == 0))
        add("xl/styles.xml", [styles.part()])
        add("xl/sharedStrings.xml", [strings.part()])
    return stream.getvalue()


def _types(number: int) -> str:
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    named = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    named.append(("/xl/sharedStrings.xml", "sharedStrings"))
    named += [(f"/xl/worksheets/sheet{place}.xml", "worksheet") for place in range(1, number + 1)]
    parts = "".join(
        f'<Override PartName="{name}" ContentType="{office}.{kind}+xml"/>' for name, kind in named
    )
    package = "application/vnd.openxmlformats-package"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{package}.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{package}.core-properties+xml"/>'
        f"{parts}</Types>"
    )


def _relations(*targets: tuple[str, str], core: bool = False) -> str:
    lines = [
        f'<Relationship Id="rId{place}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, 1)
    ]
    if core:
        kind = f"{_PACKAGE}/relationships/metadata/core-properties"
        lines.append(f'<Relationship Id="rId{len(lines) + 1}" Type="{kind}" Target="docProps/core.xml"/>')
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _workbook(sheets: Sequence[Sheet]) -> str:
    names = "".join(
        f'<sheet name={quoteattr(sheet.title)} sheetId="{place}" r:id="rId{place}"/>'
        for place, sheet in enumerate(sheets, 1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"{_absolute(sheet)}</definedName>"
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{_quoted(sheet)}!$1:$1</definedName>'
        for place, sheet in enumerate(sheets)
        if sheet.headings
    )
    names = f"<sheets>{names}</sheets>" + (f"<definedNames>{filters}</definedNames>" if filters else "")
    head = f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
    return f"{head}<bookViews><workbookView/></bookViews>{names}</workbook>"


def _quoted(sheet: Sheet) -> str:
    return escape(_quoted_title(sheet.title))


def _quoted_title(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _absolute(sheet: Sheet) -> str:
    last = _letters(len(sheet.columns) - 1)
    return f"{_quoted(sheet)}!$A$1:${last}${len(sheet.columns[0].cells) + 1}"


def _sheet(sheet: Sheet, strings: _Strings, styles: _Styles, *, first: bool) -> Iterator[str]:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{column.width:g}" customWidth="1"/>'
        for place, column in enumerate(sheet.columns, 1)
    )
    length = len(sheet.columns[0].cells)
    rows = length + sheet.headings
    selected = ' tabSelected="1"' if first else ""
    view = f'<sheetView workbookViewId="0"{selected}>{_panes(sheet)}</sheetView>'
    last = f"{_letters(len(sheet.columns) - 1)}{rows}"
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}"/><sheetViews>{view}</sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{widths}</cols><sheetData>"
    )
    yield from _rows(sheet, strings, styles)
    filtered = f'<autoFilter ref="A1:{last}"/>' if sheet.headings else ""
    yield f"</sheetData>{filtered}{_links(sheet)}"
    yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'


def _links(sheet: Sheet) -> str:
    lines = [
        f'<hyperlink ref="A{row}" location={quoteattr(f"{_quoted_title(title)}!A1")}/>'
        for row, title in sheet.links.items()
    ]
    return f"<hyperlinks>{''.join(lines)}</hyperlinks>" if lines else ""


def _panes(sheet: Sheet) -> str:
    if not sheet.headings:
        return ""
    corner = f"{_letters(sheet.frozen)}2"
    left = f'xSplit="{sheet.frozen}" ' if sheet.frozen else ""
    pane = "bottomRight" if sheet.frozen else "bottomLeft"
    return f'<pane {left}ySplit="1" topLeftCell="{corner}" activePane="{pane}" state="frozen"/>'


def _rows(sheet: Sheet, strings: _Strings, styles: _Styles) -> Iterator[str]:
    start = 1
    if sheet.headings:
        style = styles.number(HEADING)
        cells = "".join(
            f'<c r="{_letters(place)}1" s="{style}" t="s"><v>{strings.place(column.heading)}</v></c>'
            for place, column in enumerate(sheet.columns)
        )
        yield f'<row r="1" ht="60" customHeight="1">{cells}</row>'
        start = 2
    # Numbers among long texts stay numbers.
    numbers = [styles.number(PLAIN if column.style == WRAPPED else column.style) for column in sheet.columns]
    wrapped = [styles.number(WRAPPED) if column.style == WRAPPED else None for column in sheet.columns]
    columns = [
        _Words(strings, _letters(place), number, wrap or styles.number(TEXT))
        for place, (number, wrap) in enumerate(zip(numbers, wrapped, strict=True))
    ]
    for first in range(0, len(sheet.columns[0].cells), ROWS):
        written = [
            words.of(column.cells[first : first + ROWS])
            for words, column in zip(columns, sheet.columns, strict=True)
        ]
        lines = []
        for number, row in enumerate(zip(*written, strict=True), start + first):
            line = f'<row r="{ROW}">{"".join(row)}</row>'.replace(ROW, str(number))
            if number in sheet.looks:
                line = line.replace(' s="0"', f' s="{styles.number(sheet.looks[number])}"')
            if number in sheet.links:
                line = line.replace(' s="0"', f' s="{styles.number(LINK)}"', 1)
            lines.append(line)
        yield "".join(lines)
