"""A document as one HTML file that asks the network for nothing."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from sozialraum.publish.direction import straight
from sozialraum.publish.report.content import Figure, Heading, PageBreak, Paragraph, Table
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sozialraum.publish.report.content import Block, Document
    from sozialraum.texts import Language

__all__ = ["write_html"]

LOOK = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.3rem; margin-top: 2.2rem; }
h3 { font-size: 1.05rem; margin-top: 1.6rem; }
.subtitle { color: GrayText; }
.lead { font-size: 1.1rem; border-left: 4px solid #b5521d; padding-left: 1rem; }
.note, figcaption, caption { font-size: .85rem; }
caption { text-align: left; padding: .4rem 0; } figure { margin: 1.5rem 0; }
img { max-width: 100%; height: auto; background: #fff; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: left; border-bottom: 2px solid; } th, td { padding: .25rem .5rem; vertical-align: top; }
td { border-bottom: 1px solid #8884; overflow-wrap: break-word; } .n { text-align: right; }
.audience { border: 1px solid; padding: .4rem .8rem; font-size: .85rem; }
nav { font-size: .9rem; columns: 18rem; } nav p { margin: 0; } nav a { color: inherit; }
.wide { overflow-x: auto; }
@media print { body { max-width: none; margin: 0; } tr, figure { break-inside: avoid; }
  thead { display: table-header-group; } .break { break-before: page; } }
"""
TAGS = {"strong": "strong", "emphasis": "em"}
LISTS = {"bullet": "ul", "number": "ol"}


def write_html(document: Document, path: Path) -> None:
    """Write a document as HTML; the same document gives the same bytes."""
    words = "\n".join(_blocks(document))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    path.write_text(
        f'<!doctype html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escape(document.title)}</title>\n<style>{LOOK}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{_escape(document.title)}</h1>\n<p class="subtitle">{_escape(document.subtitle)}</p>\n'
        f'<p class="audience">{_escape(document.audience)}</p>\n{_contents(document)}{words}\n'
        "</main>\n</body>\n</html>\n",
        encoding="utf-8",
        newline="\n",
    )


def _contents(document: Document) -> str:
    heads = [block for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    if not document.lists or len(heads) < 2:
        return ""
    label = text("report.lists.contents", document.language)
    links = "".join(
        f'<p><a href="#s{number}">{_escape(head.text)}</a></p>' for number, head in enumerate(heads, 1)
    )
    return f'<nav aria-label="{_escape(label, quote=True)}">{links}</nav>\n'


def _blocks(document: Document) -> Iterator[str]:
    counts = {"figure": 0, "table": 0, "section": 0}
    opened = ""
    for block in document.blocks:
        wanted = LISTS.get(block.style, "") if isinstance(block, Paragraph) else ""
        if wanted != opened:
            yield (f"</{opened}>" if opened else "") + (f"<{wanted}>" if wanted else "")
            opened = wanted
        yield _block(block, counts, document.language)
    if opened:
        yield f"</{opened}>"


def _block(block: Block, counts: dict[str, int], language: Language) -> str:
    """Write one block; `counts` goes on counting figures, tables and sections."""
    match block:
        case Heading(level=1):
            counts["section"] += 1
            return f'<h2 id="s{counts["section"]}">{_escape(block.text)}</h2>'
        case Heading():
            level = min(block.level + 1, 6)
            return f"<h{level}>{_escape(block.text)}</h{level}>"
        case Paragraph():
            words = _words(block)
            return f"<li>{words}</li>" if block.style in LISTS else f'<p class="{block.style}">{words}</p>'
        case Table():
            return _table(block, _caption("table", block.caption, counts, language))
        case Figure():
            data = base64.b64encode(block.png).decode()
            caption = _caption("figure", block.caption, counts, language)
            return (
                f'<figure><img alt="{_escape(block.alt, quote=True)}" src="data:image/png;base64,{data}">'
                f"<figcaption>{caption}</figcaption></figure>"
            )
        case PageBreak():
            return '<div class="break"></div>'


def _escape(words: str, *, quote: bool = True) -> str:
    return escape(straight(words), quote=quote)


def _caption(kind: str, words: str, counts: dict[str, int], language: Language) -> str:
    counts[kind] += 1
    return f"{text(f'report.caption.{kind}', language)} {counts[kind]}: {_escape(words)}"


def _words(block: Paragraph) -> str:
    return "".join(
        f"<{TAGS[kind]}>{_escape(words)}</{TAGS[kind]}>" if kind else _escape(words)
        for words, kind in block.runs()
    )


def _table(block: Table, caption: str) -> str:
    def cell(name: str, position: int, words: str) -> str:
        look = ' class="n"' if position in block.numeric else ""
        scope = ' scope="col"' if name == "th" else ""
        return f"<{name}{scope}{look}>{_escape(words)}</{name}>"

    head = "".join(cell("th", position, words) for position, words in enumerate(block.header))
    rows = "".join(
        f"<tr>{''.join(cell('td', position, words) for position, words in enumerate(row))}</tr>\n"
        for row in block.rows
    )
    note = f'\n<p class="note">{_escape(block.note)}</p>' if block.note else ""
    return (
        f'<div class="wide"><table><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table></div>{note}"
    )
