"""The indicator catalogue: what is measured, from which counts, and how it is to be understood."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sozialraum.errors import CatalogueError, Problem, raise_problems, shorten
from sozialraum.indicators.people import (
    ESTIMATED,
    PEOPLE_COLUMNS,
    check_people,
    effect_of,
    relation_problems,
)
from sozialraum.indicators.target_groups import BUILT_IN, GROUP_COLUMNS, group_columns
from sozialraum.keys import closest
from sozialraum.panel import CATALOGUE_COLUMNS
from sozialraum.stats.effective import DEFAULT_EFFECTS
from sozialraum.tables.numbers import as_date
from sozialraum.texts import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from sozialraum.texts import Language

__all__ = [
    "RECIPE_COLUMNS",
    "catalogue",
    "check_catalogue",
    "like_a_level",
    "load_catalogue",
    "read_catalogue",
]

RECIPE_COLUMNS = (
    *("numerator", "denominator", "value", "value_unit", "dates", "breaks"),
    "already_public",
    *PEOPLE_COLUMNS,
    "class_limits",
    *GROUP_COLUMNS,
)
"""Columns beside `CATALOGUE_COLUMNS`: from which variables, and for which dates, an indicator is derived, and
how the counted people belong together."""

Kind = Literal["share", "ratio", "count", "value"]
Polarity = Literal["disadvantage", "resource", "context"]
ValueUnit = Literal["percent", "fraction", "number"]

_FACTORS = {"share": 100.0, "ratio": 1000.0, "count": 1.0, "value": 1.0}
_EFFECT_WORDS = (*DEFAULT_EFFECTS, ESTIMATED)
RESERVED_IDS = frozenset({"geometry", "geom", "fid", "ogc_fid", "district", "name", "key", "parent"})
"""Columns of the districts themselves, beside which each indicator gets one under its id."""

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _as_limits(value: object) -> object:
    """Take one to five ascending numbers; more classes cannot be told apart."""
    if not isinstance(value, list) or not 1 <= len(value) <= 5:
        raise ValueError(str(value))
    if not all(
        isinstance(one, (int, float)) and not isinstance(one, bool) and isfinite(one) for one in value
    ):
        raise ValueError(str(value))
    if any(second <= first for first, second in pairwise(value)):
        raise ValueError(str(value))
    return tuple(map(float, value))


def _as_effect(value: object) -> object:
    """Take a number of at least 1, or a word that stands for one."""
    if isinstance(value, str):
        if value in _EFFECT_WORDS:
            return value
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < float("inf"):
        return float(value)
    raise ValueError(str(value))


def _as_households(value: object) -> object:
    """Take a mean household, or a table of households by size (TOML keys are texts)."""
    if not isinstance(value, dict):
        return _as_effect(None if isinstance(value, str) else value)
    table = {int(size): float(count) for size, count in value.items()}
    if not table or min(table) < 1 or min(table.values()) < 0 or not 0 < sum(table.values()) < float("inf"):
        raise ValueError(str(value))
    return table


def _as_words(value: object) -> object:
    return {"de": value} if isinstance(value, str) else value


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, (str, int, dt.date)) else value


def _as_dates(value: object) -> object:
    entries = _as_tuple(value)
    if not isinstance(entries, (list, tuple)):
        return entries
    dates = [as_date(entry) for entry in entries]
    if None in dates:
        raise ValueError(str(entries[dates.index(None)]))
    return tuple(dates)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _Words(_Strict):
    """A text in one language or in both; where one is missing, the other stands for it."""

    de: str = Field(min_length=1)
    en: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_is_enough(cls, value: object) -> object:
        if isinstance(value, dict) and "de" not in value and value.get("en"):
            return {**value, "de": value["en"]}
        return value

    def get(self, language: Language) -> str:
        return self.en if language == "en" and self.en is not None else self.de


Words = Annotated[_Words, BeforeValidator(_as_words)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Dates = Annotated[tuple[str, ...], BeforeValidator(_as_dates)]
Limits = Annotated[tuple[float, ...], BeforeValidator(_as_limits)]
Effect = Annotated[float | str, BeforeValidator(_as_effect)]
Households = Annotated[float | dict[int, float], BeforeValidator(_as_households)]


class _Group(_Strict):
    """A target group of the city's own."""

    label: Words
    persons: Names = ()


