"""The one way to take numbers out of the long table."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from sozialraum.errors import AlignmentError, CatalogueError, SozialraumError
from sozialraum.panel import (
    FLAGS,
    USABLE,
    Panel,
    check_rows,
    date_before,
    matrix,
    population_at,
    slices,
    spread,
    wide,
)

ROWS = [
    # district, indicator, date, value, numerator, denominator, flag
    ("b", "poor", "2021", 0.2, 20, 100, "ok"),
    ("a", "poor", "2021", 0.1, 10, 100, "unreliable"),
    ("a", "poor", "2020", 0.3, 30, 100, "ok"),
    ("b", "poor", "2020", 0.9, 90, 100, "suppressed"),
    ("a", "young", "2020", 0.5, np.nan, np.nan, "ok"),
]
COLUMNS = ["district", "indicator", "date", "value", "numerator", "denominator", "flag"]


@pytest.fixture
def rows():
    return pd.DataFrame(ROWS, columns=COLUMNS).set_index("district")


def panel(rows):
    districts = gpd.GeoDataFrame(
        {"name": ["B", "A", "C"]},
        index=pd.Index(["b", "a", "c"], name="district"),
        geometry=[box(x, 0, x + 1, 1) for x in range(3)],
        crs="EPSG:25832",
    )
    catalogue = pd.DataFrame({"kind": "share"}, index=["poor", "young"])
    return Panel(city="X", districts=districts, catalogue=catalogue, indicators=rows)


def test_only_two_flags_carry_a_number():
    assert USABLE == ("ok", "unreliable")
    assert set(USABLE) < set(FLAGS)


def test_a_matrix_has_all_districts_and_no_number_that_its_flag_denies(rows):
    found = matrix(rows, ["young", "poor", "absent"], "2020")
    expected = pd.DataFrame(
        {"young": [np.nan, 0.5], "poor": [np.nan, 0.3], "absent": [np.nan, np.nan]},
        index=pd.Index(["b", "a"], name="district"),
    )
    pd.testing.assert_frame_equal(found, expected)
    assert matrix(rows, ["poor"], "2020", column="numerator")["poor"].tolist()[1] == 30
    assert np.isnan(matrix(rows, ["poor"], "2020", column="numerator").loc["b", "poor"])
    assert matrix(rows, ["poor"], "2020", column="flag")["poor"].tolist() == ["suppressed", "ok"]


def test_every_reader_tells_the_same_of_a_flagged_row(rows):
    keys = pd.Index(["a", "b"])
    by_matrix = matrix(rows, ["poor"], "2020")["poor"].reindex(keys).to_numpy()
    by_wide = wide(rows, "poor", "2020")["poor"].reindex(keys).to_numpy()
    by_slice = next(one for one in slices(rows, keys) if (one.indicator, one.date) == ("poor", "2020"))
    tables, numbers = spread(rows, keys)
    by_spread = numbers["value"][
        tables.index[(tables["indicator"] == "poor") & (tables["date"] == "2020")][0]
    ]
    for found in (by_matrix, by_wide, by_slice.value, by_spread):
        np.testing.assert_array_equal(found, [0.3, np.nan])
    assert by_slice.counted.tolist() == [True, False]


def test_spread_keeps_the_order_of_the_rows_and_slices_put_dates_in_theirs(rows):
    keys = pd.Index(["a", "b", "c"])
    tables, numbers = spread(rows, keys, ("denominator",))
    assert tables.to_numpy().tolist() == [["poor", "2021"], ["poor", "2020"], ["young", "2020"]]
    np.testing.assert_array_equal(
        numbers["denominator"], [[100, 100, np.nan], [100, np.nan, np.nan], [np.nan] * 3]
    )
    found = [(one.indicator, one.date, one.is_share) for one in slices(rows, keys)]
    assert found == [("poor", "2020", True), ("poor", "2021", True), ("young", "2020", False)]


def test_numbers_without_flags_are_numbers(rows):
    assert wide(rows.drop(columns="flag"), "poor", "2020")["poor"].tolist() == [0.9, 0.3]


def test_kinds_and_design_effects_come_from_the_catalogue(rows):
    catalogue = pd.DataFrame(
        {"kind": ["ratio", "value"], "design_effect": [2.0, np.nan]}, index=["poor", "young"]
    )
    found = {
        one.indicator: (one.kind, one.design_effect) for one in slices(rows, rows.index.unique(), catalogue)
    }
    assert found == {"poor": ("ratio", 2.0), "young": ("value", 1.0)}
    with pytest.raises(SozialraumError) as error:
        list(slices(rows, rows.index.unique(), catalogue.drop("young")))
    assert error.value.problems[0].code == "panel.not_in_catalogue"


def test_a_share_above_one_is_refused_only_where_its_flag_carries_a_number(rows):
    rows["numerator"] = rows["numerator"] * 5
    with pytest.raises(SozialraumError) as error:
        list(slices(rows, rows.index.unique()))
    assert [(one.code, one.keys) for one in error.value.problems] == [
        ("panel.not_a_part", ("a",)),
    ]


def test_what_is_wrong_with_rows_is_said_once_per_kind(rows):
    broken = pd.concat([rows, rows.iloc[:3], rows.rename(index={"a": "z"}).loc[["z"]]])
    with pytest.raises(AlignmentError) as error:
        check_rows(broken, districts=pd.Index(["a", "b"]), indicators=["poor", "old"])
    assert [(one.code, one.keys) for one in error.value.problems] == [
        ("panel.indicator_absent", ("old",)),
        ("panel.unknown_district", ("z",)),
        ("panel.double_row", ("a", "b")),
    ]
    for language, words in (("de", "poor 2020, poor 2021"), ("en", "poor 2020, poor 2021")):
        assert words in error.value.problems[2].text(language)
    assert check_rows(rows, districts=pd.Index(["a", "b", "c"]), indicators=["young"]) is None


def test_a_row_without_a_district_is_of_an_unknown_one(rows):
    districts = rows.index.unique()
    rows.index = pd.Index(["b", None, "a", "b", "a"], name="district")
    with pytest.raises(AlignmentError) as told:
        spread(rows, districts)
    assert [problem.code for problem in told.value.problems] == ["panel.unknown_district"]


@pytest.mark.parametrize("reader", [wide, lambda rows: list(slices(rows, rows.index.unique()))])
def test_no_reader_averages_or_picks_from_double_rows(rows, reader):
    with pytest.raises(AlignmentError, match="a"):
        reader(pd.concat([rows, rows.loc[["a"]]]))


def test_negative_counts_are_named_by_column(rows):
    rows.loc["b", "denominator"] = -1
    with pytest.raises(AlignmentError) as error:
        list(slices(rows, rows.index.unique()))
    assert [(one.code, one.keys, dict(one.values)) for one in error.value.problems] == [
        ("panel.negative_count", ("b",), {"column": "denominator"})
    ]


def test_wide_names_what_there_is(rows):
    with pytest.raises(CatalogueError, match="young"):
        wide(rows, "old")
    assert wide(rows).columns.tolist() == [("poor", "2021"), ("poor", "2020"), ("young", "2020")]
    assert wide(rows, "poor").columns.name == "date"


def test_a_panel_gives_one_slice_in_the_order_of_its_districts(rows):
    found = panel(rows).at("poor", "2021")
    assert found.index.tolist() == ["b", "a", "c"]
    np.testing.assert_array_equal(found["value"], [0.2, 0.1, np.nan])
    assert panel(rows).at("poor", "1999")["value"].isna().all()


def test_the_date_before_is_of_the_same_day_or_the_only_one_of_its_year():
    dates = ["2015-06-30", "2015-12-31", "2016-06-30"]
    assert date_before("2017-12-31", 2, dates) == "2015-12-31"
    assert date_before("2017-12-31", 1, dates) == "2016-06-30"
    assert date_before("2017-03-31", 2, dates) is None


def test_population_of_a_date_that_nobody_counted_is_unknown_not_absent():
    people = pd.DataFrame({"2020": [1, 2]}, index=["a", "b"])
    assert population_at(None, "2020", people.index) is None
    assert population_at(people, "2021", people.index).isna().all()
    assert population_at(people, "2020", pd.Index(["b", "a"])).tolist() == [2.0, 1.0]
    assert population_at(people["2020"], "1999", people.index).tolist() == [1.0, 2.0]


def test_a_matrix_is_of_one_date_and_in_the_order_asked_for():
    rows = pd.DataFrame(
        {
            "indicator": ["b", "a", "a", "a"],
            "date": ["2020-12-31", "2020-12-31", "2021-12-31", "2019-12-31"],
            "value": [1.0, 2.0, 3.0, 4.0],
            "flag": ["ok", "ok", "suppressed", "ok"],
        },
        index=pd.Index(["y", "x", "x", "y"], name="district"),
    )
    found = matrix(rows, ["a", "b", "c"], "2020-12-31")
    assert found.columns.tolist() == ["a", "b", "c"]
    assert found.index.tolist() == ["y", "x"]
    assert found.loc["x"].to_list()[0] == 2.0
    assert found.notna().to_numpy().tolist() == [[False, True, False], [True, False, False]]
    assert matrix(rows, ["a"], "2021-12-31").isna().all(axis=None)
    assert matrix(rows, ["a"], "2021-12-31", column="flag").loc["x", "a"] == "suppressed"
    with pytest.raises(AlignmentError):
        matrix(pd.concat([rows, rows.iloc[[1]]]), ["a"], "2020-12-31")
