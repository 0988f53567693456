"""Text blocks: an author's own words for named sections, plain Markdown files in a folder of the project.

``KIND.SECTION.md`` takes the place of a section's sentences (its figures and tables stay), and
``KIND.SECTION.before.md`` and ``KIND.SECTION.after.md`` add to it. ``KIND.foreword.md`` and
``KIND.closing.md`` stand before the first and behind the last section. Nothing in a file is executed: what
is not a heading, a list, or a stretch in bold or italics stays the words that it is.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from sozialraum.errors import OutputError, Problem, raise_problems
from sozialraum.publish.report.content import Heading, Mark, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sozialraum.publish.report.content import Block, Document

__all__ = ["SLOTS", "TextBlocks", "markdown", "read_blocks", "with_blocks"]

Place = Literal["instead", "before", "after"]

SLOTS = ("foreword", "closing")
"""Sections that every kind of document has, empty unless an author fills them."""

LONGEST = 200_000
"""Letters of one file; a longer one is no text block."""

_MARKED = re.compile(r"\\([\\*_#>-])|\*\*(?=\S)(.+?)(?<=\S)\*\*|\*(?=\S)(.+?)(?<=\S)\*", re.DOTALL)
_ITEM = re.compile(r"[-*+]\s+(.*)")
_NUMBERED = re.compile(r"\d{1,3}[.)]\s+(.*)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")


@dataclass(frozen=True, kw_only=True)
class TextBlocks:
    """The files of a folder: kind and section of the document, and where the words go.

    Parameters
    ----------
    blocks
        (kind, section, place) to what the file says.
    files
        The same to the file, for messages.
    """

    blocks: Mapping[tuple[str, str, Place], tuple[Block, ...]] = field(default_factory=dict)
    files: Mapping[tuple[str, str, Place], str] = field(default_factory=dict)


def read_blocks(folder: Path, names: Mapping[str, Iterable[str]]) -> TextBlocks:
    """Read an author's text blocks.

    Parameters
    ----------
    folder
        Files ``KIND.SECTION[.before|.after].md``; hidden files and ``README.md`` are left alone.
    names
        Kind of document to the names of its sections.

    Raises
    ------
    OutputError
        With every file whose name says no section, and every one that is not UTF-8.
    """
    allowed = {kind: {*SLOTS, *sections} for kind, sections in names.items()}
    problems: list[Problem] = []
    blocks: dict[tuple[str, str, Place], tuple[Block, ...]] = {}
    files: dict[tuple[str, str, Place], str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.lower() == "readme.md":
            continue
        key = _key(path.name, allowed)
        if key is None:
            problems.append(_unknown(path, allowed))
            continue
        try:
            words = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            values = {"reason": getattr(error, "strerror", None) or "UTF-8"}
            problems.append(Problem(code="report.block_not_read", file=str(path), values=values))
            continue
        if len(words) > LONGEST:
            problems.append(Problem(code="report.block_too_long", file=str(path), values={"most": LONGEST}))
            continue
        blocks[key], files[key] = markdown(words, first=1 if key[1] in SLOTS else 2), str(path)
    raise_problems(problems, OutputError)
    return TextBlocks(blocks=blocks, files=files)


def _key(name: str, allowed: Mapping[str, set[str]]) -> tuple[str, str, Place] | None:
    if not name.endswith(".md"):
        return None
    kind, _, section = name.removesuffix(".md").partition(".")
    place: Place = "instead"
    for found in ("before", "after"):
        if section.endswith(f".{found}"):
            section, place = section.removesuffix(f".{found}"), found
    return (kind, section, place) if section in allowed.get(kind, ()) else None


def _unknown(path: Path, allowed: Mapping[str, set[str]]) -> Problem:
    kind = path.name.partition(".")[0]
    known = [f"{kind}.{name}.md" for name in sorted(allowed[kind])] if kind in allowed else []
    known = known or [f"{name}.….md" for name in sorted(allowed)]
    near = difflib.get_close_matches(path.name, known, n=1, cutoff=0.5)
    shown = ", ".join(known[:25]) + (" …" if len(known) > 25 else "")
    values = {"written": path.name, "allowed": shown, "proposal": near[0] if near else known[0]}
    return Problem(code="report.block_unknown", file=str(path), values=values)


def markdown(words: str, *, first: int = 1) -> tuple[Block, ...]:
    r"""Read plain Markdown: headings, paragraphs, lists, quotes, bold and italics; all else stays words.

    Parameters
    ----------
    words
        The file.
    first
        Level that ``#`` becomes.

    Examples
    --------
    >>> markdown("# Lage\n\nDas **ist** so.")
    (Heading(text='Lage', level=1), Paragraph(text='Das ist so.', style='body', marks=(Mark(start=4, end=7, kind='strong'),)))
    """  # noqa: E501 - a doctest's line
    found: list[Block] = []
    open_: list[str] = []
    style: Literal["body", "lead", "bullet", "number"] = "body"

    def close() -> None:
        if open_:
            found.append(_paragraph(" ".join(open_), style))
            open_.clear()

    for line in [*words.replace("\r\n", "\n").split("\n"), ""]:
        bare = line.strip()
        if heading := _HEADING.fullmatch(bare):
            close()
            found.append(Heading(heading[2], min(len(heading[1]) - 1 + first, 4)))
        elif not bare:
            close()
            style = "body"
        elif item := (_ITEM.fullmatch(bare) or _NUMBERED.fullmatch(bare)):
            close()
            style = "bullet" if item.re is _ITEM else "number"
            open_.append(item[1])
        elif bare.startswith("> ") and style == "body":
            if not open_:
                style = "lead"
            open_.append(bare[2:])
        else:
            open_.append(bare.removeprefix("> ") if style == "lead" else bare)
    return tuple(found)


def _paragraph(words: str, style: Literal["body", "lead", "bullet", "number"]) -> Paragraph:
    pieces: list[str] = []
    marks: list[Mark] = []
    place = length = 0
    for match in _MARKED.finditer(words):
        pieces.append(words[place : match.start()])
        length += len(pieces[-1])
        inside = match[1] or match[2] or match[3]
        if not match[1]:
            marks.append(Mark(length, length + len(inside), "strong" if match[2] else "emphasis"))
        pieces.append(inside)
        length += len(inside)
        place = match.end()
    pieces.append(words[place:])
    return Paragraph("".join(pieces), style, tuple(marks))


def with_blocks(document: Document, kind: str, texts: TextBlocks) -> Document:
    """Return a document with its author's words in their places."""
    ours = {(section, place): found for (of, section, place), found in texts.blocks.items() if of == kind}
    if not ours:
        return document
    sections = [_edited(section, ours) for section in document.sections]
    foreword, closing = (
        tuple(block for place in ("before", "instead", "after") for block in ours.get((slot, place), ()))
        for slot in SLOTS
    )
    if foreword:
        sections.insert(0, Section(name="foreword", heading="", blocks=foreword))
    if closing:
        sections.append(Section(name="closing", heading="", blocks=closing))
    return replace(document, sections=tuple(sections))


def _edited(section: Section, ours: Mapping[tuple[str, Place], tuple[Block, ...]]) -> Section:
    before, instead, after = (ours.get((section.name, place)) for place in ("before", "instead", "after"))
    blocks = section.blocks
    if instead is not None:
        # Figures and tables stay, and with them their headings.
        kept = tuple(block for block in blocks if not isinstance(block, Paragraph))
        blocks = (*instead, *kept)
    return replace(section, blocks=(*(before or ()), *blocks, *(after or ())))
