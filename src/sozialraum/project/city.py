"""`open_project`: the project file's whole flow, step by step, for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.project.file import Project, load_project
from sozialraum.project.flow import Run, analyse, analyse_programme, check, run

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.analysis import Analysis
    from sozialraum.errors import Problem
    from sozialraum.panel import Audience
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["City", "open_project"]


class City:
    """A project: check it, analyse it, publish it.

    Parameters
    ----------
    project
        From `load_project`.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    def __repr__(self) -> str:
        return f"City({self.project.content.city!r}, {str(self.project.path)!r})"

    def check(self) -> tuple[Problem, ...]:
        """List every problem of the input; empty if all is well."""
        return check(self.project)

    def analyse(self, *, audience: Audience | None = None) -> Analysis:
        """Compute everything that the project file asks for, from what the audience may see.

        Parameters
        ----------
        audience
            ``"internal"`` or ``"public"``; the project file's by default.
        """
        return analyse(self.project, audience=audience)

    def programme(
        self, *, audience: Audience | None = None, year: int | None = None
    ) -> ProgrammeResult | None:
        """Compute the programme's year from what the audience may see; None where the project has none.

        Parameters
        ----------
        audience
            As for `analyse`.
        year
            The year reported on; the last one of the data by default.
        """
        return self.follow(audience=audience, year=year).programme

    def follow(self, *, audience: Audience | None = None, year: int | None = None) -> Run:
        """Analyse and compute the programme's year in one go, without writing; see `analyse_programme`."""
        return analyse_programme(self.project, audience=audience, year=year)

    def publish(
        self, directory: Path | None = None, *, audience: Audience | None = None, final: bool = False
    ) -> Run:
        """Analyse and write everything; see `project.flow.run`."""
        return run(self.project, output=directory, audience=audience, final=final)


def open_project(path: str | Path) -> City:
    """Open a project file.

    Raises
    ------
    ProjectError
        With every fault of the file.
    """
    return City(load_project(path))
