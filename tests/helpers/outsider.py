"""An attacker of our own, and the small random cities that it attacks.

Shares no code with `sozialraum.disclosure`: it knows what stands in the rows of all releases, the totals of
city and larger areas, which counts add up to which and which are part of which, and finds by linear
programming between which numbers each count must lie.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from sozialraum.indicators.derive import load_indicators
from sozialraum.panel import Panel

SMALL = 3
WIDTH = 2
EXACT = 1e-6

POOL = {
    # name: kind, numerator, denominator, ready-made variable
    "u": ("share", "u", "adults", ""),
    "um": ("share", "um", "adults", ""),
    "uf": ("share", "uf", "adults", ""),
    "lt": ("share", "lt", "u", ""),
    "lt_adults": ("share", "lt", "adults", ""),
    "sgb": ("share", "sgb", "people", ""),
    "sgb_children": ("share", "sgbk", "children", ""),
    "single": ("share", "single", "households", ""),
    "children": ("share", "children", "people", ""),
    "crime": ("ratio", "crime", "people", ""),
    "u_count": ("count", "u", "", ""),
    "crime_value": ("value", "", "", "crime"),
    "single_value": ("value", "", "", "single"),
    "sgb_ready": ("share", "", "", "sgb_percent"),
    "um_ready": ("share", "", "", "um_percent"),
}
READY = {"sgb_percent": ("sgb", "people"), "um_percent": ("um", "adults")}
"""Ready-made shares: of what, and how many decimals of a percentage they have."""
DECIMALS = 2

SUMS = (("u", ("um", "uf")), ("people", ("adults", "children")))
PARTS = (("lt", "u"), ("sgbk", "sgb"), ("um", "u"), ("uf", "u"))
SURE = (("u", "adults"), ("sgb", "people"), ("sgbk", "children"), ("single", "households"))
"""Parts that follow from a share's own definition."""
BASE = ("people", "adults", "children", "households")


@dataclass(frozen=True)
class Plan:
    """One release: which indicators it has, under which names its variables go, from which counts."""

    indicators: tuple[str, ...]
    version: int = 0
    names: dict = field(default_factory=dict)
    dates: tuple[str, ...] = ()


@dataclass(frozen=True)
class City:
    """Counts (version -> date -> variable -> numbers per district) and what will be released of them."""

    counts: tuple
    dates: tuple[str, ...]
    area: tuple[str, ...] | None
    plans: tuple[Plan, ...]
    declared: bool
    small: int = SMALL
    rest: int | None = SMALL
    zeros: bool = False
    rounding: int = 0

    @property
    def size(self):
        return len(self.counts[0][self.dates[0]]["people"])


def _counts(rng, size, people):
    low, high = rng.uniform(0.002, 0.012), rng.uniform(0.012, 0.06)
    adults = rng.binomial(people, 0.62)
    um, uf = (rng.poisson(adults * rng.uniform(low, high, size)) for _ in range(2))
    children = people - adults
    sgbk = np.minimum(rng.poisson(children * rng.uniform(low, high)), children)
    households = people // 2
    return {
        "people": people,
        "adults": adults,
        "children": children,
        "households": households,
        "um": um,
        "uf": uf,
        "u": um + uf,
        "lt": rng.binomial(um + uf, rng.uniform(0.2, 0.6)),
        "sgbk": sgbk,
        "sgb": sgbk + rng.poisson(adults * rng.uniform(low, high, size) / 2),
        "single": np.minimum(rng.poisson(households * rng.uniform(low, high)), households),
        "crime": rng.poisson(people * rng.uniform(low, high)),
    }


def _later(rng, counts):
    """Give the counts of the next year: mostly small changes."""
    found = dict(counts)
    for name in ("um", "uf", "sgbk", "single", "crime"):
        change = rng.integers(-1, 2, len(counts[name]))
        found[name] = np.maximum(counts[name] + change, 0)
    return _tied(found)


def _tied(found):
    found["u"] = found["um"] + found["uf"]
    found["lt"] = np.minimum(found["lt"], found["u"])
    found["sgb"] = np.maximum(found["sgb"], found["sgbk"])
    return found


def _revised(rng, counts):
    """Give the counts as an office corrects them later: a few districts, a few cases."""
    found = {name: numbers.copy() for name, numbers in counts.items()}
    for name in rng.choice(["um", "uf", "sgb", "crime", "single"], 2, replace=False):
        for place in rng.choice(len(found[name]), rng.integers(1, 4), replace=False):
            found[name][place] = max(0, found[name][place] + rng.integers(-4, 5))
    return _tied(found)


