"""`Release`: the only thing that `publish` accepts. It holds no number that its audience must not see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from sozialraum.analysis import Assessment
    from sozialraum.errors import Problem
    from sozialraum.texts import Language

__all__ = ["Audience", "Release"]

Audience = Literal["internal", "public"]


@dataclass(frozen=True, kw_only=True)
class Release:
    """What one audience may see of an analysis; frames are those of `Analysis`, protected.

    Parameters
    ----------
    audience
        ``"internal"``: everything, each page marked as not for passing on. ``"public"``: protected.
    rules
        The rules that were applied, ready for JSON.
    city, districts, catalogue, indicators, city_values, clusters, moran, parents, language, simulated,
    assessment
        As in `Analysis`. A protected cell has the flag ``"suppressed"`` and no number.
    problems, parameters, provenance
        As in `Analysis`.
    """

    audience: Audience
    city: str
    districts: gpd.GeoDataFrame
    catalogue: pd.DataFrame
    indicators: pd.DataFrame
    city_values: pd.DataFrame
    clusters: pd.DataFrame
    moran: pd.DataFrame
    parents: tuple[str, ...]
    language: Language
    simulated: bool
    assessment: Assessment | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
