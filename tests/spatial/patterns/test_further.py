"""esda's statistics of every indicator and date: compared with esda called by hand, and what a run writes."""

from __future__ import annotations

import csv
import json
import sqlite3
import warnings
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import esda
import numpy as np
import openpyxl
import pandas as pd
import pytest
from libpysal.graph import Graph

import sozialraum as sr
from sozialraum.analysis import CITY_STATISTIC_COLUMNS, PAIR_COLUMNS, SURROUNDING_COLUMNS
from sozialraum.confidential import Rules
from sozialraum.project.file import load_project
from sozialraum.project.flow import analyse, run
from sozialraum.project.inputs import prepare, silent
from sozialraum.publish.results.workbook import result_sheets
from sozialraum.stats.multiple import adjust

FEW = {"permutations": 199}
DATA = Path(__file__).parents[3] / "data"
LINE = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1.0] * 10)


@pytest.fixture(scope="module")
def demo(musterstadt_protected):
    """Give two indicators of Musterstadt at its last two dates, as the public sees them, and neighbours."""
    public = musterstadt_protected[1]
    rows = public.indicators
    dates = sorted(rows["date"].unique())[-2:]
    kept = rows[rows["date"].isin(dates) & rows["indicator"].isin(["sgb2", "old_age_poverty"])]
    return replace(public, indicators=kept), sr.neighbours(public.districts)


def shown(panel, indicator, date):
    rows = panel.indicators
    rows = rows[(rows["indicator"] == indicator) & (rows["date"] == date)]
    return rows["value"].where(rows["flag"].isin(["ok", "unreliable"])).dropna().sort_index()


def by_hand(values, graph):
    """Call esda on the districts with a value, in the order of their keys."""
    near = graph.subgraph(values.index)
    y = values.to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows, ones = near.transform("R").to_W(), near.transform("B").to_W()
        return (
            esda.Geary(y, rows, permutations=0).C,
            esda.G(y, ones, permutations=0).G,
            esda.LOSH(connectivity=rows, inference=None).fit(y).Hi,
        )


def agrees(panel, around, found):
    rows = found.city.set_index(["indicator", "date", "measure"])["statistic"]
    for indicator, date in panel.indicators[["indicator", "date"]].drop_duplicates().itertuples(index=False):
        values = shown(panel, indicator, date)
        near = around.graph.subgraph(values.index)
        c, g, uneven = by_hand(values, around.graph)
        assert rows[indicator, date, "geary_c"] == pytest.approx(c)
        assert rows[indicator, date, "getis_ord_g"] == pytest.approx(g)
        ours = found.surroundings
        ours = ours[(ours["indicator"] == indicator) & (ours["date"] == date)]["statistic"]
        if not len(near.isolates):
            np.testing.assert_allclose(ours.loc[values.index], uneven)
        assert ours.drop(values.index).isna().all()


class TestByHand:
    def test_join_counts_that_are_none_are_expected_as_textbooks_say(self):
        """Two of six in a line, not beside each other: 5 pairs, each both inside with 2/6 x 1/5."""
        inside = pd.Series([1.0, 0, 0, 1, 0, 0], index=list("ABCDEF"))
        found = sr.global_statistics(inside, LINE, permutations=9_999).loc["join_count"]
        assert found["statistic"] == 0
        assert found["expected"] == pytest.approx(5 * 2 / 6 / 5, abs=0.015)

    def test_where_there_is_no_number_the_reason_stands(self):
        def reasons(values, graph=LINE):
            found = sr.global_statistics(pd.Series(values, index=list("ABCDEF")), graph, **FEW)
            assert (found["reason"] == "").equals(found["statistic"].notna())
            return found["reason"].tolist()

        nan = float("nan")
        assert reasons([1.0, 2, 3, 4, 5, -6]) == ["", "negative values", "not two classes"]
        assert reasons([2.0] * 6) == ["constant"] * 3
        assert reasons([1.0, 2] + [nan] * 4) == ["few districts"] * 3
        assert reasons([1.0, nan, 2, nan, 3, nan]) == ["no neighbours"] * 3
        assert reasons([nan] * 6) == ["few districts"] * 3
        assert reasons([1.0, 0, 0, 0, 0, 0]) == ["", "constant", ""]

    def test_a_district_s_surroundings_say_why_they_have_no_number(self):
        nan = float("nan")
        values = pd.Series([1.0, nan, 5, 2, 4, 3], index=list("ABCDEF"))
        found = sr.losh(values, LINE, **FEW)
        assert found["reason"].tolist() == ["no neighbours", "no value", "", "", "", ""]
        assert (found["reason"] == "").equals(found["statistic"].notna())
        assert set(sr.losh(values * 0 + 1, LINE, **FEW)["reason"]) == {
            "no neighbours",
            "no value",
            "constant",
        }
        assert set(sr.losh(values * nan, LINE, **FEW)["reason"]) == {"no value"}

    def test_two_maps_that_cannot_be_compared_are_told(self):
        values = pd.Series([1.0, 2, 5, 2, 4, 3], index=list("ABCDEF"))
        with pytest.warns(
            sr.StatisticsWarning, match="Lee's L lässt sich nicht berechnen: alle Werte gleich"
        ):
            assert np.isnan(sr.lee_l(values, values * 0, LINE))


