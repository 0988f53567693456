"""The project file: what it may say, and what is told to a person who wrote something else."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sozialraum.cases.options import Addresses, CaseList
from sozialraum.errors import Problem, ProjectError
from sozialraum.indicators.key_rules import is_rule
from sozialraum.panel import Audience
from sozialraum.project.faults import OPTION_WORDS, fault_of
from sozialraum.tables.choice.presets import with_preset
from sozialraum.tables.dates import PeriodKind
from sozialraum.texts import Language

__all__ = ["Project", "ProjectFile", "load_project"]

NonEmpty = Annotated[str, Field(min_length=1)]


def _day_text(written: object) -> object:
    """Let a year or a day stand without quotation marks: to TOML 2022 is a number, 2022-12-31 a date."""
    if isinstance(written, dt.date) or (isinstance(written, int) and not isinstance(written, bool)):
        return str(written)
    return written


Day = Annotated[str, BeforeValidator(_day_text)]
"""A year or a day as people write it."""


class _Part(BaseModel):
    """A part of the file; words that it does not know are faults, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Correction(_Part):
    """One polygon whose key is wrong at the source, told apart by number, place or name."""

    key: NonEmpty
    new_key: NonEmpty
    feature: Annotated[int, Field(ge=1)] | None = None
    at: tuple[float, float] | None = None
    name: str | None = None


class Boundaries(_Part):
    """Polygons: one file or one service address."""

    file: NonEmpty | None = None
    url: NonEmpty | None = None
    layer: str | None = None
    key: NonEmpty
    name: str | None = None
    parents: tuple[str, ...] = ()
    crs: str | None = None
    axis_order: Literal["xy", "yx"] = "xy"
    exclude: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    dissolve: bool = False
    encoding: str | None = None
    rename: dict[str, str] = Field(default_factory=dict)
    vintage: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Boundaries:
        if (self.file is None) == (self.url is None):
            raise ValueError("file_or_url")
        return self


