"""Sheets about people on site: actors, cooperations, conferences, field notes, polls."""

from __future__ import annotations

from sozialraum.programme.sheets import words
from sozialraum.programme.sheets.model import CATALOGUE, DISTRICTS, Column, SheetSchema

__all__ = ["NETWORK_SHEETS"]

ACTORS = SheetSchema(
    id="actors",
    name="akteure",
    index="actor_id",
    unique=("actor_id",),
    columns=(
        Column("actor_id", "Kennung", "key", required=True),
        Column("name", "Name", required=True),
        Column("kind", "Art", "choice", required=True, choices=words.ACTOR_KINDS, open_choices=True),
        Column("districts", "Gebiete", "keys", refers=DISTRICTS),
        Column("themes", "Themen", "keys"),
        Column("office", "Ansprechstelle"),
    ),
    examples=(
        {"actor_id": "A01", "name": "Quartiersverein Sternring", "kind": "Verein", "districts": "0504"},
        {"actor_id": "A02", "name": "GLIM", "kind": "Verein", "districts": "0201", "themes": "Freizeit"},
        {"actor_id": "A03", "name": "Träger der Kita Kreuzbreite", "kind": "Freier Träger"},
        {"actor_id": "A04", "name": "Jugendbunker", "kind": "Freier Träger", "districts": "0201"},
        {"actor_id": "A05", "name": "Naturschule", "kind": "Bildungseinrichtung", "themes": "Umwelt"},
        {"actor_id": "A06", "name": "Fachbereich Stadtgrün", "kind": "Amt", "office": "Stadtgrün"},
        {"actor_id": "A07", "name": "Wohnungsunternehmen Nord", "kind": "Wohnungsunternehmen"},
        {"actor_id": "A08", "name": "Sprachförderverein", "kind": "Verein", "themes": "Bildung"},
        {"actor_id": "A09", "name": "Amt für Bauen", "kind": "Amt", "office": "Dez. Bauen"},
    ),
)

COOPERATIONS = SheetSchema(
    id="cooperations",
    name="kooperationen",
    index="cooperation_id",
    unique=("cooperation_id",),
    columns=(
        Column("cooperation_id", "Kennung", "key", required=True),
        Column("from_actor", "Von", "key", required=True, refers="actors"),
        Column("with_actor", "Mit", "key", required=True, refers="actors"),
        Column("subject", "Gegenstand"),
        Column("districts", "Gebiete", "keys", refers=DISTRICTS),
        Column("target_group", "Zielgruppe", "choice", choices=words.TARGET_GROUPS, open_choices=True),
        Column("since", "Seit", "date"),
        Column("until", "Bis", "date", edge="last"),
        Column("status", "Stand", "choice", choices=words.COOPERATION_STATUS),
        Column("measure_id", "Maßnahme", "key", refers="measures"),
    ),
    examples=(
        {
            "cooperation_id": "K01",
            "from_actor": "A02",
            "with_actor": "A04",
            "subject": "Versorgung von Familien und digitales Freizeitangebot",
            "districts": "0201",
            "target_group": "Kinder und Jugendliche",
            "since": "2020",
            "status": "läuft",
        },
        {
            "cooperation_id": "K02",
            "from_actor": "A05",
            "with_actor": "A06",
            "subject": "Strategiekonzept Naturstadt",
            "target_group": "alle",
            "status": "geplant",
        },
    ),
)

CONFERENCES = SheetSchema(
    id="conferences",
    name="konferenzen",
    index="conference_id",
    unique=("conference_id",),
    columns=(
        Column("conference_id", "Kennung", "key", required=True),
        Column("districts", "Gebiete", "keys", required=True, refers=DISTRICTS),
        Column("name", "Name", required=True),
        Column("status", "Stand", "choice", required=True, choices=words.CONFERENCE_STATUS),
        Column("since", "Seit", "date"),
        Column("turn", "Turnus", "choice", choices=words.TURNS),
        Column("moderator", "Moderation", "key", refers="actors"),
        Column("independent", "Unabhängig", "truth"),
        Column("last_meeting", "Letzte Sitzung", "date", edge="last"),
        Column("next_meeting", "Nächste Sitzung", "date"),
        Column("minutes", "Protokoll"),
    ),
    examples=(
        {
            "conference_id": "SK01",
            "districts": "0303",
            "name": "Stadtteilkonferenz Eisenwerk",
            "status": "besteht",
            "since": "2006",
            "turn": "vierteljährlich",
            "moderator": "A01",
            "independent": "ja",
        },
        {
            "conference_id": "SK03",
            "districts": "0503|0504|0505",
            "name": "Stadtteilkonferenz Südring",
            "status": "einzuführen",
        },
    ),
)

