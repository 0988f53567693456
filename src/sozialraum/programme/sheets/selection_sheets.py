"""Sheets about where the programme works: sites, areas, rules of selection, decisions, money by need."""

from __future__ import annotations

from sozialraum.programme.sheets import words
from sozialraum.programme.sheets.model import CATALOGUE, DISTRICTS, VARIABLES, Column, SheetSchema

__all__ = ["SELECTION_SHEETS"]

SITES = SheetSchema(
    id="sites",
    name="kulissen",
    index="site_id",
    unique=("site_id",),
    columns=(
        Column("site_id", "Kennung", "key", required=True),
        Column("name", "Name", required=True),
        Column("legal_basis", "Recht", "choice", choices=words.LEGAL_BASES, open_choices=True),
        Column("since", "Von", "date"),
        Column("until", "Bis", "date", edge="last"),
        Column("paper", "Vorlage"),
        Column("file", "Datei"),
    ),
    examples=(
        {
            "site_id": "KU2",
            "name": "Sozialer Zusammenhalt Gleisbogen",
            "legal_basis": "Sozialer Zusammenhalt",
            "since": "2009",
            "until": "2016",
            "paper": "5120/2004-2009",
        },
    ),
)

SITE_DISTRICTS = SheetSchema(
    id="site_districts",
    name="kulisse_gebiete",
    unique=("site_id", "district"),
    columns=(
        Column("site_id", "Kulisse", "key", required=True, refers="sites"),
        Column("district", "Gebiet", "key", required=True, refers=DISTRICTS),
        Column("share", "Anteil", "share"),
        Column("share_method", "Ermittelt", "choice", choices=words.SHARE_METHODS),
    ),
    examples=({"site_id": "KU2", "district": "0201", "share": "40", "share_method": "nach Adressen"},),
)

AREAS = SheetSchema(
    id="areas",
    name="programmgebiete",
    unique=("area_id", "district", "since"),
    columns=(
        Column("area_id", "Programmgebiet", "key", required=True),
        Column("name", "Name", required=True),
        Column("district", "Gebiet", "key", required=True, refers=DISTRICTS),
        Column("since", "Von", "date", required=True),
        Column("until", "Bis", "date", edge="last"),
        Column("tier", "Stufe", "choice", choices=words.TIERS),
        Column("site_id", "Kulisse", "key", refers="sites"),
        Column("share", "Anteil", "share"),
    ),
    examples=(
        {
            "area_id": "PG1",
            "name": "Gleisbogen",
            "district": "0201",
            "since": "01.04.2009",
            "tier": "voll",
        },
        {
            "area_id": "PG1",
            "name": "Gleisbogen",
            "district": "0204",
            "since": "01.04.2009",
            "tier": "flankierend",
        },
    ),
)

SELECTION_RULES = SheetSchema(
    id="selection_rules",
    name="auswahlregeln",
    index="rule_id",
    unique=("rule_id",),
    columns=(
        Column("rule_id", "Kennung", "key", required=True),
        Column("result", "Ergebnis", "choice", required=True, choices=words.RESULTS),
        Column("indicator", "Indikator", "key", refers=CATALOGUE),
        Column("operator", "Bedingung", "choice", required=True, choices=words.OPERATORS),
        Column("value", "Wert", required=True),
        Column("period", "Zeitraum", "period"),
        Column("role", "Rolle", "choice", required=True, choices=words.RULE_ROLES),
        Column("group", "Gruppe", "key"),
        Column("at_least", "Mindestzahl", "whole", lowest=1),
        Column("points", "Punkte", "number"),
        Column("hold_years", "Haltedauer", "whole", lowest=0),
        Column("reason", "Begründung"),
    ),
    examples=(
        {
            "rule_id": "R1",
            "result": "Status",
            "operator": "ist",
            "value": "sehr niedrig",
            "period": "2007",
            "role": "eine von",
            "group": "A",
            "at_least": "1",
            "hold_years": "2",
            "reason": "größte Probleme, größte Aufmerksamkeit",
        },
        {
            "rule_id": "R2",
            "result": "Auffälligkeit",
            "indicator": "alg2_bg_2plus_kinder",
            "operator": "ist",
            "value": "auffällig (belastet)",
            "period": "2007",
            "role": "eine von",
            "group": "A",
            "at_least": "1",
            "hold_years": "2",
        },
    ),
)

DECISION_SHEET = SheetSchema(
    id="decisions",
    name="auswahlentscheidungen",
    index="decision_id",
    unique=("decision_id",),
    columns=(
        Column("decision_id", "Kennung", "key", required=True),
        Column("district", "Gebiet", "key", required=True, refers=DISTRICTS),
        Column("year", "Jahr", "year", required=True),
        Column("proposal", "Vorschlag", "choice", choices=words.DECISIONS),
        Column("decision", "Entscheidung", "choice", required=True, choices=words.DECISIONS),
        Column("reason", "Begründung"),
        Column("date", "Datum", "date", required=True),
        Column("body", "Gremium", "choice", required=True, choices=words.BODIES),
        Column("paper", "Vorlage"),
        Column("valid_from", "Gültig ab", "date"),
        Column("valid_until", "Gültig bis", "date", edge="last"),
    ),
    examples=(
        {
            "decision_id": "D04",
            "district": "0204",
            "year": "2009",
            "proposal": "aufnehmen",
            "decision": "aufnehmen",
            "date": "12.03.2009",
            "body": "Rat",
            "paper": "6123/2004-2009",
            "valid_from": "01.04.2009",
        },
        {
            "decision_id": "D65",
            "district": "0303",
            "year": "2009",
            "proposal": "aufnehmen",
            "decision": "zurückstellen",
            "reason": "Sanierungsgebiet läuft bis 2011, Wirkung abwarten",
            "date": "12.03.2009",
            "body": "Rat",
            "paper": "6123/2004-2009",
        },
    ),
)

ALLOCATIONS = SheetSchema(
    id="allocations",
    name="verteilung",
    index="allocation_id",
    unique=("allocation_id",),
    columns=(
        Column("allocation_id", "Kennung", "key", required=True),
        Column("year", "Jahr", "year", required=True),
        Column("pot", "Topf", required=True),
        Column("amount", "Betrag", "number", required=True, lowest=0),
        Column("key", "Schlüssel", "choice", required=True, choices=words.ALLOCATION_KEYS),
        Column("persons", "Personen", "key", required=True, refers=VARIABLES),
        Column("index", "Index", "key"),
        Column("floor", "Sockel", "number", lowest=0),
        Column("cap", "Obergrenze", "number", lowest=0),
        Column("rounding", "Rundung", "number", lowest=0),
        Column("hold_years", "Haltedauer", "whole", lowest=0),
    ),
    examples=(
        {
            "allocation_id": "V1",
            "year": "2010",
            "pot": "Kita-Sozialarbeit",
            "amount": "480000",
            "key": "Personen mal Index",
            "persons": "sgb2_children_under_15",
            "index": "index_children_youth",
            "floor": "2000",
            "cap": "40000",
            "hold_years": "2",
        },
    ),
)

SELECTION_SHEETS = (SITES, SITE_DISTRICTS, AREAS, SELECTION_RULES, DECISION_SHEET, ALLOCATIONS)
