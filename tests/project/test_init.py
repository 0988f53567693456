"""`init` on offices' files: what it writes runs, and says what it guessed and what it left out."""

import tomllib
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from sozialraum.project.file import load_project
from sozialraum.project.flow import check
from sozialraum.project.newtables import by_year
from sozialraum.project.scaffold import init_project

DEMO = Path(__file__).parents[2] / "data"
NAMES = ["Weberviertel", "Brückenau", "Rathaus", "Am Hang"]


def errors(path):
    return [problem.code for problem in check(load_project(path)) if problem.severity == "error"]


def catalogue(path):
    return tomllib.loads((path.parent / "catalogue.toml").read_text("utf-8"))


@pytest.fixture
def boundaries(tmp_path):
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(4)]
    path = tmp_path / "Ortsteile_Probestadt_2023.gpkg"
    keys = [f"{number:02d}" for number in range(1, 5)]
    gpd.GeoDataFrame({"nr": keys, "name": NAMES}, geometry=shapes, crs="EPSG:25833").to_file(path)
    return path


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_demo_is_recognised_without_an_error(tmp_path):
    tables = sorted((DEMO / "indicators").glob("*.csv"))
    new = init_project(tmp_path / "neu", DEMO / "boundaries" / "musterstadt.geojson", tables=tables)
    assert errors(new.path) == []
    found = catalogue(new.path)
    assert found["unemployment"]["numerator"] == "arbeitslose"
    assert found["unemployment"]["denominator"] == "einwohner_15_bis_64"
    assert found["child_poverty"]["denominator"] == "einwohner_unter_15"
    assert len(found) == 12
    assert 'city = "Musterstadt"' in new.path.read_text("utf-8")


@pytest.mark.slow
def test_leipzig_needs_no_edit(shared_data, tmp_path):
    folder = shared_data / "leipzig"
    tables = [folder / f"{name}.csv" for name in ("einwohner", "arbeitslose", "bedarfsgemeinschaften")]
    new = init_project(tmp_path / "neu", folder / "leipzig-districts.json", tables=tables)
    assert errors(new.path) == []
    assert {"unemployment", "long_term_unemployment", "transfer_payments"} <= set(catalogue(new.path))
    text = new.path.read_text("utf-8")
    assert 'city = "Leipzig"' in text
    assert 'exclude = ["XX"]' in text


@pytest.mark.slow
def test_berlin_asks_for_its_doubled_key_and_for_nothing_else(shared_data, tmp_path):
    folder = shared_data / "berlin"
    tables = sorted(folder.glob("mss-*.csv"))
    new = init_project(
        tmp_path / "neu", folder / "berlin-lor-planning-areas-until-2020.geojson", tables=tables
    )
    assert set(errors(new.path)) == {"boundaries.duplicate_key", "join.rows_without_district"}
    text = new.path.read_text("utf-8")
    assert "FRAGE: berlin-lor" in text
    assert "mss-{year}-planning-areas.csv" in text
    assert "unemployment" in catalogue(new.path)


def test_every_column_is_there_or_named(tmp_path, boundaries):
    table = write(
        tmp_path / "t.csv",
        "nr;name;Bemerkung;Einwohner;PKW (Jan 2014);Arbeitslose\n"
        + "".join(f"{i:02d};{name};alt;{900 + i};{30 + i};{50 + i}\n" for i, name in enumerate(NAMES, 1)),
    )
    new = init_project(tmp_path / "neu", boundaries, tables=[table])
    text = new.path.read_text("utf-8")
    for heading in ("Bemerkung", "Einwohner", "PKW (Jan", "Arbeitslose"):
        assert heading in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "rule"),
    [
        ("{i}. {name}", "after first blank"),
        ("{i:02d} - {name}", "after first ' - '"),
        ("Ortsteil {name}", "after first blank"),
        ("{name} (Ortsteil)", "before last blank"),
        ("STGT{i:02d}", "strip prefix STGT"),
    ],
)
def test_rule_for_labels_is_written_down(tmp_path, boundaries, label, rule):
    rows = "".join(f"{label.format(i=i, name=name)};{900 + i};{40 + i}\n" for i, name in enumerate(NAMES, 1))
    table = write(tmp_path / "t_2022.csv", "Bezirk;Einwohner;Arbeitslose\n" + rows)
    new = init_project(tmp_path / "neu", boundaries, tables=[table])
    found = tomllib.loads(new.path.read_text("utf-8"))
    assert found["key_rules"] == [rule]
    assert errors(new.path) == []


def test_encoding_of_a_shapefile_without_cpg_is_guessed_and_marked(tmp_path):
    names = ["Muehle", "Bruecke", "Hoefe"]
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(3)]
    path = tmp_path / "Ortsteile.shp"
    city = gpd.GeoDataFrame({"nr": ["01", "02", "03"], "name": names}, geometry=shapes, crs="EPSG:25833")
    city.to_file(path)
    path.with_suffix(".cpg").unlink()
    data = path.with_suffix(".dbf").read_bytes()
    for name in names:
        meant = name.replace("ue", "ü").replace("oe", "ö").encode("utf-8")
        data = data.replace(name.encode(), meant)
    path.with_suffix(".dbf").write_bytes(data)
    new = init_project(tmp_path / "neu", path)
    text = new.path.read_text("utf-8")
    assert 'encoding = "utf-8"        # geraten' in text
    assert "Mühle, Brücke, Höfe" in text


