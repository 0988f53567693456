"""Where in a sheet the table is: titles above it, one to four header lines, its rows, footnotes below."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialraum.tables.dates import as_date, as_period
from sozialraum.tables.sheet import Line, Refused, Sheet, header_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sozialraum.tables.dates import Period

__all__ = ["DATE", "NO_HEADER", "Layout", "column_place", "find_columns", "find_layout", "hits"]

DATE = "{date}"
"""Stands in a column name for a date, where dates are headers: ``"Einwohner {date}"``."""

_PLACE = re.compile(r"\{(?:column|spalte) ([0-9]{1,4}|[A-Z]{1,2})\}", re.IGNORECASE)

NO_HEADER = (0, 0)
"""Rows of the header of a file that has none: its columns are named by their places."""

HEIGHT = 4
"""Header lines at most."""

DEPTH = 60
"""Lines at the top of a sheet among which the header is looked for."""

_NUMBER = re.compile(
    r"\(?[-+\u2010-\u2015\u2212]?\s?[0-9][0-9.,'\u2019\s]*(?:[eE][+-][0-9]+)?\s?(?:%|v\.\s?H\.|vH|Prozent)?\)?"
)
_SIGN = re.compile(
    r"[-xX./*\u2022\u2013\u2014\u2026]|\.\.\.|k\.\s?A\.?|n\.\s?v\.?|<\s?[0-9]{1,3}", re.IGNORECASE
)
"""What stands in the place of a figure."""

LABELS = 3
"""Words that a row of figures has at most: key, name, a larger area."""

_AMOUNT = re.compile(r"[0-9]{6}|[0-9]{8}|[0-9]{1,2}\.[0-9]{4}")
"""Numbers that would also do as a month or a day: ``202312``. Outside a column of dates they are amounts."""
_FOOTNOTE = re.compile(
    r"""(?:Quellen?|Datenquelle|Stand|Datenstand|Anmerkung(?:en)?|Hinweise?|Erläuterung(?:en)?|Fu(?:ß|ss)noten?
      |Zeichenerklärung|Legende|Erstellt|Herausgeber|Copyright|Definition(?:en)?|Datenlizenz|Lizenz|Methodik
      |Bearbeitung|Source|Notes?|Licen[cs]e)(?=[:\s.]|$)
    |©|\(c\)|\*{1,3}\)?\s?\w|\(?[0-9a-z]{1,2}\)\s|[¹²³⁴⁵⁶⁷⁸⁹]|_{3,}|-{3,}|={3,}
    |(?:[-\u2013.\u2026/xX0\u2022]|\.\.\.|\(\s?\))\s*[=:]\s""",
    re.VERBOSE | re.IGNORECASE,
)
"""How lines under a table begin that explain it."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The parts of a sheet.

    Parameters
    ----------
    names
        Per column the words of its header lines; "" where there are none.
    header_rows
        First and last header line.
    body
        The lines of data.
    titles, footnotes, skipped
        Row and text of the lines that are not data: above, below, and between (units, repeated headers).
    """

    names: tuple[str, ...]
    header_rows: tuple[int, int]
    body: list[Line]
    titles: tuple[tuple[int, str], ...] = ()
    footnotes: tuple[tuple[int, str], ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Header:
    start: int
    height: int
    names: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.start + self.height


def column_place(wanted: str) -> int | None:
    """Return the position (from 0) of a column that is named by its place: ``{column 1}`` or ``{column A}``.

    That is how a column without a heading is named.
    """
    found = _PLACE.fullmatch(wanted.strip())
    if found is None:
        return None
    place = found.group(1).upper()
    if place.isdigit():
        return int(place) - 1
    number = 0
    for letter in place:
        number = number * 26 + ord(letter) - 64
    return number - 1


def find_columns(wanted: str, names: Sequence[str]) -> list[tuple[int, Period | None]]:
    """Find a column by its name, or with `DATE` in the name one column per date.

    Returns
    -------
    list
        Position and, for names with `DATE`, what the date in the heading stands for.
    """
    place = column_place(wanted)
    if place is not None:
        return [(place, None)] if 0 <= place < len(names) else []
    cleaned = header_name(wanted)
    if DATE not in cleaned:
        return [(i, None) for i, name in enumerate(names) if name == cleaned]
    before, _, after = cleaned.partition(DATE)
    found: list[tuple[int, Period | None]] = []
    for i, name in enumerate(names):
        if len(name) >= len(before) + len(after) and name.startswith(before) and name.endswith(after):
            period = as_period(name[len(before) : len(name) - len(after)].strip())
            if period is not None:
                found.append((i, period))
    return found


def hits(wanted: Collection[str], names: Sequence[str]) -> int:
    """Count the wanted columns that `names` has."""
    known = set(names)
    return sum(
        bool(find_columns(name, names)) if DATE in name or column_place(name) is not None else name in known
        for name in wanted
    )


def find_layout(
    sheet: Sheet, wanted: Sequence[str] = (), *, complete: bool = False, stated: tuple[int, int] | None = None
) -> Layout:
    """Tell the header from titles and rows, and rows from footnotes.

    Parameters
    ----------
    sheet
        With at least one line.
    wanted
        Column names that must occur.
    complete
        Whether `wanted` lists every column that will be read; then a line of units below the header is left
        out instead of becoming part of the names.
    stated
        First and last row of the header, where the user names them.

    Raises
    ------
    Refused
        If there is no row below the header.
    """
    lines = sheet.lines
    header = _stated(sheet, stated) if stated else _find_header(sheet, wanted, complete=complete)
    names = list(header.names)
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Refused("empty", sheet=sheet.name)
    below = lines[header.end :]
    body, skipped = _without_extras(below, tuple(names), wanted, complete=complete)
    body, notes = _split_footnotes(body)
    first, last = (lines[header.start].row, lines[header.end - 1].row) if header.height else NO_HEADER
    if not body:
        columns = ", ".join(filter(None, names))
        raise Refused("header_only", sheet=sheet.name, row=first, columns=columns)
    return Layout(
        names=tuple(names),
        header_rows=(first, last),
        body=body,
        titles=_texts(lines[: header.start]),
        footnotes=_texts(notes),
        skipped=_texts(skipped),
    )


def _texts(lines: Sequence[Line]) -> tuple[tuple[int, str], ...]:
    return tuple((line.row, " ".join(header_name(line.cells[i]) for i in line.filled)) for line in lines)


def _stated(sheet: Sheet, rows: tuple[int, int]) -> _Header:
    if rows == NO_HEADER:
        width = max((len(line.cells) for line in sheet.lines), default=0)
        return _Header(start=0, height=0, names=tuple(f"{{column {i + 1}}}" for i in range(width)))
    positions = [i for i, line in enumerate(sheet.lines) if rows[0] <= line.row <= rows[1]]
    if not positions:
        raise Refused("no_header_rows", sheet=sheet.name, first=rows[0], last=rows[1])
    return _header(sheet, positions[0], len(positions), fill=True)


def _find_header(sheet: Sheet, wanted: Sequence[str], *, complete: bool) -> _Header:
    """Take the lowest header with all wanted columns; without one, what looks like a header."""
    depth = min(len(sheet.lines), DEPTH)
    best: tuple[int, _Header] | None = None
    named = [name for name in wanted if column_place(name) is None]
    for height in range(1, HEIGHT + 1) if named else ():
        for start in range(depth - height + 1):
            for fill in (True, False) if height > 1 else (True,):
                header = _header(sheet, start, height, fill=fill)
                found = hits(wanted, header.names)
                if found == len(wanted):
                    return header if complete else _extend(sheet, header, wanted)
                if best is None or found > best[0]:
                    best = (found, header)
    guessed = _guess_header(sheet)
    if best is not None and best[0] > hits(wanted, guessed.names):
        return best[1]
    return guessed


def _header(sheet: Sheet, start: int, height: int, *, fill: bool) -> _Header:
    """Join header lines column by column; a word that spans columns counts for each of them."""
    lines = sheet.lines[start : start + height]
    width = max(len(line.cells) for line in lines)
    rows = [[header_name(cell) for cell in line.cells] + [""] * (width - len(line.cells)) for line in lines]
    if height > 1 and sheet.merged:
        _fill_merged(rows, [line.row for line in lines], sheet.merged)
    elif height > 1 and fill:
        _fill_right(rows)
    names = (" ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows, strict=True))
    return _Header(start=start, height=height, names=tuple(names))


def _fill_merged(
    rows: list[list[str]], numbers: list[int], merged: Collection[tuple[int, int, int, int]]
) -> None:
    for top, left, bottom, right in merged:
        if top not in numbers or left > len(rows[0]):
            continue
        word = rows[numbers.index(top)][left - 1]
        for row, number in zip(rows, numbers, strict=True):
            if top <= number <= bottom:
                width = min(right, len(row))
                row[left - 1 : width] = [word] * (width - left + 1)


def _fill_right(rows: list[list[str]]) -> None:
    """Text files know no merged cells: an empty cell above a filled one belongs to the word on its left."""
    for upper, row in enumerate(rows[:-1]):
        below = [any(lower[i] for lower in rows[upper + 1 :]) for i in range(len(row))]
        for i in range(1, len(row)):
            above = any(higher[i] and higher[i] != higher[i - 1] for higher in rows[:upper])
            if not row[i] and below[i] and not above:
                row[i] = row[i - 1]


def _extend(sheet: Sheet, header: _Header, wanted: Sequence[str]) -> _Header:
    """Take in the lines below that have no key, and lines above where names repeat or are missing."""
    start, height = header.start, header.height
    key = find_columns(wanted[0], header.names)[0][0]
    while height < HEIGHT and start + height < len(sheet.lines) - 1:
        line = sheet.lines[start + height]
        if line.gap or not line.filled or key in line.filled or "number" in _kinds(line):
            break
        height += 1
    while start > 0 and height < HEIGHT and not sheet.lines[start].gap:
        above = sheet.lines[start - 1]
        if len(above.filled) < 2 or not _needs_more(_header(sheet, start, height, fill=True).names):
            break
        start, height = start - 1, height + 1
    return _header(sheet, start, height, fill=True)


def _needs_more(names: Sequence[str]) -> bool:
    return "" in names or len(set(names)) < len(names)


def _kind(cell: object) -> str:
    text = str(cell).strip()
    if not text:
        return "blank"
    if as_date(cell) is not None and not _AMOUNT.fullmatch(text):
        return "date"
    return "number" if _NUMBER.fullmatch(text) else "text"


def _kinds(line: Line) -> set[str]:
    return {_kind(cell) for cell in line.cells}


def _guess_header(sheet: Sheet) -> _Header:
    """Find the first line of figures; what stands right above it is the header."""
    lines = sheet.lines[:DEPTH]
    usual = Counter(len(line.filled) for line in lines).most_common(1)[0][0]
    enough = max(2, usual / 2)
    figures = [i for i, line in enumerate(lines) if len(line.filled) >= enough and "number" in _kinds(line)]
    wide = [i for i, line in enumerate(lines) if len(line.filled) >= enough]
    if figures:
        figures[0] = _first_of_data(lines, set(wide), figures[0])
    if not figures:
        return _header(sheet, wide[0] if wide else 0, 1, fill=True)
    above = [i for i in wide if i < figures[0]]
    end = _end_of_heads(lines, above[-1] + 1 if above else 1, figures[0])
    start = end - 1
    while start > 0 and end - start < HEIGHT and not lines[start].gap:
        more = _needs_more(_header(sheet, start, end - start, fill=True).names)
        if not more or len(lines[start - 1].filled) < 2:
            break
        start -= 1
    return _header(sheet, start, end - start, fill=True)


def _first_of_data(lines: Sequence[Line], wide: set[int], figures: int) -> int:
    """Take in rows above the first figures that have signs, or numbers like years (1950), in their place."""
    top = figures
    while top - 1 in wide and _may_be_data(lines[top - 1]):
        top -= 1
    if top == figures:
        return figures
    head = lines[top - 1] if top - 1 in wide else None
    if head is not None and not {"number", "date"} & _kinds(head):
        names = [header_name(head.cells[place]) for place in head.filled]
        if len(names) == len(set(names)) >= max(len(line.filled) for line in lines[top:figures]):
            return top
    # Without such a line above, the first one is the heading of years itself.
    signs = any(_SIGN.fullmatch(str(cell).strip()) for cell in lines[top].cells)
    return top if signs and head is not None else top + 1


def _may_be_data(line: Line) -> bool:
    """Tell whether a line has signs, or four digits, in place of all its figures, behind a label in words."""
    cells = [str(line.cells[place]).strip() for place in line.filled]
    figures = [cell for cell in cells if _SIGN.fullmatch(cell) or re.fullmatch(r"[0-9]{4}(?:\.0)?", cell)]
    words = [cell for cell in cells if _kind(cell) == "text" and not _SIGN.fullmatch(cell)]
    return bool(figures) and 0 < len(words) <= LABELS and len(words) + len(figures) == len(cells)


def _end_of_heads(lines: Sequence[Line], end: int, figures: int) -> int:
    """Take in lines of few words right above the first figures: they have no district, and are headings."""
    begin = figures
    while begin > 0 and figures - begin < HEIGHT - 1:
        line = lines[begin - 1]
        years = _kinds(line) == {"blank", "date"}
        if 0 in line.filled or len(line.filled) < 2 or ({"number", "date"} & _kinds(line) and not years):
            break
        begin -= 1
    heads = range(begin, figures)
    whole = heads and begin > 0 and not any(lines[i].gap for i in (*heads, figures))
    return figures if whole else end


def _without_extras(
    below: Sequence[Line], names: tuple[str, ...], wanted: Sequence[str], *, complete: bool
) -> tuple[list[Line], list[Line]]:
    """Leave out units and column numbers right below the header, and headers repeated further down."""
    body, skipped = list(below), []
    keys = find_columns(wanted[0], names) if wanted else []
    while complete and keys and len(body) > 1 and _is_unit(body[0], keys[0][0]):
        skipped.append(body.pop(0))
    if len(body) > 1 and _is_numbering(body, keys[0][0] if keys else 0, len(names)):
        skipped.append(body.pop(0))
    kept = []
    # A column has few different texts in its first cell, and each is compared once.
    begins: dict[object, bool] = {}
    for line in body:
        first = line.cells[0]
        if first not in begins:
            begins[first] = header_name(first) == names[0]
        if begins[first] and tuple(map(header_name, line.cells[: len(names)])) == names:
            skipped.append(line)
        else:
            kept.append(line)
    return kept, skipped


def _is_unit(line: Line, key: int) -> bool:
    return bool(line.filled) and key not in line.filled and not {"number", "date"} & _kinds(line)


def _is_numbering(body: Sequence[Line], key: int, width: int) -> bool:
    """Tell column numbers (1, 2, 3 ...) from a first district that happens to look like them."""
    first = [str(cell).strip() for cell in body[0].cells[:width]]
    others = [str(line.cells[key]).strip() for line in body[1:] if key < len(line.cells)]
    counted = width >= HEIGHT and first == [str(i + 1) for i in range(width)]
    return counted and any(len(other) > 2 or not other.isdigit() for other in others)


def _split_footnotes(body: list[Line]) -> tuple[list[Line], list[Line]]:
    """Cut off the explaining lines at the end; a line that might be a district stays."""
    begin = len(body)
    for position in range(len(body) - 1, -1, -1):
        line = body[position]
        first = str(line.cells[line.filled[0]]).strip()
        explains = bool(_FOOTNOTE.match(first)) and not _kinds(line) & {"number"}
        alone = len(line.filled) == 1 and _kind(first) == "text"
        if not explains and not alone:
            break
        if explains or (line.gap and len(first.split()) >= 3):
            begin = position
    return body[:begin], body[begin:]
