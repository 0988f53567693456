"""All words that users read, in German and English, side by side.

A text's key is `area.name`; area is the name of a TOML file in this folder, which holds for each name
``de`` and ``en``. Placeholders are those of `str.format`. Code asks with `text(key, language, **values)`.
Where a text counts (``{number}`` or ``{count}``), ``one = { de = ..., en = ... }`` is how it says one. Where
it counts several things, ``{name:1 Gebiet|# Gebiete}`` says one and many of each, ``{name:none|one|many}``
also none; ``#`` stands for the number. Pages read these forms, too (`publish/atlas/assets/core/words.js`).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any, Literal, get_args

from sozialraum.texts.paths import short_path

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Language", "area_texts", "has_text", "text"]

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "de"


_FORMS = re.compile(r"\{(\w+):([^{}|]*\|[^{}]*)\}")
"""What is said of one and of many."""


@cache
def _area(area: str) -> dict[str, Any]:
    source = files(__name__) / f"{area}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}


@cache
def _find(key: str) -> dict[str, Any] | None:
    area, _, path = key.partition(".")
    found: Any = _area(area)
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) and "de" in found else None


def has_text(key: str) -> bool:
    """Tell whether a text of this key exists."""
    return _find(key) is not None


def text(key: str, language: Language = DEFAULT_LANGUAGE, /, **values: object) -> str:
    """Return the text of `key` in `language` with its placeholders filled; a `Path` is written short.

    Raises
    ------
    KeyError
        If there is no such text: a mistake of ours, never of the user's data.
    """
    found = _find(key)
    if found is None:
        raise KeyError(key)
    if "one" in found and values.get("number", values.get("count")) == 1:
        found = found["one"]
    template: str = found[language]
    values = {
        name: short_path(value) if isinstance(value, PurePath) else value for name, value in values.items()
    }
    if "|" in template:
        template = _FORMS.sub(lambda form: _told(str(values[form[1]]), form[2]), template)
    return template.format(**values)


def _told(number: str, forms: str) -> str:
    """Choose the form that fits a number, and put it in."""
    *none, one, many = forms.split("|")
    if number == "0" and none:
        return none[0].replace("#", number)
    return (one if number == "1" else many).replace("#", number)


def area_texts(area: str, language: Language = DEFAULT_LANGUAGE) -> dict[str, str]:
    """Return all texts of one area, unfilled, by dotted name without the area (for pages that fill them)."""
    found: dict[str, str] = {}

    def collect(prefix: str, node: dict[str, Any]) -> None:
        if "de" in node:
            found[prefix] = node[language]
        for name, child in node.items():
            if isinstance(child, dict):
                collect(f"{prefix}.{name}" if prefix else name, child)

    collect("", _area(area))
    return found
