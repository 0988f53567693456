"""Make the demo city 'Musterstadt': an invented map and invented counts, the same bytes on every run.

    python data/make_musterstadt.py [FOLDER]

writes ``boundaries/musterstadt.geojson`` and ``indicators/*.csv`` below FOLDER (default: this script's).
``project.toml``, ``indicators/catalogue.toml`` and ``README.md`` are written by hand.

Counts are drawn, never rates: a smooth hidden field of need over the city decides the probability, and
each count is a binomial draw from its denominator, so that a numerator never exceeds it. Draws invert the
distribution at uniform numbers: numpy keeps those the same in later versions, but not its other draws.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from musterstadt_map import ANCHORS, CityMap, draw_city, smooth_field
from musterstadt_names import CITY_DISTRICT_NAMES, DISTRICT_NAMES
from pyproj import Proj
from scipy.special import expit, logit, ndtr, ndtri
from scipy.stats import binom

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["YEARS", "City", "make", "simulate"]

SEED = 1
YEARS = tuple(range(2012, 2024))
TIME = np.linspace(0, 1, len(YEARS))
INHABITANTS = 165_000
"""Inhabitants of the city on the last date."""

SMALL = {"park": 0, "gewerbe": 85, "kloster": 140, "weiler": 190, "insel": 270}
"""Inhabitants of the small places on the last date."""

RAILWAY = (1_650.0, 1_950.0)
"""Middle of the quarter by the railway [m from the centre]."""

SIMULATED = "Simulierte Daten: Musterstadt, ihre Quartiere und alle Zahlen sind erfunden."
MISSING, SUPPRESSED = "-", "x"

LABOUR_MARKET = np.array([0.0, 0.02, 0.0, -0.04, -0.10, -0.19, -0.27, -0.31, -0.05, -0.12, -0.22, -0.15])
"""Course of unemployment in the whole city, logit scale: falling to 2019, up in 2020."""


@dataclass(frozen=True, kw_only=True)
class City:
    """The map, with a key for each district.

    Parameters
    ----------
    frame
        Index: key such as "0103" (city district, number within it). Columns `name`, `city_district`
        (key), `polygon`, `x` and `y` [m from the centre].
    places
        Name of a special place to the key of its district.
    """

    frame: pd.DataFrame
    places: dict[str, str]

    @property
    def points(self) -> Floats:
        """Positions of the districts [m from the centre], shape (districts, 2)."""
        return self.frame[["x", "y"]].to_numpy(dtype=np.float64)

    def near(self, place: tuple[float, float], width: float) -> Floats:
        """Return 1 at `place`, falling to 0 within about twice `width` metres."""
        distance = np.hypot(*(self.points - np.array(place)).T)
        return np.asarray(np.exp(-((distance / width) ** 2)))


class Draws:
    """Chance with memory: what is drawn resembles the neighbours and the year before.

    Parameters
    ----------
    points
        Positions of the districts [m], shape (districts, 2).
    rng
        Source of uniform numbers.
    """

    def __init__(self, points: Floats, rng: np.random.Generator) -> None:
        self.points = points
        self.rng = rng

    def field(self, *, smooth: float, own: float, wavelength: float = 4_200.0) -> Floats:
        """Return one number per district: a smooth surface and a part of its own (standard deviations)."""
        surface = smooth_field(self.points, self.rng, wavelength=wavelength)
        return smooth * surface + own * ndtri(self.rng.random(len(self.points)))

    def series(self, memory: float) -> Floats:
        """Return standard normal numbers, shape (districts, years), with autocorrelation `memory`."""
        values = ndtri(self.rng.random((len(self.points), len(YEARS))))
        for year in range(1, len(YEARS)):
            values[:, year] = memory * values[:, year - 1] + np.sqrt(1 - memory**2) * values[:, year]
        return values

    def counts(self, total: Ints, share: Floats, *, memory: float = 0.85) -> Ints:
        """Return binomial counts out of `total`, shape (districts, years); neighbouring years are alike."""
        # The last digit of an exponential differs between processors; a rounded share does not.
        drawn = binom.ppf(ndtr(self.series(memory)), np.maximum(total, 1), np.round(share, 6))
        return np.where(total > 0, drawn, 0).astype(np.int64)


def name_districts(city_map: CityMap) -> City:
    """Give each district a key and a name: by city district, from the centre of the city outwards."""
    order = np.lexsort((np.hypot(*city_map.centres.T), city_map.city_district))
    parents = pd.Series([f"{number:02d}" for number in city_map.city_district[order]])
    keys = parents + [f"{number:02d}" for number in parents.groupby(parents).cumcount() + 1]
    frame = pd.DataFrame(
        {
            "name": [name for names in DISTRICT_NAMES for name in names],
            "city_district": parents.to_numpy(),
            "polygon": [city_map.polygons[position] for position in order],
            "x": city_map.centres[order, 0],
            "y": city_map.centres[order, 1],
        },
        index=pd.Index(keys, name="schluessel"),
    )
    key_of = dict(zip(order.tolist(), keys, strict=True))
    return City(frame=frame, places={name: key_of[place] for name, place in city_map.places.items()})


def hidden_need(city: City, draws: Draws) -> Floats:
    """Return the hidden need, shape (districts, years): 0 is average, 2 a troubled estate, -2 the villas."""
    estate = np.maximum.reduce(
        [city.near(ANCHORS[name], 1_400) for name in ("siedlung", "siedlung_ost", "siedlung_sued")]
    )
    lasting = (
        2.1 * estate
        + 2.45 * city.near(RAILWAY, 1_400)
        + 1.3 * city.near(ANCHORS["hafen"], 1_300)
        - 1.6 * np.maximum(city.near(ANCHORS["villen"], 1_600), city.near(ANCHORS["hang"], 1_600))
        + draws.field(smooth=0.30, own=0.14)
    )
    rise = np.outer(city.near(ANCHORS["wandel"], 550), 1.3 - 1.9 * TIME)
    decline = np.outer(city.near(ANCHORS["abstieg"], 900), 0.1 + 1.5 * TIME)
    return np.asarray(lasting[:, None] + rise + decline + 0.07 * draws.series(0.7))


def people(city: City, need: Floats, draws: Draws) -> dict[str, Ints]:
    """Return inhabitants by age, migration background and households, each of shape (districts, years)."""
    area = shapely.area(city.frame["polygon"].to_numpy())
    inner = city.near((0.0, 400.0), 2_500)
    towers = np.clip(need[:, :1].ravel(), 0, None) * (1 - inner)
    density = (1_000 + 6_500 * inner + 2_200 * towers) * np.exp(draws.field(smooth=0.15, own=0.16))
    weight = density * area
    fixed = pd.Series({city.places[name]: size for name, size in SMALL.items()})
    fixed = fixed.reindex(city.frame.index)
    free = fixed.isna().to_numpy()
    last = np.where(free, (INHABITANTS - fixed.sum()) * weight / weight[free].sum(), fixed.fillna(0))
    growth = 0.035 + draws.field(smooth=0.03, own=0.03)
    course = np.exp(np.outer(growth, TIME - 1) + 0.006 * (draws.series(0.8) * (TIME < 1)))
    inhabitants = np.round(last[:, None] * course).astype(np.int64)

    young = logit(0.137) + 0.13 * need - 0.22 * inner[:, None] + 0.10 * TIME
    young = young + draws.field(smooth=0.08, own=0.06)[:, None]
    old = logit(0.205) - 0.16 * need - 0.35 * inner[:, None] + 0.10 * TIME
    old = old + draws.field(smooth=0.10, own=0.10)[:, None]
    under_15 = draws.counts(inhabitants, expit(young), memory=0.97)
    from_65 = draws.counts(inhabitants, np.minimum(expit(old), 0.5), memory=0.97)
    migration = logit(0.20) + 0.55 * need + 0.25 * inner[:, None] + 0.42 * TIME
    migration = migration + draws.field(smooth=0.12, own=0.10)[:, None]
    size = 2.12 - 0.42 * inner[:, None] + 0.04 * need + draws.field(smooth=0.03, own=0.04)[:, None]
    households = np.round(inhabitants / size).astype(np.int64)
    family = logit(0.215) - 0.75 * inner[:, None] + 0.12 * need + draws.field(smooth=0.10, own=0.08)[:, None]
    with_children = draws.counts(households, expit(family), memory=0.95)
    return {
        "Einwohner": inhabitants,
        "Einwohner unter 15": under_15,
        "Einwohner 15 bis 64": inhabitants - under_15 - from_65,
        "Einwohner 65 und älter": from_65,
        "Mit Migrationshintergrund": draws.counts(inhabitants, expit(migration), memory=0.97),
        "Haushalte": households,
        "Haushalte mit Kindern": with_children,
    }


def counts(city: City, need: Floats, draws: Draws) -> dict[str, Ints]:
    """Return every count of the demo by its column name, each of shape (districts, years)."""
    table = people(city, need, draws)
    inner = 0.3 * city.near((0.0, 400.0), 2_500)[:, None]

    def draw(
        total: str, average: float, slope: float, course: Floats | float = 0.0, *, memory: float = 0.85
    ) -> Ints:
        share = logit(average) + slope * need + course + draws.field(smooth=0.07, own=0.07)[:, None]
        return draws.counts(table[total], expit(share), memory=memory)

    table["Alleinerziehende Haushalte"] = draw("Haushalte mit Kindern", 0.19, 0.32, inner + 0.1 * TIME)
    table["Arbeitslose"] = draw("Einwohner 15 bis 64", 0.058, 0.60, LABOUR_MARKET)
    table["Langzeitarbeitslose"] = draw("Arbeitslose", 0.36, 0.20, 1.2 * LABOUR_MARKET)
    minors = draw("Einwohner unter 15", 0.135, 0.90, 0.5 * LABOUR_MARKET + 0.05 * TIME)
    adults = draw("Einwohner 15 bis 64", 0.078, 0.82, 0.6 * LABOUR_MARKET)
    table["Personen in SGB II"] = minors + adults
    table["Kinder unter 15 in SGB II"] = minors
    table["Grundsicherung im Alter"] = draw("Einwohner 65 und älter", 0.028, 0.75, 0.45 * TIME, memory=0.92)
    table["Untersuchte Kinder"] = draws.counts(
        table["Einwohner unter 15"], np.full_like(need, 3 / 15.4), memory=0.6
    )
    table["Kinder mit Sprachförderbedarf"] = draw("Untersuchte Kinder", 0.19, 0.62, 0.30 * TIME, memory=0.6)
    table["Kinder mit Übergewicht"] = draw("Untersuchte Kinder", 0.095, 0.38, 0.12 * TIME, memory=0.6)
    table["Übergänge nach Klasse 4"] = draws.counts(
        table["Einwohner unter 15"], np.full_like(need, 3 / 15.9), memory=0.6
    )
    table["Übergänge zum Gymnasium"] = draw("Übergänge nach Klasse 4", 0.46, -0.62, 0.05 * TIME, memory=0.6)
    return table


TABLES = {
    "bevoelkerung": (
        "Einwohner",
        "Einwohner unter 15",
        "Einwohner 15 bis 64",
        "Einwohner 65 und älter",
        "Mit Migrationshintergrund",
    ),
    "haushalte": ("Haushalte", "Haushalte mit Kindern", "Alleinerziehende Haushalte"),
    "soziales": (
        "Arbeitslose",
        "Langzeitarbeitslose",
        "Personen in SGB II",
        "Kinder unter 15 in SGB II",
        "Grundsicherung im Alter",
    ),
    "bildung": (
        "Untersuchte Kinder",
        "Kinder mit Sprachförderbedarf",
        "Kinder mit Übergewicht",
        "Übergänge nach Klasse 4",
        "Übergänge zum Gymnasium",
    ),
}
"""File and columns of counts of each table."""

GAPS = (
    ("Grundsicherung im Alter", (2012, 2013), ("09",)),
    ("Untersuchte Kinder", (2020,), ("04", "05", "07")),
    ("Kinder mit Sprachförderbedarf", (2020,), ("04", "05", "07")),
    ("Kinder mit Übergewicht", (2020,), ("04", "05", "07")),
    ("Haushalte mit Kindern", (2017,), ("0208", "0612", "1004")),
    ("Alleinerziehende Haushalte", (2017,), ("0208", "0612", "1004")),
    ("Langzeitarbeitslose", (2023,), ("0905", "0702")),
)
"""What is missing: column, years, districts or whole city districts by the beginning of their key."""


def tables(city: City, table: dict[str, Ints]) -> dict[str, pd.DataFrame]:
    """Return the tables as they are delivered: texts, with `MISSING` and `SUPPRESSED` where no number is."""
    keys = city.frame.index
    shape = (len(keys), len(YEARS))
    frames = {}
    for name, columns in TABLES.items():
        frame = pd.DataFrame(
            {
                "schluessel": np.repeat(keys.to_numpy(), shape[1]),
                "quartier": np.repeat(city.frame["name"].to_numpy(), shape[1]),
                "stichtag": [f"{year}-12-31" for _ in keys for year in YEARS],
            }
            | {column: table[column].ravel().astype(str) for column in columns}
        )
        if name == "soziales":
            frame = frame.replace({column: {"1": SUPPRESSED, "2": SUPPRESSED} for column in columns})
        for column, years, where in GAPS:
            if column in columns:
                gap = frame["schluessel"].str.startswith(where) & frame["stichtag"].str[:4].isin(
                    map(str, years)
                )
                frame.loc[gap, column] = MISSING
        frames[name] = frame
    return frames


def geojson(city: City) -> str:
    """Return the districts as GeoJSON (RFC 7946: longitude and latitude), one district per line.

    A common corner has one and the same pair of rounded numbers in all its districts, so the map stays
    without gaps. GeoPackage was no choice: its bytes change with the time and with the version of SQLite.
    """
    to_degrees = Proj(proj="utm", zone=32, ellps="GRS80")

    def in_degrees(metres: Floats) -> Floats:
        return np.column_stack(to_degrees(metres[:, 0], metres[:, 1], inverse=True)).round(7)

    lines = []
    for key, row in city.frame.iterrows():
        polygon = shapely.orient_polygons(shapely.transform(row["polygon"], in_degrees))
        feature = {
            "type": "Feature",
            "properties": {
                "schluessel": key,
                "name": row["name"],
                "stadtbezirk": row["city_district"],
                "stadtbezirk_name": CITY_DISTRICT_NAMES[int(row["city_district"]) - 1],
            },
            "geometry": json.loads(shapely.to_geojson(polygon)),
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = json.dumps(
        {"type": "FeatureCollection", "name": "musterstadt", "description": SIMULATED}, ensure_ascii=False
    )
    return head[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"


SUPPORTED = ("0201", "0203", "0204")
"""The programme area Gleisbogen, whose language support works in this simulation; see make_programme.py."""

LESS_NEED = np.array([1.0 if year < 2020 else 0.62 for year in YEARS])
"""What is left of the children with language needs there, year by year. Nowhere else does anything work."""


def support(city: City, table: dict[str, Ints]) -> None:
    """Plant the one effect of the programme: fewer language needs in one area from 2020 on."""
    rows = city.frame.index.isin(SUPPORTED)
    needs = table["Kinder mit Sprachförderbedarf"]
    needs[rows] = np.round(needs[rows] * LESS_NEED).astype(np.int64)


def simulate() -> tuple[City, dict[str, Ints]]:
    """Return the city and its true counts by column name, each of shape (districts, years)."""
    city = name_districts(draw_city(np.random.default_rng(SEED)))
    draws = Draws(city.points, np.random.default_rng(SEED + 1))
    table = counts(city, hidden_need(city, draws), draws)
    support(city, table)
    return city, table


def make(folder: Path) -> None:
    """Write the demo city's map and tables below `folder`."""
    city, drawn = simulate()
    files = {f"indicators/{name}.csv": frame for name, frame in tables(city, drawn).items()}
    texts = {path: frame.to_csv(index=False, sep=";", lineterminator="\n") for path, frame in files.items()}
    for path, text in {"boundaries/musterstadt.geojson": geojson(city), **texts}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
