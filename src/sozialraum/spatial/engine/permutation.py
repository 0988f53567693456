"""Conditional permutation, exact for every district, at the cost of a sort.

The question is always the same: how often would a district's neighbours have a sum at least as large (or as
small) as theirs, if values had been dealt out by chance among all other districts? Permuting for each
district alone costs n times as much as it needs to.

**One draw for all.** Let k be the largest number of neighbours. A permutation is one ordered sample of k + 1
distinct districts out of all n. For district i with k_i neighbours, the first k_i of that sample, after
deleting i from it, are a uniform draw from the n - 1 others: deleting one element from a uniform ordered
sample leaves a uniform ordered sample of the rest. So the sum over the first k_i, C[p, k_i], is a valid
permuted sum for every district of that cardinality, except in those permutations in which i itself is among
its first k_i. There the sum is C[p, k_i + 1] - z_i. One sorted column C[:, k] serves all districts with k
neighbours; a binary search counts it, and only the few exceptions, about P k_i / n for each district, are put
right one by one. Draws are shared by all indicators with the same missing values.

**Unequal weights.** A weighted sum has no shared reference. Districts whose neighbours differ in weight are
worked in blocks, from the same draws and by the same rule of deletion.

**Ties.** Values are standardised and held as whole numbers of 2**-40 standard deviations (coarser above four
million districts), so that sums are exact in any order. Sums that differ by no more than 2**-28 (4e-9)
standard deviations count as tied, which covers the rounding of the values themselves. Ties count as at least
as extreme.

**Same numbers always.** A draw deals out places in the sorted list of keys, so that the order of rows changes
nothing. Draws come in blocks whose size depends on the data alone, each with its own child of
the seed; counts of blocks add up. So neither the number of workers nor the memory budget changes a result.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.processes import beside, can_copy
from sozialraum.spatial.engine.draws import Draws, exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Table

    Progress = Callable[[int, int], None]

__all__ = ["MEMORY", "TIE", "Tails", "count_tails", "permuted_means", "run_jobs"]

MEMORY = 1 << 30
"""Default budget in bytes for all workers together, beside the values and the counts themselves."""

MANY = 1_000_000
"""Permuted values of one district from which on a second process is worth its trouble."""

TIE = 2.0**-28
DISTRICTS_PER_BLOCK = 64

FEW = 10
"""Up to so many districts of one cardinality are compared with every sum; sorting the sums takes longer."""


@dataclass(frozen=True, kw_only=True)
class Tails:
    """How many permutations have a neighbour sum as extreme as the observed one.

    Parameters
    ----------
    lower, upper
        Permutations whose sum is at most (at least) the observed, ties included; shape (n, columns). They
        mean nothing for a district without a value, or without a neighbour that has one.
    permutations
        P, the number of permutations.
    """

    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    permutations: int


@dataclass(frozen=True, kw_only=True)
class _Group:
    """All columns that lack the same districts."""

    valid: NDArray[np.intp] | slice
    columns: NDArray[np.intp]
    equal: tuple[Table, ...]
    unequal: tuple[Table, ...]
    values: NDArray[np.float64]
    order: NDArray[np.intp]
    draws: Draws

    def parts(self, count: int) -> Iterator[_Group]:
        """Split into `count` groups of about as many columns each."""
        step = -(-len(self.columns) // count)
        for first in range(0, len(self.columns), step):
            own = slice(first, first + step)
            yield replace(self, columns=self.columns[own], values=self.values[own])


def count_tails(
    values: NDArray[np.float64],
    adjacency: Adjacency,
    *,
    permutations: int,
    seed: int,
    workers: int | None = None,
    memory: int = MEMORY,
    progress: Progress | None = None,
) -> Tails:
    """Count for each district and column the permutations with a neighbour sum as extreme as the observed.

    A district without a value takes no part: it is not drawn, and its neighbours have one neighbour fewer.
    Every statistic that rises or falls with the (weighted) sum over the neighbours can be judged by the
    counts.

    Parameters
    ----------
    values
        Standardised values, shape (n, columns); NaN for a district without one.
    adjacency
        Neighbours; only the ratio of a district's weights among each other matters.
    permutations, seed
        P and the seed of the draws.
    workers
        Threads; by default one per processor, in two processes where that goes. The counts do not depend on
        it.
    memory
        Budget in bytes for the draws and sums of all workers. The counts do not depend on it.
    progress
        Called from the calling thread with blocks done and blocks in all, of this process.

    Returns
    -------
    Tails
        Counts of shape (n, columns).
    """
    hands = workers or os.cpu_count() or 1
    groups = _groups(values, adjacency, permutations, seed)
    jobs = list(_jobs(groups, memory=memory, workers=hands))
    # Threads wait for each other between any two steps; two processes do not.
    apart = workers is None and values.shape[1] * permutations > MANY and can_copy()
    count = partial(_count, shape=values.T.shape, workers=-(-hands // 2) if apart else hands)
    with beside(partial(count, jobs[1::2] if apart else []), worth=apart) as others:
        lower, above = count(jobs[::2] if apart else jobs, progress=progress)
        more_lower, more_above = others()
    lower += more_lower
    above += more_above
    return Tails(lower=lower.T, upper=(permutations - above).T, permutations=permutations)


def _count(
    jobs: Sequence[tuple[list[_Group], range]],
    *,
    shape: tuple[int, int],
    workers: int,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the sums at most at, and below, the observed ones; both of shape (columns, n)."""
    lower, above = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    lock = Lock()

    def work(members: list[_Group], chunk: range) -> int:
        sample = members[0].draws.sample(chunk)
        for group in members:
            below, at_most = _count_sample(group, group.order.take(sample, mode="clip"))
            with lock:
                for at, column in enumerate(group.columns):
                    above[column, group.valid] += below[at]
                    lower[column, group.valid] += at_most[at]
        return len(chunk) * len(members)

    run_jobs(work, jobs, workers=workers, progress=progress)
    return lower, above


