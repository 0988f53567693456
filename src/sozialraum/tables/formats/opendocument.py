"""OpenDocument spreadsheets: the cells of `content.xml`, and all that their formatting tells a reader."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sozialraum.tables.formats.number_format import shown_date
from sozialraum.tables.sheet import Marks, Refused, Sheet, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["read_ods"]

_OFFICE, _TABLE, _TEXT, _STYLE, _NUMBER = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}"
    for part in ("office", "table", "text", "style", "datastyle")
)
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
BESIDE = {f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text"}
"""What stands beside the words of a cell and is none of them: comments, footnotes, readings."""

WIDEST, LONGEST, MOST_CELLS = 2_000, 300_000, 6_000_000
"""Cells of a row, rows of a sheet, and filled cells of a sheet that are read. Empty ones are repeated a
million times at the end of every sheet; a few bytes could ask for billions of filled ones."""

TINY = 3.0
_SCALE_WORDS = re.compile(r"\b(?:tsd|tausend|mio|mrd|million|thousand|k)\b", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789)*", "⁰¹²³⁴⁵⁶⁷⁸⁹)*")


def read_ods(content: bytes, largest: int, choose: Callable[[list[str]], list[str]]) -> list[Sheet]:
    """Read the sheets of a document.

    Parameters
    ----------
    content
        The file.
    largest
        Bytes of XML that are still unpacked.
    choose
        Given the names of all sheets, returns those that are wanted.

    Raises
    ------
    Refused
        If the file is too large.
    ValueError, zipfile.BadZipFile, ET.ParseError, KeyError
        If the file is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.getinfo("content.xml").file_size > largest:
            raise Refused("too_large", limit=f"{largest // 2**20} MB")
        # Entities are limited by the parser itself, and so is what may be unpacked.
        root = ET.fromstring(archive.read("content.xml"))  # noqa: S314 - see above
        styles = _Styles()
        if "styles.xml" in archive.namelist() and archive.getinfo("styles.xml").file_size <= largest:
            styles.read(ET.fromstring(archive.read("styles.xml")))  # noqa: S314 - see above
    styles.read(root)
    tables = {
        table.get(f"{_TABLE}name", ""): table
        for table in root.iter(f"{_TABLE}table")
        if table.find(f"{_TABLE}table-source") is None
        and not table.get(f"{_TABLE}name", "").startswith("'file:")
    }
    return [_SheetReader(name, tables[name], styles).read() for name in choose(list(tables))]


@dataclass
class _Look:
    """What a style tells a reader; None where it says nothing and its parent counts."""

    parent: str = ""
    data: str = ""
    struck: bool | None = None
    ink: str | None = None
    paper: str | None = None
    size: float | None = None
    italic: bool | None = None
    raised: bool = False
    hidden: bool = False


@dataclass
class _Styles:
    """All styles of a document, by their names."""

    looks: dict[str, _Look] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)

    def read(self, root: ET.Element) -> None:
        for element in root.iter(f"{_STYLE}style"):
            self.looks[element.get(f"{_STYLE}name", "")] = _look(element)
        for kind in ("number-style", "percentage-style", "currency-style", "text-style"):
            for element in root.iter(f"{_NUMBER}{kind}"):
                self.formats[element.get(f"{_STYLE}name", "")] = _format(element)
        for element in root.iter(f"{_NUMBER}date-style"):
            parts = (part.tag.removeprefix(_NUMBER)[:1] for part in element if part.tag != f"{_NUMBER}text")
            self.dates[element.get(f"{_STYLE}name", "")] = "".join(parts)

    def get(self, name: str | None) -> _Look:
        """Return a style with what it inherits."""
        found = _Look()
        seen: set[str] = set()
        while name and name in self.looks and name not in seen:
            seen.add(name)
            own = self.looks[name]
            found.data = found.data or own.data
            found.hidden |= own.hidden
            found.raised |= own.raised
            for part in ("struck", "ink", "paper", "size", "italic"):
                if getattr(found, part) is None:
                    setattr(found, part, getattr(own, part))
            name = own.parent
        return found


