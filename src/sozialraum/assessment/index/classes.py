"""Status and dynamic classes, their matrix, attention areas, persistence and early warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.assessment.index.recipes import DYNAMIC, NOT_ASSESSABLE, STATUS, Limit
from sozialraum.panel import date_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "NO",
    "WARNINGS",
    "YES",
    "attention",
    "class_codes",
    "early_warning",
    "runs",
    "status_matrix",
]

YES, NO = "yes", "no"
WARNINGS = ("none", "early warning", "persistent early warning")


def class_codes(values: ArrayLike, limits: Sequence[Limit]) -> NDArray[np.int8]:
    """Return the number of the class of each value, from 0 up; NaN gets the one after the last class.

    Parameters
    ----------
    values
        Any shape.
    limits
        Borders between the classes, ascending.

    Examples
    --------
    >>> class_codes([-1.0, 1.0, 1.5], (Limit(-1, "lower"), Limit(1, "upper"), Limit(1.5, "lower"))).tolist()
    [0, 2, 2]
    """
    numbers = np.asarray(values, dtype=float)
    found = np.zeros(numbers.shape, dtype=np.int8)
    for limit in limits:
        found += numbers > limit.value if limit.belongs_to == "lower" else numbers >= limit.value
    found[np.isnan(numbers)] = len(limits) + 1
    return found


def status_matrix(status: pd.Series, dynamic: pd.Series) -> pd.DataFrame:
    """Count districts by status (rows) and dynamic (columns), 4 x 3; both must be assessable.

    Parameters
    ----------
    status, dynamic
        Classes at one date, on the same index.
    """
    counts = pd.crosstab(status, dynamic.reindex(status.index))
    return (
        counts.reindex(index=list(STATUS), columns=list(DYNAMIC), fill_value=0)
        .rename_axis(index="status", columns="dynamic")
        .astype(int)
    )


def attention(status: pd.Series, dynamic: pd.Series) -> pd.Series:
    """Tell which districts are attention areas: very low, or low and getting worse.

    Returns
    -------
    pd.Series
        ``"yes"``, ``"no"``, or ``"not assessable"`` where a missing class could decide either way.

    References
    ----------
    Senatsverwaltung für Stadtentwicklung Berlin, Monitoring Soziale Stadtentwicklung: 'Gebiete mit
    besonderem Aufmerksamkeitsbedarf'.
    """
    now, change = _side_by_side(status, dynamic)
    low = now == "low"
    yes = (now == "very low") | (low & (change == "negative"))
    open_question = (now == NOT_ASSESSABLE) | (low & (change == NOT_ASSESSABLE))
    found = np.select([yes, open_question], [YES, NOT_ASSESSABLE], default=NO)
    return pd.Series(found, index=status.index, name="attention", dtype=object)


def runs(classes: pd.DataFrame, *, years: int | None = None) -> pd.DataFrame:
    """Count for each date how many periods in a row a district has had its class, this one included.

    Parameters
    ----------
    classes
        Index district, one column per date (ISO text), class names.
    years
        Length of a period. Classes of change over two years compared yearly overlap: a period counts
        only once if the one before is looked up two years earlier. None: the column before.

    Returns
    -------
    pd.DataFrame
        Shape of `classes`, dates ascending; 0 where not assessable.
    """
    dates = sorted(classes.columns)
    own = {date: _known_words(classes[date]) for date in dates}
    found: dict[str, NDArray[np.int64]] = {}
    for position, date in enumerate(dates):
        known = (own[date] != NOT_ASSESSABLE).astype(np.int64)
        if years is None:
            before = dates[position - 1] if position else None
        else:
            before = date_before(date, years, dates[:position])
        if before is None:
            found[date] = known
        else:
            found[date] = known * (1 + np.where(own[date] == own[before], found[before], 0))
    return pd.DataFrame(found, index=classes.index, columns=dates).astype(int)


def _side_by_side(status: pd.Series, dynamic: pd.Series) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return both as arrays in the order of `status`: of a city's few districts far quicker to compare."""
    return _known_words(status), _known_words(dynamic.reindex(status.index))


def _known_words(classes: pd.Series) -> NDArray[np.object_]:
    """Return the classes; one that is missing is not assessable, never a word that it is not."""
    words: NDArray[np.object_] = np.where(classes.isna(), NOT_ASSESSABLE, classes.to_numpy(dtype=object))
    return words


def early_warning(status: pd.Series, dynamic: pd.Series, negative_periods: pd.Series) -> pd.Series:
    """List districts that get worse before their status is low: status medium, dynamic negative.

    Parameters
    ----------
    status, dynamic
        Classes at one date.
    negative_periods
        Number of periods in a row with a negative dynamic.

    Returns
    -------
    pd.Series
        One of `WARNINGS`, ``"persistent early warning"`` from the second period in a row on, or
        ``"not assessable"``.
    """
    now, change = _side_by_side(status, dynamic)
    periods = negative_periods.reindex(status.index).to_numpy()
    warned = (now == "medium") & (change == "negative")
    unknown = (now == NOT_ASSESSABLE) | ((now == "medium") & (change == NOT_ASSESSABLE))
    found = np.select(
        [warned & (periods >= 2), warned, unknown], [WARNINGS[2], WARNINGS[1], NOT_ASSESSABLE], WARNINGS[0]
    )
    return pd.Series(found, index=status.index, name="early_warning", dtype=object)
