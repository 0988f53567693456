"""A document as PDF, set by Typst (a wheel that brings its own fonts; nothing is fetched)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.errors import OutputError, Problem
from sozialraum.publish.direction import kept_together, straight
from sozialraum.publish.report.content import Figure, Heading, PageBreak, Paragraph, Table
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialraum.publish.report.content import Block, Document

__all__ = ["set_folder", "typst_source", "write_pdf"]

ROWS_TOGETHER = 16

PREAMBLE = """#set page(paper: "a4", margin: (x: 25mm, top: 22mm, bottom: 24mm), numbering: "1 / 1",
  footer: context [#set text(size: 8pt)
    #audience #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "Libertinus Serif", size: 10.5pt, hyphenate: true)
#set par(justify: true, leading: .62em)
#show heading: set block(above: 1.6em, below: .8em, sticky: true)
#show heading: set par(justify: false)
#show heading: set text(hyphenate: false)
#show figure: set block(above: 1.4em, below: 1.2em)
#show figure.caption: set text(size: 9pt)
#show figure.caption: set align(left)
#show figure.caption: set par(justify: false)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): set block(breakable: true)
#show figure.where(kind: table): set align(left)
#show outline.entry: set par(justify: false, leading: .45em)
#show outline.entry: set text(size: 8.8pt)
#show outline.entry: set block(spacing: .48em)
#set table(inset: (x: 3.5pt, y: 3pt))
#show table.cell: set text(size: 8.5pt)
#show table.cell: set par(justify: false, leading: .5em)
#let title-block(words) = block(
  below: .6em, par(justify: false, text(size: 20pt, weight: 700, hyphenate: false, words)))
#let lead(words) = block(
  inset: (left: 10pt), stroke: (left: 2.5pt + rgb("#b5521d")), par(justify: false, text(size: 11.5pt, words)))
#let note(words) = block(below: 1.2em, par(justify: false, text(size: 8.5pt, words)))
"""


def write_pdf(document: Document, path: Path) -> None:
    """Write a document as PDF: tagged for readers by ear (PDF/UA-1), text extractable, fonts embedded.

    Raises
    ------
    OutputError
        If Typst is not installed (``pip install sozialraum[report]``) or refuses the document.
    """
    try:
        import typst  # noqa: PLC0415 - an extra, and only this output needs it
    except ModuleNotFoundError as error:
        raise OutputError(Problem(code="report.no_typst")) from error
    with tempfile.TemporaryDirectory() as folder:
        source = str(set_folder(document, Path(folder)))
        given: dict[str, Any] = {"output": str(path), "root": folder, "ignore_system_fonts": True}
        try:
            try:
                typst.compile(source, **given, pdf_standards=["ua-1"])
            except (RuntimeError, TypeError, ValueError, typst.TypstError):
                # An older Typst does not know the standard, and an author's headings may skip a level.
                typst.compile(source, **given)
        except (RuntimeError, typst.TypstError) as error:
            values = {"reason": str(error)}
            raise OutputError(Problem(code="report.not_set", file=str(path), values=values)) from error


def set_folder(document: Document, folder: Path) -> Path:
    """Write a document's source and pictures into an empty folder; return the path of the source."""
    for number, block in enumerate(document.blocks):
        if isinstance(block, Figure):
            (folder / f"{number}.png").write_bytes(block.png)
    source = folder / "main.typ"
    source.write_text(typst_source(document), encoding="utf-8")
    return source


def typst_source(document: Document) -> str:
    """Return the document in Typst's language; every word of a table or name is a string, never code."""
    names = {kind: text(f"report.caption.{kind}", document.language) for kind in ("figure", "table")}
    head = [
        f"#let audience = {_string(document.audience)}",
        f"#set document(title: {_string(document.title)}, author: (), date: none)",
        PREAMBLE,
        f'#set text(lang: "{document.language}")',
        f"#show figure.where(kind: image): set figure(supplement: {_string(names['figure'])})",
        f"#show figure.where(kind: table): set figure(supplement: {_string(names['table'])})",
        f"#title-block({_string(document.title)})\n" if document.title else "",
        f"#text(size: 12pt, {_string(document.subtitle)})\n" if document.subtitle else "",
        *_lists(document),
    ]
    return "\n".join([*head, *_blocks(document)]) + "\n"


