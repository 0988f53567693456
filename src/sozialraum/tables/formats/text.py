"""Text files as sheets: encoding, separator, records. One damaged byte must never move another cell."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from sozialraum.garbled import find_garbled
from sozialraum.tables.layout import hits
from sozialraum.tables.sheet import Line, Refused, Sheet, header_name

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["SEPARATORS", "read_text"]

SEPARATORS = (";", "\t", "|", ",")
"""In the order in which they are preferred where the file fits several."""

SAMPLE = 200
"""Records by which a separator is recognised."""

_BETWEEN_CELLS = re.compile(r"[;\t|,\r\n\"]")

_NUMBER_OR_PROSE = re.compile(r"[-+]?[0-9][0-9.\s]*,[0-9]+\s?%?|[^,;|\t]*(?:[,;|]\s[^,;|\t]*)+")
"""Cells that hold a separator and are none the less one cell: ``1,5``, ``Anteil, in Prozent``."""

_NAMED_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The first line by which a spreadsheet program is told the separator."""


def read_text(content: bytes, wanted: Collection[str], encoding: str | None, separator: str | None) -> Sheet:
    """Decode a text table and take it apart into records.

    Raises
    ------
    Refused
        If the characters, the line ends or the quotation marks are damaged, or there is nothing in it.
    """
    asked = encoding is not None
    encoding, text = _decode(content, encoding)
    if not asked:
        _doubt_words(text, encoding)
    if "\0" in text:
        raise Refused("binary", row=text[: text.index("\0")].count("\n") + 1)
    text = _single_line_ends(text)
    _check_line_ends(text)
    first_row = 1
    named = _NAMED_SEPARATOR.match(text)
    if named:
        text, first_row = text[named.end() :], 2
        separator = separator or named.group(1)
    if not text.strip(" \r\n" + "".join(SEPARATORS)):
        raise Refused("empty")
    if separator is None:
        separator = _recognise_separator(text, wanted)
    elif len(separator) != 1 or separator in '"\r\n':
        raise Refused("bad_separator", separator=separator)
    return Sheet(lines=_records(text, separator, first_row), encoding=encoding, separator=separator)


def _decode(content: bytes, encoding: str | None) -> tuple[str, str]:
    candidates = [encoding] if encoding else _candidates(content)
    start = 0
    for candidate in candidates:
        try:
            return candidate, content.decode(candidate).removeprefix("\ufeff")
        except LookupError:
            raise Refused("unknown_encoding", encoding=candidate) from None
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            _check_damage(content, candidate, start, asked=encoding is not None)
    raise Refused("wrong_encoding", row=_row_of(content, start), encoding=", ".join(candidates))


def _foreign_cells(text: str) -> list[str]:
    """Return the cells with letters that are not ASCII, each once."""
    return [cell for cell in dict.fromkeys(_BETWEEN_CELLS.split(text)) if not cell.isascii()]


def _doubt_words(text: str, encoding: str) -> None:
    """Refuse text whose words were read in a wrong encoding, where another one explains them all."""
    if "\ufffd" in text:
        lost = text[: text.index("\ufffd")]
        raise Refused("lost_letters", row=lost.count("\n") + 1, number=text.count("\ufffd"))
    if encoding == "cp1252" and "¤" in text:
        # The sign for 'some currency' is nowhere in use; in ISO 8859-15 its byte is the euro.
        cell = next(cell.strip() for cell in _foreign_cells(text) if "¤" in cell)
        raise Refused("garbled", encoding="iso-8859-15", examples=cell, meant=cell.replace("¤", "€"))
    found = find_garbled(_foreign_cells(text))
    if found is None or found.encoding is None:
        return
    values: dict[str, Any] = {"examples": ", ".join(found.examples), "meant": ", ".join(found.meant)}
    if encoding.startswith("utf"):
        # The file itself is sound UTF-8: the damage was done before it was written.
        raise Refused("garbled_source", **values)
    raise Refused("garbled", encoding=found.encoding, **values)


