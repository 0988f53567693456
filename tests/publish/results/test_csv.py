"""Tables for other programs: complete, clean numbers, periods in words, nothing empty."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sozialraum.boundaries.reserved import is_reserved
from sozialraum.panel import PERIOD_COLUMNS
from sozialraum.publish.results.datapackage import data_package
from sozialraum.publish.results.dictionary import column_words
from sozialraum.publish.tables import all_tables, results_table, write_csv

ASKED = {
    *("results", "city", "changes", "moran", "index", "profiles", "robustness", "variants", "influence"),
    *("fluidity", "borders"),
}


@pytest.mark.slow
def test_everything_that_was_computed_is_a_table(assessed, release):
    assert set(all_tables(assessed)) == ASKED
    assert set(all_tables(release)) == {"results", "city", "changes", "moran"}
    moran = pd.DataFrame(
        {
            "indicator": ["poor"],
            "date": ["2017-12-31"],
            "statistic": [0.4],
            "expected": [-0.1],
            "z": [3.0],
            "p": [0.003],
            "districts": [10],
        }
    )
    tables = all_tables(replace(release, moran=moran))
    assert tables["moran"].loc[0, ["label", "statistic", "districts"]].tolist() == ["Kinderarmut", 0.4, 10]


def test_no_table_is_empty_and_no_heading_blank(assessed):
    for name, table in all_tables(assessed).items():
        assert len(table), name
        assert all(str(column).isidentifier() for column in table.columns), name


def test_tables_name_districts_and_indicators(assessed):
    tables = all_tables(assessed)
    assert tables["profiles"].loc[0, ["district", "name", "group", "profile"]].tolist() == [
        "01",
        "Altstadt",
        "all",
        "conspicuous (unfavourable)",
    ]
    assert tables["borders"].loc[0, ["focal_name", "neighbor_name", "label"]].tolist() == [
        "Cronenfeld",
        "Dornbusch",
        "Kinderarmut",
    ]
    assert tables["influence"].to_dict("list") == {"choice": ["weights", "limits"], "moved": [0.123, 0.05]}
    assert tables["variants"].set_index("district").loc["02", "share_very_low"] == pytest.approx(8 / 108)


@pytest.mark.slow
def test_the_public_gets_no_ranks(assessed, internal_release):
    ranks = {"rank", "rank_lower", "rank_upper"}
    for table in all_tables(assessed).values():
        assert not ranks & set(table.columns)
    assert ranks <= set(all_tables(internal_release)["robustness"].columns)


@pytest.mark.slow
def test_our_columns_are_reserved_and_have_words(assessed, internal_release):
    for release in (assessed, internal_release):
        for name, table in all_tables(release).items():
            for column in map(str, table.columns):
                if column in release.parents:
                    continue
                assert column_words(name, column, language="de").about, (name, column)
                if name not in {"influence", "variants"}:
                    assert is_reserved(column), (name, column)


@pytest.mark.parametrize(
    ("number", "german", "english"),
    [(0.009, "0,009", "0.009"), (274.0, "274", "274"), (1.5e-17, "1,5e-17", "1.5e-17"), (np.nan, "", "")],
)
def test_numbers_are_written_clean(tmp_path, number, german, english):
    for language, written in (("de", german), ("en", english)):
        write_csv(pd.DataFrame({"a": [number], "b": ["x"]}), tmp_path / "t.csv", language)
        sign = ";" if language == "de" else ","
        assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1] == f"{written}{sign}x"


@pytest.mark.parametrize(
    ("number", "clean"),
    [
        (0.009000000000000001, 0.009),
        (0.1 + 0.2, 0.3),
        (99.99999999999999, 100.0),
        (1 / 3, 0.333333333333),
        (0.0, 0.0),
    ],
)
def test_digits_that_arithmetic_leaves_are_no_result(release, number, clean):
    values = release.indicators.assign(value=number)
    assert set(results_table(replace(release, indicators=values))["value"]) == {clean}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "start", "date", "label"),
    [
        ("date", "2017-12-31", "2017-12-31", "31.12.2017"),
        ("month", "2017-12-01", "2017-12-31", "Dezember 2017"),
        ("quarter", "2017-10-01", "2017-12-31", "IV. Quartal 2017"),
        ("half_year", "2017-07-01", "2017-12-31", "2. Halbjahr 2017"),
        ("year", "2017-01-01", "2017-12-31", "2017"),
        ("window", "2015-01-01", "2017-12-31", "2015 bis 2017"),
        ("flow", "2017-02-01", "2017-12-31", "01.02.2017 bis 31.12.2017"),
    ],
)
def test_every_table_says_what_a_date_stands_for(assessed, kind, start, date, label):
    periods = pd.DataFrame([("poor", date, kind, start)], columns=list(PERIOD_COLUMNS))
    tables = all_tables(replace(assessed, periods=periods))
    for name in ("results", "city", "fluidity", "borders"):
        if name not in tables:
            continue
        ours = tables[name].query("indicator == 'poor' and date == @date")
        assert set(ours["period"]) == {kind}, name
        assert set(ours["period_label"]) == {label}, name
    # Another indicator's date is another thing.
    parks = tables["results"].query("indicator == 'parks'")
    assert set(parks["period_label"]) == {"31.12.2017"}


def test_a_school_year_and_its_change_are_named(release):
    shift = {"2015-12-31": "2016-07-31", "2016-12-31": "2017-07-31", "2017-12-31": "2018-07-31"}
    poor = release.indicators[release.indicators["indicator"] == "poor"]
    poor = poor.assign(date=poor["date"].map(shift))
    rows = [("poor", end, "school_year", f"{int(end[:4]) - 1}-08-01") for end in shift.values()]
    periods = pd.DataFrame(rows, columns=list(PERIOD_COLUMNS))
    school = replace(release, indicators=poor, periods=periods, clusters=release.clusters.iloc[:0])
    assert results_table(school)["period_label"].drop_duplicates().sort_values().tolist() == [
        "Schuljahr 2015/16",
        "Schuljahr 2016/17",
        "Schuljahr 2017/18",
    ]
    moved = all_tables(school)["changes"].sort_values("date").iloc[0]
    assert (moved["base_period_label"], moved["period_label"]) == ("Schuljahr 2015/16", "Schuljahr 2016/17")


@pytest.mark.slow
def test_the_data_package_describes_what_is_written(assessed, tmp_path):
    tables = all_tables(assessed)
    package = json.loads(json.dumps(data_package(assessed, tables)))
    assert [resource["path"] for resource in package["resources"]] == [f"{name}.csv" for name in tables]
    readers = {"number": float, "integer": int, "date": pd.Timestamp, "string": str}
    for resource, (name, table) in zip(package["resources"], tables.items(), strict=True):
        write_csv(table, tmp_path / f"{name}.csv", "de")
        read = pd.read_csv(
            tmp_path / f"{name}.csv", sep=resource["dialect"]["delimiter"], dtype=str, keep_default_na=False
        )
        schema = resource["schema"]
        assert [field["name"] for field in schema["fields"]] == list(read.columns)
        for field in schema["fields"]:
            assert field["title"]
            for cell in read[field["name"]]:
                if cell not in schema["missingValues"]:
                    decimal = field.get("decimalChar", ".")
                    readers[field["type"]](cell.replace(decimal, ".") if decimal == "," else cell)
        assert not read.duplicated(schema["primaryKey"]).any()