def random_city(seed, *, releases=None):
    """Draw a city of 6 to 14 districts, and one to three releases of it."""
    rng = np.random.default_rng([seed, 9])
    size = int(rng.integers(6, 15))
    people = rng.integers(150, 2500, size)
    dates = tuple(f"{2019 + year}-12-31" for year in range(rng.integers(1, 4)))
    first = {dates[0]: _counts(rng, size, people)}
    for before, date in pairwise(dates):
        first[date] = _later(rng, first[before])
    revised = {date: _revised(rng, numbers) for date, numbers in first.items()}
    area = tuple(f"a{number % 2}" for number in range(size)) if rng.random() < 0.5 else None
    number = int(rng.integers(3, 9))
    chosen = rng.choice(list(POOL), number, replace=False).tolist()
    if rng.random() < 0.5:
        chosen = [*dict.fromkeys(["u", "um", "uf", *chosen])][: max(number, 3)]
    count = int(releases or rng.integers(1, 4))
    plans = [_plan(rng, chosen, step, dates) for step in range(count)]
    return City((first, revised), dates, area, tuple(plans), bool(rng.random() < 0.7))


def _plan(rng, chosen, step, dates):
    if not step and rng.random() < 0.3:
        chosen = [name for name in chosen if name != "uf"]
    if not step:
        return Plan(tuple(chosen), dates=dates[: max(1, len(dates) - 1)] if rng.random() < 0.5 else dates)
    names = list(chosen)
    if rng.random() < 0.6 and len(names) > 3:
        # Dropping a part, and bringing it back, is what gives counts away.
        parts = [name for name in ("um", "uf", "lt") if name in names]
        names.remove(str(rng.choice(parts if parts and rng.random() < 0.5 else names)))
    if rng.random() < 0.6:
        names.append(str(rng.choice([name for name in POOL if name not in names])))
    renamed = {name: f"{name}_{step}" for name in ("u", "sgb", "um") if rng.random() < 0.3}
    return Plan(tuple(names), version=int(rng.random() < 0.3), names=renamed, dates=dates)


def with_plans(city, *plans):
    """Return the same city with other releases."""
    return replace(city, plans=plans)


def panel_of(city, plan):
    """Return what a project would read for one release: the true figures."""
    size = city.size
    keys = [f"d{number:03d}" for number in range(size)]
    districts = pd.DataFrame({"name": keys}, index=pd.Index(keys, name="district"))
    if city.area is not None:
        districts["area"] = list(city.area)
    renamed = {name: plan.names.get(name, name) for name in city.counts[0][city.dates[0]]}
    entries = {name: POOL[name] for name in plan.indicators}
    used = {one for _, above, below, ready in entries.values() for one in (above, below, ready) if one}
    parts = []
    for date in plan.dates or city.dates:
        counts = city.counts[plan.version][date]
        for name in sorted(used):
            if name in READY:
                above, below = READY[name]
                with np.errstate(invalid="ignore", divide="ignore"):
                    numbers = np.round(100 * counts[above] / counts[below], DECIMALS)
            else:
                numbers = counts[name].astype(float)
            part = {"district": keys, "date": date, "variable": renamed.get(name, name), "value": numbers}
            parts.append(pd.DataFrame({**part, "flag": "ok", "source": ""}))
    catalogue = pd.DataFrame(
        [
            {
                "label_de": name,
                "label_en": name,
                "kind": kind,
                "numerator": (renamed[above],) if above else (),
                "denominator": (renamed[below],) if below else (),
                "value": renamed.get(ready, ready),
                "value_unit": "percent" if ready in READY else "",
                "dates": (),
                "factor": 100.0 if kind == "share" else 1.0,
                "decimals": 1,
                "published": False,
                "sum_of": (),
                "part_of": (),
            }
            for name, (kind, above, below, ready) in entries.items()
        ],
        index=list(entries),
    )
    if city.declared:
        _declare(catalogue, entries)
    long, values, problems = load_indicators(pd.concat(parts), catalogue, districts)
    assert not [problem for problem in problems if problem.severity == "error"], problems
    return Panel(
        city="Testdorf",
        districts=districts,
        catalogue=catalogue,
        indicators=long,
        city_values=values,
        parents=("area",) if city.area is not None else (),
    )


def _declare(catalogue, entries):
    of = {}
    for name, (_, above, _, _) in entries.items():
        of.setdefault(above, name)
    for whole, parts in SUMS:
        if whole in of and all(part in of for part in parts):
            known = {of[whole]: tuple(of[part] for part in parts)}
            catalogue["sum_of"] = [known.get(name, one) for name, one in catalogue["sum_of"].items()]
    for part, whole in PARTS:
        if part in of and whole in of:
            known = {of[part]: (of[whole],)}
            catalogue["part_of"] = [known.get(name, one) for name, one in catalogue["part_of"].items()]


