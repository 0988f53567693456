"""Audit of published figures: which of them cannot all be true.

Published shares are rounded, counts are exact. Each share with its count leaves a small set of possible
denominators, each index a small interval; figures that belong together must leave something in common.
All arithmetic is exact; only a contradiction that no rounding explains is reported.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.audit.denominators import Denominators, check_denominators, check_ratios
from sozialraum.audit.findings import AuditReport, Finding, findings_frame, report_lines
from sozialraum.audit.published import figures as take_apart
from sozialraum.audit.published import published_from_observations, read_published
from sozialraum.audit.ranks import check_ranks, is_city
from sozialraum.audit.rounding import Range, implied_shares
from sozialraum.keys import normalise_name, propose_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sozialraum.audit.published import Figure
    from sozialraum.audit.rounding import Printed, Rounding

__all__ = [
    "AuditReport",
    "audit_published",
    "published_from_observations",
    "read_published",
    "report_lines",
]

CHANGE = re.compile(
    r"change|ver(ä|ae)nderung|growth|wachstum|zunahme|abnahme|increase|decrease", re.IGNORECASE
)
"""What an indicator's name claims if it is called a change."""


@checked()
def audit_published(
    published: pd.DataFrame,
    *,
    denominators: Mapping[str, str] | None = None,
    counts: pd.DataFrame | None = None,
    ratios: Mapping[str, int] | None = None,
    rounding: Mapping[str, Rounding] | None = None,
) -> AuditReport:
    """Find published figures that cannot all be true.

    Parameters
    ----------
    published
        One row per figure, columns of `PUBLISHED_COLUMNS` as `read_published` returns them; text as printed
        is best, since it keeps the number of digits.
    denominators
        Indicator to the name of its denominator: another indicator (its count is meant), a variable of
        `counts`, or any name. Indicators with one name share the denominator of each place and date. A
        column ``denominator`` in `published` says the same.
    counts
        Exact counts that may be denominators, as `read_table` returns them (district, date, variable,
        value); with a column ``upper`` the value is the lower end of what is possible.
    ratios
        Indicators that are no shares (their numerator is no part of the denominator) and their factor: 100
        for an old-age ratio in per cent, 1 for persons per household.
    rounding
        Indicators whose digits were cut off: ``"cut"``. All others were rounded to the nearest, ties
        either way (``"half"``).

    Returns
    -------
    AuditReport
        Findings are certain where no definition could reconcile the figures; others rest on what is
        usual or obvious and say so. Nothing is found in figures that were counted and rounded correctly
        and whose denominators are declared.

    Raises
    ------
    TableError
        If cells cannot be read; with all of them.
    """
    shown = take_apart(published, ratios or {}, rounding or {})
    everything = [*shown, *(figure.base for figure in shown if figure.base is not None)]
    known = Denominators.of(everything, denominators or {}, counts)
    findings = [
        *check_ratios(everything),
        *check_denominators(everything, known),
        *_check_changes(shown),
        *check_ranks(shown),
        *_check_totals(everything),
        *_check_twice(shown),
        *_check_spellings(shown),
    ]
    return AuditReport(findings=findings_frame(findings), figures=_figures_frame(everything))


def _figures_frame(figures: Sequence[Figure]) -> pd.DataFrame:
    spans = [figure.denominators() for figure in figures]
    columns = {
        "indicator": [figure.indicator for figure in figures],
        "place": [figure.place for figure in figures],
        "key": [figure.key for figure in figures],
        "date": [figure.date for figure in figures],
        "share": [float(figure.share.value) for figure in figures],
        "count": [figure.count for figure in figures],
        "lower": [span and span.lower for span in spans],
        "upper": [span and span.upper for span in spans],
    }
    frame = pd.DataFrame(columns, index=pd.Index([figure.row for figure in figures], name="row"))
    return frame.astype({"count": "Int64", "lower": "Int64", "upper": "Int64"})


def _index(figure: Figure) -> Range | None:
    """Return every value that 100 * share / base share can have; None if the figures leave it open."""
    now, then = _exact(figure), None if figure.base is None else _exact(figure.base)
    if now is None or then is None or then.lower <= 0:
        return None
    digits = max((printed.digits for printed in (figure.index, figure.change) if printed), default=1)
    return Range(100 * now.lower / then.upper, 100 * now.upper / then.lower, digits + 1)


def _exact(figure: Figure) -> Range | None:
    """Return the shares that a figure can stand for; whole denominators narrow what rounding leaves."""
    limits = figure.share.range(figure.rounding)
    span = figure.denominators()
    if span is None or span.upper is None:
        return limits
    if span.empty:
        return None
    shares = implied_shares(figure.count or 0, span, factor=figure.factor)
    return Range(max(limits.lower, shares.lower), min(limits.upper, shares.upper))


