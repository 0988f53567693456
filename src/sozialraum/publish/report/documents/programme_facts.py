"""What the documents of a programme ask its results and sheets again and again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.programme.sentences import indicator_labels
from sozialraum.programme.sheets.every import sheet
from sozialraum.programme.sheets.written import written_cell
from sozialraum.publish.programme.words import in_words
from sozialraum.texts import text
from sozialraum.texts.figures import figure, with_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialraum.publish.report.facts import Facts

__all__ = ["DASH", "Area", "ProgrammeFacts", "tidy"]

DASH = "–"  # noqa: RUF001 - as tables print it

_MINUS = re.compile(r"(?<![\w)])-(?=\d)")


def tidy(sentence: str) -> str:
    """Set a sentence as print wants it: a real minus, a real arrow."""
    return _MINUS.sub("−", sentence.replace(" -> ", " → "))  # noqa: RUF001 - the real minus


@dataclass(frozen=True)
class Area:
    """A programme area: its id, its name, and the keys of its districts."""

    id: str
    name: str
    districts: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammeFacts:
    """A programme's year as a writer sees it.

    Parameters
    ----------
    facts
        With a `result`.
    """

    facts: Facts

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the result; an empty one where it was left out."""
        found = self.facts.result.tables.get(name) if self.facts.result is not None else None
        return found if found is not None else pd.DataFrame()

    @property
    def year(self) -> int:
        """The year reported on."""
        assert self.facts.result is not None  # noqa: S101 - documents of a programme have one
        return self.facts.result.year

    def sheet(self, name: str) -> pd.DataFrame:
        """Return a sheet of the programme, as far as the readers may see it."""
        assert self.facts.result is not None  # noqa: S101 - as above
        return self.facts.result.sheets[name]

    def word(self, column: str, cell: object) -> str:
        """Write a choice of the sheets in words."""
        shown = in_words(pd.DataFrame({column: [cell]}, dtype=object), self.facts.language).iloc[0, 0]
        return str(shown).replace("_", " ") if isinstance(shown, str) else ""

    @cached_property
    def areas(self) -> list[Area]:
        """The programme areas of the year, in the order of the sheet."""
        table = self.table("area_districts")
        if table.empty:
            return []
        found = []
        for key, rows in table.groupby("area_id", sort=False):
            names = [name for name in rows["area_name"] if isinstance(name, str)]
            found.append(Area(str(key), names[0] if names else str(key), tuple(map(str, rows["district"]))))
        return found

    def place(self, kind: str, scope: object) -> str:
        """Name the place of a goal or measure."""
        key = str(scope)
        if kind == "district" and key in self.facts.analysis.districts.index:
            return self.facts.name(key)
        if kind == "programme_area":
            return next((area.name for area in self.areas if area.id == key), key)
        if kind == "facility":
            names = self.sheet("facilities")["name"].to_dict()
            return str(names[key]) if names.get(key) else self.facts.words("plan.facility", id=key)
        return self.facts.analysis.city

    def is_in(self, area: Area, kind: str, scope: object) -> bool:
        """Tell whether a goal or measure of this place belongs to an area."""
        key = str(scope)
        if kind == "programme_area":
            return key == area.id
        if kind == "facility":
            places = self.sheet("facilities")["district"]
            return key in places.index and str(places.loc[key]) in area.districts
        return kind == "district" and key in area.districts

    def actors(self, ids: Iterable[object]) -> str:
        """Name actors; an id that the sheet does not know stays as it is written."""
        names = self.sheet("actors")["name"].to_dict()
        return ", ".join(str(names.get(key, key)) for key in ids if isinstance(key, str))

    def money(self, amount: float) -> str:
        """Write an amount in euros."""
        if not np.isfinite(amount):
            return self.facts.words("money.unknown")
        return self.facts.words("money.euro", amount=figure(amount, self.facts.language, decimals=0))

    def written(self, column: str, cell: object) -> str:
        """Write a cell of the goals as the sheet does: dates, periods, fractions."""
        if cell is None or (isinstance(cell, float) and np.isnan(cell)):
            return ""
        return self.facts.spelled(str(written_cell(sheet("goals")[column], cell)))

    def goal_figure(self, value: float, row: pd.Series) -> str:
        """Write a figure of a goal: a count without unit, a share in per cent."""
        if not np.isfinite(value):
            return figure(value, self.facts.language)
        if row["quantity"] == "count":
            whole = float(value).is_integer()
            return figure(value, self.facts.language, decimals=0 if whole else 1)
        if row["indicator"] in self.facts.analysis.catalogue.index:
            return self.facts.value(value, str(row["indicator"]))
        return with_unit(figure(100 * value, self.facts.language), "%", self.facts.language)

    def indicator(self, name: object) -> str:
        """Name an indicator; one that only facilities report is called as its goal says."""
        if name in self.facts.analysis.catalogue.index:
            return self.facts.label(str(name))
        return self._own_labels.get(str(name), str(name))

    @cached_property
    def _own_labels(self) -> dict[str, str]:
        return indicator_labels(self.sheet("goals"))

    def goal(self, goal_id: str, version: float) -> pd.Series:
        """Return a goal's row of the sheet, in the version that was reported on."""
        goals = self.sheet("goals").loc[[goal_id]]
        own = goals[goals["version"] == version]
        return (own if len(own) else goals).iloc[-1]

    def goal_sentence(self, row: pd.Series) -> str:
        """Write what is known of a goal, with the name of its place."""
        state = text(f"programme_report.state.{row['state']}", self.facts.language)
        _, _, rest = str(row["sentence"]).partition(f": {state}.")
        start = self.facts.words(
            "goal.start",
            id=row["goal_id"],
            text=row["text"],
            place=self.place(str(row["scope_type"]), row["scope"]),
            state=state,
        )
        return tidy(f"{start}{self.facts.spelled(rest)}")
