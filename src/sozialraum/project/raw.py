"""A project's figures before protection: what its programme is checked against, never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.project.inputs import prepare, silent

if TYPE_CHECKING:
    from sozialraum.panel import Panel
    from sozialraum.project.file import Project

__all__ = ["raw_panel"]


def raw_panel(project: Project) -> Panel:
    """Read and join a project's inputs; nothing is protected.

    Raises
    ------
    SozialraumError
        With every problem of the project's inputs.
    """
    return prepare(project, silent)[0]
