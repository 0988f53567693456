"""Two indicators at once where they have nothing to do with each other, and rates that lean on neighbours."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from benchmarks.levels.patterns import CITY, FEW, GRAPH, KEYS, SIDE, blurring, mixing
from benchmarks.levels.worlds import Table, evenness, told, told_mean

from sozialraum.assessment.provision.decoupling import decoupling
from sozialraum.spatial.bivariate import local_moran_bivariate
from sozialraum.spatial.engine.inference import StatisticsWarning
from sozialraum.spatial.neighbours.find import neighbours
from sozialraum.spatial.patterns.flips import flip_signs, patterns_by_distance
from sozialraum.spatial.patterns.joint import colocation
from sozialraum.spatial.patterns.relation import relate
from sozialraum.spatial.rates import smooth_rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def _trend(rng: np.random.Generator) -> Floats:
    """Return a slope across the city in any direction, and as much noise."""
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    turn = rng.uniform(0, 2 * np.pi)
    slope = np.cos(turn) * row + np.sin(turn) * column
    return (slope - slope.mean()) / slope.std() + rng.standard_normal(SIDE**2)


MAPS: tuple[tuple[str, Callable[[np.random.Generator], Floats]], ...] = (
    ("ohne Ordnung", lambda r: r.standard_normal(SIDE**2)),
    ("Autoregression 0,5", lambda r: mixing(0.5) @ r.standard_normal(SIDE**2)),
    ("Autoregression 0,8", lambda r: mixing(0.8) @ r.standard_normal(SIDE**2)),
    ("Autoregression 0,95", lambda r: mixing(0.95) @ r.standard_normal(SIDE**2)),
    ("geglättet über zwei Gebiete", lambda r: blurring(2.0) @ r.standard_normal(SIDE**2)),
    ("Gefälle durch die Stadt und Zufall", _trend),
)


@cache
def _striped() -> Floats:
    """Return the matrix that makes maps which are alike over six squares across, and one and a half along."""
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    far = np.hypot((row[:, None] - row) / 1.5, (column[:, None] - column) / 6)
    return np.asarray(np.linalg.cholesky(np.exp(-far) + 1e-9 * np.eye(SIDE**2)))


def _hot_spot(rng: np.random.Generator) -> Floats:
    """Return a hill of some five squares' width at a random place, and half as much noise."""
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    middle = rng.integers(SIDE**2)
    far = np.hypot(row - row[middle], column - column[middle]) / 2.6
    hill = np.exp(-2 * far**2)
    return np.asarray(hill / hill.std() + 0.5 * rng.standard_normal(SIDE**2))


RELATED: tuple[tuple[str, Callable[[np.random.Generator], Floats]], ...] = (
    *MAPS,
    ("in Streifen, längs viermal so weit", lambda r: _striped() @ r.standard_normal(SIDE**2)),
    ("ein Brennpunkt, irgendwo", _hot_spot),
)
"""Also such as are no sum of independent waves."""


def _pair(rng: np.random.Generator, make: Callable[[np.random.Generator], Floats]) -> list[pd.Series]:
    return [pd.Series(make(rng), index=KEYS) for _ in range(2)]


def relation_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield false relations of independent maps, those found at r = 0.45, and what intervals cover."""
    true = 0.5 / np.sqrt(1.25)
    for name, make in RELATED:
        rng = np.random.default_rng(15)
        p, found = [], []
        for _ in range(runs):
            x, y = _pair(rng, make)
            p.append(relate(x, y, CITY, permutations=FEW).p)
            x = x / x.std()
            both = relate(x, 0.5 * x + y / y.std(), CITY, permutations=FEW)
            inside = both.slope_lower <= 0.5 <= both.slope_upper, both.lower <= true <= both.upper
            found.append((both.p <= 0.05, *inside))
        shares = [float(np.mean(np.array(p) <= limit)) for limit in (0.05, 0.01, 0.2, 0.5)]
        figures = (told(float(share), runs) for share in (*shares, *np.mean(found, axis=0)))
        yield name, *figures, *evenness(p)


def places_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield the same for districts at random places, also with few patterns, as many districts have them."""
    for number, most in ((45, None), (200, None), (400, 100)):
        places = np.random.default_rng(3).random((number, 2)) * np.array([10_000.0, 5_000.0])
        far = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        apart = far / np.sqrt(5e7 / number)
        few = {} if most is None else {"largest": most, "smoothest": most}
        patterns = patterns_by_distance(places, **few)
        for name, spread in (
            ("ohne Ordnung", np.eye(number)),
            ("ähnlich über zwei Gebiete", np.linalg.cholesky(np.exp(-apart / 2))),
            ("ähnlich über acht Gebiete", np.linalg.cholesky(np.exp(-apart / 8))),
            ("geglättet über zwei Gebiete", np.exp(-((apart / 2) ** 2))),
        ):
            rng = np.random.default_rng(16)
            p, found = [], []
            for _ in range(runs):
                x, y = (spread @ rng.standard_normal((number, 2))).T
                x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
                p.append(flip_signs(x, y, patterns, permutations=FEW, seed=0).p)
                both = flip_signs(x, 0.5 * x + y, patterns, permutations=FEW, seed=0)
                found.append((both.p <= 0.05, both.lower <= 0.5 <= both.upper))
            shares = [float(np.mean(np.array(p) <= limit)) for limit in (0.05, 0.2, 0.5)]
            figures = (told(float(share), runs) for share in (*shares, *np.mean(found, axis=0)))
            yield str(number) if most is None else f"{number}, {most} Muster", name, *figures, *evenness(p)


