"""The contract between Python and the page: what the data inside an atlas look like, written once.

`atlas_data` makes an `AtlasData`; ``assets/contract.d.ts`` tells the page's modules the same and is written
from here (``python tests/helpers/contract.py``). A test compares real pages with this file, another one lets
the page's own modules unpack a real page and compares what they see. A new field: first here, then there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from sozialraum.publish.orientation import Orientation, Place
from sozialraum.publish.programme.payload import (
    Area,
    Decision,
    Facility,
    Funding,
    Goal,
    Measure,
    NeedTheme,
    ProgrammeData,
    Shown,
)
from sozialraum.texts import Language  # noqa: TC001 - tests read the hints

__all__ = [
    "AddedFeature",
    "AddedLayer",
    "Area",
    "AtlasData",
    "Both",
    "CityMeasure",
    "Column",
    "Decision",
    "Digits",
    "Facility",
    "Funding",
    "Goal",
    "Measure",
    "NeedTheme",
    "Orientation",
    "Place",
    "ProgrammeData",
    "Scheme",
    "Shown",
    "WallTold",
    "Way",
]

Column = Annotated[str, "column"]
"""A number or nothing per district, packed by `columns.numbers`; the page unpacks it when it is asked for."""

Digits = Annotated[str, "digits"]
"""One digit per district, see `columns.codes`: which of a list of words."""

Way = Literal["fixed", "quantile", "natural"]
"""How numbers are divided into classes."""

Words = Annotated[dict[str, str], "words"]
"""Texts by dotted name."""


class Both(TypedDict):
    """A text in both languages; the page keeps the one that is read."""

    de: str
    en: str


class Texts(TypedDict):
    """All words of the page in both languages; the page keeps one."""

    de: Words
    en: Words


class Tile(TypedDict):
    """A pattern, see `palettes.Pattern`."""

    path: str
    ink: str
    paper: str


class Level(TypedDict):
    """Larger areas: their names, and per district the place of its area's name, -1 for none."""

    names: list[str]
    codes: list[int]


class Coded(TypedDict):
    """Texts that many districts share, and per district the place of its text."""

    names: list[str]
    codes: Column | None


class Districts(TypedDict):
    """Everything about the districts that does not depend on an indicator; see `shapes.Shapes`."""

    keys: list[str]
    names: list[str]
    parents: list[Level]
    shapes: list[str]
    digits: int
    origin: list[int]
    bounds: list[float]
    tolerance: float


class CityValue(TypedDict):
    """The city on an indicator, in the unit that is shown."""

    value: float | None
    numerator: float | None
    denominator: float | None
    median: float | None
    districts: float | None


class Moran(TypedDict):
    """The city's global Moran's I."""

    statistic: float | None
    expected: float | None
    z: float | None
    p: float | None
    districts: float | None


class Scheme(TypedDict):
    """One way to divide an indicator's numbers into classes."""

    id: Way
    lowest: float
    limits: list[float]
    colours: list[str]


class WallTold(TypedDict):
    """Sharp borders that hang together; each border as places of two districts, the higher one first."""

    borders: list[list[int]]
    length: int
    jump: float | None
    ends: list[str]


class CityMeasure(TypedDict):
    """How unequal the city is beyond chance, with its interval."""

    value: float | None
    lower: float | None
    upper: float | None
    districts: int


class Slice(TypedDict):
    """One indicator at one date; numbers as they are shown, so a share in per cent."""

    date: str
    period: NotRequired[Both]
    flags: Digits
    values: NotRequired[Column]
    lower: NotRequired[Column]
    upper: NotRequired[Column]
    numerator: NotRequired[Column]
    denominator: NotRequired[Column]
    clusters: NotRequired[Digits]
    p: NotRequired[Column]
    pAdjusted: NotRequired[Column]
    city: NotRequired[CityValue]
    moran: NotRequired[Moran]
    claim: NotRequired[str]
    claimTold: NotRequired[Both]
    edges: NotRequired[list[list[float | None]]]
    judged: NotRequired[bool]
    verdicts: NotRequired[Digits]
    verdictReasons: NotRequired[Digits]
    distance: NotRequired[Column]
    effectTold: NotRequired[str]
    verdictCity: NotRequired[float]
    margin: NotRequired[float]
    marginBelow: NotRequired[float]
    verdictP: NotRequired[Column]
    verdictPAdjusted: NotRequired[Column]
    smoothed: NotRequired[Column]
    smoothedLower: NotRequired[Column]
    smoothedUpper: NotRequired[Column]
    smoothedLocal: NotRequired[Column]
    schemes: NotRequired[list[Scheme]]
    walls: NotRequired[list[WallTold]]
    measures: NotRequired[dict[str, CityMeasure]]


