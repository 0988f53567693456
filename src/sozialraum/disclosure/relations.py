"""Which sums of counts always hold: from the catalogue's definitions, and as the data show them.

Who knows the numbers of all three age groups knows the inhabitants, whether or not a catalogue says so.
"""

from __future__ import annotations

import logging
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["find_relations", "guess_relations", "null_space"]

TOLERANCE = 1e-9
SUPPORT_PER_QUANTITY = 4
"""A relation counts as found if at least this many observations per quantity in it are not all zero."""


BITS = 8.0
"""How many bits of evidence a guessed sum needs beyond those that so many tried sums yield by accident."""

NEARLY_ALL = 0.8
"""A guessed sum holds in at least this part of the observations; elsewhere somebody revised or mistyped."""

MANY = 40
"""Past this number of quantities sums of three parts are not guessed: too many to try."""

_LOG = logging.getLogger(__name__)


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


def guess_relations(
    observed: NDArray[np.float64], definitions: NDArray[np.float64], names: Sequence[str]
) -> NDArray[np.float64]:
    """Guess from few observations which count equals another, or is the sum of two or three others.

    Bold: a wrong guess costs rows, a missed one a secret. The evidence is what an accident would cost: each
    observation in which a sum of size s holds weighs log2(1 + s) bits. Sums that hold in most observations
    but not in all are told in the log.

    Parameters
    ----------
    observed
        Shape (observations, quantities): counts, NaN where unknown.
    definitions
        Shape (quantities, variables), as in `find_relations`; what follows from it is not guessed again.
    names
        Of the quantities, for the log.

    Returns
    -------
    numpy.ndarray
        Shape (relations, quantities): parts 1, their sum -1.
    """
    count = observed.shape[1]
    totals = np.where(np.isnan(observed), 0.0, observed).sum(axis=0)
    tried = max(count**2, 1) * (1 if count > MANY else max(count, 1))
    found: list[NDArray[np.float64]] = []
    for whole in np.flatnonzero(totals > 0).tolist():
        smaller = [one for one in range(count) if one != whole and 0 < totals[one] <= totals[whole] * 1.05]
        for size in (1, 2, 3) if count <= MANY else (1, 2):
            for parts in _sums_near(observed, whole, smaller, size):
                row = np.zeros(count)
                row[list(parts)], row[whole] = 1, -1
                defined = np.abs(row @ definitions[:count]).max(initial=0) == 0
                held = None if defined else _evidence(observed, row, np.log2(tried) + BITS)
                if held is not None and _new(row, found):
                    found.append(row)
                    if held < 1:
                        _LOG.warning(
                            "%s = %s holds in %.0f %% of all cases, and is taken for a rule",
                            names[whole],
                            " + ".join(names[one] for one in parts),
                            100 * held,
                        )
    return np.array(found).reshape(len(found), count)


def _sums_near(
    observed: NDArray[np.float64], whole: int, smaller: list[int], size: int
) -> Iterator[tuple[int, ...]]:
    """Give the sets of parts that make up a whole in most of a few observations."""
    complete = np.flatnonzero(~np.isnan(observed[:, whole]) & (observed[:, whole] > 0))
    sample = complete[np.argsort(-observed[complete, whole], kind="stable")][:8]
    if len(sample) < 2:
        return
    target = observed[sample, whole]
    for parts in combinations(smaller, size):
        if size == 1 and parts[0] > whole:
            continue
        matches = np.abs(observed[np.ix_(sample, np.array(parts))].sum(axis=1) - target) < 1e-6
        if matches.sum() >= max(2, 0.5 * len(sample)):
            yield parts


def _evidence(observed: NDArray[np.float64], row: NDArray[np.float64], bits: float) -> float | None:
    """Return in which part of the observations a sum holds; None where the evidence is too thin."""
    involved = observed[:, row != 0]
    usable = ~np.isnan(involved).any(axis=1) & ((involved > 0).sum(axis=1) > 1)
    holds = np.abs(observed[usable][:, row != 0] @ row[row != 0]) < 1e-6
    if holds.sum() < 2:
        return None
    size = observed[usable][:, row < 0].sum(axis=1)
    share = float(holds.mean())
    enough = float(np.log2(1 + size[holds]).sum()) >= bits
    return share if enough and share >= NEARLY_ALL else None
