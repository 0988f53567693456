"""The words that cells may hold: id in code, word in the drop-down list."""

from __future__ import annotations

from sozialraum.programme.sheets.model import Choice

__all__ = [
    "ACCESS_RULES",
    "ACTOR_KINDS",
    "ALLOCATION_KEYS",
    "BODIES",
    "CAPACITY_UNITS",
    "COMPARISONS",
    "COMPETENCES",
    "CONFERENCE_STATUS",
    "COOPERATION_STATUS",
    "DECISIONS",
    "DIRECTIONS",
    "EVIDENCE_KINDS",
    "FACILITY_KINDS",
    "FINANCE_STATUS",
    "FUNDING_SOURCES",
    "GOAL_DIRECTIONS",
    "GOAL_STATUS",
    "GOAL_TYPES",
    "HOUSING_KINDS",
    "LEGAL_BASES",
    "LEVELS",
    "MEASURE_ROLES",
    "MEASURE_STATUS",
    "NOTE_KINDS",
    "OPERATORS",
    "QUANTITIES",
    "RESULTS",
    "RULE_ROLES",
    "SAMPLING",
    "SCOPES",
    "SHARE_METHODS",
    "SOURCE_ROLES",
    "TARGET_GROUPS",
    "TARGET_KINDS",
    "TIERS",
    "TURNS",
    "VISIBILITIES",
    "VISIBLE",
]


def _words(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, label) for name, label in labels.items())


TARGET_GROUPS = _words(
    children_youth="Kinder und Jugendliche",
    working_age="Erwerbsalter",
    older="Ältere",
    households="Haushalte",
    all="alle",
)
"""As in the indicator catalogue; a group of one's own is written in its own word."""

FACILITY_KINDS = _words(
    day_care="Kita",
    primary_school="Grundschule",
    counselling="Beratung",
    care="Betreuung",
    training="Qualifizierung",
    health="Gesundheit",
    green="Grünfläche",
    playground="Spielplatz",
    youth_centre="Jugendeinrichtung",
    neighbourhood_shop="Stadtteilladen",
    neighbourhood_management="Quartiermanagement",
    other="Sonstige",
)
ACCESS_RULES = _words(open="offen", school_district="Schulbezirk", assignment="Zuweisung")
CAPACITY_UNITS = _words(
    places="Plätze",
    weekly_hours="Wochenstunden",
    classes="Klassen",
    square_metres="m²",
    sessions="Beratungen",
)
HOUSING_KINDS = _words(all="alle Wohnungen", affordable="bezahlbar", rent_bound="mietpreisgebunden")

ACTOR_KINDS = _words(
    welfare="Freier Träger",
    housing_company="Wohnungsunternehmen",
    office="Amt",
    job_centre="Jobcenter/BA",
    school="Schule",
    day_care="Kita",
    education="Bildungseinrichtung",
    association="Verein",
    residents="Bewohnervertretung",
    church="Kirche",
    police="Polizei",
    other="Sonstige",
)
COOPERATION_STATUS = _words(planned="geplant", running="läuft", ended="beendet")
CONFERENCE_STATUS = _words(exists="besteht", to_introduce="einzuführen", dormant="ruht")
TURNS = _words(
    monthly="monatlich", quarterly="vierteljährlich", half_yearly="halbjährlich", yearly="jährlich"
)

SOURCE_ROLES = _words(
    conference="Stadtteilkonferenz",
    meeting="Stadtteiltreffen",
    actor_talk="Akteursgespräch",
    residents="Bewohnerschaft",
    walk="Begehung",
    online_poll="Online-Abfrage",
    administration="Verwaltung",
)
NOTE_KINDS = _words(
    need="Bedarf",
    strength="Stärke",
    risk="Risiko",
    change="Veränderung",
    network="Netzwerk",
    question="Frage",
)
DIRECTIONS = _words(burdens="belastet", relieves="entlastet", mixed="gemischt", unclear="unklar")
VISIBLE = _words(yes="ja", no="nein", not_testable="nicht prüfbar")
VISIBILITIES = _words(internal="intern", public="öffentlich")
SAMPLING = _words(random="Zufallsstichprobe", open="offene Teilnahme", census="Vollerhebung")

