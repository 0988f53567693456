"""Crosswalks: which part of each old district went to which new one, stated or estimated by area."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import JoinError, Problem, raise_problems, shorten
from sozialraum.keys import as_keys, padded_matches
from sozialraum.tables.grid import read_grid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import geopandas as gpd

    from sozialraum.errors import Severity

__all__ = ["CROSSWALK_COLUMNS", "TOLERANCE", "area_crosswalk", "check_crosswalk", "read_crosswalk"]

CROSSWALK_COLUMNS = ("old", "new", "weight", "method")

TOLERANCE = 1e-3
"""How far the weights of one old district may be from 1 in sum: files round them."""

SLIVER = 0.01
"""Parts smaller than this share of both their districts are differences of drawing."""


def read_crosswalk(
    path: str | Path, *, old: str = "old", new: str = "new", weight: str = "weight"
) -> pd.DataFrame:
    """Read which share of each old district went to which new one.

    Parameters
    ----------
    path
        CSV or XLSX with one row per pair.
    old, new, weight
        Its columns. A weight is a share (0..1) of the old district's people, households or whatever is
        counted; decimal point or comma. If there is no such column, every old district went to one new one.

    Returns
    -------
    pd.DataFrame
        Columns `CROSSWALK_COLUMNS`; `method` is "weights".

    Raises
    ------
    JoinError
        With every fault of the file.
    """
    path = Path(path)
    grid, problems = read_grid(path, (old, new))
    raise_problems(problems, JoinError)
    columns = dict(zip(grid.header, grid.columns, strict=True)) if grid else {}
    raise_problems(
        [
            Problem(
                code="vintages.missing_column",
                file=path.name,
                column=name,
                values={"columns": shorten(columns)},
            )
            for name in (old, new)
            if name not in columns
        ],
        JoinError,
    )
    weights = columns.get(weight, np.ones(len(columns[old])))
    numbers = pd.Series([str(cell).replace(",", ".") for cell in weights])
    crosswalk = pd.DataFrame(
        {
            "old": as_keys(pd.Series(columns[old])),
            "new": as_keys(pd.Series(columns[new])),
            "weight": pd.to_numeric(numbers, errors="coerce"),
            "method": "weights",
        }
    )
    by_row = crosswalk.set_axis(grid.rows if grid else [], axis="index")
    raise_problems(check_crosswalk(by_row, file=path.name), JoinError)
    return crosswalk


def check_crosswalk(
    crosswalk: pd.DataFrame,
    *,
    old_keys: Collection[str] | None = None,
    new_keys: Collection[str] | None = None,
    tolerance: float = TOLERANCE,
    file: str | None = None,
) -> tuple[Problem, ...]:
    """Report every fault of a crosswalk: keys, weights, pairs.

    Parameters
    ----------
    crosswalk
        Columns `old`, `new` (text keys) and `weight`; rows without key are named by the index.
    old_keys, new_keys
        The districts of both vintages; None: not compared.
    tolerance
        How far the weights of an old district may be from 1 in sum.
    """
    weight = crosswalk["weight"].astype(float)
    old, new = crosswalk["old"], crosswalk["new"]
    sums = weight.groupby(old).sum()
    uneven = sums[(sums - 1).abs() > tolerance]
    listing = shorten(f"{key} ({total:.6g})" for key, total in uneven.items())
    problems = [
        *_found("missing_key", crosswalk.index[old.isna() | new.isna()]),
        *_found("bad_weight", old[~((weight >= 0) & (weight <= 1 + tolerance))]),
        *_found("double_pair", old[crosswalk.duplicated(["old", "new"])]),
        *_found("weights_not_one", uneven.index, sums=listing),
    ]
    if old_keys is not None:
        problems += _unknown("unknown_old", old, old_keys)
        problems += _unknown("old_not_carried", old_keys, old)
    if new_keys is not None:
        problems += _unknown("unknown_new", new, new_keys)
        not_reached = sorted(set(new_keys) - set(new.dropna()))
        problems += _found("new_not_reached", not_reached, severity="warning")
    return tuple(replace(problem, file=file) for problem in problems)


def _found(
    code: str, keys: Iterable[object], *, severity: Severity = "error", **values: object
) -> list[Problem]:
    named = tuple(dict.fromkeys(map(str, keys)))
    problem = Problem(code=f"vintages.{code}", severity=severity, keys=named, values=values)
    return [problem] if named else []


def _unknown(code: str, keys: Iterable[str], known: Iterable[str]) -> list[Problem]:
    """Report the keys that `known` lacks, with what they probably stand for."""
    expected = set(known)
    unknown = sorted({key for key in keys if isinstance(key, str)} - expected)
    padded = padded_matches(unknown, (key for key in expected if isinstance(key, str)))
    return _found(
        code, unknown, similar=shorten(f"'{key}' → '{match}'" for key, match in padded.items()) or "-"
    )


@checked()
def area_crosswalk(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, sliver: float = SLIVER) -> pd.DataFrame:
    """Estimate a crosswalk from areas alone: each old district's counts are spread evenly over its area.

    People do not live evenly spread, so this is the last resort; everything made with it is marked "area".

    Parameters
    ----------
    old, new
        Polygons of both vintages in a metric CRS, as `read_districts` returns them.
    sliver
        Parts smaller than this share of both their districts are differences of drawing and are left out.

    Returns
    -------
    pd.DataFrame
        Columns `CROSSWALK_COLUMNS`; `method` is "area", the weights of an old district add up to 1.

    Raises
    ------
    JoinError
        If a CRS is not metric, or more than `sliver` of an old district lies outside all new ones.
    """
    raise_problems(_check_crs(old, new), JoinError)
    target = new.geometry.to_crs(old.crs)
    left, right = target.sindex.query(old.geometry, predicate="intersects")
    parts = old.geometry.iloc[left].intersection(target.iloc[right], align=False).area.to_numpy()
    old_area, new_area = old.geometry.area.to_numpy(), target.area.to_numpy()
    kept = (parts >= sliver * old_area[left]) | (parts >= sliver * new_area[right])
    kept &= parts > 0
    covered = np.bincount(left, weights=parts, minlength=len(old)) / old_area
    outside = np.flatnonzero(covered < 1 - sliver)
    if len(outside):
        listing = shorten(f"{old.index[i]} ({1 - covered[i]:.1%})" for i in outside)
        keys = tuple(str(key) for key in old.index[outside])
        raise_problems([Problem(code="vintages.outside", keys=keys, values={"shares": listing})], JoinError)
    left, right, parts = left[kept], right[kept], parts[kept]
    weights = parts / np.bincount(left, weights=parts, minlength=len(old))[left]
    columns = {"old": old.index[left], "new": new.index[right], "weight": weights, "method": "area"}
    return pd.DataFrame(columns).sort_values(["old", "new"], ignore_index=True)


def _check_crs(*frames: gpd.GeoDataFrame) -> list[Problem]:
    return [
        Problem(code="vintages.not_metric", values={"crs": str(frame.crs)})
        for frame in frames
        if frame.crs is None or not frame.crs.is_projected
    ]
