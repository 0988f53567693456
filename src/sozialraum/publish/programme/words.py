"""Headings and words of a programme's tables, for people."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.programme.sheets.every import SHEETS, sheet
from sozialraum.texts import has_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialraum.publish.programme.payload import Both
    from sozialraum.texts import Language

__all__ = ["choice_words", "heading", "in_words"]


def in_words(
    table: pd.DataFrame,
    language: Language,
    *,
    labels: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return a table with headings and words for people; what has no word keeps its id.

    Parameters
    ----------
    table
        Columns and cells with English ids.
    language
        Of headings and words.
    labels
        Indicator to what people call it.
    groups
        The same for target groups of the city's own.
    """
    shown = table.copy()
    for column in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[column]) or pd.api.types.is_bool_dtype(shown[column]):
            words: Mapping[str, str] = _choices().get(str(column), {})
            given = shown[column].tolist()
            texts = {cell for cell in given if isinstance(cell, str)}
            told = {cell: _shown(cell, words, language, groups or {}) for cell in texts}
            if column == "variant":
                told = {cell: _variant(cell, language, labels or {}) for cell in texts}
            if column == "indicator" and labels:
                told |= {cell: labels[cell] for cell in told if cell in labels}
            cells = [told[cell] if isinstance(cell, str) else _word(cell, language) for cell in given]
            shown[column] = pd.Series(cells, index=shown.index, dtype=object)
    return shown.rename(columns={column: heading(str(column), language) for column in shown.columns})


def _shown(cell: str, words: Mapping[str, str], language: Language, groups: Mapping[str, str]) -> object:
    if cell not in words and cell in groups:
        return groups[cell]
    if cell not in words:
        themed = cell.count(":") == 1 and " " not in cell
        return _theme(cell, language, groups) if themed else _word(cell, language)
    return words[cell] if language == "de" else cell.replace("_", " ")


def _variant(cell: str, language: Language, labels: Mapping[str, str]) -> str:
    """Write a choice of the method and its option: ``limits: wider``, ``indicators: without rents``."""
    choice, colon, option = cell.partition(": ")
    if option.startswith("without "):
        left = option.removeprefix("without ")
        option = text("findings.option.without", language, name=labels.get(left, left))
    keys = {part: f"findings.word.{part.replace(' ', '_')}" for part in (choice, option)}
    return colon.join(text(key, language) if has_text(key) else part for part, key in keys.items() if part)


def _theme(cell: str, language: Language, groups: Mapping[str, str]) -> str:
    """Write a kind of facility and a target group as words."""
    known = {**_choices()["kind"], **_choices()["target_group"], **groups}
    parts = [known.get(part, part) for part in cell.split(":")]
    ids = [groups.get(part, str(_word(part, language)).replace("_", " ")) for part in cell.split(":")]
    return " / ".join(parts if language == "de" else ids)


@cache
def _choices() -> dict[str, dict[str, str]]:
    """Return the German words of the drop-down lists by column and id."""
    found: dict[str, dict[str, str]] = {}
    for schema in SHEETS:
        for column in schema.columns:
            for choice in column.choices:
                found.setdefault(column.id, {})[choice.id] = choice.label
    return found


def choice_words(name: str, column: str, value: object) -> Both | None:
    """Return the words of a choice of a sheet in both languages; a text of one's own stays as it is.

    Parameters
    ----------
    name, column
        English ids of sheet and column.
    value
        Id of the choice; None gives None.
    """
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return None
    german = str(sheet(name)[column].label(value))
    # Ids are English. Words of other tables do not hold here: need is no quadrant.
    return {"de": german, "en": str(value).replace("_", " ") if german != value else german}


def _word(cell: object, language: Language) -> object:
    if isinstance(cell, bool):
        return text(f"programme_report.word.{'yes' if cell else 'no'}", language)
    if isinstance(cell, (tuple, list)):
        return "|".join(map(str, cell))
    if cell is None or (isinstance(cell, float) and pd.isna(cell)):
        return None
    if isinstance(cell, str) and cell.isidentifier():
        for area in ("programme_report.state", "programme_report.word", "findings.word"):
            if has_text(f"{area}.{cell}"):
                return text(f"{area}.{cell}", language)
    return cell


def heading(column: str, language: Language) -> str:
    """Return the heading of a column, or the name of a table, as people read it."""
    for area in ("programme_report", "findings"):
        key = f"{area}.column.{column}"
        if column.isidentifier() and has_text(key):
            return text(key, language)
    return column
