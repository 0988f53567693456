"""From a project file to an analysis and its publication; the only place that knows the whole flow."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sozialraum.analysis import Analysis
from sozialraum.disclosure.protect import Rules, protect
from sozialraum.errors import Problem, ProjectError, SozialraumError, raise_problems
from sozialraum.files import sha256, staged

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from sozialraum.disclosure.release import Audience, Release
    from sozialraum.projectfile import Project

__all__ = ["Run", "analyse", "check", "publish", "run"]

Progress = Callable[[str, float], None]
"""Called with a step ("boundaries", "tables", "clusters", "output") and the part of it that is done (0..1)."""

P = ParamSpec("P")
T = TypeVar("T")

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


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run leaves behind: the release, the files written, and the remarks on the input."""

    release: Release
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


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


def _silent(step: str, part: float) -> None:
    """Report no progress."""


def check(project: Project) -> tuple[Problem, ...]:
    """List every problem of a project's input, without computing anything from it.

    Returns
    -------
    tuple of Problem
        Errors, warnings and notes; empty if all is well.
    """
    try:
        return _prepare(project, _silent).problems
    except SozialraumError as error:
        return error.problems


def analyse(project: Project, *, progress: Progress = _silent) -> Analysis:
    """Compute everything that a project file asks for.

    Parameters
    ----------
    project
        From `load_project`.
    progress
        Told how far each step is.

    Returns
    -------
    Analysis
        With neighbours, clusters, warnings and provenance.

    Raises
    ------
    SozialraumError
        With every problem of all inputs, not only the first file's.
    """
    analysis = _prepare(project, progress)
    return _with_clusters(analysis, project, progress)


def publish(release: Release, directory: Path, *, tiles: bool = False) -> tuple[Path, ...]:
    """Write a release's atlas, GeoPackage, CSV and provenance into `directory`, all or nothing.

    Returns
    -------
    tuple of Path
        The files, the atlas first.

    Raises
    ------
    OutputError
        If the folder cannot be written; what was there before is unchanged.
    """
    from sozialraum.publish.atlas import write_atlas  # noqa: PLC0415 - folium is slow to import
    from sozialraum.publish.gis import write_geopackage  # noqa: PLC0415
    from sozialraum.publish.provenance import write_provenance  # noqa: PLC0415
    from sozialraum.publish.tables import write_results_csv  # noqa: PLC0415

    names = ("atlas.html", "results.gpkg", "results.csv", "provenance.json")
    with staged(directory) as folder:
        atlas, gpkg, csv, provenance = (folder / name for name in names)
        write_atlas(release, atlas, tiles=tiles)
        write_geopackage(release, gpkg)
        write_results_csv(release, csv)
        write_provenance(release, provenance)
    return tuple(directory / name for name in names)


def run(
    project: Project,
    *,
    output: Path | None = None,
    audience: Audience | None = None,
    progress: Progress = _silent,
) -> Run:
    """Analyse a project, protect the results, and write them.

    Parameters
    ----------
    project
        From `load_project`.
    output
        Folder for the results, instead of the project file's.
    audience
        Instead of the project file's.
    progress
        Told how far each step is.
    """
    content = project.content
    analysis = analyse(project, progress=progress)
    progress("output", 0.0)
    rules = Rules(**content.disclosure.model_dump())
    release = protect(analysis, audience=audience or content.audience, rules=rules)
    files = publish(release, output or project.resolve(content.output.directory), tiles=content.output.tiles)
    progress("output", 1.0)
    return Run(release=release, files=files, problems=analysis.problems)