def _lists(document: Document) -> Iterator[str]:
    """Write contents and lists of figures and tables, where there are at least two of them."""
    if not document.lists:
        return
    found = {
        "contents": (Heading, "heading.where(level: 1)"),
        "figure": (Figure, "figure.where(kind: image)"),
        "table": (Table, "figure.where(kind: table)"),
    }
    for kind, (block, target) in found.items():
        if kind != "contents" and not document.captions:
            continue
        if sum(isinstance(one, block) and getattr(one, "level", 1) == 1 for one in document.blocks) >= 2:
            words = _string(text(f"report.lists.{kind}", document.language))
            # Set as a heading, the list would stand in the contents itself.
            yield (
                f"#block(above: 1.6em, below: .8em, sticky: true, text(size: 13pt, weight: 700, {words}))\n"
                f"#outline(title: none, target: {target})\n"
            )
    yield "#pagebreak(weak: true)"


def _string(words: str) -> str:
    """Write a Typst string; in one nothing is read as markup."""
    shown = kept_together(straight(words)).replace("\\", "\\\\")
    return '"' + shown.replace('"', '\\"').replace("\n", "\\n") + '"'


def _floating(blocks: Sequence[Block]) -> set[int]:
    """Tell which figures may go to the foot of a page while the text goes on: those amid paragraphs.

    A figure below a heading or a table, or before one, stays where it is: the other would lose what belongs
    to it. Behind one that waits for the foot, the next waits, too: else it would overtake it.
    """
    found = set()
    waiting = False
    for number, block in enumerate(blocks):
        if not isinstance(block, Figure):
            waiting = waiting and isinstance(block, Paragraph)
            continue
        before = next((one for one in blocks[number::-1] if not isinstance(one, Figure)), None)
        after = next((one for one in blocks[number:] if not isinstance(one, Figure)), None)
        waiting = waiting or all(isinstance(one, Paragraph) for one in (before, after))
        if waiting:
            found.add(number)
    return found


def _blocks(document: Document) -> Iterator[str]:
    blocks = document.blocks
    floating = _floating(blocks)
    pending = False
    for number, block in enumerate(blocks):
        if pending and not isinstance(block, Paragraph) and number not in floating:
            # What was kept for the foot of a page comes before the next section, table or figure.
            yield "#place.flush()"
            pending = False
        pending = pending or number in floating
        match block:
            case Heading():
                yield f"#heading(level: {block.level}, {_string(block.text)})"
            case Paragraph(style="bullet" | "number"):
                name = "list" if block.style == "bullet" else "enum"
                first = not number or getattr(blocks[number - 1], "style", "") != block.style
                last = number + 1 == len(blocks) or getattr(blocks[number + 1], "style", "") != block.style
                yield (f"#{name}(" if first else "") + f"[{_words(block)}]," + (")\n" if last else "")
            case Paragraph(style="body"):
                yield f"#par[{_words(block)}]"
            case Paragraph():
                yield f"#{block.style}[{_words(block)}]\n"
            case Table():
                yield _table(block)
            case Figure():
                yield (
                    f'#figure(image("{number}.png", width: {100 * block.width:g}%, '
                    f"alt: {_string(block.alt)}), caption: {_string(block.caption)}"
                    f"{', placement: bottom' if number in floating else ''})"
                )
            case PageBreak():
                yield "#pagebreak(weak: true)"


def _words(block: Paragraph) -> str:
    names = {"strong": "strong", "emphasis": "emph"}
    return "".join(
        f"#{names[kind]}({_string(words)})" if kind else f"#{_string(words)}" for words, kind in block.runs()
    )


def _table(block: Table) -> str:
    align = ", ".join(
        "right" if position in block.numeric else "left" for position in range(len(block.header))
    )
    columns = ", ".join(f"{width}fr" for width in block.widths or (1,) * len(block.header))
    head = ", ".join(f"strong({_string(words)})" for words in block.header)
    cells = ",\n  ".join(", ".join(f"[#{_string(words)}]" for words in row) for row in block.rows)
    body = (
        f"table(columns: ({columns},), align: ({align},), "
        "stroke: (x, y) => (top: if y == 0 { .8pt } else { 0pt }, bottom: .4pt + luma(170)), "
        "fill: (x, y) => if y == 0 { luma(240) },"
    )
    note = f"\n#note[#{_string(block.note)}]\n" if block.note else ""
    # A short table stays on one page, and with its caption.
    whole = len(block.rows) <= ROWS_TOGETHER
    start, end = ("#block(breakable: false)[", "]") if whole else ("", "")
    rows = f",\n  {cells}" if cells else ""
    return (
        f"{start}#figure({body}\n  table.header({head}){rows}), kind: table, "
        f"caption: {_string(block.caption)}){end}{note}"
    )
