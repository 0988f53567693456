"""The join is strict: whatever does not match is named with all its keys and the line to write."""

import logging
import time

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.errors import JoinError
from sozialraum.indicators.join import join, load_join
from sozialraum.tables.read import read_table


def make_districts(names):
    """Return squares from (key, name) pairs."""
    keys, titles = zip(*names, strict=True)
    cells = [box(x, 0, x + 1, 1) for x in range(len(keys))]
    return gpd.GeoDataFrame(
        {"name": titles}, geometry=cells, index=pd.Index(keys, name="district", dtype=object), crs=25832
    )


def make_rows(districts, *, date="2020-12-31", source="tabelle.csv", variable="n", **columns):
    count = len(districts)
    return pd.DataFrame(
        {
            "district": districts,
            "date": date,
            "variable": variable,
            "value": [float(i) for i in range(count)],
            "flag": "ok",
            "source": source,
            "row": range(2, count + 2),
            "vintage": "",
            **columns,
        }
    )


CITY = make_districts([("01", "Nord"), ("02", "Süd"), ("03", "Siebenhügel"), ("04", "Park")])


def texts(problems):
    return [problem.text() for problem in problems]


def message(districts, rows, **options):
    with pytest.raises(JoinError) as caught:
        join(districts, rows, **options)
    return str(caught.value)


def test_rows_join_by_key_whatever_their_order():
    rows = make_rows(["04", "02", "01", "03"])
    pd.testing.assert_frame_equal(join(CITY, rows), rows)


def test_rows_join_by_name_and_get_the_key():
    rows = make_rows(["Park", "Süd", "Nord", "Siebenhügel"])
    joined = join(CITY, rows, by="name")
    assert joined["district"].tolist() == ["04", "02", "01", "03"]
    assert joined["value"].tolist() == [0, 1, 2, 3]
    assert rows["district"].tolist() == ["Park", "Süd", "Nord", "Siebenhügel"]


def test_districts_without_rows_are_all_named_with_the_line_to_write():
    text = message(CITY, make_rows(["01", "03"]))
    assert "tabelle.csv: Gebiete ohne Zeile in dieser Tabelle (2): 02 Süd, 04 Park." in text
    assert 'without_rows = ["02", "04"]' in text
    joined = join(CITY, make_rows(["01", "03"]), without_rows=["02", "04"])
    assert joined["district"].tolist() == ["01", "03"]


def test_the_line_to_write_keeps_what_is_acknowledged_already():
    assert 'without_rows = ["02", "04"]' in message(CITY, make_rows(["01", "03"]), without_rows=["02"])


def test_rows_without_district_are_all_named_with_the_line_to_write():
    rows = make_rows(["01", "02", "03", "04", "Stadt", "99"])
    text = message(CITY, rows)
    assert "Einträge der Tabelle, die zu keinem Gebiet gehören (2): Stadt, 99." in text
    assert 'without_district = ["Stadt", "99"]' in text
    assert join(CITY, rows, without_district=["Stadt", "99"])["district"].tolist() == ["01", "02", "03", "04"]


def test_other_spellings_are_proposed_never_merged():
    rows = make_rows(["Nord", "Süd", "Sieben Hügel", "Park"])
    joined, problems = load_join(CITY, rows, by="name")
    assert joined["district"].tolist() == ["01", "02", "04"]
    assert len(problems) == 1
    text = problems[0].text()
    assert "anders geschrieben sind als bei den Gebieten (1): Sieben Hügel." in text
    assert 'corrections = { "Sieben Hügel" = "Siebenhügel" }' in text
    accepted = join(CITY, rows, by="name", corrections={"Sieben Hügel": "Siebenhügel"})
    assert accepted["district"].tolist() == ["01", "02", "03", "04"]


def test_keys_read_as_numbers_are_proposed_with_their_zeros():
    text = message(CITY, make_rows(["1", "2", "3", "4"]))
    assert "führenden Nullen verloren haben, weil sie als Zahl gespeichert sind (4): 1, 2, 3, 4." in text
    assert 'corrections = { "1" = "01", "2" = "02", "3" = "03", "4" = "04" }' in text
    assert "Gebietsstand" not in text