@pytest.mark.slow
def test_yearly_files_are_one_part(tmp_path, boundaries):
    head = "sb;HH;HH_0kind;HH_1kind;HH_2kind;HH_ab3kind;HH_alleinerz\n"
    tables = [
        write(
            tmp_path / f"haushalte_sb_{year}-12.txt",
            head + "".join(f"{i:02d};{900 + i};700;100;70;{30 + i};45\n" for i in range(1, 5)),
        )
        for year in (2017, 2018)
    ]
    assert by_year(tables) == [tmp_path / "haushalte_sb_{year}-12.txt"]
    new = init_project(tmp_path / "neu", boundaries, tables=tables)
    text = new.path.read_text("utf-8")
    assert text.count("\n[[tables]]") == 1
    found = catalogue(new.path)
    assert found["single_parents"]["denominator"] == ["hh_1kind", "hh_2kind", "hh_ab3kind"]
    assert found["households_with_children"]["denominator"] == "hh"
    assert errors(new.path) == []


@pytest.mark.slow
def test_shares_are_recognised_by_their_figures(tmp_path, boundaries):
    rows = "".join(f"{i:02d};{10 + i},5;{-i},1;{i / 10:.1f}\n".replace(".", ",") for i in range(1, 5))
    table = write(tmp_path / "t_2022.csv", "nr;Wahlquote;Quote neu;Anteil leer\n" + rows)
    new = init_project(tmp_path / "neu", boundaries, tables=[table])
    found = catalogue(new.path)
    assert list(found) == ["wahlquote"]
    assert found["wahlquote"]["value_unit"] == "percent"
    assert errors(new.path) == []


def test_every_option_of_the_project_file_is_explained(tmp_path, boundaries):
    text = init_project(tmp_path / "neu", boundaries).path.read_text("utf-8")
    for option in (
        "parents",
        "rename",
        "encoding",
        "exclude",
        "dissolve",
        "vintage",
        "corrections",
        "key_rules",
        "crosswalks",
        "period",
        "without_rows",
        "without_district",
        "missing",
        "suppressed",
        "city_total",
        "dynamic_indicators",
        "weights",
        "excluded",
        "extra",
        "removed",
        "simulated",
        "alternative",
        "correction",
        "zeros",
    ):
        assert option in text, option


@pytest.mark.parametrize("other", ["Brueckenaue", "St. Brücken", "Neustadt"])
def test_an_entry_beside_a_district_without_one_is_asked_and_not_guessed_away(tmp_path, boundaries, other):
    rows = "".join(f"{name};{900 + i};{40 + i}\n" for i, name in enumerate([NAMES[0], other, *NAMES[2:]], 1))
    table = write(tmp_path / "t_2022.csv", "Ort;Einwohner;Arbeitslose\n" + rows)
    new = init_project(tmp_path / "neu", boundaries, tables=[table])
    found = tomllib.loads(new.path.read_text("utf-8"))["tables"][0]
    assert not {"without_district", "without_rows"} & set(found)
    assert {"join.rows_without_district", "join.without_rows"} <= set(errors(new.path))


@pytest.mark.slow
def test_figures_are_not_made_into_keys(tmp_path, boundaries):
    rows = "".join(f"{name.upper()};{i}000;{i}\n" for i, name in enumerate(NAMES, 1))
    table = write(tmp_path / "t_2022.csv", "Ort;Einwohner;Arbeitslose\n" + rows)
    new = init_project(tmp_path / "neu", boundaries, tables=[table])
    found = tomllib.loads(new.path.read_text("utf-8"))
    assert set(found["tables"][0]["corrections"].values()) == set(NAMES)
    assert found["tables"][0]["name"] == "Ort"
    assert set(found["tables"][0]["variables"].values()) == {"Einwohner", "Arbeitslose"}
    assert errors(new.path) == []


def released(path):
    """Take the # away before every proposal of the catalogue."""
    catalogue_file = path.parent / "catalogue.toml"
    lines = catalogue_file.read_text("utf-8").splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("# ["))
    end = next(i for i in range(begin, len(lines)) if not lines[i].startswith("#"))
    freed = [line.removeprefix("# ") if begin <= i < end else line for i, line in enumerate(lines)]
    catalogue_file.write_text("\n".join(freed), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "rows", "number"),
    [
        ("Nr;Haushaltseinkommen;Durchschnittsalter", "{i:02d};2{i}00;4{i},5", 2),
        ("Nr;Einwohner;Vereinsmitglieder", "{i:02d};2{i}00;1{i}0", 1),
        ("Nr;Miete je m²", "{i:02d};8,{i}5", 1),
    ],
)
def test_where_no_indicator_is_recognised_init_says_so_and_proposes_what_runs(
    tmp_path, boundaries, head, rows, number
):
    text = "\n".join([head, *(rows.format(i=i) for i in range(1, 5))])
    new = init_project(tmp_path / "neu", boundaries, tables=[write(tmp_path / "t_2022.csv", text)])
    (told,) = new.told
    assert f"({number}: " in told
    assert errors(new.path) == ["catalogue.empty"]
    released(new.path)
    assert errors(new.path) == []
    assert len(catalogue(new.path)) == number


def test_a_table_in_which_nothing_can_be_read_is_said_to_be_so(tmp_path, boundaries):
    table = write(tmp_path / "t_2022.csv", "Nr;Bemerkung\n01;a\n02;b\n03;c\n")
    question, told = init_project(tmp_path / "neu", boundaries, tables=[table], language="en").told
    assert question.startswith("QUESTION: t_2022.csv")
    assert told.startswith("No indicator can be recognised in the tables")


def test_where_indicators_are_recognised_nothing_more_is_said(tmp_path, boundaries):
    rows = "".join(f"{i:02d};{900 + i};{40 + i}\n" for i in range(1, 5))
    table = write(tmp_path / "t_2022.csv", "Nr;Einwohner;Arbeitslose\n" + rows)
    assert init_project(tmp_path / "neu", boundaries, tables=[table]).told == ()
