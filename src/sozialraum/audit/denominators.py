"""Checks of shares against their denominators: printed, named, shared, or only implied."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product, takewhile
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.audit.findings import Finding, Whole
from sozialraum.audit.rounding import Span, implied_shares
from sozialraum.keys import normalise_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sozialraum.audit.published import Figure

__all__ = ["Denominators", "check_denominators", "check_ratios"]

USUAL = ((r"(single|lone)_?parent|alleinerz", r"(households?|famil\w*)_with_child|haushalte?_mit_kind"),)
"""What official statistics usually divide by: indicator, and the indicator whose count is its denominator.

Lone parents are published as a share of households with children (SGB II and KOSIS tables).
"""

NARROW = Fraction(3, 100)
"""Widest implied denominator, relative to its size, that can tell two totals from one another."""

NEAR = Fraction(1, 400)
"""Implied denominators this close, relative to their size, are taken for one total unless told otherwise."""

WORD = 7
"""Letters that a word has at least in which two names agree on what they count."""

EXPLAINED = 10
"""Cutting explains an indicator if it leaves at most one in so many of the contradictions."""


@dataclass(frozen=True)
class Denominators:
    """What is known of denominators beside the figures themselves.

    Parameters
    ----------
    named
        Indicator to the name of its denominator, as the user declares it.
    spans
        Name to cell (place, date) to the numbers that it can be there.
    """

    named: Mapping[str, str]
    spans: Mapping[str, Mapping[tuple[str, str], Span]]

    @classmethod
    def of(
        cls, figures: Iterable[Figure], named: Mapping[str, str], counts: pd.DataFrame | None
    ) -> Denominators:
        """Gather the counts of other indicators and the tables of counts that the user adds."""
        spans: dict[str, dict[tuple[str, str], Span]] = defaultdict(dict)
        for figure in figures:
            if figure.count is not None:
                spans[figure.indicator].setdefault(figure.cell, Span(figure.count, figure.count))
        if counts is not None:
            known = counts[counts["value"].notna()]
            uppers = known["upper"] if "upper" in known else known["value"]
            cells = (known["variable"], known["district"], known["date"], known["value"], uppers)
            for name, district, date, lower, upper in zip(*cells, strict=True):
                span = Span(int(lower), None if pd.isna(upper) else int(upper))
                for place in (str(district), normalise_name(str(district))):
                    spans[str(name)][place, str(date)] = span
        return cls(named=dict(named), spans=spans)

    def at(self, name: str, figure: Figure) -> Span | None:
        """Return what the denominator `name` can be where `figure` stands."""
        known = self.spans.get(name, {})
        by_name = known.get((normalise_name(figure.place), figure.date))
        return known.get(figure.cell, by_name)

    def usual(self, indicator: str) -> str | None:
        """Return the indicator whose count usually is the denominator of this one."""
        for numerator, denominator in USUAL:
            if re.search(numerator, indicator.casefold()):
                found = [name for name in self.spans if re.search(denominator, name.casefold())]
                return found[0] if len(found) == 1 and found[0] != indicator else None
        return None

    def name(self, figure: Figure) -> tuple[str, bool]:
        """Return the name of a figure's denominator, "" if unknown, and whether it was stated."""
        stated = figure.stated or self.named.get(figure.indicator, "")
        return (stated, True) if stated else (self.usual(figure.indicator) or "", False)


@dataclass(frozen=True)
class _Pair:
    """A figure, what it implies, and the denominator that it should have."""

    figure: Figure
    name: str
    stated: bool
    implied: Span
    known: Span

    @property
    def fits(self) -> bool:
        return self.implied.meets(self.known)

    @property
    def fits_cut(self) -> bool:
        cut = self.figure.denominators("cut")
        return cut is not None and cut.meets(self.known)


def check_ratios(figures: Iterable[Figure]) -> list[Finding]:
    """Find shares that no whole denominator turns into, however they were rounded."""
    found = []
    for figure in figures:
        implied, cut = figure.denominators(), figure.denominators("cut")
        if implied is not None and implied.empty:
            values = {"count": figure.count or 0, "unit": _unit(figure)}
            explained = cut is not None and not cut.empty
            found.append(_finding("ratio", "ratio", figure, cut=explained, values=values))
    return found


