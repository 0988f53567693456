"""Figures for print: maps with scale and north arrow, rankings with intervals, time lines.

Everything is matplotlib; colours are those of the atlas, patterns stand for what has no number, and every
figure can be read in black and white.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.publish.breaks import class_limits
from sozialraum.publish.palettes import CLUSTER_COLOURS, ramp
from sozialraum.texts import Language, text
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sozialraum.analysis import Analysis

__all__ = ["as_png", "cluster_map", "ranking", "time_line", "value_map"]

DPI = 300
WIDTH = 160 / 25.4
"""Inches: an A4 page less its margins."""

HATCHES = {
    "missing": "////",
    "suppressed": "xxxx",
    "unknown": "\\\\\\\\",
    "not applicable": "----",
    "later": "||||",
    "isolated": "++",
    "undefined": "....",
}


def as_png(figure: Figure, *, dpi: int = DPI) -> bytes:
    """Return a figure as PNG and close it; the same figure gives the same bytes."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - costs start-up time

    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=dpi, metadata={"Software": None})
    plt.close(figure)
    return target.getvalue()


def _map_axes() -> tuple[Figure, Axes, Axes]:
    import matplotlib as mpl  # noqa: PLC0415 - costs start-up time
    from matplotlib import pyplot as plt  # noqa: PLC0415 - likewise

    mpl.rcParams["hatch.linewidth"] = 0.4
    figure, (plane, side) = plt.subplots(
        1, 2, figsize=(WIDTH, WIDTH * 0.68), width_ratios=(3.1, 1), layout="constrained"
    )
    for axes in (plane, side):
        axes.set_axis_off()
    plane.set_aspect("equal")
    return figure, plane, side


def value_map(analysis: Analysis, indicator: str, date: str) -> Figure:
    """Draw the values of one indicator at one date in the classes of the atlas.

    Parameters
    ----------
    analysis
        What its audience may see.
    indicator, date
        Which map.

    Returns
    -------
    matplotlib.figure.Figure
        Map with outlines of larger areas, scale, north arrow, legend with numbers of districts, source.
    """
    entry: dict[Any, Any] = analysis.catalogue.loc[indicator].to_dict()
    decimals, factor = int(entry["decimals"]), float(entry["factor"])
    ours = analysis.indicators[analysis.indicators["indicator"] == indicator]
    limits = class_limits((ours["value"].astype(float) * factor).round(decimals), decimals=decimals)
    at_date = ours[ours["date"] == date].reindex(analysis.districts.index)
    shown = (at_date["value"].astype(float) * factor).round(decimals)
    place = pd.Series(np.searchsorted(limits, shown.to_numpy()), index=shown.index).where(shown.notna())
    colours = ramp(str(entry["polarity"]), max(len(limits), 1))
    figure, plane, side = _map_axes()
    handles = []
    low = shown.min()
    for position, (limit, colour) in enumerate(zip(limits, colours, strict=False)):
        inside = analysis.districts[place == position]
        lowest = low if position == 0 else limits[position - 1] + 10.0**-decimals
        words = f"{number(lowest, analysis.language, decimals=decimals)} – {number(limit, analysis.language, decimals=decimals)}"  # noqa: E501, RUF001 - a range
        handles.append(_fill(plane, inside, colour, f"{words} (n = {len(inside)})"))
    without = at_date["flag"].where(shown.isna()).fillna("")
    handles += _patterns(plane, analysis, without.where(shown.notna() | without.ne(""), "missing"))
    unit = str(entry[f"unit_{analysis.language}"])
    _finish(plane, side, analysis, handles, unit, str(entry["source"] or ""))
    return figure


def cluster_map(analysis: Analysis, indicator: str, date: str) -> Figure:
    """Draw the clusters of one indicator at one date; arguments and result as in `value_map`."""
    clusters = analysis.clusters
    ours = clusters[(clusters["indicator"] == indicator) & (clusters["date"] == date)]
    labels = ours["label"].astype(object).reindex(analysis.districts.index).fillna("undefined")
    figure, plane, side = _map_axes()
    handles = []
    for label, colour in CLUSTER_COLOURS.items():
        inside = analysis.districts[labels == label]
        words = text(f"clusters.label.{label.replace(' ', '_')}", analysis.language)
        handles.append(_fill(plane, inside, colour, f"{words} (n = {len(inside)})", label))
    handles += _patterns(plane, analysis, labels.where(~labels.isin(list(CLUSTER_COLOURS)), ""))
    source = str(analysis.catalogue.loc[indicator, "source"] or "")
    _finish(plane, side, analysis, handles, "", source)
    return figure


