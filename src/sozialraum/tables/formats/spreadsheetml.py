"""XLSX workbooks, read in one pass per sheet: values, and all that their formatting tells a reader."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sozialraum.tables.formats.number_format import number_format, shown_date
from sozialraum.tables.sheet import Marks, Refused, Sheet, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialraum.tables.formats.number_format import NumberFormat

__all__ = ["read_xlsx"]

LARGEST = 300 * 2**20
"""Bytes of a part that are still unpacked; more is a damaged or malicious archive."""

MOST_CELLS = 6_000_000
"""Cells of one sheet that are read: 300,000 rows of 20 columns."""

FLAT = 0.5
"""Height of a row, in points, up to which it cannot be seen."""

TINY = 3.0
"""Points up to which nobody can read a letter."""

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SUPERSCRIPT = str.maketrans("0123456789)*", "⁰¹²³⁴⁵⁶⁷⁸⁹)*")


def read_xlsx(content: bytes, choose: Callable[[list[str]], list[str]]) -> list[Sheet]:
    """Read the sheets of a workbook, transitional or strict.

    Parameters
    ----------
    content
        The file.
    choose
        Given the names of all sheets, returns those that are wanted.

    Raises
    ------
    Refused
        If a sheet is too large. Anything else that is broken raises what zip and XML raise.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(part.file_size > LARGEST for part in archive.infolist()):
            raise Refused("too_large", limit=f"{LARGEST // 2**20} MB")
        return _Book(archive).sheets(choose)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _local(child.tag) == name)


def _child(element: ET.Element | None, name: str) -> ET.Element | None:
    return next(_children(element, name), None) if element is not None else None


def _on(element: ET.Element | None) -> bool:
    return element is not None and element.get("val", "1") not in {"0", "false", "none"}


def _true(value: str | None) -> bool:
    return value in {"1", "true"}


