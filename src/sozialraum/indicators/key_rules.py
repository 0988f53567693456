"""Rules by which a table's way of writing districts becomes theirs: tried for a proposal, applied on request.

A rule is a sentence: steps joined by ``then``. The steps are ``clean``; ``before first X``, ``after
first X``, ``before last X``, ``after last X``; ``strip prefix X``, ``strip suffix X``, ``prefix X``,
``suffix X``; ``strip zeros``, ``pad N``; ``date as DD.MM`` (any of DD, D, MM, M and signs); at the end
``same letters``: the one district that is spelled alike but for case, blanks, signs, umlauts written out and
marks of footnotes. X is ``blank``, or a text, in single quotes where it begins or ends with a blank.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from sozialraum.keys import spelling_of, spellings_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

__all__ = ["apply_rule", "is_rule", "propose_rule"]

NEARLY_ALL = 0.9
"""Share of the entries that must find a district before a rule is proposed."""

ODD = 2
"""Entries that may be left over where there are few: the city, the rest ..."""

ENOUGH = 4
"""... beside so many that find a district."""

SAMPLE = 400
"""Entries by which rules are compared."""

PROBE = 20
"""Entries by which hopeless rules are sorted out ..."""

PROBED = 0.7
"""... if fewer than this share of them find a district."""

LETTERS = "same letters"

_CUT = re.compile(r"(before|after) (first|last) (.+)")
_WORD = re.compile(r"(strip prefix|strip suffix|prefix|suffix|date as) (.+)")
_PAD = re.compile(r"pad ([1-9][0-9]?)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FORMULA = re.compile(r"=\s*\"(.*)\"|=\s*'(.*)'|\"(.*)\"|'(.*?)'?")
_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[ T]00:00(?::00)?)?"
    r"|(?P<day2>\d\d?)\.\s?(?P<month2>\d\d?)\.(?:\d{4}|\d\d)?|(?P<day3>\d\d?)\.\s?(?P<word>[A-Za-zä]{3})[a-zä]*\.?"
)
_MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_SEPARATORS = ("blank", "' - '", "-", "_", ":", "/", ".", ",", "|")


def is_rule(rule: str) -> bool:
    """Tell whether a sentence is a rule."""
    return all(
        step in {"clean", "strip zeros", LETTERS}
        or any(known.fullmatch(step) for known in (_CUT, _WORD, _PAD))
        for step in _steps(rule)
    )


def apply_rule(text: str, rule: str, spellings: Mapping[str, str] | None = None) -> str | None:
    """Write a district's key or name as the rule says; None where the rule does not fit the text.

    Parameters
    ----------
    text
        As the table writes it.
    rule
        A sentence, see the module.
    spellings
        Of all keys or names, by `sozialraum.keys.spellings_of`; only ``same letters`` asks for them.

    Examples
    --------
    >>> apply_rule("01 - Altstadt", "before first blank then pad 4")
    '0001'
    >>> apply_rule("STGT03", "strip prefix STGT then strip zeros")
    '3'
    """
    found: str | None = text
    for step in _steps(rule):
        found = _step(found, step, spellings or {}) if found is not None else None
    return found or None


@cache
def _steps(rule: str) -> list[str]:
    return [step.strip() for step in rule.split(" then ")]


def _unquoted(word: str) -> str:
    if word == "blank":
        return " "
    return word[1:-1] if len(word) > 2 and word[0] == word[-1] == "'" else word


def _step(text: str, step: str, spellings: Mapping[str, str]) -> str | None:
    if step == "clean":
        return _clean(text)
    if step == LETTERS:
        return spellings.get(spelling_of(text))
    if step == "strip zeros":
        return text.lstrip("0") or "0"
    if padded := _PAD.fullmatch(step):
        return text.zfill(int(padded.group(1))) if text.isdigit() else None
    if cut := _CUT.fullmatch(step):
        side, which, word = cut.groups()
        return _cut(text, side, which, _unquoted(word))
    worded = _WORD.fullmatch(step)
    return _word(text, worded.group(1), _unquoted(worded.group(2))) if worded else None


def _cut(text: str, side: str, which: str, word: str) -> str | None:
    before, sign, after = text.partition(word) if which == "first" else text.rpartition(word)
    return (before if side == "before" else after).strip() or None if sign else None


def _word(text: str, kind: str, word: str) -> str | None:
    if kind == "strip prefix":
        return text.removeprefix(word).strip() or None if text.startswith(word) else None
    if kind == "strip suffix":
        return text.removesuffix(word).strip() or None if text.endswith(word) else None
    if kind == "date as":
        return _date_as(text, word)
    return word + text if kind == "prefix" else text + word


def _clean(text: str) -> str:
    """Take away what cannot be seen, and the marks by which a spreadsheet is told that a number is text."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).replace("\xa0", " ").strip()
    found = _FORMULA.fullmatch(plain)
    inside = next((part for part in found.groups() if part is not None), "") if found else plain
    return " ".join(inside.split())


