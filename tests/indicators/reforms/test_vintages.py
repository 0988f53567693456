"""Counts across a boundary reform, area weights, sums to larger areas, and what is refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from sozialraum.errors import JoinError
from sozialraum.indicators.reforms.vintages import (
    aggregate_counts,
    area_crosswalk,
    carry_counts,
    check_crosswalk,
    check_vintages,
    read_crosswalk,
)


def observations(rows, *, vintage="2010", date="2010-12-31", variable="people", flags=None):
    """Make the long frame from {district: count}."""
    return pd.DataFrame(
        {
            "district": list(rows),
            "date": date,
            "variable": variable,
            "value": [float(value) for value in rows.values()],
            "flag": [(flags or {}).get(key, "ok") for key in rows],
            "source": "people.csv",
            "row": range(2, 2 + len(rows)),
            "vintage": vintage,
        }
    )


def crosswalk(*rows):
    return pd.DataFrame(rows, columns=["old", "new", "weight"]).assign(method="weights")


# 01 and 02 merge into A; 03 is split between B and C; 04 becomes D.
REFORM = crosswalk(("01", "A", 1.0), ("02", "A", 1.0), ("03", "B", 0.25), ("03", "C", 0.75), ("04", "D", 1.0))
OLD = {"01": 100, "02": 50, "03": 80, "04": 7}


def carried(frame, ways=REFORM, **options):
    return carry_counts(frame, ways, counts=["people", "children"], old="2010", new="2020", **options)


def test_merged_split_and_renamed_districts():
    result = carried(observations(OLD)).set_index("district")
    assert result["value"].to_dict() == {"A": 150, "B": 20, "C": 60, "D": 7}
    assert result["estimated"].to_dict() == {"A": False, "B": True, "C": True, "D": False}
    assert result["method"].to_dict() == {"A": "exact", "B": "weights", "C": "weights", "D": "exact"}
    assert result["vintage"].unique().tolist() == ["2020"]
    assert result["source"].unique().tolist() == ["people.csv"]
    assert result["flag"].unique().tolist() == ["ok"]


def test_rows_of_the_new_vintage_stay_as_they_are():
    new = observations({"A": 160, "B": 21, "C": 59, "D": 8}, vintage="2020", date="2020-12-31")
    both = pd.concat([observations(OLD), new], ignore_index=True)
    before = both.copy()
    result = carried(both)
    pd.testing.assert_frame_equal(both, before)
    kept = result[result["date"] == "2020-12-31"]
    assert kept["value"].tolist() == [160, 21, 59, 8]
    assert not kept["estimated"].any()
    assert not check_vintages(result)
    assert [problem.code for problem in check_vintages(both)] == ["vintages.mixed"]


def test_flags_travel_and_a_sum_is_known_only_where_every_part_is():
    flags = {"01": "suppressed", "03": "unreliable", "04": "not applicable"}
    frame = observations({**OLD, "01": np.nan, "04": np.nan}, flags=flags)
    result = carried(frame).set_index("district")
    assert result["flag"].to_dict() == {
        "A": "suppressed",
        "B": "unreliable",
        "C": "unreliable",
        "D": "not applicable",
    }
    assert result["value"].isna().to_dict() == {"A": True, "B": False, "C": False, "D": True}


def test_a_district_without_a_row_is_missing_and_never_zero(caplog):
    both = pd.concat(
        [observations(OLD), observations({"02": 5, "03": 8, "04": 1}, variable="children")], ignore_index=True
    )
    result = carried(both)
    children = result[result["variable"] == "children"].set_index("district")
    assert children.loc["A", "flag"] == "missing"
    assert np.isnan(children.loc["A", "value"])
    assert children.loc["C", "value"] == 6
    caplog.clear()
    nobody = observations({key: OLD[key] for key in ("01", "02", "03")})
    result = carried(nobody).set_index("district")
    assert result.loc["D", "flag"] == "missing"
    assert "04" in caplog.text


def test_a_second_reform_remembers_what_was_estimated():
    first = carried(observations(OLD))
    second = crosswalk(("A", "X", 1.0), ("B", "X", 1.0), ("C", "Y", 1.0), ("D", "Z", 1.0))
    result = carry_counts(first, second, counts=["people"], old="2020", new="2030").set_index("district")
    assert result["value"].to_dict() == {"X": 170, "Y": 60, "Z": 7}
    assert result["estimated"].to_dict() == {"X": True, "Y": True, "Z": False}
    assert result["method"].to_dict() == {"X": "weights", "Y": "weights", "Z": "exact"}


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=8),
    st.lists(st.integers(1, 5), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_carrying_keeps_the_sum_and_does_not_depend_on_row_order(counts, parts, random):
    rows = []
    for i in range(len(counts)):
        shares = [random.random() + 0.01 for _ in range(parts[i % len(parts)])]
        rows += [(f"o{i}", f"n{(i + j) % 9}", share / sum(shares)) for j, share in enumerate(shares)]
    ways = crosswalk(*rows)
    frame = observations({f"o{i}": count for i, count in enumerate(counts)})
    result = carried(frame, ways).set_index("district").sort_index()
    assert result["value"].sum() == pytest.approx(sum(counts))
    mixed = carried(frame.sample(frac=1, random_state=1), ways.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(mixed.set_index("district").sort_index(), result)


def codes(error):
    return [problem.code.removeprefix("vintages.") for problem in error.value.problems]


def test_every_fault_of_carrying_is_reported_at_once():
    frame = pd.concat(
        [
            observations({**OLD, "09": 3}),
            observations(OLD, variable="rate"),
            observations({"A": 1}, vintage="2015"),
            observations({"01": 1}),
        ],
        ignore_index=True,
    )
    ways = pd.concat(
        [REFORM, crosswalk(("05", "E", 0.4), ("05", "F", 0.4), ("05", "F", 0.4), ("6", "G", -1.0))]
    )
    with pytest.raises(JoinError) as error:
        carried(frame, ways, districts=["A", "B", "C", "D", "E", "G", "H"])
    assert codes(error) == [
        "not_a_count",
        "other_vintage",
        "double_count",
        "bad_weight",
        "double_pair",
        "weights_not_one",
        "old_without_row",
        "old_not_carried",
        "unknown_new",
        "new_not_reached",
    ]
    by_code = dict(zip(codes(error), error.value.problems, strict=True))
    assert by_code["weights_not_one"].keys == ("05", "6")
    assert "05 (1.2)" in by_code["weights_not_one"].text()
    assert by_code["old_not_carried"].keys == ("09",)
    assert by_code["unknown_new"].keys == ("F",)
    assert by_code["new_not_reached"].keys == ("H",)
    assert "rate" in by_code["not_a_count"].text("en")


def test_a_vintage_that_does_not_exist():
    with pytest.raises(JoinError) as error:
        carry_counts(observations(OLD), REFORM, counts=["people"], old="2011", new="2010")
    assert codes(error) == ["no_such_vintage"]
    assert "'2010'" in str(error.value)


def test_rounded_weights_are_accepted_and_lose_no_case():
    thirds = crosswalk(*(("01", new, 0.333) for new in "ABC"))
    assert check_crosswalk(thirds) == ()
    assert carried(observations({"01": 300}), thirds)["value"].tolist() == pytest.approx([100, 100, 100])
    strict = check_crosswalk(thirds, tolerance=1e-4)
    assert [problem.code for problem in strict] == ["vintages.weights_not_one"]


def test_a_series_across_two_vintages_is_refused():
    both = pd.concat([observations(OLD), observations({"A": 1}, vintage="2020", date="2020-12-31")])
    (problem,) = check_vintages(both)
    message = problem.text("en")
    assert "'people'" in message
    assert "'2010': 2010-12-31; '2020': 2020-12-31" in message
    assert "crosswalk" in message
    assert list(check_vintages(observations(OLD))) == []


def test_a_crosswalk_file_keeps_leading_zeros_and_decimal_commas(tmp_path):
    path = tmp_path / "umstieg.csv"
    path.write_text("alt;neu;anteil\n01;10;0,25\n01;11;0,75\n02;11;1\n", encoding="utf-8")
    result = read_crosswalk(path, old="alt", new="neu", weight="anteil")
    assert result.to_numpy().tolist() == [
        ["01", "10", 0.25, "weights"],
        ["01", "11", 0.75, "weights"],
        ["02", "11", 1.0, "weights"],
    ]
    path.write_text("alt;neu;anteil\n01;10;0,25\n02;11;viel\n03;;1\n", encoding="utf-8")
    with pytest.raises(JoinError) as error:
        read_crosswalk(path, old="alt", new="neu", weight="anteil")
    assert codes(error) == ["missing_key", "bad_weight", "weights_not_one"]
    assert error.value.problems[0].keys == ("4",)
    assert all(problem.file == "umstieg.csv" for problem in error.value.problems)


def polygons(**boxes):
    index = pd.Index(list(boxes), name="district")
    return gpd.GeoDataFrame(geometry=[box(*corners) for corners in boxes.values()], index=index, crs=25832)


def test_area_weights_ignore_slivers_and_are_labelled():
    old = polygons(o1=(0, 0, 1000, 1000), o2=(1000, 0, 2000, 1000))
    # The new border lies 2 m beside the old one: a difference of drawing. n3 takes a quarter of o2.
    new = polygons(n1=(0, 0, 1002, 1000), n2=(1002, 0, 1750, 1000), n3=(1750, 0, 2000, 1000))
    ways = area_crosswalk(old, new)
    assert ways[["old", "new", "method"]].to_numpy().tolist() == [
        ["o1", "n1", "area"],
        ["o2", "n2", "area"],
        ["o2", "n3", "area"],
    ]
    np.testing.assert_allclose(ways["weight"], [1, 748 / 998, 250 / 998])
    result = carried(observations({"o1": 10, "o2": 998}), ways).set_index("district")
    assert result["method"].to_dict() == {"n1": "exact", "n2": "area", "n3": "area"}
    assert result["value"].to_dict() == pytest.approx({"n1": 10, "n2": 748, "n3": 250})


def test_a_small_new_district_is_no_sliver():
    old = polygons(o1=(0, 0, 10_000, 10_000))
    new = polygons(n1=(500, 0, 10_000, 10_000), n2=(0, 0, 500, 10_000))
    ways = area_crosswalk(old, new).set_index("new")["weight"]
    assert ways.to_dict() == pytest.approx({"n1": 0.95, "n2": 0.05})


def test_area_weights_need_a_metric_crs_and_full_cover():
    old = polygons(o1=(0, 0, 1000, 1000), o2=(1000, 0, 2000, 1000))
    with pytest.raises(JoinError) as error:
        area_crosswalk(old, polygons(n1=(0, 0, 1500, 1000)))
    assert codes(error) == ["outside"]
    assert error.value.problems[0].keys == ("o2",)
    with pytest.raises(JoinError) as error:
        area_crosswalk(old, old.set_crs(4326, allow_override=True))
    assert codes(error) == ["not_metric"]


DISTRICTS = pd.DataFrame(
    {"area": ["Nord", "Nord", "Süd", "Süd"]}, index=pd.Index(["01", "02", "03", "04"], name="district")
)


def test_counts_are_summed_to_areas_and_to_the_city():
    frame = observations(OLD)
    areas = aggregate_counts(frame, DISTRICTS, counts=["people"], level="area").set_index("district")
    assert areas["value"].to_dict() == {"Nord": 150, "Süd": 87}
    city = aggregate_counts(frame, DISTRICTS, counts=["people"])
    assert city[["district", "value", "flag"]].to_numpy().tolist() == [["", 237.0, "ok"]]


def test_a_sum_over_an_unknown_count_is_unknown_and_estimates_are_remembered():
    frame = observations(
        {**OLD, "01": np.nan, "04": np.nan}, flags={"01": "suppressed", "04": "not applicable"}
    )
    frame = frame.assign(estimated=[False, False, True, False], method=["exact", "exact", "area", "exact"])
    areas = aggregate_counts(frame, DISTRICTS, counts=["people"], level="area").set_index("district")
    assert areas["flag"].to_dict() == {"Nord": "suppressed", "Süd": "ok"}
    assert np.isnan(areas.loc["Nord", "value"])
    assert areas.loc["Süd", ["value", "estimated", "method"]].tolist() == [80, True, "area"]
    lost = aggregate_counts(frame.iloc[1:], DISTRICTS, counts=["people"], level="area").set_index("district")
    assert lost.loc["Nord", "flag"] == "missing"


def test_rates_mixed_vintages_and_unknown_districts_are_not_summed():
    frame = pd.concat(
        [observations(OLD), observations({"09": 1}, vintage="2020"), observations(OLD, variable="rate")]
    )
    districts = DISTRICTS.assign(area=["Nord", None, "Süd", "Süd"])
    with pytest.raises(JoinError) as error:
        aggregate_counts(frame, districts, counts=["people"], level="area")
    assert codes(error) == ["mixed", "rate_summed", "unknown_district", "no_area"]
    assert error.value.problems[-1].keys == ("02",)
