"""The strict join: every row finds its district and every district its rows, or both are named."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.distinct import doubled, groups_of, kept, numbered
from sozialraum.errors import JoinError, Problem, raise_problems, shorten
from sozialraum.indicators.key_rules import apply_rule, propose_rule
from sozialraum.indicators.lines import as_patterns, line_of, pairs_line
from sozialraum.keys import as_keys, padded_matches, propose_names, spelling_of, spellings_of
from sozialraum.tables.totals import is_no_district

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

__all__ = ["JoinBy", "join", "load_join", "settled_doubts"]

JoinBy = Literal["key", "name"]

FOREIGN = 0.5
"""A table in which fewer keys than this share belong to a district is taken for one of another vintage."""

MOVED = 3
"""So many names under another key are not typing errors, but another vintage."""

FEW = 5
"""Up to so many entries are corrected one by one, where that is possible."""

NEARLY_ALL = 0.9
"""A table with rows for so many of the districts belongs to them, whatever else it names."""

_LOG = logging.getLogger(__name__)


@checked(by=get_args(JoinBy))
def join(
    districts: gpd.GeoDataFrame,
    observations: pd.DataFrame,
    *,
    by: JoinBy = "key",
    without_rows: Iterable[str] = (),
    without_district: Iterable[str] = (),
    corrections: Mapping[str, str] | None = None,
    shared_corrections: Mapping[str, str] | None = None,
    key_rules: Sequence[str] = (),
    vintage: str = "",
) -> pd.DataFrame:
    """Give each observation the key of its district; see `load_join` for parameters and result.

    Raises
    ------
    JoinError
        If districts lack rows, rows lack districts, or a match is not unique; names all of them.
    """
    joined, problems = load_join(
        districts,
        observations,
        by=by,
        without_rows=without_rows,
        without_district=without_district,
        corrections=corrections,
        shared_corrections=shared_corrections,
        key_rules=key_rules,
        vintage=vintage,
    )
    raise_problems(problems, JoinError)
    for problem in problems:
        _LOG.log(logging.WARNING if problem.severity == "warning" else logging.INFO, "%s", problem.text())
    return joined


def load_join(
    districts: gpd.GeoDataFrame,
    observations: pd.DataFrame,
    *,
    by: JoinBy = "key",
    without_rows: Iterable[str] = (),
    without_district: Iterable[str] = (),
    corrections: Mapping[str, str] | None = None,
    shared_corrections: Mapping[str, str] | None = None,
    key_rules: Sequence[str] = (),
    vintage: str = "",
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Join by key or name exactly as written, and gather everything that does not match.

    Each source (file) of the observations is checked on its own. Spellings and keys without their leading
    zeros are proposed, never merged: accept a proposal by writing it into `corrections`.

    Parameters
    ----------
    districts
        Index: key; column `name`. A key that occurs twice is tolerated here and named in the hints.
    observations
        As `read_table` returns them; `district` holds keys or names.
    by
        Whether `district` holds keys or names.
    without_rows
        Keys of districts known to have no rows.
    without_district
        Keys or names, as the table writes them, of rows that belong to no district, such as city totals.
    corrections
        As the table writes it: the key or name that is meant.
    shared_corrections
        The same, for all tables of a project: entries that this table does not need are no remark.
    key_rules
        Rules (see `key_rules`) for entries that no district is called; they must agree where several fit.
    vintage
        Boundary version of `districts`; "" if not named.

    Returns
    -------
    tuple
        The observations that found a district, `district` being its key, other columns unchanged; and the
        problems. Districts without rows get none here; indicators flag them as missing.
    """
    named = as_keys(districts["name"]).dropna() if "name" in districts else pd.Series(dtype=object)
    request = _Request(
        by=by,
        keys=tuple(dict.fromkeys(districts.index.tolist())),
        doubled=frozenset(districts.index[districts.index.duplicated()]),
        names=tuple(zip(map(str, named.index.tolist()), map(str, named.tolist()), strict=True)),
        without_rows=frozenset(without_rows),
        without_district=frozenset(without_district),
        corrections=dict(corrections or {}),
        shared=dict(shared_corrections or {}),
        rules=tuple(key_rules),
        vintage=vintage,
    )
    problems = _check_corrections(request)
    parts, used = [], set[tuple[str, str]]()
    groups, begins = groups_of(observations, ["source"])
    for number, source in enumerate(observations["source"].iloc[begins]):
        found = _Match(request, str(source), kept(observations, groups == number))
        parts.append(found.joined)
        problems += found.problems
        used |= found.used
    if not parts:
        return observations.copy(), (Problem(code="join.no_observations"),)
    problems += _unused(request, used)
    result = parts[0] if len(parts) == 1 else pd.concat(parts)
    problems += _duplicates(result)
    return result.drop(columns="written").reset_index(drop=True), tuple(problems)


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What the districts offer to join with, and what the user has acknowledged."""

    by: JoinBy
    keys: tuple[str, ...]
    doubled: frozenset[str]
    names: tuple[tuple[str, str], ...]
    without_rows: frozenset[str]
    without_district: frozenset[str]
    corrections: Mapping[str, str]
    shared: Mapping[str, str]
    rules: tuple[str, ...]
    vintage: str

    def meant(self, text: str) -> str:
        """Return the key or name that an entry stands for, as far as the user has said."""
        if text in self.corrections or text in self.targets or text in self.without_district:
            return self.corrections.get(text, text)
        if self.shared.get(text) in self.targets:
            return self.shared[text]
        meant = (apply_rule(text, rule, self.spellings) for rule in self.rules)
        found = {to for to in meant if to is not None and to in self.targets}
        return found.pop() if len(found) == 1 else text

    def named(self, keys: Iterable[str]) -> str:
        """List keys with their names beside them."""
        names = dict(self.names)
        return shorten(key if names.get(key, key) == key else f"{key} {names[key]}" for key in sorted(keys))

    @cached_property
    def targets(self) -> dict[str, list[str]]:
        """What a table may write, and the keys that it stands for."""
        if self.by == "key":
            return {key: [key] for key in self.keys}
        return self.keys_by_name

    @cached_property
    def spellings(self) -> dict[str, str]:
        return spellings_of(self.targets)

    @cached_property
    def keys_by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, name in self.names:
            if key not in found.setdefault(name, []):
                found[name].append(key)
        return found


class _Match:
    """One table against the districts: what joined, what did not, and which acknowledgements were needed."""

    def __init__(self, request: _Request, source: str, table: pd.DataFrame) -> None:
        self.request, self.source, self.table = request, source, table
        self.problems: list[Problem] = []
        codes, written = numbered(table["district"])
        meant = {text: request.meant(text) for text in written}
        self.matched = {text: request.targets[to] for text, to in meant.items() if to in request.targets}
        left = [text for text in meant if text not in self.matched]
        self.unmatched = [text for text in left if text not in request.without_district]
        self.rule = self._rule()
        keys = {text: found[0] for text, found in self.matched.items() if len(found) == 1}
        meaning = np.array([*map(keys.get, written.tolist()), None], dtype=object)[codes]
        joined = table.assign(district=meaning, written=table["district"])
        self.joined = kept(joined, joined["district"].notna().to_numpy())
        if self._is_foreign():
            self.joined = self.joined.iloc[:0]
            texts = {*request.without_district, *request.corrections}
            self.used = {("key", key) for key in request.without_rows} | {("text", text) for text in texts}
            return
        with_rows = {key for found in self.matched.values() for key in found}
        without = [key for key in request.keys if key not in with_rows]
        self.used = {("key", key) for key in without} | {("text", text) for text in written}
        self._report_rules(meant)
        self._report_other_names()
        self._report_shared_names()
        if self._is_partly_foreign(without):
            return
        proposed = self._report_unmatched(without)
        self._report_without_rows([key for key in without if key not in proposed])
        self._report_dates()

    def _add(self, code: str, **places: object) -> None:
        self.problems.append(Problem(code=f"join.{code}", file=self.source, **places))  # type: ignore[arg-type]  # fields of Problem

    def _is_foreign(self) -> bool:
        """Tell whether the table as a whole belongs to other districts; one report then says it all."""
        request = self.request
        stated = (
            set(self.table["vintage"].unique()) - {"", request.vintage} if "vintage" in self.table else set()
        )
        if request.vintage and stated:
            vintages = {"table": ", ".join(sorted(stated)), "districts": request.vintage}
            self._add("stated_vintage", values=vintages)
            return True
        number = len(self.unmatched)
        total = number + len(self.matched)
        if self.rule is not None:
            return False
        if not number or len(self.matched) >= FOREIGN * total or len(self._proposals()) * 2 > number:
            return False
        # A table of many more areas names all districts, too.
        if len(self.matched) >= max(MOVED, NEARLY_ALL * len(request.targets)):
            return False
        other = set(request.keys_by_name) if request.by == "key" else set(request.keys)
        code = "other_column" if len(other.intersection(self.unmatched)) * 2 > number else "other_vintage"
        values: dict[str, object] = {
            "by": "name" if request.by == "key" else "key",
            "matched": len(self.matched),
            "total": total,
            "examples": ", ".join(list(request.targets)[:3]),
        }
        self._add(code, keys=tuple(self.unmatched), values=values)
        return True

    def _is_partly_foreign(self, without: list[str]) -> bool:
        """Tell another vintage: most keys are the same, but several names stand under other keys."""
        if self.request.by == "name" or "name" not in self.table or self.rule is not None:
            return False
        named = self.table[self.table["district"].isin(self.unmatched)].drop_duplicates("district")
        free = set(without)
        moved = {
            key: others[0]
            for key, name in zip(named["district"], named["name"], strict=True)
            if len(others := [key for key in self.request.keys_by_name.get(name, []) if key in free]) == 1
        }
        if len(moved) < MOVED or self._proposals():
            return False
        old = ", ".join(sorted(set(self.table["vintage"].unique()) - {""})) if "vintage" in self.table else ""
        values = {
            "moved": len(moved),
            "total": len(self.unmatched) + len(self.matched),
            "examples": shorten((f"{key} → {to}" for key, to in sorted(moved.items())), 3),
            "old": old or "…",
            "new": self.request.vintage or "…",
            "without": len(without),
        }
        self._add("part_vintage", keys=tuple(sorted(self.unmatched)), values=values)
        self.joined = self.joined.iloc[:0]
        return True

    def _rule(self) -> tuple[str, dict[str, str]] | None:
        """Find one rule for what the table writes; what ails the smaller part of it is no rule."""
        if len(self.unmatched) < 2 or len(self.matched) > len(self.unmatched):
            return None
        words = [text for text in self.unmatched if not is_no_district(text)]
        settled = [self.request.meant(text) for text in self.matched]
        found = propose_rule(words, tuple(self.request.targets), settled=settled)
        if found is None or (len(words) <= FEW and len(self._proposals()) >= len(found[1])):
            return None
        return found

    def _report_rules(self, meant: Mapping[str, str]) -> None:
        """Say which entries the rules of the project file gave a district."""
        request = self.request
        known = {*request.targets, *request.corrections, *request.shared}
        by_rule = sorted(text for text in self.matched if text not in known)
        if by_rule:
            examples = shorten((f"'{text}' → {meant[text]}" for text in by_rule), 3)
            self._add("ruled", severity="note", values={"number": len(by_rule), "examples": examples})

    def _report_other_names(self) -> None:
        """Report rows whose key means one district and whose name means another, or none that is known."""
        if self.request.by == "name" or "name" not in self.table:
            return
        own = dict(self.request.names)
        places = spellings_of(own.values())
        pair = ["district", "name"]
        rows = self.table.loc[~doubled(self.table, pair), pair].dropna()
        apart: dict[str, list[tuple[str, str, str]]] = {"names_disagree": [], "other_name": []}
        for written, name in zip(rows["district"], rows["name"], strict=True):
            (key, *more) = self.matched.get(written, [""])
            if more or key not in own or written in self.request.corrections:
                continue
            here, there = spelling_of(str(name)), spelling_of(own[key])
            if here and there and here not in there and there not in here:
                code = "names_disagree" if here in places else "other_name"
                apart[code].append((str(written), str(name), own[key]))
        if len(apart["other_name"]) * 2 > len(rows):
            apart["other_name"] = []  # names of something else: larger areas, streets
        for code, found in apart.items():
            if found:
                pairs = (f"{key}: '{name}' / '{known}'" for key, name, known in found)
                line = pairs_line("corrections", {key: key for key, *_ in found[:FEW]})
                values = {"number": len(found), "pairs": shorten(pairs, FEW), "line": line}
                # One name may be a slip of the pen; two are rows that have moved.
                severity = "error" if code == "names_disagree" and len(found) > 1 else "warning"
                self._add(code, severity=severity, keys=tuple(key for key, *_ in found), values=values)

    def _proposals(self) -> dict[str, str]:
        if not self.unmatched:
            return {}
        propose = padded_matches if self.request.by == "key" else propose_names
        # What has rows already needs no second ones: '1' beside '01' is a larger area.
        settled = {self.request.meant(text) for text in self.matched}
        found = propose(self.unmatched, self.request.targets)
        return {text: target for text, target in found.items() if target not in settled}

    def _report_shared_names(self) -> None:
        shared = {text: found for text, found in self.matched.items() if len(found) > 1}
        if shared:
            listing = "; ".join(f"'{name}' ({', '.join(keys)})" for name, keys in shared.items())
            keys = tuple(key for found in shared.values() for key in found)
            self._add("shared_name", keys=keys, values={"names": listing})

    def _report_unmatched(self, without: list[str]) -> set[str]:
        """Report rows without a district; return the keys that a proposal would give rows."""
        if self.rule is not None:
            rule, proposals = self.rule
            values = {
                "number": len(proposals),
                "rule": rule,
                "line": f"key_rules = {json.dumps([*self.request.rules, rule], ensure_ascii=False)}",
                "examples": shorten((f"'{text}' → {to}" for text, to in sorted(proposals.items())), 3),
            }
            self._add("rule", keys=tuple(sorted(proposals)), values=values)
        else:
            proposals = self._proposals()
        if proposals and self.rule is None:
            values = {"line": pairs_line("corrections", proposals), "proposals": dict(proposals)}
            code = "padded" if self.request.by == "key" else "spelling"
            self._add(code, keys=tuple(proposals), values=values)
        rest = [text for text in self.unmatched if text not in proposals]
        if rest:
            line = line_of("without_district", as_patterns(rest, [*self.matched, *self.request.targets]))
            self._add("rows_without_district", keys=tuple(rest), values={"line": line})
            self._hint_at_names(rest, {*without, *self.request.doubled})
            places = [text for text in rest if not is_no_district(text)]
            free = [key for key in without if key not in self.request.without_rows]
            if min(len(places), len(free)) >= MOVED:
                values = {"entries": len(places), "districts": len(free), "new": self.request.vintage or "…"}
                self._add("maybe_vintage", severity="note", values=values)
        return {key for name in proposals.values() for key in self.request.targets[name]}

    def _hint_at_names(self, rest: list[str], free: set[str]) -> None:
        """Point to polygons that carry a row's name under another key: the polygon may be mislabelled."""
        if "name" not in self.table or self.request.by == "name":
            return
        named = self.table[self.table["district"].isin(rest)].drop_duplicates("district")
        for key, name in zip(named["district"], named["name"], strict=True):
            others = [other for other in self.request.keys_by_name.get(name, []) if other in free]
            if others:
                doubled = any(other in self.request.doubled for other in others)
                code = "same_name_doubled" if doubled else "same_name"
                values = {"name": name, "others": ", ".join(others)}
                self._add(code, severity="note", keys=(key,), values=values)

    def _report_without_rows(self, without: list[str]) -> None:
        keys = [key for key in without if key not in self.request.without_rows]
        if keys:
            line = line_of("without_rows", [*sorted(self.request.without_rows), *keys])
            named = self.request.named(keys)
            self._add("without_rows", keys=tuple(sorted(keys)), values={"line": line, "keys": named})

    def _report_dates(self) -> None:
        """Warn of districts that have rows at some dates of the table only."""
        codes, everyone = numbered(self.joined["district"])
        days, dates = numbered(self.joined["date"])
        there = np.zeros((len(dates) + 1, len(everyone) + 1), dtype=bool)
        there[days, codes] = True
        by_date = {str(date): there[place, :-1] for place, date in enumerate(dates)}
        gaps = {date: everyone[~has].tolist() for date, has in sorted(by_date.items()) if not has.all()}
        if gaps:
            keys = tuple(dict.fromkeys(key for found in gaps.values() for key in found))
            listing = "; ".join(
                f"{date}: {self.request.named(found)}" for date, found in sorted(gaps.items())
            )
            self._add("some_dates", severity="warning", keys=keys, values={"dates": listing})


