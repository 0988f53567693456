"""The assessment of a release: made again from what the release shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sozialraum.assessment.assess import assess, settings_of
from sozialraum.errors import AlignmentError

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.analysis import Analysis, Assessment

__all__ = ["assess_again"]


def assess_again(analysis: Analysis, indicators: pd.DataFrame) -> Assessment | None:
    """Assess the protected indicators as the analysis assessed the true ones.

    Parameters
    ----------
    analysis
        Has the settings in `parameters["assessment"]`.
    indicators
        Long frame of the release.

    Returns
    -------
    Assessment
        None if the analysis has none. Without an index where too few districts still have all indicators.
    """
    if analysis.assessment is None:
        return None
    settings = settings_of(analysis.parameters["assessment"], analysis.catalogue)
    names = ("districts", "graph", "population", "parents")
    inputs = {name: getattr(analysis, name) for name in names}
    try:
        found, _ = assess(indicators, analysis.catalogue, settings=settings, **inputs)
    except AlignmentError:
        bare = replace(settings, recipe=None)
        found, _ = assess(indicators, analysis.catalogue, settings=bare, **inputs)
    return found