def _candidates(content: bytes) -> list[str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    head = content[:2000]
    zeros = head.count(0)
    if zeros > len(head) // 4:
        return ["utf-16-le" if head[1::2].count(0) > zeros // 2 else "utf-16-be"]
    return ["utf-8", "cp1252"]


def _check_damage(content: bytes, encoding: str, start: int, *, asked: bool) -> None:
    """Refuse UTF-8 with a broken byte: read as cp1252, every other umlaut of the file would change too."""
    if encoding != "utf-8" or asked:
        return
    intact = content.decode("utf-8", errors="ignore")
    if content.startswith(codecs.BOM_UTF8) or any(ord(letter) > 127 for letter in intact):
        raise Refused("damaged_utf8", row=_row_of(content, start))


def _row_of(content: bytes, position: int) -> int:
    return content[:position].count(b"\n") + 1


def _single_line_ends(text: str) -> str:
    """Take back what a program on Windows did to every single line end: CR CR LF."""
    doubled = text.count("\r\r\n")
    return text.replace("\r\r\n", "\r\n") if doubled and doubled * 2 == text.count("\r") else text


def _check_line_ends(text: str) -> None:
    """Refuse a lone carriage return among CR LF: it would put a row's begin into the row before it."""
    lone = re.search(r"\r(?!\n)", text)
    if lone and "\r\n" in text:
        raise Refused("line_end", row=text[: lone.start()].count("\n") + 1)


def _records(text: str, separator: str, first_row: int = 1, limit: int | None = None) -> list[Line]:
    """Return all records with content."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[Line] = []
    row, gap = first_row, True
    try:
        for record in islice(reader, limit):
            following = reader.line_num + first_row
            if any(map(str.strip, record)):
                if following - row > 1:
                    _check_swallowed(record, separator, row)
                found.append(Line(row=row, cells=list(record), gap=gap))
                gap = False
            else:
                gap = True
            row = following
    except csv.Error:
        raise Refused("broken_quotes", row=row) from None
    return found


def _check_swallowed(record: list[str], separator: str, row: int) -> None:
    """Refuse a cell that has the shape of a whole row in it: two stray quotation marks swallowed it."""
    enough = max(len(record) - 1, 1)
    if any("\n" in cell and cell.count(separator) >= enough for cell in record):
        raise Refused("broken_quotes", row=row)


def _recognise_separator(text: str, wanted: Collection[str]) -> str:
    def fit(separator: str) -> tuple[int, float]:
        try:
            records = [line.cells for line in _records(text, separator, limit=SAMPLE)]
        except Refused:
            return 0, 0.0
        if not records:
            return 0, 0.0
        width, number = Counter(map(len, records)).most_common(1)[0]
        found = max(hits(wanted, [header_name(cell) for cell in cells]) for cells in records[: SAMPLE // 4])
        return found, number / len(records) if width > 1 else 0.0

    fits = {separator: fit(separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: fits[separator])
    rivals = [separator for separator in SEPARATORS if fits[separator] == fits[best]]
    if len(rivals) == 1 or fits[best][1] < 1.0:
        return best
    explained = [separator for separator in rivals if _explains(text, separator, rivals)]
    if len(explained) != 1:
        names = ", ".join({"\t": "Tab"}.get(separator, f"'{separator}'") for separator in rivals)
        raise Refused("two_separators", separators=names, one=rivals[0], two=rivals[1])
    return explained[0]


def _explains(text: str, separator: str, rivals: Collection[str]) -> bool:
    """Tell whether the other signs stand within numbers or sentences, as they would in cells."""
    sample = "\n".join(text.splitlines()[:SAMPLE])
    others = [sign for sign in rivals if sign != separator]
    for cell in re.split(re.escape(separator) + r"|\n", sample):
        plain = cell.strip().strip('"')
        if any(sign in plain for sign in others) and not _NUMBER_OR_PROSE.fullmatch(plain):
            return False
    return True
