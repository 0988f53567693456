import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from sozialraum.analysis import Analysis, ClusterSettings
from sozialraum.assessment.assess import assess, declared_settings, settings_of
from sozialraum.assessment.rule import Rule
from sozialraum.errors import ProjectError
from sozialraum.panel import CATALOGUE_COLUMNS, INDICATOR_COLUMNS
from sozialraum.spatial.neighbours.find import neighbours

PARAMETERS = {
    "preset": "berlin_mss",
    "indicators": ["poverty", "unemployment"],
    "weights": {},
    "minimum_population": 300,
    "excluded": [],
    "dynamic_years": 2,
    "target_groups": True,
    "resamples": 50,
    "variants": True,
    "edges": True,
    "seed": 0,
    "verdict": {"unit": "sd", "distance": 1.0},
}


@pytest.fixture
def city(lattice):
    """Return districts, indicators of two dates with one poor corner, catalogue and population."""
    districts = lattice(5, 5)
    poor = ["00", "01", "05", "06"]
    parts = []
    for name, base in (("poverty", 0.12), ("unemployment", 0.08)):
        for date, growth in (("2018-12-31", 0.0), ("2020-12-31", 0.02)):
            rate = pd.Series(base + np.linspace(0, 0.01, 25), index=districts.index)
            rate[poor] += 0.2
            rate["24"] += growth
            denominator = pd.Series(2000.0, index=districts.index)
            numerator = (rate * denominator).round()
            value = numerator / denominator
            frame = {"indicator": name, "date": date, "value": value, "numerator": numerator}
            frame |= {"denominator": denominator, "lower": value, "upper": value, "flag": "ok"}
            parts.append(pd.DataFrame(frame)[list(INDICATOR_COLUMNS)])
    entries = {"kind": "share", "polarity": "disadvantage", "target_group": "working_age", "published": False}
    catalogue = pd.DataFrame(
        [entries] * 2, index=["poverty", "unemployment"], columns=list(CATALOGUE_COLUMNS)
    )
    population = pd.DataFrame(5000.0, index=districts.index, columns=["2018-12-31", "2020-12-31"])
    population.loc["12"] = 200
    return districts, pd.concat(parts), catalogue, population


def assessed(city, **changes):
    districts, indicators, catalogue, population = city
    settings = declared_settings({**PARAMETERS, **changes}, catalogue)
    graph = neighbours(districts).graph
    return assess(
        indicators, catalogue, settings=settings, districts=districts, graph=graph, population=population
    )[0]


@pytest.mark.slow
def test_the_poor_corner_is_found_by_every_part(city):
    found = assessed(city)
    latest = found.index[(found.index["index"] == "all") & (found.index["date"] == "2020-12-31")]
    assert latest.index[latest["status"] == "very low"].tolist() == ["00", "01", "05", "06"]
    assert latest.loc["12", "status"] == "not assessable"
    assert latest.loc["24", "dynamic"] == "negative"
    burdened = found.verdicts[found.verdicts["verdict"] == "conspicuous (unfavourable)"]
    assert set(burdened.index) == {"00", "01", "05", "06"}
    profile = found.profiles[(found.profiles["group"] == "all") & (found.profiles["date"] == "2020-12-31")]
    assert profile.loc["00", "unfavourable_by"] == "poverty, unemployment"
    assert profile.loc["20", "profile"] == "inconspicuous on all"
    assert found.robustness.loc["00", "same_status"] == 1.0
    assert found.variants.loc["00", "high"] == 0
    assert found.variants.loc["20", "very low"] == 0
    assert found.variants["variants"].eq(72).all()
    pairs = set(zip(found.edges["focal"], found.edges["neighbor"], strict=True))
    assert ("01", "02") in pairs
    assert ("00", "01") not in pairs


@pytest.mark.slow
def test_target_groups_get_an_index_of_their_own_on_request(city):
    assert set(assessed(city).index["index"]) == {"all", "working_age"}
    assert set(assessed(city, target_groups=False).index["index"]) == {"all"}


