"""Double disadvantage: high need and low provision in one place, as sure as the figures are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.spatial.engine.alignment import as_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from libpysal.graph import Graph
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "BURDEN_COLUMNS",
    "OVERALL",
    "PATTERNS",
    "QUADRANTS",
    "double_disadvantage",
    "double_disadvantage_by_theme",
    "provision_around",
    "quadrant_shares",
]

QUADRANTS = ("both", "need", "provision", "neither")
"""High need and low provision, high need alone, low provision alone, neither."""
UNDECIDED, NOT_ASSESSABLE = "undecided", "not_assessable"
PATTERNS = ("here", "around", "nowhere", "unknown")
BURDEN_COLUMNS = (
    "need",
    "need_lower",
    "need_upper",
    "provision",
    "provision_lower",
    "provision_upper",
    "measured",
    "quadrant",
    "possible",
)
OVERALL = "overall"


@checked()
def double_disadvantage(
    need: pd.DataFrame | pd.Series,
    provision: pd.DataFrame | pd.Series,
    *,
    need_limit: float,
    provision_limit: float,
) -> pd.DataFrame:
    """Sort districts by need and provision; a quadrant is decided only where both intervals lie in it.

    Parameters
    ----------
    need
        Index district; higher is more need. `value`, and if known `lower`, `upper`; a Series is certain.
    provision
        Likewise; higher is more provision (coverage, access).
    need_limit
        From here on need is high (the city's rate, a class limit).
    provision_limit
        Below it provision is low (1 for coverage of a requirement).

    Returns
    -------
    pd.DataFrame
        Index district (those of either side), columns `BURDEN_COLUMNS`. `measured` is the quadrant of the
        values themselves; `quadrant` the one that the intervals leave, ``"undecided"`` where they leave
        several (`possible` lists them), ``"not_assessable"`` where need or provision is not known.

    Raises
    ------
    AlignmentError
        If a district occurs twice.
    """
    one, other = _bounds(need, "need"), _bounds(provision, "provision")
    frame = one.join(other, how="outer")
    high = np.column_stack([frame["need_upper"] >= need_limit, frame["need_lower"] < need_limit])
    low = np.column_stack(
        [frame["provision_lower"] < provision_limit, frame["provision_upper"] >= provision_limit]
    )
    possible = np.column_stack([high[:, 0] & low[:, 0], high[:, 0] & low[:, 1], high[:, 1] & low[:, 0]])
    possible = np.column_stack([possible, high[:, 1] & low[:, 1]])
    known = (frame["need"].notna() & frame["provision"].notna()).to_numpy()
    possible &= known[:, None]
    names = np.array(QUADRANTS, dtype=object)
    at = np.where(frame["need"] >= need_limit, 0, 2) + np.where(frame["provision"] < provision_limit, 0, 1)
    frame["measured"] = np.where(known, names[at], NOT_ASSESSABLE)
    single = possible.sum(axis=1) == 1
    decided = names[possible.argmax(axis=1)]
    frame["quadrant"] = np.where(single, decided, np.where(known, UNDECIDED, NOT_ASSESSABLE))
    frame["possible"] = ["|".join(names[row]) for row in possible]
    return frame[list(BURDEN_COLUMNS)]


def _bounds(values: pd.DataFrame | pd.Series, name: str) -> pd.DataFrame:
    frame = values.to_frame("value") if isinstance(values, pd.Series) else values
    double = frame.index[frame.index.duplicated()]
    if len(double):
        problem = Problem(code="provision.double_district", keys=tuple(map(str, double.unique())))
        raise_problems([problem], AlignmentError)
    value = frame["value"].astype(float)
    lower = frame["lower"].astype(float).fillna(value) if "lower" in frame else value
    upper = frame["upper"].astype(float).fillna(value) if "upper" in frame else value
    return pd.DataFrame({name: value, f"{name}_lower": lower, f"{name}_upper": upper})


def double_disadvantage_by_theme(
    themes: Mapping[str, tuple[pd.DataFrame | pd.Series, pd.DataFrame | pd.Series, float, float]],
) -> pd.DataFrame:
    """Do the same for several themes, and for all of them together.

    Overall need and provision are the means of the themes' distances from their limits, each in standard
    deviations over the districts; limits are 0. A district that lacks a theme is not assessable overall.
    The bounds are those of the themes, combined as if independent.

    Parameters
    ----------
    themes
        Theme to need, provision, need limit, provision limit.

    Returns
    -------
    pd.DataFrame
        Index district; `theme` and the columns `BURDEN_COLUMNS`; the theme `OVERALL` last.
    """
    parts = [
        double_disadvantage(need, provision, need_limit=high, provision_limit=low).assign(theme=theme)
        for theme, (need, provision, high, low) in themes.items()
    ]
    if len(parts) > 1:
        needs, provisions = [], []
        for part, (_, _, high, low) in zip(parts, themes.values(), strict=True):
            needs.append(_standard(part, "need", high))
            provisions.append(_standard(part, "provision", low))
        overall = double_disadvantage(
            _mean(needs), _mean(provisions), need_limit=0.0, provision_limit=0.0
        ).assign(theme=OVERALL)
        parts.append(overall)
    if not parts:
        return pd.DataFrame(columns=["theme", *BURDEN_COLUMNS], index=pd.Index([], name="district"))
    return pd.concat(parts)[["theme", *BURDEN_COLUMNS]]


def _standard(part: pd.DataFrame, name: str, limit: float) -> pd.DataFrame:
    spread = float(part[name].std(ddof=0)) or 1.0
    found = (part[[name, f"{name}_lower", f"{name}_upper"]] - limit) / spread
    return found.set_axis(["value", "lower", "upper"], axis=1)


def _mean(parts: list[pd.DataFrame]) -> pd.DataFrame:
    keys = parts[0].index
    for part in parts[1:]:
        keys = keys.union(part.index)
    aligned = [part.reindex(keys) for part in parts]
    value = sum((part["value"] for part in aligned), start=pd.Series(0.0, index=keys)) / len(parts)

    def reach(column: str) -> pd.Series:
        squares = sum(
            ((part[column] - part["value"]) ** 2 for part in aligned), start=pd.Series(0.0, index=keys)
        )
        root: pd.Series = squares**0.5 / len(parts)
        return root

    return pd.DataFrame({"value": value, "lower": value - reach("lower"), "upper": value + reach("upper")})


@checked()
def quadrant_shares(
    need: pd.DataFrame, provision: pd.Series, *, need_limit: float, provision_limit: float
) -> pd.DataFrame:
    """Tell in which share of resampled needs a district falls into each quadrant.

    Parameters
    ----------
    need
        Index district, one column per resample.
    provision
        Index district; a full count, without resampling.
    need_limit, provision_limit
        As for `double_disadvantage`.

    Returns
    -------
    pd.DataFrame
        Index of `need`, columns `QUADRANTS`; NaN where provision or all resamples are missing.
    """
    need = as_frame(need)
    level = as_frame(provision.reindex(need.index)).iloc[:, 0]
    high = (need >= need_limit).where(need.notna()).mean(axis=1).astype(float)
    low = (level < provision_limit).astype(float).where(level.notna())
    shares = {
        "both": high * low,
        "need": high * (1 - low),
        "provision": (1 - high) * low,
        "neither": (1 - high) * (1 - low),
    }
    return pd.DataFrame(shares)[list(QUADRANTS)]


@checked()
def provision_around(provision: pd.Series, graph: Graph, *, limit: float) -> pd.DataFrame:
    """Tell where provision is: in the district, only around it, or nowhere near.

    A description without a test: two smooth maps agree in many places by chance (a bivariate local Moran
    would call a quarter of them clusters).

    Parameters
    ----------
    provision
        Index district; coverage or capacity per head without the neighbours (not access, which has them
        inside already).
    graph
        Neighbours with declared bridges; all count the same.
    limit
        From here on provision is enough.

    Returns
    -------
    pd.DataFrame
        Index of `provision`: `around` (mean of the neighbours that are known), `best_around`, `pattern`
        (one of `PATTERNS`: enough here; else some neighbour has enough; else nowhere; unknown if the
        district, or with none enough a neighbour, is not known).
    """
    provision = as_frame(provision).iloc[:, 0]
    links = graph.adjacency[graph.adjacency > 0].index
    focal, neighbor = (links.get_level_values(level) for level in (0, 1))
    near = pd.Series(provision.reindex(neighbor).to_numpy(dtype=float), index=focal)
    by = near.groupby(level=0)
    keys = provision.index
    around, best = by.mean().reindex(keys), by.max().reindex(keys)
    missing = near.isna().groupby(level=0).any().reindex(keys, fill_value=False).astype(bool)
    pattern = np.select(
        [provision.isna(), provision >= limit, best >= limit, missing],
        ["unknown", "here", "around", "unknown"],
        default="nowhere",
    )
    return pd.DataFrame({"around": around, "best_around": best, "pattern": pattern}, index=keys)
