"""Declared rules of selection, checked against what there is to select by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.index.recipes import DYNAMIC, STATUS
from sozialraum.assessment.provision.supply import year_of
from sozialraum.assessment.rule import FAVOURABLE, UNDECIDED, UNFAVOURABLE, VERDICTS
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.keys import closest
from sozialraum.texts import DEFAULT_LANGUAGE, LANGUAGES, Language, has_text, text
from sozialraum.texts.figures import figure, with_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["RESULTS", "Rule", "SelectionRules", "describe_value", "selection_rules"]

Result = Literal[
    "status",
    "dynamic",
    "verdict",
    "profile",
    "conspicuous_count",
    "cluster",
    "robustness",
    "double_disadvantage",
    "persistence",
    "notes",
    "no_conference",
    "value",
]
Operator = Literal["equals", "differs", "at_least", "at_most"]
Role = Literal["required", "any_of", "points", "exclusion"]
RESULTS: tuple[str, ...] = get_args(Result)

CLUSTERS = ("high-high", "low-low", "low-high", "high-low", "not significant", "isolated", "undefined")
YES_NO = ("no", "yes")
ORDERED = {"status": STATUS, "dynamic": DYNAMIC}
"""Classes from the best to the worst: 'at least low' is low or very low."""
QUADRANTS = ("neither", "provision", "need", "both", "undecided")
PROFILES = ("inconspicuous on all", *VERDICTS[:2], "conspicuous (both)", UNDECIDED)
CLASSES: dict[str, tuple[str, ...]] = {
    **ORDERED,
    "verdict": VERDICTS,
    "profile": PROFILES,
    "cluster": CLUSTERS,
    "double_disadvantage": QUADRANTS,
    "no_conference": YES_NO,
}
ALIASES = {"auffällig (belastet)": UNFAVOURABLE, "auffällig (günstig)": FAVOURABLE}
"""Words that programmes and their sheets have used for a verdict."""
OLD_CLASSES = {"hoch": "high", "niedrig": "low", "sehr niedrig": "very low"}
"""Words that sheets have used for the social situation, and that Berlin's monitoring uses."""
NUMBERS = frozenset({"conspicuous_count", "robustness", "persistence", "notes", "value"})
PER_INDICATOR = frozenset({"verdict", "cluster", "value"})
"""Results that need an indicator."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One criterion.

    Parameters
    ----------
    rule_id
        Its key.
    result, indicator
        What it looks at; an indicator where the result has one per indicator, else "".
    operator, value
        Condition. Classes by their English name, numbers as numbers.
    role
        ``"required"``: must hold; ``"any_of"``: at least `at_least` of its group must; ``"points"``: adds
        `points` when it holds, of which its group needs `at_least`; ``"exclusion"``: must not hold.
    group
        Name of the group for ``"any_of"`` and ``"points"``.
    at_least
        See `role`.
    points
        See `role`.
    hold_years
        How many years a selected district is kept after the last year in which it met the rules.
    year
        The year whose facts count, whatever the year of the list; None: the list's own.
    reason
        Why the city wants this rule.
    """

    rule_id: str
    result: str
    operator: str
    value: str | float
    role: str
    indicator: str = ""
    group: str = ""
    at_least: float = 1
    points: float = 1.0
    hold_years: int = 0
    year: int | None = None
    reason: str = ""

    def holds(self, found: pd.Series) -> pd.Series:
        """Tell for each value whether the condition holds; NA where the value is missing."""
        missing = found.isna() | (found == "not assessable") | (found == "not_assessable")
        if self.result in NUMBERS:
            left, right = pd.to_numeric(found, errors="coerce"), float(self.value)
            missing |= left.isna()
        elif self.operator in {"at_least", "at_most"}:
            order = {name: float(at) for at, name in enumerate(ORDERED[self.result])}
            left, right = found.map(order), order[str(self.value)]
            missing |= left.isna()
        else:
            same = found == self.value
            return (same if self.operator == "equals" else ~same).astype("boolean").mask(missing)
        # A share of .9 that was computed is .9, whatever the last bit says.
        close = (left - right).abs() <= 1e-12
        yes = {
            "equals": close,
            "differs": ~close,
            "at_least": (left > right) | close,
            "at_most": (left < right) | close,
        }[self.operator]
        return yes.astype("boolean").mask(missing)


