"""Attack a release as an outsider would, and say how much of each suppressed count can be derived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.confidential import Rules
from sozialraum.disclosure.attack import EXACT, Inconsistent, Polytope, intervals, met, reachable, unmet
from sozialraum.disclosure.cells import CARRIERS, build_cells
from sozialraum.disclosure.derived import leaking_sums, numbers_left
from sozialraum.disclosure.knowledge import Bounds, demands, known_bounds, primary_rows, rounded
from sozialraum.disclosure.plan import too_narrow
from sozialraum.disclosure.releases.earlier import earlier_bounds
from sozialraum.disclosure.releases.recognise import recognised
from sozialraum.errors import DisclosureError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sozialraum.disclosure.cells import Cells
    from sozialraum.disclosure.knowledge import Demands
    from sozialraum.disclosure.releases.earlier import EarlierRelease
    from sozialraum.panel import Panel

__all__ = ["AUDIT_COLUMNS", "Audit", "audit_release"]

AUDIT_COLUMNS = (
    "district",
    "indicator",
    "date",
    "part",
    "count_of",
    "lower",
    "upper",
    "width",
    "needed",
    "safe",
)


@dataclass(frozen=True)
class Audit:
    """What an outsider can derive.

    Parameters
    ----------
    table
        One row per suppressed count, columns `AUDIT_COLUMNS`: district key, indicator, date, which `part` of
        the rate ("numerator", "denominator", "remainder"), the variables that it counts, the smallest and
        largest number that an outsider has to reckon with, how far these are apart and how far they have to
        be, and whether the rules are kept. For internal use: an interval that is too narrow is a disclosure.
    """

    table: pd.DataFrame

    @property
    def safe(self) -> bool:
        """Whether every suppressed count is as uncertain as the rules demand."""
        return bool(self.table["safe"].all())


@checked()
def audit_release(
    release: Panel, true: Panel, *, earlier: Sequence[EarlierRelease] = (), exact: bool = True
) -> Audit:
    """Attack a public release by linear programming.

    The outsider has every number in the release and in earlier ones, knows the city's totals of all counts
    (with ``parent_totals`` also those of its larger areas), which counts add up to which, that numerators of
    shares do not exceed denominators, the rules, and whatever the release shows beside: city values and
    clusters are checked to follow from shown counts alone.

    Parameters
    ----------
    release
        What shall be published.
    true
        The panel that it was made from; only the totals are taken from it, and the check that nothing shown
        is wrong.
    earlier
        Earlier releases.
    exact
        Find the exact interval of each count. Otherwise stop where it is shown to be wide enough; `lower`
        and `upper` are then numbers that the outsider cannot exclude.

    Returns
    -------
    Audit
        Only if all is well.

    Raises
    ------
    DisclosureError
        If a suppressed count can be derived too well, or the release contradicts the analysis; says which
        counts, and what can be derived. Such a release must not be written.
    """
    rules = release.rules or Rules()
    earlier = recognised(earlier, true)
    cells = build_cells(true, rules, earlier=earlier)
    place = _keys(release.indicators).get_indexer(_keys(true.indicators))[cells.position]
    # Rows that the release leaves out are as good as suppressed.
    hidden = (place < 0) | (release.indicators["flag"] == "suppressed").to_numpy()[place]
    rows = true.indicators.iloc[cells.position[~hidden]]
    problems = list(_contradictions(release, rows, place[~hidden], rules))
    if problems:
        raise DisclosureError(*problems)
    before = earlier_bounds(cells, earlier, rules.width)
    withheld = (true.indicators["flag"] == "suppressed").to_numpy()[cells.position]
    primary = primary_rows(cells, rules, withheld=withheld)
    wanted = demands(cells, rules, hidden, primary=primary, earlier=before)
    may_hide = true.indicators["flag"].isin(CARRIERS).to_numpy()[cells.position]
    try:
        failed, seen = _attacked(cells, rules, hidden, wanted, before, exact=exact)
        if failed.any():
            failed &= ~_as_open_as_can_be(cells, rules, hidden | may_hide, _Tried(wanted, seen), before)
            sure = cells.without_guesses()
            again, widest = _attacked(sure, rules, hidden, wanted, before, exact=exact)
            if not rules.strict:
                again &= ~_as_open_as_can_be(sure, rules, hidden | may_hide, _Tried(wanted, widest), before)
            failed |= again
    except Inconsistent as error:
        reason = {"reason": str(error)}
        raise DisclosureError(Problem(code="disclosure.inconsistent", values=reason)) from error
    if failed.any():
        narrow = Bounds(seen.low[failed], seen.high[failed])
        raise DisclosureError(*too_narrow(cells, wanted.cell[failed], narrow))
    return Audit(_table(true, cells, hidden, wanted, seen))


@dataclass(frozen=True)
class _Tried:
    """Demands, and the intervals that an attack left."""

    wanted: Demands
    seen: Bounds


def _attacked(
    cells: Cells,
    rules: Rules,
    hidden: NDArray[np.bool_],
    wanted: Demands,
    before: Bounds | None,
    *,
    exact: bool,
) -> tuple[NDArray[np.bool_], Bounds]:
    """Tell which demands are not met, and between which numbers each count lies."""
    bounds = known_bounds(cells, rules, hidden, before)
    polytope = Polytope.of(cells.equations, cells.truth, bounds)
    failed, seen = unmet(polytope, wanted)
    if exact:
        seen = intervals(polytope, wanted.cell)
        failed = ~met(wanted, seen)
    return failed, seen


def _as_open_as_can_be(
    cells: Cells, rules: Rules, nothing: NDArray[np.bool_], tried: _Tried, before: Bounds | None
) -> NDArray[np.bool_]:
    """Tell which demands are met as far as totals and earlier releases allow if nothing were shown at all."""
    bounds = known_bounds(cells, rules, nothing, before)
    widest = intervals(Polytope.of(cells.equations, cells.truth, bounds), tried.wanted.cell)
    return met(reachable(tried.wanted, widest), tried.seen)


def _contradictions(
    release: Panel, rows: pd.DataFrame, place: NDArray[np.int64], rules: Rules
) -> Iterator[Problem]:
    """Report numbers in suppressed rows, shown counts that are not the analysis's, and sums that leak.

    `rows` are the analysis's rows that the release shows, `place` is where.
    """
    shown = release.indicators
    yield from numbers_left(release)
    for column in ("numerator", "denominator"):
        expected = rows[column].to_numpy(float)
        if rules.rounding is not None:
            expected = rounded(expected, rules.rounding)
        given = shown[column].to_numpy(float)[place]
        wrong = ~np.isclose(given, expected, atol=EXACT, equal_nan=True)
        if wrong.any():
            yield Problem(code="disclosure.altered", keys=_named(rows, wrong))
    yield from leaking_sums(release, rules)


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([frame.index, frame["indicator"], frame["date"]])


def _named(frame: pd.DataFrame, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(map(str, frame.index[chosen].unique()))


def _table(
    true: Panel, cells: Cells, hidden: NDArray[np.bool_], wanted: Demands, seen: Bounds
) -> pd.DataFrame:
    number = np.full(len(cells.truth), -1)
    number[wanted.cell] = np.arange(len(wanted.cell))
    modelled = true.indicators.iloc[cells.position]
    parts = []
    for part in ("numerator", "denominator", "remainder"):
        cell = getattr(cells, part)
        row = np.flatnonzero(hidden & (cell >= 0) & (number[cell] >= 0))
        found = number[cell[row]]
        rows = modelled.iloc[row]
        listed = {
            "district": rows.index,
            "indicator": rows["indicator"].to_numpy(),
            "date": rows["date"].to_numpy(),
            "part": part,
            "count_of": [str(cells.place(one)[1]) for one in cell[row]],
            "lower": seen.low[found],
            "upper": seen.high[found],
            "width": seen.high[found] - seen.low[found],
            "needed": wanted.high[found] - wanted.low[found],
            "safe": met(wanted, seen)[found],
        }
        parts.append(pd.DataFrame(listed, columns=list(AUDIT_COLUMNS)))
    return pd.concat(parts, ignore_index=True)
