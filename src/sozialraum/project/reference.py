"""Every entry that a project file may have, as a page: made from the models that read the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sozialraum.project.file import ProjectFile
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from sozialraum.texts import Language

__all__ = ["parts", "project_reference"]


def parts() -> dict[str, type[BaseModel]]:
    """Return the models of a project file by the place where their entries stand, outermost first."""
    found: dict[str, type[BaseModel]] = {}

    def collect(place: str, model: type[BaseModel]) -> None:
        found[place] = model
        for name, field in model.model_fields.items():
            for inner in _models(field.annotation):
                many = get_origin(field.annotation) is tuple
                below = f"{place}.{name}".removeprefix(".")
                collect(f"[{below}]" if many else below, inner)

    collect("", ProjectFile)
    return {place.replace("[", "").replace("]", ""): model for place, model in found.items()}


def project_reference(language: Language) -> str:
    """Write the page: one section per part, one row per entry, in Markdown.

    Parameters
    ----------
    language
        Of the descriptions.
    """
    lines = [f"# {text('desk.reference.title', language)}", "", text("options.project.about", language), ""]
    columns = [
        text(f"desk.reference.{name}", language) for name in ("entry", "allowed", "default", "meaning")
    ]
    for place, model in parts().items():
        area = _area(model)
        if place:
            lines += [f"## `{_brackets(place)}`", "", text(f"options.{area}.about", language), ""]
        lines += [f"| {' | '.join(columns)} |", "|---|---|---|---|"]
        for name, field in model.model_fields.items():
            cells = [
                f"`{name}`",
                _allowed(field, language),
                _default(field, language),
                text(f"options.{area}.{name}", language),
            ]
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def _area(model: type[BaseModel]) -> str:
    """Return the name under which the texts of a model stand: ``VerdictRule`` -> ``verdict_rule``."""
    if model is ProjectFile:
        return "project"
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()


def _brackets(place: str) -> str:
    """Show how the part is opened in the file."""
    model: type[BaseModel] = ProjectFile
    for name in place.split("."):
        annotation = model.model_fields[name].annotation
        model = next(iter(_models(annotation)))
    if get_origin(annotation) is tuple:
        return f"[[{place}]]"
    return f"[{place}.NAME]" if get_origin(annotation) is dict else f"[{place}]"


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any type of a field
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _allowed(field: FieldInfo, language: Language) -> str:
    limits = [
        f"{sign} {getattr(limit, name)}"
        for limit in field.metadata
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
        if getattr(limit, name, None) is not None
    ]
    return ", ".join([_kind(field.annotation, language), *limits])


def _kind(annotation: Any, language: Language) -> str:  # noqa: ANN401, PLR0911 - any type of a field
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in inner)
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return text("desk.reference.list", language, what=_kind(inner[0], language))
        return f"[{', '.join(_kind(one, language) for one in inner)}]"
    if origin is dict:
        return text("desk.reference.pairs", language)
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return " / ".join(dict.fromkeys(_kind(one, language) for one in inner if one is not type(None)))
    if origin is not None:
        return _kind(inner[0], language)
    if any(_models(annotation)):
        return text("desk.reference.part", language)
    names = {bool: "boolean", int: "whole", float: "number", str: "text"}
    return text(f"desk.reference.{names.get(annotation, 'text')}", language)


def _default(field: FieldInfo, language: Language) -> str:
    if field.is_required():
        return text("desk.reference.required", language)
    value = field.default
    if value is None or value is PydanticUndefined or value == () or isinstance(value, BaseModel):
        return ""
    shown = str(value).lower() if isinstance(value, bool) else value
    return f"`{shown}`"
