import math

import pytest

from sozialraum.programme.measures.finance import cost_overview, input_output
from sozialraum.programme.measures.matrix import (
    contribution_table,
    goal_matrix,
    loose_ends,
    missing_documentation,
)
from sozialraum.programme.register import read_programme


@pytest.fixture
def programme(programme_folder, example_rows):
    def make(add=None):
        for sheet, record in add or ():
            example_rows[sheet].append({**example_rows[sheet][0], **record})
        return read_programme(programme_folder(example_rows))

    return make


def test_the_matrix_and_what_stands_alone(programme):
    matrix = goal_matrix(programme())
    assert matrix.loc["M1"].tolist() == ["", "main", "", ""]
    assert matrix.loc["M2"].tolist() == ["", "", "", ""]
    ends = loose_ends(programme())
    assert ends[["kind", "id"]].to_numpy().tolist() == [
        ["goal_without_measure", "Z1"],
        ["goal_without_measure", "Z3"],
        ["goal_without_measure", "Z4"],
        ["measure_without_goal", "M2"],
    ]


def test_missing_documentation_counts_years_without_any_state_too(programme):
    found = missing_documentation(programme(), year=2010)
    # M1 ends in July 2010, M2 starts in May; neither has a state of that year.
    assert found[["measure_id", "missing"]].to_numpy().tolist() == [["M1", "state"], ["M2", "state"]]
    assert missing_documentation(programme(), year=2009).empty


def test_an_unknown_amount_is_not_zero_and_refused_money_is_in_no_sum(programme):
    table = cost_overview(
        programme(
            [
                ("funding", {"source": "EFRE", "amount": "6000", "status": "bewilligt"}),
                ("funding", {"source": "Land", "amount": "", "status": "beschlossen"}),
                ("funding", {"source": "Stiftung", "amount": "99000", "status": "abgelehnt"}),
            ]
        )
    )
    total = table[table["row"] == "total"].iloc[0]
    assert total["amount"] == 24_000
    assert total["secured_amount"] == 6_000
    assert total["incomplete"]
    entries = table[table["row"] == "entry"].set_index("source")
    assert entries.loc["additional", "share_of_measure"] == pytest.approx(0.75)
    assert math.isnan(entries.loc["foundation", "share_of_measure"])


def test_inputs_beside_outputs(programme):
    table = input_output(
        programme([("measure_years", {"year": "2010", "actual": "200", "spent": ""})])
    ).set_index("year")
    assert table.loc[2009, "cost_per_unit"] == pytest.approx(7200 / 160)
    assert table.loc[2010, "actual_so_far"] == 360
    assert table.loc[2010, "output_share"] == pytest.approx(0.9)
    assert math.isnan(table.loc[2010, "cost_per_unit"])
    assert math.isnan(table.loc[2010, "funded"])


def test_what_speaks_for_and_against_a_contribution(programme):
    table = contribution_table(
        programme([("contributions", {"kind": "spricht dafür", "evidence": "gut besucht"})])
    )
    assert table["supports"].tolist() == ["gut besucht"]
    assert table["other_explanation"].tolist() == ["Der Test wurde 2010 geändert"]
    assert table["contradicts"].tolist() == [""]
