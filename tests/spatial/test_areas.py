from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import AlignmentError
from sozialraum.spatial.areas import AREA_COLUMNS, MEMBER_COLUMNS, cluster_areas
from sozialraum.spatial.neighbours.find import neighbours

CODES = {
    "H": ("high-high", "high-high"),  # quadrant, label
    "h": ("high-high", "not significant"),
    "o": ("high-low", "high-low"),
    "l": ("low-low", "not significant"),
    "L": ("low-low", "low-low"),
    "x": ("low-high", "low-high"),
    "?": ("undefined", "undefined"),
}


@pytest.fixture
def row(lattice):
    """Ten districts in a row, '00' to '09', 1 km2 each."""
    return lattice(1, 10)


@pytest.fixture
def graph(row):
    return neighbours(row).graph


def clusters(text: str, date: str = "2020-12-31", indicator: str = "poverty") -> pd.DataFrame:
    """One letter per district."""
    pairs = [CODES[letter] for letter in text]
    return pd.DataFrame(
        {
            "indicator": indicator,
            "date": date,
            "quadrant": [quadrant for quadrant, _ in pairs],
            "label": [label for _, label in pairs],
        },
        index=pd.Index([f"{at:02}" for at in range(len(text))], name="district"),
    )


def numbered(found) -> dict[str, list[tuple[int, str]]]:
    """Date to (number, members) of each area."""
    table = found.areas.assign(members=[" ".join(keys) for keys in found.areas["members"]])
    return {
        date: list(zip(part["area"], part["members"], strict=True)) for date, part in table.groupby("date")
    }


def test_core_takes_neighbours_above_the_mean_as_its_ring(row, graph):
    found = cluster_areas(clusters("lhHHolllll"), graph, row)
    assert found.members["role"].to_dict() == {"01": "ring", "02": "core", "03": "core", "04": "ring"}
    assert tuple(found.members.columns) == MEMBER_COLUMNS
    assert found.members.index.name == "district"


@pytest.mark.parametrize("letter", ["l", "x", "?"])
def test_neighbours_below_the_mean_or_without_a_value_are_no_ring(row, graph, letter):
    found = cluster_areas(clusters(f"lll{letter}H{letter}llll"), graph, row)
    assert found.areas["members"].tolist() == [("04",)]


def test_cores_that_share_a_ring_district_are_one_area(row, graph):
    found = cluster_areas(clusters("HhHlllllll"), graph, row)
    assert found.areas["members"].tolist() == [("00", "01", "02")]
    assert found.areas["core"].tolist() == [2]


def test_cores_whose_rings_only_touch_are_two_areas(row, graph):
    found = cluster_areas(clusters("HhhHHlllll"), graph, row)
    assert found.areas["members"].tolist() == [("02", "03", "04"), ("00", "01")]


def test_area_is_described_from_its_members(row, graph):
    population = pd.Series(np.arange(10) * 100.0, index=row.index)
    values = pd.DataFrame(
        {"indicator": "poverty", "date": "2020-12-31", "value": 0.1, "numerator": 10.0, "denominator": 100.0},
        index=row.index,
    )
    values.loc["03", ["value", "numerator", "denominator"]] = [0.5, 150.0, 300.0]
    found = cluster_areas(clusters("lhHHolllll"), graph, row, indicators=values, population=population)
    assert tuple(found.areas.columns) == AREA_COLUMNS
    (area,) = found.areas.to_dict("records")
    assert area["name"] == "Quartier 03 / Quartier 02"
    assert (area["districts"], area["core"], area["km2"]) == (4, 2, 4.0)
    assert area["inhabitants"] == 1000.0
    # (10 + 10 + 150 + 10) / (100 + 100 + 300 + 100), not the mean of the four shares, 0.2.
    assert area["mean"] == pytest.approx(0.3)
    assert area["geometry"].equals(row.geometry.loc["01":"04"].union_all())
    assert found.areas.crs == row.crs


def test_mean_of_published_shares_is_the_mean_of_the_districts(row, graph):
    values = pd.DataFrame(
        {"indicator": "poverty", "date": "2020-12-31", "value": [np.nan, 0.1, 0.3, 0.5] + [0.0] * 6},
        index=row.index,
    )
    found = cluster_areas(clusters("hHHHllllll"), graph, row, indicators=values)
    assert found.areas["mean"].tolist() == [pytest.approx(0.3)]


