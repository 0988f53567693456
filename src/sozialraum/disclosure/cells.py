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

from sozialraum.disclosure.figures import figures
from sozialraum.disclosure.parts import declared_sums, numbers_of, parts_and_wholes
from sozialraum.disclosure.quantities import Quantity
from sozialraum.disclosure.relations import find_relations, guess_relations, without_unknown
from sozialraum.distinct import numbered
from sozialraum.errors import DisclosureError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.confidential import Rules
    from sozialraum.disclosure.quantities import Recipe
    from sozialraum.disclosure.releases.earlier import EarlierRelease
    from sozialraum.panel import Panel

__all__ = ["CARRIERS", "Cells", "build_cells"]

CARRIERS = ("ok", "unreliable")
"""Flags of rows that show a rate."""

ASSUMED = 1.0
"""What stands for a count that the source itself has suppressed: the smallest that it can be."""


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
    ceiling
        Per cell the largest number that the source's sign for a suppressed count leaves possible.
    equations
        Sparse, shape (equations, cells): ``equations @ truth`` are sums that the outsider knows.
    totals
        Per cell the number of the narrowest area total that it is part of; -1 without.
    position
        Per row of the model: its position in ``panel.indicators``.
    numerator, denominator, remainder
        Per row: its cells; -1 where it has none.
    implied
        Per row: its counts follow from a ready-made figure.
    rest
        Per quantity: 0 for counts, 1 for the remainder of a share, 2 for what a whole has more than its part.
    part
        Per quantity that is such a rest: the number of the part; else -1.
    guess
        Per quantity: it is such a rest, and that one count is part of the other is only a guess.
    open
        Per quantity: nothing is known of its sign.
    guessed
        Per equation: a sum of counts that is only a guess.
    groups
        Per district the number of the narrowest area whose totals are known.
    kept
        Per cell: an earlier release hid it.
    relations
        Shape (relations, quantities): sums of quantities that are always zero in a district.
    """

    quantities: tuple[Quantity, ...]
    dates: tuple[str, ...]
    districts: pd.Index
    truth: NDArray[np.float64]
    assumed: NDArray[np.bool_]
    ceiling: NDArray[np.float64]
    equations: sparse.csr_array
    totals: NDArray[np.int64]
    position: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    remainder: NDArray[np.int64]
    implied: NDArray[np.bool_]
    rest: NDArray[np.int64]
    part: NDArray[np.int64]
    guess: NDArray[np.bool_]
    open: NDArray[np.bool_]
    guessed: NDArray[np.bool_]
    groups: NDArray[np.int64]
    kept: NDArray[np.bool_]
    relations: NDArray[np.float64]

    @property
    def over_part(self) -> NDArray[np.bool_]:
        """Per cell: is it what one count has more than its part."""
        return np.tile(np.repeat(self.rest == 2, len(self.districts)), len(self.dates))

    def part_of_rest(self, cell: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return, for cells of which `over_part` is true, the cells of the parts."""
        size = len(self.districts)
        quantity = cell // size % len(self.quantities)
        return cell + (self.part[quantity] - quantity) * size

    @property
    def holds_remainder(self) -> NDArray[np.bool_]:
        """Per cell: is it a remainder, which no row shows itself."""
        return np.tile(np.repeat(self.rest > 0, len(self.districts)), len(self.dates))

    def without_guesses(self) -> Cells:
        """Return what is known for certain: the same cells without the sums and parts that are guessed."""
        equations = sparse.csr_array(sparse.diags_array((~self.guessed).astype(float)) @ self.equations)
        equations.eliminate_zeros()
        return replace(self, equations=equations, open=self.guess)

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
    found = figures(panel)
    position = np.flatnonzero(found.counted)
    frame = panel.indicators.iloc[position].assign(
        numerator=found.numerator[position], denominator=found.denominator[position]
    )
    recipes = {name: found.recipes[str(name)] for name in frame["indicator"].unique()}
    parts = [part for one in recipes.values() for part in (one.numerator, one.denominator)]
    before = [
        Quantity(variables) for one in earlier for variables, _ in dict.fromkeys((*one.counts, *one.hidden))
    ]
    base = list(dict.fromkeys([*(part for part in parts if part is not None), *before]))
    rests = [one.remainder for one in recipes.values() if one.remainder is not None]
    rests = [rest for rest in dict.fromkeys(rests) if rest not in base]
    numbers = numbers_of(frame, recipes, earlier)
    wholes = list(parts_and_wholes(panel.catalogue, recipes, numbers, {*base, *rests}))
    quantities = (*base, *rests, *(rest for rest, _, _ in wholes))
    dates = tuple(sorted(str(date) for date in frame["date"].unique()))
    known = panel.districts.index
    districts = known.append(frame.index[~frame.index.isin(known)].unique())
    cells = _place_rows(frame, position, recipes, quantities, dates, districts)
    parents = panel.districts.reindex(districts) if len(districts) > len(known) else panel.districts
    levels = _levels(parents, panel.parents if rules.parent_totals else (), rules.unpublished_areas)
    cells = replace(
        cells,
        implied=found.implied[position],
        rest=np.repeat([0, 1, 2], [len(base), len(rests), len(wholes)]),
        part=np.r_[np.full(len(base) + len(rests), -1), [base.index(part) for _, part, _ in wholes]].astype(
            int
        ),
        guess=np.r_[np.zeros(len(base) + len(rests)), [guess for *_, guess in wholes]].astype(bool),
        groups=levels[0],
    )
    cells = _fill(cells, frame, earlier)
    sums = declared_sums(panel.catalogue, recipes, quantities)
    return _tie(cells, len(base), levels, sums)


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

    indicator, names = numbered(frame["indicator"])

    def cell(part: str) -> NDArray[np.int64]:
        of = [number.get(getattr(recipes[name], part), -1) for name in names]
        quantity = np.array(of, dtype=np.int64)[indicator]
        cells = (date * len(quantities) + quantity) * len(districts) + district
        return np.where(quantity >= 0, cells, -1)

    return Cells(
        quantities=quantities,
        dates=dates,
        districts=districts,
        truth=np.full(len(dates) * len(quantities) * len(districts), np.nan),
        assumed=np.zeros(len(dates) * len(quantities) * len(districts), dtype=bool),
        ceiling=np.full(len(dates) * len(quantities) * len(districts), np.inf),
        equations=sparse.csr_array((0, 0)),
        totals=np.array([], dtype=np.int64),
        position=position,
        numerator=cell("numerator"),
        denominator=cell("denominator"),
        remainder=cell("remainder"),
        implied=np.zeros(len(frame), dtype=bool),
        kept=np.zeros(len(dates) * len(quantities) * len(districts), dtype=bool),
        relations=np.zeros((0, len(quantities))),
        rest=np.zeros(len(quantities), dtype=np.int64),
        part=np.full(len(quantities), -1),
        guess=np.zeros(len(quantities), dtype=bool),
        open=np.zeros(len(quantities), dtype=bool),
        guessed=np.array([], dtype=bool),
        groups=np.zeros(len(districts), dtype=np.int64),
    )


