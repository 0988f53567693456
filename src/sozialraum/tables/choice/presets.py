"""Layouts of deliveries that many cities receive: what a user need not state once the layout has a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["OPTIONAL", "PRESETS", "recognise_preset", "with_preset"]

OPTIONAL = ("*SUM", "[Kk]eine Angabe*", "[Kk]eine Zuordnung*", "[Nn]icht zuordenbar*")
"""Rows that belong to no district, as such deliveries call them; not every delivery has them."""

PRESETS: Mapping[str, Mapping[str, object]] = {
    # Statistics of the Federal Employment Agency for areas below the municipality ("AKG"): one row per area
    # and month of report, nested sums "...SUM", counts below ten withheld. Figures are stocks of a count day.
    "ba-akg": {
        "key": "Einheit",
        "name": "Name",
        "date_column": "Berichtsmonat",
        "period": "date",
        "convention": "arbeitsagentur",
        "suppressed_below": 10,
        "totals": (),
        "without_district": OPTIONAL,
    },
    # Households generated from the register of residents (KOSIS "HHGen"): one file per year.
    "kosis-hh": {
        "key": "sb",
        "period": "date",
        "variables": {
            "haushalte": "HH",
            "einpersonenhaushalte": "HH_1pers",
            "haushalte_ohne_kind": "HH_0kind",
            "haushalte_1_kind": "HH_1kind",
            "haushalte_2_kinder": "HH_2kind",
            "haushalte_ab_3_kinder": "HH_ab3kind",
            "alleinerziehende": "HH_alleinerz",
        },
        "without_district": OPTIONAL,
    },
    # Evaluations from the DUVA information system: labels stand once for all rows that they hold for.
    "duva": {"fill_down": ("*",), "without_district": OPTIONAL},
}
"""Name to options, as the project file would state them; what the file states itself prevails."""

_HEADERS: Mapping[str, frozenset[str]] = {
    "ba-akg": frozenset({"berichtsmonat", "einheit"}),
    "kosis-hh": frozenset({"sb", "hh"}),
}


def with_preset(options: Mapping[str, object]) -> dict[str, object]:
    """Add what a table's preset states; the table's own options prevail, acknowledged rows are added."""
    found = dict(options)
    preset = PRESETS.get(str(found.get("preset")), {})
    for name, value in preset.items():
        stated = found.get(name)
        if name == "without_district" and isinstance(stated, (list, tuple)):
            found[name] = (*stated, *(entry for entry in OPTIONAL if entry not in stated))
        elif name == "date_column" and "date" in found:
            continue
        elif stated is None:
            found[name] = value
    return found


def recognise_preset(header: Sequence[str]) -> str | None:
    """Tell by its columns which known layout a table has."""
    columns = {re.sub(r"[^a-z]", "", name.lower()) for name in header}
    return next((name for name, asked in _HEADERS.items() if asked <= columns), None)
