"""What may stand in a column, in words; and the reference of all sheets for the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.programme.sheets.every import SHEETS
from sozialraum.programme.sheets.model import CATALOGUE, DISTRICTS, VARIABLES
from sozialraum.texts import DEFAULT_LANGUAGE, Language, has_text, text

if TYPE_CHECKING:
    from sozialraum.programme.sheets.model import Column

__all__ = ["column_help", "sheet_reference"]


def column_help(column: Column, language: Language = DEFAULT_LANGUAGE) -> str:
    """Say in a sentence or two what may stand in a column."""
    words = [choice.label if language == "de" else choice.id for choice in column.choices]
    parts = []
    if has_text(f"programme_sheets.column.{column.id}"):
        parts.append(text(f"programme_sheets.column.{column.id}", language))
    parts.append(text(f"programme_sheets.kind.{column.kind}", language, words=", ".join(words)))
    if column.open_choices:
        parts.append(text("programme_sheets.title.own_word", language))
    if column.refers in {DISTRICTS, CATALOGUE, VARIABLES}:
        parts.append(text(f"programme_sheets.refers.{column.refers}", language))
    elif column.refers:
        names = {schema.id: schema.name if language == "de" else schema.id for schema in SHEETS}
        parts.append(text("programme_sheets.refers.sheet", language, sheet=names[column.refers]))
    return " ".join(part for part in parts if part)


def sheet_reference(language: Language = DEFAULT_LANGUAGE) -> str:
    """Return the reference of all sheets as Markdown: headings, ids, what may stand there."""
    yes = text("programme_sheets.title.yes", language)
    heads = text("programme_sheets.title.reference", language).split("|")
    lines: list[str] = []
    for schema in SHEETS:
        lines += [f"### {schema.name} (`{schema.id}`)", "", schema.purpose(language), ""]
        lines += ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
        lines += [
            f"| {column.heading} | `{column.id}` | {yes if column.required else ''} "
            f"| {column_help(column, language).replace('|', chr(92) + '|')} |"
            for column in schema.columns
        ]
        lines.append("")
    return "\n".join(lines)
