"""The colours of the maps: fixed for what is fixed, readable with every kind of colour vision and in grey.

Burdened is dark, favourable is light: opposites differ in lightness as well as in hue, so that they stay
apart on a photocopy. Districts without a number have patterns, never a plain colour that could be taken for
a class.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "ASSESSMENT_COLOURS",
    "BURDENED_SHADES",
    "CHANGES",
    "CLUSTER_COLOURS",
    "COMBINED",
    "PAIR",
    "PATTERNS",
    "RAMPS",
    "Pattern",
    "change_ramp",
    "ramp",
]

RAMPS = {
    "disadvantage": ("#fdeccd", "#f9c687", "#eb924c", "#c4562a", "#7d2614"),
    "resource": ("#e0f1ea", "#a7d8cb", "#5fb2ab", "#2a7f86", "#0f4856"),
    "context": ("#ebe8f4", "#c5bfdf", "#988dc2", "#6b5a9e", "#402e6c"),
}
"""By polarity; light = low value, dark = high value."""

DEEPEST = {"disadvantage": "#38070a", "resource": "#05202b", "context": "#1a0d33"}
"""A sixth colour, for a top class that is divided once more."""

CHANGES = {
    "disadvantage": (
        ("#4c97b3", "#95c9da", "#cfe4ec"), "#fbfaf6", ("#e3a873", "#ad5420", "#6e1f0c")
    ),
    "resource": (
        ("#6e1f0c", "#ad5420", "#e3a873"), "#fbfaf6", ("#cfe4ec", "#95c9da", "#4c97b3")
    ),
    "context": (
        ("#6f9f68", "#a5cc9d", "#d6e9d2"), "#fbfaf6", ("#c2a8dc", "#7d55a8", "#46266f")
    ),
}  # fmt: skip
"""By polarity: falling (strong to weak), none, rising (weak to strong)."""

CLUSTER_COLOURS = {
    "high-high": "#8e1222",
    "low-low": "#5f9bd0",
    "low-high": "#a9cbe0",
    "high-low": "#b4541f",
    "not significant": "#f5f4f0",
}
"""The same whatever occurs, in the order of the legend; the other labels have a pattern."""

ASSESSMENT_COLOURS = {
    "verdict": {
        "conspicuous (unfavourable)": "#a0431a",
        "conspicuous (favourable)": "#58a5a6",
        "inconspicuous": "#f4f3ef",
        "undecided": "#dfdcd5",
    },
    "profile": {
        "conspicuous (unfavourable)": "#a0431a",
        "conspicuous (both)": "#8a74bb",
        "conspicuous (favourable)": "#58a5a6",
        "inconspicuous on all": "#f4f3ef",
        "undecided": "#dfdcd5",
    },
    "status": {"high": "#8cc3d2", "medium": "#f3efe4", "low": "#cb742f", "very low": "#701c10"},
    "dynamic": {"positive": "#9ccbe0", "stable": "#f4f3ef", "negative": "#b5561f"},
    "attention": {"yes": "#701c10", "no": "#f4f3ef"},
    "robustness": {"sure": "#28527a", "fair": "#8fb3d3", "unsure": "#fbe7a1"},
}
"""The same whatever occurs, in the order of the legend; orange and brown is worse, blue and green better."""

BURDENED_SHADES = ("#ecb184", "#c76b2f", "#701c10")
"""Conspicuous on few, on many, on all assessable indicators."""


class Pattern(NamedTuple):
    """A tile of 8 x 8 units that fills a district which has no number.

    Parameters
    ----------
    path
        SVG path that is stroked.
    ink, paper
        Colour of the stroke and of the ground.
    """

    path: str
    ink: str
    paper: str


PATTERNS = {
    "missing": Pattern("M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", "#9a9a94", "#ffffff"),
    "suppressed": Pattern(
        "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4 M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4", "#6a6a66", "#ffffff"
    ),
    "unknown": Pattern("M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4", "#9a9a94", "#ffffff"),
    "not applicable": Pattern("M0,4 h8", "#b9b9b2", "#ecece8"),
    "later": Pattern("M4,0 v8", "#9a9a94", "#ffffff"),
    "isolated": Pattern("M3,4 h2 M-1,0 h2 M7,0 h2 M-1,8 h2 M7,8 h2", "#3c3c3a", "#ffffff"),
    "undefined": Pattern("M4,0 v8", "#b9b9b2", "#ecece8"),
    "not assessable": Pattern("M1,2 h2 M5,6 h2", "#7c7c76", "#ffffff"),
    "early warning": Pattern("M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", "#a34a08", "#fdf1de"),
    "persistent early warning": Pattern(
        "M-2,2 l4,-4 M-2,6 l8,-8 M0,8 l8,-8 M2,10 l8,-8 M6,10 l4,-4", "#a34a08", "#fbd9ad"
    ),
    "warned": Pattern("M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", "#5c2a06", "none"),
}
"""By flag of the cell, label of the cluster, or class; 'warned' is transparent and lies on a colour."""


COMBINED = {
    f"combined-{status}-{way}": Pattern(path, ink, colour)
    for status, colour in ASSESSMENT_COLOURS["status"].items()
    for way, path, ink in (
        ("negative", "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", "#16242e" if status != "very low" else "#ffffff"),
        ("positive", "M2,2 h1 M6,6 h1", "#16242e" if status != "very low" else "#ffffff"),
    )
}
"""Status and dynamic in one map: the colour is the status, lines are worse and dots are better."""


PAIR = (
    ("#f6f2ea", "#bad2e1", "#7fb2d8"),
    ("#e0ae87", "#9f8682", "#5e5f7e"),
    ("#c96a24", "#833b24", "#3d0c24"),
)
"""Two indicators in one map: rows are the thirds of the first, columns those of the second, both the less
favourable the darker. All nine differ for every eye; in grey the corners do."""


def ramp(polarity: str, classes: int) -> tuple[str, ...]:
    """Return `classes` colours (1 to 6) from light to dark, as far apart as the ramp allows.

    A polarity that is not known gets the neutral hue.
    """
    colours = RAMPS.get(polarity, RAMPS["context"])
    if classes > len(colours):
        return (*colours, DEEPEST.get(polarity, DEEPEST["context"]))
    if classes == 1:
        return (colours[2],)
    step = (len(colours) - 1) / (classes - 1)
    return tuple(colours[round(position * step)] for position in range(classes))


def change_ramp(polarity: str, limits: tuple[float, ...]) -> tuple[str, ...]:
    """Return one colour per class of a signed number, diverging around the class of no change.

    Parameters
    ----------
    polarity
        Whether more is worse, better, or neither.
    limits
        From `breaks.change_limits`; 0 is among them.
    """
    falling, none, rising = CHANGES.get(polarity, CHANGES["context"])
    below, above = limits.index(0.0), len(limits) - limits.index(0.0) - 1
    return (*_spread(falling, below), none, *reversed(_spread(rising[::-1], above)))


def _spread(strong_to_weak: tuple[str, ...], classes: int) -> tuple[str, ...]:
    """Choose the strongest and, with fewer classes than colours, the middle ones last."""
    return {0: (), 1: strong_to_weak[1:2], 2: strong_to_weak[0:3:2]}.get(classes, strong_to_weak)
