"""From a project file to an analysis and its publication; the only place that knows the whole flow."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from sozialraum.analysis import Analysis, ClusterSettings, FurtherSettings
from sozialraum.disclosure.protect import Rules, load_protected
from sozialraum.disclosure.releases.register import REGISTER, open_register
from sozialraum.errors import AlignmentError, DisclosureError, Problem, SozialraumError
from sozialraum.panel import Panel
from sozialraum.processes import standing_by
from sozialraum.project.inputs import Progress, prepare, silent
from sozialraum.publish.folder import page_writer, publish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from sozialraum.disclosure.releases.earlier import EarlierRelease
    from sozialraum.disclosure.releases.register import Register
    from sozialraum.panel import Audience
    from sozialraum.programme.register import Programme
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.project.file import Project
    from sozialraum.spatial.neighbours.find import Neighbours

__all__ = ["Run", "analyse", "analyse_programme", "check", "folder_of", "register_of", "run"]

INTERNAL = "-intern"
"""Behind the name of the folder of results where they are internal: never in one folder with public ones."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run leaves behind: what its audience may see, the files, and the remarks on the input.

    `programme` is None where the project has none; of `analyse_programme` there are no files.
    """

    analysis: Analysis
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    programme: ProgrammeResult | None = None


def check(project: Project) -> tuple[Problem, ...]:
    """List every problem of a project's input and of its programme, without computing anything from them.

    Returns
    -------
    tuple of Problem
        Errors, warnings and notes; empty if all is well.
    """
    found: tuple[Problem, ...]
    panel = None
    try:
        panel = prepare(project, silent)[0]
        found = panel.problems
    except SozialraumError as error:
        found = error.problems
    try:
        _orientation(project)
    except SozialraumError as error:
        found = (*found, *error.problems)
    if project.content.programme is None:
        return found
    from sozialraum.project.programme import check_project_programme  # noqa: PLC0415 - slow to import

    return (*found, *check_project_programme(project, panel)[1])


def _with_clusters(
    panel: Panel, around: Neighbours, project: Project, progress: Progress
) -> tuple[Analysis, tuple[Problem, ...]]:
    from sozialraum.spatial.clusters import cluster_problems, cluster_table  # noqa: PLC0415 - slow to import

    statistics = ClusterSettings(**project.content.statistics.model_dump(exclude={"further"}))
    progress("clusters", 0.0)
    clusters, moran = cluster_table(
        _without_excluded(panel.indicators, project),
        around,
        **statistics.record(),
        progress=lambda done, total: progress("clusters", done / total),
    )
    progress("clusters", 1.0)
    analysis = Analysis(
        **{part.name: getattr(panel, part.name) for part in fields(Panel)},
        around=around,
        links=around.links,
        clusters=clusters,
        moran=moran,
        statistics=statistics,
    )
    return analysis, cluster_problems(clusters, statistics)


def _without_excluded(indicators: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Leave out of spatial statistics what is left out of the index: its figures are no figures."""
    assessed = project.content.assessment
    left_out = indicators.index.isin(assessed.excluded if assessed is not None else ())
    return indicators.assign(value=indicators["value"].mask(left_out))


def _with_further(
    analysis: Analysis, project: Project, progress: Progress
) -> tuple[Analysis, tuple[Problem, ...]]:
    """Compute the statistics of esda, where they are asked for: loading it takes more than a second."""
    if not project.content.statistics.further or analysis.around is None:
        return analysis, ()
    from sozialraum.spatial.patterns.further import (  # noqa: PLC0415 - slow to import
        further_problems,
        further_statistics,
    )

    progress("further", 0.0)
    asked = analysis.statistics or ClusterSettings()
    with warnings.catch_warnings():
        # Told once, among the remarks of the run.
        warnings.simplefilter("ignore", UserWarning)
        found = further_statistics(
            replace(analysis, indicators=_without_excluded(analysis.indicators, project)),
            analysis.around,
            verdicts=None if analysis.assessment is None else analysis.assessment.verdicts,
            permutations=min(asked.permutations, FurtherSettings.permutations),
            correction=asked.correction,
            alpha=asked.alpha,
            seed=asked.seed,
        )
    progress("further", 1.0)
    return replace(analysis, further=found), further_problems(found)


