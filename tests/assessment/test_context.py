"""Context indicators are shown beside the others, with a note, and judge nobody."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.context import context_correlations
from sozialraum.texts import text

DATE = "2020-12-31"


def test_ranks_are_correlated_pair_by_pair(counted, catalogue_of):
    keys = list("abcd")
    table = pd.concat(
        [
            counted("poor", DATE, [1, 2, 3, 40], 100, keys),
            counted("income", DATE, [9, 8, 7, np.nan], 100, keys),
            counted("migration", DATE, [10, 20, 30, 35], 100, keys),
        ]
    )
    catalogue = catalogue_of({"poor": "disadvantage", "migration": "context", "income": "resource"})
    found = context_correlations(table, catalogue, date=DATE)
    assert found["context"].tolist() == ["migration", "migration"]
    assert found["indicator"].tolist() == ["poor", "income"]
    assert found["districts"].tolist() == [4, 3]
    assert found["correlation"].tolist() == pytest.approx([1.0, -1.0])


def test_the_note_that_goes_with_it_exists_in_both_languages():
    assert "Menschen" in text("assessment.note.ecological_fallacy", "de")
    assert "people" in text("assessment.note.ecological_fallacy", "en")