def test_a_name_that_districts_share_is_refused():
    city = make_districts([("01", "Nord"), ("02", "Schloßstraße"), ("03", "Schloßstraße")])
    text = message(city, make_rows(["Nord", "Schloßstraße"]), by="name")
    assert "Mehrere Gebiete tragen denselben Namen: 'Schloßstraße' (02, 03)." in text
    assert 'key = "Spalte"' in text


def test_a_table_of_another_vintage_gives_one_report():
    rows = make_rows(["01", "0201", "0202", "0203", "0204"])
    joined, problems = load_join(CITY, rows)
    assert joined.empty
    assert len(problems) == 1
    text = problems[0].text()
    assert "Nur 1 von 5 Einträgen der Tabelle gehört zu einem Gebiet." in text
    assert "anderen Gebietsstand" in text
    assert "0201, 0202, 0203, 0204" in text
    assert "zum Beispiel 01, 02, 03" in text


def test_a_stated_vintage_that_differs_is_refused():
    rows = make_rows(["01", "02", "03", "04"], vintage="2020")
    text = message(CITY, rows, vintage="2021")
    assert text.startswith(
        "tabelle.csv: Die Tabelle hat den Gebietsstand 2020, die Gebiete haben den Gebietsstand 2021."
    )
    assert len(join(CITY, rows, vintage="2020")) == 4
    assert len(join(CITY, rows)) == 4


def test_names_in_the_key_column_are_recognised():
    text = message(CITY, make_rows(["Nord", "Süd", "Park"]))
    assert 'name = "Spalte" angeben' in text
    assert 'key = "Spalte" angeben' in message(CITY, make_rows(["01", "02"]), by="name")


def test_each_table_is_checked_on_its_own():
    rows = pd.concat(
        [make_rows(["01", "02", "03", "04"]), make_rows(["01", "02"], source="b.xlsx", variable="m")]
    )
    text = message(CITY, rows)
    assert "b.xlsx: Gebiete ohne Zeile in dieser Tabelle (2): 03 Siebenhügel, 04 Park." in text
    assert "tabelle.csv" not in text


def test_districts_missing_at_some_dates_are_a_warning_with_dates_and_keys(caplog):
    rows = pd.concat([make_rows(["01", "02", "03", "04"]), make_rows(["01", "03"], date="2021-12-31")])
    joined, problems = load_join(CITY, rows)
    assert [problem.severity for problem in problems] == ["warning"]
    assert (
        "nicht zu jedem Stichtag der Tabelle eine Zeile haben (2). Es fehlen 31.12.2021: 02 Süd, 04 Park."
        in texts(problems)[0]
    )
    assert problems[0].keys == ("02", "04")
    assert len(joined) == 6
    with caplog.at_level(logging.WARNING):
        join(CITY, rows)
    assert "31.12.2021: 02 Süd, 04 Park" in caplog.text


def test_needless_acknowledgements_are_warnings():
    rows = make_rows(["01", "02", "03", "04"])
    _, problems = load_join(
        CITY, rows, without_rows=["04", "77"], without_district=["Stadt"], corrections={"x": "01"}
    )
    assert {problem.severity for problem in problems} == {"warning"}
    found = "\n".join(texts(problems))
    assert "without_rows, die doch Zeilen haben (1): 04." in found
    assert "without_rows, die kein Gebiet trägt (1): 77." in found
    assert "without_district, die in der Tabelle nicht vorkommen (1): Stadt." in found
    assert "corrections, die in der Tabelle nicht vorkommen (1): x." in found


def test_a_correction_must_point_to_a_district():
    text = message(CITY, make_rows(["01", "02", "03", "4"]), corrections={"4": "44"})
    assert 'Das Gebiet, auf das berichtigt werden soll, existiert nicht: corrections = { "4" = "44" }' in text


