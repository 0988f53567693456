"""Searches what was written for the public for figures of rows that the public may not see.

It knows the hidden figures from the internal analysis, reads documents as a reader does (a row under its head
and caption, a sentence under its heading, a line of a page) and shares no code with what writes them. A
figure counts as told where district and indicator are named with it and no shown figure explains it.
"""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NUMBER = re.compile(r"(?<![\w,.])[+\u2212-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?|(?<![\w,.])[+\u2212-]?\d+(?:,\d+)?")
DAY = re.compile(r"\d{2}\.\d{2}\.\d{4}")
EXACT = 1e-9


@dataclass
class Record:
    """A sentence or a row: what stands above it, what it says, and its plain numbers."""

    above: str
    said: str
    row: bool = False
    plain: list = field(default_factory=list)
    cells: tuple = ()


def records(path):
    """Return what a file says, as records."""
    readers = {".docx": _docx, ".html": _html, ".xlsx": _xlsx, ".pdf": _pdf, ".md": _lines, ".svg": _html}
    return readers[path.suffix](path)


def _docx(path):
    with zipfile.ZipFile(path) as archive:
        body = ET.fromstring(archive.read("word/document.xml")).find(f"{WORD}body")  # noqa: S314 - our own
    heads, caption, found = {}, "", []
    for block in body:
        if block.tag == f"{WORD}p":
            style = block.find(f"{WORD}pPr/{WORD}pStyle")
            style = "" if style is None else style.get(f"{WORD}val")
            said = _words(block)
            level = re.fullmatch(r"(?:Heading|berschrift)(\d)|(Title)", style)
            if level:
                depth = int(level[1] or 0)
                heads = {one: words for one, words in heads.items() if one < depth} | {depth: said}
                caption = ""
            elif said:
                caption = said if style == "Caption" else caption
            found.append(Record(" ".join(heads.values()), said))
        elif block.tag == f"{WORD}tbl":
            rows = [[_words(cell) for cell in row.iter(f"{WORD}tc")] for row in block.iter(f"{WORD}tr")]
            above = " | ".join([*heads.values(), caption, *(rows[0] if rows else [])])
            found += [Record(above, " | ".join(cells), row=True) for cells in rows]
    return found


def _words(node):
    return "".join(part.text or "" for part in node.iter(f"{WORD}t"))


class _Page(HTMLParser):
    HEADS = ("h1", "h2", "h3", "h4")
    ENDS = (*HEADS, "p", "tr", "caption", "figcaption", "li", "text", "desc", "title")

    def __init__(self):
        super().__init__()
        self.heads, self.found, self.said, self.caption, self.first = {}, [], [], "", ""

    def handle_starttag(self, tag, attrs):
        if tag in self.ENDS:
            self._end("")
        if tag == "table":
            self.caption, self.first = "", ""
        told = dict(attrs)
        self.said += [told[name] for name in ("alt", "title", "aria-label") if told.get(name)]

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.said.append("|")
        if tag in self.ENDS:
            self._end(tag)

    def handle_data(self, data):
        self.said.append(data)

    def _end(self, tag):
        said, self.said = " ".join(" ".join(self.said).split()), []
        if not said:
            return
        if tag in self.HEADS:
            level = self.HEADS.index(tag)
            self.heads = {one: words for one, words in self.heads.items() if one < level} | {level: said}
        if tag in ("caption", "figcaption"):
            self.caption = said
        above = " | ".join([*self.heads.values(), self.caption, self.first])
        if tag == "tr" and not self.first:
            self.first = said
        self.found.append(Record(above, said, row=tag == "tr"))


