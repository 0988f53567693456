"""Maps for print: values, clusters, status; with outlines, names, scale, north arrow, legend and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.publish.breaks import change_limits, class_limits
from sozialraum.publish.figures.base import HATCHES, WIDTHS, blank, halo, sign, wrapped
from sozialraum.publish.figures.labels import Wanted, place_labels
from sozialraum.publish.palettes import ASSESSMENT_COLOURS, CLUSTER_COLOURS, change_ramp, ramp
from sozialraum.texts import text
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sozialraum.publish.figures.plane import Plane, Window
    from sozialraum.publish.figures.request import Request

__all__ = ["cluster_map", "fit", "placed_names", "round_length", "small_multiples", "status_map", "value_map"]

EDGE = "#6f6f6a"
POINT = 72 / 25.4
"""Points in a millimetre."""

TALLEST = 100.0
"""Millimetres of a map over two columns."""

MARKS = {"high-high": "H", "low-low": "N", "low-high": "n", "high-low": "h"}
"""Letters inside the districts: two colours of one grey are told apart on a photocopy."""

STATUS_HATCHES = {"high": "...."}
"""The better end has dots, for the same reason."""


@dataclass
class _Layer:
    """Districts of one look: their positions, the look, and their entry in the legend."""

    positions: np.ndarray
    look: dict[str, Any]
    words: str
    mark: str = ""


@dataclass
class _Picture:
    """A map as it is composed: layers, title of the legend, source."""

    layers: list[_Layer]
    title: str = ""
    source: str = ""


def value_map(request: Request) -> Figure:
    """Draw the values of an indicator in the classes of the atlas, the same for all dates."""
    return _draw(request, _values(request, request.date))


def cluster_map(request: Request) -> Figure:
    """Draw the clusters of an indicator; letters repeat what the colours say."""
    clusters = request.analysis.clusters
    ours = clusters[(clusters["indicator"] == request.subject) & (clusters["date"] == request.date)]
    labels = ours["label"].astype(object).reindex(request.plane.keys).fillna("undefined").to_numpy()
    layers = []
    for label, colour in CLUSTER_COLOURS.items():
        words = request.words(f"cluster.{label.replace(' ', '_')}")
        look = {"facecolor": colour, "edgecolor": EDGE, "linewidth": 0.3}
        layers.append(_Layer(np.flatnonzero(labels == label), look, words, MARKS.get(label, "")))
    layers += _patterns(request, pd.Series(np.where(np.isin(labels, list(CLUSTER_COLOURS)), "", labels)))
    return _draw(request, _Picture(layers, source=request.source))


def status_map(request: Request) -> Figure:
    """Draw the classes of an index, with attention areas outlined."""
    rows = request.index
    status = rows["status"].astype(object).fillna("not assessable").to_numpy()
    layers = []
    for name, colour in reversed(ASSESSMENT_COLOURS["status"].items()):
        look = {"facecolor": colour, "edgecolor": EDGE, "linewidth": 0.3}
        if name in STATUS_HATCHES:
            look["hatch"] = STATUS_HATCHES[name]
        layers.append(
            _Layer(np.flatnonzero(status == name), look, text(f"assessment.status.{name}", request.language))
        )
    layers += _patterns(
        request,
        pd.Series(np.where(np.isin(status, list(ASSESSMENT_COLOURS["status"])), "", "not assessable")),
    )
    chosen = np.flatnonzero((rows["attention"] == "yes").to_numpy())
    if len(chosen):
        look = {"facecolor": "none", "edgecolor": "#16242e", "linewidth": 1.3}
        layers.append(_Layer(chosen, look, text("assessment.attention.yes", request.language)))
    return _draw(request, _Picture(layers, source=request.analysis.city))


def _values(request: Request, date: str) -> _Picture:
    entry, decimals = request.entry, request.decimals
    shown = request.series
    every = pd.Series(shown.to_numpy().ravel()).dropna()
    at_date = shown[date] if date in shown else pd.Series(np.nan, index=shown.index)
    signed = bool((every < 0).any() and (every > 0).any())
    limits = (change_limits if signed else class_limits)(every, decimals=decimals)
    polarity = str(entry["polarity"])
    colours = change_ramp(polarity, limits) if signed else ramp(polarity, max(len(limits), 1))
    place = pd.Series(np.searchsorted(limits, at_date.to_numpy()), index=at_date.index)
    layers = []
    low = every.min() if len(every) else 0.0
    for position, (limit, colour) in enumerate(zip(limits, colours, strict=False)):
        lowest = low if position == 0 else limits[position - 1] + 10.0**-decimals
        words = request.number(limit)
        if round(lowest, decimals) != round(limit, decimals):
            words = request.words("range", low=request.number(lowest), high=words)
        look: dict[str, Any] = {"facecolor": colour, "edgecolor": EDGE, "linewidth": 0.3}
        if signed and limit < 0:
            # Falling and rising of one size have one grey; lines tell them apart.
            look["hatch"] = "...."
        inside = (place.to_numpy() == position) & at_date.notna().to_numpy()
        layers.append(_Layer(np.flatnonzero(inside), look, words))
    if polarity != "resource":
        # The unfavourable end stands on top, as in the atlas.
        layers.reverse()
    flags = request.flags(date).astype(object).where(at_date.isna(), "").fillna("missing")
    layers += _patterns(request, flags.where(flags.isin(list(HATCHES)) | flags.eq(""), "missing"))
    return _Picture(layers, title=request.unit, source=request.source)


def _patterns(request: Request, reasons: pd.Series) -> list[_Layer]:
    """Fill the districts without a number, each reason with a pattern of its own."""
    layers = []
    for reason in (found for found in HATCHES if (reasons == found).any()):
        look: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": "#8a8a84",
            "hatch": HATCHES[reason],
            "linewidth": 0.3,
        }
        words = text(f"report.flag.{reason.replace(' ', '_')}", request.language)
        layers.append(_Layer(np.flatnonzero((reasons == reason).to_numpy()), look, words))
    return layers


def _draw(request: Request, picture: _Picture) -> Figure:
    """Compose map, inset, legend, scale, north arrow and source."""
    plane, columns = request.plane, request.columns
    inset = plane.dense if columns == 2 else None
    whole = WIDTHS[columns]
    across = whole if columns == 1 else whole * (0.63 if inset else 0.74)
    wide, high = plane.extent
    if columns == 2:
        # Two maps with their captions fit on one page.
        across = min(across, TALLEST * max(wide / high, 0.6))
    tall = float(np.clip(across * high / wide, 0.45 * across, 1.25 * across))
    entries = [layer for layer in picture.layers if layer.words]
    side_width = whole if columns == 1 else whole - across - 3
    told = [_entry(layer, side_width) for layer in entries]
    beside = (
        2.9 * sum(1 + words.count("\n") for words in told) + 1.2 * len(told) + (4 if picture.title else 0)
    )
    if columns == 1:
        height = tall + beside + 5
        map_box = (0.0, (beside + 5) / height, 1.0, tall / height)
        side_box = (0.0, 5 / height, 1.0, beside / height)
    else:
        height = max(tall, beside + (side_width if inset else 0) + 4) + 5
        map_box = (0.0, 5 / height, across / whole, 1 - 5 / height)
        side_box = ((across + 3) / whole, 5 / height, side_width / whole, 1 - 5 / height)
    figure = blank(columns, height)
    axes = figure.add_axes(map_box)
    side = figure.add_axes(side_box)
    side.set_axis_off()
    millimetres = (map_box[2] * whole, map_box[3] * height)
    window = fit(plane.bounds, millimetres)
    _paint(axes, plane, picture.layers, window, apart=inset)
    _names(axes, request, window, millimetres)
    _scale(axes, request, window, millimetres)
    _legend(side, entries, told, picture.title)
    if inset is not None:
        _inset(figure, axes, request, picture, inset, side_box, height)
    sign(figure, request.analysis, picture.source)
    return figure


def fit(bounds: tuple[float, ...], millimetres: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return the part of the plane that fills a box of paper and holds the whole city, with a margin."""
    west, south, east, north = bounds
    # Room below for the scale, and a little at every side.
    scale = max((east - west) * 1.03 / millimetres[0], (north - south) * 1.03 / (millimetres[1] - 6))
    middle_x = (west + east) / 2
    bottom = south - 6 * scale - (millimetres[1] - 6 - (north - south) / scale) / 2 * scale
    return (
        middle_x - millimetres[0] * scale / 2,
        bottom,
        middle_x + millimetres[0] * scale / 2,
        bottom + millimetres[1] * scale,
    )