@dataclass(frozen=True, kw_only=True)
class SelectionRules:
    """All rules of a city.

    Parameters
    ----------
    rules
        In the order of the sheet.
    """

    rules: tuple[Rule, ...]

    @property
    def hold_years(self) -> int:
        """Years a district is kept: the longest that any rule asks for."""
        return max((rule.hold_years for rule in self.rules), default=0)

    def of_role(self, role: str) -> tuple[Rule, ...]:
        """Return the rules of one role."""
        return tuple(rule for rule in self.rules if rule.role == role)

    def groups(self, role: str) -> dict[str, tuple[Rule, ...]]:
        """Return the groups of one role."""
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.of_role(role):
            found[rule.group] = (*found.get(rule.group, ()), rule)
        return found


_HEADINGS = {
    "result": "Ergebnis",
    "operator": "Bedingung",
    "role": "Rolle",
    "unknown_indicator": "Indikator",
    "context_indicator": "Indikator",
    "indicator_missing": "Indikator",
    "unknown_value": "Wert",
    "no_order": "Bedingung",
}
"""Heading in the sheet `auswahlregeln` of what a fault is about."""


@checked()
def selection_rules(
    table: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    file: str | None = None,
    sheet: str | None = None,
    rows: Sequence[int] = (),
) -> SelectionRules:
    """Read rules from a table and refuse those that cannot or must not be used.

    Parameters
    ----------
    table
        Index `rule_id`, or a column of it; columns of `Rule`, `result`, `operator`, `value`, `role` at
        least. Values may be English names, or the German words of the tool ("sehr ungünstig", "ja").
    catalogue
        Index indicator; `polarity`. Context indicators describe a district, they never select it.
    file, sheet, rows
        For messages: where the table was, and the file's row of each of its rows.

    Raises
    ------
    SozialraumError
        Every fault at once: unknown results, operators, roles, indicators, values, context indicators,
        classes without an order under 'at least', groups that no district can satisfy, no rule at all.
    """
    frame = table if "rule_id" in table else table.rename_axis("rule_id").reset_index()
    rules, problems = [], []
    for position, row in enumerate(frame.to_dict("records")):
        given = {str(name): cell for name, cell in row.items() if not _empty(cell)}
        found, faults = _read_rule(given, catalogue)
        problems += [
            Problem(
                code=f"selection.{code}",
                file=file,
                sheet=sheet,
                row=rows[position] if position < len(rows) else None,
                column=None if sheet is None else _HEADINGS.get(str(values.get("column", code))),
                keys=(str(given.get("rule_id", position + 1)),),
                values=values,
            )
            for code, values in faults
        ]
        if found is not None:
            rules.append(found)
    if not problems:
        problems += _group_faults(SelectionRules(rules=tuple(rules)))
    raise_problems(problems, SozialraumError)
    return SelectionRules(rules=tuple(rules))


def _empty(cell: object) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell) or cell == ""  # noqa: PLR0124 - NaN