class Table(_Part):
    """One indicator table."""

    file: NonEmpty
    preset: Literal["ba-akg", "kosis-hh", "duva"] | None = None
    sheet: str | None = None
    header_rows: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] | None = None
    totals: tuple[str, ...] | None = None
    join: Literal["key", "name"] = "key"
    key: str | None = None
    name: str | None = None
    date: Day | None = None
    date_column: str | None = None
    from_column: str | None = None
    part_column: str | None = None
    period: PeriodKind | None = None
    where: dict[str, str | int | tuple[str | int, ...]] = Field(default_factory=dict)
    rows: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] | None = None
    skip_rows: tuple[Annotated[int, Field(ge=1)], ...] = ()
    transposed: bool = False
    fill_down: tuple[str, ...] = ()
    empty_district: Literal["leave_out"] | None = None
    variable_column: str | None = None
    value_column: str | None = None
    variables: dict[str, str] = Field(min_length=1)
    convention: Literal["cautious", "din55301", "din5008", "arbeitsagentur"] | None = None
    missing: tuple[str, ...] | None = None
    suppressed: tuple[str, ...] | None = None
    suppressed_below: Annotated[int, Field(ge=2)] | None = None
    symbols: dict[
        str, Literal["zero", "small", "number", "missing", "suppressed", "unknown", "not applicable", "later"]
    ] = Field(default_factory=dict)
    marks: dict[Literal["hidden_rows", "struck", "invisible", "format"], Literal["read", "leave_out"]] = (
        Field(default_factory=dict)
    )
    encoding: str | None = None
    separator: str | None = None
    decimal: Literal[",", "."] | None = None
    thousands: str | None = None
    without_rows: tuple[str, ...] = ()
    without_district: tuple[str, ...] = ()
    corrections: dict[str, str] = Field(default_factory=dict)
    vintage: str | None = None
    published: Day | None = None
    city_total: str | None = None
    noise: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the file says
        return with_preset(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _one_of_each(self) -> Table:
        figures = [self.value_column] if self.value_column is not None else self.variables.values()
        wide = any("{date}" in column for column in figures)
        stated = (self.date is not None) + (self.date_column is not None) + wide
        if stated > 1 or (not stated and "{year}" not in self.file):
            raise ValueError("date_or_date_column")
        if OPTION_WORDS & set(self.variables):
            raise ValueError("below_variables")
        if self.join == "key" and self.key is None:
            raise ValueError("join_key")
        if self.join == "name" and self.name is None:
            raise ValueError("join_name")
        return self


class Crosswalk(_Part):
    """Which district of an older boundary version became which; carries counts across the reform."""

    file: NonEmpty
    old: NonEmpty
    new: NonEmpty
    old_column: NonEmpty = "old"
    new_column: NonEmpty = "new"
    weight_column: NonEmpty = "weight"


class CatalogueFile(_Part):
    """Where the indicators are declared."""

    file: NonEmpty


class DeliveryRegister(_Part):
    """Which source owes which period, one row each."""

    file: NonEmpty
    sheet: str | None = None


class Period(_Part):
    """Which dates are analysed; the others are read past."""

    first: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "0000-01-01"
    last: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "9999-12-31"


class NeighbourRules(_Part):
    """Who is whose neighbour."""

    method: Literal["queen", "rook", "nearest", "distance", "kernel"] = "queen"
    tolerance: Annotated[float, Field(ge=0, le=1000)] = 1.0
    order: Literal[1, 2] = 1
    k: Annotated[int, Field(ge=1)] = 6
    distance: Annotated[float, Field(gt=0)] | None = None
    extra: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()


class Statistics(_Part):
    """How clusters are tested."""

    permutations: Annotated[int, Field(ge=99, le=9_999_999)] = 99_999
    alternative: Literal["two-sided", "greater", "less", "directed"] = "two-sided"
    correction: Literal["benjamini-hochberg", "benjamini-yekutieli", "bonferroni", "none"] = (
        "benjamini-hochberg"
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    seed: Annotated[int, Field(ge=0)] = 0
    further: bool = False


class VerdictRule(_Part):
    """When a district is conspicuous; see `assessment.rule.Rule`."""

    unit: Literal["sd", "points", "ratio"] = "sd"
    distance: Annotated[float, Field(ge=0)] = 1.0
    floor: Annotated[float, Field(ge=0)] = 1.0
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    alpha_margin: Annotated[float, Field(gt=0, lt=1)] = 0.2
    correction: Literal["benjamini-hochberg", "bonferroni", "none"] = "benjamini-hochberg"
    minimum_denominator: Annotated[int, Field(ge=0)] = 100
    minimum_expected: Annotated[float, Field(ge=0)] = 20.0


class AssessmentPart(_Part):
    """Index, verdicts and what supports them; without indicators there is no index."""

    preset: Literal["berlin_mss", "z_mean", "percentile_sum", "exponential", "pca"] = "berlin_mss"
    indicators: tuple[str, ...] = ()
    dynamic_indicators: tuple[str, ...] = ()
    weights: dict[str, float] = Field(default_factory=dict)
    standard: Literal["districts", "population"] = "districts"
    smoothing: bool = False
    population: str | None = None
    minimum_population: Annotated[int, Field(ge=0)] = 300
    excluded: tuple[str, ...] = ()
    dynamic_years: Annotated[int, Field(ge=1)] = 2
    base_date: Day | None = None
    target_groups: bool = True
    resamples: Annotated[int, Field(ge=0, le=100_000)] = 1000
    variants: bool = True
    edges: bool = True
    seed: Annotated[int, Field(ge=0)] = 0
    verdict: VerdictRule = VerdictRule()


class DisclosureRules(_Part):
    """What is too small for the public."""

    minimum_count: Annotated[int, Field(ge=1)] = 3
    minimum_denominator: Annotated[int, Field(ge=0)] = 100
    minimum_remainder: Annotated[int, Field(ge=1)] | None = 3
    zeros: bool = False
    denominators: bool = False
    parent_totals: bool = True
    unpublished_areas: tuple[str, ...] = ()
    minimum_width: Annotated[int, Field(ge=1)] | None = None
    rounding: Literal[5, 10] | None = None
    against: Literal["outsider", "method known"] = "outsider"
    strict: bool = False


class ProgrammePart(_Part):
    """The sheets that the social planner edits: a workbook, or a folder with CSV files."""

    file: NonEmpty


class Output(_Part):
    """Where results go."""

    directory: NonEmpty = "maps"
    tiles: bool = False
    orientation: tuple[NonEmpty, ...] = ()
    formats: tuple[Literal["xlsx", "qgis", "geojson", "flatgeobuf"], ...] = ("xlsx", "qgis")


class ProjectFile(_Part):
    """All that a project file may say."""

    city: NonEmpty
    language: Language = "de"
    audience: Audience = "public"
    simulated: bool = False
    boundaries: Boundaries
    corrections: dict[str, str] = Field(default_factory=dict)
    key_rules: tuple[str, ...] = ()
    tables: tuple[Table, ...] = Field(min_length=1)
    addresses: Addresses | None = None
    cases: tuple[CaseList, ...] = ()
    crosswalks: tuple[Crosswalk, ...] = ()
    deliveries: DeliveryRegister | None = None
    catalogue: CatalogueFile | None = None
    indicators: dict[str, dict[str, Any]] = Field(default_factory=dict)
    period: Period = Period()
    neighbours: NeighbourRules = NeighbourRules()
    statistics: Statistics = Statistics()
    assessment: AssessmentPart | None = None
    disclosure: DisclosureRules = DisclosureRules()
    programme: ProgrammePart | None = None
    output: Output = Output()

    @model_validator(mode="after")
    def _rules(self) -> ProjectFile:
        if not all(map(is_rule, self.key_rules)):
            raise ValueError("key_rule")
        return self

    @model_validator(mode="after")
    def _one_catalogue(self) -> ProjectFile:
        if (self.catalogue is None) == (not self.indicators):
            raise ValueError("catalogue_or_indicators")
        return self


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project file that has been read.

    Parameters
    ----------
    path
        The file itself.
    root
        Folder that relative paths start from.
    content
        What it says, validated.
    """

    path: Path
    root: Path
    content: ProjectFile

    def resolve(self, name: str) -> Path:
        """Return the path of a file that the project names."""
        return self.root / Path(name).expanduser()


def load_project(path: str | Path, *, root: str | Path | None = None) -> Project:
    """Read and validate a project file.

    Parameters
    ----------
    path
        A TOML file.
    root
        Folder that relative paths start from; the project file's own by default.

    Raises
    ------
    ProjectError
        With every fault: syntax, unknown, missing and wrong entries; names each entry, its line and what
        is allowed.
    """
    path = Path(path)
    source = _read(path)
    try:
        # A TOML array is a list; strict validation wants the tuples that the models promise.
        raw = _tuples(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        problem = Problem(code="project.not_toml", file=str(path), values={"reason": str(error)})
        raise ProjectError(problem) from error
    except RecursionError as error:
        raise ProjectError(Problem(code="project.too_deep", file=str(path))) from error
    try:
        content = ProjectFile.model_validate(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        # pydantic calls a list with faulty entries empty, too; the entries' own faults say more.
        inside = {fault["loc"][:1] for fault in faults if len(fault["loc"]) > 1}
        problems = [
            fault_of(path, source, fault, ProjectFile)
            for fault in faults
            if fault["type"] != "too_short" or fault["loc"] not in inside
        ]
        raise ProjectError(*sorted(problems, key=lambda problem: problem.row or 0)) from error
    return Project(path=path, root=Path(root) if root else path.resolve().parent, content=content)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise ProjectError(Problem(code="project.not_utf8", file=str(path), row=row)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(code="project.not_readable", file=str(path), values={"reason": reason})
        raise ProjectError(problem) from error


def _tuples(value: Any) -> Any:  # noqa: ANN401 - TOML holds anything
    if isinstance(value, dict):
        return {name: _tuples(child) for name, child in value.items()}
    return tuple(_tuples(child) for child in value) if isinstance(value, list) else value
