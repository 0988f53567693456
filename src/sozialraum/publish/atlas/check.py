"""What keeps an atlas from being drawn: rows that are double, would be lost, or may not be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.assessment.index.recipes import NOT_ASSESSABLE
from sozialraum.distinct import doubled
from sozialraum.errors import AlignmentError, BoundaryError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sozialraum.analysis import Analysis

__all__ = ["validate"]


def validate(release: Analysis) -> None:
    """Refuse a release whose rows could not be told apart or would be lost on the page.

    Raises
    ------
    BoundaryError
        If the districts have no CRS or a key twice.
    AlignmentError
        If a row's key is no district, if there are two rows for one cell, if an indicator is not in the
        catalogue, or if a verdict or border rests on a number that the release does not hold.
    """
    districts = release.districts
    problems = []
    if districts.crs is None:
        problems.append(Problem(code="atlas.error.no_crs"))
    if not districts.index.is_unique:
        again = districts.index[districts.index.duplicated()].unique()
        problems.append(Problem(code="atlas.error.doubled_district", keys=_keys(again)))
    raise_problems(problems, BoundaryError)
    for name, frame, columns in _frames(release):
        problems += _misplaced(name, frame, columns, districts.index)
    used = pd.Index(release.indicators["indicator"].unique())
    unknown = used[~used.isin(release.catalogue.index)]
    if len(unknown):
        problems.append(Problem(code="atlas.error.no_entry", keys=_keys(unknown)))
    if used.empty:
        problems.append(Problem(code="atlas.error.no_indicators"))
    raise_problems([*problems, *_unfounded(release)], AlignmentError)


def _keys(keys: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, keys))


def _frames(release: Analysis) -> Iterator[tuple[str, pd.DataFrame, tuple[str, ...]]]:
    """Yield each frame that is keyed by district, with the columns that tell its rows apart."""
    yield "indicators", release.indicators, ("indicator", "date")
    yield "clusters", release.clusters, ("indicator", "date")
    found = release.assessment
    if found is None:
        return
    yield "index", found.index, ("index", "date")
    yield "verdicts", found.verdicts, ("indicator", "date")
    yield "profiles", found.profiles, ("group", "date")
    yield "contributions", found.contributions, ("index", "date", "indicator")
    yield "robustness", found.robustness, ()
    yield "variants", found.variants, ()
    for side in ("focal", "neighbor") if len(found.edges) else ():
        other = {"focal": "neighbor", "neighbor": "focal"}[side]
        yield "edges", pd.DataFrame(found.edges).set_index(side), (other, "indicator", "date")


def _misplaced(
    name: str, frame: pd.DataFrame, columns: tuple[str, ...], districts: pd.Index
) -> Iterator[Problem]:
    if frame.empty:
        return
    strange = frame.index[~frame.index.isin(districts)].unique()
    if len(strange):
        yield Problem(code="atlas.error.strange_key", keys=_keys(strange), values={"table": name})
    cells = pd.DataFrame({"": frame.index, **{column: frame[column].array for column in columns}})
    again = frame.index[doubled(cells, ["", *columns])].unique()
    if len(again):
        yield Problem(code="atlas.error.doubled_row", keys=_keys(again), values={"table": name})


def _unfounded(release: Analysis) -> Iterator[Problem]:
    """Find verdicts and borders on cells without a number: they would tell what was to be hidden."""
    found = release.assessment
    if found is None:
        return
    shown = release.indicators[release.indicators["value"].notna()]
    known = _cells(shown.index, shown)
    if len(found.verdicts):
        judged = found.verdicts[~found.verdicts["verdict"].isin([NOT_ASSESSABLE])]
        hidden = judged.index[~_cells(judged.index, judged).isin(known)].unique()
        if len(hidden):
            yield Problem(code="atlas.error.unfounded", keys=_keys(hidden), values={"table": "verdicts"})
    if len(found.edges):
        edges = pd.DataFrame(found.edges)
        sides = pd.concat([edges.set_index(side)[["indicator", "date"]] for side in ("focal", "neighbor")])
        hidden = sides.index[~_cells(sides.index, sides).isin(known)].unique()
        if len(hidden):
            yield Problem(code="atlas.error.unfounded", keys=_keys(hidden), values={"table": "edges"})


def _cells(districts: pd.Index, frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([districts, frame["indicator"], frame["date"]])