class TestPanel:
    def test_the_demo_city_s_values_are_esda_s(self, demo):
        panel, around = demo
        found = sr.further_statistics(panel, around, **FEW)
        agrees(panel, around, found)
        assert tuple(found.city) == CITY_STATISTIC_COLUMNS
        assert tuple(found.surroundings) == SURROUNDING_COLUMNS
        assert tuple(found.pairs) == PAIR_COLUMNS
        assert found.settings.record()["permutations"] == 199
        one, two = (shown(panel, name, "2023-12-31") for name in ("sgb2", "old_age_poverty"))
        both = one.index.intersection(two.index)
        theirs = esda.Spatial_Pearson(
            connectivity=around.graph.subgraph(both).transform("R").sparse, permutations=0
        )
        theirs.fit(one[both].to_numpy()[:, None], two[both].to_numpy()[:, None])
        pair = found.pairs[found.pairs["date"] == "2023-12-31"].iloc[0]
        assert pair["statistic"] == pytest.approx(np.asarray(theirs.association_)[0, 1])
        assert pair["districts"] == len(both)

    def test_rows_in_another_order_give_the_same_tables(self, demo):
        panel, around = demo
        mixed = replace(panel, indicators=panel.indicators.sample(frac=1, random_state=1))
        found, again = (sr.further_statistics(part, around, **FEW) for part in (panel, mixed))
        for name in ("city", "surroundings", "pairs"):
            pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name))

    def test_a_family_is_a_date_and_a_map_s_districts(self, demo):
        panel, around = demo
        found = sr.further_statistics(panel, around, correction="bonferroni", **FEW)
        at = found.city[found.city["date"] == "2023-12-31"]
        assert len(at) == 4
        assert at["p_adjusted"].tolist() == pytest.approx(np.minimum(1, 4 * at["p"]).tolist())
        for _, rows in found.surroundings.groupby(["indicator", "date"]):
            np.testing.assert_allclose(rows["p_adjusted"], adjust(rows["p"], "bonferroni"))

    def test_values_whose_flag_says_there_are_none_count_for_nothing(self, demo):
        panel, around = demo
        rows = panel.indicators.copy()
        hidden = rows.index.isin(["0101", "0102"])
        poisoned = rows.assign(
            value=rows["value"].mask(hidden, 99.0), flag=rows["flag"].mask(hidden, "suppressed")
        )
        removed = rows.assign(value=rows["value"].mask(hidden))
        found, expected = (
            sr.further_statistics(replace(panel, indicators=part), around, **FEW)
            for part in (poisoned, removed)
        )
        pd.testing.assert_frame_equal(found.city, expected.city)
        assert (found.surroundings.loc["0101", "reason"] == "no value").all()

    def test_conspicuous_districts_are_counted_beside_each_other(self, demo):
        panel, around = demo
        latest = replace(panel, indicators=panel.indicators[panel.indicators["date"] == "2023-12-31"])
        verdicts = sr.verdicts(latest.indicators, latest.catalogue)
        found = sr.further_statistics(latest, around, verdicts=verdicts, **FEW)
        row = found.city.set_index(["indicator", "measure"]).loc[("sgb2", "join_count")]
        mine = verdicts[(verdicts["indicator"] == "sgb2") & (verdicts["verdict"] != "not assessable")]
        inside = set(mine.index[mine["verdict"] == "conspicuous (unfavourable)"])
        links = around.graph.adjacency.reset_index()
        pairs = links["focal"].isin(inside) & links["neighbor"].isin(inside) & (links["weight"] > 0)
        assert row["statistic"] == pairs.sum() / 2 > 3
        assert row["districts"] == len(mine)
        assert row["statistic"] > row["expected"]

    def test_too_few_permutations_are_told_once(self, demo):
        panel, around = demo
        with pytest.warns(sr.StatisticsWarning, match="LOSH") as told:
            sr.further_statistics(panel, around, permutations=99)
        assert len(told) == 1

    @pytest.mark.slow
    @pytest.mark.shared
    def test_leipzig_s_values_are_esda_s(self, shared_data):
        project = load_project(DATA / "examples" / "leipzig.toml", root=shared_data / "leipzig")
        panel, around = prepare(project, silent)
        public = sr.protect(panel, rules=Rules(**project.content.disclosure.model_dump()))
        rows = public.indicators
        names = rows["indicator"].drop_duplicates()[:2]
        kept = rows[(rows["date"] == rows["date"].max()) & rows["indicator"].isin(names)]
        public = replace(public, indicators=kept)
        found = sr.further_statistics(public, around, permutations=999)
        agrees(public, around, found)
        assert len(found.surroundings) == len(names) * len(public.districts)


