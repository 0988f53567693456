"""Pictures of profiles: where a district lies, and where it stands among all; the ground is drawn once."""

from __future__ import annotations

import io
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from sozialraum.publish.figures.base import INK, blank, wrapped
from sozialraum.publish.figures.maps import fit, round_length
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sozialraum.publish.figures.plane import Plane

__all__ = ["ProfilePictures"]

RESOLUTION = 200
"""Dots per inch: enough for a map of 5 cm, and half the bytes of 300."""

MAP_MM, ROW_MM, FOOT_MM = 52.0, 4.8, 7.0
MARK = (31, 42, 48)
FILL = (181, 82, 29)


class ProfilePictures:
    """One picture per district from one drawing of the whole city.

    Parameters
    ----------
    plane
        The geometry.
    latest
        Indicator to its date; one row each, in this order.
    """

    def __init__(self, plane: Plane, latest: Mapping[str, str]) -> None:
        self.plane, self.latest = plane, dict(latest)
        self._done: dict[str, bytes] = {}
        analysis = plane.analysis
        rows = analysis.indicators
        self.rows: dict[str, pd.DataFrame] = {
            name: rows[(rows["indicator"] == name) & (rows["date"] == date)].reindex(plane.keys)
            for name, date in self.latest.items()
        }
        self.places: dict[str, tuple[float, float, float]] = {}
        """Of each indicator: pixels of its lowest value and per unit of value, and its height in pixels."""

    def png(self, key: str) -> bytes:
        """Return the picture of one district; kept for the next format."""
        if key not in self._done:
            self._done[key] = self._png(key)
        return self._done[key]

    def _png(self, key: str) -> bytes:
        from PIL import Image  # noqa: PLC0415 - costs start-up time

        picture: Any = Image.fromarray(self._ground)
        self._mark_place(picture, key)
        for name in self.latest:
            self._mark_value(picture, name, key)
        target = io.BytesIO()
        picture.save(target, format="png", compress_level=4, dpi=(RESOLUTION, RESOLUTION))
        return target.getvalue()

    @cached_property
    def _height(self) -> float:
        return max(MAP_MM * 0.9, ROW_MM * len(self.latest) + FOOT_MM)

    @cached_property
    def _window(self) -> tuple[float, float, float, float]:
        return fit(self.plane.bounds, (MAP_MM, self._height))

    @cached_property
    def _ground(self) -> np.ndarray:
        """Draw what is the same for all districts, and note where the marks go."""
        figure = blank(2, self._height)
        figure.set_dpi(RESOLUTION)
        self._draw_city(figure)
        self._draw_rows(figure)
        canvas: Any = figure.canvas
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _draw_city(self, figure: Any) -> None:  # noqa: ANN401 - a Figure
        from matplotlib.collections import PathCollection  # noqa: PLC0415 - costs start-up time
        from matplotlib.patches import PathPatch  # noqa: PLC0415 - likewise

        axes = figure.add_axes((0, 0, MAP_MM / 160, 1))
        axes.set_axis_off()
        west, south, east, north = self._window
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.add_collection(
            PathCollection(self.plane.paths, facecolor="#efece4", edgecolor="#b4b0a6", linewidth=0.25),
            autolim=False,
        )
        for _, path, _ in self.plane.outlines:
            axes.add_patch(PathPatch(path, facecolor="none", edgecolor="#6f6f6a", linewidth=0.6))
        unit = (east - west) / MAP_MM
        length = round_length((east - west) / 3)
        base = south + 1.6 * unit
        axes.plot([west + unit, west + unit + length], [base, base], color="black", linewidth=1.4)
        words = number(length / 1000, self.plane.analysis.language, decimals=0 if length >= 1000 else 1)
        axes.text(west + 2 * unit + length, base, f"{words} km", fontsize=5.5, va="center")

    def _draw_rows(self, figure: Any) -> None:  # noqa: ANN401 - as above
        """Draw a row per indicator: a tick per district, the city's value, the ends of the scale."""
        analysis = self.plane.analysis
        left, right = 103.0, 146.0
        dots = RESOLUTION / 25.4
        for position, (name, date) in enumerate(self.latest.items()):
            entry: dict[Any, Any] = analysis.catalogue.loc[name].to_dict()
            factor, decimals = float(entry["factor"]), int(entry["decimals"])
            values = self.rows[name]["value"].to_numpy(float) * factor
            low, high = float(np.nanmin(values)), float(np.nanmax(values))
            middle = self._height - ROW_MM * (position + 0.6)
            scale = (right - left) / ((high - low) or 1.0)
            self.places[name] = (left * dots, scale * dots, (self._height - middle) * dots)
            axes = figure.add_axes((0, (middle - ROW_MM / 2) / self._height, 1, ROW_MM / self._height))
            axes.set_axis_off()
            axes.set_xlim(0, 160)
            axes.set_ylim(-1, 1)
            places = left + (values[np.isfinite(values)] - low) * scale
            axes.plot([left, right], [0, 0], color="#d8d5cc", linewidth=0.6, zorder=0)
            axes.vlines(places, -0.42, 0.42, color="#9a968a", linewidth=0.5)
            city = self._city(name, date) * factor
            if np.isfinite(city):
                axes.vlines(left + (city - low) * scale, -0.8, 0.8, color=INK, linewidth=1.3, zorder=3)
            label = wrapped(str(entry[f"label_{analysis.language}"]), 36, 6).split("\n")
            shown = label[0] + ("…" if len(label) > 1 else "")
            axes.text(92, 0, shown, ha="right", va="center", fontsize=6)
            ends = (number(end, analysis.language, decimals=decimals) for end in (low, high))
            axes.text(left - 1.5, 0, next(ends), ha="right", va="center", fontsize=5.5, color="#4a4a46")
            axes.text(right + 1.5, 0, next(ends), ha="left", va="center", fontsize=5.5, color="#4a4a46")

    def _city(self, indicator: str, date: str) -> float:
        city = self.plane.analysis.city_values
        found = city[(city["indicator"] == indicator) & (city["date"] == date)]["value"]
        return float(found.iloc[0]) if len(found) else float("nan")

    def _mark_place(self, picture: Any, key: str) -> None:  # noqa: ANN401 - a PIL image
        """Fill the district on the map; its edge is smoothed by drawing it four times as large."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - costs start-up time

        west, _, _, north = self._window
        dots = MAP_MM / (self._window[2] - west) * RESOLUTION / 25.4
        shape: Any = self.plane.shapes[self.plane.keys.get_loc(key)]
        bounds = (np.array(shape.bounds)[[0, 3, 2, 1]] - [west, north, west, north]) * [
            dots,
            -dots,
            dots,
            -dots,
        ]
        corner = np.floor(bounds[:2]).astype(int) - 2
        size = np.ceil(bounds[2:]).astype(int) + 3 - corner
        mask: Any = Image.new("L", (int(size[0]) * 4, int(size[1]) * 4), 0)
        draw = ImageDraw.Draw(mask)
        for part in shapely.get_parts(shape):
            for ring in shapely.get_rings(part):
                points = (shapely.get_coordinates(ring) - [west, north]) * [dots, -dots] - corner
                inside = ring.equals(part.exterior)
                draw.polygon([tuple(point) for point in points * 4], fill=255 if inside else 0)
        mask = mask.resize(tuple(map(int, size)), Image.Resampling.BOX)
        picture.paste(FILL, tuple(map(int, corner)), mask)
        # A hamlet of a few dots is found by a ring around it.
        if max(size) < 22:
            middle = corner + size / 2
            ImageDraw.Draw(picture).ellipse((*(middle - 16), *(middle + 16)), outline=MARK, width=3)

    def _mark_value(self, picture: Any, indicator: str, key: str) -> None:  # noqa: ANN401 - as above
        row: dict[Any, Any] = self.rows[indicator].loc[key].to_dict()
        value = float(row["value"])
        if not np.isfinite(value):
            return
        from PIL import ImageDraw  # noqa: PLC0415 - costs start-up time

        start, scale, height = self.places[indicator]
        values = self.rows[indicator]["value"].astype(float)
        factor = float(str(self.plane.analysis.catalogue.loc[indicator, "factor"]))
        low, high = float(values.min()), float(values.max())
        draw = ImageDraw.Draw(picture)

        def place(at: float) -> float:
            return start + (min(max(at, low), high) - low) * factor * scale

        ends = (float(row["lower"]), float(row["upper"]))
        if np.isfinite(ends).all():
            draw.rectangle((place(ends[0]), height - 2, place(ends[1]), height + 2), fill=(120, 70, 40))
        x = place(value)
        picture.paste(MARK, (round(x) - 8, round(height) - 8), self._dot)
        picture.paste(FILL, (round(x) - 8, round(height) - 8), self._core)

    @cached_property
    def _dot(self) -> Any:  # noqa: ANN401 - a PIL image
        return _disk(8)

    @cached_property
    def _core(self) -> Any:  # noqa: ANN401 - as above
        return _disk(5.5)


def _disk(radius: float) -> Any:  # noqa: ANN401 - a PIL image
    """Return the mask of a smooth disk in a square of 17 dots."""
    from PIL import Image  # noqa: PLC0415 - costs start-up time

    y, x = np.mgrid[0:17, 0:17] - 8.0
    return Image.fromarray((255 * np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)).astype(np.uint8))
