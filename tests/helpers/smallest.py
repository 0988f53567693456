"""The fewest rows that one release could hide, by an integer program that shares no code with the package."""

import numpy as np
from outsider import BASE, PARTS, POOL, READY, SMALL, SUMS, SURE, WIDTH, targets
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

FAR = 60.0
"""How far a hidden count may move; more never helps with counts as small as these."""


class _Programme:
    """Unknowns: one switch per row, then for each push how far every count moves."""

    def __init__(self, rows):
        self.count = rows
        self.low, self.high = [0.0] * rows, [1.0] * rows
        self.entries, self.least, self.most = [], [], []

    def add(self, size, low, high):
        first = self.count
        self.count += size
        self.low += list(low)
        self.high += list(high)
        return first

    def say(self, entries, least, most):
        self.entries.append(entries)
        self.least.append(least)
        self.most.append(most)

    def solve(self, rows, seconds):
        index = [(n, c, w) for n, row in enumerate(self.entries) for c, w in row.items()]
        number, column, weight = zip(*index, strict=True)
        matrix = csr_array((weight, (number, column)), shape=(len(self.entries), self.count))
        cost = np.r_[np.ones(rows), np.zeros(self.count - rows)]
        found = milp(
            cost,
            integrality=np.r_[np.ones(rows), np.zeros(self.count - rows)],
            bounds=Bounds(self.low, self.high),
            constraints=[LinearConstraint(matrix, self.least, self.most)],
            options={"time_limit": seconds},
        )
        return found.fun if found.status == 0 else None


def smallest_hidden(city, plan, panel, *, seconds=20.0):
    """Return the smallest share of rows that protects every small count of a release; None if none is found.

    Each small count, and rest, must be able to be 1 less (or 1) and at least `SMALL`: two tables for each,
    moving only counts in hidden rows, with all totals, sums and parts kept.
    """
    frame = panel.indicators
    had = frame["flag"].isin(["ok", "unreliable"]).to_numpy()
    rows = np.flatnonzero(had & ~frame["indicator"].map(lambda name: POOL[name][3] in READY).to_numpy())
    place = [int(key[-3:]) for key in frame.index]
    hidden = 0.0
    for date in sorted(frame["date"].unique()):
        here = [row for row in rows.tolist() if frame["date"].iloc[row] == date]
        found = _of_date(
            city, plan, date, [(frame["indicator"].iloc[row], place[row]) for row in here], seconds
        )
        if found is None:
            return None
        hidden += found
    ready = had.sum() - len(rows)
    return float((hidden + ready) / max(had.sum(), 1))


def _of_date(city, plan, date, rows, seconds):
    counts = city.counts[plan.version][date]
    wanted = targets(city, plan, date)
    names, size = list(counts), city.size
    if not wanted:
        return 0.0
    shows = {}
    for number, (indicator, where) in enumerate(rows):
        _, above, _, ready = POOL[indicator]
        shows.setdefault((above or ready, where), []).append(number)
    programme = _Programme(len(rows))
    for weights in wanted.values():
        truth = sum(weight * counts[name][where] for (name, where), weight in weights.items())
        for target in (1.0, float(max(SMALL, 1 + WIDTH))):
            if target != truth:
                _push(city, programme, counts, names, size, shows, weights, target - truth)
        # A small count is hidden itself, where it stands.
        for (name, where), weight in weights.items():
            for row in shows.get((name, where), []) if weight > 0 and name not in BASE else []:
                programme.say({row: 1.0}, 1.0, 1.0)
    return programme.solve(len(rows), seconds)


def _push(city, programme, counts, names, size, shows, weights, by):
    truth = np.concatenate([np.asarray(counts[name], float) for name in names])
    low, high = np.maximum(-truth, -FAR), np.full(len(truth), FAR)
    for number, name in enumerate(names):
        if name in BASE:
            low[number * size : (number + 1) * size] = high[number * size : (number + 1) * size] = 0.0
    first = programme.add(len(truth), low, high)

    def at(name, where):
        return first + names.index(name) * size + where

    programme.say({at(name, where): weight for (name, where), weight in weights.items()}, by, by)
    for (name, where), shown in shows.items():
        for row in shown:
            programme.say({at(name, where): 1.0, row: -FAR}, -np.inf, 0.0)
            programme.say({at(name, where): 1.0, row: FAR}, 0.0, np.inf)
    _keep_sums(city, programme, counts, at)


def _keep_sums(city, programme, counts, at):
    """Say what stays as it is in every table: totals, sums, and that no part exceeds its whole."""
    size = city.size
    areas = [list(range(size))]
    if city.area is not None:
        names = sorted(set(city.area))
        areas += [[where for where, of in enumerate(city.area) if of == name] for name in names]
    for name in counts:
        for area in areas:
            programme.say({at(name, where): 1.0 for where in area}, 0.0, 0.0)
    for where in range(size):
        for whole, pieces in SUMS:
            entries = {at(whole, where): -1.0, **{at(piece, where): 1.0 for piece in pieces}}
            programme.say(entries, 0.0, 0.0)
        for part, whole in (*SURE, *(PARTS if city.declared else ())):
            gap = float(counts[whole][where] - counts[part][where])
            programme.say({at(part, where): 1.0, at(whole, where): -1.0}, -np.inf, gap)
