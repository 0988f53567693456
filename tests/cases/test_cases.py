"""Case lists: placed exactly or by normalisation, counted by rule; nothing but counts leaves."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.cases.addresses import house_of, normalise_street, read_register, split_address
from sozialraum.cases.count import count_cases
from sozialraum.cases.options import Addresses, CaseAddress, CaseCount, CaseList
from sozialraum.cases.read import case_observations
from sozialraum.errors import SozialraumError

REGISTER = """\
street;house;to;side;plz;key;special
Grüne Straße;1;;;10001;01;
Grüne Straße;2;;;10001;02;
Grüne Straße;12 a;;;10001;02;
Am Bach;1;9;ungerade;10001;01;
Am Bach;2;20;gerade;10001;02;
Dorfstraße;5;;;10001;01;
Dorfstraße;5;;;10002;03;
Dorfstraße;7;;;10002;03;
Müllerweg;3;;;10001;01;
Muellerweg;3;;;10001;03;
Heimweg;1;;;10001;02;Pflegeheim
Lange Str.;10-14;;;10001;01;
Lange Str.;15;;;10001;02;
"""


@pytest.fixture
def districts():
    index = pd.Index(["01", "02", "03", "04"], name="district")
    return gpd.GeoDataFrame(
        geometry=[box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(4)], index=index, crs="EPSG:25833"
    )


@pytest.fixture
def addresses():
    return Addresses(
        file="r.csv",
        street="street",
        number="house",
        number_to="to",
        side="side",
        postcode="plz",
        district="key",
        special="special",
    )


@pytest.fixture
def register(tmp_path, districts, addresses):
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    found, problems = read_register(tmp_path / "r.csv", addresses, districts)
    assert problems == ()
    return found


@pytest.mark.parametrize(
    ("street", "house", "postcode", "expected"),
    [
        ("Grüne Straße", "1", "", ("01", "exact")),
        ("GRUENE STR.", "001", "", ("01", "normalised")),
        ("Grüne Strasse", "12A", "", ("02", "normalised")),
        ("Grüne-Str", "12 a", "", ("02", "normalised")),
        ("Grüne Straße", "12", "", (None, "number")),
        ("Grüne Straße", "12 b", "", (None, "number")),
        ("Grune Straße", "1", "", (None, "street")),
        ("Grüner Weg", "1", "", (None, "street")),
        ("Am Bach", "7", "", ("01", "exact")),
        ("Am Bach", "8", "", ("02", "exact")),
        ("Am Bach", "8 c", "", ("02", "exact")),
        ("Am Bach", "11", "", (None, "number")),
        ("Dorfstraße", "5", "", (None, "ambiguous")),
        ("Dorfstraße", "5", "10002", ("03", "exact")),
        ("Dorfstraße", "7", "10001", (None, "postcode")),
        ("Müllerweg", "3", "", ("01", "exact")),
        ("Muellerweg", "3", "", ("03", "exact")),
        ("MÜLLERWEG", "3", "", (None, "ambiguous")),
        ("Lange Straße", "11", "", ("01", "normalised")),
        ("Lange Straße", "12-14", "", ("01", "normalised")),
        ("Lange Straße", "14-15", "", (None, "number")),
    ],
)
def test_only_exact_and_normalised_spellings_are_placed(register, street, house, postcode, expected):
    place, how = register.find(street, house_of(house), postcode)
    assert (place and place.district, how) == expected


@pytest.mark.parametrize(
    ("text", "suffix", "expected"),
    [
        ("12", None, (12, "", None)),
        ("12a", None, (12, "a", None)),
        ("12", "A", (12, "a", None)),
        ("012 A", None, (12, "a", None)),
        ("12-16", None, (12, "", 16)),
        ("7 1/2", None, (7, "1/2", None)),
        ("12 1/2", None, (12, "1/2", None)),
        ("12½", None, (12, "1/2", None)),
        ("Nr. 12", None, (12, "", None)),
        ("nr 12a", None, (12, "a", None)),
        ("Hausnummer 7-9", None, (7, "", 9)),
        ("12.", None, (12, "", None)),
        ("12.0", None, (12, "", None)),
        ("12/14", None, (12, "", 14)),
        ("12.5", None, None),
        ("Nr.", None, None),
        ("12a-c", None, None),
        ("16-12", None, None),
        ("Haus 3", None, None),
        ("", None, None),
    ],
)
def test_house_numbers(text, suffix, expected):
    found = house_of(text, suffix)
    assert (tuple(found) if found else None) == expected


def test_streets_and_addresses_in_one_cell():
    assert normalise_street("Straße des 17. Juni") == normalise_street("Strasse des 17.Juni")
    assert normalise_street("Strandweg") != normalise_street("Straßandweg")
    assert normalise_street("Hauptstraße") != normalise_street("Hauptweg")
    assert split_address("Straße des 17. Juni 135 a") == ("Straße des 17. Juni", "135 a", "")
    assert split_address("Am Hang 12-14") == ("Am Hang", "12-14", "")
    assert split_address("Am Hang") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Am Hang 12 a, 33602 Bielefeld", ("Am Hang", "12 a", "33602")),
        ("Am Hang 12a ,33602 Bad Rain (Ost)", ("Am Hang", "12a", "33602")),
        ("Am Hang 12, D-33602 Bielefeld", ("Am Hang", "12", "33602")),
        ("Am Hang 12 - 33602 Bielefeld", ("Am Hang", "12", "33602")),
        ("Am Hang 12, 33602", ("Am Hang", "12", "33602")),
        ("Am Hang 12\n33602 Bielefeld", ("Am Hang", "12", "33602")),
        ("Am Hang Nr. 12 a 33602 Bielefeld", ("Am Hang", "12 a", "33602")),
        ("Straße des 17. Juni 135, 10623 Berlin", ("Straße des 17. Juni", "135", "10623")),
        # No house, or one that nobody can tell from the town's number.
        ("Am Hang, 33602 Bielefeld", None),
        ("33602 Bielefeld, Am Hang 12", ("33602 Bielefeld, Am Hang", "12", "")),
    ],
)
def test_postcode_and_town_behind_an_address(text, expected):
    assert split_address(text) == expected


def test_close_spellings_are_proposed_and_never_applied(register):
    assert register.find("Grüne Strase", house_of("1"), "") == (None, "street")
    assert register.close_street("Grühne Straße") == "Grüne Straße"
    assert register.close_street("Ganz woanders") == ""


def _cases(**columns):
    defaults = {"district": "01", "special": "", "end": None, "birth": None}
    frame = pd.DataFrame({**defaults, **columns}, index=range(len(columns["begin"])))
    for name in ("case", "person"):
        if name not in frame:
            frame[name] = frame.index.astype(str)
    return frame


def _count(frame, rule, date="2023-12-31", **options):
    (found,) = count_cases(
        frame, ["01", "02"], name="n", count=CaseCount(rule=rule, **options), date=date, with_special=False
    )
    return found["value"].tolist()


def test_stock_and_year_by_hand():
    frame = _cases(
        begin=["2023-12-31", "2022-05-01", "2024-01-01", "2020-01-01", "2020-01-01", "2023-03-01"],
        end=[None, "2023-12-31", None, "2023-01-01", "2022-12-31", "2023-04-01"],
    )
    assert _count(frame, "bestand") == [2, 0]
    assert _count(frame, "faelle_im_jahr") == [4, 0]
    assert _count(frame, "beginn_im_jahr") == [2, 0]
    assert _count(frame, "ende_im_jahr") == [3, 0]
    assert _count(frame, "bestand", "2024-02-29") == [2, 0]
    assert _count(frame, "faelle_im_jahr", "2024-02-29") == [4, 0]


def test_persons_count_once_where_they_live_last():
    frame = _cases(
        begin=["2020-01-01", "2021-01-01", "2021-01-01"], district=["01", "02", "02"], person=["a", "a", "b"]
    )
    assert _count(frame, "bestand") == [1, 2]
    assert _count(frame, "bestand", persons=True) == [0, 2]


def test_age_is_in_completed_years_at_the_date():
    frame = _cases(begin=["2020-01-01"] * 4, birth=["2005-12-31", "2006-01-01", "2002-06-01", None])
    assert _count(frame, "bestand", age=(0, 17)) == [1, 0]
    assert _count(frame, "bestand", age=(18, 20)) == [1, 0]
    assert _count(frame, "bestand", age=(21, 26)) == [1, 0]


LIST = """\
Nr;Name;Straße;Haus;PLZ;Beginn;Ende;Art
F-1;Geheim Eins;Grüne Straße;1;10001;01.02.2022;;§ 31
F-2;Geheim Zwei;GRUENE STR.;2;10001;2023-05-01;;§ 34
F-3;Geheim Drei;Grühne Straße;2;10001;01.02.2022;;§ 31
F-4;Geheim Vier;o. f. W.;;;01.02.2022;;§ 31
F-5;Geheim Fünf;Heimweg;1;;01.02.2022;31.03.2023;§ 31
F-6;Geheim Sechs;Heimweg;1;;01.02.2022;;§ 31
F-7;Geheim Sieben;;;;01.02.2022;;§ 31
"""


def _list(**options):
    address = CaseAddress(street="Straße", number="Haus", postcode="PLZ")
    counts = {
        "spfh": CaseCount(rule="bestand", where={"Art": ("§ 31",)}),
        "hilfen_im_jahr": CaseCount(rule="faelle_im_jahr"),
    }
    given = {
        "file": "f.csv",
        "address": address,
        "begin": "Beginn",
        "end": "Ende",
        "case": "Nr",
        "counts": counts,
    }
    return CaseList(**{**given, "dates": ("2023-12-31",), "unlocated": ("o. f. W.",), **options})


def _run(tmp_path, addresses, districts, text=LIST, **options):
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    return case_observations(addresses, [_list(**options)], districts, lambda name: tmp_path / name)


def test_counts_leave_with_and_without_special_addresses(tmp_path, addresses, districts):
    rows, problems = _run(tmp_path, addresses, districts)
    wide = rows.pivot_table(index="district", columns="variable", values="value")
    assert wide["spfh"].tolist() == [1, 1, 0, 0]
    assert wide["spfh_ohne_sonderanschriften"].tolist() == [1, 0, 0, 0]
    assert wide["hilfen_im_jahr"].tolist() == [1, 3, 0, 0]
    assert wide["hilfen_im_jahr_ohne_sonderanschriften"].tolist() == [1, 1, 0, 0]
    assert set(rows["period"]) == {"date", "year"}
    words = problems[-1].text("de")
    assert "Von 7 Zeilen sind 3 genau und 1 nach Vereinheitlichung" in words
    assert "3 (42.9 %) haben kein Gebiet: ohne Adresse 1, ohne festen Wohnsitz" in words


def test_nothing_but_counts_is_said(tmp_path, addresses, districts):
    rows, problems = _run(tmp_path, addresses, districts)
    said = (
        "".join(problem.text(language) for problem in problems for language in ("de", "en")) + rows.to_csv()
    )
    for secret in ("Geheim", "Grüne", "Grühne", "Heimweg", "F-1", "GRUENE"):
        assert secret not in said
    assert not (tmp_path / "intern").exists()


def test_internal_list_has_rows_and_proposals_but_no_names(tmp_path, addresses, districts):
    _run(tmp_path, addresses, districts, unplaced="intern/offen.csv")
    lines = (tmp_path / "intern" / "offen.csv").read_text("utf-8-sig").splitlines()
    assert lines[1:] == [
        "4;Grühne Straße;2;;10001;street;Grüne Straße",
        "5;o. f. W.;;;;unlocated;",
        "8;;;;;no_address;",
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "options"),
    [
        ("01.02.2022;;§ 31\nF-2", "31.02.2022;;§ 31\nF-2", "no_day", {}),
        ("Beginn", "Anfang", "no_column", {}),
        ("Ende", "Haus", "column_double", {}),
        ("§ 34", "Geheimwort", "not_allowed", {"allowed": {"Art": ("§ 31", "§ 34")}}),
    ],
)
def test_faults_are_told_by_row_and_column_only(tmp_path, addresses, districts, old, new, code, options):
    with pytest.raises(SozialraumError) as caught:
        _run(tmp_path, addresses, districts, LIST.replace(old, new, 1), **options)
    assert f"cases.{code}" in {problem.code for problem in caught.value.problems}
    assert "Geheim" not in caught.value.text("de")
    assert "Grüne" not in caught.value.text("de")


def test_coordinates_place_by_polygon_and_borders_by_nobody(tmp_path, districts):
    text = "Beginn;Ende;x;y\n" + "".join(
        f"2022-01-01;;{x};500,0\n" for x in ("500,5", "1500", "1000", "9999", "")
    )
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    cases = _list(
        address=CaseAddress(east="x", north="y", crs="EPSG:25833"),
        case=None,
        counts={"n": CaseCount(rule="bestand")},
    )
    rows, problems = case_observations(None, [cases], districts, lambda name: tmp_path / name)
    assert rows["value"].tolist() == [1, 1, 0, 0]
    assert "außerhalb 2" in problems[-1].text("de")


def test_register_may_have_coordinates_instead_of_districts(tmp_path, districts):
    (tmp_path / "r.csv").write_text("Straße;Hausnummer;x;y\nWeg;1;500;500\nWeg;2;1500;500\nWeg;3;-5;0\n")
    options = Addresses(file="r.csv", east="x", north="y", crs="EPSG:25833")
    register, problems = read_register(tmp_path / "r.csv", options, districts)
    assert register.find("weg", house_of("2"), "")[0].district == "02"
    assert [problem.code for problem in problems] == ["cases.register_nowhere"]


def test_register_of_another_vintage_is_refused(tmp_path, addresses, districts):
    (tmp_path / "r.csv").write_text(REGISTER.replace(";03;", ";99;"), encoding="utf-8")
    _, problems = read_register(tmp_path / "r.csv", addresses, districts)
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("cases.register_district", "error")
    ]


AGES = """\
Nr;Straße;Haus;Beginn;Geburt
1;Grüne Straße;1;01.02.2022;{}
2;Grüne Straße;2;01.02.2022;{}
3;Heimweg;1;01.02.2022;
"""


def _by_age(tmp_path, addresses, districts, births, dates=("2023-12-31",)):
    address = CaseAddress(street="Straße", number="Haus")
    counts = {"kinder": CaseCount(rule="bestand", age=(0, 5)), "alle": CaseCount(rule="bestand")}
    options = {"address": address, "counts": counts, "birth": "Geburt", "end": None, "dates": dates}
    return _run(tmp_path, addresses, districts, AGES.format(*births), **options)


def test_who_has_no_birthday_is_missing_from_counts_by_age_and_that_is_said(tmp_path, addresses, districts):
    rows, problems = _by_age(tmp_path, addresses, districts, ("31.12.2017", "01.01.2018"))
    found = rows.groupby("variable")["value"].sum()
    assert (found["kinder"], found["alle"]) == (1.0, 3.0)
    told = next(problem for problem in problems if problem.code == "cases.no_birth")
    assert told.severity == "warning"
    assert "(Zeile 4)" in told.text("de")
    # Who is born after the last date has no age, either.
    _, problems = _by_age(tmp_path, addresses, districts, ("31.12.2017", "01.01.2030"))
    assert "(Zeilen 3, 4)" in next(one for one in problems if one.code == "cases.no_birth").text("de")


@pytest.mark.parametrize("year", ["2018", "2018.0"])
def test_the_year_of_birth_gives_the_age_on_a_years_last_day_alone(tmp_path, addresses, districts, year):
    rows, _ = _by_age(tmp_path, addresses, districts, (year, "2017"))
    assert rows.groupby("variable")["value"].sum()["kinder"] == 1.0
    with pytest.raises(SozialraumError) as caught:
        _by_age(tmp_path, addresses, districts, (year, "2017"), dates=("2023-12-31", "2023-06-30"))
    assert {problem.code for problem in caught.value.problems if problem.severity == "error"} == {
        "cases.birth_year"
    }


@pytest.mark.parametrize(
    "day",
    ["01.02.22", "1.2.2022", "2022-02-01T09:15:00", "01.02.2022 09:15", "20220201", "01. Februar 2022"],
)
def test_days_as_offices_and_databases_write_them(tmp_path, addresses, districts, day):
    rows, _ = _run(tmp_path, addresses, districts, LIST.replace("01.02.2022", day, 1))
    right, _ = _run(tmp_path, addresses, districts, LIST)
    pd.testing.assert_frame_equal(rows, right)


@pytest.mark.parametrize("day", ["01/02/2022", "02.2022", "2022", "45291", "31.02.22", "0000-00-00"])
def test_what_may_be_two_days_or_none_is_asked(tmp_path, addresses, districts, day):
    with pytest.raises(SozialraumError) as caught:
        _run(tmp_path, addresses, districts, LIST.replace("01.02.2022", day, 1))
    assert "cases.no_day" in {problem.code for problem in caught.value.problems}


def test_the_century_of_a_birthday_is_not_guessed(tmp_path, addresses, districts):
    with pytest.raises(SozialraumError) as caught:
        _by_age(tmp_path, addresses, districts, ("31.12.17", "01.01.2018"))
    assert "cases.no_day" in {problem.code for problem in caught.value.problems}
