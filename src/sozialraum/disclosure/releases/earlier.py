"""What was published before: a compact file per release, with what it showed and what it hid.

A later release must not show what an earlier one hid beside what the earlier one showed.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import math
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.disclosure.figures import figures
from sozialraum.disclosure.knowledge import Bounds, rounded_away
from sozialraum.errors import DisclosureError, Problem, raise_problems
from sozialraum.files import staged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sozialraum.disclosure.cells import Cells
    from sozialraum.panel import Panel

    Slices = Mapping[tuple[tuple[str, ...], str], Mapping[str, float]]

__all__ = ["EarlierRelease", "earlier_bounds", "published_counts", "read_earlier", "write_earlier"]

FORMATS = (1, 2)
SUFFIX = ".json.gz"

LARGEST = 256 * 2**20
"""Bytes that a file may have when unpacked; ten times a city of 500 districts over 30 years."""


@dataclass(frozen=True, kw_only=True)
class EarlierRelease:
    """The counts that a release showed, and those that it hid.

    Parameters
    ----------
    name
        File that it came from.
    rounding
        Multiple that its counts were rounded to; None if exact.
    counts
        For each sum of variables (their ids, sorted) and date: shown count by district key.
    hidden
        Likewise the true counts that it hid, NaN where nobody knows them.
    against, written
        Level of protection and day (ISO) of the release.
    """

    name: str
    rounding: int | None
    counts: Slices
    hidden: Slices = field(default_factory=dict)
    against: str = "outsider"
    written: str = ""


def published_counts(release: Panel, true: Panel | None = None) -> EarlierRelease:
    """Collect the counts that a release shows, and hides.

    Parameters
    ----------
    release
        Protected.
    true
        The panel that it was made from; without it, what is hidden is known by its place alone.
    """
    known = figures(release if true is None else true)
    blank = (release.indicators["flag"] == "suppressed").to_numpy()
    keys = release.indicators.index.astype(str).to_numpy()
    shown: dict[tuple[tuple[str, ...], str], dict[str, float]] = {}
    hidden: dict[tuple[tuple[str, ...], str], dict[str, float]] = {}
    places = release.indicators.groupby(["indicator", "date"], sort=False, observed=True).indices
    for name, rows in places.items():
        indicator, date = map(str, tuple(name))  # type: ignore[arg-type]  # grouped by two columns
        recipe = known.recipes.get(indicator)
        if recipe is None:
            continue
        for quantity, part in ((recipe.numerator, "numerator"), (recipe.denominator, "denominator")):
            if quantity is None:
                continue
            numbers = getattr(known, part)[rows]
            given = release.indicators[part].to_numpy(float)[rows]
            told = np.where(np.isnan(given), numbers, given)
            for target, here in (
                (shown, ~blank[rows] & ~np.isnan(told)),
                (hidden, blank[rows] & (np.isfinite(numbers) | (part == "numerator"))),
            ):
                of = told if target is shown else numbers
                found = target.setdefault((quantity.plus, date), {})
                found |= dict(zip(keys[rows[here]], of[here].tolist(), strict=True))
    secret = {
        place: {key: count for key, count in of.items() if key not in shown.get(place, {})}
        for place, of in hidden.items()
    }
    return EarlierRelease(
        name="",
        rounding=None if release.rules is None else release.rules.rounding,
        counts={place: of for place, of in shown.items() if of},
        hidden={place: of for place, of in secret.items() if of},
        against="outsider" if release.rules is None else release.rules.against,
    )


def write_earlier(release: Panel, directory: Path, *, true: Panel | None = None) -> Path:
    """Keep what a public release shows and hides, for the protection of later ones; whole or not at all.

    The file is named after its content, so the same release twice leaves one file. With `true` it holds
    what the release hides, and is as confidential as the counts.

    Parameters
    ----------
    release
        A public release that goes out.
    directory
        Usually the project's register.
    true
        The panel that it was made from.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DisclosureError
        If the release is internal.
    OutputError
        If the file cannot be written.
    """
    if release.audience != "public":
        raise DisclosureError(Problem(code="disclosure.not_public"))
    published = published_counts(release, true)
    content = {
        "format": 2,
        "city": release.city,
        "rounding": published.rounding,
        "against": published.against,
        "counts": _listed(published.counts, "shown"),
        "hidden": _listed(published.hidden if true is not None else {}, "hidden"),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    name = f"release-{hashlib.sha256(text.encode()).hexdigest()[:16]}{SUFFIX}"
    if (directory / name).exists():
        return directory / name
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    text = json.dumps({**content, "written": today}, ensure_ascii=False, separators=(",", ":"))
    with staged(directory) as folder:
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return directory / name


def _listed(parts: Slices, word: str) -> list[dict[str, object]]:
    return [
        {
            "variables": list(variables),
            "date": date,
            word: {key: None if math.isnan(count) else count for key, count in sorted(of.items())},
        }
        for (variables, date), of in sorted(parts.items())
    ]


def read_earlier(directory: Path) -> tuple[EarlierRelease, ...]:
    """Read all releases that a folder keeps, oldest first; none if there is no such folder.

    Raises
    ------
    DisclosureError
        If files cannot be read; names them all, for without them nothing can be protected.
    """
    found, problems = [], []
    for path in sorted(directory.glob(f"*{SUFFIX}")) if directory.is_dir() else ():
        try:
            if path.is_symlink():
                raise ValueError("link")  # noqa: TRY301 - one message for all that is no record
            found.append(_parse(path.name, json.loads(_unpacked(path))))
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            problems.append(Problem(code="disclosure.unreadable", file=str(path), values={"reason": reason}))
        except RecursionError:
            reason = "nested too deeply"
            problems.append(Problem(code="disclosure.unreadable", file=str(path), values={"reason": reason}))
    raise_problems(problems, DisclosureError)
    return tuple(sorted(found, key=lambda release: (release.written, release.name)))


def _unpacked(path: Path) -> bytes:
    with gzip.open(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"> {LARGEST} bytes")
    return content


def _parse(name: str, content: dict[str, Any]) -> EarlierRelease:
    if content["format"] not in FORMATS:
        raise ValueError(content["format"])
    rounding = content["rounding"]
    return EarlierRelease(
        name=name,
        rounding=None if rounding is None else int(rounding),
        counts=_slices(content["counts"], "shown"),
        hidden=_slices(content.get("hidden", []), "hidden"),
        against=str(content.get("against", "outsider")),
        written=str(content.get("written", "")),
    )


def _slices(parts: list[dict[str, Any]], word: str) -> dict[tuple[tuple[str, ...], str], dict[str, float]]:
    found: dict[tuple[tuple[str, ...], str], dict[str, float]] = {}
    for part in parts:
        variables, date = part["variables"], part["date"]
        if not isinstance(variables, list) or not isinstance(date, str):
            raise TypeError("variables, date")
        place = tuple(map(str, variables)), date
        found[place] = {str(key): _count(count, word) for key, count in part[word].items()}
    return found


def _count(count: object, word: str) -> float:
    """Return a recorded count; only what was hidden may be unknown."""
    if count is None and word == "hidden":
        return math.nan
    if isinstance(count, bool) or not isinstance(count, (int, float)) or not 0 <= count < math.inf:
        raise ValueError("count")
    return float(count)


def earlier_bounds(cells: Cells, earlier: Sequence[EarlierRelease], width: float) -> Bounds | None:
    """Return what earlier releases say of each cell, as far as it is still true.

    A count that was revised since is known as well as its earlier number comes near it: one that lies
    closer than `width` counts as known.

    Parameters
    ----------
    cells
        The model.
    earlier
        The releases.
    width
        Width of the interval that a suppressed count needs.
    """
    if not earlier:
        return None
    low, high = np.zeros(len(cells.truth)), np.full(len(cells.truth), np.inf)
    for release in earlier:
        below, above = rounded_away(release.rounding)
        for (variables, date), shown in release.counts.items():
            cell = cells.find(variables, date, list(shown))
            count = np.array(list(shown.values()))
            truth = np.where(cell >= 0, cells.truth[cell], np.nan)
            near = np.abs(truth - count) < (release.rounding or 0) / 2 + width
            cell, count, truth = cell[near], count[near], truth[near]
            rounds = release.rounding is not None
            low[cell] = np.maximum(low[cell], np.minimum(count - below, truth) if rounds else truth)
            high[cell] = np.minimum(high[cell], np.maximum(count + above, truth) if rounds else truth)
    return Bounds(low, high)