def check_denominators(figures: Sequence[Figure], denominators: Denominators) -> list[Finding]:
    """Find figures that their denominators contradict: known ones, and those that several figures share."""
    usable = [figure for figure in figures if (span := figure.denominators()) is not None and not span.empty]
    pairs: dict[str, list[_Pair]] = defaultdict(list)
    free: list[tuple[str, Figure]] = []
    for figure in usable:
        pair = _pair(figure, denominators)
        if pair is not None:
            pairs[figure.indicator].append(pair)
        if pair is None or (not pair.stated and not pair.fits):
            free.append((denominators.name(figure)[0] if pair is None else "", figure))
    found = []
    for indicator_pairs in pairs.values():
        found += _check_known(indicator_pairs, usable, denominators)
    return found + _check_shared(free, denominators)


def _pair(figure: Figure, denominators: Denominators) -> _Pair | None:
    name, stated = denominators.name(figure)
    known = denominators.at(name, figure)
    if figure.total is not None:
        name, stated, known = name if stated else "", True, Span(figure.total, figure.total)
    implied = figure.denominators()
    return None if known is None or implied is None else _Pair(figure, name, stated, implied, known)


def _check_known(pairs: list[_Pair], figures: Sequence[Figure], denominators: Denominators) -> list[Finding]:
    wrong = [pair for pair in pairs if not pair.fits]
    names = _alternatives(wrong, pairs, figures, denominators) if 2 * len(wrong) >= len(pairs) else ()
    if names:
        return [_belongs_elsewhere(pair, names) for pair in wrong]
    # Where neither what is usual nor anything else fits, nothing is known of the denominator.
    stated = [pair for pair in pairs if pair.stated]
    found = [_wrong_rate(pair) for pair in stated if not pair.fits]
    left = sum(not pair.fits_cut for pair in stated)
    return found + _cut(len(found), left, [pair.figure for pair in stated])


def _belongs_elsewhere(pair: _Pair, names: tuple[str | Whole, ...]) -> Finding:
    code = "denominator" if pair.name else "denominator_printed"
    return _of_pair(pair, "denominator", code if pair.stated else "denominator_usual", 0, fits=names)


def _wrong_rate(pair: _Pair) -> Finding:
    return _of_pair(pair, "rate", "rate" if pair.name else "rate_printed", 2)


def _of_pair(
    pair: _Pair, kind: str, code: str, more_digits: int, **values: tuple[str | Whole, ...]
) -> Finding:
    figure, count = pair.figure, pair.figure.count or 0
    digits = figure.share.digits + more_digits
    return _finding(
        kind,
        code,
        figure,
        certain=pair.stated,
        implied=pair.implied,
        against=pair.known,
        cut=pair.fits_cut,
        values={
            "count": count,
            "denominator": pair.name,
            "shares": implied_shares(count, pair.known, factor=figure.factor, digits=digits),
            "unit": _unit(figure),
            **values,
        },
    )


def _alternatives(
    wrong: list[_Pair], pairs: list[_Pair], figures: Sequence[Figure], denominators: Denominators
) -> tuple[str | Whole, ...]:
    """Name the denominators that explain every figure of an indicator whose own denominator does not."""
    own = pairs[0].figure.indicator
    if not wrong or all(pair.fits_cut for pair in pairs):
        return ()
    candidates: dict[str, dict[tuple[str, str], Span]] = {
        name: dict(spans) for name, spans in denominators.spans.items() if name not in {own, pairs[0].name}
    }
    wholes: dict[str, dict[tuple[str, str], Span]] = defaultdict(dict)
    for figure in figures:
        span = figure.denominators()
        if figure.indicator != own and span is not None and _narrow(span):
            wholes[figure.indicator][figure.cell] = span
    named = [name for name, spans in candidates.items() if _explains(spans, wrong, pairs)]
    implied = [
        Whole(name, spans[wrong[0].figure.cell])
        for name, spans in wholes.items()
        if _explains(spans, wrong, pairs)
    ]
    return (*named, *implied)


def _explains(spans: Mapping[tuple[str, str], Span], wrong: list[_Pair], pairs: list[_Pair]) -> bool:
    """Tell whether a denominator is known for all wrong figures, and fits wherever it is known."""
    if any(pair.figure.cell not in spans for pair in wrong):
        return False
    known = ((pair, spans.get(pair.figure.cell)) for pair in pairs)
    return all(span.meets(pair.implied) for pair, span in known if span is not None)


def _narrow(span: Span) -> bool:
    return span.width is not None and span.width <= NARROW


