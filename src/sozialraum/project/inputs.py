"""Everything that a project names, read and joined into a `Panel` and its neighbours; all faults at once."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import geopandas as gpd
import pandas as pd

from sozialraum.boundaries.layers import read_layer
from sozialraum.boundaries.read import load_districts
from sozialraum.cases.read import case_observations, counted_variables
from sozialraum.errors import Problem, ProjectError, SozialraumError, raise_problems, shorten
from sozialraum.files import sha256
from sozialraum.indicators.build import check_tables, derive, population_of
from sozialraum.indicators.catalogue import catalogue as make_catalogue
from sozialraum.indicators.catalogue import like_a_level, load_catalogue
from sozialraum.indicators.checks import check_totals
from sozialraum.indicators.join import load_join, settled_doubts
from sozialraum.indicators.periods import indicator_periods
from sozialraum.indicators.reforms.crosswalks import read_crosswalk
from sozialraum.indicators.reforms.vintages import carry_counts
from sozialraum.keys import as_keys
from sozialraum.panel import Panel
from sozialraum.processes import beside
from sozialraum.spatial.neighbours.find import Neighbours, neighbours
from sozialraum.tables.choice.presets import OPTIONAL
from sozialraum.tables.choice.rows import expand
from sozialraum.tables.read import load_table, table_files

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.project.file import Boundaries, Period, Project, Table

__all__ = ["Progress", "prepare", "silent"]

Progress = Callable[[str, float], None]
"""Called with a step ("boundaries", "tables", "clusters", "output") and the part that is done (0..1)."""

P = ParamSpec("P")
T = TypeVar("T")

NOT_READING = {
    *("file", "preset", "join", "without_rows", "without_district", "corrections", "city_total", "noise"),
}
"""Options of a table that are about its rows' place in the city, not about reading the file."""

MANY = 3_000
"""Districts from which on finding their neighbours is worth a second process."""

VERSIONS_OF = (
    "sozialraum",
    "geopandas",
    "shapely",
    "libpysal",
    "folium",
    "pyogrio",
    "numpy",
    "pandas",
    "scipy",
)