@pytest.mark.slow
def test_a_run_that_asks_for_them_writes_them(small_city, tmp_path):
    asked = "permutations = 499\nfurther = true\n[assessment]\nindicators = []\n"
    out = tmp_path / "out"
    made = run(load_project(small_city(project={"permutations = 499": asked})), output=out)
    assert made.analysis.parameters["further"]["permutations"] == 499
    with (out / "further.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert {row["measure"] for row in rows} == {"geary_c", "getis_ord_g", "join_count"}
    assert {row["date"] for row in rows} == {"2019-12-31", "2020-12-31"}
    geary = made.analysis.further.city["statistic"].iloc[0]
    assert float(rows[0]["statistic"].replace(",", ".")) == pytest.approx(geary)
    with closing(sqlite3.connect(out / "results.gpkg")) as base, base:
        assert base.execute("select count(*) from surroundings").fetchone() == (24,)
        assert base.execute("select count(*) from further").fetchone() == (6,)
    book = openpyxl.load_workbook(out / "results.xlsx", read_only=True)
    assert {"Weitere Kennzahlen", "Umgebungen"} <= set(book.sheetnames)
    cells = [cell.value for line in book["Weitere Kennzahlen"].iter_rows() for cell in line]
    book.close()
    assert "Geary C" in cells
    english = {sheet.title: sheet for sheet in result_sheets(replace(made.analysis, language="en"))}
    assert "Geary's C" in [cell for column in english["Further statistics"].columns for cell in column.cells]
    package = json.loads((out / "datapackage.json").read_text("utf-8"))
    described = {part["name"]: part for part in package["resources"]}
    assert described["further"]["schema"]["primaryKey"] == ["indicator", "date", "measure"]
    assert all(field.get("description") for field in described["surroundings"]["schema"]["fields"])
    assert '"further"' in (out / "provenance.json").read_text("utf-8")


def test_a_run_that_does_not_ask_for_them_has_none(small_city):
    found = sr.open_project(small_city()).analyse()
    assert found.further is None
    assert "further" not in found.parameters


@pytest.mark.slow
def test_a_district_left_out_of_the_index_is_left_out_of_them(small_city):
    asked = 'permutations = 499\nfurther = true\n[assessment]\nindicators = []\nexcluded = ["05"]\n'
    made = analyse(load_project(small_city(project={"permutations = 499": asked})))
    found = made.further.surroundings
    assert found.loc["05", "statistic"].isna().all()
    assert found.drop(index="05")["statistic"].notna().any()
    assert made.further.city["districts"].max() == made.districts.shape[0] - 1
