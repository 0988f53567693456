"""What all figures share: sizes of one and two columns, a sober look, and how they become files."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any, Literal

from sozialraum.texts import Language, text
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sozialraum.analysis import Analysis

__all__ = [
    "ACCENT",
    "DPI",
    "FORMATS",
    "HATCHES",
    "INK",
    "LINES",
    "SMALL",
    "WIDTHS",
    "Columns",
    "blank",
    "encoded",
    "halo",
    "plain",
    "sign",
    "wrapped",
]

DPI = 300
MM = 1 / 25.4
WIDTHS = {1: 78.0, 2: 160.0}
"""Millimetres of a figure over one and two columns of an A4 page."""

FORMATS = ("png", "svg", "pdf")
Columns = Literal[1, 2]

INK, SMALL = "#1f2a30", 6.5
ACCENT = "#b5521d"

LINES: tuple[dict[str, Any], ...] = (
    {"color": "#8c3a10", "marker": "o", "linestyle": "-"},
    {"color": "#2a7f86", "marker": "s", "linestyle": (0, (5, 1.5))},
    {"color": "#6b5a9e", "marker": "^", "linestyle": (0, (1.5, 1.2))},
    {"color": "#8a6d1d", "marker": "D", "linestyle": (0, (6, 1.5, 1.2, 1.5))},
    {"color": "#444440", "marker": "v", "linestyle": (0, (3, 1, 1, 1, 1, 1))},
)
"""Looks of lines: told apart by mark and stroke where colours are not."""

HATCHES = {
    "missing": "////",
    "suppressed": "xxxx",
    "unknown": "\\\\\\\\",
    "not applicable": "----",
    "later": "||||",
    "isolated": "++",
    "undefined": "....",
    "not assessable": "////",
}
"""Patterns of what has no number, by flag of the cell or label of the cluster."""


def blank(columns: Columns, height: float) -> Figure:
    """Return an empty figure over one or two columns, `height` in millimetres, outside of pyplot's list."""
    from matplotlib import rcParams  # noqa: PLC0415 - costs start-up time
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - likewise
    from matplotlib.figure import Figure  # noqa: PLC0415 - likewise

    rcParams["hatch.linewidth"] = 0.4
    # Texts stay texts in SVG and PDF: they can be searched, and changed in a drawing program.
    rcParams["svg.fonttype"], rcParams["pdf.fonttype"] = "none", 42
    rcParams["svg.hashsalt"] = "sozialraum"
    figure = Figure(figsize=(WIDTHS[columns] * MM, height * MM), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def encoded(figure: Figure, form: str = "png", *, dpi: int = DPI) -> bytes:
    """Return a figure as the content of a PNG, SVG or PDF file; the same figure gives the same bytes.

    Parameters
    ----------
    figure
        Of `figures.draw.figure`.
    form
        One of `FORMATS`.
    dpi
        Of a PNG.
    """
    target = io.BytesIO()
    dates: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    }
    more: dict[str, Any] = {"pil_kwargs": {"compress_level": 4}} if form == "png" else {}
    figure.savefig(target, format=form, dpi=dpi, metadata=dates[form], facecolor="white", **more)
    return target.getvalue()


def halo(words: Any) -> None:  # noqa: ANN401 - a Text, whose type matplotlib does not export
    """Put a white rim around words that stand on colours."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - costs start-up time

    words.set_path_effects([withStroke(linewidth=1.6, foreground="white")])


def plain(axes: Axes, language: Language, *, which: str = "both") -> None:
    """Leave out what is no information, and write numbers as the language does."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415 - costs start-up time

    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.6)
    axes.tick_params(labelsize=SMALL, width=0.6, length=2.5)
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if which in (name, "both"):
            axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
            axis.set_major_formatter(FuncFormatter(lambda found, _: _tick(found, language)))


def _tick(found: float, language: Language) -> str:
    decimals = next((digits for digits in (0, 1, 2) if abs(found - round(found, digits)) < 1e-9), 2)
    return number(found, language, decimals=decimals)


def wrapped(words: str, millimetres: float, size: float) -> str:
    """Break words into lines that fit into a width, for letters of `size` points."""
    letters = max(8, int(millimetres * 72 / 25.4 / (0.56 * size)))
    return "\n".join(textwrap.wrap(words.replace("$", r"\$"), letters, break_long_words=False)) or words


def sign(figure: Figure, analysis: Analysis, source: str, *, left: float = 0.0) -> None:
    """Write the source below a figure, and that the data are simulated where they are."""
    words = text("report.source", analysis.language, source=(source or analysis.city).rstrip("."))
    if analysis.simulated and text("report.simulated", analysis.language).split()[0] not in words:
        words += " " + text("report.simulated", analysis.language)
    figure.text(left + 0.005, 0.008, words, fontsize=5.5, va="bottom", ha="left", color="#4a4a46")
