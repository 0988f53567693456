"""What an audit finds, and how it is said: each finding once as numbers and once in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.audit.rounding import Printed, Range, Span
from sozialraum.errors import shorten
from sozialraum.texts import DEFAULT_LANGUAGE, LANGUAGES, Language, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

__all__ = ["FINDING_COLUMNS", "KINDS", "AuditReport", "Finding", "findings_frame", "report_lines"]

KINDS = (
    "cut",
    "denominator",
    "shared",
    "rate",
    "ratio",
    "index",
    "label",
    "rank",
    "total",
    "twice",
    "spelling",
)
"""In the order of a report; `report_lines` says what each means."""

FINDING_COLUMNS = (
    "kind",
    "certain",
    "indicator",
    "other",
    "date",
    "places",
    "keys",
    "rows",
    "published",
    "lower",
    "upper",
    "other_lower",
    "other_upper",
    "cut",
    "de",
    "en",
)

LISTED = 20
"""Findings of one kind and indicator that a report lists one by one."""


@dataclass(frozen=True)
class Whole:
    """The total that an indicator's shares refer to, as far as they give it away."""

    indicator: str
    span: Span


Value = int | str | Printed | Range | Span | Whole | tuple[str | Whole, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Figures that cannot all be true.

    Parameters
    ----------
    kind
        One of `KINDS`.
    code
        Name of the sentence in ``texts/audit.toml``, below ``finding``.
    certain
        False if it rests on an assumption, which the sentence names.
    indicator, other
        Whose figures; `other` is "" where only one indicator is concerned.
    date, places, keys, rows
        Where they stand.
    published
        The figure as printed.
    implied, against
        What the figures imply, and what contradicts it.
    cut
        True if the figure is right with its digits cut off instead of rounded.
    values
        What the sentence needs beside the fields above.
    """

    kind: str
    code: str
    indicator: str
    certain: bool = True
    other: str = ""
    date: str = ""
    places: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    published: Printed | None = None
    implied: Span | Range | None = None
    against: Span | Range | None = None
    cut: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Say it."""
        own: dict[str, Value | None] = {
            "indicator": self.indicator,
            "other": self.other,
            "date": self.date,
            "places": tuple(place for place in self.places if place),
            "published": self.published,
            "implied": self.implied,
            "against": self.against,
        }
        said = {name: _say(value, language) for name, value in {**own, **self.values}.items()}
        return text(f"audit.finding.{self.code}", language, **said)


def _say(value: Value | None, language: Language) -> str:
    if isinstance(value, Printed):
        return _number(value.value, value.digits, language)
    if isinstance(value, Span):
        return _between(value.lower, value.upper, 0, language)
    if isinstance(value, Range):
        return _between(value.lower, value.upper, value.digits, language)
    if isinstance(value, Whole):
        span = _say(value.span, language)
        return text("audit.whole", language, indicator=value.indicator, span=span)
    if isinstance(value, tuple):
        return shorten(_say(part, language) for part in value)
    return _number(value, 0, language) if isinstance(value, int) else value or ""


def _between(lower: Fraction | int, upper: Fraction | int | None, digits: int, language: Language) -> str:
    least = _number(lower, digits, language)
    if upper is None:
        return text("audit.at_least", language, lower=least)
    most = _number(upper, digits, language)
    return least if least == most else text("audit.range", language, lower=least, upper=most)


def _number(value: Fraction | int, digits: int, language: Language) -> str:
    whole = Decimal(round(value * 10**digits)).scaleb(-digits)
    shown = f"{whole:,.{digits}f}"
    return shown if language == "en" else shown.translate(str.maketrans(",.", ".,"))


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """Result of `audit_published`.

    Parameters
    ----------
    findings
        One row per finding, columns `FINDING_COLUMNS`: `kind` (one of `KINDS`), `certain` (False: rests on
        an assumption that the sentence names), indicator(s), `date`, `places`, `keys` and `rows` (tuples),
        the `published` figure as text, the interval that the figures imply (`lower`, `upper`) and the one
        that contradicts it (`other_lower`, `other_upper`; denominators as whole numbers, shares and indices
        in per cent; NaN: no limit), `cut` (True: explained if digits were cut off instead of rounded), and
        the finding as a sentence in German (`de`) and English (`en`).
    figures
        One row per figure: indicator, place, key, date, share, count and the denominators that it implies
        (`lower`, `upper`).
    """

    findings: pd.DataFrame
    figures: pd.DataFrame

    @property
    def consistent(self) -> bool:
        """True if nothing was found."""
        return self.findings.empty


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Lay findings out as a frame, ordered by kind."""
    ordered = sorted(findings, key=lambda finding: KINDS.index(finding.kind))
    rows = [
        {
            "kind": finding.kind,
            "certain": finding.certain,
            "indicator": finding.indicator,
            "other": finding.other,
            "date": finding.date,
            "places": finding.places,
            "keys": finding.keys,
            "rows": finding.rows,
            "published": _say(finding.published, "en"),
            **_ends("", finding.implied),
            **_ends("other_", finding.against),
            "cut": finding.cut,
            **{language: finding.sentence(language) for language in LANGUAGES},
        }
        for finding in ordered
    ]
    numbers = dict.fromkeys(("lower", "upper", "other_lower", "other_upper"), float)
    frame = pd.DataFrame(rows, columns=list(FINDING_COLUMNS)).astype(numbers)
    return frame.astype({"certain": bool, "cut": bool})


def _ends(prefix: str, interval: Span | Range | None) -> dict[str, float]:
    lower = float("nan") if interval is None else float(interval.lower)
    upper = None if interval is None else interval.upper
    return {f"{prefix}lower": lower, f"{prefix}upper": float("nan") if upper is None else float(upper)}


@checked(language=get_args(Language))
def report_lines(report: AuditReport, language: Language = DEFAULT_LANGUAGE) -> list[str]:
    """Say what an audit found, line by line: a summary, then the findings by kind.

    Of one kind and indicator the first `LISTED` are shown and the rest counted, and so are the figures of
    an indicator whose digits were cut off; `report.findings` has all.
    """
    found = report.findings
    if found.empty:
        return [text("audit.nothing", language, figures=len(report.figures))]
    certain = int(found["certain"].sum())
    counts = {"figures": len(report.figures), "certain": certain, "uncertain": len(found) - certain}
    lines = [text("audit.summary", language, **counts)]
    cut = found[found["kind"] == "cut"]
    whole = {frozenset(pair) for pair in zip(cut["indicator"], cut["other"], strict=True)}
    for kind in KINDS:
        of_kind = found[found["kind"] == kind]
        if of_kind.empty:
            continue
        lines += ["", text(f"audit.kind.{kind}", language)]
        for (indicator, other), part in of_kind.groupby(["indicator", "other"], sort=False):
            explained = part["cut"] & (kind != "cut") & ({indicator, other} in whole)
            shown = part.loc[~explained, language]
            lines += [f"- {sentence}" for sentence in shown.head(LISTED)]
            rest = {"cut_more": int(explained.sum()), "more": max(0, len(shown) - LISTED)}
            lines += [
                f"- {text(f'audit.{code}', language, indicator=indicator, number=number)}"
                for code, number in rest.items()
                if number
            ]
    return lines
