"""Rules on facts: which districts meet them, who enters and leaves over the years, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialraum.programme.selection.rules import Rule, SelectionRules

    Bools = NDArray[np.bool_]

__all__ = ["SELECTION_COLUMNS", "Selection", "flicker", "hold", "select"]

SELECTION_COLUMNS = ("year", "meets", "points", "selected", "years_held", "change", "proposal")
OPEN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Who is selected in which year, and the rules behind it.

    Parameters
    ----------
    table
        Index district, columns `SELECTION_COLUMNS`, one row per district and year. `meets`: "yes", "no",
        "unknown" (a fact is missing that could decide either way). `points`: those that are certain.
        `selected`: after the holding rule; `years_held`: years since it last met the rules (0: it does).
        `change`: "enters", "leaves", "". `proposal`: "include", "keep", "release", "refuse", "defer".
    outcomes
        Index district: `year`, `rule_id`, `found` (the fact), `holds` ("yes", "no", "unknown").
    rules
        What was applied.
    hold_years
        Years of holding that were applied.
    """

    table: pd.DataFrame
    outcomes: pd.DataFrame
    rules: SelectionRules
    hold_years: int

    def selected(self, year: int) -> list[str]:
        """Return the districts of a year's list, sorted."""
        rows = self.table[(self.table["year"] == year) & self.table["selected"]]
        return sorted(rows.index)

    def lists(self) -> pd.DataFrame:
        """Return one row per district and one column per year: selected or not."""
        return self.table.set_index("year", append=True)["selected"].unstack("year")  # noqa: PD010 - pairs are unique


@checked()
def select(
    found: pd.DataFrame,
    rules: SelectionRules,
    *,
    districts: Iterable[str],
    years: Sequence[int],
    hold_years: int | None = None,
) -> Selection:
    """Apply the rules to each year and follow entries and exits.

    Parameters
    ----------
    found
        Facts, index district, columns `FACT_COLUMNS`; a fact that is not there is not known.
    rules
        From `selection_rules`.
    districts
        All districts that could be selected.
    years
        Ascending; the holding rule counts calendar years.
    hold_years
        By default that of the rules.

    Returns
    -------
    Selection
        A district meets the rules if all required ones hold, in each group enough hold (or give points),
        and no exclusion holds. What is not known never selects and never excludes: it makes "unknown".
    """
    keys, when = [str(key) for key in districts], sorted(years)
    grid = pd.MultiIndex.from_product([keys, when], names=["district", "year"])
    outcomes = {rule.rule_id: _outcome(found, rule, grid) for rule in rules.rules}
    yes = {name: (holds == "yes").to_numpy() for name, (_, holds) in outcomes.items()}
    no = {name: (holds == "no").to_numpy() for name, (_, holds) in outcomes.items()}
    meets, fails = _combine(rules, yes, no, len(grid))
    points = np.sum([rule.points * yes[rule.rule_id] for rule in rules.of_role("points")], axis=0)
    table = pd.DataFrame(index=grid)
    table["meets"] = np.select([meets, fails], ["yes", "no"], default=OPEN)
    table["points"] = np.broadcast_to(points, len(grid)).astype(float)
    years_kept = rules.hold_years if hold_years is None else hold_years
    answers = table["meets"].to_numpy().reshape(len(keys), len(when))
    selected, held = hold(answers, when, years_kept)
    before = np.column_stack([np.zeros(len(keys), dtype=bool), selected[:, :-1]])
    table["selected"], table["years_held"] = selected.ravel(), held.ravel()
    entry, leaving = (selected & ~before).ravel(), (~selected & before).ravel()
    table["change"] = np.select([entry, leaving], ["enters", "leaves"], default="")
    table["proposal"] = np.select(
        [entry, table["selected"], leaving, table["meets"] == OPEN],
        ["include", "keep", "release", "defer"],
        default="refuse",
    )
    long = [
        pd.DataFrame({"rule_id": name, "found": fact, "holds": holds}, index=grid)
        for name, (fact, holds) in outcomes.items()
    ]
    return Selection(
        table=table.reset_index("year")[list(SELECTION_COLUMNS)],
        outcomes=pd.concat(long).reset_index("year"),
        rules=rules,
        hold_years=years_kept,
    )


