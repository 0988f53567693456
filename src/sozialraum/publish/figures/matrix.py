"""Tables as pictures: status by dynamic, and districts by indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.assessment.rule import UNFAVOURABLE
from sozialraum.publish.figures.base import INK, SMALL, blank, sign
from sozialraum.publish.figures.charts import _short
from sozialraum.texts import text
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    from sozialraum.publish.figures.request import Request

__all__ = ["heat_table", "status_matrix"]

STATUS = ("high", "medium", "low", "very low")
DYNAMIC = ("positive", "stable", "negative", "not assessable")
NAMES_IN_A_CELL = 8
GREYS = ("#ffffff", "#f2efe8", "#e3c9a8", "#d0905b", "#a0431a")
"""From far better than the city to far worse; lighter is better on a photocopy, too."""


def status_matrix(request: Request) -> Figure:
    """Draw how many districts have which status and which dynamic, and name them where there are few.

    The darker a cell, the less favourable; its number stands in it.
    """
    rows = request.index
    rows = rows[rows["value"].notna()]
    dynamics = [name for name in DYNAMIC if (rows["dynamic"] == name).any()] or ["stable"]
    statuses = [name for name in STATUS if (rows["status"] == name).any()]
    wide = request.columns == 2
    names = request.analysis.districts["name"].astype(str)
    tall = 19.0 if wide else 13.0
    height = 12 + tall * len(statuses)
    figure = blank(request.columns, height)
    left = 0.17 if wide else 0.27
    axes = figure.add_axes((left, 5 / height, 0.99 - left, 1 - 11 / height))
    axes.set_xlim(0, len(dynamics) + 0.01)
    axes.set_ylim(len(statuses) + 0.02, -0.02)
    for row, status in enumerate(statuses):
        for column, dynamic in enumerate(dynamics):
            inside = rows.index[(rows["status"] == status) & (rows["dynamic"] == dynamic)]
            shade = STATUS.index(status) + {"positive": -1, "negative": 1}.get(dynamic, 0)
            colour = GREYS[int(np.clip(shade, 0, 4))] if len(inside) else "white"
            dark = colour == GREYS[-1]
            axes.add_patch(_cell(column, row, colour))
            ink = "white" if dark else INK
            axes.text(
                column + 0.04, row + 0.09, str(len(inside)), va="top", fontsize=9, weight="bold", color=ink
            )
            if wide and len(inside) > 0 and status in ("low", "very low"):
                words = _some(list(names.loc[inside]), request)
                axes.text(
                    column + 0.04, row + 0.36, words, va="top", fontsize=5.4, color=ink, linespacing=1.15
                )
    for column, name in enumerate(dynamics):
        words = text(f"assessment.dynamic.{name}", request.language)
        axes.text(column + 0.5, -0.06, words, ha="center", va="bottom", fontsize=SMALL)
    for row, name in enumerate(statuses):
        words = request.words("situation", word=text(f"assessment.status.{name}", request.language))
        axes.text(-0.03, row + 0.5, words, ha="right", va="center", fontsize=SMALL)
    axes.set_axis_off()
    sign(figure, request.analysis, request.analysis.city)
    return figure


def _cell(x: float, y: float, colour: str) -> Patch:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - costs start-up time

    return Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="#8a8a84", linewidth=0.7)


def _some(names: list[str], request: Request) -> str:
    """Set names in lines of two; past `NAMES_IN_A_CELL`, how many more."""
    shown = [_short(name, 22) for name in names[:NAMES_IN_A_CELL]]
    more = len(names) - len(shown)
    if more:
        shown.append(request.words("more", number=more))
    lines = [", ".join(shown[start : start + 2]) for start in range(0, len(shown), 2)]
    return "\n".join(lines)


def heat_table(request: Request) -> Figure:
    """Draw some districts by all indicators at their latest dates: darker is less favourable than the city.

    Without `districts` those with most unfavourable verdicts. The number stands in each cell; a verdict
    'conspicuous (unfavourable)' has a frame.
    """
    analysis = request.analysis
    keys = list(request.districts) or _most_conspicuous(request)
    used = analysis.indicators[analysis.indicators["value"].notna()]
    latest = used.groupby("indicator", observed=True)["date"].max()
    columns = [name for name in analysis.catalogue.index if name in latest.index]
    columns = [name for name in columns if analysis.catalogue.loc[name, "polarity"] != "context"] or columns
    most = 12 if request.columns == 2 else 6
    columns = columns[:most]
    wide = request.columns == 2
    height = 34 + 4.6 * len(keys)
    figure = blank(request.columns, height)
    left = 0.24 if wide else 0.40
    axes = figure.add_axes((left, 5 / height, 0.875 - left, (4.6 * len(keys)) / height))
    axes.set_xlim(0, max(len(columns), 1))
    axes.set_ylim(max(len(keys), 1), 0)
    burdened = _burdened(request, latest)
    for column, name in enumerate(columns):
        entry = analysis.catalogue.loc[name]
        at_date = analysis.at(name, latest[name])["value"].astype(float)
        spread = float(at_date.std(ddof=0)) or 1.0
        city = _middle(request, name, str(latest[name]), at_date)
        sense = -1.0 if entry["polarity"] == "resource" else 1.0
        for row, key in enumerate(keys):
            value = float(at_date.get(key, np.nan))
            distance = sense * (value - city) / spread
            shade = 0 if np.isnan(distance) else int(np.clip(np.floor(distance + 1.5), 0, 4))
            axes.add_patch(_cell(column, row, GREYS[shade] if np.isfinite(value) else "white"))
            words = number(value * float(entry["factor"]), request.language, decimals=int(entry["decimals"]))
            ink = "white" if shade == 4 and np.isfinite(value) else INK
            strong = (key, name) in burdened
            axes.text(
                column + 0.5, row + 0.52, words, ha="center", va="center", fontsize=6, color=ink,
                weight="bold" if strong else "normal",
            )  # fmt: skip
            if strong:
                frame = _cell(column, row, "none")
                frame.set(linewidth=1.6, edgecolor="black", zorder=4)
                axes.add_patch(frame)
        label = _short(str(entry[f"label_{request.language}"]), 30)
        axes.text(column + 0.35, -0.2, label, rotation=40, ha="left", va="bottom", fontsize=6)
    names = analysis.districts["name"]
    for row, key in enumerate(keys):
        axes.text(
            -0.1, row + 0.5, _short(f"{names.loc[key]} ({key})", 32), ha="right", va="center", fontsize=6
        )
    axes.set_axis_off()
    sign(figure, analysis, analysis.city)
    return figure


def _most_conspicuous(request: Request, most: int = 15) -> list[str]:
    found = request.analysis.assessment
    if found is None or found.verdicts.empty:
        return list(map(str, request.plane.keys[:most]))
    rows = found.verdicts
    latest = rows.groupby("indicator", observed=True)["date"].transform("max")
    rows = rows[(rows["date"] == latest) & (rows["verdict"].astype(str) == UNFAVOURABLE)]
    counts = rows.index.value_counts()
    order = sorted(counts.index, key=lambda key: (-int(counts[key]), str(key)))
    return list(map(str, order[:most]))


def _burdened(request: Request, latest: pd.Series) -> set[tuple[str, str]]:
    found = request.analysis.assessment
    if found is None or found.verdicts.empty:
        return set()
    rows = found.verdicts
    rows = rows[
        (rows["verdict"].astype(str) == UNFAVOURABLE) & (rows["date"] == rows["indicator"].map(latest))
    ]
    return set(zip(rows.index.astype(str), rows["indicator"].astype(str), strict=True))


def _middle(request: Request, indicator: str, date: str, values: pd.Series) -> float:
    city = request.analysis.city_values
    found = city[(city["indicator"] == indicator) & (city["date"] == date)]["value"]
    known = float(found.iloc[0]) if len(found) else np.nan
    return known if np.isfinite(known) else float(values.median())