_MARKS = {"high-high": "H", "low-low": "N", "low-high": "n", "high-low": "h"}
"""Letters inside the districts: two reds of one grey are told apart on a photocopy."""


def _fill(plane: Axes, districts: gpd.GeoDataFrame, colour: str, words: str, label: str = "") -> object:
    from matplotlib.patches import Patch  # noqa: PLC0415 - costs start-up time

    if len(districts):
        districts.plot(ax=plane, color=colour, edgecolor="#6f6f6a", linewidth=0.3)
    if label in _MARKS:
        words = f"{_MARKS[label]}  {words}"
        for point in districts.representative_point():
            plane.text(point.x, point.y, _MARKS[label], ha="center", va="center", fontsize=5, color="black")
    return Patch(facecolor=colour, edgecolor="#6f6f6a", linewidth=0.3, label=words)


def _patterns(plane: Axes, analysis: Analysis, reasons: pd.Series) -> list[object]:
    """Fill the districts without a number, each reason with a pattern of its own."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - costs start-up time

    handles: list[object] = []
    for reason in (found for found in HATCHES if (reasons == found).any()):
        inside = analysis.districts[reasons == reason]
        look: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": "#8a8a84",
            "hatch": HATCHES[reason],
            "linewidth": 0.3,
        }
        inside.plot(ax=plane, **look)
        words = text(f"report.flag.{reason.replace(' ', '_')}", analysis.language)
        handles.append(Patch(**look, label=f"{words} (n = {len(inside)})"))
    return handles


def _finish(
    plane: Axes, side: Axes, analysis: Analysis, handles: list[object], title: str, source: str
) -> None:
    """Add outlines and names of larger areas, scale, north arrow, legend and source."""
    if analysis.parents:
        areas = analysis.districts.dissolve(by=analysis.parents[-1])
        areas.boundary.plot(ax=plane, color="#2b2b29", linewidth=0.9)
        for name, point in areas.representative_point().items():
            _halo(plane.text(point.x, point.y, str(name), ha="center", fontsize=6.5, weight="bold"))
    west, south, east, north = analysis.districts.total_bounds
    length = _round_length((east - west) / 4)
    base = south - (north - south) * 0.05
    plane.plot([west, west + length], [base, base], color="black", linewidth=2, solid_capstyle="butt")
    plane.text(
        west + length / 2,
        base,
        f"{number(length / 1000, analysis.language, decimals=0 if length >= 1000 else 1)} km",
        ha="center",
        va="bottom",
        fontsize=7,
    )
    arrow = {"arrowstyle": "-|>", "color": "black"}
    tip = (east, base + (north - south) * 0.10)
    plane.annotate("N", tip, (east, base), ha="center", va="top", fontsize=7, arrowprops=arrow)
    side.legend(
        handles=handles, title=title, loc="upper left", fontsize=7, title_fontsize=7.5, frameon=False,
        alignment="left", handlelength=1.4, borderaxespad=0,
    )  # fmt: skip
    words = text("report.source", analysis.language, source=source or analysis.city)
    if analysis.simulated:
        words += " " + text("report.simulated", analysis.language)
    side.text(0, 0, words, fontsize=6, va="bottom", wrap=True, transform=side.transAxes)


def _halo(words: object) -> None:
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - costs start-up time

    words.set_path_effects([withStroke(linewidth=1.8, foreground="white")])  # type: ignore[attr-defined]  # a Text


def _round_length(metres: float) -> float:
    """Round down to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(metres, 1.0)))
    return float(power * max(step for step in (1, 2, 5) if step * power <= max(metres, 1.0)))