def _fill(cells: Cells, frame: pd.DataFrame, earlier: Sequence[EarlierRelease]) -> Cells:
    """Write the true counts into the cells; those that the source suppressed as `ASSUMED`.

    Sums that only earlier releases show have no other count than the one shown there.
    """
    truth = cells.truth.copy()
    parts = [(frame[part].to_numpy(float), getattr(cells, part)) for part in ("numerator", "denominator")]
    # What follows from a rounded figure comes last: the counts themselves say it better.
    for rows in (cells.implied, ~cells.implied):
        for numbers, target in parts:
            known = ~np.isnan(numbers) & rows & (target >= 0)
            truth[target[known]] = numbers[known]
    differs = np.any(
        [(np.abs(truth[target] - numbers) > 1e-6) & (target >= 0) for numbers, target in parts], axis=0
    )
    _refuse_contradictions(frame[differs & ~cells.implied])
    withheld = (frame["flag"] == "suppressed").to_numpy() & np.isnan(truth[cells.numerator])
    limit = np.where(cells.denominator >= 0, truth[cells.denominator], ASSUMED)
    unknown = withheld & ~np.isnan(limit)
    truth[cells.numerator[unknown]] = np.minimum(ASSUMED, limit[unknown])
    assumed = cells.assumed.copy()
    assumed[cells.numerator[unknown]] = True
    cells = replace(cells, assumed=assumed, ceiling=_ceiling(cells, frame, unknown))
    kept = cells.kept.copy()
    told = [(one.counts, False) for one in earlier if one.rounding is None]
    for slices, secret in (*told, *((one.hidden, True) for one in earlier)):
        for (variables, date), of in slices.items():
            cell = cells.find(variables, date, list(of))
            count = np.array(list(of.values()))
            only_there = (cell >= 0) & np.isnan(truth[cell])
            truth[cell[only_there]] = count[only_there]
            kept[cell[cell >= 0]] |= secret
    cells = replace(cells, kept=kept)
    return replace(cells, truth=_with_rests(cells, truth))


