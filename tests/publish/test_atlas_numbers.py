"""Every number on the page equals the files: all views and districts, read through the page's own modules."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse
from sozialraum.publish.atlas.data import atlas_data
from sozialraum.publish.tables import all_tables

SCRIPT = Path(__file__).parent / "scripts" / "numbers.js"
DEMO = Path(__file__).parents[2] / "data"
EXAMPLES = DEMO / "examples"
DRAWS = 199


@pytest.fixture(scope="module")
def musterstadt(tmp_path_factory):
    """The demo city, protected, at its last three dates; few draws, which change p and nothing else."""
    folder = tmp_path_factory.mktemp("musterstadt")
    for part in ("boundaries", "indicators"):
        shutil.copytree(DEMO / part, folder / part)
    for table in (folder / "indicators").glob("*.csv"):
        head, *rows = table.read_text("utf-8").splitlines()
        at = head.split(";").index("stichtag")
        kept = [row for row in rows if row.split(";")[at] >= "2021"]
        table.write_text("\n".join([head, *kept]) + "\n", "utf-8")
    written = (DEMO / "project.toml").read_text("utf-8").replace('[programme]\nfile = "programme"\n', "")
    written = written.replace("permutations = 99999", f"permutations = {DRAWS}")
    (folder / "project.toml").write_text(written, "utf-8")
    return analyse(load_project(folder / "project.toml"), audience="public")


@pytest.fixture
def berlin(shared_data, tmp_path):
    written = (EXAMPLES / "berlin-monitoring.toml").read_text("utf-8")
    path = tmp_path / "project.toml"
    path.write_text(written + f"\n[statistics]\npermutations = {DRAWS}\n", "utf-8")
    return analyse(load_project(path, root=shared_data / "berlin"))


class Shown:
    """What the page's modules make of a release, and what its files say."""

    def __init__(self, release, deno, folder):
        source, target = folder / "data.json", folder / "shown.json"
        source.write_text(json.dumps(atlas_data(release), allow_nan=False), "utf-8")
        deno(
            "run",
            "--no-lock",
            "--config",
            "deno.json",
            "--no-check",
            "--quiet",
            "--allow-read",
            "--allow-write",
            str(SCRIPT),
            str(source),
            str(target),
        )
        found = json.loads(target.read_text("utf-8"))
        self.keys, self.scenes, self.cells = found["keys"], found["scenes"], found["cells"]
        self.release = release
        self.tables = all_tables(release)
        self.results = {
            cell: rows.set_index("district").reindex(self.keys)
            for cell, rows in self.tables["results"].groupby(["indicator", "date"])
        }

    def at(self, scene):
        return self.results[scene["indicator"], scene["date"]]

    def scale(self, indicator):
        entry = self.release.catalogue.loc[indicator]
        return float(entry["factor"]), int(entry["decimals"])

    def same(self, numbers, column, indicator):
        factor, decimals = self.scale(indicator)
        ours = np.array([np.nan if number is None else number for number in numbers], dtype=float)
        theirs = column.to_numpy(float) * factor
        # Half a unit of the last digit, and what a computer's numbers cannot hold.
        assert (np.isnan(ours) == np.isnan(theirs)).all()
        assert np.nanmax(np.abs(ours - theirs), initial=0.0) <= 0.5 * 10.0**-decimals + 1e-9


def check_values(shown, scene):
    rows, name = shown.at(scene), scene["indicator"]
    shown.same(scene["amount"], rows["value"], name)
    for place, column in enumerate(("lower", "upper")):
        shown.same([cell[place] for cell in scene["interval"]], rows[column], name)
    _, decimals = shown.scale(name)
    for told, value in zip(scene["told"], scene["amount"], strict=True):
        digits = "" if value is None else f"{abs(value):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
        assert digits in told


def check_smoothed(shown, scene):
    column = "smoothed" if scene["towards"] == "city" else "smoothed_local"
    shown.same(scene["amount"], shown.at(scene)[column], scene["indicator"])
    if scene["interval"] and column == "smoothed":
        shown.same(
            [cell[0] for cell in scene["interval"]], shown.at(scene)["smoothed_lower"], scene["indicator"]
        )
        shown.same(
            [cell[1] for cell in scene["interval"]], shown.at(scene)["smoothed_upper"], scene["indicator"]
        )


def check_change(shown, scene):
    factor, decimals = shown.scale(scene["indicator"])
    now, then = (
        shown.results[scene["indicator"], date]["value"] * factor for date in (scene["date"], scene["since"])
    )
    ours = pd.Series(scene["amount"], index=shown.keys, dtype=float)
    expected = now.round(decimals) - then.round(decimals)
    assert (ours.isna() == expected.isna()).all()
    assert ((ours - expected).abs().dropna() < 1e-9).all(), "the difference of what is shown"


def check_clusters(shown, scene):
    rows = shown.at(scene)
    if "cluster" not in rows or rows["cluster"].isna().all():
        return
    for entry, label, value in zip(scene["of"], rows["cluster"], rows["value"], strict=True):
        if label != "undefined" or not np.isnan(value):
            assert entry == f"cluster-{label}"