def _paint(
    axes: Axes,
    plane: Plane,
    layers: list[_Layer],
    window: tuple[float, float, float, float],
    *,
    apart: Window | None = None,
) -> None:
    from matplotlib.collections import PathCollection  # noqa: PLC0415 - costs start-up time
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - likewise

    axes.set_axis_off()
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    axes.set_aspect("equal")
    for order, layer in enumerate(layers):
        paths = [plane.paths[position] for position in layer.positions]
        if not paths:
            continue
        axes.add_collection(PathCollection(paths, zorder=2 + order / 100, **layer.look), autolim=False)
        if layer.mark:
            for x, y in plane.points[layer.positions]:
                if apart is not None and apart.holds(x, y):
                    # The inset has room for its letter.
                    continue
                words = axes.text(
                    x, y, layer.mark, ha="center", va="center", fontsize=5, color="#000000", zorder=4,
                    clip_on=True,
                )  # fmt: skip
                if layer.mark == "H":
                    words.set_color("#ffffff")
    for _, path, _ in plane.outlines:
        axes.add_patch(PathPatch(path, facecolor="none", edgecolor="#2b2b29", linewidth=0.9, zorder=3))


def _names(
    axes: Axes,
    request: Request,
    window: tuple[float, float, float, float],
    millimetres: tuple[float, float],
) -> None:
    """Write names where they do not collide: larger areas, districts asked for, districts with room."""
    for label in placed_names(request, window, millimetres):
        scale = (window[2] - window[0]) / (millimetres[0] * POINT)
        words = axes.text(
            window[0] + label.x * scale, window[1] + label.y * scale, label.words.replace("$", r"\$"),
            ha="center", va="center", fontsize=label.size, zorder=5, color="#111111",
            weight="bold" if label.size > 6 else "normal",
        )  # fmt: skip
        halo(words)


