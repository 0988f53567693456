"""Names of columns that results need for themselves: no column of a boundary file may come under them."""

from __future__ import annotations

__all__ = ["RESERVED", "is_reserved"]

_WORDS = (
    "annual_rate areas assessable attention base_date base_period_label base_value border borders "
    "break_change break_date break_p break_p_adjusted cautious cautious_lower cautious_upper change "
    "claim cluster component control_state control_z corrected date denominator denominator_effect "
    "design_effect design_effect_source detectable difference direction district districts dynamic "
    "dynamic_reason early_warning excess expected favourable favourable_by fid first first_label "
    "fixed_status fixed_value flag focal focal_name geography geom geometry group inconspicuous "
    "index indicator key kind label last last_label level lower measure median minimum moran name "
    "negative_periods neighbor neighbor_name numerator numerator_effect ogc_fid omitted p "
    "p_adjusted p_rougher p_smoother parent parents period period_label polygon profile quadrant "
    "rank rank_lower rank_upper reason relative_direction relative_lower relative_p "
    "relative_p_adjusted relative_slope relative_upper same same_attention same_dynamic same_status "
    "sd_between sd_noise sd_signal share share_high share_low share_medium share_not_assessable "
    "share_very_low sharp signal_share slope smoothed smoothed_local smoothed_lower smoothed_upper "
    "source statistic status status_periods table tested undecided unfavourable unfavourable_by "
    "unit upper value variable variants verdict verdict_difference verdict_margin verdict_p "
    "verdict_p_adjusted verdict_reason verdict_told vintage wall_borders wall_from wall_jump "
    "wall_length wall_to walls weight written years z "
)

RESERVED = frozenset(_WORDS.split())
"""In small letters; a GeoPackage does not tell capital letters from small ones."""


def is_reserved(column: str) -> bool:
    """Tell whether a result has a column of this name."""
    return column.lower() in RESERVED
