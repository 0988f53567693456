"""No file of a public run holds a suppressed number, nor two from which it follows."""

import base64
import gzip
import hashlib
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from page_data import told
from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.releases.earlier import read_earlier
from sozialraum.errors import DisclosureError, OutputError, Problem
from sozialraum.files import audience_of
from sozialraum.project import flow
from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse, run

NUMBERS = ["value", "numerator", "denominator", "lower", "upper"]
DERIVED = ["moran", "p", "p_adjusted", "verdict_p", "verdict_p_adjusted", "smoothed", "control_z"]
SMALL = {"03;2019;29;": "03;2019;1;", "07;2020;42;": "07;2020;2;", "07;2019;41;": "07;2019;2;"}
ASSESSED = {"[statistics]": '[assessment]\nindicators = ["unemployment"]\nresamples = 20\n[statistics]'}


@pytest.fixture(scope="module")
def public(city_in, tmp_path_factory):
    """Run a city with three counts of 1 and 2 for the public."""
    folder = tmp_path_factory.mktemp("public")
    project = load_project(city_in(folder / "city", table=SMALL, project=ASSESSED))
    return (
        run(project, output=folder / "maps", final=True),
        analyse(project, audience="internal"),
        folder / "maps",
    )


def suppressed(release):
    hidden = release.indicators[release.indicators["flag"] == "suppressed"]
    return set(zip(hidden.index, hidden["indicator"], hidden["date"], strict=True))


@pytest.mark.slow
def test_the_small_counts_are_suppressed_and_not_alone(public):
    result, _, _ = public
    hidden = suppressed(result.analysis)
    assert {("03", "unemployment", "2019-12-31"), ("07", "unemployment", "2020-12-31")} < hidden
    # With the totals known, a single suppressed district would be their difference.
    for date in ("2019-12-31", "2020-12-31"):
        assert sum(cell[2] == date for cell in hidden) >= 2


def check_long_table(table, hidden):
    cells = list(zip(table["district"], table["indicator"], table["date"], strict=True))
    blank = np.array([cell in hidden for cell in cells])
    assert blank.sum() == len(hidden)
    assert (table.loc[blank, "flag"] == "suppressed").all()
    assert table.loc[blank, NUMBERS + DERIVED].isna().all(axis=None)
    assert (table.loc[blank, "verdict"] == "not assessable").all()
    assert table.loc[~blank, NUMBERS].notna().all(axis=None)


@pytest.mark.slow
def test_csv_and_geopackage_hold_a_flag_and_no_number(public):
    result, _, folder = public
    hidden = suppressed(result.analysis)
    check_long_table(
        pd.read_csv(folder / "results.csv", sep=";", decimal=",", dtype={"district": str}), hidden
    )
    check_long_table(pyogrio.read_dataframe(folder / "results.gpkg", layer="results"), hidden)
    latest = gpd.read_file(folder / "results.gpkg", layer="districts").set_index("district")
    for key, indicator, date in hidden:
        if date == "2020-12-31":
            assert np.isnan(latest.loc[key, indicator])
            assert latest.loc[key, f"{indicator}_flag"] == "suppressed"
    index = pd.read_csv(folder / "index.csv", sep=";", decimal=",", dtype={"district": str})
    for key, _, date in hidden:
        rows = index[(index["district"] == key) & (index["date"] == date)]
        assert "rank" not in rows
        assert rows[["value", "fixed_value"]].isna().all(axis=None)


@pytest.mark.slow
def test_the_page_holds_a_flag_and_no_number(public):
    result, _, folder = public
    html = (folder / "atlas.html").read_text(encoding="utf-8")
    (embedded,) = re.findall(r'id="sozialraum-data">(.*?)</script>', html, flags=re.DOTALL)
    data = told(json.loads(embedded), "de")
    place = {key: number for number, key in enumerate(data["districts"]["keys"])}
    slices = {
        (indicator["id"], found["date"]): found
        for indicator in data["indicators"]
        for found in indicator["slices"]
    }
    for key, indicator, date in suppressed(result.analysis):
        cell = slices[indicator, date]
        assert data["flags"][int(cell["flags"][place[key]])] == "suppressed"
        for name in ("values", "numerator", "denominator", "lower", "upper", "p", "pAdjusted"):
            assert cell.get(name) is None or cell[name][place[key]] is None, name


@pytest.mark.slow
def test_provenance_holds_nothing_to_try_guesses_on(public):
    _, _, folder = public
    found = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert set(found["inputs"].values()) == {"withheld"}


@pytest.mark.slow
def test_moving_hidden_counts_leaves_every_public_file_as_it_is(small_city, tmp_path):
    written = []
    for count in (1, 2):
        table = {**SMALL, "03;2019;29;": f"03;2019;{count};"}
        folder = tmp_path / f"maps{count}"
        run(load_project(small_city(tmp_path / "same", table=table, project=ASSESSED)), output=folder)
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert len(written[0]) > 5
    assert written[0].keys() == written[1].keys()
    # A GeoPackage holds the time of its writing, and is compared by its tables elsewhere.
    assert [
        name for name in written[0] if name != "results.gpkg" and written[0][name] != written[1][name]
    ] == []


@pytest.mark.slow
def test_every_suppressed_count_stays_in_doubt(public):
    result, analysis, folder = public
    audit = audit_release(
        result.analysis, analysis, earlier=read_earlier(folder.parent / "sozialraum-releases")
    )
    assert len(audit.table) >= len(suppressed(result.analysis))
    assert (audit.table["upper"] - audit.table["lower"]).min() >= 2


