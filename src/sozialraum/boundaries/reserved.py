"""Names of columns that results need for themselves: no column of a boundary file may come under them."""

from __future__ import annotations

__all__ = ["RESERVED", "is_reserved"]

_WORDS = (
    "annual_rate areas attention base_date base_value border borders "
    "break_change break_date break_p change claim cluster component "
    "control_state control_z corrected date denominator denominator_effect "
    "difference direction district districts dynamic dynamic_reason "
    "early_warning excess expected fid first fixed_status fixed_value flag "
    "focal geography geom geometry group index indicator key kind "
    "label last level lower measure minimum moran name negative_periods "
    "neighbor numerator numerator_effect ogc_fid omitted p p_adjusted "
    "p_rougher p_smoother parent parents period polygon quadrant rank "
    "reason relative_direction relative_lower relative_slope relative_upper share "
    "sharp slope smoothed smoothed_local smoothed_lower smoothed_upper source statistic "
    "status status_periods table tested unit upper value variable verdict "
    "verdict_p verdict_p_adjusted verdict_reason vintage written years "
)

RESERVED = frozenset(_WORDS.split())
"""In small letters; a GeoPackage does not tell capital letters from small ones."""


def is_reserved(column: str) -> bool:
    """Tell whether a result has a column of this name."""
    return column.lower() in RESERVED
