"""A programme of the small city, as the page carries it."""

from sozialraum.publish.programme.payload import QUADRANT_CODES, SYMBOLS

OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[8.569, 51.996], [8.576, 51.996], [8.576, 52.001], [8.569, 52.001], [8.569, 51.996]]],
}
"""Over the middle of the small city."""


def both(words):
    return {"de": words, "en": f"{words} (en)"}


def goal(name, state, area):
    symbol, light = SYMBOLS[state]
    return {
        "id": name,
        "version": 1,
        "title": f"Ziel {name}",
        "scopeType": "district",
        "scope": "01",
        "districts": ["01"],
        "area": area,
        "indicator": "poor",
        "label": both("Kinderarmut"),
        "quantity": "share",
        "baselineDate": None,
        "date": "2017-12-31",
        "due": "31.12.2019",
        "baseline": 0.4,
        "figure": 0.3,
        "target": 0.2,
        "attained": 0.5,
        "lower": None,
        "upper": None,
        "beyondChance": None,
        "state": state,
        "word": both({"missed": "verfehlt", "reached": "erreicht"}[state]),
        "symbol": symbol,
        "light": light,
        "shown": {
            name: both(told)
            for name, told in (
                ("baseline", "40 %"),
                ("figure", "30 %"),
                ("expected", "25 %"),
                ("target", "20 %"),
            )
        },
        "sentence": both("Ein Satz."),
        "owner": None,
        "measures": ["M1"],
    }


def decision(district, decided):
    return {
        "district": district,
        "year": 2016,
        "decision": decided,
        "word": both("zurückstellen"),
        "reason": "Zu klein.",
        "date": None,
        "body": None,
        "paper": None,
        "sentence": both("Zurückgestellt."),
        "why": None,
    }


def programme(*, internal):
    quadrants = ["both", "need", "provision", "neither", "undecided", "not_assessable", *["neither"] * 6]
    note = {
        "id": "N1",
        "date": "2017-05-01",
        "districts": ["02"],
        "role": both("Begehung"),
        "theme": "Verkehr",
        "kind": both("Bedarf"),
        "text": "Geheime Beobachtung",
        "direction": None,
        "visible": None,
    }
    return {
        "year": 2017,
        "internal": internal,
        "symbols": {
            state: {"symbol": symbol, "light": light, "word": both(state)}
            for state, (symbol, light) in SYMBOLS.items()
        },
        "quadrants": [
            {"id": name, "word": both(f"Feld {name}"), "told": both("Erklärt.")} for name in QUADRANT_CODES
        ],
        "areas": [
            {
                "id": "PG1",
                "name": "Gleisbogen",
                "districts": ["01", "02"],
                "tiers": {},
                "since": "2015-01-01",
                "until": None,
                "site": None,
                "sentence": both("Aufgenommen."),
            }
        ],
        "decisions": [decision("03", "defer")],
        "goals": [goal("Z1", "missed", "PG1"), goal("Z2", "reached", "PG1")],
        "measures": [
            {
                "id": "M1",
                "title": "Sprachkurs",
                "scopeType": "city",
                "scope": None,
                "districts": [],
                "status": "running",
                "word": both("läuft"),
                "lead": "Jugendamt",
                "starts": None,
                "ends": None,
                "goals": ["Z1"],
                "funding": {"state": "none", "word": both("ohne Mittel"), "amount": None, "secured": None},
            }
        ],
        "need": [
            {
                "id": "day_care:children",
                "kind": both("Kita"),
                "group": both("Kinder"),
                "year": 2016,
                "quadrants": "".join(str(QUADRANT_CODES.index(name)) for name in quadrants),
                "sure": [99, 60, *[None] * 10],
                "need": [1.0] * 12,
                "provision": [0.1] * 12,
            }
        ],
        "facilities": [
            {
                "id": "E1",
                "name": "Kita Süd",
                "kind": "day_care",
                "word": both("Kita"),
                "district": "02",
                "capacity": 25.0,
                "unit": both("Plätze"),
                "year": 2017,
                "lon": 8.57,
                "lat": 51.45,
                "exact": False,
            },
        ],
        "conferences": [],
        "gaps": [],
        "sites": [
            {
                "id": "KU1",
                "name": "Sanierungsgebiet <b>Nord</b>",
                "basis": both("Ratsbeschluss"),
                "since": "2015",
                "until": "2020-12-31",
                "districts": [],
                "outline": OUTLINE,
            },
            {
                "id": "KU2",
                "name": "Ohne Linie",
                "basis": None,
                "since": None,
                "until": None,
                "districts": [],
                "outline": None,
            },
        ],
        "notes": [note] if internal else [],
    }
