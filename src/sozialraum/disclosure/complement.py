"""Which further rows have to be hidden, so that what is hidden cannot be computed: as few as possible.

The cell suppression problem as a mixed-integer programme (Fischetti & Salazar 2001, extended formulation):
for each suppressed count that is known too well there have to be two other tables, one with a larger and
one with a smaller count, that agree with everything an outsider knows; each may differ from the true table
only in cells that are hidden, and hiding a row has its price.

References
----------
Fischetti & Salazar-González (2001), Management Science 47, 1008-1027.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from sozialraum.disclosure.knowledge import Bounds
from sozialraum.stats.solver import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Push", "Room", "cheapest_rows"]

EXACT_ROWS = 150
"""Past this number of candidate rows, or this number of unknowns, rows are chosen by the heuristic."""
EXACT_UNKNOWNS = 3_000
NODES = 2_000
"""Branches that the exact search may try; its best answer so far is taken then, so runs are repeatable."""
REACH = 2.0
"""A push needs other cells to move hardly more than itself: at first they may by this factor."""
EXACT = 1e-6


@dataclass(frozen=True)
class Room:
    """How far cells of one component may differ from the truth, and what that costs.

    Parameters
    ----------
    equations
        Shape (equations, cells); differences have to add up to zero.
    now, hidden
        Lowest and highest difference per cell as things stand, and once all rows that show it are hidden.
    cell, row
        Pairs: this row shows this cell.
    price
        Per row.
    """

    equations: sparse.csr_array
    now: Bounds
    hidden: Bounds
    cell: NDArray[np.int64]
    row: NDArray[np.int64]
    price: NDArray[np.float64]


@dataclass(frozen=True)
class Push:
    """One cell that must be able to differ by at least `by` (negative: downwards)."""

    cell: int
    by: float


def cheapest_rows(room: Room, pushes: list[Push]) -> NDArray[np.bool_] | None:
    """Choose rows to hide so that every push becomes possible, for the least price.

    Exact up to a size; past it one push after the other, hiding what the linear relaxation hides in part.
    Deterministic: the search is limited by branches, never by time.

    Parameters
    ----------
    room
        The component.
    pushes
        What has to be possible, each on its own.

    Returns
    -------
    numpy.ndarray or None
        One truth value per row; None if not even hiding all rows suffices.
    """
    if len(room.price) <= EXACT_ROWS and len(pushes) * len(room.now.low) <= EXACT_UNKNOWNS:
        found = _programme(room, pushes, room.price, whole=True)
        if found is not None:
            return found > 0.5
    chosen = np.zeros(len(room.price), dtype=bool)
    for push in pushes:
        price = np.where(chosen, 0.0, room.price)
        found = _programme(room, [push], price, whole=False)
        if found is None:
            found = _programme(room, [push], price, whole=False, reach=np.inf)
        if found is None:
            return None
        chosen |= found > EXACT
    return chosen


def _programme(
    room: Room, pushes: list[Push], price: NDArray[np.float64], *, whole: bool, reach: float = REACH
) -> NDArray[np.float64] | None:
    """Solve for the rows to hide, 0..1 each; None if there is no way, or none found within `NODES`."""
    from scipy.optimize import Bounds as Limits  # noqa: PLC0415 - slow to import
    from scipy.optimize import LinearConstraint  # noqa: PLC0415

    rows, cells = len(price), len(room.now.low)
    lows, highs = [np.zeros(rows)], [np.ones(rows)]
    balance, gates, gate_limits = [], [], []
    for push in pushes:
        now, hidden = _limits(room, reach * abs(push.by))
        low, high = hidden.low.copy(), hidden.high.copy()
        side = low if push.by > 0 else high
        if not low[push.cell] <= push.by <= high[push.cell]:
            return None
        side[push.cell] = push.by
        lows.append(low)
        highs.append(high)
        balance.append(room.equations)
        up, up_limit = _gate(room, now.high, hidden.high, rows, cells)
        down, down_limit = _gate(room, -now.low, -hidden.low, rows, cells)
        gates.append((sparse.vstack([up[0], down[0]]), sparse.vstack([up[1], -down[1]])))
        gate_limits += [up_limit, down_limit]
    unknowns = rows + cells * len(pushes)
    equal = sparse.hstack(
        [sparse.csr_array((sum(part.shape[0] for part in balance), rows)), sparse.block_diag(balance)],
        format="csr",
    )
    below = sparse.hstack(
        [sparse.vstack([part for part, _ in gates]), sparse.block_diag([part for _, part in gates])],
        format="csr",
    )
    result = solve(
        np.r_[price, np.zeros(unknowns - rows)],
        integrality=np.r_[np.full(rows, int(whole)), np.zeros(unknowns - rows, dtype=int)],
        bounds=Limits(np.concatenate(lows), np.concatenate(highs)),
        constraints=[
            LinearConstraint(equal, 0.0, 0.0),
            LinearConstraint(below, -np.inf, np.concatenate(gate_limits)),
        ],
        nodes=NODES,
    )
    return None if result.x is None else result.x[:rows]


def _limits(room: Room, reach: float) -> tuple[Bounds, Bounds]:
    """Cut what is possible now, and once all is hidden, to a reach."""
    cut = [
        Bounds(np.maximum(bounds.low, -reach), np.minimum(bounds.high, reach))
        for bounds in (room.now, room.hidden)
    ]
    return cut[0], cut[1]


def _gate(
    room: Room, now: NDArray[np.float64], hidden: NDArray[np.float64], rows: int, cells: int
) -> tuple[tuple[sparse.csr_array, sparse.csr_array], NDArray[np.float64]]:
    """Say that a cell passes its present limit only as far as each row that shows it is hidden.

    Returns the coefficients of rows and cells, and the limits: ``difference - gain * row <= now``.
    """
    gain = (hidden - now)[room.cell]
    used = np.flatnonzero(gain > EXACT)
    number, size = np.arange(len(used)), len(used)
    of_rows = sparse.csr_array((-gain[used], (number, room.row[used])), shape=(size, rows))
    of_cells = sparse.csr_array((np.ones(size), (number, room.cell[used])), shape=(size, cells))
    return (of_rows, of_cells), now[room.cell[used]]
