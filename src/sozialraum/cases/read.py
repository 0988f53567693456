"""Case lists to counts: read, place, count, forget. What leaves is counts, and row numbers in messages."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.cases.addresses import (
    Register,
    house_of,
    locate_points,
    read_register,
    split_address,
)
from sozialraum.cases.count import WITHOUT_SPECIAL, count_cases
from sozialraum.cases.sheet import days, read_columns
from sozialraum.errors import OutputError, Problem, SozialraumError, TableError, shorten
from sozialraum.tables.read import YEAR, table_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import geopandas as gpd

    from sozialraum.cases.options import Addresses, CaseList
    from sozialraum.errors import Severity

__all__ = ["case_observations", "counted_variables"]

REASONS = ("no_address", "unlocated", "street", "number", "postcode", "ambiguous", "not_valid", "outside")
"""Why a row has no district."""

UNLOCATED_SHARE = 0.05
"""From this share of rows without a district on, the note becomes a warning."""


@dataclass(frozen=True)
class _Placed:
    """One list with a district per row, or the reason why there is none."""

    frame: pd.DataFrame
    reasons: pd.Series
    how: Counter[str]


def counted_variables(addresses: Addresses | None, lists: Sequence[CaseList]) -> set[str]:
    """Name the variables that case lists give to the catalogue."""
    names = {name for cases in lists for name in cases.counts}
    special = addresses is not None and addresses.special is not None
    return names | {name + WITHOUT_SPECIAL for name in names if special}


@checked()
def case_observations(
    addresses: Addresses | None,
    lists: Sequence[CaseList],
    districts: gpd.GeoDataFrame,
    resolve: Callable[[str], Path],
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Count the cases of all lists by district.

    Parameters
    ----------
    addresses
        The register; not needed where cases have coordinates.
    lists
        Of the project file.
    districts
        Index: key; polygons.
    resolve
        Turns a file's name in the project into its path.

    Returns
    -------
    tuple
        Observations as tables give them (every district has a count, 0 included), and problems, which name
        files, columns and rows, never an address, a person or a case. If a list names a file at `unplaced`,
        the rows without a district are written there, with close spellings as proposals: it is internal.

    Raises
    ------
    SozialraumError
        If the register or a list cannot be read, or holds what it may not.
    """
    problems: list[Problem] = []
    register = Register()
    if addresses is not None:
        register, remarks = read_register(resolve(addresses.file), addresses, districts)
        problems += remarks
    elif any(cases.address.east is None for cases in lists):
        raise TableError(Problem(code="cases.no_register"))
    parts = []
    special = addresses is not None and addresses.special is not None
    for cases in lists:
        for year, path in _files(resolve(cases.file), cases.file).items():
            name = cases.file.replace(YEAR, year)
            frame, found = _read(path, name, cases)
            problems += found
            placed = _place(frame, cases, register, districts)
            problems += _report(placed, name, cases)
            if cases.unplaced is not None:
                _write_unplaced(frame, placed, cases, register, resolve(cases.unplaced.replace(YEAR, year)))
            dates = cases.dates or (f"{year}-12-31",)
            parts += [
                counted.assign(source=name)
                for variable, count in cases.counts.items()
                for date in dates
                for counted in count_cases(
                    placed.frame, districts.index, name=variable, count=count, date=date, with_special=special
                )
            ]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise SozialraumError(*problems)
    return _as_observations(parts), tuple(problems)


def _files(path: Path, name: str) -> dict[str, Path]:
    found = table_files(path)
    if not found:
        raise TableError(Problem(code="cases.no_file", file=name))
    return dict(found)


def _as_observations(parts: list[pd.DataFrame]) -> pd.DataFrame:
    joined = pd.concat(parts, ignore_index=True).assign(flag="ok", vintage="")
    return joined.assign(row=0)