def provision_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how often provision is said to follow need or run against it, without and with a relation."""
    for name, make in MAPS:
        rng = np.random.default_rng(17)
        need, other = (
            pd.DataFrame(np.column_stack([make(rng) for _ in range(runs)]), index=KEYS) for _ in range(2)
        )
        follows = 0.5 * need / need.std() + other / other.std()
        said = [
            (decoupling(need, provision, districts=city)["follows"] != "undecided").mean()
            for provision, city in ((other, None), (other, CITY), (follows, CITY))
        ]
        yield name, *(told(float(share), runs) for share in said)


def bivariate_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield which districts maps of two values mark, independent ones and ones with r = 0.45."""
    rook = neighbours(CITY, method="rook")
    for name, make in MAPS:
        rng = np.random.default_rng(12)
        crossed, warned, found = [], [], []
        for run in range(runs):
            x, y = _pair(rng, make)
            with warnings.catch_warnings(record=True) as told_by:
                warnings.simplefilter("always")
                map_ = local_moran_bivariate(x, y, GRAPH, permutations=FEW)
            crossed.append((map_.table["p"] <= 0.05).mean())
            warned.append(any("colocation" in str(one.message) for one in told_by))
            related = 0.5 * x / x.std() + y / y.std()
            tables = [
                _quietly(colocation, *pair, permutations=FEW, seed=run)
                for pair in ((x, y, GRAPH), (x, y, rook), (x, related, GRAPH))
            ]
            found.append([(table["p"] <= 0.05).mean() for table in tables])
        columns = [told_mean(column) for column in np.array(found).T]
        yield name, told_mean(crossed), told(float(np.mean(warned)), runs), *columns


def _quietly(compute: Callable[..., pd.DataFrame], *given: object, **options: object) -> pd.DataFrame:
    """Compute without the remark that few permutations reach no corrected threshold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticsWarning)
        return compute(*given, **options)


def smoothing_rows(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how far rates lie from the truth: as counted, drawn towards city or neighbourhood."""
    for name, make in MAPS:
        rng = np.random.default_rng(13)
        errors = []
        for _ in range(runs):
            field = make(rng)
            rate = np.clip(0.15 * np.exp(0.3 * field / field.std()), 0.005, 0.9)
            people = pd.Series(rng.integers(50, 1_000, SIDE**2), index=KEYS)
            cases = pd.Series(rng.binomial(people, rate), index=KEYS)
            guesses = (cases / people, smooth_rates(cases, people), smooth_rates(cases, people, GRAPH))
            errors.append([100 * np.sqrt(((guess - rate) ** 2).mean()) for guess in guesses])
        mean, error = np.mean(errors, axis=0), np.std(errors, axis=0, ddof=1) / np.sqrt(runs)
        yield name, *(f"{one:.2f} ({two:.2f})" for one, two in zip(mean, error, strict=True))


TABLES = (
    Table(
        "Zusammenhang zweier Merkmale (`relate`)",
        ("Karten", "unabhängig: p bis 0,05", "p bis 0,01", "p bis 0,2", "p bis 0,5",
         "p bis 0,05 bei r = 0,45", "95-%-Bereich der Steigung enthält die wahre", "der von r die wahre",
         "KS: gleichmäßig", "KS: zu kleine p"),
        relation_rows, 2.0,
    ),
    Table(
        "`relate` an zufälligen Orten",
        ("Gebiete", "Karten", "unabhängig: p bis 0,05", "p bis 0,2", "p bis 0,5", "p bis 0,05 bei r = 0,45",
         "95-%-Bereich der Steigung enthält die wahre", "KS: gleichmäßig", "KS: zu kleine p"),
        places_rows, 2.0,
    ),
    Table(
        "Folgt das Angebot dem Bedarf? (`decoupling`): Jahre mit einer Aussage",
        ("Karten", "unabhängig, ohne Rücksicht auf Nachbarn", "unabhängig", "r = 0,45"),
        provision_rows, 1.0,
    ),
    Table(
        "Zwei unabhängige Merkmale auf einer Karte: Gebiete mit p bis 0,05",
        ("Karten", "`local_moran_bivariate`", "davon mit Warnung", "`colocation`", "`colocation`, nur Kanten",
         "`colocation` bei r = 0,45"),
        bivariate_rows, 2.5,
    ),
    Table(
        "Geglättete Anteile: mittlerer Fehler in Punkten (Anteil 15 %, 50 bis 1.000 Menschen)",
        ("wahre Karte", "gezählt", "zur Stadt gezogen (`smoothed`)", "zur Nachbarschaft (`smoothed_local`)"),
        smoothing_rows, 0.5,
    ),
)  # fmt: skip
