from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from sozialraum.analysis import CLUSTER_COLUMNS, MORAN_COLUMNS, ClusterSettings
from sozialraum.errors import AlignmentError
from sozialraum.panel import empty_frame
from sozialraum.spatial.clusters import LABELS, cluster_problems, cluster_table
from sozialraum.spatial.local_moran import local_moran, moran

KEYS = [f"{number:02}" for number in range(12)]


@pytest.fixture(scope="module")
def ring() -> Graph:
    """Twelve districts in a ring, and '99' without neighbours."""
    pairs = {key: [KEYS[at - 1], KEYS[(at + 1) % 12]] for at, key in enumerate(KEYS)}
    return Graph.from_dicts({**pairs, "99": []})


def rows(indicator: str, date: str, values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"indicator": indicator, "date": date, "value": list(values.values()), "flag": "ok"},
        index=pd.Index(list(values), name="district"),
    )


@pytest.fixture
def long() -> pd.DataFrame:
    wave = {key: np.sin(at / 2) for at, key in enumerate([*KEYS, "99"])}
    partial = {key: float(at % 5) for at, key in enumerate(KEYS[:9])}
    partial["03"] = np.nan
    return pd.concat(
        [
            rows("poverty", "2023-12-31", wave),
            rows("poverty", "2024-12-31", partial),
            rows("age", "2024-12-31", wave),
        ]
    )


def test_every_slice_is_what_local_moran_says_of_it_alone(long, ring):
    clusters, city = cluster_table(long, ring, permutations=199, seed=3)
    for (indicator, date), part in clusters.groupby(["indicator", "date"], sort=False):
        chosen = long[(long["indicator"] == indicator) & (long["date"] == date)]
        values = chosen["value"].reindex(ring.unique_ids)
        expected = local_moran(values, ring, permutations=199, seed=3).table
        pd.testing.assert_frame_equal(
            part.drop(columns=["indicator", "date"]),
            expected[list(CLUSTER_COLUMNS[2:])],
            check_names=False,
        )
        row = city[(city["indicator"] == indicator) & (city["date"] == date)].iloc[0]
        alone = moran(values, ring).table.iloc[0]
        assert row["statistic"] == pytest.approx(alone["statistic"])
        assert row["p"] == pytest.approx(alone["p"])
        assert row["districts"] == chosen["value"].notna().sum()


def test_frames_have_the_agreed_columns_index_and_order(long, ring):
    clusters, city = cluster_table(long, ring, permutations=99)
    assert tuple(clusters.columns) == CLUSTER_COLUMNS
    assert tuple(city.columns) == MORAN_COLUMNS
    assert clusters.index.name == "district"
    assert clusters.index.tolist() == [*KEYS, "99"] * 3
    order = [("poverty", "2023-12-31"), ("poverty", "2024-12-31"), ("age", "2024-12-31")]
    assert list(zip(city["indicator"], city["date"], strict=True)) == order
    assert clusters["label"].cat.categories.tolist() == list(LABELS)


def test_district_without_a_row_is_undefined_and_one_without_neighbours_isolated(long, ring):
    clusters, _ = cluster_table(long, ring, permutations=99)
    later = clusters[clusters["date"].eq("2024-12-31") & clusters["indicator"].eq("poverty")]
    assert later.loc[["03", "09", "10", "11", "99"], "label"].tolist() == ["undefined"] * 5
    assert later.loc["09":, "p"].isna().all()
    earlier = clusters[clusters["date"].eq("2023-12-31")]
    assert earlier.loc["99", "label"] == "isolated"
    assert np.isnan(earlier.loc["99", "p"])


def test_order_of_rows_does_not_matter(long, ring):
    clusters, city = cluster_table(long, ring, permutations=199)
    order = np.random.default_rng(1).permutation(len(long))
    again, city_again = cluster_table(long.iloc[order], ring, permutations=199)
    by = ["indicator", "date"]
    pd.testing.assert_frame_equal(
        again.sort_values(by, kind="stable"), clusters.sort_values(by, kind="stable")
    )
    pd.testing.assert_frame_equal(
        city_again.sort_values(by, ignore_index=True), city.sort_values(by, ignore_index=True)
    )


def test_callers_frame_is_unchanged(long, ring):
    before = long.copy()
    cluster_table(long, ring, permutations=9)
    pd.testing.assert_frame_equal(long, before)


def test_unknown_and_double_districts_are_all_named(long, ring):
    wrong = pd.concat([long, rows("age", "2024-12-31", {"00": 1.0, "77": 1.0, "88": 2.0})])
    with pytest.raises(AlignmentError) as caught:
        cluster_table(wrong, ring, permutations=9)
    assert [(problem.code, problem.keys) for problem in caught.value.problems] == [
        ("panel.unknown_district", ("77", "88")),
        ("panel.double_row", ("00",)),
    ]


def test_no_rows_give_empty_frames(ring):
    clusters, city = cluster_table(empty_frame(("indicator", "date", "value")), ring, permutations=9)
    assert tuple(clusters.columns) == CLUSTER_COLUMNS
    assert clusters.empty
    assert tuple(city.columns) == MORAN_COLUMNS
    assert city.empty


def test_progress_is_passed_on(long, ring):
    calls = []
    cluster_table(long, ring, permutations=99, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1][0] == calls[-1][1]


def test_too_few_permutations_are_said_once_for_the_largest_slice(long, ring):
    clusters, _ = cluster_table(long, ring, permutations=99)
    (problem,) = cluster_problems(clusters, ClusterSettings(permutations=99))
    assert problem.code == "spatial.reach"
    assert "poverty 2023-12-31" in problem.text("en")
    assert cluster_problems(clusters, ClusterSettings(permutations=9_999)) == ()
    assert cluster_problems(clusters, ClusterSettings(permutations=99, correction="none")) == ()
    assert cluster_problems(empty_frame(CLUSTER_COLUMNS), ClusterSettings(permutations=99)) == ()
