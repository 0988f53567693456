import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from page_data import told
from typer.testing import CliRunner

import sozialraum as package
from sozialraum.cli import app
from sozialraum.cli.progress import shown_progress
from sozialraum.project import flow
from sozialraum.project.file import load_project

COMMAND = Path(sys.executable).with_name("sozialraum")


def program(*arguments):
    """Start the program itself, as a person does."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=220, check=False
    )


def sozialraum(*arguments):
    """Do the same within this process, which starts nothing and compiles nothing anew."""
    answer = CliRunner().invoke(app, [*map(str, arguments)])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return SimpleNamespace(returncode=answer.exit_code, stdout=answer.stdout, stderr=answer.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("command", [(), ("run",), ("check",), ("init",), ("demo",)])
def test_every_command_has_help(command):
    answer = sozialraum(*command, "--help")
    assert answer.returncode == 0
    assert "Usage" in answer.stdout


# What a person would wait for, were it loaded before the help is shown.
HEAVY = {
    "numpy", "pandas", "geopandas", "shapely", "pyogrio", "pyproj", "scipy",
    "libpysal", "esda", "folium", "branca", "matplotlib", "mapclassify",
    "openpyxl", "docx", "jinja2", "rapidfuzz", "xlrd",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", [(), ("run",), ("check",), ("report",), ("programme", "report")])
def test_help_is_instant(command):
    """No clock: what is loaded decides, and does not depend on what else the machine does."""
    code = (
        "import sys\nfrom sozialraum.cli import main\n"
        f"sys.argv = ['sozialraum', *{command!r}, '--help']\n"
        "try:\n    main()\n"
        f"finally:\n    print('loaded:', *sorted({HEAVY!r} & sys.modules.keys()), file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert "Usage" in answer.stdout
    assert answer.stderr.strip() == "loaded:"


def test_import_alone_loads_nothing_heavy():
    heavy = "{'pandas', 'geopandas', 'folium', 'libpysal'}"
    code = f"import sys, sozialraum; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip() == "[]"


def test_every_public_name_can_be_loaded():
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = package.no_such_name


@pytest.mark.slow
def test_run_ends_with_0_and_says_where_the_map_is(small_city, tmp_path):
    answer = program("run", small_city(), "--output", tmp_path / "maps")
    assert answer.returncode == 0, answer.stderr
    assert str(tmp_path / "maps" / "atlas.html") in answer.stdout
    assert (tmp_path / "maps" / "atlas.html").stat().st_size > 100_000


@pytest.mark.slow
def test_a_run_writes_documents_of_what_it_has_computed(small_city, tmp_path, monkeypatch):
    computed = []
    monkeypatch.setattr(flow, "_analyse", _counted(flow._analyse, computed))
    answer = sozialraum(
        "run", small_city(), "--output", tmp_path / "maps", "--report", "chapter,appendix", "--format", "html"
    )
    assert answer.returncode == 0, answer.stderr
    for name in ("chapter.html", "appendix.html"):
        assert str(Path("maps", "report", name)) in answer.stdout
        assert (tmp_path / "maps" / "report" / name).stat().st_size > 5_000
    assert len(computed) == 1


@pytest.mark.slow
def test_documents_that_fail_do_not_deny_the_map(small_city, tmp_path):
    project = small_city()
    (project.parent / "texte").mkdir()
    (project.parent / "texte" / "chapter.nowhere.md").write_text("Ein Satz.", "utf-8")
    answer = sozialraum(
        "run", project, "--output", tmp_path / "maps", "--report", "chapter", "--format", "html"
    )
    assert answer.returncode == 1
    assert (tmp_path / "maps" / "atlas.html").exists()
    assert "nowhere" in answer.stderr
    assert "Karte und Tabellen sind geschrieben" in answer.stderr
    assert "Nichts wurde geschrieben" not in answer.stderr


def _counted(work, calls):
    def counted(*arguments, **options):
        calls.append(arguments)
        return work(*arguments, **options)

    return counted


@pytest.mark.parametrize("command", [("run", "--report"), ("report", "--kind")])
@pytest.mark.parametrize(
    ("kind", "form", "named"),
    [("chapters", "docx", "chapters"), ("chapter", "odt", "odt"), ("plans", "docx", "plans")],
)
def test_a_document_that_cannot_be_is_refused_before_anything_is_computed(
    small_city, tmp_path, monkeypatch, command, kind, form, named
):
    monkeypatch.setattr(flow, "_analyse", pytest.fail)
    name, option = command
    answer = sozialraum(name, small_city(), "--output", tmp_path / "maps", option, kind, "--format", form)
    assert answer.returncode == 1
    assert named in answer.stderr
    assert not (tmp_path / "maps").exists()


@pytest.mark.slow
def test_problems_in_the_data_end_with_1_and_no_traceback(small_city, tmp_path):
    answer = program("run", small_city(table={"03;2019": "99;2019"}), "--output", tmp_path / "maps")
    assert answer.returncode == 1
    assert "99" in answer.stderr
    assert "Nichts wurde geschrieben" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize(
    "arguments", [("run",), ("run", "no.toml"), ("walk",), ("demo", "--city", "x"), ("check", "--sideways")]
)
def test_wrong_usage_ends_with_2(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = sozialraum(*arguments)
    assert answer.returncode == 2
    assert "--help" in answer.stdout + answer.stderr


@pytest.mark.slow
def test_check_counts_problems_and_speaks_english(small_city):
    clean = sozialraum("check", small_city())
    assert clean.returncode == 0, clean.stderr
    dirty = sozialraum("check", small_city(table={"03;2019": "99;2019"}), "--language", "en")
    assert dirty.returncode == 1
    assert re.search(r"\d+ errors?,", dirty.stdout)
    assert "Error: " in dirty.stderr


@pytest.mark.slow
def test_root_moves_relative_paths(small_city, tmp_path):
    path = small_city()
    elsewhere = tmp_path / "project.toml"
    path.rename(elsewhere)
    assert sozialraum("check", elsewhere).returncode == 1
    assert sozialraum("check", elsewhere, "--root", path.parent).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "en"])
def test_init_writes_a_project_that_reads_its_boundaries(small_city, tmp_path, language):
    boundaries = small_city().parent / "districts.gpkg"
    answer = sozialraum("init", tmp_path / "Köln neu", "--boundaries", boundaries, "--language", language)
    assert answer.returncode == 0, answer.stderr
    assert "'id'" in answer.stdout
    assert "'name'" in answer.stdout
    project = load_project(tmp_path / "Köln neu" / "project.toml")
    assert project.content.city == "Köln neu"
    assert project.content.boundaries.key == "id"
    assert project.resolve(project.content.boundaries.file).resolve() == boundaries.resolve()
    again = sozialraum("init", tmp_path / "Köln neu", "--boundaries", boundaries)
    assert again.returncode == 1
    assert "project.toml" in again.stderr


@pytest.mark.slow
def test_demo_of_the_real_neighbourhoods(tmp_path):
    answer = sozialraum("demo", tmp_path / "columbus", "--city", "columbus")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "columbus" / "maps" / "atlas.html").exists()
    again = sozialraum("demo", tmp_path / "columbus", "--city", "columbus")
    assert again.returncode == 1
    assert "nicht leer" in again.stderr


@pytest.mark.slow
def test_demo_of_musterstadt_hides_every_suppressed_number_in_every_file(musterstadt_demo):
    assert musterstadt_demo["exit_code"] == 0, musterstadt_demo["output"]
    assert not list(musterstadt_demo["folder"].rglob("*.py"))
    folder = musterstadt_demo["folder"] / "maps"
    table = pd.read_csv(folder / "results.csv", sep=";", decimal=",", dtype={"district": str})
    hidden = table[table["flag"] == "suppressed"]
    assert len(hidden) > 1000
    numbers = [
        "value",
        "numerator",
        "denominator",
        "lower",
        "upper",
        "moran",
        "p",
        "verdict_p",
        "smoothed",
        "control_z",
    ]
    assert hidden[numbers].isna().all(axis=None)
    cells = set(zip(hidden["district"], hidden["indicator"], hidden["date"], strict=True))
    changes = pd.read_csv(folder / "changes.csv", sep=";", decimal=",", dtype={"district": str})
    for end in ("date", "base_date"):
        pairs = zip(changes["district"], changes["indicator"], changes[end], strict=True)
        touched = changes[[pair in cells for pair in pairs]]
        assert touched[["difference", "index", "numerator_effect"]].isna().all(axis=None)
    html = (folder / "atlas.html").read_text(encoding="utf-8")
    (embedded,) = re.findall(r'id="sozialraum-data">(.*?)</script>', html, flags=re.DOTALL)
    data = told(json.loads(embedded), "de")
    place = {key: number for number, key in enumerate(data["districts"]["keys"])}
    slices = {(one["id"], cut["date"]): cut for one in data["indicators"] for cut in one["slices"]}
    for district, indicator, date in cells:
        shown = slices[indicator, date]
        lists = [
            shown[name]
            for name in ("values", "numerator", "denominator", "lower", "upper", "p")
            if shown.get(name)
        ]
        assert all(values[place[district]] is None for values in lists)


@pytest.mark.slow
def test_audit_ends_with_1_where_figures_contradict_each_other(tmp_path):
    path = tmp_path / "published.csv"
    columns = "indicator place key role date share_percent count base_date base_share_percent base_count"
    head = ";".join([*columns.split(), "index_percent"]) + "\n"
    path.write_text(head + "a;Stadt;;city;2007-12-31;10.0;100;;;;\nb;Stadt;;city;2007-12-31;20.0;300;;;;\n")
    assert sozialraum("audit", path).returncode == 0
    answer = sozialraum("audit", path, "--denominator", "a=households", "--denominator", "b=households")
    assert answer.returncode == 1
    assert "households" in answer.stdout
    assert sozialraum("audit", path, "--denominator", "a").returncode == 2


@pytest.mark.slow
def test_a_cancelled_run_says_so_and_leaves_the_earlier_result(small_city, tmp_path):
    long = '[assessment]\nindicators = ["unemployment"]\nresamples = 100000\n[statistics]'
    path = small_city(project={"permutations = 499": "permutations = 9999999", "[statistics]": long})
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "atlas.html").write_text("before")
    process = subprocess.Popen(
        [COMMAND, "run", path, "--output", tmp_path / "maps"],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # A parent that ignores the signal (a job in the background) must not pass that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    first = process.stderr.readline()
    assert first.startswith("Grenzen lesen")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Abgebrochen" in told
    assert "Traceback" not in told
    assert [file.name for file in (tmp_path / "maps").iterdir()] == ["atlas.html"]
    assert (tmp_path / "maps" / "atlas.html").read_text() == "before"


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "bars"), [(Screen(), True), (io.StringIO(), False)])
def test_a_screen_shows_bars_and_a_log_one_line_for_each_step(stream, bars, monkeypatch):
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress("de") as progress:
        for step, part in (("boundaries", 0.0), ("boundaries", 1.0), ("tables", 0.5)):
            progress(step, part)
    shown = stream.getvalue()
    assert ("━" in shown) == bars
    assert "Grenzen lesen" in shown
    if not bars:
        assert shown.splitlines() == ["Grenzen lesen", "Tabellen lesen"]
