"""Figures that contradict each other: sums, jumps, tables twice, columns that have moved.

All checks look at the observations of one run together and name what they doubt; they change nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.distinct import doubled, groups_of, kept, members, numbered
from sozialraum.errors import Problem, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "check_copied_rows",
    "check_jumps",
    "check_observations",
    "check_placeholders",
    "check_repeats",
    "check_shifted",
    "check_totals",
]

FEWEST = 8
"""Districts that a comparison of whole columns needs."""

FEWEST_VARIABLES = 2
"""Variables that must all be zero before a row is taken for a placeholder: one zero is a figure."""

COPIED_VARIABLES = 3
"""Variables that must all be equal before a row is taken for a copy of another, or for filled up ..."""

COPIED_DIGITS = 6.0
"""... and decimal digits that must agree in all: small counts are equal by chance."""

VARIED = 5
"""Different values that a column needs before its recurrence can be no chance."""

ALIKE = 0.9
"""From this share of equal figures on, one date's column is taken for a copy of another's."""

FAR, NEAR = 1 / 3, 0.25
"""Distances from which on a column does not continue its own series, and up to which it may another's."""

SIGMAS = 6.0
"""Control limit in standard deviations: some ten thousand figures of a city must not alarm by chance."""

SMALLEST = 30.0
"""Jumps by fewer persons than this are not told."""

LISTED = 20


def check_observations(
    observations: pd.DataFrame, *, excluded: Collection[str] = (), names: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """Run every check that needs nothing but the observations.

    Parameters
    ----------
    observations
        As `join` or `combine` returns them; rows with the same district, date and variable count once.
    excluded
        Districts that are left out of index and clusters by name.
    names
        District to its name, for the messages.
    """
    table = _Wide.of(observations, names)
    return (
        *check_placeholders(table, excluded=excluded),
        *check_copied_rows(table),
        *check_repeats(table),
        *check_shifted(table),
        *check_jumps(table),
    )


@dataclass(frozen=True, kw_only=True)
class _Wide:
    """The figures as one array over the districts for each variable and date, and the files they are from."""

    districts: list[str]
    columns: Mapping[tuple[str, str], Floats]
    sources: Mapping[tuple[str, str], str]
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, key: str) -> str:
        """Return a district's key with its name beside it, where that is known and another word."""
        name = self.names.get(key, key)
        return key if name == key else f"{key} {name}"

    @classmethod
    def of(cls, observations: pd.DataFrame | _Wide, names: Mapping[str, str] | None = None) -> _Wide:
        if isinstance(observations, _Wide):
            return observations
        cell = ["district", "date", "variable"]
        named = observations[cell].notna().all(axis=1).to_numpy()
        known = kept(observations, named & ~doubled(observations, cell))
        codes, districts = numbered(known["district"])
        groups, first = groups_of(known, ["variable", "date"])
        figures, origins = known["value"].to_numpy(float), known["source"].to_numpy(dtype=object)
        columns: dict[tuple[str, str], Floats] = {}
        sources: dict[tuple[str, str], str] = {}
        names_dates = zip(known["variable"].iloc[first], known["date"].iloc[first], strict=True)
        for (variable, date), rows in zip(names_dates, members(groups, len(first)), strict=True):
            column = np.full(len(districts), np.nan)
            column[codes[rows]] = figures[rows]
            columns[str(variable), str(date)] = column
            sources[str(variable), str(date)] = ", ".join(dict.fromkeys(origins[rows].tolist()))
        own = [str(key) for key in districts]
        return cls(districts=own, columns=columns, sources=sources, names=names or {})

    @property
    def variables(self) -> list[str]:
        return list(dict.fromkeys(variable for variable, _ in self.columns))

    def dates(self, variable: str) -> list[str]:
        return sorted(date for name, date in self.columns if name == variable)


# --- placeholders ---


