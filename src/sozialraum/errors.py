"""What can be wrong, told so that a person can mend it.

A `Problem` is one fault (or one remark): a code, where it is, and the values that its text needs.
Texts are kept per language in `sozialraum/texts`. Validation gathers all problems of an input, then
raises them together as one `SozialraumError`.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sozialraum.preferences import options
from sozialraum.texts import Language, has_text, text
from sozialraum.texts.paths import short_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "AlignmentError",
    "BoundaryError",
    "CatalogueError",
    "DisclosureError",
    "JoinError",
    "OutputError",
    "Problem",
    "ProjectError",
    "Severity",
    "SozialraumError",
    "TableError",
    "raise_problems",
    "require_catalogue",
    "require_long",
    "require_panel",
    "shorten",
]

Severity = Literal["error", "warning", "note"]

KEYS_SHOWN = 20
"""A message names this many keys, so that it stays on a screen; past it, it counts the rest."""


def shorten(keys: Iterable[object], limit: int = KEYS_SHOWN) -> str:
    """Join keys with commas; past `limit` keys, say how many are left out."""
    found = [str(key) for key in keys]
    left_out = len(found) - limit
    return ", ".join(found[:limit]) + (f", … (+{left_out})" if left_out > 0 else "")


DAYS = {
    *("begins", "date", "dates", "day", "due", "earlier", "end", "ends", "later", "period", "start", "when"),
    *("first", "last", "list", "since", "until"),
}
"""Values of texts that hold days; what a user has written himself is not among them."""

_ISO_DAY = re.compile(r"\b((?:1[89]|20|21)[0-9]{2})-([01][0-9])-([0-3][0-9])\b")


def _german_days(value: object) -> object:
    """Write days as people in Germany do: 31.12.2023."""
    return _ISO_DAY.sub(r"\3.\2.\1", value) if isinstance(value, str) else value


_REASONS = {
    os.strerror(number): f"files.reason.{name}"
    for number, name in (
        (errno.ENOENT, "missing"),
        (errno.EACCES, "denied"),
        (errno.EPERM, "denied"),
        (errno.EISDIR, "folder"),
        (errno.ENOTDIR, "no_folder"),
        (errno.ENOSPC, "full"),
        (errno.EROFS, "read_only"),
    )
}
"""What a system says of a file that cannot be opened, to our words for it."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault or remark about an input.

    Parameters
    ----------
    code
        Area and name of the text, for example ``"boundaries.duplicate_key"``.
    severity
        ``"error"`` stops the run, ``"warning"`` is shown and kept in the provenance, ``"note"`` informs.
    file, sheet, row, column
        Where it is; `row` counts as the file's own editor counts, from 1.
    keys
        The district keys that it concerns, all of them.
    values
        What the text's placeholders need. ``keys`` and ``count`` are filled in from `keys`.
    """

    code: str
    severity: Severity = "error"
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    keys: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language | None = None) -> str:
        """Say where it is, what is wrong, and what to do; in the language of `options` unless stated."""
        language = language or options.language
        values = {"keys": shorten(self.keys), "count": len(self.keys), **self.values}
        if values.get("reason") in _REASONS:
            values["reason"] = text(_REASONS[str(values["reason"])], language)
        if language == "de":
            values |= {name: _german_days(values[name]) for name in DAYS & values.keys()}
        parts = [text(self.code, language, **values)]
        if has_text(f"{self.code}.do"):
            parts.append(text(f"{self.code}.do", language, **values))
        where = self._where(language)
        return (f"{where}: " if where else "") + " ".join(parts)

    def _where(self, language: Language) -> str:
        places = (("sheet", self.sheet), ("row", self.row), ("column", self.column))
        found = [short_path(self.file)] if self.file else []
        found += [
            text(f"common.{name}", language, place=place) for name, place in places if place is not None
        ]
        return ", ".join(found)


class SozialraumError(ValueError):
    """Base of all errors that a user can mend; carries every problem found, not only the first.

    Parameters
    ----------
    *problems
        The faults, each with its place and remedy.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = problems

    def text(self, language: Language | None = None) -> str:
        """Give one line per problem; in the language of `options` unless stated."""
        return "\n".join(problem.text(language) for problem in self.problems)

    def __str__(self) -> str:
        return self.text()


class BoundaryError(SozialraumError):
    """Polygons that cannot be used as they are."""


class TableError(SozialraumError):
    """An indicator table that cannot be read, or cannot be read unambiguously."""


class CatalogueError(SozialraumError):
    """An indicator catalogue that contradicts itself or the tables."""


class JoinError(SozialraumError):
    """Polygons and rows that do not belong together one to one."""


class AlignmentError(SozialraumError):
    """Two inputs of one function that do not cover the same districts."""


class ProjectError(SozialraumError):
    """A project file with wrong, unknown or missing entries."""


class DisclosureError(SozialraumError):
    """A release that would publish what confidentiality forbids."""


class OutputError(SozialraumError):
    """Results that could not be written."""


def raise_problems(problems: Iterable[Problem], error: type[SozialraumError]) -> None:
    """Raise `error` with all `problems` if at least one of them is of severity ``"error"``."""
    found = tuple(problems)
    if any(problem.severity == "error" for problem in found):
        raise error(*found)


def require_long(rows: object) -> None:
    """Refuse what is no long table of indicators; name the columns that are missing."""
    lacking = tuple(name for name in ("indicator", "date") if name not in getattr(rows, "columns", ()))
    if lacking:
        raise AlignmentError(Problem(code="panel.not_long", keys=lacking))


def require_catalogue(catalogue: Any, names: Iterable[object] = ()) -> None:  # noqa: ANN401 - whatever is given
    """Refuse what is no catalogue, or does not know all of `names`."""
    if "kind" not in getattr(catalogue, "columns", ()):
        values = {"type": type(catalogue).__name__}
        raise SozialraumError(Problem(code="panel.no_catalogue", values=values))
    absent = tuple(str(name) for name in names if name not in catalogue.index)
    if absent:
        raise SozialraumError(Problem(code="panel.not_in_catalogue", keys=absent))


def require_panel(given: object) -> None:
    """Refuse what is no panel."""
    if not hasattr(given, "indicators") or not hasattr(given, "catalogue"):
        raise SozialraumError(Problem(code="panel.no_panel", values={"type": type(given).__name__}))
