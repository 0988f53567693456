"""The rule of the verdicts: how far is far, how sure is sure, and how many cases it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sozialraum.assessment.index.recipes import NOT_ASSESSABLE, unknown_choice
from sozialraum.errors import Problem, ProjectError, raise_problems
from sozialraum.stats.multiple import Correction

__all__ = [
    "FAVOURABLE",
    "INCONSPICUOUS",
    "REASONS",
    "UNDECIDED",
    "UNFAVOURABLE",
    "VERDICTS",
    "Rule",
]

UNFAVOURABLE = "conspicuous (unfavourable)"
FAVOURABLE = "conspicuous (favourable)"
INCONSPICUOUS = "inconspicuous"
UNDECIDED = "undecided"
VERDICTS = (UNFAVOURABLE, FAVOURABLE, INCONSPICUOUS, UNDECIDED, NOT_ASSESSABLE)
REASONS = (
    "context",
    "no value",
    "unreliable",
    "no counts",
    "impossible counts",
    "one district",
    "few cases",
)
"""Why a district is not assessable on an indicator."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a district is conspicuous, inconspicuous, or neither.

    Conspicuous: beyond the margin around the city's rate, and not by chance. Inconspicuous: its 90 %
    interval lies inside the margin, so that nearness is shown, not merely not refuted. Otherwise undecided.

    Parameters
    ----------
    unit, distance
        The margin. ``"sd"``: so many standard deviations of the *true* rates between districts, estimated
        with the noise taken away, and at least `floor`; ``"points"``: a difference in the indicator's own
        unit (0.05 are 5 percentage points); ``"ratio"``: times as high, or as low.
    floor
        Smallest margin of ``"sd"`` in the unit that is shown: 1 percentage point, or 1 per 1,000; for rare
        indicators at most a tenth of the city's rate.
    alpha, alpha_margin, correction
        Both must hold: the test against the city's rate itself, corrected, at `alpha`, and the one-sided
        test against the margin, corrected, at `alpha_margin`. The districts of one indicator at one date are
        one family. `alpha_margin` is larger because its null is the worst case, all districts exactly on the
        margin: of what is called conspicuous 2 to 4 % are truly inside (``docs/methoden.md``).
    minimum_denominator
        Fewer people, households or whatever is counted: not assessable.
    minimum_expected
        At the city's rate the district must expect at least so many effective cases and, for shares, so many
        non-cases; fewer say hardly anything, and are left out of the family. Neither minimum looks at the
        district's own count, so they do not bias the verdict.
    """

    unit: Literal["sd", "points", "ratio"] = "sd"
    distance: float = 1.0
    floor: float = 1.0
    alpha: float = 0.05
    alpha_margin: float = 0.2
    correction: Correction = "benjamini-hochberg"
    minimum_denominator: int = 100
    minimum_expected: float = 20.0

    def __post_init__(self) -> None:
        problems = [
            unknown_choice("verdict", part, value, allowed)
            for part, value, allowed in (
                ("unit", self.unit, ("sd", "points", "ratio")),
                ("correction", self.correction, get_args(Correction)),
            )
            if value not in allowed
        ]
        for part, number, lowest, highest in (
            ("distance", self.distance, 1.0 if self.unit == "ratio" else 0.0, np.inf),
            ("floor", self.floor, 0.0, np.inf),
            ("alpha", self.alpha, 0.0, 1.0),
            ("alpha_margin", self.alpha_margin, 0.0, 1.0),
            ("minimum_denominator", self.minimum_denominator, 0.0, np.inf),
            ("minimum_expected", self.minimum_expected, 0.0, np.inf),
        ):
            if not lowest <= number <= highest:
                shown: dict[str, object] = {
                    "part": part,
                    "value": number,
                    "lowest": lowest,
                    "highest": highest,
                }
                problems.append(Problem(code="assessment.bad_rule", values=shown))
        raise_problems(problems, ProjectError)
