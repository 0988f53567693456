"""What the catalogue says about the people behind the counts: households, parts and sums."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Protocol

from sozialraum.errors import Problem, shorten
from sozialraum.keys import closest
from sozialraum.stats.effective import DEFAULT_EFFECTS, household_effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ESTIMATED", "PEOPLE_COLUMNS", "check_people", "effect_of", "relation_problems"]

PEOPLE_COLUMNS = ("design_effect", "design_effect_source", "persons_per_household", "part_of", "sum_of")
"""Catalogue columns: how many counted persons make one independent case, where that number is from, and
which other indicators hold the same people."""

ESTIMATED = "estimated"
"""The word in the catalogue that asks for an estimate from the differences between years."""


class PeopleFields(Protocol):
    """The fields of a catalogue entry that this module looks at."""

    @property
    def design_effect(self) -> float | str | None: ...
    @property
    def persons_per_household(self) -> float | Mapping[int, float] | None: ...
    @property
    def part_of(self) -> tuple[str, ...]: ...
    @property
    def sum_of(self) -> tuple[str, ...]: ...
    @property
    def numerator(self) -> tuple[str, ...]: ...


def effect_of(entry: PeopleFields) -> tuple[float, str, float]:
    """Return design effect, its source and the mean household of one entry.

    Returns
    -------
    tuple
        The design effect (NaN: nothing declared, or to be estimated), one of ``""``, ``"declared"``,
        ``"default: <subject>"``, ``"persons per household"``, ``"household sizes"``, ``"estimated"``, and
        the persons per household (NaN where not declared).
    """
    nothing = float("nan")
    if isinstance(entry.design_effect, str):
        if entry.design_effect == ESTIMATED:
            return nothing, ESTIMATED, nothing
        return DEFAULT_EFFECTS[entry.design_effect], f"default: {entry.design_effect}", nothing
    if entry.design_effect is not None:
        return entry.design_effect, "declared", nothing
    if entry.persons_per_household is None:
        return nothing, "", nothing
    effect, mean = household_effect(entry.persons_per_household)
    table = not isinstance(entry.persons_per_household, (int, float))
    return effect, "household sizes" if table else "persons per household", mean


def check_people(name: str, entry: PeopleFields) -> list[Problem]:
    """Find what one entry says about people and cannot mean."""
    values: dict[str, object] = {"indicator": name}
    said = entry.design_effect is not None or entry.persons_per_household is not None
    related = "sum_of" if entry.sum_of else "part_of" if entry.part_of else ""
    problems = []
    if said and not entry.numerator:
        problems.append(Problem(code="catalogue.people_without_counts", values=values))
    if entry.design_effect is not None and entry.persons_per_household is not None:
        problems.append(Problem(code="catalogue.effect_twice", values=values))
    if related and not entry.numerator:
        problems.append(Problem(code="catalogue.part_without_counts", values={**values, "field": related}))
    if len(set(entry.sum_of)) == 1:
        problems.append(Problem(code="catalogue.sum_of_one", values=values))
    return problems


def relation_problems(entries: Mapping[str, PeopleFields], names: list[str]) -> Iterator[Problem]:
    """Find relations to unknown indicators, to indicators without counts, and relations in a circle.

    Parameters
    ----------
    entries
        The sound entries by indicator id.
    names
        All ids of the file; a relation to an entry that has a fault of its own is not a fault more.
    """
    graph: dict[str, list[str]] = {}
    for name, entry in entries.items():
        for field in ("part_of", "sum_of"):
            for other in getattr(entry, field):
                values: dict[str, object] = {"indicator": name, "field": field, "written": other}
                if other not in names:
                    similar = closest(other, names)
                    values["similar"] = ", ".join(f"'{found}'" for found in similar)
                    values["known"] = shorten(names)
                    suffix = "_similar" if similar else ""
                    yield Problem(code=f"catalogue.unknown_indicator{suffix}", values=values)
                elif other in entries and not entries[other].numerator:
                    yield Problem(code="catalogue.relation_without_counts", values=values)
                else:
                    inner, outer = (name, other) if field == "part_of" else (other, name)
                    graph.setdefault(inner, []).append(outer)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(str(name) for name in error.args[1])
        yield Problem(
            code="catalogue.relation_circle", values={"indicator": error.args[1][0], "circle": circle}
        )
