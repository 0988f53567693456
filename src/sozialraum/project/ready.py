"""Indicators for a new catalogue: ready ones that headings fit, ready-made shares, and proposals."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any

from sozialraum.project.toml_text import toml, toml_value
from sozialraum.tables.choice.headings import unbroken
from sozialraum.texts import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialraum.project.newtables import NewTable
    from sozialraum.texts import Language

__all__ = ["NewIndicator", "catalogue_text", "proposed_names", "recognise_indicators"]

_SHARE = re.compile(r"anteil|quote|prozent|percent|share|rate\b|\bin %|%")
_WHOLE = re.compile(
    r"insgesamt|gesamt\b|\balle\b|einwohner|haushalte|\bhh\b|bevoelkerung|residents|households|total"
)
_NO_COUNT = re.compile(
    r"\bje\s?\d|\bje (?:einwohner|haushalt|person|kopf|km|quadrat|hektar)|\bper \d"
    r"|\bpro (?:kopf|\d|tausend)|dichte\b|\bmittlere|\bmedian"
    r"|(?:^|[ _])(?:code|id|nr|nummer|schluessel|kennziffer|plz|ags)(?:$|[ _])"
)
"""Rates, means and codes: neither a part nor a whole."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

PAIRS = 12
"""Pairs that are proposed, commented out, for one table."""


@dataclass(frozen=True, kw_only=True)
class NewIndicator:
    """One indicator of a new catalogue; `fields` as the catalogue states them, `ready` whether by a set."""

    name: str
    fields: Mapping[str, object]
    ready: bool


@cache
def _ready() -> dict[str, Any]:
    source = files("sozialraum.project") / "templates" / "ready.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _plain(heading: str) -> str:
    lower = unicodedata.normalize("NFKC", unbroken(heading)).lower().translate(_UMLAUTS)
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", lower.replace("{date}", " ")).split())


def recognise_indicators(tables: Sequence[NewTable]) -> list[NewIndicator]:
    """Find the ready indicators whose numerator and denominator the tables have, and ready-made shares.

    Parameters
    ----------
    tables
        Of a new project.
    """
    headings = {
        variable: _plain(heading) for table in tables for variable, heading in table.variables.items()
    }
    found = [
        NewIndicator(name=name, fields=fields, ready=True)
        for name, entry in _ready().items()
        if (fields := _fields(entry, headings, tables)) is not None
    ]
    used = {indicator.fields.get("value") for indicator in found}
    for table in tables:
        for variable, heading in table.variables.items():
            unit = _unit(table, variable) if _SHARE.search(_plain(heading)) else None
            if variable not in used and unit is not None:
                found.append(_published(variable, heading, unit))
    return found


def _fields(
    entry: Mapping[str, Any], headings: Mapping[str, str], tables: Sequence[NewTable]
) -> dict[str, object] | None:
    """Return what a ready indicator is computed from; None if the tables do not have it."""
    for above, below in product(entry["numerator"], entry["denominator"]):
        numerator, denominator = _variables(above, headings), _variables(below, headings)
        if numerator and denominator and _fits(numerator, denominator, tables):
            first = below == entry["denominator"][0]
            said = _said(entry if first else {**entry, **entry.get("wider", {})})
            return {**said, "numerator": _one(numerator), "denominator": _one(denominator)}
    for words in entry["ready"]:
        value = _variables(words, headings)
        units = [_unit(table, value[0]) for table in tables if value and value[0] in table.variables]
        if any(units):
            column = next(table.variables[value[0]] for table in tables if value[0] in table.variables)
            # How a ready-made share was computed, its heading does not say.
            described = {
                language: text(
                    "cli.new.ready_made", language, words=entry["description"][language], column=column
                )
                for language in LANGUAGES
            }
            said = _said({**entry, "description": described})
            return {**said, "value": value[0], "value_unit": next(filter(None, units))}
    return None


