"""The address register: a street and a house, to the one district they are in, or to no district.

Compared are spellings as written, and after a stated normalisation: case, ß and ss, umlauts and ae/oe/ue,
'Straße' and 'Str.', blanks, hyphens, points; '12a', '12 A' and '012a'. Nothing else is taken for the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd

from sozialraum.cases.house_coordinates import read_house_coordinates, zone_of
from sozialraum.cases.sheet import days, read_columns
from sozialraum.errors import Problem, TableError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sozialraum.cases.options import Addresses

__all__ = ["House", "Place", "Register", "house_of", "locate_points", "normalise_street", "read_register"]

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_STREET = re.compile(r"str(?:asse|\.)?(?=[^a-z]|$)")
_HOUSE = re.compile(
    r"0*(\d{1,4})\s*([a-zA-Z]{0,2}|1/[234])(?:\s*[-\u2013/]\s*0*(\d{1,4})\s*([a-zA-Z]{0,2}))?"
)
_FULL = re.compile(rf"(?P<street>.*[^\W\d_][.)]*)[\s,]*(?P<house>{_HOUSE.pattern})")
_PREFIX = re.compile(r"^(?:haus)?(?:nr|nummer)(?:\.|\b)\s*(?=\d)", re.IGNORECASE)
"""``Nr. 12``, ``Hausnummer 12``."""

_PARTS = str.maketrans({"\u00bd": " 1/2", "\u00bc": " 1/4", "\u00be": " 3/4"})

_TOWN = re.compile(
    r"(?P<rest>.*\d\s*[a-zA-Z]{0,2})(?:\s*,\s*|\s-\s|\s)(?:D-)?(?P<postcode>\d{5})(?:\s+[^\d]*)?"
)
"""``Am Hang 12 a, 33602 Bielefeld``: postcode and town behind the address."""

_SIDES = {
    "gerade": 0,
    "g": 0,
    "even": 0,
    "ungerade": 1,
    "u": 1,
    "odd": 1,
    "alle": None,
    "all": None,
    "": None,
}

CLOSE = 86.0
"""Likeness (rapidfuzz ratio, 0 to 100) from which a street is proposed."""


class House(NamedTuple):
    """A house number: 12, '' for 12; 12, 'a' for '12 A'; `to` is the last of a range."""

    number: int
    suffix: str = ""
    to: int | None = None


class Place(NamedTuple):
    """What the register knows of a house."""

    district: str
    special: str
    postcode: str
    spelling: str
    first: str = ""
    last: str = ""

    def holds(self, begin: str | None, end: str | None) -> bool:
        """Tell whether this was so on any day from `begin` to `end` (ISO; None: open)."""
        return (not self.first or not end or self.first <= end) and (
            not self.last or not begin or self.last >= begin
        )


def normalise_street(street: str) -> str:
    """Reduce a street's name to what its usual spellings share.

    Examples
    --------
    >>> normalise_street("Grüne Straße") == normalise_street("GRUENE STR.")
    True
    """
    folded = unicodedata.normalize("NFKC", street).casefold().translate(_UMLAUTS)
    folded = unicodedata.normalize("NFC", folded)
    return re.sub(r"[\W_]+", "", _STREET.sub("str", folded))


def house_of(text: str, suffix: str | None = None) -> House | None:
    """Read a house number such as ``12``, ``12a``, ``12 A``, ``12-16``, ``Nr. 12``, ``12½``; else None."""
    written = _PREFIX.sub("", text.strip()).removesuffix(".0").removesuffix(".").translate(_PARTS)
    found = _HOUSE.fullmatch(" ".join(f"{written} {suffix or ''}".split()))
    if found is None:
        return None
    number, letters, to, _ = found.groups()
    last = int(to) if to else None
    if last is not None and last < int(number):
        return None
    return House(int(number), letters.lower(), last)


def split_address(text: str) -> tuple[str, str, str] | None:
    """Part 'Am Hang 12 a, 33602 Bielefeld' into street, house and postcode; None without a house.

    The postcode is "" where there is none.
    """
    written = " ".join(text.split()).rstrip(" ,")
    town = _TOWN.fullmatch(written)
    found = _FULL.fullmatch((town["rest"] if town else written).strip(" ,"))
    if found is None:
        return None
    street = re.sub(r"[\s,]+(?:haus)?nr\.?$", "", found["street"].strip(" ,"), flags=re.IGNORECASE)
    return street, found["house"], town["postcode"] if town else ""


@dataclass
class Register:
    """All houses by street; see `find`."""

    houses: dict[str, dict[tuple[int, str], list[Place]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    ranges: dict[str, list[tuple[int, int, int | None, Place]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    spellings: dict[str, str] = field(default_factory=dict)

    def add(self, street: str, house: House, side: int | None, place: Place) -> None:
        """Enter a house, or a range of houses."""
        name = normalise_street(street)
        self.spellings.setdefault(name, street)
        if house.to is None:
            self.houses[name][house.number, house.suffix].append(place)
        else:
            self.ranges[name].append((house.number, house.to, side, place))

    def find(
        self,
        street: str,
        house: House,
        postcode: str | None,
        when: tuple[str | None, str | None] = (None, None),
    ) -> tuple[Place | None, str]:
        """Find the district of a house; `when` is the first and last day of the case.

        Returns
        -------
        tuple
            The place, or None; and "exact", "normalised", or why there is none: "street", "number",
            "postcode", "not_valid", "ambiguous".
        """
        name = normalise_street(street)
        if name not in self.spellings:
            return None, "street"
        found = self._candidates(name, house)
        if house.to is not None and found:
            # '12-14' is one address only where both ends are in one district.
            last = self._candidates(name, House(house.to))
            found = [place for place in found if place.district in {other.district for other in last}]
        if not found:
            return None, "number"
        if postcode:
            found = [place for place in found if not place.postcode or place.postcode == postcode]
            if not found:
                return None, "postcode"
        found = [place for place in found if place.holds(*when)]
        if not found:
            return None, "not_valid"
        if len({(place.district, place.special) for place in found}) > 1 and when[0]:
            # What held when the case began decides between what held one after the other.
            found = [place for place in found if place.holds(when[0], when[0])] or found
        exact = [place for place in found if place.spelling == street]
        kept = exact or found
        if len({(place.district, place.special) for place in kept}) > 1:
            return None, "ambiguous"
        return kept[0], "exact" if exact else "normalised"

    def _candidates(self, name: str, house: House) -> list[Place]:
        single = self.houses[name].get((house.number, house.suffix), []) if name in self.houses else []
        if single:
            return single
        return [
            place
            for low, high, side, place in self.ranges.get(name, [])
            if low <= house.number <= high and (side is None or house.number % 2 == side)
        ]

    def close_street(self, street: str) -> str:
        """Propose the one street that was probably meant, for the internal list; "" if none is near."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where something is misspelt

        name = normalise_street(street)
        found = process.extract(name, list(self.spellings), scorer=fuzz.ratio, limit=2, score_cutoff=CLOSE)
        if not found or (len(found) > 1 and found[0][1] == found[1][1]):
            return ""
        return self.spellings[found[0][0]]