def _look(element: ET.Element) -> _Look:
    look = _Look(
        parent=element.get(f"{_STYLE}parent-style-name", ""), data=element.get(f"{_STYLE}data-style-name", "")
    )
    text = element.find(f"{_STYLE}text-properties")
    if text is not None:
        line = text.get(f"{_STYLE}text-line-through-style") or text.get(f"{_STYLE}text-line-through-type")
        look.struck = None if line is None else line != "none"
        look.ink = _colour(text.get(f"{_FO}color"))
        size = re.fullmatch(r"([0-9.]+)pt", text.get(f"{_FO}font-size", ""))
        look.size = float(size[1]) if size else None
        slope = text.get(f"{_FO}font-style")
        look.italic = None if slope is None else slope == "italic"
        look.raised = text.get(f"{_STYLE}text-position", "").startswith(("super", "3"))
    cell = element.find(f"{_STYLE}table-cell-properties")
    if cell is not None:
        look.paper = _colour(cell.get(f"{_FO}background-color"))
    table = element.find(f"{_STYLE}table-properties")
    look.hidden = table is not None and table.get(f"{_TABLE}display") == "false"
    return look


def _colour(value: str | None) -> str | None:
    return None if value is None else value.lstrip("#").upper().replace("TRANSPARENT", "")


def _format(element: ET.Element) -> str:
    """Tell whether a number style shows something else than the number: "", "invisible" or "format"."""
    words = "".join("".join(part.itertext()) for part in element.iter(f"{_NUMBER}text"))
    numbers = [*element.iter(f"{_NUMBER}number"), *element.iter(f"{_NUMBER}scientific-number")]
    numbers += element.iter(f"{_NUMBER}fraction")
    factor = any(float(one.get(f"{_NUMBER}display-factor", "1")) != 1 for one in numbers)
    if not numbers and element.tag != f"{_NUMBER}text-style":
        return "format" if words.strip() else "invisible"
    changed = bool(re.search(r"[0-9<>*]", words)) or ("(" in words and ")" in words)
    return "format" if factor or changed or _SCALE_WORDS.search(words) else ""


