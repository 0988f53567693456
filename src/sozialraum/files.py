"""Writing without half-written results: beside first, then rename."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.errors import OutputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["sha256", "staged"]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def staged(directory: Path) -> Iterator[Path]:
    """Give an empty folder to write into; at the end move its files into `directory`, each by a rename.

    Whatever ends the block early (an error, a full disk, Ctrl-C) leaves `directory` as it was.

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
    folder: Path | None = None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=directory))
        yield folder
        for file in sorted(folder.iterdir()):
            os.replace(file, directory / file.name)  # noqa: PTH105 - the tests make exactly this call fail
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(code="files.not_written", file=str(directory), values={"reason": reason})
        raise OutputError(problem) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