class _Gathering:
    """Collects the problems of steps that can be checked one by one, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def attempt(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Run a step; keep its problems and return None if it fails."""
        try:
            return step(*args, **kwargs)
        except SozialraumError as error:
            self.problems += error.problems
            return None

    def load(
        self, step: Callable[P, tuple[T, tuple[Problem, ...]]], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Run a step that returns its problems beside its result; None if one of them is an error."""
        found = self.attempt(step, *args, **kwargs)
        if found is None:
            return None
        result, problems = found
        self.problems += problems
        return None if any(problem.severity == "error" for problem in problems) else result


def silent(step: str, part: float) -> None:
    """Report no progress."""


def prepare(project: Project, progress: Progress) -> tuple[Panel, Neighbours]:
    """Read all inputs and join them; nothing is computed from them yet."""
    content = project.content
    gathering = _Gathering()
    progress("boundaries", 0.0)
    districts = gathering.load(load_districts, _source(project), **_district_options(content.boundaries))
    progress("boundaries", 1.0)
    if content.catalogue is None:
        catalogue = gathering.attempt(make_catalogue, content.indicators)
    else:
        catalogue = gathering.load(load_catalogue, project.resolve(content.catalogue.file))
    if catalogue is not None:
        gathering.problems += like_a_level(catalogue, content.boundaries.parents)
    drawn = partial(neighbours, districts, **content.neighbours.model_dump())
    # Who touches whom needs no figures: it is found out while the tables are read.
    with beside(drawn, worth=districts is not None and len(districts) > MANY) as around:
        return _joined(project, districts, catalogue, around, gathering, progress)


def _joined(
    project: Project,
    districts: gpd.GeoDataFrame | None,
    catalogue: pd.DataFrame | None,
    drawn: Callable[[], Neighbours],
    gathering: _Gathering,
    progress: Progress,
) -> tuple[Panel, Neighbours]:
    """Read the tables and give their rows districts; `drawn` gives the neighbours."""
    content = project.content
    read = list(_read(project, districts, gathering, progress))
    variables = {variable for table in content.tables for variable in table.variables}
    variables |= counted_variables(content.addresses, content.cases)
    keyed = sum(table.join == "key" for table in content.tables)
    gathering.problems = settled_doubts(gathering.problems, keyed)
    store = gathering.load(check_tables, read, catalogue, variables)
    raise_problems(gathering.problems, SozialraumError)
    assert districts is not None  # noqa: S101 - else there was an error, raised above
    assert catalogue is not None  # noqa: S101 - as above
    assert store is not None  # noqa: S101 - as above
    observations = _within(store.observations, content.period, project, gathering)
    vintage = content.boundaries.vintage or ""
    excluded = content.assessment.excluded if content.assessment is not None else ()
    found = gathering.load(derive, observations, catalogue, districts, vintage=vintage, excluded=excluded)
    around = gathering.attempt(drawn)
    gathering.problems += around.problems() if around is not None else ()
    raise_problems(gathering.problems, SozialraumError)
    assert found is not None  # noqa: S101 - as above
    assert around is not None  # noqa: S101 - as above
    part = content.assessment
    population = None
    if part is not None and part.population is not None:
        population = gathering.load(population_of, observations, part.population, districts)
    raise_problems(gathering.problems, SozialraumError)
    panel = Panel(
        city=content.city,
        districts=districts,
        catalogue=catalogue,
        indicators=found[0],
        city_values=found[1],
        population=population,
        periods=indicator_periods(observations, catalogue),
        parents=content.boundaries.parents,
        language=content.language,
        simulated=content.simulated,
        problems=tuple(gathering.problems),
        # Sums could give a suppressed count away; what the files hold otherwise is for everyone.
        provenance={
            **_provenance(project),
            "tables": store.summary.drop(columns="total").reset_index().to_dict("records"),
        },
    )
    return panel, around


def _read(
    project: Project, districts: gpd.GeoDataFrame | None, gathering: _Gathering, progress: Progress
) -> Iterator[pd.DataFrame]:
    """Read every table and case list; those with errors are left out."""
    content = project.content
    comparable = districts if districts is not None else _keys_and_names(project)
    for number, table in enumerate(content.tables):
        progress("tables", number / len(content.tables))
        observations = _observations(project, table, comparable, gathering)
        if observations is not None:
            yield observations
    progress("tables", 1.0)
    if content.cases and districts is not None:
        lists = (content.addresses, content.cases, districts, project.resolve)
        counted = gathering.load(case_observations, *lists)
        if counted is not None:
            yield counted


def _source(project: Project) -> str | Path:
    boundaries = project.content.boundaries
    return boundaries.url if boundaries.file is None else project.resolve(boundaries.file)  # type: ignore[return-value]  # validated: one of them is given


def _district_options(boundaries: Boundaries) -> dict[str, Any]:
    options = boundaries.model_dump(exclude={"file", "url", "vintage"})
    return {**options, "corrections": [_given(correction) for correction in options["corrections"]]}


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _keys_and_names(project: Project) -> gpd.GeoDataFrame | None:
    """Read no more than keys and names, so that tables can be compared with polygons that have faults."""
    boundaries = project.content.boundaries
    try:
        frame = read_layer(_source(project), layer=boundaries.layer).frame
    except SozialraumError:
        return None
    if boundaries.key not in frame:
        return None
    keys = as_keys(frame[boundaries.key])
    name = as_keys(frame[boundaries.name]) if boundaries.name in frame else keys
    corrected = [correction.new_key for correction in boundaries.corrections]
    index = pd.Index([*keys, *corrected], name="district", dtype=object)
    known = gpd.GeoDataFrame({"name": [*name, *(None for _ in corrected)]}, index=index)
    return known[known.index.notna() & ~known.index.isin(boundaries.exclude)]


def _observations(
    project: Project, table: Table, districts: gpd.GeoDataFrame | None, gathering: _Gathering
) -> pd.DataFrame | None:
    """Read one table and give its rows their districts; keep all problems."""
    by_name = table.join == "name"
    options = table.model_dump(exclude=NOT_READING)
    options["key"] = None if by_name else table.key
    if districts is not None and not table.vintage:
        options["districts"] = tuple(districts["name"].dropna() if by_name else districts.index)
    rows = gathering.load(load_table, project.resolve(table.file), **_given(options))
    if rows is None or districts is None or rows.empty:
        return None
    outside = expand(table.without_district, rows["district"].unique(), OPTIONAL if table.preset else ())
    carried = gathering.attempt(_carry, project, table, rows, districts, outside)
    if carried is None or "estimated" in carried:
        return carried
    joined = gathering.load(
        load_join,
        districts,
        rows,
        by=table.join,
        without_rows=expand(table.without_rows, districts.index),
        without_district=outside,
        corrections=table.corrections,
        shared_corrections=project.content.corrections,
        key_rules=project.content.key_rules,
        vintage=project.content.boundaries.vintage or "",
    )
    if joined is not None:
        totals = rows[rows["district"].isin(outside)]
        gathering.problems += _total_problems(project, table, joined, totals, districts)
        gathering.problems += _gaps(table, joined)
    return joined


def _gaps(table: Table, joined: pd.DataFrame) -> Iterator[Problem]:
    """Warn of districts that are acknowledged to have no rows, and have some in other files of the series."""
    rows = joined[joined["district"].isin(expand(table.without_rows, joined["district"].unique()))]
    if rows.empty or joined["source"].nunique() < 2:
        return
    names = dict(zip(rows["district"], rows["name"] if "name" in rows else rows["district"], strict=True))
    listing = []
    for date in sorted(joined["date"].unique()):
        there = set(rows.loc[rows["date"] == date, "district"])
        lacking = [f"{key} {name}" if key != name else key for key, name in names.items() if key not in there]
        listing += [f"{date}: {shorten(sorted(lacking))}"] if lacking else []
    values = {"dates": "; ".join(listing)}
    yield Problem(
        code="join.some_dates", severity="warning", file=table.file, keys=tuple(sorted(names)), values=values
    )


def _total_problems(
    project: Project, table: Table, joined: pd.DataFrame, totals: pd.DataFrame, districts: gpd.GeoDataFrame
) -> Iterator[Problem]:
    """Compare rows of larger areas, and of the city, with the sums of their districts."""
    memberships = [districts[parent] for parent in project.content.boundaries.parents if parent in districts]
    if table.city_total is not None:
        memberships.append(pd.Series(table.city_total, index=districts.index))
    for members in memberships:
        ours = totals[totals["district"].isin(members)]
        yield from check_totals(joined, ours, members, noise=table.noise)


def _carry(
    project: Project,
    table: Table,
    rows: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    outside: Collection[str],
) -> pd.DataFrame:
    """Carry a table of an older boundary version through all crosswalks that lead on from it.

    Rows that belong to no district (`outside`) have no place in a crosswalk.
    What rests on weights is estimated, and flagged as unreliable.
    """
    current = table.vintage
    for step in project.content.crosswalks:
        if step.old != current:
            continue
        rows = rows[~rows["district"].isin(outside)]
        columns = {"old": step.old_column, "new": step.new_column, "weight": step.weight_column}
        crosswalk = read_crosswalk(project.resolve(step.file), **columns)
        last = step.new == project.content.boundaries.vintage
        keys = districts.index if last else None
        counts = set(table.variables)
        rows = carry_counts(rows, crosswalk, counts=counts, old=step.old, new=step.new, districts=keys)
        current = step.new
    if "estimated" in rows:
        rows["flag"] = rows["flag"].mask(rows["estimated"] & (rows["flag"] == "ok"), "unreliable")
    return rows


def _within(
    observations: pd.DataFrame, period: Period, project: Project, gathering: _Gathering
) -> pd.DataFrame:
    """Keep the observations of the period; say how many are left out."""
    inside = observations["date"].between(period.first, period.last)
    values: dict[str, object] = {"first": period.first, "last": period.last}
    if not inside.any():
        dates = ", ".join(sorted(observations["date"].unique()))
        problem = Problem(code="project.no_dates", file=str(project.path), values={**values, "dates": dates})
        gathering.problems.append(problem)
        raise_problems(gathering.problems, ProjectError)
    if not inside.all():
        values["number"] = int((~inside).sum())
        gathering.problems.append(Problem(code="project.outside_period", severity="note", values=values))
    return observations[inside]


def _provenance(project: Project) -> dict[str, object]:
    """Name the inputs by what the project calls them, never by a path of this machine."""
    content = project.content
    catalogue = content.catalogue.file if content.catalogue else None
    crosswalks = [crosswalk.file for crosswalk in content.crosswalks]
    lists = [cases.file for cases in content.cases if "{year}" not in cases.file]
    register = content.addresses.file if content.addresses else None
    named = [content.boundaries.file, catalogue, register, *lists, *crosswalks]
    inputs = {project.path.name: sha256(project.path)}
    inputs |= {name: sha256(project.resolve(name)) for name in named if name is not None}
    for table in content.tables:
        files = table_files(project.resolve(table.file)).values()
        folder = PurePath(table.file).parent
        inputs |= {(folder / path.name).as_posix(): sha256(path) for path in files}
    versions = {"python": platform.python_version()}
    for package in VERSIONS_OF:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "?"
    source = {"address": content.boundaries.url} if content.boundaries.url else {}
    return {**source, "inputs": inputs, "versions": versions}
