from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from sozialraum.errors import AlignmentError
from sozialraum.spatial.local_moran import LABELS, local_moran, moran
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.plots import LABEL_COLOURS, plot_moran, plot_neighbours, plot_p


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture
def city(lattice):
    return lattice(3, 4)


@pytest.fixture
def graph(city):
    return neighbours(city).graph


def legend(ax) -> list[str]:
    return [entry.get_text() for entry in ax.get_legend().get_texts()]


def test_colours_cover_every_label_in_its_order():
    assert tuple(LABEL_COLOURS) == LABELS


def test_scatterplot_shows_each_district_against_the_mean_of_its_neighbours(city, graph):
    values = pd.Series(np.arange(12.0), index=city.index)
    ax = plot_moran(values.iloc[::-1], graph, language="en")
    points = pd.DataFrame(ax.collections[0].get_offsets(), columns=["own", "around"]).sort_values("own")
    z = (values - values.mean()) / values.std(ddof=0)
    np.testing.assert_allclose(points["own"], z)
    # '00' has the neighbours '01', '04' and '05'.
    assert points["around"].iloc[0] == pytest.approx(z.loc[["01", "04", "05"]].mean())
    statistic = moran(values, graph).table["statistic"].iloc[0]
    assert ax.get_title() == f"Moran's I = {statistic:.3f}"
    assert ax.get_xlabel() == "own value (standard deviations from the mean)"


def test_slope_of_the_line_is_morans_i_and_that_of_the_regression(city, graph):
    values = pd.Series(np.random.default_rng(0).normal(size=12), index=city.index)
    ax = plot_moran(values, graph)
    own, around = ax.collections[0].get_offsets().T
    slope = np.polyfit(own, around, 1)[0]
    assert ax.lines[-1].get_slope() == pytest.approx(slope)
    assert "," in ax.get_title()


def test_scatterplot_colours_labels_and_counts_them(city, graph):
    values = pd.Series(np.arange(12.0), index=city.index).mask(city.index == "11")
    table = local_moran(values, graph, permutations=999, correction="none", alpha=0.5).table
    ax = plot_moran(values, graph, labels=table["label"].iloc[::-1], language="en")
    counts = table["label"].value_counts()
    assert counts["low-low"] > 0
    assert f"Low-low ({counts['low-low']})" in legend(ax)
    drawn = {to_hex(part.get_facecolor()[0]): len(part.get_offsets()) for part in ax.collections}
    assert drawn[LABEL_COLOURS["low-low"]] == counts["low-low"]
    assert sum(drawn.values()) == 11


def test_labels_of_other_districts_are_refused(city, graph):
    values = pd.Series(1.0 * np.arange(12), index=city.index)
    with pytest.raises(AlignmentError, match="11"):
        plot_moran(values, graph, labels=pd.Series("isolated", index=city.index[:-1]))


@pytest.mark.slow
def test_p_map_classes_include_their_upper_bound(city):
    p = pd.Series([0.001, 0.0011, 0.01, 0.05, 0.051, 1.0, np.nan], index=city.index[:7])
    ax = plot_p(p.iloc[::-1], city, language="de")
    assert legend(ax) == ["p ≤ 0,001 (1)", "p ≤ 0,01 (2)", "p ≤ 0,05 (1)", "p > 0,05 (2)", "ohne p (6)"]
    assert [len(part.get_paths()) for part in ax.collections] == [1, 2, 1, 2, 6]


def test_p_map_draws_on_given_axes_and_refuses_unknown_districts(city):
    _, given = plt.subplots()
    assert plot_p(pd.Series(0.5, index=city.index), city, ax=given) is given
    with pytest.raises(AlignmentError, match="zz"):
        plot_p(pd.Series({"zz": 0.5}), city)


def test_map_of_links_tells_why_and_draws_each_pair_once(lattice):
    row = lattice(1, 6)
    apart = row.geometry.copy()
    apart.loc["01":] = apart.loc["01":].translate(0.5)
    apart.loc["03":] = apart.loc["03":].translate(4.0)
    apart.loc["05":] = apart.loc["05":].translate(5000.0)
    gaps = row.set_geometry(apart)
    found = neighbours(gaps, extra=[("04", "05")], removed=[("03", "04")])
    ax = plot_neighbours(found, gaps, language="en")
    assert legend(ax) == [
        "common border (1)",
        "across a gap in the drawing (1)",
        "added by hand (1)",
        "close, not linked (2)",
        "without neighbours (1)",
    ]
    contiguity, tolerance, extra, misses = ax.collections[1:5]
    assert [len(part.get_segments()) for part in (contiguity, tolerance, extra, misses)] == [1, 1, 1, 2]
    middle = gaps.geometry.representative_point()
    np.testing.assert_allclose(
        tolerance.get_segments()[0], [[middle.x["00"], middle.y["00"]], [middle.x["01"], middle.y["01"]]]
    )


def test_map_of_links_needs_the_same_districts(city):
    found = neighbours(city)
    with pytest.raises(AlignmentError, match="00"):
        plot_neighbours(found, city.iloc[1:])