def _html(path):
    page = _Page()
    # The embedded data of a map is read by tests of its own.
    page.feed(re.sub(r"<(script|style)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL))
    page.close()
    return page.found


def _xlsx(path):
    found = []
    # Held in memory: a reader that waits for its end keeps a file open, and a later test pays for it.
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        head = next((row for row in rows if sum(isinstance(cell, str) for cell in row) > 2), [])
        names = [str(cell or "") for cell in head]
        for row in rows:
            cells = tuple(one for one in row if isinstance(one, str))
            said = " | ".join(cells)
            plain = [
                (name, float(one))
                for name, one in zip(names, row, strict=False)
                if isinstance(one, int | float)
            ]
            found.append(Record(sheet.title, said, row=True, plain=plain, cells=(sheet.title, *cells)))
    return found


def _pdf(path):
    tool = shutil.which("pdftotext")
    told = subprocess.run([tool, "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    found = []
    for page in told.replace("\u00ad", "").split("\f"):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        above = " | ".join(lines[:4])
        found += [Record(above, line, row=True) for line in lines]
    return found


def _lines(path):
    return [Record("", line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _written(value, decimals):
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def _round(number):
    """Tell whether a number is too round to point to anything: 0, 1, 0.5, 12."""
    return abs(100 * number - round(100 * number)) < EXACT


class Search:
    """The hidden figures of one public analysis, to be looked for in files.

    Parameters
    ----------
    internal, public
        Two analyses of one city: what the office knows, and what is shown.
    """

    def __init__(self, internal, public):
        self.public = public
        flags = public.indicators.set_index(["indicator", "date"], append=True)["flag"]
        known = internal.indicators.set_index(["indicator", "date"], append=True)
        self.hidden = known.loc[flags.index[flags == "suppressed"]].dropna(subset=["value"])
        self._by_pair = {}
        for cell, row in zip(self.hidden.index, self.hidden.to_dict(orient="records"), strict=True):
            self._by_pair.setdefault(cell[:2], []).append((cell, row))
        shown = public.indicators[public.indicators["value"].notna()]
        self.shown = {key: self._figures(part) for key, part in shown.groupby(level=0)}
        self.city = {
            name: {
                _written(value * self._factor(name), self._decimals(name)) for value in part["value"].dropna()
            }
            for name, part in public.city_values.groupby("indicator")
        }
        self.names = public.districts["name"].astype(str)
        self.labels = public.catalogue["label_de"].astype(str)
        self._found = {}
        self._keys = frozenset(self.names.index)

    def _factor(self, name):
        return float(self.public.catalogue.loc[name, "factor"])

    def _decimals(self, name):
        return int(self.public.catalogue.loc[name, "decimals"])

    def _figures(self, rows):
        """Return every figure of some shown rows as it can be written."""
        found = set()
        for row in rows.itertuples():
            factor, decimals = self._factor(row.indicator), self._decimals(row.indicator)
            found |= {
                _written(one * factor, decimals)
                for one in (row.value, row.lower, row.upper)
                if not np.isnan(one)
            }
            found |= {_written(one, 0) for one in (row.numerator, row.denominator) if not np.isnan(one)}
        return found

    def told(self, path):
        """Return what a file tells of hidden rows: (district, indicator, date, figure, record)."""
        found = []
        for record in records(path):
            parts = record.cells or (f"{record.above} {record.said}",)
            numbers = {match[0].lstrip("+\u2212-") for match in NUMBER.finditer(record.said)}
            # A larger area can be called like a district: where a row says its key, that is the district.
            keyed = [cell for cell in record.cells if cell in self._keys]
            named = keyed or (self._in("names", parts) if numbers or record.plain else [])
            if not named:
                continue
            said = self._in("labels", parts)
            free = set().union(*(self.shown.get(key, set()) for key in named))
            free = free.union(*(self.city.get(name, set()) for name in said))
            for (key, name, date), row in self._rows(named, said):
                figures = {_written(row["value"] * self._factor(name), self._decimals(name))}
                # A small number beside several districts can count anything, most often them.
                if record.row and len(named) == 1 and not np.isnan(row["numerator"]):
                    figures |= {_written(row["numerator"], 0)}
                if not record.plain:
                    found += [(key, name, date, one, record) for one in (figures & numbers) - free]
            dates = {self._iso(cell) for cell in record.cells if DAY.fullmatch(cell)}
            for column, number in record.plain:
                # In a wide sheet a number belongs to its column, in a long one to the indicator of its row.
                ours = said or self._in("labels", (column,))
                found += [
                    (key, name, date, number, record)
                    for (key, name, date), row in self._rows(named, ours)
                    if (not dates or date in dates)
                    if not _round(number)
                    and min(abs(number - row["value"]), abs(number - row["value"] * self._factor(name)))
                    < EXACT
                ]
        return found

    @staticmethod
    def _iso(day):
        return "-".join(reversed(day.split(".")))

    def _in(self, what, parts):
        """Return the districts or indicators that some texts name; a workbook says few texts many times."""
        found = {}
        for words in parts:
            known = self._found.get((what, words))
            if known is None:
                plain = words.replace("\u00a0", " ").replace("\u202f", " ")
                known = [key for key, name in getattr(self, what).items() if name in plain]
                self._found[what, words] = known
            found |= dict.fromkeys(known)
        return list(found)

    def _rows(self, keys, names):
        for key in keys:
            for name in names:
                yield from self._by_pair.get((key, name), ())
