"""What a document says, apart from how it looks: headings, paragraphs, tables, figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sozialraum.texts import Language

__all__ = ["Block", "Document", "Figure", "Heading", "PageBreak", "Paragraph", "Table"]

Style = Literal["body", "lead", "note"]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a section of the document."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. ``"lead"`` stands out at the top, ``"note"`` is small print."""

    text: str
    style: Style = "body"


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
    png
        The picture, 300 dots per inch.
    alt
        The picture in words.
    """

    caption: str
    alt: str
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Table | Figure | PageBreak


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
    blocks
        Its content in order.
    """

    title: str
    subtitle: str
    language: Language
    audience: str
    blocks: tuple[Block, ...]

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
