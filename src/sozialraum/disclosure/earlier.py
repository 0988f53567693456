"""What was published before: a compact file per release, with protected counts only.

A later release must not show what an earlier one hid beside what the earlier one showed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.disclosure.knowledge import Bounds
from sozialraum.disclosure.quantities import recipe
from sozialraum.errors import DisclosureError, Problem, raise_problems
from sozialraum.files import staged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sozialraum.disclosure.cells import Cells
    from sozialraum.panel import Panel

__all__ = ["EarlierRelease", "earlier_bounds", "published_counts", "read_earlier", "write_earlier"]

FORMAT = 1
SUFFIX = ".json.gz"


@dataclass(frozen=True, kw_only=True)
class EarlierRelease:
    """The counts that a release showed.

    Parameters
    ----------
    name
        File that it came from.
    rounding
        Multiple that its counts were rounded to; None if exact.
    counts
        For each sum of variables (their ids, sorted) and date: shown count by district key.
    """

    name: str
    rounding: int | None
    counts: Mapping[tuple[tuple[str, ...], str], Mapping[str, float]]


def published_counts(release: Panel) -> EarlierRelease:
    """Collect the counts that a release shows."""
    counts: dict[tuple[tuple[str, ...], str], dict[str, float]] = {}
    shown = release.indicators[release.indicators["flag"] != "suppressed"]
    for (indicator, date), rows in shown.groupby(["indicator", "date"], sort=False, observed=True):
        parts = recipe(str(indicator), release.catalogue)
        for quantity, column in ((parts.numerator, "numerator"), (parts.denominator, "denominator")):
            if quantity is None:
                continue
            numbers = rows[column].astype(float).dropna()
            target = counts.setdefault((quantity.plus, str(date)), {})
            target |= dict(zip(numbers.index.astype(str), numbers.tolist(), strict=True))
    return EarlierRelease(
        name="", rounding=release.rules.get("rounding"), counts={key: of for key, of in counts.items() if of}
    )


def write_earlier(release: Panel, directory: Path) -> Path:
    """Keep what a public release shows, for the protection of later ones; written whole or not at all.

    The file is named after its content, so the same release twice leaves one file.

    Parameters
    ----------
    release
        A public release that goes out.
    directory
        Usually ``maps/releases``.

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
    published = published_counts(release)
    content = {
        "format": FORMAT,
        "city": release.city,
        "rounding": published.rounding,
        "counts": [
            {"variables": list(variables), "date": date, "shown": dict(sorted(of.items()))}
            for (variables, date), of in sorted(published.counts.items())
        ],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    name = f"release-{hashlib.sha256(text).hexdigest()[:16]}{SUFFIX}"
    with staged(directory) as folder:
        (folder / name).write_bytes(gzip.compress(text, mtime=0))
    return directory / name


def read_earlier(directory: Path) -> tuple[EarlierRelease, ...]:
    """Read all releases that a folder keeps; none if there is no such folder.

    Raises
    ------
    DisclosureError
        If files cannot be read; names them all, for without them nothing can be protected.
    """
    found, problems = [], []
    for path in sorted(directory.glob(f"*{SUFFIX}")) if directory.is_dir() else ():
        try:
            found.append(_parse(path.name, json.loads(gzip.decompress(path.read_bytes()))))
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(
                Problem(code="disclosure.unreadable", file=str(path), values={"reason": str(error)})
            )
    raise_problems(problems, DisclosureError)
    return tuple(found)


def _parse(name: str, content: dict[str, Any]) -> EarlierRelease:
    if content["format"] != FORMAT:
        raise ValueError(content["format"])
    counts = {
        (tuple(map(str, part["variables"])), str(part["date"])): {
            str(key): float(count) for key, count in part["shown"].items()
        }
        for part in content["counts"]
    }
    rounding = content["rounding"]
    return EarlierRelease(name=name, rounding=None if rounding is None else int(rounding), counts=counts)


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
        slack = (release.rounding or 0) / 2
        for (variables, date), shown in release.counts.items():
            cell = cells.find(variables, date, list(shown))
            count = np.array(list(shown.values()))
            truth = np.where(cell >= 0, cells.truth[cell], np.nan)
            near = np.abs(truth - count) < slack + width
            cell, count, truth = cell[near], count[near], truth[near]
            low[cell] = np.maximum(low[cell], np.minimum(count - slack, truth) if slack else truth)
            high[cell] = np.minimum(high[cell], np.maximum(count + slack, truth) if slack else truth)
    return Bounds(low, high)