def check_verdict(shown, scene):
    for entry, found in zip(scene["of"], shown.at(scene)["verdict"], strict=True):
        if isinstance(found, str) and found != "not assessable":
            assert entry == found
        else:
            assert not entry.startswith(("conspicuous", "inconspicuous", "undecided"))


def check_index(shown, scene):
    table = shown.tables["index"]
    rows = table[(table["index"] == scene["group"]) & (table["date"] == scene["date"])]
    rows = rows.set_index("district").reindex(shown.keys)
    fixed = scene["view"] == "status" and scene["base"] == "fixed"
    numbers = {
        "status": "fixed_value" if fixed else "value",
        "combined": "value",
        "attention": "value",
        "dynamic": "change",
    }
    if scene["view"] in numbers:
        ours = np.array([np.nan if number is None else number for number in scene["amount"]], dtype=float)
        theirs = rows[numbers[scene["view"]]].to_numpy(float)
        assert (np.isnan(ours) == np.isnan(theirs)).all()
        assert np.nanmax(np.abs(ours - theirs), initial=0.0) <= 0.005 + 1e-9
    classes = {"status": "fixed_status" if fixed else "status", "dynamic": "dynamic"}
    if scene["view"] in classes:
        for entry, found in zip(scene["of"], rows[classes[scene["view"]]], strict=True):
            assert (
                entry == found
                if isinstance(found, str) and found != "not assessable"
                else entry.startswith("none")
            )


CHECKS = {
    "values": check_values,
    "borders": check_values,
    "smoothed": check_smoothed,
    "change": check_change,
    "clusters": check_clusters,
    "verdict": check_verdict,
    "status": check_index,
    "combined": check_index,
    "dynamic": check_index,
    "attention": check_index,
}


def check_all(shown):
    seen = {}
    for scene in shown.scenes:
        assert scene["counts"] == scene["total"] == len(shown.keys), "the legend counts every district once"
        if scene["view"] in CHECKS:
            CHECKS[scene["view"]](shown, scene)
            seen[scene["view"]] = seen.get(scene["view"], 0) + 1
    for part in shown.cells:
        rows = shown.results[part["indicator"], part["date"]]
        for column, digits in (("numerator", 5), ("denominator", 5)):
            ours = pd.Series([cell[column] for cell in part["cells"]], index=shown.keys, dtype=float)
            off = (ours - rows[column]).abs() / rows[column].abs().clip(lower=1)
            assert (ours.isna() == rows[column].isna()).all()
            assert (off.dropna() <= 10.0 ** (1 - digits)).all()
        for ours, column in (("p", "p"), ("pAdjusted", "p_adjusted")):
            if column in rows:
                found = pd.Series([cell[ours] for cell in part["cells"]], index=shown.keys, dtype=float)
                assert ((found - rows[column]).abs().dropna() <= 5.1e-5).all()
    return seen


def check_measures(shown):
    tables = pd.concat([shown.tables[name] for name in ("segregation", "inequality") if name in shown.tables])
    tables = tables[tables["level"].isin(["district", ""])].drop_duplicates(["indicator", "date", "measure"])
    tables = tables.set_index(["indicator", "date", "measure"])
    count = 0
    for part in shown.cells:
        for name, found in part["measures"].items():
            row = tables.loc[(part["indicator"], part["date"], name)]
            expected = row["excess" if name == "gini" else "corrected"]
            assert [found["value"], found["lower"], found["upper"]] == pytest.approx(
                [expected, row["lower"], row["upper"]], abs=5.1e-5
            )
            count += 1
    return count


def test_a_small_city(assessed, deno, tmp_path):
    seen = check_all(Shown(assessed, deno, tmp_path))
    assert {"values", "change", "clusters", "verdict", "status", "dynamic"} <= seen.keys()


def test_a_wrong_number_is_noticed(assessed, deno, tmp_path):
    shown = Shown(assessed, deno, tmp_path)
    scene = next(one for one in shown.scenes if one["view"] == "values")
    place = next(at for at, number in enumerate(scene["amount"]) if number is not None)
    scene["amount"][place] += 0.1
    with pytest.raises(AssertionError):
        check_all(shown)


@pytest.mark.slow
def test_musterstadt(musterstadt, deno, tmp_path):
    shown = Shown(musterstadt, deno, tmp_path)
    seen = check_all(shown)
    assert seen.keys() == CHECKS.keys()
    assert seen["values"] == 36
    assert check_measures(shown) > 36


@pytest.mark.slow
@pytest.mark.shared
def test_berlin(berlin, deno, tmp_path):
    shown = Shown(berlin, deno, tmp_path)
    seen = check_all(shown)
    assert seen["values"] == 24
    assert {"change", "clusters", "status", "combined", "dynamic", "attention"} <= seen.keys()
    assert not {"smoothed", "borders", "verdict"} & seen.keys(), (
        "published shares can be neither smoothed nor judged"
    )
