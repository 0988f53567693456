"""From `init` to `check` on layouts that other offices write: each once failed, or was read only by half."""

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from shapely import box

from sozialraum.project.file import load_project
from sozialraum.project.flow import check
from sozialraum.project.inputs import prepare, silent
from sozialraum.project.scaffold import init_project

pytestmark = pytest.mark.slow

KEYS = [f"{number:03d}" for number in range(1, 25)]
NAMES = [
    f"{place}{end}"
    for place in ("Linden", "Eichen", "Mühl", "Hafen", "Süd", "Rosen")
    for end in ("au", "hof", "berg", "tal")
]
PEOPLE = [1_200 + 131 * number for number in range(24)]
CASES = [60 + 17 * number % 90 for number in range(24)]


@pytest.fixture
def city(tmp_path):
    y, x = np.divmod(np.arange(24), 6)
    east, north = 500_000 + 1_000 * x, 5_700_000 + 1_000 * y
    shapes = [box(e, n, e + 1_000, n + 1_000) for e, n in zip(east, north, strict=True)]
    frame = gpd.GeoDataFrame({"nr": KEYS, "name": NAMES}, geometry=shapes, crs="EPSG:25832")
    frame.to_file(tmp_path / "bezirke.gpkg")
    return tmp_path


def new(city, name):
    """Return the project's folder, what `init` tells, and what `check` finds."""
    made = init_project(city / "neu", city / "bezirke.gpkg", tables=[city / name])
    return made.path, made.told


def part(path):
    return load_project(path).content.tables[0]


def values(path, indicators):
    """Return the values of shares, declared as numerator and denominator, by district."""
    entries = "".join(
        f'[{name}]\nlabel.de = "x"\nnumerator = "{above}"\ndenominator = "{below}"\nkind = "share"\n'
        'polarity = "context"\n'
        for name, (above, below) in indicators.items()
    )
    path.with_name("catalogue.toml").write_text(entries, "utf-8")
    found = prepare(load_project(path), silent)[0].indicators
    return found.set_index("indicator", append=True)["value"]


def rows(*columns):
    return "".join(";".join(map(str, line)) + "\n" for line in zip(*columns, strict=True))


HEADS = {
    "twice": "Stichtag;;;Bevölkerung;Bevölkerung\n;;;insgesamt;weiblich\n;;;Anzahl;Anzahl\n",
    "once": "Stichtag;;;Bevölkerung;\n;;;insgesamt;weiblich\n",
    "below the first only": "Stichtag;Nr;Gebiet;Bevölkerung;Bevölkerung\n;;;insgesamt;weiblich\n",
}


@pytest.mark.parametrize("head", HEADS)
def test_headings_below_headings_are_headings_however_few(city, head):
    """As the statistical offices' data bases write them: lines below the first have two cells of five."""
    body = rows(["31.12.2022"] * 24, KEYS, NAMES, PEOPLE, CASES)
    text = f"12411-01i;Bevölkerungsstand\n;\n{HEADS[head]}{body}__________\n(C)opyright Amt, 2023\n"
    (city / "export.csv").write_text(text, "utf-8")
    path, _ = new(city, "export.csv")
    read = part(path).variables
    assert len(read) == 2
    women = next(name for name in read if "weiblich" in name)
    total = next(name for name in read if "insgesamt" in name)
    found = values(path, {"share": (women, total)})
    assert found["007", "share"] == pytest.approx(CASES[6] / PEOPLE[6])
    assert not [problem for problem in check(load_project(path)) if problem.severity == "error"]


def test_a_line_between_heading_and_figures_that_names_a_place_is_no_heading(city):
    body = rows(KEYS, NAMES, PEOPLE, CASES)
    text = f"Nr;Gebiet;Einwohner 2022;Arbeitslose 2022\nNord;Stadtbezirk;;\n{body}"
    (city / "export.csv").write_text(text, "utf-8")
    path, _ = new(city, "export.csv")
    assert sorted(part(path).variables.values()) == ["Arbeitslose 2022", "Einwohner 2022"]


