"""A simulated register and list: the counts are the generator's, and no secret leaves."""

import csv
import importlib.util
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.cases.options import Addresses, CaseAddress, CaseCount, CaseList
from sozialraum.cases.read import case_observations
from sozialraum.project.file import load_project
from sozialraum.project.flow import check

DATA = Path(__file__).parents[2] / "data"
KEYS = [f"{area:02d}{number:02d}" for area in range(1, 9) for number in range(1, 13)]


@pytest.fixture(scope="module")
def generator():
    specification = importlib.util.spec_from_file_location("make_cases", DATA / "make_cases.py")
    module = importlib.util.module_from_spec(specification)
    import sys  # noqa: PLC0415 - dataclasses look their module up

    sys.modules["make_cases"] = module
    specification.loader.exec_module(module)
    return module


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "ended"), [(1, 0.0), (2, 0.3)])
def test_counts_are_the_generators_and_nothing_is_placed_wrongly(tmp_path, generator, seed, ended):
    drawn = generator.simulate(KEYS, addresses=25_000, cases=1_900, ended=ended, seed=seed)
    _write(tmp_path / "r.csv", drawn.register)
    _write(tmp_path / "f.csv", drawn.cases)
    districts = gpd.GeoDataFrame(
        geometry=[box(i, 0, i + 1, 1) for i in range(len(KEYS))],
        index=pd.Index(KEYS, name="district"),
        crs="EPSG:25833",
    )
    register = Addresses(
        file="r.csv", suffix="Zusatz", postcode="PLZ", district="Gebiet", special="Sonderanschrift"
    )
    cases = CaseList(
        file="f.csv",
        address=CaseAddress(street="Straße", number="Hausnummer", postcode="PLZ"),
        case="Fallnummer",
        begin="Beginn",
        end="Ende",
        dates=("2023-12-31",),
        counts={"hze": CaseCount(rule="bestand")},
        unplaced="intern/offen.csv",
    )
    rows, problems = case_observations(register, [cases], districts, lambda name: tmp_path / name)
    counts = rows[rows["variable"] == "hze"].set_index("district")["value"]
    right = pd.Series(drawn.truth).reindex(KEYS).fillna(0)
    # Nowhere more than the truth: nothing is placed wrongly; nearly all of it: at least 99 of 100.
    assert (counts <= right).all()
    assert counts.sum() >= 0.99 * right.sum()
    assert drawn.misspelt == 38
    said = rows.to_csv() + "".join(problem.text("de") + problem.text("en") for problem in problems)
    assert not [secret for secret in drawn.secrets if secret in said]


def test_demo_is_what_the_generator_writes(tmp_path, generator):
    (tmp_path / "boundaries").mkdir()
    source = DATA / "boundaries" / "musterstadt.geojson"
    (tmp_path / "boundaries" / "musterstadt.geojson").write_bytes(source.read_bytes())
    generator.make(tmp_path)
    for name in ("adressen.csv", "faelle.csv"):
        assert (tmp_path / "cases" / name).read_bytes() == (DATA / "cases" / name).read_bytes()


@pytest.mark.slow
def test_demo_project_counts_its_cases():
    problems = check(load_project(DATA / "cases" / "project.toml"))
    assert [problem.code for problem in problems if problem.severity == "error"] == []
    (placed,) = [problem for problem in problems if problem.code == "cases.placed"]
    assert "12 (2.0 %) haben kein Gebiet" in placed.text("de")
