"""Deciles of an index as the English Indices of Deprivation publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

from sozialraum.arguments import checked
from sozialraum.spatial.engine.alignment import as_series

__all__ = ["deciles"]


@checked()
def deciles(index: pd.Series) -> pd.Series:
    """Return the tenth to which each district belongs: 1 is the most disadvantaged.

    Parameters
    ----------
    index
        Index: district; higher is more disadvantage. NaN has no decile.

    Returns
    -------
    pd.Series
        Dtype Int64, 1 to 10, on the index of `index`; ties share the better placed rank.

    References
    ----------
    Ministry of Housing, Communities and Local Government (2019), The English Indices of Deprivation:
    'decile 1 represents the most deprived 10 %'.

    Examples
    --------
    >>> deciles(pd.Series(range(20))).tolist()[:3]
    [10, 10, 9]
    """
    index = as_series(index)
    rank = index.rank(ascending=False, method="min")
    tenth = (10 * rank / int(index.notna().sum())).apply(np.ceil)
    return tenth.astype("Int64").rename("decile")
