"""Case lists of a large city: ``python -m benchmarks.cases [--seeds 10] [--run]``.

For each seed a register of 25,000 addresses and 1,900 cases are drawn, 2 % of them misspelt, and counted per
district. Right is: at least 99 of 100 cases that are spelt right placed, none in another district than the
generator's, and no street, name or case number in what is told. With ``--run`` the last of them is run as
``sozialraum run`` runs it, and every file that comes out, also inside packed ones, is searched for secrets.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely import box

from sozialraum.cases.options import Addresses, CaseAddress, CaseCount, CaseList
from sozialraum.cases.read import case_observations
from sozialraum.project.file import load_project
from sozialraum.project.flow import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DATA = Path(__file__).parents[1] / "data"
ADDRESSES, CASES = 25_000, 1_900
KEYS = [f"{area:02d}{number:02d}" for area in range(1, 9) for number in range(1, 13)]
REGISTER = Addresses(
    file="adressen.csv", suffix="Zusatz", postcode="PLZ", district="Gebiet", special="Sonderanschrift"
)
LIST = CaseList(
    file="faelle.csv",
    address=CaseAddress(street="Straße", number="Hausnummer", postcode="PLZ"),
    case="Fallnummer",
    begin="Beginn",
    end="Ende",
    dates=("2023-12-31",),
    counts={"hze": CaseCount(rule="bestand")},
)


def _generator() -> Any:  # noqa: ANN401 - a module of the demo city
    specification = importlib.util.spec_from_file_location("make_cases", DATA / "make_cases.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["make_cases"] = module
    specification.loader.exec_module(module)
    return module


def _write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def _districts(keys: list[str]) -> gpd.GeoDataFrame:
    index = pd.Index(keys, name="district")
    return gpd.GeoDataFrame(geometry=[box(i, 0, i + 1, 1) for i in range(len(keys))], index=index, crs=25833)


def place(drawn: Any, folder: Path) -> dict[str, object]:  # noqa: ANN401 - a simulation of that module
    """Count a drawn list, and compare the counts with the truth."""
    _write(folder / REGISTER.file, drawn.register)
    _write(folder / LIST.file, drawn.cases)
    begin = time.process_time()
    rows, problems = case_observations(REGISTER, [LIST], _districts(KEYS), lambda name: folder / name)
    seconds = time.process_time() - begin
    counts = rows[rows["variable"] == "hze"].set_index("district")["value"]
    right = pd.Series(drawn.truth).reindex(counts.index).fillna(0)
    told = rows.to_csv() + "".join(problem.text("de") + problem.text("en") for problem in problems)
    return {
        "right": int(right.sum()),
        "placed": int(counts.sum()),
        "wrongly": int((counts - right).clip(lower=0).sum()),
        "misspelt": drawn.misspelt,
        "secrets told": sum(secret in told for secret in drawn.secrets),
        "CPU s": round(seconds, 2),
    }


def _contents(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the text of every file, and of every part of packed ones."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        yield path.name, content.decode("utf-8", "replace")
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for part in archive.namelist():
                    yield f"{path.name}/{part}", archive.read(part).decode("utf-8", "replace")


def search(seed: int, folder: Path) -> tuple[int, int, list[str]]:
    """Run the demo's project of cases with a drawn register and list; search what it wrote for secrets.

    Returns
    -------
    tuple
        Number of files (and parts) searched, number of secrets searched for, and where one was found.
    """
    generator = _generator()
    city = gpd.read_file(DATA / "boundaries" / "musterstadt.geojson")
    keys = sorted(city["schluessel"].astype(str))
    drawn = generator.simulate(keys, addresses=ADDRESSES, cases=CASES, ended=0.0, seed=seed)
    _write(folder / REGISTER.file, drawn.register)
    _write(folder / LIST.file, drawn.cases)
    text = (DATA / "cases" / "project.toml").read_text("utf-8")
    text = text.replace('"../boundaries', f'"{DATA.as_posix()}/boundaries')
    text = text.replace('"../indicators', f'"{DATA.as_posix()}/indicators')
    (folder / "project.toml").write_text(text.replace('"../maps-cases"', '"maps"'), "utf-8")
    run(load_project(folder / "project.toml"))
    # What the city calls its districts may be called like a street.
    known = " ".join(city["name"].astype(str)) + " ".join(city["stadtbezirk_name"].astype(str))
    secrets = [secret for secret in drawn.secrets if secret not in known]
    searched, found = 0, []
    for name, content in _contents(folder / "maps"):
        searched += 1
        found += [f"{name}: {secret}" for secret in secrets if secret in content]
    return searched, len(secrets), found


def main() -> None:
    """Print the counts of each seed, and what the search found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cases", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--run", action="store_true")
    asked = parser.parse_args()
    generator = _generator()
    rows = {}
    for seed in range(asked.first, asked.first + asked.seeds):
        drawn = generator.simulate(KEYS, addresses=ADDRESSES, cases=CASES, ended=0.2, seed=seed)
        with tempfile.TemporaryDirectory() as name:
            rows[seed] = place(drawn, Path(name))
    sys.stdout.write(f"{pd.DataFrame(rows).T.to_string()}\n")
    if asked.run:
        with tempfile.TemporaryDirectory() as name:
            searched, number, found = search(asked.first, Path(name))
        sys.stdout.write(f"{searched} files and parts searched for {number} secrets: {len(found)} found\n")
        sys.stdout.writelines(f"  {line}\n" for line in found[:20])


if __name__ == "__main__":
    main()