def _ceiling(cells: Cells, frame: pd.DataFrame, unknown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what signs such as "below 10" say of counts that the source suppressed."""
    ceiling = cells.ceiling.copy()
    if "at_most" in frame:
        told = unknown & frame["at_most"].notna().to_numpy()
        ceiling[cells.numerator[told]] = frame["at_most"].to_numpy(float)[told]
    return ceiling


def _with_rests(cells: Cells, truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Write into the cells of remainders, and of wholes less their parts, what is left."""
    rest = cells.remainder >= 0
    difference = truth[cells.denominator] - truth[cells.numerator]
    # A share above 1 contradicts itself; it has no remainder that could be protected.
    truth[cells.remainder[rest]] = np.where(difference >= 0, difference, np.nan)[rest]
    cube = truth.reshape(len(cells.dates), len(cells.quantities), len(cells.districts))
    single = {quantity: number for number, quantity in enumerate(cells.quantities) if cells.rest[number] == 0}
    for number in np.flatnonzero(cells.rest == 2):
        quantity = cells.quantities[number]
        sides = [_sum_of(cube, single, side) for side in (quantity.plus, quantity.minus)]
        left = sides[0] - sides[1]
        cube[:, number, :] = np.where(left >= 0, left, np.nan)
    return cube.reshape(-1)


def _sum_of(
    cube: NDArray[np.float64], single: Mapping[Quantity, int], variables: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return a sum of variables per date and district, from a cell of its own or from its variables'."""
    nothing = np.full((cube.shape[0], cube.shape[2]), np.nan)
    if Quantity(variables) in single:
        return cube[:, single[Quantity(variables)], :]
    parts = [single.get(Quantity((name,))) for name in variables]
    return sum((nothing if one is None else cube[:, one, :] for one in parts), np.zeros_like(nothing))


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


def _tie(cells: Cells, base: int, levels: Iterable[NDArray[np.int64]], sums: NDArray[np.float64]) -> Cells:
    """Add the equations: sums that always hold in a district, and totals of areas."""
    size = (len(cells.dates), len(cells.quantities), len(cells.districts))
    truth = cells.truth.reshape(size).copy()
    number = np.arange(truth.size).reshape(size)
    relations, guesses = _relations(cells, truth, base, sums)
    _solve_assumed(truth, cells.assumed.reshape(size), cells.ceiling.reshape(size), relations)
    cells = replace(cells, relations=relations, truth=_with_rests(cells, truth.reshape(-1)))
    truth = cells.truth.reshape(size)
    parts, guessed = [], []
    for relation, guess, places in _with_combined(truth, relations, guesses):
        involved = np.flatnonzero(relation)
        residual = np.einsum("q,tqn->tn", relation[involved], truth[:, involved, :])
        # Where a count is missing, or was corrected at one place only, the sum is of no use to anyone.
        date, district = np.nonzero((np.abs(residual) < 1e-6) & places)
        parts.append((number[date[:, None], involved, district[:, None]], relation[involved]))
        guessed.append(np.full(len(date), guess))
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
    mask = np.zeros(equations.shape[0], dtype=bool)
    told = np.concatenate(guessed) if guessed else np.array([], dtype=bool)
    mask[: len(told)] = told
    return replace(cells, equations=equations, totals=totals, guessed=mask)


def _with_combined(
    truth: NDArray[np.float64], relations: NDArray[np.float64], guesses: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.float64], bool, NDArray[np.bool_]]]:
    """Give each sum, whether it is a guess, and the dates and districts where it is to be used.

    Where a count is unknown, sums that it stands in are of no use, but what two of them say together is.
    """
    everywhere = np.ones((truth.shape[0], truth.shape[2]), dtype=bool)
    for relation, guess in zip(relations, guesses.tolist(), strict=True):
        yield relation, guess, everywhere
    unknown = np.isnan(np.moveaxis(truth, 1, 2)).reshape(everywhere.size, truth.shape[1])
    patterns, of = np.unique(unknown, axis=0, return_inverse=True)
    of = of.reshape(everywhere.shape)
    for pattern, missing in enumerate(patterns):
        if ((relations[:, missing] != 0).sum(axis=0) < 2).all():
            continue
        combined, used = without_unknown(relations, missing)
        for relation, from_these in zip(combined, used, strict=True):
            yield relation, bool(guesses[from_these].any()), of == pattern


