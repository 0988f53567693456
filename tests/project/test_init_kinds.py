"""From `init` to `check` on small cities: faults of kinds that trials found, see tests/tables/README.md."""

import re
import tomllib

import geopandas as gpd
import openpyxl
import pytest
from shapely import box

from sozialraum.project.file import load_project
from sozialraum.project.flow import check
from sozialraum.project.scaffold import init_project

pytestmark = pytest.mark.slow

KEYS = ["01", "02", "03", "04", "05", "06"]
NAMES = ["Altstadt", "Brückenau", "Hafen", "Südring", "Am Hang", "Mühlenfeld"]
HEADER = "Nr;Name;Einwohner insgesamt;Arbeitslose;Ausländer"


@pytest.fixture
def make(tmp_path):
    """Return a new project on a table, and what `check` says of it."""

    def make(lines, *, keys=KEYS, edit=None, catalogue=None, **columns):
        shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(6)]
        city = gpd.GeoDataFrame({"nr": keys, "name": NAMES, **columns}, geometry=shapes, crs="EPSG:25833")
        city.to_file(tmp_path / "Ortsteile.gpkg")
        (tmp_path / "t_2022.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        new = init_project(tmp_path / "neu", tmp_path / "Ortsteile.gpkg", tables=[tmp_path / "t_2022.csv"])
        for path, change in ((new.path, edit), (new.path.parent / "catalogue.toml", catalogue)):
            if change is not None:
                path.write_text(change(path.read_text("utf-8")), encoding="utf-8")
        return new, {problem.code: problem for problem in check(load_project(new.path))}

    return make


def table(keys=KEYS, **special):
    figures = {key: f"{1000 + 30 * i};{80 + 7 * i};{90 + 5 * i}" for i, key in enumerate(keys)}
    return [HEADER, *(f"{k};{n};{special.get(n, figures[k])}" for k, n in zip(keys, NAMES, strict=True))]


def errors(told):
    return [code for code, problem in told.items() if problem.severity == "error"]


@pytest.mark.slow
@pytest.mark.parametrize("empty", [["Altstadt"], ["Hafen", "Mühlenfeld"], ["Altstadt", "Am Hang", "Südring"]])
def test_placeholders_are_told_with_their_names(make, empty):
    _, told = make(table(**dict.fromkeys(empty, "0;0;0")))
    words = told["checks.placeholders"].text("de")
    assert all(name in words for name in empty)
    assert errors(told) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "written"),
    [
        ([1, 2, 3, 4, 5, 6], ["1", "2", "3", "4", "5", "6"]),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], ["1", "2", "3", "4", "5", "6"]),
        ([101, 102, 103, 104, 105, 106], ["101", "102", "103", "104", "105", "106"]),
    ],
)
def test_keys_that_agree_are_not_said_to_have_lost_zeros(make, keys, written):
    _, told = make(table(written), keys=keys)
    assert errors(told) == []
    assert not any(code.startswith("boundaries.key_number") for code in told)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kept", "language"), [("de", "en"), ("en", "de"), ("en", "en")], ids=["de in en", "en in de", "en in en"]
)
def test_a_catalogue_in_one_language_serves_the_other(make, kept, language):
    other = "en" if kept == "de" else "de"
    _, told = make(
        table(),
        edit=lambda text: re.sub(r'language = "\w+"', f'language = "{language}"', text),
        catalogue=lambda text: re.sub(rf"(?m)^(?:label|description)\.{other} = .*\n", "", text),
    )
    assert errors(told) == []


def test_a_level_may_be_called_like_an_indicator(make):
    """Both become columns of the districts: one of them has to give way before the run, not at its end."""
    _, told = make(
        table(),
        edit=lambda text: re.sub(r"(?m)^# parents = .*$", 'parents = ["unemployment"]', text, count=1),
        unemployment=["A", "A", "A", "B", "B", "B"],
    )
    assert errors(told) == ["catalogue.like_a_level"]


ADDS_UP = [
    f"{key};{name};{figures}"
    for key, name, figures in zip(KEYS, NAMES, ["5000;500;700", *["2500;250;350"] * 5], strict=True)
]


