"""Findings beside the first ones: groups of one's own, themes together, exposure, pockets, methods, sites."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from sozialraum.assessment.index.recipes import preset
from sozialraum.programme.findings.counts import group_counts, own_groups, with_group_ids
from sozialraum.programme.findings.more import exposure_table, housing_words, overall_burden, pocket_table
from sozialraum.programme.register import load_programme
from sozialraum.programme.selection.rules import Rule, SelectionRules
from sozialraum.programme.selection.sites import all_site_shares, site_outlines
from sozialraum.programme.selection.stability import lists_by_variant, variant_lists
from sozialraum.programme.sheets.workbook import csv_texts


def catalogue_of(**indicators):
    rows = {
        name: {
            "target_group": group,
            "numerator": (above,),
            "denominator": (below,),
            "kind": "share",
            "polarity": "disadvantage",
            "target_group_de": {"families": "Familien"}.get(group, group),
            "target_group_en": {"families": "Families"}.get(group, group),
            "target_group_persons": {"families": ("family_homes",)}.get(group, ()),
        }
        for name, (group, above, below) in indicators.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def indicators_of(**counts):
    parts = [
        pd.DataFrame(
            {
                "indicator": name,
                "date": "2023-12-31",
                "numerator": np.array(above, dtype=float),
                "denominator": np.array(below, dtype=float),
            },
            index=pd.Index(["a", "b"], name="district"),
        )
        for name, (above, below) in counts.items()
    ]
    return pd.concat(parts).assign(value=lambda frame: frame["numerator"] / frame["denominator"], flag="ok")


CATALOGUE = catalogue_of(
    child_poverty=("children_youth", "poor_children", "children"),
    unemployed=("working_age", "unemployed", "adults"),
    older_share=("older", "older_people", "inhabitants"),
    old_poverty=("older", "poor_old", "older_people"),
    migration=("all", "migrants", "inhabitants"),
    lone=("families", "lone_homes", "family_homes"),
)
INDICATORS = indicators_of(
    child_poverty=([5, 10], [20, 40]),
    unemployed=([3, 4], [60, 30]),
    older_share=([20, 30], [100, 100]),
    old_poverty=([2, 3], [20, 30]),
    migration=([10, 10], [100, 100]),
    lone=([3, 4], [12, 16]),
)


def test_people_of_a_group_are_its_own_and_not_everybody():
    assert group_counts("older", INDICATORS, CATALOGUE)[2023].tolist() == [20, 30]
    assert group_counts("families", INDICATORS, CATALOGUE)[2023].tolist() == [12, 16]
    assert group_counts("all", INDICATORS, CATALOGUE)[2023].tolist() == [100, 100]


def test_a_sheet_may_name_a_group_of_the_city_s_own():
    assert own_groups(CATALOGUE) == {"families": "families", "familien": "families"}
    written = ["Familien", "children_youth", None, "Zirkusleute"]
    sheet = pd.DataFrame({"target_group": written}, dtype=object)
    found = with_group_ids(sheet, CATALOGUE)["target_group"]
    assert found.tolist() == ["families", "children_youth", None, "Zirkusleute"]
    assert with_group_ids(pd.DataFrame({"x": [1]}), CATALOGUE).columns.tolist() == ["x"]


def test_exposure_of_old_and_young_by_hand():
    found = exposure_table(INDICATORS, CATALOGUE, 2023).set_index(["group", "other"])
    # 20 children live among 20 % old, 40 among 30 %.
    assert found.loc[("children_youth", "older"), "value"] == pytest.approx((20 * 0.2 + 40 * 0.3) / 60)
    assert found.loc[("children_youth", "older"), "city"] == pytest.approx(50 / 200)
    assert exposure_table(INDICATORS, CATALOGUE, 1999).empty


def _burden(kind, need, provision):
    values = {"need": need, "provision": provision}
    bounds = {f"{name}_{end}": column for name, column in values.items() for end in ("lower", "upper")}
    frame = pd.DataFrame(values | bounds, index=pd.Index(["a", "b", "c"], name="district"))
    return frame.assign(kind=kind, target_group="all", year=2023, measured="", quadrant="", possible="")


def test_all_themes_together():
    one = _burden("day_care", [2.0, 0.0, 0.0], [0.5, 1.5, 1.0])
    two = _burden("care", [1.5, 0.5, -1.0], [0.2, 1.1, 2.0])
    found = overall_burden(pd.concat([one, two]))
    overall = found[found["theme"] == "overall"]["quadrant"]
    assert overall.to_dict() == {"a": "both", "b": "neither", "c": "neither"}
    assert overall_burden(one).empty
    assert overall_burden(pd.concat([one, two.assign(year=2022)])).empty


def test_a_pocket_in_a_quiet_district_is_found_and_one_in_a_conspicuous_district_is_not_listed():
    blocks = pd.DataFrame(
        {
            "block": ["a1", "a2", "b1", "b2"],
            "district": ["a", "a", "b", "b"],
            "indicator": "poverty",
            "period": "2023",
            "numerator": [60.0, 10.0, 60.0, 10.0],
            "denominator": [100.0, 200.0, 100.0, 200.0],
        }
    )
    verdicts = pd.DataFrame(
        {
            "indicator": "poverty",
            "date": "2023-12-31",
            "verdict": ["inconspicuous", "conspicuous (unfavourable)"],
        },
        index=["a", "b"],
    )
    analysis = SimpleNamespace(
        assessment=SimpleNamespace(verdicts=verdicts),
        districts=pd.DataFrame({"name": ["A", "B"]}, index=["a", "b"]),
        catalogue=pd.DataFrame({"design_effect": [np.nan]}, index=["poverty"]),
    )
    found = pocket_table(blocks, analysis)
    assert found.index.tolist() == ["a1"]
    assert found.loc["a1", "case_share"] == pytest.approx(60 / 70)


def test_when_a_fifth_of_the_bound_flats_is_lost():
    loss = pd.DataFrame(
        {"lost": [0.4, 0.1], "lost_most": [0.4, 0.3], "ended": [40.0, 10.0], "certain": [True, False]},
        index=["a", "b"],
    )
    flats = pd.DataFrame(
        {
            "year": [2023, 2027, 2030] * 2,
            "bound": [100.0, 80.0, 60.0, 100.0, 100.0, 90.0],
            "lost": [0, 0.2, 0.4, 0, 0, 0.1],
        },
        index=["a"] * 3 + ["b"] * 3,
    )
    found = housing_words(loss, flats, pd.Series({"a": "Hafen", "b": "Werder"}))
    assert found.loc["a", "fifth_lost_in"] == 2027
    assert np.isnan(found.loc["b", "fifth_lost_in"])
    assert "40 der 100" in found.loc["a", "sentence"]
    assert "höchstens sind es 30 %" in found.loc["b", "sentence"]


def test_the_list_moves_with_the_method_and_says_how():
    rng = np.random.default_rng(5)
    keys = [f"{n:02d}" for n in range(40)]
    size = np.full(40, 1000.0)
    parts = []
    for name in ("one", "two", "three"):
        cases = rng.binomial(1000, np.linspace(0.05, 0.35, 40) + rng.normal(0, 0.03, 40).clip(-0.04, 0.04))
        parts.append(
            pd.DataFrame(
                {
                    "indicator": name,
                    "date": "2023-12-31",
                    "value": cases / size,
                    "numerator": cases.astype(float),
                    "denominator": size,
                    "lower": np.nan,
                    "upper": np.nan,
                    "flag": "ok",
                },
                index=pd.Index(keys, name="district"),
            )
        )
    indicators = pd.concat(parts)
    recipe = preset("berlin_mss", ("one", "two", "three"))
    rule = Rule(rule_id="R1", result="status", operator="equals", value="very low", role="required")
    facts = pd.DataFrame(
        {"result": "status", "indicator": "", "year": 2023, "value": ["medium"] * 38 + ["very low"] * 2},
        index=keys,
    )
    lists = variant_lists(
        facts, SelectionRules(rules=(rule,)), recipe, indicators, date="2023-12-31", keys=keys
    )
    assert next(iter(lists)) == "declared"
    assert lists["declared"].sum() == 2
    # The declared facts are not what the data give: every variant is computed anew from the data.
    assert lists["limits: narrower"].sum() >= lists["limits: wider"].sum()
    by_variant, by_district = lists_by_variant(lists, declared="declared")
    assert by_variant.loc["declared", ["added", "dropped"]].tolist() == [0, 0]
    assert by_district["share"].between(0, 1).all()
    assert by_variant["added"].max() > 0


@pytest.fixture
def districts():
    shapes = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)]
    return gpd.GeoDataFrame({"name": ["A", "B"], "geometry": shapes}, index=["a", "b"], crs="EPSG:25832")


def _programme(folder, sites, inside=()):
    columns = ("site_id", "name", "file")
    rows = {
        "sites": [dict(zip(columns, row, strict=True)) for row in sites],
        "site_districts": list(inside),
    }
    for name, content in csv_texts(rows).items():
        (folder / name).write_bytes(content)
    return load_programme(folder)[0]


def test_a_site_cuts_districts_and_says_how_its_share_is_known(tmp_path, districts):
    outline = gpd.GeoDataFrame({"Kennung": ["KU1"], "geometry": [box(500, 0, 1250, 1000)]}, crs="EPSG:25832")
    outline.to_crs(4326).to_file(tmp_path / "kulissen.gpkg", engine="pyogrio")
    stated = {"site_id": "KU1", "district": "b", "share": "40 %", "share_method": "nach Adressen"}
    programme = _programme(tmp_path, [("KU1", "Altstadt", "kulissen.gpkg")], [stated])
    shares, outlines, problems = all_site_shares(programme, districts, pd.Series({"a": 200.0, "b": 100.0}))
    assert problems == ()
    assert outlines.index.tolist() == ["KU1"]
    assert shares.index.tolist() == ["a", "b"]
    assert shares["method"].tolist() == ["area", "addresses"]
    assert shares["share"].tolist() == pytest.approx([0.5, 0.4], abs=1e-3)
    assert shares["by_area"].tolist() == pytest.approx([0.5, 0.25], abs=1e-3)
    assert shares["people_inside"].tolist() == pytest.approx([100, 40], abs=0.2)


def test_a_site_whose_file_is_missing_or_elsewhere_is_told_with_its_cell(tmp_path, districts):
    far = gpd.GeoDataFrame({"geometry": [box(90000, 0, 91000, 1000)]}, crs="EPSG:25832")
    far.to_file(tmp_path / "fern.gpkg", engine="pyogrio")
    programme = _programme(tmp_path, [("KU1", "Eins", "nirgends.gpkg"), ("KU2", "Zwei", "fern.gpkg")])
    outlines, problems = site_outlines(programme, districts)
    assert outlines.empty
    told = [(p.code, p.sheet, p.row, p.column) for p in problems]
    assert told == [
        ("programme.site_not_read", "kulissen", 2, "Datei"),
        ("programme.site_elsewhere", "kulissen", 3, "Datei"),
    ]
