"""A document as DOCX: real Word styles, captions with fields, header rows, alternative texts.

The city's own template is honoured: styles that it has are used as it defines them, its header and footer
stay, and figures and tables are as wide as its page allows.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from sozialraum.publish.report.content import Figure, Heading, PageBreak, Paragraph, Table
from sozialraum.publish.report.formats.word_look import STYLES, opened, text_width
from sozialraum.publish.report.formats.word_parts import (
    bookmark,
    caption_field,
    clean_plain,
    list_entries,
    out_of_contents,
    table_element,
)
from sozialraum.texts import text

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.publish.report.content import Document

__all__ = ["write_docx"]

EMU = 635
"""English metric units in a twentieth of a point."""

MOMENT = (1980, 1, 1, 0, 0, 0)
"""Time of every part of the file: the same document gives the same bytes."""


def write_docx(document: Document, path: Path, *, template: Path | None = None) -> None:
    """Write a document as a Word file.

    Parameters
    ----------
    document
        What it says.
    path
        The file.
    template
        A .docx of the city, whose styles, header, footer and margins are kept; its text is not.

    Raises
    ------
    OutputError
        If the template cannot be read; names it.
    """
    word = opened(template, document)
    writer = _Writer(word, document)
    writer.write()
    target = io.BytesIO()
    word.save(target)
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(path, "w") as archive:
        for part in source.namelist():
            archive.writestr(zipfile.ZipInfo(part, MOMENT), source.read(part), zipfile.ZIP_DEFLATED)


class _Writer:
    """Puts one block after the other."""

    def __init__(self, word: Any, document: Document) -> None:  # noqa: ANN401 - python-docx ships no types
        from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415 - costs start-up time

        self.word, self.document = word, document
        self.language = document.language
        paragraphs = [style for style in word.styles if style.type == WD_STYLE_TYPE.PARAGRAPH]
        self.styles = {style.name: style for style in paragraphs}
        self.width = text_width(word)
        self.identity = 0
        self.fresh = False
        self.counts = {"figure": 0, "table": 0}
        self.entries: dict[str, list[tuple[str, int]]] = {"contents": [], "figure": [], "table": []}

    def write(self) -> None:
        """Write title, lists and all blocks."""
        self._styled(self.document.title, "Title")
        if self.document.subtitle:
            self._styled(self.document.subtitle, "Subtitle")
        # What stands in the lists is known at the end; they are put here then.
        here = self._styled("", "Normal") if self.document.lists else None
        for block in self.document.blocks:
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._paragraph(block)
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
                case PageBreak():
                    self._break()
        if here is not None:
            self._lists(here)

    def _styled(self, words: str, style: str) -> Any:  # noqa: ANN401 - as above
        return self.word.add_paragraph(clean_plain(words), style=self.styles.get(style))

    def _break(self) -> None:
        """Let the next heading begin a page; an empty paragraph with a break could make an empty page."""
        self.fresh = True

    def _heading(self, block: Heading) -> None:
        paragraph = self._styled(block.text, f"Heading {min(block.level, 4)}")
        if self.fresh:
            paragraph.paragraph_format.page_break_before = True
            self.fresh = False
        self.identity += 1
        bookmark(paragraph, identity=self.identity)
        if block.level == 1:
            self.entries["contents"].append((block.text, self.identity))

    def _paragraph(self, block: Paragraph) -> None:
        paragraph = self._styled("", STYLES[block.style])
        for words, kind in block.runs():
            run = paragraph.add_run(clean_plain(words))
            # None leaves it to the style.
            run.bold, run.italic = kind == "strong" or None, kind == "emphasis" or None

    def _caption(self, kind: str, words: str) -> None:
        self.counts[kind] += 1
        self.identity += 1
        label = text(f"report.caption.{kind}", self.language)
        paragraph = self._styled("", "Caption")
        paragraph.paragraph_format.keep_with_next = kind == "table"
        caption_field(paragraph, label, self.counts[kind], words, identity=self.identity)
        self.entries[kind].append((f"{label} {self.counts[kind]}: {words}", self.identity))

    def _table(self, block: Table) -> None:
        self._caption("table", block.caption)
        style = self.styles["Table Text"].style_id
        element = table_element(block, self.width // EMU, style)
        body = self.word.element.body
        body.insert(len(body) - 1, element)
        self._styled(block.note, STYLES["note"])

    def _figure(self, block: Figure) -> None:
        shape = self.word.add_picture(io.BytesIO(block.png), width=round(self.width * block.width))
        self.word.paragraphs[-1].paragraph_format.keep_with_next = True
        # python-docx has no public way to an alternative text.
        described = shape._inline.docPr  # noqa: SLF001
        described.set("descr", clean_plain(block.alt))
        described.set("title", clean_plain(block.caption))
        self._caption("figure", block.caption)

    def _lists(self, here: Any) -> None:  # noqa: ANN401 - as above
        """Put contents and lists of figures and tables before the first section, where they have entries."""
        figure, table = (text(f"report.caption.{kind}", self.language) for kind in ("figure", "table"))
        instructions = {
            "contents": ' TOC \\o "1-1" \\h \\z \\u ',
            "figure": f' TOC \\h \\z \\c "{figure}" ',
            "table": f' TOC \\h \\z \\c "{table}" ',
        }
        for kind, instruction in instructions.items():
            entries = self.entries[kind]
            if len(entries) < 2 or (kind != "contents" and not self.document.captions):
                continue
            heading = here.insert_paragraph_before(
                text(f"report.lists.{kind}", self.language), self.styles["TOC Heading"]
            )
            heading.paragraph_format.keep_with_next = True
            out_of_contents(heading)
            style = self.styles["TOC 1" if kind == "contents" else "table of figures"]
            rows = [here.insert_paragraph_before("", style) for _ in entries]
            list_entries(rows, instruction, entries, self.width // EMU)
        here._p.getparent().remove(here._p)  # noqa: SLF001 - no public way
        first = next((mark for mark in self.word.paragraphs if mark.style.name == "Heading 1"), None)
        if first is not None:
            first.paragraph_format.page_break_before = True
