"""Work beside work: a second process for what need not wait for the first."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import pickle
import select
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ALONE", "beside", "can_copy", "keep_memory", "standing_by"]

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
Given = TypeVar("Given")


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
    if not (worth and can_copy()):
        yield work
        return
    copy = _Copy(work)
    try:
        yield partial(copy.answer, work)
    finally:
        copy.close()


@contextmanager
def standing_by(
    ready: Callable[[], Callable[[Given], Found]], *, worth: bool = True
) -> Iterator[Callable[[Given], Callable[[], Found]]]:
    """Have a copy of this process make itself ready now, for work whose particulars come later.

    As `beside`, where it is the getting ready that takes long and needs nothing yet: slow imports.

    Parameters
    ----------
    ready
        Takes nothing and returns the work, which takes what it is given and returns what can be pickled.
        Both may be done twice.
    worth
        As in `beside`.

    Yields
    ------
    callable
        Hands over what the work needs (it must be picklable), and returns at once the function that waits
        for what was found. To be called once at most; leaving the block stops the work.

    Examples
    --------
    >>> with standing_by(lambda: sum) as hand_over:
    ...     found = hand_over([1, 2])
    ...     found()
    3
    """
    if not (worth and can_copy()):
        yield lambda given: partial(_done_here, ready, given)
        return
    # Its other end is open in every copy that is made later, so it has no end: it says how long it is.
    taking, giving = os.pipe()
    copy = _Copy(lambda: ready()(_taken(taking)))
    os.close(taking)
    os.set_blocking(giving, False)

    def hand_over(given: Given) -> Callable[[], Found]:
        if not _given(giving, pickle.dumps(given), copy.patience()):
            copy.stop()
        return partial(copy.answer, partial(_done_here, ready, given))

    try:
        yield hand_over
    finally:
        os.close(giving)
        copy.close()


def _done_here(ready: Callable[[], Callable[[Given], Found]], given: Given) -> Found:
    return ready()(given)


class _Copy:
    """A copy of this process that does some work, and tells what it found."""

    def __init__(self, work: Callable[[], object]) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.reading, writing = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.close(self.reading)
            _answer(work, writing)
        os.close(writing)
        self.begun = time.monotonic()
        self.running = True

    def patience(self) -> float:
        """Return the seconds that it has from now on."""
        return PATIENCE * (time.monotonic() - self.begun) + LEAST_PATIENCE

    def answer(self, here: Callable[[], Found]) -> Found:
        """Wait for what was found; if nothing comes, or not all, find it `here`."""
        content = _received(self.reading, self.patience())
        # Before the work is done again: two of them must not write the same file.
        self.stop()
        return _read(content, here)

    def stop(self) -> None:
        """End it, whatever it is at."""
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        self.running = False

    def close(self) -> None:
        """End it; nobody waits for its answer any more."""
        os.close(self.reading)
        self.stop()


def _given(giving: int, content: bytes, seconds: float) -> bool:
    """Write into a pipe as fast as its other end reads, and return whether all of it was taken in time."""
    until = time.monotonic() + seconds
    watch = select.poll()
    watch.register(giving, select.POLLOUT)
    left = memoryview(len(content).to_bytes(SIZE, "big") + content)
    with suppress(OSError):
        while left and watch.poll(1000 * max(0.0, until - time.monotonic())):
            left = left[os.write(giving, left) :]
    return not left


def _taken(taking: int) -> Any:  # noqa: ANN401 - whatever was handed over
    """Return what is handed over, in the copy."""
    with os.fdopen(taking, "rb") as file:
        size = int.from_bytes(file.read(SIZE), "big")
        return pickle.loads(file.read(size))  # noqa: S301 - written a moment ago, by ourselves


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


def can_copy() -> bool:
    """Return whether `beside` would have its work done in a copy of this process."""
    if sys.platform != "linux" or ALONE in os.environ or len(os.sched_getaffinity(0)) < 2:
        return False
    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    return threading.current_thread() is threading.main_thread() and all(
        type(thread).__name__ in KNOWN for thread in others
    )


def keep_memory() -> None:
    """Have this process tidy up its memory more rarely: for programs of our own, not for a library's guests.

    Modules and tables are many objects that stay: to look for circles among them after every 700 new ones
    takes a tenth of a short run. And once a large block came back, glibc keeps for the next table what the
    last one left; before, it fetches every few hundred kilobytes from the system anew: another tenth. A last
    search when the process ends finds nothing that anybody needs: files are closed where they are written.
    """
    gc.set_threshold(50_000, 20, 20)
    bytearray(8 << 20)
    atexit.register(gc.freeze)


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