@dataclass(frozen=True)
class Leak:
    """A small count, or a rest, that the attacker has found out."""

    date: str
    what: str
    district: int
    truth: float
    low: float
    high: float

    @property
    def exact(self):
        return self.low == self.high


class Attack:
    """All that one attacker knows of one date.

    `versions` of the counts are told apart; what nobody saw change is taken to be the same in all.
    """

    def __init__(self, city, date, shown, *, version, parts, totals=True, whole=False):
        self.whole = whole
        self.city, self.date, self.version = city, date, version
        self.truth = city.counts[version][date]
        self.names = list(self.truth)
        self.size = city.size
        self.rows, self.sums, self.low_high = [], [], []
        self.ranges = []
        self._tie(parts)
        if totals:
            self._totals()
        for name, place, low, high in shown:
            self.ranges.append((self._at(name, place), low, high))

    def _at(self, name, place):
        return self.names.index(name) * self.size + place

    def _tie(self, parts):
        for whole, pieces in SUMS:
            for place in range(self.size):
                entries = {self._at(whole, place): -1.0}
                entries |= {self._at(piece, place): 1.0 for piece in pieces}
                self.rows.append(entries)
                self.sums.append(0.0)
        self.below = [
            (self._at(part, place), self._at(whole, place))
            for part, whole in (*SURE, *parts)
            for place in range(self.size)
        ]

    def _totals(self):
        areas = [range(self.size)]
        if self.city.area is not None:
            names = sorted(set(self.city.area))
            areas += [[place for place, of in enumerate(self.city.area) if of == name] for name in names]
        for name in self.names:
            for area in areas:
                self.rows.append({self._at(name, place): 1.0 for place in area})
                self.sums.append(float(self.truth[name][list(area)].sum()))

    def solve(self):
        """Prepare the programmes; False if what is known does not fit together."""
        count = len(self.names) * self.size
        low, high = np.zeros(count), np.full(count, np.inf)
        for cell, least, most in self.ranges:
            low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
        self.bounds = np.column_stack([low, high])
        if (low > high).any():
            return False
        self.equal = _matrix(self.rows, count)
        pairs = [{part: 1.0, whole: -1.0} for part, whole in self.below]
        self.less = _matrix(pairs, count)
        return self._programme(np.zeros(count)) is not None

    def _programme(self, objective):
        found = linprog(
            objective,
            A_ub=self.less,
            b_ub=np.zeros(self.less.shape[0]),
            A_eq=self.equal,
            b_eq=self.sums,
            bounds=self.bounds,
            method="highs",
            # People are whole; that may tell more than a linear programme does.
            integrality=np.ones(len(self.bounds)) if self.whole else None,
        )
        return found.x if found.status == 0 else None

    def interval(self, weights):
        """Return the smallest and largest number of a sum of counts, {(name, place): weight}."""
        objective = np.zeros(len(self.bounds))
        for (name, place), weight in weights.items():
            objective[self._at(name, place)] += weight
        known = [self.bounds[cell] for cell in np.flatnonzero(objective)]
        if all(low == high for low, high in known):
            fixed = float(sum(objective[cell] * self.bounds[cell, 0] for cell in np.flatnonzero(objective)))
            return fixed, fixed
        ends = [sign * float(objective @ self._programme(sign * objective)) for sign in (1, -1)]
        low, high = (sign * value for sign, value in zip((1, -1), ends, strict=True))
        return float(np.ceil(low - EXACT)), float(np.floor(high + EXACT))


def _matrix(rows, count):
    entries = [(number, cell, weight) for number, row in enumerate(rows) for cell, weight in row.items()]
    row, cell, weight = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array((weight, (row, cell)), shape=(len(rows), count))


def seen(city, plan, release, date):
    """Read off a release's rows what they show: (variable, district, lowest, highest)."""
    frame = release.indicators
    found = []
    for key, row in frame[frame["date"] == date].iterrows():
        _, above, below, ready = POOL[row["indicator"]]
        place = int(key[-3:])
        for name, number in ((above, row["numerator"]), (below, row["denominator"])):
            if name and not np.isnan(number):
                # Halves were rounded up: 5 to 14 become 10.
                low, high = number - city.rounding // 2, number + max(0, city.rounding - 1) // 2
                found.append((name, place, max(0, low), high))
        if not ready or np.isnan(row["value"]):
            continue
        if ready in READY:
            of, among = READY[ready]
            whole = city.counts[plan.version][date][among][place]
            half = 0.5 * 10.0**-DECIMALS / 100 + 1e-9
            # Inhabitants of districts are no secret; so a share tells its count.
            found.append((of, place, max(0, (row["value"] - half) * whole), (row["value"] + half) * whole))
        else:
            found.append((ready, place, row["value"], row["value"]))
    return found


