"""What is wrong with an entry of the project file, where it stands, and what belongs there."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sozialraum.errors import Problem
from sozialraum.project.toml_text import toml_value
from sozialraum.texts import has_text

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["OPTION_WORDS", "fault_of"]

OPTION_WORDS = frozenset(
    {"date", "date_column", "encoding", "separator", "decimal", "sheet", "convention", "join"}
)
"""Options of a table whose values are texts, as those of its variables are; none is a variable's name."""


def fault_of(path: Path, source: str, details: ErrorDetails, root: type[BaseModel]) -> Problem:
    """Say of one validation error which entry it is, and what may stand there.

    Parameters
    ----------
    path, source
        The project file and its text.
    details
        The error, as pydantic tells it.
    root
        The model of the whole file.
    """
    place = tuple(
        part for part in details["loc"] if not (isinstance(part, str) and part.startswith("function"))
    )
    entry = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    kind, context = details["type"], details.get("ctx", {})
    values: dict[str, object] = {
        "entry": entry,
        "found": _as_written(details.get("input")),
        "expected": str(context.get("expected", "")).replace(" or ", ", "),
        "limit": next((context[name] for name in ("ge", "gt", "le", "lt") if name in context), ""),
        "allowed": ", ".join(_allowed(place[:-1], root)),
        "proposal": _proposal(place, root),
    }
    if kind == "value_error":
        kind = str(context["error"])
    if kind == "below_variables":
        values["entry"] = min(OPTION_WORDS & set(details["input"]["variables"]))
    elif len(place) > 3 and place[2] == "variables" and place[3] in _allowed(place[:2], root):
        # The option was pasted below [tables.variables]; TOML then takes it for a variable.
        kind, values["entry"] = "below_variables", place[3]
    elif (kind == "extra_forbidden" or "variables" in place[:-1]) and (
        home := _home(place, root)
    ) is not None:
        kind, values["entry"], values["home"] = "elsewhere" if home else "elsewhere_top", place[-1], home
    elif kind == "extra_forbidden" and not values["proposal"]:
        kind = "extra_unlike"
    if kind == "missing" and place == ("tables",):
        kind = "no_tables"
    code = f"project.{kind}" if has_text(f"project.{kind}") else "project.wrong_type"
    values["type"] = kind
    return Problem(code=code, file=str(path), row=_line(source, place), values=values)


def _as_written(value: object) -> str:
    """Write a value as the project file does, not as Python does."""
    try:
        return toml_value(list(value) if isinstance(value, tuple) else value)
    except (TypeError, ValueError):
        return repr(value)


def _home(place: tuple[int | str, ...], root: type[BaseModel]) -> str | None:
    """Return the one part of the file where an entry of this name belongs; "" for its top."""
    name = str(place[-1]) if place else ""
    homes = [
        part
        for part, model in {"": root, **_parts(root)}.items()
        if name in model.model_fields and part not in {str(one) for one in place[:-1]}
    ]
    return homes[0] if len(homes) == 1 else None


def _parts(root: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the parts of a project file that occur once, by name."""
    found = {}
    for name, field in root.model_fields.items():
        models = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for model in models:
            if isinstance(model, type) and issubclass(model, BaseModel):
                found[name] = model
    return found


def _allowed(place: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    """List the entries that a part may have."""
    model: Any = root
    for part in place:
        if isinstance(part, int) or not hasattr(model, "model_fields"):
            continue
        field = model.model_fields.get(part)
        annotation = getattr(field, "annotation", None)
        inner = [
            argument for argument in getattr(annotation, "__args__", ()) if hasattr(argument, "model_fields")
        ]
        model = inner[0] if inner else annotation
    return list(model.model_fields) if hasattr(model, "model_fields") else []


def _proposal(place: tuple[int | str, ...], root: type[BaseModel]) -> str:
    near = difflib.get_close_matches(str(place[-1]) if place else "", _allowed(place[:-1], root), n=1)
    return near[0] if near else ""


def _line(source: str, place: tuple[int | str, ...]) -> int | None:
    """Find the line of an entry, or of the part that it is missing from."""
    section: list[str] = []
    counts: dict[str, int] = {}
    wanted = [part for part in place if isinstance(part, str)]
    number = next((part for part in place if isinstance(part, int)), None)
    best: int | None = None
    for row, line in enumerate(source.split("\n"), start=1):
        words = line.strip()
        if words.startswith("["):
            name = words.split("#")[0].strip().strip("[]").strip()
            if words.startswith("[["):
                counts[name] = counts.get(name, -1) + 1
            section = name.split(".")
            inside = section == wanted[: len(section)] and counts.get(section[0], number) == number
            best = row if inside else best
        elif "=" in words and not words.startswith("#"):
            full = [*section, words.split("=")[0].strip().strip('"')]
            if full == wanted[: len(full)] and (not section or counts.get(section[0], number) == number):
                return row
    return best