def settled_doubts(problems: Iterable[Problem], tables: int) -> list[Problem]:
    """Leave out the doubt whether keys lost their zeros, where tables have joined by just these keys.

    Parameters
    ----------
    problems
        Of boundaries and joins.
    tables
        Number of tables that were joined by key.
    """
    found = list(problems)
    open_ = any(problem.severity == "error" and problem.code.startswith("join.") for problem in found)
    if not tables or open_:
        return found
    settled = {"boundaries.key_number", "boundaries.key_number_mixed"}
    return [problem for problem in found if problem.code not in settled]


def _check_corrections(request: _Request) -> list[Problem]:
    wrong = {text: to for text, to in request.corrections.items() if to not in request.targets}
    if not wrong:
        return []
    values = {"line": pairs_line("corrections", wrong)}
    return [Problem(code="join.wrong_correction", keys=tuple(wrong.values()), values=values)]


def _unused(request: _Request, used: set[tuple[str, str]]) -> list[Problem]:
    known = set(request.keys)
    keys_used, texts_used = ({text for kind, text in used if kind == wanted} for wanted in ("key", "text"))
    groups = {
        "unknown_acknowledged": sorted(request.without_rows - known),
        "has_rows": sorted((request.without_rows & known) - keys_used),
        "unused_without_district": sorted(request.without_district - texts_used),
        "unused_corrections": sorted(set(request.corrections) - texts_used),
    }
    return [
        Problem(code=f"join.{code}", severity="warning", keys=tuple(keys))
        for code, keys in groups.items()
        if keys
    ]


def _duplicates(joined: pd.DataFrame) -> list[Problem]:
    """Report cells that two rows claim; rows that are double within one file are the table's own fault."""
    cell = ["district", "date", "variable"]
    again = doubled(joined, cell, keep=False)
    claimed = joined[again].drop_duplicates([*cell, "source", "written"])
    double = claimed[claimed.duplicated(cell, keep=False)]
    if double.empty:
        return []
    values = {
        "variables": ", ".join(sorted(double["variable"].unique())),
        "dates": ", ".join(sorted(double["date"].dropna().unique())),
        "sources": ", ".join(double["source"].unique()),
        "written": ", ".join(dict.fromkeys(double["written"])),
    }
    return [Problem(code="join.twice", keys=tuple(double["district"].unique()), values=values)]
