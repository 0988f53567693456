import json
import os
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest

from sozialraum.errors import SozialraumError
from sozialraum.files import MARKER
from sozialraum.processes import ALONE
from sozialraum.project import inputs
from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse, check, run
from sozialraum.publish import folder


def errors(path):
    return [problem.text() for problem in check(load_project(path)) if problem.severity == "error"]


@pytest.mark.slow
def test_a_run_writes_everything_and_twice_the_same(small_city, tmp_path, monkeypatch):
    """The second time as for a large area, where two processes share reading and writing."""
    project = load_project(small_city())
    first = run(project, output=tmp_path / "one")
    monkeypatch.setattr(inputs, "MANY", 0)
    monkeypatch.setattr(folder, "MANY", 0)
    monkeypatch.setattr(folder, "TOO_MANY", 1)
    second = run(project, output=tmp_path / "two")
    assert [file.name for file in first.files] == [
        "atlas.html",
        "results.gpkg",
        "results.xlsx",
        "results.qgs",
        "results.csv",
        "city.csv",
        "changes.csv",
        "moran.csv",
        "datapackage.json",
        "provenance.json",
        "index.html",
    ]
    written = sorted(path.name for path in (tmp_path / "one").iterdir() if path.name != MARKER)
    assert written == sorted(file.name for file in first.files)
    for one, two in zip(first.files, second.files, strict=True):
        if one.suffix in {".html", ".csv", ".xlsx", ".qgs", ".json"}:
            assert one.read_bytes() == two.read_bytes(), one.name


@pytest.mark.slow
def test_copies_of_the_process_write_what_one_process_writes(small_city, tmp_path):
    """In programs of their own: a test has threads beside it, and is never copied."""
    project = small_city()
    code = (
        "import sys, os\nfrom pathlib import Path\nfrom sozialraum.project import flow\n"
        "from sozialraum.project.file import load_project\nfrom sozialraum.publish import folder\n"
        "folder.MANY, copies, fork = 0, [], os.fork\n"
        "os.fork = lambda: copies.append(1) or fork()\n"
        "flow.run(load_project(Path(sys.argv[1])), output=Path(sys.argv[2]))\nprint(len(copies))"
    )
    names = {name: value for name, value in os.environ.items() if name != ALONE}
    for folder_name, more in (("alone", {ALONE: "1"}), ("copied", {})):
        command = [sys.executable, "-c", code, str(project), str(tmp_path / folder_name)]
        done = subprocess.run(command, env=names | more, capture_output=True, text=True, check=True)
        assert int(done.stdout) == (0 if more or len(os.sched_getaffinity(0)) < 2 else 2), done.stderr
    for one in (tmp_path / "alone").iterdir():
        if one.suffix != ".gpkg":
            assert one.read_bytes() == (tmp_path / "copied" / one.name).read_bytes(), one.name


@pytest.mark.slow
def test_results_are_right(small_city, tmp_path):
    run(load_project(small_city()), output=tmp_path)
    table = pd.read_csv(tmp_path / "results.csv", sep=";", decimal=",", dtype={"district": str})
    assert len(table) == 24
    row = table[(table["district"] == "03") & (table["date"] == "2020-12-31")].iloc[0]
    assert (row["numerator"], row["denominator"]) == (30, 1030)
    assert row["value"] == pytest.approx(30 / 1030)
    assert row["area"] == "Nord"
    latest = gpd.read_file(tmp_path / "results.gpkg", layer="districts").set_index("district")
    assert latest.loc["03", "unemployment"] == pytest.approx(100 * 30 / 1030)
    assert len(gpd.read_file(tmp_path / "results.gpkg", layer="results")) == 24


@pytest.mark.slow
def test_provenance_names_inputs_method_and_seed(small_city, tmp_path):
    path = small_city()
    run(load_project(path), output=tmp_path)
    found = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert set(found["inputs"]) == {"project.toml", "districts.gpkg", "table.csv", "catalogue.toml"}
    assert all(len(value) == 64 for value in found["inputs"].values())
    assert found["parameters"]["statistics"]["permutations"] == 499
    assert found["parameters"]["statistics"]["seed"] == 0
    assert found["versions"]["sozialraum"]
    assert found["audience"] == "public"
    assert str(path.parent) not in json.dumps(found)


