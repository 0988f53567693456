"""What the sheets are compared with: districts, indicators and counts of the project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pandas as pd

    from sozialraum.programme.register import Programme

__all__ = ["Known", "records"]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a project knows; what is None is not compared.

    Parameters
    ----------
    districts
        Index: district key; column `name`, and `geometry` where there is one.
    catalogue
        Index: indicator id; columns `kind` and `polarity` at least.
    indicators
        Long frame: index district, columns `indicator`, `date`, `value`, `numerator`, `denominator`, `flag`.
    variables
        Names of all counts of the project's tables.
    """

    districts: pd.DataFrame | gpd.GeoDataFrame | None = None
    catalogue: pd.DataFrame | None = None
    indicators: pd.DataFrame | None = None
    variables: tuple[str, ...] | None = None
    names: Mapping[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.districts is not None and "name" in self.districts:
            names = {str(name): str(key) for key, name in self.districts["name"].items() if name is not None}
            object.__setattr__(self, "names", names)


def records(programme: Programme, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the rows of a sheet with their position; what is not known is None."""
    frame = programme.sheets[name].frame
    names = [str(column) for column in frame.columns]
    cells = [[_known(cell) for cell in frame[column].tolist()] for column in frame.columns]
    for position, row in enumerate(zip(*cells, strict=True)):
        yield position, dict(zip(names, row, strict=True))


def _known(cell: object) -> object:
    return None if isinstance(cell, float) and cell != cell else cell  # noqa: PLR0124 - true of NaN alone
