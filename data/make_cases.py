"""Make an address register and a list of cases for the demo city: invented, the same bytes on every run.

    python data/make_cases.py [FOLDER]

writes ``cases/adressen.csv`` and ``cases/faelle.csv`` below FOLDER (default: this script's). Streets, houses,
people and cases are drawn; nobody of that name lives there. Some addresses are spelt in other ways, a few are
misspelt, as office lists are.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Simulation", "make", "simulate"]

_STEMS = (
    "Ahorn Amsel Anger Birken Blumen Brunnen Buchen Dom Eichen Erlen Falken Feld Fichten Finken "
    "Garten Goethe Grüne Hafen Hang Heide Hof Holz Kastanien Kiefern Kirch Kloster Korn Kranich "
    "Lerchen Linden Markt Meisen Mühlen Nelken Ost Pappel Park Rosen Schiller Schloss Schul See "
    "Stern Süd Tal Tannen Turm Ufer Ulmen Veilchen Wald Weber Weiden Wiesen Winzer Zeder Ziegel "
)
STEMS = _STEMS.split()
ENDINGS = ("straße", "weg", "allee", "gasse", "ring", "platz")
FIRST = ("Alex", "Bela", "Chris", "Dana", "Eike", "Finn", "Gerrit", "Helge")
LAST = ("Mustermann", "Beispiel", "Probe", "Erfunden", "Niemand", "Simuliert")
AID = ("§ 31 SPFH", "§ 34 Heim", "§ 35a Schule")


@dataclass
class Simulation:
    """Rows of the register and of the list, and what the counts must be.

    Parameters
    ----------
    register, cases
        Rows with their heading.
    truth
        District to the number of cases whose address is not misspelt, in stock on 31 December 2023.
    misspelt
        Number of rows that no exact or normalised spelling explains.
    secrets
        Streets, names and case numbers, none of which may appear in any output.
    """

    register: list[list[str]] = field(default_factory=list)
    cases: list[list[str]] = field(default_factory=list)
    truth: Counter[str] = field(default_factory=Counter)
    misspelt: int = 0
    secrets: set[str] = field(default_factory=set)


def simulate(
    districts: list[str],
    *,
    addresses: int,
    cases: int,
    misspelt: float = 0.02,
    ended: float = 0.0,
    seed: int = 1,
) -> Simulation:
    """Draw a register of about `addresses` houses, and a list of `cases`.

    Parameters
    ----------
    districts
        Keys; the first two letters are the city district, which has a postcode.
    addresses, cases
        How many.
    misspelt
        Share of cases whose street has one letter too few.
    ended
        Share of cases that end within 2023, before its last day.
    seed
        Of the draws.
    """
    rng = random.Random(seed)  # noqa: S311 - a simulation
    found = Simulation(
        register=[["Straße", "Hausnummer", "Zusatz", "PLZ", "Gebiet", "Sonderanschrift"]],
        cases=[["Fallnummer", "Name", "Straße", "Hausnummer", "PLZ", "Beginn", "Ende", "Hilfeart"]],
    )
    names = [
        f"{stem}{ending}" if not stem.endswith("e") else f"{stem} {ending.title()}"
        for stem in STEMS
        for ending in ENDINGS
    ]
    houses: list[tuple[str, str, str, str, str]] = []
    # A name may occur again in another city district, under another postcode.
    used: set[tuple[str, str]] = set()
    while len(houses) < addresses:
        key, name = rng.choice(districts), rng.choice(names)
        area = key[:2]
        if (area, name) in used:
            name = f"{rng.choice(STEMS)}-{name}"
        if (area, name) in used:
            continue
        used.add((area, name))
        for number in range(1, rng.randint(8, 40)):
            suffix = rng.choice(["", "", "", "", "a", "b"])
            special = "Pflegeheim" if rng.random() < 0.005 else ""
            houses.append((name, f"{number}", suffix, f"990{area}", key))
            found.register.append([name, f"{number}", suffix, f"990{area}", key, special])
    found.secrets |= {house[0] for house in houses}
    for number in range(cases):
        _draw_case(rng, houses, number, found, wrong=number < round(misspelt * cases), ended=ended)
    return found


def _draw_case(
    rng: random.Random,
    houses: list[tuple[str, str, str, str, str]],
    number: int,
    found: Simulation,
    *,
    wrong: bool,
    ended: float,
) -> None:
    name, house, suffix, postcode, key = rng.choice(houses)
    street = _respell(rng, name)
    if wrong:
        place = rng.randrange(1, len(name) - 4)
        street = name[:place] + "y" + name[place:]
        found.misspelt += 1
    over = ended > 0 and rng.random() < ended
    if not wrong and not over:
        found.truth[key] += 1
    end = f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.2023" if over else ""
    case = f"HZE-{100_000 + number}"
    person = f"{rng.choice(FIRST)} {rng.choice(LAST)}-{number}"
    written = rng.choice([f"{house}{suffix}", f"{house} {suffix.upper()}", f"{house}{suffix}"]).strip()
    begin = f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.choice((2021, 2022))}"
    found.cases.append([case, person, street, written, postcode, begin, end, rng.choice(AID)])
    found.secrets |= {case, person}


def _respell(rng: random.Random, name: str) -> str:
    """Spell a street as somebody else would."""
    ways = [name, name, name, name.upper(), name.replace("straße", "str.").replace("Straße", "Str.")]
    ways += [name.replace("ß", "ss"), name.replace("ü", "ue"), name.replace("-", " ")]
    return rng.choice(ways)


def make(folder: Path) -> None:
    """Write the two files for the demo city."""
    source = folder / "boundaries" / "musterstadt.geojson"
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    keys = sorted(str(feature["properties"]["schluessel"]) for feature in features)
    drawn = simulate(keys, addresses=2_500, cases=600, ended=0.25)
    target = folder / "cases"
    target.mkdir(exist_ok=True)
    for name, rows in (("adressen", drawn.register), ("faelle", drawn.cases)):
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
