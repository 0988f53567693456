"""What follows from equations and bounds: intervals by linear programming.

Most of the work is saved by two observations. Cells fall into components that no equation joins, so one
linear programme can look for one extreme in each of many components. And every solution is a possible
state of the city, so it bears witness for all cells in it, not only for the one that was asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from sozialraum.disclosure.knowledge import Bounds, Demands
from sozialraum.stats.solver import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Inconsistent", "Polytope", "intervals", "met", "reachable", "tighten", "unmet"]

CHUNK = 1500
"""Cells per linear programme: fewer cost calls, more cost time in each."""

SWEEPS = 12
"""Rounds of passing bounds along the equations; linear programming finds what is left."""

EXACT = 1e-6
"""Bounds closer than this are equal; counts are whole numbers."""

TOP = 1e9
"""No count of people is larger."""


class Inconsistent(Exception):  # noqa: N818 - tells a state of the numbers, callers turn it into an error
    """No table of counts fits the equations and bounds."""


@dataclass(frozen=True)
class Polytope:
    """All tables of counts that an outsider must reckon with.

    Parameters
    ----------
    equations, sums
        ``equations @ counts == sums``.
    bounds
        Tightened, see `tighten`.
    component
        Per cell the number of its component, -1 for cells that are known exactly.
    start
        One table that fits, the true one.
    """

    equations: sparse.csr_array
    sums: NDArray[np.float64]
    bounds: Bounds
    component: NDArray[np.int64]
    start: NDArray[np.float64]

    @classmethod
    def of(cls, equations: sparse.csr_array, truth: NDArray[np.float64], bounds: Bounds) -> Polytope:
        """Tighten bounds and split into components."""
        start = np.nan_to_num(truth)
        sums = equations @ start
        tight = tighten(equations, sums, bounds)
        free = tight.high - tight.low > EXACT
        entries = equations.tocoo()
        used = free[entries.col]
        row, column = entries.row[used], entries.col[used]
        size = sum(equations.shape)
        links = sparse.coo_array((np.ones(len(row)), (row, column + equations.shape[0])), shape=(size, size))
        _, label = connected_components(links, directed=False)
        component = np.where(free, label[equations.shape[0] :], -1)
        return cls(equations, sums, tight, component, start)


def tighten(equations: sparse.csr_array, sums: NDArray[np.float64], bounds: Bounds) -> Bounds:
    """Pass bounds along the equations: what one cell can be, given what the others can be.

    Parameters
    ----------
    equations, sums, bounds
        See `Polytope`.

    Returns
    -------
    Bounds
        Never wider; not always as narrow as linear programming finds.
    """
    entries = equations.tocoo()
    row, column, weight = entries.row, entries.col, entries.data
    count = equations.shape[0]
    low, high = np.clip(bounds.low, -TOP, TOP), np.clip(bounds.high, -TOP, TOP)
    for _ in range(SWEEPS):
        at_low, at_high = weight * low[column], weight * high[column]
        least, most = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
        # The other cells of an equation have at least, and at most, this sum.
        others_least = np.bincount(row, least, count)[row] - least
        others_most = np.bincount(row, most, count)[row] - most
        ends = (sums[row] - others_most) / weight, (sums[row] - others_least) / weight
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, column, np.minimum(*ends))
        np.minimum.at(new_high, column, np.maximum(*ends))
        if np.abs(new_low - low).max(initial=0) < EXACT and np.abs(new_high - high).max(initial=0) < EXACT:
            break
        low, high = new_low, new_high
    crossed = low > high
    middle = (low + high) / 2
    return Bounds(np.where(crossed, middle, low), np.where(crossed, middle, high))


@dataclass(frozen=True)
class _Ask:
    """For some cells, which way to push them and how far is enough."""

    cell: NDArray[np.int64]
    up: NDArray[np.bool_]
    enough: NDArray[np.float64]


def _solve(polytope: Polytope, ask: _Ask) -> NDArray[np.float64]:
    """Return one table that fits and pushes the asked cells as far as it can, in sum.

    Cells of components that were not asked keep their start.
    """
    from scipy.optimize import Bounds as Limits  # noqa: PLC0415 - slow to import
    from scipy.optimize import LinearConstraint  # noqa: PLC0415

    found = polytope.start.copy()
    wanted = np.unique(polytope.component[ask.cell])
    columns = np.flatnonzero(np.isin(polytope.component, wanted))
    for part in _chunks(polytope, columns):
        chosen = np.flatnonzero(np.isin(ask.cell, part))
        cells = np.searchsorted(part, ask.cell[chosen])
        up, enough = ask.up[chosen], ask.enough[chosen]
        piece = polytope.equations[:, part]
        piece = piece[np.flatnonzero(np.diff(piece.indptr))]
        count, extra = len(part), len(chosen)
        sign = np.where(up, 1.0, -1.0)
        number = np.arange(extra)
        # Each asked cell has a helper that follows it up (down) to what is enough, and not beyond.
        follow = sparse.csr_array(
            (np.r_[sign, -sign], (np.r_[number, number], np.r_[number + count, cells])),
            shape=(extra, count + extra),
        )
        equal = sparse.hstack([piece, sparse.csr_array((piece.shape[0], extra))], format="csr")
        low, high = polytope.bounds.low[part], polytope.bounds.high[part]
        result = solve(
            np.r_[np.zeros(count), -sign],
            bounds=Limits(
                np.r_[low, np.where(up, -np.inf, enough)], np.r_[high, np.where(up, enough, np.inf)]
            ),
            constraints=[
                LinearConstraint(follow, -np.inf, 0.0),
                LinearConstraint(equal, piece @ polytope.start[part], piece @ polytope.start[part]),
            ],
        )
        if result.status != 0:
            raise Inconsistent(result.message)
        found[part] = result.x[:count]
    return found


def _chunks(polytope: Polytope, columns: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Divide cells into parts of about `CHUNK`, whole components each; cells ascending."""
    component = polytope.component[columns]
    names, sizes = np.unique(component, return_counts=True)
    part_of = np.cumsum(sizes) // CHUNK
    part = part_of[np.searchsorted(names, component)]
    return [columns[part == number] for number in np.unique(part)]


