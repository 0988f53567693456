"""What the page needs to answer: who lives there, who is whose neighbour, what an index is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.publish.atlas.columns import Slices, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.analysis import Analysis, Assessment

__all__ = ["Parts", "neighbour_pairs", "people"]

SHOWN = ("ok", "unreliable")
"""Flags of cells whose counts may be seen."""


def people(release: Analysis) -> dict[str, str]:
    """Collect the inhabitants per date, for sums over groups of districts.

    The model of confidentiality does not know the population. A public page therefore tells only those
    inhabitants that stand on it already, as the people on whom an indicator counts: at a date, such an
    indicator's shown denominators have to equal the population in every district.

    Parameters
    ----------
    release
        What the audience may see.

    Returns
    -------
    dict
        Date to a packed column (see `columns.numbers`) in the order of the districts; dates at which nobody
        may be counted are left out.
    """
    if release.population is None:
        return {}
    keys = release.districts.index
    cells = Slices(release.indicators, keys, ("denominator", "flag"))
    told: dict[str, str] = {}
    for date in release.population:
        counts = release.population[date].reindex(keys).to_numpy(float)
        if release.audience != "internal":
            counts = np.where(_seen(cells, str(date), counts), counts, np.nan)
        packed = numbers(counts, 0)
        if packed is not None:
            told[str(date)] = packed
    return told


def _seen(cells: Slices, date: str, counts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell where a denominator is seen at a date that is the population wherever it is seen."""
    found = np.zeros(len(counts), dtype=bool)
    for indicator in cells.names():
        ours = cells.at(indicator, date)
        if ours:
            seen = np.isin(ours["flag"], SHOWN) & ~np.isnan(ours["denominator"])
            if (ours["denominator"][seen] == counts[seen]).all():
                found |= seen
    return found


def neighbour_pairs(release: Analysis) -> list[str] | None:
    """Write who is whose neighbour, each pair once, as two packed columns of places.

    Returns
    -------
    list of str or None
        Places of the first districts (ascending) and of the second ones; None where no neighbours are known.
    """
    if release.around is None:
        return None
    links = release.around.adjacency
    links = links[links > 0]
    keys = release.districts.index
    assert isinstance(links.index, pd.MultiIndex)  # noqa: S101 - as `Neighbours` says
    first, second = (_positions(links.index, keys, side) for side in ("focal", "neighbor"))
    both = (first >= 0) & (second >= 0) & (first != second)
    lower, upper = np.minimum(first, second)[both], np.maximum(first, second)[both]
    pairs = np.unique(lower * len(keys) + upper)
    columns = [numbers(column, 0) for column in (pairs // len(keys), pairs % len(keys))]
    return None if None in columns else [column for column in columns if column is not None]


def _positions(links: pd.MultiIndex, keys: pd.Index, side: str) -> NDArray[np.int64]:
    """Return the places of the districts on one side of the links: each is looked up once."""
    level = links.names.index(side)
    places = keys.get_indexer(links.levels[level]).astype(np.int64)
    return places[links.codes[level]]


class Parts:
    """What each indicator contributes to an index, to be asked for by index and date.

    Parameters
    ----------
    found
        Its `contributions` are read.
    districts
        Gives the order of the cells.
    """

    def __init__(self, found: Assessment, districts: pd.Index) -> None:
        by = ("index", "date", "indicator")
        self._slices = Slices(found.contributions, districts, ("contribution",), by=by)

    def at(self, index: str, date: str) -> dict[str, str] | None:
        """Return indicator to a packed column; None where nothing is known."""
        told = {
            indicator: numbers(self._slices.at(index, date, indicator)["contribution"], 2)
            for indicator in self._slices.last(index, date)
        }
        return {name: packed for name, packed in told.items() if packed is not None} or None
