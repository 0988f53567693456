"""What a folder holds that a user can choose: folders and project files."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, TypedDict

from sozialraum.errors import OutputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Listing", "list_folder"]

MOST = 500
"""Entries of one folder that a page shows."""

LARGEST = 1_000_000
"""Bytes of a file that may be a project file."""


class Listing(TypedDict):
    """One folder as the page shows it."""

    path: str
    parent: str | None
    folders: list[str]
    projects: list[dict[str, str]]
    """Name of each project file and of its city."""
    left_out: int
    """Entries past the first 500, which are not shown."""


def list_folder(path: Path) -> Listing:
    """List the folders and the project files of a folder, without what is hidden.

    Parameters
    ----------
    path
        A folder; of a file, its folder is taken.

    Raises
    ------
    OutputError
        If there is no such folder, or it cannot be read.
    """
    try:
        folder = path.expanduser().resolve()
        if folder.is_file():
            folder = folder.parent
        entries = sorted(
            (entry for entry in folder.iterdir() if not entry.name.startswith(".")),
            key=lambda entry: entry.name.casefold(),
        )
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(
            Problem(code="desk.no_folder", file=str(path), values={"reason": reason})
        ) from error
    folders = [entry.name for entry in entries if _is_folder(entry)]
    projects = [
        {"name": entry.name, "city": city}
        for entry in entries
        if entry.suffix == ".toml" and (city := _city(entry)) is not None
    ]
    return {
        "path": str(folder),
        "parent": str(folder.parent) if folder.parent != folder else None,
        "folders": folders[:MOST],
        "projects": projects[:MOST],
        "left_out": max(0, len(folders) - MOST) + max(0, len(projects) - MOST),
    }


def _is_folder(entry: Path) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _city(path: Path) -> str | None:
    """Return the city of a project file; None if it is none."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        # A project file with a slip in it is still one: `check` says where the slip is.
        return "" if path.name == "project.toml" else None
    if "boundaries" not in content:
        return None
    return str(content.get("city", ""))