def _read(path: Path, name: str, cases: CaseList) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the columns that are needed, and those alone."""
    address = cases.address
    wanted = [address.street, address.number, address.suffix, address.full, address.postcode]
    wanted += [address.east, address.north, cases.begin, cases.end, cases.birth, cases.case, cases.person]
    wanted += [column for count in cases.counts.values() for column in count.where]
    wanted += list(cases.allowed)
    columns = list(dict.fromkeys(column for column in wanted if column is not None))
    frame = read_columns(
        path, columns, name=name, sheet=cases.sheet, encoding=cases.encoding, separator=cases.separator
    )
    problems = []
    for column, allowed in cases.allowed.items():
        wrong = ~frame[column].isin(allowed)
        if wrong.any():
            values = {"number": int(wrong.sum()), "rows": shorten(frame.index[wrong], 10)}
            problems.append(Problem(code="cases.not_allowed", file=name, column=column, values=values))
    for count in cases.counts.values():
        for column, texts in count.where.items():
            absent = [text for text in texts if not (frame[column] == text).any()]
            if absent:
                values = {"texts": shorten(absent, 5)}
                problem = Problem(
                    code="cases.never", severity="warning", file=name, column=column, values=values
                )
                problems.append(problem)
    for role in ("begin", "end", "birth"):
        column = getattr(cases, role)
        if column is None:
            frame[f"_{role}"] = None
            continue
        frame[f"_{role}"], found = days(frame[column], file=name, name=column, birth=role == "birth")
        problems += found
    return frame, [*problems, *_time_problems(frame, name), *_age_problems(frame, name, cases)]


def _age_problems(frame: pd.DataFrame, name: str, cases: CaseList) -> list[Problem]:
    """Tell whose age nobody can know: without a birthday, or by the year alone before a year's last day."""
    if not any(count.age for count in cases.counts.values()):
        return []
    birth = frame["_birth"].astype(object)
    last = max(cases.dates, default="9999")
    without, yearly = birth.isna() | (birth.fillna("") > last), birth.fillna("").str.endswith("-00-00")
    problems = []
    if without.any():
        values = {"number": int(without.sum()), "rows": shorten(frame.index[without], 10)}
        problems.append(Problem(code="cases.no_birth", severity="warning", file=name, values=values))
    within = [date for date in cases.dates if not date.endswith("-12-31")]
    if yearly.any() and within:
        values = {"number": int(yearly.sum()), "dates": shorten(within, 3)}
        problems.append(Problem(code="cases.birth_year", file=name, column=cases.birth, values=values))
    return problems


def _time_problems(frame: pd.DataFrame, name: str) -> list[Problem]:
    problems = []
    without = frame["_begin"].isna()
    backwards = frame["_end"].notna() & ~without & (frame["_end"].fillna("") < frame["_begin"].fillna(""))
    for code, rows in (("no_begin", without), ("backwards", backwards)):
        if rows.any():
            values = {"number": int(rows.sum()), "rows": shorten(frame.index[rows], 10)}
            problems.append(Problem(code=f"cases.{code}", severity="warning", file=name, values=values))
    return problems


def _place(frame: pd.DataFrame, cases: CaseList, register: Register, districts: gpd.GeoDataFrame) -> _Placed:
    """Give each row its district."""
    how: Counter[str] = Counter()
    if cases.address.east is not None:
        east, north = frame[cases.address.east], frame[str(cases.address.north)]
        keys = locate_points(east, north, str(cases.address.crs), districts)
        special = pd.Series("", index=frame.index)
        reasons = pd.Series("outside", index=frame.index).mask(east.isna() | north.isna(), "no_address")
        reasons = reasons.mask(keys.notna(), "")
        how["exact"] = int(keys.notna().sum())
    else:
        open_ended = [
            frame[role].astype(object).where(frame[role].notna(), None) for role in ("_begin", "_end")
        ]
        times = zip(*open_ended, strict=True)
        found = [
            _find(address, cases, register, when)
            for address, when in zip(_addresses(frame, cases), times, strict=True)
        ]
        keys = pd.Series([place[0] for place in found], index=frame.index, dtype=object)
        special = pd.Series([place[1] for place in found], index=frame.index, dtype=object)
        reasons = pd.Series(
            [place[2] if place[0] is None else "" for place in found], index=frame.index, dtype=object
        )
        how.update(place[2] for place in found if place[0] is not None)
    rows = pd.Series([str(row) for row in frame.index], index=frame.index, dtype=object)
    # A row without a number of its case is a case of its own.
    identities = {
        role: rows if column is None else frame[column].fillna("row " + rows)
        for role, column in (("case", cases.case), ("person", cases.person))
    }
    kept = {column for count in cases.counts.values() for column in count.where}
    table = pd.DataFrame(
        {
            "district": keys,
            "special": special,
            **{role: frame[f"_{role}"] for role in ("begin", "end", "birth")},
            **identities,
            **{column: frame[column] for column in kept},
        }
    )
    return _Placed(table[keys.notna() & table["begin"].notna()], reasons, how)