@pytest.mark.slow
def test_only_a_final_public_run_is_kept(small_city, tmp_path):
    project = load_project(small_city(table=SMALL))
    register = project.root / "sozialraum-releases"
    run(project, output=tmp_path / "a")
    assert not list(register.glob("release-*"))
    run(project, output=tmp_path / "a", final=True)
    # Whatever folder the results go to: one register per project.
    run(project, output=tmp_path / "b", final=True)
    assert len(list(register.glob("release-*"))) == 1
    assert (register / "secret").stat().st_mode & 0o077 == 0
    answer = CliRunner().invoke(app, ["releases", str(project.path)])
    assert answer.exit_code == 0
    assert "2019-12-31 bis 2020-12-31" in answer.output
    with pytest.raises(DisclosureError):
        run(project, output=tmp_path / "c", audience="internal", final=True)


@pytest.mark.slow
def test_a_run_that_fails_before_anything_is_written_leaves_nothing_on_record(
    small_city, tmp_path, monkeypatch
):
    project = load_project(small_city(table=SMALL))

    def failing(*_, **__):
        raise DisclosureError(Problem(code="disclosure.not_public"))

    monkeypatch.setattr(flow, "_reported", failing)
    with pytest.raises(DisclosureError):
        run(project, output=tmp_path / "a", final=True)
    assert not list((project.root / "sozialraum-releases").glob("release-*"))
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
def test_an_earlier_release_is_taken_into_account(small_city, tmp_path):
    date = "2020-12-31"
    first = load_project(small_city(tmp_path / "one", table=SMALL))
    before = run(first, output=tmp_path / "maps", final=True).analysis
    known = {key for key, _, day in suppressed(before) if day == date}
    later = load_project(small_city(tmp_path / "one", table={**SMALL, "10;2020;51;": "10;2020;2;"}))
    release = run(later, output=tmp_path / "maps").analysis
    hidden = {key for key, _, day in suppressed(release) if day == date}
    # Only what was hidden before, or has changed since, can still hide anything.
    assert {"07", "10"} <= hidden
    assert known <= hidden
    assert len(known & hidden) >= 2


@pytest.mark.slow
def test_internal_and_public_results_never_share_a_folder(small_city):
    project = load_project(small_city(table=SMALL))
    internal = run(project, audience="internal").files[0].parent
    public = run(project).files[0].parent
    assert (internal.name, public.name) == ("maps-intern", "maps")
    with pytest.raises(OutputError):
        run(project, output=internal)
    assert audience_of(internal) == "internal"


@pytest.mark.slow
def test_a_report_made_before_the_map_hides_the_same(small_city):
    project = load_project(small_city(table=SMALL))
    first = suppressed(analyse(project))
    assert first == suppressed(run(project, final=True).analysis)
    assert first == suppressed(analyse(project))


@pytest.mark.slow
def test_the_secret_is_in_no_output_message_or_hash(small_city, tmp_path, caplog):
    project = load_project(small_city(table=SMALL, project=ASSESSED))
    register = project.root / "sozialraum-releases"
    with caplog.at_level("DEBUG"):
        command = ["run", str(project.path), "--output", str(tmp_path / "maps"), "--final"]
        answer = CliRunner().invoke(app, command)
        listed = CliRunner().invoke(app, ["releases", str(project.path)])
    assert (answer.exit_code, listed.exit_code) == (0, 0), answer.output
    secret = bytes.fromhex((register / "secret").read_text())
    forms = [secret, base64.b64encode(secret)[:20], base64.b64encode(secret.hex().encode())[:40]]
    for kind in ("md5", "sha1", "sha256", "sha512"):
        both = (secret, secret.hex().encode())
        forms += [hashlib.new(kind, of, usedforsecurity=False).hexdigest().encode() for of in both]
    texts = [secret.hex().encode(), *forms]
    written = {path: path.read_bytes() for path in (tmp_path / "maps").rglob("*") if path.is_file()}
    written |= {path: gzip.decompress(path.read_bytes()) for path in register.glob("release-*")}
    assert len(written) > 6
    said = (answer.output + listed.output + caplog.text).encode()
    page = (tmp_path / "maps" / "atlas.html").read_text(encoding="utf-8")
    (embedded,) = re.findall(r'id="sozialraum-data">(.*?)</script>', page, flags=re.DOTALL)
    written["page"] = json.dumps(told(json.loads(embedded), "de")).encode()
    for content in (*written.values(), said):
        for text in texts:
            assert text not in content
            assert text.upper() not in content


@pytest.mark.slow
def test_what_is_left_out_is_told_to_the_office_and_in_no_file(small_city, tmp_path):
    # No total is as large as what the rules ask for: nothing can be protected, and nothing is shown.
    rules = {"[statistics]": "[disclosure]\nminimum_count = 4000\n[statistics]"}
    project = load_project(small_city(table=SMALL, project=rules))
    result = run(project, output=tmp_path / "maps")
    assert "disclosure.left_out" in {problem.code for problem in result.problems}
    assert (result.analysis.indicators["flag"] == "suppressed").all()
    for path in (tmp_path / "maps").rglob("*"):
        if path.is_file():
            assert b"left_out" not in path.read_bytes()
            assert b"sagen \xc3\xbcber einzelne kleine" not in path.read_bytes()