def test_analysis_has_city_values_and_clusters_for_every_district(small_city):
    analysis = analyse(load_project(small_city()), audience="internal")
    assert len(analysis.districts) == 12
    assert analysis.parents == ("area",)
    city = analysis.city_values.set_index("date")
    rows = analysis.indicators[analysis.indicators["date"] == "2019-12-31"]
    assert city.loc["2019-12-31", "value"] == pytest.approx(
        rows["numerator"].sum() / rows["denominator"].sum()
    )
    assert len(analysis.clusters) == 24
    assert len(analysis.moran) == 2


def test_all_problems_of_all_files_are_told_at_once(small_city):
    path = small_city(
        table={"03;2019;29;1030\n": "99;2019;29;1030\n", "05;2020;36;1050": "05;2020;many;1050"},
        catalogue={'denominator = "working_age"': 'denominator = "working_ages"'},
        project={'key = "id"': 'key = "idd"'},
    )
    text = "\n".join(errors(path))
    assert "idd" in text
    assert "many" in text
    assert "working_ages" in text


def test_keys_are_compared_even_if_polygons_are_faulty(small_city):
    path = small_city(table={"03;2019": "99;2019", "03;2020": "99;2020"})
    source = gpd.read_file(path.parent / "districts.gpkg")
    source.loc[source["id"] == "05", "id"] = "04"
    source.to_file(path.parent / "districts.gpkg", driver="GPKG")
    text = "\n".join(errors(path))
    for key in ("04", "03", "99", "05"):
        assert key in text


def test_a_check_that_finds_errors_and_a_run_say_the_same(small_city, tmp_path):
    project = load_project(small_city(table={"03;2019": "99;2019"}))
    with pytest.raises(SozialraumError) as caught:
        run(project, output=tmp_path / "maps")
    found = [problem.text() for problem in check(project) if problem.severity == "error"]
    assert found == [problem.text() for problem in caught.value.problems if problem.severity == "error"]
    assert not (tmp_path / "maps").exists()


def test_a_period_leaves_other_dates_out_and_says_so(small_city):
    project = load_project(
        small_city(project={"[statistics]": '[period]\nfirst = "2020-01-01"\n[statistics]'})
    )
    analysis = analyse(project, audience="internal")
    assert set(analysis.indicators["date"]) == {"2020-12-31"}
    assert any("außerhalb des Zeitraums" in problem.text() for problem in analysis.problems)


def test_a_period_without_data_is_an_error(small_city):
    path = small_city(project={"[statistics]": '[period]\nfirst = "2031-01-01"\n[statistics]'})
    (message,) = errors(path)
    assert "01.01.2031" in message
    assert "31.12.2019, 31.12.2020" in message


@pytest.mark.slow
def test_an_output_that_fails_leaves_the_previous_result(small_city, tmp_path, monkeypatch):
    project = load_project(small_city())
    run(project, output=tmp_path / "maps")
    before = {path.name: path.read_bytes() for path in (tmp_path / "maps").iterdir()}

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sozialraum.publish.results.write.write_csv", fail)
    with pytest.raises(KeyboardInterrupt):
        run(project, output=tmp_path / "maps")
    assert {path.name: path.read_bytes() for path in (tmp_path / "maps").iterdir()} == before


@pytest.mark.slow
def test_progress_is_told_for_every_step(small_city, tmp_path):
    told = []
    run(load_project(small_city()), output=tmp_path, progress=lambda step, part: told.append((step, part)))
    assert list(dict.fromkeys(step for step, _ in told)) == [
        "boundaries",
        "tables",
        "protect",
        "clusters",
        "output",
    ]
    assert all(0 <= part <= 1 for _, part in told)