class _SheetReader:
    """One sheet while it is read."""

    def __init__(self, name: str, table: ET.Element, styles: _Styles) -> None:
        self.name, self.table, self.styles = name, table, styles
        self.rows: dict[int, list[object]] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.percent: set[tuple[int, int]] = set()
        self.marks = Marks()
        self.cells = 0
        self.columns = self._columns()

    def read(self) -> Sheet:
        number = 1
        for element in self.table.iter(f"{_TABLE}table-row"):
            number = self._row(element, number)
            if number > LONGEST:
                break
        return Sheet(
            lines=lines_of(self.rows),
            name=self.name,
            merged=tuple(self.merged),
            percent=frozenset(self.percent),
            hidden=self.styles.get(self.table.get(f"{_TABLE}style-name")).hidden,
            marks=self.marks,
        )

    def _columns(self) -> list[str | None]:
        """Return the style that each column gives its cells; note hidden columns."""
        found: list[str | None] = []
        for column in self.table.iter(f"{_TABLE}table-column"):
            count = min(_number(column, f"{_TABLE}number-columns-repeated"), WIDEST - len(found))
            if column.get(f"{_TABLE}visibility", "visible") != "visible":
                self.marks.hidden_columns.update(range(len(found) + 1, len(found) + count + 1))
            found += [column.get(f"{_TABLE}default-cell-style-name")] * count
        return found

    def _row(self, element: ET.Element, number: int) -> int:
        repeated = _number(element, f"{_TABLE}number-rows-repeated")
        cells: list[object] = []
        for cell in _cells(element):
            count = min(_number(cell, f"{_TABLE}number-columns-repeated"), WIDEST - len(cells))
            value = self._value(cell, number, len(cells) + 1, count)
            cells += [value] * count
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            return number + repeated
        self.cells += len(cells) * repeated
        if self.cells > MOST_CELLS or number + repeated > LONGEST:
            limit = f"{LONGEST:,} x {MOST_CELLS // LONGEST}".replace(",", " ")
            raise Refused("too_many_cells", sheet=self.name, limit=limit)
        hidden = element.get(f"{_TABLE}visibility", "visible") != "visible"
        for row in range(number, number + repeated):
            self.rows[row] = list(cells)
            if hidden:
                self.marks.hidden_rows.add(row)
        return number + repeated

    def _value(self, cell: ET.Element, row: int, column: int, count: int) -> object:
        where = (row, column)
        self._note_merged(cell, where)
        if cell.tag == f"{_TABLE}covered-table-cell":
            return ""
        comment = cell.find(f"{_OFFICE}annotation")
        if comment is not None:
            self.marks.comments[where] = " ".join(_paragraphs(comment, self.styles).split())
        value = _content(cell, self.styles)
        if value == "":
            return value
        own = cell.get(f"{_TABLE}style-name")
        default = self.columns[column - 1] if column <= len(self.columns) else None
        look = self.styles.get(own or default)
        hidden = (look.size is not None and look.size <= TINY) or (
            look.ink is not None and look.ink == (look.paper or "FFFFFF")
        )
        marks = [("struck", bool(look.struck) or self._has_struck_run(cell)), ("invisible", hidden)]
        if isinstance(value, dt.date):
            value = shown_date(value, self.styles.dates.get(look.data, "d"))
        if isinstance(value, float):
            shown = self.styles.formats.get(look.data, "")
            marks += [(shown, True)] if shown and not (shown == "format" and value == 0) else []
        for mark, holds in marks:
            for place in range(column, column + count if holds else column):
                self.marks.note(mark, (row, place))
        if look.paper or look.ink or look.italic:
            self.marks.looks[where] = f"{look.paper}|{look.ink}|{look.italic}"
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            self.percent.update((row, place) for place in range(column, column + count))
        return value

    def _has_struck_run(self, cell: ET.Element) -> bool:
        spans = (span for part in cell.findall(f"{_TEXT}p") for span in part.iter(f"{_TEXT}span"))
        return any(self.styles.get(span.get(f"{_TEXT}style-name")).struck for span in spans)

    def _note_merged(self, cell: ET.Element, where: tuple[int, int]) -> None:
        down = _number(cell, f"{_TABLE}number-rows-spanned")
        right = _number(cell, f"{_TABLE}number-columns-spanned")
        if down > 1 or right > 1:
            row, column = where
            self.merged.append((row, column, row + min(down, LONGEST) - 1, column + min(right, WIDEST) - 1))


def _cells(row: ET.Element) -> Iterator[ET.Element]:
    wanted = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
    return (cell for cell in row if cell.tag in wanted)


def _number(element: ET.Element, name: str) -> int:
    return max(int(element.get(name, "1")), 1)


def _content(cell: ET.Element, styles: _Styles) -> object:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in {"float", "percentage", "currency"}:
        return float(cell.attrib[f"{_OFFICE}value"])
    if kind == "date":
        written = cell.attrib[f"{_OFFICE}date-value"]
        return dt.date.fromisoformat(written[:10])
    return _paragraphs(cell, styles)


def _paragraphs(cell: ET.Element, styles: _Styles) -> str:
    """Return the text of a cell itself, not of the comments in it."""
    return "\n".join(_flat(part, styles) for part in cell.findall(f"{_TEXT}p"))


def _flat(element: ET.Element, styles: _Styles) -> str:
    """Join text, blanks, tabs and line breaks; a raised figure behind a number is a footnote."""
    words = element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            words += " " * min(_number(child, f"{_TEXT}c"), 1000)
        elif child.tag in {f"{_TEXT}line-break", f"{_TEXT}tab"}:
            words += " "
        elif child.tag == f"{_TEXT}span":
            inner = _flat(child, styles)
            raised = styles.get(child.get(f"{_TEXT}style-name")).raised
            figures = re.fullmatch(r"[-+\d.,\s\u00a0]+", words) is not None
            words += inner.translate(_SUPERSCRIPT) if raised and figures else inner
        elif child.tag not in BESIDE:
            words += _flat(child, styles)
        words += child.tail or ""
    return words
