"""One sentence per district: why it is in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.programme.selection.rules import Rule, describe_value
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialraum.programme.selection.choose import Selection

__all__ = ["reason_sentences"]


@checked(language=get_args(Language))
def reason_sentences(
    selection: Selection,
    year: int,
    *,
    names: Mapping[str, str] | pd.Series | None = None,
    labels: Mapping[str, str] | pd.Series | None = None,
    language: Language = DEFAULT_LANGUAGE,
) -> pd.Series:
    """Say for each district why it is on the list of a year, or not.

    Parameters
    ----------
    selection
        From `select`.
    year
        One of its years.
    names
        District to its name; default its key.
    labels
        Indicator to its label.
    language
        Of the sentence.

    Returns
    -------
    pd.Series
        Index district, one sentence each. It names facts of the selection's own facts only: made from
        protected results, it shows nothing that they do not.
    """
    rows = selection.table[selection.table["year"] == year]
    outcomes = selection.outcomes[selection.outcomes["year"] == year]
    rules = {rule.rule_id: rule for rule in selection.rules.rules}
    by_district: dict[str, list[dict[str, Any]]] = {}
    for key, record in zip(outcomes.index, outcomes.to_dict("records"), strict=True):
        by_district.setdefault(str(key), []).append({str(name): cell for name, cell in record.items()})
    given = dict(labels) if labels is not None else {}
    found = {}
    for key, row in rows.iterrows():
        phrases: dict[str, list[tuple[str, str]]] = {"yes": [], "no": [], "unknown": []}
        excluded = []
        for outcome in by_district[str(key)]:
            rule = rules[outcome["rule_id"]]
            phrase = _phrase(rule, outcome["found"], str(outcome["holds"]), given, language)
            if rule.role == "exclusion" and outcome["holds"] == "yes":
                excluded.append(phrase)
            elif rule.role != "exclusion":
                phrases[outcome["holds"]].append(phrase)
        name = str(dict(names).get(key, key)) if names is not None else str(key)
        found[key] = _sentence(row, phrases, excluded, name, selection.hold_years, language)
    return pd.Series(found, name="reason", dtype=object).rename_axis("district")


def _phrase(
    rule: Rule, fact: object, holds: str, labels: dict[str, str], language: Language
) -> tuple[str, str]:
    """Return the fact, and where it does not suffice what is required instead."""
    what = text(f"selection.result.{rule.result}", language)
    if rule.indicator:
        what = f"{what} ({labels.get(rule.indicator, rule.indicator)})"
    shown = text("selection.fact", language, what=what, value=describe_value(rule.result, fact, language))
    if holds != "no":
        return shown, ""
    needed = describe_value(rule.result, rule.value, language)
    return shown, text(f"selection.operator.{rule.operator}", language, value=needed)


def _join(phrases: list[tuple[str, str]], language: Language) -> str:
    """Write each fact once, with all that is required of it."""
    conditions: dict[str, list[str]] = {}
    for shown, condition in phrases:
        conditions.setdefault(shown, []).extend([condition] if condition else [])
    return "; ".join(
        text("selection.fact_not", language, fact=shown, conditions=", ".join(dict.fromkeys(needed)))
        if needed
        else shown
        for shown, needed in conditions.items()
    )


def _sentence(
    row: pd.Series,
    phrases: dict[str, list[tuple[str, str]]],
    excluded: list[tuple[str, str]],
    name: str,
    hold_years: int,
    language: Language,
) -> str:
    def joined(parts: list[tuple[str, str]]) -> str:
        return _join(parts, language)

    year = int(row["year"])
    values = {"name": name, "year": year, "hold": hold_years, "held": int(row["years_held"])}
    if row["selected"]:
        if row["meets"] == "yes":
            kind = "in" if row["change"] == "enters" else "still_in"
            return text(f"selection.why.{kind}", language, facts=joined(phrases["yes"]), **values)
        if row["meets"] == "unknown":
            return text("selection.why.kept_unknown", language, facts=joined(phrases["unknown"]), **values)
        return text("selection.why.held", language, facts=joined(phrases["no"]), **values)
    if excluded:
        return text("selection.why.excluded", language, facts=joined(excluded), **values)
    if row["meets"] == "unknown":
        return text("selection.why.unknown", language, facts=joined(phrases["unknown"]), **values)
    kind = "left" if row["change"] == "leaves" else "out"
    return text(f"selection.why.{kind}", language, facts=joined(phrases["no"]), **values)
