"""Deciles as England counts them."""

import numpy as np
import pandas as pd

from sozialraum.assessment.index.deciles import deciles


def test_the_first_decile_is_the_most_disadvantaged():
    found = deciles(pd.Series([*range(1, 21), np.nan]))
    assert found.iloc[19] == found.iloc[18] == 1
    assert found.iloc[0] == 10
    assert found.value_counts().tolist() == [2] * 10
    assert pd.isna(found.iloc[20])


def test_ties_share_the_rank_nearer_to_the_most_disadvantaged():
    """Of ten districts the second and third are alike: both have rank 2, and nobody rank 3."""
    found = deciles(pd.Series([9.0, 8, 8, 6, 5, 4, 3, 2, 1, 0]))
    assert found.tolist() == [1, 2, 2, 4, 5, 6, 7, 8, 9, 10]
