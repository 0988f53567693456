"""Everything that a user may state about a table, and what these statements must not contradict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypedDict

from sozialraum.errors import Problem
from sozialraum.tables.dates import PERIOD_KINDS, as_period
from sozialraum.tables.layout import DATE
from sozialraum.tables.symbols import CONVENTIONS, MEANINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sozialraum.tables.dates import PeriodKind

__all__ = ["MARKS", "MONTH", "YEAR", "Options", "TableOptions", "check_options"]

YEAR, MONTH = "{year}", "{month}"
"""Stand in a file's name for year and month, where each has its own file."""

MARKS = ("hidden_rows", "struck", "invisible", "format")
"""Marks in a workbook that leave two readings; see `sozialraum.tables.doubts.marks`."""


class TableOptions(TypedDict, total=False):
    """The keywords of `sozialraum.tables.read.load_table`, which explains them."""

    key: str | None
    name: str | None
    date: object
    date_column: str | None
    from_column: str | None
    part_column: str | None
    period: PeriodKind | None
    variables: Mapping[str, str] | None
    variable_column: str | None
    value_column: str | None
    where: Mapping[str, object] | None
    rows: tuple[int, int] | None
    skip_rows: Sequence[int]
    transposed: bool
    fill_down: Sequence[str]
    empty_district: Literal["leave_out"] | None
    sheet: str | None
    header_rows: tuple[int, int] | None
    totals: Collection[str] | None
    convention: str | None
    missing: Collection[str] | None
    suppressed: Collection[str] | None
    suppressed_below: int | None
    symbols: Mapping[str, str] | None
    marks: Mapping[str, str] | None
    encoding: str | None
    separator: str | None
    decimal: str | None
    thousands: str | None
    vintage: str | None
    published: object
    districts: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of `load_table`, with their defaults."""

    key: str | None = None
    name: str | None = None
    date: object = None
    date_column: str | None = None
    from_column: str | None = None
    part_column: str | None = None
    period: PeriodKind | None = None
    variables: Mapping[str, str] | None = None
    variable_column: str | None = None
    value_column: str | None = None
    where: Mapping[str, object] | None = None
    rows: tuple[int, int] | None = None
    skip_rows: Sequence[int] = ()
    transposed: bool = False
    fill_down: Sequence[str] = ()
    empty_district: Literal["leave_out"] | None = None
    sheet: str | None = None
    header_rows: tuple[int, int] | None = None
    totals: Collection[str] | None = None
    convention: str | None = None
    missing: Collection[str] | None = None
    suppressed: Collection[str] | None = None
    suppressed_below: int | None = None
    symbols: Mapping[str, str] | None = None
    marks: Mapping[str, str] | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    vintage: str | None = None
    published: object = None
    districts: Collection[str] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def long(self) -> bool:
        """Whether a column says what each row counts."""
        return self.variable_column is not None

    @property
    def figures(self) -> list[str]:
        """Columns that hold figures, as far as they are named."""
        if self.long:
            return [self.value_column] if self.value_column is not None else []
        return list((self.variables or {}).values())

    @property
    def labels(self) -> list[str]:
        """Columns that tell rows apart."""
        dates = (self.date_column, self.part_column, self.from_column)
        named = (self.key, self.name, *dates, self.variable_column)
        return [column for column in (*named, *(self.where or {})) if column is not None]

    @property
    def columns(self) -> list[str]:
        """All columns that must be there, the key or name first."""
        return [*self.labels, *self.figures]

    @property
    def wide(self) -> bool:
        """Whether dates are headers."""
        return any(DATE in column for column in self.figures)


def check_options(file: str, options: Options) -> list[Problem]:
    """Report options that are missing, wrong, or contradict each other."""
    rules = [*_columns(options), *_dates(file, options), *_words(options)]
    return [
        Problem(code=f"tables.{code}", file=file, values=values) for broken, code, values in rules if broken
    ]


def _columns(options: Options) -> list[tuple[bool, str, dict[str, object]]]:
    partly = options.wide and not all(DATE in column for column in options.figures)
    long = (options.variable_column is None) != (options.value_column is None)
    return [
        (options.key is None and options.name is None, "no_key_option", {}),
        (partly, "partly_wide", {"columns": ", ".join(options.figures)}),
        (long, "half_long", {}),
    ]


def _dates(file: str, options: Options) -> list[tuple[bool, str, dict[str, object]]]:
    date, dated = options.date, options.wide or YEAR in file
    if isinstance(date, str) and YEAR in file:
        date = date.replace(YEAR, "2000").replace(MONTH, "12")
    asked = (date is not None) + (options.date_column is not None) + options.wide
    published = options.published
    found = as_period(date) if date is not None else None
    twice = found is not None and bool(found.other) and options.period is None
    return [
        (not asked and not dated, "no_date_option", {}),
        (asked > 1, "two_date_options", {}),
        (date is not None and found is None, "bad_date_option", {"date": date}),
        (twice, "date_of_two_kinds", {"cell": date, **_kinds(found)}),
        (published is not None and as_period(published) is None, "bad_published", {"date": published}),
        (
            options.period is not None and options.period not in PERIOD_KINDS,
            "bad_period",
            {"written": options.period, "allowed": ", ".join(PERIOD_KINDS)},
        ),
    ]


def _kinds(found: object) -> dict[str, object]:
    return {"one": getattr(found, "kind", ""), "two": getattr(found, "other", "")}


def _words(options: Options) -> list[tuple[bool, str, dict[str, object]]]:
    rules: list[tuple[bool, str, dict[str, object]]] = []
    convention = options.convention
    if convention is not None and convention not in CONVENTIONS:
        rules.append((True, "bad_convention", {"written": convention, "allowed": ", ".join(CONVENTIONS)}))
    rules += [
        (True, "bad_meaning", {"sign": sign, "written": meaning, "allowed": ", ".join(MEANINGS)})
        for sign, meaning in (options.symbols or {}).items()
        if meaning not in MEANINGS
    ]
    rules += [
        (True, "bad_mark", {"mark": mark, "written": answer, "allowed": ", ".join(MARKS)})
        for mark, answer in (options.marks or {}).items()
        if mark not in MARKS or answer not in {"read", "leave_out"}
    ]
    return rules
