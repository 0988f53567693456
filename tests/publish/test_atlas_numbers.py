"""Every number on the page equals the files: all views and districts, read through the page's own modules."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse
from sozialraum.publish.atlas.data import atlas_data
from sozialraum.publish.tables import results_table

SCRIPT = Path(__file__).parent / "scripts" / "numbers.js"
EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
DRAWS = 199


@pytest.fixture
def berlin(shared_data, tmp_path):
    written = (EXAMPLES / "berlin-monitoring.toml").read_text("utf-8")
    path = tmp_path / "project.toml"
    path.write_text(written + f"\n[statistics]\npermutations = {DRAWS}\n", "utf-8")
    return analyse(load_project(path, root=shared_data / "berlin"))


class Shown:
    """What the page's modules make of a release, and what its files say."""

    def __init__(self, release, deno, folder, *, programme=None, since=""):
        source, target = folder / "data.json", folder / "shown.json"
        self.data = atlas_data(release, programme)
        source.write_text(json.dumps(self.data, allow_nan=False), "utf-8")
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
            since,
        )
        found = json.loads(target.read_text("utf-8"))
        self.keys, self.scenes, self.cells = found["keys"], found["scenes"], found["cells"]
        self.release = release
        found = release.assessment
        self.tables = {
            "results": results_table(release),
            "index": found.index.rename_axis("district").reset_index(),
            "segregation": found.segregation,
            "inequality": found.inequality,
        }
        results = self.tables["results"]
        self.results = {
            cell: rows.set_index("district").reindex(self.keys)
            for cell, rows in results.groupby(["indicator", "date"])
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


def check_pair(shown, scene):
    """Thirds counted here in another way: by how many districts have a value that is as low or lower."""
    parts, told = [], []
    for name in (scene["indicator"], scene["with"]):
        factor, decimals = shown.scale(name)
        values = (shown.results[name, scene["date"]]["value"] * factor).round(decimals)
        ordered = np.sort(values.dropna().to_numpy())
        limits = [ordered[int(np.ceil(len(ordered) * part)) - 1] for part in (1 / 3, 2 / 3)]
        parts.append(np.where(values.isna(), -1, np.searchsorted(limits, values, side="left")))
        told.append([f"{abs(value):,.{decimals}f}".translate(str.maketrans(",.", ".,")) for value in values])
    shown.same(scene["amount"], shown.at(scene)["value"], scene["indicator"])
    for place, entry in enumerate(scene["of"]):
        first, second = parts[0][place], parts[1][place]
        if first < 0 or second < 0:
            assert not entry.startswith("pair")
            continue
        assert entry == f"pair-{first}-{second}"
        ours = scene["told"][place].split(" / ")
        assert told[0][place] in ours[0]
        assert told[1][place] in ours[1]


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
    "pair": check_pair,
    "status": check_index,
    "combined": check_index,
    "dynamic": check_index,
    "attention": check_index,
}


PROBABILITIES = (
    ("p", "p"),
    ("pAdjusted", "p_adjusted"),
    ("verdictP", "verdict_p"),
    ("verdictPAdjusted", "verdict_p_adjusted"),
)


def check_limits(shown, part, rows):
    """Compare the limits of the verdict, in the indicator's unit, with the margins of its rows."""
    if "verdict_margin" not in rows or rows["verdict_margin"].isna().all():
        return
    factor, _ = shown.scale(part["indicator"])
    for limit, side in zip(part["limits"], (1, -1), strict=True):
        margins = rows.loc[np.sign(rows["verdict_difference"]) == side, "verdict_margin"].dropna() * factor
        if limit is not None and len(margins):
            assert margins.to_numpy() == pytest.approx(limit, abs=5.1e-5 * factor)


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
        for ours, column in PROBABILITIES:
            if column in rows:
                found = pd.Series([cell[ours] for cell in part["cells"]], index=shown.keys, dtype=float)
                assert ((found - rows[column]).abs().dropna() <= 5.1e-5).all()
                if column.startswith("verdict"):
                    assert (found.isna() == rows[column].isna()).all()
        check_limits(shown, part, rows)
    return seen


def check_measures(shown):
    tables = pd.concat([shown.tables[name] for name in ("segregation", "inequality")])
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


@pytest.mark.slow
def test_a_small_city(assessed, deno, tmp_path):
    seen = check_all(Shown(assessed, deno, tmp_path))
    assert {"values", "change", "clusters", "verdict", "status", "dynamic"} <= seen.keys()


@pytest.mark.slow
def test_a_wrong_number_is_noticed(assessed, deno, tmp_path):
    shown = Shown(assessed, deno, tmp_path)
    scene = next(one for one in shown.scenes if one["view"] == "values")
    place = next(at for at, number in enumerate(scene["amount"]) if number is not None)
    scene["amount"][place] += 0.1
    with pytest.raises(AssertionError):
        check_all(shown)


def written(number, decimals):
    """Write a number as German text does."""
    return f"{abs(number):,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def check_programme(shown, result):
    """Compare goals and the fields of need and provision with the programme's own results."""
    goals = result.tables["goals"].set_index("goal_id")
    told = {goal["id"]: goal for goal in shown.data["programme"]["goals"]}
    assert list(told) == [str(name) for name in goals.index]
    for name, goal in told.items():
        row = goals.loc[name]
        for part in ("baseline", "figure", "target"):
            known = pd.notna(row[part])
            assert (goal[part] is not None) == known
            if known:
                assert goal[part] == pytest.approx(row[part], rel=1e-4)
                percent, digits = (100, 1) if row["quantity"] == "share" else (1, 0)
                options = {written(row[part] * percent, places) for places in (digits, 0, 1)}
                assert any(one in goal["shown"][part]["de"] for one in options), (name, part)
    table = result.tables["double_disadvantage"]
    scenes = [scene for scene in shown.scenes if scene["view"] == "need"]
    assert len(scenes) == table.groupby(["kind", "target_group"]).ngroups
    for scene in scenes:
        kind, group = scene["group"].split(":")
        rows = table[(table["kind"] == kind) & (table["target_group"] == group)]
        rows = rows[rows["year"] == rows["year"].max()].set_index("district").reindex(shown.keys)
        assert scene["of"] == list(rows["quadrant"].fillna("not_assessable"))
        known = rows["certainty"].notna()
        for share, tip in zip(rows["certainty"], scene["tips"], strict=True):
            # Rounded down: 94.6 of 100 are not 95.
            if pd.notna(share):
                assert f"in {int(100 * share + 1e-9)} von 100" in tip
        sure = rows["certainty"].where(known, 1.0) >= 0.95 - 1e-9
        among = rows["quadrant"].isin(["both", "need", "provision", "neither"])
        assert scene["unsure"] == list(among & ~sure)


@pytest.mark.slow
def test_musterstadt(musterstadt_demo, deno, tmp_path):
    run = musterstadt_demo["run"]
    shown = Shown(run.analysis, deno, tmp_path, programme=run.programme, since="2021")
    seen = check_all(shown)
    assert seen.keys() == CHECKS.keys()
    assert seen["values"] == 36
    assert check_measures(shown) > 36
    check_programme(shown, run.programme)


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
