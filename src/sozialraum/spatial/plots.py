"""Plots for the analyst's eyes, as matplotlib axes: scatterplot, p-values, neighbours.

Every legend says how many districts (or links) an entry has. Colours differ in lightness, too, so that a
print in grey can be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.spatial.engine.alignment import align, standardise
from sozialraum.spatial.global_moran import moran
from sozialraum.spatial.local_moran import LABELS
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

    from sozialraum.spatial.neighbours.find import Neighbours

T = TypeVar("T")

__all__ = ["LABEL_COLOURS", "plot_moran", "plot_neighbours", "plot_p"]

LABEL_COLOURS = {
    "high-high": "#b2182b",
    "low-low": "#2166ac",
    "low-high": "#92c5de",
    "high-low": "#f4a582",
    "not significant": "#c9c8c3",
    "isolated": "#3c3c3a",
    "undefined": "#ffffff",
}
"""In the order of `LABELS`."""

P_CLASSES = ((0.001, "#4a1486"), (0.01, "#807dba"), (0.05, "#bcbddc"), (1.0, "#f1f0ec"))
"""Upper bound (included) and colour."""

NO_P = {"facecolor": "#ffffff", "edgecolor": "#9a9a94", "hatch": "////", "linewidth": 0.4}

LINKS: dict[str, tuple[str, Literal["-", ":"]]] = {
    "contiguity": ("#555555", "-"),
    "tolerance": ("#d95f02", "-"),
    "extra": ("#1b7837", "-"),
    "nearest": ("#555555", "-"),
    "distance": ("#555555", "-"),
    "kernel": ("#555555", "-"),
    "second order": ("#b9b9b2", "-"),
    "near miss": ("#c51b7d", ":"),
}
"""Colour and line of each reason, and of what is reported but not linked."""


@checked(language=get_args(Language))
def plot_moran(
    values: pd.Series,
    graph: Graph,
    *,
    labels: pd.Series | None = None,
    ax: Axes | None = None,
    language: Language = DEFAULT_LANGUAGE,
) -> Axes:
    """Draw the Moran scatterplot: a district's value against the mean of its neighbours.

    Both in standard deviations from the city's mean. The slope of the line is global Moran's I for
    row-standardised weights, if every district has neighbours with a value.

    Parameters
    ----------
    values
        Index: district key. Districts with NaN, or without neighbours that have a value, have no point.
    graph
        Neighbours.
    labels
        Column `label` of `local_moran`, to colour the points.
    ax
        Axes to draw on; None makes a new figure.
    language
        Of the axes and the legend.

    Returns
    -------
    Axes
        With the points in one collection per label.

    Raises
    ------
    AlignmentError
        If values, graph and labels do not cover the same districts.

    References
    ----------
    Anselin (1996), The Moran scatterplot as an ESDA tool.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> axes = plot_moran(pd.Series([9.0, 8, 7, 3, 2, 1], index=list("ABCDEF")), graph, language="en")
    >>> axes.get_title()
    "Moran's I = 0.759"
    """
    ax = ax or _new_axes()
    frame, adjacency = align(values, graph)
    own = standardise(frame.to_numpy())[:, 0]
    points = pd.DataFrame({"own": own, "around": adjacency.means(own)}, index=frame.index).dropna()
    if labels is None:
        ax.scatter(points["own"], points["around"], s=18, color="#555555", linewidths=0)
    else:
        _check_keys(frame.index, labels.index)
        shown = labels.reindex(points.index).astype(str)
        for label in LABELS:
            part = points[shown == label]
            if len(part):
                name = text(f"clusters.label.{label.replace(' ', '_')}", language)
                colour = LABEL_COLOURS[label]
                ax.scatter(part["own"], part["around"], s=18, color=colour, label=f"{name} ({len(part)})")
        ax.legend(frameon=False)
    statistic = float(moran(values, graph).table["statistic"].iloc[0])
    ax.axhline(0, color="#b9b9b2", linewidth=0.8)
    ax.axvline(0, color="#b9b9b2", linewidth=0.8)
    ax.axline((0, 0), slope=statistic, color="#3c3c3a", linewidth=1.2)
    ax.set_xlabel(text("clusters.plot.own", language))
    ax.set_ylabel(text("clusters.plot.around", language))
    number = f"{statistic:.3f}"
    ax.set_title(f"Moran's I = {number.replace('.', ',') if language == 'de' else number}")
    return ax


@checked(language=get_args(Language))
def plot_p(
    p: pd.Series,
    districts: gpd.GeoDataFrame,
    *,
    ax: Axes | None = None,
    language: Language = DEFAULT_LANGUAGE,
) -> Axes:
    """Draw a map of p-values in the classes that readers know: 0.001, 0.01, 0.05, above.

    Parameters
    ----------
    p
        Column `p` or `p_adjusted` of `local_moran`. Districts with NaN, or without an entry, are hatched.
    districts
        Index: district key.
    ax, language
        As in `plot_moran`.

    Raises
    ------
    AlignmentError
        If `p` has districts that are not on the map.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = shapely.box([0, 100, 200], 0, [100, 200, 300], 100)
    >>> city = gpd.GeoDataFrame(geometry=squares, index=["a", "b", "c"], crs="EPSG:25833")
    >>> axes = plot_p(pd.Series({"a": 0.01, "b": 0.2}), city, language="en")
    >>> [entry.get_text() for entry in axes.get_legend().get_texts()]
    ['p ≤ 0.01 (1)', 'p > 0.05 (1)', 'no p (1)']
    """
    p, districts = _in_order(p, districts)
    ax = ax or _new_axes()
    _check_keys(districts.index, p.index, subset=True)
    p = p.reindex(districts.index)
    entries: list[Patch] = []
    lower = -1.0
    for upper, colour in P_CLASSES:
        part = districts[(p > lower) & (p <= upper)]
        bound = lower if upper == 1 else upper
        sign = ">" if upper == 1 else "≤"
        style: dict[str, Any] = {"facecolor": colour, "edgecolor": "#b9b9b2", "linewidth": 0.4}
        number = str(bound).replace(".", ",") if language == "de" else str(bound)
        _add_part(ax, part, style, f"p {sign} {number}", entries)
        lower = upper
    _add_part(ax, districts[p.isna()], NO_P, text("clusters.plot.no_p", language), entries)
    return _finish_map(ax, districts, entries)


@checked(language=get_args(Language))
def plot_neighbours(
    found: Neighbours,
    districts: gpd.GeoDataFrame,
    *,
    ax: Axes | None = None,
    language: Language = DEFAULT_LANGUAGE,
) -> Axes:
    """Draw which districts are neighbours, and why; and what nearly is.

    Parameters
    ----------
    found
        Of `neighbours`. A link is drawn between points inside of the two districts, once for both directions.
    districts
        What `found` was made of; index: district key.
    ax, language
        As in `plot_moran`.

    Raises
    ------
    AlignmentError
        If the districts are not those of `found`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from sozialraum.spatial.neighbours.find import neighbours
    >>> squares = shapely.box([0, 100, 205], 0, [100, 200, 300], 100)
    >>> city = gpd.GeoDataFrame(geometry=squares, index=["a", "b", "c"], crs="EPSG:25833")
    >>> axes = plot_neighbours(neighbours(city), city, language="en")
    >>> [entry.get_text() for entry in axes.get_legend().get_texts()]
    ['common border (1)', 'close, not linked (1)', 'without neighbours (1)']
    """
    from matplotlib.collections import LineCollection  # noqa: PLC0415 - costs start-up time
    from matplotlib.lines import Line2D  # noqa: PLC0415 - likewise

    found, districts = _in_order(found, districts)
    ax = ax or _new_axes()
    _check_keys(districts.index, found.components.index)
    ground: dict[str, Any] = {"facecolor": "#f6f5f1", "edgecolor": "#c9c8c3", "linewidth": 0.6}
    districts.plot(ax=ax, **ground)
    inside = districts.geometry.representative_point()
    places = pd.DataFrame({"x": inside.x, "y": inside.y}, index=districts.index)
    entries: list[Any] = []
    for reason, (colour, line) in LINKS.items():
        pairs = found.near_misses if reason == "near miss" else found.links[found.links["reason"] == reason]
        pairs = _once(pairs, districts.index)
        if pairs.empty:
            continue
        ends = [places.loc[pairs[side]].to_numpy() for side in ("focal", "neighbor")]
        segments = list(np.stack(ends, axis=1))
        ax.add_collection(LineCollection(segments, colors=colour, linestyles=line, linewidths=1.2))
        name = text(f"neighbours.reason.{reason.replace(' ', '_')}", language)
        entries.append(Line2D([], [], color=colour, linestyle=line, label=f"{name} ({len(pairs)})"))
    alone = districts.loc[list(found.isolated)]
    style: dict[str, Any] = {"facecolor": "#fddbc7", "edgecolor": "#3c3c3a", "linewidth": 1.0}
    patches: list[Patch] = []
    _add_part(ax, alone, style, text("neighbours.reason.isolated", language), patches)
    return _finish_map(ax, districts, [*entries, *patches])


def _in_order(drawn: T, districts: gpd.GeoDataFrame) -> tuple[T, gpd.GeoDataFrame]:
    """Return what is drawn and where, also if the districts come first."""
    if hasattr(drawn, "geometry"):
        return districts, drawn
    return drawn, districts


def _new_axes() -> Axes:
    import matplotlib.pyplot as plt  # noqa: PLC0415 - costs start-up time

    return plt.subplots(layout="constrained")[1]


def _once(pairs: pd.DataFrame, keys: pd.Index) -> pd.DataFrame:
    """Keep one row of each pair, whatever its direction."""
    sides = [keys.get_indexer(pd.Index(pairs[side])) for side in ("focal", "neighbor")]
    ends = np.sort(np.column_stack(sides), axis=1)
    return pairs[~pd.DataFrame(ends, index=pairs.index).duplicated()]


def _add_part(ax: Axes, part: gpd.GeoDataFrame, style: dict[str, Any], name: str, entries: list[Any]) -> None:
    """Draw districts of one kind, and add them to the legend if there are any."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - costs start-up time

    if part.empty:
        return
    part.plot(ax=ax, **style)
    entries.append(Patch(**style, label=f"{name} ({len(part)})"))


def _finish_map(ax: Axes, districts: gpd.GeoDataFrame, entries: list[Any]) -> Axes:
    low_x, low_y, high_x, high_y = districts.total_bounds
    edge = 0.02 * max(high_x - low_x, high_y - low_y)
    ax.set_xlim(low_x - edge, high_x + edge)
    ax.set_ylim(low_y - edge, high_y + edge)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.legend(handles=entries, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _check_keys(expected: pd.Index, given: pd.Index, *, subset: bool = False) -> None:
    """Raise AlignmentError if `given` has other districts than `expected` (or more than it)."""
    lacking = pd.Index([]) if subset else expected.difference(given)
    odd = given.difference(expected)
    problems = [
        Problem(code=f"clusters.{code}", keys=tuple(map(str, keys)))
        for code, keys in (("not_given", lacking), ("not_expected", odd))
        if len(keys)
    ]
    raise_problems(problems, AlignmentError)
