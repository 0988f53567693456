"""Areas like the treated one that nobody treated: as many districts, hanging together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from libpysal.graph import Graph
    from numpy.typing import NDArray

    Ints = NDArray[np.intp]
    Links = list[list[int]]

__all__ = ["linked", "parts", "placebo_sets", "ring_of"]


def linked(graph: Graph, keys: Sequence[object]) -> Links:
    """List each district's neighbours by position in `keys`, both directions, without itself."""
    position = {key: at for at, key in enumerate(keys)}
    found: list[set[int]] = [set() for _ in keys]
    adjacency = graph.adjacency
    for focal, neighbor in adjacency[adjacency > 0].index:
        one, other = position.get(focal), position.get(neighbor)
        if one is not None and other is not None and one != other:
            found[one].add(other)
            found[other].add(one)
    return [sorted(near) for near in found]


def ring_of(links: Links, treated: Sequence[int], order: int) -> list[int]:
    """List the districts within `order` steps of the treated ones, without these."""
    inside, front = set(treated), set(treated)
    for _ in range(order):
        front = {near for at in front for near in links[at]} - inside
        inside |= front
    return sorted(inside - set(treated))


def parts(links: Links, members: Sequence[int]) -> list[list[int]]:
    """Split districts into those that hang together, larger parts first."""
    left, found = set(members), []
    while left:
        part, front = set(), {min(left)}
        while front:
            part |= front
            front = {near for at in front for near in links[at] if near in left} - part
        left -= part
        found.append(sorted(part))
    return sorted(found, key=lambda part: (-len(part), part))


def placebo_sets(
    links: Links, allowed: Sequence[int], sizes: Sequence[int], *, draws: int = 4, seed: int = 0
) -> Ints:
    """Grow areas of the treated area's shape among untreated districts, `draws` from each of them.

    Parameters
    ----------
    links
        From `linked`.
    allowed
        Districts that are neither treated nor in the ring.
    sizes
        Districts in each part of the treated area that hangs together.
    draws
        Attempts per starting district; equal sets count once.
    seed
        Of the order in which neighbours are added.

    Returns
    -------
    NDArray
        Sets x ``sum(sizes)``, positions ascending; no rows where the city has no room for one.
    """
    rng = np.random.default_rng(seed)
    free = set(allowed)
    found: set[tuple[int, ...]] = set()
    for start in sorted(free):
        for _ in range(draws):
            whole = _several(links, free, start, sizes, rng)
            if whole:
                found.add(tuple(sorted(whole)))
    if not found:
        return np.empty((0, sum(sizes)), dtype=np.intp)
    return np.array(sorted(found), dtype=np.intp)


def _several(
    links: Links, free: set[int], start: int, sizes: Sequence[int], rng: np.random.Generator
) -> set[int]:
    whole: set[int] = set()
    for number, size in enumerate(sizes):
        left = sorted(free - whole)
        if not left:
            return set()
        seed = start if number == 0 else left[int(rng.integers(len(left)))]
        part = _grow(links, free - whole, seed, size, rng)
        if not part:
            return set()
        whole |= part
    return whole


def _grow(links: Links, free: set[int], start: int, size: int, rng: np.random.Generator) -> set[int]:
    part, front = {start}, [near for near in links[start] if near in free]
    while len(part) < size:
        if not front:
            return set()
        chosen = front.pop(int(rng.integers(len(front))))
        part.add(chosen)
        front += [near for near in links[chosen] if near in free and near not in part and near not in front]
    return part
