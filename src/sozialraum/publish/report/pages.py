"""How long a document is: set by Typst where it is installed, estimated where it is not."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from sozialraum.publish.report.content import Document, Figure, Heading, Paragraph, Table
from sozialraum.publish.report.formats.pdf import set_folder

__all__ = ["pages"]

LETTERS, LINES = 95, 48
"""Letters of a line and lines of a page, for the estimate."""


def pages(document: Document) -> int:
    """Return the number of pages of a document on A4.

    Parameters
    ----------
    document
        What is measured; its title counts, too.
    """
    try:
        import json  # noqa: PLC0415 - only here

        import typst  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        return _estimate(document)
    with tempfile.TemporaryDirectory() as folder:
        source = set_folder(document, Path(folder))
        with source.open("a", encoding="utf-8") as file:
            file.write("\n#context [#metadata(counter(page).final().first()) <pages>]\n")
        try:
            found = typst.query(
                str(source), "<pages>", field="value", one=True, root=folder, ignore_system_fonts=True
            )
        except (RuntimeError, TypeError, typst.TypstError):
            return _estimate(document)
    return int(json.loads(found))


def _estimate(document: Document) -> int:
    lines = 0.0
    for block in document.blocks:
        match block:
            case Heading():
                lines += 2.5
            case Paragraph():
                lines += math.ceil(len(block.text) / LETTERS) + 0.6
            case Table():
                rows = (block.header, *block.rows)
                width = LETTERS / max(len(block.header), 1) * 1.2
                lines += sum(max(math.ceil(len(cell) / width) for cell in row) * 0.85 + 0.3 for row in rows)
                lines += 2.5 + len(block.note) / LETTERS
            case Figure():
                lines += 24 * block.width
    return max(1, math.ceil(lines / LINES))
