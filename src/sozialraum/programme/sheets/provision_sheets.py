"""Sheets about what a quarter offers: facilities, their capacity and values, housing, requirements."""

from __future__ import annotations

from sozialraum.programme.sheets import words
from sozialraum.programme.sheets.model import CATALOGUE, DISTRICTS, VARIABLES, Column, SheetSchema

__all__ = ["PROVISION_SHEETS"]

FACILITIES = SheetSchema(
    id="facilities",
    name="einrichtungen",
    index="facility_id",
    unique=("facility_id",),
    columns=(
        Column("facility_id", "Kennung", "key", required=True),
        Column("name", "Name", required=True),
        Column("kind", "Art", "choice", required=True, choices=words.FACILITY_KINDS, open_choices=True),
        Column("provider", "Träger", "key", refers="actors"),
        Column("street", "Straße"),
        Column("house_number", "Hausnummer"),
        Column("postcode", "PLZ"),
        Column("x", "Ostwert", "number"),
        Column("y", "Nordwert", "number"),
        Column("crs", "Bezugssystem"),
        Column("district", "Gebiet", "key", refers=DISTRICTS),
        Column("target_group", "Zielgruppe", "choice", choices=words.TARGET_GROUPS, open_choices=True),
        Column("age_from", "Alter von", "number", lowest=0, highest=120),
        Column("age_to", "Alter bis", "number", lowest=0, highest=120),
        Column("catchment_m", "Reichweite m", "number", lowest=0),
        Column("access_rule", "Zugang", "choice", choices=words.ACCESS_RULES),
        Column("opened", "Eröffnet", "date"),
        Column("closed", "Geschlossen", "date", edge="last"),
        Column("public", "Öffentlich", "truth"),
        Column("source", "Quelle"),
        Column("as_of", "Stand", "date", edge="last"),
    ),
    examples=(
        {
            "facility_id": "E001",
            "name": "Kita Kreuzbreite",
            "kind": "Kita",
            "provider": "A03",
            "district": "0204",
            "target_group": "Kinder und Jugendliche",
            "age_from": "3",
            "age_to": "6",
            "access_rule": "offen",
        },
        {
            "facility_id": "E002",
            "name": "Stadtteilladen Sternring",
            "kind": "Stadtteilladen",
            "provider": "A01",
            "district": "0504",
            "target_group": "alle",
            "access_rule": "offen",
        },
        {
            "facility_id": "E003",
            "name": "Jugendbunker",
            "kind": "Jugendeinrichtung",
            "provider": "A04",
            "district": "0201",
            "target_group": "Kinder und Jugendliche",
            "age_from": "6",
            "age_to": "21",
            "access_rule": "offen",
        },
    ),
)

FACILITY_YEARS = SheetSchema(
    id="facility_years",
    name="angebot_stand",
    unique=("facility_id", "period", "unit"),
    columns=(
        Column("facility_id", "Einrichtung", "key", required=True, refers="facilities"),
        Column("period", "Zeitraum", "period", required=True),
        Column("capacity", "Kapazität", "number", lowest=0),
        Column("unit", "Einheit", "choice", choices=words.CAPACITY_UNITS, open_choices=True),
        Column("occupied", "belegt", "number", lowest=0),
        Column("waiting_list", "Warteliste", "whole", lowest=0),
        Column("quality", "Qualität", "whole", lowest=1, highest=4),
        Column("quality_criterion", "Qualitätskriterium"),
        Column("source", "Quelle"),
    ),
    examples=(
        {
            "facility_id": "E001",
            "period": "2009",
            "capacity": "75",
            "unit": "Plätze",
            "occupied": "74",
            "waiting_list": "18",
            "quality": "3",
            "quality_criterion": "Fachkraft-Kind-Schlüssel",
            "source": "Jugendamt",
        },
    ),
)

FACILITY_VALUES = SheetSchema(
    id="facility_values",
    name="einrichtung_werte",
    unique=("facility_id", "indicator", "period"),
    columns=(
        Column("facility_id", "Einrichtung", "key", required=True, refers="facilities"),
        Column("indicator", "Indikator", "key", required=True),
        Column("period", "Zeitraum", "period", required=True),
        Column("numerator", "Zähler", "number", lowest=0),
        Column("denominator", "Nenner", "number", lowest=0),
        Column("source", "Quelle"),
    ),
    examples=(
        {
            "facility_id": "E001",
            "indicator": "sprachfoerderbedarf",
            "period": "2007/08",
            "numerator": "9",
            "denominator": "22",
            "source": "Sprachstandserhebung",
        },
    ),
)

BLOCK_VALUES = SheetSchema(
    id="block_values",
    name="blockwerte",
    unique=("block", "indicator", "period"),
    columns=(
        Column("block", "Block", "key", required=True),
        Column("district", "Gebiet", "key", required=True, refers=DISTRICTS),
        Column("indicator", "Indikator", "key", required=True, refers=CATALOGUE),
        Column("period", "Zeitraum", "period", required=True),
        Column("numerator", "Zähler", "number", lowest=0),
        Column("denominator", "Nenner", "number", lowest=0),
        Column("source", "Quelle"),
    ),
    examples=(
        {
            "block": "0201-07",
            "district": "0201",
            "indicator": "alg2_bg_2plus_kinder",
            "period": "2022",
            "numerator": "31",
            "denominator": "64",
            "source": "Statistikstelle",
        },
    ),
)

HOUSING = SheetSchema(
    id="housing",
    name="wohnungsbestand",
    unique=("district", "period", "kind", "binding_ends"),
    columns=(
        Column("district", "Gebiet", "key", required=True, refers=DISTRICTS),
        Column("period", "Stand", "period", required=True),
        Column("kind", "Art", "choice", required=True, choices=words.HOUSING_KINDS),
        Column("flats", "Wohnungen", "whole", required=True, lowest=0),
        Column("binding_ends", "Bindung endet", "year"),
        Column("owner", "Eigentümer", "key", refers="actors"),
        Column("source", "Quelle"),
    ),
    examples=(
        {
            "district": "0204",
            "period": "2009",
            "kind": "mietpreisgebunden",
            "flats": "120",
            "binding_ends": "2028",
            "owner": "A07",
            "source": "Wohnungsamt",
        },
    ),
)

REQUIREMENTS = SheetSchema(
    id="requirements",
    name="richtwerte",
    index="requirement_id",
    unique=("requirement_id",),
    columns=(
        Column("requirement_id", "Kennung", "key", required=True),
        Column("kind", "Art", "choice", required=True, choices=words.FACILITY_KINDS, open_choices=True),
        Column("target_group", "Zielgruppe", "choice", choices=words.TARGET_GROUPS, open_choices=True),
        Column("persons", "Personen", "key", required=True, refers=VARIABLES),
        Column("unit", "Einheit", "choice", choices=words.CAPACITY_UNITS, open_choices=True),
        Column("per_100_persons", "Richtwert je 100 Personen", "number", required=True, lowest=0),
        Column("source", "Quelle"),
    ),
    examples=(
        {
            "requirement_id": "RW1",
            "kind": "Kita",
            "target_group": "Kinder und Jugendliche",
            "persons": "inhabitants_under_15",
            "unit": "Plätze",
            "per_100_persons": "20",
            "source": "Kindertagesstättenbedarfsplan",
        },
    ),
)

PROVISION_SHEETS = (FACILITIES, FACILITY_YEARS, FACILITY_VALUES, BLOCK_VALUES, HOUSING, REQUIREMENTS)
