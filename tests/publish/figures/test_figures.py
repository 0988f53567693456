"""Figures for print: every kind in every format and width, told apart in grey, names that do not collide."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sozialraum.errors import OutputError
from sozialraum.publish.figures.base import LINES, encoded
from sozialraum.publish.figures.draw import figure, possible_figures, write_figures
from sozialraum.publish.figures.labels import Wanted, place_labels
from sozialraum.publish.figures.matrix import GREYS
from sozialraum.publish.palettes import RAMPS


def luminance(colour):
    """Lightness (CIE L*) of a colour on a photocopy, 0 to 100."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    y = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.slow
def test_every_figure_is_drawn_in_every_format_and_width(assessed, release, tmp_path):
    files = write_figures(assessed, tmp_path, formats=("png",), columns=(1,))
    kinds = {file.name.split("-")[0] for file in files}
    assert {"values", "clusters", "ranking", "status", "matrix", "heat"} <= kinds
    assert len(files) == len(possible_figures(assessed))
    (tmp_path / "wide").mkdir()
    files = write_figures(release, tmp_path / "wide", formats=("svg",), columns=(1, 2))
    assert len(files) == 2 * len(possible_figures(release))
    drawn = figure(assessed, "values", "poor")
    assert encoded(drawn, "png").startswith(b"\x89PNG")
    assert encoded(drawn, "pdf").startswith(b"%PDF")
    svg = encoded(drawn, "svg").decode()
    assert "Quelle" in svg
    # Texts stay texts, and the width is that of two columns.
    assert float(re.search(r'width="([\d.]+)pt"', svg)[1]) == pytest.approx(160 * 72 / 25.4, abs=0.1)
    assert encoded(figure(assessed, "values", "poor"), "svg") == encoded(drawn, "svg")


def test_a_png_has_300_dots_per_inch(assessed):
    size = np.frombuffer(encoded(figure(assessed, "ranking", "poor"))[16:24], dtype=">u4")
    assert size[0] == pytest.approx(160 / 25.4 * 300, abs=1)


def test_unknown_wishes_are_refused_with_what_there_is(assessed):
    for wish in (
        {"kind": "pie"},
        {"kind": "values", "subject": "rich"},
        {"kind": "values", "subject": "poor", "date": "1999-12-31"},
        {"kind": "line", "subject": "poor", "districts": ["99"]},
        {"kind": "provision"},
    ):
        with pytest.raises(OutputError):
            figure(assessed, **wish)


def test_neighbours_in_a_ramp_differ_in_grey():
    for colours in (*RAMPS.values(), GREYS):
        steps = np.diff([luminance(colour) for colour in colours])
        assert (steps < -4).all(), colours


def test_lines_differ_without_colour():
    assert len({(line["marker"], str(line["linestyle"])) for line in LINES}) == len(LINES)


def test_cluster_maps_carry_letters(assessed):
    words = [text.get_text() for axes in figure(assessed, "clusters", "poor").axes for text in axes.texts]
    assert {"H", "N"} <= set(words)


def test_a_legend_counts_the_districts(assessed):
    legend = next(
        axes.get_legend() for axes in figure(assessed, "values", "poor").axes if axes.get_legend() is not None
    )
    counts = [int(re.search(r"n\s=\s(\d+)", entry.get_text())[1]) for entry in legend.get_texts()]
    assert sum(counts) == len(assessed.districts)


def test_names_never_collide():
    rng = np.random.default_rng(1)
    wanted = [
        Wanted("N" * int(rng.integers(3, 14)), *map(float, rng.uniform(0, 300, 2)), 6.0) for _ in range(80)
    ]
    taken = [(0.0, 0.0, 300.0, 20.0)]
    boxes = [label.box() for label in place_labels(wanted, (300, 300), taken)] + taken
    assert len(boxes) > 15
    for first, one in enumerate(boxes):
        for other in boxes[first + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 300 and box[3] <= 300 for box in boxes)


def test_nothing_is_left_in_pyplot(assessed):
    before = mpl.pyplot.get_fignums() if hasattr(mpl, "pyplot") else []
    figure(assessed, "ranking", "poor")
    assert (mpl.pyplot.get_fignums() if hasattr(mpl, "pyplot") else []) == before
