"""The look of a Word file: our own, or that of the city's template, whose styles, header and footer stay."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from sozialraum.errors import OutputError, Problem
from sozialraum.publish.report.formats.word_parts import page_field

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.publish.report.content import Document

__all__ = ["STYLES", "opened", "text_width"]

STYLES = {"body": "Normal", "lead": "Lead", "note": "Note", "bullet": "List Bullet", "number": "List Number"}
"""Name of the Word style of each style of a paragraph."""

INK = "1F2A30"

OWN: dict[str, dict[str, Any]] = {
    "Title": {"size": 22, "bold": True, "after": 2},
    "Subtitle": {"size": 12, "after": 10},
    "Heading 1": {"size": 15, "bold": True, "before": 18, "after": 6, "level": 0, "next": True},
    "Heading 2": {"size": 12.5, "bold": True, "before": 12, "after": 4, "level": 1, "next": True},
    "Heading 3": {"size": 11, "bold": True, "before": 10, "after": 3, "level": 2, "next": True},
    "Heading 4": {"size": 10.5, "bold": True, "before": 8, "after": 2, "level": 3, "next": True},
    "Lead": {"size": 12, "after": 8, "left": 8, "bar": True},
    "Note": {"size": 8.5, "after": 8, "before": 2},
    "Caption": {"size": 9, "before": 8, "after": 3},
    "Table Text": {"size": 8.5, "after": 0},
    "List Bullet": {"after": 3},
    "List Number": {"after": 3},
    "TOC 1": {"after": 2},
    "TOC 2": {"after": 2, "left": 12},
    "table of figures": {"after": 2},
    "TOC Heading": {"size": 13, "bold": True, "before": 12, "after": 6, "next": True},
}
"""Styles that a document uses; a template's own of the same name stays as it is."""


def opened(template: Path | None, document: Document) -> Any:  # noqa: ANN401 - python-docx ships no types
    """Open a new Word file in our look or the template's, empty but for header and footer.

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
    if template is None:
        _own_page(word)
    _add_styles(word, own=template is None)
    _speak(word, document)
    _foot(word, document.audience)
    return word


def text_width(word: Any) -> int:  # noqa: ANN401 - as above
    """Return the width of the text in EMU, from the page and its margins."""
    section = word.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def _empty(word: Any) -> None:  # noqa: ANN401 - as above
    """Take the template's text away; the last section keeps the page, and the header it had inherited."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - costs start-up time

    body = word.element.body
    inherited: dict[tuple[str, str], Any] = {}
    for section in body.iter(qn("w:sectPr")):
        for reference in section:
            if reference.tag in (qn("w:headerReference"), qn("w:footerReference")):
                inherited[reference.tag, reference.get(qn("w:type"))] = reference
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    last = body.find(qn("w:sectPr"))
    if last is None:
        return
    present = {(reference.tag, reference.get(qn("w:type"))) for reference in last}
    for key, reference in reversed(inherited.items()):
        if key not in present:
            last.insert(0, deepcopy(reference))


def _own_page(word: Any) -> None:  # noqa: ANN401 - as above
    from docx.shared import Mm  # noqa: PLC0415 - costs start-up time

    section = word.sections[-1]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(22), Mm(24)


def _add_styles(word: Any, *, own: bool) -> None:  # noqa: ANN401 - as above
    """Add the styles that are missing; in our own look, set all of them."""
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415 - costs start-up time
    from docx.shared import Pt  # noqa: PLC0415 - likewise

    known = {style.name: style for style in word.styles if style.type == WD_STYLE_TYPE.PARAGRAPH}
    normal = known.get("Normal")
    if own and normal is not None:
        normal.font.name, normal.font.size = "Calibri", Pt(10.5)
        normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.12
    for name, look in OWN.items():
        style = known.get(name)
        if style is not None and not own:
            continue
        if style is None:
            builtin = name not in ("Lead", "Note", "Table Text")
            style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=builtin)
            style.base_style = normal
        _dress(style, look, own=own)


