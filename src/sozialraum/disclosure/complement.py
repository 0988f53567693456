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

    Numbers = NDArray[np.integer]

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

    equations: sparse.coo_array
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
    equations = room.equations
    balances = equations.shape[0] * len(pushes)
    lines, limits = balances, [np.zeros(balances)]
    entries: list[tuple[Numbers, Numbers, NDArray[np.float64]]] = []
    for number, push in enumerate(pushes):
        now, hidden = _limits(room, reach * abs(push.by))
        low, high = hidden.low.copy(), hidden.high.copy()
        side = low if push.by > 0 else high
        if not low[push.cell] <= push.by <= high[push.cell]:
            return None
        side[push.cell] = push.by
        lows.append(low)
        highs.append(high)
        # Every push has its own cells, behind the rows, and its own equations; gates come behind these.
        own = rows + cells * number
        entries.append((equations.row + equations.shape[0] * number, equations.col + own, equations.data))
        for sign, shut, open_ in ((1.0, now.high, hidden.high), (-1.0, -now.low, -hidden.low)):
            pairs, gain = _gates(room, shut, open_)
            gate = np.arange(lines, lines + len(pairs))
            entries.append((gate, room.row[pairs], -gain))
            entries.append((gate, room.cell[pairs] + own, np.full(len(pairs), sign)))
            limits.append(shut[room.cell[pairs]])
            lines += len(pairs)
    unknowns = rows + cells * len(pushes)
    line, column, weight = (np.concatenate(part) for part in zip(*entries, strict=True))
    least = np.where(np.arange(lines) < balances, 0.0, -np.inf)
    matrix = sparse.csc_array((weight, (line, column)), shape=(lines, unknowns))
    result = solve(
        np.r_[price, np.zeros(unknowns - rows)],
        integrality=np.r_[np.full(rows, int(whole)), np.zeros(unknowns - rows, dtype=int)],
        bounds=Limits(np.concatenate(lows), np.concatenate(highs)),
        constraints=[LinearConstraint(matrix, least, np.concatenate(limits))],
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


def _gates(
    room: Room, now: NDArray[np.float64], hidden: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs whose row lets a cell pass its present limit once it is hidden, and by how much.

    The cell passes it only as far as each row that shows it is hidden: ``difference - gain * row <= now``.
    """
    gain = (hidden - now)[room.cell]
    used = np.flatnonzero(gain > EXACT)
    return used, gain[used]
