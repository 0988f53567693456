"""Make the programme of 'Musterstadt': five invented years, 2019 to 2023, the same bytes on every run.

    python data/make_programme.py [FOLDER]

writes one CSV file per sheet below FOLDER (default: ``programme`` beside this script). Everything is made up.
Two areas were chosen in 2019. In the one by the railway (PG1) language support works: `make_musterstadt.py`
plants it. In the other (PG2) just as much was done, and nothing came of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import Point

from sozialraum.programme.sheets.workbook import csv_texts

__all__ = ["YEARS", "make", "rows"]

YEARS = range(2019, 2024)
HERE = Path(__file__).parent
CRS = "EPSG:25832"
SITE_FILE = "kulissen.geojson"
Rows = list[dict[str, str]]

AREAS = {"PG1": ("Gleisbogen", ("0201", "0203", "0204")), "PG2": ("Südring", ("0503", "0504", "0505"))}
BLOCKS = {
    "0201": ((0.25, 0.25), (0.25, 0.26), (0.25, 0.24), (0.25, 0.25)),
    "0404": ((0.30, 0.75), (0.25, 0.08), (0.25, 0.09), (0.20, 0.08)),
    "0301": ((0.34, 0.33), (0.33, 0.34), (0.33, 0.33)),
}
"""Share of the children and of the cases in each block."""
CROWDED = ("0201", "0203", "0204", "0503", "0504", "0505", "0409")
"""Where day-care places are scarcest, although the need is highest."""


def children() -> pd.DataFrame:
    """Return name and children under 15 of each district at the end of 2018."""
    table = pd.read_csv(HERE / "indicators" / "bevoelkerung.csv", sep=";", dtype=str)
    last = table[table["stichtag"] == "2018-12-31"].set_index("schluessel")
    counts = pd.to_numeric(last["Einwohner unter 15"], errors="coerce").fillna(0).astype(int)
    return pd.DataFrame({"name": last["quartier"], "children": counts})


def facilities(places: pd.DataFrame) -> tuple[Rows, Rows]:
    """Return day-care centres and other places, and their capacity year by year."""
    places = places[places["children"] >= 60]
    found, years = [], []
    for number, (key, row) in enumerate(places.iterrows(), 1):
        share = 0.13 if key in CROWDED else 0.20
        facility = f"E{number:03d}"
        found.append(
            {
                "facility_id": facility,
                "name": f"Kita {row['name']}",
                "kind": "Kita",
                "provider": "A03" if number % 2 else "A10",
                "district": str(key),
                "target_group": "Kinder und Jugendliche",
                "age_from": "3",
                "age_to": "6",
                "catchment_m": "1200",
                "access_rule": "offen",
                "opened": "1995",
                "public": "ja",
                "source": "Jugendamt (simuliert)",
                "as_of": "31.12.2023",
            }
        )
        for year in YEARS:
            built = 20 if key in AREAS["PG1"][1] and year >= 2021 else 0
            capacity = 5 * round(share * row["children"] / 5) + built
            years.append(
                {
                    "facility_id": facility,
                    "period": str(year),
                    "capacity": str(capacity),
                    "unit": "Plätze",
                    "occupied": str(round(capacity * (0.99 if key in CROWDED else 0.94))),
                    "waiting_list": str(round(0.03 * row["children"]) if key in CROWDED else 2),
                    "quality": "2" if key in CROWDED and not built else "3",
                    "quality_criterion": "Fachkraft-Kind-Schlüssel",
                    "source": "Jugendamt (simuliert)",
                }
            )
    other = (
        ("E901", "Stadtteilladen Sternring", "Stadtteilladen", "A01", "0504", "alle"),
        ("E902", "Jugendbunker", "Jugendeinrichtung", "A04", "0201", "Kinder und Jugendliche"),
        ("E903", "Jugendgerichtshilfe Süd", "Beratung", "A11", "0505", "Kinder und Jugendliche"),
        ("E904", "Spielplatz am Gleisbogen", "Spielplatz", "A09", "0201", "Kinder und Jugendliche"),
        ("E905", "Schuldnerberatung Hafen", "Beratung", "A10", "0408", "Haushalte"),
    )
    columns = ("facility_id", "name", "kind", "provider", "district", "target_group")
    found += [{**dict(zip(columns, place, strict=True)), "public": "ja"} for place in other]
    advice = family_offices(places)
    return [*found, *advice[0]], [*years, *advice[1]]


def family_offices(places: pd.DataFrame) -> tuple[Rows, Rows]:
    """Return advice for families, a target group that the city declares itself: little where need is high."""
    found, years = [], []
    for number, (key, row) in enumerate(places.iloc[::3].iterrows(), 1):
        facility = f"F{number:02d}"
        found.append(
            {
                "facility_id": facility,
                "name": f"Familienbüro {row['name']}",
                "kind": "Betreuung",
                "provider": "A11",
                "district": str(key),
                "target_group": "Familien",
                "opened": "2010",
                "public": "ja",
                "source": "Jugendamt (simuliert)",
            }
        )
        years += [
            {
                "facility_id": facility,
                "period": str(year),
                "capacity": str(10 + row["children"] // (40 if key in CROWDED else 8)),
                "unit": "Wochenstunden",
                "source": "Jugendamt (simuliert)",
            }
            for year in YEARS
        ]
    return found, years


def blocks() -> Rows:
    """Return children in SGB II by block in three districts; one quiet district holds a pocket."""
    people, poor = (
        pd.read_csv(HERE / "indicators" / name, sep=";", dtype=str).query("stichtag == '2023-12-31'")
        for name in ("bevoelkerung.csv", "soziales.csv")
    )
    children = people.set_index("schluessel")["Einwohner unter 15"].astype(int)
    cases = poor.set_index("schluessel")["Kinder unter 15 in SGB II"]
    found = []
    for key, shares in BLOCKS.items():
        left, rest = int(cases[key]), int(children[key])
        for number, (crowd, part) in enumerate(shares, 1):
            last = number == len(shares)
            size = rest if last else round(crowd * int(children[key]))
            count = left if last else min(round(part * int(cases[key])), size)
            left, rest = left - count, rest - size
            found.append(
                {
                    "block": f"{key}-{number:02d}",
                    "district": key,
                    "indicator": "child_poverty",
                    "period": "2023",
                    "numerator": str(count),
                    "denominator": str(size),
                    "source": "Statistikstelle (simuliert)",
                }
            )
    return found


def outlines() -> gpd.GeoDataFrame:
    """Return the districts in metres."""
    shapes = gpd.read_file(HERE / "boundaries" / "musterstadt.geojson").set_index("schluessel")
    return shapes.to_crs(CRS)


def located(found: Rows) -> Rows:
    """Give each facility a point in its district; several in one district stand apart."""
    shapes = outlines().geometry
    seen: dict[str, int] = {}
    for row in found:
        key = row["district"]
        number = seen[key] = seen.get(key, -1) + 1
        middle = shapes[key].representative_point()
        place = Point(middle.x + 90 * number, middle.y - 60 * number)
        place = place if shapes[key].contains(place) else middle
        row |= {"x": f"{place.x:.0f}", "y": f"{place.y:.0f}", "crs": CRS}
    return found


def site() -> str:
    """Return the outline of the funding site as GeoJSON: it cuts two districts."""
    shapes = outlines().geometry
    seam = shapes["0201"].intersection(shapes["0203"]).centroid
    outline = seam.buffer(520, quad_segs=6).union(
        shapes["0201"].representative_point().buffer(300, quad_segs=6)
    )
    corners = gpd.GeoSeries([outline.simplify(1)], crs=CRS).to_crs(4326).iloc[0].exterior.coords
    ring = [[round(x, 6), round(y, 6)] for x, y in corners]
    feature = {
        "type": "Feature",
        "properties": {"Kennung": "KU1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    content = {"type": "FeatureCollection", "description": "Simulierte Daten", "features": [feature]}
    return json.dumps(content) + "\n"


def facility_values(kita: str) -> Rows:
    """Return what a day-care centre and the juvenile court service count themselves."""
    tested = {
        "2018/19": (9, 22),
        "2019/20": (7, 21),
        "2020/21": (4, 23),
        "2021/22": (2, 20),
        "2022/23": (0, 21),
    }
    court = {
        2018: (48, 410),
        2019: (47, 405),
        2020: (41, 400),
        2021: (40, 402),
        2022: (38, 398),
        2023: (36, 396),
    }
    found = [
        (kita, "sprachfoerderbedarf", period, *counts, "Sprachstandserhebung (simuliert)")
        for period, counts in tested.items()
    ]
    found += [
        ("E903", "jgh_verfahren", f"31.12.{year}", *counts, "Jugendgerichtshilfe (simuliert)")
        for year, counts in court.items()
    ]
    columns = ("facility_id", "indicator", "period", "numerator", "denominator", "source")
    return [dict(zip(columns, map(str, row), strict=True)) for row in found]


def network() -> dict[str, Rows]:
    """Return actors, cooperations, conferences, notes and polls."""
    actors = (
        ("A01", "Quartiersverein Sternring", "Verein", "0504", "Wohnen|Einkommen", "Vorstand"),
        ("A02", "Gemeinsam am Gleis", "Verein", "0201|0203", "Freizeit", "Geschäftsstelle"),
        ("A03", "Kinderwerk", "Freier Träger", "0201|0204|0503", "Bildung", "Fachberatung"),
        ("A04", "Jugendbunker", "Freier Träger", "0201", "Freizeit", "Leitung"),
        ("A05", "Naturschule Mulde", "Bildungseinrichtung", "", "Umwelt", ""),
        ("A06", "Fachbereich Stadtgrün", "Amt", "", "Umwelt", "Stadtgrün"),
        ("A07", "Wohnungsunternehmen Nord", "Wohnungsunternehmen", "0201|0203|0204", "Wohnen", ""),
        ("A08", "Sprachbrücke", "Verein", "0201|0203|0204", "Bildung", "Geschäftsstelle"),
        ("A09", "Amt für Bauen", "Amt", "", "", "Dez. Bauen"),
        ("A10", "Wohlfahrtsverband Musterstadt", "Freier Träger", "0408|0505", "Einkommen", ""),
        ("A11", "Jugendamt", "Amt", "", "Bildung", "Fachstelle Sozialplanung"),
    )
    cooperations = (
        ("K01", "A02", "A04", "digitales Freizeitangebot", "0201", "Kinder und Jugendliche", "2020", "läuft"),
        ("K02", "A05", "A06", "Strategiekonzept Naturstadt", "", "alle", "", "geplant"),
        (
            "K03",
            "A03",
            "A08",
            "Sprachbildung in Kitas",
            "0201|0203|0204",
            "Kinder und Jugendliche",
            "2020",
            "läuft",
        ),
    )
    conferences = (
        (
            "SK01",
            "0201|0203|0204",
            "Stadtteilkonferenz Gleisbogen",
            "besteht",
            "2018",
            "vierteljährlich",
            "A02",
            "ja",
        ),
        ("SK02", "0408", "Stadtteilkonferenz Hafenvorstadt", "besteht", "2016", "halbjährlich", "A10", "ja"),
        ("SK03", "0503|0504|0505", "Stadtteilkonferenz Südring", "einzuführen", "", "", "", ""),
    )
    meetings = [
        {"conference_id": key, "year": str(year), "meetings": str(number), "participants": str(18 * number)}
        for key, number in (("SK01", 4), ("SK02", 2))
        for year in YEARS
    ]
    notes = (
        (
            "N001",
            "12.05.2020",
            "0204",
            "Online-Abfrage",
            "",
            "Freizeit",
            "Bedarf",
            "Familien wünschen digitale Freizeitangebote",
            "belastet",
            "nein",
            "",
            "14",
            "A04",
            "30.09.2020",
        ),
        (
            "N002",
            "03.03.2021",
            "0201|0203",
            "Stadtteilkonferenz",
            "SK01",
            "Bildung",
            "Stärke",
            "Sprachgruppen werden gut besucht",
            "entlastet",
            "ja",
            "language_support",
            "5",
            "A08",
            "",
        ),
        (
            "N003",
            "18.11.2021",
            "0505",
            "Akteursgespräch",
            "",
            "Einkommen",
            "Risiko",
            "Mehr Stromsperren als in den Jahren davor",
            "belastet",
            "nicht prüfbar",
            "",
            "3",
            "A10",
            "",
        ),
        (
            "N004",
            "07.06.2022",
            "0204",
            "Stadtteilkonferenz",
            "SK01",
            "Wohnen",
            "Veränderung",
            "Familien ziehen fort, Nachfolge mit weniger Bindung an das Quartier",
            "belastet",
            "nicht prüfbar",
            "",
            "3",
            "",
            "",
        ),
        (
            "N005",
            "14.09.2023",
            "0409",
            "Begehung",
            "",
            "Gesundheit",
            "Bedarf",
            "Zwei Spielplätze gesperrt",
            "belastet",
            "nein",
            "overweight",
            "1",
            "A11",
            "31.01.2024",
        ),
    )
    note_columns = (
        "note_id",
        "date",
        "districts",
        "source_role",
        "conference_id",
        "theme",
        "kind",
        "text",
        "direction",
        "visible_in_data",
        "indicator",
        "mentions",
        "corroborated_by",
        "due",
    )
    polls = [
        {
            "poll_id": "B01",
            "period": "2020",
            "district": "0204",
            "question": "Was fehlt im Quartier?",
            "answer": "Freizeitangebote",
            "count": "31",
            "respondents": "84",
            "sampling": "offene Teilnahme",
        },
        {
            "poll_id": "B02",
            "period": "2022",
            "district": "0505",
            "question": "Kennen Sie die Beratung?",
            "answer": "ja",
            "count": "96",
            "respondents": "240",
            "sampling": "Zufallsstichprobe",
        },
    ]
    return {
        "actors": _records(("actor_id", "name", "kind", "districts", "themes", "office"), actors),
        "cooperations": _records(
            (
                "cooperation_id",
                "from_actor",
                "with_actor",
                "subject",
                "districts",
                "target_group",
                "since",
                "status",
            ),
            cooperations,
        ),
        "conferences": _records(
            ("conference_id", "districts", "name", "status", "since", "turn", "moderator", "independent"),
            conferences,
        ),
        "conference_years": meetings,
        "notes": _records(note_columns, notes),
        "polls": polls,
    }


def _records(columns: tuple[str, ...], cells: tuple[tuple[str, ...], ...]) -> Rows:
    return [dict(zip(columns, row, strict=True)) for row in cells]


def selection() -> dict[str, Rows]:
    """Return rules, decisions, areas, sites and money by need."""
    reasons = {"0409": "Städtebauförderung läuft bis 2021, Wirkung abwarten"}
    decided = [*AREAS["PG1"][1], *AREAS["PG2"][1], "0409"]
    return {
        "selection_rules": [
            {
                "rule_id": "R1",
                "result": "Soziale Lage",
                "operator": "ist",
                "value": "sehr ungünstig",
                "role": "eine von",
                "group": "A",
                "at_least": "1",
                "hold_years": "2",
                "reason": "größte Probleme, größte Aufmerksamkeit",
            },
            {
                "rule_id": "R2",
                "result": "Auffälligkeit",
                "indicator": "child_poverty",
                "operator": "ist",
                "value": "auffällig (belastet)",
                "role": "eine von",
                "group": "A",
                "at_least": "1",
                "hold_years": "2",
            },
        ],
        "decisions": [
            {
                "decision_id": f"D{key}",
                "district": key,
                "year": "2019",
                "proposal": "aufnehmen",
                "decision": "zurückstellen" if key in reasons else "aufnehmen",
                "reason": reasons.get(key, ""),
                "date": "14.03.2019",
                "body": "Rat",
                "paper": "0815/2018-2023",
                "valid_from": "" if key in reasons else "01.04.2019",
            }
            for key in decided
        ],
        "areas": [
            {"area_id": area, "name": name, "district": key, "since": "01.04.2019", "tier": "voll"}
            for area, (name, keys) in AREAS.items()
            for key in keys
        ],
        "sites": [
            {
                "site_id": "KU1",
                "name": "Sozialer Zusammenhalt Gleisbogen",
                "legal_basis": "Sozialer Zusammenhalt",
                "since": "2019",
                "until": "2026",
                "paper": "0640/2018-2023",
                "file": SITE_FILE,
            }
        ],
        "site_districts": [
            {"site_id": "KU1", "district": "0201", "share": "60 %", "share_method": "nach Adressen"},
            {"site_id": "KU1", "district": "0203", "share": "25 %", "share_method": "nach Adressen"},
        ],
        "allocations": [
            {
                "allocation_id": "V1",
                "year": "2023",
                "pot": "Kita-Sozialarbeit",
                "amount": "480000",
                "key": "Personen mal Index",
                "persons": "inhabitants_under_15",
                "index": "all",
                "floor": "1000",
                "cap": "40000",
                "hold_years": "2",
            }
        ],
    }


def goals(kita: str) -> dict[str, Rows]:
    """Return the four goals of the model document, placed in Musterstadt, and what is done for them."""
    shared = {"version": "1", "status": "beschlossen", "adopted_on": "12.09.2019", "paper": "0931/2018-2023"}
    youth = {"target_group": "Kinder und Jugendliche"}
    found = [
        {
            **shared,
            **youth,
            "goal_id": "Z1",
            "scope_type": "Gebiet",
            "scope": "0201",
            "compensation_level": "3 Raum und Menschen",
            "goal_type": "individuelle Situation",
            "text": "Abhängigkeit der Familien von SGB II verringern",
            "indicator": "child_poverty",
            "quantity": "Anteil",
            "direction": "senken",
            "baseline_period": "31.12.2018",
            "baseline": "44,7 %",
            "target_kind": "Prozentpunkte",
            "target": "10",
            "due_period": "31.12.2023",
            "milestones": "31.12.2021=5",
            "owner": "Sozialdezernat",
            "agreed_with": "Bewohnerschaft|A07",
        },
        {
            **shared,
            **youth,
            "goal_id": "Z2",
            "scope_type": "Einrichtung",
            "scope": kita,
            "compensation_level": "3 Raum und Menschen",
            "goal_type": "Infrastruktur",
            "text": "Leistungsfähigkeit der Tageseinrichtung steigern",
            "indicator": "sprachfoerderbedarf",
            "indicator_label": "Sprachförderbedarf in der Einrichtung",
            "quantity": "Anzahl",
            "direction": "senken",
            "baseline_period": "2018/19",
            "target_kind": "auf Wert",
            "target": "0",
            "due_period": "2022/23",
            "owner": "Jugendamt",
            "agreed_with": "A03",
        },
        {
            **shared,
            **youth,
            "goal_id": "Z3",
            "scope_type": "Gebiet",
            "scope": "0505",
            "compensation_level": "3 Raum und Menschen",
            "goal_type": "Zielgruppe",
            "text": "Gesundheitszustand der Kinder verbessern",
            "indicator": "overweight",
            "quantity": "Anzahl",
            "direction": "senken",
            "baseline_period": "2018",
            "target_kind": "um Bruchteil",
            "target": "1/5",
            "due_period": "2022",
            "owner": "Gesundheitsamt",
            "agreed_with": "A10",
        },
        {
            **shared,
            **youth,
            "goal_id": "Z4",
            "scope_type": "Einrichtung",
            "scope": "E903",
            "compensation_level": "1 Gruppen im Quartier",
            "goal_type": "Zielgruppe",
            "text": "Abweichendes Verhalten verringern",
            "indicator": "jgh_verfahren",
            "indicator_label": "Verfahren der Jugendgerichtshilfe",
            "quantity": "Anzahl",
            "direction": "senken",
            "baseline_period": "31.12.2018",
            "target_kind": "um Bruchteil",
            "target": "1/3",
            "due_period": "31.12.2023",
            "owner": "Jugendamt",
            "agreed_with": "A11",
        },
        {
            **shared,
            **youth,
            "goal_id": "Z5",
            "scope_type": "Programmgebiet",
            "scope": "PG1",
            "compensation_level": "2 Quartier und Stadt",
            "goal_type": "Zielgruppe",
            "text": "Weniger Kinder mit Sprachförderbedarf am Gleisbogen",
            "indicator": "language_support",
            "quantity": "Anteil",
            "direction": "senken",
            "baseline_period": "2018",
            "target_kind": "Prozentpunkte",
            "target": "10",
            "due_period": "2023",
            "owner": "Jugendamt",
            "agreed_with": "Bewohnerschaft|A08",
        },
        {
            **shared,
            **youth,
            "goal_id": "Z6",
            "scope_type": "Programmgebiet",
            "scope": "PG2",
            "compensation_level": "2 Quartier und Stadt",
            "goal_type": "Zielgruppe",
            "text": "Weniger Kinder mit Sprachförderbedarf am Südring",
            "indicator": "language_support",
            "quantity": "Anteil",
            "direction": "senken",
            "baseline_period": "2018",
            "target_kind": "Prozentpunkte",
            "target": "10",
            "due_period": "2023",
            "owner": "Jugendamt",
            "agreed_with": "Bewohnerschaft|A03",
        },
    ]
    return {"goals": found, **measures(kita), "effects": effects()}


def effects() -> Rows:
    """Return the two tests of effect, laid down before the start."""
    return [
        {
            "effect_id": f"W{number}",
            "area_id": area,
            "indicator": "language_support",
            "treatment_start": "01.01.2020",
            "pre": "2012-2019",
            "post": "2021|2022|2023",
            "comparison": "automatisch",
            "match_on": "niveau|trend|einwohner",
            "ring": "1",
            "smallest_effect": "5",
            "registered_on": "02.09.2019",
            "reason": "Sprachförderung beginnt 2020",
        }
        for number, area in ((1, "PG1"), (2, "PG2"))
    ]


def measures(kita: str) -> dict[str, Rows]:
    """Return measures with goals, yearly states and money."""
    kinds = (
        (
            "M1",
            "Sprachbildung in der Kita",
            "Einrichtung",
            kita,
            "A03",
            "A08",
            "Jugendamt",
            "01.08.2020",
            "31.07.2023",
            "Förderstunden",
            "Stunden",
            "1200",
        ),
        (
            "M2",
            "Spielplatz am Gleisbogen erneuern",
            "Gebiet",
            "0201",
            "A09",
            "",
            "Dez. Bauen",
            "01.05.2021",
            "30.11.2021",
            "Spielplatz",
            "Anzahl",
            "1",
        ),
        (
            "M3",
            "Familienbegleitung am Gleisbogen",
            "Gebiet",
            "0201",
            "A10",
            "A02|A07",
            "Sozialdezernat",
            "01.04.2020",
            "31.12.2023",
            "Familien",
            "Familien",
            "160",
        ),
        (
            "M4",
            "Bewegung und Frühstück am Südring",
            "Gebiet",
            "0505",
            "A10",
            "A03",
            "Gesundheitsamt",
            "01.04.2020",
            "31.12.2022",
            "Termine",
            "Termine",
            "300",
        ),
        (
            "M5",
            "Streitschlichtung und Begleitung",
            "Einrichtung",
            "E903",
            "A11",
            "A10",
            "Jugendamt",
            "01.04.2020",
            "31.12.2023",
            "Beratungen",
            "Beratungen",
            "400",
        ),
        (
            "M6",
            "Sprachgruppen in beiden Programmgebieten",
            "Programmgebiet",
            "PG1",
            "A08",
            "A03",
            "Jugendamt",
            "01.01.2020",
            "31.12.2023",
            "Gruppen",
            "Gruppen",
            "24",
        ),
        (
            "M7",
            "Sprachgruppen am Südring",
            "Programmgebiet",
            "PG2",
            "A08",
            "A03",
            "Jugendamt",
            "01.01.2020",
            "31.12.2023",
            "Gruppen",
            "Gruppen",
            "24",
        ),
    )
    columns = (
        "measure_id",
        "name",
        "scope_type",
        "scope",
        "provider",
        "partners",
        "lead_office",
        "starts",
        "ends",
        "output",
        "unit",
        "planned",
    )
    found = _records(columns, kinds)
    for row in found:
        row["competence"] = "anderes Dezernat" if row["measure_id"] == "M2" else "Sozialdezernat"
        row["target_group"] = "Kinder und Jugendliche"
    found[1] |= {"consent_on": "10.02.2021", "site_id": "KU1", "programmes": "Sozialer Zusammenhalt"}
    links = [
        (
            "M1",
            "Z2",
            "haupt",
            "mehr Förderstunden verringern den Bedarf bis Schulbeginn",
            "Test am Jahresende",
        ),
        ("M2", "Z1", "neben", "ein Treffpunkt erleichtert es, Angebote anzunehmen", "Zählung am Nachmittag"),
        ("M3", "Z1", "haupt", "Begleitung zu Arbeit, Betreuung und Wohngeld senkt den Bezug", "Abschlüsse"),
        ("M4", "Z3", "haupt", "regelmäßige Bewegung verringert Übergewicht", "Teilnahme"),
        ("M5", "Z4", "haupt", "frühe Begleitung vermeidet Verfahren", "Rückfälle"),
        ("M6", "Z5", "haupt", "kleine Gruppen vor Schulbeginn verringern den Bedarf", "Sprachtest"),
        ("M7", "Z6", "haupt", "kleine Gruppen vor Schulbeginn verringern den Bedarf", "Sprachtest"),
    ]
    return {
        "measures": found,
        "measure_goals": _records(("measure_id", "goal_id", "role", "assumption", "evidence"), tuple(links)),
        "measure_years": states(found),
        "funding": funding(found),
        "contributions": [
            {
                "measure_id": "M6",
                "goal_id": "Z5",
                "year": "2023",
                "kind": "spricht dafür",
                "evidence": "Gruppen waren zu 95 % belegt",
                "source": "Sprachbrücke",
            },
            {
                "measure_id": "M6",
                "goal_id": "Z5",
                "year": "2023",
                "kind": "andere Erklärung",
                "evidence": "20 neue Kitaplätze je Quartier seit 2021",
                "source": "Jugendamt",
            },
            {
                "measure_id": "M7",
                "goal_id": "Z6",
                "year": "2023",
                "kind": "spricht dagegen",
                "evidence": "Gruppen waren zu 55 % belegt, häufiger Wechsel der Kräfte",
                "source": "Sprachbrücke",
            },
        ],
    }


def spans(measure: dict[str, str]) -> range:
    """Return the years in which a measure runs."""
    return range(int(measure["starts"][-4:]), int(measure["ends"][-4:]) + 1)


def states(found: Rows) -> Rows:
    """Return the yearly states; the documentation of one year is missing."""
    rows: Rows = []
    for measure in found:
        years = spans(measure)
        for year in years:
            documented = (measure["measure_id"], year) != ("M4", 2022)
            rows.append(
                {
                    "measure_id": measure["measure_id"],
                    "year": str(year),
                    "status": "abgeschlossen" if year == years[-1] else "läuft",
                    "actual": str(max(1, int(measure["planned"]) // len(years))),
                    "reached": str(30 + 4 * (year - 2019)),
                    "spent": str(11_500 + 500 * (year - 2019)),
                    "posts": "0,5",
                    "document": f"doku/{measure['measure_id'].lower()}-{year}.pdf" if documented else "",
                    "documented_on": f"15.02.{year + 1}" if documented else "",
                }
            )
    return rows


def funding(found: Rows) -> Rows:
    """Return the money: decided before the start, all of it."""
    sources = {
        "M2": "Städtebauförderung",
        "M3": "ESF+",
        "M6": "zusätzliche Mittel",
        "M7": "zusätzliche Mittel",
    }
    rows: Rows = []
    for measure in found:
        source = sources.get(measure["measure_id"], "Haushalt Sozialdezernat")
        own = source == "Haushalt Sozialdezernat"
        for year in spans(measure):
            rows.append(
                {
                    "measure_id": measure["measure_id"],
                    "year": str(year),
                    "source": source,
                    "amount": str(14_000 if measure["measure_id"] != "M2" else 180_000),
                    "posts": "0,5",
                    "status": "eingestellt" if own else "beschlossen",
                    "decided_on": "" if own else "12.12.2019",
                    "paper": "" if own else "1044/2018-2023",
                }
            )
    return rows


def housing(places: pd.DataFrame) -> Rows:
    """Return flats with the year in which their binding ends."""
    return [
        {
            "district": key,
            "period": "2023",
            "kind": "mietpreisgebunden",
            "flats": str(flats),
            "binding_ends": str(year),
            "owner": "A07",
            "source": "Wohnungsamt (simuliert)",
        }
        for key in (*AREAS["PG1"][1], *AREAS["PG2"][1])
        if key in places.index
        for flats, year in ((120, 2027), (180, 2034), (60, 2041))
    ]


def rows() -> dict[str, Rows]:
    """Return all sheets: English id -> rows as a person would write them."""
    places = children()
    found, years = facilities(places)
    kita = next(place["facility_id"] for place in found if place["district"] == "0204")
    return {
        "facilities": located(found),
        "facility_years": years,
        "facility_values": facility_values(kita),
        "block_values": blocks(),
        "housing": housing(places),
        "requirements": [
            {
                "requirement_id": "RW1",
                "kind": "Kita",
                "target_group": "Kinder und Jugendliche",
                "persons": "inhabitants_under_15",
                "unit": "Plätze",
                "per_100_persons": "18",
                "source": "Bedarfsplan (simuliert)",
            },
            {
                "requirement_id": "RW2",
                "kind": "Betreuung",
                "target_group": "Familien",
                "persons": "households_with_children",
                "unit": "Wochenstunden",
                "per_100_persons": "8",
                "source": "Bedarfsplan (simuliert)",
            },
        ],
        **network(),
        **selection(),
        **goals(kita),
    }


def make(folder: Path) -> None:
    """Write the programme's CSV files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in csv_texts(rows()).items():
        (folder / name).write_bytes(content)
    (folder / SITE_FILE).write_text(site(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "programme")
