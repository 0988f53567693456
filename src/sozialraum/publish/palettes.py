"""The colours of the maps: fixed for what is fixed, readable with every kind of colour vision.

Sequential ramps grow darker from class to class, so that they also work in grey and on paper. The two
cluster hues (red, blue) are told apart in all common forms of colour blindness. Districts without a
number have patterns, never a plain colour that could be taken for a class.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ASSESSMENT_COLOURS", "CLUSTER_COLOURS", "PATTERNS", "RAMPS", "Pattern", "ramp"]

RAMPS = {
    "disadvantage": ("#fdeccd", "#f9c687", "#eb924c", "#c4562a", "#7d2614"),
    "resource": ("#e0f1ea", "#a7d8cb", "#5fb2ab", "#2a7f86", "#0f4856"),
    "context": ("#ebe8f4", "#c5bfdf", "#988dc2", "#6b5a9e", "#402e6c"),
}
"""By polarity; light = low value, dark = high value."""

CLUSTER_COLOURS = {
    "high-high": "#b2182b",
    "low-low": "#2166ac",
    "low-high": "#92c5de",
    "high-low": "#f4a582",
    "not significant": "#f1f0ec",
}
"""The same whatever occurs, in the order of the legend; the other labels have a pattern."""

ASSESSMENT_COLOURS = {
    "verdict": {
        "conspicuous (unfavourable)": "#b5521d",
        "conspicuous (favourable)": "#2a7f86",
        "inconspicuous": "#f1f0ec",
        "undecided": "#cbc8c0",
    },
    "profile": {
        "conspicuous (unfavourable)": "#b5521d",
        "conspicuous (both)": "#a99bc6",
        "conspicuous (favourable)": "#2a7f86",
        "inconspicuous on all": "#f1f0ec",
        "undecided": "#cbc8c0",
    },
    "status": {"high": "#7fb8c4", "medium": "#f3efe4", "low": "#eda35c", "very low": "#8c2d1a"},
    "dynamic": {"positive": "#4a90b8", "stable": "#f1f0ec", "negative": "#d9823b"},
    "attention": {"yes": "#8c2d1a", "no": "#f1f0ec"},
    "robustness": {"sure": "#28527a", "fair": "#8fb3d3", "unsure": "#fbe7a1"},
}
"""The same whatever occurs, in the order of the legend; orange and brown is worse, blue and green better."""


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


def ramp(polarity: str, classes: int) -> tuple[str, ...]:
    """Return `classes` colours (1 to 5) from light to dark, as far apart as the ramp allows.

    A polarity that is not known gets the neutral hue.
    """
    colours = RAMPS.get(polarity, RAMPS["context"])
    if classes == 1:
        return (colours[2],)
    step = (len(colours) - 1) / (classes - 1)
    return tuple(colours[round(position * step)] for position in range(classes))