def run_jobs(
    work: Callable[..., int],
    jobs: Sequence[tuple[list[Any], range]],
    *,
    workers: int,
    progress: Progress | None,
) -> None:
    """Do all jobs in threads; tell after each how much is done, and how much there is."""
    total = sum(len(members) * len(chunk) for members, chunk in jobs)
    done = 0
    for finished in _results(work, jobs, workers):
        done += finished
        if progress is not None:
            progress(done, total)


def _results(
    work: Callable[..., int], jobs: Sequence[tuple[list[Any], range]], workers: int
) -> Iterator[int]:
    if min(workers, len(jobs)) < 2:
        yield from (work(*job) for job in jobs)
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            for finished in as_completed([pool.submit(work, *job) for job in jobs]):
                yield finished.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _groups(
    values: NDArray[np.float64], adjacency: Adjacency, permutations: int, seed: int
) -> Iterator[_Group]:
    known = ~np.isnan(values)
    patterns: dict[bytes, list[int]] = {}
    for column in range(values.shape[1]):
        patterns.setdefault(known[:, column].tobytes(), []).append(column)
    for columns in patterns.values():
        valid = known[:, columns[0]]
        among = adjacency.among(valid)
        if not among.tables:
            continue
        rows = slice(None) if among is adjacency else np.flatnonzero(valid)
        yield _Group(
            valid=rows,
            columns=np.array(columns),
            equal=tuple(table for table in among.tables if table.weights is None),
            unequal=tuple(table for table in among.tables if table.weights is not None),
            values=np.ascontiguousarray(values[rows][:, columns].T),
            order=among.order,
            draws=Draws(
                districts=among.districts,
                size=among.tables[-1].size + 1,
                permutations=permutations,
                seed=seed,
            ),
        )