def _addresses(frame: pd.DataFrame, cases: CaseList) -> list[tuple[str, str, str, str]]:
    """Return street, house, suffix and postcode of each row, "" where there is none."""

    def cells(column: str | None) -> list[str]:
        return ["" if cell is None else cell for cell in frame[column]] if column else [""] * len(frame)

    address = cases.address
    if address.full is not None:
        split = [split_address(text) or (text, "", "") for text in cells(address.full)]
        streets, houses = [part[0] for part in split], [part[1] for part in split]
        behind = [part[2] for part in split]
        postcodes = [own or other for own, other in zip(cells(address.postcode), behind, strict=True)]
    else:
        streets, houses = cells(address.street), cells(address.number)
        postcodes = cells(address.postcode)
    return list(zip(streets, houses, cells(address.suffix), postcodes, strict=True))


def _find(
    address: tuple[str, str, str, str],
    cases: CaseList,
    register: Register,
    when: tuple[str | None, str | None],
) -> tuple[str | None, str, str]:
    """Return district, special address, and how it was found or why it was not."""
    street, number, suffix, postcode = address
    if {street, f"{street} {number}".strip()} & set(cases.unlocated):
        return None, "", "unlocated"
    if not street:
        return None, "", "no_address"
    house = house_of(number, suffix)
    if house is None:
        return None, "", "number"
    place, how = register.find(street, house, postcode, when)
    return (place.district, place.special, how) if place is not None else (None, "", how)


def _report(placed: _Placed, name: str, cases: CaseList) -> list[Problem]:
    """Say how many rows were placed, how, and why the others were not: numbers only."""
    total = len(placed.reasons)
    lost = placed.reasons[placed.reasons != ""]
    share = len(lost) / total if total else 0.0
    counts = Counter(lost)
    values = {
        "total": total,
        "exact": placed.how["exact"],
        "normalised": placed.how["normalised"],
        "lost": len(lost),
        "share": f"{100 * share:.1f}",
        **{reason: counts[reason] for reason in REASONS},
        "list": cases.unplaced or 'unplaced = "intern/…csv"',
    }
    severity: Severity = "warning" if share > UNLOCATED_SHARE else "note"
    return [Problem(code="cases.placed", severity=severity, file=name, values=values)]


def _write_unplaced(
    frame: pd.DataFrame, placed: _Placed, cases: CaseList, register: Register, path: Path
) -> None:
    """Write the internal list: row, address, reason and the close spelling; no name, no case."""
    lost = placed.reasons[placed.reasons != ""]
    addresses = dict(zip(frame.index, _addresses(frame, cases), strict=True))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(["Zeile", "Straße", "Hausnummer", "Zusatz", "PLZ", "Grund", "Vorschlag"])
            for row, reason in lost.items():
                address = addresses[row]
                proposal = register.close_street(address[0]) if reason == "street" else ""
                cells = [str(row), *address, reason, proposal]
                writer.writerow([f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells])
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise OutputError(Problem(code="files.not_written", file=path.name, values=values)) from error