def _with_assessment(
    analysis: Analysis, project: Project, progress: Progress
) -> tuple[Analysis, tuple[Problem, ...]]:
    part = project.content.assessment
    if part is None:
        return analysis, ()
    from sozialraum.assessment.assess import assess, declared_settings  # noqa: PLC0415 - slow to import
    from sozialraum.assessment.index.robustness import years_redrawn  # noqa: PLC0415

    progress("assessment", 0.0)
    settings = declared_settings(part.model_dump(), analysis.catalogue)
    # What the page tells is what was done.
    settings = replace(settings, resamples=years_redrawn(part.resamples, len(analysis.districts)))
    given = {name: getattr(analysis, name) for name in ("districts", "population", "parents")}
    given["graph"] = analysis.around
    try:
        found, problems = assess(analysis.indicators, analysis.catalogue, settings=settings, **given)
    except AlignmentError:
        if analysis.audience == "internal":
            raise
        # Too few districts still have all indicators; what needs no index is assessed all the same.
        bare = replace(settings, recipe=None)
        found, problems = assess(analysis.indicators, analysis.catalogue, settings=bare, **given)
        found = replace(found, settings=settings)
        problems = (*problems, Problem(code="disclosure.no_index", severity="warning"))
    progress("assessment", 1.0)
    return replace(analysis, assessment=found), problems


def analyse(
    project: Project,
    *,
    audience: Audience | None = None,
    earlier: Sequence[EarlierRelease] = (),
    progress: Progress = silent,
) -> Analysis:
    """Compute everything that a project file asks for, from what an audience may see.

    Parameters
    ----------
    project
        From `load_project`.
    audience
        Instead of the project file's.
    earlier
        What was published before, instead of the project's own register.
    progress
        Told how far each step is.

    Returns
    -------
    Analysis
        With neighbours, clusters, assessment and provenance; an internal one with warnings.

    Raises
    ------
    SozialraumError
        With every problem of all inputs, not only the first file's.
    """
    if (audience or project.content.audience) == "internal":
        return _analyse(project, audience, earlier, None, progress, programme=False).shown
    # The map and a report are seen side by side: both hide the same, and know what is published already.
    register = _register(project, final=False)
    before = earlier or register.releases
    return _analyse(project, audience, before, register.secret, progress, programme=False).shown


def folder_of(project: Project, audience: Audience) -> Path:
    """Return the folder of a project's results: internal ones have a folder of their own."""
    return project.resolve(project.content.output.directory + (INTERNAL if audience == "internal" else ""))


def register_of(project: Project) -> Path:
    """Return the folder of a project's register of releases, beside the project file."""
    return project.path.resolve().parent / REGISTER


def _register(project: Project, *, final: bool) -> Register:
    # Version 0.1 kept its records in the folder of results.
    return open_register(register_of(project), final=final, older=folder_of(project, "public") / "releases")


