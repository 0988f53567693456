"""Writing without half-written results: beside first, then a rename; a folder of results as a whole."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from sozialraum.errors import OutputError, Problem
from sozialraum.locks import alive, holding, is_abandoned, swap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MARKER", "audience_of", "replace_folder", "sha256", "staged"]

UNFINISHED = ".unfinished-"
"""Start of the names of folders that are being written, or that a killed run has left."""

REPLACED = ".replaced-"
"""Start of the names of folders that are on their way out, where a system cannot exchange two folders."""

MARKER = ".sozialraum.json"
"""File in a folder of results that says for whom they are, and which files the run has written."""

TABLES_OF_0_1 = ("results", "changes", "index", "trends", "segregation", "inequality", "fluidity")
RESULTS_OF_0_1 = {"atlas.html", "results.gpkg", "provenance.json", *(f"{name}.csv" for name in TABLES_OF_0_1)}

PLAIN = {".md", ".txt"}
"""Endings of files that explain a folder, and are never results."""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def staged(directory: Path) -> Iterator[Path]:
    """Give an empty folder to write into; at the end move its files into `directory`, each by a rename.

    Whatever ends the block early (an error, a full disk, Ctrl-C) leaves `directory` as it was. For single
    files; results that belong together need `replace_folder`.

    Parameters
    ----------
    directory
        Where the files shall be in the end; made if it does not exist.

    Yields
    ------
    Path
        A new folder inside `directory`, so that the renames stay on one file system.

    Raises
    ------
    OutputError
        If something cannot be written; names the folder and the system's reason.
    """
    with _told(directory):
        directory.mkdir(parents=True, exist_ok=True)
        with _workplace(directory, "") as folder:
            yield folder
            for file in sorted(folder.iterdir()):
                os.replace(file, directory / file.name)  # noqa: PTH105 - the tests make exactly this call fail


@contextmanager
def replace_folder(directory: Path, *, audience: str) -> Iterator[Path]:
    """Give an empty folder to write results into; at the end it takes the place of `directory`, whole.

    Readers see the results of one run or of another, never of two: a killed run leaves the earlier results,
    and of two runs at once the one that ends last stays. Files of the earlier run that the new one does not
    write are gone; files that no run has written are carried over.

    Parameters
    ----------
    directory
        Where the results shall be in the end. Its parent is made if it does not exist.
    audience
        For whom the results are; kept in the folder's `MARKER`, with the names of the files.

    Yields
    ------
    Path
        A new folder beside `directory`, so that the rename stays on one file system.

    Raises
    ------
    OutputError
        If `directory` holds results for another audience, or files of unknown origin and no marker, or if
        something cannot be written; what was there before is unchanged.
    """
    directory = directory.resolve()
    with _told(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        with holding(directory.parent):
            _recover(directory)
        _refuse_mixture(directory, audience)
        with _workplace(directory.parent, f"{directory.name}-") as folder:
            yield folder
            _mark(folder, audience)
            with holding(directory.parent):
                _refuse_mixture(directory, audience)
                _take_place(folder, directory)


def audience_of(directory: Path) -> str | None:
    """Return for whom the results in a folder are; None if its `MARKER` is missing or cannot be read."""
    found = _marker(directory)
    return None if found is None else found[0]


def _marker(directory: Path) -> tuple[str, frozenset[str]] | None:
    """Return audience and files of a folder of results."""
    try:
        content = json.loads((directory / MARKER).read_text(encoding="utf-8"))
        return str(content["audience"]), frozenset(map(str, content["files"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return _marker_of_0_1(directory)


def _marker_of_0_1(directory: Path) -> tuple[str, frozenset[str]] | None:
    """Return the same of a folder that version 0.1 wrote: its provenance names the audience."""
    try:
        content = json.loads((directory / "provenance.json").read_text(encoding="utf-8"))
        audience = str(content["audience"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return audience, frozenset(path.name for path in directory.iterdir() if path.name in RESULTS_OF_0_1)


def _mark(folder: Path, audience: str) -> None:
    names = sorted(path.name for path in folder.iterdir())
    content = {"audience": audience, "files": [*names, MARKER]}
    (folder / MARKER).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


@contextmanager
def _told(directory: Path) -> Iterator[None]:
    """Turn the system's refusals into one message."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(code="files.not_written", file=str(directory), values={"reason": reason})
        raise OutputError(problem) from error


@contextmanager
def _workplace(parent: Path, name: str) -> Iterator[Path]:
    """Make a folder to write into, after removing those that killed runs have left here."""
    with ExitStack() as life:
        with holding(parent):
            for stale in parent.glob(f"{UNFINISHED}{name}*"):
                if is_abandoned(stale):
                    shutil.rmtree(stale, ignore_errors=True)
            folder = parent / f"{UNFINISHED}{name}{secrets.token_hex(6)}"
            folder.mkdir()
            # Held until the end: other runs see that this one lives.
            life.enter_context(alive(folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_mixture(directory: Path, audience: str) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    found = _marker(directory)
    if found is not None and found[0] != audience:
        values = {"audience": audience, "other": found[0]}
        raise OutputError(Problem(code="files.other_audience", file=str(directory), values=values))
    # Hidden files are the system's or an editor's.
    unknown = [
        path.name
        for path in directory.iterdir()
        if not path.name.startswith(".") and path.suffix not in PLAIN and not path.is_dir()
    ]
    if found is None and unknown:
        names = ", ".join(sorted(unknown)[:5]) + (", …" if len(unknown) > 5 else "")
        problem = Problem(code="files.unknown_origin", file=str(directory), values={"names": names})
        raise OutputError(problem)


def _foreign(directory: Path) -> list[Path]:
    found = _marker(directory)
    ours = frozenset({MARKER}) if found is None else found[1]
    return [path for path in directory.iterdir() if path.name not in ours]


def _take_place(folder: Path, directory: Path) -> None:
    """Let the new folder take the place of the old one; the old one ends under the new one's name."""
    if not directory.exists():
        folder.rename(directory)
        return
    for path in _foreign(directory):
        _copy(path, folder / path.name)
    folder.chmod(directory.stat().st_mode)
    if swap(folder, directory):
        return
    aside = directory.parent / f"{REPLACED}{directory.name}-{secrets.token_hex(6)}"
    directory.rename(aside)
    try:
        folder.rename(directory)
    except OSError:
        aside.rename(directory)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Carry a file or folder over by a second name for the same bytes, or by a copy where there is none."""
    if target.exists():
        return
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
        return
    with suppress(OSError):
        os.link(source, target, follow_symlinks=False)
        return
    shutil.copy2(source, target, follow_symlinks=False)


def _recover(directory: Path) -> None:
    """Bring back what a run put aside and was killed before it could put the new folder in its place."""
    for aside in sorted(directory.parent.glob(f"{REPLACED}{directory.name}-*")):
        if directory.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(directory)
