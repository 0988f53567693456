"""Directed links between positions, with their reason, and as libpysal's graphs tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.stats.connected import connected_parts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["REASONS", "Links", "adjacency_of", "second_order"]

REASONS = ("contiguity", "tolerance", "extra", "nearest", "distance", "kernel", "second order")


@dataclass(frozen=True, kw_only=True)
class Links:
    """Links among `n` districts, sorted by focal, then neighbour; no link twice, none to itself.

    Parameters
    ----------
    n
        Number of districts, those without a link included.
    focal, neighbor
        Positions.
    weight
        Positive.
    reason
        Positions in `REASONS`.
    """

    n: int
    focal: NDArray[np.intp]
    neighbor: NDArray[np.intp]
    weight: NDArray[np.float64]
    reason: NDArray[np.int8]

    @classmethod
    def sort(
        cls,
        n: int,
        focal: ArrayLike,
        neighbor: ArrayLike,
        *,
        reason: ArrayLike,
        weight: ArrayLike = 1.0,
    ) -> Links:
        """Bring links into order; of a link that is given twice, the first stays."""
        focal, neighbor = np.asarray(focal, np.intp), np.asarray(neighbor, np.intp)
        _, kept = np.unique(focal * n + neighbor, return_index=True)
        return cls(
            n=n,
            focal=focal[kept],
            neighbor=neighbor[kept],
            weight=np.broadcast_to(np.asarray(weight, float), focal.shape)[kept],
            reason=np.broadcast_to(np.asarray(reason, np.int8), focal.shape)[kept],
        )

    @classmethod
    def mutual(cls, n: int, first: ArrayLike, second: ArrayLike, *, reason: ArrayLike) -> Links:
        """Link pairs in both directions, with weight 1; `reason` is one code or one per pair."""
        reason = np.broadcast_to(np.asarray(reason, np.int8), np.shape(first))
        return cls.sort(
            n, np.append(first, second), np.append(second, first), reason=np.append(reason, reason)
        )

    def _code(self) -> NDArray[np.intp]:
        return self.focal * self.n + self.neighbor

    def contains(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell for each pair whether it is linked in at least one direction."""
        code = self._code()

        def known(asked: NDArray[np.intp]) -> NDArray[np.bool_]:
            place = np.searchsorted(code, asked)
            return np.asarray(np.append(code, -1)[place] == asked)

        return known(first * self.n + second) | known(second * self.n + first)

    def add(self, other: Links) -> Links:
        """Add links; those that exist keep their reason and weight."""
        return Links.sort(
            self.n,
            np.append(self.focal, other.focal),
            np.append(self.neighbor, other.neighbor),
            reason=np.append(self.reason, other.reason),
            weight=np.append(self.weight, other.weight),
        )

    def remove(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Links:
        """Remove pairs, in both directions."""
        if not len(first):
            return self
        gone = np.append(first * self.n + second, second * self.n + first)
        kept = ~np.isin(self._code(), gone)
        return Links(
            n=self.n,
            focal=self.focal[kept],
            neighbor=self.neighbor[kept],
            weight=self.weight[kept],
            reason=self.reason[kept],
        )

    def cardinalities(self) -> NDArray[np.intp]:
        """Count the neighbours of each district."""
        return np.bincount(self.focal, minlength=self.n)

    def components(self, keys: pd.Index) -> pd.Series:
        """Give the connected parts numbers from 1, the largest first; of equal ones, that with the first key.

        Links count in both directions.
        """
        part = connected_parts(self.n, self.focal, self.neighbor)
        rank = np.empty(self.n, np.intp)
        rank[np.argsort(keys.astype(str), kind="stable")] = np.arange(self.n)
        first_key = np.full(part.max() + 1, self.n)
        np.minimum.at(first_key, part, rank)
        number = np.empty(len(first_key), np.intp)
        number[np.lexsort([first_key, -np.bincount(part)])] = np.arange(1, len(first_key) + 1)
        return pd.Series(number[part], index=keys, name="component")

    def table(self, keys: pd.Index) -> pd.DataFrame:
        """List the links: columns `focal`, `neighbor`, `reason`."""
        return pd.DataFrame(
            {
                "focal": keys.take(self.focal),
                "neighbor": keys.take(self.neighbor),
                "reason": np.array(REASONS, dtype=object)[self.reason],
            }
        )


def adjacency_of(links: Links, keys: pd.Index) -> pd.Series:
    """Return the links as libpysal's ``Graph.adjacency`` has them; its ids are `keys`, in that order."""
    isolated = np.flatnonzero(links.cardinalities() == 0)
    focal, neighbor = np.append(links.focal, isolated), np.append(links.neighbor, isolated)
    weight = np.append(links.weight, np.zeros(len(isolated)))
    order = np.argsort(focal, kind="stable")
    # Codes that equal the positions are what Graph.sparse relies on.
    levels: Any = [keys, keys]
    codes: Any = [focal[order], neighbor[order]]
    index = pd.MultiIndex(levels=levels, codes=codes, names=["focal", "neighbor"])
    whole = not np.any(weight % 1)
    return pd.Series(weight[order].astype(np.int64 if whole else float), index=index, name="weight")


def second_order(links: Links) -> Links:
    """Add the neighbours of neighbours."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - costs start-up time

    matrix = csr_array((np.ones(len(links.focal)), (links.focal, links.neighbor)), shape=(links.n, links.n))
    focal, neighbor = (matrix @ matrix).nonzero()
    other = focal != neighbor
    reason = REASONS.index("second order")
    return links.add(Links.sort(links.n, focal[other], neighbor[other], reason=reason))
