"""Districts that resemble one another in profile and size: whom to compare with, and to learn from.

Each indicator is standardised (mean 0, SD 1 over the districts), the logarithm of size likewise, and the
distance of two districts is the root of the mean squared difference over what is known of both. So a missing
value neither makes districts alike nor different; it only says less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, refused_option
from sozialraum.errors import AlignmentError, Problem, SozialraumError, raise_problems
from sozialraum.spatial.engine.alignment import standardise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["SIMILAR_COLUMNS", "compare_similar", "similar_districts"]

SIMILAR_COLUMNS = ("rank", "similar", "distance", "features")

CELLS = 1 << 20
"""Most distances at one time."""


@checked()
def similar_districts(
    profile: pd.DataFrame, size: pd.Series, *, count: int = 5, least: float = 0.5
) -> pd.DataFrame:
    """Find for each district those that are nearest in standardised profile and size.

    Parameters
    ----------
    profile
        Index: district key. One column per indicator, any unit; NaN where nothing is known.
    size
        Inhabitants, on the same districts in any order; they count like one indicator, as a logarithm. NaN or
        0: size is unknown.
    count
        How many similar districts.
    least
        Part of the features (indicators and size) that must be known of both districts to compare them.

    Returns
    -------
    pd.DataFrame
        Index district, columns `SIMILAR_COLUMNS`; up to `count` rows per district, nearest first, equally
        near ones in the order of `profile`. `distance` is in standard deviations per feature, `features` the
        number of features that were known of both. A district about which too little is known has no row.

    Raises
    ------
    AlignmentError
        If the two do not hold the same districts; names the keys.
    SozialraumError
        If an option is out of range, or there is no feature in which districts differ.

    Examples
    --------
    >>> profile = pd.DataFrame({"poor": [0.1, 0.11, 0.4]}, index=["a", "b", "c"])
    >>> size = pd.Series({"a": 1000, "b": 1000, "c": 1000})
    >>> similar_districts(profile, size, count=1)["similar"].to_dict()
    {'a': 'b', 'b': 'a', 'c': 'b'}
    """
    _validate(profile, size, count, least)
    people = size.reindex(profile.index).to_numpy(dtype=float, na_value=np.nan)
    logarithm = np.log(np.where(people > 0, people, np.nan))
    features = standardise(np.column_stack([profile.to_numpy(dtype=float, na_value=np.nan), logarithm]))
    # A feature in which all districts are equal says nothing about any of them.
    features = features[:, np.isfinite(features).any(axis=0)]
    if not features.shape[1]:
        raise SozialraumError(Problem(code="mixing.no_feature"))
    n = len(features)
    count = min(count, n - 1)
    block = max(1, CELLS // n)
    parts = [_nearest(features, np.arange(at, min(at + block, n)), count, least) for at in range(0, n, block)]
    focal, other, distance, shared = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    keys = profile.index
    found = pd.DataFrame(
        {"similar": keys[other], "distance": distance, "features": shared}, index=keys[focal]
    )
    found.insert(0, "rank", found.groupby(focal).cumcount() + 1)
    return found[list(SIMILAR_COLUMNS)]


@checked()
def compare_similar(values: pd.Series, similar: pd.DataFrame) -> pd.DataFrame:
    """Compare each district's value with the median of its similar districts.

    Parameters
    ----------
    values
        Index: district key; any unit, NaN where nothing is known.
    similar
        Result of `similar_districts`.

    Returns
    -------
    pd.DataFrame
        Index of `values`; columns `value`, `median` (of similar districts with a value), `difference` (value
        minus median) and `districts` (how many had a value). NaN where the value or all others are missing.

    Raises
    ------
    AlignmentError
        If a similar district has no row in `values`; names the keys.
    """
    absent = pd.Index(similar["similar"]).union(similar.index).difference(values.index)
    if len(absent):
        raise AlignmentError(Problem(code="mixing.other_districts", keys=tuple(map(str, absent.unique()))))
    others = pd.Series(values.reindex(similar["similar"]).to_numpy(dtype=float), index=similar.index)
    grouped = others.groupby(level=0)
    found = pd.DataFrame({"value": values.astype(float)})
    found["median"] = grouped.median().reindex(values.index)
    found["difference"] = found["value"] - found["median"]
    found["districts"] = grouped.count().reindex(values.index).fillna(0).astype(int)
    return found


def _validate(profile: pd.DataFrame, size: pd.Series, count: int, least: float) -> None:
    differing = profile.index.symmetric_difference(size.index)
    doubled = profile.index[profile.index.duplicated()].union(size.index[size.index.duplicated()])
    keys = tuple(map(str, differing.union(doubled).unique()))
    if keys:
        raise AlignmentError(Problem(code="mixing.other_districts", keys=keys))
    rules = (("count", count, count >= 1, ">= 1"), ("least", least, 0 < least <= 1, "0 < least <= 1"))
    problems = [refused_option(name, value, allowed) for name, value, good, allowed in rules if not good]
    raise_problems(problems, SozialraumError)


def _nearest(
    features: Floats, rows: NDArray[np.intp], count: int, least: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats, NDArray[np.intp]]:
    """Return focal, other, distance and number of shared features, for some rows against all."""
    squares = np.zeros((len(rows), len(features)))
    shared = np.zeros(squares.shape, dtype=np.intp)
    for feature in features.T:
        difference = feature[rows, None] - feature
        known = np.isfinite(difference)
        squares += np.where(known, difference**2, 0.0)
        shared += known
    # Rounding must not decide between equally near districts.
    distance = np.asarray(np.round(np.sqrt(squares / np.maximum(shared, 1)), 12), dtype=float)
    distance[(shared < least * features.shape[1]) | (rows[:, None] == np.arange(len(features)))] = np.inf
    # More than `count` where several are equally near; the first of them stay.
    limit = np.partition(distance, count - 1, axis=1)[:, count - 1, None]
    focal, other = np.nonzero((distance <= limit) & np.isfinite(distance))
    order = np.lexsort([other, distance[focal, other], focal])
    focal, other = focal[order], other[order]
    rank = np.arange(len(focal)) - np.searchsorted(focal, focal)
    focal, other = focal[rank < count], other[rank < count]
    return rows[focal], other, distance[focal, other], shared[focal, other]
