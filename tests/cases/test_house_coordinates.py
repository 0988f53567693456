"""The surveying offices' house coordinates as a register, and addresses that hold for a time."""

import geopandas as gpd
import pandas as pd
import pytest
from pydantic import ValidationError
from shapely import box

from sozialraum.cases.addresses import House, Place, Register
from sozialraum.cases.options import Addresses, CaseAddress, CaseCount, CaseList
from sozialraum.cases.read import case_observations
from sozialraum.errors import SozialraumError, TableError

ROW = (
    "{mark};DENW0000000000{n:02d};A;05;3;15;000;0000;0{n:04d};{house};{suffix};{east};{north};{street};"
    "50667;Köln;;"
)


def house(n, street, number, suffix, x, y, mark="N"):
    east, north = (f"{value:.3f}".replace(".", ",") for value in (32_000_000 + x, y))
    return ROW.format(mark=mark, n=n, house=number, suffix=suffix, east=east, north=north, street=street)


HOUSES = [
    "# Hauskoordinaten, Testdaten",
    house(1, "Grüne Straße", 1, "", 356_100, 5_645_100),
    house(2, "Grüne Straße", 1, "a", 357_100, 5_645_100),
    house(3, "Am Bach", 12, "", 357_200, 5_645_200),
    house(4, "Am Bach", 14, "", 357_300, 5_645_300, mark="L"),
    house(5, "Weit draußen", 1, "", 399_000, 5_645_000),
]


@pytest.fixture
def districts():
    squares = [box(356_000 + 1000 * i, 5_645_000, 357_000 + 1000 * i, 5_646_000) for i in range(2)]
    return gpd.GeoDataFrame(geometry=squares, index=pd.Index(["01", "02"], name="district"), crs="EPSG:25832")


def counted(tmp_path, districts, register, rows):
    lines = ["Nr;Straße;Haus;Beginn;Ende", *(f"F-{n};{row}" for n, row in enumerate(rows))]
    (tmp_path / "f.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    cases = CaseList(
        file="f.csv",
        address=CaseAddress(street="Straße", number="Haus"),
        case="Nr",
        begin="Beginn",
        end="Ende",
        dates=("2023-12-31",),
        counts={"n": CaseCount(rule="bestand")},
    )
    found, problems = case_observations(
        Addresses(file="r.csv", **register), [cases], districts, lambda name: tmp_path / name
    )
    return found.set_index("district")["value"].to_dict(), problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_houses_are_placed_by_their_coordinates(tmp_path, districts, encoding):
    (tmp_path / "r.csv").write_bytes(("\r\n".join(HOUSES) + "\r\n").encode(encoding))
    rows = ["Grüne Str.;1;01.01.2022;", "Grüne Straße;1a;01.01.2022;", "AM BACH;12;01.01.2022;"]
    found, problems = counted(tmp_path, districts, {"preset": "hauskoordinaten"}, rows)
    assert found == {"01": 1.0, "02": 2.0}
    assert {"cases.houses_deleted", "cases.register_nowhere", "cases.placed"} == {p.code for p in problems}


def test_a_house_that_is_gone_is_not_found(tmp_path, districts):
    (tmp_path / "r.csv").write_text("\n".join(HOUSES), encoding="utf-8")
    found, _ = counted(tmp_path, districts, {"preset": "hauskoordinaten"}, ["Am Bach;14;01.01.2022;"])
    assert sum(found.values()) == 0


def test_east_values_without_their_zone_are_asked(tmp_path, districts):
    short = [line.replace(";323", ";3") for line in HOUSES[1:4]]
    (tmp_path / "r.csv").write_text("\n".join(short), encoding="utf-8")
    with pytest.raises(TableError) as caught:
        counted(tmp_path, districts, {"preset": "hauskoordinaten"}, ["Am Bach;12;01.01.2022;"])
    assert caught.value.problems[0].code == "cases.no_zone"
    stated = {"preset": "hauskoordinaten", "crs": "EPSG:25832"}
    assert counted(tmp_path, districts, stated, ["Am Bach;12;01.01.2022;"])[0] == {"01": 0.0, "02": 1.0}


@pytest.mark.parametrize("text", ["Straße;Hausnummer\nAm Bach;12\n", "", "# nur Kommentar\n", "a;b;c\n" * 3])
def test_other_files_are_refused_in_words(tmp_path, districts, text):
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as caught:
        counted(tmp_path, districts, {"preset": "hauskoordinaten"}, ["Am Bach;12;01.01.2022;"])
    assert caught.value.problems[0].code == "cases.no_house_coordinates"
    assert "Bach" not in str(caught.value)


def test_a_preset_has_its_own_columns():
    with pytest.raises(ValidationError):
        Addresses(file="r.csv", preset="hauskoordinaten", street="Straße")


REGISTER = """\
Straße;Hausnummer;Gebiet;gültig ab;gültig bis
Alte Gasse;1;01;;31.12.2020
Neue Gasse;1;01;01.01.2021;
Am Tor;5;01;;30.06.2022
Am Tor;5;02;01.07.2022;
"""
DATED = {
    "street": "Straße",
    "number": "Hausnummer",
    "district": "Gebiet",
    "valid_from": "gültig ab",
    "valid_to": "gültig bis",
}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        # A street's old name, for a case that began while it had it; and for one that did not.
        ("Alte Gasse;1;05.05.2019;", {"01": 1.0, "02": 0.0}),
        ("Alte Gasse;1;05.05.2021;", {"01": 0.0, "02": 0.0}),
        ("Neue Gasse;1;05.05.2019;", {"01": 1.0, "02": 0.0}),
        # A house that changed its district: what held when the case began.
        ("Am Tor;5;01.01.2022;", {"01": 1.0, "02": 0.0}),
        ("Am Tor;5;30.06.2022;", {"01": 1.0, "02": 0.0}),
        ("Am Tor;5;01.07.2022;", {"01": 0.0, "02": 1.0}),
        ("Am Tor;5;01.01.2023;", {"01": 0.0, "02": 1.0}),
    ],
)
def test_addresses_hold_for_their_time(tmp_path, districts, row, found):
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    counts, problems = counted(tmp_path, districts, DATED, [row])
    assert counts == found
    placed = next(problem for problem in problems if problem.code == "cases.placed")
    assert ("zu dieser Zeit nicht gültig 1" in placed.text("de")) == (sum(found.values()) == 0)


def test_a_day_that_is_none_is_an_error(tmp_path, districts):
    (tmp_path / "r.csv").write_text(REGISTER.replace("31.12.2020", "irgendwann"), encoding="utf-8")
    with pytest.raises(SozialraumError) as caught:
        counted(tmp_path, districts, DATED, ["Am Tor;5;01.01.2023;"])
    assert caught.value.problems[0].code == "cases.no_day"


def test_open_ends_hold_always():
    register = Register()
    register.add("Am Tor", House(5), None, Place("01", "", "", "Am Tor"))
    for when in ((None, None), ("1900-01-01", None), (None, "2099-12-31")):
        assert register.find("Am Tor", House(5), None, when)[1] == "exact"
