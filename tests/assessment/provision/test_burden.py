"""Need and provision together; what a quarter carries; who meets whom; pockets."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph

from sozialraum.assessment.provision.burden import (
    OVERALL,
    double_disadvantage,
    double_disadvantage_by_theme,
    provision_around,
    quadrant_shares,
)
from sozialraum.assessment.provision.city import exposure, load_shares
from sozialraum.assessment.provision.decoupling import decoupling, decoupling_sentence
from sozialraum.assessment.provision.pockets import pockets
from sozialraum.errors import AlignmentError

NEED = pd.DataFrame(
    {
        "value": [0.3, 0.3, 0.1, 0.1, 0.21, np.nan],
        "lower": [0.25, 0.25, 0.05, 0.05, 0.17, np.nan],
        "upper": [0.35, 0.35, 0.15, 0.15, 0.25, np.nan],
    },
    index=list("abcdef"),
)
COVERAGE = pd.Series([0.5, 1.0, 0.9, 1.2, 0.8, 0.4], index=list("abcdef"))


def test_quadrants_and_what_the_intervals_leave():
    found = double_disadvantage(NEED, COVERAGE, need_limit=0.2, provision_limit=1.0)
    assert found["quadrant"].tolist() == [
        "both",
        "need",
        "provision",
        "neither",
        "undecided",
        "not_assessable",
    ]
    assert found.loc["e", ["measured", "possible"]].tolist() == ["both", "both|provision"]
    assert found.loc["f", "possible"] == ""
    backwards = double_disadvantage(NEED[::-1], COVERAGE, need_limit=0.2, provision_limit=1.0)
    pd.testing.assert_frame_equal(found, backwards.sort_index())


def test_a_value_exactly_at_the_limit_is_high_need_and_enough_provision():
    found = double_disadvantage(
        pd.Series({"a": 0.2}), pd.Series({"a": 1.0}), need_limit=0.2, provision_limit=1.0
    )
    assert found.loc["a", "quadrant"] == "need"
    with pytest.raises(AlignmentError, match="a"):
        double_disadvantage(pd.Series([1, 2], index=["a", "a"]), COVERAGE, need_limit=0, provision_limit=0)


def test_themes_and_all_together():
    one = (pd.Series({"a": 3.0, "b": 1.0}), pd.Series({"a": 0.0, "b": 2.0}), 2.0, 1.0)
    other = (pd.Series({"a": 30.0, "b": 10.0}), pd.Series({"a": 4.0, "b": 0.0}), 20.0, 2.0)
    found = double_disadvantage_by_theme({"one": one, "other": other})
    assert found["theme"].tolist() == ["one", "one", "other", "other", OVERALL, OVERALL]
    overall = found[found["theme"] == OVERALL]
    # needs: (1, -1) and (1, -1) standard deviations; provision: (-1, 1) and (1, -1)
    assert overall["need"].tolist() == pytest.approx([1, -1])
    assert overall["provision"].tolist() == pytest.approx([0, 0])
    assert overall["quadrant"].tolist() == ["need", "neither"]


def test_shares_of_resamples():
    drawn = pd.DataFrame([[0.3, 0.3, 0.1, 0.3], [np.nan] * 4], index=["a", "b"])
    found = quadrant_shares(drawn, pd.Series({"a": 0.5, "b": 1}), need_limit=0.2, provision_limit=1)
    assert found.loc["a"].tolist() == [0.75, 0, 0.25, 0]
    assert found.loc["b"].isna().all()


def test_need_here_and_provision_around():
    graph = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"], "e": []})
    coverage = pd.Series({"a": 0.2, "b": 1.1, "c": np.nan, "d": 0.3, "e": 0.1})
    found = provision_around(coverage, graph, limit=1)
    assert found["pattern"].to_dict() == {
        "a": "around",
        "b": "here",
        "c": "unknown",
        "d": "unknown",
        "e": "nowhere",
    }
    assert found.loc["a", "around"] == pytest.approx(1.1)


def test_slope_of_provision_on_need_by_hand():
    x = np.arange(20.0)
    need = pd.DataFrame({2020: x, 2021: x, 2022: np.ones(20)}, index=[f"{i:02d}" for i in range(20)])
    noise = np.tile([1.0, -1.0], 10)
    provision = pd.DataFrame({2020: 2 * x + noise, 2021: -x + 30 * noise, 2022: x}, index=need.index)
    found = decoupling(need, provision).set_index("year")
    assert found.loc[2020, "slope"] == pytest.approx(np.polyfit(x, 2 * x + noise, 1)[0] * x.std())
    assert found["follows"].to_dict() == {2020: "yes", 2021: "undecided", 2022: ""}
    against = decoupling(need, -provision[[2020]])
    assert against.loc[0, "follows"] == "against"
    assert "läuft dem Bedarf entgegen" in decoupling_sentence(against.loc[0])
    # What is told apart from 0 is not printed as 0.
    near = against.loc[0].copy()
    near[["slope", "lower", "upper"]] = -0.07, -0.11, -0.0009
    assert "−0,070 je" in decoupling_sentence(near)  # noqa: RUF001 - the real minus
    assert "−0,110 bis −0,001" in decoupling_sentence(near)  # noqa: RUF001 - as above
    assert decoupling_sentence(found.loc[2022]) == ""


@pytest.mark.slow
def test_interval_of_the_slope_covers():
    rng = np.random.default_rng(0)
    runs = 300
    x = rng.normal(size=60)
    need = pd.DataFrame(np.repeat(x[:, None], runs, axis=1))
    scatter = rng.normal(size=(60, runs)) * (0.5 + np.abs(x))[:, None]
    found = decoupling(need, 0.3 * need / need.std(ddof=0) + scatter)
    held = ((found["lower"] <= 0.3) & (found["upper"] >= 0.3)).mean()
    assert held == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / runs))


@pytest.mark.slow
def test_slope_between_smooth_maps_that_have_nothing_to_do_with_each_other():
    """Alike over four squares of a city: HC3 alone saw a slope in 38 of 100 such pairs."""
    row, column = np.divmod(np.arange(64), 8)
    keys = [f"{i:02d}" for i in range(64)]
    city = gpd.GeoDataFrame(
        geometry=shapely.box(column * 500, row * 500, column * 500 + 500, row * 500 + 500),
        crs=25833,
        index=keys,
    )
    alike = np.linalg.cholesky(np.exp(-np.hypot(row[:, None] - row, column[:, None] - column) / 4))
    rng = np.random.default_rng(1)
    need, provision = (pd.DataFrame(alike @ rng.standard_normal((64, 100)), index=keys) for _ in range(2))
    alone = decoupling(need, provision)
    among = decoupling(need, provision.sample(frac=1, random_state=1), districts=city)
    assert (alone["follows"] != "undecided").mean() > 0.25
    assert (among["follows"] != "undecided").mean() <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 100)
    assert (among["lower"] <= alone["lower"]).all()
    assert (among["upper"] >= alone["upper"]).all()
    related = decoupling(need[[0]], need[[0]] + 0.2 * provision[[0]], districts=city)
    assert related.loc[0, "follows"] == "yes"


def test_districts_without_a_shape_have_no_say_in_the_interval_among_neighbours():
    keys = [f"{i:02d}" for i in range(12)]
    city = gpd.GeoDataFrame(
        geometry=[shapely.box(i, 0, i + 1, 1) if i else None for i in range(12)], crs=25833, index=keys
    )
    x = np.random.default_rng(2).normal(size=12)
    need, provision = (pd.DataFrame({2020: side}, index=keys) for side in (x, 2 * x + 0.01 * x**2))
    assert decoupling(need, provision, districts=city).loc[0, "follows"] == "yes"
    few = decoupling(need, provision, districts=city.iloc[:8]).loc[0]
    assert few["follows"] == ""
    assert np.isnan(few["lower"])


def test_what_a_quarter_carries_for_the_city():
    found = load_shares(
        pd.Series({"a": 60, "b": 40}),
        pd.Series({"a": 300, "b": 700}),
        provision=pd.Series({"a": 30, "b": 70}),
        money=pd.Series({"b": 50.0, "a": 150.0}),
    )
    assert found.loc["a"].tolist() == pytest.approx([0.6, 0.3, 2.0, 0.3, -0.3, 0.75, 0.15])
    hidden = pd.Series({"a": 60, "b": np.nan})
    people = pd.Series({"a": 300, "b": 700})
    assert load_shares(hidden, people)["load_share"].isna().all()
    assert load_shares(hidden, people, totals={"load": 100})["load_share"].tolist() == pytest.approx(
        [0.6, np.nan], nan_ok=True
    )


def test_exposure_of_groups_to_each_other():
    lived = pd.DataFrame({"old": [90, 10], "young": [10, 90], "all": [200, 200]}, index=["a", "b"])
    own = exposure(lived[["old", "young"]]).set_index(["group", "other"])["value"]
    assert own.to_dict() == pytest.approx(
        {("old", "old"): 0.82, ("old", "young"): 0.18, ("young", "old"): 0.18, ("young", "young"): 0.82}
    )
    found = exposure(lived, total="all").set_index(["group", "other"])
    assert found.loc[("old", "young"), ["value", "city", "ratio"]].tolist() == pytest.approx(
        [0.09, 0.25, 0.36]
    )
    with pytest.raises(AlignmentError, match="b"):
        exposure(lived.assign(all=[200, 50]), total="all")


def test_pockets_in_inconspicuous_districts():
    quiet = {f"q{at}": ("q", 10, 100) for at in range(8)}
    blocks = pd.DataFrame(
        [*quiet.values(), ("q", 40, 100), ("r", 60, 100), ("q", 9, 10), ("s", np.nan, 100)],
        columns=["district", "numerator", "denominator"],
        index=[*quiet, "hot", "known", "tiny", "hidden"],
    )
    found = pockets(blocks, inconspicuous=["q", "s"])
    assert found.index.tolist() == ["hot"]
    hot = found.loc["hot"]
    assert hot["case_share"] == pytest.approx(40 / 129)
    assert hot["rest"] == pytest.approx(89 / 810)
    # as households of four: ten cases of 25 are still many, with design effect 20 nothing is left
    assert pockets(blocks, inconspicuous=["q"], design=20).empty
    with pytest.raises(AlignmentError, match="hot"):
        pockets(blocks.assign(denominator=30), inconspicuous=["q"])