def _jobs(groups: Iterable[_Group], *, memory: int, workers: int) -> Iterator[tuple[list[_Group], range]]:
    """Put those together that share their draws, and cut the work so that every worker has some."""
    plans: dict[Draws, list[_Group]] = {}
    for group in groups:
        plans.setdefault(group.draws, []).append(group)
    for plan, members in plans.items():
        chunks = list(plan.chunks(memory=memory, workers=workers, tasks=len(plans)))
        hands = -(-workers // (len(chunks) * len(plans)))
        parts = [part for group in members for part in group.parts(hands)]
        for chunk in chunks:
            for hand in range(min(hands, len(parts))):
                yield parts[hand::hands], chunk


def _count_sample(group: _Group, sample: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count sums below, and at most at, the observed ones; both of shape (columns, valid districts)."""
    below = np.zeros(group.values.shape, dtype=np.int64)
    at_most = np.zeros(group.values.shape, dtype=np.int64)
    if group.equal:
        _count_equal(group, sample, below, at_most)
    for table in group.unequal:
        for first in range(0, sample.shape[1], group.draws.rows):
            _count_unequal(group, table, sample[:, first : first + group.draws.rows], below, at_most)
    return below, at_most


def _only(tables: Iterable[Table], districts: int) -> NDArray[np.intp]:
    """Cardinality of each district that is in one of `tables`, else 0."""
    cardinalities = np.zeros(districts, dtype=np.intp)
    for table in tables:
        cardinalities[table.districts] = table.size
    return cardinalities


def _count_equal(
    group: _Group,
    sample: NDArray[np.intp],
    below: NDArray[np.int64],
    at_most: NDArray[np.int64],
) -> None:
    permutations = sample.shape[1]
    scale = 2.0 ** min(40, 62 - group.draws.districts.bit_length())
    tie = int(TIE * scale)
    cardinalities = _only(group.equal, group.draws.districts)
    own = exceptions(sample, cardinalities)
    wrong_place = cardinalities.take(own.district) * permutations + own.permutation
    sums = np.zeros((len(sample) + 1, permutations), dtype=np.int64)
    observed = np.zeros(group.draws.districts, dtype=np.int64)
    for column, values in enumerate(group.values):
        exact = np.rint(values * scale).astype(np.int64)
        for step, drawn in enumerate(sample):
            np.add(sums[step], exact.take(drawn, mode="clip"), out=sums[step + 1])
        for table in group.equal:
            around = exact.take(table.neighbors[0])
            for neighbors in table.neighbors[1:]:
                around += exact.take(neighbors)
            observed[table.districts] = around
            order = np.argsort(around)
            districts = table.districts[order]
            first, last = _rank(sums[table.size], around[order] - tie, 2 * tie)
            below[column, districts] += first
            at_most[column, districts] += last
        # Nothing is out of bounds, and to look takes as long as to take.
        least = observed.take(own.district, mode="clip") - tie
        wrong = sums.ravel().take(wrong_place, mode="clip") - least
        right = sums[1:].ravel().take(wrong_place, mode="clip") - least
        right -= exact.take(own.district, mode="clip")
        _put_right(below[column], own.district, wrong < 0, right < 0)
        _put_right(at_most[column], own.district, wrong <= 2 * tie, right <= 2 * tie)


def _rank(
    sums: NDArray[np.int64], least: NDArray[np.int64], width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Count the sums below each of `least`, which ascends, and those at most `least` + `width`."""
    if len(least) <= FEW:
        below = np.array([np.count_nonzero(sums < bound) for bound in least])
        return below, np.array([np.count_nonzero(sums <= bound) for bound in least + width])
    reference = np.sort(sums)
    below = reference.searchsorted(least)
    at_most = below.copy()
    # A second search only where a tie is possible at all.
    near = np.flatnonzero(below < len(reference))
    near = near[reference.take(below.take(near)) <= least.take(near) + width]
    at_most[near] = reference.searchsorted(least.take(near) + width, side="right")
    return below, at_most


def _put_right(
    counts: NDArray[np.int64],
    district: NDArray[np.intp],
    wrong: NDArray[np.bool_],
    right: NDArray[np.bool_],
) -> None:
    changed = np.flatnonzero(right != wrong)
    by = np.where(right.take(changed), 1.0, -1.0)
    counts += np.bincount(district.take(changed), by, len(counts)).astype(np.int64)


def _count_unequal(
    group: _Group,
    table: Table,
    sample: NDArray[np.intp],
    below: NDArray[np.int64],
    at_most: NDArray[np.int64],
) -> None:
    observed = [table.means(values) for values in group.values]
    for block, permuted in permuted_means(group.values, table, sample):
        for column, means in enumerate(permuted):
            around = observed[column][block, None]
            below[column, table.districts[block]] += (means < around - TIE).sum(axis=1)
            at_most[column, table.districts[block]] += (means <= around + TIE).sum(axis=1)


def permuted_means(
    values: NDArray[np.float64], table: Table, sample: NDArray[np.intp]
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Give the neighbours' means in every permutation, a block of districts at a time.

    For statistics that are no function of one sum, and for weights that differ.

    Parameters
    ----------
    values
        Shape (columns, n), without NaN.
    table
        Districts with the same number of neighbours.
    sample
        Draws, shape (size, permutations).

    Yields
    ------
    slice, NDArray
        Which of the table's districts, and their means, shape (columns, districts of the block,
        permutations).
    """
    own = exceptions(sample, _only([table], values.shape[1]))
    by_district = np.argsort(own.district, kind="stable")
    district, places = own.district[by_district], own.place
    drawn = [column.take(sample[: table.size + 1]) for column in values]
    for first in range(0, len(table.districts), DISTRICTS_PER_BLOCK):
        block = slice(first, first + DISTRICTS_PER_BLOCK)
        districts = table.districts[block]
        entries = by_district[slice(*np.searchsorted(district, [districts[0], districts[-1] + 1]))]
        row = np.searchsorted(districts, own.district[entries])
        place, permutation = places[entries], own.permutation[entries]
        means = np.empty((len(values), len(districts), sample.shape[1]))
        weights = np.full((table.size, len(districts)), 1.0 / table.size)
        if table.weights is not None:
            weights = table.weights[:, block]
        for column, around in enumerate(drawn):
            np.matmul(weights.T, around[: table.size], out=means[column])
            replaced = np.zeros(len(entries))
            for step, weight in enumerate(weights):
                replaced += weight[row] * around[step + (step >= place), permutation]
            means[column, row, permutation] = replaced
        yield block, means
