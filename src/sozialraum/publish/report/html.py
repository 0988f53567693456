"""A document as one HTML file that asks the network for nothing."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from sozialraum.publish.report.content import Figure, Heading, PageBreak, Paragraph, Table
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sozialraum.publish.report.content import Document

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
td { border-bottom: 1px solid #8884; overflow-wrap: anywhere; } .n { text-align: right; }
.audience { border: 1px solid; padding: .4rem .8rem; font-size: .85rem; }
.wide { overflow-x: auto; }
@media print { body { max-width: none; margin: 0; } tr, figure { break-inside: avoid; }
  .break { break-before: page; } }
"""


def write_html(document: Document, path: Path) -> None:
    """Write a document as HTML; the same document gives the same bytes."""
    words = "\n".join(_blocks(document))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    path.write_text(
        f'<!doctype html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>{LOOK}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(document.title)}</h1>\n<p class="subtitle">{escape(document.subtitle)}</p>\n'
        f'<p class="audience">{escape(document.audience)}</p>\n{words}\n</main>\n</body>\n</html>\n',
        encoding="utf-8",
        newline="\n",
    )


def _blocks(document: Document) -> Iterator[str]:
    counts = {"figure": 0, "table": 0}

    def caption(kind: str, words: str) -> str:
        counts[kind] += 1
        return f"{text(f'report.caption.{kind}', document.language)} {counts[kind]}: {escape(words)}"

    for block in document.blocks:
        match block:
            case Heading():
                level = min(block.level + 1, 6)
                yield f"<h{level}>{escape(block.text)}</h{level}>"
            case Paragraph():
                yield f'<p class="{block.style}">{escape(block.text)}</p>'
            case Table():
                yield _table(block, caption("table", block.caption))
            case Figure():
                data = base64.b64encode(block.png).decode()
                yield (
                    f'<figure><img alt="{escape(block.alt, quote=True)}" src="data:image/png;base64,{data}">'
                    f"<figcaption>{caption('figure', block.caption)}</figcaption></figure>"
                )
            case PageBreak():
                yield '<div class="break"></div>'


def _table(block: Table, caption: str) -> str:
    def cell(name: str, position: int, words: str) -> str:
        look = ' class="n"' if position in block.numeric else ""
        scope = ' scope="col"' if name == "th" else ""
        return f"<{name}{scope}{look}>{escape(words)}</{name}>"

    head = "".join(cell("th", position, words) for position, words in enumerate(block.header))
    rows = "".join(
        f"<tr>{''.join(cell('td', position, words) for position, words in enumerate(row))}</tr>\n"
        for row in block.rows
    )
    note = f'\n<p class="note">{escape(block.note)}</p>' if block.note else ""
    return (
        f'<div class="wide"><table><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table></div>{note}"
    )
