"""Pages that are made of the program itself while the site is built: they cannot fall behind it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from mkdocs.structure.files import File

import sozialraum
from sozialraum.cli import app
from sozialraum.project.reference import project_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages; mkdocs calls this when it has listed the others."""
    pages = {
        "projektdatei.md": project_reference("de"),
        "befehle.md": commands(),
        "api.md": api(),
        "contributing.md": _from_root("CONTRIBUTING.md"),
        "changes.md": _from_root("CHANGELOG.md"),
    }
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def commands() -> str:
    """Write what each command takes, as its own help says it."""
    lines = ["# Die Befehle", "", "`sozialraum --help` zeigt dasselbe im Terminal.", ""]
    for name, command in _leaves("sozialraum", typer.main.get_command(app)):
        lines += [f"## {name}", "", (command.help or "").strip(), ""]
        rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            lines += ["| Angabe | Bedeutung | Vorgabe |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer ships its own click
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word in sorted(inner):
        yield from _leaves(f"{name} {word}", inner[word])


def _row(parameter: Any) -> str:  # noqa: ANN401 - as above
    argument = parameter.param_type_name == "argument"
    shown = (parameter.metavar or parameter.name.upper()) if argument else ", ".join(parameter.opts)
    choices = getattr(getattr(parameter, "type", None), "choices", ())
    if choices and not argument:
        shown += f" {'/'.join(str(choice) for choice in choices)}"
    default = getattr(parameter, "default", None)
    told = "" if default in (None, False, ()) or callable(default) else f"`{default}`"
    return f"| `{shown}` | {(getattr(parameter, 'help', '') or '').replace('|', '/')} | {told} |"


def api() -> str:
    """List the library's face room by room; its words come from the docstrings."""
    lines = ["# Python API", "", "Everything below is a name of `sozialraum`: `import sozialraum as sr`.", ""]
    room = ""
    for module, names in sorted(sozialraum._HOMES.items()):  # noqa: SLF001 - the face's own list
        if module.split(".")[1] != room:
            room = module.split(".")[1]
            lines += [f"## {room}", ""]
        lines += [line for name in sorted(names) for line in (f"::: {module}.{name}", "")]
    return "\n".join(lines)


def _from_root(name: str) -> str:
    """Take a page from beside the source; links out of the site become plain words."""
    page = (ROOT / name).read_text(encoding="utf-8")
    page = re.sub(r"\]\(docs/", "](", page)
    return re.sub(r"\[([^\]]+)\]\((?!https?:|#|[a-z-]+\.md)[^)]*\)", r"\1", page)
