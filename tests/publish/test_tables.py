from dataclasses import replace

import pandas as pd
import pytest

from sozialraum.publish.tables import escape_formulas, results_table, write_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_name_never_becomes_a_formula(start):
    names = pd.Series([f"{start}cmd|' /C calc'!A0", "Sieker"], index=["01", "02"])
    pd.testing.assert_series_equal(
        escape_formulas(names), pd.Series([f"'{start}cmd|' /C calc'!A0", "Sieker"], index=["01", "02"])
    )


def test_negative_numbers_stay_numbers():
    values = pd.Series([-1.5, 2.0])
    pd.testing.assert_series_equal(escape_formulas(values), values)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_headings_are_escaped_like_values(tmp_path, start):
    heading = f"{start}cmd|' /C calc'!A0"
    write_csv(pd.DataFrame({heading: [1.5], "name": ["a"]}), tmp_path / "t.csv", "de")
    assert (tmp_path / "t.csv").read_text("utf-8-sig").startswith(f"'{heading};name\n")


@pytest.mark.parametrize("order", ["same", "turned round", "one row less"])
def test_clusters_stand_beside_their_own_districts_in_whatever_order_they_come(release, order):
    """Rows that come in the same order are put side by side; all others are looked up."""
    figures = release.indicators
    rows = figures[["indicator", "date"]].assign(statistic=[1.0 + i for i in range(len(figures))])
    expected = list(rows["statistic"])
    rows = {"same": rows, "turned round": rows.iloc[::-1], "one row less": rows.iloc[1:]}[order]
    table = results_table(replace(release, clusters=rows))
    assert table["district"].tolist() == figures.index.tolist()
    assert table["moran"].fillna(1.0).tolist() == expected
    assert int(table["moran"].isna().sum()) == (order == "one row less")
