"""The programme on the main path: `run` and `check` pick it up, and the public sees no more than it may."""

import json
import re
import shutil
from pathlib import Path

import contract
import pandas as pd
import pyogrio
import pytest
from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.project.city import open_project
from sozialraum.project.file import load_project
from sozialraum.project.flow import check
from sozialraum.publish.programme.page import programme_data
from sozialraum.publish.programme.payload import QUADRANT_CODES, SYMBOLS
from sozialraum.publish.programme.words import choice_words, in_words

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[2] / "data"


def quick_copy(folder):
    """Copy the demo city, with less chance to draw."""
    for name in ("boundaries", "indicators", "programme"):
        shutil.copytree(DATA / name, folder / name)
    text = (DATA / "project.toml").read_text(encoding="utf-8")
    text = text.replace("permutations = 99999", "permutations = 99")
    text = text.replace(
        'preset = "berlin_mss"', 'preset = "berlin_mss"\nresamples = 0\nvariants = false\nedges = false'
    )
    text += '\n[period]\nfirst = "2018-01-01"\n'
    path = folder / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path


def replace_in(file, old, new):
    written = file.read_text(encoding="utf-8-sig")
    assert old in written
    file.write_text(written.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return quick_copy(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def runs(project, musterstadt_demo):
    internal = open_project(project).follow(audience="internal")
    return {"internal": internal, "public": musterstadt_demo["run"]}


@pytest.fixture(scope="module")
def pages(runs):
    return {name: programme_data(run.programme, run.analysis) for name, run in runs.items()}


def test_check_tells_what_is_wrong_with_the_programme(project, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(project.parent, folder)
    file = folder / "programme" / "ziele.csv"
    file.write_text(
        file.read_text(encoding="utf-8-sig").replace("child_poverty", "child_povertty"), encoding="utf-8"
    )
    told = [p for p in check(load_project(folder / "project.toml")) if p.code.startswith("programme.")]
    errors = {(p.sheet, p.row, p.column) for p in told if p.severity == "error"}
    assert ("ziele", 2, "Indikator") in errors
    # A table that cannot be read hides nothing of the programme.
    (folder / "indicators" / "bildung.csv").unlink()
    codes = {p.code for p in check(load_project(folder / "project.toml"))}
    assert any(code.startswith("programme.") for code in codes)
    assert any(not code.startswith("programme.") for code in codes)


def test_a_broken_rule_stops_the_run_before_anything_is_written(project, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(project.parent, folder)
    file = folder / "programme" / "ziele.csv"
    file.write_text(
        file.read_text(encoding="utf-8-sig").replace("Prozentpunkte", "Prozentpunte", 1), encoding="utf-8"
    )
    out = CliRunner().invoke(app, ["run", str(folder / "project.toml")])
    assert out.exit_code == 1
    assert "Blatt ziele, Zeile 2, Spalte Zielform" in out.output
    assert not (folder / "maps").exists()


def test_results_of_the_programme_lie_in_the_folder_of_the_run(musterstadt_demo):
    run, maps = musterstadt_demo["run"], musterstadt_demo["folder"] / "maps"
    names = {path.name for path in run.files}
    assert {"programm-ergebnis.xlsx", "programm-saetze.md"} <= names
    assert all(path.exists() for path in run.files)
    csv = {path.stem for path in (maps / "programm-csv").iterdir()}
    assert csv == set(run.programme.tables)
    layers = {name for name, _ in pyogrio.list_layers(maps / "results.gpkg")}
    assert {"districts", "results", "programme_areas", "programme_districts"} <= layers
    assert {f"programme_{name}" for name in run.programme.tables} <= layers
    page = (maps / "index.html").read_text(encoding="utf-8")
    assert 'href="programm-ergebnis.xlsx"' in page
    atlas = (maps / "atlas.html").read_text(encoding="utf-8")
    assert "Sprachbildung in der Kita" in atlas
    # Field notes of the sheets are nowhere in a public folder.
    for text in (atlas, (maps / "programm-saetze.md").read_text(encoding="utf-8")):
        assert "Familien wünschen digitale Freizeitangebote" not in text


def test_the_public_page_holds_decisions_and_reasons_but_nothing_internal(pages):
    internal, public = pages["internal"], pages["public"]
    assert internal["notes"]
    assert public["notes"] == []
    assert [decision["why"] for decision in public["decisions"]] == [None] * len(public["decisions"])
    assert any(decision["why"] for decision in internal["decisions"])
    deferred = next(decision for decision in public["decisions"] if decision["decision"] == "defer")
    assert deferred["reason"] in deferred["sentence"]["de"]
    assert "Rat" in deferred["sentence"]["de"]
    assert "council" in deferred["sentence"]["en"]


def test_what_the_public_result_rests_on_holds_no_internal_cell(runs):
    sheets = runs["public"].programme.sheets
    for name in (
        "notes",
        "polls",
        "facility_values",
        "housing",
        "allocations",
        "selection_rules",
        "contributions",
    ):
        assert sheets[name].empty, name
    assert sheets["goals"]["baseline"].isna().all()
    assert sheets["decisions"]["proposal"].isna().all()
    assert sheets["measure_years"]["reached"].isna().all()
    assert sheets["facility_years"][["occupied", "waiting_list", "quality"]].isna().all(axis=None)
    assert sheets["facilities"]["public"].all()
    tables = runs["public"].programme.tables
    assert not {"selection", "allocation", "housing", "notes", "contributions", "remarks"} & set(tables)
    assert "proposal" not in tables["decisions"]


def test_a_goal_says_the_same_in_words_symbol_and_light(pages):
    for page in pages.values():
        for goal in page["goals"]:
            assert (goal["symbol"], goal["light"]) == SYMBOLS[goal["state"]]
            assert goal["word"]["de"] in goal["sentence"]["de"]
            assert goal["word"]["en"] in goal["sentence"]["en"]
        assert page["symbols"].keys() == SYMBOLS.keys()
    by_id = {goal["id"]: goal for goal in pages["internal"]["goals"]}
    assert by_id["Z1"]["districts"] == ["0201"]
    assert by_id["Z1"]["area"] == "PG1"
    assert by_id["Z1"]["shown"]["baseline"]["de"] == "44,7 %"
    assert by_id["Z1"]["shown"]["baseline"]["en"] == "44.7%"


def test_need_and_provision_by_district_with_its_certainty(runs, pages):
    run, page = runs["internal"], pages["internal"]
    theme = next(one for one in page["need"] if one["id"] == "day_care:children_youth")
    keys = list(run.analysis.districts.index)
    assert len(theme["quadrants"]) == len(theme["sure"]) == len(keys)
    table = run.programme.tables["double_disadvantage"]
    now = table[(table["year"] == theme["year"]) & (table["kind"] == "day_care")].set_index("district")
    at = keys.index("0204")
    assert QUADRANT_CODES[int(theme["quadrants"][at])] == now.loc["0204", "quadrant"]
    assert theme["sure"][at] == round(100 * now.loc["0204", "certainty"])
    shares = now[["share_both", "share_need", "share_provision", "share_neither"]].sum(axis=1, min_count=1)
    assert shares.dropna().round(9).eq(1).all()


def test_measures_facilities_and_json(pages):
    page = pages["internal"]
    measure = next(one for one in page["measures"] if one["id"] == "M1")
    assert measure["districts"] == [next(f["district"] for f in page["facilities"] if f["id"] == "E018")]
    assert measure["funding"]["state"] in {"secured", "partly", "proviso", "refused", "none"}
    assert all(-180 < place["lon"] < 180 and -90 < place["lat"] < 90 for place in page["facilities"])
    for one in pages.values():
        size = len(one["need"][0]["quadrants"])
        assert contract.faults(one, {"record": "ProgrammeData"}, contract.records(), size) == []
        text = json.dumps(one, ensure_ascii=False, allow_nan=False)
        assert not re.search(r"\bnan\b|\bNone\b", text)


def test_facilities_that_are_not_public_leave_no_half_register(project, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(project.parent, folder)
    file = folder / "programme" / "einrichtungen.csv"
    table = pd.read_csv(file, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    first = table.index[table["Art"] == "Kita"][0]
    table.loc[first, "Öffentlich"] = "nein"
    table.to_csv(file, sep=";", index=False)
    from sozialraum.programme.public import public_programme  # noqa: PLC0415 - beside its only use
    from sozialraum.programme.register import read_programme  # noqa: PLC0415 - likewise

    shown = public_programme(read_programme(folder / "programme"))
    assert "day_care" not in set(shown["facilities"]["kind"])
    assert not set(shown["facility_years"]["facility_id"]) - set(shown["facilities"].index)


def test_a_choice_is_told_in_its_own_words():
    # In other tables 'need' is a quadrant and 'open' a way of asking.
    assert choice_words("notes", "kind", "need") == {"de": "Bedarf", "en": "need"}
    assert choice_words("facilities", "access_rule", "open") == {"de": "offen", "en": "open"}
    table = pd.DataFrame({"kind": ["need"], "access_rule": ["open"]})
    assert list(in_words(table, "en").iloc[0]) == ["need", "open"]