@dataclass
class _Seen:
    """Smallest and largest number that any solution had, per asked cell."""

    cell: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def note(self, table: NDArray[np.float64]) -> None:
        self.low = np.minimum(self.low, table[self.cell])
        self.high = np.maximum(self.high, table[self.cell])


def _first_of_each(component: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(component, return_index=True)[1]


def unmet(polytope: Polytope, wanted: Demands) -> tuple[NDArray[np.bool_], Bounds]:
    """Find the demands that the outsider's knowledge leaves no room for.

    Parameters
    ----------
    polytope
        What the outsider knows.
    wanted
        The demands.

    Returns
    -------
    unmet : numpy.ndarray
        One truth value per demand.
    seen : Bounds
        Per demand an interval that the outsider cannot narrow; for an unmet demand, one that they can derive.
    """
    cell = wanted.cell
    outer = Bounds(polytope.bounds.low[cell], polytope.bounds.high[cell])
    hopeless = ~met(wanted, outer)
    seen = _Seen(cell, polytope.start[cell].copy(), polytope.start[cell].copy())
    left = ~met(wanted, seen) & ~hopeless
    before = len(cell) + 1
    while 0 < left.sum() < before:
        before = left.sum()
        up = seen.high[left] < wanted.high[left] - EXACT
        enough = np.where(up, wanted.high[left], wanted.low[left])
        seen.note(_solve(polytope, _Ask(cell[left], up, enough)))
        left = ~met(wanted, seen) & ~hopeless
    ends = Bounds(np.where(hopeless, outer.low, seen.low), np.where(hopeless, outer.high, seen.high))
    exact = intervals(polytope, cell[left])
    ends.low[left], ends.high[left] = exact.low, exact.high
    return ~met(wanted, ends), ends


def met(wanted: Demands, ends: Bounds | _Seen) -> NDArray[np.bool_]:
    """Tell which demands are met by an interval each; counts are whole, so its ends are rounded inwards."""
    low, high = np.ceil(ends.low - EXACT), np.floor(ends.high + EXACT)
    holds = (low <= wanted.low + EXACT) & (high >= wanted.high - EXACT)
    wide = high - low >= wanted.high - wanted.low - EXACT
    return np.where(wanted.strict, holds, wide)


def reachable(wanted: Demands, widest: Bounds) -> Demands:
    """Cut demands down to what can be had at all.

    Parameters
    ----------
    wanted
        The demands.
    widest
        Per demand the interval that is left to an outsider if a release shows nothing.
    """
    width = np.minimum(wanted.high - wanted.low, np.maximum(widest.high - widest.low, 0.0))
    low = np.clip(wanted.low, widest.low, np.maximum(widest.high - width, widest.low))
    return Demands(
        cell=wanted.cell,
        low=np.where(wanted.strict, np.maximum(wanted.low, widest.low), low),
        high=np.where(wanted.strict, np.minimum(wanted.high, widest.high), low + width),
        strict=wanted.strict,
    )


def intervals(polytope: Polytope, cell: NDArray[np.int64]) -> Bounds:
    """Return the exact interval of each cell in `cell`.

    Parameters
    ----------
    polytope
        What the outsider knows.
    cell
        Numbers of cells.
    """
    seen = _Seen(cell, polytope.start[cell].copy(), polytope.start[cell].copy())
    outer = Bounds(polytope.bounds.low[cell], polytope.bounds.high[cell])
    for way in (False, True):
        done = polytope.component[cell] < 0
        while True:
            reached = seen.high >= outer.high - EXACT if way else seen.low <= outer.low + EXACT
            left = np.flatnonzero(~done & ~reached)
            if not len(left):
                break
            chosen = left[_first_of_each(polytope.component[cell[left]])]
            enough = outer.high[chosen] if way else outer.low[chosen]
            seen.note(_solve(polytope, _Ask(cell[chosen], np.full(len(chosen), way), enough)))
            done[chosen] = True
    fixed = polytope.component[cell] < 0
    return Bounds(
        np.ceil(np.where(fixed, outer.low, seen.low) - EXACT),
        np.floor(np.where(fixed, outer.high, seen.high) + EXACT),
    )
