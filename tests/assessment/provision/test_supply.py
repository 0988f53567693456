"""Capacity per head and coverage, and bindings that end."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.assessment.provision.housing import bound_flats, losing
from sozialraum.assessment.provision.supply import capacity_by_year, open_in, supply, year_of
from sozialraum.errors import AlignmentError

FACILITIES = pd.DataFrame(
    {
        "district": ["a", "a", "b", "b"],
        "kind": ["Kita", "Kita", "Kita", "Beratung"],
        "target_group": ["children_youth", "children_youth", "children_youth", "all"],
        "opened": [None, "2021-08-01", None, None],
        "closed": [None, None, "2021-01-01", None],
    },
    index=pd.Index(["k1", "k2", "k3", "b1"], name="facility_id"),
)
YEARS = pd.DataFrame(
    [
        ("k1", "2020", 60, "Plätze", 55, 10, 3),
        ("k1", "2021", 60, "Plätze", 60, 20, 4),
        ("k2", "2021/22", 40, "Plätze", 30, 0, 2),
        ("k3", "2020", 50, "Plätze", 50, 5, 2),
        ("b1", "2020", 12, "Wochenstunden", None, None, None),
    ],
    columns=["facility_id", "period", "capacity", "unit", "occupied", "waiting_list", "quality"],
)
PEOPLE = {"children_youth": pd.DataFrame({2020: [120, 100, 80], 2021: [125, 100, 80]}, index=["a", "b", "c"])}


def test_years_of_periods():
    assert [year_of(period) for period in ("2009/10", pd.NaT, np.nan, "", 2020.0)] == [
        2009,
        None,
        None,
        None,
        2020,
    ]


def test_a_facility_is_open_from_its_opening_to_its_closing():
    found = open_in(FACILITIES, [2020, 2021])
    assert found.to_numpy().tolist() == [[True, True], [False, True], [True, False], [True, True]]
    capacity = capacity_by_year(FACILITIES, YEARS, [2020, 2021])
    assert capacity.loc["k3"].tolist() == [50, 0]
    assert capacity.loc["k2"].tolist() == [0, 40]
    assert np.isnan(capacity.loc["b1", 2021])


def test_supply_by_hand():
    requirements = pd.DataFrame({"kind": ["Kita"], "target_group": ["children_youth"], "per_head": [0.5]})
    found = supply(FACILITIES, YEARS, PEOPLE, years=[2020, 2021], requirements=requirements)
    kita = found[found["kind"] == "Kita"].set_index("year", append=True)
    a = kita.loc[("a", 2021)]
    assert a[["facilities", "capacity", "people", "occupied", "waiting_list", "quality"]].tolist() == [
        2,
        100,
        125,
        90,
        20,
        3,
    ]
    assert a["per_head"] == pytest.approx(0.8)
    assert a["coverage"] == pytest.approx(1.6)
    assert kita.loc[("b", 2020), "coverage"] == pytest.approx(1.0)
    # closed: nothing there is a 0, and so is a district that never had one
    assert kita.loc[[("b", 2021), ("c", 2020)], "capacity"].tolist() == [0, 0]
    assert kita.loc[("c", 2020), "coverage"] == 0
    counselling = found[found["kind"] == "Beratung"].set_index("year", append=True)
    assert counselling.loc[("b", 2020), "capacity"] == 12
    # open, but nobody reported: not known, never 0
    assert np.isnan(counselling.loc[("b", 2021), "capacity"])
    assert counselling.loc[("b", 2021), "unknown"] == 1
    assert counselling["per_head"].isna().all()
    assert set(counselling["unit"]) == {"Wochenstunden"}


def test_a_requirement_may_change_over_the_years():
    requirements = pd.DataFrame(
        {"kind": "Kita", "target_group": "children_youth", "year": [2021, 2015], "per_head": [0.5, 0.25]}
    )
    found = supply(FACILITIES, YEARS, PEOPLE, years=[2020, 2021], requirements=requirements)
    kita = found[(found["kind"] == "Kita") & (found.index == "a")].set_index("year")
    assert kita["requirement"].to_dict() == {2020: 0.25, 2021: 0.5}


def test_which_quarters_lose_a_fifth_by_2030():
    flats = pd.DataFrame(
        {
            "district": ["a", "a", "b", "b", "c", "d", "d"],
            "dwellings": [80, 20, 90, 10, 50, 60, 40],
            "binding_ends": ["2040", "2030-06-30", 2040, 2031, 2020, 2035, None],
        }
    )
    found = bound_flats(
        flats, start=2023, years=[2025, 2030], households=pd.Series({"a": 500, "b": 400, "e": 9})
    )
    last = found[found["year"] == 2030]
    assert last["bound"].to_dict() == {"a": 80, "b": 100, "e": 0, "d": 100}
    assert last.loc["a", ["ended", "lost", "per_household"]].tolist() == pytest.approx([20, 0.2, 0.16])
    assert np.isnan(last.loc["e", "lost"])
    out = losing(found, by=2030)
    assert out.index.tolist() == ["a", "d"]
    assert out["certain"].tolist() == [True, False]
    assert losing(found, by=2025).index.tolist() == ["d"]
    with pytest.raises(AlignmentError, match="a"):
        bound_flats(flats.assign(dwellings=-1), start=2023, years=[2030])
