"""The house: imports point against the flow, no circle, no module or folder that has outgrown itself."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import sozialraum

ROOT = Path(sozialraum.__file__).parent

FLOORS = (
    {"texts"},
    {"preferences"},
    {"errors"},
    {"arguments"},
    {"locks", "processes"},
    {"distinct", "keys", "files", "garbled"},
    {"confidential", "rows"},
    {"panel"},
    {"stats"},
    {"analysis"},
    {"tables", "boundaries"},
    {"audit"},
    {"cases"},
    {"indicators"},
    {"disclosure"},
    {"spatial"},
    {"assessment"},
    {"programme"},
    {"publish"},
    {"project"},
    {"desk"},
    {"cli"},
    {"__main__"},
)
"""From the ground up; a room imports from its own floor's own room, or from below."""
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}

LONGEST = 500
MOST_MODULES = 15


@cache
def modules():
    return sorted(path for path in ROOT.rglob("*.py") if "_demo" not in path.parts)


def name_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def nodes(path):
    """Give all statements of a module's tree; expressions, which are many, import nothing."""
    found, left = [], [ast.parse(path.read_text(encoding="utf-8"))]
    while left:
        node = left.pop()
        found.append(node)
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            left += getattr(node, part, ())
    return tuple(found)


IMPORT = re.compile(
    r"^ *(?:from (sozialraum[\w.]*) import (\([^)]*\)|.+)|import (sozialraum[\w.]*))", re.MULTILINE
)


def imports(path):
    """Name every module of the house that a module imports, inside functions, too; read without a parser."""
    for module, names, alone in IMPORT.findall(path.read_text(encoding="utf-8")):
        yield module or alone
        words = re.sub(r"#.*", "", names).strip("()").split(",")
        yield from (f"{module}.{word.split()[0]}" for word in words if word.strip())


def parsed_imports(path):
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sozialraum"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("sozialraum"))


def room(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_every_room_has_its_floor():
    rooms = {room(name_of(path)) for path in modules()} - {""}
    assert rooms - set(FLOOR) == set()


def test_no_import_goes_with_the_flow():
    against = [
        f"{name_of(path)} imports {module}"
        for path in modules()
        if (own := room(name_of(path)))
        for module in imports(path)
        if (other := room(module)) in FLOOR and other != own and FLOOR[other] >= FLOOR[own]
    ]
    assert against == []


@pytest.mark.slow
def test_a_parser_finds_the_same_imports():
    assert {path: set(imports(path)) for path in modules()} == {
        path: set(parsed_imports(path)) for path in modules()
    }


@pytest.mark.slow
def test_no_circle_between_modules_at_run_time():
    """Imports for types alone are no circle; imports inside functions are."""
    known = {name_of(path): path for path in modules()}
    edges = {name: {found for found in _at_run_time(path) if found in known} for name, path in known.items()}
    done, active = set(), []

    def visit(name):
        if name in active:
            pytest.fail(" -> ".join([*active[active.index(name) :], name]))
        if name in done:
            return
        active.append(name)
        for other in sorted(edges[name] - {name, "sozialraum"}):
            if known[other].name != "__init__.py":
                visit(other)
        active.pop()
        done.add(name)

    for name in known:
        visit(name)


def _at_run_time(path):
    for_types = {
        id(inner)
        for node in nodes(path)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and id(node) not in for_types and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_has_outgrown_itself():
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: number for name, number in lines.items() if number > LONGEST} == {}


def test_no_folder_is_crowded():
    folders = {path.parent for path in modules()}
    crowded = {
        str(folder.relative_to(ROOT)): number
        for folder in folders
        if (number := len([*folder.glob("*.py")])) > MOST_MODULES
    }
    assert crowded == {}