def targets(city, plan, date):
    """Give what must not be found out: counts, and what shares leave over, that are small."""
    counts = city.counts[plan.version][date]
    found = {}
    for name in plan.indicators:
        kind, above, below, ready = POOL[name]
        if ready:
            above, below = READY.get(ready, (ready, ""))
        for place in range(city.size):
            if (0 if city.zeros else 1) <= counts[above][place] < city.small:
                found[above, place] = {(above, place): 1.0}
            if below and kind == "share" and city.rest is not None:
                rest = counts[below][place] - counts[above][place]
                if 0 < rest < city.rest:
                    found[f"{below}-{above}", place] = {(below, place): 1.0, (above, place): -1.0}
    return found


def _base(city, date, version):
    """Give what everybody knows of districts: inhabitants, adults, children, households."""
    counts = city.counts[version][date]
    return [
        (name, place, counts[name][place], counts[name][place])
        for name in BASE
        for place in range(city.size)
        if counts[name][place] >= city.small
    ]


def find_leaks(city, releases, *, all_parts=False, whole=False):
    """Attack some releases, one per plan in order; return the leaks, and how many small counts there were.

    What totals, and inhabitants of districts, tell without any release is no leak of a release.
    """
    leaks, tried = [], 0
    done = list(zip(city.plans, releases, strict=False))
    parts = PARTS if all_parts else (PARTS if city.declared else ())
    for date in city.dates:
        for version in sorted({plan.version for plan, _ in done}):
            here = [(plan, release) for plan, release in done if date in (plan.dates or city.dates)]
            mine = [(plan, release) for plan, release in here if plan.version == version]
            wanted = {}
            for plan, _ in mine:
                wanted |= targets(city, plan, date)
            tried += len(wanted)
            if not wanted:
                continue
            shown = [one for plan, release in mine for one in seen(city, plan, release, date)]
            found = _attack(city, date, shown, version, parts, wanted, whole=whole)
            others = [one for plan, release in here for one in seen(city, plan, release, date)]
            if len(here) > len(mine):
                found += _linked(city, date, shown, others, version, parts, wanted, whole=whole)
            known = {}
            if found:
                known = {
                    (leak.what, leak.district): leak
                    for leak in _attack(city, date, [], version, parts, wanted, whole=whole, base=True)
                }
            leaks += [leak for leak in dict.fromkeys(found) if not _as_wide(leak, known)]
    return leaks, tried


def _as_wide(leak, known):
    before = known.get((leak.what, leak.district))
    return before is not None and before.high - before.low <= leak.high - leak.low


def _linked(city, date, shown, others, version, parts, wanted, *, whole):
    """Attack with rows of another version, too, where a newer one does not say otherwise."""
    mine = {(name, place) for name, place, _, _ in shown}
    counts = city.counts[version][date]
    near = [one for one in others if one[2] - 1 <= counts[one[0]][one[1]] <= one[3] + 1]
    more = [one for one in near if one[:2] not in mine]
    found = _attack(city, date, [*shown, *more], version, parts, wanted, whole=whole)
    if not found:
        return []
    # What others' rows and today's totals tell without any row of today is no fault of today's release.
    # Without it nobody knows which rows are out of date; so let this one be lucky and drop just those.
    today = {(name, place): (low, high) for name, place, low, high in shown}
    right = [one for one in near if today.get(one[:2], one[2:]) == one[2:]]
    told = _attack(city, date, right, version, parts, wanted, whole=whole)
    before = {(leak.what, leak.district): leak for leak in told}
    return [leak for leak in found if leak.low <= leak.truth <= leak.high and not _as_wide(leak, before)]


def _attack(city, date, shown, version, parts, wanted, *, whole, base=False):
    given = [*shown, *_base(city, date, version)]
    attack = Attack(city, date, given, version=version, parts=parts, whole=whole)
    if not attack.solve():
        return []
    leaks = []
    for (what, place), weights in wanted.items():
        truth = sum(weight * attack.truth[name][of] for (name, of), weight in weights.items())
        low, high = attack.interval(weights)
        limit = city.small if len(weights) == 1 else city.rest
        least = 0 if city.zeros and len(weights) == 1 else 1
        if low == high or (low >= least and high < limit) or (base and high < limit):
            leaks.append(Leak(date, what, place, float(truth), low, high))
    return leaks


def hidden_share(release, true):
    """Return the share of rows with a figure that a release hides."""
    had = true.indicators["flag"].isin(["ok", "unreliable"]).to_numpy()
    blank = (release.indicators["flag"] == "suppressed").to_numpy()
    return float((blank & had).sum() / max(had.sum(), 1))
