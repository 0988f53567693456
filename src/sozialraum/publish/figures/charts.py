"""Rankings with intervals, and lines over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.publish.figures.base import ACCENT, INK, LINES, SMALL, blank, plain, sign

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sozialraum.publish.figures.request import Request

__all__ = ["ranking", "time_line"]

MOST = 12
"""Districts from each end of a ranking."""


def ranking(request: Request) -> Figure:
    """Draw the highest and lowest districts with their intervals beside the city's value.

    Districts asked for are drawn in any case, and filled black.
    """
    rows = request.rows
    rows = rows[rows["value"].notna()].sort_values("value", kind="stable")
    if len(rows) > 2 * MOST:
        kept = {*rows.index[:MOST], *rows.index[-MOST:], *request.districts}
        chosen = rows[rows.index.isin(kept)]
    else:
        chosen = rows
    cut = len(chosen) < len(rows)
    factor = float(request.entry["factor"])
    place = np.arange(len(chosen), dtype=float)
    if cut:
        # A gap where districts are left out.
        place += np.cumsum(_after_a_gap(rows, chosen)) * 0.9
    height = 19 + 3.9 * (len(chosen) + (1 if cut else 0))
    figure = blank(request.columns, height)
    left = 0.36 if request.columns == 2 else 0.44
    axes = figure.add_axes((left, 14 / height, 0.97 - left, 1 - 19 / height))
    value, lower, upper = (chosen[name].to_numpy(float) * factor for name in ("value", "lower", "upper"))
    known = np.isfinite(lower) & np.isfinite(upper)
    axes.hlines(place[known], lower[known], upper[known], color="#6b6b66", linewidth=1.1, zorder=2)
    own = np.array([key in set(request.districts) for key in chosen.index], dtype=bool)
    axes.scatter(value[~own], place[~own], s=13, facecolor="white", edgecolor=ACCENT, linewidth=1, zorder=3)
    axes.scatter(value[own], place[own], s=15, color="black", zorder=3)
    city = request.city()
    if np.isfinite(city):
        axes.axvline(city, color=INK, linestyle=(0, (4, 2)), linewidth=0.9, zorder=1)
        axes.text(
            city, 1.01, f"{request.analysis.city}: {request.number(city)}", ha="center", va="bottom",
            fontsize=SMALL, transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    names = request.analysis.districts["name"].reindex(chosen.index)
    axes.set_yticks(place, [_short(f"{name} ({key})") for key, name in names.items()])
    axes.set_ylim(-0.8, (place[-1] if len(place) else 0) + 0.8)
    axes.set_xlabel(f"{request.label} ({request.unit})" if request.unit else request.label, fontsize=7)
    plain(axes, request.language, which="x")
    axes.tick_params(axis="y", labelsize=6, length=0)
    sign(figure, request.analysis, request.source)
    return figure


def _after_a_gap(rows: pd.DataFrame, chosen: pd.DataFrame) -> np.ndarray:
    """Tell before which of the chosen rows others are left out."""
    place = rows.index.get_indexer(chosen.index)
    return np.concatenate([[0], (np.diff(place) > 1).astype(int)])


def _short(words: str, most: int = 34) -> str:
    words = words.replace("$", r"\$")
    return words if len(words) <= most else words[: most - 1] + "…"


def time_line(request: Request) -> Figure:
    """Draw the years of up to five districts beside the city's, each line with its name at its end."""
    series = request.series
    dates = [date for date in series.columns if series[date].notna().any()]
    years = _years(dates)
    figure = blank(request.columns, 68 if request.columns == 2 else 62)
    height = figure.get_figheight() * 25.4
    left, across = (0.075, 0.66) if request.columns == 2 else (0.13, 0.55)
    axes = figure.add_axes((left, 11 / height, across, 1 - 15 / height))
    ends: list[tuple[float, float, str, str]] = []
    names = request.analysis.districts["name"]
    for key, look in zip(request.districts, LINES, strict=False):
        values = series.loc[key, dates].to_numpy(float)
        axes.plot(years, values, markersize=3.2, linewidth=1.2, markerfacecolor="white", **look)
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            ends.append((years[known[-1]], values[known[-1]], str(names.loc[key]), look["color"]))
    city = np.array([request.city(date) for date in dates])
    axes.plot(years, city, color="black", linewidth=1.8)
    known = np.flatnonzero(np.isfinite(city))
    if len(known):
        ends.append((years[known[-1]], city[known[-1]], request.analysis.city, "black"))
    every = series.loc[list(request.districts), dates].to_numpy(float)
    if not (every < 0).any() and not (city < 0).any():
        axes.set_ylim(bottom=0)
    axes.set_ylabel(request.unit, fontsize=7)
    step = 1 if len(years) <= 8 else 2
    axes.set_xticks(years[::-step][::-1], [date[:4] for date in dates[::-step][::-1]])
    plain(axes, request.language, which="y")
    _name_ends(axes, ends, height)
    sign(figure, request.analysis, request.source)
    return figure


def _years(dates: list[str]) -> list[float]:
    """Return the dates as years with their fractions, so that gaps in a series are gaps on paper."""
    return [date.year + (date.day_of_year - 1) / 366 for date in pd.to_datetime(dates)]


def _name_ends(axes: object, ends: list[tuple[float, float, str, str]], height: float) -> None:
    """Write each line's name right of its end, moved apart where they would collide."""
    if not ends:
        return
    low, high = axes.get_ylim()  # type: ignore[attr-defined]  # Axes
    step = (high - low) * 3.6 / (height - 15)
    right = max(end[0] for end in ends)
    start, stop = axes.get_xlim()  # type: ignore[attr-defined]  # as above
    ordered = sorted(ends, key=lambda end: end[1])
    places: list[float] = []
    for end in ordered:
        places.append(max(end[1], places[-1] + step) if places else end[1])
    # What was pushed beyond the top goes down again, all together.
    over = max(0.0, places[-1] - high)
    places = [place - over for place in places] if over else places
    for (x, y, name, colour), place in zip(ordered, places, strict=True):
        axes.annotate(  # type: ignore[attr-defined]  # as above
            _short(name, 30), (x, y), (right + (stop - start) * 0.035, place), va="center", fontsize=SMALL,
            color=colour, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 2},
        )  # fmt: skip