def read_register(
    path: Path, options: Addresses, districts: gpd.GeoDataFrame
) -> tuple[Register, tuple[Problem, ...]]:
    """Read the address register.

    Parameters
    ----------
    path
        The file.
    options
        Its columns.
    districts
        Index: key; for coordinates with polygons.

    Returns
    -------
    tuple
        The register, and problems: rows that are no houses, districts that do not exist. Streets are not
        secret by themselves, but messages name rows only.

    Raises
    ------
    TableError
        If it cannot be read.
    """
    frame, options, told = _read_rows(path, options)
    if options.district is not None:
        keys = frame[options.district]
    else:
        keys = locate_points(frame[str(options.east)], frame[str(options.north)], str(options.crs), districts)
    unknown = keys.notna() & ~keys.isin(districts.index)
    problems = [
        *told,
        *_row_problem("register_district", options.file, frame.index[unknown], severity="error"),
        *_row_problem("register_nowhere", options.file, frame.index[keys.isna()]),
    ]
    register, wrong = _fill(frame, keys, options)
    problems += _row_problem("register_number", options.file, wrong)
    if frame.empty:
        raise TableError(Problem(code="cases.empty", file=options.file))
    return register, tuple(problems)


def _read_rows(path: Path, options: Addresses) -> tuple[pd.DataFrame, Addresses, list[Problem]]:
    """Read the columns that are needed; a preset says which."""
    if options.preset is not None:
        frame, notes = read_house_coordinates(path, name=options.file)
        system = options.crs or zone_of(frame["ost"])
        if system is None:
            raise TableError(Problem(code="cases.no_zone", file=options.file))
        named = {"street": "strasse", "number": "hausnummer", "suffix": "zusatz", "postcode": "plz"}
        named |= {"east": "ost", "north": "nord", "crs": system}
        return frame, options.model_copy(update=named), list(notes)
    columns = [options.street, options.number]
    extra = (options.suffix, options.number_to, options.side, options.postcode, options.special)
    place = (options.district, options.east, options.north, options.valid_from, options.valid_to)
    columns += [column for column in (*extra, *place) if column is not None]
    frame = read_columns(
        path,
        list(dict.fromkeys(columns)),
        name=options.file,
        sheet=options.sheet,
        encoding=options.encoding,
        separator=options.separator,
    )
    problems: list[Problem] = []
    for column in (options.valid_from, options.valid_to):
        if column is not None:
            read, found = days(frame[column], file=options.file, name=column)
            frame[column] = read.fillna("")
            problems += found
    return frame, options, problems


