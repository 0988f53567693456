"""Parts of a Word file for which python-docx has no words: fields, bookmarks, lists of captions, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from sozialraum.publish.direction import straight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialraum.publish.report.content import Table

__all__ = [
    "bookmark",
    "caption_field",
    "clean",
    "list_entries",
    "out_of_contents",
    "page_field",
    "table_element",
]

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LINE = "B4B4AE"
ROWS_TOGETHER = 16


def clean(words: str) -> str:
    """Escape words for XML, without the control characters that no XML may hold."""
    return escape("".join(sign for sign in straight(words) if sign >= " " or sign in "\n\t"))


def _add(paragraph: Any, *parts: str) -> None:  # noqa: ANN401 - python-docx ships no types
    from docx.oxml import parse_xml  # noqa: PLC0415 - costs start-up time

    for part in parts:
        # There is no public way to fields and bookmarks.
        paragraph._p.append(parse_xml(part))  # noqa: SLF001


def _run(words: str) -> str:
    return f'<w:r {SPACE}><w:t xml:space="preserve">{clean(words)}</w:t></w:r>'


def _sign(kind: str, more: str = "") -> str:
    return f'<w:r {SPACE}><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'


def page_field(paragraph: Any) -> None:  # noqa: ANN401 - as above
    """Add the number of the page."""
    _add(paragraph, f'<w:fldSimple {SPACE} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')


def caption_field(paragraph: Any, label: str, number: int, words: str, *, identity: int) -> None:  # noqa: ANN401
    """Write 'Abbildung 1: ...' with a field that Word numbers anew, in a bookmark for lists to link to."""
    instruction = quoteattr(f" SEQ {label} \\* ARABIC ")
    _add(
        paragraph,
        f'<w:bookmarkStart {SPACE} w:id="{identity}" w:name="_Toc{identity:06d}"/>',
        _run(f"{label} "),
        f"<w:fldSimple {SPACE} w:instr={instruction}><w:r><w:t>{number}</w:t></w:r></w:fldSimple>",
        _run(f": {words}"),
        f'<w:bookmarkEnd {SPACE} w:id="{identity}"/>',
    )


def bookmark(paragraph: Any, *, identity: int) -> None:  # noqa: ANN401 - as above
    """Put a bookmark around a heading, for the contents to link to."""
    from docx.oxml import parse_xml  # noqa: PLC0415 - costs start-up time
    from docx.oxml.ns import qn  # noqa: PLC0415 - likewise

    element = paragraph._p  # noqa: SLF001 - as above
    start = parse_xml(f'<w:bookmarkStart {SPACE} w:id="{identity}" w:name="_Toc{identity:06d}"/>')
    element.insert(0 if element.find(qn("w:pPr")) is None else 1, start)
    _add(paragraph, f'<w:bookmarkEnd {SPACE} w:id="{identity}"/>')


def list_entries(
    paragraphs: Sequence[Any], instruction: str, entries: Sequence[tuple[str, int]], width: int
) -> None:
    """Write contents, or a list of figures or tables, as a field over several paragraphs.

    The entries stand there already; the page numbers come when Word (or LibreOffice) updates the field.

    Parameters
    ----------
    paragraphs
        Empty ones, one per entry.
    instruction
        ``TOC`` with its switches.
    entries
        Words, and number of the bookmark they lead to.
    width
        Of the text, in twentieths of a point: where the page number stands.
    """
    tabs = f'<w:tabs {SPACE}><w:tab w:val="right" w:leader="dot" w:pos="{width}"/></w:tabs>'
    for position, (paragraph, (words, identity)) in enumerate(zip(paragraphs, entries, strict=True)):
        _tabs(paragraph, tabs)
        if position == 0:
            code = f'<w:r {SPACE}><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
            _add(paragraph, _sign("begin", ' w:dirty="true"'), code, _sign("separate"))
        _add(
            paragraph,
            f'<w:hyperlink {SPACE} w:anchor="_Toc{identity:06d}" w:history="1">{_run(words)}</w:hyperlink>',
        )
        if position == len(entries) - 1:
            _add(paragraph, _sign("end"))


def out_of_contents(paragraph: Any) -> None:  # noqa: ANN401 - as above
    """Keep the heading of a list out of the contents, where its style counts as a heading."""
    from docx.oxml import parse_xml  # noqa: PLC0415 - costs start-up time

    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - as above
    properties.append(parse_xml(f'<w:outlineLvl {SPACE} w:val="9"/>'))


def _tabs(paragraph: Any, tabs: str) -> None:  # noqa: ANN401 - as above
    from docx.oxml import parse_xml  # noqa: PLC0415 - costs start-up time

    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - as above
    properties.insert(1, parse_xml(tabs))


def table_element(block: Table, width: int, style: str) -> Any:  # noqa: ANN401 - as above
    """Return a table with a header row that is repeated on each page; rows do not break across pages.

    Parameters
    ----------
    block
        What it says.
    width
        Of the whole table, in twentieths of a point.
    style
        Identity of the style of the paragraphs in its cells.
    """
    from docx.oxml import parse_xml  # noqa: PLC0415 - costs start-up time

    relative = block.widths or (1.0,) * len(block.header)
    widths = [round(width * part / sum(relative)) for part in relative]
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{LINE}"/>'
        for side, size in (("top", 8), ("bottom", 8), ("insideH", 4))
    )
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    # A head stays with the first row of figures, and a short table on one page.
    together = len(block.rows) - 1 if len(block.rows) <= ROWS_TOGETHER else 0
    rows = [_row(block.header, widths, block, style, head=True, keep=True)]
    rows += [
        _row(row, widths, block, style, head=False, keep=number < together)
        for number, row in enumerate(block.rows)
    ]
    return parse_xml(
        f"<w:tbl {SPACE}><w:tblPr>"
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="30" w:type="dxa"/>'
        '<w:left w:w="70" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
        '</w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(clean_plain(block.caption))}/>"
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )


def clean_plain(words: str) -> str:
    """Return words without control characters; what quotes them escapes them."""
    return "".join(sign for sign in straight(words) if sign >= " ")


def _row(
    cells: tuple[str, ...], widths: list[int], block: Table, style: str, *, head: bool, keep: bool
) -> str:
    mark = "<w:tblHeader/>" if head else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="EFEEEA"/>' if head else ""
    weight = "<w:rPr><w:b/></w:rPr>" if head else ""
    stay = "<w:keepNext/>" if keep else ""
    found = []
    for position, (words, width) in enumerate(zip(cells, widths, strict=True)):
        place = '<w:jc w:val="right"/>' if position in block.numeric else ""
        found.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="{style}"/>{stay}{place}</w:pPr><w:r>{weight}'
            f'<w:t xml:space="preserve">{clean(words)}</w:t></w:r></w:p></w:tc>'
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{''.join(found)}</w:tr>"