def _check_shared(free: list[tuple[str, Figure]], denominators: Denominators) -> list[Finding]:
    """Compare figures of one cell, pair by pair: under one stated name, or under none but close together."""
    cells: dict[tuple[str, str], list[tuple[str, Figure]]] = defaultdict(list)
    for name, figure in free:
        cells[figure.cell].append((name, figure))
    meetings: dict[tuple[str, str, str], list[tuple[Figure, Figure]]] = defaultdict(list)
    for members in cells.values():
        for (name, one), (other_name, two) in combinations(members, 2):
            stated = denominators.name(one)[1] and denominators.name(two)[1]
            if one.indicator != two.indicator and name == other_name and stated == bool(name):
                meetings[name, one.indicator, two.indicator].append((one, two))
    found = []
    for (name, *_), met in meetings.items():
        found += _check_stated(name, met) if name else _check_near(met)
    return found


def _check_stated(name: str, met: list[tuple[Figure, Figure]]) -> list[Finding]:
    wrong = [pair for pair in met if not _spans(pair)[0].meets(_spans(pair)[1])]
    found = [_disjoint("shared", pair, name, certain=True) for pair in wrong]
    by_cut = sum(not one.meets(two) for one, two in (_spans(pair, cut=True) for pair in met))
    return found + _cut(len(wrong), by_cut, [pair[0] for pair in met], met[0][1].indicator)


def _check_near(met: list[tuple[Figure, Figure]]) -> list[Finding]:
    """Take two denominators for one only if the names say so and they are close wherever closely known."""
    word = _common_word(met[0][0].indicator, met[0][1].indicator)
    narrow = [pair for pair in met if all(map(_narrow, _spans(pair)))]
    if not word or any(one.gap(two) > NEAR for one, two in map(_spans, narrow)):
        return []
    apart = [pair for pair in narrow if not _spans(pair)[0].meets(_spans(pair)[1])]
    return [_disjoint("shared_near", pair, word, certain=False) for pair in apart]


def _common_word(one: str, two: str) -> str:
    """Return what two indicators' names both count, such as 'household' or 'haushalte'; "" if nothing."""
    words = [re.findall(r"[^\W\d_]+", name.casefold()) for name in (one, two)]
    common = ["".join(a for a, b in takewhile(_alike, zip(*pair, strict=False))) for pair in product(*words)]
    return max((word for word in common if len(word) >= WORD), key=len, default="")


def _alike(letters: tuple[str, str]) -> bool:
    return letters[0] == letters[1]


def _spans(pair: tuple[Figure, Figure], *, cut: bool = False) -> tuple[Span, Span]:
    one, two = (figure.denominators("cut" if cut else None) or Span(1, None) for figure in pair)
    return one, two


def _disjoint(code: str, pair: tuple[Figure, Figure], name: str, *, certain: bool) -> Finding:
    high, low = sorted(pair, key=lambda figure: (figure.denominators() or Span(1, None)).lower, reverse=True)
    least, most = _spans((high, low))
    one, two = _spans(pair, cut=True)
    return Finding(
        kind="shared",
        code=code,
        certain=certain,
        indicator=high.indicator,
        other=low.indicator,
        date=high.date,
        places=(high.place or high.key,),
        keys=(high.key,) if high.key else (),
        rows=(high.row, low.row),
        published=high.share,
        implied=least,
        against=most,
        cut=one.meets(two),
        values={
            "denominator": name,
            "least": least.lower,
            "most": most.upper or 0,
            "count": high.count or 0,
            "other_count": low.count or 0,
            "other_published": low.share,
            "unit": _unit(high),
            "other_unit": _unit(low),
        },
    )


def _cut(wrong: int, wrong_if_cut: int, figures: list[Figure], other: str = "") -> list[Finding]:
    """Say that an indicator's figures were cut off, where that explains what rounding does not."""
    explained = wrong >= 2 and wrong_if_cut * EXPLAINED <= wrong
    if not explained or any(figure.rounding != "half" for figure in figures):
        return []
    return [
        Finding(
            kind="cut",
            certain=False,
            code="cut_shared" if other else "cut",
            indicator=figures[0].indicator,
            other=other,
            places=tuple(dict.fromkeys(figure.place or figure.key for figure in figures)),
            values={"number": len(figures), "wrong": wrong, "wrong_if_cut": wrong_if_cut},
            cut=True,
        )
    ]


def _finding(kind: str, code: str, figure: Figure, **known: object) -> Finding:
    return Finding(
        kind=kind,
        code=code,
        indicator=figure.indicator,
        date=figure.date,
        places=(figure.place or figure.key,),
        keys=(figure.key,) if figure.key else (),
        rows=(figure.row,),
        published=figure.share,
        **known,  # type: ignore[arg-type]  # fields of Finding
    )


def _unit(figure: Figure) -> str:
    return " %" if figure.factor == 100 else ""
