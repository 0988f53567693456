"""The sharp borders that the page draws: places of both districts instead of their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sozialraum.distinct import groups_of, members

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from sozialraum.analysis import Analysis

__all__ = ["SharpBorders"]


class _Sharp(NamedTuple):
    """Places of the districts on both sides, and the first's value less the second's, shape (borders,)."""

    focal: npt.NDArray[np.intp]
    neighbor: npt.NDArray[np.intp]
    difference: npt.NDArray[np.float64]


class SharpBorders:
    """Asked for by indicator and date.

    Parameters
    ----------
    release
        What the audience may see.
    """

    def __init__(self, release: Analysis) -> None:
        self._parts: dict[tuple[str, str], _Sharp] = {}
        found = release.assessment
        if found is None or found.edges.empty:
            return
        edges = pd.DataFrame(found.edges)
        keys = release.districts.index
        whole = _Sharp(
            keys.get_indexer(edges["focal"]),
            keys.get_indexer(edges["neighbor"]),
            edges["difference"].to_numpy(float),
        )
        sharp = (edges["border"] == "sharp").to_numpy()
        groups, first = groups_of(edges, ["indicator", "date"])
        names = edges[["indicator", "date"]].iloc[first].itertuples(index=False, name=None)
        for (indicator, date), rows in zip(names, members(groups, len(first)), strict=True):
            ours = rows[sharp[rows]]
            self._parts[str(indicator), str(date)] = _Sharp(
                whole.focal[ours], whole.neighbor[ours], whole.difference[ours]
            )

    def at(self, indicator: str, date: str) -> _Sharp | None:
        """Return the sharp borders; None where no border was compared."""
        return self._parts.get((indicator, date))
