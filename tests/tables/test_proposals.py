"""What `init` recognises is written down, and the next run reads the same without guessing."""

import textwrap

import pytest

from sozialraum.project.file import load_project
from sozialraum.project.inputs import NOT_READING
from sozialraum.project.scaffold import init_project
from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table


@pytest.fixture
def write(tmp_path):
    def write(name, *lines, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
        return path

    return write


KEYS = ("01", "02", "03")
NAMES = ("Nord", "Süd", "Ost")
LONG = ("Nr;Gebiet;Jahr;Fälle;Quote", "01;Nord;2017;1.200;1,5", "02;Süd;2017;900;2,5", "03;Ost;2017;800;3,5")


def test_key_name_date_signs_and_variables_are_recognised(write):
    proposal = propose_table(write("t.csv", *LONG, encoding="cp1252"), keys=KEYS, names=NAMES)
    assert proposal.questions == ()
    assert proposal.options == {
        "key": "Nr",
        "name": "Gebiet",
        "date_column": "Jahr",
        "encoding": "cp1252",
        "separator": ";",
        "header_rows": (1, 1),
        "convention": "cautious",
        "decimal": ",",
        "totals": [],
    }
    assert proposal.variables == {"faelle": "Fälle", "quote": "Quote"}
    assert any("Dezimalzeichen ','" in note.text() for note in proposal.evidence)


def test_without_keys_the_names_join(write):
    proposal = propose_table(
        write("t.csv", "Ortsteil;n 2017;n 2018", "Nord;5;6", "Süd;6;7"), keys=KEYS, names=NAMES
    )
    assert proposal.options["join"] == "name"
    assert proposal.options["name"] == "Ortsteil"
    assert proposal.variables == {"n": "n {date}"}


@pytest.mark.parametrize(
    ("name", "title", "date"),
    [("einwohner_2017.csv", "Tabelle", "2017-12-31"), ("t.csv", "Stand: 30.06.2018", "2018-06-30")],
)
def test_the_date_is_found_in_the_name_of_the_file_or_in_its_title(write, name, title, date):
    proposal = propose_table(write(name, title, "", "Nr;n", "01;5", "02;6"), keys=KEYS)
    assert proposal.options["date"] == date


def test_what_cannot_be_told_is_a_question(write):
    proposal = propose_table(write("t.csv", "Nr;n", "01;1.200", "02;6"), keys=KEYS)
    assert "date" not in proposal.options
    # One question does not hide the other.
    assert [question.code for question in proposal.questions] == ["tables.no_date_option", "tables.ambiguous"]
    dated = propose_table(write("t_2017.csv", "Nr;n", "01;1.200", "02;6"), keys=KEYS)
    assert [question.code for question in dated.questions] == ["tables.ambiguous"]
    assert "decimal" not in dated.options


def test_rows_of_totals_are_named(write):
    path = write("t_2017.csv", "Ortsteil;n;m", "Nord;50;20", "Süd;60;30", "Insgesamt;110;50")
    assert propose_table(path, names=NAMES).options["totals"] == ["Insgesamt"]


def test_names_of_variables_are_unique_across_tables(write):
    path = write("frauen_2017.csv", "Nr;n", "01;5", "02;6")
    assert propose_table(path, keys=KEYS, taken={"n"}).variables == {"n_frauen_2017": "n"}


def test_a_broken_table_is_a_question(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing else")
    assert [question.code for question in propose_table(path).questions] == ["tables.broken_xlsx"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_init_writes_what_it_recognised_and_the_project_reads_the_same(tmp_path, lattice, write, language):
    districts = lattice(1, 3).reset_index(names="id")
    districts.to_file(tmp_path / "gebiete.gpkg", driver="GPKG")
    path = write(
        "fälle.csv",
        "Tabelle 7;;;",
        "Gebiet;Jahr;Fälle;",
        ";;m;w",
        *(f"{key};2017;1.2{key};{key},5" for key in ("00", "01", "02")),
        "Summe;2017;3.603;4,5",
        encoding="cp1252",
    )
    project = tmp_path / "projekt"
    written = init_project(project, tmp_path / "gebiete.gpkg", tables=[path], language=language)
    text = written.path.read_text(encoding="utf-8")
    assert ("# Erkannt: " if language == "de" else "# Recognised: ") in text
    (table,) = load_project(written.path).content.tables
    assert table.header_rows == (2, 3)
    assert table.totals == ("Summe",)
    options = table.model_dump(exclude=NOT_READING)
    observations, problems = load_table(project / table.file, **options)
    assert not [p for p in problems if p.severity == "error"]
    assert observations["value"].tolist() == [1200, 1201, 1202, 0.5, 1.5, 2.5]


def test_without_tables_init_writes_the_example(tmp_path, lattice):
    lattice(1, 3).reset_index(names="id").to_file(tmp_path / "gebiete.gpkg", driver="GPKG")
    written = init_project(tmp_path / "projekt", tmp_path / "gebiete.gpkg")
    expected = textwrap.dedent('''\
        [tables.variables]        # Name, den der Katalog benutzt = "Spalte der Tabelle"
        arbeitslose = "Arbeitslose"''')
    assert expected in written.path.read_text(encoding="utf-8")


def test_a_date_in_a_heading_counts_only_where_several_differ_in_nothing_else(write):
    path = write(
        "t.csv",
        "name;Einwohner;PKW (Jan 2014);Arbeitslose (Dez 2013);"
        "Wohnungen mit Bindungsauslauf bis 2019;Schüler (2013/2014)",
        "Nord;5;10;1;7;3",
        "Süd;67;20;3;15;4",
        "Ost;50;3;9;7;5",
    )
    proposal = propose_table(path, names=NAMES)
    assert list(proposal.variables.values()) == [
        "Einwohner",
        "PKW (Jan 2014)",
        "Arbeitslose (Dez 2013)",
        "Wohnungen mit Bindungsauslauf bis 2019",
        "Schüler (2013/2014)",
    ]
    assert "date" not in proposal.options
    (note,) = [note for note in proposal.evidence if note.code == "tables.heading_dates"]
    assert "'PKW (Jan 2014)' (2014-01-31)" in note.text()
    assert "Bindungsauslauf" not in note.text()
    assert [question.code for question in proposal.questions] == ["tables.no_date_option"]


@pytest.mark.parametrize(
    ("headings", "pattern", "dates"),
    [
        (("n Jan 2014", "n Feb 2014"), "n {date}", ["2014-01-31", "2014-02-28"]),
        (("n_2009_13", "n_2010_14"), "n_{date}", ["2013-12-31", "2014-12-31"]),
        (("Schüler 2013/14", "Schüler 2014/15"), "Schüler {date}", ["2014-07-31", "2015-07-31"]),
        (("n 202312", "n 202401"), "n {date}", ["2023-12-31", "2024-01-31"]),
        (("IV/2023", "I/2024"), "{date}", ["2023-12-31", "2024-03-31"]),
    ],
)
def test_headings_may_be_periods(write, headings, pattern, dates):
    path = write("t.csv", ";".join(["Nr", *headings]), "01;5;6", "02;7;8", "03;9;1")
    proposal = propose_table(path, keys=KEYS)
    assert list(proposal.variables.values()) == [pattern]
    observations, _ = load_table(path, key="Nr", variables=dict(proposal.variables))
    assert sorted(observations["date"].unique()) == dates


def test_figures_without_a_date_beside_dated_ones_are_named(write):
    path = write("t.csv", "Nr;Fläche;n 2017;n 2018", "01;3;5;6", "02;4;7;8", "03;5;9;1")
    proposal = propose_table(path, keys=KEYS)
    assert list(proposal.variables.values()) == ["n {date}"]
    (note,) = [note for note in proposal.evidence if note.code == "tables.headings_without_date"]
    assert "Fläche" in note.text()


@pytest.mark.parametrize(
    "heading", ["jahr_num", "statistikjahr", "SteuerJahr", "StichTagDatJahr", "Berichtsmonat", "REF_DATE"]
)
def test_columns_of_years_are_dates_and_no_indicators(write, heading):
    path = write("t.csv", f"Nr;{heading};n", "01;2022;1600", "02;2022;1700", "03;2022;1800")
    proposal = propose_table(path, keys=KEYS)
    assert proposal.options["date_column"] == heading
    assert list(proposal.variables.values()) == ["n"]


@pytest.mark.parametrize("heading", ["Baujahr", "Jahrgang", "Alter in Jahren im Mittel"])
def test_years_of_other_things_are_figures(write, heading):
    path = write("t_2020.csv", f"Nr;{heading};n", "01;1950;1600", "02;1962;1700", "03;1999;1800")
    proposal = propose_table(path, keys=KEYS)
    assert "date_column" not in proposal.options
    assert heading in proposal.variables.values()


def test_a_long_table_is_recognised_with_dates_in_columns_or_rows(write):
    rows = [
        f"{kind};{key};{i * 10 + j};{i}"
        for i, kind in enumerate(("Arbeitslose", "Einwohner"), 5)
        for j, key in enumerate(KEYS)
    ]
    wide = write("w.csv", "Merkmal;Nr;31.12.2022;31.12.2023", *rows)
    proposal = propose_table(wide, keys=KEYS)
    assert proposal.options["variable_column"] == "Merkmal"
    assert proposal.options["value_column"] == "{date}"
    assert proposal.variables == {"arbeitslose": "Arbeitslose", "einwohner": "Einwohner"}
    assert proposal.questions == ()
    deep = write(
        "d.csv",
        "Merkmal;Nr;Jahr;Wert",
        *(
            f"{row.rsplit(';', 1)[0]}".replace(f";{key};", f";{key};2022;")
            for row in rows
            for key in KEYS
            if f";{key};" in row
        ),
    )
    proposal = propose_table(deep, keys=KEYS)
    assert proposal.options["value_column"] == "Wert"
    assert proposal.questions == ()


def test_codes_for_missing_figures_are_proposed(write):
    path = write(
        "t_2020.csv",
        "Nr;a;b",
        "01;0,4;12,1",
        "02;-9999;-9999",
        "03;-1,2;9,7",
        "04;-9999;-9999",
        "05;2,1;18,0",
    )
    proposal = propose_table(path, keys=("01", "02", "03", "04", "05"))
    assert proposal.options["missing"] == ["-9999"]
    assert proposal.questions == ()


def test_a_known_delivery_is_recognised_and_said(write):
    path = write(
        "b.csv",
        "Berichtsmonat;AGS;Einheit;Name;BG_insg;BG_AE",
        "202312;09999000;100100011;Weberviertel;41;12",
        "202312;09999000;100100012;Brückenau;*;*",
        "202312;09999000;100100SUM;Summe;97;31",
        "202312;09999000;keine Angabe;keine Angabe;15;*",
    )
    proposal = propose_table(path, keys=("100100011", "100100012"))
    assert proposal.questions == ()
    assert proposal.options["date_column"] == "Berichtsmonat"
    assert proposal.options["suppressed_below"] == 10
    assert any('preset = "ba-akg"' in note.text() for note in proposal.evidence)


def test_a_column_of_districts_without_a_heading_is_proposed_by_its_place(write):
    proposal = propose_table(write("t_2020.csv", ";n", "01;5", "02;6", "03;7"), keys=KEYS)
    assert proposal.options["key"] == "{column 1}"
    assert proposal.questions == ()


def test_percentages_that_happen_to_be_keys_are_no_keys(write):
    keys = [f"{number:02d}" for number in range(10, 40)]
    names = [f"Ort {key}" for key in keys]
    rows = [f"{name};{year};{10 + i % 6};{100 + i}" for year in (2019, 2020) for i, name in enumerate(names)]
    proposal = propose_table(write("t.csv", "ortsteil;jahr;Anteil;Fälle", *rows), keys=keys, names=names)
    assert "key" not in proposal.options
    assert proposal.options["join"] == "name"
    assert list(proposal.variables.values()) == ["Anteil", "Fälle"]
