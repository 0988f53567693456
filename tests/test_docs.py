"""What README and the documentation show works as it stands there, and the site builds without a warning."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.indicators.catalogue import load_catalogue
from sozialraum.project.file import ProjectFile, _tuples
from sozialraum.project.reference import parts, project_reference
from sozialraum.texts import LANGUAGES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def commands(page):
    """Give the commands of a page, without what is said of them behind ``#``."""
    lines = page.read_text(encoding="utf-8").splitlines()
    told = re.compile(r"(?:    )?((?:sozialraum|make) .*)")
    return [found[1] for line in lines if (found := told.fullmatch(line))]


def having(find):
    return pytest.mark.parametrize("page", [page for page in PAGES if find(page)], ids=lambda page: page.stem)


@pytest.mark.slow
@having(lambda page: page.stem != "README" and blocks(page, "python"))
def test_python_of_a_page_runs(page, tmp_path):
    (tmp_path / "data").symlink_to(ROOT / "data")
    code = "\n".join(blocks(page, "python"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr


@having(lambda page: blocks(page, "toml"))
def test_every_piece_of_a_project_file_is_allowed(page, tmp_path):
    least = {
        "city": "A",
        "boundaries": {"file": "a.gpkg", "key": "k"},
        "catalogue": {"file": "catalogue.toml"},
        "tables": [{"file": "a.csv", "key": "k", "date": "2023-12-31", "variables": {"a": "A"}}],
    }
    for block in blocks(page, "toml"):
        piece = tomllib.loads(block)
        assert piece, block
        if any(isinstance(part, dict) and "label" in part for part in piece.values()):
            path = tmp_path / "catalogue.toml"
            path.write_text(block, encoding="utf-8")
            frame, problems = load_catalogue(path)
            assert (list(frame.index), problems) == (list(piece), ())
        else:
            ProjectFile.model_validate(_tuples({**least, **piece}))


@pytest.fixture
def folder(small_city, tmp_path, monkeypatch):
    """Make the folder of somebody who follows a page: the files that its commands name, twelve districts."""
    place = tmp_path / "follows"
    project = small_city(place)
    (place / "districts.gpkg").rename(place / "quartiere.gpkg")
    project.write_text(
        project.read_text(encoding="utf-8").replace("districts.gpkg", "quartiere.gpkg")
        + '[programme]\nfile = "programm.xlsx"\n',
        encoding="utf-8",
    )
    table = pd.read_csv(place / "table.csv", sep=";", dtype={"key": str})
    table.columns = ["Gebiet", "Jahr", "Arbeitslose", "Einwohner 15 bis 64"]
    table.to_excel(place / "daten.xlsx", index=False)
    assert len(gpd.read_file(place / "quartiere.gpkg")) == 12
    small = small_city(tmp_path / "demo").parent
    monkeypatch.setattr("sozialraum.project.scaffold._packaged_demo", lambda: small)
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    monkeypatch.setattr("sozialraum.desk.server.Desk.serve_forever", _stopped)
    monkeypatch.chdir(place)
    return place


def _stopped(_, **__):
    raise KeyboardInterrupt


@pytest.mark.slow
@having(lambda page: any(command.startswith("sozialraum") for command in commands(page)))
@pytest.mark.usefixtures("folder")
def test_commands_of_a_page_run(page):
    told = [command for command in commands(page) if command.startswith("sozialraum")]
    if not any("programme init programm.xlsx" in command for command in told):
        told.insert(0, "sozialraum programme init programm.xlsx")
    for command in told:
        words = shlex.split(command, comments=True)[1:]
        answer = CliRunner().invoke(app, words)
        assert answer.exit_code == 0, f"{command}\n{answer.output}\n{answer.exception!r}"


def test_make_knows_every_target_that_is_named():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    named = {command.split()[1] for page in PAGES for command in commands(page) if command.startswith("make")}
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_names_every_entry_of_a_project_file(language):
    page = project_reference(language)
    for place, model in parts().items():
        assert place == "" or f"[{place}" in page
        for name in model.model_fields:
            assert f"| `{name}` |" in page


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"],
        cwd=ROOT,
        env={"NO_MKDOCS_2_WARNING": "1", "PATH": "", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    text = (tmp_path / "site" / "api.html").read_text(encoding="utf-8")
    assert 'id="sozialraum.spatial.local_moran.local_moran"' in text
    assert "sozialraum start" in (tmp_path / "site" / "befehle.html").read_text(encoding="utf-8")
