"""Paths as people read them: without detours, and from where they are."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

__all__ = ["short_path"]

UP = 2
"""So many folders up are still easier to follow than the whole path."""


def short_path(path: str | PurePath) -> str:
    """Return a path without detours; from the working folder where that is shorter.

    What is no path of a file (an address, a place inside an archive, a name alone) stays as it is.

    Examples
    --------
    >>> short_path("new/../../data/./x.csv")
    '../data/x.csv'
    >>> short_path("x.csv"), short_path("https://example.org/a/../b")
    ('x.csv', 'https://example.org/a/../b')
    """
    written = str(path)
    if "://" in written or written.startswith("/vsi") or not PurePath(written).parent.parts:
        return written
    plain = os.path.normpath(written)
    if not Path(plain).is_absolute():
        return plain
    try:
        near = os.path.relpath(plain)
    except (OSError, ValueError):
        # Another drive, or a working folder that is gone.
        return plain
    ups = PurePath(near).parts.count("..")
    return near if ups <= UP and len(near) < len(plain) else plain
