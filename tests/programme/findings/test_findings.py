"""From the sheets, as a planner writes them, and a small city to all findings."""

import textwrap

import numpy as np
import pandas as pd
import pytest

from sozialraum.analysis import Analysis
from sozialraum.assessment.assess import assess, declared_settings
from sozialraum.panel import CATALOGUE_COLUMNS
from sozialraum.programme.findings.counts import date_of_year, group_counts, variable_counts
from sozialraum.programme.findings.every import programme_findings
from sozialraum.programme.register import read_programme
from sozialraum.spatial.neighbours.find import neighbours

pytestmark = pytest.mark.slow

YEARS = range(2012, 2022)
PARAMETERS = {
    "preset": "berlin_mss",
    "indicators": ["poverty", "unemployment"],
    "minimum_population": 0,
    "target_groups": True,
    "resamples": 0,
    "variants": False,
    "edges": False,
    "seed": 0,
}
SHEETS = {
    "einrichtungen": """\
        Kennung;Name;Art;Gebiet;Zielgruppe;Reichweite m;Zugang;Eröffnet
        E1;Kita Nord;Kita;00;Kinder und Jugendliche;1200;offen;
        E2;Kita Süd;Kita;11;Kinder und Jugendliche;1200;Zuweisung;2016
        E3;Kita West;Kita;30;Kinder und Jugendliche;1200;offen;
        """,
    "angebot_stand": """\
        Einrichtung;Zeitraum;Kapazität;Einheit
        E1;2021;100;Plätze
        E2;2021;50;Plätze
        """,
    "richtwerte": """\
        Kennung;Art;Zielgruppe;Personen;Einheit;Richtwert je 100 Personen
        RW1;Kita;Kinder und Jugendliche;children;Plätze;20
        """,
    "wohnungsbestand": """\
        Gebiet;Stand;Art;Wohnungen;Bindung endet
        00;2020;mietpreisgebunden;80;2040
        00;2020;mietpreisgebunden;20;2029
        """,
    "auswahlregeln": """\
        Kennung;Ergebnis;Bedingung;Wert;Rolle;Gruppe;Mindestzahl;Haltedauer
        R1;Status;mindestens;niedrig;Pflicht;;;1
        R2;Status;ist;sehr niedrig;eine von;A;1;1
        R3;Dynamik;ist;negativ;eine von;A;1;1
        """,
    "programmgebiete": """\
        Programmgebiet;Name;Gebiet;Von
        PG1;Nord;00;01.04.2018
        PG1;Nord;01;01.04.2018
        """,
    "auswahlentscheidungen": """\
        Kennung;Gebiet;Jahr;Entscheidung;Begründung;Datum;Gremium
        D1;00;2018;aufnehmen;größter Bedarf;12.03.2018;Rat
        """,
    "wirkungspruefung": """\
        Kennung;Programmgebiet;Indikator;Beginn;Vorzeit;Nachzeit;Ausstrahlung;Festgelegt am
        W1;PG1;poverty;01.04.2018;2012-2017;2019-2021;1;01.03.2018
        """,
    "verteilung": """\
        Kennung;Jahr;Topf;Betrag;Schlüssel;Personen;Index;Haltedauer
        V1;2020;Kita;480000;Personen mal Index;poor_children;index_children_youth;2
        V2;2021;Kita;490000;Personen mal Index;poor_children;index_children_youth;2
        V3;2021;Sonstiges;1000;Personen;poor_children;;
        """,
}


def _rows(name, rates, size, keys, year, rng):
    events = rng.binomial(size, rates).astype(float)
    return pd.DataFrame(
        {
            "indicator": name,
            "date": f"{year}-12-31",
            "value": events / size,
            "numerator": events,
            "denominator": float(size),
            "lower": np.nan,
            "upper": np.nan,
            "flag": "ok",
        },
        index=pd.Index(keys, name="district"),
    )