GROUPS = "target_groups"
"""Table of the file that declares target groups; an indicator of this name would have a polarity."""


class _Indicator(_Strict):
    label: Words
    polarity: Polarity
    description: Words | None = None
    numerator: Names = ()
    denominator: Names = ()
    value: str | None = None
    value_unit: ValueUnit | None = None
    kind: Kind = "share"
    target_group: str = "all"
    theme: str = ""
    source: str = ""
    unit: Words | None = None
    factor: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    decimals: int = Field(default=1, ge=0, le=6)
    dates: Dates = ()
    breaks: Dates = ()
    already_public: bool = False
    design_effect: Effect | None = None
    persons_per_household: Households | None = None
    part_of: Names = ()
    sum_of: Names = ()
    class_limits: Limits = ()

    def row(self, groups: Mapping[str, _Group]) -> dict[str, object]:
        factor = self.factor or _FACTORS[self.kind]
        return {
            **{f"label_{language}": self.label.get(language) for language in ("de", "en")},
            **{
                f"description_{language}": self.description.get(language) if self.description else ""
                for language in ("de", "en")
            },
            "kind": self.kind,
            "polarity": self.polarity,
            "target_group": self.target_group,
            "theme": self.theme,
            "source": self.source,
            **{f"unit_{language}": self._unit(language, factor) for language in ("de", "en")},
            "factor": factor,
            "decimals": self.decimals,
            "published": self.value is not None and self.kind not in {"value", "count"},
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": self.value or "",
            "value_unit": (self.value_unit or "number") if self.value is not None else "",
            "dates": self.dates,
            "breaks": self.breaks,
            "already_public": self.already_public,
            **dict(zip(PEOPLE_COLUMNS, (*effect_of(self), self.part_of, self.sum_of), strict=True)),
            "class_limits": self.class_limits,
            **group_columns(
                self.target_group,
                {
                    name: ({language: group.label.get(language) for language in LANGUAGES}, group.persons)
                    for name, group in groups.items()
                },
            ),
        }

    def _unit(self, language: Language, factor: float) -> str:
        if self.unit is not None:
            return self.unit.get(language)
        if self.kind in {"value", "count"}:
            return ""
        number = f"{factor:,.0f}" if language == "en" else f"{factor:,.0f}".replace(",", ".")
        return text(f"catalogue.unit.{self.kind}", language, factor=number)


_CHOICES = {
    "kind": get_args(Kind),
    "polarity": get_args(Polarity),
    "value_unit": get_args(ValueUnit),
}
_EXPECTED = {
    "label": "words",
    "description": "words",
    "unit": "words",
    "numerator": "names",
    "persons": "names",
    "denominator": "names",
    "factor": "positive",
    "decimals": "digits",
    "design_effect": "effect",
    "persons_per_household": "households",
    "part_of": "indicators",
    "sum_of": "indicators",
    "class_limits": "limits",
    "already_public": "truth",
}


def read_catalogue(path: str | Path) -> pd.DataFrame:
    """Read the indicator catalogue; see `load_catalogue`.

    Raises
    ------
    CatalogueError
        With every fault of the file at once.
    """
    frame, problems = load_catalogue(path)
    raise_problems(problems, CatalogueError)
    return frame