def _fill(frame: pd.DataFrame, keys: pd.Series, options: Addresses) -> tuple[Register, list[int]]:
    """Enter every row that is a house in a district; return the rows that are no houses."""
    register = Register()
    wrong: list[int] = []

    def cells(column: str | None) -> Iterable[str | None]:
        return frame[column] if column is not None else [None] * len(frame)

    rows = zip(
        frame.index,
        frame[options.street],
        frame[options.number],
        cells(options.suffix),
        cells(options.number_to),
        cells(options.side),
        cells(options.postcode),
        cells(options.special),
        cells(options.valid_from),
        cells(options.valid_to),
        keys,
        strict=True,
    )
    for row, street, number, suffix, to, side, postcode, special, first, until, key in rows:
        parity = (side or "").strip().lower()
        house = house_of(number, suffix) if number else None
        last = house_of(to) if to else None
        if not street or house is None or parity not in _SIDES or (to and last is None):
            wrong.append(int(row))
        elif key is not None:
            house = house if last is None else house._replace(to=last.number)
            place = Place(key, special or "", postcode or "", street, first or "", until or "")
            register.add(street, house, _SIDES[parity], place)
    return register, wrong


def _row_problem(code: str, file: str, rows: Iterable[object], severity: str = "warning") -> list[Problem]:
    found = list(rows)
    values = {"number": len(found), "rows": shorten(found, 10)}
    problem = Problem(code=f"cases.{code}", file=file, severity=severity, values=values)  # type: ignore[arg-type]  # a severity
    return [problem] if found else []


def locate_points(east: pd.Series, north: pd.Series, crs: str, districts: gpd.GeoDataFrame) -> pd.Series:
    """Return the district of each point; None outside, on a border of two, and where there are no figures.

    Parameters
    ----------
    east, north
        Texts, decimal comma or point; longitude and latitude where `crs` has degrees.
    crs
        Reference system of the points.
    districts
        Polygons; index: key.
    """
    x, y = (
        pd.to_numeric(column.str.replace(",", "."), errors="coerce").astype(float) for column in (east, north)
    )
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=east.index, crs=crs).to_crs(districts.crs)
    shapes = districts.geometry.array
    inside, polygon = shapes.sindex.query(points[x.notna() & y.notna()].array, predicate="intersects")
    rows = points.index[(x.notna() & y.notna()).to_numpy()]
    found = pd.Series(districts.index[polygon], index=rows[inside], dtype=object)
    single = found[~found.index.duplicated(keep=False)]
    located = single.reindex(east.index)
    return located.astype(object).where(located.notna(), None)
