"""The programme as the atlas page carries it: under the key ``programme`` of its data, or None without one.

Made by `page.programme_data` from a `ProgrammeResult`, which holds what one audience may see; nothing else is
asked. Districts are named by their keys (``data.districts.keys``), texts that the tool makes come as
``{"de": ..., "en": ...}`` (`Both`), texts that people wrote as they wrote them. A number that is not known
is None. Lists may be empty.

``year`` and ``symbols``
    The year that all of it is told for; symbol and traffic light of each attainment class:
    reached ✓ good, on_track ↗ good, behind ↘ warn, missed ✗ bad, not_assessable ? none,
    not_comparable ≠ none, not_due ○ none. The light is never the only mark: word and symbol say the same.
``areas`` (`Area`)
    Programme areas valid at the end of the year, with their districts, each district's tier, the recorded
    decision and one sentence about it. Their outline is that of their districts.
``decisions`` (`Decision`)
    The last recorded decision of each district, with its written reason. `why` is the sentence of the
    declared rules (internal only, else None); the rule proposes, the decision counts.
``goals`` (`Goal`)
    One per goal in force: where it stands, in words, symbol and light; baseline, figure and target as the
    page shall show them (`shown`) and as numbers; `districts` are those it concerns (none: the whole city).
``measures`` (`Measure`)
    With status, lead office, the goals they serve and the state of their funding.
``need`` (`NeedTheme`)
    Need x provision per kind of facility and target group, latest year: `quadrants` holds one digit per
    district in the page's order, the position in `QUADRANT_CODES`; `sure` the share of redrawn data (0..100)
    that lead to the same quadrant as measured, None where nothing was redrawn.
``facilities`` (`Facility`)
    Points (`lon`, `lat`); where the register has no coordinates they stand in their district's middle and
    `exact` is False.
``conferences``, ``gaps``
    District conferences; districts of high need with neither actor nor conference.
``sites``
    Legal perimeters that cut districts: share of the people inside, how it was estimated, and the outline as
    GeoJSON in degrees (None where the sheet names no file).
``notes``
    Field notes of the year and the two before; internal pages only, else empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from sozialraum.assessment.provision.burden import NOT_ASSESSABLE, QUADRANTS, UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "QUADRANT_CODES",
    "SYMBOLS",
    "Area",
    "Both",
    "Decision",
    "Facility",
    "Funding",
    "Goal",
    "Measure",
    "NeedTheme",
    "ProgrammeData",
    "Shown",
]

QUADRANT_CODES = (*QUADRANTS, UNDECIDED, NOT_ASSESSABLE)
"""What the digits of `NeedTheme.quadrants` mean, in this order: both, need, provision, neither, ..."""

SYMBOLS: Mapping[str, tuple[str, str]] = {
    "reached": ("✓", "good"),
    "on_track": ("↗", "good"),
    "behind": ("↘", "warn"),
    "missed": ("✗", "bad"),
    "not_assessable": ("?", "none"),
    "not_comparable": ("≠", "none"),
    "not_due": ("○", "none"),
}
"""Symbol and traffic light of each attainment class."""


class Both(TypedDict):
    """One text in both languages of the page."""

    de: str
    en: str


class Area(TypedDict):
    """A programme area at the end of the year."""

    id: str
    name: str
    districts: list[str]
    tiers: dict[str, Both | None]
    since: str
    until: str | None
    site: str | None
    sentence: Both


class Decision(TypedDict):
    """What a body decided about a district, and why it says so."""

    district: str
    year: int
    decision: str
    word: Both
    reason: str | None
    date: str | None
    body: Both | None
    paper: str | None
    sentence: Both
    why: str | None


class Shown(TypedDict):
    """A goal's figures with their units, as the page shall write them."""

    baseline: Both
    figure: Both
    expected: Both
    target: Both


class Goal(TypedDict):
    """Where a goal stands."""

    id: str
    version: int
    title: str
    scopeType: str
    scope: str | None
    districts: list[str]
    area: str | None
    indicator: str
    label: Both
    quantity: str
    baselineDate: str | None
    date: str | None
    due: str
    baseline: float | None
    figure: float | None
    target: float | None
    attained: float | None
    lower: float | None
    upper: float | None
    beyondChance: bool | None
    state: str
    word: Both
    symbol: str
    light: str
    shown: Shown
    sentence: Both
    owner: str | None
    measures: list[str]


class Funding(TypedDict):
    """The state of a measure's money: secured, partly, proviso, refused or none."""

    state: str
    word: Both
    amount: float | None
    secured: float | None


class Measure(TypedDict):
    """What is done for goals."""

    id: str
    title: str
    scopeType: str
    scope: str | None
    districts: list[str]
    status: str
    word: Both
    lead: str | None
    starts: str | None
    ends: str | None
    goals: list[str]
    funding: Funding


class NeedTheme(TypedDict):
    """Need and provision of one kind of facility."""

    id: str
    kind: Both
    group: Both
    year: int
    quadrants: str
    sure: list[int | None]
    need: list[float | None]
    provision: list[float | None]


class Facility(TypedDict):
    """A place with its capacity in the last year that is known."""

    id: str
    name: str
    kind: str
    word: Both
    district: str
    capacity: float | None
    unit: Both | None
    year: int | None
    lon: float
    lat: float
    exact: bool


class ProgrammeData(TypedDict):
    """All of it; see the module."""

    year: int
    internal: bool
    symbols: dict[str, dict[str, Any]]
    quadrants: list[dict[str, Any]]
    areas: list[Area]
    decisions: list[Decision]
    goals: list[Goal]
    measures: list[Measure]
    need: list[NeedTheme]
    facilities: list[Facility]
    conferences: list[dict[str, Any]]
    gaps: list[str]
    sites: list[dict[str, Any]]
    notes: list[dict[str, Any]]
