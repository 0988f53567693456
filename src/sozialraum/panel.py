"""`Panel`: the cube district x indicator x date, with the catalogue that explains it.

What an audience may not see leaves a panel (`disclosure.protect`) before anything is computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from sozialraum.errors import Problem

__all__ = [
    "CATALOGUE_COLUMNS",
    "CITY_COLUMNS",
    "FLAGS",
    "INDICATOR_COLUMNS",
    "PERIOD_COLUMNS",
    "Audience",
    "Panel",
    "empty_frame",
]

Audience = Literal["internal", "public"]

FLAGS = ("ok", "missing", "suppressed", "unreliable", "unknown", "not applicable", "later")
"""What is known of a cell. Only "ok" and "unreliable" carry a value."""

INDICATOR_COLUMNS = ("indicator", "date", "value", "numerator", "denominator", "lower", "upper", "flag")
CITY_COLUMNS = ("indicator", "date", "value", "numerator", "denominator", "median", "districts")
PERIOD_COLUMNS = ("indicator", "date", "period", "start")
CATALOGUE_COLUMNS = (
    "label_de",
    "label_en",
    "description_de",
    "description_en",
    "kind",
    "polarity",
    "target_group",
    "theme",
    "source",
    "unit_de",
    "unit_en",
    "factor",
    "decimals",
    "published",
)


def empty_frame(columns: tuple[str, ...], index_name: str | None = None) -> pd.DataFrame:
    """Return a frame without rows that has `columns`."""
    return pd.DataFrame(columns=list(columns), index=pd.Index([], name=index_name, dtype=object))


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """What is known of a city, or what one audience may see of it.

    Parameters
    ----------
    city
        Name of the city as it is shown.
    districts
        Index: district key (text). Columns: `name`, one per parent level (named in `parents`), `geometry`
        in a metric CRS.
    catalogue
        Index: indicator id, in the order of display. Columns: `CATALOGUE_COLUMNS`. A shown number is
        ``value * factor`` with `decimals` digits and the unit (for a share: factor 100, unit "%").
    indicators
        Index: district key. Columns: `INDICATOR_COLUMNS`; one row per district, indicator and date.
        `value` is in its natural unit (a share lies in 0..1), `date` an ISO text such as "2017-12-31",
        `flag` one of `FLAGS`, `lower` and `upper` a 95 % interval. NaN where there is no number. A protected
        cell has the flag ``"suppressed"`` and no number. Internal panels may have a further column `at_most`:
        what a source's own sign ("below 10") leaves possible for a numerator.
    city_values
        One row per indicator and date, columns `CITY_COLUMNS`: the city's own rate from summed counts
        (NaN where only published shares exist), the median of its districts and their number with a value.
    population
        Inhabitants; index: district key, one column per date. None if the project names no such variable.
    periods
        Columns `PERIOD_COLUMNS`: what each date of an indicator stands for, see
        `indicators.periods.indicator_periods`. A date without a row is a reference date.
    parents
        Columns of `districts` that name larger areas, from small to large.
    simulated
        True if the data are invented; every page says so.
    audience
        ``"internal"``: everything, each page marked as not for passing on. ``"public"``: protected.
    rules
        The rules of confidentiality that were applied, ready for JSON; empty for the internal audience.
    problems
        Warnings and notes of the run; errors never get this far. They may quote single cells, so a public
        panel has none.
    provenance
        Input hashes, versions, ready for JSON.
    """

    city: str
    districts: gpd.GeoDataFrame
    catalogue: pd.DataFrame
    indicators: pd.DataFrame
    city_values: pd.DataFrame = field(default_factory=lambda: empty_frame(CITY_COLUMNS))
    population: pd.DataFrame | None = None
    periods: pd.DataFrame = field(default_factory=lambda: empty_frame(PERIOD_COLUMNS))
    parents: tuple[str, ...] = ()
    language: Language = DEFAULT_LANGUAGE
    simulated: bool = False
    audience: Audience = "internal"
    rules: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