@pytest.mark.parametrize("lines", [[HEADER, *ADDS_UP], table(Altstadt="2090;174;195")])
def test_a_district_whose_figures_add_up_is_asked_about_and_never_guessed_away(make, lines):
    new, told = make(lines)
    text = new.path.read_text("utf-8")
    assert not re.search(r"(?m)^(?:totals = \[\"Altstadt|without_rows)", text)
    assert errors(told) == (["tables.total_district"] if "FRAGE" in text else [])


def test_the_question_about_a_sum_is_answered_with_no_sums(make):
    answered = "totals = []\n\n[tables.variables]"
    _, told = make(
        [HEADER, *ADDS_UP], edit=lambda text: text.replace("\n[tables.variables]", f"\n{answered}", 1)
    )
    assert "tables.total_row" not in told
    assert errors(told) == []


def test_each_table_may_write_its_districts_in_its_own_way(tmp_path):
    """Only the first table's rule was written down; the second was refused by `check`."""
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(6)]
    gpd.GeoDataFrame({"nr": KEYS, "name": NAMES}, geometry=shapes, crs="EPSG:25833").to_file(
        tmp_path / "b.gpkg"
    )
    pairs = list(zip(KEYS, NAMES, strict=True))
    lines = {
        "ew_2022.csv": ["Gebiet;Einwohner insgesamt", *(f"{key} {name};20{key}" for key, name in pairs)],
        "alo_2022.csv": ["Gebiet;Arbeitslose", *(f"{name} ({key});1{key}" for key, name in pairs)],
        "aus_2022.csv": ["Gebiet;Ausländer", *(f"{name};1{key}" for key, name in pairs)],
    }
    for name, words in lines.items():
        (tmp_path / name).write_text("\n".join(words) + "\n", encoding="utf-8")
    new = init_project(tmp_path / "neu", tmp_path / "b.gpkg", tables=[tmp_path / name for name in lines])
    assert 'key_rules = ["after first blank", "before last blank"]' in new.path.read_text("utf-8")
    assert [one.code for one in check(load_project(new.path)) if one.severity == "error"] == []


@pytest.mark.filterwarnings("ignore:'crs' was not provided")  # the file that the test needs
def test_a_system_that_two_zones_fit_is_asked_and_not_written(tmp_path):
    """Without a ``.prj`` the first of both was written, and not even marked as a guess."""
    shapes = [box(500_000 + 1000 * i, 5_700_000, 501_000 + 1000 * i, 5_701_000) for i in range(6)]
    city = gpd.GeoDataFrame({"nr": KEYS, "name": NAMES}, geometry=shapes)
    city.to_file(tmp_path / "b.shp")
    (tmp_path / "b.prj").unlink(missing_ok=True)
    (tmp_path / "einwohner_2023.csv").write_text(
        "Nr;Einwohner\n" + "".join(f"{key};1{key}0\n" for key in KEYS), "utf-8"
    )
    made = init_project(tmp_path / "neu", tmp_path / "b.shp", tables=[tmp_path / "einwohner_2023.csv"])
    words = made.path.read_text("utf-8")
    assert '\n# crs = "EPSG:25832"' in words
    assert "EPSG:25832 (9.0" in words
    assert "EPSG:25833 (15.0" in words
    # The table is tried all the same.
    assert 'einwohner = "Einwohner"' in words
    assert [problem.code for problem in check(load_project(made.path)) if problem.severity == "error"][
        :1
    ] == ["boundaries.no_crs"]


