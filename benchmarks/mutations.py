"""Damaged inputs by the thousand: ``python -m benchmarks.mutations KIND [--number 1000] [--seed 0]``.

Each input is damaged in one place (a byte of the file, a byte inside the packed parts of a workbook, a piece
of a list) and read. Right is: the same as before; its own cells changed; or refused in words. Wrong, and
printed, is a traceback, and any change beyond the damaged place that nobody is told.
"""

from __future__ import annotations

import argparse
import collections
import io
import random
import sys
import tempfile
import traceback
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from shapely import box

from sozialraum.boundaries.read import load_districts
from sozialraum.cases.options import Addresses, CaseAddress, CaseCount, CaseList
from sozialraum.cases.read import case_observations
from sozialraum.errors import SozialraumError
from sozialraum.tables.read import load_table

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["KINDS", "main", "trial"]

MEAN = b";,\t|\"\n\r' .-x0\0\xff<>/=&"
"""Bytes that do most harm."""

NAMES = ("Mühlstraße", "Süd", "Nord-West", "Alt- und Neustadt", "Ödland")
HEADER = ("schluessel", "name", "jahr", "Einwohner", "Quote", "Fälle")
ROWS = [
    (
        f"{number:04d}",
        f"{NAMES[number % 5]} {number}",
        2017 + number % 2,
        1000 + 37 * number,
        1.5 * number + 0.25,
        ("-", "x", 12, 7)[number % 4],
    )
    for number in range(30)
]
OPTIONS = {
    "key": "schluessel",
    "name": "name",
    "date_column": "jahr",
    "variables": {"people": "Einwohner", "rate": "Quote", "cases": "Fälle"},
}
STYLES = (
    ("utf-8", ";", "\n", ""),
    ("cp1252", ";", "\r\n", ""),
    ("utf-8-sig", "\t", "\r\n", '"'),
    ("utf-16", "|", "\n", ""),
    ("utf-8", ",", "\n", '"'),
    ("utf-16-le", ";", "\r\n", '"'),
)
STREETS = ("Grüne Straße", "Am Bach", "Lange Str.", "Dorfweg")
OWN = 3
"""Cells that one damaged place of a workbook may change: a cell, the one it now covers, and its neighbour."""


@dataclass
class Trial:
    """What becomes of one damaged input: its outcome, and why it is wrong where it is."""

    outcome: str
    fault: str = ""


def _hit(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    byte = chance.choice(MEAN) if chance.random() < 0.5 else chance.randrange(256)
    changed[chance.randrange(len(changed))] = byte
    return bytes(changed)


def _differing(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Count the cells that differ, rows that are only on one side with all their cells."""
    columns = ["variable", "district", "name", "date", "value", "flag"]
    one, two = (
        collections.Counter(map(tuple, frame[columns].astype(str).to_numpy())) for frame in (before, after)
    )
    return max(sum((one - two).values()), sum((two - one).values()))


def _text(style: tuple[str, str, str, str]) -> bytes:
    encoding, separator, end, quote = style
    lines = [f"Tabelle 1{separator * 5}", ""]
    for row in (HEADER, *ROWS):
        cells = (f"{cell:.2f}".replace(".", ",") if isinstance(cell, float) else cell for cell in row)
        lines.append(separator.join(f"{quote}{cell}{quote}" for cell in cells))
    lines += ["", f"Quelle: Amt für Statistik{separator * 5}"]
    return (end.join(lines) + end).encode(encoding)


def _table(path: Path, before: pd.DataFrame, most: int, options: dict[str, object] | None = None) -> Trial:
    """Read a damaged table; `most` rows of observations may differ."""
    after, problems = load_table(path, **(options or OPTIONS))  # type: ignore[arg-type]  # the options have its types
    if any(problem.severity == "error" for problem in problems):
        silent = [problem.code for problem in problems if not problem.text()]
        return Trial("refused", f"no words: {silent}" if silent else "")
    different = _differing(before, after)
    told = any(problem.severity == "warning" for problem in problems)
    if different > most and not told:
        return Trial("changed", f"{different} observations differ, nobody is told")
    return Trial("same" if not different else "own cells" if different <= most else "told")


def _csv(folder: Path) -> Callable[[random.Random], Trial]:
    path = folder / "tabelle.csv"
    sources = []
    for style in STYLES:
        path.write_bytes(_text(style))
        sources.append((path.read_bytes(), load_table(path, **OPTIONS)[0]))  # type: ignore[arg-type]  # as above

    def one(chance: random.Random) -> Trial:
        content, before = chance.choice(sources)
        path.write_bytes(_hit(content, chance))
        # A damaged key or date stands in three observations.
        return _table(path, before, 3)

    return one


def _xlsx(path: Path) -> None:
    pd.DataFrame(ROWS, columns=list(HEADER)).to_excel(path, index=False)


def _ods(path: Path) -> None:
    """Write a small OpenDocument sheet."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            inside = f"<text:p>{value}</text:p>"
            return f'<table:table-cell office:value-type="string">{inside}</table:table-cell>'
        inside = f"<text:p>{str(value).replace('.', ',')}</text:p>"
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">{inside}</table:table-cell>'
        )

    spaces = "urn:oasis:names:tc:opendocument:xmlns"
    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in (HEADER, *ROWS))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{spaces}:office:1.0" '
        f'xmlns:table="{spaces}:table:1.0" xmlns:text="{spaces}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Daten">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{spaces}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


