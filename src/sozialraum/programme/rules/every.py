"""All rules of a programme at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.arguments import checked
from sozialraum.programme.rules.goal_rules import check_goals
from sozialraum.programme.rules.known import Known
from sozialraum.programme.rules.measure_rules import check_measures
from sozialraum.programme.rules.note_rules import check_notes
from sozialraum.programme.rules.place_rules import check_places
from sozialraum.programme.rules.references import check_references

if TYPE_CHECKING:
    from sozialraum.errors import Problem
    from sozialraum.programme.register import Programme

__all__ = ["check_programme"]


@checked()
def check_programme(programme: Programme, known: Known | None = None) -> tuple[Problem, ...]:
    """Find every violation of a rule.

    Parameters
    ----------
    programme
        From `load_programme` or `read_programme`.
    known
        What the project knows of districts, indicators and figures; what it does not know is not compared.

    Returns
    -------
    tuple of Problem
        Errors, warnings and notes, each with file, sheet, row and column, in the order of the sheets.
    """
    known = known or Known()
    return (
        *check_references(programme, known),
        *check_places(programme, known),
        *check_goals(programme, known),
        *check_measures(programme),
        *check_notes(programme),
    )
