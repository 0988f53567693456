"""The published counts as cells of one large table, and the sums that an outsider knows to hold in it.

A cell is one quantity (a count, or a sum of counts as the catalogue names it) in one district at one date.
An indicator's row shows two cells, numerator and denominator; the same cell may stand in several rows. Cells
are tied together by totals of the city and of its larger areas, by remainders (denominator less numerator),
and by sums of variables that always hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from sozialraum.disclosure.relations import find_relations
from sozialraum.errors import DisclosureError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialraum.disclosure.earlier import EarlierRelease
    from sozialraum.disclosure.rules import Rules
    from sozialraum.panel import Panel

__all__ = ["CARRIERS", "Cells", "Quantity", "Recipe", "build_cells", "recipe"]

CARRIERS = ("ok", "unreliable")
"""Flags of rows that show a rate."""

ASSUMED = 1.0
"""What stands for a count that the source itself has suppressed: the smallest that it can be."""


@dataclass(frozen=True)
class Quantity:
    """A sum of variables, or what is left of one sum without another."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " + ".join(self.plus) + "".join(f" - {name}" for name in self.minus)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """All cells and equations.

    Parameters
    ----------
    quantities, dates, districts
        The three coordinates; cell number = (date * quantities + quantity) * districts + district.
    truth
        True count per cell; NaN where there is none.
    assumed
        Per cell: the source itself suppressed the count, and `truth` has `ASSUMED` in its place.
    equations
        Sparse, shape (equations, cells): ``equations @ truth`` are sums that the outsider knows.
    totals
        Per cell the number of the narrowest area total that it is part of; -1 without.
    position
        Per row of the model: its position in ``panel.indicators``.
    numerator, denominator, remainder
        Per row: its cells; -1 where it has none.
    """

    quantities: tuple[Quantity, ...]
    dates: tuple[str, ...]
    districts: pd.Index
    truth: NDArray[np.float64]
    assumed: NDArray[np.bool_]
    equations: sparse.csr_array
    totals: NDArray[np.int64]
    position: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    remainder: NDArray[np.int64]

    @property
    def holds_remainder(self) -> NDArray[np.bool_]:
        """Per cell: is it a remainder, which no row shows itself."""
        rest = np.array([bool(quantity.minus) for quantity in self.quantities], dtype=bool)
        return np.tile(np.repeat(rest, len(self.districts)), len(self.dates))

    def place(self, cell: int) -> tuple[str, Quantity, str]:
        """Return a cell's date, quantity and district key."""
        rest, district = divmod(int(cell), len(self.districts))
        date, quantity = divmod(rest, len(self.quantities))
        return self.dates[date], self.quantities[quantity], str(self.districts[district])

    def find(self, variables: tuple[str, ...], date: str, districts: list[str]) -> NDArray[np.int64]:
        """Return the cells of a sum of variables at a date; -1 where there is none."""
        quantity = Quantity(variables)
        place = self.districts.get_indexer(pd.Index(districts))
        if quantity not in self.quantities or date not in self.dates:
            return np.full(len(districts), -1)
        row = self.dates.index(date) * len(self.quantities) + self.quantities.index(quantity)
        cell = row * len(self.districts) + place
        return np.where(place >= 0, cell, -1)

    def shown_cells(self, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which cells stand in at least one row that is not hidden."""
        shown = np.zeros(len(self.truth), dtype=bool)
        for cells in (self.numerator, self.denominator):
            shown[cells[~hidden & (cells >= 0)]] = True
        return shown & ~np.isnan(self.truth)


@dataclass(frozen=True)
class Recipe:
    """The quantities of an indicator; no remainder where the rate is no share."""

    numerator: Quantity
    denominator: Quantity
    remainder: Quantity | None


def recipe(indicator: str, catalogue: pd.DataFrame) -> Recipe:
    """Return which quantities an indicator's row shows, by its entry in the catalogue."""
    entry = catalogue.loc[indicator] if indicator in catalogue.index else pd.Series(dtype=object)

    def variables(part: str) -> tuple[str, ...]:
        given = entry.get(part)
        names = tuple(given) if isinstance(given, list | tuple) else ()
        # Without a definition an indicator shares its counts with no other.
        return tuple(sorted(names)) or (f"{indicator}.{part}",)

    above, below = variables("numerator"), variables("denominator")
    # What numerator and denominator share cancels out of the remainder.
    plus = tuple(name for name in below if name not in above)
    minus = tuple(name for name in above if name not in below)
    rest = Quantity(plus, minus) if plus and entry.get("kind", "share") == "share" else None
    return Recipe(Quantity(above), Quantity(below), rest)


def build_cells(panel: Panel, rules: Rules, *, earlier: Sequence[EarlierRelease] = ()) -> Cells:
    """Lay out the cells of an panel.

    Parameters
    ----------
    analysis
        With true counts.
    rules
        Say which totals the outsider knows.
    earlier
        Earlier releases; sums that only they show become cells, too.

    Raises
    ------
    DisclosureError
        If two indicators give different numbers for the same count.
    """
    frame = panel.indicators
    counted = frame[["numerator", "denominator"]].notna().any(axis=1).to_numpy()
    position = np.flatnonzero(counted)
    frame = frame.iloc[position]
    recipes = {name: recipe(str(name), panel.catalogue) for name in frame["indicator"].unique()}
    shown = [part for found in recipes.values() for part in (found.numerator, found.denominator)]
    before = [Quantity(variables) for release in earlier for variables, _ in release.counts]
    base = list(dict.fromkeys([*shown, *before]))
    rests = [found.remainder for found in recipes.values() if found.remainder is not None]
    quantities = (*base, *(rest for rest in dict.fromkeys(rests) if rest not in base))
    dates = tuple(sorted(str(date) for date in frame["date"].unique()))
    known = panel.districts.index
    districts = known.append(frame.index[~frame.index.isin(known)].unique())
    cells = _place_rows(frame, position, recipes, quantities, dates, districts)
    cells = _fill(cells, frame, earlier)
    parents = panel.districts.reindex(districts) if len(districts) > len(known) else panel.districts
    levels = _levels(parents, panel.parents if rules.parent_totals else (), rules.unpublished_areas)
    return _tie(cells, len(base), levels)


def _place_rows(
    frame: pd.DataFrame,
    position: NDArray[np.int64],
    recipes: dict[str, Recipe],
    quantities: tuple[Quantity, ...],
    dates: tuple[str, ...],
    districts: pd.Index,
) -> Cells:
    number = {quantity: count for count, quantity in enumerate(quantities)}
    date = pd.Index(dates).get_indexer(pd.Index(frame["date"].astype(str)))
    district = districts.get_indexer(frame.index)

    def cell(part: str) -> NDArray[np.int64]:
        of = {name: number.get(getattr(found, part), -1) for name, found in recipes.items()}
        quantity = frame["indicator"].map(of).to_numpy(np.int64)
        cells = (date * len(quantities) + quantity) * len(districts) + district
        return np.where(quantity >= 0, cells, -1)

    return Cells(
        quantities=quantities,
        dates=dates,
        districts=districts,
        truth=np.full(len(dates) * len(quantities) * len(districts), np.nan),
        assumed=np.zeros(len(dates) * len(quantities) * len(districts), dtype=bool),
        equations=sparse.csr_array((0, 0)),
        totals=np.array([], dtype=np.int64),
        position=position,
        numerator=cell("numerator"),
        denominator=cell("denominator"),
        remainder=cell("remainder"),
    )


def _fill(cells: Cells, frame: pd.DataFrame, earlier: Sequence[EarlierRelease]) -> Cells:
    """Write the true counts into the cells; those that the source suppressed as `ASSUMED`.

    Sums that only earlier releases show have no other count than the one shown there.
    """
    truth = cells.truth.copy()
    parts = [(frame[part].to_numpy(float), getattr(cells, part)) for part in ("numerator", "denominator")]
    for numbers, target in parts:
        known = ~np.isnan(numbers)
        truth[target[known]] = numbers[known]
    differs = np.any([np.abs(truth[target] - numbers) > 1e-6 for numbers, target in parts], axis=0)
    _refuse_contradictions(frame[differs])
    withheld = (frame["flag"] == "suppressed").to_numpy() & np.isnan(truth[cells.numerator])
    limit = truth[cells.denominator]
    unknown = withheld & ~np.isnan(limit)
    truth[cells.numerator[unknown]] = np.minimum(ASSUMED, limit[unknown])
    assumed = cells.assumed.copy()
    assumed[cells.numerator[unknown]] = True
    cells = replace(cells, assumed=assumed)
    for release in earlier:
        for (variables, date), shown in release.counts.items() if release.rounding is None else ():
            cell = cells.find(variables, date, list(shown))
            count = np.array(list(shown.values()))
            only_there = (cell >= 0) & np.isnan(truth[cell])
            truth[cell[only_there]] = count[only_there]
    rest = cells.remainder >= 0
    difference = truth[cells.denominator] - truth[cells.numerator]
    # A share above 1 contradicts itself; it has no remainder that could be protected.
    truth[cells.remainder[rest]] = np.where(difference >= 0, difference, np.nan)[rest]
    return replace(cells, truth=truth)


def _refuse_contradictions(rows: pd.DataFrame) -> None:
    found = rows.groupby(["indicator", "date"], sort=False, observed=True)
    problems = [
        Problem(
            code="disclosure.contradiction",
            keys=tuple(map(str, part.index)),
            values={"indicator": indicator, "date": date},
        )
        for (indicator, date), part in found
    ]
    raise_problems(problems, DisclosureError)


def _levels(
    districts: pd.DataFrame, parents: Sequence[str], unpublished: Sequence[str]
) -> list[NDArray[np.int64]]:
    """Return area numbers per level whose totals are known, without levels that follow from a finer one.

    Of areas without published totals only their sum is known: the city's less all others'.
    """
    names = [districts[parent].astype(object).mask(districts[parent].isin(unpublished)) for parent in parents]
    levels: list[NDArray[np.int64]] = []
    for column in [*names, pd.Series("city", index=districts.index)]:
        # Those without a name, -1, become area 0.
        area = np.asarray(pd.factorize(column)[0], dtype=np.int64) + 1
        if not any(_refines(finer, area) for finer in levels):
            levels.append(area)
    return levels


def _refines(finer: NDArray[np.int64], coarser: NDArray[np.int64]) -> bool:
    pairs = np.unique(np.stack([finer, coarser]), axis=1)
    return bool(pairs.shape[1] == len(np.unique(finer)))


def _tie(cells: Cells, base: int, levels: Iterable[NDArray[np.int64]]) -> Cells:
    """Add the equations: sums that always hold in a district, and totals of areas."""
    size = (len(cells.dates), len(cells.quantities), len(cells.districts))
    truth = cells.truth.reshape(size)
    number = np.arange(truth.size).reshape(size)
    parts = []
    for relation in _relations(cells, truth, base):
        involved = np.flatnonzero(relation)
        residual = np.einsum("q,tqn->tn", relation[involved], truth[:, involved, :])
        # Where a count is missing, or was corrected at one place only, the sum is of no use to anyone.
        date, district = np.nonzero(np.abs(residual) < 1e-6)
        parts.append((number[date[:, None], involved, district[:, None]], relation[involved]))
    blocks = [
        sparse.csr_array(
            (
                np.tile(weights, len(columns)),
                (np.repeat(np.arange(len(columns)), columns.shape[1]), columns.ravel()),
            ),
            shape=(len(columns), truth.size),
        )
        for columns, weights in parts
        if len(columns)
    ]
    totals = np.full(truth.size, -1, dtype=np.int64)
    row = sum(block.shape[0] for block in blocks)
    for level in levels:
        cell = number[:, :base, :].ravel()
        group = (number[:, :base, :1] // size[2] * (level.max(initial=0) + 1) + level).ravel()
        known = ~np.isnan(cells.truth[cell])
        _, equation = np.unique(group[known], return_inverse=True)
        cell = cell[known]
        count = int(equation.max(initial=-1)) + 1
        blocks.append(sparse.csr_array((np.ones(len(cell)), (equation, cell)), shape=(count, truth.size)))
        first = totals[cell] < 0
        totals[cell[first]] = row + equation[first]
        row += count
    equations = sparse.vstack(blocks, format="csr") if blocks else sparse.csr_array((0, truth.size))
    return replace(cells, equations=equations, totals=totals)


def _relations(cells: Cells, truth: NDArray[np.float64], base: int) -> NDArray[np.float64]:
    names = {name for quantity in cells.quantities for name in (*quantity.plus, *quantity.minus)}
    variables = sorted(names)
    definitions = np.array(
        [
            [quantity.plus.count(name) - quantity.minus.count(name) for name in variables]
            for quantity in cells.quantities
        ],
        dtype=float,
    ).reshape(len(cells.quantities), len(variables))
    truth = np.where(cells.assumed.reshape(truth.shape), np.nan, truth)[:, :base, :]
    available = ~np.isnan(truth).all(axis=2)
    relations = [find_relations(definitions, np.empty((0, base)))]
    for pattern in np.unique(available, axis=0):
        observed = np.moveaxis(truth[(available == pattern).all(axis=1)], 1, 2).reshape(-1, base)
        # A quantity that is nowhere known at these dates counts as zero, and takes part in no relation.
        relations.append(find_relations(definitions, np.where(pattern, observed, 0.0)))
    return np.unique(np.concatenate(relations), axis=0)