def _read_rule(
    given: dict[str, object], catalogue: pd.DataFrame
) -> tuple[Rule | None, list[tuple[str, dict[str, object]]]]:
    faults: list[tuple[str, dict[str, object]]] = []

    def unknown(name: str, allowed: Iterable[str]) -> None:
        if str(given.get(name, "")) not in set(allowed):
            written = given.get(name, "")
            faults.append(
                ("unknown_word", {"column": name, "written": written, "allowed": ", ".join(allowed)})
            )

    result, indicator = str(given.get("result", "")), str(given.get("indicator", ""))
    unknown("result", RESULTS)
    unknown("operator", get_args(Operator))
    unknown("role", get_args(Role))
    if indicator and indicator not in catalogue.index:
        near = closest(indicator, [str(name) for name in catalogue.index])
        faults.append(("unknown_indicator", {"indicator": indicator, "closest": near or "?"}))
    elif indicator and catalogue.loc[indicator, "polarity"] == "context":
        faults.append(("context_indicator", {"indicator": indicator}))
    if result in PER_INDICATOR and not indicator:
        faults.append(("indicator_missing", {"result": text(f"selection.result.{result}")}))
    if result not in RESULTS:
        return None, faults
    value = _value(result, given.get("value", "yes" if result == "no_conference" else None))
    if value is None:
        classes = [_word(result, name, DEFAULT_LANGUAGE) for name in CLASSES.get(result, ())]
        allowed = ", ".join(classes or ["0, 1, 2 …"])
        faults.append(("unknown_value", {"written": given.get("value", ""), "allowed": allowed}))
    elif given.get("operator") in {"at_least", "at_most"} and result not in NUMBERS and result not in ORDERED:
        faults.append(("no_order", {"result": text(f"selection.result.{result}")}))
    if faults or value is None:
        return None, faults
    numbers = {name: float(str(given.get(name, 1))) for name in ("at_least", "points")}
    return Rule(
        rule_id=str(given["rule_id"]),
        result=result,
        operator=str(given["operator"]),
        value=value,
        role=str(given["role"]),
        indicator=indicator,
        group=str(given.get("group", "")),
        hold_years=int(float(str(given.get("hold_years", 0)))),
        year=year_of(given.get("period")),
        reason=str(given.get("reason", "")),
        **numbers,
    ), []


def _value(result: str, written: object) -> str | float | None:
    """Return a class by its English name, or a number; None if it is neither."""
    if written is None:
        return None
    word = str(written).strip()
    if result in NUMBERS:
        percent = word.endswith("%")
        try:
            number = float(word.rstrip("% ").replace(",", "."))
        except ValueError:
            return None
        return number / 100 if percent else number
    word = (OLD_CLASSES if result == "status" else ALIASES).get(word.casefold(), word)
    for name in CLASSES[result]:
        if word.casefold() in {name.casefold(), *(_word(result, name, one).casefold() for one in LANGUAGES)}:
            return name
    return None


def _word(result: str, name: str, language: Language) -> str:
    key = f"selection.class.{result}.{name}"
    return text(key, language) if has_text(key) else name


def describe_value(result: str, value: object, language: Language = DEFAULT_LANGUAGE) -> str:
    """Write a class or number of a result as a sentence shows it."""
    if _empty(value) or value in {"not assessable", "not_assessable"}:
        return text("selection.not_known", language)
    if result == "robustness":
        return with_unit(figure(100 * float(str(value)), language, decimals=0), "%", language)
    if result in NUMBERS:
        number = float(str(value))
        return figure(number, language, decimals=0 if number.is_integer() else 3)
    return _word(result, str(value), language)


def _group_faults(rules: SelectionRules) -> list[Problem]:
    found = []
    if not any(rule.role != "exclusion" for rule in rules.rules):
        found.append(Problem(code="selection.no_rule"))
    double = pd.Series([rule.rule_id for rule in rules.rules], dtype=object)
    if double.duplicated().any():
        found.append(Problem(code="selection.double_rule", keys=tuple(double[double.duplicated()].unique())))
    for role in ("any_of", "points"):
        for name, members in rules.groups(role).items():
            needed = {rule.at_least for rule in members}
            most = len(members) if role == "any_of" else sum(max(rule.points, 0) for rule in members)
            values = {"group": name, "needed": max(needed), "most": most}
            keys = tuple(rule.rule_id for rule in members)
            if len(needed) > 1:
                found.append(Problem(code="selection.group_disagrees", keys=keys, values=values))
            elif max(needed) > most:
                found.append(Problem(code="selection.group_impossible", keys=keys, values=values))
    return found
