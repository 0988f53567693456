"""Choose the rows that are hidden: the primary rule's, and those that would give them away."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from sozialraum.disclosure.attack import EXACT, Polytope, intervals, met, reachable, unmet
from sozialraum.disclosure.complement import Push, Room, cheapest_rows
from sozialraum.disclosure.draw import Drawn, drawn_prices
from sozialraum.disclosure.knowledge import (
    Bounds,
    Demands,
    demands,
    known_bounds,
    primary_rows,
)
from sozialraum.errors import DisclosureError, Problem
from sozialraum.stats.solver import each_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.confidential import Rules
    from sozialraum.disclosure.cells import Cells

__all__ = ["plan_rows", "too_narrow"]

ZERO_PRICE = 0.75
"""What it costs more to hide a zero, of which less can be taken than of other counts."""

KEPT_PRICE = 0.2
"""What it costs to hide a row again that an earlier release hid; another one costs 1, and what is drawn."""

_LOG = logging.getLogger(__name__)


@dataclass
class _Plan:
    """The state of one search: what is hidden so far."""

    cells: Cells
    rules: Rules
    earlier: Bounds | None
    hidden: NDArray[np.bool_]
    may_hide: NDArray[np.bool_]
    secret: bytes
    again: NDArray[np.bool_]
    """Per row: an earlier release hid it."""
    drawn: Drawn | None = None
    sure: bool = False
    widest: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Per cell that cannot be protected as it should: what totals and earlier releases leave open."""

    def price(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what it costs to hide each of some rows; drawn anew for those that are asked for."""
        zero = self.cells.truth[self.cells.numerator[rows]] == 0
        fresh = 1 + drawn_prices(self.cells, self.secret, rows) + ZERO_PRICE * zero
        return np.where(self.again[rows], KEPT_PRICE, fresh)


def plan_rows(
    cells: Cells,
    rules: Rules,
    *,
    withheld: NDArray[np.bool_],
    may_hide: NDArray[np.bool_],
    secret: bytes,
    earlier: Bounds | None = None,
    before: Mapping[int, set[str]] | None = None,
) -> tuple[NDArray[np.bool_], tuple[Problem, ...]]:
    """Choose all rows that a public release hides.

    Parameters
    ----------
    cells, rules
        The model and the thresholds.
    withheld
        Per row: suppressed whatever the count, see `primary_rows`.
    may_hide
        Per row: it shows a rate, so hiding it can protect another one.
    secret
        From which companions are drawn.
    earlier
        What earlier releases say of each cell.
    before
        What they hid, see `draw.hidden_before`.

    Returns
    -------
    tuple
        One truth value per row; and where totals or earlier releases tell so much that more than usual is
        left out (confidential: it speaks of hidden counts).

    Raises
    ------
    DisclosureError
        With ``rules.strict``, if some counts follow from totals or earlier releases whatever is hidden;
        names them all.
    """
    hidden = primary_rows(cells, rules, withheld=withheld)
    before = before or {}
    plan = _Plan(cells, rules, earlier, hidden, may_hide, secret, _hidden_again(cells, before))
    if rules.against == "method known":
        plan.drawn = Drawn(cells, primary=hidden, may_hide=may_hide, secret=secret, before=before)
        plan.hidden = hidden | plan.drawn.hidden()
    _protect(plan, hidden)
    if plan.widest:
        # A wrong guess may make one think that a count is known anyhow; so again without guesses.
        plan.cells, plan.widest, plan.sure = cells.without_guesses(), {}, True
        _protect(plan, hidden)
    _LOG.info("%d rows hidden by rule, %d more to protect them", hidden.sum(), (plan.hidden & ~hidden).sum())
    return plan.hidden, left_out(cells, np.array(sorted(plan.widest), dtype=np.int64))


def _protect(plan: _Plan, primary: NDArray[np.bool_]) -> None:
    """Hide more rows until no demand is left that this release could still meet."""
    safe: set[int] = set()
    while True:
        polytope = _knowledge(plan, plan.hidden)
        wanted = demands(plan.cells, plan.rules, plan.hidden, primary=primary, earlier=plan.earlier)
        wanted = _cut_down(plan, _only(wanted, ~np.isin(wanted.cell, list(safe))))
        failed, seen = unmet(polytope, wanted)
        safe.update(wanted.cell[~failed].tolist())
        if not failed.any():
            return
        ends = Bounds(seen.low[failed], seen.high[failed])
        wanted = _only(wanted, failed)
        if plan.drawn is not None and plan.drawn.more(wanted.cell):
            plan.hidden = plan.hidden | plan.drawn.hidden()
            continue
        more = _complement(plan, wanted, ends)
        if not more.any():
            more, noted = _give_in(plan, wanted, ends)
            if not noted:
                more = _more_around(plan, wanted)
                if not more.any():
                    # Everything around is hidden: this release adds nothing to what is known.
                    safe.update(wanted.cell.tolist())
        plan.hidden = plan.hidden | more


def _give_in(plan: _Plan, wanted: Demands, ends: Bounds) -> tuple[NDArray[np.bool_], bool]:
    """Leave out the areas of demands that cannot be met, and note what can be had at all.

    The second part is False if nothing was noted anew.
    """
    nothing = _knowledge(plan, plan.hidden | plan.may_hide)
    new = np.array([cell not in plan.widest for cell in wanted.cell.tolist()], dtype=bool)
    wanted, ends = _only(wanted, new), _cut(ends, new)
    widest = intervals(nothing, wanted.cell)
    # As things stand, an outsider may still reckon with more, if hiding a zero makes others certain.
    low, high = np.minimum(widest.low, ends.low), np.maximum(widest.high, ends.high)
    widest = Bounds(np.ceil(low - EXACT), np.floor(high + EXACT))
    short = ~met(wanted, widest)
    lost = wanted.cell[short]
    if plan.rules.strict and plan.sure and short.any():
        raise DisclosureError(*too_narrow(plan.cells, lost, _cut(ends, short)))
    low, high = widest.low[short].tolist(), widest.high[short].tolist()
    plan.widest.update(zip(lost.tolist(), zip(low, high, strict=True), strict=True))
    # What seems known already may have been revised: an outsider who is wrong stays wrong.
    return _in_area(plan, lost), bool(short.any())


def _cut_down(plan: _Plan, wanted: Demands) -> Demands:
    """Demand no more than can be had."""
    if not plan.widest:
        return wanted
    known = [plan.widest.get(cell, (-np.inf, np.inf)) for cell in wanted.cell.tolist()]
    ends = np.array(known, dtype=float).reshape(len(known), 2)
    return reachable(wanted, Bounds(ends[:, 0], ends[:, 1]))


def _more_around(plan: _Plan, wanted: Demands) -> NDArray[np.bool_]:
    """Choose all rows of a count in its area, then in the city, then all that are tied to it, then others.

    At last rows of the same date, in the district, in its area, anywhere: for counts that no row shows, if
    that helps at all.
    """
    cells, cell = plan.cells, wanted.cell
    free = plan.may_hide & ~plan.hidden
    polytope = _knowledge(plan, plan.hidden | plan.may_hide)
    tied = np.isin(polytope.component, np.unique(polytope.component[cell])) & (polytope.component >= 0)
    for chosen in (
        _in_area(plan, cell),
        free & _same_counts(cells, cell),
        free & _touches(cells, np.flatnonzero(tied)),
    ):
        if chosen.any():
            return chosen
    cell = cell[met(wanted, intervals(polytope, cell))]
    size = len(cells.districts)
    district = cells.numerator % size
    same_date = free & np.isin(_date(cells, cells.numerator), _date(cells, cell))
    in_area = same_date & np.isin(cells.groups[district], cells.groups[cell % size])
    in_district = in_area & np.isin(district, cell % size)
    return next((chosen for chosen in (in_district, in_area) if chosen.any()), same_date)


def _date(cells: Cells, cell: NDArray[np.int64]) -> NDArray[np.int64]:
    return cell // (len(cells.districts) * len(cells.quantities))


def _in_area(plan: _Plan, cell: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return all rows that show a count, at its date, in the narrowest area with a known total."""
    cells, size = plan.cells, len(plan.cells.districts)
    total = cells.totals[cells.numerator]
    same = np.isin(cells.numerator // size, cell // size) & np.isin(total, cells.totals[cell]) & (total >= 0)
    return same & plan.may_hide & ~plan.hidden


def left_out(cells: Cells, cell: NDArray[np.int64]) -> tuple[Problem, ...]:
    """Say of which counts, and where, totals and earlier releases tell so much that parts are left out."""
    places: dict[tuple[str, str], list[str]] = {}
    for number in cell.tolist():
        date, quantity, district = cells.place(number)
        places.setdefault((str(quantity), date), []).append(district)
    return tuple(
        Problem(
            code="disclosure.left_out",
            severity="warning",
            keys=tuple(keys),
            values={"count_of": quantity, "date": date},
        )
        for (quantity, date), keys in places.items()
    )


def _hidden_again(cells: Cells, before: Mapping[int, set[str]]) -> NDArray[np.bool_]:
    """Tell which rows an earlier release hid, at whatever date."""
    size = len(cells.districts)
    quantity = cells.numerator // size % len(cells.quantities)
    found = np.zeros(len(quantity), dtype=bool)
    for number, keys in before.items():
        found |= (quantity == number) & np.isin(cells.numerator % size, _numbers(cells, keys))
    return found


def _numbers(cells: Cells, keys: set[str]) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(cells.districts.astype(str).to_numpy(), list(keys)))


def _knowledge(plan: _Plan, hidden: NDArray[np.bool_]) -> Polytope:
    bounds = known_bounds(plan.cells, plan.rules, hidden, plan.earlier)
    return Polytope.of(plan.cells.equations, plan.cells.truth, bounds)


def _only(wanted: Demands, chosen: NDArray[np.bool_]) -> Demands:
    return Demands(wanted.cell[chosen], wanted.low[chosen], wanted.high[chosen], wanted.strict[chosen])


def _complement(plan: _Plan, wanted: Demands, seen: Bounds) -> NDArray[np.bool_]:
    """Choose more rows to hide; none if nothing helps.

    First rows of the same counts, then, where these do not suffice, of all; then a zero in the same total.
    """
    more = np.zeros(len(plan.hidden), dtype=bool)
    left = np.ones(len(wanted.cell), dtype=bool)
    floor = known_bounds(plan.cells, plan.rules, plan.hidden, plan.earlier).low
    positive = (plan.cells.truth[plan.cells.numerator] > 0) | (floor[plan.cells.numerator] == 0)
    usable = plan.may_hide & ~plan.hidden & positive
    for candidates in (usable & _same_counts(plan.cells, wanted.cell), usable):
        if left.any():
            chosen, solved = _solve_components(plan, _only(wanted, left), _cut(seen, left), candidates)
            more |= chosen
            left[left] = ~solved
    return more | _zeros(plan, wanted.cell[left]) if left.any() else more


def _cut(bounds: Bounds, chosen: NDArray[np.bool_]) -> Bounds:
    return Bounds(bounds.low[chosen], bounds.high[chosen])


def _same_counts(cells: Cells, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which rows show a quantity that is asked for, as numerator, denominator or remainder."""
    size = len(cells.districts)
    asked = np.unique(wanted // size)
    found = np.zeros(len(cells.position), dtype=bool)
    for part in (cells.numerator, cells.denominator, cells.remainder):
        found |= (part >= 0) & np.isin(part // size, asked)
    return found


def _solve_components(
    plan: _Plan, wanted: Demands, seen: Bounds, candidates: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Solve each component on its own; return the rows to hide and, per demand, whether that helps."""
    cells = plan.cells
    chosen = np.zeros(len(plan.hidden), dtype=bool)
    solved = np.zeros(len(wanted.cell), dtype=bool)
    open_polytope = _knowledge(plan, plan.hidden | candidates)
    now = known_bounds(cells, plan.rules, plan.hidden, plan.earlier)
    component = open_polytope.component
    equations = open_polytope.equations.tocsc()
    of_rows = [np.where(part >= 0, component[part], -1) for part in (cells.numerator, cells.denominator)]

    def solve_one(name: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        members = np.flatnonzero(component == name)
        rows = np.flatnonzero(candidates & ((of_rows[0] == name) | (of_rows[1] == name)))
        here = component[wanted.cell] == name
        if not len(rows):
            return here, rows
        shows = [of[rows] == name for of in of_rows]
        room = _room(plan, equations[:, members], (now, open_polytope.bounds), members, rows, shows)
        pushes = _pushes(cells, members, _only(wanted, here), _cut(seen, here))
        found = cheapest_rows(room, pushes) if pushes else None
        return here, rows[:0] if found is None else rows[found]

    names = np.unique(component[wanted.cell])
    for here, rows in each_alone(solve_one, names[names >= 0].tolist()):
        if len(rows):
            chosen[rows] = True
            solved[here] = True
    return chosen, solved


def _touches(cells: Cells, members: NDArray[np.int64]) -> NDArray[np.bool_]:
    inside = np.zeros(len(cells.truth), dtype=bool)
    inside[members] = True
    return inside[cells.numerator] | (inside[cells.denominator] & (cells.denominator >= 0))


def _room(
    plan: _Plan,
    equations: sparse.csc_array,
    ends: tuple[Bounds, Bounds],
    members: NDArray[np.int64],
    rows: NDArray[np.int64],
    shows: Sequence[NDArray[np.bool_]],
) -> Room:
    """Describe a component: `ends` now and once all is hidden; whether rows show it above and below."""
    cells = plan.cells
    truth = cells.truth[members]
    now, tight = ends
    hidden = Bounds(tight.low[members] - truth, tight.high[members] - truth)
    present = Bounds(
        np.maximum(now.low[members] - truth, hidden.low), np.minimum(now.high[members] - truth, hidden.high)
    )
    used, line = np.unique(equations.indices, return_inverse=True)
    column = np.repeat(np.arange(len(members)), np.diff(equations.indptr))
    pairs = []
    for part, inside in zip((cells.numerator, cells.denominator), shows, strict=True):
        pairs.append((np.searchsorted(members, part[rows[inside]]), np.flatnonzero(inside)))
    return Room(
        equations=sparse.coo_array((equations.data, (line, column)), shape=(len(used), len(members))),
        now=present,
        hidden=hidden,
        cell=np.concatenate([cell for cell, _ in pairs]),
        row=np.concatenate([row for _, row in pairs]),
        price=plan.price(rows),
    )


def _pushes(cells: Cells, members: NDArray[np.int64], wanted: Demands, seen: Bounds) -> list[Push]:
    """Say in which directions each cell is not yet uncertain enough."""
    number = np.searchsorted(members, wanted.cell)
    truth = cells.truth[wanted.cell]
    pushes = []
    # Counts are whole; so ends are rounded inwards, as `attack.met` does.
    for bound, short in (
        (wanted.high, np.floor(seen.high + EXACT) < wanted.high - EXACT),
        (wanted.low, np.ceil(seen.low - EXACT) > wanted.low + EXACT),
    ):
        pushes += [Push(int(number[k]), float(bound[k] - truth[k])) for k in np.flatnonzero(short)]
    return pushes


def _zeros(plan: _Plan, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose in each total the cheapest row with a zero, so that no hidden count can be taken as positive."""
    cells = plan.cells
    more = np.zeros(len(plan.hidden), dtype=bool)
    zero = plan.may_hide & ~plan.hidden & (cells.truth[cells.numerator] == 0)
    for total in np.unique(cells.totals[wanted]):
        rows = np.flatnonzero(zero & (cells.totals[cells.numerator] == total))
        if total >= 0 and len(rows):
            more[rows[np.argmin(plan.price(rows))]] = True
    return more


def too_narrow(cells: Cells, cell: NDArray[np.int64], ends: Bounds) -> tuple[Problem, ...]:
    """Describe counts that an outsider can derive too well: a problem per quantity and date, and the remedy.

    Parameters
    ----------
    cells
        The model.
    cell
        The cells.
    ends
        The intervals that can be derived, in the order of `cell`.
    """
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for number, low, high in zip(cell, ends.low, ends.high, strict=True):
        date, quantity, district = cells.place(number)
        interval = f"{low:g}" if high - low < EXACT else f"{low:g}-{high:g}"
        found.setdefault((str(quantity), date), []).append((district, interval))
    narrow = [
        Problem(
            code="disclosure.too_narrow",
            keys=tuple(district for district, _ in listed),
            values={
                "count_of": quantity,
                "date": date,
                "intervals": "; ".join(f"{district}: {interval}" for district, interval in listed),
            },
        )
        for (quantity, date), listed in found.items()
    ]
    return (*narrow, Problem(code="disclosure.unprotected", values={"number": len(cell)}))
