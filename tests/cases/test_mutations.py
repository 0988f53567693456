"""Damaged registers and lists: an error that a person can mend, or counts that never exceed the truth."""

import random

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.cases.options import Addresses, CaseAddress, CaseCount, CaseList
from sozialraum.cases.read import case_observations
from sozialraum.errors import SozialraumError

STREETS = ["Grüne Straße", "Am Bach", "Lange Str.", "Dorfweg"]
REGISTER = "Straße;Hausnummer;Zusatz;PLZ;Gebiet\n" + "".join(
    f"{street};{house};;9900{place};0{place}\n"
    for place, street in enumerate(STREETS, 1)
    for house in range(1, 12)
)
LIST = "Nr;Straße;Haus;Beginn;Ende\n" + "".join(
    f"F-{i};{STREETS[i % 4]};{1 + i % 11};{1 + i % 28:02d}.03.2022;\n" for i in range(60)
)


def _mutate(rng, text):
    """Change one to three places: a letter, a line, a piece moved, cut off or said twice."""
    for _ in range(rng.randint(1, 3)):
        place, end = sorted((rng.randrange(len(text)), rng.randrange(len(text))))
        end = min(end, place + 40)
        piece = text[place:end]
        text = rng.choice(
            [
                text[:place] + rng.choice(';"\n\x00=\u200b-0Aß,\r\ufffd') + text[place + 1 :],
                text[:place] + text[end:],
                text[:place] + piece + piece + text[end:],
                text[:place] + piece[::-1] + text[end:],
                text[:place],
                text.replace(";", rng.choice([",", "\t", ";;"]), rng.randint(1, 5)),
            ]
        )
        if not text:
            break
    return text


@pytest.mark.slow
@pytest.mark.parametrize("damaged", ["list", "register"])
def test_damage_is_told_or_harmless(tmp_path, damaged):
    rng = random.Random(damaged)  # noqa: S311 - chance, not secrets
    districts = gpd.GeoDataFrame(
        geometry=[box(i, 0, i + 1, 1) for i in range(4)],
        index=pd.Index(["01", "02", "03", "04"], name="district"),
        crs="EPSG:25833",
    )
    register = Addresses(file="r.csv", suffix="Zusatz", postcode="PLZ", district="Gebiet")
    cases = CaseList(
        file="f.csv",
        address=CaseAddress(street="Straße", number="Haus"),
        case="Nr",
        begin="Beginn",
        end="Ende",
        dates=("2023-12-31",),
        counts={"n": CaseCount(rule="bestand")},
    )
    for _ in range(150):
        one, other = LIST, REGISTER
        if damaged == "list":
            one = _mutate(rng, one)
        else:
            other = _mutate(rng, other)
        (tmp_path / "f.csv").write_bytes(one.encode("utf-8"))
        (tmp_path / "r.csv").write_bytes(other.encode("utf-8"))
        rows = None
        try:
            rows, problems = case_observations(register, [cases], districts, lambda name: tmp_path / name)
        except SozialraumError as error:
            problems = error.problems
        assert problems
        assert not any("Grüne" in problem.text("de") for problem in problems)
        assert rows is None or len(rows) == 4
