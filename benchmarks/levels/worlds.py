"""Invented cities, and tables of what was found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZES = np.arange(1, 7)
"""Persons per household."""


@dataclass(frozen=True)
class Table:
    """A table for the docs: its heading, its columns, and what makes its rows from a number of cities."""

    title: str
    columns: tuple[str, ...]
    rows: Callable[[int], Iterable[Sequence[str]]]
    part: float = 1.0


def squares(side: int) -> gpd.GeoDataFrame:
    """Return a city of side x side squares."""
    x, y = (place.ravel() for place in np.meshgrid(np.arange(side) * 500.0, np.arange(side) * 500.0))
    keys = [f"{number:04d}" for number in range(side**2)]
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 500, y + 500), crs=25833, index=keys)


def near(side: int) -> Floats:
    """Return the shares that the neighbours (corners, too) of each square have in their mean."""
    row, column = np.divmod(np.arange(side**2), side)
    far = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column))
    touching = (far == 1).astype(float)
    return np.asarray(touching / touching.sum(axis=1, keepdims=True))


def household_mix(phi: float) -> Floats:
    """Return shares of household sizes 1 to 6 that have the design effect phi."""
    low, high = 1e-6, 10.0
    for _ in range(80):
        step = (low + high) / 2
        weight = step**SIZES
        effect = (SIZES**2 * weight).sum() / (SIZES * weight).sum()
        low, high = (step, high) if effect < phi else (low, step)
    return np.asarray(weight / weight.sum())


def households(people: NDArray[np.int_], phi: float) -> NDArray[np.int64]:
    """Return households per district and size, shape (districts, 6)."""
    mix = household_mix(phi) if phi > 1 else (SIZES == 1).astype(float)
    return np.maximum(np.rint(people[:, None] * mix / (SIZES * mix).sum()), 0).astype(np.int64)


def long_table(
    dates: Sequence[Floats], people: Floats | NDArray[np.int_], **columns: object
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the long table of counts per date, two years apart, and a catalogue of shares.

    Parameters
    ----------
    dates
        Cases of shape (districts, indicators).
    people
        Broadcast against them.
    **columns
        Of the catalogue.
    """
    names = [f"i{number}" for number in range(dates[0].shape[1])]
    size = np.broadcast_to(people, dates[0].shape).astype(float)
    keys = pd.Index([f"{number:04d}" for number in range(len(size))], name="district")
    rows = [
        pd.DataFrame(
            {
                "indicator": name,
                "date": f"{2018 + 2 * number}-12-31",
                "value": cases[:, at] / size[:, at],
                "numerator": cases[:, at].astype(float),
                "denominator": size[:, at],
                "lower": np.nan,
                "upper": np.nan,
                "flag": "ok",
            },
            index=keys,
        )
        for number, cases in enumerate(dates)
        for at, name in enumerate(names)
    ]
    base = {"kind": "share", "polarity": "disadvantage", "target_group": "all"}
    return pd.concat(rows), pd.DataFrame({**base, **columns}, index=pd.Index(names, name="indicator"))


def told(share: float, runs: float) -> str:
    """Write a share in per cent with its standard error."""
    return f"{100 * share:.1f} ({100 * np.sqrt(max(share * (1 - share), 1e-9) / max(runs, 1)):.1f})"


def told_mean(shares: Sequence[float] | Floats) -> str:
    """Write the mean of shares per city in per cent; its error is that between cities."""
    found = np.asarray(shares, dtype=float)
    found = found[np.isfinite(found)]
    error = found.std(ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.nan
    return f"{100 * found.mean():.1f} ({100 * error:.1f})"


def told_ratio(right: Sequence[int], stated: Sequence[int]) -> str:
    """Write which share of all that was stated is right, in per cent; one entry per city.

    The error is that between cities, as statements of one city go together.
    """
    hits, number = np.asarray(right, dtype=float), np.asarray(stated, dtype=float)
    if not number.sum():
        return "-"
    share = hits.sum() / number.sum()
    many = max(len(number), 2)
    error = np.sqrt(((hits - share * number) ** 2).sum() * many / (many - 1)) / number.sum()
    return f"{100 * share:.1f} ({100 * error:.1f})"


def evenness(p: Sequence[Floats | float]) -> tuple[str, str]:
    """Write p of Kolmogorov-Smirnov tests that p is uniform, and that it is not smaller than uniform.

    One entry per city, a number or one per district; of districts, which go together, one per city is drawn.
    A p that counts whole neighbours jumps, and a cautious one is too large; then only the second can hold.
    """
    from scipy.stats import kstest  # noqa: PLC0415 - nothing else needs it

    rng = np.random.default_rng(2)
    cities = [np.atleast_1d(np.asarray(one, dtype=float)) for one in p]
    drawn = [float(rng.choice(one[np.isfinite(one)])) for one in cities if np.isfinite(one).any()]
    both, smaller = (kstest(drawn, "uniform", alternative=side).pvalue for side in ("two-sided", "greater"))
    return f"{both:.3f}", f"{smaller:.3f}"


def below(p: Sequence[Floats | float]) -> tuple[str, str]:
    """Write how often p is at most 0.05 and 0.01; one entry per city, a number or one per district."""
    cities = [np.atleast_1d(np.asarray(one, dtype=float)) for one in p]
    cities = [one[np.isfinite(one)] for one in cities]
    cities = [one for one in cities if one.size]
    return told_mean([(one <= 0.05).mean() for one in cities]), told_mean(
        [(one <= 0.01).mean() for one in cities]
    )