@pytest.mark.parametrize(
    ("heading", "shares", "unit"),
    [
        ("Anteil Ausländer", [0.05, 0.1, 0.125, 0.2, 0.0, 1.0], "fraction"),
        ("Arbeitslosenquote in %", [0.05, 0.1, 0.125, 0.2, 0.0, 0.3], "fraction"),
        # More than the whole is no share, whatever it is called.
        ("Anteil am Bestand", [0.05, 1.1, 0.125, 0.2, 0.0, 0.3], None),
    ],
)
def test_what_a_workbook_shows_as_per_cent_is_an_indicator(tmp_path, heading, shares, unit):
    """Stored as fractions, a share was no indicator for `init`, and the project was empty."""
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(6)]
    city = gpd.GeoDataFrame({"nr": KEYS, "name": NAMES}, geometry=shapes, crs="EPSG:25833")
    city.to_file(tmp_path / "b.gpkg")
    book = openpyxl.Workbook()
    book.active.append(["Nr", heading])
    for key, share in zip(KEYS, shares, strict=True):
        book.active.append([key, share])
        book.active.cell(book.active.max_row, 2).number_format = "0.0%"
    book.save(tmp_path / "quote_2023.xlsx")
    made = init_project(tmp_path / "neu", tmp_path / "b.gpkg", tables=[tmp_path / "quote_2023.xlsx"])
    words = (made.path.parent / "catalogue.toml").read_text("utf-8")
    assert ('\nvalue_unit = "fraction"\n' in words) == (unit == "fraction")
    told = [problem.code for problem in check(load_project(made.path)) if problem.severity == "error"]
    assert told == ([] if unit else ["catalogue.empty"])


def test_a_district_that_one_year_lacks_is_not_acknowledged_in_silence(tmp_path):
    """`init` wrote it into `without_rows`, and no message told of the year any more."""
    shapes = [box(390_000 + 1000 * i, 5_820_000, 391_000 + 1000 * i, 5_821_000) for i in range(6)]
    city = gpd.GeoDataFrame({"nr": KEYS, "name": NAMES}, geometry=shapes, crs="EPSG:25833")
    city.to_file(tmp_path / "b.gpkg")
    for year, keys in (("2022", KEYS), ("2023", KEYS[:5])):
        lines = [f"{key};{int(year) + 3 * int(key)};{40 + int(key)}" for key in keys]
        (tmp_path / f"t_{year}.csv").write_text("Nr;Einwohner;Arbeitslose\n" + "\n".join(lines), "utf-8")
    tables = [tmp_path / "t_2022.csv", tmp_path / "t_2023.csv"]
    made = init_project(tmp_path / "neu", tmp_path / "b.gpkg", tables=tables)
    told = [problem for problem in check(load_project(made.path)) if problem.code == "join.some_dates"]
    assert [problem.keys for problem in told] == [("06",)]
    assert "31.12.2023: 06" in told[0].text("de")
    assert "2022" not in told[0].text("de")


@pytest.mark.parametrize(
    ("whole", "words", "group"),
    [
        ("Einwohner 15 bis unter 65", "an den Einwohnerinnen und Einwohnern im Erwerbsalter", "working_age"),
        ("Einwohner insgesamt", "auch denen außerhalb des Erwerbsalters", "all"),
        ("Einwohner", "auch denen außerhalb des Erwerbsalters", "all"),
    ],
)
@pytest.mark.parametrize("above", ["Arbeitslose", "Langzeitarbeitslose"])
def test_what_an_indicator_says_of_itself_is_what_is_computed(make, above, whole, words, group):
    """Shares of all residents said on the map that they were of those of working age."""
    lines = [f"{key};{1000 + 30 * i};{80 + 7 * i}" for i, key in enumerate(KEYS)]
    new, _ = make([f"Nr;{whole};{above}", *lines])
    catalogue = tomllib.loads(new.path.with_name("catalogue.toml").read_text("utf-8"))
    (entry,) = catalogue.values()
    assert words in entry["description"]["de"]
    assert (entry["target_group"], "denominator" in entry) == (group, True)


def test_a_ready_made_share_is_said_to_be_the_sources(make):
    lines = [f"{key};{4 + i},5" for i, key in enumerate(KEYS)]
    new, _ = make(["Nr;Arbeitslosenquote", *lines])
    entry = tomllib.loads(new.path.with_name("catalogue.toml").read_text("utf-8"))["unemployment"]
    assert entry["value"] == "arbeitslosenquote"
    assert "fertiger Anteil der Quelle ('Arbeitslosenquote')" in entry["description"]["de"]
    assert "the source's own share ('Arbeitslosenquote')" in entry["description"]["en"]