def placed_names(
    request: Request, window: tuple[float, float, float, float], millimetres: tuple[float, float]
) -> list[Any]:
    """Return the names of a map in their places, in points from its lower left corner."""
    plane = request.plane
    scale = (window[2] - window[0]) / (millimetres[0] * POINT)
    names = plane.analysis.districts["name"].astype(str).to_numpy()
    wanted = [
        Wanted(name, (x - window[0]) / scale, (y - window[1]) / scale, 6.5)
        for name, _, (x, y) in plane.outlines
    ]
    chosen = set(request.districts)
    inside = plane.dense if request.columns == 2 else None
    order = np.argsort([-path.get_extents().width for path in plane.paths], kind="stable")
    for position in order:
        own = plane.keys[position] in chosen
        if plane.outlines and not own:
            continue
        x, y = plane.points[position]
        if not own and inside is not None and inside.holds(x, y):
            continue
        room = float("inf") if own else plane.paths[position].get_extents().width / scale * 0.95
        place = Wanted(names[position], (x - window[0]) / scale, (y - window[1]) / scale, 5.2, room)
        wanted.insert(len(plane.outlines), place) if own else wanted.append(place)
    frame = (millimetres[0] * POINT, millimetres[1] * POINT)
    return place_labels(wanted, frame, taken=[(0, 0, frame[0], 6 * POINT)])


def _scale(
    axes: Axes,
    request: Request,
    window: tuple[float, float, float, float],
    millimetres: tuple[float, float],
) -> None:
    """Draw a scale bar of a round length, and where north is."""
    unit = (window[2] - window[0]) / millimetres[0]
    length = round_length((window[2] - window[0]) / 4)
    west, base = window[0] + 2 * unit, window[1] + 1.6 * unit
    axes.plot(
        [west, west + length], [base, base], color="black", linewidth=2, solid_capstyle="butt", zorder=6
    )
    words = number(length / 1000, request.language, decimals=0 if length >= 1000 else 1)
    axes.text(west + length + 1.5 * unit, base, f"{words} km", ha="left", va="center", fontsize=6.5, zorder=6)
    east = window[2] - 4 * unit
    axes.annotate(
        "N", (east, base + 5.4 * unit), (east, base - 0.6 * unit), ha="center", va="bottom", fontsize=6.5,
        arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 0.8, "shrinkA": 0}, zorder=6,
    )  # fmt: skip