@dataclass(frozen=True, kw_only=True)
class _Style:
    """What a cell's style tells a reader."""

    format: NumberFormat
    date: str
    struck: bool
    invisible: bool
    look: str


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A shared string, with what its own runs are formatted as."""

    text: str
    struck: bool = False


class _Book:
    """One open archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = set(archive.namelist())
        targets = self.relations("")
        self.path = next(
            (path for kind, path in targets.values() if kind.endswith("/officeDocument")), "xl/workbook.xml"
        )
        self.root = self.xml(self.path)
        properties = _child(self.root, "workbookPr")
        self.epoch_1904 = properties is not None and _true(properties.get("date1904"))
        self.related = self.relations(self.path)
        self.texts = self._shared()
        self.styles = self._read_styles()

    def xml(self, path: str) -> ET.Element:
        """Parse a part."""
        # What may be unpacked is limited above, entities by the parser itself.
        return ET.fromstring(self.archive.read(path))  # noqa: S314 - see above

    def relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Return kind and target of each relation of a part, by its id."""
        folder, name = posixpath.split(path)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.names:
            return {}
        found = {}
        for relation in self.xml(rels):
            target = relation.get("Target", "")
            target = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[relation.get("Id", "")] = (relation.get("Type", ""), posixpath.normpath(target))
        return found

    def _part(self, kind: str) -> ET.Element | None:
        path = next((path for own, path in self.related.values() if own.endswith(f"/{kind}")), "")
        return self.xml(path) if path in self.names else None

    # --- strings and styles ---

    def _shared(self) -> list[_Text]:
        root = self._part("sharedStrings")
        return [_text_of(item) for item in _children(root, "si")] if root is not None else []

    def _read_styles(self) -> list[_Style]:
        from openpyxl.styles.numbers import (  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only XLSX needs it
            BUILTIN_FORMATS,
            is_date_format,
        )

        root = self._part("styles")
        codes = {number: str(code) for number, code in BUILTIN_FORMATS.items()}
        for one in _children(_child(root, "numFmts") or ET.Element("x"), "numFmt"):
            codes[int(one.get("numFmtId", "0"))] = one.get("formatCode", "")
        fonts = list(_child(root, "fonts") or ())
        fills = list(_child(root, "fills") or ())
        found = []
        for xf in _child(root, "cellXfs") or ():
            font = _at(fonts, xf.get("fontId"))
            fill = _at(fills, xf.get("fillId"))
            code = codes.get(int(xf.get("numFmtId", "0")), "General")
            size, ink, paper = _child(font, "sz"), _colour(_child(font, "color")), _paper(fill)
            hidden = size is not None and float(size.get("val", "11")) <= TINY
            look = f"{paper}|{ink}|{_on(_child(font, 'i'))}"
            found.append(
                _Style(
                    format=number_format(code),
                    date=code if is_date_format(code) else "",
                    struck=_on(_child(font, "strike")),
                    invisible=hidden or (ink not in {"", "auto"} and ink == (paper or "FFFFFF")),
                    look=look,
                )
            )
        plain = _Style(
            format=number_format("General"), date="", struck=False, invisible=False, look="||False"
        )
        return found or [plain]

    # --- sheets ---

    def sheets(self, choose: Callable[[list[str]], list[str]]) -> list[Sheet]:
        states, paths = {}, {}
        for sheet in _child(self.root, "sheets") or ():
            relation = next((value for name, value in sheet.attrib.items() if _local(name) == "id"), "")
            kind, path = self.related.get(relation, ("", ""))
            if kind.endswith("/worksheet") and path in self.names:
                name = sheet.get("name", "")
                states[name], paths[name] = sheet.get("state", "visible"), path
        return [
            _SheetReader(self, name, paths[name]).read(hidden=states[name] != "visible")
            for name in choose(list(paths))
        ]


def _at(parts: list[ET.Element], number: str | None) -> ET.Element | None:
    position = int(number or "0")
    return parts[position] if position < len(parts) else None


def _colour(element: ET.Element | None) -> str:
    """Return a colour as RRGGBB; white and black of the theme by their numbers, others as they are named."""
    if element is None or element.get("auto"):
        return ""
    if element.get("rgb"):
        return str(element.get("rgb"))[-6:].upper()
    theme, tint = element.get("theme"), float(element.get("tint", "0"))
    if theme is not None:
        return {"0": "FFFFFF", "1": "000000"}.get(theme, f"t{theme}") if not tint else f"t{theme}{tint:+.2f}"
    indexed = element.get("indexed")
    return {"1": "FFFFFF", "9": "FFFFFF", "0": "000000", "8": "000000", "64": "", "65": ""}.get(
        str(indexed), f"i{indexed}"
    )


def _paper(fill: ET.Element | None) -> str:
    pattern = _child(fill, "patternFill")
    if pattern is None or pattern.get("patternType", "none") == "none":
        return ""
    return _colour(_child(pattern, "fgColor"))


def _text_of(item: ET.Element) -> _Text:
    """Join the runs of a string; a raised figure behind a number is a footnote, no digit of it."""
    runs = []
    for part in item:
        if _local(part.tag) == "t":
            runs.append((part.text or "", False, False))
        elif _local(part.tag) == "r":
            look = _child(part, "rPr")
            text = "".join(one.text or "" for one in _children(part, "t"))
            align = _child(look, "vertAlign")
            raised = align is not None and align.get("val") == "superscript"
            runs.append((text, raised, _on(_child(look, "strike"))))
    plain = "".join(text for text, raised, _ in runs if not raised)
    if any(raised for _, raised, _ in runs) and re.fullmatch(r"[-+\d.,\s\u00a0]+", plain):
        runs = [
            (text.translate(_SUPERSCRIPT) if raised else text, raised, struck)
            for text, raised, struck in runs
        ]
    return _Text(text="".join(text for text, *_ in runs), struck=any(s and t.strip() for t, _, s in runs))


class _SheetReader:
    """One sheet while it is read."""

    def __init__(self, book: _Book, name: str, path: str) -> None:
        self.book, self.name, self.path = book, name, path
        self.marks = Marks()
        self.percent: set[tuple[int, int]] = set()
        self.unsaved: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.rows: dict[int, list[object]] = {}
        self.row = self.column = self.cells = 0

    def read(self, *, hidden: bool) -> Sheet:
        with self.book.archive.open(self.path) as source:
            for event, element in ET.iterparse(source, events=("start", "end")):  # noqa: S314 - limited above
                name = _local(element.tag)
                if event == "start":
                    if name == "row":
                        self._begin_row(element)
                    continue
                self._end(name, element)
        self._comments()
        fault = None
        if self.unsaved:
            row, column = self.unsaved[0]
            place = f"{_letters(column)}{row}"
            fault = Refused("formula", sheet=self.name, row=row, cell=place, number=len(self.unsaved))
        return Sheet(
            lines=lines_of(self.rows),
            name=self.name,
            merged=tuple(self.merged),
            percent=frozenset(self.percent),
            fault=fault,
            hidden=hidden,
            marks=self.marks,
            epoch_1904=self.book.epoch_1904,
        )

    def _begin_row(self, element: ET.Element) -> None:
        number = element.get("r")
        self.row = int(number) if number else self.row + 1
        self.column = 0
        flat = element.get("ht") is not None and float(element.get("ht", "15")) <= FLAT
        if _true(element.get("hidden")) or flat:
            self.marks.hidden_rows.add(self.row)

    def _end(self, name: str, element: ET.Element) -> None:
        if name == "c":
            self._cell(element)
        elif name == "row":
            element.clear()
        elif name == "col":
            width = element.get("width")
            if _true(element.get("hidden")) or (width is not None and float(width) == 0):
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                self.marks.hidden_columns.update(range(first, min(last, first + 1000) + 1))
        elif name == "mergeCell":
            corners = [_place(corner) for corner in element.get("ref", "A1").split(":")]
            if len(corners) == 2:
                self.merged.append((*corners[0], *corners[1]))
        elif name == "conditionalFormatting":
            self.marks.remarks.add("conditional")
        elif name == "filterColumn":
            self.marks.remarks.add("filter")

    def _cell(self, cell: ET.Element) -> None:
        place = cell.get("r")
        self.column = _place(place)[1] if place else self.column + 1
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise Refused("too_many_cells", sheet=self.name, limit=f"{MOST_CELLS:,}".replace(",", " "))
        where = (self.row, self.column)
        number = int(cell.get("s", "0"))
        style = self.book.styles[number if number < len(self.book.styles) else 0]
        value = self._value(cell, style)
        if value is None or value == "":
            return
        row = self.rows.setdefault(self.row, [])
        row.extend([""] * (self.column - len(row)))
        row[self.column - 1] = value
        if style.struck:
            self.marks.note("struck", where)
        if style.invisible:
            self.marks.note("invisible", where)
        if style.look != self.book.styles[0].look:
            self.marks.looks[where] = style.look
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if style.format.percent:
                self.percent.add(where)
            if not style.format.harmless:
                verdict = style.format.judge(float(value))
                if verdict:
                    self.marks.note(verdict, where)

    def _value(self, cell: ET.Element, style: _Style) -> object:
        kind = cell.get("t", "n")
        raw, inline = _child(cell, "v"), _child(cell, "is")
        if inline is not None:
            return self._noted(_text_of(inline))
        if raw is None or raw.text is None:
            if _child(cell, "f") is not None and kind != "str":
                self.unsaved.append((self.row, self.column))
            return None
        if kind == "s":
            return self._noted(self.book.texts[int(raw.text)])
        return self._plain(kind, raw.text, style)

    def _plain(self, kind: str, text: str, style: _Style) -> object:
        if kind in {"str", "e"}:
            return text
        if kind == "b":
            return text in {"1", "true"}
        if kind == "d":
            return dt.datetime.fromisoformat(text)
        number = float(text)
        if style.date:
            return self._date(number, style.date)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def _noted(self, text: _Text) -> str:
        if text.struck:
            self.marks.note("struck", (self.row, self.column))
        return text.text

    def _date(self, number: float, code: str) -> object:
        from openpyxl.utils.datetime import (  # type: ignore[import-untyped]  # noqa: PLC0415 - as above
            MAC_EPOCH,
            WINDOWS_EPOCH,
            from_excel,
        )

        try:
            day = from_excel(number, MAC_EPOCH if self.book.epoch_1904 else WINDOWS_EPOCH)
        except (ValueError, OverflowError):
            return number
        return shown_date(day, code) if isinstance(day, dt.date) else day

    def _comments(self) -> None:
        for kind, path in self.book.relations(self.path).values():
            if path not in self.book.names:
                continue
            if kind.endswith(("/comments", "/threadedComment")):
                for comment in self.book.xml(path).iter():
                    if _local(comment.tag) in {"comment", "threadedComment"}:
                        words = " ".join(" ".join(comment.itertext()).split())
                        self.marks.comments[_place(comment.get("ref", "A1"))] = words
            elif kind.endswith("/drawing"):
                words = " ".join(
                    one.text or "" for one in self.book.xml(path).iter() if _local(one.tag) == "t"
                )
                if words.strip():
                    self.marks.boxes.append(" ".join(words.split()))


def _place(reference: str) -> tuple[int, int]:
    found = _CELL.fullmatch(reference.replace("$", ""))
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _letters(column: int) -> str:
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