def _said(entry: Mapping[str, Any]) -> dict[str, object]:
    """Return what a ready indicator says of itself."""
    return {
        **{f"label.{language}": entry["label"][language] for language in LANGUAGES},
        **{f"description.{language}": entry["description"][language] for language in LANGUAGES},
        "kind": "share",
        "polarity": entry["polarity"],
        "target_group": entry["target_group"],
        "theme": entry["theme"],
    }


def _variables(words: str | list[str], headings: Mapping[str, str]) -> list[str]:
    """Find the variables whose headings fit; all of a sum, or none."""
    wanted = [words] if isinstance(words, str) else words
    found = []
    for word in wanted:
        fitting = [variable for variable, heading in headings.items() if re.fullmatch(word, heading)]
        if len(fitting) != 1:
            return []
        found.append(fitting[0])
    return found


def _one(variables: list[str]) -> object:
    return variables[0] if len(variables) == 1 else variables


def _fits(numerator: list[str], denominator: list[str], tables: Sequence[NewTable]) -> bool:
    """Tell whether the figures allow it: nowhere less than nothing, or more than the denominator, above."""
    above, below = _sum(numerator, tables), _sum(denominator, tables)
    if above is None or below is None:
        return True
    both = above.index.intersection(below.index)
    return len(both) > 0 and bool(((above[both] >= 0) & (above[both] <= below[both])).all())


def _sum(variables: list[str], tables: Sequence[NewTable]) -> Any:  # noqa: ANN401 - a Series or None
    parts = []
    for variable in variables:
        rows = next((table.rows for table in tables if variable in table.variables), None)
        if rows is None or rows.empty:
            return None
        ours = rows[rows["variable"] == variable]
        parts.append(ours.groupby(["district", "date"])["value"].first())
    total = parts[0]
    for part in parts[1:]:
        total = total.add(part)
    return total.dropna().astype(float)


def _unit(table: NewTable, variable: str) -> str | None:
    """Tell in which unit a share is given; None if it may be none, or in either.

    Per cent are values from 0 to 100, some above 1; fractions what a workbook stores and shows as per cent.
    """
    if table.rows is None or table.rows.empty:
        return None
    values = table.rows.loc[table.rows["variable"] == variable, "value"].dropna().astype(float)
    if not len(values) or not values.between(0, 100).all():
        return None
    before, _, after = table.variables[variable].partition("{date}")
    shown = [
        problem
        for problem in table.evidence
        if problem.code == "tables.percent_format" and str(problem.column).startswith(before)
    ]
    if any(str(problem.column).endswith(after) for problem in shown):
        return "fraction" if values.le(1).all() else None
    return "percent" if (values > 1).any() else None


def _published(variable: str, heading: str, unit: str) -> NewIndicator:
    label = " ".join(unbroken(heading).replace("{date}", "").split())
    fields: dict[str, object] = {
        **{f"label.{language}": label for language in LANGUAGES},
        "kind": "share",
        "value": variable,
        "value_unit": unit,
        "polarity": "context",
        "already_public": False,
    }
    return NewIndicator(
        name=variable if variable[:1].isalpha() else f"anteil_{variable}", fields=fields, ready=False
    )


def catalogue_text(tables: Sequence[NewTable], indicators: Sequence[NewIndicator], language: Language) -> str:
    """Write the catalogue: what was recognised, pairs that might be meant, and sets with what they lack.

    Parameters
    ----------
    tables, indicators
        Of the new project.
    language
        Of the comments.
    """
    parts = [_entry(indicator, language) for indicator in indicators]
    if not indicators:
        parts.append(f"# {text('cli.new.no_indicator', language)}")
    parts += [block for table in tables if (block := _pairs(table, indicators, language))]
    parts += [block for table in tables if (block := _values(table, indicators, language))]
    parts.append(_sets({indicator.name for indicator in indicators}, language))
    return "\n\n".join(parts)


def _entry(indicator: NewIndicator, language: Language) -> str:
    code = "ready" if indicator.ready else "published"
    lines = [f"# {text(f'cli.new.{code}', language)}", f"[{indicator.name}]"]
    lines += [f"{name} = {toml_value(value)}" for name, value in indicator.fields.items()]
    return "\n".join(lines)


