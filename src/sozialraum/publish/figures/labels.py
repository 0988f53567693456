"""Names on a map that do not collide: the most important first, each where it is free, or left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Label", "Wanted", "place_labels"]

STEPS = ((0, 0), (0, 1), (0, -1), (0.6, 0), (-0.6, 0), (0.5, 0.9), (-0.5, 0.9), (0.5, -0.9), (-0.5, -0.9),
         (0, 1.8), (0, -1.8))  # fmt: skip
"""Where else a name may stand: in widths and heights of its own box."""


@dataclass(frozen=True)
class Wanted:
    """A name that is to stand at a point (in points of the paper), with the room it has there.

    Parameters
    ----------
    words
        The name.
    x, y
        The middle of it, in points.
    size
        Of the letters, in points.
    room
        Width that the name may take, in points; infinity if it may reach beyond its district.
    """

    words: str
    x: float
    y: float
    size: float
    room: float = float("inf")


@dataclass(frozen=True)
class Label:
    """A name in its place: its words, its middle and half its size, all in points of the paper."""

    words: str
    x: float
    y: float
    size: float
    half_width: float
    half_height: float

    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        return (
            self.x - self.half_width,
            self.y - self.half_height,
            self.x + self.half_width,
            self.y + self.half_height,
        )


@lru_cache(maxsize=4096)
def _width(words: str) -> float:
    """Return the width of words in letters of size 1."""
    from matplotlib.textpath import TextPath  # noqa: PLC0415 - costs start-up time

    if not words.strip():
        return 0.0
    # Names are words; a dollar sign in one is no formula.
    return float(TextPath((0, 0), words.replace("$", "S"), size=10).get_extents().width) / 10


def place_labels(
    wanted: Iterable[Wanted],
    frame: tuple[float, float],
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """Place names without collisions.

    Parameters
    ----------
    wanted
        The most important first.
    frame
        Width and height of the map, in points; no name leaves it.
    taken
        Boxes (left, bottom, right, top) where no name may stand.

    Returns
    -------
    list of Label
        Those that found a place, in the order of `wanted`; no two of them, and none of them and a taken
        box, overlap.
    """
    boxes = np.array(taken, dtype=float).reshape(-1, 4)
    placed = []
    for one in wanted:
        half_width, half_height = _width(one.words) * one.size / 2 + 0.8, one.size * 0.62
        if 2 * half_width > one.room:
            continue
        # A name that has to stay inside its district does not wander.
        steps = STEPS if np.isinf(one.room) else STEPS[:3]
        for right, up in steps:
            x, y = one.x + right * 2 * half_width, one.y + up * 2 * half_height
            box = np.array([x - half_width, y - half_height, x + half_width, y + half_height])
            outside = box[0] < 0 or box[1] < 0 or box[2] > frame[0] or box[3] > frame[1]
            if outside or _hits(box, boxes):
                continue
            boxes = np.vstack([boxes, box])
            placed.append(Label(one.words, x, y, one.size, half_width, half_height))
            break
    return placed


def _hits(box: np.ndarray, boxes: np.ndarray) -> bool:
    return bool(
        (
            (box[0] < boxes[:, 2]) & (box[2] > boxes[:, 0]) & (box[1] < boxes[:, 3]) & (box[3] > boxes[:, 1])
        ).any()
    )
