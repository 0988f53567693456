"""A document as PDF, set by Typst (a wheel that brings its own fonts; nothing is fetched)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.errors import OutputError, Problem
from sozialraum.publish.report.content import Figure, Heading, PageBreak, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.publish.report.content import Document

__all__ = ["typst_source", "write_pdf"]

PREAMBLE = """#set page(paper: "a4", margin: (x: 22mm, top: 20mm, bottom: 22mm), numbering: "1 / 1",
  footer: context [#text(size: 8pt)[#audience #h(1fr) #counter(page).display("1 / 1", both: true)]])
#set text(font: "Libertinus Serif", size: 10.5pt)
#set par(justify: true, leading: .62em)
#show heading: set block(above: 1.6em, below: .8em)
#show figure.caption: set text(size: 9pt)
#show figure.caption: set align(left)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): set block(breakable: true)
#show table.cell: set text(size: 8.5pt)
#show table.cell: set par(justify: false)
#let lead(words) = block(
  inset: (left: 10pt), stroke: (left: 2.5pt + rgb("#b5521d")), text(size: 11.5pt, words))
#let note(words) = text(size: 8.5pt, words)
"""


def write_pdf(document: Document, path: Path) -> None:
    """Write a document as PDF with extractable text, embedded fonts and a title.

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
        root = Path(folder)
        for number, block in enumerate(document.blocks):
            if isinstance(block, Figure):
                (root / f"{number}.png").write_bytes(block.png)
        (root / "main.typ").write_text(typst_source(document), encoding="utf-8")
        try:
            typst.compile(str(root / "main.typ"), output=str(path), root=str(root))
        except (RuntimeError, typst.TypstError) as error:
            values = {"reason": str(error)}
            raise OutputError(Problem(code="report.not_set", file=str(path), values=values)) from error


def typst_source(document: Document) -> str:
    """Return the document in Typst's language; every word of a table or name is a string, never code."""
    head = [
        f"#let audience = {_string(document.audience)}",
        f"#set document(title: {_string(document.title)}, author: (), date: none)",
        PREAMBLE,
        f'#set text(lang: "{document.language}")',
        f"#text(size: 20pt, weight: 700, {_string(document.title)})\n",
        f"#text(size: 12pt, {_string(document.subtitle)})\n" if document.subtitle else "",
    ]
    return "\n".join([*head, *_blocks(document)]) + "\n"


def _string(words: str) -> str:
    """Write a Typst string; in one nothing is read as markup."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _blocks(document: Document) -> Iterator[str]:
    for number, block in enumerate(document.blocks):
        match block:
            case Heading():
                yield f"#heading(level: {block.level}, {_string(block.text)})"
            case Paragraph(style="body"):
                yield f"#par({_string(block.text)})"
            case Paragraph():
                yield f"#{block.style}({_string(block.text)})\n"
            case Table():
                yield _table(block)
            case Figure():
                yield (
                    f'#figure(image("{number}.png", width: 100%, alt: {_string(block.alt)}), '
                    f"caption: {_string(block.caption)})"
                )
            case PageBreak():
                yield "#pagebreak(weak: true)"


def _table(block: Table) -> str:
    align = ", ".join(
        "right" if position in block.numeric else "left" for position in range(len(block.header))
    )
    columns = ", ".join(f"{width}fr" for width in block.widths or (1,) * len(block.header))
    head = ", ".join(f"strong({_string(words)})" for words in block.header)
    cells = ",\n  ".join(", ".join(f"[#{_string(words)}]" for words in row) for row in block.rows)
    body = f"table(columns: ({columns},), align: ({align},), stroke: (x, y) => (bottom: .4pt + luma(180)),"
    note = f"\n#note({_string(block.note)})\n" if block.note else ""
    return (
        f"#figure({body}\n  table.header({head}),\n  {cells}), kind: table, "
        f"caption: {_string(block.caption)}){note}"
    )