@pytest.fixture(scope="module")
def sheets_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programme")
    for name, content in SHEETS.items():
        (folder / f"{name}.csv").write_text(textwrap.dedent(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def city(lattice):
    districts = lattice(6, 8)
    rng = np.random.default_rng(8)
    base = np.clip(0.16 + 0.05 * rng.normal(size=len(districts)), 0.03, 0.4)
    base[:2] = 0.38
    rows = [
        _rows(name, np.clip(base * factor, 0, 1), size, districts.index, year, rng)
        for year in YEARS
        for name, factor, size in (("poverty", 1.0, 400), ("unemployment", 0.5, 1500))
    ]
    catalogue = pd.DataFrame(
        index=pd.Index(["poverty", "unemployment"], name="indicator"), columns=list(CATALOGUE_COLUMNS)
    )
    catalogue = catalogue.assign(
        label_de=["Kinderarmut", "Arbeitslose"],
        label_en=["child poverty", "unemployment"],
        kind="share",
        polarity="disadvantage",
        target_group=["children_youth", "working_age"],
        factor=100.0,
        numerator=[("poor_children",), ("unemployed",)],
        denominator=[("children",), ("adults",)],
        design_effect=1.0,
    )
    indicators = pd.concat(rows)
    graph = neighbours(districts).graph
    settings = declared_settings(PARAMETERS, catalogue)
    assessment, _ = assess(indicators, catalogue, settings=settings, districts=districts, graph=graph)
    return Analysis(
        city="Klein",
        districts=districts,
        catalogue=catalogue,
        indicators=indicators,
        graph=graph,
        assessment=assessment,
    )


def test_counts_come_from_what_may_be_seen(city):
    people = variable_counts("children", city.indicators, city.catalogue)
    assert people.columns.tolist() == list(YEARS)
    assert (people == 400).all(axis=None)
    assert variable_counts("poor_children", city.indicators, city.catalogue).shape == (48, 10)
    assert variable_counts("nobody", city.indicators, city.catalogue).shape == (48, 0)
    hidden = city.indicators.assign(
        denominator=city.indicators["denominator"].mask(city.indicators.index == "03")
    )
    assert variable_counts("children", hidden, city.catalogue).loc["03"].isna().all()
    assert (group_counts("all", city.indicators, city.catalogue) == 1500).all(axis=None)
    assert (group_counts("children_youth", city.indicators, city.catalogue) == 400).all(axis=None)
    assert date_of_year(city.indicators, "poverty", [2013, 1999]) == ("2013-12-31", "1999")


def test_all_findings_of_a_small_city(city, sheets_folder):
    found = programme_findings(read_programme(sheets_folder), city)
    tables = found.tables
    assert [problem.text("de") for problem in found.problems if problem.severity != "note"] == []

    kita = tables["supply"]
    last = kita[kita["year"] == 2021]
    assert last.loc["00", ["capacity", "people", "coverage"]].tolist() == [100, 400, pytest.approx(1.25)]
    assert last.loc["05", ["capacity", "coverage"]].tolist() == [0, 0]
    assert np.isnan(last.loc["30", "capacity"])  # open, but nobody reported
    access = tables["access"][tables["access"]["year"] == 2021]["access"]
    # three districts reach Kita Nord, itself among them; Kita Süd is for its own district
    assert access[["00", "01", "08", "11", "05"]].tolist() == pytest.approx([1 / 12] * 3 + [1 / 8, 0])
    assert access[["30", "31"]].isna().all()

    assert tables["housing_loss"].loc["00", "lost"] == pytest.approx(0.2)
    doubled = tables["double_disadvantage"]
    doubled = doubled[doubled["year"] == 2021]
    assert doubled.loc["00", ["quadrant", "pattern"]].tolist() == ["need", "here"]
    assert doubled.loc["01", ["quadrant", "pattern"]].tolist() == ["both", "around"]
    assert doubled.loc["30", "quadrant"] == "not_assessable"
    assert doubled.loc["01", "need_lower"] < doubled.loc["01", "need"]

    selection = tables["selection"].set_index("year", append=True)
    assert selection.loc[("00", 2021), "selected"]
    assert selection.loc[("00", 2021), "reason"].startswith("Quartier 00")
    areas = tables["proposed_areas"]
    assert areas[areas["year"] == 2021].loc[["00", "01"], "area_id"].tolist() == ["V1", "V1"]
    listed = tables["programme_list"].set_index("year", append=True)["inside"]
    assert listed["00"].tolist() == [False] * 6 + [True] * 4
    assert not listed["01"].any()  # proposed, but nobody decided
    assert tables["selection_stability"].loc["00", "share"] == 1

    effect = tables["effects"].iloc[0]
    assert effect[["effect_id", "districts", "registered"]].tolist() == ["W1", 2, "registered"]
    assert effect["outcome"] in {"none", "better", "worse"}
    assert len(tables["effect_districts"]) == 48

    money = tables["allocation"]
    assert money.groupby("allocation_id")["amount"].sum().round(2).to_dict() == {
        "V1": 480000,
        "V2": 490000,
        "V3": 1000,
    }
    assert money.groupby("allocation_id")["basis"].first().to_dict() == {"V1": 2020, "V2": 2020, "V3": 2021}
    first, second = (money.loc[money["allocation_id"] == name, "share"] for name in ("V1", "V2"))
    assert (first - second).abs().max() < 1e-9  # held
    assert money.loc[money["allocation_id"] == "V2", "last_year"].notna().all()
    assert set(tables["early_warning_record"]["later"]) <= {*range(2016, 2022), 0}


def test_what_is_hidden_makes_a_pot_fail_by_name_and_nothing_else(city, sheets_folder):
    hidden = city.indicators["numerator"].mask(city.indicators.index == "05")
    analysis = Analysis(
        **{name: getattr(city, name) for name in ("city", "districts", "catalogue", "graph", "assessment")},
        indicators=city.indicators.assign(numerator=hidden),
    )
    found = programme_findings(read_programme(sheets_folder), analysis)
    assert "allocation" not in found.tables
    warned = [problem for problem in found.problems if problem.severity == "warning"]
    assert {problem.code for problem in warned} == {"allocation.persons_unknown"}
    assert all("05" in problem.text("de") for problem in warned)
    assert {"supply", "selection", "effects"} <= set(found.tables)


def test_a_rule_that_must_not_be_used_is_named_with_its_row(city, sheets_folder, tmp_path):
    for file in sheets_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    rules = tmp_path / "auswahlregeln.csv"
    rules.write_text(
        rules.read_text("utf-8").replace("R2;Status;ist;sehr niedrig", "R2;Status;ist;ganz niedrig"), "utf-8"
    )
    found = programme_findings(read_programme(tmp_path), city)
    assert "selection" not in found.tables
    (problem,) = [problem for problem in found.problems if problem.severity == "error"]
    assert (problem.code, problem.row) == ("selection.unknown_value", 3)


def test_nothing_in_the_sheets_means_no_tables_of_them(city, tmp_path):
    (tmp_path / "einrichtungen.csv").write_text("Kennung;Name;Art\n", "utf-8")
    found = programme_findings(read_programme(tmp_path), city)
    # What follows from the monitoring alone.
    assert set(found.tables) - {"exposure"} == {"load", "early_warning_record"}
    assert found.problems == ()
