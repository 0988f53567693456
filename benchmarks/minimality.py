"""What the choice of hidden rows tells somebody who knows the program, but not the secret.

The attacker sees which rows are hidden, and the sums that are left for them. They draw tables that fit (all
equally likely beforehand), run the protection program on each with many secrets of their own, and weigh each
table by how often it leads to just the rows that were hidden. A hidden count is *proven* small if no table
with any weight has another number there than 1 or 2, and *exact* if all have one number.

``python benchmarks/minimality.py --cities 100``; 8 districts, one count over inhabitants, known total. With
``--releases 3`` a year is added with each release, and counts change by at most one from year to year.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import dataclass, field, replace
from functools import cache
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.confidential import Rules
from sozialraum.disclosure.cells import Cells, build_cells
from sozialraum.disclosure.draw import drawn_number, hidden_before
from sozialraum.disclosure.plan import plan_rows
from sozialraum.disclosure.releases.earlier import EarlierRelease, earlier_bounds
from sozialraum.indicators.derive import load_indicators
from sozialraum.panel import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[np.int64]
    Slices = dict[tuple[tuple[str, ...], str], dict[str, float]]

DISTRICTS, YEARS = 8, ("2019-12-31", "2020-12-31", "2021-12-31")
TABLES = 300
"""Tables that the attacker draws per city."""
SECRETS = 16
"""Secrets that the attacker tries per table, against the level "outsider"."""
BANK, FITTING = 3_000, 2
"""Against "method known" they need not try blindly: the order of the draw depends on the secret alone. Of so
many secrets, so many are tried whose order can lead to the rows seen; how rare these are is known exactly."""
CAP = 5
"""Counts from this on are told apart no further: the program decides by small numbers."""
ENOUGH = 8
"""Tables with weight that a statement rests on, at least."""


@cache
def _base(years: int) -> Panel:
    keys = [f"d{number:03d}" for number in range(DISTRICTS)]
    districts = pd.DataFrame({"name": keys}, index=pd.Index(keys, name="district"))
    parts = [
        pd.DataFrame({"district": keys, "date": date, "variable": name, "value": number, "flag": "ok"})
        for date in YEARS[:years]
        for name, number in (("poor", 1.0), ("people", 900.0))
    ]
    entry = {
        "label_de": "poor",
        "label_en": "poor",
        "kind": "share",
        "numerator": ("poor",),
        "denominator": ("people",),
        "value": "",
        "value_unit": "",
        "dates": (),
        "factor": 100.0,
        "decimals": 1,
        "published": False,
    }
    catalogue = pd.DataFrame([entry], index=["poor"])
    indicators, city_values, _ = load_indicators(pd.concat(parts).assign(source=""), catalogue, districts)
    return Panel(
        city="Testdorf",
        districts=districts,
        catalogue=catalogue,
        indicators=indicators,
        city_values=city_values,
    )


@cache
def _cells(years: int) -> Cells:
    return build_cells(_base(years), Rules())


def publish(counts: Table, rules: Rules, secret: bytes) -> tuple[bytes, ...]:
    """Return which rows are hidden, release by release, each with one year more.

    The package's own model and choice; only the reading of tables is left out, which decides nothing.
    """
    earlier: list[EarlierRelease] = []
    patterns = []
    for years in range(1, len(counts) + 1):
        cells = _with_counts(_cells(years), counts[:years], earlier)
        rows = len(cells.position)
        hidden, _ = plan_rows(
            cells,
            rules,
            withheld=np.zeros(rows, dtype=bool),
            may_hide=np.ones(rows, dtype=bool),
            secret=secret,
            earlier=earlier_bounds(cells, earlier, rules.width),
            before=hidden_before(cells, earlier),
        )
        patterns.append(hidden.tobytes())
        earlier.append(_record(cells, counts[:years], hidden))
    return tuple(patterns)


def _with_counts(cells: Cells, counts: Table, earlier: list[EarlierRelease]) -> Cells:
    truth = cells.truth.copy()
    truth[cells.numerator] = counts.ravel()
    truth[cells.remainder] = truth[cells.denominator] - truth[cells.numerator]
    kept = np.zeros(len(truth), dtype=bool)
    for release in earlier:
        for (variables, date), of in release.hidden.items():
            kept[cells.find(variables, date, list(of))] = True
    return replace(cells, truth=truth, kept=kept)


def _record(cells: Cells, counts: Table, hidden: NDArray[np.bool_]) -> EarlierRelease:
    keys, blank = [str(key) for key in cells.districts], hidden.reshape(counts.shape)
    parts: tuple[Slices, Slices] = ({}, {})
    for date, row, gone in zip(YEARS, counts, blank, strict=False):
        for name, numbers in (("poor", row), ("people", np.full(DISTRICTS, 900))):
            listed = [(key, float(count)) for key, count in zip(keys, numbers, strict=True)]
            for of, chosen in zip(parts, (~gone, gone), strict=True):
                of[(name,), date] = {one[0]: one[1] for one, here in zip(listed, chosen, strict=True) if here}
    return EarlierRelease(name=str(len(counts)), rounding=None, counts=parts[0], hidden=parts[1])


def _order(secret: bytes) -> NDArray[np.int64]:
    numbers = [drawn_number(secret, "draw", "poor", "d000", f"d{one:03d}") for one in range(DISTRICTS)]
    return np.argsort(numbers)


def draw_city(rng: np.random.Generator, years: int) -> Table:
    """Draw counts with one or two small ones in the first year, most often."""
    while True:
        mean = np.exp(rng.uniform(np.log(1.5), np.log(30), DISTRICTS))
        rows = [rng.poisson(mean)]
        for _ in range(years - 1):
            rows.append(np.maximum(rows[-1] + rng.integers(-1, 2, DISTRICTS), 0))
        counts = np.array(rows)
        if ((counts > 0) & (counts < 3)).any():
            return counts


def _fitting(rng: np.random.Generator, counts: Table, hidden: NDArray[np.bool_], number: int) -> list[Table]:
    """Draw tables with the same shown counts and totals; hidden ones uniform, changes of at most one."""
    found: list[Table] = []
    first = np.flatnonzero(hidden[0])
    left = int(counts[0, first].sum())
    for _ in range(200 * number):
        table = counts.copy()
        # Uniform over all ways to divide the rest: bars among stars.
        bars = np.sort(rng.choice(left + len(first) - 1, len(first) - 1, replace=False))
        table[0, first] = np.diff(np.r_[-1, bars, left + len(first) - 1]) - 1
        for year in range(1, len(counts)):
            here = np.flatnonzero(hidden[year])
            table[year, here] = np.maximum(table[year - 1, here] + rng.integers(-1, 2, len(here)), 0)
        if (table.sum(axis=1) == counts.sum(axis=1)).all() and _smooth(table):
            found.append(table)
        if len(found) == number:
            break
    return found


def _smooth(table: Table) -> bool:
    return bool((np.abs(np.diff(table, axis=0)) <= 1).all())


@dataclass
class _Sums:
    cities: int = 0
    proven: int = 0
    exact: int = 0
    largest: list[float] = field(default_factory=list)
    hidden: list[float] = field(default_factory=list)


def attack(counts: Table, rules: Rules, rng: np.random.Generator, sums: _Sums, number: int) -> None:
    """Publish a city, and weigh the tables that fit."""
    patterns = publish(counts, rules, rng.bytes(16))
    sums.cities += 1
    hidden = np.frombuffer(patterns[-1], dtype=bool).reshape(len(counts), DISTRICTS)
    sums.hidden.append(float(hidden.mean()))
    if not hidden[0].any():
        return
    known: dict[tuple[tuple[int, ...], ...], float] = {}
    tables = _fitting(rng, counts, hidden, number)
    weights = np.zeros(len(tables))
    for place, table in enumerate(tables):
        # Districts are alike but for their counts, and so are secrets: which one has which does not matter.
        columns = np.minimum(table, CAP)[:, hidden.any(axis=0)].T.tolist()
        key = tuple(sorted(map(tuple, columns)))
        if key not in known:
            known[key] = _likelihood(table, rules, patterns, rng)
        weights[place] = known[key]
    if (weights > 0).sum() < ENOUGH:
        return
    _weigh(np.array(tables), weights / weights.sum(), hidden, sums)


def _likelihood(table: Table, rules: Rules, patterns: tuple[bytes, ...], rng: np.random.Generator) -> float:
    """Say how often secrets lead from a table to just these rows."""
    first = np.frombuffer(patterns[0], dtype=bool)[:DISTRICTS]
    last = np.frombuffer(patterns[-1], dtype=bool).reshape(table.shape)
    small = (table > 0) & (table < 3)
    if (small & ~last).any() or (small[0] & ~first).any():
        # Small counts are always hidden; a table that has one where a count is shown does not fit.
        return 0.0
    if rules.against == "outsider":
        secrets = [rng.bytes(16) for _ in range(SECRETS)]
        return float(np.mean([publish(table, rules, secret) == patterns for secret in secrets]))
    others = np.flatnonzero(~small[0])
    drawn = set(np.flatnonzero(first & ~small[0]).tolist())
    fitting = []
    for secret, order in _bank():
        rest = order[np.isin(order, others)]
        if set(rest[: len(drawn)].tolist()) == drawn:
            fitting.append(secret)
        if len(fitting) == FITTING:
            break
    if not fitting:
        return 0.0
    rare = 1 / comb(len(others), len(drawn))
    return rare * float(np.mean([publish(table, rules, secret) == patterns for secret in fitting]))


@cache
def _bank() -> list[tuple[bytes, NDArray[np.int64]]]:
    secrets = [np.random.default_rng([BANK, one]).bytes(16) for one in range(BANK)]
    return [(secret, _order(secret)) for secret in secrets]


def _weigh(tables: Table, weights: NDArray[np.float64], hidden: NDArray[np.bool_], sums: _Sums) -> None:
    likely = weights > 0
    largest = 0.0
    for year, place in zip(*np.nonzero(hidden), strict=True):
        values = tables[:, year, place]
        small = (values > 0) & (values < 3)
        largest = max(largest, float(weights[small].sum()))
        sums.proven += bool(small[likely].all())
        sums.exact += len(np.unique(values[likely])) == 1
    sums.largest.append(largest)


def main() -> None:
    """Print one line of figures per level."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=100)
    parser.add_argument("--releases", type=int, default=1, choices=[1, 2, 3])
    parser.add_argument("--against", default="method known", choices=["outsider", "method known"])
    parser.add_argument("--tables", type=int, default=TABLES, help="tables that the attacker draws per city")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=np.inf, help="stop after so much processor time")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    rng = np.random.default_rng(chosen.seed)
    sums, rules = _Sums(), Rules(against=chosen.against)
    for _ in range(chosen.cities):
        if time.process_time() > chosen.seconds:
            break
        attack(draw_city(rng, chosen.releases), rules, rng, sums, chosen.tables)
        if sums.cities % 2 == 0:
            _print(chosen, sums)
    _print(chosen, sums)


def _print(chosen: argparse.Namespace, sums: _Sums) -> None:
    odds = np.array(sums.largest or [np.nan])
    sys.stdout.write(
        f"{chosen.against}, {chosen.releases} releases: {sums.cities} cities, weighed {len(sums.largest)}; "
        f"proven small {sums.proven}, exact {sums.exact}; largest probability of "
        f"being small: mean {odds.mean():.2f}, largest {odds.max():.2f}; hidden "
        f"{100 * np.mean(sums.hidden):.0f} %; {time.process_time():.0f} s\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
