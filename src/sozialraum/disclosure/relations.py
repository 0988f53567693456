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

__all__ = ["find_relations", "guess_relations", "null_space", "without_unknown"]

TOLERANCE = 1e-9
SUPPORT_PER_QUANTITY = 4
"""A relation counts as found if at least this many observations per quantity in it are not all zero."""


BITS = 8.0
"""How many bits of evidence a guessed sum needs beyond those that so many tried sums yield by accident."""

NEARLY_ALL = 0.8
"""A guessed sum holds in at least this part of the observations; elsewhere somebody revised or mistyped."""

MANY = 40
"""Past this number of quantities sums of three parts are not guessed: too many to try."""

SAMPLE = 8
"""Observations that a sum is tried on at first."""

TOLERANCE_OF_COUNTS = 1e-6

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


def without_unknown(
    relations: NDArray[np.float64], unknown: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Combine sums so that what is unknown drops out: a + b = c and c = d tell a + b = d without c.

    Parameters
    ----------
    relations
        Shape (relations, quantities).
    unknown
        Per quantity.

    Returns
    -------
    combined : numpy.ndarray
        Shape (combinations, quantities): of two relations or more, each without an unknown quantity.
    used : numpy.ndarray
        Shape (combinations, relations): which relations each one needs.
    """
    touched = (relations[:, unknown] != 0).any(axis=1)
    weights = null_space(relations[touched][:, unknown].T)
    combined = weights @ relations[touched]
    used = np.zeros((len(weights), len(relations)), dtype=bool)
    used[:, touched] = np.abs(weights) > TOLERANCE_OF_COUNTS
    # What is left of a sum that says the same twice is nothing.
    says = (np.abs(combined) > TOLERANCE_OF_COUNTS).any(axis=1)
    return np.where(np.abs(combined) > TOLERANCE_OF_COUNTS, combined, 0.0)[says], used[says]


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
    known = ~np.isnan(observed)
    numbers = np.where(known, observed, 0.0)
    # Sum of the first count where the second is known, too; releases show them at different dates.
    beside = numbers.T @ known
    samples = _samples(observed, known)
    tried = max(count**2, 1) * (1 if count > MANY else max(count, 1))
    found: list[NDArray[np.float64]] = []
    for whole in range(count):
        below = (beside[:, whole] > 0) & (beside[:, whole] <= beside[whole] * 1.05)
        smaller = [one for one in np.flatnonzero(below).tolist() if one != whole]
        for size in (1, 2, 3) if count <= MANY else (1, 2):
            for parts in _sums_near(observed[samples[whole]], whole, smaller, size):
                row = np.zeros(count)
                row[list(parts)], row[whole] = 1, -1
                defined = np.abs(row @ definitions[:count]).max(initial=0) == 0
                held = None if defined else _evidence(observed, row, np.log2(tried) + BITS)
                # One that follows from others is kept: at some dates these others may be unknown.
                if held is not None:
                    found.append(row)
                    if held < 1:
                        _LOG.warning(
                            "%s = %s holds in %.0f %% of all cases, and is taken for a rule",
                            names[whole],
                            " + ".join(names[one] for one in parts),
                            100 * held,
                        )
    return np.array(found).reshape(len(found), count)


def _samples(observed: NDArray[np.float64], known: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Choose per quantity a few observations to try sums on, some from each set in which others are known."""
    sets = np.unique(known, axis=1).T
    chosen = []
    for whole in range(observed.shape[1]):
        usable = known[:, whole] & (observed[:, whole] > 0)
        parts = [np.flatnonzero(usable & one) for one in sets]
        largest = [part[np.argsort(-observed[part, whole], kind="stable")][:SAMPLE] for part in parts]
        chosen.append(np.unique(np.concatenate(largest)))
    return chosen


def _sums_near(
    sample: NDArray[np.float64], whole: int, smaller: list[int], size: int
) -> Iterator[tuple[int, ...]]:
    """Give the sets of parts that make up a whole in most of a few observations."""
    last = np.array(smaller, dtype=np.int64)
    for first in combinations(smaller, size - 1):
        left = sample[:, whole] - sample[:, list(first)].sum(axis=1)
        off = np.abs(sample[:, last] - left[:, None])
        matches = (off < TOLERANCE_OF_COUNTS).sum(axis=0)
        enough = matches >= np.maximum(2, 0.5 * (~np.isnan(off)).sum(axis=0))
        for part in last[enough].tolist():
            if part > max(first, default=-1) and (size > 1 or part < whole):
                yield (*first, part)


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