VINTAGE = {'file = "districts.gpkg"': 'file = "districts.gpkg"\nvintage = "2020"'}
OLD_TABLE = """
[[tables]]
file = "old.csv"
key = "key"
date = "2018-12-31"
vintage = "2018"
[tables.variables]
unemployed = "unemployed"
working_age = "working age"
"""
CROSSWALK = """
[[crosswalks]]
file = "crosswalk.csv"
old = "2018"
new = "2020"
"""


def reformed(small_city, *parts):
    """Write a city whose districts 00 and 01 were one district A until 2018."""
    path = small_city(project={**VINTAGE, "[statistics]": "".join(parts) + "[statistics]"})
    others = [f"{number:02d}" for number in range(2, 12)]
    rows = ["A;60;2000", *(f"{key};{20 + int(key)};1000" for key in others)]
    (path.parent / "old.csv").write_text("\n".join(["key;unemployed;working age", *rows]), encoding="utf-8")
    pairs = ["A;00;0,25", "A;01;0,75", *(f"{key};{key};1" for key in others)]
    (path.parent / "crosswalk.csv").write_text("\n".join(["old;new;weight", *pairs]), encoding="utf-8")
    return path


def test_a_crosswalk_carries_counts_and_marks_what_is_estimated(small_city):
    analysis = analyse(load_project(reformed(small_city, OLD_TABLE, CROSSWALK)), audience="internal")
    old = analysis.indicators[analysis.indicators["date"] == "2018-12-31"]
    assert old.loc[["00", "01"], "numerator"].tolist() == [15, 45]
    assert old.loc[["00", "01"], "flag"].tolist() == ["unreliable", "unreliable"]
    assert (old.drop(["00", "01"])["flag"] == "ok").all()
    city = analysis.city_values.set_index("date")
    assert city.loc["2018-12-31", "numerator"] == 60 + sum(range(22, 32))


def test_without_a_crosswalk_a_series_across_the_reform_is_refused(small_city):
    text = "\n".join(errors(reformed(small_city, OLD_TABLE)))
    assert "old.csv" in text
    assert "2018" in text
    assert "2020" in text


@pytest.mark.slow
def test_a_declared_break_ends_a_series(small_city, tmp_path):
    breaks = {'source = "Test"': 'source = "Test"\nbreaks = ["2020-12-31"]'}
    run(load_project(small_city(catalogue=breaks)), output=tmp_path)
    changed = pd.read_csv(tmp_path / "changes.csv", sep=";", decimal=",", dtype={"district": str})
    assert changed["difference"].isna().all()
    assert (changed["break_date"] == "2020-12-31").all()


def test_a_later_revision_counts_and_is_reported(small_city):
    revised = """
[[tables]]
file = "revised.csv"
key = "key"
date_column = "year"
published = "2022-01-01"
[tables.variables]
unemployed = "unemployed"
working_age = "working age"
"""
    path = small_city(
        project={
            'date_column = "year"': 'date_column = "year"\npublished = "2021-01-01"',
            "[statistics]": revised + "[statistics]",
        }
    )
    rows = [f"{number:02d};2020;{30 + number};1100" for number in range(12)]
    (path.parent / "revised.csv").write_text("\n".join(["key;year;unemployed;working age", *rows]))
    analysis = analyse(load_project(path), audience="internal")
    latest = analysis.indicators[analysis.indicators["date"] == "2020-12-31"]
    assert latest["denominator"].eq(1100).all()
    assert latest.loc["05", "numerator"] == 35


HEADER = "key;year;unemployed;working age\n"


@pytest.mark.parametrize(("city", "north", "found"), [(438, 165, ""), (439, 165, "439"), (438, 150, "150")])
def test_totals_in_the_table_are_compared_with_the_sums(small_city, city, north, found):
    rows = f"{HEADER}city;2019;{city};12660\nNord;2019;{north};6150\n"
    named = 'date_column = "year"\nwithout_district = ["city", "Nord"]\ncity_total = "city"\ntotals = []'
    path = small_city(table={HEADER: rows}, project={'date_column = "year"': named})
    problems = check(load_project(path))
    assert not [
        problem for problem in problems if problem.severity == "error" and "total" not in problem.code
    ]
    text = "\n".join(problem.text() for problem in problems if "total" in problem.code)
    assert (found in text) if found else not text
