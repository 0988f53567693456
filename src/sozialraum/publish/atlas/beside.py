"""What the page tells beside values and verdicts: smoothed values, borders, walls, the city's inequality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.distinct import groups_of, members
from sozialraum.publish.atlas.columns import Slices, number, numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    from sozialraum.analysis import Analysis
    from sozialraum.publish.atlas.contract import CityMeasure, WallTold

__all__ = ["BesideSlices", "SharpBorders"]

SMOOTHED = {
    "smoothed": "smoothed",
    "smoothedLower": "smoothed_lower",
    "smoothedUpper": "smoothed_upper",
    "smoothedLocal": "smoothed_local",
}
"""Fields of a slice, by the columns of `Assessment.smoothed`."""

MEASURES = {"dissimilarity": "corrected", "isolation": "corrected", "gini": "excess"}
"""Measures of the city that the page shows, and the column that says how unequal it is beyond chance."""

MEASURE_DIGITS = 4


class _Sharp(NamedTuple):
    """Places of the districts on both sides, and the first's value less the second's, shape (borders,)."""

    focal: npt.NDArray[np.intp]
    neighbor: npt.NDArray[np.intp]
    difference: npt.NDArray[np.float64]


class SharpBorders:
    """The sharp borders, as places of both districts instead of their keys; asked for by indicator and date.

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


class BesideSlices:
    """Asked for by indicator and date.

    Parameters
    ----------
    release
        What the audience may see.
    borders
        Its sharp borders.
    """

    def __init__(self, release: Analysis, borders: SharpBorders) -> None:
        found = release.assessment
        nothing = pd.DataFrame()
        keys = release.districts.index
        self._places = {str(key): place for place, key in enumerate(keys)}
        self._smoothed = Slices(nothing if found is None else found.smoothed, keys, list(SMOOTHED.values()))
        self._borders = borders
        self._walls: dict[tuple[str, str], list[dict[Any, Any]]] = {}
        for wall in () if found is None else found.walls.to_dict("records"):
            self._walls.setdefault((str(wall["indicator"]), str(wall["date"])), []).append(wall)
        self._measured: dict[tuple[str, str], list[dict[Any, Any]]] = {}
        for frame in () if found is None else (found.segregation, found.inequality):
            if frame.empty:
                continue
            city = frame[frame["level"].isin(["district", ""])]
            for row in city.drop_duplicates(["indicator", "date", "measure"]).to_dict("records"):
                self._measured.setdefault((str(row["indicator"]), str(row["date"])), []).append(row)

    def at(self, indicator: str, date: str, *, factor: float, decimals: int) -> dict[str, Any]:
        """Collect what there is of one indicator at one date, ready for JSON; as `AssessedSlices.at`."""
        told: dict[str, Any] = {}
        cells = self._smoothed.at(indicator, date)
        for name, column in SMOOTHED.items():
            if column in cells:
                told[name] = numbers(cells[column] * factor, decimals)
        told["walls"] = self._told_walls(indicator, date, factor, decimals)
        told["measures"] = self._measures(indicator, date)
        return {name: value for name, value in told.items() if value}

    def _told_walls(self, indicator: str, date: str, factor: float, decimals: int) -> list[WallTold]:
        """List the walls, the longest first: their borders as places of districts, the higher side first."""
        walls, sharp = self._walls.get((indicator, date), []), self._borders.at(indicator, date)
        found: list[WallTold] = []
        if not walls or sharp is None:
            return found
        up = sharp.difference > 0
        higher, lower = np.where(up, sharp.focal, sharp.neighbor), np.where(up, sharp.neighbor, sharp.focal)
        below: dict[int, list[int]] = {}
        for high, low in zip(higher.tolist(), lower.tolist(), strict=True):
            below.setdefault(high, []).append(low)
        for wall in walls:
            above, under = (
                {self._places[key] for key in wall[side] if key in self._places} for side in ("high", "low")
            )
            borders = [[a, b] for a in above for b in below.get(a, ()) if b in under]
            found.append(
                {
                    "borders": sorted(borders),
                    "length": int(round(float(wall["length"]), -1)),
                    "jump": number(round(float(wall["jump"]) * factor, decimals)),
                    "ends": [str(wall["from"]), str(wall["to"])],
                }
            )
        return found

    def _measures(self, indicator: str, date: str) -> dict[str, CityMeasure]:
        found: dict[str, CityMeasure] = {}
        for row in self._measured.get((indicator, date), ()):
            name = str(row["measure"])
            if name not in MEASURES or not np.isfinite(float(row[MEASURES[name]])):
                continue
            value, lower, upper = (
                number(round(float(row[column]), MEASURE_DIGITS))
                for column in (MEASURES[name], "lower", "upper")
            )
            found[name] = {
                "value": value,
                "lower": lower,
                "upper": upper,
                "districts": int(row["districts"]),
            }
        return found