class Indicator(TypedDict):
    """One indicator with all its dates, ascending."""

    id: str
    label: Both
    description: Both
    theme: str
    targetGroup: str
    source: str
    unit: Both
    kind: Literal["share", "ratio", "count", "value"]
    polarity: Literal["disadvantage", "resource", "context"]
    published: bool
    decimals: int
    lowest: float | None
    limits: list[float]
    colours: list[str]
    signed: bool
    schemes: list[Scheme]
    slices: list[Slice]


class Named(TypedDict):
    """A word of the data and what people read for it."""

    id: str
    label: Both


class ClassWords(TypedDict):
    """The words that digits stand for."""

    verdict: list[str]
    profile: list[str]
    status: list[str]
    dynamic: list[str]
    attention: list[str]
    warning: list[str]


class Reasons(TypedDict):
    """Why there is no class; the first is none."""

    verdict: list[Named]
    index: list[Named]


class IndexSlice(TypedDict):
    """One index at one date."""

    date: str
    value: NotRequired[Column]
    rank: NotRequired[Column]
    status: Digits
    reason: Digits
    fixedValue: NotRequired[Column]
    fixedStatus: Digits
    change: NotRequired[Column]
    dynamic: Digits
    dynamicReason: Digits
    attention: Digits
    warning: Digits
    statusPeriods: NotRequired[Column]
    negativePeriods: NotRequired[Column]
    parts: NotRequired[dict[str, Column]]


class ProfileSlice(TypedDict):
    """What the verdicts of a group come to at one date."""

    date: str
    profile: Digits
    assessable: Column | None
    unfavourableBy: Coded
    favourableBy: Coded


class Robustness(TypedDict):
    """How often resamples gave the same class, in thousandths."""

    status: Digits
    same: NotRequired[Column]
    sameDynamic: NotRequired[Column]
    sameAttention: NotRequired[Column]
    rank: NotRequired[Column]
    lower: NotRequired[Column]
    upper: NotRequired[Column]


class Variants(TypedDict):
    """In how many of `count` variants of method each district has which class."""

    status: Digits
    count: int
    same: Column | None
    classes: list[Column | None]


class Method(TypedDict):
    """What the texts beside the map tell of the method."""

    indicators: list[Both]
    limitsOn: NotRequired[str]
    statusLimits: NotRequired[list[float]]
    dynamicLimits: NotRequired[list[float]]


class AssessmentData(TypedDict):
    """The whole picture: classes over all indicators."""

    words: ClassWords
    reasons: Reasons
    colours: dict[str, dict[str, str]]
    groups: list[Named]
    index: dict[str, list[IndexSlice]]
    profiles: dict[str, list[ProfileSlice]]
    robustness: Robustness | None
    variants: Variants | None
    influence: list[list[Any]]
    method: Method


class AddedFeature(TypedDict):
    """One thing on a layer that somebody added."""

    geometry: dict[str, Any]
    look: int
    tip: str


class AddedLayer(TypedDict):
    """A layer that somebody added to the map, see `layers.added_layers`."""

    name: str
    shown: bool
    looks: list[dict[str, Any]]
    features: list[AddedFeature]


class HowMade(TypedDict):
    """How the figures were made."""

    parameters: dict[str, Any]
    provenance: dict[str, Any]


class AtlasData(TypedDict):
    """Everything that a page carries; lists and digits of cells are in the order of `districts`."""

    city: str
    language: Language
    simulated: bool
    internal: bool
    texts: Texts
    flags: list[str]
    labels: list[str]
    clusterColours: dict[str, str]
    changeColours: dict[str, Any]
    pairColours: list[list[str]]
    burdenedShades: list[str]
    patterns: dict[str, Tile]
    statistics: dict[str, Any]
    rules: dict[str, Any]
    record: HowMade
    districts: Districts
    people: dict[str, Column]
    neighbours: list[str] | None
    indicators: list[Indicator]
    assessment: AssessmentData | None
    layers: list[AddedLayer]
    orientation: Orientation
    programme: ProgrammeData | None