def check_placeholders(
    observations: pd.DataFrame | _Wide, *, excluded: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Find districts whose figures of one date are all exactly zero: rows kept free for areas without people.

    Told for dates with at least two variables of which each has other districts that are not zero. A district
    that has no figure at all is none: it is missing, and flagged so. Those that are `excluded` are known.
    """
    table = _Wide.of(observations)
    found: dict[str, list[str]] = {}
    for date in sorted({date for _, date in table.columns}):
        columns = [column for (_, own), column in table.columns.items() if own == date]
        stacked = np.array([column for column in columns if np.nansum(np.abs(column)) > 0])
        if len(stacked) < FEWEST_VARIABLES:
            continue
        empty = ((stacked == 0) | np.isnan(stacked)).all(axis=0) & ((stacked == 0).sum(axis=0) > 1)
        for i in np.flatnonzero(empty):
            if table.districts[i] not in excluded:
                found.setdefault(table.districts[i], []).append(date)
    if not found:
        return ()
    dates = sorted({date for listed in found.values() for date in listed})
    line = json.dumps(sorted(found), ensure_ascii=False)
    values = {"number": len(found), "dates": shorten(dates), "line": f"excluded = {line}"}
    problem = Problem(
        code="checks.placeholders", severity="warning", keys=tuple(sorted(found)), values=values
    )
    return (problem,)


def check_copied_rows(observations: pd.DataFrame | _Wide) -> tuple[Problem, ...]:
    """Find districts with another district's figures, and rows filled with one number: placeholders, too.

    Told for dates with at least three variables, where all figures of two districts are equal with at least
    six decimal digits in all, or where all figures of a district are one number (other than 0) and those of
    no other district are.
    """
    table = _Wide.of(observations)
    copies: dict[str, tuple[str, str]] = {}
    filled: dict[str, str] = {}
    for date in sorted({date for _, date in table.columns}):
        stacked = np.array([column for (_, own), column in table.columns.items() if own == date])
        if len(stacked) < COPIED_VARIABLES:
            continue
        first: dict[bytes, int] = {}
        constant = (stacked == stacked[0]).all(axis=0) & (stacked[0] != 0)
        alone = constant.sum() == 1
        digits = np.log10(np.where(np.abs(stacked) > 1, np.abs(stacked), 1.0)).sum(axis=0)
        full = ~np.isnan(stacked).any(axis=0)
        for i in np.flatnonzero(full & constant) if alone else ():
            filled.setdefault(table.districts[i], f"{date}: {stacked[0, i]:.10g}")
        long = full & (digits >= COPIED_DIGITS) & ~(constant & alone)
        for i in np.flatnonzero(long)[_recurring(stacked[:, long])]:
            if (other := first.setdefault(stacked[:, i].tobytes(), int(i))) != i:
                copies.setdefault(table.districts[i], (table.districts[other], date))
    return tuple(
        Problem(
            code=f"checks.{code}",
            severity="warning",
            keys=tuple(sorted(found)),
            values={"number": len(found), "list": shorten(listing, LISTED)},
        )
        for code, found, listing in (
            (
                "copied_rows",
                copies,
                [
                    f"{table.called(key)} = {table.called(other)} ({date})"
                    for key, (other, date) in copies.items()
                ],
            ),
            ("filled_rows", filled, [f"{table.called(key)} ({words})" for key, words in filled.items()]),
        )
        if found
    )


def _recurring(columns: Floats) -> NDArray[np.bool_]:
    """Tell which columns may have a twin, shape (columns,): those whose bits come to the same sum."""
    weights = np.arange(len(columns), dtype=np.uint64) * np.uint64(2) + np.uint64(0x9E3779B97F4A7C15)
    bits = np.ascontiguousarray(columns).view(np.uint64)
    return pd.Series((bits * weights[:, None]).sum(axis=0)).duplicated(keep=False).to_numpy()


# --- the same figures again ---


def check_repeats(observations: pd.DataFrame | _Wide) -> tuple[Problem, ...]:
    """Find the table that was read twice, and last year's figures under this year's date.

    Two columns are suspicious if at least 90 % of the figures are equal (two variables of one date: all of
    them), of which five are different from each other.
    """
    table = _Wide.of(observations)
    return (*_last_years(table), *_same_columns(table))


def _last_years(table: _Wide) -> Iterable[Problem]:
    for variable in table.variables:
        for earlier, later in pairwise(table.dates(variable)):
            number, total = _equal(table.columns[variable, earlier], table.columns[variable, later])
            if number >= ALIKE * total and total:
                values = {"variable": variable, "earlier": earlier, "later": later}
                values |= {"number": str(number), "total": str(total)}
                file = table.sources[variable, later]
                yield Problem(code="checks.last_year", severity="warning", file=file, values=values)


def _same_columns(table: _Wide) -> Iterable[Problem]:
    seen: dict[tuple[str, bytes], str] = {}
    found: dict[tuple[str, str], list[str]] = {}
    for (variable, date), column in table.columns.items():
        other = seen.setdefault((date, column.tobytes()), variable)
        if other != variable and _equal(column, column)[1]:
            found.setdefault((other, variable), []).append(date)
    for (one, two), dates in found.items():
        source, file = (table.sources[name, dates[0]] for name in (one, two))
        values = {"one": one, "two": two, "dates": shorten(dates), "source": source}
        yield Problem(code="checks.same_column", severity="warning", file=file, values=values)


def _equal(one: Floats, two: Floats) -> tuple[int, int]:
    """Return how many figures are equal and how many can be compared; 0 of 0 where that tells nothing."""
    both = ~np.isnan(one) & ~np.isnan(two) & ((one != 0) | (two != 0))
    if both.sum() < FEWEST or len(np.unique(one[both])) < VARIED:
        return 0, 0
    return int((one == two)[both].sum()), int(both.sum())


# --- columns that have moved ---


def check_shifted(observations: pd.DataFrame | _Wide) -> tuple[Problem, ...]:
    """Find variables whose figures continue another variable's series: columns moved, or were swapped.

    The distance of two columns is the median over districts of the absolute logarithm of their ratio. A
    column is suspicious if it is far from its own predecessor, and one other variable's
    predecessor is near and at most a quarter as far; at least two columns must be so.
    """
    table = _Wide.of(observations)
    dates = sorted({date for _, date in table.columns})
    return tuple(problem for earlier, later in pairwise(dates) for problem in _shifted(table, earlier, later))


def _shifted(table: _Wide, earlier: str, later: str) -> Iterable[Problem]:
    names = [name for name in table.variables if {(name, earlier), (name, later)} <= table.columns.keys()]
    if len(names) < 2:
        return
    moved: dict[str, str] = {}
    before = [table.columns[name, earlier] for name in names]
    for i, name in enumerate(names):
        column = table.columns[name, later]
        own = _distance(column, before[i])
        if not FAR < own < np.inf:
            continue
        distances = [_distance(column, other) for other in before]
        nearest = int(np.argmin(distances))
        if distances[nearest] < NEAR and distances[nearest] * 4 <= own:
            moved[name] = names[nearest]
    origins = list(moved.values())
    moved = {name: origin for name, origin in moved.items() if origins.count(origin) == 1}
    if len(moved) < 2:
        return
    steps = {names.index(name) - names.index(origin) for name, origin in moved.items()}
    listing = [f"'{name}' = '{origin}'" for name, origin in moved.items()]
    values = {"earlier": earlier, "later": later, "number": len(moved), "pairs": shorten(listing, LISTED)}
    code = "checks.shifted" if len(steps) == 1 else "checks.swapped"
    file = table.sources[next(iter(moved)), later]
    yield Problem(code=code, severity="warning", file=file, values={**values, "step": f"{min(steps):+d}"})


def _distance(one: Floats, two: Floats) -> float:
    both = (one > 0) & (two > 0)
    if both.sum() < FEWEST:
        return np.inf
    return float(np.median(np.abs(np.log(one[both] / two[both]))))


# --- jumps ---


def check_jumps(observations: pd.DataFrame | _Wide) -> tuple[Problem, ...]:
    """Find figures that leave their series by more than six standard deviations.

    From one date to the next, each district's growth is compared with the median growth of all. The standard
    deviation is that of two Poisson counts plus what districts differ anyway (robust, from the median
    absolute deviation). Told are figures that leave and come back (a mistyped figure), and those that at
    least double or halve against the city. Variables that are no whole numbers are left out: without their
    denominators nobody knows how much chance there is in them.
    """
    table = _Wide.of(observations)
    problems: list[Problem] = []
    for variable in table.variables:
        dates = table.dates(variable)
        if not all(_is_counts(table.columns[variable, date]) for date in dates):
            continue
        steps = [
            _step(table.columns[variable, earlier], table.columns[variable, later])
            for earlier, later in pairwise(dates)
        ]
        problems += _jumps(table, variable, dates, steps)
    return tuple(problems)


def _is_counts(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    return bool(((known >= 0) & (known % 1 == 0)).all())


def _step(before: Floats, after: Floats) -> Floats:
    """Tell which districts grew otherwise: 1 up, -1 down, 0.5 and -0.5 if by less than double or half."""
    known = ~np.isnan(before) & ~np.isnan(after)
    result = np.zeros(len(before))
    if known.sum() < FEWEST:
        return result
    x, y = before[known] + 0.5, after[known] + 0.5
    growth = np.log(y / x)
    common = np.median(growth)
    poisson = 1 / x + 1 / y
    spread = 1.4826 * np.median(np.abs(growth - common))
    deviation = np.sqrt(poisson + max(spread**2 - np.median(poisson), 0.0))
    other = growth - common
    strong = (np.abs(other) > SIGMAS * deviation) & (np.abs(y - x * np.exp(common)) > SMALLEST)
    size = np.where(np.abs(other) > np.log(2), 1.0, 0.5)
    result[known] = np.where(strong, np.sign(other) * size, 0.0)
    return result


def _jumps(table: _Wide, variable: str, dates: Sequence[str], steps: Sequence[Floats]) -> Iterable[Problem]:
    """Sort the steps into those that the next one takes back, and those that stay."""
    quiet = np.zeros(len(table.districts))
    found: dict[str, list[tuple[str, str]]] = {"spike": [], "jump": []}
    for position, step in enumerate(steps):
        after = steps[position + 1] if position + 1 < len(steps) else quiet
        before = steps[position - 1] if position else quiet
        returns = (step != 0) & (np.sign(after) == -np.sign(step))
        returned = (step != 0) & (np.sign(before) == -np.sign(step))
        stays = (np.abs(step) == 1) & ~returns & ~returned
        old, new = (table.columns[variable, dates[position + i]] for i in (0, 1))
        for kind, where in (("spike", returns), ("jump", stays)):
            for i in np.flatnonzero(where):
                key = table.districts[i]
                words = f"{table.called(key)} ({dates[position + 1]}): {old[i]:.0f} → {new[i]:.0f}"
                found[kind].append((key, words))
    for kind, listing in found.items():
        if listing:
            words = shorten([text for _, text in listing], LISTED)
            values = {"variable": variable, "number": len(listing), "list": words}
            keys = tuple(dict.fromkeys(key for key, _ in listing))
            yield Problem(code=f"checks.{kind}", severity="warning", keys=keys, values=values)


# --- sums ---


def check_totals(
    observations: pd.DataFrame,
    totals: pd.DataFrame,
    members: Mapping[str, str] | pd.Series,
    *,
    noise: float = 0.0,
) -> tuple[Problem, ...]:
    """Compare published totals of larger areas with the sums of their districts.

    Parameters
    ----------
    observations
        Of districts, as `join` returns them; counts only.
    totals
        Observations of the larger areas, with their keys or names in `district`.
    members
        District key to the larger area as `totals` calls it.
    noise
        Largest change that confidentiality made to a single figure (cell key method, rounding): with n
        districts, sum and total may differ by 3 * noise * sqrt(n + 1), and never by more than
        noise * (n + 1).

    Returns
    -------
    tuple
        A problem per area, variable and date whose sum differs. Where a district's figure is unknown, the
        known ones must not exceed the total.
    """
    areas = pd.Series(members, dtype=object)
    own = observations[["district", "date", "variable", "value"]].assign(
        area=observations["district"].map(areas)
    )
    cells = ["area", "date", "variable"]
    groups = own.dropna(subset=["area"]).groupby(cells)["value"]
    sums = pd.DataFrame({"sum": groups.sum(), "known": groups.count(), "rows": groups.size()})
    sums["members"] = areas.value_counts().reindex(sums.index.get_level_values("area")).to_numpy()
    stated = totals.rename(columns={"district": "area"})[[*cells, "value", "source", "row"]]
    both = stated.dropna(subset=["value"]).merge(sums.reset_index(), on=cells)
    count = both["known"] + 1
    tolerance = np.minimum(3 * noise * np.sqrt(count), noise * count) + 1e-6
    difference = both["sum"] - both["value"]
    complete = both["known"] == both["members"]
    wrong = both[np.where(complete, difference.abs() > tolerance, difference > tolerance)]
    return tuple(_total_problem(row, complete=row["known"] == row["members"]) for _, row in wrong.iterrows())


def _total_problem(row: pd.Series, *, complete: bool) -> Problem:
    values = {
        "variable": row["variable"],
        "date": row["date"],
        "total": f"{row['value']:.10g}",
        "sum": f"{row['sum']:.10g}",
        "difference": f"{row['sum'] - row['value']:+.10g}",
        "number": int(row["known"]),
    }
    return Problem(
        code="checks.total" if complete else "checks.total_exceeded",
        severity="warning",
        file=row["source"],
        row=int(row["row"]),
        keys=(str(row["area"]),),
        values=values,
    )
