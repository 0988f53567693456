"""Workbooks as information systems of statistical offices lay them out, by kinds of layout; none is a copy.

No original of a DUVA evaluation is at hand. The layouts are those that offices publish: titles, space, time
and subject above the table; headings in several lines with merged cells; key and name in one cell; larger
areas merged down; sums, and what could be given no district; notes below; a sheet per year; several levels.
"""

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely import box

from sozialraum.keys import as_keys
from sozialraum.project.newtables import look_at_all

pytestmark = pytest.mark.slow

KEYS = ["01", "02", "03", "04", "05", "06"]
NAMES = ["Altstadt", "Brückenau", "Hafen", "Südring", "Am Hang", "Mühlenfeld"]
DISTRICTS = list(zip(KEYS, NAMES, range(6), strict=True))


@pytest.fixture
def look(tmp_path):
    """Return what `init` says of a workbook with these lines, or of several sheets by name."""
    shapes = [box(i, 0, i + 1, 1) for i in range(6)]
    index = pd.Index(KEYS, name="district")
    city = gpd.GeoDataFrame({"name": NAMES}, geometry=shapes, index=index, crs="EPSG:25833")

    def look(lines, merged=(), name="auswertung.xlsx"):
        book = openpyxl.Workbook()
        sheets = lines if isinstance(lines, dict) else {"Tabelle1": lines}
        for place, (title, rows) in enumerate(sheets.items()):
            sheet = book.create_sheet(title) if place else book.active
            sheet.title = title
            for row in rows:
                sheet.append(row)
            for cells in merged:
                sheet.merge_cells(cells)
        book.save(tmp_path / name)
        return look_at_all([tmp_path / name], city, keys=set(KEYS), names=set(NAMES))

    return look


def figures(table, variable, date="2022-12-31"):
    rows = table.rows[(table.rows["variable"] == variable) & (table.rows["date"] == date)]
    return dict(zip(as_keys(rows["district"]), rows["value"], strict=True))


def codes(table):
    return [problem.code.split(".")[1] for problem in table.questions]


def test_two_lines_of_headings_key_and_name_in_one_cell_and_a_sum_below(look):
    (table,) = look(
        [
            ["Bevölkerung am 31.12.2022 nach Stadtteilen und Geschlecht"],
            ["Gebiet: Probestadt; Auswertung vom 14.02.2023"],
            [],
            ["Stadtteil", "Insgesamt", "davon", None, "Anteil Ausländer"],
            [None, None, "männlich", "weiblich", "in %"],
            *([f"{k} {n}", 1000 + 10 * i, 480 + 4 * i, 520 + 6 * i, 10.5 + i] for k, n, i in DISTRICTS),
            ["Stadt insgesamt", 6150, 2940, 3210, 13.0],
            [],
            ["Quelle: Probestadt, Amt für Statistik"],
            ["Eigene Berechnungen"],
        ],
        merged=["C4:D4", "A4:A5", "B4:B5"],
    )
    assert codes(table) == []
    assert table.rule == "after first blank"
    assert table.options["totals"] == ["Stadt insgesamt"]
    assert figures(table, "davon_weiblich") == {key: 520 + 6 * i for key, _, i in DISTRICTS}


def test_larger_areas_merged_down_and_figures_in_pairs(look):
    (table,) = look(
        [
            ["Tabelle 2.1 Arbeitslose nach Stadtteilen"],
            ["Stichtag: 30.06.2022"],
            ["Stadtbezirk", "Stadtteil", "Arbeitslose", None, "SGB II", None],
            [None, None, "Anzahl", "Quote", "Anzahl", "Quote"],
            *(
                [{0: "1 Mitte", 3: "2 Süd"}.get(i), f"{k} {n}", 100 + 11 * i, 5.1 + i, 40 + 3 * i, 2.2 + i]
                for k, n, i in DISTRICTS
            ),
            ["Gesamtstadt", None, 765, 7.6, 285, 4.7],
            [],
            ["- = nichts vorhanden, . = Zahlenwert unbekannt"],
        ],
        merged=["C3:D3", "E3:F3", "A5:A7", "A8:A10"],
    )
    assert codes(table) == []
    assert table.options["name"] == "Stadtteil"
    assert figures(table, "sgb_ii", "2022-06-30") == {key: 40 + 3 * i for key, _, i in DISTRICTS}


def test_name_with_key_in_brackets_and_what_has_no_district(look):
    (table,) = look(
        [
            ["Raumbezug: Stadtteile"],
            ["Zeitbezug: 31.12.2022"],
            ["Sachbezug: Haushalte nach Größe"],
            [],
            [None, "Haushaltsgröße", None, None, None],
            ["Stadtteile", "1 Person", "2 Personen", "3 und mehr", "Summe"],
            *([f"{n} ({k})", 100 + i, 200 + i, 300 + i, 600 + 3 * i] for k, n, i in DISTRICTS),
            ["Summe", 615, 1215, 1815, 3645],
            ["nicht zuordenbar", 3, 4, 5, 12],
        ],
        merged=["B5:E5"],
    )
    assert codes(table) == []
    assert table.options["without_district"] == ["nicht zuordenbar"]
    assert figures(table, "summe") == {key: 600 + 3 * i for key, _, i in DISTRICTS}