def test_missing_inhabitants_of_a_member_are_not_counted_as_none(row, graph):
    population = pd.Series(100.0, index=row.index.delete(2))
    found = cluster_areas(clusters("hHhlllllll"), graph, row, population=population)
    assert found.areas["inhabitants"].isna().all()


def test_long_name_says_that_there_are_more(row, graph):
    found = cluster_areas(clusters("HHHlllllll"), graph, row.drop(columns="name"))
    assert found.areas["name"].tolist() == ["00 / 01 …"]


def test_low_low_areas_on_request(row, graph):
    found = cluster_areas(clusters("LLlhhhhhhh"), graph, row, label="low-low")
    assert found.areas["members"].tolist() == [("00", "01", "02")]


def test_number_stays_with_an_area_that_grows_and_moves(row, graph):
    years = [("2020-12-31", "lHHlllllHl"), ("2021-12-31", "llHHlllHHl"), ("2022-12-31", "lllHHHllHl")]
    table = pd.concat([clusters(text, date) for date, text in reversed(years)])
    assert numbered(cluster_areas(table, graph, row)) == {
        "2020-12-31": [(1, "01 02"), (2, "08")],
        "2021-12-31": [(1, "02 03"), (2, "07 08")],
        "2022-12-31": [(1, "03 04 05"), (2, "08")],
    }


def test_split_leaves_the_number_with_the_larger_part(row, graph):
    table = pd.concat([clusters("HHHHHlllll", "2020"), clusters("HlHHHlllll", "2021")])
    assert numbered(cluster_areas(table, graph, row))["2021"] == [(1, "02 03 04"), (2, "00")]


def test_merger_takes_the_number_with_more_common_districts(row, graph):
    table = pd.concat([clusters("HHHHlHHHll", "2020"), clusters("HHHHHHHHll", "2021")])
    assert numbered(cluster_areas(table, graph, row)) == {
        "2020": [(1, "00 01 02 03"), (2, "05 06 07")],
        "2021": [(1, "00 01 02 03 04 05 06 07")],
    }


def test_area_that_pauses_for_a_year_gets_its_number_back(row, graph):
    years = [("2020", "HHllllllll"), ("2021", "llllllHHHl"), ("2022", "HHllllHHHl")]
    table = pd.concat([clusters(text, date) for date, text in years])
    found = numbered(cluster_areas(table, graph, row))
    assert found["2022"] == [(1, "00 01"), (2, "06 07 08")]


def test_slight_overlap_is_a_new_area(row, graph):
    table = pd.concat([clusters("HHHlllllll", "2020"), clusters("llHHHlllll", "2021")])
    assert numbered(cluster_areas(table, graph, row))["2021"] == [(2, "02 03 04")]


def test_each_indicator_counts_its_areas_alone(row, graph):
    table = pd.concat([clusters("HHllllllll"), clusters("lllllllHHl", indicator="age")])
    found = cluster_areas(table, graph, row)
    assert found.areas[["indicator", "area"]].to_numpy().tolist() == [["poverty", 1], ["age", 1]]


def test_no_core_gives_empty_tables_with_all_columns(row, graph):
    found = cluster_areas(clusters("hhhhhlllll"), graph, row)
    assert found.areas.empty
    assert tuple(found.areas.columns) == AREA_COLUMNS
    assert found.members.empty
    assert tuple(found.members.columns) == MEMBER_COLUMNS


def test_order_of_rows_does_not_matter(row, graph):
    table = clusters("lhHHolHHll")
    shuffled = cluster_areas(table.iloc[::-1], graph, row.iloc[::-1])
    straight = cluster_areas(table, graph, row)
    assert [set(keys) for keys in shuffled.areas["members"]] == [
        set(keys) for keys in straight.areas["members"]
    ]
    assert shuffled.areas["area"].tolist() == straight.areas["area"].tolist() == [1, 2]


def test_unknown_districts_are_named(row, graph):
    table = clusters("Hlllllllll").rename(index={"09": "zz"})
    with pytest.raises(AlignmentError) as caught:
        cluster_areas(table, graph, row)
    assert [(problem.code, problem.keys) for problem in caught.value.problems] == [
        ("panel.unknown_district", ("zz",)),
        ("clusters.no_polygon", ("zz",)),
    ]
