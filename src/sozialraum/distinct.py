"""What repeats in long tables: numbers in the place of texts, and rows that are double.

A long table says a few names of variables and dates a million times. pandas hashes texts of its own kind
anew in every call; as objects Python knows their hashes already, which takes a third of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Numbers", "doubled", "groups_of", "kept", "members", "numbered"]


def numbered(cells: pd.Series | pd.Index) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Return the number of each cell, in order of first appearance, and what the numbers stand for.

    Parameters
    ----------
    cells
        Any dtype, length n.

    Returns
    -------
    codes : ndarray, shape (n,)
        -1 where nothing stands.
    distinct : ndarray of object
        Each cell once.

    Examples
    --------
    >>> codes, distinct = numbered(pd.Series(["b", None, "a", "b"]))
    >>> codes.tolist(), distinct.tolist()
    ([0, -1, 1, 0], ['b', 'a'])
    """
    quick = isinstance(cells.dtype, np.dtype | pd.CategoricalDtype)
    found = pd.factorize(cells if quick else cells.to_numpy(dtype=object))
    return found[0], np.asarray(found[1], dtype=object)


class Numbers:
    """Columns as numbers, each looked at once, however often their rows are compared.

    Parameters
    ----------
    columns
        Name to cells, all of one length; cells where nothing stands are alike.

    Examples
    --------
    >>> rows = Numbers({"key": pd.Index(["a", "b", "a"]), "date": pd.Series(["2024", "2024", "2024"])})
    >>> rows.groups(["key", "date"])[0].tolist(), rows.doubled(["key", "date"]).tolist()
    ([0, 1, 0], [False, False, True])
    """

    def __init__(self, columns: Mapping[str, pd.Series | pd.Index]) -> None:
        self.of = {name: numbered(cells) for name, cells in columns.items()}

    def groups(self, columns: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return what `groups_of` returns."""
        groups = np.asarray(pd.factorize(self._places(columns))[0], dtype=np.intp)
        # Numbers come in order: a group begins where one is larger than all before it.
        return groups, np.flatnonzero(np.diff(np.maximum.accumulate(groups), prepend=-1))

    def doubled(
        self, columns: Sequence[str], *, keep: Literal["first", False] = "first"
    ) -> NDArray[np.bool_]:
        """Return what `doubled` returns."""
        return pd.Series(self._places(columns)).duplicated(keep=keep).to_numpy()

    def _places(self, columns: Sequence[str]) -> NDArray[np.int64]:
        """Return one number for what each row says in `columns`."""
        length = len(next(iter(self.of.values()))[0])
        places, size = np.zeros(length, dtype=np.int64), 1
        for codes, distinct in (self.of[column] for column in columns):
            if size * (len(distinct) + 1) > np.iinfo(np.int64).max:
                # Only combinations that occur count from here on.
                places, size = np.asarray(pd.factorize(places)[0], dtype=np.int64), length
            places, size = places * (len(distinct) + 1) + (codes + 1), size * (len(distinct) + 1)
        return places


def groups_of(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the rows numbers by what they say in `columns`; cells where nothing stands are alike.

    Returns
    -------
    groups : ndarray, shape (rows,)
        Number of each row's group, in order of first appearance.
    first : ndarray, shape (groups,)
        The place of each group's first row.

    Examples
    --------
    >>> rows = pd.DataFrame({"key": ["a", "b", "a"], "date": "2024"})
    >>> groups, first = groups_of(rows, ["key", "date"])
    >>> groups.tolist(), first.tolist()
    ([0, 1, 0], [0, 1])
    """
    return Numbers({column: frame[column] for column in columns}).groups(columns)


def members(groups: NDArray[np.intp], count: int) -> list[NDArray[np.intp]]:
    """Return the places of each group's rows, in their order.

    Parameters
    ----------
    groups
        As `groups_of` returns them.
    count
        Number of groups.

    Examples
    --------
    >>> [rows.tolist() for rows in members(np.array([0, 1, 0]), 2)]
    [[0, 2], [1]]
    """
    ends = np.cumsum(np.bincount(groups, minlength=count))
    return np.split(np.argsort(groups, kind="stable"), ends[:-1]) if count else []


def kept(frame: pd.DataFrame, rows: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the rows that are to be kept; where that is all of them nothing is copied."""
    return frame if rows.all() else frame[rows]


def doubled(
    frame: pd.DataFrame, columns: Sequence[str], *, keep: Literal["first", False] = "first"
) -> NDArray[np.bool_]:
    """Tell which rows say in `columns` what another row says; cells where nothing stands are alike.

    Parameters
    ----------
    frame
        Any number of rows.
    columns
        Those that are compared.
    keep
        "first": the first row of several is none; False: each of them is one.

    Returns
    -------
    ndarray, shape (rows,)
        As `pandas.DataFrame.duplicated` gives it.

    Examples
    --------
    >>> rows = pd.DataFrame({"key": ["a", "b", "a", None], "date": "2024"})
    >>> doubled(rows, ["key", "date"], keep=False).tolist()
    [True, False, True, False]
    """
    return Numbers({column: frame[column] for column in columns}).doubled(columns, keep=keep)
