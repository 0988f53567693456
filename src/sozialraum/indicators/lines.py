"""Lines of a project file as messages propose them, to be copied into it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["as_patterns", "line_of", "pairs_line"]

MANY = 6
"""So many entries that begin alike are written as a pattern."""


def as_patterns(texts: Sequence[str], others: Iterable[str]) -> list[str]:
    """Write many texts that begin alike, and as nothing else does, as one pattern: ``W*``."""
    taken = tuple(others)
    groups: dict[str, list[str]] = {}
    for text in texts:
        letters = re.match(r"[^\W\d_]+", text)
        groups.setdefault(letters.group() if letters else "", []).append(text)
    found: list[str] = []
    for begin, members in groups.items():
        alone = begin and not any(other.startswith(begin) for other in taken)
        found += [f"{begin}*"] if alone and len(members) >= MANY else members
    return found


def line_of(option: str, texts: Iterable[str]) -> str:
    """Write an option that is a list of texts."""
    return f"{option} = {json.dumps(list(texts), ensure_ascii=False)}"


def pairs_line(option: str, pairs: Mapping[str, str]) -> str:
    """Write an option that is a table of texts to texts."""
    quoted = (" = ".join(json.dumps(text, ensure_ascii=False) for text in pair) for pair in pairs.items())
    return f"{option} = {{ {', '.join(quoted)} }}"
