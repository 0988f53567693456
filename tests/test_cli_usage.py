"""What is wrong with a command line is said in the user's language, with the way to help, and exit code 2."""

import pytest
import typer
from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.cli.usage import PATTERNS, Commands, asked_language
from sozialraum.texts import LANGUAGES, text

# What is typed (PROJECT is a file that exists), and what is said in both languages.
WRONG = [
    ("nix", "Den Befehl 'nix' gibt es nicht. Befehle sind: ", "There is no command 'nix'. Commands are: "),
    ("programme nix", "Befehle sind: init, check, run, report, due.", "Commands are: init, check, run,"),
    ("run", "PROJEKT fehlt.", "PROJEKT is missing."),
    ("run none.toml", "PROJEKT: 'none.toml' gibt es nicht.", "PROJEKT: 'none.toml' does not exist."),
    ("run FOLDER", "ist ein Ordner; gebraucht wird eine Datei.", "is a folder; a file is needed."),
    ("init PROJECT --boundaries FOLDER", "ORDNER: ", "is a file; a folder is needed."),
    ("init new", "--boundaries fehlt.", "--boundaries is missing."),
    ("run PROJECT --nope", "Die Option --nope gibt es hier nicht.", "There is no option --nope here."),
    ("run PROJECT --audience all", "--audience: 'all' ist nicht möglich. Möglich ist: 'internal', 'public'.",
     "'all' is not possible. Possible: 'internal', 'public'."),
    ("run PROJECT --final=yes", "Die Option --final hat keinen Wert.", "The option --final has no value."),
    ("run PROJECT other.toml", "'other.toml' ist zu viel;", "'other.toml' is too much;"),
    ("report PROJECT --year 1800", "--year: Der kleinste mögliche Wert ist 1900.", "smallest possible value"),
    ("report PROJECT --year 3000", "--year: Der größte mögliche Wert ist 2199.", "largest possible value"),
    ("start --port x", "--port: Gebraucht wird eine ganze Zahl.", "--port: A whole number is needed."),
]  # fmt: skip


@pytest.fixture
def typed(tmp_path):
    project = tmp_path / "project.toml"
    project.write_text("")

    def run(line, *more):
        words = [{"PROJECT": str(project), "FOLDER": str(tmp_path)}.get(word, word) for word in line.split()]
        found = CliRunner().invoke(app, [*words, *more])
        assert found.exit_code == 2, found.output
        return found.stderr

    return run


@pytest.mark.parametrize(("line", "german", "english"), WRONG)
def test_a_wrong_command_line_is_told_in_words(typed, line, german, english):
    told = typed(line)
    assert told.startswith("Fehler: ")
    assert german in told
    assert "Hilfe: " in told
    assert "--help" in told
    if line.split()[0] not in {"nix", "programme"}:
        told = typed(line, "--language", "en")
        assert told.startswith("Error: ")
        assert english in told
        assert "Help: " in told


def test_an_option_without_its_value_and_the_environment_s_language(typed, monkeypatch):
    assert "Die Option --output braucht einen Wert." in typed("run --output")
    monkeypatch.setenv("SOZIALRAUM_LANGUAGE", "en")
    for line, _, english in WRONG[:2]:
        assert english in typed(line)
    assert asked_language(["--language=de"]) == "de"
    assert asked_language(["--language", "fr"]) == "de"


def test_every_pattern_has_its_sentence_in_both_languages():
    for name in PATTERNS:
        for language in LANGUAGES:
            assert text(f"cli.usage.{name}", language, value="x", allowed="y")


@pytest.mark.parametrize("command", ["", "run", "programme", "programme report", "demo"])
def test_help_speaks_one_language(command):
    told = CliRunner().invoke(app, [*command.split(), "--help"]).output
    assert "Optionen" in told
    assert "Diese Hilfe zeigen." in told
    for word in ("Arguments", "Options ", "Commands ", "Show this", "[required]", "[default", "[[ORDNER]]"):
        assert word not in told


@pytest.mark.parametrize("more", [[], ["--csv"]])
def test_a_workbook_that_cannot_be_written_is_told_without_the_system_s_english(tmp_path, more):
    (tmp_path / "file").write_text("in the way")
    found = CliRunner().invoke(app, ["programme", "init", str(tmp_path / "file" / "programm.xlsx"), *more])
    assert found.exit_code == 1
    assert found.stderr.startswith("Fehler: ")
    assert "konnten nicht geschrieben werden" in found.stderr
    assert "Not a directory" not in found.stderr


def test_whoever_stops_a_command_is_told_so():
    stopped = typer.Typer(cls=Commands)

    @stopped.command()
    def work():
        raise KeyboardInterrupt

    @stopped.command()
    def other():
        pass

    found = CliRunner().invoke(stopped, ["work"])
    assert found.exit_code == 130
    assert found.stderr == "Abgebrochen. Frühere Ergebnisse sind unverändert.\n"
    assert CliRunner().invoke(stopped, ["other"]).exit_code == 0
