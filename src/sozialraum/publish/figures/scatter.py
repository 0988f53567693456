"""Points: a district and its neighbours (Moran), need and provision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.publish.figures.base import INK, SMALL, WIDTHS, blank, halo, plain, sign, wrapped
from sozialraum.publish.figures.labels import Wanted, place_labels
from sozialraum.publish.palettes import CLUSTER_COLOURS
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sozialraum.publish.figures.request import Request

__all__ = ["moran_scatter", "provision_plot"]

SHAPES = {"high-high": "s", "low-low": "o", "low-high": "v", "high-low": "^", "not significant": "o"}
"""Form of the point of each label: told apart where colours are not."""


def moran_scatter(request: Request) -> Figure:
    """Draw each district's value against the mean of its neighbours, both in standard deviations.

    The slope of the line is global Moran's I where every district has neighbours with a value.
    """
    from sozialraum.spatial.engine.alignment import align, standardise  # noqa: PLC0415 - slow to import

    analysis = request.analysis
    values = request.rows["value"].astype(float)
    assert analysis.around is not None  # noqa: S101 - `draw` has asked
    frame, adjacency = align(values, analysis.around)
    own = standardise(frame.to_numpy())[:, 0]
    around = adjacency.means(own)
    clusters = analysis.clusters
    ours = clusters[(clusters["indicator"] == request.subject) & (clusters["date"] == request.date)]
    labels = ours["label"].astype(object).reindex(frame.index).fillna("undefined").to_numpy()
    known = np.isfinite(own) & np.isfinite(around)
    figure, axes = _square(request)
    for label, colour in reversed(CLUSTER_COLOURS.items()):
        inside = known & (labels == label)
        if inside.any():
            words = request.words(f"cluster.{label.replace(' ', '_')}")
            axes.scatter(
                own[inside], around[inside], s=15, marker=SHAPES[label], facecolor=colour,
                edgecolor="#3c3c3a", linewidth=0.5, label=f"{words} (n = {inside.sum()})",
            )  # fmt: skip
    axes.axhline(0, color="#b9b9b2", linewidth=0.7, zorder=0)
    axes.axvline(0, color="#b9b9b2", linewidth=0.7, zorder=0)
    slope = _moran(request)
    if np.isfinite(slope):
        axes.axline((0, 0), slope=slope, color=INK, linewidth=1.1)
        axes.set_title(f"Moran's I = {number(slope, request.language, decimals=2)}", fontsize=7.5, loc="left")
    axes.set_xlabel(request.words("own"), fontsize=7)
    axes.set_ylabel(request.words("around"), fontsize=7)
    plain(axes, request.language)
    _legend(figure, axes, request)
    keep = known & np.isin(labels, ["high-high", "low-high", "high-low"])
    order = np.flatnonzero(keep)[np.argsort(-np.abs(own[keep]), kind="stable")]
    names = analysis.districts["name"].reindex(frame.index).astype(str).to_numpy()
    _name(figure, axes, [(own[i], around[i], names[i]) for i in order[:12]], np.c_[own[known], around[known]])
    sign(figure, analysis, request.source)
    return figure


def _moran(request: Request) -> float:
    moran = request.analysis.moran
    found = moran[(moran["indicator"] == request.subject) & (moran["date"] == request.date)]["statistic"]
    return float(found.iloc[0]) if len(found) else float("nan")


def _square(request: Request) -> tuple[Figure, Axes]:
    """Return a figure whose plane is a square, with room for a legend beside or below it."""
    wide = request.columns == 2
    side = 88.0 if wide else 62.0
    height = side + (20 if wide else 42)
    figure = blank(request.columns, height)
    whole = WIDTHS[request.columns]
    below = 14.0 if wide else 36.0
    return figure, figure.add_axes((13 / whole, below / height, side / whole, side / height))


def _legend(figure: Figure, axes: Axes, request: Request) -> None:
    place = (0.66, 0.93) if request.columns == 2 else (0.02, 0.21)
    handles, words = axes.get_legend_handles_labels()
    words = [wrapped(one, 46 if request.columns == 2 else 70, SMALL) for one in words]
    figure.legend(
        handles, words, loc="upper left", bbox_to_anchor=place, fontsize=SMALL, frameon=False, borderaxespad=0
    )


def _name(figure: Figure, axes: Axes, wanted: Sequence[tuple[float, float, str]], points: np.ndarray) -> None:
    """Write names beside points, none over another name or a point."""
    to_points = axes.transData + figure.dpi_scale_trans.inverted()
    taken = [(x * 72 - 2.2, y * 72 - 2.2, x * 72 + 2.2, y * 72 + 2.2) for x, y in to_points.transform(points)]
    places = []
    for x, y, name in wanted:
        left, up = to_points.transform((x, y)) * 72
        places.append(Wanted(name, left + 2.4 + 0.26 * 5.4 * len(name), up + 5, 5.4))
    frame = (figure.get_figwidth() * 72, figure.get_figheight() * 72)
    for label in place_labels(places, frame, taken=taken):
        words = figure.text(
            label.x / frame[0], label.y / frame[1], label.words.replace("$", r"\$"), fontsize=label.size,
            ha="center", va="center",
        )  # fmt: skip
        halo(words)


def provision_plot(request: Request) -> Figure:
    """Draw need against provision, one point per district; double disadvantage lies at the lower right.

    The subject is the kind of provision (``"day_care"``), the table is the programme's.
    """
    assert request.programme is not None  # noqa: S101 - `draw` has asked
    rows = request.programme.tables["double_disadvantage"]
    rows = rows[(rows["kind"] == request.subject) & (rows["year"] == int(request.date[:4]))]
    rows = rows[rows["need"].notna() & rows["provision"].notna()]
    figure, axes = _square(request)
    both = (rows["quadrant"] == "both").to_numpy()
    x, y = rows["need"].to_numpy(float), 100 * rows["provision"].to_numpy(float)
    for inside, marker, colour, words in (
        (~both, "o", "#dfe3e2", request.words("provision.other")),
        (both, "s", "#8c3a10", request.words("provision.both")),
    ):
        axes.scatter(
            x[inside], y[inside], s=16, edgecolor="#3c3c3a", linewidth=0.5, marker=marker,
            facecolor=colour, label=f"{words} (n = {int(inside.sum())})",
        )  # fmt: skip
    _bars(axes, rows, both)
    axes.axhline(100, color=INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=0)
    axes.axvline(0, color="#b9b9b2", linewidth=0.7, zorder=0)
    axes.set_xlabel(request.words("provision.need"), fontsize=7)
    axes.set_ylabel(request.words("provision.provision"), fontsize=7)
    plain(axes, request.language)
    _legend(figure, axes, request)
    names = rows["name"].astype(str).to_numpy()
    order = np.flatnonzero(both)[np.argsort(-x[both], kind="stable")]
    _name(figure, axes, [(x[i], y[i], names[i]) for i in order[:12]], np.c_[x, y])
    sign(figure, request.analysis, "")
    return figure


def _bars(axes: Axes, rows: pd.DataFrame, both: np.ndarray) -> None:
    """Draw how far the need may be from its estimate, where that is known."""
    lower, upper = rows["need_lower"].to_numpy(float), rows["need_upper"].to_numpy(float)
    shown = both & np.isfinite(lower) & np.isfinite(upper) & (upper > lower)
    height = 100 * rows["provision"].to_numpy(float)
    axes.hlines(height[shown], lower[shown], upper[shown], color="#8c3a10", linewidth=0.7, zorder=0)
