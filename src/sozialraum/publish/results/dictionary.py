"""What the columns of the results are called and mean, and the words for what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.distinct import numbered
from sozialraum.texts import Language, has_text, text

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["COUNTS", "SCALED", "SHARES", "ColumnWords", "cell_words", "column_words", "in_words"]

SCALED: dict[str, tuple[str, ...]] = {
    "results": (
        *("value", "lower", "upper", "verdict_difference", "verdict_margin"),
        *("smoothed", "smoothed_lower", "smoothed_upper", "smoothed_local"),
    ),
    "city": ("value", "median"),
    "changes": (
        *("base_value", "value", "difference", "lower", "upper", "numerator_effect", "denominator_effect"),
        *("cautious", "cautious_lower", "cautious_upper"),
    ),
    "signal": ("sd_between", "sd_noise", "sd_signal"),
    "smoothed": ("smoothed", "smoothed_lower", "smoothed_upper", "smoothed_local"),
    "trends": (
        *("slope", "lower", "upper", "relative_slope", "relative_lower", "relative_upper", "break_change"),
    ),
    "fluidity": ("statistic", "expected", "minimum", "detectable", "wall_jump"),
    "borders": ("difference", "lower", "upper"),
}
"""By table: columns in the unit of the indicator, shown to people times the catalogue's factor."""

COUNTS = frozenset(
    (
        *("numerator", "denominator", "districts", "rank", "rank_lower", "rank_upper", "status_periods"),
        *("negative_periods", "assessable", "unfavourable", "favourable", "inconspicuous", "undecided"),
        *("same", "variants", "years", "areas", "omitted", "borders", "tested", "sharp", "walls"),
        *("wall_borders", "wall_length"),
    )
)
"""Columns that count."""

SHARES = frozenset(
    (
        *("weight", "signal_share", "same_status", "same_dynamic", "same_attention", "moved", "annual_rate"),
        *("share", "share_high", "share_medium", "share_low", "share_very_low", "share_not_assessable"),
    )
)
"""Columns that are shares of 0 to 1 whatever the indicator is."""

_AREAS: dict[str, tuple[str, ...]] = {
    "flag": ("atlas.flag",),
    "quadrant": ("atlas.cluster",),
    "cluster": ("atlas.cluster",),
    "verdict": ("assessment.verdict",),
    "verdict_reason": ("assessment.verdict_reason",),
    "design_effect_source": ("assessment.effect_source",),
    "control_state": ("columns.word",),
    "status": ("assessment.status",),
    "fixed_status": ("assessment.status",),
    "dynamic": ("assessment.dynamic",),
    "attention": ("assessment.attention",),
    "early_warning": ("assessment.early_warning",),
    "reason": ("assessment.index_reason", "columns.word"),
    "dynamic_reason": ("assessment.index_reason",),
    "profile": ("columns.word",),
    "index": ("assessment.target_group",),
    "group": ("assessment.target_group",),
    "target_group": ("assessment.target_group",),
    "choice": ("atlas.choice",),
    "measure": ("columns.word", "mixing.measure"),
    "level": ("mixing.level",),
    "period": ("periods.kind",),
    "direction": ("columns.word",),
    "relative_direction": ("columns.word",),
    "claim": ("columns.word",),
    "kind": ("columns.word",),
    "polarity": ("columns.word",),
}
"""By column: where the words for its values are."""


class ColumnWords(NamedTuple):
    """Heading of a column, and what it holds."""

    title: str
    about: str


def column_words(
    table: str, column: str, *, language: Language, parents: Collection[str] = ()
) -> ColumnWords:
    """Return a column's heading and meaning; a column of the city's own keeps its name.

    Parameters
    ----------
    table
        Name of the table as in `all_tables`.
    column
        Name of the column there.
    language
        Of the words.
    parents
        Columns that name larger areas.
    """
    if column in parents:
        return ColumnWords(column, text("columns.title.parent.about", language))
    for key in (f"columns.of.{table}.{column}", f"columns.title.{column}"):
        if has_text(key):
            return ColumnWords(text(key, language), text(f"{key}.about", language))
    return ColumnWords(column, "")


def cell_words(column: str, cell: str, *, language: Language) -> str:
    """Return the words for a value; what has none stays as it is.

    Examples
    --------
    >>> cell_words("flag", "suppressed", language="en")
    'Suppressed'
    >>> cell_words("name", "suppressed", language="en")
    'suppressed'
    """
    for area in _AREAS.get(column, ()):
        for written in (cell, cell.replace(" ", "_")):
            # A path with a point in it would lead elsewhere.
            if "." not in written and has_text(f"{area}.{written}"):
                return text(f"{area}.{written}", language)
    return cell


def in_words(cells: pd.Series, *, language: Language) -> pd.Series:
    """Return the cells of a named column in words; each different one is looked up once."""
    column = str(cells.name)
    if column not in _AREAS or pd.api.types.is_numeric_dtype(cells):
        return cells
    codes, known = numbered(cells)
    words = [*(cell_words(column, str(cell), language=language) for cell in known), np.nan]
    return pd.Series(np.array(words, dtype=object)[codes], index=cells.index, name=column)