def test_two_rows_that_become_one_district_are_refused():
    rows = make_rows(["01", "02", "03", "04", "Nord-Ost"])
    text = message(CITY, rows, corrections={"Nord-Ost": "01"})
    assert "Gebiete mit mehreren Zahlen zu derselben Variable und demselben Stichtag (1): 01." in text
    assert "geschrieben als: 01, Nord-Ost" in text


def test_one_variable_from_two_files_is_refused():
    keys = ["01", "02", "03", "04"]
    text = message(CITY, pd.concat([make_rows(keys), make_rows(keys, source="neu.csv")]))
    assert "Dateien: tabelle.csv, neu.csv" in text


def test_no_rows_at_all():
    assert "Die Tabellen enthalten keine einzige Zahl." in message(CITY, make_rows([]))


def test_a_polygon_of_the_same_name_under_a_doubled_key_is_pointed_out():
    city = make_districts([("0601", "Schloßstraße"), ("0601", "Schloßstraße"), ("0402", "Park")])
    rows = make_rows(["0601", "0403", "0402"], name=["Schloßstraße", "Schloßstraße", "Park"])
    found = texts(load_join(city, rows)[1])
    assert any("die zu keinem Gebiet gehören (1): 0403." in text for text in found)
    assert any("Die Zeile 0403 heißt 'Schloßstraße'" in text for text in found)
    assert any("mehrere Flächen mit dem doppelten Schlüssel 0601." in text for text in found)


def test_a_district_of_the_same_name_without_a_row_is_pointed_out():
    rows = make_rows(["01", "02", "03", "09"], name=["Nord", "Süd", "Siebenhügel", "Park"])
    found = texts(load_join(CITY, rows)[1])
    assert any(
        "Die Zeile 09 heißt 'Park'; so heißt auch das Gebiet 04, das keine Zeile hat." in text
        for text in found
    )


@pytest.mark.shared
def test_berlin_names_the_lost_polygon_and_all_areas_without_rows(shared_data):
    folder = shared_data / "berlin"
    districts = gpd.read_file(folder / "berlin-lor-planning-areas-until-2020.geojson").set_index("id")
    variables = {"unemployed": "s1_percentage_unemployed"}
    rows = read_table(
        folder / "mss-2017-planning-areas.csv", key="id", name="name", date=2017, variables=variables
    )
    text = message(districts, rows)
    assert "die zu keinem Gebiet gehören (1): 04030417." in text
    assert "mit dem doppelten Schlüssel 06010102" in text
    assert "Gebiete ohne Zeile in dieser Tabelle (12): 01011102 " in text
    for key in ("01022103", "03010104", "04020204", "04020314", "04041133", "04041239", "04061757"):
        assert f", {key} " in text
    for key in ("09010102", "09041403", "10010203", "12214528"):
        assert f", {key} " in text


@pytest.mark.shared
def test_leipzig_joins_by_name_but_for_the_whole_city(shared_data):
    folder = shared_data / "leipzig"
    districts = (
        gpd.read_file(folder / "leipzig-districts.json").set_index("key").rename(columns={"title": "name"})
    )
    rows = read_table(folder / "einwohner.csv", name="ortsteil", date_column="jahr")
    assert "Gebiete ohne Zeile in dieser Tabelle (1): XX Gesamt." in message(districts, rows, by="name")
    joined = join(districts.drop("XX"), rows, by="name")
    assert len(joined) == len(rows)
    assert joined["district"].nunique() == 63


@pytest.mark.slow
def test_a_join_of_many_districts_takes_time_in_proportion():
    keys = [f"{number:05d}" for number in range(20_000)]
    index = pd.Index(keys, name="district")
    districts = gpd.GeoDataFrame({"name": keys}, geometry=[box(0, 0, 1, 1)] * len(keys), index=index)
    rows = pd.DataFrame({"district": keys, "date": "2020-12-31", "variable": "a", "value": 1.0, "flag": "ok"})
    rows = rows.assign(source="tabelle.csv", row=range(2, len(keys) + 2), vintage="")
    start = time.process_time()
    joined, problems = load_join(districts, rows)
    assert time.process_time() - start < 5
    assert len(joined) == len(keys)
    assert problems == ()