def analyse_programme(
    project: Project,
    *,
    audience: Audience | None = None,
    year: int | None = None,
    progress: Progress = silent,
) -> Run:
    """Analyse, and compute the programme's year from what the audience may see; write nothing.

    Parameters
    ----------
    project, audience, progress
        As for `analyse`.
    year
        The year reported on; the last one of the data by default.

    Raises
    ------
    SozialraumError
        With every problem of all inputs, and every broken rule of the programme.
    """
    earlier: Sequence[EarlierRelease] = ()
    secret = None
    if (audience or project.content.audience) == "public":
        register = _register(project, final=False)
        earlier, secret = register.releases, register.secret
    found = _analyse(project, audience, earlier, secret, progress)
    programme = _reported(found, project, progress, year=year)
    return Run(analysis=found.shown, files=(), problems=found.problems, programme=programme)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What an audience may see, and what a public analysis does not keep: all remarks and all counts."""

    shown: Analysis
    problems: tuple[Problem, ...]
    true: Panel
    sheets: Programme | None


def _analyse(
    project: Project,
    audience: Audience | None,
    earlier: Sequence[EarlierRelease],
    secret: bytes | None,
    progress: Progress,
    *,
    programme: bool = True,
) -> _Found:
    content = project.content
    panel, around = prepare(project, progress)
    wanted = programme and content.programme is not None
    sheets, told = _programme_of(project, panel) if wanted else (None, ())
    progress("protect", 0.0)
    shown, left_out = load_protected(
        panel,
        audience=audience or content.audience,
        rules=Rules(**content.disclosure.model_dump()),
        earlier=earlier,
        secret=secret,
    )
    progress("protect", 1.0)
    analysis, remarks = _with_clusters(shown, around, project, progress)
    assessed, more = _with_assessment(analysis, project, progress)
    assessed, last = _with_further(assessed, project, progress)
    found = (*remarks, *more, *last)
    shown = replace(assessed, problems=(*assessed.problems, *found))
    # What is left out, and why, is for the office: no page or file of the public release says it.
    problems = (*panel.problems, *left_out, *found, *told)
    return _Found(shown=shown, problems=problems, true=panel, sheets=sheets)


def _reported(
    found: _Found, project: Project, progress: Progress, *, year: int | None = None
) -> ProgrammeResult | None:
    """Compute the programme's year, where the project has a programme."""
    if found.sheets is None:
        return None
    from sozialraum.project.programme import run_project_programme  # noqa: PLC0415 - slow to import

    progress("programme", 0.0)
    result = run_project_programme(found.shown, project, found.sheets, year=year)
    progress("programme", 1.0)
    return result


def _programme_of(project: Project, panel: Panel) -> tuple[Programme | None, tuple[Problem, ...]]:
    """Read the programme before anything takes long: a broken rule stops the run."""
    from sozialraum.project.programme import programme_of  # noqa: PLC0415 - slow to import

    return programme_of(project, panel)


def _orientation(project: Project) -> list[gpd.GeoDataFrame]:
    """Read water, lines and names for the map before anything takes long."""
    from sozialraum.boundaries.layers import read_layer  # noqa: PLC0415 - slow to import

    return [read_layer(project.resolve(name)).frame for name in project.content.output.orientation]


def run(
    project: Project,
    *,
    output: Path | None = None,
    audience: Audience | None = None,
    final: bool = False,
    progress: Progress = silent,
) -> Run:
    """Protect a project's figures, analyse what is left, and write it.

    Parameters
    ----------
    project
        From `load_project`.
    output
        Folder for the results, instead of the project file's.
    audience
        Instead of the project file's.
    final
        Whether a public release goes out now: what it shows and hides is kept in the project's register
        beside the project file, and no later release may give away, together with it, what it hides.
    progress
        Told how far each step is.
    """
    content = project.content
    around = _orientation(project)
    public = (audience or content.audience) == "public"
    directory = output or folder_of(project, audience or content.audience)
    register = _register(project, final=final) if public else None
    earlier, secret = ((), None) if register is None else (register.releases, register.secret)
    # What draws the map is loaded while the tables are read.
    with standing_by(page_writer) as hand_over:
        found = _analyse(project, audience, earlier, secret, progress)
        if final and register is None:
            raise DisclosureError(Problem(code="disclosure.not_public"))
        reported: list[ProgrammeResult | None] = []

        def programme() -> ProgrammeResult | None:
            reported.append(_reported(found, project, progress))
            progress("output", 0.0)
            if final and register is not None:
                # Before anything is seen: a release on record that was not written harms nobody, one not on
                # record may.
                register.keep(found.shown, found.true)
            return reported[0]

        files = publish(
            found.shown,
            directory,
            tiles=content.output.tiles,
            formats=content.output.formats,
            programme=programme,
            orientation=around,
            hand_over=hand_over,
        )
    progress("output", 1.0)
    return Run(analysis=found.shown, files=files, problems=found.problems, programme=reported[0])
