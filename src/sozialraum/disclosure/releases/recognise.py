"""What an earlier release showed, under the names that are used now.

A variable, a key or a date that was given a new name is the same thing to anybody who lays two releases side
by side. Quantities are recognised by their numbers; where districts are others than before, and the same
dates are shown again, nothing is published: two boundary versions of a date differ by small areas.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.disclosure.figures import figures
from sozialraum.errors import DisclosureError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sozialraum.disclosure.releases.earlier import EarlierRelease
    from sozialraum.panel import Panel

    Slice = tuple[tuple[str, ...], str]
    Slices = Mapping[Slice, Mapping[str, float]]

__all__ = ["recognised"]

MOST = 0.6
"""A quantity, or a district, that agrees in so large a part with another one is that one."""

ENOUGH = 3
BITS = 16.0
"""Evidence that an agreement needs: log2(1 + count), summed over the equal counts."""


def recognised(releases: Sequence[EarlierRelease], panel: Panel) -> tuple[EarlierRelease, ...]:
    """Return earlier releases with the variables, keys and dates that the panel uses.

    Parameters
    ----------
    releases
        As they were recorded.
    panel
        With true counts.

    Raises
    ------
    DisclosureError
        If a release speaks of other districts at a date that is shown again.
    """
    if not releases:
        return ()
    now = _slices(panel)
    keys = {str(key) for key in panel.districts.index} | {str(key) for key in panel.indicators.index}
    problems: list[Problem] = []
    found = []
    for release in releases:
        renamed = _with_keys(release, now, keys)
        renamed = _with_names(renamed, now)
        others = _other_districts(renamed, now, keys)
        if others:
            values = {"release": release.name}
            problems.append(Problem(code="disclosure.other_districts", keys=tuple(others), values=values))
        found.append(renamed)
    if problems:
        raise DisclosureError(*problems)
    return tuple(found)


def _slices(panel: Panel) -> dict[Slice, dict[str, float]]:
    known = figures(panel)
    frame = pd.DataFrame(
        {
            "indicator": panel.indicators["indicator"].astype(str).to_numpy(),
            "date": panel.indicators["date"].astype(str).to_numpy(),
            "key": panel.indicators.index.astype(str),
            "numerator": known.numerator,
            "denominator": known.denominator,
        }
    )
    found: dict[Slice, dict[str, float]] = {}
    for (indicator, date), rows in frame.groupby(["indicator", "date"], sort=False):
        recipe = known.recipes.get(str(indicator))
        if recipe is None:
            continue
        for quantity, column in ((recipe.numerator, "numerator"), (recipe.denominator, "denominator")):
            if quantity is not None:
                counted = rows.dropna(subset=[column])
                target = found.setdefault((quantity.plus, str(date)), {})
                target |= dict(zip(counted["key"], counted[column].astype(float), strict=True))
    return found


def _agreement(then: Mapping[str, float], now: Mapping[str, float]) -> float:
    """Return in which part of the common districts two series are equal; 0 where the evidence is thin."""
    shared = [(count, now[key]) for key, count in then.items() if key in now]
    if len(shared) < ENOUGH:
        return 0.0
    pairs = np.array(shared)
    equal = np.abs(pairs[:, 0] - pairs[:, 1]) < 1e-6
    enough = equal.sum() >= ENOUGH and np.log2(1 + pairs[equal, 0]).sum() >= BITS
    return float(equal.mean()) if enough else 0.0


def _with_keys(release: EarlierRelease, now: Slices, keys: set[str]) -> EarlierRelease:
    """Give districts their present keys, where most of the earlier ones are not known any more."""
    old = {key for of in (*release.counts.values(), *release.hidden.values()) for key in of}
    if not old or len(old & keys) >= len(old) / 2:
        return release
    votes: dict[str, dict[str, float]] = {}
    for (_, date), then in release.counts.items():
        for (_, day), of in now.items():
            if day == date:
                for key, other, bits in _equal_counts(then, of):
                    votes.setdefault(key, {}).setdefault(other, 0.0)
                    votes[key][other] += bits
    names = {key: max(found, key=found.__getitem__) for key, found in votes.items()}
    if len(names) < MOST * len(old) or len(set(names.values())) < len(names):
        return release
    counts, hidden = (
        {place: {names.get(key, key): count for key, count in of.items()} for place, of in parts.items()}
        for parts in (release.counts, release.hidden)
    )
    return replace(release, counts=counts, hidden=hidden)


def _equal_counts(then: Mapping[str, float], now: Mapping[str, float]) -> Iterable[tuple[str, str, float]]:
    """Give pairs of keys whose counts are equal and occur only once."""
    first, second = _single(then), _single(now)
    return [
        (first[count], second[count], float(np.log2(1 + count)))
        for count in first.keys() & second.keys()
        if count > 0
    ]


def _single(of: Mapping[str, float]) -> dict[float, str]:
    times: dict[float, int] = {}
    for count in of.values():
        times[count] = times.get(count, 0) + 1
    return {count: key for key, count in of.items() if times[count] == 1}


def _with_names(release: EarlierRelease, now: Slices) -> EarlierRelease:
    """Give quantities and dates their present names."""
    dates = {date for _, date in now}
    by_date: dict[str, list[Slice]] = {}
    for place in now:
        by_date.setdefault(place[1], []).append(place)
    names: dict[Slice, Slice] = {}
    for place, then in release.counts.items():
        if place in now and _agreement(then, now[place]) >= MOST:
            continue
        near = by_date.get(place[1], []) if place[1] in dates else list(now)
        best = max(near, key=lambda one: _agreement(then, now[one]), default=place)
        if best != place and _agreement(then, now[best]) >= MOST:
            names[place] = best
    return replace(release, counts=_renamed(release.counts, names), hidden=_renamed(release.hidden, names))


def _renamed(parts: Slices, names: Mapping[Slice, Slice]) -> dict[Slice, dict[str, float]]:
    found: dict[Slice, dict[str, float]] = {}
    for place, of in parts.items():
        # Under its old name, too: what was recognised wrongly must not be forgotten.
        for name in {place, names.get(place, place)}:
            found.setdefault(name, {}).update(of)
    return found


def _other_districts(release: EarlierRelease, now: Slices, keys: set[str]) -> list[str]:
    """Return the districts that only one of two releases of the same dates has, if both have such."""
    dates = {date for _, date in now}
    slices_then = {**release.hidden, **release.counts}
    then = {key for (_, date), of in slices_then.items() if date in dates for key in of}
    gone, come = then - keys, keys - then
    return sorted(gone) if gone and come and then else []