def test_blocks_of_kinds_with_years_in_columns(look):
    kinds = ["Einwohner insgesamt", "dar. Ausländer", "dar. unter 18"]
    (table,) = look(
        [
            ["Bevölkerungsbestand"],
            ["Stadtteil", "Merkmal", "2021", "2022"],
            *(
                [f"{k}-{n}" if not j else None, kind, 100 * i + 10 * j + 1, 100 * i + 10 * j + 2]
                for k, n, i in DISTRICTS
                for j, kind in enumerate(kinds)
            ),
            ["Stand: jeweils 31.12."],
        ]
    )
    assert codes(table) == []
    assert table.options["fill_down"] == ["Stadtteil"]
    assert figures(table, "dar_unter_18") == {key: 100 * i + 22 for key, _, i in DISTRICTS}


def test_age_groups_as_headings_are_no_dates_and_the_city_is_a_sum_by_its_figures(look):
    ages = ["0-2", "3-5", "6-9", "10-17", "18-64", "65+"]
    (table,) = look(
        [
            ["Jahr: 2022"],
            ["", "Altersgruppe"],
            ["Stadtteil", *ages],
            *([f"{k} {n}", 30 + i, 33 + i, 40 + i, 88 + i, 600 + i, 200 + i] for k, n, i in DISTRICTS),
            ["Probestadt", 195, 213, 255, 543, 3615, 1215],
        ],
        merged=["B2:G2"],
    )
    assert codes(table) == []
    assert list(table.variables.values()) == ages
    assert table.options["totals"] == ["Probestadt"]


def test_change_columns_beside_dated_ones_are_named_and_not_dated(look):
    (table,) = look(
        [
            ["Statistische Bezirke", "Einwohner", "", "Veränderung", ""],
            ["", "31.12.2021", "31.12.2022", "absolut", "in %"],
            *([f"{k} {n}", 1000 + i, 1010 + i, 10, 1.0] for k, n, i in DISTRICTS),
            ["Insgesamt", 6015, 6075, 60, 1.0],
        ],
        merged=["B1:C1", "D1:E1", "A1:A2"],
    )
    assert codes(table) == []
    assert table.variables == {"einwohner": "Einwohner {date}"}
    assert set(table.left_out) == {"Veränderung absolut", "Veränderung in %"}
    assert figures(table, "einwohner") == {key: 1010 + i for key, _, i in DISTRICTS}


def test_levels_that_share_keys_are_told_apart_by_their_column(look):
    (table,) = look(
        [
            ["Gliederung", "Schlüssel", "Einwohner"],
            ["Stadt", "00", 6150],
            ["Stadtbezirk", "01", 3030],
            ["Stadtbezirk", "02", 3120],
            *(["Stadtteil", k, 1000 + 10 * i] for k, _, i in DISTRICTS),
        ],
        name="gliederung_2022.xlsx",
    )
    assert codes(table) == []
    assert table.options["where"] == {"Gliederung": "Stadtteil"}
    assert figures(table, "einwohner") == {key: 1000 + 10 * i for key, _, i in DISTRICTS}


@pytest.mark.parametrize("names", [("2020", "2021", "2022"), ("31.12.2020", "31.12.2021", "31.12.2022")])
def test_a_sheet_for_each_year_is_a_series_with_one_name_for_its_variable(look, names):
    sheets = {"Deckblatt": [["Statistik"], ["Ansprechpartner"]]}
    for year, name in enumerate(names):
        rows = [["Stadtteil", "Einwohner"], *([f"{k} {n}", 1000 + 10 * i + year] for k, n, i in DISTRICTS)]
        sheets[name] = rows
    tables = look(sheets)
    assert [table.options["sheet"] for table in tables] == list(names)
    assert [list(table.variables) for table in tables] == [["einwohner"]] * 3
    assert figures(tables[0], "einwohner", "2020-12-31")["06"] == 1050
    assert figures(tables[2], "einwohner", "2022-12-31")["01"] == 1002


def test_sheets_that_differ_in_something_else_are_asked_about(look):
    rows = [["Stadtteil", "Einwohner"], *([f"{k} {n}", 1000] for k, n, i in DISTRICTS)]
    (table,) = look({"Alter": rows, "Geschlecht": rows, "Herkunft": rows})
    assert codes(table) == ["which_sheet"]
    assert "Alter, Geschlecht, Herkunft" in table.questions[0].text("de")
