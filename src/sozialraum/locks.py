"""Locks on folders that end with the process that holds them, and the exchange of two folders."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["alive", "holding", "is_abandoned", "swap"]

OLD = 24 * 3600.0
"""Where a system cannot lock folders, one that nobody touched for so many seconds counts as abandoned."""

LINUX_EXCHANGE, MAC_EXCHANGE, HERE = 2, 2, -100
"""``RENAME_EXCHANGE``, ``RENAME_SWAP`` and ``AT_FDCWD`` of the systems' headers."""


_OWN: set[str] = set()
"""Folders that this process holds as signs of life."""


@contextmanager
def alive(directory: Path) -> Iterator[None]:
    """Hold a folder as its maker, so that others see that its maker lives; no one else has it yet."""
    with holding(directory):
        _OWN.add(str(directory))
        try:
            yield
        finally:
            _OWN.discard(str(directory))


@contextmanager
def holding(directory: Path) -> Iterator[None]:
    """Hold a folder's lock; wait for it where another process has it.

    A lock leaves no file, and ends with its process however that ends. On systems without such locks
    (Windows) nothing is locked.
    """
    if sys.platform == "win32" or str(directory) in _OWN:
        # A folder that this process is making; to wait for itself would be to wait for ever.
        yield
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        _lock(handle, wait=True)
        yield
    finally:
        os.close(handle)


def is_abandoned(directory: Path) -> bool:
    """Tell whether no process holds a folder that was made under `holding`."""
    if sys.platform == "win32":
        return time.time() - directory.stat().st_mtime > OLD
    try:
        handle = os.open(directory, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _lock(handle, wait=False)
    finally:
        os.close(handle)


if sys.platform != "win32":

    def _lock(handle: int, *, wait: bool) -> bool:
        """Lock; return whether it could be locked. A file system without locks locks nothing."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        except OSError:
            return wait
        return True


def swap(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step of the system.

    Returns
    -------
    bool
        False where the system, or the file system, has no such step; then nothing has happened.
    """
    names = (os.fsencode(one), os.fsencode(other))
    step = {
        "linux": ("renameat2", (HERE, names[0], HERE, names[1], LINUX_EXCHANGE)),
        "darwin": ("renamex_np", (*names, MAC_EXCHANGE)),
    }.get(sys.platform)
    if step is None:
        return False
    try:
        return bool(getattr(ctypes.CDLL(None), step[0])(*step[1]) == 0)
    except (AttributeError, OSError):
        # An older system library.
        return False