def _solve_assumed(
    truth: NDArray[np.float64],
    assumed: NDArray[np.bool_],
    ceiling: NDArray[np.float64],
    relations: NDArray[np.float64],
) -> None:
    """Replace what was assumed for counts that the source hides, where a sum tells it, in place.

    Of several in one sum each gets its share: any table that fits will do, as an outsider knows no better.
    """
    for relation in relations:
        involved = np.flatnonzero(relation)
        some = assumed[:, involved, :].any(axis=1)
        for date, district in zip(*np.nonzero(some), strict=True):
            here = involved[assumed[date, involved, district]]
            if len(np.unique(relation[here])) > 1:
                continue
            rest = np.setdiff1d(involved, here)
            left = -float(relation[rest] @ truth[date, rest, district]) / relation[here[0]]
            for number, cell in enumerate(here.tolist()):
                share = left if number == len(here) - 1 else np.floor(left / (len(here) - number))
                share = min(share, ceiling[date, cell, district]) if number < len(here) - 1 else share
                if not share >= 0 or abs(share - round(share)) > 1e-6:
                    break
                truth[date, cell, district] = round(share)
                left -= share


def _relations(
    cells: Cells, truth: NDArray[np.float64], base: int, sums: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
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
    relations = [find_relations(definitions, np.empty((0, base))), sums]
    pooled = np.moveaxis(truth, 1, 2).reshape(truth.shape[0] * truth.shape[2], base)
    names_of = [str(quantity) for quantity in cells.quantities[:base]]
    guessed = guess_relations(pooled, definitions, names_of)
    guessed = np.pad(guessed, ((0, 0), (0, len(cells.quantities) - base)))
    for pattern in np.unique(available, axis=0):
        observed = np.moveaxis(truth[(available == pattern).all(axis=1)], 1, 2).reshape(-1, base)
        # A quantity that is nowhere known at these dates counts as zero, and takes part in no relation.
        relations.append(find_relations(definitions, np.where(pattern, observed, 0.0)))
    sure = np.unique(np.concatenate(relations), axis=0)
    new = [one for one in guessed if not (sure == one).all(axis=1).any()]
    guesses = np.repeat([False, True], [len(sure), len(new)])
    return np.concatenate([sure, *(one[None] for one in new)]), guesses
