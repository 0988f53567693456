"""Linear and integer programs, solved without a word on the user's screen."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.optimize import Bounds, LinearConstraint, OptimizeResult

__all__ = ["solve", "without_output"]

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


@contextmanager
def without_output() -> Iterator[None]:
    """Discard what libraries print to the process's standard output; what was printed before stays."""
    if sys.stdout is not None:
        sys.stdout.flush()
    _flush()
    try:
        kept = os.dup(STDOUT)
    except OSError:  # a program without a window has none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDOUT)
        yield
    finally:
        # A library keeps its lines until its buffer is full: they would come out later.
        _flush()
        os.dup2(kept, STDOUT)
        os.close(kept)
        os.close(nowhere)


def _flush() -> None:
    """Let the C library write what it has kept."""
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.cdll.ucrtbase if os.name == "nt" else ctypes.CDLL(None)
        library.fflush(None)