@pytest.mark.parametrize("written", ["{} {}", "{} - {}", "{}", "Bezirk {}"])
def test_districts_as_columns_and_years_as_rows(city, written):
    """Years look like keys with a digit before them (2015, 015): they are none."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Jahr", *(written.format(key, name) for key, name in zip(KEYS, NAMES, strict=True))])
    for year in range(2015, 2023):
        sheet.append([year, *(people + year for people in PEOPLE)])
    book.save(city / "quer.xlsx")
    path, _ = new(city, "quer.xlsx")
    table = part(path)
    assert table.transposed
    assert len(table.variables) == 1
    (variable,) = table.variables
    path.with_name("catalogue.toml").write_text(
        f'[x]\nlabel.de = "x"\nvalue = "{variable}"\nkind = "value"\npolarity = "context"\n', "utf-8"
    )
    found = prepare(load_project(path), silent)[0].indicators
    assert found.loc["007"].set_index("date")["value"]["2019-12-31"] == PEOPLE[6] + 2019
    assert found["date"].nunique() == 8


@pytest.mark.parametrize("sign", ["%", " %", " v.H.", " vH", " v. H.", " Prozent"])
def test_per_cent_is_written_in_many_ways(city, sign):
    shares = [
        f"{100 * cases / people:.1f}".replace(".", ",") + sign
        for cases, people in zip(CASES, PEOPLE, strict=True)
    ]
    (city / "anteile_2022.csv").write_text(
        "Nr;Gebiet;Arbeitslosenanteil\n" + rows(KEYS, NAMES, shares), "utf-8"
    )
    path, _ = new(city, "anteile_2022.csv")
    found = prepare(load_project(path), silent)[0].indicators["value"]
    assert found["007"] == pytest.approx(round(CASES[6] / PEOPLE[6], 3))


def test_a_rate_is_no_whole_and_a_code_no_part(city):
    rate = [
        f"{1000 * cases / people:.1f}".replace(".", ",") for cases, people in zip(CASES, PEOPLE, strict=True)
    ]
    head = "Nr;Gebiet;BEZIRK_CODE;Geburten;Geburten je 1.000 Einwohner;Einwohner\n"
    code = [number % 5 + 1 for number in range(24)]
    (city / "geburten_2022.csv").write_text(head + rows(KEYS, NAMES, code, CASES, rate, PEOPLE), "utf-8")
    path, told = new(city, "geburten_2022.csv")
    catalogue = path.with_name("catalogue.toml").read_text("utf-8")
    assert '# numerator = "geburten"\n# denominator = "einwohner"' in catalogue
    assert "code" not in catalogue.lower()
    assert any("1: anteil_geburten" in line for line in told)


def test_where_nothing_is_asked_nobody_is_sent_to_questions(city):
    (city / "betriebe_2022.csv").write_text(
        "Nr;Gebiet;Bemerkung\n" + rows(KEYS, NAMES, ["gut"] * 24), "utf-8"
    )
    path, told = new(city, "betriebe_2022.csv")
    asked = "FRAGE" in path.read_text("utf-8") or any("FRAGE" in line for line in told)
    assert asked == any("Fragen in project.toml" in line for line in told)


def test_a_balance_is_no_part_of_the_people(city):
    balance = [f"{'+' if number % 2 else '-'}{number + 1}" for number in range(24)]
    head = "Nr;Gebiet;Wanderungssaldo;Arbeitslose;Einwohner\n"
    (city / "wanderung_2022.csv").write_text(head + rows(KEYS, NAMES, balance, CASES, PEOPLE), "utf-8")
    path, _ = new(city, "wanderung_2022.csv")
    catalogue = path.with_name("catalogue.toml").read_text("utf-8")
    assert 'numerator = "arbeitslose"' in catalogue
    assert "saldo" not in catalogue