def _outcome(found: pd.DataFrame, rule: Rule, grid: pd.MultiIndex) -> tuple[pd.Series, pd.Series]:
    ours = found[(found["result"] == rule.result)]
    if rule.indicator:
        ours = ours[ours["indicator"] == rule.indicator]
    elif (ours["indicator"] == "").any():
        ours = ours[ours["indicator"] == ""]
    if rule.year is not None:
        then = ours.loc[ours["year"] == rule.year, "value"]
        fixed = then[~then.index.duplicated(keep="last")].reindex(grid.get_level_values("district"))
        values = pd.Series(fixed.to_numpy(), index=grid, dtype=object)
    else:
        values = ours.set_index("year", append=True)["value"]
        values = values[~values.index.duplicated(keep="last")].reindex(grid)
    answer = rule.holds(values)
    words = np.select([answer.isna(), answer.fillna(value=False)], [OPEN, "yes"], default="no")
    return values, pd.Series(words, index=grid, dtype=object)


def _combine(
    rules: SelectionRules, yes: dict[str, Bools], no: dict[str, Bools], size: int
) -> tuple[Bools, Bools]:
    """Return where the rules are met for certain, and where they fail for certain."""
    met, failed = np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
    for rule in rules.of_role("required"):
        met &= yes[rule.rule_id]
        failed |= no[rule.rule_id]
    for rule in rules.of_role("exclusion"):
        met &= no[rule.rule_id]
        failed |= yes[rule.rule_id]
    for role in ("any_of", "points"):
        for members in rules.groups(role).values():
            worth = [rule.points if role == "points" else 1.0 for rule in members]
            least = np.zeros(size)
            most = np.zeros(size)
            for rule, value in zip(members, worth, strict=True):
                open_ = ~(yes[rule.rule_id] | no[rule.rule_id])
                least += value * yes[rule.rule_id] + min(value, 0.0) * open_
                most += value * yes[rule.rule_id] + max(value, 0.0) * open_
            met &= least >= members[0].at_least - 1e-9
            failed |= most < members[0].at_least - 1e-9
    return met & ~failed, failed


def hold(
    answers: NDArray[np.object_], years: Sequence[int], hold_years: int
) -> tuple[Bools, NDArray[np.intp]]:
    """Keep selected districts for some years after they last met the rules.

    Parameters
    ----------
    answers
        Districts x years: "yes", "no", "unknown". An unknown year keeps who is in and lets nobody in; it
        does not use up the holding, for nobody has shown that the rules are not met.
    years
        Ascending.
    hold_years
        0: out as soon as the rules are not met.

    Returns
    -------
    selected
        Districts x years.
    held
        Years since the rules were last met; 0 where they are, or where the district is not selected.
    """
    selected = np.zeros(answers.shape, dtype=bool)
    held = np.zeros(answers.shape, dtype=np.intp)
    inside = np.zeros(len(answers), dtype=bool)
    waited = np.zeros(len(answers), dtype=np.intp)
    for at, year in enumerate(years):
        step = year - years[at - 1] if at else 1
        yes, unknown = answers[:, at] == "yes", answers[:, at] == OPEN
        waited = np.where(yes, 0, np.where(unknown, waited, waited + step))
        inside = yes | (inside & (unknown | (waited <= hold_years)))
        selected[:, at] = inside
        held[:, at] = np.where(inside, waited, 0)
    return selected, held


@checked()
def flicker(lists: pd.DataFrame) -> pd.DataFrame:
    """Count how restless the lists of the years are.

    Parameters
    ----------
    lists
        Index district, one column per year: selected or not.

    Returns
    -------
    pd.DataFrame
        One row per year: `year`, `selected`, `entries`, `exits`, `returns` (entries of districts that had
        left before). The first year's list counts as no entries.
    """
    when = sorted(lists.columns)
    rows, ever = [], pd.Series(False, index=lists.index)  # noqa: FBT003 - a column of False
    before: pd.Series | None = None
    for year in when:
        now = lists[year].astype(bool)
        entries = now & ~before if before is not None else now & False
        exits = ~now & before if before is not None else now & False
        rows.append((year, int(now.sum()), int(entries.sum()), int(exits.sum()), int((entries & ever).sum())))
        ever, before = ever | now, now
    return pd.DataFrame(rows, columns=["year", "selected", "entries", "exits", "returns"])
