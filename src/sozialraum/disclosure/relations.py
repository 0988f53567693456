"""Which sums of counts always hold: from the catalogue's definitions, and as the data show them.

Who knows the numbers of all three age groups knows the inhabitants, whether or not a catalogue says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["find_relations", "null_space"]

TOLERANCE = 1e-9
SUPPORT_PER_QUANTITY = 4
"""A relation counts as found if at least this many observations per quantity in it are not all zero."""


def null_space(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a basis of the vectors that `matrix` maps to zero, each with a 1 and otherwise few entries.

    Parameters
    ----------
    matrix
        Shape (rows, columns).

    Returns
    -------
    numpy.ndarray
        Shape (columns - rank, columns): the reduced row echelon form read off for each free column.
    """
    work = np.linalg.qr(matrix, mode="r") if len(matrix) > matrix.shape[1] else matrix.astype(float)
    scale = np.maximum(np.abs(work).max(axis=0, initial=0.0), 1.0)
    work = work / scale
    columns, pivots, row = work.shape[1], [], 0
    for column in range(columns):
        if row == len(work):
            break
        best = row + int(np.argmax(np.abs(work[row:, column])))
        if abs(work[best, column]) <= TOLERANCE:
            continue
        work[[row, best]] = work[[best, row]]
        work[row] /= work[row, column]
        others = np.arange(len(work)) != row
        work[others] -= np.outer(work[others, column], work[row])
        pivots.append(column)
        row += 1
    free = [column for column in range(columns) if column not in pivots]
    basis = np.zeros((len(free), columns))
    for number, column in enumerate(free):
        basis[number, column] = 1.0
        basis[number, pivots] = -work[: len(pivots), column] * scale[column] / scale[pivots]
    return basis


def find_relations(definitions: NDArray[np.float64], observed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find sums of quantities that are always zero.

    Parameters
    ----------
    definitions
        Shape (quantities, variables): how often each variable is added into each quantity.
    observed
        Shape (observations, first quantities): counts, NaN where unknown. Quantities that are remainders
        stand last and are left out here; the definitions cover them.

    Returns
    -------
    numpy.ndarray
        Shape (relations, quantities), entries -1, 0, 1 from the data, whole numbers from the definitions;
        no relation follows from the others. What only the data show counts if it is a plain sum and holds
        in so many observations that it is no accident.
    """
    found = [relation for relation in null_space(definitions.T) if _whole(relation)]
    complete = observed[~np.isnan(observed).any(axis=1)]
    used = np.flatnonzero((complete != 0).any(axis=0)) if len(complete) else np.array([], dtype=int)
    if len(complete) >= SUPPORT_PER_QUANTITY * len(used) > 0:
        for partial in null_space(complete[:, used]):
            relation = np.zeros(len(definitions))
            relation[used] = np.round(partial)
            if _plain(relation, partial) and _supported(relation, complete) and _new(relation, found):
                found.append(relation)
    return np.array(found).reshape(len(found), len(definitions)).round()


def _whole(relation: NDArray[np.float64]) -> bool:
    return bool(np.allclose(relation, relation.round(), atol=1e-6))


def _plain(relation: NDArray[np.float64], exact: NDArray[np.float64]) -> bool:
    return _whole(exact) and bool((np.abs(relation) <= 1).all() and np.count_nonzero(relation) > 1)


def _supported(relation: NDArray[np.float64], observed: NDArray[np.float64]) -> bool:
    involved = observed[:, relation[: observed.shape[1]] != 0]
    several = (involved != 0).sum(axis=1) > 1
    holds = np.abs(observed @ relation[: observed.shape[1]]) < 1e-6
    return bool(holds.all() and several.sum() >= SUPPORT_PER_QUANTITY * involved.shape[1])


def _new(relation: NDArray[np.float64], found: list[NDArray[np.float64]]) -> bool:
    both = np.array([*found, relation])
    return bool(np.linalg.matrix_rank(both) == len(both))
