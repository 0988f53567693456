"""A notebook's way from files to a `Panel`: `read_tables`, `Share`, `rates`; checked like a project."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from sozialraum.arguments import checked, require_fields
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.indicators.build import check_tables, derive, population_of
from sozialraum.indicators.catalogue import catalogue as make_catalogue
from sozialraum.indicators.join import load_join
from sozialraum.indicators.periods import indicator_periods
from sozialraum.panel import Panel
from sozialraum.tables.read import load_table
from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

__all__ = ["Counts", "Share", "rates", "read_tables"]

Worse = Literal["high", "low", "neither"]
_POLARITY = {"high": "disadvantage", "low": "resource", "neither": "context"}

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Counts:
    """Observations of several tables, joined to their districts.

    Parameters
    ----------
    districts
        As `read_districts` returns them.
    observations
        One row per district, date and variable; see `load_join`.
    """

    districts: gpd.GeoDataFrame
    observations: pd.DataFrame

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, sorted; what `Share` can be made of."""
        return tuple(sorted(self.observations["variable"].unique()))

    def _repr_html_(self) -> str:
        table = self.observations.pivot_table(
            index="variable", columns="date", values="value", aggfunc="count", fill_value=0
        )
        return str(table.to_html())


@dataclass(frozen=True)
class Share:
    """A share: so many of all.

    Parameters
    ----------
    numerator
        Variable, or several that are summed up.
    of
        Variable of the denominator, or several.
    worse
        ``"high"`` if a high share is a disadvantage, ``"low"`` if a low one is, ``"neither"`` for context.
    label
        As it is shown; the indicator's id without it.
    more
        Further fields of the catalogue: `kind`, `target_group`, `source`, ...
    """

    numerator: str | tuple[str, ...]
    of: str | tuple[str, ...]
    worse: Worse = "high"
    label: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_fields(self, worse=get_args(Worse))

    def entry(self, name: str) -> dict[str, Any]:
        """Return it as an entry of the catalogue."""
        entry = {"label": self.label or name, "polarity": _POLARITY[self.worse], "source": ""}
        return {**entry, "numerator": self.numerator, "denominator": self.of, **self.more}


@checked()
def read_tables(
    *paths: str | Path,
    districts: gpd.GeoDataFrame,
    key: str | None = None,
    name: str | None = None,
    date: str | None = None,
    without_district: Iterable[str] = (),
    corrections: Mapping[str, str] | None = None,
    **reading: Any,  # noqa: ANN401 - the options of `read_table`
) -> Counts:
    """Read tables that are laid out alike, and give each row its district.

    Every numeric column is a variable under its own heading.

    Parameters
    ----------
    *paths
        Files; see `read_table` for what can be read.
    districts
        As `read_districts` returns them.
    key, name
        Column with the district's key, or with its name where there is no key.
    date
        Column of the dates, or one date for all rows.
    without_district, corrections
        As in `join`.
    **reading
        Other options of `read_table`, for all files.

    Raises
    ------
    SozialraumError
        With every fault of every file at once.
    """
    problems: list[Problem] = []
    tables = []
    for path in paths:
        rows, found = load_table(path, **{"key": key, "name": name, **_dated(date), **reading})
        problems += found
        if rows.empty or any(problem.severity == "error" for problem in found):
            continue
        joined, found = load_join(
            districts,
            rows,
            by="key" if key is not None else "name",
            without_district=without_district,
            corrections=corrections,
        )
        problems += found
        tables.append(joined)
    variables = {variable for table in tables for variable in table["variable"].unique()}
    store, found = check_tables(tables, None, variables)
    _tell([*problems, *found])
    return Counts(districts=districts, observations=store.observations)


def _dated(date: str | None) -> dict[str, Any]:
    """Tell a date from the name of a column."""
    if date is None:
        return {}
    return {"date": date} if date[:1].isdigit() else {"date_column": date}


@checked(language=get_args(Language))
def rates(
    counts: Counts,
    definitions: Mapping[str, Share | Mapping[str, Any]],
    *,
    city: str = "",
    population: str | None = None,
    parents: tuple[str, ...] = (),
    language: Language = DEFAULT_LANGUAGE,
    simulated: bool = False,
) -> Panel:
    """Derive indicators from counts.

    Parameters
    ----------
    counts
        As `read_tables` returns them.
    definitions
        Indicator id to `Share`, or to an entry of the catalogue (see `read_catalogue`).
    city, parents, language, simulated
        As in `Panel`.
    population
        Variable of the inhabitants.

    Returns
    -------
    Panel
        Internal: show it to others only after `protect`.

    Raises
    ------
    SozialraumError
        With every contradiction of figures and definitions at once.
    """
    entries = {
        name: found.entry(name) if isinstance(found, Share) else found for name, found in definitions.items()
    }
    catalogue = make_catalogue(entries)
    _, problems = check_tables([], catalogue, counts.variables)
    raise_problems(problems, SozialraumError)
    (indicators, city_values), found = derive(counts.observations, catalogue, counts.districts)
    people, more = (
        (None, ()) if population is None else population_of(counts.observations, population, counts.districts)
    )
    problems = (*problems, *found, *more)
    _tell(problems)
    return Panel(
        city=city,
        districts=counts.districts,
        catalogue=catalogue,
        indicators=indicators,
        city_values=city_values,
        population=people,
        periods=indicator_periods(counts.observations, catalogue),
        parents=parents,
        language=language,
        simulated=simulated,
        problems=problems,
    )


def _tell(problems: Iterable[Problem]) -> None:
    """Raise the errors, warn of what a person should know, log the rest."""
    found = tuple(problems)
    raise_problems(found, SozialraumError)
    for problem in found:
        if problem.severity == "warning":
            warnings.warn(problem.text(), stacklevel=3)
        else:
            _LOG.info("%s", problem.text())