def load_catalogue(path: str | Path) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read a TOML file with one table per indicator, and gather its faults.

    ``[unemployment]`` with ``label`` and ``polarity``, and either ``numerator`` and ``denominator`` (variable
    ids; several are summed) or ``value`` (the variable of a ready-made figure) with ``value_unit``
    ("percent" or "fraction" for shares and ratios, "number" for values); with ``kind = "count"`` a
    ``numerator`` alone. Optional: ``description``, ``kind``
    ("share"), ``target_group`` ("all"), ``theme``, ``source``, ``unit``, ``factor``, ``decimals`` (1),
    ``dates``, ``breaks`` (dates from which on it is defined anew: no change is computed across),
    ``class_limits`` (one to five ascending numbers, as they are shown: where the classes of the map part),
    ``already_public`` (a ready-made figure that stands in print elsewhere: showing it hides nothing).

    A target group of the city's own is declared once: ``[target_groups.families]`` with ``label`` and, if
    they are counted, ``persons`` (variables whose sum they are); then indicators may have
    ``target_group = "families"``.

    About the people behind the counts: ``design_effect`` (a number of at least 1, a subject of
    `stats.effective.DEFAULT_EFFECTS`, or "estimated") or ``persons_per_household`` (a mean, or households by
    size); ``part_of`` (indicators whose numerators hold all of this numerator's people) and ``sum_of``
    (indicators whose numerators add up to this one's).

    Words are a text or have ``de`` and ``en``; English falls back to German. The factor defaults to 100 for
    shares ("%"), 1000 for ratios ("je 1.000") and 1 for values.

    Returns
    -------
    tuple
        A frame with index "indicator" in the order of the file and columns `CATALOGUE_COLUMNS` and
        `RECIPE_COLUMNS`, holding the indicators without fault; and the problems.
    """
    path = Path(path)
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return _frame({}), (Problem(code="catalogue.no_file", file=path.name, values={"path": path}),)
    except (OSError, UnicodeDecodeError) as error:
        values = {"path": path, "reason": getattr(error, "strerror", None) or "UTF-8"}
        return _frame({}), (Problem(code="catalogue.no_access", file=path.name, values=values),)
    except RecursionError:
        return _frame({}), (Problem(code="project.too_deep", file=path.name),)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        row, reason = int(place.group(1)) if place else None, str(error)
        return _frame({}), (
            Problem(code="catalogue.syntax", file=path.name, row=row, values={"reason": reason}),
        )
    return _check_entries(entries, path.name)


def catalogue(entries: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Make a catalogue from a mapping of indicator id to the fields of `load_catalogue`.

    Raises
    ------
    CatalogueError
        With every fault at once.
    """
    frame, problems = _check_entries(entries, None)
    raise_problems(problems, CatalogueError)
    return frame


def check_catalogue(catalogue: pd.DataFrame, variables: Iterable[str]) -> tuple[Problem, ...]:
    """Report each variable that the catalogue asks for and no table has.

    Parameters
    ----------
    catalogue
        As `read_catalogue` returns it.
    variables
        The variable ids of all tables.
    """
    known = list(dict.fromkeys(variables))
    problems = []
    for indicator, recipe in catalogue[["numerator", "denominator", "value"]].iterrows():
        asked = {"numerator": recipe["numerator"], "denominator": recipe["denominator"]}
        asked["value"] = (recipe["value"],) if recipe["value"] else ()
        problems += [
            _unknown("variable", str(indicator), field, variable, known)
            for field, names in asked.items()
            for variable in names
            if variable not in known
        ]
    return tuple(problems)


def like_a_level(catalogue: pd.DataFrame, levels: Iterable[str]) -> tuple[Problem, ...]:
    """Report indicators that are called like a level of larger areas: both are columns of the districts.

    Parameters
    ----------
    catalogue
        As `read_catalogue` returns it.
    levels
        Columns of the boundaries that name larger areas.
    """
    known = {level.lower() for level in levels}
    return tuple(_fault("like_a_level", str(name)) for name in catalogue.index if str(name).lower() in known)


def _unknown(what: str, indicator: str, field: str, written: str, known: list[str]) -> Problem:
    similar = closest(written, known)
    values = {
        "indicator": indicator,
        "field": field,
        "written": written,
        "similar": ", ".join(f"'{name}'" for name in similar),
        "known": shorten(known),
    }
    return Problem(code=f"catalogue.unknown_{what}{'_similar' if similar else ''}", values=values)


def _check_entries(entries: Mapping[str, Any], file: str | None) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    good: dict[str, _Indicator] = {}
    groups, faults = _check_groups(entries.get(GROUPS))
    entries = {name: entry for name, entry in entries.items() if name != GROUPS or not _declares(entry)}
    for name, entry in entries.items():
        found = _check_entry(name, entry)
        if isinstance(found, _Indicator) and found.target_group not in {*BUILT_IN, *groups}:
            allowed = ", ".join((*BUILT_IN, *groups))
            values = {"field": "target_group", "written": found.target_group, "allowed": allowed}
            found = [_fault("not_allowed", name, **values), _fault("own_group", name)]
        if isinstance(found, _Indicator):
            good[name] = found
        else:
            faults += found
    if not entries:
        faults.append(Problem(code="catalogue.empty"))
    faults += relation_problems(good, list(entries))
    problems = tuple(
        Problem(code=fault.code, severity=fault.severity, file=file, values=fault.values) for fault in faults
    )
    return _frame(good, groups), problems


def _declares(entry: object) -> bool:
    return isinstance(entry, Mapping) and all(isinstance(one, Mapping) for one in entry.values())


def _check_groups(entry: object) -> tuple[dict[str, _Group], list[Problem]]:
    """Read the target groups of the city's own: ``[target_groups.families] label = "Familien"``."""
    groups: dict[str, _Group] = {}
    faults: list[Problem] = []
    if not isinstance(entry, Mapping) or not _declares(entry):
        return groups, faults
    for name, fields in entry.items():
        place = f"{GROUPS}.{name}"
        if not _ID.fullmatch(name) or name in BUILT_IN:
            faults.append(_fault("bad_group", place))
            continue
        try:
            groups[name] = _Group.model_validate(fields)
        except ValidationError as error:
            faults += [_translate(place, details, _Group) for details in error.errors()]
    return groups, faults


def _check_entry(name: str, entry: object) -> _Indicator | list[Problem]:
    if not _ID.fullmatch(name):
        return [_fault("bad_id", name)]
    if name.lower() in RESERVED_IDS:
        return [_fault("reserved_id", name)]
    if not hasattr(entry, "keys"):
        return [_fault("not_a_table", name)]
    try:
        indicator = _Indicator.model_validate(entry)
    except ValidationError as error:
        return [_translate(name, details) for details in error.errors()]
    return _contradictions(name, indicator) or indicator


def _fault(code: str, indicator: str, **values: object) -> Problem:
    return Problem(code=f"catalogue.{code}", values={"indicator": indicator, **values})


def _translate(indicator: str, details: ErrorDetails, model: type[_Strict] | None = None) -> Problem:
    """Say in the user's words what pydantic found."""
    path = [str(part) for part in details["loc"]]
    field = ".".join(path)
    if details["type"] == "extra_forbidden":
        model = _Words if len(path) > 1 else model or _Indicator
        return _unknown("field", ".".join([indicator, *path[:-1]]), "", path[-1], list(model.model_fields))
    if details["type"] == "missing":
        return _fault("missing_field", indicator, field=field)
    written = details["input"]
    if path[0] == "dates":
        return _fault("bad_date", indicator, written=written)
    if path[0] in _CHOICES:
        return _fault(
            "not_allowed", indicator, field=field, written=written, allowed=", ".join(_CHOICES[path[0]])
        )
    expected = _EXPECTED.get(path[0], "text")
    return _fault(f"expected_{expected}", indicator, field=path[0], written=written)


def _contradictions(name: str, indicator: _Indicator) -> list[Problem]:
    """Check what one field means for the others: counts or a ready-made figure, and in which unit."""
    counted, ready = bool(indicator.numerator or indicator.denominator), indicator.value is not None
    unit, valued = indicator.value_unit, indicator.kind == "value"
    alone = indicator.kind == "count"
    incomplete = not ready and not (indicator.numerator and (indicator.denominator or alone))
    field = "denominator" if indicator.numerator else "numerator"
    rules = (
        (valued and (counted or not ready), _fault("value_needs_value", name)),
        (alone and (ready or bool(indicator.denominator)), _fault("count_alone", name)),
        (counted and ready, _fault("counts_and_value", name)),
        (incomplete, _fault("no_recipe", name, field=field)),
        (unit is not None and not ready, _fault("unit_without_value", name)),
        (valued and unit not in {None, "number"}, _fault("unit_of_value", name, written=unit)),
        (not valued and ready and unit not in {"percent", "fraction"}, _fault("unit_of_share", name)),
    )
    return [fault for broken, fault in rules if broken][:1] + check_people(name, indicator)


def _frame(indicators: Mapping[str, _Indicator], groups: Mapping[str, _Group] | None = None) -> pd.DataFrame:
    rows = [indicator.row(groups or {}) for indicator in indicators.values()]
    columns = [*CATALOGUE_COLUMNS, *RECIPE_COLUMNS]
    index = pd.Index(list(indicators), name="indicator", dtype=object)
    frame = pd.DataFrame(rows, columns=columns, index=index)
    return frame.astype(
        {
            "factor": float,
            "decimals": "int64",
            "published": bool,
            "already_public": bool,
            "design_effect": float,
            "persons_per_household": float,
        }
    )
