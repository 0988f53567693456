"""What every figure is drawn from: one set of choices, the same for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.texts import Language, text
from sozialraum.texts.figures import figure as number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.publish.figures.base import Columns
    from sozialraum.publish.figures.plane import Plane

__all__ = ["Request"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One figure as it was asked for.

    Parameters
    ----------
    plane
        Geometry, with its analysis.
    subject
        Indicator, or index ("all" or a target group).
    date
        ISO date of the figures.
    districts
        Keys of districts that are named or marked.
    columns
        Over one or two columns of a page.
    programme
        For figures of the programme.
    """

    plane: Plane
    subject: str
    date: str
    districts: Sequence[str] = field(default=())
    columns: Columns = 2
    programme: ProgrammeResult | None = None

    @property
    def analysis(self) -> Analysis:
        """What is drawn."""
        return self.plane.analysis

    @property
    def language(self) -> Language:
        """Of all words in the figure."""
        return self.analysis.language

    @cached_property
    def entry(self) -> dict[Any, Any]:
        """Entry of the indicator in the catalogue."""
        found: dict[Any, Any] = self.analysis.catalogue.loc[self.subject].to_dict()
        return found

    @property
    def label(self) -> str:
        """Name of the indicator."""
        return str(self.entry[f"label_{self.language}"])

    @property
    def unit(self) -> str:
        """Unit of its numbers; "" for none."""
        return str(self.entry[f"unit_{self.language}"] or "")

    @property
    def decimals(self) -> int:
        """Digits after the decimal sign."""
        return int(self.entry["decimals"])

    @property
    def source(self) -> str:
        """Where its numbers come from."""
        return str(self.entry["source"] or "") if self.subject in self.analysis.catalogue.index else ""

    def words(self, key: str, **values: object) -> str:
        """Return a text of area ``figure``."""
        return text(f"figure.{key}", self.language, **values)

    def number(self, value: float, decimals: int | None = None) -> str:
        """Write a number in the language and digits of the indicator."""
        return number(value, self.language, decimals=self.decimals if decimals is None else decimals)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Values of the indicator as they are shown (factor, rounded); rows: districts, columns: dates."""
        ours = self.analysis.indicators
        ours = ours[ours["indicator"] == self.subject]
        shown = (ours["value"].astype(float) * float(self.entry["factor"])).round(self.decimals)
        table = pd.DataFrame({"key": ours.index, "date": ours["date"].astype(str), "value": shown.to_numpy()})
        return table.pivot_table(index="key", columns="date", values="value", dropna=False).reindex(
            self.plane.keys
        )

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Rows of the indicator at the date, one per district."""
        return self.analysis.at(self.subject, self.date).reindex(self.plane.keys)

    def flags(self, date: str) -> pd.Series:
        """Return the flags of the indicator at a date, one per district; NaN where the row is missing."""
        return self.analysis.at(self.subject, date)["flag"].reindex(self.plane.keys)

    def city(self, date: str | None = None) -> float:
        """Return the city's value as it is shown; NaN where only published shares exist."""
        city = self.analysis.city_values
        found = city[(city["indicator"] == self.subject) & (city["date"] == (date or self.date))]["value"]
        return float(found.iloc[0]) * float(self.entry["factor"]) if len(found) else float("nan")

    @cached_property
    def index(self) -> pd.DataFrame:
        """The index at the date, one row per district; empty where there is none."""
        found = self.analysis.assessment
        if found is None or found.index.empty:
            return pd.DataFrame(columns=["value", "status", "dynamic", "attention"])
        rows = found.index[(found.index["index"] == self.subject) & (found.index["date"] == self.date)]
        return rows.reindex(self.plane.keys)
