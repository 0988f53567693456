"""Every number of the demo city's public documents, read back and compared with the files of the same run."""

import re

import pandas as pd
import pytest

from sozialraum.publish.report.content import Heading, Table
from sozialraum.publish.report.write import report

KINDS = ("plans", "programme", "council", "profiles")
HIDDEN = {"geheim gehalten", "keine Angabe", "trifft nicht zu", "\u2013"}
CELL = re.compile(
    r"(?P<label>[^;:()]+): (?P<value>[\d.,]+) % "
    r"\((?P<lower>[\d.,]+) bis (?P<upper>[\d.,]+) %; Stadt (?P<city>[\d.,]+) %\)"
)
VALUE = re.compile(r"(?P<value>[\d.,]+) %(?: \((?P<lower>[\d.,]+) bis (?P<upper>[\d.,]+)\))?")


def shown(value, decimals=1):
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@pytest.fixture(scope="module")
def run(musterstadt_demo):
    assert musterstadt_demo["exit_code"] == 0, musterstadt_demo["output"]
    return musterstadt_demo["run"]


@pytest.fixture(scope="module")
def documents(run):
    return {kind: report(run.analysis, kind, result=run.programme) for kind in KINDS}


@pytest.fixture(scope="module")
def files(musterstadt_demo):
    """The figures as an office opens them: the newest of each label, by district key, the city's by None."""
    folder = musterstadt_demo["folder"] / "maps"
    catalogue = musterstadt_demo["run"].analysis.catalogue["label_de"]
    read = {"sep": ";", "decimal": ",", "dtype": {"district": str}}
    rows = pd.read_csv(folder / "results.csv", **read)
    rows = rows[rows["value"].notna()]
    last = rows.groupby("indicator")["date"].max()
    city = pd.read_csv(folder / "city.csv", **read)
    found = {}
    for frame in (rows, city):
        now = frame[frame["date"] == frame["indicator"].map(last)]
        for row in now.to_dict("records"):
            found[catalogue[row["indicator"]], row.get("district")] = row
    return found


def newest(files, label, key=None):
    """Return the row of a district, or of the city, at the newest date at which anybody has a value."""
    return files.get((label, key))


def percents(row, *names):
    return [shown(100 * row[name]) for name in names]


def tables(document, words):
    return [block for block in document.blocks if isinstance(block, Table) and words in block.caption]


def test_the_table_of_a_plan_is_results_csv(documents, files, run):
    names = run.analysis.districts["name"]
    checked = 0
    for table in tables(documents["plans"], " und die Stadt"):
        keys = [names.index[names == name][0] for name in table.header[2:]]
        for label, city, *cells in table.rows:
            assert city == f"{shown(100 * newest(files, label)['value'])} %", label
            for key, cell in zip(keys, cells, strict=True):
                row = newest(files, label, key)
                if row is None:
                    assert cell in HIDDEN, (label, key, cell)
                    continue
                match = VALUE.fullmatch(cell)
                assert [match["value"], match["lower"], match["upper"]] == percents(
                    row, "value", "lower", "upper"
                )
                checked += 1
    assert checked > 50


def test_the_conspicuous_of_plans_are_results_csv(documents, files):
    checked = 0
    for block in documents["plans"].blocks:
        said = re.match(r".* \((?P<key>\d{4})\): ", getattr(block, "text", ""))
        for cell in CELL.finditer(block.text[said.end() :] if said else ""):
            row, city = (
                newest(files, cell["label"].strip(), said["key"]),
                newest(files, cell["label"].strip()),
            )
            assert [cell["value"], cell["lower"], cell["upper"]] == percents(row, "value", "lower", "upper")
            assert cell["city"] == shown(100 * city["value"])
            checked += 1
    assert checked > 20


def test_every_profile_is_results_csv(documents, files, run):
    district, checked, hidden = None, 0, 0
    for block in documents["profiles"].blocks:
        if isinstance(block, Heading):
            district = re.search(r"\((\d{4})\)$", block.text)[1]
        if not isinstance(block, Table):
            continue
        assert len(block.rows) == run.analysis.catalogue.index.size
        for label, value, interval, city, *_ in block.rows:
            assert city == f"{shown(100 * newest(files, label)['value'])} %"
            row = newest(files, label, district)
            if row is None:
                assert value in HIDDEN, (district, label, value)
                assert interval == "\u2013"
                hidden += 1
                continue
            assert value == f"{shown(100 * row['value'])} %"
            assert interval == " \u2013 ".join(percents(row, "lower", "upper"))
            checked += 1
    assert checked > 900
    assert hidden > 20


def test_the_extremes_of_the_council_paper_are_results_csv(documents, files):
    found = tables(documents["council"], "höchste und niedrigste Werte")
    assert len(found) >= 3
    for table in found:
        label = table.caption.split(",")[0]
        city = newest(files, label)
        assert table.rows[0][1] == f"{shown(100 * city['value'])} %"
        assert table.rows[0][2] == shown(city["numerator"], 0)
        for _, value, count, who in table.rows[1:]:
            keys = re.findall(r"\((\d{4})\)", who)
            rows = [newest(files, label, key) for key in keys]
            assert {f"{shown(100 * row['value'])} %" for row in rows} == {value}
            if "bis" not in count and len(keys) == 1:
                assert count == shown(rows[0]["numerator"], 0)


@pytest.mark.parametrize("kind", ["plans", "programme", "council"])
def test_goals_are_the_tables_of_the_programme(documents, musterstadt_demo, kind):
    folder = musterstadt_demo["folder"] / "maps" / "programm-csv"
    goals = pd.read_csv(folder / "goals.csv", sep=";", decimal=",").set_index("goal_id")
    checked = 0
    for table in tables(documents[kind], "Ziele"):
        for title, indicator, start, until, now, *_ in table.rows:
            row = goals.loc[title.split(":")[0]]
            assert indicator != row["indicator"], "an indicator has a name"
            for cell, value in ((start, row["baseline"]), (until, row["target"]), (now, row["figure"])):
                written = cell.split(" (")[0].removesuffix(" %")
                if pd.isna(value):
                    assert written == "\u2013"
                elif row["quantity"] == "count":
                    assert written == shown(value, 0 if float(value).is_integer() else 1)
                else:
                    assert written == shown(100 * value)
                checked += 1
    assert checked >= 9


def test_money_is_the_sheet_of_the_project(documents, musterstadt_demo):
    sheet = pd.read_csv(musterstadt_demo["folder"] / "programme" / "finanzierung.csv", sep=";", dtype=str)
    amounts = sheet["Betrag"].str.replace(".", "").str.replace(",", ".").astype(float)
    by_measure, by_year = amounts.groupby(sheet["Maßnahme"]).sum(), amounts.groupby(sheet["Jahr"]).sum()
    euros = {
        " nach Maßnahmen": {key: f"{shown(value, 0)} €" for key, value in by_measure.items()},
        " nach Jahren": {key: f"{shown(value, 0)} €" for key, value in by_year.items()},
    }
    for kind in ("programme", "council"):
        for words, expected in euros.items():
            (table,) = tables(documents[kind], words)
            told = {row[0].split(":")[0]: row[1] for row in table.rows if row[0] != "zusammen"}
            assert told
            assert told == {key: expected[key] for key in told}
