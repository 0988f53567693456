"""The example projects on the cities' real data."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse, check

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
WITHOUT_ROWS = [
    "01011102",
    "01022103",
    "03010104",
    "04020204",
    "04020314",
    "04041133",
    "04041239",
    "04061757",
    "09010102",
    "09041403",
    "10010203",
    "12214528",
]

pytestmark = pytest.mark.shared


def load(name, shared_data, folder):
    return load_project(EXAMPLES / f"{name}.toml", root=shared_data / folder)


def hasty(project):
    """Draw few permutations and redraw no year: neither changes a rate, a quadrant or a class."""
    content = project.content
    part = content.assessment
    if part is not None:
        part = part.model_copy(update={"resamples": 0, "variants": False, "edges": False})
    statistics = content.statistics.model_copy(update={"permutations": 199})
    return replace(project, content=content.model_copy(update={"statistics": statistics, "assessment": part}))


def test_berlin_uncorrected_is_one_report_with_every_key(shared_data):
    problems = [
        problem
        for problem in check(load("berlin-2017-raw", shared_data, "berlin"))
        if problem.severity == "error"
    ]
    text = "\n".join(problem.text() for problem in problems)
    assert len(problems) == 3
    assert "06010102: #124 'Schloßstraße' [13.29880, 52.51459], #205" in text
    assert "04030417" in text
    for key in WITHOUT_ROWS:
        assert key in text


def test_berlin_corrected_gives_four_indicators_with_clusters(shared_data):
    analysis = analyse(load("berlin-2017", shared_data, "berlin"), audience="internal")
    assert len(analysis.districts) == 448
    assert (
        analysis.districts.loc["04030417", "name"]
        == analysis.districts.loc["06010102", "name"]
        == "Schloßstraße"
    )
    assert (
        analysis.indicators["value"].notna().groupby(analysis.indicators["indicator"]).sum().tolist()
        == [436] * 4
    )
    missing = analysis.indicators[analysis.indicators["flag"] == "missing"]
    assert sorted(missing.index.unique()) == WITHOUT_ROWS
    assert missing["value"].isna().all()
    labels = analysis.clusters[analysis.clusters["indicator"] == "child_poverty"]["label"]
    assert (labels.loc[WITHOUT_ROWS] == "undefined").all()
    # Nord-Neukölln and Spandau-Mitte are the areas that every report on Berlin names.
    assert labels.loc["08010117"] == "high-high"
    assert (labels == "high-high").sum() >= 15
    assert (labels == "low-low").sum() >= 15


def test_leipzig_rates_come_from_counts_by_name(shared_data):
    analysis = analyse(hasty(load("leipzig", shared_data, "leipzig")), audience="internal")
    assert len(analysis.districts) == 63
    assert "XX" not in analysis.districts.index
    dates = analysis.indicators.groupby("indicator")["date"].nunique()
    assert dates["sgb2"] == 15
    assert dates["long_term"] == 9
    raw = pd.read_csv(shared_data / "leipzig" / "bedarfsgemeinschaften.csv", sep=";")
    raw = raw[raw["jahr"].between(2008, 2022)]
    sgb2 = analysis.indicators[analysis.indicators["indicator"] == "sgb2"]
    assert sgb2["numerator"].sum() == raw["Personen in Bedarfsgemeinschaften"].sum()
    volkmarsdorf = analysis.districts.index[analysis.districts["name"] == "Volkmarsdorf"][0]
    clusters = analysis.clusters[
        (analysis.clusters["indicator"] == "sgb2") & (analysis.clusters["date"] == "2008-12-31")
    ]
    assert clusters.loc[volkmarsdorf, "quadrant"] == "high-high"


def test_leipzig_swapped_axes_are_recognised_and_the_message_says_what_to_write(shared_data, tmp_path):
    text = (EXAMPLES / "leipzig.toml").read_text(encoding="utf-8").replace('axis_order = "yx"', "")
    (tmp_path / "project.toml").write_text(text, encoding="utf-8")
    problems = check(load_project(tmp_path / "project.toml", root=shared_data / "leipzig"))
    assert any(
        "vertauscht" in problem.text() and 'axis_order = "yx"' in problem.text() for problem in problems
    )


def test_leipzig_names_the_polygon_that_covers_the_city(shared_data, tmp_path):
    text = (EXAMPLES / "leipzig.toml").read_text(encoding="utf-8").replace('exclude = ["XX"]', "")
    (tmp_path / "project.toml").write_text(text, encoding="utf-8")
    problems = check(load_project(tmp_path / "project.toml", root=shared_data / "leipzig"))
    assert any('exclude = ["XX"]' in problem.text() for problem in problems)


@pytest.mark.parametrize(("year", "areas", "attention"), [(2013, 434, 51), (2015, 435, 43), (2017, 436, 44)])
def test_berlin_monitoring_reproduces_every_published_class(
    berlin_index, shared_data, year, areas, attention
):
    german = {"hoch": "high", "mittel": "medium", "niedrig": "low", "sehr niedrig": "very low"}
    german |= {"positiv": "positive", "stabil": "stable", "negativ": "negative"}
    file = shared_data / "berlin" / f"mss-{year}-planning-areas.csv"
    published = pd.read_csv(file, dtype=str).set_index("id")
    ours = berlin_index[berlin_index["date"] == f"{year - 1}-12-31"]
    judged = ours[ours["status"] != "not assessable"]
    assert sorted(judged.index) == sorted(published.index)
    assert len(judged) == areas
    judged = judged.reindex(published.index)
    assert judged["status"].tolist() == published["status_index_class"].map(german).tolist()
    assert judged["dynamic"].tolist() == published["dynamic_index_class"].map(german).tolist()
    assert (judged["attention"] == "yes").sum() == attention


@pytest.fixture(scope="module")
def berlin_index():
    folder = EXAMPLES.parents[2] / "shared" / "data" / "berlin"
    if not folder.is_dir():
        pytest.skip("the real data in ../shared/data are not there")
    project = hasty(load_project(EXAMPLES / "berlin-monitoring.toml", root=folder))
    index = analyse(project, audience="internal").assessment.index
    return index[index["index"] == "all"]