CONFERENCE_YEARS = SheetSchema(
    id="conference_years",
    name="konferenz_stand",
    unique=("conference_id", "year"),
    columns=(
        Column("conference_id", "Konferenz", "key", required=True, refers="conferences"),
        Column("year", "Jahr", "year", required=True),
        Column("meetings", "Sitzungen", "whole", lowest=0),
        Column("participants", "Teilnehmende", "whole", lowest=0),
        Column("minutes", "Protokolle", "whole", lowest=0),
    ),
    examples=(
        {
            "conference_id": "SK01",
            "year": "2009",
            "meetings": "4",
            "participants": "85",
            "minutes": "4",
        },
    ),
)

NOTES = SheetSchema(
    id="notes",
    name="hinweise",
    index="note_id",
    unique=("note_id",),
    columns=(
        Column("note_id", "Kennung", "key", required=True),
        Column("date", "Datum", "date", required=True),
        Column("districts", "Gebiete", "keys", refers=DISTRICTS),
        Column("source_role", "Herkunft", "choice", required=True, choices=words.SOURCE_ROLES),
        Column("conference_id", "Konferenz", "key", refers="conferences"),
        Column("theme", "Thema"),
        Column("target_group", "Zielgruppe", "choice", choices=words.TARGET_GROUPS, open_choices=True),
        Column("kind", "Art", "choice", required=True, choices=words.NOTE_KINDS),
        Column("text", "Text", required=True),
        Column("direction", "Richtung", "choice", choices=words.DIRECTIONS),
        Column("visible_in_data", "In Daten sichtbar", "choice", choices=words.VISIBLE),
        Column("indicator", "Indikator", "key", refers=CATALOGUE),
        Column("mentions", "Nennungen", "whole", lowest=1),
        Column("corroborated_by", "Bestätigt durch", "keys"),
        Column("visibility", "Sichtbar", "choice", choices=words.VISIBILITIES),
        Column("due", "Wiedervorlage", "date"),
    ),
    examples=(
        {
            "note_id": "N007",
            "date": "12.05.2020",
            "districts": "0204",
            "source_role": "Online-Abfrage",
            "theme": "Freizeit",
            "target_group": "Kinder und Jugendliche",
            "kind": "Bedarf",
            "text": "Familien wünschen digitale Freizeitangebote",
            "direction": "belastet",
            "visible_in_data": "nein",
            "mentions": "14",
            "corroborated_by": "A04",
            "visibility": "intern",
            "due": "30.09.2020",
        },
        {
            "note_id": "N011",
            "date": "03.03.2009",
            "districts": "0303",
            "source_role": "Stadtteilkonferenz",
            "conference_id": "SK01",
            "theme": "Wohnen",
            "target_group": "alle",
            "kind": "Veränderung",
            "text": "Familien ziehen fort, Nachfolge mit weniger Bindung an das Quartier",
            "direction": "belastet",
            "visible_in_data": "nicht prüfbar",
            "mentions": "3",
            "visibility": "intern",
        },
    ),
)

POLLS = SheetSchema(
    id="polls",
    name="bedarfsabfragen",
    index="poll_id",
    unique=("poll_id", "district", "answer"),
    columns=(
        Column("poll_id", "Kennung", "key", required=True),
        Column("period", "Zeitraum", "period", required=True),
        Column("district", "Gebiet", "key", refers=DISTRICTS),
        Column("question", "Frage", required=True),
        Column("answer", "Antwort", required=True),
        Column("count", "Anzahl", "whole", required=True, lowest=0),
        Column("respondents", "Befragte", "whole", required=True, lowest=0),
        Column("sampling", "Erhebungsart", "choice", required=True, choices=words.SAMPLING),
        Column("target_group", "Zielgruppe", "choice", choices=words.TARGET_GROUPS, open_choices=True),
    ),
    examples=(
        {
            "poll_id": "B01",
            "period": "2020",
            "district": "0204",
            "question": "Was fehlt im Quartier?",
            "answer": "Freizeitangebote",
            "count": "31",
            "respondents": "84",
            "sampling": "offene Teilnahme",
            "target_group": "Kinder und Jugendliche",
        },
    ),
)

NETWORK_SHEETS = (ACTORS, COOPERATIONS, CONFERENCES, CONFERENCE_YEARS, NOTES, POLLS)