def _packed(folder: Path, name: str, make: Callable[[Path], None]) -> Callable[[random.Random], Trial]:
    """Damage a byte of the file, or of a part inside it that is then packed again."""
    path = folder / name
    make(path)
    content = path.read_bytes()
    before, problems = load_table(path, **OPTIONS)  # type: ignore[arg-type]  # as above
    assert not [problem for problem in problems if problem.severity == "error"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    full = [part for part, inside in parts.items() if inside]

    def one(chance: random.Random) -> Trial:
        if chance.random() < 0.3:
            path.write_bytes(_hit(content, chance))
            return _table(path, before, 3 * OWN)
        weights = [len(parts[part]) ** 0.5 for part in full]
        (damaged,) = chance.choices(full, weights)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, inside in parts.items():
                archive.writestr(part, _hit(inside, chance) if part == damaged else inside)
        return _table(path, before, 3 * OWN)

    return one


def _squares() -> gpd.GeoDataFrame:
    shapes = [box(500_000 + 1000 * i, 5_700_000, 501_000 + 1000 * i, 5_701_000) for i in range(12)]
    frame = {"id": [f"{i:02d}" for i in range(12)], "name": [f"Süd {i}" for i in range(12)]}
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:25832")


def _map(path: Path, before: gpd.GeoDataFrame) -> Trial:
    """Read damaged polygons: one district may differ in key, name or shape, all of them in nothing."""
    found, problems = load_districts(path, key="id", name="name")
    told = [problem for problem in problems if problem.severity != "note"]
    if any(problem.severity == "error" for problem in problems):
        return Trial("refused")
    if found.crs != before.crs:
        apart = found.to_crs(before.crs).geometry.centroid.distance(before.geometry.centroid).max()
        return Trial("renamed system") if apart < 1 else Trial("elsewhere", f"{apart:.0f} m, nobody is told")
    same = [
        key
        for key in before.index
        if key in found.index
        and found.loc[key, "name"] == before.loc[key, "name"]
        and found.geometry[key].equals_exact(before.geometry[key], 0.01)
    ]
    different = max(len(before), len(found)) - len(same)
    if different > 1 and not told:
        return Trial("changed", f"{different} districts differ, nobody is told")
    return Trial("same" if not different else "own district" if different == 1 else "told")


def _gpkg(folder: Path) -> Callable[[random.Random], Trial]:
    path = folder / "gebiete.gpkg"
    _squares().to_file(path, driver="GPKG")
    content = path.read_bytes()
    filled = [position for position, byte in enumerate(content) if byte]
    before, _ = load_districts(path, key="id", name="name")

    def one(chance: random.Random) -> Trial:
        changed = bytearray(content)
        changed[chance.choice(filled)] = chance.randrange(256)
        path.write_bytes(changed)
        return _map(path, before)

    return one


def _shp(folder: Path) -> Callable[[random.Random], Trial]:
    path = folder / "gebiete.shp"
    _squares().to_file(path, driver="ESRI Shapefile", encoding="utf-8")
    contents = {end: path.with_suffix(end).read_bytes() for end in (".shp", ".dbf", ".shx", ".prj", ".cpg")}
    before, _ = load_districts(path, key="id", name="name")

    def one(chance: random.Random) -> Trial:
        ends = list(contents)
        (damaged,) = chance.choices(ends, [8, 8, 3, 2, 1])
        for end, content in contents.items():
            path.with_suffix(end).write_bytes(_hit(content, chance) if end == damaged else content)
        return _map(path, before)

    return one


def _attributes(folder: Path) -> Callable[[random.Random], Trial]:
    """Damage geodata whose attributes are the table."""
    shapes = [box(number, 50, number + 1, 51) for number in range(len(ROWS))]
    frame = gpd.GeoDataFrame(ROWS, columns=list(HEADER), geometry=shapes, crs="EPSG:4326")
    sources = []
    for name, main in (("t.geojson", "t.geojson"), ("t.gpkg", "t.gpkg"), ("t.shp", "t.dbf")):
        frame.rename(columns={"schluessel": "schl"}).to_file(folder / name)
        options = {**OPTIONS, "key": "schl"}
        before, problems = load_table(folder / name, **options)  # type: ignore[arg-type]  # as above
        assert not [problem for problem in problems if problem.severity == "error"]
        sources.append((folder / name, folder / main, (folder / main).read_bytes(), before, options))

    def one(chance: random.Random) -> Trial:
        path, damaged, content, before, options = chance.choice(sources)
        damaged.write_bytes(_hit(content, chance))
        return _table(path, before, 3 * OWN, options)

    return one


def _lists(folder: Path, damaged: str) -> Callable[[random.Random], Trial]:
    register_text = "Straße;Hausnummer;Zusatz;PLZ;Gebiet\n" + "".join(
        f"{street};{house};;9900{place};0{place}\n"
        for place, street in enumerate(STREETS, 1)
        for house in range(1, 12)
    )
    list_text = "Nr;Straße;Haus;Beginn;Ende\n" + "".join(
        f"F-{i};{STREETS[i % 4]};{1 + i % 11};{1 + i % 28:02d}.03.2022;\n" for i in range(60)
    )
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

    def read() -> tuple[pd.DataFrame | None, tuple[object, ...]]:
        try:
            return case_observations(register, [cases], districts, lambda name: folder / name)
        except SozialraumError as error:
            return None, error.problems

    def one(chance: random.Random) -> Trial:
        one_text, other = list_text, register_text
        if damaged == "cases":
            one_text = _piece(one_text, chance)
        else:
            other = _piece(other, chance)
        (folder / "f.csv").write_bytes(one_text.encode())
        (folder / "r.csv").write_bytes(other.encode())
        rows, problems = read()
        said = "".join(problem.text(language) for problem in problems for language in ("de", "en"))  # type: ignore[attr-defined]  # problems
        if any(secret in said for secret in ("Grüne", "Dorfweg", "F-1", "F-2")):
            return Trial("told a secret", said)
        if rows is None or any(problem.severity == "error" for problem in problems):  # type: ignore[attr-defined]  # as above
            return Trial("refused" if said else "silent", "" if said else "refused without a word")
        total = rows["value"].sum()
        if not said:
            return Trial("silent", "nothing was said")
        if total > 60 + 8:
            return Trial("changed", f"{total} cases of 60")
        return Trial("same" if total == 60 else "fewer, told" if total < 60 else "own rows")

    return one


def _piece(text: str, chance: random.Random) -> str:
    """Change a letter, or take a piece out, say it twice, turn it round, cut the rest off."""
    place, end = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
    end = min(end, place + 40)
    piece = text[place:end]
    return chance.choice(
        [
            text[:place] + chance.choice(';"\n\x00=\u200b-0Aß,\r\ufffd') + text[place + 1 :],
            text[:place] + text[end:],
            text[:place] + piece + piece + text[end:],
            text[:place] + piece[::-1] + text[end:],
            text[:place],
            text.replace(";", chance.choice([",", "\t", ";;"]), chance.randint(1, 5)),
        ]
    )


KINDS: dict[str, Callable[[Path], Callable[[random.Random], Trial]]] = {
    "csv": _csv,
    "xlsx": lambda folder: _packed(folder, "mappe.xlsx", _xlsx),
    "ods": lambda folder: _packed(folder, "mappe.ods", _ods),
    "gpkg": _gpkg,
    "shp": _shp,
    "attributes": _attributes,
    "cases": lambda folder: _lists(folder, "cases"),
    "register": lambda folder: _lists(folder, "register"),
}


def trial(kind: str, number: int, seed: int = 0) -> tuple[collections.Counter[str], list[str]]:
    """Damage an input `number` times; return how often what happened, and what was wrong."""
    outcomes: collections.Counter[str] = collections.Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = KINDS[kind](Path(folder))
        for place in range(number):
            chance = random.Random(f"{kind} {seed} {place}")  # noqa: S311 - a repeatable choice, no secret
            try:
                found = one(chance)
            except SozialraumError as error:
                found = Trial("refused", "" if str(error) else "no words")
            except Exception:  # noqa: BLE001 - what is looked for
                found = Trial("traceback", traceback.format_exc(limit=-3))
            outcomes[found.outcome] += 1
            if found.fault:
                faults.append(f"{kind} {seed} {place}: {found.fault}")
    return outcomes, faults


def main() -> None:
    """Print the outcomes and the first faults."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutations", description=__doc__)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    outcomes, faults = trial(chosen.kind, chosen.number, chosen.seed)
    sys.stdout.write(f"{chosen.kind}: {chosen.number} damaged, {len(faults)} wrong; {dict(outcomes)}\n")
    sys.stdout.writelines(f"  {fault}\n" for fault in faults[:20])


if __name__ == "__main__":
    main()
