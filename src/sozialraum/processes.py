"""Work beside work: a second process for what need not wait for the first."""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ALONE", "beside"]

ALONE = "SOZIALRAUM_ONE_PROCESS"
"""Environment variable: with any value nothing is given to a second process."""

KNOWN = frozenset({"_RefreshThread"})
"""Threads that hold nothing which the second process needs: the one that draws bars of progress."""

PARENT_DEATH = 1
"""``PR_SET_PDEATHSIG`` of the system's headers."""

LEAST_PATIENCE, PATIENCE = 60.0, 3.0
"""Seconds that a copy has from when it is asked, and how often as long as it has worked by then. A copy can
stand still for good, if a library was caught in the middle of something when it was made."""

SIZE = 8
"""Bytes before an answer that say how long it is."""

Found = TypeVar("Found")


@contextmanager
def beside(work: Callable[[], Found], *, worth: bool = True) -> Iterator[Callable[[], Found]]:
    """Begin with some work in a copy of this process, and give the function that waits for what it found.

    Where there is no such copy to be had (another system than Linux, one processor, other threads at work:
    a notebook, a test), or where the copy fails or is stopped, the work is done here, when it is asked for;
    its errors and warnings are then those of any function.

    Parameters
    ----------
    work
        Takes nothing, returns what can be pickled, and may be done twice: results do not depend on who did
        it. It may write files that nobody else writes.
    worth
        Whether it is enough work to be worth the trouble.

    Yields
    ------
    callable
        Waits, and returns what `work` returned. Leaving the block without a call stops the work.

    Examples
    --------
    >>> with beside(lambda: 1 + 1) as found:
    ...     other = 2 + 2
    ...     found() + other
    6
    """
    if not (worth and _possible()):
        yield work
        return
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, writing)
    os.close(writing)
    begun = time.monotonic()
    running = True

    def stop() -> None:
        nonlocal running
        if running:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        running = False

    def answer() -> Found:
        seconds = PATIENCE * (time.monotonic() - begun) + LEAST_PATIENCE
        content = _received(reading, seconds)
        # Before the work is done again: two of them must not write the same file.
        stop()
        return _read(content, work)

    try:
        yield answer
    finally:
        os.close(reading)
        stop()


def _received(reading: int, seconds: float) -> bytes:
    """Return what comes before the other end is closed; what has come so far if that takes too long."""
    until = time.monotonic() + seconds
    watch = select.poll()
    watch.register(reading, select.POLLIN)
    parts = []
    while watch.poll(1000 * max(0.0, until - time.monotonic())):
        part = os.read(reading, 1 << 20)
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def _possible() -> bool:
    if sys.platform != "linux" or ALONE in os.environ or len(os.sched_getaffinity(0)) < 2:
        return False
    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    return threading.current_thread() is threading.main_thread() and all(
        type(thread).__name__ in KNOWN for thread in others
    )


def _answer(work: Callable[[], object], writing: int) -> None:
    """Do the work in the copy, write what was found, and end at once: nothing of the copy runs on."""
    try:
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        content = pickle.dumps(work())
        with os.fdopen(writing, "wb") as file:
            file.write(len(content).to_bytes(SIZE, "big") + content)
    except BaseException:  # noqa: BLE001 - who waits does the work itself, and meets the error there
        os._exit(1)
    os._exit(0)


def _read(content: bytes, work: Callable[[], Found]) -> Found:
    # One that was stopped half-way has told nothing, or not all.
    if len(content) < SIZE or len(content) - SIZE != int.from_bytes(content[:SIZE], "big"):
        return work()
    found: Found = pickle.loads(content[SIZE:])  # noqa: S301 - written a moment ago, by ourselves
    return found
