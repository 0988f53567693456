"""A document as DOCX: real Word styles, captions with fields, header rows, alternative texts.

The city's own template is honoured: styles that it has are used as it defines them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sozialraum.errors import OutputError, Problem
from sozialraum.publish.report.content import Figure, Heading, PageBreak, Paragraph, Table
from sozialraum.texts import text

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.publish.report.content import Document

__all__ = ["write_docx"]

STYLES = {"body": "Normal", "lead": "Intense Quote", "note": "Caption"}
WIDTH_MM = 160
"""Width of a figure: an A4 page less its margins."""


def write_docx(document: Document, path: Path, *, template: Path | None = None) -> None:
    """Write a document as a Word file.

    Parameters
    ----------
    document
        What it says.
    path
        The file.
    template
        A .docx of the city, whose styles, header and margins are kept; its text is not.

    Raises
    ------
    OutputError
        If the template cannot be read; names it.
    """
    import docx  # noqa: PLC0415 - costs start-up time
    from docx.opc.exceptions import OpcError  # noqa: PLC0415 - likewise

    try:
        word = docx.Document(str(template) if template is not None else None)
    except (OpcError, OSError, ValueError, KeyError) as error:
        values = {"reason": str(error) or type(error).__name__}
        raise OutputError(Problem(code="report.template", file=str(template), values=values)) from error
    _empty(word)
    word.core_properties.title = document.title
    word.core_properties.language = document.language
    word.core_properties.author = "sozialraum"
    writer = _Writer(word, document)
    writer.write()
    word.save(str(path))


def _empty(word: Any) -> None:  # noqa: ANN401 - python-docx ships no types for its factory
    """Take the template's text away; the last section keeps its page layout."""
    for element in list(word.element.body):
        if not element.tag.endswith("}sectPr"):
            word.element.body.remove(element)


class _Writer:
    """Puts one block after the other."""

    def __init__(self, word: Any, document: Document) -> None:  # noqa: ANN401 - as above
        self.word, self.document = word, document
        self.language = document.language
        self.counts = {"figure": 0, "table": 0}

    def write(self) -> None:
        """Write title, audience and all blocks."""
        self._styled(self.document.title, "Title")
        if self.document.subtitle:
            self._styled(self.document.subtitle, "Subtitle")
        footer = self.word.sections[-1].footer.paragraphs
        (footer[0] if footer else self.word.sections[-1].footer.add_paragraph()).text = self.document.audience
        for block in self.document.blocks:
            match block:
                case Heading():
                    self._styled(block.text, f"Heading {min(block.level, 4)}")
                case Paragraph():
                    self._styled(block.text, STYLES[block.style])
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
                case PageBreak():
                    self.word.add_page_break()

    def _styled(self, words: str, style: str) -> Any:  # noqa: ANN401 - as above
        known = {found.name for found in self.word.styles}
        return self.word.add_paragraph(words, style=style if style in known else "Normal")

    def _caption(self, kind: str, words: str) -> None:
        """Write 'Abbildung 1: ...' with a field, so that Word can number anew and list them."""
        self.counts[kind] += 1
        label = text(f"report.caption.{kind}", self.language)
        paragraph = self._styled(f"{label} ", "Caption")
        paragraph.paragraph_format.keep_with_next = kind == "table"
        _field(paragraph, f"SEQ {label} \\* ARABIC", str(self.counts[kind]))
        paragraph.add_run(f": {words}")

    def _table(self, block: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - costs start-up time
        from docx.shared import Mm, Pt  # noqa: PLC0415 - likewise

        self._caption("table", block.caption)
        known = {found.name for found in self.word.styles}
        style = "Light List Accent 1" if "Light List Accent 1" in known else None
        table = self.word.add_table(rows=0, cols=len(block.header), style=style)
        widths = block.widths or (1.0,) * len(block.header)
        millimetres = [Mm(WIDTH_MM * width / sum(widths)) for width in widths]
        table.autofit = False
        for number, cells in enumerate((block.header, *block.rows)):
            row = table.add_row()
            for position, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = millimetres[position]
                paragraph = cell.paragraphs[0]
                run = paragraph.add_run(words)
                run.font.size = Pt(9)
                run.bold = number == 0
                paragraph.paragraph_format.space_after = Pt(0)
                if position in block.numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if number == 0:
                _mark(row, "w:tblHeader")
            _mark(row, "w:cantSplit")
        self._styled(block.note, STYLES["note"])

    def _figure(self, block: Figure) -> None:
        from docx.shared import Mm  # noqa: PLC0415 - costs start-up time

        shape = self.word.add_picture(io.BytesIO(block.png), width=Mm(WIDTH_MM))
        self.word.paragraphs[-1].paragraph_format.keep_with_next = True
        described = shape._inline.docPr  # noqa: SLF001 - python-docx has no other way to an alternative text
        described.set("descr", block.alt)
        described.set("title", block.caption)
        self._caption("figure", block.caption)


def _mark(row: Any, name: str) -> None:  # noqa: ANN401 - as above
    from docx.oxml import OxmlElement  # noqa: PLC0415 - costs start-up time
    from docx.oxml.ns import qn  # noqa: PLC0415 - likewise

    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(element)  # noqa: SLF001 - no public way


def _field(paragraph: Any, instruction: str, shown: str) -> None:  # noqa: ANN401 - as above
    """Add a field with the number that it shows until Word computes it anew."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - costs start-up time
    from docx.oxml.ns import qn  # noqa: PLC0415 - likewise

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    words.text = shown
    run.append(words)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - no public way