TIERS = _words(full="voll", half="halb", flanking="flankierend")
LEGAL_BASES = _words(
    redevelopment="§136 BauGB",
    urban_restructuring="§171e BauGB",
    development="§165 BauGB",
    social_cohesion="Sozialer Zusammenhalt",
    erdf="EFRE",
    council="Ratsbeschluss",
)
SHARE_METHODS = _words(
    counted="Einwohner gezählt", addresses="nach Adressen", area="nach Fläche", estimated="geschätzt"
)
RESULTS = _words(
    status="Soziale Lage",
    dynamic="Dynamik",
    verdict="Auffälligkeit",
    conspicuous_count="Zahl auffälliger Indikatoren",
    cluster="Cluster",
    robustness="Belastbarkeit",
    double_disadvantage="doppelte Benachteiligung",
    persistence="Dauer",
    notes="Hinweise",
    no_conference="keine Konferenz",
    value="Wert",
)
OPERATORS = _words(equals="ist", differs="ist nicht", at_least="mindestens", at_most="höchstens")
RULE_ROLES = _words(required="Pflicht", any_of="eine von", points="Punkte", exclusion="Ausschluss")
DECISIONS = _words(
    include="aufnehmen", refuse="ablehnen", keep="beibehalten", release="entlassen", defer="zurückstellen"
)
BODIES = _words(
    council="Rat", committee="Ausschuss", district_council="Bezirksvertretung", administration="Verwaltung"
)

SCOPES = _words(district="Gebiet", programme_area="Programmgebiet", facility="Einrichtung", city="Stadt")
LEVELS = _words(
    groups="1 Gruppen im Quartier", quarter_city="2 Quartier und Stadt", space_people="3 Raum und Menschen"
)
GOAL_TYPES = _words(individual="individuelle Situation", group="Zielgruppe", infrastructure="Infrastruktur")
QUANTITIES = _words(share="Anteil", count="Anzahl", ratio="Verhältnis", value="Wert")
GOAL_DIRECTIONS = (Choice("lower", "senken"), Choice("raise", "steigern"), Choice("hold", "halten"))
TARGET_KINDS = _words(
    points="Prozentpunkte",
    fraction="um Bruchteil",
    to_value="auf Wert",
    at_most="höchstens",
    at_least="mindestens",
)
GOAL_STATUS = _words(
    draft="Entwurf", agreed="abgestimmt", adopted="beschlossen", changed="geändert", abandoned="aufgegeben"
)

COMPETENCES = _words(own="Sozialdezernat", other="anderes Dezernat", third="Dritte")
MEASURE_ROLES = _words(main="haupt", side="neben")
MEASURE_STATUS = _words(
    planned="geplant", running="läuft", finished="abgeschlossen", aborted="abgebrochen", dormant="ruht"
)
FUNDING_SOURCES = _words(
    own_budget="Haushalt Sozialdezernat",
    additional="zusätzliche Mittel",
    urban_development="Städtebauförderung",
    erdf="EFRE",
    esf="ESF+",
    state="Land",
    foundation="Stiftung",
    provider="Träger",
)
FINANCE_STATUS = _words(
    budgeted="eingestellt",
    proviso="unter Vorbehalt",
    decided="beschlossen",
    granted="bewilligt",
    refused="abgelehnt",
)
EVIDENCE_KINDS = _words(
    supports="spricht dafür", contradicts="spricht dagegen", other_explanation="andere Erklärung"
)
COMPARISONS = _words(automatic="automatisch", listed="Liste")
ALLOCATION_KEYS = _words(persons="Personen", persons_index="Personen mal Index")