def _dress(style: Any, look: dict[str, Any], *, own: bool) -> None:  # noqa: ANN401 - as above
    from docx.oxml import parse_xml  # noqa: PLC0415 - costs start-up time
    from docx.oxml.ns import nsdecls, qn  # noqa: PLC0415 - likewise
    from docx.shared import Pt, RGBColor  # noqa: PLC0415 - likewise

    if "size" in look:
        style.font.size = Pt(look["size"])
    style.font.bold, style.font.italic = look.get("bold", False), False
    if own and style.name != "Table Text":
        style.font.color.rgb = RGBColor.from_string(INK)
        style.font.name = "Calibri"
        fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
        for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{name}"), None)
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(look.get("before", 0)), Pt(look.get("after", 6))
    shape.keep_with_next = look.get("next", False)
    if "left" in look:
        shape.left_indent = Pt(look["left"])
    properties = style.element.get_or_add_pPr()
    for name in ("w:pBdr", "w:outlineLvl"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
    if look.get("bar"):
        left = '<w:left w:val="single" w:sz="18" w:space="8" w:color="B5521D"/>'
        _ordered(properties, parse_xml(f"<w:pBdr {nsdecls('w')}>{left}</w:pBdr>"))
    if "level" in look:
        _ordered(properties, parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{look["level"]}"/>'))


BEHIND = {
    "pBdr": ("shd", "tabs", "suppressAutoHyphens", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl"),
    "outlineLvl": ("rPr", "sectPr", "pPrChange"),
}
"""What the format wants behind an element of a paragraph's properties; Word repairs other orders."""


def _ordered(properties: Any, element: Any) -> None:  # noqa: ANN401 - as above
    from docx.oxml.ns import qn  # noqa: PLC0415 - costs start-up time

    behind = [qn(f"w:{name}") for name in BEHIND[element.tag.rpartition("}")[2]]]
    for position, child in enumerate(properties):
        if child.tag in behind:
            properties.insert(position, element)
            return
    properties.append(element)


def _speak(word: Any, document: Document) -> None:  # noqa: ANN401 - as above
    """Say who made the file and in which language, for the spelling and for readers by ear."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - costs start-up time
    from docx.oxml.ns import qn  # noqa: PLC0415 - likewise

    core = word.core_properties
    core.title, core.subject, core.language = document.title, document.subtitle, document.language
    core.author = core.last_modified_by = "sozialraum"
    core.comments = core.keywords = ""
    code = {"de": "de-DE", "en": "en-GB"}[document.language]
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), code)
    settings = word.settings.element
    for old in settings.findall(qn("w:updateFields")):
        settings.remove(old)
    if document.lists:
        # Word fills the page numbers of contents and lists when the file is opened.
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        behind = [qn(f"w:{name}") for name in ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat")]
        place = next((i for i, child in enumerate(settings) if child.tag in behind), len(settings))
        settings.insert(place, update)


def _foot(word: Any, audience: str) -> None:  # noqa: ANN401 - as above
    """Put the sentence on who may read it, and the page, below what the template has there."""
    section = word.sections[-1]
    footers = [section.footer]
    if section.different_first_page_header_footer:
        footers.append(section.first_page_footer)
    if word.settings.odd_and_even_pages_header_footer:
        footers.append(section.even_page_footer)
    for footer in footers:
        paragraphs = footer.paragraphs
        empty = paragraphs and not paragraphs[-1].text and not len(paragraphs[-1].runs)
        paragraph = paragraphs[-1] if empty else footer.add_paragraph()
        paragraph.style = "Note"
        paragraph.add_run(audience)
        numbered = any(" PAGE" in part.xml for part in (footer._element, section.header._element))  # noqa: SLF001 - fields have no public way
        if not numbered:
            paragraph.add_run("  ·  ")
            page_field(paragraph)
