from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import AlignmentError, SozialraumError
from sozialraum.spatial.local_moran import local_moran
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.stability import VARIANT_COLUMNS, stability


@pytest.fixture
def city(lattice):
    return lattice(8, 8)


@pytest.fixture
def rates(city) -> pd.Series:
    """A corner of 3 x 3 districts is high."""
    place = np.arange(64)
    high = (place % 8 < 3) & (place // 8 < 3)
    noise = np.random.default_rng(4).uniform(0, 0.05, 64)
    return pd.Series(np.where(high, 0.5, 0.1) + noise, index=city.index)


@pytest.fixture
def graphs(city):
    return {method: neighbours(city, method=method).graph for method in ("queen", "rook")}


def test_share_is_the_mean_over_every_single_run(rates, graphs):
    values = pd.DataFrame({"raw": rates, "smoothed": 0.5 * rates + 0.5 * rates.mean() + rates**2})
    options = {"permutations": 499, "correction": "none"}
    found = stability(values, graphs, seeds=[0, 7], alphas=[0.01, 0.05], **options)
    inside = [
        (result["quadrant"] == "high-high") & (result["p"] <= alpha)
        for graph in graphs.values()
        for seed in (0, 7)
        for column in values
        for result in [local_moran(values[column], graph, seed=seed, **options).table]
        for alpha in (0.01, 0.05)
    ]
    assert len(found.variants) == len(inside) == 16
    pd.testing.assert_series_equal(
        found.table["share"], pd.concat(inside, axis=1).mean(axis=1), check_names=False
    )
    assert found.variants["districts"].sum() == sum(map(sum, inside))
    assert found.table["share"].between(0, 1, inclusive="neither").any()


def test_centre_of_the_cluster_is_certain_and_the_far_corner_never_in_it(rates, graphs):
    found = stability(rates, graphs, permutations=999, correction="none")
    assert found.table.loc[["09", "63"], "share"].tolist() == [1.0, 0.0]
    assert found.table.index.equals(rates.index)
    assert tuple(found.variants.columns) == VARIANT_COLUMNS
    assert len(found.variants) == 2 * 3 * 3
    assert (found.table["judged"] == 18).all()


def test_district_that_only_some_variants_can_judge_is_counted_in_those(city, rates, graphs):
    values = pd.DataFrame({"old": rates, "new": rates.mask(rates.index == "09")})
    graphs["cut"] = neighbours(city, removed=[("09", key) for key in graphs["queen"]["09"].index]).graph
    found = stability(values, graphs, seeds=[0], alphas=[0.1], permutations=199, correction="none")
    # 'new' has no value for it, 'cut' no neighbours: 'old' with queen and rook remain.
    assert found.table.loc["09"].tolist() == [1.0, 2]
    assert found.variants["judged"].tolist() == [64, 63, 64, 63, 63, 63]


def test_district_never_judged_has_no_share(rates, graphs):
    found = stability(rates.mask(rates.index == "09"), graphs, seeds=[0], permutations=99)
    assert np.isnan(found.table.loc["09", "share"])
    assert found.table.loc["09", "judged"] == 0


def test_low_low_is_counted_on_request(rates, graphs):
    found = stability(-rates, graphs["queen"], label="low-low", permutations=999, correction="none")
    assert found.label == "low-low"
    assert found.table.loc["09", "share"] == 1.0
    assert set(found.variants["neighbours"]) == {"graph"}


def test_order_of_rows_does_not_matter(rates, graphs):
    one = stability(rates, graphs, seeds=[0], permutations=199).table
    other = stability(rates.iloc[::-1], graphs, seeds=[0], permutations=199).table
    pd.testing.assert_frame_equal(other.loc[one.index], one)


def test_wrong_options_are_all_named(rates, graphs):
    with pytest.raises(SozialraumError) as caught:
        stability(rates, {}, label="isolated", seeds=[], alphas=[0.05, 1.5])
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert all(name in text for name in ("label", "graphs", "seeds", "alphas"))
    with pytest.raises(AlignmentError, match="63"):
        stability(rates.drop(index="63"), graphs)