def ranking(
    analysis: Analysis, indicator: str, date: str, *, most: int = 12, marked: str | None = None
) -> Figure | None:
    """Draw the highest and lowest districts with their intervals beside the city's value.

    Parameters
    ----------
    analysis, indicator, date
        As in `value_map`.
    most
        How many districts from each end.
    marked
        Key of a district that is drawn black.

    Returns
    -------
    matplotlib.figure.Figure
        None where no district has a value.
    """
    from matplotlib import pyplot as plt  # noqa: PLC0415 - costs start-up time

    entry: dict[Any, Any] = analysis.catalogue.loc[indicator].to_dict()
    factor = float(entry["factor"])
    ours = analysis.indicators
    ours = ours[(ours["indicator"] == indicator) & (ours["date"] == date) & ours["value"].notna()]
    if ours.empty:
        return None
    ordered = ours.sort_values("value", ascending=True, kind="stable")
    chosen = ordered if len(ordered) <= 2 * most else pd.concat([ordered.iloc[:most], ordered.iloc[-most:]])
    names = analysis.districts["name"].reindex(chosen.index)
    place = np.arange(len(chosen))
    figure, axes = plt.subplots(figsize=(WIDTH, 0.9 + 0.17 * len(chosen)), layout="constrained")
    value = chosen["value"].to_numpy(float) * factor
    below = value - chosen["lower"].to_numpy(float) * factor
    above = chosen["upper"].to_numpy(float) * factor - value
    known = np.isfinite(below) & np.isfinite(above)
    spread = np.clip(np.array([below[known], above[known]]), 0, None)
    axes.errorbar(value[known], place[known], xerr=spread, fmt="none", ecolor="#6b6b66", elinewidth=1)
    colours = ["black" if key == marked else "#b5521d" for key in chosen.index]
    axes.scatter(value, place, s=14, c=colours, zorder=3)
    city = _city_value(analysis, indicator, date) * factor
    if np.isfinite(city):
        axes.axvline(city, color="#2b2b29", linestyle="--", linewidth=0.9)
        axes.text(city, len(chosen) - 0.3, analysis.city, ha="center", va="bottom", fontsize=7)
    axes.set_yticks(place, [f"{name} ({key})" for key, name in names.items()], fontsize=6.5)
    axes.set_xlabel(
        f"{entry[f'label_{analysis.language}']} ({entry[f'unit_{analysis.language}']})", fontsize=7.5
    )
    _plain(axes, analysis.language)
    return figure


def _city_value(analysis: Analysis, indicator: str, date: str) -> float:
    city = analysis.city_values
    found = city[(city["indicator"] == indicator) & (city["date"] == date)]["value"]
    return float(found.iloc[0]) if len(found) else float("nan")


def time_line(analysis: Analysis, indicator: str, districts: Mapping[str, str]) -> Figure:
    """Draw the years of some districts beside the city's.

    Parameters
    ----------
    analysis, indicator
        As in `value_map`.
    districts
        Key to the name in the legend; at most five can be told apart.
    """
    from matplotlib import pyplot as plt  # noqa: PLC0415 - costs start-up time

    entry: dict[Any, Any] = analysis.catalogue.loc[indicator].to_dict()
    factor = float(entry["factor"])
    ours = analysis.indicators[analysis.indicators["indicator"] == indicator]
    dates = sorted(ours["date"].unique())
    figure, axes = plt.subplots(figsize=(WIDTH, WIDTH * 0.42), layout="constrained")
    looks = zip(
        ("#b5521d", "#2a7f86", "#6b5a9e", "#8a6d1d", "#444440"), ("o", "s", "^", "D", "v"), strict=True
    )
    for (key, name), (colour, mark) in zip(districts.items(), looks, strict=False):
        line = ours[ours.index == key].set_index("date")["value"].reindex(dates).astype(float) * factor
        axes.plot(
            dates, line.to_numpy(), color=colour, marker=mark, markersize=3.5, linewidth=1.3, label=name
        )
    city = [_city_value(analysis, indicator, date) * factor for date in dates]
    axes.plot(dates, city, color="black", linestyle="--", linewidth=1, label=analysis.city)
    axes.set_ylabel(str(entry[f"unit_{analysis.language}"]), fontsize=7.5)
    axes.set_ylim(bottom=0)
    axes.set_xticks(range(len(dates)), [date[:4] for date in dates])
    axes.legend(fontsize=7, frameon=False)
    _plain(axes, analysis.language)
    return figure


def _plain(axes: Axes, language: Language) -> None:
    """Leave out what is no information, and write numbers as the language does."""
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - costs start-up time

    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=6.5)
    axis = axes.yaxis if axes.get_ylabel() else axes.xaxis
    axis.set_major_formatter(
        FuncFormatter(
            lambda found, _: number(found, language, decimals=0 if float(found).is_integer() else 1)
        )
    )
