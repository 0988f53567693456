"""The record of the early warning, by hand and on Leipzig."""

import pandas as pd
import pytest

from sozialraum.assessment.index.monitoring import index_over_time
from sozialraum.assessment.index.recipes import preset, with_polarity
from sozialraum.assessment.trends.early_warning import warning_record


def test_by_hand():
    status = {
        2010: ["medium"] * 6 + ["low", "not assessable"],
        2014: ["low", "medium", "very low", "medium", "medium", "medium", "low", "low"],
    }
    warned = [
        "early warning",
        "persistent early warning",
        "none",
        "none",
        "none",
        "none",
        "none",
        "not assessable",
    ]
    table = pd.concat(
        [
            pd.DataFrame(
                {"date": f"{year}-12-31", "status": classes, "early_warning": warned}, index=list("abcdefgh")
            )
            for year, classes in status.items()
        ]
    )
    row = warning_record(table).iloc[0]
    # six of medium status, two low later; two flagged: two thirds by chance, one in truth
    assert row[["flagged", "low_later", "eligible", "missed"]].tolist() == [2, 1, 6, 1]
    assert row["expected"] == pytest.approx(2 / 3)
    assert row["gain"] == pytest.approx(1 / 2 - 1 / 3)
    # at least one of the two low ones among two drawn of six
    assert row["p"] == pytest.approx(1 - (4 * 3) / (6 * 5))
    assert warning_record(table, after=3).empty


@pytest.mark.shared
def test_leipzig(leipzig):
    indicators, catalogue, people = leipzig
    recipe = with_polarity(preset("berlin_mss", tuple(catalogue.index)), catalogue)
    found = warning_record(index_over_time(indicators, recipe, population=people).table)
    assert found["year"].tolist() == [*range(2010, 2019), 0]
    whole = found.iloc[-1]
    assert whole["flagged"] == found["flagged"].iloc[:-1].sum()
    assert whole[["flagged", "low_later"]].tolist() == [50, 8]
    assert whole["expected"] == pytest.approx(1.98, abs=0.01)