def proposed_names(tables: Sequence[NewTable], indicators: Sequence[NewIndicator]) -> list[str]:
    """Name the indicators that `catalogue_text` proposes, commented out."""
    pairs = [f"anteil_{name}" for table in tables for name in _parts(table, indicators)[1][:PAIRS]]
    return pairs + [_plain_id(name) for table in tables for name in _amounts(table, indicators)]


def _plain_id(variable: str) -> str:
    return variable if variable[:1].isalpha() else f"wert_{variable}"


def _amounts(table: NewTable, indicators: Sequence[NewIndicator]) -> list[str]:
    """Return variables that stand for themselves (an income, an age), where there is no whole beside them."""
    if _parts(table, indicators)[0] is not None:
        return []
    used = {
        variable
        for indicator in indicators
        for variable in indicator.fields.values()
        if isinstance(variable, str)
    }
    return [variable for variable in table.variables if variable not in used][:PAIRS]


def _values(table: NewTable, indicators: Sequence[NewIndicator], language: Language) -> str:
    """Propose the figures of a table without a whole as they are, commented out."""
    lines = []
    for variable in _amounts(table, indicators):
        label = toml(" ".join(unbroken(table.variables[variable]).replace("{date}", "").split()))
        lines.append(
            f"# [{_plain_id(variable)}]\n# label.de = {label}\n# label.en = {label}\n"
            f'# value = {toml(variable)}\n# kind = "value"\n# polarity = "context"'
        )
    if not lines:
        return ""
    return "\n".join([f"# {text('cli.new.values', language, file=table.path.name)}", *lines])


def _parts(table: NewTable, indicators: Sequence[NewIndicator]) -> tuple[str | None, list[str]]:
    """Return a table's whole, and the counts that may be parts of it."""
    used = [indicator.fields.get("numerator") for indicator in indicators]
    headings = {variable: _plain(heading) for variable, heading in table.variables.items()}
    wholes = [
        variable
        for variable, heading in headings.items()
        if _WHOLE.search(heading) and not _SHARE.search(heading) and not _NO_COUNT.search(heading)
    ]
    if not wholes:
        return None, []
    whole = wholes[0]
    return whole, [
        variable
        for variable in headings
        if variable != whole
        and variable not in used
        and not _SHARE.search(headings[variable])
        and not _NO_COUNT.search(headings[variable])
        and _fits([variable], [whole], [table])
    ]


def _pairs(table: NewTable, indicators: Sequence[NewIndicator], language: Language) -> str:
    """Propose numerators and denominators of one table, in its real names, commented out."""
    whole, parts = _parts(table, indicators)
    if whole is None:
        return ""
    lines = [f"# {text('cli.new.pairs', language, file=table.path.name)}"] if parts else []
    for variable in parts[:PAIRS]:
        heading = unbroken(table.variables[variable])
        lines.append(
            f"# [anteil_{variable}]\n# label.de = {toml(heading)}\n# numerator = {toml(variable)}\n"
            f'# denominator = {toml(whole)}\n# kind = "share"\n# polarity = "context"'
        )
    if len(parts) > PAIRS:
        lines.append(f"# {text('cli.new.more_pairs', language, names=', '.join(parts[PAIRS:]))}")
    return "\n".join(lines)


def _sets(at_hand: set[str], language: Language) -> str:
    """Say of each ready set which of its indicators the tables give, and what the others would need."""
    lines = []
    for name in ("bielefeld", "berlin_mss", "kgst"):
        members = {key: entry for key, entry in _ready().items() if name in entry["sets"]}
        there = [key for key in members if key in at_hand]
        words = text(f"cli.new.set_{name}", language)
        lines.append(f"# {words} {text('cli.new.at_hand', language)}: {', '.join(there) or '-'}")
        lines += [
            f"#   {text('cli.new.lacking', language)} {key}: {entry['description'][language]}"
            for key, entry in members.items()
            if key not in at_hand
        ]
    return "\n".join(lines)