def _check_changes(figures: Iterable[Figure]) -> list[Finding]:
    """Find indices and changes that do not follow from the two shares, or that are the other of the two."""
    found: list[Finding] = []
    labels: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        index = _index(figure)
        if index is None:
            continue
        change = index.shifted(-100)
        for kind, printed in (("index", figure.index), ("change", figure.change)):
            if printed is None:
                continue
            is_index, is_change = (printed.range().meets(possible) for possible in (index, change))
            if is_index and not is_change and (kind == "change" or CHANGE.search(figure.indicator)):
                labels["label_index", figure.indicator].append(figure)
            elif kind == "index" and is_change and not is_index:
                labels["label_change", figure.indicator].append(figure)
            elif not (is_index if kind == "index" else is_change):
                found.append(_not_explained(kind, figure, printed, index if kind == "index" else change))
    return found + [_label(code, members) for (code, _), members in labels.items()]


def _not_explained(kind: str, figure: Figure, printed: Printed, possible: Range) -> Finding:
    base = figure.base or figure
    return Finding(
        kind="index",
        code=f"{kind}_counts" if figure.count is not None and base.count is not None else kind,
        indicator=figure.indicator,
        date=figure.date,
        places=(figure.place or figure.key,),
        keys=(figure.key,) if figure.key else (),
        rows=(figure.row,),
        published=printed,
        implied=printed.range(),
        against=possible,
        values={
            "share": figure.share,
            "base_share": base.share,
            "base_date": base.date,
            "count": figure.count or 0,
            "base_count": base.count or 0,
        },
    )


def _label(code: str, members: list[Figure]) -> Finding:
    first = members[0]
    printed = first.index or first.change or first.share
    index = _index(first)
    return Finding(
        kind="label",
        code=code,
        indicator=first.indicator,
        date=first.date,
        places=tuple(figure.place or figure.key for figure in members),
        keys=tuple(figure.key for figure in members if figure.key),
        rows=tuple(figure.row for figure in members),
        published=printed,
        implied=printed.range(),
        against=None if index is None else index.shifted(-100),
        values={
            "example": first.place or first.key,
            "share": first.share,
            "base_share": first.base.share if first.base else "",
        },
    )


def _check_totals(figures: Iterable[Figure]) -> list[Finding]:
    """Find a district that has more than its whole city."""
    groups: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[figure.indicator, figure.date].append(figure)
    found: list[Finding] = []
    for members in groups.values():
        for city in filter(is_city, members):
            if city.count is not None:
                found += [_larger(part, city) for part in members if (part.count or 0) > city.count]
    return found


def _larger(part: Figure, city: Figure) -> Finding:
    return Finding(
        kind="total",
        code="total",
        indicator=part.indicator,
        date=part.date,
        places=(part.place or part.key, city.place),
        keys=tuple(figure.key for figure in (part, city) if figure.key),
        rows=(part.row, city.row),
        published=part.share,
        values={"part": part.place or part.key, "count": part.count or 0, "city_count": city.count or 0},
    )


def _check_twice(figures: Iterable[Figure]) -> list[Finding]:
    """Find one figure that is printed twice and differently."""
    first: dict[tuple[str, tuple[str, str]], Figure] = {}
    found = []
    for figure in figures:
        before = first.setdefault((figure.indicator, figure.cell), figure)
        counts = None not in {before.count, figure.count} and before.count != figure.count
        if counts or not before.share.range().meets(figure.share.range()):
            found.append(
                Finding(
                    kind="twice",
                    code="twice",
                    indicator=figure.indicator,
                    date=figure.date,
                    places=(figure.place or figure.key,),
                    keys=(figure.key,) if figure.key else (),
                    rows=(before.row, figure.row),
                    published=figure.share,
                    values={"before": before.share, "row": str(figure.row), "before_row": str(before.row)},
                )
            )
    return found


def _check_spellings(figures: Iterable[Figure]) -> list[Finding]:
    """Find districts that are written in two ways, and keys that have two names."""
    rows: dict[str, list[Figure]] = defaultdict(list)
    by_key: dict[str, list[str]] = defaultdict(list)
    for figure in figures:
        if figure.place:
            rows[figure.place].append(figure)
            if figure.key and figure.place not in by_key[figure.key]:
                by_key[figure.key].append(figure.place)
    names = list(rows)
    pairs = {}
    for i, name in enumerate(names):
        for written, known in propose_names([name], names[:i]).items():
            keys = {figure.key for figure in (*rows[written], *rows[known]) if figure.key}
            if len(keys) < 2:
                pairs[known, written] = "spelling"
    for spellings in by_key.values():
        for other in spellings[1:]:
            if normalise_name(other) != normalise_name(spellings[0]):
                pairs[spellings[0], other] = "names"
    return [
        Finding(
            kind="spelling",
            code=code,
            certain=False,
            indicator=rows[written][0].indicator,
            other=rows[known][0].indicator,
            date=rows[written][0].date,
            places=(known, written),
            keys=tuple(dict.fromkeys(figure.key for figure in rows[written] if figure.key)),
            rows=tuple(figure.row for name in (known, written) for figure in rows[name]),
            values={"known": known, "written": written},
        )
        for (known, written), code in pairs.items()
    ]