@pytest.mark.slow
def test_contributions_of_every_index_and_date_add_up_to_its_value(city):
    found = assessed(city)
    parts = found.contributions.groupby(["index", "date", "district"], sort=False)["contribution"].sum(
        min_count=1
    )
    values = found.index.set_index(["index", "date"], append=True)["value"].reorder_levels([1, 2, 0])
    assert len(values) == len(parts) > 0
    pd.testing.assert_series_equal(
        parts.reindex(values.index), values, check_names=False, check_index_type=False, atol=1e-9
    )


@pytest.mark.slow
def test_parts_can_be_switched_off(city):
    found = assessed(city, indicators=[], resamples=0, variants=False, edges=False)
    for name in ("index", "robustness", "variants", "edges", "city_edges"):
        assert getattr(found, name).empty, name
    assert len(found.verdicts) == 100


@pytest.mark.slow
def test_published_shares_have_an_index_but_no_bootstrap_and_no_verdict(city):
    districts, indicators, catalogue, population = city
    without = indicators.assign(numerator=np.nan, denominator=np.nan)
    found = assessed((districts, without, catalogue.assign(published=True), population))
    assert found.robustness.empty
    assert not found.variants.empty
    assert (found.verdicts["verdict"] == "not assessable").all()
    assert (found.verdicts["reason"] == "no counts").all()


@pytest.mark.slow
def test_a_missing_value_is_no_class(city):
    districts, indicators, catalogue, population = city
    gone = indicators.copy()
    hit = (gone.index == "00") & (gone["indicator"] == "poverty") & (gone["date"] == "2020-12-31")
    gone.loc[hit, ["value", "numerator", "denominator", "lower", "upper"]] = np.nan
    gone.loc[hit, "flag"] = "suppressed"
    found = assessed((districts, gone, catalogue, population))
    row = found.index[(found.index["index"] == "all") & (found.index["date"] == "2020-12-31")].loc["00"]
    assert row["status"] == "not assessable"
    assert np.isnan(row["value"])
    assert row["reason"] == "missing value"


def test_a_context_indicator_in_the_index_is_refused(city):
    catalogue = city[2].assign(polarity="context")
    with pytest.raises(ProjectError, match="poverty"):
        declared_settings(PARAMETERS, catalogue)


def test_settings_survive_json(city):
    plain = declared_settings({**PARAMETERS, "excluded": ["01"]}, city[2])
    assert plain.recipe.excluded == ("01",)
    assert plain.recipe.resources == ()
    again = declared_settings(json.loads(json.dumps(plain.record())), city[2])
    assert again == plain


def test_a_result_carries_its_settings_and_the_record_tells_them(city):
    rule = {"unit": "points", "distance": 0.03}
    found = assessed(city, resamples=0, variants=False, edges=False, verdict=rule)
    districts, indicators, catalogue, _ = city
    analysis = Analysis(
        city="X",
        districts=districts,
        catalogue=catalogue,
        indicators=indicators,
        assessment=found,
        statistics=ClusterSettings(permutations=99),
    )
    settings = settings_of(analysis)
    assert settings.rule == Rule(**rule)
    assert analysis.parameters["assessment"] == settings.record()
    assert analysis.parameters["assessment"]["verdict"]["distance"] == 0.03
    assert analysis.parameters["statistics"]["permutations"] == 99
    assert "neighbours" not in analysis.parameters
    assert settings_of(dataclasses.replace(analysis, assessment=None)) is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.seed = 1


@pytest.mark.slow
def test_households_reach_every_part_and_their_absence_is_told(city):
    _, indicators, catalogue, population = city
    settings = declared_settings({**PARAMETERS, "resamples": 0, "variants": False, "edges": False}, catalogue)
    plain, told = assess(indicators, catalogue, settings=settings, population=population)
    assert [problem.code for problem in told].count("assessment.independence_assumed") == 1
    known, told = assess(
        indicators, catalogue.assign(design_effect=3.0), settings=settings, population=population
    )
    assert "assessment.independence_assumed" not in [problem.code for problem in told]
    assert (known.verdicts["design_effect"] == 3).all()
    assert (known.verdicts["p"] >= plain.verdicts["p"]).all()
    assert (known.control["z"].abs() <= plain.control["z"].abs() + 1e-9).all()
    assert (known.smoothed["weight"] <= plain.smoothed["weight"]).all()
