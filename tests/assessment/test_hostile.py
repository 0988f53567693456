"""Long tables that are none, figures that are none, no catalogue: words, never a traceback."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import sozialraum as sr

KEYS = pd.Index([f"{number:02d}" for number in range(12)], name="district")
DAY = "2021-12-31"


def long(numerator, denominator, flag="ok"):
    parts = [
        pd.DataFrame(
            {
                "indicator": name,
                "date": f"{year}-12-31",
                "value": numerator / denominator,
                "numerator": numerator,
                "denominator": denominator,
                "lower": np.nan,
                "upper": np.nan,
                "flag": flag,
            },
            index=KEYS,
        )
        for name in "ab"
        for year in (2019, 2020, 2021)
    ]
    return pd.concat(parts)


PEOPLE = np.arange(12) * 110.0 + 500
CASES = np.arange(12) * 17.0 + 60
USUAL = long(CASES, PEOPLE)
CITY = gpd.GeoDataFrame(
    {"name": KEYS, "area": ["Nord"] * 6 + ["Süd"] * 6},
    geometry=shapely.box(1_000.0 * np.arange(12), 0, 1_000.0 * np.arange(12) + 1_000, 1_000),
    crs=25832,
    index=KEYS,
)
CATALOGUE = sr.catalogue(
    {
        name: {
            "label": {"de": name, "en": name},
            "numerator": "p",
            "denominator": "q",
            "kind": "share",
            "polarity": "disadvantage",
        }
        for name in "ab"
    }
)
RECIPE = sr.preset("z_mean", ("a", "b"))
FORMS = {
    "wide": pd.DataFrame({"a": CASES}, index=KEYS),
    "series": pd.Series(CASES, index=KEYS),
    "texts": USUAL.astype({"value": str, "numerator": str}),
    "infinite": long(np.where(KEYS == "03", np.inf, CASES), PEOPLE),
    "huge": long(CASES * 1e290, PEOPLE * 1e300),
    "unknown flag": long(CASES, PEOPLE, "strange"),
}


@pytest.fixture(scope="module")
def around():
    return sr.neighbours(CITY)


ASKED = {
    "signal": lambda d, c, _: sr.signal(d, c),
    "smooth_indicators": sr.smooth_indicators,
    "trends": lambda d, c, _: sr.trends(d, catalogue=c),
    "control_limits": lambda d, c, _: sr.control_limits(d, catalogue=c),
    "segregation": lambda d, c, g: sr.segregation(d, catalogue=c, graph=g, resamples=9),
    "inequality": lambda d, c, _: sr.inequality(d, catalogue=c, resamples=9),
    "edges": lambda d, c, g: sr.edges(d, CITY, g, catalogue=c, permutations=9),
    "index_over_time": lambda d, _, __: sr.index_over_time(d, RECIPE),
    "verdicts": lambda d, c, _: sr.verdicts(d, c),
    "multiverse": lambda d, _, __: sr.multiverse(d, RECIPE, date=DAY),
    "index_robustness": lambda d, c, _: sr.index_robustness(d, c, RECIPE, date=DAY, resamples=9),
    "verdict_robustness": lambda d, c, _: sr.verdict_robustness(d, c, date=DAY, resamples=9),
    "changes": lambda d, _, __: sr.changes(d),
    "cautious_changes": lambda d, c, _: sr.cautious_changes(sr.changes(USUAL), d, c),
    "context_correlations": lambda d, c, _: sr.context_correlations(d, c, date=DAY),
    "cluster_table": lambda d, _, g: sr.cluster_table(d, g, permutations=9),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sozialraum.StatisticsWarning")
@pytest.mark.parametrize("name", ASKED)
def test_what_is_no_long_table_of_figures_is_refused_in_words(name, around):
    for form, rows in FORMS.items():
        with pytest.raises(sr.SozialraumError) as told:
            ASKED[name](rows, CATALOGUE, around)
        assert len(str(told.value)) > 20, form
    ASKED[name](USUAL, CATALOGUE, around)


@pytest.mark.parametrize(
    "name",
    [
        "signal",
        "smooth_indicators",
        "verdicts",
        "index_robustness",
        "cautious_changes",
        "context_correlations",
    ],
)
def test_what_is_no_catalogue_is_refused_in_words(name, around):
    for catalogue in (None, {"a": "share"}, USUAL):
        with pytest.raises(sr.SozialraumError, match="kein Katalog"):
            ASKED[name](USUAL, catalogue, around)


@pytest.mark.parametrize("name", ["index_robustness", "cautious_changes", "verdicts"])
def test_a_catalogue_that_lacks_an_indicator_is_told_which(name, around):
    with pytest.raises(sr.SozialraumError, match=r"\bb\b"):
        ASKED[name](USUAL, CATALOGUE.loc[["a"]], around)


def test_a_table_is_no_panel(around):
    for ask in (
        lambda: sr.protect(USUAL),
        lambda: sr.clusters(USUAL, around),
        lambda: sr.further_statistics(USUAL, around),
        lambda: sr.results_table(USUAL),
    ):
        with pytest.raises(sr.SozialraumError, match="'DataFrame' ist kein Panel"):
            ask()


def test_dates_that_are_none_and_dates_that_are_not_there():
    spoken = USUAL.assign(date=USUAL["date"].map({"2019-12-31": "Mai 2019", "2020-12-31": "x", DAY: "y"}))
    with pytest.raises(sr.SozialraumError, match="kein Stichtag"):
        sr.changes(spoken)
    with pytest.raises(sr.SozialraumError, match="kein Stichtag"):
        sr.index_over_time(spoken, RECIPE)
    with pytest.raises(sr.SozialraumError, match="1999"):
        sr.verdict_robustness(USUAL, CATALOGUE, date="1999-12-31", resamples=9)
    assert sr.context_correlations(USUAL, CATALOGUE, date="1999-12-31").empty


VALUES = pd.Series(CASES, index=KEYS)


@pytest.mark.parametrize(
    "ask",
    [
        lambda g: sr.local_moran(VALUES, g, seed=-1),
        lambda g: sr.local_moran(VALUES, g, seed="a"),
        lambda g: sr.local_moran(VALUES, g, permutations=9.5),
        lambda g: sr.local_moran(VALUES, g, permutations="many"),
        lambda g: sr.losh(VALUES, g, permutations=0),
        lambda g: sr.global_statistics(VALUES, g, seed=-1),
        lambda _: sr.relate(VALUES, VALUES, CITY, permutations=0),
        lambda _: sr.scan_counts(VALUES, VALUES * 9, CITY, permutations=9.5),
        lambda _: sr.detectable(-1, 5),
        lambda _: sr.detectable(1, 0),
        lambda _: sr.chance_of_meeting(5, 30, 0.1, model="x"),
        lambda _: sr.chance_of_meeting(-5, 30, 0.1),
        lambda _: sr.smallest_change(2, 100),
        lambda _: sr.power_of_change(0.2, -0.1, 100),
        lambda _: sr.deciles([1, 2]),
        lambda g: sr.provision_around(VALUES.astype(str), g.graph, limit=1),
    ],
)
def test_options_that_cannot_be_are_refused_in_words(ask, around):
    with pytest.raises(sr.SozialraumError) as told:
        ask(around)
    assert len(str(told.value)) > 20
