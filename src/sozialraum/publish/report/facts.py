"""What documents ask an analysis again and again: the latest date, a value in words, names in a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.assessment.assess import settings_of
from sozialraum.assessment.rule import UNFAVOURABLE
from sozialraum.indicators.periods import period_names
from sozialraum.publish.figures.base import encoded
from sozialraum.publish.figures.draw import figure as draw
from sozialraum.publish.figures.plane import Plane
from sozialraum.publish.report.content import Document
from sozialraum.texts import text
from sozialraum.texts.figures import figure, spelled_days, with_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.publish.report.content import Section
    from sozialraum.texts import Language

__all__ = ["Facts"]

_QUOTED = re.compile(r"(?<!\w)'([^']+)'(?!\w)")

MOST_NAMES = 12
"""A sentence names so many districts, and counts the rest."""


@dataclass(frozen=True)
class Facts:
    """An analysis as a writer sees it; every word in its language.

    Parameters
    ----------
    analysis
        What the document's readers may see.
    result
        The programme's year for the same readers; None where there is no programme.
    """

    analysis: Analysis
    result: ProgrammeResult | None = None

    @property
    def language(self) -> Language:
        """Language of the document."""
        return self.analysis.language

    def words(self, key: str, **values: object) -> str:
        """Return a text of area ``report``."""
        return text(f"report.{key}", self.language, **values)

    def quoted(self, words: str) -> str:
        """Set quotation marks as print does."""
        marks = r"„\1“" if self.language == "de" else r"‘\1’"  # noqa: RUF001 - real quotation marks
        return _QUOTED.sub(marks, words)

    def count(self, number: float) -> str:
        """Write a whole number as running text does."""
        return figure(float(number), self.language, decimals=0)

    def date(self, iso: str, indicator: str | None = None) -> str:
        """Write a day, or the period of an indicator that it is the last day of, as running text does."""
        day = iso[:10]
        if indicator is not None:
            day = period_names(self.analysis.periods, day, indicator, language=self.language)[1]
        return self.spelled(day)

    def spelled(self, words: str) -> str:
        """Write the days inside a text as the language of the document does."""
        return spelled_days(words, self.language)

    @cached_property
    def indicators(self) -> list[str]:
        """Indicators that have at least one value, in the order of the catalogue."""
        used = set(self.analysis.indicators.loc[self.analysis.indicators["value"].notna(), "indicator"])
        return [name for name in self.analysis.catalogue.index if name in used]

    @cached_property
    def _latest(self) -> dict[str, str]:
        rows = self.analysis.indicators
        rows = rows[rows["value"].notna()]
        return {
            str(name): str(date)
            for name, date in rows.groupby("indicator", observed=True)["date"].max().items()
        }

    def latest(self, indicator: str) -> str:
        """Return the newest date at which an indicator has a value."""
        return self._latest[indicator]

    @property
    def main_indicators(self) -> list[str]:
        """Indicators of the index that have values, or all that are judged where there is no index."""
        settings = settings_of(self.analysis)
        asked = () if settings is None or settings.recipe is None else settings.recipe.indicators
        chosen = [name for name in asked if name in self.indicators]
        return chosen or [name for name in self.indicators if self.entry(name)["polarity"] != "context"]

    def dates(self, indicator: str) -> list[str]:
        """Return the dates at which an indicator has a value, in order."""
        rows = self.analysis.indicators
        known = rows[(rows["indicator"] == indicator) & rows["value"].notna()]
        return sorted(known["date"].astype(str).unique())

    @property
    def has_city(self) -> bool:
        """Whether the city has a value of its own for any indicator."""
        return bool(self.analysis.city_values["value"].notna().any())

    @cached_property
    def judged(self) -> bool:
        """Whether any district could be judged on any indicator at its latest date."""
        found = self.analysis.assessment
        if found is None or found.verdicts.empty:
            return False
        rows = found.verdicts
        latest = rows["indicator"].map(self._latest).eq(rows["date"])
        return bool((rows.loc[latest, "verdict"].astype(str) != "not assessable").any())

    @cached_property
    def plane(self) -> Plane:
        """The geometry, prepared once for all figures."""
        return Plane(self.analysis)

    @cached_property
    def _pictures(self) -> dict[object, bytes]:
        return {}

    def drawn(
        self, kind: str, subject: str | None = None, *, date: str | None = None, districts: Sequence[str] = ()
    ) -> Callable[[], bytes]:
        """Return what draws a figure over two columns, once for all formats; see `figures.draw.figure`."""
        key = (kind, subject, date, tuple(districts))

        def once() -> bytes:
            if key not in self._pictures:
                picture = draw(
                    self.analysis,
                    kind,
                    subject,
                    date=date,
                    districts=districts,
                    programme=self.result,
                    plane=self.plane,
                )
                self._pictures[key] = encoded(picture)
            return self._pictures[key]

        return once

    def percent(self, share: float) -> str:
        """Write a share of redraws as whole per cent; never 100 where one of them differed."""
        if not np.isfinite(share):
            return figure(share, self.language)
        shown = np.floor(100 * share) if share < 1 else 100.0
        return with_unit(figure(float(shown), self.language, decimals=0), "%", self.language)

    @cached_property
    def span(self) -> tuple[str, str]:
        """First and last date of all values."""
        dates = self.analysis.indicators.loc[self.analysis.indicators["value"].notna(), "date"].astype(str)
        return (dates.min(), dates.max()) if len(dates) else ("", "")

    def entry(self, indicator: str) -> dict[str, Any]:
        """Return an indicator's entry in the catalogue."""
        found: dict[Any, Any] = self.analysis.catalogue.loc[indicator].to_dict()
        return found

    def label(self, indicator: str) -> str:
        """Name of an indicator."""
        return str(self.entry(indicator)[f"label_{self.language}"])

    def value(self, number: float, indicator: str, *, unit: bool = True) -> str:
        """Write a value as results.csv has it, with its factor, digits and unit."""
        entry = self.entry(indicator)
        shown = figure(number * float(entry["factor"]), self.language, decimals=int(entry["decimals"]))
        words = str(entry[f"unit_{self.language}"]) if unit and np.isfinite(number) else ""
        return with_unit(shown, words, self.language)

    def directed(self, indicator: str, caption: str) -> str:
        """Add to a caption that a low value is the unfavourable one, where it is."""
        if self.entry(indicator)["polarity"] == "resource":
            return self.words("low_is_worse", caption=caption)
        return caption

    def placed(self, name: str) -> str:
        """Caption the picture of a district's place; say for which indicators a low value is worse."""
        turned = [one for one in self.indicators if self.entry(one)["polarity"] == "resource"]
        caption = self.words("profile.figure", name=name)
        items = ", ".join(map(self.label, turned))
        return self.words("profile.figure_low", caption=caption, items=items) if turned else caption

    def name(self, key: str) -> str:
        """Name of a district with its key, so that two of one name stay apart."""
        return f"{self.analysis.districts.loc[key, 'name']} ({key})"

    def plain_name(self, key: str) -> str:
        """Name of a district without its key, where two of one name do not occur."""
        names = self.analysis.districts["name"]
        own = str(names.loc[key])
        return self.name(key) if int((names == own).sum()) > 1 else own

    def names(self, keys: Iterable[str], most: int = MOST_NAMES) -> str:
        """Write names in a row; past `most`, how many more there are."""
        found = [self.name(key) for key in keys]
        more = len(found) - most
        return ", ".join(found[:most]) + (f" … (+{more})" if more > 0 else "")

    def rows(self, indicator: str, date: str) -> pd.DataFrame:
        """Return the rows of one indicator and date, one per district, in the order of the districts."""
        found = self._rows.get((indicator, date))
        if found is None:
            found = self._rows[indicator, date] = self.analysis.at(indicator, date)
        return found

    @cached_property
    def _rows(self) -> dict[tuple[str, str], pd.DataFrame]:
        return {}

    def cell(self, key: str, indicator: str, date: str) -> dict[str, Any]:
        """Return the row of one district, indicator and date."""
        found: dict[Any, Any] = self.rows(indicator, date).loc[key].to_dict()
        return found

    def city(self, indicator: str, date: str) -> float:
        """Return the city's value; NaN where only published shares exist."""
        return self._city.get((indicator, date), float("nan"))

    @cached_property
    def _city(self) -> dict[tuple[str, str], float]:
        city = self.analysis.city_values
        keys = zip(city["indicator"].astype(str), city["date"].astype(str), strict=True)
        return dict(zip(keys, city["value"].astype(float), strict=True))

    def city_count(self, indicator: str, date: str) -> float:
        """Return the city's numerator, the sum of the counts that are shown; NaN where there is none."""
        city = self.analysis.city_values
        found = city[(city["indicator"] == indicator) & (city["date"] == date)]["numerator"]
        return float(found.iloc[0]) if len(found) else float("nan")

    @cached_property
    def index(self) -> pd.DataFrame | None:
        """The composite index of everyone at its latest date with a class; None without one."""
        found = self.analysis.assessment
        if found is None or found.index.empty:
            return None
        rows = found.index[found.index["index"] == "all"]
        known = rows[rows["value"].notna()]
        if known.empty:
            return None
        latest: pd.DataFrame = rows[rows["date"] == known["date"].max()]
        return latest.reindex(self.analysis.districts.index)

    @cached_property
    def unfavourable(self) -> pd.DataFrame:
        """Verdicts at each indicator's latest date that say: conspicuous and unfavourable."""
        found = self.analysis.assessment
        if found is None or found.verdicts.empty:
            return pd.DataFrame(columns=["indicator", "date"])
        rows = found.verdicts
        latest = rows["indicator"].map(self._latest).eq(rows["date"])
        return rows[latest & rows["verdict"].astype(str).eq(UNFAVOURABLE)]

    def document(
        self, kind: str, sections: Sequence[Section], *, lists: bool = False, captions: bool = True
    ) -> Document:
        """Put a document together."""
        first, last = self.span
        return Document(
            title=self.words(f"title.{kind}", city=self.analysis.city),
            subtitle=self.words("subtitle", first=self.date(first), last=self.date(last)) if first else "",
            language=self.language,
            audience=self.words(f"audience.{self.analysis.audience}"),
            sections=tuple(sections),
            lists=lists,
            captions=captions,
        )
