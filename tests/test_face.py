"""What `import sozialraum` offers is what is exported, no more, and it works as the README says."""

import inspect
import warnings
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.preferences import Options

DATA = Path(__file__).parents[1] / "data"


def test_the_face_is_what_is_exported():
    assert sorted(dir(sr)) == sorted([*sr.__all__, "__version__"])
    assert len(set(sr.__all__)) == len(sr.__all__)
    for name in sr.__all__:
        home = import_module(sr._MODULE_OF[name])
        assert name in home.__all__
        assert getattr(sr, name) is getattr(home, name)


def test_every_function_of_the_face_says_what_it_does():
    for name in sr.__all__:
        if callable(getattr(sr, name)):
            assert len(inspect.getdoc(getattr(sr, name)) or "") > 40, name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Any'"):
        sr.Any  # noqa: B018 - the access is what is tested


def test_messages_are_english_unless_asked_otherwise(monkeypatch):
    problem = sr.SozialraumError
    monkeypatch.delenv("SOZIALRAUM_LANGUAGE", raising=False)
    assert Options().language == "en"
    monkeypatch.setenv("SOZIALRAUM_LANGUAGE", "de")
    assert Options().language == "de"
    with pytest.raises(ValueError, match="language must be one of de, en"):
        sr.options.language = "fr"
    monkeypatch.setattr(sr.options, "_language", "en")
    with pytest.raises(problem, match=r"nowhere\.csv"):
        sr.read_table("nowhere.csv", key="a", date="2020")


@pytest.fixture(scope="module")
def city():
    districts = sr.read_districts(
        DATA / "boundaries/musterstadt.geojson", key="schluessel", name="name", parents=["stadtbezirk"]
    )
    counts = sr.read_tables(
        DATA / "indicators/soziales.csv",
        DATA / "indicators/bevoelkerung.csv",
        districts=districts,
        key="schluessel",
        date="stichtag",
        missing=["-"],
        suppressed=["x"],
    )
    share = sr.Share("Personen in SGB II", of="Einwohner", worse="high", label="SGB II")
    # A harbour where nobody lives.
    with pytest.warns(UserWarning, match="0801"):
        panel = sr.rates(counts, {"sgb2": share}, city="Musterstadt", simulated=True)
    return districts, counts, panel


@pytest.mark.slow
def test_eight_lines_lead_from_files_to_a_public_map(city, tmp_path):
    districts, counts, panel = city
    assert "Personen in SGB II" in counts.variables
    public = sr.protect(panel)
    asked = {"permutations": 999, "alpha": 0.2, "correction": "none", "seed": 3}
    clusters = sr.clusters(public, sr.neighbours(districts), **asked)
    shown = clusters.at("sgb2", "2023-12-31")
    assert shown.index.isin(districts.index).all()
    joined = districts.join(shown)
    assert joined.index.equals(districts.index)
    assert joined["label"].notna().all()
    page = tmp_path / "armut.html"
    sr.atlas(public, clusters).save(str(page))
    html = page.read_text(encoding="utf-8")
    # The map shows what the author asked for, and names it.
    assert '"permutations":999' in html
    assert '"correction":"none"' in html
    again, _ = sr.cluster_table(public.indicators, sr.neighbours(districts).graph, **asked)
    pd.testing.assert_frame_equal(again, clusters.table)
    assert clusters._repr_html_().startswith("<table")


@pytest.mark.slow
def test_a_slice_that_does_not_exist_is_refused_with_those_that_do(city):
    districts, _, panel = city
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clusters = sr.clusters(panel, sr.neighbours(districts), permutations=99)
    with pytest.raises(sr.SozialraumError, match="sgb2 2023-12-31"):
        clusters.at("sgb2", "1999-12-31")


def test_too_few_permutations_are_a_warning(city):
    districts, _, panel = city
    with pytest.warns(UserWarning, match="99"):
        sr.clusters(panel, sr.neighbours(districts), permutations=99)


def test_a_share_of_an_unknown_variable_is_refused(city):
    _, counts, _ = city
    with pytest.raises(sr.SozialraumError, match="Personen in SGB II"):
        sr.rates(counts, {"sgb2": sr.Share("Personen in SGB I", of="Einwohner")})


@pytest.mark.slow
def test_open_project_checks_analyses_and_publishes(small_city, tmp_path):
    project = sr.open_project(small_city())
    assert not [problem for problem in project.check() if problem.severity == "error"]
    assert project.analyse(audience="internal").audience == "internal"
    assert project.publish(tmp_path / "out").files[0].name == "atlas.html"
