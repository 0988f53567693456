"""Linear and integer programs, solved without a word on the user's screen."""

from __future__ import annotations

import ctypes
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.optimize import Bounds, LinearConstraint, OptimizeResult

__all__ = ["each_alone", "solve", "without_output"]

Task = TypeVar("Task")
Found = TypeVar("Found")

STDOUT = 1
"""Number of the process's standard output, whatever Python calls by that name."""


def solve(
    cost: NDArray[np.float64],
    *,
    bounds: Bounds,
    constraints: Sequence[LinearConstraint],
    integrality: NDArray[np.integer] | None = None,
    nodes: int | None = None,
) -> OptimizeResult:
    """Minimise a cost by scipy's `milp`.

    HiGHS prints lines of its own about integer programs although its log is off; what it prints is no use to
    anybody and would stand amid the output of a command.

    Parameters
    ----------
    cost, bounds, constraints, integrality
        As in `scipy.optimize.milp`.
    nodes
        Most nodes that are searched; None: no limit.

    Returns
    -------
    OptimizeResult
        As `scipy.optimize.milp` returns it.
    """
    from scipy.optimize import milp  # noqa: PLC0415 - slow to import

    asked: dict[str, Any] = {} if nodes is None else {"options": {"node_limit": nodes}}
    with without_output():
        return milp(cost, integrality=integrality, bounds=bounds, constraints=list(constraints), **asked)


def each_alone(work: Callable[[Task], Found], tasks: Sequence[Task]) -> list[Found]:
    """Solve tasks that have nothing to do with each other, in as many threads as there are processors.

    The solver lets other threads work while it searches.

    Parameters
    ----------
    work
        Solves one task; what it finds must not depend on the others.
    tasks
        In any number.

    Returns
    -------
    list
        What was found, in the order of the tasks.
    """
    workers = min(len(tasks), os.cpu_count() or 1)
    if workers < 2:
        return [work(task) for task in tasks]
    # Quiet for all of them at once: turning the output off and on takes as long as a small program.
    with without_output(), ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            return list(pool.map(work, tasks))
        finally:
            pool.shutdown(cancel_futures=True)


class _Silence:
    """The process's standard output while somebody, in whichever thread, wants nothing printed to it."""

    def __init__(self) -> None:
        self.lock, self.wanted = Lock(), 0
        self.kept: int | None = None

    def begin(self) -> None:
        with self.lock:
            self.wanted += 1
            if self.wanted > 1:
                return
            if sys.stdout is not None:
                sys.stdout.flush()
            _flush()
            with suppress(OSError):  # a program without a window has none
                self.kept = os.dup(STDOUT)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, STDOUT)
                os.close(nowhere)

    def end(self) -> None:
        with self.lock:
            self.wanted -= 1
            if self.wanted:
                return
            # A library keeps its lines until its buffer is full: they would come out later.
            _flush()
            if self.kept is None:
                return
            os.dup2(self.kept, STDOUT)
            os.close(self.kept)
            self.kept = None


_SILENCE = _Silence()


@contextmanager
def without_output() -> Iterator[None]:
    """Discard what libraries print to the process's standard output; what was printed before stays."""
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()


def _flush() -> None:
    """Let the C library write what it has kept."""
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.cdll.ucrtbase if os.name == "nt" else ctypes.CDLL(None)
        library.fflush(None)