def _date_as(text: str, form: str) -> str | None:
    """Undo what a spreadsheet did to a key such as 01.02: it took it for a day of this year."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    parts = found.groupdict()
    day = int(parts["day"] or parts["day2"] or parts["day3"])
    word = (parts["word"] or "").lower()
    if word and word not in _MONTHS:
        return None
    month = _MONTHS.index(word) + 1 if word else int(parts["month"] or parts["month2"])
    tokens = {"DD": f"{day:02d}", "D": str(day), "MM": f"{month:02d}", "M": str(month)}
    return re.sub("DD?|MM?", lambda token: tokens[token.group()], form)


def propose_rule(
    entries: Iterable[str], known: Collection[str], *, settled: Collection[str] = ()
) -> tuple[str, dict[str, str]] | None:
    """Find the one rule by which all, or nearly all, entries mean a district each; None if none is clear.

    Parameters
    ----------
    entries
        What the table writes and no district is called.
    known
        Keys, or names, of all districts.
    settled
        Districts that other entries mean already; a rule must not give them a second one.

    Returns
    -------
    tuple
        The rule, and each entry's district.
    """
    left = sorted(set(entries))
    if len(left) < 2:
        return None
    targets = set(known) - set(settled)
    sample = left[:: max(1, len(left) // SAMPLE)]
    few = sample[:: max(1, len(sample) // PROBE)]
    spellings = spellings_of(targets)
    best: tuple[str, dict[str, str]] | None = None
    doubtful = False
    for rule in _candidates(left, sorted(known)):
        probed = _hits(few, rule, targets, spellings)
        if probed is None or len(probed) < PROBED * len(few):
            continue
        hits = _hits(sample, rule, targets, spellings)
        if hits is None or not _is_nearly_all(hits, sample):
            continue
        # Rules come from simple to composed: a later one has to be better.
        if best is None or len(hits) > len(best[1]):
            best, doubtful = (rule, hits), False
        elif len(hits) == len(best[1]) and hits != best[1]:
            doubtful = True
    if best is None or doubtful:
        return None
    found = _hits(left, best[0], targets, spellings)
    return (best[0], found) if found is not None and _is_nearly_all(found, left) else None


def _is_nearly_all(hits: Mapping[str, str], entries: Collection[str]) -> bool:
    rest = len(entries) - len(hits)
    few = rest <= ODD and len(hits) >= ENOUGH and len(hits) >= PROBED * len(entries)
    return few or len(hits) >= NEARLY_ALL * len(entries)


def _hits(
    entries: list[str], rule: str, targets: set[str], spellings: Mapping[str, str]
) -> dict[str, str] | None:
    """Apply a rule; None if two entries would mean one district."""
    meant = {entry: apply_rule(entry, rule, spellings) for entry in entries}
    hits = {entry: found for entry, found in meant.items() if found is not None and found in targets}
    return hits if len(set(hits.values())) == len(hits) else None


def _candidates(entries: list[str], known: list[str]) -> Iterator[str]:
    """Give the rules that are worth trying, simple ones first."""
    lengths = {len(key) for key in known if key.isdigit()}
    ends = ["strip zeros", *(f"pad {length}" for length in sorted(lengths) if length < 100)]
    shared = _common_start(known)
    if len(known) > 1 and shared:
        ends += [f"prefix {shared}" if shared.strip() == shared else f"prefix '{shared}'"]
        letters = re.match(r"\D+", shared)
        if letters:
            word = letters.group().strip()
            inner = {len(key) - len(letters.group()) for key in known}
            ends += [f"prefix {word}"]
            ends += [f"pad {length} then prefix {word}" for length in sorted(inner) if length > 0]
    starts = ["clean"]
    cuts = product(("first", "last"), _SEPARATORS, ("before", "after"))
    starts += [f"{side} {which} {sign}" for which, sign, side in cuts]
    starts += [f"strip prefix {prefix}" for prefix in _prefixes(entries)]
    starts += [f"strip suffix {suffix}" for suffix in _suffixes(entries)]
    starts += [f"date as {form}" for form in _date_forms()]
    yield from [*starts, *ends, LETTERS]
    for start in starts:
        for end in ends:
            yield f"{start} then {end}"
    for start in starts[1:]:
        yield f"clean then {start}"
        yield f"{start} then {LETTERS}"


def _common_start(texts: list[str]) -> str:
    """Return the letters with which all texts begin."""
    if not texts:
        return ""
    first, last = min(texts), max(texts)
    length = next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first[:length]


def _prefixes(entries: list[str]) -> list[str]:
    """Return the shared beginning, whole and up to its last letter or sign: of 'STGT0' also 'STGT'."""
    shared = _common_start(entries).strip()
    found = [shared, re.sub(r"\d+$", "", shared).strip()]
    return [prefix for prefix in dict.fromkeys(found) if prefix]


def _suffixes(entries: list[str]) -> list[str]:
    shared = _common_start([entry[::-1] for entry in entries])[::-1].strip()
    return [shared] if shared else []


def _date_forms() -> Iterator[str]:
    for sign in (".", "-", "/", " ", ""):
        for first, second in (("DD", "MM"), ("D", "M"), ("MM", "DD"), ("M", "D")):
            yield f"{first}{sign}{second}"
