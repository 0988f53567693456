"""The programme of a project: its sheets against the project's data, and its results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.programme.findings.every import programme_findings
from sozialraum.programme.goals.baseline import baseline_problems
from sozialraum.programme.register import Programme, ProgrammeError, load_programme
from sozialraum.programme.rules.every import check_programme
from sozialraum.programme.rules.known import Known
from sozialraum.programme.run import ProgrammeResult, run_programme
from sozialraum.programme.selection.rules import selection_rules
from sozialraum.programme.selection.sites import site_outlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sozialraum.analysis import Analysis
    from sozialraum.panel import Panel
    from sozialraum.project.file import Project

__all__ = ["check_project_programme", "known_of", "programme_of", "run_project_programme"]


def known_of(project: Project, panel: Panel) -> Known:
    """Return what a project's data know, for the rules of its programme."""
    return Known(
        districts=panel.districts,
        catalogue=panel.catalogue,
        indicators=panel.indicators,
        variables=tuple(dict.fromkeys(name for table in project.content.tables for name in table.variables)),
    )


def check_project_programme(
    project: Project, panel: Panel | None
) -> tuple[Programme | None, tuple[Problem, ...]]:
    """Read a project's programme and find every violation.

    Parameters
    ----------
    project
        Its part ``[programme]`` names the sheets; without it there is no programme.
    panel
        All figures, before protection: what `check` says is for the office only. None where they cannot be
        read: the sheets are compared with one another alone.

    Returns
    -------
    programme
        None where the project has none.
    problems
        Faults of cells, broken rules, stated baselines that the data contradict, goals hardly testable.
    """
    part = project.content.programme
    if part is None:
        return None, ()
    programme, problems = load_programme(project.resolve(part.file))
    if panel is None:
        return programme, (*problems, *check_programme(programme))
    found = [*problems, *check_programme(programme, known_of(project, panel))]
    found += baseline_problems(programme, panel.indicators, panel.catalogue)
    found += site_outlines(programme, panel.districts)[1]
    found += _rule_problems(programme, panel.catalogue, found)
    return programme, tuple(found)


def _rule_problems(
    programme: Programme, catalogue: pd.DataFrame, known: Sequence[Problem]
) -> tuple[Problem, ...]:
    """Tell selection rules that cannot be applied; cells that have been told already are not told again."""
    read = programme.sheets["selection_rules"]
    if read.frame.empty:
        return ()
    told = {(problem.sheet, problem.row) for problem in known if problem.severity == "error"}
    try:
        selection_rules(
            programme["selection_rules"], catalogue, file=read.file, sheet=read.sheet, rows=read.rows
        )
    except SozialraumError as error:
        return tuple(problem for problem in error.problems if (problem.sheet, problem.row) not in told)
    return ()


def programme_of(project: Project, panel: Panel) -> tuple[Programme | None, tuple[Problem, ...]]:
    """Return a project's programme and the remarks on it; raise if one of its rules is broken.

    Raises
    ------
    ProgrammeError
        With every violation.
    """
    programme, problems = check_project_programme(project, panel)
    raise_problems(problems, ProgrammeError)
    return programme, problems


def run_project_programme(
    analysis: Analysis, project: Project, programme: Programme, *, year: int | None = None
) -> ProgrammeResult:
    """Compute a project's programme from an analysis, that is from what its audience may see.

    Parameters
    ----------
    analysis
        Protected or internal; the audience is its own.
    project
        Names the language.
    programme
        From `programme_of`.
    year
        The year reported on; the last one of the data by default.
    """
    last = year if year is not None else int(str(analysis.indicators["date"].max())[:4])
    result = run_programme(
        programme,
        analysis,
        year=last,
        assessment=analysis.assessment,
        language=project.content.language,
    )
    # Computed from the sheets as the audience may see them: for the public no rules, no notes, no pots.
    found = programme_findings(result.sheets, analysis, seed=project.content.statistics.seed)
    more = found.flat(analysis.districts, until=last, language=result.language)
    if analysis.audience == "public":
        for internal in ("remarks", "contribution_standing"):
            more.pop(internal, None)
    return replace(result, tables={**more, **result.tables}, outlines=found.outlines)
