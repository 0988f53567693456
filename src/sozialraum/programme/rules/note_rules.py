"""Names and recognisable persons in free text: warned about wherever people write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sozialraum.programme.rules.known import records
from sozialraum.programme.sheets.every import SHEETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["check_notes", "person_in"]

FREE_TEXTS = {
    "actors": ("office",),
    "cooperations": ("subject",),
    "notes": ("text",),
    "polls": ("question", "answer"),
    "decisions": ("reason",),
    "goals": ("text", "owner"),
    "measures": ("description", "lead_office"),
    "measure_goals": ("assumption", "evidence"),
    "measure_years": ("remark",),
    "contributions": ("evidence",),
    "effects": ("reason",),
    "selection_rules": ("reason",),
}

FIRST_NAMES = (
    "Achim Ahmed Ahmet Ali Andrea Andreas Angela Anna Anja Anke Ayşe Ayse Barbara Bernd Birgit Christian "
    "Christina Claudia Daniel Daniela David Dieter Dirk Elena Elif Emre Fatima Fatma Felix Frank Gabriele "
    "Günter Hans Hasan Heike Heinz Helga Ibrahim Ingrid Irina Jan Jens Johanna Jonas Julia Jürgen Karin "
    "Katharina Kevin Klaus Laura Lena Leon Lisa Lukas Manfred Maria Markus Martin Martina Matthias Mehmet "
    "Michael Mohamed Mohammed Monika Murat Mustafa Nicole Olga Omar Paul Peter Petra Rainer Ralf Renate "
    "Sabine Sandra Sarah Sebastian Simon Stefan Stefanie Stephan Susanne Svetlana Thomas Tim Tobias Tom "
    "Torsten Ursula Uwe Werner Wolfgang Yusuf Zeynep"
)
_CAPITAL = r"[A-ZÄÖÜŞÇİ][a-zäöüßşçğ\u0131é]+"
_SIGNS = (
    (
        "title",
        re.compile(rf"\b(?:Herrn?|Frau|Hr\.|Fr\.|Fam(?:ilie|\.)|Dr\.)\s+(?:Dr\.\s+)?(?!und\b){_CAPITAL}"),
    ),
    ("name", re.compile(rf"\b(?:{'|'.join(FIRST_NAMES.split())})\s+(?:{_CAPITAL}|[A-ZÄÖÜ]\.)")),
    ("initial", re.compile(rf"\b{_CAPITAL}\s[A-ZÄÖÜ]\.(?=\s|,|$)")),
    ("mail", re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}")),
    ("phone", re.compile(r"\b0[0-9]{2,5}[ /-][0-9 -]{4,}[0-9]")),
    (
        "address",
        re.compile(rf"\b{_CAPITAL}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring)\s+[0-9]+\s?[a-z]?\b"),
    ),
    (
        "story",
        re.compile(
            r"\b(?:ein(?:e|em|en|er)?|der|die|das|dem|den)\s+[0-9]{1,2}[- ]?(?:jährig\w*)"
            r"|\bgeb(?:oren|\.)\s+(?:am\s+)?[0-9]{1,2}\.",
            re.IGNORECASE,
        ),
    ),
)


def person_in(text: str) -> tuple[str, str] | None:
    """Find what may point to a person: the kind of sign (``"title"``, ``"name"``, ...) and the words."""
    for kind, pattern in _SIGNS:
        found = pattern.search(text)
        if found:
            return kind, found.group()
    return None


def check_notes(programme: Programme) -> Iterator[Problem]:
    """Warn of persons in free text; in a note that is marked public it is an error."""
    columns = {schema.id: FREE_TEXTS.get(schema.id, ()) for schema in SHEETS}
    for name, texts in columns.items():
        for position, row in records(programme, name) if texts else ():
            for column in texts:
                found = person_in(str(row[column])) if row[column] is not None else None
                if found is None:
                    continue
                public = name == "notes" and row["visibility"] == "public"
                yield programme.problem(
                    "person_in_text",
                    name,
                    position,
                    column,
                    severity="error" if public else "warning",
                    written=found[1],
                )