def round_length(metres: float) -> float:
    """Round down to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(metres, 1.0)))
    return float(power * max(step for step in (1, 2, 5) if step * power <= max(metres, 1.0)))


def _entry(layer: _Layer, width: float) -> str:
    mark = f"{layer.mark}  " if layer.mark else ""
    return wrapped(f"{mark}{layer.words} (n\u00a0=\u00a0{len(layer.positions)})", width - 6, 6.5)


def _legend(side: Axes, layers: list[_Layer], told: list[str], title: str) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415 - costs start-up time

    handles = [Patch(**layer.look, label=words) for layer, words in zip(layers, told, strict=True)]
    side.legend(
        handles=handles, title=title or None, loc="upper left", fontsize=6.5, title_fontsize=7,
        frameon=False, alignment="left", handlelength=1.5, handleheight=0.95, borderaxespad=0,
        labelspacing=0.45,
    )  # fmt: skip


def _inset(
    figure: Figure,
    axes: Axes,
    request: Request,
    picture: _Picture,
    inset: Window,
    side_box: tuple[float, float, float, float],
    height: float,
) -> None:
    """Draw the dense centre larger, with a frame around it here and there."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - costs start-up time

    whole = WIDTHS[request.columns]
    across = side_box[2] * whole - 1
    small = figure.add_axes((side_box[0], side_box[1], across / whole, across / height))
    bounds = (inset.west, inset.south, inset.east, inset.north)
    _paint(small, request.plane, picture.layers, bounds)
    small.set_axis_on()
    small.set_xticks([])
    small.set_yticks([])
    for side in small.spines.values():
        side.set_linewidth(0.9)
    axes.add_patch(
        Rectangle(
            (inset.west, inset.south),
            inset.side,
            inset.side,
            fill=False,
            linewidth=0.9,
            zorder=7,
            color="black",
        )
    )
    scale = inset.side / (across * POINT)
    names = request.analysis.districts["name"].astype(str).to_numpy()
    wanted = []
    for position in np.argsort([-path.get_extents().width for path in request.plane.paths], kind="stable"):
        x, y = request.plane.points[position]
        if inset.holds(x, y):
            room = request.plane.paths[position].get_extents().width / scale * 1.05
            wanted.append(
                Wanted(names[position], (x - inset.west) / scale, (y - inset.south) / scale, 4.6, room)
            )
    for label in place_labels(wanted, (across * POINT, across * POINT)):
        halo(
            small.text(
                inset.west + label.x * scale, inset.south + label.y * scale, label.words.replace("$", r"\$"),
                ha="center", va="center", fontsize=label.size, zorder=5,
            )
        )  # fmt: skip


def small_multiples(request: Request) -> Figure:
    """Draw one small map per date, all in the same classes."""
    dates = list(request.series.columns[request.series.notna().any()])
    most = 12 if request.columns == 2 else 6
    if len(dates) > most:
        # The last one always, and others at equal steps back.
        step = -(-(len(dates) - 1) // (most - 1))
        dates = dates[::-1][::step][::-1]
    across = (4 if len(dates) > 6 else 3) if request.columns == 2 else 2
    across = min(across, len(dates))
    rows = -(-len(dates) // across)
    whole = WIDTHS[request.columns]
    wide, high = request.plane.extent
    width = whole / across
    tall = width * float(np.clip(high / wide, 0.5, 1.3)) * 0.92 + 4
    pictures = [_values(request, date) for date in dates]
    legend = 4.0 * (1 + len(pictures[-1].layers) // (6 if request.columns == 2 else 2)) + 6
    height = rows * tall + legend + 5
    figure = blank(request.columns, height)
    for position, (date, picture) in enumerate(zip(dates, pictures, strict=True)):
        row, column = divmod(position, across)
        box = (column / across, 1 - (row + 1) * tall / height, 1 / across, (tall - 4) / height)
        axes = figure.add_axes(box)
        _paint(axes, request.plane, picture.layers, fit(request.plane.bounds, (width, tall + 2)))
        figure.text(box[0] + 0.01, box[1] + box[3] + 0.5 / height, date[:4], fontsize=7, weight="bold")
    _shared_legend(figure, pictures, request)
    sign(figure, request.analysis, pictures[-1].source)
    return figure


def _shared_legend(figure: Figure, pictures: list[_Picture], request: Request) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415 - costs start-up time

    entries = {layer.words: layer.look for picture in pictures for layer in picture.layers}
    handles = [Patch(**look, label=words) for words, look in entries.items()]
    figure.legend(
        handles=handles, title=pictures[-1].title or None, loc="lower left", bbox_to_anchor=(0.0, 0.03),
        ncols=6 if request.columns == 2 else 2, fontsize=6.5, title_fontsize=7, frameon=False,
        alignment="left", handlelength=1.5, columnspacing=1.2,
    )  # fmt: skip
