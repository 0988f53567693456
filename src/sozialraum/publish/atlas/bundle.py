"""From JavaScript modules that import each other to one script that a page can carry.

A page opened by double click may not load modules: a browser treats each file as a stranger. The sources stay
standard modules (tools check them as they are); the page gets one script in which each module is a function's
inside and its exports are what the function returns. No other tool is needed to write a page.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["bundle"]

IMPORT = re.compile(
    r'^import (?:\* as (?P<space>\w+)|\{(?P<names>[^}]*)\}) from "(?P<source>[^"]+)";\n', re.MULTILINE
)
EXPORT = re.compile(r"^export \{(?P<names>[^}]*)\};\n", re.MULTILINE)
STRANGE = re.compile(r"^\s*(?:import|export)\b(?! *\().*$", re.MULTILINE)
INDENT = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.MULTILINE)


def bundle(entry: str, read: Callable[[str], str], *, name: str) -> str:
    """Write one script that holds a module and all that it needs.

    Parameters
    ----------
    entry
        Path of the module that is wanted, such as ``"atlas.js"``.
    read
        Returns a module's text by its path.
    name
        The global name under which the page finds the exports of `entry`.

    Returns
    -------
    str
        The same for the same modules.

    Raises
    ------
    ValueError
        If modules import each other in a circle, or a line of import or export has a form other than
        ``import { a } from "./b.js";``, ``import * as a from "./b.js";`` and one ``export { a };``: mistakes
        of ours.
    """
    written: dict[str, str] = {}

    def add(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise ValueError("modules import each other", *above, path)
        if path in written:
            return
        source = read(path)
        for found in IMPORT.finditer(source):
            add(_resolve(path, found["source"]), (*above, path))
        written[path] = _wrapped(path, source)

    add(entry, ())
    script = "\n".join(written.values())
    return f'(() => {{\n"use strict";\n{script}\nwindow.{name} = {_variable(entry)};\n}})();'


def _resolve(path: str, source: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), source))


def _variable(path: str) -> str:
    return "module_" + re.sub(r"\W", "_", path.removesuffix(".js"))


def _wrapped(path: str, source: str) -> str:
    def imported(found: re.Match[str]) -> str:
        module = _variable(_resolve(path, found["source"]))
        names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join((found["names"] or "").split()))
        bound = found["space"] or f"{{{names}}}"
        return f"const {bound} = {module};\n"

    exports = EXPORT.findall(source)
    if len(exports) != 1:
        raise ValueError("one export per module", path, len(exports))
    body = EXPORT.sub("", IMPORT.sub(imported, source))
    strange = STRANGE.search(body)
    if strange:
        raise ValueError("a form that the bundle does not know", path, strange[0])
    body = INDENT.sub("", COMMENT.sub("", body)).strip()
    return f"const {_variable(path)} = (() => {{\n{body}\nreturn {{{' '.join(exports[0].split())}}};\n}})();"
