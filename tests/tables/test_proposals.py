"""What `init` recognises is written down, and the next run reads the same without guessing."""

import textwrap

import pytest

from sozialraum.project.file import load_project
from sozialraum.project.flow import NOT_READING
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
    proposal = propose_table(write("t.csv", "Ortsteil;n 2017", "Nord;5", "Süd;6"), keys=KEYS, names=NAMES)
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
    assert [question.code for question in proposal.questions] == ["tables.no_date_option"]
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
