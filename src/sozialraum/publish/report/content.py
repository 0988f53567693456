"""What a document says, apart from how it looks: sections of headings, paragraphs, tables, figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialraum.texts import Language

__all__ = [
    "MAP_WIDTH",
    "Block",
    "Document",
    "Figure",
    "Heading",
    "Mark",
    "PageBreak",
    "Paragraph",
    "Section",
    "Table",
]

MAP_WIDTH = 0.8
"""Share of the text's width of a map: two of them, with what is said of them, fill a page."""

Style = Literal["body", "lead", "note", "bullet", "number"]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a section of the document."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Mark:
    """A stretch of a paragraph that stands out: positions of its first letter and of the one behind it."""

    start: int
    end: int
    kind: Literal["strong", "emphasis"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text
        Its words.
    style
        ``"lead"`` stands out at the top, ``"note"`` is small print, ``"bullet"`` and ``"number"`` are items
        of a list.
    marks
        What stands out in it; ordered, without overlaps.
    """

    text: str
    style: Style = "body"
    marks: tuple[Mark, ...] = ()

    def runs(self) -> list[tuple[str, str]]:
        """Return the text in pieces, each with ``"strong"``, ``"emphasis"`` or ``""``."""
        found, place = [], 0
        for mark in self.marks:
            found += [(self.text[place : mark.start], ""), (self.text[mark.start : mark.end], mark.kind)]
            place = mark.end
        found.append((self.text[place:], ""))
        return [(words, kind) for words, kind in found if words]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as it is printed.

    Parameters
    ----------
    caption
        What it shows, of when.
    header
        Heads of the columns.
    rows
        Cells as text, each row as long as `header`.
    numeric
        Positions of the columns that are set flush right.
    note
        Small print below; "" for none.
    widths
        Relative widths of the columns; empty for equal ones.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    note: str = ""
    widths: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rows that are longer or shorter than the header."""
        if any(len(row) != len(self.header) for row in self.rows):
            message = f"rows of {len(self.header)} cells wanted: {self.caption}"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture with its caption and what a reader hears who does not see it.

    Parameters
    ----------
    draw
        Draws the picture as PNG, 300 dots per inch; asked only when the document is written.
    alt
        The picture in words.
    width
        Share of the width of the text, above 0 to 1.
    """

    caption: str
    alt: str
    draw: Callable[[], bytes] = field(repr=False)
    width: float = 1.0

    @property
    def png(self) -> bytes:
        """The picture; whoever draws it keeps it for the next format."""
        return self.draw()


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Table | Figure | PageBreak


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a document under a name of its own, so that its author can write it anew.

    Parameters
    ----------
    name
        What a text block calls it, see `report.blocks`.
    heading
        Its heading; "" for none.
    blocks
        What follows the heading.
    page
        Whether it begins on a new page.
    level
        Of its heading.
    """

    name: str
    heading: str
    blocks: tuple[Block, ...]
    page: bool = False
    level: int = 1


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole document.

    Parameters
    ----------
    title, subtitle
        On top.
    language
        Of all its words.
    audience
        One sentence that says who may read it; stands on every page.
    sections
        Its content in order.
    lists
        Whether contents and lists of figures and tables stand in front.
    captions
        Whether the lists of figures and tables are among them; where every section has one of each, the
        contents say it all.
    """

    title: str
    subtitle: str
    language: Language
    audience: str
    sections: tuple[Section, ...]
    lists: bool = False
    captions: bool = True

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks in order, with the headings of the sections and their page breaks.

        A section without content has no heading either.
        """
        found: list[Block] = []
        for section in self.sections:
            if not section.blocks:
                continue
            if section.page:
                found.append(PageBreak())
            if section.heading:
                found.append(Heading(section.heading, section.level))
            found += section.blocks
        return tuple(found)

    def text(self) -> str:
        """Return every word of the document, for tests and for searches of what must not be there."""
        found = [self.title, self.subtitle, self.audience]
        for block in self.blocks:
            if isinstance(block, Heading | Paragraph):
                found.append(block.text)
            elif isinstance(block, Table):
                found += [
                    block.caption,
                    *block.header,
                    *(cell for row in block.rows for cell in row),
                    block.note,
                ]
            elif isinstance(block, Figure):
                found += [block.caption, block.alt]
        return "\n".join(found)
